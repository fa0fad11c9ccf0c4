"""The one shape of every atlas: pages, tables, layers."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core.errors import InputError
from redline.core.geometry.coverage import mended
from redline.core.standards.paper import scales

Shapes = npt.NDArray[np.object_]
SIDES = ("landscape", "portrait")
Points = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]


def _as_it_is(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return points


# A feature leaves this share of the map's width and height free.
_MARGIN = 0.06


@dataclass(frozen=True)
class Settings:
    """What an atlas is to be.

    `kind` is one of KINDS, `level` of its features ("" for the usual one), `scale` the denominator (0: the largest
    that fits), `rooms` width and height (mm) of the map's face on a landscape and a portrait page, `features` the codes
    of the pages wanted (their beginnings; none: all), `title` a title with {name} and {code}, `county` the name before
    a unit's, `personal` whether telephones are printed in full, `on_date` the day on which people must be in charge.
    `to_lonlat` and `to_plane` move points (n, 2) of the maps' system to degrees and back.
    """

    kind: str
    language: str
    rooms: Mapping[str, tuple[float, float]]
    level: str = ""
    scale: int = 0
    features: tuple[str, ...] = ()
    title: str = ""
    county: str = ""
    personal: bool = False
    on_date: datetime.date = datetime.date.min
    to_lonlat: Points = _as_it_is
    to_plane: Points = _as_it_is


@dataclass(frozen=True)
class Column:
    """A column of a printed table: its field, title, share of the width, and whether it holds figures."""

    name: str
    title: str
    share: float
    figures: bool = False


@dataclass(frozen=True)
class Table:
    """A printed table: `rows` has `page` and a text column for each of `columns`, in the order of printing."""

    columns: tuple[Column, ...]
    rows: pd.DataFrame


@dataclass
class Atlas:
    """Pages, in order, and what stands on them.

    `pages`: page (from 1), key, unit (the code that plots and units of the page begin with), name, title, number (as
    printed), side, scale, note, geometry. `tables` by the id of their layout item; `layers` by kind, the lowest
    first, frames with `geometry`; `keys` (page, key) tells which plots a page shows where the key of the page does not;
    `names` are those of units by code, `title` is that of all pages together.
    """

    pages: pd.DataFrame
    tables: dict[str, Table] = field(default_factory=dict)
    layers: dict[str, pd.DataFrame] = field(default_factory=dict)
    keys: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"page": [], "key": []}))
    notes: list[str] = field(default_factory=list)
    names: Mapping[str, str] = field(default_factory=dict)
    title: str = ""


def fitting(
    shapes: Shapes, rooms: Mapping[str, tuple[float, float]], scale: int = 0, surroundings: float = 1.0
) -> tuple[list[str], list[int]]:
    """Side and scale (denominator) of the page of each shape (metres): the side on which it is larger, on equal terms
    the one that it fills better, and the largest standard scale at which it fits.

    `surroundings` is the width that is shown for each of the shape's own. A `scale` that is given is kept.
    """
    boxes = shapely.bounds(shapes)
    size = np.maximum(boxes[:, 2:] - boxes[:, :2], 1.0) * surroundings
    steps = np.array(scales())
    sides, chosen = [], []
    for width, height in size.tolist():
        needed = {
            side: max(width / room[0], height / room[1]) * 1000 / (1 - 2 * _MARGIN) for side, room in rooms.items()
        }
        at = {side: steps[min(np.searchsorted(steps, least), len(steps) - 1)] for side, least in needed.items()}
        side = min(rooms, key=lambda name: (at[name], needed[name]))
        sides.append(side)
        chosen.append(int(scale or at[side]))
    return sides, chosen


def wanted(codes: pd.Series, features: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Mask of the codes that begin with one of `features`; all where there are none."""
    if not features:
        return np.ones(len(codes), dtype=bool)
    return np.asarray(codes.astype(str).str.startswith(features), dtype=bool)


def number_pages(pages: pd.DataFrame, settings: Settings, layer: str) -> pd.DataFrame:
    """The pages numbered from 1. Raises InputError where there is none in the layer that they are made of."""
    if pages.empty:
        raise nothing(settings, layer)
    pages = pages.reset_index(drop=True)
    pages.insert(0, "page", np.arange(1, len(pages) + 1))
    digits = max(2, len(str(len(pages))))
    if "number" not in pages:
        pages["number"] = [f"{page:0{digits}d}" for page in pages["page"]]
    pages["scale_text"] = [f"1:{scale:,}".replace(",", " ") for scale in pages["scale"]]
    if "note" not in pages:
        pages["note"] = ""
    return pages


def nothing(settings: Settings, layer: str) -> InputError:
    """What to say where no page can be made of a layer: the codes asked for are not there, or nothing has any."""
    if settings.features:
        return InputError("atlas_nothing", settings.language, features="、".join(settings.features))
    return InputError("atlas_no_features", settings.language, layer=layer)


def drawn(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that have an areal shape, invalid ones mended."""
    shapes = mended(rows["geometry"].to_numpy(dtype=object))
    there = (shapely.get_dimensions(shapes) == 2) & ~shapely.is_empty(shapes)
    kept = rows[there].copy()
    kept["geometry"] = pd.Series(shapes[there], index=kept.index, dtype=object)
    return kept
