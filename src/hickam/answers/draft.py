"""What an answer is made of before it is written out: claims in order, what was counted, or a refusal."""

from __future__ import annotations

import re

import msgspec

from hickam.answers.claims import Claim

AGAINST = re.compile(
    r"\b(no (significant |clear |meaningful )?(difference|effect|link|rise|change|benefit)|did not|does not|"
    r"not (prevent|help|differ)|no commoner|found no|no better)\b",
    re.I,
)
IN_FAVOUR = re.compile(
    r"\b(fewer|lower(s|ed)?|less|reduced?|improve[sd]?|cut|relieve[sd]?|effective|helps?|better|ends?|eases?)\b", re.I
)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """``claims``: best first; the first ``lead`` of them are the short answer. ``refused``: nothing supports an answer.

    ``counted``: facts of the patient used. ``notes``: sentences of the program's own about what it read or lacks.
    ``exact``: looked up by what is named, so that nothing has to be judged.
    """

    claims: tuple[Claim, ...] = ()
    lead: int = 1
    counted: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    refused: bool = False
    asks: tuple[str, ...] = ()
    exact: bool = False


def not_mentioned(unknown: tuple[str, ...]) -> tuple[str, ...]:
    """The note on words of a question that are nowhere in the pack."""
    return (f"This knowledge nowhere mentions: {', '.join(dict.fromkeys(unknown))}.",) if unknown else ()


def refusal(nearest: list[Claim], *notes: str, asks: tuple[str, ...] = ()) -> Draft:
    """The knowledge does not say; the claims are only the nearest things it does say."""
    return Draft(claims=tuple(nearest[:2]), lead=0, refused=True, notes=notes, asks=asks)


def disagree(claims: tuple[Claim, ...]) -> bool:
    """Whether claims about the effect of one thing, from different sources, point both ways."""
    sides: dict[str, dict[str, set[str]]] = {}
    for claim in claims:
        if claim.field not in ("effects", "management"):
            continue
        side = "against" if AGAINST.search(claim.text) else "for" if IN_FAVOUR.search(claim.text) else ""
        if side:
            sides.setdefault(claim.item, {"for": set(), "against": set()})[side].update(claim.sources or (claim.id,))
    return any(s["for"] and s["against"] and s["for"] != s["against"] for s in sides.values())
