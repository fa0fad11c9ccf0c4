"""Edges that two polygons of a layer share, found without looking at any pair of polygons.

An edge that is seen exactly twice, with land on either side of it, is shared cleanly: two polygons meet there and
nothing is wrong. Only the other edges can bound an overlap, a gap or the layer itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely

from redline.core.geometry.rings import Rings, rings

_FACTORS = tuple(np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93))
_SHIFT = np.uint64(32)
_RUN = 8


class Edges(NamedTuple):
    """Edges of polygons, from the vertex `xy[place]` to the next; `owner`, int64, is the position of the polygon."""

    xy: np.ndarray
    place: np.ndarray
    owner: np.ndarray


class Shared(NamedTuple):
    """Edges that two polygons share, from `start` to `end` (n, 2 each); `left`, `right`, int64, are the positions of
    the polygons."""

    left: np.ndarray
    right: np.ndarray
    start: np.ndarray
    end: np.ndarray


def shared(shapes: np.ndarray) -> Shared:
    """The edges that two of `shapes` (valid polygons and multipolygons, none empty) share to the last bit, in the order
    of their places; those of three or more are left out."""
    found, place, ends, _ = _oriented(shapes)
    order, twice = _seen_twice(_keys(ends))
    one, other = order[twice], order[twice + 1]
    same = (ends[one] == ends[other]).all(axis=1)
    one, other = one[same], other[same]
    owner = np.repeat(found.features, found.sizes)
    left, right = owner[place[one]], owner[place[other]]
    kept = np.flatnonzero(left != right)
    kept = kept[np.argsort(one[kept], kind="stable")]
    at = ends[one[kept]]
    return Shared(left[kept], right[kept], at[:, :2], at[:, 2:])


def unshared(shapes: np.ndarray) -> Edges:
    """The edges of `shapes` (valid polygons and multipolygons, none empty) that are not shared cleanly, ring by ring.

    Coordinates are compared to the last bit: a border that is off by the least amount is not shared.
    """
    found, place, ends, left = _oriented(shapes)
    alone = ~_twins(ends, left)
    place = place[alone]
    return Edges(found.xy, place, np.repeat(found.features, found.sizes)[place])


def chains(edges: Edges) -> np.ndarray:
    """The edges as LineStrings, object array: those behind one another in a ring make one line."""
    if not len(edges.place):
        return np.empty(0, dtype=object)
    begins = np.diff(edges.place, prepend=edges.place[0] - 2) != 1
    line = np.cumsum(begins) - 1
    ends = np.append(edges.place[np.flatnonzero(begins)[1:] - 1], edges.place[-1]) + 1
    vertex, of_line = np.concatenate([edges.place, ends]), np.concatenate([line, np.arange(len(ends))])
    order = np.argsort(of_line, kind="stable")
    return np.asarray(shapely.linestrings(edges.xy[vertex[order]], indices=of_line[order]))


def boxes(edges: Edges) -> tuple[np.ndarray, np.ndarray]:
    """Boxes (n, 4: xmin, ymin, xmax, ymax) of short runs of edges along a ring, and the owner of each."""
    count = np.arange(len(edges.place))
    begins = np.diff(edges.place, prepend=-2) != 1
    # A run that goes on is cut every so many edges, counted from where it begins.
    begins |= (count - np.maximum.accumulate(np.where(begins, count, 0))) % _RUN == 0
    first = np.flatnonzero(begins)
    if not len(first):
        return np.empty((0, 4)), edges.owner
    start, end = edges.xy[edges.place], edges.xy[edges.place + 1]
    low = np.minimum.reduceat(np.minimum(start, end), first)
    high = np.maximum.reduceat(np.maximum(start, end), first)
    return np.hstack([low, high]), edges.owner[first]


def blocks(shapes: np.ndarray, vertices: int) -> list[np.ndarray]:
    """Rows of `shapes` (none empty) in compact groups of at most about `vertices` vertices, each sorted.

    The extent is halved along its longer side, with half the vertices on either side, until all is small enough.
    """
    box, weight = shapely.bounds(shapes), shapely.get_num_coordinates(shapes)
    centre = box[:, :2] + box[:, 2:]
    found, left = [], [np.arange(len(shapes))] if len(shapes) else []
    while left:
        rows = left.pop()
        if weight[rows].sum() <= vertices or len(rows) < 2:
            found.append(np.sort(rows))
            continue
        along = centre[rows, np.ptp(centre[rows], axis=0).argmax()]
        rows = rows[np.argsort(along, kind="stable")]
        total = np.cumsum(weight[rows])
        half = min(max(int(np.searchsorted(total, total[-1] / 2)), 1), len(rows) - 1)
        left += [rows[half:], rows[:half]]
    return found


def _oriented(shapes: np.ndarray) -> tuple[Rings, np.ndarray, np.ndarray, np.ndarray]:
    """The rings of polygons; where in them edges begin; both ends of each (n, 4), from the lesser to the greater; does
    the land lie on the left on that way?"""
    found = rings(shapes)
    found = found._replace(xy=found.xy + 0.0)  # one zero only: -0.0 has other bits
    x, y = np.ascontiguousarray(found.xy[:, 0]), np.ascontiguousarray(found.xy[:, 1])
    rising = (x[:-1] < x[1:]) | ((x[:-1] == x[1:]) & (y[:-1] < y[1:]))
    real = (x[:-1] != x[1:]) | (y[:-1] != y[1:])
    real[np.cumsum(found.sizes)[:-1] - 1] = False
    place = np.flatnonzero(real)
    rising = rising[place]
    # Whichever way the ring turns.
    left = rising == np.repeat(_land_on_left(x, y, found), found.sizes)[place]
    low, high = np.where(rising, place, place + 1), np.where(rising, place + 1, place)
    return found, place, np.column_stack([x[low], y[low], x[high], y[high]]), left


def _land_on_left(x: np.ndarray, y: np.ndarray, found: Rings) -> np.ndarray:
    """For each ring, walked as it is written: does the polygon's land lie on the left?"""
    first = np.cumsum(found.sizes) - found.sizes
    x, y = x - np.repeat(x[first], found.sizes), y - np.repeat(y[first], found.sizes)
    # Twice the signed areas of the triangles over the ring's first vertex; those across two rings are nothing.
    triangles = np.append(x[:-1] * y[1:] - x[1:] * y[:-1], 0.0)
    triangles[first[1:] - 1] = 0.0
    return (np.add.reduceat(triangles, first) > 0) == (found.signs > 0)


def _twins(ends: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Mask of the edges, given by their two `ends` (n, 4), seen exactly twice with land `left` once and right once."""
    order, twice = _seen_twice(_keys(ends))
    one, other = order[twice], order[twice + 1]
    # Two edges may have one key by chance: then both are taken for unshared, which costs time and no overlap.
    clean = (left[one] != left[other]) & (ends[one] == ends[other]).all(axis=1)
    twin = np.zeros(len(ends), dtype=bool)
    twin[one[clean]] = twin[other[clean]] = True
    return twin


def _keys(ends: np.ndarray) -> np.ndarray:
    """A number for each edge (n, 4), the same for the same edge."""
    key = np.zeros(len(ends), dtype=np.uint64)
    for column, factor in zip(ends.T, _FACTORS):
        key ^= column.view(np.uint64) if column.flags.c_contiguous else np.ascontiguousarray(column).view(np.uint64)
        key *= factor
        key ^= key >> _SHIFT
    return key


def _seen_twice(key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The order of the keys, and where in it a key begins that is there exactly twice."""
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=~key[order[:1]]))
    return order, starts[np.diff(starts, append=len(order)) == 2]
