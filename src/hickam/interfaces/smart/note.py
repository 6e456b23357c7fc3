"""The record of a visit read as a case, and the clinician's note as a DocumentReference for that record."""

from __future__ import annotations

import base64
import datetime
import json
import time
from typing import Any

import hickam
from hickam.interfaces.cds.definitions import PATIENT, PREFETCH
from hickam.interfaces.cds.records import SECONDS, entries_of, read_from
from hickam.interfaces.fhir.resources import Json, coded, stamp_extensions
from hickam.interfaces.fhir.systems import LOINC
from hickam.interfaces.outward import post_json
from hickam.interfaces.smart.launch import BEGIN_ANEW, Visit
from hickam.interfaces.smart.servers import WRITTEN, refused
from hickam.model.pack import Pack
from hickam.services.assess import stamp
from hickam.writing.words import stamp_state

PROGRESS_NOTE = ("11506-3", "Progress note")


def read_record(visit: Visit) -> tuple[Json, list[str]]:
    """(Bundle of the patient, parts that could not be read). Raises HickamError when the patient cannot be read."""
    entries: list[dict[str, Any]] = []
    unread = []
    until = time.monotonic() + SECONDS
    for key, template in PREFETCH.items():
        try:
            found = read_from(visit.server.base, visit.access_token, template, visit.patient, until)
        except OSError:
            unread.append(template.split("?", maxsplit=1)[0].split("/", maxsplit=1)[0])
            if key == PATIENT:
                raise refused(
                    "the record system does not let the patient be read", "see which scopes it grants"
                ) from None
        else:
            if key == PATIENT and found.get("id") != visit.patient:
                raise refused("the record system gave another patient than it named", BEGIN_ANEW)
            entries += entries_of(found)
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}, unread


def document_reference(pack: Pack, visit: Visit, note: str, document: Json | None, written: datetime.datetime) -> Json:
    """The note as it was confirmed, preliminary; ``document``: the Bundle it rests on, as a second content."""
    made_from = stamp(pack)
    contents = [_content("text/markdown; charset=utf-8", note.encode(), "Note")]
    if document is not None:
        contents.append(_content("application/fhir+json", json.dumps(document).encode(), "Structured answer"))
    return {
        "resourceType": WRITTEN,
        "extension": stamp_extensions(made_from),
        "status": "current",
        "docStatus": "preliminary",
        "type": coded(LOINC, *PROGRESS_NOTE),
        "subject": {"reference": f"Patient/{visit.patient}"},
        "date": written.isoformat(timespec="seconds"),
        "author": [
            *([{"reference": visit.person}] if visit.person else []),
            {"display": f"Hickam decision support {hickam.__version__}, confirmed by the user of this session"},
        ],
        "description": f"Leg complaint: note with decision support; pack {made_from.id} {made_from.version}, "
        f"{stamp_state(made_from)}. {pack.manifest.disclaimer}",
        "content": contents,
    }


def write_note(visit: Visit, resource: Json) -> str:
    """Add the document to the record; its id there. Raises HickamError."""
    if not visit.may_write(WRITTEN):
        raise refused("the record system did not allow documents to be added", "copy the note by hand")
    headers = {
        "authorization": f"Bearer {visit.access_token}",
        "content-type": "application/fhir+json",
        "prefer": "return=representation",
    }
    try:
        added = post_json(f"{visit.server.base}/{WRITTEN}", resource, headers)
    except OSError:
        raise refused("the record system did not take the document", "copy the note by hand") from None
    id = added.get("id")
    return id if isinstance(id, str) else ""


def _content(kind: str, data: bytes, title: str) -> Json:
    return {"attachment": {"contentType": kind, "data": base64.b64encode(data).decode(), "title": title}}
