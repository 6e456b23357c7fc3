"""What SMART scopes let be done: version 2 (patient/Observation.rs) and version 1 (patient/Observation.read)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Right = Literal["create", "read", "search"]
LETTERS: dict[Right, str] = {"create": "c", "read": "r", "search": "s"}
WORDS: dict[Right, tuple[str, ...]] = {"create": ("write", "*"), "read": ("read", "*"), "search": ("read", "*")}
LEVELS = ("patient", "user", "system")


def grants(scopes: str, kind: str, right: Right, levels: Iterable[str] = LEVELS) -> bool:
    """Whether a scope of these levels lets this be done with all resources of a type. A scope with a query lets only
    some be read, which is less than all.

    >>> grants("patient/*.rs", "Observation", "search"), grants("patient/Patient.read", "Observation", "search")
    (True, False)
    """
    for scope in scopes.split():
        level, _, rest = scope.partition("/")
        name, _, rights = rest.partition(".")
        rights, _, query = rights.partition("?")
        if level not in levels or name not in (kind, "*") or (query and right != "create"):
            continue
        letters = rights if rights and set(rights) <= set("cruds") else ""
        if LETTERS[right] in letters or rights in WORDS[right]:
            return True
    return False
