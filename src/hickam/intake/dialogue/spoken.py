"""A turn's words as they are spoken, with their places: fillers and stutters left out, numbers and units in figures.

Numbers: 'two point nine' 2.9, 'one forty over ninety' 140/90, 'nought point six' 0.6, 'two thousand four hundred' 2400.
Digits told one by one ('two five') may be 25 or 2.5: they stay words, so that no dose is made of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from hickam.intake.words import listed

PLACES = re.compile(r"\S+")
UNHEARD = re.compile(r"</?\w+\s*/?>|\[(?:inaudible|unclear|crosstalk|laughs?|pause)[^\]]*\]", re.I)
FILLERS = frozenset(["um", "uh", "er", "erm", "eh", "hmm", "hm", "ah", "oh", "mm", "ooh", "ow"])
BARE = re.compile(r"^[^\w']+|[^\w'%]+$")
UNITS = {
    "milligrams": "mg", "milligram": "mg", "milligrammes": "mg", "migs": "mg", "grams": "g", "gram": "g",
    "microgram": "micrograms", "mics": "micrograms", "millilitres": "ml", "percent": "%",
}  # fmt: skip
DIGITS = {
    w: i
    for i, w in enumerate(
        listed("""
            zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
            seventeen eighteen nineteen
        """)
    )
} | {"nought": 0, "naught": 0, "oh": 0}
TENS = {w: 10 * i for i, w in enumerate(listed("twenty thirty forty fifty sixty seventy eighty ninety"), 2)}
SCALES = {"hundred": 100, "thousand": 1000}
SMALL = 12
"""A lone number word up to here stays a word, unless a unit follows: 'one night', 'two weeks'."""
MEASURED = frozenset([*UNITS, *UNITS.values(), "units", "unit", "over", "micrograms", "mcg"])
PRESSURES = ((50, 300), (20, 200))


class SaidWord(NamedTuple):
    """One word with its punctuation, characters start..end of turn number ``turn``; -1: added by the reader."""

    text: str
    turn: int
    start: int
    end: int

    @property
    def bare(self) -> str:
        """In lower case without punctuation."""
        return BARE.sub("", self.text).lower().replace("’", "'")


Line = tuple[SaidWord, ...]


def bare_text(line: Line) -> str:
    """The words of a line in lower case without punctuation."""
    return " ".join(w.bare for w in line)


def added(text: str) -> Line:
    """Words that nobody said, which tie an answer to its question."""
    return tuple(SaidWord(w, -1, 0, 0) for w in text.split())


def sentences(text: str, turn: int) -> list[Line]:
    """The sentences of a turn."""
    hidden = UNHEARD.sub(lambda m: " " * len(m[0]), text)
    words = _joined([SaidWord(m[0], turn, m.start(), m.end()) for m in PLACES.finditer(hidden)])
    out: list[Line] = []
    start = 0
    for i, w in enumerate(words):
        if w.text.rstrip("\"'”’")[-1:] in ".?!" and not _abbreviation(w.text):
            out.append(tuple(words[start : i + 1]))
            start = i + 1
    out.append(tuple(words[start:]))
    return [line for line in (in_figures(without_fillers(s)) for s in out) if any(w.bare for w in line)]


def _abbreviation(text: str) -> bool:
    return re.fullmatch(r"(?:Dr|Mr|Mrs|Ms|St|vs|e\.g|i\.e)\.|[A-Z]\.", text) is not None


def _joined(words: Sequence[SaidWord]) -> list[SaidWord]:
    """Punctuation that stands alone goes to the word before it, and so does a cut-off 'n't'."""
    out: list[SaidWord] = []
    for w in words:
        mark = not re.search(r"\w", w.text) and w.text != "&"
        if out and (mark or w.text.lower() in ("n't", "'s", "'m", "'ve", "'re", "'ll")):
            before = out[-1]
            if w.text not in ("-", "–", "—", "..."):
                out[-1] = before._replace(text=before.text + w.text, end=w.end)
        elif not mark:
            out.append(w)
    return out


def without_fillers(line: Sequence[SaidWord]) -> Line:
    """Without 'um' and 'uh', words broken off ('the-') and words said twice ('I, I think')."""
    kept: list[SaidWord] = []
    for i, w in enumerate(line):
        broken = w.text.endswith("-") and len(w.text) > 1 and i + 1 < len(line)
        around = (kept[-1].bare if kept else "", line[i + 1].bare if i + 1 < len(line) else "")
        zero = w.bare == "oh" and all(word in DIGITS for word in around)
        again = bool(kept) and w.bare == kept[-1].bare and w.bare in ("i", "the", "a", "my", "it", "and", "it's", "is")
        if (w.bare in FILLERS and len(line) > 1 and not zero) or broken:
            if kept and w.text[-1] in ".?!":
                kept[-1] = kept[-1]._replace(text=kept[-1].text.rstrip(",") + w.text[-1])
            continue
        if again:
            kept.pop()
        kept.append(w)
    return tuple(kept)


