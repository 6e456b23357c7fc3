"""An evaluation as a folder: ``results.json``, figures (SVG and PNG) and ``report.md`` in the order of TRIPOD+AI.

The headings are the items of TRIPOD+AI (Collins et al., BMJ 2024;385:e078378); the number of the matching item of CHART
(BMJ Medicine 2025;4:e001632) stands beside each. What a run cannot know is said to be for the authors to state.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Literal

import msgspec

import hickam
from hickam.knowledge.yaml12 import read_yaml
from hickam.services.assess import stamp
from hickam.services.evaluation.measures import Measures, Value
from hickam.services.knowledge import Knowledge
from hickam.writing.figures.drawing import Figure
from hickam.writing.figures.evaluation import calibration_curve, subgroup_bars, urgency_table

SCHEMA = "hickam-evaluation/1"


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured: ``kind`` of cases, their name, where they are seen, and how they were made or taken."""

    kind: Literal["cases", "simulated"]
    name: str
    setting: str
    how: str


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """The versioned record of one evaluation."""

    schema: str
    source: Source
    measured_on: str
    pack: str
    pack_version: str
    pack_hash: str
    engine: str
    review_state: str
    measures: Measures


def results(knowledge: Knowledge, source: Source, measures: Measures, today: datetime.date) -> Results:
    """The record with the stamp of the knowledge."""
    mark = stamp(knowledge.pack)
    return Results(
        schema=SCHEMA,
        source=source,
        measured_on=today.isoformat(),
        pack=mark.id,
        pack_version=mark.version,
        pack_hash=mark.hash,
        engine=hickam.__version__,
        review_state=mark.review_state,
        measures=measures,
    )


def write_report(folder: Path, found: Results, disclaimer: str) -> None:
    """Results, figures and the report into ``folder``."""
    from hickam.writing.figures.drawing import png

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    drawn = figures(found.measures)
    for name, figure in drawn.items():
        (folder / f"{name}.svg").write_text(figure.svg + "\n")
        (folder / f"{name}.png").write_bytes(png(figure))
    (folder / "report.md").write_text(report(found, drawn, disclaimer))


def figures(measures: Measures) -> dict[str, Figure]:
    """Calibration of the leading cause, top-3 by subgroup, urgency."""
    curve = measures.curves[0]
    bins = [(b.predicted, b.count, _triple(b.observed)) for b in curve.bins]
    groups = [(g.name, g.cases, _triple(g.top3)) for g in measures.subgroups]
    drawn = {
        "calibration": calibration_curve(curve.of, bins),
        "subgroups": subgroup_bars(groups, "among the first 3"),
    }
    if measures.urgency:
        drawn["urgency"] = urgency_table(measures.urgency.levels, measures.urgency.table)
    return drawn


def _triple(value: Value) -> tuple[float, float, float]:
    return value.value, value.low, value.high


def _percent(value: Value) -> str:
    return f"{100 * value.value:.1f} % ({100 * value.low:.1f}–{100 * value.high:.1f})"


def _number(value: Value) -> str:
    return f"{value.value:.3f} ({value.low:.3f}–{value.high:.3f})"


TEMPLATE = Path(__file__).with_name("report_template.md")
AUTHORS = "*for the authors of a publication to state.*"
WORDS = Path(__file__).with_name("report_words.yaml")


def report(found: Results, drawn: dict[str, Figure], disclaimer: str) -> str:
    """The report as Markdown."""
    m, source = found.measures, found.source
    return TEMPLATE.read_text().format(
        **read_yaml(WORDS.read_bytes())[source.kind],
        name=source.name,
        pack=found.pack,
        pack_version=found.pack_version,
        pack_hash=found.pack_hash[:12],
        full_hash=found.pack_hash,
        engine=found.engine,
        review=found.review_state.replace("_", " "),
        measured_on=found.measured_on,
        disclaimer=disclaimer,
        abstract=_abstract(found),
        how=source.how,
        setting=source.setting.replace("_", " "),
        cases=f"{m.cases:,}",
        authors=AUTHORS,
        participants=_participants(m),
        performance=_performance(m),
        calibration=f"{_image(drawn, 'calibration')}\n\n{_calibration(m)}",
        urgency=_urgency(m) + (f"\n\n{_image(drawn, 'urgency')}" if "urgency" in drawn else ""),
        subgroups=f"{_subgroups(m)}\n\n{_image(drawn, 'subgroups')}",
    )


