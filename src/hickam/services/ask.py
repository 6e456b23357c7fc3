"""Answer a question: urgency first, then the case's numbers or the pack's claims, each sentence with its citations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce

from msgspec.structs import replace

import hickam
from hickam.answers.claims import Claim
from hickam.answers.draft import Draft, disagree
from hickam.answers.kinds import UNCOVERED
from hickam.answers.knowledge_answers import LONG, Library
from hickam.answers.question import Question, understand
from hickam.answers.ranking import rival
from hickam.answers.search import Vectors
from hickam.answers.words import content, word_set
from hickam.clinic.plan import URGENT
from hickam.errors import HickamError
from hickam.intake.reading import parse
from hickam.knowledge.standing import standing, states
from hickam.model.answer import SCHEMA, CitedAnswer, CitedClaim, ReviewState, Sentence, Turn, UrgentFirst
from hickam.model.assessment import Assessment, Reader
from hickam.model.case import Case
from hickam.model.pack import Pack
from hickam.services.ask_case import CaseAnswers
from hickam.services.ask_patient import patient_of
from hickam.services.ask_story import OWN, as_story, as_told, joined, told_beside
from hickam.services.ask_telling import how_soon, until_told
from hickam.services.assess import Options, stamp
from hickam.services.claims_index import ClaimsIndex
from hickam.writing.citations import reference
from hickam.writing.words import stamp_state

LONGEST = 2_000
"""Characters of one question; a story belongs into the case."""
HYPOTHETICAL = frozenset(["what_if", "compare", "rule_out", "symptoms", "accuracy", "sources", "frequency"])
ALONE = frozenset(["what_if", "sources", "compare", "interaction", "dose"])
"""Kinds that are told surely, or whose answer is whole."""
MOST_OF_ONE = 5
"""Claims of the likelier answer where another kind may have been meant."""
ASKING = re.compile(r"\b(why|how|when|where|who|what|which)\b", re.I)
"""Words that alone are a question after another: 'why?'."""
GREETINGS = word_set("thank thanks hello hi hey help please bye good morning evening")
LEAST_COVERED = 0.3
"""Score from which 'nothing a pack holds', where it fits best, keeps a question from being answered from the case."""
GENERAL_ASKS = (
    "Ask a clinician who can hear the whole story and examine the leg.",
    "If something new or worrying comes up (a cold, pale, numb or suddenly swollen leg), do not wait for an answer.",
)


@dataclass(frozen=True)
class AskOptions:
    """``before``: what the last answer carried, for follow-ups."""

    reader: Reader = "clinician"
    as_of: str = ""
    before: Turn | None = None


def ask(claims: ClaimsIndex, text: str, case: Case | None, options: AskOptions) -> CitedAnswer:
    """The answer to one question about the pack, or about this patient. Raises HickamError on an unusable question."""
    _check(text)
    before = _question_of(options.before)
    question = understand(text, claims, before, has_case=case is not None)
    if not set(content(text)) - GREETINGS and not question.targets and (before is None or not ASKING.search(text)):
        return _written(claims, question, _nothing_asked(), options, None, "refused")
    question = _of_own_medicine(question, case)
    urgent = _urgent_question(claims, question, options)
    if urgent is not None and urgent.level == "emergency":
        return _written(claims, question, Draft(lead=0), options, urgent, "urgent")
    extra = told_beside(claims, text) if question.kind != "what_if" else None
    about = joined(claims, case, extra) if case is not None else None
    vector = claims.vector(question.sought)
    about, story = (about, ()) if about is not None else as_story(claims, question, text)
    read_as = [replace(question, kind=kind) for kind in _kinds(question, about, told=bool(story))]
    drafts = [
        _from_case(claims, one, about, options) or _from_pack(claims, one, vector, about, extra, options)
        for one in read_as
    ]
    draft = reduce(_both, drafts)
    draft = replace(draft, notes=(*story, *draft.notes))
    if options.reader == "patient" and about is not None:
        draft = until_told(claims, question, draft, about)
    pressing = _pressing(claims, about, options) if about is not None else None
    return _written(claims, question, draft, options, urgent or pressing, "refused" if draft.refused else "answered")


def _kinds(question: Question, case: Case | None, *, told: bool) -> tuple[str, ...]:
    """The kind to answer and, about a case, one that may be meant as well. Why something told of oneself happens is
    first which causes are likely."""
    if told and question.kind == "causes":
        return ("likelihood", "causes")
    second = rival(question) if case is not None and question.kind not in ALONE else ""
    return (question.kind, second) if second and second not in ALONE else (question.kind,)


def _nothing_asked() -> Draft:
    examples = "“does stretching help?”, “which doctor treats this?”, “can I take ibuprofen with my kidneys?”"
    return Draft(
        refused=True, lead=0, notes=("There was no question in it.",), asks=(f"Ask one thing, such as {examples}.",)
    )


def _of_own_medicine(question: Question, case: Case | None) -> Question:
    """'Should I stop the pill': a medicine of this patient, called by a word of its name."""
    named = any(i.startswith(("drugs/", "treatments/")) for i in (*question.targets, *question.others))
    if case is None or named or question.kind not in ("action", "can_take", "evidence", "harms", "my_drugs"):
        return question
    said = set(content(question.plain))
    own = tuple(f"drugs/{m.drug}" for m in case.medications if m.drug and set(content(m.name)) & said)
    return replace(question, targets=(*own, *question.targets)) if own else question


def _check(text: str) -> None:
    if not text.strip() or len(text) > LONGEST or "\x00" in text:
        long = len(text) > LONGEST
        raise HickamError(
            code="bad-question",
            where="the question",
            what=f"{len(text):,} characters; the limit is {LONGEST:,}" if long else "there is no question in it",
            why="a question is one or two sentences; a story is read as a case",
            fix="give the story with --case and ask one thing"
            if long
            else "ask something, for instance: does stretching help?",
        )


def _question_of(turn: Turn | None) -> Question | None:
    return None if turn is None else Question(text="", kind=turn.kind, targets=turn.targets, others=turn.others)


def _both(draft: Draft, other: Draft) -> Draft:
    """The answers to a question that may be of two kinds, the likelier first."""
    if other.refused or not other.claims:
        return draft
    if draft.refused:
        return other
    claims = tuple(dict.fromkeys((*draft.claims[:MOST_OF_ONE], *other.claims)))
    return replace(draft, claims=claims[: max(len(draft.claims), LONG)])


# ---- the case


def _from_case(claims: ClaimsIndex, question: Question, case: Case | None, options: AskOptions) -> Draft | None:
    if case is None:
        if question.kind == "what_if":
            return _needs_case("A 'what if' is worked out on a case.")
        named = question.residue or any(not i.startswith("findings/") for i in (*question.targets, *question.others))
        if question.kind in ("likelihood", "why") and not named:
            return _needs_case("This is worked out on a case, and none was given.")
        return None
    if _elsewhere(question):
        return None
    settings = Options(reader=options.reader, as_of=options.as_of)
    quick = claims.assessed(case, options.reader)
    answers = CaseAnswers(claims.knowledge, claims.index, case, quick, settings)
    if question.kind in ("likelihood", "why") and not _causal(question):
        return None
    return answers.answer(question)


def _elsewhere(question: Question) -> bool:
    """Whether it asks for what no pack holds rather than about this patient."""
    return question.scores.get(UNCOVERED, 0.0) > max(question.scores.get(question.kind, 0.0), LEAST_COVERED)


def _causal(question: Question) -> bool:
    """Whether a likelihood question names conditions only, or nothing at all."""
    named = any(item.startswith("conditions/") for item in question.targets)
    return named or not question.unknown


def _needs_case(note: str) -> Draft:
    return Draft(
        refused=True, lead=0, notes=(note,), asks=("Give the case: --case story.txt, or the story itself in quotes.",)
    )


def _from_pack(
    claims: ClaimsIndex,
    question: Question,
    vector: Vectors | None,
    case: Case | None,
    told: Case | None,
    options: AskOptions,
) -> Draft:
    library = Library(claims.knowledge.pack, claims.index, claims.question_words.treatments, options.reader)
    patient = patient_of(claims, question, case, told, options.reader)
    named = [i for i in question.targets if not i.startswith("findings/")]
    if case is None or named or question.kind == "sources":
        draft = library.answer(question, vector, patient)
    else:  # 'is it safe to walk': about what is suspected, never about a condition that happens to be near
        draft = library.about_case(question, _suspects(claims, case, options.reader), vector)
    if case is None and question.kind in ("likelihood", "why"):
        if draft.refused:
            return _needs_case("This is worked out on a case, and none was given.")
        draft = replace(draft, notes=(*draft.notes, "Without a case this is about people in general."))
    if question.kind == "sources":
        draft = replace(draft, claims=(_review(claims.knowledge.pack), *draft.claims), lead=2)
    return draft


def _suspects(claims: ClaimsIndex, case: Case, reader: Reader) -> list[str]:
    """The leading cause and the dangers above their test threshold, three at most."""
    ranked = claims.assessed(case, reader).differential
    names = [ranked[0].condition.id]
    names += [c.condition.id for c in ranked[1:] if c.danger is not None and c.danger.state == "above_threshold"]
    return [f"conditions/{name}" for name in names[:3]]


# ---- urgency first


def _urgent_question(claims: ClaimsIndex, question: Question, options: AskOptions) -> UrgentFirst | None:
    """What the question itself tells that cannot wait: it comes before any answer; an emergency, instead of one."""
    worded = next(iter(question.scores), question.kind)
    if HYPOTHETICAL & {question.kind, worded} and not OWN.search(question.text):
        return None
    if question.kind in ("what_if", "rule_out", "sources"):
        return None
    told = parse(as_told(question.text), claims.knowledge.vocabulary)
    signs = {o.finding for o in told.observations if o.state == "present" and o.how != "implied"}
    if not signs & claims.danger_signs or not (OWN.search(question.text) or len(signs) > 1):
        return None
    return _pressing(claims, told, options)


def _pressing(claims: ClaimsIndex, case: Case, options: AskOptions) -> UrgentFirst | None:
    """The case's own urgency, when it has to be seen the same day or at once."""
    answer = claims.assessed(case, options.reader)
    return _urgent(answer, options.reader) if answer.urgency.level in URGENT else None


