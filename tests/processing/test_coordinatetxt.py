"""Boundary-point files in and out as a user runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from qgis.core import QgsFeature, QgsGeometry, QgsProcessingException, QgsVectorLayer

Plots = Callable[..., QgsVectorLayer]
Run = Callable[..., dict[str, Any]]

OFFSET = np.array([38_500_000.0, 4_300_000.0])
TEXT = """[属性描述]
坐标系=2000国家大地坐标系
几度分带=3
带号=38
[地块坐标]
5,1.0000,7,东地块,面,J49G028033,住宅,0701,@
J1,1,4300000.000,38500000.000
J2,1,4300000.000,38500100.000
J3,1,4300100.000,38500100.000
J4,1,4300100.000,38500000.000
J1,1,4300000.000,38500000.000
"""


def shapes(layer: QgsVectorLayer) -> list[shapely.Geometry]:
    found = [shapely.from_wkb(feature.geometry().asWkb().data()) for feature in layer.getFeatures()]
    return [shapely.normalize(shapely.multipolygons(shapely.get_parts(shape))) for shape in found]


def test_a_file_becomes_a_layer_in_its_own_system(run: Run, tmp_path: Path, listener: Callable[..., Any]) -> None:
    path = tmp_path / "红线.txt"
    path.write_bytes(TEXT.replace("5,1.0000", "6,1.2000").encode("gbk"))
    heard = listener()
    results = run("readcoordinatetxt", {"FILE": str(path)}, feedback=heard)
    layer = results["OUTPUT"]
    assert layer.crs().authid() == "EPSG:4526"
    (feature,) = layer.getFeatures()
    assert (feature["number"], feature["name"], feature["purpose"]) == ("7", "东地块", "住宅")
    assert (feature["declared_area"], feature["plane_area"], feature["problems"]) == (12000, 10000, "area;points")
    assert (results["PARCEL_COUNT"], results["PROBLEM_COUNT"], results["WARNING_COUNT"]) == (1, 2, 2)
    found = {(f["rule"], f["key"], f["related"]): f["difference"] for f in results["FINDINGS"].getFeatures()}
    assert found == {("R7110", "7", "红线.txt"): 2000, ("R7111", "7", "红线.txt"): 1}
    assert "GBK" in heard.log
    assert "EPSG:4526" in heard.log


def test_files_of_a_folder_come_into_the_system_of_the_first(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.TXT").write_text(TEXT.replace("38500", "39200").replace("带号=38", "带号=39"), encoding="utf-8")
    layer = run("readcoordinatetxt", {"FOLDER": str(tmp_path)})["OUTPUT"]
    assert layer.crs().authid() == "EPSG:4526"
    assert [feature["file"] for feature in layer.getFeatures()] == ["a.txt", "b.TXT"]
    assert layer.extent().xMaximum() < 38_600_000


def test_of_several_files_broken_ones_are_told_and_the_others_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "甲").mkdir()
    (tmp_path / "甲" / "好.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "甲" / "说明.txt").write_text("请用最新版本打开。", encoding="utf-8")
    (tmp_path / "坏.txt").write_text(TEXT.replace("J3,1,4300100.000", "J3,1,四百三十万"), encoding="gbk")
    results = run("readcoordinatetxt", {"FOLDER": str(tmp_path), "REPORT": str(tmp_path / "报告.html")})
    found = {f["key"]: f["message"] for f in results["FINDINGS"].getFeatures() if f["rule"] == "R7115"}
    assert set(found) == {"坏.txt", "甲/说明.txt"}
    assert "9" in found["坏.txt"]
    assert [f["file"] for f in results["OUTPUT"].getFeatures()] == ["甲/好.txt"]
    assert (results["ERROR_COUNT"], results["PASSED"]) == (2, False)
    assert "四百三十万" in (tmp_path / "报告.html").read_text(encoding="utf-8")


def test_a_file_without_system_takes_the_one_that_is_chosen(run: Run, tmp_path: Path) -> None:
    old = TEXT.replace("2000国家大地", "1954北京")
    (tmp_path / "old.txt").write_text(old, encoding="gbk")
    results = run("readcoordinatetxt", {"FILE": str(tmp_path / "old.txt"), "CRS": "EPSG:2414"})
    assert results["OUTPUT"].crs().authid() == "EPSG:2414"
    assert [f["rule"] for f in results["FINDINGS"].getFeatures()] == ["R7117"]
    with pytest.raises(QgsProcessingException, match=r"old\.txt.*1954北京坐标系"):
        run("readcoordinatetxt", {"FILE": str(tmp_path / "old.txt")})


def test_a_broken_file_is_a_sentence_with_its_line(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "坏.txt"
    path.write_text(TEXT.replace("J3,1,4300100.000", "J3,1,四百三十万"), encoding="utf-8")
    with pytest.raises(QgsProcessingException, match=r"坏\.txt.*9"):
        run("readcoordinatetxt", {"FILE": str(path)})
    with pytest.raises(QgsProcessingException):
        run("readcoordinatetxt", {})
    with pytest.raises(QgsProcessingException):
        run("readcoordinatetxt", {"FILE": str(tmp_path / "none.txt")})


@pytest.mark.parametrize("one", [True, False])
def test_what_is_written_comes_back_to_the_millimetre(plots: Plots, run: Run, tmp_path: Path, one: bool) -> None:
    layer = plots(3)
    written = run("writecoordinatetxt", {
        "INPUT": layer, "NUMBER": "YJJBNTTBBH", "NAME": "ZLDWMC", "CLASS": "DLBM", "ONE_FILE": one,
        "OUTPUT": str(tmp_path), "ENCODING": "gbk", "PRODUCER": "示范县自然资源局", "DATE": "2026-06-30",
    })  # fmt: skip
    files = sorted(tmp_path.glob("*.txt"))
    assert written["FILE_COUNT"] == len(files) == (1 if one else 3)
    if not one:
        assert files[0].name == "990101001001000000 示范一村.txt"
    content = files[0].read_bytes().decode("gbk")
    assert "数据产生单位=示范县自然资源局\r\n" in content
    assert "带号=40\r\n" in content
    again = run("readcoordinatetxt", {"FOLDER": str(tmp_path)})
    assert again["OUTPUT"].crs().authid() == layer.crs().authid() == "EPSG:4549"
    assert again["PROBLEM_COUNT"] == 0
    assert shapes(again["OUTPUT"]) == shapes(layer)
    assert {f["number"] for f in again["OUTPUT"].getFeatures()} == {f["YJJBNTTBBH"] for f in layer.getFeatures()}


def degrees() -> QgsVectorLayer:
    layer = QgsVectorLayer("MultiPolygon?crs=EPSG:4490&field=DKMC:string", "批次", "memory")
    feature = QgsFeature(layer.fields())
    feature.setAttributes(["𬱖村"])
    feature.setGeometry(QgsGeometry.fromWkt("MULTIPOLYGON(((114 38,114.001 38,114.001 38.001,114 38.001,114 38)))"))
    layer.dataProvider().addFeatures([feature])
    return layer


def test_a_layer_in_degrees_is_written_in_a_gauss_system_that_is_chosen(run: Run, tmp_path: Path) -> None:
    with pytest.raises(QgsProcessingException, match="EPSG:4490"):
        run("writecoordinatetxt", {"INPUT": degrees(), "OUTPUT": str(tmp_path)})
    with pytest.raises(QgsProcessingException, match="EPSG:32650"):
        run("writecoordinatetxt", {"INPUT": degrees(), "CRS": "EPSG:32650", "OUTPUT": str(tmp_path)})
    run("writecoordinatetxt", {"INPUT": degrees(), "CRS": "EPSG:4526", "NAME": "DKMC", "OUTPUT": str(tmp_path)})
    again = run("readcoordinatetxt", {"FOLDER": str(tmp_path)})
    assert again["OUTPUT"].crs().authid() == "EPSG:4526"
    (feature,) = again["OUTPUT"].getFeatures()
    assert feature["name"] == "𬱖村"  # which GBK lacks
    centre = feature.geometry().centroid().asPoint()
    assert (centre.x(), centre.y()) == (pytest.approx(38_500_043.9, abs=1), pytest.approx(4_207_600, abs=600))
    assert again["PROBLEM_COUNT"] == 0


@pytest.mark.parametrize(
    ("crs", "prefix", "east", "epsg"),
    [("EPSG:4549", "with", "40500000.00", "EPSG:4528"), ("EPSG:4549", "as_layer", "500000.00", "EPSG:4549"),
     ("EPSG:4528", "without", "500000.00", "EPSG:4549"), ("EPSG:4528", "with", "40500000.00", "EPSG:4528")],
)  # fmt: skip
def test_the_zone_stands_before_the_easting_or_not(
    plots: Plots, run: Run, tmp_path: Path, crs: str, prefix: str, east: str, epsg: str
) -> None:
    layer = plots(1, crs=crs)
    if crs == "EPSG:4528":
        feature = next(layer.getFeatures())
        geometry = feature.geometry()
        geometry.translate(40_000_000, 0)
        layer.dataProvider().changeGeometryValues({feature.id(): geometry})
    run("writecoordinatetxt", {
        "INPUT": layer, "PREFIX": prefix, "DECIMALS": 2, "VERSION": "1.01版本", "OUTPUT": str(tmp_path),
    })  # fmt: skip
    content = next(tmp_path.glob("*.txt")).read_bytes().decode("gbk")
    assert "格式版本号=1.01版本\r\n" in content
    assert f"J1,1,3400100.00,{east}\r\n" in content
    assert run("readcoordinatetxt", {"FOLDER": str(tmp_path)})["OUTPUT"].crs().authid() == epsg


def test_real_parcels_go_out_and_come_back(run: Run, shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "parcels" / "fr_91216" / "cadastre-91216-parcelles.json"
    layer = QgsVectorLayer(str(source), "parcels", "ogr")
    placed = QgsVectorLayer("Polygon?crs=EPSG:4526", "宗地", "memory")
    features = [feature for _, feature in zip(range(300), layer.getFeatures()) if feature.geometry().isGeosValid()]
    box = layer.extent()
    scale = 1.0 if box.width() > 10 else 100_000.0
    for feature in features:
        geometry = feature.geometry()
        geometry.translate(-box.xMinimum(), -box.yMinimum())
        ring = shapely.from_wkb(geometry.asWkb().data())
        moved = shapely.transform(ring, lambda xy: (xy[:, :2] * scale).round(3) + OFFSET)
        geometry.fromWkb(shapely.to_wkb(moved))
        feature.setGeometry(geometry)
    placed.dataProvider().addFeatures([f for f in features if f.geometry().isGeosValid()])
    run("writecoordinatetxt", {"INPUT": placed, "OUTPUT": str(tmp_path)})
    again = run("readcoordinatetxt", {"FOLDER": str(tmp_path)})["OUTPUT"]
    assert again.featureCount() == placed.featureCount() > 200
    for one, other in zip(shapes(placed), shapes(again)):
        assert one.symmetric_difference(other).area == 0
