"""Shapes made of bytes that no drawing program writes, and that files have all the same."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import shapely
from osgeo import ogr
from qgis.core import QgsCoordinateReferenceSystem

from redline.processing.shapes import ShapeReader

Ring = Sequence[tuple[float, float]]

SQUARE = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0)]
HOLE = [(1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 1.0)]


def polygon(*rings: Ring) -> bytes:
    points = [struct.pack("<I", len(ring)) + b"".join(struct.pack("<dd", *one) for one in ring) for ring in rings]
    return struct.pack("<BII", 1, 3, len(rings)) + b"".join(points)


def several(*parts: bytes) -> bytes:
    return struct.pack("<BII", 1, 6, len(parts)) + b"".join(parts)


@pytest.mark.parametrize(
    ("wkb", "area"),
    [
        (polygon(SQUARE, []), 16.0), (several(polygon(SQUARE, [], HOLE)), 15.5), (polygon([], SQUARE), None),
        (several(polygon([], SQUARE), polygon(SQUARE, [])), 16.0), (several(polygon(), polygon(SQUARE)), 16.0),
        (several(polygon([], HOLE)), None), (several(polygon(), polygon([])), None),
    ],
    ids=range(7),
)  # fmt: skip
def test_rings_without_a_point_are_nothing(qgis_app: Any, wkb: bytes, area: float | None) -> None:
    """GEOS holds a polygon with an empty hole to be valid and fails at its centroid."""
    column = np.empty(3, dtype=object)
    column[:] = [polygon(SQUARE, HOLE), wkb, None]
    whole, shape, missing = ShapeReader(QgsCoordinateReferenceSystem("EPSG:4549")).of_wkb(column)
    assert (whole.area, missing) == (15.5, None)
    assert area == (None if shape is None else shape.area)
    assert shape is None or shapely.is_valid(shape)
    assert shape is None or shapely.centroid(shape).within(shapely.box(0, 0, 4, 4))


def read(wkb: bytes) -> Any:
    column = np.empty(1, dtype=object)
    column[0] = wkb
    return ShapeReader(QgsCoordinateReferenceSystem("EPSG:4549")).of_wkb(column)[0]


@pytest.mark.parametrize(
    "wkb",
    [
        b"\x01", b"\x01\x03", b"nonsense" * 20, polygon(SQUARE)[:-9], several(polygon(SQUARE))[:-9],
        struct.pack("<BII", 1, 6, 4_000_000_000) + polygon(SQUARE),
        struct.pack("<BII", 1, 3, 4_000_000_000) + bytes(64),
        struct.pack("<BIIBIII", 1, 6, 1, 1, 3, 1, 4_000_000_000) + bytes(64),
        struct.pack("<BII", 1, 1003, 4_000_000_000) + bytes(64),
        struct.pack("<BIIBIII", 1, 1006, 1, 1, 1003, 1, 4_000_000_000) + bytes(64),
        struct.pack("<BII", 1, 10, 7) + bytes(30), struct.pack("<BII", 1, 12, 4_000_000_000),
        struct.pack("<BII", 1, 7, 4_000_000_000) + bytes(64), struct.pack("<BI", 1, 99) + bytes(64),
    ],
    ids=range(14),
)  # fmt: skip
def test_damaged_bytes_are_no_shape(qgis_app: Any, wkb: bytes) -> None:
    assert read(wkb) is None


@pytest.mark.parametrize("kind", ["POLYHEDRALSURFACE", "TIN", "POLYHEDRALSURFACE Z", "TIN Z"])
def test_surfaces_of_patches_have_their_land(qgis_app: Any, kind: str) -> None:
    """As QGIS itself reads them."""
    corners = ["0 0", "4 0", "4 8"] if kind.startswith("TIN") else ["0 0", "4 0", "4 4", "0 4"]
    height = " 7" if kind.endswith("Z") else ""
    ring = ", ".join(corner + height for corner in [*corners, corners[0]])
    wkb = ogr.CreateGeometryFromWkt(f"{kind} ((({ring})))").ExportToIsoWkb()
    assert read(bytes(wkb)).area == 16.0
