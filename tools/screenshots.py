"""Pictures for the README and the guide, taken in a real QGIS window: tools/screenshots.sh runs this."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from pathlib import Path

from qgis.core import QgsProject, QgsRectangle, QgsVectorLayer
from qgis.gui import QgsFilterLineEdit
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QApplication, QDockWidget
from qgis.utils import iface

import processing

DEMO = Path(os.environ["REDLINE_DEMO"])
RESULTS = Path(os.environ["REDLINE_RESULTS"])
PICTURES = Path(os.environ["REDLINE_PICTURES"])
# What a reader sees as the folder: the dialog is only looked at.
FOLDER = "D:/耕地红线/示范县资料"
PAUSE = 2500
WIDTH, HEIGHT = 1600, 1000

dialogs: list[object] = []


def grab(name: str, widget: object = None) -> None:
    QApplication.processEvents()
    (widget or iface.mainWindow()).grab().save(str(PICTURES / f"{name}.png"))


def open_results() -> None:
    iface.mainWindow().setGeometry(0, 0, WIDTH, HEIGHT)
    for name, title in (("CJDCQ", "村界"), ("YJJBNTBHTB", "永久基本农田图斑")):
        layer = QgsVectorLayer(f"{DEMO / '示范县.gpkg'}|layername={name}", title, "ogr")
        layer.renderer().symbol().setColor(QColor("#f7f5ef"))
        QgsProject.instance().addMapLayer(layer)
    for name, title in (
        ("plot_status", "四统一状态"),
        ("findings", "问题"),
        ("unit_balance", "分单位核对"),
        ("runs", "核查记录"),
    ):
        QgsProject.instance().addMapLayer(QgsVectorLayer(f"{RESULTS}|layername={name}", title, "ogr"))
    status = QgsProject.instance().mapLayersByName("四统一状态")[0]
    iface.setActiveLayer(status)
    iface.zoomToActiveLayer()
    for dock in iface.mainWindow().findChildren(QDockWidget):
        dock.setVisible(dock.objectName() in ("Layers", "ProcessingToolbox"))


def widen_columns() -> None:
    """Columns as wide as a person would drag them."""
    layer = QgsProject.instance().mapLayersByName("问题")[0]
    config = layer.attributeTableConfig()
    config.update(layer.fields())
    columns = config.columns()
    widths = {"title": 190, "message": 420, "key": 150, "unit": 110, "how_to_fix": 300}
    for column in columns:
        column.width = widths.get(column.name, 80)
        column.hidden = column.name in ("fid", "finding_id", "related", "measure")
    config.setColumns(columns)
    layer.setAttributeTableConfig(config)


def whole_county() -> None:
    toolbox = iface.mainWindow().findChild(QDockWidget, "ProcessingToolbox")
    toolbox.findChild(QgsFilterLineEdit).setText("永久基本农田")
    widen_columns()
    iface.mapCanvas().waitWhileRendering()
    grab("window")


def one_village() -> None:
    layer = QgsProject.instance().mapLayersByName("四统一状态")[0]
    wrong = list(layer.getFeatures("\"status\" = 'shape_differs'"))
    box = QgsRectangle(wrong[0].geometry().boundingBox())
    box.grow(700)
    iface.mapCanvas().setExtent(box)
    iface.mapCanvas().refresh()


def village_picture() -> None:
    iface.mapCanvas().waitWhileRendering()
    grab("village")


def open_dialog() -> None:
    for algorithm, parameters in (
        ("redline:fourwaycheck", {"MAP": QgsProject.instance().mapLayersByName("永久基本农田图斑")[0].id()}),
        ("redline:countyaudit", {"FOLDER": FOLDER}),
    ):
        dialog = processing.createAlgorithmDialog(algorithm, parameters)
        dialog.resize(1150, 760)
        dialog.show()
        dialogs.append(dialog)


def dialog_pictures() -> None:
    for name, dialog in zip(("fourwaycheck", "countyaudit"), dialogs):
        grab(name, dialog)
        dialog.close()


def open_table() -> None:
    iface.showAttributeTable(QgsProject.instance().mapLayersByName("问题")[0])


def table_picture() -> None:
    for widget in QApplication.topLevelWidgets():
        if (
            widget.isVisible()
            and widget is not iface.mainWindow()
            and "QgsAttributeTableDialog" in widget.metaObject().className()
        ):
            widget.resize(1400, 620)
            QApplication.processEvents()
            grab("findings", widget)
            widget.close()


def leave() -> None:
    iface.newProject(False)
    iface.actionExit().trigger()


STEPS = (
    open_results,
    whole_county,
    one_village,
    village_picture,
    open_dialog,
    dialog_pictures,
    open_table,
    table_picture,
    leave,
)


def run(number: int = 0) -> None:
    try:
        STEPS[number]()
    except Exception:
        traceback.print_exc()
        STEPS[-1]()
        return
    if number + 1 < len(STEPS):
        QTimer.singleShot(PAUSE, lambda: run(number + 1))


def step_by_step(start: Callable[[], None]) -> None:
    QTimer.singleShot(PAUSE, start)


step_by_step(run)
