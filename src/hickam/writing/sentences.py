"""One sentence for each contribution: what the finding is, how often it occurs, how it combines with others."""

from __future__ import annotations

from hickam.inference.lookups import pick
from hickam.inference.results import Contribution as Weighed
from hickam.model.case import Case, Observation
from hickam.model.condition import Condition, Evidence
from hickam.model.finding import Finding
from hickam.model.numbers import Basis
from hickam.model.pack import Pack
from hickam.writing.words import percent

WEAKNESS: tuple[Basis, ...] = ("direct", "derived", "extrapolated", "estimate")


def evidence_for(condition: Condition, finding: str) -> Evidence | None:
    """What the condition states about the finding."""
    for evidence in condition.findings:  # a loop: hundreds of look-ups an answer
        if evidence.finding == finding:
            return evidence
    return None


def weakest_basis(pack: Pack, condition: Condition, findings: tuple[str, ...]) -> Basis:
    """The weakest basis among the numbers that a contribution rests on; silence of the condition is an estimate."""
    found: list[Basis] = []
    for name in findings:
        evidence = evidence_for(condition, name)
        modifier = next((m for m in condition.modifiers if m.factor == name), None)
        found.append(evidence.basis if evidence else modifier.odds_ratio.basis if modifier else "estimate")
    return max(found, key=WEAKNESS.index, default="estimate")


def contribution_sources(condition: Condition, findings: tuple[str, ...]) -> tuple[str, ...]:
    """Source keys of the numbers a contribution rests on."""
    keys = [e.source for e in condition.findings if e.finding in findings and e.source]
    keys += [m.odds_ratio.source for m in condition.modifiers if m.factor in findings and m.odds_ratio.source]
    return tuple(dict.fromkeys(keys))


def state_words(finding: Finding, observation: Observation) -> str:
    """'absent pedal pulses', 'absent: rest relief', 'quality: cramp or ache', 'potassium 2.9 mmol/L'."""
    if finding.type == "categorical":
        names = [value.name for value in finding.values if value.id in observation.values]
        return f"{finding.name}: {' or '.join(names)}"
    if finding.type == "ranged":
        if observation.value is not None:
            return f"{finding.name} {observation.value:.4g} {observation.unit}".strip()
        names = [part.name for part in finding.ranges if part.id in observation.values]
        return f"{finding.name} {' or '.join(names)}"
    return finding.name if observation.state == "present" else f"absent: {finding.name}"


def contribution_label(pack: Pack, item: Weighed, observations: dict[str, Observation]) -> str:
    """'absent pedal pulses', 'comes after a reproducible walking distance (and 3 like it)': a few words."""
    known = [name for name in item.findings if name in observations]
    if not known:
        return f"absent: {pack.findings[item.findings[0]].name}" if item.findings else item.group
    more = f" (and {len(known) - 1} like it)" if len(known) > 1 else ""
    return state_words(pack.findings[known[0]], observations[known[0]]) + more


def contribution_sentence(
    pack: Pack,
    condition: Condition,
    item: Weighed,
    case: Case,
    observations: dict[str, Observation],
    names: dict[str, str],
) -> str:
    """One sentence; ``names`` maps group ids of other contributions to their words."""
    parts = [state_words(pack.findings[f], observations[f]) for f in item.findings if f in observations]
    what = "; ".join(parts) or ", ".join(f"absent: {pack.findings[f].name}" for f in item.findings[:2]) or item.group
    sentence = f"{what[:1].upper()}{what[1:]}{_frequency(pack, condition, item, case, observations)}."
    partner = names.get(item.partner, item.partner)
    if item.kind == "redundant" and partner:
        return f"{sentence} Partly the same as {partner}."
    if item.kind == "joint" and partner:
        return f"{sentence} Counts mostly together with {partner}."
    if item.kind == "depends":
        return f"{sentence} Which way it points depends on what else is true."
    return sentence


def _frequency(
    pack: Pack, condition: Condition, item: Weighed, case: Case, observations: dict[str, Observation]
) -> str:
    """': in 92 % of this condition, 30 % usually' for a single yes/no finding with a stated number."""
    if len(item.findings) != 1:
        return ""
    name = item.findings[0]
    finding, evidence = pack.findings[name], evidence_for(condition, name)
    modifier = next((m for m in condition.modifiers if m.factor == name), None)
    if modifier is not None:
        return f": odds ratio {modifier.odds_ratio.best:g}"
    if evidence is None:
        observed = observations.get(name)
        return " (this condition does not explain it)" if observed and observed.state == "present" else ""
    if finding.type != "yes_no" or not finding.background:
        return ""
    among = "usually" if finding.about == "episode" else "in people with none of these conditions"
    here = f": {percent(evidence.as_number().best)} with this condition"
    if case.age is None and len(finding.background) > 1:
        return here
    usual = pick(finding.background, case.age or 0.0, case.sex or "").best
    return f"{here}, {percent(usual)} {among}"
