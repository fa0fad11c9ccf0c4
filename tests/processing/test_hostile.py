"""Whatever is given, the user gets findings or one sentence, never a traceback, and never loses a file."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from osgeo import ogr, osr
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingProvider,
    QgsVectorLayer,
)

from redline.core.errors import InputError
from redline.processing import algorithm as base
from redline.processing.algorithm import RedlineAlgorithm, language, missing_libraries
from redline.processing.values import is_null

Plots = Callable[..., QgsVectorLayer]
Save = Callable[..., Path]
Run = Callable[..., dict[str, Any]]
Listening = Callable[..., Any]

INPUTS = {"fourwaycheck": "MAP", "fiveduties": "MAP", "ellipsoidalarea": "INPUT"}
BOW = "POLYGON((500000 3400000,500100 3400100,500100 3400000,500000 3400100,500000 3400000))"


def memory(definition: str, *features: tuple[str, list[Any]]) -> QgsVectorLayer:
    """A memory layer with these features, as WKT and attributes."""
    layer = QgsVectorLayer(definition, "层", "memory")
    for wkt, attributes in features:
        feature = QgsFeature(layer.fields())
        feature.setAttributes(attributes)
        if wkt:
            feature.setGeometry(QgsGeometry.fromWkt(wkt))
        assert layer.dataProvider().addFeature(feature)
    return layer


HOSTILE = {
    "all shapes missing": lambda d: memory(d, ("", ["1", 1.0]), ("", ["2", 2.0])),
    "all shapes invalid": lambda d: memory(d, (BOW, ["1", 1.0]), (BOW, ["1", None])),
    "shapes that GEOS refuses": lambda d: memory(d, ("POLYGON((0 0,1 1))", ["1", 1.0])),
    "far outside the world": lambda d: memory(d, ("POLYGON((1e18 1e18,2e18 1e18,2e18 2e18,1e18 1e18))", ["1", 1.0])),
    "keys of all kinds": lambda d: memory(d, (BOW, ["'=1+1\x00\u202e𠮷<b>&{0}%s", 1.0]), (BOW, ["NULL", -1e300])),
}


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("crs", ["EPSG:4549", "EPSG:4490", "EPSG:2154"])
def test_hostile_layers_give_findings(run: Run, tmp_path: Path, name: str, case: str, crs: str) -> None:
    layer = HOSTILE[case](f"Polygon?crs={crs}&field=YJJBNTTBBH:string&field=YJJBNTTBMJ:double")
    results = run(name, {INPUTS[name]: layer, "REPORT": str(tmp_path / "r.html")})
    assert results["CHECKED_COUNT"] >= 0
    assert (tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!")


@pytest.mark.parametrize("name", INPUTS)
def test_a_layer_without_fields(run: Run, listener: Listening, name: str) -> None:
    feedback = listener()
    try:
        run(name, {INPUTS[name]: memory("Polygon?crs=EPSG:4549", (BOW, []))}, feedback)
    except QgsProcessingException as error:
        assert_is_a_sentence(str(error), feedback)


@pytest.mark.parametrize("name", INPUTS)
def test_a_table_in_place_of_a_layer_is_a_sentence(run: Run, tmp_path: Path, listener: Listening, name: str) -> None:
    path = tmp_path / "表.csv"
    path.write_text("图斑编号,面积\n1,2\n", encoding="utf-8")
    feedback = listener()
    with pytest.raises(QgsProcessingException) as error:
        run(name, {INPUTS[name]: str(path)}, feedback)
    assert_is_a_sentence(str(error.value), feedback)


def test_points_in_place_of_polygons_are_a_finding(run: Run) -> None:
    layer = memory("Point?crs=EPSG:4549&field=YJJBNTTBBH:string", ("POINT(500000 3400000)", ["1"]))
    results = run("ellipsoidalarea", {"INPUT": layer})
    assert "R1005" in [feature["rule"] for feature in results["FINDINGS"].getFeatures()]


@pytest.mark.parametrize("name", ["ellipsoidalarea", "fourwaycheck"])
def test_two_fields_that_may_be_meant_are_a_sentence(run: Run, listener: Listening, name: str) -> None:
    areas = "field=图斑面积（亩）:double&field=图斑面积（m2）:double"
    layer = memory(f"Polygon?crs=EPSG:4549&field=图斑编号:string&{areas}", (BOW, ["1", 1.0, 1.0]))
    feedback = listener()
    with pytest.raises(QgsProcessingException, match=r"图斑面积（亩）.*图斑面积（m2）") as error:
        run(name, {INPUTS[name]: layer}, feedback)
    assert_is_a_sentence(str(error.value), feedback)
    other = "RECORDED" if name == "ellipsoidalarea" else "MAP_AREA"
    assert run(name, {INPUTS[name]: layer, other: "图斑面积（m2）"})["CHECKED_COUNT"] == 1


def test_a_chosen_field_that_is_gone_is_a_sentence(plots: Plots, run: Run, listener: Listening) -> None:
    feedback = listener()
    with pytest.raises(QgsProcessingException) as error:
        run("fourwaycheck", {"MAP": plots(), "MAP_KEY": "不存在"}, feedback)
    assert "不存在" in str(error.value) + " ".join(feedback.said["error"])
    assert_is_a_sentence(str(error.value), feedback)


def assert_is_a_sentence(message: str, feedback: Any) -> None:
    """No traceback in what the user reads, nor a bare exception."""
    seen = "\n".join([message, *feedback.said["error"], *feedback.said["info"], *feedback.said["warning"]])
    assert "Traceback" not in seen
    assert ".py" not in seen
    assert not re.search(r"\b(KeyError|TypeError|ValueError|AttributeError|IndexError)\b", seen), seen


class Failing(RedlineAlgorithm):
    """An algorithm that ends as it is told to."""

    error: Exception

    def name(self) -> str:
        return "failing"

    def displayName(self) -> str:
        return "failing"

    def groupId(self) -> str:
        return "consistency"

    def purpose(self) -> str:
        return "Fails."

    def declare(self) -> None:
        pass

    def process(self, parameters: dict[str, Any], context: Any, progress: Any) -> dict[str, Any]:
        raise self.error


class TestErrors:
    def ended(self, error: Exception, feedback: Any) -> Any:
        algorithm = Failing()
        algorithm.error = error
        return algorithm.processAlgorithm({}, QgsProcessingContext(), feedback)

    def test_the_unexpected_is_one_sentence_and_its_way_goes_to_the_debug_log(
        self, qgis_app: Any, listener: Listening
    ) -> None:
        feedback = listener()
        with pytest.raises(QgsProcessingException) as error:
            self.ended(KeyError("geometry"), feedback)
        assert "KeyError" in str(error.value)
        assert "\n" not in str(error.value)
        assert "Traceback" in feedback.said["debug"][0]
        assert error.value.__cause__ is None

    def test_input_errors_speak_for_themselves(self, qgis_app: Any, listener: Listening) -> None:
        feedback = listener()
        with pytest.raises(QgsProcessingException, match="图层“图”中没有字段“甲”"):
            self.ended(InputError("field_absent", "zh", layer="图", field="甲", has="乙"), feedback)
        assert feedback.said["debug"] == []

    def test_memory_is_named(self, qgis_app: Any, listener: Listening) -> None:
        with pytest.raises(QgsProcessingException, match="memory"):
            self.ended(MemoryError(), listener())

    def test_cancelling_is_quiet(self, qgis_app: Any, listener: Listening) -> None:
        from redline.core.progress import Cancelled

        feedback = listener()
        assert self.ended(Cancelled(), feedback) == {}
        assert feedback.said["error"] == []


class TestFiles:
    """No output lands on an input, nor two in one file."""

    def test_output_over_the_input_is_refused(self, plots: Plots, save: Save, run: Run) -> None:
        path = save(plots(), "图.gpkg", "GPKG")
        before = path.read_bytes()
        with pytest.raises(QgsProcessingException, match="overwrite"):
            run("ellipsoidalarea", {"INPUT": f"{path}|layername=图", "OUTPUT": str(path)})
        assert path.read_bytes() == before

    def test_two_outputs_in_one_file_are_refused(self, plots: Plots, run: Run, tmp_path: Path) -> None:
        path = str(tmp_path / "out.gpkg")
        with pytest.raises(QgsProcessingException, match="overwrite"):
            run("fourwaycheck", {"MAP": plots(), "FINDINGS": path, "PLOT_STATUS": path})

    def test_outputs_in_files_of_their_own(self, plots: Plots, save: Save, run: Run, tmp_path: Path) -> None:
        path = save(plots(), "图.gpkg", "GPKG")
        before = path.read_bytes()
        sinks = {name: str(tmp_path / f"{name}.gpkg") for name in ("FINDINGS", "PLOT_STATUS", "UNIT_BALANCE")}
        run("fourwaycheck", {"MAP": f"{path}|layername=图", **sinks})
        assert all(QgsVectorLayer(sink, "r", "ogr").isValid() for sink in sinks.values())
        assert path.read_bytes() == before

    def test_shapefile_and_csv_results(self, plots: Plots, run: Run, tmp_path: Path) -> None:
        layer = plots(YJJBNTTBMJ=[1.0, 10000.0, 10000.0])
        sinks = {"FINDINGS": str(tmp_path / "f.shp"), "PLOT_STATUS": str(tmp_path / "s.shp"),
                 "UNIT_BALANCE": str(tmp_path / "u.csv")}  # fmt: skip
        run("fourwaycheck", {"MAP": layer, **sinks})
        assert next(QgsVectorLayer(sinks["FINDINGS"], "f", "ogr").getFeatures())["rule"] == "R5001"
        assert QgsVectorLayer(sinks["PLOT_STATUS"], "s", "ogr").featureCount() == 3


class TestLibraries:
    def test_all_are_here(self, provider: QgsProcessingProvider) -> None:
        assert missing_libraries() == []
        assert provider.algorithm("fourwaycheck").canExecute() == (True, "")

    @pytest.mark.parametrize("version", [None, "1.8.5"], ids=["absent", "too old"])
    def test_shapely_missing_is_one_sentence(
        self, provider: QgsProcessingProvider, monkeypatch: pytest.MonkeyPatch, version: str | None
    ) -> None:
        find, ask = base.util.find_spec, metadata.version
        monkeypatch.setattr(base.util, "find_spec", lambda n: None if (n, version) == ("shapely", None) else find(n))
        monkeypatch.setattr(metadata, "version", lambda n: version if n == "shapely" and version else ask(n))
        able, reason = provider.algorithm("fourwaycheck").create().canExecute()
        assert not able
        assert "shapely>=2.0" in reason
        assert "pip install" in reason
        assert "pandas" not in reason
        assert "\n" not in reason

    def test_version_without_metadata_counts_as_present(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown(name: str) -> str:
            raise metadata.PackageNotFoundError(name)

        monkeypatch.setattr(metadata, "version", unknown)
        assert missing_libraries() == []


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("zh_CN", "zh"), ("zh-Hans", "zh"), ("zh", "zh"), ("zh_TW", "zh"), ("en_US", "en"), ("C", "en"), ("", "en"),
     (None, "en")],
)  # fmt: skip
def test_language_follows_the_locale(
    qgis_app: Any, monkeypatch: pytest.MonkeyPatch, locale: str | None, expected: str
) -> None:
    monkeypatch.setattr(base.QgsApplication, "locale", staticmethod(lambda: locale))
    assert language() == expected


SQUARE = "POLYGON((500000 3400000,500100 3400000,500100 3400100,500000 3400100,500000 3400000))"
STRAYS = (
    "POINT(500050 3400050)", "LINESTRING(500000 3400000,500100 3400100)",
    f"GEOMETRYCOLLECTION({SQUARE},POINT(500050 3400050))", "MULTIPOINT((500001 3400001),(500002 3400002))",
)  # fmt: skip


def mixed(path: Path, kind: int) -> QgsVectorLayer:
    """A layer of a GeoPackage with a square of one hectare, shapes that are no areas, and the square again."""
    system = osr.SpatialReference()
    system.ImportFromEPSG(4549)
    data = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = data.CreateLayer("图", system, kind)
    for name, type_ in (("YJJBNTTBBH", ogr.OFTString), ("YJJBNTTBMJ", ogr.OFTReal)):
        layer.CreateField(ogr.FieldDefn(name, type_))
    for number, wkt in enumerate((SQUARE, *STRAYS, SQUARE)):
        feature = ogr.Feature(layer.GetLayerDefn())
        feature["YJJBNTTBBH"], feature["YJJBNTTBMJ"] = str(number), 10000.0
        feature.SetGeometry(ogr.CreateGeometryFromWkt(wkt))
        layer.CreateFeature(feature)
    del feature, layer, data  # in this order
    return QgsVectorLayer(f"{path}|layername=图", "图", "ogr")


@pytest.mark.parametrize("output", ["memory:", "面积.gpkg", "areas.shp"])
@pytest.mark.parametrize("kind", ["wkbPolygon", "wkbMultiPolygon", "wkbUnknown"])
def test_stray_shapes_among_polygons_are_told_and_stop_nothing(
    run: Run, tmp_path: Path, kind: str, output: str
) -> None:
    layer = mixed(tmp_path / "图.gpkg", getattr(ogr, kind))
    assert layer.featureCount() == 2 + len(STRAYS)
    results = run("ellipsoidalarea", {"INPUT": layer, "OUTPUT": output if ":" in output else str(tmp_path / output)})
    areas = results["OUTPUT"]
    areas = QgsVectorLayer(areas, "面积", "ogr") if isinstance(areas, str) else areas
    assert [feature["area_m2"] if feature.hasGeometry() else None for feature in areas.getFeatures()] == [
        10000.0, None, None, None, None, 10000.0,
    ]  # fmt: skip
    assert all(is_null(feature["area_m2"]) for feature in areas.getFeatures() if not feature.hasGeometry())
    told = {feature["key"]: feature for feature in results["FINDINGS"].getFeatures()}
    assert {feature["rule"] for feature in told.values()} == {"R3011"}
    assert sorted(told) == ["1", "2", "3", "4"]
    assert "(500050.000, 3400050.000)" in told["1"]["message"]


@pytest.mark.parametrize("output", ["memory:", "副本.gpkg"])
@pytest.mark.parametrize("kind", ["wkbPolygon", "wkbMultiPolygon"])
def test_stray_shapes_stop_no_repaired_copy(
    run: Run, tmp_path: Path, kind: str, output: str, listener: Listening
) -> None:
    heard = listener()
    copy = output if ":" in output else str(tmp_path / output)
    given = mixed(tmp_path / "图.gpkg", getattr(ogr, kind))
    found = run("schemacheck", {"INPUT": given, "PROFILE": "pbf2021", "REPAIRED": copy}, heard)["REPAIRED"]
    found = QgsVectorLayer(found, "副本", "ogr") if isinstance(found, str) else found
    assert [feature["YJJBNTTBBH"] for feature in found.getFeatures()] == [*"012345"]
    # A GeoPackage has an empty shape where there is none.
    shapes = [feature.geometry() for feature in found.getFeatures()]
    assert [shape.isEmpty() for shape in shapes] == [False, *[True] * 4, False]
    (said,) = [line for line in heard.said["info"] if line.startswith("图") and f"{len(STRAYS)} shapes" in line]
    assert "Polygon" in said


def test_a_layer_of_collections_comes_out_whole(run: Run, tmp_path: Path) -> None:
    """QGIS gives it no coordinate system, which is told."""
    results = run("ellipsoidalarea", {"INPUT": mixed(tmp_path / "图.gpkg", ogr.wkbGeometryCollection)})
    assert [feature.hasGeometry() for feature in results["OUTPUT"].getFeatures()] == [True, *[False] * 4, True]
    assert {feature["rule"] for feature in results["FINDINGS"].getFeatures()} == {"R1003", "R3011"}


def test_a_few_of_many_plots_without_shapes_are_told_one_by_one(run: Run) -> None:
    """20 of 30, which is not the trouble of the whole layer."""
    definition = "Polygon?crs=EPSG:4549&field=YJJBNTTBBH:string&field=YJJBNTTBMJ:double"
    layer = memory(definition, *((SQUARE if n < 10 else "", [str(n), 10000.0]) for n in range(30)))
    results = run("ellipsoidalarea", {"INPUT": layer})
    assert [(one["rule"], one["key"]) for one in results["FINDINGS"].getFeatures()] == [
        ("R3001", str(n)) for n in range(10, 30)
    ]
