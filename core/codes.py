"""Text keys and administrative codes: cleaned of typing and spreadsheet damage, compared by level and prefix.

Codes are text. What was mended is said, what a spreadsheet rounded away is refused, never guessed.
Structure of unit codes: 6 county + 3 township + 3 village + 7 group = 19 digits, zero padded (DOMAIN 1.4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase

import numpy as np
import numpy.typing as npt
import pandas as pd

from redline.core.standards import code_changes
from redline.core.text import is_missing, squeeze, tidy

LEVELS = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12, "group": 19}
"""Levels of administrative units, greatest first, with the digits that name a unit of the level."""

COUNTED_LEVELS = {LEVELS[level]: level for level in ("county", "township", "village")}
"""Digits and level of the units that a county's figures are added up for, greatest first."""

_LENGTHS = (2, 4, 6, 9, 12, 14, 19)
_DIGITS_OF_DOUBLE = 15
# Villages are padded to 19 digits with seven zeros, groups numbered in two digits with five.
_PADDING = "00000"
_ENOUGH_MARKED = 5
_LARGEST_EXACT = 2**53

_UPPER = str.maketrans(ascii_lowercase, ascii_uppercase)
_WHOLE = re.compile(r"(-?\d+)\.0+")
# Excel writes 6.10881E+18, Java 6.1088110001E18; "12E3" without point and sign can be a key.
_EXPONENT = re.compile(r"-?(\d+(\.\d+)?E\+\d+|\d\.\d+E\d+)")


@dataclass(frozen=True)
class Cleaned:
    """Clean text of a column: `values` (str, "" where missing) and three masks, all Series on the column's own index.

    `mended`: the text differs from what was found (`numeric` included); `numeric`: it came as a number;
    `lost`: digits were rounded away before we saw it, so `values` holds "".
    """

    values: pd.Series
    mended: pd.Series
    lost: pd.Series
    numeric: pd.Series


@dataclass(frozen=True)
class Modernised:
    """Codes after changes of administrative division: `values`, and the mask `changed`, on the column's own index."""

    values: pd.Series
    changed: pd.Series


def clean(column: pd.Series) -> Cleaned:
    """Keys and codes as comparable text: NFKC, upper case, no blank or hidden character, "123.0" is "123".

    Lost are numbers from 2⁵³ on, "6.1E+18", and columns whose long codes are mostly zeros after the 15th digit
    (village codes padded to 19 digits excepted) or mostly what a double can hold, five of them or more.
    """
    found, numeric, lost = _as_text(column)
    letters = "".join(found)
    array = np.array(found, dtype=object)
    # Most columns are nothing but digits, and clean.
    if not (letters.isascii() and letters.isdigit()):
        array = np.array(_each(found, _clean), dtype=object)
        lost |= np.array(["E" in text and _EXPONENT.fullmatch(text) is not None for text in array], dtype=bool)
    lost |= _rounded_away(array)
    array[lost] = ""
    mended = (array != np.array(found, dtype=object)) & (array != "") | (numeric & (array != ""))
    return Cleaned(*(pd.Series(part, index=column.index) for part in (array, mended, lost, numeric)))


def clean_names(column: pd.Series) -> Cleaned:
    """Names as comparable text: NFKC, trimmed, no blanks beside Chinese characters, one between Latin words."""
    found, numeric, _ = _as_text(column)
    array = np.array(_each(found, _clean_name), dtype=object)
    mended = (array != np.array(found, dtype=object)) & (array != "")
    nothing = np.zeros(len(array), dtype=bool)
    return Cleaned(*(pd.Series(part, index=column.index) for part in (array, mended, nothing, numeric)))


def _clean(text: str) -> str:
    text = squeeze(text).translate(_UPPER)
    text = _WHOLE.sub(r"\1", text) if text.endswith("0") and _WHOLE.fullmatch(text) else text
    return "" if is_missing(text) else text


def _clean_name(text: str) -> str:
    name = tidy(text)
    return "" if is_missing(name) else name


def _each(texts: Iterable[str], function: Callable[[str], str]) -> list[str]:
    """`function` of every text, worked out once for texts that are alike; what it leaves alone stays the same object,
    so that a million clean keys need no room for a second million."""
    done: dict[str, str] = {}

    def found(text: str) -> str:
        result = function(text)
        return done.setdefault(text, text if result == text else result)

    return [found(text) if (known := done.get(text)) is None else known for text in texts]


def shorten(codes: pd.Series) -> pd.Series:
    """Clean unit codes without the zeros that pad them: "6108811000000000000" is "610881100", "610800" is "6108"."""
    values = codes.astype(object).to_numpy(dtype=object)
    short = np.array([_shorten(code) for code in values], dtype=object)
    return pd.Series(short, index=codes.index, name=codes.name)


def level_of(code: str) -> str | None:
    """Level of a clean unit code by its length without padding; None if it is no unit code."""
    length = len(_shorten(code)) if _is_unit_code(code) else 0
    if length in (14, 19):
        return "group"
    return next((level for level, digits in LEVELS.items() if digits == length), None)


