"""Cases as one person sees them: every question to the tables of cases goes through ``visible_cases(actor)``.

Nobody can forget the check of who asks: without an Actor there is no CaseDesk, and no other module reads these tables
for a person.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from hickam.errors import HickamError
from hickam.model.assessment import PackStamp
from hickam.model.case import Case
from hickam.model.records import Actor, CaseLine, CaseVersion
from hickam.store.audit import Recorder
from hickam.store.database import Store
from hickam.store.everything import Everything, gather
from hickam.store.hashing import digest, new_id, new_salt, now, row_hash
from hickam.store.rows import case_line, case_version
from hickam.store.tables import assessments, case_versions, cases, idempotency, knowledge

LONGEST_LABEL = 200
MOST_OF_ONE_PATIENT = 10_000


@dataclass(frozen=True)
class NewVersion:
    """What is saved. ``told``: what the person entered; ``case``: what was read from it; the answer, if any."""

    patient: str
    title: str
    told: dict[str, Any]
    case: Case
    answer: NewAnswer | None


@dataclass(frozen=True)
class NewAnswer:
    """An answer with everything that gives it again. ``kept_pack``: the whole pack as bytes."""

    pack: PackStamp
    kept_pack: bytes
    engine_version: str
    basis: dict[str, Any]
    urgency: str
    leading: str
    answer: bytes


@dataclass(frozen=True)
class Once:
    """The key of a request that may arrive twice, and the bytes it had."""

    key: str
    request: bytes


def visible_cases(actor: Actor) -> ColumnElement[bool]:
    """Which cases this person may see: their own."""
    return cases.c.owner == actor.user


class CaseDesk:
    """Save and read the cases of one person."""

    def __init__(self, store: Store, actor: Actor) -> None:
        self.store, self.actor = store, actor

    def save(self, new: NewVersion, once: Once | None = None) -> CaseVersion:
        """A new case. The same ``once`` again gives what was saved the first time."""
        _check_labels(new)
        with self.store.recorded(self.actor) as recorder:
            earlier = self._earlier(recorder, once)
            if earlier is not None:
                recorder.record("case.save-repeated", f"case/{earlier.case_id}", version=earlier.number)
                return earlier
            case_id = new_id()
            row = {"id": case_id, "owner": self.actor.user, "created_at": now(), "latest": 0}
            recorder.connection.execute(insert(cases).values(row))
            recorder.record("case.created", f"case/{case_id}", owner=self.actor.user, created_at=row["created_at"])
            return self._add(recorder, case_id, 1, new, once)

    def add_version(self, case_id: str, new: NewVersion, *, after: int, once: Once | None = None) -> CaseVersion:
        """A further version, if ``after`` is still the latest; HickamError 'changed-meanwhile' otherwise."""
        _check_labels(new)
        with self.store.recorded(self.actor) as recorder:
            earlier = self._earlier(recorder, once)
            if earlier is not None:
                recorder.record("case.save-repeated", f"case/{earlier.case_id}", version=earlier.number)
                return earlier
            latest = self._case(recorder.connection, case_id).latest
            if latest != after:
                raise changed_meanwhile(f"version {latest}", f"version {after}")
            return self._add(recorder, case_id, latest + 1, new, once)

    def lines(self, *, patient: str | None = None, before: str = "", most: int = 100) -> list[CaseLine]:
        """The latest versions, newest first; of one patient; saved before a time. Recorded as one look at a list."""
        if not self.store.exists():
            return []
        wanted = (
            select(cases, case_versions.c.patient, case_versions.c.title, case_versions.c.saved_at)
            .add_columns(assessments.c.urgency, assessments.c.leading)
            .join(case_versions, (case_versions.c.case_id == cases.c.id) & (case_versions.c.number == cases.c.latest))
            .outerjoin(assessments, (assessments.c.case_id == cases.c.id) & (assessments.c.version == cases.c.latest))
            .where(visible_cases(self.actor))
            .order_by(case_versions.c.saved_at.desc(), cases.c.id)
            .limit(most)
        )
        if patient is not None:
            wanted = wanted.where(case_versions.c.patient == patient)
        if before:
            wanted = wanted.where(case_versions.c.saved_at < before)
        with self.store.recorded(self.actor) as recorder:
            found = [case_line(row) for row in recorder.connection.execute(wanted)]
            recorder.record("cases.listed", "cases", count=len(found))
        return found

    def version(self, case_id: str, number: int | None = None) -> CaseVersion:
        """One version, the latest when no number is given. The reading is recorded."""
        return self.versions(case_id, number)[-1]

    def versions(self, case_id: str, *numbers: int | None) -> list[CaseVersion]:
        """The versions asked for in this order (None: the latest), or all of them. The reading is recorded."""
        self._need_store()
        with self.store.recorded(self.actor) as recorder:
            latest = self._case(recorder.connection, case_id).latest
            wanted = [latest if n is None else n for n in numbers] or list(range(1, latest + 1))
            if not all(1 <= number <= latest for number in wanted):
                raise no_such("version")
            found = [self._version(recorder.connection, case_id, number) for number in wanted]
            recorder.record("case.read", f"case/{case_id}", versions=wanted)
        return found

    def pack_kept(self, case_id: str, number: int) -> bytes:
        """The pack that a version's answer was given from, as it was kept."""
        self._need_store()
        with self.store.reading() as connection:
            self._case(connection, case_id)
            wanted = (
                select(knowledge.c.content)
                .join(assessments, assessments.c.knowledge == knowledge.c.digest)
                .where(assessments.c.case_id == case_id, assessments.c.version == number)
            )
            return bytes(connection.execute(wanted).scalar_one())

    def find(self, start: str) -> str:
        """The whole id of a case by its first characters; HickamError when it is none or several."""
        self._need_store()
        with self.store.reading() as connection:
            wanted = select(cases.c.id).where(visible_cases(self.actor), cases.c.id.startswith(start, autoescape=True))
            found = connection.execute(wanted.limit(2)).scalars().all()
        if len(found) != 1 or len(start) < 4:
            raise no_such("case")
        return str(found[0])

    def erase(self, case_id: str) -> None:
        """The case, every version, answer and document of it; audit rows stay, which hold none of its words."""
        self._need_store()
        with self.store.recorded(self.actor) as recorder:
            self._case(recorder.connection, case_id)
            erase_case(recorder, case_id)
        self.store.fold_log()

    def give(self, case_id: str, owner: str) -> None:
        """The case to another user: it is theirs, and no longer this person's."""
        self._need_store()
        with self.store.recorded(self.actor) as recorder:
            self._case(recorder.connection, case_id)
            give_case(recorder, case_id, owner)

    def export(self, patient: str) -> Everything:
        """Everything in this person's cases of one patient. The export is recorded."""
        self._need_store()
        ids = [line.id for line in self.lines(patient=patient, most=MOST_OF_ONE_PATIENT)]
        if not ids:
            raise no_such("case")
        with self.store.recorded(self.actor) as recorder:
            for case_id in ids:
                self._case(recorder.connection, case_id)
                recorder.record("case.exported", f"case/{case_id}")
            return gather(recorder.connection, patient, ids)

    def _need_store(self) -> None:
        if not self.store.exists():
            raise no_such("case")

    def _case(self, connection: Connection, case_id: str) -> Row[Any]:
        """The row of a case this person may see; what is another's and what is not there are the same error."""
        row = connection.execute(select(cases).where(cases.c.id == case_id, visible_cases(self.actor))).one_or_none()
        if row is None:
            raise no_such("case")
        return row

    def _version(self, connection: Connection, case_id: str, number: int) -> CaseVersion:
        """A version of a case that ``_case`` has let through."""
        chosen = (case_versions.c.case_id == case_id) & (case_versions.c.number == number)
        row = connection.execute(select(case_versions).where(chosen)).one_or_none()
        if row is None:
            raise no_such("version")
        made = (assessments.c.case_id == case_id) & (assessments.c.version == number)
        answer = connection.execute(select(assessments).where(made)).one_or_none()
        return case_version(row, answer)

    def _add(self, recorder: Recorder, case_id: str, number: int, new: NewVersion, once: Once | None) -> CaseVersion:
        row: dict[str, Any] = {
            "case_id": case_id,
            "number": number,
            "saved_at": now(),
            "saved_by": self.actor.user,
            "patient": new.patient,
            "title": new.title,
            "told": msgspec.json.encode(new.told, order="sorted").decode(),
            "content": msgspec.json.encode(new.case).decode(),
            "salt": new_salt(),
        }
        row["hash"] = row_hash(row)
        recorder.connection.execute(insert(case_versions).values(row))
        recorder.connection.execute(update(cases).where(cases.c.id == case_id).values(latest=number))
        hashes = {"hash": row["hash"]}
        if new.answer is not None:
            hashes |= {"answer": _add_answer(recorder, case_id, number, new.answer)}
        recorder.record("case.saved", f"case/{case_id}", version=number, **hashes)
        if once is not None:
            salt = new_salt()
            place = {"user_id": self.actor.user, "key": once.key, "at": now(), "case_id": case_id, "version": number}
            hashed = digest(salt.encode() + once.request)
            recorder.connection.execute(insert(idempotency).values(**place, salt=salt, request_hash=hashed))
        return self._version(recorder.connection, case_id, number)

    def _earlier(self, recorder: Recorder, once: Once | None) -> CaseVersion | None:
        """What this request saved when it came before; HickamError when the key came with another request."""
        if once is None:
            return None
        wanted = select(idempotency).where(idempotency.c.user_id == self.actor.user, idempotency.c.key == once.key)
        row = recorder.connection.execute(wanted).one_or_none()
        if row is None:
            return None
        if row.request_hash != digest(row.salt.encode() + once.request):
            raise HickamError(
                code="idempotency-key-reused",
                where="Idempotency-Key",
                what="this key came before with another request",
                why="one of the two would be lost",
                fix="use a new key for each thing that is saved",
            )
        self._case(recorder.connection, row.case_id)
        return self._version(recorder.connection, row.case_id, row.version)


