"""Cutting one unit into zones: which plots belong together, and the polygons around them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely

from redline.core.zoning.mesh import FREE, borders, mesh
from redline.core.zoning.partition import Graph, partition, pieces
from redline.core.zoning.tiling import Land, points, sample, tile

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Shapes = npt.NDArray[np.object_]

# Outlines are looked at by points so far apart and so exact, in sides of a usual plot.
_SPACING, _THIN = 0.5, 0.05
# Points are drawn this far into their plot, so that plots that touch are neighbours and not one.
_INWARD = 0.02
_OUTLINE = 4000
# A border along a road or river counts this much of its length, and the way across it this much more.
_ROAD_BORDER, _ROAD_WAY = 0.3, 2.0


def _nothing() -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Unit:
    """What a unit is cut by. `region`: a valid polygon or multipolygon; `plots`: valid shapes; `points` (n, 2): a place
    of each plot within the region; `load` of each; `follow`: lines; `limit`: the greatest load of a zone. Pieces of
    road are loads without land: `road_points` (m, 2), `road_load`. `pulse` is called again and again, and may raise
    Cancelled."""

    region: shapely.Geometry
    plots: Shapes
    points: Floats
    load: Floats
    limit: float
    follow: Shapes
    road_points: Floats
    road_load: Floats
    pulse: Callable[[], None] = _nothing


@dataclass(frozen=True)
class Cut:
    """The zones of a unit: `shapes` (object array, none None), the zone `number` of each plot, counted from 0, and of
    each piece of road."""

    shapes: Shapes
    number: Ints
    road_number: Ints


def needs_cutting(unit: Unit) -> bool:
    """Is the load of the whole unit over the limit, and is there anything to part?"""
    load = float(unit.load.sum() + unit.road_load.sum())
    return load > unit.limit * (1 + 1e-9) and len(unit.plots) + len(unit.road_points) > 1


def whole(unit: Unit) -> Cut:
    """The unit as one zone."""
    shapes = np.empty(1, dtype=object)
    shapes[0] = unit.region
    return Cut(shapes, np.zeros(len(unit.plots), dtype=np.intp), np.zeros(len(unit.road_points), dtype=np.intp))


def cut(unit: Unit) -> Cut:
    """The unit in the fewest zones that can hold its load (see `partition` and `tile`)."""
    if not needs_cutting(unit):
        return whole(unit)
    side = usual_side(unit)
    graph = graph_of(unit, side)
    part = partition(_bridged(graph), unit.limit)
    number, road_number = part[: len(unit.plots)], part[len(unit.plots) :]
    unit.pulse()
    land = Land(
        unit.region, unit.plots, unit.points, number, _frontier(graph, part)[: len(unit.plots)], unit.follow, side,
        unit.road_points, road_number,
    )  # fmt: skip
    shapes, number = tile(land)
    there = np.flatnonzero(~shapely.is_missing(shapes))
    place = np.full(len(shapes), -1, dtype=np.intp)
    place[there] = np.arange(len(there))
    shapes, number, road_number = shapes[there], place[number], place[road_number]
    return Cut(shapes, _held(shapes, unit, number), _around(shapes, unit.road_points, road_number))


def _held(shapes: Shapes, unit: Unit, number: Ints) -> Ints:
    """The zone of each plot: another than its own (-1: one that has no land) where that has more of it, since the land
    of plots that lie upon one another is in one zone only."""
    around = _around(shapes, unit.points, number)
    other = np.flatnonzero(around != number)
    own = other[number[other] >= 0]
    left, taken = (shapely.area(shapely.intersection(unit.plots[own], shapes[of[own]])) for of in (number, around))
    around[own[left >= taken]] = number[own[left >= taken]]
    return around


def _around(shapes: Shapes, xy: Floats, number: Ints) -> Ints:
    """The zone that each point lies in: its own where it does, else the first, else the nearest."""
    spots = points(xy)
    tree = shapely.STRtree(shapes)
    spot, zone = tree.query(spots, predicate="intersects")
    order = np.lexsort((zone, zone != number[spot], spot))
    first = order[np.flatnonzero(np.diff(spot[order], prepend=-1))]
    found = number.copy()
    found[spot[first]] = zone[first]
    lost = np.flatnonzero(found < 0)
    found[lost] = tree.nearest(spots[lost])
    return found


def _frontier(graph: Graph, part: Ints) -> npt.NDArray[np.bool_]:
    """Mask of the nodes with a neighbour in another part."""
    apart = part[graph.one] != part[graph.other]
    mask = np.zeros(len(graph), dtype=bool)
    mask[graph.one[apart]] = mask[graph.other[apart]] = True
    return mask


def usual_side(unit: Unit) -> float:
    """The side of a square as large as a usual plot, but no less than splits the unit's outline into _OUTLINE; without
    plots, a fiftieth of the unit's."""
    area = shapely.area(unit.plots)
    area = area[area > 0]
    if not len(area):
        return float(np.sqrt(shapely.area(unit.region))) / 50
    # Where most plots are splinters, points so close together would be without number.
    return max(float(np.sqrt(np.median(area))), float(shapely.length(unit.region)) / _OUTLINE)


