"""From the frames of an atlas to the layers that its maps draw: copies in memory, styled for print."""

from __future__ import annotations

import pandas as pd
import shapely
from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsPalLayerSettings,
    QgsRenderContext,
    QgsRuleBasedLabeling,
    QgsSymbol,
    QgsVectorLayer,
)

from redline.core.progress import Progress
from redline.core.standards import land_class
from redline.core.standards.paper import symbols
from redline.processing.algorithm import RESOURCES
from redline.processing.maps.layouts import in_family
from redline.processing.sinks import sink_fields, write_frame

STYLES = RESOURCES / "styles" / "print"
ORDER = (
    "landuse", "zone", "farmland", "block", "permit", "piece", "violation", "mask", "border", "unit",
    "feature", "line", "corner", "sign", "annotation",
)  # fmt: skip
"""Kinds of layers, the lowest first."""
_TYPES = ("Point", "MultiLineString", "MultiPolygon")


def layer_of(
    frame: pd.DataFrame, kind: str, name: str, crs: QgsCoordinateReferenceSystem, progress: Progress
) -> QgsVectorLayer:
    """A layer in memory of the rows of a frame, with their shapes where it has any; `kind` names it in projects."""
    shape = "NoGeometry"
    if "geometry" in frame:
        dimensions = shapely.get_dimensions(frame["geometry"].to_numpy(dtype=object))
        shape = _TYPES[max(int(dimensions.max()) if len(dimensions) else 2, 0)]
    made = QgsVectorLayer(shape, name, "memory")
    made.setCrs(crs)
    provider = made.dataProvider()
    provider.addAttributes(sink_fields(frame).toList())
    made.updateFields()
    write_frame(frame, provider, progress, as_it_is=shape in _TYPES[:2])
    if shape != "NoGeometry":
        provider.createSpatialIndex()
    made.updateExtents()
    made.setCustomProperty("redline/atlas", kind)
    return made


def style(layer: QgsVectorLayer, kind: str, font: str, factor: float, language: str) -> None:
    """Give a layer the print style of its kind: texts in `font`, sizes times `factor`, classes in the language."""
    layer.loadNamedStyle(str(STYLES / f"{kind}.qml"))
    renderer = layer.renderer()
    if isinstance(renderer, QgsCategorizedSymbolRenderer):
        for place, category in enumerate(renderer.categories()):
            renderer.updateCategoryLabel(place, _class_title(str(category.value()), language) or category.label())
    if factor != 1.0 and renderer is not None:
        for symbol in renderer.symbols(QgsRenderContext()):
            _scale(symbol, factor)
    labeling = layer.labeling()
    if isinstance(labeling, QgsRuleBasedLabeling):
        for rule in labeling.rootRule().children():
            settings = QgsPalLayerSettings(rule.settings())
            form = settings.format()
            form.setFont(in_family(form.font(), font))
            form.setSize(form.size() * factor)
            settings.setFormat(form)
            rule.setSettings(settings)


def _class_title(value: str, language: str) -> str:
    if ":" in value:
        scheme, code = value.split(":", 1)
        found = land_class(code, scheme)
        return f"{code} {found.title[language]}" if found else ""
    return symbols()[value].title[language] if value in symbols() else ""


# What of a symbol layer is measured on paper, by the names of the methods that tell and set it.
_MEASURES = (("strokeWidth", "setStrokeWidth"), ("width", "setWidth"), ("size", "setSize"), ("distance", "setDistance"))


def _scale(symbol: QgsSymbol, factor: float) -> None:
    for place in range(symbol.symbolLayerCount()):
        layer = symbol.symbolLayer(place)
        for told, change in _MEASURES:
            if hasattr(layer, told) and hasattr(layer, change):
                getattr(layer, change)(getattr(layer, told)() * factor)
        if hasattr(layer, "customDashVector"):
            layer.setCustomDashVector([part * factor for part in layer.customDashVector()])
        if layer.subSymbol() is not None:
            _scale(layer.subSymbol(), factor)
