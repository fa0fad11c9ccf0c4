"""勘测定界界址点坐标 txt: permits as lists of boundary points, read in every form in which offices write them."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely

from redline.core import units
from redline.core.errors import InputError
from redline.core.geometry.crs import gauss_system
from redline.core.text import fold, squeeze

NORTH_FIRST, EAST_FIRST, AUTO = "north_first", "east_first", "auto"
ENCODINGS = ("gbk", "utf-8", "utf-8-sig", "utf-16")

_KINDS = {"面": "polygon", "线": "line", "点": "point", "polygon": "polygon", "多边形": "polygon"}
_DATUMS = (("2000", "cgcs2000"), ("1980", "xian80"), ("80", "xian80"))
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SECTION = re.compile(r"\[(.*)\]")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?|[+-]?\.\d+")
_ATTRIBUTES, _PARCELS = "属性描述", "地块坐标"
_PLACES = ("number", "name", "kind", "sheet", "purpose", "land_class")
_SIX, _EIGHT = 1e6, 1e7
_UNPARTED = str.maketrans(",，@＠", "、、  ")
_CENT = 0.005


@dataclass
class Parcel:
    """One parcel as its file has it: texts, the points of its rings (east, north), and the line that it begins on.

    `names`: names of the points, ring by ring; `declared_points`, `declared_area` (m²) are what the file says, None
    where it does not; `area_place` the last place of that area in m²; `more` values beyond the printed rule.
    """

    line: int
    number: str = ""
    name: str = ""
    kind: str = "polygon"
    sheet: str = ""
    purpose: str = ""
    land_class: str = ""
    declared_points: int | None = None
    declared_area: float | None = None
    area_place: float = 1.0
    more: tuple[str, ...] = ()
    rings: list[npt.NDArray[np.float64]] = field(default_factory=list)
    names: list[list[str]] = field(default_factory=list)
    opened: bool = False

    @property
    def points(self) -> int:
        """How many points its lines hold."""
        return sum(map(len, self.names))

    def shape(self) -> shapely.Geometry | None:
        """Its land: rings within rings are holes, whatever their numbers; None for less than three points."""
        if self.kind != "polygon":
            return None
        closed = [ring for ring in self.rings if len(ring) >= 4]
        return _nested(closed) if closed else None


@dataclass
class CoordinateFile:
    """A file as it was understood. `epsg`: the system that header and coordinates name, 0 where they name none;
    `east_first`: its points give the east first; `header`: the keys of [属性描述] and other blocks."""

    header: dict[str, str]
    parcels: list[Parcel]
    encoding: str
    epsg: int = 0
    east_first: bool = False


def decode(content: bytes) -> tuple[str, str]:
    """The text of a file and its encoding: as its mark says, else UTF-8 where it is that, else GBK."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace"), encoding
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("gb18030", "replace"), "gbk"


def read(content: bytes, file: str, language: str, order: str = AUTO) -> CoordinateFile:
    """The parcels of a file.

    `order`: which coordinate stands first; `AUTO` tells by their size (a northing of China has seven digits, an easting
    six, or eight with its zone). Raises InputError that names file and line where a line cannot be understood.
    """
    text, encoding = decode(content)
    header: dict[str, str] = {}
    parcels: list[Parcel] = []
    rows: list[list[_Point]] = []
    section = ""
    for number, raw in enumerate(text.splitlines(), start=1):
        line = fold(raw).replace("，", ",").strip().strip("\ufeff")
        if not line:
            continue
        title = _SECTION.fullmatch(line)
        if title:
            section = squeeze(title[1])
        elif section != _PARCELS:
            key, equals, value = line.partition("=")
            if section and equals:
                header[squeeze(key)] = value.strip()
        elif line.endswith("@"):
            parcels.append(_parcel(line, number, file, language))
            rows.append([])
        elif not parcels:
            raise InputError("coordinates_no_parcel", language, file=file, line=number, found=line[:60])
        else:
            rows[-1].append(_point(line, number, file, language))
    if not parcels:
        raise InputError("coordinates_empty", language, file=file)
    east_first = order == EAST_FIRST or (order == AUTO and _is_east_first(rows))
    for parcel, points in zip(parcels, rows):
        if not points:
            raise InputError("coordinates_no_points", language, file=file, line=parcel.line, number=parcel.number)
        _fill(parcel, points, east_first)
    return CoordinateFile(header, parcels, encoding, _system(header, parcels), east_first)


@dataclass(frozen=True)
class _Point:
    name: str
    ring: str
    first: float
    second: float


