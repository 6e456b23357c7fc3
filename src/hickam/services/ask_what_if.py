"""'What if the pulses were normal?': a second assessment of the changed case, and what moved."""

from __future__ import annotations

from msgspec.structs import replace

from hickam.answers.claims import Claim, case_claim, sentence
from hickam.answers.draft import Draft
from hickam.answers.question import Question
from hickam.intake.assemble import settle
from hickam.intake.reading import parse
from hickam.model.assessment import Assessment, Candidate
from hickam.model.case import Case, Observation
from hickam.services.assess import Options, assess
from hickam.services.described_case import describe_case
from hickam.services.knowledge import Knowledge
from hickam.writing.words import percent

LEADING = 3
MOVED = 0.02
"""Least change of a chance that is told."""


def what_if(knowledge: Knowledge, case: Case, before: Assessment, question: Question, options: Options) -> Draft:
    """The urgency and the leading causes before and after the change; refused where the change says nothing."""
    changed = parse(_statement(question.changed), knowledge.vocabulary)
    new = altered(knowledge, case, changed, question)
    if new is None:
        return Draft(
            refused=True,
            lead=0,
            notes=("The change was not understood, so nothing was computed.",),
            asks=("Say the change as a finding: “what if the foot pulses were normal?”",),
        )
    after = assess(knowledge, new, options)
    claims = (_urgency_change(before, after), *_moves(before, after, options))
    return Draft(claims=claims, lead=2, notes=(f"Read as: {'; '.join(_said(knowledge, case, new))}.",))


def _urgency_change(before: Assessment, after: Assessment) -> Claim:
    old, new = (answer.urgency.level.replace("_", " ") for answer in (before, after))
    text = f"The urgency would stay: {old}" if old == new else f"The urgency would go from {old} to {new}"
    reasons = [r for r in after.urgency.reasons if r.level == after.urgency.level] if old != new else []
    said = f". {reasons[0].sentence}" if reasons else ""
    return case_claim("change.urgency", text + said, sources=reasons[0].sources if reasons else ())


def _moves(before: Assessment, after: Assessment, options: Options) -> list[Claim]:
    """The causes that move most, largest first; the leading one always."""
    was = {c.condition.id: c.cause.value for c in before.differential}
    now = {c.condition.id: c for c in after.differential}
    top = after.differential[0].condition.id
    names = sorted(now, key=lambda name: (name != top, -abs(now[name].cause.value - was.get(name, 0.0))))
    claims = []
    for name in names[:LEADING]:
        old, new = was.get(name, 0.0), now[name].cause.value
        if name != top and abs(new - old) < MOVED:
            break
        verb = "would stay at" if percent(old) == percent(new) else f"would go from {percent(old)} to"
        lead = "the leading cause, " if name == top else ""
        claims.append(case_claim(f"change.{name}", f"{_label(now[name], options)}, {lead}{verb} {percent(new)}"))
    return claims


def _label(candidate: Candidate, options: Options) -> str:
    ref = candidate.condition
    return ref.lay_name if options.reader == "patient" else ref.name


def altered(knowledge: Knowledge, case: Case, changed: Case, question: Question) -> Case | None:
    """The case with the change made: what it says replaces what was known; None when it says nothing."""
    stopped = _stopped(case, question)
    said = [o for o in changed.observations if o.how != "implied"]
    age, sex = changed.age, changed.sex
    if not (said or changed.medications or changed.facts or stopped or (age is not None and age != case.age)):
        return None
    names = {o.finding for o in said} | {f for d in stopped for f in knowledge.pack.drugs[d].factors}
    kept = [o for o in case.observations if o.how != "implied" and o.finding not in names]
    new, conflicts, _ = settle([*kept, *said], knowledge.vocabulary)
    while conflicts:
        disputed = {c.finding for c in conflicts}
        left = [o for o in kept if o.finding not in disputed and not _shares(knowledge, o, disputed)]
        if len(left) == len(kept):
            break
        kept = left
        new, conflicts, _ = settle([*kept, *said], knowledge.vocabulary)
    medications = (
        *(m for m in case.medications if m.drug not in stopped),
        *(m for m in changed.medications if m.drug not in stopped),
    )
    facts = (*(f for f in case.facts if f.condition not in {x.condition for x in changed.facts}), *changed.facts)
    return replace(
        case,
        observations=tuple(new),
        medications=medications,
        allergies=(*case.allergies, *changed.allergies),
        facts=facts,
        age=case.age if age is None else age,
        sex=case.sex if sex is None else sex,
    )


def _shares(knowledge: Knowledge, observation: Observation, disputed: set[str]) -> bool:
    """Whether an old finding implies, or denies, one that the change disputes."""
    words = knowledge.vocabulary.findings[observation.finding]
    return bool({*words.implies, *words.implies_absent} & disputed)


def _stopped(case: Case, question: Question) -> set[str]:
    """Drugs that the change takes away: 'if I did not take the water tablet', 'without the statin'."""
    low = question.changed.lower().replace("’", "'")
    if not any(w in low for w in ("not take", "n't take", "without", "stopped", "stop ", "came off", "were off")):
        return set()
    named = {i.split("/")[1] for i in question.targets + question.others if i.startswith("drugs/")}
    return named & {m.drug for m in case.medications}


LEADS = (
    "what if", "suppose that", "suppose", "imagine that", "imagine", "assuming that", "assuming", "would it matter if",
    "would it change things if", "would it make a difference if", "how would", "and if", "but if", "if", "say",
)  # fmt: skip
TAILS = ("what would change", "what then", "what changes", "change this", "change things", "change that", "alter this")


def _statement(text: str) -> str:
    """'What if the pulses were normal?' -> 'the pulses were normal.'"""
    out = " ".join(text.replace("’", "'").split()).rstrip("?!. ")
    for lead in LEADS:
        if out.lower().startswith(lead + " "):
            out = out[len(lead) + 1 :]
            break
    low = out.lower()
    for tail in TAILS:
        if low.endswith(tail):
            out = out[: -len(tail)].rstrip(" ,")
            break
    for old, new in ((" were ", " is "), (" was ", " is "), (" had ", " has "), (" also ", " "), (" as well", "")):
        out = f" {out} ".replace(old, new).strip()
    return sentence(out)


def _said(knowledge: Knowledge, old: Case, new: Case) -> list[str]:
    """The differences between two cases in words."""
    before = {(f.id, f.state, f.value) for f in describe_case(knowledge.pack, old).findings}
    shown = describe_case(knowledge.pack, new).findings
    out = []
    for f in shown:
        if (f.id, f.state, f.value) not in before and "implied" not in f.modifiers:
            value = (
                f": {f.value:g} {f.unit}".rstrip() if isinstance(f.value, float) else f": {f.value}" if f.value else ""
            )
            out.append(f"{f.name}{value}" if f.state == "present" else f"absent: {f.name}")
    gone = {m.name for m in old.medications} - {m.name for m in new.medications}
    out += [f"takes {m.name}" for m in new.medications if m not in old.medications and m.drug]
    out += [f"without {name}" for name in sorted(gone)]
    out += [f"age {new.age:g}"] if new.age != old.age and new.age is not None else []
    return out[:8] or ["nothing that changes what is known"]
