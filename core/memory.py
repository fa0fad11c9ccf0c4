"""What an audit remembers of the run before: what people said of findings, what is fixed, what came back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core.catalogue import rules
from redline.core.findings import COLUMNS
from redline.core.frames import Source
from redline.core.result import Rate

CHANGES = ("new", "same", "fixed", "reopened")


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
    digest = hashlib.sha256(_bytes("\x1f".join(map(str, source.cells.columns))))
    cells = source.cells.astype(str)
    try:
        rows = pd.util.hash_pandas_object(cells, index=False).to_numpy()
    except UnicodeEncodeError:
        rows = pd.util.hash_pandas_object(cells.apply(lambda column: column.map(_bytes)), index=False).to_numpy()
    if source.geometry is not None:
        shapes = pd.Series([g or b"" for g in shapely.to_wkb(source.geometry)], dtype=object)
        rows = rows ^ pd.util.hash_pandas_object(shapes.map(bytes), index=False).to_numpy() * np.uint64(3)
    digest.update(np.sort(rows).tobytes())
    return digest.hexdigest()


@dataclass(frozen=True)
class Memory:
    """What earlier audits left: the table `findings` (with the columns that people added), the table `runs` and the
    table `history` (see `redline.core.history`)."""

    findings: pd.DataFrame | None = None
    runs: pd.DataFrame | None = None
    history: pd.DataFrame | None = None

    @property
    def lacking(self) -> list[str]:
        """The columns that the findings should have and have not: people may have deleted them."""
        return [] if self.findings is None else [name for name in COLUMNS if name not in self.findings]

    @property
    def next_run(self) -> int:
        """The number of the run that comes now."""
        if self.runs is None:
            return 1
        numbers = pd.to_numeric(self.runs.get("run", pd.Series(dtype=float)), errors="coerce")
        return max([len(self.runs), *numbers.dropna().astype(int)]) + 1

    def runs_with(self, record: Mapping[str, Any]) -> pd.DataFrame:
        """The table of runs with one more."""
        this = pd.DataFrame([record])
        if self.runs is None:
            return this
        every = pd.concat([self.runs, this], ignore_index=True)
        for name in (name for name, value in record.items() if isinstance(value, (int, float))):
            numbers = pd.to_numeric(every[name], errors="coerce")
            every[name] = numbers.astype("Int64" if isinstance(record[name], int) else "float64")
        return every


def _bytes(text: str) -> bytes:
    """A text in UTF-8, halves of characters that broken files hold included."""
    return text.encode("utf-8", "surrogatepass")


def remember(
    now: pd.DataFrame, before: pd.DataFrame | None, roles: Collection[str],
    asked: Callable[[pd.DataFrame], npt.NDArray[np.bool_]] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """The findings of this run with the status and note that people gave, and `change`: new, same, fixed or reopened.

    `now` has the columns of `findings.COLUMNS`; `before` may lack some, and others that people added to it are kept. A
    finding that is gone stays, with status "fixed", if its rule could be tested with the `roles` given this time; if it
    could not, it stays as it was, as does a row without a finding_id and one that `asked` (bool per row of `before`)
    says was not asked for this time. One that was "fixed" and is found again is "open" again, with its note.
    """
    if before is None or before.empty or "finding_id" not in before:
        return now.assign(change="new")
    own = [*now.columns, "change"]
    added = [name for name in before.columns if name not in own]
    before = before.reindex(columns=[*own, *added])
    nameless = before["finding_id"].isna() | (before["finding_id"] == "")
    old = before[~nameless].drop_duplicates("finding_id").set_index("finding_id")
    known = now["finding_id"].isin(old.index)
    status = now["finding_id"].map(old["status"]).fillna("open")
    again = known & (status == "fixed")
    kept = now.assign(
        status=status.where(~again, "open"), note=now["finding_id"].map(old["note"]).fillna(""),
        change=np.select([again, known], ["reopened", "same"], "new"),
        **{name: old[name].reindex(now["finding_id"]).array for name in added},
    )  # fmt: skip
    gone = old[~old.index.isin(now["finding_id"])].reset_index()
    tested = np.array([_testable(rule, role, roles) for rule, role in zip(gone["rule"], gone["role"])], dtype=bool)
    if asked is not None and len(gone):
        tested &= asked(gone)
    was_fixed = (gone["status"] == "fixed").to_numpy()
    gone = gone.assign(
        status=np.where(tested | was_fixed, "fixed", gone["status"].fillna("open")),
        change=np.where(tested & ~was_fixed, "fixed", "same"),
    )
    rest = [part[kept.columns] for part in (gone, before[nameless].assign(change="same")) if len(part)]
    return pd.concat([kept, *rest], ignore_index=True) if rest else kept


def count_changes(findings: pd.DataFrame) -> dict[str, int]:
    """How many findings are new, fixed and reopened since the run before, zero included."""
    counts = findings["change"].value_counts()
    return {change: int(counts.get(change, 0)) for change in CHANGES if change != "same"}


def _testable(rule_id: str, role: str, roles: Collection[str]) -> bool:
    rule = rules().get(rule_id)
    return rule is not None and role in roles and all(need in roles for need in rule.needs)


def run_record(
    *, run: int, started: str, seconds: float, name: str, summary: str, report: str, findings: pd.DataFrame,
    rates: Mapping[str, Rate], inputs: Collection[Input], settings: Mapping[str, object], versions: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """One row for the `runs` table: counts of this run's findings as numbers, the rest as JSON text.

    `report` is the file of its report, "" for none.
    """
    present = findings[findings["status"] != "fixed"]
    counts = present["severity"].value_counts()
    return {
        "run": run, "started": started, "seconds": round(seconds, 2), "name": name, "summary": summary,
        **{f"{severity}s": int(counts.get(severity, 0)) for severity in ("error", "warning", "info")},
        **count_changes(findings),
        "figures": _json({name: {**asdict(rate), "value": rate.value} for name, rate in rates.items()}),
        "inputs": _json([asdict(entry) for entry in inputs]),
        "settings": _json(settings), "versions": _json(versions), "report": report,
    }  # fmt: skip


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
