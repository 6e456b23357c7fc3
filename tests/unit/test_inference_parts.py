"""The parts of the engine one by one, on numbers that can be checked by hand."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
import pytest
from builders import RANGES, case, condition, manifest, number, pack, ranged, ratio, yes_no

from hickam.inference import kernel as kernel_module
from hickam.inference import lookups as look
from hickam.inference.engine import Engine
from hickam.inference.intervals import ends
from hickam.inference.kernel import posterior, problem_of, solve
from hickam.inference.network import compile_network
from hickam.inference.query import build_query, split_items
from hickam.inference.ranges import range_forms
from hickam.inference.reading import read_case
from hickam.inference.reference import kept_members, reference_posterior
from hickam.inference.simulate import reveal, simulate
from hickam.inference.temper import exponents
from hickam.model.case import Observation
from hickam.model.condition import Evidence
from hickam.model.finding import Range
from hickam.model.pack import Pack, VisitShare


def engine_of(source: Pack) -> Engine:
    return Engine(compile_network(source))


def test_case_mix_is_prior_times_consulting_rate() -> None:
    source = pack([condition("a", 0.1, 0.3), condition("b", 0.2, 0.1)], [])
    answer = engine_of(source).posterior(case(completeness=0.0))
    assert answer.unexplained == pytest.approx(0.1)
    assert answer.cause["a"] == pytest.approx(0.9 * 0.03 / 0.05)
    assert answer.present["b"] == pytest.approx(0.2 + 0.8 * answer.cause["b"])


def test_incidence_becomes_a_window_probability() -> None:
    assert look.window_probability("incidence_per_year", 0.0365, 28) == pytest.approx(0.0028)
    assert look.window_probability("prevalence", 0.3, 28) == 0.3


def test_sigma_comes_from_the_interval_or_is_wide() -> None:
    narrow = number(0.5)
    assert look.logit_sigma(narrow) == pytest.approx(2 * math.log(2) / 3.92)
    flat = msgspec.structs.replace(narrow, value=(0.5, 0.5, 0.5))
    assert look.logit_sigma(flat) == 0.7
    assert look.log_sigma(ratio(2.0)) == pytest.approx(math.log(4) / 3.92)


def test_mean_and_sd_become_range_probabilities_with_heavy_tails() -> None:
    finding = ranged("k")
    shares = look.shares_over(finding, Evidence(finding="k", basis="estimate", mean=2.5, sd=0.5))
    assert sum(shares) == pytest.approx(1)
    assert shares[0] == pytest.approx(look.t4_cdf((2 - 2.5) / (0.5 / math.sqrt(2))))
    assert min(look.condition_shares(finding, Evidence(finding="k", basis="estimate", mean=2.5, sd=0.1))) > 1e-4


def test_ranges_add_up_and_keep_the_background() -> None:
    base = [0.01, 0.04, 0.9, 0.04, 0.01]
    table = range_forms([-2, -1, 0, 1, 2], base)
    ill = table.phi([0.6, 0.3, 0.08, 0.01, 0.01])
    for phi in ([1.0] * 5, ill):
        form = [b * p for b, p in zip(table.background, phi, strict=True)]
        ends = zip(table.weight, table.up, table.down, strict=True)
        p = [w * (form[u] - (form[d] if d >= 0 else 0)) for w, u, d in ends]
        assert sum(p) == pytest.approx(1)
        assert min(p) >= 0
    assert p[0] == pytest.approx(0.6)
    assert p[1] == pytest.approx(0.3)


def test_a_low_value_is_explained_by_the_low_condition_only() -> None:
    low = dict(zip(RANGES, (0.5, 0.4, 0.09, 0.005, 0.005), strict=True))
    high = dict(zip(RANGES, (0.005, 0.005, 0.09, 0.4, 0.5), strict=True))
    items = [condition("low", 0.02, findings={"k": low}), condition("high", 0.02, findings={"k": high})]
    source = pack(items, [ranged("k")])
    engine = engine_of(source)
    assert engine.posterior(case(values={"k": "r_low2"})).present["low"] > 0.4
    assert engine.posterior(case(values={"k": "r_low2"})).present["high"] < engine.posterior(case()).present["high"] / 2
    assert engine.posterior(case(values={"k": "r_high1"})).present["high"] > 0.1
    assert engine.posterior(case(values={"k": "r_normal"})).present["low"] < engine.posterior(case()).present["low"]


def test_a_set_of_far_apart_ranges_is_marked_approximate() -> None:
    shares = dict(zip(RANGES, (0.4, 0.1, 0.2, 0.1, 0.2), strict=True))
    source = pack([condition("a", findings={"k": shares})], [ranged("k")])
    assert engine_of(source).posterior(case(values={"k": ("r_low2", "r_high2")})).approximated
    assert not engine_of(source).posterior(case(values={"k": ("r_low2", "r_low1")})).approximated


def test_tempering_shares_out_the_strongest() -> None:
    logs = np.array([[2.0, 1.0], [2.0, -1.0], [0.1, 0.0]])
    alpha = exponents(logs, 0.4)
    assert alpha[0, 0] == alpha[1, 0] == pytest.approx(1 / 1.4)
    assert alpha[2, 0] == 0
    for column in range(2):
        kept = kept_members({str(i): float(x) for i, x in enumerate(logs[:, column])}, 0.4)
        assert {str(i) for i in range(3) if alpha[i, column] > 0 and logs[i, column] != 0} == kept


def test_a_fact_is_present_and_its_status_lowers_its_share() -> None:
    source = pack([condition("a", 0.05, 0.3), condition("b", 0.05, 0.3)], [])
    engine = engine_of(source)
    active, controlled = (engine.posterior(case(facts={"a": s})) for s in ("active", "controlled"))
    assert active.present["a"] == controlled.present["a"] == 1
    assert active.cause["a"] > controlled.cause["a"]
    own = condition("a", 0.05, 0.3, controlled={"complaint": 0.01})
    assert engine_of(pack([own], [])).posterior(case(facts={"a": "controlled"})).cause["a"] < controlled.cause["a"]


def test_a_known_parent_raises_its_child_across_families() -> None:
    source = pack([condition("u", 0.05), condition("d", 0.05, parents={"u": 0.5})], [])
    engine = engine_of(source)
    assert engine.posterior(case(facts={"u": "active"})).present["d"] > 0.45
    assert engine.posterior(case()).present["d"] == pytest.approx(engine.posterior(case()).present["u"], abs=1e-9)


def test_a_family_keeps_prevalence_and_reasons_backwards() -> None:
    rates: Any = {"leg": 1e-6}
    source = pack(
        [
            condition("u", 0.02, **rates, family="f"),
            condition("d", 0.05, **rates, family="f", parents={"u": 0.8}),
            condition("z", 0.2, 0.5),
        ],
        [],
    )
    engine = engine_of(source)
    assert engine.posterior(case()).present["d"] == pytest.approx(0.05, abs=1e-3)
    assert engine.posterior(case(facts={"d": "active"})).present["u"] == pytest.approx(0.016 / 0.05, rel=0.05)
    assert engine.posterior(case(ruled_out=["u"])).present["d"] < 0.05
    share = engine.upstream(case(facts={"d": "active"}))["d"]["u"]
    assert share == pytest.approx(engine.posterior(case(facts={"d": "active"})).present["u"], rel=0.1)


def test_excluded_kinds_are_never_both_present() -> None:
    source = pack(
        [
            condition("mild", 0.3, family="f", findings={"s": 0.9}),
            condition("severe", 0.2, family="f", excludes=("mild",), findings={"s": 0.9}),
        ],
        [yes_no("s")],
    )
    answer = engine_of(source).posterior(case(["s"]))
    assert answer.present["mild"] + answer.present["severe"] <= 1 + 1e-12
    assert engine_of(source).posterior(case(["s"], facts={"mild": "active"})).present["severe"] == 0


def test_exposure_known_denied_and_not_mentioned() -> None:
    source = pack(
        [condition("z", 0.1, 0.1), condition("s", leg=0.5, exposure=("statin", 0.05))],
        [yes_no("statin", "risk", 0.3, mentioned=0.9)],
    )
    engine = engine_of(source)
    taken, denied = engine.posterior(case(["statin"])), engine.posterior(case([], ["statin"]))
    silent = engine.posterior(case())
    assert denied.present["s"] == 0
    assert taken.cause["s"] > silent.cause["s"] > 0
    vague = engine.posterior(case(completeness=0.0))
    assert vague.cause["s"] > silent.cause["s"]


def test_odds_ratios_are_centred() -> None:
    items = [condition("a", 0.01, 0.5, modifiers={"smoker": 4.0}), condition("b", 0.3, 0.5)]
    source = pack(items, [yes_no("smoker", "risk", 0.2)])
    engine = engine_of(source)
    yes, no = engine.posterior(case(["smoker"])).present["a"], engine.posterior(case([], ["smoker"])).present["a"]
    now = engine.posterior(case()).present["a"]
    assert 0.2 * yes + 0.8 * no == pytest.approx(now, rel=0.05)


def test_unknown_sex_and_age_average_over_visits() -> None:
    """P(cause) with sex unknown = mean over the visits' shares of P(cause) with sex known."""
    cells = (VisitShare(age=(0, 120), sex="female", share=0.7), VisitShare(age=(0, 120), sex="male", share=0.3))
    source = pack(
        [
            condition("a", rows=(number(0.3, sex="female"), number(0.01, sex="male")), leg=0.2),
            condition("b", 0.05, 0.2),
            condition("p", 0.1, 0.2, only_sex="female"),
        ],
        [],
        visits=cells,
    )
    engine = engine_of(source)
    both, female, male = (engine.posterior(case(sex=s)) for s in (None, "female", "male"))
    assert male.present["p"] == 0
    for c in ("a", "b", "p"):
        assert both.cause[c] == pytest.approx(0.7 * female.cause[c] + 0.3 * male.cause[c], abs=1e-9)


