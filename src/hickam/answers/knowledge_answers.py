"""Answers from the pack alone: the claims that a kind of question asks for, and when to say that it does not say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from hickam.answers.claims import Claim, numbers_of
from hickam.answers.draft import Draft, not_mentioned, refusal
from hickam.answers.fields import ARTICLES
from hickam.answers.kinds import UNCOVERED
from hickam.answers.medicines import Medicines, Patient
from hickam.answers.question import Question
from hickam.answers.ranking import Ranker, answerable, likeliest
from hickam.answers.search import Index, Vectors
from hickam.model.assessment import Reader
from hickam.model.pack import Pack

SHORT, LONG = 1, 8
"""Claims in the short answer, and at most in all of it."""
PLAINLY = 3
"""Claims about a medicine that lead where nothing known of the patient speaks against it."""
SEARCHED = 60
LIKE_NEAREST, COVERED = 0.4, 0.55
"""Least cosine, or share of the question's words where there are no vectors, of a claim worth showing in a refusal."""
NUMBERS = {"frequency": ("prior", "findings"), "risks": ("modifiers",), "accuracy": ("findings",), "causes": ()}
"""Kinds that are answered with numbers of a condition, and which."""
PROPOSING = frozenset(
    [
        "can_take",
        "evidence",
        "dose",
        "how_to",
        "treatment",
        "prevention",
        "harms",
        "general",
        "action",
        "meaning",
        "interaction",
    ]
)
"""Kinds of question that may come before a medicine is given."""


JUDGING = frozenset(["can_take", "harms", "avoid", "interaction", "general", "action", "dose"])
"""Kinds of question that cautions for other people answer too."""


