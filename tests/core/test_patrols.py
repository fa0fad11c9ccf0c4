"""Patrols against zones and months: counted by hand, by brute force, and in the ways that logs are wrong."""

from __future__ import annotations

import datetime
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from redline.core.checks import patrols
from redline.core.errors import InputError
from redline.core.findings import Findings
from redline.core.months import months
from redline.core.progress import Cancelled, Progress
from redline.core.result import Result
from redline.tests.core.hand import EAST, NORTH, Row, Told, box, layer, sheet, told
from redline.tests.core.test_grid import DAY, V1, V2, V3, plots, zones

A, B = f"{V1}001", f"{V2}001"


def at(x: float, y: float) -> shapely.Point:
    return shapely.Point(EAST + x, NORTH + y)


def walk(zone: str, day: str, person: str = "员一", result: str = "正常", **more: Any) -> Row:
    return {"网格代码": zone, "巡查日期": day, "巡查人": person, "巡查结果": result, **more}


def month_of(zone: str, month: str, times: int) -> list[Row]:
    return [walk(zone, f"{month}-{day + 1:02d}") for day in range(times)]


def run(log: list[Row], language: str = "zh", progress: Progress | None = None, given: dict[str, Any] | None = None,
        **settings: Any) -> Result:  # fmt: skip
    findings = Findings(language)
    sources = {"zone": zones(), **(given or {})}
    kinds = {"zone": layer, "map": layer, "roster": sheet}
    frames = {role: kinds[role](role, rows, findings) for role, rows in sources.items()}
    frames["patrol"] = (layer if "geometry" in log[0] else sheet)("patrol", log, findings)
    chosen = patrols.Settings(**{"on_date": DAY, **settings})
    return patrols.check(frames, findings, chosen, progress or Progress())


def found(result: Result, *left_out: str) -> Told:
    return {one for one in told(result) if one[0] not in ("R9060", *left_out) and one[0][:2] != "R2"}


def calendar(result: Result) -> dict[tuple[str, str], Row]:
    return {(row["zone_code"], row["month"]): row for row in result.tables["CALENDAR"].to_dict("records")}


def short(result: Result) -> dict[tuple[str, str], tuple[str, str]]:
    rows = result.findings.frame().query("rule == 'R9060'")
    return {(row["key"], row["related"]): (row["severity"], row["actual"]) for row in rows.to_dict("records")}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_zone_and_month_is_there_and_told_where_it_is_short(language: str) -> None:
    log = month_of(A, "2026-05", 8) + month_of(A, "2026-06", 7) + month_of(B, "2026-06", 9)
    result = run(log, language, months="2026-05..2026-06")
    assert found(result) == set()
    table = result.tables["CALENDAR"]
    assert list(table.columns[:7]) == ["zone_code", "month", "done", "due", "days", "share", "short"]
    assert len(table) == 4 * 2
    assert [(row["done"], row["short"]) for row in table.to_dict("records")] == [
        (8, False), (7, True), (0, True), (0, True), (0, True), (9, False), (0, True), (0, True),
    ]  # fmt: skip
    assert short(result) == {
        (A, "2026-06"): ("warning", "7"), (f"{V1}002", "2026-05"): ("error", "0"),
        (f"{V1}002", "2026-06"): ("error", "0"), (B, "2026-05"): ("error", "0"),
        (f"{V3}001", "2026-05"): ("error", "0"), (f"{V3}001", "2026-06"): ("error", "0"),
    }  # fmt: skip
    rate = result.rates["patrols"]
    assert (rate.numerator, rate.denominator) == (24, 64)


