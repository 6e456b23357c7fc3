"""Open a pack: parsed, compiled and cached by content, parts read only when used."""

from __future__ import annotations

import io
from collections import OrderedDict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from msgspec.structs import replace

from hickam.errors import HickamError
from hickam.inference.engine import Engine
from hickam.intake.vocabulary import Vocabulary, build_vocabulary, decode, encode
from hickam.knowledge.cache import cached, folder_key
from hickam.knowledge.lint import lint_folder
from hickam.knowledge.recording import with_recording_error
from hickam.knowledge.review_files import read_reviews, reviews_signature
from hickam.model.pack import Pack

if TYPE_CHECKING:
    from hickam.intake.dialogue.meant import Meanings

DEFAULT_PACK = "leg_cramps"


def find_pack(name: str = DEFAULT_PACK) -> Path:
    """A pack by path or by name; raises HickamError with the packs that exist."""
    given = Path(name)
    if (given / "pack.yaml").exists():
        return given
    here = Path(__file__).resolve()
    places = [here.parents[1] / "packs", here.parents[3] / "packs"]
    for place in places:
        if (place / name / "pack.yaml").exists():
            return place / name
    known = sorted(p.parent.name for place in places if place.is_dir() for p in place.glob("*/pack.yaml"))
    raise HickamError(
        code="pack-not-found",
        where="--pack",
        what=f"no pack {name!r}",
        why="the answer comes from a knowledge pack",
        fix=f"use a folder with pack.yaml, or one of: {', '.join(known)}",
    )


class Knowledge:
    """One pack, ready to answer. Each part is loaded on first use from the cache or built and cached."""

    _reviews_seen: tuple[int, int] | None = None
    whole: Knowledge | None = None
    """What this is a part of, where content is left out: no level may be below the one it gives."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.key = folder_key(root)

    @cached_property
    def telling_tests(self) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        """By condition, the tests that confirm and those that exclude it: filled by services.candidates as needed."""
        return {}

    def to_bytes(self) -> bytes:
        """Everything, to be sent to another machine."""
        arrays = io.BytesIO()
        np.savez(arrays, **self.engine.network.to_arrays())  # type: ignore[arg-type]
        parts = [str(self.root), msgspec.msgpack.encode(self.pack), encode(self.vocabulary), arrays.getvalue()]
        return msgspec.msgpack.encode(parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> Knowledge:
        """The inverse of ``to_bytes``; touches no file."""
        root, pack, vocabulary, arrays = msgspec.msgpack.decode(data, type=tuple[str, bytes, bytes, bytes])
        made = cls.__new__(cls)
        made.root, made.key = Path(root), ""
        made.pack = msgspec.msgpack.decode(pack, type=Pack)
        made.vocabulary, made.engine = decode(vocabulary), _read_network(arrays)
        return made

    @classmethod
    def of_pack(cls, pack: Pack, root: Path) -> Knowledge:
        """A pack that is in memory already; network and vocabulary are compiled from it when they are used."""
        made = cls.__new__(cls)
        made.root, made.key = root, ""
        made.pack = pack
        made.vocabulary = decode(encode(build_vocabulary(pack)))
        made.engine = _read_network(made._build_network())
        return made

    @cached_property
    def answers(self) -> OrderedDict[Any, Any]:
        """Recent answers: filled by services.assess."""
        return OrderedDict()

    @cached_property
    def pack(self) -> Pack:
        """The pack itself, with the reviews as they are on disk now. One with errors is refused (PackError)."""
        data = cached(self.key, "pack", self._build_pack, lambda data: msgspec.msgpack.decode(data, type=Pack))
        self._reviews_seen = reviews_signature(self.root)
        return replace(data, reviews=read_reviews(self.root))

    @property
    def tag(self) -> str:
        """Another one whenever a page about the knowledge may read otherwise: content, or one more review record."""
        return f"{self.pack.hash}.{len(self.pack.reviews)}" if self.pack.reviews else self.pack.hash

    def read_reviews_again(self) -> None:
        """Take over what has been recorded since the pack was opened, so that every page says the present state."""
        seen = reviews_signature(self.root)
        if seen != self._reviews_seen:
            self._reviews_seen = seen
            self.pack = replace(self.pack, reviews=read_reviews(self.root))

    @cached_property
    def engine(self) -> Engine:
        """The compiled network behind its facade."""
        return cached(self.key, "network", self._build_network, _read_network)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of the pack, compiled for intake."""
        return cached(self.key, "words", lambda: encode(build_vocabulary(self.pack)), decode)

    @cached_property
    def visit_meanings(self) -> Meanings:
        """How findings are asked about and told in visits, ready to be looked up."""
        from hickam.intake.dialogue.meant import Meanings

        return Meanings(self.pack.manifest.visit_words)

    def _build_pack(self) -> bytes:
        pack, issues = lint_folder(self.root)
        errors = [issue for issue in issues if issue.severity == "error"]
        if pack is None or errors:
            from hickam.knowledge.issues import PackError

            raise PackError(str(self.root), errors)
        return msgspec.msgpack.encode(pack)

    def _build_network(self) -> bytes:
        from hickam.inference.network import compile_network

        buffer = io.BytesIO()
        arrays: dict[str, Any] = dict(compile_network(with_recording_error(self.pack)).to_arrays())
        np.savez(buffer, **arrays)
        return buffer.getvalue()


def _read_network(data: bytes) -> Engine:
    from hickam.inference.network import Network

    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return Engine(Network.from_arrays(dict(arrays)))


def open_knowledge(name: str = DEFAULT_PACK) -> Knowledge:
    """The pack by name or folder."""
    return Knowledge(find_pack(name))
