"""Shapes cut along others into pieces that do not overlap, and which of the others covers each piece.

Where the covers do not overlap one another, which is nearly always, every share of a cover is a piece as it is, and
what no cover holds is the rest. Only shapes on which covers overlap are cut by one cover after another. Most shapes lie
on plots that tile the land: there is no rest, and sums along the edges tell so without another overlay.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.errors import GEOSException

from redline.core.geometry import overlay
from redline.core.geometry.rings import rings
from redline.core.geometry.workers import in_order
from redline.core.progress import Progress

# A strip of less than so many units in the last place of its coordinates is rounding.
_NOISE_PLACES = 64
_ROUNDING = 1e-9
_PIECE = 256
# Waves along the length of a shape, each in a direction of its own. Land moved along the crests of one is told by the
# others, the same land turned about its middle by waves that are about as short as it is.
_TURN = np.array([1.0, 2.0, 3.0, 4.0])
_WAVES = np.array([[0.3], [8.0], [160.0], [3200.0]]) * np.column_stack([np.cos(_TURN), np.sin(_TURN)])
# Edges along the crests: no more than so much of a wave.
_LEVEL = 1e-6


@dataclass(frozen=True)
class Pieces:
    """Disjoint pieces of shapes, in the order of their owners; together they are the shape.

    `owner`: int64 (n,), row of the shape; `geometry`: object (n,), polygons and multipolygons; `piece`, `cover`: int64
    pairs, piece p is covered by cover c (no pair: by none; several: covers overlap there), sorted; `area`: float64 (n,)
    in the plane. `failed`: (m, 2) int64, shape and cover that GEOS could not overlay.
    """

    owner: np.ndarray
    geometry: np.ndarray
    piece: np.ndarray
    cover: np.ndarray
    area: np.ndarray
    failed: np.ndarray

    def __len__(self) -> int:
        return len(self.owner)

    @property
    def first_cover(self) -> np.ndarray:
        """The first cover of each piece, -1 where it has none."""
        first = np.full(len(self.owner), -1, dtype=np.int64)
        first[self.piece[::-1]] = self.cover[::-1]
        return first


def cut(
    shapes: np.ndarray, covers: np.ndarray, *, progress: Progress | None = None, threads: int = 0, trusted: bool = False
) -> Pieces:
    """The pieces into which `covers` cut `shapes`.

    `shapes`, `covers`: object arrays of shapely shapes or None, in one plane. Shapes that are null, empty, invalid or
    not polygonal have no piece, covers of that kind cover nothing. `trusted` as in `overlay.overlay`. Raises Cancelled.
    """
    watch = progress or Progress()
    pairs = overlay.overlay(shapes, covers, progress=watch.step(share=0.7), threads=threads, trusted=trusted)
    return cut_by(shapes, pairs, progress=watch.step(), threads=threads, trusted=trusted)


def cut_by(
    shapes: np.ndarray, pairs: overlay.Pairs, *, progress: Progress | None = None, threads: int = 0,
    trusted: bool = False,
) -> Pieces:  # fmt: skip
    """The same where it is known already what `shapes` share with the covers: `pairs`, as `overlay.overlay` gives."""
    outer = overlay.flat(np.asarray(shapes, dtype=object))
    land = np.empty(0, dtype=object) if pairs.geometry is None else pairs.geometry
    # What shares land has been looked at.
    alone = np.setdiff1d(np.arange(len(outer)), pairs.left)
    alone = alone[shapely.area(outer[alone]) > 0 if trusted else overlay.usable(outer[alone])]
    batches = _batches(pairs.left)

    def work(at: slice) -> _Cut:
        return _cut_batch(outer, pairs.left[at], pairs.right[at], shapely.force_2d(land[at]))

    nothing = np.empty(0, dtype=np.int64)
    found = [_Cut(alone, outer[alone], nothing, nothing)]
    found += in_order(work, batches, progress, threads)
    return _together(_joint(found), pairs.failed)


def together(parts: Sequence[Pieces]) -> Pieces:
    """The pieces of shapes that were cut in several turns, in the order of their owners: rows of all the shapes."""
    return _together(_joint(parts), np.concatenate([one.failed for one in parts]))


def unions(
    shapes: np.ndarray, group: np.ndarray, count: int, *, within: np.ndarray | None = None, threads: int = 0
) -> np.ndarray:
    """The union of the shapes of each group 0 … count − 1; None for a group without any.

    `shapes`: object (n,), valid polygons and multipolygons; `group`: int64 (n,). Fast where they do not overlap, and
    where they tile the shape of `within` (count,) that all of the group lie in: that is their union.
    """
    order = np.argsort(group, kind="stable")
    group, shapes = group[order], shapes[order]
    result = np.full(count, None, dtype=object)
    batches = _batches(group)
    if within is not None and len(group):
        around = overlay.flat(within)
        filled = np.concatenate(list(in_order(
            lambda at: _filled(around, group[at], shapes[at]), batches, threads=threads
        )))  # fmt: skip
        rows = np.unique(group)
        result[rows[filled]] = around[rows[filled]]
        left = ~np.isin(group, rows[filled])
        group, shapes = group[left], shapes[left]
        batches = _batches(group)

    def work(at: slice) -> tuple[np.ndarray, np.ndarray]:
        own = shapely.force_2d(shapes[at])
        row, whole, apart = _wholes(group[at], own)
        mixed = np.flatnonzero(~apart)
        several = np.split(own, np.flatnonzero(np.diff(group[at])) + 1)
        whole[mixed] = _column([shapely.union_all(several[place]) for place in mixed])
        return row, whole

    for row, whole in in_order(work, batches, threads=threads):
        result[row] = whole
    return result


@dataclass(frozen=True)
class _Cut:
    """The pieces of some shapes: row of the shape, geometry; pairs (place among these pieces, cover)."""

    owner: np.ndarray
    geometry: np.ndarray
    piece: np.ndarray
    cover: np.ndarray


def _batches(row: np.ndarray) -> list[slice]:
    """Slices of sorted rows, so many at a time, none of which parts the places of one row."""
    ends = np.append(np.flatnonzero(np.diff(row)) + 1, len(row)) if len(row) else np.empty(0, dtype=np.int64)
    stops = ends[_PIECE - 1 :: _PIECE].tolist()
    stops += [len(row)] if len(row) and (not stops or stops[-1] != len(row)) else []
    return [slice(start, stop) for start, stop in zip([0, *stops], stops)]


def _cut_batch(outer: np.ndarray, row: np.ndarray, cover: np.ndarray, share: np.ndarray) -> _Cut:
    """The pieces of the shapes of `row`: shares where covers do not overlap, and what they leave."""
    open_ = np.isin(row, np.unique(row)[~_filled(outer, row, share)])
    rows, whole, apart = _wholes(row[open_], share[open_])
    overlapping = np.isin(row, rows[~apart])
    kept = np.flatnonzero(~overlapping)
    rest_of, rest = _rest(outer, rows[apart], whole[apart])
    simple = _Cut(
        np.concatenate([row[kept], rest_of]), np.concatenate([share[kept], rest]), np.arange(len(kept)), cover[kept]
    )
    return _joint([simple, _cut_in_turn(outer, row[overlapping], cover[overlapping], share[overlapping])])


def _filled(outer: np.ndarray, row: np.ndarray, share: np.ndarray) -> np.ndarray:
    """For each different row, whether its shares tile the shape: no two overlap, and nothing is left.

    Shares that lie within a shape tile it if they have its area and the same values of waves over the land, but for
    rounding. Where some land counted twice and as much not at all, the areas would agree, the waves would not.
    """
    rows, start = np.unique(row, return_index=True)
    if not len(rows):
        return np.empty(0, dtype=bool)
    shapes = shapely.force_2d(outer[rows])
    noise = _noise(shapes)
    filled = np.abs(np.add.reduceat(shapely.area(share), start) - shapely.area(shapes)) <= noise
    these = np.flatnonzero(filled)
    mine = np.flatnonzero(filled[np.searchsorted(rows, row)])
    place = np.searchsorted(rows[these], row[mine])
    boxes = shapely.bounds(shapes[these])
    size = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    differs = -_waves(shapes[these], boxes[:, :2], size)
    np.add.at(differs, place, _waves(share[mine], boxes[place, :2], size[place]))
    filled[these[(np.abs(differs) > noise[these, None]).any(axis=1)]] = False
    return np.asarray(filled)


def _waves(shapes: np.ndarray, corner: np.ndarray, size: np.ndarray) -> np.ndarray:
    """The integral of a saw-tooth wave, {w·x} − ½, over each shape for every w of _WAVES, x from its `corner` (n, 2) in
    lengths of `size` (n,): float64 (n, waves), in the shape's units of area. By Gauss's theorem it is a sum along the
    edges, of Bernoulli's polynomials, which take a quarter of the time of sines."""
    ring = rings(shapes)
    of_vertex = np.repeat(ring.features, ring.sizes)
    x, y = ((ring.xy - corner[of_vertex]) / size[of_vertex, None]).T
    last = np.cumsum(ring.sizes) - 1
    start = last + 1 - ring.sizes
    east, north = _steps(x, last), _steps(y, last)
    turn = np.add.reduceat(x * north - y * east, start)
    sign = np.where(turn < 0, -1.0, 1.0) * ring.signs
    by_shape = np.zeros((len(shapes), len(_WAVES)))
    for number, (over, up) in enumerate(_WAVES):
        phase = x * over + y * up
        tooth = phase - np.floor(phase)
        third = tooth * (tooth - 0.5) * (tooth - 1.0)
        run = _steps(phase, last)
        level = np.abs(run) < _LEVEL
        mean = _steps(third, last) / np.where(level, 1.0, run) / 6
        mean[level] = (tooth[level] * (tooth[level] - 1.0) + 1 / 6) / 2
        along = np.add.reduceat(mean * (over * north - up * east), start)
        by_shape[:, number] = np.bincount(ring.features, along * sign / (over**2 + up**2), len(shapes))
    return by_shape * size[:, None] ** 2


