"""The planted mistakes, each with the findings it leads to; sums follow in `sums.py`."""

from __future__ import annotations

import math
from collections.abc import Callable

import shapely
from shapely.geometry import Polygon

from redline.tools.demo import areas, people, shapes
from redline.tools.demo.county import CLASS_NAMES, County, Plot, measure
from redline.tools.demo.dice import Dice
from redline.tools.demo.papers import LEAF_CLASSES, MEASURES, Papers, Row
from redline.tools.demo.plan import COUNT, Cell, Plan, at_home
from redline.tools.demo.sums import follow_sums

ON_DATE = "20260630"
NOWHERE = "990101999001"
BORDER_DEPTH = 9.0  # metres
DITCH = 3.0  # metres
OVERLAP_LINE = 0.1  # square metres: smaller overlaps are not reported one by one
REMARK = "该图斑经县自然资源局会同乡镇人民政府和村民委员会现场核实，"
REMARK_LENGTH = 50
STRANGERS = ("欧阳建设", "司马长福", "诸葛守信")


def spoil(county: County, seed: int, write: Callable[[], Papers]) -> tuple[Papers, Plan]:
    """Plant all mistakes.

    Args:
        county: the true county; its plots are changed where all papers share a mistake.
        seed: the county's seed.
        write: writes the papers of the county as it is by then.

    Returns:
        The papers with mistakes, and the plan with the findings to expect.
    """
    plan = Plan(county, seed)
    shared_shapes(plan)
    shared_areas(plan)
    shared_duties(plan)
    shared_overlaps(plan)
    shared_parts(plan)
    papers = write()
    map_numbers_and_units(plan, papers)
    map_shapes(plan, papers)
    map_areas(plan, papers)
    map_rows(plan, papers)
    register_rows(plan, papers)
    register_values(plan, papers)
    register_duties(plan, papers)
    ground_rows(plan, papers, seed)
    ground_values(plan, papers)
    atlas_pages(plan, papers)
    table_rows(plan, papers)
    table_cells(plan, papers)
    map_codes(plan, papers)
    map_texts(plan, papers)
    follow_sums(plan, papers)
    follow_shapes(plan, papers)
    return papers, plan


def shared_shapes(plan: Plan) -> None:
    """Plots in or across the wrong village, in all papers alike."""
    astray = [plot for plot in plan.plots if not at_home(plot, plan.county)]
    plan.record("astray-all", [plot.key for plot in astray])
    for plot in astray:
        plan.expect("astray-all", plot.key, "map R4003")
    tree = shapely.STRtree([plot.shape for plot in plan.plots])

    def nobody_beyond(plot: Plot) -> bool:
        pushed = shapes.pushed_over(plot.shape, plot.village.shape, BORDER_DEPTH)
        if pushed is None or pushed.area < 1.01 * plot.shape.area:
            return False
        beyond = pushed.difference(plot.shape).buffer(-0.05)
        inside_county = any(village.shape.contains(beyond) for village in plan.county.villages)
        return inside_county and len(tree.query(beyond, predicate="intersects")) == 0

    for cause, count, depth, width in (
        ("border", 3, BORDER_DEPTH, 1.0),
        ("border-hair", 2, 0.03, 1.0),
        ("border-speck", 1, 0.4, 0.006),
    ):
        for plot in plan.pick(cause, count, nobody_beyond):
            plot.shape = shapes.pushed_over(plot.shape, plot.village.shape, depth, width) or plot.shape
            measure(plot)
            if cause == "border":
                plan.expect(cause, plot.key, "map R4004")


def shared_areas(plan: Plan) -> None:
    """Areas that are wrong in all papers alike: the plot alone tells."""
    for plot, factor in zip(plan.pick("area-all", 3), (1.08, 0.93, 1.0012)):  # the last is a warning only
        plot.gross = round(plot.gross * factor)
        plot.settle()
        plan.expect("area-all", plot.key, "map R5001")
    for plot in plan.pick("deduction-all", 2, lambda plot: plot.factor > 0):
        plot.deduction += 250_00
        plot.net -= 250_00
        plan.expect("deduction-all", plot.key, "map R5002")
    for plot in plan.pick("net-all", 1, lambda plot: plot.factor > 0):
        plot.net = plot.gross
        plan.expect("net-all", plot.key, "map R5003")


