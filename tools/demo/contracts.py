"""The office's ledger of land contracts: as untidy as real ones, with idle land on both sides of every limit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from redline.tools.demo import people
from redline.tools.demo.county import County
from redline.tools.demo.dice import Dice
from redline.tools.demo.plan import Plan
from redline.tools.demo.workbooks import Head, Sheet

Row = dict[str, Any]

LEDGER = "供地台账.xlsx"
_GOOD = 26
_PAGE = 20
_HEAD: tuple[Head, ...] = (
    ("序号", (), (6,)),
    ("合同编号", (), (18,)),
    ("批准文号", (), (22,)),
    ("宗地位置", ("所在乡镇", "行政区代码"), (12, 12)),
    ("受让人", (), (22,)),
    ("项目名称", (), (24,)),
    ("面积", ("出让面积", "应动工开发面积", "已动工开发面积"), (11, 15, 15)),
    ("出让价款（万元）", (), (16,)),
    ("投资（万元）", ("总投资", "已投资"), (12, 12)),
    ("合同签订日期", (), (14,)),
    ("动工", ("约定动工日期", "实际动工日期", "停工日期", "竣工日期"), (14, 14, 14, 14)),
    ("未动工原因", (), (22,)),
    ("备注", (), (8,)),
)
_COLUMNS = sum(len(widths) for _, _, widths in _HEAD)
_AREAS = {7: "area", 8: "due", 9: "developed"}
_NEVER = {"developed": 0.0, "invested": 0.0, "start": "", "finish": "", "signed": "20210105"}
_STOPPED = {"signed": "20210105", "start": "20230301", "finish": "", "area": 1.5, "due": 1.5,
            "developed": 0.45, "total": 8000.0, "invested": 4000.0}

# Numbers of permits that were never granted.
_NO_PERMIT = ("示政土批〔2019〕77号", "示政土批〔2020〕802号", "NZ2020-900")

_IDLE = ("R7083", "R7084", "R7085")
# Cause, rule (none: harmless), and what is different; the audit's day is 30 June 2026.
_PLANTED: tuple[tuple[str, str, Row], ...] = (
    ("idle-fee", "R7083", {**_NEVER, "agreed": "20250629"}),
    ("idle-fee", "R7083", {**_NEVER, "agreed": "20240701"}),
    ("idle-fee", "R7083", {**_NEVER, "agreed": "20250101"}),
    ("idle-year", "", {**_NEVER, "agreed": "20250630"}),
    ("idle-year", "", {**_NEVER, "agreed": "20260901"}),
    ("idle-year", "", {**_NEVER, "agreed": "20260630"}),
    ("idle-back", "R7084", {**_NEVER, "agreed": "20240630"}),
    ("idle-back", "R7084", {**_NEVER, "agreed": "20231015"}),
    ("idle-back", "R7084", {**_NEVER, "agreed": "20220401"}),
    ("idle-stopped", "R7083", {**_STOPPED, "stop": "20250630"}),
    ("idle-stopped", "R7083", {**_STOPPED, "developed": 0.4999, "stop": "20240920"}),
    ("idle-stopped", "R7083", {**_STOPPED, "developed": 1.2, "invested": 1999.99, "stop": "20241105"}),
    ("idle-enough", "", {**_STOPPED, "developed": 0.5, "invested": 2000.0, "stop": "20240920"}),
    ("idle-enough", "", {**_STOPPED, "stop": "20250701"}),
    ("idle-exempt", "R7085", {**_NEVER, "agreed": "20230601", "why": "政府原因，未按约定交付土地"}),
    ("idle-exempt", "R7085", {**_NEVER, "agreed": "20240201", "why": "规划调整"}),
    ("idle-exempt", "R7085", {**_STOPPED, "stop": "20240110", "why": "洪水，不可抗力"}),
    ("contract-undated", "R7086", {**_NEVER, "agreed": ""}),
    ("contract-undated", "R7086", {**_NEVER, "agreed": "", "signed": ""}),
    ("contract-undated", "R7086", {**_NEVER, "agreed": "", "signed": "20230310"}),
    ("contract-order", "R7087 signed/actual_start", {
        "signed": "20230510", "agreed": "20240101", "start": "20230509", "finish": "",
    }),
    ("contract-order", "R7087 actual_start/stopped_work", {
        "signed": "20210105", "start": "20230801", "stop": "20230731", "finish": "",
    }),
    ("contract-order", "R7087 finished", {"finish": "20260701"}),
    ("contract-over", "R7088 developed_area", {"area": 1.2, "due": 1.2, "developed": 1.2002}),
    ("contract-over", "R7088 invested", {"total": 950.0, "invested": 950.01}),
    ("contract-over", "R7088 invested", {"total": 800.0, "invested": 1000.0}),
    ("contract-full", "", {"area": 1.2, "due": 1.2, "developed": 1.2, "total": 950.0, "invested": 950.0}),
    ("contract-no-start", "R7090", {"start": "", "finish": "", "area": 1.4, "due": 1.4, "developed": 0.6}),
    ("contract-no-start", "R7090", {"start": "", "finish": "", "area": 1.4, "due": 1.4, "developed": 1.0}),
    ("contract-no-start", "R7090", {"start": "", "finish": "", "area": 1.4, "due": 1.4, "developed": 0.9}),
)


def write_contracts(
    path: Path, county: County, permits: list[Row], parts: list[tuple[Row, float]], seed: int, plan: Plan
) -> None:
    """The ledger of contracts with its planted mistakes, which are noted in the plan.

    Args:
        path: the workbook to write.
        county: where the land lies.
        permits: those whose land lies idle: as many contracts that were never begun name them.
        parts: permits, and the share of their land that a contract which was kept supplies.
        seed: the county's seed.
        plan: takes what a perfect audit reports.
    """
    dice = Dice(seed, "contracts")
    changes: list[tuple[str, str, Row]] = [("", "", {})] * _GOOD + list(_PLANTED)
    rows = [
        {**_contract(number, county, dice), **change, "cause": cause, "rule": rule}
        for number, (cause, rule, change) in enumerate(dice.shuffled(changes), start=1)
    ]
    idle = [row for row in rows if row["rule"] in _IDLE and row["start"] == ""]
    if len(idle) != len(permits):
        raise ValueError(f"{len(permits)} permits for {len(idle)} idle contracts")
    for row, permit in zip(idle, permits):
        row.update(_of_permit(permit, county))
    kept = [row for row in rows if not row["cause"]]
    for row, (permit, share) in zip(kept[1:], parts):
        row.update(_of_permit(permit, county, share))
        row["developed"] = row["area"] if row["finish"] else round(row["area"] * 0.6, 4)
    strange = kept[-len(_NO_PERMIT) :]
    for row, number in zip(strange, _NO_PERMIT):
        row.update(permit=number, rule="R7091", cause="contract-permit")
    plan.record("contract-permit", [row["key"] for row in strange])
    for cause in dict.fromkeys(cause for cause, _, _ in _PLANTED):
        plan.record(cause, [row["key"] for row in rows if row["cause"] == cause])
    for row in rows:
        rule, _, related = row["rule"].partition(" ")
        if rule:
            plan.expect(row["cause"], row["key"], f"contract {rule}", related=related)
    twice = kept[0]
    plan.record("contract-twice", [twice["key"]])
    plan.expect("contract-twice", twice["key"], "contract R2009")
    _write(path, [*rows, twice], dice)


def _contract(number: int, county: County, dice: Dice) -> Row:
    """A contract with which nothing is wrong: begun in time, going on or finished."""
    township = dice.pick(county.townships)
    year = dice.whole(2021, 2023)
    area = dice.whole(60, 300) / 100
    finished = dice.chance(0.4)
    return {
        "key": f"示土让〔{year}〕{number:03d}号",
        "permit": "",
        "town": township.name,
        "unit": township.code,
        "holder": dice.pick(("宏达建材", "兴农食品", "恒泰置业", "金谷粮油", "华兴机械", "绿源农业")) + "有限公司",
        "project": dice.pick(("标准厂房", "粮食烘干中心", "住宅小区", "冷链物流园", "农机市场", "食品加工厂")) + "项目",
        "area": area,
        "due": area,
        "developed": area if finished else round(area * 0.6, 2),
        "price": float(dice.whole(80, 900)),
        "total": float(dice.whole(1000, 9000)),
        "invested": 900.0,
        "signed": f"{year}0{dice.whole(1, 4)}{dice.whole(10, 28)}",
        "agreed": f"{year + 1}0{dice.whole(1, 9)}{dice.whole(10, 28)}",
        "start": f"{year}1{dice.whole(0, 2)}{dice.whole(10, 28)}",
        "stop": "",
        "finish": f"2025{dice.whole(10, 12)}{dice.whole(10, 28)}" if finished else "",
        "why": "",
    }


def _of_permit(permit: Row, county: County, share: float = 1.0) -> Row:
    """What a contract says that supplies so much of a permit's land; a clerk writes its number with other brackets."""
    township = next(one for one in county.townships if permit["XZQDM"].startswith(one.code))
    area = round(permit["DKMJ"] * share / 10_000, 4)
    number = permit["PZWH"].replace("〔", "[").replace("〕", "]")
    return {"town": township.name, "unit": township.code, "area": area, "due": area, "permit": number}


