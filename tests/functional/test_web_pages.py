"""The pages as a browser gets them: whole, self-contained, with their headers; and how ``hickam serve`` refuses."""

from __future__ import annotations

import importlib.util
import re
import socket
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from markupsafe import escape

import hickam
from hickam.interfaces.cli.main import main
from hickam.interfaces.web import api
from hickam.interfaces.web.app import create_app
from hickam.services.knowledge import Knowledge
from hickam.services.source_attributes import source_attributes

STORY = "62-year-old man, calf pain after 200 m, gone in 2 minutes of standing still, smoker, absent pedal pulses"
STATIC = Path(api.__file__).parent / "static"
ASSETS = Path(hickam.__file__).parent / "writing" / "assets"
PAGES = [
    "/",
    "/workbench",
    "/about",
    "/editorial-policy",
    *("/sources", "/statistics", "/source-attributes", "/evaluation", "/evaluation/lay/report"),
    *("/articles", "/articles/overview", "/articles/differential", "/articles/who-treats", "/search"),
    *("/conditions", "/findings", "/tests", "/drugs", "/treatments"),
]


@pytest.fixture(scope="module")
def client(knowledge: Knowledge) -> Iterator[TestClient]:
    with TestClient(create_app(knowledge)) as opened:
        yield opened


class Addresses(HTMLParser):
    """What a page loads, links to, and whether it has script or style inside."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[tuple[str, dict[str, str | None]]] = []
        self.inline: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids.add(given.get("id") or "")
        self.loaded += [v for k, v in attrs if v and (k in ("src", "srcset") or (tag == "link" and k == "href"))]
        if tag == "a":
            self.links.append((given.get("href") or "", given))
        data = tag == "script" and given.get("type") == "application/json"
        if (tag == "script" and "src" not in given and not data) or tag == "style":
            self.inline.append(tag)
        self.inline += [k for k, _ in attrs if k == "style" or k.startswith("on")]


def read_page(client: TestClient, path: str) -> Addresses:
    response = client.get(path)
    assert response.status_code == 200, path
    parser = Addresses()
    parser.feed(response.text)
    return parser


def test_every_page_loads_only_from_itself_and_has_no_inline_code(client: TestClient, knowledge: Knowledge) -> None:
    some = [f"/conditions/{name}" for name in list(knowledge.pack.conditions)[:8]]
    some += [f"/findings/{name}" for name in list(knowledge.pack.findings)[:8]]
    some += ["/tests/abi", "/drugs/statins", "/treatments/stretching"]
    for path in PAGES + some:
        page = read_page(client, path)
        assert page.loaded
        assert all(address.startswith(("/static/", "/search/", "/evaluation/")) for address in page.loaded), path
        assert page.inline == [], path
        for address in page.loaded:
            assert client.get(address).status_code == 200
        for href, given in page.links:
            if href.startswith("http"):
                assert "noopener" in (given.get("rel") or "")
            elif href.startswith("#"):
                assert href[1:] in page.ids, (path, href)


def test_the_assets_name_no_other_host() -> None:
    for path in [*STATIC.glob("*.*"), *ASSETS.iterdir()]:
        if path.name.startswith("minisearch"):  # as published; test_site shows that the pages load nothing
            continue
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text, path.name
        assert "https://" not in text, path.name
        assert not re.search(r"@import|innerHTML|dangerously|insertAdjacentHTML|document\.write|sessionStorage", text)
        assert "localStorage" not in text or path.name == "settings.js", path.name


@pytest.mark.parametrize("kind", ["conditions", "findings", "tests", "drugs", "treatments"])
def test_every_article_is_written(client: TestClient, knowledge: Knowledge, kind: str) -> None:
    for name, item in getattr(knowledge.pack, kind).items():
        response = client.get(f"/{kind}/{name}")
        assert response.status_code == 200, name
        assert knowledge.pack.hash[:12] in response.text
        assert "Undefined" not in response.text
        assert item.lay_name.split("'")[0].split('"')[0].split("<")[0].split("&")[0] in response.text


def test_links_between_pages_lead_somewhere(client: TestClient) -> None:
    for path in (
        "/",
        "/about",
        "/evaluation",
        "/source-attributes",
        "/statistics",
        "/articles",
        "/articles/who-treats",
        "/conditions/peripheral_artery_disease",
        "/drugs/statins",
    ):
        for href, _ in read_page(client, path).links:
            if not href.startswith(("#", "http")):
                assert href.startswith("/"), href
                target, _, anchor = href.partition("#")
                page = read_page(client, target)
                assert not anchor or anchor in page.ids, href


def test_every_page_says_what_it_is(client: TestClient, knowledge: Knowledge) -> None:
    for path in [*PAGES, "/conditions/peripheral_artery_disease", "/findings/absent_pedal_pulses"]:
        text = client.get(path).text
        assert knowledge.pack.hash[:12] in text
        assert "pending human review" in text
        assert "seek care now" in text


@pytest.mark.parametrize("path", [*PAGES, "/api/v1/pack", "/static/base.css", "/healthz", "/nothing"])
def test_security_headers_are_on_everything(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


def test_an_answer_about_a_patient_is_not_kept_by_caches(client: TestClient) -> None:
    response = client.post("/api/v1/assess", json={"text": STORY, "draws": 0, "steps": 0})
    assert response.headers["cache-control"] == "no-store"


def test_the_warning_signs_are_those_of_the_patient_report(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["assess", STORY, "--reader", "patient"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    found = re.search(r'<template id="alarm">(.*?)</template>', client.get("/workbench").text)
    assert found
    signs = re.findall(r"<(?:li|p)>(.*?)</(?:li|p)>", found[1])
    assert len(signs) >= 7
    assert all(sign in printed for sign in signs)


def test_all_31_source_attributes_are_answered(client: TestClient, knowledge: Knowledge) -> None:
    groups = source_attributes(knowledge.pack)
    attributes = [attribute for group in groups for attribute in group.attributes]
    assert [len(group.attributes) for group in groups] == [4, 4, 2, 4, 2, 4, 5, 4, 2]  # 45 CFR 170.315(b)(11)(iv)(B)
    assert [attribute.number for attribute in attributes] == list(range(1, 32))
    page = client.get("/source-attributes").text
    for attribute in attributes:
        assert escape(attribute.answer) in page, attribute.asked
        assert (attribute.state == "not_done") == attribute.answer.startswith("Not done"), attribute.asked


def test_every_source_is_listed_with_what_rests_on_it(client: TestClient, knowledge: Knowledge) -> None:
    page = client.get("/sources").text
    assert all(f'<li id="{key}">' in page for key in knowledge.pack.sources)
    line = page.split('<li id="khan-2006">')[1].split("</li>")[0]
    assert 'href="/conditions/peripheral_artery_disease"' in line


def test_reports_link_to_each_other_and_serve_nothing_else(client: TestClient) -> None:
    assert 'href="/evaluation/lay/report"' in client.get("/evaluation").text
    assert client.get("/evaluation/lay/urgency.svg").headers["content-type"].startswith("image/svg+xml")
    for path in ("results.json", "lay/results.json", "%2e%2e/CHANGELOG", "lay", "README"):
        assert client.get(f"/evaluation/{path}").status_code == 404, path


# ---- hickam serve


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["serve", *arguments]) == 2
    return capsys.readouterr().err


def test_serve_refuses_other_machines_unless_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--allow-network" in refused(capsys, "--host", "0.0.0.0")
    assert "--allow-network" in refused(capsys, "--host", "example.org")


def test_serve_says_that_a_port_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert "cannot listen" in refused(capsys, "--port", str(taken.getsockname()[1]))
    assert "cannot listen" in refused(capsys, "--port", "99999999")


def test_serve_says_how_to_install_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Callable[..., Any] = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name == "uvicorn" else real(name, *a))
    assert "hickam[web]" in refused(capsys)
