"""Words of questions and names: lower case, British and American spelling alike, plurals taken off."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

WORD = re.compile(r"[a-z0-9]+(?:[.'’][a-z0-9]+)*")


def words(text: str) -> list[str]:
    """Words in order: 'Oedema of the calves' is ['edema', 'of', 'the', 'calf']."""
    return [spelt(word) for word in WORD.findall(text.lower().replace("’", "'").replace("-", " "))]


def content(text: str) -> list[str]:
    """The words that are not small."""
    return [word for word in words(text) if word not in SMALL]


@lru_cache(maxsize=65536)
def spelt(word: str) -> str:
    """One spelling for a word's forms: ischaemia and ischemia, cramps and cramp, calves and calf, patient's."""
    word = word.removesuffix("'s").removesuffix("'")
    for british, american in (("aem", "em"), ("oed", "ed"), ("oest", "est"), ("aes", "es"), ("rrhoe", "rrhe")):
        word = word.replace(british, american)
    word = word.replace("isation", "ization").replace("ising", "izing").replace("sulph", "sulf")
    if word.endswith("our") and len(word) > 5:
        word = word[:-3] + "or"
    return _singular(word)


def _singular(word: str) -> str:
    if len(word) <= 3 or word.endswith(("ss", "us", "is", "as", "os")):
        return word
    if word.endswith("lves"):
        return word[:-3] + "f"
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


ENDINGS = (
    "ations",
    "ation",
    "ments",
    "ment",
    "ness",
    "fully",
    "ful",
    "ingly",
    "ing",
    "edly",
    "ed",
    "ly",
    "er",
    "e",
    "y",
)


@lru_cache(maxsize=65536)
def root(word: str) -> str:
    """A word without its ending, where four letters are left: harmful and harms, treated and treatment."""
    cut = next((end for end in ENDINGS if word.endswith(end) and len(word) - len(end) >= 4), "")
    return word[: len(word) - len(cut)] if cut else word


def word_set(text: str) -> frozenset[str]:
    """Words apart by blanks, as a set."""
    return frozenset(text.split())


_SMALL = word_set("""
    a an the my his her our your their its this that these those i he she it they we you me him them be is are was
    were been am do does did done doing have has had having can could will would shall should may might must of in
    on at to for from by with about as into and or but so if then than there here what which who whom whose when
    where why how not no any some also too very just really exactly please tell know think say said get got give
    gets make makes made want need like well ok okay all right much many more most other else same own s t d ll ve
    shouldn't wouldn't couldn't hasn't haven't wasn't weren't didn't who's how's where's they're they've you're we're
    re m don't doesn't isn't aren't won't can't it's i'm i've what's that's there's he's she's let's us out up down
    off over between while above below since without whether enough yes let say am cannot because through during
    within across again still yet even only ever almost
""")
SMALL = frozenset(form for word in _SMALL for form in (word, spelt(word)))
"""Words that say nothing about what a question is about."""

EVERYDAY = frozenset(
    spelt(word) for word in Path(__file__).with_name("everyday_words.txt").read_text(encoding="utf-8").split()
)
"""Words of everyday talk, which say nothing about what a question is about."""
IDLE = SMALL | EVERYDAY
"""Words that name nothing."""
