"""`checkgrid`, `patrolcheck` and `signcheck` as a user runs them: layers, tables and CSV files in, findings out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import shapely
from qgis.core import QgsFeature, QgsGeometry, QgsProcessingException, QgsProcessingProvider, QgsVectorLayer

from redline.tests.core import test_grid as grid
from redline.tests.core import test_signs as signs
from redline.tests.processing.test_drawgrid import layer

Run = Callable[..., dict[str, Any]]


def table(folder: Path, name: str, rows: Sequence[dict[str, Any]], encoding: str = "utf-8") -> QgsVectorLayer:
    """A CSV file of the rows."""
    heads = list(dict.fromkeys(head for row in rows for head in row))
    lines = [",".join(heads), *(",".join(str(row.get(head, "")) for head in heads) for row in rows)]
    path = folder / f"{name}.csv"
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return QgsVectorLayer(str(path), name, "ogr")


@pytest.fixture
def county(qgis_app: Any, tmp_path: Path) -> dict[str, QgsVectorLayer]:
    return {
        "ZONES": layer("责任网格", "Polygon", grid.zones()), "UNITS": layer("村界", "Polygon", grid.units()),
        "PLOTS": layer("永久基本农田", "Polygon", grid.plots()),
        "ROSTER": table(tmp_path, "责任人名单", grid.roster(), "gbk"),
        "LETTERS": table(tmp_path, "责任书台账", grid.letters()),
    }  # fmt: skip


@pytest.fixture
def log(qgis_app: Any) -> QgsVectorLayer:
    """Nine points of the first zone in June, one of them 100 m off, with times; in degrees."""
    rows = [
        {"网格代码": grid.zones()[0]["WGDM"], "巡查时间": f"2026-06-{day + 1:02d} 09:30:00", "巡查人": "员0",
         "巡查结果": "正常", "geometry": shapely.Point(signs.EAST - (100 if day == 8 else -100), signs.NORTH + 100)}
        for day in range(9)
    ]  # fmt: skip
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsProject

    made = layer("巡查点", "Point", rows)
    degrees = QgsVectorLayer(
        "Point?crs=EPSG:4490&field=网格代码:string&field=巡查时间:string&field=巡查人:string&field=巡查结果:string",
        "巡查点", "memory",
    )
    move = QgsCoordinateTransform(made.crs(), QgsCoordinateReferenceSystem("EPSG:4490"), QgsProject.instance())
    for feature in made.getFeatures():
        geometry = feature.geometry()
        geometry.transform(move)
        feature.setGeometry(geometry)
        degrees.dataProvider().addFeatures([feature])
    return degrees


def rules(found: dict[str, Any]) -> set[tuple[str, str]]:
    return {(row["rule"], row["key"]) for row in found["FINDINGS"].getFeatures() if row["rule"][:2] == "R9"}


def rows(found: QgsVectorLayer) -> list[dict[str, Any]]:
    names = [field.name() for field in found.fields()]
    return [dict(zip(names, feature.attributes())) for feature in found.getFeatures()]


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("checkgrid", "ZONES UNITS PLOTS ROSTER LETTERS ON_DATE"),
        ("patrolcheck", "ZONES PATROLS MONTHS DUE TOLERANCE CALENDAR"),
        ("signcheck", "SIGNS MAP MAX_DISTANCE MAX_AGE"),
    ],
)
def test_names_are_those_of_the_design(provider: QgsProcessingProvider, name: str, parameters: str) -> None:
    algorithm = provider.algorithm(name)
    assert set(parameters.split()) <= {one.name() for one in algorithm.parameterDefinitions()}
    assert algorithm.groupId() == "grid"
    assert algorithm.shortHelpString()


def test_zones_that_are_right_and_their_report(run: Run, county: dict[str, QgsVectorLayer], tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    found = run("checkgrid", {**county, "ON_DATE": "2026-06-30", "REPORT": str(report)})
    assert rules(found) == set()
    assert (found["ZONE_COUNT"], found["STAFFED_RATE"], found["COMPLETE_RATE"], found["PASSED"]) == (4, 1.0, 1.0, True)
    assert [row["plots"] for row in rows(found["ZONE_STATUS"])] == [3, 3, 3, 3]
    assert "five duties" in report.read_text(encoding="utf-8")


def test_zones_that_are_wrong(run: Run, county: dict[str, QgsVectorLayer], tmp_path: Path) -> None:
    people = [{**row, "定奖惩": ""} if row.get("网格代码", "").startswith(grid.V2) else row for row in grid.roster()]
    people.append({"网格代码": "990101001001077", "姓名": "无处", "联系电话": "13912345678"})
    county["ROSTER"] = table(tmp_path, "名单二", people)
    county["LETTERS"] = table(tmp_path, "责任书二", grid.letters()[:1])
    shifted = grid.zones()
    shifted[0]["geometry"] = shapely.affinity.translate(shifted[0]["geometry"], 0, 300)
    county["ZONES"] = layer("责任网格", "Polygon", shifted)
    found = run("checkgrid", {**county, "ON_DATE": "2026-06-30"})
    told = rules(found)
    assert {("R9040", f"{grid.V2}001"), ("R9014", "无处")} <= told
    assert {rule for rule, _ in told} == {"R9014", "R9035", "R9040", "R9045", "R9050"}
    every = {row["rule"] for row in found["FINDINGS"].getFeatures()}
    assert {"R4004", "R4005"} <= every
    assert not any("13912345678" in str(value) for row in found["FINDINGS"].getFeatures() for value in row.attributes())


def test_zones_of_drawgrid_go_straight_in(run: Run, county: dict[str, QgsVectorLayer]) -> None:
    drawn = run("drawgrid", {"UNITS": county["UNITS"], "PLOTS": county["PLOTS"], "MAX_LOAD": 2})
    for name in ("ZONES", "LEVELS"):
        found = run("checkgrid", {"ZONES": drawn[name], "UNITS": county["UNITS"], "PLOTS": county["PLOTS"]})
        assert rules(found) == set()
        assert found["ERROR_COUNT"] == 0
        assert found["ZONE_COUNT"] == drawn["ZONE_COUNT"]


def test_patrols_as_points_in_degrees(
    run: Run, county: dict[str, QgsVectorLayer], log: QgsVectorLayer, tmp_path: Path
) -> None:
    report = tmp_path / "report.html"
    given = {**{name: county[name] for name in ("ZONES", "ROSTER", "PLOTS")}, "PATROLS": log, "ON_DATE": "2026-06-30"}
    found = run("patrolcheck", {**given, "MONTHS": "2026年5月至2026年6月", "REPORT": str(report)})
    calendar = {(row["zone_code"], row["month"]): row for row in rows(found["CALENDAR"])}
    assert len(calendar) == 8
    first = calendar[f"{grid.V1}001", "2026-06"]
    assert (first["done"], first["due"], first["days"], first["short"], first["share"]) == (8, 8, 8, False, 0.3333)
    assert (found["DONE_COUNT"], found["DUE_COUNT"], found["PATROL_RATE"]) == (8, 64, 0.125)
    assert [rule for rule, _ in rules(found)].count("R9062") == 1
    assert sum(rule == "R9060" for rule, _ in rules(found)) == 4
    assert len([row for row in found["FINDINGS"].getFeatures() if row["rule"] == "R9060"]) == 7
    page = report.read_text(encoding="utf-8")
    assert "8 / 64" in page
    assert "data:image/png" in page


def test_patrols_as_a_table_and_numbers_due_by_level(
    run: Run, county: dict[str, QgsVectorLayer], tmp_path: Path
) -> None:
    lines = [{"网格": "甲一", "日期": f"2026.6.{day + 1}", "姓名": "员0", "情况": "无"} for day in range(4)]
    patrols = table(tmp_path, "巡查台账", lines, "gbk")
    given = {"ZONES": county["ZONES"], "PATROLS": patrols, "MONTHS": "2026-06", "ON_DATE": "2026-06-30"}
    found = run("patrolcheck", {**given, "DUE_BY_LEVEL": "网格=4"})
    (first,) = [row for row in rows(found["CALENDAR"]) if row["zone_code"] == f"{grid.V1}001"]
    assert (first["done"], first["due"], first["short"]) == (4, 4, False)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"MONTHS": "六月"}, "六月.*is no month"), ({"MONTHS": "2026-06..2026-01"}, "ends before it begins"),
        ({"DUE_BY_LEVEL": "many"}, "many.*township=1"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_sentences(
    run: Run, county: dict[str, QgsVectorLayer], log: QgsVectorLayer, wrong: dict[str, str], said: str
) -> None:
    with pytest.raises(QgsProcessingException, match=said):
        run("patrolcheck", {"ZONES": county["ZONES"], "PATROLS": log, **wrong})


def test_what_is_no_log_and_no_zone_is_a_sentence(
    run: Run, county: dict[str, QgsVectorLayer], log: QgsVectorLayer, tmp_path: Path
) -> None:
    odd = table(tmp_path, "其他", [{"甲": "1", "乙": "2"}])
    with pytest.raises(QgsProcessingException, match=r"其他.*XCRQ.*甲、乙"):
        run("patrolcheck", {"ZONES": county["ZONES"], "PATROLS": odd})
    with pytest.raises(QgsProcessingException, match=r"村界.*WGDM"):
        run("checkgrid", {"ZONES": county["UNITS"]})
    with pytest.raises(QgsProcessingException, match=r"村界.*WGDM"):
        run("patrolcheck", {"ZONES": county["UNITS"], "PATROLS": log})


def test_signs_as_points_and_as_a_list(run: Run, qgis_app: Any, tmp_path: Path) -> None:
    plots = layer("永久基本农田", "Polygon", signs.county())
    given = [*signs.three()[:2], signs.sign(0, 标志牌编号="P9", 现状="倒伏")]
    points = layer("标志牌", "Point", given)
    found = run("signcheck", {"SIGNS": points, "MAP": plots, "ON_DATE": "2026-06-30"})
    assert rules(found) == {("R9080", signs.VILLAGES[2]), ("R9085", "P9")}
    assert found["SIGNED_RATE"] == pytest.approx(2 / 3)
    assert {row["place"]: row["status"] for row in rows(found["SIGN_STATUS"])} == dict(
        zip(signs.VILLAGES, ("trouble", "good", "none"))
    )
    (damaged,) = [row for row in found["FINDINGS"].getFeatures() if row["rule"] == "R9085"]
    assert damaged.hasGeometry()
    listed = table(tmp_path, "标志牌清单", [{k: v for k, v in row.items() if k != "geometry"} for row in given], "gbk")
    again = run("signcheck", {"SIGNS": listed, "MAP": plots, "ON_DATE": "2026-06-30"})
    assert rules(again) == rules(found)
    blocks = run("signcheck", {"SIGNS": points, "MAP": plots, "ON_DATE": "2026-06-30", "PLACE": "plot"})
    assert sum(row["rule"] == "R9080" for row in blocks["FINDINGS"].getFeatures()) == 10


def test_empty_layers_are_sentences(run: Run, county: dict[str, QgsVectorLayer], log: QgsVectorLayer) -> None:
    nothing = QgsVectorLayer("Polygon?crs=EPSG:4525&field=WGDM:string", "空网格", "memory")
    for name, more in (("checkgrid", {}), ("patrolcheck", {"PATROLS": log})):
        with pytest.raises(QgsProcessingException, match="空网格"):
            run(name, {"ZONES": nothing, **more})
    blank = QgsVectorLayer("Point?crs=EPSG:4525&field=XCRQ:string&field=WGDM:string", "空台账", "memory")
    found = run("patrolcheck", {"ZONES": county["ZONES"], "PATROLS": blank, "MONTHS": "2026-05"})
    assert found["DONE_COUNT"] == 0
    assert {row["short"] for row in rows(found["CALENDAR"])} == {True}
    shapeless = QgsFeature(county["ZONES"].fields())
    shapeless.setGeometry(QgsGeometry())
    assert shapeless.geometry().isNull()
