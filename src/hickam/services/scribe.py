"""A visit from transcript to signed note: read it, draft the note from what a person confirmed, sign it, use it."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Collection
from pathlib import Path

import msgspec

import hickam
from hickam.errors import HickamError
from hickam.intake.dialogue import Speech, read_visit, turns_of_text, turns_of_transcript
from hickam.model.note import Signature, VisitNote
from hickam.model.pack import Setting
from hickam.model.transcript import read_transcript
from hickam.model.visit import Visit
from hickam.services.assess import stamp
from hickam.services.documents import Wanted, write_document
from hickam.services.knowledge import Knowledge
from hickam.writing.visit_note import confirmed_case, left_out, note_lines

MOST = 10_000_000
"""Bytes of a transcript; two hours of speech with the times of every word are about two million."""


def speech_of(data: bytes, where: str) -> Speech:
    """The turns of a transcript, plain text or ``hickam.transcript/1``. HickamError where it is neither."""
    if len(data) > MOST:
        raise HickamError(
            code="too-long",
            where=where,
            what=f"{len(data):,} bytes; the limit is {MOST:,}",
            why="one transcript is one visit",
            fix="give the transcript of one visit",
        )
    if data.lstrip()[:1] == b"{":
        return turns_of_transcript(read_transcript(data, where))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise HickamError(
            code="not-text",
            where=where,
            what=f"not UTF-8 text (byte {error.start})",
            why="words that cannot be read cannot be understood",
            fix="save the transcript as UTF-8 text, or give the file that hickam transcribe wrote",
        ) from None
    return turns_of_text(text.replace("\x00", " "))


def visit_of(
    knowledge: Knowledge,
    speech: Speech,
    *,
    age: float | None = None,
    sex: str | None = None,
    setting: Setting = "primary_care",
) -> Visit:
    """Findings, medicines and statements of the turns."""
    words, meanings = knowledge.vocabulary, knowledge.visit_meanings
    return read_visit(speech, knowledge.pack, words, meanings, age=age, sex=sex, setting=setting)


def draft_note(
    knowledge: Knowledge, visit: Visit, confirmed: Collection[int], *, transcript: bytes, as_of: str
) -> VisitNote:
    """The unsigned note. Raises HickamError for a number that is nothing in this visit."""
    items = visit.items()
    if unknown := sorted(set(confirmed) - {item.number for item in items}):
        raise HickamError(
            code="no-such-finding",
            where="--confirm",
            what=f"{', '.join(map(str, unknown))}: no such number in this visit",
            why="only what was heard can be confirmed",
            fix=f"give numbers from 1 to {len(items)}, or all" if items else "nothing was understood in this visit",
        )
    lines = note_lines(visit, confirmed)
    return VisitNote(
        transcript_sha256=hashlib.sha256(transcript).hexdigest(),
        pack=stamp(knowledge.pack),
        engine_version=hickam.__version__,
        as_of=as_of,
        disclaimer=knowledge.pack.manifest.disclaimer,
        case=confirmed_case(visit, confirmed, lines),
        confirmed=tuple(sorted(confirmed)),
        lines=lines,
        left_out=left_out(visit, lines),
        not_confirmed=tuple(dict.fromkeys(item.name for item in items if item.number not in confirmed)),
        to_ask=visit.to_ask,
    )


def write_note(note: VisitNote) -> bytes:
    """The note as JSON: the bytes that are signed."""
    return msgspec.json.format(msgspec.json.encode(note), indent=1) + b"\n"


def read_note(data: bytes, where: str) -> VisitNote:
    """The note of a JSON file. HickamError when it is none."""
    try:
        return msgspec.json.decode(data, type=VisitNote)
    except (msgspec.DecodeError, RecursionError):
        raise HickamError(
            code="not-a-note",
            where=where,
            what="this is not the note of a visit (hickam.visit_note/1)",
            why="only a note whose every line is tied to the visit can be signed",
            fix="give the file that hickam scribe note … --format json --out FILE wrote",
        ) from None


def sign(data: bytes, where: str, *, name: str, role: str, now: datetime.datetime) -> Signature:
    """A person's signature on exactly these bytes of a note."""
    read_note(data, where)
    if not name.strip():
        raise HickamError(
            code="no-name",
            where="--name",
            what="no name was given",
            why="a note is signed by a person who has read it",
            fix='give the name, for example --name "Dr A. Osei"',
        )
    return Signature(
        note_sha256=hashlib.sha256(data).hexdigest(),
        name=" ".join(name.split()),
        role=" ".join(role.split()),
        signed_at=now.isoformat(timespec="seconds"),
    )


def signature_path(note: Path) -> Path:
    """Where the signature of a note lies: beside it."""
    return note.with_name(f"{note.name}.signature")


def signature_of(data: bytes, beside: Path) -> Signature | None:
    """The signature beside a note, None when it has none. HickamError when the note was changed after signing."""
    if not beside.is_file():
        return None
    try:
        signature = msgspec.json.decode(beside.read_bytes(), type=Signature)
    except (msgspec.DecodeError, RecursionError):
        raise _broken(str(beside), "this is not a signature (hickam.signature/1)") from None
    _check(data, str(beside), signature)
    return signature


def signed_bytes(data: bytes, where: str, signature: Signature | None) -> Signature:
    """The signature on exactly these bytes. HickamError when there is none, or for a note changed since."""
    if signature is None:
        raise HickamError(
            code="not-signed",
            where=where,
            what="the note is a draft that nobody has signed",
            why="what is kept or sent goes out in a person's name",
            fix=f'read it, then hickam scribe sign {where} --name "…"',
        )
    _check(data, where, signature)
    return signature


def _check(data: bytes, where: str, signature: Signature) -> None:
    try:
        datetime.datetime.fromisoformat(signature.signed_at)
    except ValueError:
        raise _broken(where, "the time of signing is no date and time") from None
    if signature.note_sha256 != hashlib.sha256(data).hexdigest():
        raise _broken(where, "the note was changed after it was signed")


def _broken(where: str, what: str) -> HickamError:
    return HickamError(
        code="signature-broken",
        where=where,
        what=what,
        why="nobody has signed what the note says now",
        fix="read the note again, delete the signature and sign anew",
    )


def document_of_note(
    knowledge: Knowledge, data: bytes, where: str, signature: Signature | None, wanted: Wanted
) -> bytes:
    """A letter or handout from a signed note. HickamError for one that nobody has signed."""
    note = read_note(data, where)
    signed_bytes(data, where, signature)
    return write_document(knowledge, note.case, wanted)
