"""What every audit changed in its findings, so that any two audits can be held against each other.

The table `history` has a row for each finding and run in which it became another: appeared, was fixed, came back, or
has another severity, status, difference or other values than before. Its state after a run is that of its last row up
to that run.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

COLUMNS = ("run", "finding_id", "change", "status", "severity", "expected", "actual", "difference")
CHANGES = ("new", "fixed", "reopened", "changed")
"""What may have become of a finding between two runs."""

_GONE = "fixed"
_TEXTS = ("status", "severity", "expected", "actual")


def continued(history: pd.DataFrame | None, run: int, findings: pd.DataFrame) -> pd.DataFrame:
    """The history (COLUMNS; None where there is none yet) with what `run` changed, given its findings (one row each).

    Findings without a finding_id, which people added, have none.
    """
    named = findings[findings["finding_id"].notna() & (findings["finding_id"] != "")]
    now = _states(named.drop_duplicates("finding_id"))
    if history is None or not len(history):
        # What an audit without a history left is as it was, and not new.
        told = named.drop_duplicates("finding_id").set_index("finding_id")["change"]
        change = told.where(told != "same", "").reindex(now.index).fillna("")
        rows = _rows(run, now, change)
        # A row of no finding says that the history begins here, though there was nothing to tell.
        return rows if len(rows) else rows.reindex([0]).assign(run=run, finding_id="", change="")
    before = _last(history)
    change = _changes(before.reindex(now.index), now)
    rows = _rows(run, now[change != ""], change[change != ""])
    return pd.concat([history[list(COLUMNS)], rows], ignore_index=True)


def compared(history: pd.DataFrame, earlier: int, later: int) -> pd.Series:
    """What became of every finding from the state after the run `earlier` to that after `later`: one of CHANGES by
    finding_id; findings that are the same are left out.

    Only findings that have a row between them can be another; of those the history must go back to `earlier`, which
    `first_run` tells.
    """
    runs = pd.to_numeric(history["run"], errors="coerce")
    # What has no row between the runs is the same.
    after = _last(history[(runs > earlier) & (runs <= later)])
    before = _last(history[(runs <= earlier) & history["finding_id"].isin(after.index)])
    change = _changes(before.reindex(after.index), after)
    return change[change != ""].rename("change")


def first_run(history: pd.DataFrame) -> int | None:
    """The first run that the history knows of, None where it knows of none."""
    runs = pd.to_numeric(history["run"], errors="coerce").dropna() if "run" in history else pd.Series(dtype=float)
    return int(runs.min()) if len(runs) else None


def _last(history: pd.DataFrame) -> pd.DataFrame:
    """The last state of every finding."""
    history = history[history["finding_id"].notna() & (history["finding_id"] != "")]
    ordered = history.assign(run=pd.to_numeric(history["run"], errors="coerce")).sort_values("run", kind="stable")
    return _states(ordered.drop_duplicates("finding_id", keep="last"))


def _states(rows: pd.DataFrame) -> pd.DataFrame:
    """Status, severity, values and difference (two decimals, as they are stored) by finding_id."""
    texts = {name: rows[name].fillna("").astype(str).to_numpy() for name in _TEXTS}
    difference = pd.to_numeric(rows["difference"], errors="coerce").to_numpy(dtype=float)
    return pd.DataFrame({**texts, "difference": difference}, index=pd.Index(rows["finding_id"].to_numpy()))


def _changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.Series:
    """What became of each finding of `after`; `before` has the same index, and is NaN where it was not known."""
    known = before["status"].notna().to_numpy()
    was = known & (before["status"] != _GONE).to_numpy()
    now = (after["status"] != _GONE).to_numpy()
    one, other = (states["difference"].to_numpy(dtype=float) for states in (before, after))
    differs = ~np.isclose(one, other, rtol=0.0, atol=0.005, equal_nan=True)
    for name in _TEXTS:
        differs |= (before[name] != after[name]).to_numpy()
    told = [~known & now, was & ~now, known & ~was & now, was & now & differs]
    return pd.Series(np.select(told, list(CHANGES), ""), index=after.index, dtype=object)


def _rows(run: int, states: pd.DataFrame, change: pd.Series) -> pd.DataFrame:
    rows = states.assign(run=run, finding_id=states.index.to_numpy(dtype=object), change=change.to_numpy(dtype=object))
    return rows.reset_index(drop=True)[list(COLUMNS)]
