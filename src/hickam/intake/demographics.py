"""Age, sex, pregnancy weeks, and who the patient is: the writer, or a relative the writer asks about."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from hickam.intake.ages import KIN, MY_LEG, NUM, RELATIVES, read_age
from hickam.intake.words import listed
from hickam.model.case import Span

Sex = Literal["female", "male"]
HEAD = 20_000
"""Characters searched: the patient is introduced early, and the time stays bounded."""

FEMALE = listed(
    "woman lady female girl wife mother mum mom mam daughter sister grandmother gran granny nan grandma aunt auntie "
    "lass housewife waitress girlfriend niece schoolgirl nun nanna nana stepmum stepmother wifey missus ma"
)
MALE = listed(
    "man gentleman male boy husband father dad son brother grandfather grandad grandpa uncle lad guy bloke boyfriend "
    "nephew schoolboy fella hubby hubbie stepdad stepfather pa postman policeman fireman widower"
)
SEX_OF = dict.fromkeys((*FEMALE, "granddaughter"), "female") | dict.fromkeys(
    (*MALE, "grandson", "granddad", "gramps"), "male"
)
_ME = r"me(?= (?:mum|mam|dad|da|nan|gran|lad|lass|wife|son|brother|sister)\b)"
RELATIVE = re.compile(rf"\b(?:my|our|the|{_ME}) (?:[\w-]+ ){{0,3}}?({'|'.join(RELATIVES)})\b", re.I)
UNNAMED = re.compile(
    rf"^\W*(?:(?:hi|hello|hiya|dear doctor|so|help)\W+){{0,2}}({'|'.join(RELATIVES)})\b(?!\s+(?:of|and I)\b)(?<!baby)"
    rf"|^.{{0,30}}?\b{NUM}[\s-]*(?:yr|year)s?[\s-]*old ({'|'.join(KIN)})\b",
    re.I,
)
OWN_CHILD = re.compile(rf"\b(?:my|our) (?:\w+ )?{NUM}[\s-](?:year|yr|month)s?[\s-]old\b", re.I)
OWN = re.compile(
    r"\b(?:I['’]?(?:m| am|ve| have)|I (?:get|got|was|had|keep|woke|wake|feel|went|started|can)|me)\b|"
    rf"{MY_LEG}|back|body|muscle)s?\b",
    re.I,
)
STRONGLY_OWN = re.compile(rf"\b(?:I['’]?m|I am) (?:a |around |about |nearly )?\d|{MY_LEG})s?\b", re.I)
PREGNANT = re.compile(
    rf"\b(?:({NUM})(?: and a half)? (?:weeks?|months?)(?: and \d days?)? (?:pregnant|gestation|gone)"
    rf"|\w+ pregnancy,? (?:now )?(?:at )?({NUM}) weeks?(?: and \d days?)?"
    rf"|pregnant (?:at )?({NUM}) weeks?|((?:[4-9]|[1-3]\d|4[0-2]))/40\b(?! vision)|at ({NUM}) weeks['’]? gestation)",
    re.I,
)
WEEKS_GONE = re.compile(
    r"\b(?:I['’]?m|I am|she['’]?s|she is) (?:now |about |nearly )?\d{1,2} weeks\b(?! (?:post|after|into|since))",
    re.I,
)
LATE_WEEKS = re.compile(
    r"\b(?:I['’]?m|I am|she['’]?s|she is) (?:now |about |nearly )?"
    r"(?:1[2-9]|2\d|3\d|4[0-2]) weeks\b(?! (?:post|after|into|since|old|in\b|out))",
    re.I,
)
"""'I'm 36 weeks': nobody says it of anything else."""
EXPECTING = re.compile(
    r"\b(?:midwife|antenatal|bump|trimester|obstetric\w*|due date|expecting|baby['’]s kicking)\b", re.I
)
FEMALE_ONLY = re.compile(
    r"\b(?:pregnan\w+|menopaus\w*|postmenopausal|my periods?|her periods?|caesarean|cesarean|c-section|obstetrician"
    r"|midwife|birth control|(?:on|take|taking|contraceptive) (?:the )?pill|polycystic ovar\w+|pcos|fibroids"
    r"|hysterectomy|after (?:having )?(?:my|her|the) baby|gave birth|menstrua\w+|breastfeeding|hrt|endometriosis"
    r"|postpartum|post partum|gravida|g\dp\d)\b",
    re.I,
)
MALE_ONLY = re.compile(r"\b(?:prostate|prostatic|erections?|erectile|testic\w+|testes|vasectomy|penis|scrotal)\b", re.I)
NOT_NOW = re.compile(
    r"\b(?:not|when i was|when she was|was|of a|in a|(?:first|second|last|previous)(?: \w+)?)\s*$", re.I
)
ASKING = re.compile(r"\b(?:for|about|of|on behalf of|with|since)\s*$", re.I)
INFORMS = re.compile(
    r"['’]s\b(?! (?:had|been|got|having|is|\d"
    r"|(?:left |right |both )?(?:leg|calf|calves|foot|feet|thigh|toe|ankle|shin)))"
    r"|\s+(?:\w+ )?(?:says?|thinks?|thought|feels?|felt|noticed|worries|told|scoffed|had a|was a|and)\b",
    re.I,
)
THEIRS = re.compile(
    r"\b(?:he|she|his|her)\b[^.!?]*\b(?:cramp|pain|ache|sore|swollen|swell|hurt|seiz|numb|leg|calf|calves|foot|feet|thigh)",
    re.I,
)
"""'My dad had a stent, he stops every …, his calf seizes up': his story after all, if the writer tells none."""
SEX_AFTER = re.compile(
    r"\b(?:\d{1,3}\s?(?:yo|y/o|y\.o\.?|yr old|year old|y)?\s?(M|F)\b)"
    r"|\b(man|woman|male|female|lady|gentleman|boy|girl|lad|guy|mother of|mum of)\b",
    re.I,
)
SEX_BEFORE = re.compile(
    r"(?<!['’])\b(?:((?-i:[MF]))\s?/?\s?\d{1,3})|\b(man|woman|male|female|lady|gentleman|boy|girl|lad|lass|guy)\b", re.I
)
SEX_FIRST = re.compile(
    r"\W*(?:(?:a|an|this|the|elderly|young|old|middle-aged|\w+)\s+){0,3}?"
    r"(man|woman|male|female|lady|gentleman|boy|girl)\b",
    re.I,
)
SEX_IN = re.compile(
    r"\b(?:in|of|for) (?:a|this|the) (?:[\w-]+ ){0,2}(man|woman|gentleman|lady|boy|girl|male|female)\b", re.I
)
SEX_OWN = re.compile(
    r"\b(?:I am|I['’]m|as) an? (?:\w+[\s-]){0,3}?"
    r"(man|woman|male|female|lady|girl|boy|guy|bloke|mum|mother|dad|father|housewife|waitress)\b",
    re.I,
)
OF_A_WIFE = re.compile(r"\b(?:my|his) (?:wife|girlfriend)\b", re.I)


