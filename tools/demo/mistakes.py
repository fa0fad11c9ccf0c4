"""Mistakes planted in the papers, with the list of everything that a perfect audit reports because of them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.polygon import orient

from redline.tools.demo import areas, people
from redline.tools.demo.county import CLASS_NAMES, County, Plot, Unit, measure, village_of
from redline.tools.demo.dice import Dice
from redline.tools.demo.papers import LEAF_CLASSES, Papers, Row

ON_DATE = "20260630"
NOWHERE = "990101999001"
BORDER_DEPTH = 9.0  # metres
Cell = tuple[str, str]  # unit code, and a land class or "count"

CLASSES = {name: code for code, name in CLASS_NAMES.items()}
TABLE_LINE = 0.02  # mu: a printed cell is rounded (0.005) and levelled (0.01)
REGISTER_ROUNDING = 0.005  # mu, each register row


@dataclass(frozen=True, order=True)
class Expected:
    """One finding that a perfect audit reports."""

    rule: str
    role: str
    key: str
    related: str
    cause: str


def spoil(county: County, seed: int, write: Callable[[], Papers]) -> tuple[Papers, list[Expected], list[Row]]:
    """Plant all mistakes.

    Args:
        county: the true county; its plots are changed where all papers share a mistake.
        seed: the county's seed.
        write: writes the papers of the county as it is by then.

    Returns:
        The papers with mistakes, the findings to expect, and for each cause its words and keys.
    """
    spoiler = _Spoiler(county, seed)
    spoiler.mistakes_of_all()
    papers = write()
    spoiler.use(papers)
    spoiler.mistakes_in_map()
    spoiler.mistakes_in_register()
    spoiler.mistakes_on_ground()
    spoiler.mistakes_in_atlas()
    spoiler.mistakes_in_table()
    spoiler.follow_sums()
    return papers, sorted(spoiler.expected), spoiler.causes


class _Spoiler:
    def __init__(self, county: County, seed: int) -> None:
        self.county = county
        self.seed = seed
        self.expected: set[Expected] = set()
        self.causes: list[Row] = []
        self.papers: Papers
        self._used: set[str] = set()
        self._cells: set[Cell] = set()
        self._touched: dict[tuple[str, str, str], str] = {}
        self._names = {unit.code: unit.name for unit in county.villages}
        self._plots = sorted(county.plots, key=lambda plot: plot.key)
        sizes = defaultdict(int)
        for plot in self._plots:
            sizes[plot.village.code] += 1
        by_size = sorted(sizes, key=lambda code: (sizes[code], code))
        self.unmapped = by_size[0]  # the smallest village: no page in the atlas
        self.listed = by_size[2]  # a village whose atlas pages list plots
        self.untabled = next(code for code in by_size[8:] if code.startswith(people.COUNTY + "002"))
        self._closed = {self.unmapped, self.untabled}

    def use(self, papers: Papers) -> None:
        """Go on with the papers as written."""
        self.papers = papers
        self._map = {row["YJJBNTTBBH"]: row for row in papers.map}
        self._register = {row["key"]: row for row in papers.register}
        self._ground = {row["DKBH"]: row for row in papers.ground}

    def cause(self, name: str, zh: str, en: str, keys: Iterable[str], innocent: bool = False) -> None:
        """Put a planted mistake, or a harmless oddity, on the list."""
        self.causes.append({"cause": name, "zh": zh, "en": en, "keys": sorted(keys), "innocent": innocent})

    def expect(self, rule: str, role: str, key: str, cause: str, related: str = "") -> None:
        """Put a finding on the list."""
        self.expected.add(Expected(rule, role, key, related, cause))

    def pick(
        self,
        cause: str,
        count: int,
        suits: Callable[[Plot], bool] = lambda plot: True,
        cells: Callable[[Plot], list[Cell]] = lambda plot: [],
    ) -> list[Plot]:
        """Plots for a mistake: none used before, each in another village, no table cell touched twice."""
        chosen: list[Plot] = []
        for plot in Dice(self.seed, "pick", cause).shuffled(self._plots):
            home = plot.village.code
            if plot.key in self._used or home in self._closed or home in {p.village.code for p in chosen}:
                continue
            if not 4000_00 < plot.gross < 45000_00 or not suits(plot) or self._cells & set(cells(plot)):
                continue
            if not village_of(plot, self.county).code == home:
                continue
            chosen.append(plot)
            self._used.add(plot.key)
            self._cells |= set(cells(plot))
            if len(chosen) == count:
                return chosen
        raise ValueError(f"too few plots for {cause}")

    def touch(self, source: str, cells: Iterable[Cell], cause: str) -> None:
        """Remember why a sum of the map or the register, or a cell of the table, is not what it should be."""
        for unit, column in cells:
            self._touched[source, unit, column] = cause

    def mistakes_of_all(self) -> None:
        """Mistakes that all papers share: they are told by the plot itself, not by comparing papers."""
        astray = [plot for plot in self._plots if village_of(plot, self.county).code != plot.village.code]
        self._used |= {plot.key for plot in astray}
        self.cause(
            "astray-all",
            "图斑实际位于邻村，各种资料都登记在本村名下",
            "The plot lies in the next village; all papers give it to this one",
            [plot.key for plot in astray],
        )
        for plot in astray:
            self.expect("R4003", "map", plot.key, "astray-all")
        self._over_the_border()

        plots = self.pick("area-all", 3)
        self.cause(
            "area-all",
            "各种资料的图斑面积一致，但与图形椭球面积不符",
            "All papers agree on an area that is not the ellipsoidal area of the shape",
            [plot.key for plot in plots],
        )
        for plot, factor in zip(plots, (1.08, 0.93, 1.0012)):  # the last is above the warning line only
            plot.gross = round(plot.gross * factor)
            plot.settle()
            self.expect("R5001", "map", plot.key, "area-all")
        plots = self.pick("deduction-all", 2, lambda plot: plot.factor > 0)
        self.cause(
            "deduction-all",
            "扣除地类面积不等于图斑面积乘扣除系数，各种资料照抄",
            "The deducted area is not area times factor, in all papers alike",
            [plot.key for plot in plots],
        )
        for plot in plots:
            plot.deduction += 25000
            plot.net -= 25000
            self.expect("R5002", "map", plot.key, "deduction-all")
        plots = self.pick("net-all", 1, lambda plot: plot.factor > 0)
        self.cause(
            "net-all",
            "永久基本农田面积未扣除田坎，各种资料照抄",
            "The net area was taken without the deduction, in all papers alike",
            [plot.key for plot in plots],
        )
        for plot in plots:
            plot.net = plot.gross
            self.expect("R5003", "map", plot.key, "net-all")

        plots = self.pick("people-none", 4)
        self.cause(
            "people-none",
            "图和册都没有责任人",
            "Neither map nor register names a responsible person",
            [plot.key for plot in plots],
        )
        for plot in plots:
            plot.village_person = plot.group_person = ""
            plot.person = people.Person("", "", "", "")
            self.expect("R6010", "map", plot.key, "people-none")
        plots = self.pick("period", 3)
        self.cause(
            "period",
            "保护期已满或尚未开始",
            "The protection period is over or has not begun",
            [plot.key for plot in plots],
        )
        for plot, (start, end) in zip(plots, (("20160101", "20251231"), ("20160101", "20260629"), ("20270101", "20351231"))):
            plot.start, plot.end = start, end
            self.expect("R6024", "map", plot.key, "period")
        plots = self.pick("period-edge", 2)
        self.cause(
            "period-edge",
            "保护期恰在检查日开始或结束",
            "The protection period begins or ends on the very day of the audit",
            [plot.key for plot in plots],
            innocent=True,
        )
        plots[0].end = plots[1].start = ON_DATE

    def _over_the_border(self) -> None:
        """Plots pushed over their village border where nobody farms on the other side."""
        tree = shapely.STRtree([plot.shape for plot in self._plots])
        others = {unit.code: unit.shape for unit in self.county.villages}

        def pushed(plot: Plot, depth: float, width: float) -> Polygon | None:
            return _push(plot.shape, others[plot.village.code], depth, width)

        def free(plot: Plot) -> bool:
            shape = pushed(plot, BORDER_DEPTH, 1.0)
            if shape is None or shape.area - plot.shape.area < 0.01 * plot.shape.area:
                return False
            if len(tree.query(shape.difference(plot.shape), predicate="overlaps")) > 0:
                return False
            hits = tree.query(shape.difference(plot.shape).buffer(-0.01), predicate="intersects")
            outside = shape.difference(plot.shape).buffer(-0.05)
            return len(hits) == 0 and any(v.shape.contains(outside) for v in self.county.villages if v is not plot.village)

        for name, count, depth, width, zh, en in (
            ("border", 3, BORDER_DEPTH, 1.0, "图斑越过村界", "The plot crosses its village border"),
            ("border-hair", 2, 0.03, 1.0, "图斑越界不到 0.05 米", "The plot crosses its border by less than 0.05 m"),
            ("border-speck", 1, 0.4, 0.006, "图斑越界部分不足 0.1 平方米", "The plot crosses its border by less than 0.1 m2"),
        ):
            plots = self.pick(name, count, free)
            self.cause(name, zh, en, [plot.key for plot in plots], innocent=name != "border")
            for plot in plots:
                plot.shape = pushed(plot, depth, width) or plot.shape
                measure(plot)
                if name == "border":
                    self.expect("R4004", "map", plot.key, name)

    def mistakes_in_map(self) -> None:
        """Mistakes of the map alone."""
        papers = self.papers
        for plot, other in self._pairs("map-duplicate", 2):
            self._map[plot.key]["YJJBNTTBBH"] = other.key
            self.expect("R2009", "map", other.key, "map-duplicate")
            self.expect("R6002", "register", plot.key, "map-duplicate")
            self.expect("R6013", "plots", plot.key, "map-duplicate")
        (plot,) = self.pick("map-unit-unknown", 1, _mid, _presence)
        self.cause("map-unit-unknown", "行政区代码不存在", "The unit code does not exist", [plot.key])
        self._map[plot.key] |= {"XZQDM": NOWHERE, "ZLDWDM": NOWHERE + "0000000"}
        self.touch("map", _presence(plot), "map-unit-unknown")
        self.expect("R2010", "map", plot.key, "map-unit-unknown")
        self.expect("R6016", "map", plot.key, "map-unit-unknown")
        self.expect("R6008", "map", plot.key, "map-unit-unknown")
        self.expect("R6020", "map", NOWHERE, "map-unit-unknown")

        (plot,) = self.pick("null", 1)
        self.cause("null", "图斑没有图形", "The plot has no shape", [plot.key])
        self._map[plot.key]["geometry"] = None
        self.expect("R3001", "map", plot.key, "null")
        plots = self.pick("bow-tie", 3, lambda plot: _bow_tie(plot.shape) is not None)
        self.cause("bow-tie", "图形自相交", "The shape crosses itself", [plot.key for plot in plots])
        for plot in plots:
            self._map[plot.key]["geometry"] = _bow_tie(plot.shape)
            self.expect("R3002", "map", plot.key, "bow-tie")

        (plot,) = self.pick("astray-map", 1, lambda plot: _mid(plot) and bool(self._neighbour(plot, 1.0)), self._move_cells)
        self.cause(
            "astray-map",
            "图上行政区代码误写为邻村，登记册正确",
            "The map gives the plot to the next village, the register does not",
            [plot.key],
        )
        other = self._neighbour(plot, 1.0)
        self._map[plot.key] |= {"XZQDM": other.code, "XZQMC": other.name}
        self._map[plot.key] |= {"ZLDWDM": other.code + "0000000", "ZLDWMC": other.name}
        self.touch("map", self._move_cells(plot), "astray-map")
        self.expect("R4003", "map", plot.key, "astray-map")
        self.expect("R6016", "map", plot.key, "astray-map")

        plots = self.pick("area-map", 2, _mid, _own_class)
        self.cause(
            "area-map",
            "只有图上的图斑面积记错，与椭球面积、登记册、实测都不符",
            "Only the map's recorded area is wrong: against shape, register and survey",
            [plot.key for plot in plots],
        )
        for plot, factor in zip(plots, (1.2, 0.85)):
            gross = round(plot.gross * factor)
            deduction = (gross * plot.factor + 5000) // 10000
            row = self._map[plot.key]
            row |= {"YJJBNTTBMJ": gross / 100, "KCMJ": deduction / 100, "YJJBNTMJ": (gross - deduction) / 100}
            self.touch("map", _own_class(plot), "area-map")
            for rule in ("R5001", "R6003", "R6014"):
                self.expect(rule, "map", plot.key, "area-map")
        plots = self.pick("deduction-map", 1, lambda plot: plot.factor > 0, _own_class)
        self.cause(
            "deduction-map",
            "图上扣除面积算错，登记册正确",
            "The map's deducted area is wrong, the register's is right",
            [plot.key for plot in plots],
        )
        for plot in plots:
            row = self._map[plot.key]
            row |= {"KCMJ": (plot.deduction + 150000) / 100, "YJJBNTMJ": (plot.net - 150000) / 100}
            self.touch("map", _own_class(plot), "deduction-map")
            self.expect("R5002", "map", plot.key, "deduction-map")
            self.expect("R6003", "map", plot.key, "deduction-map")
        plots = self.pick("net-map", 2, _mid, _own_class)
        self.cause(
            "net-map",
            "图上永久基本农田面积不等于图斑面积减扣除面积",
            "The map's net area is not its gross area less the deduction",
            [plot.key for plot in plots],
        )
        for plot in plots:
            self._map[plot.key]["YJJBNTMJ"] = (plot.net - 200000) / 100
            self.touch("map", _own_class(plot), "net-map")
            self.expect("R5003", "map", plot.key, "net-map")
            self.expect("R6003", "map", plot.key, "net-map")

        plots = self.pick("map-lost", 2, _mid, _presence)
        self.cause(
            "map-lost",
            "册上、地上都有，图上漏绘",
            "On the ground and in the register, but left out of the map",
            [plot.key for plot in plots],
        )
        for plot in plots:
            papers.map.remove(self._map.pop(plot.key))
            self.touch("map", _presence(plot), "map-lost")
            self.expect("R6002", "register", plot.key, "map-lost")
            self.expect("R6013", "plots", plot.key, "map-lost")

        plots = self.pick("area-noise", 2, lambda plot: plot.factor == 0)
        self.cause(
            "area-noise",
            "图斑面积与椭球面积相差 0.06 平方米（调平）",
            "The recorded area differs from the ellipsoidal one by 0.06 m2, as levelling does",
            [plot.key for plot in plots],
            innocent=True,
        )
        for plot in plots:
            row = self._map[plot.key]
            row["YJJBNTTBMJ"] = row["YJJBNTMJ"] = (plot.gross + 6) / 100

    def mistakes_in_register(self) -> None:
        """Mistakes of the register alone."""
        papers = self.papers
        (plot,) = self.pick("register-row-twice", 1, _mid, _presence)
        self.cause("register-row-twice", "登记册重复登记一行", "A register row was copied twice", [plot.key])
        papers.register.insert(papers.register.index(self._register[plot.key]) + 1, dict(self._register[plot.key]))
        self.touch("register", _presence(plot), "register-row-twice")
        self.expect("R2009", "register", plot.key, "register-row-twice")
        for plot, other in self._pairs("register-duplicate", 1):
            self._register[plot.key]["key"] = other.key
            self.expect("R2009", "register", other.key, "register-duplicate")
            self.expect("R6001", "map", plot.key, "register-duplicate")

        plots = self.pick("register-lost", 6, _mid, _presence)
        self.cause(
            "register-lost", "图上有，登记册漏登", "On the map, not in the register", [plot.key for plot in plots]
        )
        for plot in plots:
            papers.register.remove(self._register.pop(plot.key))
            self.touch("register", _presence(plot), "register-lost")
            self.expect("R6001", "map", plot.key, "register-lost")
        plots = self.pick("register-old", 2, _mid, _presence)
        self.cause(
            "register-old",
            "登记册保留了早已划出的地块",
            "The register still holds a plot that was released long ago",
            [plot.key[:12] + "09" + plot.key[14:] for plot in plots],
        )
        for plot in plots:
            row = dict(self._register[plot.key], key=plot.key[:12] + "09" + plot.key[14:])
            papers.register.insert(papers.register.index(self._register[plot.key]) + 1, row)
            self.touch("register", _presence(plot), "register-old")
            self.expect("R6002", "register", row["key"], "register-old")

        plots = self.pick("register-area", 6, _mid, _own_class)
        self.cause(
            "register-area",
            "登记册面积与图不符",
            "The register's area differs from the map's",
            [plot.key for plot in plots],
        )
        for plot, factor in zip(plots, (0.8, 1.25, 0.7, 1.3, 0.75, 1.4)):
            row = self._register[plot.key]
            row |= {"gross": round(row["gross"] * factor), "net": round(row["net"] * factor)}
            self.touch("register", _own_class(plot), "register-area")
            self.expect("R6003", "map", plot.key, "register-area")

        def both(plot: Plot) -> list[Cell]:
            return [(plot.village.code, plot.land_class), (plot.village.code, _other_class(plot))]

        plots = self.pick("register-class", 4, lambda plot: _mid(plot) and plot.land_class != "0201", both)
        self.cause(
            "register-class",
            "登记册地类与图不符",
            "The register's land class differs from the map's",
            [plot.key for plot in plots],
        )
        for plot in plots:
            self._register[plot.key]["class_name"] = CLASS_NAMES[_other_class(plot)]
            self.touch("register", both(plot), "register-class")
            self.expect("R6015", "map", plot.key, "register-class")

        plots = self.pick("register-unit", 3, lambda p: _mid(p) and bool(self._neighbour(p, 1.0)), self._move_cells)
        self.cause(
            "register-unit",
            "登记册把地块登记在邻村",
            "The register gives the plot to the next village",
            [plot.key for plot in plots],
        )
        for plot in plots:
            other = self._neighbour(plot, 1.0)
            self._register[plot.key] |= {"unit": other.code, "unit_name": other.name}
            self.touch("register", self._move_cells(plot), "register-unit")
            self.expect("R6016", "map", plot.key, "register-unit")
        plots = self.pick("register-owner", 2)
        self.cause(
            "register-owner",
            "登记册权属单位与图不符",
            "The register's owner differs from the map's",
            [plot.key for plot in plots],
        )
        for plot in plots:
            self._register[plot.key]["owner"] = plot.village.township + "国营农场"
            self.expect("R6017", "map", plot.key, "register-owner")
        plots = self.pick("register-person", 3)
        self.cause(
            "register-person",
            "登记册责任人与图不符",
            "The register names another person than the map",
            [plot.key for plot in plots],
        )
        for plot, name in zip(plots, ("欧阳建设", "司马长福", "诸葛守信")):
            self._register[plot.key]["person"] = name
            self.expect("R6023", "map", plot.key, "register-person")
        plots = self.pick("letter", 3)
        self.cause("letter", "登记册没有责任书编号", "The register names no responsibility letter", [p.key for p in plots])
        for plot in plots:
            self._register[plot.key]["letter"] = ""
            self.expect("R6011", "map", plot.key, "letter")
        plots = self.pick("name-spaced", 3, lambda plot: len(plot.person.name) == 2)
        self.cause(
            "name-spaced",
            "登记册两字姓名中间加了全角空格",
            "A name of two characters is written with a wide blank in the middle",
            [plot.key for plot in plots],
            innocent=True,
        )
        for plot in plots:
            self._register[plot.key]["person"] = "　".join(plot.person.name)

    def mistakes_on_ground(self) -> None:
        """Mistakes of the ground survey alone."""
        papers = self.papers
        for plot, other in self._pairs("ground-duplicate", 1):
            self._ground[plot.key]["DKBH"] = other.key
            self.expect("R2009", "plots", other.key, "ground-duplicate")
            self.expect("R6012", "map", plot.key, "ground-duplicate")
        plots = self.pick("ground-lost", 4)
        self.cause("ground-lost", "图上有，实地未核查", "On the map, not surveyed", [plot.key for plot in plots])
        for plot in plots:
            papers.ground.remove(self._ground.pop(plot.key))
            self.expect("R6012", "map", plot.key, "ground-lost")
        dice = Dice(self.seed, "ground-extra")
        spare = [(v, s) for v, s in self.county.spare if v.code not in self._closed and 5000 < s.area < 20000]
        extra = []
        for number, (village, shape) in enumerate(dice.shuffled(spare)[:3], start=1):
            extra.append(f"{village.code}{90000 + number}")
            row: Row = {"DKBH": extra[-1], "SCMJ": areas.cents(shape) / 100, "DLBM": "0103"}
            row |= {"ZLDWDM": f"{village.code}0000000", "ZLDWMC": village.name, "DCRQ": "20260416", "geometry": shape}
            papers.ground.append(row)
            self.expect("R6013", "plots", extra[-1], "ground-extra")
        self.cause("ground-extra", "实地有，图上没有", "Surveyed, but not on the map", extra)
        plots = self.pick("ground-unnamed", 4)
        self.cause(
            "ground-unnamed",
            "实地地块没有编号，按位置对应",
            "The surveyed plot has no number: it is joined by position",
            [plot.key for plot in plots],
        )
        for plot in plots:
            self._ground[plot.key]["DKBH"] = ""
            self.expect("R6021", "plots", plot.key, "ground-unnamed")
        plots = self.pick("ground-area", 3)
        self.cause("ground-area", "实测面积与图不符", "The surveyed area differs from the map's", [p.key for p in plots])
        for plot, factor in zip(plots, (0.9, 1.15, 0.96)):
            self._ground[plot.key]["SCMJ"] = round(plot.gross * factor) / 100
            self.expect("R6014", "map", plot.key, "ground-area")
        plots = self.pick("ground-moved", 3)
        self.cause("ground-moved", "实地位置偏移 6 米", "The ground plot lies 6 m off", [plot.key for plot in plots])
        for plot, angle in zip(plots, (0.4, 2.2, 4.4)):
            self._ground[plot.key]["geometry"] = _moved(plot.shape, 6 * math.cos(angle), 6 * math.sin(angle))
            self.expect("R6018", "map", plot.key, "ground-moved")
        plots = self.pick("ground-changed", 2)
        self.cause("ground-changed", "实地形状已改变", "The ground plot has another shape", [plot.key for plot in plots])
        for plot in plots:
            shape = _shrunk(plot.shape, 0.8)
            self._ground[plot.key] |= {"geometry": shape, "SCMJ": areas.cents(shape) / 100}
            self.expect("R6018", "map", plot.key, "ground-changed")
            self.expect("R6014", "map", plot.key, "ground-changed")
        plots = self.pick("ground-nudged", 2, lambda plot: plot.shape.buffer(-35).area > 0)
        self.cause(
            "ground-nudged", "实地位置偏移 1 米", "The ground plot lies 1 m off", [p.key for p in plots], innocent=True
        )
        for plot in plots:
            self._ground[plot.key]["geometry"] = _moved(plot.shape, 0.8, 0.6)
        plots = self.pick("ground-noise", 2)
        self.cause(
            "ground-noise",
            "实测面积与图相差 0.07 平方米",
            "The surveyed area differs by 0.07 m2",
            [plot.key for plot in plots],
            innocent=True,
        )
        for plot in plots:
            self._ground[plot.key]["SCMJ"] = (plot.gross - 7) / 100

    def mistakes_in_atlas(self) -> None:
        """A village without a page, and one whose pages list plots instead of the village."""
        papers = self.papers
        papers.atlas[:] = [row for row in papers.atlas if row["unit"] != self.unmapped]
        keys = sorted({row["YJJBNTTBBH"] for row in papers.map if row["XZQDM"] == self.unmapped})
        self.cause("atlas-missing", "图册缺一个村的图幅", "The atlas lacks the page of one village", keys)
        for key in keys:
            self.expect("R6008", "map", key, "atlas-missing")
        place = next(i for i, row in enumerate(papers.atlas) if row["unit"] == self.listed)
        page = papers.atlas[place]
        keys = sorted(row["YJJBNTTBBH"] for row in papers.map if row["XZQDM"] == self.listed)
        papers.atlas[place : place + 1] = [{**page, "unit": "", "key": key} for key in keys]
        self.cause("atlas-listed", "图册目录逐块列出图斑", "The atlas index lists plots one by one", keys, innocent=True)
        self.expect("R2012", "register", "", "register-untidy", "key")
        self.expect("R2012", "register", "", "register-untidy", "unit")
        self.cause(
            "register-untidy",
            "登记册编号含空格、全角数字或数值型代码（每列提示一次）",
            "Codes of the register with blanks, full-width digits or as numbers (told once a column)",
            [],
        )

    def mistakes_in_table(self) -> None:
        """Wrong cells of the summary table, a row too many and one too few."""
        table = self.papers.table
        self._ghost_row(table)
        row = table.pop(self.untabled)
        parent = self.untabled[:9]
        self.cause("table-row-missing", "汇总表漏了一个村", "The table lacks one village", [self.untabled])
        self.expect("R6020", "map", self.untabled, "table-row-missing")
        self.touch("children", [(parent, column) for column in (*LEAF_CLASSES, "01", "", "count") if row[column]], "table-row-missing")

        for township, column, delta in (("001", "0102", 500), ("003", "0103", -1200), ("004", "0102", 900), ("006", "count", 2)):
            code = self._free_cell(people.COUNTY + township, column)
            name = f"table-cell-{township}"
            self.cause(name, "汇总表村级单元格填错", "A village cell of the table is wrong", [code])
            table[code][column] += delta
            self.touch("table", [(code, column)], name)
            self.touch("children", [(code[:9], column)], name)
            if column != "count":
                self.touch("parts", [(code, "01")], name)
        code = people.COUNTY + "005"
        self.cause("table-town", "汇总表乡镇行旱地填错", "The dry land of a township row is wrong", [code])
        table[code]["0103"] += 800
        self.touch("children", [(code, "0103"), (people.COUNTY, "0103")], "table-town")
        self.touch("parts", [(code, "01")], "table-town")
        code = self._free_cell(people.COUNTY + "006", "0201")
        self.cause("table-total", "汇总表村级合计填错", "The total of a village row is wrong", [code])
        table[code][""] += 1000
        self.touch("children", [(code[:9], "")], "table-total")
        self.touch("parts", [(code, "")], "table-total")

    def _ghost_row(self, table: dict[str, Row]) -> None:
        """A village that was merged long ago, still in the table and in the totals above it."""
        township = people.COUNTY + "004"
        code = f"{township}{sum(1 for c in table if c.startswith(township)):03d}"
        row: Row = {"name": "下河滩村", "count": 12, "0101": 0, "0102": 4312, "0103": 6178, "0201": 0}
        row |= {"01": 10490, "": 10490}
        for parent in (township, people.COUNTY):
            for column in ("count", *LEAF_CLASSES, "01", ""):
                table[parent][column] += row[column]
        last = max(c for c in table if c.startswith(township))
        after = list(table.items())
        place = [c for c, _ in after].index(last) + 1
        table.clear()
        table.update([*after[:place], (code, row), *after[place:]])
        self.cause("table-row-extra", "汇总表保留了已撤并的村", "The table keeps a village merged long ago", [code])
        self.expect("R6019", "table", code, "table-row-extra")

    def _free_cell(self, township: str, column: str) -> str:
        """A village of the township whose cell no other mistake touches."""
        for code in self.papers.table:
            free = (code, column) not in self._cells and code not in self._closed
            if code.startswith(township) and len(code) == 12 and code in self._names and free and self.papers.table[code][column] > 3000 * (column != "count"):
                if self.papers.table[code]["count"] > 5:
                    self._cells.add((code, column))
                    return code
        raise ValueError(f"no free cell in {township}")

    def _pairs(self, cause: str, count: int) -> list[tuple[Plot, Plot]]:
        """Plots that get the number of their neighbour in the list: same class and same person."""
        after = dict(zip([plot.key for plot in self._plots], self._plots[1:]))

        def suits(plot: Plot) -> bool:
            other = after.get(plot.key)
            return (
                other is not None
                and other.key not in self._used
                and other.person == plot.person
                and other.land_class == plot.land_class
                and village_of(other, self.county).code == other.village.code
            )

        pairs = [(plot, after[plot.key]) for plot in self.pick(cause, count, suits)]
        self._used |= {other.key for _, other in pairs}
        source = {"map": ("图上", "on the map"), "register": ("登记册", "in the register"), "ground": ("实地地块", "of the ground plot")}
        zh, en = source[cause.split("-")[0]]
        self.cause(cause, f"{zh}编号误写为邻地块的编号", f"The number {en} is its neighbour's", [plot.key for plot, _ in pairs])
        return pairs

    def _neighbour(self, plot: Plot, within: float) -> Unit | None:
        """A village beside the plot's own that has plots and may be touched."""
        for unit in sorted(self.county.villages, key=lambda u: u.code):
            usable = unit.code not in self._closed and unit is not self.county.urban and unit is not plot.village
            if usable and unit.shape.distance(plot.village.shape) < within:
                return unit
        return None

    def _move_cells(self, plot: Plot) -> list[Cell]:
        """Cells that change when a plot is given to its neighbouring village."""
        other = self._neighbour(plot, 1.0)
        return [*_presence(plot), (other.code, plot.land_class), (other.code, "count")] if other else _presence(plot)

    def follow_sums(self) -> None:
        """What the mistakes do to sums: plain sums of the papers as they are now, with room for printed rounding."""
        papers, table = self.papers, self.papers.table
        on_map: dict[Cell, float] = defaultdict(float)
        in_register: dict[Cell, float] = defaultdict(float)
        rows: dict[Cell, int] = defaultdict(int)
        for row in papers.map:
            on_map[row["XZQDM"], row["DLBM"]] += row["YJJBNTMJ"] * 0.0015
            on_map[row["XZQDM"], "count"] += 1
        for row in papers.register:
            cell = (row["unit"], CLASSES[row["class_name"]])
            in_register[cell] += row["net"] / 100
            rows[cell] += 1
            in_register[row["unit"], "count"] += 1
        for code in table:
            if len(code) != 12 or code not in self._names:
                continue
            for column in (*LEAF_CLASSES, "count"):
                printed = table[code][column] / (1 if column == "count" else 100)
                line = 0.0 if column == "count" else TABLE_LINE
                self._compare("R6005", "map", code, column, printed - on_map[code, column], line)
                line += REGISTER_ROUNDING * rows[code, column]
                self._compare("R6004", "register", code, column, printed - in_register[code, column], line)
        for code, row in table.items():
            children = [r for c, r in table.items() if len(c) == {6: 9, 9: 12}.get(len(code), 0) and c.startswith(code)]
            for column in (*LEAF_CLASSES, "01", "", "count") if children else ():
                if row[column] != sum(child[column] for child in children):
                    self.expect("R6006", "table", code, self._touched["children", code, column], _related(column))
            if row["01"] != row["0101"] + row["0102"] + row["0103"]:
                self.expect("R6007", "table", code, self._touched["parts", code, "01"], _related("01"))
            if row[""] != row["01"] + row["0201"]:
                self.expect("R6007", "table", code, self._touched["parts", code, ""], _related(""))

    def _compare(self, rule: str, source: str, code: str, column: str, difference: float, line: float) -> None:
        """Expect a finding where a cell differs; no cell may be near the line."""
        cause = self._touched.get((source, code, column)) or self._touched.get(("table", code, column))
        if abs(difference) > line + 1e-9:
            if cause is None:
                raise ValueError(f"{rule} {code} {column}: differs by {difference:.4f} for no reason")
            if abs(difference) < max(0.5, 2 * line):
                raise ValueError(f"{rule} {code} {column}: {difference:.4f} is too near the line {line:.4f} ({cause})")
            self.expect(rule, "table", code, cause, _related(column))
        elif cause is not None:
            raise ValueError(f"{rule} {code} {column}: {cause} has no effect")
        elif abs(difference) > 0.8 * line and line:
            raise ValueError(f"{rule} {code} {column}: {difference:.4f} without cause is near the line {line:.4f}")


