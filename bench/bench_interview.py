"""Questions beyond the first complaint until the true cause is among the first three, on simulated patients.

Patients are drawn from the pack (cause from the case mix; answers are their sampled findings). Revealed at the start:
age, sex, the quality of the symptom and one place in the leg. Every way of asking uses the same questions (history and
risk factors; the danger screen, recent events, past illness and medicines as one question each; findings that exclude
each other as one choice) and skips what is implied; only the order differs. Patients whose cause leads from the first
complaint are counted and left out. What a fair fixed questionnaire is: docs/decisions/0007-the-fixed-questionnaire.md.

    PYTHONPATH=src python bench/bench_interview.py [--patients 60] [--seed 7] [--sanity]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hickam.inference.simulate import SimulatedPatient, simulate
from hickam.services.interview import (
    MOST_QUESTIONS,
    Question,
    State,
    Value,
    answer,
    begin,
    case_of,
    next_question,
)
from hickam.services.interview_questions import background_question, finding_question, screen_question
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
        if first.red_flag_screen and not first.core_history:
            signs = tuple(f for f in among.values() if f.red_flag_screen)
            return screen_question(signs, state.reader)
        for several in knowledge.pack.manifest.background:
            if first.id in several.findings:
                left = tuple(among[name] for name in several.findings if name in among)
                return background_question(several, left, state.reader)
        return finding_question(knowledge.pack, exclusive(knowledge, first, among), state.reader, "focused", "")

    return ask


def greedy(knowledge: Knowledge, state: State) -> Question | None:
    """What pays most for its burden, with no fixed part and no end."""
    among = open_findings(knowledge, state)
    steps = knowledge.engine.next_steps(case_of(knowledge, state)).steps
    return in_order([step.finding for step in steps])(knowledge, state) if among else None


def by_use(knowledge: Knowledge) -> list[str]:
    """Findings by how many conditions speak of them, most first."""
    pack = knowledge.pack
    use = Counter(e.finding for c in pack.conditions.values() for e in c.findings)
    use.update(m.factor for c in pack.conditions.values() for m in c.modifiers)
    return sorted(pack.findings, key=lambda name: -use[name])


def own_list(knowledge: Knowledge) -> list[str]:
    """This interview's own fixed part, then findings by use: what the choice of questions adds to a good list."""
    pack = knowledge.pack
    core = sorted((f for f in pack.findings.values() if f.core_history), key=lambda f: f.core_history)
    screen = [f.id for f in pack.findings.values() if f.red_flag_screen]
    background = [name for several in pack.manifest.background for name in several.findings]
    return [*(f.id for f in core), *screen, *background, *by_use(knowledge)]


def among_first(knowledge: Knowledge, state: State, patient: SimulatedPatient) -> bool:
    """Whether the true cause is among the first three."""
    cause = knowledge.engine.posterior(case_of(knowledge, state)).cause
    return patient.cause in sorted(cause, key=lambda c: -cause[c])[:3]


def needed(knowledge: Knowledge, patient: SimulatedPatient, ask: Ask, most: int) -> tuple[int, int, bool]:
    """(questions until the cause is among the first three, LATE if never; questions asked; there at the end)."""
    state, asked, reached = opening(knowledge, patient), 0, LATE
    while True:
        there = among_first(knowledge, state, patient)
        if there and reached == LATE:
            reached = asked
        question = ask(knowledge, state) if asked < most else None
        if question is None:
            return reached, asked, there
        state, asked = answer(state, question.id, reply(question, patient)), asked + 1


FORM = (
    *("site", "site_spread", "side"),
    "onset",
    *("cramp_form", "neuropathic"),
    "radicular",
    *("timing", "duration"),
    *("exertion", "stenosis_posture", "venous_pattern", "rls"),
)
"""Groups of episode findings in the order site, onset, character, radiation, time course, what brings and eases it."""


def form_order(knowledge: Knowledge) -> list[str]:
    """A clinic form: the complaint (SOCRATES), danger signs, past illness, drugs, then systems; by use in a section."""
    pack = knowledge.pack
    places = {group: place for place, group in enumerate(FORM)}
    listed = by_use(knowledge)
    episode = [name for name in listed if pack.findings[name].about == "episode"]
    screen = [name for name in listed if pack.findings[name].red_flag_screen]
    background = [name for several in pack.manifest.background for name in several.findings]
    systems = sorted(
        (name for name in listed if pack.findings[name].about == "patient"), key=lambda name: pack.findings[name].group
    )
    complaint = sorted(episode, key=lambda name: places.get(pack.findings[name].group, len(FORM)))
    return [*(n for n in complaint if n not in screen), *screen, *background, *systems, *listed]


def ways(knowledge: Knowledge, seed: int) -> dict[str, tuple[Ask, int]]:
    """Ways of asking, and how many questions each may ask."""
    names = list(knowledge.pack.findings)
    random.Random(seed).shuffle(names)
    return {
        "this interview": (next_question, MOST),
        "fixed: clinic form": (in_order(form_order(knowledge)), MOST),
        "fixed: our own list": (in_order(own_list(knowledge)), MOST),
        "random order": (in_order(names), MOST),
        "gain alone, nothing fixed": (greedy, MOST_QUESTIONS),
    }


def draw(knowledge: Knowledge, count: int, seed: int) -> tuple[list[SimulatedPatient], int]:
    """Patients whose cause is in the pack and not among the first three at once; and how many were looked at."""
    chosen: list[SimulatedPatient] = []
    seen = 0
    for patient in (p for p in simulate(knowledge.engine.network, 6 * count + 30, seed) if p.cause):
        if len(chosen) == count:
            break
        seen += 1
        if not among_first(knowledge, opening(knowledge, patient), patient):
            chosen.append(patient)
    return chosen, seen


def measure(knowledge: Knowledge, patients: list[SimulatedPatient], seed: int) -> dict[str, dict[str, float]]:
    """One row a way of asking."""
    rows = {}
    for name, (ask, most) in ways(knowledge, seed).items():
        start = time.perf_counter()
        found = [needed(knowledge, patient, ask, most) for patient in patients]
        spent = time.perf_counter() - start
        reached = sorted(first for first, _, _ in found)
        asked = [count for _, count, _ in found]
        rows[name] = {
            "median": statistics.median(reached),
            "lower quarter": reached[len(reached) // 4],
            "upper quarter": reached[3 * len(reached) // 4],
            f"within {AFTER}, %": 100 * sum(first <= AFTER for first in reached) / len(reached),
            "at the end, %": 100 * sum(there for _, _, there in found) / len(found),
            "asked": statistics.median(asked),
            "ms a question": 1000 * spent / max(1, sum(asked)),
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
    knowledge = knowledge or open_knowledge()
    patients, seen = draw(knowledge, 3 if options.sanity else options.patients, options.seed)
    rows = measure(knowledge, patients, options.seed)
    if options.json:
        print(json.dumps({"drawn": seen, "measured": len(patients), "rows": rows}, indent=2))
        return 0
    print(f"{seen} patients drawn; in {seen - len(patients)} the first complaint alone puts the cause among the first")
    print(f"three. Questions until it is there in the other {len(patients)}:")
    columns = list(next(iter(rows.values())))
    print(f"{'':28}" + "".join(f"{column:>15}" for column in columns))
    for name, row in rows.items():
        shown = [f"{value:.1f}" if value < LATE / 2 else "never" for value in row.values()]
        print(f"{name:28}" + "".join(f"{text:>15}" for text in shown))
    return 0


if __name__ == "__main__":
    sys.exit(main())
