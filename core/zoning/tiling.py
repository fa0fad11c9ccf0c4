"""Zones of a unit as polygons: they tile it with shared vertices, and follow plots, roads and rivers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from redline.core.geometry.coverage import joined
from redline.core.geometry.edges import chains, shared, unshared
from redline.core.zoning.mesh import FREE, Mesh, mesh, midway, places

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Shapes = npt.NDArray[np.object_]

# How far apart points on an outline are, and how exact they are, in sides of a usual plot: at a border, and elsewhere.
# A line midway is simplified by this share of a plot's side, and a road this many sides away may take its place.
_FINE, _COARSE = (1 / 3, 0.01), (0.5, 0.05)
_SMOOTH, _REACH = 0.15, 1.0
# What a metre of border along a road or river costs beside one across open land.
_ROAD_COST = 0.2
# So many points at most look at the open land of a unit.
_OPEN_POINTS = 4000
_ROUNDS = 6
_ON_LINE = 1e-5
# The resolution of coordinates in m (DOMAIN §3.6).
_THREAD = 1e-4


@dataclass(frozen=True)
class Land:
    """A unit to be tiled: its `region` (a valid polygon or multipolygon), its `plots` (valid), a place of each within
    the region (`points`, n, 2), the zone `number` of each, and lines to `follow` near it. `frontier`: mask of the plots
    that have a neighbour in another zone. `side`: the usual length of a
    plot's side. `seeds` (n, 2) are further points that belong to zones `seed_number`."""

    region: shapely.Geometry
    plots: Shapes
    points: Floats
    number: Ints
    frontier: npt.NDArray[np.bool_]
    follow: Shapes
    side: float
    seeds: Floats
    seed_number: Ints


def sample(shapes: Shapes, spacing: float, tolerance: float = 0.0) -> tuple[Floats, Ints]:
    """Points (n, 2) on the outlines of shapes, no farther apart than `spacing`, and the row of each."""
    thin = shapes
    if tolerance > 0:
        thin = shapely.simplify(shapes, tolerance, preserve_topology=False)
        gone = shapely.is_empty(thin)
        thin[gone] = shapes[gone]
    xy, row = shapely.get_coordinates(shapely.segmentize(thin, spacing), return_index=True)
    return xy, row


def tile(land: Land) -> tuple[Shapes, Ints]:
    """One polygon or multipolygon for each zone number 0 … n - 1, and the zone that each plot lies in after all.

    Zones share their borders vertex for vertex and cover the region; new vertices of its outline are only where zones
    meet there. No plot is cut inside the region. Land that is no plot goes to the zone whose plots are nearest; where
    a line to follow runs near, the border runs along it. A piece that would lie apart from the rest of its zone goes
    to the neighbour with which it shares most of its outline.
    """
    number = land.number.copy()
    origin: Floats = np.round(shapely.bounds(land.region)[:2])
    near_zones = _Near(land)
    net, own = _net(land, near_zones, origin)
    within, beyond = midway(net, own, lambda xy, zone: near_zones.distance(xy + origin, zone))
    lines = np.concatenate([shapely.simplify(within, _SMOOTH * land.side), beyond])
    lines = shapely.set_coordinates(lines, shapely.get_coordinates(lines) + origin) if len(lines) else lines
    held = _crossed(land, lines)
    outlines = [chains(unshared(land.plots[held[number[held] == zone]])) for zone in np.unique(number[held])]
    near = _near(land.follow, lines, _REACH * land.side)
    cuts = np.concatenate([_rings(land.region), lines, *outlines, near])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(joined(cuts))))
    inner = shapely.point_on_surface(faces)
    shapely.prepare(land.region)
    inside = shapely.contains(land.region, inner)
    faces, inner = faces[inside], inner[inside]
    zone, of_plot = _zones_of(faces, inner, land, number, held, net, origin)
    zone = _without_threads(faces, zone)
    if len(near):
        zone = _along(faces, zone, of_plot, land, near)
    zone, number = _whole(faces, zone, land, number)
    count = int(max(land.number.max(initial=0), land.seed_number.max(initial=0))) + 1
    return united(faces, zone, count), number


def united(faces: Shapes, zone: Ints, count: int) -> Shapes:
    """The union of the faces of each zone 0 … count - 1, whose common edges are the same; None where it has none."""
    result = np.full(count, None, dtype=object)
    for one in np.unique(zone):
        own = faces[zone == one]
        parts = own if len(own) == 1 else shapely.get_parts(shapely.coverage_union_all(own))
        result[one] = parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
    return result


