"""Text to case: the steps of intake in order.

words -> phrases -> scope -> statements -> derived -> measurements -> medicines -> facts -> observations -> leftovers;
once more with misspelt words put right, when a word that nothing explains is nearly a word of the pack.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from hickam.intake import cues
from hickam.intake.allergies import Allergies, read_allergies
from hickam.intake.assemble import from_reading, observation, settle
from hickam.intake.company import filter_statements
from hickam.intake.complaint import quality_of_complaint, twitching_muscles
from hickam.intake.demographics import Person, grown_up, read_person
from hickam.intake.derive import derive, no_medicines
from hickam.intake.errors import IntakeError
from hickam.intake.graded import graded_statements
from hickam.intake.known import complaint_of, known_conditions
from hickam.intake.leftover import foreign, not_understood
from hickam.intake.marks import Mark, mark_flags, mark_statements, meant_statements
from hickam.intake.matching import Match, find_matches
from hickam.intake.measures import read_measures
from hickam.intake.medicines import none_taken, read_medicines
from hickam.intake.misspelt import corrected
from hickam.intake.normals import normal_statements
from hickam.intake.numbers_in_words import periods
from hickam.intake.readings import Reading
from hickam.intake.scene import SYMPTOM, Scene
from hickam.intake.scope import Context, annotate
from hickam.intake.statements import Statement, keep, read_statements
from hickam.intake.together import find_together
from hickam.intake.vocabulary import Vocabulary, build_vocabulary
from hickam.intake.words import IRREGULAR, Token, stem, tokenise
from hickam.model.case import ADULT, Allergy, Case, Medication, Observation
from hickam.model.pack import Pack, Setting

LONGEST = 200_000
"""Characters read; the rest of a longer text is named in a note. Ten pages of notes are about 30,000."""

CHILD = frozenset(["child", "boy", "girl", "son", "daughter", "toddler", "baby", "kid", "grandson", "granddaughter"])
Sex = Literal["female", "male"]


class Read(NamedTuple):
    """Everything read from a text, before it is put together as a case."""

    scene: Scene
    matches: list[Match]
    statements: list[Statement]
    derived: list[Statement]
    readings: list[Reading]
    covered: set[int]
    notes: list[str]
    allergies: Allergies


def parse(
    text: str,
    pack: Pack | Vocabulary,
    *,
    age: float | None = None,
    sex: Sex | None = None,
    setting: Setting = "primary_care",
    marks: Sequence[Mark] = (),
) -> Case:
    """The case a text tells. ``age`` and ``sex`` given outright go before what the text says; ``marks`` say what is
    known of stretches of a dialogue (answered no, a relative's).

    Never fails on any text; an impossible ``age`` is refused with IntakeError. What was not understood is in
    ``not_understood`` and ``notes``.
    """
    vocabulary = pack if isinstance(pack, Vocabulary) else build_vocabulary(pack)
    notes: list[str] = []
    if len(text) > LONGEST:
        notes.append(f"length: only the first {LONGEST} of {len(text)} characters were read")
    head = text[:LONGEST]
    person = read_person(head)
    age, sex = _given(person, age, sex, notes)
    tokens = tokenise(head)
    read, misspelt = _read(head, tokens, person, vocabulary, marks), frozenset[int]()
    mended = corrected(tokens, read.covered | _told(tokens, person), vocabulary)
    if mended is not None:
        read, misspelt = _read(head, mended[0], person, vocabulary, marks), frozenset(mended[1])
    return _case(text, read, person, age, sex, setting, notes, misspelt)


def _read(head: str, tokens: list[Token], person: Person, vocabulary: Vocabulary, marks: Sequence[Mark]) -> Read:
    """Phrases, their scope and the statements and numbers they make."""
    entries = vocabulary.entries
    relative = person.relative and IRREGULAR.get(person.relative, stem(person.relative))
    found = [*find_matches(vocabulary.trie, tokens), *find_together(tokens, vocabulary)]
    matches = keep([m for m in found if not _of_the_patient(m, tokens, relative, vocabulary)], tokens, vocabulary)
    consumed = {
        i
        for m in matches
        if entries[m.entry].kind in ("finding", "value", "condition", "mention")
        and entries[m.entry].id != "painless_symptom"
        and not m.negated
        for i in m.used
    }
    closed = {i for m in matches if entries[m.entry].kind == "absent" for i in m.used}
    context = annotate(tokens, consumed, relative, closed)
    mark_flags(tokens, context.flags, marks)
    stated = mark_statements(read_statements(head, tokens, matches, context, vocabulary), marks, vocabulary)
    taken = {(s.id, s.lo) for s in stated if s.kind == "absent"}
    normal = normal_statements(head, tokens, taken, context, vocabulary)
    stated.extend(normal)
    told = {(s.id, context.sentence[s.lo]) for s in stated if s.said != "not_counted"}
    graded = graded_statements(head, tokens, told, context, vocabulary)
    stated.extend(graded)
    stated.extend(meant_statements(head, tokens, marks, vocabulary))
    scene = Scene(head, tokens, context, stated, vocabulary)
    labels = [m for m in matches if entries[m.entry].kind == "measurement"]
    readings, notes = read_measures(head, tokens, labels, vocabulary, context.sentence)
    allergies = read_allergies(tokens, filter_statements(scene), context, vocabulary)
    kept = allergies.statements
    derived = [*derive(scene, kept), *quality_of_complaint(scene, kept), *twitching_muscles(scene, kept)]
    covered = _covered(tokens, matches, context, readings) | {i for s in (*normal, *graded, *derived) for i in s.used}
    return Read(scene, matches, kept, derived, readings, covered, notes, allergies)


def _of_the_patient(m: Match, tokens: Sequence[Token], relative: str, vocabulary: Vocabulary) -> bool:
    """'My dad has restless legs' is no family history where the writer asks about the father."""
    return (
        bool(relative)
        and vocabulary.entries[m.entry].id.startswith("family_")
        and any(tokens[i].stem == relative and i and tokens[i - 1].stem == "my" for i in range(m.lo, m.hi + 1))
    )


def _told(tokens: Sequence[Token], person: Person) -> set[int]:
    """Tokens inside the words for age and pregnancy."""
    spans = _person_spans(person)
    return {i for i, t in enumerate(tokens) if any(lo <= t.start < hi for lo, hi in spans)}


def _person_spans(person: Person) -> list[tuple[int, int]]:
    return [*person.spans, *([(person.pregnant.start, person.pregnant.end)] if person.pregnant else [])]


def _case(
    text: str,
    read: Read,
    person: Person,
    age: float | None,
    sex: Sex | None,
    setting: Setting,
    notes: list[str],
    misspelt: frozenset[int],
) -> Case:
    """Everything read, put together."""
    scene, vocabulary, tokens = read.scene, read.scene.vocabulary, read.scene.tokens
    notes.extend(read.notes)
    medicines, from_drugs, about_drugs = read_medicines(
        scene.text, tokens, read.statements, scene.context, vocabulary, read.allergies.tokens
    )
    notes.extend(about_drugs)
    observations = _observations(read, age, sex, person, notes, misspelt)
    observations.extend(from_drugs)
    nothing_taken = no_medicines(scene)
    if nothing_taken is not None:
        observations.extend(none_taken(nothing_taken, medicines, vocabulary))
    facts, ruled_out = known_conditions(scene, read.statements, notes)
    settled, conflicts, about_conflicts = settle(observations, vocabulary)
    notes.extend(about_conflicts)
    covered = read.covered | _unlisted(tokens, (*medicines, *read.allergies.told))
    left = not_understood(scene.text, tokens, covered, scene.context, _person_spans(person))
    words = sum(1 for t in tokens if t.kind != "p")
    complaint = complaint_of(scene, read.matches, settled)
    language = foreign(scene.text, tokens, len({i for m in read.matches for i in m.used}))
    if language:
        notes.append(language)
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
        allergies=read.allergies.told,
        not_understood=tuple(left),
        conflicts=tuple(conflicts),
        notes=tuple(dict.fromkeys(notes)),
        completeness=words / (words + vocabulary.mention_half_words) if words else 0.0,
        grown_up=age is None and grown_up(text[:LONGEST], person),
    )


def _unlisted(tokens: Sequence[Token], medicines: Sequence[Medication | Allergy]) -> set[int]:
    """Tokens of medicines recognised by the look of their name only."""
    spans = [m.span for m in medicines if m.span and not m.drug]
    return {i for i, t in enumerate(tokens) if any(s.start <= t.start < s.end for s in spans)}


def understood_nothing(case: Case) -> bool:
    """Whether nothing at all was recognised: no finding, fact or medicine, nor a leg that hurts."""
    if case.complaint == "leg" and any(t.stem in SYMPTOM for t in tokenise(case.text[:2000])):
        return False
    return not (case.observations or case.facts or case.ruled_out or case.medications or case.conflicts)


def _given(person: Person, age: float | None, sex: Sex | None, notes: list[str]) -> tuple[float | None, Sex | None]:
    notes.extend(person.notes)
    if age is not None and not 0 <= age <= 120:
        raise IntakeError(
            where="age",
            what=f"{age:g} is not an age in years from 0 to 120",
            why="age sets how common each condition is",
            fix="Give years, or leave it out",
        )
    if age is not None and person.age is not None and abs(age - person.age) > 1:
        notes.append(f"age: {age:g} was given, the text says {person.age:g}; {age:g} was used")
    if sex is not None and person.sex is not None and sex != person.sex:
        notes.append(f"sex: {sex} was given, the text says {person.sex}; {sex} was used")
    return (person.age if age is None else age), (person.sex if sex is None else sex)


def _observations(
    read: Read, age: float | None, sex: Sex | None, person: Person, notes: list[str], misspelt: frozenset[int]
) -> list[Observation]:
    vocabulary = read.scene.vocabulary
    out: list[Observation] = []
    told_age = _age_or_kind(age, read.scene, person)
    for s in read.statements:
        if s.kind in ("finding", "absent", "value") and _fits(s, vocabulary, sex, notes):
            out.extend(_stated(s, vocabulary, told_age, notes, misspelt))
    out.extend(observation(s, how=s.how) for s in read.derived)
    latest: set[str] = set()
    for r in read.readings:
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


def _age_or_kind(age: float | None, scene: Scene, person: Person) -> float | None:
    """The age; when none is given a child's if the text speaks of a child, an adult's if the writer is the patient."""
    if age is not None:
        return age
    if person.relative in CHILD or not CHILD.isdisjoint(scene.stems):
        return 8.0
    return 40.0 if "i" in scene.stems and not person.relative else None


def _fits(s: Statement, vocabulary: Vocabulary, sex: Sex | None, notes: list[str]) -> bool:
    """Whether the finding can be of this patient: 'no period of rest' tells nothing of a man's periods."""
    f = vocabulary.findings[s.id]
    if sex is None or f.only_sex in ("any", sex):
        return True
    notes.append(f"'{s.span.text}' ({f.name}) is of the other sex and was not counted")
    return False


def _stated(
    s: Statement, vocabulary: Vocabulary, age: float | None, notes: list[str], misspelt: frozenset[int]
) -> list[Observation]:
    """What one recognised wording adds; what it does not add goes into the notes."""
    s = _of_age(s, age, vocabulary)
    f = vocabulary.findings[s.id]
    if f.of_children and age is not None and age >= ADULT:
        notes.append(f"'{s.span.text}' ({f.name}) is meant of children and was not counted")
        return []
    how = "spelling" if misspelt.intersection(s.used) else None
    if f.type == "ranged":
        if s.kind == "absent" and s.said == "absent":
            normal = tuple(id for id, level, _ in f.ranges if level == 0)
            return [Observation(finding=s.id, state="present", values=normal, span=s.span, how=how or "phrase")]
        return []
    if s.said == "present" or (s.said == "absent" and s.kind != "value"):
        return [observation(s, how=how)]
    if s.said == "absent":
        notes.append(f"'{s.span.text}' is denied ({f.name}); a kind that is not there was not counted")
    elif s.said in ("possible", "asked"):
        notes.append(f"'{s.span.text}' ({f.name}) is a question, worry or advice and was not counted")
    elif s.said == "past":
        notes.append(f"'{s.span.text}' ({f.name}) is told of the past and was not counted")
    elif s.said == "family":
        notes.append(f"'{s.span.text}' ({f.name}) is told of a relative")
    return []


def _of_age(s: Statement, age: float | None, vocabulary: Vocabulary) -> Statement:
    """An adult's limp is no refusal to walk of a child; it is pain on bearing weight."""
    limps = s.id == "limp_or_refusal_child" and "limp" in s.span.text.lower()
    if limps and age is not None and age >= ADULT and "weight_bearing_pain" in vocabulary.findings:
        return s._replace(id="weight_bearing_pain")
    return s


def _covered(
    tokens: Sequence[Token], matches: Sequence[Match], context: Context, readings: Sequence[Reading]
) -> set[int]:
    covered = {i for m in matches for i in m.used} | context.cue_tokens
    covered.update(i for r in readings for i in range(r.lo, r.hi + 1))
    covered.update(i for p in periods(tokens) for i in range(p.lo, p.hi + 1))
    covered.update(i for i, t in enumerate(tokens) if t.stem in cues.FAMILY)
    return covered
