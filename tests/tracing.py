"""Trace a sentence of a document back: which findings, claims and fixed lines is it made of?

Nothing here uses the code that writes documents. A unit of text (a heading, a paragraph, an item, a cell) is traced when
it can be cut, from end to end, into known pieces: sentences and names that the assessment or the pack hold, words of the
case, numbers of the answer in words, and messages of the catalogue whose gaps are filled with known pieces.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from babel.messages.pofile import read_po
from markdown_it.token import Token

from hickam.model.assessment import Assessment
from hickam.model.case import Case
from hickam.model.finding import Finding
from hickam.model.pack import Pack
from hickam.writing.documents.to_html import tokens
from hickam.writing.words import decibans, interval, percent

CATALOGUE = Path("src/hickam/writing/locale/hickam.pot")
BETWEEN = re.compile(r"[\s;:,.()–☐/]+")
CITATION = re.compile(r"\[\d+(?:, \d+)*\]")
BLANK = re.compile(r"_{8,}")
HEAD = 6
"""Known pieces are looked up by their first letters."""


def units(markdown: str) -> Iterator[str]:
    """Every heading, paragraph, item and cell as plain words."""
    for token in tokens(markdown):
        if token.type == "inline":
            yield plain(token.children or [])


def plain(children: Iterable[Token]) -> str:
    """The words of inline Markdown."""
    return "".join(" " if c.type in ("softbreak", "hardbreak") else c.content for c in children)


@lru_cache(maxsize=1)
def messages() -> list[str]:
    """Messages of the catalogue, both numbers of each plural."""
    with CATALOGUE.open("rb") as file:
        found = [message.id for message in read_po(file) if message.id]
    return [text for item in found for text in ([item] if isinstance(item, str) else list(item))]


class Known:
    """Pieces of text that may be written, by their first letters."""

    def __init__(self, *others: Known) -> None:
        self.by_head: dict[str, set[str]] = defaultdict(set)
        self.others = others

    def add(self, texts: Iterable[str]) -> None:
        """Each text as it is and with a capital."""
        for text in texts:
            words = " ".join(text.split()).rstrip(".")
            if words:
                for form in (words, words[:1].upper() + words[1:]):
                    self.by_head[form[:HEAD]].add(form)

    def holds(self, text: str) -> bool:
        """The whole text is one known piece."""
        return text in self.by_head.get(text[:HEAD], ()) or any(other.holds(text) for other in self.others)

    def ends(self, text: str, start: int) -> set[int]:
        """Where a known piece that begins at ``start`` ends."""
        found = {end for other in self.others for end in other.ends(text, start)}
        for length in range(1, HEAD + 1):
            for piece in self.by_head.get(text[start : start + length], ()):
                if (len(piece) >= HEAD) == (length == HEAD) and text.startswith(piece, start):
                    found.add(start + len(piece))
        return {end for end in found if not _inside_word(text, end)}


class Tracer:
    """Traces units of one case's documents."""

    def __init__(self, fixed: Known, answer: Assessment, case: Case) -> None:
        self.known = Known(fixed)
        self.known.add(strings(msgspec.to_builtins(answer)))
        self.known.add(o.span.text for o in case.observations if o.span)
        self.known.add([case.text, *(m.name for m in case.medications), *(m.dose for m in case.medications)])
        self.known.add(numbers(answer, case))
        self.patterns: dict[str, list[list[str]]] = defaultdict(list)
        for text in messages():
            if "{" in text:
                literals = re.split(r"\{\w+\}", text)
                self.patterns[literals[0][:1]].append(literals)
        self.done: dict[str, bool] = {}

    def traced(self, unit: str) -> bool:
        """Whether the whole unit is made of known pieces."""
        text = " ".join(unit.split())
        if text not in self.done:
            self.done[text] = self.known.holds(text.rstrip(".")) or len(text) in self._reach(text, 0, {})
        return self.done[text]

    def _reach(self, text: str, start: int, memo: dict[int, set[int]]) -> set[int]:
        """Every position that known pieces can bring us to from ``start``, itself included."""
        if start in memo:
            return memo[start]
        memo[start] = found = {start}
        if start < len(text):
            for end in self._ends(text, start, memo):
                found |= self._reach(text, end, memo)
        return found

    def _ends(self, text: str, start: int, memo: dict[int, set[int]]) -> set[int]:
        whole = self.known.ends(text, start)
        ends = set(whole)
        for free in (CITATION, BLANK):
            if match := free.match(text, start):
                ends.add(match.end())
        if match := BETWEEN.match(text, start):
            ends |= set(range(start + 1, match.end() + 1))
        for pattern in self.patterns[""] if whole else ():  # the message begins with a gap: one known piece
            for place in (end for end in whole if text.startswith(pattern[1], end)):
                ends |= self._filled(text, place + len(pattern[1]), pattern[2:], memo)
        for pattern in self.patterns[text[start]]:
            if text.startswith(pattern[0], start):
                ends |= self._filled(text, start + len(pattern[0]), pattern[1:], memo)
        return ends

    def _filled(self, text: str, start: int, literals: list[str], memo: dict[int, set[int]]) -> set[int]:
        """Ends of a message whose gaps are known pieces."""
        places = {start}
        for literal in literals:
            places = {
                end + len(literal)
                for place in places
                for end in self._reach(text, place, memo)
                if text.startswith(literal, end)
            }
        return places