def points(xy: Floats) -> Shapes:
    """Points of coordinates (n, 2)."""
    return np.asarray(shapely.points(xy), dtype=object)


def _net(land: Land, near: _Near, origin: Floats) -> tuple[Mesh, Floats]:
    """The mesh of the plots' outlines, of further points, of open land and of the region's outline, with `origin` as
    0, 0; and how far each point is from its zone. Open points belong to the zone that is nearest."""
    rows = [np.flatnonzero(mask) for mask in (land.frontier, ~land.frontier)]
    sampled = [
        sample(land.plots[own], land.side * spacing, land.side * thin)
        for own, (spacing, thin) in zip(rows, (_FINE, _COARSE))
    ]  # fmt: skip
    zone = np.concatenate([land.number[own[of]] for own, (_, of) in zip(rows, sampled)])
    taken = np.concatenate([*(xy for xy, _ in sampled), land.seeds])
    edge, _ = sample(np.array([land.region], dtype=object), land.side)
    low, high = shapely.bounds(land.region).reshape(2, 2)
    size = high - low
    spacing = max(land.side, float(np.sqrt(shapely.area(land.region) / _OPEN_POINTS)))
    count = np.ceil(size / spacing).astype(int)
    steps = np.stack(np.meshgrid(*map(np.arange, count)), axis=-1).reshape(-1, 2)
    # Every other row is shifted by half a step: the triangles between have equal sides.
    net = low + (steps + np.stack([steps[:, 1] % 2 / 2, np.zeros(len(steps))], axis=1) + 0.25) * spacing
    shapely.prepare(land.region)
    net = net[np.asarray(shapely.contains_xy(land.region, net[:, 0], net[:, 1]))]
    around, _ = sample(
        np.array([shapely.box(*(low - 3 * land.side), *(high + 3 * land.side))], dtype=object),
        max(float(size.max()) / 12, 1e-3),
    )  # fmt: skip
    # Beside plots open land needs no points of its own: they would draw the border off the middle of a road.
    free = np.concatenate([edge, net])
    beside = shapely.STRtree(points(taken)).query(points(free), predicate="dwithin", distance=land.side / 2)[0]
    free = np.concatenate([np.delete(free, beside, axis=0), around])
    nearest, distance = near.owner(free)
    every = np.concatenate([taken, free]) - origin
    owner = np.concatenate([zone, land.seed_number, nearest]).astype(np.intp)
    moved = shapely.set_coordinates(
        np.array([land.region], dtype=object), shapely.get_coordinates(land.region) - origin
    )[0]
    found = mesh(every, owner, moved)
    own = np.zeros(len(found.xy))
    own[places(found.xy, free - origin)] = distance
    return found, own


class _Near:
    """How far it is to zones: to their plots and further points."""

    def __init__(self, land: Land) -> None:
        self._shapes = np.concatenate([land.plots, points(land.seeds)])
        self._zone = np.concatenate([land.number, land.seed_number]).astype(np.intp)
        self._tree = shapely.STRtree(self._shapes)
        self._of_zone: dict[int, tuple[Shapes, shapely.STRtree]] = {}

    def owner(self, xy: Floats) -> tuple[Ints, Floats]:
        """The nearest zone of each point (n, 2), the least where several are, and how far it is."""
        found, distance = np.full(len(xy), np.iinfo(np.intp).max), np.zeros(len(xy))
        (point, shape), away = self._tree.query_nearest(points(xy), return_distance=True)
        np.minimum.at(found, point, self._zone[shape])
        distance[point] = away
        return found, distance

    def distance(self, xy: Floats, zone: Ints) -> Floats:
        """The distance of each point (n, 2) to a zone each."""
        found = np.zeros(len(xy))
        given = points(xy)
        for one in np.unique(zone).tolist():
            own = np.flatnonzero(zone == one)
            if one not in self._of_zone:
                shapes = self._shapes[self._zone == one]
                self._of_zone[one] = shapes, shapely.STRtree(shapes)
            shapes, tree = self._of_zone[one]
            found[own] = shapely.distance(given[own], shapes[tree.nearest(given[own])])
        return found