def shared_duties(plan: Plan) -> None:
    """People and periods missing or out of date in map and register alike."""
    for plot in plan.pick("people-none", 4):
        plot.village_person = plot.group_person = ""
        plot.person = people.Person("", "", "", "")
        plan.expect("people-none", plot.key, "map R6010")
    periods = (("20160101", "20251231"), ("20160101", "20260629"), ("20270101", "20351231"))
    for plot, (plot.start, plot.end) in zip(plan.pick("period", 3), periods):
        plan.expect("period", plot.key, "register R6024")
    ending, beginning = plan.pick("period-edge", 2)
    ending.end = beginning.start = ON_DATE


def shared_overlaps(plan: Plan) -> None:
    """Plots that reach into their neighbour or are the same shape, in all papers alike."""
    for cause, count, depth, least, most in (
        ("overlap", 2, 8.0, 50.0, 2000.0),
        ("overlap-strip", 1, 0.5, 5.0, 100.0),
        ("overlap-hair", 2, 0.002, 0.01, 0.08),
    ):
        reach = _Reach(plan, depth, least, most)
        chosen = [(plot, *reach.into(plot)) for plot in plan.pick(cause, count, reach.is_possible)]
        plan.record(cause, [key for plot, other, _ in chosen for key in (plot.key, other.key)])
        for plot, other, shape in chosen:
            plot.shape = shape
            measure(plot)
            plan.touch("overlap", [_pair(plot.key, other.key)], cause)
    pairs = plan.pick_pairs("same-shape", 2)
    plan.record("same-shape", [plot.key for pair in pairs for plot in pair])
    for plot, other in pairs:
        other.shape = plot.shape
        measure(other)
        plan.touch("overlap", [_pair(plot.key, other.key)], "same-shape")


class _Reach:
    """Which plots can be pushed into a neighbour so that both share so much land, and no third plot is touched."""

    def __init__(self, plan: Plan, depth: float, least: float, most: float) -> None:
        self._plan, self._depth, self._least, self._most = plan, depth, least, most
        self._tree = shapely.STRtree([plot.shape for plot in plan.plots])

    def is_possible(self, plot: Plot) -> bool:
        return bool(self._ways(plot))

    def into(self, plot: Plot) -> tuple[Plot, Polygon]:
        """The neighbour, and the plot's new shape."""
        return self._ways(plot)[0]

    def _ways(self, plot: Plot) -> list[tuple[Plot, Polygon]]:
        ways = []
        near = [self._plan.plots[i] for i in sorted(self._tree.query(plot.shape.buffer(self._depth)))]
        for other in near:
            if other is plot or other.village is not plot.village or not self._plan.is_free(other):
                continue
            pushed = shapes.pushed_over(plot.shape, other.shape, self._depth)
            if pushed is None or not self._least < pushed.intersection(other.shape).area < self._most:
                continue
            touched = [one for one in near if pushed.intersection(one.shape).area > 1e-9]
            if len(touched) == len({plot.key, other.key}) and plot.village.shape.contains(pushed):
                ways.append((other, pushed))
        return ways


def shared_parts(plan: Plan) -> None:
    """Plots of two parts, and what overlays leave of plots, in all papers alike."""

    def falls_in_two(plot: Plot) -> bool:
        parts = shapely.get_parts(shapes.parted(plot.shape, DITCH))
        return len(parts) == 2 and min(part.area for part in parts) > 1000

    def holds(length: float, width: float) -> Callable[[Plot], bool]:
        return lambda plot: plot.shape.contains(shapes.strip(plot.shape, length, width))

    for plot in plan.pick("two-parts", 2, falls_in_two):
        plot.shape = shapes.parted(plot.shape, DITCH)
        measure(plot)
        plan.expect("two-parts", plot.key, "map R3003")
    for cause, count, rule, length, width in (
        ("crumb", 2, "R3007", 3.2, 2.4), ("hairline", 1, "R3008", 70.0, 0.7)
    ):  # fmt: skip
        for plot in plan.pick(cause, count, holds(length, width)):
            plot.shape = shapes.strip(plot.shape, length, width)
            measure(plot)
            plan.expect(cause, plot.key, f"map {rule}")


