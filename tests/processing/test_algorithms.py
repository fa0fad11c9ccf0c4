"""The three checks as a user runs them: parameters in, layers, numbers and a report out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeatureRequest,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingProvider,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)

from redline.core.findings import COLUMNS
from redline.processing.values import is_null

Plots = Callable[..., QgsVectorLayer]
Save = Callable[..., Path]
Run = Callable[..., dict[str, Any]]
Listening = Callable[..., Any]

COMMON = {"FINDINGS", "ERROR_COUNT", "WARNING_COUNT", "INFO_COUNT", "CHECKED_COUNT", "PASSED", "SUMMARY"}


def rows(layer: QgsVectorLayer) -> list[dict[str, Any]]:
    """The features' attributes by name, None for NULL."""
    names = [field.name() for field in layer.fields()]
    return [
        {name: None if is_null(feature[name]) else feature[name] for name in names} for feature in layer.getFeatures()
    ]


def found(results: dict[str, Any]) -> list[tuple[str, str]]:
    """Rule and key of every finding."""
    return [(row["rule"], row["key"]) for row in rows(results["FINDINGS"])]


@pytest.fixture
def register(tmp_path: Path) -> Callable[..., QgsVectorLayer]:
    """A register in CSV: number, village, class, area in 亩, person."""

    def make(*lines: str) -> QgsVectorLayer:
        path = tmp_path / "登记册.csv"
        head = "图斑编号,村代码,地类,图斑面积（亩）,责任人"
        path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
        return QgsVectorLayer(str(path), "登记册", "ogr")

    return make


