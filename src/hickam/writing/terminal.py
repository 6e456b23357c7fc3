"""The assessment as one screen of text that can be acted on: urgency first, then why, then what next.

The screen names everything that bears on safety and counts what it leaves out; ``terminal_full`` leaves nothing out.
"""

from __future__ import annotations

import re

from hickam.model.assessment import Assessment, Candidate, Contribution, NextStep
from hickam.writing.screen import Style, header
from hickam.writing.terminal_full import full, measured
from hickam.writing.words import TIER_TITLES, interval, percent

REASONS = 3
"""Reasons for and against each condition."""
STEPS = 2
"""Next steps by gain, and cautions."""
WORTH = 0.5
"""Contributions below half a deciban are no reason."""
NAME_WIDTH = 54
BAR = 12


def render(answer: Assessment, style: Style, whole: bool = False) -> str:
    """The screen for a clinician, short or ``whole``; a student and a researcher always see the whole.

    A patient reads the report of ``writing.documents`` as text, not a screen of this module.
    """
    parts = _screen(answer, style) if answer.reader in ("clinician", "patient") and not whole else full(answer, style)
    return "\n".join(line.rstrip() for line in parts) + "\n"


def _screen(answer: Assessment, style: Style) -> list[str]:
    lines = header(answer, style)[:-1] + _urgency(answer, style) + _doubts(answer, style)
    lines += _differential(answer, style) + _next(answer, style) + _do(answer, style)
    lines += _understood(answer, style) + _references(answer, style)
    hint = "* rests on an estimate · --full: every reason, step and source · --explain CONDITION: its full working"
    return [*lines, *style.wrap(style.faint(hint), ""), *style.wrap(style.faint(answer.disclaimer), "")]


def _urgency(answer: Assessment, style: Style) -> list[str]:
    level = answer.urgency
    lines = [style.bold("URGENCY  ") + style.level(level.sentence, level.level)]
    top = [reason for reason in level.reasons if reason.level == level.level]
    for reason in top[:REASONS]:
        lines += style.wrap(_first_sentence(reason.sentence) + _cite(answer, style, reason.sources), "  • ", "    ")
    lines += _left_out(style, len(top) - REASONS, "reason for this level", "reasons for this level")
    for text in level.excluded:
        lines += style.wrap(text, "  • ", "    ")
    lines += style.wrap(f"See: {answer.route.first_name.split(' (')[0]}. {answer.route.sentence}")
    for referral in answer.route.referrals[:REASONS]:
        when = referral.when.split(";")[0]
        text = f"{referral.name} ({referral.urgency.replace('_', ' ')}) if: {when[:1].lower()}{when[1:]}"
        lines += style.wrap(text + _cite(answer, style, referral.sources), "  → ", "    ")
    for referral in answer.route.referrals:
        for warning in referral.warnings:
            lines += style.wrap(style.paint(f"warning: {warning}", "33"), "  ! ", "    ")
    return lines


def _understood(answer: Assessment, style: Style) -> list[str]:
    case = answer.case
    said = [f for f in case.findings if "implied" not in f.modifiers]
    present = [measured(f) for f in said if f.state == "present"]
    absent = [f.name for f in said if f.state == "absent"]
    known = [f"{k.name} ({k.status})" for k in case.known_conditions]
    lines = [style.bold("UNDERSTOOD"), *style.wrap("; ".join(present) or "nothing present", "  + ", "    ")]
    if absent:
        lines += style.wrap("; ".join(absent), "  − ", "    ")
    for label, names in (("known", known), ("takes", [m.name for m in case.medications if m.current])):
        if names:
            lines += style.wrap(f"{label}: {', '.join(names)}")
    for note in case.notes:
        lines += style.wrap(f"note: {note}")
    return lines


def _doubts(answer: Assessment, style: Style) -> list[str]:
    """What the reader must settle before trusting the rest: contradictions, and words that were not understood."""
    lines = []
    for conflict in answer.case.conflicts:
        lines += style.wrap(style.paint(f"contradiction: {conflict.sentence}", "33"))
    if answer.case.not_understood:
        quoted = "; ".join(f"“{span.text.strip()}”" for span in answer.case.not_understood)
        lines += style.wrap(style.faint("not understood: ") + quoted)
    return lines


def _differential(answer: Assessment, style: Style) -> list[str]:
    lines = [style.bold("DIFFERENTIAL") + style.faint("  chance of being the cause (90 % interval); ± decibans")]
    if not answer.fit.known_pattern:
        lines += style.wrap(style.paint(answer.fit.sentence, "33"))
    for tier, title in TIER_TITLES.items():
        members = [c for c in answer.differential if c.tier == tier]
        if members:
            lines.append(style.faint(f" {title}"))
        for candidate in members:
            lines += _candidate(answer, candidate, style)
    return lines


