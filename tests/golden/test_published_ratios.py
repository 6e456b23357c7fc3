"""Published likelihood ratios, recomputed in simulated copies of the studies' populations."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hickam.services.knowledge import Knowledge
from hickam.services.published_ratios import (
    Compared,
    PublishedRatios,
    compare_ratios,
    dangling,
    read_ratios,
    results,
    unexplained,
)
from hickam.services.published_ratios_page import ratio_counts, ratio_page

AT_LEAST = 40


@pytest.fixture(scope="module")
def ratios(knowledge: Knowledge) -> PublishedRatios:
    return read_ratios(knowledge.root)


@pytest.fixture(scope="module")
def compared(knowledge: Knowledge, ratios: PublishedRatios) -> list[Compared]:
    return compare_ratios(knowledge, ratios, n=40_000)


def test_every_name_exists(knowledge: Knowledge, ratios: PublishedRatios) -> None:
    assert dangling(knowledge.pack, ratios) == []
    names = [ratio.id for ratio in ratios.ratios]
    assert len(set(names)) == len(names) >= 45


def test_enough_ratios_are_reproduced(compared: list[Compared]) -> None:
    found = results(compared)
    assert sum(found.values()) >= AT_LEAST, f"{sum(found.values())} of {len(found)}"


def test_what_does_not_fit_has_a_recorded_reason(compared: list[Compared]) -> None:
    assert unexplained(compared) == []


def test_every_comparison_rests_on_enough_patients(compared: list[Compared]) -> None:
    few = [one.sentence for one in compared if min(one.cases, one.controls) < 100]
    assert not few


def test_the_page_names_every_result_once_and_gives_reasons(compared: list[Compared]) -> None:
    page = ratio_page(compared, "0123456789abcdef")
    assert f"**{ratio_counts(compared)}**" in page
    _, missed, met = page.split("\n## ")
    assert missed.count("\n| ") - 2 == sum(not one.inside for one in compared)
    assert met.count("\n| ") - 2 == sum(one.inside for one in compared)
    assert all(one.ratio.misfit in missed for one in compared if not one.inside)


def test_it_can_fail(knowledge: Knowledge, ratios: PublishedRatios) -> None:
    """A ratio that nobody would believe is not reproduced, and without a reason it is reported."""
    first = ratios.ratios[0]
    wrong = replace(first, id="wrong", lr_positive=(0.1, 0.05, 0.2), lr_negative=None, misfit="")
    compared = compare_ratios(knowledge, replace(ratios, ratios=(wrong,)), n=10_000)
    assert len(unexplained(compared)) == 1
    assert not any(results(compared).values())
