"""A question about the story on the page, or about the knowledge: the same service as ``hickam ask``."""

from __future__ import annotations

from functools import cached_property

import msgspec

from hickam.intake.reading import understood_nothing
from hickam.interfaces.web.bodies import AskBody, today
from hickam.interfaces.web.cases import read_case
from hickam.interfaces.web.problems import ProblemError
from hickam.model.answer import CitedAnswer, Turn
from hickam.services.ask import AskOptions, ask
from hickam.services.claims_index import ClaimsIndex
from hickam.services.knowledge import Knowledge


class Asking:
    """Answers questions with one index. A request never builds vectors: until they are there, words alone decide."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    @cached_property
    def claims(self) -> ClaimsIndex:
        """The index, by meaning when ``hickam pack compile`` has built it."""
        whole = ClaimsIndex(self.knowledge)
        return whole if whole.built() else ClaimsIndex(self.knowledge, by_meaning=False)

    def answer(self, body: AskBody) -> CitedAnswer:
        """The answer; of a story in which nothing is understood, the question alone is answered."""
        case = read_case(body.about, self.knowledge) if body.about is not None else None
        if case is not None and understood_nothing(case):
            case = None
        return ask(
            self.claims,
            body.question,
            case,
            AskOptions(reader=body.reader, as_of=today(body.as_of), before=_turn(body.before)),
        )


def _turn(before: dict[str, object] | None) -> Turn | None:
    if before is None:
        return None
    try:
        return msgspec.convert(before, Turn)
    except msgspec.ValidationError:
        raise ProblemError(
            422,
            "bad-carry",
            "This is not what an earlier answer carried.",
            where="before",
            why="a follow-up is read with the question before it",
            fix="send back the object 'carry' of the last answer as it was, or leave it out",
        ) from None
