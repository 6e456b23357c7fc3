"""How soon: the highest of the do-not-miss rule, the red-flag rules and the route of the most likely cause.

Monotone by construction: the level is the highest over the case as it is and over the case with any of its danger
signs left out (``alternatives``), so a further danger sign can add reasons but never take one away. Only a term of
``excluded_by`` that holds takes a danger out, and the answer says so. What is in doubt counts at its worst (``doubt``).
"""

from __future__ import annotations

from collections.abc import Sequence

from hickam.clinic.beliefs import Beliefs
from hickam.clinic.dangers import Danger, dangers
from hickam.clinic.view import CaseView
from hickam.model.assessment import Reason, Urgency
from hickam.model.condition import LEVELS, Level
from hickam.model.pack import Rule
from hickam.model.terms import parse_term

LEFT_ASIDE = " if danger signs that point elsewhere are left aside"
"""Beside a chance that is not the one of the differential: a second danger must not hide a first."""
UNEXPLAINED = 0.30
SELF_CARE = 0.5
"""Self-care is offered when the causes that need no clinician together are at least this likely."""
WORDS: dict[Level, str] = {
    "emergency": "Emergency: now",
    "same_day": "Same day",
    "soon": "Soon: within two weeks",
    "routine": "Routine appointment",
    "self_care": "Self-care, with advice on when to come back",
}


def urgency(view: CaseView, beliefs: Beliefs, alternatives: Sequence[Beliefs] = ()) -> Urgency:
    """The level with every reason for it, highest first; of one level, what was seen before what is suspected."""
    found = dangers(view, beliefs)
    reasons = [_rule_reason(rule) for rule in fired(view, beliefs)]
    reasons += [_danger_reason(danger, beliefs) for danger in found if danger.counts]
    own = _route_reason(view, beliefs)
    named = {(reason.condition, reason.level) for reason in reasons}
    for other in alternatives:
        for danger in dangers(view, other):
            if danger.counts and (danger.condition.id, danger.level) not in named:
                named.add((danger.condition.id, danger.level))
                reasons.append(_danger_reason(danger, other, LEFT_ASIDE))
        routed = _route_reason(view, other)
        if LEVELS.index(routed.level) > max(LEVELS.index(reason.level) for reason in (*reasons, own)):
            reasons.append(routed)
    reasons += [*_floors(view), own]
    reasons.sort(key=lambda reason: -LEVELS.index(reason.level))
    level = reasons[0].level
    missing = not_asked(view)
    excluded = tuple(
        f"{d.condition.name}: excluded by {', '.join(_said(view, term) for term in d.excluded_by)}"
        for d in found
        if d.excluded_by
    )
    waiting = _waiting(view, missing) if level != LEVELS[-1] else []
    sentence = WORDS[level]
    if waiting:
        sentence += f" (provisional: not below this until {' and '.join(waiting)})"
    return Urgency(
        level=level,
        provisional=bool(waiting),
        sentence=sentence,
        not_asked=missing,
        reasons=tuple(reasons),
        excluded=excluded,
    )


def _said(view: CaseView, text: str) -> str:
    """A term that excludes, in words: a finding by its name, anything else as the pack writes it."""
    term = parse_term(text)
    finding = view.pack.findings.get(term.name)
    if finding is None or term.kind != "finding":
        return text
    return f"the absence of {finding.name}" if term.negated else finding.name


def _waiting(view: CaseView, missing: tuple[str, ...]) -> list[str]:
    """What must be known before a level can be taken as final; nothing can raise the highest."""
    waiting = [f"{len(missing)} danger signs have been asked about"] if missing else []
    if view.case.age is None:
        waiting.append("the age is known")
    if view.case.conflicts:
        names = ", ".join(view.pack.findings[c.finding].name for c in view.case.conflicts)
        waiting.append(f"it is settled whether this holds: {names}")
    return waiting


def fired(view: CaseView, beliefs: Beliefs) -> list[Rule]:
    """Red-flag rules that hold, highest level first."""
    rules = [rule for rule in view.pack.rules.values() if rule.kind == "red_flag" and rule_holds(rule, view, beliefs)]
    return sorted(rules, key=lambda rule: -LEVELS.index(rule.level or "routine"))


def rule_holds(rule: Rule, view: CaseView, beliefs: Beliefs) -> bool:
    """All of ``all``, one of ``any``, none of ``unless``; a term that was not asked does not hold."""
    return unmet(rule, view, beliefs) == 0


