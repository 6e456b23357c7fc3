"""A request's body to a Case: words or data, less what the person has taken out."""

from __future__ import annotations

from msgspec.structs import replace

from hickam.intake.assemble import settle
from hickam.intake.reading import parse, understood_nothing
from hickam.intake.structured import case_from_json
from hickam.intake.vocabulary import Vocabulary
from hickam.interfaces.web.bodies import Told
from hickam.interfaces.web.problems import ProblemError
from hickam.model.case import Case
from hickam.services.described_case import describe_case
from hickam.services.knowledge import Knowledge


def read_case(body: Told, knowledge: Knowledge) -> Case:
    """The case that was sent. Raises ProblemError or IntakeError."""
    vocabulary = knowledge.vocabulary
    if body.case is None:
        text = _checked(body.text or "")
        case = parse(text, vocabulary, age=body.age, sex=body.sex, setting=body.setting or "primary_care")
    else:
        given = {key: getattr(body, key) for key in ("age", "sex", "setting") if getattr(body, key) is not None}
        case = case_from_json({**body.case, **given}, vocabulary)
    return without(case, frozenset(body.left_out), vocabulary)


def understood(body: Told, knowledge: Knowledge) -> Case:
    """The case that was sent, or ProblemError 'nothing-understood' with what was read."""
    case = read_case(body, knowledge)
    if understood_nothing(case):
        raise ProblemError(
            422,
            "nothing-understood",
            "Nothing in this story was understood, so there is no differential.",
            where="text",
            why="an answer made from nothing would only be the average patient",
            fix="say where and when the leg hurts, what brings it on, what eases it, how long it lasts, age and sex",
            case=describe_case(knowledge.pack, case),
        )
    return case


def without(case: Case, left_out: frozenset[str], vocabulary: Vocabulary) -> Case:
    """The case with these ids not asked. What they alone implied goes too; what something else implies stays."""
    if not left_out:
        return case
    kept = tuple(m for m in case.medications if not {m.drug, m.name.lower()} & left_out)
    factors = {f for m in kept if m.drug and m.current for f in vocabulary.drugs[m.drug].factors}
    stated = [
        o
        for o in case.observations
        if o.how != "implied" and o.finding not in left_out and (o.how != "drug" or o.finding in factors)
    ]
    settled, _, _ = settle(stated, vocabulary)
    return replace(
        case,
        observations=tuple(settled),
        facts=tuple(f for f in case.facts if f.condition not in left_out),
        ruled_out=tuple(f for f in case.ruled_out if f.condition not in left_out),
        medications=kept,
        allergies=tuple(a for a in case.allergies if not {a.drug, a.name.lower()} & left_out),
        conflicts=tuple(c for c in case.conflicts if c.finding not in left_out),
    )


def _checked(text: str) -> str:
    if "\x00" in text:
        raise ProblemError(422, "not-text", "This is binary data, not text.", where="text", fix="send text")
    if not text.strip():
        raise ProblemError(422, "empty", "The story is empty.", where="text", fix="describe the leg symptom")
    return text
