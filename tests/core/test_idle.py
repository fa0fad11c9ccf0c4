"""Idle land: every limit from both sides, leap days, joins, what the ledger and the ground say of one another."""

from __future__ import annotations

import datetime
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from redline.core.checks import idle, permit_states
from redline.core.checks.idle import COLUMNS, STATUSES, Settings
from redline.core.errors import InputError
from redline.core.findings import Findings
from redline.core.frames import Frame
from redline.core.progress import Progress
from redline.core.result import Result
from redline.core.standards.enforcement import idle_consequences
from redline.tests.core.hand import Row, box, layer, sheet, told

DAY = datetime.date(2026, 6, 30)
UNIT = "990101001"


def check(
    settings: Settings | None = None, language: str = "zh", **sources: Sequence[Row]
) -> tuple[set[tuple[str, str, str, str]], Result]:
    findings = Findings(language)
    frames: dict[str, Frame] = {
        role: (layer if "geometry" in rows[0] else sheet)(role, rows, findings) for role, rows in sources.items()
    }
    result = idle.check(frames, findings, settings or Settings(DAY), Progress())
    return told(result), result


def contract(number: int = 1, **more: Any) -> Row:
    """A contract that nothing is wrong with: begun in time and going on."""
    return {
        "合同编号": f"H{number}", "行政区代码": UNIT, "出让面积(平方米)": "30000", "合同签订日期": "2019-01-01",
        "约定动工日期": "2023-01-01", "实际动工日期": "2022-12-01", "停工日期": None, "应动工开发面积(平方米)": "30000",
        "已动工开发面积(平方米)": "5000", "总投资额(万元)": "1000", "已投资额(万元)": "200",
        "出让价款(万元)": "500", **more,
    }  # fmt: skip


WAITING: Row = {"实际动工日期": None, "已动工开发面积(平方米)": "0", "已投资额(万元)": "0"}


def row(result: Result, key: str = "H1") -> dict[str, Any]:
    table = result.tables["IDLE_LAND"]
    (found,) = table[table["key"] == key].to_dict("records")
    return {str(name): value for name, value in found.items()}


def test_areas_in_mu_are_shown_to_the_cent_and_judged_exactly() -> None:
    """100 亩 are no whole number of cents; 33 of 99 亩 are a third, and no less."""
    metres = {"出让面积(平方米)", "应动工开发面积(平方米)", "已动工开发面积(平方米)"}
    mu = {"出让面积(亩)": "100", "应动工开发面积(亩)": "99", "已动工开发面积(亩)": "33"}
    plain = {name: value for name, value in contract().items() if name not in metres}
    _, result = check(contract=[{**plain, **mu, "停工日期": "2024-01-01", "已投资额(万元)": "1000"}])
    assert row(result)["area"] == 66666.67
    assert row(result)["status"] == "developing"


@pytest.mark.parametrize(
    ("agreed", "status", "consequence"),
    [
        # More than a year after the agreed day is idle, a year to the day is not; two years to the day are two years.
        ("2026-07-01", "not_started", ""), ("2025-06-30", "not_started", ""), ("2025-06-29", "idle", "fee"),
        ("2024-07-01", "idle", "fee"), ("2024-06-30", "take_back", "take_back"),
        ("2020-01-01", "take_back", "take_back"),
    ],
)  # fmt: skip
def test_land_that_was_never_started(agreed: str, status: str, consequence: str) -> None:
    found, result = check(contract=[contract(约定动工日期=agreed, **WAITING)])
    assert (row(result)["status"], row(result)["consequence"]) == (status, consequence)
    expected = {"idle": "R7083", "take_back": "R7084"}
    assert {rule for rule, *_ in found} == ({expected[status]} if status in expected else set())
    if status == "idle":
        assert row(result)["fee"] == 1_000_000.0
        assert "1,000,000.00" in result.findings.frame()["message"].iloc[0]


