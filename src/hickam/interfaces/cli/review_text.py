"""A reviewer's sheet and the effect of a change as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from hickam.model.pack import Pack
from hickam.services.editorial.desk import Found
from hickam.services.editorial.difference import plain
from hickam.services.editorial.effect import CaseChange, Effect
from hickam.services.editorial.sheet import Sheet
from hickam.services.editorial.versions import PackDifference
from hickam.writing.articles.status import standing_words
from hickam.writing.words import drafted_words, stamp_state

MOST_CASES = 40
OUTCOMES = {"submitted": "submitted", "under_review": "taken", "approved": "approved", "returned": "sent back"}


def sheet_text(pack: Pack, found: Found, sheet: Sheet) -> str:
    """Head, content, difference, sources, cases."""
    return "\n".join(_sheet(pack, found, sheet)) + "\n"


def _sheet(pack: Pack, found: Found, sheet: Sheet) -> Iterator[str]:
    yield f"{sheet.reference}{'  (proposed, not in the pack yet)' if found.proposed else ''}"
    drafted = drafted_words(pack.manifest.drafted_by)
    yield "; ".join(filter(None, (drafted, standing_words(sheet.standing))))
    if sheet.standing.needed > 1:
        yield "dangerous to get wrong: two different reviewers, neither of them its editor"
    if sheet.standing.editors:
        yield f"may not approve it: {', '.join(sheet.standing.editors)}"
    for record in sheet.history:
        comment = f": {record.comment}" if record.comment else ""
        this = "" if record.hash == sheet.hash else f" (content {record.hash[:12]})"
        yield f"  {record.on}  {OUTCOMES[record.outcome]} by {record.by}{this}{comment}"
    yield f"\nCONTENT\n{sheet.text.rstrip()}"
    if sheet.compared_with:
        yield f"\nCHANGED against {sheet.compared_with}: [-gone-]{{+come+}}"
        yield plain(list(sheet.difference)).rstrip("\n") or "  nothing"
    else:
        yield "\nCHANGED\n  no content of this item was ever approved: all of it is to be read"
    yield "\nSOURCES"
    for source in sheet.sources:
        yield f"  {source.key}: {source.citation} {source.url}{'' if source.opened else ' (nobody has opened it yet)'}"
    for key in sheet.missing_sources:
        yield f"  {key}: NOT in the bibliography"
    if not (sheet.sources or sheet.missing_sources):
        yield "  none"
    yield f"\nCASES that rest on it: {len(sheet.cases)}"
    for case in sheet.cases[:MOST_CASES]:
        miss = f"  UNEXPECTED: {'; '.join(case.problems)}" if case.problems and not case.known_miss else ""
        yield f"  {case.file} › {case.name}: {case.level or 'refused'}, {case.leading} {100 * case.chance:.0f} %{miss}"
    if len(sheet.cases) > MOST_CASES:
        yield f"  and {len(sheet.cases) - MOST_CASES} more (--format json has all)"
    if sheet.effect is not None:
        yield "\nEFFECT"
        yield from effect_lines(sheet.effect)


def effect_lines(found: Effect, most: int = MOST_CASES) -> Iterator[str]:
    """Which cases change and how, the dangerous ones first."""
    lowered = sum(change.lowered for change in found.changes)
    lost = sum(bool(change.new_problems) for change in found.changes)
    yield (
        f"  {len(found.changes)} of {found.cases} cases change; urgency falls in {lowered}, "
        f"an expectation is lost in {lost}"
    )
    for change in found.changes[:most]:
        yield f"  {change.file} › {change.name}"
        yield from (f"      {line}" for line in change_words(change))
    if len(found.changes) > most:
        yield f"  and {len(found.changes) - most} more"


def change_words(change: CaseChange) -> Iterator[str]:
    """Each difference of one case in words."""
    if change.level:
        yield f"urgency {change.level[0]} → {change.level[1]}{'  LOWER' if change.lowered else ''}"
    if change.leading:
        yield f"most likely {change.leading[0]} → {change.leading[1]}"
    for name, place, other in change.places:
        yield f"{name} (expected): place {place} → {other}"
    for name, was, now in change.tiers:
        yield f"{name}: {was.replace('_', ' ')} → {now.replace('_', ' ')}"
    yield from (f"no longer as expected: {problem}" for problem in change.new_problems)
    yield from (f"as expected now, was: {problem}" for problem in change.mended)


def pack_difference_text(found: PackDifference, *, words: bool) -> str:
    """Two versions of a pack: items, lost reviews, cases."""
    return "\n".join(_pack_difference(found, words)) + "\n"


def _pack_difference(found: PackDifference, words: bool) -> Iterator[str]:
    old, new = found.old, found.new
    yield f"{old.id} {old.version} ({old.hash[:12]}) → {new.id} {new.version} ({new.hash[:12]}), {stamp_state(new)}"
    if found.lost_mark:
        yield f"MARK LOST: the old pack says that it was {drafted_words(old.drafted_by)}"
    if found.lost_reviews:
        yield f"REVIEWS LOST: {found.lost_reviews} records of the old pack are not in the new one"
    for item in found.removed_dangers:
        yield f"DANGER REMOVED: {item}"
    yield from (f"added    {item}" for item in found.added)
    yield from (f"removed  {item}" for item in found.removed)
    for changed in found.changed:
        yield f"changed  {changed.item}  {changed.state.replace('_', ' ')}"
        if words:
            yield plain(list(changed.difference)).rstrip("\n")
    yield "\nEFFECT"
    yield from effect_lines(found.effect)
