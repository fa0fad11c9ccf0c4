"""The plots of a source by their numbers, what is wrong with which of them, and the table of it: `PLOT_STATUS`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from redline.core.checks import areas, joining
from redline.core.frames import Frame

STATUSES = (
    "duplicate", "invalid", "missing_map", "missing_register", "missing_plots", "area_missing", "area_differs",
    "shape_differs", "attribute_differs", "consistent",
)  # fmt: skip
"""What `PLOT_STATUS` says of a number, the gravest first; the first that holds is written."""


@dataclass
class Plots:
    """One source's rows by number: the index of the first row of every number, in the order of the numbers; the numbers
    that stand twice; the usable shapes."""

    frame: Frame
    first: pd.Series
    duplicates: pd.Index
    usable: npt.NDArray[np.bool_]

    @property
    def keys(self) -> pd.Index:
        return self.first.index

    def rows_of(self, keys: pd.Index) -> npt.NDArray[np.int64]:
        """The index of the first row of each number, -1 where the source has none."""
        place = self.keys.get_indexer(keys)
        return np.where(place < 0, -1, np.append(self.first.to_numpy(), -1)[place])

    def at(self, keys: pd.Index, *columns: str) -> pd.DataFrame:
        """The first rows of these numbers, only those of the `columns` that the source has (all where none is named):
        a large layer's rows are not to lie in memory for a second time. Null where the source has no such number."""
        rows, labels = self.frame.rows, self.rows_of(keys)
        given = [column for column in columns or rows.columns if column in rows]
        return pd.DataFrame({column: rows[column].reindex(labels).to_numpy() for column in given}, index=keys)


def by_number(frame: Frame, duplicates: pd.Index, usable: npt.NDArray[np.bool_]) -> Plots:
    """The rows of a source by their numbers, of which `duplicates` stand twice."""
    first = joining.first_of_number(frame.rows)
    keys = frame.rows["key"].reindex(first).to_numpy()
    return Plots(frame, pd.Series(first, index=keys).sort_index(), duplicates, usable)


def place(rows: pd.DataFrame) -> dict[str, Any]:
    """Where rows of `Plots.at` lie, for their findings: unit and shape."""
    return {"unit": rows.get("unit", ""), "unit_name": rows.get("unit_name", ""), "geometry": areal(rows)}


def areal(rows: pd.DataFrame) -> npt.NDArray[np.object_] | None:
    return joining.as_areas(rows["geometry"]) if "geometry" in rows else None


class Status:
    """Collects what is wrong with which number."""

    def __init__(self) -> None:
        self._wrong: dict[str, set[str]] = {status: set() for status in STATUSES}
        self.agreement = pd.Series(dtype=float)

    def add(self, status: str, keys: Iterable[str]) -> None:
        self._wrong[status].update(keys)

    def of(self, keys: pd.Index) -> npt.NDArray[np.object_]:
        wrong = np.select([keys.isin(self._wrong[s]) for s in STATUSES[:-1]], range(len(STATUSES) - 1), -1)
        return np.array(STATUSES, dtype=object)[wrong]


def plot_status(
    plots: Plots, register: Plots | None, ground: Plots | None, status: Status, basis: tuple[str, str]
) -> pd.DataFrame:
    """`PLOT_STATUS`: every number of any source once, in the order of the numbers (areas m², 2 decimals).

    `basis` are the areas of the register and of the map that are held against each other, "" for none.
    """
    keys = plots.keys
    for other in (register, ground):
        keys = keys if other is None else keys.union(other.keys)
    keys = keys.sort_values()
    of_register, of_map = basis
    ours = plots.at(keys, "plot_area", "geometry_area", of_map)
    table = pd.DataFrame({"key": keys, "unit": _first_known("unit", keys, plots, register, ground)})
    for column, source in (("in_map", plots), ("in_register", register), ("in_plots", ground)):
        table[column] = pd.array(
            [pd.NA] * len(keys) if source is None else keys.isin(source.keys), dtype="boolean"
        )
    table["map_area"] = _column(ours, "plot_area")
    table["geometry_area"] = _column(ours, "geometry_area")
    in_register = register.at(keys, of_register) if register else pd.DataFrame(index=keys)
    table["register_area"] = _column(in_register, of_register)
    table["plots_area"] = areas.surveyed(ground.at(keys, "plot_area", "geometry_area")) if ground else np.nan
    recorded = _column(ours, "plot_area" if "plot_area" in ours else "geometry_area")
    apart = np.column_stack(
        [
            table["geometry_area"] - recorded,
            table["plots_area"] - recorded,
            table["register_area"] - _column(ours, of_map),
        ]
    )
    size = np.nan_to_num(np.abs(apart))
    table["difference"] = np.round(apart[np.arange(len(keys)), size.argmax(axis=1)], 2)
    table["agreement"] = status.agreement.reindex(keys).to_numpy(dtype=float)
    table["status"] = status.of(keys)
    shapes = joining.as_areas(plots.at(keys, "geometry")["geometry"])
    if ground:
        other = ~keys.isin(plots.keys)
        shapes[other] = joining.as_areas(ground.at(keys[other], "geometry")["geometry"])
    table["geometry"] = pd.Series(shapes, dtype=object)
    return table


def _column(rows: pd.DataFrame, name: str) -> npt.NDArray[np.float64]:
    return rows[name].to_numpy(dtype=float) if name in rows else np.full(len(rows), np.nan)


def _first_known(column: str, keys: pd.Index, *sources: Plots | None) -> npt.NDArray[np.object_]:
    known = pd.Series("", index=keys, dtype=object)
    for source in sources:
        if source is not None and source.frame.has(column):
            known = known.where(known != "", source.at(keys, column)[column].fillna(""))
    return known.to_numpy()
