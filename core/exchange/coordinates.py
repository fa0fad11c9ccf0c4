"""勘测定界界址点坐标 txt: permits as lists of boundary points, read in every form in which offices write them."""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from redline.core import units
from redline.core.errors import InputError
from redline.core.exchange.parcels import LINE, POINT, POLYGON, CoordinateFile, Parcel
from redline.core.geometry.crs import gauss_system, zone_width
from redline.core.progress import Progress
from redline.core.text import fold, squeeze

NORTH_FIRST, EAST_FIRST, AUTO = "north_first", "east_first", "auto"

_KINDS = {"面": POLYGON, "多边形": POLYGON, "polygon": POLYGON, "线": LINE, "点": POINT}
# Where the kind stands: by the printed rule, behind two fields of the unit, before a name that comes last.
_USUAL_PLACES = (4, 6, 3)
_DATUMS = (("2000", "cgcs2000"), ("1980", "xian80"), ("80", "xian80"))
_WIDTHS = {"3": 3, "三": 3, "6": 6, "六": 6}
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SECTION = re.compile(r"[\[［【](.*)[\]］】]")
_KEY = re.compile(r"([^=＝:：,，@＠]+)[=＝:：](.*)")
_COMMA = re.compile("[,，]")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.(\d*))?|\.(\d+))")
_CLASS = re.compile(r"\d{2,6}[A-Za-z]?")
_WHOLE, _MILLIONS, _THOUSANDS = r"\d{6,8}(?:\.\d*)?", r"\d{1,2},\d{3},\d{3}\b", r"\d{3},\d{3}\b"
# A northing or an easting whose thousands are parted by commas, alone or beside a whole one.
_GROUPED = re.compile(
    f"(?:{_WHOLE},)?{_MILLIONS}|{_WHOLE},{_THOUSANDS}|{_THOUSANDS}(?:\\.\\d*)?,(?:{_MILLIONS}|{_WHOLE})"
)
_PARCELS = "地块坐标"
_BLANK = " \t\u3000\u00a0\ufeff\x00\x1a"
_UNREADABLE = "\ufffd"
_SIX, _EIGHT = 1e6, 1e7
_OFTEN = 1 << 14
_SHOWN = 60


@dataclass(frozen=True)
class _Point:
    name: str
    ring: str
    first: float
    second: float


@dataclass
class _Block:
    """A parcel and its points; `unit`: of its declared area, "" where none is written."""

    parcel: Parcel
    unit: str
    points: list[_Point] = field(default_factory=list)


def read(
    content: bytes, file: str, language: str, order: str = AUTO, progress: Progress | None = None
) -> CoordinateFile:
    """The parcels of a file.

    `order`: which coordinate stands first; `AUTO` tells by their size (a northing of China has seven digits, an easting
    six, or eight with its zone). Raises InputError that names file and line where a line cannot be understood, and
    Cancelled. Source: DOMAIN §1.6; 建设项目用地红线坐标文件内容要求.
    """
    text, encoding = decode(content)
    lines = re.split(r"\r\n|\r|\n", text)
    header: dict[str, str] = {}
    blocks: list[_Block] = []
    section = ""
    for number, line in _numbered(lines, progress or Progress()):
        title = _SECTION.fullmatch(line)
        head = line.rstrip(",， \t").endswith(("@", "＠"))
        if title:
            section = squeeze(title[1])
        elif head or (section == _PARCELS and _is_head(line)):
            section = _PARCELS
            blocks.append(_block(line, number, file, language))
        elif section != _PARCELS:
            pair = _KEY.fullmatch(line)
            if pair:
                header.setdefault(squeeze(pair[1]), pair[2].strip(_BLANK))
        elif not blocks:
            raise InputError("coordinates_no_parcel", language, file=file, line=number, found=line[:_SHOWN])
        else:
            blocks[-1].points.append(_point(line, number, file, language, blocks[-1].parcel))
    if not blocks:
        raise InputError("coordinates_empty", language, file=file)
    east_first = order == EAST_FIRST or (order == AUTO and _is_east_first(blocks))
    for block in blocks:
        if not block.points:
            parcel = block.parcel
            raise InputError("coordinates_no_points", language, file=file, line=parcel.line, number=parcel.number)
        _fill(block.parcel, block.points, east_first)
        _settle_area(block)
    garbled = next((place for place, line in enumerate(lines, start=1) if _UNREADABLE in line), 0)
    parcels = [block.parcel for block in blocks]
    epsg, zone = _system(header, parcels)
    return CoordinateFile(header, parcels, encoding, epsg, east_first, zone, garbled)


