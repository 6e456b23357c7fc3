"""A team's service in the browser: log in, save under one's own name, be shown what a role may not do, log out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import AXE, Page, judged
from functional.conftest import serving
from selenium import webdriver
from selenium.webdriver.common.keys import Keys

STORY = "70-year-old woman, leg cramps at night, stretching ends them"
PASSWORD = "violet tractor hums softly"


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Address of a service with one clinician, and her one-time password."""
    folder = tmp_path_factory.mktemp("team")
    command = [sys.executable, "-c", "from hickam.interfaces.cli.main import run; run()"]
    add = [*command, "user", "add", "anna", "--role", "clinician", "--display-name", "Dr Anna Berg"]
    source = str(Path(__file__).parents[2] / "src")
    environment = {**os.environ, "PYTHONPATH": source, "HICKAM_DATABASE": f"sqlite:///{folder / 'hickam.db'}"}
    said = subprocess.run(add, env=environment, check=True, capture_output=True, text=True).stdout
    once = said.split("one-time password: ")[1].split()[0]
    with serving(folder, "--team") as address:
        yield address, once


def test_log_in_save_sign_and_log_out(browser: webdriver.Chrome, team: tuple[str, str]) -> None:
    address, once = team
    page = Page(browser)
    browser.get(f"{address}/workbench")
    assert browser.current_url.startswith(f"{address}/login")
    assert not AXE.exists() or judged(browser) == []
    log_in(page, "anna", "a wrong password")
    page.shows("main [role=alert]", "Not logged in")
    log_in(page, "anna", once)
    for field, text in (("old", once), ("new", PASSWORD), ("again", PASSWORD)):
        page.one(f"#{field}").send_keys(text)
    assert not AXE.exists() or judged(browser) == []
    page.one("#again").send_keys(Keys.ENTER)
    page.wait(lambda: "Choose your own password" not in page.text("main"))
    browser.get(f"{address}/workbench")
    page.tell(STORY)
    page.click("#save")
    page.one("dialog[open] input[name=title]").send_keys("night cramps", Keys.ENTER)
    page.shows(".saving", "Saved: version 1")
    page.tab("documents")
    page.press(page.button("Write a draft"))
    page.press(page.button("Sign"))
    page.shows(".draft", "signed by Dr Anna Berg")
    browser.get(f"{address}/users")
    page.shows("main", "Your roles do not include this")
    browser.get(f"{address}/account")
    page.press(page.button("Log out"))
    browser.get(f"{address}/workbench")
    assert browser.current_url.startswith(f"{address}/login")


def log_in(page: Page, name: str, password: str) -> None:
    for field, text in (("name", name), ("password", password)):
        box = page.one(f"#{field}")
        box.clear()
        box.send_keys(text)
    page.one("#password").send_keys(Keys.ENTER)
