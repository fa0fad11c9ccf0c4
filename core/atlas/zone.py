"""网格责任区图: the responsibility zones of a township or village in colours, with their people and duties.

Telephones are masked unless they are asked for (`Settings.personal`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from redline.core.atlas import land
from redline.core.atlas.contents import Atlas, Column, Settings, Table, drawn, fitting, nothing, number_pages, wanted
from redline.core.atlas.township import full_name, title
from redline.core.catalogue import text
from redline.core.codes import LEVELS
from redline.core.errors import InputError
from redline.core.findings import Findings
from redline.core.frames import Frame, labels
from redline.core.geometry.coverage import dissolve
from redline.core.privacy import conceal
from redline.core.progress import Progress
from redline.core.standards.paper import zone_colours
from redline.core.units import cents, format_area
from redline.core.zoning import roster as people_of

_LISTED = ("duty", "task", "reward")


def make(frames: Mapping[str, Frame], settings: Settings, progress: Progress) -> Atlas:
    """A page for every unit of the level (townships) that has zones; the units are dissolved of zones where no layer of
    units is given."""
    language = settings.language
    frame = frames.get("zone")
    if frame is None:
        raise InputError("atlas_needs", language, role=text("role.zone", language))
    names = land.names_of(frames)
    zones = _zones(frame)
    given = land.all_units(frames)
    known = land.units(given, names, language, progress.step(share=0.2)) if given is not None else None
    level = settings.level or "township"
    digits = LEVELS[level]
    zones["of"] = zones["unit"].str[:digits].where(zones["unit"].str.len() >= digits, "")
    shapes = zones["geometry"].to_numpy(dtype=object)
    code, whole = dissolve(shapes, zones["of"].to_numpy(dtype=str), progress=progress.step(share=0.2))
    pages = pd.DataFrame({"key": code.astype(object), "geometry": pd.Series(whole, dtype=object)})
    pages = pages[(pages["key"] != "") & wanted(pages["key"], settings.features)].reset_index(drop=True)
    if pages.empty:
        raise nothing(settings, frame.name)
    pages["unit"] = pages["key"]
    pages["name"] = [names.get(one, "") or one for one in pages["key"]]
    pages["title"] = [title(settings, one, full_name(one, names, settings.county)) for one in pages["key"]]
    pages["side"], pages["scale"] = fitting(pages["geometry"].to_numpy(dtype=object), settings.rooms, settings.scale)
    pages = number_pages(pages, settings, frame.name)
    zones["page"] = zones["of"].map(dict(zip(pages["key"], pages["page"]))).fillna(0).astype(int)
    staff = _staff(frames.get("roster"), zones, settings)
    pages["note"] = [_duties(staff[staff["page"] == page], language) for page in pages["page"]]
    zones["person"] = zones["key"].map(_joined(staff)).fillna(zones["person"])
    layers: dict[str, pd.DataFrame] = {"zone": zones}
    if "map" in frames:
        layers["farmland"] = land.farmland(frames["map"], names, settings.language)
    levels = [zones[["geometry"]].assign(level="zone")]
    if known is not None:
        layers["unit"] = known
        levels.insert(0, known[["level", "geometry"]])
    layers["border"] = land.borders(pd.concat(levels, ignore_index=True))
    progress.update(1.0)
    keys = zones.loc[zones["page"] > 0, ["page", "key"]]
    if "farmland" in layers:
        plots = layers["farmland"]
        page = land.page_of(plots, pages)
        keys = pd.concat([keys, pd.DataFrame({"page": page, "key": plots["key"]})[page > 0]], ignore_index=True)
    return Atlas(pages, {"table": _table(staff, language)}, layers, keys, names=names)


def _zones(frame: Frame) -> pd.DataFrame:
    """Zones as they are drawn: key, unit, number (what stands behind the village's code), name, person, phone, cents,
    tint, geometry; by key. A village's own code stands for its unit where the layer names none."""
    rows = drawn(frame.rows)
    key = pd.Series(labels(frame), index=frame.rows.index).reindex(rows.index).astype(str)
    unit = frame.column("unit").reindex(rows.index).astype(str)
    code = frame.column("key").reindex(rows.index).astype(str)
    unit = unit.where(unit != "", code.str[: LEVELS["village"]])
    measured = rows["geometry_area"].to_numpy(dtype=float)
    area = rows["area"].to_numpy(dtype=float) if "area" in rows else measured
    made = pd.DataFrame({
        "key": key, "unit": unit, "name": frame.column("zone_name").reindex(rows.index).fillna("").astype(str),
        "number": [one[LEVELS["village"] :] or one[-3:] for one in key],
        "person": frame.column("person").reindex(rows.index).fillna("").astype(str),
        "phone": _cells(frame, "phone").reindex(rows.index).fillna("").astype(str),
        "cents": cents(np.nan_to_num(np.where(area > 0, area, measured))),
        "tint": pd.to_numeric(_cells(frame, "colour").reindex(rows.index), errors="coerce"),
        "geometry": rows["geometry"],
    })  # fmt: skip
    made = made.sort_values("key", kind="stable", ignore_index=True)
    # Colours that the layer does not give go round.
    known = made["tint"].notna().all() and made["tint"].nunique() > 1
    made["tint"] = (made["tint"] if known else pd.Series(range(len(made)))).astype(int) % len(zone_colours())
    return made


def _cells(frame: Frame, canonical: str) -> pd.Series:
    """A column that frames do not carry, as it came."""
    field = frame.profile.field(canonical)
    cells = frame.cells
    if field is None or cells is None:
        return pd.Series("", index=frame.rows.index, dtype=object)
    name = frame.profile.match_fields(map(str, cells.columns)).fields.get(field.name)
    return cells[name] if name else pd.Series("", index=frame.rows.index, dtype=object)


def _staff(roster: Frame | None, zones: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """People by zone: page, place (of the zone's row), key, number, name, role, person, phone, mu and what they are to
    do. Zones of one code, which a check finds but an atlas has to show, have the same people."""
    base = zones.loc[zones["page"] > 0, ["page", "key", "number", "name", "person", "phone", "cents"]]
    base = base.assign(place=base.index)
    base = base.assign(role="", **dict.fromkeys(_LISTED, ""))
    base["mu"] = [format_area(int(one), "mu") for one in base["cents"]]
    if not settings.personal:
        base["phone"] = [conceal("phone", one) for one in base["phone"]]
    if roster is None:
        return base.reset_index(drop=True)
    places = pd.DataFrame({
        "code": zones["key"], "name": zones["name"], "level": "zone", "unit": zones["unit"], "unit_name": "",
    })  # fmt: skip
    found = people_of.join(roster, places, settings.on_date, settings.personal, Findings(settings.language))
    said = found[["zone_code", "person", "post", "role", "phone", *_LISTED]].rename(columns={"zone_code": "key"})
    said["role"] = said["role"].where(said["role"] != "", said["post"])
    listed = base.drop(columns=["role", "person", "phone", *_LISTED]).merge(said, on="key", how="left")
    nobody = listed["person"].isna()
    for column in ("person", "phone"):
        listed.loc[nobody, column] = listed.loc[nobody, "place"].map(base[column])
    return listed.fillna("")


def _joined(staff: pd.DataFrame) -> dict[str, str]:
    named = staff[staff["person"] != ""]
    return {str(key): "、".join(dict.fromkeys(group)) for key, group in named.groupby("key")["person"]}


def _duties(staff: pd.DataFrame, language: str) -> str:
    """The duties, tasks and rewards of a page's people, each once."""
    lines = []
    for column in _LISTED:
        said = [one for one in dict.fromkeys(staff[column]) if one]
        if said:
            lines.append(text(f"atlas.{column}", language, said="；".join(said)))
    return "\n".join(lines)


def _table(staff: pd.DataFrame, language: str) -> Table:
    repeated = staff.duplicated("place")
    rows = staff.rename(columns={"number": "zone"})[["page", "zone", "name", "role", "person", "phone", "mu"]].copy()
    # A zone of several people is listed once, its people below one another.
    for column in ("zone", "name", "mu"):
        rows[column] = rows[column].where(~repeated, "")
    rows = rows.rename(columns={"name": "zone_name"})
    columns = tuple(
        Column(name, text(f"atlas.column.{name}", language), share, name == "mu")
        for name, share in (("zone", 0.1), ("zone_name", 0.28), ("role", 0.14), ("person", 0.16), ("phone", 0.16),
                            ("mu", 0.16))
    )  # fmt: skip
    return Table(columns, rows.reset_index(drop=True))
