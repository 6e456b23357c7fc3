"""A condition by what a person calls it."""

from __future__ import annotations

from hickam.errors import HickamError
from hickam.model.pack import Pack


def wanted_condition(pack: Pack, wanted: str, place: str) -> str:
    """Id of a condition by id, name, synonym or any unambiguous part of a name; ``place`` is named in the error."""
    key = wanted.lower().replace("_", " ").strip()
    names = {
        c.id: [c.id.replace("_", " "), c.name.lower(), *(s.lower() for s in c.synonyms)]
        for c in pack.conditions.values()
    }
    exact = [name for name, known in names.items() if key in known]
    part = [name for name, known in names.items() if key and key in " ".join(known)]
    found = exact or part
    if len(found) == 1 or exact:
        return found[0]
    raise HickamError(
        code="no-such-condition",
        where=place,
        what="what was given is not one condition of this pack",
        why="there is nothing to show",
        fix=f"name one of: {', '.join(part or names)}",
    )
