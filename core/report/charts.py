"""The charts of the report and of the dashboard: each draws with a pen, and marks which part stands for what."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from redline.core.catalogue import rule, text
from redline.core.report.drawing import Drawing, Mark
from redline.core.report.pen import Pen
from redline.core.report.writer import percent_near

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's colours, which people who see red and green alike can tell apart.
SOURCE_COLOURS = {"map": "#e69f00", "register": "#0072b2", "table": "#009e73", "plots": "#8c8c8c"}
SEVERITY_COLOURS = {"error": "#b3261e", "warning": "#d98200", "info": "#7d8a94"}
_WITHIN, _BEYOND = "#b7c4bd", "#b3261e"
_EDGES = (1, 10, 100, 1000)
MIDDLE = len(_EDGES)
"""The column of a histogram that counts what is within tolerance."""
_VISIBLE = 0.005
"""A difference (亩) that is not printed as 0.00."""
_PANEL = 1.9
"""Inches that a histogram needs."""


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
class UnitCount:
    """How many findings of each severity a unit has."""

    code: str
    name: str
    counts: Mapping[str, int]


@dataclass(frozen=True)
class UnitShares:
    """A unit's share (0–1) before and after deduction, NaN where there is none, and whether each is over its line."""

    code: str
    name: str
    before: float
    after: float
    over: tuple[bool, bool]


def available() -> bool:
    """Is matplotlib there?"""
    return find_spec("matplotlib") is not None


def differences(spreads: Sequence[Spread], pen: Pen) -> Drawing:
    """Histograms of differences by power of ten, one panel each; heights are logarithmic, counts are written.

    Marks: ("spread", rule, step), the step as `step_of` gives it.
    """
    across = max(min(len(spreads), int(pen.look.inches / _PANEL)), 1)
    down = math.ceil(len(spreads) / across)
    figure = pen.figure(2.25 * down)
    panels = figure.subplots(down, across, squeeze=False).ravel()
    figure.subplots_adjust(
        left=0.02, right=0.98, top=1 - 0.14 / down, bottom=0.24 / down, wspace=0.08, hspace=0.62
    )  # fmt: skip
    drawing = Drawing(figure)
    for axes in panels[len(spreads) :]:
        axes.set_visible(False)
    for axes, spread in zip(panels, spreads):
        counts = np.bincount(step_of(spread.differences), minlength=2 * MIDDLE + 1)
        counts[MIDDLE] += spread.within
        heights = np.log10(counts, where=counts > 0, out=np.full(len(counts), -1.0)) + 1
        highest = max(float(heights.max()), 1.0)
        colours = [_WITHIN if at == MIDDLE else _BEYOND for at in range(len(counts))]
        axes.bar(range(len(counts)), heights, width=0.86, color=colours)
        title = text(f"report.spread.{spread.rule}", pen.language)
        for at, (count, height) in enumerate(zip(counts, heights)):
            if count:
                pen.write(axes, at, height + highest * 0.03, f"{count:,}", ha="center", va="bottom", size=7)
                key = ("spread", spread.rule, str(at))
                words = f"{title}: {_step_words(at, pen)} · {count:,}"
                drawing.marks.append(Mark(key, words, axes, (at - 0.5, at + 0.5), (0, highest * 1.18)))
        axes.set_ylim(0, highest * 1.18)
        axes.set_xlim(-0.7, len(counts) - 0.3)
        pen.bare(axes)
        axes.spines["bottom"].set_visible(True)
        pen.title(axes, title)
        low = -highest
        soft = pen.look.soft
        for edge, power in enumerate(_EDGES[1:]):
            for place, words in ((MIDDLE + 1.5 + edge, _short(power)), (MIDDLE - 1.5 - edge, f"−{_short(power)}")):
                pen.write(axes, place, low * 0.04, words, size=6.5, ha="center", va="top", color=soft)
        pen.write(axes, MIDDLE, low * 0.04, pen.say("within"), size=6.5, ha="center", va="top")
        pen.write(axes, MIDDLE, low * 0.19, pen.say("difference"), size=7, ha="center", va="top", color=soft)
    return drawing


