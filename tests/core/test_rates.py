"""违法占耕比 and the rates of cases: figures of real reports, lines from both sides, joins, hostile ledgers."""

from __future__ import annotations

import datetime
import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from redline.core.checks import rates
from redline.core.checks.rates import COLUMNS, Settings
from redline.core.findings import Findings
from redline.core.frames import Frame
from redline.core.progress import Cancelled, Progress
from redline.core.report import ReportFacts, charts, html
from redline.core.report.drawing import Drawing
from redline.core.report.pen import Pen
from redline.core.result import Rate, Result
from redline.core.standards.enforcement import meaning, rate_definitions, ratio_profiles
from redline.tests.core.hand import EAST, NAMES, NORTH, VILLAGES, Row, box, layer, sheet, told

DAY = datetime.date(2026, 6, 30)
TOWN, OTHER_TOWN, COUNTY = "990101001", "990101002", "990101"


def frames(findings: Findings, **sources: Sequence[Row]) -> dict[str, Frame]:
    return {
        role: (layer if rows and "geometry" in rows[0] else sheet)(role, rows, findings)
        for role, rows in sources.items()
    }


def check(
    settings: Settings | None = None, language: str = "zh", **sources: Sequence[Row]
) -> tuple[set[tuple[str, str, str, str]], Result]:
    findings = Findings(language)
    result = rates.check(frames(findings, **sources), findings, settings or Settings(DAY), Progress())
    return told(result), result


def rate(result: Result, name: str, unit: str = COUNTY) -> dict[str, Any]:
    table = result.tables["RATES"]
    (row,) = table[(table["rate"] == name) & (table["unit"] == unit)].to_dict("records")
    return {str(column): value for column, value in row.items()}


def numbers(result: Result, name: str, unit: str = COUNTY) -> tuple[float, float, float]:
    found = rate(result, name, unit)
    return found["numerator"], found["deduction"], found["denominator"]


def polygon(number: int, cultivated: float = 100.0, judged: str = "违法", unit: str = TOWN, **more: Any) -> Row:
    return {
        "JCBH": f"JC{number:04d}", "XZQDM": unit, "MJ": 400.0, "GDMJ": cultivated, "PDJG": judged,
        "geometry": box(30 * number, 0, 20, 20), **more,
    }  # fmt: skip


def case(number: int, **more: Any) -> Row:
    """A case about polygon `number`, closed long ago."""
    return {
        "案件编号": f"案{number:04d}", "违法图斑编号": f"JC{number:04d}", "行政区代码": TOWN, "发现日期": "2026.1.5",
        "立案日期": "2026-01-10", "处罚决定日期": "2026年2月20日", "结案日期": "20260401", "整改结果": "未整改",
        **more,
    }  # fmt: skip


OPEN = {"立案日期": None, "处罚决定日期": None, "结案日期": None}


def land(cultivated: str, unit: str = TOWN, total: str = "") -> Row:
    return {"行政区代码": unit, "新增建设用地面积(平方米)": total or cultivated, "其中耕地(平方米)": cultivated}


# Figures of real reports


def test_29_of_29_filed_is_100_percent_and_29_of_30_decided_is_96_67() -> None:
    """临海市: the thirtieth was demolished when it was stopped, so that it needed no filing."""
    ledger = [case(n) for n in range(29)] + [case(29, **OPEN, 整改结果="已拆除")]
    found, result = check(violation=[polygon(n) for n in range(30)], case=ledger)
    assert numbers(result, "filing") == (29, 0, 29)
    assert rate(result, "filing")["value"] == 1
    assert numbers(result, "decision") == (29, 0, 30)
    assert rate(result, "decision")["value"] == 0.966667
    assert f"{rate(result, 'decision')['value']:.2%}" == "96.67%"
    assert not bool(rate(result, "filing")["over"])
    assert not {rule for rule, *_ in found} & {"R7055", "R7056"}


def test_127_filed_of_363_found() -> None:
    """玉溪市: what is found is not what is to be filed."""
    ledger = [case(n, 违法图斑编号=None) for n in range(127)]
    ledger += [case(n, 违法图斑编号=None, **OPEN, 案件状态="不予立案") for n in range(127, 363)]
    _, result = check(case=ledger)
    assert numbers(result, "filing_of_found") == (127, 0, 363)
    assert rate(result, "filing_of_found")["value"] == 0.349862
    assert numbers(result, "filing") == (127, 0, 127)


def test_1180_cases_of_3611_39_mu() -> None:
    """A ledger in 亩 alone: the sum is exact, however the parts are rounded."""
    parts = [306] * 1179
    parts.append(361_139 - sum(parts))
    ledger = [
        {"案件编号": f"案{n}", "行政区代码": TOWN, "立案日期": "2025-03-01", "结案日期": "",
         "违法面积": f"{part / 100:.2f}", "耕地面积": f"{part / 100:.2f}"}
        for n, part in enumerate(parts)
    ]  # fmt: skip
    findings = Findings("zh")
    frame = sheet("case", ledger, findings, title="违法案件台账（单位：亩）")
    result = rates.check({"case": frame}, findings, Settings(DAY), Progress())
    assert numbers(result, "filing_of_found") == (1180, 0, 1180)
    area = numbers(result, "rectified_area")[2]
    assert round(area * 3 / 2000, 2) == 3611.39
    assert result.checked == 1180