@pytest.mark.parametrize(
    ("developed", "invested", "stopped", "status"),
    [
        ("9999.99", "500", "2025-06-30", "idle"), ("9999.99", "500", "2025-07-01", "developing"),
        ("10000.00", "250", "2024-01-01", "developing"), ("10000.00", "249.9999", "2024-01-01", "idle"),
        ("10000.00", "249.9999", None, "developing"), ("20000", "0", "2023-01-01", "idle"),
        (None, "249", "2024-01-01", "idle"), (None, None, "2024-01-01", "unknown"),
        (None, None, "2025-07-01", "developing"),
    ],
)  # fmt: skip
def test_land_where_work_stopped(developed: str | None, invested: str | None, stopped: str | None, status: str) -> None:
    """A third of the area and a quarter of the investment are enough; a year to the day is a year. Where neither is
    known after a year, nobody can tell."""
    given = {"已动工开发面积(平方米)": developed, "已投资额(万元)": invested, "停工日期": stopped}
    found, result = check(contract=[contract(**given)])
    assert row(result)["status"] == status
    assert {rule for rule, *_ in found} == {"idle": {"R7083"}, "unknown": {"R7086"}}.get(status, set())


def test_work_that_was_resumed_or_finished_is_not_idle() -> None:
    stopped = {"停工日期": "2024-01-01"}
    assert row(check(contract=[contract(**stopped)])[1])["status"] == "idle"
    for name in ("复工日期", "恢复开发日期"):
        assert row(check(contract=[contract(**stopped, **{name: "2024-03-01"})])[1])["status"] == "developing"
    assert row(check(contract=[contract(竣工日期="2025-03-01")])[1])["status"] == "finished"


@pytest.mark.parametrize(
    ("cause", "status"),
    [("政府原因", "exempt"), ("因规划调整无法动工", "exempt"), ("遭遇洪水等不可抗力", "exempt"),
     ("企业资金不足", "take_back"), ("非政府原因", "take_back"), ("不属于政府原因", "take_back"),
     ("", "take_back"), ("未按约定交地，属政府原因", "exempt")],
)  # fmt: skip
def test_causes_that_excuse(cause: str, status: str) -> None:
    found, result = check(contract=[contract(约定动工日期="2022-06-01", 闲置原因=cause, **WAITING)])
    assert (row(result)["status"], row(result)["consequence"]) == (status, "" if status == "exempt" else "take_back")
    assert {rule for rule, *_ in found} == {"R7085" if status == "exempt" else "R7084"}


def test_a_cause_that_nobody_knows_is_told() -> None:
    """It may be one that excuses."""
    given = {"约定动工日期": "2022-06-01", **WAITING}
    found, _ = check(contract=[contract(n, 闲置原因="历史遗留问题", **given) for n in (1, 2)])
    assert ("R7060", "contract", "历史遗留问题", "cause") in found
    assert {rule for rule, *_ in found} == {"R7060", "R7084"}


@pytest.mark.parametrize(
    ("day", "years", "then"),
    [("2024-02-29", 1, "2025-02-28"), ("2024-02-29", 4, "2028-02-29"), ("2023-06-30", 2, "2025-06-30"),
     ("2024-08-31", 0.5, "2025-02-28"), ("2261-12-31", 2, "2263-12-31")],
)  # fmt: skip
def test_calendar_years(day: str, years: float, then: str) -> None:
    assert permit_states.later_by(np.array([day], dtype="datetime64[D]"), years)[0] == np.datetime64(then)


def test_a_leap_day() -> None:
    assert (
        row(check(Settings(datetime.date(2025, 2, 28)), contract=[contract(约定动工日期="2024-02-29", **WAITING)])[1])[
            "status"
        ]
        == "not_started"
    )
    assert (
        row(check(Settings(datetime.date(2025, 3, 1)), contract=[contract(约定动工日期="2024-02-29", **WAITING)])[1])[
            "status"
        ]
        == "idle"
    )


WRONG: dict[str, tuple[Row, tuple[str, str]]] = {
    "no agreed day": ({"约定动工日期": None, **WAITING}, ("R7086", "")),
    "begun before it was supplied": ({"实际动工日期": "2018-12-31"}, ("R7087", "signed/actual_start")),
    "to begin before it was supplied": ({"约定动工日期": "2018-12-31"}, ("R7087", "signed/agreed_start")),
    "stopped before it began": ({"停工日期": "2022-11-30"}, ("R7087", "actual_start/stopped_work")),
    "begun in the future": ({"实际动工日期": "2026-07-01"}, ("R7087", "actual_start")),
    "more developed than there is": ({"已动工开发面积(平方米)": "30001.01"}, ("R7088", "developed_area")),
    "more invested than there is": ({"已投资额(万元)": "1000.01"}, ("R7088", "invested")),
    "developed, but never begun": ({"实际动工日期": None}, ("R7090", "")),
    "twice": ({"合同编号": "H0"}, ("R2009", "")),
}


