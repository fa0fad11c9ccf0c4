"""Shapes cut along others into pieces that do not overlap, and which of the others covers each piece.

Where the covers do not overlap one another, which is nearly always, every share of a cover is a piece as it is, and
what no cover holds is the rest. Only shapes on which covers overlap are cut by one cover after another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from redline.core.geometry import overlay
from redline.core.geometry.workers import in_order
from redline.core.progress import Progress

# A strip of less than so many units in the last place of its coordinates is rounding.
_NOISE_PLACES = 64
_ROUNDING = 1e-9
_PIECE = 256


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
    shapes: np.ndarray, covers: np.ndarray, *, progress: Progress | None = None, threads: int = 2, trusted: bool = False
) -> Pieces:
    """The pieces into which `covers` cut `shapes`.

    `shapes`, `covers`: object arrays of shapely shapes or None, in one plane. Shapes that are null, empty, invalid or
    not polygonal have no piece, covers of that kind cover nothing. `trusted` as in `overlay.overlay`. Raises Cancelled.
    """
    watch = progress or Progress()
    outer = overlay.flat(np.asarray(shapes, dtype=object))
    there = np.flatnonzero(overlay.usable(outer))
    pairs = overlay.overlay(outer, covers, progress=watch.step(share=0.7), threads=threads, trusted=trusted)
    first = np.searchsorted(pairs.left, there)
    last = np.searchsorted(pairs.left, there, side="right")
    alone = first == last
    groups = [(int(row), slice(a, b)) for row, a, b in zip(there[~alone], first[~alone], last[~alone])]
    batches = [groups[at : at + _PIECE] for at in range(0, len(groups), _PIECE)]
    land = np.empty(0, dtype=object) if pairs.geometry is None else pairs.geometry

    def work(batch: list[tuple[int, slice]]) -> list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
        return [_cut_one(row, outer[row], pairs.right[at], land[at]) for row, at in batch]

    found: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = [
        (there[alone], outer[there[alone]], np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    ]
    for batch in in_order(work, batches, watch.step(), threads):
        found += batch
    return _together(found, pairs.failed)


def _cut_one(
    row: int, shape: shapely.Geometry, cover: np.ndarray, share: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Owner, geometry, and the pairs (place among these pieces, cover) of one shape."""
    whole = shapely.union_all(share) if len(share) > 1 else share[0]
    if shapely.area(share).sum() - shapely.area(whole) > _ROUNDING * shapely.area(shape):
        return _cut_in_turn(row, shape, cover, share)
    rest = _minus(shape, whole)
    geometry = _column([*share, *rest])
    return np.full(len(geometry), row), geometry, np.arange(len(share)), cover


def _cut_in_turn(
    row: int, shape: shapely.Geometry, cover: np.ndarray, share: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The same where covers overlap: every piece so far is parted by the next cover."""
    pieces: list[tuple[shapely.Geometry, tuple[int, ...]]] = [(shape, ())]
    for number, land in zip(cover.tolist(), share):
        parted: list[tuple[shapely.Geometry, tuple[int, ...]]] = []
        for piece, by in pieces:
            common, failed = overlay.attempt(shapely.intersection, _column([piece]), _column([land]), None)
            inside = _real_ones(overlay.polygonal(common)) if not len(failed) else []
            if not inside:
                parted.append((piece, by))
                continue
            parted += [(one, (*by, number)) for one in inside]
            parted += [(one, by) for one in _minus(piece, land)]
        pieces = parted
    geometry = _column([piece for piece, _ in pieces])
    place = np.repeat(np.arange(len(pieces)), [len(by) for _, by in pieces])
    return np.full(len(pieces), row), geometry, place, np.array([n for _, by in pieces for n in by], dtype=np.int64)


def _minus(shape: shapely.Geometry, land: shapely.Geometry) -> list[shapely.Geometry]:
    """What `land` leaves of a shape: one shape, or none where that is only rounding."""
    left, _ = overlay.attempt(shapely.difference, _column([shape]), _column([land]), None)
    return _real_ones(overlay.polygonal(left))


def _real_ones(shapes: np.ndarray) -> list[shapely.Geometry]:
    """The shapes without the parts that are no wider than rounding; none where nothing else is left."""
    found = []
    for shape in shapes[~shapely.is_missing(shapes)]:
        parts = shapely.get_parts(shape)
        real = parts[_real(parts)]
        if len(real) == len(parts):
            found.append(shape)
        elif len(real):
            found.append(shapely.multipolygons(real) if len(real) > 1 else real[0])
    return found


def _real(shapes: np.ndarray) -> np.ndarray:
    last_place = np.spacing(np.abs(shapely.bounds(shapes)).max(axis=1, initial=0.0))
    return np.asarray(shapely.area(shapes) > _NOISE_PLACES * last_place * shapely.length(shapes))


def _together(
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]], failed: np.ndarray
) -> Pieces:
    """All pieces in the order of owner, covers and place, which does not depend on the order of the covers' pieces."""
    counts = np.array([len(owner) for owner, *_ in found])
    starts = np.cumsum(counts) - counts
    owner = np.concatenate([one[0] for one in found]).astype(np.int64)
    geometry = np.concatenate([one[1] for one in found])
    piece = np.concatenate([one[2] + start for one, start in zip(found, starts)]).astype(np.int64)
    cover = np.concatenate([one[3] for one in found]).astype(np.int64)
    order = np.lexsort((np.arange(len(owner)), owner))
    new = np.empty(len(order), dtype=np.int64)
    new[order] = np.arange(len(order))
    by = np.lexsort((cover, new[piece]))
    return Pieces(owner[order], geometry[order], new[piece][by], cover[by], shapely.area(geometry[order]), failed)


def _column(values: list[shapely.Geometry]) -> np.ndarray:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column
