"""What the API answers beside an Assessment: a parsed story with suggestions, the pack and its lists."""

from __future__ import annotations

from typing import Any

import msgspec

from hickam.intake.leftover import suggest
from hickam.model.assessment import CaseOut, PackStamp, SpanOut
from hickam.model.case import Case
from hickam.model.pack import Pack
from hickam.services.assess import stamp
from hickam.services.described_case import describe_case
from hickam.services.knowledge import Knowledge
from hickam.services.pack_reports import stats

MOST_SPANS = 40


class Suggested(msgspec.Struct, frozen=True, kw_only=True):
    """Something in the pack whose words are like some that were not understood."""

    kind: str
    id: str
    name: str


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """Words that were not understood, and what they may have meant. Never counted unless a person says so."""

    span: SpanOut
    meant: tuple[Suggested, ...]


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a story, before any reasoning."""

    pack: PackStamp
    case: CaseOut
    suggestions: tuple[Suggestion, ...]


def parsed(knowledge: Knowledge, case: Case) -> Parsed:
    """The case shown back, with suggestions for the first words that were not understood."""
    shown = describe_case(knowledge.pack, case)
    suggestions = [
        Suggestion(span=span, meant=_meant(knowledge, span.text)) for span in shown.not_understood[:MOST_SPANS]
    ]
    return Parsed(pack=stamp(knowledge.pack), case=shown, suggestions=tuple(s for s in suggestions if s.meant))


def _meant(knowledge: Knowledge, words: str) -> tuple[Suggested, ...]:
    found = []
    for name in suggest(words, knowledge.vocabulary):
        for folder in ("findings", "conditions", "drugs"):
            item = getattr(knowledge.pack, folder).get(name)
            if item is not None:
                found.append(Suggested(kind=folder, id=name, name=item.name))
                break
    return tuple(found)


def pack_summary(pack: Pack) -> dict[str, Any]:
    """The pack: stamp, intended use and limits, counts, and its conditions by name."""
    manifest = pack.manifest
    return {
        **msgspec.to_builtins(stamp(pack)),
        "title": manifest.title,
        "complaint": manifest.complaint,
        "population": manifest.population,
        "settings": list(manifest.settings),
        "intended_use": manifest.intended_use,
        "not_for": list(manifest.not_for),
        "disclaimer": manifest.disclaimer,
        "editorial_policy": manifest.editorial_policy,
        "licence": manifest.licence,
        "statistics": stats(pack),
        "conditions": [
            {"id": c.id, "name": c.name, "lay_name": c.lay_name, "category": c.category}
            for c in sorted(pack.conditions.values(), key=lambda c: c.name.lower())
        ],
    }


def finding_list(pack: Pack) -> list[dict[str, Any]]:
    """Every finding with its questions and possible answers, for forms."""
    return [
        {
            "id": f.id,
            "name": f.name,
            "lay_name": f.lay_name,
            "kind": f.kind,
            "type": f.type,
            "question": f.question,
            "lay_question": f.lay_question,
            "values": [{"id": v.id, "name": v.name, "lay_name": v.lay_name or v.name} for v in f.values]
            + [{"id": r.id, "name": r.name, "lay_name": r.name} for r in f.ranges],
            "unit": pack.measurements[f.measurement].unit if f.measurement in pack.measurements else "",
        }
        for f in sorted(pack.findings.values(), key=lambda f: f.name.lower())
    ]
