"""Text to case: the steps of intake in order.

words -> phrases -> scope -> statements -> derived -> measurements -> medicines -> facts -> observations -> leftovers
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from hickam.intake import cues
from hickam.intake.assemble import from_reading, observation, settle
from hickam.intake.complaint import quality_of_complaint
from hickam.intake.demographics import Person, read_person
from hickam.intake.derive import derive, filter_statements, no_medicines
from hickam.intake.leftover import foreign, not_understood
from hickam.intake.matching import Match, find_matches
from hickam.intake.measures import Reading, read_measures
from hickam.intake.medicines import none_taken, read_medicines
from hickam.intake.normals import normal_statements
from hickam.intake.numbers_in_words import periods
from hickam.intake.scene import Scene
from hickam.intake.scope import PAST, Context, annotate
from hickam.intake.statements import Statement, keep, read_statements
from hickam.intake.vocabulary import Vocabulary, build_vocabulary
from hickam.intake.words import IRREGULAR, Token, stem, tokenise
from hickam.model.case import Case, Fact, Observation, Status
from hickam.model.pack import Pack, Setting

LONGEST = 200_000
"""Characters read; the rest of a longer text is named in a note. Ten pages of notes are about 30,000."""

Sex = Literal["female", "male"]


class Read(NamedTuple):
    """Everything read from a text, before it is put together as a case."""

    tokens: list[Token]
    matches: list[Match]
    context: Context
    statements: list[Statement]
    readings: list[Reading]
    person: Person


def parse(
    text: str,
    pack: Pack | Vocabulary,
    *,
    age: float | None = None,
    sex: Sex | None = None,
    setting: Setting = "primary_care",
) -> Case:
    """The case a text tells. ``age`` and ``sex`` given outright go before what the text says.

    Never fails on any text; what was not understood is in ``not_understood`` and ``notes``.
    """
    vocabulary = pack if isinstance(pack, Vocabulary) else build_vocabulary(pack)
    notes: list[str] = []
    if len(text) > LONGEST:
        notes.append(f"length: only the first {LONGEST} of {len(text)} characters were read")
    head = text[:LONGEST]
    person = read_person(head)
    age, sex = _given(person, age, sex, notes)
    tokens = tokenise(head)
    matches = keep(find_matches(vocabulary.trie, tokens), tokens, vocabulary)
    consumed = {
        i
        for m in matches
        if vocabulary.entries[m.entry].kind in ("finding", "value", "condition", "mention")
        and vocabulary.entries[m.entry].id != "painless_symptom"
        and not m.negated
        for i in m.used
    }
    relative = person.relative and IRREGULAR.get(person.relative, stem(person.relative))
    closed = {i for m in matches if vocabulary.entries[m.entry].kind == "absent" for i in m.used}
    context = annotate(tokens, consumed, relative, closed)
    stated = read_statements(head, tokens, matches, context, vocabulary)
    taken = {(s.id, s.lo) for s in stated if s.kind == "absent"}
    stated.extend(normal_statements(head, tokens, taken, context, vocabulary))
    scene = Scene(head, tokens, context, stated, vocabulary)
    statements = filter_statements(scene)
    labels = [m for m in matches if vocabulary.entries[m.entry].kind == "measurement"]
    readings, about_numbers = read_measures(head, tokens, labels, vocabulary, context.sentence)
    notes.extend(about_numbers)
    medicines, from_drugs, about_drugs = read_medicines(head, tokens, statements, context, vocabulary)
    notes.extend(about_drugs)
    observations = _observations(scene, statements, readings, vocabulary, age, sex, person, notes)
    observations.extend(from_drugs)
    nothing_taken = no_medicines(scene)
    if nothing_taken is not None:
        observations.extend(none_taken(nothing_taken, medicines, vocabulary))
    facts, ruled_out = _facts(head, tokens, statements, context, vocabulary, notes)
    settled, conflicts, about_conflicts = settle(observations, vocabulary)
    notes.extend(about_conflicts)
    covered = _covered(tokens, matches, context, readings)
    for m in medicines:
        covered.update(
            i for i, t in enumerate(tokens) if m.span and m.span.start <= t.start < m.span.end
        ) if not m.drug else None
    spans = [*person.spans, *([(person.pregnant.start, person.pregnant.end)] if person.pregnant else [])]
    left = not_understood(head, tokens, covered, context, spans)
    words = sum(1 for t in tokens if t.kind != "p")
    matched = len({i for m in matches for i in m.used})
    language = foreign(head, tokens, matched)
    if language:
        notes.append(language)
    complaint = _complaint(tokens, matches, settled, vocabulary)
    if complaint == "any" and words:
        notes.append("complaint: no leg symptom was found in the text")
    return Case(
        age=age,
        sex=sex,
        setting=setting,
        complaint=complaint,
        text=text,
        observations=tuple(settled),
        facts=facts,
        ruled_out=ruled_out,
        medications=tuple(medicines),
        not_understood=tuple(left),
        conflicts=tuple(conflicts),
        notes=tuple(dict.fromkeys(notes)),
        completeness=words / (words + vocabulary.mention_half_words) if words else 0.0,
    )


def understood_nothing(case: Case) -> bool:
    """Whether nothing at all was recognised: no finding, fact or medicine."""
    return not (case.observations or case.facts or case.ruled_out or case.medications or case.conflicts)


def _given(person: Person, age: float | None, sex: Sex | None, notes: list[str]) -> tuple[float | None, Sex | None]:
    notes.extend(person.notes)
    if age is not None and not 0 <= age <= 120:
        notes.append(f"age: {age:g} is not a possible age and was not used")
        age = None
    if age is not None and person.age is not None and abs(age - person.age) > 1:
        notes.append(f"age: {age:g} was given, the text says {person.age:g}; {age:g} was used")
    if sex is not None and person.sex is not None and sex != person.sex:
        notes.append(f"sex: {sex} was given, the text says {person.sex}; {sex} was used")
    return (person.age if age is None else age), (person.sex if sex is None else sex)


def _observations(
    scene: Scene,
    statements: Sequence[Statement],
    readings: Sequence[Reading],
    vocabulary: Vocabulary,
    age: float | None,
    sex: Sex | None,
    person: Person,
    notes: list[str],
) -> list[Observation]:
    out: list[Observation] = []
    for s in statements:
        if s.kind not in ("finding", "absent", "value"):
            continue
        name = vocabulary.findings[s.id].name
        if s.id.endswith("_child") and age is not None and age >= 18:
            continue
        if vocabulary.findings[s.id].type == "ranged":
            if s.kind == "absent" and s.said == "absent":
                normal = tuple(id for id, level, _ in vocabulary.findings[s.id].ranges if level == 0)
                out.append(Observation(finding=s.id, state="present", values=normal, span=s.span, how="phrase"))
            continue
        if s.said == "present" or (s.said == "absent" and s.kind != "value"):
            out.append(observation(s))
        elif s.said == "absent":
            notes.append(f"'{s.span.text}' is denied for {name}")
        elif s.said in ("possible", "asked"):
            notes.append(f"'{s.span.text}' ({name}) is a question, worry or advice and was not counted")
        elif s.said == "past":
            notes.append(f"'{s.span.text}' ({name}) is told of the past and was not counted")
        elif s.said == "family":
            notes.append(f"'{s.span.text}' ({name}) is told of a relative")
    out.extend(observation(s, how=s.how) for s in (*derive(scene), *quality_of_complaint(scene, statements)))
    latest: set[str] = set()
    for r in readings:
        if r.previous:
            notes.append(f"'{r.span.text}' is an earlier value and was not counted")
            continue
        if r.measurement in latest and r.value is None:
            continue
        latest.add(r.measurement)
        out.extend(from_reading(r, vocabulary, age, sex))
    if person.pregnant is not None and "pregnant" in vocabulary.findings:
        out.append(Observation(finding="pregnant", state="present", span=person.pregnant, how="phrase"))
    return out


def _facts(
    text: str,
    tokens: Sequence[Token],
    statements: Sequence[Statement],
    context: Context,
    vocabulary: Vocabulary,
    notes: list[str],
) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    facts: dict[str, Fact] = {}
    excluded: dict[str, Fact] = {}
    for s in statements:
        if s.kind not in ("condition", "mention"):
            continue
        name = vocabulary.conditions[s.id].name
        clause = context.clause[s.lo]
        lo, hi = max(0, s.lo - 12), min(len(tokens), s.hi + 10)
        near = " ".join(
            [
                "",
                *(tokens[i].text.lower() for i in range(lo, hi) if context.clause[i] == clause and i not in s.used),
                "",
            ]
        )
        sentence = " ".join(
            tokens[i].text.lower()
            for i in range(max(0, s.lo - 25), s.hi + 1)
            if context.sentence[i] == context.sentence[s.lo]
        )
        if any(p in near for p in ("ruled out", "excluded", "rules out", "excludes")) and "not " not in near:
            excluded.setdefault(s.id, Fact(condition=s.id, span=s.span))
        elif s.said == "absent":
            if any(f" {t} " in f" {sentence} " for t in cues.EXCLUDING_TESTS):
                excluded.setdefault(s.id, Fact(condition=s.id, span=s.span))
            else:
                notes.append(f"'{s.span.text}' ({name}) is denied; that is not taken as excluded")
        elif s.said in ("possible", "asked"):
            notes.append(f"'{s.span.text}' ({name}) is a question or suspicion and was not counted as known")
        elif s.said == "family":
            notes.append(f"'{s.span.text}' ({name}) is told of a relative")
        elif s.said in ("present", "past") and s.id not in facts:
            facts[s.id] = Fact(condition=s.id, status=_status(near, s, context, vocabulary), span=s.span)
    return tuple(facts.values()), tuple(f for id, f in excluded.items() if id not in facts)


def _status(near: str, s: Statement, context: Context, vocabulary: Vocabulary) -> Status:
    """A chronic condition with a date is still there ('hypothyroidism 2015'); an acute one is past ('DVT 2015')."""
    dated = bool(context.flags[s.lo] & PAST) or s.said == "past"
    if dated and (not vocabulary.conditions[s.id].chronic or any(f" {w} " in near for w in cues.PAST)):
        return "past"
    if any(f" {w} " in near for w in cues.UNCONTROLLED):
        return "active"
    return "controlled" if any(f" {w} " in near for w in cues.CONTROLLED) else "unknown"


def _covered(
    tokens: Sequence[Token], matches: Sequence[Match], context: Context, readings: Sequence[Reading]
) -> set[int]:
    covered = {i for m in matches for i in m.used} | context.cue_tokens
    covered.update(i for r in readings for i in range(r.lo, r.hi + 1))
    covered.update(i for p in periods(tokens) for i in range(p.lo, p.hi + 1))
    covered.update(i for i, t in enumerate(tokens) if t.stem in cues.FAMILY)
    return covered


def _complaint(
    tokens: Sequence[Token], matches: Sequence[Match], observations: Sequence[Observation], vocabulary: Vocabulary
) -> Literal["leg", "any"]:
    if any(vocabulary.entries[m.entry].kind in ("body", "complaint") for m in matches):
        return "leg"
    if any(vocabulary.findings[o.finding].about == "episode" and o.state == "present" for o in observations):
        return "leg"
    return "any"
