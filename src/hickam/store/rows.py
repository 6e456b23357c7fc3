"""Rows of the tables as the frozen records of the model."""

from __future__ import annotations

import zlib
from typing import Any

import msgspec
from sqlalchemy import Row

from hickam.model.assessment import PackStamp
from hickam.model.case import Case
from hickam.model.records import CaseLine, CaseVersion, SavedAnswer, SavedDocument
from hickam.store.tables import documents

SHOWN = [column for column in documents.c if column.name not in ("pdf", "salt")]
"""What is shown of a document: not its pages, which are large, nor its salt."""


def case_version(row: Row[Any], answer: Row[Any] | None) -> CaseVersion:
    """A version from its row and the row of its answer."""
    return CaseVersion(
        case_id=row.case_id,
        number=row.number,
        saved_at=row.saved_at,
        saved_by=row.saved_by,
        patient=row.patient,
        title=row.title,
        told=msgspec.json.decode(row.told),
        case=msgspec.json.decode(row.content, type=Case),
        hash=row.hash,
        answer=_saved_answer(answer) if answer is not None else None,
    )


def _saved_answer(row: Row[Any]) -> SavedAnswer:
    return SavedAnswer(
        id=row.id,
        made_at=row.made_at,
        made_by=row.made_by,
        pack=msgspec.json.decode(row.pack, type=PackStamp),
        knowledge=row.knowledge,
        engine_version=row.engine_version,
        basis=msgspec.json.decode(row.basis),
        urgency=row.urgency,
        leading=row.leading,
        answer=zlib.decompress(row.answer),
        hash=row.hash,
    )


def case_line(row: Row[Any]) -> CaseLine:
    """A case in a list, from the row of the case joined with its latest version and answer."""
    return CaseLine(
        id=row.id,
        owner=row.owner,
        patient=row.patient,
        title=row.title,
        versions=row.latest,
        created_at=row.created_at,
        saved_at=row.saved_at,
        urgency=row.urgency or "",
        leading=row.leading or "",
    )


def saved_document(row: Row[Any]) -> SavedDocument:
    """A document from the columns ``SHOWN``."""
    return SavedDocument(**row._mapping)
