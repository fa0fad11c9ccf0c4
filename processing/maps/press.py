"""Fills layouts with the pages of an atlas, and makes every page ready to be printed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsLayoutFrame,
    QgsLayoutItemAttributeTable,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemPage,
    QgsLayoutItemScaleBar,
    QgsLayoutMeasurement,
    QgsLayoutObject,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsLayoutTable,
    QgsLayoutTableColumn,
    QgsLegendRenderer,
    QgsLegendStyle,
    QgsMapClippingRegion,
    QgsMapLayerLegendUtils,
    QgsPrintLayout,
    QgsProject,
    QgsProperty,
    QgsRectangle,
    QgsUnitTypes,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QFont, QFontMetricsF

from redline.core.atlas import Atlas, Table
from redline.core.catalogue import text
from redline.core.progress import Progress
from redline.core.standards.paper import symbols
from redline.processing.maps import draw, layouts
from redline.processing.sinks import write_frame

PAGES = "pages"
# Layers that are drawn of the page itself, and stand in no legend by what lies around.
_OF_PAGE = ("mask", "feature", "line", "annotation", "unit")
_GAP = 4.0
_POINT = 25.4 / 72
_LEGEND_SIZES = (1.0, 0.88, 0.76, 0.66)


@dataclass(frozen=True)
class Imprint:
    """What every page says alike: who made it, when, of what data, in which coordinate system, and how secret it is."""

    projection: str
    makers: str
    classification: str


@dataclass(frozen=True)
class Look:
    """Font family, proportion to the template's own paper, language, and whether cultivated land has patterns."""

    font: str
    factor: float
    language: str
    pattern: bool = False


