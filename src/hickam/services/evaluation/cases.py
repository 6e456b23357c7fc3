"""Measure answers on cases with known diagnoses: ranks, urgency, and what intake understood.

A case file has one JSON object a line: ``id``, ``text``, ``age``, ``sex``, ``gold``, ``gold_group`` and optionally
``gold_synonyms``, ``urgency_gold``, ``findings_present``, ``findings_absent``. A condition is a hit when the pattern
of the gold group (gold_groups.yaml) matches its name or a synonym; without a known group, when the gold or one of its
synonyms is among its names.

Extraction. Each gold phrase is read by intake on its own, which gives findings with a state. *Recall*: the share of
gold phrases of which the case's text gave at least one finding (drug, known condition, measurement) in the same
state; a phrase that intake cannot read alone counts as missed. *Precision*: of the findings taken from the text that
the gold phrases also speak of, the share with the state that gold gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import msgspec

from hickam.errors import HickamError
from hickam.intake.reading import parse
from hickam.knowledge.yaml12 import read_yaml
from hickam.model.assessment import Assessment
from hickam.model.case import Case
from hickam.model.condition import LEVELS
from hickam.services.assess import Options, assess
from hickam.services.evaluation.measures import Scored, measure
from hickam.services.knowledge import Knowledge

GROUPS = Path(__file__).with_name("gold_groups.yaml")


class GoldCase(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a case file; other keys are ignored."""

    id: str
    text: str
    gold: str
    age: float | None = None
    sex: str | None = None
    gold_group: str = ""
    gold_synonyms: tuple[str, ...] = ()
    urgency_gold: str = ""
    findings_present: tuple[str, ...] = ()
    findings_absent: tuple[str, ...] = ()


class CaseScore(msgspec.Struct, frozen=True, kw_only=True):
    """How one case went. ``rank`` None: the gold diagnosis is not listed."""

    id: str
    gold: str
    rank: int | None
    names: tuple[str, ...]
    urgency: str
    urgency_gold: str
    provisional: bool
    phrases: int
    phrases_found: int
    missed: tuple[str, ...]
    spoken_of: int
    right_state: int
    wrong: tuple[str, ...]
    not_understood: tuple[str, ...]
    understood: tuple[str, ...]
    scored: Scored


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Results over one file; those of urgency count only cases whose level is labelled."""

    file: str
    cases: int
    top: dict[str, float]
    mrr: float
    ndcg: float
    brier: float
    calibration_error: float
    urgency_exact: float
    urgency_under: float
    urgency_over: float
    urgent_sent_away: int
    recall: float | None
    precision: float | None


def read_cases(path: Path) -> list[GoldCase]:
    """The cases of one file; raises HickamError naming the line."""
    cases = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            case = msgspec.json.decode(line, type=GoldCase)
            if case.urgency_gold not in ("", *LEVELS):
                raise msgspec.ValidationError(f"urgency_gold {case.urgency_gold!r} is not one of {', '.join(LEVELS)}")
            cases.append(case)
        except msgspec.DecodeError as error:
            raise HickamError(
                code="bad-case",
                where=f"{path.name}, line {number}",
                what=str(error),
                why="a case that cannot be read cannot be scored",
                fix="one JSON object a line with id, text and gold",
            ) from error
    if not cases:
        raise HickamError(
            code="no-cases",
            where=path.name,
            what="no cases",
            why="there is nothing to measure",
            fix="one JSON object a line with id, text and gold",
        )
    return cases


def evaluate(knowledge: Knowledge, cases: Iterable[GoldCase], setting: str) -> list[CaseScore]:
    """Score every case."""
    patterns = {group: re.compile(p, re.IGNORECASE) for group, p in read_yaml(GROUPS.read_bytes()).items()}
    return [_score(knowledge, case, setting, patterns) for case in cases]


def case_of(knowledge: Knowledge, gold: GoldCase, setting: str) -> Case:
    """The case as intake reads it, with the file's age and sex where the text gives none."""
    return parse(gold.text, knowledge.vocabulary, age=gold.age, sex=_sex(gold), setting=setting)  # type: ignore[arg-type]


def _sex(gold: GoldCase) -> Literal["female", "male"] | None:
    found: dict[str, Literal["female", "male"]] = {"f": "female", "m": "male"}
    return found.get((gold.sex or "")[:1].lower())


