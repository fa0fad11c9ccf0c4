"""五落实: each duty met, unmet and untold; what map, register and atlas say together; shares of units by hand."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from redline.core.checks import duties
from redline.core.errors import InputError
from redline.core.findings import Findings
from redline.core.progress import Progress
from redline.core.result import Result
from redline.tests.core.hand import NAMES, VILLAGES, Row, Told, box, county, layer, sheet, told

TODAY = datetime.date(2026, 6, 30)
FIRST = "99010100100100001"
MU = "永久基本农田面积(亩)"
CROSSED = shapely.get_coordinates(box(0, 0))[[0, 2, 1, 3, 0]]
DUTIES = ("parcel", "area", "people", "responsibility", "atlas")


def plots() -> list[Row]:
    return [{**row, "BHKSSJ": "20220101", "BHJSSJ": "20351231"} for row in county()]


def register() -> list[Row]:
    return [
        {
            "图斑编号": row["YJJBNTTBBH"], "村代码": row["XZQDM"], MU: f"{row['YJJBNTMJ'] * 0.0015:.2f}",
            "责任人": "张三", "责任书编号": f"ZR-{number:03d}", "责任书面积(亩)": f"{row['YJJBNTMJ'] * 0.0015:.2f}",
            "保护开始时间": "2022年1月1日", "保护结束时间": "2035.12.31",
        }
        for number, row in enumerate(county())
    ]  # fmt: skip


def atlas() -> list[Row]:
    return [{"页码": str(n), "图名": f"{NAMES[code]}图", "村代码": code} for n, code in enumerate(VILLAGES, 2)]


def check(on_date: datetime.date = TODAY, language: str = "zh", **sources: Sequence[Row]) -> tuple[Told, Result]:
    findings = Findings(language)
    read = {role: (layer if role == "map" else sheet)(role, rows, findings) for role, rows in sources.items()}
    result = duties.check(read, findings, duties.Settings(on_date), Progress())
    return told(result), result


def of_first(result: Result) -> dict[str, Any]:
    table = result.tables["PLOT_DUTIES"].set_index("key")
    return {duty: table.loc[FIRST, duty] for duty in DUTIES}


def test_all_duties_met() -> None:
    found, result = check(map=plots(), register=register(), atlas_index=atlas())
    assert found == set()
    table = result.tables["PLOT_DUTIES"]
    assert table[list(DUTIES)].all(axis=None)
    assert len(table) == 12
    assert result.rates["duties"].value == 1.0
    assert result.unchecked == []


def test_what_no_source_tells_is_left_open() -> None:
    bare = [{"YJJBNTTBBH": row["YJJBNTTBBH"], "geometry": row["geometry"]} for row in county()]
    found, result = check(map=bare)
    assert found == set()
    assert of_first(result)["parcel"]
    assert pd.isna([value for duty, value in of_first(result).items() if duty != "parcel"]).all()
    assert len(result.unchecked) == 4
    assert result.rates["duties"].value == 1.0


# What is changed, in which source, what must be found, which duties fail.
CASES: dict[str, tuple[str, dict[str, Any], set[tuple[str, str]], set[str]]] = {
    "no shape": ("map", {"geometry": None}, {("R3001", "map")}, {"parcel"}),
    "shape that crosses itself": (
        "map", {"geometry": shapely.Polygon(CROSSED)}, {("R3002", "map")}, {"parcel"},
    ),
    "no gross area": ("map", {"YJJBNTTBMJ": None}, {("R6026", "map")}, {"area"}),
    "gross area zero": ("map", {"YJJBNTTBMJ": 0.0}, {("R6026", "map")}, {"area"}),
    "gross area below zero": ("map", {"YJJBNTTBMJ": -6000.0}, {("R6026", "map")}, {"area"}),
    "no net area": ("map", {"YJJBNTMJ": None}, {("R6026", "map")}, {"area"}),
    "no person on the map": ("map", {"ZRRMC": ""}, set(), set()),
    "no person in the register": ("register", {"责任人": "/"}, set(), set()),
    "another person": ("register", {"责任人": "李四"}, {("R6023", "register")}, {"people"}),
    "the same person, spaced": ("register", {"责任人": "张　三"}, set(), set()),
    "no letter": ("register", {"责任书编号": None}, {("R6011", "register")}, {"responsibility"}),
    "letter of another area": ("register", {"责任书面积(亩)": "9.02"}, {("R6027", "register")}, {"responsibility"}),
    "register period over": (
        "register", {"保护结束时间": "2026.6.29"}, {("R6024", "register"), ("R6031", "register")}, {"responsibility"},
    ),
    "register period ends today": (
        "register", {"保护结束时间": "2026.6.30"}, {("R6031", "register")}, {"responsibility"},
    ),
    "register period not begun": (
        "register", {"保护开始时间": "2026年7月1日"}, {("R6024", "register")}, {"responsibility"},
    ),
    "register period turned round": (
        "register", {"保护开始时间": "2036.1.1"}, {("R2008", "register")}, {"responsibility"},
    ),
    "register day that does not exist": ("register", {"保护结束时间": "2035.2.30"}, {("R2002", "register")}, set()),
    "not in the register": (
        "register", {"图斑编号": "99010100100100099"}, set(), {"responsibility"},
    ),
    "no page of the village": (
        "atlas_index", {"村代码": "990101001009"}, {("R6008", "map")}, {"atlas"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_one_duty_at_a_time(case: str) -> None:
    source, change, expected, fails = CASES[case]
    sources = {"map": plots(), "register": register(), "atlas_index": atlas()}
    sources[source][0].update(change)
    found, result = check(**sources)
    of_this = {(rule, role) for rule, role, key, _ in found if key == FIRST}
    assert of_this - {("R6031", "register")} == expected - {("R6031", "register")}
    others = {key for _, _, key, _ in found} - {FIRST}
    assert others == ({f"{VILLAGES[0]}{n:05d}" for n in (2, 3, 4)} if source == "atlas_index" else set())
    assert {duty for duty, met in of_first(result).items() if not met} == fails
    rest = result.tables["PLOT_DUTIES"].query("key > '99010100100100004'")
    assert rest[list(DUTIES)].all(axis=None)


def test_a_plot_with_nobody_anywhere() -> None:
    on_map, listed = plots(), register()
    on_map[0]["ZRRMC"], listed[0]["责任人"] = "", ""
    found, result = check(map=on_map, register=listed)
    assert found == {("R6010", "map", FIRST, "")}
    assert not of_first(result)["people"]


@pytest.mark.parametrize("said", ["长期", "长期有效", "永久"])
def test_a_period_without_an_end_is_in_force(said: str) -> None:
    listed = [{**row, "保护结束时间": said} for row in register()]
    on_map = [{key: value for key, value in row.items() if key not in ("BHKSSJ", "BHJSSJ")} for row in plots()]
    assert check(map=on_map, register=listed)[0] == set()


@pytest.mark.parametrize("day", [datetime.date(2022, 1, 1), datetime.date(2035, 12, 31)])
def test_the_first_and_the_last_day_are_in_force(day: datetime.date) -> None:
    assert check(day, map=plots(), register=register())[0] == set()


@pytest.mark.parametrize("day", [datetime.date(2021, 12, 31), datetime.date(2036, 1, 1)])
def test_the_days_beside_are_not(day: datetime.date) -> None:
    found, result = check(day, map=plots(), register=register())
    assert {(rule, role) for rule, role, *_ in found} == {("R6024", "register")}
    assert not of_first(result)["responsibility"]
    assert set(result.findings.frame()["difference"].abs()) == {1.0}


def test_months_and_years_are_whole() -> None:
    """2026年6月 ends on the 30th, 2026 on 31 December."""
    on_map = [{key: value for key, value in row.items() if key not in ("BHKSSJ", "BHJSSJ")} for row in plots()]
    for said, fine in (("2026年6月", True), ("2026", True), ("2026年5月", False), ("2025", False)):
        listed = [{**row, "保护结束时间": said} for row in register()]
        assert (check(map=on_map, register=listed)[0] == set()) == fine, said


@pytest.mark.parametrize("page", ["990101", "990101001", VILLAGES[0]])
def test_a_page_of_a_unit_shows_all_its_plots(page: str) -> None:
    _, result = check(map=plots(), atlas_index=[{"页码": "1", "图名": "图", "村代码": page}])
    table = result.tables["PLOT_DUTIES"]
    assert table["atlas"].tolist() == [unit.startswith(page) for unit in table["unit"]]


def test_a_page_of_a_plot_shows_that_plot() -> None:
    _, result = check(map=plots(), atlas_index=[{"页码": "1", "图名": "图", "图斑编号": FIRST}])
    table = result.tables["PLOT_DUTIES"].set_index("key")["atlas"]
    assert table[table].index.tolist() == [FIRST]


def test_a_page_number_in_the_register_stands_for_an_atlas() -> None:
    listed = [{**row, "图册页码": "12" if number else ""} for number, row in enumerate(register())]
    found, _ = check(map=plots(), register=listed)
    assert found == {("R6008", "map", FIRST, "")}


def test_an_atlas_index_without_units_or_numbers_is_an_error_that_says_so() -> None:
    with pytest.raises(InputError, match="atlas_index"):
        check(map=plots(), atlas_index=[{"页码": "1", "图名": "图"}])


def test_shares_of_units_by_hand() -> None:
    on_map = plots()
    on_map[0]["ZRRMC"] = on_map[4]["ZRRMC"] = on_map[5]["ZRRMC"] = ""
    on_map[0]["YJJBNTTBMJ"] = None
    _, result = check(map=on_map)
    table = result.tables["UNIT_DUTIES"].set_index("unit")
    by_hand = {
        "990101": ("county", 12, 1.0, 11 / 12, 9 / 12), "990101001": ("township", 8, 1.0, 7 / 8, 5 / 8),
        "990101002": ("township", 4, 1.0, 1.0, 1.0), VILLAGES[0]: ("village", 4, 1.0, 3 / 4, 3 / 4),
        VILLAGES[1]: ("village", 4, 1.0, 1.0, 2 / 4), VILLAGES[2]: ("village", 4, 1.0, 1.0, 1.0),
    }  # fmt: skip
    assert set(table.index) == set(by_hand)
    for unit, (level, count, parcel, area, people) in by_hand.items():
        row = table.loc[unit]
        assert (row["level"], row["plots"], row["unit_name"]) == (
            level,
            count,
            NAMES.get(unit, "") if unit in VILLAGES else "",
        )
        assert (row["parcel"], row["area"], row["people"]) == pytest.approx((parcel, area, people), abs=1e-4)
        assert row["complete"] == pytest.approx(people, abs=1e-4)
        assert pd.isna(row["atlas"])
    assert result.rates["duties"].numerator == 9
    assert result.rates["duties"].denominator == 12


@given(
    st.lists(
        st.tuples(*[st.sampled_from(["张三", "李四", ""])] * 2, st.sampled_from(["", "1"])), min_size=1, max_size=12
    )
)
@hypothesis_settings(deadline=None, max_examples=40, derandomize=True)
def test_people_and_letters_against_brute_force(rows: list[tuple[str, str, str]]) -> None:
    on_map, listed = plots()[: len(rows)], register()[: len(rows)]
    expected = set()
    for plot, line, (mine, his, letter) in zip(on_map, listed, rows):
        plot["ZRRMC"], line["责任人"], line["责任书编号"] = mine, his, letter
        key = plot["YJJBNTTBBH"]
        if not mine and not his:
            expected.add(("R6010", "map", key, ""))
        if mine and his and mine != his:
            expected.add(("R6023", "register", key, ""))
        if not letter:
            expected.add(("R6011", "register", key, ""))
    found, result = check(map=on_map, register=listed)
    assert found == expected
    table = result.tables["PLOT_DUTIES"].set_index("key")
    for plot, (mine, his, letter) in zip(on_map, rows):
        assert table.loc[plot["YJJBNTTBBH"], "people"] == (bool(mine or his) and not (mine and his and mine != his))
        assert table.loc[plot["YJJBNTTBBH"], "responsibility"] == bool(letter)


def test_order_and_language_change_no_finding() -> None:
    on_map, listed = plots(), register()
    on_map[0]["ZRRMC"], listed[1]["责任书编号"], listed[2]["保护结束时间"] = "李四", "", "2020"
    one = check(map=on_map, register=listed)[1].findings.frame()
    other = check(language="en", map=on_map[::-1], register=listed[::-1])[1].findings.frame()
    assert list(one["finding_id"]) == list(other["finding_id"])
    assert len(one) >= 3


def test_an_empty_map_and_empty_sources() -> None:
    cells = [{**plots()[0], "geometry": None}]
    found, result = check(
        map=cells, register=[{"图斑编号": None, "责任书编号": None}], atlas_index=[{"村代码": None, "图名": None}]
    )
    assert ("R3001", "map", FIRST, "") in found
    assert result.checked == 1
