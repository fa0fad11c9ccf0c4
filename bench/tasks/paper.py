"""P, V: maps on paper, beside an atlas that a user of QGIS makes of the same layers."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

from redline.bench import desktop
from redline.bench.county import County
from redline.bench.measure import Answer
from redline.bench.tasks.task import Task

# At this scale an A3 page, wherever its middle lies, shows the whole county of 20,000 plots.
_SCALE = 75_000
_VILLAGES_OF_TOWNSHIP = 10
_VILLAGES = 40


def atlas(county: County) -> Generator[None, None, Answer]:
    """`redline:atlas`: a page for every township, tables, legend, index and all."""
    desktop.start()
    _warm()
    with tempfile.TemporaryDirectory() as folder:
        yield
        answer = yield from _atlas(county, Path(folder), LEVEL="township", SCALE=_SCALE)
    return answer


def villages(county: County) -> Generator[None, None, Answer]:
    """`redline:atlas`: the first 40 villages (all there are of a small county), each with the table of its plots."""
    desktop.start()
    _warm()
    wanted = sorted(desktop.column(desktop.layer(county.layer("villages")), "XZQDM"))[:_VILLAGES]
    with tempfile.TemporaryDirectory() as folder:
        yield
        answer = yield from _atlas(county, Path(folder), LEVEL="village", FEATURES=",".join(wanted))
    return {"villages": len(wanted), **answer}


def _warm() -> None:
    desktop.warm()
    from redline.core import atlas  # noqa: F401
    from redline.processing.maps import press, printing  # noqa: F401


def _atlas(county: County, folder: Path, **more: Any) -> Generator[None, None, Answer]:
    began, file = _now(), folder / "atlas.pdf"
    made = desktop.run(
        "redline:atlas", MAP=county.layer("plots"), VILLAGES=county.layer("villages"), PAGE="A3", KEEP_LAYOUT=False,
        PDF=str(file), INDEX=str(folder / "index.csv"), **more,
    )  # fmt: skip
    took = _since(began)
    yield
    return _answer(file, int(made["PAGE_COUNT"]), took)


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(began: tuple[float, float]) -> tuple[float, float]:
    """Seconds by the clock and of the processor."""
    return time.perf_counter() - began[0], time.process_time() - began[1]


def plain(county: County) -> Generator[None, None, Answer]:
    """QGIS's own atlas of townships dissolved from the villages, on the plugin's template, with a legend of what is on
    the map and a table of the villages; plots and borders as the plugin draws them."""
    desktop.start(plugin=False)
    _warm()
    from qgis.core import Qgis, QgsLayoutExporter, QgsProject

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "atlas.pdf"
        yield
        began = _now()
        project = QgsProject()
        layout = _layout(county, project)
        settings = QgsLayoutExporter.PdfExportSettings()
        settings.textRenderFormat = Qgis.TextRenderFormat.AlwaysText
        settings.forceVectorOutput = True
        result, why = QgsLayoutExporter.exportToPdf(layout.atlas(), str(file), settings)
        if result != QgsLayoutExporter.ExportResult.Success:
            raise RuntimeError(why)
        count, took = layout.atlas().count(), _since(began)
        yield
        return _answer(file, count, took)


def _layout(county: County, project: Any) -> Any:
    from qgis.core import (
        QgsCoordinateReferenceSystem,
        QgsLayoutItemMap,
        QgsLayoutObject,
        QgsLayoutTableColumn,
        QgsProperty,
    )

    from redline.bench.county import EPSG
    from redline.processing.maps import layouts

    project.setCrs(QgsCoordinateReferenceSystem(f"EPSG:{EPSG}"))
    plots, places = (desktop.layer(county.layer(name)) for name in ("plots", "villages"))
    parted = desktop.run(
        "native:fieldcalculator", INPUT=places, FIELD_NAME="township", FIELD_TYPE=2, FIELD_LENGTH=9,
        FORMULA="left(\"XZQDM\", 9)", OUTPUT="TEMPORARY_OUTPUT",
    )["OUTPUT"]  # fmt: skip
    townships = desktop.run("native:dissolve", INPUT=parted, FIELD=["township"], OUTPUT="TEMPORARY_OUTPUT")["OUTPUT"]
    _drawn(plots, places, townships)
    for layer in (plots, places, townships):
        project.addMapLayer(layer)
    layout = layouts.load(project, layouts.template("township", "landscape"), "en")
    pages = layout.atlas()
    pages.setCoverageLayer(townships)
    pages.setEnabled(True)
    shown = layouts.needed(layout, "map", QgsLayoutItemMap)
    shown.setExtent(townships.extent())
    shown.setLayers([townships, places, plots])
    shown.setKeepLayerSet(True)
    shown.setAtlasDriven(True)
    shown.setAtlasScalingMode(QgsLayoutItemMap.AtlasScalingMode.Fixed)
    shown.dataDefinedProperties().setProperty(
        QgsLayoutObject.DataDefinedProperty.MapScale, QgsProperty.fromValue(_SCALE)
    )
    layout.itemById("title").setText('[% "township" %]')
    layout.itemById("legend").setAutoUpdateModel(True)
    layout.itemById("legend").setLegendFilterByMapEnabled(True)
    table = layouts.table(layout, "table")
    if table is None:
        raise ValueError("the template has no table")
    table.setVectorLayer(parted)
    table.setFilterFeatures(True)
    table.setFeatureFilter("\"township\" = attribute(@atlas_feature, 'township')")
    columns = []
    for name in ("XZQDM", "XZQMC"):
        column = QgsLayoutTableColumn(name)
        column.setAttribute(name)
        columns.append(column)
    table.setColumns(columns)
    project.addMapLayer(parted)
    pages.updateFeatures()
    return layout


def _drawn(plots: Any, places: Any, townships: Any) -> None:
    """The plugin's own fill for plots, and its lines for the two borders."""
    from qgis.core import QgsSingleSymbolRenderer

    from redline.core.standards.paper import symbols
    from redline.processing.maps.symbols import fill

    for layer, name in ((plots, "farmland"), (places, "village"), (townships, "township")):
        layer.setRenderer(QgsSingleSymbolRenderer(fill(symbols()[name])))