class TestEllipsoidalArea:
    def test_features_come_out_with_their_areas(self, plots: Plots, run: Run) -> None:
        layer = plots(YJJBNTTBMJ=[10000.0, 9900.0, None])
        results = run("ellipsoidalarea", {"INPUT": layer})
        assert set(results) >= COMMON | {"OUTPUT"}
        output = results["OUTPUT"]
        assert [f.name() for f in output.fields()] == [
            *(f.name() for f in layer.fields()), "area_m2", "area_mu", "recorded_m2", "difference",
        ]  # fmt: skip
        first, second, third = rows(output)
        assert (first["area_m2"], first["area_mu"], first["recorded_m2"], first["difference"]) == (10000, 15, 10000, 0)
        assert (second["recorded_m2"], second["difference"]) == (9900, -100)
        assert (third["area_m2"], third["recorded_m2"], third["difference"]) == (10000, None, None)
        shapes = [[feature.geometry().asWkt() for feature in one.getFeatures()] for one in (output, layer)]
        assert shapes[0] == shapes[1]
        for name in [f.name() for f in layer.fields()]:
            assert [row[name] for row in rows(output)] == [row[name] for row in rows(layer)]

    def test_a_wrong_area_is_a_finding_at_its_place(self, plots: Plots, run: Run) -> None:
        results = run("ellipsoidalarea", {"INPUT": plots(YJJBNTTBMJ=[10000.0, 9900.0, 10000.0])})
        assert found(results) == [("R5001", "990101001001000001")]
        finding = next(results["FINDINGS"].getFeatures())
        assert finding.geometry().boundingBox().xMinimum() == 500_100
        assert finding["difference"] == pytest.approx(-100)
        assert (results["ERROR_COUNT"], results["PASSED"], results["CHECKED_COUNT"]) == (1, False, 3)

    def test_tolerances_decide(self, plots: Plots, run: Run) -> None:
        layer = plots(YJJBNTTBMJ=[10000.0, 9900.0, 10000.0])
        results = run("ellipsoidalarea", {"INPUT": layer, "REL_TOLERANCE": 2.0})
        assert results["ERROR_COUNT"] == 0
        assert results["PASSED"]

    def test_an_area_that_cannot_be_read_is_told_of_the_plot_by_its_number(self, run: Run) -> None:
        given = [("990101001001000001", "一亩多"), ("990101001001000002", "10000"), ("", "大约")]
        fields = "&".join(f"field={name}:string" for name in ("YJJBNTTBBH", "YJJBNTTBMJ"))
        layer = QgsVectorLayer(f"Polygon?crs=EPSG:4549&{fields}", "图斑", "memory")
        for place, attributes in enumerate(given):
            feature = QgsFeature(layer.fields())
            feature.setAttributes([*attributes])
            west = 500_000 + 100 * place
            feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(west, 3_400_000, west + 100, 3_400_100)))
            layer.dataProvider().addFeature(feature)
        told = found(run("ellipsoidalarea", {"INPUT": layer}))
        names = ["(500250,3400050)", "990101001001000001"]
        assert told == [(rule, name) for rule in ("R2002", "R6026") for name in names]

    @pytest.mark.parametrize(("factor", "unit"), [(0.0015, "mu"), (0.0001, "ha")])
    def test_wrong_unit_is_one_finding_and_the_areas_are_right(
        self, plots: Plots, run: Run, factor: float, unit: str
    ) -> None:
        layer = plots(10, YJJBNTTBMJ=[10000 * factor] * 10)
        results = run("ellipsoidalarea", {"INPUT": layer})
        assert [rule for rule, _ in found(results)] == ["R5005"]
        assert {row["recorded_m2"] for row in rows(results["OUTPUT"])} == {10000.0}
        told = run("ellipsoidalarea", {"INPUT": layer, "AREA_UNIT": unit})
        assert found(told) == []
        assert {row["difference"] for row in rows(told["OUTPUT"])} == {0.0}

    def test_a_chosen_field_of_any_name(self, plots: Plots, run: Run) -> None:
        layer = plots()
        layer.startEditing()
        layer.renameAttribute(layer.fields().indexOf("YJJBNTTBMJ"), "Anzahl qm")
        layer.commitChanges()
        assert rows(run("ellipsoidalarea", {"INPUT": layer})["OUTPUT"])[0]["recorded_m2"] is None
        results = run("ellipsoidalarea", {"INPUT": layer, "RECORDED": "Anzahl qm"})
        assert rows(results["OUTPUT"])[0]["recorded_m2"] == 10000

    def test_modes_differ_by_their_rounding_only(self, plots: Plots, run: Run) -> None:
        layer = plots(3)
        areas = [
            [row["area_m2"] for row in rows(run("ellipsoidalarea", {"INPUT": layer, "MODE": mode})["OUTPUT"])]
            for mode in ("official", "fast")
        ]
        assert areas[0] == pytest.approx(areas[1], abs=0.02)

    def test_shapes_that_cannot_be_measured_are_told(self, plots: Plots, run: Run) -> None:
        layer = plots(3)
        ids = [feature.id() for feature in layer.getFeatures()]
        ring = "500000 3400000,500100 3400100,500100 3400000,500000 3400100,500000 3400000"
        bow = QgsGeometry.fromWkt(f"POLYGON(({ring}))")
        layer.dataProvider().changeGeometryValues({ids[0]: QgsGeometry(), ids[1]: bow})
        results = run("ellipsoidalarea", {"INPUT": layer})
        assert found(results) == [("R3001", "990101001001000000"), ("R3002", "990101001001000001")]
        assert [feature.geometry().isNull() for feature in results["FINDINGS"].getFeatures()] == [True, False]
        assert results["OUTPUT"].featureCount() == 3

    def test_plots_without_shape_are_a_part_of_all_plots(self, plots: Plots, run: Run) -> None:
        layer = plots(60)
        ids = [feature.id() for feature in layer.getFeatures()][:25]
        layer.dataProvider().changeGeometryValues({number: QgsGeometry() for number in ids})
        told = found(run("ellipsoidalarea", {"INPUT": layer}))
        assert [rule for rule, _ in told] == ["R3001"] * 25
        assert all(key for _, key in told)

    def test_degrees_are_measured_as_degrees_and_findings_lie_right(self, plots: Plots, run: Run) -> None:
        import processing

        layer = plots(3, YJJBNTTBMJ=[10000.0, 9900.0, 10000.0])
        degrees = processing.run(
            "native:reprojectlayer", {"INPUT": layer, "TARGET_CRS": "EPSG:4490", "OUTPUT": "memory:"}
        )["OUTPUT"]
        results = run("ellipsoidalarea", {"INPUT": degrees})
        assert found(results) == [("R5001", "990101001001000001")]
        assert rows(results["OUTPUT"])[0]["area_m2"] == pytest.approx(10000, abs=0.02)
        assert results["OUTPUT"].crs().authid() == "EPSG:4490"
        finding = next(results["FINDINGS"].getFeatures())
        assert finding.geometry().area() == pytest.approx(10000, abs=5)

    @pytest.mark.parametrize("recorded", [10000.0, 15.0])
    @pytest.mark.parametrize("crs", ["EPSG:4528", "EPSG:4490"])
    def test_no_area_is_measured_where_the_system_cannot_be_the_layers(
        self, plots: Plots, run: Run, tmp_path: Path, crs: str, recorded: float
    ) -> None:
        layer = plots(3, YJJBNTTBMJ=[recorded] * 3)
        layer.setCrs(QgsCoordinateReferenceSystem(crs))
        results = run("ellipsoidalarea", {"INPUT": layer, "OUTPUT": str(tmp_path / "面积.gpkg")})
        assert found(results) == [("R1003", "")]
        output = rows(QgsVectorLayer(results["OUTPUT"], "面积", "ogr"))
        assert [(row["area_m2"], row["area_mu"], row["difference"]) for row in output] == [(None, None, None)] * 3
        assert [row["recorded_m2"] for row in output] == [recorded] * 3

    def test_one_plot_in_another_zone_leaves_no_area_that_is_none(self, plots: Plots, run: Run) -> None:
        layer = plots(3)
        moved = next(layer.getFeatures()).geometry()
        moved.translate(39_000_000, 0)
        layer.dataProvider().changeGeometryValues({max(layer.allFeatureIds()): moved})
        results = run("ellipsoidalarea", {"INPUT": layer})
        assert found(results) == [("R1003", "")]
        assert {row["area_m2"] for row in rows(results["OUTPUT"])} == {None}

    def test_areas_computed_twice_do_not_hide_one_another(self, plots: Plots, run: Run) -> None:
        once = run("ellipsoidalarea", {"INPUT": plots()})["OUTPUT"]
        twice = run("ellipsoidalarea", {"INPUT": once})["OUTPUT"]
        names = [field.name() for field in twice.fields()]
        assert len(set(names)) == len(names) == len(once.fields()) + 4


