"""Numbers as people write them, and periods of time ('two and a half years', '6-month', 'a couple of weeks')."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hickam.intake.words import Token, stem, stem_set

NUMBERS = {
    "a": 1.0,
    "an": 1.0,
    "one": 1.0,
    "two": 2.0,
    "three": 3.0,
    "four": 4.0,
    "five": 5.0,
    "six": 6.0,
    "seven": 7.0,
    "eight": 8.0,
    "nine": 9.0,
    "ten": 10.0,
    "eleven": 11.0,
    "twelve": 12.0,
    "thirteen": 13.0,
    "fourteen": 14.0,
    "fifteen": 15.0,
    "sixteen": 16.0,
    "seventeen": 17.0,
    "eighteen": 18.0,
    "nineteen": 19.0,
    "twenty": 20.0,
    "thirty": 30.0,
    "forty": 40.0,
    "fifty": 50.0,
    "sixty": 60.0,
    "seventy": 70.0,
    "eighty": 80.0,
    "ninety": 90.0,
    "hundred": 100.0,
    "several": 4.0,
    "sever": 4.0,
    "few": 3.0,
    "couple": 2.0,
    "coupl": 2.0,
    "half": 0.5,
    "many": 6.0,
    "mani": 6.0,
    "some": 4.0,
    "on": 0.0,
}
"""Stems included: 'severally' does not occur, 'several' stays."""
del NUMBERS["on"], NUMBERS["sever"]
NUMBERS |= {stem(word): value for word, value in NUMBERS.items() if stem(word) not in (*NUMBERS, "sever")}

UNIT_DAYS = {
    "second": 1 / 86400,
    "minute": 1 / 1440,
    "hour": 1 / 24,
    "day": 1.0,
    "night": 1.0,
    "week": 7.0,
    "fortnight": 14.0,
    "month": 30.4,
    "year": 365.25,
    "decad": 3652.5,
}


class Number(NamedTuple):
    """A number over tokens lo..hi (inclusive)."""

    value: float
    lo: int
    hi: int


class Period(NamedTuple):
    """A length of time in days over tokens lo..hi (inclusive)."""

    days: float
    lo: int
    hi: int
    unit: str


def read_number(tokens: Sequence[Token], at: int) -> Number | None:
    """The number that starts at a token, in digits or words; 'two and a half', 'forty-two', 'a couple of'."""
    n = len(tokens)
    if at >= n:
        return None
    t = tokens[at]
    if t.kind == "n":
        value = float(t.text.replace(",", ""))
        hi = at
    elif t.stem in NUMBERS:
        value = NUMBERS[t.stem]
        hi = at
        nxt = tokens[at + 1].stem if at + 1 < n else ""
        if t.stem in ("a", "an") and nxt in ("couple", "coupl", "few", "hundred", "half"):
            value, hi = NUMBERS[nxt], at + 1
        elif (
            t.stem == "a" and nxt in ("good", "great") and at + 2 < n and tokens[at + 2].stem in ("many", "mani", "few")
        ):
            value, hi = NUMBERS[tokens[at + 2].stem], at + 2
        elif (
            value >= 20
            and value < 100
            and nxt in NUMBERS
            and NUMBERS[nxt] < 10
            and nxt not in ("a", "an", "half", "few")
        ):
            value, hi = value + NUMBERS[nxt], at + 1
        if t.stem == "half" and nxt in ("a", "an"):
            hi = at + 1
    else:
        return None
    if hi + 3 < n and [x.stem for x in tokens[hi + 1 : hi + 4]] == ["and", "a", "half"]:
        value, hi = value + 0.5, hi + 3
    if hi + 1 < n and tokens[hi + 1].stem in ("of", "or"):
        if tokens[hi + 1].stem == "of":
            hi += 1
        else:
            second = (
                read_number(tokens, hi + 2) if hi + 2 < n and tokens[hi + 2].stem not in ("a", "an", "so") else None
            )
            if second:
                value, hi = (value + second.value) / 2, second.hi
    elif hi + 2 < n and tokens[hi + 1].stem in ("to", "-", "–"):
        second = read_number(tokens, hi + 2) if tokens[hi + 2].kind == "n" or tokens[hi + 2].stem in NUMBERS else None
        if second and second.value > value and tokens[hi + 2].stem not in ("a", "an"):
            value, hi = (value + second.value) / 2, second.hi
    elif hi + 1 < n and tokens[hi + 1].kind == "n" and t.kind == "n" and tokens[hi].end + 1 == tokens[hi + 1].start:
        second_value = float(tokens[hi + 1].text.replace(",", ""))  # '3-4': the hyphen was dropped
        if second_value > value:
            value, hi = (value + second_value) / 2, hi + 1
    return Number(value, at, hi)


DOCTORS_BEFORE = frozenset(["for", "x", "last", "past", "history", "of", "over", "since", "about", "now", "with"])


TOLD_BEFORE = stem_set(
    "pain pains ache aching cramp cramps lbp weakness numbness tingling swelling claudication limp limps stiffness "
    "spasms twitching fasciculations oedema myalgia symptoms foot leg calf knee hip thigh back toe ankle shin groin "
    "buttock"
)
"""'LBP 3/12', 'weakness of the foot 8/12': what no date stands after."""


def _doctors(tokens: Sequence[Token], i: int) -> Period | None:
    """'for 6/12', 'x 3/52', 'last 2/7': months, weeks, days."""
    if i + 2 >= len(tokens) or tokens[i].kind != "n" or tokens[i + 1].stem != "/":
        return None
    unit = {"12": "month", "52": "week", "7": "day"}.get(tokens[i + 2].text)
    if unit is None:
        return None
    following = tokens[i + 3].stem if i + 3 < len(tokens) else ""
    before = tokens[i - 1].stem if i else ""
    told = before in DOCTORS_BEFORE or (before in TOLD_BEFORE and following != "/")
    if not told and following not in ("of", "history", "ago") and unit != "week":
        return None
    return Period(float(tokens[i].text.replace(",", "")) * UNIT_DAYS[unit], i, i + 2, unit)


LETTERS = {"d": "day", "w": "week", "m": "month", "y": "year"}


def _unit(tokens: Sequence[Token], number: int, j: int) -> str:
    """The unit of time after a number; a bare letter counts after 'x' or 'for': 'x 2d', 'for 3w'."""
    if tokens[j].stem in UNIT_DAYS:
        return tokens[j].stem
    led = number > 0 and tokens[number - 1].stem in ("x", "for", "past", "last")
    return LETTERS.get(tokens[j].text.lower(), "") if led else ""


def periods(tokens: Sequence[Token]) -> list[Period]:
    """All periods of time: number and unit, 'months', 'years' alone, and 'yesterday', 'this morning'."""
    out: list[Period] = []
    i = 0
    n = len(tokens)
    while i < n:
        doctors = _doctors(tokens, i)
        if doctors is not None:
            out.append(doctors)
            i = doctors.hi + 1
            continue
        number = read_number(tokens, i) if tokens[i].stem not in ("of",) else None
        if number is not None:
            j = number.hi + 1
            while j < n and tokens[j].stem in ("good", "long", "more", "whole", "full", "consecutiv"):
                j += 1
            unit = _unit(tokens, i, j) if j < n else ""
            if unit:
                days = number.value * UNIT_DAYS[unit]
                hi = j
                if j + 3 < n and [t.stem for t in tokens[j + 1 : j + 4]] == ["and", "a", "half"]:
                    days, hi = days + 0.5 * UNIT_DAYS[unit], j + 3
                if "past" not in (tokens[i].stem,):
                    out.append(Period(days, i, hi, unit))
                i = hi + 1
                continue
            i = max(i + 1, number.lo + 1)
            continue
        t = tokens[i]
        if t.stem in ("month", "year", "week", "decad") and t.text.lower().rstrip(".").endswith("s"):
            out.append(Period(3 * UNIT_DAYS[t.stem], i, i, t.stem))
        i += 1
    return out
