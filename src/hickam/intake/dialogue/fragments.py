"""Answers of a few words that say something only together with their question: 'and if you stop?' 'Goes off.'."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hickam.intake import cues
from hickam.intake.dialogue import answer_words as aw
from hickam.intake.dialogue.lines import BODY_WORDS, VERB, of_the_leg, open_end, parts_of
from hickam.intake.dialogue.meant import FINE, KIN
from hickam.intake.dialogue.questions import WH, as_statement, is_list, untagged
from hickam.intake.dialogue.replies import read_reply
from hickam.intake.dialogue.spoken import DIGITS, Line, SaidWord, added, bare_text
from hickam.intake.marks import Known
from hickam.intake.matching import FILLER, FREE
from hickam.intake.scene import LEG
from hickam.intake.words import listed, stem

LEADS = frozenset(listed("and so what how but about then"))
OWNERS = frozenset(listed("the your his her"))
WHEN = re.compile(
    r"^(?:(?:and|so|what|how|but|about|then) )*(?:(?:when|if) (?:you|it|he|she|they)(?: [\w']+){1,5}|"
    r"(?:with|on|after|leaning|pushing|sitting|standing|walking|lying|bending|stretching|rubbing|resting|cycling|climbing|"
    r"going)\b(?: [\w']+){0,5})$"
)
RESTS = re.compile(r"\b(?:stop|rest|pause|slow down)\b")
EASED = re.compile(
    r"^(?:(?:then|that|it|it's|that's|they|they're|she's|he's|i'm|now|well|pretty much|straight away) )*"
    r"(?:goes (?:off|away)|wears off|eas(?:es|ier)(?: off)?|settles?|lets? go|fine|better|all right|"
    r"shifts it|sorts it|disappears|passes|no (?:trouble|bother|problem)|helps|"
    r"(?:gone|goes|stops)(?=$| (?:in|after|within|straight|right|almost|pretty|very|soon|then|quickly|completely|again|"
    r"hurting|aching|cramping)\b))\b"
)
"""'Goes', 'gone in a minute'; but what goes on, goes numb or stops me sleeping is not eased."""
SAME = re.compile(
    r"\b(?:doesn't (?:touch|help|do anything|make)|no different|makes no (?:difference|odds)|no (?:better|good|help)|"
    r"(?:just|still) the same|still there)\b"
)
WELL = re.compile(r"\b(?:fine|okay|ok|all right|alright|normal|not|nothing|don't|doesn't|never|no)\b")
DOES_IT = re.compile(
    r"\b(\w+ing)(?:'s| is|'s just)? (?:a |the |pure |really |definitely )*(?:killer|worst|nightmare|murder|agony|bad|"
    r"no good|terrible|hell|does it|brings it on|sets it off)\b"
)
IT_WAS = re.compile(r"^(?:it|they) (?:was|were|is|are|looks?|looked|went|goes|turned|has|have)\b")
IS = frozenset(["is", "was"])
ALSO = re.compile(r"^(?:or|and|also)\b(?!.*\b(?:i|it|they)\b)")
PLACES = re.compile(r"\b(?:in|on|at|of) ((?:the |your )?\w+ or (?:the |your )?\w+)$")


def eased(question: Line, first: Line) -> Line:
    """'And if you stop?' 'Goes off.': it eases with rest; 'with a trolley?' 'Doesn't touch it.': it does not."""
    words = bare_text(first)
    unchanged = SAME.search(words) is not None
    if not WHEN.match(bare_text(question)) or not (unchanged or EASED.match(words)):
        return ()
    lead = added("it does not ease" if unchanged else "it eases")
    if RESTS.search(bare_text(question)):
        return (*lead, *added("with rest"))
    at = next((i for i, w in enumerate(question) if w.bare not in LEADS), 0)
    return (*lead, *as_statement(question[at:]))