def test_protection_rate_of_a_plan() -> None:
    """玉溪市: 262.79 of 313.8 万亩 is 83.74 %; the arithmetic of every rate."""
    assert f"{Rate(262.79, 313.8).value:.2%}" == "83.74%"
    _, result = check(
        violation=[polygon(1, 262.79)], case=[case(1)], new_construction=[land("313.80")], settings=Settings(DAY)
    )
    assert rate(result, "illegal_ratio")["value"] == 0.837444


# Lines


@pytest.mark.parametrize(
    ("profile", "illegal", "denominator", "over"),
    [
        ("national15", 15.0, "100.00", True),
        ("national15", 14.99, "100.00", False),
        ("national15", 15.01, "100.00", True),
        # 0.15 has no binary fraction: what is on the line must not fall to either side of it.
        ("national15", 1_234_567.05, "8230447.00", True),
        ("national15", 1_234_567.04, "8230447.00", False),
        ("town8", 8.0, "100.00", False),
        ("town8", 8.01, "100.00", True),
        ("town8", 7.99, "100.00", False),
        ("town8", 333_333.36, "4166667.00", False),
        ("town8", 333_333.37, "4166667.00", True),
    ],
)
def test_on_the_line_15_is_over_and_8_is_not(profile: str, illegal: float, denominator: str, over: bool) -> None:
    found, result = check(
        Settings(DAY, profile), violation=[polygon(1, illegal, MJ=2e6)], new_construction=[land(denominator)]
    )
    for unit in (COUNTY, TOWN):
        assert bool(rate(result, "illegal_ratio", unit)["over"]) is over
    expected = {("R7050", "units", unit, profile) for unit in (COUNTY, TOWN)} if over else set()
    assert {one for one in found if one[0] == "R7050"} == expected


def test_a_county_and_its_townships_have_lines_of_their_own() -> None:
    polygons = [polygon(1, 10.0), polygon(2, 4.0, unit=OTHER_TOWN)]
    found, result = check(violation=polygons, new_construction=[land("100"), land("100", OTHER_TOWN)])
    assert {one for one in found if one[0] == "R7050"} == {("R7050", "units", TOWN, "county15_town8")}
    assert (rate(result, "illegal_ratio", TOWN)["threshold"], rate(result, "illegal_ratio")["threshold"]) == (
        0.08,
        0.15,
    )
    assert rate(result, "illegal_ratio")["value"] == 0.07
    severities = result.findings.frame().set_index("rule")["severity"]
    assert severities["R7050"] == "warning"
    village = check(violation=[polygon(1, 90.0, unit=VILLAGES[0])], new_construction=[land("100", VILLAGES[0])])[1]
    assert pd.isna(rate(village, "illegal_ratio", VILLAGES[0])["threshold"])
    assert pd.isna(rate(village, "illegal_ratio", VILLAGES[0])["over"])


def test_a_line_of_ones_own() -> None:
    sources = {"violation": [polygon(1, 5.0)], "new_construction": [land("100")]}
    assert bool(rate(check(Settings(DAY, "national15", line=5.0), **sources)[1], "illegal_ratio")["over"])
    assert not bool(rate(check(Settings(DAY, "town8", line=5.0), **sources)[1], "illegal_ratio")["over"])


@pytest.mark.parametrize(
    ("profile", "denominator"),
    [("national15", 200.0), ("national15_pending", 250.0), ("town8_total", 1000.0), ("monitored15", 60.0)],
)
def test_every_denominator(profile: str, denominator: float) -> None:
    polygons = [polygon(1, 30.0), polygon(2, 30.0, "合法"), polygon(3, 90.0, "其他"), polygon(4, 40.0, "")]
    table = [{**land("200", total="1000"), "往年批准本年建设占用耕地面积(平方米)": "50"}]
    _, result = check(Settings(DAY, profile), violation=polygons, new_construction=table)
    assert numbers(result, "illegal_ratio") == (30.0, 0.0, denominator)
    assert rate(result, "illegal_ratio")["profile"] == profile


def test_a_zero_denominator_is_no_rate() -> None:
    found, result = check(violation=[polygon(1, 5.0)], new_construction=[land("0")])
    nothing = rate(result, "illegal_ratio")
    assert np.isnan(nothing["value"])
    assert pd.isna(nothing["over"])
    assert ("R7053", "units", COUNTY, "county15_town8") in found
    assert not {one for one in found if one[0] == "R7050"}
    empty = check(violation=[polygon(1, 0.0, "合法")], new_construction=[land("0")])[0]
    assert "R7053" not in {rule for rule, *_ in empty}
    _, unfiled = check(case=[case(1, **OPEN)])
    assert numbers(unfiled, "closing") == (0, 0, 0)
    assert np.isnan(rate(unfiled, "closing")["value"])


def test_more_illegal_land_than_new_construction_is_told() -> None:
    found, _ = check(violation=[polygon(1, 300.0)], new_construction=[land("299.99")])
    assert ("R7054", "units", TOWN, "county15_town8") in found
    assert not any(one[0] == "R7054" for one in check(violation=[polygon(1, 300.0)], new_construction=[land("300")])[0])


# Deduction and rectification


