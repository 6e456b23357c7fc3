"""The whole pack, not random parts of it: the order of its items and the size of a batch change no answer."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import TypeVar

import msgspec
import numpy as np
import pytest

from hickam.inference.batch import posterior_batch
from hickam.inference.kernel import posterior
from hickam.inference.network import compile_network
from hickam.inference.query import build_query
from hickam.intake.reading import parse
from hickam.model.case import Case
from hickam.services.knowledge import Knowledge

T = TypeVar("T")
STORIES = (
    "62-year-old man, calf pain after 200 m, gone in 2 minutes of standing still, smoker, absent pedal pulses.",
    "72-year-old woman on furosemide, night cramps in the calf three times a week, K 3.1.",
    "31F postpartum 10 days, left calf swollen and tender.",
    "My son is 6. Both legs ache at night, rubbing helps, no limp.",
    "58F with breast cancer, back pain, legs weak since 3 days.",
)


@pytest.fixture(scope="module")
def cases(knowledge: Knowledge) -> list[Case]:
    return [parse(story, knowledge.vocabulary) for story in STORIES]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_its_items_changes_nothing(knowledge: Knowledge, cases: list[Case], seed: int) -> None:
    pack, rng = knowledge.pack, random.Random(seed)

    def mixed(items: Iterable[T]) -> tuple[T, ...]:
        found = list(items)
        return tuple(rng.sample(found, len(found)))

    conditions = [
        (name, msgspec.structs.replace(c, findings=mixed(c.findings), modifiers=mixed(c.modifiers)))
        for name, c in mixed(pack.conditions.items())
    ]
    assert [name for name, _ in conditions] != list(pack.conditions)
    other_pack = msgspec.structs.replace(pack, conditions=dict(conditions), findings=dict(mixed(pack.findings.items())))
    one, other = compile_network(pack), compile_network(other_pack)
    place = [other.conditions.index(name) for name in one.conditions]
    for case in cases:
        again = msgspec.structs.replace(case, observations=mixed(case.observations), facts=mixed(case.facts))
        a, b = posterior(build_query(one, case)), posterior(build_query(other, again))
        close = max(1e-9, 1e-15 * a.cancellation)
        np.testing.assert_allclose(np.asarray(b.cause)[place], a.cause, rtol=0, atol=close)
        np.testing.assert_allclose(np.asarray(b.present)[place], a.present, rtol=0, atol=close)


def test_a_batch_gives_what_each_gives_alone(knowledge: Knowledge, cases: list[Case]) -> None:
    network = compile_network(knowledge.pack)
    batch = posterior_batch(network, cases)
    for i, case in enumerate(cases):
        alone = posterior(build_query(network, case))
        close = max(1e-9, 1e-15 * alone.cancellation)
        np.testing.assert_allclose(batch.cause[i], alone.cause, rtol=0, atol=close)
        np.testing.assert_allclose(batch.present[i], alone.present, rtol=0, atol=close)
