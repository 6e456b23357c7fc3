"""FHIR bulk data: NDJSON files of resources by type, to one Bundle a patient, in bounded memory.

The resources are dealt into files by a hash of the patient they are about; each such file is then small enough to be
grouped in memory. Medications, which are about nobody, go with every Bundle that points to them.
"""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from hickam.errors import HickamError
from hickam.services.batch.frame import BUNDLE, PROBLEM

BUCKET = 48_000_000
"""Bytes of resources that are grouped at a time."""
MOST_BUCKETS = 500


def bulk_files(source: Path) -> list[Path]:
    """The NDJSON files of an export. Raises HickamError where there are none."""
    found = sorted(source.glob("**/*.ndjson")) if source.is_dir() else [source]
    if not found:
        raise HickamError(
            code="no-cases",
            where=str(source),
            what="no .ndjson file in this folder",
            why="FHIR bulk data are NDJSON files of resources",
            fix="check the path",
        )
    return found


def bundle_batches(source: Path, work: Path, rows: int) -> Iterator[tuple[pa.RecordBatch, float]]:
    """Batches of one Bundle a patient (columns id and Bundle), in an order that depends on the input alone."""
    files = bulk_files(source)
    size = sum(one.stat().st_size for one in files)
    buckets = min(MOST_BUCKETS, size // BUCKET + 1)
    if not (work / "dealt").exists():
        _deal(files, work, buckets)
    shared = {f"Medication/{m.get('id')}": m for m in map(msgspec.json.decode, _lines(work / "shared.ndjson"))}
    unread = [
        {"id": None, BUNDLE: None, PROBLEM: line.decode("utf-8", "replace")} for line in _lines(work / "unread.txt")
    ]
    if unread:
        yield _batch(unread), 0.0
    for bucket in range(buckets):
        patients: dict[str, list[Any]] = {}
        for line in _lines(work / f"bucket-{bucket:03d}.ndjson"):
            resource = msgspec.json.decode(line)
            patients.setdefault(_patient(resource), []).append(resource)
        waiting = [{"id": name, BUNDLE: _bundle(patients[name], shared), PROBLEM: None} for name in sorted(patients)]
        for start in range(0, len(waiting), rows):
            done = (bucket + min(1.0, (start + rows) / len(waiting))) / buckets
            yield _batch(waiting[start : start + rows]), done


def _batch(objects: list[dict[str, Any]]) -> pa.RecordBatch:
    schema = pa.schema([(name, pa.string()) for name in ("id", BUNDLE, PROBLEM)])
    return pa.RecordBatch.from_pylist(objects, schema=schema)


def _lines(path: Path) -> Iterator[bytes]:
    if path.exists():
        with path.open("rb") as stream:
            yield from (line for line in stream if line.strip())


def _deal(files: list[Path], work: Path, buckets: int) -> None:
    """Every resource into the file of its patient's bucket; begun anew after a kill."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    streams = [(work / f"bucket-{b:03d}.ndjson").open("wb") for b in range(buckets)]
    shared, unread = (work / "shared.ndjson").open("wb"), (work / "unread.txt").open("wb")
    try:
        for path in files:
            for number, line in enumerate(_lines(path), 1):
                try:
                    resource = msgspec.json.decode(line)
                    patient = _patient(resource)
                except (msgspec.DecodeError, RecursionError, AttributeError) as error:
                    unread.write(f"{path.name}, line {number}: no resource in JSON ({error})\n".encode())
                    continue
                if patient:
                    streams[zlib.crc32(patient.encode()) % buckets].write(line.rstrip() + b"\n")
                elif resource.get("resourceType") == "Medication":
                    shared.write(line.rstrip() + b"\n")
    finally:
        for stream in (*streams, shared, unread):
            stream.close()
    (work / "dealt").touch()


def _patient(resource: dict[str, Any]) -> str:
    """Id of the patient a resource is about; '' where it is about nobody."""
    if resource.get("resourceType") == "Patient":
        return str(resource.get("id") or "")
    about = resource.get("subject") or resource.get("patient")
    reference = about.get("reference") if isinstance(about, dict) else None
    if not isinstance(reference, str) or "Patient/" not in reference:
        return ""
    return reference.rsplit("Patient/", 1)[1].split("/")[0]


def _bundle(resources: list[Any], shared: dict[str, Any]) -> str:
    wanted = {
        str(r["medicationReference"].get("reference"))
        for r in resources
        if isinstance(r.get("medicationReference"), dict)
    }
    entries = [*resources, *(shared[name] for name in sorted(wanted & shared.keys()))]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in entries]}
    return msgspec.json.encode(bundle).decode()
