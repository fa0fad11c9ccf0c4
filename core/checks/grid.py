"""Zones drawn by anyone: do they tile their units, is every plot in one, does someone answer for each?"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core import codes
from redline.core.catalogue import text
from redline.core.checks import coverage
from redline.core.checks.ground import land, metre_of
from redline.core.checks.letters import check_letters
from redline.core.checks.staff import DUTIES, check_staff
from redline.core.checks.units import absent, unit_names
from redline.core.findings import Findings
from redline.core.frames import Frame, labels
from redline.core.geometry.overlay import Pairs, overlay
from redline.core.progress import Progress
from redline.core.result import Rate, Result
from redline.core.standards import threshold
from redline.core.units import round_half_away
from redline.core.zoning.draw import recorded_farmland

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

_ABOVE = tuple(digits for level, digits in codes.LEVELS.items() if level != "group")


@dataclass(frozen=True)
class Settings:
    """People and letters are in force `on_date`; `far_apart` (m): how far the zones of one person may lie from each
    other; `max_imbalance`: greatest load of a unit's zones, times their mean; smaller overlaps and gaps than `min_area`
    (m²) are counted, not listed."""

    on_date: datetime.date = field(default_factory=datetime.date.today)
    far_apart: float = field(default_factory=lambda: threshold("zone_far_apart").value)
    max_imbalance: float = field(default_factory=lambda: threshold("zone_imbalance").value)
    min_area: float = field(default_factory=lambda: threshold("overlap_report_floor").value)


def check(frames: Mapping[str, Frame], findings: Findings, settings: Settings, progress: Progress) -> Result:
    """Hold the zones of "zone" against "units", the plots of "map", the people of "roster" and the letters of "letter".

    Rules R9013–R9015, R9030–R9050, and of their shapes R1003, R3001–R3004, R3007, R3008, R4001–R4005 (DOMAIN §6.2).
    Gives `ZONE_STATUS` (zone_code unit unit_name zone_name level plots farmland_area area person, the five duties of
    五定 as booleans, complete, geometry): one row a zone of the lowest level. Areas are official m². Rates:
    `zones_staffed`, `zones_complete`, and `letters_<level>`: letters ÷ units of that level. Raises InputError where the
    roster has no column of names.
    """
    language = findings.language
    if "roster" in frames:
        frames["roster"].require(language, "person")
    result = Result(findings, checked=len(frames["zone"]), thing="zone")
    result.notes.extend(note for frame in frames.values() for note in frame.notes)
    units = frames.get("units")
    names = unit_names(frames)
    zones = Zones(frames["zone"], units, names, findings, progress.step(share=0.05))
    _tell_codes(zones, findings)
    step = progress.step(text("step.grid.tiling", language), 0.4)
    _tiling(zones, units, findings, settings, result, step)
    step = progress.step(text("step.grid.plots", language), 0.35)
    table = _table(zones)
    _plots(zones, frames.get("map"), table, result, step)
    places = _places(zones, names, units)
    step = progress.step(text("step.grid.people", language), 0.6)
    leaf = zones.leaf
    table = check_staff(
        zones.frame, frames.get("roster"), places, table, zones.shape[leaf], zones.metre, settings.on_date,
        settings.far_apart, result, step,
    )  # fmt: skip
    check_letters(frames.get("letter"), frames.get("roster"), places, settings.on_date, result)
    _balance(zones, table, settings.max_imbalance, findings)
    if table["complete"].notna().any():
        result.rates["zones_complete"] = Rate(int(table["complete"].sum()), len(table))
    result.tables["ZONE_STATUS"] = table
    progress.update(1.0)
    return result


class Zones:
    """The zones of a layer: `code`, `unit`, `name`, `shape` (mended where invalid), `usable`, one entry a feature.

    `rank` is 0 for zones of the lowest level, else the digits of their code: a zone whose code is a unit's code with
    which the codes of others begin is the outline of these. `leaf` are the rows of the lowest level that have land.
    """

    def __init__(
        self, frame: Frame, units: Frame | None, names: Mapping[str, str], findings: Findings, progress: Progress
    ) -> None:
        frame.require(findings.language, "key")
        self.frame = frame
        self.shape, self.usable = land(frame, findings, progress)
        self.metre = metre_of(frame, self.shape, self.usable)
        self.label: Shapes = labels(frame)
        self.code: Shapes = frame.rows["key"].to_numpy(dtype=object)
        higher = _higher(self.code)
        self.rank: Ints = np.where(higher, [len(code) for code in self.code], 0).astype(np.intp)
        self.leaf: Ints = np.flatnonzero(self.usable & (self.rank == 0))
        self.given: Shapes = frame.column("unit").to_numpy(dtype=object)
        known = set(units.column("unit")) - {""} if units is not None else None
        self.unit = self._units(units, known)
        self.unit_name: Shapes = np.array([names.get(unit, "") for unit in self.unit], dtype=object)
        said = frame.column("unit_name").to_numpy(dtype=object)
        self.unit_name = np.where(self.unit_name == "", said, self.unit_name).astype(object)
        name = frame.column("zone_name").to_numpy(dtype=object)
        self.name: Shapes = np.where(name == "", self.code, name).astype(object)

    def _units(self, units: Frame | None, known: set[str] | None) -> Shapes:
        """The unit of each zone: as recorded, else what its code begins with, else where most of it lies."""
        unit = self.given.copy()
        blank = unit == ""
        unit[blank] = [_unit_of(code, known) for code in self.code[blank]]
        at = np.flatnonzero((unit == "") & self.usable)
        if units is None or not len(at) or not units.has("unit", "geometry"):
            return unit
        code = units.rows["unit"].to_numpy(dtype=object)
        shape = units.rows["geometry"].to_numpy(dtype=object)
        lowest = np.flatnonzero((code != "") & ~_higher(code))
        home = homes(overlay(self.shape[at], shape[lowest], geometry=False), code[lowest], len(at))
        unit[at[home >= 0]] = code[lowest[home[home >= 0]]]
        return unit

    def of(self, rows: Ints) -> dict[str, Shapes]:
        """The columns `unit`, `unit_name` and `geometry` of findings about these rows."""
        return {"unit": self.unit[rows], "unit_name": self.unit_name[rows], "geometry": self.shape[rows]}


def homes(pairs: Pairs, names: Shapes, count: int) -> Ints:
    """For each of `count` left rows the right row that shares most land with it, -1 for none; of equals the first by
    name."""
    order = np.lexsort((names[pairs.right].astype(str), -pairs.area, pairs.left))
    first = order[np.flatnonzero(np.diff(pairs.left[order], prepend=-1))]
    home = np.full(count, -1, dtype=np.intp)
    home[pairs.left[first]] = pairs.right[first]
    return home


def _higher(code: Shapes) -> Mask:
    """Which codes are units' codes with which other codes of the list begin."""
    prefixes = {one[:digits] for one in code for digits in _ABOVE if len(one) > digits}
    valid = codes.valid(pd.Series(code, dtype=object)).to_numpy()
    return np.array([one in prefixes for one in code], dtype=bool) & valid


