"""Responsibility zones from units, plots, roads and people: drawn, numbered, coloured, staffed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.errors import GEOSException

from redline.core import codes
from redline.core.catalogue import text
from redline.core.checks.ground import land, metre_of
from redline.core.errors import InputError
from redline.core.findings import Findings
from redline.core.frames import Frame, labels
from redline.core.geometry import ellipsoid
from redline.core.geometry.coverage import dissolve
from redline.core.geometry.crs import Crs
from redline.core.geometry.overlay import overlay
from redline.core.geometry.workers import in_order
from redline.core.progress import Cancelled, Progress
from redline.core.result import Result
from redline.core.standards import threshold
from redline.core.text import in_full
from redline.core.units import cents
from redline.core.zoning import nodes, roster, seams
from redline.core.zoning.cutting import Cut, Unit, cut, needs_cutting, whole
from redline.core.zoning.numbering import colours, from_north_west, label_points, zone_code
from redline.core.zoning.partition import BALANCE
from redline.core.zoning.tiling import points
from redline.core.zoning.units import ZONE, Units, ancestors, settle_units

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]
Nodes = npt.NDArray[np.complex128]

LOADS = ("plots", "area", "length")
"""What a zone's load is counted in: plots, 亩 of farmland, km of road or river to patrol."""

# The level of units whose code tells none.
_OWN = "unit"
_MU, _KM, _STEP = 2000 / 3, 1000.0, 50.0
_ROUNDING = 1e-9
_SAME_LAND = 1e-9


@dataclass(frozen=True)
class Settings:
    """`level`: where zones begin (see `units.LEVELS`, or "auto"); `load`: one of LOADS; `limit`: the greatest load of a
    zone in its unit (0: the usual one). `crs`: of the shapes. People answer for their zones `on_date`."""

    level: str = "auto"
    load: str = "plots"
    limit: float = 0.0
    crs: Crs | None = None
    on_date: datetime.date = field(default_factory=datetime.date.today)
    show_phones: bool = False

    @property
    def most(self) -> float:
        return self.limit or threshold(f"zone_load_{self.load}").value


def draw(frames: Mapping[str, Frame], findings: Findings, settings: Settings, progress: Progress) -> Result:
    """The zones of "units" for the plots of "map", along the lines of "follow", with the people of "roster".

    Tables: `ZONES` (zone_code unit level zone_name colour area farmland_area plots load person, then unit_name
    perimeter parts label_x label_y geometry), `LEVELS` (the same of every level, zones included: code unit level rank
    name parent …), `ROSTER_OUT` (see `roster.COLUMNS`). Areas are official m² (float64, 2 decimals); those of units are
    the sums of their zones. Rules R9001–R9015, R1003, R3001, R3002 (DOMAIN §6).
    """
    language = findings.language
    if settings.load == "length" and not len(_lines(frames.get("follow"))):
        raise InputError("error.no_follow", language)
    if "roster" in frames:
        frames["roster"].require(language, "person")
    result = Result(findings)
    result.notes.extend(note for frame in frames.values() for note in frame.notes)
    plots = _Plots(frames["map"], findings, progress.step(share=0.1)) if "map" in frames else _Plots.none()
    unit_frame = frames["units"]
    shapes, usable = _usable(unit_frame, findings, progress.step(share=0.02))
    metre = metre_of(unit_frame, shapes, usable)
    units = settle_units(
        unit_frame, shapes, usable, plots.unit, plots.inner, settings.level, findings, metre
    )  # fmt: skip
    result.notes.extend(units.notes)
    home = _homes(plots, units, findings, metre, progress.step(text("step.zoning.plots", language), 0.2))
    seam = seams.sewn(units.shape, plots.shape, home.unit)
    units.shape, plots.shape = seam.regions, seam.plots
    roads = _roads(frames.get("follow"), units, settings, metre)
    step = progress.step(text("step.zoning.cut", language), 0.55)

    def pulse() -> None:
        if step.cancelled():
            raise Cancelled

    todo = [replace(one, pulse=pulse) for one in _todo(plots, home, roads, units, settings, metre)]
    cuts = list(in_order(_cut_surely, todo, step))
    zones = _Zones(units, cuts, todo, home, plots, seam.nodes)
    progress.update(0.9)
    _tell_zones(zones, units, plots, settings, findings)
    _tables(zones, units, frames.get("roster"), settings, metre, result)
    result.checked = len(frames.get("map", unit_frame))
    progress.update(1.0)
    return result


