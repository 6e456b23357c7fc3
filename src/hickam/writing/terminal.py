"""The assessment as one screen of text that can be acted on: urgency first, then why, then what next."""

from __future__ import annotations

from hickam.model.assessment import Assessment, Candidate, NextStep
from hickam.writing.screen import Style, header
from hickam.writing.terminal_patient import patient
from hickam.writing.words import decibans, interval, likelihood_word, percent

TIER_TITLES = {
    "most_likely": "MOST LIKELY",
    "do_not_miss": "DO NOT MISS",
    "other_likely": "OTHER LIKELY",
    "rare": "RARE, BUT RAISED HERE",
}
CATEGORY_NAMES = {
    "true_cramp": "true cramp",
    "metabolic_endocrine": "metabolic and endocrine",
    "vascular": "vascular",
    "neurologic": "neurologic",
    "musculoskeletal": "musculoskeletal",
    "medication": "medication",
    "other_medical": "other medical",
}
REASONS = {"clinician": 3, "student": 6, "researcher": 12}
"""How many reasons for and against each condition a reader is shown."""
WORTH = 0.5
"""Contributions below half a deciban are left out of the short list."""


def render(answer: Assessment, style: Style) -> str:
    """The whole screen for the reader the assessment was made for."""
    parts = patient(answer, style) if answer.reader == "patient" else _clinician(answer, style)
    return "\n".join(line.rstrip() for line in parts) + "\n"


def _understood(answer: Assessment, style: Style) -> list[str]:
    case = answer.case
    said = [f for f in case.findings if "implied" not in f.modifiers]
    present = [f"{f.name} {_shown(f.value)} {f.unit}".strip() for f in said if f.state == "present"]
    absent = [f.name for f in said if f.state == "absent"]
    lines = [style.bold("UNDERSTOOD"), *style.wrap("present: " + ("; ".join(present) or "nothing"))]
    if absent:
        lines += style.wrap("absent: " + "; ".join(absent))
    if case.known_conditions:
        lines += style.wrap("known: " + "; ".join(f"{k.name} ({k.status})" for k in case.known_conditions))
    if case.medications:
        lines += style.wrap("takes: " + ", ".join(m.name for m in case.medications if m.current))
    for conflict in case.conflicts:
        lines += style.wrap(style.paint(f"contradiction: {conflict.sentence}", "33"))
    for note in case.notes:
        lines += style.wrap(f"note: {note}")
    if case.not_understood:
        quoted = "; ".join(f"“{span.text.strip()}”" for span in case.not_understood)
        lines += style.wrap(style.faint("not understood: ") + quoted)
    return [*lines, ""]


def _shown(value: float | str | None) -> str:
    """A measured number without false digits, a named value as it is, nothing for nothing."""
    return f"{value:.4g}" if isinstance(value, float) else value or ""


def _urgency(answer: Assessment, style: Style) -> list[str]:
    level = answer.urgency
    lines = [style.bold("URGENCY  ") + style.level(level.sentence, level.level)]
    for reason in level.reasons[:3]:
        lines += style.wrap(reason.sentence + style.cite(answer, reason.sources), "  • ", "    ")
    for text in level.excluded:
        lines += style.wrap(text, "  • ", "    ")
    route = answer.route
    lines += style.wrap(f"See: {route.first_name}. {route.sentence}")
    for referral in route.referrals[:3]:
        causes = ", ".join(referral.for_conditions)
        text = f"{referral.name} ({referral.urgency.replace('_', ' ')}), for {causes}: {referral.when}"
        lines += style.wrap(text + style.cite(answer, referral.sources), "  → ", "    ")
        for warning in referral.warnings:
            lines += style.wrap(f"warning: {warning}", "    ! ", "      ")
    return [*lines, ""]


def _clinician(answer: Assessment, style: Style) -> list[str]:
    lines = header(answer, style) + _understood(answer, style) + _urgency(answer, style)
    lines.append(style.bold("DIFFERENTIAL") + style.faint("   probability of being the cause, with 90 % interval"))
    if not answer.fit.known_pattern:
        lines += style.wrap(style.paint(answer.fit.sentence, "33"))
    for tier, title in TIER_TITLES.items():
        members = [c for c in answer.differential if c.tier == tier]
        if members:
            lines.append(style.faint(f" {title}"))
        for place, candidate in enumerate(members):
            leads = tier == "most_likely" or candidate.rank <= 2 or (tier == "do_not_miss" and place == 0)
            full = leads or answer.reader in ("student", "researcher")
            lines += _candidate(answer, candidate, style, brief=not full)
    lines += style.wrap(style.faint(f"unexplained {percent(answer.fit.unexplained)}"), " ")
    lines += ["", *_next(answer, style), *_plan(answer, style), *_references(answer, style)]
    return [*lines, *style.wrap(style.faint(answer.disclaimer), "")]


