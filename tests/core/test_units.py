"""Units, exact rounding, numbers and dates as offices write them."""

from __future__ import annotations

import datetime
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from redline.core import units

SQUARE_METRES = st.floats(-1e13, 1e13, allow_nan=False)
WRITTEN = st.decimals(-10_000_000, 10_000_000, allow_nan=False, places=3).map(float)


def half_away(number: float, decimals: int, factor: Decimal = Decimal(1)) -> Decimal:
    return (Decimal(repr(number)) * factor).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def days(column: list[object], end: bool = False) -> list[str]:
    read, bad = units.parse_dates(pd.Series(column, dtype=object), end)
    return ["bad" if wrong else str(day) for day, wrong in zip(read, bad)]


@pytest.mark.parametrize(
    ("number", "decimals", "expected"),
    [
        (1.005, 2, 1.01),
        (2.675, 2, 2.68),
        (-0.125, 2, -0.13),
        (0.5, 0, 1.0),
        (-2.5, 0, -3.0),
        (1e300, 2, 1e300),
        (0.145, 2, 0.15),
    ],
)
def test_rounds_half_away_from_zero_on_the_written_decimal(number: float, decimals: int, expected: float) -> None:
    assert units.round_half_away([number], decimals).tolist() == [expected]


@given(st.lists(st.one_of(SQUARE_METRES, WRITTEN)), st.integers(0, 6))
@example([0.285, 1.115, 4503599627370496.5, 90071992547409.915], 2)
def test_rounding_is_that_of_decimal(numbers: list[float], decimals: int) -> None:
    assert units.round_half_away(numbers, decimals).tolist() == [float(half_away(n, decimals)) for n in numbers]


@given(st.lists(st.one_of(SQUARE_METRES, WRITTEN), min_size=1))
def test_hundredths_are_those_of_decimal(numbers: list[float]) -> None:
    assert units.cents(numbers).tolist() == [int(half_away(n, 0, Decimal(100))) for n in numbers]


@given(st.lists(st.decimals(0, 1_000_000, places=4).map(float), min_size=1))
def test_hundredths_of_mu_are_two_thirds_of_the_figure(figures: list[float]) -> None:
    # 1 亩 = 2000/3 m²: in thirds of a hundredth there is never a tie, so the nearest whole number is unique.
    for figure, hundredths in zip(figures, units.cents(figures, "mu").tolist()):
        assert abs(Decimal(repr(figure)) * 200_000 - 3 * hundredths) <= Decimal("1.5")


def test_missing_and_infinite_areas() -> None:
    with pytest.raises(ValueError, match="missing"):
        units.cents([1.0, None])
    with pytest.raises(ValueError, match="infinite"):
        units.cents([np.inf])
    with pytest.raises(OverflowError):
        units.cents([1e17])
    assert units.total_cents(pd.Series([1.005, None, np.nan, 2.0])) == 301
    assert units.total_cents(pd.Series([1.0, pd.NA, None], dtype=object)) == 100
    assert units.total_cents(pd.Series([1, pd.NA], dtype="Int64")) == 100
    assert units.total_cents([]) == 0
    rounded = units.round_half_away([np.nan, np.inf, -np.inf])
    assert np.isnan(rounded[0])
    assert rounded[1:].tolist() == [np.inf, -np.inf]


@given(st.integers(-(10**15), 10**15), st.sampled_from(units.UNITS), st.integers(0, 4))
def test_hundredths_in_a_unit_scalar_and_array_agree_with_exact_arithmetic(
    hundredths: int, unit: str, decimals: int
) -> None:
    factor = units.SQUARE_METRES[unit] * 100
    exact = Decimal(hundredths * factor.denominator * 10**decimals) / factor.numerator
    shown = units.from_cents(hundredths, unit, decimals)
    assert abs(shown * 10**decimals - exact) <= Decimal("0.5")
    assert units.from_cents(np.array([hundredths]), unit, decimals).tolist() == [float(shown)]


@given(st.integers(0, 10**11), st.sampled_from(["mu", "ha", "wan_mu", "km2"]))
def test_enough_decimals_bring_the_hundredths_back(hundredths: int, unit: str) -> None:
    shown = units.from_cents(hundredths, unit, 12)
    assert (
        round(shown * 100 * units.SQUARE_METRES[unit].numerator / units.SQUARE_METRES[unit].denominator) == hundredths
    )


