"""One layer of plots by its shapes: overlaps, gaps, duplicates, multiparts, slivers, and how it fits its units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core.catalogue import text
from redline.core.checks.areas import metres
from redline.core.checks.ground import check_ground
from redline.core.checks.units import check_position, unit_names
from redline.core.findings import Findings
from redline.core.frames import Frame, labels
from redline.core.geometry.coverage import CROSSING, DUPLICATE, NESTED, Gaps, gaps, mended, overlaps
from redline.core.geometry.overlay import overlay
from redline.core.progress import Progress
from redline.core.result import Result
from redline.core.standards import threshold
from redline.core.text import grouped, in_full
from redline.core.units import round_half_away

SLIVER = "sliver"
OVERLAP_KINDS = (CROSSING, NESTED, SLIVER, DUPLICATE)
GAP, LARGE, UNCOVERED = "gap", "large", "uncovered"
GAP_KINDS = (GAP, UNCOVERED, LARGE)

_LARGE_ENOUGH = 1000.0
# A finding's sentence names so many neighbours; the table of gaps has them all.
_NAMED = 6

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Settings:
    """`gaps_allowed`: the layer need not cover its units (永久基本农田); land survey and zones must (DOMAIN §4.2).

    Overlaps and gaps under `min_area` m² are counted, not listed; gaps over `max_gap_area` m² are taken for land that
    the layer leaves out on purpose (0: none are). Without `position`, another check tells which plots lie outside or
    across their units.
    """

    gaps_allowed: bool = True
    min_area: float = field(default_factory=lambda: threshold("overlap_report_floor").value)
    max_gap_area: float = 0.0
    position: bool = True


def check(frames: Mapping[str, Frame], findings: Findings, settings: Settings, progress: Progress) -> Result:
    """Hold the shapes of "layer" (else "map") against each other and against "units", where these are given.

    Rules R1003, R1005, R3001–R3004, R3007, R3008, R4001–R4005 (DOMAIN §4.2, §4.3). Gives `OVERLAPS` (key, other, area,
    kind: duplicate, nested, sliver, crossing) and `GAPS` (unit, area, neighbours, kind: gap, large, uncovered), every
    place with its exact shape, in m² as the plots around were measured. Invalid shapes are told and then mended, so
    that their neighbours are still compared.
    """
    language = findings.language
    frame = frames["layer"] if "layer" in frames else frames["map"]
    names = unit_names({**frames, "map": frame})
    result = Result(findings, checked=len(frame))
    layer = _Layer(frame, result, progress.step(share=0.1))
    units = _Layer(frames["units"], result) if "units" in frames else None
    _parts(layer, findings)
    _sizes(layer, findings)
    step = progress.step(text("step.coverage.overlaps", language), 0.4)
    result.tables["OVERLAPS"] = _overlaps(layer, findings, settings, result, step)
    step = progress.step(text("step.coverage.gaps", language), 0.35)
    result.tables["GAPS"] = _gaps(layer, units, names, findings, settings, result, step)
    if settings.position:
        step = progress.step(text("step.coverage.units", language))
        _position(layer, units, names, findings, settings, result, step)
    progress.update(1.0)
    return result


class _Layer:
    """The plots as this check sees them: shapes made valid where they can be, areas in m², lengths in m."""

    def __init__(self, frame: Frame, result: Result, progress: Progress | None = None) -> None:
        self.frame = frame
        result.notes.extend(frame.notes)
        valid = check_ground(frame, result.findings, progress)
        self.shapes: Shapes = frame.rows["geometry"].to_numpy(dtype=object).copy()
        areal = (shapely.get_dimensions(self.shapes) == 2) & ~shapely.is_empty(self.shapes)
        bad = np.flatnonzero(areal & ~valid)
        self.shapes[bad] = mended(self.shapes[bad])
        lost = bad[shapely.is_missing(self.shapes[bad])]
        self.usable: Mask = areal & ~shapely.is_missing(self.shapes)
        self.names: Shapes = _told_apart(labels(frame), self.shapes)
        if frame.role == "units" and frame.has("unit"):
            code = frame.rows["unit"].to_numpy(dtype=object)
            self.names = np.where(code == "", self.names, code)
        self.role_name = text(f"role.{frame.role}", result.findings.language)
        self._tell(result, "note.coverage.mended", len(bad) - len(lost))
        if len(lost):
            self.unchecked(result, "unchecked.coverage.unmendable", count=len(lost), names="、".join(self.names[lost]))
        self.scale, self.usual_scale = self._scales(valid)
        self.metre = self.usual_scale**-0.5

    def _scales(self, valid: Mask) -> tuple[Floats, float]:
        """m² as measured per unit of area in the plane of the coordinates: at each plot, and in the whole layer."""
        measured = self.frame.column("geometry_area", np.nan).to_numpy(dtype=float)
        plane = shapely.area(self.shapes)
        known = valid & (measured > 0) & (plane > 0)
        usual = float(measured[known].sum() / plane[known].sum()) if known.any() else 1.0
        # In small plots the cents to which areas are rounded weigh more than what changes from place to place.
        large = known & (measured >= _LARGE_ENOUGH)
        return np.divide(measured, plane, out=np.full(len(plane), usual), where=large), usual

    def mended_frame(self, **columns: npt.NDArray[np.object_]) -> Frame:
        """The frame with its shapes as this check sees them, and other columns of the caller's."""
        shapes: pd.Series = pd.Series(self.shapes, index=self.frame.rows.index, dtype=object)
        return replace(self.frame, rows=self.frame.rows.assign(geometry=shapes, **columns))

    def reach(self, threshold_id: str) -> float:
        """A distance of the thresholds, which are metres, in units of the coordinates."""
        return threshold(threshold_id).value * self.metre

    def lengths(self, shapes: Shapes) -> Floats:
        """Lengths of outlines in m."""
        return np.asarray(shapely.length(shapes) / self.metre)

    def of_units(self, rows: npt.NDArray[np.intp]) -> dict[str, Any]:
        """The columns `unit` and `unit_name` of a finding about these rows."""
        return {name: self.frame.column(name).to_numpy(dtype=object)[rows] for name in ("unit", "unit_name")}

    def tell_rest(self, result: Result, text_id: str, areas: Floats, **words: object) -> None:
        """A note on places that are not listed one by one: how many there are, and how much land."""
        self._tell(result, text_id, len(areas), area=grouped(_shown(areas.sum())), **words)

    def unchecked(self, result: Result, text_id: str, **words: object) -> None:
        result.unchecked.append(text(text_id, result.findings.language, layer=self.frame.name, **words))

    def _tell(self, result: Result, text_id: str, count: int, **words: object) -> None:
        if count:
            said = text(text_id, result.findings.language, layer=self.frame.name, count=count, **words)
            result.notes.append(said)


