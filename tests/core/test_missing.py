"""What is missing, unreadable or unknown is told, never taken for agreement; a source that is wrong as a whole once."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Any

import pytest
import shapely

from redline.core.checks import duties
from redline.core.findings import Findings
from redline.core.progress import Progress
from redline.tests.core.hand import (
    NAMES,
    VILLAGES,
    box,
    check,
    county,
    layer,
    register_of,
    sheet,
    table_of,
    told,
    villages,
)

FIRST = "99010100100100001"
Row = dict[str, Any]


def many(plots: int = 30) -> list[Row]:
    """A village of many equal plots."""
    first = county()[0]
    return [
        {**first, "YJJBNTTBBH": f"{VILLAGES[0]}{n:05d}", "TBBH": f"{n:05d}", "geometry": box(110 * n, 0, 100, 60)}
        for n in range(1, plots + 1)
    ]


def rules(found: set[tuple[str, str, str, str]]) -> Counter[str]:
    return Counter(rule for rule, *_ in found)


@pytest.mark.parametrize("said", ["", "nan", "约10亩", "12%", None])
def test_an_area_that_is_not_there_does_not_agree(said: str | None) -> None:
    plots = county()
    register = register_of(plots)
    register[0]["永久基本农田面积(亩)"] = said
    _, result = check(map=plots, register=register)
    status = result.tables["PLOT_STATUS"].set_index("key")["status"]
    assert status[FIRST] == "area_missing"
    assert (status == "consistent").sum() == len(plots) - 1


def test_a_register_without_an_area_column_says_so() -> None:
    plots = county()
    register = [{k: v for k, v in row.items() if "面积" not in k} for row in register_of(plots)]
    _, result = check(map=plots, register=register)
    assert any("面积" in sentence and "登记册" in sentence for sentence in result.unchecked)


def test_a_register_without_any_area_is_one_finding() -> None:
    plots = many()
    register = [{**row, "永久基本农田面积(亩)": ""} for row in register_of(plots)]
    found, result = check(map=plots, register=register)
    assert rules(found)["R6026"] == 1
    assert set(result.tables["PLOT_STATUS"]["status"]) == {"area_missing"}


def test_a_register_of_another_place_is_two_findings() -> None:
    plots = many()
    register = [{**row, "图斑编号": "8" + row["图斑编号"][1:]} for row in register_of(plots)]
    found, _ = check(map=plots, register=register)
    assert {rule: count for rule, count in rules(found).items() if rule in ("R6001", "R6002")} == {
        "R6001": 1,
        "R6002": 1,
    }


def test_a_shape_that_cannot_be_measured_is_told() -> None:
    plots = county()
    findings = Findings("zh")
    frame = layer("map", plots, findings)
    frame.rows.loc[0, "geometry_area"] = float("nan")
    from redline.core.checks import fourway

    result = fourway.check({"map": frame}, findings, fourway.Settings(), Progress())
    assert ("R3010", "map", FIRST, "") in told(result)
    assert result.tables["PLOT_STATUS"].set_index("key")["status"][FIRST] == "area_missing"


def test_units_of_townships_say_nothing_of_villages() -> None:
    units = [{"XZQDM": "990101001", "XZQMC": NAMES["990101001"], "geometry": box(-10, -10, 420, 330)}]
    found, _ = check(map=[row for row in county() if row["XZQDM"].startswith("990101001")], units=units)
    assert not found


@pytest.mark.parametrize("turned", [False, True])
def test_an_exclave_belongs_to_its_village(turned: bool) -> None:
    plots, units = county(), villages()
    whole = units[0].pop("geometry")
    xmin, ymin, xmax, ymax = whole.bounds
    halves = [
        {**units[0], "geometry": shapely.box(xmin, ymin, xmin + 210, ymax)},
        {**units[0], "geometry": shapely.box(xmin + 210, ymin, xmax, ymax)},
    ]
    found, _ = check(map=plots, units=[*(halves[::-1] if turned else halves), *units[1:]])
    assert not found


def test_an_invalid_unit_is_a_finding() -> None:
    units = villages()
    units[0]["geometry"] = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    found, _ = check(map=county(), units=units)
    assert ("R3002", "units", VILLAGES[0], "") in found


def test_a_row_of_the_table_that_nobody_knows_is_told() -> None:
    plots = county()
    table = [{**row, "行政区代码": ""} for row in table_of(plots)]
    table.append({**table[-1], "行政区名称": "鬼村"})
    found, _ = check(map=plots, table=table)
    assert ("R6019", "table", "鬼村", "") in found


def test_a_unit_that_stands_twice_is_told() -> None:
    plots = county()
    table = table_of(plots)
    found, _ = check(map=plots, table=[*table, table[-1]])
    assert ("R6029", "table", table[-1]["行政区代码"], "") in found


def test_plots_without_a_class_are_counted_once() -> None:
    plots = [{k: v for k, v in row.items() if k not in ("DLBM", "DLMC")} for row in county()]
    _, result = check(map=plots)
    balance = result.tables["UNIT_BALANCE"].set_index(["unit", "class"])
    assert balance.loc[("990101", ""), "map_count"] == len(plots)


def test_the_duties_do_not_depend_on_the_checks_before() -> None:
    """A register whose unit nobody states: the letter's area and the register's are the same figures."""
    plots = county()
    register = register_of(plots)
    for row in register:
        row["责任书面积"] = row["永久基本农田面积"] = row.pop("永久基本农田面积(亩)")
        row["责任书编号"] = "1"
    findings = Findings("zh")
    frames = {"map": layer("map", plots, findings), "register": sheet("register", register, findings)}
    from redline.core.checks import fourway

    fourway.check(frames, findings, fourway.Settings(), Progress())
    result = duties.check(frames, Findings("zh"), duties.Settings(datetime.date(2026, 6, 30)), Progress())
    assert "R6027" not in rules(told(result))


def test_periods_that_are_blank_or_differ_are_told() -> None:
    plots = [{**row, "BHKSSJ": "20220101", "BHJSSJ": "20351231"} for row in county()]
    register = [{**row, "保护开始时间": "2022.1.1", "保护结束时间": "2035.12.31"} for row in register_of(plots)]
    plots[0]["BHKSSJ"] = plots[0]["BHJSSJ"] = register[0]["保护开始时间"] = register[0]["保护结束时间"] = ""
    register[1]["保护结束时间"] = "2030.12.31"
    findings = Findings("zh")
    frames = {"map": layer("map", plots, findings), "register": sheet("register", register, findings)}
    result = duties.check(frames, findings, duties.Settings(datetime.date(2026, 6, 30)), Progress())
    found = {(rule, key) for rule, _, key, _ in told(result)}
    assert {("R6024", FIRST), ("R6031", "99010100100100002")} <= found
    assert list(result.tables["PLOT_DUTIES"]["responsibility"][:3]) == [False, False, True]


def test_a_village_head_is_no_other_responsible_person() -> None:
    plots = [{**row, "ZRRMC": "张三"} for row in county()]
    register = [{**{k: v for k, v in row.items() if k != "责任人"}, "村负责人": "李四"} for row in register_of(plots)]
    findings = Findings("zh")
    frames = {"map": layer("map", plots, findings), "register": sheet("register", register, findings)}
    result = duties.check(frames, findings, duties.Settings(datetime.date(2026, 6, 30)), Progress())
    assert "R6023" not in rules(told(result))


@pytest.mark.parametrize(
    ("mine", "his", "same"),
    [
        ("柳河村", "示范县柳河镇柳河村", True), ("柳河村", "柳河村村民委员会", True),
        ("小王村", "柳河镇小王村村民委员会", True), ("王村", "小王村", False), ("柳河村", "柳湾村", False),
    ],
)  # fmt: skip
def test_owners_are_one_by_their_whole_name(mine: str, his: str, same: bool) -> None:
    plots = [{**row, "QSDWMC": mine} for row in county()]
    register = [{**row, "权属单位": his} for row in register_of(plots)]
    found, _ = check(map=plots, register=register)
    assert ("R6017" not in rules(found)) is same


def test_an_identity_number_stands_in_no_finding() -> None:
    plots = county()
    register = register_of(plots)
    register[0]["责任人"] = "李四11010519491231002X"
    _, result = check(map=plots, register=register)
    texts = result.findings.frame()[["message", "expected", "actual"]].to_numpy().ravel()
    assert not any("19491231" in said for said in texts)


def test_which_row_of_a_double_number_is_looked_at_does_not_depend_on_the_order() -> None:
    plots = county()
    plots[1]["YJJBNTTBBH"] = plots[0]["YJJBNTTBBH"]

    def status(rows: list[Row]) -> list[tuple[object, ...]]:
        _, result = check(map=rows, register=register_of(county()))
        table = result.tables["PLOT_STATUS"].drop(columns="geometry")
        return [tuple(str(value) for value in row) for row in table.itertuples(index=False)]

    assert status(plots) == status(plots[::-1])


@pytest.mark.parametrize("said", ["约150", "12%", "#DIV/0!"])
def test_a_figure_of_the_table_that_is_none_is_told_and_counts_for_nothing(said: str) -> None:
    plots = county()
    table = table_of(plots)
    table[-1]["水田(平方米)"] = said
    found, _ = check(map=plots, table=table)
    unit = table[-1]["行政区代码"]
    assert ("R2002", "table", unit, "0101:area") in found
    assert not {("R6005", "table", unit, "0101:area"), ("R6019", "table", unit, "")} & found


def test_a_row_of_the_table_without_figures_is_there_and_told() -> None:
    plots = county()
    table = table_of(plots)
    unit = table[-1]["行政区代码"]
    table[-1] = {name: said if "行政区" in name else "" for name, said in table[-1].items()}
    found, _ = check(map=plots, table=table)
    assert ("R6030", "table", unit, "") in found
    assert ("R6020", "map", unit, "") not in found