def _write(path: Path, rows: list[Row], dice: Dice) -> None:
    page = Sheet(path, "供地台账")
    sheet = page.sheet
    sheet.merge_range(0, 0, 0, _COLUMNS - 1, f"{people.COUNTY_NAME}国有建设用地供应及开发利用台账", page.title)
    sheet.set_row(0, 28)
    sheet.merge_range(1, 0, 1, 5, f"填报单位：{people.COUNTY_NAME}自然资源局", page.plain)
    sheet.merge_range(1, 7, 1, 9, "面积单位：公顷", page.right)
    page.headings(2, _HEAD)
    sheet.freeze_panes(4, 2)
    at = 4
    for start in range(0, len(rows), _PAGE):
        for number, row in enumerate(rows[start : start + _PAGE], start=start + 1):
            for column, value in enumerate(_cells(number, row, dice)):
                page.cell(at, column, value)
            at += 1
        _sums(page, at, "本页小计", rows[start : start + _PAGE])
        at += 1
    _sums(page, at, "合　计", rows)
    foot = "填表人：叶平　　　　审核人：董海龙　　　　填表日期：2026年7月1日"
    sheet.merge_range(at + 1, 0, at + 1, _COLUMNS - 1, foot, page.plain)
    page.book.close()


def _cells(number: int, row: Row, dice: Dice) -> list[Any]:
    style: Callable[[str], Any] = dice.pick((_dotted, _plain, _dashed, _in_words))
    return [
        number, row["key"], row["permit"], row["town"], row["unit"], row["holder"], row["project"],
        *(f"{row[name]:.4f}" for name in _AREAS.values()), row["price"], row["total"], row["invested"],
        *(style(row[name]) if row[name] else "" for name in ("signed", "agreed", "start", "stop", "finish")),
        row["why"], "",
    ]  # fmt: skip


def _dotted(day: str) -> str:
    return f"{int(day[:4])}.{int(day[4:6])}.{int(day[6:])}"


def _plain(day: str) -> int:
    return int(day)


def _dashed(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


def _in_words(day: str) -> str:
    return f"{int(day[:4])}年{int(day[4:6])}月{int(day[6:])}日"


def _sums(page: Sheet, at: int, label: str, rows: list[Row]) -> None:
    for column in range(_COLUMNS):
        page.sheet.write_blank(at, column, None, page.bold)
    page.sheet.merge_range(at, 0, at, 1, label, page.head)
    for column, name in _AREAS.items():
        page.sheet.write_number(at, column, sum(row[name] for row in rows), page.bold_area)
