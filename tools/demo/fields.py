"""Fields: blocks of land between tracks, cut into strips that become plots with common borders."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from redline.tools.demo.borders import Borders
from redline.tools.demo.dice import Dice
from redline.tools.demo.relief import Relief
from redline.tools.demo.shapes import within

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
class Block:
    """Land between tracks, with the lines that cut it into strips."""

    outline: Polygon
    cuts: list[LineString]
    farmland: bool
    orchard: bool


def draw_blocks(
    seed: int, village: int, borders: Borders, relief: Relief, settlements: BaseGeometry, urban: bool
) -> tuple[list[Block], BaseGeometry]:
    """Blocks between field tracks, each with its cuts into strips, and the tracks."""
    dice = Dice(seed, "blocks", village)
    shape = borders.villages[village]
    centre = borders.centres[village]
    turn = relief.direction(centre) + dice.uniform(-0.3, 0.3)
    frame = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])

    def straight(u0: float, v0: float, u1: float, v1: float) -> np.ndarray:
        count = max(2, round(math.hypot(u1 - u0, v1 - v0) / LINE_STEP) + 1)
        return np.column_stack([np.linspace(u0, u1, count), np.linspace(v0, v1, count)])

    def line(u0: float, v0: float, u1: float, v1: float, jitter: float = 0.0) -> LineString:
        uv = straight(u0, v0, u1, v1)
        if jitter:
            uv[1:-1] += [(dice.uniform(-jitter, jitter), dice.uniform(-jitter, jitter)) for _ in range(len(uv) - 2)]
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
            corners = [(left, low), (right, low), (right, high), (left, high), (left, low)]
            sides = [straight(*start, *end)[:-1] for start, end in zip(corners, corners[1:])]
            outline = Polygon(relief.bend(centre + np.vstack(sides) @ frame))
            if outline.is_valid and outline.intersects(shape):
                side = line(right, low, right, high)
                tracks.append(side.buffer(1.6, quad_segs=1, cap_style="flat", join_style="mitre"))
                boxes.append((outline, (left, low, right, high)))
            left = right
        low = high
    worth = [_worth(relief, outline) if shape.contains(outline.centroid) else -1.0 for outline, _ in boxes]
    bar = 9.0 if urban else min(0.12, sorted(worth)[-LEAST_BLOCKS])
    blocks = [
        _plan_block(dice, outline, relief, score >= bar, settlements, box, line)
        for (outline, box), score in zip(boxes, worth)
    ]
    edge = [shape.exterior.buffer(2.5, quad_segs=1, join_style="mitre")] if dice.chance(0.3) else []
    return blocks, shapely.union_all([*tracks, *edge])


def _worth(relief: Relief, outline: Polygon) -> float:
    """How good the land of a block is."""
    middle = np.array(outline.centroid.coords)
    return float(0.85 * relief.patch(middle)[0] + 0.4 - 0.66 * relief.hill(middle)[0])


def _plan_block(
    dice: Dice,
    outline: Polygon,
    relief: Relief,
    good: bool,
    settlements: BaseGeometry,
    box: tuple[float, float, float, float],
    line: Callable[..., LineString],
) -> Block:
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
    return Block(outline, cuts, farmland, orchard)


def collect_fields(
    faces: np.ndarray, land: list[BaseGeometry], blocks: list[tuple[int, Block]], relief: Relief
) -> list[Field]:
    """The faces that are fields, small ones joined to their neighbours in the block."""
    inside = shapely.point_on_surface(faces)
    face, village = within(inside, land)
    home = dict(zip(face.tolist(), village.tolist()))
    face, block = within(inside, [b.outline for _, b in blocks])
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
    """Shapes of one block in a fixed order, small ones joined to the neighbour with the longest common border."""
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
    return sorted((shapely.normalize(shape) for shape in done), key=lambda s: s.bounds)
