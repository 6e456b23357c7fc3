"""The page on published likelihood ratios: which the pack reproduces, and why it does not reproduce the others."""

from __future__ import annotations

from collections.abc import Sequence

from hickam.services.published_ratios import Compared, results

ABOUT = """\
# Published likelihood ratios

Written by `hickam pack ratios --report`, with pack hash `{hash}`. `published_ratios.yaml` of the pack names published
signs with their likelihood ratios or their sensitivity and specificity. For each the study's population is simulated
from the pack, the sign is read off, and the values are compared. Nothing in the pack was set from them.

The rules that choose the populations, and a few signs (one pulse finding for "any pulse abnormality", two answers for
the restless-legs question), were rewritten several times with the results in sight: the first, cruder rules
reproduced 28 of 69 signs. A study's referral cannot be copied exactly: read the count as "can be reproduced under a
plausible referral", not as a blind test.

**{counts}** Limits are published for some; where a source gives a point only, a factor of 1.5 to 2 on a ratio and 0.1
on a proportion is assumed and marked.
"""
NAMES = {
    "lr_positive": "LR positive", "lr_negative": "LR negative",
    "sensitivity": "sensitivity", "specificity": "specificity",
}  # fmt: skip


def ratio_counts(compared: Sequence[Compared]) -> str:
    """How many are reproduced: likelihood ratios, and sensitivities with their specificities."""
    found = results(list(compared))
    ratios = [inside for (_, kind), inside in found.items() if kind.startswith("lr")]
    pairs = [inside for (_, kind), inside in found.items() if not kind.startswith("lr")]
    return (
        f"{sum(found.values())} of {len(found)} published results are reproduced: {sum(ratios)} of {len(ratios)} "
        f"likelihood ratios, {sum(pairs)} of {len(pairs)} sensitivities with their specificity."
    )


def ratio_page(compared: Sequence[Compared], pack_hash: str) -> str:
    """The page in Markdown."""
    outside = [one for one in compared if not one.inside]
    inside = [one for one in compared if one.inside]
    parts = [
        ABOUT.format(hash=pack_hash[:12], counts=ratio_counts(compared)),
        "## Not reproduced\n",
        _table(("sign", "published", "simulated", "why"), [[*_cells(one), one.ratio.misfit] for one in outside]),
        "## Reproduced\n",
        _table(("sign", "published", "simulated"), [_cells(one) for one in inside]),
    ]
    return "\n".join(parts)


def _cells(one: Compared) -> list[str]:
    best, low, high = one.published
    limits = f"{best:.3g} ({low:.3g} to {high:.3g}{', assumed' if one.ratio.interval == 'assumed' else ''})"
    return [f"{one.ratio.id}, {NAMES[one.statistic]}", f"{limits}, {one.ratio.source}", f"{one.value:.2f}"]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |\n" for row in lines)