INTRODUCED = re.compile(
    rf"\W*(?:an? )?{NUM}[\s-]*(?:years?|yrs?)?[\s-]*(?:old|/o|yo)?\s+(?:man|woman|male|female|lady|gentleman)\b", re.I
)
COMPLAINT = re.compile(r"\b(?:cramp|pain|ache|sore|swollen|swelling|hurt|tight|numb|twitch)", re.I)
OWN_ILLNESS = re.compile(
    r"(?:,? \(?\d{2}\)?,?)? (?:has|had|takes|is on|died|suffers)\b"
    r"(?![^.]*\b(?:legs?|calf|calves|foot|feet|cramps?|thighs?)\b)",
    re.I,
)
"""'Cramps in both calves. My husband has diabetes': his illness, not his story."""
KIN_TOLD = re.compile(r"^\W*(?:father|mother|brother|sister|parents?)\b[^.;]*", re.I)
PARENT = re.compile(r"mother|mum|mom|mam|father|dad|sister|brother|aunt|uncle|gran", re.I)
OTHERS_STORY = re.compile(
    r"\bI(?:['’]ve(?: got| had)?| have(?: had| got)?| get| got| had| also have| keep getting| suffer(?: with| from)?)"
    r"(?! to\b)(?:(?!\b(?:his|her|their)\b)[^.!?;,]){0,30}\b(?:cramps?|legs?|calf|calves|foot|feet)\b"
    r"|\b(?:father|mother|dad|mum|brother|sister|parents?)\b[^.;!?]{0,60}[.;]\s*(?:the )?(?:patient|pt)\b",
    re.I,
)
"""Someone other than the relative named first has the complaint: the writer, or 'the patient'."""


class Person(NamedTuple):
    """What the text says of the patient. ``relative``: the word by which the writer names the patient, or ''."""

    age: float | None
    sex: Sex | None
    pregnant: Span | None
    relative: str
    spans: tuple[tuple[int, int], ...]
    notes: tuple[str, ...]


def read_person(text: str) -> Person:
    """Age, sex, pregnancy and whose story it is."""
    head = text[:HEAD]
    spans: list[tuple[int, int]] = []
    notes: list[str] = []
    relative = _relative(head)
    age = read_age(head, relative, spans, notes)
    pregnant = PREGNANT.search(head) or (WEEKS_GONE.search(head) if EXPECTING.search(head) else LATE_WEEKS.search(head))
    span = None
    if (
        pregnant
        and pregnant.group().endswith("/40")
        and re.search(r"(?:\bBP|(?<![GP])[\d/])\s*$", head[: pregnant.start()], re.I)
    ):
        pregnant = None  # a blood pressure
    if pregnant and not NOT_NOW.search(head[max(0, pregnant.start() - 14) : pregnant.start()]):
        span = Span(text=pregnant.group(), start=pregnant.start(), end=pregnant.end())
    sex = _sex(head, relative, spans)
    if sex == "male" and not relative:
        span = None
    if span is not None and sex is None:
        sex = "female"
    return Person(age, sex, span, relative, tuple(spans), tuple(notes))