def map_numbers_and_units(plan: Plan, papers: Papers) -> None:
    """Numbers and unit codes that only the map has wrong."""
    rows = papers.map_by_key()
    for plot, other in plan.pick_pairs("map-duplicate", 2):
        rows[plot.key]["YJJBNTTBBH"] = other.key
        plan.expect("map-duplicate", other.key, "map R2009")
        plan.expect("map-duplicate", plot.key, "register R6002", "plots R6013")
    (plot,) = plan.pick("map-unit-unknown", 1, _large, _presence)
    rows[plot.key] |= {"XZQDM": NOWHERE, "ZLDWDM": NOWHERE + "0000000"}
    plan.touch("map", _presence(plot), "map-unit-unknown")
    plan.expect("map-unit-unknown", plot.key, "map R2010", "register R6016", "plots R6016", "map R6008")
    plan.expect("map-unit-unknown", plot.key, "map R2016", related="YJJBNTTBBH")
    plan.expect("map-unit-unknown", NOWHERE, "map R6020")

    (plot,) = plan.pick("astray-map", 1, lambda plot: _large(plot) and _has_neighbour(plan, plot), _moving(plan))
    other = plan.neighbour(plot)
    rows[plot.key] |= {"XZQDM": other.code, "XZQMC": other.name}
    rows[plot.key] |= {"ZLDWDM": other.code + "0000000", "ZLDWMC": other.name}
    plan.touch("map", _moving(plan)(plot), "astray-map")
    plan.expect("astray-map", plot.key, "map R4003", "register R6016", "plots R6016")
    plan.expect("astray-map", plot.key, "map R2016", related="YJJBNTTBBH")


def map_shapes(plan: Plan, papers: Papers) -> None:
    """Shapes that cannot be measured."""
    rows = papers.map_by_key()
    (plot,) = plan.pick("null", 1)
    rows[plot.key]["geometry"] = None
    plan.expect("null", plot.key, "map R3001")
    for plot in plan.pick("bow-tie", 3, lambda plot: shapes.bow_tie(plot.shape) is not None):
        rows[plot.key]["geometry"] = shapes.bow_tie(plot.shape)
        plan.expect("bow-tie", plot.key, "map R3002")


def map_areas(plan: Plan, papers: Papers) -> None:
    """Areas that only the map has wrong."""
    rows = papers.map_by_key()
    for plot, factor in zip(plan.pick("area-map", 2, _large, _own_class), (1.2, 0.85)):
        gross = round(plot.gross * factor)
        deduction = (gross * plot.factor + 5000) // 10000
        rows[plot.key] |= {"YJJBNTTBMJ": gross / 100, "KCMJ": deduction / 100, "YJJBNTMJ": (gross - deduction) / 100}
        plan.touch("map", _own_class(plot), "area-map")
        plan.expect("area-map", plot.key, "map R5001", "register R6003", "plots R6014")
    for plot in plan.pick("deduction-map", 1, lambda plot: plot.factor > 0, _own_class):
        rows[plot.key] |= {"KCMJ": (plot.deduction + 1500_00) / 100, "YJJBNTMJ": (plot.net - 1500_00) / 100}
        plan.touch("map", _own_class(plot), "deduction-map")
        plan.expect("deduction-map", plot.key, "map R5002", "register R6003")
    for plot in plan.pick("net-map", 2, _large, _own_class):
        rows[plot.key]["YJJBNTMJ"] = (plot.net - 2000_00) / 100
        plan.touch("map", _own_class(plot), "net-map")
        plan.expect("net-map", plot.key, "map R5003", "register R6003")
    for plot in plan.pick("area-noise", 2, lambda plot: plot.factor == 0):
        rows[plot.key]["YJJBNTTBMJ"] = rows[plot.key]["YJJBNTMJ"] = (plot.gross + 6) / 100


