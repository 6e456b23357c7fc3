"""``assess_batch``: a record batch of cases to a record batch of answers, a row each, in the same order.

Causes and presence are those of ``hickam assess`` (same knowledge, same equations), without intervals. Rows without
text are read by columns and solved by the compiled kernel; rows with text are read one by one first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

import hickam
from hickam.errors import HickamError
from hickam.inference.batch import BatchPosterior, BatchSolver
from hickam.inference.flat import FlatCases, Ragged, flat_cases
from hickam.inference.layout import RISK, STATUSES, Bools, Floats, Ints
from hickam.inference.reading import read_case
from hickam.intake.columns import Lookup, Said, Settled, settle_rows, words_of
from hickam.intake.errors import IntakeError
from hickam.intake.reading import understood_nothing
from hickam.intake.structured import case_from_json, choice_of, sex_of
from hickam.model.case import Case
from hickam.model.pack import Pack
from hickam.services.assess import stamp
from hickam.services.batch import frame
from hickam.services.knowledge import Knowledge
from hickam.services.outcomes import outcome_of, without_past_events
from hickam.writing.words import stamp_state

PREGNANCY = ("pregnant", "postpartum")
Refusal = dict[str, str]


@dataclass(frozen=True)
class BatchOptions:
    """``top``: most causes listed a row, by probability. ``every``: probabilities of all conditions too, in the order
    of the schema's ``hickam.conditions``. ``urgency``: the level of urgency by the rules of ``hickam assess``, its
    most likely cause and what must not be missed (far slower). ``setting``: where a row names none.
    ``as_of``: the day on which FHIR records are read."""

    top: int = 10
    every: bool = False
    urgency: bool = False
    setting: str = "primary_care"
    as_of: str = ""


BundleReader = Callable[[str, Knowledge, str, str], Case]
"""A patient's FHIR Bundle, the knowledge, the day and the setting, to a case; raises HickamError."""


class Read(NamedTuple):
    """Rows read: flat cases, findings contradicted [B], and why rows were refused, by row."""

    cases: FlatCases
    contradicted: Ints
    refused: dict[int, Refusal]


