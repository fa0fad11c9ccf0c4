"""What the charts of the dashboard are drawn from: the tables of some results, read once and only as asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from redline.ui.results import Results
from redline.ui.table import Places, Texts, read_columns

if TYPE_CHECKING:
    from redline.core.report.charts import Spread
    from redline.core.report.summary import Summary

_STATEMENTS = {
    "plot_status": "SELECT fid, key, unit, in_map, in_register, in_plots, map_area, geometry_area FROM plot_status",
    "plot_duties": "SELECT fid, key, unit, parcel, area, people, responsibility, atlas FROM plot_duties",
}


class BoardData:
    """The tables behind a dashboard. `unit` is the code of the part of the county that is looked at, "" for all."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self._tables: dict[str, pd.DataFrame] = {}
        self._names: dict[str, str] | None = None
        self._last: tuple[Places, pd.DataFrame] | None = None

    def table(self, name: str) -> pd.DataFrame:
        """A table of the results by its layer's name, with the feature ids as index; empty where there is none."""
        if name not in self._tables:
            self._tables[name] = self._read(name)
        return self._tables[name]

    def below(self, name: str, unit: str) -> pd.DataFrame:
        """The rows of a table that are of the unit or one below it."""
        table = self.table(name)
        return table[table["unit"].fillna("").astype(str).str.startswith(unit)] if unit and len(table) else table

    def findings(self, places: Places) -> pd.DataFrame:
        """Some findings with what charts need of them, in the order of `places`; the last ones are kept."""
        if self._last is None or self._last[0] is not places:
            self._last = places, self._findings(places)
        return self._last[1]

    def _findings(self, places: Places) -> pd.DataFrame:
        table = self._results.table
        names = ("rule", "severity", "role", "unit", "status", "key")
        frame = pd.DataFrame({name: table.column(name)[places] for name in names})
        frame["difference"] = _numbers(table.column("difference")[places])
        return frame

    def summary(self, places: Places, unit: str | None = None) -> Summary:
        """What a report would count of these findings and of the plots of a unit; of the findings alone for None."""
        from redline.core.findings import Findings
        from redline.core.report.summary import Summary
        from redline.core.result import Result

        tables = {} if unit is None else {"PLOT_STATUS": self.below("plot_status", unit)}
        return Summary([Result(Findings(), tables)], self.findings(places), apart=())

    def spreads(self, places: Places, unit: str) -> list[Spread]:
        """The differences of area among these findings, and the plots of the unit that are within tolerance.

        A finding that is filtered out is beyond tolerance all the same; one that is fixed is not.
        """
        from redline.core.report.charts import Spread

        table = self._results.table
        there = np.flatnonzero(table.below(unit) & ~table.among("status", ("fixed",)))
        shown = self.summary(places, unit).spreads()
        within = {rule: count for rule, _, count in self.summary(there, unit).spreads()}
        return [Spread(rule, found, within[rule]) for rule, found, _ in shown if rule in within]

    def name(self, unit: str) -> str:
        """What a unit is called; its code where nobody says."""
        if self._names is None:
            self._names = self._unit_names()
        return self._names.get(unit) or unit

    def _unit_names(self) -> dict[str, str]:
        table = self._results.table
        codes, values = table.codes("unit")
        _, first = np.unique(codes, return_index=True)
        names = {str(value): str(table.column("unit_name")[row]) for value, row in zip(values, first)}
        for layer in ("rates", "unit_duties", "unit_balance"):
            known = self.table(layer)
            if {"unit", "unit_name"} <= set(known.columns):
                known = known[["unit", "unit_name"]].dropna().drop_duplicates()
                names.update((unit, name) for unit, name in zip(known["unit"], known["unit_name"]) if unit and name)
        return names

    def _read(self, name: str) -> pd.DataFrame:
        layer = self._results.layer(name)
        if layer is None:
            return pd.DataFrame()
        if name not in _STATEMENTS:
            return self._results.frame(name)
        names = _STATEMENTS[name].split(" FROM ")[0][len("SELECT fid, ") :].split(", ")
        fids, columns = read_columns(layer, name, names, _STATEMENTS[name])
        texts = {name: columns[name] for name in ("key", "unit")}
        numbers = {name: _numbers(columns[name]) for name in names if name not in texts}
        return pd.DataFrame({**texts, **numbers}, index=pd.Index(fids, dtype="int64"))


def _numbers(values: Texts) -> npt.NDArray[np.float64]:
    """Numbers and truth values as floats, NaN for none."""
    found = np.full(len(values), np.nan)
    there = values != ""
    found[there] = values[there].astype(float)
    return found
