"""Freeze one assessed case for tests/golden/test_documents.py: case, answer, and what a document reads of the pack.

``make golden-freeze`` runs it, when the types of the model change. The numbers of the pack are left out, and versions and hashes are set to nought, so that the golden
files change with the words and the layout, not with every new number.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec.structs import replace

from hickam.intake.reading import parse
from hickam.model.assessment import Assessment
from hickam.model.condition import Condition
from hickam.model.finding import Finding
from hickam.model.pack import Pack
from hickam.services.assess import Options, assess
from hickam.services.knowledge import open_knowledge

HERE = Path(__file__).parent / "documents"
STORY = Path("examples/claudication.txt").read_text() + "Ankle-brachial index 0.62, potassium 4.1 mmol/L.\n"


def main() -> None:
    """Write case.json, answer.json and pack.json."""
    knowledge = open_knowledge()
    case = parse(STORY, knowledge.vocabulary)
    answer = assess(knowledge, case, Options(as_of="2026-11-22", steps=4))
    stamp = replace(answer.pack, version="0.0.0", hash="0" * 64)
    answer = replace(answer, differential=answer.differential[:8], pack=stamp, engine_version="0.0.0")
    for name, value in (("case", case), ("answer", answer), ("pack", _words_of(knowledge.pack, answer))):
        text = msgspec.json.format(msgspec.json.encode(value), indent=1)
        (HERE / f"{name}.json").write_bytes(text + b"\n")


def _words_of(pack: Pack, answer: Assessment) -> Pack:
    """The pack without its numbers, and without what this answer does not name."""
    listed = {c.condition.id for c in answer.differential}
    listed |= {r.condition for r in answer.urgency.reasons}
    listed |= {
        look.condition for name in listed if name in pack.conditions for look in pack.conditions[name].lookalikes
    }
    asked = {f.id for f in answer.case.findings} | {s.id for s in answer.next_steps} | set(answer.urgency.not_asked)
    seen = {r.clinician for r in answer.route.referrals} | {answer.route.first}
    measured = {pack.findings[f].measurement for f in asked}
    measured |= {t.measurement for f in asked for t in pack.findings[f].thresholds} | set(pack.measurements) & VITAL
    rules = {r.rule for r in answer.urgency.reasons}
    return replace(
        pack,
        manifest=replace(pack.manifest, articles={}, groups={}, visits=()),
        sources={},
        cases={},
        reviews=(),
        hashes={},
        drugs={},
        tests={},
        conditions={name: _quiet(item) for name, item in pack.conditions.items() if name in listed},
        findings={name: _mute(item) for name, item in pack.findings.items() if name in asked},
        measurements={name: item for name, item in pack.measurements.items() if name in measured},
        clinicians={name: item for name, item in pack.clinicians.items() if name in seen},
        rules={name: item for name, item in pack.rules.items() if name in rules},
        treatments={name: item for name, item in pack.treatments.items() if name == "stretching"},
    )


VITAL = {"pulse", "systolic_bp", "diastolic_bp", "respiratory_rate", "temperature", "oxygen_saturation"}


def _quiet(item: Condition) -> Condition:
    silent = [
        "findings",
        "modifiers",
        "parents",
        "who",
        "presentation",
        "red_flags",
        "workup",
        "management",
        "prevention",
        "pitfalls",
        "synonyms",
        "mentions",
        "sources",
    ]
    bare = replace(item, **dict.fromkeys(silent, ()))
    return replace(bare, prior=None, exposure=None, do_not_miss=None)


def _mute(item: Finding) -> Finding:
    return replace(item, background=(), shares=None, synonyms=(), phrases=(), absent_phrases=())


if __name__ == "__main__":
    main()
