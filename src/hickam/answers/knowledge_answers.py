"""Answers from the pack alone: the claims that a kind of question asks for, and when to say that it does not say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import msgspec

from hickam.answers.claims import Claim, factor_name, lower_first_word, numbers_of
from hickam.answers.draft import Draft, refusal
from hickam.answers.question import COMPLAINT, CUES, Question
from hickam.answers.search import Hit, Index, Vectors
from hickam.answers.words import SMALL, content, words
from hickam.model.assessment import Reader
from hickam.model.pack import Pack

SHORT, LONG = 1, 5
"""Claims in the short answer, and at most in all of it."""
LIKE, COVERED = 0.62, 0.55
"""Least cosine, and least share of the question's own words by rarity, of a claim that may stand for an answer.

Measured on the building questions: docs/evaluation/answers.md, section 'The threshold'."""
LIKE_ALONE = 0.72
LIKE_WITHIN = 0.42
"""Least cosine of a claim of the very item that was named, or that the case is about."""
COVERED_WITHIN = 0.3
LIKE_NEAREST = 0.4
"""Least cosine of a claim worth showing beside a refusal."""
WHOLE, LIKE_WHOLE = 0.95, 0.5
"""A claim that holds all of two or more words of the question's own may be less like it."""
WORDS_ALONE = 0.72
"""Least share when there are no vectors."""
DOSE = re.compile(r"\d\s?(mg|milligrams?|micrograms?|mcg|µg|mmol|g|ml|units?)\b", re.I)

FIELDS: dict[str, tuple[str, ...]] = {
    "rule_out": ("do_not_miss", "pitfalls", "workup", "accuracy"),
    "symptoms": ("presentation", "summary", "patient_text", "red_flags"),
    "workup": ("workup", "summary", "not_worth", "how", "accuracy", "presentation"),
    "treatment": ("management", "patient_text", "prevention"),
    "avoid": ("management", "pitfalls"),
    "prevention": ("prevention", "management", "patient_text", "how"),
    "urgency": ("red_flags", "do_not_miss", "patient_text", "referral"),
    "who": ("referral", "treats", "refer_when", "unsafe_when"),
    "frequency": ("who", "prior", "findings", "presentation"),
    "risks": ("modifiers", "who"),
    "causes": ("summary", "who", "presentation", "effects", "pitfalls"),
    "evidence": ("effects", "summary", "harms"),
    "harms": ("harms", "effects", "caution", "summary"),
    "how_to": ("how", "how_to", "summary"),
    "accuracy": ("findings", "accuracy", "meaning", "summary"),
    "action": ("action", "how", "check", "effects"),
    "drug_cause": ("effects", "mechanism", "action"),
    "meaning": ("summary", "meaning", "class", "treats", "patient_text", "presentation"),
    "follow_up": ("follow_up", "patient_text"),
    "general": (),
}
ARTICLES: dict[str, tuple[str, ...]] = {
    "meaning": ("definition",),
    "symptoms": ("definition",),
    "causes": ("categories", "statistics"),
    "my_drugs": ("categories", "history"),
    "who": ("who_to_see",),
    "urgency": ("who_to_see", "definition", "pitfalls"),
    "workup": ("laboratory", "examination", "history", "imaging"),
    "treatment": ("management",),
    "evidence": ("management",),
    "prevention": ("prevention", "management"),
    "frequency": ("statistics", "definition"),
    "compare": ("distinguishing",),
}
"""Articles of the manifest that answer a question about the complaint as a whole."""
ARTICLE_CUES = (
    (r"\bexamin", "examination"),
    (r"\bhistory|\bask\b", "history"),
    (r"\bbloods?\b|laboratory|lab tests", "laboratory"),
    (r"\bscan|imaging|x-?ray|ultrasound|mri", "imaging"),
)
"""Words that choose among the articles of one kind."""
STRICT = frozenset(["general", "meaning", "evidence", "can_take", "dose", "how_to", "next_step", "likelihood", "why"])
"""Kinds whose cue says little: what the question adds to it has to be in the claims."""


