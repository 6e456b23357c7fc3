"""The pack linter: every check reads the whole pack and yields issues; none of them changes anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from hickam.knowledge.issues import Issue
from hickam.knowledge.lint.conditions import check_conditions
from hickam.knowledge.lint.content import check_cases, check_clinic, check_drugs, check_rules
from hickam.knowledge.lint.families import check_families
from hickam.knowledge.lint.findings import check_findings, check_measurements, check_unused_findings, check_wordings
from hickam.knowledge.lint.manifest import check_manifest
from hickam.knowledge.lint.numbers import check_numbers
from hickam.knowledge.lint.presentation import check_articles, check_presentation
from hickam.knowledge.lint.reviews import check_reviews
from hickam.knowledge.lint.sources import check_source_use, check_sources
from hickam.knowledge.loading import read_pack
from hickam.knowledge.question_words import check_question_words
from hickam.knowledge.translations import check_translations
from hickam.model.pack import Pack

CHECKS: tuple[Callable[[Pack], Iterator[Issue]], ...] = (
    check_manifest,
    check_articles,
    check_presentation,
    check_sources,
    check_numbers,
    check_measurements,
    check_findings,
    check_wordings,
    check_unused_findings,
    check_conditions,
    check_families,
    check_rules,
    check_drugs,
    check_clinic,
    check_cases,
    check_reviews,
)


def lint_folder(root: Path) -> tuple[Pack | None, list[Issue]]:
    """Everything wrong with the pack in this folder: structure first, then meaning."""
    pack, issues = read_pack(root)
    if pack is not None:
        beside = (check_source_use, check_question_words, check_translations)
        issues = [*issues, *lint_pack(pack), *(issue for check in beside for issue in check(root, pack))]
    return pack, issues


def lint_pack(pack: Pack) -> list[Issue]:
    """Everything wrong with a pack that could be read."""
    return [issue for check in CHECKS for issue in check(pack)]
