"""How this process keeps memory: the C library's allocator, where it is glibc's."""

from __future__ import annotations

import ctypes

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # names and numbers of mallopt(3)
KEEP = 256 << 20
LARGEST_IN_HEAP = 32 << 20


def keep_freed_memory() -> None:
    """Keep freed arrays of up to 32 MB (256 MB in all) for the next ones instead of handing them back.

    An answer makes and frees thousands of arrays of about a megabyte. By default each is mapped anew, and touching its
    pages for the first time costs more than the arithmetic on them (a division of 100,000 numbers: 1.5 ms, then 0.04).
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # not on musl or macOS: slower, never wrong
        mallopt(TRIM_THRESHOLD, KEEP)
        mallopt(MMAP_THRESHOLD, LARGEST_IN_HEAP)
