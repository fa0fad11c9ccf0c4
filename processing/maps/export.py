"""Layouts to PDF and PNG, page by page: one PDF may hold pages of several layouts, and a cancelled one those it has.

The pages are drawn as QGIS's own exporter draws them: as vectors, with text as text.
"""

from __future__ import annotations

import re
from pathlib import Path

from qgis.core import (
    Qgis,
    QgsLayoutExporter,
    QgsLayoutRenderContext,
    QgsPrintLayout,
    QgsRenderContext,
    QgsVectorSimplifyMethod,
)
from qgis.PyQt.QtCore import QMarginsF, QSizeF
from qgis.PyQt.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter

_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_LONGEST_NAME = 80


class PdfFile:
    """A PDF that grows by layout pages. Raises OSError where the file cannot be written."""

    def __init__(self, path: Path, title: str, dpi: int) -> None:
        self.path, self.pages = path, 0
        self._dpi = dpi
        self._writer = QPdfWriter(str(path))
        self._writer.setResolution(dpi)
        self._writer.setTitle(title)
        self._writer.setCreator("Redline")
        self._painter = QPainter()

    def add(self, layout: QgsPrintLayout, number: int) -> None:
        """Print page `number` of a layout as it stands."""
        size = layout.pageCollection().page(number).pageSize()
        page = QPageSize(QSizeF(size.width(), size.height()), QPageSize.Unit.Millimeter, "",
                         QPageSize.SizeMatchPolicy.ExactMatch)  # fmt: skip
        self._writer.setPageLayout(
            QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)
        )
        if not self.pages:
            if not self._painter.begin(self._writer):
                raise OSError(f"cannot write {self.path}")
        elif not self._writer.newPage():
            raise OSError(f"cannot write {self.path}")
        prepare(layout, self._dpi)
        QgsLayoutExporter(layout).renderPage(self._painter, number)
        self.pages += 1

    def close(self) -> None:
        """Finish the file."""
        if self._painter.isActive():
            self._painter.end()


def prepare(layout: QgsPrintLayout, dpi: int) -> None:
    """Set a layout to what is best on paper: vectors, text as text, no more points than the dots can show."""
    context = layout.renderContext()
    context.setDpi(dpi)
    flags = QgsLayoutRenderContext.Flag
    for flag in (flags.FlagAntialiasing, flags.FlagForceVectorOutput, flags.FlagLosslessImageRendering):
        context.setFlag(flag, True)
    context.setFlag(flags.FlagUseAdvancedEffects, False)
    context.setSimplifyMethod(_simplification())
    if hasattr(Qgis, "TextRenderFormat") and hasattr(Qgis.TextRenderFormat, "AlwaysText"):
        context.setTextRenderFormat(Qgis.TextRenderFormat.AlwaysText)
    else:
        context.setTextRenderFormat(QgsRenderContext.TextRenderFormat.TextFormatAlwaysText)


def _simplification() -> QgsVectorSimplifyMethod:
    """What QGIS's exporter takes: vertices go that move a line by less than a tenth of a dot."""
    made = QgsVectorSimplifyMethod()
    made.setSimplifyHints(QgsVectorSimplifyMethod.SimplifyHint.GeometrySimplification)
    made.setSimplifyAlgorithm(QgsVectorSimplifyMethod.SimplifyAlgorithm.Distance)
    made.setThreshold(0.1)
    made.setForceLocalOptimization(True)
    return made


def write_png(layout: QgsPrintLayout, number: int, path: Path, dpi: int) -> None:
    """Page `number` of a layout as a picture. Raises OSError where it cannot be written."""
    prepare(layout, dpi)
    picture = QgsLayoutExporter(layout).renderPageToImage(number, dpi=dpi)
    picture.setDotsPerMeterX(round(dpi / 0.0254))
    picture.setDotsPerMeterY(round(dpi / 0.0254))
    if picture.isNull() or not picture.save(str(path), "PNG"):
        raise OSError(f"cannot write {path}")


def file_names(names: list[str]) -> list[str]:
    """File names (without suffix) for names of features: no sign that a file system refuses, no name twice."""
    found: dict[str, int] = {}
    made = []
    for name in names:
        plain = _FORBIDDEN.sub("_", name).strip(" .")[:_LONGEST_NAME] or "_"
        found[plain.casefold()] = found.get(plain.casefold(), 0) + 1
        again = found[plain.casefold()]
        made.append(plain if again == 1 else f"{plain} ({again})")
    return made


