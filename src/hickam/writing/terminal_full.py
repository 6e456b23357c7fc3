"""The whole assessment as text: every tier with its reasons, the plan, the review of drugs, all sources cited."""

from __future__ import annotations

from hickam.model.assessment import Assessment, Candidate, FindingOut, KnownOut, NextStep
from hickam.writing.screen import Style, header, references
from hickam.writing.words import CATEGORY_NAMES, TIER_TITLES, decibans, interval, percent

REASONS = {"clinician": 3, "student": 6, "researcher": 12}
"""How many reasons for and against each condition a reader is shown."""
WORTH = 0.5
"""Contributions below half a deciban are left out of the short list."""


def _understood(answer: Assessment, style: Style) -> list[str]:
    case = answer.case
    said = [f for f in case.findings if "implied" not in f.modifiers]
    present = [measured(f) for f in said if f.state == "present"]
    absent = [f.name for f in said if f.state == "absent"]
    lines = [style.bold("UNDERSTOOD"), *style.wrap("present: " + ("; ".join(present) or "nothing"))]
    if absent:
        lines += style.wrap("absent: " + "; ".join(absent))
    if case.known_conditions:
        lines += style.wrap("known: " + "; ".join(map(with_status, case.known_conditions)))
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


def measured(finding: FindingOut) -> str:
    """A finding with its value: a measured number without false digits, a named value as it is."""
    value = f"{finding.value:.4g}" if isinstance(finding.value, float) else finding.value or ""
    return f"{finding.name} {value} {finding.unit}".strip()


def with_status(known: KnownOut) -> str:
    """A known condition, with its status where that was given."""
    return known.name if known.status == "unknown" else f"{known.name} ({known.status})"


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


def full(answer: Assessment, style: Style) -> list[str]:
    """Everything the answer holds, for a reader who wants the reasoning."""
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
    lines += ["", *_next(answer, style), *_plan(answer, style), *references(answer, style)]
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
    gains = [s for s in answer.next_steps if s.why in ("settles", "gain")]
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
