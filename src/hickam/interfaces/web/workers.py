"""Computing off the event loop: in a thread of this process, or in processes of its own that each hold the pack.

Urgent work (an update while somebody types) goes first; what a client no longer waits for is not begun; everything is
answered within a time limit.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
import multiprocessing
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from fastapi import Request
from starlette.responses import Response

from hickam.intake.reading import parse
from hickam.interfaces.memory import keep_freed_memory
from hickam.interfaces.web.problems import ProblemError, UnexpectedError, as_problem, place_of
from hickam.services.assess import Options, assess
from hickam.services.editorial.approved import only_approved
from hickam.services.knowledge import Knowledge

T = TypeVar("T")
Calculation = Callable[[Any, Knowledge], object]
"""A function of a module, from a body and the pack to something that msgspec writes."""
FIRST = "calf cramps at night"


def encoded(given: tuple[Calculation, Any], knowledge: Knowledge) -> bytes:
    """The result of a calculation from a body, as JSON."""
    calculation, body = given
    return msgspec.json.encode(calculation(body, knowledge))


def warm_up(knowledge: Knowledge) -> None:
    """Load every part, and give one whole answer, so that nobody waits for what the first one loads."""
    assess(knowledge, parse(FIRST, knowledge.vocabulary), Options())


def as_json(data: bytes) -> Response:
    """JSON about a patient: never kept by a cache."""
    return Response(data, media_type="application/json", headers={"cache-control": "no-store"})


class Turns:
    """So many at once, the urgent first, else in the order they came; of several places one is for the urgent alone."""

    def __init__(self, places: int) -> None:
        self._free, self._kept = places, 1 if places > 1 else 0
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._number = itertools.count()

    @contextlib.asynccontextmanager
    async def turn(self, *, urgent: bool) -> AsyncIterator[None]:
        """Wait for a place and hold it."""
        came: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (0 if urgent else 1, next(self._number), came))
        self._admit()
        try:
            await came
        except asyncio.CancelledError:
            if came.done() and not came.cancelled():
                self._leave()
            raise
        try:
            yield
        finally:
            self._leave()

    def _leave(self) -> None:
        self._free += 1
        self._admit()

    def _admit(self) -> None:
        while self._waiting and (self._waiting[0][2].cancelled() or self._free > self._kept * self._waiting[0][0]):
            came = heapq.heappop(self._waiting)[2]
            if not came.cancelled():
                self._free -= 1
                came.set_result(None)


class Worker:
    """Computes for the routes. The engine is not safe for threads: in one process its callers take turns.

    ``processes`` 0: all in this one. ``start`` and ``stop`` go with the application.
    """

    def __init__(self, seconds: float, knowledge: Knowledge, processes: int = 0) -> None:
        self.seconds, self.knowledge, self.processes = seconds, knowledge, processes
        self._here, self._there = Turns(1), Turns(max(1, processes))
        self._pool: ProcessPoolExecutor | None = None

    def start(self) -> None:
        """Begin the processes; each loads the pack."""
        if self.processes:
            # spawned, not forked: this process has threads
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(
                self.processes, context, _load, (str(self.knowledge.root), self.knowledge.whole is not None)
            )

    async def ready(self) -> None:
        """Wait until this process and the others have loaded the pack and given an answer."""
        async with self._here.turn(urgent=False):
            await asyncio.to_thread(warm_up, self.knowledge)
        if self._pool is not None:
            await asyncio.gather(*(asyncio.wrap_future(self._pool.submit(_ready)) for _ in range(self.processes)))

    def stop(self) -> None:
        """End them."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    async def run(self, request: Request, work: Callable[[], T]) -> T:
        """The result of ``work``, done in this process. ProblemError 503 when waiting and working take too long."""
        return await self._within(request, self._here, lambda: asyncio.to_thread(work), urgent=False)

    async def compute(self, request: Request, calculation: Calculation, body: Any, *, urgent: bool = False) -> Response:
        """The result as JSON that no cache keeps; computed where there is room. Raises as ``run`` does."""
        return as_json(await self.in_turn(request, lambda: self.call(encoded, (calculation, body)), urgent=urgent))

    async def in_turn(self, request: Request, work: Callable[[], Awaitable[T]], *, urgent: bool) -> T:
        """The result of ``work``, which makes its calls one after the other. Raises as ``run`` does."""
        return await self._within(request, self._here if self._pool is None else self._there, work, urgent=urgent)

    async def call(self, calculation: Callable[[Any, Knowledge], T], given: Any) -> T:
        """``calculation(given, knowledge)`` where there is room; in a turn only."""
        pool = self._pool
        if pool is None:
            return await asyncio.to_thread(calculation, given, self.knowledge)
        try:
            result: T = await asyncio.wrap_future(pool.submit(_calculate, calculation, given))
        except BrokenProcessPool:
            if pool is self._pool:
                self.start()
            raise ProblemError(503, "worker-lost", "The process that computed this ended.", fix="try again") from None
        return result

    async def _within(self, request: Request, turns: Turns, work: Callable[[], Awaitable[T]], *, urgent: bool) -> T:
        begun = asyncio.Event()

        async def in_turn() -> T:
            async with turns.turn(urgent=urgent):
                begun.set()
                return await work()

        task = asyncio.ensure_future(in_turn())
        gone = asyncio.ensure_future(_left(request))
        try:
            done, _ = await asyncio.wait({task, gone}, timeout=self.seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
        if task in done:
            return task.result()
        if not begun.is_set():
            task.cancel()
        task.add_done_callback(_forget)  # a computation cannot be stopped: it keeps its place until it ends
        if gone in done:
            raise ProblemError(503, "gone", "The client closed the connection.")
        raise ProblemError(503, "time-limit", f"No answer within {self.seconds:g} seconds.", fix="try again")


async def _left(request: Request) -> None:
    """Ends when the client does; a body that no route has read comes first."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _forget(task: asyncio.Future[T]) -> None:
    """Fetch the outcome of late work so that its error text is never printed."""
    if not task.cancelled():
        task.exception()


# ---- in the processes

_held: list[Knowledge] = []


def _load(root: str, approved: bool) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends us
    keep_freed_memory()
    knowledge = only_approved(Knowledge(Path(root))) if approved else Knowledge(Path(root))
    warm_up(knowledge)
    _held.append(knowledge)


def _ready() -> bool:
    return bool(_held)


def _calculate(calculation: Callable[[Any, Knowledge], T], given: Any) -> T:
    """An error leaves as a ProblemError, or as the place where it happened; never with its text."""
    try:
        _held[0].read_reviews_again()
        return calculation(given, _held[0])
    except Exception as error:
        try:
            problem = as_problem(error)
        except Exception:
            raise UnexpectedError(place_of(error)) from None
        raise problem from None
