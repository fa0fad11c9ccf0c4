"""The geometries of features as flat shapely shapes."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from osgeo import gdal, ogr
from qgis.core import (
    QgsAbstractGeometry,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsPolygon,
)

from redline.processing.wkb import MULTIPOLYGON_OF_ONE

Shapes = npt.NDArray[np.object_]

_MULTIPOLYGON = 6
# The standards' XY tolerance of 0.001 m (DOMAIN §3.6), and about as much in degrees.
_TOLERANCE_METRES, _TOLERANCE_DEGREES = 0.001, 1e-8
_FLAT_TYPES = np.arange(1, 8, dtype="<u4")
# The first nine bytes of WKB: the order of bytes, the type, and how many parts it has.
_WKB_HEAD = "S9"
_PATCHES = {ogr.wkbPolyhedralSurface, ogr.wkbTIN, ogr.wkbTriangle}


class ShapeReader:
    """Reads the geometries of features as flat shapely shapes; `straightened` counts the curves among them.

    Shapes that are the same byte for byte as one that another reader with the same `known` read are one object: a copy
    of a layer costs no memory.
    """

    def __init__(self, crs: QgsCoordinateReferenceSystem, known: dict[bytes, Any] | None = None) -> None:
        self._known = known
        self._tolerance = _TOLERANCE_DEGREES if crs.isGeographic() else _TOLERANCE_METRES
        self.straightened = 0

    def read(self, features: Sequence[QgsFeature]) -> Shapes:
        """Two-dimensional shapes without curves, None where a feature has no geometry or an empty one.

        A multipolygon of one part comes as a polygon, which takes less time with everything that follows. Rings that
        are open or too short for GEOS are closed, so that they can be looked at: they stay invalid.
        """
        wkb = np.empty(len(features), dtype=object)
        wkb[:] = [feature.geometry().asWkb().data() or None for feature in features]
        return self.of_wkb(wkb)

    def of_wkb(self, wkb: npt.NDArray[np.object_]) -> Shapes:
        """The same of WKB (bytes, None for none)."""
        there = np.flatnonzero(wkb != None)  # noqa: E711
        heads = wkb[there].astype(_WKB_HEAD)
        types = heads.view("u1").reshape(-1, 9)[:, 1:5].copy().view("<u4").ravel()
        flat = there[np.isin(types, _FLAT_TYPES)]
        shapes = np.full(len(wkb), None, dtype=object)
        plain = wkb.copy()
        alone = there[heads == MULTIPOLYGON_OF_ONE.rstrip(b"\0")]
        plain[alone] = [one[len(MULTIPOLYGON_OF_ONE) :] for one in wkb[alone]]
        shapes[flat] = self._flat(plain[flat])
        for place in there[shapely.is_missing(shapes[there])]:
            shapes[place] = _alone(self._flatten(wkb[place]))
        _drop_empty_rings(shapes)
        shapes[shapely.is_empty(shapes)] = None
        return shapes

    def _flat(self, wkb: npt.NDArray[np.object_]) -> Shapes:
        if self._known is None:
            shapes: Shapes = shapely.from_wkb(wkb, on_invalid="ignore")
            return shapes
        names = [hashlib.blake2b(one, digest_size=16).digest() for one in wkb]
        shapes = np.empty(len(wkb), dtype=object)
        shapes[:] = [self._known.get(name) for name in names]
        new = np.flatnonzero(shapes == None)  # noqa: E711
        shapes[new] = shapely.from_wkb(wkb[new], on_invalid="ignore")
        self._known.update((names[place], shapes[place]) for place in new)
        return shapes

    def _flatten(self, wkb: bytes) -> shapely.Geometry | None:
        geometry = QgsGeometry()
        geometry.fromWkb(_sound(wkb))
        given = geometry.constGet()
        if given is None:
            return None
        self.straightened += given.hasCurvedSegments()
        straight = given.segmentize(self._tolerance, QgsAbstractGeometry.SegmentationToleranceType.MaximumDifference)
        straight.dropZValue()
        straight.dropMValue()
        shape = shapely.from_wkb(straight.asWkb().data(), on_invalid="ignore")
        return _closed(QgsGeometry(straight)) if shape is None else shape


def _sound(wkb: bytes) -> bytes:
    """The same as GDAL gives it to QGIS, whose own reader does not survive damaged bytes: nothing for these; surfaces
    of patches, which QGIS does not know, as multipolygons."""
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        shape = ogr.CreateGeometryFromWkb(wkb)
        if shape is not None and ogr.GT_Flatten(shape.GetGeometryType()) in _PATCHES:
            shape = ogr.ForceToMultiPolygon(shape)
        return b"" if shape is None else bytes(shape.ExportToIsoWkb())
    except RuntimeError:
        return b""
    finally:
        gdal.PopErrorHandler()


def _alone(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    one = shapely.get_type_id(shape) == _MULTIPOLYGON and shapely.get_num_geometries(shape) == 1
    return shapely.get_geometry(shape, 0) if one else shape


def _drop_empty_rings(shapes: Shapes) -> None:
    """Take holes and parts without a point from polygons: GEOS holds them to be valid and fails at their centroids."""
    several = (shapely.get_type_id(shapes) == _MULTIPOLYGON) | (shapely.get_num_interior_rings(shapes) > 0)
    rows = np.flatnonzero(several & ~shapely.is_empty(shapes))
    parts, owner = shapely.get_parts(shapes[rows], return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    bare = shapely.is_empty(parts)
    bare[part[shapely.is_empty(rings)]] = True
    for place in np.unique(owner[bare]):
        full = [
            shapely.Polygon(one.exterior, [hole for hole in one.interiors if not hole.is_empty])
            for one in parts[owner == place]
            if not one.is_empty
        ]
        shapes[rows[place]] = _alone(shapely.MultiPolygon(full))


def _closed(geometry: QgsGeometry) -> shapely.Geometry | None:
    """A polygon with rings as GEOS wants them: closed, of four points or more. None for anything else."""
    polygons = []
    for part in geometry.constParts():
        if not isinstance(part, QgsPolygon) or part.exteriorRing() is None:
            return None
        outer, *holes = [
            _closed_ring([(point.x(), point.y()) for point in ring.points()])
            for ring in (part.exteriorRing(), *(part.interiorRing(i) for i in range(part.numInteriorRings())))
        ]
        # Holes in nothing are nothing.
        polygons.append(shapely.Polygon(outer, holes if outer else []))
    return shapely.MultiPolygon(polygons) if geometry.isMultipart() else polygons[0]


def _closed_ring(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    # No number equals itself if it is none, so that a ring with one there would never close.
    points = [tuple(math.inf if math.isnan(value) else value for value in point) for point in points]  # type: ignore[misc]
    return [*points, *[points[0]] * max(points[0] != points[-1], 4 - len(points))] if points else points
