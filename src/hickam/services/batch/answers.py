"""Answers of a batch as Arrow columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

import hickam
from hickam.inference.batch import BatchPosterior
from hickam.inference.flat import pointers
from hickam.inference.layout import Bools, Ints
from hickam.model.pack import Pack
from hickam.services.assess import stamp
from hickam.services.batch.columns import Read
from hickam.services.batch.refusals import Refusal, refusal_type
from hickam.services.knowledge import Knowledge
from hickam.writing.words import stamp_state

URGENCY = {
    "urgency": pa.string(),
    "provisional": pa.bool_(),
    "most_likely": pa.string(),
    "do_not_miss": pa.list_(pa.string()),
}
"""Columns of the level of urgency."""


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


class Answers:
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
        fields += [pa.field(name, kind) for name, kind in URGENCY.items()]
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


def record_batch(
    ids: list[str | None],
    answers: Answers,
    most: Ints,
    refused: dict[int, Refusal],
    levels: dict[int, dict[str, Any]],
    schema: pa.Schema,
    names: tuple[str, ...],
) -> pa.RecordBatch:
    """Answers as Arrow columns; a refused row has its reason and nothing else. ``most`` [B, k]: causes listed, as
    indices into ``names``; ``levels``: urgency of a row, where the schema asks for it."""
    rows = len(ids)
    good = np.ones(rows, dtype=np.bool_)
    good[list(refused)] = False
    no = ~good
    columns: dict[str, pa.Array] = {
        "id": pa.array(ids, pa.string()),
        "differential": _ranked(answers, most, good, schema.field("differential").type, names),
        "unexplained": pa.array(answers.unexplained, mask=no),
        "log_evidence": pa.array(answers.log_evidence, mask=no),
        "findings": pa.array(answers.findings, pa.int32(), mask=no),
        "contradicted": pa.array(answers.contradicted, pa.int32(), mask=no),
        "approximated": pa.array(answers.approximated, mask=no),
    }
    for name, table in (("cause", answers.cause), ("present", answers.present)) if "cause" in schema.names else ():
        n = table.shape[1]
        flat = pa.array(table[good].ravel())
        columns[name] = pa.ListArray.from_arrays(pa.array(pointers(good * n), pa.int32()), flat, mask=pa.array(no))
    for name in URGENCY if "urgency" in schema.names else ():
        entries = [levels[row][name] if good[row] else None for row in range(rows)]
        columns[name] = pa.array(entries, schema.field(name).type)
    stamped = pa.array([schema.metadata[b"hickam.stamp"].decode()])
    columns["stamp"] = _words(pa.array(np.zeros(rows, np.int8)), stamped, schema.field("stamp").type)
    columns["error"] = pa.array([refused.get(row) for row in range(rows)], refusal_type())
    return pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)


def _ranked(answers: Answers, most: Ints, good: Bools, kind: pa.DataType, names: tuple[str, ...]) -> pa.Array:
    """The listed causes of every row with their probabilities."""
    each, shown = np.arange(len(most))[:, None], np.broadcast_to(good[:, None], most.shape)
    condition = _words(pa.array(most[shown], pa.int16()), pa.array(names), kind.value_type.field("condition").type)
    chances = [pa.array(table[each, most][shown]) for table in (answers.cause, answers.present)]
    ranked = pa.StructArray.from_arrays([condition, *chances], fields=list(kind.value_type))
    lengths = pa.array(pointers(good * most.shape[1]), pa.int32())
    return pa.ListArray.from_arrays(lengths, ranked, type=kind, mask=pa.array(~good))


def _words(codes: pa.Array, words: pa.Array, kind: pa.DataType) -> pa.Array:
    """As a dictionary, or word by word where the schema has no dictionaries."""
    return pa.DictionaryArray.from_arrays(codes, words) if pa.types.is_dictionary(kind) else words.take(codes)