def test_only_land_that_is_as_it_was_by_the_day_is_deducted() -> None:
    ended = {"整改结果": "拆除复耕"}
    ledger = [
        case(0, **ended, 整改完成日期="2026-06-30"),
        case(1, **ended, 整改完成日期="2026-07-01"),
        case(2, **ended),
        case(3, 整改结果="已拆除", 整改完成日期="2026-05-01"),
        case(4, 整改结果="补办用地手续", 整改完成日期="2026-05-01"),
        case(5, 整改结果="正在整改"),
    ]
    polygons = [polygon(n, 10.0 * (n + 1)) for n in range(6)]
    found, result = check(Settings(DAY, "national15"), violation=polygons, case=ledger, new_construction=[land("1000")])
    assert numbers(result, "illegal_ratio_deducted") == (210.0, 10.0 + 50.0, 1000.0)
    assert rate(result, "illegal_ratio_deducted")["value"] == 0.15
    assert numbers(result, "rectification") == (4, 0, 6)
    assert numbers(result, "rectified_cultivated") == (130.0, 0.0, 210.0)
    assert numbers(result, "rectified_area") == (1600.0, 0.0, 2400.0)
    assert {("R7064", "case", "案0002", ""), ("R7059", "case", "案0001", "rectified")} <= found
    assert ("R7050", "units", COUNTY, "national15") in found
    _, strict = check(Settings(DAY, "town8"), violation=polygons, case=ledger, new_construction=[land("1000")])
    assert numbers(strict, "illegal_ratio_deducted") == (210.0, 10.0, 1000.0)


def test_the_deducted_ratio_decides_and_the_raw_one_is_a_remark() -> None:
    ledger = [case(1, 整改结果="整改到位", 整改完成日期="2026-05-01"), case(2)]
    found, result = check(
        Settings(DAY, "national15"), violation=[polygon(1, 10.0), polygon(2, 10.0)], case=ledger,
        new_construction=[land("100")],
    )  # fmt: skip
    assert {one for one in found if one[0] in ("R7050", "R7051")} == {
        ("R7051", "units", COUNTY, "national15"), ("R7051", "units", TOWN, "national15"),
    }  # fmt: skip
    assert bool(rate(result, "illegal_ratio")["over"])
    assert not bool(rate(result, "illegal_ratio_deducted")["over"])


def test_less_restored_than_taken_is_not_deducted_but_counted_in_part_where_the_profile_says_so() -> None:
    ledger = [case(1, 整改结果="已复耕", 整改完成日期="2026-05-01", **{"已复耕面积(平方米)": "60.00"}),
              case(2, 整改结果="已复耕", 整改完成日期="2026-05-01", **{"已复耕面积(平方米)": "100.00"})]  # fmt: skip
    polygons = [polygon(1), polygon(2)]
    found, whole = check(violation=polygons, case=ledger, new_construction=[land("1000")])
    assert numbers(whole, "illegal_ratio_deducted") == (200.0, 100.0, 1000.0)
    assert {one for one in found if one[0] == "R7065"} == {("R7065", "case", "案0001", "")}
    assert numbers(whole, "restoration") == (160.0, 0.0, 200.0)
    _, part = check(Settings(DAY, "monitored15"), violation=polygons, case=ledger)
    assert numbers(part, "illegal_ratio_deducted") == (200.0, 160.0, 200.0)


def test_restored_without_a_word_of_how_much_is_all_of_it() -> None:
    """As where land is deducted: only one case of two tells how much was restored; an open one has restored nothing."""
    ended = {"整改结果": "已复耕", "整改完成日期": "2026-05-01"}
    ledger = [case(1, **ended), case(2, **ended, **{"已复耕面积(平方米)": "100.00"}), case(3)]
    _, result = check(violation=[polygon(n) for n in (1, 2, 3)], case=ledger)
    assert numbers(result, "restoration") == (200.0, 0.0, 300.0)
    assert numbers(result, "rectified_cultivated") == (200.0, 0.0, 300.0)


def test_a_share_just_over_its_line_does_not_read_as_the_line() -> None:
    _, result = check(
        violation=[polygon(1, 80.01)], case=[case(1)], new_construction=[land("1000.0")], settings=Settings(DAY)
    )
    (said,) = [one for one in result.findings.frame()["message"] if "违法占耕比" in one]
    assert "8.001%" in said
    (town,) = result.findings.frame()["difference"][result.findings.frame()["rule"] == "R7050"]
    assert town == pytest.approx(0.001)


def test_demolition_and_fines() -> None:
    sums = {"应拆除面积(平方米)": "100", "已拆除面积(平方米)": "80", "罚款金额(万元)": "1.25", "已缴罚款": "6,250元"}
    found, result = check(violation=[polygon(1), polygon(2)], case=[case(1, **sums), case(2)])
    assert numbers(result, "demolition") == (80.0, 0.0, 100.0)
    assert numbers(result, "fines") == (6250.0, 0.0, 12500.0)
    assert rate(result, "fines")["measure"] == "yuan"
    sums["已拆除面积(平方米)"], sums["已缴罚款"] = "100.02", "1.3万元"
    found, over = check(violation=[polygon(1)], case=[case(1, **sums)])
    assert {one for one in found if one[0] == "R7069"} == {
        ("R7069", "case", "案0001", "demolished_area"), ("R7069", "case", "案0001", "fine_paid"),
    }  # fmt: skip
    said = set(over.findings.frame().loc[over.findings.frame()["rule"] == "R7069", "message"])
    assert said == {
        "案件案0001：已拆除面积100.02平方米，大于应拆除面积100.00平方米。",
        "案件案0001：已缴罚款13,000.00元，大于罚款金额12,500.00元。",
    }


# Joining cases and polygons


