"""Area units, exact rounding, and reading the numbers and dates that offices write.

Areas are legal figures: sums are whole hundredths of a square metre, rounded once, half away from zero,
on the decimal number that was written (1.005 is 1.01, whatever its binary neighbour is).
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from redline.core.text import NUMBER, is_missing, squeeze, tidy

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

# Square metres in one unit; 1 亩 = 2000/3 m² exactly, 1 hm² = 15 亩 (DOMAIN 3.4, 国务院关于统一我国法定计量单位的命令).
SQUARE_METRES: dict[str, Fraction] = {
    "m2": Fraction(1),
    "mu": Fraction(2000, 3),
    "ha": Fraction(10_000),
    "wan_mu": Fraction(20_000_000, 3),
    "km2": Fraction(1_000_000),
}
UNITS = tuple(SQUARE_METRES)

_NAMES = {
    "m2": {"zh": "平方米", "en": "m²"},
    "mu": {"zh": "亩", "en": "mu"},
    "ha": {"zh": "公顷", "en": "ha"},
    "wan_mu": {"zh": "万亩", "en": "10,000 mu"},
    "km2": {"zh": "平方公里", "en": "km²"},
}

# Multiples such as 公亩, 千公顷 or 万平方米 are no unit of ours and must not be read as their last character.
_UNIT_PATTERNS = (
    ("wan_mu", re.compile(r"万市?亩")),
    ("mu", re.compile(r"(?<![公万亿千百十万市])(?:市?亩)|(?<![a-z])mu(?![a-z])")),
    ("ha", re.compile(r"(?<![万千百])公顷|(?<![a-z])(?:hm\^?2|ha|hectares?)(?![a-z0-9])")),
    ("km2", re.compile(r"(?<![万千百])平方(?:公里|千米)|(?<![a-z])(?:km\^?2|sq\.?km)(?![a-z0-9])")),
    (
        "m2",
        re.compile(r"(?<![万千百])(?:平方米|平米)|(?<![a-z0-9])(?:m\^?2|sq\.?m)(?![a-z0-9])"),
    ),
)

_UNIT_SUFFIX = r"(?P<unit>万亩|市亩|亩|公顷|平方公里|平方千米|平方米|平米|km2|hm2|ha|m2|mu)?"
_NUMBER = re.compile(f"(?P<number>{NUMBER})" + _UNIT_SUFFIX)

# No cell of ASCII digits and points alone names a unit.
_WORDED = re.compile(r"[^\d\s.,+-]")

_DATE_GAPS = re.compile(r"\s*([年月日./-])\s*")
_DATE = re.compile(
    r"(?P<year>\d{4})(?:[-./年](?P<month>\d{1,2})(?:[-./月](?P<day>\d{1,2})日?|月)?|年)?"
    r"(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?[-.]?",
    re.IGNORECASE,
)
_COMPACT_DATE = re.compile(r"(?P<year>(?:19|20|21)\d{2})(?P<month>\d{2})(?P<day>\d{2})?")
_SERIAL = re.compile(r"(?P<days>[2-7]\d{4})(?:\.\d+)?")
_TRAILING_ZERO = re.compile(r"(\d+)\.0+")
# A hyphen parts two days only where both sides are dates of their own: "2021-01-01" is one day.
_DAY = r"\d{4}(?:[./年]\d{1,2}(?:[./月]\d{1,2}日?|月)?|-\d{1,2}-\d{1,2}|\d{2}(?:\d{2})?|年)?"
_PERIOD = re.compile(
    rf"(?:自|从)?(?P<first>{_DAY})\s*(?:起?\s*(?:至|到|~|—)\s*|\s*-+\s*|起)(?P<last>{_DAY}|[^\d\s-][^\d]*?)\s*(?:止)?"
)
_TIME = re.compile(r"(?<!\d)(?P<hour>[01]?\d|2[0-4])[:时点](?P<minute>[0-5]\d)(?:[:分](?P<second>[0-5]\d))?")
_PART_OF_DAY = re.compile(r"(?:[2-7]\d{4}|0)?(?P<part>\.\d+)")
_DAY_SECONDS = 86_400
_EXCEL_EPOCH = np.datetime64("1899-12-30", "D")
_OPEN_ENDED_WORDS = frozenset({"长期", "长期有效", "永久", "永久有效", "无固定期限", "至今", "迄今"})
# The last day that a database can write stands for no end.
_NEVER = re.compile(r"9999\D?12\D?31")

OPEN_ENDED = np.datetime64("2261-12-31", "D")
"""The day that stands for 长期: the last full year that nanosecond timestamps can hold."""

_LIMIT = 2.0**62
LARGEST_SUM = 4e16
"""Areas (m²) up to this sum have hundredths that 64 bits hold."""
# The Earth has 5.1e14 m². A Shapefile's number below -1e38 means “no data” (ESRI Shapefile Technical Description).
_LARGEST, _NO_DATA = 1e15, -1e38
_DIGITS_KEPT = 15


class Numbers(NamedTuple):
    """What a column of numbers says: float64 values (NaN where missing or unreadable), mask of the unreadable."""

    values: FloatArray
    bad: BoolArray


class Dates(NamedTuple):
    """What a column of dates says: datetime64[D] values (NaT where missing or unreadable), mask of the unreadable."""

    values: npt.NDArray[np.datetime64]
    bad: BoolArray


class Periods(NamedTuple):
    """What a column of periods says: first and last day as in `Dates`, mask of the unreadable."""

    start: npt.NDArray[np.datetime64]
    end: npt.NDArray[np.datetime64]
    bad: BoolArray


class UnitMix(NamedTuple):
    """A confusion of units: figures in `actual` were read as if in `read_as`; `ratio` is recorded / true area."""

    actual: str
    read_as: str
    ratio: float


def factor(from_unit: str, to_unit: str = "m2") -> Fraction:
    """Exact number of `to_unit` in one `from_unit`; KeyError for an unknown unit."""
    return SQUARE_METRES[from_unit] / SQUARE_METRES[to_unit]


def unit_name(unit: str, language: str = "zh") -> str:
    """Name of a unit as printed behind a figure ("亩", "ha"); KeyError for an unknown unit or language."""
    return _NAMES[unit][language]


def as_floats(values: object) -> FloatArray:
    """Any sequence, array or Series of numbers as a 1-D float64 array; None and pd.NA become NaN."""
    if isinstance(values, pd.Series):
        if values.dtype == object:
            values = values.where(values.notna(), np.nan)
        return np.atleast_1d(values.to_numpy(dtype=np.float64, na_value=np.nan))
    return np.atleast_1d(np.asarray(values, dtype=np.float64))


def cents(values: object, unit: str = "m2") -> IntArray:
    """Areas in `unit` as int64 hundredths of a m², half away from zero on the decimal number that was written.

    Raises ValueError for NaN or infinity, OverflowError beyond 4.6e16 m². DOMAIN 3.4.
    """
    numbers = as_floats(values)
    if not np.isfinite(numbers).all():
        raise ValueError("an area that is missing or infinite has no hundredths; use total_cents or mask it")
    return _rounded(numbers, SQUARE_METRES[unit] * 100)


def total_cents(values: object, unit: str = "m2") -> int:
    """Exact sum of areas in `unit`, in hundredths of a m²; each value is rounded once, NaN and None are nothing."""
    numbers = as_floats(values)
    numbers = numbers[~np.isnan(numbers)]
    if np.abs(numbers).sum() * float(SQUARE_METRES[unit]) < LARGEST_SUM:
        return int(cents(numbers, unit).sum())
    return sum(_round_fraction(Fraction(repr(number)) * SQUARE_METRES[unit] * 100) for number in numbers.tolist())


def round_half_away(values: object, decimals: int = 2) -> FloatArray:
    """Numbers rounded to `decimals`, half away from zero on their shortest decimal form; NaN and infinity stay."""
    numbers = as_floats(values)
    result = numbers.copy()
    # A double from 1e17 units of the last decimal on has no digit beyond it.
    small = np.abs(numbers) < 1e17 / 10.0**decimals
    scaled = _rounded(numbers[small], Fraction(10) ** decimals)
    if decimals <= 0:
        result[small] = scaled * 10.0**-decimals
    elif (np.abs(scaled) < 2**53).all():
        result[small] = scaled / 10.0**decimals
    else:
        result[small] = [float(Fraction(int(number), 10**decimals)) for number in scaled]
    return result + 0.0


def convert(values: object, from_unit: str, to_unit: str = "m2") -> FloatArray:
    """Areas in another unit, float64, the nearest double for figures of up to six decimals: 12.33 亩 is 8220 m²."""
    numbers = as_floats(values)
    ratio = factor(from_unit, to_unit)
    result = numbers * ratio.numerator / ratio.denominator
    with np.errstate(invalid="ignore", over="ignore"):
        millionths = np.rint(numbers * 1e6)
        step = ratio / 10**6
        exact = (millionths / 1e6 == numbers) & (np.abs(millionths) * step.numerator < 2.0**53)
    result[exact] = millionths[exact] * step.numerator / step.denominator
    return result


def from_cents(hundredths: object, unit: str = "m2", decimals: int = 2) -> Decimal | FloatArray:
    """Hundredths of a m² in `unit`, rounded once: a Decimal for a single int, float64 for an array or Series."""
    ratio = Fraction(10) ** decimals / (SQUARE_METRES[unit] * 100)
    if isinstance(hundredths, (int, np.integer)):
        return Decimal(_round_fraction(int(hundredths) * ratio)).scaleb(-decimals)
    whole = np.atleast_1d(np.asarray(hundredths))
    largest = int(np.abs(whole).max()) if len(whole) else 0
    if 2 * largest * ratio.numerator + ratio.denominator >= 2**63:
        return np.array([float(_round_fraction(int(number) * ratio) / Fraction(10) ** decimals) for number in whole])
    units = (2 * np.abs(whole) * ratio.numerator + ratio.denominator) // (2 * ratio.denominator)
    return np.sign(whole) * units / 10.0**decimals + 0.0


def format_area(hundredths: int, unit: str = "m2", decimals: int = 2) -> str:
    """Hundredths of a m² as printed in `unit`, with thousands separators and without the unit's name: "1,234.56"."""
    value = from_cents(int(hundredths), unit, decimals)
    return f"{value:,.{max(decimals, 0)}f}"


