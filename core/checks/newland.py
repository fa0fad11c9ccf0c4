"""New construction land (新增建设用地) by unit: what the illegal share of cultivated land is divided by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from redline.core.catalogue import text
from redline.core.checks import areas
from redline.core.checks.figures import cents, of_year, positive
from redline.core.findings import Findings
from redline.core.frames import Frame
from redline.core.result import Result

NEW_LAND = ("new_total", "new_cultivated", "new_cultivated_pending")
"""What `new_land` may tell."""

_COUNTY = 6
_PARENTS = (9, 6, 4)

Quantities = dict[str, Any]


def new_land(frame: Frame, year: int, names: Mapping[str, str], result: Result) -> Quantities:
    """New construction land by unit: `new_total`, `new_cultivated`, `new_cultivated_pending` in hundredths of a m².

    A row of a township or county beside rows of its parts is their sum, and not counted again; R7071 tells where it is
    not. Rows that repeat word for word count once (R2009).
    """
    findings = result.findings
    rows = frame.rows[of_year(frame, year)].reset_index(drop=True)
    kept = replace(frame, rows=rows)
    area = positive(kept, "area", zero=True)
    area = np.where(np.isnan(area), positive(kept, "geometry_area"), area)
    cultivated = positive(kept, "cultivated_area", zero=True)
    if "land_class" in rows and "cultivated_area" not in rows:
        cultivated = np.where(rows["land_class"].str.startswith("01"), area, 0.0)
    pending = positive(kept, "pending_area", zero=True)
    table = kept.column("unit").to_frame("unit").assign(new_total=cents(area), new_cultivated=cents(cultivated))
    table["new_cultivated_pending"] = table["new_cultivated"] + cents(pending)
    told = {
        "new_total": ~np.isnan(area).all(), "new_cultivated": ~np.isnan(cultivated).all(),
        "new_cultivated_pending": not (np.isnan(pending).all() or np.isnan(cultivated).all()),
    }  # fmt: skip
    if "geometry" not in rows:
        table["year"] = kept.column("year", np.nan)
        again = table.duplicated() & (table["unit"] != "")
        findings.add(
            "R2009", frame.role, table["unit"][again], unit=table["unit"][again], actual="2", expected="1",
            difference=1.0, measure="count", role_name=text(f"role.{frame.role}", findings.language),
        )  # fmt: skip
        table = table[~again]
    columns = [name for name, known in told.items() if known]
    sums = table.groupby("unit")[columns].sum()
    strange = sums.index[[len(code) < _COUNTY for code in sums.index]]
    findings.add("R7070", frame.role, [code or frame.name for code in strange], unit=strange, of=len(sums),
                 role_name=text(f"role.{frame.role}", findings.language))  # fmt: skip
    place = max((areas.rounding(frame, c) for c in ("area", "cultivated_area") if c in rows), default=areas.CENT)
    return _without_parents(sums, place, frame.role, names, findings)


def _without_parents(
    sums: pd.DataFrame, place: float, role: str, names: Mapping[str, str], findings: Findings
) -> Quantities:
    """The figures of parents less those of their parts, so that sums by the beginning of the code are the parents'."""
    known = set(sums.index)
    parent = {code: next((code[:n] for n in _PARENTS if len(code) > n and code[:n] in known), "") for code in known}
    own = sums.copy()
    for column in map(str, sums):
        parts = sums[column].groupby(sums.index.map(parent)).agg(["sum", "size"])
        parts = parts[parts.index != ""]
        apart = sums[column].reindex(parts.index) - parts["sum"]
        own[column] = apart.reindex(own.index).fillna(own[column]).astype(np.int64)
        wrong = parts[apart.abs() > 100 * place / 2 * (parts["size"] + 1)]
        said = sums[column].reindex(wrong.index).to_numpy(dtype=float) / 100
        findings.add(
            "R7071", role, wrong.index, related=column, unit=wrong.index,
            unit_name=[names.get(code, "") for code in wrong.index],
            expected=areas.metres(wrong["sum"].to_numpy() / 100), actual=areas.metres(said),
            difference=apart.reindex(wrong.index).to_numpy() / 100, measure="m2",
            column=text(f"column.{column}", findings.language), count=wrong["size"].to_numpy(),
        )  # fmt: skip
    figures = {str(name): own[name].to_numpy(dtype=np.int64) for name in own}
    return {"unit": pd.Series(own.index, dtype=object), **figures}