def _parcel(line: str, number: int, file: str, language: str) -> Parcel:
    """The head of a parcel: the word for its kind (面, 线, 点) tells where everything else stands."""
    values = [value.strip() for value in line[:-1].split(",")]
    if values and not values[-1]:
        values.pop()
    at = next((place for place, value in enumerate(values) if value in _KINDS and place >= 2), -1)
    if len(values) < 3 or (at < 0 and len(values) < 5):
        raise InputError("coordinates_parcel", language, file=file, line=number, found=line[:60])
    if at < 0:
        at = 4
    found = Parcel(number, kind=_KINDS.get(values[at] if at < len(values) else "", "polygon"))
    found.declared_points = int(values[0]) if values[0].isdigit() else None
    _area(found, values[1])
    rest = values[at + 1 :]
    if at == 3:  # the name stands last
        found.number, found.name = values[2], rest.pop() if len(rest) > 3 else ""
    else:
        found.number, found.name = values[at - 2], values[at - 1]
        found.more = tuple(values[2 : at - 2])
    for name, value in zip(("sheet", "purpose", "land_class"), rest):
        setattr(found, name, value)
    found.more += tuple(rest[3:])
    return found


def _area(parcel: Parcel, text: str) -> None:
    """The declared area in m²: hectares by the rule, or in the unit that is written behind it."""
    match = _NUMBER.match(text)
    if not match or float(match[0]) == 0:
        return
    unit = units.parse_unit(text[match.end() :]) or "ha"
    size = float(units.SQUARE_METRES[unit])
    parcel.declared_area = float(match[0]) * size
    parcel.area_place = 10.0 ** -len(match[0].partition(".")[2]) * size


def _point(line: str, number: int, file: str, language: str) -> _Point:
    values = [value.strip() for value in line.split(",")]
    try:
        if len(values) < 4:
            raise ValueError
        first, second = float(values[2]), float(values[3])
        if not (np.isfinite(first) and np.isfinite(second)):
            raise ValueError
    except ValueError:
        raise InputError("coordinates_point", language, file=file, line=number, found=line[:60]) from None
    return _Point(values[0], values[1], first, second)


def _is_east_first(rows: Sequence[Sequence[_Point]]) -> bool:
    """Do most points give an easting (six digits, or eight with the zone's number) before a northing of seven?"""
    points = np.array([(point.first, point.second) for several in rows for point in several]).reshape(-1, 2)
    north = (points >= _SIX) & (points < _EIGHT)
    return bool((~north[:, 0] & north[:, 1]).sum() > (north[:, 0] & ~north[:, 1]).sum())


def _fill(parcel: Parcel, points: Sequence[_Point], east_first: bool) -> None:
    """Part the points into rings: where the ring's number changes, or the first point has come again."""
    ring: list[tuple[float, float]] = []
    names: list[str] = []
    number = points[0].ring

    def end() -> None:
        if ring:
            parcel.opened |= ring[0] != ring[-1]
            closed = ring if ring[0] == ring[-1] else [*ring, ring[0]]
            parcel.rings.append(np.array(closed if parcel.kind == "polygon" else ring, dtype=float))
            parcel.names.append(list(names))
            ring.clear()
            names.clear()

    for point in points:
        place = (point.first, point.second) if east_first else (point.second, point.first)
        if point.ring != number or (len(ring) > 3 and ring[-1] == ring[0] and place != ring[0]):
            end()
        number = point.ring
        ring.append(place)
        names.append(point.name)
    end()


