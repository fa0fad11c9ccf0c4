"""Prints the report's HTML to PDF with what QGIS brings: Qt's rich text, on pages cut here.

Qt itself breaks pages through table rows and leaves headings behind at the foot of a page. The text is therefore laid
out once on an endless page, which is cut between rows and lines: a heading stays with what it heads, and the head of a
table is repeated on every page that the table goes on to.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QByteArray, QMarginsF, QRectF, Qt, QUrl
from qgis.PyQt.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QFontInfo,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextBlock,
    QTextDocument,
    QTextFormat,
    QTextOption,
    QTextTable,
)

from redline.core import fonts
from redline.core.pdf import PdfError, make_searchable
from redline.core.report import paper_style

_DOTS = 300
_SIDE, _HEAD, _FOOT = 18.0, 19.0, 19.0
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_PICTURE = re.compile(r'src="data:image/png;base64,([A-Za-z0-9+/=]+)"')
_PICTURE_CHARACTER = "\ufffc"
_SHORT = 8
"""Rows of a table that is not worth a page break."""


@dataclass
class _Piece:
    """A stretch of the endless page that stays whole. `head` is the table head repeated where a page begins with it,
    `keep` ties it to the piece that follows, `fresh` begins a page."""

    top: float
    bottom: float
    head: tuple[float, float] | None = None
    keep: bool = False
    fresh: bool = False


def chinese_font() -> str:
    """The Chinese font that maps and pages are set in, "" where the machine has none of `fonts.families`."""
    return fonts.choose(has_font)


def has_font(family: str) -> bool:
    """Has the machine this very font, and not another in its place?"""
    return QFontInfo(QFont(family)).family().casefold() == family.casefold()


def write_pdf(html: str, path: str | Path, title: str) -> int:
    """Print the report `html` on A4 pages into the file `path`; gives the number of pages.

    `title` stands at the head of every page but the first and in the file's properties. Needs a QGuiApplication; may
    run in any thread. Raises OSError where the file cannot be written.
    """
    writer = QPdfWriter(str(path))
    writer.setResolution(_DOTS)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)
    writer.setTitle(title)
    writer.setCreator("Redline")
    width, height = writer.width() - _dots(2 * _SIDE), writer.height() - _dots(_HEAD + _FOOT)
    text = _document(html, writer, width)
    pages = _cut(list(_pieces(text, height)), height)
    painter = QPainter()
    if not painter.begin(writer):
        raise OSError(f"cannot write {path}")
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
    try:
        for number, page in enumerate(pages, start=1):
            if number > 1:
                writer.newPage()
            _draw(painter, text, page, width)
            _margins(painter, writer, title if number > 1 else "", f"{number} / {len(pages)}")
    finally:
        painter.end()
    with suppress(PdfError):
        make_searchable(Path(path))
    return len(pages)


def _dots(millimetres: float) -> float:
    return millimetres / 25.4 * _DOTS


def _document(html: str, writer: QPdfWriter, width: float) -> QTextDocument:
    text = QTextDocument()
    text.setUndoRedoEnabled(False)
    text.setDocumentMargin(0)
    text.documentLayout().setPaintDevice(writer)
    text.setDefaultFont(_font(9))
    text.setDefaultStyleSheet(paper_style())
    # A plot number is one long word: better broken than wider than its column.
    text.setDefaultTextOption(_wrap_anywhere())

    def register(match: re.Match[str]) -> str:
        name = f"picture:{match.start()}"
        picture = QImage.fromData(QByteArray(base64.b64decode(match[1])))
        text.addResource(QTextDocument.ResourceType.ImageResource, QUrl(name), picture)
        return f'src="{name}"'

    text.setHtml(_PICTURE.sub(register, _STYLE.sub("", html)))
    text.setTextWidth(width)
    return text


def _font(points: float) -> QFont:
    font = QFont(chinese_font() or "sans-serif")
    font.setPointSizeF(points)
    # Shaped by Noto CJK's own rules, digits beside Latin letters become glyphs that no search in the PDF finds.
    font.setStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
    return font


def _wrap_anywhere() -> QTextOption:
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    return option


def _pieces(text: QTextDocument, height: float) -> Iterator[_Piece]:
    """The stretches of the laid-out text that must not be cut, from the top."""
    parts = list(_parts(text))
    following: Sequence[Any] = [*parts[1:], None]
    for part, after in zip(parts, following):
        if isinstance(part, QTextTable):
            yield from _rows(text, part)
        elif part.length() > 1:
            yield from _lines(text, part, height, keep=_heads(part, after))


def _parts(text: QTextDocument) -> Iterator[Any]:
    """Tables and blocks of the page, from the top."""
    at = text.rootFrame().begin()
    while not at.atEnd():
        yield at.currentFrame() or at.currentBlock()
        at += 1


def _heads(block: QTextBlock, after: Any) -> bool:
    """Is this a heading, or does it introduce a table or a picture?"""
    if block.blockFormat().headingLevel():
        return True
    if isinstance(after, QTextTable):
        return not block.text().startswith(_PICTURE_CHARACTER)
    return isinstance(after, QTextBlock) and after.text().startswith(_PICTURE_CHARACTER)


def _lines(text: QTextDocument, block: QTextBlock, height: float, keep: bool) -> Iterator[_Piece]:
    area = text.documentLayout().blockBoundingRect(block)
    fresh = bool(block.blockFormat().pageBreakPolicy() & QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
    layout = block.layout()
    if area.height() <= height / 4 or layout.lineCount() < 2:
        yield _Piece(area.top(), area.bottom(), keep=keep, fresh=fresh)
        return
    origin = layout.position().y()
    lines = [layout.lineAt(number).rect().translated(0, origin) for number in range(layout.lineCount())]
    for number, line in enumerate(lines):
        yield _Piece(line.top(), line.bottom(), keep=number in (0, len(lines) - 2), fresh=fresh and not number)


def _rows(text: QTextDocument, table: QTextTable) -> Iterator[_Piece]:
    layout = text.documentLayout()
    cells = [[table.cellAt(row, column) for column in range(table.columns())] for row in range(table.rows())]
    tops = [min(layout.blockBoundingRect(c.firstCursorPosition().block()).top() for c in row) for row in cells]
    bottoms = [max(layout.blockBoundingRect(c.lastCursorPosition().block()).bottom() for c in row) for row in cells]
    # frameBoundingRect() is off by the place of the first cell's text (Qt 5.15): the edges are counted out instead.
    style = table.format()
    edge = (style.cellPadding() + style.cellSpacing() + style.border()) * _DOTS / 96
    # The rule between two rows lies midway between their texts, and belongs to the upper one.
    rule = 0.75 * _DOTS / 96
    between = [(above + below) / 2 + rule for above, below in zip(bottoms, tops[1:])]
    cuts = [tops[0] - edge - rule, *between, bottoms[-1] + edge + rule]
    headed = style.headerRowCount()
    head = (cuts[0], cuts[headed]) if headed else None
    last = len(cells) - 1
    tied = set(range(last)) if last <= _SHORT else {headed, headed + 1, last - 1}
    for row in range(len(cells)):
        in_head = row < headed
        yield _Piece(cuts[row], cuts[row + 1], None if in_head else head, keep=in_head or row in tied)


@dataclass
class _Page:
    """What one page shows: a stretch of the endless page, below a repeated table head or none."""

    top: float
    bottom: float
    head: tuple[float, float] | None


def _cut(pieces: Sequence[_Piece], height: float) -> list[_Page]:
    """Fill pages with pieces, as many as fit, without parting those that are tied together."""
    pages: list[_Page] = []
    for group in _groups(pieces):
        whole = pages and not group[0].fresh and _fits(pages[-1], group[-1].bottom, height)
        if whole:
            pages[-1].bottom = group[-1].bottom
            continue
        for number, piece in enumerate(group):
            if number and _fits(pages[-1], piece.bottom, height):
                pages[-1].bottom = piece.bottom
            else:
                pages.append(_Page(piece.top, piece.bottom, piece.head))
    return pages or [_Page(0, 0, None)]


def _groups(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    group: list[_Piece] = []
    for piece in pieces:
        group.append(piece)
        if not piece.keep:
            yield group
            group = []
    if group:
        yield group


def _fits(page: _Page, bottom: float, height: float) -> bool:
    head = page.head[1] - page.head[0] if page.head else 0.0
    return head + bottom - page.top <= height


def _draw(painter: QPainter, text: QTextDocument, page: _Page, width: float) -> None:
    y = _dots(_HEAD)
    if page.head:
        _stretch(painter, text, page.head, y, width)
        y += page.head[1] - page.head[0]
    _stretch(painter, text, (page.top, page.bottom), y, width)


def _stretch(painter: QPainter, text: QTextDocument, stretch: tuple[float, float], y: float, width: float) -> None:
    context = QAbstractTextDocumentLayout.PaintContext()
    # Within the cut by one dot, or the neighbours of the cut would be drawn too, unseen but there for a search.
    context.clip = QRectF(0, stretch[0] + 1, width, stretch[1] - stretch[0] - 2)
    # The paper is white whatever colours the user's desktop has.
    context.palette.setColor(QPalette.ColorRole.Text, QColor("black"))
    painter.save()
    painter.translate(_dots(_SIDE), y - stretch[0])
    painter.setClipRect(QRectF(0, stretch[0], width, stretch[1] - stretch[0]))
    text.documentLayout().draw(painter, context)
    painter.restore()


def _margins(painter: QPainter, writer: QPdfWriter, title: str, number: str) -> None:
    painter.setFont(_font(8))
    painter.setPen(QColor("#6e7a84"))
    side, wide = _dots(_SIDE), writer.width() - 2 * _dots(_SIDE)
    foot = QRectF(side, writer.height() - _dots(_FOOT - 5), wide, _dots(5))
    painter.drawText(foot, number, QTextOption(Qt.AlignmentFlag.AlignHCenter))
    if title:
        head = QRectF(side, _dots(_HEAD - 9.5), wide, _dots(5))
        painter.drawText(head, title, QTextOption(Qt.AlignmentFlag.AlignLeft))
        painter.drawLine(head.bottomLeft(), head.bottomRight())
