"""Figures of an evaluation: calibration curve, top-k by subgroup, urgency given against urgency wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hickam.writing.figures.drawing import DANGER, INK, QUIET, VALUE, Figure, Theme, draw, rows_height
from hickam.writing.words import percent

Interval = tuple[float, float, float]
"""Value, low, high."""
DARKEST = 0.6


def calibration_curve(of: str, bins: Sequence[tuple[float, int, Interval]], theme: Theme = "light") -> Figure:
    """``bins``: (mean predicted, how many, observed with 95 % interval)."""
    points = [{"x": p, "n": n, "y": y, "low": low, "high": high} for p, n, (y, low, high) in bins]
    axis = {"format": ".0%", "tickCount": 5}
    x, y = _q("x", "predicted", axis), _q("y", "observed", axis)
    spec: dict[str, Any] = {
        "height": 340,
        "layer": [
            {
                "data": {"values": [{"x": 0, "y": 0}, {"x": 1, "y": 1}]},
                "mark": {"type": "line", "strokeDash": [5, 4], "color": QUIET},
                "encoding": {"x": x, "y": y},
            },
            {
                "data": {"values": points},
                "mark": {"type": "rule", "color": VALUE, "opacity": 0.6},
                "encoding": {
                    "x": _q("x", "predicted", axis),
                    "y": _q("low", "observed", axis),
                    "y2": {"field": "high"},
                },
            },
            {
                "data": {"values": points},
                "mark": {"type": "circle", "color": VALUE, "opacity": 1},
                "encoding": {
                    "x": x,
                    "y": y,
                    "size": {"field": "n", "type": "quantitative", "legend": {"title": "predictions"}},
                },
            },
        ],
    }
    return draw(
        spec,
        kind="calibration",
        title=f"Calibration of the {of}",
        description=(
            "Each circle is a tenth of the scale: how probable the answers said it was (across) and how often it was "
            "so (up), with 95 % interval. On the dashed line the two agree."
        ),
        columns=("predicted", "predictions", "observed", "95 % interval"),
        rows=[(percent(p), str(n), percent(y), f"{percent(low)} to {percent(high)}") for p, n, (y, low, high) in bins],
        theme=theme,
    )


def _q(field: str, title: str, axis: dict[str, Any]) -> dict[str, Any]:
    scale = {"domain": [0, 1]}
    return {"field": field, "type": "quantitative", "scale": scale, "axis": {"title": title, **axis}}


def subgroup_bars(groups: Sequence[tuple[str, int, Interval]], what: str, theme: Theme = "light") -> Figure:
    """``groups``: (name, cases, share with 95 % interval)."""
    rows = [{"name": f"{g} ({n})", "y": y, "low": low, "high": high} for g, n, (y, low, high) in groups]
    order = [row["name"] for row in rows]
    y_axis = {"field": "name", "type": "nominal", "sort": order, "axis": {"title": None, "labelLimit": 200}}
    x_axis = {"scale": {"domain": [0, 1]}, "axis": {"title": what, "format": ".0%"}}
    spec: dict[str, Any] = {
        "height": rows_height(len(rows), 26),
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "rule", "color": VALUE, "strokeWidth": 2},
                "encoding": {
                    "y": y_axis,
                    "x": {"field": "low", "type": "quantitative", **x_axis},
                    "x2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "circle", "color": VALUE, "size": 90, "opacity": 1},
                "encoding": {"y": y_axis, "x": {"field": "y", "type": "quantitative", **x_axis}},
            },
        ],
    }
    return draw(
        spec,
        kind="subgroups",
        title=f"{what.capitalize()} by subgroup",
        description=f"One line a subgroup with its number of cases: {what}, with 95 % interval.",
        columns=("subgroup", "cases", what, "95 % interval"),
        rows=[(g, str(n), percent(y), f"{percent(low)} to {percent(high)}") for g, n, (y, low, high) in groups],
        theme=theme,
    )


def urgency_table(levels: Sequence[str], table: Sequence[Sequence[int]], theme: Theme = "light") -> Figure:
    """``table[wanted][given]``: cases. Under the diagonal's left the level is too low."""
    names = [level.replace("_", " ") for level in levels]
    cells = []
    for i, row in enumerate(table):
        for j, count in enumerate(row):
            share = count / max(sum(row), 1)
            low = j < i and count > 0
            cells.append({"wanted": names[i], "given": names[j], "n": count, "share": share * DARKEST, "low": low})
    x = {
        "field": "given",
        "type": "nominal",
        "sort": names,
        "axis": {"title": "given", "orient": "top", "labelAngle": 0},
    }
    y = {"field": "wanted", "type": "nominal", "sort": names, "axis": {"title": "wanted"}}
    colour = {"condition": {"test": "datum.low", "value": DANGER}, "value": VALUE}
    spec: dict[str, Any] = {
        "height": rows_height(len(names), 46),
        "data": {"values": cells},
        "layer": [
            {
                "mark": {"type": "rect"},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": colour,
                    "opacity": {"field": "share", "type": "quantitative", "scale": None, "legend": None},
                },
            },
            {"mark": {"type": "text", "color": INK}, "encoding": {"x": x, "y": y, "text": {"field": "n"}}},
        ],
    }
    return draw(
        spec,
        kind="urgency",
        title="Level of urgency given, against the level wanted",
        description="Rows: the level wanted; columns: the level given; numbers: cases. Red is too low, darker is more.",
        columns=("wanted", *(f"given: {name}" for name in names)),
        rows=[(name, *(str(count) for count in row)) for name, row in zip(names, table, strict=True)],
        theme=theme,
    )
