"""The same answers on Apache Spark: ``assess_batch`` under ``mapInArrow``, the knowledge broadcast once.

The driver needs pyspark; the executors need this package with the extra ``batch``. Paths are Spark's own (hdfs://,
s3a://, file folders). Rows have no order on a cluster, so every row must carry an ``id``.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pyspark import StorageLevel
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import col, lit

from hickam.errors import HickamError
from hickam.services.batch.assess import BatchAssessor, BatchOptions, stamp_of
from hickam.services.batch.files import as_batch, read_object
from hickam.services.batch.frame import check_columns
from hickam.services.knowledge import Knowledge, open_knowledge

ROWS = 4096
"""Rows of an Arrow batch between Spark and Python."""
DIFFERENTIAL = "array<struct<condition:string,cause:double,present:double>>"
REFUSAL = "struct<where:string,what:string,why:string,fix:string>"


@dataclass(frozen=True)
class Counts:
    """Rows answered and refused."""

    answered: int
    refused: int


def run_spark(
    source: str,
    out: str,
    pack: str = "leg_cramps",
    options: BatchOptions | None = None,
    overwrite: bool = False,
    master: str | None = None,
    session: SparkSession | None = None,
) -> Counts:
    """Assess ``source`` into ``out`` (Parquet or NDJSON by their endings, Parquet without one). Raises HickamError."""
    options = options or BatchOptions()
    knowledge = open_knowledge(pack)
    spark = session or _session(master)
    try:
        cases = _read(spark, source)
        answers = assess_frame(spark, cases, knowledge, options).persist(StorageLevel.DISK_ONLY)
        mode = "overwrite" if overwrite else "errorifexists"
        _write(answers.where(col("error").isNull()).drop("error"), out, mode)
        refused = answers.where(col("error").isNotNull()).select("id", "error.*")
        count, bad = answers.count(), refused.count()
        if bad:
            refused.write.mode(mode).json(out + ".refused.ndjson")
        record = {"rows": count, "refused": bad} | stamp_of(knowledge.pack)
        line = spark.range(1).select(*(lit(value).alias(name) for name, value in record.items()))
        line.coalesce(1).write.mode(mode).json(out + ".run.json")
        answers.unpersist()
    except PySparkException as error:
        raise HickamError(
            code="batch-spark",
            where="--engine spark",
            what=_first_line(error),
            why="the rows are not assessed",
            fix="check the paths, that OUT is not there yet (or --overwrite), and the log of Spark",
        ) from error
    finally:
        if session is None:
            spark.stop()
    return Counts(count - bad, bad)


def assess_frame(spark: SparkSession, cases: DataFrame, knowledge: Knowledge, options: BatchOptions) -> DataFrame:
    """Answers to a frame of cases, one row a case, with an ``error`` where a row was refused."""
    packed = spark.sparkContext.broadcast((knowledge.pack.hash, options, knowledge.to_bytes()))

    def answer(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        assessor = _assessor(*packed.value)
        for batch in batches:
            yield assessor.assess_batch(_lines(batch))

    with warnings.catch_warnings():  # Spark asks for pandas and warns of its third version; no pandas is used here
        warnings.simplefilter("ignore", FutureWarning)
        return cases.mapInArrow(answer, _schema(options))


_kept: dict[tuple[str, BatchOptions], BatchAssessor] = {}


def _assessor(pack_hash: str, options: BatchOptions, data: bytes) -> BatchAssessor:
    """One assessor for each Python process of an executor, which Spark uses for many tasks."""
    key = pack_hash, options
    if key not in _kept:
        _kept[key] = BatchAssessor(Knowledge.from_bytes(data), options, plain=True)
    return _kept[key]


LINE = "_line"


def _lines(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Lines of NDJSON are read here, as they are on one machine."""
    if batch.schema.names != [LINE]:
        return batch
    return as_batch([read_object(line.encode()) for line in batch.column(0).to_pylist()])


def _read(spark: SparkSession, source: str) -> DataFrame:
    kind = _kind(source)
    if kind == "ndjson":
        frame = spark.read.text(source)
        return frame.where(frame.value != "").withColumnRenamed("value", LINE)
    if kind == "csv":
        cases = spark.read.csv(source, header=True, multiLine=True, escape='"', inferSchema=False)
    else:
        cases = spark.read.parquet(source)
    check_columns(cases.columns)
    if "id" not in cases.columns:
        raise HickamError(
            code="batch-id",
            where=source,
            what="there is no column 'id'",
            why="rows have no order on a cluster; without an id nobody could tell which answer is whose",
            fix="add a column id",
        )
    return cases


def _write(answers: DataFrame, out: str, mode: str) -> None:
    writer = answers.write.mode(mode)
    writer.json(out) if _kind(out) == "ndjson" else writer.parquet(out)


def _kind(path: str) -> str:
    plain = path.rstrip("/").removesuffix(".gz").lower()
    if plain.endswith((".ndjson", ".jsonl", ".json")):
        return "ndjson"
    return "csv" if plain.endswith(".csv") else "parquet"


def _schema(options: BatchOptions) -> str:
    fields = ["id string", f"differential {DIFFERENTIAL}", "unexplained double", "log_evidence double"]
    fields += ["findings int", "contradicted int", "approximated boolean"]
    if options.every:
        fields += ["cause array<double>", "present array<double>"]
    if options.urgency:
        fields += ["urgency string", "provisional boolean", "most_likely string", "do_not_miss array<string>"]
    return ", ".join([*fields, "stamp string", f"error {REFUSAL}"])


def _session(master: str | None) -> SparkSession:
    if master and master.startswith("local"):  # on one machine the workers are this very Python
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder: Any = SparkSession.builder
    builder = builder.appName("hickam batch").config("spark.sql.execution.arrow.maxRecordsPerBatch", str(ROWS))
    session: SparkSession = (builder.master(master) if master else builder).getOrCreate()
    return session


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
