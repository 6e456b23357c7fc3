"""The hazard file is whole: each hazard has controls, and each control names tests that exist. That they passed is held
by ``pytest --hazards`` (``tests/conftest.py``)."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest
from hazards import HAZARDS, Hazard, controls, hazards, unproved

TESTS = Path(__file__).parents[1]


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / file).read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("hazard", hazards(), ids=lambda hazard: hazard.id)
def test_every_control_names_tests_that_exist(hazard: Hazard) -> None:
    assert hazard.controls, "a hazard without a control"
    for control in hazard.controls:
        for test in control.tests:
            file, _, name = test.partition("::")
            assert name.startswith("test_"), test
            assert name in names_in(file), f"{hazard.id}: there is no {test}"


def test_there_are_enough_hazards_of_different_kinds_and_every_word_is_filled_in() -> None:
    found = hazards()
    assert len({hazard.id for hazard in found}) == len(found) >= 25
    for hazard in found:
        assert all(text.strip() for text in (hazard.hazard, hazard.cause, hazard.effect, hazard.residual)), hazard.id


def test_a_control_counts_only_when_each_of_its_tests_passed() -> None:
    test = "unit/test_x.py::test_y"
    assert unproved({test}, {f"tests/{test}[a]": "passed", f"tests/{test}[b]": "passed"}) == []
    assert unproved({test}, {f"tests/{test}[a]": "passed", f"tests/{test}[b]": "skipped"}) == []
    assert unproved({test}, {f"tests/{test}[a]": "passed", f"tests/{test}[b]": "failed"}) == [f"{test}: failed"]
    assert unproved({test}, {f"tests/{test}": "skipped"}) == [f"{test}: skipped"]
    assert unproved({test}, {f"tests/{test}_longer": "passed"}) == [f"{test}: not run"]


def test_the_page_and_the_file_agree() -> None:
    assert HAZARDS.exists()
    page = (HAZARDS.parent / "README.md").read_text()
    assert f"{len(hazards())} hazards" in page
    assert f"{len(controls())} tests" in page
