"""The patient's age, from the many ways to tell it; a number that counts something else is none."""

from __future__ import annotations

import re

from hickam.intake.words import listed

RELATIVES = listed(
    "wife husband partner mother mum mom mam dad father daughter son sister brother grandmother gran granny nan "
    "grandma grandfather grandad granddad gramps grandpa girl boy lad lass baby toddler child kid aunt uncle "
    "girlfriend boyfriend friend neighbour neighbor flatmate housemate colleague "
    "hubby hubbie missus nanna nana stepdad stepmum niece nephew grandson granddaughter relative"
)
KIN = [r for r in RELATIVES if r not in ("girl", "boy", "lad", "lass", "child", "kid")]
MY_LEG = r"\bmy (?:own )?(?:left |right |both )?(?:leg|calf|calves|foot|feet|thigh|toe|knee|hip|shin|ankle"
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
    rf"\b(?:(?:he|she|who|{'|'.join(RELATIVES)})(?: is| was|['’]?s)|he['’]s|she['’]s|who['’]s|turned|turning)"
    rf"{NEARLY} ({NUM})(?: and a half)?\b{NOT_UNIT}"
    r"(?=\s*(?:$|[.,;)!]|and\b|years|yrs|with\b|now\b|has\b|who\b|gets?\b))"
)
_NOW = rf"\bnow,? (?:at |aged |age )?({NUM})\b{NOT_UNIT}(?=\s*(?:$|[.,;)!]|and\b|with\b|my\b|the\b|years\b|i\b))"
_FIRST = (
    rf"^(?:[^.\d](?!BMI|number|pregnan|week)){{0,40}}?(?<!age of )(?<!since )(?<! at )(?<!fever )"
    rf"(?<!temp )(?<!temperature )(?<!I was )(?<!he was )\b(?!one\b)({NUM})\b{NOT_UNIT}"
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
TEMPERATURE = re.compile(r"\b(?:temp\w*|temperature|t)\s*$", re.I)
PARENT_BEFORE = re.compile(r"\b(?:father|mother|dad|mum|mom|brother|sister|husband|wife|partner)\b[^.]*$", re.I)


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


def read_age(head: str, relative: str, spans: list[tuple[int, int]], notes: list[str]) -> float | None:
    """Years; None where nothing tells them. Its place goes to ``spans``. ``relative``: the patient, to the writer."""
    best: tuple[int, float, tuple[int, int]] | None = None
    baby = BABY.search(head)
    if baby and not _newborn_of_the_patient(head, baby):
        unit = {"day": 1 / 365.25, "week": 7 / 365.25, "month": 1 / 12}[(baby.group(2) or baby.group(4)).lower()]
        best = (baby.start(), round(number(baby.group(1) or baby.group(3)) * unit, 2), baby.span())
    for pattern in AGE_PATTERNS:
        if best is not None:
            break
        best = _age_by(pattern, head, relative, notes)
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
_OWN_PART = re.compile(rf"{MY_LEG})s?\b|\bbreast-?feeding\b", re.I)


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


def _age_by(
    pattern: re.Pattern[str], head: str, relative: str, notes: list[str]
) -> tuple[int, float, tuple[int, int]] | None:
    for m in pattern.finditer(head):
        if TEMPERATURE.search(head[max(0, m.start() - 14) : m.start()]) or VALUE_BEFORE.search(head[: m.start(1)]):
            continue
        value = number(m.group(1)) + (0.5 if HALF.match(head, m.end(1)) else 0)
        if PARENT_BEFORE.search(head[max(0, m.start() - 40) : m.start()]) and not relative:
            continue
        if not set(re.findall(r"[a-z]+", m.group().lower())).isdisjoint(KIN) and not relative:
            continue  # 'my husband, 60, has diabetes'
        if 0 <= value <= 120:
            return m.start(), value, m.span()
        notes.append(f"age: '{m.group().strip()}' is not a possible age and was not used")
    return None
