"""A dialogue to what the visit gave: told again, read as a story, and put back to the words of each turn."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from hickam.intake.dialogue.meant import Meanings
from hickam.intake.dialogue.retell import retell
from hickam.intake.dialogue.retelling import Part, Retelling
from hickam.intake.dialogue.spoken import DIGITS, SCALES, TENS, Line, SaidWord
from hickam.intake.dialogue.taken import as_taken, doses_disputed
from hickam.intake.dialogue.topics import statements_of
from hickam.intake.dialogue.turns import Speech
from hickam.intake.marks import Mark
from hickam.intake.matching import find_matches
from hickam.intake.medicines import DRUGLIKE
from hickam.intake.reading import parse
from hickam.intake.statements import keep
from hickam.intake.vocabulary import Vocabulary
from hickam.intake.words import tokenise
from hickam.model.case import Case, Conflict, Fact, Medication, Observation, Span
from hickam.model.finding import Finding
from hickam.model.pack import Pack, Setting
from hickam.model.transcript import Reason, Word
from hickam.model.visit import Place, ToAsk, Visit, VisitCondition, VisitFinding, VisitMedicine

ROUNDS = 3
"""Readings of one dialogue: each settles contradictions that the one before found."""
FIGURE = re.compile(r"^\d+(?:\.\d+)?$")
GOES_ON = frozenset(["when", "in", "at", "and", "twice", "once", "every", "daily"])
LEAST = 5
"""'metoclopramide ten when I'm sick' is a dose; 'salbutamol two at night' may be puffs."""
UNIT = re.compile(r"^(?:mg|g|ml|mcg|micrograms?|units?|iu|%)$")
TITLES = {"mr": "male", "sir": "male", "mrs": "female", "ms": "female", "miss": "female", "madam": "female"}
WHY: dict[Reason, str] = {
    "unsure": "a word was not heard clearly",
    "drug": "a medicine was named",
    "dose": "a dose was said",
    "number": "a number was said",
    "side": "a side was said",
    "negation": "a 'no' or 'not' was said",
    "disputed": "two readings of the recording differ",
}


class Read(NamedTuple):
    """One reading: the retold text and the case it gives."""

    told: Retelling
    case: Case
    marks: tuple[Mark, ...]


def read_visit(
    speech: Speech,
    pack: Pack,
    words: Vocabulary,
    meanings: Meanings,
    *,
    age: float | None = None,
    sex: str | None = None,
    setting: Setting = "primary_care",
) -> Visit:
    """What the dialogue gave. Never fails on any words; what is contradictory or doubtful is in ``to_ask``."""
    told = retell(speech, lambda line: _names_drug(line, words), lambda line: findings_in(line, words), meanings)
    sex = sex or _sex(speech)
    marks = told.marks
    case = parse(told.text, words, age=age, sex=sex, setting=setting, marks=marks)  # type: ignore[arg-type]
    for _ in range(ROUNDS):
        settled = _settled(told, case, marks)
        if settled == marks:
            break
        marks = settled
        case = parse(told.text, words, age=age, sex=sex, setting=setting, marks=marks)  # type: ignore[arg-type]
    return _Placer(speech, told, pack, words).visit(as_taken(case, told.told))


def findings_in(line: Line, vocabulary: Vocabulary) -> set[str]:
    """Findings that a line names, whatever it says of them; places and kinds of pain apart."""
    entries = vocabulary.entries
    tokens = tokenise(" ".join(w.text for w in line))
    return {
        entries[m.entry].id
        for m in keep(find_matches(vocabulary.trie, tokens), tokens, vocabulary)
        if entries[m.entry].kind in ("finding", "absent") and not entries[m.entry].id.startswith("site_")
    }


def _names_drug(line: Line, vocabulary: Vocabulary) -> bool:
    found = find_matches(vocabulary.trie, tokenise(" ".join(w.text for w in line)))
    return any(vocabulary.entries[m.entry].kind in ("drug", "class") for m in found) or any(
        DRUGLIKE.match(w.bare) for w in line
    )