def erase_case(recorder: Recorder, case_id: str) -> None:
    """Delete a case with all that hangs on it (by cascade), and packs that nothing needs any more."""
    recorder.connection.execute(delete(cases).where(cases.c.id == case_id))
    needed = select(assessments.c.knowledge)
    recorder.connection.execute(delete(knowledge).where(knowledge.c.digest.not_in(needed)))
    recorder.record("case.erased", f"case/{case_id}")


def give_case(recorder: Recorder, case_id: str, owner: str) -> None:
    """Another owner for a case, with all that hangs on it."""
    recorder.connection.execute(update(cases).where(cases.c.id == case_id).values(owner=owner))
    recorder.record("case.given", f"case/{case_id}", owner=owner)


def no_such(what: str) -> HickamError:
    """The same words whether it does not exist or belongs to somebody else."""
    return HickamError(
        code="not-found",
        where=what,
        what=f"there is no such {what} among yours",
        why="there is nothing to show",
        fix="list your cases (hickam case list) and use an id from there",
    )


def changed_meanwhile(found: str, given: str) -> HickamError:
    return HickamError(
        code="changed-meanwhile",
        where="the version you changed",
        what=f"it is now at {found}; your change was made on {given}",
        why="the other change would be lost in silence",
        fix="load the latest, make your change again, save",
    )


