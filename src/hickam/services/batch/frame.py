"""Columns of a record batch of cases, as rows of numbers and names.

A row is a case as ``hickam assess case.json`` takes it. Lists are Arrow lists, or text: a JSON list, or names between
semicolons. ``values`` is a struct, a map, JSON, ``name=value`` between semicolons, or columns named ``values.NAME``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hickam.errors import HickamError
from hickam.inference.layout import Bools, Floats, Ints
from hickam.intake.structured import KEYS

PREFIX = "values."
BUNDLE = "_bundle"
"""Column of a patient's FHIR Bundle as JSON, in place of the parts of a case."""
PROBLEM = "_problem"
"""Column by which a reader hands on why a row could not be read at all."""
LISTS = ("present", "absent", "known_conditions", "ruled_out", "medications")


@dataclass(frozen=True, eq=False)
class Items:
    """A list column: row r holds ``names[codes[ptr[r]:ptr[r + 1]]]`` (names, or objects with a name)."""

    ptr: Ints
    codes: Ints
    names: list[Any]


def check_columns(names: Iterable[str]) -> None:
    """Refuse columns that no case has: a misspelt one would be lost in silence."""
    names = list(names)
    unknown = [n for n in names if n not in (*KEYS, "id", PROBLEM, BUNDLE) and not n.startswith(PREFIX)]
    if unknown or not any(n in KEYS or n.startswith(PREFIX) or n in (PROBLEM, BUNDLE) for n in names):
        raise HickamError(
            code="batch-columns",
            where="the input's columns",
            what=f"{', '.join(map(repr, unknown))} not known" if unknown else "none of them is part of a case",
            why="a misspelt column would be lost in silence for every row",
            fix=f"use id, {', '.join(KEYS)}, or {PREFIX}NAME; leave other columns out",
        )


def items(batch: pa.RecordBatch, name: str) -> Items:
    """A list column, its distinct entries once."""
    if name not in batch.schema.names or batch.num_rows == 0:
        return Items(np.zeros(batch.num_rows + 1, dtype=np.int64), np.zeros(0, dtype=np.int64), [])
    column = _decoded(batch.column(name))
    if pa.types.is_null(column.type):
        return Items(np.zeros(batch.num_rows + 1, dtype=np.int64), np.zeros(0, dtype=np.int64), [])
    if _list_of_strings(column.type):
        sizes = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
        flat = _decoded(column.flatten()).dictionary_encode()
        codes = flat.indices.to_numpy(zero_copy_only=False)
        names: list[Any] = flat.dictionary.to_pylist()
        if flat.null_count:
            codes = np.where(np.isnan(codes.astype(np.float64)), len(names), codes)
            names = [*names, None]
        return Items(_pointers(sizes), codes.astype(np.int64), names)
    return _from_rows([as_list(value) for value in column.to_pylist()])


def _list_of_strings(kind: pa.DataType) -> bool:
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
        return False
    inner = kind.value_type
    inner = inner.value_type if pa.types.is_dictionary(inner) else inner
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner))


def _decoded(column: Any) -> Any:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _pointers(sizes: Any) -> Ints:
    ptr = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=ptr[1:])
    return ptr


def _from_rows(rows: list[list[Any]]) -> Items:
    numbers: dict[Any, int] = {}
    names: list[Any] = []
    codes = []
    for row in rows:
        for entry in row:
            key = entry if isinstance(entry, str) else msgspec.json.encode(entry, order="sorted")
            if key not in numbers:
                numbers[key] = len(names)
                names.append(entry)
            codes.append(numbers[key])
    return Items(_pointers([len(row) for row in rows]), np.array(codes, dtype=np.int64), names)


def as_list(value: object) -> list[Any]:
    """The entries of one cell; anything that is no list stays as its one entry, to be refused by name."""
    if value is None:
        return []
    if isinstance(value, list):
        return [_without_nulls(entry) for entry in value]
    if isinstance(value, str):
        text = value.strip()
        if text[:1] in "[{" and text:
            try:
                found = msgspec.json.decode(text)
            except msgspec.DecodeError:
                return [text]
            return found if isinstance(found, list) else [found]
        return [part.strip() for part in text.split(";") if part.strip()]
    return [value]


def _without_nulls(entry: Any) -> Any:
    if isinstance(entry, Mapping):
        return {key: value for key, value in entry.items() if value is not None}
    return entry


