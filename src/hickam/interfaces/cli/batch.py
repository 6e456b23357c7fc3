"""``hickam batch``."""

from __future__ import annotations

import argparse
import datetime
import gc
import importlib.util
import sys
import time
from pathlib import Path

from hickam.errors import HickamError

BAR = 24
EVERY = 0.2
"""Seconds between two drawings of the progress bar."""


def batch_command(options: argparse.Namespace) -> int:
    """Assess a file of cases; 3 when no row could be answered."""
    gc.enable()  # the short commands run without; a long one must not
    need("pyarrow", "numba", extra="batch", command="hickam batch")
    from hickam.services.batch.assess import BatchOptions

    fhir = options.kind == "fhir" or (options.kind is None and Path(options.source).is_dir())
    wanted = BatchOptions(
        top=options.top,
        every=options.every,
        urgency=options.urgency,
        setting=options.setting,
        as_of=options.as_of or (datetime.date.today().isoformat() if fhir else ""),
    )
    if options.engine == "spark":
        if options.kind is not None:
            raise HickamError(
                code="batch-spark-format",
                where="--from",
                what="Spark goes by the ending of IN, and reads no FHIR",
                why="resources of one patient must first be brought together, which is done on one machine",
                fix="leave --from out, or use --engine local",
            )
        need("pyspark", extra="spark", command="hickam batch --engine spark")
        from hickam.services.batch.spark import run_spark

        counts = run_spark(options.source, options.out, options.pack, wanted, options.overwrite, options.spark_master)
        print(f"{counts.answered:,} rows answered, {counts.refused:,} refused → {options.out}", file=sys.stderr)
        return 0 if counts.answered else 3
    from hickam.interfaces.fhir.bulk import case_of_bundle
    from hickam.services.batch.run import run_batch

    bar = Bar()
    try:
        done = run_batch(
            Path(options.source),
            Path(options.out),
            options.pack,
            wanted,
            options.workers,
            options.overwrite,
            bar.tell,
            options.kind,
            case_of_bundle,
        )
    except KeyboardInterrupt:
        bar.end()
        print("hickam: stopped; the same command goes on from here", file=sys.stderr)
        return 130
    finally:
        bar.end()
    made = done.rows - done.found
    rate = f", {made / done.seconds:,.0f} rows/s" if done.seconds > 0 and made else ""
    kept = f" ({done.found:,} of them from an earlier run)" if done.found else ""
    print(f"{done.answered:,} rows answered{kept} → {done.out}  [{_clock(done.seconds)}{rate}]", file=sys.stderr)
    if done.side:
        print(f"{done.refused:,} rows refused, with reasons → {done.side}", file=sys.stderr)
    return 0 if done.answered else 3


def need(*modules: str, extra: str, command: str) -> None:
    """Refuse clearly where an optional part is not installed."""
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        raise HickamError(
            code="not-installed",
            where=command,
            what=f"{', '.join(missing)} is not installed",
            why="this command is an optional part of Hickam",
            fix=f"make {extra}   (or: pip install 'hickam[{extra}]')",
        )


class Bar:
    """A progress bar on standard error, when that is a terminal: share, rows, rate, time left."""

    def __init__(self, unit: str = "rows") -> None:
        self.unit = unit
        self.begun = self.drawn = time.monotonic()
        self.shown = False

    def tell(self, rows: int, share: float, found: float) -> None:
        """So many rows are done in this run; this share of the input is behind them, and so much was before it."""
        now = time.monotonic()
        if not sys.stderr.isatty() or now - self.drawn < EVERY:
            return
        self.drawn, self.shown = now, True
        spent = now - self.begun
        filled = round(BAR * share)
        left = f"{_clock(spent * (1 - share) / (share - found))} left" if share > found else "time left unknown"
        drawn = f"[{'█' * filled}{'·' * (BAR - filled)}]"
        line = f"{drawn} {100 * share:3.0f} %  {rows:,} {self.unit}  {rows / spent:,.0f}/s  {left}"
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Clear the line."""
        if self.shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
            self.shown = False


def _clock(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"
