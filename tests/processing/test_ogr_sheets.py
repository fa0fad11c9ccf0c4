"""What OGR really delivers for spreadsheets, and that it is understood alike whatever way it comes.

The facts tested here stand in the docstring of core/workbooks/sheet.py.
"""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from redline.core.standards import profile
from redline.core.workbooks import read_sheet, summary_rows

ogr = pytest.importorskip("osgeo.ogr")
gdal = pytest.importorskip("osgeo.gdal")

MODES = ("AUTO", "FORCE", "DISABLE")
KNOWN = profile("register").vocabulary()

Open = Callable[..., tuple[pd.DataFrame, list[int]]]


@pytest.fixture
def cells_of() -> Iterator[Open]:
    """Opens the first sheet of a file: its cells as OGR gives them, and the feature ids."""
    set_options: set[str] = set()

    def read(path: Path, headers: str = "DISABLE", types: str = "STRING") -> tuple[pd.DataFrame, list[int]]:
        driver = path.suffix[1:].upper()
        for option, value in ((f"OGR_{driver}_HEADERS", headers), (f"OGR_{driver}_FIELD_TYPES", types)):
            gdal.SetConfigOption(option, value)
            set_options.add(option)
        source = ogr.Open(str(path))
        layer = source.GetLayer(0)
        definition = layer.GetLayerDefn()
        count = definition.GetFieldCount()
        rows, ids = [], []
        for feature in layer:
            rows.append([feature.GetField(j) if feature.IsFieldSetAndNotNull(j) else None for j in range(count)])
            ids.append(feature.GetFID())
        names = [definition.GetFieldDefn(j).GetName() for j in range(count)]
        return pd.DataFrame(rows, columns=names, dtype=object), ids

    yield read
    for option in set_options:
        gdal.SetConfigOption(option, None)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """A register with title, unit line, two header rows with merges, merged villages, total and signature."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    path = tmp_path / "登记册.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("登记册")
    border = book.add_format({"border": 1})
    mu = book.add_format({"num_format": '0.00"亩"'})
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.merge_range("A1:G1", "示范县永久基本农田登记册", border)
    sheet.write("A2", "填报单位：示范县")
    sheet.write("G2", "单位：亩")
    for place, label in (("A4:A5", "村"), ("B4:B5", "图斑编号"), ("C4:D4", "面积"), ("E4:E5", "保护\n开始时间")):
        sheet.merge_range(place, label, border)
    sheet.write("C5", "图斑面积", border)
    sheet.write("D5", "基本农田面积", border)
    sheet.merge_range("F4:F5", "责任人", border)
    sheet.merge_range("A6:A7", "一村", border)
    for i, (village, key, person) in enumerate(
        [("", "00101", "张三"), ("", "00102", "李四"), ("二村", "00201", "王五")]
    ):
        row = 5 + i
        if village:
            sheet.write(row, 0, village)
        sheet.write_string(row, 1, key)
        sheet.write_number(row, 2, 12.5 + i, mu)
        sheet.write_number(row, 3, 0.1 + 0.2)
        sheet.write_datetime(row, 4, datetime.datetime(2024, 5, 1), date)
        sheet.write(row, 5, person)
    sheet.write("A10", "合 计")
    sheet.write_formula("C10", "=SUM(C6:C8)", mu, 40.5)
    sheet.write("A12", "制表人：张三")
    sheet.write("D12", "日期：2024年5月1日")
    for row in range(12, 40):
        sheet.write_blank(row, 0, None, border)
    book.close()
    return path


def test_merged_cells_blank_rows_and_feature_ids(register: Path, cells_of: Open) -> None:
    cells, ids = cells_of(register)
    assert ids == list(range(1, 41))
    assert list(cells) == [f"Field{j + 1}" for j in range(7)]
    assert cells.iloc[0].tolist() == ["示范县永久基本农田登记册", *[None] * 6]
    assert cells.iloc[2].isna().all()
    assert cells.iloc[3].tolist() == ["村", "图斑编号", "面积", None, "保护\n开始时间", "责任人", None]
    assert cells.iloc[5].tolist() == ["一村", "00101", "12.5", "0.3", "2024/05/01", "张三", None]
    assert cells.iloc[6, 0] is None
    assert cells.iloc[39].isna().all()


@pytest.mark.parametrize("headers", MODES)
@pytest.mark.parametrize("types", ["STRING", "AUTO"])
def test_an_untidy_register_is_read_alike_in_every_mode(
    register: Path, cells_of: Open, headers: str, types: str
) -> None:
    cells, ids = cells_of(register, headers, types)
    for sheet in (read_sheet(cells, KNOWN), read_sheet(cells, KNOWN, ids)):
        assert list(sheet.rows) == ["村", "图斑编号", "面积/图斑面积", "面积/基本农田面积", "保护开始时间", "责任人"]
        assert sheet.row_numbers.tolist() == [6, 7, 8]
        assert sheet.rows["村"].tolist() == ["一村", "一村", "二村"]
        assert sheet.rows["图斑编号"].tolist() == ["00101", "00102", "00201"]
        assert sheet.total_numbers.tolist() == [10]
        assert (sheet.title, sheet.unit) == ("示范县永久基本农田登记册", "mu")
        told = dict(zip(sheet.dropped["row"], sheet.dropped["kind"]))
        assert [told[row] for row in (1, 2, 3, 4, 5, 9, 12, 40 - (headers == "FORCE"))] == [
            "title", "info", "empty", "header", "header", "empty", "signature", "empty",
        ]  # fmt: skip


@pytest.mark.parametrize("headers", MODES)
def test_a_clean_sheet_in_every_mode(tmp_path: Path, cells_of: Open, headers: str) -> None:
    """AUTO finds the header only if a number follows it; both ways the sheet reads the same."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    for name, amount in (("numbers", 1.5), ("texts", "1.5")):
        path = tmp_path / f"{name}.xlsx"
        book = xlsxwriter.Workbook(str(path))
        sheet = book.add_worksheet()
        for row, line in enumerate(
            [["图斑编号", "村", "图斑面积"], ["00101", "一村", amount], ["00102", "一村", amount]]
        ):
            for column, value in enumerate(line):
                sheet.write(row, column, value)
        book.close()
        cells, _ = cells_of(path, headers)
        assert ("图斑编号" in cells) == (headers == "FORCE" or (headers == "AUTO" and name == "numbers"))
        read = read_sheet(cells, KNOWN)
        assert read.rows.values.tolist() == [["00101", "一村", "1.5"], ["00102", "一村", "1.5"]]
        assert read.row_numbers.tolist() == [2, 3]


