"""QGIS without a window, its own algorithms and the plugin's."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsField,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsVectorLayer,
)

from redline.bench.county import EPSG

if TYPE_CHECKING:
    import pandas as pd

_held: list[Any] = []


def start(plugin: bool = True, window: bool = False) -> None:
    """Start QGIS where it does not run yet, with Processing; with the plugin's provider, and able to have a window,
    where wanted."""
    if QgsApplication.instance() is None:
        application = QgsApplication([], window)
        application.initQgis()
        _held.append(application)
    plugins = str(Path(QgsApplication.pkgDataPath()) / "python" / "plugins")
    if plugins not in sys.path:
        sys.path.append(plugins)
    registry = QgsApplication.processingRegistry()
    if registry.providerById("native") is None:
        from processing.core.Processing import Processing

        Processing.initialize()
    if plugin and registry.providerById("redline") is None:
        from redline import classFactory

        door = classFactory(None)
        door.initProcessing()
        _held.append(door)


def warm() -> None:
    """Import what the first run of a check imports: a session pays it once."""
    from redline.core import frames  # noqa: F401
    from redline.core.checks import areas, fourway  # noqa: F401
    from redline.processing import layers, sinks  # noqa: F401


def run(algorithm: str, feedback: QgsProcessingFeedback | None = None, **parameters: Any) -> dict[str, Any]:
    """Run an algorithm; its temporary layers come back as layers."""
    import processing

    context = QgsProcessingContext()
    context.setEllipsoid(QgsCoordinateReferenceSystem(f"EPSG:{EPSG}").ellipsoidAcronym())
    _held.append(context)
    return dict(processing.run(algorithm, parameters, context=context, feedback=feedback or QgsProcessingFeedback()))


def layer(source: str) -> QgsVectorLayer:
    """A vector layer. Raises ValueError where there is none."""
    found = QgsVectorLayer(source, Path(source).stem, "ogr")
    if not found.isValid():
        raise ValueError(f"no layer in {source}")
    return found


def memory_layer(like: QgsVectorLayer, fields: list[QgsField]) -> QgsVectorLayer:
    """An empty polygon layer in memory, in the CRS of another."""
    made = QgsVectorLayer(f"MultiPolygon?crs={like.crs().authid()}", "memory", "memory")
    made.dataProvider().addAttributes(fields)
    made.updateFields()
    return made


def written(frame: pd.DataFrame, like: QgsVectorLayer) -> QgsVectorLayer:
    """A frame as a layer in memory, in the CRS of another layer."""
    from redline.core.progress import Progress
    from redline.processing import sinks

    made = memory_layer(like, sinks.sink_fields(frame).toList())
    sinks.write_frame(frame, made.dataProvider(), Progress())
    return made


def column(layer: QgsVectorLayer, name: str) -> list[Any]:
    """A field's values, in the order of the layer."""
    place = layer.fields().indexOf(name)
    return [feature.attribute(place) for feature in layer.getFeatures()]


def plane_area(features: QgsVectorLayer) -> float:
    """The sum of the plane areas."""
    return float(sum(feature.geometry().area() for feature in features.getFeatures()))


def shapes(layer: QgsVectorLayer, key: str, near: Any = None) -> tuple[Any, Any]:
    """A layer's keys and shapes, as the plugin reads them; only of what may meet the shapes `near`."""
    import numpy as np

    from redline.core.geometry.nearby import Nearby
    from redline.core.progress import Progress
    from redline.processing.layers import no_collector, parts
    from redline.processing.shapes import ShapeReader
    from redline.processing.stream import stream_of

    source = QgsProcessingFeatureSource(layer, QgsProcessingContext())
    nearby = None if near is None else Nearby(near)
    place = layer.fields().indexOf(key)
    with no_collector():
        read = list(
            parts(source, [place], ShapeReader(layer.crs()), Progress(), near=nearby, stream=stream_of(layer))
        )
    keys = [key for part in read for key in part.cells[0]]
    return np.array(keys, dtype=object), np.concatenate([np.empty(0, dtype=object), *[part.shapes for part in read]])
