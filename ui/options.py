"""Redline's page in QGIS's options dialog: what is set for all runs, each value beside its source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qgis.gui import QgsFilterLineEdit, QgsOptionsPageWidget, QgsOptionsWidgetFactory
from qgis.PyQt.QtGui import QFont, QFontDatabase, QIcon
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFontComboBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from redline.core.preferences import THREADS, Preferences
from redline.processing.algorithm import RESOURCES, language, tr
from redline.processing.settings import most_threads, store, take_over

PAGE = "RedlineOptions"


class OptionsFactory(QgsOptionsWidgetFactory):
    """Makes the page when the dialog is opened. `show_help` opens the guide where it tells of the settings."""

    def __init__(self, show_help: Callable[[], None]) -> None:
        super().__init__(tr("Redline 耕地红线"), QIcon(str(RESOURCES / "icons" / "redline.svg")))
        self._show_help = show_help

    def createWidget(self, parent: QWidget | None = None) -> QgsOptionsPageWidget:
        return OptionsPage(self._show_help, parent)


class OptionsPage(QgsOptionsPageWidget):
    """The settings; they are kept when the dialog is accepted."""

    def __init__(self, show_help: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from redline.ui.threshold_table import ThresholdTable

        self.setObjectName(PAGE)
        found = take_over()
        self._stored = found.preferences
        self.profiles = {role: self._standards(role) for role in ("map", "landuse")}
        self.ratio = self._ratios()
        self.own_font = QCheckBox(tr("Set maps, charts and reports in"), self)
        self.font = QFontComboBox(self)
        self.threads = QSpinBox(self)
        self.masked = QCheckBox(tr("Never show telephone numbers, even where a run asks for them"), self)
        self.table = ThresholdTable(self)
        self.search = QgsFilterLineEdit(self)
        self.only_changed = QCheckBox(tr("Only changed"), self)
        self.said = QLabel(self)
        self._show_general()
        self._arrange(show_help)
        self.table.set_values(self._stored.thresholds, self._stored.reasons)
        self._tell("\n".join(found.problems))

    # What QGIS asks for

    def apply(self) -> None:
        values, reasons = self.table.values()
        # Other roles have no box here, but an administrator may have set their standards.
        profiles = {**self._stored.profiles, **{role: box.currentData() for role, box in self.profiles.items()}}
        store(
            Preferences(
                values, reasons,
                {role: name for role, name in profiles.items() if name},
                self.ratio.currentData() or "",
                self._font() if self.own_font.isChecked() else "",
                self.threads.value(), self.masked.isChecked(),
            )
        )  # fmt: skip

    def _font(self) -> str:
        """The font that was chosen here, else the one that is set: this machine may not have it to show."""
        shown = self.font.currentFont().family()
        return self._stored.font if self._stored.font and shown == self._shown_font else shown

    # Parts of the page

    def _standards(self, role: str) -> QComboBox:
        from redline.core.standards import profiles

        box = QComboBox(self)
        box.addItem(tr("The one that the fields fit best"), "")
        for one in profiles(role):
            box.addItem(one.title[language()], one.id)
        box.setCurrentIndex(max(box.findData(self._stored.profiles.get(role, "")), 0))
        return box

    def _ratios(self) -> QComboBox:
        from redline.core.standards.enforcement import ratio_profiles

        box = QComboBox(self)
        for number, one in enumerate(ratio_profiles().values()):
            # The first is what holds where nothing is set.
            box.addItem(one.title[language()], one.id if number else "")
        box.setCurrentIndex(max(box.findData(self._stored.ratio), 0))
        return box

    def _show_general(self) -> None:
        for box in (*self.profiles.values(), self.ratio):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.font.setWritingSystem(QFontDatabase.WritingSystem.SimplifiedChinese)
        self.own_font.setChecked(bool(self._stored.font))
        self.font.setEnabled(bool(self._stored.font))
        if self._stored.font:
            self.font.setCurrentFont(QFont(self._stored.font))
        self._shown_font = self.font.currentFont().family()
        self.own_font.toggled.connect(self.font.setEnabled)
        self.own_font.setToolTip(tr("Else the first Chinese font that Redline knows and finds on this machine."))
        self.threads.setRange(1, most_threads())
        self.threads.setValue(self._stored.threads)
        self.threads.setToolTip(tr("How many pieces of the land are worked on at once; usual: {count}.").format(
            count=THREADS))  # fmt: skip
        self.masked.setChecked(self._stored.masked)
        self.masked.setToolTip(
            tr("Identity numbers are always masked. A run that asks for telephone numbers is refused.")
        )

    def _arrange(self, show_help: Callable[[], None]) -> None:
        general = QFormLayout()
        general.addRow(tr("Standard of farmland layers"), self.profiles["map"])
        general.addRow(tr("Standard of land-use layers"), self.profiles["landuse"])
        general.addRow(tr("Ratio of illegal occupation"), self.ratio)
        font = QHBoxLayout()
        font.addWidget(self.own_font)
        font.addWidget(self.font, 1)
        general.addRow(tr("Font"), font)
        general.addRow(tr("Threads"), self.threads)
        general.addRow(tr("Personal data"), self.masked)
        lines = QGroupBox(tr("Tolerances and thresholds"), self)
        inside = QVBoxLayout(lines)
        hint = QLabel(
            tr("Every report and every log tells what was changed here, beside the value of the standard."), self
        )
        hint.setWordWrap(True)
        inside.addWidget(hint)
        self.search.setShowSearchIcon(True)
        self.search.setPlaceholderText(tr("Search"))
        self.search.textChanged.connect(lambda _text: self._filter())
        # An emptied box is set in a grey that cannot be read on that of dark themes.
        self.search.textChanged.connect(lambda _text: self.search.setStyleSheet(""))
        self.only_changed.toggled.connect(lambda _on: self._filter())
        finding = QHBoxLayout()
        finding.addWidget(self.search, 1)
        finding.addWidget(self.only_changed)
        inside.addLayout(finding)
        inside.addWidget(self.table, 1)
        self.said.setWordWrap(True)
        self.said.setStyleSheet("color: #d5402b")
        self.said.hide()
        self.table.refused.connect(self._tell)
        inside.addWidget(self.said)
        inside.addLayout(self._buttons(show_help))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(general)
        whole.addWidget(lines, 1)

    def _buttons(self, show_help: Callable[[], None]) -> QHBoxLayout:
        row = QHBoxLayout()
        for title, does in (
            (tr("Reset the selected"), self.table.reset_selected),
            (tr("Reset all"), self.table.reset_all),
            (tr("Read from a file…"), self._ask_to_read),
            (tr("Save to a file…"), self._ask_to_save),
            (tr("Help"), show_help),
        ):
            button = QPushButton(title, self)
            button.clicked.connect(lambda _checked, does=does: does())
            row.addWidget(button)
        row.insertStretch(2, 1)
        return row

    def _filter(self) -> None:
        self.table.show_only(self.search.text(), self.only_changed.isChecked())

    def _tell(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))

    # Files

    def read_from(self, path: Path) -> None:
        """Take over the thresholds of a file; what of it cannot be used is told and left out."""
        from redline.core.standards.changes import read

        try:
            values, reasons = read(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self._tell(tr("“{path}” is no file of thresholds.").format(path=path))
            return
        self._tell("")
        self.table.offer(values, reasons)

    def save_to(self, path: Path) -> None:
        """Write the changed thresholds to a file."""
        from redline.core.standards.changes import written

        try:
            path.write_text(written(*self.table.values()), encoding="utf-8")
        except OSError as error:
            self._tell(tr("“{path}” cannot be written: {why}").format(path=path, why=error.strerror or error))

    def _ask_to_read(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Read thresholds"), "", tr("Thresholds (*.json)"))
        if name:
            self.read_from(Path(name))

    def _ask_to_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, tr("Save thresholds"), "", tr("Thresholds (*.json)"))
        if name:
            path = Path(name)
            self.save_to(path if path.suffix else path.with_suffix(".json"))
