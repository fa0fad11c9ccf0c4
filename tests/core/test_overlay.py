"""Pairs of two layers against brute force pair by pair, and how shapes are compared."""

from __future__ import annotations

import time

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.errors import GEOSException
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from redline.core.geometry import overlay as module
from redline.core.geometry.overlay import (
    Pairs,
    agreement,
    distance_between,
    outside_area,
    overlay,
    overlay_blocks,
    validity,
)
from redline.core.progress import Cancelled, Progress

BOWTIE = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
EAST, NORTH = 39_500_000.0, 4_300_000.0


def layer(*shapes: object) -> np.ndarray:
    column = np.empty(len(shapes), dtype=object)
    column[:] = shapes
    return column


def star(x: float, y: float, radius: float, count: int, seed: int) -> Polygon:
    random = np.random.default_rng(seed)
    angle = np.sort(random.uniform(0, 2 * np.pi, count))
    reach = radius * random.uniform(0.3, 1.0, count)
    return Polygon(np.column_stack([EAST + x + reach * np.cos(angle), NORTH + y + reach * np.sin(angle)]))


def stars(count: int, seed: int, spread: float, radius: float = 40.0, vertices: int = 24) -> np.ndarray:
    random = np.random.default_rng(seed)
    places = random.uniform(0, spread, (count, 2))
    shapes = layer(*(star(x, y, radius, vertices, seed * 100_000 + k) for k, (x, y) in enumerate(places)))
    return shapes[shapely.is_valid(shapes)]


def brute(left: np.ndarray, right: np.ndarray) -> dict[tuple[int, int], Polygon]:
    """Pair by pair with nothing clever."""
    found = {}
    for i, one in enumerate(left):
        for j, other in enumerate(right):
            if one is None or other is None or not one.is_valid or not other.is_valid:
                continue
            shared = one.intersection(other)
            if shared.area > 0:
                found[i, j] = shared
    return found


def equal(pairs: Pairs, expected: dict[tuple[int, int], Polygon]) -> None:
    found = list(zip(pairs.left.tolist(), pairs.right.tolist()))
    assert found == sorted(expected)
    np.testing.assert_allclose(pairs.area, [expected[pair].area for pair in found], rtol=1e-9, atol=1e-9)
    if pairs.geometry is not None:
        assert set(shapely.get_type_id(pairs.geometry)) <= {3, 6}
        for shape, pair in zip(pairs.geometry, found):
            assert shape.symmetric_difference(expected[pair]).area == pytest.approx(0, abs=1e-6)


# --- against brute force

