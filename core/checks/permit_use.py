"""What became of permits: how much of each is used, what it lies on, and whether two permit the same land."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core import units
from redline.core.checks import areas as recorded_areas
from redline.core.checks import farmland
from redline.core.checks import permit_areas as areas
from redline.core.checks import permit_states as states
from redline.core.checks.permit_judgement import Settings
from redline.core.checks.permit_sides import Permits, Side, in_order_of_names
from redline.core.findings import Findings
from redline.core.frames import Frame
from redline.core.geometry.blocks import around, by_extent
from redline.core.geometry.covered import covered
from redline.core.geometry.overlay import overlay, usable
from redline.core.geometry.pieces import cut, unions
from redline.core.heap import give_back
from redline.core.progress import Progress
from redline.core.standards.permits import builds_on, needs_permit, zone_scheme

USED, PARTLY_USED, UNUSED, IDLE = "used", "partly_used", "unused", "idle"
_YEAR = 365.25
# Metres by which the box of a plot that lies in a permit as a whole may stand out of that of the permit.
_NEAR = 1.0


def use_of_permits(
    permits: Permits, changes: Side, shares: areas.Shares, frames: Mapping[str, Frame], fields: Side | None,
    names: Mapping[str, str], settings: Settings, findings: Findings, progress: Progress,
) -> pd.DataFrame:  # fmt: skip
    """`PERMITS_OUT`: used share and use of every permit, sorted by key.

    `shares`: what the changes share with all approved permits, and with those of which nobody knows the state.
    Used is what changes have taken, or what the land use says is construction land. `idle`: approved more than
    `idle_years` ago and used for less than `idle_share` (批而未用, R7004); "" for one that was rejected or has lapsed.
    `farmland_area` is by the recorded-area rule, without field ridges; all other areas are as drawn.
    Also R7011 (two permits for one land), R7012 (outside the plan's zones), R7016 (on basic farmland), R7017 (drawn
    against approved area). Source: DOMAIN §5.3.
    """
    drawn = areas.official(permits.shapes, permits.plane)
    used = _used(permits, changes, shares, frames.get("landuse"), drawn, progress.step(share=0.4))
    share = np.divide(used, drawn, out=np.full(len(permits), np.nan), where=drawn > 0)
    approved = states.span(permits.frame, "approved").last
    age = np.where(states.yet_to_come(permits.frame, settings.on_date), np.nan, _years(approved, settings.on_date))
    old = states.later_by(approved, settings.idle_years) < np.datetime64(settings.on_date, "D")
    use = _use(share, drawn - used, drawn, old & (permits.state == states.APPROVED), settings)
    # Of a permit that does not stand nothing can be used, whatever is built there.
    use[np.isin(permits.state, states.VOID)] = ""
    _tell_idle(permits, use, age, used, drawn, findings)
    doubled, others = _twice(permits, settings, findings, progress.step(share=0.2))
    nothing = np.full(len(permits), np.nan)
    on_farmland, outside = nothing, nothing
    if fields is not None:
        on_farmland = _on_farmland(permits, fields, drawn, settings, findings, progress.step(share=0.4))
    if "plan" in frames:
        outside = _outside_plan(permits, frames["plan"], settings, findings, progress.step(share=0.5))
    stated = _drawn_otherwise(permits, drawn, findings)
    progress.update(1.0)
    measured = np.asarray(units.from_cents(drawn), dtype=float)
    frame = pd.DataFrame({
        "key": permits.names, "unit": permits.unit, "area": measured, "approved_area": stated,
        "used_area": units.from_cents(used), "used_share": share, "use": use, "state": permits.state, "years": age,
        "idle_years": np.where(use == IDLE, _full_years(approved, settings.on_date), np.nan),
        "difference": units.round_half_away(measured - stated),
        "overlap_area": doubled, "others": others, "farmland_area": on_farmland, "outside_plan_area": outside,
        "temporary": permits.temporary, "unit_name": [names.get(code, "") for code in permits.unit],
        "geometry": permits.shapes,
    })  # fmt: skip
    return frame.sort_values(["key", "unit"], kind="stable", ignore_index=True)


def _used(
    permits: Permits, changes: Side, shares: areas.Shares, landuse: Frame | None, drawn: areas.Cents,
    progress: Progress,
) -> areas.Cents:  # fmt: skip
    """Cents of each permit that are built on: by changes, or by the land use."""
    kinds = changes.frame.column("change_kind")
    building = np.array([needs_permit(str(kind)) for kind in kinds], dtype=bool)
    known = building[shares.violation]
    rows, land = [shares.permit[known]], [shares.land[known]]
    others = np.flatnonzero(~np.isin(permits.state, states.MAY_COVER))
    built = [(others, changes.shapes[changes.usable & building])]
    if landuse is not None:
        built.append((np.arange(len(permits)), _construction(landuse)))
    for those, shapes in built:
        pairs = overlay(permits.shapes[those], shapes, progress=progress.step(share=0.5), trusted=True)
        rows.append(those[pairs.left])
        land.append(np.asarray(pairs.geometry, dtype=object))
    taken = unions(np.concatenate(land), np.concatenate(rows), len(permits))
    return np.minimum(areas.official(taken, permits.plane), drawn)


def _construction(landuse: Frame) -> areas.Shapes:
    """The shapes of what the land use calls construction land."""
    shapes = landuse.rows["geometry"].to_numpy(dtype=object)
    codes = landuse.column("land_class").to_numpy(dtype=object)
    big = areas.big_classes(landuse.profile.scheme, pd.unique(codes))
    construction = np.array([big[code] == areas.CONSTRUCTION for code in codes], dtype=bool)
    return shapes[construction & usable(shapes)]


def _years(approved: states.Days, on_date: datetime.date) -> npt.NDArray[np.float64]:
    """Years from the (latest possible) day of approval to the day of the check, NaN where it is not known; none have
    passed in the month of approval."""
    days = np.maximum((np.datetime64(on_date, "D") - approved).astype(float), 0.0)
    return np.where(np.isnat(approved), np.nan, np.floor(days / _YEAR * 100) / 100)


def _full_years(approved: states.Days, on_date: datetime.date) -> npt.NDArray[np.float64]:
    """How many calendar years have passed, NaN where the day of approval is not known."""
    day, begun = np.datetime64(on_date, "D"), approved.astype("datetime64[Y]")
    years = np.where(np.isnat(approved), np.nan, (day.astype("datetime64[Y]") - begun).astype(float))
    for turned in np.unique(years[~np.isnan(years)]):
        years[(years == turned) & (states.later_by(approved, turned) > day)] -= 1
    return years


def _use(
    share: npt.NDArray[np.float64], left: areas.Cents, drawn: areas.Cents, old: npt.NDArray[np.bool_],
    settings: Settings,
) -> npt.NDArray[np.object_]:  # fmt: skip
    slack = np.maximum(settings.tolerance_area * 100, drawn * settings.tolerance_share / 100)
    with np.errstate(invalid="ignore"):
        idle = old & (share < settings.idle_share)
        nothing = drawn - left <= slack
    return np.select([np.isnan(share), left <= slack, idle, nothing], ["", USED, IDLE, UNUSED], PARTLY_USED).astype(
        object
    )


def _tell_idle(
    permits: Permits, use: npt.NDArray[np.object_], age: npt.NDArray[np.float64], used: areas.Cents, drawn: areas.Cents,
    findings: Findings,
) -> None:  # fmt: skip
    rows = np.flatnonzero(use == IDLE)
    findings.add(
        "R7004", "permit", permits.names[rows], unit=permits.unit[rows],
        unit_name=permits.frame.column("unit_name").to_numpy()[rows], geometry=permits.shapes[rows],
        expected=recorded_areas.metres(units.from_cents(drawn[rows])),
        actual=recorded_areas.metres(units.from_cents(used[rows])),
        difference=units.from_cents(used[rows] - drawn[rows]), measure="m2",
        years=[f"{years:.1f}" for years in age[rows]], share=used[rows] / np.maximum(drawn[rows], 1),
    )  # fmt: skip


def _twice(
    permits: Permits, settings: Settings, findings: Findings, progress: Progress
) -> tuple[npt.NDArray[np.float64], list[str]]:
    """R7011: two approved permits of one kind for the same land at the same time; by permit, the land in m² that others
    permit as well, and a `;` list of these. Conversion and acquisition of one site are two steps of one matter."""
    rows = permits.rows_of((states.APPROVED,))
    pairs = overlay(
        permits.shapes[rows], permits.shapes[rows], progress=progress, trusted=True,
        wanted=lambda one, other: (one < other) & _same_matter(permits, rows[one], rows[other]),
    )  # fmt: skip
    land = np.asarray(pairs.geometry, dtype=object)
    left, right = rows[pairs.left], rows[pairs.right]
    once = np.flatnonzero(pairs.area > settings.tolerance_area)
    once = once[areas.wide(land[once], settings.edge_tolerance)]
    first, second = in_order_of_names(permits, left[once], right[once])
    cents = areas.official(land[once], permits.plane)
    findings.add(
        "R7011", "permit", permits.names[first], related=permits.names[second], unit=permits.unit[first],
        difference=units.from_cents(cents), measure="m2", geometry=land[once],
        area=units.format_areas(cents),
    )  # fmt: skip
    both, met = np.concatenate([left[once], right[once]]), np.concatenate([right[once], left[once]])
    shared = unions(np.concatenate([land[once], land[once]]), both, len(permits))
    said: list[set[str]] = [set() for _ in range(len(permits))]
    for row, name in zip(both, permits.names[met]):
        said[row].add(str(name))
    return _metres(areas.official(shared, permits.plane)), [";".join(sorted(some)) for some in said]


def _same_matter(permits: Permits, left: areas.Rows, right: areas.Rows) -> npt.NDArray[np.bool_]:
    """Mask of the pairs of permits that are of one kind, as far as it is told, and that stand at the same time."""
    kind = permits.frame.column("kind").to_numpy(dtype=object)
    same = (kind[left] == kind[right]) | (kind[left] == "") | (kind[right] == "")
    approved, expires = states.span(permits.frame, "approved"), states.span(permits.frame, "expires").first
    with np.errstate(invalid="ignore"):
        apart = (expires[left] < approved.first[right]) | (expires[right] < approved.first[left])
    return np.asarray(same & ~apart, dtype=bool)


def _metres(cents: areas.Cents) -> npt.NDArray[np.float64]:
    return np.asarray(units.from_cents(cents), dtype=float)


def _on_farmland(
    permits: Permits, fields: Side, drawn: areas.Cents, settings: Settings, findings: Findings, progress: Progress
) -> npt.NDArray[np.float64]:
    """R7016: a permit on basic farmland; R7013 where it is a temporary one. Gives the basic farmland in each in m², by
    the recorded-area rule."""
    rows = np.flatnonzero(np.isin(permits.state, (states.APPROVED, *states.UNDER_WAY, "")))
    land, cents = _on_plots(permits, rows, fields, drawn, progress)
    hit = np.flatnonzero(_real(land, settings) & (cents > round(settings.farmland_area * 100)))
    for rule, at in (("R7013", hit[permits.temporary[hit]]), ("R7016", hit[~permits.temporary[hit]])):
        _tell_land(rule, permits, at, land, cents, findings)
    return _metres(cents)


def _on_plots(
    permits: Permits, rows: areas.Rows, fields: Side, drawn: areas.Cents, progress: Progress
) -> tuple[areas.Shapes, areas.Cents]:
    """What of the permits at `rows` lies on plots, row-wise for all permits, None where nothing does, and the cents of
    basic farmland in it; worked out a block of extent at a time."""
    land, cents = np.full(len(permits), None, dtype=object), np.zeros(len(permits), dtype=np.int64)
    boxes = shapely.bounds(fields.shapes)
    blocks = by_extent(permits.shapes[rows], areas.BLOCK)
    for block in blocks:
        these = rows[block]
        shapes, near = permits.shapes[these], around(permits.shapes[these], boxes)
        step = progress.step(share=1.0 / len(blocks))
        wholly, beside = covered(shapes, fields.shapes[near], progress=step.step(share=0.2))
        on = np.flatnonzero(wholly)
        ridges, holds = _ridges(shapes[on], near, fields, step.step(share=0.4))
        plain = on[~holds]
        land[these[plain]], cents[these[plain]] = shapes[plain], drawn[these[plain]] - ridges[~holds]
        left = np.setdiff1d(np.flatnonzero(~beside), plain)
        land[these[left]], cents[these[left]] = _cut_by_plots(
            shapes[left], near, fields, drawn[these[left]], step.step()
        )
        give_back()
    return land, cents


def _ridges(
    shapes: areas.Shapes, near: areas.Rows, fields: Side, progress: Progress
) -> tuple[areas.Cents, npt.NDArray[np.bool_]]:
    """Cents of field ridges in shapes that lie on plots which do not overlap there; and a mask of those that hold a
    plot as a whole, which counts with its recorded area. All else of such a shape is basic farmland: plots that have
    no ridges and cannot be whole need not be measured."""
    plots = fields.shapes[near]
    ridged, inner, outer = farmland.ridge_share(fields.frame)[near] > 0, shapely.bounds(plots), shapely.bounds(shapes)

    def matters(shape: areas.Rows, plot: areas.Rows) -> npt.NDArray[np.bool_]:
        low, high = inner[plot, :2] >= outer[shape, :2] - _NEAR, inner[plot, 2:] <= outer[shape, 2:] + _NEAR
        return np.asarray(ridged[plot] | (low & high).all(axis=1))

    pairs = overlay(shapes, plots, progress=progress, trusted=True, wanted=matters)
    plot = near[pairs.right]
    holds = np.isin(np.arange(len(shapes)), pairs.left[farmland.whole(pairs.area, plot, fields)])
    measured = areas.official(np.asarray(pairs.geometry, dtype=object), fields.plane)
    total = np.zeros(len(shapes), dtype=np.int64)
    np.add.at(total, pairs.left, farmland.ridges(measured, plot, fields))
    return total, holds


def _cut_by_plots(
    shapes: areas.Shapes, near: areas.Rows, fields: Side, drawn: areas.Cents, progress: Progress
) -> tuple[areas.Shapes, areas.Cents]:
    """The land of shapes on plots, None where there is none, and the cents of basic farmland in it."""
    pieces = cut(shapes, fields.shapes[near], progress=progress, trusted=True)
    plot = farmland.counting(pieces.piece, near[pieces.cover], len(pieces), fields)
    measured = areas.official(pieces.geometry, fields.plane)
    cents = areas.settled(measured, pieces.owner, drawn, pieces.geometry)
    net = farmland.amounts(pieces.owner, plot, cents, measured, pieces.area, pieces.geometry, fields)
    total = np.zeros(len(shapes), dtype=np.int64)
    np.add.at(total, pieces.owner, net)
    there = plot >= 0
    return unions(pieces.geometry[there], pieces.owner[there], len(shapes), within=shapes), total


def _real(land: areas.Shapes, settings: Settings) -> npt.NDArray[np.bool_]:
    """Mask of the land that has a part wider than the edge tolerance."""
    parts, owner = shapely.get_parts(land, return_index=True)
    return np.bincount(owner[areas.wide(parts, settings.edge_tolerance)], minlength=len(land)) > 0


def _tell_land(
    rule: str, permits: Permits, at: areas.Rows, land: areas.Shapes, cents: areas.Cents, findings: Findings
) -> None:
    findings.add(
        rule, "permit", permits.names[at], unit=permits.unit[at],
        unit_name=permits.frame.column("unit_name").to_numpy()[at], difference=units.from_cents(cents[at]),
        measure="m2", geometry=land[at], area=units.format_areas(cents[at]),
        mu=units.format_areas(cents[at], "mu"),
    )  # fmt: skip


def _outside_plan(
    permits: Permits, plan: Frame, settings: Settings, findings: Findings, progress: Progress
) -> npt.NDArray[np.float64]:
    """R7012: land of a permit outside the zones in which the plan lets build; gives it in m²."""
    scheme = zone_scheme(plan.name, plan.fields.get("plan_zone", ""))
    zone_names = zip(plan.column("plan_zone"), plan.column("plan_zone_name"))
    allowed = np.array([builds_on(str(zone), str(name), scheme) for zone, name in zone_names], dtype=bool)
    zones = plan.rows["geometry"].to_numpy(dtype=object)
    rows = np.flatnonzero(np.isin(permits.state, (states.APPROVED, *states.UNDER_WAY, "")) & ~permits.temporary)
    pieces = cut(permits.shapes[rows], zones[allowed & usable(zones)], progress=progress)
    beyond = np.ones(len(pieces), dtype=bool)
    beyond[pieces.piece] = False
    land = unions(pieces.geometry[beyond], rows[pieces.owner[beyond]], len(permits))
    cents = areas.official(land, permits.plane)
    whole = areas.official(permits.shapes, permits.plane)
    due = np.maximum(settings.tolerance_area * 100, whole * settings.tolerance_share / 100)
    _tell_land("R7012", permits, np.flatnonzero(_real(land, settings) & (cents > due)), land, cents, findings)
    return _metres(cents)


def _drawn_otherwise(permits: Permits, drawn: areas.Cents, findings: Findings) -> npt.NDArray[np.float64]:
    """R7017: the drawn area is not the approved one; gives the approved areas in m²."""
    frame = permits.frame
    if not frame.has("area"):
        return np.full(len(permits), np.nan)
    measured = np.where(drawn > 0, np.asarray(units.from_cents(drawn), dtype=float), np.nan)
    recorded_areas.settle_unit(frame, "area", measured, findings)
    stated = frame.rows["area"].to_numpy(dtype=float)
    place = recorded_areas.rounding(frame, "area")
    wrong = recorded_areas.recorded_grade(stated, measured, recorded_areas.Settings(), place)
    rows = np.flatnonzero(wrong == "error")
    findings.add(
        "R7017", "permit", permits.names[rows], unit=permits.unit[rows],
        unit_name=frame.column("unit_name").to_numpy()[rows], geometry=permits.shapes[rows],
        expected=recorded_areas.metres(stated[rows]),
        actual=recorded_areas.metres(units.from_cents(drawn[rows])),
        difference=measured[rows] - stated[rows], measure="m2", of=int((stated > 0).sum()),
    )  # fmt: skip
    return stated
