"""The report's charts as PNG pictures.

Drawn with matplotlib's objects alone: no pyplot and no change of its global settings, so that a chart may be drawn in
any thread beside the user's own. Same data and same matplotlib, same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from redline.core.catalogue import rule, text
from redline.core.report.pen import INK, SOFT, Pen, png

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's colours, which people who see red and green alike can tell apart.
SOURCE_COLOURS = {"map": "#e69f00", "register": "#0072b2", "table": "#009e73", "plots": "#8c8c8c"}
SEVERITY_COLOURS = {"error": "#b3261e", "warning": "#d98200", "info": "#7d8a94"}
_WITHIN, _BEYOND = "#b7c4bd", "#b3261e"
_EDGES = (1, 10, 100, 1000)
# No patrol, then below these shares of what is due, then as often as is due.
_STEPS = (0.25, 0.5, 0.75, 1.0)
_HEAT = ("#821428", "#e25a46", "#fdae61", "#fee08b", "#c8e18c", "#78be78")
_VISIBLE = 0.005
"""A difference (亩) that is not printed as 0.00."""


@dataclass(frozen=True)
class Spread:
    """Differences (m²) of the plots beyond tolerance, which `rule` found, and how many plots are within."""

    rule: str
    differences: npt.NDArray[np.float64]
    within: int


@dataclass(frozen=True)
class UnitAreas:
    """Areas of a unit in 亩 by source ("map", "register", "table", "plots") and what each differs from the map by; NaN
    where there is none."""

    code: str
    name: str
    areas: dict[str, float]
    apart: dict[str, float]


@dataclass(frozen=True)
class RuleCount:
    """How often a rule was broken, and how gravely."""

    rule: str
    severity: str
    count: int


@dataclass(frozen=True)
class UnitShares:
    """A unit's share (0–1) before and after deduction, NaN where there is none, and whether each is over its line."""

    code: str
    name: str
    before: float
    after: float
    over: tuple[bool, bool]


@dataclass(frozen=True)
class HeatRow:
    """A zone or unit and, by month, what was done and what was due."""

    code: str
    name: str
    months: Mapping[str, tuple[int, int]]


def available() -> bool:
    """Is matplotlib there?"""
    return find_spec("matplotlib") is not None


def differences(spreads: Sequence[Spread], language: str) -> bytes:
    """Histograms of differences by power of ten, one panel each; heights are logarithmic, counts are written."""
    pen = Pen(language)
    figure = pen.figure(2.25)
    columns = figure.subplots(1, len(spreads), squeeze=False)[0]
    figure.subplots_adjust(left=0.02, right=0.98, top=0.86, bottom=0.24, wspace=0.08)
    for axes, spread in zip(columns, spreads):
        counts = _by_power(spread)
        middle = len(_EDGES)
        heights = np.log10(counts, where=counts > 0, out=np.full(len(counts), -1.0)) + 1
        colours = [_WITHIN if at == middle else _BEYOND for at in range(len(counts))]
        axes.bar(range(len(counts)), heights, width=0.86, color=colours)
        for at, (count, height) in enumerate(zip(counts, heights)):
            if count:
                pen.write(axes, at, height + heights.max() * 0.03, f"{count:,}", ha="center", va="bottom", size=7)
        axes.set_ylim(0, heights.max() * 1.18)
        axes.set_xlim(-0.7, len(counts) - 0.3)
        pen.bare(axes)
        axes.spines["bottom"].set_visible(True)
        pen.title(axes, text(f"report.spread.{spread.rule}", pen.language))
        low = -heights.max()
        for edge, power in enumerate(_EDGES[1:]):
            for place, words in ((middle + 1.5 + edge, _short(power)), (middle - 1.5 - edge, f"−{_short(power)}")):
                pen.write(axes, place, low * 0.04, words, size=6.5, ha="center", va="top", color=SOFT)
        pen.write(axes, middle, low * 0.04, pen.say("within"), size=6.5, ha="center", va="top")
        pen.write(axes, middle, low * 0.19, pen.say("difference"), size=7, ha="center", va="top", color=SOFT)
    return png(figure)


def _by_power(spread: Spread) -> npt.NDArray[np.int64]:
    """Counts below −1000, −1000…−100, … −1, within tolerance, … above 1000."""
    power = np.digitize(np.abs(spread.differences), _EDGES[1:])
    steps = len(_EDGES)
    counts = np.zeros(2 * steps + 1, dtype=np.int64)
    signed = np.where(spread.differences < 0, steps - 1 - power, steps + 1 + power)
    counts += np.bincount(signed, minlength=len(counts)).astype(np.int64)
    counts[steps] = spread.within
    return counts


