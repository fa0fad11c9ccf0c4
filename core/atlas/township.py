"""乡镇永久基本农田分布图 (a page a unit), and the index map of a county.

The table of a township lists its villages, that of a village its plots; areas are added up as whole hundredths of a
square metre and rounded once.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from redline.core.atlas import land
from redline.core.atlas.contents import Atlas, Column, Settings, Table, fitting, number_pages, wanted
from redline.core.catalogue import text
from redline.core.codes import LEVELS
from redline.core.errors import InputError
from redline.core.frames import Frame
from redline.core.progress import Progress
from redline.core.units import format_area

_BELOW = {"county": "township", "township": "village"}


def make(frames: Mapping[str, Frame], settings: Settings, progress: Progress) -> Atlas:
    """A page for every unit of the level (townships where there are any)."""
    plots, known, names = _read(frames, settings, progress.step(share=0.6))
    level = land.level_or_usual(settings.level, known, "township", settings.language)
    pages = unit_pages(known, level, names, settings)
    plots["page"] = land.page_of(plots, pages)
    table = _plot_table(plots, pages, settings) if level == "village" else _unit_table(
        plots, known, _BELOW[level], pages, names, settings)  # fmt: skip
    layers = {"farmland": plots, "block": land.blocks(plots, progress.step(share=0.3)), "unit": known,
              "border": land.borders(known)}  # fmt: skip
    if "landuse" in frames:
        layers = {"landuse": land.landuse(frames["landuse"]), **layers}
    progress.update(1.0)
    return Atlas(pages, {"table": table}, layers, names=names)


def make_index(frames: Mapping[str, Frame], settings: Settings, progress: Progress) -> Atlas:
    """One page a county, with the pages that an atlas of its townships (or villages) has."""
    plots, known, names = _read(frames, settings, progress.step(share=0.6))
    level = land.level_or_usual(settings.level, known, "township", settings.language)
    listed = known[(known["level"] == level) & wanted(known["key"], settings.features)].reset_index(drop=True)
    digits = max(2, len(str(len(listed))))
    listed["number"] = [f"{place:0{digits}d}" for place in range(1, len(listed) + 1)]
    pages = unit_pages(known, "county", names, settings)
    plots["page"] = land.page_of(plots, pages)
    counts = _by_unit(plots, LEVELS[level])
    rows = pd.DataFrame({
        "page": listed["key"].str[: LEVELS["county"]].map(dict(zip(pages["key"], pages["page"]))),
        "n": listed["number"], "code": listed["key"], "name": listed["name"],
        "count": [str(counts["count"].get(code, 0)) for code in listed["key"]],
        "mu": [format_area(counts["cents"].get(code, 0), "mu") for code in listed["key"]],
    })  # fmt: skip
    columns = _columns(settings.language, n=0.1, code=0.24, name=0.3, count=0.14, mu=0.22)
    table = Table(columns, _with_totals(rows.dropna(subset=["page"]), plots, pages, settings.language))
    listed["name"] = listed["number"] + " " + listed["name"]
    shown = pd.concat([known[known["key"].str.len() < LEVELS[level]], listed], ignore_index=True)
    layers = {"farmland": plots, "unit": shown, "border": land.borders(shown)}
    progress.update(1.0)
    return Atlas(pages, {"table": table}, layers, names=names)


def unit_pages(known: pd.DataFrame, level: str, names: Mapping[str, str], settings: Settings) -> pd.DataFrame:
    """The pages of the units of a level that are wanted, by code."""
    chosen = known[(known["level"] == level) & wanted(known["key"], settings.features)].sort_values("key")
    sides, scales = fitting(chosen["geometry"].to_numpy(dtype=object), settings.rooms, settings.scale)
    pages = chosen[["key", "name", "geometry"]].assign(unit=chosen["key"])
    pages["side"], pages["scale"] = sides, scales
    pages["title"] = [
        title(settings, key, full_name(key, names, settings.county)) for key in pages["key"]
    ]
    return number_pages(pages, settings, "")


def full_name(code: str, names: Mapping[str, str], county: str) -> str:
    """County, township and village in one word, as far as they are known: "示范县城关镇东关村"."""
    parts = [county or names.get(code[:6], "")]
    parts += [names.get(code[:digits], "") for digits in (9, 12) if len(code) >= digits]
    return "".join(parts) or code


def title(settings: Settings, code: str, name: str) -> str:
    """The title that the user gave, with name and code in it, else that of the kind."""
    if settings.title:
        return settings.title.replace("{name}", name).replace("{code}", code)
    return text(f"atlas.title.{settings.kind}", settings.language, name=name)


def _read(
    frames: Mapping[str, Frame], settings: Settings, progress: Progress
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, str]]:
    if "map" not in frames:
        raise InputError("atlas_needs", settings.language, role=text("role.map", settings.language))
    given = land.all_units(frames)
    if given is None:
        raise InputError("atlas_needs", settings.language, role=text("role.units", settings.language))
    names = land.names_of(frames)
    known = land.units(given, names, settings.language, progress.step(share=0.5))
    plots = land.farmland(frames["map"], names, settings.language)
    progress.update(1.0)
    return plots, known, names


def _columns(language: str, **shares: float) -> tuple[Column, ...]:
    figures = ("count", "mu")
    return tuple(
        Column(name, text(f"atlas.column.{name}", language), share, name in figures) for name, share in shares.items()
    )


def _by_unit(plots: pd.DataFrame, digits: int) -> pd.DataFrame:
    return plots.groupby(plots["unit"].str[:digits])["cents"].agg(["size", "sum"]).rename(
        columns={"size": "count", "sum": "cents"})  # fmt: skip


def _unit_table(
    plots: pd.DataFrame, known: pd.DataFrame, below: str, pages: pd.DataFrame, names: Mapping[str, str],
    settings: Settings,
) -> Table:  # fmt: skip
    """The units below each page's unit, those without farmland too."""
    digits = LEVELS[below]
    inside = plots[(plots["page"] > 0) & (plots["unit"].str.len() >= digits)]
    counts = _by_unit(inside, digits)
    codes = sorted(set(known.loc[known["level"] == below, "key"]) | set(counts.index))
    rows = pd.DataFrame({"code": codes})
    rows["page"] = rows["code"].str[: len(pages["unit"].iloc[0])].map(dict(zip(pages["unit"], pages["page"])))
    rows = rows.dropna(subset=["page"]).reset_index(drop=True)
    rows["n"] = (rows.groupby("page").cumcount() + 1).astype(str)
    rows["name"] = [names.get(code, "") or code for code in rows["code"]]
    rows["count"] = [str(counts["count"].get(code, 0)) for code in rows["code"]]
    rows["mu"] = [format_area(counts["cents"].get(code, 0), "mu") for code in rows["code"]]
    rows = _with_others(rows, plots[(plots["page"] > 0) & (plots["unit"].str.len() < digits)], settings.language)
    columns = _columns(settings.language, n=0.13, name=0.4, count=0.18, mu=0.29)
    return Table(columns, _with_totals(rows, plots, pages, settings.language))