def _told_apart(names: Shapes, shapes: Shapes) -> Shapes:
    """Names with "#2" behind the second of those that are known by the same place, in the order of their shapes."""
    places: pd.Series = pd.Series(names)
    places = places[places.str.startswith("(") & places.duplicated(keep=False)]
    if places.empty:
        return names
    content = shapely.to_wkb(shapely.normalize(shapes[places.index]))
    ordered = pd.DataFrame({"name": places, "content": content}).sort_values(["name", "content"], kind="stable")
    number = ordered.groupby("name").cumcount() + 1
    again = number[number > 1]
    names = names.copy()
    names[again.index] = places[again.index] + "#" + again.astype(str)
    return names


def _parts(layer: _Layer, findings: Findings) -> None:
    """R3003. A unit or zone may have exclaves; a plot may not."""
    count = np.where(layer.usable, shapely.get_num_geometries(layer.frame.rows["geometry"].to_numpy(dtype=object)), 0)
    rows = np.flatnonzero(count > 1)
    findings.add(
        "R3003", layer.frame.role, layer.names[rows], **layer.of_units(rows), expected="1",
        actual=count[rows].astype(str), difference=count[rows] - 1.0, measure="count", geometry=layer.shapes[rows],
        role_name=layer.role_name,
        severity="info" if layer.frame.role in ("units", "zone") else None,
    )  # fmt: skip


