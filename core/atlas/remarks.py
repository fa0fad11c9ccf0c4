"""What whoever signs the pages of an atlas has to know of them: what of the data is not on them, or lies elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core.atlas.contents import Atlas, Settings, drawn
from redline.core.atlas.land import full_codes, recorded_area
from redline.core.catalogue import text
from redline.core.checks.ground import check_ground
from redline.core.findings import Findings
from redline.core.frames import Frame, labels
from redline.core.progress import Progress
from redline.core.units import cents, format_area

_EXAMPLES = 3
_UNITS = ("units", "villages")


def of_sources(
    frames: Mapping[str, Frame], settings: Settings, read: Findings, progress: Progress
) -> list[str]:
    """A line for every kind of trouble in a layer: what reading it found (`read`), its coordinate system, its shapes.

    The measured areas of a layer whose coordinates are not of its system are taken out of the frame.
    """
    language = settings.language
    found = []
    spatial = [frame for frame in frames.values() if "geometry" in frame.rows]
    for frame in spatial:
        own = Findings(language)
        check_ground(frame, own, progress.step(share=1 / len(spatial)))
        found += _lines(own, frame.name, language)
    found += _lines(read, "", language)
    return [*found, *_not_drawn(frames, language), *_measured(frames, language), *_same_code(frames, language)]


def of_pages(contents: Atlas, settings: Settings) -> list[str]:
    """A line for plots that stand on no page, or lie outside the unit on whose page they are, and for pages that show
    a part only."""
    plots = contents.layers.get("farmland")
    found = _places(plots, contents.pages, settings) if plots is not None and "page" in plots else []
    return found + _too_large(contents.pages, settings)


def _lines(findings: Findings, layer: str, language: str) -> list[str]:
    made = []
    for (_, role, title), rows in findings.frame().groupby(["rule", "role", "title"], sort=True):
        named = layer or text(f"role.{role}", language)
        keys = [one for one in rows["key"] if one]
        if not keys:
            made += [" ".join(said) for said in zip(rows["message"], rows["how_to_fix"])]
            continue
        first = "、".join(keys[:_EXAMPLES])
        made.append(text("atlas.remark.found", language, layer=named, title=title, count=len(rows), first=first))
    return made


def _not_drawn(frames: Mapping[str, Frame], language: str) -> list[str]:
    frame = frames.get("map")
    if frame is None:
        return []
    lost = frame.rows.index.difference(drawn(frame.rows).index)
    if lost.empty:
        return []
    area = cents(np.nan_to_num(recorded_area(frame.rows.loc[lost])))
    return [text("atlas.remark.not_drawn", language, count=len(lost), mu=format_area(int(area.sum()), "mu"))]


def _measured(frames: Mapping[str, Frame], language: str) -> list[str]:
    frame = frames.get("map")
    rows = drawn(frame.rows) if frame is not None else pd.DataFrame()
    if frame is None or rows.empty:
        return []
    without = ~(recorded_area(rows) > 0)
    if not without.any():
        return []
    area = cents(np.nan_to_num(rows["geometry_area"].to_numpy(dtype=float)[without]))
    first = "、".join(pd.Series(labels(frame), index=frame.rows.index)[rows.index[without]].iloc[:_EXAMPLES])
    mu = format_area(int(area.sum()), "mu")
    return [text("atlas.remark.measured", language, count=int(without.sum()), mu=mu, first=first)]


def _same_code(frames: Mapping[str, Frame], language: str) -> list[str]:
    """Features of one code and one name are a unit with exclaves (飞地); of several names, a mistake."""
    made = []
    for frame in (frames[name] for name in _UNITS if name in frames):
        named = pd.DataFrame({"code": full_codes(frame), "name": frame.column("unit_name")})
        named = named[(named["code"] != "") & (named["name"] != "")].drop_duplicates()
        for code, rows in named[named["code"].duplicated(keep=False)].groupby("code"):
            names = "、".join(sorted(rows["name"]))
            made.append(text("atlas.remark.same_code", language, code=code, names=names))
    return made


def _places(plots: pd.DataFrame, pages: pd.DataFrame, settings: Settings) -> list[str]:
    page = plots["page"].to_numpy()
    made = []
    if not settings.features:
        made += _told("atlas.remark.no_page", plots, page == 0, settings.language)
    outlines = pages["geometry"].to_numpy(dtype=object)
    shapely.prepare(outlines)
    at = np.flatnonzero(page > 0)
    met = shapely.intersects(outlines[page[at] - 1], plots["geometry"].to_numpy(dtype=object)[at])
    elsewhere = np.zeros(len(plots), dtype=bool)
    elsewhere[at[~met]] = True
    return made + _told("atlas.remark.elsewhere", plots, elsewhere, settings.language)


def _told(name: str, plots: pd.DataFrame, there: npt.NDArray[np.bool_], language: str) -> list[str]:
    if not there.any():
        return []
    rows = plots[there]
    first = "、".join(rows["key"].iloc[:_EXAMPLES])
    return [text(name, language, count=len(rows), mu=format_area(int(rows["cents"].sum()), "mu"), first=first)]


def _too_large(pages: pd.DataFrame, settings: Settings) -> list[str]:
    if not settings.scale or settings.kind == "sheet":
        return []
    boxes = shapely.bounds(pages["geometry"].to_numpy(dtype=object))
    rooms = np.array([settings.rooms[side] for side in pages["side"]])
    over = ((boxes[:, 2:] - boxes[:, :2]) * 1000 / settings.scale > rooms).any(axis=1)
    if not over.any():
        return []
    first = "、".join(pages.loc[over, "name"].iloc[:_EXAMPLES])
    scale = f"{settings.scale:,}".replace(",", " ")
    return [text("atlas.remark.too_large", settings.language, count=int(over.sum()), scale=scale, first=first)]
