"""Spoiling the shape of a plot: pushed over a border, crossing itself, moved, drawn in, parted, all but lost."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

_LEAST_EDGE = 22.0  # metres


def within(points: np.ndarray, areas: Sequence[BaseGeometry]) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of points and of the areas that they lie in, in this order. A large area is looked at once, not for
    every point."""
    area, point = shapely.STRtree(points).query(areas, predicate="contains")
    order = np.lexsort((area, point))
    return point[order], area[order]


def pushed_over(shape: Polygon, unit: Polygon, depth: float, width: float = 1.0) -> Polygon | None:
    """The shape with a triangle over the border of its unit or a neighbour, on the longest edge that lies there.

    Args:
        shape: a plot that shares an edge with the border.
        unit: the unit it lies in, or the plot beside it.
        depth: how far the tip of the triangle lies outside, metres.
        width: base of the triangle as a share of the edge.

    Returns:
        The new shape; None where there is no such edge.
    """
    ring, lengths = _on_border(shape, unit)
    i = int(np.argmax(lengths))
    if lengths[i] < _LEAST_EDGE:
        return None
    a, b = ring[i], ring[i + 1]
    along = (b - a) / lengths[i]
    middle, half = (a + b) / 2, width * lengths[i] / 2
    tip = [middle + np.array((along[1], -along[0])) * depth]
    if width < 1:
        tip = [middle - along * half, *tip, middle + along * half]
    pushed = Polygon(np.round(np.vstack([ring[: i + 1], tip, ring[i + 1 :]]), 3), [r.coords for r in shape.interiors])
    return pushed if pushed.is_valid else None


def longest_edge(shape: Polygon, unit: Polygon) -> float:
    """Length of the longest edge of a shape on the border of a unit, or 0 where `pushed_over` takes none."""
    longest = float(_on_border(shape, unit)[1].max())
    return longest if longest >= _LEAST_EDGE else 0.0


def _on_border(shape: Polygon, unit: Polygon) -> tuple[np.ndarray, np.ndarray]:
    """The outline of a shape, and the length of each of its edges that lies on the border of a unit, 0 of others."""
    ring = np.array(orient(shape).exterior.coords)
    lengths = np.hypot(*np.diff(ring, axis=0).T)
    trio = np.concatenate([ring[:-1], ring[1:], (ring[:-1] + ring[1:]) / 2])
    with np.errstate(invalid="ignore"):  # GEOS raises the flag for points on the line
        away = shapely.distance(unit.exterior, shapely.points(trio)).reshape(3, -1)
    lengths[~(away < 0.002).all(axis=0)] = 0
    return ring, lengths


def bow_tie(shape: Polygon) -> Polygon | None:
    """The shape with two neighbouring vertices exchanged, so that its border crosses itself; None where none does."""
    ring = np.array(shape.exterior.coords)
    for i in range(1, 0 if shape.interiors else len(ring) - 2):
        swapped = ring.copy()
        swapped[[i, i + 1]] = swapped[[i + 1, i]]
        tied = Polygon(swapped)
        if not tied.is_valid and math.dist(ring[i], ring[i + 1]) > 15 and abs(tied.area - shape.area) > 50:
            return tied
    return None


def moved(shape: Polygon, dx: float, dy: float) -> Polygon:
    """The shape moved by some metres."""
    return shapely.transform(shape, lambda xy: np.round(xy + np.array((dx, dy)), 3))


def drawn_in(shape: Polygon, factor: float) -> Polygon:
    """The shape shortened along its longer side."""
    corners = np.array(shape.minimum_rotated_rectangle.exterior.coords)
    along = _along(shape)
    start = min(corners @ along)
    return shapely.transform(shape, lambda xy: np.round(xy - np.outer((xy @ along - start) * (1 - factor), along), 3))


def parted(shape: Polygon, width: float) -> Polygon | MultiPolygon:
    """The shape without a strip of some metres across its middle."""
    middle, along = np.array(shape.point_on_surface().coords[0]), _along(shape)
    across = np.array((-along[1], along[0])) * shape.length
    ditch = _strip(middle - across, middle + across, width)
    return shapely.transform(shape.difference(ditch), lambda xy: np.round(xy, 3))


def strip(shape: Polygon, length: float, width: float) -> Polygon:
    """A strip of some metres along the middle of the shape."""
    middle, along = np.array(shape.point_on_surface().coords[0]), _along(shape)
    return _strip(middle - along * length / 2, middle + along * length / 2, width)


def _along(shape: Polygon) -> np.ndarray:
    """Direction of the longer side."""
    corners = np.array(shape.minimum_rotated_rectangle.exterior.coords)
    sides = np.diff(corners[:3], axis=0)
    longer = sides[np.argmax(np.hypot(*sides.T))]
    return longer / np.hypot(*longer)


def _strip(start: np.ndarray, end: np.ndarray, width: float) -> Polygon:
    along = (end - start) / math.dist(start, end)
    half = np.array((-along[1], along[0])) * width / 2
    return Polygon(np.round([start - half, end - half, end + half, start + half], 3))
