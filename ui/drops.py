"""What is dropped on the panel: files from outside or from QGIS's browser, layers from the layer tree."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsMimeDataUtils, QgsProject, QgsProviderRegistry, QgsVectorLayer
from qgis.PyQt.QtCore import QMimeData
from qgis.PyQt.QtXml import QDomDocument

_TREE = "application/qgis.layertreemodeldata"


def dropped_layers(data: QMimeData, project: QgsProject) -> list[str]:
    """The ids of the vector layers of the project that are dragged, groups included, in their order."""
    ids: list[str] = []
    if data.hasFormat(_TREE):
        document = QDomDocument()
        document.setContent(data.data(_TREE))
        nodes = document.elementsByTagName("layer-tree-layer")
        ids = [nodes.at(number).toElement().attribute("id") for number in range(nodes.count())]
    elif QgsMimeDataUtils.isUriList(data):
        ids = [one.layerId for one in QgsMimeDataUtils.decodeUriList(data) if getattr(one, "layerId", "")]
    return [one for one in dict.fromkeys(ids) if isinstance(project.mapLayer(one), QgsVectorLayer)]


def dropped_paths(data: QMimeData) -> list[Path]:
    """The files and folders that are dragged, each once."""
    if QgsMimeDataUtils.isUriList(data):
        registry = QgsProviderRegistry.instance()
        parts = [registry.decodeUri(one.providerKey, one.uri) for one in QgsMimeDataUtils.decodeUriList(data)]
        paths = [str(part.get("path") or "") for part in parts]
        if any(paths):
            return [Path(path) for path in dict.fromkeys(paths) if path]
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
