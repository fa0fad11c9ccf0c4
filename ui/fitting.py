"""Rows as high as their words need, whatever the widths of the columns."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtWidgets import QTableWidget

_SETTLED = 50  # ms without a change of a column's width


def keep_rows_fitting(table: QTableWidget) -> None:
    """Wrap words in `table`, and fit the rows again after columns became wider or narrower."""
    table.setWordWrap(True)
    # Were it to come and go, the columns would too, and with them the rows that make it come.
    table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
    settled = QTimer(table)
    settled.setSingleShot(True)
    settled.setInterval(_SETTLED)
    settled.timeout.connect(table.resizeRowsToContents)
    table.horizontalHeader().sectionResized.connect(lambda *_sizes: settled.start())