class _Plots:
    """The plots that can be used, in an order that follows from their shapes alone."""

    def __init__(self, frame: Frame, findings: Findings, progress: Progress) -> None:
        shapes, usable = _usable(frame, findings, progress)
        rows = np.flatnonzero(usable)
        box = shapely.bounds(shapes[rows])
        name = labels(frame)[rows]
        rows = rows[np.lexsort((name.astype(str), shapely.area(shapes[rows]), *box.T[::-1]))]
        self.name: Shapes = labels(frame)[rows]
        self.unit: pd.Series = frame.column("unit").iloc[rows].reset_index(drop=True)
        self.shape: Shapes = shapes[rows]
        self.inner: Shapes = shapely.point_on_surface(self.shape)
        self.farmland = recorded_farmland(frame)[rows]

    @classmethod
    def none(cls) -> _Plots:
        empty = cls.__new__(cls)
        empty.name = empty.shape = empty.inner = np.empty(0, dtype=object)
        empty.unit, empty.farmland = pd.Series(dtype=object), np.empty(0, dtype=np.int64)
        return empty


def recorded_farmland(frame: Frame) -> npt.NDArray[np.int64]:
    """Farmland of each plot in hundredths of m²: as recorded, else the recorded plot area, else as measured."""
    area = np.full(len(frame), np.nan)
    for column in ("farmland_area", "plot_area", "area", "geometry_area"):
        if frame.has(column):
            given = frame.rows[column].to_numpy(dtype=float)
            area = np.where(np.isnan(area) | (area <= 0), given, area)
    plane = shapely.area(frame.rows["geometry"].to_numpy(dtype=object))
    return cents(np.nan_to_num(np.where(np.isnan(area), plane, area)))


def _usable(frame: Frame, findings: Findings, progress: Progress) -> tuple[Shapes, Mask]:
    """The shapes of a frame, invalid ones mended, and the mask of those that have land."""
    shapes, usable = land(frame, findings, progress)
    # Where a ring begins and how it turns must not matter for what is drawn.
    return shapely.normalize(shapes), usable


@dataclass(frozen=True)
class _Home:
    """The unit of each plot (-1: none) and a place of it there (n, 2)."""

    unit: Ints
    point: Floats


def _homes(plots: _Plots, units: Units, findings: Findings, metre: float, progress: Progress) -> _Home:
    """The unit that most of each plot lies in. R9007: in none; R9008: in several."""
    pairs = overlay(plots.shape, units.shape, geometry=False, progress=progress)
    order = np.lexsort((pairs.right, -pairs.area, pairs.left))
    left, right, area = pairs.left[order], pairs.right[order], pairs.area[order]
    first = np.flatnonzero(np.diff(left, prepend=-1))
    unit = np.full(len(plots.shape), -1, dtype=np.intp)
    unit[left[first]] = right[first]
    size = shapely.area(plots.shape)
    inside = np.zeros(len(plots.shape))
    inside[left[first]] = area[first]
    point = shapely.get_coordinates(plots.inner)
    partly = np.flatnonzero((unit >= 0) & (size - inside > _SAME_LAND * size))
    if len(partly):
        shared = shapely.intersection(plots.shape[partly], units.shape[unit[partly]])
        point[partly] = shapely.get_coordinates(shapely.point_on_surface(shared))
    none = np.flatnonzero(unit < 0)
    findings.add(
        "R9007", "map", plots.name[none], of=len(unit), unit=plots.unit.to_numpy()[none], geometry=plots.shape[none]
    )
    several = np.unique(left[np.setdiff1d(np.arange(len(left)), first)])
    outside = (size[several] - inside[several]) / metre**2
    several = several[outside >= threshold("overlap_error_floor").value]
    outside = (size[several] - inside[several]) / metre**2
    code = units.code[unit[several]]
    findings.add(
        "R9008", "map", plots.name[several], unit=code, unit_name=units.name[unit[several]], difference=outside,
        measure="m2", geometry=plots.shape[several], share=inside[several] / size[several],
        actual=[f"{one:.2f}" for one in outside],
    )  # fmt: skip
    return _Home(unit, point)


