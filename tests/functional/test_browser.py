"""A clinician's journey through the workbench in Debian's Chromium. Skipped, with the reason, where there is none."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER),
    reason="chromium and chromedriver are not installed (apt-get install chromium chromium-driver)",
)
STORY = "62-year-old man, cramp in the right calf after 200 m, gone in 2 minutes of standing still, smoker, absent pedal pulses"
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,1000",
)
PATIENCE = 60


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running ``hickam serve``; afterwards nothing of the story may be in its output."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    output = tmp_path_factory.mktemp("serve") / "output"
    command = [sys.executable, "-c", "from hickam.interfaces.cli.main import run; run()", "serve", "--port", str(port)]
    source = str(Path(__file__).parents[2] / "src")
    with output.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, "PYTHONPATH": source})
        try:
            _wait_ready(f"http://127.0.0.1:{port}", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(10)
    assert "calf" not in output.read_text()


def _wait_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(4 * PATIENCE):
        assert server.poll() is None, "hickam serve ended"
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    raise AssertionError("hickam serve is not ready")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def page(browser: webdriver.Chrome, address: str) -> Iterator[Page]:
    browser.get(f"{address}/workbench")
    page = Page(browser)
    yield page
    assert [entry for entry in logged(browser) if entry["level"] in ("SEVERE", "WARNING")] == []


def logged(browser: webdriver.Chrome) -> list[dict[str, Any]]:
    """What the browser wrote to its console since the last call."""
    return list(browser.get_log("browser"))  # type: ignore[no-untyped-call]


class Page:
    """The workbench as its user sees it."""

    def __init__(self, browser: webdriver.Chrome) -> None:
        self.browser = browser

    def wait(self, what: Callable[[], Any]) -> Any:
        return WebDriverWait(self.browser, PATIENCE, poll_frequency=0.1).until(lambda _: what())

    def all(self, selector: str) -> list[Any]:
        return list(self.browser.find_elements(By.CSS_SELECTOR, selector))

    def one(self, selector: str) -> Any:
        return self.wait(lambda: self.all(selector))[0]

    def text(self, selector: str) -> str:
        return str(self.browser.execute_script("return document.querySelector(arguments[0]).innerText", selector))

    def tell(self, story: str) -> None:
        box = self.one("#story")
        box.click()
        box.send_keys(story)
        self.settled()

    def settled(self) -> None:
        time.sleep(0.2)
        self.wait(
            lambda: self.one("#answer").get_attribute("aria-busy") == "false" and self.all("#urgency:not([hidden])")
        )

    def chips(self) -> list[str]:
        script = "return [...document.querySelectorAll('.chip')].map((chip) => chip.textContent)"
        return [str(text) for text in self.browser.execute_script(script)]

    def asked(self) -> list[str]:
        script = "return [...document.querySelectorAll('#next .ask')].map((ask) => ask.textContent)"
        return [str(text) for text in self.browser.execute_script(script)]

    def click(self, selector: str) -> None:
        button = self.one(selector)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()


def test_a_story_becomes_an_answer_and_a_question_is_answered_in_place(page: Page) -> None:
    assert "submitted, pending human review" in page.text(".stamp")
    page.tell(STORY)
    assert "Peripheral artery disease" in page.one("#differential .candidate .name").text
    marked = [mark.get_attribute("textContent") for mark in page.all("#marks mark")]
    assert any("pedal pulses" in words for words in marked)
    assert "Peripheral artery disease" in page.text("#announce")
    page.click("#differential .candidate summary")
    assert "decibans" in page.one("#differential .candidate .working").text

    asked = page.asked()[0]
    before = page.chips()
    page.one("#next .questions .replies button").send_keys(Keys.ENTER)
    page.wait(lambda: len(page.chips()) > len(before))
    page.settled()
    assert asked not in page.asked()
    assert page.browser.switch_to.active_element.tag_name != "body"


def test_the_reader_is_switched(page: Page) -> None:
    page.tell(STORY)
    Select(page.one("#reader")).select_by_value("patient")
    page.wait(lambda: "What it may be" in page.text("#differential"))
    page.settled()
    shown = page.text("#answer")
    assert "Of 100 people with your story" in shown
    assert "When to get help" in shown
    assert "deciban" not in shown


def test_a_document_is_shown_and_saved(page: Page, tmp_path: Path) -> None:
    page.browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    page.tell(STORY)
    Select(page.one("#document-kind")).select_by_value("referral")
    Select(page.one("#document-to")).select_by_value("vascular_surgeon")
    page.click("#document button[value=show]")
    assert "To: Vascular surgeon" in page.wait(lambda: page.text("#document-text"))
    page.click("#document button[value=save]")
    saved = page.wait(lambda: list(tmp_path.glob("referral.pdf")))[0]
    assert saved.read_bytes().startswith(b"%PDF")
    page.one("#story").send_keys(" No swelling.")
    assert page.one("#document-text").get_attribute("hidden")


def test_a_finding_is_taken_out_and_put_back(page: Page) -> None:
    page.tell(STORY)
    assert any("absent pedal pulses" in chip for chip in page.chips())
    page.click("[data-key='x-absent_pedal_pulses']")
    page.wait(lambda: not any("absent pedal pulses" in chip for chip in page.chips()))
    page.settled()
    page.click("[data-key='restore-absent_pedal_pulses']")
    page.wait(lambda: any("absent pedal pulses" in chip for chip in page.chips()))
    page.settled()


def test_an_empty_box_is_empty_and_nothing_is_kept(page: Page, address: str) -> None:
    page.tell(STORY)
    page.click("#clear")
    page.wait(lambda: page.one("#welcome").is_displayed())
    assert page.chips() == []
    page.tell(STORY)
    page.browser.get(f"{address}/workbench")
    assert page.one("#story").get_attribute("value") == ""
    assert (
        page.browser.execute_script("return localStorage.length + sessionStorage.length + document.cookie.length") == 0
    )


def test_markup_in_a_story_stays_text(page: Page) -> None:
    story = '🦵 Calf cramp at night <img src=x onerror="document.title=1"> </textarea><b>zurbling</b>, no swelling'
    type_in = (
        "const box = document.getElementById('story'); box.value = arguments[0]; box.dispatchEvent(new Event('input'))"
    )
    page.browser.execute_script(type_in, story)
    page.settled()
    assert page.browser.title.startswith("Hickam")
    assert page.all("#marks img, #understood img, #answer b img") == []
    absent = [mark.get_attribute("textContent") for mark in page.all("#marks mark.absent")]
    assert absent in (["swelling"], ["no swelling"])


@pytest.mark.parametrize("width", [390, 1400])
def test_no_page_scrolls_sideways(page: Page, address: str, width: int) -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        for path in (
            "/about",
            "/conditions",
            "/conditions/peripheral_artery_disease",
            "/findings/abi",
            "/",
            "/workbench",
        ):
            page.browser.get(address + path)
            if path == "/workbench":
                page.tell(STORY)
            assert page.browser.execute_script("return document.documentElement.scrollWidth") <= width, path
    finally:
        page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
