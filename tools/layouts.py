"""Draws the layout templates in resources/layouts: `PYTHONPATH=.cache/path python tools/layouts.py`.

All are drawn on A3 (the sheet map on A1); the atlas brings them to other paper in proportion. What the atlas fills has
an id; everything else may be changed, in QGIS or here.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The attributes of the XML in the same order every time.
os.environ["QT_HASH_SEED"] = "0"

from qgis.core import (
    QgsApplication,
    QgsFillSymbol,
    QgsLayoutFrame,
    QgsLayoutItem,
    QgsLayoutItemAttributeTable,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemMapGrid,
    QgsLayoutItemScaleBar,
    QgsLayoutItemShape,
    QgsLayoutMeasurement,
    QgsLayoutMultiFrame,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsLayoutTable,
    QgsLayoutTableColumn,
    QgsLegendStyle,
    QgsPrintLayout,
    QgsProject,
    QgsReadWriteContext,
    QgsScaleBarSettings,
    QgsTextFormat,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor, QFont

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "layouts"
FAMILY = "Noto Sans CJK SC"
BLACK, GREY = QColor(0, 0, 0), QColor(90, 90, 90)
Rect = tuple[float, float, float, float]
A3 = (420.0, 297.0)
A1 = (841.0, 594.0)
LEFT, CENTRE, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight


@dataclass
class Plan:
    """A template: page (mm), where each item goes (x, y, width, height), and the text sizes that are its own."""

    page: tuple[float, float]
    map: Rect
    legend: Rect
    table: Rect
    boxes: Mapping[str, Rect] = field(default_factory=dict)
    text: float = 9.0
    columns: int = 1


def _frame(page: tuple[float, float]) -> dict[str, Rect]:
    """What every map has around its face: title, number, mark, and three notes at the foot."""
    width, height = page
    large = 1.4 if page == A1 else 1.0
    foot, wide = height - 9 - 14.5 * large, (width - 28) * 0.36
    middle = width - 28 - 2 * wide
    return {
        "title": (72, 10.5, width - 144, 15 * large),
        "number": (14, 12, 58, 12),
        "classification": (width - 72, 12, 58, 12),
        "projection": (14, foot, wide, 14 * large),
        "scale_text": (14 + wide, foot - 0.5, middle, 6 * large),
        "scale_bar": (14 + wide, foot + 5.6 * large, middle, 8 * large),
        "makers": (14 + wide + middle, foot, wide, 14 * large),
    }


UPRIGHT = A3[::-1]
PLANS = {
    "township_landscape": Plan(A3, (20, 34, 280, 230), (309, 27, 97, 100), (309, 131, 97, 139)),
    "township_portrait": Plan(UPRIGHT, (20, 34, 257, 264), (14, 307, 92, 85), (110, 308, 173, 84), columns=2),
    "zone_landscape": Plan(
        A3, (20, 34, 246, 230), (276, 27, 130, 62), (276, 93, 130, 123), {"note": (276, 220, 130, 50)}
    ),
    "zone_portrait": Plan(
        UPRIGHT, (20, 34, 257, 228), (14, 271, 80, 121), (98, 272, 185, 80), {"note": (98, 356, 185, 36)}
    ),
    "violation_landscape": Plan(
        A3, (20, 34, 222, 230), (252, 27, 60, 87), (316, 28, 90, 86),
        {"areas": (252, 118, 154, 52), "note": (252, 174, 154, 66), "signatures": (252, 243, 154, 27)}, text=10.5,
    ),
    "violation_portrait": Plan(
        UPRIGHT, (20, 34, 257, 222), (14, 266, 88, 60), (190, 268, 93, 124),
        {"areas": (106, 268, 80, 60), "note": (14, 330, 172, 42), "signatures": (14, 376, 172, 16)}, text=10.5,
    ),
    "index_landscape": Plan(A3, (20, 34, 270, 230), (299, 27, 107, 62), (299, 93, 107, 177)),
    "index_portrait": Plan(UPRIGHT, (20, 34, 257, 254), (14, 297, 80, 95), (98, 298, 185, 94), columns=2),
    "sheet_landscape": Plan(
        A1, (25, 46, 690, 496), (728, 120, 95, 250), (728, 376, 95, 166),
        {"note": (728, 46, 95, 8), "neighbours": (728, 55, 95, 60)}, text=12.0,
    ),
}  # fmt: skip


def font(points: float, bold: bool = False) -> QFont:
    made = QFont(FAMILY)
    made.setPointSizeF(points)
    made.setBold(bold)
    return made


def text_format(points: float, bold: bool = False) -> QgsTextFormat:
    made = QgsTextFormat()
    made.setFont(font(points, bold))
    made.setSize(points)
    made.setColor(BLACK)
    return made


def place(item: QgsLayoutItem, rect: Rect, name: str) -> None:
    item.attemptMove(QgsLayoutPoint(rect[0], rect[1]))
    item.attemptResize(QgsLayoutSize(rect[2], rect[3]))
    item.setId(name)


def label(layout: QgsPrintLayout, name: str, rect: Rect, points: float, align: Qt.AlignmentFlag, bold: bool = False,
          middle: bool = False) -> None:  # fmt: skip
    made = QgsLayoutItemLabel(layout)
    made.setText(f"[% '{name}' %]")
    made.setFont(font(points, bold))
    made.setHAlign(align)
    made.setVAlign(Qt.AlignmentFlag.AlignVCenter if middle else Qt.AlignmentFlag.AlignTop)
    made.setMarginX(0.5)
    made.setMarginY(0.3)
    place(made, rect, name)
    layout.addLayoutItem(made)


def box(layout: QgsPrintLayout, name: str, rect: Rect, width: float) -> None:
    made = QgsLayoutItemShape(layout)
    made.setShapeType(QgsLayoutItemShape.Shape.Rectangle)
    made.setSymbol(QgsFillSymbol.createSimple({
        "style": "no", "outline_color": "0,0,0", "outline_width": str(width), "joinstyle": "miter",
    }))  # fmt: skip
    place(made, rect, name)
    layout.addLayoutItem(made)


def add_map(layout: QgsPrintLayout, rect: Rect, gridded: bool) -> QgsLayoutItemMap:
    made = QgsLayoutItemMap(layout)
    place(made, rect, "map")
    made.setFrameEnabled(True)
    made.setFrameStrokeWidth(QgsLayoutMeasurement(0.3))
    made.setAtlasDriven(True)
    made.setAtlasScalingMode(QgsLayoutItemMap.AtlasScalingMode.Fixed)
    made.setBackgroundColor(QColor(255, 255, 255))
    layout.addLayoutItem(made)
    if gridded:
        made.grids().addGrid(_grid(made))
    return made


def _grid(of: QgsLayoutItemMap) -> QgsLayoutItemMapGrid:
    """Kilometre crosses, with the kilometres of the zone's coordinates in the margin."""
    made = QgsLayoutItemMapGrid("kilometres", of)
    made.setStyle(QgsLayoutItemMapGrid.GridStyle.Cross)
    made.setCrossLength(3.0)
    made.setIntervalX(1000)
    made.setIntervalY(1000)
    symbol = made.lineSymbol()
    symbol.setColor(GREY)
    symbol.setWidth(0.12)
    made.setAnnotationEnabled(True)
    made.setAnnotationFormat(QgsLayoutItemMapGrid.AnnotationFormat.CustomFormat)
    made.setAnnotationExpression("to_string(round(@grid_number / 1000.0, 1))")
    made.setAnnotationTextFormat(text_format(6.5))
    made.setAnnotationFrameDistance(0.8)
    for side in (made.BorderSide.Left, made.BorderSide.Right):
        made.setAnnotationDirection(made.AnnotationDirection.Vertical, side)
    return made


