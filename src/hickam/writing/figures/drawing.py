"""A Vega-Lite specification -> one accessible SVG that holds for light and dark paper.

Vega writes every colour as an attribute. A figure is drawn in the light palette, and a style sheet inside the SVG
replaces each colour by its dark partner when the reader's screen is dark; paper stays light. Text stays text, so it
can be searched, copied and embedded in a PDF.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from html import escape
from typing import Any, Literal

import msgspec

from hickam.errors import HickamError

Theme = Literal["auto", "light", "dark", "page"]
"""``auto`` follows the reader's screen; ``light`` and ``dark`` are fixed (a PDF is light); ``page`` leaves the dark
colours to the style sheet of the page around it (``assets/base.css``), where styles inside a page are forbidden."""

PAPER, INK, SOFT, LINE = "#ffffff", "#17252a", "#4d5f66", "#c9d3d6"
VALUE, DANGER, AGAINST, QUIET, PALE = "#2f7f8c", "#a11a1a", "#6a5aa8", "#6b7c82", "#e6ecee"
DARK = {
    PAPER: "#182226",
    INK: "#e4ecee",
    SOFT: "#a9b9be",
    LINE: "#3a4a50",
    VALUE: "#4fa3b1",
    DANGER: "#ff9d9d",
    AGAINST: "#b3a6ec",
    QUIET: "#94a5ab",
    PALE: "#26343a",
}
"""Each colour of the light palette and its partner on dark paper (both at least 4.5:1 for text, 3:1 for shapes)."""
WIDTH = 440
"""Width in CSS pixels that every figure is drawn for: a phone shows it nearly at full size."""
FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif"
VEGA_LITE = "5.21"
_INNER_ROLE = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_COLOURS = re.compile(r"#[0-9a-f]{6}\b")


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A drawn figure.

    ``columns`` and ``rows`` carry everything the picture shows, for a table beside it; ``svg`` is one element with
    ``role="img"``, a ``title`` and a ``desc``, without XML declaration, ready to stand alone or inside HTML.
    """

    kind: str
    title: str
    description: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    svg: str

    @property
    def text(self) -> str:
        """Title, description and rows on plain lines: what a reader without the picture is given."""
        rest = self.columns[1:]
        lines = [
            "; ".join([row[0], *(f"{name}: {cell}" for name, cell in zip(rest, row[1:], strict=True) if cell)])
            for row in self.rows
        ]
        return "\n".join([f"{self.title}. {self.description}", *(f"- {line}" for line in lines)])


def draw(
    spec: dict[str, Any],
    *,
    kind: str,
    title: str,
    description: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    theme: Theme = "auto",
) -> Figure:
    """The specification as a Figure; raises HickamError where the drawing library is not installed."""
    key = hashlib.sha256(f"{title}{description}{msgspec.json.encode(spec).decode()}".encode()).hexdigest()[:10]
    svg = _named(_vega(spec), key, title, description, theme)
    return Figure(
        kind=kind,
        title=title,
        description=description,
        columns=tuple(columns),
        rows=tuple(tuple(row) for row in rows),
        svg=svg,
    )


def png(figure: Figure, scale: float = 2.0) -> bytes:
    """The figure as a PNG picture, so many pixels to each CSS pixel."""
    import vl_convert

    return bytes(vl_convert.svg_to_png(figure.svg, scale=scale))


def rows_height(count: int, step: int) -> int:
    """Pixels of ``count`` rows, never nothing."""
    return max(1, count) * step


def _vega(spec: dict[str, Any]) -> str:
    try:
        import vl_convert
    except ImportError as error:
        raise HickamError(
            code="figures-not-installed",
            where="figures",
            what="not installed: vl-convert-python",
            why="figures are drawn with it; text, JSON and Markdown need no figures",
            fix="run: pip install 'hickam[documents]' (in a checkout: make setup)",
        ) from error
    svg = vl_convert.vegalite_to_svg(_styled(spec), vl_version=VEGA_LITE)
    return _LONG_NUMBER.sub(lambda found: f"{float(found[0]):.2f}", svg)


def _styled(spec: dict[str, Any]) -> dict[str, Any]:
    """The house style around a specification."""
    text = {"labelColor": SOFT, "titleColor": SOFT, "labelFontSize": 11, "titleFontSize": 11.5, "titleFontWeight": 400}
    lines = {"gridColor": PALE, "domainColor": LINE, "tickColor": LINE}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "background": PAPER,
        "padding": 6,
        "config": {
            "aria": False,
            "font": FONT,
            "view": {"stroke": None},
            "axis": {**text, **lines},
            "legend": {**text, "labelColor": INK, "labelFontSize": 12},
            "text": {"color": INK, "fontSize": 12.5, "baseline": "middle"},
        },
        **spec,
    }


def _named(svg: str, key: str, title: str, description: str, theme: Theme) -> str:
    """The SVG with its names, and its colours as the theme wants them."""
    start = svg.index(">", svg.index("<svg")) + 1
    size = re.search(r'width="([\d.]+)" height="([\d.]+)"', svg[:start])
    assert size, "Vega gives width and height"
    width, height = size.groups()
    body = _INNER_ROLE.sub("", svg[start:])  # the whole is one image with one name
    if theme == "dark":
        body = _COLOURS.sub(lambda found: DARK.get(found[0], found[0]), body)
    style = f"<style>{_dark_rules(key)}</style>" if theme == "auto" else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" id="f{key}" '
        f'class="figure" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-labelledby="t{key} d{key}">'
        f'<title id="t{key}">{escape(title)}</title><desc id="d{key}">{escape(description)}</desc>{style}{body}'
    )


def _dark_rules(key: str) -> str:
    """Replaces each colour on a dark screen; scoped to this figure, since a style sheet inside HTML is global."""
    rules = [
        f'#f{key} [{attribute}="{light}"]{{{attribute}:{dark}}}'
        for light, dark in DARK.items()
        for attribute in ("fill", "stroke")
    ]
    return f"@media screen and (prefers-color-scheme:dark){{{''.join(rules)}}}"
