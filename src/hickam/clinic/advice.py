"""What a patient is advised while the cause is not clear: nothing that harms another one still in question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from hickam.clinic.allergies import treatment_concern
from hickam.clinic.beliefs import Beliefs
from hickam.clinic.dangers import dangers
from hickam.clinic.plan import leading
from hickam.clinic.view import CaseView
from hickam.model.assessment import PatientAdvice
from hickam.model.condition import LEVELS, Condition, Level
from hickam.model.pack import Treatment

SURE = 0.66
"""From here on a cause that has no rival is called likely, and spoken of without an 'if'."""
FIRST_WORDS: dict[Level, tuple[str, ...]] = {
    "same_day": (
        "You need to be seen today, before anything else.",
        "Do not start treatment of your own, and do not wait to see whether it passes.",
        "Take a list of your medicines with you.",
    ),
    "emergency": (
        "You need to be seen now. Go to an emergency department or call the emergency number.",
        "Do not drive yourself, do not massage the leg, and do not start treatment of your own.",
        "Take a list of your medicines with you.",
    ),
}
_SENTENCES = re.compile(r"(?<=[.!?;]) ")
_DENIED = re.compile(r"\b(?:not|never|avoid|no|without|instead of|rather than|stop)\b", re.I)


def patient_advice(view: CaseView, beliefs: Beliefs, level: Level) -> tuple[PatientAdvice, ...]:
    """For each likely cause its words to the patient, without advice that is unsafe for this patient or for another
    likely cause or a danger that is not excluded. In an urgent case only words on an urgent leading cause. Last, what
    the other open dangers forbid."""
    causes = leading(view, beliefs, level)
    if _urgent(level):
        causes = causes[:1] if causes and causes[0].id == beliefs.leading else []
    open_dangers = [d.condition for d in dangers(view, beliefs) if d.shown]
    in_question = {item.id for item in (*causes, *open_dangers)} | set(view.facts)
    told = tuple(
        PatientAdvice(
            condition=item.id,
            lay_name=item.lay_name,
            sure=len(causes) == 1 and beliefs.cause[item.id] >= SURE,
            texts=tuple(text for text in item.patient_text if not _unsafe(view, text, in_question - {item.id})),
        )
        for item in causes
    )
    return (*told, *_warnings(view, [item for item in open_dangers if item not in causes]))


def _warnings(view: CaseView, open_dangers: list[Condition]) -> Iterator[PatientAdvice]:
    """Of each danger the lines that warn of a treatment and say nothing else; no line twice."""
    seen: set[str] = set()
    for item in open_dangers:
        texts = tuple(text for text in item.patient_text if text not in seen and _only_warns(view, text))
        seen.update(texts)
        if texts:
            yield PatientAdvice(condition=item.id, lay_name=item.lay_name, sure=False, warns=True, texts=texts)


def _only_warns(view: CaseView, text: str) -> bool:
    named = any(_named_at(word, text) >= 0 for item in view.pack.treatments.values() for word in item.advice_words)
    return named and all(sentence.startswith(("Do not ", "Never ")) for sentence in _SENTENCES.split(text))


def patient_words(advice: tuple[PatientAdvice, ...], level: Level) -> tuple[str, ...]:
    """The same as lines to read out: being seen first when the case is urgent, an 'if' where the cause is not clear."""
    said = list(FIRST_WORDS.get(level, ()))
    for part in advice:
        heading = [] if part.sure or part.warns else [f"If it is this: {part.lay_name}."]
        said += [*heading, *part.texts]
    return tuple(said)


def _urgent(level: Level) -> bool:
    return LEVELS.index(level) >= LEVELS.index("same_day")


def _unsafe(view: CaseView, text: str, in_question: set[str]) -> bool:
    return any(_advises(text, item) and _harms(view, item, in_question) for item in view.pack.treatments.values())


def _advises(text: str, item: Treatment) -> bool:
    """A sentence names the treatment and does not warn of it."""
    for sentence in _SENTENCES.split(text):
        for word in item.advice_words:
            at = _named_at(word, sentence)
            if at >= 0 and not _DENIED.search(sentence[:at]):
                return True
    return False


@lru_cache(maxsize=50_000)
def _named_at(word: str, text: str) -> int:
    """Where a text of the pack names something, -1 where it does not: the same in every answer."""
    found = re.search(rf"\b{re.escape(word)}", text, re.I)
    return found.start() if found else -1


def _harms(view: CaseView, item: Treatment, in_question: set[str]) -> bool:
    """A caution, a drug or an allergy of this patient speaks against it, or one of the conditions in question does."""
    cautioned = any(factor in in_question or view.state(factor) for factor in item.caution)
    drugs = any(drug in view.drugs for drug in item.interactions)
    allergic = treatment_concern(view, item) is not None
    return cautioned or drugs or allergic or any(_avoided(view.pack.conditions[name], item.id) for name in in_question)


def _avoided(condition: Condition, treatment: str) -> bool:
    return any(step.line == "avoid" and step.treatment == treatment for step in condition.management)