def test_cases_are_joined_by_number_however_it_is_written() -> None:
    ledger = [
        case(1, 违法图斑编号="JC0001、JC0002"), case(3, 违法图斑编号=" ＪＣ０００３ "),
        case(4, 违法图斑编号="jc0004;JC0005，JC0006"),
    ]  # fmt: skip
    found, result = check(violation=[polygon(n) for n in range(1, 7)], case=ledger)
    assert not {rule for rule, *_ in found} & {"R7055", "R7056", "R7061"}
    assert numbers(result, "filing") == (3, 0, 3)
    bare = [polygon(n, JCBH=n) for n in range(1, 3)]
    found, _ = check(violation=bare, case=[case(n, 违法图斑编号=f"{n:05d}") for n in range(1, 3)])
    assert not {rule for rule, *_ in found} & {"R7055", "R7056"}
    slashed = [polygon(1, JCBH="2026/001"), polygon(2, JCBH="001")]
    found, _ = check(violation=slashed, case=[case(1, 违法图斑编号="2026/001"), case(2, 违法图斑编号="001")])
    assert not {rule for rule, *_ in found} & {"R7055", "R7056", "R7067"}


def test_what_has_no_other_side_is_told() -> None:
    found, result = check(violation=[polygon(1), polygon(2), polygon(3, judged="合法")], case=[case(1), case(9)])
    assert {one for one in found if one[0] in ("R7055", "R7056")} == {
        ("R7055", "case", "案0009", ""), ("R7056", "violation", "JC0002", ""),
    }  # fmt: skip
    assert numbers(result, "filing") == (2, 0, 3)
    some = check(violation=[polygon(1)], case=[case(1, 违法图斑编号="JC0001、JC0099")])[0]
    assert {one for one in some if one[0] == "R7055"} == {("R7055", "case", "案0001", "JC0099")}
    assert numbers(check(Settings(DAY, filing_area=400.01), violation=[polygon(1)], case=[case(9)])[1], "filing") == (
        1, 0, 1,
    )  # fmt: skip


def test_without_a_number_the_place_joins() -> None:
    shaped = [
        {**case(1, 违法图斑编号=None), "geometry": shapely.Point(EAST + 40, NORTH + 10)},
        {**case(2, 违法图斑编号="不详"), "geometry": box(60, 0, 20, 11)},
        {**case(3, 违法图斑编号=None), "geometry": box(80, 0, 9, 20)},
        {**case(4, 违法图斑编号=None), "geometry": None},
    ]
    found, _ = check(violation=[polygon(n) for n in range(1, 5)], case=shaped)
    assert {one for one in found if one[0] in ("R7055", "R7061")} == {
        ("R7061", "case", "案0001", "JC0001"), ("R7061", "case", "案0002", "JC0002"), ("R7055", "case", "案0003", ""),
        ("R7055", "case", "案0004", ""),
    }  # fmt: skip


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("prefix", [0, 37_000_000])
def test_coordinates_of_a_table_join_in_either_order_and_with_or_without_the_zone(turned: bool, prefix: int) -> None:
    rows = []
    for n in (1, 2):
        east, north = EAST - 37_000_000 + prefix + 30 * n + 10, NORTH + 10
        x, y = (north, east) if turned else (east, north)
        rows.append(case(n, 违法图斑编号=None, X坐标=f"{x:.3f}", Y坐标=f"{y:.3f}"))
    found, _ = check(violation=[polygon(1), polygon(2)], case=rows)
    assert {one[2:] for one in found if one[0] == "R7061"} == {("案0001", "JC0001"), ("案0002", "JC0002")}


def test_one_case_of_several_polygons_and_several_cases_of_one() -> None:
    ledger = [case(1, 违法图斑编号="JC0001、JC0002"), case(3), case(4, 违法图斑编号="JC0003")]
    found, result = check(violation=[polygon(n) for n in (1, 2, 3)], case=ledger, new_construction=[land("1000")])
    assert numbers(result, "filing") == (3, 0, 3)
    assert numbers(result, "illegal_ratio") == (300.0, 0.0, 1000.0)
    assert {one for one in found if one[0] == "R7067"} == {("R7067", "violation", "JC0003", "")}


def test_a_case_or_polygon_that_comes_twice_counts_once() -> None:
    ledger, polygons = [case(1), case(1), case(2)], [polygon(1), polygon(1), polygon(2)]
    found, result = check(violation=polygons, case=ledger, new_construction=[land("1000")])
    assert {("R2009", "case", "案0001", ""), ("R2009", "violation", "JC0001", "")} <= found
    assert numbers(result, "filing") == (2, 0, 2)
    assert numbers(result, "illegal_ratio") == (200.0, 0.0, 1000.0)


def test_areas_that_differ_and_a_ledger_in_another_unit_than_nobody_said() -> None:
    ledger = [case(n, 违法面积="400.00" if n else "380.00") for n in range(6)]
    polygons = [polygon(n) for n in range(6)]
    found, _ = check(violation=polygons, case=ledger)
    assert {one for one in found if one[0] == "R7062"} == {("R7062", "case", "案0000", "")}
    in_mu = [{**row, "违法面积": f"{400 * 3 / 2000:.4f}", "已复耕面积": "0.0000"} for row in ledger]
    found, _ = check(violation=polygons, case=in_mu)
    assert not {one for one in found if one[0] in ("R7062", "R5005")}
    uncovered = [
        {"key": f"JC{n:04d}", "unit": TOWN, "area": 400.0, "uncovered_area": 100.0, "cultivated_area": 150.0,
         "labels": "exceeds_permit;on_farmland", "geometry": box(30 * n, 0, 20, 20)} for n in range(2)
    ]  # fmt: skip
    found, result = check(
        violation=uncovered,
        case=[case(n, **{"违法面积(平方米)": "100"}) for n in range(2)],
        new_construction=[land("1000")],
    )
    assert not {one for one in found if one[0] == "R7062"}
    assert numbers(result, "illegal_ratio") == (200.0, 0.0, 1000.0)