def test_what_is_lost_on_the_way(tmp_path: Path, cells_of: Open) -> None:
    """Digits of long numbers, formats, and formulas that nobody has calculated."""
    openpyxl = pytest.importorskip("openpyxl")
    path = tmp_path / "lost.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["图斑编号", "比例", "面积", "误"])
    sheet.append([990101001001000123, 0.125, "=1+1", "#N/A"])
    sheet["B2"].number_format = "0.0%"
    book.save(path)
    cells, _ = cells_of(path)
    assert [str(cell).lower() for cell in cells.iloc[1]] == ["9.901010010010001e+17", "0.125", "none", "#n/a"]


def test_opendocument(tmp_path: Path, cells_of: Open) -> None:
    def cell(value: Any, attributes: str = "") -> str:
        if value is None:
            return "<table:covered-table-cell/>"
        if isinstance(value, float):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        return f'<table:table-cell office:value-type="string" {attributes}><text:p>{value}</text:p></table:table-cell>'

    across = 'table:number-columns-spanned="2" table:number-rows-spanned="1"'
    down = 'table:number-columns-spanned="1" table:number-rows-spanned="2"'
    rows = [
        cell("登记册", across) + cell(None),
        cell("村", down) + cell("面积（公顷）", across) + cell(None),
        cell(None) + cell("水田") + cell("旱地"),
        cell("一村", down) + cell(1.5) + cell(990101001001.0),
        cell(None) + cell(2.5) + cell(3.5),
    ]
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    head = f'xmlns:office="{space}office:1.0" xmlns:table="{space}table:1.0" xmlns:text="{space}text:1.0"'
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    empty = '<table:table-row table:number-rows-repeated="1000"><table:table-cell/></table:table-row>'
    content = (
        f"<office:document-content {head}><office:body><office:spreadsheet>"
        f'<table:table table:name="表">{body}{empty}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    path = tmp_path / "表.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    cells, ids = cells_of(path)
    assert ids == [1, 2, 3, 4, 5], "the empty rows that fill the sheet are left out"
    assert cells.iloc[3].tolist() == ["一村", "1.5", "990101001001.0"]
    sheet = read_sheet(cells, KNOWN)
    assert list(sheet.rows) == ["村", "面积(公顷)/水田", "面积(公顷)/旱地"]
    assert sheet.rows["村"].tolist() == ["一村", "一村"]
    assert sheet.unit_of("面积(公顷)/水田") == "ha"


def test_csv_leaves_out_blank_lines(tmp_path: Path, cells_of: Open) -> None:
    path = tmp_path / "表.csv"
    lines = ["示范县汇总表,,", "单位：亩,,", "", "乡镇,面积,编号", '甲镇,"1,234.5",001', '合计,"1,234.5",']
    path.write_text("\r\n".join(lines), encoding="utf-8-sig")
    cells, ids = cells_of(path)
    assert list(cells) == ["示范县汇总表", "field_2", "field_3"]
    assert ids == [1, 2, 3, 4]
    sheet = read_sheet(cells, KNOWN)
    assert (sheet.title, sheet.unit) == ("示范县汇总表", "mu")
    assert sheet.rows.values.tolist() == [["甲镇", "1,234.5", "001"]]
    assert len(sheet.totals) == 1


@pytest.mark.parametrize("headers", MODES)
def test_the_demo_county(root: Path, cells_of: Open, headers: str) -> None:
    """The demo's summary table: 47 rows, their parents by code, and both equations of its columns."""
    path = root / "resources" / "demo" / "永久基本农田现状汇总表.xlsx"
    table = profile("summary")
    cells, ids = cells_of(path, headers)
    sheet = read_sheet(cells, table.vocabulary(), ids)
    assert (sheet.title, sheet.unit) == ("示范县永久基本农田现状汇总表", "mu")
    result = summary_rows(sheet, table)
    lines = result.cells.drop_duplicates("row")
    assert (lines["level"].value_counts()[["county", "township"]] == [1, 6]).all()
    assert lines.loc[lines["parent"] == 0, "level"].tolist() == ["county"]
    assert sorted(set(result.cells["land_class"])) == ["", "01", "0101", "0102", "0103", "0201"]
    assert [(total.rpartition("/")[2], len(parts)) for total, parts in result.column_sums] == [("合计", 2), ("小计", 3)]
    assert result.notes == []
