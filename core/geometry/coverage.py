"""Layers that should tile the land: where their plots overlap, where they leave gaps, and how they dissolve.

Neighbours in a clean layer share their edges to the last bit, so all trouble is found from the few edges that are not
shared (see `edges`); GEOS then measures only there. Every result is the same as that of GEOS on all pairs: where
coverage jumps from one plot to two or to none, an unshared edge must run, and from each overlap found the search goes
on to all plots around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.errors import GEOSException

from redline.core.geometry import overlay
from redline.core.geometry.edges import blocks, boxes, chains, unshared
from redline.core.geometry.workers import in_order
from redline.core.progress import Progress

CROSSING = "crossing"
NESTED = "nested"
DUPLICATE = "duplicate"

# Vertices that are looked at together: few enough for the memory, many enough to share most edges among themselves.
_VERTICES = 200_000
# Mending an invalid shape may drop slivers along a crossing, but no more than this share of the land.
_LOST = 0.001
# Two sums of the same areas may differ by this, relatively.
_ROUNDING = 1e-11
# A shape whose area is less than its length times so many units in the last place of its coordinates is rounding.
_NOISE_PLACES = 8.0
# A point so many units in the last place away from an outline lies clearly on one side of it.
_CLEAR_PLACES = 1000.0


@dataclass(frozen=True)
class Overlaps:
    """Pairs of rows of one layer that share land, `left` < `right`, sorted.

    `left`, `right`: int64 positions; `geometry`: shared land, object array of polygons and multipolygons; `area`:
    float64, in the plane, > 0; `kind`: "duplicate" (both are the same shape), "nested" (one lies inside the other) or
    "crossing". `failed`: (n, 2) int64, valid pairs that GEOS could not intersect.
    """

    left: np.ndarray
    right: np.ndarray
    geometry: np.ndarray
    area: np.ndarray
    kind: np.ndarray
    failed: np.ndarray

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True)
class Gaps:
    """Land that no plot covers, one polygon a place, sorted by position.

    `geometry`: object array of polygons; `area`: float64, in the plane; `enclosed`: bool, true where plots surround it
    (a hole of their union), false at the edge of `within`; `within`: int64 row of the parent that it lies in, -1 for
    none. `gap` and `plot`: int64, which gap has which plots as neighbours, sorted.
    """

    geometry: np.ndarray
    area: np.ndarray
    enclosed: np.ndarray
    within: np.ndarray
    gap: np.ndarray
    plot: np.ndarray

    def __len__(self) -> int:
        return len(self.geometry)


def overlaps(
    geometries: np.ndarray, *, usable: np.ndarray | None = None, tolerance: float = 0.0,
    progress: Progress | None = None, threads: int = 0,
) -> Overlaps:  # fmt: skip
    """All pairs of polygons of one layer whose interiors meet, with the land they share.

    `geometries`: object array of shapely shapes or None; `usable`: mask of the valid polygons among them, found out
    where not given; the others have no overlaps. Two shapes are duplicates, or one is nested in the other, where what
    is not shared is narrower than `tolerance` (units of the plane) all along the outline.
    """
    watch = progress or Progress()
    rows, shapes = _taken(geometries, usable, watch.step(share=0.1), threads)
    tree = shapely.STRtree(shapes)
    suspect = _suspects(shapes, tree, watch.step(share=0.5), threads)
    found, failed = _spread(shapes, tree, suspect, watch.step(share=1.0), threads)
    left, right, shared, area = found
    rest = [shapely.area(shapes[side]) - area for side in (left, right)]
    inside = [r <= tolerance * shapely.length(shapes[side]) for r, side in zip(rest, (left, right))]
    kind = np.select([inside[0] & inside[1], inside[0] | inside[1]], [DUPLICATE, NESTED], CROSSING).astype(object)
    return Overlaps(rows[left], rows[right], shared, area, kind, rows[failed])


def gaps(
    geometries: np.ndarray, *, within: np.ndarray | None = None, usable: np.ndarray | None = None,
    tolerance: float = 0.0, progress: Progress | None = None, threads: int = 0,
) -> Gaps:  # fmt: skip
    """All places that the polygons of one layer surround but do not cover, and their neighbours.

    A gap is a connected part of what the union leaves free, without the islands in it. With `within` (object array of
    polygons, such as the layer's parent units) also every part of these that no plot covers. `usable` as in
    `overlaps`; a plot is a neighbour of a gap where it comes as near as `tolerance`.
    """
    watch = progress or Progress()
    rows, shapes = _taken(geometries, usable, watch.step(share=0.1), threads)
    tree = shapely.STRtree(shapes)
    # Between them, the holes of blocks and of blocks of blocks hold every gap.
    holes, outlines = _by_levels(shapes, _holes_of, watch.step(share=0.5), threads)
    free = _without(holes, shapes, tree, watch.step(share=0.2), threads)
    enclosed = np.ones(len(free), dtype=bool)
    parent = np.full(len(free), -1)
    if within is not None:
        outer, of_outer = _beyond(within, outlines, watch.step(share=0.1), threads)
        parent = np.concatenate([_holder(free, within), of_outer])
        enclosed = np.concatenate([enclosed, np.zeros(len(outer), dtype=bool)])
        free = np.concatenate([free, outer])
    free = shapely.normalize(free)
    order = _by_position(free)
    free = free[order]
    near = _neighbours(free, shapes, tree, tolerance)
    watch.update(1.0)
    return Gaps(free, shapely.area(free), enclosed[order], parent[order], near[0], rows[near[1]])


def dissolve(
    geometries: np.ndarray, groups: np.ndarray, *, progress: Progress | None = None, threads: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """One shape for each group of polygons: the names of the groups, sorted, and their unions (object array).

    `groups` is as long as `geometries` and names the group of each row. What is no polygon adds nothing, and a group
    without any is None; invalid polygons are mended.
    """
    watch = progress or Progress()
    names, number = np.unique(np.asarray(groups), return_inverse=True)
    shapes = overlay.flat(np.asarray(geometries, dtype=object))
    taken = np.flatnonzero((shapely.get_dimensions(shapes) == 2) & ~shapely.is_empty(shapes))
    shapes, number = shapes[taken], number[taken]
    united = np.full(len(names), None, dtype=object)
    weight = np.bincount(number, shapely.get_num_coordinates(shapes), len(names))
    small = [rows for rows in _groups(number) if weight[number[rows[0]]] <= _VERTICES]
    share = weight[weight <= _VERTICES].sum() / max(weight.sum(), 1)
    found = in_order(_unions, _batches([shapes[rows] for rows in small]), watch.step(share=share), threads)
    united[[number[rows[0]] for rows in small]] = np.concatenate([np.empty(0, dtype=object), *found])
    for large in np.flatnonzero(weight > _VERTICES):
        step = watch.step(share=weight[large] / weight.sum())
        _, parts = _by_levels(shapes[number == large], _outlined, step, threads)
        united[large] = parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
    watch.update(1.0)
    united[shapely.is_empty(united)] = None
    return names, united


def mended(geometries: np.ndarray) -> np.ndarray:
    """Polygons with the invalid ones made valid, so that their neighbours can be seen; None where nothing can be done.

    Loops are filled and the slivers of a crossing dropped (buffer of width 0), unless that loses more than a thousandth
    of the land, as it does in a figure of eight: then whatever lies inside by either rule counts.
    """
    shapes = overlay.flat(np.array(geometries, dtype=object))
    bad = np.flatnonzero(~shapely.is_missing(shapes) & ~shapely.is_valid(shapes))
    shapes[bad] = _column([_mend(shape) for shape in shapes[bad]])
    return shapes


def joined(shapes: np.ndarray) -> shapely.Geometry:
    """GEOS's union of lines (which puts a node wherever two meet) or of polygons."""
    try:
        return shapely.union_all(shapes)
    except GEOSException:
        # As in overlay: a grid far finer than any survey helps where full precision makes GEOS stumble.
        return shapely.union_all(shapes, grid_size=overlay.TINY * float(np.abs(shapely.total_bounds(shapes)).max()))


def _mend(shape: shapely.Geometry) -> shapely.Geometry | None:
    try:
        grown = shapely.buffer(shape, 0)
        odd = overlay.polygonal(_column([shapely.make_valid(shape)]))[0]
        if odd is not None and shapely.difference(odd, grown).area > _LOST * odd.area:
            grown = shapely.union(odd, grown)
    except GEOSException:
        return None
    return None if grown.is_empty else grown


def _taken(
    geometries: np.ndarray, usable: np.ndarray | None, progress: Progress, threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the usable polygons, and these without Z."""
    shapes = np.asarray(geometries, dtype=object)
    if usable is None:
        pieces = np.split(shapes, overlay.cuts(shapely.get_num_coordinates(shapes)))
        found = in_order(lambda piece: overlay.usable(shapely.force_2d(piece)), pieces, progress, threads)
        usable = np.concatenate(list(found))
    rows = np.flatnonzero(usable)
    return rows, overlay.flat(shapes[rows])


def _suspects(shapes: np.ndarray, tree: shapely.STRtree, progress: Progress, threads: int) -> np.ndarray:
    """(2, n) pairs: the owner of an edge that is not shared cleanly, and a shape whose box meets that edge's."""
    members = blocks(shapes, _VERTICES)
    extents = np.array([shapely.total_bounds(shapes[rows]) for rows in members]).reshape(-1, 4)
    around = _split(tree.query(shapely.box(*extents.T)), len(members))

    def search(number: int) -> np.ndarray:
        own = members[number]
        # The plots around the block are there only to share the edges of those in it.
        rows = np.concatenate([own, np.setdiff1d(around[number], own)])
        box, owner = boxes(unshared(shapes[rows]))
        mine = owner < len(own)
        edge, other = tree.query(shapely.box(*box[mine].T))
        return _pairs(own[owner[mine][edge]], other, len(shapes))

    found = in_order(search, range(len(members)), progress, threads)
    one, other = np.concatenate([np.empty((2, 0), dtype=np.intp), *found], axis=1)
    return _pairs(one, other, len(shapes))


def _spread(
    shapes: np.ndarray, tree: shapely.STRtree, pairs: np.ndarray, progress: Progress, threads: int
) -> tuple[list[np.ndarray], np.ndarray]:
    """left, right, shared land and its area of all overlaps, and pairs that failed, from suspect pairs outwards.

    Where an overlap is found, all plots that meet it are held against each other: of two clean coverages that lie on
    one another, only the outermost plots show an unshared edge.
    """
    none = np.empty(0, dtype=np.intp)
    found: list[list[np.ndarray]] = [[none], [none], [np.empty(0, dtype=object)], [np.empty(0)]]
    failures = [np.empty((0, 2), dtype=np.intp)]
    tested = np.empty(0, dtype=np.int64)
    rounds = _rounds(progress)
    while pairs.size:
        tested = np.union1d(tested, pairs[0] * len(shapes) + pairs[1])
        zones = [np.empty(0, dtype=object)]
        for (left, right), (at, land, area, failed) in _shared(shapes, shapes, pairs, next(rounds), threads):
            for column, values in zip(found, (left[at], right[at], land, area)):
                column.append(values)
            failures.append(np.column_stack([left[failed], right[failed]]))
            zones.append(land)
        near = np.zeros(len(shapes), dtype=bool)
        near[tree.query(np.concatenate(zones))[1]] = True
        rows = np.flatnonzero(near)
        one, other = tree.query(shapes[rows])
        pairs = _pairs(rows[one[near[other]]], other[near[other]], len(shapes))
        pairs = pairs[:, ~np.isin(pairs[0] * len(shapes) + pairs[1], tested)]
    progress.update(1.0)
    columns = [np.concatenate(column) for column in found]
    order = np.lexsort((columns[1], columns[0]))
    failed = np.concatenate(failures)
    return [column[order] for column in columns], failed[np.lexsort(failed.T[::-1])]


def _pairs(one: np.ndarray, other: np.ndarray, count: int) -> np.ndarray:
    """(2, n) pairs of two rows of `count`, the lesser first, each pair once, sorted."""
    code = np.unique(np.minimum(one, other)[one != other] * count + np.maximum(one, other)[one != other])
    return np.stack(np.divmod(code, count))


def _shared(
    outer: np.ndarray, inner: np.ndarray, pairs: np.ndarray, progress: Progress, threads: int
) -> Iterator[tuple[np.ndarray, tuple[np.ndarray, ...]]]:
    """Piece by piece of `pairs` (2, n): the piece; places of the pairs that share land, what they share, its area;
    places of those that failed. Land that is only rounding is none."""
    weight = shapely.get_num_coordinates(outer[pairs[0]]) + shapely.get_num_coordinates(inner[pairs[1]])
    pieces = np.split(pairs, overlay.cuts(weight), axis=1)

    def work(piece: np.ndarray) -> tuple[np.ndarray, ...]:
        at, land, area, failed = overlay.shared_land(outer, inner, piece[0], piece[1], None)
        real = _real(land)
        return at[real], land[real], area[real], failed

    return zip(pieces, in_order(work, pieces, progress, threads))


def _by_levels(
    shapes: np.ndarray, work: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]], progress: Progress, threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """All that `work` finds in blocks of the shapes, then in the outlines that it gives for the blocks, as far as these
    touch, and so on until all is in one block; and the last outlines."""
    none = np.empty(0, dtype=object)
    found, outlines = [none], [none]
    limit, rounds = _VERTICES, _rounds(progress)
    while len(shapes):
        parts = [shapes[rows] for rows in blocks(shapes, limit)]
        given = [none]
        for new, outline in in_order(work, parts, next(rounds), threads):
            found.append(new)
            given.append(outline)
        left = np.concatenate(given)
        touching = _touching(left) if len(parts) > 1 else np.zeros(len(left), dtype=bool)
        outlines.append(left[~touching])
        before, shapes = shapely.get_num_coordinates(shapes).sum(), left[touching]
        if shapely.get_num_coordinates(shapes).sum() > before / 2:
            limit *= 4
    progress.update(1.0)
    return np.concatenate(found), np.concatenate(outlines)


def _holes_of(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The holes of the union of `shapes`, islands not regarded, and its outlines without holes."""
    faces, covered = _faces(shapes)
    touching = _touching(faces)
    # A face that meets no other has no hole either, and nothing to be united with.
    united = shapely.get_parts(_union(faces[touching])) if touching.any() else faces[:0]
    return faces[~covered], np.concatenate([faces[~touching], united])


def _outlined(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nothing, and the polygons of the union of `shapes`."""
    return np.empty(0, dtype=object), shapely.get_parts(_union(shapes))


def _faces(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The faces into which the unshared edges of valid polygons divide the plane, and whether a polygon covers each."""
    lines = shapely.get_parts(joined(chains(unshared(shapes))))
    faces = shapely.get_parts(shapely.polygonize(lines))
    covered = np.zeros(len(faces), dtype=bool)
    covered[shapely.STRtree(shapes).query(_inside(faces), predicate="intersects")[0]] = True
    return faces, covered


def _touching(shapes: np.ndarray) -> np.ndarray:
    """Mask of the shapes that meet another, be it in one point."""
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    mask = np.zeros(len(shapes), dtype=bool)
    mask[one[one != other]] = True
    return mask


def _without(
    holes: np.ndarray, shapes: np.ndarray, tree: shapely.STRtree, progress: Progress, threads: int
) -> np.ndarray:
    """What the shapes leave free of the holes: polygons, each once."""
    pairs = tree.query(holes)
    inside = [np.empty((2, 0), dtype=np.intp)]
    for piece, (at, *_) in _shared(holes, shapes, pairs, progress, threads):
        inside.append(piece[:, at])
    of_hole, plot = np.concatenate(inside, axis=1)
    islands = [shapes[plot[rows]] for rows in _groups(of_hole)]
    lower = np.unique(of_hole)
    free = holes.copy()
    free[lower] = _minus(holes[lower], _column(list(in_order(_union, islands, None, threads))))
    found = shapely.get_parts(free)
    found = found[_real(found)]
    # Two blocks may have had the same place in a hole of theirs.
    place, same = shapely.STRtree(found).query(_inside(found), predicate="intersects")
    return np.delete(found, place[same < place])


def _beyond(
    parents: np.ndarray, outlines: np.ndarray, progress: Progress, threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """What of the parents no outline holds: polygons, and the row of the parent of each."""
    shapes = overlay.flat(np.asarray(parents, dtype=object))
    near = _split(shapely.STRtree(outlines).query(shapes), len(shapes))

    def rest(row: int) -> shapely.Geometry:
        free = shapes[row : row + 1]
        return (_minus(free, _column([_union(outlines[near[row]])])) if len(near[row]) else free)[0]

    rows = np.flatnonzero(overlay.usable(shapes))
    free = _column(list(in_order(rest, rows.tolist(), progress, threads)))
    found, of = shapely.get_parts(free, return_index=True)
    real = _real(found)
    return found[real], rows[of[real]]


def _minus(shapes: np.ndarray, covers: np.ndarray) -> np.ndarray:
    """What each cover leaves of its shape, as polygons; the shape itself where GEOS cannot tell."""
    left, failed = overlay.attempt(shapely.difference, shapes, covers, None)
    left = overlay.polygonal(left)
    left[failed] = shapes[failed]
    return left


def _holder(places: np.ndarray, parents: np.ndarray) -> np.ndarray:
    """The first parent that each place lies in, -1 for none."""
    place, parent = shapely.STRtree(parents).query(_inside(places), predicate="intersects")
    holder = np.full(len(places), len(parents))
    np.minimum.at(holder, place, parent)
    return np.where(holder < len(parents), holder, -1)


def _neighbours(places: np.ndarray, shapes: np.ndarray, tree: shapely.STRtree, tolerance: float) -> np.ndarray:
    """(2, n): a place and the shapes as near to it as `tolerance` or rounding."""
    box = shapely.bounds(places)
    reach = np.maximum(tolerance, _NOISE_PLACES * _last_place(places))
    place, shape = tree.query(shapely.box(*(box + np.outer(reach, (-1, -1, 1, 1))).T))
    # GEOS may leave the processor's flag for an invalid operation behind though every distance is a number.
    with np.errstate(invalid="ignore"):
        near = shapely.distance(places[place], shapes[shape]) <= reach[place]
    pairs = np.stack([place[near], shape[near]])
    return pairs[:, np.lexsort(pairs[::-1])]


def _unions(groups: list[np.ndarray]) -> np.ndarray:
    return _column([_union(shapes) for shapes in groups])


def _union(shapes: np.ndarray) -> shapely.Geometry:
    """The union of polygons: by their shared edges; where they overlap or share no nodes, by the faces between unshared
    edges; by GEOS's overlay of all where even that fails."""
    if len(shapes) == 1 and shapely.is_valid(shapes[0]):
        return shapes[0]
    united = _tiles(shapes)
    if united is None:
        shapes = mended(shapes)
        shapes = shapes[~shapely.is_missing(shapes)]
        faces, covered = _faces(shapes)
        united = _tiles(faces[covered])
    return joined(shapes) if united is None else united


def _tiles(shapes: np.ndarray) -> shapely.Geometry | None:
    """The union of polygons that neither overlap nor miss each other's nodes, None where they are not such.

    Edges that an even number of polygons share cancel out, which leaves the land that an odd number covers. That is the
    union just where its area is the sum of all areas.
    """
    total = shapely.area(shapes).sum()
    try:
        united = overlay.polygonal(_column([shapely.coverage_union_all(shapes)]))[0]
    except GEOSException:
        return None
    if united is None or abs(united.area - total) > _ROUNDING * total or not united.is_valid:
        return None
    return united


def _inside(shapes: np.ndarray) -> np.ndarray:
    """A point in the interior of each polygon, and not in a spike that is no wider than rounding."""
    points = shapely.point_on_surface(shapes)
    outline = shapely.boundary(shapes)
    narrow = shapely.distance(points, outline) <= _CLEAR_PLACES * _last_place(shapes)
    for row in np.flatnonzero(narrow):
        centres = shapely.centroid(shapely.get_parts(shapely.delaunay_triangles(shapes[row])))
        centres = centres[shapely.contains_properly(shapes[row], centres)]
        if len(centres):
            points[row] = centres[shapely.distance(centres, outline[row]).argmax()]
    return points


def _real(shapes: np.ndarray) -> np.ndarray:
    """Mask of the shapes that are wider than the rounding of their coordinates."""
    return np.asarray(shapely.area(shapes) > _NOISE_PLACES * _last_place(shapes) * shapely.length(shapes))


def _last_place(shapes: np.ndarray) -> np.ndarray:
    """A unit in the last place of the largest coordinate of each shape."""
    return np.spacing(np.abs(shapely.bounds(shapes)).max(axis=1, initial=0.0))


def _by_position(shapes: np.ndarray) -> np.ndarray:
    return np.lexsort((shapely.area(shapes), *shapely.bounds(shapes).T[::-1]))


def _column(values: list[shapely.Geometry | None]) -> np.ndarray:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def _groups(number: np.ndarray) -> list[np.ndarray]:
    """The places of each number that occurs, in the order of the numbers."""
    order = np.argsort(number, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(number[order])) + 1) if len(order) else []


def _split(pairs: np.ndarray, count: int) -> list[np.ndarray]:
    """The second of each of the pairs (2, n), apart for every first, 0 … count - 1."""
    first, second = pairs[:, np.argsort(pairs[0], kind="stable")]
    return np.split(second, np.searchsorted(first, np.arange(1, count)))


def _batches(pieces: list[np.ndarray]) -> list[list[np.ndarray]]:
    """Pieces put together so that each batch is worth a thread's while."""
    weight = np.cumsum([shapely.get_num_coordinates(shapes).sum() for shapes in pieces]) // _VERTICES
    bounds = [0, *(np.flatnonzero(np.diff(weight)) + 1), len(pieces)]
    return [pieces[first:last] for first, last in zip(bounds[:-1], bounds[1:])]


def _rounds(progress: Progress) -> Iterator[Progress]:
    """A step for each of nobody knows how many rounds, the first of which does nearly all."""
    share = 0.9
    while True:
        yield progress.step(share=share)
        share /= 10
