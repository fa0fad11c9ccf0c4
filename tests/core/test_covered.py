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
    assert beside.tolist() == [False, True, False, False, True, False, False]


def test_nothing_on_nothing() -> None:
    on, beside = covered(column(), column())
    assert (len(on), len(beside)) == (0, 0)
    on, beside = covered(column(box(0, 0, 1, 1)), column(None))
    assert (on.tolist(), beside.tolist()) == ([False], [True])


def test_many_in_blocks() -> None:
    shapes = column(*(box(x + 0.3, y + 0.3, x + 2.1, y + 2.1) for x in range(1, 37) for y in range(1, 37)))
    on, _ = covered(shapes, column(*tiles(40)), threads=2)
    assert on.sum() == 36 * 36


def test_land_that_is_one_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a dissolved layer not every pair of a site and an edge is held in memory; what is told is the same."""
    rng = np.random.default_rng(5)
    land = column(shapely.union_all([one for one in tiles(30) if rng.random() < 0.7]))
    low = rng.random((300, 2)) * 29
    shapes = shapely.box(*low.T, *(low + 0.6).T)
    expected = covered(shapes, land)
    assert 0 < expected[0].sum() < expected[0].sum() + expected[1].sum() < 300
    held = []
    repeat = np.repeat
    monkeypatch.setattr(np, "repeat", lambda *given, **more: held.append(repeat(*given, **more)) or held[-1])
    monkeypatch.setattr("redline.core.geometry.covered._MOST", 1_000)
    assert np.array_equal(covered(shapes, land), expected)
    assert max(map(len, held)) < 10 * shapely.get_num_coordinates(land).sum()


def test_threads_ask_copies_of_the_plots(monkeypatch: pytest.MonkeyPatch) -> None:
    """GEOS keeps notes in the shape it is asked about, and blocks that lie side by side have plots in common."""
    plots, asked = column(*tiles(40)), []
    ask = shapely.intersects_xy
    monkeypatch.setattr(shapely, "intersects_xy", lambda own, *xy: asked.extend(own) or ask(own, *xy))
    shapes = column(*(box(x + 0.3, y + 0.3, x + 2.1, y + 2.1) for x in range(1, 37) for y in range(1, 37)))
    covered(shapes, plots)
    assert asked
    assert not {id(one) for one in asked} & {id(one) for one in plots}


def test_it_stops() -> None:
    class Impatient(Progress):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(Cancelled):
        covered(column(*tiles(20)), column(*tiles(20)), progress=Impatient())