def _abstract(found: Results) -> str:
    m = found.measures
    who = "simulated patients" if found.source.kind == "simulated" else "cases"
    text = f"""{m.cases:,} {who}, {found.source.setting.replace("_", " ")}: true cause first in {_percent(m.top["1"])},
among the first three in {_percent(m.top["3"])}; Brier score {_number(m.brier)}, calibration error of the leading cause
{100 * m.curves[0].error:.1f} %."""
    if m.urgency is None:
        return text
    return f"""{text} Urgency lower than wanted in {_percent(m.urgency.under)} of {m.urgency.cases:,};
{m.urgency.sent_away} who needed care within a day were not sent."""


def _participants(m: Measures) -> str:
    lines = ["| group | cases |", "|---|---|", f"| all | {m.cases:,} |"]
    return "\n".join([*lines, *(f"| {g.name} | {g.cases:,} |" for g in m.subgroups)])


def _performance(m: Measures) -> str:
    rows = [(f"top-{k}", _percent(share)) for k, share in m.top.items()]
    rows += [("MRR", _number(m.mrr)), ("NDCG at 10", _number(m.ndcg)), ("Brier score", _number(m.brier))]
    rows += [("Brier skill against the case mix", f"{100 * m.skill:.1f} %")]
    rows += [(f"calibration error, {c.of}", f"{100 * c.error:.2f} % (lean {100 * c.lean:+.2f})") for c in m.curves]
    if m.coverage:
        answers = f"{m.coverage.answers:,} answers about {m.coverage.patients:,} patients"
        rows.append((f"90 % intervals that hold ({answers})", _percent(m.coverage.inside)))
    return "\n".join(["| measure | value (95 % interval) |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows)])


def _calibration(m: Measures) -> str:
    lines = [
        f"Calibration of the {m.curves[0].of}:",
        "",
        "| predicted | observed (95 % interval) | cases |",
        "|---|---|---|",
    ]
    return "\n".join(
        [*lines, *(f"| {100 * b.predicted:.1f} % | {_percent(b.observed)} | {b.count:,} |" for b in m.curves[0].bins)]
    )


def _urgency(m: Measures) -> str:
    if m.urgency is None:
        return "Urgency: no case says what level is wanted."
    u = m.urgency
    names = [level.replace("_", " ") for level in u.levels]
    lines = [
        f"""Urgency ({u.cases:,} cases): exact {_percent(u.exact)}, lower than wanted {_percent(u.under)}, higher
{_percent(u.over)}; {u.sent_away} who needed care within a day were not sent.""",
        "",
        "| wanted \\ given | " + " | ".join(names) + " |",
        "|---" * (len(names) + 1) + "|",
    ]
    lines += [f"| {name} | " + " | ".join(map(str, row)) + " |" for name, row in zip(names, u.table, strict=True)]
    return "\n".join(lines)


def _subgroups(m: Measures) -> str:
    lines = ["| group | cases | top-1 | top-3 | MRR | Brier | urgency too low |", "|---|---|---|---|---|---|---|"]
    for g in m.subgroups:
        under = _percent(g.under) if g.under else "–"
        cells = [g.name, f"{g.cases:,}", _percent(g.top1), _percent(g.top3), f"{g.mrr:.3f}", f"{g.brier:.3f}", under]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _image(drawn: dict[str, Figure], name: str) -> str:
    return f"![{drawn[name].title}. {drawn[name].description}]({name}.svg)"
