"""The full working for one condition, as text."""

from __future__ import annotations

from hickam.model.assessment import Assessment, Candidate
from hickam.writing.overturn import overturn_lines
from hickam.writing.screen import Style, header, references
from hickam.writing.words import interval, likelihood_word, percent


def explain(answer: Assessment, candidate: Candidate, style: Style) -> str:
    """The full working for one condition: prior, each contribution, sources, what would overturn it."""
    item = candidate.condition
    lines = [*header(answer, style), style.bold(f"{item.name}: the full working"), ""]
    lines += style.wrap(
        f"Cause of the complaint: {interval(candidate.cause)}; {likelihood_word(candidate.cause.value)}."
    )
    if candidate.present:
        lines += style.wrap(f"Present, whatever the cause: {interval(candidate.present)}.")
    lines += style.wrap(f"With nothing known but age, sex and setting: {percent(candidate.prior.value)}.")
    lines.append("")
    if candidate.baseline_decibans is not None:
        lines.append(
            f"  {candidate.baseline_decibans:+7.1f} dB  start: age, sex, setting, risk factors, known conditions"
        )
    total = candidate.baseline_decibans or 0.0
    for part in candidate.contributions:
        total += part.decibans
        text = f"{part.sentence} [{part.basis}]{style.cite(answer, part.sources)}"
        lines += style.wrap(text, f"  {part.decibans:+7.1f} dB  ", " " * 14)
    lines += [
        f"  {total:+7.1f} dB  sum = {percent(candidate.cause.value)} (10 decibans are a factor of ten in odds)",
        "",
    ]
    if candidate.danger:
        danger = candidate.danger
        lines += style.wrap(
            f"Do not miss ({danger.harm.replace('_', ' ')}), test threshold {percent(danger.threshold)}: {danger.why}"
        )
        lines += style.wrap(f"To exclude it: {danger.exclusion}")
    if candidate.confirmed_by:
        lines += style.wrap("Confirmed by: " + "; ".join(candidate.confirmed_by))
    if candidate.excluded_by:
        lines += style.wrap("Argues strongly against: " + "; ".join(candidate.excluded_by))
    lines += ["", *overturn_lines(answer, style)]
    lines += ["", *references(answer, style), *style.wrap(style.faint(answer.disclaimer), "")]
    return "\n".join(line.rstrip() for line in lines) + "\n"