def _crossed(land: Land, lines: Shapes) -> Ints:
    """The plots that a line meets, and those that these touch with a plot of another zone."""
    if not len(lines) or not len(land.plots):
        return np.empty(0, dtype=np.intp)
    tree = shapely.STRtree(land.plots)
    return np.unique(tree.query(lines, predicate="intersects")[1])


def _rings(region: shapely.Geometry) -> Shapes:
    return np.asarray(shapely.get_rings(shapely.get_parts(region)))


def _near(follow: Shapes, lines: Shapes, reach: float) -> Shapes:
    """The pieces of lines to follow that come near a border."""
    if not len(follow) or not len(lines):
        return np.empty(0, dtype=object)
    around = shapely.buffer(shapely.multilinestrings(lines), reach, quad_segs=2)
    tree = shapely.STRtree(follow)
    return follow[np.unique(tree.query(around, predicate="intersects"))]


def _zones_of(
    faces: Shapes, inner: Shapes, land: Land, number: Ints, held: Ints, net: Mesh, origin: Floats
) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """The zone of each face, and whether it is part of a plot."""
    zone = np.full(len(faces), FREE, dtype=np.intp)
    if len(held):
        face, plot = shapely.STRtree(land.plots[held]).query(inner, predicate="intersects")
        # Where plots of two zones overlap, the lesser zone has the land.
        order = np.lexsort((-number[held[plot]], face))
        zone[face[order]] = number[held[plot[order]]]
    of_plot = zone != FREE
    open_land = np.flatnonzero(~of_plot)
    sampled = points(net.xy + origin)
    known = net.owner != FREE
    face, point = shapely.STRtree(sampled).query(faces[open_land], predicate="intersects")
    face, point = face[known[point]], point[known[point]]
    if len(face):
        count = int(net.owner.max()) + 1
        votes = np.bincount(face * count + net.owner[point], minlength=len(open_land) * count).reshape(-1, count)
        voted = votes.any(axis=1)
        zone[open_land[voted]] = votes.argmax(axis=1)[voted]
    rest = np.flatnonzero(zone == FREE)
    if len(rest):
        owned = np.flatnonzero(known)
        nearest = shapely.STRtree(sampled[owned]).nearest(inner[rest])
        zone[rest] = net.owner[owned[nearest]]
    return zone, of_plot


def _without_threads(faces: Shapes, zone: Ints) -> Ints:
    """Zones with faces narrower than coordinates can tell given to the neighbour along their longest side: they lie
    between two drawings of the same line, and would be a spike of the zone at their end."""
    thread = shapely.area(faces) < _THREAD / 2 * shapely.length(faces)
    if not thread.any():
        return zone
    edges = shared(faces)
    length = np.hypot(*(edges.end - edges.start).T)
    zone = zone.copy()
    waiting = thread.copy()
    while waiting.any():
        one, other = np.concatenate([edges.left, edges.right]), np.concatenate([edges.right, edges.left])
        at = np.flatnonzero(waiting[one] & ~waiting[other])
        if not len(at):
            break
        order = at[np.lexsort((zone[other[at]], -np.tile(length, 2)[at], one[at]))]
        first = order[np.flatnonzero(np.diff(one[order], prepend=-1))]
        zone[one[first]] = zone[other[first]]
        waiting[one[first]] = False
    return zone


def _along(faces: Shapes, zone: Ints, of_plot: npt.NDArray[np.bool_], land: Land, near: Shapes) -> Ints:
    """Zones with free faces between a border and a line given to the side that puts the border on the line."""
    edges = shared(faces)
    if not len(edges.left):
        return zone
    middle = points((edges.start + edges.end) / 2)
    on_line = np.zeros(len(middle), dtype=bool)
    on_line[shapely.STRtree(near).query(middle, predicate="dwithin", distance=_ON_LINE)[0]] = True
    length = np.hypot(*(edges.end - edges.start).T)
    cost = length * np.where(on_line, _ROAD_COST, 1.0)
    plots_in = np.zeros(len(faces), dtype=bool)
    if len(land.plots):
        plots_in[shapely.STRtree(points(land.points)).query(faces, predicate="intersects")[0]] = True
    movable = np.flatnonzero(~of_plot & ~plots_in)
    area = shapely.area(faces)
    beside: dict[int, list[tuple[int, float, float]]] = {}
    for one, other, price, size in zip(edges.left.tolist(), edges.right.tolist(), cost.tolist(), length.tolist()):
        beside.setdefault(one, []).append((other, price, size))
        beside.setdefault(other, []).append((one, price, size))
    zone = zone.copy()
    for _ in range(_ROUNDS):
        moved = False
        for face in movable.tolist():
            costs: dict[int, float] = {}
            touching: dict[int, float] = {}
            for other, price, size in beside.get(face, ()):
                there = int(zone[other])
                costs[there] = costs.get(there, 0.0) + price
                touching[there] = touching.get(there, 0.0) + size
            own = int(zone[face])
            for there in sorted(costs, key=lambda one: (-costs[one], one)):
                near_enough = area[face] <= _REACH * land.side * touching[there]
                if there != own and costs[there] > costs.get(own, 0.0) and near_enough:
                    zone[face] = there
                    moved = True
                    break
        if not moved:
            break
    return zone