@dataclass(frozen=True)
class _Roads:
    """Lines to follow (object array of LineStrings), and for loads of length: pieces of them, `point` (n, 2), `length`
    in m, `unit`."""

    line: Shapes
    point: Floats
    length: Floats
    unit: Ints


def _roads(frame: Frame | None, units: Units, settings: Settings, metre: float) -> _Roads:
    lines = _lines(frame)
    if settings.load != "length" or not len(lines):
        return _Roads(lines, np.empty((0, 2)), np.empty(0), np.empty(0, dtype=np.intp))
    xy, line = shapely.get_coordinates(shapely.segmentize(lines, _STEP * metre), return_index=True)
    inner = line[:-1] == line[1:]
    middle, length = (xy[:-1] + xy[1:])[inner] / 2, np.hypot(*(xy[1:] - xy[:-1])[inner].T) / metre
    unit = np.full(len(middle), -1, dtype=np.intp)
    point, of = shapely.STRtree(units.shape).query(points(middle), predicate="intersects")
    unit[point[::-1]] = of[::-1]
    order = np.lexsort((middle[:, 1], middle[:, 0]))
    return _Roads(lines, middle[order], length[order], unit[order])


def _lines(frame: Frame | None) -> Shapes:
    """The lines of a frame, and the outlines of its polygons (a river may be one), each once, in an order of place."""
    if frame is None:
        return np.empty(0, dtype=object)
    parts = shapely.get_parts(shapely.force_2d(frame.rows["geometry"].to_numpy(dtype=object)))
    outlines = shapely.get_rings(parts[shapely.get_dimensions(parts) == 2])
    parts = np.concatenate([parts[shapely.get_dimensions(parts) == 1], outlines])
    parts = parts[shapely.length(parts) > 0]
    if not len(parts):
        return parts
    xy, row = shapely.get_coordinates(parts, return_index=True)
    written = np.asarray(shapely.to_wkb(shapely.normalize(shapely.linestrings(xy, indices=row))))
    known = sorted(set(written.tolist()))
    return np.asarray(shapely.from_wkb(known), dtype=object)


def _todo(
    plots: _Plots, home: _Home, roads: _Roads, units: Units, settings: Settings, metre: float
) -> list[Unit]:
    """What each unit is cut by."""
    load = {
        "plots": np.ones(len(plots.shape)), "area": plots.farmland / 100 / _MU, "length": np.zeros(len(plots.shape)),
    }[settings.load]  # fmt: skip
    members, pieces = _rows_by(home.unit, len(units)), _rows_by(roads.unit, len(units))
    follow = [np.empty(0, dtype=np.intp)] * len(units)
    if len(roads.line):
        unit, line = shapely.STRtree(roads.line).query(units.shape, predicate="intersects")
        order = np.argsort(unit, kind="stable")
        follow = np.split(line[order], np.searchsorted(unit[order], np.arange(1, len(units))))
    return [
        Unit(
            units.shape[row], plots.shape[own], home.point[own], load[own], settings.most,
            roads.line[np.sort(follow[row])], roads.point[pieces[row]], roads.length[pieces[row]] / _KM,
        )
        for row, own in enumerate(members)
    ]  # fmt: skip


