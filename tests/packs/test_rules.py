"""Every rule of the pack has its boundary pair: a case in which it holds, and one just short of it."""

from __future__ import annotations

import pytest

from hickam.services.knowledge import Knowledge, open_knowledge
from hickam.services.outcomes import outcome_of
from hickam.services.pack_cases import as_case, unmet_parts

RULES = sorted(open_knowledge("leg_cramps").pack.rules)


@pytest.fixture(scope="module")
def pairs(knowledge: Knowledge) -> dict[str, tuple[list[str], list[str]]]:
    """Rule -> (cases that expect it and in which it holds, cases that expect it not and are one part short of it)."""
    found: dict[str, tuple[list[str], list[str]]] = {rule: ([], []) for rule in RULES}
    for cases in knowledge.pack.cases.values():
        for case in cases:
            if not (case.expect.rules or case.expect.not_rules):
                continue
            parts = unmet_parts(knowledge.pack, outcome_of(knowledge, as_case(knowledge, case)))
            for rule in case.expect.rules:
                if parts[rule] == 0:
                    found[rule][0].append(case.name)
            for rule in case.expect.not_rules:
                if parts[rule] == 1:
                    found[rule][1].append(case.name)
    return found


@pytest.mark.parametrize("rule", RULES)
def test_a_case_in_which_the_rule_holds_and_one_just_short_of_it(
    pairs: dict[str, tuple[list[str], list[str]]], rule: str
) -> None:
    holds, short = pairs[rule]
    assert holds, f"no case of packs/leg_cramps/cases expects the rule {rule} and fulfils it"
    assert short, f"no case expects the rule {rule} not to hold and is exactly one part short of it"
