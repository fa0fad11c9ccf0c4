"""How a shape can leave others: the least shift after which it shares no land with them.

The shifts that do not clear an obstacle are its Minkowski sum with the shape reflected in the origin. For a convex part
of the shape that sum is the union of what the part sweeps along each edge of the obstacle, and of the obstacle itself.
A search on circles finds a shift that clears all; within the circle of its length the least one is the point nearest
to the origin that no sum holds.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import shapely

from redline.core.progress import Progress

_Corner = tuple[float, float]

# A circle is looked at in so many directions, then between the best and its neighbours in as many again.
_DIRECTIONS = 72
_FINE = 20
_PRECISION = 0.1
_SHARED = 1e-6
_HAIR = 1e-9


class Shift(NamedTuple):
    """A shift in metres: eastwards, northwards, and how far that is."""

    east: float
    north: float
    distance: float


class _Land(NamedTuple):
    """All obstacles as one prepared shape, and its polygons with a tree of them."""

    whole: shapely.Geometry
    parts: np.ndarray
    tree: shapely.STRtree


def _land(obstacles: np.ndarray) -> _Land:
    whole = shapely.union_all(obstacles)
    shapely.prepare(whole)
    parts = shapely.get_parts(whole)
    return _Land(whole, parts, shapely.STRtree(parts))


def least_shift(
    shape: shapely.Geometry, obstacles: np.ndarray, most: float, progress: Progress | None = None
) -> Shift | None:
    """The least shift of `shape` that clears all `obstacles` (object array of valid polygons), None beyond `most` m.

    The shifted shape shares no land with any obstacle (no more than 1e-6 m², which is rounding), and no shorter shift
    leads to a place of which the same is true of all places around it in some direction: a gap that the shape would
    fill exactly is none.
    """
    watch = progress or Progress()
    if not len(obstacles):
        return Shift(0.0, 0.0, 0.0)
    land = _land(obstacles)
    if _free(shape, land, np.zeros((1, 2)))[0]:
        return Shift(0.0, 0.0, 0.0)
    angles = np.arange(_DIRECTIONS) * (2 * math.pi / _DIRECTIONS)
    west, south, east, north = shapely.bounds(shape)
    step = max(_PRECISION * 5, min(east - west, north - south) / 20)
    radius = step
    while radius <= most + step:
        watch.update(radius / (most + step))
        free = np.flatnonzero(_free(shape, land, _vectors(angles, radius)))
        if len(free):
            bound = _refined(shape, land, angles[free], radius, step)
            found = _least_within(shape, land, bound.distance, watch) or bound
            return found if found.distance <= most else None
        radius += step
    # A way that is narrower than the circle's directions.
    return _least_within(shape, land, most, watch)


def _least_within(shape: shapely.Geometry, land: _Land, bound: float, watch: Progress) -> Shift | None:
    """The least shift of all that are no longer than `bound` metres; None where there is none that clears."""
    origin = shapely.Point(0.0, 0.0)
    free: shapely.Geometry = origin.buffer(bound, quad_segs=_DIRECTIONS)
    edges = _edges(land.parts)
    for part in _convex_parts(shape):
        watch.update(1.0)
        free = shapely.difference(free, shapely.union_all(_sums(part, edges, land.parts, free)))
        if shapely.is_empty(free):
            return None
    east, north = shapely.get_coordinates(shapely.shortest_line(origin, free))[1]
    # Rounding may leave it a hair within.
    for longer in (1.0, 1.0 + _HAIR, 1.0 + 100 * _HAIR):
        shift = np.array([[east, north]]) * longer
        if _free(shape, land, shift)[0] and math.hypot(*shift[0]) <= bound:
            return Shift(float(shift[0, 0]), float(shift[0, 1]), math.hypot(*shift[0]))
    return None


def _sums(part: shapely.Geometry, edges: np.ndarray, obstacles: np.ndarray, free: shapely.Geometry) -> np.ndarray:
    """Polygons that together are all shifts in `free` at which the convex `part` meets the obstacles with these edges;
    what cannot meet `free` is left out."""
    places = shapely.STRtree(shapely.get_parts(free))
    corners = shapely.get_coordinates(part)[:-1]
    low, high = edges.min(axis=1) - corners.max(axis=0), edges.max(axis=1) - corners.min(axis=0)
    near = edges[np.unique(places.query(shapely.box(*low.T, *high.T))[0])]
    swept = (near[:, :, None] - corners).reshape(-1, 2)
    owner = np.repeat(np.arange(len(near)), 2 * len(corners))
    hulls = shapely.convex_hull(shapely.multipoints(swept, indices=owner)) if len(near) else []
    sums = np.concatenate([np.asarray(hulls, dtype=object), shapely.transform(obstacles, lambda xy: xy - corners[0])])
    met = sums[np.unique(places.query(sums, predicate="intersects")[0])]
    return np.asarray(met[shapely.area(met) > 0])


def _edges(polygons: np.ndarray) -> np.ndarray:
    """The edges of all rings, float64 (n, 2 ends, 2)."""
    rings = shapely.get_rings(polygons)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    inner = ring[:-1] == ring[1:]
    return np.stack([xy[:-1][inner], xy[1:][inner]], axis=1)


def _convex_parts(shape: shapely.Geometry) -> list[shapely.Geometry]:
    """Convex polygons that together are the shape, the largest first.

    No corner of the shape lies within one of its triangles, so that its edges part each triangle along chords; pieces
    with an edge in common are then joined where that leaves them convex (Hertel and Mehlhorn 1983).
    """
    parts: list[shapely.Geometry] = []
    pieces = shapely.get_parts(shape)
    # A stray point or line of a collection takes no land.
    for polygon in pieces[shapely.area(pieces) > 0]:
        if shapely.area(shapely.convex_hull(polygon)) <= shapely.area(polygon) * (1 + _HAIR):
            parts.append(shapely.convex_hull(polygon))
            continue
        triangles = shapely.get_parts(shapely.delaunay_triangles(polygon))
        cut = shapely.get_parts(shapely.intersection(triangles, polygon))
        inner = shapely.get_parts(cut)
        parts += _joined([one for one in inner if one.geom_type == "Polygon" and one.area > 0])
    return sorted(parts, key=shapely.area, reverse=True)


def _joined(pieces: list[shapely.Geometry]) -> list[shapely.Geometry]:
    """The union of convex polygons that share whole edges, in fewer of them: an edge between two is taken away, the
    longest first, where no corner turns inwards without it."""
    # A piece is known by the corner that follows each of its corners, counterclockwise, and the one before it.
    after: list[dict[_Corner, _Corner]] = []
    before: list[dict[_Corner, _Corner]] = []
    owner: dict[tuple[_Corner, _Corner], int] = {}
    for number, piece in enumerate(pieces):
        ring = list(map(tuple, shapely.get_coordinates(shapely.normalize(piece))[:0:-1].tolist()))
        after.append(dict(zip(ring, ring[1:] + ring[:1])))
        before.append({end: start for start, end in after[number].items()})
        owner.update((edge, number) for edge in after[number].items())
    inner = [edge for edge in owner if edge < edge[::-1] and edge[::-1] in owner]
    for start, end in sorted(inner, key=lambda edge: (-math.dist(*edge), edge)):
        left, right = owner[start, end], owner[end, start]
        following, leading = after[right][start], before[right][end]
        if _turns(before[left][start], start, following) and _turns(leading, end, after[left][end]):
            owner.update((edge, left) for edge in after[right].items())
            after[left] = {**after[right], **after[left], start: following}
            before[left] = {**before[left], **before[right], start: before[left][start]}
            after[right] = {}
    return [shapely.Polygon(_ring(piece)) for piece in after if piece]


def _turns(one: _Corner, corner: _Corner, other: _Corner) -> bool:
    """Does the way from `one` by `corner` to `other` go straight on or to the left?"""
    (ux, uy), (vx, vy) = ((b[0] - a[0], b[1] - a[1]) for a, b in ((one, corner), (corner, other)))
    turn = ux * vy - uy * vx
    return turn > 0 or (turn == 0 and ux * vx + uy * vy > 0)


def _ring(after: dict[_Corner, _Corner]) -> list[_Corner]:
    ring = [next(iter(after))]
    while len(ring) < len(after):
        ring.append(after[ring[-1]])
    return ring


def _vectors(angles: np.ndarray, radius: np.ndarray | float) -> np.ndarray:
    return np.column_stack([np.cos(angles) * radius, np.sin(angles) * radius])


def _free(shape: shapely.Geometry, land: _Land, shifts: np.ndarray) -> np.ndarray:
    """Mask of the shifts (n, 2) after which the shape shares no land with any obstacle."""
    xy = shapely.get_coordinates(shape)
    copies = np.repeat(np.array([shape], dtype=object), len(shifts))
    moved = shapely.set_coordinates(copies, (xy[None] + shifts[:, None]).reshape(-1, 2))
    free = ~shapely.intersects(land.whole, moved)
    touching = np.flatnonzero(~free)
    # Mostly the one that it seems to lie on most will do to tell that it shares land.
    row, part = land.tree.query(moved[touching])
    own, other = shapely.bounds(moved[touching])[row], shapely.bounds(land.parts)[part]
    common = np.prod(np.minimum(own, other)[:, 2:] - np.maximum(own, other)[:, :2], axis=1)
    order = np.lexsort((-common, row))
    first = order[np.flatnonzero(np.diff(row[order], prepend=-1))]
    shared = np.zeros(len(touching))
    shared[row[first]] = shapely.area(shapely.intersection(moved[touching][row[first]], land.parts[part[first]]))
    rest = touching[shared <= _SHARED]
    free[rest] = shapely.area(shapely.intersection(moved[rest], land.whole)) <= _SHARED
    return np.asarray(free)


def _refined(
    shape: shapely.Geometry, land: _Land, angles: np.ndarray, radius: float, step: float
) -> Shift:
    """The least shift around directions that are free at `radius`: outwards from there it is free, inwards not."""
    spread = 2 * math.pi / _DIRECTIONS * np.linspace(-1, 1, 2 * _FINE + 1)
    tried = np.unique(np.round((angles[:, None] + spread).ravel(), 9))
    far = np.full(len(tried), radius)
    able = _free(shape, land, _vectors(tried, far))
    tried, far = tried[able], far[able]
    near = np.maximum(far - 2 * step, 0.0)
    while (far - near).max() > _PRECISION:
        middle = (near + far) / 2
        free = _free(shape, land, _vectors(tried, middle))
        far, near = np.where(free, middle, far), np.where(free, near, middle)
    best = int(np.lexsort((tried, np.round(far, 2)))[0])
    east, north = _vectors(tried[best : best + 1], far[best])[0]
    return Shift(float(east), float(north), float(far[best]))
