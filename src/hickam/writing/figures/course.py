"""How the leading causes moved while an interview went on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from hickam.errors import HickamError
from hickam.model.condition import Level
from hickam.writing.figures.drawing import AGAINST, DANGER, INK, QUIET, VALUE, Figure, Theme, draw
from hickam.writing.language import _, ngettext
from hickam.writing.words import percent

COLOURS = (VALUE, DANGER, AGAINST, INK, QUIET)
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross")
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3), (1, 4))
HEIGHT = 230
MOST_TICKS = 13


class CoursePoint(msgspec.Struct, frozen=True, kw_only=True):
    """After one answer: the answer in words, P(cause) of each followed condition by name, and the urgency."""

    answer: str
    causes: dict[str, float]
    level: Level


def time_course(points: Sequence[CoursePoint], *, theme: Theme = "auto") -> Figure:
    """Lines of P(cause) over the answers; the same causes, at most five, must be in every point."""
    if not points:
        raise HickamError(
            code="no-course",
            where="the interview",
            what="nothing was answered",
            why="there is no course to draw",
            fix="answer a question first",
        )
    answers = ngettext("{n} answer", "{n} answers", len(points) - 1)
    names = list(points[-1].causes)[: len(COLOURS)]
    rows = [
        {"step": place, "cause": name, "value": point.causes[name]}
        for place, point in enumerate(points)
        for name in names
    ]
    table = [
        (
            f"{place}. {point.answer}" if place else point.answer,
            *(percent(point.causes[name]) for name in names),
            point.level.replace("_", " "),
        )
        for place, point in enumerate(points)
    ]
    return draw(
        _spec(rows, names, len(points) - 1),
        kind="course",
        title=_("The course of the interview"),
        description=_(
            "{answers}. The probability of being the cause, after each answer, of the causes that lead at the end; it "
            "ends with {cause} at {percent}.",
            answers=answers,
            cause=names[0],
            percent=percent(points[-1].causes[names[0]]),
        ),
        columns=(_("after the answer"), *names, _("urgency")),
        rows=table,
        theme=theme,
    )


def _spec(rows: list[dict[str, Any]], names: list[str], last: int) -> dict[str, Any]:
    count = len(names)
    legend = {"orient": "bottom", "direction": "vertical", "title": None, "labelLimit": 420, "symbolSize": 70}
    base: dict[str, Any] = {
        "x": {
            "field": "step",
            "type": "quantitative",
            "scale": {"domain": [0, max(1, last)], "nice": False},
            "axis": {
                "title": _("answers given"),
                "values": list(range(0, last + 1, 1 + last // MOST_TICKS)),
                "format": "d",
                "grid": False,
            },
        },
        "y": {
            "field": "value",
            "type": "quantitative",
            "scale": {"domain": [0, 1]},
            "axis": {
                "title": _("probability of being the cause"),
                "values": [0, 0.25, 0.5, 0.75, 1],
                "labelExpr": "round(datum.value * 100) + ' %'",
            },
        },
        "color": _scale("cause", names, list(COLOURS[:count]), legend),
    }
    return {
        "height": HEIGHT,
        "width": 390,
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {**base, "strokeDash": _scale("cause", names, [list(d) for d in DASHES[:count]], legend)},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 45, "opacity": 1},
                "encoding": {**base, "shape": _scale("cause", names, list(SHAPES[:count]), legend)},
            },
        ],
    }


def _scale(field: str, domain: list[str], values: list[Any], legend: dict[str, Any]) -> dict[str, Any]:
    scale = {"domain": domain, "range": values}
    return {"field": field, "type": "nominal", "scale": scale, "sort": None, "legend": legend}
