"""The report's small maps as PNG pictures, in a plane of metres."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from redline.core.report.pen import INK, LINE, SOFT, Pen, png

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_FARMLAND, _EDGE, _AROUND, _WRONG = "#fff7b0", "#8a8455", "#f3f4ee", "#b3261e"
_HALF, _HIGH = 3.3, 2.15
_LEAST = 40.0
"""Metres that a small map shows at least."""
_CORNER = 0.13
_TINY = 0.03
"""Share of the picture's width below which a shape is pointed at with a ring."""


@dataclass(frozen=True)
class Place:
    """A place to look at: what is wrong there, the plots that it is about and those around, in metres."""

    wrong: shapely.Geometry
    own: Sequence[shapely.Geometry]
    around: Sequence[shapely.Geometry]


def window(wrong: shapely.Geometry, own: Sequence[shapely.Geometry]) -> tuple[float, float, float, float]:
    """What the small map of a place shows (xmin, ymin, xmax, ymax): all of both, a margin, the map's proportions."""
    west, south, east, north = shapely.total_bounds(np.array([wrong, *own], dtype=object)).tolist()
    wide = max((east - west) * 1.25, (north - south) * 1.25 * _HALF / _HIGH, _LEAST)
    x, y, high = (west + east) / 2, (south + north) / 2, wide * _HIGH / _HALF
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def place_map(place: Place, language: str) -> bytes:
    """The place with its coordinates at the frame and a scale bar, half a page wide."""
    pen = Pen(language)
    figure = pen.figure(_HIGH)
    figure.set_figwidth(_HALF)
    axes = figure.add_axes((0.02, 0.08, 0.96, 0.9))
    for shapes, look in (
        (place.around, {"facecolor": _AROUND, "edgecolor": LINE, "linewidth": 0.6}),
        (place.own, {"facecolor": _FARMLAND, "edgecolor": _EDGE, "linewidth": 1.0}),
        ([place.wrong], {"facecolor": _WRONG + "55", "edgecolor": _WRONG, "linewidth": 1.2}),
    ):
        for shape in shapes:
            _draw(axes, shape, **look)
    west, south, east, north = window(place.wrong, place.own)
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    left, low, right, high = shapely.bounds(place.wrong)
    if max(right - left, high - low) < _TINY * (east - west):
        axes.plot([(left + right) / 2], [(low + high) / 2], "o", markersize=16, markerfacecolor="none", color=_WRONG)
    _frame(pen, axes)
    _scale_bar(pen, axes)
    return png(figure)


def _draw(axes: Axes, shape: shapely.Geometry, **look: Any) -> None:
    """A shape; of a point its place, of a line its course."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline

    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon" and not part.is_empty:
            rings = [Outline(shapely.get_coordinates(ring), closed=True) for ring in (part.exterior, *part.interiors)]
            axes.add_patch(PathPatch(Outline.make_compound_path(*rings), **look))
        elif not part.is_empty:
            x, y = shapely.get_coordinates(part).T
            axes.plot(x, y, "o-" if part.geom_type == "Point" else "-", color=look["edgecolor"], markersize=4)


def _frame(pen: Pen, axes: Axes) -> None:
    """A frame with the coordinates of two round places along the foot and the side, north up."""
    axes.set_facecolor("white")
    for spine in axes.spines.values():
        spine.set_color(SOFT)
        spine.set_linewidth(0.8)
    for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        step = _round_length((high - low) / 2.5)
        # Not where a corner or the scale bar would cut the figures.
        free = _CORNER * (high - low)
        axis.set_ticks(np.arange(math.ceil((low + free) / step) * step, high - free, step))
        axis.set_major_formatter("{x:.0f}")
    axes.tick_params(length=3, width=0.6, color=SOFT, direction="in", pad=2)
    pen.fonts(axes)
    for label in axes.get_xticklabels():
        label.set_fontsize(5.5)
    for label in axes.get_yticklabels():
        label.set(fontsize=5.5, rotation=90, va="center")
    axes.tick_params(axis="y", pad=-9)


def site_map(pieces: pd.DataFrame, ways: pd.DataFrame, language: str) -> bytes:
    """Sites with the basic farmland and red lines on them, and where each would be free; a bar of round length."""
    pen = Pen(language)
    figure = pen.figure(1.75)
    axes = figure.add_axes((0.02, 0.02, 0.96, 0.96))
    for shape, farmland, red_line in zip(pieces["geometry"].to_numpy(), pieces["farmland"], pieces["red_line"]):
        colour = "#ffff00" if farmland else "#5aae61" if red_line else "#f4f4f4"
        _draw(axes, shape, facecolor=colour, edgecolor=LINE, linewidth=0.4)
        if farmland and red_line:
            _draw(axes, shape, facecolor="none", edgecolor="#1b7837", linewidth=0.0, hatch="////")
    wholes = {name: shapely.union_all(part["geometry"].to_numpy()) for name, part in pieces.groupby("site")}
    for name, whole in wholes.items():
        _draw(axes, whole, facecolor="none", edgecolor="#d7191c", linewidth=1.6)
        way = ways[ways["site"] == name]
        if len(way) and way["shift"].iloc[0] > 0:
            shift = way[["shift_east", "shift_north"]].to_numpy(dtype=float)[0]
            moved = shapely.transform(whole, partial(np.add, shift))
            _draw(axes, moved, facecolor="none", edgecolor=INK, linewidth=1.0, linestyle=(0, (4, 3)))
    axes.autoscale_view()
    axes.set_aspect("equal")
    pen.bare(axes)
    _scale_bar(pen, axes)
    return png(figure)


def _scale_bar(pen: Pen, axes: Axes) -> None:
    """A bar of a round number of metres in the lower left corner."""
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    length = _round_length(max((east - west) / 4, 1.0))
    x, y = west + (east - west) * 0.03, south + (north - south) * 0.04
    axes.plot([x, x + length], [y, y], color=INK, linewidth=2.0, solid_capstyle="butt")
    pen.write(axes, x + length / 2, y + (north - south) * 0.015, f"{length:g} m", ha="center", va="bottom", size=7)


def _round_length(most: float) -> float:
    """The greatest 1, 2 or 5 times a power of ten that is no longer."""
    power = 10.0 ** math.floor(math.log10(most))
    return power * max(step for step in (1, 2, 5) if power * step <= most)
