"""Files of cases, read in parts of a fixed number of rows, and files of answers.

Parquet (a file, or a folder of them), NDJSON and CSV, the last two also gzipped. What cannot be read as a row at all
becomes a row with a reason, so that row numbers stay those of the file.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from hickam.errors import HickamError
from hickam.intake.structured import KEYS
from hickam.services.batch.frame import LISTS, PREFIX, PROBLEM, check_columns

Format = Literal["parquet", "ndjson", "csv", "fhir"]
ENDINGS: dict[str, Format] = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".csv": "csv",
}
LONGEST_LINE = 4_000_000
"""Bytes of one line of NDJSON; a longer one is no case."""
READ_AHEAD = 1 << 18
"""Bytes of each column that wait to be read. Arrow's own way is to take the whole file into memory first."""


@dataclass(frozen=True)
class Part:
    """Rows ``start`` … of the input. ``read``: how far into the input this part ends, as a share of it."""

    number: int
    start: int
    batch: pa.RecordBatch
    read: float


def format_of(path: Path, what: str) -> Format:
    """The format a file's name stands for. Raises HickamError."""
    names = [s.lower() for s in path.suffixes if s.lower() != ".gz"]
    if path.is_dir() and next(path.glob("**/*.ndjson"), None) and not next(path.glob("**/*.parquet"), None):
        return "fhir"
    found = ENDINGS.get(names[-1]) if names else "parquet" if path.is_dir() else None
    if found is None:
        raise HickamError(
            code="batch-format",
            where=str(path),
            what=f"the ending says nothing known of the {what}",
            why="the program would guess how to read or write it",
            fix=f"use one of: {', '.join(ENDINGS)} (a folder is read as Parquet, or as FHIR bulk NDJSON)",
        )
    return found


def columns_of(path: Path, kind: Format) -> list[str]:
    """Columns of the input; those of NDJSON are looked for in every row as it is read. Raises HickamError."""
    if not path.exists():
        raise HickamError(
            code="no-such-file",
            where=str(path),
            what="no such file",
            why="there are no cases to assess",
            fix="check the path",
        )
    if kind in ("ndjson", "fhir"):
        return []
    if kind == "csv":
        with _text(path) as lines:
            names = next(csv.reader(lines), [])
    else:
        names = list(_parquet(path)[0].schema_arrow.names)
    check_columns(names)
    return names


def read_parts(path: Path, kind: Format, rows: int, work: Path | None = None) -> Iterator[Part]:
    """The input in parts of so many rows; ``work``: a folder for what FHIR records must be sorted into."""
    if kind == "fhir":
        from hickam.services.batch.bulk import bundle_batches

        return _numbered(bundle_batches(path, work or path, rows))
    if kind == "parquet":
        return _numbered(_parquet_batches(path, rows))
    return _numbered(_ndjson_batches(path, rows) if kind == "ndjson" else _csv_batches(path, rows))


def _numbered(batches: Iterator[tuple[pa.RecordBatch, float]]) -> Iterator[Part]:
    start = 0
    for number, (batch, read) in enumerate(batches):
        yield Part(number, start, batch, read)
        start += batch.num_rows


def _parquet(path: Path) -> list[pq.ParquetFile]:
    found = sorted(path.glob("**/*.parquet")) if path.is_dir() else [path]
    if not found:
        raise HickamError(
            code="no-cases",
            where=str(path),
            what="no .parquet file in this folder",
            why="there are no cases to assess",
            fix="check the path",
        )
    try:
        return [pq.ParquetFile(one, pre_buffer=False, buffer_size=READ_AHEAD) for one in found]
    except pa.ArrowInvalid as error:
        raise HickamError(
            code="batch-format",
            where=str(path),
            what="not a Parquet file, or a damaged one",
            why="its rows cannot be read",
            fix="write it again, or give the file the ending of its format",
        ) from error


def _parquet_batches(path: Path, rows: int) -> Iterator[tuple[pa.RecordBatch, float]]:
    files = _parquet(path)
    total = max(sum(one.metadata.num_rows for one in files), 1)
    done = 0
    for one in files:
        check_columns(one.schema_arrow.names)
        for batch in one.iter_batches(batch_size=rows, use_threads=False):
            done += batch.num_rows
            yield batch, done / total


