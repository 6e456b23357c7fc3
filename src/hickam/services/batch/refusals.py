"""Why rows of a batch are refused."""

from __future__ import annotations

import pyarrow as pa

from hickam.intake.errors import IntakeError
from hickam.services.batch import frame

Refusal = dict[str, str]


class Refusals:
    """The first reason why each row was refused."""

    def __init__(self) -> None:
        self.by_row: dict[int, Refusal] = {}

    def add(self, row: int, why: Refusal) -> None:
        self.by_row.setdefault(row, why)


def refusal_type() -> pa.DataType:
    """Where, what, why, fix."""
    return pa.struct([pa.field(name, pa.string()) for name in ("where", "what", "why", "fix")])


def unreadable(batch: pa.RecordBatch) -> dict[int, Refusal]:
    """Rows that the file's reader could make nothing of."""
    problems = frame.texts(batch, frame.PROBLEM) or []
    why = {"why": "a row that cannot be read cannot be assessed", "fix": "mend the row, or leave it out"}
    return {row: {"where": "the row", "what": what} | why for row, what in enumerate(problems) if what}


def nothing(where: str) -> Refusal:
    """Nothing in the row or its text was understood."""
    return {
        "where": where,
        "what": "nothing in it was understood",
        "why": "an answer made from nothing would only be the average patient",
        "fix": "give findings, values, conditions, medicines or a story",
    }


def no_age(value: object) -> Refusal:
    """What stands as age is none."""
    return {
        "where": "age",
        "what": f"{value!r} is not an age in years from 0 to 120",
        "why": "age sets how common each condition is",
        "fix": "Give a number, or leave it out",
    }


def pregnant_man() -> Refusal:
    """Pregnancy of a man."""
    return {
        "where": "sex",
        "what": "male was given with pregnancy or childbirth present",
        "why": "one of the two is wrong",
        "fix": "Correct one",
    }


def no_name(column: str, value: object) -> IntakeError:
    """Not a word where a name belongs."""
    return IntakeError(
        where=column, what=f"{value!r} is not a name", why="it would be lost in silence", fix="Send the id as text"
    )
