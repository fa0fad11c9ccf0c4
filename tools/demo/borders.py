"""County, townships and villages: irregular polygons whose common borders are the same polyline."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, MultiLineString, MultiPoint, Point, Polygon

from redline.tools.demo.dice import Dice

VILLAGES = 40
SPACING = 1420.0  # metres between village centres
CENTRE = (6000.0, 5000.0)
SHORTEST_BORDER = 260.0
BORDER_STEP = 55.0
RIVER_STEP = 38.0

Node = tuple[float, float]
Edge = tuple[Node, Node]


@dataclass
class Borders:
    """Villages as polygons, with the graph of their borders.

    Attributes:
        villages: one polygon a village, in metres of the local plane.
        centres: one point a village.
        lines: border polylines, each shared by its one or two villages.
        neighbours: pairs of villages with a common border.
        river: the river's axis, along borders.
    """

    villages: list[Polygon]
    centres: np.ndarray
    lines: list[LineString]
    neighbours: set[tuple[int, int]]
    river: LineString


def draw_borders(seed: int) -> Borders:
    """Draw the villages of the county.

    Args:
        seed: the county's seed.
    """
    for attempt in range(100):
        borders = _try_borders(Dice(seed, "borders", attempt))
        if borders:
            return borders
    raise ValueError(f"seed {seed} gives no county whose borders do not cross")


def _try_borders(dice: Dice) -> Borders | None:
    """One draw; None where two borders cross."""
    centres, rings = _cells(dice)
    edges = _edges(rings)
    path = _river_path(edges, dice)
    lines = {edge: _border(edge, dice, inner=len(cells) == 2) for edge, cells in edges.items()}
    lines.update(_river_lines(path, dice))
    villages = _villages(rings, lines)
    if not all(village.is_valid for village in villages) or shapely.union_all(villages).geom_type != "Polygon":
        return None
    neighbours = {(min(c), max(c)) for c in edges.values() if len(c) == 2}
    river = shapely.line_merge(MultiLineString([lines[_edge(a, b)] for a, b in zip(path, path[1:])]))
    return Borders(villages, centres, [LineString(line) for line in lines.values()], neighbours, river)


def _cells(dice: Dice) -> tuple[np.ndarray, list[list[Node]]]:
    """Centres (n, 2) and rings of the county's cells: the Voronoi cells of a jittered grid nearest to its middle."""
    step = SPACING * math.sqrt(3) / 2
    points = np.array(
        [
            (
                (column + 0.5 * (row % 2)) * SPACING + SPACING * dice.uniform(-0.34, 0.34),
                row * step + SPACING * dice.uniform(-0.34, 0.34),
            )
            for row in range(-3, 13)
            for column in range(-3, 13)
        ]
    )
    dx, dy = (points - CENTRE).T
    angle = np.arctan2(dy, dx)
    wobble = 1 + 0.16 * np.cos(2 * angle + dice.uniform(0, 6)) + 0.13 * np.cos(3 * angle + dice.uniform(0, 6))
    wobble += 0.05 * np.cos(5 * angle + dice.uniform(0, 6))
    chosen = np.sort(np.argsort(np.hypot(dx / 1.18, dy / 0.9) / wobble, kind="stable")[:VILLAGES])
    cells = list(shapely.voronoi_polygons(MultiPoint(points)).geoms)
    tree = shapely.STRtree(cells)
    rings = []
    for index in chosen:
        (cell,) = tree.query(Point(points[index]), predicate="within")
        rings.append([(round(x, 3), round(y, 3)) for x, y in cells[cell].exterior.coords[:-1]])
    return points[chosen], _contract(rings)


def _contract(rings: list[list[Node]]) -> list[list[Node]]:
    """The rings with borders shorter than the shortest drawn together to one node."""
    same: dict[Node, Node] = {}

    def root(node: Node) -> Node:
        while node in same:
            node = same[node]
        return node

    lengths = {_edge(a, b): math.dist(a, b) for ring in rings for a, b in _pairs(ring)}
    for (a, b), length in sorted(lengths.items(), key=lambda item: (item[1], item[0])):
        if length < SHORTEST_BORDER and root(a) != root(b):
            same[root(b)] = root(a)
    result = []
    for ring in rings:
        nodes = [root(node) for node in ring]
        result.append([a for a, b in _pairs(nodes) if a != b])
    return result


def _edges(rings: list[list[Node]]) -> dict[Edge, list[int]]:
    """Each border with the one or two cells beside it."""
    edges: dict[Edge, list[int]] = defaultdict(list)
    for cell, ring in enumerate(rings):
        for a, b in _pairs(ring):
            edges[_edge(a, b)].append(cell)
    return dict(edges)


