"""The land of the demo county, put together from one drawing of lines so that everything shares its borders."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiLineString, Polygon
from shapely.geometry.base import BaseGeometry

from redline.tools.demo.borders import VILLAGES, Borders, draw_borders
from redline.tools.demo.features import draw_ponds, draw_roads, draw_settlements, draw_streams
from redline.tools.demo.fields import Block, Field, collect_fields, draw_blocks
from redline.tools.demo.relief import Relief
from redline.tools.demo.shapes import within

GRID = 0.001  # metres: the resolution of coordinates
TOWNSHIPS = 6


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
    ponds: list[Polygon]
    tracks: list[BaseGeometry]


def draw_landscape(seed: int) -> Landscape:
    """Draw the whole county.

    Args:
        seed: the county's seed.
    """
    borders = draw_borders(seed)
    towns, townships = _townships(borders)
    relief = Relief(seed, borders)
    river = borders.river.buffer(34, quad_segs=3)
    streams = draw_streams(seed, borders)
    settlements, hearts = draw_settlements(seed, borders, towns, relief)
    roads = draw_roads(seed, borders, towns, hearts)
    ponds = draw_ponds(seed, borders, relief)
    taken = shapely.union_all([river, streams.buffer(7, quad_segs=2), settlements, roads, *ponds])
    blocks: list[tuple[int, Block]] = []
    lines: list[BaseGeometry] = list(borders.lines)
    land: list[BaseGeometry] = []
    ways: list[BaseGeometry] = []
    for village in range(VILLAGES):
        own, tracks = draw_blocks(seed, village, borders, relief, settlements, village == towns[0])
        near = shapely.clip_by_rect(taken, *shapely.buffer(tracks, 100).bounds)
        free = borders.villages[village].difference(shapely.union_all([near, tracks]))
        free = shapely.union_all([part for part in shapely.get_parts(free) if part.area > 800])
        cuts = shapely.intersection(MultiLineString([cut for block in own for cut in block.cuts]), free)
        lines += [free.boundary, cuts]
        land.append(free)
        ways.append(tracks)
        blocks += [(village, block) for block in own]
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(lines, grid_size=GRID)]))
    villages = _dissolve(faces, borders.villages)
    fields = collect_fields(faces, land, blocks, relief)
    return Landscape(villages, townships, towns, towns[0], fields, river, streams, roads, settlements, ponds, ways)


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


def _dissolve(faces: np.ndarray, shapes: list[Polygon]) -> list[Polygon]:
    """The villages as unions of faces, so that they carry every vertex of what lies in them."""
    face, village = within(shapely.point_on_surface(faces), shapes)
    return [shapely.normalize(shapely.union_all(faces[face[village == index]])) for index in range(len(shapes))]
