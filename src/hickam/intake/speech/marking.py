"""Which words a person has to confirm: what was heard uncertainly, and whatever harms when it is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import msgspec

from hickam.intake.medicines import DRUGLIKE
from hickam.intake.numbers_in_words import NUMBERS
from hickam.intake.speech.hints import plain
from hickam.model.transcript import Reason, Word


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


SURE_ENOUGH = 0.5
"""Two invented drug names had .00 and .02, true ones .20 to .36: no bar parts them, so drugs are always marked."""
SIDES = _set("left right both bilateral bilaterally unilateral unilaterally")
NEGATIONS = _set(
    "no not never none nothing nobody nowhere neither nor without cannot denies deny denied nope negative absent"
)
UNITS = re.compile(
    r"^(?:mg|mcg|µg|g|ml|iu|units?|milligrams?|micrograms?|grams?|millilit(?:re|er)s?|tablets?|pills?|capsules?|puffs?|drops?|"
    r"mmol\S*|millimoles?|mmhg|percent|%|daily|once|twice|nightly|hourly|weekly)$",
    re.I,
)
NUMBER_WORDS = frozenset(NUMBERS) - _set("a an some many mani") | _set(
    "zero hundred thousand million dozen quarter third point double triple first second"
)
ORDINARY_ONE = _set("the this that left right other another which any every no only each good bad same last")
"""Before "one" these make it no number."""


def mark(words: Sequence[Word], drugs: Collection[str]) -> tuple[Word, ...]:
    """The words with the reasons to confirm them. ``drugs``: lower-case single words of medicines' names."""
    texts = [plain(word.text) for word in words]
    return tuple(
        msgspec.structs.replace(word, confirm=reasons) if (reasons := _reasons(word, texts, i, drugs)) else word
        for i, word in enumerate(words)
    )


def _reasons(word: Word, texts: Sequence[str], at: int, drugs: Collection[str]) -> tuple[Reason, ...]:
    text = texts[at]
    before = texts[at - 1] if at else ""
    found: list[Reason] = []
    if word.probability is not None and word.probability < SURE_ENOUGH:
        found.append("unsure")
    if text in drugs or DRUGLIKE.match(text):
        found.append("drug")
    if UNITS.match(text) or re.match(r"^\d[\d.,]*(?:mg|mcg|µg|g|ml|iu|%)$", text):
        found.append("dose")
    if re.search(r"\d", text) or (_number_word(text) and not (text == "one" and before in ORDINARY_ONE)):
        found.append("number")
    if text in SIDES and not (text == "right" and before in ("all", "that's")):
        found.append("side")
    if text in NEGATIONS or text.endswith("n't"):
        found.append("negation")
    return tuple(found)


def _number_word(text: str) -> bool:
    return any(part in NUMBER_WORDS for part in text.split("-"))
