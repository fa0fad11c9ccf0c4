"""Shows where a finding is: moves the map there, flashes it, and keeps its outline until the next one."""

from __future__ import annotations

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsExpression,
    QgsFeatureRequest,
    QgsGeometry,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.gui import QgsMapCanvas, QgsRubberBand
from qgis.PyQt.QtGui import QColor

_COLOUR = QColor(255, 0, 160, 200)
# Around what is shown: its own size again on all sides, and at least so many metres.
_MARGIN, _LEAST = 1.2, 60.0


class Spotlight:
    """The outline on the map that marks the current finding."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        self._canvas = canvas
        self._band: QgsRubberBand | None = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
        self._band.setColor(_COLOUR)
        self._band.setFillColor(QColor(255, 0, 160, 30))
        self._band.setWidth(3)

    def show(self, geometry: QgsGeometry, layer: QgsVectorLayer, zoom: bool) -> bool:
        """Mark a shape of a layer's CRS; False where it is nowhere on this map."""
        self.clear()
        if self._band is None or _box(self._canvas, geometry, layer.crs()) is None:
            return False
        self._band.setToGeometry(geometry, layer)
        if zoom:
            return go_to(self._canvas, geometry, layer.crs())
        self._canvas.flashGeometries([geometry], layer.crs())
        return True

    def clear(self) -> None:
        """Mark nothing."""
        if self._band is not None:
            self._band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)

    def remove(self) -> None:
        """Take the outline off the map for good."""
        if self._band is not None:
            self._canvas.scene().removeItem(self._band)
            self._band = None


def go_to(canvas: QgsMapCanvas, geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> bool:
    """Move the map to a shape and flash it; False where it is nowhere on this map."""
    box = _box(canvas, geometry, crs)
    if box is None:
        return False
    canvas.setExtent(box)
    canvas.refresh()
    canvas.flashGeometries([geometry], crs)
    return True


def _box(canvas: QgsMapCanvas, geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> QgsRectangle | None:
    """What of the map shows a shape with its surroundings, None where it is nowhere."""
    if geometry.isNull() or geometry.isEmpty():
        return None
    to_map = QgsCoordinateTransform(
        crs, canvas.mapSettings().destinationCrs(), QgsProject.instance().transformContext()
    )
    box = geometry.boundingBox()
    box.grow(max(max(box.width(), box.height()) * _MARGIN, 0.0 if crs.isGeographic() else _LEAST))
    try:
        return to_map.transformBoundingBox(box)
    except QgsCsException:
        return None


def shape_of(layer: QgsVectorLayer, key: str) -> QgsGeometry:
    """The shape of the plot `key` in a layer of results, an empty one where it has none."""
    found = QgsGeometry()
    if key and layer.fields().lookupField("key") >= 0:
        request = QgsFeatureRequest().setFilterExpression(f'"key" = {QgsExpression.quotedValue(key)}')
        for feature in layer.getFeatures(request.setSubsetOfAttributes([])):
            if feature.hasGeometry():
                found = feature.geometry() if found.isNull() else found.combine(feature.geometry())
    return found