def fixed_texts(pack: Pack) -> Known:
    """Claims and names of the pack, and messages without gaps."""
    known = Known()
    for item in pack.conditions.values():
        known.add([item.name, item.lay_name, item.summary, item.follow_up, *item.patient_text])
        if item.tell_in_person:
            known.add([item.tell_in_person.lay_name, *item.tell_in_person.patient_text])
        known.add(r.when for r in item.referral)
        known.add(step for r in item.referral for step in r.before)
        known.add(look.difference for look in item.lookalikes)
        known.add(f"{system} {', '.join(values)}" for system, values in item.codes.items())
    for finding in pack.findings.values():
        known.add([finding.name, finding.lay_name, finding.question, finding.lay_question])
        known.add(stated_values(finding))
    known.add(m.name for m in pack.measurements.values())
    known.add(rule.lay_sentence for rule in pack.rules.values())
    for clinician in pack.clinicians.values():
        known.add([clinician.name, *(s.text for s in clinician.unsafe_when)])
    known.add(text for t in pack.treatments.values() for e in t.exercises for text in (e.name, e.shows, *e.steps))
    known.add(text for text in messages() if "{" not in text)
    known.add(["submitted, pending human review", "Hickam"])
    return known


def stated_values(finding: Finding) -> list[str]:
    """Names of the values and ranges, alone and in twos."""
    names = [value.name for value in finding.values] + [part.name for part in finding.ranges]
    return names + [value.lay_name for value in finding.values]


def numbers(answer: Assessment, case: Case) -> Iterator[str]:
    """Every number that a document may write, as it is written."""
    yield from (answer.pack.hash[:12], answer.as_of, _long_date(answer.as_of), f"{case.age:g}" if case.age else "")
    yield percent(answer.fit.unexplained)
    yield str(len(answer.urgency.not_asked))
    for c in answer.differential:
        yield from (interval(c.cause), percent(c.prior.value))
        yield from (str(round(100 * chance)) for chance in (c.cause.value, c.cause.low, c.cause.high))
        if c.present:
            yield percent(c.present.value)
        if c.danger:
            yield percent(c.danger.threshold)
        if c.baseline_decibans is not None:
            yield decibans(c.baseline_decibans)
        for part in c.contributions:
            yield from (decibans(part.decibans), f"{part.decibans:+.1f}")
        yield from (percent(r.present) for r in (*c.parents, *c.children))
    for o in case.observations:
        if o.value is not None:
            yield f"{o.value:.4g} {o.unit}".removesuffix(" ratio").strip()


def strings(value: Any) -> Iterator[str]:
    """Every text in nested data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)


def _long_date(iso: str) -> str:
    import datetime

    day = datetime.date.fromisoformat(iso)
    return f"{day.day} {day:%B} {day.year}"


def _inside_word(text: str, end: int) -> bool:
    return 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
