"""What would change the answer: further answers, told findings taken back, numbers of the pack moved.

For the leading cause and its nearest rivals. Single further answers are searched exhaustively, two and three among the
STRONGEST; told findings are taken back one, two, three at a time. Every candidate is a whole exact posterior.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from msgspec.structs import replace

from hickam.inference.sensitivity import Crossing, crossings, number_count
from hickam.intake.assemble import settle
from hickam.model.assessment import ConditionRef, Overturn, OverturningFinding, OverturningNumber
from hickam.model.case import Case
from hickam.model.finding import Finding
from hickam.services.interview_state import with_answer
from hickam.services.knowledge import Knowledge
from hickam.services.next_steps import answer_words
from hickam.writing.overturn import number_sentence
from hickam.writing.sentences import state_words

RIVALS = 3
WORTH = 0.005
"""A cause less likely than this is no rival, unless its working was asked for."""
POSSIBLE = 0.001
"""Answers less likely than this are not worth naming."""
STRONGEST = 12
MOST = 3
NUMBERS = 6


@dataclass(frozen=True)
class _Answered:
    """One possible answer: which, how likely now, and ln(leader/rival) after it."""

    finding: Finding
    outcome: str
    probability: float
    odds: float


def overturns(
    knowledge: Knowledge, case: Case, ranked: Sequence[str], ref: Callable[[str], ConditionRef], also: str = ""
) -> tuple[Overturn, ...]:
    """The leading cause against each rival; ``also`` is a rival whatever its rank."""
    cause = knowledge.engine.posterior(case).cause
    leader = ranked[0]
    rivals = [name for name in ranked[1 : RIVALS + 1] if cause[name] >= WORTH]
    if also and also not in (leader, *rivals):
        rivals.append(also)
    return tuple(_overturn(knowledge, case, leader, rival, ref) for rival in rivals)


def _overturn(
    knowledge: Knowledge, case: Case, leader: str, rival: str, ref: Callable[[str], ConditionRef]
) -> Overturn:
    cause, network = knowledge.engine.posterior(case).cause, knowledge.engine.network
    added = _added(knowledge, case, leader, rival)
    after = _answered(knowledge, case, added)
    then = knowledge.engine.posterior(after).cause
    return Overturn(
        leader=ref(leader),
        rival=ref(rival),
        odds=cause[leader] / max(cause[rival], 1e-12),
        added=tuple(OverturningFinding(finding=a.finding.id, answer=answer_words(a.finding, a.outcome)) for a in added),
        added_probability=_chance(knowledge, case, added),
        added_leader=then[leader],
        added_rival=then[rival],
        withdrawn=_withdrawn(knowledge, case, leader, rival),
        numbers=tuple(_number(knowledge, c) for c in crossings(network, case, leader, rival)[:NUMBERS]),
        numbers_tried=number_count(network, case, leader, rival),
    )


def _added(knowledge: Knowledge, case: Case, leader: str, rival: str) -> list[_Answered]:
    """The smallest set of further answers after which the rival is ahead; of equal ones the most probable."""
    answers = _possible(knowledge, case, leader, rival)
    single = [a for a in answers if a.odds < 0]
    if single:
        return [max(single, key=lambda a: a.probability)]
    strongest: dict[str, _Answered] = {}
    for a in sorted(answers, key=lambda a: a.odds):
        strongest.setdefault(a.finding.id, a)
    few = list(strongest.values())[:STRONGEST]
    for size in range(2, MOST + 1):
        sets = [list(chosen) for chosen in combinations(few, size)]
        odds = _odds(knowledge, [_answered(knowledge, case, chosen) for chosen in sets], leader, rival)
        passed = [chosen for chosen, value in zip(sets, odds, strict=True) if value < 0]
        if passed:
            return max(passed, key=lambda chosen: math.prod(a.probability for a in chosen))
    return []


def _possible(knowledge: Knowledge, case: Case, leader: str, rival: str) -> list[_Answered]:
    """Every possible answer to every finding not yet known."""
    steps = knowledge.engine.next_steps(case)
    found = []
    for step in steps.steps:
        finding = knowledge.pack.findings[step.finding]
        for outcome in steps.outcome_posteriors(step.finding):
            if outcome.outcome.probability >= POSSIBLE:
                odds = _ln(outcome.cause[leader]) - _ln(outcome.cause[rival])
                found.append(_Answered(finding, outcome.outcome.id, outcome.outcome.probability, odds))
    return found


def _answered(knowledge: Knowledge, case: Case, answers: Iterable[_Answered]) -> Case:
    for a in answers:
        case = with_answer(knowledge, case, a.finding, a.outcome)
    return case


def _chance(knowledge: Knowledge, case: Case, answers: Sequence[_Answered]) -> float:
    """Probability that the answers turn out so together, by the chain rule; 0 for no answers."""
    chance = float(bool(answers))
    for a in answers:
        outcomes = knowledge.engine.next_steps(case).outcomes(a.finding.id)
        chance *= next((o.probability for o in outcomes if o.id == a.outcome), 1.0)
        case = with_answer(knowledge, case, a.finding, a.outcome)
    return chance


def _withdrawn(knowledge: Knowledge, case: Case, leader: str, rival: str) -> tuple[OverturningFinding, ...]:
    """The smallest set of told findings without which the rival is ahead; of equal ones the one that does it most."""
    told = [o for o in case.observations if o.how != "implied"]
    names = list(dict.fromkeys(o.finding for o in told))
    alone = _odds(knowledge, [_without(knowledge, case, (name,)) for name in names], leader, rival)
    weighty = [name for _, name in sorted(zip(alone, names, strict=True))][:STRONGEST]
    for size in range(1, MOST + 1):
        sets = list(combinations(weighty, size))
        odds = _odds(knowledge, [_without(knowledge, case, chosen) for chosen in sets], leader, rival)
        best = min(zip(odds, sets, strict=True), default=(1.0, ()))
        if best[0] < 0:
            by_name = {o.finding: o for o in told}
            words = [(name, state_words(knowledge.pack.findings[name], by_name[name])) for name in best[1]]
            return tuple(OverturningFinding(finding=name, answer=said) for name, said in words)
    return ()


def _without(knowledge: Knowledge, case: Case, names: Sequence[str]) -> Case:
    """The case as if these had never been told, with what the rest implies."""
    kept = [o for o in case.observations if o.how != "implied" and o.finding not in names]
    return replace(case, observations=tuple(settle(kept, knowledge.vocabulary)[0]))


def _odds(knowledge: Knowledge, cases: list[Case], leader: str, rival: str) -> list[float]:
    """ln(leader/rival) of each case."""
    if not cases:
        return []
    batch = knowledge.engine.posterior_batch(cases)
    first, second = batch.conditions.index(leader), batch.conditions.index(rival)
    return [_ln(row[first]) - _ln(row[second]) for row in batch.cause.tolist()]


def _ln(chance: float) -> float:
    return math.log(max(chance, 1e-300))


def _number(knowledge: Knowledge, crossing: Crossing) -> OverturningNumber:
    number, pack = crossing.number, knowledge.pack
    return OverturningNumber(
        kind=number.kind,
        condition=number.condition,
        finding=number.finding,
        value=number.value,
        low=crossing.low,
        high=crossing.high,
        needed=crossing.needed,
        within=crossing.within,
        sentence=number_sentence(
            number.kind,
            pack.conditions[number.condition].name if number.condition else "",
            pack.findings[number.finding].name if number.finding else "",
            (number.value, crossing.low, crossing.high, crossing.needed),
            within=crossing.within,
        ),
    )
