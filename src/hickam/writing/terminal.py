"""The assessment as one screen of text that can be acted on: urgency first, then why, then what next."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field

from hickam.model.assessment import Assessment, Candidate, NextStep
from hickam.model.condition import Level
from hickam.writing.words import decibans, interval, likelihood_word, out_of, percent

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
REASONS = 3
WORTH = 0.5
"""Contributions below half a deciban are left out of the short list."""


@dataclass(frozen=True)
class Style:
    """ANSI colours when the output is a terminal, none otherwise."""

    colour: bool = False
    width: int = 100
    cited: dict[str, int] = field(default_factory=dict)
    """Source key -> number, in order of first use on this screen; only these are listed."""

    def cite(self, answer: Assessment, keys: tuple[str, ...]) -> str:
        """' [1,3]' for the sources that the answer lists."""
        known = {ref.key for ref in answer.references}
        numbers = [self.cited.setdefault(key, len(self.cited) + 1) for key in keys if key in known]
        return f" [{','.join(map(str, numbers))}]" if numbers else ""

    def paint(self, text: str, code: str) -> str:
        """Text in an ANSI style."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text

    def bold(self, text: str) -> str:
        """Bold text."""
        return self.paint(text, "1")

    def faint(self, text: str) -> str:
        """Faint text."""
        return self.paint(text, "2")

    def level(self, text: str, level: Level) -> str:
        """Text in the colour of an urgency level."""
        return self.paint(text, {"emergency": "1;31", "same_day": "1;33", "soon": "1;36"}.get(level, "1;32"))

    def wrap(self, text: str, indent: str = "  ", hang: str | None = None) -> list[str]:
        """Wrapped lines."""
        return textwrap.wrap(
            text,
            self.width,
            initial_indent=indent,
            subsequent_indent=indent if hang is None else hang,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [indent]


def render(answer: Assessment, style: Style) -> str:
    """The whole screen for the reader the assessment was made for."""
    parts = _patient(answer, style) if answer.reader == "patient" else _clinician(answer, style)
    return "\n".join(line.rstrip() for line in parts) + "\n"


def _header(answer: Assessment, style: Style) -> list[str]:
    pack = answer.pack
    state = {"submitted": "submitted, pending human review", "under_review": "under review", "approved": "approved"}
    who = [
        f"{answer.case.age:g} years" if answer.case.age is not None else "age not given",
        answer.case.sex or "sex not given",
    ]
    return [
        style.bold("HICKAM")
        + style.faint(
            f"  pack {pack.id} {pack.version} ({pack.hash[:12]}) · engine {answer.engine_version}"
            f" · {state[pack.review_state]} · as of {answer.as_of}"
        ),
        f"{', '.join(who)} · {answer.case.setting.replace('_', ' ')}",
        "",
    ]


def _understood(answer: Assessment, style: Style) -> list[str]:
    case = answer.case
    names = [
        ("no " if f.state == "absent" else "")
        + f.name
        + (f" {f.value} {f.unit}".rstrip() if f.value is not None else "")
        for f in case.findings
        if "implied" not in f.modifiers
    ]
    lines = [style.bold("UNDERSTOOD"), *style.wrap("; ".join(names) or "no findings")]
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
    lines = _header(answer, style) + _understood(answer, style) + _urgency(answer, style)
    lines.append(style.bold("DIFFERENTIAL") + style.faint("   probability of being the cause, with 90 % interval"))
    if not answer.fit.known_pattern:
        lines += style.wrap(style.paint(answer.fit.sentence, "33"))
    for tier, title in TIER_TITLES.items():
        members = [c for c in answer.differential if c.tier == tier]
        if members:
            lines.append(style.faint(f" {title}"))
        for place, candidate in enumerate(members):
            full = tier == "most_likely" or candidate.rank <= 2 or (tier == "do_not_miss" and place == 0)
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
        for part in chosen[:REASONS]:
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
        lines += style.wrap(f"{by_key[key].citation} {by_key[key].url}", f"  [{number}] ", "      ")
    return [*lines, ""]


def _patient(answer: Assessment, style: Style) -> list[str]:
    lines = _header(answer, style)
    level = answer.urgency
    lines += [
        style.bold("HOW SOON  ") + style.level(level.sentence, level.level),
        *style.wrap(answer.route.sentence),
        "",
    ]
    lines.append(style.bold("WHAT IT MAY BE"))
    if not answer.fit.known_pattern:
        lines += style.wrap("Your story does not fit one clear pattern. A clinician should hear more.")
    for item in [c for c in answer.differential if c.tier in ("most_likely", "other_likely")][:4]:
        name = item.condition.lay_name
        text = (
            f"{name[:1].upper()}{name[1:]}: {likelihood_word(item.cause.value)}. Of 100 people with your story, about "
        )
        lines += style.wrap(text + out_of(item.cause.value).replace(" of 100 people", " have this."), "  • ", "    ")
    careful = [c for c in answer.differential if c.tier == "do_not_miss"]
    if careful:
        lines += ["", style.bold("WHAT MUST NOT BE MISSED")]
        for item in careful:
            name = item.condition.lay_name
            text = f"{name[:1].upper()}{name[1:]}: {likelihood_word(item.cause.value)}, but it needs to be checked."
            lines += style.wrap(text, "  • ", "    ")
    lines += ["", style.bold("WHAT TO KNOW")]
    for text in answer.what_to_tell_the_patient:
        lines += style.wrap(text, "  • ", "    ")
    lines += ["", style.bold("GET HELP AT ONCE IF"), *_alarm(answer, style), ""]
    if answer.case.not_understood:
        quoted = "; ".join(f"“{span.text.strip()}”" for span in answer.case.not_understood)
        lines += [style.bold("WHAT WE DID NOT UNDERSTAND"), *style.wrap(quoted), ""]
    return [*lines, *style.wrap(answer.disclaimer, "")]


def _alarm(answer: Assessment, style: Style) -> list[str]:
    """Fixed lines: signs that need care now, whatever the answer says."""
    signs = (
        "one leg becomes swollen, hot, red or suddenly very painful",
        "a leg or foot turns cold, pale, blue or numb, or you cannot move it",
        "you get short of breath, have chest pain or cough blood",
        "you cannot control your bladder or bowels, or feel numb between the legs",
        "your urine turns dark brown, or you become weak, confused or feverish",
    )
    return [line for sign in signs for line in style.wrap(sign, "  ! ", "    ")]


def explain(answer: Assessment, candidate: Candidate, style: Style) -> str:
    """The full working for one condition: prior, each contribution, sources, what would overturn it."""
    item = candidate.condition
    lines = [style.bold(f"{item.name}: the full working"), ""]
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
    lines += ["", *_references(answer, style)]
    return "\n".join(line.rstrip() for line in lines) + "\n"