class TestFourWayCheck:
    def test_all_agree(
        self, plots: Plots, register: Callable[..., QgsVectorLayer], run: Run, listener: Listening
    ) -> None:
        table = register(*(f"990101001001{n:06d},990101001001,水田,15.00,王五" for n in range(3)))
        feedback = listener()
        results = run("fourwaycheck", {"MAP": plots(), "REGISTER": table}, feedback)
        assert set(results) >= COMMON | {"PLOT_STATUS", "UNIT_BALANCE", "AGREEMENT_RATE"}
        assert found(results) == []
        assert (results["PASSED"], results["AGREEMENT_RATE"], results["CHECKED_COUNT"]) == (True, 1.0, 3)
        assert "图斑编号" in feedback.log
        assert {row["status"] for row in rows(results["PLOT_STATUS"])} == {"consistent"}
        assert [field.name() for field in results["FINDINGS"].fields()] == list(COLUMNS[:-1])

    def test_what_the_design_promises_of_its_tables(self, plots: Plots, run: Run) -> None:
        results = run("fourwaycheck", {"MAP": plots()})
        assert [field.name() for field in results["PLOT_STATUS"].fields()] == [
            "key", "unit", "in_map", "in_register", "in_plots", "map_area", "geometry_area", "register_area",
            "plots_area", "difference", "agreement", "status",
        ]  # fmt: skip
        balance = [field.name() for field in results["UNIT_BALANCE"].fields()]
        promised = [
            "unit", "unit_name", "class", "map_count", "map_area", "register_count", "register_area", "table_count",
            "table_area", "plots_count", "plots_area", "difference",
        ]  # fmt: skip
        assert [name for name in balance if name in promised] == promised
        status = rows(results["PLOT_STATUS"])[0]
        assert (status["in_map"], status["in_register"], status["in_plots"]) == (True, None, None)

    def test_differences_are_told_by_plot(
        self, plots: Plots, register: Callable[..., QgsVectorLayer], run: Run
    ) -> None:
        table = register(
            "990101001001000000,990101001001,水田,15.00,王五", "990101001001000001,990101001001,水田,16.00,王五",
            "990101001001000009,990101001001,水田,15.00,王五",
        )  # fmt: skip
        results = run("fourwaycheck", {"MAP": plots(), "REGISTER": table})
        assert found(results) == [
            ("R6001", "990101001001000002"), ("R6002", "990101001001000009"), ("R6003", "990101001001000001"),
        ]  # fmt: skip
        statuses = {row["key"][-1]: row["status"] for row in rows(results["PLOT_STATUS"])}
        assert statuses == {"0": "consistent", "1": "area_differs", "2": "missing_register", "9": "missing_map"}

    def test_unit_of_the_register_by_parameter(
        self, plots: Plots, tmp_path: Path, run: Run
    ) -> None:
        path = tmp_path / "册.csv"
        lines = [f"990101001001{n:06d},990101001001,水田,1.0000" for n in range(3)]
        path.write_text("\n".join(["图斑编号,村代码,地类,图斑面积", *lines]) + "\n", encoding="utf-8")
        results = run("fourwaycheck", {"MAP": plots(), "REGISTER": str(path), "REGISTER_AREA_UNIT": "ha"})
        assert found(results) == []

    def test_fields_by_parameter(self, plots: Plots, tmp_path: Path, run: Run) -> None:
        path = tmp_path / "t.csv"
        lines = [f"990101001001{n:06d},99,15.00" for n in range(3)]
        path.write_text("\n".join(["col1,col2,col3", *lines]) + "\n", encoding="utf-8")
        given = {"MAP": plots(), "REGISTER": str(path), "REGISTER_AREA_UNIT": "mu"}
        results = run("fourwaycheck", {**given, "REGISTER_KEY": "col1", "REGISTER_AREA": "col3"})
        assert found(results) == []

    def test_ground_plots_in_another_zone_are_compared_in_the_maps(self, plots: Plots, run: Run) -> None:
        import processing

        layer = plots()
        other = processing.run(
            "native:reprojectlayer", {"INPUT": layer, "TARGET_CRS": "EPSG:4528", "OUTPUT": "memory:"}
        )["OUTPUT"]
        results = run("fourwaycheck", {"MAP": layer, "PLOTS": other})
        assert found(results) == []
        assert min(row["agreement"] for row in rows(results["PLOT_STATUS"])) > 0.9999

    def test_selected_features_only(self, plots: Plots, run: Run) -> None:
        layer = plots()
        QgsProject.instance().addMapLayer(layer)
        try:
            layer.selectByIds([feature.id() for feature in layer.getFeatures() if feature[0].endswith("1")])
            results = run("fourwaycheck", {"MAP": QgsProcessingFeatureSourceDefinition(layer.id(), True)})
            assert [row["key"] for row in rows(results["PLOT_STATUS"])] == ["990101001001000001"]
        finally:
            QgsProject.instance().removeMapLayer(layer.id())

    def test_selected_features_of_a_gbk_shapefile(
        self, plots: Plots, save: Save, run: Run, listener: Listening
    ) -> None:
        path = save(plots(), "图斑.shp", "ESRI Shapefile", "GBK")
        path.with_suffix(".cpg").unlink()
        layer = QgsVectorLayer(str(path), "图斑", "ogr")
        QgsProject.instance().addMapLayer(layer)
        try:
            chosen = [feature.id() for feature in layer.getFeatures() if feature[0].endswith("1")]
            layer.selectByIds(chosen)
            feedback = listener()
            results = run("fourwaycheck", {"MAP": QgsProcessingFeatureSourceDefinition(layer.id(), True)}, feedback)
            assert [row["key"] for row in rows(results["PLOT_STATUS"])] == ["990101001001000001"]
            assert "GB18030" in feedback.log
            assert rows(results["UNIT_BALANCE"])
            assert any(row["unit_name"] == "示范一村" for row in rows(results["UNIT_BALANCE"]))
        finally:
            QgsProject.instance().removeMapLayer(layer.id())

    def test_layer_without_crs_is_checked_all_the_same(self, plots: Plots, run: Run) -> None:
        layer = plots()
        layer.setCrs(QgsCoordinateReferenceSystem())
        results = run("fourwaycheck", {"MAP": layer})
        assert ("R1003", "") in found(results)
        assert results["PLOT_STATUS"].featureCount() == 3

    def test_findings_do_not_depend_on_the_order(
        self, plots: Plots, register: Callable[..., QgsVectorLayer], run: Run
    ) -> None:
        table = register("990101001001000000,990101001001,水田,16.00,王五")
        layer = plots(5)
        backwards = layer.materialize(QgsFeatureRequest().addOrderBy('"YJJBNTTBBH"', False))
        assert next(backwards.getFeatures())[0].endswith("4")
        one, other = (run("fourwaycheck", {"MAP": given, "REGISTER": table}) for given in (layer, backwards))
        assert rows(one["FINDINGS"]) == rows(other["FINDINGS"])
        assert rows(one["PLOT_STATUS"]) == rows(other["PLOT_STATUS"])


