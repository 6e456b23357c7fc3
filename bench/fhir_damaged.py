"""Damaged FHIR bundles: how many are read, refused, or break the reader. ``make fhir-damaged`` sends 10,000.

Each starts from the example record or one of the pack's vignettes, and has one to four things deleted, replaced,
doubled, moved or wrapped (tests/fhir_bundles.py). Any failure prints its seed and ends with exit code 1.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from fhir_bundles import AS_OF, damaged, example, pack_cases
from property.test_fhir_laws import check_damaged

from hickam.interfaces.fhir.case_out import case_bundle
from hickam.services.knowledge import open_knowledge


def main() -> int:
    """Count outcomes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", type=int, nargs="?", default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    knowledge = open_knowledge()
    bundles = [example(), *(case_bundle(knowledge.pack, c, AS_OF) for c in pack_cases(knowledge))]
    outcomes: Counter[str] = Counter()
    began = time.perf_counter()
    for seed in range(options.seed, options.seed + options.number):
        chance = random.Random(seed)
        whole = bundles[0] if chance.random() < 0.6 else chance.choice(bundles)
        bundle = damaged(whole, chance)
        try:
            outcomes[check_damaged(knowledge, bundle)] += 1
        except Exception as error:
            outcomes["FAILED"] += 1
            print(f"seed {seed}: {type(error).__name__}: {error}"[:300])
    print(json.dumps({"bundles": options.number, **outcomes, "seconds": round(time.perf_counter() - began, 1)}))
    return 1 if outcomes["FAILED"] else 0


if __name__ == "__main__":
    sys.exit(main())