def step_of(differences: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The column of a histogram that each difference (m²) stands in: 0 below −1000, 1 −1000…−100, … 4 within
    tolerance (none of these), 5 up to 10, … 8 above 1000."""
    power = np.digitize(np.abs(differences), _EDGES[1:])
    return np.where(differences < 0, MIDDLE - 1 - power, MIDDLE + 1 + power).astype(np.int64)


def _step_words(step: int, pen: Pen) -> str:
    """What a column of a histogram holds."""
    beyond = abs(step - MIDDLE)
    if not beyond:
        return pen.say("within")
    sign = "−" if step < MIDDLE else "+"
    if beyond == len(_EDGES):
        return f"{'<' if step < MIDDLE else '>'} {sign}{_EDGES[-1]:,} m²"
    return f"{sign}{_EDGES[beyond - 1]:,} … {sign}{_EDGES[beyond]:,} m²" if beyond > 1 else f"0 … {sign}{_EDGES[1]} m²"


def _short(number: int) -> str:
    return f"{number // 1000}k" if number >= 1000 else str(number)


def unit_bars(units: Sequence[UnitAreas], pen: Pen) -> Drawing:
    """Areas of every unit by source, and beside them what register, table and ground differ from the map by."""
    sources = [s for s in SOURCE_COLOURS if any(math.isfinite(unit.areas[s]) for unit in units)]
    others = [s for s in sources if any(math.isfinite(unit.apart[s]) for unit in units)]
    figure = pen.figure(0.75 + len(units) * max(0.3, 0.11 * len(sources)))
    high = figure.get_figheight()
    panels = figure.subplots(1, 2 if others else 1, squeeze=False, sharey=True)[0]
    names, room = pen.beside([pen.name(unit.name, unit.code) for unit in units])
    figure.subplots_adjust(left=room, right=0.98, top=1 - 0.5 / high, bottom=0.28 / high, wspace=0.12)
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
    return Drawing(figure, [Mark(("unit", unit.code), name, panels[0], None, (at - 0.5, at + 0.5))
                            for at, (unit, name) in enumerate(zip(units, names))])  # fmt: skip


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
    axes.axvline(0, color=pen.look.ink, linewidth=0.6)
    pen.axis(axes, pen.say("apart"))


def rule_bars(counts: Sequence[RuleCount], pen: Pen) -> Drawing:
    """Number of findings of every rule, by severity; lengths follow the square root, counts are written.

    Marks: ("rule", rule, severity).
    """
    figure = pen.figure(0.35 + 0.2 * len(counts))
    axes = figure.subplots()
    high = figure.get_figheight()
    titles = [pen.name(rule(c.rule).title[pen.language], "", 44) for c in counts]
    names, room = pen.beside(titles, [f" {c.rule}" for c in counts])
    figure.subplots_adjust(left=room, right=0.94, top=1 - 0.06 / high, bottom=0.28 / high)
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
    _severities(figure, axes, pen, {c.severity for c in counts})
    pen.fonts(axes)
    return Drawing(figure, [
        Mark(("rule", c.rule, c.severity), f"{c.rule} {title} · {c.count:,}", axes, None, (at - 0.5, at + 0.5))
        for at, (c, title) in enumerate(zip(counts, titles))
    ])  # fmt: skip


def count_bars(units: Sequence[UnitCount], pen: Pen) -> Drawing:
    """Number of findings of every unit, its severities one behind the other. Marks: ("unit", code)."""
    figure = pen.figure(0.35 + 0.2 * len(units))
    axes = figure.subplots()
    high = figure.get_figheight()
    names, room = pen.beside([pen.name(unit.name, unit.code) for unit in units])
    figure.subplots_adjust(left=room, right=0.94, top=1 - 0.06 / high, bottom=0.28 / high)
    place = np.arange(len(units))
    ends = np.zeros(len(units))
    for severity, colour in SEVERITY_COLOURS.items():
        numbers = np.array([unit.counts.get(severity, 0) for unit in units], dtype=float)
        axes.barh(place, numbers, 0.66, left=ends, color=colour)
        ends += numbers
    for y, end in zip(place, ends):
        pen.write(axes, end, y, f" {end:,.0f}", va="center", ha="left", size=7)
    pen.bare(axes)
    axes.set_yticks(place)
    axes.set_yticklabels(names)
    axes.set_ylim(len(units) - 0.4, -0.6)
    axes.set_xlim(0, float(ends.max(initial=1.0)) * 1.05)
    axes.spines["left"].set_visible(True)
    _severities(figure, axes, pen, {severity for unit in units for severity, n in unit.counts.items() if n})
    pen.fonts(axes)
    return Drawing(figure, [
        Mark(("unit", unit.code), f"{name} · {end:,.0f}", axes, None, (at - 0.5, at + 0.5))
        for at, (unit, name, end) in enumerate(zip(units, names, ends))
    ])  # fmt: skip


def _severities(figure: Figure, axes: Axes, pen: Pen, present: Collection[str]) -> None:
    """The legend of the colours of severities."""
    shown = [severity for severity in SEVERITY_COLOURS if severity in present]
    for severity in shown:
        axes.barh([0], [0], color=SEVERITY_COLOURS[severity], label=text(f"report.severity.{severity}", pen.language))
    pen.legend(figure, axes, len(shown), low=True)


def share_bars(units: Sequence[UnitShares], line: float, words: str, pen: Pen) -> Drawing:
    """Shares of every unit in %, before and after deduction, against a line (a share), which is called `words`.

    Marks: ("unit", code).
    """
    kinds = [kind for kind in ("before", "after") if any(math.isfinite(getattr(unit, kind)) for unit in units)]
    figure = pen.figure(0.85 + len(units) * max(0.26, 0.16 * len(kinds)))
    axes = figure.subplots()
    high = figure.get_figheight()
    names, room = pen.beside([pen.name(unit.name, unit.code) for unit in units])
    figure.subplots_adjust(left=room, right=0.96, top=1 - 0.42 / high, bottom=0.28 / high)
    shares = {kind: 100 * np.array([getattr(unit, kind) for unit in units]) for kind in kinds}
    widest = max(100 * line, *(float(np.nanmax(values)) for values in shares.values()))
    pen.axis(axes, "")
    for number, (kind, values) in enumerate(shares.items()):
        places, lengths, thick = _bars(np.nan_to_num(values), kind, kinds)
        colours = [_BEYOND if unit.over[kind == "after"] else _WITHIN for unit in units]
        faint = 0.45 if number < len(kinds) - 1 else 1.0
        axes.barh(places, lengths, thick, color=colours, alpha=faint)
        for place, unit, value in zip(places, units, values):
            if math.isfinite(value):
                share = percent_near(getattr(unit, kind), line)
                said = f" {pen.say(kind)} {share}" if len(kinds) > 1 else f" {share}"
                # Without a rim the line would strike the figure through.
                pen.write(axes, max(value, 0.0), place, said, size=5.5, va="center", ha="left", rim=True)
    axes.axvline(100 * line, color=_BEYOND, linewidth=1.0, linestyle=(0, (4, 3)))
    pen.write(axes, 100 * line, -0.55, words, size=6.5, color=_BEYOND, va="bottom", ha="center")
    axes.set_yticks(range(len(units)))
    axes.set_yticklabels(names)
    axes.set_ylim(len(units) - 0.5, -0.5)
    axes.set_xlim(0, widest * 1.3 or 1.0)
    pen.fonts(axes)
    return Drawing(figure, [Mark(("unit", unit.code), name, axes, None, (at - 0.5, at + 0.5))
                            for at, (unit, name) in enumerate(zip(units, names))])  # fmt: skip
