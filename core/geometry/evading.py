"""How a shape can leave others: the least shift after which it shares no land with them.

The plane of all shifts is searched in squares, the nearest to the origin first. A whole square is blocked where, at
its middle, the shape without a border as wide as half the diagonal meets an obstacle, or the shape meets an obstacle
without such a border. Other squares are quartered. In a small one the exact answer is had: the shifts at which
an edge of the shape crosses an edge of an obstacle are a parallelogram, and of each face that these leave of the square
one shift tells whether all of it is free.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import shapely

from redline.core.progress import Progress

# So many squares are looked at in one go, and about so many coordinates are worked on in one call.
_BATCH = 128
_COORDINATES = 20_000
# The exact search begins with squares that reach no farther than this share of the shape's extent, or these metres.
# They are quartered on while more pairs of edges than this may cross in them, unless they are tiny.
_SHARE = 0.2
_SMALL = 0.5
_PAIRS = 200
_TINY = 0.01
# A border in metres that is taken off in one go; by arcs of so many segments a quarter, which are 2 % short between
# their corners, and GEOS leaves corners out up to 1 %.
_NARROW = 1.0
_SEGMENTS = 4
_MARGIN = 1.04
_SHARED = 1e-6
_HAIR = 1e-9


class Shift(NamedTuple):
    """A shift in metres: eastwards, northwards, and how far that is."""

    east: float
    north: float
    distance: float


class _Land(NamedTuple):
    """Polygons that do not overlap, with a tree of them, and together as one prepared shape."""

    whole: shapely.Geometry
    parts: np.ndarray
    tree: shapely.STRtree


def least_shift(
    shape: shapely.Geometry, obstacles: np.ndarray, most: float, progress: Progress | None = None
) -> Shift | None:
    """The least shift of `shape` that clears all `obstacles` (object array of valid polygons), None beyond `most` m.

    The shifted shape shares no land with any obstacle (no more than 1e-6 m², which is rounding), and no shorter shift
    leads to a place of which the same is true of all places around it in some direction: a gap that the shape would
    fill exactly is none.
    """
    watch = progress or Progress()
    # Near its own corner of the world a coordinate is rounded less; nothing is lost on the way there.
    corner = np.floor(shapely.bounds(shape)[:2]) if not shapely.is_empty(shape) else np.zeros(2)
    shape = shapely.transform(_polygons(shape), lambda xy: xy - corner)
    if not len(obstacles):
        return Shift(0.0, 0.0, 0.0)
    land = _land(_united(shapely.transform(obstacles, lambda xy: xy - corner), watch))
    if _free(shape, land, np.zeros(2)):
        return Shift(0.0, 0.0, 0.0)
    return _least(shape, land, most, watch) if most > 0 else None


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    """The shape without stray points and lines of a collection, which take no land."""
    pieces = shapely.get_parts(shapely.get_parts(shape))
    return shapely.union_all(pieces[shapely.area(pieces) > 0])


def _land(parts: np.ndarray) -> _Land:
    whole = _together(parts)
    return _Land(whole, parts, shapely.STRtree(parts))


def _united(polygons: np.ndarray, watch: Progress) -> np.ndarray:
    """The polygons of the union, first within strips of the land and then of two and two strips."""
    west, _, east, _ = shapely.bounds(polygons).T
    strips = np.array_split(polygons[np.argsort(west + east, kind="stable")], _calls(polygons))
    unions = []
    for strip in strips:
        watch.update(0.0)
        unions.append(shapely.union_all(strip))
    while len(unions) > 1:
        watch.update(0.0)
        unions = [shapely.union_all(unions[n : n + 2]) for n in range(0, len(unions), 2)]
    return np.asarray(shapely.get_parts(unions))


def _calls(shapes: np.ndarray) -> int:
    """In how many calls to work on the shapes, so that none takes long."""
    return max(1, min(len(shapes), 1 + int(shapely.get_num_coordinates(shapes).sum()) // _COORDINATES))


class _Ground:
    """A shape, the land that it is to leave, and their edges; both without borders, as far as these were asked for."""

    def __init__(self, shape: shapely.Geometry, land: _Land, watch: Progress) -> None:
        self.shape, self.land, self.watch = shape, land, watch
        self.outline, self.borders = _edges(shapely.get_parts(shape)), _edges(land.parts)
        self.tree = shapely.STRtree(np.asarray(shapely.linestrings(self.borders)))
        self._shape_cores: dict[float, shapely.Geometry] = {}
        self._land_cores: dict[float, shapely.Geometry] = {}

    def open(self, middles: np.ndarray, reach: float) -> np.ndarray:
        """Mask of the shifts (n, 2) no farther than `reach` from one that may clear the land."""
        maybe = ~shapely.intersects(self.land.whole, _moved(self._shape_core(reach), middles))
        # A narrow border of land takes long to take off, and the exact search of small squares does not.
        if reach > _NARROW:
            maybe[maybe] = ~shapely.intersects(self._land_core(reach), _moved(self.shape, middles[maybe]))
        return maybe

    def _shape_core(self, border: float) -> shapely.Geometry:
        """The shape without a border. A wide one is taken off in turns, each twice as wide as the one before, as the
        first leaves few corners for the next."""
        if border not in self._shape_cores:
            wide = border > _NARROW
            outer = self._shape_core(border / 2) if wide else self.shape
            self._shape_cores[border] = _core(np.array([outer]), border / 2 if wide else border, self.watch)
        return self._shape_cores[border]

    def _land_core(self, border: float) -> shapely.Geometry:
        """The land without a border, in turns as well."""
        if border not in self._land_cores:
            wide = border / 2 > _NARROW
            outer = shapely.get_parts(self._land_core(border / 2)) if wide else self.land.parts
            self._land_cores[border] = _core(outer, border / 2 if wide else border, self.watch)
        return self._land_cores[border]

    def crossings(self, middle: np.ndarray, half: float) -> np.ndarray | None:
        """Parallelograms, float64 (n, 4, 2): where in a square of shifts (`half` its side) an edge of the shape
        crosses one of the land. None where a single pair crosses all over it."""
        outline = self.outline + middle
        low, high = outline.min(axis=1) - half, outline.max(axis=1) + half
        own, other = self.tree.query(shapely.box(*low.T, *high.T))
        first, last = np.moveaxis(self.outline[own], 1, 0)
        start, end = np.moveaxis(self.borders[other], 1, 0)
        met, filled = np.ones(len(own), dtype=bool), np.ones(len(own), dtype=bool)
        # A parallelogram is the common ground of two strips.
        strips = (end - start, (start - first, start - last)), (last - first, (start - first, end - first))
        for along, sides in strips:
            across = np.column_stack([-along[:, 1], along[:, 0]])
            near, far = np.sort([((side - middle) * across).sum(axis=1) for side in sides], axis=0)
            deep = half * np.abs(across).sum(axis=1)
            met &= (near < deep) & (far > -deep)
            filled &= (near < -deep) & (far > deep)
        if filled.any():
            return None
        return np.stack([start - first, end - first, end - last, start - last], axis=1)[met]


def _least(shape: shapely.Geometry, land: _Land, most: float, watch: Progress) -> Shift | None:
    """The least shift of all that are no longer than `most` metres; None where there is none that clears."""
    ground = _Ground(shape, land, watch)
    west, south, east, north = shapely.bounds(shape)
    small = max(_SMALL, _SHARE * min(east - west, north - south))
    best, bound = None, most
    # Squares, float64 (n, 3): their middle and half their side.
    squares = np.array([[0.0, 0.0, most]])
    while len(squares):
        near = _distances(squares)
        watch.update(near.min() / most)
        order = np.argsort(near, kind="stable")
        batch, squares = squares[order[:_BATCH]], squares[order[_BATCH:]]
        batch = batch[_open(batch, ground)]
        solved = np.zeros(len(batch), dtype=bool)
        for number in np.flatnonzero(batch[:, 2] * math.sqrt(2) <= small):
            square = batch[number]
            if _distances(square[None])[0] >= bound:
                continue
            watch.update(0.0)
            crossings = ground.crossings(square[:2], square[2])
            solved[number] = crossings is None or len(crossings) <= _PAIRS or square[2] <= _TINY
            found = _nearest(square, crossings, ground) if crossings is not None and solved[number] else None
            if found and found.distance <= bound:
                best, bound = found, found.distance
        squares = np.concatenate([squares, _quarters(batch[~solved])])
        squares = squares[_distances(squares) <= bound]
    return best


def _distances(squares: np.ndarray) -> np.ndarray:
    """How far the squares are from the origin."""
    return np.asarray(np.hypot(*np.maximum(np.abs(squares[:, :2]) - squares[:, 2:], 0.0).T))


def _quarters(squares: np.ndarray) -> np.ndarray:
    half = squares[:, 2:] / 2
    corners = [squares[:, :2] + half * side for side in ((-1, -1), (-1, 1), (1, -1), (1, 1))]
    return np.column_stack([np.concatenate(corners), np.tile(half, (4, 1))])


def _open(squares: np.ndarray, ground: _Ground) -> np.ndarray:
    """Mask of the squares in which some shift may clear the land."""
    maybe = np.zeros(len(squares), dtype=bool)
    for half in np.unique(squares[:, 2]):
        ground.watch.update(0.0)
        same = squares[:, 2] == half
        maybe[same] = ground.open(squares[same, :2], half * math.sqrt(2))
    return maybe


def _nearest(square: np.ndarray, crossings: np.ndarray, ground: _Ground) -> Shift | None:
    """The least shift in a square that clears the land, given where in it edges cross."""
    east, north, half = square
    bounds = east - half, north - half, east + half, north + half
    crossed = shapely.intersection(shapely.polygons(crossings), shapely.box(*bounds))
    faces = shapely.get_parts(shapely.difference(shapely.box(*bounds), shapely.union_all(crossed)))
    # What is thinner than rounding is no face.
    faces = faces[shapely.area(faces) > _HAIR * shapely.length(faces)]
    origin = shapely.Point(0.0, 0.0)
    for face in faces[np.argsort(shapely.distance(faces, origin))]:
        inner = shapely.get_coordinates(shapely.point_on_surface(face))[0]
        if not _free(ground.shape, ground.land, inner):
            continue
        edge = shapely.get_coordinates(shapely.shortest_line(origin, face))[1]
        # Rounding may leave the edge a hair within.
        for share in (0.0, _HAIR, 1000 * _HAIR, 1.0):
            shift = edge + (inner - edge) * share
            if _free(ground.shape, ground.land, shift):
                return Shift(float(shift[0]), float(shift[1]), math.hypot(*shift))
    return None


def _core(polygons: np.ndarray, border: float, watch: Progress) -> shapely.Geometry:
    """What is farther than `border` from the outlines of polygons that do not overlap, or a little less; prepared."""
    left = []
    for some in np.array_split(polygons, _calls(polygons)):
        watch.update(0.0)
        left.append(shapely.buffer(some, -border * _MARGIN, quad_segs=_SEGMENTS))
    return _together(shapely.get_parts(shapely.get_parts(np.concatenate(left))))


def _together(polygons: np.ndarray) -> shapely.Geometry:
    """Polygons that do not overlap, as one prepared shape."""
    whole: shapely.Geometry = shapely.MultiPolygon(list(polygons))
    shapely.prepare(whole)
    return whole


def _free(shape: shapely.Geometry, land: _Land, shift: np.ndarray) -> bool:
    """Does the shape share no land with any obstacle after the shift?"""
    moved = _moved(shape, shift[None])[0]
    if not shapely.intersects(land.whole, moved):
        return True
    met = land.parts[land.tree.query(moved)]
    return bool(shapely.area(shapely.intersection(met, moved)).sum() <= _SHARED)


def _edges(polygons: np.ndarray) -> np.ndarray:
    """The edges of all rings, float64 (n, 2 ends, 2)."""
    rings = shapely.get_rings(polygons)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    inner = ring[:-1] == ring[1:]
    return np.stack([xy[:-1][inner], xy[1:][inner]], axis=1)


def _moved(shape: shapely.Geometry, shifts: np.ndarray) -> np.ndarray:
    xy = shapely.get_coordinates(shape)
    copies = np.repeat(np.array([shape], dtype=object), len(shifts))
    return np.asarray(shapely.set_coordinates(copies, (xy[None] + shifts[:, None]).reshape(-1, 2)))