def levels(codes: pd.Series) -> pd.Series:
    """Level of each clean unit code ("" where it is none)."""
    return _by_distinct(codes, lambda code: level_of(code) or "")


def valid(codes: pd.Series) -> pd.Series:
    """Mask of the texts that are built as unit codes: 2, 4, 6, 9, 12, 14 or 19 digits, not beginning with 0."""
    return _by_distinct(codes, _is_unit_code).astype(bool)


def parents(codes: pd.Series, level: str) -> pd.Series:
    """The unit of `level` that each clean unit code lies in, itself included; "" for a higher one."""
    digits = LEVELS[level]
    return _by_distinct(codes, lambda code: code[:digits] if len(_shorten(code)) >= digits else "")


def unit_of_location(codes: pd.Series) -> pd.Series:
    """The village (12 digits) of each 坐落 or 权属 code, or the higher unit that a zero-padded code stands for."""
    return _by_distinct(codes, lambda code: _shorten(_shorten(code)[:12]))


def is_within(codes: pd.Series, units: pd.Series | str) -> pd.Series:
    """Mask: does each clean code lie in, or equal, its unit (one code or a Series)? False where either is empty."""
    inner = shorten(codes).to_numpy(dtype=str)
    outer = np.asarray(_shorten(units) if isinstance(units, str) else shorten(units).to_numpy(dtype=str), dtype=str)
    inside = np.char.startswith(inner, outer) & (outer != "")
    return pd.Series(inside, index=codes.index)


def modernise(codes: pd.Series) -> Modernised:
    """Clean unit codes with replaced units renamed (610821 神木县 is 610881 神木市 since 2017), by whole-unit prefix.

    The changes known are data: standards/code_changes.json.
    """
    values = codes.astype(object).copy()
    changed = pd.Series(False, index=codes.index)
    # The longest prefix first, so that a township's own change is not hidden by its county's.
    for change in sorted(code_changes(), key=lambda item: -len(item.old)):
        hit = is_within(values, change.old) & ~changed
        values[hit] = change.new + values[hit].str[len(change.old) :]
        changed |= hit
    return Modernised(values, changed)


def _as_text(column: pd.Series) -> tuple[list[str], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """The cells as text without exponents, the mask of numbers, and the mask of numbers too large to be exact."""
    cells = [cell.item() if isinstance(cell, np.generic) else cell for cell in column.tolist()]
    if set(map(type, cells)) <= {str, type(None)}:
        nothing = np.zeros(len(cells), dtype=np.bool_)
        return [cell or "" for cell in cells], nothing, nothing.copy()
    numeric = np.array([isinstance(cell, (int, float)) and cell == cell for cell in cells], dtype=np.bool_)
    inexact = np.array([isinstance(cell, float) and abs(cell) >= _LARGEST_EXACT for cell in cells], dtype=np.bool_)
    return [_cell_text(cell) for cell in cells], numeric, inexact


def _cell_text(cell: object) -> str:
    if cell is None or cell is pd.NA or cell is pd.NaT or cell != cell:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(float(cell))
    return str(cell)


def _rounded_away(codes: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    """Long digit codes that bear a spreadsheet's mark: most of the column's long codes end where a double's digits end.

    A few codes prove nothing (serial 001000 is a good serial); a column of them does.
    """
    lost = np.zeros(len(codes), dtype=bool)
    long = np.array([len(code) > _DIGITS_OF_DOUBLE and code.isascii() and code.isdigit() for code in codes], dtype=bool)
    places = np.flatnonzero(long)
    texts = [codes[place] for place in places]
    padded = np.array([len(text) == LEVELS["group"] and text.endswith(_PADDING) for text in texts], dtype=bool)
    places, texts = places[~padded], [text for text, pad in zip(texts, padded) if not pad]
    marked = np.array([not text[_DIGITS_OF_DOUBLE:].strip("0") or _fits_double(text) for text in texts], dtype=bool)
    if marked.sum() >= _ENOUGH_MARKED and marked.mean() > 0.5:
        lost[places[marked]] = True
    return lost


def _fits_double(digits: str) -> bool:
    number = int(digits)
    return number > _LARGEST_EXACT and int(float(number)) == number


def _is_unit_code(code: str) -> bool:
    return len(code) in _LENGTHS and code.isascii() and code.isdigit() and code[0] != "0"


def _shorten(code: str) -> str:
    for digits, padding in ((12, "0000000"), (12, "00"), (9, "000"), (6, "000"), (4, "00"), (2, "00")):
        if len(code) == digits + len(padding) and code.endswith(padding):
            code = code[:digits]
    return code


def _by_distinct(codes: pd.Series, of: Callable[[str], object]) -> pd.Series:
    """A Series of `of` each code; units repeat, so each distinct code is asked once."""
    places, distinct = pd.factorize(codes.to_numpy(dtype=object))
    answers = np.array([of(code) for code in distinct] + [of("")], dtype=object)
    return pd.Series(answers[places], index=codes.index, name=codes.name)
