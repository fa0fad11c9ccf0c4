"""What part of a county is asked for: findings beyond it are not told, and those of earlier runs there stay.

An audit always looks at all plots: sums of units, overlaps and double numbers need the neighbours.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core.frames import Frame, labels

Mask = npt.NDArray[np.bool_]


@dataclass
class Scope:
    """`units` are codes, those below them included; `area` is a shape in the CRS of the run. With `selected`, only what
    `select` was told of is asked for. What is not set asks for everything."""

    units: Sequence[str] = ()
    area: shapely.Geometry | None = None
    selected: bool = False
    _keys: set[str] = field(default_factory=set)
    _shapes: list[npt.NDArray[np.object_]] = field(default_factory=list)
    _inside: set[str] = field(default_factory=set)

    @property
    def whole(self) -> bool:
        """Is everything asked for?"""
        return not (self.units or self.selected or self.area is not None)

    def look_at(self, frame: Frame, selected: Mask | None = None) -> None:
        """Learn which rows of a source lie in the area, and which are selected (bool, one a row; None for none)."""
        named = labels(frame) if self.selected or self.area is not None else None
        if named is None or "geometry" not in frame.rows:
            return
        shapes = frame.rows["geometry"].to_numpy(dtype=object)
        if self.area is not None:
            self._inside.update(named[_meets(shapes, self.area)])
        if self.selected and selected is not None and selected.any():
            self._keys.update(named[selected])
            self._shapes.append(shapes[selected])

    def holds(self, findings: pd.DataFrame) -> Mask:
        """Which findings are asked for (bool, one a row): those of whole sources always, those without a place by
        their key."""
        if self.whole:
            return np.ones(len(findings), dtype=bool)
        keys, related = findings["key"].fillna(""), findings["related"].fillna("").str.replace(r"#\d+$", "", regex=True)
        shapes = findings["geometry"].to_numpy(dtype=object)
        placed = ~shapely.is_missing(shapes)
        asked = np.ones(len(findings), dtype=bool)
        if self.units:
            starts = tuple(unit.rstrip("0") if len(unit) > 12 else unit for unit in self.units)
            asked &= findings["unit"].fillna("").str.startswith(starts).to_numpy(dtype=bool)
        if self.area is not None:
            asked &= np.where(placed, _meets(shapes, self.area), _among(keys, related, self._inside))
        if self.selected:
            near = np.zeros(len(findings), dtype=bool)
            if self._shapes and placed.any():
                tree = shapely.STRtree(np.concatenate(self._shapes))
                hit = tree.query(shapes[placed], predicate="intersects")[0]
                near[np.flatnonzero(placed)[np.unique(hit)]] = True
            asked &= _among(keys, related, self._keys) | (near & (keys == "").to_numpy())
        return asked | ((keys == "").to_numpy() & ~placed & (findings["unit"].fillna("") == "").to_numpy())


def _meets(shapes: npt.NDArray[np.object_], area: shapely.Geometry) -> Mask:
    """Which shapes meet the area; of those that GEOS cannot look at, whose box does."""
    meets = ~shapely.is_missing(shapes)
    there = shapes[meets]
    shapely.prepare(area)
    valid = shapely.is_valid(there)
    there[~valid] = shapely.box(*shapely.bounds(there[~valid]).T)
    meets[meets] = shapely.intersects(area, there)
    return meets


def _among(keys: pd.Series, related: pd.Series, wanted: Collection[str]) -> Mask:
    return (keys.isin(wanted) | (related.isin(wanted) & (related != ""))).to_numpy(dtype=bool)
