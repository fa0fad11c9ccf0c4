"""What the office keeps about the county: map, register, summary table, ground survey, atlas index, as plain rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from redline.tools.demo import people
from redline.tools.demo.county import CLASS_NAMES, County, Plot
from redline.tools.demo.dice import Dice

Row = dict[str, Any]

# Field, kind (text, real, whole) and length of the map layer, DOMAIN.md 1.1.
MAP_FIELDS: tuple[tuple[str, str, int], ...] = (
    ("BSM", "text", 18), ("YSDM", "text", 10), ("XZQDM", "text", 12), ("XZQMC", "text", 100),
    ("YJJBNTTBBH", "text", 20), ("TBBH", "text", 8), ("DLBM", "text", 5), ("DLMC", "text", 60), ("QSXZ", "text", 2),
    ("QSDWDM", "text", 19), ("QSDWMC", "text", 254), ("ZLDWDM", "text", 19), ("ZLDWMC", "text", 254),
    ("YJJBNTTBMJ", "real", 15), ("KCDLBM", "text", 5), ("KCXS", "factor", 6), ("KCMJ", "real", 15),
    ("YJJBNTMJ", "real", 15), ("GDLX", "text", 2), ("GDPDJB", "text", 2), ("GGBZL", "text", 10),
    ("TBXHDM", "text", 6), ("TBXHMC", "text", 20), ("ZZSXDM", "text", 6), ("ZZSXMC", "text", 20),
    ("GDDB", "whole", 4), ("GDDJ", "whole", 4), ("ZLFLDM", "text", 12), ("FRDBS", "text", 1), ("SJNF", "whole", 4),
    ("CFZR", "text", 20), ("ZMC", "text", 50), ("ZZRR", "text", 20), ("ZRRZJHM", "text", 18), ("ZRRMC", "text", 20),
    ("LXDH", "text", 20), ("JZDZ", "text", 50), ("BHKSSJ", "text", 8), ("BHJSSJ", "text", 8), ("SJBH", "text", 20),
    ("SJMC", "text", 50), ("ZRSYX", "text", 100), ("WDGD", "text", 10), ("SFWYYJJBNT", "text", 10),
    ("FWDGDHRLY", "text", 254), ("BZ", "text", 50),
)  # fmt: skip
PLOT_FIELDS: tuple[tuple[str, str, int], ...] = (
    ("DKBH", "text", 20), ("SCMJ", "real", 15), ("DLBM", "text", 5), ("ZLDWDM", "text", 19),
    ("ZLDWMC", "text", 60), ("DCRQ", "text", 8),
)  # fmt: skip
LEAF_CLASSES = ("0101", "0102", "0103", "0201")
MEASURES = (*LEAF_CLASSES, "01", "", "count")  # columns of the table: classes, cultivated land, all, number of plots
NO_DEDUCTION = {"KCDLBM": "", "KCXS": 0.0, "KCMJ": 0.0}


@dataclass
class Papers:
    """The five sources. Areas: square metres in map and ground rows, hundredths of a mu in register and table."""

    map: list[Row]
    register: list[Row]
    ground: list[Row]
    table: dict[str, Row]
    atlas: list[Row]

    def map_by_key(self) -> dict[str, Row]:
        """Rows of the map by plot number."""
        return {row["YJJBNTTBBH"]: row for row in self.map}

    def register_by_key(self) -> dict[str, Row]:
        """Rows of the register by plot number."""
        return {row["key"]: row for row in self.register}

    def ground_by_key(self) -> dict[str, Row]:
        """Rows of the ground survey by plot number."""
        return {row["DKBH"]: row for row in self.ground}


def mu(cents: int) -> int:
    """Hundredths of a mu from hundredths of a square metre, half away from zero: 1 mu = 2000/3 m2."""
    return (cents * 15 + 5000) // 10000


def write_papers(county: County, seed: int) -> Papers:
    """The papers of a county in which nobody makes a mistake.

    Args:
        county: the county as it truly is.
        seed: for what the county does not say, such as soil grades.
    """
    pages = {village.code: number for number, village in enumerate(sorted_villages(county), start=1)}
    dice = Dice(seed, "map rows")
    plots = sorted(county.plots, key=lambda plot: plot.key)
    return Papers(
        map=[_map_row(number, plot, dice) for number, plot in enumerate(plots, start=1)],
        register=[_register_row(plot, pages) for plot in plots],
        ground=[_ground_row(plot) for plot in plots],
        table=_table(county),
        atlas=_atlas(county, pages),
    )


def sorted_villages(county: County) -> list[Any]:
    """Villages by code."""
    return sorted(county.villages, key=lambda village: village.code)


def owner(plot: Plot) -> str:
    """The group that owns the land of a plot."""
    return plot.village.name + people.GROUP_NAMES[plot.group]


def _map_row(number: int, plot: Plot, dice: Dice) -> Row:
    cultivated = plot.land_class.startswith("01")
    planting = dice.pick((("LS", "种植粮食"),) * 8 + (("LYFL", "粮与非粮轮作"), ("FLS", "非粮食")))
    forest = cultivated and plot.slope in ("3", "4") and dice.chance(0.05)
    old = dice.chance(0.94)
    soil = (dice.whole(7, 12), dice.whole(3, 8), "".join(str(dice.whole(1, 3)) for _ in range(6)))
    row: Row = {name: "" for name, kind, _ in MAP_FIELDS if kind == "text"}
    row |= {
        "BSM": f"{people.COUNTY}{number:012d}",
        "YSDM": "2005010300",
        "XZQDM": plot.village.code,
        "XZQMC": plot.village.name,
        "YJJBNTTBBH": plot.key,
        "TBBH": plot.number,
        "DLBM": plot.land_class,
        "DLMC": CLASS_NAMES[plot.land_class],
        "QSXZ": "31",
        "QSDWDM": f"{plot.village.code}{plot.group + 1:07d}",
        "QSDWMC": owner(plot),
        "ZLDWDM": f"{plot.village.code}0000000",
        "ZLDWMC": plot.village.name,
        "YJJBNTTBMJ": plot.gross / 100,
        "YJJBNTMJ": plot.net / 100,
        **NO_DEDUCTION,
        "GDLX": plot.terrace,
        "GDPDJB": plot.slope,
        "GGBZL": {"0101": "充分满足", "0102": "满足", "0103": "无灌溉条件"}.get(plot.land_class, ""),
        "GDDB": soil[0] if cultivated else None,
        "GDDJ": soil[1] if cultivated else None,
        "ZLFLDM": f"04{plot.slope}{soil[2]}2{plot.land_class[-1]}" if cultivated else "",
        "FRDBS": "0",
        "SJNF": 2023,
        "CFZR": plot.village_person,
        "ZMC": people.GROUP_NAMES[plot.group],
        "ZZRR": plot.group_person,
        "ZRRZJHM": plot.person.identity,
        "ZRRMC": plot.person.name,
        "LXDH": plot.person.phone,
        "JZDZ": plot.person.address,
        "BHKSSJ": plot.start,
        "BHJSSJ": plot.end,
        "WDGD": "是" if cultivated else "否",
        "SFWYYJJBNT": "是" if old else "否",
        "FWDGDHRLY": "" if cultivated else "可调整园地",
    }
    if plot.factor:
        row |= {"KCDLBM": "1203", "KCXS": plot.factor / 10000, "KCMJ": plot.deduction / 100}
    if forest:
        row |= {"TBXHDM": "LQGD", "TBXHMC": "林区耕地"}
    elif cultivated:
        row |= {"ZZSXDM": planting[0], "ZZSXMC": planting[1]}
    else:
        row |= {"ZZSXDM": "JKHF", "ZZSXMC": "即可恢复"}
    return {**row, "geometry": plot.shape}


def _register_row(plot: Plot, pages: dict[str, int]) -> Row:
    return {
        "key": plot.key,
        "unit": plot.village.code,
        "unit_name": plot.village.name,
        "owner": owner(plot),
        "class_name": CLASS_NAMES[plot.land_class],
        "gross": mu(plot.gross),
        "net": mu(plot.net),
        "person": plot.person.name,
        "group_person": plot.group_person,
        "phone": plot.person.phone,
        "letter": plot.letter,
        "start": plot.start,
        "end": plot.end,
        "page": pages[plot.village.code],
    }


def _ground_row(plot: Plot) -> Row:
    return {
        "DKBH": plot.key,
        "SCMJ": plot.gross / 100,
        "DLBM": plot.land_class,
        "ZLDWDM": f"{plot.village.code}0000000",
        "ZLDWMC": plot.village.name,
        "DCRQ": "20260415",
        "geometry": plot.shape,
    }


def _table(county: County) -> dict[str, Row]:
    """The summary table by code, levelled: each parent is the sum of what is printed below it."""
    exact: dict[tuple[str, str], int] = defaultdict(int)
    counts: dict[str, int] = defaultdict(int)
    for plot in county.plots:
        exact[plot.village.code, plot.land_class] += plot.net
        counts[plot.village.code] += 1
    villages = sorted_villages(county)
    printed = {(village.code, c): mu(exact[village.code, c]) for village in villages for c in LEAF_CLASSES}
    for land_class in LEAF_CLASSES:
        codes = sorted((v.code for v in villages), key=lambda code: (-exact[code, land_class], code))
        rest = mu(sum(exact[code, land_class] for code in codes)) - sum(printed[code, land_class] for code in codes)
        for code in codes[: abs(rest)]:
            printed[code, land_class] += 1 if rest > 0 else -1
    table: dict[str, Row] = {}
    for township in county.townships:
        own = [village for village in villages if village.code.startswith(township.code)]
        table[township.code] = {"name": township.name, "count": sum(counts[v.code] for v in own)}
        table[township.code] |= {c: sum(printed[v.code, c] for v in own) for c in LEAF_CLASSES}
        for village in own:
            table[village.code] = {"name": village.name, "count": counts[village.code]}
            table[village.code] |= {c: printed[village.code, c] for c in LEAF_CLASSES}
    towns = [table[township.code] for township in county.townships]
    table[people.COUNTY] = {"name": people.COUNTY_NAME}
    table[people.COUNTY] |= {column: sum(town[column] for town in towns) for column in ("count", *LEAF_CLASSES)}
    for row in table.values():
        row["01"] = row["0101"] + row["0102"] + row["0103"]
        row[""] = row["01"] + row["0201"]
    return table


def _atlas(county: County, pages: dict[str, int]) -> list[Row]:
    return [
        {
            "page": pages[village.code],
            "title": f"{village.township}{village.name}永久基本农田保护图",
            "unit": village.code,
            "key": "",
            "file": f"{village.code}.pdf",
        }
        for village in sorted_villages(county)
        if village is not county.urban
    ]
