"""Functions of expressions: right by worked examples, nothing of nothing, wrong in a sentence, gone with the plugin."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from qgis.core import (
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)

from redline import classFactory
from redline.core.geometry.sheets import sheet_number
from redline.plugin import RedlinePlugin
from redline.processing.expressions import UnitNames

NAMES = ("redline_area", "redline_mu", "redline_sheet", "redline_masked", "redline_unit_name")


@pytest.fixture(autouse=True)
def door(qgis_processing: None) -> Iterator[RedlinePlugin]:
    """The plugin as qgis_process loads it."""
    QgsProject.instance().clear()
    plugin = classFactory(None)
    plugin.initProcessing()
    yield plugin
    plugin.unload()
    QgsProject.instance().clear()


def evaluated(expression: str, layer: QgsVectorLayer | None = None, geometry: QgsGeometry | None = None) -> Any:
    """The value of an expression; the words of its error where it has one."""
    parsed = QgsExpression(expression)
    assert not parsed.hasParserError(), parsed.parserErrorString()
    context = QgsExpressionContext()
    for scope in QgsExpressionContextUtils.globalProjectLayerScopes(layer) if layer else ():
        context.appendScope(scope)
    feature = QgsFeature(layer.fields()) if layer else QgsFeature()
    if geometry is not None:
        feature.setGeometry(geometry)
    context.setFeature(feature)
    parsed.prepare(context)
    value = parsed.evaluate(context)
    return ("error", parsed.evalErrorString()) if parsed.hasEvalError() else value


def box(x: float, y: float, width: float, height: float) -> QgsGeometry:
    return QgsGeometry.fromRect(QgsRectangle(x, y, x + width, y + height))


def test_they_are_there_with_help_and_gone_with_the_plugin(door: RedlinePlugin) -> None:
    for name in NAMES:
        assert QgsExpression.isFunctionName(name)
        function = QgsExpression.Functions()[QgsExpression.functionIndex(name)]
        assert function.groups() == ["Redline 耕地红线"]
        assert f"<code>{name}(" in function.helpText()
    door.unload()
    assert not [name for name in NAMES if QgsExpression.isFunctionName(name)]
    assert QgsExpression("redline_mu(1)").hasParserError()
    door.initProcessing()
    assert evaluated("redline_mu(2000)") == 3.0


def test_the_area_is_that_of_the_official_tool() -> None:
    import processing

    layer = QgsVectorLayer("Polygon?crs=EPSG:4549&field=YJJBNTTBBH:string", "YJJBNTBHTB", "memory")
    for number in range(3):
        feature = QgsFeature(layer.fields())
        feature.setAttributes([str(number)])
        feature.setGeometry(box(560_000 + 7_000 * number, 3_400_000, 90 + 100 * number, 500))
        layer.dataProvider().addFeatures([feature])
    made = processing.run("redline:ellipsoidalarea", {"INPUT": layer, "OUTPUT": "memory:", "FINDINGS": "memory:"})
    wanted = [feature["area_m2"] for feature in made["OUTPUT"].getFeatures()]
    for feature, area in zip(layer.getFeatures(), wanted):
        assert abs(area - feature.geometry().area()) > 1
        assert evaluated("redline_area($geometry)", layer, feature.geometry()) == area
        assert evaluated("redline_area($geometry, 'EPSG:4549')", None, feature.geometry()) == area


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("redline_mu(2000)", 3.0),
        ("redline_mu(2000/3.0, 0)", 1.0),
        ("redline_mu(1000)", 1.5),
        ("redline_mu(3.33)", 0.0),  # 3.33 m² = 0.004995 mu
        ("redline_mu(3.34)", 0.01),  # 3.34 m² = 0.00501 mu
        ("redline_mu(3.33, 4)", 0.005),
        ("redline_mu(-2000)", -3.0),
        ("redline_mu('１２３４.５')", 1.85),
        ("redline_masked('王五 13812345678')", "王五 138****5678"),
        ("redline_masked('11010519491231002X')", "110105********002X"),
        ("redline_masked('990101001001000123')", "990101001001000123"),
    ],
)
def test_worked_examples(expression: str, value: Any) -> None:
    assert evaluated(expression) == value


@pytest.mark.parametrize("scale", [1_000_000, 10_000, 2_000, 500])
def test_the_sheet_of_a_place(scale: int) -> None:
    point = QgsGeometry.fromWkt("POINT (116.461 39.917)")
    assert evaluated(f"redline_sheet($geometry, {scale}, 'EPSG:4490')", None, point) == sheet_number(
        116.461, 39.917, scale
    )


def test_the_sheet_of_the_standard_s_example_and_of_a_horseshoe() -> None:
    """GB/T 13989: Beijing (116°28′, 39°55′) lies on J50 at 1:1 000 000 and J50B001001 at 1:500 000."""
    point = QgsGeometry.fromWkt("POINT (116.4667 39.9167)")
    assert evaluated("redline_sheet($geometry, 1000000, 'EPSG:4490')", None, point) == "J50"
    assert evaluated("redline_sheet($geometry, 500000, 'EPSG:4490')", None, point) == "J50B001001"
    # Its centroid lies on another sheet than any of its land.
    shape = QgsGeometry.fromWkt(
        "POLYGON ((115 37, 119 37, 119 39.5, 118.9 39.5, 118.9 37.1, 115.1 37.1, 115.1 39.5, 115 39.5, 115 37))"
    )
    found = evaluated("redline_sheet($geometry, 100000, 'EPSG:4490')", None, shape)
    place = shape.pointOnSurface().asPoint()
    assert found == sheet_number(place.x(), place.y(), 100_000)


@pytest.mark.parametrize(
    "expression",
    [
        "redline_area(NULL)", "redline_mu(NULL)", "redline_sheet(NULL)", "redline_masked(NULL)",
        "redline_unit_name(NULL)", "redline_area($geometry)", "redline_unit_name('990101')",
        "redline_area(geom_from_wkt('POLYGON EMPTY'))",
    ],
)  # fmt: skip
def test_nothing_of_nothing(expression: str) -> None:
    value = evaluated(expression)
    assert value is None or value.isNull()


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("redline_area(make_point(1, 2), 'EPSG:4549')", "needs a polygon"),
        ("redline_area(make_polygon(geom_from_wkt('LINESTRING(0 0,1 0,1 1,0 0)')))", "has no coordinate system"),
        ("redline_area(make_point(1, 2), 'EPSG:nothing')", "no coordinate system “EPSG:nothing”"),
        ("redline_area('text')", "no geometry"),
        ("redline_mu('much')", "is no number"),
        ("redline_mu(1, 2.5)", "decimals"),
        ("redline_mu(1, 99)", "decimals"),
        ("redline_sheet(make_point(116, 40), 12345, 'EPSG:4490')", "no sheets at 1:12345"),
        ("redline_sheet(make_point(116, 89), 10000, 'EPSG:4490')", "60"),
    ],
)
def test_what_is_wrong_is_a_sentence(expression: str, words: str) -> None:
    kind, said = evaluated(expression)
    assert kind == "error"
    assert words in said
    assert "Traceback" not in said


def units_layer(name: str = "CJDCQ") -> QgsVectorLayer:
    layer = QgsVectorLayer("Polygon?crs=EPSG:4549&field=ZLDWDM:string&field=ZLDWMC:string", name, "memory")
    rows = [
        ("9901010010010000000", "东关村"), ("９９０１０１００１００２", " 西关 村"), ("990101001003", None),
        (None, "无码村"),
    ]  # fmt: skip
    features = []
    for code, called in rows:
        feature = QgsFeature(layer.fields())
        feature.setAttributes([code, called])
        feature.setGeometry(box(500_000, 3_400_000, 100, 100))
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


def test_the_name_of_a_unit_whatever_way_its_code_is_written() -> None:
    project = QgsProject.instance()
    assert evaluated("redline_unit_name('990101001001')") is None
    layer = project.addMapLayer(units_layer())
    for code in ("'990101001001'", "'9901010010010000000'", "'９９０１０１００１００１'", "990101001001"):  # fmt: skip
        assert evaluated(f"redline_unit_name({code})") == "东关村", code
    assert evaluated("redline_unit_name('990101001002')") == "西关村"
    assert evaluated("redline_unit_name('990101001003')") is None
    assert evaluated("redline_unit_name('')") is None
    project.removeMapLayer(layer.id())
    assert evaluated("redline_unit_name('990101001001')") is None


def test_names_that_are_forgotten_while_they_are_read_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    names = UnitNames(QgsProject.instance())
    read = iter(({"990101": "旧县"}, {"990101": "新县"}))

    def meanwhile(_self: UnitNames) -> dict[str, str]:
        answer = next(read)
        if answer["990101"] == "旧县":
            QgsProject.instance().addMapLayer(units_layer())
        return answer

    monkeypatch.setattr(UnitNames, "_read", meanwhile)
    assert [names.name("990101") for _ in range(3)] == ["旧县", "新县", "新县"]
    names.leave()


def test_names_can_be_asked_for_in_another_thread() -> None:
    QgsProject.instance().addMapLayer(units_layer())
    found: list[Any] = []
    threads = [
        threading.Thread(target=lambda: found.append(evaluated("redline_unit_name('990101001001')"))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["东关村"] * 4
