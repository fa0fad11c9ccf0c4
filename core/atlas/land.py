"""The layers that several kinds of maps draw: farmland and its blocks, land use, units; and plots by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core.atlas.contents import drawn
from redline.core.checks.units import unit_names
from redline.core.codes import COUNTED_LEVELS, clean, level_of, levels
from redline.core.errors import InputError
from redline.core.frames import Frame, combine, labels
from redline.core.geometry.coverage import dissolve
from redline.core.progress import Progress
from redline.core.standards import land_classes
from redline.core.units import cents, format_area

_AREAS = ("farmland_area", "plot_area", "area")
_CHARGES = ("person", "group_person", "village_person")


def farmland(frame: Frame, names: Mapping[str, str], language: str) -> pd.DataFrame:
    """Plots as they are drawn and listed: key, number, unit, unit_name, land_class, class_name, cents (int64), area,
    mu (text), person, geometry; sorted by unit and key.

    The area is the recorded one, and the measured one where none is recorded.
    """
    rows = drawn(frame.rows)
    area = recorded_area(rows)
    measured = rows["geometry_area"].to_numpy(dtype=float)
    area = np.nan_to_num(np.where(area > 0, area, measured))
    exact = cents(area)
    known = land_classes(frame.profile.scheme) if frame.profile.scheme else {}
    code = frame.column("land_class").reindex(rows.index)
    key = pd.Series(labels(frame), index=frame.rows.index).reindex(rows.index).astype(str)
    unit = frame.column("unit").reindex(rows.index).astype(str)
    called = code.map(lambda c: known[c].title[language] if c in known else c)
    made = pd.DataFrame({
        "key": key, "number": _short_numbers(frame, key, unit), "unit": unit,
        "unit_name": unit.map(lambda c: names.get(c, "")),
        "land_class": code, "class_name": called, "cents": exact,
        "area": exact / 100.0, "mu": [format_area(one, "mu") for one in exact], "person": _people(frame, rows.index),
        "geometry": rows["geometry"],
    })  # fmt: skip
    made["class"] = frame.profile.scheme + ":" + made["land_class"]
    return made.sort_values(["unit", "key"], kind="stable", ignore_index=True)


def recorded_area(rows: pd.DataFrame) -> npt.NDArray[np.float64]:
    """The area that a map records of its plots, m²; the measured one where it has no field for it."""
    column = next((name for name in _AREAS if name in rows), "geometry_area")
    return rows[column].to_numpy(dtype=float)


def _short_numbers(frame: Frame, key: pd.Series, unit: pd.Series) -> list[str]:
    """A plot's number as it stands on a map of its village: without the code of the village before it."""
    return [one[len(code) :] if code and one.startswith(code) and one != code else one for one, code in zip(key, unit)]


def _people(frame: Frame, index: pd.Index) -> pd.Series:
    found = pd.Series("", index=index, dtype=object)
    for charge in _CHARGES:
        if frame.has(charge):
            other = frame.rows[charge].reindex(index).fillna("")
            found = found.where(found != "", other)
    return found


def blocks(plots: pd.DataFrame, progress: Progress) -> pd.DataFrame:
    """Outlines of the protection blocks (片块): the farmland of each village that hangs together, one row each."""
    shapes = plots["geometry"].to_numpy(dtype=object)
    unit, shapes = dissolve(shapes, plots["unit"].to_numpy(dtype=str), progress=progress)
    there = ~shapely.is_missing(shapes)
    parts, owner = shapely.get_parts(shapes[there], return_index=True)
    lines: pd.Series = pd.Series(shapely.boundary(parts), dtype=object)
    return pd.DataFrame({"unit": unit[there][owner], "geometry": lines})


def borders(known: pd.DataFrame) -> pd.DataFrame:
    """The border lines of units and zones, each drawn once, as of the greatest that it parts: level, geometry."""
    drawn_already: shapely.Geometry = shapely.MultiLineString()
    found: dict[str, shapely.Geometry] = {}
    for level in (*COUNTED_LEVELS.values(), "group", "zone"):
        shapes = known.loc[known["level"] == level, "geometry"].to_numpy(dtype=object)
        if not len(shapes):
            continue
        lines = shapely.union_all(shapely.boundary(shapes))
        own = shapely.line_merge(shapely.difference(lines, drawn_already))
        drawn_already = shapely.union(drawn_already, lines)
        if not shapely.is_empty(own):
            found[level] = own
    return pd.DataFrame({"level": list(found), "geometry": pd.Series(list(found.values()), dtype=object)})


def landuse(frame: Frame) -> pd.DataFrame:
    """Land use by class: class ("scheme:code"), geometry."""
    rows = drawn(frame.rows)
    code = frame.column("land_class").reindex(rows.index)
    made = pd.DataFrame({"class": frame.profile.scheme + ":" + code, "geometry": rows["geometry"]})
    return made.reset_index(drop=True)


def all_units(frames: Mapping[str, Frame]) -> Frame | None:
    """Townships and villages as one frame, whichever are given."""
    parts = [frames[name] for name in ("units", "villages") if name in frames]
    return combine(parts) if parts else None


