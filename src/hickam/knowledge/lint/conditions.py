"""Checks on conditions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from hickam.knowledge.issues import Issue
from hickam.knowledge.lint.numbers import covered
from hickam.knowledge.lint.terms import check_term
from hickam.model.condition import Condition, Evidence
from hickam.model.finding import Finding
from hickam.model.pack import Pack

CORE_EPISODE = ("quality", "timing_night", "on_exertion", "constant_pain", "sudden_onset", "unilateral", "bilateral")
"""Episode findings that every condition with a consulting rate states, where the pack has them (pack-format.md)."""
MAX_STEP = 10.5
"""Adjacent ranges differ at most about tenfold in likelihood ratio (Hickam findings on measurements)."""
_FORBIDS = re.compile(r"(No|Not|Do not|Don't|Never|Avoid|Stop|Nothing)\b", re.IGNORECASE)
_ICD10CM = re.compile(r"^[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?$")


def check_conditions(pack: Pack) -> Iterator[Issue]:
    """Each condition's own consistency and its references, and that no two are one."""
    yield from _check_names(pack)
    for name, item in pack.conditions.items():
        file = f"conditions/{name}.yaml"
        yield from _check_prior(file, item, pack)
        yield from _check_complaint(file, item)
        yield from _check_evidence(file, item, pack)
        yield from _check_codes(file, item)
        yield from _check_links(file, item, pack)
        yield from _check_core(file, item, pack)
        yield from _check_avoided(file, item)
        yield from _check_workup(file, item)


def _check_avoided(file: str, item: Condition) -> Iterator[Issue]:
    """What to avoid is named, not forbidden: every reader is shown it behind the word 'avoid' or 'NOT'."""
    for place, step in enumerate(item.management):
        if step.line == "avoid" and _FORBIDS.match(step.step):
            yield Issue(
                file=file,
                path=f"management[{place}].step",
                what=f"'avoid' before {step.step.split(' ')[0]!r} is a double negative",
                why="a hurried reader would take it for advice to do it",
                fix="name what is to be avoided: 'Quinine for the cramps.', not 'No quinine for the cramps.'",
            )


def _check_workup(file: str, item: Condition) -> Iterator[Issue]:
    """Every step of the work-up says what its results would mean."""
    for place, step in enumerate(item.workup):
        if not step.means.strip():
            yield Issue(
                file=file,
                path=f"workup[{place}].means",
                severity="warning",
                what=f"{step.test[:40]!r} does not say what its result would mean",
                why="a test whose result changes nothing is not worth doing",
                fix="one sentence: what a positive result means here and, where it helps, a negative one",
            )


def _check_names(pack: Pack) -> Iterator[Issue]:
    """Two conditions of one name would halve each other's probability; an item without words helps nobody."""
    owners: dict[str, str] = {}
    for name, item in pack.conditions.items():
        file, key = f"conditions/{name}.yaml", item.name.lower()
        if key in owners:
            yield Issue(
                file=file,
                path="name",
                what=f"{item.name!r} is also the name of {owners[key]}",
                why="one disease under two ids would share its probability between them",
                fix="name what is different, or delete one",
            )
        owners.setdefault(key, name)
        for part in ("patient_text", "lookalikes", "workup", "management"):
            if not getattr(item, part):
                yield Issue(
                    file=file,
                    path=part,
                    what="nothing is said",
                    severity="warning",
                    why="the plan and the patient's page are made of it",
                    fix=f"add {part} (docs/reference/pack-format.md)",
                )


def _check_prior(file: str, item: Condition, pack: Pack) -> Iterator[Issue]:
    if (item.prior is None) == (item.exposure is None):
        yield Issue(
            file=file,
            path="prior",
            what="neither or both of prior and exposure",
            why="a condition is either common to some degree in people, or exists only under an exposure",
            fix="keep exactly one of them",
        )
    if item.prior and (gaps := covered(item.prior.rows)):
        yield Issue(
            file=file,
            path="prior.rows",
            what=f"nothing is said for {', '.join(gaps)}",
            why="a patient of that age and sex would have no prior",
            fix="add rows or widen one",
        )
    factors = [m.factor for m in item.modifiers] + ([item.exposure.factor] if item.exposure else [])
    for factor, times in Counter(factors).items():
        finding = pack.findings.get(factor)
        if finding is None or finding.about != "risk":
            yield Issue(
                file=file,
                path="modifiers",
                what=f"{factor!r} is not a risk finding",
                why="only risk findings shift priors; anything else belongs in findings",
                fix="correct the id, or state P(finding | condition) in findings",
            )
        if times > 1:
            yield Issue(
                file=file,
                path="modifiers",
                what=f"{factor!r} is used {times} times",
                why="it would be counted twice",
                fix="keep one",
            )


