"""The findings tab: a tree to choose from, the page of the current finding, and what people say of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from qgis.core import QgsFeature, QgsFeatureRequest
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QItemSelectionModel, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSplitter,
    QTextBrowser,
    QToolButton,
    QTreeView,
    QUndoStack,
    QVBoxLayout,
    QWidget,
)

from redline.core.findings import COLUMNS, STATUSES
from redline.core.memory import CHANGES
from redline.processing.algorithm import language, tr
from redline.processing.values import is_null
from redline.ui import details, statuses
from redline.ui.filter_bar import Changes, FilterBar
from redline.ui.findings_filter import Filter
from redline.ui.findings_model import STATUS_COLOURS, FindingsModel
from redline.ui.icons import dot
from redline.ui.results import Results
from redline.ui.spotlight import Spotlight, shape_of
from redline.ui.table import Places

_SETTLED = 150  # ms after the map stopped moving


class FindingsTab(QWidget):
    """Works through the findings of some results. `shown` tells which places pass the filters, `failed` a sentence."""

    shown = pyqtSignal(object)
    failed = pyqtSignal(str)

    def __init__(
        self, canvas: QgsMapCanvas, open_form: Callable[[Any, QgsFeature], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._canvas, self._open_form = canvas, open_form
        self._results: Results | None = None
        self._model: FindingsModel | None = None
        self.undo = QUndoStack(self)
        self.spotlight = Spotlight(canvas)
        self.filters = FilterBar(self)
        self.changes = Changes(self)
        self.count = QLabel(self)
        self.tree = QTreeView(self)
        self.page = QTextBrowser(self)
        self.note = QLineEdit(self)
        self.zoom = QCheckBox(tr("Move the map"), self)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED)
        self._arrange()
        self._connect()
        self.setEnabled(False)

    # Building

    def _arrange(self) -> None:
        self.tree.setUniformRowHeights(True)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.setAllColumnsShowFocus(True)
        self.tree.setAlternatingRowColors(True)
        self.page.setOpenLinks(False)
        self.note.setPlaceholderText(tr("Note on the selected findings, saved with Enter"))
        self.zoom.setChecked(True)
        below = QWidget(self)
        inside = QVBoxLayout(below)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.page, 1)
        inside.addLayout(self._buttons())
        inside.addWidget(self.note)
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.addWidget(self.tree)
        split.addWidget(below)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setChildrenCollapsible(False)
        top = QHBoxLayout()
        top.addWidget(self.changes, 1)
        top.addWidget(self.count)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(4, 4, 4, 4)
        whole.addWidget(self.filters)
        whole.addLayout(top)
        whole.addWidget(split, 1)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.buttons: dict[str, QToolButton] = {}
        for name, title, explained, does in (
            ("previous", "◀", tr("Previous finding"), self.previous),
            ("next", "▶", tr("Next finding"), self.next),
            ("form", tr("Form"), tr("Open the form of this finding"), self.open_form),
            ("copy", tr("Copy id"), tr("Copy the ids of the selected findings"), self.copy_ids),
        ):
            self.buttons[name] = _button(self, title, explained, does)
        row.addWidget(self.buttons["previous"])
        row.addWidget(self.buttons["next"])
        row.addWidget(self.zoom)
        row.addStretch(1)
        for name, title in details.status_titles(language()).items():
            self.buttons[name] = _button(
                self, title, tr("Set the status of the selected findings"), _Setting(self.set_status, name)
            )
            self.buttons[name].setIcon(dot(STATUS_COLOURS[name]))
            self.buttons[name].setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            row.addWidget(self.buttons[name])
        row.addStretch(1)
        undo = self.undo.createUndoAction(self, tr("Undo"))
        redo = self.undo.createRedoAction(self, tr("Redo"))
        for action, sign in ((undo, "↶"), (redo, "↷")):
            button = QToolButton(self)
            button.setDefaultAction(action)
            action.setIconText(sign)
            row.addWidget(button)
        row.addWidget(self.buttons["form"])
        row.addWidget(self.buttons["copy"])
        return row

    def _connect(self) -> None:
        self.filters.changed.connect(self.refresh)
        self.changes.asked.connect(self._only_change)
        self.note.returnPressed.connect(lambda: self.set_note(self.note.text()))
        self._settled.timeout.connect(self._map_moved)
        self._canvas.extentsChanged.connect(self._settled.start)
        self.tree.doubleClicked.connect(lambda _index: self.open_form())

    # What is open

    def open(self, results: Results) -> None:
        """Work on these results from now on."""
        self.close_results()
        self._results = results
        self._model = FindingsModel(results.table, self)
        self.tree.setModel(self._model)
        self.tree.selectionModel().currentChanged.connect(lambda _now, _before: self._current_changed())
        header = self.tree.header()
        header.setStretchLastSection(False)
        for column, letters in enumerate((26, 8, 40, 7, 8)):
            header.resizeSection(column, letters * self.fontMetrics().averageCharWidth() * 2)
        results.told.connect(self._told)
        results.reread.connect(self._reread)
        results.gone.connect(self.close_results)
        self.setEnabled(True)
        self._offer()
        self.refresh()

    def close_results(self) -> None:
        """Show nothing; the layers may be gone already."""
        if self._results is not None:
            for signal, slot in (
                (self._results.told, self._told),
                (self._results.reread, self._reread),
                (self._results.gone, self.close_results),
            ):
                signal.disconnect(slot)
        self._results = None
        self.tree.setModel(None)
        if self._model is not None:
            # It holds the table of all findings.
            self._model.deleteLater()
        self._model = None
        self.undo.clear()
        self.page.clear()
        self.note.clear()
        self.spotlight.clear()
        self.count.clear()
        self.changes.clear()
        self.setEnabled(False)

    def leave(self) -> None:
        """Take everything off the map and let go of it."""
        self.close_results()
        self._canvas.extentsChanged.disconnect(self._settled.start)
        self._settled.stop()
        self.spotlight.remove()

    def _offer(self) -> None:
        """Offer what the filters can choose from, and tell how many there are."""
        if self._results is None:
            return
        table = self._results.table
        self.filters.set_units(_units(self._results))
        codes, names = table.codes("severity")
        present = table.codes("status")[0] != _code_of(table.codes("status")[1], "fixed")
        counts = np.bincount(codes[present], minlength=len(names))
        self.filters.set_counts({str(name): int(count) for name, count in zip(names, counts)})
        codes, names = table.codes("change")
        counts = np.bincount(codes, minlength=len(names))
        self.changes.tell({str(name): int(count) for name, count in zip(names, counts)})

    # What is shown

    def refresh(self) -> None:
        """Show what passes the filters now; the current finding stays the current one where it does."""
        if self._results is None or self._model is None:
            return
        current, following = self.current(), self._following()
        open_groups = {
            key for row, key in enumerate(self._model.keys) if self.tree.isExpanded(self._model.index(row, 0))
        }
        same_groups = self._model.group_by == self.filters.group_by()
        self._model.table = self._results.table
        places = np.flatnonzero(self._asked().mask(self._results.table)).astype(np.int64)
        self._model.show(places, self.filters.group_by())
        for row, key in enumerate(self._model.keys):
            self.tree.setFirstColumnSpanned(row, self.tree.rootIndex(), True)
            if same_groups and key in open_groups:
                self.tree.expand(self._model.index(row, 0))
        self.count.setText(tr("{shown} of {all}").format(shown=f"{len(places):,}", all=f"{len(self._results.table):,}"))
        for place in (current, following):
            if place is not None and self._go(place):
                break
        else:
            self._current_changed()
        self.shown.emit(places)

    def places(self) -> Places:
        """The findings that pass the filters, in the order of the table."""
        return np.sort(self._model.order) if self._model else np.empty(0, dtype=np.int64)

    def _asked(self) -> Filter:
        asked = self.filters.chosen()
        return Filter(**{**asked.__dict__, "places": self._visible()}) if self.filters.visible.isChecked() else asked

    def _visible(self) -> Places:
        """The findings whose shape meets the visible part of the map."""
        layer = self._results.findings if self._results else None
        if self._results is None or layer is None:
            return np.empty(0, dtype=np.int64)
        settings = self._canvas.mapSettings()
        box = settings.mapToLayerCoordinates(layer, self._canvas.extent())
        request = QgsFeatureRequest(box).setFlags(QgsFeatureRequest.Flag.NoGeometry).setSubsetOfAttributes([])
        return self._results.table.at([feature.id() for feature in layer.getFeatures(request)])

    def _map_moved(self) -> None:
        if self.filters.visible.isChecked():
            self.refresh()

    def _only_change(self, change: str) -> None:
        """Show only what is new, fixed or reopened; asked for again, show everything again."""
        chosen = self.filters.chosen()
        if chosen.changes == {change}:
            self.filters.only(set(STATUSES) - {"fixed"}, CHANGES)
        else:
            self.filters.only(STATUSES, {change})

    def _told(self, places: Places) -> None:
        self._offer()
        self.refresh()

    def _reread(self) -> None:
        self.undo.clear()
        self._offer()
        self.refresh()

    # The current finding

    def current(self) -> int | None:
        """The place of the current finding, None where there is none."""
        return self._model.place(self.tree.currentIndex()) if self._model else None

    def selected(self) -> Places:
        """The places of all selected findings; those of a selected group are."""
        if self._model is None:
            return np.empty(0, dtype=np.int64)
        return self._model.places(self.tree.selectionModel().selectedRows())

    def next(self) -> None:
        """Go to the finding below."""
        self._step(1)

    def previous(self) -> None:
        """Go to the finding above."""
        self._step(-1)

    def _step(self, by: int) -> None:
        if self._model is None or not len(self._model.order):
            return
        order, current = self._model.order, self.current()
        at = np.flatnonzero(order == current) if current is not None else order[:0]
        if len(at):
            row = int(at[0]) + by
        else:
            below = self._model.places([self.tree.currentIndex()]) if self.tree.currentIndex().isValid() else order
            row = int(np.flatnonzero(order == below[0])[0])
        self._go(int(order[min(max(row, 0), len(order) - 1)]))

    def go_to(self, place: int) -> bool:
        """Make a finding the current one, taking away the filters that hide it; False where it is none of ours."""
        if self._results is None or not 0 <= place < len(self._results.table):
            return False
        if not self._go(place):
            self.filters.everything()
        return self._go(place)

    def _following(self) -> int | None:
        """What comes after the selected findings, should they not be shown any more."""
        if self._model is None or not len(self._model.order):
            return None
        taken = self.selected()
        if not len(taken):
            return None
        rows = np.flatnonzero(np.isin(self._model.order, taken))
        after = rows[-1] + 1 if rows[-1] + 1 < len(self._model.order) else rows[0] - 1
        return int(self._model.order[after]) if after >= 0 else None

    def _go(self, place: int) -> bool:
        index = self._model.index_of(place) if self._model else None
        if index is None or not index.isValid():
            return False
        flags = QItemSelectionModel.SelectionFlag
        self.tree.expand(index.parent())
        self.tree.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.tree.scrollTo(index)
        return True

    def _current_changed(self) -> None:
        place = self.current()
        feature = self._feature(place)
        for name in ("form",):
            self.buttons[name].setEnabled(feature is not None)
        if feature is None or self._results is None:
            self.page.clear()
            self.note.clear()
            self.spotlight.clear()
            return
        names = [field.name() for field in feature.fields()]
        values = dict.fromkeys(COLUMNS, "")
        values.update((name, "" if is_null(value) else str(value)) for name, value in zip(names, feature.attributes()))
        self.page.setHtml(details.page(values, language()))
        self.note.setText(values["note"])
        self._light_up(feature, values["key"])

    def _feature(self, place: int | None) -> QgsFeature | None:
        layer = self._results.findings if self._results else None
        if place is None or layer is None or self._results is None:
            return None
        feature = layer.getFeature(int(self._results.table.fids[place]))
        return feature if feature.isValid() else None

    def _light_up(self, feature: QgsFeature, key: str) -> None:
        """Show where it is: its own shape, else that of the plot of its number."""
        if self._results is None:
            return
        layer, geometry = self._results.findings, feature.geometry()
        plots = self._results.layer("plot_status")
        if geometry.isEmpty() and plots is not None:
            layer, geometry = plots, shape_of(plots, key)
        if not self.spotlight.show(geometry, layer, self.zoom.isChecked()):
            self.page.append(f"<i>{tr('It has no place on the map.')}</i>")

    # What people say

    def set_status(self, status: str) -> None:
        """Give the selected findings a status, as one step that can be undone."""
        if self._results is not None:
            statuses.change(self.undo, self._results, self.selected(), {"status": status}, self.failed.emit)

    def set_note(self, note: str) -> None:
        """Give the selected findings a note, as one step that can be undone."""
        if self._results is not None:
            statuses.change(self.undo, self._results, self.selected(), {"note": note}, self.failed.emit)

    def copy_ids(self) -> None:
        """Put the ids of the selected findings on the clipboard, one a line."""
        if self._results is not None:
            ids = self._results.table.column("finding_id")[self.selected()]
            QApplication.clipboard().setText("\n".join(ids))

    def open_form(self) -> None:
        """Open QGIS's form of the current finding."""
        feature = self._feature(self.current())
        if feature is not None and self._results is not None:
            self._open_form(self._results.findings, feature)


