"""Memory that was freed, given back to the system where the system's library keeps it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable


def _trim() -> Callable[[int], int] | None:
    try:
        # glibc alone has it: what one thread has freed there, it keeps for that thread, and others ask for more.
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
    return trim


_TRIM = _trim()


def give_back() -> None:
    """Give the system what is free; elsewhere than with glibc nothing is done, and nothing need be. Takes some ms."""
    if _TRIM is not None:
        _TRIM(0)
