"""Layout templates: read, brought to a page and a font, and their items found by id.

A template is a .qpt that any bureau may draw for itself: the atlas fills the items whose ids it knows and leaves all
others alone.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from qgis.core import (
    QgsLayoutFrame,
    QgsLayoutItem,
    QgsLayoutItemAttributeTable,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemPage,
    QgsLayoutItemScaleBar,
    QgsLayoutItemShape,
    QgsLayoutMeasurement,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsLegendStyle,
    QgsPrintLayout,
    QgsProject,
    QgsReadWriteContext,
    QgsTextFormat,
)
from qgis.PyQt.QtGui import QFont
from qgis.PyQt.QtXml import QDomDocument

from redline.core.errors import InputError
from redline.processing.algorithm import RESOURCES

FOLDER = RESOURCES / "layouts"
ROOM = "redline/room"
"""The property of a legend that tells the width and height (mm) that it may take."""
_NEEDED: dict[str, type[QgsLayoutItem]] = {"map": QgsLayoutItemMap, "title": QgsLayoutItemLabel}
_STYLES = ("Title", "Group", "Subgroup", "SymbolLabel")

Kind = TypeVar("Kind", bound=QgsLayoutItem)


def template(kind: str, side: str) -> Path:
    """The plugin's own template; sheets have one for both sides."""
    own = FOLDER / f"{kind}_{side}.qpt"
    return own if own.exists() else FOLDER / f"{kind}_landscape.qpt"


