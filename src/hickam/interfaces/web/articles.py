"""Conditions and findings as articles: the pack's own text, each number with basis and source, and what cites what."""

from __future__ import annotations

from typing import Any

import msgspec

from hickam.model.assessment import Reference
from hickam.model.condition import Condition, Evidence
from hickam.model.finding import Finding
from hickam.model.numbers import Number, Shares
from hickam.model.pack import Pack
from hickam.services.references import reference
from hickam.writing.words import percent

REVIEW_WORDS = {
    "submitted": "submitted, pending human review",
    "under_review": "under review",
    "approved": "approved",
    "rejected": "sent back by a reviewer",
}


class Citations:
    """Numbers for sources in order of first use on a page."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.numbers: dict[str, int] = {}

    def cite(self, *keys: str) -> list[tuple[int, str]]:
        """(number, key) for each source that the pack lists; '' is nobody's key."""
        known = [key for key in keys if key in self.pack.sources]
        return [(self.numbers.setdefault(key, len(self.numbers) + 1), key) for key in known]

    @property
    def listed(self) -> list[tuple[int, Reference]]:
        """The bibliography of what has been cited so far."""
        return [(number, reference(key, self.pack.sources[key])) for key, number in self.numbers.items()]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What a condition states of a finding, beside what is usual. ``ratio`` is a likelihood ratio for 'present'."""

    finding: Finding
    condition: Condition
    evidence: Evidence
    text: str
    usual: str
    ratio: float | None


def review_state(pack: Pack, item: str) -> str:
    """In words, the last review of this very content; ``item`` is folder/id."""
    outcomes = {(review.item, review.hash): review.outcome for review in pack.reviews}
    return REVIEW_WORDS[outcomes.get((item, pack.hashes[item]), "submitted")]


def article(pack: Pack, condition: Condition) -> dict[str, Any]:
    """A condition as data: its file, its review state and hash, and every source it names."""
    item = f"conditions/{condition.id}"
    content = msgspec.to_builtins(condition)
    keys = dict.fromkeys(_source_keys(content))
    return {
        "pack": {"id": pack.manifest.id, "version": pack.manifest.version, "hash": pack.hash},
        "hash": pack.hashes[item],
        "review_state": review_state(pack, item),
        "condition": content,
        "references": [msgspec.to_builtins(reference(key, pack.sources[key])) for key in keys if key in pack.sources],
    }


def _source_keys(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["source"]] if isinstance(value.get("source"), str) else []
        return own + list(value.get("sources", ())) + [key for inner in value.values() for key in _source_keys(inner)]
    if isinstance(value, list | tuple):
        return [key for inner in value if isinstance(inner, dict | list | tuple) for key in _source_keys(inner)]
    return []


def rows_of_condition(pack: Pack, condition: Condition) -> list[Row]:
    """Its findings, those that argue most strongly (either way) first."""
    rows = [_row(pack.findings[e.finding], condition, e) for e in condition.findings if e.finding in pack.findings]
    return sorted(rows, key=_strength)


def rows_of_finding(pack: Pack, finding: Finding) -> list[Row]:
    """The conditions that state a number for it, most frequent first."""
    rows = [_row(finding, c, e) for c in pack.conditions.values() for e in c.findings if e.finding == finding.id]
    return sorted(rows, key=_frequency)


def _frequency(row: Row) -> float:
    yes_no = row.evidence.value is not None or row.evidence.counts is not None
    return -row.evidence.as_number().best if yes_no else 1.0


def _strength(row: Row) -> float:
    if row.ratio is None:
        return 0.0
    return -max(row.ratio, 1 / row.ratio if row.ratio else 99.0)


def _row(finding: Finding, condition: Condition, evidence: Evidence) -> Row:
    if evidence.value is None and evidence.counts is None:
        shares = share_words(evidence.as_shares(), finding)
        usual = share_words(finding.shares, finding) if finding.shares else ""
        return Row(finding=finding, condition=condition, evidence=evidence, text=shares, usual=usual, ratio=None)
    number = evidence.as_number()
    rows = finding.background
    usual = " · ".join(f"{stratum(row)} {chance(row.best)}".strip() for row in rows)
    ratio = number.best / rows[0].best if len(rows) == 1 and rows[0].best else None
    return Row(
        finding=finding, condition=condition, evidence=evidence, text=number_words(number), usual=usual, ratio=ratio
    )


def share_words(shares: Shares, finding: Finding) -> str:
    """'cramp or spasm 85 %, ache 10 %' or 'mean 4.2, SD 0.4'."""
    if shares.mean is not None:
        return f"mean {shares.mean:g}, SD {shares.sd:g}"
    names = {value.id: value.name for value in finding.values} | {part.id: part.name for part in finding.ranges}
    ranked = sorted(shares.shares.items(), key=lambda pair: -pair[1])
    return ", ".join(f"{names.get(name, name)} {percent(share)}" for name, share in ranked)


def number_words(number: Number, *, ratio: bool = False) -> str:
    """'67 % (50–80)' for a probability, '2.3 (1.4–3.8)' for an odds ratio; counts are shown as counted."""
    best, low, high = number.triple
    if ratio:
        return f"{best:.3g} ({low:.3g}–{high:.3g})"
    counted = f"; {number.counts[0]} of {number.counts[1]}" if number.counts else ""
    return f"{chance(best)} ({chance(low).removesuffix(' %')}–{chance(high).removesuffix(' %')}{counted})"


def chance(value: float) -> str:
    """A probability of the pack in per cent, with as many places as a rare one needs."""
    if value == 0 or value >= 0.1:
        return f"{100 * value:.0f} %"
    return f"{100 * value:.2g} %" if value >= 0.001 else f"{100 * value:.1g} %".replace("e-0", "e-")


def stratum(number: Number) -> str:
    """'women 65–79', or '' when it holds for everyone."""
    sex = {"female": "women", "male": "men"}.get(number.sex, "")
    age = "" if number.age == (0.0, 120.0) else f"{number.age[0]:g}–{number.age[1]:g} years"
    return " ".join(part for part in (sex, age) if part)
