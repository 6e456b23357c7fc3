"""`hickam ask` measured: the written questions, times, the index, and what else a cold `hickam assess` must not load.

`--sanity` runs forty questions and only checks that every sentence is held by its claims. `--misses` lists the building
questions that did not get what they should; those of the kept-apart third are never listed.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hickam.services.ask_evaluation import (
    Asked,
    Outcome,
    as_expected,
    by_kind,
    read_cases,
    read_questions,
    run_question,
    summary,
)
from hickam.services.claims_index import ClaimsIndex
from hickam.services.knowledge import open_knowledge

QUESTIONS = Path(__file__).parents[1] / "tests" / "questions"
FILES = (
    "building",
    "held_apart",
    "second_held_apart",
    "third_building",
    "third_held_apart",
    "fourth_held_apart",
    "fifth",
    "sixth",
    "seventh",
    "sampled_building",
    "sampled_check",
    "unanswerable",
)
SANITY = 40


def measure(claims: ClaimsIndex, questions: list[Asked]) -> list[Outcome]:
    """Ask them all, after one to warm up."""
    cases = read_cases(QUESTIONS / "cases.yaml", claims)
    run_question(claims, questions[0], cases)
    return [run_question(claims, asked, cases) for asked in questions]


def table(columns: dict[str, list[Outcome]]) -> str:
    """The measures, a column a set of questions."""
    sums = {name: summary(outcomes) for name, outcomes in columns.items()}
    lines = [f"{'':40}" + "".join(f"{name:>24}" for name in sums)]
    for row in next(iter(sums.values())):
        cells = [sums[name][row] for name in sums]
        style = "{:>24.0f}" if row == "questions" else "{:>24.1f}" if "ms" in row else "{:>24.1%}"
        lines.append(f"{row:40}" + "".join(f"{'–':>24}" if math.isnan(c) else style.format(c) for c in cells))
    return "\n".join(lines)


def index_build() -> dict[str, float]:
    """Seconds to build the index of claims from nothing, in a process and a cache of its own."""
    code = (
        "import time; from hickam.services.knowledge import open_knowledge as o; "
        "from hickam.services.claims_index import ClaimsIndex as C; k = o(); k.pack; "
        "w, c = time.perf_counter(), time.process_time(); i = C(k).build(); "
        "print(time.perf_counter() - w, time.process_time() - c, len(i.claims))"
    )
    with tempfile.TemporaryDirectory() as cache:
        out = subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "HICKAM_CACHE": cache},
        )
    wall, cpu, claims = map(float, out.stdout.split())
    return {"wall, s": wall, "CPU, s": cpu, "claims": claims}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sanity", action="store_true")
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    knowledge = open_knowledge()
    if options.sanity:
        outcomes = measure(
            ClaimsIndex(knowledge, by_meaning=False), read_questions(QUESTIONS / "building.yaml")[:SANITY]
        )
        bad = [o.asked.q for o in outcomes if o.unsupported]
        print(f"{len(outcomes)} questions, {len(bad)} with a sentence that its claims do not hold")
        return 1 if bad else 0
    both = ClaimsIndex(knowledge)
    start = time.perf_counter()
    both.index.search("warm", both.vector("warm"))
    print(f"index read in {time.perf_counter() - start:.2f} s; by meaning: {both.index.vectors is not None}\n")
    columns = {name: measure(both, read_questions(QUESTIONS / f"{name}.yaml")) for name in FILES}
    words = ClaimsIndex(knowledge, by_meaning=False)
    columns["building, words only"] = measure(words, read_questions(QUESTIONS / "building.yaml"))
    print(table(columns))
    print(
        "\nas expected, by kind (building): "
        + ", ".join(f"{k} {a}/{b}" for k, (a, b) in by_kind(columns["building"]).items())
    )
    if options.misses:
        for outcome in (*columns["building"], *columns["third_building"], *columns["unanswerable"]):
            if not as_expected(outcome):
                print(f"  {outcome.asked.k}: {outcome.asked.q} -> {outcome.standing}, {outcome.kind}")
    print("\nindex from nothing: " + ", ".join(f"{name} {value:.1f}" for name, value in index_build().items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
