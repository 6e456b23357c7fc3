"""A pack of approved content only, for an operator who may serve nothing else; docs/decisions/0020 says why it is so.

Leaving content out must never make anybody less safe. So most of a pack has to be approved or nothing is served: the
manifest, every finding, measurement, drug, treatment, clinician and rule, every condition that is dangerous, that needs
a clinician soon, or that one of these names. Left out may be conditions that can wait, tests and the article's layout.
The share of visits that the left-out conditions account for becomes *unexplained*, and no answer is less urgent than
the whole pack's (``services/triage.py``). Every answer says in its disclaimer what is left out.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from hickam.errors import HickamError
from hickam.knowledge.hashing import pack_hash, whole_hash
from hickam.knowledge.standing import double_checked, states
from hickam.model.case import Case
from hickam.model.condition import LEVELS, Condition
from hickam.model.pack import Manifest, Pack
from hickam.model.presentation import Presentation
from hickam.services.knowledge import Knowledge

CAN_WAIT = LEVELS.index("routine")
MOST_UNEXPLAINED = 0.30
"""Above this an answer says that the story fits no known pattern; a service of which every answer says so is none."""
NAMED = 10
ALWAYS = ("findings", "measurements", "drugs", "treatments", "clinicians", "rules")


def only_approved(knowledge: Knowledge) -> Knowledge:
    """The knowledge without what nobody has approved; raises HickamError where that would not be safe."""
    pack, state = knowledge.pack, states(knowledge.pack)
    missing = sorted(item for item in needed(pack) if state[item] != "approved")
    if missing:
        more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
        raise HickamError(
            code="dangers-not-approved",
            where="--approved-only",
            what=f"{len(missing)} items that an answer cannot do without are not approved: "
            f"{', '.join(missing[:NAMED])}{more}",
            why="left out, a danger would not be seen, and the answer would sound safer than it is",
            fix="review them (hickam review list), or serve the whole pack, which says what is not approved",
        )
    left_out = {item for item in pack.hashes if state[item] != "approved" and not item.startswith("sources/")}
    gone = {item.partition("/")[2] for item in left_out if item.startswith("conditions/")}
    shares = {setting: _share(knowledge, setting, gone) for setting in pack.manifest.settings}
    unexplained = {name: pack.manifest.unexplained[name] + share for name, share in shares.items()}
    if max(unexplained.values()) > MOST_UNEXPLAINED:
        raise HickamError(
            code="too-much-left-out",
            where="--approved-only",
            what=f"without {len(gone)} conditions {100 * max(unexplained.values()):.0f} % of visits have no cause here",
            why="every answer would say that the story fits no known pattern",
            fix="review the commonest conditions first (hickam pack stats --case-mix)",
        )
    served = Knowledge.of_pack(_without(pack, left_out, gone, unexplained), knowledge.root)
    served.whole = knowledge
    return served


def needed(pack: Pack) -> frozenset[str]:
    """Items without which nothing is served."""
    waiting = {
        name
        for name, item in pack.conditions.items()
        if LEVELS.index(item.urgency) <= CAN_WAIT and not item.do_not_miss
    }
    held = {f"conditions/{name}" for name in pack.conditions if name not in waiting}
    held |= {item for item in double_checked(pack) if item.startswith("conditions/")}
    while True:
        parents = {
            f"conditions/{parent.condition}" for item in held for parent in pack.conditions[item.split("/")[1]].parents
        }
        if parents <= held:
            break
        held |= parents & pack.hashes.keys()
    whole = {f"{folder}/{name}" for folder in ALWAYS for name in getattr(pack, folder)}
    return frozenset({"pack"} | held | whole)


def _share(knowledge: Knowledge, setting: str, gone: set[str]) -> float:
    """Share of visits in this setting that these conditions cause, by the case mix."""
    total = weight = 0.0
    for visit in knowledge.pack.manifest.visits:
        case = Case(age=sum(visit.age) / 2, sex=visit.sex, setting=setting, completeness=0.0)  # type: ignore[arg-type]
        causes = knowledge.engine.k_only(case).cause
        total += visit.share * sum(causes[name] for name in gone)
        weight += visit.share
    return total / weight if weight else 0.0


def _without(pack: Pack, left_out: set[str], gone: set[str], unexplained: dict[Any, float]) -> Pack:
    conditions = {name: _unnamed(item, gone) for name, item in pack.conditions.items() if name not in gone}
    tests = {name: item for name, item in pack.tests.items() if f"tests/{name}" not in left_out}
    rules = {name: replace(rule, conditions=_kept(rule.conditions, gone)) for name, rule in pack.rules.items()}
    manifest = _said(pack, left_out, unexplained)
    hashes = {item: value for item, value in pack.hashes.items() if item not in left_out}
    return replace(
        pack,
        manifest=manifest,
        conditions=conditions,
        tests=tests,
        rules=rules,
        presentation=Presentation() if left_out else pack.presentation,
        cases={},
        hashes=hashes,
        hash=pack_hash({"served": whole_hash(manifest, hashes), "of": pack.hash}),
    )


def _unnamed(item: Condition, gone: set[str]) -> Condition:
    return replace(
        item,
        parents=tuple(parent for parent in item.parents if parent.condition not in gone),
        excludes=_kept(item.excludes, gone),
        lookalikes=tuple(other for other in item.lookalikes if other.condition not in gone),
    )


def _kept(names: tuple[str, ...], gone: set[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in gone)


def _said(pack: Pack, left_out: set[str], unexplained: dict[Any, float]) -> Manifest:
    """The manifest with what is left out in its disclaimer, which every answer carries."""
    if not left_out:
        return pack.manifest
    conditions = sorted(
        pack.conditions[item.partition("/")[2]].name for item in left_out if item.startswith("conditions/")
    )
    named = "; ".join(conditions[:NAMED]) + (f" and {len(conditions) - NAMED} more" if len(conditions) > NAMED else "")
    others = len(left_out) - len(conditions)
    parts = [f"the conditions {named}"] if conditions else []
    parts += [f"{others} articles on tests and layout"] if others else []
    said = f"Only content that people have approved is used here; left out: {', and '.join(parts)}."
    return replace(
        pack.manifest,
        disclaimer=f"{pack.manifest.disclaimer.strip()} {said}",
        version=f"{pack.manifest.version}+approved-only",
        unexplained=unexplained,
    )