def test_the_rate_of_a_county_that_published_it() -> None:
    """149 zones, 8 due: 947 of 1192 patrols, printed as 79.44 % with what is behind cut off (DOMAIN §6.3, S42)."""
    areas = [{"WGDM": f"{V1}{n:03d}", "geometry": box(10 * n, 0, 10, 10)} for n in range(149)]
    done = np.full(149, 6)
    done[: 947 - 149 * 6] += 1
    log = [row for n, times in enumerate(done) for row in month_of(f"{V1}{n:03d}", "2026-05", times)]
    result = run(log, given={"zone": areas}, months="2026-05")
    rate = result.rates["patrols"]
    assert (rate.numerator, rate.denominator) == (947, 1192)
    assert math.floor(10_000 * (rate.value or 0)) == 7944


def test_1657_patrols_found_363_and_127_were_filed() -> None:
    dice = np.random.default_rng(1)
    log = []
    for n in range(1657):
        day = f"2026-0{n % 6 + 1}-{n % 28 + 1:02d}"
        one = walk((A, B)[n % 2], day, 巡查编号=f"X{n}", 发现问题="无", 处理情况="")
        if n < 363:
            one.update(发现问题=("占用耕地建房", "是", "堆放砂石")[n % 3], 处理情况="已立案" if n < 127 else "已制止")
        log.append(one)
    order = dice.permutation(len(log))
    result = run([log[n] for n in order])
    rates = {name: (rate.numerator, rate.denominator) for name, rate in result.rates.items()}
    assert rates["patrols_found"] == (363, 1657)
    assert rates["found_filed"] == (127, 363)


def test_days_and_numbers_due_by_level() -> None:
    log = [walk(A, "2026-06-01", 开始时间=f"{hour:02d}:00") for hour in range(8)]
    assert not calendar(run(log, months="2026-06"))[A, "2026-06"]["short"]
    counted = calendar(run(log, months="2026-06", by_days=True))[A, "2026-06"]
    assert (counted["done"], counted["days"], counted["short"]) == (8, 1, True)
    above = [*zones(), {"WGDM": V1, "WGMC": "甲村", "geometry": box(0, 0, 1000, 1000)}]
    log = [walk(A, "2026-06-01"), walk(V1, "2026-06-02")]
    table = calendar(run(log, given={"zone": above}, months="2026-06", due=1, due_of={"village": 2}))
    assert (table[A, "2026-06"]["due"], table[A, "2026-06"]["done"]) == (1, 1)
    assert (table[V1, "2026-06"]["due"], table[V1, "2026-06"]["done"]) == (2, 1)
    without = calendar(run(log, given={"zone": above}, months="2026-06", due=1))
    assert (V1, "2026-06") not in without


def test_a_month_that_is_not_over_is_not_short() -> None:
    result = run(month_of(A, "2026-06", 3), months="2026-05..2026-07", on_date=datetime.date(2026, 6, 29))
    assert {month for _, month in short(result)} == {"2026-05"}
    rate = result.rates["patrols"]
    assert (rate.numerator, rate.denominator) == (0, 32)
    assert {month for _, month in short(run(month_of(A, "2026-06", 3), months="2026-06"))} == {"2026-06"}


def test_without_months_those_of_the_log() -> None:
    result = run([walk(A, "2026-02-27"), walk(A, "2026-04-01"), walk(A, "2026-09-01")])
    assert sorted(set(result.tables["CALENDAR"]["month"])) == ["2026-02", "2026-03", "2026-04"]
    assert found(result) == {("R9071", "patrol", f"{A} 2026-09-01 员一", "")}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_patrol_with_a_year_typed_too_early_makes_no_month_due(language: str) -> None:
    """2002 for 2026: the months of the log are May and June, not the 289 before them."""
    log = [*month_of(A, "2026-05", 8), *month_of(A, "2026-06", 8), walk(A, "2002-06-11", 巡查编号="X")]
    result = run(log, language)
    assert sorted(set(result.tables["CALENDAR"]["month"])) == ["2026-05", "2026-06"]
    assert found(result) == {("R9072", "patrol", "X", "")}
    message = result.findings.frame().query("rule == 'R9072'")["message"].item()
    assert all(said in message for said in ("2002-06-11", "2026-05-01", "8725", "2026-05"))
    asked = run(log, language, months="2002-06")
    assert found(asked) == {("R9066", "patrol", "2026-05", ""), ("R9066", "patrol", "2026-06", "")}
    assert calendar(asked)[A, "2002-06"]["done"] == 1


