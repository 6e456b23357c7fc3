"""Who may do what: the one table of roles and permissions. What each page needs: ``interfaces/web/access_table.py``."""

from __future__ import annotations

from typing import Literal

from hickam.model.records import ROLES, Actor, Role

Permission = Literal["assess", "cases", "feedback", "editorial", "propose", "review", "users", "operate"]
MEANING: dict[Permission, str] = {
    "assess": "use the workbench and the API; nothing is kept",
    "cases": "save cases and documents, sign, and read one's own",
    "feedback": "send feedback on a line",
    "editorial": "read the editors' queue and the feedback; weigh changes",
    "propose": "propose changes to the knowledge",
    "review": "review and decide proposed changes",
    "users": "add, change and disable users",
    "operate": "read counters and the audit trail",
}
GRANTS: dict[Role, frozenset[Permission]] = {
    "reader": frozenset({"assess", "feedback"}),
    "clinician": frozenset({"assess", "feedback", "cases"}),
    "reviewer": frozenset({"assess", "feedback", "editorial", "review"}),
    "editor": frozenset({"assess", "feedback", "editorial", "propose"}),
    "administrator": frozenset({"assess", "feedback", "users", "operate"}),
}
"""An administrator reads no cases: whoever does both has both roles, and the audit trail says so."""
assert set(GRANTS) == set(ROLES)


def permissions_of(actor: Actor) -> frozenset[Permission]:
    """All that the person's roles give together."""
    return frozenset().union(*(GRANTS[role] for role in actor.roles))
