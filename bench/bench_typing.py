"""How long after a key the workbench shows its answer, measured in Debian's Chromium by the page itself.

``PYTHONPATH=tests python bench/bench_typing.py [--key MILLISECONDS]`` types three stories as fast as a quick typist.
An update runs from the key to the drawn differential, the debounce of 40 ms included. A key that comes before its
update is drawn replaces it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from browsing import Page, open_browser
from functional.conftest import serving

STORIES = (
    "62-year-old man, cramping in the right calf after 200 m, gone in 2 minutes of standing still, smoker",
    "72-year-old woman, wakes three nights a week with a hard, painful calf; stretching ends it. Takes a water tablet",
    "45-year-old woman, left calf swollen, warm and painful since yesterday, long flight last week, on the pill",
)
DURATIONS = "return performance.getEntriesByName('hickam-update').map((entry) => entry.duration)"


def main() -> None:
    """Print the number of updates, their median and 95th percentile, and the machine's load."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--key", type=float, default=150.0, help="milliseconds from key to key")
    pause = parser.parse_args().key / 1000
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as address:
        browser = open_browser(Path(folder) / "profile")
        try:
            page = Page(browser)
            browser.get(f"{address}/workbench")
            page.tell(STORIES[0])  # the first answer loads what every later one uses
            browser.execute_script("performance.clearMeasures()")
            for story in STORIES:
                page.click("#clear")
                for key in story:
                    page.one("#story").send_keys(key)
                    time.sleep(pause)
                page.settled()
            took = sorted(browser.execute_script(DURATIONS))
        finally:
            browser.quit()
    keys = sum(map(len, STORIES))
    print(f"{keys} keys, {len(took)} updates drawn; load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    late = sum(duration > 150 for duration in took)
    middle, nearly_all = statistics.median(took), took[int(0.95 * len(took))]
    print(f"key to answer: median {middle:.0f} ms, 95 % within {nearly_all:.0f} ms, {late} above 150 ms")


if __name__ == "__main__":
    main()