def _sex(speech: Speech) -> str | None:
    """As the clinician greets: 'Mr', 'Mrs'; not where a companion is greeted instead of the patient."""
    if any(turn.role == "other" for turn in speech):
        return None
    for turn in speech[:6]:
        if turn.role == "clinician":
            for word in re.findall(r"[A-Za-z]+", turn.text)[:40]:
                if word.lower() in TITLES and word.lower() != "miss":
                    return TITLES[word.lower()]
    return None


def _settled(told: Retelling, case: Case, marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """Marks with the weaker side of each contradiction taken out."""
    out = list(marks)
    for conflict in case.conflicts:
        weak = _weaker(told, conflict)
        if weak is None:
            continue
        out = [m for m in out if m.start != weak.start] + [Mark(weak.start, weak.end, "doubtful")]
    return tuple(sorted(out))


def _weaker(told: Retelling, conflict: Conflict) -> Part | None:
    """What is examined beats what is told; what an answer goes on to say beats its bare yes or no."""
    parts = [p for p in (told.part_at(s.start) for s in conflict.spans) if p is not None]
    if len(parts) != 2 or parts[0] == parts[1]:
        return None
    first, second = sorted(parts, key=lambda p: p.start)
    if (first.known == "examined") != (second.known == "examined"):
        return first if second.known == "examined" else second
    for asked, other in ((first, second), (second, first)):
        if asked.known and not other.known and asked.reply and other.turn == asked.reply[-1].turn:
            return asked
    return None


class _Placer:
    """Puts a case of the retold text back to the turns."""

    def __init__(self, speech: Speech, told: Retelling, pack: Pack, vocabulary: Vocabulary) -> None:
        self.speech = speech
        self.told = told
        self.pack = pack
        self.vocabulary = vocabulary
        self.offsets: list[int] = []
        lines = []
        at = 0
        for turn in speech:
            name = f"{turn.speaker or turn.role.capitalize()}: "
            self.offsets.append(at + len(name))
            lines.append(name + turn.text)
            at += len(lines[-1]) + 1
        self.text = "\n".join(lines)

    def visit(self, case: Case) -> Visit:
        """The whole visit."""
        stated = [
            o
            for o in case.observations
            if o.how not in ("implied", "drug") and not (o.how == "derived" and o.state == "absent")
        ]
        stated.sort(key=lambda o: o.span.start if o.span else -1)
        findings = tuple(f for f in (self._finding(o) for o in stated) if f.places)
        findings = tuple(replace(f, number=n) for n, f in enumerate(findings, 1))
        taken = tuple(self._medicine(m, len(findings) + n) for n, m in enumerate(case.medications, 1))
        disputed = doses_disputed(self.told.told, {m.name.lower(): m.dose for m in taken if m.dose})
        taken = tuple(replace(m, dose="") if m.name.lower() in disputed else m for m in taken)
        known = tuple(self._condition(f, len(findings) + len(taken) + n) for n, f in enumerate(case.facts, 1))
        kept = replace(
            case,
            text=self.text,
            observations=tuple(replace(o, span=self._span(o.span)) for o in case.observations),
            facts=tuple(replace(f, span=self._span(f.span)) for f in case.facts),
            ruled_out=tuple(replace(f, span=self._span(f.span)) for f in case.ruled_out),
            medications=tuple(
                replace(m, span=self._span(m.span), dose=t.dose) for m, t in zip(case.medications, taken, strict=True)
            ),
            not_understood=(),
            conflicts=tuple(
                replace(c, spans=tuple(s for s in map(self._span, c.spans) if s is not None)) for c in case.conflicts
            ),
        )
        return Visit(
            case=kept,
            findings=findings,
            medicines=taken,
            conditions=known,
            to_ask=tuple(self._to_ask(case, {o.finding for o in case.observations})),
            statements=tuple(statements_of(self.told.told, self.places)),
            notes=case.notes,
        )

    def places(self, line: Sequence[SaidWord]) -> tuple[Place, ...]:
        """Where words were said, one place a turn."""
        by_turn: dict[int, list[SaidWord]] = {}
        for w in line:
            if w.turn >= 0:
                by_turn.setdefault(w.turn, []).append(w)
        return tuple(self._place(n, min(w.start for w in ws), max(w.end for w in ws)) for n, ws in by_turn.items())

    def _place(self, number: int, start: int, end: int) -> Place:
        turn = self.speech[number]
        heard = []
        at = 0
        for word in turn.words:
            if at < end and at + len(word.text) > start:
                heard.append(word)
            at += len(word.text) + 1
        return Place(
            turn=turn.id,
            role=turn.role,
            start=start,
            end=end,
            words=turn.text[start:end],
            shown=shown(heard) if any(w.to_confirm for w in heard) else turn.text[start:end],
            from_second=heard[0].start if heard else None,
            to_second=heard[-1].end if heard else None,
            unsure=tuple(dict.fromkeys(r for w in heard if w.to_confirm for r in w.confirm)),
        )

    def _of_span(self, span: Span | None) -> tuple[Place, ...]:
        """The words of a span, then the answer that decided it."""
        if span is None:
            return ()
        part = self.told.part_at(span.start)
        words = self.told.said_at(span.start, span.end)
        if part is not None and part.reply:
            words = (*words, *(w for w in part.reply if w not in words))
        elif not words and part is not None:
            words = part.reply or self.told.said_at(part.start, part.end)
        return self.places(words)

    def _span(self, span: Span | None) -> Span | None:
        """The span's first words in the transcript's text."""
        places = self._of_span(span)
        if not places:
            return None
        number = next(i for i, t in enumerate(self.speech) if t.id == places[0].turn)
        start = self.offsets[number] + places[0].start
        return Span(text=places[0].words, start=start, end=start + places[0].end - places[0].start)

    def _finding(self, o: Observation) -> VisitFinding:
        finding = self.pack.findings[o.finding]
        places = self._of_span(o.span)
        part = self.told.part_at(o.span.start) if o.span else None
        return VisitFinding(
            number=0,
            finding=o.finding,
            name=_name(finding, o),
            kind=finding.kind,
            state=o.state,
            places=places,
            values=o.values,
            value=o.value,
            unit=o.unit,
            side=o.side,
            examined=part is not None and part.known == "examined",
            doubts=doubts_of(places),
        )

    def _medicine(self, m: Medication, number: int) -> VisitMedicine:
        span = m.span or Span(text="", start=0, end=0)
        dose, end = self._dose(m, span)
        words = self.told.said_at(span.start, end)
        places = self.places((*words, *self._reply(span)))
        return VisitMedicine(
            number=number,
            name=m.name,
            drug=m.drug,
            dose=dose,
            current=m.current,
            places=places,
            doubts=doubts_of(places),
        )

    def _condition(self, f: Fact, number: int) -> VisitCondition:
        places = self._of_span(f.span)
        name = self.pack.conditions[f.condition].name
        return VisitCondition(
            number=number,
            condition=f.condition,
            name=name,
            status=f.status,
            places=places,
            doubts=doubts_of(places),
        )

    def _reply(self, span: Span) -> Line:
        part = self.told.part_at(span.start)
        return part.reply if part is not None and part.known else ()

    def _dose(self, m: Medication, span: Span) -> tuple[str, int]:
        """The dose told where the medicine is first named, or where it is named again."""
        if m.dose:
            return m.dose, self.told.text.find(m.dose, span.end) + len(m.dose)
        for again in re.finditer(rf"\b{re.escape(m.name)}\b", self.told.text[span.start :], re.I):
            dose, end = self._dose_after(span.start + again.end())
            if dose:
                return dose, end
        return self._dose_before(span.start), span.end

    def _dose_before(self, start: int) -> str:
        """'Two milligrams of diazepam', 'twenty units of insulin'."""
        at = bisect_left(self.told.starts, start)
        words = [w.bare for w in self.told.words[max(0, at - 3) : at]]
        if len(words) == 3 and words[2] == "of" and UNIT.match(words[1]) and FIGURE.match(words[0]):
            return f"{words[0]} {words[1]}"
        return ""

    def _dose_after(self, end: int) -> tuple[str, int]:
        """A figure right after the name, in the words used: 'rosuvastatin ten' has no unit."""
        at = bisect_left(self.told.starts, end)
        words, starts = self.told.words[at : at + 2], self.told.starts[at : at + 2]
        if not words:
            return "", end
        goes_on = len(words) > 1 and words[1].bare in GOES_ON and DIGITS.get(words[0].bare, 0) >= LEAST
        if words[0].bare in DIGITS and (words[0].text[-1] in ".,;" or goes_on):  # 'amlodipine five.'
            return str(DIGITS[words[0].bare]), starts[0] + len(words[0].text)
        if not FIGURE.match(words[0].bare):
            return "", end
        if len(words) > 1 and UNIT.match(words[1].bare) and words[0].text[-1].isdigit():
            return f"{words[0].bare} {words[1].bare}", starts[1] + len(words[1].text)
        return words[0].bare, starts[0] + len(words[0].text)

    def _to_ask(self, case: Case, known: set[str]) -> list[ToAsk]:
        out: dict[str, ToAsk] = {}
        for conflict in case.conflicts:
            places = tuple(p for s in conflict.spans for p in self._of_span(s))
            out[conflict.finding] = self._open(conflict.finding, "contradiction", places)
        for part in self.told.parts:
            if part.known == "doubtful":
                line = self.told.said_at(part.start, part.end)
                for id in sorted(findings_in(line, self.vocabulary) - known):
                    out.setdefault(id, self._open(id, "doubtful", self.places((*line, *part.reply))))
        for group in self.told.unanswered:
            for line in group:
                for id in sorted(findings_in(line, self.vocabulary) - known):
                    out.setdefault(id, self._open(id, "no answer", self.places(line)))
        return [ask for id, ask in out.items() if id in self.pack.findings]

    def _open(self, id: str, why: str, places: tuple[Place, ...]) -> ToAsk:
        return ToAsk(finding=id, name=self.pack.findings[id].name, why=why, places=places)  # type: ignore[arg-type]


def _name(finding: Finding, o: Observation) -> str:
    """The finding's name, with the value that was said: 'quality of the leg symptom: cramp'."""
    values = [v.name for v in finding.values if v.id in o.values]
    return f"{finding.name}: {' / '.join(values)}" if values else finding.name


def shown(words: Sequence[Word]) -> str:
    """Words of a recording; what a person still has to confirm is not written as said, nor are figures next to it."""
    hidden = {i for i, w in enumerate(words) if w.to_confirm}
    for step in (1, -1):
        for i in list(hidden):
            while 0 <= i + step < len(words) and _counts(words[i + step].text):
                i += step
                hidden.add(i)
    return " ".join(_shown(w, hidden=i in hidden) for i, w in enumerate(words))


def _counts(text: str) -> bool:
    parts = text.lower().strip(".,;:?!").split("-")
    return all(
        p in DIGITS or p in TENS or p in SCALES or p in ("point", "and", "over") or p[:1].isdigit() for p in parts
    )


def _shown(word: Word, *, hidden: bool) -> str:
    if not hidden:
        return word.text
    return f"{word.text}[?]" if word.to_confirm and word.confirm == ("unsure",) else "[to confirm]"


def doubts_of(places: Sequence[Place]) -> tuple[str, ...]:
    """Why a person has to look at these words of a recording."""
    return tuple(dict.fromkeys(WHY[reason] for place in places for reason in place.unsure))
