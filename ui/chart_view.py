"""A chart in a window: as sharp as the screen, in the colours of its theme, and its parts can be clicked.

matplotlib draws into memory and Qt shows the picture: no backend of matplotlib's for Qt is loaded, which would have to
fit the Qt that QGIS was built with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from qgis.PyQt.QtCore import QPoint, QRect, QRectF, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QFont, QFontInfo, QImage, QPainter, QPalette
from qgis.PyQt.QtWidgets import QLabel, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from redline.processing.algorithm import language

if TYPE_CHECKING:
    from redline.core.report.drawing import Drawing, Mark
    from redline.core.report.pen import Look, Pen

Draw = Callable[["Pen"], "Drawing"]

_POINTS = 7.0
"""Size of most letters on a chart; on the screen they are a little smaller than the window's."""
_SMALLER, _LEAST, _SIDE = 0.92, 6.3, 0.42
_NARROWEST = 260
_READABLE = 150
"""Difference of two colours (of 765) below which no letter was seen."""


class ChartView(QWidget):
    """A title, a picture or a sentence in its place, and what there is to say of it. `clicked` gives a mark."""

    clicked = pyqtSignal(object)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel(title, self)
        bold = QFont(self.title.font())
        bold.setBold(True)
        self.title.setFont(bold)
        self.picture = Picture(self)
        self.picture.setAccessibleName(title)
        self.picture.clicked.connect(self.clicked)
        self.words = QLabel(self)
        self.words.setWordWrap(True)
        self.words.setStyleSheet("color: gray")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(4, 4, 4, 8)
        whole.setSpacing(2)
        whole.addWidget(self.title)
        whole.addWidget(self.picture)
        whole.addWidget(self.words)

    def show_chart(self, draw: Draw, look: Look, words: str) -> None:
        """Draw a chart, with what there is to say of it."""
        from redline.core.report import pen

        self.picture.show_drawing(draw(pen.Pen(language(), look)), self.devicePixelRatioF())
        self._say(words)

    def say(self, words: str) -> None:
        """Show a sentence in place of the chart."""
        self.picture.show_drawing(None, 1.0)
        self._say(words)

    def _say(self, words: str) -> None:
        self.words.setText(words)
        self.words.setVisible(bool(words))


class Picture(QWidget):
    """The picture itself: what is under the mouse is lit up and told, and can be clicked."""

    clicked = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drawing: Drawing | None = None
        self._image = QImage()
        self._under: Mark | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_drawing(self, drawing: Drawing | None, ratio: float) -> None:
        """Show a drawing made for a screen with so many dots a pixel, or nothing."""
        self.drawing, self._under, self._image = drawing, None, QImage()
        if drawing is not None:
            dots, width, height = drawing.pixels()
            # The image does not keep what it was made of.
            self._image = QImage(dots, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
            self._image.setDevicePixelRatio(ratio)
        self.setFixedSize(self.sizeHint())
        self.setVisible(drawing is not None)
        self.update()

    def sizeHint(self) -> QSize:
        ratio = self._image.devicePixelRatio() or 1.0
        return QSize(round(self._image.width() / ratio), round(self._image.height() / ratio))

    def place(self, mark: Mark) -> QRectF:
        """Where a mark is in this widget."""
        if self.drawing is None:
            return QRectF()
        left, top, right, bottom = self.drawing.box(mark)
        width, height = self.width(), self.height()
        return QRectF(left * width, top * height, (right - left) * width, (bottom - top) * height)

    def paintEvent(self, event: Any) -> None:
        painter = QPainter(self)
        if not self._image.isNull():
            painter.drawImage(0, 0, self._image)
        if self._under is not None:
            light = QColor(self.palette().color(QPalette.ColorRole.Highlight))
            light.setAlpha(45)
            painter.fillRect(self.place(self._under), light)
        painter.end()

    def mouseMoveEvent(self, event: Any) -> None:
        mark = self._at(event)
        if mark is self._under:
            return
        self._under = mark
        self.setCursor(Qt.CursorShape.PointingHandCursor if mark else Qt.CursorShape.ArrowCursor)
        if mark:
            QToolTip.showText(self.mapToGlobal(event.pos()), mark.words, self)
        else:
            QToolTip.hideText()
        self.update()

    def leaveEvent(self, event: Any) -> None:
        self._under = None
        self.update()

    def mouseReleaseEvent(self, event: Any) -> None:
        mark = self._at(event)
        if mark is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(mark)

    def _at(self, event: Any) -> Mark | None:
        if self.drawing is None or not self.width() or not self.height():
            return None
        return self.drawing.at(event.pos().x() / self.width(), event.pos().y() / self.height())


def look_of(label: QLabel, width: int, ratio: float) -> Look:
    """How a chart of so many pixels is to look beside a label that is seen, on a screen with so many dots a pixel."""
    from redline.core.report.pen import Look

    dpi = _SMALLER * QFontInfo(label.font()).pixelSize() * 72 / _POINTS * ratio
    paper, ink = _colours(label)
    return Look(
        inches=int(max(width, _NARROWEST) * ratio) / dpi, dpi=dpi, ink=ink.name(), soft=_between(ink, paper, 0.4),
        line=_between(ink, paper, 0.8), paper=paper.name(), least=_LEAST, side=_SIDE,
    )  # fmt: skip


def _colours(label: QLabel) -> tuple[QColor, QColor]:
    """The colours behind and of a label's letters, as they are seen: a theme's style sheet is in no palette."""
    palette = label.palette()
    told = palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.WindowText)
    window = label.window()
    image = window.grab(QRect(label.mapTo(window, QPoint(0, 0)), label.size())).toImage()
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    if image.isNull() or not label.text():
        return told
    lines = np.frombuffer(image.bits().asstring(image.bytesPerLine() * image.height()), dtype=np.uint8)
    dots = lines.reshape(image.height(), -1)[:, : 3 * image.width()].reshape(-1, 3).astype(np.int64)
    apart = np.abs(dots - dots[0]).sum(axis=1)
    if apart.max() < _READABLE:
        return told
    return QColor(*dots[0].tolist()), QColor(*dots[int(apart.argmax())].tolist())


def _between(one: QColor, other: QColor, share: float) -> str:
    """The colour that is so much of the other one."""
    mixed = (round(a + (b - a) * share) for a, b in zip(one.getRgb()[:3], other.getRgb()[:3]))
    return QColor(*mixed).name()