def _short(number: int) -> str:
    return f"{number // 1000}k" if number >= 1000 else str(number)


def unit_bars(units: Sequence[UnitAreas], language: str) -> bytes:
    """Areas of every unit by source, and beside them what register, table and ground differ from the map by."""
    pen = Pen(language)
    sources = [s for s in SOURCE_COLOURS if any(math.isfinite(unit.areas[s]) for unit in units)]
    others = [s for s in sources if any(math.isfinite(unit.apart[s]) for unit in units)]
    figure = pen.figure(0.75 + len(units) * max(0.3, 0.11 * len(sources)))
    high = figure.get_figheight()
    panels = figure.subplots(1, 2 if others else 1, squeeze=False, sharey=True)[0]
    names = [pen.name(unit.name, unit.code) for unit in units]
    figure.subplots_adjust(left=_room_for(names), right=0.98, top=1 - 0.5 / high, bottom=0.28 / high, wspace=0.12)
    for source in sources:
        values = np.nan_to_num([unit.areas[source] for unit in units])
        words = text(f"role.{source}", pen.language)
        panels[0].barh(*_bars(values, source, sources), color=SOURCE_COLOURS[source], label=words)
    pen.axis(panels[0], pen.say("areas"))
    panels[0].set_yticks(range(len(units)))
    panels[0].set_yticklabels(names)
    panels[0].set_ylim(len(units) - 0.5, -0.5)
    if others:
        _differences_beside(panels[1], pen, units, others, sources)
    pen.legend(figure, panels[0], len(sources))
    for axes in panels:
        pen.fonts(axes)
    return png(figure)


def _bars(values: npt.NDArray[np.float64], source: str, sources: Sequence[str]) -> tuple[Any, Any, float]:
    """Place, length and thickness of a source's bars, one a unit, below those of the sources before it."""
    thick = 0.8 / len(sources)
    return np.arange(len(values)) + (sources.index(source) + 0.5) * thick - 0.4, values, thick * 0.92


def _differences_beside(
    axes: Axes, pen: Pen, units: Sequence[UnitAreas], others: Sequence[str], sources: Sequence[str]
) -> None:
    widest = 0.0
    for source in others:
        places, values, thick = _bars(np.nan_to_num([unit.apart[source] for unit in units]), source, sources)
        axes.barh(places, values, thick, color=SOURCE_COLOURS[source])
        widest = max(widest, float(np.abs(values).max()))
        for y, value in zip(places, values):
            if abs(value) >= _VISIBLE:
                side = "left" if value > 0 else "right"
                pen.write(axes, value, y, f" {value:+,.2f} ".replace("-", "−"), size=5.5, ha=side, va="center")
    axes.set_xlim(-(widest or 1) * 1.45, (widest or 1) * 1.45)
    axes.axvline(0, color=INK, linewidth=0.6)
    pen.axis(axes, pen.say("apart"))


def rule_bars(counts: Sequence[RuleCount], language: str) -> bytes:
    """Number of findings of every rule, by severity; lengths follow the square root, counts are written."""
    pen = Pen(language)
    figure = pen.figure(0.35 + 0.2 * len(counts))
    axes = figure.subplots()
    high = figure.get_figheight()
    names = [f"{pen.name(rule(c.rule).title[pen.language], '', 44)} {c.rule}" for c in counts]
    figure.subplots_adjust(left=_room_for(names), right=0.94, top=1 - 0.06 / high, bottom=0.28 / high)
    place = np.arange(len(counts))
    numbers = np.array([c.count for c in counts], dtype=float)
    axes.barh(place, np.sqrt(numbers), 0.66, color=[SEVERITY_COLOURS[c.severity] for c in counts])
    for y, count in zip(place, counts):
        pen.write(axes, math.sqrt(count.count), y, f" {count.count:,}", va="center", ha="left", size=7)
    pen.bare(axes)
    axes.set_yticks(place)
    axes.set_yticklabels(names)
    axes.set_ylim(len(counts) - 0.4, -0.6)
    axes.set_xlim(0, float(np.sqrt(numbers.max())) * 1.05)
    axes.spines["left"].set_visible(True)
    severities = [s for s in SEVERITY_COLOURS if any(c.severity == s for c in counts)]
    for severity in severities:
        axes.barh([0], [0], color=SEVERITY_COLOURS[severity], label=text(f"report.severity.{severity}", pen.language))
    pen.legend(figure, axes, len(severities), low=True)
    pen.fonts(axes)
    return png(figure)