def _unit_of(code: str, known: set[str] | None) -> str:
    """The longest code of a unit that a zone's code begins with: one of `known`, or any in figures where None."""
    for digits in reversed(_ABOVE):
        if len(code) > digits and code[:digits].isdigit() and (known is None or code[:digits] in known):
            return code[:digits]
    return code if known and code in known else ""


def _tell_codes(zones: Zones, findings: Findings) -> None:
    """R9030 no code, R9031 a code twice, R9032 a code that does not begin with that of the unit."""
    none = np.flatnonzero(zones.code == "")
    findings.add("R9030", "zone", zones.label[none], of=len(zones.code), **zones.of(none))
    counts = pd.Series(zones.code[zones.code != ""], dtype=object).value_counts()
    several = counts[counts > 1].sort_index()
    first = np.array([int(np.flatnonzero(zones.code == code)[0]) for code in several.index], dtype=np.intp)
    findings.add(
        "R9031", "zone", several.index, unit=zones.unit[first], unit_name=zones.unit_name[first], expected="1",
        actual=several.astype(str), difference=several - 1.0, measure="count",
        geometry=[shapely.union_all(zones.shape[(zones.code == code) & zones.usable]) for code in several.index],
    )  # fmt: skip
    both = (zones.code != "") & (zones.unit != "")
    inside = np.array([code.startswith(unit) for code, unit in zip(zones.code, zones.unit)], dtype=bool)
    wrong = np.flatnonzero(both & ~inside)
    findings.add(
        "R9032", "zone", zones.label[wrong], of=int(both.sum()), expected=zones.unit[wrong], actual=zones.code[wrong],
        **zones.of(wrong),
    )  # fmt: skip


