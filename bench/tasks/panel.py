"""W: the panel with as many findings as there are plots: how long the window is not looked after."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from redline.bench import desktop
from redline.bench.county import COUNTY, EPSG, County
from redline.bench.measure import Answer
from redline.bench.tasks.task import Task

_VILLAGE = 500
_RULES = ("R6003", "R4001", "R6001", "R2005", "R6014", "R6010", "R7010", "R5001")
_LONGEST = 0.5
"""Seconds after which a person notices that the window does not answer."""


def work(plots: County) -> Generator[None, None, Answer]:
    """Open the results, change every kind of filter, see the dashboard and the runs."""
    desktop.start(window=True)
    desktop.warm()
    file = plots.folder / "results.gpkg"
    if not file.exists():
        _write(file, plots.plots)
    from qgis.core import QgsCoordinateReferenceSystem, QgsProject
    from qgis.gui import QgsMapCanvas
    from qgis.PyQt.QtCore import QCoreApplication

    from redline.core.report import cells, chart_data  # noqa: F401
    from redline.core.report.faces import chinese_font
    from redline.core.report.pen import Pen
    from redline.ui.dashboard import DashboardTab
    from redline.ui.findings import FindingsTab
    from redline.ui.results import Results
    from redline.ui.runs import RunsTab

    chinese_font()
    Pen("zh").figure(1.0).subplots()
    canvas = QgsMapCanvas()
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem(f"EPSG:{EPSG}"))
    findings = FindingsTab(canvas, lambda _layer, _feature: None)
    board, runs = DashboardTab(findings, canvas), RunsTab(findings)
    took: dict[str, float] = {}

    def timed(name: str, does: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        answer = does()
        QCoreApplication.processEvents()
        took[name] = max(took.get(name, 0.0), time.perf_counter() - began)
        return answer

    yield
    results = timed("open", lambda: Results(file, QgsProject.instance()))
    began = time.perf_counter()
    findings.open(results)
    board.open(results)
    runs.open(results)
    took["open"] += time.perf_counter() - began
    filters = findings.filters
    timed("filter", lambda: filters.severities["error"].setChecked(False))
    timed("filter", lambda: filters.severities["error"].setChecked(True))
    timed("filter", lambda: filters.unit.setCurrentIndex(2))
    timed("filter", lambda: filters.unit.setCurrentIndex(0))
    filters.words.setText("18")
    timed("first search", findings.refresh)
    filters.words.setText("")
    timed("filter", findings.refresh)
    board.resize(640, 2400)
    board.show()
    while board.drawing or board._next.isActive():
        timed("chart", board._draw_next)
    timed("filter", lambda: filters.severities["error"].setChecked(False))
    while board.drawing or board._next.isActive():
        timed("chart", board._draw_next)
    board.hide()
    timed("runs", runs.show)
    yield
    answer: Answer = {f"{name} s": round(seconds, 3) for name, seconds in took.items()}
    answer["findings"] = len(results.table)
    answer["longest_s"] = max(took.values())
    for tab in (board, runs):
        tab.close_results()
    findings.leave()
    QgsProject.instance().clear()
    return answer


def _write(file: Path, count: int) -> None:
    """Results of `count` findings, as many plots, and two runs."""
    import numpy as np
    import pandas as pd
    import shapely
    from qgis.core import QgsCoordinateReferenceSystem

    from redline.core.findings import Findings
    from redline.core.history import continued
    from redline.core.memory import remember
    from redline.core.progress import Progress
    from redline.processing.results import draft_of

    rows = np.arange(count)
    units = np.array([f"{COUNTY}{1 + v // 40 % 900:03d}{1 + v % 40:03d}" for v in rows // _VILLAGE], dtype=object)
    keys = np.char.add(units.astype(str), np.char.zfill(rows.astype(str), 7)).astype(object)
    east, north = 450_000 + rows % 400 * 100.0, 3_400_000 + rows // 400 * 100.0
    shapes = shapely.box(east, north, east + 90, north + 90)
    findings = Findings("zh")
    for number, rule in enumerate(_RULES):
        part = rows[rows % len(_RULES) == number]
        findings.add(
            rule, "register" if rule == "R6003" else "map", keys[part], unit=units[part], geometry=shapes[part],
            unit_name=[f"第{unit[-3:]}村" for unit in units[part]], measure="m2", expected="6666.67", actual="6700.00",
            severity=("error", "warning", "info")[number % 3], difference=np.where(part % 2, 33.33, -250.0),
            message=[f"图斑第{row}号的登记面积与图上面积相差33.33平方米，超过容差。" for row in part],
        )  # fmt: skip
    found = findings.frame()
    kept = remember(found, remember(found[10:].reset_index(drop=True), None, ("map", "register")), ("map", "register"))
    plots = pd.DataFrame({"key": keys, "unit": units, "geometry": shapes})
    tables = {
        "findings": kept, "runs": pd.DataFrame({"run": [1, 2], "started": ["2026-06-30T08:00:00"] * 2, "summary": ""}),
        "history": continued(continued(None, 1, found[10:].assign(change="new")), 2, kept),
        "plot_status": plots.assign(
            in_map=True, in_register=True, in_plots=True, map_area=6666.67, geometry_area=6666.67, status="consistent",
        ),
        "plot_duties": plots.assign(
            parcel=True, area=True, people=rows % 50 > 0, responsibility=True, atlas=rows % 90 > 0
        ),
    }  # fmt: skip
    with draft_of(file, "zh", Progress()) as draft:
        draft.write(tables, QgsCoordinateReferenceSystem(f"EPSG:{EPSG}"), Progress())


TASK = Task(
    "W", "The panel on as many findings as plots", None, {"redline": work}, lambda _answers: "",
    limit=("longest_s", _LONGEST),
)  # fmt: skip
