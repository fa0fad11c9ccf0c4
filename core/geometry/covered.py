"""Which shapes lie wholly on the polygons of a layer, or wholly beside them, told without laying any on another.

Where no edge runs but those that two polygons share, land on either side, the land is all covered or all bare.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from redline.core.geometry.blocks import by_extent
from redline.core.geometry.edges import Edges, unshared
from redline.core.geometry.workers import in_order
from redline.core.progress import Progress

Shapes = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

_TOGETHER = 256
# More pairs of a box and an edge than this, as on land that is one shape, are not held in memory: a tree finds them.
_MOST = 1_000_000


def covered(
    shapes: Shapes, plots: Shapes, *, progress: Progress | None = None, threads: int = 0
) -> tuple[Mask, Mask]:  # fmt: skip
    """Masks of the shapes that lie wholly on the union of the plots, and of those that share no land with it; in
    neither are shapes near an edge of that union or of an overlap, null and empty ones.

    `shapes`: object (n,), polygons; `plots`: object (m,), valid polygons and multipolygons, or None.
    """
    on, beside = np.zeros(len(shapes), dtype=bool), np.zeros(len(shapes), dtype=bool)
    tree, boxes = shapely.STRtree(plots), shapely.bounds(shapes)

    def work(rows: Rows) -> tuple[Mask, Mask]:
        # An edge within the box of a shape is one of plots that meet the box: all of these are here.
        shape, plot = tree.query(shapely.box(*boxes[rows].T))
        near, plot = np.unique(plot, return_inverse=True)
        # Copies: other threads ask the same plots.
        own = shapely.force_2d(plots[near])
        shapely.prepare(own)
        here = np.zeros(len(rows), dtype=bool)
        here[shape[shapely.intersects_xy(own[plot], *boxes[rows[shape], :2].T)]] = True
        open_ = _met(boxes[rows], shape, plot, unshared(own), len(near))
        return here & ~open_, ~here & ~open_

    blocks = by_extent(shapes, _TOGETHER)
    for rows, (covers, bare) in zip(blocks, in_order(work, blocks, progress, threads)):
        on[rows], beside[rows] = covers, bare
    return on, beside


def _met(boxes: npt.NDArray[np.float64], box: Rows, plot: Rows, edges: Edges, plots: int) -> Mask:
    """Mask of the boxes that meet an edge of a plot, of the pairs (box, plot) given."""
    ends = edges.xy[edges.place], edges.xy[edges.place + 1]
    low, high = np.minimum(*ends), np.maximum(*ends)
    count = np.bincount(edges.owner, minlength=plots)
    first = np.cumsum(count) - count
    many = count[plot]
    if many.sum() > _MOST:
        tree = shapely.STRtree(shapely.box(*low.T, *high.T))
        return np.isin(np.arange(len(boxes)), tree.query(shapely.box(*boxes.T))[0])
    of = np.repeat(box, many)
    edge = np.arange(len(of)) - np.repeat(np.cumsum(many) - many - first[plot], many)
    meets = (low[edge] <= boxes[of, 2:]).all(axis=1) & (high[edge] >= boxes[of, :2]).all(axis=1)
    return np.bincount(of[meets], minlength=len(boxes)) > 0
