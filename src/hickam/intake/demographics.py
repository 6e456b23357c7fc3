"""Age, sex, pregnancy weeks, and who the patient is: the writer, or a relative the writer asks about."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

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
RELATIVES = listed(
    "wife husband partner mother mum mom mam dad father daughter son sister brother grandmother gran granny nan "
    "grandma grandfather grandad granddad gramps grandpa girl boy lad lass baby toddler child kid aunt uncle "
    "girlfriend boyfriend friend neighbour neighbor flatmate housemate colleague "
    "hubby hubbie missus nanna nana stepdad stepmum niece nephew grandson granddaughter"
)
SEX_OF = dict.fromkeys((*FEMALE, "granddaughter"), "female") | dict.fromkeys(
    (*MALE, "grandson", "granddad", "gramps"), "male"
)
SMALL = {
    w: i
    for i, w in enumerate(
        listed(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen"
        )
    )
}
TENS = {w: 10 * i for i, w in enumerate(listed("twenty thirty forty fifty sixty seventy eighty ninety"), 2)}
DECADES = {
    "teens": 15, "twenties": 25, "thirties": 35, "forties": 45, "fifties": 55,
    "sixties": 65, "seventies": 75, "eighties": 85, "nineties": 94,
}  # fmt: skip
WORD = "(?:" + "|".join([*TENS, *SMALL]) + ")"
NUM = rf"(?:\d{{1,3}}(?:\.5)?|{WORD}(?:[\s-]{WORD})?)"
NOT_UNIT = (
    r"(?!\s*(?:[.,]\d|k\b|u/l|%|°|-?\s*(?:weeks?|wks?|months?|days?|hours?|hrs?|min|mg|mcg|ml|kg|st\b|stone|lbs?|pounds|miles?"
    r"|km|m\b|cm|metres?|blocks?|times|pack|units?|pints|cups|minutes|into|out of|/)))"
)
PERSON = r"(?:man|woman|male|female|lady|gentleman|boy|girl|child|lad|patient|guy)"
NEARLY = r"(?: (?:a|an|around|about|nearly|almost|now|only|just|turning|over|coming up to|aged))*"

_YEARS_OLD = rf"(?<![\d.])\b({NUM})[\s-]*(?:years?|yrs?|yr)\.?[\s-]*(?:old\b|of age|(?:\w+[\s-]){{0,2}}?{PERSON}\b)"
_YEARS_ALONE = rf"(?:^|(?<=[,;.] ))({NUM}) (?:years|yrs)\b(?=\s*(?:$|[,.;]))"
_YO = (
    r"(?<![\d.])\b(\d{1,3})[\s-]*(?:yo|y/o|y\.o\.?|yom|yof|yrm|yrf|yr old"
    r"|y(?=\s?/?\s?[MF]\b|,|\s(?:old|woman|man|lady|male|female)\b))\b"
)
_AGED = rf"(?<!at )(?<!at the )(?<!since )(?<!from )(?<!of )\baged?:?\s+({NUM})\b{NOT_UNIT}"
_LETTER_AFTER = r"(?<![\d.])\b(\d{1,3})(?:[MF]|\s?(?:male|female|man|woman|lady|gentleman))\b"
_LETTER_MIDWAY = r"(?<=, )(\d{2,3})\s?[MF](?=[,.])"
_LETTER_APART = r"(?:^|(?<=[.!?\n]))\s*(\d{1,3})\s(?:[MF])\b(?!\s*(?:away|run|walk|per|/))"
_LETTER_END = r"(?<=[.!?,] )(\d{1,3})\s?(?:[MF])\b\s*\.?\s*$"
_RELATIVE_AGED = (
    rf"(?:^\W*(?:my )?(?:{'|'.join(RELATIVES)})\s(?=\d\d\s[a-z])"
    rf"|\b(?:{'|'.join(RELATIVES)})\b\s*(?:[,(]|\s(?=\d\d\s+(?:has|gets?|is|with|had|keeps|suffers|says|can)\b))\s*)"
    rf"({NUM})\b{NOT_UNIT}"
)
_RELATIVE_YRS = rf"\b(?:{'|'.join(RELATIVES)}) ({NUM})\s?(?:yrs?|years?)\b"
_WHO_IS = rf"\bwho(?:['’]?s| is) ({NUM})\b{NOT_UNIT}"
_ALONE = r"(?:^|(?<=[.!?\n]))\s*(\d{2,3})(?:\s*(?:yrs?|years?))?(?=\s*(?:[.!]?\s*$|[.!]\s|,\s|here\b|now\b|btw\b))"
_APART = (
    rf"(?:^|[.!?\n])(?![^.!?\n]*\b(?:{'|'.join(RELATIVES)})\b)"
    r"[^.!?\n\d]*,\s(1[89]|[2-9]\d)(?=\s*(?:$|[.,]))"
)
"""'Pain in my groin, limping, 66': the only number of its sentence, between commas, and nobody else in it."""
_SEX_END = r"\b(?:male|female|man|woman)[,\s]+(\d{2})\b\s*\.?\s*$"
_SEX_START = rf"^\W*(?:male|female|man|woman|gentleman|lady)[,\s]+(\d{{1,3}})\b{NOT_UNIT}"
_LAST = r",\s(1[89]|[2-9]\d)\s*[.!?]?\s*$"
_BEFORE_WHAT = (
    r"(?:^|(?<=[.!?,]\s))(1[89]|[2-9]\d)\s(?=(?:[a-z-]+\s)?(?:cyclist|runner|swimmer|rower|footballer|dancer|athlete"
    r"|gardener|(?:ex-?|non-?)?smoker|drinker|diabetic|vegan|builder|nurse|teacher|farmer|retired|pensioner)\b)"
)
_CHILD_OF = (
    r"\b(?:my|our|for my) (?:little |wee |youngest |eldest )?"
    r"(?:boy|girl|son|daughter|grandson|granddaughter|lad|lass)\s"
    rf"(\d{{1,2}})\b{NOT_UNIT}(?!\s(?:and|or|of|other|more|nights?)\b)"
)
_NAMED = rf"\b(?-i:[A-Z][a-z]+),\s(?:aged\s)?({NUM})(?=[.,;)]|\sand\b|\shere\b)"
_LETTER_BEFORE = r"^\s*(?:[MF])\s?/?\s?(\d{1,3})\b"
_WOMAN_OF = rf"\b{PERSON} of ({NUM})\b{NOT_UNIT}"
_I_AM = (
    rf"\b(?:I['’]?m|I am|I['’]ve (?:just )?turned|I (?:have )?(?:just )?turned|I turn){NEARLY} ({NUM})\b{NOT_UNIT}"
    r"(?!\s+(?:and a half )?(?:of|other|more|different))"
)
_IS = (
    rf"\b(?:(?:he|she|who|{'|'.join(RELATIVES)})(?: is| was|['’]s)|he['’]s|she['’]s|who['’]s|turned|turning)"
    rf"{NEARLY} ({NUM})(?: and a half)?\b{NOT_UNIT}"
    r"(?=\s*(?:$|[.,;)!]|and\b|years|yrs|with\b|now\b|has\b|who\b|gets?\b))"
)
_NOW = rf"\bnow,? (?:at |aged |age )?({NUM})\b{NOT_UNIT}(?=\s*(?:$|[.,;)!]|and\b|with\b|my\b|the\b|years\b|i\b))"
_FIRST = (
    rf"^(?:[^.\d](?!BMI|number|pregnan|week)){{0,40}}?(?<!age of )(?<!since )(?<! at )(?<!fever )"
    rf"(?<!temp )(?<!temperature )\b({NUM})\b{NOT_UNIT}"
    r"(?=\s*(?:[,.(]|here\b|and a bit\b|ish\b|with\b|male\b|female\b|$))"
)
AGE_PATTERNS = [
    re.compile(p, re.I)
    for p in (
        _YEARS_OLD,
        _YO,
        _YEARS_ALONE,
        _AGED,
        _LETTER_AFTER,
        _LETTER_BEFORE,
        _WOMAN_OF,
        _NOW,
        _I_AM,
        _IS,
        _FIRST,
        _LETTER_APART,
        _LETTER_MIDWAY,
        _LETTER_END,
        _RELATIVE_AGED,
        _RELATIVE_YRS,
        _WHO_IS,
        _ALONE,
        _SEX_END,
        _SEX_START,
        _CHILD_OF,
        _BEFORE_WHAT,
        _NAMED,
        _APART,
        _LAST,
    )
]
BABY = re.compile(rf"\b(?:({NUM})[\s-]*(day|week|month)s?[\s-]*old|aged ({NUM}) (day|week|month)s)\b", re.I)
HALF = re.compile(r"\s*(?:and a half|½)", re.I)
DECADE = re.compile(
    r"\b(?:in (?:her|his|my|their|the|our)?\s*(?=\w)|(?=(?:early|mid|late)\b))"
    r"(early|mid|middle|late)?[\s-]*(?:to[\s-]late )?"
    rf"({'|'.join(DECADES)}|[2-9]0['’]?s)\b",
    re.I,
)
_ME = r"me(?= (?:mum|mam|dad|da|nan|gran|lad|lass|wife|son|brother|sister)\b)"
RELATIVE = re.compile(rf"\b(?:my|our|the|{_ME}) (?:[\w-]+ ){{0,3}}?({'|'.join(RELATIVES)})\b", re.I)
_MY_LEG = r"\bmy (?:own )?(?:left |right |both )?(?:leg|calf|calves|foot|feet|thigh|toe|knee|hip|shin|ankle"
KIN = [r for r in RELATIVES if r not in ("girl", "boy", "lad", "lass", "child", "kid")]
UNNAMED = re.compile(
    rf"^\W*(?:(?:hi|hello|hiya|dear doctor|so|help)\W+){{0,2}}({'|'.join(RELATIVES)})\b(?!\s+(?:of|and I)\b)(?<!baby)"
    rf"|^.{{0,30}}?\b{NUM}[\s-]*(?:yr|year)s?[\s-]*old ({'|'.join(KIN)})\b",
    re.I,
)
OWN_CHILD = re.compile(rf"\b(?:my|our) (?:\w+ )?{NUM}[\s-](?:year|yr|month)s?[\s-]old\b", re.I)
OWN = re.compile(
    r"\b(?:I['’]?(?:m| am|ve| have)|I (?:get|got|was|had|keep|woke|wake|feel|went|started|can)|me)\b|"
    rf"{_MY_LEG}|back|body|muscle)s?\b",
    re.I,
)
STRONGLY_OWN = re.compile(rf"\b(?:I['’]?m|I am) (?:a |around |about |nearly )?\d|{_MY_LEG})s?\b", re.I)
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
NOT_NOW = re.compile(r"\b(?:not|when i was|when she was|was)\s*$", re.I)
ASKING = re.compile(r"\b(?:for|about|of|on behalf of|with|since)\s*$", re.I)
INFORMS = re.compile(
    r"['’]s\b(?! (?:had|been|got|having|is|\d"
    r"|(?:left |right |both )?(?:leg|calf|calves|foot|feet|thigh|toe|ankle|shin)))"
    r"|\s+(?:\w+ )?(?:says?|thinks?|thought|feels?|felt|noticed|worries|told|scoffed|had a|was a|and)\b",
    re.I,
)
THEIRS = re.compile(
    r"\b(?:he|she|his|her)\b[^.!?]*\b(?:cramp|pain|ache|sore|swollen|swell|hurt|seiz|numb|leg|calf|foot|feet)", re.I
)
"""'My dad had a stent, he stops every …, his calf seizes up': his story after all, if the writer tells none."""
TEMPERATURE = re.compile(r"\b(?:temp\w*|temperature|t)\s*$", re.I)
PARENT_BEFORE = re.compile(r"\b(?:father|mother|dad|mum|mom|brother|sister|husband|wife|partner)\b[^.]*$", re.I)
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
    age = _age(head, relative, spans, notes)
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


def _age(head: str, relative: str, spans: list[tuple[int, int]], notes: list[str]) -> float | None:
    best: tuple[int, float, tuple[int, int]] | None = None
    baby = BABY.search(head)
    if baby and not _newborn_of_the_patient(head, baby):
        unit = {"day": 1 / 365.25, "week": 7 / 365.25, "month": 1 / 12}[(baby.group(2) or baby.group(4)).lower()]
        best = (baby.start(), round(number(baby.group(1) or baby.group(3)) * unit, 2), baby.span())
    for pattern in AGE_PATTERNS:
        if best is not None:
            break
        best = _age_by(pattern, head, notes)
    decade = DECADE.search(head)
    if decade and not relative and PARENT_BEFORE.search(head[max(0, decade.start() - 60) : decade.start()]):
        decade = None
    if decade and (best is None or (decade.start() < best[0] and "old" not in head[best[2][0] : best[2][1]])):
        word = decade.group(2).lower()
        mid = DECADES.get(word) or int(word[:2]) + 5
        mid += {"early": -3, "late": 3}.get((decade.group(1) or "").lower(), 0)
        best = (decade.start(), float(mid), decade.span())
        notes.append(f"age: '{decade.group()}' was taken as {mid}")
    if best is None:
        return None
    spans.append(best[2])
    return best[1]


NEWBORN_OF = re.compile(r"\b(?:my|our) (?:new )?(?:baby|newborn)(?: is|['’]s)?\s*$|\bbaby is\s*$", re.I)
_OWN_PART = re.compile(rf"{_MY_LEG})s?\b|\bbreast-?feeding\b", re.I)


def _newborn_of_the_patient(head: str, age: re.Match[str]) -> bool:
    """'My baby is 3 weeks old and my leg is swollen': the mother is the patient."""
    return bool(NEWBORN_OF.search(head[: age.start()]) and _OWN_PART.search(head))


VALUE_BEFORE = re.compile(
    r"(?:\d[.,]|\b(?:na|k|ca|mg|ck|cpk|tsh|hr|rr|bp|hb|inr|ph|crp|esr|wbc|wcc|egfr|abi|abpi|tbi|bmi|t4|t3|ldh|alp|temp"
    r"|temperature|glucose|sugar|lactate|sodium|potassium|calcium|magnesium|phosphate|creatinine|urea|urate|ferritin"
    r"|haemoglobin|hemoglobin|hba1c|d-dimer|dimer|pulse|heart rate|sats?|spo2|pain|score|average|sometimes|grade|stage"
    r"|left|right|day|week|vitamin d|albumin|bicarbonate|pressure|index"
    r"|every|within|after|smokes?|drinks?|walk(?:s|ed|ing)?|distance|beyond|than|stops? (?:at|after))\b"
    r"[+:=]*\s*(?:of|is|was|at|now|only|about|level|to|came back as)?\s*[<>]?)$",
    re.I,
)
"""A number right after a measurement, a score or a decimal point is no age."""


def _age_by(pattern: re.Pattern[str], head: str, notes: list[str]) -> tuple[int, float, tuple[int, int]] | None:
    for m in pattern.finditer(head):
        if TEMPERATURE.search(head[max(0, m.start() - 14) : m.start()]) or VALUE_BEFORE.search(head[: m.start(1)]):
            continue
        value = number(m.group(1)) + (0.5 if HALF.match(head, m.end(1)) else 0)
        if PARENT_BEFORE.search(head[max(0, m.start() - 40) : m.start()]) and not _relative(head):
            continue
        if not set(re.findall(r"[a-z]+", m.group().lower())).isdisjoint(KIN) and not _relative(head):
            continue  # 'my husband, 60, has diabetes'
        if 0 <= value <= 120:
            return m.start(), value, m.span()
        notes.append(f"age: '{m.group().strip()}' is not a possible age and was not used")
    return None


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
