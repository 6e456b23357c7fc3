"""What intake refuses, and how it says so."""

from __future__ import annotations


class IntakeError(ValueError):
    """Input that cannot be turned into a case: where, what, why it matters, how to mend it.

    >>> print(IntakeError(where="age", what="'old' is not a number", why="age sets the priors", fix="give years"))
    age: 'old' is not a number. age sets the priors. give years
    """

    def __init__(self, *, where: str, what: str, why: str, fix: str) -> None:
        super().__init__(f"{where}: {what}. {why}. {fix}")
        self.where = where
        self.what = what
        self.why = why
        self.fix = fix

    def as_data(self) -> dict[str, str]:
        """The four parts, for an interface that shows them separately."""
        return {"where": self.where, "what": self.what, "why": self.why, "fix": self.fix}
