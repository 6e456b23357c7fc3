"""Is a sentence held by the claims it cites? Numbers, drugs and conditions, and negation, checked mechanically.

The same check guards the program's own sentences and, sentence by sentence, whatever a language model returns.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from hickam.answers.words import SMALL, word_set, words
from hickam.model.answer import CitedAnswer, Sentence
from hickam.model.pack import Pack

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
SPELT_NUMBERS = {
    word: str(value)
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
}
AMOUNTS = word_set("""
    half third quarter fifth twice double doubled doubles triple treble dozen hundred thousand most all every always
    half majority minority few many once percent
""")
NEGATION = re.compile(
    r"\b(no|not|never|none|nor|neither|without|cannot|can't|won't|don't|doesn't|didn't|isn't|aren't|wasn't|weren't|nobody|"
    r"nothing|unable|avoid(?:ed|s)?|unlikely|unsafe|harmless|stop|excludes?|denied?|absent|lacks?|fails?|rarely|hardly|"
    r"contraindicated|nowhere|against|lowers?|reduces?|fewer|less|unproven|uncertain)\b|n't\b",
    re.I,
)
STRONG = word_set("""
    safe harmless must always never proven cure cures guaranteed certainly definitely dangerous fatal
""")
DIRECTION = word_set("""
    raise raises raised increase increases increased lower lowers lowered reduce reduces reduced decrease decreases
    more less fewer better worse higher start stop before after above below left right both prevent prevents cause
    causes caused emergency routine urgent urgently same day weeks week hours hour days months years minutes
""")


GUARDED = (STRONG | AMOUNTS | DIRECTION) - set(SPELT_NUMBERS)
"""Words that a sentence may use only where its claims use them: they carry strength, amount, direction, time."""


def numbers(text: str) -> Counter[str]:
    """Every number said, in digits or words, without thousands' commas."""
    found = Counter(n.replace(",", "") for n in NUMBER.findall(text))
    found.update(SPELT_NUMBERS[w] for w in re.findall(r"[a-z]+", text.lower()) if w in SPELT_NUMBERS)
    return found


def problems(sentence: str, claims: Sequence[str], names: frozenset[str] = frozenset()) -> list[str]:
    """What the sentence says that its claims do not: invented numbers, names, strong words, turned negation.

    ``names``: single words that name drugs or conditions. Empty when the claims hold the sentence.
    """
    whole = " ".join(claims)
    if " ".join(sentence.split()) in {" ".join(c.split()) for c in claims}:
        return []
    found = [f"number {n}" for n in numbers(sentence) if n not in numbers(whole)]
    said, known = set(words(sentence)), set(words(whole))
    found += [f"name {w}" for w in sorted((said & names) - known)]
    own, theirs = _plain_words(sentence), _plain_words(whole)
    found += [f"word {w}" for w in sorted((own & GUARDED) - theirs)]
    if _negations(sentence) != _negations(whole):
        found.append("negation")
    return found


def _plain_words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower()))


def _negations(text: str) -> Counter[str]:
    """Negating words, contractions written out."""
    plain = text.lower().replace("’", "'").replace("cannot", "not").replace("can't", "not").replace("n't", " not")
    return Counter(match.group(0) for match in NEGATION.finditer(plain))


def unsupported(answer: CitedAnswer, pack: Pack) -> list[str]:
    """Sentences of an answer that cite nothing, cite what is not listed, or say more than they cite."""
    texts = {claim.id: claim.text for claim in answer.claims}
    names = item_words(pack)
    out: list[str] = []
    for sentence in sentences(answer):
        cited = [texts[c] for c in sentence.claims if c in texts]
        if (
            not cited
            or len(cited) < len(sentence.claims)
            or problems(sentence.text, cited, names)
            or any(key not in {r.key for r in answer.references} for key in sentence.sources)
        ):
            out.append(sentence.text)
    return out


def sentences(answer: CitedAnswer) -> Iterable[Sentence]:
    """Every sentence that states something."""
    return (*answer.short, *answer.support, *answer.nearest)


def item_words(pack: Pack) -> frozenset[str]:
    """Single words that name a drug, a treatment or a condition of the pack, small and everyday words left out."""
    return _item_words(
        tuple(
            name
            for part in (
                (n for c in pack.conditions.values() for n in (c.name, *c.synonyms)),
                (n for d in pack.drugs.values() for n in (d.name, *d.members, *d.brands)),
                (t.name for t in pack.treatments.values()),
            )
            for name in part
        )
    )


@lru_cache(maxsize=4)
def _item_words(names: tuple[str, ...]) -> frozenset[str]:
    count: Counter[str] = Counter(w for name in names for w in set(words(name)))
    return frozenset(w for w, n in count.items() if len(w) > 4 and w not in SMALL and n <= 40)