def test_conflicting_statements_count_as_not_asked() -> None:
    source = pack([condition("a", findings={"s": 0.9})], [yes_no("s")])
    view = read_case(compile_network(source), case(["s"], ["s"]))
    assert view.seen == ()


def test_contradictory_observation_of_same_finding_twice_is_one() -> None:
    source = pack([condition("a", findings={"s": 0.9})], [yes_no("s")])
    view = read_case(compile_network(source), case(["s", "s"]))
    assert len(view.seen) == 1


def big_pack() -> Pack:
    rng = np.random.default_rng(4)
    findings = [yes_no(f"p{i}", background=0.05) for i in range(16)]
    items = [
        condition(f"c{d}", 0.08, 0.2, {f"p{i}": float(rng.uniform(0.2, 0.9)) for i in range(16) if rng.random() < 0.5})
        for d in range(8)
    ]
    return pack(items, findings)


def test_more_than_twelve_positive_findings_are_approximated_and_said_so() -> None:
    source = big_pack()
    asked = case([f"p{i}" for i in range(15)])
    answer, slow = engine_of(source).posterior(asked), reference_posterior(source, asked)
    assert answer.approximated
    assert max(abs(answer.cause[c] - slow.cause[c]) for c in slow.cause) < 0.15
    exact = engine_of(source).posterior(case([f"p{i}" for i in range(12)]))
    assert not exact.approximated
    slow = reference_posterior(source, case([f"p{i}" for i in range(12)]))
    assert max(abs(exact.present[c] - slow.present[c]) for c in slow.cause) < 1e-7


