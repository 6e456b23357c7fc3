"""The page of what the service was measured at: docs/evaluation/load.md, from load.json, to which each benchmark adds
its part (typing, load, saving)."""

from __future__ import annotations

import datetime
import json
import platform
from pathlib import Path
from typing import Any

import hickam
from hickam.services.knowledge import open_knowledge

OUT = Path(__file__).resolve().parents[1] / "docs" / "evaluation"
WANTED_IN_THE_PAGE, WANTED_UNDER_LOAD = 150, 200
"""Milliseconds: from a key to the drawn answer of one person alone; 95 % of updates when fifty people type."""

HEAD = """# How quick the service is

Written by `make bench-service`; the numbers are in [load.json](load.json). Engine {engine}, pack {pack}, {machine},
Python {python}. Times on the clock, which other work on the machine makes longer: the load average stands beside each.
What one answer costs: [speed](speed.md).
"""


def record(part: str, found: dict[str, Any]) -> None:
    """Keep a benchmark's numbers, and write the page anew."""
    path = OUT / "load.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    kept[part] = {"measured": datetime.date.today().isoformat(), **found}
    kept["made_with"] = {
        "engine": hickam.__version__,
        "pack": open_knowledge().pack.hash[:12],
        "machine": f"{platform.machine()}, {found['cores']} cores",
        "python": platform.python_version(),
    }
    path.write_text(json.dumps(kept, indent=2) + "\n")
    sections = {"typing": _typing, "load": _load, "saving": _saving}
    texts = [write(kept[name]) for name, write in sections.items() if name in kept]
    (OUT / "load.md").write_text("\n".join([HEAD.format_map(kept["made_with"]), *texts]))


def _typing(found: dict[str, Any]) -> str:
    rows = [[name, *_ms(found[key])] for name, key in (("first answer", "update_ms"), ("whole answer", "whole_ms"))]
    return (
        f"## One person typing\n\n{found['measured']}: {found['keys']} keys, one every {found['key_ms']:.0f} ms, into "
        "the workbench in Debian's Chromium, measured by the page itself from the key to the drawn answer, the wait "
        "of 40 ms included. The first answer has urgency, causes, work-up, management and cautions; the whole one also "
        "next questions, intervals and reasons. A key that comes before the answer to the last one replaces it "
        f"({found['updates']} first and {found['wholes']} whole answers were drawn). Wanted: {WANTED_IN_THE_PAGE} ms. "
        f"First answers later than that: {found['late']}. Load average {found['load_average'][0]}.\n\n"
        + _table(["ms from the key", "median", "p95"], rows)
    )


def _load(found: dict[str, Any]) -> str:
    update, answers = found["update_ms"], found["answers"]
    reached = "reached" if update["p95"] < WANTED_UNDER_LOAD and not found["errors"] else "**not reached**"
    rows = [
        ["quick answer, from sending it", *_ms(update, "p99")],
        ["quick answer, from the key (the wait included)", *_ms(found["shown_ms"], "p99")],
        ["whole answer in a pause, from sending", *_ms(found["whole_ms"], "p99")],
        ["suggestions after it, from sending", *_ms(found["suggestions_ms"], "p99")],
    ]
    listed = ", ".join(f"{name}: {count}" for name, count in answers.items())
    return (
        f"## {found['people']} people typing\n\n{found['measured']}: {found['people']} people of a team with logins "
        f"type without a stop for {found['seconds']} seconds, {found['keys']} keys, about 40 words a minute each, into "
        "one `hickam serve --team` with SQLite; server, its processes and the load generator share the "
        f"{found['cores']} cores. How people are simulated is stated at the head of `bench/bench_load.py`. Wanted: "
        f"95 % of updates (quick answers, from sending) within {WANTED_UNDER_LOAD} ms and no error: {reached}; errors: "
        f"{found['errors']}.\n\n"
        + _table(["ms", "median", "p95", "p99"], rows)
        + f"\n{found['requests']} answers ({listed}; the first words of a story say nothing that is understood), "
        f"{found['given_up']} given up for a later key. A request cost the server "
        f"{found['server_cpu_ms_a_request']} "
        f"ms of processor time; it used {found['server_cores_used']} cores on average, the load generator "
        f"{found['generator_cores_used']}. Load average {found['load_average'][0]}.\n"
    )


def _saving(found: dict[str, Any]) -> str:
    places = list(next(iter(found["median_ms"].values())))
    rows = [[what, *(f"{row[where]:.2f}" for where in places)] for what, row in found["median_ms"].items()]
    return (
        f"## Saving\n\n{found['measured']}: {found['cases']} cases of two versions, medians of alternating operations; "
        "a database acknowledges when the change is on the disk. "
        f"Load average {found['load_average'][0]}.\n\n" + _table(["ms", *places], rows)
    )


def _ms(times: dict[str, float], *more: str) -> list[str]:
    return [f"{times[name]:.0f}" for name in ("median", "p95", *more)]


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
