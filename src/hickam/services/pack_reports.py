"""What a pack holds: one item shown, counts by basis, the case-mix table."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import msgspec

from hickam.errors import HickamError
from hickam.knowledge.lint.numbers import walk_numbers
from hickam.knowledge.standing import states
from hickam.model.case import Case
from hickam.model.numbers import Shares
from hickam.model.pack import Pack
from hickam.model.review import Outcome
from hickam.services.knowledge import Knowledge
from hickam.writing.articles.status import review_words

FOLDERS = ("conditions", "findings", "drugs", "treatments", "tests", "clinicians", "rules", "measurements")


def show_item(pack: Pack, wanted: str) -> str:
    """One item as YAML-like text: each field on its line, each number with its basis and source."""
    folder, _, name = wanted.rpartition("/")
    for kind in FOLDERS:
        items = getattr(pack, kind)
        if (not folder or folder == kind) and name in items:
            item = f"{kind}/{name}"
            head = f"{item}  hash {pack.hashes[item][:12]}  {review_words(pack, item)}\n"
            return head + _lines(msgspec.to_builtins(items[name]), 0, pack)
    raise HickamError(
        code="no-such-item",
        where="hickam pack show",
        what=f"no item {wanted!r}",
        why="there is nothing to show",
        fix="give an id such as peripheral_artery_disease, or folder/id",
    )


def _lines(value: object, depth: int, pack: Pack) -> str:
    pad = "  " * depth
    if isinstance(value, dict) and "basis" in value:
        number = (
            value.get("value") or value.get("counts") or value.get("shares") or [value.get("mean"), value.get("sd")]
        )
        source = pack.sources.get(value.get("source", ""))
        cite = f"; {source.authors or source.organisation} {source.year}, {value['locator']}" if source else ""
        strata = "".join(f" {k} {value[k]}" for k in ("age", "sex") if value.get(k) not in (None, [0, 120], "any"))
        return (
            f"{pad}{value.get('finding', '')}{strata} {number} ({value['basis']}{cite}) {value.get('why', '')}".rstrip()
            + "\n"
        )
    if isinstance(value, dict):
        return "".join(
            f"{pad}{key}: {inner}\n"
            if not isinstance(inner, dict | list)
            else f"{pad}{key}:\n{_lines(inner, depth + 1, pack)}"
            for key, inner in value.items()
            if inner not in (None, "", [], {})
        )
    if isinstance(value, list):
        return "".join(_lines(inner, depth, pack) for inner in value)
    return f"{pad}- {value}\n"


def stats(pack: Pack) -> dict[str, dict[str, int]]:
    """Counts of items and of numbers by kind and basis."""
    items = {folder: len(getattr(pack, folder)) for folder in FOLDERS}
    items["sources"] = len(pack.sources)
    items["sources opened"] = sum(bool(source.opened) for source in pack.sources.values())
    items["cases"] = sum(len(cases) for cases in pack.cases.values())
    counts = Counter(states(pack).values())
    items |= {f"{state.replace('_', ' ')} items": counts[state] for state in get_args(Outcome)}
    basis: Counter[str] = Counter()
    kinds: dict[str, Counter[str]] = {}
    for folder in ("conditions", "findings", "drugs"):
        for item in getattr(pack, folder).values():
            for path, number in walk_numbers(item, ""):
                kind = "shares" if isinstance(number, Shares) else path.split("[")[0].split(".")[0]
                kinds.setdefault(f"{folder}: {kind}", Counter())[number.basis] += 1
                basis[number.basis] += 1
    return {"items": items, "numbers": dict(basis), **{kind: dict(count) for kind, count in sorted(kinds.items())}}


def stats_text(numbers: dict[str, dict[str, int]]) -> str:
    """The counts as a table; the estimates are the debt that may only shrink."""
    lines = [f"{name:>18} {count:6d}" for name, count in numbers["items"].items()]
    total = sum(numbers["numbers"].values())
    lines.append(f"\nnumbers by basis ({total} in all)")
    for kind, counts in numbers.items():
        if kind == "items":
            continue
        of = sum(counts.values())
        shares = "  ".join(
            f"{basis} {counts.get(basis, 0)}" for basis in ("direct", "derived", "extrapolated", "estimate")
        )
        label = "all" if kind == "numbers" else kind
        lines.append(
            f"{label:>28} {of:6d}   {shares}   sourced {100 * (of - counts.get('estimate', 0)) / max(of, 1):.0f} %"
        )
    return "\n".join(lines) + "\n"


BANDS = (
    (3, "female"),
    (8, "male"),
    (15, "female"),
    (30, "female"),
    (30, "male"),
    (50, "female"),
    (50, "male"),
    (70, "female"),
    (70, "male"),
    (85, "female"),
)


def case_mix(knowledge: Knowledge, setting: str, least: float = 0.005) -> list[tuple[str, dict[str, float]]]:
    """(label, cause -> probability) for each age and sex with nothing else known; ``unexplained`` included."""
    table = []
    for age, sex in BANDS:
        case = Case(age=age, sex=sex, setting=setting, completeness=0.0)  # type: ignore[arg-type]
        answer = knowledge.engine.k_only(case)
        causes = {name: chance for name, chance in answer.cause.items() if chance >= least}
        table.append((f"{sex} {age}", causes | {"unexplained": answer.unexplained}))
    return table


def case_mix_text(knowledge: Knowledge) -> str:
    """The table for every setting: causes with at least half a per cent, largest first."""
    lines = []
    for setting in knowledge.pack.manifest.settings:
        lines.append(f"\n{setting}")
        for label, causes in case_mix(knowledge, setting):
            ranked = sorted(causes.items(), key=lambda pair: -pair[1])
            lines.append(f"  {label:>10}: " + ", ".join(f"{name} {100 * chance:.1f}" for name, chance in ranked))
    return "\n".join(lines).lstrip("\n") + "\n"
