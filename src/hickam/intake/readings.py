"""A number as it is written, and one value read from a text with the words it stands in."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from hickam.intake.words import Token
from hickam.model.case import Span

N = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+,\d{1,2}(?!\d|,\d)|\d+(?:\.\d+)?|\.\d+"


def as_number(words: str) -> float:
    """A written number: '2,4' has a decimal comma, '12,000' a thousands comma.

    >>> as_number("2,4"), as_number("12,000"), as_number(".5")
    (2.4, 12000.0, 0.5)
    """
    if re.fullmatch(r"\d+,\d{1,2}", words):
        return float(words.replace(",", "."))
    return float(words.replace(",", ""))


class Reading(NamedTuple):
    """One measured value. ``words`` is high, low, normal or borderline when no number was given; ``degree`` -1..1."""

    measurement: str
    value: float | None
    words: str
    degree: int
    span: Span
    lo: int
    hi: int
    previous: bool


def covering(tokens: Sequence[Token], start: int, end: int) -> tuple[int, int]:
    first = bisect_right(tokens, start, key=lambda t: t.end)
    last = bisect_left(tokens, end, key=lambda t: t.start) - 1
    return first, max(first, last) if first < len(tokens) else -1


def span_of(text: str, start: int, end: int) -> Span:
    return Span(text=text[start:end], start=start, end=end)