def _with_others(rows: pd.DataFrame, others: pd.DataFrame, language: str) -> pd.DataFrame:
    """Plots that name no unit of the table's level get a row of their own, so that the table adds up."""
    if others.empty:
        return rows
    sums = others.groupby("page")["cents"].agg(["size", "sum"])
    more = pd.DataFrame({
        "page": sums.index, "n": "", "name": text("atlas.no_unit", language),
        "count": sums["size"].astype(str).to_numpy(),
        "mu": [format_area(total, "mu") for total in sums["sum"]],
    })  # fmt: skip
    return pd.concat([rows, more], ignore_index=True)


def _plot_table(plots: pd.DataFrame, pages: pd.DataFrame, settings: Settings) -> Table:
    rows = plots.loc[plots["page"] > 0, ["page", "number", "class_name", "mu", "person"]]
    columns = _columns(settings.language, number=0.34, class_name=0.2, mu=0.22, person=0.24)
    return Table(columns, _with_totals(rows, plots, pages, settings.language, first="number"))


def _with_totals(
    rows: pd.DataFrame, plots: pd.DataFrame, pages: pd.DataFrame, language: str, first: str = "name"
) -> pd.DataFrame:
    """The rows of each page with their sum behind them."""
    sums = plots[plots["page"] > 0].groupby("page")["cents"].agg(["size", "sum"]).reindex(pages["page"], fill_value=0)
    last = pd.DataFrame({"page": pages["page"].to_numpy(), first: text("atlas.sum", language)})
    last["mu"] = [format_area(total, "mu") for total in sums["sum"]]
    last["count"] = sums["size"].astype(str).to_numpy()
    every = pd.concat([rows.assign(place=0), last.assign(place=1)], ignore_index=True).fillna("")
    every["page"] = every["page"].astype(np.int64)
    return every.sort_values(["page", "place"], kind="stable", ignore_index=True).drop(columns="place")
