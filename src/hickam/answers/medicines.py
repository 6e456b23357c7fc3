"""May this patient take it, two drugs together, and doses: looked up by the patient's facts, never searched for."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from hickam.answers.claims import Claim, factor_name, lower_first_word
from hickam.answers.draft import Draft, not_mentioned, refusal
from hickam.answers.entities import WEAK
from hickam.answers.question import Question
from hickam.answers.search import Index
from hickam.answers.words import IDLE, content, words
from hickam.model.pack import Pack

LONG = 5
COVERED = 0.55
"""Share of a factor's words that a claim has to hold to be about it."""
BLAMED = 0.2
"""Score of 'does it cause cramps' from which 'any data on X and cramps' asks for that too."""
DOSE = re.compile(r"\d\s?(mg|milligrams?|micrograms?|mcg|µg|mmol|g|ml|units?)\b", re.I)
NO_DOSE = re.compile(r"lethal|fatal|overdose|\b(die|kill|child|children|baby|toddler|infant|pa?ediatric)\b", re.I)
"""Harm, and children, for whom the pack states no dose."""
PLAIN = ("summary", "cautions", "harms", "action", "effects")
"""What is said of a medicine when nothing known of the patient speaks against it."""


class Patient(msgspec.Struct, frozen=True, kw_only=True):
    """What a caution may rest on: findings and conditions by id, suspected conditions, drugs by id; names for them.

    ``allergies``: claims of the case that speak against what the question names.
    """

    factors: frozenset[str] = frozenset()
    suspected: frozenset[str] = frozenset()
    drugs: frozenset[str] = frozenset()
    names: dict[str, str] = {}
    allergies: tuple[Claim, ...] = ()


