"""A plot's area in the register and on the ground against that on the map."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redline.core.catalogue import text
from redline.core.checks import areas
from redline.core.checks.areas import metres, mu
from redline.core.checks.fourway_plots import Plots, Status, place
from redline.core.findings import Findings
from redline.core.frames import Frame


def settle_register(register: Plots, plots: Plots, both: pd.Index, findings: Findings) -> None:
    """The units of the register's areas (R5005), and which area a bare one is; `both` are the numbers in both."""
    frame = register.frame
    given = [column for column in (*areas.RECORDED, "area") if column in frame.rows]
    of_map = {column: _map_column(plots.frame, column) for column in given}
    expected = plots.at(pd.Index(frame.rows["key"]), *of_map.values())
    areas.settle_units(
        frame, {column: expected[ours].to_numpy(dtype=float) for column, ours in of_map.items()}, findings
    )
    if "area" in frame.rows:
        _settle_basis(register, plots, both, findings.language)


def _map_column(frame: Frame, column: str) -> str:
    """The map's area that a register's column is to be held against."""
    if column in frame.rows and column != "area":
        return column
    return areas.basis(frame)


def _settle_basis(register: Plots, plots: Plots, both: pd.Index, language: str) -> None:
    """A bare “面积” is the farmland area or the plot area, whichever more of the plots bear out."""
    frame = register.frame
    candidates = [c for c in areas.RECORDED if c in plots.frame.rows and c not in frame.rows]
    settled = any(frame.fields.get(c) == frame.fields["area"] for c in areas.RECORDED)
    if not candidates or settled:
        return
    said = register.at(both, "area")["area"].to_numpy(dtype=float)
    half = frame.resolution["area"] / 2 + areas.CENT

    def borne_out(column: str) -> int:
        return int((np.abs(said - plots.at(both, column)[column].to_numpy(dtype=float)) <= half).sum())

    best = max(candidates, key=borne_out)
    frame.rows[best] = frame.rows["area"]
    frame.resolution[best], frame.stated[best] = frame.resolution["area"], frame.stated["area"]
    frame.fields[best] = frame.fields["area"]
    frame.notes.append(
        text(
            "note.basis", language, layer=frame.name, field=frame.fields["area"], basis=text(f"column.{best}", language)
        )
    )


def register_areas(
    plots: Plots, register: Plots, keys: pd.Index, findings: Findings, settings: areas.Settings, status: Status
) -> None:
    """R6003: the graver of the two comparisons (farmland area, plot area), once per number. R6026 where it is blank."""
    compared = bases(register.frame, plots.frame)
    ours = plots.at(keys, *(column for _, column in compared))
    theirs = register.at(keys, *(column for column, _ in compared))
    blank = {column: register.frame.rows[column].isna().to_numpy() for column, _ in compared}
    for column, missing in blank.items():
        # A column that nobody fills in is no trouble where another one holds the areas.
        if not missing.all() or all(other.all() for other in blank.values()):
            areas.unrecorded(register.frame, column, missing, findings)
    if compared:
        status.add("area_missing", keys[np.all([theirs[column].isna() for column, _ in compared], axis=0)])
    worst = pd.DataFrame({"expected": np.nan, "actual": np.nan, "grade": ""}, index=keys)
    for column, of_map in compared:
        expected, actual = ours[of_map].to_numpy(dtype=float), theirs[column].to_numpy(dtype=float)
        grades = areas.grade(actual - expected, expected, settings, areas.rounding(register.frame, column))
        graver = ((worst["grade"] == "") & (grades != "")) | ((worst["grade"] == "warning") & (grades == "error"))
        worst[graver] = pd.DataFrame({"expected": expected, "actual": actual, "grade": grades}, index=keys)[graver]
    bad = worst[worst["grade"] != ""]
    rows = plots.at(bad.index)
    findings.add(
        "R6003", "register", bad.index, expected=metres(bad["expected"]), actual=metres(bad["actual"]),
        difference=bad["actual"] - bad["expected"], measure="m2", severity=bad["grade"],
        expected_mu=mu(bad["expected"]), actual_mu=mu(bad["actual"]), **place(rows),
    )  # fmt: skip
    status.add("area_differs", bad.index[bad["grade"] == "error"])


def bases(register: Frame, plots: Frame) -> list[tuple[str, str]]:
    """The columns of the register and of the map that must be equal."""
    found = [(column, column) for column in areas.RECORDED if column in register.rows and column in plots.rows]
    if found:
        return found
    column = next((c for c in (*areas.RECORDED, "area") if c in register.rows), "")
    return [(column, _map_column(plots, column))] if column else []


def ground_areas(
    plots: Plots, ground: Plots, keys: pd.Index, findings: Findings, settings: areas.Settings, status: Status
) -> None:
    """R6014: the ground plot's surveyed area (else that of its shape) against the map's plot area."""
    column = "plot_area" if plots.frame.has("plot_area") else "geometry_area"
    expected = plots.at(keys, column)[column].to_numpy(dtype=float)
    actual = areas.surveyed(ground.at(keys, "plot_area", "geometry_area"))
    resolution = areas.rounding(ground.frame, "plot_area") if ground.frame.has("plot_area") else areas.CENT
    grades = areas.grade(actual - expected, expected, settings, resolution)
    bad = grades != ""
    with np.errstate(invalid="ignore", divide="ignore"):
        percent = (actual - expected) / expected * 100
    rows = plots.at(keys[bad])
    findings.add(
        "R6014", "plots", keys[bad], expected=metres(expected[bad]), actual=metres(actual[bad]),
        difference=(actual - expected)[bad], measure="m2", severity=grades[bad], percent=percent[bad], **place(rows),
    )  # fmt: skip
    status.add("area_differs", keys[grades == "error"])
