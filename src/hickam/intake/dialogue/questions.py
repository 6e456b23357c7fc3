"""A clinician's sentence: a question (of which kind), a sign or result told aloud, a plan, or an explanation."""

from __future__ import annotations

import re
from typing import Literal

from hickam.intake.dialogue.spoken import Line, SaidWord, bare_text
from hickam.intake.words import listed

Kind = Literal["question", "request", "examination", "impression", "plan", "talk"]
ASKING = re.compile(
    r"^(?:(?:and|so|okay|ok|right|now|or|also|good|well) )*(?:any|do you|does (?:it|he|she|that|anything|anyone|the|"
    r"your|"
    r"rubbing|moving|stretching)|did you|did it|have you|has (?:he|she|it|your|there)|are you|is (?:it|he|she|there|"
    r"your)|"
    r"how|what|when|where|which|who|why|could you|can you|were you|was it|ever)\b(?! a look)"
)
ASKS = re.compile(
    r"^(?:(?:and|so|okay|ok|right|now|or|also|good|well) )*(?:any|ever|(?:do|does|did|have|has|had|are|is|was|"
    r"were)(?:n't)?)\b"
)
"""Begins a question that a yes or no answers, whoever or whatever it is about."""
OBSERVES = re.compile(
    r"^(?:(?:and|but|now|okay|right|also) )*(?:there's|there is|there are|i (?:can|can't) (?:see|feel|hear|"
    r"find)|i see|you've got|"
    r"you (?:have a|waddle|limp|sway|step|missed|do look)|your|the|his|her|she|he|no|both|left|right|it's|a|"
    r"it|that's|not)\b"
)
TAG = re.compile(
    r"(?:, (?:right|yes|correct|is it|do you|have you|are you)|,? (?:is that (?:right|correct)|"
    r"(?:have|did) i (?:got|get) (?:that|it) right|isn't it|don't you|"
    r"haven't you|"
    r"aren't you|didn't you|i see|would you say|do you know|(?:if )?(?:you )?don't mind (?:me |my )?asking))[.?!]*$"
)
NEGATIVE = re.compile(r"^(?:(?:and|so|okay|ok|but) )*(?:no|not|without|never|nothing)\b")
NEGATED = re.compile(r"^(?:[\w']+ ){0,4}(?:don't|doesn't|haven't|hasn't|isn't|aren't|not) \w+")
EXAMINING = re.compile(
    r"\b(?:examin\w+|have a look|let's (?:look|see|check you|test|have (?:your|the|those) \w+ off)|hop up|"
    r"(?:let me|i'll|i will|i'm going to) (?:just )?(?:look|see(?! you)|test|check (?:you|the|your)|feel|have|tap|"
    r"press|lift|bend|squeeze|listen|measure|stretch)|lie (?:on|back|down|flat)|squeeze (?:your|my|the)|"
    r"push (?:against|up|down)|roll (?:up|over)|on (?:your|the) (?:back|front|couch|tummy)|(?:shoes|socks|trousers|"
    r"boots)(?: and (?:shoes|socks))? off|"
    r"stand up for me|walk (?:for me|across|up and down)|up against (?:me|my)|close your eyes|feet together|"
    r"take a look|i'd like to feel|i'm (?:tapping|pressing|listening|going to (?:bend|press|lift|tap|feel)))\b"
)
SIGNS = re.compile(
    r"\b(?:puls(?:e|es)|reflex(?:es)?|jerks?|tender(?:ness)?|swelling|swollen|o?edema|power|tone|sensation|"
    r"straight leg|"
    r"blood pressure|temperature|saturations?|sats|capillary|palpable|ulcers?|wasting|fasciculations?|clonus|brisk|"
    r"plantar|"
    r"effusion|bruis\w+|warm|cold|pale|redness|index|doppler|rash|goitre|goiter|chvostek\w*|trousseau\w*|"
    r"examination|exam|"
    r"potassium|magnesium|calcium|sodium|phosphate|ck|creatine|tsh|ferritin|h(?:a)?emoglobin|hba1c|esr|crp|egfr|"
    r"creatinine|"
    r"kidney function|x-ray|gait|walks|walking normally|joints|hips|calves measure|measures?|circumference|"
    r"thompson\w*|"
    r"gap|compartments?|pit(?:s|ting)?|web space|"
    r"vibration|monofilament|veins|staining|light touch|cuff|wheeze|murmur|bloods?|weak(?:ness)?|flat feet)\b"
)
PLANNED = re.compile(
    r"\b(?:if|i'd expect|expect|could|might|may|sometimes|usually|often|rarely|some people|people|"
    r"we'll|i'll|we will|i will|you'll|"
    r"i'd (?:like|"
    r"suggest|recommend|rather|avoid|want)|i want|i would|i (?:can|could) prescribe|should|need|needs|must|going to|"
    r"let's (?:treat|get|start|stop|not|check your|run)|we (?:can|start|"
    r"could|use|used)|you (?:can|could)(?!')|can (?:come|be|help|harm|cause|make|set|happen)|start(?:ing)? you|"
    r"refer|prescribe|"
    r"recommend\w*|advise|avoid|come back(?! at)|ring|call us|go to|don't|try|we're (?:going|splitting)|"
    r"i'm (?:giving|sending|starting)|"
    r"set the|stop the|draw round|you can't (?:drive|work|go)|not drive|to see you|repeat the)\b"
)
THOUGHT = re.compile(
    r"\b(?:i think|i'm (?:worried|concerned|happy|afraid it)|sounds like|looks like (?:you've|it)|this is|these are|"
    r"this fits|"
    r"fits|my impression|it's (?:a|an|just|torn|exercise|polymyalgia)|that's (?:a|an|peripheral|what)|so it's|means|"
    r"probably|"
    r"diagnosis|this may|this could|is (?:narrow|blocked|underactive)|an emergency)\b"
)
ABOUT_YOU = re.compile(r"\b(?:you|your|you're|you've|you'd)\b")
SELF = re.compile(r"\byourself\b")
WH = re.compile(
    r"^(?:(?:and|so|okay|ok|right|now|well|roughly|about|since|for) )*(how|what|what's|when|where|where's|whereabouts|"
    r"which|who|why|how's)\b"
)
MEDICINES = re.compile(
    r"\b(?:medicines?|medications?|tablets?|pills|drugs?|meds|prescriptions?|taking (?:anything|something)|"
    r"take anything|"
    r"painkillers?)\b"
)
ALL = frozenset(listed("any what which regular no take taking on prescribed daily usual current of and or supplements"))
"""What stands before 'tablets' when all of them are meant; 'water tablets' and 'the tablets' are some."""
IDLE = re.compile(
    r"^(?:(?:so|and|but|okay|doctor) )*(?:am i|will (?:it|i|they)|can i|could i|should i|would (?:it|i)|is it|"
    r"is this|is that|"
    r"do i|does it|does that|could it|what|why|how|when|where|are you|have you|do you)\b"
)
"""How a patient's own questions begin."""