class _Setting:
    """A function with its argument: a lambda in a loop would take the last one."""

    def __init__(self, does: Callable[[str], None], value: str) -> None:
        self._does, self._value = does, value

    def __call__(self) -> None:
        self._does(self._value)


def _button(parent: QWidget, title: str, explained: str, does: Callable[[], None]) -> QToolButton:
    button = QToolButton(parent)
    button.setText(title)
    button.setToolTip(explained)
    button.clicked.connect(lambda _checked: does())
    return button


def _code_of(values: Any, wanted: str) -> int:
    found = np.flatnonzero(values == wanted)
    return int(found[0]) if len(found) else -1


def _units(results: Results) -> dict[str, str]:
    """The units that findings are of, and the townships above them, by code; names as the results know them."""
    table = results.table
    codes, values = table.codes("unit")
    _, first = np.unique(codes, return_index=True)
    named = {str(value): str(table.column("unit_name")[row]) for value, row in zip(values, first) if value}
    for layer in ("unit_balance", "unit_duties", "unit_summary"):
        known = results.frame(layer, ("unit", "unit_name"))
        if len(known.columns) == 2:
            for code, name in zip(known["unit"], known["unit_name"]):
                above = any(value.startswith(code) for value in named) if code else False
                if above and not named.get(code):
                    named[str(code)] = str(name or "")
    return named
