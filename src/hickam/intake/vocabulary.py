"""The words of a pack, compiled once: what each phrase means, as plain data that can be stored.

``build_vocabulary(pack)`` is slow enough (tens of milliseconds) to be worth keeping; ``encode`` and ``decode`` turn
the result into bytes and back.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from hickam.intake.matching import Trie, add_phrase, trie_stems
from hickam.intake.words import phrase_stems, stem, stem_set
from hickam.model.case import ADULT
from hickam.model.condition import Condition
from hickam.model.finding import Finding, Measurement
from hickam.model.pack import Pack

EntryKind = Literal[
    "finding", "absent", "value", "condition", "mention", "measurement", "drug", "class", "complaint", "body"
]

LIMB = stem_set("""
    leg calf foot toe thigh knee ankle shin limb pulse hip buttock reflex pedal heel big one side unilateral pitting
""")

OFF_RANGE = stem_set("low high raised elevated reduced level levels blood serum severe mild in the")
WORDLIKE = frozenset(
    [
        "PAD",
        "ALL",
        "HIT",
        "ALS",
        "AIDS",
        "ACT",
        "FIT",
        "AS",
        "MS",
        "PE",
        "AM",
        "IT",
        "IS",
        "US",
        "HE",
        "LA",
        "PAN",
        "NO",
        "SO",
        "CAD",
        "MAP",
        "CAT",
        "SAD",
        "AN",
        "AND",
        "ON",
        "IN",
    ]
)
"""Abbreviations that are also words, so only capitals count."""


COMBINED = " + "
"""Stands between the classes in the phrase of a combination."""


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """What one phrase stands for. ``exact`` is set when the letters must be capitals, as in MS."""

    kind: EntryKind
    id: str
    value: str = ""
    phrase: str = ""
    exact: bool = False
    order: int = 0


class FindingWords(msgspec.Struct, frozen=True):
    """What intake needs to know of a finding."""

    name: str
    lay_name: str
    about: str
    type: str
    kind: str
    measurement: str
    values: tuple[str, ...]
    ranges: tuple[tuple[str, int, float | None], ...]
    thresholds: tuple[tuple[str, float | None, float | None, float | None, float | None, tuple[float, float], str], ...]
    implies: tuple[str, ...]
    implies_absent: tuple[str, ...]
    limb: bool
    of_children: bool
    only_sex: str = "any"


class ConditionWords(msgspec.Struct, frozen=True):
    """What intake needs to know of a condition."""

    name: str
    cause_only: bool
    category: str
    chronic: bool


class DrugWords(msgspec.Struct, frozen=True):
    """What intake needs to know of a drug."""

    name: str
    factors: tuple[str, ...]


class Combination(msgspec.Struct, frozen=True, array_like=True):
    """Word classes, by number, that together stand for an entry."""

    entry: int
    classes: tuple[int, ...]


class Vocabulary(msgspec.Struct, frozen=True):
    """Everything intake needs from a pack. ``stems`` are all stems of its wordings; ``spellings`` the whole words a
    misspelt word may stand for, ``initials`` the same by first letter; ``class_trie`` finds the words of the classes
    that ``combinations`` are made of."""

    pack: str
    mention_half_words: float
    trie: Trie
    entries: tuple[Entry, ...]
    findings: dict[str, FindingWords]
    conditions: dict[str, ConditionWords]
    drugs: dict[str, DrugWords]
    measurements: dict[str, Measurement]
    stems: frozenset[str] = frozenset()
    spellings: frozenset[str] = frozenset()
    initials: dict[str, tuple[str, ...]] = {}
    class_trie: Trie = {}
    combinations: tuple[Combination, ...] = ()


def encode(vocabulary: Vocabulary) -> bytes:
    """As MessagePack."""
    return msgspec.msgpack.encode(vocabulary)


def decode(data: bytes) -> Vocabulary:
    """From ``encode``; raises msgspec.ValidationError on foreign data."""
    running = gc.isenabled()
    gc.disable()  # a hundred thousand small dictionaries and no garbage: collecting meanwhile trebles the time
    try:
        return msgspec.msgpack.decode(data, type=Vocabulary)
    finally:
        if running:
            gc.enable()


class _Builder:
    """Collects entries; the same phrase for the same thing is kept once."""

    def __init__(self) -> None:
        self.trie: Trie = {}
        self.entries: list[Entry] = []
        self.seen: set[tuple[str, str, str, str]] = set()
        self.taken: dict[str, str] = {}
        self.combinations: list[Combination] = []

    def combine(self, f: Finding, classes: dict[str, int]) -> None:
        """Enter a finding's combinations of word classes."""
        kinds: tuple[tuple[EntryKind, tuple[tuple[str, ...], ...]], ...] = (
            ("finding", f.together),
            ("absent", f.together_absent),
        )
        for kind, combinations in kinds:
            for names in combinations:
                self.combinations.append(Combination(len(self.entries), tuple(classes[n] for n in names)))
                self.entries.append(Entry(kind, f.id, phrase=COMBINED.join(names), order=len(self.entries)))

    def add(self, kind: EntryKind, id: str, phrases: Iterable[str], value: str = "", *, weak: bool = False) -> None:
        """Enter phrases. ``weak`` phrases give way where something else already has the wording."""
        for phrase in phrases:
            stems = trie_stems(phrase_stems(phrase))
            key = " ".join(stems)
            if not stems or (kind, id, value, key) in self.seen or (weak and key in self.taken):
                continue
            self.seen.add((kind, id, value, key))
            self.taken.setdefault(key, id)
            letters = phrase.strip()
            exact = letters.isupper() and letters.isalpha() and (len(letters) <= 2 or letters in WORDLIKE)
            add_phrase(self.trie, stems, len(self.entries))
            self.entries.append(Entry(kind, id, value, phrase, exact, len(self.entries)))


