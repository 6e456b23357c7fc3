"""What was not understood, so that nothing is dropped in silence; and suggestions for it."""

from __future__ import annotations

from collections.abc import Sequence

from hickam.intake.cues import ENGLISH
from hickam.intake.matching import FILLER, FREE
from hickam.intake.scope import Context
from hickam.intake.vocabulary import Vocabulary, names
from hickam.intake.words import Token, stem_set
from hickam.model.case import Span

IDLE = stem_set("""
    year month week day hour minute old ago sinc patient man woman boy girl lady gentleman male female child test
    result examination exam say tell think know ask want wish wonder hope believ guess mean doctor gp nurs physician
    hospital clinic surgery please pleas thank advic help what why how when where who which while whil because
    although though however but then than if whether can could would should may might must will shall do get go come
    take give make put see look find keep let try use need like thing something anything nothing someth anyth
    everyth everything one two three four five six seven eight nine ten first second third next more less lot lots
    few many much some any all none other another same different about around over under before befor after until
    between through into onto off out away back along across well ok okay yes no not never without deni only ever
    yet maybe perhap perhaps actual honest real simpli simple here there now today time lately late recent recently
    usual occasion time bit little also both and or nor as at by for from in of on to with dr mr mrs miss hi hello
    dear hey help problem issue matter thi these those good bad great nice sure way kind sort plus per via etc e g i
    d s t ll ve re m x happen start begin feel notic develop becom seem seen present complain report describ refer
    admit histori history known diagnos sign symptom mild moderate severe sever left right bilateral side normal
    unremarkabl otherwise still own each every else too very quite just so up down again across minut second hour
    day night morning evening weekend worri stop walk rest pain leg hurt whose during within throughout long
    longer short shorter essentially completely apparent apparently major apart initially early earlier later
    since within standing home metre metres yard yards mile miles name brought associated leave leaving soon
    whenever twice hers his doc gp hes shes
    allergic allergy allergies intolerant intolerance
    meds pmh pmhx nkda nkda. fh sh oe ex ecg ra said says told everytime although inside outside fine similar usual
    student retired builder postman teacher idea heard heard bother bothered wondering reason worked round once
    enough occasional occasionally wear wearing leaving noticed notices approximately describes described shows
    showed scan tests upwards towards below above despite sort kinds together again meanwhile afterwards dear
    anyway basically literally obviously certainly guess suppose honest stuff bits lately nowadays currently person
    relevant following involved involving including mmhg worse better forced
""")
ALIKE = 70.0
"""Per cent of letters in common from which one word may be another, misspelt."""


def not_understood(
    text: str, tokens: Sequence[Token], covered: set[int], context: Context, spans: Sequence[tuple[int, int]]
) -> list[Span]:
    """Runs of content words that no phrase, cue, number or age explains; small words may stand inside a run."""
    out: list[Span] = []
    run: list[int] = []
    gap = 0
    ordered = sorted(spans)
    k = 0

    def close() -> None:
        if run:
            lo, hi = tokens[run[0]].start, tokens[run[-1]].end
            out.append(Span(text=text[lo:hi], start=lo, end=hi))
        run.clear()

    for i, t in enumerate(tokens):
        while k < len(ordered) and ordered[k][1] <= t.start:
            k += 1
        inside = k < len(ordered) and ordered[k][0] <= t.start
        if inside or i in covered or t.kind == "p" or (run and context.clause[i] != context.clause[run[-1]]):
            close()
            gap = 0
            if inside or i in covered or t.kind == "p":
                continue
        content = (
            t.kind == "w" and len(t.stem) > 2 and t.stem not in IDLE and t.stem not in FREE and t.stem not in FILLER
        )
        if (
            not content
            and t.kind == "w"
            and 2 <= len(t.text) <= 4
            and t.text.isupper()
            and t.stem not in ENGLISH
            and t.stem not in IDLE
        ):
            content = True
        if content:
            run.append(i)
            gap = 0
        elif run:
            gap += 1
            if gap > 2:
                close()
                gap = 0
    close()
    return out


class Wordings:
    """Every wording of a vocabulary in plain letters, and which of them hold a word."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        from rapidfuzz import utils

        self.vocabulary = vocabulary
        self.ids = names(vocabulary)
        self.plain = {phrase: utils.default_process(phrase) for phrase in self.ids}
        self.holding: dict[str, list[str]] = {}
        for phrase, plain in self.plain.items():
            for word in set(plain.split()):
                self.holding.setdefault(word, []).append(phrase)

    def near(self, words: Sequence[str]) -> dict[str, str]:
        """Wordings, with their plain letters, that hold a word spelt like one of these."""
        from rapidfuzz import fuzz, process

        found: dict[str, str] = {}
        for word in words:
            for held, _, _ in process.extract(
                word, self.holding.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=None
            ):
                found.update((phrase, self.plain[phrase]) for phrase in self.holding[held])
        return found


def suggest(span: Span | str, vocabulary: Vocabulary, *, limit: int = 3, cutoff: float = 72.0) -> list[str]:
    """Ids whose wordings are most like some words that were not understood, best first."""
    from rapidfuzz import fuzz, process, utils

    words = span if isinstance(span, str) else span.text
    plain = utils.default_process(words)
    wordings = _wordings(vocabulary)
    near = wordings.near([word for word in plain.split() if len(word) > 2] or plain.split())
    hits = process.extract(plain, near, scorer=fuzz.token_set_ratio, limit=limit * 6, score_cutoff=cutoff)
    ranked = sorted(hits, key=lambda h: (-(h[1] + fuzz.ratio(words.lower(), h[2].lower())), h[2]))
    return list(dict.fromkeys(wordings.ids[h[2]] for h in ranked))[:limit]


def _wordings(vocabulary: Vocabulary) -> Wordings:
    """Those of this vocabulary, prepared once: there is seldom a second vocabulary in a process."""
    if not _prepared or _prepared[0].vocabulary is not vocabulary:
        _prepared[:] = [Wordings(vocabulary)]
    return _prepared[0]


_prepared: list[Wordings] = []


def foreign(text: str, tokens: Sequence[Token], matched: int) -> str:
    """A note when the text is probably not English, else ''."""
    letters = [c for c in text[:5000] if c.isalpha()]
    if not letters:
        return ""
    if sum(1 for c in letters if ord(c) > 0x24F) > 0.3 * len(letters):
        return "language: most letters are not Latin; only English is understood"
    words = [t for t in tokens[:2000] if t.kind == "w"]
    if len(words) < 6:
        return ""
    common = sum(1 for t in words if t.text.lower() in ENGLISH)
    if common < 0.08 * len(words) and matched < 0.15 * len(words):
        return "language: hardly any English words were recognised; only English is understood"
    return ""
