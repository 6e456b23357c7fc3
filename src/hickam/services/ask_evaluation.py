"""Measure the answers on written questions: right claim cited, recall, refusals, urgency, support, time."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from pathlib import Path
from typing import Literal

import msgspec

from hickam.answers.support import unsupported
from hickam.intake.reading import parse
from hickam.knowledge.yaml12 import read_yaml
from hickam.model.answer import CitedAnswer, Turn
from hickam.model.assessment import Reader
from hickam.model.case import Case
from hickam.services.ask import AskOptions, ask
from hickam.services.claims_index import ClaimsIndex

FIRST = 5


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One written question with the claims of which at least one must be cited; see tests/questions."""

    k: str
    r: Reader
    q: str
    case: str = ""
    before: tuple[str, ...] = ()
    gold: tuple[str, ...] = ()
    expect: Literal["answer", "refuse", "emergency"] = "answer"


class Outcome(msgspec.Struct, frozen=True):
    """What came of one question. ``unsupported``: sentences that their claims do not hold."""

    asked: Asked
    standing: str
    kind: str
    cited: tuple[str, ...]
    right: bool
    recalled: bool
    unsupported: tuple[str, ...]
    urgent_first: bool
    seconds: float
    cpu: float


def read_questions(path: Path) -> list[Asked]:
    """The questions of one file."""
    return msgspec.convert(read_yaml(path.read_bytes()), list[Asked])


def read_cases(path: Path, claims: ClaimsIndex) -> dict[str, Case]:
    """The cases the questions are asked about."""
    return {name: parse(text, claims.knowledge.vocabulary) for name, text in read_yaml(path.read_bytes()).items()}


def run_question(claims: ClaimsIndex, asked: Asked, cases: dict[str, Case]) -> Outcome:
    """Ask one question, after the ones before it in its conversation."""
    case = cases[asked.case] if asked.case else None
    turn: Turn | None = None
    for earlier in asked.before:
        turn = ask(claims, earlier, case, AskOptions(reader=asked.r, before=turn)).carry
    start, before = time.perf_counter(), time.process_time()
    answer = ask(claims, asked.q, case, AskOptions(reader=asked.r, before=turn))
    seconds, cpu = time.perf_counter() - start, time.process_time() - before
    shown = cited(answer)
    texts = {c.id: c.text for c in answer.claims}
    hits = [any(holds(gold, name, texts[name]) for gold in asked.gold) for name in shown]
    return Outcome(
        asked,
        answer.standing,
        answer.kind,
        tuple(shown),
        any(hits) and answer.standing == "answered",
        any(hits[:FIRST]),
        tuple(unsupported(answer, claims.knowledge.pack)),
        answer.urgent is not None,
        seconds,
        cpu,
    )


def cited(answer: CitedAnswer) -> list[str]:
    """Claims in the order in which the answer cites them."""
    return list(dict.fromkeys(c for s in (*answer.short, *answer.support, *answer.nearest) for c in s.claims))


def holds(gold: str, claim: str, text: str) -> bool:
    """Whether a claim is one that the gold names: 'item#field', or with words it must hold after '~'."""
    place, _, words = gold.partition("~")
    return claim.startswith(place) and words in text


def summary(outcomes: list[Outcome]) -> dict[str, float]:
    """The measures of the issue, as shares, and times in milliseconds."""
    answer = [o for o in outcomes if o.asked.expect == "answer"]
    refuse = [o for o in outcomes if o.asked.expect == "refuse"]
    urgent = [o for o in outcomes if o.asked.expect == "emergency"]
    times, cpu = sorted(o.seconds for o in outcomes), sorted(o.cpu for o in outcomes)
    return {
        "questions": len(outcomes),
        "right claim cited": _share(o.right for o in answer),
        "recall at 5": _share(o.recalled for o in answer),
        "answerable refused": _share(o.standing == "refused" for o in answer),
        "answerable taken for an emergency": _share(o.standing == "urgent" for o in answer),
        "unanswerable refused": _share(o.standing == "refused" for o in refuse),
        "emergency put first": _share(o.urgent_first for o in urgent),
        "answers with an unsupported sentence": _share(bool(o.unsupported) for o in outcomes),
        "median, ms": 1000 * times[len(times) // 2],
        "95th percentile, ms": 1000 * times[int(0.95 * (len(times) - 1))],
        "median, CPU ms": 1000 * cpu[len(cpu) // 2],
        "95th percentile, CPU ms": 1000 * cpu[int(0.95 * (len(cpu) - 1))],
    }


def by_kind(outcomes: list[Outcome]) -> dict[str, tuple[int, int]]:
    """Kind of question -> (as expected, of)."""
    counts: dict[str, list[bool]] = defaultdict(list)
    for o in outcomes:
        counts[o.asked.k].append(as_expected(o))
    return {kind: (sum(found), len(found)) for kind, found in sorted(counts.items())}


def as_expected(o: Outcome) -> bool:
    """Whether the question got what it should."""
    wanted = {"answer": o.right, "refuse": o.standing == "refused", "emergency": o.urgent_first}
    return wanted[o.asked.expect]


def _share(flags: object) -> float:
    """Share of true ones; not a number when there are none."""
    found = list(flags)  # type: ignore[call-overload]
    return sum(found) / len(found) if found else math.nan