def build_vocabulary(pack: Pack) -> Vocabulary:
    """The vocabulary of a pack. Order decides who keeps a wording: findings, then conditions, then the rest."""
    b = _Builder()
    for f in pack.findings.values():
        _add_finding(b, f)
    for f in pack.findings.values():  # names often read like phrases, but never oust another finding's phrase
        if f.type == "yes_no":
            b.add("finding", f.id, (f.name, f.lay_name), weak=True)
        for v in f.values:
            b.add("value", f.id, (v.name, v.lay_name), v.id, weak=True)
    class_trie: Trie = {}
    classes = {name: number for number, name in enumerate(pack.manifest.word_classes)}
    for name, wordings in pack.manifest.word_classes.items():
        for wording in wordings:
            add_phrase(class_trie, trie_stems(phrase_stems(wording)), classes[name])
    for f in pack.findings.values():
        b.combine(f, classes)
    labels = frozenset(" ".join(phrase_stems(n)) for m in pack.measurements.values() for n in (*m.labels, m.name))
    for c in pack.conditions.values():
        _add_condition(b, c, labels)
    for d in pack.drugs.values():
        b.add("drug", d.id, (*d.members, *d.brands))
        b.add("class", d.id, (*d.class_words, d.name, d.lay_name, d.drug_class), weak=True)
    for m in pack.measurements.values():
        b.add("measurement", m.id, (*m.labels, m.name))
    b.add("complaint", "complaint", pack.manifest.complaint_phrases)
    spellings = _spellings(b)
    b.add("body", "body", pack.manifest.body_part_phrases)
    return Vocabulary(
        pack=f"{pack.manifest.id} {pack.manifest.version}",
        mention_half_words=pack.manifest.mention_half_words,
        trie=b.trie,
        entries=tuple(b.entries),
        findings={f.id: _finding_words(f) for f in pack.findings.values()},
        conditions={
            c.id: ConditionWords(
                c.name, c.cause_only, c.category, c.prior is not None and c.prior.measure == "prevalence"
            )
            for c in pack.conditions.values()
        },
        drugs={d.id: DrugWords(d.name, d.factors) for d in pack.drugs.values()},
        measurements=dict(pack.measurements),
        stems=frozenset(s for e in b.entries for s in phrase_stems(e.phrase)),
        spellings=frozenset(spellings),
        initials={c: tuple(w for w in spellings if w[0] == c) for c in {w[0] for w in spellings}},
        class_trie=class_trie,
        combinations=tuple(b.combinations),
    )


