"""Zones against units, plots, people and letters: a county of boxes whose troubles anyone can count."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.affinity import translate

from redline.core import catalogue
from redline.core.checks import grid, permits
from redline.core.errors import InputError
from redline.core.findings import Findings
from redline.core.progress import Cancelled, Progress
from redline.core.result import Result
from redline.tests.core import zones as drawing
from redline.tests.core.hand import EAST, NORTH, Row, Told, box, layer, sheet, told

DAY = datetime.date(2026, 6, 30)
V1, V2, V3 = "990101001001", "990101001002", "990101002001"
DUTIES = {"定区域": "见图", "定职责": "巡查", "定任务": "每月8次", "定奖惩": "考核"}


def units() -> list[Row]:
    """Three villages of 1000 m side by side."""
    return [
        {"XZQDM": code, "XZQMC": f"{name}村", "geometry": box(1000 * n, 0, 1000, 1000)}
        for n, (code, name) in enumerate(((V1, "甲"), (V2, "乙"), (V3, "丙")))
    ]


def zones() -> list[Row]:
    """Two zones in the first village, one in each other."""
    return [
        {"WGDM": f"{V1}001", "XZQDM": V1, "WGMC": "甲一", "geometry": box(0, 0, 500, 1000)},
        {"WGDM": f"{V1}002", "XZQDM": V1, "WGMC": "甲二", "geometry": box(500, 0, 500, 1000)},
        {"WGDM": f"{V2}001", "XZQDM": V2, "WGMC": "乙", "geometry": box(1000, 0, 1000, 1000)},
        {"WGDM": f"{V3}001", "XZQDM": V3, "WGMC": "丙", "geometry": box(2000, 0, 1000, 1000)},
    ]


def plots() -> list[Row]:
    """Three plots of 100 × 100 m in every zone."""
    found = []
    for zone in zones():
        xmin, ymin, *_ = zone["geometry"].bounds
        for n in range(3):
            x, y = xmin - EAST + 50 + 110 * n, ymin - NORTH + 50
            key = f"{zone['WGDM'][:12]}{len(found):05d}"
            found.append({"YJJBNTTBBH": key, "XZQDM": zone["XZQDM"], "YJJBNTMJ": 9000.37, "geometry": box(x, y)})
    return found


def roster() -> list[Row]:
    heads = [{"行政区代码": code, "姓名": f"田{code[-3:]}{code[8]}", "角色": "田长", **DUTIES} for code in (V1, V2, V3)]
    return [
        *heads,
        *({"网格代码": zone["WGDM"], "姓名": f"员{n}", "角色": "网格员", **DUTIES} for n, zone in enumerate(zones())),
    ]


def letters() -> list[Row]:
    named = {"990101001": "一镇", "990101002": "二镇"}
    return [
        {"责任书编号": f"书{n}", "行政区代码": code, "责任单位": name, "起始日期": "2026.1.1", "截止日期": "2026.12.31"}
        for n, (code, name) in enumerate(named.items())
    ]


def run(language: str = "zh", progress: Progress | None = None, **given: list[Row]) -> Result:
    findings = Findings(language)
    kinds = {"zone": layer, "units": layer, "map": layer, "roster": sheet, "letter": sheet}
    frames = {role: kinds[role](role, rows, findings) for role, rows in given.items()}
    return grid.check(frames, findings, grid.Settings(DAY), progress or Progress())


def everything() -> dict[str, list[Row]]:
    return {"zone": zones(), "units": units(), "map": plots(), "roster": roster(), "letter": letters()}


def found(result: Result) -> Told:
    return {one for one in told(result) if not one[0].startswith("R2")}


def status(result: Result) -> dict[str, Any]:
    return {row["zone_code"]: row for row in result.tables["ZONE_STATUS"].to_dict("records")}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_right_is_not_told(language: str) -> None:
    result = run(language, **everything())
    assert found(result) == set()
    table = result.tables["ZONE_STATUS"]
    assert table["plots"].tolist() == [3, 3, 3, 3]
    assert table["farmland_area"].tolist() == [27001.11] * 4
    assert table["area"].tolist() == [500000.0, 500000.0, 1000000.0, 1000000.0]
    assert table["complete"].all()
    rates = {name: (rate.numerator, rate.denominator) for name, rate in result.rates.items()}
    assert rates == {"zones_staffed": (4, 4), "zones_complete": (4, 4), "letters_township": (2, 2)}
    assert result.unchecked == []


def test_zones_alone_are_checked_and_the_rest_is_said() -> None:
    result = run(zone=zones())
    assert found(result) == set()
    assert len(result.unchecked) >= 3
    assert result.tables["ZONE_STATUS"]["complete"].isna().all()


def test_gap_overlap_and_land_beyond_the_unit() -> None:
    given = everything()
    given["zone"][0]["geometry"] = box(0, 0, 490, 1000)  # a gap of 10 × 1000 m
    given["zone"][2]["geometry"] = box(990, 0, 1010, 1000)  # over zone 2, and over the village's border
    result = run(**given)
    frame = result.findings.frame()
    sizes = dict(zip(frame["rule"], frame["difference"]))
    assert {"R4001", "R4002", "R4004"} <= set(frame["rule"]) or {"R4001", "R4005", "R4004"} <= set(frame["rule"])
    assert sizes["R4001"] == pytest.approx(10_000)
    # The border tolerance of 5 cm is taken off.
    assert sizes["R4004"] == pytest.approx(9950, abs=1)
    gap = frame[frame["rule"].isin(["R4002", "R4005"])]
    assert gap["difference"].tolist() == [pytest.approx(10_000)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_findings_on_the_shape_of_zones_speak_of_zones(language: str) -> None:
    """An overlap, a gap, zones across a border and in the wrong village, and a village that is not covered."""
    given = everything()
    given["zone"][0]["geometry"] = box(0, 10, 490, 980)
    given["zone"][1]["geometry"] = box(500, 0, 600, 1000)
    given["zone"][2]["XZQDM"] = V1
    del given["zone"][3]
    frame = run(language=language, **given).findings.frame()
    told = frame[frame["rule"].str.startswith("R4")]
    assert {"R4001", "R4003", "R4004", "R4005"} <= set(told["rule"])
    said = told["title"] + told["message"] + told["how_to_fix"]
    assert not said.str.contains("图斑|[Pp]lot").any()
    assert told["message"].str.startswith({"zh": "网格", "en": "zones"}[language]).all()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_findings_on_single_zones_speak_of_zones(language: str) -> None:
    """Zones without a shape, that cross themselves, that are one another's, too small and too narrow."""
    given = everything()
    corners = [(EAST, NORTH), (EAST + 9, NORTH + 9), (EAST + 9, NORTH), (EAST, NORTH + 9)]
    odd = [None, shapely.Polygon(corners), zones()[2]["geometry"], box(0, 0, 3, 3), box(0, 0, 900, 0.4)]
    given["zone"] += [{"WGDM": f"{V1}01{n}", "XZQDM": V1, "geometry": shape} for n, shape in enumerate(odd)]
    frame = run(language=language, **given).findings.frame()
    told = frame[frame["rule"].str.startswith("R3")]
    assert set(told["rule"]) == {"R3001", "R3002", "R3004", "R3007", "R3008"}
    why = told["rule"].map(lambda rule: catalogue.rule(rule).why[language])
    assert not (told["title"] + told["message"] + why + told["how_to_fix"]).str.contains("图斑|[Pp]lot").any()
    assert told["message"].str.startswith({"zh": "网格", "en": "zones"}[language]).all()


