"""Names a recogniser garbles, and which of them to give it as hotwords for the second pass.

The pack's list (pack.yaml: hotwords) holds the commonest. A fixed list helps only the names one thought of, so names
of the pack that sound like something heard doubtfully go before it, anew for every few clips.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel

from hickam.intake.medicines import DRUGLIKE
from hickam.model.pack import Pack
from hickam.model.transcript import Word

DOUBTFUL = 0.7
"""Probability of a word below which it may be a garbled name."""
ALIKE = 0.62
"""Least similarity (1 − insertions and deletions over length) between words heard and a name, letters alone."""
VERY_ALIKE = 0.8
"""From here a doubtful word is offered as the name it resembles even when the second pass does not bring it."""
SPELT_OUT = 0.85
"""The same for several words: a name in pieces ('amla dipine'). Below are ordinary words ('anal tone', Thalitone)."""
BY_EAR, BY_EAR_NEAR = 0.82, 0.76
"""The same for a medicine's own name (no brand), letters and consonants weighed alike: 'a picks up in' for apixaban.
Beside 'take', 'tablet' or a dose less is enough. Chosen on an hour of spoken visits, where it offers nothing wrong."""
LONG_NAME = 7
"""Letters of a name that is known by ear; shorter ones sound like ordinary words."""
TAKES = re.compile(
    r"^(?:tak(?:e|es|ing)|took|on|tablets?|pills?|inhaler|prescribed|gave|given|started|medicines?|medication|stopped)$"
)
DOSED = re.compile(r"^(?:mg|milligrams?|micrograms?|grams?|units|puffs?|twice|once|daily|three|tablets?|\d.*)$")
MOST_ALIKE = 12
"""Names by resemblance; with the pack's list they must fit the recogniser's 223 tokens, at four to seven a name."""
LONGEST_NAME, SHORTEST = 3, 5
"""Words of a name; letters of a name. Shorter ones resemble everything."""
SOUNDS = (("ph", "f"), ("ck", "k"), ("qu", "kw"), ("x", "ks"), ("c", "k"), ("y", "i"), ("z", "s"), ("th", "t"))


FRAME = str.maketrans("bdgvzj", "ptkfsk", "aeiouwh")


class Names:
    """Every name of the pack that may be garbled: medicines, brands, measurements, conditions."""

    def __init__(self, pack: Pack) -> None:
        drugs = [name for drug in pack.drugs.values() for name in (*drug.members, *drug.brands)]
        tests = [name for m in pack.measurements.values() for name in (m.name, *m.labels)]
        conditions = [name for c in pack.conditions.values() for name in (c.name, *c.synonyms)]
        self.core = pack.manifest.hotwords
        self.names = sorted({name for name in (*drugs, *tests, *conditions, *self.core) if _fit(name)}, key=str.lower)
        self.drugs = frozenset(plain(name) for name in drugs if len(name.split()) == 1)
        single = {plain(name) for name in self.names if len(name.split()) == 1}
        parts = {plain(w) for name in self.names for w in name.split() if len(w) > SHORTEST}
        self.words = frozenset(single | parts | {plain(name) for name in self.core if len(name.split()) == 1})
        self._sounds = [sound(name) for name in self.names]
        self._known = frozenset(self._sounds)
        own = {name for drug in pack.drugs.values() for name in drug.members if len(name.split()) == 1}
        self._own = sorted(name for name in own if len(sound(name)) >= LONG_NAME)
        self._own_sounds = [sound(name) for name in self._own]
        self._own_consonants = [consonants(name) for name in self._own]

    def hotwords(self, heard: Sequence[Word]) -> str:
        """Names that resemble doubtful words, most alike first, then the pack's list."""
        words = [plain(word.text) for word in heard]
        doubtful = [word.probability is None or word.probability < DOUBTFUL for word in heard]
        spoken = {
            sound("".join(words[i : i + n]))
            for n in range(1, LONGEST_NAME + 2)
            for i in range(len(words) - n + 1)
            if any(doubtful[i : i + n])
        }
        queries = sorted(query for query in spoken - self._known if len(query) >= SHORTEST)
        scores = self._scores(queries)
        best = scores.max(axis=0, initial=0.0)
        like = [self.names[i] for i in np.argsort(-best, kind="stable")[:MOST_ALIKE] if best[i] > 0]
        return ", ".join(dict.fromkeys((*like, *self.core)))

    def resembled(self, word: Word) -> str:
        """The medicine that a doubtful word (or an unknown one that ends like a medicine) most resembles, or ''."""
        text = plain(word.text)
        unsure = word.probability is None or word.probability < DOUBTFUL
        if sound(text) in self._known or len(text) <= SHORTEST or not (unsure or DRUGLIKE.match(text)):
            return ""
        return self._drug(self._scores([sound(text)], VERY_ALIKE)[0])

    def in_pieces(self, words: Sequence[Word], *, near: bool = False) -> tuple[float, str]:
        """How much one or more words, one of them doubtful, resemble a medicine, and which; (0, '') for none.
        ``near``: medicines are spoken of beside them."""
        texts = [plain(word.text) for word in words]
        doubtful = any(word.probability is None or word.probability < DOUBTFUL for word in words)
        parted = any(word.text[-1] in ".?!" for word in words[:-1])
        named = any(text in self.words or any(c.isdigit() for c in text) for text in texts)
        heard = sound("".join(texts))
        if not doubtful or parted or named or len(heard) <= SHORTEST + 2:
            return 0.0, ""
        scores = self._scores([heard], SPELT_OUT)[0]
        if len(words) > 1 and (name := self._drug(scores)):
            return float(scores.max()), name
        return self._by_ear("".join(texts), BY_EAR_NEAR if near else BY_EAR)

    def _by_ear(self, heard: str, least: float) -> tuple[float, str]:
        """The medicine whose letters and consonants together come closest, from ``least`` on; how alike its letters
        are."""
        letters = process.cdist([sound(heard)], self._own_sounds, scorer=Indel.normalized_similarity)
        frames = process.cdist([consonants(heard)], self._own_consonants, scorer=Indel.normalized_similarity)
        scores = (letters[0] + frames[0]) / 2
        best = int(scores.argmax())
        return (float(letters[0][best]), self._own[best]) if scores[best] >= least else (0.0, "")

    def _drug(self, scores: np.ndarray) -> str:
        best = int(scores.argmax())
        return self.names[best] if scores[best] > 0 and plain(self.names[best]) in self.drugs else ""

    def _scores(self, queries: Sequence[str], least: float = ALIKE) -> np.ndarray:
        """(queries, names) similarities, 0 below ``least``."""
        if not queries:
            return np.zeros((0, len(self.names)))
        return np.asarray(process.cdist(queries, self._sounds, scorer=Indel.normalized_similarity, score_cutoff=least))


