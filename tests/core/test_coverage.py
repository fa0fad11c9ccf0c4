"""Overlaps, gaps and dissolve of one layer against GEOS on all pairs and on the union of everything."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon, box

from redline.core.geometry import coverage as module
from redline.core.geometry.coverage import dissolve, gaps, mended, overlaps
from redline.core.geometry.edges import blocks, boxes, chains, unshared
from redline.core.progress import Cancelled, Progress

EAST, NORTH = 39_500_000.0, 4_300_000.0
# Land narrower than the last digits of such coordinates comes and goes with the order of GEOS's own steps.
LEAST = 1e-6


def layer(*shapes: object) -> np.ndarray:
    column = np.empty(len(shapes), dtype=object)
    column[:] = shapes
    return column


def partition(columns: int, rows: int, between: int, seed: int, size: float = 20.0, wiggle: float = 0.1) -> np.ndarray:
    """Cells that tile a rectangle without fault: corners moved about, `between` vertices along every side."""
    random = np.random.default_rng(seed)
    corner = np.stack(np.meshgrid(np.arange(columns + 1.0), np.arange(rows + 1.0)), axis=-1)
    corner = (corner + random.uniform(-0.2, 0.2, corner.shape)) * size + (EAST, NORTH)
    along = np.linspace(0, 1, between + 2)[1:-1, None]

    def side(start: np.ndarray, end: np.ndarray) -> np.ndarray:
        step = (end - start)[..., None, :]
        across = step[..., ::-1] * (-1.0, 1.0) * random.uniform(-wiggle, wiggle, (*start.shape[:-1], between, 1))
        inner = start[..., None, :] + along * step + across
        return np.round(np.concatenate([start[..., None, :], inner, end[..., None, :]], axis=-2), 4)

    flat, steep = side(corner[:, :-1], corner[:, 1:]), side(corner[:-1], corner[1:])
    rings = [flat[:-1, :, :-1], steep[:, 1:, :-1], flat[1:, :, :0:-1], steep[:, :-1, :0:-1]]
    return np.asarray(shapely.polygons(np.concatenate(rings, axis=2).reshape(columns * rows, -1, 2)))


def brute_overlaps(shapes: np.ndarray) -> dict[tuple[int, int], shapely.Geometry]:
    """Pair by pair with nothing clever."""
    found = {}
    fit = [shape is not None and shape.geom_type.endswith("Polygon") and shape.is_valid for shape in shapes]
    for i, one in enumerate(shapes):
        for j in range(i + 1, len(shapes)):
            if fit[i] and fit[j]:
                shared = one.intersection(shapes[j])
                if shared.area > LEAST:
                    found[i, j] = shared
    return found


def brute_gaps(shapes: np.ndarray) -> np.ndarray:
    """What the union of everything leaves of a frame around it, without the part that reaches the frame."""
    fit = shapes[shapely.is_valid(shapes) & ~shapely.is_missing(shapes)]
    frame = box(*np.add(shapely.total_bounds(fit), (-1, -1, 1, 1)))
    free = shapely.get_parts(frame.difference(shapely.union_all(fit)))
    free = free[~shapely.intersects(free, frame.exterior)]
    return free[shapely.area(free) > LEAST]


def same_overlaps(shapes: np.ndarray, **given: object) -> None:
    found, expected = overlaps(shapes, **given), brute_overlaps(shapes)
    large = found.area > LEAST
    pairs = list(zip(found.left[large].tolist(), found.right[large].tolist()))
    assert pairs == sorted(expected)
    for pair, land, area in zip(pairs, found.geometry[large], found.area[large]):
        assert area == pytest.approx(expected[pair].area, rel=1e-9, abs=1e-7)
        assert land.symmetric_difference(expected[pair]).area == pytest.approx(0, abs=LEAST)


def same_gaps(shapes: np.ndarray, **given: object) -> None:
    found, expected = gaps(shapes, **given), brute_gaps(shapes)
    large = found.area > LEAST
    np.testing.assert_allclose(np.sort(found.area[large]), np.sort(shapely.area(expected)), rtol=1e-9, atol=1e-6)
    rest = shapely.symmetric_difference(shapely.union_all(found.geometry), shapely.union_all(expected))
    assert rest.area == pytest.approx(0, abs=1e-5)


def same_dissolved(shapes: np.ndarray, groups: np.ndarray) -> None:
    names, united = dissolve(shapes, groups)
    assert names.tolist() == sorted(set(groups.tolist()))
    for name, shape in zip(names, united):
        expected = shapely.union_all(shapes[groups == name])
        assert shape.is_valid
        # GEOS's own union may move a vertex by a hundredth of a millimetre where coordinates are as large as these.
        assert shape.symmetric_difference(expected).area == pytest.approx(0, abs=1e-3)


# --- faults of every kind, put into a layer without any


def move(shapes: list[shapely.Geometry], random: np.random.Generator, reach: float = 4.0) -> None:
    """A vertex moved; the neighbours stay as they are."""
    at = int(random.integers(len(shapes)))
    xy = shapely.get_coordinates(shapes[at])
    if shapes[at].geom_type != "Polygon" or len(shapes[at].interiors):
        return
    xy[int(random.integers(1, len(xy) - 1))] += random.uniform(-reach, reach, 2)
    if Polygon(xy).is_valid:
        shapes[at] = Polygon(xy)


def nudge(shapes: list[shapely.Geometry], random: np.random.Generator) -> None:
    """A vertex off by a tenth of a millimetre."""
    move(shapes, random, 1e-4)


def lose(shapes: list[shapely.Geometry], random: np.random.Generator) -> None:
    """A vertex missing on a shared border."""
    at = int(random.integers(len(shapes)))
    if shapes[at].geom_type == "Polygon" and not len(shapes[at].interiors):
        xy = shapely.get_coordinates(shapes[at])
        thinner = Polygon(np.delete(xy, int(random.integers(1, len(xy) - 1)), axis=0))
        if thinner.is_valid:
            shapes[at] = thinner


def over_a_node(shapes: list[shapely.Geometry], random: np.random.Generator) -> None:
    """A thin new plot from one node to another across the layer."""
    nodes = np.concatenate([shapely.get_coordinates(shape) for shape in shapes])
    start, end = nodes[random.integers(len(nodes), size=2)]
    if not (start == end).all():
        across = (end - start)[::-1] * (-1, 1) / np.hypot(*(end - start))
        shapes.append(Polygon([start, (start + end) / 2 + across * random.uniform(1e-3, 0.5), end]))


def double(shapes: list[shapely.Geometry], random: np.random.Generator) -> None:
    shapes.append(shapes[int(random.integers(len(shapes)))])


def turn(shapes: list[shapely.Geometry], random: np.random.Generator) -> None:
    """A ring written the other way round."""
    at = int(random.integers(len(shapes)))
    shapes[at] = shapely.reverse(shapes[at])


def nest(shapes: list[shapely.Geometry], random: np.random.Generator) -> None:
    inside = shapely.point_on_surface(shapes[int(random.integers(len(shapes)))])
    shapes.append(inside.buffer(float(random.uniform(0.5, 9)), quad_segs=2))


def hole(shapes: list[shapely.Geometry], random: np.random.Generator) -> None:
    """A hole in a plot, sometimes with an island in it or a plot that fills it."""
    at = int(random.integers(len(shapes)))
    inside = shapely.point_on_surface(shapes[at]).buffer(3, quad_segs=3)
    if shapely.contains_properly(shapes[at], inside):
        pierced = shapes[at].difference(inside)
        if pierced.geom_type == "Polygon":
            shapes[at] = pierced
            if random.random() < 0.7:
                shapes.append(inside if random.random() < 0.5 else inside.centroid.buffer(1, quad_segs=2))


def join(shapes: list[shapely.Geometry], random: np.random.Generator) -> None:
    """Two plots that do not touch made one."""
    one, other = random.integers(len(shapes), size=2)
    if one != other and not shapes[one].intersects(shapes[other]):
        pair = MultiPolygon([p for at in (one, other) for p in shapely.get_parts(shapes[at])])
        if pair.is_valid:
            shapes[min(one, other)] = pair
            del shapes[max(one, other)]


def remove(shapes: list[shapely.Geometry], random: np.random.Generator) -> None:
    if len(shapes) > 4:
        del shapes[int(random.integers(len(shapes)))]


def shift(shapes: list[shapely.Geometry], random: np.random.Generator) -> None:
    at = int(random.integers(len(shapes)))
    shapes[at] = shapely.transform(shapes[at], lambda xy: xy + random.uniform(-2, 2, 2))


FAULTS = (move, nudge, lose, over_a_node, double, turn, nest, hole, join, remove, shift)


@st.composite
def spoiled(draw: st.DrawFn) -> np.ndarray:
    columns, rows, between = draw(st.integers(2, 5)), draw(st.integers(2, 4)), draw(st.integers(0, 4))
    wiggle = draw(st.sampled_from([0.0, 0.1]))
    shapes = list(partition(columns, rows, between, draw(st.integers(0, 10_000)), wiggle=wiggle))
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    for fault in draw(st.lists(st.sampled_from(FAULTS), max_size=8)):
        fault(shapes, random)
    order = random.permutation(len(shapes))
    return layer(*shapes)[order]


@st.composite
def on_a_raster(draw: st.DrawFn) -> np.ndarray:
    """Boxes with whole coordinates: borders that coincide without common nodes, corners that touch, nests, doubles."""
    edge = st.integers(0, 9)
    plots = draw(st.lists(st.tuples(edge, edge, st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=14))
    return layer(*(box(x, y, x + w, y + h) for x, y, w, h in plots))


PROPERTY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@PROPERTY
@given(spoiled(), st.sampled_from([60, 200, 10_000]))
def test_overlaps_are_those_of_all_pairs(shapes: np.ndarray, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_VERTICES", size)
        same_overlaps(shapes)


@PROPERTY
@given(spoiled(), st.sampled_from([60, 200, 10_000]))
def test_gaps_are_what_the_union_leaves(shapes: np.ndarray, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_VERTICES", size)
        same_gaps(shapes)


@PROPERTY
@given(spoiled(), st.integers(1, 3), st.sampled_from([60, 10_000]))
def test_dissolved_is_the_union_of_each_group(shapes: np.ndarray, count: int, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_VERTICES", size)
        same_dissolved(shapes, np.arange(len(shapes)) % count)


@PROPERTY
@given(on_a_raster(), st.sampled_from([12, 40, 10_000]))
def test_borders_that_coincide_without_common_nodes(shapes: np.ndarray, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_VERTICES", size)
        same_overlaps(shapes)
        same_gaps(shapes)
        same_dissolved(shapes, np.arange(len(shapes)) % 2)


# --- what no unshared edge of their own shows


@pytest.mark.parametrize("size", [100, 100_000])
def test_two_clean_coverages_on_one_another(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_VERTICES", size)
    below, above = partition(9, 9, 2, seed=1), partition(5, 5, 3, seed=2)
    above = shapely.transform(above, lambda xy: np.add(xy, (33.3, 41.7)))
    same_overlaps(np.concatenate([below, above]))
    same_gaps(np.concatenate([below, above]))


def test_a_layer_laid_twice() -> None:
    shapes = partition(6, 5, 2, seed=4)
    found = overlaps(np.concatenate([shapes, shapes]))
    assert list(zip(found.left, found.right)) == [(row, row + 30) for row in range(30)]
    assert set(found.kind) == {"duplicate"}


def test_one_plot_laid_twice_and_nothing_around() -> None:
    plot = box(0, 0, 10, 10)
    found = overlaps(layer(plot, shapely.reverse(plot)))
    assert found.area.tolist() == [100.0]
    assert found.kind.tolist() == ["duplicate"]


def test_a_clean_layer_has_neither_and_dissolves_to_the_last_bit() -> None:
    shapes = partition(12, 11, 3, seed=5)
    assert len(overlaps(shapes)) == 0
    assert len(gaps(shapes)) == 0
    names, united = dissolve(shapes, np.repeat(["乡镇二", "乡镇一"], [60, 72]))
    assert names.tolist() == ["乡镇一", "乡镇二"]
    corners = {tuple(xy) for xy in shapely.get_coordinates(shapes)}
    assert {tuple(xy) for xy in shapely.get_coordinates(united)} <= corners
    assert shapely.area(united).sum() == pytest.approx(shapely.area(shapes).sum(), rel=1e-12)


# --- what is said of them


def test_kinds_know_a_tolerance() -> None:
    plot = box(0, 0, 100, 100)
    near = shapely.Polygon([(0, 0), (100, 0.0005), (100, 100), (0.0005, 100)])
    inner, beside = box(20, 20, 30, 100.0004), box(90, 0, 130, 100)
    found = overlaps(layer(plot, near, inner, beside), tolerance=0.001)
    kinds = dict(zip(zip(found.left.tolist(), found.right.tolist()), found.kind))
    assert kinds == {(0, 1): "duplicate", (0, 2): "nested", (1, 2): "nested", (0, 3): "crossing", (1, 3): "crossing"}
    assert set(overlaps(layer(plot, near)).kind) == {"nested"}


def test_gaps_with_islands_and_gaps_that_touch() -> None:
    ring = box(0, 0, 100, 100).difference(box(10, 10, 40, 40)).difference(box(50, 50, 90, 90))
    island = box(60, 60, 70, 70).difference(box(62, 62, 64, 64))
    corners = layer(ring, island, box(20, 10, 30, 25), box(20, 25, 30, 40))
    found = gaps(corners)
    assert sorted(found.area) == [4.0, 300.0, 300.0, 1600.0 - 100.0]
    assert found.enclosed.all()
    assert set(found.within) == {-1}
    neighbours = {area: set(found.plot[found.gap == at].tolist()) for at, area in enumerate(found.area)}
    assert neighbours == {4.0: {1}, 300.0: {0, 2, 3}, 1500.0: {0, 1}}
    diamonds = box(0, 0, 40, 20).difference(Polygon([(0, 10), (10, 0), (20, 10), (10, 20)]).buffer(-1))
    same_gaps(layer(diamonds, box(18, 9, 21, 11)))


def test_two_gaps_that_touch_in_a_point_are_two() -> None:
    squares = [box(x, y, x + 10, y + 10) for x in range(0, 40, 10) for y in range(0, 40, 10)]
    free = {(10.0, 10.0), (20.0, 20.0)}
    shapes = layer(*(square for square in squares if square.bounds[:2] not in free))
    found = gaps(shapes)
    assert {shape.bounds[:2] for shape in found.geometry} == free
    assert np.bincount(found.gap).tolist() == [7, 7]


def test_within_gives_the_open_land_at_the_edge_too() -> None:
    corners = [(x, y) for x in range(0, 50, 10) for y in range(0, 50, 10) if (x, y) != (20, 20)]
    shapes = layer(*(box(x, y, x + 10, y + 10) for x, y in corners))
    parents = layer(box(0, 0, 25, 55), box(25, 0, 50, 50), None, box(200, 200, 210, 210))
    found = gaps(shapes, within=parents)
    told = sorted(zip(found.area, found.within.tolist(), found.enclosed.tolist()))
    assert told == [(100.0, 0, True), (100.0, 3, False), (125.0, 0, False)]
    union = shapely.union_all(shapes)
    for shape, parent, enclosed in zip(found.geometry, found.within, found.enclosed):
        assert shape.intersection(union).area == 0
        assert enclosed or parents[parent].covers(shape)


# --- any input


def test_only_usable_polygons_take_part() -> None:
    plot, bowtie = box(0, 0, 10, 10), Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    shapes = layer(plot, None, Polygon(), bowtie, Point(1, 1), box(5, 5, 15, 15), shapely.LineString([(0, 0), (9, 9)]))
    found = overlaps(shapes)
    assert (found.left.tolist(), found.right.tolist(), found.area.tolist()) == ([0], [5], [25.0])
    assert len(overlaps(shapes, usable=np.arange(len(shapes)) == 0)) == 0
    assert len(gaps(shapes)) == 0
    nothing = Polygon([(0, 0), (1, 1), (0, 0), (1, 1)])
    names, united = dissolve(layer(*shapes[:6], nothing), np.array([1, 2, 2, 3, 1, 1, 4]))
    assert names.tolist() == [1, 2, 3, 4]
    assert united[0].area == 175.0
    assert united[1] is None
    assert united[2].area == pytest.approx(50.0)
    assert united[3] is None


@pytest.mark.parametrize("shapes", [layer(), layer(None), layer(Polygon(), None)], ids=["no rows", "null", "empty"])
def test_nothing_gives_nothing(shapes: np.ndarray) -> None:
    assert len(overlaps(shapes)) == 0
    assert len(gaps(shapes)) == 0
    assert len(gaps(shapes, within=layer(box(0, 0, 1, 1)))) == 1
    names, united = dissolve(shapes, np.zeros(len(shapes)))
    assert [*united] == [None] * len(names)


def test_heights_and_negative_zeros_do_not_matter() -> None:
    west = Polygon([(-10, -0.0, 5), (0.0, 0.0, 5), (-0.0, 10, 5), (-10, 10, 5)])
    east = Polygon([(0, 0), (10, 0), (10, 10), (0.0, 10)])
    assert set(unshared(shapely.force_2d(layer(west, east))).owner.tolist()) == {0, 1}
    assert len(unshared(shapely.force_2d(layer(west, east))).place) == 6
    assert len(overlaps(layer(west, east))) == 0
    _, united = dissolve(layer(west, east), np.array(["a", "a"]))
    assert united[0].equals(box(-10, 0, 10, 10))


def test_invalid_shapes_are_mended_without_losing_land() -> None:
    eight = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    loop = Polygon([(0, 0), (10, 0), (10, 10), (4, 10), (4, 4), (6, 4), (6, 12), (0, 12)])
    cross = Polygon([(0, 0), (100, 0), (100, 100), (50, 100), (49.99, 100.01), (50, 100.01), (49.99, 100), (0, 100)])
    sound = box(0, 0, 1, 1)
    found = mended(layer(eight, loop, cross, sound, None, Polygon([(0, 0), (1, 1), (0, 0), (1, 1)])))
    assert shapely.is_valid(found[:4]).all()
    assert found[0].area == pytest.approx(50)
    assert found[1].area == pytest.approx(shapely.make_valid(loop).union(loop.buffer(0)).area)
    assert found[2].area == pytest.approx(10_000, abs=1e-3)
    assert found[3] is sound
    assert found[4] is None
    assert found[5] is None


def test_a_spike_does_not_hide_the_land_behind_it() -> None:
    """GEOS takes a point of this face in its spike, where no digit tells inside from outside."""
    ring = [(36.854800000, 18.063600000), (39.594939813, 33.564686323), (34.113296732, 34.379757065),
            (18.070200000, 37.503100000), (39.636935376, 33.802256958)]  # fmt: skip
    face = Polygon(np.add(ring, (39_500_000, 4_300_000)))
    point = module._inside(layer(face))[0]
    assert face.contains_properly(point)
    assert face.boundary.distance(point) > 1e-3


# --- the edges themselves


def test_only_the_outline_of_a_clean_layer_is_unshared() -> None:
    shapes = partition(7, 6, 2, seed=8)
    edges = unshared(shapes)
    outline = shapely.union_all(shapes).exterior
    assert len(edges.place) == (7 + 6) * 2 * 3
    lines = chains(edges)
    assert shapely.length(lines).sum() == pytest.approx(outline.length)
    assert shapely.union_all(lines).equals(outline)
    box_of, owner = boxes(edges)
    assert set(owner) == set(edges.owner)
    assert len(box_of) < len(edges.place) / 3
    assert shapely.union_all(shapely.box(*box_of.T)).covers(outline)


def test_edges_with_one_key_by_chance_are_not_taken_for_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    from redline.core.geometry import edges

    monkeypatch.setattr(edges, "_FACTORS", (np.uint64(0),) * 4)
    shapes = partition(3, 3, 1, seed=1)
    assert len(unshared(shapes).place) == shapely.get_num_coordinates(shapes).sum() - len(shapes)
    assert len(overlaps(shapes)) == 0
    same_gaps(np.delete(shapes, 4))


def test_blocks_are_compact_and_hold_every_row_once() -> None:
    shapes = partition(20, 20, 1, seed=3)[np.random.default_rng(1).permutation(400)]
    found = blocks(shapes, 500)
    assert sorted(np.concatenate(found).tolist()) == list(range(400))
    assert max(shapely.get_num_coordinates(shapes[rows]).sum() for rows in found) <= 500
    spans = [np.ptp(shapely.bounds(shapes[rows])[:, :2], axis=0).max() for rows in found]
    assert max(spans) < 200
    assert [rows.tolist() for rows in blocks(layer(box(0, 0, 1, 1)), 1)] == [[0]]


# --- order, threads, cancelling


def test_the_order_of_rows_and_the_threads_do_not_matter() -> None:
    shapes = list(partition(12, 12, 3, seed=6))
    random = np.random.default_rng(11)
    for fault in FAULTS * 3:
        fault(shapes, random)
    order = random.permutation(len(shapes))
    first, other = overlaps(layer(*shapes), threads=1), overlaps(layer(*shapes)[order], threads=3)
    back = np.sort(np.stack([order[other.left], order[other.right]]), axis=0)
    at = np.lexsort(back[::-1])
    assert np.array_equal(back[:, at], np.stack([first.left, first.right]))
    np.testing.assert_allclose(other.area[at], first.area, rtol=1e-9, atol=1e-9)
    one, two = gaps(layer(*shapes), threads=1), gaps(layer(*shapes)[order], threads=3)
    np.testing.assert_allclose(two.area, one.area, rtol=1e-9, atol=1e-9)
    assert [set(two.plot[two.gap == at]) for at in range(len(two))] == [
        {int(np.flatnonzero(order == plot)[0]) for plot in one.plot[one.gap == at]} for at in range(len(one))
    ]


class Watch(Progress):
    def __init__(self, stop_at: float = 2.0) -> None:
        super().__init__()
        self.seen: list[float] = []
        self.stop_at = stop_at

    def report(self, fraction: float) -> None:
        self.seen.append(fraction)

    def cancelled(self) -> bool:
        return bool(self.seen) and self.seen[-1] >= self.stop_at


WORK: dict[str, Callable[[np.ndarray, Progress], object]] = {
    "overlaps": lambda shapes, watch: overlaps(shapes, progress=watch),
    "gaps": lambda shapes, watch: gaps(shapes, progress=watch),
    "dissolve": lambda shapes, watch: dissolve(shapes, np.arange(len(shapes)) // 700, progress=watch),
}


@pytest.fixture(scope="module")
def spoiled_10k() -> np.ndarray:
    """10,000 plots of 57 vertices with 100 moved vertices, 100 doubles and 100 plots taken out."""
    shapes = partition(100, 100, 13, seed=7, size=60.0, wiggle=0.03)
    random = np.random.default_rng(3)
    chosen = random.choice(len(shapes), 300, replace=False)
    for at in chosen[:100]:
        while True:
            xy = shapely.get_coordinates(shapes[at])
            xy[int(random.integers(1, len(xy) - 1))] += random.uniform(-3, 3, 2)
            if Polygon(xy).is_valid:
                break
        shapes[at] = Polygon(xy)
    return np.concatenate([np.delete(shapes, chosen[200:]), shapes[chosen[100:200]]])


@pytest.mark.parametrize("name", WORK)
def test_progress_goes_up_to_the_end(name: str, spoiled_10k: np.ndarray) -> None:
    watch = Watch()
    WORK[name](spoiled_10k, watch)
    assert watch.seen == sorted(watch.seen)
    assert watch.seen[-1] == 1.0
    assert len(watch.seen) > 5


@pytest.mark.parametrize("stop_at", [0.05, 0.3, 0.6])
@pytest.mark.parametrize("name", WORK)
def test_cancelling_stops_within_a_second(name: str, stop_at: float, spoiled_10k: np.ndarray) -> None:
    watch = Watch(stop_at)
    begun = [0.0]

    class Clock(Watch):
        def report(self, fraction: float) -> None:
            super().report(fraction)
            begun[0] = time.process_time()

    watch = Clock(stop_at)
    with pytest.raises(Cancelled):
        WORK[name](spoiled_10k, watch)
    assert time.process_time() - begun[0] < 2.0


def test_10k_plots_with_300_faults_as_pairwise_geos(spoiled_10k: np.ndarray) -> None:
    tree = shapely.STRtree(spoiled_10k)
    one, other = tree.query(spoiled_10k)
    pairs = np.stack([one, other])[:, one < other]
    pairs = pairs[:, np.lexsort(pairs[::-1])]
    area = shapely.area(shapely.intersection(spoiled_10k[pairs[0]], spoiled_10k[pairs[1]]))
    found = overlaps(spoiled_10k, tolerance=0.001)
    assert np.array_equal(pairs[:, area > 0], np.stack([found.left, found.right]))
    np.testing.assert_allclose(found.area, area[area > 0], rtol=1e-9, atol=1e-9)
    assert (found.kind == "duplicate").sum() == 100
    assert len(found) > 130
    rings = [ring for part in shapely.get_parts(shapely.union_all(spoiled_10k)) for ring in part.interiors]
    holes = np.array([Polygon(ring).area for ring in rings])
    np.testing.assert_allclose(np.sort(gaps(spoiled_10k).area), np.sort(holes[holes > LEAST]), rtol=1e-9, atol=1e-8)


# --- real layers


def read(path: Path, layer_name: str = "", where: str = "", epsg: int = 0) -> np.ndarray:
    """The shapes of a file of `shared_data`, by GDAL, in `epsg` from longitude and latitude where given."""
    ogr, osr = pytest.importorskip("osgeo.ogr"), pytest.importorskip("osgeo.osr")
    source = ogr.Open(str(path))
    rows = source.GetLayerByName(layer_name) if layer_name else source.GetLayer(0)
    rows.SetAttributeFilter(where or None)
    systems = [osr.SpatialReference(), osr.SpatialReference()]
    for system, code in zip(systems, (4326, epsg)):
        system.ImportFromEPSG(code or 4326)
        system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    found = []
    for row in rows:
        shape = row.GetGeometryRef()
        if epsg:
            shape.Transform(osr.CoordinateTransformation(*systems))
        found.append(shapely.from_wkb(bytes(shape.ExportToWkb())))
    return layer(*found)


@pytest.mark.shared
def test_farms_of_swellendam(shared_data: Path) -> None:
    """3,821 overlapping pairs, 354 of them under 1 m²: with the invalid shapes mended, and what is wider than rounding.

    The union that GEOS 3.11.4 makes has 103 holes, 53 of them under 10 m². Ten of these (more or fewer with other
    versions) are rounding, under a mm²; 93 are places, 43 of them under 10 m².
    """
    farms = read(shared_data / "parcels" / "za_swellendam" / "farms_33S.shp")
    assert len(farms) == 2008
    assert (~shapely.is_valid(farms)).sum() == 16
    assert (shapely.get_num_geometries(farms) > 1).sum() == 10
    shapes = mended(farms)
    found = overlaps(shapes)
    assert len(found) == 3821
    assert (found.area < 1).sum() == 354
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes)
    one, other = one[one < other], other[one < other]
    area = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    assert set(zip(one[area > LEAST], other[area > LEAST])) == set(zip(found.left, found.right))
    rings = [ring for part in shapely.get_parts(shapely.union_all(shapes)) for ring in part.interiors]
    holes = np.sort([Polygon(ring).area for ring in rings])
    holes = holes[holes > LEAST]
    assert (len(holes), (holes < 10).sum()) == (93, 43)
    free = np.sort(gaps(shapes).area)
    np.testing.assert_allclose(free[free > LEAST], holes, rtol=1e-9, atol=1e-4)


@pytest.mark.shared
def test_parcels_of_epinay(shared_data: Path) -> None:
    shapes = read(shared_data / "parcels" / "fr_91216" / "cadastre-91216-parcelles.json", epsg=2154)
    found = overlaps(shapes)
    assert len(found) == 3
    assert found.area.sum() == pytest.approx(0.16, abs=0.005)
    free = gaps(shapes)
    assert len(free) == 2
    assert free.enclosed.all()


@pytest.mark.shared
def test_municipalities_tile_liechtenstein(shared_data: Path) -> None:
    path = shared_data / "parcels" / "osm_liechtenstein" / "liechtenstein-2013-08-03.osm.pbf"
    where = "boundary = 'administrative' AND admin_level = '{}'"
    communes = read(path, "multipolygons", where.format(8), epsg=32632)
    assert len(communes) == 11
    assert len(overlaps(communes)) == 0
    assert len(gaps(communes)) == 0
    _, united = dissolve(communes, np.zeros(len(communes)))
    assert united[0].geom_type == "Polygon"
    assert united[0].area == pytest.approx(160.4e6, rel=0.01)


@pytest.mark.slow
def test_a_county_with_three_hundred_faults_to_the_last_one() -> None:
    """100,000 plots, 100 vertices moved, 100 plots doubled, 100 taken away: the overlaps and gaps of all pairs.

    Pairs of which neither was touched have their corners in common and share no land; GEOS is asked for the others.
    """
    random = np.random.default_rng(2026)
    shapes = partition(400, 250, 2, 2026)
    place = random.permutation(len(shapes))
    gone, twice, changed = place[:100], place[100:200], place[200:300]
    for row in changed:
        points = shapely.get_coordinates(shapes[row])
        points[1] += random.uniform(-1.5, 1.5, 2)
        shapes[row] = mended(layer(Polygon(points)))[0]
    touched = np.isin(place.argsort(), np.arange(100, 300))
    shapes = np.concatenate([np.delete(shapes, gone), shapes[twice]])
    touched = np.concatenate([np.delete(touched, gone), np.ones(100, bool)])
    assert len(shapes) == 100_000
    pairs = np.stack(shapely.STRtree(shapes).query(shapes))
    pairs = pairs[:, (pairs[0] < pairs[1]) & touched[pairs].any(axis=0)]
    area = shapely.area(shapely.intersection(shapes[pairs[0]], shapes[pairs[1]]))
    expected = dict(zip(map(tuple, pairs[:, area > 0].T.tolist()), area[area > 0]))
    found = overlaps(shapes)
    rows = np.sort([found.left, found.right], axis=0).T.tolist()
    shared = dict(zip(map(tuple, rows), found.area))
    assert len(shared) == len(found.area)
    assert len(shared) > 100
    assert {pair for pair, size in expected.items() if size > LEAST} <= set(shared)
    assert {pair for pair, size in shared.items() if size > LEAST} <= set(expected)
    assert sum(shared.values()) == pytest.approx(sum(expected.values()), rel=1e-9)
    rings = [ring for part in shapely.get_parts(shapely.union_all(shapes)) for ring in part.interiors]
    holes = shapely.area(shapely.polygons(rings))
    free = gaps(shapes).area
    assert np.sort(free[free > LEAST]) == pytest.approx(np.sort(holes[holes > LEAST]), rel=1e-9, abs=1e-6)
    assert len(free) > 100
