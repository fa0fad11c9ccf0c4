"""The ledger of cases about the demo's changes, and the table of new construction land that ratios are divided by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shapely.geometry import Point

from redline.tools.demo import areas, people
from redline.tools.demo.county import County
from redline.tools.demo.dice import Dice
from redline.tools.demo.enforcement import Enforcement
from redline.tools.demo.landuse import Survey
from redline.tools.demo.plan import Plan
from redline.tools.demo.workbooks import Head, Sheet

Row = dict[str, Any]

LEDGER = "违法案件台账.xlsx"
LAND = "新增建设用地统计表.xlsx"
_ILLEGAL = {"R7001", "R7002", "R7005", "R7006"}
_IN_PART = "R7003"
_RATIO = "county15_town8"
_HEAD: tuple[Head, ...] = (
    ("序号", (), (6,)),
    ("案件编号", (), (20,)),
    ("图斑编号", (), (26,)),
    ("所在乡镇", (), (12,)),
    ("乡镇代码", (), (12,)),
    ("当事人", (), (16,)),
    ("违法面积", (), (12,)),
    ("办案日期", ("发现日期", "立案日期", "处罚决定日期", "结案日期"), (14, 14, 14, 14)),
    ("整改", ("整改结果", "整改完成日期", "已复耕面积"), (14, 14, 13)),
    ("罚款（元）", ("罚款金额", "已缴罚款"), (12, 12)),
    ("备注", (), (10,)),
)
_COLUMNS = sum(len(widths) for _, _, widths in _HEAD)
_DAYS = ("found", "filed", "decided", "closed")
_DONE = {"result": "拆除复耕", "rectified": "20260520"}

# Cause, rule and related key (none: harmless), and what is different; the audit's day is 30 June 2026.
_PLANTED: tuple[tuple[str, str, Row], ...] = (
    ("case-order", "R7057 filed/decided", {"found": "20251020", "decided": "20251101"}),
    ("case-order", "R7057 discovered/filed", {"found": "20251120"}),
    ("case-order", "R7057 decided/closed", {"closed": "20251220"}),
    ("case-same-day", "", {"found": "20251115", "filed": "20251115", "decided": "20251115", "closed": "20251115"}),
    ("case-future", "R7059 closed", {"closed": "20260701"}),
    ("case-today", "", {"closed": "20260630"}),
    ("case-unfiled", "R7058 filed", {"filed": ""}),
    ("case-unfiled", "R7058 filed", {"filed": ""}),
    ("case-no-day", "R7064", {"rectified": ""}),
    ("case-no-day", "R7064", {"rectified": ""}),
    ("case-area", "R7062", {"factor": 1.05}),
    ("case-area", "R7062", {"factor": 0.9}),
    ("case-fine", "R7069 fine_paid", {"paid": 3000.01}),
    ("case-restored", "R7065", {"restored": 0.01}),
    ("case-future", "R7059 closed", {"closed": "20261231"}),
    ("case-future", "R7059 decided", {"decided": "20260701", "closed": ""}),
    ("case-unfiled", "R7058 filed", {"filed": ""}),
    ("case-no-day", "R7064", {"rectified": ""}),
    ("case-area", "R7062", {"factor": 1.006}),
    ("case-area-near", "", {"factor": 1.004}),
    ("case-area-near", "", {"factor": 0.996}),
    ("case-fine", "R7069 fine_paid", {"paid": 9000.0}),
    ("case-fine", "R7069 fine_paid", {"fine": 5000.0, "paid": 5000.5}),
    ("case-restored", "R7065", {"restored": 0.015}),
    ("case-restored", "R7065", {"restored": 0.0}),
)
_STRANGE_WORDS = ("待研究", "另行处理", "见附件")
_OPEN = {"result": "未整改", "rectified": "", "closed": ""}
_LARGE = 300_00
"""Hundredths of a m² of which half a hundredth is more than the square metre by which any case may differ."""


def write(out: Path, county: County, survey: Survey, made: Enforcement, plan: Plan, seed: int) -> None:
    """Write ledger and table, and note in the plan what a perfect audit says of them.

    Args:
        out: the folder.
        county: where the changes lie.
        survey: how much of their land was tilled.
        made: the changes.
        plan: knows which of them are illegal, and takes what is told.
        seed: the county's seed.
    """
    dice = Dice(seed, "cases")
    told = {rule: {one.key for one in plan.expected if one.rule == rule} for rule in (*_ILLEGAL, _IN_PART)}
    illegal = set().union(*told.values())
    changes = {row["JCBH"]: row for row in made.violations}
    towns = {key: _town(row["geometry"].centroid, county) for key, row in changes.items()}
    names = {unit.code: unit.name for unit in county.townships}
    tilled = {key: survey.cultivated(changes[key]["geometry"]) for key in illegal}
    taken = {key: cents for key, (cents, _) in tilled.items()}
    # Of these the pieces are rounded one by one: no township with one of them lies on the line.
    unclear = told[_IN_PART] | {key for key, (_, single) in tilled.items() if not single}
    _, left_open, *_ = sorted({towns[key] for key in illegal} - {towns[key] for key in unclear})
    plan.keys["ratio-over-line"] = [left_open]
    rows = _rows(changes, illegal, towns, names, plan, dice)
    lawful = _lawful(len(rows), changes, towns, names, plan)
    _write_ledger(out / LEDGER, rows + lawful, dice)
    _rates_of_cases(rows, illegal, towns, plan)
    _write_land(out / LAND, county, taken, towns, unclear, rows, plan)


def _town(point: Point, county: County) -> str:
    return next(village.code[:9] for village in county.villages if village.shape.contains(point))


def _rows(
    changes: dict[str, Row], illegal: set[str], towns: dict[str, str], names: dict[str, str], plan: Plan, dice: Dice
) -> list[Row]:
    """The cases: one an illegal change, but for three that nobody filed, and with what is planted."""
    order = dice.shuffled(sorted(illegal))
    missing, rest = order[:3], order[3:]
    plan.record("case-missing", missing)
    for key in missing:
        plan.expect("case-missing", key, "violation R7056")
    # Nothing is put right in one township, and what is small says little.
    left_open = [key for key in rest if [towns[key]] == plan.keys["ratio-over-line"]]
    large = [key for key in sorted(rest) if key not in left_open and areas.cents(changes[key]["geometry"]) > _LARGE]
    kinds = list(_PLANTED) + [("", "", {})] * (len(large) - len(_PLANTED))
    kind_of = {**dict(zip(large, dice.shuffled(kinds))), **dict.fromkeys(left_open, ("", "", _OPEN))}
    rows = []
    for number, key in enumerate(sorted(rest), start=1):
        cause, rule, change = kind_of.get(key, ("", "", {}))
        row = {**_case(number, key, changes[key], towns[key], names), **change, "cause": cause}
        rows.append(row)
        told, _, related = rule.partition(" ")
        if cause:
            plan.keys[cause] = sorted({*plan.keys.get(cause, []), row["key"]})
        if told:
            plan.expect(cause, row["key"], f"case {told}", related=related)
    plain = [row for row in rows if not row["cause"]]
    twice, again, several = plain[0], plain[1:4], plain[4:7]
    plan.record("case-twice", [twice["key"]])
    plan.expect("case-twice", twice["key"], "case R2009")
    more = [
        {**row, "key": f"示自然资罚〔2025〕{number:02d}号"} for number, row in enumerate(again + several, len(rows) + 1)
    ]
    plan.record("case-two", [row["change"] for row in again])
    for row in again:
        plan.expect("case-two", row["change"], "violation R7067")
    for row, word in zip(plain[7:10], _STRANGE_WORDS):
        row.update(result=word, rectified="", cause="case-word")
        plan.expect("case-word", word, "case R7060", related="result")
    plan.record("case-word", [row["key"] for row in plain[7:10]])
    nowhere = [
        {**row, "key": f"示自然资罚〔2025〕{number:02d}号", "town": "", "unit": "", "cause": "case-nowhere"}
        for number, row in enumerate(plain[10:13], len(rows) + len(more) + 1)
    ]
    for number, row in enumerate(nowhere):
        row["number"] = f"9901012025998{9 - number}"
        plan.expect("case-nowhere", row["key"], "case R7055", "case R7070")
    plan.record("case-nowhere", [row["key"] for row in nowhere])
    lost = more[len(again) :]
    for number, row in enumerate(lost):
        row |= {"number": f"9901012025999{9 - number}", "cause": "case-lost"}
        plan.expect("case-lost", row["key"], "case R7055")
    plan.record("case-lost", [row["key"] for row in lost])
    return [*rows, *more, *nowhere, twice]


def _lawful(
    number: int, changes: dict[str, Row], towns: dict[str, str], names: dict[str, str], plan: Plan
) -> list[Row]:
    """Cases about changes that were permitted: they are in no rate."""
    rows = [
        {**_case(at, key, changes[key], towns[key], names), "cause": "case-lawful"}
        for at, key in enumerate(plan.keys["change-permitted"][:3], start=number + 1)
        if key in changes
    ]
    plan.record("case-lawful", [row["key"] for row in rows])
    for row in rows:
        plan.expect("case-lawful", row["key"], "case R7068")
    return rows


def _case(number: int, key: str, change: Row, town: str, names: dict[str, str]) -> Row:
    """A case that was closed in time, its land as it was."""
    return {
        "key": f"示自然资罚〔2025〕{number:02d}号", "number": key, "change": key, "town": names[town], "unit": town,
        "holder": f"某某公司{number}", "shape": change["geometry"], "factor": 1.0, "found": "20251105",
        "filed": "20251115", "decided": "20251225", "closed": "20260410", "restored": None, "fine": 3000.0,
        "paid": 3000.0, **_DONE,
    }  # fmt: skip


def _rates_of_cases(rows: list[Row], illegal: set[str], towns: dict[str, str], plan: Plan) -> None:
    """R7052: units below the targets of filing (100 %) and of putting right (85 %), counted case by case."""
    cases = list({row["key"]: row for row in rows}.values())
    about = {row["change"] for row in cases}
    for unit in sorted({people.COUNTY, *(row["unit"] for row in cases), *(towns[key] for key in illegal)} - {""}):
        mine = [row for row in cases if row["unit"].startswith(unit)]
        alone = [key for key in illegal if key not in about and towns[key].startswith(unit)]
        filed = [row for row in mine if row["filed"]]
        # A day that lies ahead of the audit's counts for nothing; without a day, the word does.
        right = [row for row in mine if row["result"] == "拆除复耕"]
        due = len(alone) + sum(bool(row["filed"]) or row["result"] != "拆除复耕" for row in mine)
        for rate, part, whole, target in (
            ("filing", len(filed), due, 100), ("rectification", len(right), len(mine) + len(alone), 85),
        ):  # fmt: skip
            if whole and 100 * part < target * whole:
                plan.keys["rate-low"] = sorted({*plan.keys.get("rate-low", []), unit})
                plan.expect("rate-low", unit, "units R7052", related=rate)


def _write_ledger(path: Path, rows: list[Row], dice: Dice) -> None:
    page = Sheet(path, "台账")
    sheet = page.sheet
    sheet.merge_range(0, 0, 0, _COLUMNS - 1, f"{people.COUNTY_NAME}2025年度土地违法案件台账", page.title)
    sheet.set_row(0, 28)
    sheet.merge_range(1, 0, 1, 5, f"填报单位：{people.COUNTY_NAME}自然资源局", page.plain)
    sheet.merge_range(1, 6, 1, 8, "面积单位：亩", page.right)
    page.headings(2, _HEAD)
    sheet.freeze_panes(4, 2)
    for at, row in enumerate(rows, start=4):
        for column, value in enumerate(_cells(at - 3, row, dice)):
            page.cell(at, column, value)
    foot = len(rows) + 4
    for column in range(_COLUMNS):
        page.sheet.write_blank(foot, column, None, page.bold)
    sheet.merge_range(foot, 0, foot, 1, "合　计", page.head)
    sheet.write_number(foot, 6, sum(_mu(row) for row in rows), page.bold_area)
    page.book.close()


def _mu(row: Row) -> float:
    """The area in mu as the ledger prints it, with four decimals."""
    return float(round(areas.cents(row["shape"]) * row["factor"] * 3 / 200_000, 4))


def _cells(number: int, row: Row, dice: Dice) -> list[Any]:
    style = dice.whole(0, 3)
    return [
        number, row["key"], row["number"], row["town"], row["unit"], row["holder"], f"{_mu(row):.4f}",
        *(_date(row[name], style) for name in _DAYS), row["result"], _date(row["rectified"], style),
        "" if row["restored"] is None else f"{row['restored']:.4f}", row["fine"], row["paid"],
        "",
    ]  # fmt: skip


def _date(day: str, style: int) -> Any:
    if not day:
        return ""
    year, month, of_month = int(day[:4]), int(day[4:6]), int(day[6:])
    return (f"{year}.{month}.{of_month}", int(day), f"{year}-{month:02d}-{of_month:02d}",
            f"{year}年{month}月{of_month}日")[style]  # fmt: skip


def _write_land(
    path: Path, county: County, taken: dict[str, int], towns: dict[str, str], unclear: set[str], rows: list[Row],
    plan: Plan,
) -> None:  # fmt: skip
    """The table of new construction land: one township exactly on the line of 8 %, one over it by the least, one before
    deduction only; one with less new construction than was taken illegally, and one with none."""
    page = Sheet(path, "统计表")
    sheet = page.sheet
    sheet.merge_range(0, 0, 0, 3, f"{people.COUNTY_NAME}2025年度新增建设用地统计表", page.title)
    sheet.merge_range(1, 2, 1, 3, "单位：平方米", page.right)
    for column, (name, width) in enumerate((("行政区代码", 14), ("行政区名称", 14), ("新增建设用地面积", 20),
                                            ("其中：耕地", 16))):  # fmt: skip
        sheet.write_string(2, column, name, page.head)
        sheet.set_column(column, column, width)
    whole = 0
    for at, township in enumerate(sorted(county.townships, key=lambda unit: unit.code), start=3):
        cents = _denominator(township.code, taken, towns, unclear, rows, plan)
        whole += cents
        _line(page, at, township.code, township.name, cents)
    # The county's sum of all new construction is 100 m² too large.
    _line(page, 3 + len(county.townships), people.COUNTY, people.COUNTY_NAME, whole, 100_00)
    plan.record("land-sum", [people.COUNTY])
    plan.expect("land-sum", people.COUNTY, "new_construction R7071", related="new_total")
    page.book.close()


def _denominator(
    township: str, taken: dict[str, int], towns: dict[str, str], unclear: set[str], rows: list[Row], plan: Plan
) -> int:
    """New cultivated land of a township in hundredths of a m²: so that its share is 8 % and the least more, or 5 %."""
    mine = {key: cents for key, cents in taken.items() if towns[key] == township}
    illegal = sum(mine.values())
    if not illegal:
        return 1_000_000
    if unclear & set(mine):
        return _far_from_lines(township, mine, rows, plan)
    if plan.keys["ratio-over-line"] == [township]:
        plan.expect("ratio-over-line", township, "units R7050", related=_RATIO)
        return (illegal * 25 - 1) // 2
    if illegal % 2 == 0:
        plan.keys.setdefault("ratio-on-line", []).append(township)
        return illegal * 25 // 2
    return illegal * 20


def _far_from_lines(township: str, mine: dict[str, int], rows: list[Row], plan: Plan) -> int:
    """New cultivated land where the illegal land is known to a few square metres: none; half of it; eight times it, so
    that it is over the line only before deduction; twenty times it."""
    illegal = sum(mine.values())
    settled = {row["change"] for row in rows if row["rectified"] and row["restored"] is None}
    left = sum(cents for key, cents in mine.items() if key not in settled)
    if not plan.keys.setdefault("ratio-no-land", []):
        plan.keys["ratio-no-land"] = [township]
        plan.expect("ratio-no-land", township, "units R7053", related=_RATIO)
        return 0
    if not plan.keys.setdefault("ratio-beyond", []):
        plan.keys["ratio-beyond"] = [township]
        plan.expect("ratio-beyond", township, "units R7054", _over_line(left, illegal // 2), related=_RATIO)
        return illegal // 2
    if not plan.keys.setdefault("ratio-deducted", []) and _over_line(left, illegal * 8) == "units R7051":
        plan.keys["ratio-deducted"] = [township]
        plan.expect("ratio-deducted", township, "units R7051", related=_RATIO)
        return illegal * 8
    return illegal * 20


def _over_line(left: int, whole: int) -> str:
    """What is told of a ratio that is over 8 % before deduction, by what is left after it."""
    if 0.07 < left / whole < 0.09:
        raise ValueError(f"{left / whole} is near the line")
    return "units R7050" if left > 0.08 * whole else "units R7051"


def _line(page: Sheet, at: int, code: str, name: str, cents: int, more: int = 0) -> None:
    page.sheet.write_string(at, 0, code, page.text)
    page.sheet.write_string(at, 1, name, page.text)
    page.sheet.write_string(at, 2, f"{(2 * cents + more) / 100:.2f}", page.text)
    page.sheet.write_string(at, 3, f"{cents / 100:.2f}", page.text)
