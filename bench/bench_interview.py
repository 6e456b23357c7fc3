"""Questions beyond the first complaint until the true cause is among the first three, on simulated patients.

Patients are drawn from the pack (cause from the case mix; answers are their sampled findings). Revealed at the start:
age, sex, the quality of the symptom and one place in the leg. Every way of asking uses the same questions (history and
risk factors, the danger screen as one question, findings that exclude each other as one choice) and skips what is
implied; only the order differs.

    PYTHONPATH=src python bench/bench_interview.py [--patients 60] [--seed 7] [--sanity]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
from collections import Counter
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hickam.inference.simulate import SimulatedPatient, simulate
from hickam.services.interview import Question, State, Value, answer, begin, case_of, next_question
from hickam.services.interview_questions import finding_question, screen_question
from hickam.services.interview_state import exclusive, open_findings
from hickam.services.knowledge import Knowledge, open_knowledge

MOST = 60
AFTER = 8
LATE = 10**6
Ask = Callable[[Knowledge, State], Question | None]


def opening(knowledge: Knowledge, patient: SimulatedPatient) -> State:
    """The first complaint: age, sex, what it feels like and one place."""
    state = begin(knowledge, "", age=patient.age, sex=patient.sex, reader="patient")  # type: ignore[arg-type]
    state = answer(state, "quality", patient.findings["quality"])
    sites = sorted(f for f, found in patient.findings.items() if f.startswith("site_") and found == "present")
    return answer(state, random.Random(patient.cause).choice(sites), "yes") if sites else state


def reply(question: Question, patient: SimulatedPatient) -> Value:
    """The patient's answer."""
    there = tuple(f for f in question.findings if patient.findings[f] == "present")
    if question.kind == "screen":
        return there
    if len(question.findings) > 1:
        return there[0] if there else "none"
    return {"present": "yes", "absent": "no"}.get(patient.findings[question.id], patient.findings[question.id])


def in_order(order: list[str]) -> Ask:
    """A questionnaire that asks what is open in a given order."""

    def ask(knowledge: Knowledge, state: State) -> Question | None:
        among = open_findings(knowledge, state)
        first = next((among[name] for name in order if name in among), None)
        if first is None:
            return None
        if first.red_flag_screen:
            signs = tuple(f for f in among.values() if f.red_flag_screen)
            return screen_question(signs, state.reader)
        return finding_question(knowledge.pack, exclusive(knowledge, first, among), state.reader, "focused", "")

    return ask


def greedy(knowledge: Knowledge, state: State) -> Question | None:
    """What pays most for its burden, with no fixed part and no end."""
    among = open_findings(knowledge, state)
    steps = knowledge.engine.next_steps(case_of(knowledge, state)).steps
    return in_order([step.finding for step in steps])(knowledge, state) if among else None


def fixed_order(knowledge: Knowledge) -> list[str]:
    """Core history, danger signs, then findings by how many conditions speak of them."""
    pack = knowledge.pack
    use = Counter(e.finding for c in pack.conditions.values() for e in c.findings)
    use.update(m.factor for c in pack.conditions.values() for m in c.modifiers)
    core = sorted((f for f in pack.findings.values() if f.core_history), key=lambda f: f.core_history)
    screen = [f.id for f in pack.findings.values() if f.red_flag_screen]
    return [*(f.id for f in core), *screen, *(name for name, _ in use.most_common())]


def needed(knowledge: Knowledge, patient: SimulatedPatient, ask: Ask, most: int) -> tuple[int, int, bool]:
    """(questions until the cause is among the first three, LATE if never; questions asked; there at the end)."""
    state, asked, reached = opening(knowledge, patient), 0, LATE
    while True:
        cause = knowledge.engine.posterior(case_of(knowledge, state)).cause
        there = patient.cause in sorted(cause, key=lambda c: -cause[c])[:3]
        if there and reached == LATE:
            reached = asked
        question = ask(knowledge, state) if asked < most else None
        if question is None:
            return reached, asked, there
        state, asked = answer(state, question.id, reply(question, patient)), asked + 1


def ways(knowledge: Knowledge, seed: int) -> dict[str, tuple[Ask, int]]:
    """Ways of asking, and how many questions each may ask."""
    names = list(knowledge.pack.findings)
    random.Random(seed).shuffle(names)
    return {
        "this interview": (next_question, MOST),
        "fixed questionnaire": (in_order(fixed_order(knowledge)), MOST),
        "random order": (in_order(names), MOST),
        "gain alone, nothing fixed": (greedy, 25),
    }


def measure(knowledge: Knowledge, count: int, seed: int) -> dict[str, dict[str, float]]:
    """One row a way of asking. Patients whose cause is outside the pack are left out."""
    patients = [p for p in simulate(knowledge.engine.network, 2 * count + 10, seed) if p.cause][:count]
    rows = {}
    for name, (ask, most) in ways(knowledge, seed).items():
        found = [needed(knowledge, patient, ask, most) for patient in patients]
        later = [reached for reached, _, _ in found if reached]
        rows[name] = {
            "median": statistics.median([reached for reached, _, _ in found]),
            "median of those not there at once": statistics.median(later) if later else 0,
            "at once": sum(reached == 0 for reached, _, _ in found) / len(found),
            f"within {AFTER}": sum(reached <= AFTER for reached, _, _ in found) / len(found),
            "there at the end": sum(there for _, _, there in found) / len(found),
            "questions asked": statistics.median([asked for _, asked, _ in found]),
        }
    return rows


def main(knowledge: Knowledge | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--sanity", action="store_true", help="three patients: only that it works")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = measure(knowledge or open_knowledge(), 3 if options.sanity else options.patients, options.seed)
    if options.json:
        print(json.dumps(rows, indent=2))
        return 0
    columns = list(next(iter(rows.values())))
    print(f"{'':28}" + "".join(f"{column:>22.22}" for column in columns))
    for name, row in rows.items():
        shown = [
            (f"{value:.0%}" if column in ("at once", f"within {AFTER}", "there at the end") else f"{value:.1f}")
            if value < LATE / 2
            else "never"
            for column, value in row.items()
        ]
        print(f"{name:28}" + "".join(f"{text:>22}" for text in shown))
    return 0


if __name__ == "__main__":
    sys.exit(main())
