"""The land survey before the changes (地类图斑): parcels that tile the county, and agree with the plots on it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from redline.tools.demo import areas, layers, people, shapes
from redline.tools.demo.county import CLASS_NAMES, County, Plot, Unit, class_and_slope, place
from redline.tools.demo.dice import Dice
from redline.tools.demo.fields import Field
from redline.tools.demo.landscape import GRID, Landscape
from redline.tools.demo.papers import NO_DEDUCTION, Row
from redline.tools.demo.plan import Plan

FILE = "地类图斑.gpkg"
LAYERS = {"DLTB": "地类图斑"}
FIELDS = (
    ("BSM", "text", 18), ("YSDM", "text", 10), ("TBYBH", "text", 18), ("TBBH", "text", 8), ("DLBM", "text", 5),
    ("DLMC", "text", 60), ("QSXZ", "text", 2), ("QSDWDM", "text", 19), ("QSDWMC", "text", 254), ("ZLDWDM", "text", 19),
    ("ZLDWMC", "text", 254), ("TBMJ", "real", 15), ("KCDLBM", "text", 5), ("KCXS", "factor", 6), ("KCMJ", "real", 15),
    ("TBDLMJ", "real", 15), ("GDLX", "text", 2), ("GDPDJB", "text", 2), ("XZDWKD", "real", 5), ("TBXHDM", "text", 6),
    ("TBXHMC", "text", 20), ("ZZSXDM", "text", 6), ("ZZSXMC", "text", 20), ("GDDB", "whole", 4), ("FRDBS", "text", 1),
    ("CZCSXM", "text", 4), ("SJNF", "whole", 4), ("MSSM", "text", 2), ("HDMC", "text", 100), ("BZ", "text", 254),
)  # fmt: skip
# What is no field, the first that holds a place is what it is: class, name, width in metres, settlement attribute.
OTHERS: dict[str, tuple[str, str, float, str]] = {
    "river": ("1101", "河流水面", 68.0, ""), "roads": ("1003", "公路用地", 7.0, ""),
    "settlements": ("0702", "农村宅基地", 0.0, "203"), "ponds": ("1104", "坑塘水面", 0.0, ""),
    "streams": ("1107", "沟渠", 14.0, ""), "tracks": ("1006", "农村道路", 4.0, ""),
    "grass": ("0404", "其他草地", 0.0, ""),
}  # fmt: skip
_BANK = 7.0  # metres from the middle of a brook to its bank
_SPECK = 1.0  # square metres: what drawing leaves between two parcels goes to one of them


@dataclass
class Parcel:
    """One parcel of the survey, in EPSG:4525."""

    shape: Polygon
    village: Unit
    land_class: str
    name: str
    plot: Plot | None = None
    slope: str = ""
    terrace: str = ""
    factor: int = 0
    width: float = 0.0
    settlement: str = ""


class Survey:
    """All parcels, and what they say of a place."""

    def __init__(self, parcels: list[Parcel]) -> None:
        self.parcels = parcels
        self._tree = shapely.STRtree([parcel.shape for parcel in parcels])

    def at(self, shape: Polygon) -> Parcel:
        """The parcel that holds most of a shape."""
        near = [self.parcels[i] for i in self._tree.query(shape, predicate="intersects")]
        return max(near, key=lambda parcel: parcel.shape.intersection(shape).area)

    def cultivated(self, shape: Polygon) -> tuple[int, bool]:
        """Cultivated land of a shape without ridges, in hundredths of a m²; is all of it in one parcel?"""
        near = [self.parcels[i] for i in self._tree.query(shape, predicate="intersects")]
        shares = [(parcel, parcel.shape.intersection(shape)) for parcel in near]
        land = [(parcel, share) for parcel, share in shares if share.area > 1e-6]
        if len(land) == 1:
            parcel = land[0][0]
            whole = areas.cents(shape) if parcel.land_class.startswith("01") else 0
            return (whole * (10_000 - parcel.factor) + 5_000) // 10_000, True
        net = sum(
            areas.cents(part) * (10_000 - parcel.factor)
            for parcel, share in land if parcel.land_class.startswith("01")
            for part in shapely.get_parts(share) if part.geom_type == "Polygon"
        )  # fmt: skip
        return (net + 5_000) // 10_000, False


def draw_survey(county: County, seed: int) -> Survey:
    """Part the county into parcels: every plot as it is, other fields by blocks, and between them what the landscape
    holds.

    To be drawn before any plot is spoilt: the survey is right.
    """
    landscape = county.landscape
    outlines = _outlines(landscape)
    fields = [field.shape for field in landscape.fields]
    lines = [shape.boundary for shape in (*fields, *landscape.villages, *outlines.values())]
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(lines, grid_size=GRID)]))
    inside = shapely.point_on_surface(faces)
    home = _first_within(landscape.villages, inside)
    faces, inside, home = faces[home >= 0], inside[home >= 0], home[home >= 0]
    of_field = np.append(_leads(landscape.fields), -1)[_first_within(fields, inside)]
    kinds = list(OTHERS)
    kind = np.full(len(faces), len(kinds) - 1)
    for number, name in reversed(list(enumerate(kinds[:-1]))):
        shapely.prepare(outlines[name])
        kind[shapely.contains(outlines[name], inside)] = number
    groups: dict[tuple[int, int, int], list[Polygon]] = defaultdict(list)
    for face, village, field, other in zip(faces, home.tolist(), of_field.tolist(), kind.tolist()):
        groups[village, field, -1 if field >= 0 else other].append(face)
    drawn = _without_specks([
        (key, part) for key, some in groups.items() for part in shapely.get_parts(shapely.union_all(some))
    ])  # fmt: skip
    plots = {plot.shape.wkb: plot for plot in county.plots}
    return Survey(_in_order([_parcel(county, seed, key, shape, plots) for key, shape in drawn]))


def _leads(fields: list[Field]) -> list[int]:
    """Number of the field whose parcel each belongs to: a protected one has its own, the others one a block."""
    first: dict[int, int] = {}
    return [i if field.farmland else first.setdefault(field.block, i) for i, field in enumerate(fields)]


def _outlines(landscape: Landscape) -> dict[str, BaseGeometry]:
    """What is no field, by kind."""
    return {
        "river": landscape.river, "roads": landscape.roads, "settlements": landscape.settlements,
        "ponds": shapely.union_all(landscape.ponds), "streams": landscape.streams.buffer(_BANK, quad_segs=2),
        "tracks": shapely.union_all(landscape.tracks),
    }  # fmt: skip


def _first_within(outlines: list[Polygon], points: np.ndarray) -> np.ndarray:
    """Number of the shape that each point lies in, -1 for none."""
    point, outline = shapes.within(points, outlines)
    found = np.full(len(points), -1)
    found[point[::-1]] = outline[::-1]
    return found


_Key = tuple[int, int, int]  # village, field (-1: none), kind among OTHERS (-1: a field)


def _without_specks(parts: list[tuple[_Key, Polygon]]) -> list[tuple[_Key, Polygon]]:
    """Specks joined to the neighbour in their village with which they share most of their border, but to no field."""
    large = [(key, shape) for key, shape in parts if key[1] >= 0 or shape.area >= _SPECK]
    grown = [shape for _, shape in large]
    tree = shapely.STRtree(grown)
    for key, speck in parts:
        if key[1] >= 0 or speck.area >= _SPECK:
            continue
        near = [i for i in tree.query(speck, predicate="intersects") if large[i][0][0] == key[0]]
        free = [i for i in near if large[i][0][1] < 0] or near
        best = max(free, key=lambda i: (grown[i].intersection(speck).length, -i))
        joined = shapely.union(grown[best], speck)
        if joined.geom_type != "Polygon":
            raise ValueError("a speck that nothing touches")
        grown[best] = joined
    return [(key, shapely.normalize(shape)) for (key, _), shape in zip(large, grown)]


def _parcel(county: County, seed: int, key: _Key, drawn: Polygon, plots: dict[bytes, Plot]) -> Parcel:
    village_index, field_index, kind = key
    village, shape = county.villages[village_index], place(drawn)
    if field_index < 0:
        land_class, name, width, settlement = list(OTHERS.values())[kind]
        if land_class == "0702" and village is county.urban:
            land_class, name, settlement = "0701", "城镇住宅用地", "202"
        return Parcel(shape, village, land_class, name, width=width, settlement=settlement)
    field = county.landscape.fields[field_index]
    plot = plots.get(place(field.shape).wkb)
    if plot is not None:
        return Parcel(shape, village, plot.land_class, CLASS_NAMES[plot.land_class], plot, plot.slope, plot.terrace,
                      plot.factor)  # fmt: skip
    land_class, slope, terrace, factor = class_and_slope(field, Dice(seed, "survey", field_index))
    return Parcel(shape, village, land_class, CLASS_NAMES[land_class], None, slope, terrace, factor)


def _in_order(parcels: list[Parcel]) -> list[Parcel]:
    """By village, its protected plots first, the others from the north-west."""

    def rank(parcel: Parcel) -> tuple[str, bool, str, float, float, str]:
        own = parcel.plot is not None and parcel.plot.village is parcel.village
        middle = parcel.shape.centroid
        number = parcel.plot.number if own and parcel.plot else ""
        return parcel.village.code, not own, number, -round(middle.y / 260), middle.x, parcel.shape.wkt

    return sorted(parcels, key=rank)


def rows_of(survey: Survey) -> list[Row]:
    """The survey as the rows of its layer. A plot has its own number, others those that follow in their village."""
    rows, numbers = [], dict.fromkeys((parcel.village.code for parcel in survey.parcels), 0)
    for count, parcel in enumerate(survey.parcels, start=1):
        code = parcel.village.code
        own = parcel.plot is not None and parcel.plot.village is parcel.village
        numbers[code] = int(parcel.plot.number) if own and parcel.plot else numbers[code] + 1
        rows.append(_row(count, f"{numbers[code]:04d}", parcel))
    return rows


def _row(count: int, number: str, parcel: Parcel) -> Row:
    gross = areas.cents(parcel.shape)
    deduction = (gross * parcel.factor + 5_000) // 10_000
    cultivated, village = parcel.land_class.startswith("01"), parcel.village
    row: Row = {name: "" for name, kind, _ in FIELDS if kind == "text"}
    row |= {
        "BSM": f"{people.COUNTY}5{count:011d}", "YSDM": "2001010100", "TBBH": number, "DLBM": parcel.land_class,
        "DLMC": parcel.name, "QSXZ": "20" if parcel.land_class in ("1101", "1003") else "30",
        "QSDWDM": f"{village.code}0000000", "QSDWMC": f"{village.name}村民委员会", "ZLDWDM": f"{village.code}0000000",
        "ZLDWMC": village.name, "TBMJ": gross / 100, **NO_DEDUCTION, "TBDLMJ": (gross - deduction) / 100,
        "GDLX": parcel.terrace, "GDPDJB": parcel.slope, "XZDWKD": parcel.width, "GDDB": 9 if cultivated else None,
        "FRDBS": "0", "CZCSXM": parcel.settlement, "SJNF": 2024, "MSSM": "00", "geometry": parcel.shape,
    }  # fmt: skip
    if parcel.factor:
        row |= {"KCDLBM": "1203", "KCXS": parcel.factor / 10_000, "KCMJ": deduction / 100}
    if cultivated:
        row |= {"ZZSXDM": "LS", "ZZSXMC": "种植粮食"}
    return row


def write(path: Path, survey: Survey, plan: Plan, seed: int) -> None:
    """Write the layer, with the mistakes that somebody made in it, and note these in the plan."""
    rows = rows_of(survey)
    _spoil(rows, plan, seed)
    path.unlink(missing_ok=True)
    ((name, title),) = LAYERS.items()
    layers.write_layer(layers.create_geopackage(path), name, title, FIELDS, rows)


def _spoil(rows: list[Row], plan: Plan, seed: int) -> None:
    """Mistakes that no area follows from: a name of another class, a deduction where nothing is tilled, a homestead
    without its settlement attribute, a border that crosses itself."""
    dice = Dice(seed, "survey mistakes")

    def one(cause: str, land_class: str) -> tuple[str, Row]:
        simple = [row for row in rows if row["DLBM"] == land_class and shapes.bow_tie(row["geometry"]) is not None]
        row = dice.pick(simple)
        key = f"{row['ZLDWDM'][:12]}/{row['TBBH']}"
        plan.keys[cause] = [key]
        return key, row

    key, row = one("survey-name", "0404")
    row["DLMC"] = "天然牧草地"
    plan.expect("survey-name", key, "landuse R2011", related="DLMC")
    key, row = one("survey-deduction", "1104")
    row |= {"KCDLBM": "1203", "KCXS": 0.05}
    plan.expect("survey-deduction", key, "landuse R2015", related="KCDLBM/DLBM")
    plan.expect("survey-deduction", key, "landuse R2015", related="KCXS/DLBM")
    key, row = one("survey-settlement", "0702")
    row["CZCSXM"] = ""
    plan.expect("survey-settlement", key, "landuse R2015", related="CZCSXM/DLBM")
    key, row = one("survey-bow-tie", "0404")
    row["geometry"] = shapes.bow_tie(row["geometry"])
    plan.expect("survey-bow-tie", key, "landuse R3002")