def test_a_village_that_no_zone_covers() -> None:
    given = everything()
    del given["zone"][3]
    result = run(**given)
    assert ("R4005", "zone", V3) in {one[:3] for one in found(result)}
    assert {one[2] for one in found(result) if one[0] == "R9035"} == {
        row["YJJBNTTBBH"] for row in given["map"] if row["XZQDM"] == V3
    }


def test_codes() -> None:
    given = everything()
    given["zone"][0]["WGDM"] = ""
    given["zone"][1]["WGDM"] = f"{V3}009"
    given["zone"][3]["WGDM"] = f"{V2}001"
    del given["roster"]
    rules = {(rule, key) for rule, _, key, _ in found(run(**given))}
    assert ("R9032", f"{V3}009") in rules
    assert ("R9032", f"{V2}001") in rules
    assert ("R9031", f"{V2}001") in rules
    assert [rule for rule, key in rules if key.startswith("(")].count("R9030") == 1


def test_the_unit_of_a_zone_follows_from_its_code_or_its_place() -> None:
    given = everything()
    for zone in given["zone"]:
        del zone["XZQDM"]
    given["zone"][1]["WGDM"] = "W-2"
    given["roster"] = [{**row, "网格代码": "W-2"} if row.get("网格代码") == f"{V1}002" else row for row in roster()]
    result = run(**given)
    assert found(result) == {("R9032", "zone", "W-2", "")}
    assert status(result)["W-2"]["unit"] == V1


