"""Single lines of a dialogue made ready to be told: questions of the leg, places, signs told aloud, lengths of time."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hickam.intake.dialogue.questions import ASKING, IDLE, OPENERS
from hickam.intake.dialogue.spoken import DIGITS, Line, SaidWord, added, bare_text
from hickam.intake.numbers_in_words import NUMBERS
from hickam.intake.scene import LEG, SYMPTOM
from hickam.intake.words import listed, stem, stem_set

VERB = re.compile(
    r"\b(?:i|i'm|i've|i'd|it|it's|he|he's|she|she's|they|they're|there|there's|we|you|that's|is|are|was|were|isn't|"
    r"hurts?|"
    r"goes|go|went|feels?|gets?|have|has|had|takes?|does|do|started|stopped|came|comes|can|can't|could|couldn't|"
    r"keeps?)\b"
)


def lasting(line: Line) -> Line:
    """'Type two, 20 years' is for twenty years, and '20.' alone is a number: neither is an age."""
    if len(line) == 1 and (line[0].bare.isdigit() or line[0].bare in NUMBERS):
        return (*added("that makes"), *line)
    for i in range(1, len(line)):
        aged = i + 1 < len(line) and line[i + 1].bare in ("old", "of")
        number = line[i - 1].bare.isdigit() or line[i - 1].bare in NUMBERS
        ago = i + 1 < len(line) and line[i + 1].bare in ("ago", "back")
        if line[i].bare in ("years", "year") and number and not aged and not ago:
            before = line[i - 2].bare if i > 1 else ""
            if i == 1 or line[i - 2].text.endswith(",") or before in ("type", "and"):
                return (*line[: i - 1], *added("for"), *line[i - 1 :])
    return line


WAS = re.compile(
    r"^(?:(?:it|that) (?:was|would be|will be|must be|must have been|would have been)|it'd be|that'd be)\b"
)
AMOUNT_ASKED = re.compile(r"\bhow (?:long|often|many)\b|\bwhen\b|\bwhat time\b")
UNITS = frozenset(listed("year month week fortnight couple"))
SPANS = frozenset(listed("years months weeks days year month week fortnight"))
HEDGES = frozenset(listed("so what well maybe say like probably roughly call it must be"))
COUNTS = "|".join(word for word in NUMBERS if word not in ("a", "an"))
AMOUNT = re.compile(
    rf"^(?:about |nearly |over |at least |the last |last |since |the best part of |getting on for |a good )*(?:"
    rf"\d|half a|a (?:few|couple|good|day|week|month|year|minute)\b|(?:{COUNTS})\b)"
)
A_WEEK = re.compile(r"^(\w+ (?:nights?|days?|times)) (?:this|last|every|each|per) week$")
OF_SEVEN = re.compile(r"(?:\w+ )?(?:nights? )?out of (?:seven|7)$")


def unhedged(line: Line) -> Line:
    """'So, what, three months?', 'call it a year': the amount alone."""
    at = next((i for i, w in enumerate(line) if w.bare not in HEDGES), 0)
    return line[at:] if at and AMOUNT.match(bare_text(line[at:])) else line


def amount_first(asked: str, lines: list[Line]) -> list[Line]:
    """'How long?' 'He was born in March and it was before that. Call it a year.': the amount, then how it was found."""
    if not lines or not AMOUNT_ASKED.search(asked) or not tells(segment(lines[0])):
        return lines
    said = [not tells(unhedged(line)) and AMOUNT.match(bare_text(unhedged(line))) for line in lines[:4]]
    was = WAS.match(bare_text(lines[0]))
    if was and not any(said) and BEGINS.search(asked):  # 'it was after Easter, ten weeks ago'
        return [(*added("it began"), *lines[0][len(was[0].split()) :]), *lines[1:]]
    at = next((i for i, amount in enumerate(said) if amount), 0)
    return [unhedged(lines[at]), *lines[:at], *lines[at + 1 :]]


def for_or_ago(asked: str, amount: Line) -> Line:
    """'How long has it been?' 'A year.': for a year; 'when did it start?' 'Three months.': three months ago."""
    if re.search(r"\bhow long\b", asked) and not re.search(r"\b(?:last|do|does|did)\b", asked):
        return (*added("for"), *amount)
    if BEGINS.search(asked) and AMOUNT.match(bare_text(amount)) and amount[-1].bare in SPANS:
        return (*open_end(amount), *added("ago"))
    return amount


def counts(line: Line) -> bool:
    """Whether there is a number in it."""
    return any(w.bare[:1].isdigit() or (w.bare in NUMBERS and w.bare not in ("a", "an", "one")) for w in line)


def in_time(line: Line) -> Line:
    """'Year and a half' is a year and a half, 'three weeks back' three weeks ago, 'four out of seven' nights a week."""
    line = unhedged(line)
    bare = [w.bare for w in line]
    if bare and bare[0] in UNITS:
        line = (*added("a"), *line)
    elif A_WEEK.match(" ".join(bare)) and bare[0] in NUMBERS:
        return (*line[:2], *added("a week"))
    elif len(line) <= 6 and OF_SEVEN.search(" ".join(bare)) and bare[0] in NUMBERS:
        return (line[0], *added("nights a week"))
    return tuple(
        w._replace(text=w.text.lower().replace("back", "ago")) if w.bare == "back" and before.bare in SPANS else w
        for before, w in zip((SaidWord("", -1, 0, 0), *line), line, strict=False)
    )


WEEKDAYS = frozenset(listed("monday tuesday wednesday thursday friday saturday sunday"))
BEGINS = re.compile(r"\b(?:start\w*|began|begin|happen\w*|came|come|went|go|tore|pulled|twisted|felt|popped|snapped)\b")


def since_day(line: Line) -> Line:
    """'Since Saturday' and 'it started on Saturday' mean the last one: days ago."""
    begins = BEGINS.search(bare_text(line)) is not None
    for i in range(1, len(line)):
        before = line[i - 1]
        if line[i].bare in WEEKDAYS and before.bare == "since":
            return (*line[:i], *added("last"), *line[i:])
        if line[i].bare in WEEKDAYS and begins and before.bare in ("on", "last"):
            return (*line[: i - 1], *added("a few days ago"), *line[i - 1 :])
    return line


TOILET = re.compile(
    r"^(?:(?:and|so|any|how's|how are|what about|trouble with|problems with|your|the|his|her) )*"
    r"(bowels?|bladder|waterworks|passing (?:water|urine))$"
)
"""A question that only names what the answer is about."""
OF_TOILET = re.compile(r"\baccidents?\b.*\b(bowels?|bladder|waterworks)\b")


def at_toilet(line: Line, asked: str) -> Line:
    """'Bowels?' 'I had an accident.': an accident with the bowels."""
    named = TOILET.match(asked) or OF_TOILET.search(asked)
    words = [w.bare for w in line]
    if named is None:
        return line
    what = "bowels" if named[1].startswith("bowel") else "bladder"
    for said, tied in (("empty", "my"), ("accident", "with my"), ("accidents", "with my")):
        if said in words:
            at = words.index(said) + 1
            return (*open_end(line[:at]), *added(f"{tied} {what}"), *line[at:])
    return line


SENSED = re.compile(r"^(?:numbness|tingling|needles)$")
PROVOKES = re.compile(r"\b(?:set(?:s|ting)? (?:it|them) off|br(?:ing|ings|ought) (?:it|them) on|weather)\b")
SEEN = re.compile(r"^(?:swollen|red|hot|warm|cold|pale|numb|tender|blue)$")
BODY_WORDS = LEG | stem_set(
    "hand arm finger face mouth lip back chest body bottom neck head between passage side tongue"
)


def with_no(line: Line) -> Line:
    """'Any numbness', denied, is 'no numbness of the leg'."""
    told = of_the_leg(line)
    elsewhere = len(told) == len(line) and any(SENSED.match(w.bare) for w in line)
    return (*added("no"), *told[1:]) if line[0].bare == "any" and not elsewhere else told


def of_the_leg(line: Line) -> Line:
    """In a visit about a leg 'is it swollen or hot?' asks of the leg, and so does 'any numbness?'."""
    words = [w.bare for w in line]
    if PROVOKES.search(" ".join(words)):
        return line
    if all(SEEN.match(w) or w in ("or", "and") for w in words):  # 'hot?', 'red or hot?'
        return tuple(x for w in line for x in ((*added("leg"), w) if SEEN.match(w.bare) else (w,)))
    named = next((w for w in line if stem(w.bare) in LEG), None)
    signs = sum(SEEN.match(w) is not None for w in words)
    elsewhere = named is None and any(stem(w) in BODY_WORDS for w in words)
    if (signs > 1 and named is not None) or (signs and not elsewhere and named is None and "it" in words):
        lead = (named._replace(text=named.bare),) if named is not None else added("leg")
        spread = [x for w in line for x in ((*lead, w) if SEEN.match(w.bare) else (w,))]
        return tuple(x for x in spread if x.bare != "it")
    out: list[SaidWord] = []
    for i, w in enumerate(line):
        out.append(w)
        stop = next((j for j in range(i, len(line)) if line[j].text[-1] in ",.;?"), len(line) - 1)
        if SENSED.match(w.bare) and not any(stem(x.bare) in BODY_WORDS for x in line[i + 1 : stop + 1]):
            tail = w.text[len(w.text.rstrip(",.;")) :]
            out[-1] = w._replace(text=w.text.rstrip(",.;"))
            out.extend(added("of the leg" + tail))
    return tuple(out)


SMALL_AGES = frozenset(listed("one two three four five six seven eight nine ten eleven twelve"))


def named_before(said: Sequence[SaidWord]) -> Line:
    """'Which side?' 'Left.': of what was named last, or of the leg."""
    return next(((w,) for w in reversed(said[-16:]) if stem(w.bare) in LEG), added("leg"))


def they_are(line: Line, said: Sequence[SaidWord]) -> Line:
    """'Do they burn?': what was named last."""
    if not any(w.bare == "they" for w in line):
        return line
    noun = next((w for w in reversed(said[-30:]) if stem(w.bare) in LEG and w.bare[-1:] in "st"), None)
    return tuple(w._replace(text=noun.bare) if noun and w.bare == "they" else w for w in line)


HERE = re.compile(
    r"^(?:well |so |and |mainly |mostly )?(?:it's|it is|he points to|she points to|he points|she points)\b"
)


OF_IT = re.compile(r"\b(?:of|behind|under) it\b")
LEAST_TELLING = 6
"""Words of a sentence without a verb that only says where: 'the back of it, the calf'."""


def segment(line: Line) -> Line:
    """The words up to the first comma."""
    return line[: next((i + 1 for i, w in enumerate(line) if w.text[-1] in ",.;!?"), len(line))]


def tells(line: Line) -> bool:
    """Whether there is a verb or its subject in it, so that it stands by itself."""
    return VERB.search(bare_text(line)) is not None


def placed(line: Line) -> Line:
    """'It's the left calf mostly', 'she points to the shins': where the complaint is."""
    words = [w.bare for w in line]
    lead = HERE.match(" ".join(words))
    opening = segment(line)
    whole = line if len(line) <= LEAST_TELLING and not VERB.search(OF_IT.sub("", bare_text(line))) else opening
    told = VERB.search(OF_IT.sub("", bare_text(whole)))
    if lead is None and any(stem(w.bare) in LEG for w in whole) and not told and len(opening) <= 4:
        return line if any(stem(w) in SYMPTOM for w in words) else (*added("pain in"), *line)
    if lead is None or not any(stem(w) in LEG for w in words) or any(stem(w) in SYMPTOM for w in words):
        return line
    return (*added("pain in"), *line[len(lead[0].split()) :])