def _score(knowledge: Knowledge, gold: GoldCase, setting: str, patterns: dict[str, re.Pattern[str]]) -> CaseScore:
    case = case_of(knowledge, gold, setting)
    answer = assess(knowledge, case, Options(draws=0, explain=False, steps=0))
    names = tuple("|".join((c.condition.name, *c.condition.synonyms)) for c in answer.differential)
    pattern = patterns.get(gold.gold_group) or re.compile(
        "|".join(re.escape(name) for name in (gold.gold, *gold.gold_synonyms)), re.IGNORECASE
    )
    rank = next((place for place, name in enumerate(names, 1) if pattern.search(name)), None)
    found, missed, spoken, right, wrong = _extraction(knowledge, gold, case)
    return CaseScore(
        id=gold.id,
        gold=gold.gold,
        rank=rank,
        names=names,
        urgency=answer.urgency.level,
        urgency_gold=gold.urgency_gold,
        provisional=answer.urgency.provisional,
        phrases=len(gold.findings_present) + len(gold.findings_absent),
        phrases_found=found,
        missed=missed,
        spoken_of=spoken,
        right_state=right,
        wrong=wrong,
        not_understood=tuple(span.text for span in case.not_understood),
        understood=_understood(answer),
        scored=_scored(knowledge, gold, case, answer, pattern, rank),
    )


def _scored(
    knowledge: Knowledge, gold: GoldCase, case: Case, answer: Assessment, pattern: re.Pattern[str], rank: int | None
) -> Scored:
    """Probabilities against the truth: all conditions whose name the gold group accepts are the truth together."""
    true = {c.id for c in knowledge.pack.conditions.values() if pattern.search("|".join((c.name, *c.synonyms)))}
    p = [candidate.cause.value for candidate in answer.differential]
    right = [candidate.condition.id in true for candidate in answer.differential]
    mix = knowledge.engine.k_only(case)
    shown = [i for i, value in enumerate(p) if i == 0 or value >= 0.01]
    return Scored(
        id=gold.id,
        rank=rank,
        gold=sum(value for value, hit in zip(p, right, strict=True) if hit),
        brier=_brier(p, right, answer.fit.unexplained),
        brier_alone=_brier([*mix.cause.values()], [name in true for name in mix.cause], mix.unexplained),
        pairs=tuple((p[i], right[i]) for i in shown),
        urgency=answer.urgency.level,
        urgency_gold=gold.urgency_gold,
        age=case.age,
        sex=case.sex,
        pregnant=any(o.finding == "pregnant" and o.state == "present" for o in case.observations),
    )


def _brier(p: list[float], right: list[bool], rest: float) -> float:
    gold = sum(value for value, true in zip(p, right, strict=True) if true)
    wrong = sum(value * value for value, true in zip(p, right, strict=True) if not true)
    return (1 - gold) ** 2 + wrong + rest * rest


def _understood(answer: Assessment) -> tuple[str, ...]:
    findings = tuple(("+" if f.state == "present" else "-") + f.id for f in answer.case.findings)
    facts = tuple("=" + k.id for k in answer.case.known_conditions)
    return findings + facts + tuple("rx:" + (m.drug or m.name) for m in answer.case.medications)


def _states(case: Case) -> dict[str, str]:
    """What a text says, as name -> state; drugs, facts and values count as present."""
    states = {o.finding: o.state for o in case.observations if not o.values}
    states |= {f"fact:{fact.condition}": "present" for fact in case.facts}
    states |= {f"fact:{fact.condition}": "absent" for fact in case.ruled_out}
    states |= {f"drug:{m.drug or m.name}": "present" for m in case.medications}
    for observation in case.observations:
        for value in observation.values:
            states[f"{observation.finding}={value}"] = observation.state
    return states  # type: ignore[return-value]


