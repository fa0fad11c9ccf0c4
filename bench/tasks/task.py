"""What a task is."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from redline.bench.measure import Answer, Way


@dataclass(frozen=True)
class Task:
    """The same work done in several ways, and what is wanted of the plugin's.

    `ways`: the way called `peer` is the measure of the others, those that start with "redline" are the plugin's.
    `agree` raises ValueError where the answers differ and says in a few words what was compared. Targets, None for
    none: `ratio` of wall to the peer's; at 100,000 plots and below `seconds` of wall and `memory` in MB; `limit`, a
    name in the answer and the most it may be; `rival`, a way than which it may not be slower (wall), and from how many
    plots on.
    `once`: ways that are run in the first round only, at 100,000 plots.
    `slow`: not beyond 100,000 plots. `costly`: at the largest number of plots only. `quality`: the answers are
    what the ways are worth, and are shown beside each other.
    """

    letter: str
    title: str
    peer: str | None
    ways: Mapping[str, Way]
    agree: Callable[[dict[str, Answer]], str]
    ratio: float | None = None
    seconds: float | None = None
    memory: float | None = None
    limit: tuple[str, float] | None = None
    rival: tuple[str, int] | None = None
    once: Collection[str] = ()
    slow: Collection[str] = ()
    costly: bool = False
    quality: bool = False


def same(one: Answer, other: Answer, name: str, relative: float = 0.0) -> None:
    """Raises ValueError where two answers give different numbers under `name`."""
    if not math.isclose(one[name], other[name], rel_tol=relative, abs_tol=0.0):
        raise ValueError(f"{name}: {one[name]!r} is not {other[name]!r}")
