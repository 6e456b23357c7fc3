"""The posterior against pgmpy and pyAgrum: the same networks, equal answers, larger and larger until each gives up."""

from __future__ import annotations

import logging
import random
import signal
import statistics
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from types import FrameType
from typing import Any

import networks
import numpy as np
from networks import Answer, Net

from hickam.inference.query import build_query
from hickam.model.case import Case
from hickam.services.knowledge import Knowledge

EQUAL = 1e-6
SIZES = (5, 8, 12, 16, 20, 30, 40, 60, 90)
Ask = Callable[[], Answer]
WAYS: dict[str, Callable[[Net], Ask]] = {
    "pyAgrum LazyPropagation": lambda net: networks.with_pyagrum(net, chain=False),
    "pyAgrum LazyPropagation, chained": lambda net: networks.with_pyagrum(net, chain=True),
    "pgmpy VariableElimination": lambda net: networks.with_pgmpy(net, chain=False, everything=True),
    "pgmpy, cause only": lambda net: networks.with_pgmpy(net, chain=False, everything=False),
    "pgmpy chained, cause only": lambda net: networks.with_pgmpy(net, chain=True, everything=False),
    "pyAgrum LoopyBP (approximate)": lambda net: networks.with_pyagrum(net, chain=True, loopy=True),
}
LINKS_MAX = 18
"""A noisy-OR finding of more parents is not tried as a plain table: it would have 2^19 entries and more."""


class GaveUpError(Exception):
    """Over the time allowed."""


def _ring(_signal: int, _frame: FrameType | None) -> None:
    raise GaveUpError


def asked(make: Callable[[Net], Ask], net: Net, seconds: int, repeats: int) -> tuple[Answer, float] | str:
    """(answer, median processor milliseconds of one question), the network being built beforehand; else why not."""
    before = signal.signal(signal.SIGALRM, _ring)
    signal.alarm(seconds)
    try:
        ask = make(net)
        answer, times = ask(), []
        for _ in range(repeats):
            start = time.process_time()
            ask()
            times.append(time.process_time() - start)
    except GaveUpError:
        return f"gave up after {seconds} s"
    except (MemoryError, ValueError, RuntimeError) as error:
        return f"refused: {type(error).__name__}"
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    return answer, 1000 * statistics.median(times)


def difference(one: Answer, other: Answer) -> float:
    """Largest difference of any probability both give."""
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a and b]
    return max(float(np.abs(np.array(a) - np.array(b)).max()) for a, b in pairs)


def compare(nets: dict[int, Net], seconds: int, repeats: int) -> list[dict[str, Any]]:
    """One row a size; a way that gave up is not asked again at larger sizes."""
    rows, out = [], set[str]()
    for size, net in nets.items():
        found = asked(lambda net: networks.ours(net, compiled=True), net, seconds, 100 * repeats)
        plain = asked(lambda net: networks.ours(net, compiled=False), net, seconds, 20 * repeats)
        assert not isinstance(found, str)
        assert not isinstance(plain, str)
        mine, own = found
        if difference(mine, plain[0]) > EQUAL:
            raise SystemExit(f"the compiled kernel differs at {size} conditions")
        row: dict[str, Any] = {"conditions": size, "ours, ms": own, "ours in NumPy, ms": plain[1], "ways": {}}
        wide = max(sum(x > 0 for x in lambdas) for _, lambdas, _ in net.findings) > LINKS_MAX
        for name, way in WAYS.items():
            plain_table = "chained" not in name and "LoopyBP" not in name
            if name in out or (plain_table and wide):
                row["ways"][name] = "not tried: gave up before" if name in out else "not tried: table too large"
                continue
            given = asked(way, net, seconds, repeats)
            if isinstance(given, str):
                out.add(name)
                row["ways"][name] = given
                continue
            answer, spent = given
            off = difference(mine, answer)
            if "approximate" not in name and off > EQUAL:
                raise SystemExit(f"{name} at {size} conditions differs by {off:.1e}: not the same network")
            row["ways"][name] = {"ms": spent, "ratio": spent / own, "difference": off}
        rows.append(row)
    return rows


def measure(knowledge: Knowledge, case: Case, sanity: bool) -> dict[str, list[dict[str, Any]]]:
    """Random networks, and parts of the pack as one case sees it (conditions outside families)."""
    import_module("pyagrum").setNumberOfThreads(1)
    for name in ("pgmpy.models", "pgmpy.inference"):  # loaded before the clock runs: cut short they stay half loaded
        import_module(name)
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    seconds, repeats = (5, 1) if sanity else (20, 3)
    sizes = SIZES[:1] if sanity else SIZES
    query = build_query(knowledge.engine.network, case)
    order = list(range(query.columns.single))
    random.Random(1).shuffle(order)
    every = (*(size for size in sizes if size < len(order)), *(() if sanity else (len(order),)))
    try:
        return {
            "random networks, 6 findings present and 6 absent, 6 conditions each": compare(
                {n: networks.random_net(n, 6, 6, 6, 1) for n in sizes}, seconds, repeats
            ),
            f"parts of the pack, {len(query.items.plus)} findings present": compare(
                {n: networks.of_query(query, sorted(order[:n])) for n in every}, seconds, repeats
            ),
        }
    finally:
        logging.disable(logging.NOTSET)
