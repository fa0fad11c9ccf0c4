"""How much of each violation lies under what: disjoint pieces with official areas that add up to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core import units
from redline.core.checks.farmland import amounts, counting, inverse, net_share, places
from redline.core.checks.permit_sides import Side
from redline.core.geometry import ellipsoid
from redline.core.geometry.blocks import around, by_extent
from redline.core.geometry.crs import Crs
from redline.core.geometry.overlay import overlay
from redline.core.geometry.pieces import Pieces, cut, cut_by, together
from redline.core.heap import give_back
from redline.core.progress import Progress
from redline.core.standards import land_class
from redline.core.tables.levelling import level

Cents = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Shapes = npt.NDArray[np.object_]

AGRICULTURAL, CONSTRUCTION, UNUSED = "agricultural", "construction", "unused"
BIG = (AGRICULTURAL, CONSTRUCTION, UNUSED)
CULTIVATED = "01"

BLOCK = 2_000
"""Violations, or permits, that are laid on plots together: memory then holds the work of one block."""

PIECES = 10
"""As many pieces of a violation, about, are laid on the land use together."""


@dataclass(frozen=True)
class Shares:
    """The land of pairs of a violation and a permit, int64 rows of these; sorted by both."""

    violation: Rows
    permit: Rows
    land: Shapes


@dataclass(frozen=True)
class Land:
    """The pieces of all violations, in the order of these.

    `owner`: row of the violation; `geometry`; `cents`: official area in 0.01 m², the pieces of a violation add up to
    its own; `measured`: the same before it was levelled; `plane`: area in the plane; `permits`, `plots`: pairs (piece,
    row of the permit or plot over it), sorted; `farmland`: cents of basic farmland in the piece, by the recorded-area
    rule. `larger`: the pieces by permits alone, of which these are parts, and `parent`, which of them each is part of.
    `shares`: what violations share with permits.
    """

    owner: Rows
    geometry: Shapes
    cents: Cents
    measured: Cents
    plane: Floats
    permits: tuple[Rows, Rows]
    plots: tuple[Rows, Rows]
    farmland: Cents
    larger: Pieces
    parent: Rows
    shares: Shares

    def __len__(self) -> int:
        return len(self.owner)


def land(violations: Shapes, permits: Shapes, farmland: Side | None, plane: Crs | None, progress: Progress) -> Land:
    """Cut violations by permits and by the plots of basic farmland, a block of extent at a time. All shapes are valid,
    or None."""
    blocks = by_extent(violations, BLOCK) or [np.empty(0, dtype=np.int64)]
    plots = np.empty(0, dtype=object) if farmland is None else farmland.shapes
    boxes = shapely.bounds(permits), shapely.bounds(plots)
    parts = []
    for rows in blocks:
        step = progress.step(share=1.0 / len(blocks))
        near = [around(violations[rows], some) for some in boxes]
        parts.append(_cut_land(violations, rows, (permits, plots), near, plane, step))
        give_back()
    found = _as_one(parts) if len(parts) > 1 else parts[0]
    if farmland is not None:
        first = counting(*found.plots, len(found), farmland)
        found.farmland[:] = amounts(
            found.owner, first, found.cents, found.measured, found.plane, found.geometry, farmland
        )
    progress.update(1.0)
    return found


def _cut_land(
    violations: Shapes, rows: Rows, covers: tuple[Shapes, Shapes], near: Sequence[Rows], plane: Crs | None,
    progress: Progress,
) -> Land:  # fmt: skip
    """The land of the violations at `rows`, cut by those of the covers (permits, plots) that are `near`; farmland is
    left 0."""
    permits, plots = (some[these] for some, these in zip(covers, near))
    pairs = overlay(violations[rows], permits, progress=progress.step(share=0.2), trusted=True)
    by_permit = cut_by(violations[rows], pairs, progress=progress.step(share=0.15), trusted=True)
    by_plot = cut(by_permit.geometry, plots, progress=progress.step(share=0.5), trusted=True)
    owner = by_permit.owner[by_plot.owner]
    area = official(by_plot.geometry, plane, progress.step(share=0.1))
    whole = official(violations[rows], plane, progress.step(share=0.05))
    cents = settled(area, owner, whole, by_plot.geometry)
    larger = replace(by_permit, owner=rows[by_permit.owner], cover=near[0][by_permit.cover])
    shares = Shares(rows[pairs.left], near[0][pairs.right], np.asarray(pairs.geometry, dtype=object))
    progress.update(1.0)
    return Land(
        rows[owner], by_plot.geometry, cents, area, by_plot.area, _inherited(larger, by_plot.owner),
        (by_plot.piece, near[1][by_plot.cover]), np.zeros(len(owner), dtype=np.int64), larger, by_plot.owner,
        shares,
    )  # fmt: skip


def _as_one(parts: Sequence[Land]) -> Land:
    """The land of blocks as that of all, in the order of the violations."""
    starts = np.cumsum([0, *(len(one) for one in parts[:-1])])
    owner = np.concatenate([one.owner for one in parts])
    order = np.argsort(owner, kind="stable")
    new = inverse(order)

    def pairs(of: Sequence[tuple[Rows, Rows]]) -> tuple[Rows, Rows]:
        piece = new[np.concatenate([piece + start for (piece, _), start in zip(of, starts)])]
        cover = np.concatenate([cover for _, cover in of])
        by = np.lexsort((cover, piece))
        return piece[by], cover[by]

    above = np.cumsum([0, *(len(one.larger) for one in parts[:-1])])
    place = inverse(np.argsort(np.concatenate([one.larger.owner for one in parts]), kind="stable"))
    parent = place[np.concatenate([one.parent + start for one, start in zip(parts, above)])]
    return Land(
        owner[order], np.concatenate([one.geometry for one in parts])[order],
        np.concatenate([one.cents for one in parts])[order], np.concatenate([one.measured for one in parts])[order],
        np.concatenate([one.plane for one in parts])[order],
        pairs([one.permits for one in parts]), pairs([one.plots for one in parts]),
        np.zeros(len(owner), dtype=np.int64), together([one.larger for one in parts]), parent[order],
        _all_shares([one.shares for one in parts]),
    )  # fmt: skip


def _all_shares(parts: Sequence[Shares]) -> Shares:
    violation, permit = (np.concatenate([getattr(one, name) for one in parts]) for name in ("violation", "permit"))
    order = np.lexsort((permit, violation))
    return Shares(violation[order], permit[order], np.concatenate([one.land for one in parts])[order])


def official(shapes: Shapes, plane: Crs | None, progress: Progress | None = None) -> Cents:
    """Official areas in cents, those in the plane where the system has no rule; 0 for what has no area."""
    areas = shapely.area(shapes) if plane is None else ellipsoid.areas(shapes, plane, progress=progress)
    return units.cents(np.where(np.isfinite(areas), areas, 0.0))


def settled(cents: Cents, owner: Rows, whole: Cents, shapes: Shapes) -> Cents:
    """Areas of pieces, levelled so that those of every owner add up to its own `whole` (DOMAIN §3.5)."""
    if not len(cents):
        return cents
    target = np.zeros(len(whole), dtype=np.int64)
    here = np.unique(owner)
    target[here] = whole[here]
    return level(cents, owner, target, places(cents, shapes), np.ones(len(cents), dtype=bool))


def _inherited(pieces: Pieces, parent: Rows) -> tuple[Rows, Rows]:
    """The covers of each piece's parent, as pairs (piece, cover)."""
    count = np.bincount(pieces.piece, minlength=len(pieces))
    start = np.cumsum(count) - count
    many = count[parent]
    piece = np.repeat(np.arange(len(parent)), many)
    within = np.arange(len(piece)) - np.repeat(np.cumsum(many) - many, many)
    return piece, pieces.cover[start[parent][piece] + within]