class Patient(msgspec.Struct, frozen=True, kw_only=True):
    """What a caution may rest on: findings and conditions by id, suspected conditions, drugs by id; names for them."""

    factors: frozenset[str] = frozenset()
    suspected: frozenset[str] = frozenset()
    drugs: frozenset[str] = frozenset()
    names: dict[str, str] = {}


class Library:
    """Answers of one pack for one reader; ``vector``: the question's, or None."""

    def __init__(self, pack: Pack, index: Index, treatments: dict[str, str], reader: Reader) -> None:
        self.pack, self.index, self.treatments, self.reader = pack, index, treatments, reader

    def answer(self, question: Question, vector: Callable[[], Vectors | None], patient: Patient) -> Draft:
        """The draft for a question that needs no case."""
        kinds: dict[str, Callable[[], Draft]] = {
            "can_take": lambda: self._can_take(question, vector, patient),
            "interaction": lambda: self._interaction(question, vector, patient),
            "compare": lambda: self._compare(question, vector),
            "dose": lambda: self._dose(question, vector),
            "sources": self._sources,
        }
        if question.kind in kinds:
            return kinds[question.kind]()
        if not any(i.startswith("conditions/") for i in question.targets) and (raised := self.raised_by(question)):
            return raised
        if question.targets:
            return self._about_items(question, vector)
        return self._in_general(question, vector)

    # ---- items

    def _about_items(self, question: Question, vector: Callable[[], Vectors | None]) -> Draft:
        """The fields that the kind asks for, of the items named."""
        fields = self._fields(question.kind)
        items = self._preferred(question)
        if question.kind == "evidence" and not any(i.startswith("treatments/") for i in items):
            return self._tried_elsewhere(question, items, vector)
        claims = self._of(items, fields, question)
        if question.kind == "avoid":
            claims = [c for c in claims if ", avoid:" in c.text] or claims
        if question.kind == "accuracy":
            claims = [*self._numbers_named(question, claims), *claims]
        several = len([i for i in question.targets if i.startswith("conditions/")]) > 1
        if question.kind in ("frequency", "risks") and not several and (named := self._numbers_named(question, claims)):
            claims = [*named, *[c for c in claims if c not in named]]
        if question.kind == "general" or not claims:
            return self._within(question, self._of(items, (), question), vector)
        strict = question.kind in STRICT and bool(question.residue)
        ordered = self._ordered(question, claims, fields, vector)
        if strict and not self._supports(question, ordered[:LONG], lenient=not question.unknown):
            return self._retrieved(question, vector)
        if question.unknown and not self._supports(question, ordered[:LONG], lenient=True):
            return refusal(ordered, *_not_mentioned(question.unknown))
        notes = _not_mentioned(question.unknown)
        return Draft(claims=tuple(ordered[:LONG]), lead=SHORT, notes=notes)

    def _tried_elsewhere(self, question: Question, items: Sequence[str], vector: Callable[[], Vectors | None]) -> Draft:
        """'Does X help' for a drug that is no treatment of the pack: only what some condition's care says of it."""
        asked = {w for w in words(question.text) if w not in SMALL and w not in COMPLAINT and w not in CUES}
        names = {w for item in items if item.startswith("drugs/") for m in _names_of(self.pack, item) for w in words(m)}
        wanted = asked & names
        found = [c for c in self.index.claims if c.field in ("management", "effects") and wanted & claim_words_said(c)]
        own = [c for c in found if c.item not in items]
        if own:
            return Draft(claims=tuple(self.index.nearest(own, question.text, vector())[:LONG]), lead=SHORT)
        near = [
            c for item in items for c in self.index.of_item.get(item, ()) if c.field in ("effects", "summary", "action")
        ]
        return refusal(near, *_not_mentioned(question.unknown))

    def _fields(self, kind: str) -> tuple[str, ...]:
        fields = FIELDS.get(kind, ())
        lay_first = (
            self.reader == "patient" and "patient_text" in fields and kind in ("meaning", "symptoms", "treatment")
        )
        return ("patient_text", *(f for f in fields if f != "patient_text")) if lay_first else fields

    def _preferred(self, question: Question) -> tuple[str, ...]:
        """Items of the best folder; the treatment that covers a drug goes with it where it helps."""
        items = list(question.targets)
        if question.kind in ("evidence", "harms", "can_take", "action", "dose"):
            for item in question.targets:
                folder, _, name = item.partition("/")
                twin = f"treatments/{self.treatments.get(name, '')}"
                if folder == "drugs" and twin in self.index.of_item and twin not in items:
                    items.append(twin)
        return tuple(items)

    def _of(self, items: Sequence[str], fields: Sequence[str], question: Question) -> list[Claim]:
        found: list[Claim] = []
        for item in items:
            if item.startswith("conditions/") and {"prior", "findings", "modifiers"} & set(fields):
                numbers = numbers_of(self.pack, item.split("/")[1])
                wanted = {part for part in ("prior", "modifiers") if part in fields}
                found += [c for c in numbers if c.field in wanted]
            found += [c for c in self.index.of_item.get(item, ()) if not fields or c.field in fields]
        return found

    def _numbers_named(self, question: Question, claims: list[Claim]) -> list[Claim]:
        """'How often does PAD give absent pulses', 'odds ratio of smoking': the number of the finding that is named."""
        signs = {item.split("/")[1] for item in (*question.others, *question.targets) if item.startswith("findings/")}
        found: list[Claim] = []
        for item in (*question.targets, *question.others):
            if item.startswith("conditions/"):
                of_item = numbers_of(self.pack, item.split("/")[1])
                keys = {f"{item}#{field}.{sign}" for sign in signs for field in ("findings", "modifiers")}
                found += [c for c in of_item if c.id in keys]
        return found

    def _ordered(
        self, question: Question, claims: list[Claim], fields: Sequence[str], vector: Callable[[], Vectors | None]
    ) -> list[Claim]:
        """By field in the kind's order and item in the question's; words of the question decide inside a field."""
        said = question.residue or any(i.startswith("findings/") for i in question.others)
        said = said or len({i for i in question.targets if i.startswith("conditions/")}) > 1
        place = {field: i for i, field in enumerate(fields)}
        if not fields or (said and question.kind not in ("frequency", "risks")):
            near = self.index.nearest(claims, question.text, vector())
            if not fields:
                return near
            rank = {c.id: i for i, c in enumerate(near)}
            best = next((c for c in near if not (c.lay and self.reader != "patient")), near[0])
            # What is nearest to the question's own words leads; the rest keeps the kind's order.
            rest = sorted(claims, key=lambda c: (place.get(c.field, 99), rank[c.id]))
            return [best, *[c for c in rest if c is not best]]
        if question.kind in ("frequency", "risks"):
            named = self._numbers_named(question, claims)
            two = [i for i in question.targets if i.startswith("conditions/")]
            if len(two) > 1:
                return self.index.nearest(claims, question.text, vector())
            return [*named, *sorted((c for c in claims if c not in named), key=lambda c: place.get(c.field, 99))]
        return _interleaved(sorted(claims, key=lambda c: place.get(c.field, 99)), question.targets)

    def _within(self, question: Question, claims: list[Claim], vector: Callable[[], Vectors | None]) -> Draft:
        """What the items named say that is nearest to the question; else what is nearest anywhere."""
        near = self.index.nearest(claims, question.text, vector())
        if near and self._near_enough(question, near[:LONG], vector()):
            return Draft(claims=tuple(near[:LONG]), lead=SHORT, notes=_not_mentioned(question.unknown))
        return self._retrieved(question, vector, within=frozenset(question.targets))

    def _near_enough(self, question: Question, claims: Sequence[Claim], vector: Vectors | None) -> bool:
        share = max(self.index.covered(question.residue, claim) for claim in claims) if question.residue else 1.0
        if question.unknown:
            return False
        like = self.index.likeness(claims[0], vector)
        if vector is None:
            return share >= WORDS_ALONE
        return share >= COVERED or (like >= LIKE and share > 0)

    def about_case(self, question: Question, suspects: Sequence[str], vector: Callable[[], Vectors | None]) -> Draft:
        """A question that names nothing, asked about a patient: what is known of the conditions the case is about."""
        fields = FIELDS.get(question.kind, ())
        claims = [c for item in suspects for c in self.index.of_item.get(item, ())]
        if self.reader != "patient":
            claims = [c for c in claims if not c.lay]
        found = vector()
        near = self.index.nearest(claims, question.text, found)[:LONG]
        preferred = [c for c in near if c.field in fields]
        near = [*preferred, *[c for c in near if c not in preferred]]
        share = max((self.index.covered(question.residue, c) for c in near), default=0.0) if question.residue else 1.0
        like = max((self.index.likeness(c, found) for c in near), default=0.0)
        if question.unknown:
            return refusal([], *_not_mentioned(question.unknown))
        alike = found is not None and like >= LIKE_WITHIN and share >= COVERED_WITHIN
        if near and (alike or share >= WORDS_ALONE):
            names = ", ".join(self.pack.conditions[i.split("/")[1]].name for i in suspects)
            return Draft(claims=tuple(near), lead=SHORT, notes=(f"Taken to be about what is suspected: {names}.",))
        # What is said of a condition nobody suspects is no answer about this patient.
        return refusal([c for c in near if self.index.likeness(c, found) >= LIKE_NEAREST])

    def raised_by(self, question: Question) -> Draft | None:
        """'Does smoking cause cramps': the conditions whose odds a risk factor raises, measured ratios first."""
        factors = {i.split("/")[1] for i in (*question.targets, *question.others) if i.startswith("findings/")}
        factors = {f for f in factors if self.pack.findings[f].about == "risk"}
        if question.kind not in ("causes", "risks") or not factors or question.unknown:
            return None
        found = [
            (m.odds_ratio.basis == "estimate", -m.odds_ratio.best, claim)
            for item in self.pack.conditions.values()
            for m in item.modifiers
            if m.factor in factors and m.odds_ratio.best > 1
            for claim in numbers_of(self.pack, item.id)
            if claim.id.endswith(f"#modifiers.{m.factor}")
        ]
        chosen = [claim for _, _, claim in sorted(found, key=lambda f: f[:2])][:LONG]
        return (
            Draft(claims=tuple(chosen), lead=2, notes=("Odds ratios: no proof that it is the cause.",))
            if chosen
            else None
        )

    # ---- medicines

    def _can_take(self, question: Question, vector: Callable[[], Vectors | None], patient: Patient) -> Draft:
        """Cautions and interactions that this patient's facts call for; else what the pack says of the treatment."""
        items = [i for i in self._preferred(question) if i.startswith(("treatments/", "drugs/"))]
        if not items:
            return self._retrieved(question, vector)
        named = {i.split("/")[1] for i in question.others if i.startswith(("findings/", "conditions/"))}
        # 'Can she take quinine' does not tell that she takes it.
        named -= {f for i in items if i.startswith("drugs/") for f in self.pack.drugs[i.split("/")[1]].factors}
        factors = named | patient.factors | patient.suspected
        drugs = {i.split("/")[1] for i in question.others if i.startswith("drugs/")} | patient.drugs
        hit: list[Claim] = []
        rest: list[Claim] = []
        for item in items:
            for claim in self.index.of_item[item]:
                key = claim.id.split("#")[1].partition(".")[2]
                applies = (claim.field == "caution" and key in factors) or (
                    claim.field == "interactions" and key in drugs
                )
                if applies:
                    hit.append(claim)
                elif claim.field in ("summary", "effects", "harms", "action", "cautions"):
                    rest.append(claim)
        unread = [w for w in question.residue if w in question.unknown]
        if unread and not hit:
            return refusal(self.index.nearest(rest, question.text, vector()), *_not_mentioned(tuple(unread)))
        said = [w for name in sorted(named) for w in content(factor_name(self.pack, name))]
        named_in = [
            c for c in rest if said and c.field in ("action", "effects") and self.index.covered(said, c) >= COVERED
        ]
        hit += [c for c in named_in if c not in hit]
        rest = [c for c in rest if c not in named_in]
        order = ("summary", "cautions", "harms", "action", "effects")
        avoided = [c for c in rest if c.field == "summary"]
        rest = [*avoided, *sorted((c for c in rest if c not in avoided), key=lambda c: order.index(c.field))]
        hit = self._by_question(hit, named)
        used = [claim for claim in hit if claim.field in ("caution", "interactions")]
        counted = tuple(dict.fromkeys(self._counted(claim, named, patient) for claim in used))
        notes = (
            () if hit else ("None of the cautions listed for it is known in this patient; not asked is not absent.",)
        )
        chosen = (*hit[:4], *rest)[: max(LONG, len(hit[:4]) + 1)]
        return Draft(claims=chosen, lead=max(1, min(2, len(hit))), counted=counted, notes=notes)

    def _by_question(self, hit: list[Claim], named: set[str]) -> list[Claim]:
        """What the question itself names goes first."""
        return sorted(hit, key=lambda c: c.id.partition("#")[2].partition(".")[2] not in named)

    def _counted(self, claim: Claim, named: set[str], patient: Patient) -> str:
        key = claim.id.partition("#")[2].partition(".")[2]
        if claim.field == "interactions":
            name = patient.names.get(key) or (self.pack.drugs[key].name if key in self.pack.drugs else key)
            return f"takes {lower_first_word(name)}"
        if key in patient.suspected and key not in patient.factors | named:
            return patient.names[key]
        return factor_name(self.pack, key) + (" (your question)" if key in named and key not in patient.factors else "")

    def _interaction(self, question: Question, vector: Callable[[], Vectors | None], patient: Patient) -> Draft:
        """What the pack says of two drugs together, from either file."""
        items = self._preferred(question)
        drugs = {i.split("/")[1] for i in items if i.startswith("drugs/")}
        found = [
            claim
            for item in items
            for claim in self.index.of_item.get(item, ())
            if claim.field == "interactions"
            and claim.id.rpartition(".")[2] in drugs
            and claim.id.rpartition(".")[2] != item.split("/")[1]
        ]
        named = {i.split("/")[1] for i in question.others if i.startswith("findings/")}
        takes = {f for d in drugs for f in self.pack.drugs[d].factors}
        found += [
            claim
            for item in items
            for claim in self.index.of_item.get(item, ())
            if claim.field == "caution" and claim.id.rpartition(".")[2] in takes | named
        ]
        own = {f for d in drugs for f in (self.pack.drugs[d].factors if f"drugs/{d}" == items[0] else ())}
        found = [c for c in found if c.id.rpartition(".")[2] not in own]
        if found:
            return Draft(
                claims=tuple(dict.fromkeys(found))[:LONG],
                lead=min(2, len(found)),
                notes=_not_mentioned(question.unknown),
            )
        names = " and ".join(lower_first_word(self.pack.drugs[d].name) for d in sorted(drugs))
        near = [c for item in items for c in self.index.of_item.get(item, ()) if c.field in ("action", "check")]
        return refusal(
            near,
            f"No interaction of {names} is in this knowledge; that is not the same as there being none.",
            asks=("Ask a pharmacist or the prescriber to check these medicines together.",),
        )

    def _dose(self, question: Question, vector: Callable[[], Vectors | None]) -> Draft:
        """A dose only where the pack states one for what was named."""
        items = self._preferred(question)
        near = [
            c for item in items for c in self.index.of_item.get(item, ()) if c.field in ("summary", "how", "action")
        ]
        asks = ("Ask the prescriber or a pharmacist for the dose; this knowledge does not set doses.",)
        if "lethal" in question.text.lower() or not items:
            return refusal(near, asks=asks)
        conditions = {i for i in (*question.targets, *question.others) if i.startswith("conditions/")}
        names = {w for item in items for w in _names_of(self.pack, item)}
        found = [
            claim
            for claim in self.index.claims
            if DOSE.search(claim.text)
            and claim.field in ("how", "management")
            and (claim.item in items or any(name in claim.text.lower() for name in names))
            and (not conditions or claim.item in conditions or claim.item in items)
        ]
        stated = [c for c in found if c.item in conditions] or (
            [] if conditions else [c for c in found if c.field == "how"]
        )
        return Draft(claims=tuple(stated[:3])) if stated else refusal(near, asks=asks)

    # ---- the rest

    def _compare(self, question: Question, vector: Callable[[], Vectors | None]) -> Draft:
        """How two conditions are told apart, from either file; else what each is."""
        items = [i for i in question.targets if i.startswith("conditions/")]
        ids = {item.split("/")[1] for item in items}
        found = [
            claim
            for item in items
            for claim in self.index.of_item[item]
            if claim.field == "lookalikes" and claim.id.rpartition(".")[2] in ids
        ]
        if len(items) < 2:
            return self._cramp_or(question, items, vector)
        each = [c for item in items[:3] for c in self.index.of_item[item] if c.field == "presentation"][:4]
        summaries = [c for item in items[:3] for c in self.index.of_item[item] if c.field == "summary"]
        chosen = [*found[:3], *(each or summaries)]
        return Draft(claims=tuple(chosen[:LONG]), lead=min(2, len(found)) or 1)

    def _cramp_or(self, question: Question, items: list[str], vector: Callable[[], Vectors | None]) -> Draft:
        """'A cramp or a clot': the complaint itself stands for ordinary cramps."""
        if not items:
            return self._in_general(question, vector)
        true = {c.id for c in self.pack.conditions.values() if c.category == "true_cramp"}
        found = [
            claim
            for claim in self.index.of_item[items[0]]
            if claim.field == "lookalikes" and claim.id.rpartition(".")[2] in true
        ]
        found += [
            claim
            for other in sorted(true)
            for claim in self.index.of_item[f"conditions/{other}"]
            if claim.field == "lookalikes" and claim.id.rpartition(".")[2] == items[0].split("/")[1]
        ]
        found += [c for c in self.index.of_item[items[0]] if c.field == "presentation"]
        return Draft(claims=tuple(found[:LONG])) if found else self._retrieved(question, vector)

    def _sources(self) -> Draft:
        claims = [
            c for c in self.index.of_item["pack"] if c.field in ("editorial_policy", "intended_use", "disclaimer")
        ]
        return Draft(claims=tuple(claims), lead=1)

    def _in_general(self, question: Question, vector: Callable[[], Vectors | None]) -> Draft:
        """About the complaint as a whole: the manifest's articles, if they cover what the question adds."""
        wanted = ARTICLES.get(question.kind, ())
        claims = [c for c in self.index.of_item["pack"] if c.id.split("#")[1].split(".")[1] in wanted]
        if not claims:
            return self._retrieved(question, vector)
        if question.residue:
            fit = [c for c in claims if self.index.covered(question.residue, c) >= WORDS_ALONE]
            if not fit or question.unknown:
                return self._retrieved(question, vector)
            claims = fit
        near = self.index.nearest(claims, question.text, vector())
        first = next((name for cue, name in ARTICLE_CUES if re.search(cue, question.text.lower())), wanted[0])
        lead = [c for c in near if f".{first}." in c.id]
        return Draft(claims=tuple([*lead, *[c for c in near if c not in lead]][:LONG]), lead=SHORT)

    def _retrieved(
        self, question: Question, vector: Callable[[], Vectors | None], within: frozenset[str] = frozenset()
    ) -> Draft:
        """The claims nearest to the question, when one of them is near enough."""
        found = vector()
        hits = self.index.search(question.text, found, 30)
        fields = FIELDS.get(question.kind, ())
        hits = sorted(hits, key=lambda h: -self._worth(h, question, fields))
        if within:
            hits = [h for h in hits if h.claim.item in within] + [h for h in hits if h.claim.item not in within]
        claims = [h.claim for h in hits]
        if not hits or not self._enough(question, hits[:LONG], found is not None):
            shown = [h.claim for h in hits if h.cosine >= LIKE_NEAREST or (found is None and h.covered >= COVERED)]
            return refusal(shown, *_not_mentioned(question.unknown))
        return Draft(claims=tuple(claims[:LONG]), lead=SHORT)

    def _worth(self, hit: Hit, question: Question, fields: Sequence[str]) -> float:
        """The search's score, a little more for what was named, for the kind's fields and for the reader's words."""
        named = hit.claim.item in question.targets or hit.claim.item in question.others
        lay = self.reader == "patient" and hit.claim.lay
        return hit.score + 0.25 * named + 0.06 * (hit.claim.field in fields) + 0.05 * lay + 0.15 * hit.covered

    def _supports(self, question: Question, claims: Sequence[Claim], *, lenient: bool) -> bool:
        """Whether the claims hold what the question adds to its kind and its subject."""
        share = max((self.index.covered(question.residue, claim) for claim in claims), default=0.0)
        return share >= (COVERED if lenient else WORDS_ALONE)

    def _enough(self, question: Question, hits: Sequence[Hit], by_meaning: bool) -> bool:
        """The measured threshold: near enough in meaning, and nothing that was asked for is missing."""
        share = (
            max((self.index.covered(question.residue, h.claim) for h in hits), default=0.0) if question.residue else 1.0
        )
        covered = max((h.covered for h in hits), default=0.0)
        if question.unknown or not question.residue:
            share = min(share, covered)
        if len(question.residue) > 1 and any(self._holds_all(question, hit, by_meaning) for hit in hits):
            return True
        if not by_meaning:
            return share >= WORDS_ALONE and covered >= COVERED
        return any(self._answers(question, hit) for hit in hits)

    def _holds_all(self, question: Question, hit: Hit, by_meaning: bool) -> bool:
        share = self.index.covered(question.residue, hit.claim)
        return share >= WHOLE and (hit.cosine >= LIKE_WHOLE or not by_meaning) and not question.unknown

    def _answers(self, question: Question, hit: Hit) -> bool:
        """Whether one claim is near enough and holds enough of what was asked; both of the same claim."""
        share = self.index.covered(question.residue, hit.claim) if question.residue else 1.0
        if question.unknown or not question.residue:
            share = min(share, hit.covered)
        near = hit.cosine >= LIKE and share >= COVERED
        return near or (hit.cosine >= LIKE_ALONE and share >= COVERED_WITHIN and not question.unknown)


def claim_words_said(claim: Claim) -> frozenset[str]:
    """The words of the claim itself, without the names it may be sought by."""
    return frozenset(words(claim.text))


def _interleaved(claims: list[Claim], items: Sequence[str]) -> list[Claim]:
    """Claims of the first item first, but two items named together take turns."""
    first = [c for c in claims if c.item == items[0]]
    others = [c for c in claims if c.item != items[0]]
    return [*first[:3], *others[:2], *first[3:], *others[2:]]


def _names_of(pack: Pack, item: str) -> Iterable[str]:
    folder, _, name = item.partition("/")
    if folder == "drugs":
        yield from (m.lower() for m in pack.drugs[name].members if len(m) > 4)
    else:
        yield pack.treatments[name].lay_name.lower()


def _not_mentioned(unknown: tuple[str, ...]) -> tuple[str, ...]:
    return (f"This knowledge nowhere mentions: {', '.join(dict.fromkeys(unknown))}.",) if unknown else ()
