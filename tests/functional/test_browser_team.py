"""A team's service in the browser: log in, save under one's own name, what a role may not do, lockout, users, log out."""

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
from selenium.webdriver.support.expected_conditions import staleness_of

STORY = "70-year-old woman, leg cramps at night, stretching ends them"
PASSWORD = "violet tractor hums softly"
OTHER = "seven quiet lanterns drift"


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Address of a service with a clinician and an administrator; the clinician's one-time password."""
    folder = tmp_path_factory.mktemp("team")
    once = added(folder, "anna", "clinician", "Dr Anna Berg")
    added(folder, "root", "administrator", "Root", "--ask", said=PASSWORD)
    with serving(folder, "--team") as address:
        yield address, once


def added(folder: Path, name: str, role: str, shown: str, *more: str, said: str = "") -> str:
    """A user from the command line; the one-time password, where one was made."""
    command = [sys.executable, "-c", "from hickam.interfaces.cli.main import run; run()"]
    add = [*command, "user", "add", name, "--role", role, "--display-name", shown, *more]
    source = str(Path(__file__).parents[2] / "src")
    environment = {**os.environ, "PYTHONPATH": source, "HICKAM_DATABASE": f"sqlite:///{folder / 'hickam.db'}"}
    out = subprocess.run(add, env=environment, check=True, capture_output=True, text=True, input=said).stdout
    return out.partition("one-time password: ")[2].partition("\n")[0].split(" ")[0]


def test_log_in_save_sign_and_log_out(browser: webdriver.Chrome, team: tuple[str, str]) -> None:
    address, once = team
    page = Page(browser)
    browser.get(f"{address}/workbench")
    assert browser.current_url.startswith(f"{address}/login")
    assert not AXE.exists() or judged(browser) == []
    log_in(page, "anna", "a wrong password")
    page.shows("main [role=alert]", "Not logged in")
    log_in(page, "anna", once)
    page.one("#old")
    assert not AXE.exists() or judged(browser) == []
    choose(page, once, PASSWORD)
    browser.get(f"{address}/workbench")
    page.tell(STORY)
    page.click("#save")
    page.wait(lambda: page.one("dialog[open] input[name=title]").is_displayed())
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
    page.wait(lambda: browser.current_url.endswith("/login"))
    browser.get(f"{address}/workbench")
    assert browser.current_url.startswith(f"{address}/login")


def test_an_administrator_adds_somebody_who_is_locked_out_after_guessing_and_let_in_again(
    browser: webdriver.Chrome, team: tuple[str, str]
) -> None:
    address, _ = team
    page = Page(browser)
    browser.delete_all_cookies()
    browser.get(f"{address}/login?next=/users")
    log_in(page, "root", PASSWORD)
    choose(page, PASSWORD, OTHER)
    browser.get(f"{address}/users")
    assert not AXE.exists() or judged(browser) == []
    page.one("form.account #name").send_keys("ben")
    page.one("#display_name").send_keys("Ben Holm")
    page.click("form.account input[value=reader]")
    page.click("form.account button[value=add]")
    page.shows("[role=status]", "Done: ben. One-time password")
    administrator = browser.get_cookies()
    browser.delete_all_cookies()
    browser.get(f"{address}/login")
    for _ in range(6):
        log_in(page, "ben", "not the password")
    page.shows("main [role=alert]", "seconds")
    assert not AXE.exists() or judged(browser) == []
    for cookie in administrator:
        browser.add_cookie(cookie)
    browser.get(f"{address}/users")
    page.click("button[aria-label='New password for ben']")
    once = page.one("[role=status] code").text
    browser.delete_all_cookies()
    browser.get(f"{address}/login")
    log_in(page, "ben", once)
    page.shows("main", "Choose your own password")


def choose(page: Page, old: str, new: str) -> None:
    for field, text in (("old", old), ("new", new), ("again", new)):
        page.one(f"#{field}").send_keys(text)
    page.one("#again").send_keys(Keys.ENTER)
    page.wait(lambda: "Choose your own password" not in page.text("main"))


def log_in(page: Page, name: str, password: str) -> None:
    for field, text in (("name", name), ("password", password)):
        box = page.one(f"#{field}")
        box.clear()
        box.send_keys(text)
    sent = page.one("#password")
    sent.send_keys(Keys.ENTER)
    page.wait(lambda: staleness_of(sent)(page.browser))  # the answer is another page
