"""Which polygons of two layers share land, how much, and how alike two shapes are.

Everything works on object arrays of shapely shapes, in the plane of their coordinate system, in small pieces on two
threads. A piece works on copies of its own: GEOS keeps notes in a shape while it works on it, which two threads must
not do to one shape. Only 2D counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from shapely.errors import GEOSException

from redline.core.geometry.workers import in_order
from redline.core.progress import Progress

Wanted = Callable[[np.ndarray, np.ndarray], np.ndarray]

_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7
_FIT, _UNFIT = 1, 2
_PIECE = 40_000
_BLOCK = 50_000
_QUERY = 4_096
# Where a valid pair makes GEOS stumble, both are put on a grid this fine, relative to the largest coordinate.
TINY = 1e-13


@dataclass(frozen=True)
class Pairs:
    """Pairs of rows that share land, sorted by (left, right).

    `left`, `right`: int64 positions; `geometry`: shared land, object array of polygons and multipolygons, None where
    not asked for; `area`: float64, in the plane, > 0. `skipped_left`, `skipped_right`: int64 positions of shapes that
    were left out because they are invalid or not polygonal, as far as they could have met another; `failed`: (n, 2)
    int64, valid pairs that GEOS could not intersect.
    """

    left: np.ndarray
    right: np.ndarray
    geometry: np.ndarray | None
    area: np.ndarray
    skipped_left: np.ndarray
    skipped_right: np.ndarray
    failed: np.ndarray

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True)
class _Wish:
    """What is asked for, beside the layers: see `overlay`."""

    geometry: bool
    threads: int
    grid: float | None
    min_share: float
    trusted: bool
    wanted: Wanted | None


def overlay(
    left: np.ndarray, right: np.ndarray, *, progress: Progress | None = None, geometry: bool = True, threads: int = 0,
    grid: float | None = None, min_share: float = 0.0, trusted: bool = False, wanted: Wanted | None = None,
) -> Pairs:  # fmt: skip
    """All pairs of a shape of `left` and one of `right` whose intersection has an area.

    `left`, `right`: object arrays of shapely shapes or None, in one coordinate system. A shape well inside the other
    or the same as it is its own intersection, as it is. `grid` is the grid size in metres on which intersections are
    computed (None: full precision). `min_share` (0–1) keeps only pairs that share at least this part of the smaller
    shape: where mere neighbours do not matter, it saves most of the work. `trusted` says that all shapes are known to
    be valid polygons, null or empty, and are not to be checked. `wanted` takes rows of left and right, and gives the
    mask of the pairs that are looked at (None: all). Null and empty shapes have no pairs.
    """
    wish = _Wish(geometry, threads, grid, min_share, trusted, wanted)
    blocks = list(_blocks(left, right, wish, _BLOCK, progress or Progress()))
    return Pairs(
        np.concatenate([block.left for block in blocks]),
        np.concatenate([block.right for block in blocks]),
        np.concatenate([block.geometry for block in blocks if block.geometry is not None]) if geometry else None,
        np.concatenate([block.area for block in blocks]),
        blocks[0].skipped_left,
        blocks[0].skipped_right,
        np.concatenate([block.failed for block in blocks]),
    )


def overlay_blocks(
    left: np.ndarray, right: np.ndarray, *, progress: Progress | None = None, geometry: bool = True, threads: int = 0,
    grid: float | None = None, min_share: float = 0.0, trusted: bool = False, block: int = _BLOCK,
) -> Iterator[Pairs]:  # fmt: skip
    """The same as `overlay`, a stretch of `left` at a time, so that memory stays bounded.

    Yields at least one Pairs; each holds all pairs of its rows of `left`, about `block` candidates. Skipped rows are
    the same in all of them.
    """
    wish = _Wish(geometry, threads, grid, min_share, trusted, None)
    yield from _blocks(left, right, wish, block, progress or Progress())


def _blocks(left: np.ndarray, right: np.ndarray, wish: _Wish, block: int, watch: Progress) -> Iterator[Pairs]:
    sides = [flat(np.asarray(side, dtype=object)) for side in (left, right)]
    rows = _candidates(sides[0], sides[1], watch.step(share=0.05))
    if wish.wanted:
        rows = rows[:, wish.wanted(rows[0], rows[1])]
    fit = [_fit(side, np.unique(of_side), wish, watch.step(share=0.1)) for side, of_side in zip(sides, rows)]
    skipped = [np.flatnonzero(one == _UNFIT) for one in fit]
    rows = rows[:, (fit[0][rows[0]] == _FIT) & (fit[1][rows[1]] == _FIT)]
    areas = [shapely.area(side) for side in sides]
    if wish.min_share > 0:
        rows = rows[:, _may_share(sides, areas, rows, wish.min_share)]
    places = np.unique(np.searchsorted(rows[0], rows[0][block::block]))
    parts = np.split(rows, places[places > 0], axis=1)
    rest = watch.step(share=0.75)
    for part in parts:
        share = part.shape[1] / max(rows.shape[1], 1)
        yield _block(sides, areas, part, skipped, wish, rest.step(share=share))
    watch.update(1.0)


def agreement(
    a: np.ndarray, b: np.ndarray, *, tolerance: float = 0.0, progress: Progress | None = None, threads: int = 0
) -> np.ndarray:
    """Shared area ÷ joint area of each row's two polygons, float64 in 0–1.

    Exactly 1 where all vertices are the same within `tolerance` (in metres, each in its place of the ring). NaN where
    either is None, empty, invalid or not polygonal.
    """

    def measure(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        result = np.full(len(one), np.nan)
        shared = np.flatnonzero(usable(one) & usable(other))
        cut, _ = _intersection(one[shared], other[shared], None)
        common = shapely.area(cut)
        joint = shapely.area(one[shared]) + shapely.area(other[shared]) - common
        result[shared] = np.divide(common, joint, out=np.full(len(shared), np.nan), where=joint > 0)
        return np.clip(result, 0.0, 1.0)

    return _row_wise(measure, a, b, 1.0, tolerance, progress, threads)


def distance_between(
    a: np.ndarray, b: np.ndarray, *, tolerance: float = 0.0, progress: Progress | None = None, threads: int = 0
) -> np.ndarray:
    """Greatest distance from a vertex of one shape to the outline of the other, row-wise (Hausdorff), float64 metres.

    Exactly 0 where all vertices are the same within `tolerance`. NaN where either is None or empty; validity does not
    matter.
    """
    return _row_wise(shapely.hausdorff_distance, a, b, 0.0, tolerance, progress, threads)


def outside_area(
    geometries: np.ndarray, containers: np.ndarray, edge_tolerance: float = 0.0, *, progress: Progress | None = None,
    threads: int = 0,
) -> np.ndarray:  # fmt: skip
    """Area in m² of each row's polygon beyond its own container grown by `edge_tolerance` metres, float64.

    `containers` is row-wise: the same shape (the same object) for all rows of one unit, which is then prepared once.
    0 where the container holds the polygon; NaN where either is None, empty, invalid or not polygonal (an invalid
    polygon well inside is held all the same).
    """
    watch = progress or Progress()
    shapes, holders = flat(np.asarray(geometries, dtype=object)), np.asarray(containers, dtype=object)
    result = np.full(len(shapes), np.nan)
    number, first = _same_objects(holders)
    units = flat(holders[first])
    whole = usable(units)
    if edge_tolerance > 0:
        units = np.concatenate([
            np.empty(0, dtype=object),
            *in_order(
                lambda unit: shapely.buffer(unit, edge_tolerance, quad_segs=4),
                np.split(units, np.arange(1, len(units))), watch.step(share=0.2), threads,
            ),
        ])  # fmt: skip
    rows = np.flatnonzero(whole[number] & ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes))
    rows = rows[np.argsort(number[rows], kind="stable")]

    def measure(piece: np.ndarray) -> np.ndarray:
        own, at = np.unique(number[piece], return_inverse=True)
        holder, plots = shapely.force_2d(units[own]), shapely.force_2d(shapes[piece])
        shapely.prepare(holder)
        # Most lie well inside; to ask whether one that touches the border is covered costs more than to cut it off.
        area = np.where(shapely.contains_properly(holder[at], plots), 0.0, np.nan)
        left = np.flatnonzero(np.isnan(area))
        left = left[usable(plots[left])]
        cut, _ = attempt(shapely.difference, plots[left], holder[at[left]], None)
        area[left] = shapely.area(polygonal(cut))
        return area

    pieces = np.split(rows, cuts(shapely.get_num_coordinates(shapes[rows])))
    for piece, area in zip(pieces, in_order(measure, pieces, watch.step(share=1.0), threads)):
        result[piece] = area
    return result


def validity(geometries: np.ndarray, *, progress: Progress | None = None, threads: int = 0) -> pd.DataFrame:
    """What is wrong with each shape as a polygon.

    Columns: `kind` ("ok", "null", "empty", "invalid", "not_polygon"), `reason` (GEOS's own words where invalid, else
    ""), `point` (shapely Point where it is invalid, else None).
    """
    shapes = np.asarray(geometries, dtype=object)
    kinds = shapely.get_type_id(shapes)
    areal = (kinds == _POLYGON) | (kinds == _MULTIPOLYGON)
    # Each word once: of texts that numpy makes, every row would have one of its own.
    words = np.array(["ok", "null", "empty", "not_polygon"], dtype=object)
    kind = words[np.select([kinds < 0, shapely.is_empty(shapes), ~areal], [1, 2, 3], 0)]
    rows = np.flatnonzero(kind == "ok")
    pieces = np.split(rows, cuts(shapely.get_num_coordinates(shapes[rows])))
    reasons = np.full(len(shapes), "", dtype=object)

    def examine(piece: np.ndarray) -> np.ndarray:
        own = shapely.force_2d(shapes[piece])
        bad = ~shapely.is_valid(own)
        told = np.full(len(piece), "", dtype=object)
        told[bad] = shapely.is_valid_reason(own[bad])
        return told

    for piece, told in zip(pieces, in_order(examine, pieces, progress, threads)):
        reasons[piece] = told
    bad = np.flatnonzero(reasons != "")
    kind[bad] = "invalid"
    found = pd.Series(reasons[bad], dtype=object).str.extract(
        r"^(?P<reason>[^\[]*)(?:\[(?P<x>\S+) (?P<y>[^\s\]]+).*\])?$"
    )
    reasons[bad] = found["reason"].fillna("").str.strip().to_numpy(dtype=object)
    where = found[["x", "y"]].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float).reshape(-1, 2)
    known = np.isfinite(where).all(axis=1)
    points = np.full(len(shapes), None, dtype=object)
    points[bad[known]] = shapely.points(where[known])
    return pd.DataFrame({"kind": kind, "reason": reasons, "point": points})


def flat(shapes: np.ndarray) -> np.ndarray:
    """Without Z: GEOS would carry it into every result."""
    return shapely.force_2d(shapes) if shapely.has_z(shapes).any() else shapes


def usable(shapes: np.ndarray) -> np.ndarray:
    """Mask of the shapes that are valid polygons with some land."""
    kinds = shapely.get_type_id(shapes)
    areal = (kinds == _POLYGON) | (kinds == _MULTIPOLYGON)
    areal[areal] = shapely.is_valid(shapes[areal]) & ~shapely.is_empty(shapes[areal])
    return areal


def _candidates(left: np.ndarray, right: np.ndarray, progress: Progress) -> np.ndarray:
    """(2, n) int64: rows of left and right whose boxes meet, sorted. The tree stands on the larger layer."""
    turned = len(left) > len(right)
    few, many = (right, left) if turned else (left, right)
    tree = shapely.STRtree(many)
    found = [np.empty((2, 0), dtype=np.int64)]
    for start in range(0, len(few), _QUERY):
        progress.update(start / len(few))
        pairs = tree.query(few[start : start + _QUERY])
        pairs[0] += start
        found.append(pairs)
    rows = np.concatenate(found, axis=1)[::-1 if turned else 1]
    return rows[:, np.lexsort(rows[::-1])]


def _fit(shapes: np.ndarray, rows: np.ndarray, wish: _Wish, progress: Progress) -> np.ndarray:
    """For each shape: _FIT, _UNFIT, or 0 where it is not one of `rows`."""
    fit = np.zeros(len(shapes), dtype=np.int8)
    if wish.trusted:
        fit[rows] = _FIT
        return fit
    pieces = np.split(rows, cuts(shapely.get_num_coordinates(shapes[rows])))
    found = in_order(lambda piece: usable(shapely.force_2d(shapes[piece])), pieces, progress, wish.threads)
    for piece, good in zip(pieces, found):
        fit[piece] = np.where(good, _FIT, _UNFIT)
    return fit


def _may_share(sides: list[np.ndarray], areas: list[np.ndarray], rows: np.ndarray, share: float) -> np.ndarray:
    """Can the two shapes of each pair share that part of the smaller one? Not where even their boxes share less."""
    boxes = [shapely.bounds(side)[of_side] for side, of_side in zip(sides, rows)]
    low, high = np.maximum(boxes[0][:, :2], boxes[1][:, :2]), np.minimum(boxes[0][:, 2:], boxes[1][:, 2:])
    return np.prod(high - low, axis=1) >= share * _smaller(areas, rows) * (1 - 1e-9)


def _smaller(areas: list[np.ndarray], rows: np.ndarray) -> np.ndarray:
    """Area of the smaller shape of each pair."""
    return np.minimum(areas[0][rows[0]], areas[1][rows[1]])


def _block(
    sides: list[np.ndarray], areas: list[np.ndarray], rows: np.ndarray, skipped: list[np.ndarray], wish: _Wish,
    progress: Progress,
) -> Pairs:  # fmt: skip
    # The side with fewer rows is the outer one: each of its shapes is prepared once and meets many.
    outer = int(len(np.unique(rows[0])) > len(np.unique(rows[1])))
    rows = rows[:, np.lexsort((rows[1 - outer], rows[outer]))]
    weight = sum(shapely.get_num_coordinates(side[of_side]) for side, of_side in zip(sides, rows))
    pieces = np.split(rows, cuts(weight), axis=1)

    def work(piece: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        kept, shared, area, failed = shared_land(
            sides[outer], sides[1 - outer], piece[outer], piece[1 - outer], wish.grid
        )
        if wish.min_share > 0:
            enough = area >= wish.min_share * _smaller(areas, piece[:, kept])
            kept, shared, area = kept[enough], shared[enough], area[enough]
        return kept, shared if wish.geometry else shared[:0], area, failed

    found: list[list[np.ndarray]] = [[], [], [], []]
    for piece, (kept, shared, area, failed) in zip(pieces, in_order(work, pieces, progress, wish.threads)):
        found[0].append(piece[:, kept])
        found[1].append(shared)
        found[2].append(area)
        found[3].append(piece[:, failed])
    pairs, failures = np.concatenate(found[0], axis=1), np.concatenate(found[3], axis=1)
    order = np.lexsort(pairs[::-1])
    return Pairs(
        pairs[0][order],
        pairs[1][order],
        np.concatenate(found[1])[order] if wish.geometry else None,
        np.concatenate(found[2])[order],
        skipped[0],
        skipped[1],
        failures[:, np.lexsort(failures[::-1])].T,
    )


def shared_land(
    outer: np.ndarray, inner: np.ndarray, i: np.ndarray, j: np.ndarray, grid: float | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of the candidates (i, j): places of those that share land, what they share, its area; places that failed.

    Prepared shapes tell that one lies well inside the other many times faster than an overlay does; where they touch,
    it is the other way round.
    """
    (own_outer, a), (own_inner, b) = _own(outer, i), _own(inner, j)
    shapely.prepare(own_outer)
    meet = np.flatnonzero(shapely.intersects(own_outer[a], own_inner[b]))
    a, b = a[meet], b[meet]
    shared = np.full(len(meet), None, dtype=object)
    inside = shapely.contains_properly(own_outer[a], own_inner[b])
    inside |= shapely.equals_exact(own_outer[a], own_inner[b])
    shared[inside] = inner[j[meet[inside]]]
    around = np.flatnonzero(~inside & _box_within(own_outer[a], own_inner[b]))
    shapely.prepare(own_inner[np.unique(b[around])])
    around = around[shapely.contains_properly(own_inner[b[around]], own_outer[a[around]])]
    shared[around] = outer[i[meet[around]]]
    crossing = np.flatnonzero(shapely.is_missing(shared))
    cut, failed = _intersection(own_outer[a[crossing]], own_inner[b[crossing]], grid)
    shared[crossing] = polygonal(cut)
    area = shapely.area(shared)
    kept = area > 0
    return meet[kept], shared[kept], area[kept], meet[crossing[failed]]