class Medicines:
    """Cautions, interactions and doses of one pack. ``treatments``: drug id -> treatment id that covers it."""

    def __init__(self, pack: Pack, index: Index, treatments: dict[str, str]) -> None:
        self.pack, self.index, self.treatments = pack, index, treatments

    def items(self, question: Question) -> list[str]:
        """The medicines and treatments named, each drug with the treatment that covers it and the other way round."""
        found = [i for i in question.targets if i.startswith(("treatments/", "drugs/"))]
        for item in tuple(found):
            folder, _, name = item.partition("/")
            given = self.pack.treatments[name].drugs if folder == "treatments" else ()
            covering = f"treatments/{self.treatments.get(name, '')}" if folder == "drugs" else ""
            twins = (*(f"drugs/{drug}" for drug in given if len(given) == 1), covering)
            found += [twin for twin in twins if twin in self.index.of_item and twin not in found]
        return found

    def against(self, items: Iterable[str], question: Question, patient: Patient) -> list[Claim]:
        """Cautions and interactions of these medicines that a fact of the patient or of the question calls for."""
        items = list(items)
        named = self._named(items, question)
        factors = named | patient.factors | patient.suspected
        others = {i.split("/")[1] for i in question.others if i.startswith("drugs/")} | patient.drugs
        hit = [c for item in items for c in self.index.of_item[item] if c.field == "caution" and _key(c) in factors]
        hit += [
            c for item in items for c in self.index.of_item[item] if c.field == "interactions" and _key(c) in others
        ]
        mine = {item.split("/")[1] for item in items}
        for drug in sorted(others - mine):  # an interaction may be written in either drug's file
            hit += [c for c in self.index.of_item.get(f"drugs/{drug}", ())
                    if c.field == "interactions" and _key(c) in mine]  # fmt: skip
        # Allergies first, then what the question names, then interactions, which the asker may not know of.
        ordered = sorted(dict.fromkeys(hit), key=lambda c: (_key(c) not in named, c.field != "interactions"))
        return [*patient.allergies, *ordered]

    def _named(self, items: Iterable[str], question: Question) -> set[str]:
        named = {i.split("/")[1] for i in question.others if i.startswith(("findings/", "conditions/"))}
        # 'Can she take quinine' does not tell that she takes it.
        return named - {f for i in items if i.startswith("drugs/") for f in self.pack.drugs[i.split("/")[1]].factors}

    def can_take(self, question: Question, patient: Patient) -> Draft:
        """Cautions and interactions that this patient's facts call for; else what the pack says of the treatment."""
        items = self.items(question)
        hit = self.against(items, question, patient)
        rest = [c for item in items for c in self.index.of_item[item] if c.field in PLAIN]
        named = self._named(items, question)
        said = [w for name in sorted(named) for w in content(factor_name(self.pack, name))]
        about = [
            c for c in rest if said and c.field in ("action", "effects") and self.index.covered(said, c) >= COVERED
        ]
        rest = sorted((c for c in rest if c not in about), key=lambda c: PLAIN.index(c.field))
        counted = tuple(dict.fromkeys(self.counted(claim, named, patient) for claim in hit))
        hit = [*hit, *about]
        notes = (
            () if hit else ("None of the cautions listed for it is known in this patient; not asked is not absent.",)
        )
        chosen = (*hit[:4], *rest)[: max(LONG, len(hit[:4]) + 1)]
        return Draft(claims=chosen, lead=max(1, min(2, len(hit))), counted=counted, notes=notes, exact=bool(hit))

    def counted(self, claim: Claim, named: set[str], patient: Patient) -> str:
        """The fact of the patient that calls for a caution, in words."""
        key = _key(claim)
        if claim.field == "allergy":
            return "the recorded allergy"
        if claim.field == "interactions":
            key = key if key in patient.drugs else claim.item.split("/")[1]
            name = patient.names.get(key) or (self.pack.drugs[key].name if key in self.pack.drugs else key)
            return f"takes {lower_first_word(name)}"
        if key in patient.suspected and key not in patient.factors | named:
            return patient.names[key]
        return factor_name(self.pack, key) + (" (your question)" if key in named and key not in patient.factors else "")

    def interaction(self, question: Question) -> Draft:
        """What the pack says of two drugs together, from either file."""
        items = self.items(question)
        drugs = {i.split("/")[1] for i in items if i.startswith("drugs/")}
        claims = [c for item in items for c in self.index.of_item[item]]
        found = [c for c in claims if c.field == "interactions" and _key(c) in drugs - {c.item.split("/")[1]}]
        named = {i.split("/")[1] for i in question.others if i.startswith("findings/")}
        takes = {f for d in drugs for f in self.pack.drugs[d].factors}
        own = {f for d in drugs if f"drugs/{d}" == items[0] for f in self.pack.drugs[d].factors}
        found += [c for c in claims if c.field == "caution" and _key(c) in (takes | named) - own]
        notes = not_mentioned(question.unknown)
        if found:
            chosen = tuple(dict.fromkeys(found))[:LONG]
            return Draft(claims=chosen, lead=min(2, len(chosen)), notes=notes, exact=True)
        names = " and ".join(lower_first_word(self.pack.drugs[d].name) for d in sorted(drugs))
        return refusal(
            [c for c in claims if c.field in ("action", "check")],
            f"No interaction of {names} is in this knowledge; that is not the same as there being none.",
            asks=("Ask a pharmacist or the prescriber to check these medicines together.",),
        )

    def dose(self, question: Question) -> Draft:
        """A dose only where the pack states one for what was named."""
        items = self.items(question)
        near = [c for item in items for c in self.index.of_item[item] if c.field in ("summary", "how", "action")]
        asks = ("Ask the prescriber or a pharmacist for the dose; this knowledge does not set doses.",)
        if NO_DOSE.search(question.plain) or not items or question.unknown:
            return refusal(near, *not_mentioned(question.unknown), asks=asks)
        conditions = {i for i in (*question.targets, *question.others) if i.startswith("conditions/")}
        names = {w for item in items for w in self._names(item)}
        # 'Dose of methocarbamol' is not answered with that of another drug of its class.
        names = {name for name in names if name in question.plain.lower()} or names
        found = [
            claim
            for claim in self.index.claims
            if DOSE.search(claim.text)
            and claim.field in ("how", "management")
            and any(name in claim.text.lower() for name in names)
            and (not conditions or claim.item in conditions or claim.item in items)
        ]
        of_condition = [c for c in found if c.item in conditions]
        against = [c for c in self.against(items, question, Patient()) if DOSE.search(c.text)]
        stated = against + (of_condition or ([] if conditions else [c for c in found if c.field == "how"]))
        return Draft(claims=tuple(stated[:3]), exact=True) if stated else refusal(near, asks=asks)

    def tried_elsewhere(self, question: Question) -> Draft | None:
        """'Does X help' for a drug that is no treatment of the pack: only what some condition's care says of it."""
        items = self.items(question)
        if not items or any(i.startswith("treatments/") for i in items):
            return None
        blamed, praised = (question.scores.get(kind, 0.0) for kind in ("drug_cause", "evidence"))
        if question.wide and blamed >= max(BLAMED, praised / 2):
            return None
        asked = set(content(question.plain))
        drugs = [self.pack.drugs[item.split("/")[1]] for item in items]
        called = {w for drug in drugs for name in (drug.name, drug.lay_name, *drug.members) for w in words(name)}
        wanted = asked & called - IDLE - WEAK
        care = (c for c in self.index.claims if c.field in ("management", "effects") and c.item not in items)
        named = {i for i in (*question.targets, *question.others) if i.startswith("conditions/")}
        found = [c for c in care if wanted & set(words(c.text)) and (not named or c.item in named)]
        if found:
            return Draft(claims=tuple(found[:LONG]), lead=1, exact=True)
        near = [c for i in items for c in self.index.of_item[i] if c.field in ("effects", "summary", "action")]
        return refusal(near, *not_mentioned(question.unknown))

    def _names(self, item: str) -> Iterable[str]:
        folder, _, name = item.partition("/")
        if folder == "drugs":
            yield from (m.lower() for m in self.pack.drugs[name].members if len(m) > 4)
        else:
            yield self.pack.treatments[name].lay_name.lower()


def _key(claim: Claim) -> str:
    """What a caution or an interaction is about: the id after the field."""
    return claim.id.partition("#")[2].partition(".")[2]
