"""Reading YAML as 1.2, numbers, hashes, terms, the cache, and the recording error."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import msgspec
import pytest
import yaml
from msgspec.structs import replace
from packs.mini_pack import mini_files, write_pack

from hickam.knowledge.cache import cached, folder_key
from hickam.knowledge.loading import load_pack
from hickam.knowledge.recording import with_recording_error
from hickam.knowledge.yaml12 import read_yaml
from hickam.model.numbers import Number, wilson
from hickam.model.terms import compare, parse_term


def test_yaml_words_dates_and_times_stay_words() -> None:
    assert read_yaml(b"a: no\nb: on\nc: 2026-11-22\nd: 1:30\ne: 012\nf: true\ng: 5e-06\nh: ~") == {
        "a": "no", "b": "on", "c": "2026-11-22", "d": "1:30", "e": 12, "f": True, "g": 5e-06, "h": None,
    }  # fmt: skip


def test_a_key_written_twice_is_refused() -> None:
    with pytest.raises(yaml.YAMLError, match="written twice"):
        read_yaml(b"a: 1\nb: 2\na: 3\n")


def test_counts_become_a_wilson_interval() -> None:
    assert [round(x, 3) for x in wilson(0, 10)] == [0.0, 0.0, 0.278]
    assert [round(x, 3) for x in wilson(10, 10)] == [1.0, 0.722, 1.0]
    assert Number(counts=(17, 50), basis="direct").best == 0.34
    with pytest.raises(ValueError, match="11 events of 10"):
        wilson(11, 10)


def test_a_stratum_holds_for_whole_years() -> None:
    row = Number(value=(0.1, 0.05, 0.2), basis="estimate", age=(0, 39), sex="female")
    assert row.applies(39.9, "female")
    assert not row.applies(40, "female")
    assert not row.applies(20, "male")


@pytest.mark.parametrize(
    ("text", "kind", "negated"),
    [
        ("fever", "finding", False), ("not fever", "finding", True), ("quality is ache", "value", False),
        ("sex is female", "sex", False), ("age >= 65", "age", False), ("potassium < 3.0", "measurement", False),
        ("known gout", "known", False), ("takes statins", "takes", False), ("suspected gout >= 0.05", "suspected", False),
    ],
)  # fmt: skip
def test_terms(text: str, kind: str, negated: bool) -> None:
    term = parse_term(text)
    assert (term.kind, term.negated) == (kind, negated)


@pytest.mark.parametrize("text", ["", "Fever", "potassium = 3", "age >", "not", "a b c"])
def test_unreadable_terms(text: str) -> None:
    with pytest.raises(ValueError, match="cannot read the term"):
        parse_term(text)


def test_comparisons() -> None:
    assert compare(2, "<", 3)
    assert compare(3, "<=", 3)
    assert not compare(3, ">", 3)
    assert compare(3, ">=", 3)


def _first_use(folder: str) -> bytes:
    return cached("k" * 40, "thing", lambda: folder.encode() * 100_000, bytes)


def test_concurrent_first_use_gives_whole_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HICKAM_CACHE", str(tmp_path))
    with multiprocessing.get_context("fork").Pool(4) as pool:
        results = pool.map(_first_use, ["same"] * 8)
    assert set(results) == {b"same" * 100_000}
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".new-")]


def test_the_key_follows_every_byte(tmp_path: Path) -> None:
    root = write_pack(tmp_path / "pack", mini_files())
    before = folder_key(root)
    assert folder_key(root) == before
    path = root / "conditions" / "arterial.yaml"
    stat = path.stat()
    changed = path.read_text().replace("0.9", "0.8", 1)
    path.write_text(changed)
    import os

    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert folder_key(root) != before


def test_an_unwritable_cache_costs_time_not_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("HICKAM_CACHE", str(blocked / "below"))
    assert cached("k", "thing", lambda: b"built", bytes) == b"built"


@pytest.mark.parametrize("damage", [b"", b"garbage", b"\x93"])
def test_a_damaged_entry_is_built_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes) -> None:
    monkeypatch.setenv("HICKAM_CACHE", str(tmp_path))

    def build() -> bytes:
        return msgspec.msgpack.encode([1, 2, 3])

    def read(data: bytes) -> list[int]:
        return msgspec.msgpack.decode(data, type=list[int])

    assert cached("k", "thing", build, read) == [1, 2, 3]
    (tmp_path / "k.thing").write_bytes(damage)
    assert cached("k", "thing", build, read) == [1, 2, 3]
    assert read((tmp_path / "k.thing").read_bytes()) == [1, 2, 3]


def test_recording_error_mixes_and_keeps_lambda(tmp_path: Path) -> None:
    pack = load_pack(write_pack(tmp_path, mini_files()))
    noisy = replace(pack, manifest=replace(pack.manifest, recording_error={"examination": 0.1, "history": 0.1}))
    mixed = with_recording_error(noisy)
    leak = mixed.findings["absent_pulses"].background[0].best
    sensitivity = next(e for e in mixed.conditions["arterial"].findings if e.finding == "absent_pulses")
    assert leak == pytest.approx(1 - 0.95 * 0.95), "an error as large as the sign's own background, not more"
    was = 1 - (1 - 40 / 60) / (1 - 0.05)
    assert 1 - (1 - sensitivity.as_number().best) / (1 - leak) == pytest.approx(was)
    exertion = next(e for e in mixed.conditions["arterial"].findings if e.finding == "on_exertion")
    assert exertion.as_number().best == pytest.approx(0.9 * 0.9 + 0.1 * 0.3)
    shares = next(e for e in mixed.conditions["arterial"].findings if e.finding == "quality").shares
    assert shares["cramp"] == pytest.approx(0.9 * 0.7 + 0.1 * 0.6)
    assert with_recording_error(pack) is pack
