"""Speakers who correct themselves: 'my right calf. No, the left one.', 'eighty. No, forty.', 'I mean at night'.

The last word counts: a side or a number takes the place of the one before, a short sentence gives way to its
successor.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from hickam.intake.dialogue.replies import read_reply
from hickam.intake.dialogue.spoken import Line, SaidWord, bare_text
from hickam.intake.numbers_in_words import NUMBERS, UNIT_DAYS
from hickam.intake.words import listed, stem

CUE = re.compile(
    r"^(?:(?:no|oh|well|sorry|wait|hang on|actually|i mean|i meant|rather|correction|my mistake|i was wrong|it's not|"
    r"i got that wrong|i tell a lie|let me think|scrap that|strike that)\b ?)+"
)
FIRM = re.compile(
    r"\b(?:sorry|wait|hang on|i mean|i meant|rather|correction|my mistake|i was wrong|actually|i tell a lie|scrap that|"
    r"strike that)\b"
)
INSIDE = re.compile(r"^(?:no|sorry|wait|rather|correction|i mean|i meant)$")
SIDES = frozenset(["left", "right", "both"])
DAYTIMES = frozenset(listed("morning evening night afternoon daytime"))
EXCLAIMED = frozenset(["no", "yes", "god", "oh god", "goodness", "lord", "heavens", "blimey", "ugh", "well", "oh"])
"""'God, no.' corrects nothing."""
ONCE = re.compile(r"^(?:(?:well|at first|to begin with) )*(?:(?:it|they|that) (?:was|were|used to)|used to)\b")
BY_NOW = re.compile(r"^(?:(?:but|and) )*(?:now|these days|nowadays|lately) (?:it's|they're|it|they|i get|i'm)\b")
"""'It was once a month. Now it's every night.': what is so now."""
SHORT = 5
"""Words of a sentence that a correction replaces whole."""


def corrected(lines: Sequence[Line], names_drug: Callable[[Line], bool]) -> list[Line]:
    """The sentences of one turn as the speaker left them."""
    out: list[Line] = []
    for line in (part for whole in lines for part in _parts(whole)):
        merged = _merge(out[-1], line, names_drug) if out else None
        if merged is None:
            out.append(line)
        else:
            out[-1:] = merged
    return out


def takes_back(line: Line) -> bool:
    """Whether a sentence takes back the yes or no before it: 'Yes. I mean, I did.', 'No. Well, actually …'."""
    cue = CUE.match(bare_text(line))
    return cue is not None and FIRM.search(cue[0]) is not None


def renumbered(asked: Line, answer: Line) -> Line:
    """'Levothyroxine, a hundred?' 'A hundred and twenty-five.': the question with the answer's figure; () for none."""
    old, new = _numbers(asked, last=True), _numbers(answer, last=False)
    if not old or not new or new[0] > 1 or len(answer) - new[1] > 1:
        return ()
    return _put(asked, old, answer[new[0] : new[1]])


def _parts(line: Line) -> list[Line]:
    """Cut before ', no,' and ', sorry,' inside a sentence."""
    for i in range(1, len(line) - 1):
        joined = bare_text(line[i : i + 2])
        one = INSIDE.match(line[i].bare) and line[i].text.endswith(",")
        if line[i - 1].text.endswith(",") and (one or INSIDE.match(joined)) and bare_text(line[:i]) not in EXCLAIMED:
            return [line[:i], *_parts(line[i:])]
    return [line]


def _merge(before: Line, line: Line, names_drug: Callable[[Line], bool]) -> list[Line] | None:
    """What two sentences become when the second corrects the first; None when it does not."""
    if ONCE.match(bare_text(before)) and BY_NOW.match(bare_text(line)):
        return [line]
    cue = CUE.match(bare_text(line))
    if cue is None or read_reply(before).answer:
        return None
    firm = FIRM.search(cue[0]) is not None
    new = line[len(cue[0].split()) :]
    if new and new[0].bare == "not":
        comma = next((i for i, w in enumerate(new) if w.text.endswith(",")), len(new) - 1)
        new = new[comma + 1 :]
    if not new:
        return None
    old_side, side = _last(before, SIDES), _last(new, SIDES)
    if old_side >= 0 and side >= 0 and before[old_side].bare == new[side].bare and len(new) <= SHORT:
        return [before]
    if old_side >= 0 and side >= 0 and before[old_side].bare != new[side].bare:
        mended = _put(before, (old_side, old_side + 1), (new[side],))
        return [mended] if len(new) <= SHORT else [mended, new]
    old, fresh = _numbers(before, last=True), _numbers(new, last=False)
    if old and fresh and fresh[0] <= 3:
        mended = _put(before, old, new[fresh[0] : fresh[1]])
        return [mended] if len(new) - (fresh[1] - fresh[0]) <= 3 else [mended, new[fresh[1] :]]
    if firm and len(before) <= SHORT:
        same = _last(before, DAYTIMES) >= 0 and _last(new, DAYTIMES) >= 0
        return [new] if same or names_drug(new) or not names_drug(before) else None
    if len(before) <= SHORT and names_drug(before) and names_drug(new):
        return [new]
    return None


def _last(line: Line, wanted: frozenset[str]) -> int:
    return max((i for i, w in enumerate(line) if w.bare in wanted), default=-1)


def _put(line: Line, where: tuple[int, int], words: Sequence[SaidWord]) -> Line:
    mark = line[where[1] - 1].text[-1]
    tail = mark if mark in ".,;" else ""
    last = words[-1]._replace(text=words[-1].text.rstrip(".,;") + tail)
    return (*line[: where[0]], *words[:-1], last, *line[where[1] :])


def _numbers(line: Line, *, last: bool) -> tuple[int, int] | None:
    """From and to of the first or last stretch of numbers and their units."""
    is_number = [
        w.bare[:1].isdigit()
        or (w.bare in NUMBERS and (w.bare not in ("a", "an", "one") or (i + 1 < len(line) and _unit(line[i + 1]))))
        for i, w in enumerate(line)
    ]
    starts = [i for i, yes in enumerate(is_number) if yes]
    if not starts:
        return None
    lo = starts[-1] if last else starts[0]
    while last and lo and is_number[lo - 1]:
        lo -= 1
    hi = lo + 1
    while hi < len(line) and (is_number[hi] or _unit(line[hi])) and line[hi - 1].text[-1] not in ".,;":
        hi += 1
    if lo and line[lo - 1].bare in ("a", "an"):
        lo -= 1
    return lo, hi


def _unit(word: SaidWord) -> bool:
    return stem(word.bare) in UNIT_DAYS or word.bare in ("mg", "g", "ml", "micrograms", "units", "or", "milligrams")
