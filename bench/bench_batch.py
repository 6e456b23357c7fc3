"""Batches: rate a core, distance to the machine's roofline, growth with rows in bounded memory, kills and resumption.

    PYTHONPATH=src python bench/bench_batch.py [--rows 1000000] [--sanity]

Times are processor seconds of one core (the machine may be shared). Roofs measured in the same run: double-precision
matrix product, memory bandwidth (copy), and the equations of conditions within terms alone in the cache.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from roofline import roofline, seconds

from hickam.inference.batch import posterior_batch
from hickam.inference.cohort import draw_cohort
from hickam.inference.kernel import posterior
from hickam.inference.layout import PATIENT, Network
from hickam.inference.query import build_query
from hickam.intake.structured import case_from_json
from hickam.model.case import Case
from hickam.services.batch.assess import BatchAssessor
from hickam.services.batch.run import PLAIN_ROWS
from hickam.services.knowledge import Knowledge, open_knowledge

STORIES = (
    "calf cramps at night",
    "74 year old woman, leg swollen and sore since yesterday, no fever",
    "Cramp in both calves after walking 200 m, gone when he stops. Smoker, diabetic, takes metformin.",
)


RECORD = Path(__file__).resolve().parents[1] / "docs" / "evaluation" / "speed-batch.json"
SPARK = "Spark on one machine"
WORSE = 1.6
"""A ratio this much worse than the recorded one fails the run, as in run.py."""


def rows_of(knowledge: Knowledge, n: int, seed: int, patient: int, other: int, absent: int = 4) -> list[dict[str, Any]]:
    """Simulated patients as rows: so many positive patient findings, other positive findings, absent ones."""
    network = knowledge.engine.network
    cohort = draw_cohort(network, n, seed)
    rng = random.Random(seed)
    names = [f for f in network.findings if cohort.labels(f) == ("present", "absent")]
    states = np.stack([cohort.state(f) for f in names])
    signs = {f for f, kind in zip(network.findings, network.kind, strict=True) if kind == PATIENT}
    rows = []
    for row in range(n):
        there = [names[i] for i in np.flatnonzero(states[:, row] == 0).tolist()]
        rest = [names[i] for i in np.flatnonzero(states[:, row] == 1).tolist()]
        first = [f for f in there if f in signs]
        second = [f for f in there if f not in signs]
        chosen = rng.sample(first, min(patient, len(first)))
        missing = [f for f in rest if f in signs]
        chosen += rng.sample(missing, patient - len(chosen))
        chosen += rng.sample(second, min(other, len(second)))
        cell = next(c for c in cohort.cells if c.rows.start <= row < c.rows.stop)
        denied = rng.sample([f for f in rest if f not in chosen], absent)
        rows.append({"id": str(row), "age": cell.age, "sex": cell.sex, "present": chosen, "absent": denied})
    return rows


def as_cases(knowledge: Knowledge, rows: list[dict[str, Any]]) -> list[Case]:
    """Rows as ``hickam assess`` reads them."""
    return [case_from_json({k: v for k, v in row.items() if k != "id"}, knowledge.vocabulary) for row in rows]


def one_by_one(network: Network, cases: list[Case]) -> None:
    """Each case through the kernel of a single case."""
    for case in cases:
        posterior(build_query(network, case))


def rates(knowledge: Knowledge, n: int, repeats: int) -> dict[str, float]:
    """Cases a second of one core, each way of doing it on the same rows."""
    network, assessor = knowledge.engine.network, BatchAssessor(knowledge)
    found: dict[str, float] = {}
    for label, patient, other in (("6 positive (3 signs)", 3, 3), ("6 positive signs", 6, 3)):
        rows = rows_of(knowledge, n, 5, patient, other)
        batch = pa.RecordBatch.from_pylist(rows)
        cases = as_cases(knowledge, rows[:100])
        flat = assessor.reader.read(batch).cases
        found[f"solved, {label}"] = n / seconds(partial(assessor.solver.solve, flat), repeats)
        found[f"assess_batch, {label}"] = n / seconds(partial(assessor.assess_batch, batch), repeats)
        grouped = seconds(partial(posterior_batch, network, cases), 1)
        found[f"numpy, grouped by shape, {label}"] = len(cases) / grouped
        found[f"one by one, {label}"] = len(cases) / seconds(partial(one_by_one, network, cases), 1)
    text = pa.RecordBatch.from_pylist([{"id": str(i), "text": STORIES[i % 3]} for i in range(max(3, n // 40))])
    found["assess_batch, text"] = text.num_rows / seconds(partial(assessor.assess_batch, text), 1)
    return found


def _batch(arguments: list[str]) -> subprocess.Popen[bytes]:
    hickam = str(Path(sys.executable).with_name("hickam"))
    return subprocess.Popen([hickam, "batch", *arguments], stderr=subprocess.PIPE)


def growth(network_rows: pa.Table, sizes: list[int], folder: Path) -> dict[str, Any]:
    """Processor seconds and peak memory of the whole command against rows; the exponent of the seconds."""
    points = []
    for size in sizes:
        source = folder / f"{size}.parquet"
        repeats = -(-size // network_rows.num_rows)
        pq.write_table(pa.concat_tables([network_rows] * repeats).slice(0, size), source)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        process = _batch([str(source), str(folder / f"{size}.out.parquet")])
        peak = 0
        while process.poll() is None:
            peak = max(peak, _resident(process.pid))
            time.sleep(0.02)
        if process.wait() != 0:
            raise SystemExit(f"hickam batch failed on {size} rows")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        points.append({"rows": size, "seconds": spent, "peak MB": peak / 1e6})
    large = points[-3:]
    x, y = np.log([p["rows"] for p in large]), np.log([p["seconds"] for p in large])
    slope = float(np.polyfit(x, y, 1)[0]) if len(large) > 1 else float("nan")
    more = max(1, large[-1]["rows"] - large[0]["rows"])
    marginal = (large[-1]["seconds"] - large[0]["seconds"]) / more
    memory = (large[-1]["peak MB"] - large[0]["peak MB"]) / more
    return {
        "points": points,
        "exponent": slope,
        "rows/s beyond the start": 1 / marginal if marginal > 0 else None,
        "MB a million rows more": 1e6 * memory,
    }


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def kills(rows: pa.Table, folder: Path, seed: int, times: int = 3) -> dict[str, Any]:
    """Kill the command at random points and run it again; the answers must be those of a run that was left alone."""
    source, whole, out = folder / "kill.parquet", folder / "whole.parquet", folder / "killed.parquet"
    pq.write_table(rows, source)
    if _batch([str(source), str(whole)]).wait() != 0:
        raise SystemExit("hickam batch failed")
    rng, killed = random.Random(seed), list[int]()
    for enough in sorted(rng.sample(range(1, rows.num_rows // PLAIN_ROWS - 2), times)):
        process = _batch([str(source), str(out)])
        while process.poll() is None and _parts_done(out) < enough:
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.2))
        process.kill()
        if process.wait() != -signal.SIGKILL:
            raise SystemExit("hickam batch had ended before it was killed")
        killed.append(_parts_done(out))
    if _batch([str(source), str(out)]).wait() != 0:
        raise SystemExit("hickam batch failed to go on")
    return {"killed with so many parts done": killed, "identical": out.read_bytes() == whole.read_bytes()}


def _parts_done(out: Path) -> int:
    return len(list(out.with_name(out.name + ".parts").glob("done-*")))


def _tree_seconds(session: int) -> dict[int, float]:
    """Processor seconds so far of every process of a session."""
    tick, found = os.sysconf("SC_CLK_TCK"), {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text().rsplit(") ", 1)[1].split()
        except (OSError, IndexError):
            continue
        if int(fields[3]) == session:
            found[int(process.name)] = (int(fields[11]) + int(fields[12])) / tick
    return found


def cluster(rows: pa.Table, sizes: tuple[int, int], folder: Path) -> dict[str, Any]:
    """Processor seconds of Spark on this machine (driver, executor and Python), at two sizes; the slope is the cost."""
    points = []
    for size in sizes:
        source = folder / f"spark-{size}.parquet"
        pq.write_table(
            pa.concat_tables([rows] * -(-size // rows.num_rows)).slice(0, size), source, row_group_size=10_000
        )
        arguments = [str(source), str(folder / f"spark-{size}.out"), "--engine", "spark", "--spark-master", "local[2]"]
        hickam = str(Path(sys.executable).with_name("hickam"))
        process = subprocess.Popen([hickam, "batch", *arguments], stderr=subprocess.DEVNULL, start_new_session=True)
        spent: dict[int, float] = {}
        while process.poll() is None:
            for pid, seconds_so_far in _tree_seconds(process.pid).items():
                spent[pid] = max(spent.get(pid, 0.0), seconds_so_far)
            time.sleep(0.2)
        if process.wait() != 0:
            raise SystemExit("hickam batch --engine spark failed")
        points.append({"rows": size, "seconds": sum(spent.values())})
    slope = (points[1]["seconds"] - points[0]["seconds"]) / (sizes[1] - sizes[0])
    return {"points": points, "processor seconds a million rows": 1e6 * slope}


def ratios(found: dict[str, Any]) -> dict[str, float]:
    """What the guard watches, larger is worse: a row of a batch against a single case, and against the roof."""
    rate, roof = found["cases a second, one core"], found["roofline, 6 positive signs"]
    watched = {
        label: rate[f"one by one, {label}"] / rate[f"assess_batch, {label}"]
        for label in ("6 positive (3 signs)", "6 positive signs")
    }
    return watched | {"roof of its own equations": roof["times the roof: own equations in the cache"]}


def page(found: dict[str, Any]) -> str:
    """The results as Markdown."""
    grown, killed, spark = found["growth"], found["killed and resumed"], found.get(SPARK)
    cost = "Not measured in this run (`--spark`)."
    if spark:
        million = spark["processor seconds a million rows"]
        cost = f"""{million:,.0f} processor seconds a million rows beyond the start: driver, executor and Python