def test_yuxi_protection_rate_from_its_areas_in_ten_thousand_mu() -> None:
    # 玉溪: 基本农田 262.79 万亩 of 耕地保有量 313.8 万亩 is 83.74 %.
    protected, cultivated = units.cents([262.79, 313.8], "wan_mu").tolist()
    assert round(Decimal(protected) / Decimal(cultivated) * 100, 2) == Decimal("83.74")
    assert units.format_area(protected, "wan_mu", 2) == "262.79"


@pytest.mark.parametrize(
    ("figure", "unit", "square_metres"),
    [
        (12.33, "mu", 8220.0),
        (1.0, "mu", 2000 / 3),
        (1.0, "ha", 10_000.0),
        (15.0, "mu", 10_000.0),
        (1.0, "wan_mu", 20_000_000 / 3),
    ],
)
def test_conversion_gives_the_nearest_double(figure: float, unit: str, square_metres: float) -> None:
    assert units.convert([figure], unit).tolist() == [square_metres]
    assert units.convert([square_metres], "m2", unit)[0] == pytest.approx(figure, rel=1e-15)


def test_areas_are_printed_with_separators_and_without_unit() -> None:
    assert units.format_area(123_456, "m2", 2) == "1,234.56"
    assert units.format_area(66_667, "mu", 2) == "1.00"
    assert units.format_area(-150, "m2", 0) == "-2"
    assert units.unit_name("mu") == "亩"
    assert units.unit_name("ha", "en") == "ha"


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("亩", "mu"), ("(亩)", "mu"), ("（单位：亩）", "mu"), ("单位:公顷", "ha"), ("hm²", "ha"),
        ("hm2", "ha"), ("HA", "ha"),
        ("平方米", "m2"), ("㎡", "m2"), ("m2", "m2"), ("M²", "m2"), ("万亩", "wan_mu"),
        ("平方公里", "km2"), ("km²", "km2"),
        ("Mu", "mu"), ("图斑面积（ｈｍ２）", "ha"), ("面积\n(亩)", "mu"),
        ("单位：万元、亩", "mu"), ("area_mu", "mu"), ("area_m2", "m2"),
        ("亩数", "mu"), ("市亩", "mu"), ("㏊", "ha"), ("面积", None), ("", None), (None, None),
        ("SHAPE_AREA", None),
        ("公亩", None), ("千公顷", None), ("万平方米", None), ("公顷（亩）", None), ("单位面积", None),
        ("Museum", None),
    ],
)  # fmt: skip
def test_unit_that_a_text_says(text: str | None, unit: str | None) -> None:
    assert units.parse_unit(text) == unit


@pytest.mark.parametrize(
    ("ratio", "actual", "read_as"),
    [
        (0.0015, "mu", "m2"), (666.67, "m2", "mu"), (1e-4, "ha", "m2"), (1e4, "m2", "ha"), (15.0, "mu", "ha"),
        (1 / 15, "ha", "mu"),
        (1e6, "m2", "km2"), (1e-6, "km2", "m2"), (1.5e-7, "wan_mu", "m2"), (0.00151, "mu", "m2"),
    ],
)  # fmt: skip
def test_confusion_of_units_behind_a_ratio(ratio: float, actual: str, read_as: str) -> None:
    found = units.unit_of_ratio(ratio, 0.02)
    assert found is not None
    assert (found.actual, found.read_as) == (actual, read_as)


@pytest.mark.parametrize("ratio", [1.0, 1.015, 2.0, 0.0, -0.0015, float("nan"), float("inf"), 0.0016, 500.0])
def test_no_confusion_of_units(ratio: float) -> None:
    assert units.unit_of_ratio(ratio, 0.02) is None


def test_the_unit_that_figures_were_read_in_narrows_the_confusion() -> None:
    assert units.unit_of_ratio(1e4, 0.02, read_as="wan_mu") == units.UnitMix("mu", "wan_mu", 1e4)
    assert units.unit_of_ratio(0.0015, 0.02, read_as="km2") is None


def test_numbers_as_offices_write_them() -> None:
    written = pd.Series(
        [
            "1,234.56",
            "１，２３４．５",
            "12.5亩",
            "12.5 公顷",
            " 1 234.5 ",
            "\u200b7\u00a0",
            '="3.10"',
            "'4",
            "1e3",
            ".5",
            "-3",
            8,
            2.25,
            "９．０",
        ]
    )
    numbers, bad = units.parse_number(written)
    assert numbers.tolist() == [1234.56, 1234.5, 12.5, 12.5, 1234.5, 7, 3.1, 4, 1000, 0.5, -3, 8, 2.25, 9]
    assert not bad.any()
    assert units.suffix_units(written).tolist()[2:4] == ["mu", "ha"]