SMALL = st.lists(
    st.one_of(
        st.builds(
            lambda x, y, w, h: box(EAST + x, NORTH + y, EAST + x + w, NORTH + y + h),
            st.integers(0, 12), st.integers(0, 12), st.integers(1, 9), st.integers(1, 9),
        ),
        st.builds(star, st.floats(0, 15), st.floats(0, 15), st.floats(0.5, 9), st.integers(4, 12), st.integers(0, 999)),
        st.builds(
            lambda x, y: Polygon(
                box(EAST + x, NORTH + y, EAST + x + 8, NORTH + y + 8).exterior.coords,
                [box(EAST + x + 2, NORTH + y + 2, EAST + x + 5, NORTH + y + 5).exterior.coords],
            ),
            st.integers(0, 9), st.integers(0, 9),
        ),
        st.builds(
            lambda x, y: MultiPolygon([
                box(EAST + x, NORTH + y, EAST + x + 2, NORTH + y + 2),
                box(EAST + x + 3, NORTH + y, EAST + x + 5, NORTH + y + 6),
            ]),
            st.integers(0, 9), st.integers(0, 9),
        ),
        st.builds(
            lambda x: box(EAST + x, NORTH, EAST + x + 1e-4, NORTH + 20), st.integers(0, 15)
        ),
        st.none(), st.just(Polygon()),
    ),
    max_size=9,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(SMALL, SMALL)
def test_small_worlds_against_brute_force(left, right):
    equal(overlay(layer(*left), layer(*right)), brute(layer(*left), layer(*right)))


@settings(max_examples=40, deadline=None)
@given(SMALL)
def test_a_layer_with_itself(shapes):
    world = layer(*shapes)
    equal(overlay(world, world, threads=1), brute(world, world))


@pytest.mark.parametrize(("few", "many"), [(20, 300), (300, 20), (150, 150)])
def test_larger_worlds_against_brute_force(monkeypatch, few, many):
    monkeypatch.setattr(module, "_PIECE", 500)
    left, right = stars(few, 1, 600), stars(many, 2, 600)
    expected = brute(left, right)
    assert len(expected) > 100
    equal(overlay(left, right), expected)
    blocks = list(overlay_blocks(left, right, block=50))
    assert len(blocks) > 3
    assert all(np.isin(one.left, other.left).sum() == 0 for one, other in zip(blocks, blocks[1:]))
    whole = overlay(left, right, geometry=False)
    assert whole.geometry is None
    np.testing.assert_array_equal(np.concatenate([block.left for block in blocks]), whole.left)
    np.testing.assert_array_equal(np.concatenate([block.right for block in blocks]), whole.right)
    np.testing.assert_allclose(np.concatenate([block.area for block in blocks]), whole.area, rtol=1e-12)


# --- shapes that are their own answer, or none


def test_contained_shapes_are_taken_as_they_are():
    large, small = box(0, 0, 100, 100), star(-EAST + 50, -NORTH + 50, 20, 12, 1)
    assert overlay(layer(large), layer(small)).geometry[0] is small
    assert overlay(layer(small), layer(large)).geometry[0] is small
    twin = shapely.from_wkb(shapely.to_wkb(small))
    assert overlay(layer(small), layer(twin)).geometry[0] in (small, twin)


def test_touching_shapes_share_nothing():
    middle = box(10, 10, 20, 20)
    beak = Polygon([(20, 15), (30, 10), (30, 20)])
    neighbours = layer(box(20, 10, 30, 20), box(20, 20, 30, 30), box(0, 0, 10, 10), beak)
    pairs = overlay(layer(middle), neighbours)
    assert (len(pairs), pairs.geometry.tolist(), pairs.failed.shape) == (0, [], (0, 2))


def test_only_the_part_with_an_area_is_kept():
    comb = Polygon([(0, 0), (10, 0), (10, 10), (8, 10), (8, 5), (5, 5), (5, 10), (0, 10)])
    other = Polygon([(1, 6), (3, 6), (3, 8), (8, 8), (8, 12), (1, 12)])
    shared = comb.intersection(other)
    assert shared.geom_type == "GeometryCollection"
    pairs = overlay(layer(comb), layer(other))
    assert pairs.geometry[0].geom_type in ("Polygon", "MultiPolygon")
    assert pairs.area[0] == shared.area == pairs.geometry[0].area


def test_height_does_not_count():
    flat, high = box(0, 0, 10, 10), shapely.force_3d(box(5, 5, 15, 15), 300.0)
    pairs = overlay(layer(flat), layer(high))
    assert pairs.area.tolist() == [25.0]
    assert not shapely.has_z(pairs.geometry[0])


@pytest.mark.parametrize("empty", [layer(), layer(None), layer(Polygon(), None)])
def test_nothing_meets_nothing(empty):
    for left, right in ((empty, empty), (empty, layer(box(0, 0, 1, 1))), (layer(box(0, 0, 1, 1)), empty)):
        pairs = overlay(left, right)
        assert len(pairs) == 0
        assert pairs.left.dtype == pairs.right.dtype == np.int64
        assert (len(pairs.skipped_left), len(pairs.skipped_right)) == (0, 0)


@settings(max_examples=80, deadline=None)
@given(SMALL, SMALL, st.sampled_from([0.05, 0.3, 0.5, 0.9, 1.0]))
def test_least_share_of_the_smaller(left, right, share):
    world = [layer(*left), layer(*right)]
    found = overlay(*world, min_share=share)
    smaller = {(i, j): min(world[0][i].area, world[1][j].area) for i, j in brute(*world)}
    pairs = set(zip(found.left.tolist(), found.right.tolist()))
    for pair, shared in brute(*world).items():
        if abs(shared.area - share * smaller[pair]) > 1e-7:
            assert (pair in pairs) == (shared.area > share * smaller[pair])


def test_trusted_shapes_are_not_checked(monkeypatch):
    left, right = stars(40, 15, 200), stars(40, 16, 200)
    checked = overlay(left, right)
    monkeypatch.setattr(shapely, "is_valid", None)
    trusted = overlay(left, right, trusted=True)
    np.testing.assert_array_equal(trusted.left, checked.left)
    np.testing.assert_array_equal(trusted.area, checked.area)


def test_a_grid_rounds_what_is_computed():
    pairs = overlay(layer(box(0, 0, 10, 10)), layer(box(4.4, 4.4, 20, 20)), grid=1.0)
    assert pairs.geometry[0].bounds == (4.0, 4.0, 10.0, 10.0)


# --- what cannot be overlaid


def test_invalid_and_other_shapes_are_left_out_and_told():
    collection = GeometryCollection([box(0, 0, 1, 1)])
    left = layer(box(0, 0, 5, 5), BOWTIE, None, LineString([(0, 0), (5, 5)]), BOWTIE, collection)
    right = layer(Point(1, 1), box(1, 1, 8, 8), shapely.transform(BOWTIE, lambda xy: xy + 1000.0))
    pairs = overlay(left, right)
    assert list(zip(pairs.left, pairs.right)) == [(0, 1)]
    assert pairs.skipped_left.tolist() == [1, 3, 4, 5]
    assert pairs.skipped_right.tolist() == [0]


class Stumbling:
    """GEOS that cannot intersect one pair: at all, or not at full precision."""

    def __init__(self, victim: Polygon, for_ever: bool) -> None:
        self.victim, self.for_ever, self.real = victim, for_ever, shapely.intersection

    def __call__(self, a, b, grid_size=None):
        hit = any(shape.equals(self.victim) for shape in (*np.atleast_1d(a), *np.atleast_1d(b)))
        if hit and (self.for_ever or grid_size is None):
            raise GEOSException("TopologyException: side location conflict")
        return self.real(a, b, grid_size=grid_size)


@pytest.mark.parametrize("for_ever", [False, True])
def test_a_stumbling_engine_costs_at_most_the_pair(monkeypatch, for_ever):
    left = layer(*(box(EAST + k, NORTH, EAST + k + 5, NORTH + 5) for k in range(0, 40, 5)))
    right = layer(box(EAST, NORTH + 2, EAST + 40, NORTH + 9))
    expected = brute(left, right)
    monkeypatch.setattr(shapely, "intersection", Stumbling(left[3], for_ever))
    pairs = overlay(left, right)
    if for_ever:
        assert pairs.failed.tolist() == [[3, 0]]
        del expected[3, 0]
    else:
        assert pairs.failed.tolist() == []
    assert pairs.left.tolist() == [i for i, _ in sorted(expected)]
    np.testing.assert_allclose(pairs.area, [shape.area for _, shape in sorted(expected.items())], atol=1e-3)


# --- order, threads, stopping


def test_shuffling_and_threads_change_nothing(monkeypatch):
    monkeypatch.setattr(module, "_PIECE", 700)
    left, right = stars(200, 3, 500), stars(120, 4, 500)
    whole = overlay(left, right)
    random = np.random.default_rng(5)
    a, b = random.permutation(len(left)), random.permutation(len(right))
    mixed = overlay(left[a], right[b], threads=1)
    order = np.lexsort((b[mixed.right], a[mixed.left]))
    np.testing.assert_array_equal(a[mixed.left][order], whole.left)
    np.testing.assert_array_equal(b[mixed.right][order], whole.right)
    np.testing.assert_array_equal(mixed.area[order], whole.area)
    assert (np.lexsort((whole.right, whole.left)) == np.arange(len(whole))).all()


def test_the_callers_shapes_stay_untouched():
    left, right = stars(50, 6, 200), stars(50, 7, 200)
    before = shapely.to_wkb(left).tolist()
    overlay(left, right)
    assert shapely.to_wkb(left).tolist() == before
    assert not shapely.is_prepared(left).any()
    assert not shapely.is_prepared(right).any()


class Clock(Progress):
    """Asks to stop some time after the start, and notes when."""

    def __init__(self, after: float) -> None:
        super().__init__()
        self.start, self.after, self.asked = time.perf_counter(), after, 0.0
        self.seen: list[float] = []

    def report(self, fraction: float) -> None:
        self.seen.append(fraction)

    def cancelled(self) -> bool:
        now = time.perf_counter()
        if now - self.start > self.after and not self.asked:
            self.asked = self.start + self.after
        return bool(self.asked)


@pytest.fixture(scope="module")
def heavy() -> tuple[np.ndarray, np.ndarray]:
    """Two layers whose overlay takes many seconds: about 700 000 ragged pairs."""
    tile = stars(400, 8, 2000, 60.0, 60)
    across = [shapely.transform(tile, lambda xy, k=k: np.add(xy, (2000.0 * k, 0))) for k in range(40)]
    left = np.concatenate(across)
    return left, shapely.transform(left, lambda xy: xy + 7.0)


@pytest.mark.parametrize("after", [0.3, 1.5, 3.0])
@pytest.mark.parametrize("threads", [1, 2])
def test_stops_within_a_second(heavy, after, threads):
    clock = Clock(after)
    with pytest.raises(Cancelled):
        overlay(*heavy, progress=clock, threads=threads)
    assert time.perf_counter() - clock.asked < 1.0


def test_progress_rises_to_one():
    clock = Clock(1e9)
    overlay(stars(200, 9, 400), stars(200, 10, 400), progress=clock)
    assert clock.seen == sorted(clock.seen)
    assert clock.seen[-1] == 1.0


# --- comparing two shapes


def test_agreement_is_shared_by_joint_area():
    square = box(0, 0, 10, 10)
    a = layer(box(0, 0, 10, 10), square, square, square, None, BOWTIE, Polygon(), Point(0, 0))
    b = layer(square, box(5, 0, 15, 10), box(20, 0, 30, 10), box(2, 2, 4, 4), square, square, square, square)
    found = agreement(a, b)
    np.testing.assert_allclose(found[:4], [1, 1 / 3, 0, 0.04], rtol=1e-12)
    assert np.isnan(found[4:]).all()
    np.testing.assert_array_equal(agreement(b, a), found)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 500), st.integers(0, 500), st.floats(-30, 30))
