"""Measures the plugin beside its peers and says how it stands against its targets: `./dev bench`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from redline.bench import duck, measure, report, tasks
from redline.bench.measure import Run
from redline.bench.tasks.task import Task

ROOT = Path(__file__).resolve().parent.parent
USUAL = 100_000
LETTERS = tasks.LETTERS

Runner = Callable[[str, str, int, Path], Run]


@dataclass
class Measured:
    """The runs of a task at one size, by way, in the order of the rounds; what agreed in the answers; what failed, by
    way ("" for answers that differ)."""

    task: Task
    plots: int
    runs: dict[str, list[Run]] = field(default_factory=dict)
    agreed: str = ""
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def wrong(self) -> bool:
        """Did the plugin fail, or do answers differ? A peer may fail."""
        return any(way.startswith("redline") or not way for way in self.failed)


def bench(
    letters: Sequence[str], sizes: Sequence[int], rounds: int, cache: Path, run: Runner,
    outside: bool = True, say: Callable[[str], None] = lambda _line: None,
) -> list[Measured]:  # fmt: skip
    """Measure tasks at several sizes, the ways of a task in turn, `rounds` times; with peers `outside` QGIS or without.

    `run` is `apart`, or `measure.here` for a trial. Of several sizes only 100,000 is run more than once: the others are
    there for the growth. No size follows one where the plugin failed.
    """
    found: list[Measured] = []
    for plots in sizes:
        if any(one.wrong for one in found):
            break
        for letter in letters:
            task = tasks.by_letter(letter)
            if not task.costly or plots == max(sizes):
                times = rounds if plots == min(max(sizes), USUAL) else 1
                found.append(_measured(task, plots, times, cache, run, outside, say))
    return found


def _measured(
    task: Task, plots: int, rounds: int, cache: Path, run: Runner, outside: bool, say: Callable[[str], None]
) -> Measured:
    result = Measured(task, plots)
    ways = [way for way in task.ways if plots <= USUAL or way not in task.slow]
    if outside and task.letter in duck.WAYS:
        ways.append(duck.NAME)
    for number in range(rounds):
        for way in ways:
            if way in result.failed or (number and plots >= USUAL and way in task.once):
                continue
            try:
                taken = run(task.letter, way, plots, cache)
            except RuntimeError as error:
                result.failed[way] = str(error)
                say(f"{task.letter} {plots:>7} {way}: {error}")
                continue
            say(f"{task.letter} {plots:>7} {way}: {taken.wall:.2f} s, cpu {taken.cpu:.2f} s, {taken.memory:.0f} MB")
            result.runs.setdefault(way, []).append(taken)
    if not {task.peer, *task.ways} & set(result.failed):
        try:
            result.agreed = task.agree({way: runs[0].answer for way, runs in result.runs.items()})
        except ValueError as error:
            result.failed[""] = str(error)
            say(f"{task.letter} {plots:>7} the answers differ: {error}")
    return result


def apart(task: str, way: str, plots: int, cache: Path) -> Run:
    """One way in a process of its own; a peer outside QGIS in its own Python."""
    python = duck.python(cache) if way == duck.NAME else sys.executable
    return measure.apart(task, way, plots, cache, python)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="20,000 plots, one round, without S; no page in docs/")
    size.add_argument("--large", action="store_true", help="500,000 plots as well")
    parser.add_argument("--rounds", type=int, help="how often each task is run (default 3)")
    parser.add_argument("--tasks", help=f"letters of the tasks (default {''.join(LETTERS)})")
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache" / "bench", help="folder of the made counties")
    parser.add_argument("--output", type=Path, help="file of the report (default docs/performance.md for all tasks)")
    parser.add_argument("--title", default="Performance", help="heading of the report")
    given = parser.parse_args(arguments)

    sizes = [20_000] if given.quick else [20_000, USUAL, 500_000] if given.large else [20_000, USUAL]
    if hasattr(os, "sched_setaffinity"):
        # The targets are for two cores; a child inherits them.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    given.cache.mkdir(parents=True, exist_ok=True)
    machine = report.Machine.now()
    for plots in sizes:
        measure.prepare(plots, given.cache.resolve())
    rounds = given.rounds or (1 if given.quick else 3)
    letters = given.tasks or [letter for letter in LETTERS if not (given.quick and letter == "S")]
    found = bench(letters, sizes, rounds, given.cache.resolve(), apart, not given.quick, _say)
    page = report.page(found, machine, rounds, given.title)
    print(page)
    print(report.standing(found))
    wrong = any(one.wrong for one in found)
    whole = not given.quick and not given.tasks and not wrong
    output = given.output or (ROOT / "docs" / "performance.md" if whole else None)
    if output:
        output.write_text(page, encoding="utf-8")
    return int(wrong)


def _say(line: str) -> None:
    print(f"· {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
