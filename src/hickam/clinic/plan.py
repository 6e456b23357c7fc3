"""Work-up, management, prevention, cautions, pitfalls and what to tell the patient, from the pack's statements."""

from __future__ import annotations

from collections.abc import Sequence

from hickam.clinic.allergies import allergy_cautions
from hickam.clinic.beliefs import Beliefs
from hickam.clinic.dangers import Danger, dangers
from hickam.clinic.medication import own_interactions
from hickam.clinic.urgency import fired, rule_holds
from hickam.clinic.view import CaseView
from hickam.model.assessment import Advice, ManagementItem, Tier, WorkupItem
from hickam.model.condition import LEVELS, Condition, Level

LEADING = 0.15
"""A cause this likely has its management shown beside the most likely one's."""
URGENT = ("same_day", "emergency")
WORTH_STOPPING = 0.5
MOST_STOPPED = 8
STAGES = ("now", "if_unexplained", "specialist", "not_worth_it")


def considered(view: CaseView, beliefs: Beliefs, tier_of: dict[str, Tier]) -> list[Condition]:
    """Conditions the plan is made for: every tiered one, most likely first."""
    return [view.pack.conditions[name] for name in beliefs.ranked if name in tier_of]


def leading(view: CaseView, beliefs: Beliefs, level: Level) -> list[Condition]:
    """Conditions whose management is shown.

    The most likely cause and any other of at least LEADING, at most three. When the case has to be seen the same day or
    at once, advice for a harmless cause would contradict that: then only causes that are urgent or dangerous themselves
    (in an emergency both, or named by a red flag) and the dangers that make the case urgent; those a red flag names
    first, then the likeliest. A danger that has only to be looked for is examined, not treated: ``Danger.level`` below
    its harm, or no emergency and less likely than LEADING. A clot of 8 % behind a broken leg is scanned for.
    """
    key = ("leading", beliefs, level)
    found: list[Condition] | None = view.memo.get(key)
    if found is None:
        found = view.memo[key] = _leading(view, beliefs, level)
    return found


def _leading(view: CaseView, beliefs: Beliefs, level: Level) -> list[Condition]:
    names = beliefs.ranked
    chosen = [
        view.pack.conditions[name] for i, name in enumerate(names[:3]) if i == 0 or beliefs.cause[name] >= LEADING
    ]
    if LEVELS.index(level) < LEVELS.index("same_day"):
        return chosen
    named, at_once = _named(view, beliefs, URGENT), _named(view, beliefs, LEVELS[-1:])
    urgent = [item for item in chosen if _acted_on(item, named, level)]
    treated = [
        danger.condition
        for danger in _raising(view, beliefs)
        if (danger.level == danger.rule.harm or danger.condition.id in named)
        and (
            danger.level == LEVELS[-1]
            or danger.condition.id in at_once
            or beliefs.cause[danger.condition.id] >= LEADING
        )
    ]
    found = list({item.id: item for item in urgent + treated}.values())
    return sorted(found, key=lambda item: item.id not in named)[:3]


def _named(view: CaseView, beliefs: Beliefs, levels: Sequence[str]) -> set[str]:
    """Conditions named by the red flags of these levels that hold."""
    return {name for rule in fired(view, beliefs) if rule.level in levels for name in rule.conditions}


def _raising(view: CaseView, beliefs: Beliefs) -> list[Danger]:
    """The dangers that make the case urgent."""
    return [danger for danger in dangers(view, beliefs) if danger.counts and danger.level in URGENT]


def _acted_on(item: Condition, named: set[str], level: Level) -> bool:
    """Whether a likely cause is itself so urgent or dangerous that its management does not belittle the case."""
    dangerous, hurried = item.do_not_miss is not None, item.urgency in URGENT
    if level == LEVELS[-1]:
        return dangerous and (hurried or item.id in named)
    return dangerous or hurried


def workup(view: CaseView, beliefs: Beliefs, tier_of: dict[str, Tier], level: Level) -> tuple[WorkupItem, ...]:
    """Steps of the considered conditions, merged by test, staged; then tests not worth doing here.

    In an urgent case the tests of what is acted on and of the dangers that make it urgent come first.
    """
    merged: dict[tuple[str, str], WorkupItem] = {}
    first = set()
    if level in URGENT:
        first = {item.id for item in leading(view, beliefs, level)}
        first |= {danger.condition.id for danger in _raising(view, beliefs)} | _named(view, beliefs, URGENT)
    for item in sorted(considered(view, beliefs, tier_of), key=lambda item: item.id not in first):
        for step in item.workup:
            if step.stage != "now" and tier_of[item.id] == "rare" and beliefs.cause[item.id] < 0.05:
                continue
            key = (step.stage, step.test.lower())
            old = merged.get(key)
            names = (*(old.for_conditions if old else ()), item.name)
            sources = tuple(dict.fromkeys((*(old.sources if old else ()), *step.sources)))
            merged[key] = WorkupItem(
                stage=step.stage,
                test=step.test,
                why=old.why if old else step.why,
                means=old.means if old else step.means,
                for_conditions=names,
                sources=sources,
            )
    planned = {test for stage, test in merged if stage == "now"}
    items = list(merged.values()) + _not_worth(view, beliefs, planned)
    return tuple(sorted(items, key=lambda item: STAGES.index(item.stage)))


