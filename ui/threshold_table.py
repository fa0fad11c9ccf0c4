"""The thresholds as a table: value and reason can be edited, what makes no sense is refused at once in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from redline.core.catalogue import text
from redline.core.standards import Threshold, standard_thresholds
from redline.core.standards.changes import merged, refused
from redline.core.text import in_full
from redline.processing.algorithm import language, tr
from redline.ui.fitting import keep_rows_fitting

_TITLE, _VALUE, _UNIT, _STANDARD, _REASON, _SOURCE = range(6)
_ID = Qt.ItemDataRole.UserRole


class ThresholdTable(QTableWidget):
    """A row a threshold. `refused` gives the sentence on an entry that was not taken, "" when one is."""

    refused = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        known = list(standard_thresholds().values())
        super().__init__(len(known), 6, parent)
        self._values: dict[str, float] = {}
        self._reasons: dict[str, str] = {}
        self._rows = {one.id: row for row, one in enumerate(known)}
        self.setHorizontalHeaderLabels(
            [tr("Threshold"), tr("Value"), tr("Unit"), tr("Standard value"), tr("Reason of the change"), tr("Basis")]
        )
        self.verticalHeader().hide()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setAlternatingRowColors(True)
        for row, one in enumerate(known):
            self._put(row, one)
        header = self.horizontalHeader()
        for column in (_VALUE, _UNIT, _STANDARD):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        em = self.fontMetrics().averageCharWidth()
        for column, width in ((_TITLE, 44), (_REASON, 20), (_SOURCE, 40)):
            self.setColumnWidth(column, width * em)
        header.setStretchLastSection(True)
        keep_rows_fitting(self)
        self.itemChanged.connect(self._edited)

    def set_values(self, values: Mapping[str, float], reasons: Mapping[str, str]) -> None:
        """Show these changes and no others."""
        self._values, self._reasons = dict(values), {name: reasons.get(name, "") for name in values}
        self._show()

    def values(self) -> tuple[dict[str, float], dict[str, str]]:
        """The values that are not the standards', by threshold id, and the reasons given for them."""
        return dict(self._values), {name: self._reasons.get(name, "") for name in self._values}

    def offer(self, values: Mapping[str, object], reasons: Mapping[str, str]) -> None:
        """Take over changes from elsewhere as far as they make sense, and tell what does not."""
        taken, problems = merged(self._values, values, language())
        given = {name: reasons.get(name, "") for name in values if name not in problems}
        self.set_values(taken, {**self._reasons, **given})
        self.refused.emit("\n".join(dict.fromkeys(problems.values())))

    def reset_selected(self) -> None:
        """Give the selected thresholds the values of their standards again."""
        self._reset([self.item(index.row(), _TITLE).data(_ID) for index in self.selectionModel().selectedRows()])

    def reset_all(self) -> None:
        """Give all thresholds the values of their standards again."""
        self._reset(list(self._values))

    def show_only(self, words: str, changed: bool) -> None:
        """Show the rows in which every word stands, or of them those that are changed."""
        wanted = words.lower().split()
        for name, row in self._rows.items():
            said = " ".join(self.item(row, column).text() for column in (_TITLE, _UNIT, _REASON, _SOURCE)).lower()
            fits = all(word in said for word in wanted) and (name in self._values or not changed)
            self.setRowHidden(row, not fits)

    def _put(self, row: int, one: Threshold) -> None:
        speech = language()
        try:
            unit = text(f"measure.{one.unit}", speech)
        except KeyError:
            unit = ""
        sure = {"H": tr("surely known"), "M": tr("fairly sure"), "L": tr("a convention of Redline or of offices")}
        for column, said in (
            (_TITLE, one.title[speech]), (_VALUE, ""), (_UNIT, unit), (_STANDARD, in_full(one.standard)),
            (_REASON, ""), (_SOURCE, one.source[speech]),
        ):  # fmt: skip
            item = QTableWidgetItem(said)
            item.setData(_ID, one.id)
            item.setToolTip(f"{said} — {sure[one.confidence]}" if column == _SOURCE else said)
            if one.fixed or column not in (_VALUE, _REASON):
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
            if column in (_VALUE, _STANDARD):
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.setItem(row, column, item)
        if one.fixed:
            self.item(row, _VALUE).setToolTip(text("setting.fixed", speech, title=one.title[speech]))

    def _edited(self, item: QTableWidgetItem) -> None:
        name, said = item.data(_ID), item.text().strip()
        known = standard_thresholds()[name]
        if item.column() == _REASON:
            if name in self._values:
                self._reasons[name] = said
                self.refused.emit("")
            elif said:
                self.refused.emit(tr("Change the value first, then say why."))
        else:
            value: object = known.standard if said in ("", in_full(known.standard)) else said
            self._values, problems = merged(self._values, {name: value}, language())
            self._reasons = {one: self._reasons.get(one, "") for one in self._values}
            self.refused.emit(problems.get(name, ""))
        self._show()

    def _reset(self, names: list[str]) -> None:
        # Back to the standard is only refused beside another change that goes the other way.
        left = {name: value for name, value in self._values.items() if name not in names}
        problems = refused(left, language())
        if not problems:
            self._values = left
            self._reasons = {name: self._reasons[name] for name in left}
        self.refused.emit("\n".join(dict.fromkeys(problems.values())))
        self._show()

    def _show(self) -> None:
        self.blockSignals(True)
        for item in self._cells():
            name = item.data(_ID)
            known, changed = standard_thresholds()[name], name in self._values
            shown = repr(self._values[name]).removesuffix(".0") if changed else in_full(known.standard)
            item.setText(shown if item.column() == _VALUE else self._reasons.get(name, ""))
            font = item.font()
            font.setBold(changed)
            item.setFont(font)
        self.blockSignals(False)
        self.viewport().update()

    def _cells(self) -> Iterator[QTableWidgetItem]:
        for row in self._rows.values():
            yield self.item(row, _VALUE)
            yield self.item(row, _REASON)
