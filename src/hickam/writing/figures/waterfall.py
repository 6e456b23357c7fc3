"""How the findings add up for one condition: a waterfall in decibans, from the start to the probability."""

from __future__ import annotations

import textwrap
from typing import Any

from hickam.errors import HickamError
from hickam.model.assessment import Assessment, Candidate
from hickam.writing.figures.drawing import AGAINST, INK, QUIET, SOFT, VALUE, WIDTH, Figure, Theme, draw
from hickam.writing.language import _, ngettext
from hickam.writing.words import decibans, interval, percent

SMALLEST = 0.5
"""Contributions below half a deciban are drawn as one row."""
MOST = 12
LINE_LENGTH = 62
LINE_HEIGHT = 15
BAR = 20
ASIDES = ("Partly the same as", "Counts mostly together", "Which way it points")


def decibans_waterfall(answer: Assessment, condition: str, *, theme: Theme = "auto") -> Figure:
    """For the condition id of one line of the differential; raises HickamError when it has no working."""
    item = next((c for c in answer.differential if c.condition.id == condition), None)
    if item is None or item.baseline_decibans is None:
        raise HickamError(
            code="no-working",
            where=condition,
            what="this answer holds no working for the condition",
            why="there is nothing to draw",
            fix="name a condition of the differential",
        )
    rows = _rows(item)
    end = rows[-1]["end"]
    return draw(
        _spec(rows),
        kind="waterfall",
        title=_("How the findings add up: {condition}", condition=item.condition.name),
        description=_(
            "Starts at {start} for age, sex, setting and risk factors, ends at {end}, that is {interval} as the cause. "
            "Ten decibans are a factor of ten in odds; zero is even odds.",
            start=decibans(item.baseline_decibans),
            end=decibans(end),
            interval=interval(item.cause),
        ),
        columns=(_("finding"), _("moves it by"), _("sum"), _("basis")),
        rows=[
            (
                row["whole"],
                decibans(row["end"] - row["start"]) if row["moves"] else "",
                decibans(row["end"]),
                row["basis"],
            )
            for row in rows
        ],
        theme=theme,
    )


def _rows(item: Candidate) -> list[dict[str, Any]]:
    ranked = sorted(item.contributions, key=lambda part: -abs(part.decibans))
    shown = [part for part in ranked[:MOST] if abs(part.decibans) >= SMALLEST]
    rest = [part for part in ranked if part not in shown]
    assert item.baseline_decibans is not None
    steps = [(_("Start: age, sex, setting, risk factors and known conditions"), item.baseline_decibans, "", QUIET)]
    steps += [(part.sentence, part.decibans, part.basis, VALUE if part.decibans > 0 else AGAINST) for part in shown]
    if rest:
        total = sum(part.decibans for part in rest)
        steps.append(
            (
                ngettext("{n} smaller finding", "{n} smaller findings together", len(rest)),
                total,
                "",
                VALUE if total > 0 else AGAINST,
            )
        )
    rows, top, level = [], 0, 0.0
    for place, (sentence, value, basis, colour) in enumerate(steps):
        rows.append(_row(sentence, level, level + value, basis, colour, top, moves=place > 0))
        top, level = rows[-1]["below"], level + value
    end = _row(
        _("Sum: {percent} as the cause", percent=percent(item.cause.value)), 0.0, level, "", INK, top, moves=False
    )
    return [*rows, end]


def _row(sentence: str, start: float, end: float, basis: str, colour: str, top: int, *, moves: bool) -> dict[str, Any]:
    short = sentence
    for aside in ASIDES:
        short = short.split(aside)[0].strip()
    lines = textwrap.wrap(short, LINE_LENGTH, max_lines=2, placeholder=" …") or [short]
    height = LINE_HEIGHT * len(lines)
    return {
        "whole": sentence.rstrip("."),
        "name": "\n".join(lines),
        "number": decibans(end - start).replace("-", "−"),
        "start": start,
        "end": end,
        "basis": basis,
        "colour": colour,
        "moves": moves,
        "label": top + 9,
        "top": top + height + 2,
        "bar": top + height + 9,
        "bottom": top + height + 16,
        "below": top + height + BAR + 4,
    }


def _spec(rows: list[dict[str, Any]]) -> dict[str, Any]:
    height = rows[-1]["below"]
    values = [0.0, *(row["start"] for row in rows), *(row["end"] for row in rows)]
    low, high = min(values), max(values)

    def y(field: str) -> dict[str, Any]:
        return {
            "field": field,
            "type": "quantitative",
            "axis": None,
            "scale": {"domain": [0, height], "range": [0, height]},
        }

    chance = "format(1 / (1 + pow(10, -datum.value / 10)), datum.value < -19 || datum.value > 19 ? '.1%' : '.0%')"
    x = {
        "field": "start",
        "type": "quantitative",
        "scale": {"domain": [low - 1, high + 1], "nice": False},
        "axis": {
            "title": _("decibans, and the probability they stand for"),
            "tickCount": 6,
            "labelExpr": f"[format(datum.value, '+d') + ' dB', replace({chance}, '%', ' %')]",
        },
    }
    text = {"type": "nominal"}
    colour = {"field": "colour", "type": "nominal", "scale": None, "legend": None}
    return {
        "height": height,
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "rule", "color": SOFT, "strokeDash": [3, 2]},
                "encoding": {"x": {"datum": 0}, "y": y("top"), "y2": {"field": "bottom"}},
            },
            {
                "mark": {"type": "bar", "height": 11},
                "encoding": {"x": x, "x2": {"field": "end"}, "y": y("bar"), "color": colour},
            },
            {
                "mark": {
                    "type": "text",
                    "align": "left",
                    "baseline": "middle",
                    "lineBreak": "\n",
                    "lineHeight": LINE_HEIGHT,
                },
                "encoding": {"x": {"value": 0}, "y": y("label"), "text": {"field": "name", **text}},
            },
            {
                "mark": {"type": "text", "align": "right", "fontWeight": 600},
                "encoding": {"x": {"value": WIDTH}, "y": y("label"), "text": {"field": "number", **text}},
            },
        ],
    }
