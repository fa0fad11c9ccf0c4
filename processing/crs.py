"""What a layer's coordinate system means to the rules of areas, and how its shapes come into another."""

from __future__ import annotations

import struct
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import shapely
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsProcessingContext,
)

from redline.core.geometry.crs import LONLAT, Crs
from redline.processing.shapes import Shapes


def crs_of(crs: QgsCoordinateReferenceSystem, context: QgsProcessingContext) -> Crs | None:
    """What a QGIS CRS means to the area rule; None for none."""
    if not crs.isValid():
        return None
    authority, _, code = crs.authid().partition(":")
    found = Crs.from_epsg(int(code)) if authority == "EPSG" and code.isdigit() else Crs("")
    if found.kind == "other":
        found = Crs.from_proj(crs.toProj(), crs.authid() if authority == "EPSG" else crs.description())
    if found.kind != "other":
        return found
    to_lonlat = transform(crs, QgsCoordinateReferenceSystem(LONLAT[found.ellipsoid]), context)
    return replace(found, to_lonlat=lambda xy: moved_points(xy, to_lonlat)) if to_lonlat else found


def transform(
    own: QgsCoordinateReferenceSystem, target: QgsCoordinateReferenceSystem, context: QgsProcessingContext
) -> QgsCoordinateTransform | None:
    """The way from one CRS to the other, None where there is nothing to do (or one is not known)."""
    if own == target or not own.isValid() or not target.isValid():
        return None
    return QgsCoordinateTransform(own, target, context.transformContext())


def moved(shapes: Shapes, to: QgsCoordinateTransform) -> Shapes:
    """The shapes in another CRS; None for a shape that cannot be there."""
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    try:
        there = moved_points(xy, to)
    except QgsCsException:
        there = np.concatenate([xy[:0], *(_moved_or_lost(xy[owner == place], to) for place in np.unique(owner))])
    result = shapely.set_coordinates(shapes.copy(), there)
    lost = np.isfinite(xy).all(axis=1) & ~np.isfinite(there).all(axis=1)
    result[np.unique(owner[lost])] = None
    return result


def _moved_or_lost(xy: npt.NDArray[np.float64], to: QgsCoordinateTransform) -> npt.NDArray[np.float64]:
    try:
        return moved_points(xy, to)
    except QgsCsException:
        return np.full_like(xy, np.inf)


def moved_points(xy: npt.NDArray[np.float64], to: QgsCoordinateTransform) -> npt.NDArray[np.float64]:
    """Points (n, 2) in another CRS, x or longitude first, by one call into QGIS. Raises QgsCsException."""
    line = QgsGeometry()
    line.fromWkb(struct.pack("<BII", 1, 2, len(xy)) + np.ascontiguousarray(xy, dtype="<f8").tobytes())
    line.transform(to)
    return np.frombuffer(line.asWkb().data(), dtype="<f8", offset=9).reshape(-1, 2).astype(float)
