"""The rows of a summary table: which unit each speaks of, and which row is the sum of which."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from redline.core import codes

_DIGITS = (12, 9, 6, 4, 2)
_Key = TypeVar("_Key", str, int)


@dataclass
class Line:
    """A row of a table: the unit it speaks of (`unit` code, `name`, `level`), as one unit or as a total.

    `rank` is that of the total's word (1 小计, 2 合计, 3 总计), `within` the names in coarser columns, `parent` the
    row of the line that this one is a part of, 0 for none.
    """

    row: int
    unit: str = ""
    name: str = ""
    level: str = ""
    kind: str = "unit"
    land_class: str = ""
    rank: int = 0
    within: tuple[str, ...] = ()
    parent: int = 0


def set_parents(lines: Sequence[Line]) -> None:
    """Fill in `parent` for lines in the order of the sheet: by codes, by coarser names, else by the layout."""
    tops = _tops(lines)
    whole = {line.row for line in tops}
    others = [line for line in lines if line.row not in whole]
    by_unit, by_name = _index(lines, lambda line: line.unit), _index(lines, lambda line: line.name)
    for line in others:
        above = _by_code(line, by_unit) or _by_name(line, by_name)
        line.parent = above.row if above else 0
    _by_layout(others)
    for line in others if tops else ():
        if not line.parent and not _said_again(line, by_name):
            line.parent = tops[0].row
    parts = _index(lines, lambda line: line.parent)
    for line in lines:
        below = parts.get(line.row, [])
        if line.kind == "total" and not line.name and below:
            line.unit = line.unit or _common_unit([part.unit for part in below])
            around = {part.within for part in below}
            line.name = around.pop()[-1] if len(around) == 1 and () not in around else ""
            line.level = codes.level_of(line.unit) or line.level


def _index(lines: Sequence[Line], by: Callable[[Line], _Key]) -> dict[_Key, list[Line]]:
    """Lines by something that they have, those of units before those of totals."""
    found: dict[_Key, list[Line]] = {}
    for line in sorted(lines, key=lambda line: (line.kind != "unit", line.row)):
        found.setdefault(by(line), []).append(line)
    return found


def _by_code(line: Line, by_unit: dict[str, list[Line]]) -> Line | None:
    """The line of the narrowest unit that contains this one's."""
    around = (by_unit.get(line.unit[:digits]) for digits in _DIGITS if digits < len(line.unit))
    return next((found[0] for found in around if found), None)


def _by_name(line: Line, by_name: dict[str, list[Line]]) -> Line | None:
    """The line of the unit that a coarser column names."""
    if not line.within:
        return None
    fitting = by_name.get(line.within[-1], [])
    return next((other for other in fitting if other is not line and other.within in ((), line.within[:-1])), None)


def _said_again(line: Line, by_name: dict[str, list[Line]]) -> bool:
    """Is this the total row of a unit that has a row of its own as well?"""
    own = by_name.get(line.name, []) if line.kind == "total" and line.name else []
    return any(other.kind == "unit" and other.within == line.within for other in own)


def _by_layout(lines: Sequence[Line]) -> None:
    """Villages under the township row above them, or before the subtotal below them.

    Where no row is known for a village, units are grouped by the subtotals among them.
    """
    subtotals = [line for line in lines if line.kind == "total" and not line.name and not line.parent]
    towns = [line for line in lines if line.level == "township"]
    towns = [line for line in towns if line.kind == "unit"] or towns
    units = [line for line in lines if line.kind == "unit" and not line.parent]
    villages = [line for line in units if line.level == "village"]
    if towns and (villages or any(not line.level for line in units)):
        heads = towns
        parts = [line for line in units if line.level in ("village", "")]
    elif villages and not subtotals:
        heads = [line for line in units if not line.level]
        parts = villages
    else:
        heads = subtotals
        parts = units
    if not heads or not parts:
        return
    heads_first = min(head.row for head in heads) < min(part.row for part in parts)
    for part in parts:
        if heads_first:
            part.parent = max((head.row for head in heads if head.row < part.row), default=0)
        else:
            part.parent = min((head.row for head in heads if head.row > part.row), default=0)


def _tops(lines: Sequence[Line]) -> list[Line]:
    """The lines of everything: the one county, the total that names nothing. The others are parts of the first.

    Several counties have no line in common but the total. Of several bare totals it is the one of the highest rank, or
    the last where that stands behind another total.
    """
    counties = [line for line in lines if line.level == "county"]
    if len({line.unit or line.name for line in counties if line.kind == "unit"}) > 1:
        counties = [line for line in counties if line.kind == "total"]
    bare = [line for line in lines if line.kind == "total" and not line.name and (line.rank > 1 or not counties)]
    highest = [line for line in bare if line.rank == max(other.rank for other in bare)]
    if len(highest) > 1:
        place = next(k for k, line in enumerate(lines) if line is highest[-1])
        highest = highest[-1:] if lines[place - 1].kind == "total" else []
    return sorted([*counties, *highest], key=lambda line: (line.kind != "unit", line.row))


def _common_unit(parts: Sequence[str]) -> str:
    """The narrowest unit that contains all these, wider than each; "" where one is unknown."""
    if not parts or not all(parts):
        return ""
    for digits in _DIGITS:
        if all(len(part) > digits for part in parts) and len({part[:digits] for part in parts}) == 1:
            return parts[0][:digits]
    return ""
