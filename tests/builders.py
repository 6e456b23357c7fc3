"""Builders of packs and cases for tests: valid by default, not random unless asked (``random_pack``)."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from hickam.model.case import Case, Fact, Observation
from hickam.model.condition import Complaint, Condition, DoNotMiss, Evidence, Exposure, Modifier, Parent, Prior
from hickam.model.finding import Finding, Range, Value
from hickam.model.numbers import Number, Shares
from hickam.model.pack import CorrelationGroup, Manifest, Pack, VisitShare

RANGES = ("r_low2", "r_low1", "r_normal", "r_high1", "r_high2")


def number(best: float, **fields: Any) -> Number:
    """An estimate with an interval about four-fold wide in odds."""
    low, high = best / (best + (1 - best) * 2), best / (best + (1 - best) / 2)
    return Number(basis="estimate", value=(best, low, high), **fields)


def ratio(best: float) -> Number:
    """An odds ratio with an interval."""
    return Number(basis="estimate", value=(best, best / 2, best * 2))


def shares(values: Mapping[str, float]) -> Shares:
    """A distribution over named values."""
    return Shares(basis="estimate", shares=dict(values))


def yes_no(name: str, about: str = "patient", background: float = 0.1, **fields: Any) -> Finding:
    """A yes/no finding."""
    rows = fields.pop("rows", (number(background),))
    kind = "risk_factor" if about == "risk" else "history"
    return Finding(id=name, name=name, lay_name=name, kind=kind, about=about, background=rows, **fields)  # type: ignore[arg-type]


def categorical(name: str, background: Mapping[str, float], **fields: Any) -> Finding:
    """A categorical episode finding."""
    return Finding(
        id=name,
        name=name,
        lay_name=name,
        kind="history",
        about="episode",
        type="categorical",
        values=tuple(Value(id=v, name=v) for v in background),
        shares=shares(background),
        **fields,
    )


def ranged(name: str, background: Mapping[str, float] | None = None, **fields: Any) -> Finding:
    """A ranged patient finding with two ranges below and two above normal, limits 2, 3, 5, 6."""
    base = background or dict(zip(RANGES, (0.01, 0.04, 0.9, 0.04, 0.01), strict=True))
    limits = (2.0, 3.0, 5.0, 6.0, None)
    ranges = tuple(
        Range(id=r, name=r, below=limit, level=level)
        for r, limit, level in zip(RANGES, limits, (-2, -1, 0, 1, 2), strict=True)
    )
    return Finding(
        id=name,
        name=name,
        lay_name=name,
        kind="test",
        about="patient",
        type="ranged",
        ranges=ranges,
        shares=shares(base),
        measurement=name,
        **fields,
    )


def evidence(finding: str, value: float | Mapping[str, float]) -> Evidence:
    """P(finding | condition), or its distribution."""
    if isinstance(value, Mapping):
        return Evidence(finding=finding, basis="estimate", shares=dict(value))
    return Evidence(finding=finding, basis="estimate", value=number(value).value)


def condition(
    name: str, prior: float = 0.05, leg: float = 0.1, findings: Mapping[str, Any] | None = None, **fields: Any
) -> Condition:
    """One condition; ``fields`` as in the model, with short forms ``parents={id: rho}``, ``modifiers={factor: OR}``,
    ``exposure=(factor, share)``, ``danger=(harm, threshold)``, ``rates={setting: factor}``."""
    parents = tuple(Parent(condition=p, rho=number(r)) for p, r in fields.pop("parents", {}).items())
    modifiers = tuple(Modifier(factor=f, odds_ratio=ratio(r)) for f, r in fields.pop("modifiers", {}).items())
    exposure = fields.pop("exposure", None)
    danger = fields.pop("danger", None)
    rows = fields.pop("rows", (number(prior),))
    measure = fields.pop("measure", "prevalence")
    return Condition(
        id=name,
        name=name,
        lay_name=name,
        category="other_medical",
        summary=name,
        urgency="routine",
        prior=None if exposure else Prior(measure=measure, rows=rows),
        exposure=Exposure(factor=exposure[0], share=number(exposure[1])) if exposure else None,
        complaint=Complaint(leg=number(leg), any=number(min(leg * 1.5, 0.99)), settings=fields.pop("rates", {})),
        findings=tuple(evidence(f, v) for f, v in (findings or {}).items()),
        parents=parents,
        modifiers=modifiers,
        do_not_miss=DoNotMiss(harm=danger[0], test_threshold=number(danger[1]), why="w", exclusion="e")
        if danger
        else None,
        **fields,
    )


def manifest(**fields: Any) -> Manifest:
    """A manifest with a small case mix of visits."""
    values: dict[str, Any] = {
        "id": "test",
        "version": "1",
        "title": "t",
        "complaint": "leg",
        "licence": "x",
        "population": "p",
        "settings": ("primary_care", "emergency", "specialist"),
        "window_days": 28.0,
        "intended_use": "test",
        "not_for": (),
        "disclaimer": "d",
        "owners": (),
        "editorial_policy": "e",
        "unexplained": {"primary_care": 0.1, "emergency": 0.05, "specialist": 0.2},
        "mention_half_words": 40.0,
        "visits": (
            VisitShare(age=(0, 49), sex="female", share=0.2),
            VisitShare(age=(0, 49), sex="male", share=0.15),
            VisitShare(age=(50, 120), sex="female", share=0.4),
            VisitShare(age=(50, 120), sex="male", share=0.25),
        ),
        "groups": {"g1": CorrelationGroup(name="g1", phi=0.4), "g2": CorrelationGroup(name="g2", phi=0.6)},
        "complaint_phrases": (),
        "body_part_phrases": (),
        "status_factors": {
            "controlled": {"complaint": 0.2, "findings": 0.3},
            "past": {"complaint": 0.05, "findings": 0.1},
            "unknown": {"complaint": 0.7, "findings": 0.8},
        },
    }
    return Manifest(**(values | fields))


def pack(conditions: Iterable[Condition], findings: Iterable[Finding], **fields: Any) -> Pack:
    """A pack of these conditions and findings; ``fields`` go to the manifest."""
    return Pack(
        manifest=manifest(**fields),
        hash="0123456789abcdef",
        sources={},
        measurements={},
        findings={f.id: f for f in findings},
        conditions={c.id: c for c in conditions},
        drugs={},
        treatments={},
        tests={},
        clinicians={},
        rules={},
        cases={},
        reviews=(),
        hashes={},
    )


def case(
    present: Iterable[str] = (),
    absent: Iterable[str] = (),
    values: Mapping[str, str | tuple[str, ...]] | None = None,
    facts: Mapping[str, str] | None = None,
    ruled_out: Iterable[str] = (),
    **fields: Any,
) -> Case:
    """A case: 60-year-old woman unless said otherwise."""
    observations = [Observation(finding=f, state="present") for f in present]
    observations += [Observation(finding=f, state="absent") for f in absent]
    for f, v in (values or {}).items():
        observations.append(Observation(finding=f, state="present", values=(v,) if isinstance(v, str) else tuple(v)))
    known: dict[str, Any] = {"age": 60.0, "sex": "female"} | fields
    return Case(
        observations=tuple(observations),
        facts=tuple(Fact(condition=c, status=s) for c, s in (facts or {}).items()),  # type: ignore[arg-type]
        ruled_out=tuple(Fact(condition=c) for c in ruled_out),
        **known,
    )


# ---------------------------------------------------------------------------------------------------- random packs


WITH_CHILDREN = (
    VisitShare(age=(0, 17), sex="female", share=0.1),
    VisitShare(age=(0, 17), sex="male", share=0.15),
    VisitShare(age=(18, 49), sex="female", share=0.15),
    VisitShare(age=(18, 49), sex="male", share=0.1),
    VisitShare(age=(50, 120), sex="female", share=0.3),
    VisitShare(age=(50, 120), sex="male", share=0.2),
)
"""Case mix in which somebody who is ``grown_up`` is not the average patient."""


def random_pack(seed: int, conditions: int = 6, patient: int = 6, episode: int = 4) -> Pack:
    """A pack with families, exclusions, exposures, modifiers, ranges, values, groups and cause-only conditions."""
    rng = random.Random(seed)
    findings = _random_findings(rng, random.Random(f"children {seed}"), patient, episode)
    findings = _with_implications(random.Random(f"implies {seed}"), findings)
    names = [f"c{i}" for i in range(conditions)]
    items = [_random_condition(rng, names, i, findings) for i in range(conditions)]
    return pack(items, findings, visits=WITH_CHILDREN)


def _random_findings(rng: random.Random, children: random.Random, patient: int, episode: int) -> list[Finding]:
    groups = ["", "g1", "g1", "g2"]
    findings = [
        yes_no(
            f"p{i}",
            group=rng.choice(groups),
            rows=(
                number(children.uniform(0.01, 0.3), age=(0, 17)),
                number(rng.uniform(0.01, 0.3), age=(18, 49)),
                number(rng.uniform(0.01, 0.3), age=(50, 120)),
            ),
        )
        for i in range(patient)
    ]
    findings += [yes_no(f"e{i}", "episode", rng.uniform(0.1, 0.7), group=rng.choice(groups)) for i in range(episode)]
    findings.append(categorical("quality", _random_shares(rng, ("cramp", "ache", "burn")), group=rng.choice(groups)))
    findings += [ranged(f"m{i}", group=rng.choice(groups)) for i in range(2)]
    findings += [
        yes_no(f"x{i}", "risk", rng.uniform(0.02, 0.4), mentioned=rng.choice([0, 0.5, 0.9]), burden=2) for i in range(3)
    ]
    return findings


def _with_implications(rng: random.Random, findings: list[Finding]) -> list[Finding]:
    """Some yes/no findings imply a later one of the same kind, in their own correlation group or not."""
    plain = [f for f in findings if f.type == "yes_no" and f.about != "risk"]
    wider = {
        f.id: tuple(g.id for g in plain[i + 1 :] if g.about == f.about and rng.random() < 0.15)
        for i, f in enumerate(plain)
    }
    return [msgspec.structs.replace(f, implies=wider.get(f.id, ())) for f in findings]


def _random_shares(rng: random.Random, names: Iterable[str]) -> dict[str, float]:
    raw = {name: rng.expovariate(1) + 0.02 for name in names}
    return {name: value / sum(raw.values()) for name, value in raw.items()}


def _random_condition(rng: random.Random, names: list[str], i: int, findings: list[Finding]) -> Condition:
    stated: dict[str, Any] = {}
    for finding in findings:
        if rng.random() < 0.55 and finding.about != "risk":
            if finding.type == "yes_no":
                stated[finding.id] = rng.uniform(0.02, 0.97)
            else:
                ids = [v.id for v in finding.values] or list(RANGES)
                stated[finding.id] = _random_shares(rng, ids)
    only = rng.random() < 0.15
    fields: dict[str, Any] = {}
    if i and rng.random() < 0.6:
        fields["parents"] = {names[j]: rng.uniform(0.05, 0.6) for j in rng.sample(range(i), min(i, rng.choice([1, 2])))}
    if i and rng.random() < 0.25:
        fields["excludes"] = (names[rng.randrange(i)],)
    if rng.random() < 0.5:
        fields["modifiers"] = {f"x{j}": rng.uniform(0.4, 6) for j in rng.sample(range(3), 2)}
    if rng.random() < 0.15:
        fields["exposure"] = (f"x{rng.randrange(3)}", rng.uniform(0.02, 0.3))
    elif rng.random() < 0.5:
        fields["rows"] = (
            number(rng.uniform(0.005, 0.2), age=(0, 59)),
            number(rng.uniform(0.01, 0.5), sex="female"),
            number(rng.uniform(0.01, 0.5)),
        )
    elif rng.random() < 0.3:
        fields |= {"measure": "incidence_per_year", "prior": rng.uniform(0.01, 0.9)}
    if rng.random() < 0.4:
        fields["danger"] = (rng.choice(["emergency", "same_day", "soon"]), rng.uniform(0.01, 0.1))
    fields = {"prior": rng.uniform(0.005, 0.5)} | fields
    return condition(
        names[i],
        **fields,
        leg=rng.uniform(0.01, 0.9),
        findings=stated,
        cause_only=only,
        family=rng.choice(["", "fam", "fam", "two"]),
        mentioned=rng.choice([0.0, 0.3, 0.9]),
        only_sex=rng.choice(["any"] * 6 + ["female", "male"]),
        rates=rng.choice([{}, {"emergency": 3.0}]),
        controlled=rng.choice([{}, {"complaint": 0.5}]),
    )


def random_case(seed: int, of: Pack, known: float = 0.6) -> Case:
    """A case in which each finding is observed with probability ``known``; facts and exclusions happen."""
    rng = random.Random(seed)
    observations = [_random_observation(rng, f) for f in of.findings.values() if rng.random() < known]
    rng.shuffle(observations)
    statuses = ("active", "controlled", "past", "unknown")
    facts = tuple(Fact(condition=c, status=rng.choice(statuses)) for c in of.conditions if rng.random() < 0.15)  # type: ignore[arg-type]
    out = tuple(Fact(condition=c) for c in of.conditions if rng.random() < 0.08)
    return Case(
        age=rng.choice([None, 20.0, 49.5, 65.0, 80.0]),
        sex=rng.choice([None, "female", "male"]),
        setting=rng.choice(["primary_care", "emergency", "specialist"]),
        complaint=rng.choice(["leg", "leg", "any"]),
        observations=tuple(observations),
        facts=facts,
        ruled_out=out,
        completeness=rng.choice([0.0, 0.4, 1.0]),
        grown_up=seed % 2 == 0,
    )


def _random_observation(rng: random.Random, finding: Finding) -> Observation:
    state = rng.choice(["present", "absent"])
    if finding.type == "yes_no":
        return Observation(finding=finding.id, state=state)  # type: ignore[arg-type]
    if finding.type == "categorical":
        ids = [v.id for v in finding.values]
        return Observation(finding=finding.id, state=state, values=tuple(rng.sample(ids, rng.choice([1, 1, 2]))))  # type: ignore[arg-type]
    start = rng.randrange(len(RANGES))
    return Observation(finding=finding.id, state="present", values=RANGES[start : start + 1])