def _candidate(answer: Assessment, item: Candidate, style: Style, brief: bool) -> list[str]:
    bar = "█" * max(1, round(24 * item.cause.value)) if item.cause.value >= 0.005 else "·"
    present = f"  present {percent(item.present.value)}" if item.present and not item.known else ""
    known = "  (known)" if item.known else ""
    kind = CATEGORY_NAMES[item.condition.category]
    alone = f"age and sex alone {percent(item.prior.value)}"
    lines = [
        f" {item.rank:>2} {style.bold(item.condition.name)} {style.faint('· ' + kind)}",
        f"    {bar:<24} {interval(item.cause)}{present}{known}  {style.faint(alone)}",
    ]
    if brief:
        return lines
    shown = [c for c in item.contributions if abs(c.decibans) >= WORTH]
    for sign, chosen in (("+", [c for c in shown if c.decibans > 0]), ("−", [c for c in shown if c.decibans < 0])):
        for part in chosen[: REASONS.get(answer.reader, 3)]:
            mark = " (estimate)" if part.basis == "estimate" else ""
            text = f"{part.sentence} {decibans(part.decibans)}{mark}{style.cite(answer, part.sources)}"
            lines += style.wrap(text, f"      {sign} ", "        ")
    for relative in item.parents:
        if relative.present >= 0.05:
            lines += style.wrap(
                f"may come from {relative.name} (present {percent(relative.present)})", "      ↑ ", "        "
            )
    for relative in item.children:
        if relative.present >= 0.2:
            lines += style.wrap(f"with {relative.name} (present {percent(relative.present)})", "      ↓ ", "        ")
    if item.danger and item.tier in ("do_not_miss", "most_likely"):
        done = {"excluded": "excluded", "not_excluded": "not excluded"}.get(item.danger.state, "not excluded yet")
        lines += style.wrap(f"{done}; to exclude: {item.danger.exclusion}", "      ! ", "        ")
    return lines


def _next(answer: Assessment, style: Style) -> list[str]:
    lines = [style.bold("NEXT")]
    core = [s for s in answer.next_steps if s.why == "core_history"]
    screen = [s for s in answer.next_steps if s.why == "red_flag_screen"]
    gains = [s for s in answer.next_steps if s.why == "gain"]
    for step in core:
        lines += style.wrap(_question(step), "  ask  ", "       ")
    if screen:
        lines += style.wrap("danger signs, together: " + "; ".join(s.name for s in screen) + "?", "  ask  ", "       ")
    for step in gains[:4]:
        lines += style.wrap(_question(step), f"  {_verb(step)}  ", "       ")
        for change in [c for c in step.could_change if c.overturns][:1]:
            lines += style.wrap(style.faint(f"{change.answer}: {change.effect}"), "         ", "           ")
    return [*lines, ""]


def _question(step: NextStep) -> str:
    return step.question or step.name


def _verb(step: NextStep) -> str:
    return {"history": "ask ", "risk_factor": "ask ", "examination": "look", "test": "test"}[step.kind]


def _plan(answer: Assessment, style: Style) -> list[str]:
    lines = [style.bold("DO")]
    for test in [w for w in answer.workup if w.stage == "now"][:5]:
        lines += style.wrap(f"{test.test}: {test.why}{style.cite(answer, test.sources)}", "  test ", "       ")
    for step in [m for m in answer.management if m.line == "first"][:5]:
        text = f"{step.step} ({step.certainty.replace('_', ' ')}){style.cite(answer, step.sources)}"
        lines += style.wrap(text, "  do   ", "       ")
    for step in [m for m in answer.management if m.line == "avoid"][:3]:
        lines += style.wrap(f"{step.step}{style.cite(answer, step.sources)}", "  NOT  ", "       ")
    for advice in answer.cautions:
        lines += style.wrap(f"{advice.text} (because of: {', '.join(advice.because)})", "  care ", "       ")
    for review in answer.medication_review:
        effect = review.effects[0].text if review.effects else review.mechanism
        text = f"{review.name}: {effect} {review.action}{style.cite(answer, review.sources)}"
        lines += style.wrap(text, "  drug ", "       ")
    for advice in answer.pitfalls[:3]:
        lines += style.wrap(f"{advice.text}{style.cite(answer, advice.sources)}", "  trap ", "       ")
    return [*lines, ""]


def _references(answer: Assessment, style: Style) -> list[str]:
    """The sources cited above; the JSON answer lists all that it rests on."""
    by_key = {ref.key: ref for ref in answer.references}
    lines = [style.bold("REFERENCES")]
    for key, number in style.cited.items():
        ref = by_key[key]
        unread = "" if ref.opened else " (nobody has opened it yet)"
        lines += style.wrap(f"{ref.citation} {ref.url}{unread}", f"  [{number}] ", "      ")
    return [*lines, ""]


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
    lines += ["", style.bold("What would overturn the answer")]
    overturning = [(s, c) for s in answer.next_steps for c in s.could_change if c.overturns]
    for _, change in overturning[:8]:
        lines += style.wrap(f"{change.answer}: {change.effect}", "  • ", "    ")
    if not overturning:
        lines += style.wrap("No single further finding would change the leading cause or the dangers to exclude.")
    lines += ["", *_references(answer, style), *style.wrap(style.faint(answer.disclaimer), "")]
    return "\n".join(line.rstrip() for line in lines) + "\n"
