"""The user guide in a window of its own: it comes with the plugin, for offices without a network."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import Qt, QUrl
from qgis.PyQt.QtGui import QImage, QTextCursor, QTextDocument
from qgis.PyQt.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from redline.processing.algorithm import language, tr

_WIDTH, _HEIGHT = 860, 760
_EDGES = 50  # margins and the scroll bar
FOLDER = Path(__file__).parent.parent / "docs" / "guide"
FILE = FOLDER / "README.md"

PLACES = {
    "settings": ("desk.md", "设置", "Settings"),
    "SourcesTab": ("desk.md", "数据", "Sources"),
    "RunTab": ("desk.md", "运行", "Run"),
    "FindingsTab": ("desk.md", "问题", "Findings"),
    "DashboardTab": ("desk.md", "图表", "Dashboard"),
    "RunsTab": ("desk.md", "历次运行", "Runs"),
}
"""Where the guide tells of a part of the desk: the page, and how its heading begins in Chinese and in English."""


class _Pages(QTextBrowser):
    """Fits pictures to the page, and shows nothing for one that is not there."""

    def loadResource(self, kind: int, name: QUrl) -> object:
        if kind != QTextDocument.ResourceType.ImageResource:
            return super().loadResource(kind, name)
        image = QImage(FOLDER.joinpath(name.path()).as_posix())
        if image.isNull():
            image = QImage(1, 1, QImage.Format.Format_ARGB32)
            image.fill(Qt.GlobalColor.transparent)
        elif image.width() > _WIDTH - _EDGES:
            image = image.scaledToWidth(_WIDTH - _EDGES, Qt.TransformationMode.SmoothTransformation)
        return image


class Guide(QDialog):
    """Shows docs/guide; links between the files there are followed, others open in the browser."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Guide to Redline"))
        self.resize(_WIDTH, _HEIGHT)
        self.browser = _Pages()
        self.browser.setOpenExternalLinks(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.browser)
        self._open("README.md")

    def turn_to(self, place: str) -> None:
        """Show one of PLACES in the language of QGIS; the page that is open stays for any other."""
        if place not in PLACES:
            return
        page, *headings = PLACES[place]
        self._open(page)
        wanted = headings[0 if language() == "zh" else 1]
        block = self.browser.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel() and block.text().startswith(wanted):
                cursor = QTextCursor(block)
                # From the end upwards, the heading comes to stand at the top.
                self.browser.moveCursor(QTextCursor.MoveOperation.End)
                self.browser.setTextCursor(cursor)
                return
            block = block.next()

    def _open(self, page: str) -> None:
        self.browser.setSource(
            QUrl.fromLocalFile(str(FOLDER / page)), QTextDocument.ResourceType.MarkdownResource
        )
