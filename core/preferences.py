"""What an office sets otherwise than the standards, for everything that is worked out from now on.

A run that has begun keeps what was set when it began: two lines in one report would prove nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

THREADS = 2


@dataclass(frozen=True)
class Preferences:
    """Everything that is not as usual; without arguments, nothing.

    `thresholds` are values by id, `reasons` why they were changed; `profiles` the standard by which sources of a role
    are read where nothing else is said; `ratio` the definition of 违法占耕比; `font` the Chinese font that comes first;
    `threads` how many work at once; `masked`: personal data is never shown, even where a run asks for it.
    """

    thresholds: Mapping[str, float] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    profiles: Mapping[str, str] = field(default_factory=dict)
    ratio: str = ""
    font: str = ""
    threads: int = THREADS
    masked: bool = False


USUAL = Preferences()
_standing = [USUAL]
_kept: ContextVar[Preferences | None] = ContextVar("redline_preferences", default=None)


def preferences() -> Preferences:
    """What is set: for a run what stood when it began, else what stands now."""
    return _kept.get() or _standing[0]


def set_preferences(wanted: Preferences) -> None:
    """Set what stands from now on; runs that have begun are not touched."""
    _standing[0] = wanted


@contextmanager
def kept_preferences() -> Iterator[Preferences]:
    """Keep what stands now until the end of the block, in this thread and in those of `in_order`."""
    found = preferences()
    token = _kept.set(found)
    try:
        yield found
    finally:
        _kept.reset(token)