def map_rows(plan: Plan, papers: Papers) -> None:
    """Plots that only the map lacks."""
    rows = papers.map_by_key()
    for plot in plan.pick("map-lost", 2, _large, _presence):
        papers.map.remove(rows[plot.key])
        plan.touch("map", _presence(plot), "map-lost")
        plan.expect("map-lost", plot.key, "register R6002", "plots R6013")


def register_rows(plan: Plan, papers: Papers) -> None:
    """Rows of the register twice, mistaken, missing or left from long ago."""
    rows = papers.register_by_key()

    def insert_after(plot: Plot, row: Row) -> None:
        papers.register.insert(papers.register.index(rows[plot.key]) + 1, row)

    (plot,) = plan.pick("register-row-twice", 1, _large, _presence)
    insert_after(plot, dict(rows[plot.key]))
    plan.touch("register", _presence(plot), "register-row-twice")
    plan.expect("register-row-twice", plot.key, "register R2009")
    for plot, other in plan.pick_pairs("register-duplicate", 1):
        rows[plot.key]["key"] = other.key
        plan.expect("register-duplicate", other.key, "register R2009")
        plan.expect("register-duplicate", plot.key, "map R6001")
    for plot in plan.pick("register-lost", 6, _large, _presence):
        papers.register.remove(rows[plot.key])
        plan.touch("register", _presence(plot), "register-lost")
        plan.expect("register-lost", plot.key, "map R6001")
    released = []
    for plot in plan.pick("register-old", 2, _large, _presence):
        released.append(f"{plot.village.code}09{plot.key[-3:]}")
        insert_after(plot, {**rows[plot.key], "key": released[-1]})
        plan.touch("register", _presence(plot), "register-old")
        plan.expect("register-old", released[-1], "register R6002")
    plan.record("register-old", released)


def register_values(plan: Plan, papers: Papers) -> None:
    """Areas, classes, units and owners that only the register has wrong."""
    rows = papers.register_by_key()
    factors = (0.8, 1.25, 0.7, 1.3, 0.75, 1.4)
    for plot, factor in zip(plan.pick("register-area", 6, _large, _own_class), factors):
        row = rows[plot.key]
        row |= {"gross": round(row["gross"] * factor), "net": round(row["net"] * factor)}
        plan.touch("register", _own_class(plot), "register-area")
        plan.expect("register-area", plot.key, "register R6003")
    for plot in plan.pick("register-class", 4, lambda plot: _large(plot) and plot.land_class != "0201", _two_classes):
        rows[plot.key]["class_name"] = CLASS_NAMES[_other_class(plot)]
        plan.touch("register", _two_classes(plot), "register-class")
        plan.expect("register-class", plot.key, "register R6015")
    for plot in plan.pick("register-unit", 3, lambda plot: _large(plot) and _has_neighbour(plan, plot), _moving(plan)):
        other = plan.neighbour(plot)
        rows[plot.key] |= {"unit": other.code, "unit_name": other.name}
        plan.touch("register", _moving(plan)(plot), "register-unit")
        plan.expect("register-unit", plot.key, "register R6016")
    for plot in plan.pick("register-owner", 2):
        rows[plot.key]["owner"] = plot.village.township + "国营农场"
        plan.expect("register-owner", plot.key, "register R6017")


def register_duties(plan: Plan, papers: Papers) -> None:
    """People and letters that only the register has wrong, and its untidy codes."""
    rows = papers.register_by_key()
    for plot, name in zip(plan.pick("register-person", 3), STRANGERS):
        rows[plot.key]["person"] = name
        plan.expect("register-person", plot.key, "register R6023")
    for plot in plan.pick("letter", 3):
        rows[plot.key]["letter"] = ""
        plan.expect("letter", plot.key, "register R6011")
    for plot in plan.pick("name-spaced", 3, lambda plot: len(plot.person.name) == 2):
        rows[plot.key]["person"] = "　".join(plot.person.name)
    plan.record("register-untidy", [])
    for column in ("key", "unit"):
        plan.expect("register-untidy", "", "register R2012", related=column)


