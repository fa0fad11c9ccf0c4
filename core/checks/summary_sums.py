"""Sums of a source's plots by the units and classes of a summary table: what its cells should show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from redline.core import units
from redline.core.checks import joining
from redline.core.frames import Frame


@dataclass
class Sums:
    """Sums of plots by the table's leaf units: `area` (int64 hundredths of m²) and `count`, unit × 4-digit class."""

    area: pd.DataFrame
    count: pd.DataFrame

    @property
    def units(self) -> pd.Index:
        return self.area.index

    def of(self, cells: pd.DataFrame) -> npt.NDArray[np.float64]:
        """The sum that every cell should show: m² for areas, numbers for counts."""
        expected = np.zeros(len(cells))
        for (measure, of_class), group in cells.groupby(["measure", "land_class"], sort=False):
            table = self.area if measure == "area" else self.count
            columns = [c for c in table.columns if c.startswith(of_class)]
            total = table[columns].sum(axis=1).reindex(group["unit"]).fillna(0).to_numpy(dtype=float)
            at = cells.index.get_indexer(group.index)
            expected[at] = total / 100 if measure == "area" else total
        return expected


def summed(frame: Frame, cells: pd.DataFrame, column: str, values: pd.Series | None = None) -> Sums:
    """Sums of a `column` of the source, or of `values` by its rows, for the units of the table's `cells`."""
    rows = frame.rows
    unit = leaf_units(frame.column("unit"), set(cells["unit"]))
    of_class = frame.column("land_class")
    amounts = rows[column] if values is None else values
    inside = (unit != "").to_numpy()
    sums = pd.DataFrame(
        {
            "unit": unit[inside],
            "land_class": of_class[inside],
            "area": hundredths(amounts[inside]),
            "count": 1,
        }
    )
    grouped = sums.groupby(["unit", "land_class"])[["area", "count"]].sum()
    return Sums(grouped["area"].unstack(fill_value=0), grouped["count"].unstack(fill_value=0))


def leaf_units(code: pd.Series, leaves: set[str]) -> pd.Series:
    """For every unit code the leaf unit of the table that it lies in, "" where there is none."""
    lengths = sorted({len(leaf) for leaf in leaves}, reverse=True)
    found = {c: next((c[:n] for n in lengths if c[:n] in leaves), "") for c in code.unique()}
    return code.map(found)


def with_units_of(source: Frame, plots: Frame) -> Frame:
    """A source with the map's unit and class for rows that say none of their own."""
    rows = source.rows
    first = joining.first_rows(plots.rows, "unit", "land_class").set_index("key")
    missing = {}
    for column in ("unit", "land_class"):
        own = source.column(column)
        if column in first:
            of_map = pd.Series(first[column].reindex(rows["key"].to_numpy()).fillna("").to_numpy(), index=rows.index)
            own = own.where(own != "", of_map)
        missing[column] = own
    return replace(source, rows=rows.assign(**missing))


def hundredths(areas: pd.Series) -> npt.NDArray[Any]:
    """Areas (m²) in hundredths: int64, or float64 where their sum would run over 64 bits, nonsense as it then is."""
    said = areas.fillna(0.0)
    return units.cents(said) if said.abs().sum() < units.LARGEST_SUM else np.asarray(said * 100, dtype=float)
