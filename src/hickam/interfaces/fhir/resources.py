"""Small builders of FHIR JSON: references, codes, extensions, ids that the same input gives again."""

from __future__ import annotations

import html
import uuid
from collections.abc import Iterable
from typing import Any

import hickam
from hickam.interfaces.fhir.systems import ICD10CM, LOINC, OWN, TERMINOLOGY, extension_url, own
from hickam.model.assessment import PackStamp
from hickam.model.case import Span
from hickam.model.pack import Pack

Json = dict[str, Any]
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, OWN)
SYSTEM_OF = {"icd10cm": ICD10CM, "loinc": LOINC}
CODES_SHOWN = ("icd10cm", "loinc")


def stable_id(*parts: str) -> str:
    """A UUID that depends on these words only.

    >>> stable_id("a", "b") == stable_id("a", "b"), stable_id("a", "b") == stable_id("ab")
    (True, False)
    """
    return str(uuid.uuid5(NAMESPACE, "\x1f".join(parts)))


class Document:
    """Resources of one bundle, each under a stable URN, and references between them."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.entries: list[Json] = []

    def add(self, name: str, resource: Json) -> Json:
        """Put a resource in the bundle under ``name``; returns the reference to it."""
        id = stable_id(self.seed, name)
        self.entries.append({"fullUrl": f"urn:uuid:{id}", "resource": {**_head(resource, id)}})
        return {"reference": f"urn:uuid:{id}"}

    def reference(self, name: str) -> Json:
        """A reference to a resource of this name, added already or later."""
        return {"reference": f"urn:uuid:{stable_id(self.seed, name)}"}


def _head(resource: Json, id: str) -> Json:
    return {
        "resourceType": resource["resourceType"],
        "id": id,
        **{k: v for k, v in resource.items() if v not in ([], "", None)},
    }


def concept(pack: Pack, folder: str, id: str, name: str, codes: dict[str, tuple[str, ...]] | None = None) -> Json:
    """Our code and name, then the public codes."""
    public = [
        {"system": SYSTEM_OF[system], "code": code}
        for system in CODES_SHOWN
        for code in (codes or {}).get(system, ())[:1]
    ]
    return {
        "coding": [{"system": own(pack.manifest.id, folder), "code": id, "display": name}, *public],
        "text": name,
    }


def coded(system: str, code: str, display: str = "") -> Json:
    """A concept with one code."""
    return {"coding": [{"system": system, "code": code, **({"display": display} if display else {})}]}


def text_only(text: str) -> Json:
    """A concept in words."""
    return {"text": text}


def extend(name: str, **value: Any) -> Json:
    """One of our extensions: extend("how", valueCode="drug")."""
    return {"url": extension_url(name), **value}


def span_extension(name: str, span: Span) -> Json:
    """The words of the story something came from."""
    return {
        "url": extension_url(name),
        "extension": [
            {"url": "text", "valueString": span.text},
            {"url": "start", "valueInteger": span.start},
            {"url": "end", "valueInteger": span.end},
        ],
    }


def stamp_extensions(made_from: PackStamp) -> list[Json]:
    """Which knowledge and engine made a resource that has no place of its own for them."""
    return [
        extend("engine-version", valueString=hickam.__version__),
        extend("pack-hash", valueString=made_from.hash),
        extend("review-state", valueCode=made_from.review_state.replace("_", "-")),
    ]


def ai_label(pack: Pack) -> list[Json]:
    """The security label for content that an artificial intelligence drafted; none when people did. It stays after a
    review, as the pack's own mark does (docs/decisions/0029-who-drafted-it-is-a-label.md)."""
    if pack.manifest.drafted_by != "AI":
        return []
    label = {"code": "AIAST", "display": "Artificial Intelligence asserted"}
    return [{"system": f"{TERMINOLOGY}v3-ObservationValue", **label}]


def labelled(pack: Pack, resource: Json) -> Json:
    """A resource of knowledge with that label."""
    label = ai_label(pack)
    return {"resourceType": resource["resourceType"], "meta": {"security": label}, **resource} if label else resource


def narrative(lines: Iterable[str]) -> Json:
    """Human-readable text of a resource or section."""
    return marked_up("".join(f"<p>{escaped(line)}</p>" for line in lines if line.strip()))


def marked_up(xhtml: str) -> Json:
    """XHTML as the text of a resource or section."""
    body = xhtml.strip() or "<p>Nothing recorded.</p>"
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{body}</div>'}


def escaped(text: str) -> str:
    """Text for XHTML: marked-up characters escaped, control characters (not allowed in XML) dropped."""
    return html.escape("".join(c for c in text if c >= " " or c in "\n\t"), quote=False)
