"""The gate over every FHIR resource written for many simulated patients. ``make fhir-gate`` takes 300.

Prints what was checked, by type, and every objection; exit code 1 when there is one.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from fhir_bundles import AS_OF, drawn_cases
from fhir_judges import loose_references, problems

from hickam.interfaces.fhir.assessment_out import assessment_document
from hickam.interfaces.fhir.reading import read_fhir
from hickam.services.assess import Options, assess
from hickam.services.knowledge import open_knowledge

BATCH = 25


def main() -> int:
    """Write, judge, count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", type=int, nargs="?", default=300)
    number = parser.parse_args().number
    knowledge = open_knowledge()
    recorded = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
    types: Counter[str] = Counter()
    objections: list[str] = []
    began = time.perf_counter()
    batch: list[tuple[str, dict[str, Any]]] = []
    for i, case in enumerate(drawn_cases(knowledge, number)):
        answer = assess(knowledge, case, Options(as_of=AS_OF, draws=0))
        bundle = assessment_document(knowledge.pack, case, answer, recorded)
        objections += [f"{i} loose reference {url}" for url in loose_references(bundle)]
        back = read_fhir(bundle, knowledge, AS_OF).case
        objections += [f"{i} is read back differently"] * (len(back.observations) != len(case.observations))
        batch += [(str(i), bundle), *((f"{i}/{n}", e["resource"]) for n, e in enumerate(bundle["entry"]))]
        if i % BATCH == BATCH - 1 or i == number - 1:
            types.update(r["resourceType"] for _, r in batch)
            objections += problems(batch)
            batch = []
    for line in objections[:100]:
        print(line)
    total = sum(types.values())
    seconds = round(time.perf_counter() - began, 1)
    print(
        json.dumps({"patients": number, "resources": total, "objections": len(objections), "seconds": seconds, **types})
    )
    return 1 if objections else 0


if __name__ == "__main__":
    sys.exit(main())
