"""The runs of some results as a table, and what changed between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from redline.core.catalogue import rules, text, titles
from redline.core.history import CHANGES, compared
from redline.processing.algorithm import language, tr
from redline.ui.icons import dot
from redline.ui.table import Table, Texts

_COUNTS = ("errors", "warnings", "infos", "new", "fixed", "reopened")
CHANGE_COLOURS = {"new": "#d5402b", "fixed": "#2e8b57", "reopened": "#8e44ad", "changed": "#e08a00"}
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class RunsModel(QAbstractTableModel):
    """One row a run, the latest first: number, when, name, counts, agreement."""

    def __init__(self, runs: Sequence[dict[str, Any]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs = list(runs)
        severity, change = titles("report.severity", language()), titles("change", language())
        named = (*(severity[name] for name in ("error", "warning", "info")), *(change[name] for name in _COUNTS[3:]))
        self._titles = (tr("No."), tr("When"), tr("Name"), *named, tr("Agreement"))

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.runs)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(self.runs[index.row()])[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() > 2:
            return _RIGHT
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(self.runs[index.row()].get("summary") or "")
        return None

    def _words(self, run: dict[str, Any]) -> list[str]:
        agreement = (run.get("figures") or {}).get("agreement") or {}
        share = agreement.get("value")
        return [
            str(number_of(run)), when(run), str(run.get("name") or ""),
            *("" if run.get(name) is None else f"{int(run[name]):,}" for name in _COUNTS),
            "" if share is None else f"{share:.2%}",
        ]  # fmt: skip


class Comparison:
    """What became of the findings from one run to another, after the rows of the history that tell it."""

    def __init__(self, table: Table, history: pd.DataFrame, earlier: int, later: int) -> None:
        change = compared(history, earlier, later)
        self.ids = change.index.to_numpy(dtype=object)
        self.changes = change.to_numpy(dtype=object)
        self._table = table
        self._places = table.known_as(self.ids.tolist())

    def column(self, name: str) -> Texts:
        """A column of the findings, "" for those that people deleted since."""
        values = np.append(self._table.column(name), "")
        return values[self._places]  # type: ignore[no-any-return]

    def chosen(self, name: str, value: str | None, change: str | None) -> frozenset[str]:
        """The ids of the findings with a value in a column and a change; None for any."""
        wanted = np.ones(len(self.ids), dtype=bool)
        if value is not None:
            wanted &= self.column(name) == value
        if change is not None:
            wanted &= self.changes == change
        return frozenset(map(str, self.ids[wanted]))


class ChangesModel(QAbstractTableModel):
    """Counts of changes by rule or unit, a row each; the last row is all of them."""

    def __init__(self, comparison: Comparison, group_by: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.comparison, self.group_by = comparison, group_by
        rows, values = pd.factorize(comparison.column(group_by), sort=True)
        columns = pd.Index(CHANGES).get_indexer(comparison.changes)
        counts = np.bincount(rows * len(CHANGES) + columns, minlength=len(values) * len(CHANGES))
        counts = counts.reshape(-1, len(CHANGES))
        self.keys: list[str | None] = [*map(str, values), None]
        self._counts = np.vstack([counts, counts.sum(axis=0)])
        names = dict(zip(comparison.column(group_by), comparison.column("unit_name"))) if group_by == "unit" else {}
        self._labels = [_label(key, group_by, names) for key in self.keys]
        called = titles("change", language())
        self._titles = (text(f"column.{group_by}", language()), *(called[name] for name in CHANGES))

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.keys)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 1 + len(CHANGES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.DecorationRole and section:
            return dot(CHANGE_COLOURS[CHANGES[section - 1]])
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            count = int(self._counts[row][column - 1]) if column else 0
            return self._labels[row] if not column else f"{count:,}" if count else "·"
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._labels[row] if not column else tr("Click to show these findings")
        return _RIGHT if role == Qt.ItemDataRole.TextAlignmentRole and column else None

    def picked(self, index: QModelIndex) -> tuple[str, frozenset[str]]:
        """What a cell counts: a title and the ids of its findings."""
        change = CHANGES[index.column() - 1] if index.column() else None
        ids = self.comparison.chosen(self.group_by, self.keys[index.row()], change)
        what = self._titles[index.column()] if index.column() else ""
        return f"{self._labels[index.row()]} {what}".strip(), ids


def number_of(run: dict[str, Any]) -> int:
    """The number of a run."""
    return int(run.get("run") or 0)


def when(run: dict[str, Any]) -> str:
    """Day and minute at which a run began."""
    return str(run.get("started") or "")[:16].replace("T", " ")


def _label(key: str | None, group_by: str, names: dict[str, str]) -> str:
    if key is None:
        return tr("All")
    if group_by == "rule":
        known = rules().get(key)
        return f"{key} {known.title[language()]}" if known else key or text("value.nothing", language())
    return f"{names.get(key, '')} {key}".strip() or text("value.nothing", language())