def format_areas(hundredths: npt.ArrayLike, unit: str = "m2", decimals: int = 2) -> list[str]:
    """`format_area` of every entry."""
    values = np.asarray(from_cents(np.asarray(hundredths, dtype=np.int64), unit, decimals), dtype=float)
    return [f"{value:,.{max(decimals, 0)}f}" for value in values.tolist()]


def parse_unit(text: str | None) -> str | None:
    """The one unit of area that a header, corner cell or field name says ("面积(亩)"); None if none or several."""
    if not text:
        return None
    plain = tidy(str(text)).lower().replace("sq m", "sqm").replace("sq km", "sqkm")
    found = [unit for unit, pattern in _UNIT_PATTERNS if pattern.search(plain)]
    return found[0] if len(found) == 1 else None


def unit_of_ratio(ratio: float, tolerance: float, read_as: str | None = None) -> UnitMix | None:
    """The confusion of units that explains recorded / expected area, e.g. 0.0015 is 亩 read as m²; None if none does.

    `tolerance` is relative. Without `read_as` the likeliest pair wins (m², 亩, hm² before 万亩, km²). DOMAIN 4.3 R5005.
    """
    if not np.isfinite(ratio) or ratio <= 0 or abs(ratio - 1) <= tolerance:
        return None
    candidates = []
    for actual in UNITS:
        for reading in UNITS if read_as is None else (read_as,):
            expected = float(factor(reading, actual))
            if actual != reading and abs(ratio / expected - 1) <= tolerance:
                rare = max(UNITS.index(actual), UNITS.index(reading))
                candidates.append((rare, abs(ratio / expected - 1), UnitMix(actual, reading, expected)))
    return min(candidates)[2] if candidates else None


