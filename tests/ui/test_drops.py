"""What is dropped on the panel: files of all kinds, layers of the tree, layers of QGIS's browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from qgis.core import QgsLayerTreeModel, QgsMimeDataUtils, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QMimeData, QUrl

from redline.ui.drops import dropped_layers, dropped_paths
from redline.ui.inventory import all_roles
from redline.ui.sources import SourcesTab


@pytest.fixture
def tab(project: QgsProject, qgis_processing: None) -> Iterator[SourcesTab]:
    shown = SourcesTab(project)
    yield shown
    shown.leave()


def layer_of(name: str, field: str = "YJJBNTTBBH") -> QgsVectorLayer:
    return QgsVectorLayer(f"Polygon?crs=EPSG:4549&field={field}:string", name, "memory")


def dragged(project: QgsProject, *layers: str) -> QMimeData:
    """What the layer tree gives when these nodes are dragged."""
    model = QgsLayerTreeModel(project.layerTreeRoot())
    nodes = [project.layerTreeRoot().findLayer(one) or project.layerTreeRoot().findGroup(one) for one in layers]
    return model.mimeData([model.node2index(node) for node in nodes])


def test_layers_and_groups_of_the_tree(project: QgsProject) -> None:
    first, second, third = project.addMapLayers([layer_of("甲"), layer_of("乙"), layer_of("丙")])
    assert dropped_layers(dragged(project, second.id()), project) == [second.id()]
    group = project.layerTreeRoot().addGroup("永农")
    for layer in (first, third):
        group.addLayer(layer)
    assert dropped_layers(dragged(project, "永农"), project) == [first.id(), third.id()]
    data = dragged(project, second.id())
    project.removeMapLayer(second.id())
    assert dropped_layers(data, project) == []


@pytest.mark.parametrize(
    "content", [b"", b"no xml", b"<layer_tree_model_data><layer-tree-layer/></layer_tree_model_data>"]
)
def test_what_is_no_tree(project: QgsProject, content: bytes) -> None:
    data = QMimeData()
    data.setData("application/qgis.layertreemodeldata", content)
    assert dropped_layers(data, project) == []


def test_files_of_the_system_and_of_the_browser(project: QgsProject, tmp_path: Path) -> None:
    data = QMimeData()
    paths = [tmp_path / name for name in ("册.xlsx", "图.gpkg", "图.gdb", "图.shp", "界址点.txt")]
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths] + [QUrl("https://example.org/a.gpkg")])
    assert dropped_paths(data) == paths
    uris = []
    for source in (f"{paths[1]}|layername=图斑", f"{paths[1]}|layername=村"):
        uri = QgsMimeDataUtils.Uri()
        uri.layerType, uri.providerKey, uri.uri, uri.name = "vector", "ogr", source, "图斑"
        uris.append(uri)
    assert dropped_paths(QgsMimeDataUtils.encodeUriList(uris)) == [paths[1]]


def test_a_layer_dropped_on_a_role_plays_it(tab: SourcesTab, project: QgsProject) -> None:
    first, second = project.addMapLayers([layer_of("永久基本农田"), layer_of("别的", "编号")])
    tab.look()
    row = all_roles().index("map")
    tab.take_dropped([second.id()], [], row)
    assert [one.id for one in tab.inventory.chosen["map"]] == [second.id()]
    tab.take_dropped([first.id(), second.id()], [], -1)
    assert [one.id for one in tab.inventory.chosen["map"]] == [second.id()]
    again = SourcesTab(project)
    again.look()
    assert [one.id for one in again.inventory.chosen["map"]] == [second.id()]
    again.leave()
