"""The measurements as a page of Markdown: tables with targets and verdicts, growth, the machine and the method."""

from __future__ import annotations

import math
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from redline.bench.duck import PINNED

if TYPE_CHECKING:
    from redline.bench.measure import Run
    from redline.bench.run import Measured

USUAL = 100_000
STEEPEST = 1.1

_METHOD = """\
Made by `./dev bench`. Every figure is of a process of its own; starting QGIS and importing libraries is not counted,
opening, reading, computing and writing (to layers in memory) is. The ways of a task are run in turn, {rounds}
(20,000 and 500,000 plots and slow peers once); seconds and peak memory are medians, ratios are medians of the ratios
within a round, least and greatest in brackets; the target “≤ DuckDB” is such a ratio of wall of at most 1. Ratios of
processor time (cpu) waver less than those of the clock (wall) where other programs run. All ways are run on at most two
cores. The answers of all ways are compared.

The county is made up (seed fixed): wavy quadrangles that tile the land, about 60 vertices a plot, one plot in fifty
with a pond in it; one violation for 20 plots, six plots under each, and a permit for it, 25 m beside: 5,000 of both on
100,000 plots. DuckDB reads its own format, GeoParquet; all else reads GeoPackage and xlsx. B is to QGIS a chain of
intersection, difference, intersection and aggregate; “redline” is the engine that comes to the same sums, “judged” all
of `redline:permitconflicts`: labels, pieces, the use of every permit and findings. C has one plot in a thousand with a
vertex moved, one doubled, one taken away. F holds map, register (xlsx, 亩), ground plots (a fifth measured again) and
villages against each other; all that was planted has to be found, and nothing more of its kind; its peer does only a
small part of that. G has roads of 4 m between all plots and villages of 300 plots, to be cut into zones of 100 at most;
its peers are what a user does today, village by village. Load counts plots by their middle; compactness is 4π·area ÷
outline² (a circle has 1, a square 0.79); a plot is cut where two zones have more than 0.1 m² of it; a sliver is a piece
under 1000 m² or under 5 m wide. P prints a page for every township at 1:75 000, so that an A3 page shows 20,000 plots
or more; its peer is an atlas made by hand in QGIS: the same template, plots and borders, a legend of what is on the
map, a table of villages; both write vectors and text. V prints villages at the scale that each fits, with the table of
all their plots. M makes the sheets that 玉溪 lies on."""


@dataclass(frozen=True)
class Machine:
    """Where and when was measured."""

    day: str
    processor: str
    cores: int
    memory: float
    load: float
    versions: str

    @classmethod
    def now(cls) -> Machine:
        """This machine, now."""
        return cls(
            date.today().isoformat(), _processor(), os.cpu_count() or 1, _memory(), os.getloadavg()[0], _versions()
        )


def page(found: Sequence[Measured], machine: Machine, rounds: int, title: str = "Performance") -> str:
    """The whole report."""
    paired = [one for one in found if one.task.peer]
    single = [one for one in found if not one.task.peer]
    parts = [
        f"# {title}",
        f"{machine.day} · {machine.processor}, {machine.cores} cores, {machine.memory:.0f} GB; other programs' load "
        f"{machine.load:.1f} at the start, load {os.getloadavg()[0]:.1f} at the end · {machine.versions}",
    ]
    if paired:
        parts += ["## Beside its peers", _table(_HEADING, [row for one in paired for row in _rows(one)])]
    if single:
        parts += ["## By itself", _table(_SINGLE, [row for one in single for row in _single(one)])]
    for one in found:
        if one.task.quality and one.runs:
            parts += [f"## {one.task.letter}, {one.plots:,} plots: what the results are worth", _quality(one)]
    growth = list(_growth(found))
    if growth:
        parts += ["## Growth", _table(_GROWTH, growth)]
    compared = [f"- {one.task.letter}, {one.plots:,} plots: {one.agreed}" for one in paired if one.agreed]
    failed = [f"- {one.task.letter}, {one.plots:,} plots: {way + ' not measured' if way else '**differ**'}: {why}"
              for one in found for way, why in one.failed.items()]  # fmt: skip
    if compared or failed:
        parts += ["## The same answers", "\n".join([*compared, *failed])]
    parts += ["## Method", _METHOD.format(rounds="once" if rounds == 1 else f"{rounds} times")]
    return "\n\n".join(parts) + "\n"


def standing(found: Sequence[Measured]) -> str:
    """One line: how many targets are met, and which are not."""
    rows = [(row[0], row[1], *row[-2:]) for one in found for row in (_rows(one) if one.task.peer else _single(one))]
    rows += [(letter, plots, *judged) for letter, _, plots, _, *judged in _growth(found)]
    verdicts = [
        (f"{task.split()[0]} at {plots}: {target} {verdict.strip('*')}", verdict == "met")
        for task, plots, targets, said in rows if targets
        for target, verdict in zip(targets.split(", "), said.split(", "))
    ]  # fmt: skip
    short = [said for said, met in verdicts if not met]
    return f"{len(verdicts) - len(short)} of {len(verdicts)} targets met" + "".join(f"; {said}" for said in short)


