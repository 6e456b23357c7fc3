"""Batches: rate a core, distance to the machine's roofline, growth with rows in bounded memory, kills and resumption.

    PYTHONPATH=src python bench/bench_batch.py [--rows 1000000] [--sanity]

Times are processor seconds of one core (the machine may be shared). Roofs measured in the same run: double-precision
matrix product, memory bandwidth (copy), and the kernel's own inner loop (multiply, add, divide) alone in the cache.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numba import njit

from hickam.inference.batch import BatchSolver, posterior_batch
from hickam.inference.cohort import draw_cohort
from hickam.inference.compiled.columns import IN_FAMILY
from hickam.inference.flat import flat_cases
from hickam.inference.kernel import posterior
from hickam.inference.layout import PATIENT, Network
from hickam.inference.query import Query, build_query
from hickam.inference.reading import read_case
from hickam.intake.structured import case_from_json
from hickam.model.case import Case
from hickam.services.batch.assess import BatchAssessor
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


def seconds(call: Callable[[], object], repeats: int) -> float:
    """Median processor seconds of a call, after one warm-up."""
    call()
    spent = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


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


@njit(cache=True, fastmath={"reassoc", "contract", "nsz"}, error_model="numpy")  # type: ignore[untyped-decorator, unused-ignore]
def _inner(x: Any, s: Any, y: Any, R: Any, pi: float, q: float, times: int) -> None:
    """The kernel's inner loop over one column, again and again in the cache: 8 operations a term, one a division."""
    for _ in range(times):
        for t in range(len(x)):
            top = pi * x[t]
            fac = top + (1 - pi)
            share = top / fac
            R[t] = share
            s[t] *= fac
            y[t] += q * share


def roofs(repeats: int, size: int = 768) -> dict[str, float]:
    """Measured limits of one core: matrix product and inner loop in Gflop/s, copying in GB/s."""
    a = np.random.default_rng(0).random((size, size))
    product = 2 * size**3 / seconds(lambda: a @ a, repeats) / 1e9
    big = np.ones(16_000_000)
    out = np.empty_like(big)
    copy = 2 * big.nbytes / seconds(lambda: np.copyto(out, big), repeats) / 1e9
    x, s, y, R = (np.full(64, 1.0 - 1e-12) for _ in range(4))
    times = 20_000
    loop = 6 * 64 * times / seconds(lambda: _inner(x, s, y, R, 1e-9, 0.1, times), repeats) / 1e9
    return {"matrix product, Gflop/s": product, "copy, GB/s": copy, "inner loop in the cache, Gflop/s": loop}