def test_agreement_against_unions(seed, other, shift):
    a, b = star(0, 0, 40, 20, seed), shapely.transform(star(0, 0, 40, 20, other), lambda xy: xy + shift)
    if a.is_valid and b.is_valid:
        assert agreement(layer(a), layer(b))[0] == pytest.approx(a.intersection(b).area / a.union(b).area, rel=1e-6)


def test_the_same_shape_needs_no_arithmetic(monkeypatch):
    shapes = stars(100, 11, 500)
    twins = shapely.from_wkb(shapely.to_wkb(shapes))

    def refuse(*_args, **_more):
        raise GEOSException("not wanted")

    monkeypatch.setattr(shapely, "intersection", refuse)
    monkeypatch.setattr(shapely, "hausdorff_distance", lambda a, b: np.full(len(a), 99.0))
    assert agreement(shapes, twins).tolist() == [1.0] * len(shapes)
    assert distance_between(shapes, twins).tolist() == [0.0] * len(shapes)
    moved = shapely.transform(twins, lambda xy: xy + 1e-5)
    assert distance_between(shapes, moved, tolerance=1e-4).tolist() == [0.0] * len(shapes)
    assert distance_between(shapes, moved).tolist() == [99.0] * len(shapes)


def test_distance_is_the_greatest():
    square = box(0, 0, 10, 10)
    spike = Polygon([(0, 0), (10, 0), (10, 10), (5, 17), (0, 10)])
    a = layer(square, square, spike, None, square, Polygon())
    b = layer(box(3, 4, 13, 14), spike, square, square, None, square)
    found = distance_between(a, b)
    # The box moved by (3, 4): its far corner is 5 m off, the nearest outline of the other.
    np.testing.assert_allclose(found[:3], [5.0, 7.0, 7.0])
    assert np.isnan(found[3:]).all()