def test_the_unit_that_a_cell_names_itself() -> None:
    said = {
        "9993.33平方米": "m2", "14.99 亩": "mu", "1.5公顷": "ha", "1.5hm²": "ha", "12㎡": "m2", "３亩": "mu",
        "0.3万亩": "wan_mu", "2 km2": "km2", "1,234.5m2": "m2", "1e3 mu": "mu", "12.5": "", "-3": "",
        "1 234.5": "", "": "", "—": "",
        "15亩左右": "", "亩": "", "15%": "", "15公亩": "",
    }  # fmt: skip
    found = units.suffix_units(pd.Series([*said, None, np.nan, pd.NA, 8, 2.25], dtype=object))
    assert found.tolist() == [*said.values(), "", "", "", "", ""]
    assert found.dtype == object
    for dtype, cells in {"float64": [1.5, np.nan], "Int64": [1, None], "object": ["1.5", None], "string": []}.items():
        assert units.suffix_units(pd.Series(cells, dtype=dtype)).tolist() == [""] * len(cells)
    assert units.suffix_units(pd.Series(["2亩", None], dtype="string")).tolist() == ["mu", ""]


def test_empty_cells_are_missing_and_nonsense_is_bad() -> None:
    empty, bad = units.parse_number(
        pd.Series(["", "-", "—", "——", "／", "无", "NULL", None, np.nan, pd.NA, " "], dtype=object)
    )
    assert np.isnan(empty).all()
    assert not bad.any()
    wrong = [
        "=SUM(A1:A9)",
        "(12.5)",
        "12,34",
        "1,2345",
        "12.5%",
        "约12",
        "#REF!",
        "inf",
        "1.2.3",
        "12 13亩亩",
        "0x1f",
        "1_000",
    ]
    numbers, bad = units.parse_number(pd.Series(wrong))
    assert bad.all()
    assert np.isnan(numbers).all()


def test_doubles_that_a_spreadsheet_writes_out_are_read_as_entered() -> None:
    written = pd.Series(["9.470000000000001", "0.30000000000000004", "1234.5600000000001", "12345678901234.56"])
    assert units.parse_number(written).values.tolist() == [9.47, 0.3, 1234.56, 12345678901234.6]
    assert units.decimals_of(written[:3]) == 2


def test_a_numeric_column_passes_through_but_for_infinity() -> None:
    numbers, bad = units.parse_number(pd.Series([1.5, np.nan, np.inf]))
    assert numbers[0] == 1.5
    assert np.isnan(numbers[1:]).all()
    assert bad.tolist() == [False, False, True]
    assert units.parse_number(pd.Series([1, None], dtype="Int64")).values[0] == 1.0
    assert units.parse_number(pd.Series([], dtype=object)).values.shape == (0,)


@given(st.lists(st.decimals(0, 10**9, places=2), min_size=1))
def test_numbers_printed_with_separators_read_back_exactly(numbers: list[Decimal]) -> None:
    read, bad = units.parse_number(pd.Series([f"{number:,}" for number in numbers]))
    assert read.tolist() == [float(number) for number in numbers]
    assert not bad.any()


def test_decimals_in_use() -> None:
    assert units.decimals_of(pd.Series(["12.50", "3", "1,000.0"])) == 2
    assert units.decimals_of(pd.Series([12.5, 3.25, np.nan])) == 2
    assert units.decimals_of(pd.Series([3, 4])) == 0
    assert units.decimals_of(pd.Series(["", None], dtype=object)) == 0
    assert units.decimals_of(pd.Series([0.1 + 0.2])) == 10
    one_long_in_a_thousand = [1.25] * 999 + [1 / 3]
    assert units.decimals_of(pd.Series(one_long_in_a_thousand)) == 2


@pytest.mark.parametrize(
    "written",
    ["20240501", "2024.5.1", "2024-05-01", "2024/5/1", "2024年5月1日", "2024年5月", 45413, "45413", "45413.0",
     20240501.0, "2024-05-01T00:00:00", "2024-05-01T08:30:00.000Z", "2024/5/1 0:00:00", "２０２４年５月１日",
     "2024 年 5 月 1 日",
     "2024.05", "202405",
     pd.Timestamp("2024-05-01 13:00"), datetime.date(2024, 5, 1), "'2024-5-1", "2024—05—01"],
)  # fmt: skip
def test_the_first_of_may_in_all_its_forms(written: object) -> None:
    assert days([written]) == ["2024-05-01"]


