"""Laws of the engine on random packs: fast = reference, and what must never happen whatever the numbers."""

from __future__ import annotations

import random

import msgspec
import numpy as np
import pytest
from builders import case, categorical, condition, pack, random_case, random_pack, ranged, yes_no
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hickam.inference.batch import posterior_batch
from hickam.inference.engine import Engine
from hickam.inference.kernel import posterior
from hickam.inference.layout import RISK, Network
from hickam.inference.network import compile_network
from hickam.inference.query import build_query
from hickam.inference.reference import reference_posterior
from hickam.inference.results import Posterior
from hickam.model.case import Case, Fact, Observation
from hickam.model.pack import Pack

seeds = st.integers(0, 2**31)
LAW = settings(max_examples=60, deadline=None)


def engine_of(source: Pack) -> Engine:
    return Engine(compile_network(source))


def gap(one: Posterior, two: Posterior) -> float:
    pairs = [(one.unexplained, two.unexplained)]
    pairs += [(one.cause[c], two.cause[c]) for c in one.cause]
    pairs += [(one.present[c], two.present[c]) for c in one.present]
    return max(abs(a - b) for a, b in pairs)


@settings(max_examples=150, deadline=None)
@example(1942, 2)
@given(seeds, st.integers(2, 8))
def test_fast_path_equals_reference(seed: int, size: int) -> None:
    source = random_pack(seed, size)
    asked = random_case(seed + 1, source)
    network = compile_network(source)
    fast, slow = posterior(build_query(network, asked)), reference_posterior(source, asked)
    close = max(1e-9, 1e-15 * fast.cancellation)  # signed terms that cancel 1e6-fold and more cost digits
    for d, name in enumerate(network.conditions):
        assert fast.cause[d] == pytest.approx(slow.cause[name], abs=close)
        assert fast.present[d] == pytest.approx(slow.present[name], abs=close)
    assert fast.unexplained == pytest.approx(slow.unexplained, abs=close)
    assert fast.log_evidence == pytest.approx(slow.log_evidence, abs=10 * close)
    assert fast.cause.sum() + fast.unexplained == pytest.approx(1, abs=close)


@LAW
@given(seeds)
def test_order_of_findings_and_facts_does_not_matter(seed: int) -> None:
    source = random_pack(seed)
    asked = random_case(seed + 1, source)
    rng = random.Random(seed)
    shuffled = msgspec.structs.replace(
        asked,
        observations=tuple(rng.sample(asked.observations, len(asked.observations))),
        facts=tuple(rng.sample(asked.facts, len(asked.facts))),
    )
    engine = engine_of(source)
    assert gap(engine.posterior(asked), engine.posterior(shuffled)) == 0


@LAW
@given(seeds)
def test_a_finding_not_asked_changes_nothing(seed: int) -> None:
    """Taking every unobserved finding out of the pack leaves the answer as it is (but for links between signs)."""
    source = random_pack(seed)
    asked = random_case(seed + 1, source, known=0.4)
    seen = {o.finding for o in asked.observations}
    seen |= {name for item in source.findings.values() for name in item.implies}
    kept = {f: item for f, item in source.findings.items() if f in seen or item.about == "risk"}
    conditions = {
        c: msgspec.structs.replace(item, findings=tuple(e for e in item.findings if e.finding in kept))
        for c, item in source.conditions.items()
    }
    smaller = msgspec.structs.replace(source, findings=kept, conditions=conditions)
    one, two = engine_of(source).posterior(asked), engine_of(smaller).posterior(asked)
    assert gap(one, two) < max(1e-9, 1e-15 * one.cancellation)