def test_a_log_that_begins_slowly_is_held_due_from_its_beginning() -> None:
    """365 days before the others, two of the same age, or no others to tell which is odd: nothing is left out."""
    late = month_of(A, "2026-06", 8)
    for early in (["2025-06-01"], ["2002-06-11", "2002-06-12"]):
        result = run([*late, *(walk(A, day) for day in early)])
        months = sorted(set(result.tables["CALENDAR"]["month"]))
        assert (months[0] == early[0][:7] or len(months) == 120), early
        assert not any(one[0] == "R9072" for one in found(result))
    assert len(set(run([walk(A, "2024-06-01"), walk(A, "2026-06-01")]).tables["CALENDAR"]["month"])) == 25
    told = {one[0] for one in found(run([*late, walk(A, "2025-05-31")]))}
    assert told == {"R9072"}


def test_points_and_tracks_in_and_out_of_their_zones() -> None:
    log = [
        walk(A, "2026-06-01", 巡查编号="IN", geometry=at(100, 100)),
        walk(A, "2026-06-02", 巡查编号="EDGE", geometry=at(-49, 100)),
        walk(A, "2026-06-03", 巡查编号="OUT", geometry=at(-60, 100)),
        walk("", "2026-06-04", 巡查编号="FOUND", geometry=at(1500, 500)),
        walk("", "2026-06-05", 巡查编号="NOWHERE", geometry=at(9000, 9000)),
        walk("", "2026-06-06", 巡查编号="TRACK", geometry=shapely.LineString([at(450, 10), at(800, 10)])),
        walk("99", "2026-06-07", 巡查编号="CODE", geometry=at(-900, 100)),
    ]
    result = run(log, months="2026-06")
    assert found(result) == {
        ("R9062", "patrol", "OUT", A), ("R9061", "patrol", "NOWHERE", ""), ("R9061", "patrol", "CODE", ""),
    }  # fmt: skip
    done = {zone: row["done"] for (zone, _), row in calendar(result).items()}
    assert done == {A: 2, f"{V1}002": 1, B: 1, f"{V3}001": 0}
    (outside,) = result.findings.frame().query("rule == 'R9062'").to_dict("records")
    assert (outside["actual"], outside["expected"], outside["difference"]) == ("60", "50", pytest.approx(10))
    assert outside["geometry"].geom_type == "Polygon"


def test_zones_by_name_and_by_the_unit_that_is_one_zone() -> None:
    log = [
        {"网格名称": "", "行政区代码": V2, "巡查日期": "2026-06-02", "巡查人": "员"},
        {"网格名称": "", "行政区代码": V1, "巡查日期": "2026-06-03", "巡查人": "员"},  # of two zones
        {"网格名称": "甲一", "巡查日期": "2026-06-01", "巡查人": "员"},
    ]
    result = run(log, months="2026-06")
    assert {zone for (zone, _), row in calendar(result).items() if row["done"]} == {A, B}
    assert {(rule, key) for rule, _, key, _ in found(result)} == {("R9061", f"{V1} 2026-06-03 员")}


def test_what_does_not_count() -> None:
    log = [
        walk(A, "2026-06-01", 开始时间="08:00"),
        walk(A, "2026-06-01", 开始时间="08:00"),  # again
        walk(A, "2026-06-01", 开始时间="09:00"),
        walk(A, "2026-06-02", result="", 开始时间="08:00"),
        walk(A, "2026-06-03", result="无", 开始时间="08:00"),  # a result: nothing
        walk(A, "", 开始时间="08:00"),
    ]
    result = run(log, months="2026-06")
    assert calendar(result)[A, "2026-06"]["done"] == 3
    assert found(result) == {
        ("R9064", "patrol", f"{A} 2026-06-01 08:00 员一", ""), ("R9068", "patrol", f"{A} 2026-06-02 08:00 员一", ""),
        ("R9067", "patrol", f"{A} 08:00 员一", ""),
    }  # fmt: skip