def stands_for(line: Line) -> int:
    """Where 'it' or 'they' stands for what was asked: 'it was dark', 'I took it and it was 37.2'; -1: nowhere."""
    if IT_WAS.match(bare_text(line)):
        return 0
    return next((i for i, (w, x, y) in enumerate(triples(line)) if w == "it" and x in IS and y[:1].isdigit()), -1)


def triples(line: Line) -> Iterator[tuple[str, str, str]]:
    """Each word with the two after it."""
    bare = [w.bare for w in line]
    return zip(bare, bare[1:], bare[2:], strict=False)


def worsened(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """'What makes it worse?' 'Sitting. Driving's a killer. When I sneeze it's agony.': what each sentence names, and
    the sentences that name nothing."""
    told: list[Line] = []
    rest: list[Line] = []
    for line in lines:
        when = next((i for i, w in enumerate(line) if w.bare in ("when", "if", "whenever")), -1)
        does = DOES_IT.search(bare_text(line))
        if when >= 0 and len(line) > when + 1:
            told.append((*added("it is worse"), *line[when:]))
        elif does or not (told or VERB.search(bare_text(line))) or ALSO.match(bare_text(line)):
            kept = line[: len(bare_text(line)[: does.start() + len(does[1])].split())] if does else line
            told.append((*added("it is worse with"), *(w._replace(text=w.text.removesuffix("'s")) for w in kept)))
        else:
            rest.append(line)
    return told, rest


def place_asked(question: Line, first: Line) -> Line:
    """'And the feet?' 'The feet as well.': pain in the feet."""
    place = tuple(w for w in question if w.bare not in LEADS | OWNERS)
    named = bool(place) and all(stem(w.bare) in LEG for w in place)
    return (*added("pain in"), *place) if named and not WELL.search(bare_text(first)) else ()


def one_of(question: Line, first: Line) -> list[tuple[Line, Known]]:
    """'Blood pressure, cholesterol, diabetes?' 'Just the cholesterol.': that one, and none of the others."""
    chosen = first[1:]
    only = len(first) > 1 and first[0].bare in ("just", "only")
    if not only or not is_list((question,)) or VERB.search(bare_text(chosen)):
        return []
    items = parts_of(question)
    named = {stem(w.bare) for w in chosen} - {stem("the")}
    meant = [item for item in items if named & {stem(w.bare) for w in item}]
    if len(meant) != 1:
        return []
    return [
        ((*added("I have"), *item), "affirmed") if item is meant[0] else ((*added("no"), *item), "denied")
        for item in items
    ]


def one_place(question: Line, first: Line) -> list[tuple[Line, Known]]:
    """'Tingling in your hands or feet?' 'Feet.': tingling in the feet."""
    text = bare_text(question)
    places = PLACES.search(text)
    if places is None or len(first) > 3 or read_reply(first).answer or WELL.search(bare_text(first)):
        return []
    if not {stem(w.bare) for w in first} & {stem(word) for word in places[1].split()}:
        return []
    keep = len(text[: places.start(1)].split())
    lead = as_statement(question[:keep])
    return [((*lead[:-1], lead[-1]._replace(text=lead[-1].text.rstrip(".")), *first), "affirmed")]


DENIES = re.compile(r"\b(?:no|not|never|none|nor|without|neither|nothing)\b|n't\b")
BUT_FOR = re.compile(r"\b(?:just|only|bit|little|some|well|but|except|apart|though)\b")
BETWEEN = frozenset(listed("in on at of between around round behind under over the your his her both other"))
TURNS = frozenset(listed("but though although"))
ASKING_WORDS = frozenset(
    stem(word) for word in listed("do does did is are was were have has had can could any ever very")
)
LONGEST = 12
"""Words of an answer that takes up parts of a question one by one."""


def itemised(asked: tuple[Line, ...], lines: list[Line]) -> list[tuple[Line, Known, Line]]:
    """'Breathless, or dizzy?' 'Dizzy, yes. Not breathless.': each part with its own answer, and the words that gave it.

    After 'just the tingling' or 'no, only the tingling' the other parts are denied.
    """
    items = [of_the_leg(part) for line in asked for part in parts_of(untagged(line))]
    places = sum(all(stem(w.bare) in BODY_WORDS or w.bare in BETWEEN for w in item) for item in items)
    wh = any(WH.match(bare_text(line)) for line in asked)
    kin = any(stem(w.bare) in KIN for line in asked for w in line)
    if len(items) < 2 or not is_list(asked) or wh or kin or 0 < places < len(items):
        return []
    contents = [content_of(item) for item in items]
    out: dict[int, tuple[Known, Line]] = {}
    for said in (clause for line in lines[:3] if len(line) <= LONGEST for clause in _clauses(line)):
        stems = {stem(w.bare.removesuffix("'s")) for w in said}
        for number, content in enumerate(contents):
            own = content - {s for other in contents if other is not content for s in other}
            if (own or content) & stems and number not in out:
                text = bare_text(said)
                denied = DENIES.search(text) is not None or FINE.fullmatch(text) is not None
                out[number] = ("denied" if denied else "affirmed", said)
    affirmed = [n for n, (known, _) in out.items() if known == "affirmed"]
    first = bare_text(lines[0])
    whole = read_reply(lines[0]).answer
    if whole == "no":
        affirmed = [n for n in affirmed if BUT_FOR.search(bare_text(out[n][1]))]
    if (whole == "no" and not affirmed) or (whole == "yes" and len(affirmed) < len(out)):
        return []
    if affirmed and (re.match(r"(?:no )?(?:just|only)\b", first) or whole == "no"):
        out |= {n: ("denied", lines[0]) for n in range(len(items)) if n not in out}
    return [(items[n], known, said) for n, (known, said) in sorted(out.items())]


def told_item(item: Line, known: Known) -> Line:
    """A part of a question as a statement."""
    if known == "denied":
        return (*added("no"), *item)
    return item if VERB.search(bare_text(item)) else (*added("I have"), *item)


def content_of(item: Line) -> set[str]:
    """Stems of the words that tell one part of a question from another."""
    stems = {stem(w.bare.removesuffix("'s")) for w in item} - FREE - FILLER - ASKING_WORDS
    return (stems - LEG) or stems


def _clauses(line: Line) -> list[Line]:
    """Cut before 'but' and before a comma's 'not': 'dizzy, but not breathless'."""
    for i in range(1, len(line)):
        denial = line[i - 1].text[-1] == "," and line[i].bare in ("not", "no") and i + 1 < len(line)
        if line[i].bare in TURNS or denial:
            return [line[:i], *_clauses(line[i:])]
    return [line]


KIN_DOES = re.compile(
    r"^(?:(?:but|and|though|no|yes|yeah|well|not me|my|his|her|our) )*(\w+)(?: (?:did|does|has|had|was|is|"
    r"gets|got)\b|'s "
    r"(?:the same|got|had)\b| the same\b|,|$)"
)
OR_FAMILY = re.compile(
    r"\b(?:or (?:anyone|anybody|someone|somebody)(?: else| close(?: to you)?)?(?: (?:in|of) (?:the|your|his|"
    r"her) family)?|"
    r"or (?:the|your) "
    r"family|or (?:a |any )?relatives?)\b"
)
HAVING = frozenset(
    listed("""
        anybody anyone any else suffer with it this have has had did do does you i ever he she yourself in the family
        your
    """)
)


def of_kin(question: Line, line: Line) -> Line:
    """'Have you or anyone in the family had a clot?' 'My aunt did.': my aunt had a clot."""
    text = " ".join(w.text.lower().rstrip(".?!") for w in line)
    found = KIN_DOES.match(text)
    if (
        found is None
        or stem(found[1]) not in cues.FAMILY
        or not re.search(r"\b(?:ha[sd]|have|get|suffer)", bare_text(question))
    ):
        return ()
    kin = next(w for w in line if w.bare.removesuffix("'s") == found[1])
    what = tuple(w for w in _without_family(question) if w.bare not in HAVING)
    return (*added("my"), kin._replace(text=kin.bare.removesuffix("'s")), *added("had"), *what) if what else ()


def _without_family(question: Line) -> Line:
    """'Have you or anyone in the family had a clot?' without the family."""
    text = bare_text(question)
    cut = OR_FAMILY.search(text)
    if cut is None:
        return question
    at = len(text[: cut.start()].split())
    return (*question[:at], *question[at + len(cut[0].split()) :])


NOT_ME = re.compile(
    r"(?:(?:no|but) )*(?:not (?:me|myself|him|her|himself|herself)|(?:i|he|she) (?:haven't|hasn't|never|didn't))\b"
)


def of_you(question: Line, first: Line) -> Line:
    """'Have you or anyone in the family had a clot?' 'Not me.': the question of the patient alone."""
    return _without_family(question) if NOT_ME.match(bare_text(first)) else question


def sided(question: Line, first: Line) -> Line:
    """'Are your feet cold?' 'Left one.': left feet cold."""
    side = next((w for w in first if w.bare in ("left", "right", "both")), None)
    words = as_statement(question)
    at = next((i for i, w in enumerate(words) if stem(w.bare) in LEG), None)
    if side is None or at is None:
        return ()
    return (*words[:at], side._replace(text=side.bare), *open_end(words[at:]))


def smoking(lines: list[Line]) -> tuple[Line, list[Line]] | None:
    """'Do you smoke?' 'Gave up at fifty.': not now; 'trying to cut down': yes; and the lines still to be told."""
    if any(aw.QUIT.search(bare_text(line)) for line in lines[:3]):
        still = [line for line in lines if not aw.QUIT.search(bare_text(line))]
        return added("I don't smoke now, I gave up smoking"), still
    if aw.CUTTING.search(" ".join(map(bare_text, lines))) and not read_reply(lines[0]).answer:
        return added("I smoke"), lines
    return None


SENSED_ASKED = re.compile(r"\b(?:tingling|numbness|pins and needles|burning|swelling|weakness)\b")
PLACE_ONLY = re.compile(r"^(?:(?:and|what about|or|how about) )*(?:in )?(?:the |your |his |her )?(\w+)$")


def elsewhere(question: Line, sensed: Line) -> Line:
    """'Any tingling?' … 'And in the feet?': any tingling in the feet."""
    place = PLACE_ONLY.match(bare_text(question))
    if not sensed or place is None or stem(place[1]) not in BODY_WORDS:
        return question
    what = SENSED_ASKED.search(bare_text(sensed))
    return (*added(f"any {what[0]} in the"), question[-1]) if what else question


def another_place(line: Line) -> bool:
    """'Round my mouth. And the tips of my fingers.': the next place of the same."""
    where = line[0].bare == "and" and any(stem(w.bare) in BODY_WORDS for w in line)
    return where and not VERB.search(bare_text(line))


def score_of(lines: list[Line]) -> SaidWord | None:
    """'How bad is it?' 'Bad. Ten.': the figure, 0 to 10."""
    figures = (line[0] for line in lines if len(line) == 1 and (line[0].bare in DIGITS or line[0].bare.isdigit()))
    first = next(figures, None)
    value = str(DIGITS.get(first.bare, first.bare)) if first else ""
    return first._replace(text=value) if first and int(value) <= 10 else None


BY_TURNS = re.compile(
    r"^(?:(?:it )?(?:varies|swaps|changes|alternates|moves)(?: about| around| over)?|either(?: one| side|"
    r" leg)?|sometimes (?:one|the left|"
    r"the right|left|right)|"
    r"one or the other|whichever|(?:it |they )?takes? turns|it can be either|now one)\b"
)
SIDES_ASKED = re.compile(r"\b(?:side|leg|legs|one|both|left|right|which|calf|foot|thigh)\b")


def by_turns(question: Line, first: Line) -> Line:
    """'Just the one side?' 'Either.': one leg or the other."""
    if not SIDES_ASKED.search(bare_text(question)) or not BY_TURNS.match(bare_text(first)):
        return ()
    return added("it alternates sides")
