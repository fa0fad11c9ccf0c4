"""Map sheets of the State's basic scales: their numbers, corners, neighbours and areas, exact to the last digit.

Source: GB/T 13989-2012 (division and numbers), 国土调查办发〔2008〕32号 (theoretical area); DOMAIN.md §7.1 and §3.2.
Everything is counted in whole milli-arc-seconds: in binary fractions of a degree a point on the edge of a sheet would
fall to either side. A point on an edge belongs to the sheet north and east of it.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely

from redline.core.errors import InputError
from redline.core.geometry.crs import zone_at
from redline.core.geometry.ellipsoid import sheet_area
from redline.core.standards._files import load

DEGREE = 3_600_000
"""Milli-arc-seconds of a degree."""
SIDES = {
    "sheet_nw": (-1, 1), "sheet_n": (0, 1), "sheet_ne": (1, 1), "sheet_w": (-1, 0), "sheet_e": (1, 0),
    "sheet_sw": (-1, -1), "sheet_s": (0, -1), "sheet_se": (1, -1),
}  # fmt: skip
"""Columns of `sheets` with the neighbours' numbers, row by row from the north-west: steps east and north."""
MOST = 1_000_000
"""Sheets that are made at once."""

# A sheet of 1:1 000 000, from which all others are cut; there are 60 of them around the Earth, from 180° W.
_WIDTH, _HEIGHT, _AROUND = 6 * DEGREE, 4 * DEGREE, 60
_HAN = dict(zip("ABCD", "甲乙丙丁"))
_RADIUS = 6_378_137.0
_TOGETHER = 5_000
_FLAT = 0.001
"""Metres by which a straight piece of an edge may leave the parallel or meridian in a plane."""


@dataclass(frozen=True)
class Scale:
    """A basic scale: its letter ("" at 1:1 000 000), sheets along each side of a 1:1 000 000 sheet, digits of a row,
    width of the Gauss-Krüger zones in degrees (0 for none), metres between grid lines, how the old numbers cut (None
    where there were none)."""

    denominator: int
    code: str
    across: int
    digits: int
    zone_width: int
    grid: int
    old: tuple[tuple[int, str], ...] | None

    @property
    def width(self) -> int:
        """West to east in milli-arc-seconds."""
        return _WIDTH // self.across

    @property
    def height(self) -> int:
        """South to north in milli-arc-seconds."""
        return _HEIGHT // self.across


class Sheet(NamedTuple):
    """A sheet's number, scale (denominator) and edges in milli-arc-seconds."""

    number: str
    scale: int
    west: int
    south: int
    east: int
    north: int


@cache
def scales() -> dict[int, Scale]:
    """The basic scales by denominator, from 1:1 000 000 to 1:500."""
    found = {}
    for entry in load("sheet_scales.json")["scales"]:
        old = None if entry["old"] is None else tuple((cut, style) for cut, style in entry["old"])
        found[entry["denominator"]] = Scale(**{**entry, "old": old})
    return found


def latitudes() -> tuple[int, int]:
    """South and north (degrees) between which sheets have these sizes; beyond 60° they are joined in pairs."""
    data = load("sheet_scales.json")
    return data["south"], data["north"]


def sheet_number(lon: float, lat: float, scale: int, language: str = "zh") -> str:
    """The number of the sheet that a place (degrees) is on at 1:`scale`. Raises InputError as `sheets` does."""
    return str(sheets((lon, lat, lon, lat), scale, language)["number"].iloc[0])


def sheets(bounds: Sequence[float], scale: int, language: str = "zh") -> pd.DataFrame:
    """The sheets at 1:`scale` that `bounds` (west, south, east, north in degrees) reach into, north-west first.

    Columns: `number`; `old_number` and `old_number_zh` (with 甲乙丙丁), "" where there were none; `scale`, `code`;
    `row`, `column` in the sheet of 1:1 000 000; `west south east north` in milli-arc-seconds, int64; `area`, m², the
    theoretical one on CGCS2000; `zone_width`, `zone` and `meridian` (degrees) of the Gauss-Krüger zone, none at
    1:1 000 000; the neighbours `sheet_nw sheet_n … sheet_se`, "" where there is none. Bounds are taken to the
    milli-arc-second; a sheet that they only touch is none of theirs. Raises KeyError for an unknown scale; InputError,
    in `language`, for bounds that are no numbers, reversed or off the divided Earth, and for more than MOST sheets.
    """
    return pd.concat(list(bands(bounds, scale, language)), ignore_index=True)


