"""Which features of a large layer may meet the shapes of a small one: told by their boxes, before they are read."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

_MARGIN = 1e-6


class Nearby:
    """The boxes of some shapes, each grown by `margin` in the units of their system; None and empty ones have none."""

    def __init__(self, shapes: npt.NDArray[np.object_], margin: float = 0.0) -> None:
        boxes = shapely.bounds(shapes)
        boxes = boxes[np.isfinite(boxes).all(axis=1)]
        grown = boxes + np.array([-1.0, -1.0, 1.0, 1.0]) * (margin + _MARGIN)
        self._tree = shapely.STRtree(shapely.box(*grown.T))

    def meets(self, boxes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Mask of the boxes (n, 4: xmin, ymin, xmax, ymax) that meet one; one that is not finite is held to meet."""
        known = np.isfinite(boxes).all(axis=1)
        mask = ~known
        rows = np.flatnonzero(known)
        mask[rows[np.unique(self._tree.query(shapely.box(*boxes[rows].T))[0])]] = True
        return mask
