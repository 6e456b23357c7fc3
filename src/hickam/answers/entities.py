"""What a question names: conditions, drugs, treatments, tests, findings and clinicians, by any of their names.

A whole name is ``Named``. Words that are only part of a name ('Buerger', 'B12 neuropathy' for the neuropathy of vitamin
B12 deficiency) hint at the items that bear it, the more the rarer they are and the more of the name they make.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from hickam.answers.words import IDLE, SMALL, WORD, content, root, spelt, word_set, words
from hickam.model.pack import Pack, Test

LONGEST_NAME = 9
FEW = 2
"""A finding 'takes X' also names the drugs that make it so, when they are this few."""
FUZZY_LEAST, CUT_LEAST, INITIALS_LEAST = 6, 4, 3
"""Letters of a misspelt name, of one cut short ('atorva') and of initials."""
FUZZY_SCORE = 85
TELLING = 9
"""Letters from which a word that one thing alone bears names it ('piriformis'), eponyms ('Buerger') apart."""
HINTS = 8
"""Items that parts of names may hint at."""
RARE = 2.5
"""Least ln(items / items with the word) of a word that hints at what bears it."""
WEAK = word_set("""
    pain leg legs calf cramp foot feet thigh muscle knee ankle toe hip back night day walk exercise rest test blood
    scan surgery drug tablet medicine pill doctor patient sign weak weakness cold swelling numb age sex old young
    attack care disease metabolic condition problem symptom treatment evidence trial abdominal widespread habitually
    breathlessness intermittent persistent undiagnosed adolescent deprivation relaxant rehydration supervised cessation
    deterrent menopause tuberculosis inclusion tooth
""")
"""Names that say too little to be what a question is about when they stand alone."""


DISCOVERER = re.compile(r"\b([A-Z][a-zäöüé]{3,})(?:'s)? (?:sign|test|phenomenon)\b")
TOLD = ("history", "risk_factor", "symptom")
"""Kinds of finding that a patient tells; the others are seen or measured."""


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """Words start..end (of ``words(question)``) that name ``item`` ('drugs/statins')."""

    item: str
    start: int
    end: int
    name: str


class Names(msgspec.Struct, frozen=True):
    """All names of a pack: from a name's words joined by blanks to the items that bear it; and single known words.

    ``things``: conditions, drugs, treatments, tests, clinicians. ``signs``: findings, which may overlap with those.
    ``initials``: 'gtps' to the name that only one item bears. ``own``: findings of the complaint itself or of an
    examination or test, which other complaints do not share as they share a headache. ``examined``: the latter alone,
    and signs with a discoverer's name.
    """

    things: dict[str, tuple[str, ...]]
    signs: dict[str, tuple[str, ...]]
    vocabulary: frozenset[str]
    initials: dict[str, str] = {}
    own: frozenset[str] = frozenset()
    examined: frozenset[str] = frozenset()

    def find(self, asked: list[str]) -> list[Named]:
        """Things first, then signs; within each the longest name from left to right."""
        return [*_longest(self.things, asked), *_longest(self.signs, asked)]

    def unknown(self, asked: Iterable[str]) -> list[str]:
        """Words of the question that occur nowhere in the pack, in no form."""
        return [w for w in asked if not {w, root(w)} & self.vocabulary and not w[0].isdigit()]


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


def _right(word: str, names: Names, known: set[str]) -> str:
    """What a strange word stands for; '' when nothing of the pack is near."""
    if word in names.initials:
        return names.initials[word]
    longer = [w for w in known if w.startswith(word)] if len(word) >= CUT_LEAST else []
    if len(longer) == 1:
        return longer[0]
    if len(word) < FUZZY_LEAST:
        return ""
    from rapidfuzz import fuzz, process

    best = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=FUZZY_SCORE)
    return best[0] if best and best[0][0] == word[0] else ""


class Parts:
    """Words of names: what a strange word of a question stands for, and which items its words hint at."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._long = {w for name in names.things for w in name.split() if len(w) >= FUZZY_LEAST}
        forms = [(name, items) for table in (names.things, names.signs) for name, items in table.items()]
        of_word: dict[str, set[str]] = {}
        for name, items in forms:
            for word in _roots(name):
                of_word.setdefault(word, set()).update(items)
        count = len({item for _, items in forms for item in items})
        self._worth = {word: math.log(count / len(items)) for word, items in of_word.items()}
        self._forms: dict[str, list[tuple[frozenset[str], float, tuple[str, ...]]]] = {}
        for name, items in forms:
            said = _roots(name)
            whole = sum(self._worth[word] for word in said)
            for word in said:
                if self._worth[word] > RARE:
                    self._forms.setdefault(word, []).append((said, whole, items))

    def mended(self, text: str) -> str:
        """The text with strange words put right: names misspelt ('claudicaton'), cut short, or given by initials."""

        def right(match: re.Match[str]) -> str:
            word = spelt(match.group(0).lower())
            if match.group(0).isupper() and word in self._names.initials:
                return self._names.initials[word]
            if not word.isalpha() or word in self._names.vocabulary or word in IDLE:
                return match.group(0)
            return _right(word, self._names, self._long) or match.group(0)

        return re.sub(WORD.pattern, right, text, flags=re.I)

    def hints(self, asked: Iterable[str]) -> dict[str, float]:
        """Items and how strongly they are hinted at, up to 1; the strongest few."""
        said = frozenset(root(word) for word in asked if word not in IDLE)
        found: dict[str, float] = {}
        for word in said:
            for form, whole, items in self._forms.get(word, ()):
                held = sum(self._worth[w] for w in form & said)
                for item in items:
                    found[item] = max(found.get(item, 0.0), held * held / whole)
        best = max(found.values(), default=0.0)
        return {item: worth / best for item, worth in Counter(found).most_common(HINTS)}