def test_rows_with_numbers_but_no_times_are_patrols_of_their_own() -> None:
    log = [walk(A, "2026-06-01", 巡查编号=f"X{n}") for n in range(4)] + [walk(A, "2026-06-09", 巡查编号="X3")]
    result = run(log, months="2026-06")
    assert calendar(result)[A, "2026-06"]["done"] == 4
    assert found(result) == {("R9064", "patrol", "X3", "")}


def test_people_who_are_not_on_the_roster() -> None:
    roster = [{"网格代码": A, "姓名": "员一", "角色": "网格员"}, {"网格代码": B, "姓名": "员二", "角色": "网格员"}]
    log = [
        walk(A, "2026-06-01"),
        walk(B, "2026-06-02", "员二、外人"),
        walk(B, "2026-06-03", "外人"),
        walk(B, "2026-06-04", ""),
    ]
    result = run(log, given={"roster": roster}, months="2026-06")
    assert found(result) == {("R9063", "patrol", "外人", "")}
    (one,) = result.findings.frame().query("rule == 'R9063'").to_dict("records")
    assert one["actual"] == "2"
    assert not any("名单" in said for said in result.unchecked)


def test_months_out_of_range_are_told_by_month() -> None:
    log = [*month_of(A, "2025-12", 2), *month_of(A, "2026-06", 8)]
    result = run(log, months="2026-06")
    assert found(result) == {("R9066", "patrol", "2025-12", "")}
    assert result.findings.frame().query("rule == 'R9066'")["actual"].tolist() == ["2"]


def test_nobody_moves_faster_than_a_car() -> None:
    log = [
        walk(A, "2026-06-01", 开始时间="08:00", 巡查编号="A", geometry=at(100, 100)),
        walk(B, "2026-06-01", 开始时间="08:01", 巡查编号="B", geometry=at(1900, 100)),  # 1800 m a minute: 108 km/h
        walk(f"{V3}001", "2026-06-01", 开始时间="08:01:20", 巡查编号="C", geometry=at(2900, 100)),  # 180 km/h
        walk(A, "2026-06-01", person="员二", 开始时间="08:01:30", 巡查编号="D", geometry=at(100, 100)),
        walk(A, "2026-06-02", person="员三", 开始时间="08:00", 结束时间="08:01", 巡查编号="E",
             geometry=shapely.LineString([at(0, 0), at(0, 2001)])),  # 120.06 km/h
        walk(A, "2026-06-02", person="员四", 开始时间="08:00", 结束时间="08:01", 巡查编号="F",
             geometry=shapely.LineString([at(0, 0), at(0, 1999)])),
    ]  # fmt: skip
    assert found(run(log, months="2026-06")) == {("R9065", "patrol", "C", "B"), ("R9065", "patrol", "E", "")}
    assert ("R9065", "patrol", "B", "A") in found(run(log, months="2026-06", max_speed=100))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_time_between_two_places_is_told_in_words(language: str) -> None:
    """900 m at the same moment, 900 m ten minutes before the first one ends, and tracks that take no time or less."""
    track = shapely.LineString([at(0, 0), at(0, 900)])
    log = [
        walk(A, "2026-06-01", 开始时间="08:00", 巡查编号="A", geometry=at(100, 100)),
        walk(A, "2026-06-01", 开始时间="08:00", 巡查编号="B", geometry=at(100, 1000)),
        walk(A, "2026-06-02", 开始时间="08:00", 结束时间="08:30", 巡查编号="C", geometry=at(100, 100)),
        walk(A, "2026-06-02", 开始时间="08:20", 巡查编号="D", geometry=at(100, 1000)),
        walk(A, "2026-06-03", person="员二", 开始时间="08:00", 结束时间="08:00", 巡查编号="E", geometry=track),
        walk(A, "2026-06-04", person="员二", 开始时间="22:30", 结束时间="08:00", 巡查编号="F", geometry=track),
        walk(A, "2026-06-05", person="员二", 开始时间="10:30", 结束时间="09:00", 巡查编号="G", geometry=track),
        walk(A, "2026-06-06", person="员二", 开始时间="08:00", 结束时间="08:00:20", 巡查编号="H", geometry=track),
        walk(A, "2026-06-07", person="", 开始时间="08:00", 结束时间="08:00:20", 巡查编号="I", geometry=track),
    ]  # fmt: skip
    told = run(log, language, months="2026-06").findings.frame().query("rule == 'R9065'").set_index("key")
    assert told["message"].to_dict() == {
        "zh": {
            "B": "巡查B（员一）：与巡查A在同一时刻，两处相距900米。",
            "D": "巡查D（员一）：在巡查C结束前10分钟已开始，两处相距900米。",
            "E": "巡查E（员二）：开始和结束为同一时刻，轨迹却长900米。",
            "G": "巡查G（员二）：结束时间比开始时间早90分钟，轨迹长900米。",
            "H": "巡查H（员二）：0.33分钟移动900米，时速162千米（不超过120）。",
            "I": "巡查I：0.33分钟移动900米，时速162千米（不超过120）。",
        },
        "en": {
            "B": "Patrol B (员一): at the same moment as patrol A, 900 m from it.",
            "D": "Patrol D (员一): begun 10 minutes before patrol C ended, 900 m from it.",
            "E": "Patrol E (员二): ended at the moment at which it began, with a track of 900 m.",
            "G": "Patrol G (员二): ended 90 minutes before it began, with a track of 900 m.",
            "H": "Patrol H (员二): 900 m in 0.33 minutes, 162 km/h (at most 120).",
            "I": "Patrol I: 900 m in 0.33 minutes, 162 km/h (at most 120).",
        },
    }[language]
    assert told["actual"]["B"] == {"zh": "同一时刻", "en": "at the same moment"}[language]
    assert told["actual"]["H"] == "162"
    assert not told[["message", "actual"]].stack().str.contains("∞|inf").any()


