"""Rows without text, read column by column: each distinct word is looked up once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from hickam.inference.flat import FlatCases, PeopleIndex, Ragged, pointers
from hickam.inference.layout import RISK, STATUSES, Bools, Floats, Ints
from hickam.inference.reading import read_case
from hickam.intake.columns import Lookup, Said, Settled, settle_rows, words_of
from hickam.intake.errors import IntakeError
from hickam.intake.structured import case_from_json, choice_of, sex_of
from hickam.model.case import Case
from hickam.services.batch import frame
from hickam.services.batch.refusals import Refusal, Refusals, no_age, no_name, nothing, pregnant_man
from hickam.services.knowledge import Knowledge

PREGNANCY = ("pregnant", "postpartum")


class Read(NamedTuple):
    """Rows read: flat cases, findings contradicted [B], and why rows were refused, by row."""

    cases: FlatCases
    contradicted: Ints
    refused: dict[int, Refusal]


class ColumnReader:
    """Reads rows of a batch with one pack; ``people`` numbers the populations they come from."""

    def __init__(self, knowledge: Knowledge, people: PeopleIndex, setting: str) -> None:
        """``setting``: where a row names none."""
        self.knowledge, self.people, self.setting = knowledge, people, setting
        self.network = knowledge.engine.network
        self.lookup = Lookup(knowledge.pack, knowledge.vocabulary, self.network)

    def read(self, batch: pa.RecordBatch) -> Read:
        """Every row."""
        refused = Refusals()
        people, ages, sexes = self._people(batch, refused)
        rows = batch.num_rows
        said: list[list[Said]] = []
        parts: list[tuple[Ints, Ints]] = []  # ptr, codes into ``said``
        for column, look in (
            ("present", lambda name: self.lookup.finding(name, "present")),
            ("absent", lambda name: self.lookup.finding(name, "absent")),
        ):
            parts.append(self._words(batch, column, look, said, refused))
        parts.append(self._values(batch, ages, sexes, said, refused))
        given = len(parts)
        parts.append(self._words(batch, "medications", self._medicine, said, refused))
        ptr, codes = _side_by_side(parts, rows)
        words = words_of(said)
        settled = settle_rows(words, ptr, codes, self.lookup.implied, self.lookup.valued, self._sizes())
        self._no_pregnant_men(parts[:given], said, sexes, refused)
        facts, out, named = self._conditions(batch, refused)
        risky = self.network.kind[settled.finding] == RISK
        seen, risk = _split(settled, ~risky), _split(settled, risky)
        empty = (np.diff(settled.ptr) == 0) & ~named & (settled.conflicts == 0) & (np.diff(parts[-1][0]) == 0)
        for row in np.flatnonzero(empty).tolist():
            refused.add(row, nothing("the row"))
        return Read(FlatCases(people, facts, out, risk, seen), settled.conflicts, refused.by_row)

    def _sizes(self) -> Ints:
        return np.array([len(ids) for ids in self.network.values], dtype=np.int64)

    def _people(self, batch: pa.RecordBatch, refused: Refusals) -> tuple[Ints, Floats, list[str | None]]:
        """Population of each row, ages (nan: not known) and sexes."""
        ages, wrong = frame.ages(batch)
        for row, value in wrong.items():
            refused.add(row, no_age(value))
            ages[row] = np.nan
        chosen: dict[str, tuple[Ints, list[Any]]] = {}
        for column, read in (
            ("sex", sex_of),
            ("setting", lambda v: choice_of("setting", v, self.setting)),
            ("complaint", lambda v: choice_of("complaint", v, "leg")),
        ):
            codes, entries = frame.choices(batch, column)
            clean: list[Any] = []
            for code, entry in enumerate(entries):
                try:
                    clean.append(read(entry))
                except IntakeError as error:
                    clean.append(read(None))
                    for row in np.flatnonzero(codes == code).tolist():
                        refused.add(row, error.as_data())
            chosen[column] = codes, clean
        band = np.where(np.isnan(ages), -1, np.floor(np.nan_to_num(ages))).astype(np.int64)
        key = band
        for codes, entries in chosen.values():
            key = key * len(entries) + codes
        _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
        numbers = []
        for row in first.tolist():
            sex, setting, complaint = (entries[codes[row]] for codes, entries in chosen.values())
            age = None if np.isnan(ages[row]) else float(ages[row])
            case = Case(age=age, sex=sex, setting=setting, complaint=complaint)
            numbers.append(self.people.number(read_case(self.network, case)))
        codes, entries = chosen["sex"]
        return np.array(numbers, dtype=np.int64)[inverse], ages, [entries[code] for code in codes.tolist()]

    def _words(
        self, batch: pa.RecordBatch, column: str, look: Any, said: list[list[Said]], refused: Refusals
    ) -> tuple[Ints, Ints]:
        """A list column: each distinct entry looked up once and appended to ``said``."""
        found = frame.items(batch, column)
        start, bad = len(said), np.zeros(len(found.names), dtype=np.bool_)
        why: list[IntakeError | None] = []
        for code, name in enumerate(found.names):
            entry = look(name) if isinstance(name, str) or column == "medications" else no_name(column, name)
            bad[code] = isinstance(entry, IntakeError)
            why.append(entry if isinstance(entry, IntakeError) else None)
            said.append([] if isinstance(entry, IntakeError) else entry)
        if bad.any():
            owner = np.repeat(np.arange(batch.num_rows), np.diff(found.ptr))
            for at in np.flatnonzero(bad[found.codes]).tolist():
                error = why[int(found.codes[at])]
                if error is not None:
                    refused.add(int(owner[at]), error.as_data())
        return found.ptr, found.codes + start

    def _medicine(self, entry: Any) -> list[Said] | IntakeError:
        """A medicine by name, or an object with drug or name, dose, current."""
        if isinstance(entry, str) and entry.strip():
            return self.lookup.medicine(entry.strip())
        try:  # an object, or something that is no medicine: read, or refused, as for one case
            case = case_from_json({"medications": [entry]}, self.knowledge.vocabulary)
        except IntakeError as error:
            return error
        return self.lookup.medicine(case.medications[0].name) if case.medications[0].current else []

    def _values(
        self, batch: pa.RecordBatch, ages: Floats, sexes: list[str | None], said: list[list[Said]], refused: Refusals
    ) -> tuple[Ints, Ints]:
        """Measured and stated values; what they say depends on age and sex."""
        sizes = np.zeros(batch.num_rows, dtype=np.int64)
        codes: list[int] = []
        for row, name, value in frame.values(batch):
            age = None if np.isnan(ages[row]) else ages[row].item()
            entry = self.lookup.value(name, value, age, sexes[row]) if name else no_name("values", value)
            if isinstance(entry, IntakeError):
                refused.add(row, entry.as_data())
                continue
            codes.append(len(said))
            said.append(entry)
            sizes[row] += 1
        return pointers(sizes), np.array(codes, dtype=np.int64)

    def _no_pregnant_men(
        self, parts: list[tuple[Ints, Ints]], said: list[list[Said]], sexes: list[str | None], refused: Refusals
    ) -> None:
        wanted = {self.network.finding_index[name] for name in PREGNANCY if name in self.network.finding_index}
        which = np.array([any(f in wanted and yes for f, yes, _ in many) for many in said], dtype=np.bool_)
        if which.any():
            for ptr, codes in parts:
                for row in np.flatnonzero(frame.bits_of(codes, ptr, which)).tolist():
                    if sexes[row] == "male":
                        refused.add(row, pregnant_man())

    def _conditions(self, batch: pa.RecordBatch, refused: Refusals) -> tuple[Ragged, Ragged, Bools]:
        """Known conditions with status, conditions ruled out, and which rows name any."""
        tables = {}
        named = np.zeros(batch.num_rows, dtype=np.bool_)
        for column in ("known_conditions", "ruled_out"):
            found = frame.items(batch, column)
            owner = np.repeat(np.arange(batch.num_rows), np.diff(found.ptr))
            facts: list[tuple[int, int, int]] = []
            for code, entry in enumerate(found.names):
                fact = self._fact(column, entry)
                if isinstance(fact, IntakeError):
                    for at in np.flatnonzero(found.codes == code).tolist():
                        refused.add(int(owner[at]), fact.as_data())
                    fact = (-1, "unknown", True)
                facts.append((fact[0], STATUSES.index(fact[1]), int(fact[2])))
            table = np.array(facts, dtype=np.int64).reshape(-1, 3)[found.codes]
            named[owner[table[:, 0] >= 0]] = True
            keep = table[:, 0] >= 0
            tables[column] = _last_of_each(owner[keep], table[keep])
        (known_row, known), (out_row, out) = tables["known_conditions"], tables["ruled_out"]
        stays = known[:, 2] == 0
        known_row, known = known_row[stays], known[stays]
        n = len(self.network.conditions)
        free = ~np.isin(out_row * n + out[:, 0], known_row * n + known[:, 0])
        return (
            _ragged(batch.num_rows, known_row, known[:, 0], known[:, 1]),
            _ragged(batch.num_rows, out_row[free], out[free, 0], np.ones(int(free.sum()), dtype=np.int64)),
            named,
        )

    def _fact(self, column: str, entry: Any) -> tuple[int, str, bool] | IntakeError:
        """(condition, status, past and so not present) of a name or of an object with id or name, and status."""
        if isinstance(entry, dict) and set(entry) <= {"id", "name", "status"}:
            name = str(entry.get("id") or entry.get("name") or "")
            return self.lookup.condition(name, str(entry.get("status", "unknown")), column)
        if isinstance(entry, str):
            return self.lookup.condition(entry, "unknown", column)
        return no_name(column, entry)


def _side_by_side(parts: list[tuple[Ints, Ints]], rows: int) -> tuple[Ints, Ints]:
    """Ragged rows joined row by row, in the order of the parts."""
    owner = np.concatenate([np.repeat(np.arange(rows), np.diff(ptr)) for ptr, _ in parts])
    codes = np.concatenate([codes for _, codes in parts])
    order = np.argsort(owner, kind="stable")
    return pointers(np.bincount(owner, minlength=rows)), codes[order]


def _split(settled: Settled, keep: Bools) -> Ragged:
    rows = len(settled.ptr) - 1
    owner = np.repeat(np.arange(rows), np.diff(settled.ptr))[keep]
    return Ragged(pointers(np.bincount(owner, minlength=rows)), settled.finding[keep], settled.state[keep])


def _last_of_each(owner: Ints, table: Ints) -> tuple[Ints, Ints]:
    """Rows sorted by owner and condition; of a condition named twice the last counts."""
    order = np.lexsort((np.arange(len(owner)), table[:, 0], owner))
    owner, table = owner[order], table[order]
    last = np.ones(len(owner), dtype=np.bool_)
    last[:-1] = (owner[1:] != owner[:-1]) | (table[1:, 0] != table[:-1, 0])
    return owner[last], table[last]


def _ragged(rows: int, owner: Ints, index: Ints, state: Ints) -> Ragged:
    return Ragged(
        pointers(np.bincount(owner, minlength=rows)), np.ascontiguousarray(index), np.ascontiguousarray(state)
    )
