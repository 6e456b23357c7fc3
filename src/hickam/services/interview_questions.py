"""Questions of the interview: what is asked, in the reader's words, and how a typed answer is read."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from hickam.model.assessment import Reader
from hickam.model.finding import Finding
from hickam.model.pack import BackgroundQuestion, Pack

Kind = Literal["age", "sex", "story", "yes_no", "choice", "number", "screen"]
Part = Literal["person", "core_history", "danger_screen", "background", "focused"]
Value = str | float | tuple[str, ...]
"""'yes', 'no', 'unknown'; the id of a value or finding, or 'none'; a number; words; or, for the danger screen and the
background, the findings that are present, with '?' before those nobody is sure of (the rest of the list are absent)."""

SCREEN = "screen:"
TOGETHER = "|"
YES = frozenset({"y", "yes", "yeah", "yep", "true"})
NO = frozenset({"n", "no", "nope", "never", "false"})
UNSURE = frozenset({"?", "unknown", "dont know", "i dont know", "dk", "not sure", "unsure"})
NONE = frozenset({"none", "none of these", "none of them", "neither", "no", "n", "0"})

SEXES = {"woman": "female", "girl": "female", "man": "male", "boy": "male"}


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One possible answer: what is recorded, and its words."""

    id: str
    name: str


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question. ``findings``: what it answers. ``low``, ``high``, ``unit``: what number makes sense."""

    id: str
    kind: Kind
    part: Part
    text: str
    why: str
    choices: tuple[Choice, ...] = ()
    findings: tuple[str, ...] = ()
    unit: str = ""
    low: float = 0.0
    high: float = 0.0


class AnswerError(ValueError):
    """A typed answer that cannot be read; the text is a hint for the person who typed it."""


def asked_by(question_id: str) -> tuple[str, ...]:
    """The findings a question answers, read from its id; the id itself for age, sex and story.

    >>> asked_by("screen:fever|dyspnoea"), asked_by("age")
    (('fever', 'dyspnoea'), ('age',))
    """
    return tuple(question_id.removeprefix(SCREEN).split(TOGETHER))


def person_question(kind: Literal["story", "age", "sex"], reader: Reader) -> Question:
    """The questions about the person and the opening one."""
    own = reader == "patient"
    texts = {
        "story": "What is the trouble with your legs? Tell it in your own words." if own else "What is the story?",
        "age": "How old are you?" if own else "What is the patient's age in years?",
        "sex": "Are you female or male?" if own else "Is the patient female or male?",
    }
    whys = {
        "story": "Whatever the story says is not asked again.",
        "age": "Age decides how common each cause is.",
        "sex": "Some causes differ between women and men.",
    }
    sexes = (Choice(id="female", name="female"), Choice(id="male", name="male"))
    return Question(
        id=kind,
        kind=kind,
        part="person",
        text=texts[kind],
        why=whys[kind],
        choices=sexes if kind == "sex" else (),
        unit="years" if kind == "age" else "",
        high=120.0 if kind == "age" else 0.0,
    )


def finding_question(pack: Pack, findings: tuple[Finding, ...], reader: Reader, part: Part, why: str) -> Question:
    """One finding as its own question; several that exclude each other as one choice between them."""
    first = findings[0]
    if len(findings) > 1:
        return Question(
            id=TOGETHER.join(f.id for f in findings),
            kind="choice",
            part=part,
            text="Which of these fits?",
            why=why,
            choices=(
                *(Choice(id=f.id, name=label(f, reader)) for f in findings),
                Choice(id="none", name="none of these"),
            ),
            findings=tuple(f.id for f in findings),
        )
    measured = pack.measurements.get(first.measurement) if first.type == "ranged" else None
    kind: Kind = "yes_no" if first.type == "yes_no" else "choice" if measured is None else "number"
    words = {"yes_no": (("yes", "yes"), ("no", "no"))}.get(kind, ())
    choices = tuple(Choice(id=id, name=name) for id, name in words)
    choices += tuple(Choice(id=v.id, name=(reader == "patient" and v.lay_name) or v.name) for v in first.values)
    choices += tuple(Choice(id=r.id, name=r.name) for r in first.ranges)
    return Question(
        id=first.id,
        kind=kind,
        part=part,
        text=wording(first, reader),
        why=why,
        choices=choices,
        findings=(first.id,),
        unit=measured.unit if measured else "",
        low=measured.plausible[0] if measured else 0.0,
        high=measured.plausible[1] if measured else 0.0,
    )


def screen_question(findings: tuple[Finding, ...], reader: Reader) -> Question:
    """The danger signs as one question with several answers."""
    own = reader == "patient"
    return Question(
        id=SCREEN + TOGETHER.join(f.id for f in findings),
        kind="screen",
        part="danger_screen",
        text="Do you have any of these?" if own else "Danger signs: are any of these present?",
        why="Danger signs, asked of everyone: each can change how soon "
        + ("you should be seen." if own else "the patient must be seen."),
        choices=choices_of(findings, reader),
        findings=tuple(f.id for f in findings),
    )


def background_question(asked: BackgroundQuestion, findings: tuple[Finding, ...], reader: Reader) -> Question:
    """Past illness or medicines as one question with several answers, with those still open."""
    return Question(
        id=SCREEN + TOGETHER.join(f.id for f in findings),
        kind="screen",
        part="background",
        text=asked.lay_question if reader == "patient" else asked.question,
        why="Illness, medicines and what happened lately decide how common each cause is; asked of everyone.",
        choices=choices_of(findings, reader),
        findings=tuple(f.id for f in findings),
    )


def choices_of(findings: tuple[Finding, ...], reader: Reader) -> tuple[Choice, ...]:
    """Findings as choices, by their names for this reader."""
    return tuple(Choice(id=f.id, name=label(f, reader)) for f in findings)


def wording(finding: Finding, reader: Reader) -> str:
    """The question in the reader's words; made from the name where the pack has none."""
    if reader == "patient":
        return finding.lay_question or f"Does this apply to you: {finding.lay_name}?"
    return finding.question or f"Is there {finding.name}?"