# --- outside the own unit


def test_outside_area_row_by_row():
    unit, other = box(0, 0, 100, 100), box(100, 0, 200, 100)
    plots = layer(
        box(10, 10, 20, 20), box(95, 10, 105, 20), box(110, 10, 120, 20), box(90, 0, 100, 10), None,
        shapely.transform(BOWTIE, lambda xy: xy + 1.0),
        shapely.transform(BOWTIE, lambda xy: xy + 95.0), box(110, 10, 120, 20), box(0, 0, 1, 1), Point(500, 500),
    )  # fmt: skip
    units = layer(unit, unit, unit, unit, unit, unit, unit, other, None, unit)
    found = outside_area(plots, units)
    np.testing.assert_array_equal(found, [0, 50, 100, 0, np.nan, 0, np.nan, 0, np.nan, np.nan])
    grown = outside_area(plots, units, 2.0)
    np.testing.assert_allclose(grown[:4], [0, 30, 100, 0], atol=1e-6)


def test_outside_area_against_brute_force(monkeypatch):
    monkeypatch.setattr(module, "_PIECE", 300)
    random = np.random.default_rng(12)
    plots = stars(400, 13, 1000)
    units = stars(6, 14, 1000, 600.0, 40)
    number = random.integers(0, len(units), len(plots))
    for tolerance in (0.0, 3.0):
        grown = shapely.buffer(units, tolerance, quad_segs=4) if tolerance else units
        expected = shapely.area(shapely.difference(plots, grown[number]))
        for threads in (1, 2):
            found = outside_area(plots, units[number], tolerance, threads=threads)
            np.testing.assert_allclose(found, expected, atol=1e-6)
    assert 0 < np.count_nonzero(expected) < len(expected)
    assert outside_area(layer(), layer()).tolist() == []
    assert np.isnan(outside_area(plots[:3], layer(None, BOWTIE, LineString([(0, 0), (1, 1)])), 1.0)).all()


