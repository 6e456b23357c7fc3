"""Text to the token numbers of the embedding model: BERT's uncased WordPiece (Devlin 2018), nothing else.

The vocabulary beside this file is that of all-MiniLM-L6-v2 (Apache-2.0). The ``tokenizers`` package would do the same,
but brings a network client along and pads to 128 unless told not to; tests hold numbers it gave.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

CLS, SEP, UNKNOWN = 101, 102, 100
LONGEST_WORD = 100
VOCABULARY = Path(__file__).with_name("vocabulary.txt")


def encode(text: str, most: int = 128) -> list[int]:
    """Token numbers with [CLS] first and [SEP] last, cut to ``most``; never padded."""
    numbers = [number for word in _words(text) for number in _pieces(word)]
    return [CLS, *numbers[: most - 2], SEP]


@cache
def _vocabulary() -> dict[str, int]:
    return {piece: number for number, piece in enumerate(VOCABULARY.read_text(encoding="utf-8").split("\n"))}


def _words(text: str) -> list[str]:
    """Lower case, accents off, control characters dropped, punctuation and Chinese characters apart."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
    out: list[str] = []
    for c in plain:
        kind = unicodedata.category(c)
        if c in "\t\n\r" or kind == "Zs":
            out.append(" ")
        elif kind.startswith("C") or c == "\ufffd":
            continue
        elif _alone(c, kind):
            out.append(f" {c} ")
        else:
            out.append(c)
    return "".join(out).split()


def _alone(c: str, kind: str) -> bool:
    code = ord(c)
    if kind.startswith("P") or (33 <= code <= 126 and not c.isalnum()):
        return True
    return (
        0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x2FA1F
    )


@lru_cache(maxsize=32768)
def _pieces(word: str) -> tuple[int, ...]:
    """Greedy longest pieces; a word that cannot be put together is [UNK] as a whole."""
    known = _vocabulary()
    if len(word) > LONGEST_WORD:
        return (UNKNOWN,)
    found: list[int] = []
    start = 0
    while start < len(word):
        for end in range(len(word), start, -1):
            number = known.get(("##" if start else "") + word[start:end])
            if number is not None:
                break
        else:
            return (UNKNOWN,)
        found.append(number)
        start = end
    return tuple(found)