def ground_rows(plan: Plan, papers: Papers, seed: int) -> None:
    """Surveyed plots with a mistaken number or none, missing, or unknown to the map."""
    rows = papers.ground_by_key()
    for plot, other in plan.pick_pairs("ground-duplicate", 1):
        rows[plot.key]["DKBH"] = other.key
        plan.expect("ground-duplicate", other.key, "plots R2009")
        plan.expect("ground-duplicate", plot.key, "map R6012")
    for plot in plan.pick("ground-lost", 4):
        papers.ground.remove(rows[plot.key])
        plan.expect("ground-lost", plot.key, "map R6012")
    for plot in plan.pick("ground-unnamed", 4):
        rows[plot.key]["DKBH"] = ""
        plan.expect("ground-unnamed", plot.key, "plots R6021")
    spare = [(unit, shape) for unit, shape in plan.county.spare if 5000 < shape.area < 20000]
    extra = []
    for number, (unit, shape) in enumerate(Dice(seed, "ground-extra").shuffled(spare)[:3], start=1):
        extra.append(f"{unit.code}{90000 + number}")
        row: Row = {"DKBH": extra[-1], "SCMJ": areas.cents(shape) / 100, "DLBM": "0103", "DCRQ": "20260416"}
        row |= {"ZLDWDM": unit.code + "0000000", "ZLDWMC": unit.name, "geometry": shape}
        papers.ground.append(row)
        plan.expect("ground-extra", extra[-1], "plots R6013")
    plan.record("ground-extra", extra)


def ground_values(plan: Plan, papers: Papers) -> None:
    """Surveyed areas and shapes that differ from the map."""
    rows = papers.ground_by_key()
    for plot, factor in zip(plan.pick("ground-area", 3), (0.9, 1.15, 0.96)):
        rows[plot.key]["SCMJ"] = round(plot.gross * factor) / 100
        plan.expect("ground-area", plot.key, "plots R6014")
    for plot, angle in zip(plan.pick("ground-moved", 3), (0.4, 2.2, 4.4)):
        rows[plot.key]["geometry"] = shapes.moved(plot.shape, 6 * math.cos(angle), 6 * math.sin(angle))
        plan.expect("ground-moved", plot.key, "plots R6018")
    for plot in plan.pick("ground-changed", 2):
        shape = shapes.drawn_in(plot.shape, 0.8)
        rows[plot.key] |= {"geometry": shape, "SCMJ": areas.cents(shape) / 100}
        plan.expect("ground-changed", plot.key, "plots R6018", "plots R6014")
    for plot in plan.pick("ground-nudged", 2, lambda plot: not plot.shape.buffer(-35).is_empty):
        rows[plot.key]["geometry"] = shapes.moved(plot.shape, 0.8, 0.6)
    for plot in plan.pick("ground-noise", 2):
        rows[plot.key]["SCMJ"] = (plot.gross - 7) / 100


def atlas_pages(plan: Plan, papers: Papers) -> None:
    """A village without a page, and one whose pages list plots instead of the village."""

    def keys(village: str) -> list[str]:
        return sorted(row["YJJBNTTBBH"] for row in papers.map if row["XZQDM"] == village)

    papers.atlas[:] = [row for row in papers.atlas if row["unit"] != plan.unmapped]
    for key in keys(plan.unmapped):
        plan.expect("atlas-missing", key, "map R6008")
    plan.record("atlas-missing", keys(plan.unmapped))
    at = next(i for i, row in enumerate(papers.atlas) if row["unit"] == plan.listed)
    papers.atlas[at : at + 1] = [{**papers.atlas[at], "unit": "", "key": key} for key in keys(plan.listed)]
    plan.record("atlas-listed", keys(plan.listed))


