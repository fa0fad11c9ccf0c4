"""Draws one polygon on the map: left clicks set corners, a right click ends, Backspace takes one back, Escape all."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import QgsFeature, QgsGeometry, QgsPointXY, QgsVectorLayer, QgsWkbTypes
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent, QgsMapTool, QgsRubberBand
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor, QKeyEvent

_LINE, _FILL = QColor(213, 64, 43), QColor(213, 64, 43, 50)


class Sketch(QgsMapTool):
    """A map tool that calls `drawn` with the polygon, in the map's CRS, and gives the map its former tool back."""

    def __init__(self, canvas: QgsMapCanvas, drawn: Callable[[QgsGeometry], object]) -> None:
        super().__init__(canvas)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.corners: list[QgsPointXY] = []
        self._drawn, self._former = drawn, canvas.mapTool()
        self._band = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
        self._band.setStrokeColor(_LINE)
        self._band.setFillColor(_FILL)
        self._band.setWidth(2)

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.add(event.snapPoint())
        elif event.button() == Qt.MouseButton.RightButton:
            self.finish()

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        self._show(event.snapPoint())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.give_up()
        elif event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete) and self.corners:
            self.corners.pop()
            self._show()
        else:
            return
        # Otherwise the window would delete selected features, or leave full screen, with the same key.
        event.accept()

    def add(self, corner: QgsPointXY) -> None:
        """Set a corner; one on top of the last, as a double click gives, is not set again."""
        if not self.corners or corner != self.corners[-1]:
            self.corners.append(corner)
        self._show()

    def finish(self) -> None:
        """End the polygon; with fewer than three corners there is none yet, and drawing goes on."""
        if len(self.corners) >= 3:
            shape = QgsGeometry.fromPolygonXY([[*self.corners, self.corners[0]]])
            self.give_up()
            self._drawn(shape)

    def give_up(self) -> None:
        """Forget what was drawn and give the map its former tool."""
        canvas = self.canvas()
        if canvas.mapTool() is self:
            if self._former is not None:
                canvas.setMapTool(self._former)
            else:
                canvas.unsetMapTool(self)

    def deactivate(self) -> None:
        self.corners = []
        self._show()
        super().deactivate()

    def remove(self) -> None:
        """Take the tool and its outline off the map for good."""
        self.give_up()
        self.canvas().scene().removeItem(self._band)

    def _show(self, *moving: QgsPointXY) -> None:
        corners = [*self.corners, *(moving if self.corners else ())]
        self._band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)
        if corners:
            self._band.setToGeometry(QgsGeometry.fromPolygonXY([corners]), None)


def layer_of(shape: QgsGeometry, name: str, crs: str) -> QgsVectorLayer:
    """A temporary layer with this one polygon; `crs` as an authority's id or WKT."""
    layer = QgsVectorLayer(f"Polygon?crs={crs}", name, "memory")
    feature = QgsFeature(layer.fields())
    feature.setGeometry(shape)
    layer.dataProvider().addFeatures([feature])
    layer.updateExtents()
    return layer
