"""What an answer decides about one case: order, tiers and urgency, without its words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace

from hickam.clinic.beliefs import Beliefs
from hickam.clinic.dangers import Danger, dangers
from hickam.clinic.prevalence import prevalence
from hickam.clinic.tiers import tiers
from hickam.clinic.view import CaseView
from hickam.inference.engine import Posterior
from hickam.model.assessment import Tier, Urgency
from hickam.model.case import Case
from hickam.model.pack import Pack
from hickam.services.knowledge import Knowledge
from hickam.services.triage import as_beliefs, urgency_of


@dataclass(frozen=True)
class Outcome:
    """``view``: the case without past acute events. ``alone``: the answer to age, sex and setting. ``dangers``: what
    must not be missed, raised or not; ``tiers``: condition -> tier."""

    view: CaseView
    posterior: Posterior
    alone: Posterior
    beliefs: Beliefs
    dangers: list[Danger]
    tiers: dict[str, Tier]
    urgency: Urgency

    def place(self, condition: str) -> int:
        """Place by probability of being the cause, from 1."""
        return self.beliefs.ranked.index(condition) + 1

    def in_tier(self, tier: Tier) -> list[str]:
        """The conditions of one tier in their order."""
        return [name for name in self.beliefs.ranked if self.tiers.get(name) == tier]


def outcome_of(knowledge: Knowledge, case: Case, worded: Pack | None = None) -> Outcome:
    """Weigh one case. ``worded``: the pack in other words (a language, a reader), whose words reasons are given in."""
    pack, engine = worded or knowledge.pack, knowledge.engine
    case = without_past_events(pack, case)
    view = CaseView(pack, case)
    posterior, alone = engine.posterior(case), engine.k_only(case)
    beliefs = as_beliefs(posterior, alone)
    found = dangers(view, beliefs)
    return Outcome(
        view=view,
        posterior=posterior,
        alone=alone,
        beliefs=beliefs,
        dangers=found,
        tiers=tiers(beliefs, found, partial(prevalence, pack, case)),
        urgency=urgency_of(knowledge, view, beliefs, alone),
    )


def without_past_events(pack: Pack, case: Case) -> Case:
    """A past acute event (a clot two years ago) is not present now: its risk finding says what it still means."""
    gone = {
        fact.condition
        for fact in case.facts
        if fact.status == "past" and (prior := pack.conditions[fact.condition].prior) and prior.measure != "prevalence"
    }
    return replace(case, facts=tuple(fact for fact in case.facts if fact.condition not in gone)) if gone else case
