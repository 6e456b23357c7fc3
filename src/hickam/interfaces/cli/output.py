"""Where a finished document goes: standard output, or a file that only its owner can read."""

from __future__ import annotations

import os
import sys

from hickam.errors import HickamError


def put(data: bytes, out: str | None, *, binary: bool) -> None:
    """Write the bytes. A PDF is not written onto a terminal."""
    if out:
        target = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(target, "wb") as file:
            file.write(data)
        return
    if binary and sys.stdout.isatty():
        raise HickamError(
            code="binary-to-terminal",
            where="standard output",
            what="a PDF cannot be shown on a terminal",
            why="its bytes would garble the screen",
            fix="add --out FILE, or send the output to a file or a printer",
        )
    sys.stdout.buffer.write(data)