def _urgent(answer: Assessment, reader: Reader) -> UrgentFirst:
    level = answer.urgency.level
    reasons = [r for r in answer.urgency.reasons if r.level == level][:2]
    return UrgentFirst(
        level=level,
        sentence=how_soon(answer),
        reasons=tuple(r.lay_sentence if reader == "patient" else r.sentence for r in reasons),
        rules=tuple(r.rule or r.condition for r in reasons if r.rule or r.condition),
        sources=tuple(dict.fromkeys(key for r in reasons for key in r.sources)),
    )


# ---- writing it out


def _review(pack: Pack) -> Claim:
    """How far people have reviewed the pack, counted."""
    number = sum(state == "approved" for state in states(pack).values())
    counted = f"people have approved {number} of its {len(pack.hashes)} items"
    text = f"The knowledge is {stamp_state(stamp(pack))}: {counted}."
    return Claim(id="pack#review.0", item="pack", field="review", text=text)


def _written(
    claims: ClaimsIndex,
    question: Question,
    draft: Draft,
    options: AskOptions,
    urgent: UrgentFirst | None,
    standing: str,
) -> CitedAnswer:
    pack = claims.knowledge.pack
    sentences = tuple(as_sentence(claim) for claim in draft.claims)
    refused = standing == "refused"
    cited = {claim.id: claim for claim in draft.claims}
    keys = dict.fromkeys(key for claim in draft.claims for key in claim.sources)
    keys |= dict.fromkeys(urgent.sources if urgent else ())
    return CitedAnswer(
        schema=SCHEMA,
        engine_version=hickam.__version__,
        pack=stamp(pack),
        as_of=options.as_of,
        reader=options.reader,
        disclaimer=pack.manifest.disclaimer,
        question=question.text,
        kind=question.kind,
        about=tuple(_name(pack, item) for item in question.targets[:4]),
        standing=standing,  # type: ignore[arg-type]
        urgent=urgent,
        short=() if refused else sentences[: draft.lead],
        support=() if refused else sentences[draft.lead :],
        disagree=disagree(draft.claims) and not refused,
        counted=draft.counted,
        notes=draft.notes,
        nearest=sentences if refused else (),
        ask_a_clinician=(draft.asks or GENERAL_ASKS) if refused else draft.asks,
        claims=tuple(_cited(pack, claim) for claim in cited.values()),
        references=tuple(reference(key, pack.sources[key]) for key in keys if key in pack.sources),
        carry=Turn(kind=question.kind, targets=question.targets, others=(*question.others, *_blamed(draft))),
    )


def _blamed(draft: Draft) -> tuple[str, ...]:
    """The medicine that stands first in an answer about this patient's medicines, which 'it' may then stand for."""
    first = draft.claims[0].id if draft.claims else ""
    return (f"drugs/{first.removeprefix('case#medication.')}",) if first.startswith("case#medication.") else ()


def as_sentence(claim: Claim) -> Sentence:
    """A claim as a sentence of the answer."""
    return Sentence(text=claim.text, claims=(claim.id,), sources=claim.sources, certainty=claim.grade)


def _cited(pack: Pack, claim: Claim) -> CitedClaim:
    return CitedClaim(
        id=claim.id,
        text=claim.text,
        origin="case" if claim.item == "case" else "pack",
        sources=claim.sources,
        certainty=claim.grade,
        review_state=_state(pack, claim.item),
    )


def _state(pack: Pack, item: str) -> ReviewState:
    """The review state of the item at its present content; a case's numbers rest on the whole pack."""
    if item not in pack.hashes:
        return stamp(pack).review_state
    state = standing(pack, item).state
    return "submitted" if state == "returned" else state


def _name(pack: Pack, item: str) -> str:
    folder, _, name = item.partition("/")
    found = getattr(pack, folder, {}).get(name)
    return found.name if found else item
