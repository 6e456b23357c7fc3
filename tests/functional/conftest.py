"""A running ``hickam serve``, a browser and a hospital by others, shared by the tests that need them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import CHROMIUM, DRIVER, MISSING, Page, logged, open_browser, theme
from fhir_hospital import SEKMET, admit, free_port, running
from selenium import webdriver


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running ``hickam serve`` for one person."""
    with running(tmp_path_factory.mktemp("serve")) as url:
        yield url


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    if not (CHROMIUM and DRIVER):
        pytest.skip(MISSING)
    driver = open_browser(tmp_path_factory.mktemp("profile"))
    yield driver
    driver.quit()


@pytest.fixture
def page(browser: webdriver.Chrome, address: str) -> Iterator[Page]:
    """The empty workbench; afterwards the browser may have nothing to complain of."""
    theme(browser, "light")
    browser.get(f"{address}/workbench")
    browser.execute_script("localStorage.clear()")
    browser.get(f"{address}/workbench")
    logged(browser)
    yield Page(browser)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    complaints = [entry["message"] for entry in logged(browser) if entry["level"] in ("SEVERE", "WARNING")]
    assert [text for text in complaints if "422 (Unprocessable" not in text] == []


@pytest.fixture(scope="session")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a hospital's FHIR server (SEKMET), on this machine only."""
    if SEKMET is None:
        pytest.skip("sekmet-fhir is not installed (make test installs it)")
    port = free_port()
    base = f"http://127.0.0.1:{port}/fhir"
    command = [SEKMET, "serve", "--host", "127.0.0.1", "--port", str(port)]
    with running(command, tmp_path_factory.mktemp("hospital"), f"{base}/metadata"):
        yield base


@pytest.fixture(scope="session")
def patient(hospital: str) -> str:
    """The patient of the example record, admitted today; their id there."""
    return admit(hospital)