def _rows_by(number: Ints, count: int) -> list[Ints]:
    """The rows of each number 0 … count - 1, sorted."""
    order = np.argsort(number, kind="stable")
    bounds = np.searchsorted(number[order], np.arange(count + 1))
    return [order[start:end] for start, end in zip(bounds[:-1], bounds[1:])]


def _cut_surely(unit: Unit) -> Cut:
    """The zones of a unit; the unit as one zone where its shapes are such that GEOS cannot part them rightly."""
    try:
        found = cut(unit)
    except GEOSException:
        return whole(unit)
    land, size = float(shapely.area(found.shapes).sum()), float(shapely.area(unit.region))
    fine = abs(land - size) <= _SAME_LAND * size and shapely.is_valid(found.shapes).all()
    return found if fine else whole(unit)


class _Zones:
    """All zones, sorted by code: shape, unit (row), number in the unit, plots, farmland in cents, load."""

    def __init__(
        self, units: Units, cuts: list[Cut], todo: list[Unit], home: _Home, plots: _Plots, spare: Nodes
    ) -> None:
        count = np.array([len(one.shapes) for one in cuts])
        unit = np.repeat(np.arange(len(units)), count)
        shapes = np.concatenate([one.shapes for one in cuts])
        shapes, met = nodes.agree(shapes, unit, units.shape)
        shapes = seams.without(shapes, np.concatenate([spare, met]))
        number = from_north_west(shapes, unit)
        order = np.lexsort((number, unit))
        place = np.empty(len(order), dtype=np.intp)
        place[order] = np.arange(len(order))
        self.shape, self.unit, self.number = shapes[order], unit[order], number[order]
        self.code: Shapes = np.array(
            [zone_code(units.code[row], n) for row, n in zip(self.unit, self.number.tolist())], dtype=object
        )
        first = np.cumsum(count) - count
        self.of_plot = np.full(len(plots.shape), -1, dtype=np.intp)
        load = np.zeros(len(order))
        for row, (own, one) in enumerate(zip(_rows_by(home.unit, len(units)), cuts)):
            self.of_plot[own] = place[first[row] + one.number]
            np.add.at(load, place[first[row] + one.number], todo[row].load)
            np.add.at(load, place[first[row] + one.road_number], todo[row].road_load)
        self.load = load
        placed = self.of_plot >= 0
        self.plots = np.bincount(self.of_plot[placed], minlength=len(order))
        self.farmland = np.zeros(len(order), dtype=np.int64)
        np.add.at(self.farmland, self.of_plot[placed], plots.farmland[placed])
        self.most = np.zeros(len(order))
        for row, one in enumerate(cuts):
            np.maximum.at(self.most, place[first[row] + one.number], todo[row].load)
        self.cut = np.array([needs_cutting(one) for one in todo])[self.unit]

    def __len__(self) -> int:
        return len(self.shape)


def _tell_zones(zones: _Zones, units: Units, plots: _Plots, settings: Settings, findings: Findings) -> None:
    """R9006 units without plots, R9009 and R9010 zones over the limit, R9011 uneven loads, R9012 zones in parts."""
    limit, language = settings.most, findings.language
    measure = text(f"load.{settings.load}", language)
    name = units.name[zones.unit]
    common = {"unit": units.code[zones.unit], "unit_name": name}
    empty = np.flatnonzero(np.bincount(zones.unit, zones.plots, len(units)) == 0)
    if len(plots.shape):
        findings.add(
            "R9006", "units", units.code[empty], of=len(units), unit=units.code[empty], unit_name=units.name[empty],
            geometry=units.shape[empty],
        )  # fmt: skip

    def tell(rule: str, at: Ints, **words: object) -> None:
        findings.add(
            rule, "zone", zones.code[at], of=len(zones), expected=in_full(limit),
            actual=[f"{one:.6g}" for one in zones.load[at]], difference=zones.load[at] - limit,
            geometry=zones.shape[at], measure_name=measure, **{k: v[at] for k, v in common.items()}, **words,
        )  # fmt: skip

    over = zones.load > limit * (1 + _ROUNDING)
    large = zones.most > limit * (1 + _ROUNDING)
    tell("R9009", np.flatnonzero(over & large))
    tell("R9010", np.flatnonzero(over & ~large))
    _tell_uneven(zones, units, limit, findings)
    parts = shapely.get_num_geometries(zones.shape)
    at = np.flatnonzero(parts > 1)
    findings.add(
        "R9012", "zone", zones.code[at], unit=common["unit"][at], unit_name=name[at], actual=parts[at].astype(str),
        expected="1", difference=parts[at] - 1.0, measure="count", geometry=zones.shape[at],
    )  # fmt: skip