def _extraction(
    knowledge: Knowledge, gold: GoldCase, case: Case
) -> tuple[int, tuple[str, ...], int, int, tuple[str, ...]]:
    said = _states(case)
    expected: dict[str, str] = {}
    missed: list[str] = []
    for phrase, state in [(p, "present") for p in gold.findings_present] + [
        (a, "absent") for a in gold.findings_absent
    ]:
        read = _states(parse(phrase, knowledge.vocabulary, age=gold.age, sex=_sex(gold)))
        if state == "absent" and not SAYS_NO.match(phrase):
            read = _denied(read, said)
        expected |= read
        if not any(said.get(name) == value for name, value in read.items()):
            missed.append(("" if state == "present" else "not: ") + phrase)
    total = len(gold.findings_present) + len(gold.findings_absent)
    shared = [name for name in said if name in expected and "=" not in name]
    wrong = tuple(name for name in shared if said[name] != expected[name])
    return total - len(missed), tuple(missed), len(shared), len(shared) - len(wrong), wrong


SAYS_NO = re.compile(r"(?:no|not|never|without|denies|normal)\b", re.I)
"""A gold phrase that is negative in itself ('no pain') is read as it stands: 'painless' is then what it says."""


def _denied(read: dict[str, str], said: dict[str, str]) -> dict[str, str]:
    """A gold phrase that is said to be absent: what it names is absent, or another value of the same finding holds."""
    found: dict[str, str] = {}
    for name in read:
        finding, _, value = name.partition("=")
        others = [key for key in said if value and key.startswith(f"{finding}=") and key not in read]
        found |= dict.fromkeys(others or [name], "present" if others else "absent")
    return found


def summarise(file: str, scores: list[CaseScore]) -> Summary:
    """Shares over the cases of one file."""
    found = measure([s.scored for s in scores])
    levels = found.urgency
    phrases, spoken = sum(s.phrases for s in scores), sum(s.spoken_of for s in scores)
    return Summary(
        file=file,
        cases=found.cases,
        top={k: share.value for k, share in found.top.items()},
        mrr=found.mrr.value,
        ndcg=found.ndcg.value,
        brier=found.brier.value,
        calibration_error=found.curves[0].error,
        urgency_exact=levels.exact.value if levels else 0.0,
        urgency_under=levels.under.value if levels else 0.0,
        urgency_over=levels.over.value if levels else 0.0,
        urgent_sent_away=levels.sent_away if levels else 0,
        recall=sum(s.phrases_found for s in scores) / phrases if phrases else None,
        precision=sum(s.right_state for s in scores) / spoken if spoken else None,
    )


def summary_text(summary: Summary) -> str:
    """One line of ranks, one of urgency, one of extraction."""
    tops = "  ".join(f"top-{k} {100 * share:.1f} %" for k, share in summary.top.items())
    recall = "-" if summary.recall is None else f"{100 * summary.recall:.1f} %"
    precision = "-" if summary.precision is None else f"{100 * summary.precision:.1f} %"
    return (
        f"{summary.file}: {summary.cases} cases\n  diagnosis   {tops}  MRR {summary.mrr:.3f}\n"
        f"  probability NDCG {summary.ndcg:.3f}  Brier {summary.brier:.3f}  "
        f"calibration error of the first {100 * summary.calibration_error:.1f} %\n"
        f"  urgency     exact {100 * summary.urgency_exact:.1f} %  under {100 * summary.urgency_under:.1f} %  "
        f"over {100 * summary.urgency_over:.1f} %  urgent sent away {summary.urgent_sent_away}\n"
        f"  extraction  recall {recall}  precision {precision}\n"
    )


def detail_text(score: CaseScore) -> str:
    """One case: rank, what led instead, what was missed."""
    provisional = " (provisional)" if score.provisional else ""
    lines = [
        f"{score.id}  {score.gold}: rank {score.rank or 'not listed'}",
        f"    urgency: {score.urgency}{provisional}, gold {score.urgency_gold or '-'}",
        "    first: " + " > ".join(name.split("|")[0] for name in score.names[:3]),
        "    understood: " + ", ".join(score.understood),
    ]
    for label, items in (
        ("missed", score.missed),
        ("wrong state", score.wrong),
        ("not understood", score.not_understood),
    ):
        if items:
            lines.append(f"    {label}: " + "; ".join(items))
    return "\n".join(lines) + "\n"


def answer_line(score: CaseScore) -> dict[str, Any]:
    """The ranked names and the urgency of one case, for scoring elsewhere."""
    return {"id": score.id, "differential": list(score.names), "urgency": score.urgency}
