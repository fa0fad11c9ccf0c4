"""标准分幅图: farmland by the sheets of GB/T 13989, each with neat line, kilometre grid, corners and neighbours.

The neat line is the sheet's own, its parallels bent as they are in the plane; kilometre lines run through it, and say
their coordinates in the zone between neat line and outer frame. A plot belongs to every sheet that it has land on.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np
import pandas as pd
import shapely

from redline.core.atlas import land
from redline.core.atlas.contents import Atlas, Column, Settings, Table, nothing, number_pages, wanted
from redline.core.atlas.township import full_name, title
from redline.core.catalogue import text
from redline.core.errors import InputError
from redline.core.frames import Frame
from redline.core.geometry import sheets
from redline.core.progress import Progress

USUAL = 10_000
# Millimetres on paper from the neat line: of the outer frame, and of the middle of the labels between the two.
_FRAME, _LABEL = 12.0, 6.0
# A corner's longitude stands above or below it, its latitude beside it, so far into the side.
_INWARD = 4.0
# So near a corner the corner's own labels stand.
_NO_LABEL = 16.0
_DEGREE = float(sheets.DEGREE)


def make(frames: Mapping[str, Frame], settings: Settings, progress: Progress) -> Atlas:
    """A page for every sheet that has a plot on it, north-west first."""
    language = settings.language
    if "map" not in frames:
        raise InputError("atlas_needs", language, role=text("role.map", language))
    scale = settings.scale or USUAL
    if scale not in sheets.scales():
        known = "、".join(str(one) for one in sheets.scales())
        raise InputError("atlas_sheet_scale", language, scale=scale, known=known)
    names = land.names_of(frames)
    plots = land.farmland(frames["map"], names, settings.language)
    if plots.empty:
        raise nothing(settings, frames["map"].name)
    pages, outlines = _pages(plots, scale, settings)
    lines, annotation = _frames(pages, outlines, scale, settings)
    at = shapely.STRtree(plots["geometry"].to_numpy(dtype=object)).query(outlines, predicate="intersects")
    on = pd.DataFrame({"page": pages["page"].to_numpy()[at[0]], "row": at[1]})
    touching = shapely.touches(outlines[at[0]], plots["geometry"].to_numpy(dtype=object)[at[1]])
    on = on[~touching]
    keys = pd.DataFrame({"page": on["page"], "key": plots["key"].to_numpy()[on["row"]]}).reset_index(drop=True)
    units = plots["unit"].to_numpy()[on["row"]]
    layers: dict[str, pd.DataFrame] = {}
    if "landuse" in frames:
        layers["landuse"] = land.landuse(frames["landuse"])
    layers |= {"farmland": plots, "block": land.blocks(plots, progress.step(share=0.5))}
    given = land.all_units(frames)
    if given is not None:
        around = land.units(given, names, language, progress.step(share=0.4))
        layers |= {"unit": around, "border": land.borders(around)}
    layers |= {"line": lines, "annotation": annotation}
    counts = _table(on["page"].to_numpy(), units, names, language)
    tables = {"table": counts, "neighbours": _neighbours(pages, language)}
    progress.update(1.0)
    return Atlas(pages, tables, layers, keys, names=names)


def _pages(plots: pd.DataFrame, scale: int, settings: Settings) -> tuple[pd.DataFrame, np.ndarray]:
    """The pages, and the sheets' outlines in the plane. Raises InputError where a sheet is larger than the paper."""
    shapes = plots["geometry"].to_numpy(dtype=object)
    xmin, ymin, xmax, ymax = shapely.total_bounds(shapes)
    corners = settings.to_lonlat(np.array([(xmin, ymin), (xmin, ymax), (xmax, ymin), (xmax, ymax)]))
    bounds = (*corners.min(axis=0), *corners.max(axis=0))
    found = sheets.sheets(bounds, scale, settings.language)
    outlines = _moved(sheets.outlines(found, True), settings)
    met = np.unique(shapely.STRtree(shapes).query(outlines, predicate="intersects")[0])
    chosen = np.zeros(len(found), dtype=bool)
    chosen[met] = True
    chosen &= wanted(found["number"], settings.features)
    found, outlines = found[chosen].reset_index(drop=True), outlines[chosen]
    boxes = shapely.bounds(outlines) if len(outlines) else np.zeros((1, 4))
    wide, high = (boxes[:, 2:] - boxes[:, :2]).max(axis=0) * 1000 / scale + 2 * _FRAME
    side = next((one for one, (w, h) in settings.rooms.items() if wide <= w and high <= h), "")
    if not side:
        raise InputError("atlas_sheet_room", settings.language, scale=scale)
    pages = pd.DataFrame({
        "key": found["number"], "unit": "", "name": found["number"], "number": found["number"], "side": side,
        "scale": scale, "title": [title(settings, one, one) for one in found["number"]],
        "geometry": pd.Series(outlines, dtype=object),
    })  # fmt: skip
    for edge in ("west", "south", "east", "north"):
        pages[edge] = found[edge].to_numpy()
    pages["note"] = text("atlas.neighbours", settings.language)
    return number_pages(pages, settings, ""), outlines