@pytest.mark.parametrize("name", WRONG)
def test_every_contradiction_alone(name: str) -> None:
    change, (rule, related) = WRONG[name]
    rows = [contract(n) for n in range(3)]
    rows[1].update(change)
    found, result = check(contract=rows)
    assert found == {(rule, "contract", "H0" if name == "twice" else "H1", related)}
    if rule in ("R7086", "R7087"):
        assert row(result)["status"] == "unknown"


def test_a_day_that_cannot_be_read_is_not_called_missing() -> None:
    rows = [contract(1, 约定动工日期="另行约定", **WAITING), contract(2, 约定动工日期=None, **WAITING),
            contract(3, 实际动工日期="已动工")]  # fmt: skip
    found = check(contract=rows, permit=[permit(9, PZRQ="待查")])[1].findings.frame()
    said = found[found["rule"].isin(["R7086", "R7090"])].sort_values(["rule", "key"])["message"].tolist()
    assert said == [
        "合同H1：约定动工日期“另行约定”无法识别，无法判断。", "合同H2：没有约定动工日期，无法判断。",
        "审批P9：批准日期“待查”无法识别，无法判断。",
        "合同H3已开发5,000.00平方米，但实际动工日期“已动工”无法识别，按已动工处理。",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "status", "said"),
    [({**WAITING, "实际动工日期": "2022年13月"}, "unknown", ["合同H1：实际动工日期“2022年13月”无法识别，无法判断。"]),
     ({**WAITING, "实际动工日期": "日期未知"}, "unknown", ["合同H1：实际动工日期“日期未知”无法识别，无法判断。"]),
     ({**WAITING, "竣工日期": "已竣工"}, "unknown", ["合同H1：竣工日期“已竣工”无法识别，无法判断。"]),
     ({**WAITING, "实际动工日期": "尚未动工", "竣工日期": "未竣工"}, "take_back", []),
     ({"停工日期": "2023-03-01"}, "idle", []),
     ({"停工日期": "2023-03-01", "复工日期": "去年底复工"}, "unknown",
      ["合同H1：复工日期“去年底复工”无法识别，无法判断。"])],
)  # fmt: skip
def test_nobody_is_told_of_idle_land_that_a_day_which_cannot_be_read_may_clear(
    cells: Row, status: str, said: list[str]
) -> None:
    result = check(contract=[contract(1, **cells)])[1]
    found = result.findings.frame()
    assert row(result)["status"] == status
    assert found.loc[found["rule"] == "R7086", "message"].tolist() == said
    assert found["rule"].isin(["R7083", "R7084"]).any() == (status != "unknown")


@pytest.mark.parametrize("shaped", [False, True])
def test_a_contract_entered_twice_counts_once(shaped: bool) -> None:
    """Its land is in the table once, in the fuller row, and supplies its permit once; two lands of a number are two."""
    ground = {"geometry": box(0, 0, 300, 100)} if shaped else {}
    given = contract(约定动工日期="2025-01-01", **WAITING, 项目名称="学校", 批准文号="豫政土〔2023〕1号", **ground)
    rows = [{**given, "项目名称": ""}, given, {**given, "出让面积(平方米)": "20000"}]
    for order in (rows, rows[::-1]):
        found, result = check(contract=order, permit=[permit(1)])
        table = result.tables["IDLE_LAND"]
        held = table[table["kind"] == "contract"]
        assert held["area"].tolist() == [20000, 30000]
        assert held["project"].tolist() == ["学校", "学校"]
        assert ("R2009", "contract", "H1", "") in found
        assert row(result, "P1")["supplied_area"] == 50000


def plot(place: int, width: float = 100.0, **more: Any) -> Row:
    return {**contract(place, **more), "geometry": box(200 * place, 0, width, 100)}