# Judgement


@pytest.mark.parametrize(
    ("labels", "illegal"),
    [("no_permit", 1), ("under_application;on_farmland", 1), ("permitted", 0), ("permitted;use_changed", 1),
     ("on_farmland;permitted", 0), ("temporary_expired", 1)],
)  # fmt: skip
def test_labels_of_permitconflicts_judge(labels: str, illegal: int) -> None:
    rows = [{"key": "V1", "unit": TOWN, "area": 400.0, "uncovered_area": 400.0, "cultivated_area": 100.0,
             "labels": labels, "geometry": box(0, 0)}]  # fmt: skip
    found, result = check(violation=rows, new_construction=[land("1000")])
    assert numbers(result, "illegal_ratio") == (100.0 * illegal, 0.0, 1000.0)
    assert "R7063" not in {rule for rule, *_ in found}


def test_unjudged_polygons_are_told_unless_a_case_or_the_layer_s_name_judges() -> None:
    raw = [{key: value for key, value in polygon(n).items() if key != "PDJG"} for n in range(3)]
    found, result = check(violation=raw, case=[case(0)], new_construction=[land("1000")])
    assert {one[2] for one in found if one[0] == "R7063"} == {"JC0001", "JC0002"}
    assert numbers(result, "illegal_ratio") == (100.0, 0.0, 1000.0)
    for name, told_ in (("2026年违法地块", 0), ("疑似违法图斑", 3)):
        findings = Findings("zh")
        read = {"violation": layer("violation", raw, findings, name=name)}
        result = rates.check(read, findings, Settings(DAY), Progress())
        assert sum(rule == "R7063" for rule, *_ in told(result)) == told_


def test_a_case_against_lawful_land_is_told_and_not_counted() -> None:
    found, result = check(violation=[polygon(1, judged="合法"), polygon(2)], case=[case(1), case(2)])
    assert {one for one in found if one[0] == "R7068"} == {("R7068", "case", "案0001", "")}
    assert numbers(result, "filing") == (1, 0, 1)


def test_cultivated_land_by_class_where_no_field_tells() -> None:
    rows = [{key: value for key, value in polygon(n).items() if key != "GDMJ"} for n in range(3)]
    for row, land_class in zip(rows, ("0103", "0301", "")):
        row["DLBM"] = land_class
    found, result = check(violation=rows, case=[case(n) for n in range(3)], new_construction=[land("1000")])
    assert numbers(result, "illegal_ratio") == (400.0, 0.0, 1000.0)
    assert {one for one in found if one[0] == "R7066"} == {("R7066", "violation", "JC0002", "")}
    from_case = [case(n, **{"耕地面积(平方米)": "55"}) for n in range(3)]
    _, result = check(violation=rows, case=from_case, new_construction=[land("1000")])
    assert numbers(result, "illegal_ratio") == (455.0, 0.0, 1000.0)


# Ledgers as they come

ORDERS: dict[str, tuple[Row, tuple[str, str]]] = {
    "found after it was filed": ({"发现日期": "2026-01-11"}, ("R7057", "discovered/filed")),
    "decided before it was filed": ({"处罚决定日期": "2026-01-09"}, ("R7057", "filed/decided")),
    "closed before it was decided": ({"结案日期": "2026-02-19"}, ("R7057", "decided/closed")),
    "closed before it was filed": ({"处罚决定日期": None, "结案日期": "2026-01-09"}, ("R7057", "filed/closed")),
    "put right before it was found": (
        {"整改完成日期": "2026-01-04", "整改结果": "已拆除"},
        ("R7057", "discovered/rectified"),
    ),
    "closed in the future": ({"结案日期": "2026-07-01"}, ("R7059", "closed")),
    "decided but never filed": ({"立案日期": None}, ("R7058", "filed")),
    "closed in words only": ({"结案日期": None, "案件状态": "已结案"}, ("R7058", "closed")),
    "closed, but the stage is behind": ({"案件状态": "立案"}, ("R7058", "stage")),
    "open, but with a day": ({"整改完成日期": "2026-05-01"}, ("R7058", "result")),
    "a word that nobody knows": ({"整改结果": "见附件"}, ("R7060", "result")),
}


@pytest.mark.parametrize("name", ORDERS)
def test_every_contradiction_of_a_case_alone(name: str) -> None:
    change, (rule, related) = ORDERS[name]
    ledger = [case(n, 案件状态="已结案", 整改完成日期=None) for n in range(3)]
    ledger[1].update(change)
    found, _ = check(violation=[polygon(n) for n in range(3)], case=ledger)
    key = "见附件" if rule == "R7060" else "案0001"
    assert {one for one in found if one[1] == "case"} == {(rule, "case", key, related)}


