"""The demo county as it truly is: villages, plots, areas and people, before anybody makes a mistake."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from redline.tools.demo import areas, people
from redline.tools.demo.dice import Dice
from redline.tools.demo.fields import Field
from redline.tools.demo.landscape import Landscape, draw_landscape

ORIGIN = (37_584_000.0, 4_046_000.0)  # of the local plane, in EPSG:4525: about 100 km east of the central meridian
START, END = "20220101", "20351231"
CLASS_NAMES = {"0101": "水田", "0102": "水浇地", "0103": "旱地", "0201": "果园"}


@dataclass
class Unit:
    """A township or village: code, name, outline."""

    code: str
    name: str
    shape: Polygon
    township: str = ""

    @property
    def cents(self) -> int:
        """Ellipsoidal area in hundredths of a square metre."""
        return areas.cents(self.shape)


@dataclass
class Plot:
    """One plot with everything that its papers should say; areas in hundredths of a square metre."""

    shape: Polygon | MultiPolygon
    village: Unit
    key: str
    number: str
    land_class: str
    slope: str
    terrace: str
    gross: int
    factor: int  # deduction factor in ten-thousandths
    deduction: int
    net: int
    group: int
    village_person: str
    group_person: str
    person: people.Person
    letter: str
    start: str = START
    end: str = END

    def settle(self) -> None:
        """Work out the deducted and the net area from the gross area."""
        self.deduction = (self.gross * self.factor + 5000) // 10000
        self.net = self.gross - self.deduction


@dataclass
class County:
    """The whole county. `spare` is farmland that is not protected; `urban` the village without any plot."""

    villages: list[Unit]
    townships: list[Unit]
    plots: list[Plot]
    spare: list[tuple[Unit, Polygon]]
    urban: Unit
    landscape: Landscape


def build_county(seed: int, landscape: Landscape | None = None) -> County:
    """Draw the county and give every plot its number, class, area and people.

    Args:
        seed: the county's seed.
        landscape: the land, where it has been drawn already.
    """
    landscape = landscape or draw_landscape(seed)
    villages = _villages(seed, landscape)
    townships = []
    for index, township_name in enumerate(people.TOWNSHIP_NAMES):
        shapes = [v.shape for v, t in zip(villages, landscape.townships) if t == index]
        townships.append(
            Unit(f"{people.COUNTY}{index + 1:03d}", township_name, shapely.normalize(shapely.union_all(shapes)))
        )
    placed = [field for field in landscape.fields if field.farmland]
    strayed = _astray(seed, placed, landscape)
    plots = []
    for index, village in enumerate(villages):
        own = [(f, i) for i, f in enumerate(placed) if strayed.get(i, f.village) == index]
        plots += _plots(seed, village, [field for field, _ in own])
    spare = [(villages[f.village], place(f.shape)) for f in landscape.fields if not f.farmland]
    return County(villages, townships, plots, spare, villages[landscape.urban], landscape)


def place(shape: Polygon) -> Polygon:
    """A shape of the local plane in EPSG:4525, on the grid of millimetres."""
    return shapely.transform(shape, lambda xy: np.round(xy + ORIGIN, 3))


def village_of(plot: Plot, county: County) -> Unit:
    """The village in which a plot really lies."""
    point = plot.shape.point_on_surface()
    return next(village for village in county.villages if village.shape.contains(point))


def _villages(seed: int, landscape: Landscape) -> list[Unit]:
    """Codes and names: the seat of each township first, then from west to east."""
    names = iter(Dice(seed, "village names").shuffled(people.VILLAGE_NAMES))
    suburbs = iter(people.SUBURB_NAMES)
    count: dict[int, int] = defaultdict(int)
    units: dict[int, Unit] = {}
    shapes = landscape.villages
    for village in sorted(range(len(shapes)), key=lambda v: (v not in landscape.towns, shapes[v].centroid.x)):
        township = landscape.townships[village]
        count[township] += 1
        code = f"{people.COUNTY}{township + 1:03d}{count[township]:03d}"
        is_seat = village in landscape.towns
        name = people.SEAT_NAMES[township] if is_seat else next(suburbs if township == 0 else names)
        shape = place(shapes[village])
        shapely.prepare(shape)  # it will be asked for every plot, again and again
        units[village] = Unit(code, name, shape, people.TOWNSHIP_NAMES[township])
    return [units[village] for village in range(len(landscape.villages))]


def _astray(seed: int, fields: list[Field], landscape: Landscape) -> dict[int, int]:
    """Two fields that all papers give to a village in which they do not lie: field to village."""
    dice = Dice(seed, "astray")
    shapes, townships = landscape.villages, landscape.townships
    astray: dict[int, int] = {}
    busy = {landscape.urban}
    while len(astray) < 2:
        index = dice.whole(0, len(fields) - 1)
        home, other = fields[index].village, dice.whole(0, len(shapes) - 1)
        apart = townships[home] != townships[other] and not busy & {home, other}
        if apart and shapes[home].distance(shapes[other]) < 1:
            astray[index] = other
            busy |= {home, other}
    return astray


def _plots(seed: int, village: Unit, fields: list[Field]) -> list[Plot]:
    """The plots of a village, numbered in rows from the north-west."""
    fields = sorted(fields, key=lambda f: (-round(f.shape.centroid.y / 260), f.shape.centroid.x))
    dice = Dice(seed, "plots", village.code)
    boss = people.name(dice)
    groups = max(1, min(4, len(fields) // 14))
    heads = [people.name(dice) for _ in range(groups)]
    classes: dict[int, str] = {}
    plots: list[Plot] = []
    farmer, left = None, 0
    for index, field in enumerate(fields):
        group = index * groups // len(fields)
        if farmer is None or left == 0 or plots[-1].group != group:
            farmer = people.person(dice, f"{people.COUNTY_NAME}{village.township}{village.name}{dice.whole(1, 180)}号")
            left = dice.pick((1, 1, 2, 2, 3))
        left -= 1
        land_class = classes.setdefault(field.block, _class(field, dice))
        slope, terrace, factor = _slope(field, land_class, dice)
        shape = place(field.shape)
        plot = Plot(
            shape=shape,
            village=village,
            key=f"{village.code}{index + 1:05d}",
            number=f"{index + 1:04d}",
            land_class=land_class,
            slope=slope,
            terrace=terrace,
            gross=0,
            factor=factor,
            deduction=0,
            net=0,
            group=group,
            village_person=boss,
            group_person=heads[group],
            person=farmer,
            letter=f"SFGB-2022-{village.code[6:]}-{len({p.person for p in plots} | {farmer}):03d}",
        )
        measure(plot)
        plots.append(plot)
    return plots


def measure(plot: Plot) -> None:
    """Take the plot's area from its shape."""
    plot.gross = areas.cents(plot.shape)
    plot.settle()