def _sizes(layer: _Layer, findings: Findings) -> None:
    """R3007 and R3008: plots smaller than a small polygon (碎面), and longer than their area bears out (狭长, 2L/S)."""
    rows = np.flatnonzero(layer.usable)
    shapes = layer.shapes[rows]
    area, length = shapely.area(shapes) * layer.scale[rows], layer.lengths(shapes)
    least, most = threshold("small_polygon").value, threshold("sliver_index").value
    small = area < least
    at = rows[small]
    findings.add(
        "R3007", layer.frame.role, layer.names[at], **layer.of_units(at), expected=in_full(least),
        actual=metres(area[small]), difference=area[small] - least, measure="m2", geometry=layer.shapes[at],
        role_name=layer.role_name,
    )  # fmt: skip
    index = _sliver_index(area, length)
    narrow = index > most
    at = rows[narrow]
    findings.add(
        "R3008", layer.frame.role, layer.names[at], **layer.of_units(at), expected=in_full(most),
        actual=[f"{value:.2f}" for value in index[narrow]], difference=index[narrow] - most, geometry=layer.shapes[at],
        area=metres(area[narrow]), length=metres(length[narrow]), role_name=layer.role_name,
        width=[f"{value:.2f}" for value in 4.0 / index[narrow]],
    )  # fmt: skip


def _overlaps(
    layer: _Layer, findings: Findings, settings: Settings, result: Result, progress: Progress
) -> pd.DataFrame:
    """R3004 and R4001 for every pair; the table of both."""
    found = overlaps(layer.shapes, usable=layer.usable, tolerance=layer.reach("topology_tolerance"), progress=progress)
    if len(found.failed):
        pairs = "、".join(f"{layer.names[one]}/{layer.names[other]}" for one, other in found.failed)
        layer.unchecked(result, "unchecked.coverage.failed", names=pairs)
    area = found.area * layer.scale[found.left]
    listed = area >= settings.min_area
    layer.tell_rest(result, "note.coverage.small_overlaps", area[~listed], least=in_full(settings.min_area))
    narrow = _sliver_index(area, layer.lengths(found.geometry)) > threshold("sliver_index").value
    kind = np.where((found.kind != DUPLICATE) & narrow, SLIVER, found.kind)
    left, right, kind, area = found.left[listed], found.right[listed], kind[listed], area[listed]
    shapes = shapely.normalize(found.geometry[listed])
    # The pair stands under the lesser of its two names, whatever the order of the rows.
    turned = layer.names[left] > layer.names[right]
    left, right = np.where(turned, right, left), np.where(turned, left, right)
    smaller = np.minimum(*(shapely.area(layer.shapes[side]) * layer.scale[side] for side in (left, right)))
    same = kind == DUPLICATE
    for rule, these in (("R3004", same), ("R4001", ~same)):
        words = {} if rule == "R3004" else {
            "kind": [text(f"overlaps.kind.{name}", findings.language) for name in kind[these]],
            "share": np.minimum(area[these] / smaller[these], 1.0),
            "severity": _severity(area[these]),
        }  # fmt: skip
        findings.add(
            rule, layer.frame.role, layer.names[left[these]], related=layer.names[right[these]],
            **layer.of_units(left[these]), expected="0", actual=metres(area[these]), difference=area[these],
            measure="m2", geometry=shapes[these], area=[_shown(value) for value in area[these]],
            role_name=layer.role_name, **words,
        )  # fmt: skip
    table = pd.DataFrame({"key": layer.names[left], "other": layer.names[right], "area": round_half_away(area)})
    table["kind"] = kind
    table["geometry"] = pd.Series(shapes, dtype=object)
    return table.sort_values(["key", "other", "area"], kind="stable", ignore_index=True)