def _not_worth(view: CaseView, beliefs: Beliefs, planned: set[str]) -> list[WorkupItem]:
    """Tests that the pack calls not worth doing for the leading cause, unless something in this case asks for them.

    Only when the cause is likely (WORTH_STOPPING) and no considered condition plans the test itself; those with a
    source first, blood tests before others.
    """
    if beliefs.cause[beliefs.leading] < WORTH_STOPPING:
        return []
    top = view.pack.conditions[beliefs.leading]
    found = [
        (test, part)
        for test in view.pack.tests.values()
        for part in test.not_worth
        if top.id in part.conditions
        and not any(view.holds(term, beliefs.cause) for term in part.unless)
        and not any(test.name.lower().split(" (")[0] in said for said in planned)
    ]
    found.sort(key=lambda pair: (not pair[1].sources, pair[0].kind != "blood", pair[0].id))
    return [
        WorkupItem(
            stage="not_worth_it",
            test=test.name,
            why=part.text,
            means="",
            for_conditions=(top.name,),
            sources=part.sources,
        )
        for test, part in found[:MOST_STOPPED]
    ]


def management(view: CaseView, beliefs: Beliefs, level: Level) -> tuple[ManagementItem, ...]:
    """What to do for the leading causes, conservative first; a step may appear for one cause only once."""
    seen: set[tuple[str, str]] = set()
    items: list[ManagementItem] = []
    order = {"first": 0, "second": 1, "specialist": 2, "avoid": 3}
    for item in leading(view, beliefs, level):
        for step in sorted(item.management, key=lambda s: order[s.line]):
            key = step.treatment or step.step.lower()
            if (key, step.line) in seen:
                continue
            seen.add((key, step.line))
            items.append(
                ManagementItem(
                    step=step.step,
                    line=step.line,
                    certainty=step.certainty,
                    condition=item.name,
                    treatment=step.treatment,
                    sources=step.sources,
                )
            )
    return tuple(items)


def cautions(view: CaseView, beliefs: Beliefs, level: Level) -> tuple[Advice, ...]:
    """Allergies against what is shown or taken, interactions of the patient's own drugs, then cautions of the shown
    management that facts, risk factors or drugs of this patient, or a danger that is not excluded, call for."""
    shown = leading(view, beliefs, level)
    open_dangers = {d.condition.id for d in dangers(view, beliefs) if d.shown}
    found = {advice.text: advice for advice in (*allergy_cautions(view, shown), *own_interactions(view))}
    for item in shown:
        for step in item.management:
            treatment = view.pack.treatments.get(step.treatment)
            pairs = {**(treatment.caution if treatment else {}), **step.caution}
            name = treatment.name if treatment else item.name
            for factor, said in pairs.items():
                known = view.state(factor) or factor in view.facts
                if known or factor in open_dangers - {item.id}:
                    text = f"{name}: {said}"
                    because = _label(view, factor) if known else f"{_label(view, factor)}, not excluded"
                    found.setdefault(text, Advice(text=text, because=(because,), sources=step.sources))
            for drug, said in (treatment.interactions if treatment else {}).items():
                if drug in view.drugs:
                    text = f"{name}: {said}"
                    because = view.pack.drugs[drug].name
                    found.setdefault(text, Advice(text=text, because=(because,), sources=step.sources))
    return tuple(found.values())


def _label(view: CaseView, name: str) -> str:
    finding = view.pack.findings.get(name)
    return finding.name if finding else view.pack.conditions[name].name


def prevention(view: CaseView, beliefs: Beliefs, level: Level) -> tuple[Advice, ...]:
    """Prevention for the leading causes."""
    return tuple(
        Advice(text=part.text, because=(item.name,), sources=part.sources)
        for item in leading(view, beliefs, level)
        for part in item.prevention
    )


def pitfalls(view: CaseView, beliefs: Beliefs, level: Level) -> tuple[Advice, ...]:
    """Pitfalls that apply to this case: rules that hold, then those of the cause that is acted on first, what this case
    calls for before what holds of every such case."""
    rules = [
        Advice(
            text=rule.sentence,
            because=tuple(t for t in (*rule.all, *rule.any) if view.holds(t, beliefs.cause)),
            sources=rule.sources,
        )
        for rule in view.pack.rules.values()
        if rule.kind == "pitfall" and rule_holds(rule, view, beliefs)
    ]
    top = next(iter(leading(view, beliefs, level)), view.pack.conditions[beliefs.leading])
    held = [(part, tuple(t for t in part.when if view.holds(t, beliefs.cause))) for part in top.pitfalls]
    apply = sorted(((part, terms) for part, terms in held if terms or not part.when), key=lambda one: not one[1])
    own = [Advice(text=part.text, because=(top.name, *terms), sources=part.sources) for part, terms in apply[:3]]
    return tuple(rules + own)
