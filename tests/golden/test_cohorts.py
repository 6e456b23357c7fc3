"""Urgency on simulated patients; docs/evaluation/urgency-cohorts.md has the large run."""

from __future__ import annotations

import numpy as np
import pytest

from hickam.inference.cohort import Cohort, draw_cohort
from hickam.inference.network import compile_network
from hickam.services.cohorts import ORDINARY, URGENT, Ordinary, asked_case, ordinary_cohort, urgent_cohorts
from hickam.services.knowledge import Knowledge

PATIENTS = 40
FALSE_ALARMS = 0.25
"""A guard against worse, not the target: the document says what the large run gives and why."""
CLEAR = ("acute_limb_ischaemia", "deep_vein_thrombosis", "cauda_equina_syndrome", "necrotising_soft_tissue_infection")


SPANS = ("onset_days", "onset_weeks_months", "onset_years")


@pytest.fixture(scope="module")
def sciatica(knowledge: Knowledge) -> Cohort:
    return draw_cohort(compile_network(knowledge.pack), 3000, 5, caused_by=("lumbar_radiculopathy",))


def test_signs_that_exclude_each_other_are_drawn_as_one_choice(knowledge: Knowledge, sciatica: Cohort) -> None:
    chosen = sciatica.which(SPANS)
    stated = {e.finding: e for e in knowledge.pack.conditions["lumbar_radiculopathy"].findings}
    own = [stated[name].as_number().best for name in SPANS]
    total = sum(own)
    for place, chance in enumerate(own):
        assert np.mean(chosen == place) == pytest.approx(chance / max(total, 1.0), abs=0.03)
    assert np.mean(chosen == len(SPANS)) == pytest.approx(max(1.0 - total, 0.0), abs=0.03)


def test_weak_hips_are_weakness(sciatica: Cohort) -> None:
    part, whole = sciatica.has_within("proximal_weakness", "muscle_weakness"), sciatica.has("muscle_weakness")
    assert part.any()
    assert not (part & ~whole).any()
    assert part.mean() == pytest.approx(sciatica.has("proximal_weakness").mean(), abs=0.02)


def test_a_simulated_patient_never_contradicts_himself(knowledge: Knowledge, sciatica: Cohort) -> None:
    for row in range(0, 3000, 750):
        case = asked_case(knowledge, sciatica, row)
        assert not case.conflicts
        assert {f.id for f in knowledge.pack.findings.values() if f.red_flag_screen} <= {
            o.finding for o in case.observations
        }


@pytest.fixture(scope="module")
def ordinary(knowledge: Knowledge) -> Ordinary:
    return ordinary_cohort(knowledge, PATIENTS)


def test_ordinary_patients_are_seldom_sent_in_a_hurry(ordinary: Ordinary) -> None:
    assert ordinary.patients == PATIENTS
    assert sum(ordinary.levels.values()) == PATIENTS
    assert ordinary.share <= FALSE_ALARMS, ordinary.alarms


def test_most_ordinary_patients_wait(ordinary: Ordinary) -> None:
    """63 % of 300 in the large run; of forty patients three standard errors are 23 points."""
    assert sum(ordinary.levels[level] for level in ORDINARY) >= 0.4 * PATIENTS


def test_clear_dangers_are_caught(knowledge: Knowledge) -> None:
    found = urgent_cohorts(knowledge, 5, CLEAR)
    assert [one.condition for one in found] == sorted(CLEAR)
    assert sum(one.caught for one in found) >= 0.85 * sum(one.patients for one in found), found


def test_a_miss_says_why(knowledge: Knowledge) -> None:
    (found,) = urgent_cohorts(knowledge, 8, ("hyponatraemia",))
    for miss in found.misses:
        assert miss.level not in URGENT
        assert miss.leading in knowledge.pack.conditions
        assert 0 <= miss.signs[0] <= miss.signs[1]
    assert found.caught + len(found.misses) == 8