def _gaps(
    layer: _Layer, units: _Layer | None, names: Mapping[str, str], findings: Findings, settings: Settings,
    result: Result, progress: Progress,
) -> pd.DataFrame:  # fmt: skip
    """R4002 for every gap, R4005 for every place of a unit that no plot reaches; the table of both."""
    columns = ["unit", "area", "neighbours", "kind", "geometry"]
    if settings.gaps_allowed:
        layer.unchecked(result, "unchecked.coverage.gaps")
        return pd.DataFrame({name: pd.Series(dtype="float64" if name == "area" else object) for name in columns})
    parents = _lowest(units) if units is not None else None
    found = gaps(
        layer.shapes, within=None if parents is None else parents["geometry"].to_numpy(dtype=object),
        usable=layer.usable, tolerance=layer.reach("topology_tolerance"), progress=progress,
    )  # fmt: skip
    area = found.area * _scales_of(found, layer)
    # Borders that were drawn twice leave strips along the units' edge that are no land.
    thin = np.zeros(len(found), dtype=bool)
    edge = np.flatnonzero(~found.enclosed)
    thin[edge] = shapely.is_empty(shapely.buffer(found.geometry[edge], -layer.reach("border_tolerance") / 2))
    too_large = area > (settings.max_gap_area or np.inf)
    kind = np.select([~found.enclosed, too_large], [UNCOVERED, LARGE], GAP).astype(object)
    listed = (area >= settings.min_area) & ~thin
    layer.tell_rest(
        result, "note.coverage.small_gaps", area[(area < settings.min_area) & ~thin], least=in_full(settings.min_area)
    )
    layer.tell_rest(
        result, "note.coverage.large_gaps", area[listed & (kind == LARGE)], most=in_full(settings.max_gap_area)
    )
    codes, unit_labels = _units_of(found, parents, layer)
    around = _neighbours(found, layer)
    place = _positions(found.geometry, layer.metre)
    for rule, of_kind in (("R4002", GAP), ("R4005", UNCOVERED)):
        at = np.flatnonzero(listed & (kind == of_kind))
        ids = {"key": codes[at] + place[at]} if rule == "R4002" else {"key": unit_labels[at], "related": place[at]}
        findings.add(
            rule, layer.frame.role, **ids, unit=codes[at], unit_name=[names.get(code, "") for code in codes[at]],
            expected="0", actual=metres(area[at]), difference=area[at], measure="m2", geometry=found.geometry[at],
            severity=_severity(area[at]), area=[_shown(value) for value in area[at]], place=place[at],
            neighbours=[_some(around[gap]) for gap in at], role_name=layer.role_name,
        )  # fmt: skip
    table = pd.DataFrame({"unit": codes, "area": round_half_away(area), "kind": kind})
    table["neighbours"] = pd.Series([";".join(row) for row in around], dtype=object)
    table["geometry"] = pd.Series(found.geometry, dtype=object)
    return table[listed][columns].reset_index(drop=True)


def _position(
    layer: _Layer, units: _Layer | None, names: Mapping[str, str], findings: Findings, settings: Settings,
    result: Result, progress: Progress,
) -> None:  # fmt: skip
    """R4003 and R4004. A plot without a unit code is held against the unit that most of it lies in."""
    if units is None:
        layer.unchecked(result, "unchecked.coverage.units")
        return
    if not units.frame.has("unit"):
        layer.unchecked(result, "unchecked.coverage.unit_codes", units=units.frame.name)
        return
    code = layer.frame.column("unit").to_numpy(dtype=object).copy()
    nameless = np.flatnonzero(layer.usable & (code == ""))
    lowest = _lowest(units)
    pairs = overlay(layer.shapes[nameless], lowest["geometry"].to_numpy(dtype=object), geometry=False)
    most = pairs.area > shapely.area(layer.shapes[nameless[pairs.left]]) / 2
    code[nameless[pairs.left[most]]] = lowest["unit"].to_numpy()[pairs.right[most]]
    layer.tell_rest(result, "note.coverage.located", pairs.area[most])
    check_position(
        layer.mended_frame(unit=code), layer.usable, units.mended_frame(), names, findings, settings.min_area, progress
    )


