"""The charts: what their parts stand for, where these are, and the numbers behind them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redline.core.report import cells, chart_data, charts
from redline.core.report.drawing import Drawing
from redline.core.report.pen import Look, Pen

UNITS = ("990101001001", "990101001002", "990101002001")
DARK = Look(inches=4.0, dpi=100.0, ink="#eeeeee", paper="#202020", least=6.0, side=0.4)


def name(code: str) -> str:
    return {"990101": "示范县", "990101001": "城关镇"}.get(code, code)


def every_chart(pen: Pen) -> dict[str, Drawing]:
    units = [charts.UnitCount(code, name(code), {"error": n + 1, "info": 2}) for n, code in enumerate(UNITS)]
    shares = [charts.UnitShares(code, "", 0.05 * n, 0.02 * n, (n > 1, False)) for n, code in enumerate(UNITS)]
    spreads = [
        charts.Spread(rule, np.array([-5000.0, -50.0, 3.0, 3.5, 700.0]), 40) for rule in ("R6003", "R6014", "R5001")
    ]
    rows = [cells.HeatRow(code, "", {"2026-01": (n, 4), "2026-02": (4, 4)}) for n, code in enumerate(UNITS)]
    duties = [cells.DutyRow(code, "", {"people": 0.5 * n, "atlas": math.nan}) for n, code in enumerate(UNITS)]
    return {
        "rules": charts.rule_bars([charts.RuleCount("R6003", "error", 9), charts.RuleCount("R4001", "info", 1)], pen),
        "units": charts.count_bars(units, pen),
        "spread": charts.differences(spreads, pen),
        "ratios": charts.share_bars(shares, 0.08, "> 8%", pen),
        "calendar": cells.heat_map(rows, ["2026-01", "2026-02"], pen),
        "duties": cells.duty_grid(duties, ["people", "atlas"], pen),
    }


@pytest.mark.parametrize("look", [Look(), DARK])
def test_every_part_of_a_chart_is_found_where_it_is(look: Look) -> None:
    for title, drawing in every_chart(Pen("zh", look)).items():
        dots, width, height = drawing.pixels()
        assert len(dots) == 4 * width * height
        assert drawing.marks, title
        for mark in drawing.marks:
            left, top, right, bottom = drawing.box(mark)
            assert 0 <= left < right <= 1, (title, mark.key)
            assert 0 <= top < bottom <= 1, (title, mark.key)
            assert drawing.at((left + right) / 2, (top + bottom) / 2) is mark, (title, mark.key)
        assert len({mark.key for mark in drawing.marks}) == len(drawing.marks)
        assert drawing.at(2.0, 2.0) is None


def test_a_chart_takes_the_colours_and_width_of_its_look() -> None:
    for title, drawing in every_chart(Pen("zh", DARK)).items():
        dots, width, _ = drawing.pixels()
        assert width == 400, title
        assert tuple(dots[:4]) == (0x20, 0x20, 0x20, 255), title


def test_bars_are_as_long_as_their_numbers() -> None:
    drawing = charts.count_bars(
        [charts.UnitCount("a", "", {"error": 3, "warning": 1}), charts.UnitCount("b", "", {"info": 8})], Pen("zh")
    )
    axes = drawing.marks[0].axes
    ends = [0.0, 0.0]
    for bar in axes.patches:
        row = round(bar.get_y() + bar.get_height() / 2)
        ends[row] = max(ends[row], bar.get_x() + bar.get_width())
    assert ends == [4.0, 8.0]
    assert [mark.words.rsplit(" ", 1)[1] for mark in drawing.marks] == ["4", "8"]


def step_by_hand(difference: float) -> int:
    """The column of a histogram as its axis reads."""
    beyond = 1 + sum(abs(difference) >= edge for edge in (10, 100, 1000))
    return 4 - beyond if difference < 0 else 4 + beyond


@given(st.lists(st.floats(-1e7, 1e7, allow_nan=False), max_size=30))
def test_differences_stand_in_their_column(differences: list[float]) -> None:
    assert charts.step_of(np.array(differences, dtype=float)).tolist() == [step_by_hand(one) for one in differences]


def findings(units: list[str], severities: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"unit": units, "severity": severities})


def test_findings_are_counted_by_the_units_below() -> None:
    found = findings([*UNITS, UNITS[0], "990101", ""], ["error", "error", "info", "warning", "error", "error"])
    counts = {one.code: dict(one.counts) for one in chart_data.unit_counts(found, "", name, 10)}
    assert counts == {
        "990101": {"error": 1, "info": 0, "warning": 0},
        "990101001": {"error": 2, "info": 0, "warning": 1},
        "990101002": {"error": 0, "info": 1, "warning": 0},
    }
    inside = found[found["unit"].str.startswith("990101001")]
    assert [one.code for one in chart_data.unit_counts(inside, "990101001", name, 10)] == list(UNITS[:2])
    assert [one.code for one in chart_data.unit_counts(found, "", name, 1)] == ["990101001"]
    assert chart_data.unit_counts(found[:0], "", name, 10) == []


def test_two_counties_are_told_apart_before_their_townships() -> None:
    found = findings(["990101001001", "990102001001"], ["error", "error"])
    assert [one.code for one in chart_data.unit_counts(found, "", name, 10)] == ["990101", "990102"]


def duty_table() -> pd.DataFrame:
    codes = ["990101", "990101001", "990101002", *UNITS]
    table = pd.DataFrame({"unit": codes, "complete": [0.5, 0.2, 0.9, 0.1, 0.3, 0.9]})
    for number, duty in enumerate(("parcel", "area", "people", "responsibility", "atlas")):
        table[duty] = np.nan if number == 4 else np.linspace(0, 1, len(codes))
    return table


def test_duties_of_a_unit_and_those_below() -> None:
    rows = chart_data.duty_rows(duty_table(), "", name, 10)
    assert [row.code for row in rows] == ["990101", "990101001", "990101002"]
    assert rows[0].name == "示范县"
    assert rows[1].shares["parcel"] == pytest.approx(0.2)
    assert math.isnan(rows[1].shares["atlas"])
    inside = chart_data.duty_rows(duty_table(), "990101001", name, 10)
    assert [row.code for row in inside] == ["990101001", *UNITS[:2]]
    assert [row.code for row in chart_data.duty_rows(duty_table(), UNITS[0], name, 10)] == [UNITS[0]]
    assert [row.code for row in chart_data.duty_rows(duty_table(), "", name, 1)] == ["990101", "990101001"]
    assert chart_data.duty_rows(duty_table(), "999999", name, 10) == []


def rates() -> pd.DataFrame:
    return pd.DataFrame([
        {"unit": code, "level": "township", "rate": rate, "numerator": 1e5 * before, "denominator": 1e5,
         "deduction": 1e5 * (before - value), "value": value, "threshold": 0.08, "operator": ">", "over": value > 0.08}
        for code, before in (("990101001", 0.1), ("990101002", 0.01), ("990101003", 0.3))
        for rate, value in (("illegal_ratio", before), ("illegal_ratio_deducted", before / 2))
    ])  # fmt: skip


def test_ratios_stand_against_their_line() -> None:
    bars, line, words = chart_data.ratios(rates(), "", name)
    assert (line, words) == (0.08, "> 8.00%")
    assert [(bar.code, round(bar.before, 9), round(bar.after, 9), bar.over) for bar in bars] == [
        ("990101001", 0.1, 0.05, (True, False)), ("990101002", 0.01, 0.005, (False, False)),
        ("990101003", 0.3, 0.15, (True, True)),
    ]  # fmt: skip
    assert [bar.code for bar in chart_data.greatest_ratios(bars, 2)] == ["990101001", "990101003"]
    assert [bar.code for bar in chart_data.ratios(rates(), "990101002", name)[0]] == ["990101002"]
    assert chart_data.ratios(rates().assign(threshold=np.nan), "", name)[0] == []


def test_a_ratio_beside_its_line_does_not_read_as_the_line() -> None:
    """80,000,004 and 79,999,999 of 1,000,000,000 m²: both are 0.08 where they are rounded to six decimals."""
    near = rates().assign(denominator=1e9, deduction=0.0, value=0.08)
    near["numerator"] = np.where(near["unit"] == "990101001", 80_000_004.0, 79_999_999.0)
    bars, line, words = chart_data.ratios(near.assign(over=near["numerator"] > 8e7), "", name)
    drawing = charts.share_bars(bars, line, words, Pen("en"))
    written = [said.get_text().split()[-1] for said in drawing.marks[0].axes.texts]
    assert {"8.0000004%", "7.9999999%"} <= set(written)
    assert written.count("8.00%") == 1, "the line itself"


def calendar(zones: int) -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {"zone_code": f"{UNITS[number % 3]}{number:03d}", "zone_name": f"第{number}格", "unit": UNITS[number % 3],
         "month": month, "done": number, "due": 4}
        for number in range(zones) for month in ("2026-01", "2026-02")
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_many_zones_become_townships_in_the_calendar() -> None:
    rows, months, together = chart_data.patrol_rows(calendar(3), "", name, 5)
    assert (months, together) == (["2026-01", "2026-02"], False)
    assert [row.name for row in rows] == ["第0格", "第1格", "第2格"]
    rows, _, together = chart_data.patrol_rows(calendar(6), "", name, 5)
    assert together
    assert {row.code: row.months["2026-02"] for row in rows} == {"990101001": (8, 16), "990101002": (7, 8)}
    rows, _, _ = chart_data.patrol_rows(calendar(6), UNITS[1], name, 5)
    assert [row.code[-3:] for row in rows] == ["001", "004"]


def test_long_names_leave_room_for_the_bars() -> None:
    pen = Pen("zh", DARK)
    names, room = pen.beside(["永久基本农田图斑" * 6, "短"], [" R6003", ""])
    assert room < 0.45
    assert names[0].endswith("… R6003")
    assert names[1] == "短"