together (`local[2]`){", measured in an earlier run" if spark.get("earlier run") else ""}.\n\n"""
        table = [(f"{p['rows']:,}", f"{p['seconds']:.0f}") for p in spark["points"]]
        cost += _rows(("rows", "processor seconds"), table)
    steps = [(f"{p['rows']:,}", f"{p['seconds']:.1f}", f"{p['peak MB']:.0f}") for p in grown["points"]]
    return (
        Path(__file__)
        .with_name("batch_page.md")
        .read_text()
        .format(
            pack=found["pack"][:12],
            rates=_rows(("what", "cases/s"), [(n, f"{v:,.0f}") for n, v in found["cases a second, one core"].items()]),
            roofline=_rows(("what", ""), [(n, f"{v:,.1f}") for n, v in found["roofline, 6 positive signs"].items()]),
            reached="within" if found["ratios"]["roof of its own equations"] <= 3 else "not within",
            slope=f"{grown['rows/s beyond the start']:,.0f}",
            ten=f"{1e7 / grown['rows/s beyond the start'] / 60:.0f}",
            exponent=f"{grown['exponent']:.2f}",
            low=f"{grown['points'][-3:][0]['rows']:,}",
            high=f"{grown['points'][-1]['rows']:,}",
            memory=f"{grown['MB a million rows more']:.1f}",
            steps=", ".join(_step(a, b) for a, b in pairwise(grown["points"][-3:])),
            most=f"{grown['points'][-1]['peak MB'] + 9 * max(0, grown['MB a million rows more']):,.0f}",
            growth=_rows(("rows", "processor seconds", "peak MB"), steps),
            kills=len(killed["killed with so many parts done"]),
            parts=", ".join(map(str, killed["killed with so many parts done"])),
            same="identical, byte for byte" if killed["identical"] else "**different**",
            sizing=_rows(("", "processor seconds a million patients", "100 million, core-hours"), _sizing(found)),
            spark=cost,
        )
    )


def _step(fewer: dict[str, float], more: dict[str, float]) -> str:
    each = (more["seconds"] - fewer["seconds"]) / (more["rows"] - fewer["rows"])
    return f"{1e6 * each:.1f} µs from {fewer['rows']:,} to {more['rows']:,}"


def _sizing(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What a million patients cost, and a hundred million."""
    spent = {"one machine, `hickam batch`": 1e6 / found["growth"]["rows/s beyond the start"]}
    if SPARK in found:
        spent["Spark, driver and executors together"] = found[SPARK]["processor seconds a million rows"]
    spent["rows with a sentence or two of text"] = 1e6 / found["cases a second, one core"]["assess_batch, text"]
    return [(name, f"{seconds_each:,.0f}", f"{seconds_each / 36:,.1f}") for name, seconds_each in spent.items()]


