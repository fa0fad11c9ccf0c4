"""What an audit remembers of the run before: what people said of findings, what is fixed, what came back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from redline.core.catalogue import rules
from redline.core.frames import Source
from redline.core.result import Rate

CHANGES = ("new", "same", "fixed", "reopened")
RUN_COLUMNS = (
    "run",
    "started",
    "seconds",
    "name",
    "summary",
    "errors",
    "warnings",
    "infos",
    "new",
    "fixed",
    "reopened",
    "figures",
    "inputs",
    "settings",
    "versions",
)


@dataclass(frozen=True)
class Input:
    """One source of a run: role, name, rows, extent in its own CRS, CRS, hash of its content in any order, file."""

    role: str
    name: str
    rows: int
    extent: tuple[float, ...]
    crs: str
    sha256: str
    file: str = ""


def describe(role: str, source: Source, file: str = "") -> Input:
    """What the run record keeps of `source`."""
    return Input(
        role, source.name, len(source.cells), tuple(source.bounds or ()), source.crs.name if source.crs else "",
        fingerprint(source), file,
    )  # fmt: skip


def fingerprint(source: Source) -> str:
    """sha-256 of a source's cells and shapes, the same whatever the order of its rows."""
    digest = hashlib.sha256("\x1f".join(map(str, source.cells.columns)).encode())
    rows = pd.util.hash_pandas_object(source.cells.astype(str), index=False).to_numpy()
    if source.geometry is not None:
        shapes = pd.Series([g or b"" for g in shapely.to_wkb(source.geometry)], dtype=object)
        rows = rows ^ pd.util.hash_pandas_object(shapes.map(bytes), index=False).to_numpy() * np.uint64(3)
    digest.update(np.sort(rows).tobytes())
    return digest.hexdigest()


def remember(now: pd.DataFrame, before: pd.DataFrame | None, roles: Collection[str]) -> pd.DataFrame:
    """The findings of this run with the status and note that people gave, and `change`: new, same, fixed or reopened.

    `now` and `before` have the columns of `findings.COLUMNS`. A finding that is gone stays, with status "fixed", if
    its rule could be tested with the `roles` given this time; if it could not, it stays as it was. One that was
    "fixed" and is found again is "open" again, with its note.
    """
    if before is None or before.empty:
        return now.assign(change="new")
    old = before.drop_duplicates("finding_id").set_index("finding_id")
    known = now["finding_id"].isin(old.index)
    status = now["finding_id"].map(old["status"]).fillna("open")
    again = known & (status == "fixed")
    kept = now.assign(
        status=status.where(~again, "open"), note=now["finding_id"].map(old["note"]).fillna(""),
        change=np.select([again, known], ["reopened", "same"], "new"),
    )  # fmt: skip
    gone = old[~old.index.isin(now["finding_id"])].reset_index()
    tested = np.array([_testable(rule, role, roles) for rule, role in zip(gone["rule"], gone["role"])], dtype=bool)
    was_fixed = (gone["status"] == "fixed").to_numpy()
    gone = gone.assign(
        status=np.where(tested | was_fixed, "fixed", gone["status"]),
        change=np.where(tested & ~was_fixed, "fixed", "same"),
    )
    return pd.concat([kept, gone[kept.columns]], ignore_index=True) if len(gone) else kept


def count_changes(findings: pd.DataFrame) -> dict[str, int]:
    """How many findings are new, fixed and reopened since the run before, zero included."""
    counts = findings["change"].value_counts()
    return {change: int(counts.get(change, 0)) for change in CHANGES if change != "same"}


def _testable(rule_id: str, role: str, roles: Collection[str]) -> bool:
    rule = rules().get(rule_id)
    return rule is not None and role in roles and all(need in roles for need in rule.needs)


def run_record(
    *, run: int, started: str, seconds: float, name: str, summary: str, findings: pd.DataFrame,
    rates: Mapping[str, Rate], inputs: Collection[Input], settings: Mapping[str, object], versions: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """One row for the `runs` table: counts of this run's findings as numbers, the rest as JSON text."""
    present = findings[findings["status"] != "fixed"]
    counts = present["severity"].value_counts()
    return {
        "run": run, "started": started, "seconds": round(seconds, 2), "name": name, "summary": summary,
        **{f"{severity}s": int(counts.get(severity, 0)) for severity in ("error", "warning", "info")},
        **count_changes(findings),
        "figures": _json({name: {**asdict(rate), "value": rate.value} for name, rate in rates.items()}),
        "inputs": _json([asdict(entry) for entry in inputs]),
        "settings": _json(settings), "versions": _json(versions),
    }  # fmt: skip


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
