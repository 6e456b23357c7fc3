"""One connection of the server, which nobody may hold with a head that never ends. Bodies: ``guard.py``."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
"""From the connection, or the first byte of a further request on it, to the end of the request's head."""
HEAD_BYTES = 64_000
IDLE_SECONDS = 30
"""Between requests of one connection: a pause in typing does not cost a new one."""


class Connection(HttpToolsProtocol):
    """HTTP/1.1 as uvicorn speaks it; closed when the head of a request is too slow or too long."""

    head_seconds = HEAD_SECONDS

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._deadline: asyncio.TimerHandle | None = None
        self._head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The time for the first head begins."""
        super().connection_made(transport)
        self._begin_head()

    def data_received(self, data: bytes) -> None:
        """A head begins, goes on or is complete; what comes while an answer is awaited is its body."""
        before, awaited = self.cycle, self._answer_awaited()
        super().data_received(data)
        if self.cycle is not before:
            self._end_head()
        elif not awaited:
            self._begin_head()
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._end_head()
        super().connection_lost(exc)

    def _answer_awaited(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _begin_head(self) -> None:
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().call_later(self.head_seconds, self.transport.close)

    def _end_head(self) -> None:
        self._head_bytes = 0
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