def settling(view: CaseView, beliefs: Beliefs) -> dict[str, Rule]:
    """Findings not asked of which one answer takes back a red flag that holds now; the flag by finding, worst first."""
    found: dict[str, Rule] = {}
    for rule in fired(view, beliefs):
        for term in map(parse_term, rule.unless):
            if term.kind == "finding" and view.state(term.name) is None:
                found.setdefault(term.name, rule)
    return found


def unmet(rule: Rule, view: CaseView, beliefs: Beliefs) -> int:
    """How many parts of a rule the case does not fulfil: each term of ``all`` and of ``unless``, ``any`` as one."""
    missing = sum(not view.holds(term, beliefs.cause) for term in rule.all)
    missing += bool(rule.any) and not any(view.holds(term, beliefs.cause) for term in rule.any)
    return missing + sum(bool(view.holds(term, beliefs.cause)) for term in rule.unless)


def not_asked(view: CaseView) -> tuple[str, ...]:
    """Findings of the red-flag screen that were not asked and can concern this patient."""
    return tuple(
        finding.id
        for finding in view.pack.findings.values()
        if finding.red_flag_screen
        and view.state(finding.id) is None
        and view.applies(finding.only_sex, finding.only_age)
    )


def danger_signs(view: CaseView) -> tuple[str, ...]:
    """Danger signs present in this case: findings of the red-flag screen, and those with a floor."""
    named = {finding.id for finding in view.pack.findings.values() if finding.red_flag_screen or finding.floor}
    return tuple(o.finding for o in view.case.observations if o.state == "present" and o.finding in named)


def _danger_reason(danger: Danger, beliefs: Beliefs, given: str = "") -> Reason:
    """``given`` says under what the chance holds when that is not the case as told."""
    name, threshold = danger.condition.name, danger.threshold
    cause = beliefs.cause.get(danger.condition.id, 0.0)
    present = beliefs.present.get(danger.condition.id, 0.0)
    chance, what = (cause, "cause") if cause > threshold else (present, "present")
    sentence = (
        f"{name} cannot be left: {what} {_percent(chance)}{given}, test threshold {_percent(threshold)}. "
        f"{danger.rule.why}"
    )
    lay = danger.condition.lay_name
    return Reason(
        sentence=sentence,
        lay_sentence=f"{lay[:1].upper()}{lay[1:]} is possible and has to be ruled out.",
        level=danger.level,
        rule="",
        condition=danger.condition.id,
        sources=danger.rule.sources,
    )


def _rule_reason(rule: Rule) -> Reason:
    return Reason(
        sentence=rule.sentence,
        lay_sentence=rule.lay_sentence,
        level=rule.level or "soon",
        rule=rule.id,
        condition=rule.conditions[0] if rule.conditions else "",
        sources=rule.sources,
    )


def _floors(view: CaseView) -> list[Reason]:
    """Danger signs that are never left at home by themselves."""
    return [
        Reason(
            sentence=f"{finding.name[:1].upper()}{finding.name[1:]} is a danger sign and needs a look of its own.",
            lay_sentence=f"You mention this danger sign: {finding.lay_name}. It needs to be looked at.",
            level=finding.floor,
            rule=f"floor:{finding.id}",
            condition="",
            sources=finding.sources,
        )
        for finding in view.pack.findings.values()
        if finding.floor and view.state(finding.id) and finding.type == "yes_no"
    ]


def _route_reason(view: CaseView, beliefs: Beliefs) -> Reason:
    leading = beliefs.leading
    if beliefs.unexplained > max(UNEXPLAINED, beliefs.cause[leading]):
        sentence = "The story does not fit a known pattern, so a clinician should take it further."
        return _plain_reason(sentence, sentence, "routine", "", ())
    item = view.pack.conditions[leading]
    by_itself = sum(p for name, p in beliefs.cause.items() if view.pack.conditions[name].urgency == "self_care")
    if item.urgency == "self_care" and by_itself < SELF_CARE:
        return _plain_reason(
            f"{item.name} leads, but causes that need a clinician are not unlikely enough for self-care.",
            "It may well be harmless, but a clinician should look at it once.",
            "routine",
            item.id,
            (),
        )
    return _plain_reason(
        f"{item.name} is the most likely cause, and is seen as {WORDS[item.urgency].lower()}.",
        f"The most likely cause is {item.lay_name}.",
        item.urgency,
        item.id,
        item.sources,
    )


def _plain_reason(sentence: str, lay: str, level: Level, condition: str, sources: tuple[str, ...]) -> Reason:
    return Reason(sentence=sentence, lay_sentence=lay, level=level, rule="", condition=condition, sources=sources)


def _percent(chance: float) -> str:
    return f"{100 * chance:.0f} %" if chance >= 0.095 else f"{100 * chance:.1f} %"