def test_a_day_of_a_case_that_cannot_be_read_is_not_called_missing() -> None:
    ledger = [case(1, 立案日期="年初"), case(2, 结案日期="待补", 案件状态="已结案"),
              case(3, 整改结果="已复耕", 整改完成日期="麦收后"), case(4, 立案日期=None)]  # fmt: skip
    found = check(violation=[polygon(n) for n in (1, 2, 3, 4)], case=ledger)[1].findings.frame()
    assert found["message"][found["rule"].isin(["R7058", "R7064"])].tolist() == [
        "案件案0001：已进入后续阶段，但立案日期“年初”无法识别。", "案件案0002：状态已到，但结案日期“待补”无法识别。",
        "案件案0004：已进入后续阶段，但没有立案日期。",
        "案件案0003登记为整改到位，但整改完成日期“麦收后”无法识别，未予扣减。",
    ]  # fmt: skip


@pytest.mark.parametrize("change", [
    {"发现日期": "2026-01-10"}, {"处罚决定日期": "2026-01-10"}, {"结案日期": "2026-06-30"}, {"发现日期": None},
    {"案件状态": None}, {"案件状态": "2026年4月已结案"},
])  # fmt: skip
def test_days_on_each_other_and_days_missing_are_no_contradiction(change: Row) -> None:
    ledger = [{**case(1, 案件状态="结案"), **change}]
    assert not {one for one in check(violation=[polygon(1)], case=ledger)[0] if one[1] != "units"}


@pytest.mark.parametrize(
    ("family", "said", "means"),
    [
        ("stage", "已结案", "closed"), ("stage", "未结案", "filed"), ("stage", "未立案", "found"),
        ("stage", "尚未结案", "filed"), ("stage", "2025年12月已销号", "closed"),
        ("stage", "已下达处罚决定书", "decided"),
        ("stage", "不予立案", "exempt"), ("result", "整改到位", "restored"), ("result", "未整改到位", "open"),
        ("result", "已拆除并复耕", "restored"), ("result", "部分拆除", "open"),
        ("result", "地上物已拆除", "demolished"),
        ("result", "", ""), ("result", "无", ""), ("judgement", "违法用地", "illegal"), ("judgement", "其它", "other"),
        ("judgement", "伪变化", "other"), ("judgement", "疑似", ""), ("judgement", "合法", "lawful"),
        ("judgement", "不合法", "illegal"), ("judgement", "非违法", ""), ("judgement", "疑似违法", ""),
        ("judgement", "非法占地", "illegal"), ("cause", "非因政府原因", ""),
    ],
)  # fmt: skip
def test_words_of_ledgers(family: str, said: str, means: str) -> None:
    assert meaning(family, said) == means


def test_an_untidy_sheet_is_understood() -> None:
    lines = [
        ["示范县违法用地案件台账", *[None] * 7],
        ["填报单位：示范县自然资源局", *[None] * 5, "单位：亩", None],
        ["序号", "案件编号", "图斑编号", "所在乡镇", "违法面积", None, "立案时间", "办理状态"],
        [None, None, None, None, "合计", "其中：耕地", None, None],
        ["1", "案0001", "JC0001", "城关镇", "0.60", "0.15", "2026.1.10", "结案"],
        ["2", "案0002", "JC0002", "城关镇", "0.60", "0.15", None, "未立案"],
        ["合计", None, None, None, "1.20", "0.30", None, None],
        ["填表人：叶平", *[None] * 7],
    ]
    findings = Findings("zh")
    from redline.core import frames as core_frames
    from redline.core.frames import Source

    cells = pd.DataFrame(lines, columns=[f"Field{n}" for n in range(8)], dtype=object)
    read = {
        "case": core_frames.read(Source("案件台账", cells), "case", findings),
        "violation": layer("violation", [polygon(1), polygon(2)], findings),
        "units": sheet("units", [{"行政区代码": TOWN, "行政区名称": "城关镇"}], findings),
    }
    assert read["case"].stated["area"] == "mu"
    result = rates.check(read, findings, Settings(DAY), Progress())
    assert numbers(result, "filing", TOWN) == (1, 0, 2)
    assert rate(result, "filing", TOWN)["unit_name"] == "城关镇"
    assert not {rule for rule, *_ in told(result)} & {"R7062", "R7070"}


def test_personal_numbers_are_in_no_finding() -> None:
    ledger = [case(9, 违法图斑编号=None, 案件状态="13812345678", 身份证号="610821199001011238", 联系电话="13812345678")]
    findings = check(violation=[polygon(1)], case=ledger)[1].findings.frame()
    text = " ".join(findings[["message", "expected", "actual"]].astype(str).to_numpy().ravel())
    assert "13812345678" not in text
    assert "610821199001011238" not in text


# Units


def test_polygons_with_the_county_s_code_are_counted_where_they_lie() -> None:
    units = [
        {"XZQDM": code, "XZQMC": NAMES[code], "geometry": shape}
        for code, shape in (
            (TOWN, box(0, 0, 200, 50)),
            (OTHER_TOWN, box(200, 0, 200, 50)),
            (COUNTY, box(0, 0, 400, 50)),
        )
    ]
    polygons = [
        polygon(1, unit=COUNTY),
        {**polygon(2, unit=COUNTY), "geometry": box(185, 0, 40, 20)},
        polygon(8, unit=""),
    ]
    found, result = check(violation=polygons, units=units, new_construction=[land("500"), land("500", OTHER_TOWN)])
    assert numbers(result, "illegal_ratio", TOWN) == (100.0, 0.0, 500.0)
    assert numbers(result, "illegal_ratio", OTHER_TOWN) == (200.0, 0.0, 500.0)
    assert numbers(result, "illegal_ratio") == (300.0, 0.0, 1000.0)
    table = result.tables["RATES"]
    assert table.loc[(table["rate"] == "illegal_ratio") & (table["unit"] == TOWN), "geometry"].iloc[0].area == 10_000
    assert "R7070" not in {rule for rule, *_ in found}
    nowhere = check(violation=[polygon(1, unit="")], case=[case(1, 行政区代码=None)])[0]
    assert {one for one in nowhere if one[0] == "R7070"} == {
        ("R7070", "violation", "JC0001", ""), ("R7070", "case", "案0001", ""),
    }  # fmt: skip