class Press:
    """The layouts of an atlas, one a side of the page, in a project that holds the layers they draw."""

    def __init__(
        self, project: QgsProject, atlas: Atlas, crs: QgsCoordinateReferenceSystem,
        prints: Mapping[str, QgsPrintLayout], look: Look, imprint: Imprint, progress: Progress,
    ) -> None:  # fmt: skip
        self.atlas, self.layouts, self._look = atlas, dict(prints), look
        self.font = look.font
        self._project, self._crs = project, crs
        self._trees = {
            kind: (frame, shapely.STRtree(frame["geometry"].to_numpy(dtype=object)))
            for kind, frame in atlas.layers.items()
        }
        self._rows: dict[str, pd.DataFrame] = {}
        self.layers = self._draw(progress)
        self._order = {
            side: list(atlas.pages.loc[atlas.pages["side"] == side, "page"]) for side in self.layouts
        }
        for side, layout in self.layouts.items():
            self._fill(layout, side, imprint)

    # Layers

    def _draw(self, progress: Progress) -> dict[str, QgsVectorLayer]:
        look = self._look
        tables = {f"table_{name}": self._broken(name, table) for name, table in self.atlas.tables.items()}
        self._rows = tables
        pages = self.atlas.pages
        frames = {PAGES: pages, **tables, **self.atlas.layers}
        made = {}
        weights = {kind: len(frame) + 1 for kind, frame in frames.items()}
        for kind, frame in frames.items():
            step = progress.step(share=weights[kind] / sum(weights.values()))
            made[kind] = draw.layer_of(frame, kind, self._name(kind), self._crs, step)
        for kind in _around(made):
            made[kind] = draw.layer_of(pages[["page", "geometry"]], kind, self._name(kind), self._crs, Progress())
        for kind, layer in made.items():
            chosen = "landuse_pattern" if kind == "landuse" and look.pattern else kind
            if (draw.STYLES / f"{chosen}.qml").exists():
                draw.style(layer, chosen, look.font, look.factor, look.language)
            self._project.addMapLayer(layer, False)
        return made

    def _name(self, kind: str) -> str:
        if kind in symbols():
            return symbols()[kind].title[self._look.language]
        return text(f"atlas.layer.{kind.partition('_')[0]}", self._look.language)

    @property
    def drawn(self) -> list[QgsVectorLayer]:
        """The layers of the maps, the highest first."""
        kinds = [kind for kind in draw.ORDER if kind in self.layers]
        return [self.layers[kind] for kind in reversed(kinds)]

    @property
    def kept(self) -> list[QgsVectorLayer]:
        """All layers, the drawn ones first."""
        drawn = self.drawn
        return [*drawn, *(layer for layer in self.layers.values() if layer not in drawn)]

    @property
    def sides(self) -> list[str]:
        """The sides of the page that some page has."""
        return [side for side, pages in self._order.items() if pages]

    @property
    def lacking(self) -> list[str]:
        """The ids of tables that have no place in a template."""
        return [name for name in self.atlas.tables
                if any(layouts.table(self.layouts[side], name) is None for side in self.sides)]  # fmt: skip

    # Filling

    def _fill(self, layout: QgsPrintLayout, side: str, imprint: Imprint) -> None:
        atlas = layout.atlas()
        atlas.setCoverageLayer(self.layers[PAGES])
        atlas.setEnabled(True)
        atlas.setHideCoverage(True)
        atlas.setFilterFeatures(True)
        atlas.setFilterExpression(f"\"side\" = '{side}'")
        atlas.setSortFeatures(True)
        atlas.setSortExpression('"page"')
        atlas.setPageNameExpression('"key" || \' \' || "name"')
        atlas.setFilenameExpression('"key" || \' \' || "name"')
        speech = self._look.language
        for name, said in (
            ("title", '[% "title" %]'), ("number", text("atlas.number", speech)), ("note", '[% "note" %]'),
            ("scale_text", '[% "scale_text" %]'), ("projection", imprint.projection), ("makers", imprint.makers),
            ("classification", imprint.classification), ("signatures", text("atlas.signatures", speech)),
        ):  # fmt: skip
            label = layouts.item(layout, name, QgsLayoutItemLabel)
            if label is not None:
                label.setText(said)
        self._fill_map(layouts.needed(layout, "map", QgsLayoutItemMap))
        legend = layouts.item(layout, "legend", QgsLayoutItemLegend)
        if legend is not None:
            legend.setAutoUpdateModel(False)
            legend.setTitle(text("atlas.legend", speech))
            legend.setSplitLayer(True)
        for name, content in self.atlas.tables.items():
            self._fill_table(layouts.table(layout, name), side, content, self.layers[f"table_{name}"])
        atlas.updateFeatures()

    def _fill_map(self, item: QgsLayoutItemMap) -> None:
        # A map that has never shown anything has no extent to come from; this one keeps the item's size.
        item.setExtent(QgsRectangle(0, 0, item.rect().width(), item.rect().height()))
        item.setCrs(self._crs)
        item.setKeepLayerSet(True)
        item.setLayers(self.drawn)
        item.setKeepLayerStyles(True)
        item.storeCurrentLayerStyles()
        # No label touches the frame.
        item.setLabelMargin(QgsLayoutMeasurement(1.5 * self._look.factor))
        item.setAtlasDriven(True)
        item.setAtlasScalingMode(QgsLayoutItemMap.AtlasScalingMode.Fixed)
        item.dataDefinedProperties().setProperty(
            QgsLayoutObject.DataDefinedProperty.MapScale, QgsProperty.fromField("scale")
        )

        if "line" in self.layers:
            # Nothing but the frames themselves lies outside a neat line.
            clip = item.atlasClippingSettings()
            clip.setEnabled(True)
            clip.setFeatureClippingType(QgsMapClippingRegion.FeatureClippingType.ClipPainterOnly)
            clip.setRestrictToLayers(True)
            clip.setLayersToClip([one for kind, one in self.layers.items() if kind not in ("line", "annotation")])

    def _fill_table(
        self, item: QgsLayoutItemAttributeTable | None, side: str, content: Table, layer: QgsVectorLayer
    ) -> None:
        if item is None:
            return
        item.setVectorLayer(layer)
        item.setFilterFeatures(True)
        item.setFeatureFilter("\"page\" = attribute(@atlas_feature, 'page')")
        item.setMaximumNumberOfFeatures(1_000_000)
        item.setWrapBehavior(QgsLayoutTable.WrapBehavior.WrapText)
        columns = []
        for one, width in zip(content.columns, self._widths(item, content)):
            column = QgsLayoutTableColumn(one.title)
            column.setWidth(width)
            column.setAttribute(f"{one.name}_{side}")
            column.setHAlignment(Qt.AlignmentFlag.AlignRight if one.figures else Qt.AlignmentFlag.AlignLeft)
            columns.append(column)
        item.setColumns(columns)

    def _widths(self, item: QgsLayoutItemAttributeTable, content: Table) -> list[float]:
        """The widths of a table's columns, mm: cells have a margin on both sides and a rule between them, beside their
        own width."""
        frame = item.frame(0)
        whole = float(frame.customProperty("redline/width") or 0) * self._look.factor or frame.rect().width()
        width = whole - (len(content.columns) + 1) * item.gridStrokeWidth()
        width -= 2 * item.cellMargin() * len(content.columns)
        return [width * one.share / sum(every.share for every in content.columns) for one in content.columns]

    def _broken(self, name: str, content: Table) -> pd.DataFrame:
        """A table's rows with a column for each side of the page, in lines that its width holds.

        Fields that are shown as they are: an expression would be parsed anew for every cell of every page.
        """
        made = content.rows[["page"]].copy()
        for side, layout in self.layouts.items():
            item = layouts.table(layout, name)
            if item is None:
                continue
            points = item.contentTextFormat().size()
            for one, width in zip(content.columns, self._widths(item, content)):
                made[f"{one.name}_{side}"] = _in_lines(content.rows[one.name].astype(str), width, points)
        return made

    # Pages

    def turn_to(self, row: pd.Series) -> tuple[QgsPrintLayout, list[int]]:
        """Set the layout of a page to it; the layout, and the numbers of its sheets that are to be printed."""
        layout = self.layouts[row["side"]]
        for name, rows in self._rows.items():
            _refill(self.layers[name], rows[rows["page"] == row["page"]])
        atlas = layout.atlas()
        atlas.seekTo(self._order[row["side"]].index(row["page"]))
        self._fit_title(layout, row["title"])
        box = self._extent(layout, row)
        layouts.needed(layout, "map", QgsLayoutItemMap).zoomToExtent(QgsRectangle(*box))
        self._fit_legend(layout, box)
        self._fit_bar(layout, int(row["scale"]))
        self._fit_grid(layout, int(row["scale"]))
        for name in self.atlas.tables:
            table = layouts.table(layout, name)
            if table is not None:
                table.refreshAttributes()
                self._grow(layout, table, name)
                _show_used(table)
        pages = layout.pageCollection()
        return layout, [page for page in range(pages.pageCount()) if pages.shouldExportPage(page)]

    def complete(self) -> None:
        """Give the tables the rows of all pages again: while pages are printed, they have those of the page alone, as
        QGIS looks through all of them for every frame that it draws."""
        for name, rows in self._rows.items():
            _refill(self.layers[name], rows)
        everywhere = tuple(shapely.total_bounds(np.concatenate([
            frame["geometry"].to_numpy(dtype=object) for frame in self.atlas.layers.values()
        ])).tolist())  # fmt: skip
        for layout in self.layouts.values():
            # Of the last page alone would be what the legend shows by hand, too.
            self._fit_legend(layout, everywhere)
            title = layouts.needed(layout, "title", QgsLayoutItemLabel)
            if title.property("redline_size") is not None:
                title.setFont(_of_size(title.font(), title.property("redline_size")))

    def _extent(self, layout: QgsPrintLayout, row: pd.Series) -> tuple[float, float, float, float]:
        room = layouts.needed(layout, "map", QgsLayoutItemMap).rect()
        west, south, east, north = row["geometry"].bounds
        wide, high = (room.width() * row["scale"] / 2000, room.height() * row["scale"] / 2000)
        x, y = (west + east) / 2, (south + north) / 2
        return x - wide, y - high, x + wide, y + high

    def _fit_title(self, layout: QgsPrintLayout, title: str) -> None:
        """The title in one line, as large as it may be; a very long one in two."""
        label = layouts.needed(layout, "title", QgsLayoutItemLabel)
        largest = label.property("redline_size")
        if largest is None:
            largest = label.font().pointSizeF()
            label.setProperty("redline_size", largest)
        measured = QFont(label.font())
        measured.setPixelSize(100)
        line = QFontMetricsF(measured).horizontalAdvance(title) / 100 * _POINT
        height = QFontMetricsF(measured).lineSpacing() / 100 * _POINT
        room = label.rect()
        one = min(largest, (room.width() - 3) / max(line, 1e-6))
        two = min((room.width() - 8) * 2 / max(line, 1e-6) * 0.92, (room.height() - 1) / height / 2)
        size = one if one >= min(two, 0.55 * largest) else two
        label.setFont(_of_size(label.font(), size))

    def _fit_legend(self, layout: QgsPrintLayout, box: tuple[float, float, float, float]) -> None:
        """The legend of what lies on the map, in its place: in two columns or smaller where there is much of it."""
        legend = layouts.item(layout, "legend", QgsLayoutItemLegend)
        if legend is None:
            return
        room = legend.property("redline_room")
        if room is None:
            # A layout left in a project keeps the legend's room, where it is saved as a template while little is shown.
            kept = [float(one) for one in str(legend.customProperty(layouts.ROOM) or "0 0").split()]
            width, height = max(legend.rect().width(), kept[0]), max(legend.rect().height(), kept[1])
            room = (width, height, legend.style(_SYMBOL_LABEL).font().pointSizeF())
            legend.setProperty("redline_room", room)
            legend.setCustomProperty(layouts.ROOM, f"{width:g} {height:g}")
        model = legend.model()
        model.rootGroup().removeAllChildren()
        for layer, classes in self._on_map(box):
            node = model.rootGroup().addLayer(layer)
            renderer = layer.renderer()
            if isinstance(renderer, QgsCategorizedSymbolRenderer):
                places = [p for p, one in enumerate(renderer.categories()) if one.value() in classes]
                QgsMapLayerLegendUtils.setLegendNodeOrder(node, places)
                QgsLegendRenderer.setNodeLegendStyle(node, QgsLegendStyle.Style.Hidden)
                model.refreshLayerLegend(node)
        for factor in _LEGEND_SIZES:
            for columns in (1, 2, 3):
                legend.setColumnCount(columns)
                _set_legend_size(legend, room[2] * factor)
                needed = QgsLegendRenderer(model, legend.legendSettings()).minimumSize()
                if needed.width() <= room[0] and needed.height() <= room[1]:
                    legend.attemptResize(QgsLayoutSize(needed.width(), needed.height()))
                    return

    def _on_map(self, box: tuple[float, float, float, float]) -> list[tuple[QgsVectorLayer, set[object]]]:
        """The layers that have something in a box, the highest first, with the classes that are there."""
        found = []
        area = shapely.box(*box)
        for kind in reversed(draw.ORDER):
            if kind not in self._trees or kind in _OF_PAGE:
                continue
            frame, tree = self._trees[kind]
            at = tree.query(area, predicate="intersects")
            if not len(at):
                continue
            renderer = self.layers[kind].renderer()
            classes: set[object] = set()
            if isinstance(renderer, QgsCategorizedSymbolRenderer):
                field = renderer.classAttribute()
                if field == "tint":
                    continue
                classes = set(frame[field].iloc[at])
            found.append((self.layers[kind], classes))
        return found

    def _fit_bar(self, layout: QgsPrintLayout, scale: int) -> None:
        bar = layouts.item(layout, "scale_bar", QgsLayoutItemScaleBar)
        if bar is None:
            return
        each = _round_length(scale * 0.02 * self._look.factor)
        long = each >= 1000
        unit = QgsUnitTypes.DistanceUnit
        bar.setUnits(unit.DistanceKilometers if long else unit.DistanceMeters)
        bar.setUnitLabel(text("atlas.km" if long else "atlas.m", self._look.language))
        bar.setMapUnitsPerScaleBarUnit(1.0)
        bar.setUnitsPerSegment(each / 1000 if long else each)
        bar.update()
        # The bar's box is as wide as it must be: it stands in the middle of the map's foot.
        middle = layouts.item(layout, "scale_text", QgsLayoutItemLabel)
        if middle is not None:
            bar.resizeToMinimumWidth()
            left = middle.pos().x() + (middle.rect().width() - bar.rect().width()) / 2
            bar.attemptMove(QgsLayoutPoint(left, bar.pos().y()))

    def _fit_grid(self, layout: QgsPrintLayout, scale: int) -> None:
        item = layouts.needed(layout, "map", QgsLayoutItemMap)
        for place in range(item.grids().size()):
            grid = item.grids().grid(place)
            each = _round_length(scale * 0.07 * self._look.factor)
            grid.setIntervalX(each)
            grid.setIntervalY(each)
            decimals = max(0, 3 - int(np.log10(each)))
            grid.setAnnotationExpression(f"replace(format_number(@grid_number / 1000.0, {decimals}), ',', '')")

    def _grow(self, layout: QgsPrintLayout, table: QgsLayoutItemAttributeTable, name: str) -> None:
        """Add pages with frames until the whole table has room."""
        table.recalculateFrameSizes()
        for _ in table.contents():
            room = sum(table.frame(number).rect().height() for number in range(table.frameCount()))
            if table.totalSize().height() <= room + 1e-6:
                return
            self._add_page(layout, table, name)
            table.recalculateFrameSizes()

    def _add_page(self, layout: QgsPrintLayout, table: QgsLayoutItemAttributeTable, name: str) -> None:
        """A page of nothing but the table, in as many columns as its width allows, with title and mark above it."""
        factor = self._look.factor
        width, height = layouts.size(layout)
        page = QgsLayoutItemPage(layout)
        page.setPageSize(QgsLayoutSize(width, height))
        layout.pageCollection().addPage(page)
        number = layout.pageCollection().pageCount() - 1
        first = table.frame(0).rect().width()
        side, top, foot = 14 * factor, 30 * factor, 16 * factor
        gap = _GAP * factor
        columns = max(1, int((width - 2 * side + gap) / (first + gap)))
        left = (width - columns * first - (columns - 1) * gap) / 2
        for column in range(columns):
            # In its place before the table has it: a table works out all rows anew where one of its frames moves.
            frame = QgsLayoutFrame(layout, table)
            frame.attemptMove(QgsLayoutPoint(left + column * (first + gap), top), True, False, number)
            frame.attemptResize(QgsLayoutSize(first, height - top - foot))
            table.addFrame(frame, False)
            frame.setId(f"{name}_{number + 1}_{column + 1}")
            frame.setHidePageIfEmpty(column == 0)
        for wanted, said in (
            ("title", text("atlas.continued", self._look.language)), ("classification", None), ("number", None)
        ):  # fmt: skip
            model = layouts.item(layout, wanted, QgsLayoutItemLabel)
            if model is None:
                continue
            label = QgsLayoutItemLabel(layout)
            label.setText(said or model.text())
            size = min(model.font().pointSizeF(), 15 * factor)
            label.setFont(_of_size(model.font(), size))
            label.setHAlign(model.hAlign())
            label.setVAlign(model.vAlign())
            layout.addLayoutItem(label)
            label.attemptMove(QgsLayoutPoint(model.pos().x(), model.pos().y()), True, False, number)
            label.attemptResize(QgsLayoutSize(model.rect().width(), model.rect().height()))
            label.setId(f"{wanted}_{number + 1}")


