"""Answers and intervals on simulated patients; docs/evaluation/calibration.md has the large run."""

from __future__ import annotations

import numpy as np
import pytest

from hickam.inference.cohort import draw_cohort
from hickam.services.calibration import (
    SEED,
    Calibration,
    calibration,
    interval_coverage,
    measure,
    random_cases,
    untempered,
)
from hickam.services.knowledge import Knowledge

N = 2000
PAIRS = 0.02
LEADING = 0.045
"""With 2,000 patients in 20 bins chance alone makes an error of about 0.025; the 20,000 of the document are held to 0.02."""


def by_kind(found: list[Calibration]) -> dict[str, Calibration]:
    return {one.of: one for one in found}


@pytest.mark.parametrize("tempered", [True, False])
def test_simulated_patients_are_calibrated(knowledge: Knowledge, tempered: bool) -> None:
    network = knowledge.engine.network
    found = by_kind(calibration(network if tempered else untempered(network), N))
    assert found["cause"].error <= PAIRS
    assert found["present"].error <= PAIRS
    assert found["leading cause"].error <= LEADING
    assert abs(found["leading cause"].lean) <= LEADING


def test_intervals_are_honest(knowledge: Knowledge) -> None:
    coverage = interval_coverage(knowledge.engine.network, 60)
    assert sum(coverage.answers) > 300
    assert 0.80 <= coverage.share <= 0.98


def test_it_can_fail(knowledge: Knowledge) -> None:
    """The answers to one group of patients held against the truth about another are not calibrated."""
    network = knowledge.engine.network
    cohort, other = draw_cohort(network, 600, SEED), draw_cohort(network, 600, SEED + 1, "emergency")
    assert np.any(cohort.cause != other.cause)
    found = by_kind(measure(network, other, random_cases(network, cohort, 15)))
    assert found["leading cause"].error > LEADING
