"""How result layers look: a .qml style each, names of fields and classes in the language of QGIS."""

from __future__ import annotations

from pathlib import Path

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsEditorWidgetSetup,
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsVectorLayer,
)
from qgis.PyQt import sip
from qgis.PyQt.QtXml import QDomDocument

from redline.core.catalogue import text, titles
from redline.processing.algorithm import RESOURCES, language

# Fields that hold words of a fixed list.
_LISTED = ("severity", "role", "status", "change", "level", "measure", "kind", "rate", "standing", "use", "theme")
# A post-processor runs long after the algorithm is gone; QGIS deletes it with its context.
_waiting: list[Styler] = []


class Styler(QgsProcessingLayerPostProcessorInterface):
    """Gives a result layer the style `name`.qml, and its fields and classes their titles, once it is loaded."""

    def __init__(self, name: str, speech: str) -> None:
        super().__init__()
        self._name, self._language = name, speech

    def postProcessLayer(
        self, layer: QgsMapLayer, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> None:
        if isinstance(layer, QgsVectorLayer):
            apply_style(layer, self._name, self._language)
            layer.triggerRepaint()


def apply_style(layer: QgsVectorLayer, name: str, speech: str) -> bool:
    """Give a result layer the style `name`.qml, its fields and classes their titles; False where there is no style."""
    style = RESOURCES / "styles" / f"{name}.qml"
    if style.exists():
        _load(layer, style)
    _name_fields(layer, name, speech)
    _name_values(layer, name, speech)
    _name_classes(layer, name, speech)
    return style.exists()


def _load(layer: QgsVectorLayer, style: Path) -> None:
    """Read a style of ours: QGIS 3.22's own loading prefers the default style that a GeoPackage keeps of the layer."""
    document = QDomDocument()
    document.setContent(style.read_text(encoding="utf-8"))
    layer.importNamedStyle(document)


def _name_fields(layer: QgsVectorLayer, style: str, speech: str) -> None:
    for place, field in enumerate(layer.fields()):
        title = _title(f"column.{style}.{field.name()}", speech) or _title(f"column.{field.name()}", speech)
        if title:
            layer.setFieldAlias(place, title)


def _name_values(layer: QgsVectorLayer, style: str, speech: str) -> None:
    """Fields that hold words of a fixed list show and offer them in the user's language; the data keep the words."""
    for place, field in enumerate(layer.fields()):
        known = titles(f"{style}.{field.name()}", speech) or titles(field.name(), speech)
        if known and field.name() in _LISTED:
            offered = [{title: word} for word, title in known.items()]
            layer.setEditorWidgetSetup(place, QgsEditorWidgetSetup("ValueMap", {"map": offered}))


def _name_classes(layer: QgsVectorLayer, style: str, speech: str) -> None:
    """Classes of a field are called what the field's values are called, classes of an expression after the style."""
    renderer = layer.renderer()
    if not isinstance(renderer, QgsCategorizedSymbolRenderer):
        return
    for place, category in enumerate(renderer.categories()):
        value = category.value()
        field = renderer.classAttribute()
        ids = (f"{style}.{field}.{value}", f"{field}.{value}", f"style.{style}.{value}")
        title = next(filter(None, (_title(one, speech) for one in ids)), "")
        if title:
            renderer.updateCategoryLabel(place, title)


def _title(text_id: str, speech: str) -> str:
    try:
        return text(text_id, speech)
    except KeyError:
        return ""


def style_when_loaded(destination: str, name: str, context: QgsProcessingContext) -> None:
    """Have the result layer at `destination` styled when QGIS loads it; nothing happens where it does not."""
    if not context.willLoadLayerOnCompletion(destination):
        return
    styler = Styler(name, language())
    _waiting[:] = [other for other in _waiting if not sip.isdeleted(other)]
    _waiting.append(styler)
    context.layerToLoadOnCompletionDetails(destination).setPostProcessor(styler)
