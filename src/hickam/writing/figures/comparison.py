"""Conditions side by side: how often each shows each distinguishing feature, as shaded numbers."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from hickam.writing.figures.drawing import LINE, SOFT, VALUE, WIDTH, Figure, Theme, draw
from hickam.writing.language import _
from hickam.writing.words import percent

STEP = 44
HEADER = 150
DARKEST = 0.55
"""Opacity of a cell at 100 %: the number in it stays legible on light and on dark paper."""


def comparison_matrix(
    names: Sequence[str],
    features: Sequence[tuple[str, Mapping[str, float]]],
    *,
    title: str = "",
    theme: Theme = "auto",
) -> Figure:
    """``features``: (words, condition name -> P(feature | condition)); a condition left out states nothing."""
    step = WIDTH / len(names)
    cells = [
        {
            "value": shares[name],
            "words": percent(shares[name]),
            "left": column * step + 2,
            "right": (column + 1) * step - 2,
            "middle": (column + 0.5) * step,
            "top": HEADER + row * STEP + 19,
            "bottom": HEADER + row * STEP + 39,
            "centre": HEADER + row * STEP + 29.5,
        }
        for row, (_words, shares) in enumerate(features)
        for column, name in enumerate(names)
        if name in shares
    ]
    labels = [{"text": text, "y": HEADER + row * STEP + 9} for row, (text, _shares) in enumerate(features)]
    heads = [
        {"text": "\n".join(textwrap.wrap(name.split(" (")[0], 24, max_lines=3)), "x": (column + 0.5) * step}
        for column, name in enumerate(names)
    ]
    return draw(
        _spec(cells, labels, heads, HEADER + len(features) * STEP),
        kind="comparison",
        title=title or _("How the causes differ"),
        description=_(
            "{features} features by {conditions} conditions. Each number is how often people with the condition have "
            "the feature; darker is more often; an empty place means that the pack states nothing.",
            features=len(features),
            conditions=len(names),
        ),
        columns=(_("feature"), *names),
        rows=[
            (text, *(percent(shares[name]) if name in shares else "" for name in names)) for text, shares in features
        ],
        theme=theme,
    )


def _spec(
    cells: list[dict[str, Any]], labels: list[dict[str, Any]], heads: list[dict[str, Any]], height: int
) -> dict[str, Any]:
    def place(channel: str, field: str) -> dict[str, Any]:
        end = WIDTH if channel == "x" else height
        scale = {"domain": [0, end], "range": [0, end]}
        return {"field": field, "type": "quantitative", "axis": None, "scale": scale}

    shade = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [0, 1], "range": [0.04, DARKEST]},
        "legend": None,
    }
    return {
        "height": height,
        "layer": [
            {
                "data": {"values": cells},
                "mark": {"type": "rect", "color": VALUE, "stroke": LINE},
                "encoding": {
                    "x": place("x", "left"),
                    "x2": {"field": "right"},
                    "y": place("y", "top"),
                    "y2": {"field": "bottom"},
                    "fillOpacity": shade,
                },
            },
            {
                "data": {"values": cells},
                "mark": {"type": "text", "fontSize": 12},
                "encoding": {
                    "x": place("x", "middle"),
                    "y": place("y", "centre"),
                    "text": {"field": "words", "type": "nominal"},
                },
            },
            {
                "data": {"values": labels},
                "mark": {"type": "text", "align": "left"},
                "encoding": {
                    "x": {"value": 2},
                    "y": place("y", "y"),
                    "text": {"field": "text", "type": "nominal"},
                },
            },
            {
                "data": {"values": heads},
                "mark": {
                    "type": "text",
                    "align": "left",
                    "angle": 270,
                    "lineBreak": "\n",
                    "lineHeight": 14,
                    "color": SOFT,
                    "fontWeight": 600,
                },
                "encoding": {
                    "x": place("x", "x"),
                    "y": {"value": HEADER - 6},
                    "text": {"field": "text", "type": "nominal"},
                },
            },
        ],
    }
