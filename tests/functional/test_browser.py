"""Journeys through the workbench in Debian's Chromium. Skipped, with the reason, where there is none."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from browsing import Page, width
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

STORY = "62-year-old man, cramp in the right calf after 200 m, gone in 2 minutes of standing still, smoker, absent pedal pulses"
PULSES = "[data-key='{}-absent_pedal_pulses']"
LONGEST = 60
"""Seconds a first assessment may take a person, from the empty page."""


def test_a_first_assessment_from_an_empty_page_takes_less_than_a_minute(page: Page) -> None:
    started = time.monotonic()
    assert "submitted, pending human review" in page.text(".stamp")
    page.tell(STORY)
    assert "Peripheral artery disease" in page.one("#differential .candidate .name").text
    assert "absent pedal pulses" in page.text("#differential .candidate .weighty")
    assert "Urgency:" in page.text("#urgency-title")
    page.click("#differential .candidate summary")
    assert "Sum = " in page.text("#differential .candidate .waterfall")
    assert time.monotonic() - started < LONGEST
    marked = [mark.get_attribute("textContent") for mark in page.all(".marks mark.present")]
    assert any("pedal pulses" in words for words in marked)
    assert "Peripheral artery disease" in page.text(".answer > [role=status]")


def test_a_question_is_answered_in_place_by_keyboard(page: Page) -> None:
    page.tell(STORY)
    asked, before = page.text("#next .asked"), len(page.chips())
    page.one("#next .replies button").send_keys(Keys.ENTER)
    page.wait(lambda: len(page.chips()) > before)
    page.settled()
    assert asked not in page.text("#next")
    assert page.browser.execute_script("return document.activeElement.closest('#next') !== null")


def test_a_misread_finding_is_edited_taken_out_put_back_and_undone(page: Page) -> None:
    page.tell(STORY)
    assert page.has_chip("absent pedal pulses (right)")
    page.click(PULSES.format("e"))
    page.press(next(side for side in page.all(".editor input") if side.get_attribute("value") == "absent"))
    page.wait(lambda: page.has_chip("no absent pedal pulses"))
    page.press(page.button("Undo"))
    page.wait(lambda: page.has_chip("absent pedal pulses (right)"))
    page.click(PULSES.format("e"))
    Select(page.one(".editor select")).select_by_visible_text("left")
    page.wait(lambda: page.has_chip("absent pedal pulses (left)"))
    page.press(page.button("Not asked", ".editor"))
    page.wait(lambda: not any("absent pedal pulses" in chip for chip in page.chips()))
    assert "counts as not asked" in page.text(".left-out")
    page.click(PULSES.format("restore"))
    page.wait(lambda: page.has_chip("absent pedal pulses (right)"))
    page.settled()
    assert page.one("#story").get_attribute("value") == STORY


def test_a_measured_value_is_corrected_and_a_finding_added_by_name(page: Page) -> None:
    page.tell("70-year-old woman, leg cramps at night, potassium 2.9")
    page.click("[data-key='e-potassium']")
    box = page.one(".editor input[type=number]")
    box.clear()
    box.send_keys("4.2", Keys.TAB)
    page.wait(lambda: any(chip.endswith(" 4.2") or "4.2 mmol" in chip for chip in page.chips()))
    page.one("#add-name").send_keys("fever", Keys.ENTER)
    page.wait(lambda: page.has_chip("fever"))
    page.one("#add-name").send_keys("no such thing", Keys.ENTER)
    page.shows("#add", "The pack has nothing of this name")
    page.settled()


def test_the_answer_waits_until_the_clinician_has_committed(page: Page) -> None:
    page.tell(STORY)
    page.click("#commit")
    assert page.text("#differential") == ""
    page.one("#own-list").send_keys("PAD\nspinal stenosis\nzurbling disease")
    page.press(page.button("Commit and compare"))
    page.shows(".beside.agreed", "Peripheral artery disease")
    assert "Lumbar spinal stenosis" in page.text(".beside.own")
    assert "Aortoiliac" in page.text(".beside.omitted")
    assert "linked with your Peripheral artery disease" in page.text(".beside.omitted")
    assert "zurbling disease" in page.text(".commit .notice")
    assert "Peripheral artery disease" in page.text("#differential")


def test_an_emergency_shows_before_the_clinician_has_committed(page: Page) -> None:
    page.click("#commit")
    page.tell("left leg suddenly cold, white, numb and paralysed for two hours, no pulses, 70-year-old man")
    assert "Emergency" in page.text("#urgency-title")
    assert page.text("#differential") == ""


def test_what_would_overturn_the_answer_and_its_sources_open_in_place(page: Page) -> None:
    page.tell(STORY)
    page.click("#differential .candidate summary")
    page.press(page.button("What would overturn this?", "#differential"))
    page.shows(".overturn", "would come before")
    cite = page.one("#differential .waterfall button.cite")
    page.press(cite)
    assert page.text("#differential .waterfall .opened").startswith(cite.text.split(",")[0] + ".")


def test_each_reader_has_an_answer_and_the_choice_is_remembered(page: Page) -> None:
    page.tell(STORY)
    page.read_as("patient")
    page.shows("#differential", "Of 100 people with your story")
    assert "When to get help" in page.text("#differential")
    assert "deciban" not in page.text(".answer")
    page.read_as("student")
    page.shows("#differential", "How to read this")
    page.read_as("researcher")
    page.wait(lambda: "." in page.text("#differential .figure b"))
    page.browser.refresh()
    assert page.one("input[name=reader]:checked").get_attribute("value") == "researcher"
    kept = page.browser.execute_script(
        "return JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    )
    assert kept == '[{"hickam.reader":"researcher"},{},""]'
    assert page.one("#story").get_attribute("value") == ""


def test_two_versions_are_compared(page: Page) -> None:
    page.tell(STORY)
    page.tab("compare")
    page.click("#keep")
    page.one("#story").send_keys(", left foot cold and numb since this morning")
    page.settled()
    page.shows(".panel-compare", "Causes")
    assert "not asked" in page.text(".panel-compare table")
    assert "Acute limb ischaemia" in page.text(".panel-compare")
    assert "→" in page.text(".panel-compare")


def test_a_document_is_drafted_edited_and_saved(page: Page, tmp_path: Path) -> None:
    page.browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    page.tell(STORY)
    page.tab("documents")
    Select(page.one("#document-kind")).select_by_value("referral")
    Select(page.one("#document-to")).select_by_value("vascular_surgeon")
    page.press(page.button("Write a draft"))
    draft = page.one("#document-text")
    assert "Vascular surgeon" in draft.get_attribute("value")
    draft.send_keys("\nSeen today.")
    page.click("#document-save")
    saved = page.wait(lambda: list(tmp_path.glob("referral.pdf")))[0]
    assert saved.read_bytes().startswith(b"%PDF")
    page.one("#story").send_keys(" No swelling.")
    page.settled()
    assert "The case has changed" in page.text(".draft")
    assert draft.get_attribute("value").endswith("Seen today.")


def test_a_question_about_the_case_is_answered_with_its_sources(page: Page) -> None:
    page.tell(STORY)
    page.tab("ask")
    page.one("#ask-text").send_keys("Does magnesium help?", Keys.ENTER)
    page.shows("#ask-answers", "source")
    page.click("#ask-answers summary")
    assert page.all("#ask-answers details[open] a[href^=http]")


def test_single_keys_work_outside_text_boxes_and_can_be_switched_off(page: Page) -> None:
    page.one("#story").send_keys(STORY, "2", Keys.ESCAPE)
    page.settled()
    keys = ActionChains(page.browser)
    keys.send_keys("2").perform()
    assert page.one("#tab-plan").get_attribute("aria-selected") == "true"
    keys.send_keys("?").perform()
    assert page.wait(lambda: page.text("dialog[open]")).startswith("Keys")
    page.click("dialog input[type=checkbox]")
    page.press(page.button("Close", "dialog"))
    keys.send_keys("1").perform()
    assert page.one("#tab-plan").get_attribute("aria-selected") == "true"
    assert page.one("#story").get_attribute("value") == STORY + "2"


def test_a_new_case_is_empty_and_comes_back_with_undo(page: Page) -> None:
    page.tell(STORY)
    page.click("#clear")
    page.wait(lambda: page.text(".welcome"))
    assert page.chips() == []
    page.press(page.button("Undo"))
    page.wait(lambda: page.has_chip("current smoker"))
    assert page.one("#story").get_attribute("value") == STORY


def test_markup_in_a_story_stays_text(page: Page) -> None:
    story = '🦵 Calf cramp at night <img src=x onerror="document.title=1"> </textarea><b>zurbling</b>, no swelling'
    type_in = (
        "const box = document.getElementById('story'); box.value = arguments[0]; box.dispatchEvent(new Event('input'))"
    )
    page.browser.execute_script(type_in, story)
    page.settled()
    page.tab("documents")
    page.press(page.button("Write a draft"))
    page.one("#document-text")
    page.tab("ask")
    page.one("#ask-text").send_keys("<b>Does</b> <img src=x> magnesium help?", Keys.ENTER)
    page.wait(lambda: page.text("#ask-answers"))
    assert page.browser.title.startswith("Workbench")
    assert page.all(".bench img, .bench b img, #ask-answers b") == []
    absent = [mark.get_attribute("textContent") for mark in page.all(".marks mark.absent")]
    assert absent in (["swelling"], ["no swelling"])


def test_a_story_that_says_nothing_is_answered_by_what_to_write(page: Page) -> None:
    page.one("#story").send_keys("zurbling frobnicator")
    page.shows("#trouble", "Please say where and when the leg hurts")
    assert page.text("#differential") == ""
    page.one("#story").clear()
    page.one("#story").send_keys(STORY)
    page.settled()
    assert page.all("#trouble") == []


@pytest.mark.parametrize("pixels", [360, 1400])
def test_no_page_scrolls_sideways(page: Page, address: str, pixels: int) -> None:
    width(page.browser, pixels)
    for path in ("/", "/about", "/conditions", "/conditions/peripheral_artery_disease", "/findings/abi"):
        page.browser.get(address + path)
        assert page.browser.execute_script("return document.documentElement.scrollWidth") <= pixels, path
    page.browser.get(f"{address}/workbench")
    page.tell(STORY)
    page.click("#differential .candidate summary")
    for tab in ("causes", "plan", "documents", "ask", "compare"):
        page.tab(tab)
        assert page.browser.execute_script("return document.documentElement.scrollWidth") <= pixels, tab


def test_a_case_is_saved_its_note_signed_and_printed_and_opened_again(page: Page, tmp_path: Path) -> None:
    page.browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    page.tell(STORY)
    assert "nothing is stored" in page.text(".saving")
    page.click("#save")
    page.one("dialog[open] input[name=patient]").send_keys("4711")
    page.one("dialog[open] input[name=title]").send_keys("walking pain", Keys.ENTER)
    page.shows(".saving", "Saved: version 1")
    page.tab("documents")
    page.press(page.button("Write a draft"))
    page.one("#document-text").send_keys("\nSeen with the patient.")
    page.one("#signer").send_keys("Dr A. Example", Keys.ENTER)
    page.shows(".draft", "signed by Dr A. Example")
    assert page.one("#document-text").get_attribute("readonly")
    page.click("#document-save")
    saved = page.wait(lambda: list(tmp_path.glob("*.pdf")))[0]
    assert saved.read_bytes().startswith(b"%PDF")
    page.one("#story").send_keys(" No swelling.")
    page.settled()
    page.shows(".saving", "Changed since version 1")
    page.click("#save")
    page.shows(".saving", "Saved: version 2")
    page.click("#clear")
    page.wait(lambda: page.text(".saving").endswith("nothing is stored"))
    page.click("#open")
    page.press(page.button("walking pain", "dialog"))
    page.wait(lambda: page.one("#story").get_attribute("value").endswith("No swelling."))
    page.settled()
    page.tab("compare")
    page.wait(lambda: len(page.all(".panel-compare option")) == 6)
    Select(page.one(".panel-compare select")).select_by_value("v1")
    page.shows(".panel-compare", "not asked")
    page.tab("documents")
    page.shows(".panel-documents .cases", "signed by Dr A. Example")
