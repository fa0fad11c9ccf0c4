"""`redline:drawgrid` as a user runs it: villages and plots in, zones, outlines and people out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from qgis.core import QgsFeature, QgsGeometry, QgsProcessingException, QgsProcessingProvider, QgsVectorLayer

from redline.tests.core.zones import check_balanced, check_colours, check_connected, check_tiling, landscape

Run = Callable[..., dict[str, Any]]


def layer(name: str, kind: str, rows: list[dict[str, Any]], crs: str = "EPSG:4525") -> QgsVectorLayer:
    """A memory layer of rows with fields of text, numbers, and a shape."""
    fields = [field for field in rows[0] if field != "geometry"]
    types = {field: "double" if isinstance(rows[0][field], float) else "string" for field in fields}
    uri = f"{kind}?crs={crs}&" + "&".join(f"field={field}:{of}" for field, of in types.items())
    made = QgsVectorLayer(uri, name, "memory")
    features = []
    for row in rows:
        feature = QgsFeature(made.fields())
        feature.setAttributes([row[field] for field in fields])
        if row.get("geometry") is not None:
            geometry = QgsGeometry()
            geometry.fromWkb(shapely.to_wkb(row["geometry"]))
            feature.setGeometry(geometry)
        features.append(feature)
    assert made.dataProvider().addFeatures(features)[0]
    return made


@pytest.fixture(scope="module")
def county(qgis_app: Any) -> dict[str, Any]:
    units, plots = landscape(2, 2, 11)
    roster = [
        {"行政区代码": units[0]["XZQDM"], "姓名": "王一", "角色": "田长", "联系电话": "13912345678"},
        {"行政区代码": units[1]["XZQDM"], "姓名": "王二", "角色": "网格员", "联系电话": "13812345678"},
    ]
    road = shapely.LineString([(row["geometry"].centroid.x, row["geometry"].centroid.y) for row in units[:2]])
    return {
        "UNITS": layer("村界", "Polygon", units), "PLOTS": layer("永久基本农田", "Polygon", plots),
        "ROSTER": layer("名单", "None", roster),
        "FOLLOW": layer("道路", "LineString", [{"路名": "路", "geometry": road}]),
        "units": {row["XZQDM"]: row["geometry"] for row in units}, "count": len(plots),
    }  # fmt: skip


def given(county: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**{name: county[name] for name in ("UNITS", "PLOTS", "ROSTER", "FOLLOW")}, **more}


def frame(found: QgsVectorLayer) -> Any:
    import pandas as pd

    names = [field.name() for field in found.fields()]
    rows = pd.DataFrame([row.attributes() for row in found.getFeatures()], columns=names)
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = [shapely.from_wkb(row.geometry().asWkb().data()) for row in found.getFeatures()]
    return rows.assign(geometry=pd.Series(shapes, dtype=object))


def test_names_are_those_of_the_design(provider: QgsProcessingProvider) -> None:
    algorithm = provider.algorithm("drawgrid")
    names = {p.name() for p in algorithm.parameterDefinitions()}
    promised = {"UNITS", "PLOTS", "ROSTER", "LEVEL", "LOAD", "MAX_LOAD", "FOLLOW", "ZONES", "LEVELS", "ROSTER_OUT"}
    assert promised <= names
    assert algorithm.parameterDefinition("LOAD").options() == ["plots", "area", "length"]


def test_draws_zones_that_tile_their_villages(county: dict[str, Any], run: Run) -> None:
    results = run("drawgrid", given(county, MAX_LOAD=40))
    zones = frame(results["ZONES"])
    assert list(zones.columns[:10]) == [
        "zone_code", "unit", "level", "zone_name", "colour", "area", "farmland_area", "plots", "load", "person",
    ]  # fmt: skip
    check_tiling(zones, county["units"])
    check_colours(zones)
    assert results["ZONE_COUNT"] == len(zones) > 8
    assert (results["CHECKED_COUNT"], zones["plots"].sum()) == (county["count"], county["count"])
    first, second, *_ = county["units"]
    assert set(zones.loc[zones["unit"] == first, "person"]) == {"王一"}
    nobody = {row["key"] for row in results["FINDINGS"].getFeatures() if row["rule"] == "R9013"}
    assert nobody == set(zones.loc[~zones["unit"].isin([first, second]), "zone_code"])
    assert results["PASSED"] is False
    people = [row.attributes() for row in results["ROSTER_OUT"].getFeatures()]
    assert not any("12345678" in str(value) for row in people for value in row)
    levels = frame(results["LEVELS"])
    assert levels["level"].value_counts().to_dict() == {"county": 1, "township": 2, "village": 4, "zone": len(zones)}


def test_telephones_are_written_where_they_are_asked_for(county: dict[str, Any], run: Run) -> None:
    results = run("drawgrid", given(county, SHOW_PHONES=True))
    assert {row["phone"] for row in results["ROSTER_OUT"].getFeatures()} == {"13912345678", "13812345678"}


def test_degrees_are_drawn_in_metres(county: dict[str, Any], run: Run) -> None:
    import processing

    turned = {
        name: processing.run("native:reprojectlayer", {
            "INPUT": county[name], "TARGET_CRS": "EPSG:4490", "OUTPUT": "memory:",
        })["OUTPUT"]
        for name in ("UNITS", "PLOTS")
    }  # fmt: skip
    results = run("drawgrid", {**turned, "MAX_LOAD": 60})
    assert not results["ZONES"].crs().isGeographic()
    zones = frame(results["ZONES"])
    shapes = zones["geometry"].to_numpy(dtype=object)
    assert abs(shapely.area(shapely.union_all(shapes)) - shapely.area(shapes).sum()) < 1e-3
    assert zones["plots"].sum() == county["count"]


def test_stops_when_asked_to(county: dict[str, Any], run: Run, listener: Callable[..., Any]) -> None:
    feedback = listener(60)
    assert "ZONES" not in run("drawgrid", given(county, MAX_LOAD=10), feedback)
    assert feedback.seconds_since() < 2.5
    assert feedback.said["error"] == []


def test_units_without_shapes_are_a_sentence(county: dict[str, Any], run: Run) -> None:
    table = layer("村名", "None", [{"XZQDM": "990101001001", "XZQMC": "东关村"}])
    with pytest.raises(QgsProcessingException, match="村名"):
        run("drawgrid", {"UNITS": table, "PLOTS": county["PLOTS"]})


def test_writes_a_report(county: dict[str, Any], run: Run, tmp_path: Path) -> None:
    page = tmp_path / "报告.html"
    run("drawgrid", given(county, MAX_LOAD=40, REPORT=str(page)))
    assert "R9013" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(("level", "most"), [("village", 20), ("township", 60), ("county", 200)])
def test_the_demo_county(root: Path, run: Run, level: str, most: int) -> None:
    demo = root / "resources" / "demo" / "示范县.gpkg"
    parameters = {"UNITS": f"{demo}|layername=CJDCQ", "PLOTS": f"{demo}|layername=YJJBNTBHTB"}
    results = run("drawgrid", {**parameters, "LEVEL": level, "MAX_LOAD": most})
    zones, levels = frame(results["ZONES"]), frame(results["LEVELS"])
    regions = levels[levels["level"] == level].set_index("zone_code")["geometry"].to_dict()
    check_tiling(zones, regions)
    check_colours(zones)
    check_balanced(zones)
    check_connected(zones, {code: len(shapely.get_parts(region)) for code, region in regions.items()})
    told = [row["rule"] for row in results["FINDINGS"].getFeatures()]
    assert zones["plots"].sum() + told.count("R9007") + told.count("R3001") == results["CHECKED_COUNT"] > 1900
    assert zones["load"].max() <= most


@pytest.mark.shared
def test_the_communes_of_liechtenstein(shared_data: Path, run: Run, listener: Callable[..., Any]) -> None:
    """Communes in up to seven parts, without codes, in degrees; buildings for plots, and main roads to follow."""
    import processing

    file = shared_data / "parcels" / "osm_liechtenstein" / "liechtenstein-2013-08-03.osm.pbf"

    def taken(name: str, subset: str) -> QgsVectorLayer:
        source = QgsVectorLayer(f"{file}|layername={name}", name, "ogr")
        parameters = {"INPUT": source, "EXPRESSION": subset, "OUTPUT": "memory:"}
        found: QgsVectorLayer = processing.run("native:extractbyexpression", parameters)["OUTPUT"]
        return found

    communes = taken("multipolygons", "\"admin_level\" = '8'")
    houses = taken("multipolygons", "\"building\" is not null")
    roads = taken("lines", "\"highway\" in ('primary', 'secondary', 'tertiary')")
    feedback = listener()
    given = {"UNITS": communes, "PLOTS": houses, "FOLLOW": roads, "MAX_LOAD": 60}
    results = run("drawgrid", given, feedback)
    zones = frame(results["ZONES"])
    levels = frame(results["LEVELS"])
    regions = levels[levels["level"] == "unit"].set_index("zone_code")["geometry"].to_dict()
    assert len(regions) == 11
    check_tiling(zones, regions)
    check_colours(zones)
    check_connected(zones, {code: len(shapely.get_parts(region)) for code, region in regions.items()})
    check_balanced(zones)
    told = [row["rule"] for row in results["FINDINGS"].getFeatures()]
    assert zones["plots"].sum() + told.count("R9007") == results["CHECKED_COUNT"] > 3000
    assert told.count("R9007") < 10
    assert zones["load"].max() <= 60
    assert told.count("R9001") == 11