def test_discovered_stopped_reported() -> None:
    def case(name: str, **days: str) -> Row:
        blank = {"发现问题": "占用耕地", "发现日期": "", "制止日期": "", "报告日期": ""}
        return walk(A, "2026-06-10", 巡查编号=name, **{**blank, **days})

    log = [
        case("FINE", 发现日期="2026-06-10", 制止日期="2026-06-11", 报告日期="2026-06-13"),
        case("LATE", 发现日期="2026-06-10", 制止日期="2026-06-12", 报告日期="2026-06-14"),
        case("BEFORE", 发现日期="2026-06-10", 制止日期="2026-06-09", 报告日期="2026-06-10"),
        case("NEVER", 制止日期="2026-06-10"),
        case("NOTHING", 发现问题="无"),
        case("FRESH", 发现日期="2026-06-29", 制止日期="", 报告日期=""),
    ]
    assert found(run(log, months="2026-06")) == {
        ("R9070", "patrol", "LATE", "stopped"), ("R9070", "patrol", "LATE", "reported"),
        ("R9069", "patrol", "BEFORE", "stopped"), ("R9070", "patrol", "NEVER", "reported"),
    }  # fmt: skip


def test_the_share_of_plots_that_tracks_came_near_to() -> None:
    """Three plots of 100 m, 10 m apart, in every zone, from 50 m on."""
    track = shapely.LineString([at(0, 190), at(210, 190)])  # 40 m north of the first two; the third is 72 m away
    log = [walk(A, "2026-06-01", geometry=track), walk(A, "2026-05-01", geometry=at(60, 60))]
    table = calendar(run(log, given={"map": plots()}, months="2026-05..2026-06"))
    shares = [table[A, month]["share"] for month in ("2026-05", "2026-06")]
    plot = [row["geometry"] for row in plots()[:3]]
    assert shares == [
        round(sum(one.distance(shape) <= 50 for one in plot) / 3, 4) for shape in (at(60, 60), track)
    ]
    assert shares == [0.3333, 0.6667]
    assert table[B, "2026-06"]["share"] == 0.0
    assert np.isnan(calendar(run(log, months="2026-06"))[A, "2026-06"]["share"])