def _whole(faces: Shapes, zone: Ints, land: Land, number: Ints) -> tuple[Ints, Ints]:
    """Zones with the pieces that lie apart given to their neighbours, plots and all.

    In each part of the region, the piece with most plots (then most land) stays; of an exclave that no other zone
    reaches, all stays.
    """
    zone, number = zone.copy(), number.copy()
    inner = shapely.point_on_surface(faces)
    part_of = np.zeros(len(faces), dtype=np.intp)
    parts = shapely.get_parts(land.region)
    if len(parts) > 1:
        face, part = shapely.STRtree(parts).query(inner, predicate="intersects")
        part_of[face] = part
    edges = shared(faces)
    face_of_plot = _face_of_plots(faces, land, number, zone)
    for _ in range(len(faces)):
        piece = _pieces(len(faces), edges.left, edges.right, zone)
        count = int(piece.max(initial=-1)) + 1
        placed = face_of_plot >= 0
        plots = np.bincount(piece[face_of_plot[placed]], minlength=count)
        area = np.bincount(piece, shapely.area(faces), count)
        first = np.unique(piece, return_index=True)[1]
        group = zone[first] * (len(parts) + 1) + part_of[first]
        order = np.lexsort((-area, -plots, group))
        main = np.zeros(count, dtype=bool)
        main[order[np.flatnonzero(np.diff(group[order], prepend=-1))]] = True
        # A whole zone's first part is its own; elsewhere a piece without plots is a splinter as well.
        loose = np.flatnonzero(~main | ((plots == 0) & _has_plots(zone[first], plots)))
        one, other = piece[edges.left], piece[edges.right]
        length = np.hypot(*(edges.end - edges.start).T)
        moved = False
        for splinter in loose[np.lexsort((area[loose],))].tolist():
            touch = np.zeros(count)
            for near, far in ((one, other), (other, one)):
                beside = (near == splinter) & (far != splinter)
                np.add.at(touch, far[beside], length[beside])
            if not touch.any():
                continue
            there = int(zone[first[int(touch.argmax())]])
            if there == int(zone[first[splinter]]):
                continue
            own = piece == splinter
            zone[own] = there
            number[np.flatnonzero(placed)[own[face_of_plot[placed]]]] = there
            moved = True
            break
        if not moved:
            return zone, number
    return zone, number


def _has_plots(zone: Ints, plots: Ints) -> npt.NDArray[np.bool_]:
    """Mask of the pieces whose zone has plots in some piece."""
    having = np.unique(zone[plots > 0])
    return np.isin(zone, having)


def _face_of_plots(faces: Shapes, land: Land, number: Ints, zone: Ints) -> Ints:
    """The face that each plot lies in or begins with, -1 for one outside the region."""
    result = np.full(len(land.plots), -1, dtype=np.intp)
    if not len(land.plots):
        return result
    plot, face = shapely.STRtree(faces).query(points(land.points), predicate="intersects")
    order = np.lexsort((zone[face] != number[plot], plot))[::-1]
    result[plot[order]] = face[order]
    return result


def _pieces(count: int, left: Ints, right: Ints, zone: Ints) -> Ints:
    """A number for each face, the same for those that hang together within a zone."""
    piece = np.arange(count)
    same = zone[left] == zone[right]
    one, other = left[same], right[same]
    while True:
        least = np.minimum(piece[one], piece[other])
        before = piece.copy()
        np.minimum.at(piece, one, least)
        np.minimum.at(piece, other, least)
        piece = piece[piece]
        if (piece == before).all():
            return np.unique(piece, return_inverse=True)[1].astype(np.intp)