def test_long_double_agrees_with_float64(monkeypatch: pytest.MonkeyPatch) -> None:
    query = build_query(compile_network(big_pack()), case([f"p{i}" for i in range(8)]))
    plain = solve(problem_of(query))
    monkeypatch.setattr(kernel_module, "CANCELLATION_LIMIT", 0.0)
    long = solve(problem_of(query))
    np.testing.assert_allclose(plain.present, long.present, atol=1e-8)
    np.testing.assert_allclose(plain.cause, long.cause, atol=1e-8)


def test_reduced_items_keep_the_single_condition_effect() -> None:
    query = build_query(compile_network(big_pack()), case([f"p{i}" for i in range(6)]))
    none = split_items(query.forms, query.facts, query.columns.index, 0)
    assert none.approximated
    assert len(none.plus) == 0
    value = query.items.plus[:, None] * query.items.phi_plus - query.items.minus[:, None] * query.items.phi_minus
    np.testing.assert_allclose(none.one_phi, value / (query.items.plus - query.items.minus)[:, None])


def test_intervals_widen_with_ignorance() -> None:
    def of(low: float, high: float) -> float:
        narrow = number(0.1)
        item = msgspec.structs.replace(narrow, value=(0.1, low, high))
        source = pack([condition("a", rows=(item,), leg=0.1), condition("b", 0.1, 0.1)], [])
        interval = engine_of(source).intervals(case(), 400).cause["a"]
        return interval.high - interval.low

    assert of(0.01, 0.5) > of(0.08, 0.12)