def house(x: float, width: float, **more: Any) -> Row:
    return {"建筑物类型": "厂房", **more, "geometry": box(x, 0, width, 100)}


def test_buildings_tell_where_the_ledger_does_not() -> None:
    def ledger(place: int, **more: Any) -> Row:
        given = {"应动工开发面积(平方米)": None, "已动工开发面积(平方米)": None, "出让面积(平方米)": "10000",
                 "停工日期": "2025-01-01", "已投资额(万元)": "900"}  # fmt: skip
        return plot(place, **{**given, **more})

    houses = [house(0, 20), house(10, 20), house(200, 34), house(400, 30), house(600, 0.001)]
    unstarted = {"实际动工日期": None, "停工日期": None}
    rows = [ledger(0), ledger(1), ledger(2, **unstarted), ledger(3, **{"已动工开发面积(平方米)": "5000"}),
            ledger(4, **{"已动工开发面积(平方米)": "5000"}), ledger(5, **unstarted)]  # fmt: skip
    found, result = check(contract=rows, built=houses)
    table = result.tables["IDLE_LAND"].set_index("key")
    # Two houses that overlap cover 30 m of 100; the second plot has 34 of them.
    assert table["developed_share"].round(4).to_dict() == {
        "H0": 0.3, "H1": 0.34, "H2": 0.3, "H3": 0.5, "H4": 0.5, "H5": 0.0,
    }  # fmt: skip
    assert table["status"].to_dict() == {
        "H0": "idle", "H1": "developing", "H2": "developing", "H3": "developing", "H4": "developing", "H5": "take_back",
    }  # fmt: skip
    assert {one for one in found if one[0] in ("R7089", "R7090")} == {
        ("R7089", "contract", "H4", ""), ("R7090", "contract", "H2", ""),
    }  # fmt: skip
    survey = [{**house(0, 100), "DLBM": "0102"}, {**house(0, 20), "DLBM": "0601"}]
    _, result = check(contract=[ledger(0)], built=survey)
    assert row(result, "H0")["developed_share"] == 0.2


def test_the_table_has_the_columns_of_the_contract_and_does_not_depend_on_order() -> None:
    dice = random.Random(3)
    rows = [
        plot(n, 约定动工日期=f"202{dice.randrange(2, 7)}-0{dice.randrange(1, 9)}-01", 合同签订日期="2020-01-01",
             实际动工日期=dice.choice([None, "2023-01-01"]), **{"已动工开发面积(平方米)": "0"})
        for n in range(25)
    ]  # fmt: skip
    found, result = check(contract=rows)
    table = result.tables["IDLE_LAND"]
    assert list(table) == [*COLUMNS, "geometry"]
    assert set(table["status"]) <= set(STATUSES)
    assert len(set(table["status"])) >= 4
    dice.shuffle(rows)
    again, shuffled = check(language="en", contract=rows)
    assert again == found
    pd.testing.assert_frame_equal(shuffled.tables["IDLE_LAND"], table)


def test_a_table_without_places() -> None:
    _, result = check(contract=[contract()])
    assert "geometry" not in result.tables["IDLE_LAND"]
    assert len(result.unchecked) == 2


def test_nothing_to_look_at_is_a_sentence() -> None:
    with pytest.raises(InputError, match="contracts, permits, or both"):
        idle.check({}, Findings("en"), Settings(DAY), Progress())
    with pytest.raises(InputError, match="HTBH"):
        check(language="en", contract=[{"甲": "1", "乙": "2"}])


def test_hostile_contracts() -> None:
    broken = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    rows = [
        plot(1, 约定动工日期="长期"), plot(2, 实际动工日期="2023年13月"), {**plot(3), "geometry": None},
        {**plot(4), "geometry": broken},
        plot(5, **{"出让价款(万元)": "面议"}), plot(6, **{"出让面积(平方米)": "-1", "应动工开发面积(平方米)": "0"}),
    ]  # fmt: skip
    found, result = check(contract=rows, built=[house(0, 10), {**house(0, 1), "geometry": None}])
    assert len(result.tables["IDLE_LAND"]) == 6
    assert {"R2002", "R3001", "R3002"} <= {rule for rule, *_ in found}