def names_of(frames: Mapping[str, Frame]) -> dict[str, str]:
    """Names of units by code, from both layers of units and the map; a villagers' group gives its village none."""
    named = {**frames, **{name: _without_groups(frames[name]) for name in ("units", "villages") if name in frames}}
    found = unit_names(named)
    if "villages" in named:
        found.update(unit_names({"units": named["villages"]}))
    return found


def _without_groups(frame: Frame) -> Frame:
    return replace(frame, rows=frame.rows[levels(full_codes(frame)) != "group"])


def units(frame: Frame, names: Mapping[str, str], language: str, progress: Progress) -> pd.DataFrame:
    """Every unit and those above it, once: key, name, level, whole (no unit below it is given), geometry; greatest
    first, and last the groups of villages, which have borders and no pages. InputError without codes."""
    frame.require(language, "unit")
    rows = drawn(frame.rows)
    rows = rows[rows["unit"] != ""]
    given = pd.DataFrame({"key": rows["unit"], "geometry": rows["geometry"]})
    if given.empty:
        raise InputError("atlas_no_units", language, layer=frame.name)
    parts = [given]
    known = set(given["key"])
    for digits in COUNTED_LEVELS:
        above = given["key"].str[:digits].where(given["key"].str.len() > digits, "")
        lacking = (above != "") & ~above.isin(known)
        if lacking.any():
            parts.append(pd.DataFrame({"key": above[lacking], "geometry": given["geometry"][lacking]}))
    every = pd.concat(parts, ignore_index=True)
    # A unit above all the given ones is dissolved of the lowest that tile it once.
    every = every.assign(size=every["key"].str.len())
    shapes = every["geometry"].to_numpy(dtype=object)
    key, shapes = dissolve(shapes, every["key"].to_numpy(dtype=str), progress=progress)
    made = pd.DataFrame({"key": key.astype(object), "geometry": pd.Series(shapes, dtype=object)})
    made["name"] = [names.get(code, "") or code for code in made["key"]]
    made["level"] = [level_of(code) or "" for code in made["key"]]
    parents = {code[:digits] for code in made["key"] for digits in COUNTED_LEVELS if len(code) > digits}
    made["whole"] = ~made["key"].isin(parents)
    made = made[made["level"].isin(list(COUNTED_LEVELS.values())) & ~shapely.is_missing(shapes)]
    if made.empty:
        raise InputError("atlas_no_counted", language, layer=frame.name)
    made = made.assign(size=made["key"].str.len()).sort_values(["size", "key"], ignore_index=True).drop(columns="size")
    return pd.concat([made, *_groups(frame)], ignore_index=True)


def _groups(frame: Frame) -> list[pd.DataFrame]:
    """The villagers' groups of layers of units, whose frames know them as parts of their villages."""
    found = []
    for part in frame.parts or [frame]:
        code = full_codes(part)
        rows = drawn(part.rows[levels(code) == "group"])
        key = code.reindex(rows.index)
        found.append(pd.DataFrame({
            "key": key, "name": key, "level": "group", "whole": True, "geometry": rows["geometry"],
        }))  # fmt: skip
    return [one for one in found if len(one)]


def full_codes(frame: Frame) -> pd.Series:
    """The codes of a layer of units as the layer has them, down to villagers' groups."""
    if frame.cells is None or "unit" not in frame.fields:
        return frame.column("unit")
    return clean(frame.cells[frame.fields["unit"]]).values.set_axis(frame.rows.index)


def level_or_usual(level: str, known: pd.DataFrame, usual: str, language: str) -> str:
    """The level asked for, else the usual one, else the lowest there is. InputError for a level without units."""
    present = [one for one in COUNTED_LEVELS.values() if (known["level"] == one).any()]
    if level and level not in present:
        raise InputError("atlas_no_level", language, level=level, has="、".join(present))
    return level or (usual if usual in present else present[-1])


def page_of(plots: pd.DataFrame, pages: pd.DataFrame) -> npt.NDArray[np.int64]:
    """The page (0 for none) of each plot: that of the unit its code begins with, else the one that it lies in."""
    page = np.zeros(len(plots), dtype=np.int64)
    unit = plots["unit"].astype(str)
    for digits in sorted({len(code) for code in pages["unit"]}):
        of_length = pages[pages["unit"].str.len() == digits]
        hit = unit.str[:digits].map(dict(zip(of_length["unit"], of_length["page"]))).fillna(0).to_numpy(dtype=np.int64)
        page = np.where(hit > 0, hit, page)
    lost = np.flatnonzero((unit == "").to_numpy())
    if len(lost):
        shapes = pages["geometry"].to_numpy(dtype=object)
        points = shapely.point_on_surface(plots["geometry"].to_numpy(dtype=object)[lost])
        at, within = shapely.STRtree(shapes).query(points, predicate="within")
        page[lost[at]] = pages["page"].to_numpy()[within]
    return page