def classes(found: Land, landuse: Side, plane: Crs | None, progress: Progress) -> pd.DataFrame:
    """Land of the pieces by class: `piece`, `land_class`, `big`, `cents` (the drawn land), `net` (without ridges).

    Land of a piece adds up to its own area; what no plot of the land use covers has the class "". Ridges within
    cultivated land (KCXS) are agricultural land, and no cultivated land (DOMAIN §2.3).
    """
    codes, share = landuse.frame.column("land_class").to_numpy(dtype=object), net_share(landuse.frame)
    boxes = shapely.bounds(landuse.shapes)
    blocks = by_extent(found.geometry, BLOCK * PIECES) or [np.empty(0, dtype=np.int64)]
    tables = []
    for rows in blocks:
        step = progress.step(share=1.0 / len(blocks))
        shapes = found.geometry[rows]
        near = around(shapes, boxes)
        parts = cut(shapes, landuse.shapes[near], progress=step.step(share=0.8), trusted=True)
        area = official(parts.geometry, plane, step.step())
        cents = settled(area, parts.owner, found.cents[rows], parts.geometry)
        first = counting(parts.piece, near[parts.cover], len(parts), landuse)
        # What is not covered (-1) finds the last entry.
        net = units.round_half_away(cents * np.append(share, 1.0)[first], 0).astype(np.int64)
        code = np.append(codes, "")[first]
        tables.append(pd.DataFrame({"piece": rows[parts.owner], "land_class": code, "cents": cents, "net": net}))
        del parts
        give_back()
    table = pd.concat(tables, ignore_index=True).sort_values("piece", kind="stable", ignore_index=True)
    code = table["land_class"].to_numpy(dtype=object)
    table["big"] = table["land_class"].map(big_classes(landuse.frame.profile.scheme, pd.unique(code)))
    return table


def big_classes(scheme: str, codes: npt.NDArray[np.object_]) -> dict[str, str]:
    """The big class (三大类) of every code of a scheme, "" of those that have none."""
    known = {code: land_class(code, scheme or "sandiao") for code in codes}
    return {code: one.big if one else "" for code, one in known.items()}


def wide(shapes: Shapes, width: float) -> npt.NDArray[np.bool_]:
    """Mask of the shapes that are somewhere wider than `width`: what is left of borders drawn twice is not."""
    area = shapely.area(shapes)
    mask = np.asarray(area > 0)
    if width > 0:
        # No land is farther than half the width from a border that encloses no more than that along its length.
        rows = np.flatnonzero(mask & (area <= shapely.length(shapes) * (width / 2)))
        mask[rows] = ~shapely.is_empty(shapely.buffer(shapes[rows], -width / 2, quad_segs=2, join_style="mitre"))
    return mask
