"""Spark with two executors, one of which is killed in the middle: row for row what one machine answers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytest.importorskip("numba")
pytest.importorskip("pyspark", reason="make spark installs it")
pq = pytest.importorskip("pyarrow.parquet")
pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java; make spark installs it")

ROWS: list[dict[str, Any]] = [
    {"id": f"p{i}", "age": 30 + i % 60, "sex": "female", "present": ["site_calf"], "absent": ["leg_swelling"]}
    | (
        {"text": "Cramps in the calf at night."}
        if i % 3
        else {"present": ["no such thing"] if i % 30 == 0 else ["nocturnal"]}
    )
    for i in range(300)
]


@pytest.fixture
def spark(monkeypatch: pytest.MonkeyPatch) -> Iterator[SparkSession]:
    """A cluster of two executors on this machine; an executor that dies is replaced."""
    from pyspark.sql import SparkSession

    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    settings = {
        "spark.executor.memory": "512m",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.files.maxPartitionBytes": "3000",
        "spark.sql.files.openCostInBytes": "1",
    }
    builder: Any = SparkSession.builder
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.master("local-cluster[2,1,512]").appName("test").getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


def executors(application: str) -> list[int]:
    """Process ids of the executors of one application."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(b"CoarseGrainedExecutorBackend" in word for word in words) and application.encode() in words:
            found.append(int(process.name))
    return found


def kill_one(session: SparkSession, killed: list[int], over: threading.Event) -> None:
    """Once some tasks are done and others are not, kill one executor."""
    tracker = session.sparkContext.statusTracker()
    while not over.wait(0.05):
        for stage in tracker.getActiveStageIds():
            about = tracker.getStageInfo(stage)
            if about and about.numTasks > 4 and 0 < about.numCompletedTasks < about.numTasks - 2:
                one = executors(session.sparkContext.applicationId)[0]
                os.kill(one, signal.SIGKILL)
                killed += [one, about.numCompletedTasks, about.numTasks]
                return


def test_an_executor_killed_in_the_middle_changes_no_row(spark: SparkSession, tmp_path: Path) -> None:
    from hickam.services.batch.run import run_batch
    from hickam.services.batch.spark import run_spark

    source = tmp_path / "cases.ndjson"
    source.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    run_batch(source, tmp_path / "local.parquet")
    killed: list[int] = []
    over = threading.Event()
    killer = threading.Thread(target=kill_one, args=(spark, killed, over))
    killer.start()
    counts = run_spark(str(source), str(tmp_path / "spark.parquet"), session=spark)
    over.set()
    killer.join()
    assert killed, "no executor was killed: the work was over too soon"
    assert (counts.answered, counts.refused) == (290, 10)
    here, there = (pq.read_table(tmp_path / name).to_pylist() for name in ("local.parquet", "spark.parquet"))
    assert {row["id"]: row for row in there} == {row["id"]: row for row in here}
    assert len(there) == len(here)
    sides = (tmp_path / "spark.parquet.refused.ndjson").glob("*.json")
    refused = [json.loads(line) for path in sides for line in path.read_text().splitlines()]
    assert {row["id"] for row in refused} == {f"p{i}" for i in range(0, 300, 30)}
