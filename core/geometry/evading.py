"""How a shape can leave others: the least shift after which it shares no land with them.

The shifts that do not clear an obstacle are its Minkowski sum with the shape reflected in the origin. For a convex part
of the shape that sum is the union of what the part sweeps along each edge of the obstacle, and of the obstacle itself.
A search on circles finds a shift that clears all; within the circle of its length the least one is the point nearest
to the origin that no sum holds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import shapely
from shapely import affinity

from redline.core.progress import Progress

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
    whole = shapely.union_all(obstacles)
    shapely.prepare(whole)
    if _free(shape, whole, np.zeros((1, 2)))[0]:
        return Shift(0.0, 0.0, 0.0)
    angles = np.arange(_DIRECTIONS) * (2 * math.pi / _DIRECTIONS)
    west, south, east, north = shapely.bounds(shape)
    step = max(_PRECISION * 5, min(east - west, north - south) / 20)
    radius = step
    while radius <= most + step:
        watch.update(min(radius / most, 1.0))
        free = np.flatnonzero(_free(shape, whole, _vectors(angles, radius)))
        if len(free):
            bound = _refined(shape, whole, angles[free], radius, step)
            found = _least_within(shape, whole, bound.distance, watch) or bound
            return found if found.distance <= most else None
        radius += step
    # A way that is narrower than the circle's directions.
    return _least_within(shape, whole, most, watch)


def _least_within(shape: shapely.Geometry, whole: shapely.Geometry, bound: float, watch: Progress) -> Shift | None:
    """The least shift of all that are no longer than `bound` metres; None where there is none that clears."""
    origin = shapely.Point(0.0, 0.0)
    disc = origin.buffer(bound, quad_segs=_DIRECTIONS)
    free: shapely.Geometry = disc
    for sums in _sums(shape, whole, disc):
        watch.update(1.0)
        free = shapely.difference(free, shapely.union_all(sums))
    if shapely.is_empty(free):
        return None
    east, north = shapely.get_coordinates(shapely.shortest_line(origin, free))[1]
    # Rounding may leave it a hair within.
    for longer in (1.0, 1.0 + _HAIR, 1.0 + 100 * _HAIR):
        shift = np.array([[east, north]]) * longer
        if _free(shape, whole, shift)[0] and math.hypot(*shift[0]) <= bound:
            return Shift(float(shift[0, 0]), float(shift[0, 1]), math.hypot(*shift[0]))
    return None


def _sums(shape: shapely.Geometry, whole: shapely.Geometry, disc: shapely.Geometry) -> Iterator[np.ndarray]:
    """Polygons that together are all shifts within `disc` that do not clear `whole`, by the convex parts of `shape`."""
    edges = _edges(whole)
    for part in _convex_parts(shape):
        corners = shapely.get_coordinates(part)[:-1]
        # Only edges that the part can reach count.
        reach = shapely.box(*(shapely.bounds(part) + shapely.bounds(disc)))
        near = edges[shapely.intersects(shapely.linestrings(edges), reach)]
        swept = (near[:, :, None] - corners).reshape(-1, 2)
        owner = np.repeat(np.arange(len(near)), 2 * len(corners))
        hulls = shapely.convex_hull(shapely.multipoints(swept, indices=owner)) if len(near) else []
        column = np.empty(len(near) + 1, dtype=object)
        column[:-1], column[-1] = hulls, affinity.translate(whole, *-corners[0])
        met = column[shapely.intersects(column, disc)]
        yield met[shapely.area(met) > 0]


def _edges(shape: shapely.Geometry) -> np.ndarray:
    """The edges of all rings, float64 (n, 2 ends, 2)."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    inner = ring[:-1] == ring[1:]
    return np.stack([xy[:-1][inner], xy[1:][inner]], axis=1)


def _convex_parts(shape: shapely.Geometry) -> list[shapely.Geometry]:
    """Convex polygons that together are the shape: no corner of it lies within a triangle, so that its edges part each
    triangle along chords."""
    parts: list[shapely.Geometry] = []
    for polygon in shapely.get_parts(shape):
        if shapely.area(shapely.convex_hull(polygon)) <= shapely.area(polygon) * (1 + _HAIR):
            parts.append(shapely.convex_hull(polygon))
            continue
        triangles = shapely.get_parts(shapely.delaunay_triangles(polygon))
        cut = shapely.get_parts(shapely.intersection(triangles, polygon))
        inner = shapely.get_parts(cut)
        parts += [one for one in inner if one.geom_type == "Polygon" and one.area > 0]
    return parts


def _vectors(angles: np.ndarray, radius: np.ndarray | float) -> np.ndarray:
    return np.column_stack([np.cos(angles) * radius, np.sin(angles) * radius])


def _free(shape: shapely.Geometry, whole: shapely.Geometry, shifts: np.ndarray) -> np.ndarray:
    """Mask of the shifts (n, 2) after which the shape shares no land with `whole`."""
    xy = shapely.get_coordinates(shape)
    copies = np.repeat(np.array([shape], dtype=object), len(shifts))
    moved = shapely.set_coordinates(copies, (xy[None] + shifts[:, None]).reshape(-1, 2))
    free = ~shapely.intersects(whole, moved)
    touching = np.flatnonzero(~free)
    free[touching] = shapely.area(shapely.intersection(moved[touching], whole)) <= _SHARED
    return np.asarray(free)


def _refined(
    shape: shapely.Geometry, whole: shapely.Geometry, angles: np.ndarray, radius: float, step: float
) -> Shift:
    """The least shift around directions that are free at `radius`: outwards from there it is free, inwards not."""
    spread = 2 * math.pi / _DIRECTIONS * np.linspace(-1, 1, 2 * _FINE + 1)
    tried = np.unique(np.round((angles[:, None] + spread).ravel(), 9))
    far = np.full(len(tried), radius)
    able = _free(shape, whole, _vectors(tried, far))
    tried, far = tried[able], far[able]
    near = np.maximum(far - 2 * step, 0.0)
    while (far - near).max() > _PRECISION:
        middle = (near + far) / 2
        free = _free(shape, whole, _vectors(tried, middle))
        far, near = np.where(free, middle, far), np.where(free, near, middle)
    best = int(np.lexsort((tried, np.round(far, 2)))[0])
    east, north = _vectors(tried[best : best + 1], far[best])[0]
    return Shift(float(east), float(north), float(far[best]))
