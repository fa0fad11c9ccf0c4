"""The plugin's icons, and dots of a colour that are as sharp on any screen."""

from __future__ import annotations

from functools import cache

from qgis.PyQt.QtCore import QPointF, Qt
from qgis.PyQt.QtGui import QColor, QIcon, QPainter, QPixmap

from redline.processing.algorithm import RESOURCES


def icon(name: str) -> QIcon:
    """The icon `name`.svg of the plugin."""
    return QIcon(str(RESOURCES / "icons" / f"{name}.svg"))


@cache
def dot(colour: str) -> QIcon:
    """A filled circle."""
    shown = QIcon()
    for size in (16, 32, 64):
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawEllipse(QPointF(size / 2, size / 2), size * 0.3, size * 0.3)
        painter.end()
        shown.addPixmap(pixmap)
    return shown
