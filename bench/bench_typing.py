"""How long after a key the workbench shows its answer, measured in Debian's Chromium by the page itself.

``PYTHONPATH=tests python bench/bench_typing.py [--key MILLISECONDS] [--sanity]`` types three stories as fast as a
quick typist. An update runs from the key to the drawn differential, the debounce of 40 ms included; the whole answer
adds next questions, intervals and reasons. A key that comes before its update is drawn replaces it. A full run writes
its part of docs/evaluation/load.json and load.md.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from browsing import CHROMIUM, DRIVER, MISSING, Page, open_browser
from functional.conftest import serving
from selenium import webdriver
from service_page import record

STORIES = (
    "62-year-old man, cramping in the right calf after 200 m, gone in 2 minutes of standing still, smoker",
    "72-year-old woman, wakes three nights a week with a hard, painful calf; stretching ends it. Takes a water tablet",
    "45-year-old woman, left calf swollen, warm and painful since yesterday, long flight last week, on the pill",
)
DURATIONS = "return performance.getEntriesByName(arguments[0]).map((entry) => entry.duration)"
WANTED = 150


def main() -> None:
    """Measure, print, and with the full length record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--key", type=float, default=150.0, help="milliseconds from key to key")
    parser.add_argument("--sanity", action="store_true", help="a few words: does it still run")
    given = parser.parse_args()
    if given.sanity and not (CHROMIUM and DRIVER):
        print(MISSING)
        return
    told = [STORIES[0][:30]] if given.sanity else STORIES
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as address:
        browser = open_browser(Path(folder) / "profile")
        try:
            quick, whole = typed(browser, address, told, given.key / 1000)
        finally:
            browser.quit()
    found = {
        "keys": sum(map(len, told)),
        "key_ms": given.key,
        "updates": len(quick),
        "wholes": len(whole),
        "update_ms": middle_and_late(quick),
        "whole_ms": middle_and_late(whole),
        "late": sum(duration > WANTED for duration in quick),
        "load_average": [round(value, 1) for value in os.getloadavg()],
        "cores": os.cpu_count(),
    }
    print(json.dumps(found, indent=2))
    if not given.sanity:
        record("typing", found)


def typed(
    browser: webdriver.Chrome, address: str, told: Sequence[str], pause: float
) -> tuple[list[float], list[float]]:
    """Milliseconds from keys to first and to whole answers."""
    page = Page(browser)
    browser.get(f"{address}/workbench")
    page.tell(STORIES[0])  # the first answer loads what every later one uses
    browser.execute_script("performance.clearMeasures()")
    for story in told:
        page.click("#clear")
        for key in story:
            page.one("#story").send_keys(key)
            time.sleep(pause)
        page.settled()
    quick, whole = (
        list(map(float, browser.execute_script(DURATIONS, name))) for name in ("hickam-update", "hickam-settled")
    )
    return quick, whole


def middle_and_late(durations: list[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    late = sorted(durations)[int(0.95 * len(durations))]
    return {"median": round(statistics.median(durations), 1), "p95": round(late, 1)}


if __name__ == "__main__":
    main()
