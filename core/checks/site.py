"""选址预审: what a proposed site touches, and how far it would have to move or shrink to leave basic farmland."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core import units
from redline.core.catalogue import text
from redline.core.checks import farmland
from redline.core.checks import permit_areas as areas
from redline.core.checks.permit_sides import Permits, Side
from redline.core.findings import Findings
from redline.core.frames import Frame, positions
from redline.core.geometry.crs import Crs
from redline.core.geometry.evading import least_shift
from redline.core.geometry.pieces import cut, unions
from redline.core.progress import Progress
from redline.core.result import Result
from redline.core.standards import land_class, threshold
from redline.core.standards.permits import builds_on, zone_scheme

REACH = 500.0
"""Metres around a site within which a place for it is looked for."""
THEMES = ("farmland", "red_line", "landuse", "plan", "permit")
_CALLED = ("permit", "parcel", "project", "title")
_NAMED = 6
_RULES = {"farmland": "R7100", "red_line": "R7101", "permit": "R7103"}

Texts = npt.NDArray[np.object_]
Cents = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Settings:
    """Land counts that is more than `least_area` m² and somewhere wider than `edge_tolerance` m. A place for a site is
    looked for within `most` metres."""

    edge_tolerance: float = field(default_factory=lambda: threshold("edge_tolerance").value)
    least_area: float = field(default_factory=lambda: threshold("farmland_conflict_area").value)
    most: float = REACH


@dataclass(frozen=True)
class _Land:
    """Disjoint pieces of the sites: row of the site, shape, cents of its drawn area and of basic farmland by the
    recorded-area rule (0 without a layer of it), and what covers each by theme."""

    owner: npt.NDArray[np.int64]
    shapes: areas.Shapes
    cents: Cents
    farmland: Cents
    labels: dict[str, Texts]


def check(frames: Mapping[str, Frame], findings: Findings, settings: Settings, progress: Progress) -> Result:
    """Lay every "site" on "farmland" (or "map"), "red_line", "landuse", "plan" and "permit", as far as these are given.

    Gives `PIECES` (disjoint; `area` is the drawn one and adds up to each site to the cent, `farmland_area` the basic
    farmland by the recorded-area rule), `SUMMARY_TABLE` (m², 亩 and share by theme and name as drawn; of plots also the
    basic farmland) and `WAYS_OUT` (least shift; what is left where farmland and red lines are cut off). Rules
    R5001–R5006, R7100–R7104. Source: 土地管理法第三十五条; DOMAIN §1.5, §4.4 (4), §5.3.
    """
    language = findings.language
    result = Result(findings, checked=len(frames["site"]), thing="site")
    _name(frames["site"])
    sites = Side(frames["site"], result)
    layers = {"farmland": frames["map"], **frames} if "map" in frames else frames
    given = {theme: layers[theme] for theme in THEMES if theme in layers}
    sides: dict[str, Side] = {
        theme: (Permits if theme == "permit" else Side)(frame, result, around=True) for theme, frame in given.items()
    }
    if "farmland" in sides:
        farmland.tell_records(sides["farmland"], _met(sites, sides["farmland"]), findings)
    whole = areas.official(sites.shapes, sites.plane)
    pieces = _on_farmland(sites, sides.get("farmland"), whole, progress.step(share=0.3))
    pieces = _on_others(pieces, sides, sites.plane, progress.step(share=0.5))
    result.tables["PIECES"] = _pieces(sites, pieces)
    result.tables["SUMMARY_TABLE"] = _summary(sites, pieces, whole, language)
    for theme in ("farmland", "red_line", "permit"):
        if theme in pieces.labels:
            amount = pieces.farmland if theme == "farmland" else pieces.cents
            _tell(theme, sites, pieces, amount, settings, findings)
    if "plan" in pieces.labels:
        _tell_outside(sites, pieces, settings, findings)
    result.tables["WAYS_OUT"] = _ways_out(sites, sides, whole, settings, progress.step(share=0.9))
    result.unchecked += [text(f"unchecked.site.{theme}", language) for theme in THEMES if theme not in sides]
    progress.update(1.0)
    return result


def _on_farmland(sites: Side, fields: Side | None, whole: Cents, progress: Progress) -> _Land:
    """The sites cut by plots of basic farmland alone: how much of it there is does not depend on the other layers."""
    owner = np.flatnonzero(sites.usable)
    shapes = sites.shapes[owner]
    if fields is None:
        return _Land(owner, shapes, whole[owner], np.zeros(len(owner), dtype=np.int64), {})
    pieces = cut(shapes, fields.shapes, progress=progress, trusted=True)
    owner = owner[pieces.owner]
    plot = farmland.counting(pieces.piece, pieces.cover, len(pieces), fields)
    measured = areas.official(pieces.geometry, sites.plane)
    cents = areas.settled(measured, owner, whole, pieces.geometry)
    net = farmland.amounts(owner, plot, cents, measured, pieces.area, pieces.geometry, fields)
    return _Land(owner, pieces.geometry, cents, net, {"farmland": _called(_names("farmland", fields), plot)})


def _on_others(base: _Land, sides: Mapping[str, Side], plane: Crs | None, progress: Progress) -> _Land:
    """The pieces cut by the other layers as well; those of one piece add up to it, and to its basic farmland."""
    parent, shapes, labels = np.arange(len(base.owner)), base.shapes, dict(base.labels)
    for theme, side in sides.items():
        if theme == "farmland":
            continue
        pieces = cut(shapes, side.shapes, progress=progress.step(share=0.4), trusted=True)
        labels = {earlier: column[pieces.owner] for earlier, column in labels.items()}
        labels[theme] = _called(_names(theme, side), pieces.first_cover)
        parent, shapes = parent[pieces.owner], pieces.geometry
    cents = areas.settled(areas.official(shapes, plane), parent, base.cents, shapes)
    share = np.divide(base.farmland, base.cents, out=np.zeros(len(base.cents)), where=base.cents > 0)
    part = units.round_half_away(cents * share[parent], 0).astype(np.int64)
    net = areas.settled(part, parent, base.farmland, shapes)
    return _Land(base.owner[parent], shapes, cents, net, labels)


def _called(names: Texts, cover: npt.NDArray[np.int64]) -> Texts:
    """The name of what covers each piece, "" where nothing does (-1)."""
    return np.append(names, "").astype(object)[cover]


def _met(sites: Side, side: Side) -> npt.NDArray[np.bool_]:
    """Mask of the shapes of a layer that some site meets."""
    met = np.zeros(len(side), dtype=bool)
    met[shapely.STRtree(side.shapes).query(sites.shapes, predicate="intersects")[1]] = True
    return met


def _name(frame: Frame) -> None:
    """Give every site the number or name that it has: that of the project, the application or the parcel, else the name
    of the project or the parcel. Several under one name are told apart by their parcels, else by where they lie."""
    key = frame.column("key")
    for column in _CALLED:
        key = key.where(key != "", frame.column(column))
    places: pd.Series = pd.Series(positions(frame.rows["geometry"].to_numpy(dtype=object)), index=key.index)
    for apart, joint in ((frame.column("parcel"), "/"), (places, "")):
        several = (key != "") & key.duplicated(keep=False) & (apart != "") & (apart != key)
        key = key.where(~several, key + joint + apart)
    frame.rows["key"] = key


def _names(theme: str, side: Side) -> Texts:
    """What the pieces under a layer are called: plot, red line or permit by name, land by class, plan by zone."""
    frame = side.frame
    if theme == "landuse":
        return frame.column("land_class").to_numpy(dtype=object)
    if theme == "plan":
        zone, name = frame.column("plan_zone"), frame.column("plan_zone_name")
        scheme = zone_scheme(frame.name, frame.fields.get("plan_zone", ""))
        allowed = [builds_on(str(code), str(called), scheme) for code, called in zip(zone, name)]
        said = [str(called or code or "") for code, called in zip(zone, name)]
        return np.array([f"{'+' if able else '-'}{one}" for able, one in zip(allowed, said)], dtype=object)
    if theme == "red_line" and frame.has("title"):
        title = frame.rows["title"].to_numpy(dtype=object)
        return np.where(title == "", side.names, title)
    return side.names


def _pieces(sites: Side, land: _Land) -> pd.DataFrame:
    columns = {theme: land.labels.get(theme, np.full(len(land.owner), "", dtype=object)) for theme in THEMES}
    columns["plan"] = np.array([str(name)[1:] for name in columns["plan"]], dtype=object)
    frame = pd.DataFrame({
        "site": sites.names[land.owner], **columns, "area": units.from_cents(land.cents),
        "farmland_area": units.from_cents(land.farmland) if "farmland" in land.labels else math.nan,
        "geometry": land.shapes,
    })  # fmt: skip
    return frame.sort_values(["site", *THEMES, "area"], kind="stable", ignore_index=True)


def _summary(sites: Side, land: _Land, whole: Cents, language: str) -> pd.DataFrame:
    """Area of each site by theme and name, as drawn; "" is the land of which the theme says nothing. Of plots also the
    basic farmland by the recorded-area rule."""
    rows = []
    for theme, column in land.labels.items():
        table = pd.DataFrame({"owner": land.owner, "name": column, "cents": land.cents, "net": land.farmland})
        sums = table.groupby(["owner", "name"])[["cents", "net"]].sum().reset_index()
        for row, name, amount, of_it in zip(sums["owner"], sums["name"], sums["cents"], sums["net"]):
            area = int(amount)
            rows.append({
                "site": sites.names[row], "theme": theme, "name": _titled(theme, str(name), language),
                "area": _in(area, "m2"), "area_mu": _in(area, "mu"),
                "share": area / whole[row] if whole[row] else math.nan,
                "farmland_area": _in(int(of_it), "m2") if theme == "farmland" else math.nan,
                "farmland_area_mu": _in(int(of_it), "mu") if theme == "farmland" else math.nan,
            })  # fmt: skip
    columns = ["site", "theme", "name", "area", "area_mu", "share", "farmland_area", "farmland_area_mu"]
    found = pd.DataFrame(rows, columns=columns)
    found["order"] = found["theme"].map({theme: place for place, theme in enumerate(THEMES)})
    found = found.sort_values(["site", "order", "area", "name"], ascending=[True, True, False, True], ignore_index=True)
    return found[columns]


def _in(cents: int, unit: str) -> float:
    return float(units.from_cents(np.array([cents]), unit)[0])  # type: ignore[index]


def _titled(theme: str, name: str, language: str) -> str:
    if theme == "landuse" and name:
        known = land_class(name, "sandiao")
        return f"{name} {known.title[language]}" if known else name
    return name[1:] if theme == "plan" and name else name


def _counted(
    sites: Side, land: _Land, amount: Cents, mask: npt.NDArray[np.bool_], settings: Settings
) -> tuple[npt.NDArray[np.int64], areas.Shapes, Cents]:
    """The sites of which the land in `mask` counts: rows, that land, its cents by `amount`."""
    shapes = unions(land.shapes[mask], land.owner[mask], len(sites))
    parts, of = shapely.get_parts(shapes, return_index=True)
    real = np.bincount(of[areas.wide(parts, settings.edge_tolerance)], minlength=len(sites)) > 0
    total = np.zeros(len(sites), dtype=np.int64)
    np.add.at(total, land.owner[mask], amount[mask])
    rows = np.flatnonzero(real & (total > round(settings.least_area * 100)))
    return rows, shapes[rows], total[rows]


def _tell(theme: str, sites: Side, land: _Land, amount: Cents, settings: Settings, findings: Findings) -> None:
    """R7100 basic farmland, R7101 red lines, R7103 permits."""
    labels = land.labels[theme]
    rows, shapes, total = _counted(sites, land, amount, labels != "", settings)
    names = [sorted({str(name) for name in labels[(land.owner == row) & (labels != "")]}) for row in rows]
    said = ["、".join(several[:_NAMED]) + ("…" if len(several) > _NAMED else "") for several in names]
    _add(findings, _RULES[theme], sites, rows, shapes, total, names=said)


def _tell_outside(sites: Side, land: _Land, settings: Settings, findings: Findings) -> None:
    """R7102: land outside the zones in which the plan lets build."""
    outside = np.array([not str(name).startswith("+") for name in land.labels["plan"]], dtype=bool)
    rows, shapes, total = _counted(sites, land, land.cents, outside, settings)
    _add(findings, "R7102", sites, rows, shapes, total)


def _add(
    findings: Findings, rule: str, sites: Side, rows: npt.NDArray[np.int64], land: areas.Shapes, total: Cents,
    **words: Any,
) -> None:  # fmt: skip
    findings.add(
        rule, "site", sites.names[rows], unit=sites.unit[rows], difference=units.from_cents(total), measure="m2",
        geometry=land, area=[units.format_area(int(n)) for n in total],
        mu=[units.format_area(int(n), "mu") for n in total], **words,
    )  # fmt: skip


def _ways_out(
    sites: Side, sides: Mapping[str, Side], whole: Cents, settings: Settings, progress: Progress
) -> pd.DataFrame:
    """For every site: the least shift that leaves farmland and red lines, and what is left where these are cut off."""
    barriers = [side.shapes[side.usable] for theme, side in sides.items() if theme in ("farmland", "red_line")]
    obstacles = np.concatenate([np.empty(0, dtype=object), *barriers])
    tree = shapely.STRtree(obstacles)
    rows = []
    for row in np.flatnonzero(sites.usable):
        shape = sites.shapes[row]
        west, south, east, north = shape.bounds
        room = settings.most
        near = obstacles[np.sort(tree.query(shapely.box(west - room, south - room, east + room, north + room)))]
        on_site = near[shapely.intersects(near, shape)]
        left = shapely.difference(shape, shapely.union_all(on_site)) if len(on_site) else shape
        parts = shapely.get_parts(left)
        parts = parts[areas.wide(parts, settings.edge_tolerance)]
        largest = max(parts, key=lambda part: part.area) if len(parts) else None
        kept = areas.official(np.array([left], dtype=object), sites.plane)[0]
        move = least_shift(shape, near, settings.most, progress)
        rows.append({
            "site": sites.names[row], "lost_area": (whole[row] - kept) / 100,
            "lost_share": (whole[row] - kept) / whole[row] if whole[row] else math.nan, "parts_left": len(parts),
            "compactness": 4 * math.pi * largest.area / largest.length**2 if largest is not None else math.nan,
            "shift": round(move.distance, 2) if move else math.nan,
            "shift_east": round(move.east, 2) if move else math.nan,
            "shift_north": round(move.north, 2) if move else math.nan, "geometry": left if not left.is_empty else None,
        })  # fmt: skip
    columns = [
        "site", "lost_area", "lost_share", "parts_left", "compactness", "shift", "shift_east", "shift_north",
        "geometry",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).sort_values("site", kind="stable", ignore_index=True)
