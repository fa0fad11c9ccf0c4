"""Maps of the demo county for the README and the guide, drawn by the plugin itself: python -m redline.tools.maps."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from qgis.core import (
    QgsApplication,
    QgsFeature,
    QgsFillSymbol,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRectangle,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QLocale, QSize
from qgis.PyQt.QtGui import QColor, QImage

from redline.bench import desktop
from redline.processing.styles import apply_style

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "resources" / "demo" / "示范县.gpkg"
PICTURES = ROOT / "docs" / "images"
NAMES = ("王秀兰", "李建国", "张志强", "刘玉梅", "陈立军", "杨春花", "赵国庆", "黄海燕", "周明", "吴永红")
SIZE, DOTS = QSize(1500, 1060), 120


def zones() -> None:
    """The zones of the county, and those around one township, with the people who answer for them."""
    villages, plots = (QgsVectorLayer(f"{DEMO}|layername={name}", name, "ogr") for name in ("CJDCQ", "YJJBNTBHTB"))
    sinks = dict.fromkeys(("FINDINGS", "ZONES", "LEVELS", "ROSTER_OUT"), "TEMPORARY_OUTPUT")
    drawn = desktop.run(
        "redline:drawgrid", UNITS=villages, PLOTS=plots, ROSTER=_roster(villages), MAX_LOAD=25, **sinks
    )  # fmt: skip
    layers = [drawn["LEVELS"], plots, drawn["ZONES"]]
    apply_style(drawn["LEVELS"], "levels", "zh")
    apply_style(drawn["ZONES"], "zones", "zh")
    farmland = {"color": "255,235,80,150", "outline_color": "#b09a30", "outline_width": "0.08"}
    plots.setRenderer(QgsSingleSymbolRenderer(QgsFillSymbol.createSimple(farmland)))
    whole = drawn["ZONES"].extent()
    whole.scale(1.02)
    drawn["ZONES"].setLabelsEnabled(False)
    _picture("zones_county", layers, whole)
    drawn["ZONES"].setLabelsEnabled(True)
    townships = [row for row in drawn["LEVELS"].getFeatures() if row["level"] == "township"]
    near = QgsRectangle(townships[0].geometry().boundingBox())
    near.scale(0.75)
    _picture("zones", layers, near)


def _roster(villages: QgsVectorLayer) -> QgsVectorLayer:
    """Someone for every village."""
    roster = QgsVectorLayer("None?field=行政区代码:string&field=姓名:string&field=角色:string", "名单", "memory")
    codes = sorted({row["ZLDWDM"] for row in villages.getFeatures()})
    for number, code in enumerate(codes):
        row = QgsFeature(roster.fields())
        row.setAttributes([code, NAMES[number % len(NAMES)], "网格员"])
        roster.dataProvider().addFeatures([row])
    return roster


def _picture(name: str, layers: list[QgsVectorLayer], extent: QgsRectangle) -> None:
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(layers[0].crs())
    settings.setExtent(extent)
    settings.setOutputSize(SIZE)
    settings.setOutputDpi(DOTS)
    settings.setBackgroundColor(QColor("white"))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    # A palette makes the files a third as large.
    job.renderedImage().convertToFormat(QImage.Format.Format_Indexed8).save(str(PICTURES / f"{name}.png"))


if __name__ == "__main__":
    desktop.start()
    QgsApplication.setLocale(QLocale("zh_CN"))
    zones()
    sys.stdout.flush()
    # QGIS may crash while the interpreter shuts down.
    os._exit(0)
