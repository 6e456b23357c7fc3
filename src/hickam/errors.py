"""One kind of error for people: where, what, why it matters, what to do; with a stable code."""

from __future__ import annotations


class HickamError(Exception):
    """Bad usage or unreadable input. ``code`` is stable; the text is for a person and holds no patient data."""

    def __init__(self, *, code: str, where: str, what: str, why: str, fix: str) -> None:
        self.code, self.where, self.what, self.why, self.fix = code, where, what, why, fix
        super().__init__(f"{where}: {what}\n    why it matters: {why}\n    what to do: {fix}")