def test_what_follows_is_data_with_a_source() -> None:
    assert [(limit.of, limit.years, limit.consequence) for limit in idle_consequences()] == [
        ("not_started", 1.0, "fee"), ("not_started", 2.0, "take_back"), ("stopped", 1.0, "fee"),
    ]  # fmt: skip


# Permits


def permit(number: int, **more: Any) -> Row:
    return {
        "DKBH": f"P{number}", "PZWH": f"豫政土〔2023〕{number}号", "XZQDM": UNIT, "PZMJ": 20_000.0, "SPZT": "批准",
        "PZRQ": "2024-01-15", "geometry": box(300 * number, 0, 200, 100), **more,
    }  # fmt: skip


def test_a_contract_without_a_shape_lies_where_its_only_permit_does() -> None:
    """Named by number; one whose permit is not there lies nowhere, one with a shape of its own where that is."""
    permits = [permit(1), permit(2)]
    own = box(9000, 0, 50, 50)
    contracts = [
        {**plot(2), "批准文号": "P2", "geometry": own}, contract(1, 批准文号="豫政土〔2023〕1号", geometry=None),
        contract(3, 批准文号="豫政土〔2023〕9号", geometry=None),
    ]  # fmt: skip
    _, result = check(contract=contracts, permit=permits)
    table = result.tables["IDLE_LAND"]
    places = dict(zip(table["key"], table["geometry"]))
    assert places["H1"].equals(permits[0]["geometry"])
    assert places["H2"].equals(own)
    assert places["H3"] is None


def test_idle_land_without_a_shape_is_told_where_its_permit_lies() -> None:
    """A ledger that is a table: of two idle contracts one names its permit."""
    permits = [permit(1, PZRQ="2019-01-01"), permit(2, PZRQ="2019-01-01")]
    idle = {"约定动工日期": "2025-01-01", **WAITING}
    ledger = [contract(1, 批准文号="豫政土[2023]1号", **idle), contract(2, 批准文号="", **idle)]
    _, result = check(contract=ledger, permit=permits)
    told = result.findings.frame().query("rule == 'R7083'").set_index("key")["geometry"]
    assert told["H1"].equals(permits[0]["geometry"])
    assert told["H2"] is None


def statuses(result: Result, kind: str = "permit") -> dict[str, str]:
    table = result.tables["IDLE_LAND"]
    return dict(table.loc[table["kind"] == kind, ["key", "status"]].itertuples(index=False))


def test_what_was_approved_and_supplied() -> None:
    permits = [
        permit(1),
        permit(2),
        permit(3),
        permit(4, PZRQ="2024-06-30"),
        permit(5, SPZT="受理"),
        permit(6, PZRQ=None),
    ]
    contracts = [
        {**contract(1, 批准文号="豫政土〔2023〕1号", **{"出让面积(平方米)": 19_700.0}), "geometry": None},
        {**contract(2, 批准文号="豫政土(2023)2号", **{"出让面积(平方米)": 12_000.0}), "geometry": None},
    ]
    found, result = check(permit=permits, contract=contracts)
    assert statuses(result) == {
        "P1": "supplied", "P2": "partly_supplied", "P3": "not_supplied", "P4": "not_supplied", "P6": "unknown",
    }  # fmt: skip
    assert row(result, "P2")["supplied_area"] == 12_000.0
    assert row(result, "H2")["permit"] == "P2"
    # Two years to the day are not more than two years.
    assert {one for one in found if one[1] == "permit"} == {
        ("R7080", "permit", "P3", ""), ("R7081", "permit", "P2", ""), ("R7086", "permit", "P6", ""),
    }  # fmt: skip


def test_permits_of_days_that_have_not_come_are_told_as_a_fault_of_the_data() -> None:
    """As the contracts' days are: nothing of their land has waited."""
    contracts = [{**contract(2, 批准文号="豫政土(2023)2号"), "geometry": None}]
    found, result = check(permit=[permit(n, PZRQ="2026-07-01") for n in (1, 2)] + [permit(3)], contract=contracts)
    assert statuses(result) == {"P1": "unknown", "P2": "supplied", "P3": "not_supplied"}
    assert {one for one in found if one[1] == "permit"} == {
        ("R7021", "permit", "P1", "on_date"), ("R7021", "permit", "P2", "on_date"), ("R7080", "permit", "P3", ""),
    }  # fmt: skip


