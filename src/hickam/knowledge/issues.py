"""What the linter says: where, what, why it matters, what to do."""

from __future__ import annotations

from typing import Literal

import msgspec


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """One problem in a pack. ``file`` is relative to the pack, ``path`` the place inside the file."""

    file: str
    path: str
    what: str
    why: str
    fix: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        place = f"{self.file} › {self.path}" if self.path else self.file
        return f"{self.severity}: {place}: {self.what}\n    why: {self.why}\n    fix: {self.fix}"


class PackError(Exception):
    """A pack that cannot be used; ``issues`` says why."""

    def __init__(self, root: str, issues: list[Issue]) -> None:
        self.root = root
        self.issues = issues
        shown = "\n".join(str(issue) for issue in issues[:10])
        more = f"\n… and {len(issues) - 10} more (hickam pack lint shows all)" if len(issues) > 10 else ""
        super().__init__(f"the pack at {root} has {len(issues)} error(s):\n{shown}{more}")
