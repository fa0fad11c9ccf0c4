"""Maps of the demo county for the README and the guide, drawn by the plugin itself: python -m redline.tools.maps."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsFeature,
    QgsFillSymbol,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsMarkerSymbol,
    QgsRectangle,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QLocale, QSize
from qgis.PyQt.QtGui import QColor, QImage

from redline.bench import desktop
from redline.core.report import cells
from redline.core.report.pen import Pen
from redline.processing.styles import apply_style

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "resources" / "demo" / "示范县.gpkg"
ENFORCEMENT = DEMO.with_name("执法与审批.gpkg")
PICTURES = ROOT / "docs" / "images"
DUTY, ROSTER, LETTERS = DEMO.parent / "田长制.gpkg", "田长网格员名单.xlsx", "责任书签订台账.xlsx"
TOWNSHIP, DAY = "990101001", "2026-06-30"
SIZE, DOTS = QSize(1500, 1060), 120
# Pages of the atlas are shown smaller than they are printed.
_PAGE_DOTS, _SHEET_DOTS = 80, 55
_FARMLAND = {"color": "255,235,80,150", "outline_color": "#b09a30", "outline_width": "0.08"}
_OUTLINE = {"style": "no", "outline_color": "#333333", "outline_width": "0.5"}
_SIGN = {"name": "triangle", "color": "#1f5fbf", "outline_color": "white", "size": "3"}


def start() -> None:
    """What there is before any zone: villages and plots."""
    villages, plots = _land()
    villages.setRenderer(QgsSingleSymbolRenderer(QgsFillSymbol.createSimple(_OUTLINE)))
    whole = villages.extent()
    whole.scale(1.02)
    _picture("zones_start", [villages, plots], whole)


def zones() -> None:
    """The zones of the county, and those around one township, with the people who answer for them."""
    villages, plots = _land()
    drawn = _drawn(villages, plots)
    layers = [drawn["LEVELS"], plots, drawn["ZONES"]]
    apply_style(drawn["LEVELS"], "levels", "zh")
    apply_style(drawn["ZONES"], "zones", "zh")
    whole = drawn["ZONES"].extent()
    whole.scale(1.02)
    drawn["ZONES"].setLabelsEnabled(False)
    _picture("zones_county", layers, whole)
    drawn["ZONES"].setLabelsEnabled(True)
    townships = [row for row in drawn["LEVELS"].getFeatures() if row["level"] == "township"]
    near = QgsRectangle(townships[0].geometry().boundingBox())
    near.scale(0.75)
    _picture("zones", layers, near)


def pages() -> None:
    """A page of every kind of atlas, as it is printed."""
    plots, villages, townships = (f"{DEMO}|layername={name}" for name in ("YJJBNTBHTB", "CJDCQ", "XZQ"))
    permits = {name: f"{ENFORCEMENT}|layername={name}" for name in ("JCTB", "ZZ_NYDZYFW")}
    judged = desktop.run(
        "redline:permitconflicts", VIOLATIONS=permits["JCTB"], PERMITS=permits["ZZ_NYDZYFW"], FARMLAND=plots,
        UNITS=villages,
        **dict.fromkeys(("FINDINGS", "VIOLATIONS_OUT", "PERMITS_OUT", "PIECES"), "TEMPORARY_OUTPUT"),
    )["VIOLATIONS_OUT"]  # fmt: skip
    given = {
        "MAP": plots, "UNITS": townships, "VILLAGES": villages, "COUNTY": "示范县", "UNIT": "示范县自然资源局",
        "REVIEWER": "王秀兰", "DATE": DAY, "KEEP_LAYOUT": False, "ONE_FILE": False, "PNG": True,
    }  # fmt: skip
    asked = {
        "township": {"FEATURES": TOWNSHIP}, "village": {"LEVEL": "village", "FEATURES": f"{TOWNSHIP}002"}, "index": {},
        "zone": {"ZONES": _drawn(villages, plots)["ZONES"], "ROSTER": _sheet(ROSTER), "FEATURES": TOWNSHIP},
        "violation": {"VIOLATIONS": judged, "PERMITS": permits["ZZ_NYDZYFW"], "FEATURES": _worst(judged)},
        "sheet": {"FEATURES": "J49G082065"},
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for name, more in asked.items():
            file, dots = Path(folder) / f"{name}.pdf", _SHEET_DOTS if name == "sheet" else _PAGE_DOTS
            kind = "township" if name == "village" else name
            index = str(Path(folder) / f"{name}.csv")
            desktop.run("redline:atlas", KIND=kind, PDF=str(file), INDEX=index, DPI=dots, **{**given, **more})
            first = next(one for one in sorted(file.with_suffix("").glob("*.png")) if not one.stem.endswith("_2"))
            shutil.copyfile(first, PICTURES / f"atlas_{name}.png")


def _drawn(villages: Any, plots: Any) -> dict[str, Any]:
    """The zones of the county, with the people of its roster."""
    sinks = dict.fromkeys(("FINDINGS", "ZONES", "LEVELS", "ROSTER_OUT"), "TEMPORARY_OUTPUT")
    return desktop.run(
        "redline:drawgrid", UNITS=villages, PLOTS=plots, ROSTER=_sheet(ROSTER), MAX_LOAD=25, ON_DATE=DAY, **sinks
    )  # fmt: skip


def _worst(judged: QgsVectorLayer) -> str:
    """The change with the most basic farmland."""
    return str(max(judged.getFeatures(), key=lambda one: one["farmland_area"] or 0)["key"])


def checks() -> None:
    """Zones, patrols and signs as the checks find them."""
    villages, plots = _land()
    grid, patrols, signs = (QgsVectorLayer(f"{DUTY}|layername={name}", name, "ogr") for name in ("WG", "XCJL", "BZP"))
    sinks = {"FINDINGS": "TEMPORARY_OUTPUT", "ON_DATE": DAY}
    people = {"ROSTER": _sheet(ROSTER)}
    found = desktop.run("redline:checkgrid", ZONES=grid, UNITS=villages, PLOTS=plots, LETTERS=_sheet(LETTERS),
                        ZONE_STATUS="TEMPORARY_OUTPUT", **people, **sinks)  # fmt: skip
    near = QgsRectangle(next(iter(_of_township(villages))).geometry().boundingBox())
    for village in _of_township(villages):
        near.combineExtentWith(village.geometry().boundingBox())
    near.scale(1.02)
    _map("zones_check", [("FINDINGS", "findings"), ("ZONE_STATUS", "zone_status")], found, near)
    found = desktop.run("redline:signcheck", SIGNS=signs, MAP=plots, SIGN_STATUS="TEMPORARY_OUTPUT", **sinks)
    signs.setRenderer(QgsSingleSymbolRenderer(QgsMarkerSymbol.createSimple(_SIGN)))
    _map("signs", [("FINDINGS", "findings"), ("SIGN_STATUS", "sign_status")], found, near, signs)
    found = desktop.run("redline:patrolcheck", ZONES=grid, PATROLS=patrols, PLOTS=plots,
                        CALENDAR="TEMPORARY_OUTPUT", **people, **sinks)  # fmt: skip
    _calendar(found["CALENDAR"])


def _of_township(villages: QgsVectorLayer) -> list[QgsFeature]:
    return [row for row in villages.getFeatures() if row["ZLDWDM"].startswith(TOWNSHIP)]


def _map(
    name: str, styled: list[tuple[str, str]], found: dict[str, Any], near: QgsRectangle, *above: QgsVectorLayer
) -> None:
    layers = []
    for output, style in styled:
        apply_style(found[output], style, "zh")
        layers.append(found[output])
    _picture(name, [*above, *layers], near)


def _calendar(layer: QgsVectorLayer) -> None:
    """The heat map of a township's zones, as the report has it."""
    rows: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}
    for row in layer.getFeatures():
        if row["zone_code"].startswith(TOWNSHIP):
            months = rows.setdefault((row["zone_code"], row["zone_name"]), {})
            months[row["month"]] = row["done"], row["due"]
    given = [cells.HeatRow(code, name, months) for (code, name), months in sorted(rows.items())]
    months = sorted({month for row in given for month in row.months})
    (PICTURES / "patrols.png").write_bytes(cells.heat_map(given, months, Pen("zh")).png())


def _land() -> tuple[QgsVectorLayer, QgsVectorLayer]:
    villages, plots = (QgsVectorLayer(f"{DEMO}|layername={name}", name, "ogr") for name in ("CJDCQ", "YJJBNTBHTB"))
    plots.setRenderer(QgsSingleSymbolRenderer(QgsFillSymbol.createSimple(_FARMLAND)))
    return villages, plots


def _sheet(file: str) -> QgsVectorLayer:
    """A workbook of the office as QGIS opens it."""
    return QgsVectorLayer(str(DEMO.parent / file), Path(file).stem, "ogr")


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
    start()
    zones()
    pages()
    checks()
    sys.stdout.flush()
    # QGIS may crash while the interpreter shuts down.
    os._exit(0)
