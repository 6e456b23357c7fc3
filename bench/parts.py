"""One assessment and its parts, the cold start and the memory of a loaded pack, against the targets."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace

from hickam.clinic.view import CaseView
from hickam.inference.compiled.single import solve_one
from hickam.inference.engine import Engine
from hickam.inference.kernel import problem_of, solve
from hickam.inference.layout import Network
from hickam.inference.query import build_query
from hickam.intake.reading import parse
from hickam.model.case import Case, without_words
from hickam.services.assess import Options, assess
from hickam.services.knowledge import Knowledge
from hickam.services.next_steps import next_steps
from hickam.services.triage import as_beliefs, urgency_of

STORY = (
    "62-year-old man. For six months a cramping pain in the right calf after walking about 200 m, gone within two "
    "minutes of standing still, never at rest. Smokes 20 a day, type 2 diabetes on metformin. No back pain, no "
    "numbness. The right foot is cool and the pedal pulses are absent; no ulcer, no swelling."
)
TYPING = Options(draws=0, explain=False, steps=0)


def timed(call: Callable[..., object], repeats: int, *given: Any) -> float:
    """Median processor milliseconds of call(*given), after one warm-up. Processor time: the machine may be shared."""
    call(*given)
    times = []
    for _ in range(repeats):
        start = time.process_time()
        call(*given)
        times.append(time.process_time() - start)
    return 1000 * statistics.median(times)


_COUNT = iter(range(10**9))


def fresh(case: Case) -> Callable[[], Case]:
    """The same case, a little older each time, so that nothing kept for it is used again: what is known is what an
    answer is looked up by, whatever the words."""
    return lambda: replace(case, age=(case.age or 50.0) + 1e-9 * next(_COUNT))


def yardstick() -> None:
    """A fixed mixture of small and middling array operations and plain Python: what other times are divided by, so
    that two runs can be compared though the machine was faster or busier in one of them."""
    table = np.linspace(0.1, 0.9, 40_000).reshape(200, 200)
    for _ in range(20):
        table = table / (table + (1 - table[:, :1]))
        small = table[0] * 2.0
        for _ in range(40):
            small = small * 0.5 + 0.1
    sorted({str(i): i * 0.5 for i in range(2_000)}.items(), key=lambda item: -item[1])


def engine_parts(knowledge: Knowledge, cases: dict[int, list[Case]], repeats: int) -> dict[str, dict[str, float]]:
    """Milliseconds of each part of the engine by number of positive patient findings: median over the cases."""
    network = knowledge.engine.network
    rows: dict[str, dict[str, float]] = {}

    def add(name: str, positives: int, times: list[float]) -> None:
        rows.setdefault(name, {})[str(positives)] = statistics.median(times)

    for m, of in cases.items():
        few = max(1, repeats // 8)
        problems = [problem_of(build_query(network, one)) for one in of]
        causes = [Engine(network).posterior(one).cause for one in of]
        leading = [sorted(cause, key=lambda c, cause=cause: -cause[c])[:12] for cause in causes]  # type: ignore[misc]
        add("exact kernel, whole pack", m, [timed(solve, repeats, problem) for problem in problems])
        add("the same, compiled (batch, evaluation)", m, [timed(solve_one, repeats, problem) for problem in problems])
        add("posterior of a case, findings to answer", m, [timed(_posterior, repeats, network, one) for one in of])
        add("intervals, 400 draws", m, [timed(_intervals, few, network, one) for one in of])
        explained = zip(of, leading, strict=True)
        add("contributions, 12 conditions", m, [timed(_explained, few, network, *pair) for pair in explained])
        add(f"next step, {len(network.findings)} findings", m, [timed(_next, few, network, one) for one in of])
    return rows


def _posterior(network: Network, case: Case) -> None:
    Engine(network).posterior(case)


def _intervals(network: Network, case: Case) -> None:
    Engine(network).intervals(case, 400)


def _explained(network: Network, case: Case, conditions: list[str]) -> None:
    Engine(network).contributions(case, conditions)


def _next(network: Network, case: Case) -> None:
    Engine(network).next_steps(case)


def shares(knowledge: Knowledge, repeats: int) -> dict[str, float]:
    """Milliseconds of each part of one whole assessment, in the order it is made; what is made once counts once."""
    engine, new = knowledge.engine, fresh(parse(STORY, knowledge.vocabulary))
    found: dict[str, list[float]] = {}
    for _ in range(repeats + 1):
        one = without_words(new())  # as assess itself does, so that it finds what is made here
        view, start = CaseView(knowledge.pack, one), time.process_time()

        def part(name: str, since: float) -> float:
            found.setdefault(name, []).append(1000 * (time.process_time() - since))
            return time.process_time()

        alone = engine.k_only(one)
        beliefs = as_beliefs(engine.posterior(one), alone)
        start = part("posterior and case mix", start)
        level = urgency_of(knowledge, view, beliefs, alone)
        start = part("urgency", start)
        engine.intervals(one, 400)
        start = part("intervals", start)
        engine.contributions(one, beliefs.ranked[:12])
        start = part("contributions", start)
        next_steps(knowledge, view, beliefs, level, 8)
        part("next steps", start)
        start = time.process_time()
        assess(knowledge, one, Options())
        both = 1000 * (time.process_time() - start)
        start = time.process_time()
        next_steps(knowledge, CaseView(knowledge.pack, one), beliefs, level, 8)
        urgency_of(knowledge, view, beliefs, alone)
        again = 1000 * (time.process_time() - start)  # the parts that assess does not find already made
        found.setdefault("plans, words, the rest", []).append(both - again)
    return {name: statistics.median(times[1:]) for name, times in found.items()}


def whole(knowledge: Knowledge, repeats: int) -> dict[str, float]:
    """Milliseconds of reading the story, of the whole assessment, and of the one shown while typing."""
    new = fresh(parse(STORY, knowledge.vocabulary))
    return {
        "text to case": timed(parse, repeats, STORY, knowledge.vocabulary),
        "whole assessment": timed(lambda: assess(knowledge, new(), Options()), repeats),
        "assessment while typing": timed(lambda: assess(knowledge, new(), TYPING), repeats),
    }


def cpu_seconds(arguments: list[str], repeats: int) -> float:
    """Median user + system seconds of a whole process."""
    spent = []
    for _ in range(repeats):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(arguments, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(spent)


def cold(repeats: int) -> dict[str, float]:
    """Processor seconds of one command from nothing, and of Python and numpy alone."""
    hickam = str(Path(sys.executable).with_name("hickam"))
    return {
        "hickam assess STORY": cpu_seconds([hickam, "assess", STORY], repeats),
        "python -c 'import numpy'": cpu_seconds([sys.executable, "-c", "import numpy"], repeats),
    }


MEMORY = """
import json, sys
def resident(): return int(next(x for x in open('/proc/self/status') if x.startswith('VmRSS')).split()[1]) / 1024
import numpy
bare = resident()
from hickam.interfaces.memory import keep_freed_memory
keep_freed_memory()
from hickam.services.knowledge import open_knowledge
from hickam.services.assess import Options, assess
from hickam.intake.reading import parse
knowledge = open_knowledge()
knowledge.pack, knowledge.engine, knowledge.vocabulary
loaded = resident()
assess(knowledge, parse(sys.argv[1], knowledge.vocabulary), Options())
print(json.dumps([bare, loaded, resident()]))
"""


def memory() -> dict[str, float]:
    """Resident megabytes: Python with numpy, with the pack loaded, and after one whole assessment."""
    done = subprocess.run([sys.executable, "-c", MEMORY, STORY], check=True, capture_output=True, text=True)
    bare, loaded, after = json.loads(done.stdout)
    return {"python with numpy": bare, "with the pack loaded": loaded, "after one assessment": after}
