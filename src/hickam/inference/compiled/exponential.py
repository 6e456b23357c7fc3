"""exp for whole arrays: plain arithmetic, so that the compiler does eight at a time (a library call does one)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic

from hickam.inference.compiled.jit import compiled

LEAST = -708.0
"""Below this a double has no digits left, and the result is that of this."""
LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 0.6931471803691238, 1.9082149292705877e-10


def _bits_as_float(context: Any, bits: Any) -> Any:
    """The double with these 64 bits."""

    def made(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], context.get_value_type(types.float64))

    return types.float64(types.int64), made


_from_bits: Any = intrinsic(_bits_as_float)


@compiled
def exponential(x: float) -> float:
    """e^x for x <= 700, within 1e-14 of itself: x = n ln 2 + r, e^r by its series to r^12 (|r| < 0.35: 2e-16)."""
    x = max(x, LEAST)
    n = np.rint(x * LOG2_E)
    r = x - n * LN2_HIGH - n * LN2_LOW
    p = 1 / 479001600
    p = p * r + 1 / 39916800
    p = p * r + 1 / 3628800
    p = p * r + 1 / 362880
    p = p * r + 1 / 40320
    p = p * r + 1 / 5040
    p = p * r + 1 / 720
    p = p * r + 1 / 120
    p = p * r + 1 / 24
    p = p * r + 1 / 6
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return float(p * _from_bits((np.int64(n) + 1023) << 52))