@LAW
@given(seeds, st.booleans())
def test_what_a_sign_implies_says_nothing_more_in_its_group(seed: int, narrow_present: bool) -> None:
    """Foot drop and weakness say what foot drop says; a denied foot drop leaves weakness its own weight, and another
    group leaves both theirs."""
    rng = random.Random(seed)
    findings = [
        yes_no("narrow", background=0.01, group="g1", implies=("wide",)),
        yes_no("wide", background=0.05, group="g1", implies=("apart",)),
        yes_no("apart", background=0.1),
        yes_no("e0", "episode", 0.3),
    ]
    links = {"narrow": rng.uniform(0.3, 0.9), "wide": rng.uniform(0.3, 0.9), "apart": rng.uniform(0.3, 0.9)}
    source = pack([condition("a", 0.1, 0.3, links), condition("b", 0.2, 0.2, {"wide": 0.5})], findings)
    engine = engine_of(source)
    narrow = (["narrow"], []) if narrow_present else ([], ["narrow"])
    alone, both = case(*narrow), case([*narrow[0], "wide"], narrow[1])
    moved = gap(engine.posterior(alone), engine.posterior(both))
    assert moved == 0 if narrow_present else moved > 1e-6
    assert gap(engine.posterior(both), engine.posterior(case([*narrow[0], "wide", "apart"], narrow[1]))) > 1e-6


@LAW
@given(seeds, st.floats(0.02, 0.6), st.integers(0, 5))
def test_a_supporting_finding_never_lowers_its_only_condition(seed: int, leak: float, others: int) -> None:
    """Also inside a correlation group: the min-max rule. No other condition is linked to the group."""
    rng = random.Random(seed)
    findings = [yes_no(f"p{i}", background=rng.uniform(0.02, 0.5), group="g1") for i in range(others)]
    findings.append(yes_no("new", background=leak, group="g1"))
    findings.append(yes_no("e0", "episode", 0.3))
    stated = {f.id: rng.uniform(0.01, 0.97) for f in findings if f.about == "patient"} | {"e0": rng.uniform(0.1, 0.9)}
    stated["new"] = leak + (0.99 - leak) * rng.uniform(0.01, 1)
    source = pack(
        [condition("a", 0.1, 0.3, stated), condition("b", 0.2, 0.2, {"e0": 0.5})],
        findings,
    )
    before = case(
        [f"p{i}" for i in range(others) if rng.random() < 0.5], [f"p{i}" for i in range(others) if rng.random() < 0.3]
    )
    after = with_answer(before, "new", "present")
    engine = engine_of(source)
    assert engine.posterior(after).present["a"] >= engine.posterior(before).present["a"] - 1e-12
    assert engine.posterior(after).cause["a"] >= engine.posterior(before).cause["a"] - 1e-12


@LAW
@given(seeds)
def test_a_sign_fully_explained_by_a_fact_does_not_move_the_cause(seed: int) -> None:
    rng = random.Random(seed)
    source = pack(
        [
            condition("known", 0.1, rng.uniform(0.01, 0.3), {"sign": 0.999}),
            condition("other", 0.1, rng.uniform(0.01, 0.3), {"sign": rng.uniform(0.1, 0.9), "e0": 0.8}),
        ],
        [yes_no("sign", background=0.01), yes_no("e0", "episode", 0.3)],
    )
    engine = engine_of(source)
    plain, signed = case(["e0"], facts={"known": "active"}), case(["e0", "sign"], facts={"known": "active"})
    one, two = engine.posterior(plain), engine.posterior(signed)
    assert gap(one, two) < 0.002
    assert gap(engine.posterior(case(["e0"])), engine.posterior(case(["e0", "sign"]))) > gap(one, two)


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_mean_over_the_outcomes_of_a_finding_is_the_present_posterior(seed: int) -> None:
    source = random_pack(seed, 7)
    asked = random_case(seed + 1, source, known=0.4)
    engine = engine_of(source)
    now, steps = engine.posterior(asked), engine.next_steps(asked)
    close = max(1e-9, 1e-14 * now.cancellation)
    for step in steps.steps:
        assert step.gain >= 0
        outcomes = steps.outcome_posteriors(step.finding)
        assert sum(o.outcome.probability for o in outcomes) == pytest.approx(1)
        if source.findings[step.finding].about != "risk":
            for c in now.cause:
                mean = sum(o.outcome.probability * o.cause[c] for o in outcomes)
                assert mean == pytest.approx(now.cause[c], abs=close)
                there = sum(o.outcome.probability * o.present[c] for o in outcomes)
                assert there == pytest.approx(now.present[c], abs=close)
    for o in asked.observations:
        assert steps.gain(o.finding) == 0


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_outcome_posterior_is_what_answering_would_give(seed: int) -> None:
    """Risk factors included; findings whose correlation group is already observed are predicted, not re-tempered."""
    source = random_pack(seed, 7)
    asked = random_case(seed + 1, source, known=0.4)
    groups = {source.findings[o.finding].group for o in asked.observations} - {""}
    engine = engine_of(source)
    steps = engine.next_steps(asked)
    for step in steps.steps:
        if source.findings[step.finding].group in groups:
            continue
        for outcome in steps.outcome_posteriors(step.finding):
            if outcome.outcome.probability > 1e-6:
                answered = engine.posterior(with_answer(asked, step.finding, outcome.outcome.id))
                close = max(1e-8, 1e-14 * answered.cancellation)
                for c in answered.cause:
                    assert outcome.cause[c] == pytest.approx(answered.cause[c], abs=close)
                    assert outcome.present[c] == pytest.approx(answered.present[c], abs=close)