class TestFiveDuties:
    def test_duties_of_every_plot(self, plots: Plots, tmp_path: Path, run: Run) -> None:
        path = tmp_path / "登记册.csv"
        path.write_text(
            "图斑编号,村代码,图斑面积（亩）,责任人,责任书编号,保护期起,保护期止\n"
            "990101001001000000,990101001001,15.00,王五,示永责〔2024〕1号,2024-01-01,2034-12-31\n"
            "990101001001000001,990101001001,15.00,,示永责〔2024〕1号,2024-01-01,2034-12-31\n",
            encoding="utf-8",
        )
        results = run("fiveduties", {"MAP": plots(2), "REGISTER": str(path), "ON_DATE": "2026-06-01"})
        assert [field.name() for field in results["PLOT_DUTIES"].fields()] == (
            ["key", "unit", "parcel", "area", "people", "responsibility", "atlas"]
        )
        assert [row["people"] for row in rows(results["PLOT_DUTIES"])] == [True, False]
        assert [row["atlas"] for row in rows(results["PLOT_DUTIES"])] == [None, None]
        late = run("fiveduties", {"MAP": plots(2), "REGISTER": str(path), "ON_DATE": "2036-01-01"})
        assert [row["responsibility"] for row in rows(late["PLOT_DUTIES"])] == [False, False]

    def test_the_day_is_today_where_none_is_given(self, plots: Plots, run: Run) -> None:
        assert run("fiveduties", {"MAP": plots(1)})["CHECKED_COUNT"] == 1


