"""The sources tab: what is guessed, what its lights say, what is decided by hand and kept in the project."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest

from redline.core.standards import profiles
from redline.tests.ui.conftest import wait_until
from redline.ui.inventory import Inventory, all_roles
from redline.ui.mapping import FieldMapping
from redline.ui.sources import SourcesTab


@pytest.fixture
def demo(root: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(root / "resources" / "demo", tmp_path / "示范县"))


@pytest.fixture
def tab(project: QgsProject) -> Iterator[SourcesTab]:
    shown = SourcesTab(project)
    yield shown
    shown.leave()


def states(tab: SourcesTab) -> dict[str, str]:
    return {
        role: tab.table.item(row, 0).data(Qt.ItemDataRole.UserRole)
        for row, role in enumerate(all_roles())
        if tab.table.item(row, 0)
    }


def polygons(name: str, fields: str, rows: int = 1, crs: str = "EPSG:4549") -> QgsVectorLayer:
    from qgis.core import QgsFeature, QgsGeometry, QgsRectangle

    layer = QgsVectorLayer(f"Polygon?crs={crs}&{fields}", name, "memory")
    features = []
    for row in range(rows):
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(5e5 + row, 34e5, 5e5 + row + 1, 34e5 + 1)))
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


MAP = "field=YJJBNTTBBH:string&field=ZLDWDM:string&field=DLBM:string&field=YJJBNTTBMJ:double"


def test_every_role_of_the_profiles_has_a_row() -> None:
    assert set(all_roles()) == {profile.role for profile in profiles()}
    assert all_roles()[:5] == ["map", "register", "table", "plots", "units"]
    assert len(all_roles()) == len(set(all_roles()))


def test_rows_grow_with_their_words_when_the_columns_become_narrow(tab: SourcesTab, demo: Path) -> None:
    tab.add_files([demo])
    tab.show()
    row = all_roles().index("map")

    def height(width: int) -> int:
        tab.resize(width, 600)
        QTest.qWait(200)
        return int(tab.table.rowHeight(row))

    assert height(420) > height(1600)


def test_files_are_shown_by_their_names_and_told_in_full(tab: SourcesTab, demo: Path) -> None:
    tab.add_files([demo])
    items = [tab.files.item(row) for row in range(tab.files.count())]
    assert [(one.text(), one.toolTip()) for one in items] == [(path.name, str(path)) for path in tab.inventory.files]
    assert items


def test_a_folder_that_is_dropped_is_understood(tab: SourcesTab, demo: Path) -> None:
    tab.add_files([demo])
    ready = {role for role, state in states(tab).items() if state == "ready"}
    assert {"map", "register", "table", "plots", "units", "violation", "permit", "case", "atlas_index", "plan"} <= ready
    assert states(tab)["built"] == "missing"
    assert not {"ambiguous", "problem"} & set(states(tab).values())
    assert [candidate.name for candidate in tab.inventory.chosen["units"]] == ["XZQ", "CJDCQ"]


def test_a_layer_of_the_project_comes_before_its_file(tab: SourcesTab, demo: Path, project: QgsProject) -> None:
    layer = QgsVectorLayer(f"{demo / '示范县.gpkg'}|layername=CJDCQ", "村界", "ogr")
    project.addMapLayer(layer)
    tab.add_files([demo])
    units = tab.inventory.chosen["units"]
    assert sorted(one.name for one in units) == ["XZQ", "村界"]
    assert layer.id() in tab.inventory.parameters()["LAYERS"]


def test_layers_that_come_and_go_are_seen(tab: SourcesTab, project: QgsProject) -> None:
    assert set(states(tab).values()) in ({"missing"}, set())
    layer = polygons("永久基本农田图斑", MAP)
    project.addMapLayer(layer)
    wait_until(lambda: states(tab).get("map") == "ready")
    project.removeMapLayer(layer.id())
    wait_until(lambda: states(tab).get("map") == "missing")


@pytest.mark.parametrize(
    ("layers", "state", "words"),
    [
        ([("YJJBNTBHTB", MAP, 1, "")], "problem", "no coordinate system"),
        ([("YJJBNTBHTB", MAP, 0, "EPSG:4549")], "problem", "no rows"),
        ([("YJJBNTBHTB", MAP, 2, "EPSG:4549"), ("YJJBNTBHTB副本", MAP, 3, "EPSG:4547")], "ambiguous", "may be meant"),
        ([("YJJBNTBHTB", MAP + "&field=图斑编号:string&field=图斑号:string", 1, "EPSG:4549")],
         "ambiguous", "may all be"),
        ([("永久基本农田图斑", "field=ZLDWDM:string&field=YJJBNTTBMJ:double&field=DLBM:string", 1, "EPSG:4549")],
         "problem", "no field that was understood as"),
        ([("YJJBNTBHTB", MAP, 1, "EPSG:4549"), ("道路", "field=name:string", 9, "EPSG:4549")], "ready", "1 rows"),
    ],
    ids=["no crs", "no rows", "two alike", "two numbers", "no number", "something else"],
)  # fmt: skip
def test_lights_and_why(tab: SourcesTab, project: QgsProject, layers: Any, state: str, words: str) -> None:
    for name, fields, rows, crs in layers:
        project.addMapLayer(polygons(name, fields, rows, crs))
    tab.look()
    told = tab.inventory.readiness("map")
    assert (told.state, words in told.why) == (state, True), told


def test_two_fields_alike_are_ambiguous_until_one_is_chosen(tab: SourcesTab, project: QgsProject) -> None:
    project.addMapLayer(polygons("YJJBNTBHTB", "field=图斑编号:string&field=tbbh:string&field=TBMJ:double"
                                 "&field=图斑面积:double&field=ZLDWDM:string"))  # fmt: skip
    tab.look()
    before = tab.inventory.readiness("map")
    dialog = FieldMapping("map", tab.inventory.chosen["map"], {}, tab)
    box = dialog.boxes["plot_area"]
    box.setCurrentIndex(box.findData("TBMJ"))
    dialog.boxes["key"].setCurrentIndex(dialog.boxes["key"].findData("tbbh"))
    tab.set_fields("map", dialog.chosen())
    after = tab.inventory.readiness("map")
    assert before.state == "ambiguous", before
    assert after.state == "ready", after
    assert "map.plot_area = TBMJ" in tab.inventory.parameters()["FIELDS"]


def test_a_decision_by_hand_is_kept_in_the_project(
    tab: SourcesTab, project: QgsProject, demo: Path, tmp_path: Path
) -> None:
    tab.add_files([demo])
    box = tab._boxes["map"]
    ids = [box.itemData(row) for row in range(box.count())]
    other = next(one for one in ids if one.endswith("|XZQ"))
    for one in (tab.inventory.chosen["map"][0].id, other):
        box.toggleItemCheckState(ids.index(one))
    assert [one.name for one in tab.inventory.chosen["map"]] == ["XZQ"]
    assert "units = " in tab.inventory.parameters()["ROLES"]
    assert project.write(str(tmp_path / "工程.qgz"))
    project.clear()
    wait_until(lambda: not tab.inventory.files)
    assert project.read(str(tmp_path / "工程.qgz"))
    wait_until(lambda: bool(tab.inventory.chosen))
    assert [one.name for one in tab.inventory.chosen["map"]] == ["XZQ"]
    tab.guess_again()
    assert [one.name for one in tab.inventory.chosen["map"]] == ["YJJBNTBHTB"]


def test_a_role_can_be_left_out(tab: SourcesTab, demo: Path) -> None:
    tab.add_files([demo])
    tab.inventory.decide("register", [])
    assert tab.inventory.readiness("register").state == "missing"
    assert "register = \n" in tab.inventory.parameters()["ROLES"] + "\n"


def test_the_projects_entry_may_be_anything(project: QgsProject) -> None:
    for entry in ("", "{", "[]", '{"files": 3}', '{"roles": []}', '{"files": ["/nowhere.gpkg"], "fields": {"map": 1}}'):
        project.writeEntry("redline", "/sources", entry)
        inventory = Inventory(project)
        inventory.load()
        inventory.look()
        assert not inventory.files


def test_files_that_are_not_there_and_boundary_points(tab: SourcesTab, tmp_path: Path) -> None:
    failed, given = [], []
    tab.failed.connect(failed.append)
    tab.texts_given.connect(given.append)
    points = tmp_path / "界址点.txt"
    points.write_text("[属性描述]", encoding="gbk")
    tab.add_files([tmp_path / "没有.xlsx", points])
    assert "没有.xlsx" in failed[0]
    assert given == [[str(points)]]


@pytest.mark.shared
@pytest.mark.parametrize("sample", ["bg", "ch", "de_bb", "dk", "nl", "us_ca_scm"])
def test_parcels_of_other_countries_are_not_taken_for_ours_at_random(
    tab: SourcesTab, shared_data: Path, project: QgsProject, sample: str
) -> None:
    folder = shared_data / "parcels" / "lpis_samples" / sample
    files = [one for one in sorted(folder.rglob("*")) if one.suffix.lower() in (".gpkg", ".shp", ".geojson", ".zip")]
    inside = {file: f"/vsizip/{file}" if file.suffix == ".zip" else str(file) for file in files}
    layers = [QgsVectorLayer(path, file.stem, "ogr") for file, path in inside.items()]
    project.addMapLayers([layer for layer in layers if layer.isValid()])
    tab.look()
    assert tab.inventory.found.candidates
    for role, chosen in tab.inventory.chosen.items():
        assert all(one.score >= 0.4 for one in chosen), role
    # None of them has a plot number of the Chinese standards: whatever a layer is offered for, the light is not green.
    assert "ready" not in {tab.inventory.readiness(role).state for role in ("map", "violation", "permit")}
