"""The built site: every link leads somewhere, nothing comes from elsewhere, it works from a folder in a browser."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from hickam.interfaces.cli.main import main
from hickam.services.knowledge import Knowledge
from hickam.services.site import build_site

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
VOID = {"meta", "link", "input", "br", "hr", "img", "path", "circle", "rect", "line", "use"}


@pytest.fixture(scope="module")
def site(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "pages"
    build_site(knowledge, out)
    return out


class Page(HTMLParser):
    """Links, loaded files, anchors and headings of a page; ids that occur twice; tags left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.open: list[str] = []
        self.unnamed = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(given["id"] or "")
        if tag == "a":
            self.links.append(given.get("href") or "")
        if tag in ("script", "img", "link") and (address := given.get("src") or given.get("href")):
            self.loaded.append(address)
        if tag == "form" and given.get("action"):
            self.loaded.append(given["action"] or "")
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))
        if tag == "svg" and not (given.get("aria-labelledby") or given.get("aria-hidden")):
            self.unnamed += 1
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}


def test_there_is_a_page_for_every_item(knowledge: Knowledge, site: Path) -> None:
    for folder in ("conditions", "findings", "tests", "drugs", "treatments"):
        names = {path.stem for path in (site / folder).glob("*.html")} - {"index"}
        assert names == set(getattr(knowledge.pack, folder))


def test_every_internal_link_and_file_resolves(pages: dict[Path, Page]) -> None:
    anchors = {path.resolve(): set(page.ids) for path, page in pages.items()}
    for path, page in pages.items():
        for href in page.links + page.loaded:
            parts = urlsplit(href)
            if parts.scheme:
                assert parts.scheme in ("http", "https"), href
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
            assert target.is_file(), f"{path.name} links to {href}"
            if parts.fragment:
                assert unquote(parts.fragment) in anchors[target], f"{path.name} links to {href}"


def test_pages_load_nothing_from_elsewhere(pages: dict[Path, Page]) -> None:
    assert all(not urlsplit(address).scheme for page in pages.values() for address in page.loaded)


def test_pages_are_whole_and_in_order(pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        assert not page.open, path.name
        assert page.unnamed == 0, path.name
        assert len(page.ids) == len(set(page.ids)), path.name
        assert page.headings[0] == 1
        assert page.headings.count(1) == 1
        steps = zip(page.headings, page.headings[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps), path.name


def test_two_builds_are_alike_and_stale_pages_go(knowledge: Knowledge, site: Path) -> None:
    def digest() -> str:
        found = hashlib.sha256()
        for path in sorted(site.rglob("*")):
            found.update(path.name.encode() + (path.read_bytes() if path.is_file() else b""))
        return found.hexdigest()

    before = digest()
    (site / "conditions" / "gone.html").write_text("an item that the pack no longer has")
    build_site(knowledge, site)
    assert digest() == before


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    assert main(["site", "build", str(tmp_path)]) == 2
    assert "holds other files" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
    assert main(["site", "build", str(tmp_path / "letter.txt")]) == 2


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    if not (CHROMIUM and DRIVER):
        pytest.skip("chromium and chromedriver are not installed (apt-get install chromium chromium-driver)")
    options = webdriver.ChromeOptions()
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--window-size=1200,900",
    ):
        options.add_argument(flag)
    options.binary_location = CHROMIUM
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["http://*", "https://*"]})
    yield driver
    driver.quit()


AXE = Path(__file__).parents[1] / "accessibility" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
JUDGE = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: arguments[0]}).then((found) =>
  done(found.violations.map((broken) => `${broken.id}: ${broken.nodes[0].html.slice(0, 200)}`)));
"""
JUDGED = ("index", "differential", "overview", "who-treats", "about", "search", "conditions/index", "drugs/statins")


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (make axe; needs npm)")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_against_wcag(browser: webdriver.Chrome, site: Path, theme: str) -> None:
    scheme = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", scheme)
    browser.set_script_timeout(120)
    for name in JUDGED:
        browser.get((site / f"{name}.html").as_uri())
        browser.execute_script(AXE.read_text(encoding="utf-8"))
        assert browser.execute_async_script(JUDGE, RULES) == [], name


def test_the_judge_itself_can_find_something(browser: webdriver.Chrome, site: Path) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed (make axe; needs npm)")
    browser.get((site / "index.html").as_uri())
    browser.execute_script(AXE.read_text(encoding="utf-8"))
    browser.execute_script("document.documentElement.removeAttribute('lang')")
    assert any(text.startswith("html-has-lang") for text in browser.execute_async_script(JUDGE, RULES))


def results(browser: webdriver.Chrome, address: str) -> list[str]:
    browser.get("about:blank")
    browser.get(address)
    WebDriverWait(browser, 30).until(lambda b: b.find_element(By.ID, "count").text)
    return [link.text for link in browser.find_elements(By.CSS_SELECTOR, "#found a")]


def test_the_search_finds_names_patients_words_and_misspellings_from_a_file(
    browser: webdriver.Chrome, site: Path
) -> None:
    search = (site / "search.html").as_uri()
    first = results(browser, f"{search}#claudication")[:3]
    assert any(name.startswith("Peripheral artery disease") for name in first)
    assert any("quality" in name.lower() for name in results(browser, f"{search}#charley%20horse"))
    assert "Statins" in results(browser, f"{search}#Lipitor")
    assert any("Restless" in name for name in results(browser, f"{search}#restles%20legs"))
    assert results(browser, f"{search}#xqzzv") == []
    assert browser.find_element(By.ID, "count").text == "0 pages"
    browser.find_element(By.CSS_SELECTOR, "form input").clear()
    found = results(browser, f"{search}#statin%20myopathy")[0]
    browser.find_element(By.LINK_TEXT, found).click()
    assert browser.find_element(By.TAG_NAME, "h1").text == "Statin myopathy"


def test_nothing_overflows_on_a_phone_and_dark_is_dark(browser: webdriver.Chrome, site: Path) -> None:
    metrics = {"width": 375, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
    for name in (
        "index",
        "differential",
        "overview",
        "who-treats",
        "conditions/hypokalaemia",
        "drugs/statins",
        "search",
    ):
        browser.get((site / f"{name}.html").as_uri())
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 375, name
    browser.get((site / "differential.html").as_uri())
    text = browser.find_element(By.CSS_SELECTOR, "svg.figure text")
    assert text.value_of_css_property("fill") in ("rgb(228, 236, 238)", "rgb(169, 185, 190)")
