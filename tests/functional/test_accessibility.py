"""axe-core judges every page that the program has, light and dark; the workbench in each of its states."""

from __future__ import annotations

import re

import pytest
from browsing import AXE, Page, judged, theme, width

from hickam.interfaces.web.app import create_app
from hickam.interfaces.web.route_table import templates
from hickam.services.knowledge import Knowledge

pytestmark = pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (make axe; needs npm)")
STORY = (
    "62-year-old man, calf cramp after 200 m, gone in 2 minutes of standing still, potassium 2.9, zurbling, no swelling"
)
NOT_PAGES = ("/api/", "/fhir/", "/cds-services", "/static", "/search/pages.js", "/healthz", "/readyz", "/metrics")
EXAMPLES = {
    "conditions": "deep_vein_thrombosis",
    "findings": "abi",
    "tests": "abi",
    "drugs": "statins",
    "treatments": "stretching",
    "evaluation": "lay/report",
}


def pages(knowledge: Knowledge) -> list[str]:
    """Every address that gives a page, from the application's own table of routes; one item of each kind."""
    paths = [path for methods, path in templates(create_app(knowledge).routes) if methods & {"GET", "*"}]
    kept = [path for path in paths if not path.startswith(NOT_PAGES)]
    return [re.sub(r"\{.*\}", EXAMPLES.get(path.split("/")[1], "{}"), path) for path in kept]


@pytest.mark.parametrize("shade", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(page: Page, address: str, knowledge: Knowledge, shade: str) -> None:
    theme(page.browser, shade)
    for path in (*pages(knowledge), "/no-such-page"):
        assert "{" not in path, f"say which {path} to judge"
        page.browser.get(address + path)
        assert judged(page.browser) == [], path
    page.browser.get_log("browser")  # type: ignore[no-untyped-call]  # the page that is not there


@pytest.mark.parametrize(("shade", "pixels"), [("light", 1400), ("dark", 390)])
def test_axe_finds_nothing_in_the_workbench_at_work(page: Page, shade: str, pixels: int) -> None:
    theme(page.browser, shade)
    width(page.browser, pixels)
    page.tell(STORY)
    page.click("#differential .candidate summary")
    page.click("#differential .waterfall button.cite")
    page.click("[data-key='e-potassium']")
    assert judged(page.browser) == []
    page.tab("compare")
    page.click("#keep")
    page.tab("documents")
    page.press(page.button("Write a draft"))
    page.one("#document-text")
    assert judged(page.browser) == []
    for tab in ("plan", "ask", "compare"):
        page.tab(tab)
        assert judged(page.browser) == [], tab
    page.tab("causes")
    page.read_as("patient")
    assert judged(page.browser) == []
    page.read_as("clinician")
    page.click("#commit")
    page.one("#own-list").send_keys("PAD\nzurbling")
    page.press(page.button("Commit and compare"))
    page.one(".beside")
    assert judged(page.browser) == []
    page.browser.execute_script("document.getElementById('keys').showModal()")
    assert judged(page.browser) == []


def test_the_judge_itself_can_find_something(page: Page) -> None:
    page.browser.execute_script("document.documentElement.removeAttribute('lang')")
    assert any(text.startswith("html-has-lang") for text in judged(page.browser))