def _check_complaint(file: str, item: Condition) -> Iterator[Issue]:
    leg, any_ = item.complaint.leg.triple[0], item.complaint.any.triple[0]
    if any_ < leg:
        yield Issue(
            file=file,
            path="complaint.any",
            what=f"{any_} is below leg ({leg})",
            why="attending for a leg symptom is one way of attending for anything",
            fix="raise any or lower leg",
        )
    for setting, factor in item.complaint.settings.items():
        if factor < 0:
            yield Issue(
                file=file,
                path=f"complaint.settings.{setting}",
                what=f"{factor} is negative",
                why="it multiplies a rate",
                fix="write a number of 0 or more",
            )


def _check_evidence(file: str, item: Condition, pack: Pack) -> Iterator[Issue]:
    for name, times in Counter(e.finding for e in item.findings).items():
        if times > 1:
            yield Issue(
                file=file,
                path=f"findings[{name}]",
                what=f"stated {times} times",
                why="two numbers for one thing will disagree",
                fix="keep one",
            )
    for evidence in item.findings:
        path = f"findings[{evidence.finding}]"
        finding = pack.findings.get(evidence.finding)
        if finding is None:
            yield Issue(
                file=file,
                path=path,
                what="this finding does not exist",
                why="the evidence would be lost",
                fix=f"add findings/{evidence.finding}.yaml or correct the id",
            )
        elif finding.about == "risk":
            yield Issue(
                file=file,
                path=path,
                what="this is a risk finding",
                why="risk factors shift the prior and would be counted as a sign as well",
                fix="move it to modifiers with an odds ratio",
            )
        elif finding.type == "yes_no":
            yield from _check_yes_no(file, path, item, evidence, finding)
        else:
            yield from _check_shares(file, path, evidence, finding)


def _check_yes_no(file: str, path: str, item: Condition, evidence: Evidence, finding: Finding) -> Iterator[Issue]:
    if evidence.value is None and evidence.counts is None:
        yield Issue(
            file=file,
            path=path,
            what="no value for a yes/no finding",
            why="there is nothing to use",
            fix="write value: [best, low, high] or counts: [events, of]",
        )
        return
    try:
        best = evidence.as_number().best
    except ValueError:
        return
    if finding.about == "patient" and finding.background:
        leak = min(row.best for row in finding.background if row.value or row.counts)
        if best <= leak:
            yield Issue(
                file=file,
                path=path,
                what=f"sensitivity {best:g} is not above the background {leak:g}",
                why="a condition cannot make a sign rarer than in healthy people (noisy-OR)",
                fix="drop it, or code the opposite sign as the finding",
            )
    if finding.about == "episode" and not 0 < best < 1:
        yield Issue(
            file=file,
            path=path,
            what=f"the probability {best:g} leaves no room for an exception",
            why="one contrary answer would make the condition impossible for ever",
            fix="use 0.001 or 0.999",
        )
    if finding.about == "patient" and best >= 1:
        yield Issue(
            file=file,
            path=path,
            what=f"the probability {best:g} leaves no room for an exception",
            why="one contrary answer would exclude the condition for ever",
            fix="use 0.999",
        )


