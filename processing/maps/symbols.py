"""Renderers and labels of printed maps, of `core/standards/symbols.json`: tools/print_styles.py writes them as .qml.

A cartographer may change a style file; the atlas draws with the files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsFeatureRenderer,
    QgsFillSymbol,
    QgsInvertedPolygonRenderer,
    QgsLabelObstacleSettings,
    QgsLinePatternFillSymbolLayer,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsNullSymbolRenderer,
    QgsPalLayerSettings,
    QgsRendererCategory,
    QgsRuleBasedLabeling,
    QgsRuleBasedRenderer,
    QgsSimpleLineSymbolLayer,
    QgsSingleSymbolRenderer,
    QgsSymbol,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor, QFont

from redline.core.standards import land_classes
from redline.core.standards.paper import (
    Symbol,
    class_colour,
    class_line,
    cultivated_classes,
    symbols,
    zone_colours,
)

ON_PAGE = "\"page\" = attribute(@atlas_feature, 'page')"
LEVELS = ("county", "township", "village", "group", "zone", "work")
PIECES = ("piece_farmland", "piece_permitted", "piece_uncovered")
_FAMILY = "Noto Sans CJK SC"
# A label of a plot stands where the plot is this large on paper (mm²).
_ROOM_FOR_LABEL = 90.0
# How much more than any other a hatched area keeps labels away.
_HATCH_WEIGHT = 2.0
# A name without spaces longer than a dozen signs stands in lines of ten.
_NAME = "if(length(\"name\") > 12 and not regexp_match(\"name\", ' '), " \
    "regexp_replace(\"name\", '(.{10})(?=.)', '\\\\1\\n'), \"name\")"


def _rgb(colour: Sequence[int] | None, alpha: int = 255) -> str:
    return ",".join(str(part) for part in (*(colour or (0, 0, 0)), alpha))


def fill(symbol: Symbol, alpha: int = 255) -> QgsFillSymbol:
    """An area with its outline; a hatched one is seen through; a line is an outline only."""
    outline = {
        "outline_color": _rgb(symbol.line), "outline_width": str(symbol.width), "joinstyle": "round",
        "style": "solid" if symbol.kind == "fill" else "no", "color": _rgb(symbol.fill, alpha),
    }  # fmt: skip
    made = QgsFillSymbol.createSimple(outline)
    if symbol.dash:
        made.changeSymbolLayer(0, _dashed(symbol))
    if symbol.kind == "hatch":
        lines = QgsLinePatternFillSymbolLayer()
        lines.setLineAngle(45)
        lines.setDistance(1.6)
        lines.setSubSymbol(QgsLineSymbol.createSimple({"line_color": _rgb(symbol.line), "line_width": "0.15"}))
        made.insertSymbolLayer(0, lines)
    return made


def _dashed(symbol: Symbol) -> QgsSimpleLineSymbolLayer:
    made = QgsSimpleLineSymbolLayer(QColor(*symbol.line), symbol.width)
    made.setUseCustomDashPattern(True)
    made.setCustomDashVector(list(symbol.dash))
    made.setPenCapStyle(Qt.PenCapStyle.FlatCap)
    return made


def marker(symbol: Symbol, shape: str = "circle") -> QgsMarkerSymbol:
    """A point's sign."""
    return QgsMarkerSymbol.createSimple({
        "name": shape, "color": _rgb(symbol.fill), "outline_color": _rgb(symbol.line), "size": str(symbol.width),
        "outline_width": "0.2",
    })  # fmt: skip


