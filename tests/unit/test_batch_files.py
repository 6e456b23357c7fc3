"""Files of a batch are read as they are needed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

pa = pytest.importorskip("pyarrow")
pytest.importorskip("numba")
pq = pytest.importorskip("pyarrow.parquet")

from hickam.services.batch.files import join_parts, read_parts  # noqa: E402


def test_a_parquet_file_is_not_taken_into_memory_whole(tmp_path: Path) -> None:
    rng = random.Random(3)
    ids = [rng.randbytes(100).hex() for _ in range(40_000)]
    source = tmp_path / "cases.parquet"
    pq.write_table(pa.table({"text": ids}), source, row_group_size=4_000, use_dictionary=False)
    before, most = pa.total_allocated_bytes(), 0
    rows = 0
    for part in read_parts(source, "parquet", 1_000):
        rows += part.batch.num_rows
        most = max(most, pa.total_allocated_bytes() - before)
    assert rows == len(ids)
    assert most < source.stat().st_size / 2


def test_parts_are_joined_in_their_order_with_little_kept_of_each(tmp_path: Path) -> None:
    parts = []
    for number in range(3):
        parts.append(tmp_path / f"{number}.parquet")
        pq.write_table(pa.table({"id": [f"{number}{row}" for row in range(4)], "unexplained": [0.5] * 4}), parts[-1])
    whole = tmp_path / "whole.parquet"
    join_parts(parts, whole, pq.read_schema(parts[0]))
    assert pq.read_table(whole).column("id").to_pylist() == [f"{n}{row}" for n in range(3) for row in range(4)]
    group = pq.ParquetFile(whole).metadata.row_group(0)
    assert [group.column(i).is_stats_set for i in range(2)] == [True, False]