def share_bars(units: Sequence[UnitShares], line: float, words: str, language: str) -> bytes:
    """Shares of every unit in %, before and after deduction, against a line (a share), which is called `words`."""
    pen = Pen(language)
    kinds = [kind for kind in ("before", "after") if any(math.isfinite(getattr(unit, kind)) for unit in units)]
    figure = pen.figure(0.85 + len(units) * max(0.26, 0.16 * len(kinds)))
    axes = figure.subplots()
    high = figure.get_figheight()
    names = [pen.name(unit.name, unit.code) for unit in units]
    figure.subplots_adjust(left=_room_for(names), right=0.96, top=1 - 0.42 / high, bottom=0.28 / high)
    shares = {kind: 100 * np.array([getattr(unit, kind) for unit in units]) for kind in kinds}
    widest = max(100 * line, *(float(np.nanmax(values)) for values in shares.values()))
    pen.axis(axes, "")
    for number, (kind, values) in enumerate(shares.items()):
        places, lengths, thick = _bars(np.nan_to_num(values), kind, kinds)
        colours = [_BEYOND if unit.over[kind == "after"] else _WITHIN for unit in units]
        faint = 0.45 if number < len(kinds) - 1 else 1.0
        axes.barh(places, lengths, thick, color=colours, alpha=faint)
        for place, value in zip(places, values):
            if math.isfinite(value):
                said = f" {pen.say(kind)} {value:.2f}%" if len(kinds) > 1 else f" {value:.2f}%"
                pen.write(axes, max(value, 0.0), place, said, size=5.5, va="center", ha="left")
    axes.axvline(100 * line, color=_BEYOND, linewidth=1.0, linestyle=(0, (4, 3)))
    pen.write(axes, 100 * line, -0.55, words, size=6.5, color=_BEYOND, va="bottom", ha="center")
    axes.set_yticks(range(len(units)))
    axes.set_yticklabels(names)
    axes.set_ylim(len(units) - 0.5, -0.5)
    axes.set_xlim(0, widest * 1.3 or 1.0)
    pen.fonts(axes)
    return png(figure)


def heat_map(rows: Sequence[HeatRow], months: Sequence[str], language: str) -> bytes:
    """A cell for each row and month: its colour is the share of what is due that was done, its number what was done."""
    pen = Pen(language)
    figure = pen.figure(0.55 + 0.17 * len(rows))
    axes = figure.subplots()
    high = figure.get_figheight()
    names = [pen.name(row.name, row.code) for row in rows]
    figure.subplots_adjust(left=_room_for(names), right=0.98, top=1 - 0.32 / high, bottom=0.22 / high)
    done, due = (np.array([[row.months.get(month, (0, 0))[at] for month in months] for row in rows]) for at in (0, 1))
    share = np.divide(done, due, out=np.ones(done.shape), where=due > 0)
    step = np.where(done == 0, 0, 1 + np.digitize(share, _STEPS))
    step = np.where((due == 0) & (done == 0), len(_HEAT) - 1, step)
    colours = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in _HEAT], dtype=np.uint8)
    axes.imshow(colours[step], aspect="auto", interpolation="none")
    for (y, x), number in np.ndenumerate(done):
        ink = "#ffffff" if step[y, x] == 0 else INK
        pen.write(axes, x, y, f"{number:,}", size=5.5, color=ink, ha="center", va="center")
    pen.bare(axes)
    for edge in np.arange(len(months) - 1) + 0.5:
        axes.axvline(edge, color="white", linewidth=0.8)
    for edge in np.arange(len(rows) - 1) + 0.5:
        axes.axhline(edge, color="white", linewidth=0.8)
    axes.set_yticks(range(len(rows)))
    axes.set_yticklabels(names)
    axes.xaxis.tick_top()
    axes.set_xticks(range(len(months)))
    axes.set_xticklabels([month if at == 0 or month.endswith("-01") else month[5:] for at, month in enumerate(months)])
    pen.fonts(axes)
    words = [pen.say(f"heat.{number}") for number in range(len(_HEAT))]
    for colour, said in zip(_HEAT, words):
        axes.barh([0], [0], color=colour, label=said)
    axes.set_xlim(-0.5, len(months) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    pen.legend(figure, axes, len(_HEAT), low=True)
    return png(figure)


def _room_for(names: Sequence[str]) -> float:
    """Share of a chart's width that these labels take at its side; Chinese is twice as wide as Latin."""
    return 0.02 + 0.0082 * max(len(name.encode("gbk", "replace")) for name in names)
