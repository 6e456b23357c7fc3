"""200 simulated patients: every sentence of every document comes from somewhere, and no state is made up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from tracing import Tracer, fixed_texts, units

from hickam.inference.simulate import reveal, simulate
from hickam.intake.assemble import settle
from hickam.model.assessment import Assessment, Reader
from hickam.model.case import Case, Medication
from hickam.services.assess import Options, assess
from hickam.services.documents import letter_to
from hickam.services.knowledge import Knowledge
from hickam.writing.content import Content
from hickam.writing.documents.sheet import FOR_PATIENTS
from hickam.writing.documents.write import Document, Kind
from hickam.writing.language import Language

PATIENTS = 200
WITH_STEPS = 15
"""Next steps cost ten times the rest of an answer; these many patients have them."""
SEED = 20261122
READERS: tuple[Reader, ...] = ("patient", "clinician", "student", "researcher")
DEEP = 4
"""Every fourth patient has the long reports for student and researcher too."""
KINDS: tuple[Kind, ...] = ("soap", "referral", "handout", "result")
LANGUAGE = Language()
Written = tuple[Case, Assessment, list[tuple[str, str]]]


@pytest.fixture(scope="module")
def answered(knowledge: Knowledge) -> list[tuple[Case, Assessment]]:
    """Simulated patients, each with some findings known, what those imply, and a medicine or two."""
    rng = np.random.default_rng(SEED)
    findings = sorted(knowledge.pack.findings)
    drugs = sorted(knowledge.pack.drugs)
    found = []
    for place, patient in enumerate(simulate(knowledge.engine.network, PATIENTS, SEED)):
        asked = rng.choice(findings, size=int(rng.integers(4, 22)), replace=False)
        present = [name for name, state in patient.findings.items() if state != "absent"]
        shown = [*asked, *rng.choice(sorted(present), size=min(6, len(present)), replace=False)]
        case = reveal(patient, sorted(set(map(str, shown))))
        settled, conflicts, notes = settle(case.observations, knowledge.vocabulary)
        taken = rng.choice(drugs, size=int(rng.integers(0, 3)), replace=False)
        medicines = tuple(Medication(name=knowledge.pack.drugs[d].name, drug=str(d)) for d in taken)
        case = replace(
            case,
            observations=tuple(settled),
            conflicts=tuple(conflicts),
            notes=tuple(notes),
            medications=medicines,
            text="My leg hurts at night.",
        )
        steps = 8 if place < WITH_STEPS else 0
        found.append((case, assess(knowledge, case, Options(draws=0, steps=steps, as_of="2026-11-22"))))
    return found


def documents(
    knowledge: Knowledge, case: Case, answer: Assessment, readers: Iterable[Reader]
) -> Iterator[tuple[str, str]]:
    """(name, Markdown) of every document of one case."""

    def made(kind: Kind, reader: Reader) -> str:
        content = Content(pack=knowledge.pack, case=case, answer=replace(answer, reader=reader))
        letter = letter_to(content, "") if kind == "referral" else None
        return Document(kind=kind, content=content, language=LANGUAGE, letter=letter).markdown()

    for reader in readers:
        yield f"report for {reader}", made("report", reader)
    for kind in KINDS:
        content = Content(pack=knowledge.pack, case=case, answer=answer)
        if kind != "result" or content.results:
            yield kind, made(kind, "patient" if kind in FOR_PATIENTS else "clinician")


@pytest.fixture(scope="module")
def written(knowledge: Knowledge, answered: list[tuple[Case, Assessment]]) -> list[Written]:
    """Every document of every patient."""
    return [
        (case, answer, list(documents(knowledge, case, answer, READERS if place % DEEP == 0 else READERS[:2])))
        for place, (case, answer) in enumerate(answered)
    ]


def test_every_sentence_maps_to_a_finding_a_claim_or_a_fixed_line(knowledge: Knowledge, written: list[Written]) -> None:
    fixed = fixed_texts(knowledge.pack)
    lost: list[str] = []
    for case, answer, texts in written:
        tracer = Tracer(fixed, answer, case)
        for name, text in texts:
            lost += [f"{name}: {unit}" for unit in units(text) if not tracer.traced(unit)]
    assert lost[:20] == []


def test_no_state_is_made_up(knowledge: Knowledge, written: list[Written]) -> None:
    wrong: list[str] = []
    for case, _, texts in written:
        for name, text in texts:
            wrong += [f"{name}: {problem}" for problem in made_up(knowledge, case, text)]
    assert wrong[:20] == []


def made_up(knowledge: Knowledge, case: Case, text: str) -> list[str]:
    """Findings that a document states and the case does not: as present, absent, denied, examined or resulted."""
    pack = knowledge.pack
    states = {pack.findings[o.finding].name: o.state for o in case.observations if o.how != "implied"}
    names = sorted((f.name for f in pack.findings.values()), key=len, reverse=True)

    def claimed(words: str, *allowed: str) -> list[str]:
        name = next((n for n in names if words.startswith(n)), None)
        return [f"{words[:60]}: not {allowed}"] if name is not None and states.get(name) not in allowed else []

    found: list[str] = []
    section = ""
    for line in text.splitlines():
        section = line.removeprefix("## ") if line.startswith("## ") else section
        if section in WORKING:
            continue
        bare = re.sub(r"[*☐]", "", line).strip("-| ").strip()
        label, _, rest = bare.partition(": " if ":" in bare.partition(" ")[0] else " | ")
        if label in ("Present", "Denied", "Absent"):
            state = "present" if label == "Present" else "absent"
            found += [problem for item in rest.split("; ") for problem in claimed(item.strip(), state)]
        elif section in ("O: objective", "Signs and results stated") and line.startswith("- ") and BLANK not in line:
            item = bare.removeprefix("Result: ")
            denied = item.startswith("absent: ")
            found += claimed(item.removeprefix("absent: "), *(["absent"] if denied else ["present", "absent"]))
        else:
            found += [p for said in re.split(r"absent: |denies ", bare)[1:] for p in claimed(said, "absent")]
    return found


BLANK = "____"
WORKING = ("Differential",)
"""Where contributions are explained, what follows from the story may stand beside what was said; it is marked so."""


def test_the_working_rests_on_what_the_case_holds(answered: list[tuple[Case, Assessment]]) -> None:
    """A contribution is of findings that were stated or that follow from them; it is never of one not asked."""
    for case, answer in answered:
        held = {o.finding for o in case.observations}
        for candidate in answer.differential:
            for part in candidate.contributions:
                assert set(part.findings) <= held


# ---- the checks themselves can fail


@pytest.mark.parametrize(
    "sentence",
    [
        "The pulses were felt on both sides.",
        "Urgency: Fever was looked for.",
        "Of 100 people with a story like yours, it is the cause in about 101.",
        "Likely, 37 % (1–99).",
        "Start: the moon.",
    ],
)
def test_a_sentence_from_nowhere_is_not_traced(
    knowledge: Knowledge, answered: list[tuple[Case, Assessment]], sentence: str
) -> None:
    case, answer = answered[0]
    assert not Tracer(fixed_texts(knowledge.pack), answer, case).traced(sentence)


@pytest.mark.parametrize(
    "line",
    [
        "- **Denied:** {name}",
        "- **Present:** {name}",
        "| Absent | {name} |",
        "- Supported by: {other}; absent: {name}.",
        "## O: objective\n- ☐ {name}",
        "## O: objective\n- ☐ absent: {name} (“no”)",
    ],
)
def test_a_state_that_nobody_gave_is_seen(
    knowledge: Knowledge, answered: list[tuple[Case, Assessment]], line: str
) -> None:
    case, _ = answered[0]
    known = {o.finding for o in case.observations}
    name, other = [f.name for f in knowledge.pack.findings.values() if f.id not in known and ":" not in f.name][:2]
    assert made_up(knowledge, case, line.format(name=name, other=other))
