"""Polygons that should tile the land made to do so: every border once, with the same vertices on both sides."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from redline.core.geometry.coverage import joined
from redline.core.geometry.edges import chains, shared, unshared
from redline.core.zoning.nodes import as_complex
from redline.core.zoning.tiling import points, united

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Shapes = npt.NDArray[np.object_]

_NOBODY = -1
# What is nearer than this share of the tolerance touches, and vertices nearer than this are one: what is drawn in the
# shapes tells vertices apart that are a tenth of it from each other.
_TOUCH, _ONE = 1e-3, 2e-3
_ROUNDS = 8


class Settled(NamedTuple):
    """`shapes`: the polygons (object array, None for one that has nothing left), which share all their borders.

    `overlaps` (n, 2): pairs that shared land, that which got it first, with `overlap_shapes`; `gaps`: narrow land of
    nobody, given to `gap_owner`; `holes`: wide land of nobody that the polygons surround.
    """

    shapes: Shapes
    overlaps: Ints
    overlap_shapes: Shapes
    gaps: Shapes
    gap_owner: Ints
    holes: Shapes


def settle(shapes: Shapes, tolerance: float) -> Settled:
    """Valid polygons as a coverage, in which the smaller of two has the land that both claim.

    Land of nobody that is narrower than `tolerance` (units of the plane) goes to the neighbour that it shares most of
    its outline with. What is clean already stays as it is, to the last bit.
    """
    none, nothing = np.empty(0, dtype=object), np.empty((0, 2), dtype=np.intp)
    loose = chains(unshared(shapes))
    mouths = _mouths(shapes, tolerance)
    noded = joined(loose)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    owners = _owners(faces, shapes)
    free = np.flatnonzero(owners == 0)
    narrow = _narrow(faces[free], tolerance).any()
    rough = narrow or _short_edges(shapes, tolerance * _ONE) or _new_nodes(loose, noded)
    if not (len(mouths) or rough or (owners > 1).any()):
        return Settled(shapes, nothing, none, none, nothing[:, 0], _sorted(faces[free]))
    return _arranged(shapes, mouths, tolerance)


def _mouths(shapes: Shapes, tolerance: float) -> Shapes:
    """Lines across the mouths of slits that two polygons leave between them, and that are open to the outside."""
    whole = shapely.union_all(shapes)
    grown = shapely.buffer(whole, tolerance / 2, join_style="mitre")
    closed = shapely.buffer(grown, -tolerance / 2, join_style="mitre")
    slits = shapely.get_parts(shapely.difference(closed, whole))
    slits = slits[shapely.area(slits) > tolerance**2]
    slit, _ = shapely.STRtree(shapes).query(slits, predicate="dwithin", distance=tolerance * _TOUCH)
    slits = slits[np.bincount(slit, minlength=len(slits)) > 1]
    if not len(slits):
        return slits
    edge = shapely.buffer(shapely.boundary(whole), tolerance * _TOUCH)
    open_sides = shapely.get_parts(shapely.difference(shapely.boundary(slits), edge))
    open_sides = open_sides[shapely.length(open_sides) > 0]
    first, last = (shapely.get_coordinates(shapely.get_point(open_sides, place)) for place in (0, -1))
    along = (last - first) / np.maximum(np.hypot(*(last - first).T), 1e-12)[:, None] * (3 * tolerance * _TOUCH)
    return np.asarray(shapely.linestrings(np.stack([first - along, last + along], axis=1)))


def _arranged(shapes: Shapes, mouths: Shapes, tolerance: float) -> Settled:
    lines = _gathered(np.concatenate([shapely.get_rings(shapely.get_parts(shapes)), mouths]), tolerance * _ONE)
    faces = shapely.get_parts(shapely.polygonize(lines))
    face, shape = shapely.STRtree(shapes).query(shapely.point_on_surface(faces), predicate="intersects")
    area = shapely.area(shapes)
    order = np.lexsort((shape, area[shape], face))
    face, shape = face[order], shape[order]
    first = np.flatnonzero(np.diff(face, prepend=-1))
    owner = np.full(len(faces), _NOBODY, dtype=np.intp)
    owner[face[first]] = shape[first]
    second = np.setdiff1d(np.arange(len(face)), first)
    pairs = np.stack([owner[face[second]], shape[second]], axis=1).reshape(-1, 2)
    overlaps, overlap_shapes = _by_pair(pairs, faces[face[second]])
    free = np.flatnonzero(owner == _NOBODY)
    narrow = free[_narrow(faces[free], tolerance)]
    owner = _given(faces, owner, narrow)
    given = narrow[owner[narrow] != _NOBODY]
    holes = faces[owner == _NOBODY]
    return Settled(
        united(faces[owner != _NOBODY], owner[owner != _NOBODY], len(shapes)), overlaps, overlap_shapes, faces[given],
        owner[given], _sorted(holes),
    )  # fmt: skip


def _short_edges(shapes: Shapes, near: float) -> bool:
    xy, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(shapes)), return_index=True)
    inner = ring[:-1] == ring[1:]
    return bool((np.hypot(*(xy[1:] - xy[:-1])[inner].T) < near).any())


def _gathered(lines: Shapes, near: float) -> Shapes:
    """Lines that meet in common vertices only, no two of which are nearer than `near`: such become one of them.

    Two drawings of one border that differ in the last places cross wherever they like, and leave edges so short that
    no other line could be joined to them rightly.
    """
    for _ in range(_ROUNDS):
        lines = shapely.get_parts(joined(lines))
        xy, line = shapely.get_coordinates(lines, return_index=True)
        corner = as_complex(xy)
        known = np.unique(corner)
        moved = _leaders(known, near)
        if (moved == known).all():
            break
        corner = moved[np.searchsorted(known, corner)]
        kept = np.append(True, (np.diff(corner) != 0) | (np.diff(line) != 0))
        kept &= np.bincount(line[kept], minlength=len(lines))[line] > 1
        number = np.unique(line[kept], return_inverse=True)[1]
        lines = shapely.linestrings(corner[kept].view(float).reshape(-1, 2), indices=number)
    return lines


def _leaders(known: npt.NDArray[np.complex128], near: float) -> npt.NDArray[np.complex128]:
    """For each of sorted vertices the one that stands for it: the first of those nearer than `near`."""
    spots = points(known.view(float).reshape(-1, 2))
    one, other = shapely.STRtree(spots).query(spots, predicate="dwithin", distance=near)
    one, other = one[one < other], other[one < other]
    order = np.lexsort((other, one))
    leader = np.arange(len(known))
    for first, second in zip(one[order].tolist(), other[order].tolist()):
        if leader[first] == first and leader[second] == second:
            leader[second] = first
    return known[leader]


def _owners(faces: Shapes, shapes: Shapes) -> Ints:
    """How many of the shapes cover each face."""
    face, _ = shapely.STRtree(shapes).query(shapely.point_on_surface(faces), predicate="intersects")
    return np.bincount(face, minlength=len(faces)).astype(np.intp)


def _new_nodes(loose: Shapes, noded: shapely.Geometry) -> bool:
    """Do the lines meet anywhere but in vertices that both have?"""
    before, after = (
        np.unique(np.ascontiguousarray(shapely.get_coordinates(lines) + 0.0).view(complex)) for lines in (loose, noded)
    )
    if len(before) != len(after):
        return True
    # A vertex of one within an edge of the other adds no vertex, but parts the edge.
    return bool(_edge_count(loose) != _edge_count(noded))


def _edge_count(lines: Shapes | shapely.Geometry) -> int:
    parts = shapely.get_parts(lines)
    return int((shapely.get_num_coordinates(parts) - 1).sum())


def _narrow(faces: Shapes, tolerance: float) -> npt.NDArray[np.bool_]:
    return np.asarray(shapely.is_empty(shapely.buffer(faces, -tolerance / 2)), dtype=bool)


def _given(faces: Shapes, owner: Ints, narrow: Ints) -> Ints:
    """Owners with the narrow faces given to their neighbours, those first that have most in common with one."""
    owner = owner.copy()
    edges = shared(faces)
    length = np.hypot(*(edges.end - edges.start).T)
    waiting = set(narrow.tolist())
    while waiting:
        one, other = np.concatenate([edges.left, edges.right]), np.concatenate([edges.right, edges.left])
        both = np.tile(length, 2)
        open_side = np.isin(one, sorted(waiting)) & (owner[other] != _NOBODY)
        if not open_side.any():
            break
        count = int(owner.max()) + 1
        code, number = np.unique(one[open_side] * count + owner[other[open_side]], return_inverse=True)
        total = np.bincount(number, both[open_side])
        face, to = np.divmod(code, count)
        order = np.lexsort((to, -total, face))
        first = order[np.flatnonzero(np.diff(face[order], prepend=-1))]
        owner[face[first]] = to[first]
        waiting -= set(face[first].tolist())
    return owner


def _by_pair(pairs: Ints, shapes: Shapes) -> tuple[Ints, Shapes]:
    """Each pair once, sorted, with the union of its shapes."""
    if not len(pairs):
        return pairs, shapes
    found, number = np.unique(pairs, axis=0, return_inverse=True)
    number = number.ravel()
    return found, united(shapes, number, len(found))


def _sorted(shapes: Shapes) -> Shapes:
    return shapes[np.lexsort(shapely.bounds(shapes).T)] if len(shapes) else shapes