def _patterned(code: str, scheme: str) -> QgsFillSymbol:
    """Cultivated land by pattern: its colour pale, and lines that tell paddy, irrigated and dry land apart."""
    (edge, width), colour = class_line(), class_colour(code, scheme)
    pale = tuple(255 - (255 - part) * 2 // 5 for part in colour)
    made = QgsFillSymbol.createSimple({
        "color": _rgb(pale), "outline_color": _rgb(edge), "outline_width": str(width),
    })  # fmt: skip
    angles = {"1": (0.0, 90.0), "2": (0.0,), "3": (45.0,)}[code[-1]]
    for angle in angles:
        lines = QgsLinePatternFillSymbolLayer()
        lines.setLineAngle(angle)
        lines.setDistance(2.0)
        dark = tuple(part * 3 // 5 for part in colour)
        lines.setSubSymbol(QgsLineSymbol.createSimple({"line_color": _rgb(dark), "line_width": "0.12"}))
        made.appendSymbolLayer(lines)
    return made


def _classes(pattern: bool) -> QgsFeatureRenderer:
    """Land classes of every scheme, by "scheme:code"."""
    edge, width = class_line()
    categories = []
    for scheme in ("sandiao", "erdiao"):
        for code, land in land_classes(scheme).items():
            colour = class_colour(code.rstrip("K"), scheme)
            if pattern and scheme == "sandiao" and code in cultivated_classes():
                symbol = _patterned(code, scheme)
            else:
                symbol = QgsFillSymbol.createSimple({
                    "color": _rgb(colour), "outline_color": _rgb(edge), "outline_width": str(width),
                })  # fmt: skip
            categories.append(QgsRendererCategory(f"{scheme}:{code}", symbol, f"{code} {land.zh}"))
    return QgsCategorizedSymbolRenderer("class", categories)


def _categories(field: str, names: Sequence[str]) -> QgsFeatureRenderer:
    known = symbols()
    return QgsCategorizedSymbolRenderer(
        field, [QgsRendererCategory(name, fill(known[name]), known[name].zh) for name in names]
    )


def line(symbol: Symbol) -> QgsLineSymbol:
    """A line, dashed where the symbol is."""
    made = QgsLineSymbol.createSimple({
        "line_color": _rgb(symbol.line), "line_width": str(symbol.width), "joinstyle": "round", "capstyle": "round",
    })  # fmt: skip
    if symbol.dash:
        made.changeSymbolLayer(0, _dashed(symbol))
    return made


def _borders() -> QgsFeatureRenderer:
    known = symbols()
    return QgsCategorizedSymbolRenderer(
        "level", [QgsRendererCategory(name, line(known[name]), known[name].zh) for name in LEVELS]
    )


def _single(name: str) -> Callable[[], QgsFeatureRenderer]:
    return lambda: QgsSingleSymbolRenderer(fill(symbols()[name]))


def _point(name: str, shape: str = "circle") -> Callable[[], QgsFeatureRenderer]:
    return lambda: QgsSingleSymbolRenderer(marker(symbols()[name], shape))


def _only(condition: str, symbol: QgsSymbol) -> QgsRuleBasedRenderer:
    root = QgsRuleBasedRenderer.Rule(None)
    root.appendChild(QgsRuleBasedRenderer.Rule(symbol, 0, 0, condition))
    return QgsRuleBasedRenderer(root)


def _feature() -> QgsFeatureRenderer:
    return _only(ON_PAGE, fill(symbols()["feature"]))


def _mask() -> QgsFeatureRenderer:
    """What lies outside the page's feature is paled."""
    veil = QgsFillSymbol.createSimple({"color": "255,255,255,190", "outline_style": "no"})
    return QgsInvertedPolygonRenderer(_only(ON_PAGE, veil))


def _zones() -> QgsFeatureRenderer:
    categories = []
    for place, colour in enumerate(zone_colours()):
        symbol = QgsFillSymbol.createSimple({
            "color": _rgb(colour), "outline_color": "90,60,20,255", "outline_width": "0.3", "joinstyle": "round",
        })  # fmt: skip
        categories.append(QgsRendererCategory(place, symbol, ""))
    return QgsCategorizedSymbolRenderer("tint", categories)


def _lines() -> QgsFeatureRenderer:
    """Neat line, outer frame, kilometre lines and ticks of a sheet, by `kind`."""
    widths = {"neat": 0.2, "outer": 0.9, "kilometre": 0.1, "minute": 0.25}
    root = QgsRuleBasedRenderer.Rule(None)
    for kind, width in widths.items():
        symbol = QgsLineSymbol.createSimple({
            "line_color": "0,0,0,255", "line_width": str(width), "capstyle": "square", "joinstyle": "miter",
        })  # fmt: skip
        root.appendChild(QgsRuleBasedRenderer.Rule(symbol, 0, 0, f"\"kind\" = '{kind}' and {ON_PAGE}"))
    return QgsRuleBasedRenderer(root)


RENDERERS: dict[str, Callable[[], QgsFeatureRenderer]] = {
    "landuse": lambda: _classes(False),
    "landuse_pattern": lambda: _classes(True),
    "farmland": _single("farmland"),
    "block": lambda: QgsSingleSymbolRenderer(line(symbols()["block"])),
    "zone": _zones,
    "permit": _single("permit"),
    "violation": _single("violation"),
    "piece": lambda: _categories("piece", PIECES),
    "corner": lambda: _only(ON_PAGE, marker(symbols()["corner"])),
    "sign": _point("sign", "square"),
    "border": _borders,
    "unit": QgsNullSymbolRenderer,
    "mask": _mask,
    "feature": _feature,
    "line": _lines,
    "annotation": QgsNullSymbolRenderer,
}
"""Every kind of layer of a printed map, the lowest first."""


def text_format(size: float, colour: Sequence[int], bold: bool = False, buffer: float = 0.0) -> QgsTextFormat:
    """A text of `size` points with a white buffer (mm)."""
    font = QFont(_FAMILY)
    font.setBold(bold)
    made = QgsTextFormat()
    made.setFont(font)
    made.setSize(size)
    made.setColor(QColor(*colour))
    if buffer:
        around = QgsTextBufferSettings()
        around.setEnabled(True)
        around.setSize(buffer)
        around.setColor(QColor(255, 255, 255))
        made.setBuffer(around)
    return made


def _settings(expression: str, form: QgsTextFormat, placement: QgsPalLayerSettings.Placement, **options: bool) -> (
    QgsPalLayerSettings
):  # fmt: skip
    made = QgsPalLayerSettings()
    made.fieldName, made.isExpression = expression, True
    made.setFormat(form)
    made.placement = placement
    if options.get("fitting"):
        made.fitInPolygonOnly = True
    if options.get("every"):
        made.displayAll = True
    made.multilineAlign = QgsPalLayerSettings.MultiLineAlign.MultiCenter
    return made


def _rules(*rules: tuple[QgsPalLayerSettings, str]) -> QgsRuleBasedLabeling:
    root = QgsRuleBasedLabeling.Rule(QgsPalLayerSettings())
    for settings, condition in rules:
        rule = QgsRuleBasedLabeling.Rule(settings)
        rule.setFilterExpression(condition)
        root.appendChild(rule)
    return QgsRuleBasedLabeling(root)


def labels(kind: str) -> QgsRuleBasedLabeling | None:
    """The labels of a kind of layer, None for none."""
    place = QgsPalLayerSettings.Placement
    pink = symbols()["block_number"].line
    if kind == "farmland":
        room = f'"area" / (@map_scale * @map_scale) * 1000000 > {_ROOM_FOR_LABEL:g}'
        settings = _settings(
            '"number" || \'\\n\' || "mu"', text_format(6.0, pink, buffer=0.4), place.Horizontal, fitting=True
        )
        return _rules((settings, f"{room} and {_within()}"))
    if kind == "unit":
        inner = _settings(_NAME, text_format(8.5, (30, 30, 30), True, 0.7), place.Horizontal)
        greater = _settings(_NAME, text_format(12.0, (60, 60, 60), True, 0.7), place.Horizontal)
        outer = _settings(_NAME, text_format(10.0, (110, 110, 110), False, 0.7), place.Horizontal)
        deeper = "length(\"key\") > length(attribute(@atlas_feature, 'unit'))"
        mine = "left(\"key\", length(attribute(@atlas_feature, 'unit'))) = attribute(@atlas_feature, 'unit')"
        unit = "attribute(@atlas_feature, 'unit')"
        # A neighbour of which nothing smaller is known, such as the next county, is named as the whole that it is.
        level = f'(length("key") = length({unit}) or "whole" and length("key") < length({unit}))'
        named = '"name" <> "key"'
        inside, village = f"{deeper} and {mine} and {named}", "\"level\" = 'village'"
        return _rules(
            (inner, f"{inside} and {village}"), (greater, f"{inside} and not {village}"),
            (outer, f"{level} and not {mine} and {named}"),
        )  # fmt: skip
    if kind == "zone":
        settings = _settings(
            '"number" || \' \' || "name" || \'\\n\' || "person"', text_format(7.5, (90, 40, 0), True, 0.6),
            place.Horizontal, every=True,
        )  # fmt: skip
        return _rules((settings, _within()))
    if kind in ("violation", "permit"):
        settings = _settings('"name"', text_format(8.0, symbols()[kind].line, True, 0.6), place.OverPoint)
        # Numbers of plots stand beside the hatch, not under it.
        around = QgsLabelObstacleSettings(settings.obstacleSettings())
        around.setType(QgsLabelObstacleSettings.ObstacleType.PolygonInterior)
        around.setFactor(_HATCH_WEIGHT)
        settings.setObstacleSettings(around)
        return _rules((settings, ""))
    if kind == "corner":
        settings = _settings('"name"', text_format(9.0, pink, False, 0.4), place.AroundPoint)
        settings.dist = 1.2
        return _rules((settings, ON_PAGE))
    if kind == "annotation":
        settings = _settings('"name"', text_format(8.5, (0, 0, 0)), place.Horizontal, every=True)
        settings.quadOffset = QgsPalLayerSettings.QuadrantPosition.QuadrantOver
        return _rules((settings, ON_PAGE))
    return None


def _within() -> str:
    """Is a feature of a unit part of the page's unit?"""
    unit = "attribute(@atlas_feature, 'unit')"
    return f'left("unit", length({unit})) = {unit}'


def give(layer: QgsVectorLayer, kind: str) -> None:
    """Give a layer the renderer and the labels of its kind."""
    layer.setRenderer(RENDERERS[kind]())
    labeling = labels(kind)
    if labeling is not None:
        layer.setLabeling(labeling)
        layer.setLabelsEnabled(True)


