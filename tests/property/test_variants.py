"""Cases of one patient in one batch give what each gives alone."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from builders import case, condition, pack, ranged, yes_no

from hickam.inference.batch import posterior_batch
from hickam.inference.engine import Engine
from hickam.inference.network import compile_network
from hickam.inference.variants import posterior_variants
from hickam.model.case import Case
from hickam.model.pack import CorrelationGroup, Pack

SIGNS = ("p0", "p1", "p2", "e0")


def signs_pack() -> Pack:
    """Correlated signs, a family, and an episode finding."""
    findings = [yes_no(f"p{i}", background=0.05 + 0.02 * i, group="g") for i in range(3)]
    findings += [yes_no("e0", "episode", 0.3), ranged("m0")]
    items = [
        condition("c0", 0.05, 0.2, {"p0": 0.8, "p1": 0.6, "e0": 0.9}, family="f"),
        condition("c1", 0.1, 0.1, {"p1": 0.7, "p2": 0.5, "e0": 0.2}, family="f", parents={"c0": 0.3}),
        condition("c2", 0.2, 0.4, {"p2": 0.3, "e0": 0.4}),
    ]
    return pack(items, findings, groups={"g": CorrelationGroup(name="g")})


def without(left_out: tuple[str, ...]) -> Case:
    return case([name for name in SIGNS if name not in left_out])


def test_signs_left_out_in_one_batch_are_the_cases_themselves() -> None:
    network = compile_network(signs_pack())
    cases = [without(left_out) for size in range(5) for left_out in combinations(SIGNS, size)]
    together = posterior_variants(network, cases)
    for row, one in enumerate(cases):
        alone = Engine(network).posterior(one)
        assert together.cause[row] == pytest.approx(list(alone.cause.values()), abs=1e-12)
        assert together.present[row] == pytest.approx(list(alone.present.values()), abs=1e-12)
        assert together.log_evidence[row] == pytest.approx(alone.log_evidence, abs=1e-9)
    assert np.ptp(together.cause[:, 0]) > 0.1  # the signs matter, so rows that were mixed up would show


def test_different_patients_fall_back_on_the_plain_batch() -> None:
    network = compile_network(signs_pack())
    cases = [case(["p0"]), case(["p0"], sex="male")]
    assert posterior_variants(network, cases).cause == pytest.approx(posterior_batch(network, cases).cause, abs=1e-12)
    assert posterior_variants(network, []).cause.shape == (0, 3)
