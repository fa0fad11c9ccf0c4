"""The rings of polygons as flat arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely

_MULTIPOLYGON = 6


class Rings(NamedTuple):
    """Rings behind one another: vertices, vertices a ring, the ring's feature, 1 for outer rings and -1 for holes."""

    xy: np.ndarray
    sizes: np.ndarray
    features: np.ndarray
    signs: np.ndarray


def rings(shapes: np.ndarray) -> Rings:
    """The rings of polygons and multipolygons; only those with holes or parts are taken apart."""
    xy = shapely.get_coordinates(shapes)
    sizes = shapely.get_num_coordinates(shapes)
    nested = (shapely.get_type_id(shapes) == _MULTIPOLYGON) | (shapely.get_num_interior_rings(shapes) > 0)
    if not nested.any():
        return Rings(xy, sizes, np.arange(len(shapes)), np.ones(len(shapes)))
    parts, feature_of_part = shapely.get_parts(shapes[nested], return_index=True)
    found, part_of_ring = shapely.get_rings(parts, return_index=True)
    count = np.ones(len(shapes), dtype=np.intp)
    count[nested] = np.bincount(feature_of_part[part_of_ring], minlength=int(nested.sum()))
    features = np.repeat(np.arange(len(shapes)), count)
    of_nested = nested[features]
    ring_sizes, signs = np.empty(len(features), dtype=np.intp), np.ones(len(features))
    ring_sizes[~of_nested] = sizes[~nested]
    ring_sizes[of_nested] = shapely.get_num_coordinates(found)
    signs[of_nested] = np.where(np.diff(part_of_ring, prepend=-1) > 0, 1.0, -1.0)
    filled = ring_sizes > 0
    return Rings(xy, ring_sizes[filled], features[filled], signs[filled])
