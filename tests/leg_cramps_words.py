"""The words of the leg cramps pack, for tests of what intake reads with it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from hickam.intake import Vocabulary, build_vocabulary
from hickam.model.condition import Condition
from hickam.model.finding import Finding, Measurement
from hickam.model.pack import Drug, Manifest, Pack

PACK = Path(__file__).parents[1] / "packs" / "leg_cramps"


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The words of the pack, read file by file, so that an unfinished condition elsewhere does not matter."""

    def part(name: str, kind: Any) -> dict[str, Any]:
        files = sorted((PACK / name).glob("*.yaml"))
        return {p.stem: msgspec.convert(yaml.load(p.read_text(), yaml.CSafeLoader), kind) for p in files}

    manifest = msgspec.convert(yaml.load((PACK / "pack.yaml").read_text(), yaml.CSafeLoader), Manifest)
    parts: dict[str, Any] = {
        "measurements": part("measurements", Measurement),
        "findings": part("findings", Finding),
        "conditions": part("conditions", Condition),
        "drugs": part("drugs", Drug),
    }
    empty: dict[str, Any] = {"treatments": {}, "tests": {}, "clinicians": {}, "rules": {}, "cases": {}}
    return build_vocabulary(Pack(manifest=manifest, hash="", sources={}, reviews=(), hashes={}, **parts, **empty))