def class_and_slope(field: Field, dice: Dice) -> tuple[str, str, str, int]:
    """Class of a field by itself, slope grade, kind of sloping land, deduction factor in ten-thousandths."""
    land_class = _class(field, dice)
    return (land_class, *_slope(field, land_class, dice))


def _class(field: Field, dice: Dice) -> str:
    if field.orchard:
        return "0201"
    if field.wet > 0.45 + dice.uniform(-0.1, 0.1):
        return "0101"
    return "0102" if field.hill < 0.38 + dice.uniform(-0.08, 0.08) else "0103"


def _slope(field: Field, land_class: str, dice: Dice) -> tuple[str, str, int]:
    """Slope grade 1-5, kind of sloping land, deduction factor for field ridges in ten-thousandths."""
    if land_class == "0201":
        return "", "", 0
    grade = 1 if land_class != "0103" else 1 + min(3, math.floor(field.hill * 3 + dice.uniform(0, 0.9)))
    if grade == 1:
        return "1", "", 0
    terrace = "TT" if dice.chance(0.7) else "PD"
    factor = {("TT", 2): 583, ("TT", 3): 871, ("TT", 4): 1196, ("PD", 2): 724, ("PD", 3): 1058, ("PD", 4): 1467}
    return str(grade), terrace, factor[terrace, grade]
