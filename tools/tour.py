"""A working day at the desk, driven in a real QGIS window: tools/window.sh runs this, for pictures and as a test.

What was seen is written to $REDLINE_TOUR/seen.json, an entry a step; with $REDLINE_PICTURES set, pictures are taken.
"""

from __future__ import annotations

import json
import os
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDockWidget, QToolBar
from qgis.utils import iface, reloadPlugin, unloadPlugin

from redline.tools.stage import Wait, clear_desk, desk, drawn, grab, panel, play

TOUR = Path(os.environ["REDLINE_TOUR"])
PANEL = 640

seen: dict[str, Any] = {"steps": []}


def note(**facts: Any) -> None:
    seen["steps"].append(facts)


def tour() -> Iterator[Wait | float]:
    """The steps; what is yielded is waited for: seconds, or something that becomes true."""
    window = iface.mainWindow()
    clear_desk()
    note(step="start", actions=sorted(desk().actions), panel=panel() is None, bands=bands())
    desk().actions["demo"].trigger()
    yield lambda: panel() is not None and bool(panel().sources.inventory.chosen)
    window.resizeDocks([panel()], [PANEL], Qt.Orientation.Horizontal)
    yield drawn
    yield 1.0
    inventory = panel().sources.inventory
    note(step="sources", states={role: inventory.readiness(role).state for role in sorted(inventory.chosen)})
    grab("sources")
    yield from run("run", "第一次")
    yield from work()
    yield from run("again", "第二次")
    findings = panel().findings
    kept = findings._results.table.column("status")
    note(step="kept", statuses={name: int((kept == name).sum()) for name in set(kept)})
    yield from dashboard()
    yield from runs()
    yield from atlas()
    yield from leave_and_return()


def run(step: str, name: str) -> Iterator[Wait | float]:
    """Run the audit, and see how long the window was not looked after."""
    tab = panel().run
    tab.name.setText(name)
    panel().show_tab(tab)
    ticks: list[float] = []
    clock = QTimer()
    clock.timeout.connect(lambda: ticks.append(time.monotonic()))
    clock.start(20)
    heard: list[str] = []
    began = time.monotonic()
    tab.run()
    tab._runner.listener.step.connect(heard.append)
    yield 1.0
    grab(step)
    yield lambda: not tab.running
    clock.stop()
    gaps = [after - before for before, after in zip(ticks, ticks[1:])]
    note(
        step=step, seconds=time.monotonic() - began, said=tab.step.text(), steps=heard,
        longest_gap=max(gaps, default=0), findings=len(panel().results.table) if panel().results else 0,
    )  # fmt: skip
    yield 1.0


def work() -> Iterator[Wait | float]:
    """Filter, step through findings, say something of them, take it back."""
    tab = panel().findings
    table = panel().results.table
    panel().show_tab(tab)
    shown: list[int] = []
    tab.shown.connect(lambda places: shown.append(len(places)))
    tab.filters.words.setText("村")
    tab.refresh()
    tab.filters.words.setText("")
    tab.filters.severities["info"].setChecked(False)
    tab.refresh()
    extents, places = [], []
    for _ in range(4):
        desk().actions["next"].trigger()
        yield 0.5
        places.append(tab.current())
        extents.append(iface.mapCanvas().extent().toString(0))
    yield drawn
    yield 1.0
    grab("findings")
    desk().actions["confirm"].trigger()
    tab.tree.setCurrentIndex(tab._model.index(0, 0))
    in_group = len(tab.selected())
    desk().actions["waive"].trigger()
    waived = int((table.column("status") == "waived").sum())
    tab.undo.undo()
    undone = int((table.column("status") == "waived").sum())
    tab.undo.redo()
    tab.filters.severities["info"].setChecked(True)
    note(
        step="work", shown=shown, stepped=len(set(places)), moved=len(set(extents)), group=in_group, waived=waived,
        undone=undone, confirmed=int((table.column("status") == "confirmed").sum()),
    )  # fmt: skip
    yield 0.5