def figure_first(line: Line) -> bool:
    return line[0].bare[:1].isdigit()


EVERY = frozenset(listed("day week month sundays weekends daily milligrams"))


def is_amount(line: Line) -> bool:
    """'A bottle of vodka a day', 'two pints a week'."""
    words = [w.bare for w in line]
    counted = words[0] in NUMBERS and not EVERY.isdisjoint(words[1:])
    return counted and not VERB.search(" ".join(words))


def open_end(line: Line) -> Line:
    """The line without its stop, so that it goes on."""
    return (*line[:-1], line[-1]._replace(text=line[-1].text.rstrip(".,;:?!"))) if line else line


def parts_of(question: Line) -> list[Line]:
    """What a question lists: 'any fever, chills or sweats?' is three."""
    lead = next((i for i, w in enumerate(question) if w.bare not in LEADS), len(question))
    parts: list[list[SaidWord]] = [[]]
    for w in question[lead:]:
        if w.bare in ("or", "and") and not (parts[-1] and parts[-1][-1].bare == "pins"):
            parts.append([])
            continue
        parts[-1].append(w._replace(text=w.text.rstrip(",?")))
        if w.text.endswith(","):
            parts.append([])
    return [tuple(part) for part in parts if part]


EASED = re.compile(
    r"\b(?:what helps|get rid of|makes? (?:it|them) (?:better|go)|eases?|relieves?|what do you do|anything help)\b"
)
EASING = {
    "stretch": "stretching", "stretching": "stretching", "rub": "rubbing", "rubbing": "rubbing",
    "massage": "rubbing", "walk": "walking", "walking": "walking",
}  # fmt: skip


