"""What a perfect audit says of plots and zones together, worked out plot by plot."""

from __future__ import annotations

from collections import defaultdict

import shapely
from shapely.geometry.base import BaseGeometry

from redline.tools.demo.papers import Row
from redline.tools.demo.zones import Grid

_FLOOR = 1.0  # m²
_LIMIT = 1.5


def follow_plots(grid: Grid, rows: list[Row]) -> None:
    """R9035 in no zone, R9036 in several, R9037 partly in none, and R9050 uneven loads.

    Args:
        grid: the zones as they are handed in.
        rows: the plots as they are on the map.
    """
    placed = [zone for zone in grid.zones if zone.shape is not None]
    shapes = [_mended(zone.shape) for zone in placed]
    tree = shapely.STRtree(shapes)
    load: dict[int, int] = defaultdict(int)
    causes = _causes(grid)
    for row in rows:
        key, shape = row["YJJBNTTBBH"], _mended(row["geometry"])
        if shape is None or shape.is_empty:
            continue
        shared = {at: shape.intersection(shapes[at]).area for at in tree.query(shape)}
        shared = {at: area for at, area in shared.items() if area > 0}
        inside = sum(shared.values())
        if inside < min(_FLOOR, shape.area / 2):
            grid.plan.expect("zone-null", key, "map R9035")
            continue
        home = min(shared, key=lambda at: (-shared[at], placed[at].label))
        load[home] += 1
        if any(area >= _FLOOR for at, area in shared.items() if at != home):
            grid.plan.expect(causes[key], key, "map R9036", related=placed[home].label)
        if shape.area - inside >= _FLOOR:
            grid.plan.expect(causes[key], key, "map R9037", related=placed[home].label)
    _uneven(grid, [(zone.unit, zone.label, load[at]) for at, zone in enumerate(placed)])


def _mended(shape: BaseGeometry | None) -> BaseGeometry | None:
    return shape if shape is None or shape.is_valid else shapely.make_valid(shape)


def _causes(grid: Grid) -> dict[str, str]:
    """The mistake that each plot carries."""
    return {key: cause for cause, keys in grid.plan.keys.items() for key in keys if len(key) == 17}


def _uneven(grid: Grid, loads: list[tuple[str, str, int]]) -> None:
    for unit in sorted({unit for unit, _, _ in loads}):
        own = [load for one, _, load in loads if one == unit]
        if len(own) > 1 and max(own) * len(own) > _LIMIT * sum(own):
            cause = next((cause for cause, keys in sorted(grid.plan.keys.items()) if cause.startswith("zone-")
                          and any(key.startswith(unit) for key in keys if len(key) == 15)), "")  # fmt: skip
            grid.plan.expect(cause, unit, "zone R9050", related="load")
