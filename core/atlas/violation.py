"""违法图斑卷宗 (一斑一图): a page a change, with permits and farmland, areas, boundary points, judgement and law.

Areas that the layer records are printed as they are; areas by land class are the official area of the change, shared
out as its land lies in the plane, so that they add up to it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import shapely

from redline.core.atlas import land
from redline.core.atlas.contents import Atlas, Column, Settings, Table, drawn, fitting, number_pages, wanted
from redline.core.atlas.township import full_name, title
from redline.core.catalogue import text, titles
from redline.core.errors import InputError
from redline.core.exchange.writing import rings_of
from redline.core.frames import Frame, labels
from redline.core.geometry.overlay import overlay
from redline.core.progress import Progress
from redline.core.standards import land_classes
from redline.core.units import cents, format_area

# As much land is shown around a change as it is wide itself, on either side.
_SURROUNDINGS = 3.0
_RECORDED = ("uncovered_area", "farmland_area", "cultivated_area")


def make(frames: Mapping[str, Frame], settings: Settings, progress: Progress) -> Atlas:
    """A page for every change that is wanted, by unit and number."""
    language = settings.language
    frame = frames.get("violation")
    if frame is None:
        raise InputError("atlas_needs", language, role=text("role.violation", language))
    names = land.names_of(frames)
    rows = drawn(frame.rows)
    rows["label"] = pd.Series(labels(frame), index=frame.rows.index).reindex(rows.index).astype(str)
    rows["place"] = _places(rows, frame, frames, settings)
    rows["judged"] = frame.column("labels").reindex(rows.index).fillna("").astype(str)
    rows = rows.sort_values(["place", "label"], kind="stable")
    every = pd.DataFrame({"name": rows["label"], "unit": rows["place"], "geometry": rows["geometry"]})
    chosen = rows[wanted(rows["label"], settings.features) | (wanted(rows["place"], settings.features))]
    pages = pd.DataFrame({"key": chosen["label"], "unit": chosen["place"], "name": chosen["label"]})
    pages["geometry"] = chosen["geometry"]
    shapes = pages["geometry"].to_numpy(dtype=object)
    pages["side"], pages["scale"] = fitting(shapes, settings.rooms, settings.scale, _SURROUNDINGS)
    pages["title"] = [title(settings, key, key) for key in pages["key"]]
    places = [full_name(unit, names, settings.county) if unit in names else "" for unit in chosen["place"]]
    pages["note"] = [_note(one, place, language) for one, place in zip(chosen["judged"], places)]
    pages = number_pages(pages, settings, frame.name)
    chosen = chosen.assign(page=pages["page"].to_numpy())
    progress.update(0.3)
    tables = {"areas": _areas(chosen, frames.get("landuse"), settings), "table": _points(pages, language)}
    layers = _layers(frames, names, settings, progress.step(share=0.6))
    layers |= {"violation": every.reset_index(drop=True), "corner": _corners(pages)}
    progress.update(1.0)
    return Atlas(pages, tables, layers, names=names)


def _places(rows: pd.DataFrame, frame: Frame, frames: Mapping[str, Frame], settings: Settings) -> pd.Series:
    """The lowest unit known of each change: the one that its layer names, or one below it that it lies in."""
    named = frame.column("unit").reindex(rows.index).astype(str)
    given = land.all_units(frames)
    if given is None or rows.empty:
        return named
    units = drawn(given.rows)
    codes = units["unit"].astype(str).to_numpy(dtype=object)
    points = shapely.point_on_surface(rows["geometry"].to_numpy(dtype=object))
    at, within = shapely.STRtree(units["geometry"].to_numpy(dtype=object)).query(points, predicate="within")
    found = pd.DataFrame({"at": at, "code": codes[within]})
    found["size"] = found["code"].str.len()
    lowest = found.sort_values("size").drop_duplicates("at", keep="last").set_index("at")["code"]
    lies: pd.Series = pd.Series(lowest.reindex(range(len(rows))).to_numpy(), index=rows.index).fillna("")
    deeper = np.array([one != other and one.startswith(other) for one, other in zip(lies, named)], dtype=bool)
    return named.where(~deeper, lies)


def _layers(
    frames: Mapping[str, Frame], names: Mapping[str, str], settings: Settings, progress: Progress
) -> dict[str, pd.DataFrame]:
    found: dict[str, pd.DataFrame] = {}
    if "landuse" in frames:
        found["landuse"] = land.landuse(frames["landuse"])
    if "map" in frames:
        found["farmland"] = land.farmland(frames["map"], names, settings.language)
    if "permit" in frames:
        frame = frames["permit"]
        rows = drawn(frame.rows)
        called = frame.column("approval").reindex(rows.index).fillna("").astype(str)
        key = pd.Series(labels(frame), index=frame.rows.index).reindex(rows.index).astype(str)
        found["permit"] = pd.DataFrame({"name": called.where(called != "", key), "geometry": rows["geometry"]})
    given = land.all_units(frames)
    if given is not None:
        known = land.units(given, names, settings.language, progress)
        found |= {"unit": known, "border": land.borders(known)}
    return found


def _note(judged: str, unit: str, language: str) -> str:
    """Where it lies, what it is judged to be, and what the law says of that."""
    known = titles("violation_label", language)
    law = titles("atlas.law", language)
    words = [one.strip() for one in judged.replace("；", ";").split(";") if one.strip()]
    said = "、".join(known.get(one, one) for one in words) or text("atlas.not_judged", language)
    lines = [text("atlas.lies_in", language, unit=unit)] if unit else []
    lines.append(text("atlas.judged", language, labels=said))
    return "\n".join([*lines, *dict.fromkeys(law[one] for one in words if one in law)])


def _areas(rows: pd.DataFrame, landuse: Frame | None, settings: Settings) -> Table:
    """Total, what is recorded of it, and land classes: item, m², 亩."""
    language = settings.language
    measured = rows["geometry_area"].to_numpy(dtype=float)
    area = rows["area"].to_numpy(dtype=float) if "area" in rows else measured
    whole = cents(np.nan_to_num(np.where(area > 0, area, measured)))
    parts = [_item(rows["page"], text("atlas.item.area", language), whole, 0)]
    for place, column in enumerate(_RECORDED, start=1):
        if column in rows:
            known = rows[column].notna().to_numpy()
            exact = cents(rows[column].to_numpy(dtype=float)[known])
            parts.append(_item(rows["page"][known], text(f"atlas.item.{column}", language), exact, place))
    if landuse is not None:
        parts.append(_by_class(rows, landuse, whole, language))
    made = pd.concat(parts, ignore_index=True).sort_values(["page", "place", "item"], kind="stable", ignore_index=True)
    columns = tuple(
        Column(name, text(f"atlas.column.{name}", language), share, name != "item")
        for name, share in (("item", 0.5), ("m2", 0.28), ("in_mu", 0.22))
    )
    return Table(columns, made)


def _item(page: pd.Series, item: str, exact: np.ndarray, place: int) -> pd.DataFrame:
    return pd.DataFrame({
        "page": page.to_numpy(), "place": place, "item": item, "m2": [format_area(int(one)) for one in exact],
        "in_mu": [format_area(int(one), "mu") for one in exact],
    })  # fmt: skip


def _by_class(rows: pd.DataFrame, landuse: Frame, whole: np.ndarray, language: str) -> pd.DataFrame:
    known = land_classes(landuse.profile.scheme) if landuse.profile.scheme else {}
    below = drawn(landuse.rows)
    shapes = rows["geometry"].to_numpy(dtype=object)
    pairs = overlay(shapes, below["geometry"].to_numpy(dtype=object), geometry=False)
    code = landuse.column("land_class").reindex(below.index).to_numpy(dtype=object)[pairs.right]
    shares = pairs.area / shapely.area(shapes)[pairs.left]
    found = pd.DataFrame({"at": pairs.left, "code": code, "share": shares}).groupby(["at", "code"])["share"].sum()
    made = found.reset_index()
    at = made["at"].to_numpy()
    exact = np.floor(made["share"].to_numpy() * whole[at] + 0.5).astype(np.int64)
    # What rounding leaves over belongs to the largest class, where the classes cover the whole change.
    made["cents"] = exact
    sums = made.groupby("at")["cents"].transform("sum").to_numpy()
    covered = made.groupby("at")["share"].transform("sum").to_numpy() > 1 - 1e-6
    largest = made.groupby("at")["share"].transform("max").to_numpy() == made["share"].to_numpy()
    first = largest & ~made.assign(largest=largest)[["at", "largest"]].duplicated().to_numpy()
    made.loc[first & covered, "cents"] += (whole[at] - sums)[first & covered]
    item = [text("atlas.item.class", language, code=one, name=known[one].title[language] if one in known else "")
            for one in made["code"]]  # fmt: skip
    page = rows["page"].to_numpy()[at]
    return pd.DataFrame({
        "page": page, "place": 9, "item": item, "m2": [format_area(int(one)) for one in made["cents"]],
        "in_mu": [format_area(int(one), "mu") for one in made["cents"]],
    })  # fmt: skip


def _rings(pages: pd.DataFrame) -> pd.DataFrame:
    """Every boundary point once, numbered through all rings as in a coordinate file: page, ring, name (J1 …), x, y,
    side (to the next, m)."""
    parts = []
    for page, shape in zip(pages["page"], pages["geometry"]):
        for number, ring in enumerate(rings_of(shape), start=1):
            xy, side = ring[:-1], np.hypot(*np.diff(ring, axis=0).T)
            parts.append(pd.DataFrame({"page": page, "ring": number, "x": xy[:, 0], "y": xy[:, 1], "side": side}))
    found = pd.concat(parts, ignore_index=True)
    found["name"] = "J" + (found.groupby("page").cumcount() + 1).astype(str)
    return found


def _points(pages: pd.DataFrame, language: str) -> Table:
    """The list of boundary points: number, ring, X (north) and Y (east) to the millimetre, length to the next."""
    found = _rings(pages)
    made = pd.DataFrame({
        "page": found["page"], "point": found["name"], "ring": found["ring"].astype(str),
        "north": [f"{one:.3f}" for one in found["y"]], "east": [f"{one:.3f}" for one in found["x"]],
        "length": [f"{one:.2f}" for one in found["side"]],
    })  # fmt: skip
    columns = tuple(
        Column(name, text(f"atlas.column.{name}", language), share, name in ("north", "east", "length"))
        for name, share in (("point", 0.14), ("ring", 0.12), ("north", 0.27), ("east", 0.29), ("length", 0.18))
    )
    return Table(columns, made)


def _corners(pages: pd.DataFrame) -> pd.DataFrame:
    found = _rings(pages)
    points = np.asarray(shapely.points(found[["x", "y"]].to_numpy()), dtype=object)
    return pd.DataFrame({"page": found["page"], "name": found["name"], "geometry": pd.Series(points, dtype=object)})
