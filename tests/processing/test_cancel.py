"""A run of 100,000 plots ends within a second of being cancelled, wherever it stands, and without an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from qgis.core import QgsFeature, QgsGeometry, QgsVectorLayer

PLOTS = 100_000
SIDE = 317


@pytest.fixture(scope="module")
def county(qgis_app: Any) -> QgsVectorLayer:
    """100,000 plots of 60 corners each, with number, village, class and area."""
    fields = "field=YJJBNTTBBH:string&field=ZLDWDM:string&field=DLBM:string&field=YJJBNTTBMJ:double"
    layer = QgsVectorLayer(f"Polygon?crs=EPSG:4549&{fields}", "永久基本农田", "memory")
    corners = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    place = np.arange(PLOTS)
    x, y = 500_000 + place % SIDE * 90.0, 3_400_000 + place // SIDE * 90.0
    rings = np.stack([x[:, None] + 44 * np.cos(corners), y[:, None] + 44 * np.sin(corners)], axis=-1)
    features = []
    for number, wkb in enumerate(shapely.to_wkb(shapely.polygons(rings))):
        feature, geometry = QgsFeature(), QgsGeometry()
        geometry.fromWkb(wkb)
        feature.setGeometry(geometry)
        village = f"990101{number % 40:06d}"
        feature.setAttributes([f"{village}{number:06d}", f"{village}0000000", "0101", 6071.0])
        features.append(feature)
    assert layer.dataProvider().addFeatures(features)[0]
    return layer


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "stop_at"),
    [("ellipsoidalarea", 20), ("ellipsoidalarea", 70), ("fourwaycheck", 30), ("fourwaycheck", 55), ("fiveduties", 50),
     ("coveragecheck", 42), ("coveragecheck", 65)],
)
def test_ends_within_a_second(
    county: QgsVectorLayer, run: Callable[..., dict[str, Any]], listener: Callable[..., Any], name: str, stop_at: float
) -> None:
    feedback = listener(stop_at)
    given = {"INPUT" if name in ("ellipsoidalarea", "coveragecheck") else "MAP": county}
    if name == "coveragecheck":
        given["GAPS_ALLOWED"] = False
    if name == "fourwaycheck":
        given["PLOTS"] = county
    results = run(name, given, feedback)
    took = feedback.seconds_since()
    assert feedback.isCanceled()
    # A second is promised on a machine of its own; this one may be shared.
    assert took < 2.5
    assert "SUMMARY" not in results
    assert feedback.said["error"] == []
    assert feedback.said["debug"] == []
