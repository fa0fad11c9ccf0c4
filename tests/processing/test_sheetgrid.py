"""`redline:sheetgrid` as a user runs it: over a layer or an extent, in degrees or in a zone."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsFeature, QgsGeometry, QgsProcessingException, QgsVectorLayer

from redline.core.geometry import sheets

Run = Callable[..., dict[str, Any]]


def land(crs: str, *shapes: str) -> QgsVectorLayer:
    layer = QgsVectorLayer(f"Polygon?crs={crs}", "范围", "memory")
    features = []
    for shape in shapes:
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromWkt(shape))
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    layer.updateExtents()
    return layer


def vertices(feature: QgsFeature) -> set[tuple[float, float]]:
    return {(point.x(), point.y()) for point in feature.geometry().vertices()}


def test_the_sheets_of_an_extent(run: Run) -> None:
    done = run("sheetgrid", {"EXTENT": "110.0,110.0625,38.833333333333336,38.875 [EPSG:4490]", "SCALE": "10000"})
    found = {row["number"]: row for row in done["OUTPUT"].getFeatures()}
    assert done["SHEET_COUNT"] == 1 == len(found)
    sheet = found["J49G028033"]
    assert sheet["area"] == 25_094_635.83
    assert (sheet["scale"], sheet["code"], sheet["row"], sheet["column"]) == (10_000, "G", 28, 33)
    assert [sheet[edge] for edge in ("west", "south", "east", "north")] == [110.0, 38 + 5 / 6, 110.0625, 38.875]
    assert [sheet[side] for side in sheets.SIDES] == [
        "J49G027032", "J49G027033", "J49G027034", "J49G028032", "J49G028034", "J49G029032", "J49G029033", "J49G029034",
    ]  # fmt: skip
    assert done["OUTPUT"].crs().authid() == "EPSG:4490"
    assert len(vertices(sheet)) == 4


def test_only_the_sheets_of_a_layer_in_its_own_zone(run: Run) -> None:
    # Two plots, a sheet apart, in EPSG:4546 (111° E).
    layer = land(
        "EPSG:4546",
        "POLYGON((500100 4300100,500200 4300100,500200 4300200,500100 4300200,500100 4300100))",
        "POLYGON((511500 4300100,511600 4300100,511600 4300200,511500 4300200,511500 4300100))",
    )
    given = {"INPUT": layer, "SCALE": "10000", "TARGET_CRS": "EPSG:4546"}
    few, all_of_it = run("sheetgrid", given), run("sheetgrid", {**given, "ONLY_MEETING": False})
    assert (few["SHEET_COUNT"], all_of_it["SHEET_COUNT"]) == (2, 3)
    for plot in layer.getFeatures():
        assert [row["number"] for row in few["OUTPUT"].getFeatures() if row.geometry().contains(plot.geometry())]
    ordered = sorted(all_of_it["OUTPUT"].getFeatures(), key=lambda row: row["column"])
    for west, east in zip(ordered, ordered[1:]):
        shared = vertices(west) & vertices(east)
        assert len(shared) == 25
        assert not west.geometry().overlaps(east.geometry())
    # By the middle of its edge a sheet's plane area is its theoretical one, to the scale along the meridian (1).
    assert ordered[0].geometry().area() == pytest.approx(ordered[0]["area"], rel=2e-6)


def test_sheets_of_another_zone_are_told(run: Run, listener: Callable[..., Any]) -> None:
    heard = listener()
    run("sheetgrid", {"EXTENT": "112.4,112.6,30.0,30.01 [EPSG:4490]", "TARGET_CRS": "EPSG:4546"}, heard)
    assert "another zone" in heard.log


def test_a_layer_in_the_wrong_zone_is_told(run: Run, listener: Callable[..., Any]) -> None:
    # Eastings of zone 37 in the system of zone 38.
    heard = listener()
    layer = land("EPSG:4526", "POLYGON((37590000 4050000,37590100 4050000,37590100 4050100,37590000 4050000))")
    run("sheetgrid", {"INPUT": layer, "SCALE": "10000"}, heard)
    assert any("37" in line and "EPSG:4525" in line for line in heard.said["info"])


def test_a_broken_layer_gives_the_sheets_of_what_can_be_read(run: Run) -> None:
    bow = "POLYGON((110.01 38.84,110.05 38.87,110.05 38.84,110.01 38.87,110.01 38.84))"
    done = run("sheetgrid", {"INPUT": land("EPSG:4490", bow, "POLYGON EMPTY"), "SCALE": "10000"})
    assert [row["number"] for row in done["OUTPUT"].getFeatures()] == ["J49G028033"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Choose a layer or an extent"),
        ({"EXTENT": "38.8,38.9,110.0,110.1 [EPSG:4490]"}, "0° to 60°"),
        ({"EXTENT": "-10,150,-20,70 [EPSG:4326]"}, "0° to 60°"),
        ({"EXTENT": "70,140,10,55 [EPSG:4490]", "SCALE": "500"}, "more than the 1000000"),
    ],
)
def test_what_has_no_sheets_is_told(run: Run, given: dict[str, Any], said: str) -> None:
    with pytest.raises(QgsProcessingException, match=said):
        run("sheetgrid", given)


def test_layers_without_a_place_are_told(run: Run) -> None:
    square = "POLYGON((110 38,110.1 38,110.1 38.1,110 38))"
    for layer in (land("EPSG:4490"), land("", square)):
        with pytest.raises(QgsProcessingException, match="“范围”"):
            run("sheetgrid", {"INPUT": layer})
    with pytest.raises(QgsProcessingException, match="no land in common"):
        run("sheetgrid", {"INPUT": land("EPSG:4490", square), "EXTENT": "120,121,30,31 [EPSG:4490]"})


def test_stops_within_a_second(run: Run, listener: Callable[..., Any]) -> None:
    heard = listener(stop_at=35)
    run("sheetgrid", {"EXTENT": "102,103,24,25 [EPSG:4490]", "SCALE": "500", "TARGET_CRS": "EPSG:4490"}, heard)
    assert heard.stopped_at
    assert heard.seconds_since() < 1


def test_a_city_at_ten_thousand_in_under_five_seconds(run: Run, shared_data: Path) -> None:
    city = QgsVectorLayer(str(shared_data / "admin" / "cnmaps" / "cities.geojson"), "市", "ogr")
    assert city.setSubsetString("code = '530400'")
    began = time.process_time()
    done = run("sheetgrid", {"INPUT": city, "SCALE": "10000", "TARGET_CRS": "EPSG:4543"})
    # Of the processor: other programs may hold the clock.
    assert time.process_time() - began < 5
    whole = sum(feature.geometry().area() for feature in city.getFeatures())
    drawn = sum(feature.geometry().area() for feature in done["OUTPUT"].getFeatures())
    assert done["SHEET_COUNT"] > 500
    assert drawn > whole