_HEADING = ("task", "plots", "way", "wall s", "cpu s", "peak MB", "wall ratio", "cpu ratio", "target", "verdict")
_SINGLE = ("task", "plots", "figure", "median", "least–greatest", "target", "verdict")
_GROWTH = ("task", "way", "plots", "cpu grows as", "target", "verdict")


def _rows(one: Measured) -> Iterable[tuple[str, ...]]:
    peers = one.runs.get(one.task.peer or "", [])
    for way, runs in one.runs.items():
        target, verdict = _judged(one, runs, peers) if way == "redline" else ("", "")
        yield (
            f"{one.task.letter} {one.task.title}", f"{one.plots:,}", way, f"{_median(runs, 'wall'):.2f}",
            f"{_median(runs, 'cpu'):.2f}", f"{_median(runs, 'memory'):.0f}",
            _shown(_ratios(runs, peers, "wall")), _shown(_ratios(runs, peers, "cpu")), target, verdict,
        )  # fmt: skip


def _judged(one: Measured, runs: Sequence[Run], peers: Sequence[Run]) -> tuple[str, str]:
    """The targets of a task in words, and whether each is met."""
    task = one.task
    targets: list[tuple[str, str]] = []
    ratios = _ratios(runs, peers, "wall")
    if task.ratio is not None and ratios:
        targets.append((f"≤ {task.ratio:.2f}", _verdict(statistics.median(ratios) <= task.ratio)))
    if task.rival is not None and one.plots >= task.rival[1]:
        beside = _ratios(runs, one.runs.get(task.rival[0], []), "wall")
        targets.append((f"≤ {task.rival[0]}", _verdict(statistics.median(beside) <= 1) if beside else "not measured"))
    if task.seconds is not None and one.plots <= USUAL:
        targets.append((f"< {task.seconds:g} s", _verdict(_median(runs, "wall") < task.seconds)))
    if task.memory is not None:
        memory = task.memory if one.plots <= USUAL else max(task.memory, 2000)
        targets.append((f"≤ {memory:.0f} MB", _verdict(_median(runs, "memory") <= memory)))
    return ", ".join(said for said, _ in targets), ", ".join(verdict for _, verdict in targets)


def _single(one: Measured) -> Iterable[tuple[str, ...]]:
    answers = [run.answer for run in one.runs.get("redline", [])]
    if not answers:
        return
    for name, first in answers[0].items():
        task = f"{one.task.letter} {one.task.title}"
        if isinstance(first, str):
            yield task, f"{one.plots:,}", name, first, "", "", ""
            continue
        values = [answer[name] for answer in answers]
        target = verdict = ""
        if one.task.limit and one.task.limit[0] == name:
            target, verdict = f"< {one.task.limit[1]:g}", _verdict(max(values) < one.task.limit[1])
        span = f"{min(values):.3g}–{max(values):.3g}"
        yield task, f"{one.plots:,}", name, f"{statistics.median(values):.3g}", span, target, verdict


def _quality(one: Measured) -> str:
    """The answers of all ways beside each other."""
    names = list(dict.fromkeys(name for runs in one.runs.values() for name in runs[0].answer))
    rows = [(name, *(_figure(runs[0].answer.get(name, "")) for runs in one.runs.values())) for name in names]
    return _table(("", *one.runs), rows)


def _figure(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def _growth(found: Sequence[Measured]) -> Iterable[tuple[str, ...]]:
    """The exponent of cpu time between the least and the greatest number of plots that a way was run with."""
    for letter in dict.fromkeys(one.task.letter for one in found if one.task.peer):
        of_task = sorted((one for one in found if one.task.letter == letter), key=lambda one: one.plots)
        for way in of_task[0].runs:
            measured = [one for one in of_task if way in one.runs]
            least, most = measured[0], measured[-1]
            if least is most:
                continue
            grown = math.log(_median(most.runs[way], "cpu") / _median(least.runs[way], "cpu"))
            exponent = grown / math.log(most.plots / least.plots)
            judged = (f"≤ n^{STEEPEST}", _verdict(exponent <= STEEPEST)) if way.startswith("redline") else ("", "")
            yield letter, way, f"{least.plots:,} → {most.plots:,}", f"n^{exponent:.2f}", *judged


def _ratios(runs: Sequence[Run], peers: Sequence[Run], what: str) -> list[float]:
    return [getattr(run, what) / getattr(peer, what) for run, peer in zip(runs, peers)]


def _shown(ratios: Sequence[float]) -> str:
    if len(ratios) < 2:
        return "".join(f"{ratio:.2f}" for ratio in ratios)
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def _median(runs: Sequence[Run], what: str) -> float:
    return statistics.median(getattr(run, what) for run in runs)


def _verdict(met: bool) -> str:
    return "met" if met else "**missed**"


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _versions() -> str:
    import numpy
    import pandas
    import shapely
    from qgis.core import Qgis

    return (
        f"QGIS {Qgis.QGIS_VERSION.split('-')[0]}, Python {platform.python_version()}, numpy {numpy.__version__}, "
        f"pandas {pandas.__version__}, shapely {shapely.__version__} (GEOS {shapely.geos_version_string}); "
        f"peers outside QGIS: {', '.join(PINNED)}"
    )