def with_answer(asked: Case, finding: str, outcome: str) -> Case:
    state, values = (outcome, ()) if outcome in ("present", "absent") else ("present", (outcome,))
    answer = Observation(finding=finding, state=state, values=values)  # type: ignore[arg-type]
    return msgspec.structs.replace(asked, observations=(*asked.observations, answer))


@LAW
@given(seeds)
def test_mean_over_a_risk_factor_is_close_to_the_present_posterior(seed: int) -> None:
    """Unanswered factors add nothing to log odds, which is their mean only to first order: small priors, near."""
    rng = random.Random(seed)
    source = pack(
        [
            condition("a", rng.uniform(0.001, 0.02), 0.5, {"p": 0.6}, modifiers={"x": rng.uniform(1.5, 5)}),
            condition("b", 0.02, 0.3, {"p": 0.3}, modifiers={"x": rng.uniform(0.3, 1)}),
            condition("c", leg=0.2, exposure=("x", 0.05)),
        ],
        [yes_no("p"), yes_no("x", "risk", rng.uniform(0.05, 0.3), mentioned=rng.choice([0, 0.9]))],
    )
    asked = case(["p"], completeness=0.0)
    engine = engine_of(source)
    now = engine.posterior(asked)
    outcomes = engine.next_steps(asked).outcome_posteriors("x")
    for c in now.cause:
        assert sum(o.outcome.probability * o.cause[c] for o in outcomes) == pytest.approx(now.cause[c], abs=0.03)
        assert sum(o.outcome.probability * o.present[c] for o in outcomes) == pytest.approx(now.present[c], abs=0.03)


@settings(max_examples=25, deadline=None)
@given(seeds, st.sampled_from(["cause", "present"]), st.floats(0.2, 0.9))
def test_contributions_add_up(seed: int, of: str, known: float) -> None:
    source = random_pack(seed, 6, patient=9, episode=7)
    asked = random_case(seed + 1, source, known=known)
    engine = engine_of(source)
    answer = engine.posterior(asked)
    for name, result in engine.contributions(asked, list(source.conditions)[:3], of=of).items():  # type: ignore[arg-type]
        assert result.prior + sum(item.decibans for item in result.items) == pytest.approx(result.total, abs=1e-9)
        p = np.clip((answer.cause if of == "cause" else answer.present)[name], 1e-12, 1 - 1e-12)
        assert result.total == pytest.approx(10 * np.log10(p / (1 - p)), abs=1e-3)
        named = sorted(f for item in result.items for f in item.findings)
        assert named == sorted(source_names(build_query(engine.network, asked)))


