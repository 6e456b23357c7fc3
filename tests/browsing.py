"""The workbench as its user sees it, in Debian's Chromium."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
MISSING = "chromium and chromedriver are not installed (apt-get install chromium chromium-driver)"
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
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
PATIENCE = 60
AXE = Path(__file__).parent / "accessibility" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
JUDGE = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: arguments[0]}).then((found) =>
  done(found.violations.map((broken) => `${broken.id}: ${broken.nodes[0].html.slice(0, 200)} ${broken.nodes[0].failureSummary}`)));
"""


def open_browser(profile: Path, *flags: str) -> webdriver.Chrome:
    """A headless Chromium with an empty profile."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in (*FLAGS, f"--user-data-dir={profile}", *flags):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service(DRIVER))


def theme(browser: webdriver.Chrome, name: str) -> None:
    """Prefer 'light' or 'dark'."""
    scheme = {"features": [{"name": "prefers-color-scheme", "value": name}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", scheme)


def width(browser: webdriver.Chrome, pixels: int) -> None:
    """A window this wide; a phone below 600 pixels."""
    metrics = {"width": pixels, "height": 900, "deviceScaleFactor": 1, "mobile": pixels < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def judged(browser: webdriver.Chrome) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA and its own best practice on the page that is open."""
    browser.set_script_timeout(120)
    browser.execute_script(AXE.read_text(encoding="utf-8"))
    return list(browser.execute_async_script(JUDGE, RULES))


def logged(browser: webdriver.Chrome) -> list[dict[str, Any]]:
    """What the browser wrote to its console since the last call."""
    return list(browser.get_log("browser"))  # type: ignore[no-untyped-call]


class Page:
    """The workbench: what is on it, what a person does."""

    def __init__(self, browser: webdriver.Chrome) -> None:
        self.browser = browser

    def wait(self, what: Callable[[], Any]) -> Any:
        return WebDriverWait(self.browser, PATIENCE, poll_frequency=0.05).until(lambda _: what())

    def all(self, selector: str) -> list[Any]:
        return list(self.browser.find_elements(By.CSS_SELECTOR, selector))

    def one(self, selector: str) -> Any:
        return self.wait(lambda: self.all(selector))[0]

    def text(self, selector: str) -> str:
        """The words that show; '' where there is no such part."""
        return str(
            self.browser.execute_script("return document.querySelector(arguments[0])?.innerText ?? ''", selector)
        )

    def shows(self, selector: str, words: str) -> Any:
        return self.wait(lambda: words in self.text(selector))

    def tell(self, story: str) -> None:
        self.one("#story").send_keys(story)
        self.settled()

    def settled(self) -> None:
        """The last change has been answered in full."""
        time.sleep(0.1)
        self.wait(
            lambda: self.one(".bench").get_attribute("data-busy") == "false" and self.all("#urgency, #trouble, .commit")
        )

    def chips(self) -> list[str]:
        script = "return [...document.querySelectorAll('.chip .name')].map((name) => name.firstChild.nextSibling.textContent)"
        return [str(text) for text in self.browser.execute_script(script)]

    def has_chip(self, words: str) -> bool:
        return any(words == chip for chip in self.chips())

    def click(self, selector: str) -> None:
        self.press(self.one(selector))

    def press(self, element: Any) -> None:
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def button(self, words: str, within: str = "body") -> Any:
        """The first visible button of these words."""
        find = """return [...document.querySelectorAll(arguments[0] + " button")].find(
            (button) => button.innerText.trim() === arguments[1] && button.checkVisibility())"""
        return self.wait(lambda: self.browser.execute_script(find, within, words))

    def tab(self, name: str) -> None:
        self.click(f"#tab-{name}")

    def read_as(self, reader: str) -> None:
        self.browser.execute_script(f"document.querySelector('input[name=reader][value={reader}]').click()")
        self.settled()
