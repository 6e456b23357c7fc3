"""What is written down is not always what was there: mix a small recording error into every finding's numbers.

A finding may be noted by mistake, misread from the story, or come from something outside the pack. Without this a
sign whose background is one in ten thousand outvotes the whole history when it turns up once in the wrong patient.
With recording error e (``pack.yaml: recording_error``, by kind of finding):

    patient yes/no      1 - p'  = (1 - e)(1 - p)     for the background and every sensitivity; lambda is unchanged
    episode yes/no      p'      = (1 - e) p + e usual
    shares              p'_v    = (1 - e) p_v + e background_v

What is rare is rarely noted by mistake: a yes/no sign of the patient has at most an error as large as its own
background, and never one below ``LEAST``. One error for every sign would be seven wrong findings in each patient of a
pack of 500.

The engine, fast and reference alike, is built from the mixed pack; readers are shown the pack itself.
"""

from __future__ import annotations

from msgspec.structs import replace

from hickam.model.condition import Condition, Evidence
from hickam.model.finding import Finding
from hickam.model.numbers import Number, Shares
from hickam.model.pack import Pack

Triple = tuple[float, float, float]
LEAST = 0.002
"""Four times what reading a story adds: 2 % of the findings read from the development cases are wrong, a quarter of a
finding a case (docs/evaluation), 0.0005 for each of 500. The rest is for what people misremember and mishear."""


def with_recording_error(pack: Pack) -> Pack:
    """The pack as the engine reads it. Unchanged where the manifest names no recording error."""
    table = {str(kind): error for kind, error in pack.manifest.recording_error.items()}
    errors = {f.id: _error(f, table.get(f.kind, 0.0)) for f in pack.findings.values()}
    if not any(errors.values()):
        return pack
    findings = {name: _finding(item, errors[name]) for name, item in pack.findings.items()}
    conditions = {name: _condition(item, pack, errors) for name, item in pack.conditions.items()}
    return replace(pack, findings=findings, conditions=conditions)


def _error(item: Finding, most: float) -> float:
    if item.about != "patient" or item.type != "yes_no" or not item.background:
        return most
    usual = sum(row.best for row in item.background) / len(item.background)
    return min(most, max(LEAST, usual))


def _finding(item: Finding, error: float) -> Finding:
    if item.about != "patient" or item.type != "yes_no" or not error:
        return item
    return replace(item, background=tuple(_noisy_number(row, error) for row in item.background))


def _noisy_number(row: Number, error: float) -> Number:
    return replace(row, value=_at_least_once(row.triple, error), counts=None)


def _at_least_once(triple: Triple, error: float) -> Triple:
    best, low, high = (1 - (1 - error) * (1 - p) for p in triple)
    return best, low, high


def _condition(item: Condition, pack: Pack, errors: dict[str, float]) -> Condition:
    evidence = tuple(_evidence(e, pack.findings[e.finding], errors[e.finding]) for e in item.findings)
    return replace(item, findings=evidence)


def _evidence(evidence: Evidence, finding: Finding, error: float) -> Evidence:
    if not error:
        return evidence
    if finding.type != "yes_no":
        return _mixed_shares(evidence, finding.shares, error)
    triple = evidence.as_number().triple
    if finding.about == "patient":
        return replace(evidence, value=_at_least_once(triple, error), counts=None)
    usual = sum(row.best for row in finding.background) / len(finding.background)
    best, low, high = ((1 - error) * p + error * usual for p in triple)
    return replace(evidence, value=(best, low, high), counts=None)


def _mixed_shares(evidence: Evidence, background: Shares | None, error: float) -> Evidence:
    """Shares given by mean and SD are mixed with 0.5 % of the background when they are turned into shares."""
    if background is None or not background.shares or not evidence.shares:
        return evidence
    usual = background.shares
    mixed = {name: (1 - error) * evidence.shares.get(name, 0.0) + error * share for name, share in usual.items()}
    return replace(evidence, shares=mixed)