def _tell_uneven(zones: _Zones, units: Units, limit: float, findings: Findings) -> None:
    count = np.bincount(zones.unit, minlength=len(units))
    total = np.bincount(zones.unit, zones.load, len(units))
    most = np.zeros(len(units))
    np.maximum.at(most, zones.unit, zones.load)
    ratio = np.divide(most * count, total, out=np.ones(len(units)), where=total > 0)
    at = np.flatnonzero((ratio > BALANCE * (1 + _ROUNDING)) & (count > 1))
    findings.add(
        "R9011", "units", units.code[at], unit=units.code[at], unit_name=units.name[at], expected=f"{BALANCE:g}",
        actual=[f"{one:.2f}" for one in ratio[at]], difference=ratio[at] - BALANCE, geometry=units.shape[at],
        count=count[at],
    )  # fmt: skip


def _tables(
    zones: _Zones, units: Units, people: Frame | None, settings: Settings, metre: float, result: Result
) -> None:
    findings, language = result.findings, result.findings.language
    levels = _levels(zones, units, settings, metre, language)
    places = levels[["code", "name", "level", "unit", "unit_name"]]
    own = _of_zones(levels, zones, units)
    result.tables["ZONES"] = own
    person: Mapping[str, str] = {}
    if people is None:
        result.unchecked.append(text("unchecked.zoning.roster", language))
    else:
        result.notes.extend(note for note in people.notes if note not in result.notes)
        joined = roster.join(people, places, settings.on_date, settings.show_phones, findings)
        result.tables["ROSTER_OUT"] = joined
        person = roster.persons(joined)
        # A zone's own people, else those of the village that it is a part of.
        named = own["zone_code"].map(person)
        own["person"] = named.where(named.notna(), own["unit"].map(person)).fillna("")
        at = np.flatnonzero((own["person"] == "").to_numpy())
        findings.add(
            "R9013", "zone", own["zone_code"].to_numpy()[at], of=len(own), unit=own["unit"].to_numpy()[at],
            unit_name=own["unit_name"].to_numpy()[at], geometry=zones.shape[at], name=own["zone_name"].to_numpy()[at],
        )  # fmt: skip
    levels["person"] = levels["code"].map({**dict(zip(own["zone_code"], own["person"])), **person}).fillna("")
    result.tables["LEVELS"] = levels.rename(columns={"code": "zone_code", "name": "zone_name"})
    result.notes.append(_said(zones, units, settings, language))


def _said(zones: _Zones, units: Units, settings: Settings, language: str) -> str:
    return text(
        "note.zoning.drawn", language, units=len(units), zones=len(zones), limit=in_full(settings.most),
        cut=len(np.unique(zones.unit[zones.cut])), load=text(f"load.{settings.load}", language),
    )  # fmt: skip