def easing(line: Line, asked: str) -> list[Line]:
    """'What helps?' 'If I stretch it or rub it.': stretching helps, rubbing helps."""
    if not EASED.search(asked) or any(w.bare in ("nothing", "not", "doesn't", "don't") for w in line):
        return []
    return [(w._replace(text=EASING[w.bare]), *added("helps")) for w in line if w.bare in EASING]


ECHO = 3
"""Words of a question that only says again what was asked."""


WONDERS = re.compile(
    r"^(?:(?:and|but|so|well|please) )*(?:she|he|they|mum|dad|my \w+) (?:asks?|is asking|was asking|"
    r"wants? to know|wonders|"
    r"was wondering) (?:me )?(?:if|whether|what|when|why|how|about|can|is|does|could|should)\b"
)
"""A companion passes on the patient's question: 'she asks if quinine would help'."""
WOULD = re.compile(
    r"^(?:(?:and|but|so|or|doctor) )*(?:would|could|should|will|is|are|does|do|can|what about|what if)\b"
)


def idle_question(line: Line) -> bool:
    """A question the patient asks tells nothing: 'Can I drive home?', or the clinician's word again: 'Diabetes?'."""
    text = bare_text(line)
    asks = line[-1].text.endswith("?")
    if asks and AMOUNT.match(bare_text(unhedged(line))):  # 'how long?' 'Two minutes?'
        return False
    idle = ASKING.match(text) or IDLE.match(text) or WOULD.match(text)
    return WONDERS.match(text) is not None or (asks and (len(line) <= ECHO or idle is not None))