class BatchAssessor:
    """One pack, ready for batches; keep one a process."""

    def __init__(
        self,
        knowledge: Knowledge,
        options: BatchOptions | None = None,
        plain: bool = False,
        bundles: BundleReader | None = None,
    ) -> None:
        """``plain``: repeated words as text, not as dictionaries (Spark reads none). ``bundles`` reads FHIR records."""
        self.bundles = bundles
        self.knowledge, self.options, self.plain = knowledge, options or BatchOptions(), plain
        self.network = knowledge.engine.network
        self.solver = BatchSolver(self.network)
        self.lookup = Lookup(knowledge.pack, knowledge.vocabulary, self.network)
        self.schema = answer_schema(knowledge, self.options, plain)

    def assess_batch(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Answers to the rows of ``batch``, in their order. Raises HickamError for columns that no case has."""
        frame.check_columns(batch.schema.names)
        rows = batch.num_rows
        spoken = frame.texts(batch, "text") or [None] * rows
        told = np.array([bool(text) for text in spoken], dtype=np.bool_)
        records = frame.BUNDLE in batch.schema.names
        told |= records
        refused: dict[int, Refusal] = _unreadable(batch)
        answer = _Answer(rows, len(self.network.conditions))
        cases: dict[int, Case] = {}
        plain = np.flatnonzero(~told)
        if len(plain):
            part = batch if len(plain) == rows else batch.take(pa.array(plain))
            read = self.read_columns(part)
            refused = {plain[i].item(): why for i, why in read.refused.items()} | refused
            answer.fill(plain, read, self.solver.solve(read.cases))
        rest = [row for row in np.flatnonzero(told).tolist() if row not in refused]
        if self.options.urgency:
            rest = [row for row in range(rows) if row not in refused]
        cases, wrong = self._read_rows(batch, rest)
        refused |= wrong
        rest = [row for row in rest if row in cases and told[row]]
        if rest:
            views = [read_case(self.network, without_past_events(self.knowledge.pack, cases[row])) for row in rest]
            flat = flat_cases(self.network, self.solver.people, views)
            found = np.array([len(cases[row].conflicts) for row in rest], dtype=np.int64)
            answer.fill(np.array(rest), Read(flat, found, {}), self.solver.solve(flat))
        levels = {row: self._urgency(case) for row, case in cases.items()} if self.options.urgency else {}
        return self._record(batch, answer, refused, levels)

    def _read_rows(self, batch: pa.RecordBatch, rows: list[int]) -> tuple[dict[int, Case], dict[int, Refusal]]:
        """Rows one by one, as ``hickam assess`` reads them."""
        cases: dict[int, Case] = {}
        refused: dict[int, Refusal] = {}
        for row in rows:
            try:
                case = self._read_row(batch, row)
                if understood_nothing(case):
                    refused[row] = _nothing("text" if case.text else "the row")
                else:
                    cases[row] = case
            except IntakeError as error:
                refused[row] = error.as_data()
            except HickamError as error:
                refused[row] = {"where": error.where, "what": error.what, "why": error.why, "fix": error.fix}
        return cases, refused

    def _read_row(self, batch: pa.RecordBatch, row: int) -> Case:
        if frame.BUNDLE in batch.schema.names and self.bundles:
            record = str(batch.column(frame.BUNDLE)[row].as_py())
            return self.bundles(record, self.knowledge, self.options.as_of, self.options.setting)
        data = frame.row_object(batch, row)
        if not data.get("setting"):
            data["setting"] = self.options.setting
        return case_from_json(data, self.knowledge.vocabulary)

    def read_columns(self, batch: pa.RecordBatch) -> Read:
        """Rows without text, column by column."""
        refused = _Refusals()
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
            refused.add(row, _nothing("the row"))
        return Read(FlatCases(people, facts, out, risk, seen), settled.conflicts, refused.by_row)

    def _sizes(self) -> Ints:
        return np.array([len(ids) for ids in self.network.values], dtype=np.int64)

    def _people(self, batch: pa.RecordBatch, refused: _Refusals) -> tuple[Ints, Floats, list[str | None]]:
        """Population of each row, ages (nan: not known) and sexes."""
        ages, wrong = frame.ages(batch)
        for row, value in wrong.items():
            refused.add(row, _no_age(value))
            ages[row] = np.nan
        chosen: dict[str, tuple[Ints, list[Any]]] = {}
        for column, read in (
            ("sex", sex_of),
            ("setting", lambda v: choice_of("setting", v, self.options.setting)),
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
            numbers.append(self.solver.people.number(read_case(self.network, case)))
        codes, entries = chosen["sex"]
        return np.array(numbers, dtype=np.int64)[inverse], ages, [entries[code] for code in codes.tolist()]

    def _words(
        self, batch: pa.RecordBatch, column: str, look: Any, said: list[list[Said]], refused: _Refusals
    ) -> tuple[Ints, Ints]:
        """A list column: each distinct entry looked up once and appended to ``said``."""
        found = frame.items(batch, column)
        start, bad = len(said), np.zeros(len(found.names), dtype=np.bool_)
        why: list[IntakeError | None] = []
        for code, name in enumerate(found.names):
            entry = look(name) if isinstance(name, str) or column == "medications" else _no_name(column, name)
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
        self, batch: pa.RecordBatch, ages: Floats, sexes: list[str | None], said: list[list[Said]], refused: _Refusals
    ) -> tuple[Ints, Ints]:
        """Measured and stated values; what they say depends on age and sex."""
        sizes = np.zeros(batch.num_rows, dtype=np.int64)
        codes: list[int] = []
        for row, name, value in frame.values(batch):
            age = None if np.isnan(ages[row]) else ages[row].item()
            entry = self.lookup.value(name, value, age, sexes[row]) if name else _no_name("values", value)
            if isinstance(entry, IntakeError):
                refused.add(row, entry.as_data())
                continue
            codes.append(len(said))
            said.append(entry)
            sizes[row] += 1
        return _pointers(sizes), np.array(codes, dtype=np.int64)

    def _no_pregnant_men(
        self, parts: list[tuple[Ints, Ints]], said: list[list[Said]], sexes: list[str | None], refused: _Refusals
    ) -> None:
        wanted = {self.network.finding_index[name] for name in PREGNANCY if name in self.network.finding_index}
        which = np.array([any(f in wanted and yes for f, yes, _ in many) for many in said], dtype=np.bool_)
        if which.any():
            for ptr, codes in parts:
                for row in np.flatnonzero(frame.bits_of(codes, ptr, which)).tolist():
                    if sexes[row] == "male":
                        refused.add(row, _pregnant_man())

    def _conditions(self, batch: pa.RecordBatch, refused: _Refusals) -> tuple[Ragged, Ragged, Bools]:
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
        return _no_name(column, entry)

    def _urgency(self, case: Case) -> dict[str, Any]:
        found = outcome_of(self.knowledge, case)
        return {
            "urgency": found.urgency.level,
            "provisional": found.urgency.provisional,
            "most_likely": next(iter(found.in_tier("most_likely")), None),
            "do_not_miss": found.in_tier("do_not_miss"),
        }

    def _record(
        self, batch: pa.RecordBatch, answer: _Answer, refused: dict[int, Refusal], levels: dict[int, dict[str, Any]]
    ) -> pa.RecordBatch:
        """Answers as Arrow columns; a refused row has its reason and nothing else."""
        rows, names = batch.num_rows, pa.array(self.network.conditions)
        good = np.ones(rows, dtype=np.bool_)
        good[list(refused)] = False
        most = self.solver.leading(answer.cause, self.options.top)
        each = np.arange(rows)[:, None]
        shown = np.broadcast_to(good[:, None], most.shape)
        kind = ranked_type(self.plain)
        ranked = pa.StructArray.from_arrays(
            [
                self._words_for(pa.array(most[shown], pa.int16()), names),
                pa.array(answer.cause[each, most][shown]),
                pa.array(answer.present[each, most][shown]),
            ],
            fields=list(kind.value_type),
        )
        mask = pa.array(~good)
        columns: dict[str, pa.Array] = {
            "id": pa.array(frame.numbered(batch, "id"), pa.string()),
            "differential": pa.ListArray.from_arrays(
                pa.array(_pointers(good * most.shape[1]), pa.int32()), ranked, type=kind, mask=mask
            ),
            "unexplained": pa.array(answer.unexplained, mask=~good),
            "log_evidence": pa.array(answer.log_evidence, mask=~good),
            "findings": pa.array(answer.findings, pa.int32(), mask=~good),
            "contradicted": pa.array(answer.contradicted, pa.int32(), mask=~good),
            "approximated": pa.array(answer.approximated, mask=~good),
        }
        for name, table in (("cause", answer.cause), ("present", answer.present)) if self.options.every else ():
            n = table.shape[1]
            flat = pa.array(table[good].ravel())
            columns[name] = pa.ListArray.from_arrays(pa.array(_pointers(good * n), pa.int32()), flat, mask=mask)
        if self.options.urgency:
            for name in ("urgency", "provisional", "most_likely", "do_not_miss"):
                entries = [levels[row][name] if good[row] else None for row in range(rows)]
                columns[name] = pa.array(entries, self.schema.field(name).type)
        stamped = pa.array([self.schema.metadata[b"hickam.stamp"].decode()])
        columns["stamp"] = self._words_for(pa.array(np.zeros(rows, np.int8)), stamped)
        columns["error"] = pa.array([refused.get(row) for row in range(rows)], refusal_type())
        return pa.RecordBatch.from_arrays([columns[name] for name in self.schema.names], schema=self.schema)

    def _words_for(self, codes: pa.Array, words: pa.Array) -> pa.Array:
        return words.take(codes) if self.plain else pa.DictionaryArray.from_arrays(codes, words)


class _Refusals:
    """The first reason why each row was refused."""

    def __init__(self) -> None:
        self.by_row: dict[int, Refusal] = {}

    def add(self, row: int, why: Refusal) -> None:
        self.by_row.setdefault(row, why)


class _Answer:
    """Arrays over the rows of a batch, filled in parts."""

    def __init__(self, rows: int, conditions: int) -> None:
        self.cause, self.present = np.zeros((rows, conditions)), np.zeros((rows, conditions))
        self.unexplained, self.log_evidence = np.zeros(rows), np.zeros(rows)
        self.approximated = np.zeros(rows, dtype=np.bool_)
        self.findings, self.contradicted = np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64)

    def fill(self, rows: Ints, read: Read, found: BatchPosterior) -> None:
        """Answers to some rows."""
        for name in ("cause", "present", "unexplained", "log_evidence", "approximated"):
            if len(rows) == len(self.cause):
                setattr(self, name, getattr(found, name))
            else:
                getattr(self, name)[rows] = getattr(found, name)
        self.findings[rows] = np.diff(read.cases.seen.ptr) + np.diff(read.cases.risk.ptr)
        self.contradicted[rows] = read.contradicted


def ranked_type(plain: bool = False) -> pa.DataType:
    """A list of conditions, most probable cause first."""
    fields = [
        pa.field("condition", pa.string() if plain else pa.dictionary(pa.int16(), pa.string())),
        pa.field("cause", pa.float64()),
        pa.field("present", pa.float64()),
    ]
    return pa.list_(pa.struct(fields))


def refusal_type() -> pa.DataType:
    """Where, what, why, fix."""
    return pa.struct([pa.field(name, pa.string()) for name in ("where", "what", "why", "fix")])


def answer_schema(knowledge: Knowledge, options: BatchOptions, plain: bool = False) -> pa.Schema:
    """Columns of the answers; the metadata says which knowledge gave them."""
    fields = [
        pa.field("id", pa.string()),
        pa.field("differential", ranked_type(plain)),
        pa.field("unexplained", pa.float64()),
        pa.field("log_evidence", pa.float64()),
        pa.field("findings", pa.int32()),
        pa.field("contradicted", pa.int32()),
        pa.field("approximated", pa.bool_()),
    ]
    if options.every:
        fields += [pa.field("cause", pa.list_(pa.float64())), pa.field("present", pa.list_(pa.float64()))]
    if options.urgency:
        fields += [pa.field("urgency", pa.string()), pa.field("provisional", pa.bool_())]
        fields += [pa.field("most_likely", pa.string()), pa.field("do_not_miss", pa.list_(pa.string()))]
    fields += [
        pa.field("stamp", pa.string() if plain else pa.dictionary(pa.int8(), pa.string())),
        pa.field("error", refusal_type()),
    ]
    metadata = stamp_of(knowledge.pack)
    if options.every:
        metadata["conditions"] = " ".join(knowledge.engine.network.conditions)
    return pa.schema(fields, metadata={f"hickam.{key}": value for key, value in metadata.items()})


def stamp_of(pack: Pack) -> dict[str, str]:
    """Which knowledge and engine, how far people have reviewed it, and the disclaimer."""
    mark = stamp(pack)
    return {
        "stamp": f"{mark.id} {mark.version} ({mark.hash}), engine {hickam.__version__}, {stamp_state(mark)}",
        "pack": mark.id,
        "pack_version": mark.version,
        "pack_hash": mark.hash,
        "engine": hickam.__version__,
        "review_state": mark.review_state,
        "disclaimer": pack.manifest.disclaimer,
    }


def _unreadable(batch: pa.RecordBatch) -> dict[int, Refusal]:
    problems = frame.texts(batch, frame.PROBLEM) or []
    why = {"why": "a row that cannot be read cannot be assessed", "fix": "mend the row, or leave it out"}
    return {row: {"where": "the row", "what": what} | why for row, what in enumerate(problems) if what}


def _nothing(where: str) -> Refusal:
    return {
        "where": where,
        "what": "nothing in it was understood",
        "why": "an answer made from nothing would only be the average patient",
        "fix": "give findings, values, conditions, medicines or a story",
    }


def _no_age(value: object) -> Refusal:
    return {
        "where": "age",
        "what": f"{value!r} is not an age in years from 0 to 120",
        "why": "age sets how common each condition is",
        "fix": "Give a number, or leave it out",
    }


def _pregnant_man() -> Refusal:
    return {
        "where": "sex",
        "what": "male was given with pregnancy or childbirth present",
        "why": "one of the two is wrong",
        "fix": "Correct one",
    }


def _no_name(column: str, value: object) -> IntakeError:
    return IntakeError(
        where=column, what=f"{value!r} is not a name", why="it would be lost in silence", fix="Send the id as text"
    )


def _pointers(sizes: Any) -> Ints:
    ptr = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=ptr[1:])
    return ptr


def _side_by_side(parts: list[tuple[Ints, Ints]], rows: int) -> tuple[Ints, Ints]:
    """Ragged rows joined row by row, in the order of the parts."""
    owner = np.concatenate([np.repeat(np.arange(rows), np.diff(ptr)) for ptr, _ in parts])
    codes = np.concatenate([codes for _, codes in parts])
    order = np.argsort(owner, kind="stable")
    return _pointers(np.bincount(owner, minlength=rows)), codes[order]


def _split(settled: Settled, keep: Bools) -> Ragged:
    rows = len(settled.ptr) - 1
    owner = np.repeat(np.arange(rows), np.diff(settled.ptr))[keep]
    return Ragged(_pointers(np.bincount(owner, minlength=rows)), settled.finding[keep], settled.state[keep])


def _last_of_each(owner: Ints, table: Ints) -> tuple[Ints, Ints]:
    """Rows sorted by owner and condition; of a condition named twice the last counts."""
    order = np.lexsort((np.arange(len(owner)), table[:, 0], owner))
    owner, table = owner[order], table[order]
    last = np.ones(len(owner), dtype=np.bool_)
    last[:-1] = (owner[1:] != owner[:-1]) | (table[1:, 0] != table[:-1, 0])
    return owner[last], table[last]


def _ragged(rows: int, owner: Ints, index: Ints, state: Ints) -> Ragged:
    return Ragged(
        _pointers(np.bincount(owner, minlength=rows)), np.ascontiguousarray(index), np.ascontiguousarray(state)
    )
