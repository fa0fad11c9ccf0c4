"""The administrative units that zones are drawn in: their codes, levels and parents, and their land without gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core import codes
from redline.core.catalogue import text
from redline.core.errors import InputError
from redline.core.findings import Findings
from redline.core.frames import Frame, positions
from redline.core.geometry.coverage import dissolve
from redline.core.standards import threshold
from redline.core.zoning.coverage import Settled, settle

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

LEVELS = ("county", "township", "village", "group")
"""Levels at which zones may begin, greatest first."""

ZONE = "zone"
_COUNTY = codes.LEVELS["county"]
_MADE_UP = "X"


@dataclass
class Units:
    """The units that zones are drawn in, sorted by code.

    `code`, `name` (object arrays of str), `shape` (object array, a coverage with shared vertices); `names`: the name of
    every unit known, higher ones included; `notes`: what was done, in sentences.
    """

    code: Shapes
    name: Shapes
    shape: Shapes
    names: dict[str, str]
    notes: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.code)


def settle_units(
    frame: Frame, shapes: Shapes, usable: Mask, plot_units: pd.Series, plot_points: Shapes, level: str,
    findings: Findings, metre: float,
) -> Units:  # fmt: skip
    """The lowest units of a frame (rows with `unit` and `unit_name`), one for each code, as a coverage.

    `shapes` are the frame's, made valid; `level` is one of LEVELS or "auto" (as the frame has them). A unit without a
    code takes that of most plots in it (`plot_units`, `plot_points`), or is given one. Rules R9001–R9006.
    """
    language = findings.language
    given = pd.DataFrame({
        "unit": frame.column("unit").to_numpy(dtype=object), "name": frame.column("unit_name").to_numpy(dtype=object),
        "geometry": shapes,
    })[usable]  # fmt: skip
    if given.empty:
        raise InputError("error.no_units", language, layer=frame.name)
    given = given.assign(place=np.array(positions(given["geometry"].to_numpy(dtype=object)), dtype=object))
    given = given.sort_values(["unit", "name", "place"], kind="stable", ignore_index=True)
    _code_all(given, plot_units, plot_points, findings)
    names = dict(zip(given["unit"][::-1], given["name"][::-1]))
    merged = _merged(given)
    leaf = merged[~_has_below(merged["unit"])]
    higher = merged[_has_below(merged["unit"])]
    leaf = _with_rest(leaf, higher, findings, metre)
    found = settle(leaf["geometry"].to_numpy(dtype=object), threshold("border_tolerance").value * metre)
    _tell(found, leaf["unit"].to_numpy(dtype=object), names, findings, metre)
    there = ~shapely.is_missing(found.shapes)
    code, shape = leaf["unit"].to_numpy(dtype=object)[there], found.shapes[there]
    notes: list[str] = []
    if level != "auto":
        code, shape = _at_level(code, shape, level)
        if not (codes.levels(pd.Series(code)) == level).any():
            called = text(f"level.{level}", language)
            notes.append(text("note.zoning.no_level", language, layer=frame.name, level=called))
    order = np.argsort(code.astype(str), kind="stable")
    code, shape = code[order], shape[order]
    name = np.array([names.get(one, "") for one in code], dtype=object)
    return Units(code, name, shape, names, notes)


def ancestors(code: Shapes) -> dict[str, Shapes]:
    """The units of every level that these codes lie in or are, level → code of each ("" where there is none).

    The greatest comes first: the lowest level, county or above, on which all are one; county where there is none such.
    """
    series: pd.Series = pd.Series(code)
    above = {level: codes.parents(series, level) for level in codes.LEVELS}
    found = {level: of.where(codes.valid(of), "").to_numpy(dtype=object) for level, of in above.items()}
    top = next((level for level in ("county", "city", "province") if _all_one(found[level])), "county")
    names = list(codes.LEVELS)
    return {level: found[level] for level in names[names.index(top) :] if (found[level] != "").any()}


def _all_one(code: Shapes) -> bool:
    return len(set(code)) == 1 and bool(code[0])


def _code_all(given: pd.DataFrame, plot_units: pd.Series, plot_points: Shapes, findings: Findings) -> None:
    """Give every unit a code (R9001): that of most plots in it, where no other has it, else one that is made up."""
    nameless = np.flatnonzero((given["unit"] == "").to_numpy())
    if not len(nameless):
        return
    taken = set(given["unit"])
    shapes = given["geometry"].to_numpy(dtype=object)[nameless]
    known = np.flatnonzero((plot_units != "").to_numpy() & ~shapely.is_missing(plot_points))
    plot, unit = shapely.STRtree(shapes).query(plot_points[known], predicate="intersects")
    votes = pd.DataFrame({"unit": unit, "code": plot_units.to_numpy(dtype=object)[known[plot]]})
    counts = votes.groupby(["unit", "code"]).size().reset_index(name="plots")
    counts = counts.sort_values(["unit", "plots", "code"], ascending=[True, False, True]).drop_duplicates("unit")
    chosen = {int(row): code for row, code in zip(counts["unit"], counts["code"]) if code not in taken}
    again = pd.Series(chosen, dtype=object)
    chosen = {row: code for row, code in chosen.items() if (again == code).sum() == 1}
    prefix = _common_prefix([code for code in taken if code])
    middle = np.round(shapely.get_coordinates(shapely.centroid(shapes)))
    order = np.lexsort((middle[:, 1], middle[:, 0], middle[:, 0] - middle[:, 1]))
    number = 0
    new = np.empty(len(nameless), dtype=object)
    for row in order.tolist():
        if row in chosen:
            new[row] = chosen[row]
            continue
        number += 1
        new[row] = f"{prefix}{_MADE_UP}{number:02d}"
    code = given["unit"].to_numpy(dtype=object).copy()
    code[nameless] = new
    given["unit"] = code
    rows = given.iloc[nameless]
    findings.add(
        "R9001", "units", rows["name"].where(rows["name"] != "", rows["place"]), related=rows["place"], unit=new,
        unit_name=rows["name"], actual=new, geometry=shapes,
    )  # fmt: skip


def _common_prefix(taken: list[str]) -> str:
    """The longest whole unit that all codes lie in."""
    for digits in sorted(codes.LEVELS.values(), reverse=True):
        heads = {code[:digits] for code in taken}
        if len(heads) == 1 and len(next(iter(heads))) == digits and all(len(code) > digits for code in taken):
            return heads.pop()
    return ""


def _merged(given: pd.DataFrame) -> pd.DataFrame:
    """One row a code; features of one code are one unit (an exclave is a feature of its own)."""
    if not given["unit"].duplicated().any():
        return given[["unit", "geometry"]]
    code, shapes = dissolve(given["geometry"].to_numpy(dtype=object), given["unit"].to_numpy(dtype=str))
    merged = pd.DataFrame({"unit": code.astype(object)})
    merged["geometry"] = pd.Series(shapes, dtype=object)
    return merged


def _has_below(code: pd.Series) -> pd.Series:
    """Mask of the units in which others of the layer lie."""
    above = {one[:digits] for one in code if one.isdigit() for digits in codes.LEVELS.values() if digits < len(one)}
    return code.isin(above)


def _with_rest(leaf: pd.DataFrame, higher: pd.DataFrame, findings: Findings, metre: float) -> pd.DataFrame:
    """The lowest units, and land of the higher ones that lies in none of them as a unit of its own (R9004)."""
    tolerance = threshold("border_tolerance").value * metre
    parts = [leaf[["unit", "geometry"]]]
    # The lowest first: what a township leaves free is no more free in the county.
    for code, shape in sorted(zip(higher["unit"], higher["geometry"]), key=lambda one: (-len(one[0]), one[0])):
        below = pd.concat(parts)
        own = below["geometry"].to_numpy(dtype=object)[below["unit"].str.startswith(code).to_numpy()]
        rest = shapely.get_parts(shapely.difference(shape, shapely.union_all(own)))
        rest = rest[(shapely.get_dimensions(rest) == 2)]
        rest = rest[~shapely.is_empty(shapely.buffer(rest, -tolerance / 2))]
        # Where a neighbour's land begins, a parent that was drawn wider does not count.
        others = below["geometry"].to_numpy(dtype=object)[~below["unit"].str.startswith(code).to_numpy()]
        if len(rest) and len(others):
            rest = shapely.get_parts(shapely.difference(shapely.union_all(rest), shapely.union_all(others)))
            rest = rest[~shapely.is_empty(shapely.buffer(rest, -tolerance / 2))]
        if not len(rest):
            continue
        land = rest[0] if len(rest) == 1 else shapely.multipolygons(rest)
        row = pd.DataFrame({"unit": [code]})
        row["geometry"] = pd.Series([land], dtype=object)
        parts.append(row)
        area = float(shapely.area(land)) / metre**2
        findings.add(
            "R9004", "units", code, unit=code, actual=f"{area:.2f}", difference=area, measure="m2",
            geometry=land, area=f"{area:.2f}",
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _at_level(code: Shapes, shape: Shapes, level: str) -> tuple[Shapes, Shapes]:
    """Units put together to those of a level; higher ones stay as they are."""
    series: pd.Series = pd.Series(code)
    upper = codes.parents(series, level)
    if level == "group":
        return code, shape
    new = upper.where(upper != "", series).to_numpy(dtype=str)
    names, shapes = dissolve(shape, new)
    return names.astype(object), shapes


def _tell(found: Settled, code: Shapes, names: Mapping[str, str], findings: Findings, metre: float) -> None:
    """R9002 for land that two units claim, R9003 for land between units, R9005 for holes."""
    floor = threshold("overlap_report_floor").value
    area = shapely.area(found.overlap_shapes) / metre**2
    at = np.flatnonzero(area >= floor)
    first, second = code[found.overlaps[at, 0]], code[found.overlaps[at, 1]]
    turned = first > second
    findings.add(
        "R9002", "units", np.where(turned, second, first), related=np.where(turned, first, second), unit=first,
        unit_name=[names.get(one, "") for one in first], actual=[f"{one:.2f}" for one in area[at]], difference=area[at],
        measure="m2", geometry=found.overlap_shapes[at], owner=first,
    )  # fmt: skip
    for rule, shapes, owner in (
        ("R9003", found.gaps, code[found.gap_owner] if len(found.gaps) else np.empty(0, dtype=object)),
        ("R9005", found.holes, np.full(len(found.holes), "", dtype=object)),
    ):
        area = shapely.area(shapes) / metre**2
        at = np.flatnonzero(area >= floor)
        findings.add(
            rule, "units", owner[at], related=positions(shapes[at]), unit=owner[at],
            unit_name=[names.get(one, "") for one in owner[at]], actual=[f"{one:.2f}" for one in area[at]],
            difference=area[at], measure="m2", geometry=shapes[at],
        )  # fmt: skip
