"""The responsibility zones as they truly are: drawn by the program around the county's farmland, before any mistake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon

from redline.core import frames
from redline.core.findings import Findings
from redline.core.frames import Frame, Source
from redline.core.geometry.crs import Crs
from redline.core.progress import Progress
from redline.core.zoning import draw
from redline.tools.demo.areas import EPSG
from redline.tools.demo.county import County, place
from redline.tools.demo.dice import Dice
from redline.tools.demo.papers import Row, sorted_villages
from redline.tools.demo.plan import Plan

LIMIT = 25  # plots a zone
FIELDS = (
    ("WGDM", "text", 20), ("WGMC", "text", 60), ("WGJB", "text", 10), ("XZQDM", "text", 12), ("XZQMC", "text", 60),
    ("YS", "whole", 4), ("MJ", "real", 15), ("JBNTMJ", "real", 15), ("TBGS", "whole", 6),
)  # fmt: skip


@dataclass
class Zone:
    """One zone. `unit` is the code that its row bears, `sites` are places in its fields; a zone without `staff` is one
    that nobody but its draughtsman knows of: it has no people and no patrols."""

    code: str
    name: str
    unit: str
    unit_name: str
    village: str
    shape: Polygon | MultiPolygon | None
    colour: int
    area: float
    farmland: float
    plots: int
    sites: list[Point] = field(default_factory=list)
    staff: bool = True

    @property
    def label(self) -> str:
        """How findings call it: by its code, else by where it lies."""
        return self.code or spot(self.shape)


@dataclass
class Grid:
    """All zones, the plan that mistakes are noted in, and the labels of zones that carry one already."""

    zones: list[Zone]
    plan: Plan
    seed: int
    used: set[str] = field(default_factory=set)

    def of(self, village: str) -> list[Zone]:
        return [zone for zone in self.zones if zone.village == village]

    def pick(self, cause: str, count: int, suits: Callable[[Zone], bool] = lambda zone: True) -> list[Zone]:
        """Zones for a mistake, none of which carries another."""
        chosen = []
        for zone in Dice(self.seed, "zones", cause).shuffled(self.zones):
            if len(chosen) < count and zone.label not in self.used and zone.staff and suits(zone):
                chosen.append(zone)
        if len(chosen) < count:
            raise ValueError(f"too few zones for {cause}")
        self.note(cause, *(zone.label for zone in chosen))
        return chosen

    def villages(self, cause: str, suits: Callable[[list[Zone]], bool] = lambda zones: True) -> list[list[Zone]]:
        """The zones of every village of which none carries a mistake, in random order."""
        free = [self.of(code) for code in sorted({zone.village for zone in self.zones})]
        free = [zones for zones in free if not any(zone.label in self.used for zone in zones) and suits(zones)]
        return Dice(self.seed, "villages", cause).shuffled(free)

    def note(self, cause: str, *keys: str) -> None:
        """Note the keys that a cause was planted on."""
        self.used |= set(keys)
        self.plan.keys[cause] = sorted({*self.plan.keys.get(cause, []), *keys})


def spot(shape: Polygon | MultiPolygon | None) -> str:
    """Where something lies, to the metre."""
    middle = shapely.centroid(shape)
    return f"({middle.x:.0f},{middle.y:.0f})"


def draw_zones(county: County, plan: Plan, seed: int) -> Grid:
    """Zones of at most LIMIT plots that follow the true fields, on the grid of millimetres.

    Args:
        county: where to draw them.
        plan: takes the mistakes.
        seed: the county's seed.
    """
    villages = sorted_villages(county)
    fields = [(county.villages[one.village], place(one.shape)) for one in county.landscape.fields if one.farmland]
    findings = Findings("zh")
    plots = [
        {"YJJBNTTBBH": f"{village.code}{number:05d}", "XZQDM": village.code, "geometry": shape}
        for number, (village, shape) in enumerate(fields)
    ]
    units = [{"XZQDM": village.code, "XZQMC": village.name, "geometry": village.shape} for village in villages]
    given = {"units": _frame("units", units, findings), "map": _frame("map", plots, findings)}
    settings = draw.Settings(crs=Crs.from_epsg(EPSG), limit=LIMIT)
    table = draw.draw(given, findings, settings, Progress()).tables["ZONES"]
    sites = [shape.representative_point() for _, shape in fields]
    tree = shapely.STRtree(sites)
    names = {village.code: village.name for village in villages}
    zones = []
    for row in table.to_dict("records"):
        shape = shapely.normalize(shapely.transform(row["geometry"], lambda xy: np.round(xy, 3)))
        within = [sites[at] for at in sorted(tree.query(shape, predicate="contains"))]
        unit = row["unit"]
        zones.append(Zone(
            row["zone_code"], row["zone_name"], unit, names[unit], unit, shape, int(row["colour"]), row["area"],
            row["farmland_area"], int(row["plots"]), within or [shape.representative_point()],
        ))  # fmt: skip
    return Grid(zones, plan, seed)


def _frame(role: str, rows: list[Row], findings: Findings) -> Frame:
    """Rows with a geometry as a frame; areas as in the plane, which is enough to draw by."""
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = [row["geometry"] for row in rows]
    cells = pd.DataFrame([{name: value for name, value in row.items() if name != "geometry"} for row in rows])
    bounds = tuple(shapely.total_bounds(shapes))
    source = Source(role, cells, shapes, np.round(shapely.area(shapes), 2), Crs.from_epsg(EPSG), bounds)
    return frames.read(source, role, findings)


def rows_of(grid: Grid) -> list[Row]:
    """The zones as rows of a layer."""
    return [
        {
            "WGDM": zone.code, "WGMC": zone.name, "WGJB": "网格", "XZQDM": zone.unit, "XZQMC": zone.unit_name,
            "YS": zone.colour, "MJ": zone.area, "JBNTMJ": zone.farmland, "TBGS": zone.plots, "geometry": zone.shape,
        }
        for zone in grid.zones
    ]  # fmt: skip
