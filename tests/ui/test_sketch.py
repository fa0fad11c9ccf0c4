"""A site drawn on the map, and the guide in its window."""

from __future__ import annotations

from typing import Any
from unittest.mock import MagicMock

import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry, QgsPointXY, QgsProject
from qgis.gui import QgsMapCanvas, QgsMapToolPan
from qgis.PyQt.QtCore import QEvent, Qt
from qgis.PyQt.QtGui import QKeyEvent

from redline.ui.desk import Desk
from redline.ui.guide import Guide
from redline.ui.sketch import Sketch, layer_of

CORNERS = [QgsPointXY(500_000, 3_400_000), QgsPointXY(500_100, 3_400_000), QgsPointXY(500_100, 3_400_080)]


def pressed(tool: Sketch, key: Qt.Key) -> bool:
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    tool.keyPressEvent(event)
    return event.isAccepted()


def test_a_polygon_is_drawn_and_the_former_tool_comes_back(canvas: QgsMapCanvas) -> None:
    former = QgsMapToolPan(canvas)
    canvas.setMapTool(former)
    drawn: list[QgsGeometry] = []
    tool = Sketch(canvas, drawn.append)
    canvas.setMapTool(tool)
    for corner in CORNERS[:2]:
        tool.add(corner)
    tool.finish()
    assert not drawn
    assert canvas.mapTool() is tool
    tool.add(CORNERS[1])  # the second half of a double click
    assert len(tool.corners) == 2
    tool.add(CORNERS[2])
    tool.finish()
    assert [shape.area() for shape in drawn] == [4_000.0]
    assert canvas.mapTool() is former
    assert tool.corners == []
    tool.remove()


def test_keys_take_back_a_corner_or_all(canvas: QgsMapCanvas) -> None:
    tool = Sketch(canvas, pytest.fail)
    canvas.setMapTool(tool)
    for corner in CORNERS:
        tool.add(corner)
    assert pressed(tool, Qt.Key.Key_Backspace)
    assert tool.corners == CORNERS[:2]
    assert not pressed(tool, Qt.Key.Key_A)
    assert pressed(tool, Qt.Key.Key_Escape)
    assert canvas.mapTool() is None
    assert tool.corners == []
    tool.remove()


@pytest.mark.parametrize("crs", ["EPSG:4549", "EPSG:4490"])
def test_the_layer_of_a_site(crs: str) -> None:
    shape = QgsGeometry.fromPolygonXY([[*CORNERS, CORNERS[0]]])
    layer = layer_of(shape, "拟选地块", crs)
    assert layer.crs().authid() == crs
    assert [feature.geometry().asWkt() for feature in layer.getFeatures()] == [shape.asWkt()]


def test_what_is_drawn_is_offered_to_the_pre_check(
    iface: MagicMock, canvas: QgsMapCanvas, project: QgsProject, monkeypatch: Any
) -> None:
    asked: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr("processing.execAlgorithmDialog", lambda *given: asked.append(given), raising=False)
    desk = Desk(iface)
    desk.enter()
    iface.mapCanvas().setDestinationCrs(QgsCoordinateReferenceSystem())
    desk.actions["site"].trigger()
    assert desk.sketch is None
    iface.messageBar().pushWarning.assert_called_once()
    iface.mapCanvas().setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4549"))
    desk.actions["site"].trigger()
    for corner in CORNERS:
        desk.sketch.add(corner)
    desk.sketch.finish()
    [(algorithm, parameters)] = asked
    site = project.mapLayer(parameters["SITE"])
    assert algorithm == "redline:siteprecheck"
    assert site.crs().authid() == "EPSG:4549"
    assert site.featureCount() == 1
    desk.leave()
    assert desk.sketch is None


def test_the_guide_is_shown_with_its_headings(qgis_processing: None) -> None:
    guide = Guide()
    words = guide.browser.toPlainText()
    assert "耕地红线" in words
    assert "##" not in words
