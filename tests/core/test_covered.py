"""Shapes that lie wholly on plots, or beside them, against GEOS's union of the plots."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon, box

from redline.core.geometry.covered import covered
from redline.core.progress import Cancelled, Progress


def column(*shapes: object) -> np.ndarray:
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


def tiles(side: int) -> list[Polygon]:
    return [box(x, y, x + 1, y + 1) for x in range(side) for y in range(side)]


places = st.tuples(st.integers(0, 7), st.integers(0, 7))
spots = st.floats(-1, 8, allow_nan=False, width=32)


@given(
    st.sets(places, max_size=64), st.lists(st.tuples(spots, spots, st.floats(0.1, 5)), max_size=5),
    st.lists(st.tuples(places, st.floats(-0.3, 0.3)), max_size=3),
)  # fmt: skip
def test_what_is_told_is_so(taken: set[tuple[int, int]], sites: list[tuple[float, ...]], moved: list[object]) -> None:
    """Tiles with some missing, some twice, some moved; sites anywhere."""
    plots = [box(x, y, x + 1, y + 1) for x, y in sorted(taken)]
    plots += [box(x + off, y, x + off + 1, y + 1) for (x, y), off in moved]  # type: ignore[attr-defined]
    shapes = [box(x, y, x + size, y + size) for x, y, size in sites]
    on, beside = covered(column(*shapes), column(*plots, None))
    land = shapely.union_all(plots)
    for shape, whole, none in zip(shapes, on, beside):
        shared = shapely.intersection(shape, land).area
        assert not whole or shared == pytest.approx(shape.area)
        assert not none or shared == pytest.approx(0.0, abs=1e-9)


def test_most_is_told() -> None:
    """Of sites on tidy land, all but those at its edge and at a hole in it."""
    plots = [one for one in tiles(10) if not one.equals(box(5, 5, 6, 6))]
    shapes = column(box(1.5, 1.5, 4.2, 4.2), box(20, 20, 21, 21), box(8.5, 8.5, 10.5, 10.5), box(4.5, 4.5, 6.5, 6.5),
                    box(5.4, 5.4, 5.6, 5.6), None, Polygon())  # fmt: skip
    on, beside = covered(shapes, column(*plots))
    assert on.tolist() == [True, False, False, False, False, False, False]
    # Runs of edges are looked at by their boxes: whether the site in the hole is told is not asked.
    assert beside[[0, 1, 2, 3, 5, 6]].tolist() == [False, True, False, False, False, False]


def test_nothing_on_nothing() -> None:
    on, beside = covered(column(), column())
    assert (len(on), len(beside)) == (0, 0)
    on, beside = covered(column(box(0, 0, 1, 1)), column(None))
    assert (on.tolist(), beside.tolist()) == ([False], [True])


def test_many_in_blocks() -> None:
    shapes = column(*(box(x + 0.3, y + 0.3, x + 2.1, y + 2.1) for x in range(1, 37) for y in range(1, 37)))
    on, _ = covered(shapes, column(*tiles(40)), threads=2)
    assert on.sum() == 36 * 36


def test_it_stops() -> None:
    class Impatient(Progress):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(Cancelled):
        covered(column(*tiles(20)), column(*tiles(20)), progress=Impatient())
