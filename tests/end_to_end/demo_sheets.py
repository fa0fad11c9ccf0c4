"""The demo county's register and summary table written anew: as CSV in GBK, and in other units of area."""

from __future__ import annotations

import csv
import functools
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

from redline.tools.demo.layers import read_layer

DEMO = Path(__file__).resolve().parents[2] / "resources" / "demo"
SQUARE_METRES = {"亩": Decimal(2000) / 3, "公顷": Decimal(10_000), "平方米": Decimal(1)}
REGISTER_PLACES = {"公顷": 4, "平方米": 2}
TABLE_PLACES = {"公顷": 4, "平方米": 0}
TABLE = "永久基本农田现状汇总表"
REGISTER = "永久基本农田登记册"

Rows = list[list[Any]]

_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789", " \u3000")
_CENT = Decimal("0.01")
# Columns of the table: 0101, 0102, 0103 add up to 01, this and 0201 to all.
_LEAVES = {5: "0101", 6: "0102", 7: "0103", 8: "0201"}
_SUMS = ((4, (5, 6, 7)), (3, (4, 8)))


def write_csv(path: Path, rows: Rows, encoding: str = "gbk") -> None:
    """Rows as a spreadsheet saves them: empty cells empty, no quotes but where needed."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([["" if cell is None else cell for cell in row] for row in rows])


def register(unit: str) -> Rows:
    """The register in `unit`: where a figure is the map's area in 亩, the map's area in `unit` anew, else converted."""
    plots = {row["YJJBNTTBBH"]: (_exact(row["YJJBNTTBMJ"]), _exact(row["YJJBNTMJ"])) for row in _plots()}
    rows = _sheet(REGISTER)
    if unit == "亩":
        return rows
    for row in rows[4:]:
        on_map = plots.get(_clean(row[1]), (None, None))
        for column, area in zip((6, 7), on_map):
            text = str(row[column] or "").replace("亩", "")
            if text.replace(".", "", 1).isdigit():
                printed = Decimal(text)
                same = area is not None and abs(area * 3 / 2000 - printed) <= Decimal("0.00501")
                row[column] = _in_unit(area if same else printed * 2000 / 3, unit, REGISTER_PLACES[unit])
    return _relabelled(rows, unit)


def table(unit: str) -> Rows:
    """The summary table in `unit`: whole m² that add up, and every cell that is off in 亩 is off as much.

    A village's right sum is the map's, or where the map is at fault the register's.
    """
    rows = _sheet(TABLE)
    if unit == "亩":
        return rows
    of_map, of_register = _sums_of_map(), _sums_of_register()
    body = [row for row in rows if str(row[1] or "").isdigit()]
    printed = {row[1]: dict(zip(range(3, 9), (Decimal(str(cell or 0)) for cell in row[3:]))) for row in body}
    metres: dict[str, dict[int, Decimal]] = {}
    for code in sorted(printed, key=lambda code: -len(code)):
        mine, cells = printed[code], {}
        below = [other for other in metres if len(other) == len(code) + 3 and other.startswith(code)]
        for column, land_class in _LEAVES.items():
            said = mine[column] * 2000 / 3
            if below:
                off = mine[column] - sum(printed[other][column] for other in below)
                cells[column] = sum(metres[other][column] for other in below) + round(off * 2000 / 3)
            else:
                sums = (of_map[code, land_class], of_register[code, land_class])
                cells[column] = Decimal(round(next((right for right in sums if abs(said - right) < 17), said)))
        for column, parts in _SUMS:
            off = mine[column] - sum(mine[part] for part in parts)
            cells[column] = sum(cells[part] for part in parts) + round(off * 2000 / 3)
        metres[code] = cells
    places = TABLE_PLACES[unit]
    for row in body:
        cells = metres[row[1]]
        row[3:] = [None if row[column] is None else _in_unit(cells[column], unit, places) for column in range(3, 9)]
    return _relabelled(rows, unit)


def _sums_of_map() -> dict[tuple[str, str], Decimal]:
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in _plots():
        sums[row["XZQDM"], row["DLBM"]] += _exact(row["YJJBNTMJ"])
    return sums


def _sums_of_register() -> dict[tuple[str, str], Decimal]:
    classes = {row["DLMC"]: row["DLBM"] for row in _plots()}
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in register("平方米"):
        if row[5] in classes:
            sums[_clean(row[3]), classes[row[5]]] += Decimal(row[7])
    return sums


@functools.cache
def _plots() -> list[dict[str, Any]]:
    return read_layer(DEMO / "示范县.gpkg", "YJJBNTBHTB")[1]


def _sheet(name: str) -> Rows:
    return [list(row) for row in openpyxl.load_workbook(DEMO / f"{name}.xlsx").active.iter_rows(values_only=True)]


def _clean(code: object) -> str:
    return str(code).translate(_DIGITS)


def _exact(area: float) -> Decimal:
    return Decimal(repr(area)).quantize(_CENT)


def _in_unit(metres: Decimal, unit: str, places: int) -> str:
    return f"{metres / SQUARE_METRES[unit]:.{places}f}"


def _relabelled(rows: Rows, unit: str) -> Rows:
    return [[f"单位：{unit}" if cell == "单位：亩" else cell for cell in row] for row in rows]
