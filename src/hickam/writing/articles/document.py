"""What an article is made of, whatever it is shown as: sections of blocks, blocks of lines, lines with their sources.

A line is one claim, one cell or one entry. It carries the keys of its sources; every form of the article numbers them
in order of first use. A link names an item of the pack (``conditions/gout``), and each form turns it into an address.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from hickam.model.assessment import Reference
from hickam.model.numbers import Basis, Provenance

Look = Literal["plain", "strong", "aside", "pill", "danger"]
"""``aside`` is said more quietly; ``pill`` and ``danger`` are short labels."""


class Phrase(msgspec.Struct, frozen=True):
    """Words within a line; ``link`` is the item they lead to, '' for none."""

    text: str
    look: Look = "plain"
    link: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One claim, entry or cell. ``basis``: of the number of the pack that it states; ``avoid``: what not to do."""

    parts: tuple[Phrase, ...]
    sources: tuple[str, ...] = ()
    basis: Basis | None = None
    avoid: bool = False

    @property
    def plain(self) -> str:
        """The words without looks, links and sources."""
        return "".join(part.text for part in self.parts)


class Paragraph(msgspec.Struct, frozen=True, tag="paragraph"):
    """A line by itself."""

    line: Line


class Bullets(msgspec.Struct, frozen=True, tag="bullets"):
    """A list of lines."""

    lines: tuple[Line, ...]


class Notice(msgspec.Struct, frozen=True, tag="notice"):
    """What must not be overlooked."""

    lines: tuple[Line, ...]


class Grid(msgspec.Struct, frozen=True, kw_only=True, tag="grid"):
    """A table; the first cell of a row names it. ``numbers``: columns set right, counted from 0."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    numbers: tuple[int, ...] = ()


class Matrix(msgspec.Struct, frozen=True, kw_only=True, tag="matrix"):
    """P(feature | condition) for several conditions side by side; a page draws it, other forms print a table.

    ``features``: (words, shares by condition name, keys of the sources behind the row).
    """

    title: str
    names: tuple[str, ...]
    features: tuple[tuple[str, dict[str, float], tuple[str, ...]], ...]
    note: str


Block = Paragraph | Bullets | Notice | Grid | Matrix


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A heading with what stands under it; ``id`` is its anchor."""

    id: str
    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()


class ReviewedPart(msgspec.Struct, frozen=True, kw_only=True):
    """One item that a person has looked at in its present form; ``outcome`` is theirs, not the item's state."""

    item: str
    outcome: Literal["under_review", "approved", "returned"]
    reviewer: str
    on: str
    comment: str
    role: str = ""
    next_review: str = ""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How far people have reviewed what an article is made of, and which knowledge it is.

    ``parts``: items the article rests on; ``reviewed``: those that somebody has looked at, by whom and when.
    ``claims``: sentences of the article; ``sourced``: those of them that name a source.
    """

    state: Literal["submitted", "under_review", "approved"]
    parts: int
    approved: int
    reviewed: tuple[ReviewedPart, ...]
    hash: str
    updated: str
    claims: int
    sourced: int
    pack: str
    pack_version: str
    pack_hash: str
    engine_version: str
    drafted_by: str = ""


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """A whole article; ``facts`` are short entries beside the title, ``crumb`` the list it belongs to."""

    schema: Literal["hickam.article/1"] = "hickam.article/1"
    kind: str
    id: str
    title: str
    crumb: str
    lead: Line | None
    facts: tuple[tuple[str, Line], ...]
    sections: tuple[Section, ...]
    status: Status
    references: tuple[Reference, ...]
    feedback: str
    editorial_policy: str
    disclaimer: str
    translation: str = ""
    """The review state of the translation that it is in; '' for English."""

    @property
    def numbers(self) -> dict[str, int]:
        """Source key -> its number in ``references``."""
        return {reference.key: place for place, reference in enumerate(self.references, 1)}


def words(*parts: str | Phrase, sources: tuple[str, ...] = (), basis: Basis | None = None, avoid: bool = False) -> Line:
    """A line from strings and phrases; empty ones are left out."""
    phrases = tuple(Phrase(part) if isinstance(part, str) else part for part in parts)
    return Line(parts=tuple(part for part in phrases if part.text), sources=sources, basis=basis, avoid=avoid)


def joined(phrases: list[Phrase]) -> list[Phrase]:
    """With commas between them."""
    return [part for phrase in phrases for part in (phrase, Phrase(", "))][:-1]


def basis_line(number: Provenance) -> Line:
    """Basis, source, place, population and argument of a number."""
    note = " ".join(f"{text.rstrip('.')}." for text in (number.locator, number.population, number.why) if text)
    return words(Phrase(note, "aside"), sources=(number.source,) if number.source else (), basis=number.basis)


def lines_of_block(block: Block) -> Iterator[Line]:
    """Every line of a block, in reading order."""
    match block:
        case Paragraph(line):
            yield line
        case Bullets(lines) | Notice(lines):
            yield from lines
        case Grid(rows=rows):
            for row in rows:
                yield from row
        case Matrix(features=features):
            for text, _, sources in features:
                yield words(text, sources=sources)


def lines_of_section(section: Section) -> Iterator[Line]:
    """Every line of a section and of those inside it, in reading order."""
    for block in section.blocks:
        yield from lines_of_block(block)
    for inner in section.sections:
        yield from lines_of_section(inner)


def claims_of_section(section: Section) -> Iterator[Line]:
    """The lines that assert something: list entries and notices with words of their own beside links."""
    for block in section.blocks:
        if isinstance(block, Bullets | Notice):
            yield from (line for line in lines_of_block(block) if _asserts(line))
    for inner in section.sections:
        yield from claims_of_section(inner)


def _asserts(line: Line) -> bool:
    return any(not part.link and len(part.text.split()) > 1 for part in line.parts)


def sections(*given: Section | None) -> tuple[Section, ...]:
    """Those that hold something."""
    return tuple(part for part in given if part is not None and (part.blocks or part.sections))


def listed(id: str, title: str, lines: tuple[Line, ...] | list[Line]) -> Section | None:
    """A section of one list; None without entries."""
    return Section(id=id, title=title, blocks=(Bullets(tuple(lines)),)) if lines else None
