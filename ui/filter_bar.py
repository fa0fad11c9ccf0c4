"""The row of filters above the findings: every one says what it takes away, and all of them hold together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from qgis.gui import QgsFilterLineEdit
from qgis.PyQt.QtCore import Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QAction, QComboBox, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from redline.core.catalogue import SEVERITIES, text, titles
from redline.core.findings import STATUSES
from redline.core.memory import CHANGES
from redline.processing.algorithm import language, tr
from redline.ui.findings_filter import Filter, Pick
from redline.ui.findings_model import GROUPS, SEVERITY_COLOURS
from redline.ui.icons import dot

_TYPING = 200  # ms without a key until a text is looked for
_UNSEEN = frozenset({"fixed"})
_UNIT_WIDTH = 14  # letters


class FilterBar(QWidget):
    """Emits `changed` whenever `chosen()` or `group_by()` is another one."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        speech = language()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING)
        self._typing.timeout.connect(self.changed)
        self.words = QgsFilterLineEdit(self)
        self.words.setPlaceholderText(tr("Search: number, village, words…"))
        self.words.setShowSearchIcon(True)
        self.words.textChanged.connect(lambda _text: self._typing.start())
        # An emptied box is set in a grey that cannot be read on that of dark themes.
        self.words.textChanged.connect(lambda _text: self.words.setStyleSheet(""))
        self.severities = {name: self._severity(name, title) for name, title in _ordered("severity", SEVERITIES)}
        self.statuses = _menu(self, "findings.status", STATUSES, self.changed.emit, _UNSEEN)
        self.changes = _menu(self, "change", CHANGES, self.changed.emit, frozenset())
        self.status_button = self._listed(text("column.status", speech), self.statuses)
        self.change_button = self._listed(text("column.change", speech), self.changes)
        self.unit = QComboBox(self)
        self.unit.setMinimumContentsLength(_UNIT_WIDTH)
        self.unit.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.unit.setToolTip(tr("Only findings of this unit and of the units below it"))
        self.set_units({})
        self.unit.currentIndexChanged.connect(lambda _row: self.changed.emit())
        self.visible = QToolButton(self)
        self.visible.setText(tr("Visible map"))
        self.visible.setToolTip(tr("Only findings within the part of the map that is visible"))
        self.visible.setCheckable(True)
        self.visible.toggled.connect(lambda _on: self.changed.emit())
        self.group = QComboBox(self)
        for name in GROUPS:
            self.group.addItem(tr("By {column}").format(column=text(f"column.{name}", speech)), name)
        self.group.currentIndexChanged.connect(lambda _row: self.changed.emit())
        self.picked = QToolButton(self)
        self.picked.setToolTip(tr("Picked on the dashboard; click to take this away"))
        self.picked.clicked.connect(lambda _checked: self.pick(None))
        self.picked.hide()
        self._pick: Pick | None = None
        self._arrange()

    def _arrange(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.words, 1)
        for button in self.severities.values():
            first.addWidget(button)
        for widget in (self.status_button, self.change_button, self.visible):
            second.addWidget(widget)
        second.addWidget(self.unit, 1)
        second.addWidget(self.group)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(first)
        whole.addLayout(second)
        whole.addWidget(self.picked)

    def chosen(self) -> Filter:
        """What is asked for, but for the visible part of the map, which is not known here."""
        return Filter(
            severities=frozenset(name for name, button in self.severities.items() if button.isChecked()),
            statuses=_checked(self.statuses),
            changes=_checked(self.changes),
            unit=self.unit.currentData() or "",
            words=self.words.text(),
            rule=self._pick.rule if self._pick else "",
            ids=self._pick.ids if self._pick else None,
        )

    def pick(self, pick: Pick | None) -> None:
        """Ask for what was picked on a chart, beside all else; None takes that away."""
        self._pick = pick
        self.picked.setText(f"✕ {pick.title}" if pick else "")
        self.picked.setVisible(pick is not None)
        self.changed.emit()

    def pick_unit(self, code: str) -> None:
        """Ask for a unit alone; "" for all. Nothing may have been found in it."""
        if self.unit.findData(code) < 0:
            self.unit.addItem(code, code)
        self.unit.setCurrentIndex(self.unit.findData(code))

    @property
    def current_pick(self) -> Pick | None:
        """What was picked on a chart."""
        return self._pick

    def group_by(self) -> str:
        """The column whose values are the groups of the tree."""
        return str(self.group.currentData())

    def set_units(self, units: Mapping[str, str]) -> None:
        """Offer these units (code → name), keeping the choice where it is still there."""
        before = self.unit.currentData()
        self.unit.blockSignals(True)
        self.unit.clear()
        self.unit.addItem(tr("All units"), "")
        for code, name in sorted(units.items()):
            # Two blanks a level: six digits are a county, nine a township, twelve a village.
            self.unit.addItem("  " * max((len(code.rstrip("0")) + 2 - 6) // 3, 0) + f"{name} {code}".strip(), code)
        self.unit.setCurrentIndex(max(self.unit.findData(before), 0))
        self.unit.blockSignals(False)

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """Write on every severity how many findings there are of it."""
        names = titles("severity", language())
        for name, button in self.severities.items():
            button.setText(f"{names[name]} {counts.get(name, 0)}")

    def only(self, statuses: Iterable[str], changes: Iterable[str]) -> None:
        """Ask for these statuses and changes alone, and change nothing else."""
        self.blockSignals(True)
        for actions, wanted in ((self.statuses, set(statuses)), (self.changes, set(changes))):
            for name, action in actions.items():
                action.setChecked(name in wanted)
        self.blockSignals(False)
        self.changed.emit()

    def everything(self) -> None:
        """Ask for all there is, what is fixed included."""
        self.reset()
        self.only(STATUSES, CHANGES)

    def reset(self) -> None:
        """Ask for everything again that one works on."""
        self.blockSignals(True)
        self.words.clear()
        self._typing.stop()
        self.visible.setChecked(False)
        self.unit.setCurrentIndex(0)
        self.pick(None)
        for button in self.severities.values():
            button.setChecked(True)
        self.blockSignals(False)
        self.only(set(STATUSES) - _UNSEEN, CHANGES)

    def _severity(self, name: str, title: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(dot(SEVERITY_COLOURS[name]))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setText(title)
        button.setCheckable(True)
        button.setChecked(True)
        button.toggled.connect(lambda _on: self.changed.emit())
        return button

    def _listed(self, title: str, actions: Mapping[str, QAction]) -> QToolButton:
        button = QToolButton(self)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        # The style's own arrow is drawn over the text.
        button.setStyleSheet("QToolButton::menu-indicator { image: none }")
        menu = _StayingMenu(button)
        menu.addActions(list(actions.values()))
        button.setMenu(menu)
        mark = partial(_mark, button, title, actions)
        for action in actions.values():
            action.toggled.connect(lambda _on: mark())
        mark()
        return button


class _StayingMenu(QMenu):
    """A menu that stays open while its entries are ticked."""

    def mouseReleaseEvent(self, event: object) -> None:
        action = self.activeAction()
        if action is not None and action.isCheckable():
            action.trigger()
        else:
            super().mouseReleaseEvent(event)


def _mark(button: QToolButton, title: str, actions: Mapping[str, QAction]) -> None:
    """Show on a list's button whether something of it is left out."""
    chosen = [action.text() for action in actions.values() if action.isChecked()]
    left_out = "" if len(chosen) == len(actions) else f" ({len(chosen)}/{len(actions)})"
    button.setText(f"{title}{left_out} ▾")
    button.setToolTip("、".join(chosen))


def _menu(
    parent: QWidget, prefix: str, names: Sequence[str], changed: Callable[[], None], unseen: frozenset[str]
) -> dict[str, QAction]:
    actions = {}
    for name, title in _ordered(prefix, names):
        action = QAction(title, parent)
        action.setCheckable(True)
        action.setChecked(name not in unseen)
        action.toggled.connect(lambda _on: changed())
        actions[name] = action
    return actions


def _ordered(prefix: str, names: Sequence[str]) -> list[tuple[str, str]]:
    known = titles(prefix, language())
    return [(name, known.get(name, name)) for name in names]


def _checked(actions: Mapping[str, QAction]) -> frozenset[str]:
    return frozenset(name for name, action in actions.items() if action.isChecked())


class Changes(QLabel):
    """One line: what is new, fixed and reopened since the last run, each a link; emits the change that was clicked."""

    asked = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.linkActivated.connect(self.asked)

    def tell(self, counts: Mapping[str, int]) -> None:
        """Show how many findings there are of each change."""
        names = titles("change", language())
        links = [f'<a href="{name}">{names[name]} {counts.get(name, 0)}</a>' for name in CHANGES if name != "same"]
        self.setText(tr("Since the last run: {changes}").format(changes=" · ".join(links)))
