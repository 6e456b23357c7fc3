"""The kernel's tiers are a way of working, not of answering: however they are cut, the answer is the same."""

from __future__ import annotations

import numpy as np
import pytest
from builders import random_case, random_pack

from hickam.inference import terms
from hickam.inference.kernel import plan_for, problem_of, solve
from hickam.inference.network import compile_network
from hickam.inference.query import build_query
from hickam.interfaces.memory import keep_freed_memory

SEEDS = range(8)


@pytest.mark.parametrize("seed", SEEDS)
def test_any_cut_into_tiers_gives_the_same_answer(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = random_pack(seed, conditions=8, patient=7)
    problem = problem_of(build_query(compile_network(pack), random_case(seed, pack, known=0.9)))
    answers, cuts = [], set()
    for small in (0, 40, 10**9):
        monkeypatch.setattr(terms, "SMALL", small)
        cuts.add(len(plan_for(problem).tiers))
        answers.append(solve(problem))
    for other in answers[1:]:
        assert other.cause == pytest.approx(answers[0].cause, abs=1e-9)
        assert other.present == pytest.approx(answers[0].present, abs=1e-9)
        assert other.states == pytest.approx(answers[0].states, abs=1e-9)
    assert len(cuts) > 1 or problem.plus.shape[1] == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_a_wide_batch_gives_what_one_row_gives(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = random_pack(seed, conditions=8, patient=7)
    problem = problem_of(build_query(compile_network(pack), random_case(seed, pack, known=0.9)))
    narrow = solve(problem)
    monkeypatch.setattr(terms, "WIDE", 1)  # block by block, as for many rows
    wide = solve(problem)
    assert wide.cause == pytest.approx(narrow.cause, abs=1e-12)
    assert wide.present == pytest.approx(narrow.present, abs=1e-12)


def test_states_of_all_blocks_add_up_to_one_a_block() -> None:
    states = terms.state_map((2, 3))
    assert states.member.shape == (12, 5)
    assert np.bincount(states.block).tolist() == [4, 8]
    assert states.of_members(np.eye(5)).sum(axis=1).tolist() == states.member.sum(axis=1).tolist()
    assert states.by_member(np.ones((12, 1)))[:, 0].tolist() == [2, 2, 4, 4, 4]


def test_keeping_freed_memory_is_harmless_to_repeat() -> None:
    keep_freed_memory()
    keep_freed_memory()
    assert np.ones(10**6).sum() == 10**6
