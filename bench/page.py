"""The results as a page with tables, and as plots."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from growth import doubling, exponent

from hickam.inference.query import EXACT_ITEMS

TARGETS = {
    "exact kernel, whole pack": "0.1 to 0.3",
    "intervals, 400 draws": "30",
    "contributions, 12 conditions": "10",
    "next step": "10",
}
HEAD = """# How fast it is

Written by `make bench` (`bench/run.py`); the numbers are in [speed.json](speed.json). Engine {engine}, pack {pack}:
{conditions} conditions, {findings} findings. {machine}, one thread, load average {load} from other work. Times are
medians of processor time, so that a busy machine disturbs them less; compare ratios, not times, between runs.
All content of the pack is submitted, pending human review.
"""


def write(found: dict[str, Any], path: Path) -> None:
    """The page."""
    sections = [
        HEAD.format_map(found),
        _parts(found),
        _whole(found),
        _peers(found),
        _growth(found),
    ]
    path.write_text("\n".join(sections))


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _ms(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _parts(found: dict[str, Any]) -> str:
    columns = list(next(iter(found["parts"].values())))
    rows = []
    for name, row in found["parts"].items():
        target = next((text for start, text in TARGETS.items() if name.startswith(start)), "")
        rows.append([name, *(_ms(row[m]) for m in columns), target])
    head = ["ms", *(f"{m} positive" for m in columns), "wanted"]
    return (
        "## Parts of the engine\n\nBy number of positive patient findings; the same twelve simulated patients, each "
        "with 8 absent findings, 8 of the episode and 2 risk factors.\n\n" + _table(head, rows)
    )


def _whole(found: dict[str, Any]) -> str:
    total = sum(found["shares"].values())
    shares = [[name, _ms(ms), f"{100 * ms / total:.0f} %"] for name, ms in found["shares"].items()]
    whole = [[name, _ms(ms)] for name, ms in found["whole"].items()]
    cold = [[name, f"{s:.2f} s"] for name, s in found["cold"].items()]
    resident = [[name, f"{mb:.0f} MB"] for name, mb in found["memory"].items()]
    intake = found["intake"]
    read = (
        [[f"text to case, {name}", f"{_ms(ms)} ms"] for name, ms in intake.items()] if isinstance(intake, dict) else []
    )
    return (
        "## One assessment\n\n"
        + _table(["ms", "median"], whole)
        + "\nShares of a whole assessment (400 draws, contributions of 12, 8 next steps, plans):\n\n"
        + _table(["part", "ms", "share"], shares)
        + "\nCold start, memory, and reading a story (the library pipeline finds phrases and negation only):\n\n"
        + _table(["what", "measured"], [*cold, *resident, *read])
    )


def _peers(found: dict[str, Any]) -> str:
    text = """## Against pgmpy and pyAgrum

The same network, answers equal to 1e-6 (checked in the run), network built beforehand, one question timed: the cause
and the presence of every condition. pgmpy needs a query for each marginal, so it is also asked for the cause alone,
which is less than the others answer. *Chained*: noisy-OR findings taken apart by hand into two-parent steps, which
neither library does by itself and which lets them go much further. In brackets: times ours, compiled as batches and
evaluation have it; a command for one case answers in NumPy (see decision 0010).

"""
    for name, rows in found["peers"].items():
        ways = list(rows[0]["ways"])
        body = [
            [
                str(row["conditions"]),
                _fine(row["ours, ms"]),
                _ms(row["ours in NumPy, ms"]),
                *(_way(row["ways"][way]) for way in ways),
            ]
            for row in rows
        ]
        text += (
            f"{name.capitalize()}:\n\n" + _table(["conditions", "ours, ms", "ours in NumPy, ms", *ways], body) + "\n"
        )
    return text


def _fine(ms: float) -> str:
    """Milliseconds to a thousandth."""
    return f"{ms:.3f}"


def _way(given: Any) -> str:
    if isinstance(given, str):
        return given
    off = f", off by {100 * given['difference']:.0f} points" if given["difference"] > 1e-6 else ""
    return f"{_ms(given['ms'])} ({given['ratio']:.0f}×{off})"


def _growth(found: dict[str, Any]) -> str:
    growth = found["growth"]
    positives = growth["positives"]
    conditions, findings = _points(growth["conditions"]), _points(growth["findings"])
    exact, answered = _points(positives["exact"]), _points(positives["answered"])
    rows = [[str(m), _ms(answered[m]), _ms(exact[m]), *_error(m, positives["errors"].get(m))] for m in exact]
    return f"""## Growth

- Conditions: time ~ n^{exponent(conditions):.2f} (kernel, 6 positive findings, each linked to a tenth of them).
- Findings: time ~ f^{exponent(findings):.2f} (next step over the findings still open).
- Positive findings: each one more multiplies the exact time by {doubling(exact):.2f} in the larger half; up to
  {EXACT_ITEMS} are exact, the least informative beyond become factors of single conditions.

![growth](speed-growth.svg)

{_table(["positive findings", "as answered, ms", "all exact, ms", "cases", "mean error, points", "worst"], rows)}
Error: largest difference of any P(cause) between what is answered and the exact answer, over the cases in which the
exact answer is numerically sound.
"""


def _error(m: int, given: dict[str, float] | None) -> list[str]:
    if m <= EXACT_ITEMS:
        return ["", "exact", "exact"]
    if given is None:
        return ["0", "no sound exact answer", ""]
    return [str(given["cases"]), f"{given['mean']:.1f}", f"{given['worst']:.1f}"]


def _points(given: dict[Any, float]) -> dict[int, float]:
    return {int(size): ms for size, ms in given.items()}


def draw(found: dict[str, Any], folder: Path) -> None:
    """speed-growth.svg and .png: three panels."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "hickam"
    import matplotlib.pyplot as plt

    growth = found["growth"]
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.6), constrained_layout=True)
    panels = (
        ("conditions", {"kernel": growth["conditions"]}, True),
        ("findings still open", {"next step": growth["findings"]}, True),
        ("positive findings", {name: growth["positives"][name] for name in ("exact", "answered")}, False),
    )
    for axis, (label, lines, logarithmic) in zip(axes, panels, strict=True):
        for name, points in lines.items():
            axis.plot(list(_points(points)), list(points.values()), marker="o", label=name)
        axis.set(xlabel=label, ylabel="ms", yscale="log", xscale="log" if logarithmic else "linear")
        axis.grid(alpha=0.3, which="both")
        axis.legend()
    for kind in ("svg", "png"):
        figure.savefig(folder / f"speed-growth.{kind}", metadata={"Date": None} if kind == "svg" else None, dpi=110)
    plt.close(figure)