def _moved(shapes: np.ndarray, settings: Settings) -> np.ndarray:
    return shapely.set_coordinates(shapes.copy(), settings.to_plane(shapely.get_coordinates(shapes)))


def _frames(
    pages: pd.DataFrame, outlines: np.ndarray, scale: int, settings: Settings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lines (page, kind, geometry) and labels (page, name, geometry) of the frames."""
    millimetre = scale / 1000.0
    step = float(sheets.scales()[scale].grid)
    lines: list[tuple[int, str, shapely.Geometry]] = []
    labels: list[tuple[int, str, shapely.Geometry]] = []
    reach = _LABEL * millimetre
    for place, outline in enumerate(outlines):
        page = int(pages["page"].iloc[place])
        outer = shapely.buffer(shapely.oriented_envelope(outline), _FRAME * millimetre, join_style="mitre")
        lines += [(page, "neat", shapely.boundary(outline)), (page, "outer", shapely.boundary(outer))]
        for axis in (0, 1):
            for value, cut in _cuts(outline, axis, step):
                lines.append((page, "kilometre", cut))
                first, last = shapely.bounds(outline)[[axis, axis + 2]]
                if min(value - first, last - value) < _NO_LABEL * millimetre:
                    continue
                ends = shapely.bounds(cut)[[1 - axis, 3 - axis]] + (-reach, reach)
                at = [(value, end) if axis == 0 else (end, value) for end in ends]
                labels += [(page, _kilometres(value, step), shapely.points(*one)) for one in at]
        labels += _corner_labels(page, pages.iloc[place], settings, millimetre)
    line_frame = pd.DataFrame(lines, columns=["page", "kind", "geometry"])
    label_frame = pd.DataFrame(labels, columns=["page", "name", "geometry"])
    # A label stands in the middle of an area, but beside a point.
    spots = shapely.buffer(label_frame["geometry"].to_numpy(dtype=object), 0.1 * millimetre)
    label_frame["geometry"] = pd.Series(np.asarray(spots), dtype=object)
    return line_frame, label_frame


def _cuts(outline: shapely.Geometry, axis: int, step: float) -> list[tuple[float, shapely.Geometry]]:
    """The kilometre lines of a sheet across an axis (0: eastings), with their coordinates."""
    bounds = shapely.bounds(outline)
    found = []
    for value in np.arange(np.ceil(bounds[axis] / step) * step, bounds[axis + 2], step).tolist():
        ends = [(value, bounds[1]), (value, bounds[3])] if axis == 0 else [(bounds[0], value), (bounds[2], value)]
        cut = shapely.intersection(shapely.linestrings(ends), outline)
        if cut.length > step / 10:
            found.append((value, cut))
    return found


def _kilometres(value: float, step: float) -> str:
    return f"{value / 1000:.{0 if step >= 1000 else 1 if step >= 100 else 2}f}"


def _corner_labels(
    page: int, sheet: pd.Series, settings: Settings, millimetre: float
) -> list[tuple[int, str, shapely.Geometry]]:
    """At each corner of a sheet its longitude above or below it, and its latitude beside it in two lines."""
    found = []
    for across, along in product(("west", "east"), ("south", "north")):
        lon, lat = int(sheet[across]), int(sheet[along])
        x, y = settings.to_plane(np.array([(lon / _DEGREE, lat / _DEGREE)]))[0]
        out, up = (1 if across == "east" else -1), (1 if along == "north" else -1)
        beside = shapely.points(x + out * _LABEL * millimetre, y - up * _INWARD * millimetre)
        above = shapely.points(x, y + up * _LABEL * millimetre)
        found += [(page, sheets.dms(lon), above), (page, sheets.dms(lat).replace("°", "°\n"), beside)]
    return found


def _neighbours(pages: pd.DataFrame, language: str) -> Table:
    """接合图表: three rows of three numbers for each page."""
    rows = []
    for page, number in zip(pages["page"], pages["key"]):
        rows += [(page, *row) for row in sheets.neighbours(number, language)]
    made = pd.DataFrame(rows, columns=["page", "west", "middle", "east"])
    columns = tuple(Column(name, "", 1.0) for name in ("west", "middle", "east"))
    return Table(columns, made)


def _table(page: np.ndarray, units: np.ndarray, names: Mapping[str, str], language: str) -> Table:
    """How many plots of each village have land on a sheet."""
    counts = pd.DataFrame({"page": page, "code": units}).groupby(["page", "code"]).size().reset_index(name="n")
    made = pd.DataFrame({
        # Villages of different townships may have the same name.
        "page": counts["page"], "name": [full_name(code, names, "") or "–" for code in counts["code"]],
        "plots": counts["n"].astype(str),
    })  # fmt: skip
    columns = tuple(
        Column(name, text(f"atlas.column.{name}", language), share, name == "plots")
        for name, share in (("name", 0.7), ("plots", 0.3))
    )
    return Table(columns, made)
