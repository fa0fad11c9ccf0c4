"""Figures of ledgers and layers as statistics take them: amounts, whole hundredths, the unit and the year of a row."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from redline.core import units
from redline.core.frames import Frame
from redline.core.geometry.overlay import overlay
from redline.core.progress import Progress

_VILLAGE = 12
_DECIMALS, _MOST_DECIMALS = 2, 10
_SAME = 1e-12

Mask = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def located(frame: Frame, units_layer: Frame | None, progress: Progress) -> None:
    """Give polygons whose code names no village the lowest unit, within their own, in which most of them lies, and its
    name."""
    if units_layer is None or not units_layer.has("unit", "geometry"):
        return
    code = frame.column("unit").to_numpy(dtype=object).copy()
    rows = np.flatnonzero((frame.column("unit").str.len() < _VILLAGE).to_numpy())
    above = {unit[:digits] for unit in units_layer.rows["unit"] for digits in range(1, len(unit))}
    lowest = units_layer.rows[~units_layer.rows["unit"].isin(above) & (units_layer.rows["unit"] != "")]
    shapes = frame.rows["geometry"].to_numpy(dtype=object)[rows]
    pairs = overlay(shapes, lowest["geometry"].to_numpy(dtype=object), geometry=False, progress=progress)
    met = pd.DataFrame({"row": rows[pairs.left], "unit": lowest["unit"].to_numpy()[pairs.right], "area": pairs.area})
    within = [unit.startswith(code[row]) for row, unit in zip(met["row"], met["unit"])]
    most = met[np.array(within, dtype=bool)].groupby(["row", "unit"])["area"].sum().reset_index()
    most = most.sort_values(["row", "area", "unit"], ascending=[True, False, True]).drop_duplicates("row")
    code[most["row"]] = most["unit"]
    frame.rows["unit"] = code
    if "unit_name" in frame.rows:
        # The row's own name is that of the unit above.
        named = dict(zip(lowest["unit"], lowest.get("unit_name", "")))
        name = frame.rows["unit_name"].to_numpy(dtype=object).copy()
        name[most["row"]] = [named.get(unit, "") for unit in most["unit"]]
        frame.rows["unit_name"] = name


def of_year(frame: Frame, year: int) -> Mask:
    """Rows of a year (0: all), by the year itself or that of discovery; those without either stay."""
    if not year:
        return np.ones(len(frame), dtype=bool)
    own = frame.column("year", np.nan).to_numpy(dtype=float)
    if "discovered" in frame.rows:
        day = frame.rows["discovered"].to_numpy(dtype="datetime64[D]")
        found = np.where(np.isnat(day), np.nan, day.astype("datetime64[Y]").astype(float) + 1970)
        own = np.where(np.isnan(own), found, own)
    return np.isnan(own) | (own == year)


def positive(frame: Frame, column: str, zero: bool = False) -> Floats:
    """An area or amount, NaN where it is none: missing, negative, or 0 unless `zero` says something."""
    values = frame.column(column, np.nan).to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        return np.where((values > 0) | (zero & (values == 0)), values, np.nan)


def percent_beside(share: float, *lines: float) -> str:
    """A share (0–1) in %, with two decimals, or as many more as tell it from lines that it nearly is; "" for none."""
    if np.isnan(share):
        return ""
    others = [line for line in lines if not np.isnan(line) and abs(share - line) > _SAME]
    for decimals in range(_DECIMALS, _MOST_DECIMALS):
        rounded = units.round_half_away([100 * one for one in (share, *others)], decimals)
        figure, *limits = (f"{one:.{decimals}f}" for one in rounded)
        if figure not in limits:
            break
    return figure.rstrip("0").rstrip(".") + "%"


def cents(values: Floats) -> Whole:
    """Hundredths of areas or amounts, 0 for none."""
    return units.cents(np.nan_to_num(values, nan=0.0))


def sign(operator: str) -> str:
    """An operator of a line as people write it: ≥ for >=."""
    return {">=": "≥", "<=": "≤"}.get(operator, operator)