def add_legend(layout: QgsPrintLayout, rect: Rect, points: float, linked: QgsLayoutItemMap) -> None:
    made = QgsLayoutItemLegend(layout)
    made.setLinkedMap(linked)
    made.setAutoUpdateModel(False)
    made.setTitle("图例")
    for style, size, bold in (
        (QgsLegendStyle.Style.Title, points * 1.35, True), (QgsLegendStyle.Style.Group, points, True),
        (QgsLegendStyle.Style.Subgroup, points, False), (QgsLegendStyle.Style.SymbolLabel, points, False),
    ):  # fmt: skip
        changed = made.style(style)
        changed.setFont(font(size, bold))
        made.setStyle(style, changed)
    made.setSymbolWidth(9)
    made.setSymbolHeight(4.5)
    made.setResizeToContents(True)
    place(made, rect, "legend")
    layout.addLayoutItem(made)


def add_bar(layout: QgsPrintLayout, rect: Rect, linked: QgsLayoutItemMap, points: float) -> None:
    made = QgsLayoutItemScaleBar(layout)
    made.setStyle("Single Box")
    made.setLinkedMap(linked)
    made.setSegmentSizeMode(QgsScaleBarSettings.SegmentSizeMode.SegmentSizeFixed)
    made.setNumberOfSegments(3)
    made.setNumberOfSegmentsLeft(0)
    made.setUnitsPerSegment(1000)
    made.setHeight(1.6)
    made.setLabelBarSpace(0.8)
    made.setBoxContentSpace(0.4)
    made.setTextFormat(text_format(points))
    place(made, rect, "scale_bar")
    layout.addLayoutItem(made)


