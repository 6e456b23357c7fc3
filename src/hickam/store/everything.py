"""All that is kept of one patient, put together to be given out."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, select

from hickam.model.records import CaseVersion, SavedDocument
from hickam.store.rows import SHOWN, case_version
from hickam.store.tables import assessments, audit, case_versions, documents, feedback


class Everything(msgspec.Struct, frozen=True, kw_only=True):
    """All that is kept of one patient. ``pages``: signed PDFs by document; ``trail``: audit rows about these cases."""

    schema: str = "hickam.patient/1"
    patient: str
    versions: tuple[CaseVersion, ...]
    documents: tuple[SavedDocument, ...]
    pages: dict[str, bytes]
    feedback: tuple[dict[str, Any], ...]
    trail: tuple[dict[str, Any], ...]


def gather(connection: Connection, patient: str, ids: list[str]) -> Everything:
    """What hangs on these cases. The caller has checked that they may be given out, and records it."""
    rows = connection.execute(
        select(case_versions)
        .where(case_versions.c.case_id.in_(ids))
        .order_by(case_versions.c.case_id, case_versions.c.number)
    ).all()
    made = connection.execute(select(assessments).where(assessments.c.case_id.in_(ids))).all()
    answers = {(row.case_id, row.version): row for row in made}
    papers = connection.execute(
        select(*SHOWN, documents.c.pdf).where(documents.c.case_id.in_(ids)).order_by(documents.c.made_at)
    ).all()
    shown = [{k: v for k, v in row._mapping.items() if k != "pdf"} for row in papers]
    said = connection.execute(select(feedback).where(feedback.c.case_id.in_(ids))).all()
    subjects = [f"case/{name}" for name in ids] + [f"document/{row.id}" for row in papers]
    trail = connection.execute(select(audit).where(audit.c.subject.in_(subjects)).order_by(audit.c.seq)).all()
    return Everything(
        patient=patient,
        versions=tuple(case_version(row, answers.get((row.case_id, row.number))) for row in rows),
        documents=tuple(SavedDocument(**row) for row in shown),
        pages={row.id: bytes(row.pdf) for row in papers if row.pdf},
        feedback=tuple(dict(row._mapping) for row in said),
        trail=tuple(dict(row._mapping) for row in trail),
    )
