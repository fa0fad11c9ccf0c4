"""What a part of a chart stands for: findings to filter by, and plots to select on the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from redline.ui.board_data import BoardData
from redline.ui.findings_filter import Pick
from redline.ui.table import Places, Table

if TYPE_CHECKING:
    from redline.core.report.drawing import Mark


@dataclass(frozen=True)
class Picked:
    """Findings, None where nothing is wrong with what was clicked; and feature ids of `plot_status`."""

    pick: Pick | None
    plots: Places


def picked(data: BoardData, table: Table, places: Places, unit: str, mark: Mark) -> Picked:
    """What a mark stands for among the findings at `places` and the plots of a unit."""
    kind, *rest = mark.key
    title = mark.words.rsplit(" · ", 1)[0]
    none = np.empty(0, dtype=np.int64)
    if kind == "rule":
        return Picked(Pick(title, rule=rest[0]), none)
    if kind == "spread":
        return _of_spread(data, table, places, unit, title, rest[0], int(rest[1]))
    if kind == "duty":
        failing = data.below("plot_duties", rest[0])
        keys = failing["key"][failing[rest[1]] == 0] if len(failing) else pd.Series(dtype=object)
        return Picked(_pick(table, title, np.flatnonzero(table.among("key", keys.tolist()))), _plots(data, keys))
    return Picked(_pick(table, title, _of_month(data, table, rest[0], rest[1])), none)


def _of_month(data: BoardData, table: Table, row: str, month: str) -> Places:
    """The findings of a cell of the calendar: of the zone of this code, or of all zones of the township."""
    calendar = data.table("calendar")
    zone, unit = (calendar[name].fillna("").astype(str) for name in ("zone_code", "unit"))
    here = zone == row if (zone == row).any() else unit.str[:9] == row
    return np.flatnonzero(table.among("key", zone[here].tolist()) & (table.column("related") == month))


def _of_spread(
    data: BoardData, table: Table, places: Places, unit: str, title: str, rule: str, step: int
) -> Picked:  # fmt: skip
    """The column of a histogram: its findings; of the middle one the plots that no finding of the rule is about."""
    from redline.core.report.charts import MIDDLE, step_of
    from redline.core.report.summary import beyond, compared

    if step == MIDDLE:
        apart = data.findings(np.flatnonzero(~table.among("status", ("fixed",))))
        plots = data.below("plot_status", unit)
        plots = plots[compared(plots, rule) & ~plots["key"].isin(set(apart["key"][beyond(apart, rule)]))]
        return Picked(None, plots.index.to_numpy(dtype=np.int64))
    found = data.findings(places)
    sized = beyond(found, rule).to_numpy(dtype=bool)
    there = np.flatnonzero(sized)[step_of(found["difference"].to_numpy(dtype=float)[sized]) == step]
    return Picked(_pick(table, title, places[there]), _plots(data, found["key"].iloc[there]))


def _pick(table: Table, title: str, places: Places) -> Pick | None:
    ids = table.column("finding_id")[places]
    return Pick(title, ids=frozenset(map(str, ids))) if len(ids) else None


def _plots(data: BoardData, keys: pd.Series) -> Places:
    plots = data.table("plot_status")
    return plots.index[plots["key"].isin(set(keys))].to_numpy(dtype=np.int64) if len(plots) else np.empty(0, np.int64)