def test_interval_of_a_prior_alone_is_the_logit_normal_quantile() -> None:
    """With one condition and a fixed unexplained rate, P(cause) is a monotone function of prior x rate."""
    sharp = msgspec.structs.replace(number(0.1), value=(0.1, 0.0999, 0.1001))
    wide = msgspec.structs.replace(number(0.01), value=(0.01, 0.0025, 0.04))
    item = condition("a", rows=(wide,), leg=0.1)
    item = msgspec.structs.replace(item, complaint=msgspec.structs.replace(item.complaint, leg=sharp))
    interval = engine_of(pack([item], [])).intervals(case(completeness=0.0), 400).cause["a"]
    sigma = look.logit_sigma(wide)
    for bound, z in ((interval.low, -1.645), (interval.high, 1.645)):
        odds = 0.01 / 0.99 * math.exp(sigma * z)
        rate = odds / (1 + odds) * 0.1
        assert bound == pytest.approx(rate / (rate + 0.001 / 9), abs=0.01)


def test_next_step_prefers_the_finding_that_decides() -> None:
    source = pack(
        [
            condition("clot", 0.03, 0.5, {"scan": 0.97, "vague": 0.3}, danger=("emergency", 0.02)),
            condition("strain", 0.05, 0.5, {"vague": 0.28}),
        ],
        [
            yes_no("scan", background=0.005),
            yes_no("vague", background=0.25),
            yes_no("idle", "risk", 0.3),
            yes_no("boys", background=0.1, only_sex="male"),
            yes_no("child", background=0.1, only_age=(0, 17)),
        ],
    )
    steps = engine_of(source).next_steps(case())
    assert steps.steps[0].finding == "scan"
    assert steps.gain("idle") == pytest.approx(0, abs=1e-12)
    assert {s.finding for s in steps.steps} == {"scan", "vague", "idle"}
    with pytest.raises(ValueError, match="already known or does not apply"):
        steps.outcome_posteriors("boys")


def test_contributions_word_redundancy() -> None:
    source = pack(
        [condition("a", 0.05, 0.3, {"s": 0.9, "t": 0.9}), condition("b", 0.1, 0.3)],
        [yes_no("s", background=0.05), yes_no("t", background=0.05)],
    )
    asked = case(["s", "t"])
    engine = engine_of(source)
    result = engine.contributions(asked, ["a"], of="present")["a"]
    assert result.exact
    assert [item.decibans > 5 for item in result.items] == [True, True]
    assert result.prior < result.total
    assert set(engine.contributions(asked, ["a", "b"])) == {"a", "b"}


def test_many_groups_are_merged_and_sampled() -> None:
    findings = [yes_no(f"p{i}", background=0.1) for i in range(18)]
    stated = {f.id: 0.3 + 0.03 * i for i, f in enumerate(findings)}
    source = pack([condition("a", 0.05, 0.3, stated), condition("b")], findings)
    result = engine_of(source).contributions(case(["p1"], [f"p{i}" for i in range(2, 18)]), ["a"], of="present")["a"]
    assert len(result.items) == 14
    assert not result.exact
    assert result.prior + sum(item.decibans for item in result.items) == pytest.approx(result.total)


def test_more_groups_than_an_integer_has_bits() -> None:
    findings = [yes_no(f"p{i}", background=0.1) for i in range(80)]
    source = pack([condition("a", 0.05, 0.3, {"p0": 0.9}), condition("b")], findings)
    result = engine_of(source).contributions(case(["p0"], [f"p{i}" for i in range(1, 80)]), ["a"])["a"]
    assert result.items[0].group == "p0"
    assert sum(len(item.findings) for item in result.items) == 80