def test_totals_of_a_table_are_not_counted_again() -> None:
    parts = [land("100", TOWN), land("200", OTHER_TOWN)]
    sources = {"violation": [polygon(1, 30.0)]}
    found, result = check(**sources, new_construction=[land("300", COUNTY), *parts])
    assert numbers(result, "illegal_ratio") == (30.0, 0.0, 300.0)
    assert "R7071" not in {rule for rule, *_ in found}
    found, result = check(**sources, new_construction=[land("310", COUNTY), *parts])
    assert numbers(result, "illegal_ratio") == (30.0, 0.0, 310.0)
    assert ("R7071", "new_construction", COUNTY, "new_cultivated") in found
    assert numbers(check(**sources, new_construction=[*parts, parts[0]])[1], "illegal_ratio") == (30.0, 0.0, 300.0)


def test_new_construction_as_polygons() -> None:
    polygons = [
        {"XZQDM": TOWN, "DLBM": "0102", "MJ": 400.0, "geometry": box(0, 0, 20, 20)},
        {"XZQDM": TOWN, "DLBM": "0301", "MJ": 100.0, "geometry": box(30, 0, 10, 10)},
    ]
    _, result = check(violation=[polygon(1, 40.0)], new_construction=polygons)
    assert numbers(result, "illegal_ratio") == (40.0, 0.0, 400.0)
    assert numbers(result, "illegal_area_ratio") == (400.0, 0.0, 500.0)


def test_one_year_of_several() -> None:
    polygons = [polygon(n, ND=2024 + n) for n in range(3)]
    ledger = [
        case(n, 发现日期=f"{2024 + n}-01-05", 立案日期=f"{2024 + n}-02-01", 处罚决定日期=None, 结案日期=None)
        for n in range(3)
    ]
    table = [{**land(f"{100 * (n + 1)}"), "年度": str(2024 + n)} for n in range(3)]
    found, result = check(Settings(DAY, year=2025), violation=polygons, case=ledger, new_construction=table)
    assert numbers(result, "illegal_ratio") == (100.0, 0.0, 200.0)
    assert numbers(result, "filing") == (1, 0, 1)
    assert not {rule for rule, *_ in found} & {"R7055", "R7056"}


# All together


def world(seed: int) -> dict[str, list[Row]]:
    """Forty polygons and their cases over three villages, as chance will have it."""
    dice = random.Random(seed)
    polygons, ledger = [], []
    for n in range(40):
        unit = dice.choice(VILLAGES)
        judged = dice.choice(["违法", "违法", "合法", "其他"])
        polygons.append(polygon(n, round(dice.uniform(0, 400), 2), judged, unit))
        if dice.random() < 0.8:
            steps = dice.randrange(4)
            days = ["2026-02-01", "2026-03-01", "2026-04-01"][:steps] + [None] * (3 - steps)
            end = dice.choice(["", "整改到位", "已拆除", "未整改"])
            ledger.append(
                case(n, 行政区代码=unit, 立案日期=days[0], 处罚决定日期=days[1], 结案日期=days[2], 整改结果=end,
                     整改完成日期="2026-05-01" if end in ("整改到位", "已拆除") else None)
            )  # fmt: skip
    table = [land(f"{dice.uniform(1000, 9000):.2f}", unit) for unit in VILLAGES]
    return {"violation": polygons, "case": ledger, "new_construction": table}


def by_hand(sources: Mapping[str, list[Row]], unit: str) -> dict[str, tuple[Fraction, Fraction, Fraction]]:
    """Numerator, deduction and denominator of some rates, one polygon after the other."""
    cases = {row["违法图斑编号"]: row for row in sources["case"]}
    mine = [row for row in sources["violation"] if row["XZQDM"].startswith(unit)]
    bad = [row for row in mine if row["PDJG"] == "违法"]

    def area(rows: Sequence[Row]) -> Fraction:
        return sum((Fraction(repr(row["GDMJ"])) for row in rows), Fraction(0))

    def is_(row: Row, key: str, *values: str) -> bool:
        return cases.get(row["JCBH"], {}).get(key) in values

    def has(row: Row, key: str) -> bool:
        return bool(cases.get(row["JCBH"], {}).get(key))

    filed = [row for row in bad if has(row, "立案日期")]
    ended = [row for row in bad if is_(row, "整改结果", "整改到位", "已拆除")]
    due = [row for row in bad if row in filed or row not in ended]
    whole = sum(
        Fraction(row["其中耕地(平方米)"]) for row in sources["new_construction"] if row["行政区代码"].startswith(unit)
    )
    one = Fraction(1)
    return {
        "illegal_ratio": (area(bad), 0 * one, whole),
        "illegal_ratio_deducted": (area(bad), area([row for row in bad if is_(row, "整改结果", "整改到位")]), whole),
        "filing": (one * len(filed), 0 * one, one * len(due)),
        "decision": (one * sum(has(row, "处罚决定日期") for row in bad), 0 * one, one * len(bad)),
        "closing": (one * sum(has(row, "结案日期") for row in bad), 0 * one, one * len(filed)),
        "rectification": (one * len(ended), 0 * one, one * len(bad)),
        "rectified_cultivated": (area(ended), 0 * one, area(bad)),
    }