def table_rows(plan: Plan, papers: Papers) -> None:
    """A row too many, counted in the rows above it, and a row too few, still counted above."""
    table = papers.table
    town = plan.county.townships[3].code
    own = [code for code in table if code.startswith(town)]
    ghost = f"{town}{len(own):03d}"
    row: Row = {"name": "下河滩村", COUNT: 12, "0101": 0, "0102": 4312, "0103": 6178, "0201": 0, "01": 10490, "": 10490}
    for parent in (town, people.COUNTY):
        for column in MEASURES:
            table[parent][column] += row[column]
    rows = list(table.items())
    at = [code for code, _ in rows].index(own[-1]) + 1
    table.clear()
    table.update([*rows[:at], (ghost, row), *rows[at:]])
    plan.record("table-row-extra", [ghost])
    plan.expect("table-row-extra", ghost, "table R6019")

    missing = table.pop(plan.untabled)
    plan.record("table-row-missing", [plan.untabled])
    plan.expect("table-row-missing", plan.untabled, "map R6020")
    shown = [(plan.untabled[:9], column) for column in MEASURES if missing[column]]
    plan.touch("children", shown, "table-row-missing")
    plan.record("table-row-zero", [plan.county.urban.code])


def table_cells(plan: Plan, papers: Papers) -> None:
    """Wrong cells in village rows, in a township row and in a total."""
    table = papers.table
    towns = [township.code for township in plan.county.townships]

    def cell(cause: str, town: str, column: str) -> str:
        return plan.pick_cell(cause, town, column, {code: row[column] for code, row in table.items()})

    for cause, town, column, delta in (
        ("table-cell-water", towns[0], "0102", 500),
        ("table-cell-dry", towns[2], "0103", -1200),
        ("table-cell-orchard", towns[3], "0201", 900),
        ("table-cell-count", towns[5], COUNT, 2),
    ):
        code = cell(cause, town, column)
        table[code][column] += delta
        plan.touch("table", [(code, column)], cause)
        plan.touch("children", [(town, column)], cause)
        if column != COUNT:
            plan.touch("parts", [(code, "" if column == "0201" else "01")], cause)
    table[towns[4]]["0103"] += 800
    plan.record("table-town", [towns[4]])
    plan.touch("children", [(towns[4], "0103"), (people.COUNTY, "0103")], "table-town")
    plan.touch("parts", [(towns[4], "01")], "table-town")
    code = cell("table-total", towns[5], "")
    table[code][""] += 1000
    plan.touch("children", [(towns[5], "")], "table-total")
    plan.touch("parts", [(code, "")], "table-total")


def map_codes(plan: Plan, papers: Papers) -> None:
    """Codes and figures of the map that the standard does not allow, or that contradict each other."""
    rows = papers.map_by_key()

    def plant(cause: str, rule: str, related: str, suits: Callable[[Plot], bool], *changes: Row) -> None:
        for plot, change in zip(plan.pick(cause, len(changes), suits), changes):
            rows[plot.key] |= change
            plan.expect(cause, plot.key, f"map {rule}", related=related)

    def planted_with_grain(plot: Plot) -> bool:
        return _cultivated(plot) and rows[plot.key]["TBXHDM"] == ""

    plant("map-slope", "R2006", "GDPDJB", _cultivated, {"GDPDJB": "6"}, {"GDPDJB": "0"}, {"GDPDJB": "9"})
    plant("map-owner-kind", "R2006", "QSXZ", _any, {"QSXZ": "50"}, {"QSXZ": "JT"}, {"QSXZ": "3"})
    plant("map-grade", "R2007", "GDDB", _cultivated, {"GDDB": 16}, {"GDDB": 25}, {"GDDB": -1})
    plant("map-stable", "R2005", "WDGD", _any, {"WDGD": ""}, {"WDGD": ""}, {"WDGD": ""})
    plant("map-class-name", "R2011", "DLMC", _dry, {"DLMC": "水田"}, {"DLMC": "果园"}, {"DLMC": "水浇地"})
    restorable = {"ZZSXDM": "JKHF", "ZZSXMC": "即可恢复"}
    planting = "ZZSXDM/DLBM/TBXHDM"
    plant("map-planting", "R2015", planting, planted_with_grain, restorable, restorable, restorable)
    for plot in plan.pick("map-location", 3, lambda plot: _has_neighbour(plan, plot)):
        other = plan.neighbour(plot)
        rows[plot.key] |= {"ZLDWDM": other.code + "0000000", "ZLDWMC": other.name}
        plan.expect("map-location", plot.key, "map R2016", related="ZLDWDM")
    for plot, other in zip(plan.pick("map-bsm", 1), plan.pick("map-bsm-other", 1)):
        rows[plot.key]["BSM"] = rows[other.key]["BSM"]
        plan.expect("map-bsm", rows[other.key]["BSM"], "map R2009", related="BSM")
    plan.record("map-bsm", [*plan.keys["map-bsm"], *plan.keys.pop("map-bsm-other")])


