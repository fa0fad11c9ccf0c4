"""Plots against the administrative units that their codes name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core import codes
from redline.core.catalogue import text
from redline.core.findings import Findings
from redline.core.frames import Frame, labels
from redline.core.geometry.overlay import outside_area
from redline.core.progress import Progress
from redline.core.standards import threshold

# The later one knows better.
_NAMING = ("register", "map", "units")


def unit_names(frames: Mapping[str, Frame]) -> dict[str, str]:
    """The name of every unit code: as the unit layer has it, else as most plots of the map have it, else any source."""
    names: dict[str, str] = {}
    for role in (*sorted(set(frames) - set(_NAMING)), *_NAMING):
        frame = frames.get(role)
        if frame is not None and frame.has("unit", "unit_name"):
            names.update(_named(frame))
    return names


def _named(frame: Frame) -> dict[str, str]:
    """The name that most rows have of every unit code, worked out once for all checks of a run."""
    if frame.unit_names is None or frame.unit_names[0] is not frame.rows:
        known = frame.rows.loc[(frame.rows["unit"] != "") & (frame.rows["unit_name"] != ""), ["unit", "unit_name"]]
        counts = known.groupby(["unit", "unit_name"]).size().reset_index(name="rows")
        best = counts.sort_values(["rows", "unit_name"], ascending=[False, True]).drop_duplicates("unit")
        frame.unit_names = frame.rows, dict(zip(best["unit"], best["unit_name"]))
    return frame.unit_names[1]


def absent(code: pd.Series, units: Frame | None) -> npt.NDArray[np.bool_]:
    """Which codes name a unit that the layer of units should have and has not: one of townships tells nothing of
    villages."""
    if units is None or not units.has("unit"):
        return np.zeros(len(code), dtype=bool)
    known = _with_parents(units.rows["unit"])
    told = code.str.len().isin({len(unit) for unit in known})
    return np.asarray((code != "") & told & ~code.isin(known))


def check_codes(frame: Frame, units: Frame | None, names: Mapping[str, str], findings: Findings) -> None:
    """R2010: a row's unit code is built as one, and the unit layer (where given) has that unit (DOMAIN §1.4)."""
    code = frame.column("unit")
    malformed = ((code != "") & ~codes.valid(code)).to_numpy()
    unknown = absent(code, units) & ~malformed
    for wrong, problem in ((malformed, "code.malformed"), (unknown, "code.unknown")):
        findings.add(
            "R2010", frame.role, labels(frame)[wrong], unit=code[wrong], actual=code[wrong],
            unit_name=code[wrong].map(lambda c: names.get(c, "")), geometry=frame.column("geometry", None)[wrong],
            problem=text(problem, findings.language), role_name=text(f"role.{frame.role}", findings.language),
        )  # fmt: skip


def check_position(
    frame: Frame, usable: npt.NDArray[np.bool_], units: Frame, names: Mapping[str, str], findings: Findings,
    abs_tolerance: float, progress: Progress,
) -> None:  # fmt: skip
    """R4003 and R4004: every plot lies in the unit that its code names (DOMAIN §4.2).

    Land outside counts where it is more than `abs_tolerance` (m², plane) and lies farther from the unit than the border
    tolerance, so that borders digitised twice raise no alarm. A plot whose unit is not in the layer is held against
    the nearest unit above it that is. Where nearly all plots are outside, the layers do not lie on each other, which is
    one finding.
    """
    shapes = _whole_units(units)
    code = _nearest_known(frame.column("unit"), set(shapes.index))
    at = np.flatnonzero(usable & (code != "").to_numpy())
    plots = frame.rows["geometry"].to_numpy(dtype=object)[at]
    containers = shapes.reindex(code.iloc[at]).to_numpy(dtype=object)
    outside = outside_area(plots, containers, threshold("border_tolerance").value, progress=progress)
    size = shapely.area(plots)
    rule = np.where(outside >= size * threshold("elsewhere_share").value, "R4003", "R4004")
    for name in ("R4003", "R4004"):
        bad = (rule == name) & (outside > abs_tolerance)
        rows = at[bad]
        unit = code.iloc[rows]
        findings.add(
            name, frame.role, labels(frame)[rows], unit=unit, unit_name=unit.map(lambda c: names.get(c, "")),
            difference=outside[bad], measure="m2", geometry=plots[bad], area=size[bad], of=len(at),
            role_name=text(f"role.{frame.role}", findings.language),
        )  # fmt: skip


def _whole_units(units: Frame) -> pd.Series:
    """The shape of every unit by its code: an exclave (飞地) is a feature of its own, and part of the unit."""
    rows = units.rows[(units.rows["unit"] != "") & shapely.is_valid(units.rows["geometry"].to_numpy(dtype=object))]
    several = rows["unit"].duplicated(keep=False)
    whole = rows[several].groupby("unit")["geometry"].agg(lambda shapes: shapely.union_all(shapes.to_numpy()))
    return pd.concat([rows[~several].set_index("unit")["geometry"], whole])


def _with_parents(code: pd.Series) -> set[str]:
    known = set(code[code != ""])
    return known | {c[:digits] for c in known for digits in (6, 9) if len(c) > digits}


def _nearest_known(code: pd.Series, known: set[str]) -> pd.Series:
    def nearest(value: str) -> str:
        return next((value[:digits] for digits in (19, 12, 9, 6) if value[:digits] in known), "")

    return code.map({value: nearest(value) for value in code.unique()})