def _lowest(units: _Layer) -> pd.DataFrame:
    """Rows (unit, label, geometry) of the units that have no others below them in the layer."""
    rows = pd.DataFrame({"unit": units.frame.column("unit").to_numpy(), "label": units.names, "geometry": units.shapes})
    above = {code[:digits] for code in rows["unit"] for digits in range(1, len(code))}
    return rows[~rows["unit"].isin(above) & units.usable].reset_index(drop=True)


def _units_of(found: Gaps, parents: pd.DataFrame | None, layer: _Layer) -> tuple[Shapes, Shapes]:
    """Code and name of the unit of each gap: the one it lies in, else the one most of its neighbours belong to."""
    code = pd.DataFrame({"gap": found.gap, "unit": layer.frame.column("unit").to_numpy()[found.plot]})
    votes = code[code["unit"] != ""].groupby(["gap", "unit"]).size().reset_index(name="plots")
    votes = votes.sort_values(["gap", "plots", "unit"], ascending=[True, False, True]).drop_duplicates("gap")
    units = np.full(len(found), "", dtype=object)
    units[votes["gap"]] = votes["unit"]
    called = units.copy()
    if parents is not None:
        inside = np.flatnonzero(found.within >= 0)
        units[inside] = parents["unit"].to_numpy()[found.within[inside]]
        called[inside] = parents["label"].to_numpy()[found.within[inside]]
    return units, called


def _neighbours(found: Gaps, layer: _Layer) -> list[list[str]]:
    """The names of each gap's neighbours, sorted."""
    ends = np.searchsorted(found.gap, np.arange(1, len(found)))
    return [sorted(names) for names in np.split(layer.names[found.plot], ends)][: len(found)]


def _some(names: list[str]) -> str:
    return "、".join(names[:_NAMED]) + ("…" if len(names) > _NAMED else "")


def _scales_of(found: Gaps, layer: _Layer) -> Floats:
    """m² per unit of area at each gap: that of its first neighbour."""
    scale = np.full(len(found), layer.usual_scale)
    gap, first = np.unique(found.gap, return_index=True)
    scale[gap] = layer.scale[found.plot[first]]
    return scale


def _positions(shapes: Shapes, metre: float) -> Shapes:
    """Where each place is, to the metre (five decimals of a degree)."""
    digits = max(0, round(-np.log10(metre)))
    centre = shapely.get_coordinates(shapely.centroid(shapes))
    return np.array([f"({x:.{digits}f},{y:.{digits}f})" for x, y in centre], dtype=object)


def _sliver_index(area: Floats, length: Floats) -> Floats:
    """2L/S in 1/m; a strip of width w has about 4/w."""
    return np.divide(2.0 * length, area, out=np.full(len(area), np.inf), where=area > 0)


def _severity(area: Floats) -> Shapes:
    """Of overlaps and gaps by their size in m² (DOMAIN §3.6)."""
    error, computed = threshold("overlap_error_floor").value, threshold("overlap_compute_floor").value
    return np.select([area >= error, area >= computed], ["error", "warning"], "info").astype(object)


def _shown(area: float) -> str:
    """m² with two decimals, or the first digits of what is less than a cent."""
    return metres([area])[0] if area >= threshold("overlap_compute_floor").value else f"{area:.2g}"