def parse_number(values: pd.Series) -> Numbers:
    """Numbers as offices write them: "1,234.56", full-width, "12.5亩", blanks and dashes as missing.

    A unit behind the number is dropped, not converted (see `suffix_units`). Unreadable: formulas, percentages,
    accounting negatives in brackets, grouping that is not by thousands, numbers beyond what can be counted.
    """
    if _is_plain_number(values):
        numbers = as_floats(values).copy()
        numbers[np.isfinite(numbers) & (numbers < _NO_DATA)] = np.nan
        return Numbers(*_within_reach(numbers))
    texts = _plain_texts(values)
    found = [_NUMBER.fullmatch(text) for text in texts]
    numbers = np.array([float(_as_entered(match["number"])) if match else np.nan for match in found], dtype=np.float64)
    bad = np.array([match is None and not is_missing(text) for match, text in zip(found, texts)], dtype=bool)
    numbers, beyond = _within_reach(numbers)
    return Numbers(numbers, bad | beyond)


def _within_reach(numbers: FloatArray) -> tuple[FloatArray, BoolArray]:
    beyond = np.abs(numbers) > _LARGEST
    return np.where(beyond, np.nan, numbers), beyond


def suffix_units(values: pd.Series) -> npt.NDArray[np.object_]:
    """The unit written behind each number ("12.5亩" is "mu", see UNITS), "" where none is; object, one value a row."""
    if _is_plain_number(values):
        return np.full(len(values), "", dtype=object)
    result = np.full(len(values), "", dtype=object)
    cells = values.to_numpy(dtype=object)
    worded = np.flatnonzero([isinstance(cell, str) and _WORDED.search(cell) is not None for cell in cells])
    found = [_NUMBER.fullmatch(text) for text in _plain_texts(pd.Series(cells[worded], dtype=object))]
    result[worded] = [parse_unit(match["unit"]) or "" if match else "" for match in found]
    return result


