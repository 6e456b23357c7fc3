"""Which of the pack's numbers carry most weight: how far the answers would move if one of them were wrong.

For a case, a number of condition c that the case uses (its prior, its consulting rate, the evidence for a finding that
was observed) changes the weight of c. If the number's log odds change by one unit, P(c) changes by P(c)(1 - P(c)) and
all other causes together by as much the other way: the answer moves by 2 P(c)(1 - P(c)) in total variation. Evidence
counts by how much it says: times |ln(P(state | c) / P(state | background))|, at most MOST_SAID. The influence of a
number is the mean over cases. (For a patient finding this takes c to be present only as the cause: an upper bound.)
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from hickam.inference.lookups import pick
from hickam.inference.simulate import reveal, simulate
from hickam.model.case import Case, Observation
from hickam.model.condition import Condition, Evidence
from hickam.model.finding import Finding
from hickam.model.numbers import Basis, Number
from hickam.model.pack import Pack
from hickam.services.knowledge import Knowledge

MOST_SAID = 3.0


class Influence(msgspec.Struct, frozen=True, kw_only=True):
    """One number: where it stands, its basis and source, and its mean influence."""

    path: str
    basis: Basis
    source: str
    influence: float


def influence(knowledge: Knowledge, cases: Iterable[Case]) -> list[Influence]:
    """Every number used by the cases, most influential first."""
    total: dict[tuple[str, str], float] = defaultdict(float)
    count = 0
    for case in cases:
        count += 1
        answer = knowledge.engine.posterior(case)
        observed = {o.finding: o for o in case.observations}
        for name, chance in answer.cause.items():
            moved = 2 * chance * (1 - chance)
            if moved > 1e-4:
                for key, said in _used(knowledge.pack, knowledge.pack.conditions[name], observed, case):
                    total[name, key] += moved * said
    found = [_entry(knowledge.pack.conditions[c], key, value / max(count, 1)) for (c, key), value in total.items()]
    return sorted(found, key=lambda entry: -entry.influence)


def _used(pack: Pack, item: Condition, observed: dict[str, Observation], case: Case) -> Iterator[tuple[str, float]]:
    """(number, how much it says) for each number of the condition that the case uses; of a prior, the patient's row."""
    yield _prior_of(item, case), 1.0
    yield f"complaint.{case.complaint}", 1.0
    for evidence in item.findings:
        if evidence.finding in observed:
            said = _said(pack.findings[evidence.finding], evidence, observed[evidence.finding])
            yield f"findings.{evidence.finding}", said
    for modifier in item.modifiers:
        if modifier.factor in observed:
            yield f"modifiers.{modifier.factor}", min(abs(math.log(modifier.odds_ratio.best)), MOST_SAID)


def _prior_of(item: Condition, case: Case) -> str:
    """Which row of the prior holds for the patient: ``prior.2``; ``exposure`` where it is a share of the exposed."""
    if item.prior is None:
        return "exposure"
    if case.age is None or case.sex is None:
        return f"prior.{len(item.prior.rows) - 1}"
    return f"prior.{item.prior.rows.index(pick(item.prior.rows, case.age, case.sex))}"


def _said(finding: Finding, evidence: Evidence, observation: Observation) -> float:
    """|ln ratio| of the observed state, with the condition and in the background; 1 for a distribution."""
    if finding.type != "yes_no" or not finding.background:
        return 1.0
    here = min(max(evidence.as_number().best, 1e-3), 0.999)
    usual = min(max(finding.background[0].best, 1e-3), 0.999)
    ratio = here / usual if observation.state == "present" else (1 - here) / (1 - usual)
    return min(abs(math.log(ratio)), MOST_SAID)


def _entry(item: Condition, key: str, value: float) -> Influence:
    kind, _, name = key.partition(".")
    number: Number | Evidence
    if kind == "prior":
        number = item.prior.rows[int(name)] if item.prior else item.complaint.leg
    elif kind == "exposure":
        number = item.exposure.share if item.exposure else item.complaint.leg
    elif kind == "complaint":
        number = getattr(item.complaint, name)
    elif kind == "modifiers":
        number = next(m.odds_ratio for m in item.modifiers if m.factor == name)
    else:
        number = next(e for e in item.findings if e.finding == name)
    return Influence(path=f"conditions/{item.id}#{key}", basis=number.basis, source=number.source, influence=value)


def simulated_cases(knowledge: Knowledge, n: int, seed: int = 0, history: int = 15) -> list[Case]:
    """Simulated patients with their complaint and the ``history`` most often stated findings revealed."""
    uses: dict[str, int] = defaultdict(int)
    for item in knowledge.pack.conditions.values():
        for evidence in item.findings:
            uses[evidence.finding] += 1
    common = sorted(uses, key=lambda name: -uses[name])
    asked = [name for name in common if knowledge.pack.findings[name].kind == "history"][:history]
    return [reveal(patient, asked) for patient in simulate(knowledge.engine.network, n, seed)]


def influence_text(found: list[Influence], most: int = 60, head: int = 200) -> str:
    """The most influential numbers, and how many of the first 50, ``head``, 600 and all rest on an opened source."""
    lines = [
        f"{entry.influence:8.4f}  {entry.basis:<12} {entry.path}  {entry.source}".rstrip() for entry in found[:most]
    ]
    for size in sorted({min(size, len(found)) for size in (50, head, 600, len(found))}):
        part = found[:size]
        sourced = sum(entry.basis != "estimate" for entry in part)
        firm = sum(entry.basis in ("direct", "derived") for entry in part)
        lines.append(
            f"of the {len(part)} most influential numbers {100 * firm / max(len(part), 1):.0f} % are direct or "
            f"derived, {100 * sourced / max(len(part), 1):.0f} % rest on a source"
        )
    return "\n".join(lines) + "\n"