def kind_of(line: Line, examining: bool) -> Kind:
    """What a clinician's sentence is; ``examining``: signs are being told and no plan has begun."""
    text = bare_text(line)
    if line[-1].text.rstrip("\"'”").endswith("?") or ASKING.match(text) or tag_of(line):
        return "question"
    if EXAMINING.search(text) and not SIGNS.search(EXAMINING.sub("", text)):
        return "examination"
    if PLANNED.search(text):
        return "plan"
    if THOUGHT.search(text):
        return "impression"
    if SIGNS.search(text) or EXAMINING.search(text):
        return "examination"
    if text.startswith(("tell me", "describe", "go on", "talk me")):
        return "request"
    if (
        examining
        and len(line) > 2
        and not text.startswith(("so ", "it's ", "that's ", "this "))
        and not ABOUT_YOU.search(text)
    ):
        return "examination"
    return "talk"


def observes(line: Line) -> bool:
    """Whether a sentence tells what is seen or felt, or a result: 'there's a soft murmur', 'your lips are dry'."""
    return OBSERVES.match(bare_text(line)) is not None and not foresees(line)


def foresees(line: Line) -> bool:
    """Whether a sentence is a plan or an opinion."""
    text = bare_text(line)
    return PLANNED.search(text) is not None or "i think" in text


YOU = {
    "you": "I", "your": "my", "you're": "I'm", "you've": "I've", "you'd": "I'd", "yours": "mine", "yourself": "myself",
    "you'll": "I'll",
}  # fmt: skip
AUXILIARIES = frozenset(listed("do does did is are was were have has had would will"))
MODALS = frozenset(listed("can could"))
STANDS_FOR = frozenset(listed("it they that those these"))
TOPIC = 5
"""Words within which a question's topic ends that is put before it."""
OPENERS = frozenset(listed("and so okay ok right now or also good well then hello hi"))
WH_WORDS = frozenset(listed("how what when where which long often far much many roughly about bad badly"))


