"""Which field of a source means what: shows what was understood and lets the user correct it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from redline.core.catalogue import text
from redline.core.frames import READ
from redline.processing.algorithm import language, tr
from redline.processing.folder import Candidate
from redline.processing.readiness import profile_of


class FieldMapping(QDialog):
    """A box a column that checks read; what is found by itself stands first in it and need not be chosen."""

    def __init__(
        self, role: str, sources: Sequence[Candidate], chosen: Mapping[str, str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        speech = language()
        self.setWindowTitle(tr("Fields of: {role}").format(role=text(f"role.{role}", speech)))
        kind = profile_of(role, sources[0])
        names = sorted({name for source in sources for name in source.fields})
        match = kind.match_fields(sorted(sources[0].fields))
        self.boxes: dict[str, QComboBox] = {}
        form = QFormLayout()
        for field in kind.fields:
            if field.canonical in READ and field.canonical not in self.boxes:
                found = match.found.get(field.canonical, "")
                doubtful = match.ambiguous.get(field.canonical, [])
                box = QComboBox(self)
                box.addItem(_left_alone(found, doubtful), "")
                for name in names:
                    box.addItem(name, name)
                box.setCurrentIndex(max(box.findData(chosen.get(field.canonical, "")), 0))
                form.addRow(field.title[speech], box)
                self.boxes[field.canonical] = box
        inside = QWidget(self)
        inside.setLayout(form)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, parent=self
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        said = QLabel(tr("Understood as {profile}.").format(profile=kind.title[speech]), self)
        said.setWordWrap(True)
        whole.addWidget(said)
        whole.addWidget(scroll)
        whole.addWidget(buttons)
        self.resize(460, 520)

    def chosen(self) -> dict[str, str]:
        """What was chosen by hand: canonical column → field."""
        return {column: box.currentData() for column, box in self.boxes.items() if box.currentData()}


def _left_alone(found: str, doubtful: Sequence[str]) -> str:
    if found:
        return tr("{field} (found)").format(field=found)
    return tr("choose: {fields}").format(fields="、".join(doubtful)) if doubtful else "—"
