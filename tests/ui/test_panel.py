"""The panel in a window: the demo county opened, run in the background, cancelled, run again; nothing left behind."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from qgis.core import QgsApplication, QgsExpression, QgsProject, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QEvent, Qt
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QAction, QDockWidget, QLineEdit, QSplitter, QToolBar

from redline import classFactory
from redline.tests.ui.conftest import stored, wait_until
from redline.ui.desk import Desk
from redline.ui.guide import FOLDER, PLACES
from redline.ui.panel import Panel


@pytest.fixture
def panel(desk: Desk) -> Panel:
    assert desk.panel is None
    desk.actions["panel"].trigger()
    return desk.panel


def warnings(panel: Panel) -> list[str]:
    return [item.text() for item in panel.bar.items()]


def ran(panel: Panel) -> None:
    wait_until(lambda: not panel.run.running, 200)


def test_the_demo_county_from_opening_to_a_second_run(desk: Desk, tmp_path: Path) -> None:
    desk.show_panel()
    panel = desk.panel
    panel.open_demo(tmp_path / "demo")
    assert {layer.name() for layer in QgsProject.instance().mapLayers().values()} == {"CJDCQ", "YJJBNTBHTB"}
    assert panel.sources.inventory.readiness("map").state == "ready"
    checks = panel.run.checks
    names = [checks.item(row).data(Qt.ItemDataRole.UserRole) for row in range(checks.count())]
    for row, name in enumerate(names):
        checks.item(row).setCheckState(
            Qt.CheckState.Checked if name in ("duties", "schema") else Qt.CheckState.Unchecked
        )
    target = tmp_path / "结果.gpkg"
    panel.run.results.setFilePath(str(target))
    panel.run.report.setChecked(False)
    steps: list[str] = []
    panel.run.run()
    assert panel.run.running
    assert not panel.run.start.isEnabled()
    panel.run._runner.listener.step.connect(steps.append)
    panel.run.run()
    ran(panel)
    assert panel.run.bar.value() == 100
    assert any("YJJBNTBHTB" in step for step in steps)
    assert panel.results is not None
    assert panel.tabs.currentWidget() is panel.findings
    assert not {"R4001", "R6001"} & set(panel.results.table.column("rule"))
    desk.actions["next"].trigger()
    desk.actions["waive"].trigger()
    waived = {one for one, (status,) in stored(target, "status").items() if status == "waived"}
    assert len(waived) == 1
    panel.run.run()
    ran(panel)
    after = stored(target, "status", "change")
    assert {one for one, (status, _) in after.items() if status == "waived"} == waived
    assert {change for _, change in after.values()} == {"same"}
    assert [run["run"] for run in panel.results.runs()] == [2, 1]
    assert panel.results.runs()[0]["settings"]["asked"]["checks"] == "duties,schema"


def test_a_run_can_be_cancelled(panel: Panel, tmp_path: Path) -> None:
    panel.open_demo(tmp_path / "demo")
    panel.run.results.setFilePath(str(tmp_path / "结果.gpkg"))
    panel.run.run()
    panel.run.cancel()
    ran(panel)
    assert not (tmp_path / "结果.gpkg").exists()
    assert "Cancelled" in panel.run.step.text()
    assert panel.run.start.isEnabled()


def test_what_stops_a_run_is_said(panel: Panel, tmp_path: Path) -> None:
    panel.run.run()
    panel.run.results.setFilePath(str(tmp_path / "结果.gpkg"))
    panel.run.run()
    panel.open_demo(tmp_path / "demo")
    panel.run.results.setFilePath(str(tmp_path / "demo" / "示范县.gpkg"))
    panel.run.run()
    ran(panel)
    said = " ".join(warnings(panel))
    for words in ("Choose the file of the results", "no sources yet", "would overwrite"):
        assert words in said, said


def test_results_that_are_none(panel: Panel, tmp_path: Path) -> None:
    assert not panel.open_results(tmp_path / "没有.gpkg")
    assert "holds no results" in warnings(panel)[0]
    assert panel.results is None


def test_keys_do_nothing_without_a_panel(desk: Desk) -> None:
    for name in ("next", "previous", "confirm", "waive", "fix", "reopen"):
        desk.actions[name].trigger()
    assert desk.panel is None


def test_the_panel_hides_and_comes_back_as_it_was(desk: Desk, panel: Panel) -> None:
    desk.actions["panel"].trigger()
    desk.actions["panel"].trigger()
    assert desk.panel is panel


def test_without_its_libraries_the_panel_says_what_is_missing(desk: Desk, iface: MagicMock, monkeypatch: Any) -> None:
    monkeypatch.setattr("redline.ui.desk.can_execute", lambda: (False, "pandas is missing"))
    desk.actions["panel"].trigger()
    iface.messageBar().pushWarning.assert_called_once_with("Redline", "pandas is missing")
    assert desk.panel is None


def test_nothing_is_left_behind(
    iface: MagicMock, qgis_processing: None, project: QgsProject, file: Path
) -> None:
    window, canvas = iface.mainWindow(), iface.mapCanvas()
    before = len(window.findChildren(object)), len(canvas.scene().items())
    functions = QgsExpression.functionCount()
    there = set(threading.enumerate())
    for _ in range(2):
        door = classFactory(iface)
        door.initGui()
        door.desk.show_panel()
        door.desk.panel.open_results(file)
        door.desk.panel.findings.next()
        door.unload()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert not window.findChildren(QDockWidget)
        assert not window.findChildren(QToolBar)
        wait_until(lambda: len(canvas.scene().items()) == before[1])
        assert len(window.findChildren(object)) == before[0]
        assert QgsApplication.processingRegistry().providerById("redline") is None
        assert QgsExpression.functionCount() == functions
        assert set(threading.enumerate()) <= there
    for entered, left in (
        ("registerOptionsWidgetFactory", "unregisterOptionsWidgetFactory"),
        ("registerLocatorFilter", "deregisterLocatorFilter"),
        ("addPluginToVectorMenu", "removePluginVectorMenu"),
    ):
        assert len(getattr(iface, entered).call_args_list) >= 2
        assert getattr(iface, entered).call_args_list == getattr(iface, left).call_args_list
    assert iface.registerMainWindowAction.call_count == iface.unregisterMainWindowAction.call_count == 12
    # The project goes on without the panel.
    project.removeMapLayers(list(project.mapLayers()))
    canvas.extentsChanged.emit()


def test_the_panel_remembers_its_tab_and_how_it_is_parted(
    iface: MagicMock, qgis_processing: None, project: QgsProject
) -> None:
    places = []
    for number in range(2):
        door = classFactory(iface)
        door.initGui()
        door.desk.show_panel()
        panel = door.desk.panel
        panel.resize(500, 900)
        panel.show_tab(panel.findings)
        split = panel.findings.findChild(QSplitter)
        if number == 0:
            panel.show_tab(panel.findings)
            QCoreApplication.processEvents()
            split.setSizes([700, 100])
        places.append((type(panel.tabs.currentWidget()).__name__, bytes(split.saveState())))
        door.unload()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert places[0] == places[1]
    QgsSettings().remove("redline/panel")


def test_help_is_of_the_tab_that_is_open_in_both_languages(
    desk: Desk, panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tab, chinese, english in ((panel.sources, "数据", "Sources"), (panel.findings, "问题", "Findings")):
        panel.show_tab(tab)
        for speech, words in (("zh", chinese), ("en", english)):
            monkeypatch.setattr("redline.ui.guide.language", lambda speech=speech: speech)
            panel.help.click()
            cursor = desk.guide.browser.textCursor()
            assert cursor.block().text().startswith(words)
            assert cursor.block().blockFormat().headingLevel()
    desk.open_help("settings")
    assert desk.guide.browser.textCursor().block().text().startswith("Settings")


def test_the_guide_tells_of_every_place(qgis_processing: None) -> None:
    for page, *headings in PLACES.values():
        lines = (FOLDER / page).read_text(encoding="utf-8").splitlines()
        for heading in headings:
            assert any(line.startswith("#") and line.lstrip("# ").startswith(heading) for line in lines), heading


def test_help_has_its_key_in_the_panel_alone(desk: Desk, panel: Panel, iface: MagicMock) -> None:
    """QGIS has the same key for its own help: two takers at once would be none."""
    window = iface.mainWindow()
    ours: list[str] = []
    theirs: list[bool] = []
    panel.help_wanted.connect(ours.append)
    own = QAction("help of QGIS", window)
    own.setShortcut(QKeySequence(QKeySequence.StandardKey.HelpContents))
    own.triggered.connect(theirs.append)
    window.addAction(own)
    window.setCentralWidget(beside := QLineEdit(window))
    window.show()
    window.activateWindow()
    panel.show_tab(panel.findings)
    wait_until(window.isActiveWindow)
    QTest.keyClick(beside, Qt.Key.Key_F1)
    assert (ours, len(theirs)) == ([], 1)
    QTest.keyClick(panel.findings.tree, Qt.Key.Key_F1)
    assert (ours, len(theirs)) == (["FindingsTab"], 1)
