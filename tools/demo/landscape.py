"""The land of the demo county: relief, river, roads, settlements, and fields cut into plots along common borders."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry import LineString, MultiLineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from redline.tools.demo.borders import VILLAGES, Borders, draw_borders, spline
from redline.tools.demo.dice import Dice, Waves

GRID = 0.001  # metres: the resolution of coordinates
TOWNSHIPS = 6
LINE_STEP = 33.0
SMALLEST = 2200.0
LARGEST = 60000.0
NARROWEST = 9.0
LEAST_BLOCKS = 6  # of farmland in a village


@dataclass
class Field:
    """One plot of land.

    Attributes:
        shape: its polygon.
        village: index of its village.
        block: number of the block between tracks that it is part of.
        hill: 0 in the plain to 1 in the mountains.
        wet: 0 to 1, near water.
        orchard: whether its block is planted with trees.
        farmland: whether it is permanent basic farmland; the others are spare land.
    """

    shape: Polygon
    village: int
    block: int
    hill: float
    wet: float
    orchard: bool
    farmland: bool


@dataclass
class Landscape:
    """Everything drawn, in metres of the local plane."""

    villages: list[Polygon]
    townships: list[int]
    towns: list[int]
    urban: int
    fields: list[Field]
    river: BaseGeometry
    streams: BaseGeometry
    roads: BaseGeometry
    settlements: BaseGeometry
    ponds: list[Polygon] = field(default_factory=list)


@dataclass
class _Block:
    outline: Polygon
    cuts: list[LineString]
    farmland: bool
    orchard: bool


def draw_landscape(seed: int) -> Landscape:
    """Draw the whole county.

    Args:
        seed: the county's seed.
    """
    borders = draw_borders(seed)
    towns, townships = _townships(borders)
    relief = _Relief(seed, borders)
    river = borders.river.buffer(34, quad_segs=3)
    streams = _streams(seed, borders)
    settlements, hearts = _settlements(seed, borders, towns, relief)
    roads = _roads(seed, borders, towns, hearts)
    ponds = _ponds(seed, borders, relief)
    taken = shapely.union_all([river, streams.buffer(7, quad_segs=2), settlements, roads, *ponds])
    blocks: list[tuple[int, _Block]] = []
    lines: list[BaseGeometry] = list(borders.lines)
    land: list[BaseGeometry] = []
    for village in range(VILLAGES):
        own, tracks = _blocks(seed, village, borders, relief, settlements, village == towns[0])
        free = borders.villages[village].difference(shapely.union_all([taken, tracks]))
        free = shapely.union_all([part for part in shapely.get_parts(free) if part.area > 800])
        cuts = shapely.intersection(MultiLineString([cut for block in own for cut in block.cuts]), free)
        lines += [free.boundary, cuts]
        land.append(free)
        blocks += [(village, block) for block in own]
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(lines, grid_size=GRID)]))
    villages = _dissolve(faces, borders.villages)
    fields = _fields(faces, land, blocks, relief)
    return Landscape(villages, townships, towns, towns[0], fields, river, streams, roads, settlements, ponds)


class _Relief:
    """Hills away from the river, and the lie of the fields."""

    def __init__(self, seed: int, borders: Borders) -> None:
        self.river = borders.river
        self._rough = Waves(Dice(seed, "relief"), 2600)
        self._patch = Waves(Dice(seed, "patches"), 1500)
        self._bend = [Waves(Dice(seed, "bend", axis), 900) for axis in "xy"]

    def hill(self, xy: np.ndarray) -> np.ndarray:
        """0 in the plain to 1 in the mountains, shape (n, 2) to (n,)."""
        away = shapely.distance(self.river, shapely.points(xy)) / 1000
        height = (away - 0.95) / 2.5 + 0.3 * self._rough(xy)
        return np.clip(height, 0, 1)

    def patch(self, xy: np.ndarray) -> np.ndarray:
        """A field of about -1 to 1 that groups farmland and other land."""
        return self._patch(xy)

    def bend(self, xy: np.ndarray) -> np.ndarray:
        """Points moved a little, so that straight lines follow the slope: strongly in the hills."""
        force = (26 + 80 * self.hill(xy))[:, None]
        return xy + force * np.column_stack([wave(xy) for wave in self._bend])

    def direction(self, point: np.ndarray) -> float:
        """Direction of the river beside a point, radians."""
        at = self.river.project(Point(point))
        a, b = self.river.interpolate(max(at - 900, 0)), self.river.interpolate(min(at + 900, self.river.length))
        return math.atan2(b.y - a.y, b.x - a.x)


def _townships(borders: Borders) -> tuple[list[int], list[int]]:
    """Seats of the townships and the township of each village: connected groups of nearly equal size."""
    centres = borders.centres
    middle = centres.mean(axis=0)
    towns = [int(np.argmin(np.hypot(*(centres - middle).T)))]
    while len(towns) < TOWNSHIPS:
        gaps = np.min([np.hypot(*(centres - centres[town]).T) for town in towns], axis=0)
        from_middle = np.hypot(*(centres - middle).T)
        towns.append(int(np.argmax(np.where(from_middle < 4300, gaps, 0))))
    around = defaultdict(set)
    for a, b in borders.neighbours:
        around[a].add(b)
        around[b].add(a)
    township = {town: index for index, town in enumerate(towns)}
    while len(township) < VILLAGES:
        sizes = [sum(1 for t in township.values() if t == index) for index in range(TOWNSHIPS)]
        grown = False
        for index in sorted(range(TOWNSHIPS), key=lambda i: (sizes[i], i)):
            rim = {o for v, t in township.items() if t == index for o in around[v]} - set(township)
            if rim:
                seat = centres[towns[index]]
                township[min(rim, key=lambda v: (math.dist(centres[v], seat), v))] = index
                grown = True
                break
        if not grown:
            raise ValueError("the county is not connected")
    return towns, [township[village] for village in range(VILLAGES)]


def _streams(seed: int, borders: Borders) -> BaseGeometry:
    """Brooks from the rim of the county down to the river."""
    dice = Dice(seed, "streams")
    county = shapely.union_all(borders.villages)
    rim = county.exterior
    streams = []
    for share in (0.08, 0.27, 0.42, 0.58, 0.74, 0.9):
        start = np.array(rim.interpolate(share, normalized=True).coords[0])
        end = np.array(borders.river.interpolate(borders.river.project(Point(start)) + dice.uniform(-900, 900)).coords[0])
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


def _settlements(
    seed: int, borders: Borders, towns: list[int], relief: _Relief
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


def _roads(seed: int, borders: Borders, towns: list[int], hearts: dict[int, np.ndarray]) -> BaseGeometry:
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


def _ponds(seed: int, borders: Borders, relief: _Relief) -> list[Polygon]:
    """Small round ponds in the plain."""
    dice = Dice(seed, "ponds")
    ponds = []
    for village in borders.villages:
        x0, y0, x1, y1 = village.bounds
        for _ in range(2):
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


def _blocks(
    seed: int, village: int, borders: Borders, relief: _Relief, settlements: BaseGeometry, urban: bool
) -> tuple[list[_Block], BaseGeometry]:
    """Blocks between field tracks, each with its cuts into strips, and the tracks."""
    dice = Dice(seed, "blocks", village)
    shape = borders.villages[village]
    centre = borders.centres[village]
    turn = relief.direction(centre) + dice.uniform(-0.3, 0.3)
    frame = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])

    def line(u0: float, v0: float, u1: float, v1: float, jitter: float = 0.0) -> LineString:
        count = max(2, round(math.hypot(u1 - u0, v1 - v0) / LINE_STEP) + 1)
        uv = np.column_stack([np.linspace(u0, u1, count), np.linspace(v0, v1, count)])
        if jitter:
            uv[1:-1] += [(dice.uniform(-jitter, jitter), dice.uniform(-jitter, jitter)) for _ in range(count - 2)]
        return LineString(relief.bend(centre + uv @ frame))

    reach = max(math.dist(centre, corner) for corner in shape.exterior.coords) + 150
    boxes = []
    tracks = []
    low = -reach
    while low < reach:
        high = low + dice.uniform(190, 340)
        tracks.append(line(-reach, low, reach, low, 1.5).buffer(2.4, quad_segs=1, cap_style="flat", join_style="mitre"))
        left = -reach - dice.uniform(0, 250)
        while left < reach:
            right = left + dice.uniform(150, 330)
            sides = [line(left, low, right, low), line(right, low, right, high)]
            sides += [line(right, high, left, high), line(left, high, left, low)]
            outline = Polygon(np.vstack([np.array(side.coords)[:-1] for side in sides]))
            if outline.is_valid and outline.intersects(shape):
                tracks.append(sides[1].buffer(1.6, quad_segs=1, cap_style="flat", join_style="mitre"))
                boxes.append((outline, (left, low, right, high)))
            left = right
        low = high
    worth = [_worth(relief, outline) if shape.contains(outline.centroid) else -1.0 for outline, _ in boxes]
    bar = 9.0 if urban else min(0.12, sorted(worth)[-LEAST_BLOCKS])
    blocks = [
        _block(dice, outline, relief, score >= bar, settlements, box, line) for (outline, box), score in zip(boxes, worth)
    ]
    edge = [shape.exterior.buffer(2.5, quad_segs=1, join_style="mitre")] if dice.chance(0.3) else []
    return blocks, shapely.union_all([*tracks, *edge])


def _worth(relief: _Relief, outline: Polygon) -> float:
    """How good the land of a block is."""
    middle = np.array(outline.centroid.coords)
    return float(0.85 * relief.patch(middle)[0] + 0.4 - 0.66 * relief.hill(middle)[0])


def _block(
    dice: Dice,
    outline: Polygon,
    relief: _Relief,
    good: bool,
    settlements: BaseGeometry,
    box: tuple[float, float, float, float],
    line: Callable[..., LineString],
) -> _Block:
    """Decide what a block grows and cut it into strips."""
    left, low, right, high = box
    middle = np.array(outline.centroid.coords)
    hill = relief.hill(middle)[0]
    near = settlements.distance(outline.centroid) < 150
    farmland = good and dice.chance(0.4 if near else 0.92)
    orchard = dice.chance(0.14 if 0.3 < hill < 0.9 else 0.015)
    width = dice.uniform(60, 140) - 40 * hill
    cuts = []
    lengthwise = hill > 0.35 or dice.chance(0.3)
    a0, a1, b0, b1 = (low, high, left, right) if lengthwise else (left, right, low, high)
    count = max(1, round((a1 - a0) / width))
    marks = [a0 + (a1 - a0) * (i + dice.uniform(-0.25, 0.25)) / count for i in range(1, count)]
    split = b0 + (b1 - b0) * dice.uniform(0.35, 0.65) if dice.chance(0.4) and b1 - b0 > 200 else None
    for mark in marks:
        slant = dice.uniform(-4, 4)
        ends = [(b0 - 3, b1 + 3)]
        if split is not None:
            ends = [(b0 - 3, split)] if dice.chance(0.15) else [(b0 - 3, b1 + 3)]
        for start, stop in ends:
            cuts.append(
                line(start, mark, stop, mark + slant, 2.2) if lengthwise else line(mark, start, mark + slant, stop, 2.2)
            )
    if split is not None:
        cuts.append(line(split, a0 - 3, split, a1 + 3, 2.2) if lengthwise else line(a0 - 3, split, a1 + 3, split, 2.2))
    return _Block(outline, cuts, farmland, orchard)


def _dissolve(faces: np.ndarray, shapes: list[Polygon]) -> list[Polygon]:
    """The villages as unions of faces, so that they carry every vertex of what lies in them."""
    tree = shapely.STRtree(shapes)
    face, village = tree.query(shapely.point_on_surface(faces), predicate="within")
    return [shapely.union_all(faces[face[village == index]]) for index in range(len(shapes))]


def _fields(
    faces: np.ndarray, land: list[BaseGeometry], blocks: list[tuple[int, _Block]], relief: _Relief
) -> list[Field]:
    """The faces that are fields, small ones joined to their neighbours in the block."""
    inside = shapely.point_on_surface(faces)
    face, village = shapely.STRtree(land).query(inside, predicate="within")
    home = dict(zip(face.tolist(), village.tolist()))
    face, block = shapely.STRtree([b.outline for _, b in blocks]).query(inside, predicate="within")
    groups: dict[int, list[Polygon]] = defaultdict(list)
    for f, b in zip(face.tolist(), block.tolist()):
        if home.get(f) == blocks[b][0]:
            groups[b].append(faces[f])
    fields = []
    for number in sorted(groups):
        village_index, plan = blocks[number]
        for shape in _join_small(groups[number]):
            if not SMALLEST / 3 <= shape.area <= LARGEST or 2 * shape.area / shape.length < NARROWEST:
                continue
            middle = np.array(shape.centroid.coords)
            hill = float(relief.hill(middle)[0])
            wet = float(max(0.0, 1 - relief.river.distance(shape) / 900) * (1 - hill))
            fields.append(Field(shape, village_index, number, hill, wet, plan.orchard, plan.farmland))
    return fields


def _join_small(shapes: list[Polygon]) -> list[Polygon]:
    """Shapes of one block, those below the smallest size joined to the neighbour with the longest common border."""
    shapes = sorted(shapes, key=lambda s: (round(s.area, 3), s.bounds))
    done = []
    while shapes:
        shape = shapes.pop(0)
        if shape.area < SMALLEST or 2 * shape.area / shape.length < NARROWEST * 1.2:
            common = [shape.intersection(other).length for other in shapes]
            if common and max(common) > 5:
                best = common.index(max(common))
                joined = shapely.union(shape, shapes[best])
                if joined.geom_type == "Polygon":
                    shapes[best] = joined
                    shapes.sort(key=lambda s: (round(s.area, 3), s.bounds))
                    continue
        done.append(shape)
    return done
