"""The figures a template may name: drawn when they are asked for, each with its words."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from hickam.writing.content import Content
from hickam.writing.figures.drawing import Figure, Theme
from hickam.writing.language import N_

WATERFALL = "waterfall_"


def picture(content: Content, say: Callable[..., Markup], name: str, theme: Theme) -> tuple[str, str]:
    """(SVG, the same in words) of 'differential', 'people' or 'waterfall_<condition>'; ('', '') when there is none."""
    answer = content.answer
    if name == "people":
        return _people(content, say, theme)
    if name == "differential":
        from hickam.writing.figures.differential import differential_bars

        return _with_words(differential_bars(answer, theme=theme))
    condition = name.removeprefix(WATERFALL)
    worked = {c.condition.id for c in answer.differential if c.baseline_decibans is not None}
    if not name.startswith(WATERFALL) or condition not in worked:
        return "", ""
    from hickam.writing.figures.waterfall import decibans_waterfall

    return _with_words(decibans_waterfall(answer, condition, theme=theme))


def _people(content: Content, say: Callable[..., Markup], theme: Theme) -> tuple[str, str]:
    from hickam.writing.figures.icons import icon_array

    leading = content.answer.differential[0]
    if content.withheld(leading.condition.id):
        return "", ""
    condition = content.condition(leading.condition.id).lay_name
    figure = icon_array(
        leading.cause.value, str(say(N_("have this cause: {condition}"), condition=condition)), theme=theme
    )
    words = say(
        N_("Picture of 100 people with a story like yours. In {n} of them the cause is this: {condition}."),
        n=round(100 * leading.cause.value),
        condition=condition,
    )
    return figure.svg, str(words)


def _with_words(figure: Figure) -> tuple[str, str]:
    return figure.svg, f"{figure.title}. {figure.description}"