def operations(query: Query) -> int:
    """Floating-point operations of the equations for one case, taken term by term: 2^m terms over the touched columns,
    blocks by the states of their touched members; what is the same in all terms once."""
    items, columns = query.items, query.columns
    m = len(items.plus)
    terms = 1 << m
    touched = (items.phi_minus != 1).any(axis=0) | (items.phi_plus != 1).any(axis=0)
    alone, only = columns.single, columns.single + columns.cause_only
    count = int(touched[:alone].sum()) * terms * 13  # product 1, prior 2, division 1, s 1, y 2, three sums 6
    count += int(touched[alone:only].sum()) * terms * 5
    count += int((~touched[:only]).sum()) * 14 + 6 * terms
    start = only
    for k in columns.sizes:
        t = int(touched[start : start + k].sum())
        count += 4 << k
        if t:
            sums = 2 * (((1 + k - t) << t) + (t << t) // 2)  # all, causal, and the same for each member
            count += terms * ((1 << t) + 2 * sums + 5 + 10 * k)
        start += k
    return count


def operations_left(query: Query) -> int:
    """The same as the compiled kernel does it: each column over the terms of its level, blocks by A and B."""
    items, columns = query.items, query.columns
    m = len(items.plus)
    links = (items.phi_minus != 1) | (items.phi_plus != 1)
    outside = columns.single + columns.cause_only
    weight = np.where(np.arange(links.shape[1]) < outside, 1.0, IN_FAMILY)
    order = np.argsort(-(links @ weight), kind="stable")
    level = (links[order] * np.arange(1, m + 1)[:, None]).max(axis=0, initial=0)
    terms = 2.0**level
    count = 12 * terms[: columns.single].sum() + 5 * terms[columns.single : outside].sum() + (13 << m)
    start = outside
    for k in columns.sizes:
        inside = level[start : start + k]
        t, size = int((inside > 0).sum()), 1 << int(inside.max(initial=0))
        count += (9 << k) + (6 * k << t) + size * ((9 << t) + t + 11)
        start += k
    return int(count)


def roofline(knowledge: Knowledge, n: int, repeats: int) -> dict[str, float]:
    """How near the solver comes to what the machine could do with its arithmetic and its traffic."""
    network = knowledge.engine.network
    rows = rows_of(knowledge, n, 5, 6, 3)
    cases = as_cases(knowledge, rows)
    solver = BatchSolver(network)
    flat = flat_cases(network, solver.people, [read_case(network, case) for case in cases])
    spent = seconds(lambda: solver.solve(flat), repeats) / n
    queries = [build_query(network, case) for case in cases[:60]]
    work, left = (float(np.mean([count(query) for query in queries])) for count in (operations, operations_left))
    traffic = 8.0 * (2 * len(network.conditions) + 40)  # answers written, and the row read; tables stay in the cache
    limit = roofs(repeats)
    return {
        "operations a case, term by term": work,
        "operations a case, as it is done": left,
        "microseconds a case": 1e6 * spent,
        "solver, Gflop/s of the first": work / spent / 1e9,
        **limit,
        "times the roof: matrix product": spent / (work / limit["matrix product, Gflop/s"] / 1e9),
        "times the roof: memory": spent / (traffic / limit["copy, GB/s"] / 1e9),
        "times the roof: own arithmetic in the cache": spent / (work / limit["inner loop in the cache, Gflop/s"] / 1e9),
        "the same, of the operations as done": spent / (left / limit["inner loop in the cache, Gflop/s"] / 1e9),
    }


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
    marginal = (large[-1]["seconds"] - large[0]["seconds"]) / max(1, large[-1]["rows"] - large[0]["rows"])
    return {"points": points, "exponent": slope, "rows/s beyond the start": 1 / marginal if marginal > 0 else None}


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def kills(rows: pa.Table, folder: Path, seed: int, times: int = 3) -> dict[str, Any]:
    """Kill the command at random points and run it again; the answers must be those of a run that was left alone."""
    source = folder / "kill.parquet"
    pq.write_table(rows, source)
    whole = folder / "whole.parquet"
    start = time.monotonic()
    if _batch([str(source), str(whole)]).wait() != 0:
        raise SystemExit("hickam batch failed")
    usual = time.monotonic() - start
    killed: list[int] = []
    rng, out = random.Random(seed), folder / "killed.parquet"
    while len(killed) < times and not out.exists():
        process = _batch([str(source), str(out)])
        time.sleep(usual * rng.uniform(0.2, 0.9))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()
            parts = folder / "killed.parquet.parts"
            killed.append(len(list(parts.glob("done-*"))) if parts.exists() else 0)
    if not out.exists() and _batch([str(source), str(out)]).wait() != 0:
        raise SystemExit("hickam batch failed to go on")
    return {"killed with so many parts done": killed, "identical": out.read_bytes() == whole.read_bytes()}


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
    return watched | {"roof of its own arithmetic": roof["times the roof: own arithmetic in the cache"]}


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
            slope=f"{grown['rows/s beyond the start']:,.0f}",
            ten=f"{1e7 / grown['rows/s beyond the start'] / 60:.0f}",
            exponent=f"{grown['exponent']:.2f}",
            growth=_rows(("rows", "processor seconds", "peak MB"), steps),
            kills=len(killed["killed with so many parts done"]),
            parts=", ".join(map(str, killed["killed with so many parts done"])),
            same="identical, byte for byte" if killed["identical"] else "**different**",
            spark=cost,
        )
    )


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
    found["roofline, 6 positive signs"] = roofline(knowledge, 100 if few else 4000, 1 if few else 5)
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
