"""``run_batch``: a file of cases to a file of answers, in parts, on one or several processes; resumed after a kill.

Every part of the input becomes a file of its own in ``OUT.parts``, written whole or not at all. A run that is started
again with the same input, options and knowledge finds the parts that are there and makes the others; when none is
missing they are joined in order, so the result does not depend on kills or on the number of processes.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from hickam.errors import HickamError
from hickam.inference.compiled.single import enable as compiled_cases
from hickam.services.batch.assess import BatchAssessor, BatchOptions, BundleReader, stamp_of
from hickam.services.batch.files import Format, Part, columns_of, format_of, join_parts, read_parts, write_part
from hickam.services.knowledge import Knowledge, open_knowledge

PLAIN_ROWS, SLOW_ROWS = 10_000, 500
"""Rows of a part: without text; with text, or with the rules of urgency."""


@dataclass(frozen=True)
class Done:
    """What a run did. ``seconds``: of this run only; ``found`` rows were there from an earlier one."""

    rows: int
    answered: int
    refused: int
    found: int
    seconds: float
    out: Path
    side: Path | None


class _Counts(msgspec.Struct, frozen=True):
    rows: int
    refused: int


Tell = Callable[[int, float, float], None]
"""Called with the rows done in this run, the share of the input behind them, and what of that an earlier run did."""


def run_batch(
    source: Path,
    out: Path,
    pack: str = "leg_cramps",
    options: BatchOptions | None = None,
    workers: int = 1,
    overwrite: bool = False,
    tell: Tell = lambda rows, share, found: None,
    kind: Format | None = None,
    bundles: BundleReader | None = None,
) -> Done:
    """Assess every row of ``source`` (``kind``: its format, else by its ending; ``bundles``: reader of FHIR records).

    Raises HickamError where the files are not what they should be.
    """
    options = options or BatchOptions()
    kind, written = kind or format_of(source, "cases"), format_of(out, "answers")
    if written not in ("parquet", "ndjson"):
        raise _refused(out, "answers are nested, and CSV is flat", "write .parquet or .ndjson")
    columns = columns_of(source, kind)
    knowledge = open_knowledge(pack)
    size = (
        SLOW_ROWS
        if options.urgency or kind == "fhir" or "text" in columns or (kind == "ndjson" and _has_text(source))
        else PLAIN_ROWS
    )
    folder = out.with_name(out.name + ".parts")
    if overwrite:
        shutil.rmtree(folder, ignore_errors=True)
    elif out.exists():
        raise _refused(out, "it is there already", "give another name, or --overwrite")
    _begin(folder, source, size, knowledge, options)
    start = time.monotonic()
    ending = ".parquet" if written == "parquet" else ".ndjson"
    work = _Work(str(folder), ending, pack, options, bundles)
    progress = _Progress(tell)
    counts = _run(read_parts(source, kind, size, folder / "bulk"), work, folder, workers, knowledge, progress)
    return _finish(folder, out, ending, counts, progress, time.monotonic() - start)


def _has_text(source: Path) -> bool:
    """Whether the first rows of an NDJSON file tell stories."""
    first = next(read_parts(source, "ndjson", 200), None)
    return first is not None and "text" in first.batch.schema.names


def _refused(out: Path, what: str, fix: str) -> HickamError:
    return HickamError(
        code="batch-out", where=str(out), what=what, why="answers that exist must not be lost or mixed", fix=fix
    )


def _begin(folder: Path, source: Path, size: int, knowledge: Knowledge, options: BatchOptions) -> None:
    """Open the folder of parts; refuse one that another input, other options or other knowledge began."""
    files = sorted(one for one in source.glob("**/*") if one.is_file()) if source.is_dir() else [source]
    run = {
        "input": [[str(one.resolve()), one.stat().st_size, one.stat().st_mtime_ns] for one in files],
        "part_rows": size,
        "options": asdict(options),
        "knowledge": stamp_of(knowledge.pack),
    }
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "run.json"
    if record.exists():
        if msgspec.json.decode(record.read_bytes()) != run:
            raise HickamError(
                code="batch-other-run",
                where=str(folder),
                what="these parts were begun with another input, other options (--as-of too) or other knowledge",
                why="the answers would be a mixture",
                fix=f"remove the folder, or give --overwrite to begin again: {folder}",
            )
        return
    draft = record.with_suffix(f".{os.getpid()}")
    draft.write_bytes(msgspec.json.encode(run))
    draft.replace(record)


@dataclass(frozen=True)
class _Work:
    """What a process needs to make parts."""

    folder: str
    ending: str
    pack: str
    options: BatchOptions
    bundles: BundleReader | None = None


class _Progress:
    """Rows made in this run, rows found from an earlier one, share of the input."""

    def __init__(self, tell: Tell) -> None:
        self.tell, self.made, self.found = tell, 0, 0
        self.share = self.before = 0.0

    def skip(self, counts: _Counts, share: float) -> None:
        """A part was there already."""
        self.found += counts.rows
        if not self.made:
            self.before = self.share = share

    def add(self, counts: _Counts, share: float) -> None:
        """One more part is there."""
        self.made += counts.rows
        self.share = max(self.share, share)
        self.tell(self.made, self.share, self.before)


def _run(
    parts: Iterator[Part], work: _Work, folder: Path, workers: int, knowledge: Knowledge, progress: _Progress
) -> list[_Counts]:
    """All parts, those already there passed over; at most two a process wait in memory."""
    counts: dict[int, _Counts] = {}
    if workers <= 1:
        assessor: BatchAssessor | None = None
        for part in parts:
            if (there := _there(folder, part.number)) is not None:
                counts[part.number] = there
                progress.skip(there, part.read)
                continue
            assessor = assessor or BatchAssessor(knowledge, work.options, bundles=work.bundles)
            counts[part.number] = _make(assessor, work, part)
            progress.add(counts[part.number], part.read)
        return [counts[number] for number in sorted(counts)]
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _open_worker, (work, os.getpid()))
    try:
        _pooled(parts, pool, folder, 2 * workers, counts, progress)
    except BrokenProcessPool as error:
        raise HickamError(
            code="batch-worker",
            where="--workers",
            what="a process ended before its part was done (out of memory, or killed)",
            why="its rows are not there yet; all finished parts are kept",
            fix="run the same command again: it goes on where it stopped",
        ) from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return [counts[number] for number in sorted(counts)]


def _pooled(
    parts: Iterator[Part],
    pool: Executor,
    folder: Path,
    most: int,
    counts: dict[int, _Counts],
    progress: _Progress,
) -> None:
    waiting: dict[Future[_Counts], Part] = {}

    def collect(done: set[Future[_Counts]]) -> None:
        for future in done:
            part = waiting.pop(future)
            counts[part.number] = future.result()
            progress.add(counts[part.number], part.read)

    for part in parts:
        if (there := _there(folder, part.number)) is not None:
            counts[part.number] = there
            progress.skip(there, part.read)
            continue
        waiting[pool.submit(_work_part, part)] = part
        if len(waiting) >= most:
            collect(wait(waiting, return_when=FIRST_COMPLETED).done)
    while waiting:
        collect(wait(waiting, return_when=FIRST_COMPLETED).done)


_assessor: BatchAssessor | None = None
_work: _Work | None = None


def _open_worker(work: _Work, parent: int) -> None:
    """A process of the pool; it ends when the one that began it is gone, however that ended."""
    global _assessor, _work
    pa.set_cpu_count(1)
    if work.options.urgency:  # asks for single cases too
        compiled_cases()
    _assessor, _work = BatchAssessor(open_knowledge(work.pack), work.options, bundles=work.bundles), work

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _work_part(part: Part) -> _Counts:
    if _assessor is None or _work is None:
        raise RuntimeError("the pool's initialiser has not run")
    return _make(_assessor, _work, part)


def _name(folder: Path, number: int, what: str) -> Path:
    return folder / f"{what}-{number:07d}"


def _there(folder: Path, number: int) -> _Counts | None:
    """Counts of a finished part: written last, so that it stands for the others."""
    done = _name(folder, number, "done").with_suffix(".json")
    return msgspec.json.decode(done.read_bytes(), type=_Counts) if done.exists() else None


def _make(assessor: BatchAssessor, work: _Work, part: Part) -> _Counts:
    """One part: answers, refused rows, and the note that both are there."""
    folder = Path(work.folder)
    found = assessor.assess_batch(part.batch)
    refused = pc.is_valid(found.column("error"))
    ids = found.column("id").to_pylist()
    bad = [row for row, wrong in enumerate(refused.to_pylist()) if wrong]
    lines = [{"row": part.start + r + 1, "id": ids[r]} | found.column("error")[r].as_py() for r in bad]
    if found.column("id").null_count:
        numbers = [name if name is not None else str(part.start + row + 1) for row, name in enumerate(ids)]
        found = found.set_column(0, found.schema.field("id"), pa.array(numbers, pa.string()))
    good = found.filter(pc.invert(refused)) if bad else found
    write_part(_name(folder, part.number, "part").with_suffix(work.ending), good.drop_columns(["error"]))
    _write(_name(folder, part.number, "refused").with_suffix(".ndjson"), msgspec.json.Encoder().encode_lines(lines))
    counts = _Counts(part.batch.num_rows, len(bad))
    _write(_name(folder, part.number, "done").with_suffix(".json"), msgspec.json.encode(counts))
    return counts


def _write(path: Path, data: bytes) -> None:
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_bytes(data)
    draft.replace(path)


def _finish(folder: Path, out: Path, ending: str, counts: list[_Counts], progress: _Progress, seconds: float) -> Done:
    """Join the parts; the folder goes last, so that a kill here loses nothing either."""
    rows, refused = sum(one.rows for one in counts), sum(one.refused for one in counts)
    names = range(len(counts))
    if not rows:
        shutil.rmtree(folder)
        raise HickamError(
            code="no-cases",
            where="the input",
            what="it has no rows",
            why="there is nothing to assess",
            fix="give a file with at least one case",
        )
    parts = [_name(folder, number, "part").with_suffix(ending) for number in names]
    schema = None
    if ending == ".parquet":
        import pyarrow.parquet as pq

        schema = pq.read_schema(parts[0])
    join_parts(parts, out, schema)
    side = out.with_name(out.name + ".refused.ndjson")
    if refused:
        join_parts([_name(folder, number, "refused").with_suffix(".ndjson") for number in names], side, None)
    else:
        side.unlink(missing_ok=True)
    run: dict[str, Any] = msgspec.json.decode((folder / "run.json").read_bytes())
    record = {"rows": rows, "answered": rows - refused, "refused": refused} | run
    _write(out.with_name(out.name + ".run.json"), msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n")
    shutil.rmtree(folder)
    return Done(rows, rows - refused, refused, progress.found, seconds, out, side if refused else None)


__all__ = ["BatchOptions", "Done", "Format", "run_batch"]
