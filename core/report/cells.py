"""Charts of coloured cells: what was done in which month, and which duties the units meet."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from redline.core.catalogue import text
from redline.core.report.drawing import Drawing, Mark
from redline.core.report.pen import INK, Pen

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# No patrol, then below these shares of what is due, then as often as is due.
_STEPS = (0.25, 0.5, 0.75, 1.0)
_COMPLETE = (0.25, 0.5, 0.75, 0.95, 1.0)
_HEAT = ("#821428", "#e25a46", "#fdae61", "#fee08b", "#c8e18c", "#78be78")


@dataclass(frozen=True)
class HeatRow:
    """A zone or unit and, by month, what was done and what was due."""

    code: str
    name: str
    months: Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class DutyRow:
    """A unit and, by duty, the share (0–1) of its plots that meet it, NaN where that could not be tested."""

    code: str
    name: str
    shares: Mapping[str, float]


def heat_map(rows: Sequence[HeatRow], months: Sequence[str], pen: Pen) -> Drawing:
    """A cell for each row and month: its colour is the share of what is due that was done, its number what was done.

    Marks: ("month", code of the row, month).
    """
    figure, axes, names = _sheet(rows, pen, row_height=0.17, foot=0.22)
    done, due = (np.array([[row.months.get(month, (0, 0))[at] for month in months] for row in rows]) for at in (0, 1))
    share = np.divide(done, due, out=np.ones(done.shape), where=due > 0)
    step = np.where(done == 0, 0, 1 + np.digitize(share, _STEPS))
    step = np.where((due == 0) & (done == 0), len(_HEAT) - 1, step)
    titles = [month if at == 0 or month.endswith("-01") else month[5:] for at, month in enumerate(months)]
    _cells(axes, pen, step, [[f"{number:,}" for number in line] for line in done], names, titles)
    words = [pen.say(f"heat.{number}") for number in range(len(_HEAT))]
    for colour, said in zip(_HEAT, words):
        axes.barh([0], [0], color=colour, label=said)
    axes.set_xlim(-0.5, len(months) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    pen.legend(figure, axes, len(_HEAT), low=True)
    return Drawing(figure, [
        Mark(("month", row.code, month), f"{name} {month} · {done[y, x]:,} / {due[y, x]:,}", axes,
             (x - 0.5, x + 0.5), (y - 0.5, y + 0.5))
        for y, (row, name) in enumerate(zip(rows, names)) for x, month in enumerate(months)
    ])  # fmt: skip


def duty_grid(rows: Sequence[DutyRow], duties: Sequence[str], pen: Pen) -> Drawing:
    """A cell for each unit and duty: the share of its plots that meet it, none where it could not be tested.

    Marks: ("duty", code of the unit, duty).
    """
    figure, axes, names = _sheet(rows, pen, row_height=0.19, foot=0.1)
    shares = np.array([[row.shares.get(duty, math.nan) for duty in duties] for row in rows], dtype=float)
    step = np.where(np.isnan(shares), -1, np.digitize(np.nan_to_num(shares), _COMPLETE))
    titles = [text(f"report.duty.{duty}", pen.language) for duty in duties]
    written = [[_whole_percent(share) for share in line] for line in shares]
    _cells(axes, pen, step, written, names, titles)
    return Drawing(figure, [
        Mark(("duty", row.code, duty), f"{name} {title} · {written[y][x]}", axes,
             (x - 0.5, x + 0.5), (y - 0.5, y + 0.5))
        for y, (row, name) in enumerate(zip(rows, names)) for x, (duty, title) in enumerate(zip(duties, titles))
    ])  # fmt: skip


def _sheet(
    rows: Sequence[HeatRow | DutyRow], pen: Pen, *, row_height: float, foot: float
) -> tuple[Figure, Axes, list[str]]:  # fmt: skip
    """A figure with room (inches) for titles above, `foot` below and at the left the names of the rows; these too."""
    figure = pen.figure(0.55 + row_height * len(rows))
    high = figure.get_figheight()
    names, room = pen.beside([pen.name(row.name, row.code) for row in rows])
    axes = figure.subplots()
    figure.subplots_adjust(left=room, right=0.98, top=1 - 0.32 / high, bottom=foot / high)
    return figure, axes, names


def _whole_percent(share: float) -> str:
    """A share in per cent; only what is whole is called 100 %."""
    if math.isnan(share):
        return "—"
    return "100%" if share >= 1 else f"{min(100 * share, 99.9):.1f}%"


def _cells(
    axes: Axes, pen: Pen, step: npt.NDArray[np.int64], words: Sequence[Sequence[str]], names: Sequence[str],
    titles: Sequence[str],
) -> None:  # fmt: skip
    """Coloured cells with words in them, names at their left, titles above. A step of -1 has no colour."""
    colours = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] + [255] for colour in _HEAT], dtype=np.uint8)
    colours = np.vstack([colours, np.zeros((1, 4), dtype=np.uint8)])
    axes.imshow(colours[step], aspect="auto", interpolation="none")
    for (y, x), number in np.ndenumerate(step):
        # The cells have their own colours, whatever the paper's is.
        ink = pen.look.ink if number < 0 else "#ffffff" if number == 0 else INK
        pen.write(axes, x, y, words[y][x], size=5.5, color=ink, ha="center", va="center")
    pen.bare(axes)
    for edge in np.arange(step.shape[1] - 1) + 0.5:
        axes.axvline(edge, color=pen.look.paper, linewidth=0.8)
    for edge in np.arange(step.shape[0] - 1) + 0.5:
        axes.axhline(edge, color=pen.look.paper, linewidth=0.8)
    axes.set_yticks(range(len(names)))
    axes.set_yticklabels(names)
    axes.xaxis.tick_top()
    axes.set_xticks(range(len(titles)))
    axes.set_xticklabels(titles)
    pen.fonts(axes)
