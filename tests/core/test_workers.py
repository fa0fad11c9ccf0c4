"""Pieces of work on threads: in order, with errors told and stopping at once."""

from __future__ import annotations

import threading
import time

import pytest

from redline.core.geometry.workers import in_order
from redline.core.progress import Cancelled, Progress


class Watch(Progress):
    def __init__(self, stop_after: float = 1e9) -> None:
        super().__init__()
        self.start, self.stop_after, self.seen, self.threads = time.perf_counter(), stop_after, [], set()

    def report(self, fraction: float) -> None:
        self.seen.append(fraction)
        self.threads.add(threading.get_ident())

    def cancelled(self) -> bool:
        return time.perf_counter() - self.start > self.stop_after


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_results_come_in_order_whatever_is_done_first(threads):
    watch = Watch()

    def work(piece: int) -> int:
        time.sleep(0.02 if piece % 3 == 0 else 0)
        return piece * piece

    assert list(in_order(work, list(range(30)), watch, threads)) == [n * n for n in range(30)]
    assert watch.seen == sorted(watch.seen)
    assert watch.seen[-1] == 1.0
    assert watch.threads == {threading.get_ident()}


@pytest.mark.parametrize("threads", [1, 2])
def test_nothing_to_do(threads):
    assert list(in_order(len, [], Watch(), threads)) == []
    assert list(in_order(len, ["耕地"], None, threads)) == [2]


@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_is_the_callers(threads):
    with pytest.raises(ZeroDivisionError):
        list(in_order(lambda n: 1 // n, [3, 2, 1, 0, 1, 2], threads=threads))


def test_a_long_piece_is_waited_for_with_open_ears():
    begun: list[int] = []

    def work(piece: int) -> None:
        begun.append(piece)
        time.sleep(0.4)

    watch = Watch(stop_after=0.1)
    with pytest.raises(Cancelled):
        list(in_order(work, list(range(100)), watch, 2))
    assert time.perf_counter() - watch.start < 1.0
    assert len(begun) <= 4


def test_leaving_early_ends_the_threads():
    before = threading.active_count()
    results = in_order(lambda n: n, list(range(1000)), threads=2)
    assert next(results) == 0
    results.close()
    assert threading.active_count() == before
