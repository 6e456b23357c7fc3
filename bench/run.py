"""`make bench`: everything side by side in one run: medians and ratios, as JSON, a page with tables, and plots.

`--sanity` runs each part on a small size, writes nothing, and only checks that it works: `make test` uses it. After a
full run ratios are held against the last recorded ones; `--record` writes the new ones even where they are worse.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # of the peers too

import growth
import parts
import peers
from page import draw, write

import hickam
from hickam.intake.reading import parse
from hickam.interfaces.memory import keep_freed_memory
from hickam.services.knowledge import Knowledge, open_knowledge

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "evaluation"
RECORD = OUT / "speed.json"
WORSE = 1.6
"""A ratio this much worse than the recorded one fails the run; smaller differences are a busy machine."""
POSITIVES = (0, 2, 4, 6, 8)


def intake(knowledge: Knowledge, repeats: int) -> dict[str, float] | str:
    """Milliseconds to read a story: ours, and the library pipeline, where its Python is installed (`make peers`)."""
    stories = [story.text for tests in knowledge.pack.cases.values() for story in tests if story.text]
    texts = [*stories[:40], *(path.read_text() for path in sorted((ROOT / "examples").glob("*.txt")))]
    words = knowledge.vocabulary
    found = {"ours": parts.timed(lambda: [parse(text, words) for text in texts], repeats) / len(texts)}
    python = ROOT / ".venv-peers" / "bin" / "python"
    if not python.exists():
        return "not measured: the library pipeline is not installed (make peers)"
    phrases = sorted({entry.phrase for entry in words.entries if entry.phrase})
    given = json.dumps({"phrases": phrases, "texts": texts, "repeats": repeats})
    done = subprocess.run(
        [str(python), str(Path(__file__).with_name("intake_peer.py"))],
        input=given,
        check=True,
        capture_output=True,
        text=True,
    )
    found["spaCy and medspaCy"] = json.loads(done.stdout.splitlines()[-1])["ms"]
    return found


def measure(sanity: bool) -> dict[str, Any]:
    """Every number."""
    keep_freed_memory()  # as every command does
    knowledge = open_knowledge()
    network, repeats = knowledge.engine.network, 2 if sanity else 40
    several = growth.cases(network, (2,) if sanity else POSITIVES, 2 if sanity else 12)
    many = growth.cases(network, (13,) if sanity else (0, 2, 4, 6, 8, 10, 12, 13, 14, 16, 18, 20), 1 if sanity else 8)
    most = several[max(several)][0]
    yardstick = parts.timed(parts.yardstick, max(3, repeats))
    return {
        "engine": hickam.__version__,
        "pack": knowledge.pack.hash[:12],
        "conditions": len(network.conditions),
        "findings": len(network.findings),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "load": round(os.getloadavg()[1], 1),
        "yardstick, ms": yardstick,
        "parts": parts.engine_parts(knowledge, several, repeats),
        "shares": parts.shares(knowledge, max(2, repeats // 4)),
        "whole": parts.whole(knowledge, max(2, repeats // 2)),
        "cold": parts.cold(1 if sanity else 9),
        "memory": parts.memory(),
        "intake": "skipped" if sanity else intake(knowledge, 5),
        "peers": peers.measure(knowledge, most, sanity),
        "growth": {
            "conditions": growth.with_conditions((20, 40) if sanity else (25, 50, 100, 200, 400, 800, 1600), repeats),
            "findings": growth.with_findings(network, several[max(several)][:3], max(1, repeats // 8)),
            "positives": growth.with_positives(network, many, 1 if sanity else 10),
        },
        "yardstick again, ms": parts.timed(parts.yardstick, max(3, repeats)),
    }


def ratios(found: dict[str, Any]) -> dict[str, float]:
    """What the guard watches, larger is worse: parts against the yardstick, ours against the peers, cold start."""
    one = (found["yardstick, ms"] + found["yardstick again, ms"]) / 2
    watched = {f"{name} at {m}": ms / one for name, row in found["parts"].items() for m, ms in row.items()}
    watched |= {name: ms / one for name, ms in found["whole"].items()}
    started = found["cold"]
    watched["cold start"] = started["hickam assess STORY"] / started["python -c 'import numpy'"]
    return watched


def guard(now: dict[str, float], before: dict[str, float]) -> list[str]:
    """Ratios that are much worse than recorded."""
    return [
        f"{name}: {now[name]:.3g}, recorded {before[name]:.3g}"
        for name in now
        if name in before and now[name] > WORSE * before[name]
    ]


def main() -> int:
    """Measure; without ``--sanity`` compare with the record and write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sanity", action="store_true")
    parser.add_argument("--record", action="store_true", help="write the results even where ratios are worse")
    options = parser.parse_args()
    found = measure(options.sanity)
    found["ratios"] = ratios(found)
    if options.sanity:
        print(f"bench: {len(found['ratios'])} ratios measured")
        return 0
    before = json.loads(RECORD.read_text())["ratios"] if RECORD.exists() else {}
    worse = guard(found["ratios"], before)
    for line in worse:
        print(f"slower than recorded: {line}", file=sys.stderr)
    if not worse or options.record:
        RECORD.write_text(json.dumps(found, indent=1) + "\n")
        write(found, OUT / "speed.md")
        draw(found, OUT)
    print((OUT / "speed.md").read_text())
    return 1 if worse and not options.record else 0


if __name__ == "__main__":
    sys.exit(main())
