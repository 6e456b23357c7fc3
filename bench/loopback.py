"""A browser's connection reduced to what a load generator needs: one kept-alive HTTP/1.1 connection, JSON both ways.

The people of the load benchmark share the cores with the server; a whole client library costs as much as the server.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any


class Connection:
    """One person's connection to a port of this machine. Errors: OSError, asyncio.IncompleteReadError."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.port = port
        self.head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.turn = asyncio.Lock()
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        """Status and body of the answer. One request at a time; giving up closes the connection, as browsers do."""
        data = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{self.port}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(data)}\r\n{self.head}\r\n"
        )
        async with self.turn:
            kept = self.streams is not None
            try:
                return await self._exchange(head.encode() + data)
            except (ConnectionError, asyncio.IncompleteReadError):
                if not kept:
                    raise
            return await self._exchange(head.encode() + data)  # the server had closed an idle connection

    async def _exchange(self, request: bytes) -> tuple[int, bytes]:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        reader, writer = self.streams
        try:
            writer.write(request)
            await writer.drain()
            status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            given = dict(line.lower().split(": ", 1) for line in lines if line)
            answer = await reader.readexactly(int(given["content-length"]))
        except BaseException:
            self.close()
            raise
        if given.get("connection") == "close":
            self.close()
        return int(status.split()[1]), answer

    def close(self) -> None:
        """Close it; the next request opens another."""
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None
