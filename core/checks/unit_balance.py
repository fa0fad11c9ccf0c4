"""The balance of units: counts and areas of every source by unit and class, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from redline.core import units
from redline.core.checks import areas, joining
from redline.core.checks.summary_cells import Table
from redline.core.checks.summary_sums import hundredths, with_units_of
from redline.core.codes import COUNTED_LEVELS
from redline.core.frames import Frame

_ROLES = ("map", "register", "table", "plots")


def unit_balance(
    plots: Frame, register: Frame | None, ground: Frame | None, table: Table | None, names: Mapping[str, str]
) -> pd.DataFrame:
    """`UNIT_BALANCE`: counts and areas (m², 2 decimals) of every source by unit and class; class "" is the total.

    `difference` is table − map where there is a table, else register − map. Null where a source does not say.
    """
    basis = areas.basis(plots)
    sides = {"map": _grouped(plots, basis)}
    if register is not None:
        sides["register"] = _grouped(with_units_of(register, plots), basis)
    if ground is not None:
        sides["plots"] = _grouped(with_units_of(_less_deductions(ground, plots, basis), plots), basis)
    if table is not None:
        sides["table"] = _printed(table)
    index = sides["map"].index
    for side in sides.values():
        index = index.union(side.index)
    result = pd.DataFrame(index=index.sort_values())
    for role in _ROLES:
        side = sides.get(role, pd.DataFrame(columns=["count", "area"], dtype=float)).reindex(result.index)
        if role in sides and role != "table":
            side = side.fillna({"count": 0.0, "area": 0.0 if sides[role]["area"].notna().any() else np.nan})
        result[f"{role}_count"], result[f"{role}_area"] = side["count"], side["area"]
    against = "table" if table is not None else "register"
    result["difference"] = (result[f"{against}_area"] - result["map_area"]).round(2)
    result = result.reset_index()
    result.insert(1, "unit_name", result["unit"].map(lambda code: names.get(code, "")))
    result["level"] = result["unit"].map(lambda code: COUNTED_LEVELS.get(len(code), ""))
    for role in _ROLES:
        result[f"{role}_count"] = result[f"{role}_count"].round().astype("Int64")
    return result


def _less_deductions(ground: Frame, plots: Frame, basis: str) -> Frame:
    """The ground plots with areas on the map's basis: a survey measures whole plots, the map's rate is deducted."""
    rows = ground.rows
    surveyed = areas.surveyed(rows)
    kept = pd.Series(1.0, index=rows.index)
    if basis == "farmland_area" and plots.has("plot_area"):
        first = joining.first_rows(plots.rows, "farmland_area", "plot_area").set_index("key")
        share = (first["farmland_area"] / first["plot_area"]).where(first["plot_area"] > 0)
        kept = pd.Series(share.reindex(rows["key"]).to_numpy(), index=rows.index).fillna(1.0)
    return replace(ground, rows=rows.assign(**{basis: units.round_half_away(surveyed * kept)}))


def _grouped(frame: Frame, column: str) -> pd.DataFrame:
    """Counts and areas of a source by every unit level and class, m²."""
    rows = pd.DataFrame({
        "unit": frame.column("unit"), "class": frame.column("land_class"), "count": 1,
        "area": hundredths(frame.rows[column]) if column in frame.rows else 0,
    })  # fmt: skip
    # Units above the rows' own are cut from few codes instead of many: every cut is a new text in memory.
    rows = rows.groupby(["unit", "class"], as_index=False)[["count", "area"]].sum()
    parts = []
    for digits in COUNTED_LEVELS:
        deep = rows[rows["unit"].str.len() >= digits]
        deep = deep.assign(unit=deep["unit"].str[:digits])
        parts += [deep[deep["class"] != ""], deep.assign(**{"class": ""})]
    if not (rows["unit"].str.len() >= 6).any():
        everywhere = rows.assign(unit="")
        parts += [everywhere[everywhere["class"] != ""], everywhere.assign(**{"class": ""})]
    grouped = pd.concat(parts).groupby(["unit", "class"])[["count", "area"]].sum()
    return grouped.assign(area=grouped["area"] / 100 if column in frame.rows else np.nan)


def _printed(table: Table) -> pd.DataFrame:
    """The table's own figures by unit and class, m²."""
    parts = ~table.cells["column"].isin([total for total, _ in table.column_sums])
    cells = table.cells[(table.cells["unit"] != "") & (parts | (table.cells["land_class"] == ""))]
    cells = cells.rename(columns={"land_class": "class"})
    wide = cells.pivot_table(index=["unit", "class"], columns="told", values="value", aggfunc="first")
    return wide.reindex(columns=["count", "area"]).round({"area": 2})
