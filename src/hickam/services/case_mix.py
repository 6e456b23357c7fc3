"""The case-mix test of a pack: case_mix.yaml, argued line by line, against the engine with nothing known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from hickam.inference.engine import Posterior
from hickam.knowledge.yaml12 import read_yaml
from hickam.model.case import Case
from hickam.model.finding import Text
from hickam.model.numbers import Sources
from hickam.model.pack import Pack, Setting
from hickam.services.knowledge import Knowledge

FILE = "case_mix.yaml"
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Cell(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One age band and sex. ``visits``: leg visits a year per 1,000 such people in general practice."""

    age: float
    sexes: tuple[Literal["female", "male"], ...]
    visits: float


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The interval for one cell and the figure behind it; ``revised`` says why the first interval was wrong."""

    share: tuple[Share, Share]
    why: Text
    revised: str = ""


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One cause, or several counted together, in one setting."""

    setting: Setting
    causes: tuple[str, ...]
    argument: Text
    sources: Sources = ()
    cells: dict[str, Expected]


class CaseMix(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """case_mix.yaml."""

    cells: dict[str, Cell]
    unexplained: tuple[Share, Share]
    lines: tuple[Line, ...]


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """One line in one cell for one sex, and the share that the engine gives."""

    line: Line
    cell: str
    sex: str
    expected: Expected
    share: float

    @property
    def holds(self) -> bool:
        """Whether the share lies in its interval."""
        low, high = self.expected.share
        return low <= self.share <= high

    @property
    def sentence(self) -> str:
        """What was expected and what was found."""
        low, high = self.expected.share
        return (
            f"{self.line.setting} {self.cell} ({self.sex}) {' + '.join(self.line.causes)}: "
            f"{100 * self.share:.2f} %, expected {100 * low:.2f} to {100 * high:.2f} % ({self.expected.why})"
        )


def read_case_mix(root: Path) -> CaseMix:
    """case_mix.yaml of the pack in this folder."""
    return msgspec.convert(read_yaml((root / FILE).read_bytes()), CaseMix)


def check_case_mix(knowledge: Knowledge, mix: CaseMix) -> list[Checked]:
    """Every line in every cell it names."""
    answers: dict[tuple[Setting, str, str], Posterior] = {}
    checked = []
    for line in mix.lines:
        for name, expected in line.cells.items():
            cell = mix.cells[name]
            for sex in cell.sexes:
                key = (line.setting, name, sex)
                if key not in answers:
                    answers[key] = knowledge.engine.k_only(
                        Case(age=cell.age, sex=sex, setting=line.setting, completeness=0.0)
                    )
                share = sum(answers[key].cause[cause] for cause in line.causes)
                checked.append(Checked(line=line, cell=name, sex=sex, expected=expected, share=share))
    return checked


def dangling(pack: Pack, mix: CaseMix) -> list[str]:
    """Causes, sources and cells that a line names and that do not exist."""
    return [
        f"{line.setting} {' + '.join(line.causes)}: no {kind} {name!r}"
        for line in mix.lines
        for kind, names, known in (
            ("condition", line.causes, pack.conditions.keys()),
            ("source", line.sources, pack.sources.keys()),
            ("cell", tuple(line.cells), mix.cells.keys()),
        )
        for name in names
        if name not in known
    ]