def decimals_of(values: pd.Series, share: float = 0.99, largest: int = 10) -> int:
    """Number of decimals in use: the fewest that `share` of the numbers keep to, as printed for text, else as needed.

    Half a unit of that decimal is the rounding error of a figure. 0 for a column without numbers.
    """
    if _is_plain_number(values):
        numbers = as_floats(values)
        needed = _decimals_needed(numbers[np.abs(numbers) <= _LARGEST], largest)
    else:
        found = [_NUMBER.fullmatch(text) for text in _plain_texts(values)]
        needed = np.array([_decimals_printed(match) for match in found if match], dtype=np.int64)
    if not len(needed):
        return 0
    covered = np.bincount(needed).cumsum() / len(needed)
    return min(int(np.argmax(covered >= share - 1e-12)), largest)


def parse_dates(values: pd.Series, end: bool = False) -> Dates:
    """Days as offices write them: 20240501, 2024.5.1, 2024年5月1日, 2024年5月, Excel serials, ISO text with a time.

    A month or a year alone is its first day, with `end` its last; with `end`, 长期, 至今 and 9999-12-31
    are `OPEN_ENDED`. Two-digit years, days that do not exist and anything else are unreadable; blanks and dashes are
    missing.
    """
    if np.issubdtype(values.dtype if isinstance(values.dtype, np.dtype) else np.dtype(object), np.datetime64):
        days = values.to_numpy().astype("datetime64[D]")
        return Dates(days, np.zeros(len(days), dtype=bool))
    places, texts = pd.factorize(values.to_numpy(dtype=object))
    read = [_date(text, end) for text in texts]
    days = np.array([day for day, _ in read] + [np.datetime64("NaT", "D")], dtype="datetime64[D]")
    bad = np.array([unreadable for _, unreadable in read] + [False], dtype=bool)
    return Dates(days[places], bad[places])


def parse_times(values: pd.Series) -> FloatArray:
    """Seconds since midnight, float64, of times ("8:05", "14时30分", "2026-03-05 14:30:10", a part of an Excel day).

    NaN where a cell tells no time.
    """
    places, texts = pd.factorize(values.to_numpy(dtype=object))
    return np.array([*map(_time, texts), np.nan])[places]


def parse_periods(values: pd.Series) -> Periods:
    """Periods written in one cell: "2021年1月1日至2025年12月31日", "2021.1-2025.12", "2021年起长期".

    Each side is read as by `parse_dates`; a period without a last day, or ending before it begins, is unreadable.
    """
    halves = [_halves(tidy("" if text is None else str(text))) for text in values.astype(object)]
    start, bad_start = parse_dates(pd.Series([first for first, _ in halves], dtype=object))
    end, bad_end = parse_dates(pd.Series([last for _, last in halves], dtype=object), end=True)
    given = np.array([bool(first or last) for first, last in halves], dtype=np.bool_)
    bad = bad_start | bad_end | (given & (np.isnat(start) | np.isnat(end) | (end < start)))
    start[bad] = end[bad] = np.datetime64("NaT", "D")
    return Periods(start, end, bad)