def map_texts(plan: Plan, papers: Papers) -> None:
    """Texts of the map that were cut off, or hold what nobody sees; and brackets that are as they should be."""
    rows = papers.map_by_key()
    for plot in plan.pick("map-cut", 3):
        rows[plot.key]["BZ"] = (REMARK * 3)[:REMARK_LENGTH]
        plan.expect("map-cut", plot.key, "map R2003", related="BZ")
    for plot, (before, behind) in zip(plan.pick("map-hidden", 3), (("\u3000", ""), ("", "\u3000"), ("", "\t"))):
        rows[plot.key]["QSDWMC"] = before + rows[plot.key]["QSDWMC"] + behind
    plan.expect("map-hidden", "", "map R2012", related="owner")
    for plot in plan.pick("map-brackets", 2):
        rows[plot.key]["BZ"] = "已核实（见附件）"


def follow_shapes(plan: Plan, papers: Papers) -> None:
    """Expect R3004 or R4001 wherever two shapes of the map share land; each must have a planted reason.

    Raises:
        ValueError: where an overlap has no reason, a reason no effect, or an overlap lies near the line.
    """
    drawn = [row for row in papers.map if row["geometry"] is not None]
    made = shapely.make_valid([row["geometry"] for row in drawn])
    tied = {row["YJJBNTTBBH"] for row in drawn if not row["geometry"].is_valid}
    found = set()
    for one, other in shapely.STRtree(made).query(made, predicate="intersects").T:
        area = made[one].intersection(made[other]).area
        if one >= other or area == 0:
            continue
        pair = _pair(drawn[one]["YJJBNTTBBH"], drawn[other]["YJJBNTTBBH"])
        cause = plan.reason("overlap", pair) or ("bow-tie" if tied & set(pair) else None)
        if area > 0.8 * OVERLAP_LINE and (cause is None or area < 2 * OVERLAP_LINE):
            raise ValueError(f"not a clear mistake: {pair} share {area:.4f} m², {cause}")
        found.add(pair)
        if area > OVERLAP_LINE:
            same = made[one].symmetric_difference(made[other]).area == 0
            plan.expect(cause, pair[0], "map R3004" if same else "map R4001", related=pair[1])
    missing = plan.cells_of("overlap") - found
    if missing:
        raise ValueError(f"planted and not there: {sorted(missing)}")


def _pair(one: str, other: str) -> Cell:
    return min(one, other), max(one, other)


def _any(plot: Plot) -> bool:
    return True


def _cultivated(plot: Plot) -> bool:
    return plot.land_class.startswith("01")


def _dry(plot: Plot) -> bool:
    return plot.land_class == "0103"


def _large(plot: Plot) -> bool:
    """Large enough that its loss shows in any sum."""
    return plot.gross > 9000_00


def _own_class(plot: Plot) -> list[Cell]:
    return [(plot.village.code, plot.land_class)]


def _presence(plot: Plot) -> list[Cell]:
    return [(plot.village.code, plot.land_class), (plot.village.code, COUNT)]


def _two_classes(plot: Plot) -> list[Cell]:
    return [(plot.village.code, plot.land_class), (plot.village.code, _other_class(plot))]


def _other_class(plot: Plot) -> str:
    """The land class that a clerk mistakes this one for; orchards are never mistaken."""
    return {"0101": "0102", "0102": "0103", "0103": "0102"}.get(plot.land_class, LEAF_CLASSES[0])


def _has_neighbour(plan: Plan, plot: Plot) -> bool:
    return plan.neighbour(plot) is not None


def _moving(plan: Plan) -> Callable[[Plot], list[Cell]]:
    """Cells that change when a plot is given to its neighbouring village."""

    def cells(plot: Plot) -> list[Cell]:
        other = plan.neighbour(plot)
        there = [(other.code, plot.land_class), (other.code, COUNT)] if other else []
        return _presence(plot) + there

    return cells
