"""Serving approved content only: refused where it would be less safe, never less urgent, and it says what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from msgspec.structs import replace

from hickam.errors import HickamError
from hickam.interfaces.cli.main import main
from hickam.interfaces.web.app import create_app
from hickam.interfaces.web.serving import Serving
from hickam.knowledge.standing import double_checked
from hickam.model.condition import LEVELS
from hickam.model.review import Review
from hickam.services.assess import Options, assess
from hickam.services.editorial.approved import needed, only_approved
from hickam.services.editorial.effect import case_records
from hickam.services.knowledge import Knowledge
from hickam.services.outcomes import outcome_of
from hickam.services.pack_cases import as_case


def approved(knowledge: Knowledge, *but: str) -> Knowledge:
    """As if people had approved everything but these; in memory alone."""
    pack = knowledge.pack
    twice = double_checked(pack)
    reviews = tuple(
        Review(item=item, hash=value, by=by, on="2026-11-01", outcome="approved", role="x", next_review="2027-11-01")
        for item, value in pack.hashes.items()
        if item not in but
        for by in (("A", "B") if item in twice else ("A",))
    )
    made = Knowledge.__new__(Knowledge)
    made.root, made.key, made.pack = knowledge.root, "", replace(pack, reviews=reviews)
    made.engine, made.vocabulary = knowledge.engine, knowledge.vocabulary
    return made


def common(knowledge: Knowledge, number: int) -> list[str]:
    """Conditions that may be left out and that lead or are listed most often in the pack's cases."""
    free = [
        f"conditions/{name}" for name in knowledge.pack.conditions if f"conditions/{name}" not in needed(knowledge.pack)
    ]
    often = {item: sum(item in record.rests_on for record in case_records(knowledge)) for item in free}
    return sorted(free, key=lambda item: -often[item])[6 : number + 6]


def test_the_shipped_pack_is_refused_because_nobody_has_approved_its_dangers(
    knowledge: Knowledge, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(HickamError, match="an answer cannot do without"):
        only_approved(knowledge)
    assert main(["serve", "--approved-only", "--port", "0"]) == 2
    assert "sound safer than it is" in capsys.readouterr().err


@pytest.mark.parametrize(
    "item",
    ["conditions/deep_vein_thrombosis", "rules/", "findings/fever", "drugs/statins", "treatments/stretching", "pack",
     "measurements/potassium", "clinicians/primary_care"],
)  # fmt: skip
def test_nothing_is_served_without_what_guards_a_patient(knowledge: Knowledge, item: str) -> None:
    item = next(name for name in knowledge.pack.hashes if name.startswith(item))
    with pytest.raises(HickamError, match=item):
        only_approved(approved(knowledge, item))


def test_all_approved_is_served_whole(knowledge: Knowledge) -> None:
    served = only_approved(approved(knowledge))
    assert served.pack.conditions.keys() == knowledge.pack.conditions.keys()
    assert served.pack.manifest == knowledge.pack.manifest


def test_no_case_is_less_urgent_and_nothing_left_out_is_named(knowledge: Knowledge) -> None:
    gone = common(knowledge, 6)
    served = only_approved(approved(knowledge, *gone))
    names = {item.partition("/")[2] for item in gone}
    before = {(record.file, record.name): record.level for record in case_records(knowledge)}
    lower = []
    for stem, cases in knowledge.pack.cases.items():
        for case in cases[::3]:
            if names & {*case.known}:
                continue
            after = outcome_of(served, as_case(served, case))
            told = before[f"cases/{stem}.yaml", case.name]
            if told and LEVELS.index(after.urgency.level) < LEVELS.index(told):
                lower.append((case.name, told, after.urgency.level))
            assert not names & after.beliefs.cause.keys()
    assert lower == []


def test_the_answer_says_what_is_left_out(knowledge: Knowledge) -> None:
    gone = common(knowledge, 2)
    served = only_approved(approved(knowledge, *gone))
    case = as_case(served, knowledge.pack.cases["boundary_pairs"][0])
    answer = assess(served, case, Options(draws=0, explain=False, steps=0))
    for item in gone:
        assert knowledge.pack.conditions[item.partition("/")[2]].name in answer.disclaimer
    assert answer.pack.version.endswith("+approved-only")
    assert answer.pack.hash != knowledge.pack.hash


def test_a_service_that_knows_too_few_causes_is_refused(knowledge: Knowledge) -> None:
    free = [
        item for item in knowledge.pack.hashes if item.startswith("conditions/") and item not in needed(knowledge.pack)
    ]
    with pytest.raises(HickamError, match="have no cause here"):
        only_approved(approved(knowledge, *free))


@pytest.mark.parametrize("on", [False, True])
def test_patients_check_themselves_only_where_the_operator_says_so(
    knowledge: Knowledge, tmp_path: Path, on: bool
) -> None:
    with TestClient(create_app(knowledge, serving=Serving(self_service=on))) as client:
        alone = client.post("/api/v1/interview/next", json={"story": "my calves cramp at night", "reader": "patient"})
        assert alone.status_code == (200 if on else 403)
        if not on:
            assert alone.json()["code"] == "self-service-off"
        else:
            state = alone.json()["state"]
            with TestClient(create_app(knowledge)) as other:
                assert other.post("/api/v1/interview/next", json={"state": state}).status_code == 403
        assert client.post("/api/v1/interview/next", json={"story": "my calves cramp at night"}).status_code == 200
        for reader, status in (("patient", 200 if on else 403), ("clinician", 200)):
            form = {"resourceType": "QuestionnaireResponse", "status": "in-progress"}
            step = client.post(f"/fhir/Questionnaire/$next-question?reader={reader}", json=form)
            assert step.status_code == status
        page = client.get("/workbench").text
        assert ("not set up for people to check themselves" in page) is not on
        handout = client.post(
            "/api/v1/note", json={"text": "calf cramps at night, 70, no swelling", "kind": "handout", "format": "text"}
        )
        assert handout.status_code == 200