def _nested(rings: Sequence[npt.NDArray[np.float64]]) -> shapely.Geometry:
    """Polygons of rings: one that lies within an odd number of others is a hole of the smallest of these."""
    shapes = [shapely.Polygon(ring) for ring in rings]
    order = sorted(range(len(shapes)), key=lambda place: -shapes[place].area)
    around: dict[int, list[int]] = {}
    for place in order:
        point = shapely.Point(rings[place][0])
        probe = point if not any(shapes[o].touches(point) for o in around) else shapes[place].representative_point()
        around[place] = [other for other in around if shapes[other].intersects(probe)]
    outer = [place for place in order if len(around[place]) % 2 == 0]
    holes: dict[int, list[npt.NDArray[np.float64]]] = {place: [] for place in outer}
    for place in order:
        if place not in holes:
            owner = min((other for other in around[place] if other in holes), key=lambda other: shapes[other].area)
            holes[owner].append(rings[place])
    parts = [shapely.Polygon(rings[place], holes[place]) for place in sorted(outer)]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _system(header: dict[str, str], parcels: Sequence[Parcel]) -> int:
    """The EPSG code that datum, width of the zones and the zone's number say; the number stands before the easting, or
    in the header."""
    datum = squeeze(header.get("坐标系", ""))
    known = next((name for word, name in _DATUMS if word in datum), "" if datum else "cgcs2000")
    width = re.search(r"\d", header.get("几度分带") or header.get("分带") or "3")
    east = np.concatenate([ring[:, 0] for parcel in parcels for ring in parcel.rings])
    prefixes = np.unique(east // _SIX).astype(int)
    if len(prefixes) != 1:
        return 0
    said = re.search(r"\d+", header.get("带号", ""))
    zone = int(prefixes[0]) or (int(said[0]) if said else 0)
    found = gauss_system(known, int(width[0]) if width else 3, zone, bool(prefixes[0])) if known else ""
    return int(found.partition(":")[2]) if found else 0


def problems(parcel: Parcel) -> dict[str, tuple[str, str]]:
    """What of a parcel is not as it says, by kind: expected and actual as texts.

    `points`: another number of points than declared (with or without the repeated first one); `area`: the plane area is
    another, beyond the last place that is written; `open`: the first point is not repeated (usual, no fault by itself);
    `invalid`: its border crosses itself.
    """
    found: dict[str, tuple[str, str]] = {}
    closing = sum(len(ring) - len(names) for ring, names in zip(parcel.rings, parcel.names))
    counts = {parcel.points, parcel.points + closing, parcel.points - (len(parcel.rings) - closing)}
    if parcel.declared_points is not None and parcel.declared_points not in counts:
        found["points"] = str(parcel.declared_points), str(parcel.points)
    shape = parcel.shape()
    if parcel.kind == "polygon" and (shape is None or not shapely.is_valid(shape)):
        found["invalid"] = "", str(shapely.is_valid_reason(shape)) if shape is not None else str(parcel.points)
    elif shape is not None and parcel.declared_area is not None:
        slack = parcel.area_place / 2 + _CENT
        size = float(shapely.area(shape))
        # Some write square metres where the rule asks for hectares.
        if min(abs(size - parcel.declared_area), abs(size - parcel.declared_area / 10_000)) > slack:
            found["area"] = f"{parcel.declared_area:.2f}", f"{size:.2f}"
    return found


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
    return (
        ("格式版本号", version), ("数据产生单位", producer), ("数据产生日期", day), ("坐标系", system),
        ("几度分带", str(width)), ("投影类型", "高斯克吕格"), ("计量单位", "米"), ("带号", str(zone)),
        ("精度", f"{10.0**-decimals:.{decimals}f}"), ("转换参数", ",,,,,,"),
    )  # fmt: skip


def write(parcels: Sequence[tuple[Parcel, shapely.Geometry]], form: Form) -> str:
    """The text of a file: parcels with their land; areas in hectares with four decimals, points J1, J2, … by ring.

    Outer rings run clockwise and holes the other way, each from its north-western point; parts follow one another under
    ring numbers of their own. The lines end in CRLF.
    """
    lines = [f"[{_ATTRIBUTES}]", *(f"{key}={value}" for key, value in form.header), f"[{_PARCELS}]"]
    for parcel, shape in parcels:
        rings = _rings(shape)
        points = [ring if form.closed else ring[:-1] for ring in rings]
        area = units.round_half_away([shapely.area(shape) / 10_000], 4)[0]
        said = (parcel.number, parcel.name, "面", parcel.sheet, parcel.purpose, parcel.land_class)
        plain = [_plain(value) for value in said]
        lines.append(f"{sum(map(len, points))},{area:.4f},{','.join(plain)},@")
        start = 1
        for number, ring in enumerate(points, start=1):
            count = len(ring) - form.closed
            for place, (east, north) in enumerate(ring):
                name = f"J{start + place % count}"
                pair = (north, east) if form.order == NORTH_FIRST else (east, north)
                lines.append(f"{name},{number},{pair[0]:.{form.decimals}f},{pair[1]:.{form.decimals}f}")
            start += count
    return "\r\n".join(lines) + "\r\n"


def _plain(text: str) -> str:
    """A text without the signs that part the line's values; readers take full-width ones for these as well."""
    return " ".join(text.translate(_UNPARTED).split())


def _rings(shape: shapely.Geometry) -> list[npt.NDArray[np.float64]]:
    """Closed rings (n, 2), part by part, outer before holes, each from its north-western point."""
    found = []
    for part in shapely.get_parts(shape):
        turned = shapely.geometry.polygon.orient(part, -1.0)
        for ring in (turned.exterior, *turned.interiors):
            xy = shapely.get_coordinates(ring)[:-1]
            first = int(np.lexsort((xy[:, 0], -xy[:, 1] + xy[:, 0]))[0])
            xy = np.roll(xy, -first, axis=0)
            found.append(np.vstack([xy, xy[:1]]))
    return found
