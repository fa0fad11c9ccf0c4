"""The run tab: which checks, which part of the county, where to; then the audit as a task in the background."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProject,
    QgsTask,
)
from qgis.gui import QgsFileWidget, QgsMapCanvas
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QDate, QObject, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QDateEdit,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from redline.core.audit import CHECKS
from redline.core.catalogue import text
from redline.processing.algorithm import language, tr
from redline.ui.inventory import SCOPE, Inventory

ALGORITHM = "redline:countyaudit"
_RESULTS_ENTRY = "/results"


class Listener(QgsProcessingFeedback):
    """What a run says, as signals that may cross threads."""

    step = pyqtSignal(str)
    said = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__(False)
        self.errors: list[str] = []

    def setProgressText(self, words: str) -> None:
        self.step.emit(words)

    def pushInfo(self, words: str) -> None:
        self.said.emit(words)

    def pushWarning(self, words: str) -> None:
        self.said.emit(words)

    def pushDebugInfo(self, words: str) -> None:
        QgsApplication.messageLog().logMessage(words, "Redline")

    def reportError(self, words: str, fatal: bool = False) -> None:
        self.errors.append(words)
        self.said.emit(words)


class Runner(QObject):
    """One run of an algorithm as a task; `done` gives its results, `failed` a sentence, "" where it was cancelled."""

    done = pyqtSignal(dict)
    failed = pyqtSignal(str)

    def __init__(
        self, algorithm: str, parameters: Mapping[str, Any], title: str, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.listener = Listener()
        self._parameters, self._title = dict(parameters), title
        # The task does not keep these alive.
        self._algorithm = QgsApplication.processingRegistry().createAlgorithmById(algorithm)
        self._context = QgsProcessingContext()
        self._context.setProject(QgsProject.instance())
        self._context.setFeedback(self.listener)
        self._task: QgsProcessingAlgRunnerTask | None = None

    def start(self) -> None:
        """Start in the background. What can be told at once, is."""
        fine, why = self._algorithm.canExecute()
        if fine:
            fine, why = self._algorithm.checkParameterValues(self._parameters, self._context)
        if not fine:
            self.failed.emit(why)
            return
        self._task = QgsProcessingAlgRunnerTask(self._algorithm, self._parameters, self._context, self.listener)
        self._task.setDescription(self._title)
        self._task.executed.connect(self._executed)
        QgsApplication.taskManager().addTask(self._task)

    @property
    def running(self) -> bool:
        """Is it at work, or waiting for its turn?"""
        ended = (QgsTask.TaskStatus.Complete, QgsTask.TaskStatus.Terminated)
        return self._task is not None and not sip.isdeleted(self._task) and self._task.status() not in ended

    def cancel(self) -> None:
        """Stop as soon as the algorithm looks up."""
        self.listener.cancel()
        if self.running and self._task is not None:
            self._task.cancel()

    def _executed(self, fine: bool, results: dict[str, Any]) -> None:
        self._task = None
        if fine and results:
            self.done.emit(results)
        elif self.listener.isCanceled():
            self.failed.emit("")
        else:
            self.failed.emit(self.listener.errors[-1] if self.listener.errors else tr("The run failed; see the log."))


class RunTab(QWidget):
    """Runs the county audit on an inventory. `done` gives the results of the algorithm, `failed` a sentence."""

    done = pyqtSignal(dict)
    failed = pyqtSignal(str)

    def __init__(self, inventory: Inventory, canvas: QgsMapCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inventory, self._canvas = inventory, canvas
        self._runner: Runner | None = None
        self.checks = QListWidget(self)
        self.selected = QCheckBox(tr("Only findings of selected features"), self)
        self.extent = QCheckBox(tr("Only findings within the visible map"), self)
        self.units = QLineEdit(self)
        self.units.setPlaceholderText(tr("All; or codes parted by commas, as 990101001, 990101002"))
        self.name = QLineEdit(self)
        self.name.setPlaceholderText(tr("For example “before the May inspection”"))
        self.day = QDateEdit(QDate.currentDate(), self)
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.results = _file(tr("GeoPackage files (*.gpkg)"))
        self.report = QCheckBox(tr("Write the report beside it (HTML and PDF)"), self)
        self.report.setChecked(True)
        self.start = QPushButton(tr("Run"), self)
        self.stop = QPushButton(tr("Cancel"), self)
        self.bar = QProgressBar(self)
        self.step = QLabel(self)
        self.log = QPlainTextEdit(self)
        self._arrange()
        self.start.clicked.connect(lambda _checked: self.run())
        self.stop.clicked.connect(lambda _checked: self.cancel())
        self._at_rest(True)

    def _arrange(self) -> None:
        self.log.setReadOnly(True)
        self.bar.setRange(0, 100)
        self.checks.setToolTip(tr("Checks that the sources allow; what is not ticked is left out and said so."))
        rows = len(CHECKS) + 1
        self.checks.setMaximumHeight(int(rows * self.fontMetrics().height() * 1.5))
        which = QGroupBox(tr("Checks"), self)
        QVBoxLayout(which).addWidget(self.checks)
        form = QFormLayout()
        form.addRow(tr("Results"), self.results)
        form.addRow("", self.report)
        form.addRow(tr("On the day"), self.day)
        form.addRow(tr("Name of this run"), self.name)
        form.addRow(tr("Units"), self.units)
        form.addRow("", self.selected)
        form.addRow("", self.extent)
        row = QHBoxLayout()
        row.addWidget(self.start)
        row.addWidget(self.stop)
        row.addWidget(self.bar, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(4, 4, 4, 4)
        whole.addWidget(which)
        whole.addLayout(form)
        whole.addLayout(row)
        whole.addWidget(self.step)
        whole.addWidget(self.log, 1)

    def offer(self) -> None:
        """Offer the checks that the sources allow; what was not ticked stays so."""
        left = {self.checks.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.checks.count())
                if self.checks.item(row).checkState() == Qt.CheckState.Unchecked
                and self.checks.item(row).flags() & Qt.ItemFlag.ItemIsEnabled}  # fmt: skip
        self.checks.clear()
        for check in CHECKS:
            given = [role for role, several in self._inventory.chosen.items() if several]
            lacking = [text(f"role.{role}", language()) for role in check.lacking(given)]
            title = text(f"step.{check.id}", language())
            item = QListWidgetItem(title if not lacking else f"{title} — {tr('lacks')} {'、'.join(lacking)}")
            item.setData(Qt.ItemDataRole.UserRole, check.id)
            able = not lacking and bool(self._inventory.chosen)
            item.setFlags(Qt.ItemFlag.ItemIsUserCheckable | (Qt.ItemFlag.ItemIsEnabled if able else Qt.ItemFlag(0)))
            ticked = able and check.id not in left
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
            self.checks.addItem(item)
        kept, _ = QgsProject.instance().readEntry(SCOPE, _RESULTS_ENTRY, "")
        if kept and not self.results.filePath():
            self.results.setFilePath(QgsProject.instance().readPath(kept))

    def parameters(self) -> dict[str, Any]:
        """What the algorithm is given."""
        able, ticked = [], []
        for row in range(self.checks.count()):
            item = self.checks.item(row)
            if item.flags() & Qt.ItemFlag.ItemIsEnabled:
                able.append(item.data(Qt.ItemDataRole.UserRole))
                if item.checkState() == Qt.CheckState.Checked:
                    ticked.append(able[-1])
        target = Path(self.results.filePath()) if self.results.filePath() else None
        beside = {"REPORT": ".html", "REPORT_PDF": ".pdf"} if target and self.report.isChecked() else {}
        return {
            **self._inventory.parameters(),
            "CHECKS": "" if ticked == able else ",".join(ticked),
            "UNIT_CODES": self.units.text(),
            "EXTENT": self._extent() if self.extent.isChecked() else None,
            "SELECTED_ONLY": self.selected.isChecked(),
            "ON_DATE": self.day.date().toString("yyyy-MM-dd"),
            "NAME": self.name.text(),
            "RESULTS": str(target or ""),
            **{name: str(target.with_suffix(suffix)) for name, suffix in beside.items() if target},
        }

    def run(self) -> None:
        """Run the audit in the background."""
        if self._runner is not None:
            return
        parameters = self.parameters()
        if not parameters["RESULTS"]:
            self.failed.emit(tr("Choose the file of the results first."))
            return
        if not self._inventory.chosen:
            self.failed.emit(tr("There are no sources yet: add layers to the project or files to the sources."))
            return
        QgsProject.instance().writeEntry(SCOPE, _RESULTS_ENTRY, QgsProject.instance().writePath(parameters["RESULTS"]))
        self.log.clear()
        self.bar.setValue(0)
        self._at_rest(False)
        self._runner = Runner(ALGORITHM, parameters, tr("County audit"), self)
        listener = self._runner.listener
        listener.progressChanged.connect(lambda percent: self.bar.setValue(round(percent)))
        listener.step.connect(self.step.setText)
        listener.said.connect(self.log.appendPlainText)
        self._runner.done.connect(self._done)
        self._runner.failed.connect(self._failed)
        self._runner.start()

    def cancel(self) -> None:
        """Stop the run; the results stay as they were."""
        if self._runner is not None:
            self.step.setText(tr("Stopping…"))
            self._runner.cancel()

    @property
    def running(self) -> bool:
        """Is an audit at work?"""
        return self._runner is not None

    def _extent(self) -> str:
        box, crs = self._canvas.extent(), self._canvas.mapSettings().destinationCrs()
        return f"{box.xMinimum()},{box.xMaximum()},{box.yMinimum()},{box.yMaximum()} [{crs.authid()}]"

    def _done(self, results: dict[str, Any]) -> None:
        self._ended()
        self.bar.setValue(100)
        self.step.setText(str(results.get("SUMMARY", "")))
        self.done.emit(results)

    def _failed(self, why: str) -> None:
        self._ended()
        self.step.setText(why or tr("Cancelled; the results are as they were."))
        if why:
            self.failed.emit(why)

    def _ended(self) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            runner.deleteLater()
        self._at_rest(True)

    def _at_rest(self, rests: bool) -> None:
        self.start.setEnabled(rests)
        self.stop.setEnabled(not rests)


def _file(kinds: str) -> QgsFileWidget:
    widget = QgsFileWidget()
    widget.setStorageMode(QgsFileWidget.StorageMode.SaveFile)
    widget.setFilter(kinds)
    widget.setConfirmOverwrite(False)
    return widget