def test_contracts_without_a_number_are_joined_by_place() -> None:
    rows = [
        {**contract(1), "geometry": box(300, 0, 100, 100)},
        {**contract(2), "geometry": box(550, 0, 99, 100)},
        {**contract(3, 批准文号="没有的文号"), "geometry": box(900, 0, 50, 50)},
    ]
    found, result = check(permit=[permit(1), permit(2), permit(3)], contract=rows)
    assert {one for one in found if one[0] in ("R7091", "R7092")} == {
        ("R7092", "contract", "H1", "P1"), ("R7091", "contract", "H3", ""), ("R7092", "contract", "H3", "P3"),
    }  # fmt: skip
    assert statuses(result)["P2"] == "not_supplied"


def test_one_number_of_several_permits_is_supplied_once() -> None:
    """An approval of two plots, of which one was supplied: half of each, not the whole of both."""
    both = [permit(1), permit(2, PZWH="豫政土〔2023〕1号")]
    size = both[0]["PZMJ"]
    given = {"批准文号": "豫政土〔2023〕1号", "出让面积(平方米)": size}
    bare = {**contract(1, **given), "geometry": None}
    _, result = check(permit=both, contract=[bare])
    assert statuses(result) == {"P1": "partly_supplied", "P2": "partly_supplied"}
    assert row(result, "P1")["supplied_area"] + row(result, "P2")["supplied_area"] == size
    _, result = check(permit=both, contract=[bare, {**bare, "合同编号": "H2"}])
    assert statuses(result) == {"P1": "supplied", "P2": "supplied"}


def test_of_several_permits_under_a_number_that_one_is_supplied_on_which_the_contract_lies() -> None:
    both = [permit(1), permit(2, PZWH="豫政土〔2023〕1号")]
    given = {"批准文号": "豫政土〔2023〕1号", "出让面积(平方米)": both[1]["PZMJ"]}
    _, result = check(permit=both, contract=[{**contract(1, **given), "geometry": both[1]["geometry"]}])
    assert statuses(result) == {"P1": "not_supplied", "P2": "supplied"}


SHARED = "豫政土〔2023〕1号"


@pytest.mark.parametrize(
    ("x", "supplied"),
    # Wholly on the first; over its border, by less than a sliver and by half; nowhere on it; without a shape, by area.
    [(0, (20_000, 0)), (2, (20_000, 0)), (100, (10_000, 10_000)), (900, (0, 20_000)), (None, (5000, 15_000))],
)  # fmt: skip
def test_a_permit_without_a_shape_has_its_share_under_a_number(x: float | None, supplied: tuple[float, float]) -> None:
    both = [{**permit(1), "geometry": box(0, 0, 200, 100)},
            {**permit(2, PZWH=SHARED, PZMJ=60_000.0), "geometry": None}]  # fmt: skip
    given = {"批准文号": SHARED, "出让面积(平方米)": 20_000.0}
    shape = None if x is None else box(x, 0, 200, 100)
    _, result = check(permit=both, contract=[{**contract(1, **given), "geometry": shape}])
    assert tuple(row(result, key)["supplied_area"] for key in ("P1", "P2")) == supplied


