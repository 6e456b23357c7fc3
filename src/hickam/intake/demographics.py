"""Age, sex, pregnancy weeks, and who the patient is: the writer, or a relative the writer asks about."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from hickam.model.case import Span

Sex = Literal["female", "male"]
HEAD = 20_000
"""Characters searched: the patient is introduced early, and the time stays bounded."""

FEMALE = ("woman lady female girl wife mother mum mom mam daughter sister grandmother gran granny nan grandma aunt auntie lass "
          "housewife waitress girlfriend niece schoolgirl nun").split()
MALE = ("man gentleman male boy husband father dad son brother grandfather grandad grandpa uncle lad guy bloke boyfriend "
        "nephew schoolboy fella").split()
RELATIVES = ("wife husband partner mother mum mom mam dad father daughter son sister brother grandmother gran granny nan grandma "
             "grandfather grandad grandpa girl boy lad lass baby toddler child kid aunt uncle girlfriend boyfriend friend niece "
             "nephew grandson granddaughter").split()
SEX_OF = {**dict.fromkeys(FEMALE, "female"), **dict.fromkeys(MALE, "male"), "granddaughter": "female", "grandson": "male"}
SMALL = {w: i for i, w in enumerate(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen".split())}
TENS = {w: 10 * i for i, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
DECADES = {"teens": 15, "twenties": 25, "thirties": 35, "forties": 45, "fifties": 55, "sixties": 65, "seventies": 75,
           "eighties": 85, "nineties": 94}
WORD = "(?:" + "|".join([*TENS, *SMALL]) + ")"
NUM = rf"(?:\d{{1,3}}(?:\.5)?|{WORD}(?:[\s-]{WORD})?)"
NOT_UNIT = (r"(?!\s*(?:\.\d|%|°|-?\s*(?:weeks?|wks?|months?|days?|hours?|hrs?|min|mg|mcg|ml|kg|st\b|stone|lbs?|pounds|miles?|km|m\b|cm|"
            r"metres?|blocks?|times|pack|units?|pints|cups|minutes|into|out of|/)))")
PERSON = r"(?:man|woman|male|female|lady|gentleman|boy|girl|child|lad|patient|guy)"

AGE_PATTERNS = [re.compile(p, re.I) for p in (
    rf"(?<![\d.])\b({NUM})[\s-]*(?:years?|yrs?|yr)\.?[\s-]*(?:old\b|of age|(?:\w+[\s-]){{0,2}}?{PERSON}\b)",
    r"(?<![\d.])\b(\d{1,3})[\s-]*(?:yo|y/o|y\.o\.?|yom|yof|yrm|yrf)\b",
    rf"(?<!at )(?<!at the )(?<!since )(?<!from )(?<!of )\baged?:?\s+({NUM})\b{NOT_UNIT}",
    r"(?<![\d.])\b(\d{1,3})(?:[MF]|\s?(?:male|female))\b",
    r"^\s*(?:[MF])\s?/?\s?(\d{1,3})\b",
    rf"\b{PERSON} of ({NUM})\b{NOT_UNIT}",
    rf"\b(?:I['’]?m|I am|I['’]ve (?:just )?turned|I (?:have )?(?:just )?turned|I turn)(?: (?:a|an|around|about|nearly|almost|now|only|just|turning|"
    rf"over|coming up to))* ({NUM})\b{NOT_UNIT}(?!\s+(?:and a half )?(?:of|other|more|different))",
    rf"\b(?:(?:he|she|who|{'|'.join(RELATIVES)}) (?:is|was)|he['’]s|she['’]s|who['’]s|turned|turning)(?: (?:now|only|just|nearly|almost|about|around|aged))* ({NUM})(?: and a half)?\b"
    rf"{NOT_UNIT}(?=\s*(?:$|[.,;)!]|and\b|years|yrs|with\b|now\b|has\b|who\b|gets?\b))",
    rf"^(?:[^.\d](?!BMI|number|pregnan|week)){{0,40}}?\b({NUM})\b{NOT_UNIT}(?=\s*(?:[,.(]|here\b|and a bit\b|ish\b|with\b|male\b|female\b|$))",
)]
BABY = re.compile(rf"\b({NUM})[\s-]*(day|week|month)s?[\s-]*old\b", re.I)
HALF = re.compile(r"\s*(?:and a half|½)", re.I)
DECADE = re.compile(rf"\bin (?:her|his|my|their|the|our)?\s*(early|mid|middle|late)?[\s-]*(?:to[\s-]late )?({'|'.join(DECADES)}|[2-9]0['’]?s)\b", re.I)
RELATIVE = re.compile(rf"\b(?:my|our|the) (?:[\w-]+ ){{0,2}}?({'|'.join(RELATIVES)})\b", re.I)
OWN = re.compile(r"\b(?:I['’]?(?:m| am|ve| have)|I (?:get|got|was|had|keep|woke|wake|feel|went|started|can)|my (?:own )?(?:left |right |both )?"
                 r"(?:leg|calf|calves|foot|feet|thigh|toe|knee|hip|shin|ankle|back|body|muscle)s?|me)\b", re.I)
PREGNANT = re.compile(
    rf"\b(?:({NUM})(?: and a half)? weeks?(?: and \d days?)? (?:pregnant|gestation|gone)|\w+ pregnancy,? (?:now )?(?:at )?({NUM}) weeks?"
    rf"(?: and \d days?)?|pregnant (?:at )?({NUM}) weeks?|({NUM})/40\b|at ({NUM}) weeks['’]? gestation)", re.I)
FEMALE_ONLY = re.compile(r"\b(?:pregnan\w+|menopaus\w*|postmenopausal|my periods?|her periods?|caesarean|cesarean|c-section|obstetrician|midwife|birth control|"
                         r"(?:on|take|taking|contraceptive) (?:the )?pill|polycystic ovar\w+|pcos|fibroids|hysterectomy|after (?:having )?(?:my|her|the) baby|gave birth|menstrua\w+|"
                         r"breastfeeding|hrt|endometriosis|postpartum|post partum|gravida|g\dp\d)\b", re.I)
MALE_ONLY = re.compile(r"\b(?:prostate|prostatic|erections?|erectile|testic\w+|testes|vasectomy|penis|scrotal)\b", re.I)


class Person(NamedTuple):
    """What the text says of the patient. ``relative``: the word by which the writer names the patient, or ''."""

    age: float | None
    sex: Sex | None
    pregnant: Span | None
    relative: str
    spans: tuple[tuple[int, int], ...]
    notes: tuple[str, ...]


def number(words: str) -> float:
    """A number in digits or words.

    >>> number("forty-two"), number("62"), number("seven")
    (42.0, 62.0, 7.0)
    """
    low = words.lower()
    if low[0].isdigit():
        return float(low)
    total = 0
    for part in re.split(r"[\s-]+", low):
        total += TENS.get(part, SMALL.get(part, 0))
    return float(total)


def read_person(text: str) -> Person:
    """Age, sex, pregnancy and whose story it is."""
    head = text[:HEAD]
    spans: list[tuple[int, int]] = []
    notes: list[str] = []
    relative = _relative(head)
    age = _age(head, spans, notes)
    pregnant = PREGNANT.search(head)
    span = None
    if pregnant and not re.search(r"\b(?:not|when i was|when she was|was)\s*$", head[max(0, pregnant.start() - 14):pregnant.start()], re.I):
        span = Span(text=pregnant.group(), start=pregnant.start(), end=pregnant.end())
    sex = _sex(head, relative, spans)
    if span is not None and sex is None:
        sex = "female"
    return Person(age, sex, span, relative, tuple(spans), tuple(notes))


def _relative(head: str) -> str:
    m = RELATIVE.search(head)
    if m is None:
        return ""
    start = head.rfind(".", 0, m.start()) + 1
    own = OWN.search(head[:m.start()])
    asking = re.search(r"\b(?:for|about|of|on behalf of|with|since)\s*$", head[start:m.start()], re.I)
    if own and not (asking and "for" in asking.group().lower()):
        return ""
    after = head[m.end():m.end() + 60]
    if re.match(r"['’]s\b(?! (?:had|been|got|having|is|\d))|\s+(?:\w+ )?(?:says?|thinks?|thought|feels?|felt|noticed|worries|told|scoffed|had a|was a|and)\b",
                after, re.I):
        return ""
    if re.search(r"\bmy (?:leg|calf|calves|foot|feet|thigh)", after, re.I):
        return ""
    return m.group(1).lower()


def _age(head: str, spans: list[tuple[int, int]], notes: list[str]) -> float | None:
    baby = BABY.search(head)
    best: tuple[int, float, tuple[int, int]] | None = None
    if baby:
        unit = {"day": 1 / 365.25, "week": 7 / 365.25, "month": 1 / 12}[baby.group(2).lower()]
        best = (baby.start(), round(number(baby.group(1)) * unit, 3), baby.span())
    for pattern in AGE_PATTERNS:
        if best is not None:
            break
        for m in pattern.finditer(head):
            if re.search(r"\b(?:temp\w*|temperature|t)\s*$", head[max(0, m.start() - 14):m.start()], re.I):
                continue
            value = number(m.group(1))
            if HALF.match(head, m.end(1)):
                value += 0.5
            before = head[max(0, m.start() - 40):m.start()]
            if re.search(r"\b(?:father|mother|dad|mum|mom|brother|sister)\b[^.]*$", before, re.I) and not _relative(head):
                continue
            if not 0 <= value <= 120:
                notes.append(f"age: '{m.group().strip()}' is not a possible age and was not used")
                continue
            best = (m.start(), value, m.span())
            break
    decade = DECADE.search(head)
    if decade and (best is None or (decade.start() < best[0] and "old" not in head[best[2][0]:best[2][1]])):
        word = decade.group(2).lower()
        mid = DECADES.get(word) or int(word[:2]) + 5
        part = (decade.group(1) or "").lower()
        mid += {"early": -3, "late": 3}.get(part, 0)
        best = (decade.start(), float(mid), decade.span())
        notes.append(f"age: '{decade.group()}' was taken as {mid}")
    if best is None:
        return None
    spans.append(best[2])
    return best[1]


def _sex(head: str, relative: str, spans: list[tuple[int, int]]) -> Sex | None:
    if relative in SEX_OF:
        return "female" if SEX_OF[relative] == "female" else "male"
    for lo, hi in spans:
        near = head[lo:hi + 40].split(".")[0] if hi < len(head) else head[lo:hi]
        m = re.search(r"\b(?:\d{1,3}\s?(M|F)\b)|\b(man|woman|male|female|lady|gentleman|boy|girl|lad|guy|mother of|mum of)\b", near, re.I)
        if m is None:
            m = re.search(r"\b(?:(M|F)\s?/?\s?\d{1,3})|\b(man|woman|male|female|lady|gentleman|boy|girl|lad|lass|guy)\b", head[max(0, lo - 25):hi], re.I)
        if m and (m.group(1) or "").lower() in ("m", "f"):
            return "male" if m.group(1).lower() == "m" else "female"
        if m and m.group(2):
            return "female" if m.group(2).lower().split()[0] in (*FEMALE, "mum") else "male"
    first = re.match(r"\W*(?:(?:a|an|this|the|elderly|young|old|middle-aged|\w+)\s+){0,3}?(man|woman|male|female|lady|gentleman|boy|girl)\b", head, re.I)
    if first and not relative:
        return "female" if first.group(1).lower() in FEMALE else "male"
    if FEMALE_ONLY.search(head) and not re.search(r"\b(?:my|his) (?:wife|girlfriend)\b", head, re.I):
        return "female"
    if MALE_ONLY.search(head):
        return "male"
    if relative or not re.search(r"\b(?:I|my)\b", head):
        he = len(re.findall(r"\b(?:he|his|him)\b", head, re.I))
        she = len(re.findall(r"\b(?:she|her|hers)\b", head, re.I))
        if he + she >= 1 and he != she:
            return "male" if he > she else "female"
    m = re.search(r"\b(?:I am|I['’]m|as) an? (?:\w+[\s-]){0,3}?(man|woman|male|female|lady|girl|boy|guy|bloke|mum|mother|dad|father|housewife|waitress)\b", head, re.I)
    if m:
        return "female" if SEX_OF.get(m.group(1).lower()) == "female" else "male"
    return None
