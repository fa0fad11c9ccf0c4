"""Signs against plots: where they stand, what they bear, and whether anybody looks after them."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest
import shapely

from redline.core.checks import signs
from redline.core.findings import Findings
from redline.core.progress import Cancelled, Progress
from redline.core.result import Result
from redline.tests.core.hand import EAST, NORTH, VILLAGES, Row, Told, box, county, layer, sheet, told, villages

DAY = datetime.date(2026, 6, 30)


def at(x: float, y: float) -> shapely.Point:
    return shapely.Point(EAST + x, NORTH + y)


def sign(number: int, **more: Any) -> Row:
    """A sign at the first plot of a village, 5 m from it, inspected in spring."""
    plot = county()[4 * number]
    return {
        "标志牌编号": f"P{number}", "图斑编号": plot["YJJBNTTBBH"], "检查日期": "2026-04-01", "现状": "完好",
        "修复日期": "",
        "geometry": at(50, 200 * number - 5), **more,
    }  # fmt: skip


def three() -> list[Row]:
    return [sign(number) for number in range(3)]


def run(given: list[Row], language: str = "zh", plots: list[Row] | None = None, progress: Progress | None = None,
        **settings: Any) -> Result:  # fmt: skip
    findings = Findings(language)
    frames = {
        "map": layer("map", county() if plots is None else plots, findings),
        "units": layer("units", villages(), findings),
        "sign": (layer if "geometry" in given[0] else sheet)("sign", given, findings),
    }  # fmt: skip
    return signs.check(frames, findings, signs.Settings(**{"on_date": DAY, **settings}), progress or Progress())


def found(result: Result) -> Told:
    return {one for one in told(result) if one[0][:2] != "R2"}


def states(result: Result) -> dict[str, tuple[int, str]]:
    return {row["place"]: (row["signs"], row["status"]) for row in result.tables["SIGN_STATUS"].to_dict("records")}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_signs_in_order(language: str) -> None:
    result = run(three(), language)
    assert found(result) == set()
    assert states(result) == dict.fromkeys(VILLAGES, (1, "good"))
    table = result.tables["SIGN_STATUS"]
    assert list(table.columns) == ["place", "unit", "unit_name", "plots", "signs", "status", "geometry"]
    assert table["plots"].tolist() == [4, 4, 4]
    assert table["unit_name"].tolist() == ["东关村", "西关村", "柳河村"]
    assert (result.rates["signed_places"].value, result.rates["signs_good"].value) == (1.0, 1.0)


def test_a_village_without_a_sign() -> None:
    result = run(three()[:2], "en")
    assert found(result) == {("R9080", "map", VILLAGES[2], "village")}
    assert states(result)[VILLAGES[2]] == (0, "none")
    rate = result.rates["signed_places"]
    assert (rate.numerator, rate.denominator) == (2, 3)


def test_every_plot_and_every_block() -> None:
    """Plots of a village touch; those of the next lie 120 m and more away."""
    assert len([one for one in found(run(three(), place="plot")) if one[0] == "R9080"]) == 9
    assert found(run(three(), place="block")) == set()
    apart = county()
    apart[3]["geometry"] = box(331, 0)  # 31 m from its neighbour
    apart[7]["geometry"] = box(329.9, 200)
    assert found(run(three(), plots=apart, place="block")) == {
        ("R9080", "map", apart[3]["YJJBNTTBBH"], "block"),
    }  # fmt: skip
    assert found(run(three(), plots=apart, place="block", block_gap=31.1)) == set()


def test_blocks_are_those_of_brute_force() -> None:
    dice = np.random.default_rng(4)
    plots = []
    for n in range(250):
        shape = box(dice.uniform(0, 3000), dice.uniform(0, 3000), 60, 60)
        plots.append({**county()[0], "YJJBNTTBBH": f"{n:05d}", "XZQDM": VILLAGES[n % 2], "geometry": shape})
    left = set(range(250))
    expected = []
    while left:
        group, border = set(), {min(left)}
        while border:
            group |= border
            border = {
                b for b in left - group for a in border
                if plots[a]["XZQDM"] == plots[b]["XZQDM"] and plots[a]["geometry"].distance(plots[b]["geometry"]) <= 30
            }  # fmt: skip
        left -= group
        expected.append((f"{min(group):05d}", len(group)))
    table = run(three(), plots=plots, place="block").tables["SIGN_STATUS"]
    assert list(zip(table["place"], table["plots"])) == sorted(expected)


def test_distance_to_its_own_plot() -> None:
    for metres, rules in ((49.9, set()), (50.1, {"R9081", "R9080"})):
        given = [*three()[:2], sign(2, geometry=at(50, 400 - metres))]
        result = run(given)
        assert {one[0] for one in found(result)} == rules
        # "50 m (at most 50 m)" would make no sense.
        assert set(result.findings.frame().query("rule == 'R9081'")["actual"]) <= {"50.1"}
    frame = run([*three(), sign(2, 标志牌编号="P9", geometry=at(50, 320))]).findings.frame()
    (one,) = frame.query("rule == 'R9081'").to_dict("records")
    assert (one["key"], one["related"], one["actual"]) == ("P9", county()[8]["YJJBNTTBBH"], "80")
    assert one["difference"] == pytest.approx(30)


def test_the_right_number() -> None:
    keys = [row["YJJBNTTBBH"] for row in county()]
    given = [*three(), sign(0, 标志牌编号="P7", 图斑编号=keys[8]), sign(0, 标志牌编号="P8", 图斑编号="990101001001099")]
    given.append(sign(0, 标志牌编号="P9", 图斑编号=""))
    given.append(sign(0, 标志牌编号="P6", 图斑编号=keys[1], geometry=at(60, -5)))  # a neighbour within 50 m
    result = run(given)
    assert found(result) == {
        ("R9083", "sign", "P7", keys[0]), ("R9082", "sign", "P8", ""), ("R9087", "sign", "P9", ""),
    }  # fmt: skip
    assert states(result)[VILLAGES[0]] == (5, "trouble")
    rate = result.rates["signs_good"]
    assert (rate.numerator, rate.denominator) == (5, 7)


def test_numbers_within_the_village_are_understood() -> None:
    given = [{**row, "图斑编号": "1", "行政区代码": VILLAGES[n]} for n, row in enumerate(three())]
    assert found(run(given)) == set()


def test_inspected_within_a_year() -> None:
    days = ("2025-06-30", "2025-06-29", "", "2026-07-01")
    given = [*three(), *(sign(0, 标志牌编号=f"Q{n}", 检查日期=day) for n, day in enumerate(days))]
    given.append(sign(0, 标志牌编号="Q9", 检查日期="2024-01-01", 修复日期="2026-01-01"))
    result = run(given)
    assert found(result) == {
        ("R9084", "sign", "Q1", ""), ("R9084", "sign", "Q2", ""), ("R9084", "sign", "Q3", ""),
        ("R9088", "sign", "Q3", ""),
    }  # fmt: skip
    assert {one[2] for one in found(run(given, max_age=366.0)) if one[0] == "R9084"} == {"Q2", "Q3"}


def test_damaged_and_not_repaired() -> None:
    given = [
        *three(), sign(0, 标志牌编号="Q1", 现状="倾斜，字迹不清"),
        sign(0, 标志牌编号="Q2", 现状="损坏", 修复日期="2026-05-01"),
        sign(0, 标志牌编号="Q3", 现状="损坏", 修复日期="2026-03-01"), sign(0, 标志牌编号="Q4", 现状="未损坏"),
        sign(0, 标志牌编号="Q5", 现状="丢失"),
    ]  # fmt: skip
    assert found(run(given)) == {("R9085", "sign", key, "") for key in ("Q1", "Q3", "Q5")}


def test_a_number_on_two_signs() -> None:
    assert found(run([*three(), sign(0)])) == {("R9086", "sign", "P0", "")}


def test_a_list_without_places_and_one_with_coordinates() -> None:
    rows = [{k: v for k, v in row.items() if k != "geometry"} for row in three()]
    assert found(run(rows)) == set()
    rows[2].update(图斑编号="", 行政区代码=VILLAGES[2])
    assert found(run(rows)) == {("R9087", "sign", "P2", "")}
    rows = [{k: v for k, v in row.items() if k not in ("geometry", "图斑编号")} for row in three()]
    for n, row in enumerate(rows):
        row.update(X坐标=f"{NORTH + 200 * n - 5:.2f}", Y坐标=f"{EAST + 50:.2f}")  # northing first
    assert found(run(rows)) == set()


def test_what_is_not_given_is_said() -> None:
    rows = [{k: row[k] for k in ("标志牌编号", "图斑编号", "geometry")} for row in three()]
    result = run(rows)
    assert found(result) == set()
    assert len(result.unchecked) == 2


def test_nothing_depends_on_the_order() -> None:
    given = [*three()[:2], sign(0, 标志牌编号="Q1", 现状="损坏"), sign(1, 标志牌编号="", 检查日期="")]
    first, second = (run(rows, place="block").findings.frame() for rows in (given, given[::-1]))
    assert first["finding_id"].tolist() == second["finding_id"].tolist()


def test_hostile_signs() -> None:
    given = [
        sign(0, geometry=None), sign(1, geometry=at(float("nan"), 0)), sign(2, geometry=shapely.Point()),
        sign(0, 标志牌编号="Q", geometry=box(0, 0)), sign(0, 标志牌编号="R", 检查日期="去年", 现状="x" * 9999),
    ]  # fmt: skip
    result = run(given, "en")
    assert found(result) == {("R9084", "sign", "R", "")}
    assert run(three(), plots=[{**county()[0], "geometry": None}]).tables["SIGN_STATUS"].empty


def test_it_stops_when_asked_to() -> None:
    class Stopped(Progress):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(Cancelled):
        run(three(), progress=Stopped())


def test_signs_without_a_place_are_said_to_be_unchecked_there() -> None:
    lost = shapely.LineString([(EAST, NORTH), (np.nan, NORTH), (EAST + 9, NORTH)])
    given = [{**sign(n), "geometry": shape} for n, shape in enumerate((None, lost, shapely.Point(np.inf, 0.0)))]
    for rows in (given, [{k: v for k, v in row.items() if k != "geometry"} for row in given]):
        result = run(rows, "en")
        assert found(result) == set()
        assert states(result) == dict.fromkeys(VILLAGES, (1, "good"))
        assert [one for one in result.unchecked if one.startswith("3 of 3 signs")]
    assert not [one for one in run(three(), "en").unchecked if "signs have" in one]