def _tiling(
    zones: Zones, units: Frame | None, findings: Findings, settings: Settings, result: Result, progress: Progress
) -> None:
    """Overlaps, gaps and nesting, level by level: in their units, or where none are given in the zones above them."""
    chosen = coverage.Settings(gaps_allowed=False, min_area=settings.min_area)
    ranks = [*sorted(set(zones.rank.tolist()) - {0}), 0]
    above = None
    for number, rank in enumerate(ranks):
        rows = np.flatnonzero(zones.rank == rank)
        if len(rows):
            level = _part(zones, rows, "zone")
            # A zone is held against its unit, but an outline of a whole unit against the units it consists of.
            parents = units if units is not None else above
            given = {"layer": level, **({"units": parents} if parents is not None else {})}
            told = coverage.check(given, findings, chosen, progress.step(share=1 / (len(ranks) - number)))
            result.notes.extend(note for note in told.notes if note not in result.notes)
            result.unchecked.extend(one for one in told.unchecked if one not in result.unchecked)
        if rank and len(rows):
            above = _part(zones, rows[zones.usable[rows]], "units")


def _part(zones: Zones, rows: Ints, role: str) -> Frame:
    """Some zones as a frame of their own: as zones, or as the units of those below them."""
    part = zones.frame.rows.iloc[rows].reset_index(drop=True)
    if role == "zone":
        return replace(zones.frame, rows=part.assign(unit=zones.unit[rows], unit_name=zones.unit_name[rows]))
    shapes: pd.Series = pd.Series(zones.shape[rows], dtype=object)
    part = part.assign(unit=zones.code[rows], unit_name=zones.name[rows], geometry=shapes)
    return replace(zones.frame, role=role, rows=part, notes=[])


def _table(zones: Zones) -> pd.DataFrame:
    """`ZONE_STATUS` as far as the zones themselves tell."""
    rows = zones.leaf
    level = zones.frame.column("level").to_numpy(dtype=object)[rows]
    table = pd.DataFrame({
        "zone_code": zones.label[rows], "unit": zones.unit[rows], "unit_name": zones.unit_name[rows],
        "zone_name": zones.name[rows], "level": level, "plots": np.zeros(len(rows), dtype=np.int64),
        "farmland_area": np.zeros(len(rows)), "area": _areas(zones, rows), "person": "",
    })  # fmt: skip
    table[list(DUTIES)] = None
    return table.assign(geometry=pd.Series(zones.shape[rows], dtype=object))


def _areas(zones: Zones, rows: Ints) -> Floats:
    measured = zones.frame.column("geometry_area", np.nan).to_numpy(dtype=float)[rows]
    plane = shapely.area(zones.shape[rows]) / zones.metre**2
    return round_half_away(np.where(np.isfinite(measured), measured, plane))


def _plots(zones: Zones, plots: Frame | None, table: pd.DataFrame, result: Result, progress: Progress) -> None:
    """Every plot in one zone, the one that has most of it: R9035 in none, R9036 in several, R9037 partly in none.

    Counts plots and farmland of every zone.
    """
    findings, language = result.findings, result.findings.language
    if plots is None:
        result.unchecked.append(text("unchecked.grid.plots", language))
        return
    shape, usable = land(plots, findings, progress.step(share=0.2))
    rows = np.flatnonzero(usable)
    name = labels(plots)[rows]
    shape = shape[rows]
    square = zones.metre**2
    pairs = overlay(shape, zones.shape[zones.leaf], geometry=False, progress=progress.step())
    code = zones.label[zones.leaf]
    home = homes(pairs, code, len(rows))
    left, right, area = pairs.left, pairs.right, pairs.area / square
    floor = threshold("overlap_error_floor").value
    first = right == home[left]
    size = shapely.area(shape) / square
    inside = np.bincount(left, area, len(rows))
    # What merely touches a zone lies in none; the smallest of plots may be less than that.
    home[inside < np.minimum(floor, 0.5 * size)] = -1
    own = {
        "unit": plots.column("unit").to_numpy(dtype=object)[rows],
        "unit_name": plots.column("unit_name").to_numpy(dtype=object)[rows],
    }

    def of(at: Ints) -> dict[str, Shapes]:
        return {column: values[at] for column, values in own.items()} | {"geometry": shape[at]}

    none = np.flatnonzero(home < 0)
    findings.add("R9035", "map", name[none], of=len(rows), **of(none))
    several = np.flatnonzero(~first & (area >= floor) & (home[left] >= 0))
    split, count = np.unique(left[several], return_counts=True)
    others = pd.Series(code[right[several]], dtype=object).groupby(left[several]).agg(_joined).to_dict()
    largest = np.zeros(len(rows))
    largest[left[first]] = area[first]
    rest = np.bincount(left[several], area[several], len(rows))[split]
    findings.add(
        "R9036", "map", name[split], of=len(rows), related=code[home[split]], expected="1",
        actual=(count + 1).astype(str), difference=rest, measure="m2", share=largest[split] / size[split],
        others=[others[plot] for plot in split.tolist()], **of(split),
    )  # fmt: skip
    outside = size - inside
    partly = np.flatnonzero((home >= 0) & (outside >= floor))
    findings.add(
        "R9037", "map", name[partly], of=len(rows), related=code[home[partly]], expected="0",
        actual=[f"{one:.2f}" for one in outside[partly]], difference=outside[partly], measure="m2", **of(partly),
    )  # fmt: skip
    placed = home >= 0
    table["plots"] = np.bincount(home[placed], minlength=len(table)).astype(np.int64)
    farmland = np.zeros(len(table), dtype=np.int64)
    np.add.at(farmland, home[placed], recorded_farmland(plots)[rows][placed])
    table["farmland_area"] = farmland / 100