def _related(column: str) -> str:
    return ":count" if column == "count" else f"{column}:area"


def _mid(plot: Plot) -> bool:
    """Large enough that its loss shows in any sum."""
    return plot.gross > 9000_00


def _own_class(plot: Plot) -> list[Cell]:
    return [(plot.village.code, plot.land_class)]


def _presence(plot: Plot) -> list[Cell]:
    return [(plot.village.code, plot.land_class), (plot.village.code, "count")]


def _other_class(plot: Plot) -> str:
    return {"0101": "0102", "0102": "0103", "0103": "0102"}[plot.land_class]


def _push(shape: Polygon, village: Polygon, depth: float, width: float) -> Polygon | None:
    """The shape with a tip over the village border: in the middle of its longest edge there, over a share of its width."""
    ring = np.array(orient(shape).exterior.coords)
    rim = village.exterior
    best = None
    for i, (a, b) in enumerate(zip(ring, ring[1:])):
        middle = (a + b) / 2
        edge = shapely.distance(rim, shapely.points([a, middle, b])).max() < 0.002
        length = float(np.hypot(*(b - a)))
        if edge and length > 22 and (best is None or length > best[1]):
            best = (i, length)
    if best is None:
        return None
    i, length = best
    a, b = ring[i], ring[i + 1]
    along = (b - a) / length
    outward = np.array((along[1], -along[0]))
    half = min(length / 2 - 2, width * length / 2) if width < 1 else length / 2
    middle = (a + b) / 2
    tip = [middle + outward * depth]
    if width < 1:
        tip = [middle - along * half, *tip, middle + along * half]
    pushed = Polygon(np.round(np.vstack([ring[: i + 1], tip, ring[i + 1 :]]), 3), [r.coords for r in shape.interiors])
    return pushed if pushed.is_valid else None


