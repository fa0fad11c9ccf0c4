"""Areas within a layer: where the lines lie, the equations of each standard, and units of area found out."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from redline.core.checks import areas
from redline.core.checks.areas import Settings, grade
from redline.core.findings import Findings
from redline.core.units import SQUARE_METRES, UNITS, unit_name
from redline.tests.core.hand import Row, box, county, layer, sheet

CENT = Decimal("0.01")
ALL = np.ones(12, dtype=bool)


def exact_grade(difference: Decimal, reference: Decimal, settings: Settings, place: Decimal) -> str:
    """The rule in decimals: beyond max(abs, rel, rounding) is an error, beyond max(0.1, 0.01 %, rounding) a warning."""
    rounding = place / 2 + CENT / 2
    error = max(
        Decimal(repr(settings.abs_tolerance)), abs(reference) * Decimal(repr(settings.rel_tolerance)) / 100, rounding
    )
    warning = max(Decimal("0.1"), abs(reference) / 10_000, rounding)
    return "error" if abs(difference) > error else "warning" if abs(difference) > min(warning, error) else ""


@given(
    st.lists(st.tuples(st.integers(-10_000, 10_000), st.integers(0, 10_000_000)), min_size=1, max_size=30),
    st.sampled_from([0.0, 0.1, 1.0, 5.0]), st.sampled_from([0.0, 0.01, 0.5, 20.0]),
    st.sampled_from([CENT, Decimal(1), Decimal(20) / 3]),
)  # fmt: skip
@hypothesis_settings(deadline=None, max_examples=200, derandomize=True)
def test_grades_are_those_of_decimals(
    cents: list[tuple[int, int]], absolute: float, percent: float, place: Decimal
) -> None:
    settings = Settings(absolute, percent)
    difference, reference = (np.array([pair[n] for pair in cents]) / 100 for n in (0, 1))
    expected = [exact_grade(Decimal(d) / 100, Decimal(r) / 100, settings, place) for d, r in cents]
    assert grade(difference, reference, settings, float(place)).tolist() == expected


@pytest.mark.parametrize("missing", [(np.nan, 1000.0), (5.0, np.nan), (np.nan, np.nan)])
def test_what_is_not_there_has_no_grade(missing: tuple[float, float]) -> None:
    assert grade(np.array([missing[0]]), np.array([missing[1]]), Settings()).tolist() == [""]


def test_percentages_are_of_the_recorded_area() -> None:
    """Recorded 99, measured 100: 1.01 % of 99, not 1 % of 100."""
    plots = [{"YJJBNTTBBH": "1", "YJJBNTTBMJ": 99.0, "geometry": box(0, 0, 10, 10)}]
    for percent, errors in ((1.0, 1), (1.02, 0)):
        findings = Findings("en")
        areas.recorded_against_measured(layer("map", plots, findings), ALL[:1], findings, Settings(0.0, percent))
        frame = findings.frame()
        assert (frame["severity"] == "error").sum() == errors
        assert "(-1.01 %)" in frame["message"].iloc[0]


# Equations, with the product rounded half up as the standard says


def identities(rows: list[Row]) -> dict[str, set[str]]:
    """Which rules each plot breaks."""
    findings = Findings("zh")
    areas.identities(layer("map", rows, findings, profile_id="pbf2021"), findings)
    broken: dict[str, set[str]] = {}
    for rule, _, key, _ in told_of(findings):
        broken.setdefault(key, set()).add(rule)
    return broken


@given(st.lists(st.tuples(st.integers(1, 10**7), st.integers(0, 9999), st.integers(-2, 2)), min_size=1, max_size=20))
@hypothesis_settings(deadline=None, max_examples=60, derandomize=True)
def test_deductions_are_area_times_coefficient_rounded_once(plots: list[tuple[int, int, int]]) -> None:
    rows, wrong = [], {}
    for number, (cents, factor, off) in enumerate(plots):
        gross, share = Decimal(cents) / 100, Decimal(factor) / 10_000
        deduction = (gross * share).quantize(CENT, rounding=ROUND_HALF_UP) + Decimal(off) / 100
        rows.append({
            "YJJBNTTBBH": str(number), "YJJBNTTBMJ": float(gross), "KCXS": float(share), "KCMJ": float(deduction),
            "YJJBNTMJ": float(gross - deduction), "geometry": box(0, 0),
        })  # fmt: skip
        if off:
            wrong[str(number)] = {"R5002"}
    # A column of whole numbers is held to whole numbers only: one area with cents settles that.
    rows.append({
        "YJJBNTTBBH": "C", "YJJBNTTBMJ": 100.01, "KCXS": 0.5001, "KCMJ": 50.02, "YJJBNTMJ": 49.99,
        "geometry": box(0, 0),
    })  # fmt: skip
    assert identities(rows) == wrong


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ({}, set()), ({"KCMJ": None, "KCXS": None, "YJJBNTMJ": 6400.37}, set()),
        ({"KCMJ": 0.0}, {"R5002", "R5003"}), ({"KCMJ": 0.0, "YJJBNTMJ": 6400.37}, {"R5002"}),
        ({"KCXS": None}, {"R5002"}), ({"YJJBNTMJ": 5760.32}, {"R5003"}), ({"YJJBNTMJ": None}, set()),
        ({"KCXS": 1.0, "KCMJ": 6400.37, "YJJBNTMJ": 0.0}, {"R5006"}),
        ({"KCXS": -0.1, "KCMJ": -640.04, "YJJBNTMJ": 7040.41}, {"R5006"}),
        ({"KCXS": 0.9999, "KCMJ": 6399.73, "YJJBNTMJ": 0.64}, set()),
    ],
)  # fmt: skip
def test_equations_of_2021(change: dict[str, float | None], rules: set[str]) -> None:
    rows = county()[:3]
    rows[2].update(change)
    assert identities(rows) == ({rows[2]["YJJBNTTBBH"]: rules} if rules else {})


def test_an_equation_without_its_terms_is_not_tested() -> None:
    for dropped in (("KCXS",), ("KCMJ",), ("YJJBNTTBMJ",), ("KCMJ", "KCXS")):
        rows = [{field: value for field, value in row.items() if field not in dropped} for row in county()]
        assert identities(rows) == {}, dropped


def test_areas_without_cents_are_held_to_a_whole_square_metre() -> None:
    rows = [
        {
            "YJJBNTTBBH": str(n),
            "YJJBNTTBMJ": 1000.0 + n,
            "KCXS": 0.1,
            "KCMJ": round((1000 + n) * 0.1),
            "geometry": box(0, 0),
        }
        for n in range(20)
    ]
    assert identities(rows) == {}
    rows[3]["KCMJ"] += 1
    assert identities(rows) == {"3": {"R5002"}}


# Units of area


@pytest.mark.parametrize("stated", UNITS[:3])
@pytest.mark.parametrize("true", UNITS)
def test_any_unit_taken_for_any_other_is_found(stated: str, true: str) -> None:
    """Areas of 1000 to 20 000 m², written with eight decimals in one unit under the name of another."""
    heading = f"永久基本农田图斑面积({unit_name(stated)})"
    metres = [1000.0 + 1000 * n for n in range(20)]
    rows = [
        {"图斑编号": str(n), heading: f"{float(Fraction(area) / SQUARE_METRES[true]):.8f}", "备注": "无误"}
        for n, area in enumerate(metres)
    ]
    findings = Findings("zh")
    frame = sheet("register", rows, findings)
    areas.settle_units(frame, {"plot_area": np.array(metres)}, findings)
    assert told_of(findings) == ([] if true == stated else [("R5005", "register", "", "plot_area")])
    assert frame.rows["plot_area"].tolist() == pytest.approx(metres, rel=1e-4)
    assert frame.stated["plot_area"] == true
    place = float(SQUARE_METRES[true]) * 1e-8
    assert frame.resolution["plot_area"] >= place * 0.99


def told_of(findings: Findings) -> list[tuple[str, str, str, str]]:
    frame = findings.frame()
    return list(zip(frame["rule"], frame["role"], frame["key"], frame["related"]))


@pytest.mark.parametrize(("wrong", "found"), [(20, True), (16, True), (15, False), (4, False)])
def test_four_in_five_rows_must_show_it(wrong: int, found: bool) -> None:
    rows = [
        {"图斑编号": str(n), "图斑面积(平方米)": f"{1500.0 if n >= wrong else 2.25}", "备注": "无误"} for n in range(20)
    ]
    findings = Findings("zh")
    frame = sheet("register", rows, findings)
    areas.settle_units(frame, {"plot_area": np.full(20, 1500.0)}, findings)
    assert bool(told_of(findings)) == found


@pytest.mark.parametrize("ratio", [0.5, 2.0, 0.9, 0.001, 0.003, 3000.0])
def test_other_ratios_are_no_unit(ratio: float) -> None:
    rows = [{"图斑编号": str(n), "图斑面积(平方米)": f"{1500 * ratio:.6f}", "备注": "无误"} for n in range(20)]
    findings = Findings("zh")
    frame = sheet("register", rows, findings)
    areas.settle_units(frame, {"plot_area": np.full(20, 1500.0)}, findings)
    assert told_of(findings) == []


def test_columns_of_one_confusion_are_told_once_and_all_set_right() -> None:
    rows = [
        {"图斑编号": str(n), "图斑面积(平方米)": "2.40", "永久基本农田面积(平方米)": "2.25", "备注": "无误"}
        for n in range(20)
    ]
    findings = Findings("zh")
    frame = sheet("register", rows, findings)
    areas.settle_units(frame, {"farmland_area": np.full(20, 1500.0), "plot_area": np.full(20, 1600.0)}, findings)
    assert told_of(findings) == [("R5005", "register", "", "farmland_area")]
    assert frame.rows["plot_area"].tolist() == pytest.approx([1600.0] * 20)
    assert frame.rows["farmland_area"].tolist() == pytest.approx([1500.0] * 20)


@pytest.mark.parametrize(("head", "grades"), [("图斑面积(亩)", [""] * 20), ("图斑面积(平方米)", ["error"] * 20)])
def test_only_other_units_are_held_to_their_own_last_place(head: str, grades: list[str]) -> None:
    """Half a last place off: that is rounding for 亩 with two decimals, but m² are written to the cent."""
    size = 2000 / 3 if "亩" in head else 1.0
    places = 2 if "亩" in head else 0
    rows = [{"图斑编号": str(n), head: f"{n + 3:.{places}f}", "备注": "无误"} for n in range(20)]
    frame = sheet("register", rows, Findings("zh"))
    recorded = frame.rows["plot_area"].to_numpy()
    measured = recorded + size * 10.0**-places / 2
    place = areas.rounding(frame, "plot_area")
    assert areas.recorded_grade(recorded, measured, Settings(0.0, 0.0), place).tolist() == grades


def test_a_recorded_area_that_is_blank_zero_or_less_is_told_as_missing() -> None:
    rows = county()
    rows[0]["YJJBNTTBMJ"], rows[1]["YJJBNTTBMJ"], rows[2]["YJJBNTTBMJ"] = None, 0.0, -1.0
    findings = Findings("zh")
    grades = areas.recorded_against_measured(layer("map", rows, findings), ALL, findings, Settings())
    assert told_of(findings) == [("R6026", "map", row["YJJBNTTBBH"], "plot_area") for row in rows[:3]]
    assert set(grades) == {""}


def test_texts_of_areas_round_half_away_from_zero() -> None:
    assert areas.metres([0.005, 1.005, 2.675, -0.005, np.nan]) == ["0.01", "1.01", "2.68", "-0.01", ""]
    assert areas.mu([10_000 / 15, 10.0, np.nan]) == ["1.00", "0.02", ""]
