"""A window without a screen, and the results of an audit to work through."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pandas as pd
import pytest
import shapely
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsVectorLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QCoreApplication, QEvent
from qgis.PyQt.QtWidgets import QMainWindow

from redline import classFactory
from redline.core.findings import Findings
from redline.core.memory import remember
from redline.core.progress import Progress
from redline.processing.results import draft_of
from redline.ui.desk import Desk
from redline.ui.results import Results

VILLAGES = {"990101001001": "东关村", "990101001002": "西关村", "990101002001": "河湾村"}
RULES = ("R4001", "R6001", "R5005", "R2012")


def some_findings(count: int = 40) -> pd.DataFrame:
    """Findings of four rules and three villages, every seventh without a place."""
    findings = Findings("zh")
    codes = list(VILLAGES)
    for number, rule in enumerate(RULES):
        rows = np.arange(count)[np.arange(count) % len(RULES) == number]
        units = [codes[row % 3] for row in rows]
        shapes = [None if row % 7 == 0 else shapely.box(x := 500_000 + 100 * row, 3_400_000, x + 90, 3_400_090)
                  for row in rows]  # fmt: skip
        findings.add(
            rule, "register" if rule == "R6001" else "map", [f"{unit}{row:06d}" for unit, row in zip(units, rows)],
            unit=units, unit_name=[VILLAGES[unit] for unit in units], geometry=shapes, difference=1.5, measure="m2",
            message=[f"第{row}号图斑有问题" for row in rows],
        )  # fmt: skip
    return remember(findings.frame(), None, ("map", "register"))


def write_results(
    path: Path, findings: pd.DataFrame, runs: pd.DataFrame | None = None, more: dict[str, pd.DataFrame] | None = None
) -> Path:
    """A results GeoPackage as the audit writes one; `more` are tables beside findings, plots and runs."""
    plots = findings.drop_duplicates("key")
    plots = plots.assign(geometry=plots["geometry"].map(lambda g: g or shapely.box(0, 0, 10, 10)))
    one_run = pd.DataFrame({"run": [1], "started": ["2026-06-30T08:00:00"], "summary": [""]})
    tables = {
        "findings": findings,
        "plot_status": plots[["key", "unit", "geometry"]].assign(
            status="consistent", difference=0.0, in_map=True, in_register=True, in_plots=None, map_area=100.0,
            geometry_area=100.0,
        ),
        "runs": one_run if runs is None else runs,
        **(more or {}),
    }  # fmt: skip
    with draft_of(path, "zh", Progress()) as draft:
        draft.write(tables, QgsCoordinateReferenceSystem("EPSG:4549"), Progress())
    return path


def wait_until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Let Qt work until something is true; fails where it does not become so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        QCoreApplication.processEvents()
        time.sleep(0.005)


@pytest.fixture
def project(qgis_app: Any) -> Iterator[QgsProject]:
    """The project, empty before and after."""
    QgsProject.instance().clear()
    yield QgsProject.instance()
    QgsProject.instance().clear()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def canvas(qgis_app: Any) -> Iterator[QgsMapCanvas]:
    """A map of 800 × 600 pixels."""
    shown = QgsMapCanvas()
    shown.resize(800, 600)
    shown.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4549"))
    yield shown
    shown.deleteLater()


@pytest.fixture
def iface(canvas: QgsMapCanvas) -> Iterator[MagicMock]:
    """A desktop with a window and a map, that notes all else."""
    window = QMainWindow()
    desktop = MagicMock()
    desktop.mainWindow.return_value = window
    desktop.mapCanvas.return_value = canvas
    desktop.addToolBar.side_effect = window.addToolBar
    desktop.addDockWidget.side_effect = window.addDockWidget
    desktop.removeDockWidget.side_effect = window.removeDockWidget
    yield desktop
    window.deleteLater()


@pytest.fixture(scope="session")
def written(qgis_app: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results that no test may change."""
    return write_results(tmp_path_factory.mktemp("written") / "结果.gpkg", some_findings())


@pytest.fixture
def file(written: Path, tmp_path: Path) -> Path:
    """Results that a test may change."""
    return Path(shutil.copy(written, tmp_path / "结果.gpkg"))


@pytest.fixture
def results(file: Path, project: QgsProject) -> Results:
    """The results, open in the project."""
    return Results(file, project)


def stored(file: Path, *names: str) -> dict[str, tuple[Any, ...]]:
    """What a results file holds of every finding, read with a layer of its own."""
    layer = QgsVectorLayer(f"{file}|layername=findings", "", "ogr")
    return {row["finding_id"]: tuple(row[name] for name in names) for row in layer.getFeatures()}


@pytest.fixture
def desk(iface: MagicMock, qgis_processing: None, project: QgsProject) -> Iterator[Desk]:
    """The plugin in a window."""
    door = classFactory(iface)
    door.initGui()
    yield door.desk
    door.unload()
