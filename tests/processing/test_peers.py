"""The engine beside QGIS's own algorithms on the map of the demo county."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from qgis.core import QgsVectorLayer

from redline.core.geometry.coverage import dissolve
from redline.core.geometry.overlay import overlay, usable, validity


def demo(root: Path, name: str) -> QgsVectorLayer:
    return QgsVectorLayer(f"{root / 'resources' / 'demo' / '示范县.gpkg'}|layername={name}", name, "ogr")


def shapes(layer: QgsVectorLayer) -> np.ndarray:
    return shapely.from_wkb([feature.geometry().asWkb().data() or None for feature in layer.getFeatures()])


def native(name: str, layer: QgsVectorLayer, **parameters: Any) -> dict[str, Any]:
    import processing

    return processing.run(name, {"INPUT": layer, **parameters})


@pytest.mark.parametrize("method", [1, 2])
def test_as_many_invalid_plots_as_qgis_and_geos_tell(root: Path, qgis_processing: None, method: int) -> None:
    layer = demo(root, "YJJBNTBHTB")
    sinks = {f"{name}_OUTPUT": "memory:" for name in ("VALID", "INVALID", "ERROR")}
    found = native("qgis:checkvalidity", layer, INPUT_LAYER=layer, METHOD=method, **sinks)
    assert found["INVALID_COUNT"] == (validity(shapes(layer))["kind"] == "invalid").sum() > 0


def test_intersection_and_dissolve(root: Path, qgis_processing: None) -> None:
    plots, villages = demo(root, "YJJBNTBHTB"), demo(root, "CJDCQ")
    sound = shapes(plots)
    plots.selectByIds([row for row, good in zip([f.id() for f in plots.getFeatures()], usable(sound)) if good])
    chosen = native("native:saveselectedfeatures", plots, OUTPUT="memory:")["OUTPUT"]
    sound = shapes(chosen)
    cut = native("native:intersection", chosen, OVERLAY=villages, OUTPUT="memory:")["OUTPUT"]
    found = overlay(sound, shapes(villages))
    expected = shapely.area(shapes(cut))
    np.testing.assert_allclose(np.sort(found.area[found.area > 0.01]), np.sort(expected[expected > 0.01]), rtol=1e-9)
    united = native("native:dissolve", chosen, OUTPUT="memory:")["OUTPUT"]
    _, ours = dissolve(sound, np.zeros(len(sound)))
    assert ours[0].area == pytest.approx(shapely.area(shapes(united)).sum(), rel=1e-10)