class Library:
    """Answers of one pack for one reader; ``vector``: the question's, or None."""

    def __init__(self, pack: Pack, index: Index, treatments: dict[str, str], reader: Reader) -> None:
        self.pack, self.index = pack, index
        self.ranker = Ranker(index, reader, treatments)
        self.medicines = Medicines(pack, index, treatments)

    def answer(self, question: Question, vector: Vectors | None, patient: Patient) -> Draft:
        """The draft for a question that needs no case; cautions for this patient before anything else."""
        if question.kind == "sources" and question.scores["sources"] > question.scores[UNCOVERED]:
            return self._sources()
        exact = self._exact(question, patient)
        draft = exact if exact and exact.refused else self._ranked(question, vector, patient)
        if exact and not exact.refused:  # what is only said of a medicine leaves room for what else may be asked
            first = exact.claims if exact.exact else exact.claims[:PLAINLY]
            claims = tuple(dict.fromkeys((*first, *draft.claims)))
            draft = replace(exact, claims=claims[: max(LONG, len(first))])
        if not draft.refused and not self.supported(question, draft, vector):
            draft = refusal(self._near(draft.claims, vector), *not_mentioned(question.unknown))
        elif question.unknown and not draft.refused:
            draft = replace(draft, notes=tuple(dict.fromkeys((*draft.notes, *not_mentioned(question.unknown)))))
        return self._with_cautions(draft, question, patient)

    def supported(self, question: Question, draft: Draft, vector: Vectors | None) -> bool:
        """Whether the claims answer the question: log odds above nil."""
        signs = self.ranker.signs(question, draft.claims[:LONG], vector, exact=draft.exact)
        return bool(draft.claims) and answerable(signs, by_meaning=vector is not None) > 0

    def _near(self, claims: Iterable[Claim], vector: Vectors | None) -> list[Claim]:
        least = LIKE_NEAREST if vector is not None else 0.0
        return [c for c in claims if self.index.likeness(c, vector) >= least]

    def _exact(self, question: Question, patient: Patient) -> Draft | None:
        """Kinds that are looked up."""
        match question.kind:
            case "can_take":
                return self.medicines.can_take(question, patient)
            case "interaction":
                return self.medicines.interaction(question)
            case "dose":
                return self.medicines.dose(question)
            case "compare":
                return self._compare(question)
            case "evidence":
                return self.medicines.tried_elsewhere(question)
            case "causes" | "risks":
                return self._raised_by(question)
        return None

    def _with_cautions(self, draft: Draft, question: Question, patient: Patient) -> Draft:
        """What speaks against the medicine in this patient leads, however the question was put."""
        if question.kind not in PROPOSING or not (patient.factors or patient.drugs or patient.allergies):
            return draft
        items = self.medicines.items(question)
        against = [
            c for c in self.medicines.against(items, question, patient)[:2] if c not in draft.claims[: draft.lead]
        ]
        if not items or not against:
            return draft
        counted = [self.medicines.counted(c, set(), patient) for c in against]
        claims = (*against, *[c for c in draft.claims if c not in against])
        return replace(
            draft,
            claims=claims if draft.refused else claims[: LONG + 1],
            lead=0 if draft.refused else len(against) + draft.lead,
            counted=tuple(dict.fromkeys((*counted, *draft.counted))),
        )

    # ---- ranked

    def _ranked(self, question: Question, vector: Vectors | None, patient: Patient) -> Draft:
        """The best of what the items named say, of the articles and of what the search finds."""
        pool = [c for item in self._items(question) for c in self.index.of_item.get(item, ())]
        numbers = list(self._numbers(question))
        named = frozenset(c.id for c in self._numbers_named(question, numbers))
        numbers = [c for c in numbers if c.field != "findings" or c.id in named]
        pool += numbers + [hit.claim for hit in self.index.search(question.sought, vector, SEARCHED)]
        if question.wide:
            wanted = {name for kind in likeliest(question) for name in ARTICLES.get(kind, ())}
            pool += [c for c in self.index.of_item["pack"] if c.field == "articles" and c.id.split(".")[1] in wanted]
        factors = patient.factors | {i.split("/")[1] for i in question.others if i.startswith("findings/")}
        cautions = [c for c in pool if c.field == "caution" and c.id.split("#")[1].split(".")[1] in factors]
        if question.kind not in JUDGING:
            uncalled = {c.id for c in pool if c.field == "caution"} - {c.id for c in cautions}
            pool = [c for c in pool if c.id not in uncalled]
        if question.kind in ("treatment", "prevention"):
            named |= {c.id for c in cautions[:2]}
        if question.kind == "rule_out":
            named |= {c.id for c in pool if c.id.endswith("#do_not_miss.exclusion") and c.item in question.targets}
        if question.kind == "avoid":
            named |= {c.id for c in pool if ", avoid:" in c.text and c.item in question.targets}
        ordered = self.ranker.ranked(question, pool, vector, named)
        return Draft(claims=tuple(ordered[:LONG]), lead=SHORT)

    def _items(self, question: Question) -> list[str]:
        """What is named, and the treatment that covers a drug where it helps."""
        items = (*question.targets, *question.others, *question.hints)
        return list(dict.fromkeys((*items, *sorted(self.ranker.covering(question)))))

    def _numbers(self, question: Question) -> Iterable[Claim]:
        wanted = {field for kind in likeliest(question) for field in NUMBERS.get(kind, ())}
        for item in (*question.targets, *question.others):
            if wanted and item.startswith("conditions/"):
                yield from (c for c in numbers_of(self.pack, item.split("/")[1]) if c.field in wanted)

    def _numbers_named(self, question: Question, numbers: Sequence[Claim]) -> list[Claim]:
        """'How often does PAD give absent pulses', 'odds ratio of smoking': the number of the finding that is named."""
        about = (*question.others, *question.targets)
        signs = {item.split("/")[1] for item in about if item.startswith("findings/")}
        wanted = {"frequency", "risks", "accuracy"} & {question.kind}
        return [
            c for c in numbers if wanted and c.field in ("findings", "modifiers") and c.id.rpartition(".")[2] in signs
        ]

    def _raised_by(self, question: Question) -> Draft | None:
        """'Does smoking cause cramps': the conditions whose odds a risk factor raises, measured ratios first."""
        if any(i.startswith(("conditions/", "drugs/")) for i in question.targets):
            return None
        factors = {i.split("/")[1] for i in (*question.targets, *question.others) if i.startswith("findings/")}
        factors = {f for f in factors if self.pack.findings[f].about == "risk"}
        found = [
            (m.odds_ratio.basis == "estimate", -m.odds_ratio.best, claim)
            for item in self.pack.conditions.values()
            for m in item.modifiers
            if m.factor in factors and m.odds_ratio.best > 1
            for claim in numbers_of(self.pack, item.id)
            if claim.id.endswith(f"#modifiers.{m.factor}")
        ]
        chosen = [claim for _, _, claim in sorted(found, key=lambda f: f[:2])][:3]
        if not chosen:
            return None
        return Draft(claims=tuple(chosen), lead=2, notes=("Odds ratios: no proof that it is the cause.",), exact=True)

    def about_case(self, question: Question, suspects: Sequence[str], vector: Vectors | None) -> Draft:
        """A question that names nothing, asked about a patient: what is known of the conditions the case is about."""
        of_case = replace(question, targets=tuple(suspects))
        ordered = self.ranker.ranked(of_case, (c for i in suspects for c in self.index.of_item.get(i, ())), vector)
        draft = Draft(claims=tuple(ordered[:LONG]), lead=SHORT)
        if self.supported(of_case, draft, vector):
            names = ", ".join(self.pack.conditions[i.split("/")[1]].name for i in suspects)
            return replace(draft, notes=(f"Taken to be about what is suspected: {names}.",))
        # What is said of a condition nobody suspects is no answer about this patient.
        return refusal(self._near(draft.claims, vector), *not_mentioned(question.unknown))

    # ---- comparisons and sources

    def _compare(self, question: Question) -> Draft | None:
        """How two conditions are told apart, from either file; the complaint itself stands for ordinary cramps."""
        items = [i for i in question.targets if i.startswith("conditions/")]
        ids = {item.split("/")[1] for item in items}
        if len(items) < 2:
            ids |= {c.id for c in self.pack.conditions.values() if c.category == "true_cramp"}
        found = [
            claim
            for item in (*items, *(f"conditions/{name}" for name in sorted(ids) if f"conditions/{name}" not in items))
            for claim in self.index.of_item[item]
            if claim.field == "lookalikes" and claim.id.rpartition(".")[2] in ids
            and {item, f"conditions/{claim.id.rpartition('.')[2]}"} & set(items)
        ]  # fmt: skip
        each = [c for item in items[:3] for c in self.index.of_item[item] if c.field == "presentation"][:4]
        if not found and len(items) < 2:
            return None
        return Draft(claims=(*found[:3], *each)[:LONG], lead=min(2, len(found)) or 1, exact=bool(found))

    def _sources(self) -> Draft:
        wanted = ("editorial_policy", "intended_use", "disclaimer")
        claims = [c for c in self.index.of_item["pack"] if c.field in wanted]
        return Draft(claims=tuple(claims), lead=1, exact=True)
