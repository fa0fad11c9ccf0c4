"""The dock: sources, run, findings, dashboard and runs of one audit, side by side in tabs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from qgis.core import Qgis, QgsApplication, QgsProject, QgsSettings, QgsVectorLayer
from qgis.gui import QgsDockWidget, QgsMessageBar
from qgis.PyQt.QtCore import QDate, QEvent, Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent, QKeySequence
from qgis.PyQt.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from redline.processing.algorithm import RESOURCES, tr
from redline.ui.dashboard import DashboardTab
from redline.ui.findings import FindingsTab
from redline.ui.results import Results, ResultsError
from redline.ui.run import RunTab
from redline.ui.runs import RunsTab
from redline.ui.sources import SourcesTab

_PLACE = "redline/panel"
_HELP = QKeySequence.StandardKey.HelpContents
_DEMO_DAY = QDate(2026, 6, 30)
_DEMO_LAYERS = (("示范县.gpkg", "CJDCQ"), ("示范县.gpkg", "YJJBNTBHTB"))


class Panel(QgsDockWidget):
    """Redline's dock. `iface` is QGIS's interface; `help_wanted` names the tab on which help is wanted."""

    help_wanted = pyqtSignal(str)

    def __init__(self, iface: Any) -> None:
        super().__init__(tr("Redline 耕地红线"), iface.mainWindow())
        self.setObjectName("RedlinePanel")
        self._iface = iface
        self._project = QgsProject.instance()
        self.results: Results | None = None
        self.bar = QgsMessageBar(self)
        self.tabs = QTabWidget(self)
        self.sources = SourcesTab(self._project, self)
        self.run = RunTab(self.sources.inventory, iface.mapCanvas(), self)
        self.findings = FindingsTab(iface.mapCanvas(), self._open_form, self)
        self.dashboard = DashboardTab(self.findings, iface.mapCanvas(), self)
        self.runs = RunsTab(self.findings, self)
        self._arrange()
        self._connect()
        self._as_it_was()

    def _arrange(self) -> None:
        for widget, title in (
            (self.sources, tr("Sources")),
            (self.run, tr("Run")),
            (self.findings, tr("Findings")),
            (self.dashboard, tr("Dashboard")),
            (self.runs, tr("Runs")),
        ):
            self.tabs.addTab(widget, title)
        self.opened = QLabel(tr("No results are open."), self)
        self.opened.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.help = QToolButton(self)
        self.help.setIcon(QgsApplication.getThemeIcon("/mActionHelpContents.svg"))
        self.help.setToolTip(tr("What this page is for (F1)"))
        self.help.setAutoRaise(True)
        self.help.clicked.connect(lambda _checked: self._want_help())
        self.tabs.setCornerWidget(self.help)
        open_button = QPushButton(tr("Open results…"), self)
        open_button.clicked.connect(lambda _checked: self.ask_results())
        row = QHBoxLayout()
        row.addWidget(self.opened, 1)
        row.addWidget(open_button)
        inside = QWidget(self)
        whole = QVBoxLayout(inside)
        whole.setContentsMargins(2, 2, 2, 2)
        whole.addWidget(self.bar)
        whole.addLayout(row)
        whole.addWidget(self.tabs, 1)
        self.setWidget(inside)

    def _connect(self) -> None:
        self.sources.changed.connect(self.run.offer)
        self.sources.failed.connect(self.warn)
        self.sources.texts_given.connect(self._read_texts)
        self.run.failed.connect(self.warn)
        self.run.done.connect(self._run_done)
        self.findings.failed.connect(self.warn)
        self.runs.failed.connect(self.warn)
        self.runs.told.connect(self.tell)
        self.runs.picked.connect(lambda: self.show_tab(self.findings))

    # Results

    def open_results(self, path: Path) -> bool:
        """Open the results of an audit, or read them again where they are open; False where they cannot be."""
        if self.results is not None and self.results.path == path:
            self.results.reread_now()
            return True
        self.close_results()
        try:
            self.results = Results(path, self._project, self)
        except ResultsError as error:
            self.warn(str(error))
            return False
        self.results.gone.connect(self.close_results)
        self.opened.setText(path.name)
        self.opened.setToolTip(str(path))
        self.findings.open(self.results)
        self.dashboard.open(self.results)
        self.runs.open(self.results)
        return True

    def close_results(self) -> None:
        """Show no results any more; their layers stay where they are."""
        if self.results is not None:
            self.dashboard.close_results()
            self.runs.close_results()
            self.findings.close_results()
            self.results.deleteLater()
            self.results = None
        self.opened.setText(tr("No results are open."))
        self.opened.setToolTip("")

    def ask_results(self) -> None:
        """Let the user choose a results file."""
        name, _ = QFileDialog.getOpenFileName(self, tr("Open results"), "", tr("GeoPackage files (*.gpkg)"))
        if name:
            self.open_results(Path(name))

    def show_tab(self, widget: QWidget) -> None:
        """Bring a tab of the panel to the front."""
        self.setUserVisible(True)
        self.tabs.setCurrentWidget(widget)

    def _run_done(self, results: dict[str, Any]) -> None:
        if self.open_results(Path(results["RESULTS"])):
            self.tabs.setCurrentWidget(self.findings)
        # The whole summary stands on the run's tab; a bar of this width has room for a few words.
        done = tr("The audit is done: {errors} errors, {warnings} warnings.")
        self.tell(done.format(errors=results.get("ERROR_COUNT", 0), warnings=results.get("WARNING_COUNT", 0)))

    def _open_form(self, layer: QgsVectorLayer, feature: Any) -> None:
        self._iface.openFeatureForm(layer, feature, False, False)

    # The demo county and files

    def open_demo(self, folder: Path | None = None) -> None:
        """Put a copy of the demo county into the project and its files among the sources, ready to be run."""
        place = folder or Path(QgsApplication.qgisSettingsDirPath()) / "redline" / "demo"
        place.mkdir(parents=True, exist_ok=True)
        for file in sorted((RESOURCES / "demo").iterdir()):
            if not (place / file.name).exists():
                shutil.copyfile(file, place / file.name)
        for file_name, name in _DEMO_LAYERS:
            layer = QgsVectorLayer(f"{place / file_name}|layername={name}", name, "ogr")
            if layer.isValid() and not self._project.mapLayersByName(name):
                self._project.addMapLayer(layer)
        self.sources.add_files([place])
        self.run.results.setFilePath(str(place.parent / "demo_results.gpkg"))
        self.run.day.setDate(_DEMO_DAY)
        map_layer = next(iter(self._project.mapLayersByName(_DEMO_LAYERS[-1][1])), None)
        if map_layer is not None:
            self._iface.setActiveLayer(map_layer)
            self._iface.zoomToActiveLayer()
        self.show_tab(self.sources)
        self.tell(tr("The demo county is open. Look at the sources, then run."))

    def _read_texts(self, files: list[str]) -> None:
        """Make a layer of files of boundary points."""
        import processing

        try:
            made = processing.run("redline:readcoordinatetxt", {"FILES": files, "OUTPUT": "memory:"})
        except Exception as error:
            # Processing raises what it is told, of any kind.
            self.warn(str(error))
            return
        layer = made["OUTPUT"]
        layer.setName(Path(files[0]).stem)
        self._project.addMapLayer(layer)

    # Words

    def tell(self, words: str) -> None:
        """Show a message for some seconds."""
        self.bar.pushMessage(tr("Redline"), words, Qgis.MessageLevel.Success, 8)

    def warn(self, words: str) -> None:
        """Show what went wrong until it is clicked away."""
        self.bar.pushMessage(tr("Redline"), words, Qgis.MessageLevel.Warning, 0)

    # Help

    def _want_help(self) -> None:
        self.help_wanted.emit(type(self.tabs.currentWidget()).__name__)

    def event(self, event: QEvent) -> bool:
        # QGIS's own help has the key too; a second shortcut for it would disable both.
        if event.type() == QEvent.Type.ShortcutOverride and _is_help(event):
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _is_help(event):
            self._want_help()
        else:
            super().keyPressEvent(event)

    # Its place

    def remember(self) -> None:
        """Keep which tab is open and how it is parted."""
        settings = QgsSettings()
        settings.setValue(f"{_PLACE}/tab", type(self.tabs.currentWidget()).__name__)
        for splitter in self.findChildren(QSplitter):
            settings.setValue(_parting(splitter), splitter.saveState())

    def _as_it_was(self) -> None:
        settings = QgsSettings()
        wanted = settings.value(f"{_PLACE}/tab", "")
        for tab in map(self.tabs.widget, range(self.tabs.count())):
            if type(tab).__name__ == wanted:
                self.tabs.setCurrentWidget(tab)
        for splitter in self.findChildren(QSplitter):
            state = settings.value(_parting(splitter))
            if state is not None:
                splitter.restoreState(state)

    def leave(self) -> None:
        """Let go of map, project and results, before the panel is thrown away."""
        self.remember()
        self.run.cancel()
        self.close_results()
        self.findings.leave()
        self.sources.leave()


def _is_help(event: QKeyEvent) -> bool:
    return bool(event.matches(_HELP))


def _parting(splitter: QSplitter) -> str:
    return f"{_PLACE}/{type(splitter.parentWidget()).__name__}"
