"""What a question names: conditions, drugs, treatments, tests, findings and clinicians, by any of their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from hickam.answers.words import SMALL, content, word_set, words
from hickam.model.pack import Pack, Test

LONGEST_NAME = 9
FEW = 2
"""A finding 'takes X' also names the drugs that make it so, when they are this few."""
FUZZY_LEAST = 6
FUZZY_SCORE = 86
WEAK = word_set("""
    pain leg legs calf cramp foot feet thigh muscle knee ankle toe hip back night day walk exercise rest test blood
    scan surgery drug tablet medicine pill doctor patient sign weak weakness cold swelling numb age sex old young
    attack care disease metabolic condition problem symptom treatment evidence trial
""")
"""Names that say too little to be what a question is about when they stand alone."""


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """Words start..end (of ``words(question)``) that name ``item`` ('drugs/statins')."""

    item: str
    start: int
    end: int
    name: str


class Names(msgspec.Struct, frozen=True):
    """All names of a pack: from a name's words joined by blanks to the items that bear it; and single known words.

    ``things``: conditions, drugs, treatments, tests, clinicians. ``signs``: findings, which may overlap with those.
    """

    things: dict[str, tuple[str, ...]]
    signs: dict[str, tuple[str, ...]]
    vocabulary: frozenset[str]

    def find(self, asked: list[str]) -> list[Named]:
        """Things first, then signs; within each the longest name from left to right."""
        return [*_longest(self.things, asked), *_longest(self.signs, asked)]

    def unknown(self, asked: Iterable[str]) -> list[str]:
        """Words of the question that occur nowhere in the pack."""
        return [w for w in asked if w not in self.vocabulary and not w[0].isdigit()]


def _longest(names: dict[str, tuple[str, ...]], asked: list[str]) -> list[Named]:
    found: list[Named] = []
    at = 0
    while at < len(asked):
        for length in range(min(LONGEST_NAME, len(asked) - at), 0, -1):
            name = " ".join(asked[at : at + length])
            items = names.get(name)
            if items and not (length == 1 and name in WEAK):
                found += [Named(item=item, start=at, end=at + length, name=name) for item in items]
                at += length
                break
        else:
            at += 1
    return found


def mend(names: Names, asked: list[str]) -> list[str]:
    """The question with misspelt names put right: 'claudicaton' is one letter from a word of the pack's names."""
    strange = [w for w in asked if len(w) >= FUZZY_LEAST and w.isalpha() and w not in names.vocabulary]
    if not strange:
        return asked
    from rapidfuzz import fuzz, process

    known = {w for name in names.things for w in name.split() if len(w) >= FUZZY_LEAST}
    put_right: dict[str, str] = {}
    for word in strange:
        best = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=FUZZY_SCORE)
        if best and best[0][0] == word[0]:
            put_right[word] = best[0]
    return [put_right.get(word, word) for word in asked]


def collect_names(pack: Pack, texts: Iterable[str], aliases: dict[str, tuple[str, ...]]) -> Names:
    """All names; ``texts`` are the claims, whose words count as known; ``aliases`` the pack's everyday words."""
    things: dict[str, list[str]] = {}
    signs: dict[str, list[str]] = {}
    pairs = [*_names(pack), *((item, word) for word, items in aliases.items() for item in items)]
    for item, name in pairs:
        key = " ".join(words(name))
        if len(key) > 1 and not all(word in SMALL for word in key.split()):
            entry = (signs if item.startswith("findings/") else things).setdefault(key, [])
            if item not in entry:
                entry.append(item)
    for word, items in aliases.items():
        things[" ".join(words(word))] = [item for item in items if not item.startswith("findings/")]
    known = {word for text in texts for word in words(text)}
    known |= {w for names in (things, signs) for name in names for w in name.split()}
    return Names(
        {name: tuple(items) for name, items in things.items() if items},
        {name: tuple(items) for name, items in signs.items()},
        frozenset(known),
    )


def _names(pack: Pack) -> Iterator[tuple[str, str]]:
    for c in pack.conditions.values():
        named = (c.name, c.lay_name, *c.synonyms, *c.mentions, c.id.replace("_", " "))
        yield from (("conditions/" + c.id, form) for name in named for form in _forms(name))
    for d in pack.drugs.values():
        named = (d.name, d.lay_name, *d.members, *d.brands, *d.class_words, d.id.replace("_", " "))
        yield from (("drugs/" + d.id, form) for name in named for form in _forms(name))
    for t in pack.treatments.values():
        named = (t.name, t.lay_name, t.id.replace("_", " "))
        yield from (("treatments/" + t.id, form) for name in named for form in (*_forms(name), *_parts(name)))
    for test in pack.tests.values():
        named = (test.name, test.lay_name, test.id.replace("_", " "), *_labels(pack, test))
        yield from (("tests/" + test.id, form) for name in named for form in _forms(name))
    for who in pack.clinicians.values():
        named = (who.name, who.lay_name, who.id.replace("_", " "))
        yield from (("clinicians/" + who.id, form) for name in named for form in _forms(name))
    of_factor: dict[str, list[str]] = {}
    for d in pack.drugs.values():
        for factor in d.factors:
            of_factor.setdefault(factor, []).append(d.id)
    for factor, drugs in of_factor.items():
        finding = pack.findings.get(factor)
        if finding is not None and len(drugs) <= FEW and factor.startswith("takes_"):
            named = (finding.name, finding.lay_name, *finding.synonyms, *finding.phrases)
            yield from (("drugs/" + drug, form) for drug in drugs for name in named for form in _forms(name))
    for f in pack.findings.values():
        yield from (("findings/" + f.id, form) for name in (f.name, f.lay_name) for form in _forms(name))
        yield from (("findings/" + f.id, name) for name in f.synonyms if "..." not in name)
        yield from (("findings/" + f.id, name) for name in f.phrases if len(content(name)) > 1 and "..." not in name)


def _labels(pack: Pack, test: Test) -> list[str]:
    """'ABI', 'CK': labels of the measurements that a test gives."""
    found = [pack.findings[name].measurement for name in test.answers if name in pack.findings]
    return [label for name in found if name in pack.measurements for label in pack.measurements[name].labels]


def _parts(name: str) -> list[str]:
    """'Diltiazem or verapamil for cramps' is also called by either part."""
    plain = re.sub(r"\s*\([^)]*\)| for .*", "", name)
    return [part for part in re.split(r" or |, | and ", plain) if part != plain and len(part) > 4]


def _forms(name: str) -> Iterator[str]:
    """'Creatine kinase (CK)' -> as it is, without and only the parenthesis."""
    yield name
    plain = re.sub(r"\s*\([^)]*\)", "", name).strip()
    if plain and plain != name:
        yield plain
        yield from re.findall(r"\(([^)]*)\)", name)
