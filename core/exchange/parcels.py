"""Parcels as lists of boundary points, and the land that these enclose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely
from shapely.errors import GEOSException

Ring = npt.NDArray[np.float64]

POLYGON, LINE, POINT = "polygon", "line", "point"


@dataclass
class Parcel:
    """One parcel as its file has it: texts, the points of its rings (east, north), and the line that it begins on.

    `rings`: closed, (n, 2) each; `names`: the points' names, a list a ring, one for every line; `decimals` of the
    coordinates. `declared_points` and `declared_area` (m²) are what the file says, None where it does not;
    `area_place` is the last place of that area in m². `more`: values beyond the printed rule. `opened`: how many rings
    do not repeat their first point; `short`: how many are no ring, for want of a third point.
    """

    line: int
    number: str = ""
    name: str = ""
    kind: str = POLYGON
    sheet: str = ""
    purpose: str = ""
    land_class: str = ""
    declared_points: int | None = None
    declared_area: float | None = None
    area_place: float = 1.0
    more: tuple[str, ...] = ()
    rings: list[Ring] = field(default_factory=list)
    names: list[list[str]] = field(default_factory=list)
    decimals: int = 0
    opened: int = 0
    short: int = 0

    @property
    def points(self) -> int:
        """How many points its lines hold."""
        return sum(map(len, self.names))

    def land(self) -> shapely.Geometry | None:
        """What its rings enclose, valid or not; None where that is nothing."""
        return enclosed(self.rings) if self.kind == POLYGON and self.rings else None


@dataclass
class CoordinateFile:
    """A file as it was understood.

    `header`: the keys of [属性描述] and other blocks; `epsg`: the system that header and coordinates name, 0 where they
    name none; `east_first`: its points give the easting first; `zone`: what the header says of the zone and what the
    coordinates do, where these differ; `garbled`: the first line that its encoding could not read, 0 for none.
    """

    header: dict[str, str]
    parcels: list[Parcel]
    encoding: str
    epsg: int = 0
    east_first: bool = False
    zone: tuple[str, str] | None = None
    garbled: int = 0


def enclosed(rings: Sequence[Ring]) -> shapely.Geometry:
    """The land within closed rings: one that lies within an odd number of others is a hole of the smallest of these.

    Their numbers are not asked: some writers count holes, some parts.
    """
    if len(rings) == 1:
        return shapely.Polygon(rings[0])
    shapes = np.array([shapely.Polygon(ring) for ring in rings], dtype=object)
    rank = np.empty(len(rings), dtype=np.int64)
    rank[np.argsort(-shapely.area(shapes), kind="stable")] = np.arange(len(rings))
    inner, outer = shapely.STRtree(shapes).query(_inside(shapes), predicate="intersects")
    larger = rank[outer] < rank[inner]
    inner, outer = inner[larger], outer[larger]
    hole = np.bincount(inner, minlength=len(rings)) % 2 == 1
    holes: dict[int, list[Ring]] = {int(place): [] for place in np.flatnonzero(~hole)}
    for place in np.flatnonzero(hole):
        around = outer[(inner == place) & ~hole[outer]]
        holes[int(around[np.argmax(rank[around])])].append(rings[place])
    parts = [shapely.Polygon(rings[place], several) for place, several in holes.items()]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _inside(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """A point within each; a corner where its border is such that GEOS finds none."""
    try:
        points = shapely.point_on_surface(shapes)
    except GEOSException:
        points = shapely.points([shape.exterior.coords[0] for shape in shapes])
    return np.asarray(points, dtype=object)