def test_counts_are_those_of_brute_force() -> None:
    dice = np.random.default_rng(8)
    shapes = {row["WGDM"]: row["geometry"] for row in zones()}
    log, expected = [], {}
    for n in range(600):
        day = pd.Timestamp("2026-01-01") + pd.Timedelta(days=int(dice.integers(0, 180)))
        spot = at(dice.uniform(-100, 3100), dice.uniform(-100, 1100))
        said = str(dice.choice([*shapes, ""]))
        log.append(walk(said, day.date().isoformat(), 巡查编号=f"{n}", geometry=spot))
        near = {zone: shape.distance(spot) for zone, shape in shapes.items()}
        home = said or min(near, key=lambda zone: (near[zone], zone))
        if near[home] <= 50:
            cell = home, f"{day:%Y-%m}"
            expected[cell] = expected.get(cell, 0) + 1
    result = run(log, months="2026-01..2026-06")
    assert {cell: row["done"] for cell, row in calendar(result).items() if row["done"]} == expected


def test_nothing_depends_on_the_order_of_rows() -> None:
    log = [
        walk(A, "2026-06-01", 开始时间="08:00"),
        walk(A, "2026-06-01", 开始时间="08:00"),
        walk("77", "2026-06-02", 开始时间=""),
        walk(B, "2026-06-03", result="", 开始时间=""),
        walk(B, "", 开始时间=""),
        walk(B, "2027-06-03", 开始时间=""),
    ]
    first, second = (run(rows, months="2026-06") for rows in (log, log[::-1]))
    assert first.findings.frame()["finding_id"].tolist() == second.findings.frame()["finding_id"].tolist()
    pd.testing.assert_frame_equal(*(one.tables["CALENDAR"].drop(columns="geometry") for one in (first, second)))


def test_a_log_that_joins_nothing_is_told_once() -> None:
    areas = [{"WGDM": f"{V1}{n:03d}", "geometry": box(10 * n, 0, 10, 10)} for n in range(30)]
    log = [walk(f"X{n}", "2026-06-01") for n in range(40)]
    result = run(log, given={"zone": areas}, months="2026-06")
    assert {one[:3] for one in told(result) if one[0][:2] == "R9"} == {
        ("R9060", "zone", ""), ("R9061", "patrol", ""),
    }  # fmt: skip


def test_hostile_rows() -> None:
    log = [
        walk(A, "二〇二六年", 开始时间="25:99", geometry=None),
        walk("９９０１０１００１００１００１", "2026．6．1", person="13912345678", geometry=shapely.Point()),
        walk(A, "2026-06-02", person="a" * 5000, geometry=at(float("nan"), 0)),
        walk(A, "20260603", geometry=shapely.MultiPoint([at(1, 1), at(5000, 1)])),
    ]
    result = run(log, given={"roster": [{"网格代码": A, "姓名": "员一"}]}, months="2026-06")
    assert calendar(result)[A, "2026-06"]["done"] == 3
    assert not result.findings.frame()["message"].str.contains("13912345678").any()
    assert not result.findings.frame()["key"].str.contains("13912345678").any()
    with pytest.raises(InputError, match="XCRQ"):
        run([{"网格代码": A, "巡查人": "员一"}])


def test_it_stops_when_asked_to() -> None:
    class Stopped(Progress):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(Cancelled):
        run(month_of(A, "2026-06", 2), progress=Stopped())