def test_what_permits_without_shape_leave_to_one_another_is_shared_by_area() -> None:
    """Half of the contract on the first and, twice permitted, on the second; the rest on two without a shape."""
    some = [{**permit(n, PZWH=SHARED), "geometry": box(0, 0, 200, 100)} for n in (1, 2)]
    some += [{**permit(n, PZWH=SHARED, PZMJ=area), "geometry": None} for n, area in ((3, 1000.0), (4, 3000.0))]
    given = {"批准文号": SHARED, "出让面积(平方米)": 8000.0}
    _, result = check(permit=some, contract=[{**contract(1, **given), "geometry": box(100, 0, 200, 100)}])
    assert [row(result, f"P{n}")["supplied_area"] for n in (1, 2, 3, 4)] == [4000, 4000, 1000, 3000]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_share_that_nobody_knows_is_none_and_said_so(language: str) -> None:
    """Of two permits under a number one has neither a shape nor an area; what others supply for sure still counts."""
    some = [permit(1), {**permit(2, PZWH=SHARED, PZMJ=None), "geometry": None}, permit(3)]
    ledger = [{**contract(1, 批准文号=SHARED, **{"出让面积(平方米)": 20_000.0}), "geometry": None}]
    found, result = check(language=language, permit=some, contract=ledger)
    assert statuses(result) == {"P1": "unknown", "P2": "unknown", "P3": "not_supplied"}
    assert np.isnan([row(result, key)["supplied_area"] for key in ("P1", "P2")]).all()
    assert {key for rule, _, key, _ in found if rule in ("R7080", "R7081", "R7086")} == {"P3"}
    assert sum("P1、P2" in said for said in result.unchecked) == 1
    sure = {**contract(2, 批准文号="P1", **{"出让面积(平方米)": 20_000.0}), "geometry": None}
    _, result = check(language=language, permit=some, contract=[*ledger, sure])
    assert (statuses(result)["P1"], row(result, "P1")["supplied_area"]) == ("supplied", 20_000)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_a_contract_without_an_area_supplies_nobody_knows(language: str) -> None:
    """It is not nothing; where other contracts supply the whole permit, there is no question."""
    unsized = {**contract(1, 批准文号="P1", **{"出让面积(平方米)": None}), "geometry": None}
    found, result = check(language=language, permit=[permit(1)], contract=[unsized])
    assert (row(result, "P1")["status"], np.isnan(row(result, "P1")["supplied_area"])) == ("unknown", True)
    assert not {one for one in found if one[1] == "permit"}
    assert sum("P1" in said for said in result.unchecked) == 1
    sure = {**contract(2, 批准文号="P1", **{"出让面积(平方米)": 20_000.0}), "geometry": None}
    assert row(check(permit=[permit(1)], contract=[unsized, sure])[1], "P1")["status"] == "supplied"


def test_a_contract_over_the_border_of_its_permit_supplies_that_one() -> None:
    """Borders are digitised twice: a metre of the neighbour under the same number takes no half of the land away."""
    size = 20_000.0
    both = [{**permit(1), "geometry": box(0, 0, 200, 100)},
            {**permit(2, PZWH="豫政土〔2023〕1号"), "geometry": box(200, 0, 200, 100)}]  # fmt: skip
    given = {"批准文号": "豫政土〔2023〕1号", "出让面积(平方米)": size}
    _, result = check(permit=both, contract=[{**contract(1, **given), "geometry": box(1, 0, 200, 100)}])
    assert statuses(result) == {"P1": "supplied", "P2": "not_supplied"}
    assert row(result, "P1")["supplied_area"] == size
    _, result = check(permit=both, contract=[{**contract(1, **given), "geometry": box(150, 0, 200, 100)}])
    assert (row(result, "P1")["supplied_area"], row(result, "P2")["supplied_area"]) == (size / 4, size * 3 / 4)
    both[1]["geometry"] = box(200, 0, 2, 100)
    _, result = check(permit=both, contract=[{**contract(1, **given), "geometry": box(0, 0, 202, 100)}])
    assert row(result, "P2")["supplied_area"] == 198.02


def test_two_permits_of_one_land_are_supplied_by_one_contract() -> None:
    """Conversion and acquisition are two steps of one matter: neither is supplied by half."""
    size = permit(1)["PZMJ"]
    steps = [permit(1), {**permit(2), "geometry": permit(1)["geometry"]}]
    given = {"出让面积(平方米)": size}
    _, result = check(permit=steps, contract=[{**contract(1, **given), "geometry": steps[0]["geometry"]}])
    assert statuses(result) == {"P1": "supplied", "P2": "supplied"}


def test_a_share_just_below_its_line_does_not_read_as_the_line() -> None:
    found = {"已动工开发面积(平方米)": "20000", "已投资额(万元)": "249.99", "停工日期": "2023-01-01"}
    _, result = check(contract=[contract(**found)])
    assert "24.999%" in result.findings.frame()["message"].iloc[0]


def test_permits_alone_tell_nothing_of_supply() -> None:
    found, result = check(permit=[permit(1)])
    assert found == set()
    assert len(result.tables["IDLE_LAND"]) == 0
    assert len(result.unchecked) == 2