def _check_labels(new: NewVersion) -> None:
    for name, value in (("patient", new.patient), ("title", new.title)):
        if len(value) > LONGEST_LABEL or any(ord(char) < 32 for char in value):
            raise HickamError(
                code="bad-label",
                where=name,
                what=f"longer than {LONGEST_LABEL} characters, or with control characters",
                why="it is shown in one line",
                fix="shorten it",
            )


def _add_answer(recorder: Recorder, case_id: str, number: int, new: NewAnswer) -> str:
    """Keep the answer, and the pack it came from once; returns the answer's hash."""
    name = digest(new.kept_pack)
    if not recorder.connection.execute(select(func.count()).where(knowledge.c.digest == name)).scalar_one():
        recorder.connection.execute(insert(knowledge).values(digest=name, content=new.kept_pack))
    row: dict[str, Any] = {
        "id": new_id(),
        "case_id": case_id,
        "version": number,
        "made_at": now(),
        "made_by": recorder.actor.user,
        "knowledge": name,
        "pack": msgspec.json.encode(new.pack).decode(),
        "engine_version": new.engine_version,
        "basis": msgspec.json.encode(new.basis, order="sorted").decode(),
        "urgency": new.urgency,
        "leading": new.leading,
        "answer": zlib.compress(new.answer),
        "salt": new_salt(),
    }
    row["hash"] = row_hash(row)
    recorder.connection.execute(insert(assessments).values(row))
    return str(row["hash"])