def bands(bounds: Sequence[float], scale: int, language: str = "zh") -> Iterator[pd.DataFrame]:
    """The sheets of `sheets` in its order, some rows of sheets at a time."""
    size = scales()[scale]
    low_x, high_x, low_y, high_y = _span(bounds, size, language)
    if count(bounds, scale, language) > MOST:
        raise InputError("error.sheets_many", language, count=count(bounds, scale, language), scale=scale, most=MOST)
    x = np.arange(low_x, high_x + 1)
    rows = max(_TOGETHER // len(x), 1)
    for top in range(high_y, low_y - 1, -rows):
        y = np.arange(top, max(top - rows, low_y - 1), -1)
        yield _frame(np.tile(x, len(y)), np.repeat(y, len(x)), size)


def count(bounds: Sequence[float], scale: int, language: str = "zh") -> int:
    """How many sheets the bounds reach into, however many. Raises as `sheets` does."""
    low_x, high_x, low_y, high_y = _span(bounds, scales()[scale], language)
    return (high_x - low_x + 1) * (high_y - low_y + 1)


def corners(number: str, language: str = "zh") -> Sheet:
    """The sheet of a number, new ("J50G015010") or old ("J-50-14-(50)", "J-50-14-丙").

    Blanks, small letters and full-width characters do not matter, but that the old letters of 1:5 000 are small. Raises
    InputError, in `language`, for what is no number of a sheet.
    """
    size, x, y = _parse(number, language)
    west, south = x * size.width - 180 * DEGREE, y * size.height
    name = str(_numbers(np.array([x]), np.array([y]), size)[0])
    return Sheet(name, size.denominator, west, south, west + size.width, south + size.height)


def neighbours(number: str, language: str = "zh") -> list[list[str]]:
    """接合图表: the numbers of the sheet and its eight neighbours, three rows from the north; "" where there is none.

    Raises InputError as `corners` does.
    """
    size, x, y = _parse(number, language)
    steps = np.array([-1, 0, 1])
    return [_beside(np.full(3, x), np.full(3, y), steps, north, size).tolist() for north in (1, 0, -1)]


def outlines(found: pd.DataFrame, dense: bool) -> np.ndarray:
    """Polygons of `sheets` in degrees, object array, counter-clockwise from the south-west corner.

    `dense` puts points on the edges, so that in a plane the straight pieces between them leave parallels and meridians
    by a millimetre at most; in degrees the four corners are exact. Neighbours have the points of a shared edge in
    common, to the last bit.
    """
    if not len(found):
        return np.empty(0, dtype=object)
    pieces = _pieces(scales()[int(found["scale"].iloc[0])]) if dense else 1
    west, south, east, north = found[["west", "south", "east", "north"]].to_numpy(dtype=np.int64).T[:, :, None]
    step = np.arange(pieces, dtype=np.int64)
    along_x, along_y = (east - west) // pieces * step, (north - south) // pieces * step
    x = np.hstack([west + along_x, east + 0 * along_y, east - along_x, west + 0 * along_y, west])
    y = np.hstack([south + 0 * along_x, south + along_y, north + 0 * along_x, north - along_y, south])
    polygons: np.ndarray = shapely.polygons(np.stack([x, y], axis=-1) / DEGREE)
    return polygons


def meeting(found: pd.DataFrame, shapes: np.ndarray) -> np.ndarray:
    """Mask of the sheets that any of `shapes` (valid, in degrees) lies on; polygons that only touch a sheet do not."""
    tree = shapely.STRtree(shapes)
    boxes = outlines(found, dense=False)
    sheet, shape = tree.query(boxes, predicate="intersects")
    areal = shapely.get_dimensions(shapes[shape]) == 2
    met = np.ones(len(sheet), dtype=bool)
    met[areal] = ~shapely.touches(boxes[sheet[areal]], shapes[shape[areal]])
    mask = np.zeros(len(found), dtype=bool)
    mask[sheet[met]] = True
    return mask


def dms(milliseconds: int) -> str:
    """An angle in degrees, minutes and seconds as maps print it: 114°33′45″, 114°22′37.5″."""
    sign, rest = ("-", -milliseconds) if milliseconds < 0 else ("", milliseconds)
    degrees, rest = divmod(rest, DEGREE)
    minutes, rest = divmod(rest, 60_000)
    seconds = f"{rest // 1000:02d}" + (f".{rest % 1000:03d}".rstrip("0") if rest % 1000 else "")
    return f"{sign}{degrees}°{minutes:02d}′{seconds}″"


def _span(bounds: Sequence[float], size: Scale, language: str) -> tuple[int, int, int, int]:
    """The first and last sheet from 180° W eastwards and from the equator northwards."""
    lowest, highest = (side * DEGREE for side in latitudes())
    edge = 180 * DEGREE
    known = len(bounds) == 4 and all(math.isfinite(value) for value in bounds)
    west, south, east, north = (round(value * DEGREE) for value in bounds) if known else (0, 0, -1, -1)
    if not (-edge <= west <= east <= edge and lowest <= south <= north <= highest):
        said = "，" if language == "zh" else ", "
        raise InputError(
            "error.sheets_off", language, bounds=said.join(f"{value:.6g}" for value in bounds), south=latitudes()[0],
            north=latitudes()[1],
        )  # fmt: skip
    low_x, high_x = _range(west + edge, east + edge, size.width, _AROUND * size.across)
    low_y, high_y = _range(south, north, size.height, (highest - lowest) // size.height)
    return low_x, high_x, low_y, high_y


def _range(low: int, high: int, size: int, most: int) -> tuple[int, int]:
    first = low // size
    last = max(first, -(-high // size) - 1)
    # A place on the last edge of all has no sheet beyond it.
    return min(first, most - 1), min(last, most - 1)


def _frame(x: np.ndarray, y: np.ndarray, size: Scale) -> pd.DataFrame:
    west, south = x * size.width - 180 * DEGREE, y * size.height
    columns = {
        "number": _numbers(x, y, size), "old_number": _old_numbers(x, y, size),
        "old_number_zh": _old_numbers(x, y, size, _HAN), "scale": size.denominator, "code": size.code,
        "row": size.across - y % size.across, "column": x % size.across + 1,
        "west": west, "south": south, "east": west + size.width, "north": south + size.height,
        "area": _areas(y, size), **_zones(west, size),
    }  # fmt: skip
    beside = {side: _beside(x, y, east, north, size) for side, (east, north) in SIDES.items()}
    return pd.DataFrame({**columns, **beside})


def _numbers(x: np.ndarray, y: np.ndarray, size: Scale) -> np.ndarray:
    """Numbers by place in the grid, object array."""
    number: np.ndarray = _letters(y // size.across) + _lookup(x // size.across, lambda at: f"{at + 1:02d}")
    if size.digits:
        row = _lookup(size.across - y % size.across, lambda at: f"{size.code}{at:0{size.digits}d}")
        number = number + row + _lookup(x % size.across + 1, lambda at: f"{at:0{size.digits}d}")
    return number


def _old_numbers(x: np.ndarray, y: np.ndarray, size: Scale, letters: dict[str, str] | None = None) -> np.ndarray:
    """Numbers as they were before GB/T 13989-92, object array; `letters` in the place of A–D."""
    if size.old is None:
        return np.full(len(x), "", dtype=object)
    number = _letters(y // size.across) + _lookup(x // size.across, lambda at: f"-{at + 1}")
    row, column, rest = size.across - 1 - y % size.across, x % size.across, size.across
    for cut, style in size.old:
        rest //= cut
        place = row // rest % cut * cut + column // rest % cut
        marks = _marks(cut, style)
        if letters:
            marks = [letters.get(mark, mark) for mark in marks]
        number = number + np.array([f"-{mark}" for mark in marks], dtype=object)[place]
    return number


def _marks(cut: int, style: str) -> list[str]:
    """What the sheets of a cut are called, row by row: "A" and "a" go on through the alphabet, "1" counts."""
    if style.isalpha():
        return [chr(ord(style) + at) for at in range(cut * cut)]
    return [style.replace("1", str(at + 1)) for at in range(cut * cut)]


def _letters(rows: np.ndarray) -> np.ndarray:
    return _lookup(rows, lambda at: chr(ord("A") + at))


def _lookup(places: np.ndarray, write: Callable[[int], str]) -> np.ndarray:
    """What `write` makes of each number, written once for each that occurs; object array."""
    known, at = np.unique(places, return_inverse=True)
    return np.array([write(int(one)) for one in known], dtype=object)[at]


def _beside(x: np.ndarray, y: np.ndarray, east: int | np.ndarray, north: int, size: Scale) -> np.ndarray:
    """Numbers of the sheets so many steps away; the Earth is round eastwards and ends at the highest latitude."""
    there = y + north
    inside = (there >= 0) & (there < latitudes()[1] * DEGREE // size.height)
    found = np.full(len(x), "", dtype=object)
    around = (x + east) % (_AROUND * size.across)
    found[inside] = _numbers(around[inside], there[inside], size)
    return found


def _areas(y: np.ndarray, size: Scale) -> np.ndarray:
    rows, at = np.unique(y, return_inverse=True)
    height, width = size.height / DEGREE, size.width / DEGREE
    return np.array([sheet_area(row * size.height / DEGREE, 0.0, height, width) for row in rows.tolist()])[at]


def _zones(west: np.ndarray, size: Scale) -> dict[str, object]:
    """Width, number and central meridian of the zone; no sheet of a scale lies in two of its zones."""
    if not size.zone_width:
        return {"zone_width": 0, "zone": np.zeros(len(west), dtype=np.int64), "meridian": np.full(len(west), np.nan)}
    middles, at = np.unique(west + size.width // 2, return_inverse=True)
    zones = np.array([zone_at(middle / DEGREE, size.zone_width) for middle in middles.tolist()], dtype=np.int64)[at]
    meridian = zones * 3.0 if size.zone_width == 3 else zones * 6.0 - 3.0
    return {"zone_width": size.zone_width, "zone": zones, "meridian": meridian}


def _pieces(size: Scale) -> int:
    """Straight pieces of an edge: a parallel leaves its chord by at most R Δλ² / 16, in pieces by the square less."""
    needed = math.sqrt(_RADIUS * math.radians(size.width / DEGREE) ** 2 / 16 / _FLAT)
    whole = math.gcd(size.width, size.height)
    return next(pieces for pieces in range(max(math.ceil(needed), 1), whole + 1) if whole % pieces == 0)


_NEW = re.compile(r"([A-Z])(\d{2})(?:([A-Z])(\d+))?")
_OLD = re.compile(r"([A-Za-z])-(\d{1,2})((?:-[^-]+)*)")


def _parse(number: str, language: str) -> tuple[Scale, int, int]:
    """The scale and the place in its grid that a number names."""
    said = "".join(unicodedata.normalize("NFKC", str(number)).split())
    new, old = _NEW.fullmatch(said.upper()), _OLD.fullmatch(said)
    place = _new_place(new) if new else _old_place(old) if old else None
    if place is None:
        raise InputError("error.sheet_number", language, number=number)
    size, row, column = place
    letter, around = (new or old)[1].upper(), int((new or old)[2])  # type: ignore[index]
    band = ord(letter) - ord("A")
    inside = 1 <= around <= _AROUND and 0 <= row < size.across and 0 <= column < size.across
    if not inside or band >= latitudes()[1] * DEGREE // _HEIGHT:
        raise InputError("error.sheet_number", language, number=number)
    return size, (around - 1) * size.across + column, (band + 1) * size.across - 1 - row


def _new_place(found: re.Match[str]) -> tuple[Scale, int, int] | None:
    """Scale, row and column from the north-west within the sheet of 1:1 000 000."""
    code, digits = found[3] or "", found[4] or ""
    size = next((one for one in scales().values() if one.code == code), None)
    if size is None or len(digits) != 2 * size.digits:
        return None
    if not size.digits:
        return size, 0, 0
    return size, int(digits[: size.digits]) - 1, int(digits[size.digits :]) - 1


def _old_place(found: re.Match[str]) -> tuple[Scale, int, int] | None:
    said = found[3].split("-")[1:]
    for size in scales().values():
        if size.old is None or len(size.old) != len(said):
            continue
        row = column = 0
        for (cut, style), mark in zip(size.old, said):
            marks = _marks(cut, style)
            known = {name: at for at, mark in enumerate(marks) for name in (mark, _HAN.get(mark, mark))}
            at = known.get(mark if style == "a" else mark.upper())
            if at is None:
                break
            row, column = row * cut + at // cut, column * cut + at % cut
        else:
            return size, row, column
    return None