def _rows(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plot(found: dict[str, Any]) -> str:
    """Seconds and memory against rows, as SVG."""
    import vl_convert

    values = found["growth"]["points"]
    x = {"field": "rows", "type": "quantitative", "scale": {"type": "log"}, "axis": {"format": "~s"}}

    def panel(field: str, scale: dict[str, str]) -> dict[str, Any]:
        y = {"field": field, "type": "quantitative", "scale": scale}
        return {"width": 260, "height": 200, "mark": {"type": "line", "point": True}, "encoding": {"x": x, "y": y}}

    spec = {"data": {"values": values}, "hconcat": [panel("seconds", {"type": "log"}), panel("peak MB", {})]}
    return str(vl_convert.vegalite_to_svg(spec))


def show(title: str, found: dict[str, Any]) -> None:
    """One table."""
    print(f"\n{title}")
    for name, value in found.items():
        print(f"  {name:<52} {value:,.1f}" if isinstance(value, float) else f"  {name:<52} {value}")


def main() -> int:
    """Measure, print, and record unless only checking."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--record", action="store_true", help="write the results even where ratios are worse")
    parser.add_argument("--spark", action="store_true", help="the cost of Spark too (make spark first)")
    parser.add_argument("--sanity", action="store_true")
    options = parser.parse_args()
    knowledge, few = open_knowledge(), options.sanity
    found: dict[str, Any] = {"pack": knowledge.pack.hash}
    found["cases a second, one core"] = rates(knowledge, 200 if few else 8000, 1 if few else 5)
    signs = as_cases(knowledge, rows_of(knowledge, 100 if few else 4000, 5, 6, 3))
    found["roofline, 6 positive signs"] = roofline(knowledge.engine.network, signs, 1 if few else 5)
    if not few:
        table = pa.Table.from_pylist(rows_of(knowledge, 20_000, 6, 3, 3))
        with tempfile.TemporaryDirectory() as name:
            sizes = [s for s in (10_000, 100_000, 300_000, 1_000_000) if s <= options.rows]
            found["growth"] = growth(table, sizes, Path(name))
            found["killed and resumed"] = kills(pa.concat_tables([table] * 10), Path(name), 7)
            if options.spark:
                found[SPARK] = cluster(table, (20_000, 200_000), Path(name))
        if not found["killed and resumed"]["identical"]:
            raise SystemExit("the resumed answers differ")
    for title, part in found.items():
        if isinstance(part, dict):
            show(title, part)
    if few:
        return 0
    return record(found, options.record)


def record(found: dict[str, Any], anyway: bool) -> int:
    """Write the results, unless ratios are much worse than recorded; 1 then."""
    found["ratios"] = ratios(found)
    recorded = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    before = recorded.get("ratios", {})
    if SPARK not in found and SPARK in recorded:
        found[SPARK] = recorded[SPARK] | {"earlier run": True}
    worse = [name for name, value in found["ratios"].items() if value > WORSE * before.get(name, value)]
    for name in worse:
        print(
            f"slower than recorded: {name}: {found['ratios'][name]:.3g}, recorded {before[name]:.3g}", file=sys.stderr
        )
    if worse and not anyway:
        return 1
    RECORD.write_text(json.dumps(found, indent=1) + "\n")
    RECORD.with_suffix(".md").write_text(page(found))
    RECORD.with_suffix(".svg").write_text(plot(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