@pytest.mark.parametrize("seed", range(12))
def test_random_worlds_against_counting_by_hand_and_in_any_order(seed: int) -> None:
    sources = world(seed)
    found, result = check(**sources)
    for unit in (COUNTY, TOWN, OTHER_TOWN, *VILLAGES):
        for name, expected in by_hand(sources, unit).items():
            assert numbers(result, name, unit) == tuple(map(float, expected)), (name, unit)
            above, less, below = expected
            value = rate(result, name, unit)["value"]
            assert np.isnan(value) if not below else abs(Fraction(value) - (above - less) / below) < Fraction(1, 10**6)
    for rows in sources.values():
        random.Random(seed).shuffle(rows)
    again, shuffled = check(language="en", **sources)
    assert again == found
    pd.testing.assert_frame_equal(
        shuffled.tables["RATES"].drop(columns="unit_name"), result.tables["RATES"].drop(columns="unit_name")
    )


def test_the_table_has_the_columns_of_the_contract() -> None:
    _, result = check(violation=[polygon(1)], case=[case(1)], new_construction=[land("1000")])
    table = result.tables["RATES"]
    assert list(table) == list(COLUMNS)
    assert str(table["over"].dtype) == "boolean"
    assert set(table["level"]) == {"county", "township"}
    assert set(table["rate"]) <= set(rate_definitions())
    assert result.rates["illegal_ratio"] == Rate(100.0, 1000.0, 0.0, "county15_town8")
    assert result.checked == 1


def test_what_is_not_given_is_said() -> None:
    _, result = check(violation=[polygon(1)], language="en")
    assert sum("Without" in sentence for sentence in result.unchecked) == 2
    assert any("filing rate" in sentence for sentence in result.unchecked)


def test_a_cancel_stops_it() -> None:
    class Stopped(Progress):
        def cancelled(self) -> bool:
            return True

    findings = Findings("zh")
    read = frames(findings, violation=[polygon(1)])
    with pytest.raises(Cancelled):
        rates.check(read, findings, Settings(DAY), Stopped())


def test_hostile_layers() -> None:
    """Nothing here is right, and nothing stops the run."""
    broken = shapely.Polygon([(EAST, NORTH), (EAST + 9, NORTH + 9), (EAST + 9, NORTH), (EAST, NORTH + 9)])
    polygons = [
        polygon(1, geometry=None), polygon(2, geometry=broken), polygon(3, cultivated=-5.0),
        polygon(4, MJ=None, GDMJ=None),
        polygon(5, judged="😀"), polygon(6, XZQDM="９９０１０１００１"), polygon(7, XZQDM="不详"),
        polygon(8, JCBH=None),
    ]  # fmt: skip
    ledger = [
        case(1, 立案日期="31/02/2026", 违法面积="一亩"), case(2, 违法图斑编号="JC0002，，、"),
        case(3, 整改结果="?" * 500),
        case(4, 行政区代码=9.90101001e8), dict.fromkeys(case(5)), case(6, 罚款金额="-3万元"),
    ]  # fmt: skip
    table = [land("abc"), land("-5"), land("1e30"), land("", ""), land("100", "9901010010000000000")]
    found, result = check(violation=polygons, case=ledger, new_construction=table)
    assert {"R2002", "R3001", "R3002", "R7060"} <= {rule for rule, *_ in found}
    assert len(result.tables["RATES"])
    assert check(violation=[], new_construction=[land("1")])[1].checked == 0


def test_the_definitions_are_complete() -> None:
    assert next(iter(ratio_profiles())) == rates.DEFAULT_PROFILE
    for profile in ratio_profiles().values():
        assert profile.title["zh"]
        assert profile.title["en"].isascii()
        assert profile.source
        assert profile.confidence in "HML"
        assert profile.lines
    shares = {line.share() for profile in ratio_profiles().values() for line in profile.lines}
    assert shares == {Fraction(3, 20), Fraction(2, 25)}


def test_the_report_draws_the_ratios_of_each_level_against_its_own_line(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[list[str], float, str]] = []
    real = charts.share_bars

    def draw(bars: Sequence[charts.UnitShares], line: float, words: str, pen: Pen) -> Drawing:
        drawn.append(([bar.code for bar in bars], line, words))
        return real(bars, line, words, pen)

    monkeypatch.setattr(charts, "share_bars", draw)
    result = check(violation=[polygon(1)], case=[case(1)], new_construction=[land("1000")])[1]
    page = html(result, ReportFacts(), "zh")
    assert drawn == [([COUNTY], 0.15, "≥ 15.00%"), ([TOWN], 0.08, "> 8.00%")]
    assert page.count("违法占耕比与控制线</h3>") == 1
    assert page.count('alt="违法占耕比与控制线"') == 2


def test_new_construction_without_its_cultivated_part_is_said_to_lack_it() -> None:
    total = {"行政区代码": TOWN, "新增建设用地面积(平方米)": "1000", "占了多少地": "500"}
    said = check(violation=[polygon(1)], new_construction=[total])[1].unchecked
    assert any("没有认出“新增建设用地占用耕地面积”一列" in sentence for sentence in said)
    said = check(violation=[polygon(1)], new_construction=[land("1000")])[1].unchecked
    assert not any("没有认出" in sentence for sentence in said)
