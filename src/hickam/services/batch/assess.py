"""``assess_batch``: a record batch of cases to a record batch of answers, a row each, in the same order.

Causes and presence are those of ``hickam assess`` (same knowledge, same equations), without intervals. Rows without
text are read by columns and solved by the compiled kernel; rows with text are read one by one first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from hickam.errors import HickamError
from hickam.inference.batch import BatchSolver
from hickam.inference.flat import flat_cases
from hickam.inference.reading import read_case
from hickam.intake.errors import IntakeError
from hickam.intake.reading import understood_nothing
from hickam.intake.structured import case_from_json
from hickam.model.case import Case
from hickam.services.batch import frame
from hickam.services.batch.answers import Answers, BatchOptions, answer_schema, record_batch, stamp_of
from hickam.services.batch.columns import ColumnReader, Read
from hickam.services.batch.refusals import Refusal, nothing, unreadable
from hickam.services.knowledge import Knowledge
from hickam.services.outcomes import outcome_of, without_past_events

__all__ = ["BatchAssessor", "BatchOptions", "BundleReader", "stamp_of"]

BundleReader = Callable[[str, Knowledge, str, str], Case]
"""A patient's FHIR Bundle, the knowledge, the day and the setting, to a case; raises HickamError."""


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
        self.knowledge, self.options = knowledge, options or BatchOptions()
        self.network = knowledge.engine.network
        self.solver = BatchSolver(self.network)
        self.reader = ColumnReader(knowledge, self.solver.people, self.options.setting)
        self.schema = answer_schema(knowledge, self.options, plain)

    def assess_batch(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Answers to the rows of ``batch``, in their order. Raises HickamError for columns that no case has."""
        frame.check_columns(batch.schema.names)
        rows = batch.num_rows
        spoken = frame.texts(batch, "text") or [None] * rows
        told = np.array([bool(text) for text in spoken], dtype=np.bool_)
        records = frame.BUNDLE in batch.schema.names
        told |= records
        refused: dict[int, Refusal] = unreadable(batch)
        answer = Answers(rows, len(self.network.conditions))
        cases: dict[int, Case] = {}
        plain = np.flatnonzero(~told)
        if len(plain):
            part = batch if len(plain) == rows else batch.take(pa.array(plain))
            read = self.reader.read(part)
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
        most = self.solver.leading(answer.cause, self.options.top)
        ids = frame.numbered(batch, "id")
        return record_batch(ids, answer, most, refused, levels, self.schema, self.network.conditions)

    def _read_rows(self, batch: pa.RecordBatch, rows: list[int]) -> tuple[dict[int, Case], dict[int, Refusal]]:
        """Rows one by one, as ``hickam assess`` reads them."""
        cases: dict[int, Case] = {}
        refused: dict[int, Refusal] = {}
        for row in rows:
            try:
                case = self._read_row(batch, row)
                if understood_nothing(case):
                    refused[row] = nothing("text" if case.text else "the row")
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

    def _urgency(self, case: Case) -> dict[str, Any]:
        found = outcome_of(self.knowledge, case)
        return {
            "urgency": found.urgency.level,
            "provisional": found.urgency.provisional,
            "most_likely": next(iter(found.in_tier("most_likely")), None),
            "do_not_miss": found.in_tier("do_not_miss"),
        }
