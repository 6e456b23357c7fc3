"""A cache of compiled things keyed by the content they were compiled from.

A key is the hash of every byte that can change the result plus the engine's version, so an entry is never stale.
An entry is written to a private file and moved into place, so two first uses at once cannot see half of one.
A cache that cannot be written or read costs time, never an answer.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import hickam
from hickam.knowledge.loading import pack_files

T = TypeVar("T")
COMPILED_BY = ("model", "knowledge", "inference", "intake")
KEEP = 24
"""How many entries stay; older ones are removed when a new one is written."""


def cache_folder() -> Path:
    """``$HICKAM_CACHE``, else the user's cache folder."""
    if chosen := os.environ.get("HICKAM_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hickam"


def folder_key(root: Path) -> str:
    """SHA-256 over the names and bytes of every file of a pack and over the code that compiles it."""
    digest = hashlib.sha256(f"{hickam.__version__}\n{code_key(COMPILED_BY)}\n".encode())
    for path in pack_files(root):
        digest.update(f"{path.relative_to(root)}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def code_key(layers: Sequence[str]) -> str:
    """Sizes and times of the modules of these layers, so that a developer's change recompiles."""
    here = Path(hickam.__file__).parent
    parts = [
        f"{path.relative_to(here)}:{(stat := path.stat()).st_size}:{stat.st_mtime_ns}"
        for folder in layers
        for path in sorted((here / folder).glob("*.py"))
    ]
    return "\n".join(parts)


def path_of(key: str, name: str) -> Path:
    """Where something is stored under key and name."""
    return cache_folder() / f"{key[:32]}.{name}"


def cached(key: str, name: str, build: Callable[[], bytes], decode: Callable[[bytes], T]) -> T:
    """What is stored under key and name, decoded; built and stored if it is missing or cannot be decoded.

    A damaged entry (a full disk, a killed process, a stranger's file) raises anything at all in ``decode``; it is
    built anew rather than reported, since nothing in it was anybody's work.
    """
    path = path_of(key, name)
    with contextlib.suppress(Exception):
        return decode(path.read_bytes())
    data = build()
    store(path, data)
    return decode(data)


def store(path: Path, data: bytes) -> None:
    """Write atomically; a folder that cannot be written is no error."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as handle:
            try:
                handle.write(data)
                handle.close()
                os.replace(handle.name, path)
            except OSError:
                os.unlink(handle.name)
                raise
        _prune(path.parent)


def _prune(folder: Path) -> None:
    entries = sorted((p for p in folder.iterdir() if not p.name.startswith(".")), key=lambda p: p.stat().st_mtime)
    for path in entries[:-KEEP]:
        path.unlink(missing_ok=True)
