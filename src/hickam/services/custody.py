"""Everything of one patient as one file: JSON for programs, the documents for people."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import msgspec

from hickam.store.backup import back_up, restore
from hickam.store.custody import Custody, Erased
from hickam.store.everything import Everything
from hickam.store.verify import Verified, verify
from hickam.writing.documents.signed import print_document

__all__ = ["Custody", "Erased", "Everything", "Verified", "as_zip", "back_up", "restore", "verify"]


def as_zip(everything: Everything) -> bytes:
    """patient.json with every version and answer as data, and documents/: Markdown, and the PDF of signed ones."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("patient.json", msgspec.json.format(msgspec.json.encode(_as_data(everything)), indent=2))
        for document in everything.documents:
            name = f"documents/{document.made_at[:10]}-{document.kind}-{document.state}-{document.id}"
            file.writestr(f"{name}.md", print_document(document, "markdown"))
            if document.id in everything.pages:
                file.writestr(f"{name}.pdf", everything.pages[document.id])
    return buffer.getvalue()


def _as_data(everything: Everything) -> dict[str, Any]:
    """As JSON: answers as the objects they are, pages left to the folder of documents."""
    versions = [
        {
            **{name: getattr(version, name) for name in version.__struct_fields__},
            "answer": version.answer
            and {
                **{name: getattr(version.answer, name) for name in version.answer.__struct_fields__},
                "answer": msgspec.Raw(version.answer.answer),
            },
        }
        for version in everything.versions
    ]
    trail = [{**row, "detail": msgspec.Raw(row["detail"].encode())} for row in everything.trail]
    return {
        "schema": everything.schema,
        "patient": everything.patient,
        "versions": versions,
        "documents": everything.documents,
        "feedback": everything.feedback,
        "trail": trail,
    }