_SYMBOL_LABEL = QgsLegendStyle.Style.SymbolLabel


def _refill(layer: QgsVectorLayer, rows: pd.DataFrame) -> None:
    layer.dataProvider().truncate()
    write_frame(rows, layer.dataProvider(), Progress())


def _in_lines(texts: pd.Series, width: float, points: float) -> pd.Series:
    """Words with Chinese signs, in which QGIS breaks no line, broken after as many as a line of `width` (mm) holds."""
    signs = max(1, int(width / (points * _POINT)))

    def broken(word: re.Match[str]) -> str:
        return "\n".join(word[0][start : start + signs] for start in range(0, len(word[0]), signs))

    return texts.str.replace(r"\S*[^\s!-~]\S*", broken, regex=True)


def _around(kinds: Mapping[str, object]) -> tuple[str, ...]:
    """What is drawn of the pages' own shapes: what lies around is paled, but in dossiers and outside neat lines."""
    return () if {"corner", "line"} & set(kinds) else ("mask", "feature")


def _show_used(table: QgsLayoutItemAttributeTable) -> None:
    """Hide the frames that no row reaches; they would show an empty head."""
    left = table.totalSize().height()
    for number in range(table.frameCount()):
        frame = table.frame(number)
        frame.setVisibility(left > 1e-6)
        left -= frame.rect().height()


def _of_size(font: QFont, points: float) -> QFont:
    made = QFont(font)
    made.setPointSizeF(points)
    return made


def _set_legend_size(legend: QgsLayoutItemLegend, points: float) -> None:
    for style, factor in (
        (QgsLegendStyle.Style.Title, 1.35), (QgsLegendStyle.Style.Group, 1.0), (QgsLegendStyle.Style.Subgroup, 1.0),
        (_SYMBOL_LABEL, 1.0),
    ):  # fmt: skip
        look = legend.style(style)
        look.setFont(_of_size(look.font(), points * factor))
        legend.setStyle(style, look)


def _round_length(least: float) -> float:
    """The least of 1, 2, 5, 10, … (metres) that is no less."""
    power = 10.0 ** np.floor(np.log10(max(least, 1e-3)))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= least * 0.999))


