"""The differential as bars: probability of being the cause, with its 90 % interval."""

from __future__ import annotations

from typing import Any

from hickam.model.assessment import Assessment, Candidate
from hickam.writing.figures.drawing import DANGER, INK, QUIET, SOFT, VALUE, WIDTH, Figure, Theme, draw, rows_height
from hickam.writing.language import N_, _
from hickam.writing.words import interval, likelihood_word, out_of

TIERS = {
    "most_likely": (N_("most likely"), VALUE),
    "do_not_miss": (N_("do not miss"), DANGER),
    "other_likely": (N_("also likely"), QUIET),
    "rare": (N_("rare, but raised here"), QUIET),
    "unlisted": (N_("less likely"), QUIET),
}
STEP = 60
LONGEST = 60
"""Characters of a name that fit on its line at the drawn width."""


def differential_bars(answer: Assessment, *, most: int = 8, theme: Theme = "auto") -> Figure:
    """The listed causes (at least the first three), most probable first; for patients in words and people of 100."""
    lay = answer.reader == "patient"
    shown = [item for item in _shown(answer, most) if not (lay and item.condition.tell_in_person)]
    rows = [_row(item, place, lay) for place, item in enumerate(shown)]
    title = _("What it may be") if lay else _("Differential: probability of being the cause")
    description = (
        _(
            "Each bar says how many of 100 people with this story have this cause. "
            "The thin line shows how unsure that is."
        )
        if lay
        else _(
            "One bar for each cause; the thin line is the 90 % interval, which says how far the knowledge supports "
            "the number."
        )
    )
    return draw(
        _spec(rows, _("people out of 100") if lay else _("probability of being the cause, with 90 % interval"), lay),
        kind="differential",
        title=title,
        description=description,
        columns=(_("cause"), _("how likely"), _("listed as")),
        rows=[(row["whole"], row["number"], row["tier"]) for row in rows],
        theme=theme,
    )


def _shown(answer: Assessment, most: int) -> list[Candidate]:
    ranked = sorted(answer.differential, key=lambda item: -item.cause.value)
    listed = [item for item in ranked if item.tier != "unlisted"]
    return (listed + [item for item in ranked if item.tier == "unlisted"][: max(0, 3 - len(listed))])[:most]


def _row(item: Candidate, place: int, lay: bool) -> dict[str, Any]:
    whole = item.condition.lay_name if lay else item.condition.name
    whole = f"{whole[:1].upper()}{whole[1:]}"
    tier, colour = _(TIERS[item.tier][0]), TIERS[item.tier][1]
    people = out_of(item.cause.value)
    words = f"{_(likelihood_word(item.cause.value))}, {people}"
    return {
        "whole": whole,
        "name": whole if len(whole) <= LONGEST else whole[: LONGEST - 1].rstrip() + "…",
        "number": words if lay else interval(item.cause),
        "shown": people if lay else interval(item.cause),
        "tier": tier,
        "colour": colour,
        "value": item.cause.value,
        "low": item.cause.low,
        "high": item.cause.high,
        "zero": 0,
        "label": place * STEP + 12,
        "note": place * STEP + 28,
        "bar": place * STEP + 43,
    }


def _spec(rows: list[dict[str, Any]], axis_title: str, lay: bool) -> dict[str, Any]:
    height = rows_height(len(rows), STEP)

    def y(field: str) -> dict[str, Any]:
        scale = {"domain": [0, height], "range": [0, height]}
        return {"field": field, "type": "quantitative", "axis": None, "scale": scale}

    x = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {"title": axis_title, "values": [0, 0.25, 0.5, 0.75, 1], "labelExpr": "round(datum.value * 100)"}
        if lay
        else {"title": axis_title, "values": [0, 0.25, 0.5, 0.75, 1], "labelExpr": "round(datum.value * 100) + ' %'"},
    }
    colour = {"field": "colour", "type": "nominal", "scale": None, "legend": None}

    def words(field: str, line: str, left: bool, **mark: Any) -> dict[str, Any]:
        return {
            "mark": {"type": "text", "align": "left" if left else "right", **mark},
            "encoding": {
                "x": {"value": 0 if left else WIDTH},
                "y": y(line),
                "text": {"field": field, "type": "nominal"},
            },
        }

    return {
        "height": height,
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "bar", "height": 11, "orient": "horizontal"},
                "encoding": {"x": x, "x2": {"field": "zero"}, "y": y("bar"), "color": colour},
            },
            {
                "mark": {"type": "rule", "color": INK, "strokeWidth": 1.5},
                "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y("bar")},
            },
            *(
                {
                    "mark": {"type": "tick", "color": INK, "thickness": 1.5, "size": 9, "orient": "vertical"},
                    "encoding": {"x": {**x, "field": end}, "y": y("bar")},
                }
                for end in ("low", "high")
            ),
            words("name", "label", True, fontWeight=600),
            words("tier", "note", True, color=SOFT),
            words("shown", "note", False),
        ],
    }