@pytest.mark.parametrize(
    ("said", "first", "last", "count"),
    [
        ("2026-03", "2026-03", "2026-03", 1), ("2026-01..2026-06", "2026-01", "2026-06", 6),
        ("2026年1月至2026年6月", "2026-01", "2026-06", 6), ("202601-202606", "2026-01", "2026-06", 6),
        ("2025-11 ~ 2026-02", "2025-11", "2026-02", 4), ("2026", "2026-01", "2026-12", 12),
        ("2025至2026", "2025-01", "2026-12", 24), ("２０２６．１．．２０２６．３", "2026-01", "2026-03", 3),
        ("2026-05、2026-01，2026-01..2026-02", "2026-01", "2026-05", 3), ("2026年1月-6月", "2026-01", "2026-06", 6),
        ("2026-01-2026-06", "2026-01", "2026-06", 6), ("2026/1~2026/2;", "2026-01", "2026-02", 2),
    ],
)  # fmt: skip
def test_months_as_people_write_them(said: str, first: str, last: str, count: int) -> None:
    read = months(said, "zh").astype(str).tolist()
    assert (read[0], read[-1], len(read)) == (first, last, count)


@pytest.mark.parametrize(
    "said", ["六月", "2026-13", "2026-00", "26-01", "2026-06-01..", "2026-01...x", "1899-01", "2026..6"]
)
def test_what_is_no_month_is_a_sentence(said: str) -> None:
    with pytest.raises(InputError, match=r"2026-01\.\.2026-06"):
        months(said, "en")


def test_months_that_end_before_they_begin_or_are_too_many() -> None:
    with pytest.raises(InputError, match="earlier month first"):
        months("2026-06..2026-01", "en")
    with pytest.raises(InputError, match="120"):
        months("1990..2026", "en")
    assert len(months("", "en")) == 0


def test_numbers_due_by_level_as_people_write_them() -> None:
    assert patrols.due_of_levels("township=1, village = 4", "en") == {"township": 1, "village": 4}
    assert patrols.due_of_levels("乡级1次；村级：４、网格=8", "zh") == {"township": 1, "village": 4, "zone": 8}
    assert patrols.due_of_levels("", "zh") == {}
    for said in ("8", "galaxy=3", "village=often", "village=-1", "village=1000"):
        with pytest.raises(InputError, match="township=1, village=4"):
            patrols.due_of_levels(said, "en")


def test_a_patrol_over_midnight_is_no_flight_and_one_that_ends_before_it_begins_is() -> None:
    """500 m in 50 minutes, from one day into the next; and the same track from 10:30 to 9:20."""
    track = shapely.LineString([(EAST + 10, NORTH + 10), (EAST + 110, NORTH + 10)])

    def walked(start: str, end: str) -> Told:
        row = walk(A, "2026-05-04", 开始时间=start, 结束时间=end, geometry=track)
        return found(run([row], tolerance=50.0))

    assert walked("23:30", "00:20") == set()
    assert walked("2026-05-04 23:30", "2026-05-05 00:20") == set()
    assert {one[0] for one in walked("10:30", "9:20")} == {"R9065"}


def test_places_that_are_none_and_outlines_that_cross_themselves() -> None:
    bow = shapely.Polygon([at(0, 0), at(300, 300), at(300, 0), at(0, 300)])
    lost = shapely.LineString([(EAST, NORTH), (math.nan, NORTH), (EAST + 10, NORTH)])
    shapes = [bow, lost, shapely.Point(math.inf, 0.0), shapely.LineString(), None]
    log = [walk("", f"2026-05-{n + 1:02d}", geometry=shape) for n, shape in enumerate(shapes)]
    result = run(log, given={"map": plots()}, months="2026-05")
    assert calendar(result)[A, "2026-05"]["done"] == 1
    assert sorted(one[0] for one in found(result)) == ["R9061"] * 4


def test_a_roster_without_names_is_a_sentence() -> None:
    with pytest.raises(InputError, match="姓名"):
        run(month_of(A, "2026-05", 8), given={"roster": [{"网格代码": A, "角色": "田长"}]})