def plain(text: str) -> str:
    """A word as it is compared: lower case, letters, digits and what joins them.

    >>> plain("Hydrochlorothiazide,"), plain("2.9.")
    ('hydrochlorothiazide', '2.9')
    """
    return re.sub(r"[^\w%'/.-]", "", text).strip(".'-").lower()


def sound(text: str) -> str:
    """Letters and digits, spellings of one sound made one: 'creating kinase' and 'Creatine-Kinase' come close.

    >>> sound("Creatine-Kinase"), sound("creating kinase")
    ('kreatinekinase', 'kreatingkinase')
    """
    out = re.sub(r"[^a-z0-9]", "", text.lower())
    for written, spoken in SOUNDS:
        out = out.replace(written, spoken)
    return re.sub(r"(.)\1", r"\1", out)


def consonants(text: str) -> str:
    """The consonants of a sound, voiced and unvoiced ones alike.

    >>> consonants("a picks up in"), consonants("apixaban")
    ('pkspn', 'pkspn')
    """
    return re.sub(r"(.)\1", r"\1", sound(text).translate(FRAME))


def speaks_of_medicines(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether the words around a place speak of taking something or of a dose."""
    return any(map(TAKES.match, before)) or any(map(DOSED.match, after))


def alike(one: str, other: str) -> float:
    """Similarity of two phrases by sound, 0 to 1."""
    return float(Indel.normalized_similarity(sound(one), sound(other)))


def _fit(name: str) -> bool:
    return len(name.split()) <= LONGEST_NAME and len(sound(name)) >= SHORTEST and not re.search(r"[()/,]", name)