def _open(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")  # type: ignore[return-value]


def _text(path: Path) -> io.TextIOWrapper:
    return io.TextIOWrapper(_open(path), encoding="utf-8-sig", errors="replace", newline="")


def _position(path: Path, stream: IO[Any]) -> Callable[[], float]:
    """Share of the file read so far; of a gzipped one unknown until the end (0)."""
    size = max(path.stat().st_size, 1)
    plain = path.suffix.lower() != ".gz"
    return lambda: stream.tell() / size if plain else 0.0


def _ndjson_batches(path: Path, rows: int) -> Iterator[tuple[pa.RecordBatch, float]]:
    with _open(path) as stream:
        share = _position(path, stream)
        objects: list[dict[str, Any]] = []
        for line in stream:
            if line.strip():
                objects.append(read_object(line))
            if len(objects) == rows:
                yield as_batch(objects), share()
                objects = []
        if objects:
            yield as_batch(objects), 1.0


def read_object(line: bytes) -> dict[str, Any]:
    """One line of NDJSON as a case, or as a row that says why it is none."""
    if len(line) > LONGEST_LINE:
        return {PROBLEM: f"a line of {len(line):,} bytes is longer than a case can be"}
    try:
        found = msgspec.json.decode(line)
    except msgspec.DecodeError as error:
        return {PROBLEM: f"not JSON: {error}"}
    except RecursionError:
        return {PROBLEM: "nested too deeply to be a case"}
    if not isinstance(found, dict):
        return {PROBLEM: f"a {type(found).__name__} where an object with named parts belongs"}
    unknown = [key for key in found if key not in KEYS and key != "id" and not key.startswith(PREFIX)]
    if unknown:
        return {"id": found.get("id"), PROBLEM: f"the part {unknown[0]!r} is not known; use {', '.join(KEYS)}"}
    return found


def _csv_batches(path: Path, rows: int) -> Iterator[tuple[pa.RecordBatch, float]]:
    csv.field_size_limit(LONGEST_LINE)
    with _open(path) as raw:
        share = _position(path, raw)
        reader = csv.reader(io.TextIOWrapper(raw, encoding="utf-8-sig", errors="replace", newline=""))
        names = next(reader, [])
        objects: list[dict[str, Any]] = []
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                objects.append({PROBLEM: f"not a line of CSV: {error}"})
                continue
            if len(cells) == len(names):
                objects.append({name: cell for name, cell in zip(names, cells, strict=True) if cell != ""})
            elif cells:
                objects.append({PROBLEM: f"{len(cells)} cells where the header has {len(names)}"})
            if len(objects) == rows:
                yield as_batch(objects), share()
                objects = []
        if objects:
            yield as_batch(objects), 1.0


def as_batch(objects: list[dict[str, Any]]) -> pa.RecordBatch:
    """Objects as columns: lists of names as lists, everything less plain as JSON text."""
    names = sorted({name for one in objects for name in one})
    columns = {name: _column(name, [one.get(name) for one in objects]) for name in names}
    if "id" not in columns:
        columns["id"] = pa.nulls(len(objects), pa.string())
    return pa.RecordBatch.from_pydict(columns)


def _column(name: str, cells: list[Any]) -> pa.Array:
    if name == "id":
        return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())
    wanted = pa.list_(pa.string()) if name in LISTS else pa.float64() if name == "age" else pa.string()
    kind: Any = list if name in LISTS else int | float if name == "age" else str
    if all(cell is None or (isinstance(cell, kind) and not isinstance(cell, bool)) for cell in cells):
        try:
            return pa.array(cells, wanted)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            pass
    return pa.array([cell if cell is None or isinstance(cell, str) else _json(cell) for cell in cells], pa.string())


def _json(cell: Any) -> str:
    return msgspec.json.encode(cell).decode()


def write_part(path: Path, batch: pa.RecordBatch) -> None:
    """A part of the answers, whole or not at all."""
    draft = path.with_suffix(f".{os.getpid()}")
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_batches([batch]), draft, compression="zstd")
    else:
        encoder = msgspec.json.Encoder()
        draft.write_bytes(encoder.encode_lines(batch.to_pylist()))
    draft.replace(path)


def join_parts(parts: list[Path], out: Path, schema: pa.Schema | None) -> None:
    """Parts into one file, in their order; ``schema``: Parquet, else lines. Whole or not at all."""
    draft = out.with_name(f".{out.name}.{os.getpid()}")
    if schema is None:
        with draft.open("wb") as whole:
            for part in parts:
                with part.open("rb") as one:
                    while block := one.read(1 << 20):
                        whole.write(block)
    else:
        # a writer keeps the statistics of every column of every part until the end: only those that are of use
        with pq.ParquetWriter(draft, schema, compression="zstd", write_statistics=["id"]) as writer:
            for part in parts:
                writer.write_table(pq.read_table(part, use_threads=False, pre_buffer=False).cast(schema))
    draft.replace(out)