def label(finding: Finding, reader: Reader) -> str:
    """The finding's name for this reader."""
    return finding.lay_name if reader == "patient" else finding.name


def read_answer(question: Question, typed: str) -> Value:
    """The value that typed words stand for. Raises AnswerError with a hint on how to answer."""
    words = typed.strip()
    plain = re.sub(r"\s+", " ", words.lower().replace("’", "'").replace("'", "")).rstrip(".!")
    if not plain:
        raise AnswerError(hint(question))
    if plain in UNSURE:
        return "unknown"
    if question.kind == "story":
        return words
    if question.kind == "yes_no":
        return _yes_no(question, plain)
    if question.kind in ("age", "number"):
        return _number(question, plain)
    if question.kind == "screen":
        return _several(question, plain)
    if question.kind == "sex" and plain in SEXES:
        return SEXES[plain]
    return _choice(question, plain)


def hint(question: Question) -> str:
    """How this question may be answered."""
    if question.kind == "yes_no":
        return "answer y, n, or ? if not known"
    if question.kind in ("age", "number"):
        return (
            f"give a number from {question.low:g} to {question.high:g} {question.unit}".rstrip() + ", or ? if not known"
        )
    if question.kind == "screen":
        return "give the numbers that apply, such as 2 5; ?3 for one that is not sure; none; or ? if none is known"
    if question.kind == "story":
        return "say what is wrong, where, and when it comes; or ? to go on without"
    return f"give a number from 1 to {len(question.choices)}, or ? if not known"


def _yes_no(question: Question, plain: str) -> str:
    first = re.split(r"[,\s]", plain)[0]
    for word in (plain, first):
        if word in YES:
            return "yes"
        if word in NO:
            return "no"
    raise AnswerError(hint(question))


def _number(question: Question, plain: str) -> Value:
    found = re.match(r"(-?\d+(?:[.,]\d+)?)(?:\s*[a-z/%µ ]*)$", plain)
    if found:
        value = float(found.group(1).replace(",", "."))
        if question.low <= value <= question.high:
            return value
        raise AnswerError(f"{value:g} is outside what is possible: {hint(question)}")
    chosen = next((c.id for c in question.choices if plain in (c.id, c.name.lower())), None)
    if chosen is None:
        raise AnswerError(hint(question))
    return chosen


def _choice(question: Question, plain: str) -> str:
    names = {c.name.lower(): c.id for c in question.choices}
    ids = [c.id for c in question.choices]
    if plain.isdigit() and 1 <= int(plain) <= len(ids):
        return ids[int(plain) - 1]
    if plain in ids:
        return plain
    if "none" in ids and plain in NONE:
        return "none"
    near = {id for name, id in names.items() if name == plain} or {
        id for name, id in names.items() if name.startswith(plain)
    }
    if len(near) != 1:
        raise AnswerError(hint(question))
    return near.pop()


def _several(question: Question, plain: str) -> tuple[str, ...]:
    if plain in NONE:
        return ()
    chosen: dict[str, str] = {}
    for word in re.split(r"[,;\s]+(?:and\s+)?", plain):
        mark, name = ("?", word[1:]) if word.startswith("?") else ("", word)
        id = _choice(question, name) if name else "none"
        if id == "none":
            raise AnswerError(hint(question))
        chosen[id] = mark + id
    return tuple(chosen.values())
