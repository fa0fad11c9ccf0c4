"""勘测定界界址点坐标 txt, written by the printed rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from redline.core import units
from redline.core.exchange.coordinates import NORTH_FIRST
from redline.core.exchange.parcels import Parcel, Ring

ENCODINGS = ("gbk", "utf-8", "utf-8-sig", "utf-16")

_UNPARTED = str.maketrans(",，@＠", "、、  ")


@dataclass(frozen=True)
class Form:
    """How to write: decimals of coordinates, which coordinate stands first, whether the first point is repeated, and
    the keys of [属性描述] in their order."""

    decimals: int = 3
    order: str = NORTH_FIRST
    closed: bool = True
    header: tuple[tuple[str, str], ...] = ()


def header_of(
    system: str, width: int, zone: int, decimals: int, producer: str = "", day: str = "", version: str = "1.01"
) -> tuple[tuple[str, str], ...]:
    """The keys that the printed rule asks for."""
    precision = f"{10.0**-decimals:.{decimals}f}"
    return (
        ("格式版本号", _plain(version)), ("数据产生单位", _plain(producer)), ("数据产生日期", day), ("坐标系", system),
        ("几度分带", str(width)), ("投影类型", "高斯克吕格"), ("计量单位", "米"), ("带号", str(zone)),
        ("精度", precision), ("转换参数", ",,,,,,"),
    )  # fmt: skip


def rounded(shape: shapely.Geometry, decimals: int) -> shapely.Geometry | None:
    """Polygons with their coordinates as they are written, without points that come to lie on the one before and rings
    that enclose nothing any more; None where nothing is left."""
    parts = []
    for part in shapely.get_parts(shape):
        outer, *holes = (_rounded(ring, decimals) for ring in (part.exterior, *part.interiors))
        if outer is not None:
            parts.append(shapely.Polygon(outer, [hole for hole in holes if hole is not None]))
    return None if not parts else parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _rounded(ring: shapely.LinearRing, decimals: int) -> Ring | None:
    xy = np.round(shapely.get_coordinates(ring), decimals)
    kept = xy[np.append(True, (np.diff(xy, axis=0) != 0).any(axis=1))]
    return kept if len(kept) >= 4 and shapely.area(shapely.Polygon(kept)) > 0 else None


def write(parcels: Sequence[tuple[Parcel, shapely.Geometry]], form: Form) -> str:
    """The text of a file: parcels with their land, which is `rounded` to the decimals of the form; areas in hectares
    with four decimals, points J1, J2, … by ring.

    Outer rings run clockwise and holes the other way, each from its north-western point; parts follow one another under
    ring numbers of their own. The lines end in CRLF.
    """
    lines = ["[属性描述]", *(f"{key}={value}" for key, value in form.header), "[地块坐标]"]
    for parcel, shape in parcels:
        rings = [ring if form.closed else ring[:-1] for ring in rings_of(shape)]
        area = units.round_half_away([shapely.area(shape) / 10_000], 4)[0]
        said = (parcel.number, parcel.name, "面", parcel.sheet, parcel.purpose, parcel.land_class)
        lines.append(f"{sum(map(len, rings))},{area:.4f},{','.join(map(_plain, said))},@")
        start = 1
        for number, ring in enumerate(rings, start=1):
            count = len(ring) - form.closed
            for place, (east, north) in enumerate(ring.tolist()):
                first, second = (north, east) if form.order == NORTH_FIRST else (east, north)
                name = f"J{start + place % count}"
                lines.append(f"{name},{number},{first:.{form.decimals}f},{second:.{form.decimals}f}")
            start += count
    return "\r\n".join(lines) + "\r\n"


def encode(text: str, encoding: str) -> tuple[bytes, str]:
    """The bytes of a file, and the encoding that it took: GB18030 in the place of GBK for rare characters."""
    try:
        return text.encode(encoding), encoding
    except UnicodeEncodeError:
        wider = "gb18030" if encoding == "gbk" else encoding
        # What no encoding can write is half a character.
        return text.encode(wider, "replace"), wider


def _plain(text: str) -> str:
    """A text without the signs that part the line's values; readers take full-width ones for these as well."""
    return " ".join(text.translate(_UNPARTED).split())


def rings_of(shape: shapely.Geometry) -> list[Ring]:
    """Closed rings (n, 2), part by part, outer before holes, each from its north-western point."""
    found = []
    for part in shapely.get_parts(shape):
        turned = shapely.geometry.polygon.orient(part, -1.0)
        for ring in (turned.exterior, *turned.interiors):
            xy = shapely.get_coordinates(ring)[:-1]
            first = int(np.lexsort((xy[:, 0], xy[:, 0] - xy[:, 1]))[0])
            xy = np.roll(xy, -first, axis=0)
            found.append(np.vstack([xy, xy[:1]]))
    return found
