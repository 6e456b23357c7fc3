"""What intake reads from a file of cases, case by case, and what it does not understand.

    python bench/intake_report.py PACK_FOLDER CASES.jsonl [--gaps] [CASE_ID ...]

Reads the pack's YAML files directly, so it also works while a pack is still being written.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import yaml

from hickam.intake import Vocabulary, build_vocabulary, parse, suggest
from hickam.model.case import Case
from hickam.model.condition import Condition
from hickam.model.finding import Finding, Measurement
from hickam.model.pack import Drug, Manifest, Pack


def load(folder: Path) -> Pack:
    """The parts of a pack intake needs; files that do not parse are named and left out."""

    def part(name: str, kind: Any) -> dict[str, Any]:
        out = {}
        for path in sorted((folder / name).glob("*.yaml")):
            try:
                out[path.stem] = msgspec.convert(yaml.load(path.read_text(), yaml.CSafeLoader), kind)
            except (msgspec.ValidationError, yaml.YAMLError) as e:
                print(f"left out {path.name}: {str(e)[:100]}")
        return out

    manifest = msgspec.convert(yaml.load((folder / "pack.yaml").read_text(), yaml.CSafeLoader), Manifest)
    return Pack(
        manifest=manifest,
        hash="",
        sources={},
        measurements=part("measurements", Measurement),
        findings=part("findings", Finding),
        conditions=part("conditions", Condition),
        drugs=part("drugs", Drug),
        treatments={},
        tests={},
        clinicians={},
        rules={},
        cases={},
        reviews=(),
        hashes={},
    )


def describe(case: Case) -> str:
    """The case on a few lines."""
    lines = [f"  age {case.age} sex {case.sex} complaint {case.complaint} completeness {case.completeness:.2f}"]
    for state in ("present", "absent"):
        found = [
            f"{o.finding}{'=' + '|'.join(o.values) if o.values else ''}"
            f"{f'({o.value:g})' if o.value is not None else ''}"
            f"{'/' + o.side if o.side else ''}"
            + (f" <{o.span.text}>" if o.span else "")
            + ("" if o.how == "phrase" else f" [{o.how}]")
            for o in case.observations
            if o.state == state
        ]
        lines.append(f"  {state}: " + "; ".join(found))
    lines.append(
        "  facts: "
        + "; ".join(f"{f.condition} {f.status} <{f.span.text if f.span else ''}>" for f in case.facts)
        + (" | ruled out: " + "; ".join(f.condition for f in case.ruled_out) if case.ruled_out else "")
    )
    lines.append(
        "  medicines: "
        + "; ".join(
            f"{m.name} -> {m.drug or '?'} {m.dose}{'' if m.current else ' (stopped)'}" for m in case.medications
        )
    )
    lines.extend(f"  CONFLICT: {c.sentence}" for c in case.conflicts)
    lines.extend(f"  note: {n}" for n in case.notes)
    lines.append("  NOT UNDERSTOOD: " + " | ".join(s.text for s in case.not_understood))
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """Print the report."""
    flags = {a for a in arguments if a.startswith("--")}
    words = [a for a in arguments if not a.startswith("--")]
    start = time.perf_counter()
    vocabulary: Vocabulary = build_vocabulary(load(Path(words[0])))
    print(f"pack and vocabulary: {time.perf_counter() - start:.2f} s, {len(vocabulary.entries)} wordings")
    gaps: Counter[str] = Counter()
    spent = 0.0
    count = 0
    for line in Path(words[1]).read_text().splitlines():
        record = json.loads(line)
        if len(words) > 2 and record["id"] not in words[2:]:
            continue
        start = time.perf_counter()
        case = parse(record["text"], vocabulary)
        spent += time.perf_counter() - start
        count += 1
        gaps.update(s.text for s in case.not_understood)
        if "--gaps" not in flags:
            print(f"\n{record['id']} [{record.get('gold', '')}] {record['text']}\n{describe(case)}")
    print(f"\n{count} texts, {1000 * spent / max(count, 1):.2f} ms each")
    if "--gaps" in flags:
        for gap, times in gaps.most_common():
            print(times, gap, suggest(gap, vocabulary))


if __name__ == "__main__":
    main(sys.argv[1:])