def _steps(values: np.ndarray, last: np.ndarray) -> np.ndarray:
    """From each vertex to the next of its ring, 0 at the `last` ones."""
    steps = np.diff(values, append=0.0)
    steps[last] = 0.0
    return steps


def _wholes(row: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The rows, the union of the shares of each, and a mask of those whose shares do not overlap; of the others the
    union is not worked out.

    Shares that do not overlap are joined by dropping the edges that two of them have. Where the outcome is valid and as
    large as they are together, none of them overlap.
    """
    rows, start, count = np.unique(row, return_index=True, return_counts=True)
    whole = np.full(len(rows), None, dtype=object)
    for many in np.unique(count).tolist():
        these = np.flatnonzero(count == many)
        if many == 2:
            # Two that overlap are told sooner than joined in vain.
            both = shapely.relate_pattern(share[start[these]], share[start[these] + 1], "T********")
            these = these[~both]
        whole[these] = _joined(share[start[these][:, None] + np.arange(many)])
    sums = np.add.reduceat(shapely.area(share), start) if len(rows) else np.empty(0)
    apart = count == 1
    several = np.flatnonzero(~apart)
    rounded = np.abs(sums - shapely.area(whole))[several] <= _ROUNDING * sums[several]
    apart[several] = rounded & shapely.is_valid(whole[several])
    return rows, whole, apart


def _joined(shares: np.ndarray) -> np.ndarray:
    """The shares of each row (n, m) joined; None where their edges do not fit."""
    if shares.shape[1] == 1:
        return shares[:, 0]
    try:
        return overlay.polygonal(np.asarray(shapely.coverage_union_all(shares, axis=1)))
    except GEOSException:
        if len(shares) == 1:
            return np.full(1, None, dtype=object)
    return np.concatenate([_joined(half) for half in np.array_split(shares, 2)])


def _rest(outer: np.ndarray, rows: np.ndarray, whole: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the wholes leave of the shapes of `rows`: rows and shapes."""
    shapes = shapely.force_2d(outer[rows])
    some = np.flatnonzero(shapely.area(shapes) - shapely.area(whole) > _noise(shapes))
    rest = _real(shapely.difference, shapes[some], whole[some])
    there = ~shapely.is_missing(rest)
    return rows[some[there]], rest[there]


def _cut_in_turn(outer: np.ndarray, row: np.ndarray, cover: np.ndarray, share: np.ndarray) -> _Cut:
    """The pieces of the shapes of `row` where covers overlap: every piece so far is parted by the next cover."""
    rows, start, count = np.unique(row, return_index=True, return_counts=True)
    of, geometry = np.arange(len(rows)), shapely.force_2d(outer[rows])
    under = np.zeros((len(rows), count.max(initial=0)), dtype=bool)
    for turn in range(under.shape[1]):
        mine = np.flatnonzero(count[of] > turn)
        land = share[start[of[mine]] + turn]
        # What the first one cuts off is its share, as it is.
        inside = _real(shapely.intersection, geometry[mine], land) if turn else land
        met = np.flatnonzero(~shapely.is_missing(inside))
        beyond = _real(shapely.difference, geometry[mine[met]], land[met])
        left = np.flatnonzero(~shapely.is_missing(beyond))
        parted = mine[met]
        added = under[parted]
        added[:, turn] = True
        stays = np.ones(len(of), dtype=bool)
        stays[parted] = False
        of = np.concatenate([of[stays], of[parted], of[parted[left]]])
        geometry = np.concatenate([geometry[stays], inside[met], beyond[left]])
        under = np.concatenate([under[stays], added, under[parted[left]]])
    piece, by = np.nonzero(under)
    return _Cut(rows[of], geometry, piece, cover[start[of[piece]] + by])


def _real(function: Callable[..., Any], shapes: np.ndarray, land: np.ndarray) -> np.ndarray:
    """Intersection or difference, row-wise, without the parts that are no wider than rounding; None where there is
    nothing else."""
    found, _ = overlay.attempt(function, shapes, land, None)
    found = overlay.polygonal(found)
    parts, of = shapely.get_parts(found, return_index=True)
    real = shapely.area(parts) > _noise(parts)
    held = np.bincount(of[real], minlength=len(found))
    found[held == 0] = None
    mixed = np.flatnonzero((held > 0) & (held < np.bincount(of, minlength=len(found))))
    if len(mixed):
        some = np.flatnonzero(real & np.isin(of, mixed))
        found[mixed] = shapely.multipolygons(parts[some], indices=np.searchsorted(mixed, of[some]))
    return found


def _noise(shapes: np.ndarray) -> np.ndarray:
    """The area of a strip along the outline that is no wider than rounding."""
    last_place = np.spacing(np.abs(shapely.bounds(shapes)).max(axis=1, initial=0.0))
    return np.asarray(_NOISE_PLACES * last_place * shapely.length(shapes))


def _joint(cuts: Sequence[_Cut | Pieces]) -> _Cut:
    """Several as one."""
    starts = np.cumsum([0, *(len(one.owner) for one in cuts[:-1])])
    return _Cut(
        np.concatenate([one.owner for one in cuts]).astype(np.int64),
        np.concatenate([one.geometry for one in cuts]),
        np.concatenate([one.piece + start for one, start in zip(cuts, starts)]).astype(np.int64),
        np.concatenate([one.cover for one in cuts]).astype(np.int64),
    )


def _together(found: _Cut, failed: np.ndarray) -> Pieces:
    """All pieces in the order of their owners, the pairs in that of pieces and covers."""
    order = np.argsort(found.owner, kind="stable")
    new = np.empty(len(order), dtype=np.int64)
    new[order] = np.arange(len(order))
    by = np.lexsort((found.cover, new[found.piece]))
    geometry = found.geometry[order]
    return Pieces(found.owner[order], geometry, new[found.piece][by], found.cover[by], shapely.area(geometry), failed)


def _column(values: list[shapely.Geometry]) -> np.ndarray:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column