def load(project: QgsProject, path: Path, language: str) -> QgsPrintLayout:
    """The layout of a template in a project. Raises InputError where it is none, or an item that is needed lacks."""
    layout = QgsPrintLayout(project)
    document = QDomDocument()
    try:
        readable = document.setContent(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        readable = False
    # Qt 5 answers with several values, Qt 6 with one.
    readable = readable[0] if isinstance(readable, tuple) else bool(readable)
    loaded = readable and layout.loadFromTemplate(document, QgsReadWriteContext())[1]
    if not loaded or not layout.pageCollection().pageCount():
        raise InputError("atlas_template", language, path=path)
    missing = [name for name, kind in _NEEDED.items() if item(layout, name, kind) is None]
    if missing:
        raise InputError("atlas_template_item", language, path=path, ids="、".join(missing))
    return layout


def size(layout: QgsPrintLayout) -> tuple[float, float]:
    """Width and height of a layout's first page, mm."""
    page = layout.pageCollection().page(0).pageSize()
    return page.width(), page.height()


def item(layout: QgsPrintLayout, name: str, kind: type[Kind]) -> Kind | None:
    """The item of an id, if the template has one of that kind."""
    found = layout.itemById(name)
    return found if isinstance(found, kind) else None


def needed(layout: QgsPrintLayout, name: str, kind: type[Kind]) -> Kind:
    """The item of an id that every template has: `load` has seen to it."""
    found = item(layout, name, kind)
    if found is None:
        raise LookupError(name)
    return found


def table(layout: QgsPrintLayout, name: str) -> QgsLayoutItemAttributeTable | None:
    """The table whose first frame has the id."""
    frame = item(layout, name, QgsLayoutFrame)
    found = frame.multiFrame() if frame is not None else None
    return found if isinstance(found, QgsLayoutItemAttributeTable) else None


def scale(layout: QgsPrintLayout, factor: float) -> None:
    """Bring a layout to another paper in proportion: places, sizes, texts and lines."""
    if factor == 1.0:
        return
    width, height = size(layout)
    layout.pageCollection().page(0).setPageSize(QgsLayoutSize(width * factor, height * factor))
    for one in layout.items():
        if isinstance(one, QgsLayoutItem) and not isinstance(one, QgsLayoutItemPage):
            at, wide = one.positionWithUnits(), one.sizeWithUnits()
            one.attemptMove(QgsLayoutPoint(at.x() * factor, at.y() * factor))
            one.attemptResize(QgsLayoutSize(wide.width() * factor, wide.height() * factor))
            one.setFrameStrokeWidth(QgsLayoutMeasurement(one.frameStrokeWidth().length() * factor))
            _SCALED.get(type(one), lambda _item, _factor: None)(one, factor)
    for one in layout.multiFrames():
        if isinstance(one, QgsLayoutItemAttributeTable):
            one.setCellMargin(one.cellMargin() * factor)
            one.setGridStrokeWidth(one.gridStrokeWidth() * factor)
    each_text(layout, lambda font: _sized(font, factor), lambda form: form.setSize(form.size() * factor))


def set_font(layout: QgsPrintLayout, family: str) -> None:
    """Set every text of a layout in a font family."""

    def changed(form: QgsTextFormat) -> None:
        form.setFont(in_family(form.font(), family))

    each_text(layout, lambda font: in_family(font, family), changed)


def each_text(
    layout: QgsPrintLayout, change_font: Callable[[QFont], QFont], change: Callable[[QgsTextFormat], None]
) -> None:
    """Change the font or the text format of all items that write."""
    for one in layout.items():
        if isinstance(one, QgsLayoutItemLabel):
            one.setFont(change_font(one.font()))
        elif isinstance(one, QgsLayoutItemLegend):
            for name in _STYLES:
                key = getattr(QgsLegendStyle.Style, name)
                look = one.style(key)
                look.setFont(change_font(look.font()))
                one.setStyle(key, look)
        elif isinstance(one, QgsLayoutItemScaleBar):
            one.setTextFormat(_changed(one.textFormat(), change))
        elif isinstance(one, QgsLayoutItemMap):
            for place in range(one.grids().size()):
                grid = one.grids().grid(place)
                grid.setAnnotationTextFormat(_changed(grid.annotationTextFormat(), change))
    for one in layout.multiFrames():
        if isinstance(one, QgsLayoutItemAttributeTable):
            one.setContentTextFormat(_changed(one.contentTextFormat(), change))
            one.setHeaderTextFormat(_changed(one.headerTextFormat(), change))


def _changed(form: QgsTextFormat, change: Callable[[QgsTextFormat], None]) -> QgsTextFormat:
    made = QgsTextFormat(form)
    change(made)
    return made


def _sized(font: QFont, factor: float) -> QFont:
    made = QFont(font)
    made.setPointSizeF(font.pointSizeF() * factor)
    return made


def in_family(font: QFont, family: str) -> QFont:
    """A font of another family, its text to be found in a PDF."""
    made = QFont(font)
    made.setFamily(family)
    # Shaped by Noto CJK's own rules, digits beside Latin letters become glyphs that no search in the PDF finds.
    made.setStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
    return made


def _scale_label(one: QgsLayoutItemLabel, factor: float) -> None:
    one.setMarginX(one.marginX() * factor)
    one.setMarginY(one.marginY() * factor)


def _scale_legend(one: QgsLayoutItemLegend, factor: float) -> None:
    for change, value in (
        (one.setSymbolWidth, one.symbolWidth()), (one.setSymbolHeight, one.symbolHeight()),
        (one.setBoxSpace, one.boxSpace()), (one.setColumnSpace, one.columnSpace()),
    ):  # fmt: skip
        change(value * factor)
    if one.customProperty(ROOM):
        one.setCustomProperty(ROOM, " ".join(f"{float(part) * factor:g}" for part in one.customProperty(ROOM).split()))
    sides = ("Top", "Bottom", "Left", "Right")
    for name in (*_STYLES, "Symbol"):
        look = one.style(getattr(QgsLegendStyle.Style, name))
        for side in sides:
            key = getattr(QgsLegendStyle.Side, side)
            look.setMargin(key, look.margin(key) * factor)
        one.setStyle(getattr(QgsLegendStyle.Style, name), look)


def _scale_bar(one: QgsLayoutItemScaleBar, factor: float) -> None:
    one.setHeight(one.height() * factor)
    one.setLabelBarSpace(one.labelBarSpace() * factor)
    one.setBoxContentSpace(one.boxContentSpace() * factor)


def _scale_map(one: QgsLayoutItemMap, factor: float) -> None:
    for place in range(one.grids().size()):
        grid = one.grids().grid(place)
        grid.setCrossLength(grid.crossLength() * factor)
        grid.setAnnotationFrameDistance(grid.annotationFrameDistance() * factor)


def _scale_shape(one: QgsLayoutItemShape, factor: float) -> None:
    symbol = one.symbol().clone()
    for place in range(symbol.symbolLayerCount()):
        layer = symbol.symbolLayer(place)
        if hasattr(layer, "strokeWidth"):
            layer.setStrokeWidth(layer.strokeWidth() * factor)
    one.setSymbol(symbol)


_SCALED: dict[type, Callable[[Any, float], None]] = {
    QgsLayoutItemLabel: _scale_label, QgsLayoutItemLegend: _scale_legend, QgsLayoutItemScaleBar: _scale_bar,
    QgsLayoutItemMap: _scale_map, QgsLayoutItemShape: _scale_shape,
}  # fmt: skip
