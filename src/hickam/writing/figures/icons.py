"""A probability as people: 31 of 100 drawn filled, the others in outline. Of 1,000 each person is a square."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hickam.writing.figures.drawing import QUIET, VALUE, WIDTH, Figure, Theme, draw
from hickam.writing.language import N_, _

ACROSS = {100: 20, 1000: 50}
"""How many people stand in a row, of 100 and of 1,000."""
TALL = 1.5
"""Height of one place in the array over its width."""


def icon_array(chance: float, what: str, *, theme: Theme = "auto") -> Figure:
    """``what``: words that follow 'of 100 people', as 'like you have night cramps'. Under 1 % it counts 1,000."""
    if not 0 <= chance <= 1:
        raise ValueError(f"a probability, not {chance}")
    of = 100 if chance >= 0.01 or chance == 0 else 1000
    count = min(round(chance * of), of)
    values = {"n": f"{count:,}", "of": f"{of:,}", "rest": f"{of - count:,}", "what": what}
    few = count == 0 and chance > 0
    drawn = (
        N_("{of} people are drawn: {n} filled and {rest} in outline."),
        N_("{of} squares are drawn: {n} filled and {rest} in outline."),
    )[of > 100]
    return draw(
        _spec(count, of),
        kind="icons",
        title=_("Fewer than 1 of {of} people {what}", **values) if few else _("{n} of {of} people {what}", **values),
        description=_(drawn, **values),
        columns=(_("people"), _("number")),
        rows=[(what, str(count)), (_("the others"), f"{of - count:,}")],
        theme=theme,
    )


def _spec(count: int, of: int) -> dict[str, Any]:
    """Two marks, each the outline of a crowd. Vega scales a shape by half the root of its size: 4 leaves pixels."""
    across = ACROSS[of]
    wide = WIDTH / across
    height = of / across * wide * TALL

    one = _person if of == 100 else _square

    def crowd(places: Iterable[int], **mark: Any) -> dict[str, Any]:
        people = (one((n % across + 0.5) * wide, (n // across) * wide * TALL, wide) for n in places)
        return {
            "mark": {"type": "point", "shape": " ".join(people), "size": 4, "opacity": 1, **mark},
            "encoding": {"x": {"value": 0}, "y": {"value": 0}},
        }

    layers: list[tuple[range, dict[str, Any]]] = [
        (range(count), {"fill": VALUE, "stroke": VALUE}),
        (range(count, of), {"filled": False, "stroke": QUIET}),
    ]
    return {
        "height": height,
        "data": {"values": [{}]},
        "layer": [crowd(places, strokeWidth=1, **mark) for places, mark in layers if places],
    }


def _person(x: float, top: float, wide: float) -> str:
    """A head and a body about ``x``, below ``top``, in a place ``wide`` pixels wide."""
    unit = wide / 10
    head, shoulder, hip, arm, leg = 1.9 * unit, 5.2 * unit, 9.6 * unit, 3.2 * unit, 1.9 * unit
    foot = top + 13.8 * unit
    return (
        f"M{x:.1f},{top + unit:.1f}a{head:.1f},{head:.1f} 0 1 1 0,{2 * head:.1f}a{head:.1f},{head:.1f} 0 1 1 "
        f"0,{-2 * head:.1f}Z"
        f"M{x - arm:.1f},{top + shoulder:.1f}H{x + arm:.1f}V{top + hip:.1f}H{x + leg:.1f}V{foot:.1f}"
        f"H{x - leg:.1f}V{top + hip:.1f}H{x - arm:.1f}Z"
    )


def _square(x: float, top: float, wide: float) -> str:
    """One of a thousand: too small for a head and a body."""
    side = 0.7 * wide
    return f"M{x - side / 2:.1f},{top + 0.4 * wide:.1f}h{side:.1f}v{side:.1f}h{-side:.1f}Z"