def _candidate(answer: Assessment, item: Candidate, style: Style) -> list[str]:
    bar = "█" * max(1, round(BAR * item.cause.value)) if item.cause.value >= 0.005 else "·"
    present = "  known" if item.known else f"  present {percent(item.present.value)}" if item.present else ""
    name = item.condition.name
    named = style.bold(name) + " " * (NAME_WIDTH - len(name))
    lines = [f" {item.rank:>2} {named} {bar:<{BAR}} {interval(item.cause)}{present}"]
    shown = [c for c in item.contributions if abs(c.decibans) >= WORTH]
    for sign, chosen in (("+", [c for c in shown if c.decibans > 0]), ("−", [c for c in shown if c.decibans < 0])):
        if chosen:
            lines += style.wrap(
                "; ".join(_reason(answer, c, style) for c in chosen[:REASONS]), f"     {sign} ", "       "
            )
    if item.danger and item.tier in ("do_not_miss", "most_likely"):
        done = "excluded" if item.danger.state == "excluded" else "to exclude"
        lines += style.wrap(f"{done}: {item.danger.exclusion}", "     ! ", "       ")
    return lines


def _reason(answer: Assessment, part: Contribution, style: Style) -> str:
    """'absent pedal pulses +4* [2]': what, how much, whether it rests on an estimate, where it stands."""
    mark = "*" if part.basis == "estimate" else ""
    return f"{part.label} {part.decibans:+.0f}{mark}{_cite(answer, style, part.sources)}"


def _next(answer: Assessment, style: Style) -> list[str]:
    lines = [style.bold("NEXT")]
    core = [s.question or s.name for s in answer.next_steps if s.why == "core_history"]
    screen = [s.name for s in answer.next_steps if s.why == "red_flag_screen"]
    if screen:
        lines += style.wrap("danger signs, all at once: " + "; ".join(screen) + "?", "  ask  ", "       ")
    if core:
        lines += style.wrap(" ".join(core[:REASONS]), "  ask  ", "       ")
    for step in [s for s in answer.next_steps if s.why == "gain"][:STEPS]:
        verb = {"examination": "look", "test": "test"}.get(step.kind, "ask ")
        lines += style.wrap((step.question or step.name) + _effect(step), f"  {verb} ", "       ")
    return lines


def _effect(step: NextStep) -> str:
    change = next((c for c in step.could_change if c.overturns), None)
    return f" ({change.answer}: {change.effect})" if change else ""


def _do(answer: Assessment, style: Style) -> list[str]:
    def cited(text: str, keys: tuple[str, ...]) -> str:
        return text + _cite(answer, style, keys)

    now = [w for w in answer.workup if w.stage == "now"]
    first = [m for m in answer.management if m.line == "first"]
    rows = [("test", cited(w.test, w.sources)) for w in now[:REASONS]]
    rows += [("do", cited(f"{m.step} ({m.certainty.replace('_', ' ')})", m.sources)) for m in first[:REASONS]]
    rows += [("NOT", cited(m.step, m.sources)) for m in answer.management if m.line == "avoid"]
    rows += [("drug", cited(f"{r.name}: {r.action}", r.sources)) for r in answer.medication_review]
    rows += [("care", f"{a.text} (because of: {', '.join(a.because)})") for a in answer.cautions[:STEPS]]
    rows += [("trap", cited(a.text, a.sources)) for a in answer.pitfalls[:1]]
    lines = [style.bold("DO")]
    for verb, text in rows:
        lines += style.wrap(text, f"  {verb:<5}", "       ")
    left = ((now, REASONS), (first, REASONS), (answer.cautions, STEPS), (answer.pitfalls, 1))
    return [*lines, *_left_out(style, sum(max(0, len(items) - most) for items, most in left), "line", "lines")]


def _cite(answer: Assessment, style: Style, keys: tuple[str, ...]) -> str:
    """At most two sources a line, so that the list of references stays on the screen."""
    return style.cite(answer, keys[:2])


def _left_out(style: Style, count: int, one: str, many: str) -> list[str]:
    """'and 4 more lines with --full', so that nothing is dropped in silence."""
    return [style.faint(f"    and {count} more {one if count == 1 else many} with --full")] if count > 0 else []


def _references(answer: Assessment, style: Style) -> list[str]:
    by_key = {ref.key: ref for ref in answer.references}
    lines = [style.bold("REFERENCES")] if style.cited else []
    for key, number in style.cited.items():
        ref = by_key[key]
        link = f"doi:{ref.doi}" if ref.doi else f"PMID {ref.pmid}" if ref.pmid else ref.url
        lines.append(f"  [{number}] {ref.short}. {link}{'' if ref.opened else ' (nobody has opened it yet)'}")
    return lines


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[\w%)]\.) (?=[A-Z])", text, maxsplit=1)[0]
