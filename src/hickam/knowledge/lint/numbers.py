"""Checks on numbers: inside their interval, inside their range, as wide as their basis demands, with a real source."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from hickam.knowledge.issues import Issue
from hickam.model.condition import Evidence
from hickam.model.numbers import Number, Provenance, Shares
from hickam.model.pack import Pack

MIN_ESTIMATE_ODDS = 3.0
"""An estimate's interval spans at least this ratio of odds (pack-format.md)."""
_RATIOS = ("odds_ratio",)


def check_numbers(pack: Pack) -> Iterator[Issue]:
    """Every number of every item."""
    for folder in ("findings", "conditions", "drugs"):
        for name, item in getattr(pack, folder).items():
            for path, number in walk_numbers(item, ""):
                yield from _check(f"{folder}/{name}.yaml", path, number, pack)


def walk_numbers(item: object, path: str) -> Iterator[tuple[str, Number | Shares | Evidence]]:
    """(path, number) for every number inside an item."""
    if isinstance(item, Number | Shares | Evidence):
        yield path, item
    elif isinstance(item, msgspec.Struct):
        for field in item.__struct_fields__:
            yield from walk_numbers(getattr(item, field), f"{path}.{field}".lstrip("."))
    elif isinstance(item, tuple):
        for index, inner in enumerate(item):
            label = inner.finding if isinstance(inner, Evidence) else getattr(inner, "factor", None) or index
            yield from walk_numbers(inner, f"{path}[{label}]")


def _check(file: str, path: str, number: Number | Shares | Evidence, pack: Pack) -> Iterator[Issue]:
    yield from _check_provenance(file, path, number, pack)
    if isinstance(number, Number | Evidence) and (number.value is not None or number.counts is not None):
        yield from _check_value(file, path, number)
    elif isinstance(number, Number):
        yield Issue(
            file=file,
            path=path,
            what="a number without value or counts",
            why="there is nothing to use",
            fix="write value: [best, low, high] or counts: [events, of]",
        )


def _check_value(file: str, path: str, number: Number | Evidence) -> Iterator[Issue]:
    ratio = any(word in path for word in _RATIOS)
    if number.value is not None and number.counts is not None:
        yield Issue(
            file=file,
            path=path,
            what="both value and counts are given",
            why="they may disagree",
            fix="keep the counts; the proportion and its interval follow",
        )
    if number.counts is not None:
        events, of = number.counts
        if of <= 0 or not 0 <= events <= of:
            yield Issue(
                file=file,
                path=path,
                what=f"{events} events of {of}",
                why="events cannot exceed patients",
                fix="check the table in the source",
            )
        return
    assert number.value is not None
    best, low, high = number.value
    if not low <= best <= high:
        yield Issue(
            file=file,
            path=path,
            what=f"the value {best} is outside its interval {low} to {high}",
            why="the interval says how far the value can be trusted",
            fix="write [best, low, high] in this order",
        )
    limit = math.inf if ratio else 1.0
    if low < 0 or high > limit or (ratio and low <= 0):
        yield Issue(
            file=file,
            path=path,
            what=f"{[best, low, high]} is not {'an odds ratio' if ratio else 'a probability'}",
            why="probabilities lie between 0 and 1, odds ratios above 0",
            fix="check the unit: per cent are written as fractions (12 % is 0.12)",
        )
    elif number.basis == "estimate" and not ratio and best > 0 and odds_width(low, high) < MIN_ESTIMATE_ODDS - 0.02:
        yield Issue(
            file=file,
            path=path,
            what=f"the estimate's interval {low} to {high} is too narrow",
            why="an estimate is somebody's judgement; a narrow interval would claim more",
            fix=f"widen it until the odds of high and low differ at least {MIN_ESTIMATE_ODDS:g}-fold",
        )
    elif number.basis == "estimate" and ratio and high / low < 1.5:
        yield Issue(
            file=file,
            path=path,
            what=f"the estimated odds ratio's interval {low} to {high} is too narrow",
            why="an estimate is somebody's judgement",
            fix="widen it to at least 1.5-fold",
        )


def odds_width(low: float, high: float) -> float:
    """Ratio of the odds of the two ends; infinite when an end is 0 or 1."""
    if low <= 0 or high >= 1:
        return math.inf
    return (high / (1 - high)) / (low / (1 - low))


def _check_provenance(file: str, path: str, number: Provenance, pack: Pack) -> Iterator[Issue]:
    if number.source and number.source not in pack.sources:
        yield Issue(
            file=file,
            path=path,
            what=f"the source {number.source!r} is not in sources/",
            why="a reader could not follow the citation",
            fix="add it to sources/ or correct the key",
        )
    if number.basis == "estimate":
        if number.source:
            yield Issue(
                file=file,
                path=path,
                what=f"an estimate that cites {number.source!r}",
                why="citing a source says that the source states the number",
                fix="make it direct, derived or extrapolated if the source states it; else drop the source "
                "and name it in why",
            )
        return
    missing = [key for key in ("source", "locator", "population") if not getattr(number, key)]
    if number.basis != "direct" and not number.why:
        missing.append("why")
    if missing:
        yield Issue(
            file=file,
            path=path,
            what=f"a {number.basis} number without {' and '.join(missing)}",
            why="a sceptic must be able to find the number where the locator says, and see the arithmetic",
            fix=f"add {', '.join(missing)}, or make it an estimate",
        )


def covered(rows: tuple[Number, ...]) -> list[str]:
    """Whole years and sexes that no row covers, as short texts; empty when all of 0 to 120 is covered."""
    gaps: list[str] = []
    for sex in ("female", "male"):
        missing = [age for age in range(121) if not any(row.applies(age, sex) for row in rows)]
        if missing:
            gaps.append(f"{sex} from {missing[0]}")
    return gaps
