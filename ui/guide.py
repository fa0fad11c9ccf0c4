"""The user guide in a window of its own: it comes with the plugin, for offices without a network."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import Qt, QUrl
from qgis.PyQt.QtGui import QImage, QTextDocument
from qgis.PyQt.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from redline.processing.algorithm import tr

_WIDTH, _HEIGHT = 860, 760
_EDGES = 50  # margins and the scroll bar
FILE = Path(__file__).parent.parent / "docs" / "guide" / "README.md"


class _Pages(QTextBrowser):
    """Fits pictures to the page, and shows nothing for those that the plugin's ZIP leaves out."""

    def loadResource(self, kind: int, name: QUrl) -> object:
        if kind != QTextDocument.ResourceType.ImageResource:
            return super().loadResource(kind, name)
        image = QImage(FILE.parent.joinpath(name.path()).as_posix())
        if image.isNull():
            image = QImage(1, 1, QImage.Format.Format_ARGB32)
            image.fill(Qt.GlobalColor.transparent)
        elif image.width() > _WIDTH - _EDGES:
            image = image.scaledToWidth(_WIDTH - _EDGES, Qt.TransformationMode.SmoothTransformation)
        return image


class Guide(QDialog):
    """Shows docs/guide/README.md; links between the files beside it are followed, others open in the browser."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Guide to Redline"))
        self.resize(_WIDTH, _HEIGHT)
        self.browser = _Pages()
        self.browser.setSource(QUrl.fromLocalFile(str(FILE)), QTextDocument.ResourceType.MarkdownResource)
        self.browser.setOpenExternalLinks(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.browser)
