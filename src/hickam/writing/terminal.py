"""The assessment as one screen of text that can be acted on: urgency first, then why, then what next.

The screen names everything that bears on safety and counts what it leaves out; ``terminal_full`` leaves nothing out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from hickam.model.assessment import Assessment, Candidate, Contribution, NextStep
from hickam.writing.overturn import overturn_lines
from hickam.writing.screen import Style, header
from hickam.writing.terminal_full import full, measured, with_status
from hickam.writing.words import TIER_TITLES, interval, percent

LINES = 50
"""What is acted on, down to DO, fits one screen of so many lines where it can."""


@dataclass(frozen=True)
class Depth:
    """How many are shown: ``reasons`` for and against a leading or dangerous cause, and an ``other`` one; next
    ``steps`` by gain, and cautions; ``rows`` of tests, of things to do, of referrals and of the core history. Causes
    that neither lead nor are dangerous have a row each if ``listed``, or else stand one after another.

    Danger signs, dangers, what excludes them, urgency with its first reasons, warnings and what not to do are shown at
    every depth.
    """

    reasons: int
    other: int
    steps: int
    rows: int
    listed: bool = True


DEPTHS = (
    Depth(reasons=3, other=3, steps=2, rows=3),
    Depth(reasons=3, other=0, steps=2, rows=3),
    Depth(reasons=2, other=0, steps=1, rows=3),
    Depth(reasons=2, other=0, steps=1, rows=3, listed=False),
    Depth(reasons=1, other=0, steps=1, rows=2, listed=False),
)
"""The first whose screen is short enough is shown; the last, when none is."""
REASONS = 3
"""Reasons for the level."""
LEADING = ("most_likely", "do_not_miss")
"""Tiers with reasons at every depth, and with what excludes a danger."""
WORTH = 0.5
"""Contributions below half a deciban are no reason."""
NAME_WIDTH = 54
BAR = 12


def render(answer: Assessment, style: Style, whole: bool = False) -> str:
    """The screen for a clinician, short or ``whole``; a student and a researcher always see the whole.

    A patient reads the report of ``writing.documents`` as text, not a screen of this module.
    """
    parts = _screen(answer, style) if answer.reader in ("clinician", "patient") and not whole else full(answer, style)
    if answer.overturn:  # searched for only where it is asked for
        parts += ["", *overturn_lines(answer, style)]
    return "\n".join(line.rstrip() for line in parts) + "\n"


def _screen(answer: Assessment, style: Style) -> list[str]:
    for depth in DEPTHS:
        own = replace(style, cited={})
        lines = header(answer, own)[:-1] + _urgency(answer, own, depth) + _doubts(answer, own)
        lines += _differential(answer, own, depth) + _next(answer, own, depth) + _do(answer, own, depth)
        if len(lines) <= LINES:
            break
    lines += _understood(answer, own) + _references(answer, own)
    hint = "* rests on an estimate · --full: every reason, step and source · --explain CONDITION: its full working"
    return [*lines, *own.wrap(own.faint(hint), ""), *own.wrap(own.faint(answer.disclaimer), "")]


def _urgency(answer: Assessment, style: Style, depth: Depth) -> list[str]:
    level = answer.urgency
    lines = [style.bold("URGENCY  ") + style.level(level.sentence, level.level)]
    top = [reason for reason in level.reasons if reason.level == level.level]
    for reason in top[:REASONS]:
        lines += style.wrap(_first_sentence(reason.sentence) + _cite(answer, style, reason.sources), "  • ", "    ")
    lines += _left_out(style, len(top) - REASONS, "reason for this level", "reasons for this level")
    for text in level.excluded:
        lines += style.wrap(text, "  • ", "    ")
    lines += style.wrap(f"See: {answer.route.first_name.split(' (')[0]}. {answer.route.sentence}")
    for referral in answer.route.referrals[: depth.rows]:
        when = referral.when.split(";")[0]
        text = f"{referral.name} ({referral.urgency.replace('_', ' ')}) if: {when[:1].lower()}{when[1:]}"
        lines += style.wrap(text + _cite(answer, style, referral.sources), "  → ", "    ")
    lines += _left_out(style, len(answer.route.referrals) - depth.rows, "referral", "referrals")
    warnings = dict.fromkeys(text for referral in answer.route.referrals for text in referral.warnings)
    if warnings:
        lines += style.wrap(style.paint(f"warning: {' '.join(warnings)}", "33"), "  ! ", "    ")
    return lines


def _understood(answer: Assessment, style: Style) -> list[str]:
    case = answer.case
    said = [f for f in case.findings if "implied" not in f.modifiers]
    present = [measured(f) for f in said if f.state == "present"]
    absent = [f.name for f in said if f.state == "absent"]
    known = [with_status(k) for k in case.known_conditions]
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


def _differential(answer: Assessment, style: Style, depth: Depth) -> list[str]:
    lines = [style.bold("DIFFERENTIAL") + style.faint("  chance of being the cause (90 % interval); ± decibans")]
    if not answer.fit.known_pattern:
        lines += style.wrap(style.paint(answer.fit.sentence, "33"))
    for tier, title in TIER_TITLES.items():
        members = [c for c in answer.differential if c.tier == tier]
        if members:
            lines.append(style.faint(f" {title}"))
        if depth.listed or tier in LEADING:
            for candidate in members:
                lines += _candidate(answer, candidate, style, depth)
        else:
            run = [f"{c.rank} {c.condition.name} {interval(c.cause)}{' known' if c.known else ''}" for c in members]
            lines += style.wrap("; ".join(run), "    ", "    ")
    return lines


def _candidate(answer: Assessment, item: Candidate, style: Style, depth: Depth) -> list[str]:
    bar = "█" * max(1, round(BAR * item.cause.value)) if item.cause.value >= 0.005 else "·"
    present = "  known" if item.known else f"  present {percent(item.present.value)}" if item.present else ""
    name = item.condition.name
    named = style.bold(name) + " " * (NAME_WIDTH - len(name))
    lines = [f" {item.rank:>2} {named} {bar:<{BAR}} {interval(item.cause)}{present}"]
    most = depth.reasons if item.tier in LEADING else depth.other
    shown = [c for c in item.contributions if abs(c.decibans) >= WORTH]
    said = []
    for sign, chosen in (("+", [c for c in shown if c.decibans > 0]), ("−", [c for c in shown if c.decibans < 0])):
        if chosen[:most]:
            said.append(f"{sign} " + "; ".join(_reason(answer, c, style) for c in chosen[:most]))
    if said:
        lines += style.wrap(" ".join(said), "     ", "       ")
    if item.danger and item.tier in LEADING:
        done = "excluded" if item.danger.state == "excluded" else "to exclude"
        lines += style.wrap(f"{done}: {item.danger.exclusion}", "     ! ", "       ")
    return lines


def _reason(answer: Assessment, part: Contribution, style: Style) -> str:
    """'absent pedal pulses +4* [2]': what, how much, whether it rests on an estimate, where it stands."""
    mark = "*" if part.basis == "estimate" else ""
    return f"{part.label} {part.decibans:+.0f}{mark}{_cite(answer, style, part.sources)}"


def _next(answer: Assessment, style: Style, depth: Depth) -> list[str]:
    lines = [style.bold("NEXT")]
    core = [s.question or s.name for s in answer.next_steps if s.why == "core_history"]
    screen = [s.name for s in answer.next_steps if s.why == "red_flag_screen"]
    if screen:
        lines += style.wrap("danger signs, all at once: " + "; ".join(screen) + "?", "  ask  ", "       ")
    if core:
        lines += style.wrap(" ".join(core[: depth.rows]), "  ask  ", "       ")
    for step in [s for s in answer.next_steps if s.why in ("settles", "gain")][: depth.steps]:
        verb = {"examination": "look", "test": "test"}.get(step.kind, "ask ")
        lines += style.wrap((step.question or step.name) + _effect(step), f"  {verb} ", "       ")
    return lines


def _effect(step: NextStep) -> str:
    change = next((c for c in step.could_change if c.overturns), None)
    return f" ({change.answer}: {change.effect})" if change else ""


def _do(answer: Assessment, style: Style, depth: Depth) -> list[str]:
    def cited(text: str, keys: tuple[str, ...]) -> str:
        return text + _cite(answer, style, keys)

    now = [w for w in answer.workup if w.stage == "now"]
    first = [m for m in answer.management if m.line == "first"]
    avoid = [_ended(cited(m.step, m.sources)) for m in answer.management if m.line == "avoid"]
    rows = [("test", cited(w.test, w.sources)) for w in now[: depth.rows]]
    rows += [("do", cited(f"{m.step} ({m.certainty.replace('_', ' ')})", m.sources)) for m in first[: depth.rows]]
    rows += [("NOT", " ".join(avoid))] if avoid else []
    rows += [("drug", cited(f"{r.name}: {r.action}", r.sources)) for r in answer.medication_review]
    rows += [("care", f"{a.text} (because of: {', '.join(a.because)})") for a in answer.cautions[: depth.steps]]
    rows += [("trap", cited(a.text, a.sources)) for a in answer.pitfalls[:1]]
    lines = [style.bold("DO")]
    for verb, text in rows:
        lines += style.wrap(text, f"  {verb:<5}", "       ")
    left = ((now, depth.rows), (first, depth.rows), (answer.cautions, depth.steps), (answer.pitfalls, 1))
    return [*lines, *_left_out(style, sum(max(0, len(items) - most) for items, most in left), "line", "lines")]


def _ended(text: str) -> str:
    """With a full stop, so that sentences can follow one another; one before a citation is enough."""
    return text if text.endswith((".", "]")) else f"{text}."


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
