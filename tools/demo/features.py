"""What is no farmland: brooks, settlements, roads and ponds."""

from __future__ import annotations

import math

import numpy as np
import shapely
from shapely.geometry import LineString, MultiLineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from redline.tools.demo.borders import VILLAGES, Borders, spline
from redline.tools.demo.dice import Dice
from redline.tools.demo.relief import Relief


def draw_streams(seed: int, borders: Borders) -> BaseGeometry:
    """Brooks from the rim of the county down to the river."""
    dice = Dice(seed, "streams")
    county = shapely.union_all(borders.villages)
    rim = county.exterior
    streams = []
    for share in (0.08, 0.27, 0.42, 0.58, 0.74, 0.9):
        start = np.array(rim.interpolate(share, normalized=True).coords[0])
        end = np.array(
            borders.river.interpolate(borders.river.project(Point(start)) + dice.uniform(-900, 900)).coords[0]
        )
        if math.dist(start, end) < 1500:
            continue
        knots = [start]
        side = dice.pick((-1, 1))
        count = int(math.dist(start, end) / 520)
        across = np.array((start[1] - end[1], end[0] - start[0])) / math.dist(start, end)
        for i in range(1, count):
            knots.append(start + (end - start) * i / count + across * side * dice.uniform(10, 150))
            side = -side
        knots.append(end)
        streams.append(LineString(spline(np.array(knots), 0, len(knots) - 1, 45)))
    return shapely.intersection(MultiLineString(streams), county)


def draw_settlements(
    seed: int, borders: Borders, towns: list[int], relief: Relief
) -> tuple[BaseGeometry, dict[int, np.ndarray]]:
    """Built-up areas, and the heart of each village, where its road ends."""
    dice = Dice(seed, "settlements")
    parts = []
    hearts = {}
    for village, shape in enumerate(borders.villages):
        heart = borders.centres[village] + (dice.uniform(-140, 140), dice.uniform(-140, 140))
        gap = borders.river.distance(Point(heart))
        if gap < 330:
            inside = np.array(shape.point_on_surface().coords[0])
            heart = heart + (inside - heart) * 0.6
        hearts[village] = heart
        turn = relief.direction(heart) + dice.uniform(-0.3, 0.3)
        if village == towns[0]:
            parts += _quarters(dice, heart, turn, columns=8, rows=6, keep=0.93)
        elif village in towns:
            parts += _quarters(dice, heart, turn, columns=4, rows=3, keep=0.85)
        else:
            parts += _quarters(dice, heart, turn, columns=dice.whole(2, 3), rows=dice.whole(1, 2), keep=0.85)
        for _ in range(dice.whole(0, 2)):
            angle, far = dice.uniform(0, 2 * math.pi), dice.uniform(380, 620)
            hamlet = heart + far * np.array((math.cos(angle), math.sin(angle)))
            if shape.buffer(-90).contains(Point(hamlet)):
                parts += _quarters(dice, hamlet, turn, columns=dice.whole(1, 2), rows=1, keep=1)
    return shapely.union_all(parts).buffer(9, join_style="mitre").buffer(-5, join_style="mitre"), hearts


def _quarters(dice: Dice, heart: np.ndarray, turn: float, columns: int, rows: int, keep: float) -> list[Polygon]:
    """Rectangles of houses in rows, a little uneven."""
    along = np.array((math.cos(turn), math.sin(turn)))
    across = np.array((-along[1], along[0]))
    width, height = dice.uniform(75, 115), dice.uniform(62, 88)
    quarters = []
    for i in range(columns):
        for j in range(rows):
            if not dice.chance(keep):
                continue
            corners = []
            for x, y in ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)):
                shift = np.array((dice.uniform(-9, 9), dice.uniform(-9, 9)))
                corners.append(heart + along * (x - columns / 2) * width + across * (y - rows / 2) * height + shift)
            quarters.append(Polygon(corners).buffer(5, join_style="mitre"))
    return [quarter for quarter in quarters if quarter.is_valid]


def draw_roads(seed: int, borders: Borders, towns: list[int], hearts: dict[int, np.ndarray]) -> BaseGeometry:
    """Main roads between the seats of the townships, village roads as a tree with a few loops."""
    dice = Dice(seed, "roads")
    cost = {}
    for a, b in sorted(borders.neighbours):
        straight = LineString([hearts[a], hearts[b]])
        cost[a, b] = straight.length * (2.6 if straight.intersects(borders.river) else 1) * dice.uniform(0.9, 1.2)
    chosen: set[tuple[int, int]] = set()
    group = list(range(VILLAGES))
    for (a, b), _ in sorted(cost.items(), key=lambda item: (item[1], item[0])):
        if group[a] != group[b]:
            old, new = group[a], group[b]
            group = [new if g == old else g for g in group]
            chosen.add((a, b))
    main = {pair for town in towns[1:] for pair in _way(cost, towns[0], town)}
    spare = [pair for pair in sorted(cost) if pair not in chosen | main and cost[pair] < 1650]
    chosen |= set(dice.shuffled(spare)[:7])
    shapes = []
    for pair in sorted(chosen | main):
        a, b = (hearts[village] for village in pair)
        across = np.array((a[1] - b[1], b[0] - a[0]))
        bow = dice.uniform(-0.1, 0.1)
        knots = np.array(
            [a, a + (b - a) * 0.33 + across * bow, a + (b - a) * 0.67 + across * bow * dice.uniform(0.2, 1.1), b]
        )
        line = LineString(spline(knots, 0, 3, 60))
        shapes.append(line.buffer(8 if pair in main else 3.5, quad_segs=1, join_style="mitre", cap_style="square"))
    return shapely.intersection(shapely.union_all(shapes), shapely.union_all(borders.villages))


def _way(cost: dict[tuple[int, int], float], start: int, goal: int) -> list[tuple[int, int]]:
    """The cheapest way between two villages, as pairs of neighbours."""
    best = {start: (0.0, start)}
    changed = True
    while changed:
        changed = False
        for (a, b), length in cost.items():
            for one, other in ((a, b), (b, a)):
                if one in best and best[one][0] + length < best.get(other, (math.inf, 0))[0] - 1e-9:
                    best[other] = (best[one][0] + length, one)
                    changed = True
    way = []
    while goal != start:
        before = best[goal][1]
        way.append((min(goal, before), max(goal, before)))
        goal = before
    return way


def draw_ponds(seed: int, borders: Borders, relief: Relief) -> list[Polygon]:
    """Small round ponds in the plain."""
    dice = Dice(seed, "ponds")
    ponds = []
    for village in borders.villages:
        x0, y0, x1, y1 = village.bounds
        for _ in range(4):
            point = np.array([[dice.uniform(x0, x1), dice.uniform(y0, y1)]])
            radius = dice.uniform(9, 22)
            if village.buffer(-60).contains(Point(point[0])) and relief.hill(point)[0] < 0.5:
                ponds.append(blob(dice, point[0], radius))
    return ponds


def blob(dice: Dice, centre: np.ndarray, radius: float, corners: int = 10) -> Polygon:
    """A roundish polygon."""
    angles = np.arange(corners) * 2 * math.pi / corners
    radii = np.array([radius * dice.uniform(0.8, 1.2) for _ in range(corners)])
    return Polygon(np.round(centre + np.column_stack([np.cos(angles) * radii * 1.25, np.sin(angles) * radii]), 3))
