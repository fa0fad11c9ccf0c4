"""The ledger of responsibility letters that county, townships and villages signed, with its planted mistakes."""

from __future__ import annotations

from pathlib import Path

from redline.tools.demo import people
from redline.tools.demo.county import County
from redline.tools.demo.dice import Dice
from redline.tools.demo.papers import Row, sorted_villages
from redline.tools.demo.plan import Plan
from redline.tools.demo.staff import DAY, END, TOMORROW, YESTERDAY, written
from redline.tools.demo.workbooks import Head, Sheet

LEDGER = "责任书签订台账.xlsx"
_HEAD: tuple[Head, ...] = (
    ("序号", (), (6,)),
    ("责任书编号", (), (22,)),
    ("签订级别", (), (10,)),
    ("责任单位", (), (16,)),
    ("单位代码", (), (15,)),
    ("签订人", (), (10,)),
    ("签订日期", (), (13,)),
    ("责任期限", ("责任期起", "责任期止"), (13, 13)),
    ("责任面积（亩）", (), (14,)),
    ("备注", (), (8,)),
)
_COLUMNS = sum(len(widths) for _, _, widths in _HEAD)
_SIGNED, _START = "20240110", "20240101"


def write_letters(path: Path, county: County, plan: Plan, seed: int) -> None:
    """The ledger; mistakes are noted in the plan.

    Args:
        path: the workbook to write.
        county: whose units sign.
        plan: takes what a perfect audit reports.
        seed: the county's seed.
    """
    dice = Dice(seed, "letters")
    area: dict[str, int] = {}
    for plot in county.plots:
        for digits in (6, 9, 12):
            code = plot.village.code[:digits]
            area[code] = area.get(code, 0) + plot.net
    units = [("县级", people.COUNTY, people.COUNTY_NAME)]
    units += [("乡级", unit.code, unit.name) for unit in sorted(county.townships, key=lambda unit: unit.code)]
    units += [("村级", unit.code, unit.name) for unit in sorted_villages(county)]
    rows = {
        code: {
            "key": f"责任书〔2024〕{number:03d}号", "level": level, "name": name, "unit": code,
            "person": people.name(dice), "signed": _SIGNED, "start": _START, "end": END, "area": area.get(code, 0),
        }
        for number, (level, code, name) in enumerate(units, start=1)
    }  # fmt: skip
    _write(path, _spoiled(rows, plan, seed), dice)


def _spoiled(rows: dict[str, Row], plan: Plan, seed: int) -> list[Row]:
    villages = Dice(seed, "letters", "villages").shuffled([code for code in rows if len(code) == 12])
    townships = Dice(seed, "letters", "townships").shuffled([code for code in rows if len(code) == 9])

    def lacks(cause: str, code: str) -> None:
        plan.expect(cause, code, "letter R9045", related="township" if len(code) == 9 else "village")

    missing = [townships[0], *villages[:2]]
    for code in missing:
        del rows[code]
        lacks("responsibility-letter-missing", code)
    off = {villages[2]: ("end", YESTERDAY), villages[3]: ("start", TOMORROW), townships[1]: ("end", "20251231")}
    for code, (field, day) in off.items():
        rows[code][field] = day
        lacks("responsibility-letter-over", code)
        plan.expect("responsibility-letter-over", rows[code]["key"], "letter R9048", related=code)
    edge = {villages[4]: ("end", DAY), villages[5]: ("start", DAY)}
    for code, (field, day) in edge.items():
        rows[code][field] = day
    one, other = villages[6], villages[7]
    rows[other]["key"] = rows[one]["key"]
    plan.expect("responsibility-letter-twice", rows[one]["key"], "letter R9047")
    lost = {**rows[villages[8]], "key": "责任书〔2024〕901号", "unit": "990101098", "name": "撤并乡"}
    plan.expect("responsibility-letter-lost", lost["key"], "letter R9046")
    named = villages[9]
    rows[named]["unit"] = ""
    for cause, codes in (
        ("responsibility-letter-missing", missing), ("responsibility-letter-over", list(off)),
        ("responsibility-letter-edge", list(edge)), ("responsibility-letter-twice", [one, other]),
        ("responsibility-letter-lost", [lost["key"]]), ("responsibility-letter-named", [named]),
    ):  # fmt: skip
        plan.keys[cause] = sorted(codes)
    return [*rows.values(), lost]


def _write(path: Path, rows: list[Row], dice: Dice) -> None:
    page = Sheet(path, "责任书台账")
    sheet = page.sheet
    sheet.merge_range(0, 0, 0, _COLUMNS - 1, f"{people.COUNTY_NAME}永久基本农田保护责任书签订台账", page.title)
    sheet.set_row(0, 28)
    page.headings(1, _HEAD)
    sheet.freeze_panes(3, 2)
    for number, row in enumerate(rows, start=1):
        style = dice.whole(0, 3)
        cells = [
            number, row["key"], row["level"], row["name"], row["unit"], row["person"],
            *(written(row[day], style) for day in ("signed", "start", "end")), row["area"] * 3 / 200_000, "",
        ]  # fmt: skip
        for column, value in enumerate(cells):
            page.cell(number + 2, column, value)
    page.book.close()