@settings(max_examples=25, deadline=None)
@given(seeds, st.floats(0.3, 0.9))
def test_a_contribution_is_what_the_answer_is_with_and_without_its_findings(seed: int, known: float) -> None:
    source = random_pack(seed, 6, patient=9, episode=4)
    asked = random_case(seed + 1, source, known=known)
    engine = engine_of(source)
    kept = {f for f in engine.network.findings if engine.network.kind[engine.network.finding_index[f]] == RISK}

    def value(findings: set[str]) -> float:
        told = tuple(o for o in asked.observations if o.finding in findings | kept)
        p = np.clip(engine.posterior(msgspec.structs.replace(asked, observations=told)).cause["c0"], 1e-12, 1 - 1e-12)
        return float(10 * np.log10(p / (1 - p)))

    result = engine.contributions(asked, ["c0"])["c0"]
    everything = {f for item in result.items for f in item.findings}
    assert result.prior == pytest.approx(value(set()), abs=1e-6)
    for item in result.items:
        found = set(item.findings)
        assert item.first_in == pytest.approx(value(found) - result.prior, abs=1e-6)
        assert item.last_out == pytest.approx(result.total - value(everything - found), abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_sets_whose_terms_cancel_too_much_are_left_to_the_kernel(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    source = random_pack(seed, 6, patient=9, episode=3)
    asked = random_case(seed + 1, source, known=0.8)
    shared = engine_of(source).contributions(asked, ["c0", "c1"])
    monkeypatch.setattr("hickam.inference.contributions.CANCELLATION_LIMIT", 0.0)
    alone = engine_of(source).contributions(asked, ["c0", "c1"])
    for name, result in shared.items():
        for item, same in zip(result.items, alone[name].items, strict=True):
            assert item.group == same.group
            assert item.decibans == pytest.approx(same.decibans, abs=1e-7)


def source_names(query: object) -> list[str]:
    from hickam.inference.query import Query

    assert isinstance(query, Query)
    return [query.network.findings[s.finding] for s in query.view.seen]


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_batch_equals_single(seed: int) -> None:
    source = random_pack(seed, 7)
    cases = [random_case(seed + i, source) for i in range(6)]
    cases += [msgspec.structs.replace(c, age=c.age or 33.0) for c in cases]
    network = compile_network(source)
    batch = posterior_batch(network, cases)
    for i, one in enumerate(cases):
        alone = posterior(build_query(network, one))
        close = max(1e-12, 1e-15 * alone.cancellation)
        np.testing.assert_allclose(batch.cause[i], alone.cause, rtol=0, atol=close)
        np.testing.assert_allclose(batch.present[i], alone.present, rtol=0, atol=close)
        assert batch.unexplained[i] == pytest.approx(alone.unexplained, abs=close)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_intervals_hold_the_answer_and_are_the_same_twice(seed: int) -> None:
    source = random_pack(seed)
    asked = random_case(seed + 1, source)
    one, two = engine_of(source).intervals(asked, 200), engine_of(source).intervals(asked, 200)
    assert one == two
    for interval in [*one.cause.values(), *one.present.values(), one.unexplained]:
        assert 0 <= interval.low <= interval.value <= interval.high <= 1


@LAW
@given(seeds)
def test_a_saved_network_gives_the_same_answer(seed: int) -> None:
    source = random_pack(seed)
    network = compile_network(source)
    again = Network.from_arrays(network.to_arrays())
    asked = random_case(seed + 1, source)
    assert gap(Engine(network).posterior(asked), Engine(again).posterior(asked)) == 0


@LAW
@given(seeds)
def test_ruled_out_conditions_stay_out(seed: int) -> None:
    source = random_pack(seed)
    asked = random_case(seed + 1, source)
    out = {fact.condition for fact in asked.ruled_out} - {fact.condition for fact in asked.facts}
    answer = engine_of(source).posterior(asked)
    assert all(answer.present[c] == 0 and answer.cause[c] == 0 for c in out)
    assert all(answer.present[fact.condition] == 1 for fact in asked.facts)


def test_statuses_and_values_are_understood() -> None:
    """A set of values adds their probabilities; an impossible value is refused with the list of possible ones."""
    shares = {"cramp": 0.5, "ache": 0.3, "burn": 0.2}
    source = pack(
        [condition("a", findings={"q": {"cramp": 0.8, "ache": 0.1, "burn": 0.1}}), condition("b")],
        [categorical("q", shares), ranged("m")],
    )
    engine = engine_of(source)
    one = engine.posterior(case(values={"q": ("ache", "burn")}))
    two = engine.posterior(
        msgspec.structs.replace(case(), observations=(Observation(finding="q", state="absent", values=("cramp",)),))
    )
    assert gap(one, two) < 1e-12
    assert gap(engine.posterior(case(values={"q": ("ache", "burn", "cramp")})), engine.posterior(case())) == 0
    with pytest.raises(ValueError, match="has no value 'stab'; it has cramp, ache, burn"):
        engine.posterior(case(values={"q": "stab"}))
    with pytest.raises(ValueError, match="not in this pack"):
        engine.posterior(Case(facts=(Fact(condition="nothing"),)))