def _roots(name: str) -> frozenset[str]:
    return frozenset(root(word) for word in name.split() if word not in IDLE)


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
    things |= _telling_words(pack, things)
    discovered = _signs_by_discoverer(pack)
    signs = {word: items for word, items in discovered.items() if word not in {**things, **signs}} | signs
    known = {word for text in texts for word in words(text)}
    known |= {w for names in (things, signs) for name in names for w in name.split()}
    known |= {root(word) for word in known}
    return Names(
        {name: tuple(items) for name, items in things.items() if items},
        {name: tuple(items) for name, items in signs.items()},
        frozenset(known),
        _initials(pairs, things),
        frozenset(f"findings/{f.id}" for f in pack.findings.values() if f.about == "episode" or f.kind not in TOLD),
        frozenset(
            f"findings/{f.id}" for f in pack.findings.values() if f.about != "episode" and f.kind not in TOLD
        ).union(*discovered.values()),
    )


def _telling_words(pack: Pack, things: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Single words that name one thing by themselves: eponyms, and long words that nothing else bears."""
    bearers: dict[str, set[str]] = {}
    for name, items in things.items():
        for word in name.split():
            bearers.setdefault(word, set()).update(items)
    found: dict[str, list[str]] = {}
    for folder in ("conditions", "tests"):
        for item in getattr(pack, folder).values():
            for match in re.finditer(r"[A-Za-zäöüé]+", item.name):
                word = spelt(match.group(0).lower())
                alone = len(bearers.get(word, ())) == 1 and word not in things and word not in IDLE | WEAK
                if alone and (len(word) >= TELLING or _eponym(match, item.name)):
                    found[word] = [f"{folder}/{item.id}"]
    return found


def _signs_by_discoverer(pack: Pack) -> dict[str, list[str]]:
    """'Trousseau', 'Lhermitte': a proper name that one sign alone bears."""
    bearers: dict[str, set[str]] = {}
    for finding in pack.findings.values():
        for name in (finding.name, *finding.synonyms):
            for match in DISCOVERER.finditer(name):
                bearers.setdefault(spelt(match.group(1).lower()), set()).add(f"findings/{finding.id}")
    return {word: list(items) for word, items in bearers.items() if len(items) == 1}


def _eponym(match: re.Match[str], name: str) -> bool:
    """'Buerger' in 'Thromboangiitis obliterans (Buerger disease)', 'Sever' in 'Sever disease'."""
    proper = match.group(0)[0].isupper() and match.group(0)[1:].islower()
    return proper and (match.start() > 0 or re.match(r"[\w-]+ (disease|syndrome)", name) is not None)


def _initials(pairs: Iterable[tuple[str, str]], things: Mapping[str, list[str]]) -> dict[str, str]:
    """Initials of names of several words, where one thing alone has them; they may leave out what follows 'of the'."""
    bearers: dict[str, dict[str, str]] = {}
    for item, name in pairs:
        for part in (name, *re.split(r" of the | or | and |\(", name)):
            said = [word for word in words(part) if word not in SMALL]
            if len(said) >= INITIALS_LEAST and not item.startswith("findings/"):
                bearers.setdefault("".join(w[0] for w in said), {}).setdefault(item, " ".join(words(name)))
    return {
        short: next(iter(items.values())) for short, items in bearers.items() if len(items) == 1 and short not in things
    }


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
