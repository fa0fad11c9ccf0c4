"""`redline:coveragecheck` as a user runs it: every format of trouble in, exact shapes, numbers and a report out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from qgis.core import (
    QgsFeature,
    QgsFeatureRequest,
    QgsGeometry,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingProvider,
    QgsProject,
    QgsVectorLayer,
)

Run = Callable[..., dict[str, Any]]
Plots = Callable[..., QgsVectorLayer]
Save = Callable[..., Path]

X, Y = 500_000.0, 3_400_000.0


def box(x: float, y: float, width: float, height: float) -> QgsGeometry:
    """A rectangle in metres from the corner of the plots."""
    left, low = X + x, Y + y
    ring = f"{left} {low}, {left + width} {low}, {left + width} {low + height}, {left} {low + height}, {left} {low}"
    return QgsGeometry.fromWkt(f"POLYGON(({ring}))")


def reshape(layer: QgsVectorLayer, **shapes: QgsGeometry) -> QgsVectorLayer:
    """Give plots (plot0, plot1, …) another shape."""
    ids = sorted(layer.allFeatureIds())
    assert layer.dataProvider().changeGeometryValues({ids[int(name[4:])]: shape for name, shape in shapes.items()})
    return layer


def keyless(*shapes: QgsGeometry, crs: str = "EPSG:4549") -> QgsVectorLayer:
    """A layer whose only field means nothing."""
    layer = QgsVectorLayer(f"Polygon?crs={crs}&field=x:integer", "无编号", "memory")
    features = []
    for number, shape in enumerate(shapes):
        feature = QgsFeature(layer.fields())
        feature.setAttributes([number])
        feature.setGeometry(shape)
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


def features(layer: Any) -> list[QgsFeature]:
    found = layer if isinstance(layer, QgsVectorLayer) else QgsVectorLayer(str(layer), "found", "ogr")
    assert found.isValid()
    return list(found.getFeatures())


def told(results: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(row["rule"], row["key"], row["related"] or "") for row in features(results["FINDINGS"])]


def key(number: int) -> str:
    return f"990101001001{number:06d}"


def test_names_are_those_of_the_design(provider: QgsProcessingProvider) -> None:
    algorithm = provider.algorithm("coveragecheck")
    names = {p.name() for p in algorithm.parameterDefinitions()}
    promised = {"INPUT", "UNITS", "GAPS_ALLOWED", "MIN_AREA", "MAX_GAP_AREA", "FINDINGS", "OVERLAPS", "GAPS", "REPORT"}
    assert names == promised | {"INPUT_KEY", "INPUT_UNIT"}


def test_a_layer_in_order_passes(plots: Plots, run: Run) -> None:
    results = run("coveragecheck", {"INPUT": plots()})
    assert told(results) == []
    assert (results["PASSED"], results["CHECKED_COUNT"]) == (True, 3)
    assert [results[name].featureCount() for name in ("OVERLAPS", "GAPS")] == [0, 0]
    assert [field.name() for field in results["OVERLAPS"].fields()] == ["key", "other", "area", "kind"]
    assert [field.name() for field in results["GAPS"].fields()] == ["unit", "area", "neighbours", "kind"]


def test_an_overlap_is_given_with_its_exact_shape(plots: Plots, run: Run) -> None:
    layer = reshape(plots(), plot0=box(0, 0, 110, 100))
    results = run("coveragecheck", {"INPUT": layer})
    assert told(results) == [("R4001", key(0), key(1))]
    (overlap,) = features(results["OVERLAPS"])
    assert overlap.attributes() == [key(0), key(1), 1000.0, "crossing"]
    assert overlap.geometry().isGeosEqual(box(100, 0, 10, 100))
    (finding,) = features(results["FINDINGS"])
    assert finding.geometry().isGeosEqual(box(100, 0, 10, 100))
    assert (finding["difference"], finding["measure"], finding["severity"]) == (1000.0, "m2", "error")


def test_gaps_are_faults_only_where_the_layer_may_not_have_any(plots: Plots, run: Run) -> None:
    ring = box(0, 0, 300, 300).difference(box(100, 100, 10, 10))
    layer = reshape(plots(2), plot0=ring, plot1=box(300, 0, 100, 300))
    allowed = run("coveragecheck", {"INPUT": layer})
    assert (told(allowed), allowed["GAPS"].featureCount()) == ([], 0)
    forbidden = run("coveragecheck", {"INPUT": layer, "GAPS_ALLOWED": False})
    assert [rule for rule, _, _ in told(forbidden)] == ["R4002"]
    (gap,) = features(forbidden["GAPS"])
    assert gap.attributes() == ["990101001001", 100.0, key(0), "gap"]
    assert gap.geometry().isGeosEqual(box(100, 100, 10, 10))
    for most, rules in ((100.5, ["R4002"]), (99.5, [])):
        limited = run("coveragecheck", {"INPUT": layer, "GAPS_ALLOWED": False, "MAX_GAP_AREA": most})
        assert [rule for rule, _, _ in told(limited)] == rules
        assert limited["GAPS"].featureCount() == 1


def test_the_least_area_decides_what_is_listed(plots: Plots, run: Run, listener: Callable[..., Any]) -> None:
    layer = reshape(plots(), plot0=box(0, 0, 100.005, 100))
    for least, found in ((0.4, 1), (0.6, 0), (0.0, 1)):
        feedback = listener()
        results = run("coveragecheck", {"INPUT": layer, "MIN_AREA": least}, feedback)
        assert results["OVERLAPS"].featureCount() == len(told(results)) == found
        assert ("0.50 m²" in feedback.log) == (found == 0)


def test_units_are_held_against_the_plots(plots: Plots, run: Run) -> None:
    units = QgsVectorLayer("Polygon?crs=EPSG:4549&field=XZQDM:string&field=XZQMC:string", "行政区", "memory")
    village = QgsFeature(units.fields())
    village.setAttributes(["990101001001", "示范一村"])
    village.setGeometry(box(0, 0, 280, 120))
    units.dataProvider().addFeatures([village])
    results = run("coveragecheck", {"INPUT": plots(), "UNITS": units, "GAPS_ALLOWED": False})
    assert [(rule, name) for rule, name, _ in told(results)] == [("R4004", key(2)), ("R4005", "990101001001")]
    (gap,) = features(results["GAPS"])
    assert gap["kind"] == "uncovered"
    assert gap.geometry().isGeosEqual(box(0, 100, 280, 20))


def test_an_invalid_plot_is_told_and_still_compared(plots: Plots, run: Run) -> None:
    ring = [(0, 0), (100, 0), (100, 60), (120, 60), (120, 40), (100, 40), (100, 100), (0, 100), (0, 0)]
    tied = QgsGeometry.fromWkt("POLYGON((" + ",".join(f"{X + x} {Y + y}" for x, y in ring) + "))")
    assert not tied.isGeosValid()
    results = run("coveragecheck", {"INPUT": reshape(plots(), plot0=tied)})
    assert ("R3002", key(0), "") in told(results)
    assert ("R4001", key(0), key(1)) in told(results)
    (overlap,) = features(results["OVERLAPS"])
    assert overlap["area"] == pytest.approx(400, abs=0.01)


def test_units_without_features_have_nothing_wrong(plots: Plots, run: Run) -> None:
    results = run("coveragecheck", {"INPUT": plots(3), "UNITS": plots(0), "GAPS_ALLOWED": False})
    assert told(results) == []
    assert (results["PASSED"], results["CHECKED_COUNT"]) == (True, 3)


def test_a_table_is_refused_in_a_sentence(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(QgsProcessingException, match="表"):
        run("coveragecheck", {"INPUT": str(path)})


def test_plots_without_numbers_are_known_by_their_place(run: Run) -> None:
    shapes = [
        box(0, 0, 110, 100), box(100, 0, 100, 100), box(200, 0, 1, 1), box(150, 50, 100, 100), *[box(300, 0, 9, 9)] * 3,
        QgsGeometry(),
    ]  # fmt: skip
    one = run("coveragecheck", {"INPUT": keyless(*shapes)})
    other = run("coveragecheck", {"INPUT": keyless(*shapes[-2::-1], shapes[-1])})
    assert ("R4001", "(500055,3400050)", "(500150,3400050)") in told(one)
    place = "(500304,3400004)"
    same = {(key, related) for rule, key, related in told(one) if rule == "R3004"}
    assert same == {(place, f"{place}#2"), (place, f"{place}#3"), (f"{place}#2", f"{place}#3")}
    for name in ("FINDINGS", "OVERLAPS"):
        assert [row.attributes() for row in features(one[name])] == [row.attributes() for row in features(other[name])]
        shown = [[row.geometry().asWkt(4) for row in features(results[name])] for results in (one, other)]
        assert shown[0] == shown[1]


def test_what_kind_of_layer_it_is_shows_in_the_findings(plots: Plots, run: Run) -> None:
    fields = "&".join(
        f"field={name}:string" for name in ("BSM", "TBBH", "DLBM", "DLMC", "QSDWDM", "ZLDWDM", "ZLDWMC", "TBMJ")
    )
    survey = QgsVectorLayer(f"Polygon?crs=EPSG:4549&{fields}", "DLTB", "memory")
    for number, shape in ((1, box(0, 0, 110, 100)), (2, box(100, 0, 100, 100))):
        feature = QgsFeature(survey.fields())
        village = "9901010010010000000"
        feature.setAttributes([str(number), f"000{number}", "0101", "水田", village, village, "一村", "10000"])
        feature.setGeometry(shape)
        survey.dataProvider().addFeatures([feature])
    results = run("coveragecheck", {"INPUT": survey})
    assert told(results) == [("R4001", "990101001001/0001", "990101001001/0002")]
    assert {row["role"] for row in features(results["FINDINGS"])} == {"landuse"}
    farmland = run("coveragecheck", {"INPUT": reshape(plots(), plot0=box(0, 0, 110, 100))})
    assert {row["role"] for row in features(farmland["FINDINGS"])} == {"map"}


def test_degrees_are_compared_in_metres(plots: Plots, run: Run) -> None:
    import processing

    layer = reshape(plots(), plot0=box(0, 0, 110, 100))
    degrees = processing.run(
        "native:reprojectlayer", {"INPUT": layer, "TARGET_CRS": "EPSG:4490", "OUTPUT": "memory:"}
    )["OUTPUT"]
    results = run("coveragecheck", {"INPUT": degrees})
    assert told(results) == [("R4001", key(0), key(1))]
    (overlap,) = features(results["OVERLAPS"])
    assert overlap["area"] == pytest.approx(1000, abs=0.5)
    assert not results["OVERLAPS"].crs().isGeographic()


def test_selected_features_only(plots: Plots, run: Run) -> None:
    layer = reshape(plots(), plot0=box(0, 0, 110, 100))
    QgsProject.instance().addMapLayer(layer)
    try:
        layer.selectByIds(sorted(layer.allFeatureIds())[1:])
        results = run("coveragecheck", {"INPUT": QgsProcessingFeatureSourceDefinition(layer.id(), True)})
        assert (told(results), results["CHECKED_COUNT"]) == ([], 2)
    finally:
        QgsProject.instance().removeMapLayer(layer.id())


@pytest.mark.parametrize(
    ("name", "driver"), [("永农.gpkg", "GPKG"), ("永农.shp", "ESRI Shapefile"), ("永农.geojson", "GeoJSON")]
)
def test_files_in_and_out(
    name: str, driver: str, plots: Plots, save: Save, run: Run, tmp_path: Path
) -> None:
    path = save(reshape(plots(), plot0=box(0, 0, 110, 100)), name, driver)
    before = path.read_bytes()
    written = {sink: str(tmp_path / f"{sink}.gpkg") for sink in ("FINDINGS", "OVERLAPS", "GAPS")}
    results = run("coveragecheck", {"INPUT": str(path), **written})
    assert told(results) == [("R4001", key(0), key(1))]
    assert [len(features(written[sink])) for sink in ("FINDINGS", "OVERLAPS", "GAPS")] == [1, 1, 0]
    assert path.read_bytes() == before


def test_the_report_counts_it_under_the_map(plots: Plots, run: Run, tmp_path: Path) -> None:
    page = tmp_path / "报告.html"
    run("coveragecheck", {"INPUT": reshape(plots(), plot0=box(0, 0, 110, 100)), "REPORT": str(page)})
    text = page.read_text(encoding="utf-8")
    assert "R4001" in text
    assert "1,000.00" in text
    assert 'class="red"' in text


@pytest.mark.slow
def test_the_farms_of_swellendam(run: Run, shared_data: Path, listener: Callable[..., Any]) -> None:
    """The figures of SOURCE.md there: 3,821 overlapping pairs, 354 under 1 m²; 93 holes that are more than rounding."""
    farms = shared_data / "parcels" / "za_swellendam" / "farms_33S.shp"
    feedback = listener()
    given = {"GAPS_ALLOWED": False, "MIN_AREA": 0.0}
    results = run("coveragecheck", {"INPUT": str(farms), **given}, feedback)
    rules = [rule for rule, _, _ in told(results)]
    assert rules.count("R3002") == 16
    assert rules.count("R3003") == 10
    overlaps = [row["area"] for row in features(results["OVERLAPS"])]
    assert len(overlaps) == 3821
    assert sum(area < 1 for area in overlaps) == pytest.approx(354, abs=2)
    assert rules.count("R4001") + rules.count("R3004") == len(overlaps)
    gaps = [row["area"] for row in features(results["GAPS"])]
    assert sum(area > 0 for area in gaps) == pytest.approx(93, abs=2)
    ids = [row["finding_id"] for row in features(results["FINDINGS"])]
    assert len(set(ids)) == len(ids)

    backwards = QgsVectorLayer(str(farms), "farms_33S", "ogr").materialize(
        QgsFeatureRequest().addOrderBy("$id", False)
    )
    again = run("coveragecheck", {"INPUT": backwards, **given})
    assert {row["finding_id"] for row in features(again["FINDINGS"])} == set(ids)
    assert feedback.said["error"] == []


def test_the_county_audit_tells_it_all_once(run: Run, root: Path, tmp_path: Path) -> None:
    truth = json.loads((root / "tests" / "demo_truth.json").read_text(encoding="utf-8"))
    shapes = [f for f in truth if f["rule"][:2] in ("R3", "R4")]
    told_of_shapes = {(f["rule"], f["key"], f["related"]) for f in shapes}
    results = tmp_path / "结果.gpkg"
    run("countyaudit", {"FOLDER": str(root / "resources" / "demo"), "RESULTS": str(results)})
    found = [(row["rule"], row["key"], row["related"]) for row in features(f"{results}|layername=findings")]
    of_shapes = [row for row in found if row[0][:2] in ("R3", "R4")]
    assert len(of_shapes) == len(set(of_shapes))
    assert set(of_shapes) == told_of_shapes
    overlaps = features(f"{results}|layername=overlaps")
    assert {(row["key"], row["other"]) for row in overlaps} == {
        (f["key"], f["related"]) for f in shapes if f["rule"] in ("R3004", "R4001") and f["role"] != "zone"
    }
    assert all(row.geometry().area() > 1 for row in overlaps)
    # Farmland may have gaps: an empty layer would say that there are none.
    assert not QgsVectorLayer(f"{results}|layername=gaps", "gaps", "ogr").isValid()
