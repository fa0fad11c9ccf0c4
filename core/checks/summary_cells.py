"""The cells of a summary table as the check of it needs them: their units known, their areas in m²."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from redline.core import units
from redline.core.checks import joining
from redline.core.errors import InputError
from redline.core.frames import Frame
from redline.core.workbooks.summary import Summary, summary_rows


@dataclass
class Table:
    """The cells of a summary table: `row unit unit_name kind parent land_class measure value place column leaf`.

    `told` is what a cell counts: "count", "area", or "plot_area" for the gross areas of a table that has both.
    `value` is m² for areas and a count for counts, `place` the last printed place in the same unit, `unit` the unit's
    code where it is known, `leaf` true where the row has no rows below it and the column no parts. `stated` is the unit
    of area that the table names for a cell ("" for none), `area_unit` the one that it is in. `rounded` are the
    differences (m²) that rounding alone explains.
    """

    cells: pd.DataFrame
    column_sums: list[tuple[str, list[str]]]
    row_sums: list[tuple[int, list[int]]]
    unreadable: pd.DataFrame
    blank_rows: pd.DataFrame
    rounded: list[float] = field(default_factory=list)


def read_table(frame: Frame, plots: Frame, names: Mapping[str, str], language: str) -> Table:
    """The table of a sheet; units without a code are known by `names` (code → name). Raises InputError for no sheet."""
    if frame.sheet is None:
        raise InputError("error.no_table", language, layer=frame.name)
    summary = summary_rows(frame.sheet, frame.profile)
    frame.notes.extend(note.text(language) for note in summary.notes)
    cells = _with_blanks(summary.cells, summary.unreadable)
    codes = pd.Series(_unit_codes(cells, names), index=cells.index, dtype=object)
    cells["unit"] = joining.current(codes, plots.column("unit"))
    stated = cells["unit_of_area"].fillna("").where(lambda unit: unit != "", frame.sheet.unit or "")
    cells["stated"] = frame.stated.get("area") or stated
    _measure(cells)
    _mark_leaves(cells, summary, plots)
    return Table(cells, summary.column_sums, summary.row_sums, summary.unreadable, _coded(summary.blank_rows, names))


def metres_in(cells: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Square metres in the unit of area of every cell."""
    return cells["area_unit"].map(lambda unit: float(units.SQUARE_METRES[unit])).to_numpy(dtype=float)


def _measure(cells: pd.DataFrame) -> None:
    """Bring areas and their last places to m², and say what each cell counts."""
    of_area = (cells["measure"] == "area").to_numpy()
    cells["area_unit"] = cells["stated"].where(cells["stated"] != "", "m2")
    factor = np.where(of_area, metres_in(cells), 1.0)
    cells["value"] = cells["value"] * factor
    cells["place"] = 10.0 ** -cells["decimals"].astype(float) * factor
    area_of = cells["basis"].where(pd.Series(of_area, index=cells.index), "")
    both_areas = {"plot_area", "farmland_area"} <= set(area_of)
    cells["told"] = cells["measure"].where(~(both_areas & (area_of == "plot_area")), "plot_area")


def _mark_leaves(cells: pd.DataFrame, summary: Summary, plots: Frame) -> None:
    """Mark the cells that are no sums of others. A total without rows of its own is that of the whole county."""
    whole = (set(cells["parent"]) - {0}) | {row for row, _ in summary.row_sums}
    totals = {total for total, _ in summary.column_sums}
    below = ~cells["row"].isin(whole)
    county = plots.column("unit").str[:6].unique()
    alone = below & (cells["kind"] == "total") & (cells["unit"] == "") & (len(county) == 1)
    cells.loc[alone, "unit"] = county[0] if len(county) == 1 else ""
    cells["leaf"] = below & ~cells["column"].isin(totals) & ((cells["kind"] == "unit") | alone)


def _with_blanks(cells: pd.DataFrame, unreadable: pd.DataFrame) -> pd.DataFrame:
    """The cells and, for every row with a figure, zeros for the columns that it leaves blank: blank means no land.

    A figure that nobody can read is not blank.
    """
    of_row = ["row", "unit", "unit_name", "level", "kind", "parent"]
    of_column = ["column", "measure", "basis", "unit_of_area", "decimals"]
    long = cells.groupby("column")["land_class"].nunique() > 1
    rows, columns = (
        cells[of_row].drop_duplicates("row"),
        cells.sort_values("decimals").drop_duplicates("column", keep="last"),
    )
    grid = rows.merge(columns[[*of_column, "land_class"]], how="cross")
    given = pd.MultiIndex.from_frame(pd.concat([cells[["row", "column"]], unreadable[["row", "column"]]]))
    blank = grid[~pd.MultiIndex.from_frame(grid[["row", "column"]]).isin(given) & ~grid["column"].map(long)]
    return pd.concat([cells, blank.assign(value=0.0)], ignore_index=True)


def _unit_codes(cells: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """Codes of the rows: as printed, else by name within the parent row's unit, else the one all rows below share."""
    by_name: dict[str, list[str]] = {}
    for code, name in names.items():
        by_name.setdefault(name, []).append(code)
    rows = cells.drop_duplicates("row")
    printed = {
        int(row): (str(unit), str(name), int(parent))
        for row, unit, name, parent in zip(rows["row"], rows["unit"], rows["unit_name"], rows["parent"])
    }
    known: dict[int, str] = {0: ""}

    def code_of(row: int, seen: frozenset[int] = frozenset()) -> str:
        if row not in known and row in printed and row not in seen:
            unit, name, parent = printed[row]
            known[row] = unit or _only_fit(by_name.get(name, []), code_of(parent, seen | {row}))
        return known.get(row, "")

    for row in printed:
        code_of(row)
    for digits, above in ((12, 9), (9, 6)):
        below: dict[int, set[str]] = {}
        for row, (_, _, parent) in printed.items():
            below.setdefault(parent, set()).add(known[row])
        for row, parts in below.items():
            shared = {code[:above] if len(code) == digits else "" for code in parts}
            if row and not known.get(row) and len(shared) == 1:
                known[row] = shared.pop()
    return [known[int(row)] for row in cells["row"]]


def _only_fit(candidates: list[str], above: str) -> str:
    """The one code of a name that lies in the unit above, "" where there are several."""
    inside = [code for code in candidates if code.startswith(above) and code != above]
    return inside[0] if len(inside) == 1 else ""


def _coded(rows: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Rows of units with the code that their name has, where only one unit has this name."""
    of_name = pd.Series(list(names), index=list(names.values()), dtype=object)
    of_name = of_name[~of_name.index.duplicated(keep=False)]
    return rows.assign(unit=rows["unit"].where(rows["unit"] != "", rows["unit_name"].map(of_name).fillna("")))
