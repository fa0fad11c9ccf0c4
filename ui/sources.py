"""The sources tab: a row a role with its source, a light, and why; files can be dropped on it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from qgis.core import QgsProject
from qgis.gui import QgsCheckableComboBox
from qgis.PyQt.QtCore import Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QCursor, QDragEnterEvent, QDropEvent, QKeyEvent
from qgis.PyQt.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from redline.core.catalogue import text
from redline.processing.algorithm import language, tr
from redline.processing.folder import Candidate
from redline.ui.drops import dropped_layers, dropped_paths
from redline.ui.fitting import keep_rows_fitting
from redline.ui.icons import dot
from redline.ui.inventory import Inventory, all_roles
from redline.ui.mapping import FieldMapping

LIGHTS = {"ready": "#2e8b57", "ambiguous": "#e08a00", "missing": "#b5bbc0", "problem": "#d5402b"}
_ROLE, _SOURCE, _FIELDS, _WHY = range(4)
_PERMIT_TEXT = ".txt"


class SourcesTab(QWidget):
    """Shows an inventory and lets the user correct it. `changed` tells that sources are others, `texts_given` that
    files of boundary points were dropped, `failed` a sentence."""

    changed = pyqtSignal()
    texts_given = pyqtSignal(list)
    failed = pyqtSignal(str)

    def __init__(self, project: QgsProject, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._project = project
        self.inventory = Inventory(project)
        self._boxes: dict[str, QgsCheckableComboBox] = {}
        self._buttons: dict[str, QToolButton] = {}
        # Layers come in crowds: one look a crowd.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.look)
        self.table = QTableWidget(0, 4, self)
        self.files = QListWidget(self)
        self.unused = QLabel(self)
        self._arrange()
        self._signals = (
            (project.layersAdded, self._soon_look),
            (project.layersRemoved, self._soon_look),
            (project.readProject, self._project_read),
            (project.cleared, self._project_read),
        )
        for signal, slot in self._signals:
            signal.connect(slot)
        self._project_read()

    def _arrange(self) -> None:
        self.table.setHorizontalHeaderLabels([tr("Role"), tr("Source"), "", tr("State")])
        self.table.verticalHeader().hide()
        self.table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        header = self.table.horizontalHeader()
        for column, mode in (
            (_ROLE, QHeaderView.ResizeMode.ResizeToContents),
            (_SOURCE, QHeaderView.ResizeMode.Stretch),
            (_FIELDS, QHeaderView.ResizeMode.ResizeToContents),
            (_WHY, QHeaderView.ResizeMode.Stretch),
        ):
            header.setSectionResizeMode(column, mode)
        keep_rows_fitting(self.table)
        self.files.setMaximumHeight(5 * self.fontMetrics().height())
        self.files.setToolTip(tr("Files that are looked at beside the layers of the project; Delete takes one away."))
        self.unused.setWordWrap(True)
        row = QHBoxLayout()
        for title, does in (
            (tr("Add files…"), self._ask_files),
            (tr("Add a folder…"), self._ask_folder),
            (tr("Guess again"), self.guess_again),
        ):
            button = QPushButton(title, self)
            button.clicked.connect(lambda _checked, does=does: does())
            row.addWidget(button)
        row.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(4, 4, 4, 4)
        hint = QLabel(tr("Sources are the layers of the project and the files dropped here."), self)
        hint.setWordWrap(True)
        whole.addWidget(hint)
        whole.addWidget(self.table, 1)
        whole.addWidget(self.files)
        whole.addWidget(self.unused)
        whole.addLayout(row)

    # What is there

    def look(self) -> None:
        """Look at all sources again and show what they are taken for."""
        self._soon.stop()
        self.inventory.look()
        self._fill()

    def guess_again(self) -> None:
        """Forget what was decided by hand."""
        self.inventory.forget()
        self._keep()

    def add_files(self, paths: Sequence[Path]) -> None:
        """Take up files and folders; those of boundary points are handed on, to be made layers."""
        texts = [path for path in paths if path.suffix.lower() == _PERMIT_TEXT]
        others = [path for path in paths if path not in texts]
        absent = [path.name for path in others if not path.exists()]
        if absent:
            self.failed.emit(tr("There is no file {names}.").format(names="、".join(absent)))
        if others:
            self.inventory.add_files([path for path in others if path.exists()])
            self._keep()
        if texts:
            self.texts_given.emit([str(path) for path in texts])

    def leave(self) -> None:
        """Listen to the project no more."""
        for signal, slot in self._signals:
            signal.disconnect(slot)
        self._soon.stop()
        self.inventory.close()

    def _soon_look(self, _layers: object = None) -> None:
        self._soon.start()

    def _project_read(self, _document: object = None) -> None:
        self.inventory.load()
        self._soon.start()

    def _keep(self) -> None:
        self.inventory.save()
        self._fill()

    # What is shown

    def _fill(self) -> None:
        roles = all_roles()
        speech = language()
        self._boxes, self._buttons = {}, {}
        self.table.setRowCount(0)
        self.table.setRowCount(len(roles))
        for row, role in enumerate(roles):
            item = QTableWidgetItem(text(f"role.{role}", speech))
            self.table.setItem(row, _ROLE, item)
            self.table.setCellWidget(row, _SOURCE, self._source_box(role))
            self.table.setCellWidget(row, _FIELDS, self._field_button(role))
            self.table.setItem(row, _WHY, QTableWidgetItem())
            self._tell(row, role)
        self.table.resizeRowsToContents()
        self.files.clear()
        for path in self.inventory.files:
            item = QListWidgetItem(path.name)
            item.setToolTip(str(path))
            self.files.addItem(item)
        self.files.setVisible(bool(self.inventory.files))
        self.unused.setText("\n".join([*self.inventory.found.unread, *self.inventory.unused]))
        self.unused.setVisible(bool(self.unused.text()))
        self.changed.emit()

    def _tell(self, row: int, role: str) -> None:
        state = self.inventory.readiness(role)
        role_item, why = self.table.item(row, _ROLE), self.table.item(row, _WHY)
        role_item.setIcon(dot(LIGHTS[state.state]))
        role_item.setToolTip(text(f"light.{state.state}", language()))
        role_item.setData(Qt.ItemDataRole.UserRole, state.state)
        why.setText(state.why)
        why.setToolTip(state.why)

    def _source_box(self, role: str) -> QgsCheckableComboBox:
        box = QgsCheckableComboBox(self.table)
        box.setDefaultText("—")
        taken = [candidate.id for candidate in self.inventory.chosen.get(role, [])]
        for candidate in self.inventory.offered(role):
            called = candidate.name if candidate.id in self._project.mapLayers() else _of_file(candidate)
            checked = Qt.CheckState.Checked if candidate.id in taken else Qt.CheckState.Unchecked
            box.addItemWithCheckState(called, checked, candidate.id)
            box.setItemData(box.count() - 1, candidate.file, Qt.ItemDataRole.ToolTipRole)
        box.checkedItemsChanged.connect(lambda _names, role=role: self._decided(role))
        self._boxes[role] = box
        return box

    def _field_button(self, role: str) -> QToolButton:
        button = QToolButton(self.table)
        decided = self.inventory.fields.get(role)
        button.setText(tr("Fields…") + ("*" if decided else ""))
        button.setEnabled(bool(self.inventory.chosen.get(role)))
        button.clicked.connect(partial(self._map_fields, role))
        self._buttons[role] = button
        return button

    # What the user decides

    def _decided(self, role: str) -> None:
        self.inventory.decide(role, self._boxes[role].checkedItemsData())
        self.inventory.save()
        # The list that was clicked is still open: only what is said changes now.
        for row, name in enumerate(all_roles()):
            self._tell(row, name)
            self._buttons[name].setEnabled(bool(self.inventory.chosen.get(name)))
        self.changed.emit()

    def _map_fields(self, role: str, _checked: bool = False) -> None:
        dialog = FieldMapping(role, self.inventory.chosen[role], self.inventory.fields.get(role, {}), self)
        if dialog.exec():
            self.set_fields(role, dialog.chosen())

    def set_fields(self, role: str, fields: dict[str, str]) -> None:
        """Have these fields mean these columns of a role."""
        self.inventory.fields[role] = fields
        self._keep()

    def _ask_files(self) -> None:
        kinds = "*.gpkg *.shp *.gdb *.geojson *.csv *.xlsx *.xls *.ods *.tab *.txt"
        names, _ = QFileDialog.getOpenFileNames(self, tr("Add files"), "", f"{tr('Data')} ({kinds});;*")
        self.add_files([Path(name) for name in names])

    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Add a folder"))
        if name:
            self.add_files([Path(name)])

    # What Qt asks for

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_paths(event.mimeData()) or dropped_layers(event.mimeData(), self._project):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        layers = dropped_layers(event.mimeData(), self._project)
        paths = [] if layers else dropped_paths(event.mimeData())
        row = self._row_under_mouse()
        event.acceptProposedAction()
        # The program that the files come from waits for the end of this event.
        QTimer.singleShot(0, partial(self.take_dropped, layers, paths, row))

    def take_dropped(self, layers: Sequence[str], paths: Sequence[Path], row: int) -> None:
        """Take up what was dropped on a row of the table, -1 for beside it: layers play the role of their row."""
        if paths:
            self.add_files(paths)
        if layers and row >= 0:
            self.inventory.decide(all_roles()[row], layers)
            self._keep()
        elif layers:
            # They are looked at already, as all layers of the project are.
            self.look()

    def _row_under_mouse(self) -> int:
        """The row of the table under the mouse, -1 where there is none."""
        within = self.table.viewport()
        at = within.mapFromGlobal(QCursor.pos())
        return int(self.table.rowAt(at.y())) if within.rect().contains(at) else -1

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.files.hasFocus() and self.files.currentRow() >= 0:
            self.inventory.remove_file(self.inventory.files[self.files.currentRow()])
            self._keep()
        else:
            super().keyPressEvent(event)


def _of_file(candidate: Candidate) -> str:
    name, file = candidate.name, candidate.file_name
    return name if name.startswith(Path(file).stem) else f"{name} ({file})"
