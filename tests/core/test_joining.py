"""Finding the plot that a row speaks of: by number, by village and number, by the village's name, by old codes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from redline.core.checks import joining
from redline.core.errors import InputError
from redline.core.findings import Findings
from redline.tests.core.hand import NAMES, VILLAGES, Row, box, check, county, layer, register_of, sheet

MU = "永久基本农田面积(亩)"


def numbered(*keys: str, villages: tuple[str, ...] = (), **columns: object) -> list[Row]:
    """A map of plots with these numbers."""
    return [
        {"YJJBNTTBBH": key, "XZQDM": village, "YJJBNTTBMJ": 1.0, **columns, "geometry": box(0, 0, 1, 1)}
        for key, village in zip(keys, villages or ("",) * len(keys))
    ]


def joined(plots: list[Row], register: list[Row], names: dict[str, str] | None = None) -> list[str]:
    """The keys that the rows of a register get."""
    findings = Findings("zh")
    on_map = layer("map", plots, findings)
    joining.settle_keys(on_map, None, findings)
    listed = sheet("register", register, findings)
    joining.settle_units(listed, on_map, names or {})
    joining.settle_keys(listed, on_map, findings)
    return list(listed.rows["key"])


def lines(*numbers: str, head: str = "图斑号", **columns: str) -> list[Row]:
    return [{head: number, **columns, MU: "1.00", "责任人": "张三"} for number in numbers]


@pytest.mark.parametrize("number", ["00001", "1", "００００１", " 00001 ", "1.0"])
def test_numbers_in_a_village_are_the_same_however_written(number: str) -> None:
    register = [*lines(number, 村代码=VILLAGES[0]), *lines("00002", 村代码=VILLAGES[1])]
    assert joined(county(), register) == ["99010100100100001", "99010100100200002"]


@pytest.mark.parametrize("village", [VILLAGES[0], f"{VILLAGES[0]}0000000", "９９０１０１００１００１"])
def test_villages_are_the_same_however_padded(village: str) -> None:
    assert joined(county(), lines("00003", 村代码=village)) == ["99010100100100003"]


def test_a_village_without_a_code_is_known_by_its_name() -> None:
    register = lines("00001", 村名="柳河村")
    assert joined(county(), register, NAMES) == ["99010100200100001"]


def test_a_name_that_two_villages_have_tells_neither() -> None:
    names = {**NAMES, "990101002009": "柳河村"}
    assert joined(county(), lines("00001", 村名="柳河村"), names) != ["99010100200100001"]


def test_full_numbers_under_the_heading_of_a_village_number() -> None:
    """图斑号 mostly counts in the village, but offices also write the whole number there."""
    keys = [row["YJJBNTTBBH"] for row in county()]
    assert joined(county(), lines(*keys, 坐落单位代码=VILLAGES[0])) == keys


def test_a_row_may_be_found_in_another_way_than_most() -> None:
    register = [
        {"永久基本农田图斑编号": key, "村代码": VILLAGES[0], "图斑号": number, MU: "1.00"}
        for key, number in (("99010100100100001", "1"), ("", "2"), ("99010100100100003", "3"))
    ]
    assert joined(county(), register) == ["99010100100100001", "99010100100100002", "99010100100100003"]


def test_what_the_map_has_not_keeps_its_own_name() -> None:
    register = [*lines("00001", "00002", 村代码=VILLAGES[0]), *lines("00077", 村代码=VILLAGES[0])]
    assert joined(county(), register)[2] == f"{VILLAGES[0]}/00077"
    found, _ = check(map=county()[:2], register=register)
    assert {finding for finding in found if finding[0] == "R6002"} == {
        ("R6002", "register", f"{VILLAGES[0]}/00077", "")
    }


def test_a_map_whose_numbers_count_anew_in_every_village() -> None:
    plots = numbered(*["0001", "0002", "0003"] * 2, villages=(VILLAGES[0],) * 3 + (VILLAGES[1],) * 3)
    findings = Findings("zh")
    on_map = layer("map", plots, findings)
    joining.settle_keys(on_map, None, findings)
    assert on_map.rows["key"].tolist() == [f"{v}/{n}" for v in VILLAGES[:2] for n in ("0001", "0002", "0003")]
    assert joined(plots, lines("3", "0001", 村代码=VILLAGES[1])) == [f"{VILLAGES[1]}/0003", f"{VILLAGES[1]}/0001"]


def test_a_few_numbers_written_twice_are_mistakes_and_no_way_of_counting() -> None:
    keys = [f"P{number}" for number in range(30)]
    plots = numbered(*keys, "P0", "P1", villages=(VILLAGES[0],) * 30 + (VILLAGES[1],) * 2)
    found, _ = check(map=plots)
    assert {finding[:3] for finding in found if finding[0] == "R2009"} == {
        ("R2009", "map", "P0"),
        ("R2009", "map", "P1"),
    }


def test_settling_twice_changes_nothing() -> None:
    plots = numbered(*["0001", "0002"] * 2, villages=(VILLAGES[0],) * 2 + (VILLAGES[1],) * 2)
    findings = Findings("zh")
    on_map, listed = layer("map", plots, findings), sheet("register", lines("2", 村代码=VILLAGES[1]), findings)
    for _ in range(2):
        joining.settle_keys(on_map, None, findings)
        joining.settle_keys(listed, on_map, findings)
    assert on_map.rows["key"].nunique() == 4
    assert listed.rows["key"].tolist() == [f"{VILLAGES[1]}/0002"]


@pytest.mark.parametrize("drop", ["图斑编号", "村代码"])
def test_a_register_without_any_number_is_an_error_that_says_so(drop: str) -> None:
    register = [{"村代码": row["XZQDM"], "村名": row["XZQMC"], MU: "1.00"} for row in county()]
    with pytest.raises(InputError, match="register"):
        check(map=county(), register=register)
    without = [{key: value for key, value in row.items() if key != drop} for row in register_of(county())]
    if drop == "村代码":
        assert check(map=county(), register=without)[0] == set()


def test_a_map_without_any_number_is_an_error_that_says_so() -> None:
    with pytest.raises(InputError, match="YJJBNTTBBH"):
        check(map=[{"YJJBNTTBMJ": 1.0, "geometry": box(0, 0)}])


# Replaced units


def test_units_of_a_replaced_county_are_no_difference() -> None:
    plots = county()
    for row in plots:
        row["YJJBNTTBBH"], row["XZQDM"] = "610881" + row["YJJBNTTBBH"][6:], "610881" + row["XZQDM"][6:]
    register = register_of(plots)
    for row in register:
        row["图斑编号"], row["村代码"] = "610821" + row["图斑编号"][6:], "610821" + row["村代码"][6:]
    assert check(map=plots, register=register)[0] == set()
    old_numbers = [{**row, "图斑号": row["图斑编号"][-5:]} for row in register]
    for row in old_numbers:
        del row["图斑编号"]
    assert check(map=plots, register=old_numbers)[0] == set()


def test_a_current_code_is_never_renamed() -> None:
    """Where the map itself keeps the old code, old is right."""
    plots = county()
    for row in plots:
        row["YJJBNTTBBH"], row["XZQDM"] = "610821" + row["YJJBNTTBBH"][6:], "610821" + row["XZQDM"][6:]
    found, result = check(map=plots, register=register_of(plots))
    assert found == set()
    assert result.tables["PLOT_STATUS"]["key"].str.startswith("610821").all()


@pytest.mark.shared
def test_real_villages_of_replaced_counties_join(shared_data: Path) -> None:
    """Villages of 神木 and 澄江 as coded in 2016 and 2023: those whose lower digits stayed are one unit."""
    told = shared_data / "admin"
    streets = pd.read_csv(told / "china-division" / "streets_all.csv.gz", dtype=str)
    for old, new in (("610821", "610881"), ("530422", "530481")):
        before = pd.read_csv(told / "adcode2016" / f"{old}.csv", dtype=str, header=None)
        codes = before.stack()[before.stack().str.fullmatch(rf"{old}\d{{6}}")].str[:9].unique()
        after = set(streets["code"][streets["areaCode"] == new])
        renamed = joining.current(pd.Series(sorted(codes)), pd.Series(sorted(after)))
        kept = [code for code in codes if new + code[6:] in after]
        assert len(kept) >= 3, (old, len(codes), len(after))
        assert {code for code in renamed if code in after} == {new + code[6:] for code in kept}
        assert {code for code in renamed if code not in after} == set(codes) - set(kept)


# Position


def test_the_plot_with_most_of_the_land_is_the_one() -> None:
    plots = county()[:2]
    for reach, expected in ((40.0, plots[0]["YJJBNTTBBH"]), (60.0, plots[1]["YJJBNTTBBH"])):
        ground = [{"DKBH": None, "geometry": box(reach, 0, 100, 60)}]
        found, _ = check(map=plots, plots=ground)
        assert ("R6021", "plots", expected, "") in found
    apart = [{"DKBH": None, "geometry": box(-51, 0, 100, 60)}]
    assert not {rule for rule, *_ in check(map=plots, plots=apart)[0]} & {"R6021"}


def test_two_ground_plots_on_one_plot_stand_for_it_twice() -> None:
    plots = county()[:1]
    ground = [{"DKBH": None, "geometry": box(x, 0, 50, 60)} for x in (0, 50)]
    found, _ = check(map=plots, plots=ground)
    assert ("R2009", "plots", plots[0]["YJJBNTTBBH"], "") in found


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 11), st.booleans()), min_size=1, max_size=8))
@hypothesis_settings(deadline=None, max_examples=40, derandomize=True)
def test_joins_are_those_of_brute_force(rows: list[tuple[int, int, bool]]) -> None:
    """Registers that name some plots by number and some by village and number, known or not."""
    plots = county()
    register, expected = [], []
    by_number = sum(flag for *_, flag in rows) * 2 >= len(rows)
    for _, number, flag in rows:
        plot = plots[number]
        own = plot["YJJBNTTBBH"] if flag == by_number or flag else ""
        register.append({"永久基本农田图斑编号": own, "村代码": plot["XZQDM"], "图斑号": plot["TBBH"], MU: "1.00"})
        expected.append(plot["YJJBNTTBBH"])
    assert joined(plots, register) == expected
