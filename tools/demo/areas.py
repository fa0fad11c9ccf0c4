"""True ellipsoidal areas by geodesics (GeographicLib through pyproj): independent of the plugin's own series."""

from __future__ import annotations

import warnings

import numpy as np
import shapely
from osgeo import osr
from shapely.geometry import MultiPolygon, Polygon

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pyproj does not find its database in a virtual environment; none is needed here
    from pyproj import Geod

EPSG = 4525
_STEP = 8.0
_CGCS2000 = Geod(a=6378137, rf=298.257222101)

osr.UseExceptions()


def transformation(source: int, target: int) -> osr.CoordinateTransformation:
    """Coordinates from one EPSG code to another, always in the order east, north."""
    systems = []
    for code in (source, target):
        system = osr.SpatialReference()
        system.ImportFromEPSG(code)
        system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
        systems.append(system)
    return osr.CoordinateTransformation(*systems)


_TO_DEGREES = transformation(EPSG, 4490)


def cents(shape: Polygon | MultiPolygon) -> int:
    """Ellipsoidal area of a shape in EPSG:4525, in hundredths of a square metre.

    Edges of the plane are followed in steps of a few metres: the geodesic between far vertices is another line.
    """
    polygons = list(shapely.get_parts(shape))
    outer = sum(_ring(polygon.exterior) for polygon in polygons)
    holes = sum(_ring(hole) for polygon in polygons for hole in polygon.interiors)
    return int((outer - holes) * 100 + 0.5)


def _ring(ring: shapely.LinearRing) -> float:
    xy = np.array(shapely.segmentize(ring, _STEP).coords)[:-1]
    lon, lat, *_ = np.array(_TO_DEGREES.TransformPoints(xy)).T
    return abs(_CGCS2000.polygon_area_perimeter(lon, lat)[0])