def test_plots_in_two_zones_go_to_the_one_with_most() -> None:
    given = everything()
    given["map"][0]["geometry"] = box(470, 300)  # 30 % in zone 1, 70 % in zone 2
    given["map"][1]["geometry"] = box(100, 950)  # half of it outside
    result = run("en", **given)
    frame = result.findings.frame().set_index("rule")
    assert set(frame.index) - {"R9050"} == {"R9036", "R9037"}
    split = frame.loc["R9036"]
    assert (split["key"], split["related"]) == (given["map"][0]["YJJBNTTBBH"], f"{V1}002")
    assert split["difference"] == pytest.approx(3000)
    assert "70.0%" in split["message"]
    assert f"{V1}001" in split["message"]
    assert frame.loc["R9037", "difference"] == pytest.approx(5000)
    assert [row["plots"] for row in status(result).values()] == [2, 4, 3, 3]


@pytest.mark.parametrize("duty", ["定区域", "定职责", "定任务", "定奖惩"])
def test_each_of_the_five_is_named(duty: str) -> None:
    given = everything()
    given["roster"][5][duty] = ""
    column = {"定区域": "area_duty", "定职责": "duty", "定任务": "task", "定奖惩": "reward"}[duty]
    result = run(**given)
    assert found(result) == {("R9040", "zone", f"{V2}001", column)}
    assert [bool(row["complete"]) for row in status(result).values()] == [True, True, False, True]
    assert not status(result)[f"{V2}001"][column]


def test_a_duty_without_a_column_is_told_once() -> None:
    given = everything()
    given["roster"] = [{k: v for k, v in row.items() if k != "定奖惩"} for row in roster()]
    result = run(**given)
    assert found(result) == {("R9041", "roster", "", "reward")}
    assert result.rates["zones_complete"].numerator == 0
    assert result.tables["ZONE_STATUS"]["reward"].isna().all()


def test_people() -> None:
    given = everything()
    given["roster"][6]["网格代码"] = f"{V3}077"  # no such zone
    del given["roster"][2]  # nor a head for the third village
    keeper = {"网格代码": f"{V1}001", "角色": "网格员", **DUTIES}
    given["roster"].append({**keeper, "姓名": "旧人", "任期结束": "2025-12-31"})
    given["roster"].append({**keeper, "姓名": "员2"})  # 500 m from his other zone
    assert found(run(**given)) == {
        ("R9014", "roster", "员3", f"{V3}077"), ("R9013", "zone", f"{V3}001", ""),
        ("R9015", "roster", "旧人", f"{V1}001"),
    }  # fmt: skip


def test_a_role_that_a_zone_lacks() -> None:
    given = everything()
    given["roster"][4]["角色"] = "副田长"
    assert found(run(**given)) == {("R9042", "zone", f"{V1}002", "keeper")}


def test_roles_that_nobody_has_are_not_asked_for() -> None:
    given = everything()
    given["roster"] = [row for row in roster() if row["角色"] == "网格员"]
    result = run(**given)
    assert found(result) == set()
    assert any("田长" in one for one in result.unchecked)


def test_one_person_in_far_apart_zones() -> None:
    given = everything()
    given["zone"].append({"WGDM": f"{V3}002", "XZQDM": V3, "WGMC": "飞", "geometry": box(6000, 0, 500, 1000)})
    person = {"姓名": "远人", "联系电话": "13900000000", "角色": "网格员", **DUTIES}
    given["roster"] += [{**person, "网格代码": code} for code in (f"{V3}001", f"{V3}002")]
    # Of the same name but another telephone: another person.
    given["roster"].append({**person, "联系电话": "13911111111", "网格代码": f"{V1}001"})
    result = run(**given)
    (one,) = result.findings.frame().query("rule == 'R9043'").to_dict("records")
    assert one["key"] == "远人"
    assert one["related"] == f"{V3}001、{V3}002"
    assert one["actual"] == "3000"
    assert not result.findings.frame()["message"].str.contains("139").any()


