"""Basic farmland that something lies on, by the recorded-area rule: without field ridges, as the register counts it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from redline.core import units
from redline.core.checks import areas
from redline.core.checks.permit_sides import Side
from redline.core.findings import Findings
from redline.core.frames import Frame
from redline.core.tables.levelling import level

Cents = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
Shapes = npt.NDArray[np.object_]

# A plot of which less than this is left out lies within a shape as a whole, as far as coordinates go.
_WHOLE = 1e-7


def tell_records(farmland: Side, rows: Mask, findings: Findings) -> None:
    """R5001–R5006 of the plots in `rows`: records that contradict their shapes or themselves, which count all the same;
    from here on all are in m². To be called before `amounts`."""
    frame = farmland.frame
    known = "plot_area" in frame.rows
    if known:
        # By all plots: by a few of them a fault of these may look like a unit.
        areas.settle_layer(frame, farmland.measured, findings)
    part = replace(frame, rows=frame.rows[rows])
    if known:
        areas.tell_recorded(part, farmland.measured[rows], findings, areas.Settings())
    areas.identities(part, findings)


def amounts(
    owner: Rows, plot: Rows, cents: Cents, measured: Cents, plane: Floats, shapes: Shapes, farmland: Side
) -> Cents:  # fmt: skip
    """Cents of basic farmland in disjoint pieces of shapes; the one rule of permits, changes and sites.

    By piece: `owner`, the shape that it is of; `plot`, row of the plot that counts there, -1 without any; `cents`, its
    area in 0.01 m², levelled; `measured`, the same before that; `plane`, its area in the plane; `shapes`. The pieces of
    a plot that lies in one shape as a whole add up to its recorded area; of a part it is the piece's area less that ×
    KCXS, rounded once for all pieces of the plot in the shape. Source: DOMAIN §3.5, §4.4 (4), §5.3.
    """
    there = np.flatnonzero(plot >= 0)
    result = np.zeros(len(plot), dtype=np.int64)
    if not len(there):
        return result
    pairs, group = np.unique(owner[there] * np.int64(len(farmland)) + plot[there], return_inverse=True)
    of_pair = pairs % len(farmland)

    def total(values: npt.NDArray[Any]) -> Floats:
        return np.bincount(group, weights=values[there]).astype(float)

    # Sums of cents are exact in float64.
    part = np.maximum(total(cents).astype(np.int64) - ridges(total(measured), of_pair, farmland), 0)
    due = np.nan_to_num(recorded(farmland.frame)[of_pair])
    # What has no record counts with its own area.
    complete = whole(total(plane), of_pair, farmland) & (due > 0)
    target = np.where(complete, units.cents(due), part)
    net = np.maximum(cents[there] - ridges(measured[there], plot[there], farmland), 0)
    result[there] = level(net, group, target, places(net, shapes[there]), np.ones(len(there), dtype=bool))
    return result


def whole(plane: Floats, plot: Rows, farmland: Side) -> Mask:
    """Mask of the plots that lie in a shape as a whole, of each of which it holds so much in the plane."""
    return np.asarray(plane >= shapely.area(farmland.shapes[plot]) * (1.0 - _WHOLE))


def ridges(measured: npt.NDArray[Any], plot: Rows, farmland: Side) -> Cents:
    """Cents of field ridges in parts of plots, whose areas in cents are `measured`: area × KCXS, as KCMJ is."""
    return units.round_half_away(measured * ridge_share(farmland.frame)[plot], 0).astype(np.int64)


def ridge_share(frame: Frame) -> Floats:
    """Which share of each plot's land its field ridges take: KCXS, 0 where there is none."""
    factor = frame.column("deduction_factor", np.nan).to_numpy(dtype=float)
    return np.where(np.isfinite(factor) & (factor > 0) & (factor < 1), factor, 0.0)


def net_share(frame: Frame) -> Floats:
    """What is left of each plot's land without its field ridges: 1 − KCXS."""
    return 1.0 - ridge_share(frame)


def recorded(frame: Frame) -> Floats:
    """The recorded area of basic farmland of each plot in m²: YJJBNTMJ, else what follows from gross area and KCXS."""
    net = frame.column("farmland_area", np.nan).to_numpy(dtype=float)
    gross = frame.column("plot_area", np.nan).to_numpy(dtype=float)
    measured = frame.column("geometry_area", np.nan).to_numpy(dtype=float)
    gross = np.where(gross > 0, gross, measured)
    return np.where(net > 0, net, gross * net_share(frame))


def counting(piece: Rows, cover: Rows, count: int, side: Side) -> Rows:
    """Of the pairs (piece, plot of `side` that covers it) the plot that counts in each piece, -1 where there is none:
    of plots on one another that of the first number, of equal ones that of the lesser land without ridges."""
    found = np.full(count, -1, dtype=np.int64)
    found[piece] = cover
    several = np.flatnonzero((np.bincount(piece, minlength=count) > 1)[piece])
    if len(several):
        # Names are put in order only where plots overlap.
        plots, place = np.unique(cover[several], return_inverse=True)
        rank = inverse(np.lexsort((net_share(side.frame)[plots], side.names[plots].astype(str))))[place]
        # Of what is written several times the last stays: the plot of the least rank.
        by = several[np.lexsort((-rank, piece[several]))]
        found[piece[by]] = cover[by]
    return found


def places(cents: Cents, shapes: Shapes) -> Rows:
    """Place of every piece in the order of levelling: the largest first, equal ones by where they lie."""
    return inverse(np.lexsort((*np.round(shapely.bounds(shapes), 3).T[::-1], -cents)))


def inverse(order: Rows) -> Rows:
    """The place of each row in an order of them."""
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place