def _own(shapes: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Copies of the shapes at `rows`, each once, and which of them stands at each place of `rows`."""
    unique, place = np.unique(rows, return_inverse=True)
    return shapely.force_2d(shapes[unique]), place


def _box_within(small: np.ndarray, large: np.ndarray) -> np.ndarray:
    one, other = shapely.bounds(small), shapely.bounds(large)
    return (one[:, :2] >= other[:, :2]).all(axis=1) & (one[:, 2:] <= other[:, 2:]).all(axis=1)


def _intersection(a: np.ndarray, b: np.ndarray, grid: float | None) -> tuple[np.ndarray, np.ndarray]:
    return attempt(shapely.intersection, a, b, grid)


def attempt(
    function: Callable[..., Any], a: np.ndarray, b: np.ndarray, grid: float | None
) -> tuple[np.ndarray, np.ndarray]:
    """`function` of each pair, and the places of those that GEOS could not do; these are None."""
    try:
        return function(a, b, grid_size=grid), np.empty(0, dtype=np.int64)
    except GEOSException:
        pass
    result, failed = np.full(len(a), None, dtype=object), []
    for place, (one, other) in enumerate(zip(a, b)):
        tiny = TINY * float(np.abs(shapely.total_bounds([one, other])).max())
        for size in (grid, max(tiny, grid or 0.0)):
            try:
                result[place] = function(one, other, grid_size=size)
                break
            except GEOSException:
                continue
        else:
            failed.append(place)
    return result, np.array(failed, dtype=np.int64)


def polygonal(shapes: np.ndarray) -> np.ndarray:
    """Only what has an area: polygons and multipolygons as they are, those of a collection, else None."""
    kinds = shapely.get_type_id(shapes)
    result = shapes.copy()
    result[(kinds != _POLYGON) & (kinds != _MULTIPOLYGON)] = None
    mixed = np.flatnonzero(kinds == _COLLECTION)
    if len(mixed):
        parts, of = shapely.get_parts(shapes[mixed], return_index=True)
        areal = shapely.get_type_id(parts) == _POLYGON
        held, place = np.unique(of[areal], return_inverse=True)
        result[mixed[held]] = shapely.multipolygons(parts[areal], indices=place)
    return result


def _same_objects(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A number for each place, the same where the object is the same, and the first place of each number."""
    names = np.fromiter(map(id, shapes), dtype=np.int64, count=len(shapes))
    _, first, number = np.unique(names, return_index=True, return_inverse=True)
    return number, first


def _row_wise(
    function: Callable[[np.ndarray, np.ndarray], np.ndarray], a: np.ndarray, b: np.ndarray, same: float,
    tolerance: float, progress: Progress | None, threads: int,
) -> np.ndarray:  # fmt: skip
    """`function` of each row's two shapes; `same` where they are the same; NaN where one is None or empty."""
    one, other = np.asarray(a, dtype=object), np.asarray(b, dtype=object)
    result = np.full(len(one), np.nan)
    given = ~(shapely.is_missing(one) | shapely.is_missing(other) | shapely.is_empty(one) | shapely.is_empty(other))
    rows = np.flatnonzero(given)
    weight = shapely.get_num_coordinates(one[rows]) + shapely.get_num_coordinates(other[rows])

    def work(piece: np.ndarray) -> np.ndarray:
        first, second = shapely.force_2d(one[piece]), shapely.force_2d(other[piece])
        found = np.full(len(piece), same)
        changed = ~shapely.equals_exact(first, second, tolerance=tolerance)
        found[changed] = function(first[changed], second[changed])
        return found

    pieces = np.split(rows, cuts(weight))
    for piece, found in zip(pieces, in_order(work, pieces, progress, threads)):
        result[piece] = found
    return result


def cuts(weight: np.ndarray) -> np.ndarray:
    """Where to cut so that every piece has about _PIECE vertices: short enough to stop within a second."""
    return np.flatnonzero(np.diff(np.cumsum(weight) // _PIECE, prepend=0))