def _river_path(edges: dict[Edge, list[int]], dice: Dice) -> list[Node]:
    """Nodes along which the river crosses the county from west to east."""
    graph: dict[Node, list[tuple[Node, float]]] = defaultdict(list)
    rim = {node for edge, cells in edges.items() if len(cells) == 1 for node in edge}
    for (a, b), cells in sorted(edges.items()):
        if len(cells) == 2:
            cost = math.dist(a, b) * dice.uniform(0.8, 1.4)
            graph[a].append((b, cost))
            graph[b].append((a, cost))
    gates = sorted(rim & set(graph))
    start = min(gates, key=lambda n: n[0] + 0.9 * abs(n[1] - CENTRE[1] - 1100))
    goal = min(gates, key=lambda n: -n[0] + 0.9 * abs(n[1] - CENTRE[1] + 900))
    best = {start: (0.0, start)}
    queue = [(0.0, start)]
    while queue:
        cost, node = heapq.heappop(queue)
        if node == goal:
            break
        if node in rim and node != start:
            continue
        for other, length in graph[node]:
            if other not in best or cost + length < best[other][0]:
                best[other] = (cost + length, node)
                heapq.heappush(queue, (cost + length, other))
    path = [goal]
    while path[-1] != start:
        path.append(best[path[-1]][1])
    return path[::-1]


def _river_lines(path: list[Node], dice: Dice) -> dict[Edge, list[Node]]:
    """Meanders along the river's nodes, one polyline a border."""
    knots: list[np.ndarray] = []
    place = []
    for a, b in zip(path, path[1:]):
        place.append(len(knots))
        knots.append(np.array(a))
        knots.extend(_wander(np.array(a), np.array(b), dice, parts=3, swing=0.13)[1:-1])
    place.append(len(knots))
    knots.append(np.array(path[-1]))
    lines = {}
    for i, (a, b) in enumerate(zip(path, path[1:])):
        line = spline(np.array(knots), place[i], place[i + 1], RIVER_STEP)
        line[0], line[-1] = a, b
        lines[_edge(a, b)] = _ordered(line, _edge(a, b))
    return lines


def _wander(a: np.ndarray, b: np.ndarray, dice: Dice, parts: int, swing: float) -> list[np.ndarray]:
    """Points from a to b that swing to both sides."""
    along = b - a
    across = np.array((-along[1], along[0]))
    side = 1 if dice.chance(0.5) else -1
    points = [a]
    for i in range(1, parts):
        points.append(
            a + along * (i + dice.uniform(-0.12, 0.12)) / parts + across * side * dice.uniform(0.3, 1) * swing
        )
        side = -side
    return [*points, b]


def spline(knots: np.ndarray, first: int, last: int, step: float) -> list[Node]:
    """Points of a Catmull-Rom curve through knots (n, 2), from knot `first` to knot `last`, about `step` apart."""
    padded = np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    points = []
    for i in range(first, last):
        p0, p1, p2, p3 = padded[i : i + 4]
        count = max(2, int(np.hypot(*(p2 - p1)) / step))
        for j in range(count):
            t = j / count
            points.append(
                0.5
                * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
            )
    points.append(knots[last])
    return [(round(float(x), 3), round(float(y), 3)) for x, y in points]


def _border(edge: Edge, dice: Dice, inner: bool) -> list[Node]:
    """A broken line from one node to the other by midpoint displacement."""
    points = [np.array(edge[0]), np.array(edge[1])]
    swing = 0.1 if inner else 0.17
    while math.dist(points[0], points[1]) > 1.6 * BORDER_STEP:
        finer = []
        for a, b in zip(points, points[1:]):
            along = b - a
            shift = np.array((-along[1], along[0])) * dice.uniform(-swing, swing)
            finer += [a, a + along * dice.uniform(0.42, 0.58) + shift]
        points = [*finer, points[-1]]
        swing = min(swing * 1.12, 0.2)
    line = [(round(float(x), 3), round(float(y), 3)) for x, y in points]
    line[0], line[-1] = edge
    return line


def _villages(rings: list[list[Node]], lines: dict[Edge, list[Node]]) -> list[Polygon]:
    """The cells with their borders drawn."""
    villages = []
    for ring in rings:
        coords: list[Node] = []
        for a, b in _pairs(ring):
            line = lines[_edge(a, b)]
            coords += (line if line[0] == a else line[::-1])[:-1]
        villages.append(Polygon(coords))
    return villages


def _edge(a: Node, b: Node) -> Edge:
    return (a, b) if a < b else (b, a)


def _ordered(line: list[Node], edge: Edge) -> list[Node]:
    return line if line[0] == edge[0] else line[::-1]


def _pairs(ring: Sequence[Node]) -> list[tuple[Node, Node]]:
    return list(zip(ring, [*ring[1:], ring[0]]))
