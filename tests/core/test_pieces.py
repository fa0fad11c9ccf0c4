"""Cutting shapes into disjoint pieces, against a reference that looks at every subset of covers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon, affinity, box

from redline.core.geometry.pieces import Pieces, cut, unions
from redline.core.progress import Cancelled, Progress


def column(*shapes: object) -> np.ndarray:
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


def reference(shape: Polygon, covers: list[Polygon]) -> dict[tuple[int, ...], float]:
    """Area of the shape by the exact set of covers over it: each subset by itself, no index, no short-cut."""
    areas = {}
    numbers = range(len(covers))
    for size in range(len(covers) + 1):
        for inside in itertools.combinations(numbers, size):
            land = shape
            for number in numbers:
                land = land.intersection(covers[number]) if number in inside else land.difference(covers[number])
            if land.area > 1e-6:
                areas[inside] = land.area
    return areas


def by_covers(found: Pieces, owner: int) -> dict[tuple[int, ...], float]:
    areas: dict[tuple[int, ...], float] = {}
    for piece in np.flatnonzero(found.owner == owner):
        inside = tuple(found.cover[found.piece == piece].tolist())
        areas[inside] = areas.get(inside, 0.0) + found.area[piece]
    return areas


# Whole coordinates give identical, nested and touching shapes; moved ones give slivers.
corners = st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 6), st.integers(1, 6))
noise = st.sampled_from([0.0, 0.0, 0.0, 1e-4, -1e-4, 0.37])


@st.composite
def shapes(draw: st.DrawFn) -> Polygon | shapely.MultiPolygon:
    x, y, width, height = draw(corners)
    off = draw(noise)
    whole = box(x + off, y, x + off + width, y + height)
    kind = draw(st.sampled_from(["box", "box", "triangle", "ring", "parts"]))
    if kind == "triangle":
        return Polygon([(x + off, y), (x + off + width, y), (x + off, y + height)])
    if kind == "ring" and min(width, height) > 2:
        return whole.difference(box(x + off + 1, y + 1, x + off + width - 1, y + height - 1))
    if kind == "parts":
        return shapely.MultiPolygon([whole, box(x + off + width + 2, y, x + off + width + 3, y + 1)])
    return whole


@given(st.lists(shapes(), min_size=1, max_size=3), st.lists(shapes(), max_size=4))
def test_pieces_are_those_of_the_reference(few: list[Polygon], covers: list[Polygon]) -> None:
    found = cut(column(*few), column(*covers))
    for owner, shape in enumerate(few):
        expected = reference(shape, covers)
        assert by_covers(found, owner) == pytest.approx(expected, abs=1e-6)
        mine = found.geometry[found.owner == owner]
        assert found.area[found.owner == owner].sum() == pytest.approx(shape.area, abs=1e-6)
        assert shapely.is_valid(mine).all()
        for one, other in itertools.combinations(mine, 2):
            assert one.intersection(other).area < 1e-9
    assert (np.diff(found.owner) >= 0).all()


def test_what_has_no_land_has_no_piece_and_covers_nothing() -> None:
    bowtie = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    few = column(None, Polygon(), bowtie, shapely.Point(1, 1), box(0, 0, 2, 2))
    found = cut(few, column(None, bowtie, box(1, 0, 3, 2)))
    assert found.owner.tolist() == [4, 4]
    assert found.first_cover.tolist() == [2, -1]
    assert found.area.tolist() == [2, 2]
    assert len(cut(column(), column(box(0, 0, 1, 1)))) == 0
    assert cut(column(box(0, 0, 1, 1)), column()).area.tolist() == [1]


def test_covers_that_overlap_are_all_told() -> None:
    found = cut(column(box(0, 0, 4, 1)), column(box(0, 0, 3, 1), box(1, 0, 4, 1), box(1, 0, 3, 1)))
    assert by_covers(found, 0) == {(0,): 1.0, (0, 1, 2): 2.0, (1,): 1.0}


@pytest.mark.parametrize("shift", [(-42, 25), (42, -25), (25, 42), (84, -50), (-42.0000907, 24.9999460), (3, 0)])
@pytest.mark.parametrize("size", [8, 40])
def test_land_that_is_covered_twice_and_as_much_that_is_not(shift: tuple[float, float], size: float) -> None:
    """A field drawn beside its place leaves its own land bare, and all areas agree."""
    shape = box(500_000, 3_400_000, 501_000, 3_401_000)
    bare = box(500_500, 3_400_300, 500_500 + size, 3_400_300 + size)
    moved = shapely.transform(bare, lambda xy: xy + np.array(shift))
    found = cut(column(shape), column(shape.difference(bare), moved))
    assert by_covers(found, 0) == pytest.approx(reference(shape, [shape.difference(bare), moved]), abs=1e-4)
    union = unions(column(shape.difference(bare), moved), np.zeros(2, dtype=np.int64), 1, within=column(shape))
    assert union[0].area == pytest.approx(shape.area - bare.difference(moved).area, abs=1e-4)


@pytest.mark.parametrize("side", [2, 30, 300])
@pytest.mark.parametrize("degrees", [45, 10, 90])
def test_a_square_turned_about_its_middle(side: float, degrees: float) -> None:
    """It has the area, the centre and the moments of inertia of its place."""
    shape = box(500_000, 3_400_000, 501_000, 3_401_000)
    place = box(500_300, 3_400_400, 500_300 + side, 3_400_400 + side)
    covers = [shape.difference(place), affinity.rotate(place, degrees)]
    found = by_covers(cut(column(shape), column(*covers)), 0)
    assert found == pytest.approx(reference(shape, covers), abs=1e-4)
    assert (found.get((), 0.0) > 0.001 * place.area) == (degrees != 90)


def test_a_hole_that_is_small_beside_a_great_shape_is_told() -> None:
    shape, hole = box(500_000, 3_400_000, 512_000, 3_412_000), box(503_000, 3_405_000, 503_000.3, 3_405_000.3)
    found = cut(column(shape), column(shape.difference(hole)))
    assert found.first_cover.tolist() == [0, -1]
    assert found.area[1] == pytest.approx(hole.area, abs=1e-6)


@given(st.lists(st.tuples(st.integers(0, 2), shapes()), max_size=8))
def test_unions_are_those_of_shapely(given_shapes: list[tuple[int, Polygon]]) -> None:
    """Apart, side by side, overlapping, the same twice."""
    group = np.array([number for number, _ in given_shapes], dtype=np.int64)
    found = unions(column(*(shape for _, shape in given_shapes)), group, 3)
    for number, whole in enumerate(found):
        mine = [shape for own, shape in given_shapes if own == number]
        if mine:
            expected = shapely.unary_union(mine)
            assert shapely.is_valid(whole)
            assert whole.symmetric_difference(expected).area == pytest.approx(0.0, abs=1e-6)
        else:
            assert whole is None


def test_many_shapes_are_cut_as_each_by_itself() -> None:
    """More than one batch, covers that overlap here and there: a grid of squares on a grid of larger ones."""
    squares = column(*(box(x, y, x + 1, y + 1) for x in range(30) for y in range(30)))
    covers = column(*(box(x, y, x + 4.2, y + 3.5) for x in range(0, 30, 4) for y in range(0, 30, 4)))
    found = cut(squares, covers)
    assert (np.diff(found.owner) >= 0).all()
    assert np.bincount(found.owner, weights=found.area) == pytest.approx(np.ones(900))
    for owner in (0, 3, 4, 128, 517, 899):
        alone = cut(squares[[owner]], covers)
        assert by_covers(found, owner) == pytest.approx(by_covers(alone, 0))
    assert shapely.area(shapely.union_all(found.geometry)) == pytest.approx(900)


def test_it_stops() -> None:
    class Impatient(Progress):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(Cancelled):
        cut(column(box(0, 0, 1, 1)), column(box(0, 0, 1, 1)), progress=Impatient())


def test_unions_work_on_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """One shape may be of two groups, which two threads may have: GEOS keeps notes in a shape while it works on it."""
    shapes, joined = column(box(0, 0, 2, 2), box(1, 1, 3, 3), box(1, 0, 4, 1)), []
    union_all = shapely.union_all
    monkeypatch.setattr(shapely, "union_all", lambda some: joined.extend(some) or union_all(some))
    found = unions(np.concatenate([shapes, shapes]), np.repeat([0, 1], 3), 2)
    assert shapely.area(found).tolist() == [union_all(shapes).area] * 2
    assert len(joined) == 6
    assert not {id(one) for one in joined} & {id(one) for one in shapes}
