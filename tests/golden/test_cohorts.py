"""Urgency on simulated patients; docs/evaluation/urgency-cohorts.md has the large run."""

from __future__ import annotations

import pytest

from hickam.services.cohorts import ORDINARY, URGENT, Ordinary, ordinary_cohort, urgent_cohorts
from hickam.services.knowledge import Knowledge

PATIENTS = 60
FALSE_ALARMS = 0.25
"""A guard against worse, not the target: the document says what the large run gives and why."""
CLEAR = ("acute_limb_ischaemia", "deep_vein_thrombosis", "cauda_equina_syndrome", "necrotising_soft_tissue_infection")


@pytest.fixture(scope="module")
def ordinary(knowledge: Knowledge) -> Ordinary:
    return ordinary_cohort(knowledge, PATIENTS)


def test_ordinary_patients_are_seldom_sent_in_a_hurry(ordinary: Ordinary) -> None:
    assert ordinary.patients == PATIENTS
    assert sum(ordinary.levels.values()) == PATIENTS
    assert ordinary.share <= FALSE_ALARMS, ordinary.alarms


def test_most_ordinary_patients_wait(ordinary: Ordinary) -> None:
    """61 % of 600 in the large run; sixty patients vary by some thirteen points round it."""
    assert sum(ordinary.levels[level] for level in ORDINARY) >= 0.45 * PATIENTS


def test_clear_dangers_are_caught(knowledge: Knowledge) -> None:
    found = urgent_cohorts(knowledge, 8, CLEAR)
    assert [one.condition for one in found] == sorted(CLEAR)
    assert sum(one.caught for one in found) >= 0.85 * sum(one.patients for one in found), found


def test_a_miss_says_why(knowledge: Knowledge) -> None:
    (found,) = urgent_cohorts(knowledge, 8, ("hyponatraemia",))
    for miss in found.misses:
        assert miss.level not in URGENT
        assert miss.leading in knowledge.pack.conditions
        assert 0 <= miss.signs[0] <= miss.signs[1]
    assert found.caught + len(found.misses) == 8