def _joined(names: pd.Series) -> str:
    return "、".join(sorted(names))


def _places(zones: Zones, names: Mapping[str, str], known: Frame | None) -> pd.DataFrame:
    """Zones and units that people can answer for, each code once: code, name, level, unit, unit_name.

    A unit that only a mistyped code of some source names is none: the layer of units (`known`) would have it.
    """
    own = pd.DataFrame({
        "code": zones.code, "name": zones.name, "level": np.where(zones.rank == 0, "zone", ""), "unit": zones.unit,
        "unit_name": zones.unit_name,
    })  # fmt: skip
    own = own[own["code"] != ""].sort_values(["code", "name"], kind="stable").drop_duplicates("code")
    above = {unit[:digits] for unit in zones.unit for digits in (*_ABOVE, len(unit)) if len(unit) >= digits}
    named: pd.Series = pd.Series(sorted((above | set(names)) - {""} - set(own["code"])), dtype=object)
    units = named[~absent(named, known)].tolist()
    table = pd.DataFrame({"code": units, "name": [names.get(unit, "") for unit in units]}, dtype=object)
    table["level"] = codes.levels(table["code"])
    table["unit"], table["unit_name"] = table["code"], table["name"]
    places = pd.concat([own, table], ignore_index=True)
    blank = places["level"] == ""
    places["level"] = places["level"].where(~blank, codes.levels(places["code"]))
    return places


def _balance(zones: Zones, table: pd.DataFrame, most: float, findings: Findings) -> None:
    """R9050: among the zones of one unit the greatest load is more than `most` times their mean.

    The load is the recorded one, else the plots, else the area.
    """
    recorded = zones.frame.column("load", np.nan).to_numpy(dtype=float)[zones.leaf]
    for load in (recorded, table["plots"].to_numpy(dtype=float), table["area"].to_numpy(dtype=float)):
        if np.nan_to_num(load).sum() > 0:
            break
    known = pd.DataFrame({"unit": table["unit"], "code": table["zone_code"], "load": np.nan_to_num(load)})
    known = known[known["unit"] != ""].sort_values(["unit", "load", "code"], ascending=[True, False, True])
    found = known.groupby("unit").agg(count=("load", "size"), mean=("load", "mean"), greatest=("load", "max"),
                                      zone=("code", "first"))  # fmt: skip
    found = found[(found["count"] > 1) & (found["greatest"] > most * found["mean"])]
    ratio = found["greatest"] / found["mean"]
    names = dict(zip(zones.unit, zones.unit_name))
    shapes = dict(zip(table["zone_code"], table["geometry"]))
    findings.add(
        "R9050", "zone", found.index, related="load", unit=found.index, unit_name=[names[unit] for unit in found.index],
        expected=f"{most:g}", actual=[f"{one:.2f}" for one in ratio], difference=ratio - most, count=found["count"],
        zone=found["zone"], geometry=[shapes[zone] for zone in found["zone"]],
    )  # fmt: skip
