"""What the planted mistakes do to sums: plain sums of the papers as they are, with room for printed rounding."""

from __future__ import annotations

from collections import defaultdict

from redline.tools.demo.county import CLASS_NAMES
from redline.tools.demo.papers import LEAF_CLASSES, MEASURES, Papers, Row
from redline.tools.demo.plan import COUNT, Cell, Plan

TABLE_LINE = 0.02  # mu: a printed cell is rounded (0.005) and levelled (0.01)
REGISTER_ROUNDING = 0.005  # mu, each row of the register
CLEAR = 0.5  # mu: what a mistake changes at least
_CLASSES = {name: code for code, name in CLASS_NAMES.items()}


def follow_sums(plan: Plan, papers: Papers) -> None:
    """Expect R6004 to R6007 wherever the table disagrees with map, register or itself; each must have a planted reason.

    Raises:
        ValueError: where a difference has no reason, a reason no effect, or a difference lies near the line.
    """
    on_map, in_register, rows = _sums(papers)
    known = {unit.code for unit in plan.county.villages}
    for code in known & set(papers.table):
        for column in (*LEAF_CLASSES, COUNT):
            printed = papers.table[code][column] / (1 if column == COUNT else 100)
            cell = (code, column)
            line = 0.0 if column == COUNT else TABLE_LINE
            _compare(plan, "map", "R6005", cell, printed - on_map[cell], line)
            line += REGISTER_ROUNDING * rows[cell]
            _compare(plan, "register", "R6004", cell, printed - in_register[cell], line)
    for code, row in papers.table.items():
        _check_row(plan, papers.table, code, row)


def _sums(papers: Papers) -> tuple[dict[Cell, float], dict[Cell, float], dict[Cell, int]]:
    """Mu and plots on the map and in the register, and the register's rows, by unit and class."""
    on_map: dict[Cell, float] = defaultdict(float)
    in_register: dict[Cell, float] = defaultdict(float)
    rows: dict[Cell, int] = defaultdict(int)
    for row in papers.map:
        on_map[row["XZQDM"], row["DLBM"]] += row["YJJBNTMJ"] * 0.0015
        on_map[row["XZQDM"], COUNT] += 1
    for row in papers.register:
        cell = (row["unit"], _CLASSES[row["class_name"]])
        in_register[cell] += row["net"] / 100
        in_register[row["unit"], COUNT] += 1
        rows[cell] += 1
    return on_map, in_register, rows


def _compare(plan: Plan, source: str, rule: str, cell: Cell, difference: float, line: float) -> None:
    cause = plan.reason(source, cell) or plan.reason("table", cell)
    where = f"{rule} {cell}: {difference:.4f}, line {line:.4f}, {cause}"
    if abs(difference) > line + 1e-9:
        if cause is None or abs(difference) < max(CLEAR, 2 * line):
            raise ValueError(f"not a clear mistake: {where}")
        plan.expect(cause, cell[0], f"table {rule}", related=_related(cell[1]))
    elif cause is not None or abs(difference) > max(0.8 * line, 1e-9):
        raise ValueError(f"not clearly right: {where}")


def _check_row(plan: Plan, table: dict[str, Row], code: str, row: Row) -> None:
    """A parent is the sum of its children, a total the sum of its parts, as printed."""
    digits = {6: 9, 9: 12}.get(len(code), 0)
    children = [other for c, other in table.items() if len(c) == digits and c.startswith(code)]
    for column in MEASURES if children else ():
        if row[column] != sum(child[column] for child in children):
            _expect(plan, "R6006", "children", (code, column))
    if row["01"] != row["0101"] + row["0102"] + row["0103"]:
        _expect(plan, "R6007", "parts", (code, "01"))
    if row[""] != row["01"] + row["0201"]:
        _expect(plan, "R6007", "parts", (code, ""))


def _expect(plan: Plan, rule: str, source: str, cell: Cell) -> None:
    cause = plan.reason(source, cell)
    if cause is None:
        raise ValueError(f"{rule} {cell} without a reason")
    plan.expect(cause, cell[0], f"table {rule}", related=_related(cell[1]))


def _related(column: str) -> str:
    return ":count" if column == COUNT else f"{column}:area"