def test_excel_serials_agree_with_the_calendar() -> None:
    for day in ("1954-10-03", "1999-12-31", "2024-02-29", "2060-01-01"):
        serial = (datetime.date.fromisoformat(day) - datetime.date(1899, 12, 30)).days
        assert days([serial]) == [day]


def test_days_that_do_not_exist_and_dates_that_are_guesses_are_bad() -> None:
    wrong = [
        "20240230",
        "2023-02-29",
        "2024-13-01",
        "24.5.1",
        "5/1/2024",
        "0",
        "00000000",
        "明年",
        "2024-05-01至2025",
        "长期",
        3.5,
    ]
    assert days(wrong) == ["bad"] * len(wrong)
    assert days(["", None, "-", "／", pd.NaT, np.nan]) == ["NaT"] * 6


def test_the_last_day_of_a_month_a_year_or_for_good() -> None:
    assert days(["2024年2月", "2023.2", "2025", "2025年", "长期", "2024-05-01"], end=True) == [
        "2024-02-29", "2023-02-28", "2025-12-31", "2025-12-31", "2261-12-31", "2024-05-01",
    ]  # fmt: skip
    assert days(["2024年2月", "2025"]) == ["2024-02-01", "2025-01-01"]
    assert days(["至今", "9999-12-31", "9999/12/31 00:00", "99991231"], end=True) == ["2261-12-31"] * 4
    assert days(["至今", "9999-12-31"]) == ["bad"] * 2


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)))
def test_every_day_reads_back(day: datetime.date) -> None:
    forms = [
        day.isoformat(),
        day.strftime("%Y%m%d"),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month}.{day.day}",
    ]
    assert days(forms) == [day.isoformat()] * 4


@pytest.mark.filterwarnings("error")
def test_days_are_counted_in_days() -> None:
    """numpy 2.5 warns of time without a unit, and will refuse it."""
    assert days(["2024年2月", "2024-02-29", "45413", "2025年", ""], end=True)[:4] == [
        "2024-02-29", "2024-02-29", "2024-05-01", "2025-12-31",
    ]  # fmt: skip
    backwards = units.parse_periods(pd.Series(["2025.12至2021.1", "2021年1月1日至2025年12月31日"]))
    assert backwards.bad.tolist() == [True, False]
    assert np.isnat(backwards.start[0])


def test_a_datetime_column_needs_no_reading() -> None:
    read, bad = units.parse_dates(pd.Series(pd.to_datetime(["2024-05-01", None])))
    assert [str(day) for day in read] == ["2024-05-01", "NaT"]
    assert not bad.any()


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2021年1月1日至2025年12月31日", "2021-01-01", "2025-12-31"),
        ("2021.1-2025.12", "2021-01-01", "2025-12-31"),
        ("2021-01-01～2025-12-31", "2021-01-01", "2025-12-31"),
        ("2021-01-01-2025-12-31", "2021-01-01", "2025-12-31"),
        ("自2021年1月1日起至2025年2月止", "2021-01-01", "2025-02-28"),
        ("20210101—20251231", "2021-01-01", "2025-12-31"),
        ("2021年起长期", "2021-01-01", "2261-12-31"),
        ("2021-2025", "2021-01-01", "2025-12-31"),
    ],
)
def test_periods_in_one_cell(written: str, first: str, last: str) -> None:
    start, end, bad = units.parse_periods(pd.Series([written]))
    assert (str(start[0]), str(end[0]), bool(bad[0])) == (first, last, False)


def test_periods_that_are_none() -> None:
    _, _, bad = units.parse_periods(pd.Series(["2021-01-01", "2025.1至2021.1", "五年", "2021年2月30日至2022年1月1日"]))
    assert bad.all()
    start, _, bad = units.parse_periods(pd.Series(["", None, "-"], dtype=object))
    assert np.isnat(start).all()
    assert not bad.any()


def test_totals_do_not_run_over_64_bits() -> None:
    sizes = [6.7e16, 6.7e16, 0.005, None]
    assert units.total_cents(sizes) == 2 * 6_700_000_000_000_000_000 + 1
    assert units.total_cents([-4e16, 1.0]) == -4_000_000_000_000_000_000 + 100
