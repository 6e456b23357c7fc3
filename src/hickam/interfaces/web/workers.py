"""Engine work off the event loop: one at a time, within a time limit, and not at all for a client that has gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from fastapi import Request

from hickam.interfaces.web.problems import ProblemError

T = TypeVar("T")


class Worker:
    """The engine keeps parts of recent cases and is not safe for threads, so its callers take turns."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._turn = asyncio.Lock()

    async def run(self, request: Request, work: Callable[[], T]) -> T:
        """The result of ``work``. Raises ProblemError 503 when waiting and working take longer than the limit.

        A thread cannot be stopped: work that overruns ends by itself, and the next caller waits until it has.
        """
        task = asyncio.ensure_future(self._take_turn(request, work))
        done, _ = await asyncio.wait({task}, timeout=self.seconds)
        if not done:
            task.add_done_callback(_forget)
            raise ProblemError(503, "time-limit", f"No answer within {self.seconds:g} seconds.", fix="try again")
        return task.result()

    async def _take_turn(self, request: Request, work: Callable[[], T]) -> T:
        async with self._turn:
            if await request.is_disconnected():
                raise ProblemError(503, "gone", "The client closed the connection.")
            return await asyncio.to_thread(work)


def _forget(task: asyncio.Future[T]) -> None:
    """Fetch the outcome of late work so that its error text is never printed."""
    if not task.cancelled():
        task.exception()
