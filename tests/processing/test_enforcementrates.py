"""`redline:enforcementrates` as a user runs it: layers, tables and workbooks in, rates, numbers and a report out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsFeature, QgsGeometry, QgsProcessingException, QgsVectorLayer, QgsWkbTypes

from redline.tests.processing.pdfs import pages

X, Y = 500_000.0, 3_400_000.0
Run = Callable[..., dict[str, Any]]


def polygons(fields: str, rows: Sequence[Sequence[Any]], name: str, crs: str = "EPSG:4549") -> QgsVectorLayer:
    """Squares of 20 m in a row, 30 m apart."""
    layer = QgsVectorLayer(f"Polygon?crs={crs}&{fields}", name, "memory")
    features = []
    for place, row in enumerate(rows):
        feature = QgsFeature(layer.fields())
        west = X + 30 * place
        ring = f"{west} {Y}, {west + 20} {Y}, {west + 20} {Y + 20}, {west} {Y + 20}, {west} {Y}"
        feature.setGeometry(QgsGeometry.fromWkt(f"POLYGON(({ring}))"))
        feature.setAttributes(list(row))
        features.append(feature)
    assert layer.dataProvider().addFeatures(features)[0]
    return layer


@pytest.fixture
def violations(qgis_app: Any) -> QgsVectorLayer:
    fields = "field=JCBH:string&field=XZQDM:string&field=MJ:double&field=GDMJ:double&field=PDJG:string"
    judged = ("违法", "违法", "违法", "合法")
    rows = [[f"JC{n}", "990101001", 400.0, 100.0, judgement] for n, judgement in enumerate(judged)]
    return polygons(fields, rows, "监测图斑")


def table(folder: Path, name: str, lines: Sequence[str], encoding: str = "utf-8") -> QgsVectorLayer:
    path = folder / f"{name}.csv"
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return QgsVectorLayer(str(path), name, "ogr")


@pytest.fixture
def cases(tmp_path: Path) -> QgsVectorLayer:
    lines = [
        "案件编号,违法图斑编号,发现日期,立案日期,处罚决定日期,结案日期,整改结果,整改完成日期",
        "案0,JC0,2026.1.5,2026.1.10,2026.2.1,2026.4.1,拆除复耕,2026.5.1",
        "案1,JC1,2026.1.5,2026.1.2,,,未整改,",
    ]
    return table(tmp_path, "案件台账", lines, "gb18030")


@pytest.fixture
def land(tmp_path: Path) -> QgsVectorLayer:
    return table(tmp_path, "新增建设用地", ["行政区代码,新增建设用地面积（公顷）,其中耕地（公顷）", "990101001,1,0.25"])


def rates_of(layer: QgsVectorLayer, unit: str) -> dict[str, tuple[Any, ...]]:
    rows = [row for row in layer.getFeatures() if row["unit"] == unit]
    return {row["rate"]: (row["numerator"], row["deduction"], row["denominator"], row["over"]) for row in rows}


def test_rates_numbers_and_report(
    run: Run, violations: QgsVectorLayer, cases: QgsVectorLayer, land: QgsVectorLayer, tmp_path: Path
) -> None:
    report = tmp_path / "report.html"
    given = {"VIOLATIONS": violations, "CASES": cases, "NEW_CONSTRUCTION": land, "ON_DATE": "2026-06-30"}
    paper = tmp_path / "报告.pdf"
    found = run("enforcementrates", {**given, "REPORT": str(report), "REPORT_PDF": str(paper)})
    assert found["REPORT_PDF"] == str(paper)
    printed = pages(paper)
    assert all(page.strip() for page in printed)
    assert "Office (seal):" in printed[-1]
    assert rates_of(found["RATES"], "990101001")["illegal_ratio_deducted"] == (300.0, 100.0, 2500.0, False)
    assert rates_of(found["RATES"], "990101")["illegal_ratio"] == (300.0, 0.0, 2500.0, False)
    assert rates_of(found["RATES"], "990101")["filing"] == (2.0, 0.0, 3.0, True)
    assert (found["ILLEGAL_RATIO"], found["ILLEGAL_RATIO_DEDUCTED"]) == (0.12, 0.08)
    assert found["FILING_RATE"] == 2 / 3
    assert found["RATES"].wkbType() == QgsWkbTypes.Type.NoGeometry
    assert {row["rule"] for row in found["FINDINGS"].getFeatures()} == {"R7051", "R7052", "R7056", "R7057"}
    page = report.read_text(encoding="utf-8")
    assert "illegal share of cultivated land" in page
    assert page.count("data:image/png") >= 2
    strict = run("enforcementrates", {**given, "THRESHOLD": 7.99})
    assert rates_of(strict["RATES"], "990101001")["illegal_ratio_deducted"][3] is True


def test_units_as_polygons_give_the_rates_their_shapes_and_the_polygons_their_units(
    run: Run, violations: QgsVectorLayer, land: QgsVectorLayer
) -> None:
    units = polygons("field=XZQDM:string&field=XZQMC:string", [["990101001", "城关镇"]], "XZQ")
    ring = f"{X - 10} {Y - 10}, {X + 500} {Y - 10}, {X + 500} {Y + 90}, {X - 10} {Y + 90}, {X - 10} {Y - 10}"
    (one,) = units.getFeatures()
    units.dataProvider().changeGeometryValues({one.id(): QgsGeometry.fromWkt(f"POLYGON(({ring}))")})
    first, *_ = sorted(feature.id() for feature in violations.getFeatures())
    violations.dataProvider().changeAttributeValues({first: {1: "990101"}})
    found = run("enforcementrates", {"VIOLATIONS": violations, "NEW_CONSTRUCTION": land, "UNITS": units})
    assert rates_of(found["RATES"], "990101001")["illegal_ratio"] == (300.0, 0.0, 2500.0, True)
    shaped = [row for row in found["RATES"].getFeatures() if row.hasGeometry()]
    assert {(row["unit"], row["rate"], row["unit_name"]) for row in shaped} == {
        ("990101001", "illegal_ratio", "城关镇")
    }
    (line,) = [row for row in found["FINDINGS"].getFeatures() if row["rule"] == "R7050"]
    assert line["key"] == "990101001"
    assert line.hasGeometry()


def test_a_ledger_alone_and_cases_as_points(run: Run, violations: QgsVectorLayer, cases: QgsVectorLayer) -> None:
    alone = run("enforcementrates", {"CASES": cases})
    assert alone["FINDINGS"].featureCount() > 0
    assert alone["ILLEGAL_RATIO"] is None
    points = QgsVectorLayer("Point?crs=EPSG:4490&field=AJBH:string&field=LARQ:string", "案件", "memory")
    feature = QgsFeature(points.fields())
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsPointXY, QgsProject

    there = QgsCoordinateTransform(violations.crs(), points.crs(), QgsProject.instance())
    feature.setGeometry(QgsGeometry.fromPointXY(there.transform(QgsPointXY(X + 40, Y + 10))))
    feature.setAttributes(["案9", "2026-02-03"])
    points.dataProvider().addFeatures([feature])
    assert QgsCoordinateReferenceSystem(points.crs()).isGeographic()
    found = run("enforcementrates", {"VIOLATIONS": violations, "CASES": points, "ON_DATE": "2026-06-30"})
    joined = [row for row in found["FINDINGS"].getFeatures() if row["rule"] == "R7061"]
    assert [(row["key"], row["related"]) for row in joined] == [("案9", "JC1")]
    assert joined[0].hasGeometry()


def test_nothing_given_and_nothing_found_are_sentences(run: Run, violations: QgsVectorLayer, tmp_path: Path) -> None:
    with pytest.raises(QgsProcessingException, match="violations, cases, or both"):
        run("enforcementrates", {})
    odd = table(tmp_path, "其他", ["甲,乙", "1,2"])
    with pytest.raises(QgsProcessingException, match=r"其他.*AJBH.*甲、乙"):
        run("enforcementrates", {"VIOLATIONS": violations, "CASES": odd})
    with pytest.raises(QgsProcessingException, match=r"其他.*XZQDM.*甲、乙"):
        run("enforcementrates", {"VIOLATIONS": violations, "NEW_CONSTRUCTION": odd})