def texts(batch: pa.RecordBatch, name: str) -> list[Any] | None:
    """A column of words; None when there is no such column."""
    if name not in batch.schema.names:
        return None
    found: list[Any] = batch.column(name).to_pylist()
    return found


def choices(batch: pa.RecordBatch, name: str) -> tuple[Ints, list[Any]]:
    """A column with few distinct entries: code of each row, and the entries."""
    if name not in batch.schema.names:
        return np.zeros(batch.num_rows, dtype=np.int64), [None]
    encoded = _decoded(batch.column(name)).dictionary_encode(null_encoding="encode")
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, encoded.dictionary.to_pylist()


def ages(batch: pa.RecordBatch) -> tuple[Floats, dict[int, object]]:
    """Years (nan: not given), and by row what is no age."""
    rows = batch.num_rows
    if "age" not in batch.schema.names:
        return np.full(rows, np.nan), {}
    column = _decoded(batch.column("age"))
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        found = pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False).copy()
        missing = np.asarray(column.is_null())
        wrong = ~missing & ~((found >= 0) & (found <= 120))
        found[missing] = np.nan
        return found, {i: found[i].item() for i in np.flatnonzero(wrong).tolist()}
    found, refused = np.full(rows, np.nan), {}
    for i, value in enumerate(column.to_pylist()):
        try:
            if value is not None and value != "":
                found[i] = float(value)
                if not 0 <= found[i] <= 120:
                    refused[i] = value
        except (TypeError, ValueError):
            refused[i] = value
    return found, refused


def values(batch: pa.RecordBatch) -> list[tuple[int, str, Any]]:
    """(row, name, value) of everything measured or stated as a value, row by row; a cell that is no set of names and
    values comes back with the name ''."""
    found: list[tuple[int, str, Any]] = []
    for name in batch.schema.names:
        if name.startswith(PREFIX):
            column = _decoded(batch.column(name))
            rows = np.flatnonzero(np.asarray(column.is_valid())).tolist()
            given = pc.drop_null(column).to_pylist()
            found += [(row, name[len(PREFIX) :], _number(value)) for row, value in zip(rows, given, strict=True)]
    if "values" in batch.schema.names:
        column = batch.column("values")
        for row, cell in enumerate(column.to_pylist()):
            found += [(row, name, value) for name, value in as_values(cell)]
    found.sort(key=lambda one: one[0])
    return [one for one in found if one[2] is not None and one[2] != ""]


def as_values(cell: object) -> list[tuple[str, Any]]:
    """Names and values of one cell."""
    if cell is None or cell == "":
        return []
    if isinstance(cell, str) and cell.lstrip()[:1] == "{":
        try:
            cell = msgspec.json.decode(cell)
        except msgspec.DecodeError:
            return [("", cell)]
    if isinstance(cell, Mapping):
        return [(str(name), value) for name, value in cell.items()]
    if isinstance(cell, list):  # an Arrow map
        return [(str(name), _number(value)) for name, value in cell]
    pairs = []
    for part in str(cell).split(";"):
        name, equals, value = part.partition("=")
        if part.strip():
            pairs.append((name.strip(), _number(value.strip())) if equals else ("", part))
    return pairs


def _number(value: Any) -> Any:
    """A number written as text, as a number; other text as it is."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def row_object(batch: pa.RecordBatch, row: int) -> dict[str, Any]:
    """One row as the object ``case_from_json`` reads."""
    found: dict[str, Any] = {}
    for name in batch.schema.names:
        cell = batch.column(name)[row].as_py()
        if cell is None or name in ("id", PROBLEM, "values") or name.startswith(PREFIX):
            continue
        found[name] = as_list(cell) if name in LISTS else cell
    if "age" in found:
        found["age"] = _number(found["age"])
    given = [(name, value) for _, name, value in values(batch.slice(row, 1))]
    return found | ({"values": dict(given)} if given else {})


def numbered(batch: pa.RecordBatch, name: str) -> list[str | None]:
    """A column as text; all None when there is no such column."""
    if name not in batch.schema.names:
        return [None] * batch.num_rows
    return [None if value is None else str(value) for value in batch.column(name).to_pylist()]


def bits_of(codes: Ints, ptr: Ints, which: Bools) -> Bools:
    """Rows with an entry for which ``which`` is true."""
    rows = np.repeat(np.arange(len(ptr) - 1), np.diff(ptr))[which[codes]]
    found = np.zeros(len(ptr) - 1, dtype=np.bool_)
    found[rows] = True
    return found