def decode(content: bytes) -> tuple[str, str]:
    """The text of a file and its encoding: as its mark says, else UTF-8 where it is that, else GBK."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace"), encoding
    # Digits and commas have an empty byte before or behind them in UTF-16, which no other text has.
    start = content[:400]
    if start.count(0) > len(start) // 8:
        encoding = "utf-16-le" if start[1::2].count(0) >= start[::2].count(0) else "utf-16-be"
        return content.decode(encoding, "replace"), encoding
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("gb18030", "replace"), "gbk"


def _numbered(lines: Sequence[str], progress: Progress) -> Iterator[tuple[int, str]]:
    """The lines that hold something, with their numbers."""
    for number, raw in enumerate(lines, start=1):
        if number % _OFTEN == 0:
            progress.update(number / len(lines))
        line = raw.strip(_BLANK)
        if line:
            yield number, line


def _cells(line: str) -> list[str]:
    return [cell.strip(_BLANK) for cell in _COMMA.split(line)]


def _is_head(line: str) -> bool:
    """Is this a parcel's line that lacks its @?"""
    cells = _cells(line)
    return len(cells) >= 5 and any(cell in _KINDS for cell in cells[2:])


def _block(line: str, number: int, file: str, language: str) -> _Block:
    """The head of a parcel: the word for its kind (面, 线, 点) tells where everything else stands."""
    cells = _cells(line.rstrip(",， \t").rstrip("@＠"))
    if not cells[-1]:
        cells.pop()
    places = [*_USUAL_PLACES, *range(2, len(cells))]
    at = next((place for place in places if place < len(cells) and cells[place].lower() in _KINDS), -1)
    if len(cells) < 3 or (at < 0 and len(cells) < 5):
        raise InputError("coordinates_parcel", language, file=file, line=number, found=line[:_SHOWN])
    at = 4 if at < 0 else at
    found = Parcel(number, kind=_KINDS.get(cells[at].lower(), POLYGON))
    count = fold(cells[0])
    found.declared_points = int(count) if count.isdecimal() else None
    unit = _area(found, fold(cells[1]))
    rest = cells[at + 1 :]
    if at == 3:
        found.number = cells[2]
        # Without a class there is one value less, and the name stands in its place.
        if len(rest) > 3 or (len(rest) == 3 and not _CLASS.fullmatch(fold(rest[2]))):
            found.name = rest.pop()
    else:
        found.number, found.name = cells[at - 2], cells[at - 1]
        found.more = tuple(cells[2 : at - 2])
    for name, value in zip(("sheet", "purpose", "land_class"), rest):
        setattr(found, name, value)
    found.more += tuple(rest[3:])
    return _Block(found, unit)


def _area(parcel: Parcel, text: str) -> str:
    """Takes the declared area, in hectares by the rule or in the unit behind it, which is returned ("" for none)."""
    match = _NUMBER.match(text)
    if not match or float(match[0]) == 0:
        return ""
    unit = units.parse_unit(text[match.end() :]) or ""
    size = float(units.SQUARE_METRES[unit or "ha"])
    parcel.declared_area = float(match[0]) * size
    parcel.area_place = 10.0 ** -_decimals(match) * size
    return unit


def _settle_area(block: _Block) -> None:
    """Some write square metres where the rule asks for hectares: an area without unit is what the land is nearer to."""
    parcel = block.parcel
    if parcel.declared_area is None or parcel.declared_area <= 0 or block.unit:
        return
    land = parcel.land()
    size = 0.0 if land is None else float(shapely.area(land))
    if size > 0 and parcel.declared_area / size > math.sqrt(units.SQUARE_METRES["ha"]):
        factor = float(units.SQUARE_METRES["ha"])
        parcel.declared_area /= factor
        parcel.area_place /= factor


