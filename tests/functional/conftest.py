"""A running ``hickam serve``, a browser and a hospital by others, shared by the tests that need them."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import CHROMIUM, DRIVER, MISSING, PATIENCE, Page, logged, open_browser, theme
from fhir_hospital import SEKMET, admit, free_port, running
from selenium import webdriver


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running ``hickam serve``."""
    with serving(tmp_path_factory.mktemp("serve")) as address:
        yield address


@contextlib.contextmanager
def serving(folder: Path, *options: str) -> Iterator[str]:
    """``hickam serve`` with a database of its own; afterwards nothing of a story may be in its output."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    output = folder / "output"
    start = "from hickam.interfaces.cli.main import run; run()"
    command = [sys.executable, "-c", start, "serve", "--port", str(port), *options]
    source = str(Path(__file__).parents[2] / "src")
    environment = {**os.environ, "PYTHONPATH": source, "HICKAM_DATABASE": f"sqlite:///{folder / 'hickam.db'}"}
    with output.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, env=environment)
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
