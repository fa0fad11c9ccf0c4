"""Boundary-point files in and out as a user runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from qgis.core import QgsProcessingException, QgsVectorLayer

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
    assert (results["PARCEL_COUNT"], results["PROBLEM_COUNT"]) == (1, 2)
    assert "GBK" in heard.log
    assert "EPSG:4526" in heard.log


def test_files_of_a_folder_come_into_the_system_of_the_first(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.TXT").write_text(TEXT.replace("38500", "39200").replace("带号=38", "带号=39"), encoding="utf-8")
    layer = run("readcoordinatetxt", {"FOLDER": str(tmp_path)})["OUTPUT"]
    assert layer.crs().authid() == "EPSG:4526"
    assert [feature["file"] for feature in layer.getFeatures()] == ["a.txt", "b.TXT"]
    assert layer.extent().xMaximum() < 38_600_000


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


def test_only_gauss_systems_are_written(plots: Plots, run: Run, tmp_path: Path) -> None:
    with pytest.raises(QgsProcessingException, match="EPSG:4490"):
        run("writecoordinatetxt", {"INPUT": plots(2, crs="EPSG:4490"), "OUTPUT": str(tmp_path)})


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