# --- validity


def test_validity_tells_kind_reason_and_place():
    far = shapely.transform(BOWTIE, lambda xy: np.add(xy, (EAST, NORTH)))
    hole = Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(20, 20), (21, 20), (21, 21)]])
    multi = MultiPolygon([box(0, 0, 1, 1)])
    frame = validity(
        layer(box(0, 0, 1, 1), None, Polygon(), Point(1, 1), BOWTIE, far, hole, multi, MultiPolygon())
    )
    assert list(frame.columns) == ["kind", "reason", "point"]
    assert frame["kind"].tolist() == [
        "ok", "null", "empty", "not_polygon", "invalid", "invalid", "invalid", "ok", "empty",
    ]  # fmt: skip
    assert frame["reason"][4] == "Self-intersection"
    assert frame["point"][4] == Point(5, 5)
    assert frame["point"][5].distance(Point(EAST + 5, NORTH + 5)) < 1e-3
    assert "Hole" in frame["reason"][6]
    assert frame["reason"][[0, 1, 2, 3, 7, 8]].tolist() == [""] * 6
    assert frame["point"][0] is None


def test_validity_of_coordinates_that_are_no_numbers():
    frame = validity(layer(Polygon([(0, 0), (np.nan, 5), (5, 5)]), Polygon([(0, 0), (np.inf, 5), (5, 5)])))
    assert frame["kind"].tolist() == ["invalid", "invalid"]
    assert validity(layer()).shape == (0, 3)
