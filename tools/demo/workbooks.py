"""The office's workbooks: register, summary table and atlas index, as untidy as real ones."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from redline.tools.demo import people
from redline.tools.demo.dice import Dice
from redline.tools.demo.papers import Papers, Row

MADE = datetime.datetime(2026, 1, 8, 9, 0, 0)
OFFICE = f"填报单位：{people.COUNTY_NAME}自然资源局"
PAGE_ROWS = 45
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
Head = tuple[str, tuple[str, ...], tuple[float, ...]]

REGISTER_HEAD: tuple[Head, ...] = (
    ("序号", (), (6,)),
    ("图斑编号", (), (21,)),
    ("村名", (), (12,)),
    ("村代码", (), (15,)),
    ("权属单位", (), (24,)),
    ("地类名称", (), (9,)),
    ("面积", ("图斑面积", "基本农田面积"), (10, 13)),
    ("保护责任", ("责任人", "组责任人", "联系电话", "责任书编号"), (9, 9, 14, 23)),
    ("保护期", ("起", "止"), (13, 13)),
    ("图册页码", (), (9,)),
    ("备注", (), (8,)),
)
REGISTER_COLUMNS = sum(len(widths) for _, _, widths in REGISTER_HEAD)


class Sheet:
    """One sheet with the cell styles of an office."""

    def __init__(self, path: Path, name: str) -> None:
        self.book = xlsxwriter.Workbook(str(path))
        self.book.set_properties({"created": MADE, "author": f"{people.COUNTY_NAME}自然资源局", "company": ""})
        self.sheet = self.book.add_worksheet(name)
        font = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
        box = {**font, "border": 1}
        self.title = self.book.add_format({**font, "font_name": "黑体", "font_size": 16, "align": "center"})
        self.plain = self.book.add_format(font)
        self.right = self.book.add_format({**font, "align": "right"})
        self.head = self.book.add_format({**box, "bold": True, "align": "center", "text_wrap": True})
        self.text = self.book.add_format(box)
        self.area = self.book.add_format({**box, "num_format": "#,##0.00"})
        self.whole = self.book.add_format({**box, "num_format": "0"})
        self.date = self.book.add_format({**box, "num_format": "yyyy/m/d"})
        self.bold = self.book.add_format({**box, "bold": True})
        self.bold_area = self.book.add_format({**box, "bold": True, "num_format": "#,##0.00"})

    def cell(self, row: int, column: int, value: Any) -> None:
        """Write a value with the style that fits its kind."""
        if isinstance(value, datetime.date):
            self.sheet.write_datetime(row, column, datetime.datetime(value.year, value.month, value.day), self.date)
        elif isinstance(value, int):
            self.sheet.write_number(row, column, value, self.whole)
        elif isinstance(value, float):
            self.sheet.write_number(row, column, value, self.area)
        elif value == "":
            self.sheet.write_blank(row, column, None, self.text)
        else:
            self.sheet.write_string(row, column, value, self.text)

    def headings(self, row: int, heads: tuple[Head, ...]) -> None:
        """Two header rows, merged down over single columns and across over groups."""
        column = 0
        for name, parts, widths in heads:
            if parts:
                self.sheet.merge_range(row, column, row, column + len(parts) - 1, name, self.head)
                for offset, part in enumerate(parts):
                    self.sheet.write_string(row + 1, column + offset, part, self.head)
            else:
                self.sheet.merge_range(row, column, row + 1, column, name, self.head)
            for offset, width in enumerate(widths):
                self.sheet.set_column(column + offset, column + offset, width)
            column += len(widths)


def write_register(path: Path, papers: Papers, seed: int) -> None:
    """The register: pages with sub-totals, merged headers, codes and dates in every clerk's own style.

    Args:
        path: the workbook to write.
        papers: where the rows come from; areas in hundredths of a mu.
        seed: for the untidiness.
    """
    page = Sheet(path, "登记册")
    sheet = page.sheet
    sheet.merge_range(0, 0, 0, REGISTER_COLUMNS - 1, f"{people.COUNTY_NAME}永久基本农田保护责任登记册", page.title)
    sheet.set_row(0, 28)
    sheet.merge_range(1, 0, 1, 5, OFFICE, page.plain)
    sheet.merge_range(1, REGISTER_COLUMNS - 3, 1, REGISTER_COLUMNS - 1, "单位：亩", page.right)
    page.headings(2, REGISTER_HEAD)
    sheet.freeze_panes(4, 2)
    dice = Dice(seed, "register")
    styles: dict[str, int] = {}
    at = 4
    pages = [papers.register[i : i + PAGE_ROWS] for i in range(0, len(papers.register), PAGE_ROWS)]
    for number, rows in enumerate(pages):
        if number in (len(pages) // 3, 2 * len(pages) // 3):
            page.headings(at, REGISTER_HEAD)
            at += 2
        for offset, row in enumerate(rows):
            style = styles.setdefault(row["unit"], dice.whole(0, 4))
            for column, value in enumerate(_register_cells(number * PAGE_ROWS + offset + 1, row, style, dice)):
                page.cell(at, column, value)
            at += 1
        _sums(page, at, "本页小计", rows)
        at += 1
    _sums(page, at, "合　计", papers.register)
    foot = "填表人：叶平　　　　审核人：董海龙　　　　单位负责人：　　　　　　填表日期：2026年1月8日"
    sheet.merge_range(at + 1, 0, at + 1, REGISTER_COLUMNS - 1, foot, page.plain)
    page.book.close()


def _register_cells(number: int, row: Row, style: int, dice: Dice) -> list[Any]:
    key, unit = row["key"], row["unit"]
    oddity = dice.whole(0, 199)
    if oddity == 0:
        key = key.translate(FULL_WIDTH)
    elif oddity in (1, 2):
        key = f"{key[:12]} {key[12:]}"
    elif oddity == 3:
        key = f" {key}　"
    elif oddity == 4:
        unit = unit.translate(FULL_WIDTH)
    elif oddity in (5, 6):
        unit = f"{unit[:6]} {unit[6:9]} {unit[9:]}"
    net: Any = row["net"] / 100
    if oddity in (7, 8):
        net = f"{net:.2f}"
    return [
        number,
        key,
        row["unit_name"],
        int(unit) if style in (1, 3) and unit == row["unit"] else unit,
        row["owner"],
        row["class_name"],
        row["gross"] / 100,
        net,
        row["person"],
        row["group_person"],
        row["phone"],
        row["letter"],
        _date(row["start"], style),
        _date(row["end"], (style + 2) % 5),
        row["page"],
        "",
    ]


def _date(text: str, style: int) -> Any:
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    return (
        f"{year}.{month}.{day}",
        int(text),
        f"{year}-{month:02d}-{day:02d}",
        datetime.date(year, month, day),
        f"{year}年{month}月{day}日",
    )[style]


def _sums(page: Sheet, at: int, label: str, rows: list[Row]) -> None:
    for column in range(REGISTER_COLUMNS):
        page.sheet.write_blank(at, column, None, page.bold)
    page.sheet.merge_range(at, 0, at, 1, label, page.head)
    page.sheet.write_number(at, 6, sum(row["gross"] for row in rows) / 100, page.bold_area)
    page.sheet.write_number(at, 7, sum(row["net"] for row in rows) / 100, page.bold_area)


def write_table(path: Path, papers: Papers) -> None:
    """The summary table: three header rows, villages under their township, the county at the foot.

    Args:
        path: the workbook to write.
        papers: where the rows come from; areas in hundredths of a mu.
    """
    page = Sheet(path, "汇总表")
    sheet, head = page.sheet, page.head
    sheet.merge_range(0, 0, 0, 8, f"{people.COUNTY_NAME}永久基本农田现状汇总表", page.title)
    sheet.set_row(0, 28)
    sheet.merge_range(1, 0, 1, 3, OFFICE, page.plain)
    sheet.merge_range(1, 4, 1, 6, "数据时点：2025年12月31日", page.plain)
    sheet.merge_range(1, 7, 1, 8, "单位：亩", page.right)
    for column, (name, width) in enumerate((("行政区名称", 18), ("行政区代码", 15), ("图斑个数", 10))):
        sheet.merge_range(2, column, 4, column, name, head)
        sheet.set_column(column, column, width)
    sheet.merge_range(2, 3, 2, 8, "永久基本农田面积", head)
    sheet.set_column(3, 8, 13)
    sheet.merge_range(3, 3, 4, 3, "合计", head)
    sheet.merge_range(3, 4, 3, 7, "耕地", head)
    sheet.write_string(3, 8, "园地", head)
    for column, name in enumerate(("小计", "水田", "水浇地", "旱地", "果园"), start=4):
        sheet.write_string(4, column, name, head)
    sheet.freeze_panes(5, 2)
    county = papers.table[people.COUNTY]
    rows = [(code, row) for code, row in papers.table.items() if code != people.COUNTY]
    at = 5
    for code, row in [*rows, (people.COUNTY, county)]:
        village = len(code) == 12
        text, area = (page.text, page.area) if village else (page.bold, page.bold_area)
        sheet.write_string(at, 0, ("　　" if village else "") + row["name"], text)
        sheet.write_string(at, 1, code, text)
        sheet.write_number(at, 2, row["count"], text)
        for column, name in enumerate(("", "01", "0101", "0102", "0103", "0201"), start=3):
            if name == "0201" and row[name] == 0:
                sheet.write_blank(at, column, None, area)
            else:
                sheet.write_number(at, column, row[name] / 100, area)
        at += 1
    foot = "单位负责人：　　　　　　审核人：董海龙　　　　　　填表人：叶平　　　　　　填表日期：2026年1月8日"
    sheet.merge_range(at, 0, at, 8, foot, page.plain)
    sheet.merge_range(at + 1, 0, at + 1, 8, "注：面积按图斑汇总并强制调平。", page.plain)
    page.book.close()


def write_atlas_index(path: Path, papers: Papers) -> None:
    """The atlas index: a page a village; one village lists its plots.

    Args:
        path: the workbook to write.
        papers: where the rows come from.
    """
    page = Sheet(path, "目录")
    sheet = page.sheet
    sheet.merge_range(0, 0, 0, 4, f"{people.COUNTY_NAME}永久基本农田图册目录", page.title)
    for column, (name, width) in enumerate((("页码", 8), ("图名", 44), ("村代码", 15), ("图斑编号", 21), ("文件", 20))):
        sheet.write_string(1, column, name, page.head)
        sheet.set_column(column, column, width)
    for at, row in enumerate(papers.atlas, start=2):
        for column, name in enumerate(("page", "title", "unit", "key", "file")):
            page.cell(at, column, row[name])
    page.book.close()