LEADS = OPENERS | frozenset(listed("any do you have had has ever got a an been is there"))
TAKEN = re.compile(
    r"\b(?:we|they|you) (?:did|took|checked|had|measured)(?: (?:this morning|today|yesterday|last week|here))?\b"
)
SIGN_IS = re.compile(r"^(\w+)'s$")
FOUND_TO_BE = frozenset(
    listed("""
        absent reduced normal positive negative low high weak tender swollen raised brisk
        cold cool warm hot red pale blue
    """)
)
TIMES = re.compile(r"\b(?:this morning|today|yesterday|last (?:week|month|night)) (?:is|was)\b")
RESULTED = re.compile(r"\b(?:come|came|comes) back at \d")
RESULTING = frozenset(listed("has come came comes back at"))
"""'The TSH has come back at 23' is the TSH 23."""
PLURALS = ("pulses", "reflexes", "jerks", "calves", "joints")


def as_found(line: Line, before: Sequence[SaidWord]) -> Line:
    """A sign told to the patient as a sign: 'the pulses in your right foot' is no foot of the speaker's."""
    kept: list[SaidWord] = []
    while len(line) > 1 and line[0].bare in OPENERS:
        line = line[1:]
    if taken := TAKEN.search(bare_text(line)):  # 'the potassium we did this morning is 2.7'
        at = len(bare_text(line)[: taken.start()].split())
        line = (*line[:at], *line[at + len(taken[0].split()) :])
    if when := TIMES.search(bare_text(line)):  # 'the potassium this morning was 2.8'
        at = len(bare_text(line)[: when.start()].split())
        line = (*line[:at], *line[at + len(when[0].split()) - 1 :])
    for i, w in enumerate(line):
        told_after = line[i + 1].bare if i + 1 < len(line) else ""
        if (sign := SIGN_IS.match(w.bare)) and told_after in FOUND_TO_BE:  # 'vibration's absent'
            kept += [w._replace(text=sign[1]), *added("is")]
            continue
        if w.bare in ("i", "i'm", "i've") and i < 3:
            continue
        if w.bare in RESULTING and RESULTED.search(" ".join(x.bare for x in line[max(0, i - 3) : i + 4])):
            continue
        told = i and line[i - 1].bare in ("is", "was", "of", "at", "to")
        if told and w.bare in DIGITS and w.bare != "one":
            w = w._replace(text=str(DIGITS[w.bare]) + w.text[len(w.text.rstrip(".,;")) :])
        if w.bare in ("they", "they're", "them", "either") and not any(x.bare in PLURALS for x in line):
            noun = next((x.bare for x in reversed(before[-14:]) if x.bare in PLURALS), "")
            w = w._replace(text=noun + w.text[len(w.text.rstrip(".,;")) :]) if noun else w
        kept.append(w._replace(text="the") if w.bare == "your" else w)
    return tuple(kept)