def as_statement(line: Line) -> Line:
    """A question's words as the patient would say them: 'do you smoke?' 'I smoke.', 'is it swollen?' 'it swollen.'"""
    words = [w._replace(text=_mine(w.text)) for w in untagged(line)]
    touch = next((i for i, w in enumerate(words) if w.bare.startswith("touch") and i and words[i - 1].bare == "me"), 0)
    if touch:  # 'can you feel me touching your foot?'
        del words[touch - 1 : touch + 1]
    while len(words) > 1 and words[0].bare in OPENERS | {"ever"}:
        words.pop(0)
    words = _topic_in_place(words)
    modal: SaidWord | None = None
    if len(words) > 2 and words[0].bare in AUXILIARIES | MODALS:
        first = words.pop(0)
        modal = first if first.bare in MODALS else None
    if modal is not None:
        words.insert(1, modal)
    return ended(tuple(words))


def _topic_in_place(words: list[SaidWord]) -> list[SaidWord]:
    """'Your periods, are they heavier?' as 'your periods are heavier'."""
    for i, w in enumerate(words[:TOPIC]):
        after = [x.bare for x in words[i + 1 : i + 3]]
        if w.text.endswith(",") and len(after) == 2 and after[0] in AUXILIARIES and after[1] in STANDS_FOR:
            return [*words[:i], w._replace(text=w.text.rstrip(",")), words[i + 1], *words[i + 3 :]]
    return words


def without_wh(line: Line) -> Line:
    """'How long have you had diabetes?' 'I had diabetes': what the question takes as given."""
    words = list(untagged(line))
    while words and words[0].bare in OPENERS | WH_WORDS:
        words.pop(0)
    return tuple(w._replace(text=w.text.rstrip("?.")) for w in as_statement(tuple(words))) if words else ()


def ended(line: Line) -> Line:
    """The line with a full stop at its end."""
    if not line:
        return line
    return (*line[:-1], line[-1]._replace(text=line[-1].text.rstrip(",.;:?!") + "."))


def tag_of(line: Line) -> int:
    """Words of 'is that right?' at the end."""
    tag = TAG.search(" ".join(w.text.lower() for w in line))
    return len(tag[0].strip(", ").split()) if tag else 0


def denies(line: Line) -> bool:
    """Whether a question is put as a denial: 'no fever?', 'you don't smoke?', but not 'you've had a fever, haven't
    you?' nor 'any exercise you're not used to?'."""
    text = bare_text(untagged(line))
    return NEGATIVE.match(text) is not None or (NEGATED.match(text) is not None and not ASKS.match(text))


def untagged(line: Line) -> Line:
    """Without 'is that right?' at the end."""
    keep = len(line) - tag_of(line)
    return line[:keep] if keep > 1 else line


def _mine(text: str) -> str:
    bare = text.rstrip(",.;:?!")
    new = YOU.get(bare.lower().replace("’", "'"))
    return text if new is None else new + text[len(bare) :]


def asks_all_medicines(text: str) -> bool:
    """Whether a question is about every medicine: 'any tablets?', not 'any water tablets?' or 'anything else?'."""
    found = MEDICINES.search(text)
    if found is None or re.search(r"\b(?:other|else|more)\b", text):
        return False
    before = text[: found.start()].split()
    return not before or before[-1] in ALL or found[0].startswith(("tak", "painkiller"))


def one_group(first: Line, second: Line) -> bool:
    """Whether a question goes on in the next: 'any weakness? numbness?', but not 'any falls? are you driving?'."""
    bare = [w.bare for w in second]
    while bare and bare[0] in OPENERS:
        bare = bare[1:]
    own = any(w in ("you", "your", "it", "he", "she", "they", "there", "that", "this", "anyone") for w in bare[:4])
    return not own and not WH.match(bare_text(first)) and not tag_of(first)


def is_list(group: tuple[Line, ...]) -> bool:
    """Whether a yes leaves open to which part: 'red or hot?', 'weakness? numbness?'."""
    words = [w for line in group for w in line]
    commas = sum(w.text.endswith(",") and w.bare not in OPENERS for w in words[:-1])
    return len(group) > 1 or any(w.bare == "or" for w in words) or commas > 0
