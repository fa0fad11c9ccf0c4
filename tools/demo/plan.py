"""Which plots carry a planted mistake, and the list of everything that a perfect audit reports because of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from redline.tools.demo.county import County, Plot, Unit, village_of
from redline.tools.demo.dice import Dice

COUNT = "count"
Cell = tuple[str, str]  # unit code, and a land class or COUNT


@dataclass(frozen=True, order=True)
class Expected:
    """One finding that a perfect audit reports; `cause` names the planted mistake behind it."""

    rule: str
    role: str
    key: str
    related: str
    cause: str


class Plan:
    """Gives out plots for mistakes so that no two disturb each other, and keeps the list of expected findings.

    Attributes:
        plots: all plots by key.
        unmapped: code of the smallest village; the atlas has no page of it.
        listed: code of a village whose plots the atlas index lists one by one.
        untabled: code of the village that the table lacks.
        keys: for each cause the keys it was planted on.
        expected: the findings.
    """

    def __init__(self, county: County, seed: int) -> None:
        self.county = county
        self.plots = sorted(county.plots, key=lambda plot: plot.key)
        self.keys: dict[str, list[str]] = {}
        self.expected: set[Expected] = set()
        self._seed = seed
        self._used: set[str] = set()
        self._cells: set[Cell] = set()
        self._reasons: dict[tuple[str, str, str], str] = {}
        codes = [plot.village.code for plot in self.plots]
        smallest = sorted(set(codes), key=lambda code: (codes.count(code), code))
        self.unmapped, _, self.listed = smallest[:3]
        self.untabled = next(code for code in smallest[8:] if code.startswith(county.townships[1].code))
        self._closed = {self.unmapped, self.untabled}

    def pick(
        self,
        cause: str,
        count: int,
        suits: Callable[[Plot], bool] = lambda plot: True,
        cells: Callable[[Plot], list[Cell]] = lambda plot: [],
    ) -> list[Plot]:
        """Plots for a mistake: none used before, each in another village, no cell of the table touched twice.

        Args:
            cause: the mistake.
            count: how many plots.
            suits: what a plot must be like.
            cells: sums that the mistake changes.
        """
        chosen: list[Plot] = []
        for plot in Dice(self._seed, "pick", cause).shuffled(self.plots):
            taken = self._closed | {other.village.code for other in chosen}
            if plot.key in self._used or plot.village.code in taken or not 4000_00 < plot.gross < 45000_00:
                continue
            if not suits(plot) or self._cells & set(cells(plot)) or not at_home(plot, self.county):
                continue
            chosen.append(plot)
            self._cells |= set(cells(plot))
            if len(chosen) == count:
                self.record(cause, [plot.key for plot in chosen])
                return chosen
        raise ValueError(f"too few plots for {cause}")

    def pick_pairs(self, cause: str, count: int) -> list[tuple[Plot, Plot]]:
        """Plots with their neighbour in the list: same land class, same person, so that only the number is mistaken."""
        after = dict(zip([plot.key for plot in self.plots], self.plots[1:]))

        def suits(plot: Plot) -> bool:
            other = after.get(plot.key)
            if other is None or other.key in self._used or not at_home(other, self.county):
                return False
            return other.person == plot.person and other.land_class == plot.land_class

        pairs = [(plot, after[plot.key]) for plot in self.pick(cause, count, suits)]
        self._used |= {other.key for _, other in pairs}
        return pairs

    def pick_cell(self, cause: str, township: str, column: str, printed: dict[str, int]) -> str:
        """A village of the township with a sizeable cell that no other mistake touches.

        Args:
            cause: the mistake.
            township: its code.
            column: land class, or COUNT.
            printed: the column's cells by code.
        """
        names = {unit.code for unit in self.county.villages} - self._closed
        for code, value in printed.items():
            sizeable = value > (10 if column == COUNT else 3000)
            if code in names and code.startswith(township) and sizeable and (code, column) not in self._cells:
                self._cells.add((code, column))
                self.record(cause, [code])
                return code
        raise ValueError(f"no free cell {column} in {township}")

    def record(self, cause: str, keys: Iterable[str]) -> None:
        """Note the keys that a cause was planted on."""
        self.keys[cause] = sorted(keys)
        self._used |= set(self.keys[cause])

    def expect(self, cause: str, key: str, *rules: str, related: str = "") -> None:
        """Note findings to expect, each given as role and rule: "map R5001"."""
        for text in rules:
            role, rule = text.split()
            self.expected.add(Expected(rule, role, key, related, cause))

    def touch(self, source: str, cells: Iterable[Cell], cause: str) -> None:
        """Note why sums of a source are not what they should be.

        Args:
            source: map, register; table for a printed cell, children for a parent's, parts for a total's; overlap.
            cells: the cells of the table that show it; for an overlap the two plots.
            cause: the mistake.
        """
        self._reasons.update({(source, *cell): cause for cell in cells})

    def reason(self, source: str, cell: Cell) -> str | None:
        """The mistake behind a sum or a printed cell, where there is one."""
        return self._reasons.get((source, *cell))

    def cells_of(self, source: str) -> set[Cell]:
        """What `touch` noted of a source."""
        return {(unit, column) for name, unit, column in self._reasons if name == source}

    def is_free(self, plot: Plot) -> bool:
        """Whether no mistake has been planted on the plot, and one may be."""
        return plot.key not in self._used and plot.village.code not in self._closed and at_home(plot, self.county)

    def neighbour(self, plot: Plot) -> Unit | None:
        """A village beside the plot's own that mistakes may touch."""
        for unit in sorted(self.county.villages, key=lambda u: u.code):
            if unit.code in self._closed or unit is self.county.urban or unit is plot.village:
                continue
            if unit.shape.distance(plot.village.shape) < 1:
                return unit
        return None


def at_home(plot: Plot, county: County) -> bool:
    """Whether a plot lies in the village whose code it bears."""
    return village_of(plot, county).code == plot.village.code