def in_figures(line: Sequence[SaidWord]) -> Line:
    """Numbers told in words as figures, each over the words it was told in; units as their symbols."""
    out: list[SaidWord] = []
    i = 0
    while i < len(line):
        hi = _run(line, i)
        if hi > i + 1 and hi < len(line) and line[hi].bare == "times":  # 'four hundred three times a day'
            hi -= 1
        value = _value([part for w in line[i:hi] for part in w.bare.split("-")]) if hi > i else ""
        if value.isdigit() and [w.bare for w in line[hi : hi + 3]] == ["and", "a", "half"]:
            value, hi = f"{value}.5", hi + 3
        small = hi == i + 1 and value.isdigit() and int(value) <= SMALL
        after = line[hi].bare if hi < len(line) else ""
        unit = after in MEASURED and line[hi - 1].text[-1].isalnum()
        if after in ("hundreds", "thousands"):  # 'co-codamol, thirty five hundreds' is 30/500, not 35
            value = ""
        if value and (not small or unit):
            last = line[hi - 1]
            tail = last.text[len(last.text.rstrip(".,;:?!")) :]
            out.append(SaidWord(value + tail, line[i].turn, line[i].start, last.end))
            i = hi
            continue
        if hi > i and not value:
            out.extend(line[i:hi])
            i = hi
            continue
        w = line[i]
        bare = w.bare
        if bare == "a" and i + 1 < len(line) and line[i + 1].bare in ("gram", "milligram"):
            w = w._replace(text="1")
        if bare in UNITS and out and out[-1].bare[-1:].isdigit():
            w = w._replace(text=UNITS[bare] + w.text[len(w.text.rstrip(".,;:?!")) :])
        out.append(w)
        i += 1
    return _pressures(out)


def _part(word: str) -> bool:
    return word in DIGITS or word in TENS or word in SCALES


def _run(line: Sequence[SaidWord], at: int) -> int:
    """Where the number words that start here end."""
    i = at
    while i < len(line):
        parts = line[i].bare.split("-")
        nxt = line[i + 1].bare.split("-")[0] if i + 1 < len(line) else ""
        goes_on = (
            all(_part(p) for p in parts)
            or (i == at and line[i].bare == "a" and nxt in SCALES)
            or (i > at and line[i].bare == "point" and nxt in DIGITS | TENS)
            or (i > at and line[i].bare == "and" and line[i - 1].bare in SCALES and _part(nxt))
        )
        if not goes_on:
            break
        i += 1
        if line[i - 1].text[-1] in ".,;:?!":
            break
    return i


def _value(parts: Sequence[str]) -> str:
    """The figure for number words, '' when they could mean more than one number."""
    if "point" in parts:
        at = parts.index("point")
        whole, after = _whole(parts[:at]), "".join(_decimals(parts[at + 1 :]))
        return f"{whole}.{after}" if whole and after else ""
    return _whole(parts)


def _decimals(parts: Sequence[str]) -> list[str]:
    if any(p not in DIGITS and p not in TENS for p in parts):
        return []
    text = _whole(parts) if parts[0] in TENS else ""
    return [text] if text else [str(DIGITS[p]) for p in parts if p in DIGITS and DIGITS[p] < 10]


def _whole(parts: Sequence[str]) -> str:
    words = [p for p in parts if p not in ("and", "a")]
    if not words:
        return ""
    if all(w in SCALES for w in words):
        return str(SCALES[words[0]]) if len(words) == 1 and parts[0] == "a" else ""
    total = current = 0
    last = 10_000
    for w in words:
        if w in SCALES:
            current = max(current, 1) * SCALES[w]
            if w == "thousand":
                total, current = total + current, 0
            last = SCALES[w]
            continue
        size = TENS.get(w) or DIGITS.get(w, 0)
        if last <= size or (last < 100 and not (last >= 20 and size < 10 and w in DIGITS)):
            return _read_off(words)
        current += size
        last = size
    return str(total + current)


def _read_off(words: Sequence[str]) -> str:
    """'one forty' 140, 'one fifty two' 152, 'one oh five' 105, 'thirty six eight' 36.8; '' for anything less plain."""
    first = DIGITS.get(words[0], 0)
    rest = list(words[1:])
    if words[0] == "thirty" and len(rest) == 2 and all(1 <= DIGITS.get(word, 0) <= 9 for word in rest):
        return f"3{DIGITS[rest[0]]}.{DIGITS[rest[1]]}"  # a temperature
    if not 1 <= first <= 9:
        return ""
    if len(rest) == 2 and rest[0] == "oh" and rest[1] in DIGITS and DIGITS[rest[1]] < 10:
        return f"{first}0{DIGITS[rest[1]]}"
    tail = _whole(rest) if rest[0] in TENS or DIGITS.get(rest[0], 0) >= 10 else ""
    return f"{first}{tail}" if len(tail) == 2 else ""


def _pressures(line: Sequence[SaidWord]) -> Line:
    """'140 over 90' as 140/90, and no comma between a name and its figure ('amlodipine, 5 mg')."""
    out: list[SaidWord] = []
    for w in line:
        if (
            len(out) >= 2
            and out[-1].bare == "over"
            and all(_between(x, r) for x, r in zip((out[-2], w), PRESSURES, strict=True))
        ):
            upper = out[-2]
            out[-2:] = [SaidWord(f"{upper.bare}/{w.text}", w.turn, upper.start, w.end)]
            continue
        if out and w.bare[:1].isdigit() and out[-1].text.endswith(",") and len(out[-1].bare) > 5:
            out[-1] = out[-1]._replace(text=out[-1].text.rstrip(","))
        out.append(w)
    return tuple(out)


def _between(word: SaidWord, limits: tuple[int, int]) -> bool:
    return word.bare.isdigit() and limits[0] <= int(word.bare) <= limits[1]
