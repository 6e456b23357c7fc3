"""Which sentence of an answer answers, and which question of several."""

from __future__ import annotations

from collections.abc import Callable

from hickam.intake.dialogue import answer_words as aw
from hickam.intake.dialogue.fragments import NOT_ME, content_of, of_you
from hickam.intake.dialogue.lines import open_end, segment
from hickam.intake.dialogue.replies import Reply, read_reply
from hickam.intake.dialogue.spoken import DIGITS, MEASURED, Line, bare_text

PLAIN = 3
"""Words of a sentence that is no more than a yes or no."""


def own_first(question: Line, lines: list[Line]) -> list[Line]:
    """'Had a clot, or anyone close to you?' 'My mum. I haven't.': first what is said of the patient."""
    own = next((i for i, line in enumerate(lines[:3]) if i and NOT_ME.match(bare_text(line))), 0)
    return [lines[own], *lines[:own], *lines[own + 1 :]] if own and of_you(question, lines[own]) != question else lines


def with_doses(lines: list[Line], names_drug: Callable[[Line], bool]) -> list[Line]:
    """'Just the fluoxetine. Twenty.': the figure right after the name is its dose."""
    out: list[Line] = []
    for line in lines:
        figure = len(line) <= 2 and (line[0].bare[:1].isdigit() or line[0].bare in DIGITS)
        if out and figure and names_drug(out[-1][-1:]) and (len(line) == 1 or line[1].bare in MEASURED):
            out[-1] = (*open_end(out[-1]), *line)
        else:
            out.append(line)
    return out


def firm(lines: list[Line]) -> list[Line]:
    """'I don't think so. No.': the firm answer counts; 'in bed I'm out like a light. No.': so does a bare one."""
    if len(lines) > 1 and read_reply(lines[0]).answer in ("", "doubtful"):
        text = bare_text(lines[0])
        firm = read_reply(lines[1])
        if firm.answer in ("yes", "no") and not firm.rest and aw.UNSURE.match(text):
            return lines[1:]
        at = next((i for i, line in enumerate(lines[1:3], 1) if plainly(line)), 0)
        if not read_reply(lines[0]).answer and at:
            return [lines[at], *lines[:at], *lines[at + 1 :]]
    return lines


def plainly(line: Line) -> bool:
    """Whether a sentence is no more than a yes or no."""
    reply = read_reply(line)
    return reply.answer in ("yes", "no") and not reply.rest and len(line) <= PLAIN


def reply_to(question: Line, line: Line) -> Reply:
    """What a sentence answers; 'is your mouth dry?' 'Mouth's like sandpaper.' is a yes in its own words."""
    reply = read_reply(line)
    like = next((i for i, w in enumerate(line[:4]) if i and w.bare == "like"), 0)
    comma = len(segment(line))
    if not reply.answer and comma < len(line) and content_of(line[:comma]) <= content_of(question):
        return read_reply(line[comma:])  # 'any family history of clots?' 'Family, not that I know of.'
    able = any(w.bare in ("can", "could") for w in question[:2])
    if reply.answer or able or not content_of(line[:like]) & content_of(question):
        return reply
    return Reply("yes", line)


def taken_up(earlier: Line, asked: tuple[Line, ...], lines: list[Line]) -> int:
    """'Is your mouth dry? Are you thirsty?' 'Mouth's like sandpaper. Yes.': which is about the earlier; -1: none."""
    others = set().union(*(content_of(line) for line in asked))
    own = content_of(earlier) - others
    return next((i for i, x in enumerate(lines[:3]) if own & (said := content_of(x)) and not said & others), -1)
