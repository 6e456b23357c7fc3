"""Measures against values worked out by hand, and the report as a user gets it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from builders import case

from hickam.interfaces.cli.main import main
from hickam.services.evaluation.measures import Scored, curve, mean, measure, ratio, share
from hickam.services.influence import influence
from hickam.services.knowledge import Knowledge

CASES = (
    Scored(
        id="a",
        rank=1,
        gold=0.8,
        brier=0.06,
        brier_alone=0.6,
        pairs=((0.8, True), (0.2, False)),
        urgency="same_day",
        urgency_gold="emergency",
        age=70,
        sex="female",
    ),
    Scored(
        id="b",
        rank=4,
        gold=0.1,
        brier=1.2,
        brier_alone=0.9,
        pairs=((0.55, False), (0.1, True)),
        urgency="routine",
        urgency_gold="same_day",
        age=30,
        sex="male",
    ),
    Scored(id="c", rank=None, gold=0.0, brier=1.5, brier_alone=1.2, pairs=((0.6, False),), pregnant=True),
)


def test_a_ratio_is_of_patients_not_of_answers() -> None:
    """Twenty patients with ten answers each, all inside or all outside: as uncertain as twenty answers."""
    inside = [10.0] * 18 + [0.0] * 2
    found, single = ratio(inside, [10.0] * 20), mean([part / 10 for part in inside])
    assert found == single
    assert found.value == 0.9
    assert found.high - found.low > 2 * (share(180, 200).high - share(180, 200).low)


def test_measures_are_those_worked_out_by_hand() -> None:
    found = measure(CASES)
    assert found.top["1"].value == pytest.approx(1 / 3)
    assert found.top["3"].value == pytest.approx(1 / 3)
    assert found.top["5"].value == pytest.approx(2 / 3)
    assert found.mrr.value == pytest.approx((1 + 1 / 4) / 3)
    assert found.ndcg.value == pytest.approx((1 + 1 / math.log2(5)) / 3)
    assert found.brier.value == pytest.approx(2.76 / 3)
    assert found.skill == pytest.approx(1 - 2.76 / 2.7)
    leading = found.curves[0]
    assert leading.error == pytest.approx((0.2 + 0.55 + 0.6) / 3)
    assert leading.lean == pytest.approx(1 / 3 - (0.8 + 0.55 + 0.6) / 3)
    assert found.urgency is not None
    assert found.urgency.cases == 2
    assert (found.urgency.under.value, found.urgency.exact.value, found.urgency.sent_away) == (1.0, 0.0, 1)
    wanted, given = found.urgency.levels.index("emergency"), found.urgency.levels.index("same_day")
    assert found.urgency.table[wanted][given] == 1
    groups = {group.name: group for group in found.subgroups}
    assert set(groups) == {
        "age 65 to 79",
        "age 18 to 39",
        "age not given",
        "female",
        "male",
        "sex not given",
        "pregnant",
    }
    assert groups["female"].top1.value == 1
    assert groups["pregnant"].under is None


def test_intervals_hold_their_value_and_narrow_with_cases() -> None:
    few, many = share(8, 10), share(800, 1000)
    assert few.low == pytest.approx(0.4902, abs=1e-3)  # Wilson 1927 for 8 of 10
    assert few.high == pytest.approx(0.9433, abs=1e-3)
    assert few.low < many.low < 0.8 < many.high < few.high
    assert share(0, 5).low == 0
    assert share(5, 5).high == 1
    assert mean([0.0, 1.0] * 50).low < 0.5 < mean([0.0, 1.0] * 50).high


def test_a_perfect_forecaster_has_no_calibration_error() -> None:
    pairs = [(0.25, i % 4 == 0) for i in range(400)] + [(0.75, i % 4 != 0) for i in range(400)]
    assert curve("x", pairs).error == pytest.approx(0)
    assert curve("x", [(p, not t) for p, t in pairs]).error == pytest.approx(0.5)


def test_the_report_has_results_figures_and_the_items_in_order(tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    rows = [
        {
            "id": "1",
            "text": "72-year-old man, calf cramps at night, three a week",
            "age": 72,
            "sex": "m",
            "gold": "idiopathic nocturnal leg cramps",
            "gold_group": "idiopathic nocturnal leg cramps",
            "urgency_gold": "routine",
        },
        {
            "id": "2",
            "text": "swollen tender calf after a flight",
            "gold": "deep vein thrombosis",
            "urgency_gold": "same_day",
        },
    ]
    cases.write_text("".join(json.dumps(row) + "\n" for row in rows))
    arguments = ["evaluate", str(cases), "--cohort", "60", "--levels", "3", "--coverage", "1"]
    assert main([*arguments, "--report", str(tmp_path / "report")]) == 0
    for kind, count in (("cases", 2), ("simulated", 60)):
        folder = tmp_path / "report" / kind
        found = json.loads((folder / "results.json").read_bytes())
        assert found["schema"] == "hickam-evaluation/1"
        assert found["measures"]["cases"] == count
        assert len(found["pack_hash"]) == 64
        for name in ("calibration", "subgroups", "urgency"):
            assert (folder / f"{name}.svg").read_text().startswith("<svg")
            assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        text = (folder / "report.md").read_text()
        items = [text.index(f"({n})") for n in (2, 3, 4, 5, 6, *range(7, 21), 23, 25, 26, 27)]
        assert items == sorted(items)
        assert "pending human review" in text
        assert "{" not in text


def test_nothing_to_measure_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate"]) == 2
    assert "--cohort" in capsys.readouterr().err


def test_the_ranked_number_of_a_prior_is_the_row_that_holds_for_the_patient(knowledge: Knowledge) -> None:
    rows = knowledge.pack.conditions["osgood_schlatter"].prior.rows  # type: ignore[union-attr]
    boy = next(i for i, row in enumerate(rows) if row.applies(12, "male"))
    found = influence(knowledge, [case(present=["site_knee"], age=12.0, sex="male")])
    priors = {entry.path: entry for entry in found if "osgood_schlatter#prior" in entry.path}
    assert list(priors) == [f"conditions/osgood_schlatter#prior.{boy}"]
    assert priors.popitem()[1].source == rows[boy].source != rows[-1].source