def test_simulated_patients_match_the_case_mix_and_the_leak() -> None:
    low = dict(zip(RANGES, (0.5, 0.3, 0.1, 0.05, 0.05), strict=True))
    source = pack(
        [condition("a", 0.1, 0.3, {"s": 0.8, "e": 0.9, "k": low}), condition("b", 0.2, 0.1)],
        [yes_no("s", background=0.05), yes_no("e", "episode", 0.2), ranged("k"), yes_no("x", "risk", 0.3)],
    )
    network = compile_network(source)
    patients = simulate(network, 4000, 1, age=60, sex="female")
    share = sum(p.cause == "a" for p in patients) / len(patients)
    assert share == pytest.approx(Engine(network).posterior(case(completeness=0.0)).cause["a"], abs=0.03)
    ill = [p for p in patients if p.cause == "a"]
    assert sum(p.findings["s"] == "present" for p in ill) / len(ill) == pytest.approx(0.8, abs=0.03)
    assert sum(p.findings["k"] == "r_low2" for p in ill) / len(ill) == pytest.approx(0.5, abs=0.04)
    well = [p for p in patients if "a" not in p.present]
    assert sum(p.findings["s"] == "present" for p in well) / len(well) == pytest.approx(0.05, abs=0.02)
    told = reveal(patients[0], ["s", "k"])
    assert {o.finding for o in told.observations} == {"s", "k"}
    assert all(p.cause == "b" for p in simulate(network, 20, 2, condition="b"))
    assert simulate(network, 5, 3) == simulate(network, 5, 3)


def test_engine_keeps_what_it_computed() -> None:
    source = pack([condition("a", findings={"s": 0.9})], [yes_no("s")])
    engine = engine_of(source)
    asked = case(["s"])
    assert engine.posterior(asked) is engine.posterior(asked)
    assert engine.k_only(asked).cause["a"] == pytest.approx(engine.posterior(case()).cause["a"])
    for i in range(40):
        engine.posterior(case(["s"], age=float(i)))
    assert engine.posterior_batch([asked]).cause[0, 0] == engine.posterior(asked).cause["a"]


def test_compile_says_what_is_missing() -> None:
    broken = msgspec.structs.replace(yes_no("s"), background=())
    with pytest.raises(ValueError, match="findings/s: background is missing"):
        compile_network(pack([condition("a")], [broken]))
    family = [condition(f"c{i}", family="f", parents={f"c{i - 1}": 0.1} if i else {}) for i in range(14)]
    with pytest.raises(ValueError, match="linked conditions, at most 12"):
        compile_network(pack(family, []))


def test_reference_refuses_large_packs() -> None:
    with pytest.raises(ValueError, match="13 unknown conditions"):
        reference_posterior(pack([condition(f"c{i}") for i in range(13)], []), case())


def test_unknown_finding_is_refused() -> None:
    with pytest.raises(ValueError, match="finding 'nothing' is not in this pack"):
        engine_of(pack([condition("a")], [])).posterior(
            msgspec.structs.replace(case(), observations=(Observation(finding="nothing", state="present"),))
        )


def test_ranges_without_a_normal_one_are_refused() -> None:
    with pytest.raises(ValueError, match="level 0"):
        range_forms([Range(id="a", name="a", level=1).level], [1.0])


def test_a_manifest_without_visits_still_answers() -> None:
    source = msgspec.structs.replace(pack([condition("a")], []), manifest=manifest(visits=()))
    answer = posterior(build_query(compile_network(source), case(age=None, sex=None)))
    assert answer.cause.sum() + answer.unexplained == pytest.approx(1)


def test_another_draw_falls_between_the_ends_nine_times_in_ten() -> None:
    """Of 20 draws in any order the last is as often in each of the 20 places: outside the 19 others twice."""
    low, high = ends(np.arange(19.0)[:, None])
    assert (low.item(), high.item()) == (0, 18)
    rng = np.random.default_rng(3)
    low, high = ends(rng.standard_normal((40, 20_000)))
    another = rng.standard_normal(20_000)
    assert np.mean((low <= another) & (another <= high)) == pytest.approx(0.9, abs=0.005)