def _answer(file: Path, pages: int, took: tuple[float, float]) -> Answer:
    wall, cpu = took
    return {
        "pages": pages, "wall s": wall, "cpu s": cpu, "wall s a page": wall / pages, "cpu s a page": cpu / pages,
        "MB of PDF": file.stat().st_size / 2**20, "pictures": _pictures(file),
    }  # fmt: skip


def _pictures(file: Path) -> int | str:
    """How many pictures a PDF has: none, where all that is drawn stays lines and text."""
    program = shutil.which("pdfimages")
    if program is None:
        return "not counted"
    return len(subprocess.run([program, "-list", str(file)], capture_output=True, check=True).stdout.splitlines()) - 2


def same_pages(answers: dict[str, Answer]) -> str:
    """Both print as many pages, without pictures."""
    counts = {answer["pages"] for answer in answers.values()}
    pictures = {way: answer["pictures"] for way, answer in answers.items()}
    if len(counts) > 1 or set(pictures.values()) - {0, "not counted"}:
        raise ValueError(f"pages: {counts}; pictures: {pictures}")
    return f"{counts.pop()} pages, nothing turned into a picture"


PAGE = Task(
    "P", "A3 pages that show every plot", "QGIS's atlas", {"QGIS's atlas": plain, "redline": atlas}, same_pages,
    ratio=1.0, quality=True,
)  # fmt: skip
VILLAGES = Task(
    "V", "Atlas of 40 villages (36 of 20,000 plots)", None, {"redline": villages}, lambda _answers: "",
    limit=("cpu s", 120.0),
)  # fmt: skip