def _levels(zones: _Zones, units: Units, settings: Settings, metre: float, language: str) -> pd.DataFrame:
    """All units and zones, the greatest first."""
    areas = cents(_areas(zones.shape, settings.crs, metre))
    chains: list[tuple[str, Shapes]] = [(level, code[zones.unit]) for level, code in ancestors(units.code).items()]
    other = np.where(codes.levels(pd.Series(units.code)) == "", units.code, "").astype(object)
    chains += [(_OWN, other[zones.unit]), (ZONE, zones.code)]
    found = []
    for place, (level, code) in enumerate(chains):
        rows = np.flatnonzero(code != "")
        if not len(rows):
            continue
        names, shapes = (code, zones.shape) if level == ZONE else dissolve(zones.shape[rows], code[rows].astype(str))
        group = np.searchsorted(names.astype(str), code[rows].astype(str))
        first = np.empty(len(names), dtype=np.intp)
        first[group[::-1]] = rows[::-1]
        frame = pd.DataFrame({"code": names.astype(object)})
        frame["unit"] = units.code[zones.unit[first]] if level == ZONE else frame["code"]
        frame["unit_name"] = frame["unit"].map(units.names).fillna("")
        frame["level"] = level
        frame["parent"] = _parent(chains[:place], first)
        frame["name"] = (
            _zone_names(zones, units, language) if level == ZONE else frame["code"].map(units.names).fillna("")
        )
        for column, values in (("area", areas), ("farmland_area", zones.farmland)):
            total = np.zeros(len(names), dtype=np.int64)
            np.add.at(total, group, values[rows])
            frame[column] = total / 100
        for column, counts in (("plots", zones.plots), ("zones", np.ones(len(zones), dtype=np.int64))):
            total = np.zeros(len(names), dtype=np.int64)
            np.add.at(total, group, counts[rows].astype(np.int64))
            frame[column] = total
        frame["load"] = np.round(np.bincount(group, zones.load[rows], len(names)), 3)
        frame["perimeter"] = np.round(shapely.length(shapes) / metre, 2)
        frame["parts"] = shapely.get_num_geometries(shapes).astype(np.int64)
        frame["geometry"] = pd.Series(shapes, dtype=object)
        found.append(frame)
    levels = pd.concat(found, ignore_index=True)
    present = [level for level in (*codes.LEVELS, _OWN, ZONE) if (levels["level"] == level).any()]
    levels.insert(5, "rank", levels["level"].map({level: rank for rank, level in enumerate(present, 1)}))
    return levels


def _areas(shapes: Shapes, crs: Crs | None, metre: float) -> Floats:
    plane = np.asarray(shapely.area(shapes) / metre**2)
    if crs is None:
        return plane
    official = ellipsoid.areas(shapes, crs)
    return np.where(np.isfinite(official), official, plane)


def _parent(above: list[tuple[str, Shapes]], first: Ints) -> Shapes:
    """The code next above, of the first zone of each place."""
    result = np.full(len(first), "", dtype=object)
    for _, code in above:
        result = np.where(code[first] != "", code[first], result)
    return result


def _zone_names(zones: _Zones, units: Units, language: str) -> list[str]:
    count = np.bincount(zones.unit, minlength=len(units))
    return [
        text(
            "zone.name" if count[unit] > 1 else "zone.only", language, unit=units.name[unit] or units.code[unit],
            number=number,
        )
        for unit, number in zip(zones.unit.tolist(), zones.number.tolist())
    ]  # fmt: skip


def _of_zones(levels: pd.DataFrame, zones: _Zones, units: Units) -> pd.DataFrame:
    """The zones of the levels as a table of their own."""
    own = levels[levels["level"] == ZONE].reset_index(drop=True)
    own = own.rename(columns={"code": "zone_code", "name": "zone_name"})
    own["colour"] = colours(zones.shape, np.arange(len(zones))).astype(np.int64)
    own["person"] = ""
    own[["label_x", "label_y"]] = np.round(label_points(zones.shape), 3)
    columns = (
        "zone_code", "unit", "level", "zone_name", "colour", "area", "farmland_area", "plots", "load", "person",
        "unit_name", "perimeter", "parts", "label_x", "label_y", "geometry",
    )  # fmt: skip
    return own[list(columns)]
