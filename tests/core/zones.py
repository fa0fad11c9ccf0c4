"""What must hold of zones, whatever they are drawn from; and land to draw them in."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core.findings import Findings
from redline.core.geometry.edges import unshared
from redline.core.progress import Progress
from redline.core.result import Result
from redline.core.zoning import draw
from redline.tests.core import hand

Shapes = npt.NDArray[np.object_]
_ROUNDING = 1e-5  # m²: a border of 100 m that is off by the last place of a coordinate


def drawn(
    units: list[hand.Row], plots: list[hand.Row], language: str = "zh", roster: list[hand.Row] | None = None,
    follow: Shapes | None = None, **settings: Any,
) -> Result:  # fmt: skip
    """Draw zones from rows made by hand."""
    findings = Findings(language)
    frames = {"units": hand.layer("units", units, findings)}
    if plots:
        frames["map"] = hand.layer("map", plots, findings)
    if roster is not None:
        frames["roster"] = hand.sheet("roster", roster, findings)
    if follow is not None:
        frames["follow"] = hand.layer("follow", [{"XZDWMC": "路", "geometry": line} for line in follow], findings)
    return draw.draw(frames, findings, draw.Settings(crs=hand.CRS, **settings), Progress())


def rules(result: Result) -> set[str]:
    return set(result.findings.frame()["rule"])


def check_tiling(zones: pd.DataFrame, units: dict[str, shapely.Geometry]) -> None:
    """The zones of every unit tile it: no gap, no overlap, the same vertices on both sides, inside and across units."""
    shapes = zones["geometry"].to_numpy(dtype=object)
    assert shapely.is_valid(shapes).all()
    assert set(zones["unit"]) == set(units)
    for code, region in units.items():
        own = shapes[(zones["unit"] == code).to_numpy()]
        # Edges that two zones share cancel out; what is left is the outline of the unit, edge for edge.
        united = shapely.coverage_union_all(own)
        assert abs(shapely.area(own).sum() - shapely.area(region)) <= 1e-9 * shapely.area(region) + _ROUNDING
        # A new vertex on an edge is off by the last place of its coordinates, which no one can see.
        assert shapely.area(shapely.symmetric_difference(united, region)) <= 1e-8 * shapely.length(region)
        assert corners(region) <= corners(united)
    whole = shapely.coverage_union_all(shapes)
    assert shapely.is_valid(whole)
    # No edge is without its twin but those of the outline of all.
    assert abs(edge_length(shapes) - shapely.length(whole)) <= 1e-6 * shapely.length(whole)
    assert abs(shapely.area(whole) - shapely.area(shapes).sum()) <= 1e-9 * shapely.area(whole)


def edge_length(shapes: Shapes) -> float:
    """Length of all edges that are not shared to the last bit."""
    alone = unshared(shapes)
    return float(np.hypot(*(alone.xy[alone.place + 1] - alone.xy[alone.place]).T).sum())


def corners(shape: shapely.Geometry) -> set[tuple[float, float]]:
    return set(map(tuple, shapely.get_coordinates(shape).tolist()))


def homes(zones: pd.DataFrame, plots: Shapes) -> npt.NDArray[np.intp]:
    """How many zones hold a piece of each plot that is more than rounding."""
    shapes = zones["geometry"].to_numpy(dtype=object)
    plot, zone = shapely.STRtree(shapes).query(plots, predicate="intersects")
    shared = shapely.area(shapely.intersection(plots[plot], shapes[zone]))
    return np.bincount(plot[shared > _ROUNDING], minlength=len(plots))


def check_connected(zones: pd.DataFrame, parts: dict[str, int] | None = None) -> None:
    """Every zone is one polygon, or has no more parts than its unit."""
    pieces = shapely.get_num_geometries(zones["geometry"].to_numpy(dtype=object))
    most = zones["unit"].map(parts or {}).fillna(1).to_numpy()
    assert (pieces <= most).all(), zones["zone_code"][pieces > most].tolist()


def check_balanced(zones: pd.DataFrame, most: float = 1.15) -> None:
    """In every unit, the greatest load is at most `most` times the mean."""
    ratio = zones.groupby("unit")["load"].agg(lambda load: load.max() / load.mean() if load.mean() else 1.0)
    assert ratio.max() <= most, ratio[ratio > most].to_dict()


def check_colours(zones: pd.DataFrame) -> None:
    """Zones that share an edge have different colours."""
    shapes = zones["geometry"].to_numpy(dtype=object)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="touches")
    length = shapely.length(shapely.intersection(shapes[one], shapes[other]))
    colour = zones["colour"].to_numpy()
    assert (colour[one[length > 0]] != colour[other[length > 0]]).all()
    assert colour.min() >= 1
    assert colour.max() <= 6


def landscape(
    columns: int, rows: int, seed: int, *, side: float = 1500.0, plots: int = 14, keep: float = 0.7, gap: float = 4.0
) -> tuple[list[hand.Row], list[hand.Row]]:
    """Villages in a grid with winding common borders, and plots that are never quite parallel in each.

    `plots` a side of a village, `keep` the share of them that are farmland, `gap` metres of road around some of them.
    """
    dice = np.random.default_rng(seed)
    corner = np.stack(np.meshgrid(np.arange(columns + 1), np.arange(rows + 1)), axis=-1) * side
    corner = corner + np.array([hand.EAST, hand.NORTH])
    across = {(r, c): _winding(corner[r, c], corner[r, c + 1], dice) for r in range(rows + 1) for c in range(columns)}
    along = {(r, c): _winding(corner[r, c], corner[r + 1, c], dice) for r in range(rows) for c in range(columns + 1)}
    units, found = [], []
    for r in range(rows):
        for c in range(columns):
            ring = [across[r, c], along[r, c + 1][1:], across[r + 1, c][::-1][1:], along[r, c][::-1][1:]]
            code = f"990101{r + 1:03d}{c + 1:03d}"
            region = shapely.Polygon(np.concatenate(ring))
            units.append({"XZQDM": code, "XZQMC": f"村{r + 1}{c + 1}", "geometry": region})
            cell = (side - 120.0) / plots
            node = np.stack(np.meshgrid(np.arange(plots + 1), np.arange(plots + 1)), axis=-1) * cell
            node = node + dice.uniform(-cell / 7, cell / 7, node.shape) + corner[r, c] + 60.0
            for y in range(plots):
                for x in range(plots):
                    if dice.random() >= keep:
                        continue
                    quad = shapely.Polygon([node[y, x], node[y, x + 1], node[y + 1, x + 1], node[y + 1, x]])
                    shape = shapely.buffer(quad, -gap * dice.choice([0.0, 0.5, 1.0]), join_style="mitre")
                    key = f"{code}{y * plots + x + 1:05d}"
                    found.append({"YJJBNTTBBH": key, "XZQDM": code, "YJJBNTMJ": shape.area, "geometry": shape})
    return units, found


def _winding(start: npt.NDArray[np.float64], end: npt.NDArray[np.float64], dice: np.random.Generator) -> Any:
    share = np.linspace(0.0, 1.0, 9)[:, None]
    points = start + (end - start) * share
    points[1:-1] += np.array([start[1] - end[1], end[0] - start[0]]) / np.hypot(*(end - start)) * dice.uniform(
        -40, 40, (7, 1)
    )
    return points
