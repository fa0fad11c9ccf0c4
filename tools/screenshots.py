"""Pictures for the README and the guide, taken in a real QGIS window: tools/screenshots.sh runs this."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

from qgis.core import QgsProject, QgsRectangle, QgsVectorLayer
from qgis.gui import QgsFilterLineEdit
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QApplication, QDockWidget
from qgis.utils import iface

import processing
from redline.processing.styles import apply_style
from redline.tools.stage import Steps, clear_desk, drawn, grab, play

DEMO = Path(os.environ["REDLINE_DEMO"])
RESULTS = Path(os.environ["REDLINE_RESULTS"])
# What a reader sees as the folder: the dialog is only looked at.
FOLDER = "D:/耕地红线/示范县资料"
DAY = "2026-06-30"
SMALLER = 1200, 750
PAUSE = 2.0


def pictures() -> Steps:
    """The results on the map, two dialogs, the table of findings, permits and violations."""
    open_results()
    yield drawn
    yield PAUSE
    whole_county()
    one_village()
    yield drawn
    yield PAUSE
    grab("village")
    yield from dialogs()
    iface.showAttributeTable(QgsProject.instance().mapLayersByName("问题")[0])
    yield PAUSE
    table_picture()
    yield from enforcement()


def open_results() -> None:
    clear_desk()
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
    iface.mainWindow().findChild(QDockWidget, "ProcessingToolbox").show()


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
    grab("window")


def one_village() -> None:
    layer = QgsProject.instance().mapLayersByName("四统一状态")[0]
    wrong = list(layer.getFeatures("\"status\" = 'shape_differs'"))
    box = QgsRectangle(wrong[0].geometry().boundingBox())
    box.grow(700)
    iface.mapCanvas().setExtent(box)
    iface.mapCanvas().refresh()


def dialogs() -> Steps:
    plots = QgsProject.instance().mapLayersByName("永久基本农田图斑")[0]
    for name, algorithm, parameters in (
        ("fourwaycheck", "redline:fourwaycheck", {"MAP": plots.id()}),
        ("countyaudit", "redline:countyaudit", {"FOLDER": FOLDER}),
    ):
        dialog = processing.createAlgorithmDialog(algorithm, parameters)
        dialog.resize(1150, 760)
        dialog.show()
        yield PAUSE
        grab(name, dialog)
        dialog.close()


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


def enforcement() -> Steps:
    """Changes, their pieces, permits and contracts as the checks judge them, each with its legend."""
    land, law = DEMO / "示范县.gpkg", DEMO / "执法与审批.gpkg"
    plots, survey = f"{land}|layername=YJJBNTBHTB", f"{DEMO / '地类图斑.gpkg'}|layername=DLTB"
    permits = f"{law}|layername=ZZ_NYDZYFW"
    judged = processing.run("redline:permitconflicts", {
        "VIOLATIONS": f"{law}|layername=JCTB", "PERMITS": permits, "APPLICATIONS": f"{law}|layername=SQYD",
        "FARMLAND": plots, "LANDUSE": survey, "UNITS": f"{land}|layername=XZQ", "ON_DATE": DAY,
        **dict.fromkeys(("FINDINGS", "VIOLATIONS_OUT", "PERMITS_OUT", "PIECES"), "memory:"),
    })  # fmt: skip
    idle = processing.run("redline:idleland", {
        "CONTRACTS": str(DEMO / "供地台账.xlsx"), "PERMITS": permits, "BUILT": survey, "ON_DATE": DAY,
        "FINDINGS": "memory:", "OUTPUT": "memory:",
    })["OUTPUT"]  # fmt: skip
    QgsProject.instance().clear()
    clear_desk()
    iface.mainWindow().resize(*SMALLER)
    for source, title, colour in (
        (f"{land}|layername=XZQ", "行政区", "#f7f5ef"),
        (survey, "地类图斑", "#efeee6"),
        (plots, "永久基本农田图斑", "#fff3b4"),
    ):
        layer = QgsVectorLayer(source, title, "ogr")
        layer.renderer().symbol().setColor(QColor(colour))
        outline = layer.renderer().symbol().symbolLayer(0)
        outline.setStrokeColor(QColor("#cfccbd"))
        outline.setStrokeWidth(0.12)
        QgsProject.instance().addMapLayer(layer)
    whole = layer.extent()
    pieces, uses = judged["PIECES"], judged["PERMITS_OUT"]
    # Of the changes that are cut into pieces, the one with the most basic farmland.
    cut = [(piece["farmland_area"], piece["violation"]) for piece in pieces.getFeatures("\"farmland\" <> ''")]
    most = max((area, key) for area, key in cut if around(pieces, key)[1] > 1)[1]
    unused = next(uses.getFeatures("\"use\" = 'idle'"))
    for name, layer, style, title, near, room in (
        ("permit_violations", judged["VIOLATIONS_OUT"], "violations_out", "图斑认定", whole, 0),
        ("permit_pieces", pieces, "pieces", "碎块", around(pieces, most)[0], 20),
        ("permit_use", uses, "permits_out", "审批利用", unused.geometry().boundingBox(), 250),
        ("idle_land", idle, "idle_land", "闲置土地", whole, 0),
    ):
        layer.setName(title)
        apply_style(layer, style, "zh")
        QgsProject.instance().addMapLayer(layer)
        QgsProject.instance().layerTreeRoot().findLayer(layer.id()).setExpanded(True)
        iface.setActiveLayer(layer)
        iface.mapCanvas().setExtent(near.buffered(room))
        iface.mapCanvas().refresh()
        yield PAUSE
        yield drawn
        grab(name)
        QgsProject.instance().removeMapLayer(layer.id())


def around(pieces: QgsVectorLayer, key: str) -> tuple[QgsRectangle, int]:
    """Where the pieces of a change are, and how many."""
    box, boxes = QgsRectangle(), [
        piece.geometry().boundingBox() for piece in pieces.getFeatures(f"\"violation\" = '{key}'")
    ]  # fmt: skip
    for one in boxes:
        box.combineExtentWith(one)
    return box, len(boxes)


play(
    pictures(), lambda: None,
    lambda error: traceback.print_exception(type(error), error, error.__traceback__),
)  # fmt: skip
