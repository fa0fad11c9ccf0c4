"""Work in small pieces on a few threads, in order, that a user can stop.

GEOS releases Python's lock inside its loops, so threads work on the frame's geometries without another process.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import TypeVar

from redline.core.preferences import preferences
from redline.core.progress import Progress

Piece = TypeVar("Piece")
Outcome = TypeVar("Outcome")

_POLL = 0.1
_AHEAD = 4


def in_order(
    function: Callable[[Piece], Outcome], pieces: Sequence[Piece], progress: Progress | None = None, threads: int = 0
) -> Iterator[Outcome]:
    """Yield `function(piece)` for every piece, in their order, worked on by `threads` threads (0: as many as is set).

    Moves `progress` from 0 to 1, always from the calling thread. Raises Cancelled as soon as the pieces in work are
    done, where the user asked to stop; an error of `function` likewise.
    """
    watch = progress or Progress()
    threads = threads or preferences().threads
    if threads < 2 or len(pieces) < 2:
        for number, piece in enumerate(pieces):
            watch.update(number / len(pieces))
            yield function(piece)
        watch.update(1.0)
        return
    pool = ThreadPoolExecutor(threads)
    running: deque[Future[Outcome]] = deque()
    try:
        for number in range(len(pieces)):
            while len(running) < threads * _AHEAD and number + len(running) < len(pieces):
                running.append(pool.submit(copy_context().run, function, pieces[number + len(running)]))
            while not wait([running[0]], _POLL).done:
                watch.update(number / len(pieces))
            watch.update((number + 1) / len(pieces))
            yield running.popleft().result()
    finally:
        for future in running:
            future.cancel()
        pool.shutdown()