def _halves(text: str) -> tuple[str, str]:
    """The two sides of a period; the whole text and "" where nothing parts it."""
    if is_missing(text):
        return "", ""
    match = _PERIOD.fullmatch(text)
    return (match["first"], match["last"]) if match else (text, "")


def _rounded(numbers: FloatArray, scale: Fraction) -> IntArray:
    """Finite numbers times an exact scale, to whole int64, half away from zero on the shortest decimal form."""
    product = np.abs(numbers) * scale.numerator / scale.denominator
    if len(product) and product.max() >= _LIMIT:
        raise OverflowError("an area is too large for hundredths of a m² in 64 bits")
    below = np.floor(product)
    result = np.floor(product + 0.5).astype(np.int64)
    # Within the error of the product a tie cannot be told from its neighbours: decide those on the written decimal.
    doubtful = np.flatnonzero(np.abs(product - below - 0.5) <= 4 * np.spacing(product))
    result[doubtful] = [
        _round_fraction(Fraction(repr(number)) * scale) for number in np.abs(numbers[doubtful]).tolist()
    ]
    return np.where(numbers < 0, -result, result)


def _round_fraction(value: Fraction) -> int:
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return -whole if value < 0 else whole


def _is_plain_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)


def _plain_texts(values: pd.Series) -> list[str]:
    return ["" if text is None or text is pd.NA else squeeze(str(text)).lower() for text in values.tolist()]


def _decimals_printed(match: re.Match[str]) -> int:
    number = _as_entered(match["number"])
    if "e" in number:
        return max(0, -int(Decimal(number).normalize().as_tuple().exponent))
    return len(number) - number.index(".") - 1 if "." in number else 0


def _as_entered(number: str) -> str:
    """A number's text without thousands separators and without the noise of a spreadsheet that writes out its doubles.

    9.470000000000001 was entered as 9.47: a spreadsheet keeps 15 digits, the 16th and 17th are the double's own.
    """
    plain = number.replace(",", "")
    return format(float(plain), ".15g") if len(plain) > _DIGITS_KEPT and "." in plain else plain


def _decimals_needed(numbers: FloatArray, largest: int) -> IntArray:
    needed = np.full(len(numbers), largest + 1, dtype=np.int64)
    for decimals in range(largest, -1, -1):
        needed[np.round(numbers, decimals) == numbers] = decimals
    return needed


def _date(value: Any, end: bool) -> tuple[np.datetime64, bool]:
    missing = np.datetime64("NaT", "D")
    text = _DATE_GAPS.sub(r"\1", tidy(str(value)))
    if is_missing(text):
        return missing, False
    if end and (text in _OPEN_ENDED_WORDS or _NEVER.match(text)):
        return OPEN_ENDED, False
    text = _TRAILING_ZERO.sub(r"\1", text) if _TRAILING_ZERO.fullmatch(text) else text
    serial = _SERIAL.fullmatch(text)
    if serial:
        return _EXCEL_EPOCH + _days(int(serial["days"])), False
    match = _COMPACT_DATE.fullmatch(text) or _DATE.fullmatch(text)
    if not match:
        return missing, True
    day = _calendar_day(int(match["year"]), match["month"], match["day"], end)
    return (missing, True) if day is None else (day, False)


def _time(value: Any) -> float:
    text = tidy(str(value))
    match = _TIME.search(text)
    if match:
        return float(int(match["hour"]) * 3600 + int(match["minute"]) * 60 + int(match["second"] or 0))
    part = _PART_OF_DAY.fullmatch(text)
    return round(float(part["part"]) * _DAY_SECONDS) if part else np.nan


def _calendar_day(year: int, month: str | None, day: str | None, end: bool) -> np.datetime64 | None:
    if not 1900 <= year <= 2199 or (month and not 1 <= int(month) <= 12):
        return None
    first = np.datetime64(f"{year:04d}-{int(month or (12 if end else 1)):02d}", "M")
    first_day = first.astype("datetime64[D]")
    last_day = int(((first + np.timedelta64(1, "M")).astype("datetime64[D]") - first_day).astype(int))
    if day is None:
        return first_day + _days(last_day - 1 if end else 0)
    return first_day + _days(int(day) - 1) if 1 <= int(day) <= last_day else None


def _days(count: int) -> np.timedelta64:
    return np.timedelta64(count, "D")