GROWN_UP = re.compile(
    r"\bmy (?:husband|wife|hubby|missus|kids?|children|child|sons?|daughters?|grand\w+|toddler|baby|boss|job|career"
    r"|colleagues?|clients?|students|mortgage|office|fianc\w+|ex|drive|car|wedding|divorce|retirement|shifts?|desk"
    r"|fella|other half|better half|pension|tenants?|staff)\b"
    r"|\bI(?:['’]m| am|['’]ve| have)? (?:retired|divorced|married|work(?:ed|ing)? as an?)\b"
    r"|\b(?:(?:at|from|off|after) work|on the way to work|work days|call(?:ed)? (?:out of|in sick to) work|menopaus\w+"
    r"|wine|beers?|whisky|I smoke[d]?|I drive|contracept\w+|on the pill|pregnan\w+|(?:desk|office) job|decades"
    r"|pints|(?:night|double) shifts?|at a till"
    r"|(?:gave|giv\w+|quit|stopp?ed) (?:up )?smoking|(?:ex-?|non-?)?smoker|pack[- ]years?|cigarettes|marathons?"
    r"|(?:1[89]|[2-9]\d|(?:twen|thir|for|fif|six|seven)ty)(?:[ -](?:odd|plus|something))? years(?! old))\b",
    re.I,
)
"""Words of people who are no children."""
PARENTS = re.compile(r"\b(?:my )?(?:mum|mom|mam|dad|parents|teacher|school)\b", re.I)

ELDERS = listed(
    "wife husband partner mother mum mom mam dad father grandmother gran granny nan grandma grandfather grandad "
    "granddad gramps grandpa aunt uncle hubby hubbie missus nanna nana stepdad stepmum colleague"
)
"""Relatives who are no children."""


def grown_up(text: str, person: Person) -> bool:
    """Whether the writer is the patient and, by the words, an adult: 'my wife says I kick', 'it hurts at work'."""
    if person.relative:
        return person.relative.lower() in ELDERS
    return bool(GROWN_UP.search(text)) and not PARENTS.search(text)


def _relative(head: str) -> str:
    m = RELATIVE.search(head)
    if OTHERS_STORY.search(head) or (m is not None and INTRODUCED.match(head) and PARENT.match(m.group(1))):
        return ""
    if m is None:
        named = UNNAMED.search(head)
        if named:
            return (named.group(1) or named.group(2)).lower()
        return "child" if OWN_CHILD.search(head) else ""
    start = head.rfind(".", 0, m.start()) + 1
    if COMPLAINT.search(head[:start]) and OWN_ILLNESS.match(head, m.end()):
        return ""
    asking = ASKING.search(head[start : m.start()])
    if OWN.search(head[: m.start()]) and not (asking and "for" in asking.group().lower()):
        return ""
    informs = INFORMS.match(head[m.end() : m.end() + 60]) and (OWN.search(head) or not THEIRS.search(head, m.end()))
    if informs or (STRONGLY_OWN.search(head) and not asking):
        return ""
    return m.group(1).lower()


def _named(word: str) -> Sex:
    return "female" if SEX_OF.get(word.lower().split()[0]) == "female" else "male"


def _sex(head: str, relative: str, spans: list[tuple[int, int]]) -> Sex | None:
    if relative in SEX_OF:
        return _named(relative)
    for lo, hi in spans:
        m = SEX_AFTER.search(head[lo : hi + 40].split(".")[0]) or SEX_BEFORE.search(head[max(0, lo - 25) : hi])
        if m:
            letter = (m.group(1) or "").lower()
            return ("male" if letter == "m" else "female") if letter else _named(m.group(2))
    first = None if OTHERS_STORY.search(head) else SEX_FIRST.match(head)
    if first and not relative:
        return _named(first.group(1))
    if FEMALE_ONLY.search(head) and not OF_A_WIFE.search(head):
        return "female"
    if MALE_ONLY.search(head):
        return "male"
    if relative or not re.search(r"\b(?:I|my)\b", head):
        of_patient = head if relative else KIN_TOLD.sub("", head)
        he = len(re.findall(r"\b(?:he|his|him)\b", of_patient, re.I))
        she = len(re.findall(r"\b(?:she|her|hers)\b", of_patient, re.I))
        if he != she:
            return "male" if he > she else "female"
    m = SEX_IN.search(head) or SEX_OWN.search(head)
    return _named(m.group(1)) if m else None
