"""Assessments remembered by what is known, for all processes: whoever computed one, nobody computes it again.

Three of four keys that somebody types change nothing that is known. The words of the story are read for each request
and put into the remembered answer; none of them is kept.
"""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b

import msgspec
from fastapi import Request
from starlette.responses import Response

from hickam.interfaces.web.bodies import AssessBody, today
from hickam.interfaces.web.cases import understood
from hickam.interfaces.web.workers import Worker, as_json
from hickam.model.assessment import Assessment
from hickam.model.case import without_words
from hickam.services.assess import Options, assess, shown_case
from hickam.services.knowledge import Knowledge

MOST = 64_000_000
"""Bytes of answers kept, some 70 kB each."""
Around = tuple[bytes, bytes]
"""An answer as JSON: what comes before and after its case."""


class Assessing:
    """Answers of ``/assess``, computed by the worker and remembered here, the least recently used dropped first."""

    def __init__(self, worker: Worker, most: int = MOST) -> None:
        self.worker, self.most = worker, most
        self._kept: OrderedDict[bytes, Around] = OrderedDict()
        self._size = 0

    async def answer(self, request: Request, body: AssessBody) -> Response:
        """The whole answer. Raises as ``Worker.run`` does, and ProblemError 'nothing-understood'."""

        async def work() -> bytes:
            key, case = await self.worker.call(known, body)
            around = self._kept.get(key)
            if around is None:
                around = await self.worker.call(around_case, body)
                self._keep(key, around)
            else:
                self._kept.move_to_end(key)
            return b"".join((around[0], case, around[1]))

        return as_json(await self.worker.in_turn(request, work, urgent=typing(body)))

    def _keep(self, key: bytes, around: Around) -> None:
        if key not in self._kept:
            self._size += _length(around)
        self._kept[key] = around
        while self._size > self.most:
            self._size -= _length(self._kept.popitem(last=False)[1])


def typing(body: AssessBody) -> bool:
    """Whether this is an update while somebody types: little is asked for, and at once."""
    return body.steps == 0 and body.draws <= 200


def assess_body(body: AssessBody, knowledge: Knowledge) -> Assessment:
    """The assessment, or ProblemError 'nothing-understood' with what was read."""
    return assess(knowledge, understood(body, knowledge), _options(body))


def known(body: AssessBody, knowledge: Knowledge) -> tuple[bytes, bytes]:
    """A hash of all that the answer depends on, and the case as the answer shows it back, in JSON."""
    case, options = understood(body, knowledge), _options(body)
    key = blake2b(msgspec.json.encode((knowledge.tag, without_words(case), options)), digest_size=16).digest()
    return key, msgspec.json.encode(shown_case(knowledge, case, options))


def around_case(body: AssessBody, knowledge: Knowledge) -> Around:
    """The answer as JSON without its case."""
    answer = assess_body(body, knowledge)
    before, _, after = msgspec.json.encode(answer).partition(msgspec.json.encode(answer.case))
    return before, after


def _options(body: AssessBody) -> Options:
    return Options(
        reader=body.reader,
        as_of=today(body.as_of),
        draws=body.draws,
        explain=body.explain,
        steps=body.steps,
        full=body.full,
    )


def _length(around: Around) -> int:
    return len(around[0]) + len(around[1])
