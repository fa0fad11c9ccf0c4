"""The runs tab: what was run when and on what, two runs held against each other, the report, findings to hand on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsMapLayer, QgsProcessingException, QgsProject
from qgis.PyQt.QtCore import QAbstractItemModel, QModelIndex, Qt, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QTableView,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from redline.core.catalogue import text
from redline.processing.algorithm import language, tr
from redline.processing.exports import KINDS, export_findings
from redline.processing.places import data_set, layer_file
from redline.ui import run_page
from redline.ui.findings import FindingsTab
from redline.ui.findings_filter import Pick
from redline.ui.results import Results
from redline.ui.runs_model import ChangesModel, Comparison, RunsModel, number_of, when

_GROUPS = ("rule", "unit")
_RUN_WIDTH = 12  # letters


class RunsTab(QWidget):
    """The runs of some results. `failed` and `told` give a sentence, `picked` that findings were chosen to be shown."""

    failed = pyqtSignal(str)
    told = pyqtSignal(str)
    picked = pyqtSignal()

    def __init__(self, findings: FindingsTab, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings = findings
        self._results: Results | None = None
        self._runs: list[dict[str, Any]] = []
        self._stale = False
        self.runs = _table(self)
        self.page = QTextBrowser(self)
        self.earlier, self.later, self.group = QComboBox(self), QComboBox(self), QComboBox(self)
        self.changes = _table(self)
        self.words = QLabel(self)
        self.report = QPushButton(tr("Open report"), self)
        self.export = QPushButton(tr("Export findings"), self)
        self._arrange()
        self._connect()
        self.setEnabled(False)

    def _arrange(self) -> None:
        self.runs.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.runs.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.page.setOpenLinks(False)
        self.words.setWordWrap(True)
        for box in (self.earlier, self.later):
            box.setMinimumContentsLength(_RUN_WIDTH)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for name in _GROUPS:
            self.group.addItem(tr("By {column}").format(column=text(f"column.{name}", language())), name)
        menu = QMenu(self.export)
        menu.addAction(tr("Those that the filters show…"), lambda: self.ask_export(True))
        menu.addAction(tr("All of them…"), lambda: self.ask_export(False))
        self.export.setMenu(menu)
        buttons = QHBoxLayout()
        buttons.addWidget(self.report)
        buttons.addWidget(self.export)
        buttons.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(QLabel(tr("Compare run"), self))
        row.addWidget(self.earlier, 1)
        row.addWidget(QLabel(tr("with"), self))
        row.addWidget(self.later, 1)
        row.addWidget(self.group)
        below = QWidget(self)
        inside = QVBoxLayout(below)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addLayout(row)
        inside.addWidget(self.words)
        inside.addWidget(self.changes, 1)
        split = QSplitter(Qt.Orientation.Vertical, self)
        for widget, share in ((self.runs, 2), (self.page, 3), (below, 4)):
            split.addWidget(widget)
            split.setStretchFactor(split.count() - 1, share)
        split.setChildrenCollapsible(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(4, 4, 4, 4)
        whole.addLayout(buttons)
        whole.addWidget(split, 1)

    def _connect(self) -> None:
        self.report.clicked.connect(lambda _checked: self.open_report())
        for box in (self.earlier, self.later, self.group):
            box.currentIndexChanged.connect(lambda _row: self.compare())
        self.changes.clicked.connect(self._pick)

    # What is open

    def open(self, results: Results) -> None:
        """Show the runs of these results from now on."""
        self.close_results()
        self._results = results
        results.reread.connect(self._read)
        self.setEnabled(True)
        self._read()

    def close_results(self) -> None:
        """Show nothing."""
        if self._results is not None:
            self._results.reread.disconnect(self._read)
        self._results, self._runs = None, []
        _give(self.runs, None)
        _give(self.changes, None)
        self.page.clear()
        self.words.clear()
        for box in (self.earlier, self.later):
            box.blockSignals(True)
            box.clear()
            box.blockSignals(False)
        self.setEnabled(False)

    def _read(self) -> None:
        if self._results is None:
            return
        self._runs = self._results.runs()
        _give(self.runs, RunsModel(self._runs, self))
        self.runs.selectionModel().currentRowChanged.connect(lambda now, _before: self._show(now.row()))
        self.runs.resizeColumnsToContents()
        for box, chosen in ((self.earlier, 1), (self.later, 0)):
            box.blockSignals(True)
            box.clear()
            for run in self._runs:
                box.addItem(_called(run), number_of(run))
            box.setCurrentIndex(min(chosen, len(self._runs) - 1))
            box.blockSignals(False)
        if self._runs:
            self.runs.selectRow(0)
        self.compare()

    def _show(self, row: int) -> None:
        """Tell of the run in a row, and compare it with the one before."""
        if not 0 <= row < len(self._runs):
            self.page.clear()
            return
        before = self._runs[row + 1] if row + 1 < len(self._runs) else None
        self.page.setHtml(run_page.page(self._runs[row], before))
        if before is not None:
            self.earlier.setCurrentIndex(row + 1)
            self.later.setCurrentIndex(row)

    # Two runs

    def compare(self) -> None:
        """Show what became of the findings between the two runs that are chosen; nothing while the tab is not seen."""
        self._stale = not self.isVisible()
        if self._results is None or self._stale:
            return
        _give(self.changes, None)
        numbers = [box.currentData() for box in (self.earlier, self.later)]
        self.words.setText(self._why_not(numbers))
        self.words.setVisible(bool(self.words.text()))
        if self.words.text():
            return
        comparison = Comparison(self._results.table, self._results.history(*numbers), *numbers)
        _give(self.changes, ChangesModel(comparison, str(self.group.currentData()), self))
        self.changes.resizeColumnsToContents()
        self.changes.setColumnWidth(0, min(self.changes.columnWidth(0), self.changes.viewport().width() // 2))
        if not len(comparison.ids):
            self.words.setText(tr("Nothing became another between these runs."))
            self.words.show()

    def _why_not(self, numbers: list[int | None]) -> str:
        """Why these runs cannot be compared, in a sentence; "" where they can."""
        earlier, later = numbers
        if earlier is None or later is None or len(self._runs) < 2:
            return tr("There is one run so far; run the audit again on the same results to compare.")
        if earlier >= later:
            return tr("Choose an earlier run to compare with.")
        begins = self._results.history_begins() if self._results is not None else None
        if begins is None or begins > earlier:
            return tr(
                "Run {run} was made before the results kept what each run changed; its counts are in the list."
            ).format(run=earlier)
        return ""

    def _pick(self, index: QModelIndex) -> None:
        """Show the findings that a cell counts."""
        title, ids = index.model().picked(index)
        if ids and self._results is not None:
            self._findings.filters.everything()
            self._findings.filters.pick(Pick(title, ids=ids))
            self.picked.emit()

    def showEvent(self, event: object) -> None:
        super().showEvent(event)
        if self._stale:
            self.compare()

    # The report

    def open_report(self) -> None:
        """Open the report of the chosen run."""
        file, why = self.report_of(self.runs.currentIndex().row())
        if why:
            self.failed.emit(why)
        elif file is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))

    def report_of(self, row: int) -> tuple[Path | None, str]:
        """The file of a run's report; None and why in a sentence where there is none."""
        if self._results is None or not 0 <= row < len(self._runs):
            return None, tr("Choose a run first.")
        run, folder = self._runs[row], self._results.path.parent
        told = str(run.get("report") or "")
        if not told:
            return None, tr("Run {run} wrote no report, or did not keep where.").format(run=number_of(run))
        file = folder / told
        later = next((other for other in reversed(self._runs[:row]) if other.get("report") == told), None)
        if later is not None:
            said = tr("The report of run {run} was replaced by that of run {later}.")
            return None, said.format(run=number_of(run), later=number_of(later))
        if not file.is_file():
            return None, tr("The report is no longer where it was written: {path}").format(path=file)
        return file, ""

    # Findings to hand on

    def ask_export(self, filtered: bool) -> None:
        """Let the user choose a file, and write findings to it."""
        if self._results is None:
            return
        kinds = ";;".join((
            tr("Workbooks (*.xlsx)"), tr("GeoPackage files (*.gpkg)"), tr("GeoJSON files (*.geojson)"),
        ))  # fmt: skip
        start = self._results.path.with_name(f"{self._results.path.stem}_{text('layer.findings', language())}.xlsx")
        name, kind = QFileDialog.getSaveFileName(self, tr("Export findings"), str(start), kinds)
        if not name:
            return
        # The dialog has asked already whether a file may be replaced, but not one of a name that is made here.
        path = Path(name)
        if path.suffix.lower() not in KINDS:
            path = Path(name + kind.rsplit("*", 1)[1].rstrip(")"))
            if path.exists():
                self.failed.emit(tr("{path} is there already; choose another name.").format(path=path))
                return
        self.export_to(path, filtered)

    def export_to(self, path: Path, filtered: bool) -> bool:
        """Write the findings, those that the filters show or all, to a file; False where that cannot be."""
        if self._results is None:
            return False
        if _in_use(path, QgsProject.instance()):
            self.failed.emit(
                tr("{path} is open in the project and is not replaced; choose another name.").format(path=path)
            )
            return False
        places = self._findings.places() if filtered else slice(None)
        fids = self._results.table.fids[places].tolist()
        QgsApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            export_findings(self._results.findings, fids, path, language())
        except QgsProcessingException as error:
            self.failed.emit(str(error))
            return False
        finally:
            QgsApplication.restoreOverrideCursor()
        self.told.emit(tr("{count} findings were written to {path}").format(count=f"{len(fids):,}", path=path))
        return True


def _in_use(path: Path, project: QgsProject) -> bool:
    """Is a layer of the project read from this file?"""
    place = data_set(path)
    layers = (one for one in project.mapLayers().values() if one.type() == QgsMapLayer.LayerType.VectorLayer)
    return any(data_set(file) == place for file in map(layer_file, layers) if file)


def _called(run: dict[str, Any]) -> str:
    return " · ".join(filter(None, (str(number_of(run)), when(run), str(run.get("name") or ""))))


def _give(table: QTableView, model: QAbstractItemModel | None) -> None:
    """Have a table show a model; the one before is thrown away, with the findings that it holds."""
    before = table.model()
    table.setModel(model)
    if before is not None:
        before.deleteLater()


def _table(parent: QWidget) -> QTableView:
    table = QTableView(parent)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setAlternatingRowColors(True)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(int(table.fontMetrics().height() * 1.6))
    table.setWordWrap(False)
    return table