def graph_of(unit: Unit, side: float) -> Graph:
    """Plots (then pieces of road) that are neighbours within the region, across open land as well."""
    xy, row = sample(unit.plots, side * _SPACING, side * _THIN)
    xy = xy + (unit.points[row] - xy) * _INWARD
    edge, _ = sample(np.array([unit.region], dtype=object), side)
    origin = np.round(shapely.bounds(unit.region)[:2])
    places = np.concatenate([unit.points, unit.road_points])
    sampled = np.concatenate([xy, places, edge]) - origin
    owner = np.concatenate([row, np.arange(len(places)), np.full(len(edge), FREE)]).astype(np.intp)
    region = shapely.transform(unit.region, lambda given: given - origin)
    found = borders(mesh(sampled, owner, region))
    border = found.length
    way = np.hypot(*(places[found.one] - places[found.other]).T)
    if len(unit.follow) and len(border):
        crossing = np.zeros(len(border), dtype=bool)
        across = shapely.linestrings(np.stack([found.start + origin, found.end + origin], axis=1))
        crossing[shapely.STRtree(unit.follow).query(across, predicate="intersects")[0]] = True
        border = np.where(crossing, border * _ROAD_BORDER, border)
        way = np.where(crossing, way * _ROAD_WAY, way)
    unit.pulse()
    load = np.concatenate([unit.load, unit.road_load])
    return Graph(places, load, found.one, found.other, border, way, unit.pulse)


def _bridged(graph: Graph) -> Graph:
    """The graph with pieces that lie apart (exclaves) joined to their nearest, at no cost of border."""
    apart = pieces(graph)
    one, other, way = [], [], []
    while len(apart) > 1:
        piece = min(apart, key=lambda nodes: (len(nodes), nodes[0]))
        apart.remove(piece)
        rest = np.array(sorted(node for nodes in apart for node in nodes), dtype=np.intp)
        near = shapely.STRtree(points(graph.xy[rest]))
        own = points(graph.xy[piece])
        (start, end), distance = near.query_nearest(own, return_distance=True, all_matches=False)
        best = int(distance.argmin())
        first, last = piece[int(start[best])], int(rest[end[best]])
        one.append(first)
        other.append(last)
        way.append(float(distance[best]))
        holder = next(nodes for nodes in apart if last in nodes)
        holder += piece
        holder.sort()
    return replace(
        graph, one=np.append(graph.one, np.array(one, dtype=np.intp)),
        other=np.append(graph.other, np.array(other, dtype=np.intp)),
        border=np.append(graph.border, np.zeros(len(one))), way=np.append(graph.way, way),
    )  # fmt: skip
