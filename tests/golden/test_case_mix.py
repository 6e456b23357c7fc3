"""The first golden test: what causes a leg visit when only age, sex and setting are known, argued in case_mix.yaml."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hickam.model.case import Case
from hickam.services.case_mix import CaseMix, check_case_mix, dangling, read_case_mix
from hickam.services.knowledge import Knowledge

SETTINGS = ("primary_care", "emergency", "specialist")


@pytest.fixture(scope="module")
def mix(knowledge: Knowledge) -> CaseMix:
    return read_case_mix(knowledge.root)


def test_every_share_lies_in_its_interval(knowledge: Knowledge, mix: CaseMix) -> None:
    outside = [checked.sentence for checked in check_case_mix(knowledge, mix) if not checked.holds]
    assert not outside, "\n".join(["the pack or the argument in case_mix.yaml is wrong:", *outside])


def test_every_name_exists(knowledge: Knowledge, mix: CaseMix) -> None:
    assert dangling(knowledge.pack, mix) == []


def test_every_setting_and_cell_is_covered(mix: CaseMix) -> None:
    for setting in SETTINGS:
        for cell in mix.cells:
            lines = [line for line in mix.lines if line.setting == setting and cell in line.cells]
            assert len(lines) >= 9, f"{setting} {cell} has only {len(lines)} lines"


def test_every_argument_is_more_than_a_word(mix: CaseMix) -> None:
    for line in mix.lines:
        assert len(line.argument.split()) >= 4, f"{line.setting} {line.causes}: {line.argument}"
        for name, expected in line.cells.items():
            assert expected.share[0] < expected.share[1], f"{line.setting} {name} {line.causes}"


@pytest.mark.parametrize("setting", SETTINGS)
def test_shares_add_up_to_one_with_the_unexplained(knowledge: Knowledge, mix: CaseMix, setting: str) -> None:
    for name, cell in mix.cells.items():
        for sex in cell.sexes:
            case = Case(age=cell.age, sex=sex, setting=setting, completeness=0.0)  # type: ignore[arg-type]
            answer = knowledge.engine.k_only(case)
            assert sum(answer.cause.values()) + answer.unexplained == pytest.approx(1.0, abs=1e-9), name
            assert mix.unexplained[0] <= answer.unexplained <= mix.unexplained[1], name


@pytest.mark.parametrize("factor", [0.2, 5.0])
def test_it_can_fail(knowledge: Knowledge, mix: CaseMix, factor: float) -> None:
    """Intervals moved fivefold either way no longer hold in most lines."""
    moved = replace(
        mix,
        lines=tuple(
            replace(
                line,
                cells={
                    name: replace(e, share=(min(e.share[0] * factor, 1.0), min(e.share[1] * factor, 1.0)))
                    for name, e in line.cells.items()
                },
            )
            for line in mix.lines
        ),
    )
    checked = check_case_mix(knowledge, moved)
    assert sum(not one.holds for one in checked) > len(checked) / 3


def test_a_name_that_does_not_exist_is_found(knowledge: Knowledge, mix: CaseMix) -> None:
    wrong = replace(mix, lines=(replace(mix.lines[0], causes=("no_such_condition",), sources=("nobody-1900",)),))
    assert len(dangling(knowledge.pack, wrong)) == 2
