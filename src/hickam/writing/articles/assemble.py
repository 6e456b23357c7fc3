"""From the parts of an article to the whole: review state, numbered references, policy, disclaimer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import hickam
from hickam.knowledge.hashing import pack_hash
from hickam.knowledge.standing import standing
from hickam.model.condition import Statement
from hickam.model.pack import Pack
from hickam.model.review import Standing
from hickam.writing.articles.document import (
    Article,
    Line,
    Phrase,
    ReviewedPart,
    Section,
    Status,
    claims_of_section,
    lines_of_section,
    listed,
    words,
)
from hickam.writing.citations import reference
from hickam.writing.language import N_

LEVEL_NAMES = {
    "emergency": N_("emergency"),
    "same_day": N_("same day"),
    "soon": N_("soon"),
    "routine": N_("routine"),
    "self_care": N_("self-care"),
}
LINE_NAMES = {
    "first": N_("first line"),
    "second": N_("second line"),
    "specialist": N_("specialist line"),
    "avoid": N_("avoid"),
}


def assemble(
    pack: Pack,
    *,
    kind: str,
    id: str,
    title: str,
    crumb: str = "",
    lead: Line | None = None,
    facts: Iterable[tuple[str, Line]] = (),
    sections: Iterable[Section] = (),
    items: Iterable[str] = (),
    sources: Iterable[str] = (),
) -> Article:
    """The article; ``items`` are what it rests on, ``sources`` those of the item that no line cites by itself."""
    body, facts = tuple(sections), tuple(facts)
    lines = [*([lead] if lead else []), *(line for _, line in facts)]
    lines += [line for section in body for line in lines_of_section(section)]
    keys = dict.fromkeys([key for line in lines for key in line.sources] + list(sources))
    claims = [line for section in body for line in claims_of_section(section)]
    manifest = pack.manifest
    return Article(
        kind=kind,
        id=id,
        title=title,
        crumb=crumb,
        lead=lead,
        facts=facts,
        sections=body,
        status=_status(pack, tuple(dict.fromkeys(items)), claims),
        references=tuple(reference(key, pack.sources[key]) for key in keys if key in pack.sources),
        feedback=manifest.feedback,
        editorial_policy=manifest.editorial_policy,
        disclaimer=manifest.disclaimer,
    )


def _status(pack: Pack, items: tuple[str, ...], claims: list[Line]) -> Status:
    """Approved when every item is, at its present content; under review when any has been begun."""
    found = [standing(pack, item) for item in items]
    reviewed = tuple(part for stands in found for part in _looked_at(stands))
    approved = sum(stands.state == "approved" for stands in found)
    begun = any(stands.state in ("approved", "under_review") for stands in found)
    state: Literal["submitted", "under_review", "approved"] = "under_review" if begun else "submitted"
    if items and approved == len(items):
        state = "approved"
    manifest = pack.manifest
    return Status(
        state=state,
        parts=len(items),
        approved=approved,
        reviewed=reviewed,
        hash=pack.hashes[items[0]] if len(items) == 1 else pack_hash({item: pack.hashes[item] for item in items}),
        updated=manifest.updated,
        claims=len(claims),
        sourced=sum(bool(line.sources) for line in claims),
        pack=manifest.id,
        pack_version=manifest.version,
        pack_hash=pack.hash,
        engine_version=hickam.__version__,
        drafted_by=manifest.drafted_by,
    )


def _looked_at(stands: Standing) -> tuple[ReviewedPart, ...]:
    """The approvals that count, or the last thing that a reviewer did."""
    own = stands.last if stands.last and stands.last.outcome != "submitted" else None
    records = stands.approvals or ((own,) if own and own.outcome != "approved" else ())
    return tuple(
        ReviewedPart(
            item=r.item,
            outcome=r.outcome,  # type: ignore[arg-type]
            reviewer=r.by,
            on=r.on,
            comment=r.comment,
            role=r.role,
            next_review=r.next_review,
        )
        for r in records
    )


def statements(items: Iterable[Statement]) -> list[Line]:
    """Claims as lines."""
    return [words(item.text, sources=item.sources) for item in items]


def part(pack: Pack, name: str, title: str, id: str = "") -> Section | None:
    """A section from one of the pack's article texts; None when the pack has none of it."""
    return listed(id or name, title, statements(pack.manifest.articles.get(name, ())))


def link(pack: Pack, folder: str, id: str, text: str = "") -> Phrase:
    """The item by name, leading to its page; the id alone where the pack lacks it."""
    item = getattr(pack, folder).get(id)
    if item is None:
        return Phrase(text or id.replace("_", " "))
    return Phrase(text or item.name, "plain", f"{folder}/{id}")


def capital(text: str) -> str:
    """With a capital first letter."""
    return f"{text[:1].upper()}{text[1:]}"


def sentence(text: str) -> str:
    """Ending in a full stop."""
    return text if not text or text.rstrip()[-1] in ".!?:;" else f"{text.rstrip()}."
