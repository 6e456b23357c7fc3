"""`make bench`: everything side by side in one run; medians and ratios, as a table and as JSON.

`--sanity` runs each part once on a small size and only checks that it works: that is what `make test` uses.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from hickam.intake.reading import parse
from hickam.model.case import Case
from hickam.services.assess import Options, assess
from hickam.services.knowledge import open_knowledge

STORY = (
    "62-year-old man. For six months a cramping pain in the right calf after walking about 200 m, gone within two "
    "minutes of standing still, never at rest. Smokes 20 a day, type 2 diabetes on metformin. No back pain, no "
    "numbness. The right foot is cool and the pedal pulses are absent; no ulcer, no swelling."
)


def median_ms(call: Callable[[], object], repeats: int) -> float:
    """Median wall time of one call in milliseconds, after one warm-up."""
    call()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def cpu_seconds(arguments: list[str], repeats: int) -> float:
    """Median user + system CPU seconds of a whole process."""
    spent = []
    for _ in range(repeats):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(arguments, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(spent)


def measure(repeats: int) -> dict[str, float]:
    """Every number of the table."""
    knowledge = open_knowledge()
    engine, words = knowledge.engine, knowledge.vocabulary
    case = parse(STORY, words)
    shown = list(knowledge.pack.conditions)[:8]
    fresh = iter(range(10**9))

    def new() -> Case:
        """The same case as a new object with another note, so that nothing cached for it is reused."""
        return Case(**{f: getattr(case, f) for f in case.__struct_fields__} | {"notes": (str(next(fresh)),)})

    hickam = str(Path(sys.executable).with_name("hickam"))
    return {
        "text to case, ms": median_ms(lambda: parse(STORY, words), repeats),
        "posterior, ms": median_ms(lambda: engine.posterior(new()), repeats),
        "400 draws, ms": median_ms(lambda: engine.intervals(new(), 400), max(1, repeats // 4)),
        "contributions of 8, ms": median_ms(lambda: engine.contributions(new(), shown), max(1, repeats // 4)),
        "next step, ms": median_ms(lambda: engine.next_steps(new()), max(1, repeats // 4)),
        "assessment while typing, ms": median_ms(
            lambda: assess(knowledge, new(), Options(draws=0, explain=False, steps=0)), repeats
        ),
        "whole assessment, ms": median_ms(lambda: assess(knowledge, new(), Options()), max(1, repeats // 4)),
        "cold command line, CPU s": cpu_seconds([hickam, "assess", STORY], max(1, repeats // 8)),
        "python -c 'import numpy', CPU s": cpu_seconds([sys.executable, "-c", "import numpy"], max(1, repeats // 8)),
    }


def main() -> int:
    """Measure, print, and write bench/results.json unless only checking."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sanity", action="store_true")
    options = parser.parse_args()
    numbers = measure(2 if options.sanity else 40)
    for name, value in numbers.items():
        print(f"{name:>34} {value:9.2f}")
    if any(value < 0 for value in numbers.values()):
        raise SystemExit("a measured time is negative")
    if not options.sanity:
        Path(__file__).with_name("results.json").write_text(json.dumps(numbers, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
