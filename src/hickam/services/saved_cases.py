"""Save a case with its answer, give the answer again bit for bit, compare two versions."""

from __future__ import annotations

import hashlib
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

import hickam
from hickam.intake.reading import understood_nothing
from hickam.model.assessment import Assessment
from hickam.model.case import Case
from hickam.model.pack import Pack
from hickam.model.records import CaseVersion, SavedAnswer
from hickam.services.assess import Options, assess, stamp
from hickam.services.knowledge import Knowledge
from hickam.store.case_desk import CaseDesk, NewAnswer, NewVersion, Once
from hickam.store.database import Store, default_url

__all__ = ["CaseDesk", "NewVersion", "Once", "Store", "answer_of", "new_version", "open_store", "replay"]
"""Interfaces take the desk and the store from here: they know services, not the store."""


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a kept answer comes out again to the last byte. ``why_not`` when it could not be tried or differs."""

    case_id: str
    version: int
    same: bool
    pack_hash: str = ""
    engine_version: str = ""
    answer_sha256: str = ""
    why_not: str = ""


def open_store(url: str | None = None) -> Store:
    """The store by URL, else ``$HICKAM_DATABASE``, else the user's own SQLite file. Touches nothing yet."""
    return Store(url or default_url())


def new_version(
    knowledge: Knowledge, case: Case, told: dict[str, Any], options: Options, *, patient: str = "", title: str = ""
) -> NewVersion:
    """A case ready to be saved, assessed as ``options`` say; without an answer when nothing in it was understood."""
    answer = None if understood_nothing(case) else _new_answer(knowledge, case, options)
    return NewVersion(patient=patient.strip(), title=title.strip(), told=told, case=case, answer=answer)


def replay(desk: CaseDesk, saved: CaseVersion, current: Knowledge) -> Replay:
    """Compute the answer again from the kept case and the kept pack, and compare the bytes.

    ``current`` is the pack in use: when it is the kept one nothing need be compiled.
    """
    kept = saved.answer
    if kept is None:
        return Replay(case_id=saved.case_id, version=saved.number, same=False, why_not="nothing was answered")
    result = Replay(
        case_id=saved.case_id,
        version=saved.number,
        same=False,
        pack_hash=kept.pack.hash,
        engine_version=kept.engine_version,
        answer_sha256=hashlib.sha256(kept.answer).hexdigest(),
    )
    if kept.engine_version != hickam.__version__:
        reason = f"it was given by engine {kept.engine_version}; this is {hickam.__version__}: install that one"
        return replace(result, why_not=reason)
    content = desk.pack_kept(saved.case_id, saved.number)
    knowledge = current if content == pack_to_keep(current) else _opened(content)
    again = assess(knowledge, saved.case, msgspec.convert(kept.basis, Options))
    same = msgspec.json.encode(again) == kept.answer
    return replace(result, same=same, why_not="" if same else "the bytes differ")


def answer_of(saved: SavedAnswer) -> Assessment:
    """The answer as it was given."""
    return msgspec.json.decode(saved.answer, type=Assessment)


@lru_cache(maxsize=2)
def pack_to_keep(knowledge: Knowledge) -> bytes:
    """The whole pack, reviews included, as it is kept beside the answers given from it."""
    return zlib.compress(msgspec.msgpack.encode(knowledge.pack))


def _new_answer(knowledge: Knowledge, case: Case, options: Options) -> NewAnswer:
    answer = assess(knowledge, case, options)
    return NewAnswer(
        pack=stamp(knowledge.pack),
        kept_pack=pack_to_keep(knowledge),
        engine_version=hickam.__version__,
        basis=msgspec.to_builtins(options),
        urgency=answer.urgency.level,
        leading=answer.differential[0].condition.name,
        answer=msgspec.json.encode(answer),
    )


def _opened(kept_pack: bytes) -> Knowledge:
    pack = msgspec.msgpack.decode(zlib.decompress(kept_pack), type=Pack)
    return Knowledge.of_pack(pack, Path())
