"""What people say of findings, as steps that can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from qgis.PyQt.QtWidgets import QUndoCommand, QUndoStack

from redline.processing.algorithm import tr
from redline.ui.results import Results
from redline.ui.table import Places, Texts


class Change(QUndoCommand):
    """Gives findings a status or a note. Findings go by their finding_id: a save may number features anew."""

    def __init__(
        self, results: Results, places: Places, values: Mapping[str, str], failed: Callable[[str], None]
    ) -> None:
        super().__init__(tr("Change %n findings").replace("%n", str(len(places))))
        self._results, self._failed = results, failed
        self._ids: Sequence[str] = results.table.column("finding_id")[places].tolist()
        self._before: Mapping[str, Texts] = {name: results.table.column(name)[places].copy() for name in values}
        self._after = {name: [value] * len(places) for name, value in values.items()}

    def redo(self) -> None:
        self._write(self._after)

    def undo(self) -> None:
        self._write(self._before)

    def _write(self, values: Mapping[str, Sequence[str] | Texts]) -> None:
        places = self._results.table.known_as(self._ids)
        there = places >= 0
        problem = self._results.write(
            places[there], {name: [v for v, known in zip(column, there) if known] for name, column in values.items()}
        )
        if problem:
            self._failed(problem)
            self.setObsolete(True)


def change(
    stack: QUndoStack, results: Results, places: Places, values: Mapping[str, str], failed: Callable[[str], None]
) -> None:
    """Give findings what is not theirs already, as one step of `stack`."""
    differs = [results.table.column(name)[places] != value for name, value in values.items()]
    wanted = places[sum(differs).astype(bool)] if differs else places[:0]
    if len(wanted):
        stack.push(Change(results, wanted, values, failed))
