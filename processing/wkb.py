"""What the bytes of a shape (WKB) tell before the shape is made, which takes several times as long."""

from __future__ import annotations

import struct

import numpy as np
import numpy.typing as npt

MULTIPOLYGON_OF_ONE = struct.pack("<BII", 1, 6, 1)
"""How the bytes of a flat multipolygon of one part begin; those of the part, a polygon, follow."""

_POLYGON = struct.pack("<BI", 1, 3)
# The numbers of rings and of the outer ring's vertices stand between a polygon's head and its vertices.
_COUNTS, _VERTEX = 8, 16
_HEAD = len(MULTIPOLYGON_OF_ONE) + len(_POLYGON) + _COUNTS


def boxes(wkb: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """The box (n, 4: xmin, ymin, xmax, ymax) of every flat polygon, or multipolygon of one, in WKB (bytes) of the usual
    order; NaN for all else: None, what has no vertices, heights, several parts, or is of another kind."""
    found = np.full((len(wkb), 4), np.nan)
    heads = np.array([b"" if one is None else one[:_HEAD] for one in wkb], dtype=f"S{_HEAD}")
    letters = heads.view("u1").reshape(len(wkb), _HEAD)
    for before in (MULTIPOLYGON_OF_ONE + _POLYGON, _POLYGON):
        start = len(before) + _COUNTS
        rows = np.flatnonzero((letters[:, : len(before)] == np.frombuffer(before, dtype="u1")).all(axis=1))
        rings, vertices = letters[rows, len(before) : start].copy().view("<u4").astype(np.int64).T
        ends = start + vertices * _VERTEX
        whole = (rings > 0) & (vertices > 0) & (ends <= np.array([len(one) for one in wkb[rows]], dtype=np.int64))
        rows, vertices, ends = rows[whole], vertices[whole], ends[whole]
        if len(rows):
            outer = b"".join([one[start:end] for one, end in zip(wkb[rows], ends.tolist())])
            found[rows] = _extents(np.frombuffer(outer, dtype="<f8").reshape(-1, 2), np.cumsum(vertices) - vertices)
    return found


def _extents(xy: npt.NDArray[np.float64], first: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """The boxes of the vertices from each `first` one to before the next."""
    low = [np.minimum.reduceat(values, first) for values in xy.T]
    high = [np.maximum.reduceat(values, first) for values in xy.T]
    return np.column_stack([*low, *high])