def test_letters_by_level() -> None:
    """Nine counties and 75 townships, as a city signs them; a letter is missing on each level."""
    townships = [f"5304{c + 1:02d}{t + 1:03d}" for c in range(9) for t in range(9 if c < 3 else 8)]
    assert len(townships) == 75
    given = [
        {"XZQDM": code + "001", "XZQMC": f"村{n}", "geometry": box(100 * n, 0)} for n, code in enumerate(townships)
    ]
    areas = [{"WGDM": row["XZQDM"] + "001", "XZQDM": row["XZQDM"], "geometry": row["geometry"]} for row in given]
    signed = [*sorted({code[:6] for code in townships})[:8], *townships[:-1]]
    ledger = [{"责任书编号": f"2026-{n}", "行政区代码": code} for n, code in enumerate(signed)]
    ledger.append({"责任书编号": "2026-0", "行政区代码": "530499"})
    result = run(zone=areas, units=given, letter=ledger)
    rates = {name: (rate.numerator, rate.denominator) for name, rate in result.rates.items()}
    assert rates["letters_county"] == (8, 9)
    assert rates["letters_township"] == (74, 75)
    assert found(result) == {
        ("R9045", "letter", "530409", "county"), ("R9045", "letter", townships[-1], "township"),
        ("R9046", "letter", "2026-0", ""), ("R9047", "letter", "2026-0", ""),
    }  # fmt: skip


def test_letters_by_name_out_of_force_and_by_the_roster() -> None:
    given = everything()
    given["units"] += [
        {"XZQDM": "990101001", "XZQMC": "一镇", "geometry": box(0, 0, 2000, 1000)},
        {"XZQDM": "990101002", "XZQMC": "二镇", "geometry": box(2000, 0, 1000, 1000)},
    ]
    for letter in given["letter"]:
        letter["行政区代码"] = ""
    assert found(run(**given)) == set()
    given["letter"][1]["截止日期"] = "2026.6.29"
    told_of = found(run(**given))
    assert told_of == {("R9048", "letter", "书1", "990101002"), ("R9045", "letter", "990101002", "township")}
    del given["letter"]
    for row in given["roster"]:
        row["责任书编号"] = "书" if row.get("行政区代码") != V2 else ""
    result = run(**given)
    assert ("R9045", "letter", V2, "village") in found(result)


def test_uneven_loads() -> None:
    given = everything()
    extra = [
        {**row, "YJJBNTTBBH": f"{row['YJJBNTTBBH']}{north}", "geometry": translate(row["geometry"], 0, north)}
        for north in (200, 400, 600)
        for row in given["map"][:3]
    ]
    given["map"] += extra  # twelve plots in zone 1, three in zone 2: 12 / 7.5 = 1.6
    (one,) = [row for row in run(**given).findings.frame().to_dict("records") if not row["rule"].startswith("R2")]
    assert (one["rule"], one["key"], one["actual"]) == ("R9050", V1, "1.60")


def test_levels_in_one_layer_are_held_against_each_other() -> None:
    """What drawgrid gives as levels: outlines of units above their zones are no overlaps."""
    given = everything()
    above = [{"WGDM": row["XZQDM"], "XZQDM": row["XZQDM"], "geometry": row["geometry"]} for row in units()]
    above.append({"WGDM": "990101", "XZQDM": "990101", "geometry": box(0, 0, 3000, 1000)})
    given["zone"] = [*zones(), *above]
    assert found(run(**given)) == set()
    alone = {"zone": [*zones()[1:], *above]}
    assert {one[0] for one in found(run(**alone))} == {"R4005"}


def test_what_drawgrid_draws_is_right() -> None:
    areas, fields = drawing.landscape(2, 2, 3)
    drawn = drawing.drawn(areas, fields, limit=40).tables["ZONES"]
    rows = [{**row, "geometry": row["geometry"]} for row in drawn.to_dict("records")]
    result = run(zone=rows, units=areas, map=fields)
    assert found(result) == set()
    assert result.tables["ZONE_STATUS"]["plots"].tolist() == drawn["plots"].tolist()


def test_every_plot_has_one_home_as_brute_force_finds_it() -> None:
    dice = np.random.default_rng(5)
    given = {"zone": zones(), "map": []}
    for n in range(300):
        x, y = dice.uniform(-80, 3050), dice.uniform(-80, 1050)
        size = dice.uniform(20, 160)
        given["map"].append({"YJJBNTTBBH": f"{n:05d}", "YJJBNTMJ": 1.0, "geometry": box(x, y, size, size)})
    result = run(**given)
    shapes = [zone["geometry"] for zone in given["zone"]]
    counts = [0, 0, 0, 0]
    expected = set()
    for row in given["map"]:
        shared = [shape.intersection(row["geometry"]).area for shape in shapes]
        if sum(shared) < 1:
            expected.add(("R9035", row["YJJBNTTBBH"]))
            continue
        counts[int(np.argmax(shared))] += 1
        if sum(one >= 1 for one in shared) > 1:
            expected.add(("R9036", row["YJJBNTTBBH"]))
        if row["geometry"].area - sum(shared) >= 1:
            expected.add(("R9037", row["YJJBNTTBBH"]))
    assert {(rule, key) for rule, role, key, _ in found(result) if rule in ("R9035", "R9036", "R9037")} == expected
    assert result.tables["ZONE_STATUS"]["plots"].tolist() == counts