OFTEN_MISSPELT = """
    swollen swelling calves ankles muscles muscular painful numbness tingling varicose restless pregnant pregnancy
    diabetic diabetes thyroid potassium magnesium calcium exercise exercising walking stretching stretch burning
    cramping cramps spasms twitching medication tablets cholesterol hypertension arthritis sciatica thrombosis
    excruciating agonising unbearable temperature breathless stiffness tightness weakness tenderness bruising
    circulation operation injured fractured smoking smoker alcohol drinker dialysis cirrhosis chemotherapy neuropathy
    especially immediately occasionally gradually suddenly constantly haemorrhage claudication oedema
"""


def _spellings(b: _Builder) -> list[str]:
    """Words worth recognising when misspelt: single-word wordings of findings, conditions and drugs, and words often
    met."""
    out = set(OFTEN_MISSPELT.split())
    for e in b.entries:
        word = e.phrase.strip().lower()
        if e.kind in ("finding", "value", "condition", "mention", "drug", "class") and word.isalpha() and len(word) > 5:
            out.add(word)
    return sorted(out)


def _add_finding(b: _Builder, f: Finding) -> None:
    b.add("absent", f.id, f.absent_phrases)
    if f.type == "yes_no":
        b.add("finding", f.id, (*f.synonyms, *f.phrases))
    for v in f.values:
        b.add("value", f.id, (*v.synonyms, *v.phrases), v.id)


def _value_in_words(phrase: str, labels: frozenset[str]) -> bool:
    """'low potassium', 'calcium low': a laboratory value, not a diagnosis the patient is known to have."""
    stems = phrase_stems(phrase)
    return (
        len(stems) > 1
        and any(s in OFF_RANGE for s in stems)
        and " ".join(s for s in stems if s not in OFF_RANGE) in labels
    )


def _add_condition(b: _Builder, c: Condition, labels: frozenset[str]) -> None:
    """Mentions always; the names only of conditions that are a diagnosis rather than a description of cramps."""
    b.add("mention", c.id, (m for m in c.mentions if not _value_in_words(m, labels)))
    if not c.cause_only and c.exposure is None:
        b.add(
            "condition",
            c.id,
            (n for n in (c.name, c.lay_name, *c.synonyms) if not _value_in_words(n, labels)),
            weak=True,
        )


def _finding_words(f: Finding) -> FindingWords:
    return FindingWords(
        name=f.name,
        lay_name=f.lay_name,
        about=f.about,
        type=f.type,
        kind=f.kind,
        measurement=f.measurement,
        values=tuple(v.id for v in f.values),
        ranges=tuple((r.id, r.level, r.below) for r in f.ranges),
        thresholds=tuple(
            (t.measurement, t.present_at_least, t.present_at_most, t.absent_below, t.absent_above, t.age, t.sex)
            for t in f.thresholds
        ),
        implies=f.implies,
        implies_absent=f.implies_absent,
        limb=f.about == "episode" or not LIMB.isdisjoint(phrase_stems(f"{f.name} {f.lay_name}")),
        of_children=f.only_age[1] < ADULT,
        only_sex=f.only_sex,
    )


def names(
    vocabulary: Vocabulary, kinds: Iterable[str] = ("finding", "value", "condition", "mention", "drug")
) -> dict[str, str]:
    """Every wording with the id it stands for, for suggestions."""
    wanted = set(kinds)
    return {e.phrase: e.id for e in vocabulary.entries if e.kind in wanted}


def lookup(vocabulary: Vocabulary, name: str, kinds: Iterable[str]) -> list[Entry]:
    """The entries whose phrase is exactly this wording (after stemming)."""
    node: Any = vocabulary.trie
    for s in trie_stems(phrase_stems(name)) or [stem(name)]:
        node = node.get(s) if isinstance(node, dict) else None
        if node is None:
            return []
    wanted = set(kinds)
    return [vocabulary.entries[i] for i in node.get("", []) if vocabulary.entries[i].kind in wanted]


__all__ = [
    "ConditionWords",
    "DrugWords",
    "Entry",
    "FindingWords",
    "Vocabulary",
    "build_vocabulary",
    "decode",
    "encode",
    "lookup",
    "names",
]
