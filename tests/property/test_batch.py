"""A batch gives what single cases give: on random packs, and row by row with the program's own reading of a case."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from builders import random_case, random_pack

pytest.importorskip("numba")
pa = pytest.importorskip("pyarrow")

from hickam.inference.batch import BatchSolver  # noqa: E402
from hickam.inference.compiled.single import solve_one  # noqa: E402
from hickam.inference.engine import Engine  # noqa: E402
from hickam.inference.flat import flat_cases, take  # noqa: E402
from hickam.inference.kernel import posterior, problem_of, solve  # noqa: E402
from hickam.inference.network import compile_network  # noqa: E402
from hickam.inference.query import build_query  # noqa: E402
from hickam.inference.reading import read_case  # noqa: E402
from hickam.intake.errors import IntakeError  # noqa: E402
from hickam.intake.reading import understood_nothing  # noqa: E402
from hickam.intake.structured import case_from_json  # noqa: E402
from hickam.model.case import Case  # noqa: E402
from hickam.services.batch.assess import BatchAssessor, BatchOptions  # noqa: E402
from hickam.services.batch.files import as_batch  # noqa: E402
from hickam.services.knowledge import Knowledge, open_knowledge  # noqa: E402
from hickam.services.outcomes import without_past_events  # noqa: E402


@pytest.mark.parametrize("seed", range(40))
def test_compiled_rows_are_the_kernels(seed: int) -> None:
    source = random_pack(seed, 9, 8, 4)
    network = compile_network(source)
    views = [read_case(network, random_case(1000 * seed + i, source, 0.5)) for i in range(8)]
    solver = BatchSolver(network)
    cases = flat_cases(network, solver.people, views)
    found = solver.solve(cases)
    for row, view in enumerate(views):
        right = posterior(build_query(network, view))
        slack = 1e-11 + 1e-14 * right.cancellation
        np.testing.assert_allclose(found.cause[row], right.cause, rtol=1e-7, atol=slack)
        np.testing.assert_allclose(found.present[row], right.present, rtol=1e-7, atol=slack)
        np.testing.assert_allclose(found.unexplained[row], right.unexplained, rtol=1e-7, atol=slack)
        assert found.log_evidence[row] == pytest.approx(right.log_evidence, abs=1e-9 + slack)
        assert found.approximated[row] == right.approximated
    some = solver.solve(take(cases, np.array([5, 2])))
    np.testing.assert_array_equal(some.cause, found.cause[[5, 2]])


@pytest.mark.parametrize("seed", range(12))
def test_one_compiled_case_is_the_kernels(seed: int) -> None:
    source = random_pack(seed, 9, 8, 4)
    network = compile_network(source)
    for i in range(6):
        problem = problem_of(build_query(network, random_case(1000 * seed + i, source, 0.5)))
        found, right = solve_one(problem), solve(problem)
        assert found is not None
        slack = 1e-11 + 1e-14 * float(right.cancellation[0])
        for name in ("cause", "present", "fact_cause", "unexplained", "states"):
            np.testing.assert_allclose(getattr(found, name), getattr(right, name), rtol=1e-7, atol=slack)
        assert found.log_z[0] == pytest.approx(right.log_z[0], abs=1e-9 + slack)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return open_knowledge()


def random_row(rng: random.Random, knowledge: Knowledge) -> dict[str, Any]:
    """A row in the words of the pack: every kind of part, contradictions, past events, men with babies, nonsense."""
    pack = knowledge.pack
    plain = [f.id for f in pack.findings.values() if f.type == "yes_no"]
    valued = [f"{f.id}={v.id}" for f in pack.findings.values() for v in f.values]
    valued += [f"{f.id}={r.id}" for f in pack.findings.values() for r in f.ranges]
    conditions = list(pack.conditions)
    row: dict[str, Any] = {"id": f"p{rng.randrange(10**6)}"}
    row["age"] = rng.choice([None, 30, 67.5, 81, 130 if rng.random() < 0.1 else 50])
    row["sex"] = rng.choice([None, "female", "male", "m", "woman"])
    row["setting"] = rng.choice([None, None, "emergency", "specialist"])
    row["complaint"] = rng.choice([None, None, "any"])
    row["present"] = [*rng.sample(plain, rng.randrange(4)), *rng.sample(valued, rng.randrange(3))]
    row["absent"] = [*rng.sample(plain, rng.randrange(4)), *rng.sample(valued, rng.randrange(2))]
    if row["present"] and rng.random() < 0.3:
        row["absent"].append(row["present"][0])
    if rng.random() < 0.1:
        row["present"].append("pregnant")
    if rng.random() < 0.05:
        row["present"].append("no such finding")
    row["values"] = rng.choice([None, {"potassium": rng.choice([2.9, 4.2, 900])}, {"ankle_brachial_index": "0.6"}])
    statuses = ["active", "controlled", "past", "unknown"]
    known = [{"id": c, "status": rng.choice(statuses)} for c in rng.sample(conditions, rng.randrange(3))]
    row["known_conditions"] = rng.choice([None, known, [one["id"] for one in known]])
    row["ruled_out"] = rng.sample(conditions, rng.randrange(2))
    row["medications"] = rng.sample(["atorvastatin", "metformin", "furosemide", "unheard-of-ol"], rng.randrange(3))
    if rng.random() < 0.1:
        row["text"] = "Calf cramps at night, legs swell, takes amlodipine."
    return {key: value for key, value in row.items() if value is not None}


def read(row: dict[str, Any], knowledge: Knowledge) -> Case | None:
    """The case as ``hickam assess`` reads it; None where it refuses."""
    try:
        return case_from_json({k: v for k, v in row.items() if k != "id"}, knowledge.vocabulary)
    except IntakeError:
        return None


def test_a_row_is_the_case_that_assess_takes(knowledge: Knowledge) -> None:
    rng = random.Random(5)
    rows = [random_row(rng, knowledge) for _ in range(160)]
    answer = BatchAssessor(knowledge, BatchOptions(every=True)).assess_batch(as_batch(rows)).to_pylist()
    engine = Engine(knowledge.engine.network)
    refused = 0
    for row, found in zip(rows, answer, strict=True):
        assert found["id"] == row["id"]
        case = read(row, knowledge)
        if case is None:
            refused += 1
            assert found["error"] is not None
            assert found["differential"] is None
            continue
        if understood_nothing(case):
            assert found["error"]["what"] == "nothing in it was understood"
            continue
        assert found["error"] is None, row
        right = engine.posterior(without_past_events(knowledge.pack, case))
        slack = 1e-11 + 1e-14 * right.cancellation
        np.testing.assert_allclose(found["cause"], list(right.cause.values()), rtol=1e-7, atol=slack)
        np.testing.assert_allclose(found["present"], list(right.present.values()), rtol=1e-7, atol=slack)
        assert found["contradicted"] == len(case.conflicts)
        assert found["differential"][0]["cause"] == max(found["cause"])
    assert refused > 5
