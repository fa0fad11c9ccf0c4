"""The plan's building zones (建设用地管制区): where it lets build, on condition, or not; they tile the county."""

from __future__ import annotations

from collections import defaultdict

import shapely
from shapely.geometry.base import BaseGeometry

from redline.tools.demo import areas, people
from redline.tools.demo.county import County, place
from redline.tools.demo.enforcement import Enforcement
from redline.tools.demo.landscape import GRID
from redline.tools.demo.papers import Row

ALLOWED, ON_CONDITION, RESTRICTED, PROHIBITED = "010", "020", "030", "040"
ROOM = 6.0
"""Metres around a permit that the plan gives to it."""
_NAMES = {ALLOWED: "允许建设区", ON_CONDITION: "有条件建设区", RESTRICTED: "限制建设区", PROHIBITED: "禁止建设区"}
_SPECK = 1.0  # square metres: what drawing leaves between two zones


def draw(county: County, made: Enforcement) -> list[Row]:
    """The zones by township: villages and the land of permits, the river, and the rest, which holds all plots.

    Args:
        county: where they lie.
        made: its permits and applications, and what the plan gives to some of them.
    """
    land: dict[str, list[BaseGeometry]] = defaultdict(list)
    land[ALLOWED].append(place(county.landscape.settlements))
    land[PROHIBITED].append(place(county.landscape.river))
    for row in made.permits + made.applications:
        around = ALLOWED, row["geometry"].buffer(ROOM, join_style="mitre")
        zone = made.planned.get(row.get("DKBH", ""), around)
        if zone is not None and row.get("YWLX") != "临时用地":
            land[zone[0]].append(zone[1])
    taken: BaseGeometry = shapely.union_all([plot.shape for plot in county.plots], grid_size=GRID)
    zones = {}
    for code in (ALLOWED, ON_CONDITION, PROHIBITED):
        whole = shapely.union_all(land[code], grid_size=GRID)
        zones[code] = shapely.difference(whole, taken, grid_size=GRID)
        taken = shapely.union(taken, zones[code], grid_size=GRID)
    built = shapely.union_all(list(zones.values()), grid_size=GRID)
    rows: list[Row] = []
    for town in sorted(county.townships, key=lambda unit: unit.code):
        own = {code: shapely.intersection(zone, town.shape, grid_size=GRID) for code, zone in zones.items()}
        own[RESTRICTED] = shapely.difference(town.shape, built, grid_size=GRID)
        for code in sorted(own):
            rows += [
                _row(len(rows) + number, town.code, town.name, code, part)
                for number, part in enumerate(_parts(own[code]), start=1)
            ]
    return rows


def _parts(land: BaseGeometry) -> list[BaseGeometry]:
    parts = shapely.get_parts(shapely.normalize(land))
    return [part for part in parts if part.geom_type == "Polygon" and part.area >= _SPECK]


def _row(number: int, unit: str, name: str, code: str, shape: BaseGeometry) -> Row:
    return {
        "BSM": f"{people.COUNTY}7{number:011d}", "YSDM": "2003020420", "XZQDM": unit, "XZQMC": name, "GZQLXDM": code,
        "GZQLXMC": _NAMES[code], "GZQMJ": areas.cents(shape) / 100, "geometry": shape,
    }  # fmt: skip