def _check_shares(file: str, path: str, evidence: Evidence, finding: Finding) -> Iterator[Issue]:
    allowed = {value.id for value in finding.values} | {part.id for part in finding.ranges}
    if evidence.mean is not None:
        if evidence.sd is None or evidence.sd <= 0 or finding.type != "ranged":
            yield Issue(
                file=file,
                path=path,
                what="mean without a positive sd, or for a finding without ranges",
                why="ranges are computed from both",
                fix="give mean and sd, or shares",
            )
        return
    if not evidence.shares:
        yield Issue(
            file=file,
            path=path,
            what="no shares",
            why="there is nothing to use",
            fix=f"write shares over {', '.join(sorted(allowed))}",
        )
        return
    if odd := sorted(set(evidence.shares) - allowed):
        yield Issue(
            file=file,
            path=path,
            what=f"unknown values {odd}",
            why="their probability would be lost",
            fix=f"use {', '.join(sorted(allowed))}",
        )
    if abs(sum(evidence.shares.values()) - 1) > 0.011 or min(evidence.shares.values()) < 0:
        yield Issue(
            file=file,
            path=path,
            what=f"the shares add up to {sum(evidence.shares.values()):.3f}",
            why="they are the probabilities of all values",
            fix="make them add up to 1",
        )
    elif finding.type == "ranged" and finding.shares and not odd:
        yield from _check_steps(file, path, evidence, finding)


def _check_steps(file: str, path: str, evidence: Evidence, finding: Finding) -> Iterator[Issue]:
    assert finding.shares is not None
    ratios = [
        max(evidence.shares.get(part.id, 0.0), 2e-4) / max(finding.shares.shares.get(part.id, 0.0), 2e-4)
        for part in finding.ranges
    ]
    for (a, left), (b, right) in zip(
        zip(ratios, finding.ranges, strict=True), list(zip(ratios, finding.ranges, strict=True))[1:], strict=False
    ):
        if max(a, b) / min(a, b) > MAX_STEP:
            yield Issue(
                file=file,
                path=path,
                severity="warning",
                what=f"the likelihood ratio jumps from {a:.3g} ({left.id}) to {b:.3g} ({right.id})",
                why="a tenth of a unit would decide the diagnosis",
                fix="spread the shares of the two ranges",
            )


def _check_codes(file: str, item: Condition) -> Iterator[Issue]:
    codes = item.codes.get("icd10cm", ())
    if not codes:
        yield Issue(
            file=file,
            path="codes.icd10cm",
            what="no ICD-10-CM code",
            why="record systems exchange conditions by code",
            fix="add the closest billable code",
        )
    for code in codes:
        if not _ICD10CM.match(code):
            yield Issue(
                file=file,
                path="codes.icd10cm",
                what=f"{code!r} is not an ICD-10-CM code",
                why="record systems would refuse it",
                fix="write it like I73.9 or M62.82",
            )


def _check_links(file: str, item: Condition, pack: Pack) -> Iterator[Issue]:
    for kind, names, known in (
        ("lookalikes", [x.condition for x in item.lookalikes], pack.conditions),
        ("excludes", list(item.excludes), pack.conditions),
        ("parents", [x.condition for x in item.parents], pack.conditions),
        ("referral", [x.clinician for x in item.referral], pack.clinicians),
        ("management", [x.treatment for x in item.management if x.treatment], pack.treatments),
        ("management", [x for m in item.management for x in m.caution], pack.findings | pack.conditions),
        ("do_not_miss", list(item.do_not_miss.presence_needs) if item.do_not_miss else [], pack.findings),
    ):
        for name in names:
            if name not in known:
                yield Issue(
                    file=file,
                    path=kind,
                    what=f"{name!r} does not exist",
                    why="the reference leads nowhere",
                    fix="correct the id, or add the file",
                )
    for term in item.do_not_miss.excluded_by if item.do_not_miss else ():
        yield from check_term(file, "do_not_miss.excluded_by", term, pack)
    for number, pitfall in enumerate(item.pitfalls):
        for term in pitfall.when:
            yield from check_term(file, f"pitfalls[{number}].when", term, pack)


def _check_core(file: str, item: Condition, pack: Pack) -> Iterator[Issue]:
    stated = {evidence.finding for evidence in item.findings}
    missing = [name for name in CORE_EPISODE if name in pack.findings and name not in stated]
    if missing and item.complaint.leg.triple[0] > 0.001:
        yield Issue(
            file=file,
            path="findings",
            severity="warning",
            what=f"says nothing of {', '.join(missing)}",
            why="these tell conditions apart; without them the usual frequency is assumed",
            fix="state P(finding | this condition is the cause)",
        )