def dashboard() -> Iterator[Wait | float]:
    """Click on the bar of a rule and on a township, and take both away again."""
    board, findings = panel().dashboard, panel().findings
    panel().show_tab(board)
    yield 0.3
    yield lambda: not board.drawing
    yield 0.5
    grab("dashboard")
    drawn_charts = {name: view.picture.drawing is not None for name, view in board.views.items()}
    clicks = []
    for chart in ("rules", "units"):
        picture = board.views[chart].picture
        mark = picture.drawing.marks[1]
        place = picture.place(mark).center().toPoint()
        QTest.mouseClick(picture, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
        yield 0.3
        yield lambda: not board.drawing
        layer = panel().results.findings
        clicks.append({
            "words": mark.words, "shown": len(findings.places()), "selected": layer.selectedFeatureCount(),
        })  # fmt: skip
    yield drawn
    grab("dashboard_picked")
    board.everything.click()
    yield 0.3
    yield lambda: not board.drawing
    words = {name: view.words.text() for name, view in board.views.items()}
    note(step="dashboard", charts=drawn_charts, clicks=clicks, words=words, after=len(findings.places()))


def runs() -> Iterator[Wait | float]:
    """Hold the two runs against each other, and hand findings on."""
    tab = panel().runs
    panel().show_tab(tab)
    tab.runs.selectRow(0)
    yield 0.5
    grab("runs")
    model = tab.changes.model()
    last = model.rowCount() - 1
    changes = [model.index(last, column).data() for column in range(1, model.columnCount())]
    files = {name: TOUR / f"findings.{name}" for name in ("xlsx", "gpkg", "geojson")}
    exported = {name: tab.export_to(file, filtered=name != "xlsx") for name, file in files.items()}
    note(
        step="runs", runs=tab.runs.model().rowCount(), changes=changes, words=tab.words.text(), exported=exported,
        report=str(tab.report_of(0)[0] or ""), replaced=tab.report_of(1)[1],
        refused=not tab.export_to(panel().results.path, filtered=False),
    )  # fmt: skip
    panel().bar.clearWidgets()
    yield 0.1


def atlas() -> Iterator[Wait | float]:
    """Print the index map of the county."""
    import processing

    layer = QgsProject.instance().mapLayersByName("YJJBNTBHTB")[0]
    units = QgsProject.instance().mapLayersByName("CJDCQ")[0]
    made = processing.run(
        "redline:atlas",
        {"KIND": "index", "MAP": layer, "UNITS": units, "PDF": str(TOUR / "atlas.pdf"), "INDEX": "memory:"},
    )
    note(step="atlas", pages=made["PAGE_COUNT"], bytes=Path(made["PDF"]).stat().st_size)
    yield 0.1


def left_behind() -> list[str]:
    """What of Redline is still in the window."""
    QApplication.sendPostedEvents(None, 52)  # deleteLater
    QApplication.processEvents()
    window = iface.mainWindow()
    children = [one.objectName() for kind in (QDockWidget, QToolBar) for one in window.findChildren(kind)]
    menu = [action.text() for action in iface.vectorMenu().actions()]
    providers = [one.id() for one in QgsApplication.processingRegistry().providers()]
    return [name for name in (*children, *menu, *providers) if "redline" in name.lower()]


def bands() -> int:
    """How many rubber bands are on the map."""
    return sum("RubberBand" in type(item).__name__ for item in iface.mapCanvas().scene().items())


def leave_and_return() -> Iterator[Wait | float]:
    """Unload the plugin, look for what is left of it, and load it again."""
    unloadPlugin("redline")
    yield 0.5
    note(step="unloaded", left=left_behind(), bands=bands())
    from qgis.utils import loadPlugin, startPlugin

    loadPlugin("redline")
    startPlugin("redline")
    yield 0.5
    reloadPlugin("redline")
    yield 0.5
    desk().actions["panel"].trigger()
    yield 0.5
    note(step="reloaded", panel=panel() is not None, actions=sorted(desk().actions))


def ended() -> None:
    (TOUR / "seen.json").write_text(json.dumps(seen, ensure_ascii=False, indent=1), encoding="utf-8")


def failed(error: BaseException) -> None:
    seen["error"] = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    grab("error")


play(tour(), ended, failed)
