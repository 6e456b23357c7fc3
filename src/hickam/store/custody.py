"""What whoever keeps the database does for all owners: everything of one patient out, or away; retention.

Needs the role of administrator; reading for care goes through CaseDesk.
"""

from __future__ import annotations

import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, delete, func, select

from hickam.errors import HickamError
from hickam.model.records import Actor, AuditEntry
from hickam.store.audit import Recorder, last_entries
from hickam.store.case_desk import erase_case, give_case
from hickam.store.database import Store, nothing_saved
from hickam.store.everything import Everything, gather
from hickam.store.tables import (
    audit,
    case_versions,
    cases,
    documents,
    feedback,
    idempotency,
    metadata,
    sessions,
)

MOST_DAYS = 200 * 365
HOURS_OF_KEYS = 24
"""How long the keys of repeated requests are kept."""


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """What went, and what stays. ``elsewhere``: cases that are another patient's now, but once bore this name."""

    cases: int
    versions: int
    documents: int
    feedback: int
    audit_rows: int
    elsewhere: tuple[str, ...] = ()


class Custody:
    """The whole store in the hands of its keeper."""

    def __init__(self, store: Store, actor: Actor) -> None:
        if "administrator" not in actor.roles:
            raise HickamError(
                code="not-allowed",
                where="the store",
                what="this is for administrators",
                why="it reaches the patients of every clinician",
                fix="ask an administrator",
            )
        if not store.exists():
            raise nothing_saved(store.name)
        self.store, self.actor = store, actor

    def counts(self) -> dict[str, int]:
        """Rows of each table."""
        with self.store.reading() as connection:
            return {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in metadata.sorted_tables
            }

    def trail(self, *, subject: str | None = None, user: str | None = None, last: int = 50) -> list[AuditEntry]:
        """The newest rows of the audit trail, oldest first."""
        with self.store.reading() as connection:
            return last_entries(connection, subject=subject, user=user, last=last)

    def cases_of(self, patient: str) -> list[str]:
        """The ids of a patient's cases, whoever owns them; HickamError when there are none."""
        with self.store.reading() as connection:
            return _cases_of(connection, patient)

    def export(self, patient: str) -> Everything:
        """Everything of one patient. The export is recorded."""
        with self.store.recorded(self.actor) as recorder:
            ids = _cases_of(recorder.connection, patient)
            found = gather(recorder.connection, patient, ids)
            for case_id in ids:
                recorder.record("case.exported", f"case/{case_id}")
        return found

    def erase(self, patient: str) -> Erased:
        """Every case of one patient with all that hangs on it."""
        with self.store.recorded(self.actor) as recorder:
            ids = _cases_of(recorder.connection, patient)
            bore = select(case_versions.c.case_id).where(case_versions.c.patient == patient).distinct()
            elsewhere = set(recorder.connection.execute(bore).scalars()) - set(ids)
            return self._erase(recorder, ids, tuple(sorted(elsewhere)))

    def give_all(self, old: str, new: str) -> int:
        """Every case of one user to another, when somebody leaves. Returns how many."""
        with self.store.recorded(self.actor) as recorder:
            owned = select(cases.c.id).where(cases.c.owner == old).order_by(cases.c.created_at)
            ids = recorder.connection.execute(owned).scalars().all()
            recorder.record("cases.given", f"user/{old}", to=new, count=len(ids))
            for case_id in ids:
                give_case(recorder, case_id, new)
        return len(ids)

    def outdated(self, days: int, *, signed_too: bool = False) -> list[str]:
        """Cases whose latest version is older than so many days; those with a signed document only if asked."""
        with self.store.reading() as connection:
            return _outdated(connection, days, signed_too=signed_too)

    def retain(self, days: int, *, signed_too: bool = False) -> Erased:
        """Erase the outdated cases, and sessions and request keys that have expired."""
        with self.store.recorded(self.actor) as recorder:
            ids = _outdated(recorder.connection, days, signed_too=signed_too)
            recorder.connection.execute(delete(sessions).where(sessions.c.expires_at < _ago(0)))
            recorder.connection.execute(delete(idempotency).where(idempotency.c.at < _ago(HOURS_OF_KEYS / 24)))
            recorder.record("store.retention", "store", days=days, signed_too=signed_too, cases=len(ids))
            return self._erase(recorder, ids)

    def _erase(self, recorder: Recorder, ids: list[str], elsewhere: tuple[str, ...] = ()) -> Erased:
        tables = (case_versions, documents, feedback)
        counted = [
            recorder.connection.execute(select(func.count()).where(table.c.case_id.in_(ids))).scalar_one()
            for table in tables
        ]
        for case_id in ids:
            erase_case(recorder, case_id)
        about = select(func.count()).where(audit.c.subject.in_([f"case/{name}" for name in ids]))
        return Erased(
            cases=len(ids),
            versions=counted[0],
            documents=counted[1],
            feedback=counted[2],
            audit_rows=recorder.connection.execute(about).scalar_one(),
            elsewhere=elsewhere,
        )


def _cases_of(connection: Connection, patient: str) -> list[str]:
    wanted = _latest().where(case_versions.c.patient == patient).order_by(cases.c.created_at)
    found = [row.id for row in connection.execute(wanted)]
    if not found:
        raise HickamError(
            code="not-found",
            where="the patient",
            what="no case bears this name",
            why="nothing was exported or erased",
            fix="write the name exactly as it was saved (hickam case list)",
        )
    return found


def _latest() -> Select[Any]:
    """Cases with their latest version."""
    return select(cases.c.id).join(
        case_versions, (case_versions.c.case_id == cases.c.id) & (case_versions.c.number == cases.c.latest)
    )


def _outdated(connection: Connection, days: int, *, signed_too: bool) -> list[str]:
    if not 0 <= days <= MOST_DAYS:
        raise HickamError(
            code="bad-days",
            where="--days",
            what=f"it is not between 0 and {MOST_DAYS}",
            why="it says what is erased for good",
            fix="give the number of days that cases are kept after they were last saved",
        )
    wanted = _latest().where(case_versions.c.saved_at < _ago(days)).order_by(cases.c.created_at)
    if not signed_too:
        wanted = wanted.where(cases.c.id.not_in(select(documents.c.case_id).where(documents.c.state == "signed")))
    return list(connection.execute(wanted).scalars())


def _ago(days: float) -> str:
    """The time so many days ago, as times are stored."""
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days)
    return then.isoformat(timespec="microseconds")
