"""An editor's and two reviewers' journey in Chromium, on a copied pack: submit, review, approve, edit reopens; feedback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import AXE, Page, judged, logged, width
from functional.conftest import serving
from packs.mini_pack import mini_files, write_pack
from selenium import webdriver
from selenium.webdriver.common.keys import Keys


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pack(tmp_path_factory.mktemp("pack") / "mini", mini_files())


@pytest.fixture(scope="module")
def desk(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("desk"), "--pack", str(root)) as address:
        yield address


@pytest.fixture
def screen(browser: webdriver.Chrome, desk: str) -> Iterator[Page]:
    browser.get(f"{desk}/editorial")
    logged(browser)
    yield Page(browser)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    complaints = [entry["message"] for entry in logged(browser) if entry["level"] in ("SEVERE", "WARNING")]
    assert [text for text in complaints if "422 (Unprocessable" not in text] == []


def fill(screen: Page, selector: str, words: str) -> None:
    box = screen.one(selector)
    screen.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", box)
    box.clear()
    box.send_keys(words)


def judge(screen: Page, act: str, name: str, role: str = "vascular surgeon") -> str:
    fill(screen, "#judge [name=name]", name)
    fill(screen, "#judge [name=role]", role)
    screen.click(f"#judge [value={act}]")
    screen.wait(lambda: screen.text("#judged") not in ("", "Recording …"))
    return screen.text("#judged")


def accessible(screen: Page) -> None:
    if AXE.exists():
        assert judged(screen.browser) == []


def test_submit_review_approve_and_an_edit_reopens(screen: Page, desk: str, root: Path) -> None:
    accessible(screen)
    screen.browser.get(f"{desk}/editorial/edit?reference=conditions/arterial")
    accessible(screen)
    fill(screen, "[aria-label='summary']", "Narrow leg arteries.")
    screen.shows("#check", "No error")
    assert "leg" in screen.text("#difference ins")
    assert not screen.one("#send").is_enabled()
    screen.click("#weigh")
    screen.shows("#effect", "0 of 1 cases change")
    fill(screen, "#submit [name=name]", "Eve Editor")
    fill(screen, "#submit [name=why]", "says which arteries")
    screen.click("#send")
    screen.shows("#sent", "Submitted: conditions/arterial@")
    screen.click("#sent a")

    assert "not part of the pack" in screen.text(".notice")
    assert "leg" in screen.text(".difference ins")
    screen.shows("#effect", "0 of 1 cases change")
    accessible(screen)
    proposed = screen.browser.current_url
    assert "nobody approves their own work" not in judge(screen, "take", "Ann Reviewer")
    assert "Not recorded" in judge(screen, "approve", "Eve Editor")
    assert "one of the two reviewers" in judge(screen, "approve", "Ann Reviewer")
    assert "approved by Ann Reviewer" in judge(screen, "approve", "Ben Second", "general practitioner")
    assert "approved by Ann Reviewer" in screen.text("#standing")

    (root / "conditions" / "arterial.yaml").write_text(
        json.dumps({**mini_files()["conditions/arterial.yaml"], "summary": "Narrow leg arteries."})
    )
    screen.browser.get(proposed)
    assert "approved by Ann Reviewer" in screen.text("#standing")
    assert screen.all(".notice") == []
    (root / "conditions" / "arterial.yaml").write_text(
        json.dumps({**mini_files()["conditions/arterial.yaml"], "summary": "Narrowed leg arteries."})
    )
    screen.browser.get(f"{desk}/editorial/item?reference=conditions/arterial")
    assert "submitted, pending human review" in screen.text("#standing")
    assert "Narrowed" in screen.text(".difference ins")
    (root / "conditions" / "arterial.yaml").write_text(json.dumps(mini_files()["conditions/arterial.yaml"]))


def test_lists_and_numbers_are_edited_and_an_error_is_said_where_it_is(screen: Page, desk: str) -> None:
    screen.browser.get(f"{desk}/editorial/edit?reference=conditions/low_potassium")
    best = "[aria-label='value, 1']"
    before = len(screen.wait(lambda: screen.all(best)))
    fill(screen, best, "0.9")
    screen.shows("#check .issue", "outside its interval")
    fill(screen, best, "0.021")
    screen.shows("#check", "No error")
    screen.click("[aria-label='add to findings']")
    screen.wait(lambda: screen.text("#check .issue"))
    screen.click("[aria-label='remove findings 3']")
    screen.shows("#check", "No error")
    assert len(screen.all(best)) == before
    screen.click("#as-text")
    fill(screen, "#text", "id: low_potassium")
    screen.shows("#check .issue", "missing required field")
    width(screen.browser, 390)
    accessible(screen)


def test_feedback_on_a_line_by_keyboard_alone(screen: Page, desk: str) -> None:
    screen.browser.get(f"{desk}/conditions/arterial")
    screen.one("#feedback-start").send_keys(Keys.ENTER)
    assert "feedback-line" in str(screen.browser.switch_to.active_element.get_attribute("class"))
    accessible(screen)
    screen.browser.switch_to.active_element.send_keys(Keys.ENTER)
    screen.one("#feedback-dialog[open]")
    accessible(screen)
    assert not screen.one("#feedback-case").is_displayed()
    fill(screen, "#feedback-text", "Which arteries?")
    screen.click("#feedback-send")
    screen.shows("#feedback-note", "Sent to the editors")
    screen.browser.get(f"{desk}/editorial/feedback")
    assert "Which arteries?" in screen.text(".remark .said")
    accessible(screen)
    fill(screen, ".remark textarea", "Those of the leg; mended.")
    screen.click(".remark [value=answered]")
    screen.shows(".remark [role=status]", "Recorded: answered")
