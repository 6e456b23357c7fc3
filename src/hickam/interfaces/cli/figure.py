"""``hickam figure``: one figure of one case, as SVG, as a piece of HTML, or in words."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from hickam.errors import HickamError
from hickam.intake.reading import understood_nothing
from hickam.interfaces.cli.assess import read_case
from hickam.model.assessment import Assessment
from hickam.services.assess import Options, assess
from hickam.services.conditions import wanted_condition
from hickam.services.interview import resume
from hickam.services.interview_course import interview_course
from hickam.services.knowledge import Knowledge, open_knowledge
from hickam.services.settings import chosen
from hickam.writing.articles.presentation import comparison_numbers
from hickam.writing.figures import (
    Figure,
    comparison_matrix,
    decibans_waterfall,
    differential_bars,
    figure_html,
    icon_array,
    time_course,
)
from hickam.writing.language import _, open_language, speaking


def figure_command(options: argparse.Namespace) -> int:
    """Draw it; exit code 3 when nothing in the case was understood."""
    knowledge = open_knowledge(options.pack)
    options.reader = chosen("reader", options.reader)
    with speaking(open_language(chosen("language", options.language))):
        figure = _drawn(knowledge, options)
    if figure is None:
        print("hickam: nothing in this story was understood, so there is nothing to draw", file=sys.stderr)
        return 3
    text = {"svg": lambda: figure.svg, "html": lambda: figure_html(figure), "text": lambda: figure.text}[
        options.format
    ]()
    if options.out:
        Path(options.out).write_text(text + "\n", encoding="utf-8")
    else:
        print(text)
    return 0


def _drawn(knowledge: Knowledge, options: argparse.Namespace) -> Figure | None:
    if options.kind == "comparison":
        return _comparison(knowledge, options)
    if options.case is None:
        raise HickamError(
            code="no-case",
            where=f"figure {options.kind}",
            what="no case after it",
            why="only the comparison is drawn from the pack alone",
            fix="give a story, a file, or - for standard input",
        )
    return _course(knowledge, options) if options.kind == "course" else _of_case(knowledge, options)


def _comparison(knowledge: Knowledge, options: argparse.Namespace) -> Figure:
    """The causes most often confused, from the pack's own numbers."""
    matrix = comparison_numbers(knowledge.pack)
    if matrix is None:
        raise HickamError(
            code="no-comparison",
            where="figure comparison",
            what="this pack compares no conditions",
            why="there is nothing to draw",
            fix="add a comparison to presentation.yaml (docs/reference/pack-format.md)",
        )
    features = [(text, shares) for text, shares, _ in matrix.features]
    return comparison_matrix(matrix.names, features, title=matrix.title, theme=options.theme)


def _course(knowledge: Knowledge, options: argparse.Namespace) -> Figure:
    """``case`` is a file that ``hickam interview --save`` wrote."""
    try:
        data = Path(options.case).read_bytes()
    except OSError as error:
        raise HickamError(
            code="no-such-file",
            where="the saved interview",
            what=error.strerror or "cannot be read",
            why="the course is drawn from the answers in order",
            fix="give a file written by hickam interview --save",
        ) from error
    return time_course(interview_course(knowledge, resume(knowledge, data)), theme=options.theme)


def _of_case(knowledge: Knowledge, options: argparse.Namespace) -> Figure | None:
    case = read_case(options.case, knowledge, options)
    if understood_nothing(case):
        return None
    chosen = wanted_condition(knowledge.pack, options.condition, "--condition") if options.condition else ""
    answer = assess(knowledge, case, Options(reader=options.reader, working=chosen, steps=0))
    if options.kind == "differential":
        return differential_bars(answer, theme=options.theme)
    condition = chosen or answer.differential[0].condition.id
    if options.kind == "waterfall":
        return decibans_waterfall(answer, condition, theme=options.theme)
    return _icons(answer, condition, options)


def _icons(answer: Assessment, condition: str, options: argparse.Namespace) -> Figure:
    item = next((c for c in answer.differential if c.condition.id == condition), None)
    if item is None:
        raise HickamError(
            code="no-such-line",
            where="--condition",
            what=f"{condition} is not in this differential",
            why="there is no probability to draw",
            fix="leave --condition out, or name a condition of the differential",
        )
    if item.condition.tell_in_person and options.reader == "patient" and not options.condition:
        raise HickamError(
            code="told-in-person",
            where="figure icons",
            what="the leading cause is one that a clinician should tell face to face",
            why="a number without a person who can answer helps nobody",
            fix="name the condition with --condition, if the patient knows it or wants to",
        )
    name = item.condition.lay_name if options.reader == "patient" else item.condition.name
    return icon_array(item.cause.value, _("have this cause: {condition}", condition=name), theme=options.theme)