def _bow_tie(shape: Polygon) -> Polygon | None:
    """The shape with two neighbouring vertices exchanged, so that its border crosses itself."""
    ring = np.array(shape.exterior.coords)
    if shape.interiors:
        return None
    for i in range(1, len(ring) - 2):
        swapped = ring.copy()
        swapped[[i, i + 1]] = swapped[[i + 1, i]]
        tied = Polygon(swapped)
        if not tied.is_valid and math.dist(ring[i], ring[i + 1]) > 15 and abs(tied.area - shape.area) > 50:
            return tied
    return None


def _moved(shape: Polygon, dx: float, dy: float) -> Polygon:
    return shapely.transform(shape, lambda xy: np.round(xy + (dx, dy), 3))


def _shrunk(shape: Polygon, factor: float) -> Polygon:
    """The shape drawn in from one end along its longer side."""
    corners = np.array(shape.minimum_rotated_rectangle.exterior.coords)
    sides = corners[1:3] - corners[:2]
    long = sides[np.argmax(np.hypot(*sides.T))]
    along = long / np.hypot(*long)
    start = min(corners @ along)

    def draw_in(xy: np.ndarray) -> np.ndarray:
        far = xy @ along - start
        return np.round(xy - np.outer(far * (1 - factor), along), 3)

    return shapely.transform(shape, draw_in)
