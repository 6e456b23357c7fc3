"""A language model is never trusted: a stub that lies, swaps, negates, hangs, floods or returns garbage changes nothing."""

from __future__ import annotations

import http.server
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hickam.answers.rewording import facts, says_the_same, without_persons
from hickam.errors import HickamError
from hickam.intake.reading import parse
from hickam.interfaces.cli.main import main
from hickam.model.answer import CitedAnswer
from hickam.services.ask import AskOptions, ask
from hickam.services.claims_index import ClaimsIndex
from hickam.services.knowledge import Knowledge
from hickam.services.language_model import Endpoint, configured_endpoint, proposed_findings, reworded

Reply = Callable[[dict[str, Any]], tuple[int, bytes]]


class Stub:
    """A small OpenAI-compatible server on this machine; ``reply`` makes (status, body) from the request."""

    def __init__(self) -> None:
        self.reply: Reply = lambda request: (500, b"")
        self.requests: list[dict[str, Any]] = []
        stub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                stub.requests.append(body)
                status, data = stub.reply(body)
                self.send_response(status)
                self.send_header("location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"


@pytest.fixture
def stub() -> Iterator[Stub]:
    found = Stub()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture(scope="module")
def answer(knowledge: Knowledge) -> CitedAnswer:
    claims = ClaimsIndex(knowledge, by_meaning=False)
    return ask(claims, "Does magnesium work for night cramps?", None, AskOptions(reader="patient"))


def sentences(request: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(request["messages"][1]["content"])["sentences"]
    return found


def said(content: str) -> tuple[int, bytes]:
    return 200, json.dumps({"choices": [{"message": {"content": content}}]}).encode()


def each(change: Callable[[str], str]) -> Reply:
    """A model that changes every sentence in the same way."""
    return lambda request: said(
        json.dumps({"sentences": [{"id": s["id"], "text": change(s["text"])} for s in sentences(request)]})
    )


LIES: dict[str, Callable[[str], str]] = {
    "invents a number": lambda t: t.replace(".", " in 42 % of people.", 1) if "." in t else t + " 42.",
    "changes a number": lambda t: t.replace("0.01", "0.10").replace("66", "99") + " Truly.",
    "swaps the drug": lambda t: t.replace("Magnesium", "Quinine").replace("magnesium", "quinine") + " Quinine.",
    "drops a negation": lambda t: t.replace(" not ", " ").replace("No ", "A ").replace("no ", "a ") + " Yes.",
    "adds a negation": lambda t: f"It is not true: {t}",
    "invents advice": lambda t: f"{t} Take two tablets with wine.",
    "invents a citation": lambda t: f"{t[:-1]} [7].",
    "invents a source": lambda t: f"{t[:-1]} (Lancet study).",
    "gives a command": lambda t: "Ignore the clinician and stop all your medicines.",
    "says more surely": lambda t: t.replace("may", "will").replace("uncertain", "certain") + " Always.",
    "says it is safe": lambda t: f"{t} It is perfectly safe.",
    "puts in markup": lambda t: f"<script>alert(1)</script>{t}",
    "says nothing": lambda t: "",
    "says one word": lambda t: "Fine.",
    "speaks another language": lambda t: "Magnesium hilft gegen Krämpfe.",
    "writes an essay": lambda t: t * 30,
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_never_gets_through(stub: Stub, answer: CitedAnswer, knowledge: Knowledge, lie: str) -> None:
    stub.reply = each(LIES[lie])
    out = reworded(answer, knowledge, Endpoint(stub.url, "stub"))
    assert stub.requests
    assert (out.short, out.support) == (answer.short, answer.support)


GARBAGE: dict[str, tuple[int, bytes]] = {
    "no JSON": (200, b"hello"),
    "another object": (200, b'{"choices": []}'),
    "no text": (200, b'{"choices": [{"message": {"content": null}}]}'),
    "text without JSON": said("I would rather not."),
    "wrong shape": said('{"sentences": {"a": 1}}'),
    "wrong types": said('{"sentences": [{"id": "x", "text": 3}]}'),
    "numbers of no sentence": said(
        '{"sentences": [{"id": 99, "text": "Quinine is safe."}, {"id": -1, "text": "Yes."}]}'
    ),
    "an error": (500, b"Internal"),
    "a redirect": (302, b""),
    "a flood": (200, b"x" * 500_000),
    "deep nesting": said("[" * 100_000),
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_costs_nothing(stub: Stub, answer: CitedAnswer, knowledge: Knowledge, kind: str) -> None:
    stub.reply = lambda request: GARBAGE[kind]
    assert reworded(answer, knowledge, Endpoint(stub.url, "stub")) == answer
    assert len(stub.requests) == (1 if kind == "numbers of no sentence" else 3)  # every rung of the ladder was tried


def test_a_model_that_hangs_is_left(stub: Stub, answer: CitedAnswer, knowledge: Knowledge) -> None:
    def slow(request: dict[str, Any]) -> tuple[int, bytes]:
        time.sleep(3)
        return 200, b""

    stub.reply = slow
    start = time.monotonic()
    assert reworded(answer, knowledge, Endpoint(stub.url, "stub", seconds=0.4)) == answer
    assert time.monotonic() - start < 2.5


def test_a_server_that_is_not_there_costs_nothing(answer: CitedAnswer, knowledge: Knowledge) -> None:
    assert reworded(answer, knowledge, Endpoint("http://127.0.0.1:9/v1", "stub", seconds=2)) == answer


def test_an_honest_rewording_is_taken_with_its_own_citations(
    stub: Stub, answer: CitedAnswer, knowledge: Knowledge
) -> None:
    def honest(text: str) -> str:
        return text.replace("Older adults with", "the older adults who have").replace(": older", ": the older")

    def only_objects(request: dict[str, Any]) -> tuple[int, bytes]:
        if request.get("response_format", {}).get("type") == "json_schema":
            return 500, b"Input should be 'text' or 'json_object'"
        return each(honest)(request)

    stub.reply = only_objects
    out = reworded(answer, knowledge, Endpoint(stub.url, "stub"))
    changed = [s for s in (*out.short, *out.support) if s.reworded]
    assert changed
    before = {s.claims: s for s in (*answer.short, *answer.support)}
    assert all(s.sources == before[s.claims].sources and s.text != before[s.claims].text for s in changed)
    assert out.claims == answer.claims


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Restless legs eased in women, not in men.", True),
        ("The restless legs have eased in the women, not in men.", True),
        ("Restless legs eased in men, not in women.", False),
        ("Restless legs eased, not in men.", False),
        ("Restless legs eased in women or men.", False),
        ("Restless legs eased in women, not in old men.", False),
    ],
)
def test_words_of_content_keep_their_order(text: str, same: bool) -> None:
    assert says_the_same(text, "Restless legs eased in women, not in men.") is same


def test_an_everyday_name_may_stand_for_a_name() -> None:
    names = (("Peripheral artery disease", "narrowed leg arteries"),)
    assert says_the_same("Narrowed leg arteries: walk daily.", "Peripheral artery disease: walk daily.", names)
    assert facts("Narrowed leg arteries: walk daily.") != facts("Peripheral artery disease: walk daily.")


def test_nothing_of_the_patient_leaves_and_nothing_is_logged(
    stub: Stub, knowledge: Knowledge, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    claims = ClaimsIndex(knowledge, by_meaning=False)
    story = "Mrs Ethel Grunwald, 72, of Cromarty Lane: calf cramps at night, takes bendroflumethiazide, feels wuzzlish."
    case = parse(story, knowledge.vocabulary)
    out = ask(claims, "Ethel asks: do any of her tablets cause this?", case, AskOptions())
    stub.reply = each(lambda text: text)
    reworded(out, knowledge, Endpoint(stub.url, "stub", key="secret-key"))
    proposed_findings(case, knowledge, Endpoint(stub.url, "stub"))
    sent = json.dumps(stub.requests)
    logged = " ".join(f"{r.getMessage()} {r.args}" for r in caplog.records)
    for private in ("Ethel", "Grunwald", "Cromarty", "asks"):
        assert private not in sent
        assert private not in logged
    assert "secret-key" not in logged


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Mr John Smith came on 12/03/2024", ["John", "Smith", "12/03"]),
        ("my name is Ethel Grunwald", ["Ethel", "Grunwald"]),
        ("mail me: e.g@example.org or 07700 900123", ["example", "07700", "900123"]),
        ("NHS 943 476 5919 lives at AB12 3CD, near Leeds Dock", ["943", "5919", "AB12", "Leeds", "Dock"]),
        ("93 years old", ["93"]),
    ],
)
def test_persons_are_taken_out(text: str, gone: list[str]) -> None:
    shown = without_persons(text)
    assert not [part for part in gone if part in shown]


def test_proposals_are_only_among_the_candidates(stub: Stub, knowledge: Knowledge) -> None:
    case = parse("Calf cramps. There is a swelld kalf.", knowledge.vocabulary)
    stub.reply = lambda request: said(
        '{"proposals": [{"id": 0, "finding": "invented"}, {"id": 7, "finding": "fever"}]}'
    )
    assert proposed_findings(case, knowledge, Endpoint(stub.url, "stub")) == []


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "no endpoint is set"),
        ("http://models.example.org/v1", "plain http beyond this network"),
        ("ftp://127.0.0.1/v1", "no web address"),
    ],
)
def test_endpoints_that_are_refused(monkeypatch: pytest.MonkeyPatch, url: str, words: str) -> None:
    monkeypatch.setenv("HICKAM_LLM_URL", url)
    monkeypatch.setenv("HICKAM_LLM_MODEL", "m")
    with pytest.raises(HickamError, match=words):
        configured_endpoint()


def test_on_the_command_line_answers_still_arrive(
    stub: Stub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HICKAM_LLM_URL", stub.url)
    monkeypatch.setenv("HICKAM_LLM_MODEL", "stub")
    stub.reply = each(lambda t: "Quinine is safe in pregnancy.")
    assert main(["ask", "Can she take quinine, she is pregnant?", "--language-model", "--words-only"]) == 0
    out = capsys.readouterr().out
    assert "harmful to the fetus: never" in out
    assert "safe in pregnancy" not in out
