"""How the article on the complaint is laid out: groups of causes, the comparison, the clinicians by system."""

from __future__ import annotations

import msgspec

from hickam.model.condition import Category, Statement
from hickam.model.finding import Text


class ConditionGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Conditions of one category under one heading, in the order in which they are shown."""

    category: Category
    title: Text
    conditions: tuple[str, ...]


class ComparisonRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One condition in the comparison; ``cells`` by column key, each a claim with its sources."""

    condition: Text
    cells: dict[str, Statement]


class Comparison(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Conditions that are easily confused, side by side: in words (``columns``, ``rows``) and in numbers.

    The numbers are P(finding | condition) of the yes/no ``findings``, read from the conditions' own files.
    """

    title: Text
    conditions: tuple[str, ...]
    findings: tuple[str, ...]
    columns: dict[str, str]
    rows: tuple[ComparisonRow, ...]


class ClinicianGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Clinicians for one system of the body."""

    title: Text
    clinicians: tuple[str, ...]


class Presentation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """presentation.yaml."""

    groups: tuple[ConditionGroup, ...] = ()
    comparison: Comparison | None = None
    clinicians: tuple[ClinicianGroup, ...] = ()
