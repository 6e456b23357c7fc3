"""The editors' desk over HTTP: lists, checks, proposals, judgements; feedback; what is left when the program is killed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from packs.mini_pack import mini_files, write_pack
from team import Team

from hickam.interfaces.web.app import create_app
from hickam.services.knowledge import Knowledge
from hickam.store.database import Store

ARTERIAL = "conditions/arterial"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HICKAM_CACHE", str(tmp_path / "cache"))
    return write_pack(tmp_path / "mini", mini_files())


@pytest.fixture
def client(root: Path, tmp_path: Path) -> Iterator[TestClient]:
    store = Store(f"sqlite:///{tmp_path / 'hickam.db'}")
    with TestClient(create_app(Knowledge(root), store=store)) as opened:
        yield opened
    store.close()


def post(client: TestClient, path: str, expect: int = 200, **body: Any) -> dict[str, Any]:
    response = client.post(path, json=body)
    assert response.status_code == expect, response.text[:400]
    found: dict[str, Any] = response.json()
    return found


def changed(**parts: Any) -> dict[str, Any]:
    return {**mini_files()["conditions/arterial.yaml"], **parts}


def submit(client: TestClient, **parts: Any) -> str:
    made = post(
        client, "/api/v1/editorial/submit", item=ARTERIAL, data=changed(**parts), why="clearer", name="Eve Editor"
    )
    assert made["state"] == "submitted"
    return str(made["reference"])


def judge(client: TestClient, reference: str, act: str, name: str, expect: int = 200, **parts: str) -> dict[str, Any]:
    more = {"role": "vascular surgeon", **({"next_review": "2027-06-01"} if act == "approve" else {}), **parts}
    return post(client, "/api/v1/editorial/judge", expect, reference=reference, act=act, name=name, **more)


def test_a_change_is_checked_shown_word_by_word_and_weighed_before_it_is_sent(client: TestClient) -> None:
    found = post(client, "/api/v1/editorial/check", item=ARTERIAL, data=changed(summary="Narrow leg arteries."))
    assert (found["issues"], found["changed"]) == ([], True)
    added = [run["text"] for row in found["difference"] if row for run in row["runs"] if run["kind"] == "added"]
    assert added == ["leg "]
    weighed = post(client, "/api/v1/editorial/weigh", item=ARTERIAL, data=changed(category="neurologic"))
    assert (weighed["effect"]["cases"], weighed["effect"]["changes"]) == (1, [])
    assert weighed["cases"][0]["leading"] == "arterial"


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        ({"summry": "x"}, "", "unknown key 'summry'"),
        (
            {"prior": {"measure": "prevalence", "rows": [{"value": ["a", 1, 2], "basis": "estimate"}]}},
            "prior.rows[0].value[0]",
            "float",
        ),
        (
            {"findings": [{"finding": "nobody", "value": [0.1, 0.05, 0.2], "basis": "estimate"}]},
            "findings",
            "does not exist",
        ),
        ({"id": "../../evil"}, "id", "is not 'arterial'"),
    ],
)
def test_what_the_linter_finds_is_said_with_its_place(
    client: TestClient, change: dict[str, Any], place: str, words: str
) -> None:
    found = post(client, "/api/v1/editorial/check", item=ARTERIAL, data=changed(**change))
    assert any(words in issue["what"] and place in issue["path"] for issue in found["issues"]), found
    post(client, "/api/v1/editorial/weigh", 422, item=ARTERIAL, data=changed(**change))


def test_yaml_is_taken_as_it_is_written(client: TestClient, root: Path) -> None:
    text = "# why it is so\n" + json.dumps(changed(summary="Narrow leg arteries."))
    made = post(client, "/api/v1/editorial/submit", item=ARTERIAL, text=text, why="clearer", name="Eve")
    kept = next((root / "proposals" / "conditions").iterdir())
    assert kept.read_text() == text
    assert made["reference"].startswith(f"{ARTERIAL}@")
    for broken in ("a: [", "- 1", "", "x: \udcff", "? [a]\n: b", "&a [*a]"):
        response = client.post("/api/v1/editorial/check", content=json.dumps({"item": ARTERIAL, "text": broken}),
                               headers={"content-type": "application/json"})  # fmt: skip
        assert response.status_code in (200, 422), broken
        assert response.status_code == 422 or response.json()["issues"]


def test_submitted_taken_approved_by_two_and_nothing_served_changes(client: TestClient, root: Path) -> None:
    served = client.get("/api/v1/pack").json()["hash"]
    reference = submit(client, summary="Narrow leg arteries.")
    assert "proposed change" in client.get("/editorial").text
    assert "wait for their first review" in client.get("/editorial", params={"words": "nothing at all"}).text
    page = client.get("/editorial/item", params={"reference": reference}).text
    assert "<ins>leg </ins>" in page
    assert "May not approve it: Eve Editor" in page
    assert judge(client, reference, "approve", "Ann", expect=422)["code"] == "review-refused"
    judge(client, reference, "take", "Ann")
    assert judge(client, reference, "approve", "Eve  editor", expect=422)["code"] == "review-refused"
    assert judge(client, reference, "approve", "Ann")["state"] == "under_review"
    assert judge(client, reference, "approve", "ann", expect=200)["state"] == "under_review"
    assert judge(client, reference, "approve", "Ben")["state"] == "approved"
    assert client.get("/api/v1/pack").json()["hash"] == served
    assert "Narrow arteries" in client.get("/conditions/arterial").text
    lines = [json.loads(line) for line in (root / "reviews.jsonl").read_text().splitlines()]
    assert [line["by"] for line in lines] == ["Eve Editor", "Ann", "Ann", "ann", "Ben"]
    assert not any(line.get("signed_in") for line in lines)


def test_sent_back_with_a_reason(client: TestClient) -> None:
    reference = submit(client, summary="Narrow leg arteries.")
    judge(client, reference, "return", "Ann", expect=422)
    assert judge(client, reference, "return", "Ann", comment="no source")["state"] == "returned"
    assert "no source" in client.get("/editorial/item", params={"reference": reference}).text


def test_an_approval_shows_on_every_page_at_once_and_no_cache_keeps_the_old_state(client: TestClient) -> None:
    before = client.get("/conditions/low_potassium")
    reference = client.get("/editorial", params={"state": "submitted", "words": "low_potassium"}).text
    reference = reference.split("reference=")[1].split('"')[0].replace("%40", "@").replace("%2F", "/")
    judge(client, reference, "take", "Ann")
    judge(client, reference, "approve", "Ann")
    after = client.get("/conditions/low_potassium", headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert "approved by Ann, vascular surgeon, on" in after.text


def test_a_proposal_outlives_the_program(client: TestClient, root: Path, tmp_path: Path) -> None:
    reference = submit(client, summary="Narrow leg arteries.")
    again = create_app(Knowledge(root), store=Store(f"sqlite:///{tmp_path / 'other.db'}"))
    with TestClient(again) as later:
        assert reference in later.get("/editorial").text
        assert "proposal" not in later.get("/readyz").text


@pytest.mark.parametrize(
    "reference", ["../../etc/passwd", "conditions/nobody", "x@y", "conditions/arterial@000000", "", "a" * 300]
)
def test_what_is_not_there_is_said_and_nothing_breaks(client: TestClient, reference: str) -> None:
    for path in ("/editorial/item", "/editorial/edit", "/api/v1/editorial/weigh"):
        response = client.get(path, params={"reference": reference})
        assert response.status_code == 422, (path, response.text[:200])
        assert "/etc" not in response.text or reference.startswith("..")
    post(client, "/api/v1/editorial/submit", 422, item=reference, data={"id": "x"}, why="x", name="Eve")


def test_markup_in_a_change_stays_text(client: TestClient) -> None:
    reference = submit(client, summary="<img src=x onerror=alert(1)> </script><b>arteries</b>")
    for path in ("/editorial/item", "/editorial/edit"):
        page = client.get(path, params={"reference": reference}).text
        assert "<img src=x" not in page
        assert "</script><b>" not in page


def test_what_people_may_do_is_what_their_role_says(root: Path, tmp_path: Path) -> None:
    team = Team(Knowledge(root), tmp_path)
    editor, reviewer, clinician = (team.browser(role) for role in ("editor", "reviewer", "clinician"))
    body = {
        "item": ARTERIAL,
        "data": changed(summary="Narrow leg arteries."),
        "why": "clearer",
        "name": "Somebody Else",
    }
    assert clinician.post("/api/v1/editorial/submit", json=body).status_code == 403
    assert reviewer.post("/api/v1/editorial/submit", json=body).status_code == 403
    reference = editor.post("/api/v1/editorial/submit", json=body).json()["reference"]
    act = {"reference": reference, "act": "take", "name": "Somebody Else"}
    assert editor.post("/api/v1/editorial/judge", json=act).status_code == 403
    assert reviewer.post("/api/v1/editorial/judge", json=act).status_code == 200
    lines = [json.loads(line) for line in (root / "reviews.jsonl").read_text().splitlines()]
    assert all(line["signed_in"] for line in lines)
    assert "Somebody Else" not in {line["by"] for line in lines}
    assert clinician.get("/editorial").status_code == 403
    assert reviewer.get("/editorial/item", params={"reference": reference}).status_code == 200


def test_feedback_reaches_the_editors_without_a_case(client: TestClient) -> None:
    text = "“Narrow arteries.”\nWhich arteries? <b>x</b>"
    post(client, "/api/v1/feedback", subject="conditions/arterial › Definition", text=text)
    page = client.get("/editorial/feedback").text
    assert "Which arteries? &lt;b&gt;" in page
    assert "with a case" not in page


def test_a_case_goes_with_feedback_only_when_its_owner_adds_it(client: TestClient) -> None:
    saved = client.post(
        "/api/v1/cases", json={"text": "60-year-old man, on exertion, absent pulses", "patient": "P 1"}
    ).json()
    sent = post(client, "/api/v1/feedback", subject="workbench", text="the first line is odd", case=saved["id"])
    told = client.get(f"/api/v1/feedback/{sent['id']}/case").json()
    assert told["text"] == "60-year-old man, on exertion, absent pulses"
    post(client, "/api/v1/feedback", 404, subject="workbench", text="x", case="0" * 20)
    post(client, "/api/v1/feedback", 422, subject="workbench", text="  ")
    post(client, f"/api/v1/feedback/{sent['id']}", state="answered", answer="mended in 0.2.0")
    assert "mended in 0.2.0" in client.get("/editorial/feedback").text
    post(client, f"/api/v1/feedback/{'0' * 20}", 404, state="closed")


@pytest.mark.parametrize("page", ["item", "edit"])
def test_a_page_of_no_item_says_how_items_are_named(client: TestClient, page: str) -> None:
    response = client.get(f"/editorial/{page}", headers={"accept": "text/html"})
    assert response.status_code == 422
    assert "conditions/hypokalaemia" in response.text
