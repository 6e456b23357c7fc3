"""Next steps on random cases of the shipped pack: knowing more never costs, and what is known is not asked."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hickam.model.case import Case, Observation
from hickam.services.knowledge import Knowledge

LAW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _random_case(knowledge: Knowledge, seed: int) -> Case:
    chance = random.Random(seed)
    names = [f.id for f in knowledge.pack.findings.values() if f.type == "yes_no"]
    chosen = chance.sample(names, chance.randint(0, 6))
    return Case(
        age=chance.choice((6, 25, 50, 78)),
        sex=chance.choice(("female", "male")),
        observations=tuple(
            Observation(finding=name, state="present" if chance.random() < 0.6 else "absent") for name in chosen
        ),
    )


@LAW
@given(seed=st.integers(0, 10**6))
def test_a_gain_is_never_negative_and_nothing_known_is_offered(knowledge: Knowledge, seed: int) -> None:
    case = _random_case(knowledge, seed)
    steps = knowledge.engine.next_steps(case).steps
    assert steps
    assert all(step.gain >= -1e-9 for step in steps)
    known = {o.finding for o in case.observations}
    assert all(step.gain == 0 for step in steps if step.finding in known)


@LAW
@given(seed=st.integers(0, 10**6))
def test_leaving_a_finding_unknown_is_never_expected_to_make_the_answer_surer(knowledge: Knowledge, seed: int) -> None:
    """Averaged over its answers, the leading cause is at least as likely once the finding is known."""
    case = _random_case(knowledge, seed)
    now = max(knowledge.engine.posterior(case).cause.values())
    steps = knowledge.engine.next_steps(case)
    own = [s for s in steps.steps if knowledge.pack.findings[s.finding].about != "risk"]
    for step in random.Random(seed).sample(own, 25):
        outcomes = steps.outcome_posteriors(step.finding)
        assert sum(o.outcome.probability for o in outcomes) == pytest.approx(1, abs=1e-6)
        after = sum(o.outcome.probability * max(o.cause.values()) for o in outcomes)
        assert after >= now - 1e-6
