"""`redline:schemacheck` on every format that offices send; the copy that is repaired, and the layer that is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from qgis.core import (
    NULL,
    QgsFeature,
    QgsGeometry,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingProvider,
    QgsProject,
    QgsProviderRegistry,
    QgsVectorLayer,
    QgsWkbTypes,
)

from redline.core.standards import profiles
from redline.processing.consistency.schemacheck import AUTO, PROFILES

Run = Callable[..., dict[str, Any]]
Plots = Callable[..., QgsVectorLayer]
Save = Callable[..., Path]

DIRTY = {
    "DLMC": ["水田", "果园", None], "ZLDWMC": ["示范一村", "示范一村\u200b", "示范一村"],
    "DLBM": ["0101", "０１０１", "0101"],
}  # fmt: skip


@pytest.fixture
def check(run: Run) -> Callable[..., tuple[dict[str, Any], list[QgsFeature]]]:
    """Run the check; give its outputs and its findings."""

    def check_it(layer: Any, **parameters: Any) -> tuple[dict[str, Any], list[QgsFeature]]:
        outputs = run("schemacheck", {"INPUT": layer, **parameters})
        return outputs, list(features(outputs["FINDINGS"]))

    return check_it


def features(layer: Any) -> list[QgsFeature]:
    found = layer if isinstance(layer, QgsVectorLayer) else QgsVectorLayer(str(layer), "found", "ogr")
    assert found.isValid()
    return list(found.getFeatures())


def told(found: list[QgsFeature]) -> set[tuple[str, str, str]]:
    return {(row["rule"], row["related"] or "", row["key"] or "") for row in found}


def test_every_profile_can_be_chosen() -> None:
    assert PROFILES[0] == AUTO
    assert set(PROFILES[1:]) == {item.id for item in profiles()}
    assert len(set(PROFILES)) == len(PROFILES)


def test_names_are_those_of_the_design(provider: QgsProcessingProvider) -> None:
    algorithm = provider.algorithm("schemacheck")
    names = {p.name() for p in algorithm.parameterDefinitions()}
    assert names == {"INPUT", "PROFILE", "FINDINGS", "REPORT", "REPAIRED", "REPAIRS"}
    outputs = {o.name() for o in algorithm.outputDefinitions()}
    assert {"ERROR_COUNT", "WARNING_COUNT", "INFO_COUNT", "CHECKED_COUNT", "PASSED", "SUMMARY"} <= outputs


@pytest.mark.parametrize(
    ("name", "driver", "encoding"),
    [
        ("永农.gpkg", "GPKG", "UTF-8"), ("永农.shp", "ESRI Shapefile", "GBK"), ("永农.geojson", "GeoJSON", "UTF-8"),
        ("永农.tab", "MapInfo File", "UTF-8"),
    ],
)  # fmt: skip
def test_the_same_is_found_in_every_format(
    name: str, driver: str, encoding: str, check: Any, plots: Plots, save: Save
) -> None:
    path = save(plots(DLMC=["水田", "果园", "水田"], SJNF=[2023, 2023, 3]), name, driver, encoding)
    before = path.read_bytes()
    outputs, found = check(str(path), PROFILE="pbf2021")
    assert ("R2011", "DLMC", "990101001001000001") in told(found)
    assert ("R2007", "SJNF", "990101001001000002") in told(found)
    assert ("R2001", "XZQDM", "") in told(found)
    assert not {rule for rule, _, _ in told(found)} & {"R2002", "R2006", "R2012", "R2013"}
    assert outputs["CHECKED_COUNT"] == 3
    assert outputs["ERROR_COUNT"] + outputs["WARNING_COUNT"] + outputs["INFO_COUNT"] == len(found)
    assert outputs["PASSED"] is False
    wrong = next(row for row in found if row["rule"] == "R2011")
    assert wrong.geometry().area() == pytest.approx(10_000, rel=1e-6)
    assert path.read_bytes() == before


def test_the_copy_is_repaired_and_the_layer_is_not(check: Any, plots: Plots, save: Save, tmp_path: Path) -> None:
    path = save(plots(**DIRTY), "永农.gpkg", "GPKG")
    layer = QgsVectorLayer(str(path), "永农", "ogr")
    before = [feature.attributes() for feature in layer.getFeatures()]
    copy = str(tmp_path / "修复.gpkg")
    outputs, _ = check(layer, PROFILE="pbf2021", REPAIRED=copy)
    repairs = [tuple(row[name] for name in ("key", "field", "before", "after")) for row in features(outputs["REPAIRS"])]
    assert repairs == [
        ("990101001001000001", "DLBM", "０１０１", "0101"),
        ("990101001001000001", "ZLDWMC", "示范一村\u200b", "示范一村"),
        ("990101001001000002", "DLMC", "" if repairs[2][2] == "" else NULL, "水田"),
    ]
    assert [feature.attributes() for feature in layer.getFeatures()] == before
    mended = QgsVectorLayer(copy, "修复", "ogr")
    assert [f["DLMC"] for f in mended.getFeatures()] == ["水田", "果园", "水田"]
    assert [f["DLBM"] for f in mended.getFeatures()] == ["0101"] * 3
    assert [f["ZLDWMC"] for f in mended.getFeatures()] == ["示范一村"] * 3
    assert [f.geometry().asWkt(3) for f in mended.getFeatures()] == [f.geometry().asWkt(3) for f in layer.getFeatures()]
    assert mended.crs() == layer.crs()
    again, found = check(copy, PROFILE="pbf2021")
    assert features(again["REPAIRS"]) == []
    assert "R2012" not in {row["rule"] for row in found}


def test_selected_features_only(check: Any, plots: Plots) -> None:
    layer = plots(**DIRTY)
    QgsProject.instance().addMapLayer(layer)
    layer.selectByIds([max(layer.allFeatureIds())])
    given = QgsProcessingFeatureSourceDefinition(layer.id(), selectedFeaturesOnly=True)
    outputs, found = check(given, PROFILE="pbf2021", REPAIRED="memory:")
    assert outputs["CHECKED_COUNT"] == 1
    assert len(features(outputs["REPAIRED"])) == 1
    assert {row["key"] for row in found} - {"", NULL} == {"990101001001000002"}
    QgsProject.instance().removeMapLayer(layer)


def test_a_shapefile_tells_what_it_cut(check: Any, plots: Plots, save: Save) -> None:
    long = "示范县第一镇人民政府示范一村村民委员会第一村民小组农业合作社三分场"
    path = save(plots(ZLDWMC=[long, "示范一村", "示范一村"]), "永农.shp", "ESRI Shapefile", "GBK")
    _, found = check(str(path), PROFILE="pbf2021")
    cut = {(row["related"], row["key"]) for row in found if row["rule"] == "R2003" and row["key"]}
    assert cut == {("ZLDWMC", "990101001001000000")}


def test_a_register_in_a_workbook(check: Any, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["示范县永久基本农田登记册"])
    sheet.append(["单位：亩"])
    sheet.append(["序号", "图斑编号", "行政村", "地类", "面积", "责任人", "保护开始时间"])
    sheet.append([1, "99010100100100001", "一村", "水田", 15.0, "张三", "2022.1.1"])
    sheet.append([2, "９９０１０１００１００１00002", "一村", "水天", -1, "李四", "2022年13月"])
    sheet.append([3, "99010100100100001", "一村", "旱地", 15.0, "王五", "长期有效吗"])
    sheet.append(["合计", None, None, None, 29])
    path = tmp_path / "登记册.xlsx"
    book.save(path)
    before = path.read_bytes()
    outputs, found = check(str(path), REPAIRED="memory:")
    assert {(row["rule"], row["key"] or "") for row in found} >= {
        ("R2012", ""), ("R2007", "99010100100100002"), ("R2002", "99010100100100002"), ("R2009", "99010100100100001"),
    }  # fmt: skip
    assert {row["role"] for row in found} == {"register"}
    assert all(not row.hasGeometry() for row in found)
    assert [row["after"] for row in features(outputs["REPAIRS"])] == ["99010100100100002"]
    copied = [[str(value) for value in row.attributes()] for row in features(outputs["REPAIRED"])]
    assert sum("99010100100100002" in row for row in copied) == 1
    assert path.read_bytes() == before


def test_file_geodatabases_and_coded_domains(check: Any, run: Run, shared_data: Path) -> None:
    formats = shared_data / "formats"
    for path in (formats / "filegdb" / "test_gdb.gdb", formats / "domains.gpkg", formats / "curved_polys.gpkg"):
        names = [one.name() for one in QgsProviderRegistry.instance().querySublayers(str(path))]
        assert names
        for name in names:
            outputs, found = check(f"{path}|layername={name}", PROFILE="pbf2021")
            assert ("R2001", "YJJBNTTBBH", "") in told(found), name
            assert outputs["CHECKED_COUNT"] == len(features(f"{path}|layername={name}"))
            with pytest.raises(QgsProcessingException) as error:
                run("schemacheck", {"INPUT": f"{path}|layername={name}"})
            assert "auto" not in str(error.value)


def test_nothing_known_is_said_in_a_sentence(run: Run) -> None:
    roads = QgsVectorLayer("LineString?crs=EPSG:4549&field=highway:string", "道路", "memory")
    assert roads.dataProvider().addFeature(QgsFeature(roads.fields()))
    with pytest.raises(QgsProcessingException, match="highway"):
        run("schemacheck", {"INPUT": roads})
    outputs = run("schemacheck", {"INPUT": roads, "PROFILE": "sandiao2020"})
    assert outputs["CHECKED_COUNT"] == 1
    assert outputs["PASSED"] is False


def test_hostile_layers(check: Any, plots: Plots) -> None:
    wild = "';--{0}%s<b>🌾"
    layer = plots(
        DLMC=[wild, None, "水田"], DLBM=[wild[:5], "", "0101"], YJJBNTTBBH=["", None, "{key}"],
        YJJBNTTBMJ=[float("nan"), float("inf"), -1.0],
    )  # fmt: skip
    layer.dataProvider().addFeatures([QgsFeature(layer.fields())])
    outputs, found = check(layer, PROFILE="pbf2021", REPAIRED="memory:")
    assert outputs["CHECKED_COUNT"] == 4
    assert {"R2005", "R2006", "R2007"} <= {row["rule"] for row in found}
    assert len(features(outputs["REPAIRED"])) == 4


def test_points_and_degrees_have_a_place(check: Any) -> None:
    layer = QgsVectorLayer("Point?crs=EPSG:4490&field=图斑编号:string(20)&field=实测面积:double", "外业", "memory")
    feature = QgsFeature(layer.fields())
    feature.setAttributes(["99010100100100001", -5.0])
    feature.setGeometry(QgsGeometry.fromWkt("POINT(110.2 38.1)"))
    layer.dataProvider().addFeatures([feature])
    outputs, found = check(layer)
    (wrong,) = [row for row in found if row["rule"] == "R2007"]
    assert wrong["role"] == "plots"
    assert QgsWkbTypes.geometryType(wrong.geometry().wkbType()) == QgsWkbTypes.GeometryType.PolygonGeometry
    assert 50 < wrong.geometry().area() < 90
    assert not outputs["FINDINGS"].crs().isGeographic()


def test_a_table_cut_short_is_told_with_the_numbers(check: Any, plots: Plots, save: Save, tmp_path: Path) -> None:
    """What is right of the rows that are left says nothing of the others."""
    path, page = save(plots(9), "永久基本农田.shp", "ESRI Shapefile"), tmp_path / "报告.html"
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes()[: len(table.read_bytes()) // 2])
    outputs, _ = check(str(path), PROFILE="pbf2021", REPORT=str(page))
    assert 0 < outputs["CHECKED_COUNT"] < 9
    assert f"only {outputs['CHECKED_COUNT']} of 9" in page.read_text(encoding="utf-8")


def test_the_report_names_the_standard(check: Any, plots: Plots, tmp_path: Path) -> None:
    page = tmp_path / "报告.html"
    check(plots(**DIRTY), PROFILE="pbf2021", REPORT=str(page))
    text = page.read_text(encoding="utf-8")
    assert "R2011" in text
    assert "2021" in text