def add_table(layout: QgsPrintLayout, name: str, rects: list[Rect], points: float) -> None:
    """A table that fills one frame after the other; the atlas adds pages where these do not do."""
    made = QgsLayoutItemAttributeTable.create(layout)
    layout.addMultiFrame(made)
    made.setContentTextFormat(text_format(points))
    made.setHeaderTextFormat(text_format(points, True))
    made.setHeaderHAlignment(QgsLayoutTable.HeaderHAlignment.HeaderCenter)
    made.setHeaderMode(QgsLayoutTable.HeaderMode.AllFrames)
    made.setCellMargin(0.7)
    if name == "neighbours":
        made.setHeaderMode(QgsLayoutTable.HeaderMode.NoHeaders)
    made.setGridStrokeWidth(0.12)
    made.setWrapBehavior(QgsLayoutTable.WrapBehavior.WrapText)
    made.setResizeMode(QgsLayoutMultiFrame.ResizeMode.UseExistingFrames)
    made.setEmptyTableBehavior(QgsLayoutTable.EmptyTableMode.HideTable)
    column = QgsLayoutTableColumn("-")
    column.setWidth(rects[0][2] - 1)
    made.setColumns([column])
    for number, rect in enumerate(rects, start=1):
        frame = QgsLayoutFrame(layout, made)
        place(frame, rect, f"{name}_{number}" if number > 1 else name)
        # A frame shrinks to its table; this is how wide the table is to be.
        frame.setCustomProperty("redline/width", rect[2])
        made.addFrame(frame)


def split(rect: Rect, columns: int, between: float = 4.0) -> list[Rect]:
    x, y, width, height = rect
    each = (width - between * (columns - 1)) / columns
    return [(x + number * (each + between), y, each, height) for number in range(columns)]


def draw(plan: Plan, name: str) -> QgsPrintLayout:
    layout = QgsPrintLayout(QgsProject.instance())
    layout.initializeDefaults()
    layout.setName(name)
    width, height = plan.page
    layout.pageCollection().page(0).setPageSize(QgsLayoutSize(width, height))
    sheet = name.startswith("sheet")
    linked = add_map(layout, plan.map, gridded=not sheet)
    linked.setFrameEnabled(not sheet)
    box(layout, "outer_frame", (8, 7.5, width - 16, height - 15), 0.9)
    if not sheet:
        x, y, wide, high = plan.map
        box(layout, "inner_frame", (x - 6, y - 6, wide + 12, high + 12), 0.25)
    sizes = {"title": 24.0 if plan.page != A1 else 40.0, "number": plan.text + 1,
             "classification": plan.text + 3, "scale_text": plan.text + 2,
             "projection": 8.5 if plan.page != A1 else 11.5, "makers": 8.5 if plan.page != A1 else 11.5}  # fmt: skip
    for item, rect in {**_frame(plan.page), **plan.boxes}.items():
        align = {"classification": RIGHT, "makers": RIGHT, "title": CENTRE, "scale_text": CENTRE}.get(item, LEFT)
        if item == "scale_bar":
            add_bar(layout, rect, linked, plan.text - 1.5)
        elif item in ("areas", "neighbours"):
            add_table(layout, item, [rect], plan.text - 2 * (item == "neighbours"))
        else:
            bold = item in ("title", "classification")
            size = sizes.get(item, plan.text - 0.5)
            label(layout, item, rect, size, align, bold, middle=item in ("title", "number", "classification"))
    add_legend(layout, plan.legend, plan.text, linked)
    add_table(layout, "table", split(plan.table, plan.columns), plan.text - 1)
    layout.atlas().setEnabled(True)
    return layout


# A template is the same file whenever it is drawn.
_UUID = re.compile(r"\{[0-9a-f]{8}-[0-9a-f-]{27}\}")


def stable(written: str) -> str:
    known: dict[str, str] = {}
    return _UUID.sub(lambda m: known.setdefault(m[0], f"{{00000000-0000-0000-0000-{len(known):012d}}}"), written)


def main() -> None:
    application = QgsApplication([], True)
    application.initQgis()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, plan in PLANS.items():
        layout = draw(plan, name)
        path = FOLDER / f"{name}.qpt"
        if not layout.saveAsTemplate(str(path), QgsReadWriteContext()):
            sys.exit(f"cannot write {path}")
        path.write_text(stable(path.read_text(encoding="utf-8")), encoding="utf-8")
        del layout
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
