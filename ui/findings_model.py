"""The tree of findings: groups by rule, unit or source and findings below, over columns, with no object for a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from qgis.PyQt.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt
from qgis.PyQt.QtGui import QBrush, QColor, QIcon

from redline.core.catalogue import SEVERITIES, rules, text, titles
from redline.processing.algorithm import language
from redline.ui.icons import dot
from redline.ui.table import Places, Table, Texts

GROUPS = ("rule", "unit", "role")
COLUMNS = ("key", "unit_name", "message", "status", "change")
SEVERITY_COLOURS = {"error": "#d5402b", "warning": "#e08a00", "info": "#7d8a94"}
STATUS_COLOURS = {"open": "#d5402b", "confirmed": "#e08a00", "waived": "#7d8a94", "fixed": "#2e8b57"}
_FADED = ("waived", "fixed")
_NO_GROUP = 0  # internal id of a group's own index; a finding has that of its group and 1 more


class FindingsModel(QAbstractItemModel):
    """Groups of findings. Every number of the tree is a place in the table or a slice of one sorted array of places."""

    def __init__(self, table: Table, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table = table
        self.group_by = "rule"
        self._speech = language()
        self._order: Places = np.empty(0, dtype=np.int64)
        self._starts: Places = np.zeros(1, dtype=np.int64)
        self._keys: list[str] = []
        self._labels: list[str] = []
        self._icons: list[QIcon | None] = []
        self._titles = {name: text(f"column.{name}", self._speech) for name in COLUMNS}
        self._words = {name: titles(name, self._speech) for name in ("change", "severity", "role")}
        self._words["status"] = titles("findings.status", self._speech)
        self._dots = {name: dot(colour) for name, colour in SEVERITY_COLOURS.items()}
        self._status_dots = {name: dot(colour) for name, colour in STATUS_COLOURS.items()}

    # What is shown

    def show(self, places: Places, group_by: str) -> None:
        """Show these findings in groups by a column of GROUPS."""
        self.beginResetModel()
        self.group_by = group_by
        codes, values = self.table.codes(group_by)
        codes = codes[places]
        rank = self._ranks(values)
        by_rank = np.argsort(rank, kind="stable")
        ranks = rank[codes]
        self._order = places[np.argsort(ranks, kind="stable")]
        counts = np.bincount(ranks, minlength=len(values))
        present = np.flatnonzero(counts)
        self._starts = np.concatenate([[0], np.cumsum(counts[present])]).astype(np.int64)
        self._keys = [str(values[by_rank[number]]) for number in present]
        self._labels = [self._label(key, start) for key, start in zip(self._keys, self._starts)]
        self._icons = [self._icon(key) for key in self._keys]
        self.endResetModel()

    @property
    def order(self) -> Places:
        """The places of the findings shown, from top to bottom."""
        return self._order

    @property
    def keys(self) -> Sequence[str]:
        """What the groups have in common: rule, code of the unit or role."""
        return self._keys

    def place(self, index: QModelIndex) -> int | None:
        """The place of the finding at an index, None for a group."""
        if not index.isValid() or index.internalId() == _NO_GROUP:
            return None
        return int(self._order[self._starts[index.internalId() - 1] + index.row()])

    def places(self, indexes: Iterable[QModelIndex]) -> Places:
        """The places of all findings at or below some indexes, once each, from top to bottom."""
        rows: list[Places] = [np.empty(0, dtype=np.int64)]
        for index in indexes:
            if index.internalId() == _NO_GROUP:
                rows.append(np.arange(self._starts[index.row()], self._starts[index.row() + 1]))
            else:
                rows.append(self._starts[index.internalId() - 1 : index.internalId()] + index.row())
        return self._order[np.unique(np.concatenate(rows))]

    def index_of(self, place: int) -> QModelIndex:
        """Where a finding stands in the tree; an invalid index where it is not shown."""
        found = np.flatnonzero(self._order == place)
        if not len(found):
            return QModelIndex()
        group = int(np.searchsorted(self._starts, found[0], side="right")) - 1
        return self.createIndex(int(found[0] - self._starts[group]), 0, group + 1)

    def told_anew(self) -> None:
        """The texts of findings changed, not which are shown."""
        for group in range(len(self._keys)):
            count = int(self._starts[group + 1] - self._starts[group])
            first = self.createIndex(0, 0, group + 1)
            self.dataChanged.emit(first, self.createIndex(count - 1, len(COLUMNS) - 1, group + 1))

    def _ranks(self, values: Texts) -> Places:
        """In which order groups come: rules by severity and number, sources as reports name them, units by code."""
        if self.group_by == "rule":
            known = rules()
            severity = [SEVERITIES.index(known[value].severity) if value in known else 3 for value in values]
            order = sorted(range(len(values)), key=lambda number: (severity[number], values[number]))
        else:
            order = sorted(range(len(values)), key=lambda number: (values[number] == "", values[number]))
        rank = np.empty(len(values), dtype=np.int64)
        rank[order] = np.arange(len(values))
        return rank

    def _label(self, key: str, start: int) -> str:
        if self.group_by == "rule":
            known = rules().get(key)
            return f"{key} {known.title[self._speech]}" if known else key
        if self.group_by == "role":
            return self._words["role"].get(key, key)
        name = self.table.column("unit_name")[self._order[start]]
        return f"{name} {key}".strip() or text("value.nothing", self._speech)

    def _icon(self, key: str) -> QIcon | None:
        known = rules().get(key) if self.group_by == "rule" else None
        return self._dots[known.severity] if known else None

    # What Qt asks for

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return len(COLUMNS)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        if parent is None or not parent.isValid():
            return len(self._keys)
        if parent.internalId() != _NO_GROUP or parent.column() > 0:
            return 0
        return int(self._starts[parent.row() + 1] - self._starts[parent.row()])

    def index(self, row: int, column: int, parent: QModelIndex | None = None) -> QModelIndex:
        if not self.hasIndex(row, column, parent or QModelIndex()):
            return QModelIndex()
        group = _NO_GROUP if parent is None or not parent.isValid() else parent.row() + 1
        return self.createIndex(row, column, group)

    def parent(self, index: QModelIndex | None = None) -> Any:
        if index is None:
            return super().parent()
        if not index.isValid() or index.internalId() == _NO_GROUP:
            return QModelIndex()
        return self.createIndex(int(index.internalId()) - 1, 0, _NO_GROUP)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[COLUMNS[section]]
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        place = self.place(index)
        return self._of_group(index, role) if place is None else self._of_finding(place, COLUMNS[index.column()], role)

    def _of_group(self, index: QModelIndex, role: int) -> Any:
        if not index.isValid() or index.column() > 0:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return f"{self._labels[index.row()]} ({self.rowCount(index)})"
        return self._icons[index.row()] if role == Qt.ItemDataRole.DecorationRole else None

    def _of_finding(self, place: int, name: str, role: int) -> Any:
        value = str(self.table.column(name)[place])
        if role == Qt.ItemDataRole.DisplayRole:
            words = self._words.get(name)
            # A trouble of a whole source has no key of its own.
            return words.get(value, value) if words else value or ("—" if name == "key" else "")
        if role == Qt.ItemDataRole.ToolTipRole and name == "message":
            return value
        if role == Qt.ItemDataRole.DecorationRole:
            if name == "status":
                return self._status_dots.get(value)
            return self._dots.get(str(self.table.column("severity")[place])) if name == "key" else None
        if role == Qt.ItemDataRole.ForegroundRole and str(self.table.column("status")[place]) in _FADED:
            return QBrush(QColor("#8a8f94"))
        return None
