"""Who is nearest to which land: a triangulation of points that belong to plots, and the lines midway between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

FREE = -1
# No border comes nearer to the end of an edge than this share of it.
_NEAREST_END = 0.02

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Shapes = npt.NDArray[np.object_]


class Mesh(NamedTuple):
    """Points `xy` (n, 2), sorted, each with the `owner` it belongs to; `triangles` (m, 3) of points, counted from 0;
    `inside`, bool, the triangles whose middle lies in the region."""

    xy: Floats
    owner: Ints
    triangles: Ints
    inside: npt.NDArray[np.bool_]


class Borders(NamedTuple):
    """Pairs of neighbouring owners `one` < `other`, the `length` of the border midway between them, and their nearest
    two points `start`, `end` (n, 2)."""

    one: Ints
    other: Ints
    length: Floats
    start: Floats
    end: Floats


def mesh(xy: Floats, owner: Ints, region: shapely.Geometry) -> Mesh:
    """Delaunay triangles of points (n, 2) that belong to an `owner` (FREE: to none yet).

    A point of two owners goes to the lesser, a free one to the owner that is nearest on the way along edges, within the
    region first. Nothing depends on the order of the points.
    """
    points, owner = _distinct(xy, owner)
    triangles = _delaunay(points)
    middles = _middles(points, triangles)
    inside = np.zeros(len(triangles), dtype=bool)
    if len(triangles):
        shapely.prepare(region)
        inside = np.asarray(shapely.contains_xy(region, middles[:, 0], middles[:, 1]))
    for these in (triangles[inside], triangles):
        if (owner == FREE).any():
            owner = _grown(points, owner, edges(these))
    return Mesh(points, owner, triangles, inside)


def _middles(xy: Floats, triangles: Ints) -> Floats:
    """The middles (m, 2) of triangles."""
    one, two, three = triangles.T
    return np.asarray((xy[one] + xy[two] + xy[three]) / 3)


def edges(triangles: Ints) -> Ints:
    """(n, 2) edges of triangles, the lesser point first, each once, sorted."""
    if not len(triangles):
        return np.empty((0, 2), dtype=np.intp)
    pairs = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]])
    pairs.sort(axis=1)
    size = int(pairs.max()) + 1
    code = np.unique(pairs[:, 0].astype(np.int64) * size + pairs[:, 1])
    return np.stack(np.divmod(code, size), axis=1).astype(np.intp)


def borders(found: Mesh) -> Borders:
    """Which owners are neighbours within the region, and how long the border between them is."""
    triangles = found.triangles[found.inside]
    middle = _middles(found.xy, triangles)
    three = _owners_apart(found.owner[triangles]) == 3
    pairs, lengths = [np.empty((0, 2), dtype=np.intp)], [np.empty(0)]
    ends = [np.empty((0, 2), dtype=np.intp)]
    for a, b, c in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        one, other, third = (found.owner[triangles[:, corner]] for corner in (a, b, c))
        apart = one != other
        half = (found.xy[triangles[:, a]] + found.xy[triangles[:, b]]) / 2
        # With two owners the border runs to the middle of the other mixed edge: each of both edges counts half of it.
        lone = np.where(third == one, b, a)
        rows = np.arange(len(triangles))
        second = (found.xy[triangles[rows, lone]] + found.xy[triangles[:, c]]) / 2
        length = np.where(three, np.hypot(*(half - middle).T), np.hypot(*(half - second).T) / 2)
        pairs.append(np.sort(np.stack([one[apart], other[apart]], axis=1), axis=1))
        lengths.append(length[apart])
        ends.append(triangles[apart][:, [a, b]])
    pair, length, end = np.concatenate(pairs), np.concatenate(lengths), np.concatenate(ends)
    if not len(pair):
        nothing = np.empty(0, dtype=np.intp)
        return Borders(nothing, nothing, np.empty(0), found.xy[:0], found.xy[:0])
    size = int(pair.max()) + 1
    code, number = np.unique(pair[:, 0] * size + pair[:, 1], return_inverse=True)
    gap = np.hypot(*(found.xy[end[:, 0]] - found.xy[end[:, 1]]).T)
    order = np.lexsort((end.max(axis=1), end.min(axis=1), gap, number))
    nearest = order[np.flatnonzero(np.diff(number[order], prepend=-1))]
    one, other = np.divmod(code, size)
    return Borders(
        one.astype(np.intp), other.astype(np.intp), np.bincount(number, length, len(code)).astype(np.float64),
        found.xy[end[nearest, 0]], found.xy[end[nearest, 1]],
    )  # fmt: skip


def midway(found: Mesh, own: Floats, reach: Callable[[Floats, Ints], Floats]) -> tuple[Shapes, Shapes]:
    """LineStrings as far from one owner as from the next: within the region from junction to junction, and what goes on
    beyond it.

    `own` is how far each point of the mesh is from its owner; `reach` gives the distance from points (n, 2) to an owner
    each. In a strip between two owners the lines run in its middle, however the points stand; where three owners meet,
    they meet in the middle of the triangle.
    """
    pairs = edges(found.triangles)
    pairs = pairs[found.owner[pairs[:, 0]] != found.owner[pairs[:, 1]]]
    code = pairs[:, 0].astype(np.int64) * len(found.xy) + pairs[:, 1]
    place = _even(found, pairs, own, reach)
    return _lines(found, found.inside, code, place), _lines(found, ~found.inside, code, place)


def _even(found: Mesh, pairs: Ints, own: Floats, reach: Callable[[Floats, Ints], Floats]) -> Floats:
    """The point (n, 2) on each edge between two owners where both are about as far; of an edge from one to the other
    itself, that is its middle."""
    share = np.full(len(pairs), 0.5)
    across = np.flatnonzero((own[pairs] > 0).any(axis=1))
    one, other = pairs[across].T
    # How much nearer each end is to its own.
    first = np.maximum(reach(found.xy[one], found.owner[other]) - own[one], 0.0)
    last = np.maximum(reach(found.xy[other], found.owner[one]) - own[other], 0.0)
    whole = first + last
    share[across] = np.divide(first, whole, out=share[across], where=whole > 0)
    start, end = found.xy[pairs[:, 0]], found.xy[pairs[:, 1]]
    return start + (end - start) * np.clip(share, _NEAREST_END, 1 - _NEAREST_END)[:, None]


def _lines(found: Mesh, these: npt.NDArray[np.bool_], code: npt.NDArray[np.int64], place: Floats) -> Shapes:
    triangles = found.triangles[these]
    owner = found.owner[triangles]
    middle = _middles(found.xy, triangles)
    kinds = _owners_apart(owner)

    def on_edge(rows: npt.NDArray[np.bool_], one: int, other: int) -> Floats:
        low, high = np.sort(triangles[rows][:, [one, other]], axis=1).T
        return place[np.searchsorted(code, low.astype(np.int64) * len(found.xy) + high)]

    segments = [np.empty((0, 2, 2))]
    for a, b, c in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        # Of two owners, corner a is the one that stands alone.
        lone = (kinds == 2) & (owner[:, b] == owner[:, c])
        segments.append(np.stack([on_edge(lone, a, b), on_edge(lone, a, c)], axis=1))
        three = kinds == 3
        segments.append(np.stack([on_edge(three, a, b), middle[three]], axis=1))
    ends = np.concatenate(segments)
    ends = ends[(ends[:, 0] != ends[:, 1]).any(axis=1)]
    if not len(ends):
        return np.empty(0, dtype=object)
    lines = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(shapely.linestrings(ends))))
    return np.asarray(lines)


def _owners_apart(owner: Ints) -> Ints:
    """How many different owners each row of three has."""
    one, two, three = owner.T
    return 1 + (one != two).astype(np.intp) + ((three != one) & (three != two))


def _distinct(xy: Floats, owner: Ints) -> tuple[Floats, Ints]:
    """The points once, sorted, the free ones not where another stands."""
    number = np.ascontiguousarray(xy + 0.0).view(complex).ravel()
    order = np.lexsort((np.where(owner == FREE, np.iinfo(np.int64).max, owner), number))
    first = order[np.flatnonzero(np.r_[True, np.diff(number[order]) != 0])] if len(order) else order
    return np.ascontiguousarray(xy[first] + 0.0), owner[first]


def _delaunay(xy: Floats) -> Ints:
    """Triangles (m, 3) of sorted distinct points."""
    collection = shapely.delaunay_triangles(shapely.multipoints(xy))
    corners = shapely.get_coordinates(collection).reshape(-1, 4, 2)[:, :3]
    return places(xy, corners.reshape(-1, 2)).reshape(-1, 3)


def places(xy: Floats, of: Floats) -> Ints:
    """Where in the sorted points `xy` of a mesh the points `of` (n, 2) are."""
    wanted = np.ascontiguousarray(of + 0.0).view(complex).ravel()
    return np.searchsorted(xy.view(complex).ravel(), wanted).astype(np.intp)


def _grown(xy: Floats, owner: Ints, pairs: Ints) -> Ints:
    """Owners with the free points given to the nearest, along `pairs` (n, 2) of points."""
    if not len(pairs):
        return owner
    near = pairs[(owner[pairs] == FREE).any(axis=1)]
    length = np.hypot(*(xy[near[:, 0]] - xy[near[:, 1]]).T)
    one, other = np.concatenate([near, near[:, ::-1]]).T
    length = np.tile(length, 2)
    free = owner[other] == FREE
    one, other, length = one[free], other[free], length[free]
    order = np.argsort(other, kind="stable")
    one, other, length = one[order], other[order], length[order]
    starts = np.flatnonzero(np.diff(other, prepend=-1))
    distance = np.where(owner == FREE, np.inf, 0.0)
    owner = owner.copy()
    while True:
        reached = distance[one] + length
        best = np.minimum.reduceat(reached, starts)
        target = other[starts]
        better = best < distance[target]
        if not better.any():
            return owner
        least = np.repeat(best, np.diff(np.append(starts, len(other))))
        # Of equally near owners the least.
        candidate = np.where(reached == least, owner[one], np.iinfo(np.int64).max)
        nearest = np.minimum.reduceat(candidate, starts)
        distance[target[better]] = best[better]
        owner[target[better]] = nearest[better]
