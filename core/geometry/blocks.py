"""Shapes in blocks of extent: what lies together is worked on together, and memory holds one block's work at a time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

Rows = npt.NDArray[np.int64]

# What is cut out of shapes may lie beyond them by rounding.
_MARGIN = 1e-6


def by_extent(shapes: npt.NDArray[np.object_], most: int) -> list[Rows]:
    """Rows of the shapes in blocks of at most `most` that lie together, ascending in each; without None and empty ones.

    The land is parted into strips from west to east with as many shapes each, these from south to north into blocks.
    """
    boxes = shapely.bounds(shapes)
    rows = np.flatnonzero(np.isfinite(boxes).all(axis=1))
    if len(rows) <= most:
        return [rows] if len(rows) else []
    middle = boxes[:, :2] + boxes[:, 2:]
    strips = np.array_split(rows[np.argsort(middle[rows, 0], kind="stable")], int(np.ceil(np.sqrt(len(rows) / most))))
    blocks: list[Rows] = []
    for strip in strips:
        upwards = strip[np.argsort(middle[strip, 1], kind="stable")]
        blocks += [np.sort(block) for block in np.array_split(upwards, int(np.ceil(len(strip) / most)))]
    return blocks


def around(shapes: npt.NDArray[np.object_], boxes: npt.NDArray[np.float64]) -> Rows:
    """Rows of the `boxes` (n, 4: xmin, ymin, xmax, ymax) that meet the extent of the shapes, ascending."""
    if not len(shapes):
        return np.empty(0, dtype=np.int64)
    xmin, ymin, xmax, ymax = shapely.total_bounds(shapes) + np.array([-_MARGIN, -_MARGIN, _MARGIN, _MARGIN])
    with np.errstate(invalid="ignore"):
        west_south = (boxes[:, 0] <= xmax) & (boxes[:, 1] <= ymax)
        return np.flatnonzero(west_south & (boxes[:, 2] >= xmin) & (boxes[:, 3] >= ymin))
