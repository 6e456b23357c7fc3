"""How the loops are compiled, and how their machine code is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from numba import njit

OPTIONS: dict[str, Any] = {
    "nogil": True,
    "fastmath": {"reassoc", "contract", "nsz"},
    "error_model": "numpy",
    "_nrt": False,  # no reference counts: nothing is allocated here, and counting took half the time
}
F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compiled into the entry that calls it: a call with a hundred arrays costs more than most of these loops. Sums may
    be reordered, nothing else."""
    made: F = njit(forceinline=True, **OPTIONS)(function)
    return made


def entry(function: F) -> F:
    """Compiled once a machine and kept beside the module. numba looks at the source of this one function only, so it
    has to close over ``sources()``: then code made from other sources is not used again."""
    made: F = njit(cache=True, **OPTIONS)(function)
    return made


def sources() -> str:
    """Fingerprint of everything that is compiled here, and of the constants it is compiled with."""
    here = Path(__file__).parent
    files = [*sorted(here.glob("*.py")), *(here.parent / f"{name}.py" for name in ("layout", "lookups", "temper"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
