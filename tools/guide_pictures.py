"""Pictures of the guide's walk from the ZIP to the report, taken in a real QGIS window by tools/screenshots.sh.

They go to $REDLINE_PICTURES, the demo county and its results to $REDLINE_WALK; pictures 9 and 10 are pages of PDF. The
same walk in another language, scale or theme is the way to look at every page of the panel.
"""

from __future__ import annotations

import os
import traceback
from pathlib import Path
from typing import Any

from qgis.core import QgsProject
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QPoint, Qt, QTimer
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDialog, QListWidget, QMenu, QWidget
from qgis.utils import iface

from redline.tools.stage import Steps, clear_desk, desk, drawn, grab, grab_screen, panel, play

WALK = Path(os.environ["REDLINE_WALK"])
COLOURS = {"CJDCQ": "#f1eee4", "YJJBNTBHTB": "#ffe14a"}  # else by chance, and others every time
# What a reader sees as the places: they are only looked at.
ZIP = "D:/下载/redline-1.0.0.zip"
RESULTS = "D:/耕地红线/示范县核查结果.gpkg"
PANEL = 760
RULE = "R6003"  # areas that differ: a finding with figures


def walk() -> Steps:
    """From the ZIP to two runs that are held against each other."""
    clear_desk()
    yield from install()
    yield from menu()
    yield from demo()
    yield from run("上半年核查", "05_run")
    yield from findings()
    yield from dashboard()
    mend()
    yield from run("整改后复查", "")
    yield from compare()
    yield from options()


def install() -> Steps:
    """The plugin manager, where a ZIP is chosen."""
    QTimer.singleShot(0, lambda: iface.pluginManagerInterface().showPluginManager(0))
    yield lambda: shown("QgsPluginManager") is not None
    manager: Any = shown("QgsPluginManager")
    manager.resize(1000, 560)
    pages = next(one for one in manager.findChildren(QListWidget) if one.count() > 3)
    pages.setCurrentRow(next(row for row in range(pages.count()) if "ZIP" in pages.item(row).text()))
    next(box for box in manager.findChildren(QgsFileWidget) if box.isVisible()).setFilePath(ZIP)
    yield 1.0
    grab("01_install", manager)
    manager.reject()
    yield 0.5


def menu() -> Steps:
    """The menu, opened, above the toolbar."""
    bar = iface.mainWindow().menuBar()
    vector = iface.vectorMenu()
    mine = next(action.menu() for action in vector.actions() if action.menu() and "Redline" in action.text())
    place = bar.mapToGlobal(bar.actionGeometry(vector.menuAction()).bottomLeft())
    vector.popup(place)
    vector.setActiveAction(mine.menuAction())
    box = vector.actionGeometry(mine.menuAction())
    mine.popup(vector.mapToGlobal(box.topRight()) + QPoint(1, 0))
    mine.setActiveAction(desk().actions["demo"])
    yield 1.0
    grab_screen("02_menu", 300)
    for one in (mine, vector):
        one.hide()
    yield 0.2


def demo() -> Steps:
    """The demo county in the map, and its sources with their lights."""
    desk().show_panel()
    panel().open_demo(WALK / "示范县资料")
    panel().run.results.setFilePath(str(WALK / "示范县核查结果.gpkg"))
    yield lambda: bool(panel().sources.inventory.chosen)
    for name, colour in COLOURS.items():
        layer = QgsProject.instance().mapLayersByName(name)[0]
        layer.renderer().symbol().setColor(QColor(colour))
        layer.triggerRepaint()
        iface.layerTreeView().refreshLayerSymbology(layer.id())
    iface.mainWindow().resizeDocks([panel()], [PANEL], Qt.Orientation.Horizontal)
    yield 0.5
    iface.zoomToActiveLayer()
    yield drawn
    yield 1.0
    grab("03_demo")
    panel().bar.clearWidgets()
    yield 0.3
    grab("04_sources", panel())


def run(name: str, picture: str) -> Steps:
    """Run all checks."""
    tab = panel().run
    tab.name.setText(name)
    panel().show_tab(tab)
    tab.run()
    yield lambda: not tab.running
    yield 1.0
    if picture:
        panel().show_tab(tab)
        kept = tab.results.filePath()
        tab.results.setFilePath(RESULTS)
        yield 0.3
        grab(picture, panel())
        tab.results.setFilePath(kept)
    panel().bar.clearWidgets()
    iface.messageBar().clearWidgets()


def findings() -> Steps:
    """One finding in the list, in words and on the map."""
    tab = panel().findings
    panel().show_tab(tab)
    rules = panel().results.table.column("rule")
    while tab.current() is None or rules[tab.current()] != RULE:
        desk().actions["next"].trigger()
    yield drawn
    yield 2.0
    grab("06_findings")


def dashboard() -> Steps:
    """The charts, and the map of what was clicked."""
    board = panel().dashboard
    panel().show_tab(board)
    yield 0.3
    yield lambda: not board.drawing
    yield 1.0
    grab("07_dashboard", panel())
    picture = board.views["rules"].picture
    place = picture.place(picture.drawing.marks[1]).center().toPoint()
    QTest.mouseClick(picture, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    yield 0.3
    yield lambda: not board.drawing
    yield drawn
    yield 1.0
    grab("picked")
    board.everything.click()
    yield 0.3
    yield lambda: not board.drawing


def mend() -> None:
    """What an office does between two runs: fill in what was empty, and make one new mistake."""
    layer = QgsProject.instance().mapLayersByName("YJJBNTBHTB")[0]
    layer.startEditing()
    field = layer.fields().indexOf("WDGD")
    for feature in layer.getFeatures("WDGD is null or WDGD = ''"):
        layer.changeAttributeValue(feature.id(), field, "1")
    slope = layer.fields().indexOf("GDPDJB")
    layer.changeAttributeValue(next(layer.getFeatures()).id(), slope, "9")
    if not layer.commitChanges():
        raise RuntimeError("; ".join(layer.commitErrors()))


def compare() -> Steps:
    """Two runs held against each other."""
    tab = panel().runs
    panel().show_tab(tab)
    tab.runs.selectRow(0)
    yield 1.0
    grab("08_runs", panel())


def options() -> Steps:
    """Redline's page among QGIS's options."""
    QTimer.singleShot(0, desk().open_settings)
    yield lambda: shown("QgsOptions") is not None
    dialog: Any = shown("QgsOptions")
    dialog.resize(1200, 800)
    yield 1.5
    grab("settings", dialog)
    dialog.reject()
    yield 0.5


def shown(kind: str) -> QWidget | None:
    """The dialog of this class that is open."""
    for one in QApplication.topLevelWidgets():
        if isinstance(one, QDialog) and one.isVisible() and kind in (type(one).__name__, one.metaObject().className()):
            return one
    return None


def failed(error: BaseException) -> None:
    traceback.print_exception(type(error), error, error.__traceback__)
    for one in QApplication.topLevelWidgets():
        if isinstance(one, (QDialog, QMenu)):
            one.close()
    grab("error")


play(walk(), lambda: None, failed)