def test_nothing_depends_on_the_order_of_features() -> None:
    given = everything()
    given["zone"][0]["geometry"] = box(0, 0, 490, 1000)
    given["map"][0]["geometry"] = box(470, 300)
    given["roster"][5]["定任务"] = ""
    given["letter"][0]["行政区代码"] = "990199"
    given["zone"].append({"WGDM": f"{V3}002", "XZQDM": V3, "WGMC": "飞", "geometry": box(6000, 0, 500, 1000)})
    far = {"姓名": "远人", "联系电话": "13900000000", "角色": "网格员", **DUTIES}
    given["roster"] += [{**far, "网格代码": code} for code in (f"{V3}001", f"{V3}002")]
    turned = {role: rows[::-1] for role, rows in given.items()}
    first, second = (run(**sources).findings.frame()["finding_id"].tolist() for sources in (given, turned))
    assert first == second
    assert run(**given).findings.frame()["rule"].eq("R9043").any()


def test_a_unit_that_only_a_mistyped_code_names_owes_no_letter() -> None:
    given = everything()
    given["map"][0].update(XZQDM="990101999001", XZQMC="错村")
    given["letter"].append({"责任书编号": "书9", "行政区代码": "990101999", "责任单位": "撤并乡"})
    result = run(**given)
    assert ("R9046", "letter", "书9", "") in found(result)
    assert not result.findings.frame()["key"].str.contains("990101999").any()
    assert result.rates["letters_township"].denominator == 2


def test_an_invalid_plot_is_told_once_whatever_other_checks_mend() -> None:
    """The check of permits goes on with mended farmland; the zones' check looks at the same frame after it."""
    findings = Findings("zh")
    crossed = shapely.Polygon([(EAST, NORTH), (EAST + 90, NORTH + 90), (EAST + 90, NORTH), (EAST, NORTH + 80)])
    fields = [*plots(), {"YJJBNTTBBH": f"{V1}00099", "XZQDM": V1, "YJJBNTMJ": 1.0, "geometry": crossed}]
    change = {"JCBH": "1", "XZQDM": V1, "QSX": "20250301", "HSX": "20251001", "geometry": box(300, 300, 20, 20)}
    given = {"map": fields, "zone": zones(), "violation": [change]}
    frames = {role: layer(role, rows, findings) for role, rows in given.items()}
    permits.check({"violation": frames["violation"], "farmland": frames["map"], **frames}, findings,
                  permits.Settings(DAY), Progress())  # fmt: skip
    grid.check(frames, findings, grid.Settings(DAY), Progress())
    assert [one for one in told(Result(findings)) if one[0] == "R3002"] == [("R3002", "map", f"{V1}00099", "")]


def test_hostile_zones_are_findings() -> None:
    given = everything()
    given["zone"][0]["geometry"] = None
    corners = [(EAST, NORTH), (EAST + 9, NORTH + 9), (EAST + 9, NORTH), (EAST, NORTH + 9)]
    given["zone"][1]["geometry"] = shapely.Polygon(corners)
    result = run(**given)
    assert {"R3001", "R3002"} <= {one[0] for one in found(result)}


def test_it_stops_when_asked_to() -> None:
    class Stopped(Progress):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(Cancelled):
        run(progress=Stopped(), **everything())


def test_a_roster_without_names_is_a_sentence_and_not_zones_that_nobody_answers_for() -> None:
    with pytest.raises(InputError, match="姓名"):
        run(**{**everything(), "roster": [{"网格代码": f"{V1}001", "角色": "田长"}]})


@pytest.mark.parametrize("end", ["至今", "9999-12-31", "长期"])
def test_a_term_without_an_end(end: str) -> None:
    people = [{**row, "任期开始": "2025-01-01", "任期结束": end} for row in roster()]
    result = run(**{**everything(), "roster": people})
    assert told(result) == set()
    assert result.rates["zones_staffed"].value == 1.0