class TestReport:
    def test_is_one_file_that_needs_no_network(self, plots: Plots, run: Run, tmp_path: Path) -> None:
        path = tmp_path / "报告.html"
        results = run("fourwaycheck", {"MAP": plots(YJJBNTTBMJ=[1.0, 10000.0, 10000.0]), "REPORT": str(path)})
        page = path.read_text(encoding="utf-8")
        assert results["REPORT"] == str(path)
        assert "990101001001000000" in page
        assert "永久基本农田" in page
        assert 'src="http' not in page

    def test_is_not_written_unless_asked_for(self, plots: Plots, run: Run) -> None:
        assert "REPORT" not in run("fourwaycheck", {"MAP": plots()})


class TestProvider:
    @pytest.fixture(params=["fourwaycheck", "fiveduties", "ellipsoidalarea"])
    def algorithm(self, provider: QgsProcessingProvider, request: pytest.FixtureRequest) -> Any:
        return provider.algorithm(request.param)

    def test_can_be_found_in_both_languages(self, algorithm: Any) -> None:
        tags = algorithm.tags()
        assert any(tag.isascii() for tag in tags)
        assert any(not tag.isascii() for tag in tags)

    def test_says_what_it_is_for(self, algorithm: Any, root: Path) -> None:
        described = algorithm.shortHelpString()
        assert len(described) > 300
        assert algorithm.shortDescription() in described
        page, _, anchor = algorithm.helpUrl().partition("#")
        guide = root / "docs" / "guide" / page.rsplit("/", 1)[1]
        assert f'<a id="{anchor}"></a>' in guide.read_text(encoding="utf-8")
        assert not algorithm.icon().isNull()
        assert algorithm.group()

    def test_help_of_the_desktop_names_every_input(
        self, algorithm: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(QgsApplication, "platform", staticmethod(lambda: "desktop"))
        described = algorithm.create().shortHelpString()
        for parameter in algorithm.parameterDefinitions():
            if parameter.help():
                assert f"<b>{parameter.description()}</b>" in described

    def test_every_instance_is_its_own(self, algorithm: Any) -> None:
        one, other = algorithm.create(), algorithm.create()
        assert one.inputs is not other.inputs
        assert len(one.inputs) == len(other.inputs) == len(algorithm.inputs)

    def test_field_parameters_are_optional_and_advanced(self, algorithm: Any) -> None:
        for parameter in algorithm.parameterDefinitions():
            if parameter.type() == "field":
                assert parameter.flags() & parameter.Flag.FlagOptional
                if parameter.name() != "RECORDED":
                    assert parameter.flags() & parameter.Flag.FlagAdvanced


class TestStyles:
    def test_loaded_layers_are_styled_and_named(self, provider: QgsProcessingProvider, plots: Plots) -> None:
        import processing

        layer = plots()
        project = QgsProject()
        context = QgsProcessingContext()
        context.setProject(project)
        results = processing.run(
            "redline:fourwaycheck", {"MAP": layer, "FINDINGS": "memory:", "PLOT_STATUS": "memory:",
                                     "UNIT_BALANCE": "memory:"}, context=context,
        )  # fmt: skip
        assert results["PLOT_STATUS"].renderer().type() == "singleSymbol"
        from redline.processing.styles import apply_style

        assert apply_style(results["PLOT_STATUS"], "plot_status", "zh")
        renderer = results["PLOT_STATUS"].renderer()
        assert renderer.type() == "categorizedSymbol"
        assert "一致" in [category.label() for category in renderer.categories()]
        assert results["PLOT_STATUS"].attributeAlias(0) == "图斑编号"

    def test_post_processors_live_until_they_are_needed(self, provider: QgsProcessingProvider, plots: Plots) -> None:
        import gc

        from qgis.core import QgsProcessingFeedback, QgsProcessingOutputLayerDefinition

        project = QgsProject()
        context = QgsProcessingContext()
        context.setProject(project)
        algorithm = provider.algorithm("fourwaycheck").create()
        sinks = {
            name: QgsProcessingOutputLayerDefinition("memory:", project)
            for name in ("FINDINGS", "PLOT_STATUS", "UNIT_BALANCE")
        }
        results, fine = algorithm.run({"MAP": plots(), **sinks}, context, QgsProcessingFeedback())
        assert fine
        del algorithm
        gc.collect()
        details = context.layersToLoadOnCompletion()
        assert len(details) == 3
        for destination, detail in details.items():
            layer = context.getMapLayer(destination)
            detail.postProcessor().postProcessLayer(layer, context, QgsProcessingFeedback())
        assert context.getMapLayer(results["PLOT_STATUS"]).renderer().type() == "categorizedSymbol"


def test_first_plots_in_another_unit_than_most_do_not_decide(plots: Plots, run: Run, monkeypatch: Any) -> None:
    """A chunk of 亩 before many chunks of m²: all areas come out as m², and the first are what is wrong."""
    from redline.processing import layers

    monkeypatch.setattr(layers, "CHUNK", 6)
    layer = plots(36, YJJBNTTBMJ=[15.0] * 6 + [10000.0] * 30)
    results = run("ellipsoidalarea", {"INPUT": layer})
    recorded = [row["recorded_m2"] for row in rows(results["OUTPUT"])]
    assert recorded == [15.0] * 6 + [10000.0] * 30
    assert found(results) == [("R5001", f"990101001001{number:06d}") for number in range(6)]
    assert len(list(results["FINDINGS"].getFeatures())) == 6
    assert {feature.geometry().isNull() for feature in results["FINDINGS"].getFeatures()} == {False}


def test_areas_of_a_table_cut_short_are_told_with_the_numbers(
    plots: Plots, save: Save, run: Run, tmp_path: Path
) -> None:
    path, page = save(plots(9), "永久基本农田.shp", "ESRI Shapefile"), tmp_path / "报告.html"
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes()[: len(table.read_bytes()) // 2])
    count = run("ellipsoidalarea", {"INPUT": str(path), "REPORT": str(page)})["CHECKED_COUNT"]
    assert 0 < count < 9
    assert f"only {count} of 9" in page.read_text(encoding="utf-8")


def test_chunks_make_no_difference(plots: Plots, run: Run, monkeypatch: Any) -> None:
    from redline.processing import layers

    layer = plots(23, YJJBNTTBMJ=[10000.0 + (number % 7 == 3) * 200 for number in range(23)])
    whole = run("ellipsoidalarea", {"INPUT": layer})
    monkeypatch.setattr(layers, "CHUNK", 5)
    parts = run("ellipsoidalarea", {"INPUT": layer})
    assert rows(whole["OUTPUT"]) == rows(parts["OUTPUT"])
    assert rows(whole["FINDINGS"]) == rows(parts["FINDINGS"])
    assert whole["ERROR_COUNT"] == 3