def _decimals(match: re.Match[str]) -> int:
    return len(match[1] or match[2] or "")


def _point(line: str, number: int, file: str, language: str, parcel: Parcel) -> _Point:
    cells = _cells(line)
    found = [_NUMBER.fullmatch(fold(cell)) for cell in cells[2:4]]
    if len(found) < 2 or found[0] is None or found[1] is None:
        raise InputError("coordinates_point", language, file=file, line=number, found=line[:_SHOWN])
    if _GROUPED.match(",".join(map(fold, cells[2:]))):
        raise InputError("coordinates_grouped", language, file=file, line=number, found=line[:_SHOWN])
    parcel.decimals = max(parcel.decimals, _decimals(found[0]), _decimals(found[1]))
    return _Point(cells[0], fold(cells[1]), float(found[0][0]), float(found[1][0]))


def _is_east_first(blocks: Sequence[_Block]) -> bool:
    """Do most points give an easting (six digits, or eight with the zone's number) before a northing of seven?"""
    points = np.array([(point.first, point.second) for block in blocks for point in block.points]).reshape(-1, 2)
    north = (points >= _SIX) & (points < _EIGHT)
    return bool((~north[:, 0] & north[:, 1]).sum() > (north[:, 0] & ~north[:, 1]).sum())


def _fill(parcel: Parcel, points: Sequence[_Point], east_first: bool) -> None:
    """Part the points into rings: where the ring's number changes, or the first point has come again."""
    ring: list[tuple[float, float]] = []
    names: list[str] = []

    def end() -> None:
        closed = len(ring) > 1 and ring[0] == ring[-1]
        whole = ring if closed else [*ring, ring[0]]
        parcel.names.append(list(names))
        if parcel.kind == POLYGON and len(whole) < 4:
            parcel.short += 1
        else:
            parcel.opened += not closed
            parcel.rings.append(np.array(whole if parcel.kind == POLYGON else ring, dtype=float))
        ring.clear()
        names.clear()

    number = points[0].ring
    for point in points:
        place = (point.first, point.second) if east_first else (point.second, point.first)
        if ring and (point.ring != number or (len(ring) > 3 and ring[-1] == ring[0] and place != ring[0])):
            end()
        number = point.ring
        ring.append(place)
        names.append(point.name)
    end()


def _system(header: dict[str, str], parcels: Sequence[Parcel]) -> tuple[int, tuple[str, str] | None]:
    """The EPSG code that datum and zone say (0 for none), and where header and coordinates contradict each other.

    The number before the easting counts more than the header's; no number belongs to zones of both widths.
    """
    datum = squeeze(header.get("坐标系", ""))
    known = next((name for word, name in _DATUMS if word in datum), "" if datum else "cgcs2000")
    said = re.search(r"\d+", fold(header.get("带号", "")))
    named = int(said[0]) if said else 0
    signs = squeeze(header.get("几度分带") or header.get("分带") or "")
    width = next((_WIDTHS[sign] for sign in signs if sign in _WIDTHS), 0)
    eastings = [ring[:, 0] for parcel in parcels for ring in parcel.rings]
    prefixes = np.unique(np.concatenate(eastings) // _SIX).astype(int).tolist() if eastings else []
    if len(prefixes) != 1:
        return 0, (_zone_text(named, width), ", ".join(map(str, prefixes))) if prefixes else None
    zone = prefixes[0] or named
    real = zone_width(zone)
    told = None
    if (named and named != zone) or (width and real and width != real):
        told = _zone_text(named or zone, width), _zone_text(zone, real)
    code = gauss_system(known, real, zone, bool(prefixes[0])) if known else ""
    return int(code.partition(":")[2] or 0), told


def _zone_text(zone: int, width: int) -> str:
    return (f"{zone} ({width}°)" if width else str(zone)) if zone else "—"
