"""How a shape can leave others: the least shift after which it shares no land with them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import shapely

from redline.core.progress import Progress

# A circle is looked at in so many directions, then between the best and its neighbours in as many again.
_DIRECTIONS = 72
_FINE = 20
_PRECISION = 0.1
_SHARED = 1e-6


class Shift(NamedTuple):
    """A shift in metres: eastwards, northwards, and how far that is."""

    east: float
    north: float
    distance: float


def least_shift(
    shape: shapely.Geometry, obstacles: np.ndarray, most: float, progress: Progress | None = None
) -> Shift | None:
    """The least shift of `shape` that clears all `obstacles` (object array of valid polygons), None beyond `most` m.

    Looked for on growing circles, in every fifth of a degree around the best direction; the distance is the least to
    0.1 m in the direction given, which clears: the shifted shape shares no land with any obstacle.
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
            return _refined(shape, whole, angles[free], radius, step, most)
        radius += step
    return None


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
    shape: shapely.Geometry, whole: shapely.Geometry, angles: np.ndarray, radius: float, step: float, most: float
) -> Shift | None:
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
    if far[best] > most:
        return None
    east, north = _vectors(tried[best : best + 1], far[best])[0]
    return Shift(float(east), float(north), float(far[best]))
