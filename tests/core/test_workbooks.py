"""Untidy sheets as offices keep them, built row by row the way OGR delivers them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redline.core import frames
from redline.core.findings import Findings
from redline.core.standards import profile
from redline.core.units import parse_number
from redline.core.workbooks import Sheet, Summary, read_sheet, summary_rows, tables_of
from tests.core.counting import calls

REGISTER = profile("register")
TABLE = profile("summary")
KNOWN = REGISTER.vocabulary()
_ = None

CLEAN = [
    ["图斑编号", "坐落单位名称", "地类名称", "图斑面积", "责任人"],
    ["99010100100100001", "一村", "水田", "12.5", "张三"],
    ["99010100100100002", "一村", "旱地", "3.25", "李四"],
    ["99010100100200001", "二村", "水田", "7", "王五"],
]


def grid(rows: Sequence[Sequence[Any]], names: Sequence[str] = ()) -> pd.DataFrame:
    """Rows as OGR gives them with headers off: Field1 …, None for empty cells."""
    width = max(len(row) for row in rows)
    full = [[*row, *[None] * (width - len(row))] for row in rows]
    return pd.DataFrame(full, columns=list(names) or [f"Field{j + 1}" for j in range(width)], dtype=object)


def read(rows: Sequence[Sequence[Any]], words: frozenset[str] = KNOWN) -> Sheet:
    return read_sheet(grid(rows), words)


def body(sheet: Sheet) -> list[list[Any]]:
    return sheet.rows.values.tolist()


def kinds(sheet: Sheet) -> dict[int, str]:
    return dict(zip(sheet.dropped["row"], sheet.dropped["kind"]))


def codes_of(sheet: Sheet) -> list[str]:
    return [note.code for note in sheet.notes]


class TestSecondTable:
    HEAD = ("序号", "图斑编号", "村", "地类", "永久基本农田面积(亩)", "责任人")
    ROWS = tuple([str(i), f"99010100100100{i:03d}", "一村", "水田", str(10 + i), "张三"] for i in range(1, 9))

    @pytest.mark.parametrize("caption", [[], [["表二"]], [[], ["表二"], ["单位：平方米"]], [["表二"], []]])
    def test_other_columns_are_no_data(self, caption: list[list[Any]]) -> None:
        other = [[row[0], row[2], row[1], row[4], row[3], row[5]] for row in self.ROWS[4:]]
        head = ["序号", "村", "图斑编号", "永久基本农田面积(亩)", "地类", "责任人"]
        sheet = read([self.HEAD, *self.ROWS[:4], ["合计", _, _, _, "50"], *caption, head, *other, ["合计", _, _, "66"]])
        assert body(sheet) == list(self.ROWS[:4])
        assert sheet.totals["序号"].tolist() == ["合计"]
        assert sheet.unit is None
        said = [note for note in sheet.notes if note.code == "sheet.second_table"]
        assert [note.values["row"] for note in said] == [7 + caption.index(["表二"]) if caption else 7]
        assert "表二" in said[0].text("zh") or not caption

    def test_another_unit_is_another_table(self) -> None:
        head = [*self.HEAD[:4], "永久基本农田面积(平方米)", "责任人"]
        sheet = read([self.HEAD, *self.ROWS[:4], head, *self.ROWS[4:]])
        assert body(sheet) == list(self.ROWS[:4])

    CONTRACTS = (
        ["合同编号", "批准文号", "出让面积(平方米)", "合同签订日期", "约定动工日期"],
        *([f"HT-{i:03d}", "豫政土〔2023〕1号", "1000", "2022-01-01", "2023-01-01"] for i in range(1, 5)),
    )

    @pytest.mark.parametrize("again", [True, False])
    @pytest.mark.parametrize("blank", [[], [[]]])
    @pytest.mark.parametrize(
        "caption",
        [
            [["住宅用地供应台账"]], [["住宅用地供应台账（2025年）"]], [["示范县自然资源局"], ["住宅用地供应台账"]],
            [["住宅用地供应台账", _, _, "单位：平方米"]], [["附件2", _, "住宅用地供应台账"]],
            [["住宅用地供应台账", "2025年度"]], [["住宅用地供应情况"], [], ["单位：平方米"], []],
            [["住宅用地供应情况"], ["填报单位：示范县自然资源局", _, _, "2026年6月"]],
        ],
    )  # fmt: skip
    def test_its_title_is_no_record(self, caption: list[list[Any]], blank: list[list[Any]], again: bool) -> None:
        """Not where the records begin with a text, as titles do, and whether its header is that of the first or not."""
        first, *rows = self.CONTRACTS
        below = [first, *rows[2:]] if again else [row[::-1] for row in (first, *rows[2:])]
        sheet = read([first, *rows[:2], *blank, *caption, *below], profile("contract").vocabulary())
        assert body(sheet) == (rows if again else rows[:2])
        assert next(row for row, kind in kinds(sheet).items() if row > 3 and kind != "empty") == 4 + len(blank)

    @pytest.mark.parametrize("title", ["住宅用地供应台账", "住宅用地一览表(2025年)"])
    def test_a_title_without_a_header_is_no_record(self, title: str) -> None:
        first, *rows = self.CONTRACTS
        sheet = read([first, *rows[:2], [title], *rows[2:], [title]], profile("contract").vocabulary())
        assert body(sheet) == rows
        assert kinds(sheet) == {1: "header", 4: "section", 7: "note"}

    @pytest.mark.parametrize("lone", ["HT-900", "12"])
    def test_a_record_over_a_header_is_no_title(self, lone: str) -> None:
        first, *rows = self.CONTRACTS
        sheet = read([first, *rows[:2], [lone], first, *rows[2:]], profile("contract").vocabulary())
        assert [row[0] for row in body(sheet)] == ["HT-001", "HT-002", lone, "HT-003", "HT-004"]

    @pytest.mark.parametrize("title", [[], [["责任村清单（续）"]]])
    def test_records_of_a_text_alone_over_a_header_are_none(self, title: list[list[Any]]) -> None:
        """In a narrow table, whose second column few rows fill in, every page begins with the header."""
        head, rows = ["坐落单位名称", "备注"], [["一村", _], ["二村", "在外"], ["三村", _], ["四村", _], ["五村", _]]
        sheet = read([head, *rows[:4], *title, head, *rows[4:]])
        assert body(sheet) == rows
        assert list(kinds(sheet).values()) == ["header", *["section" for _ in title], "repeated"]

    def test_the_first_header_takes_up_its_table_again(self) -> None:
        summary = [["村", "图斑个数", "面积"], ["一村", "8", "88"]]
        sheet = read([self.HEAD, *self.ROWS[:4], *summary, self.HEAD, *self.ROWS[4:]])
        assert body(sheet) == list(self.ROWS)
        assert "sheet.second_table" in codes_of(sheet)

    def test_the_same_header_printed_otherwise_is_a_repetition(self) -> None:
        head = ["序 号", "图斑编号", "村", "地类", "永久基本农田面积（亩）"]
        sheet = read([self.HEAD, *self.ROWS[:4], head, *self.ROWS[4:]])
        assert body(sheet) == list(self.ROWS)
        assert codes_of(sheet) == ["sheet.repeated"]

    def test_classes_side_by_side_are_data(self) -> None:
        rows = [["一村", "水田", "旱地"], ["二村", "旱地", "水田"], ["三村", "水田", "园地"]]
        assert body(read([["村", "原地类", "现地类"], *rows], TABLE.vocabulary())) == rows


class TestPlainTables:
    def test_a_clean_table_comes_through_untouched(self) -> None:
        cells = grid(CLEAN[1:], CLEAN[0])
        sheet = read_sheet(cells, KNOWN)
        pd.testing.assert_frame_equal(sheet.rows, cells, check_column_type=False)
        assert sheet.row_numbers.tolist() == [2, 3, 4]
        assert (sheet.notes, sheet.title, sheet.unit, len(sheet.totals)) == ([], "", None, 0)
        assert kinds(sheet) == {1: "header"}

    def test_typed_columns_keep_their_types(self) -> None:
        cells = pd.DataFrame({"图斑编号": ["a", "b"], "图斑面积": [1.5, np.nan], "数据年份": [2023, 2024]})
        pd.testing.assert_frame_equal(read_sheet(cells, KNOWN).rows, cells, check_column_type=False)

    def test_the_input_is_left_alone(self) -> None:
        rows = [["乡镇", "村", "图斑编号", "面积"], ["甲镇", "一村", "1a", 1], [_, "二村", "1b", 2], ["合计", _, _, 3]]
        cells = grid(rows)
        before = cells.copy()
        read_sheet(cells, KNOWN)
        pd.testing.assert_frame_equal(cells, before)

    def test_masks_that_pandas_gives_read_only_will_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As pandas 3 gives them."""

        class Mask(pd.Series):
            def to_numpy(self, *given: Any, **options: Any) -> Any:
                found = super().to_numpy(*given, **options)
                found.setflags(write=bool(options.get("copy")))
                return found

        monkeypatch.setattr(pd.Series, "notna", lambda column: Mask([cell is not None for cell in column]))
        assert body(read(CLEAN)) == CLEAN[1:]

    def test_header_in_the_first_row_of_the_sheet(self) -> None:
        sheet = read(CLEAN)
        assert list(sheet.rows) == CLEAN[0]
        assert body(sheet) == CLEAN[1:]
        assert sheet.row_numbers.tolist() == [2, 3, 4]
        assert sheet.notes == []

    def test_given_row_numbers_are_kept(self) -> None:
        sheet = read_sheet(grid(CLEAN[1:], CLEAN[0]), KNOWN, row_numbers=[5, 8, 9])
        assert sheet.row_numbers.tolist() == [5, 8, 9]
        assert kinds(sheet) == {4: "header"}

    def test_field_names_of_a_layer_keep_their_spelling(self) -> None:
        names = ["图斑 编号", "坐落单位名称", "地类名称", "面积\n（亩）", "责任人"]
        sheet = read_sheet(grid(CLEAN[1:], names), KNOWN)
        assert list(sheet.rows) == names
        assert sheet.unit_of("面积\n（亩）") == "mu"

    def test_unknown_words_are_a_header_where_they_look_like_one(self) -> None:
        sheet = read([["钥匙", "颜色", "量"], ["k1", "红", "1.5"], ["k2", "蓝", "2.5"]], frozenset())
        assert list(sheet.rows) == ["钥匙", "颜色", "量"]
        assert len(sheet.rows) == 2

    def test_no_header_at_all(self) -> None:
        rows = [["99010100100100001", "一村", "12.5"], ["99010100100100002", "一村", "3.25"]]
        sheet = read(rows)
        assert body(sheet) == rows
        assert list(sheet.rows) == ["Field1", "Field2", "Field3"]
        assert "sheet.no_header" in codes_of(sheet)

    def test_a_data_row_taken_for_the_header_is_given_back(self) -> None:
        rows = [["99010100100100001", "一村", "12.5"], ["99010100100100002", "一村", "3.25"]]
        sheet = read_sheet(grid(rows[1:], rows[0]), KNOWN)
        assert body(sheet) == rows
        assert sheet.row_numbers.tolist() == [1, 2]

    @pytest.mark.parametrize(
        "cells", [pd.DataFrame(), pd.DataFrame(columns=["图斑编号", "面积"]), grid([[_, _], [_, " "]])]
    )
    def test_empty_sheets(self, cells: pd.DataFrame) -> None:
        sheet = read_sheet(cells, KNOWN)
        assert len(sheet.rows) == 0
        assert len(summary_rows(sheet, TABLE).cells) == 0

    def test_two_columns_of_one_name_stay_apart(self) -> None:
        sheet = read_sheet(grid([["a1", "1", "2"]], ["图斑编号", "面积", "面积"]), KNOWN)
        assert list(sheet.rows) == ["图斑编号", "面积", "面积 (2)"]
        assert body(sheet) == [["a1", "1", "2"]]
        assert REGISTER.match_fields(list(sheet.rows)).ambiguous == {"area": ["面积", "面积 (2)"]}

    def test_a_field_name_that_comes_again_has_its_printed_name(self) -> None:
        sheet = read_sheet(grid([["a1", "1", "b1"]], ["TBBH", "面积", "TBBH_2"]), KNOWN)
        assert [column.path for column in sheet.columns] == [("TBBH",), ("面积",), ("TBBH",)]
        assert [column.source for column in sheet.columns] == ["TBBH", "面积", "TBBH_2"]
        assert REGISTER.match_fields(list(sheet.rows)).ambiguous == {"key": ["TBBH", "TBBH (2)"]}

    def test_work_grows_with_the_rows(self) -> None:
        few, many = wide(500), wide(4_000)
        pd.testing.assert_frame_equal(read_sheet(many, KNOWN).rows, many)
        done = [calls(lambda cells=cells: read_sheet(cells, KNOWN)) for cells in (few, many)]  # type: ignore[misc]
        # About six calls for a text; nothing for a number, nor for what the sheet has already shown.
        assert done[1] - done[0] < 3_500 * 20 * 8
        assert done[1] < 8 * done[0]


def wide(count: int) -> pd.DataFrame:
    """A register of 25 columns, 20 of them texts that are different in every row."""
    names = [field.zh for field in REGISTER.fields][:25]
    texts = {name: [f"值{k * 7919 % count}号" for k in range(count)] for name in names[5:]}
    return pd.DataFrame({**texts, **{name: np.arange(count) * 0.25 for name in names[:5]}})


class TestHeaders:
    @pytest.mark.parametrize("below", [[], [[_, _, _, _, "亩", "亩"]], [["1", "2", "3", "4", "5", "6"]]])
    def test_a_third_row_under_single_columns(self, below: list[list[Any]]) -> None:
        labels = [
            ["序号", "图斑", _, "地类", "面积", _],
            [_, "编号", "村", _, "永久基本农田", "其中"],
            [_, _, _, _, "面积", "田坎"],
        ]
        rows = [
            ["1", "99010100100100001", "一村", "水田", "12.5", "0"],
            ["2", "99010100100100002", "一村", "旱地", "3", "0"],
        ]
        sheet = read([["登记册"], *labels, *below, *rows])
        assert body(sheet) == rows
        assert [column.path[-1] for column in sheet.columns] == ["序号", "编号", "村", "地类", "面积", "田坎"]
        found = REGISTER.match_fields(list(sheet.rows)).found
        assert [found[name] for name in ("key", "farmland_area")] == ["图斑/编号", "面积/永久基本农田/面积"]

    def test_title_office_and_unit_above(self) -> None:
        sheet = read([["示范县永久基本农田登记册"], ["填报单位：示范县", _, _, _, "单位：亩"], [], *CLEAN])
        assert body(sheet) == CLEAN[1:]
        assert sheet.row_numbers.tolist() == [5, 6, 7]
        assert (sheet.title, sheet.unit) == ("示范县永久基本农田登记册", "mu")
        assert kinds(sheet) == {1: "title", 2: "info", 3: "empty", 4: "header"}
        assert sheet.unit_of("图斑面积") == "mu"
        assert sheet.column("图斑面积").unit is None

    def test_title_that_ogr_took_for_field_names(self) -> None:
        names = ["示范县永久基本农田登记册", "Field2", "Field3", "Field4", "Field5"]
        sheet = read_sheet(grid([["单位：公顷"], *CLEAN], names), KNOWN)
        assert body(sheet) == CLEAN[1:]
        assert sheet.row_numbers.tolist() == [4, 5, 6]
        assert (sheet.title, sheet.unit) == ("示范县永久基本农田登记册", "ha")

    def test_two_rows_with_merges_across_and_down(self) -> None:
        sheet = read([
            ["序号", "图斑编号", "村", "永久基本农田面积(亩)", _, _, "责任人"],
            [_, _, _, "水田", "水浇地", "旱地", _],
            ["1", "0101a", "一村", "1", "2", "3", "张三"],
        ])  # fmt: skip
        assert list(sheet.rows) == [
            "序号", "图斑编号", "村", "永久基本农田面积(亩)/水田", "永久基本农田面积(亩)/水浇地",
            "永久基本农田面积(亩)/旱地", "责任人",
        ]  # fmt: skip
        assert [column.unit for column in sheet.columns] == [_, _, _, "mu", "mu", "mu", _]
        assert [column.ordinal for column in sheet.columns] == [True, *[False] * 6]
        assert kinds(sheet) == {1: "header", 2: "header"}

    def test_three_rows_as_in_the_national_form(self) -> None:
        """表四 of the ministries' notice: parents over parents, a numbering row, decimals behind the unit."""
        sheet = read([
            ["附件4："],
            ["基本农田保护责任一览表（表四）"],
            ["填表单位：  示范县（市）  甲乡（镇）", _, _, _, _, _, _, _, _, _, "计量单位：亩（0.00）"],
            ["序号", "行政区域\n（村）", "基本农田保护片（块）", _, _, "基本农田保护责任", _, _, _, _, "备注"],
            [_, _, "编号", "四至范围", "面积", "涉及组", _, "面积", "地类构成", _, _],
            [_, _, _, _, _, "组", "组责任人", _, "耕地", "其他地类", _],
            [str(number) for number in range(1, 12)],
            ["1", "一村", "9901010010010001", "东至路", "12.50", "一组", "张三", "12.50", "12.50", "0", _],
            ["合  计", _, _, _, "12.50", _, _, "12.50", "12.50", "0"],
            ["审核人：        审核日期：  年 月 日      填表人：       填表日期： 年 月 日"],
            ["填表说明：本表适用于县级以上各级汇总，有关数据由表二汇总形成。"],
        ])  # fmt: skip
        assert [column.path for column in sheet.columns[1:10]] == [
            ("行政区域(村)",), ("基本农田保护片(块)", "编号"), ("基本农田保护片(块)", "四至范围"),
            ("基本农田保护片(块)", "面积"), ("基本农田保护责任", "涉及组", "组"),
            ("基本农田保护责任", "涉及组", "组责任人"), ("基本农田保护责任", "面积"),
            ("基本农田保护责任", "地类构成", "耕地"), ("基本农田保护责任", "地类构成", "其他地类"),
        ]  # fmt: skip
        assert [column.number for column in sheet.columns] == [str(number) for number in range(1, 12)]
        assert (sheet.title, sheet.unit, len(sheet.rows)) == ("基本农田保护责任一览表(表四)", "mu", 1)
        assert kinds(sheet) == {
            1: "info", 2: "title", 3: "info", 4: "header", 5: "header", 6: "header", 7: "numbering",
            9: "total", 10: "signature", 11: "note",
        }  # fmt: skip

    def test_parent_row_without_the_first_columns(self) -> None:
        sheet = read([[_, _, "面积（亩）", _], ["图斑编号", "村", "图斑面积", "净面积"], ["a1", "一村", "2", "1"]])
        assert list(sheet.rows) == ["图斑编号", "村", "面积(亩)/图斑面积", "面积(亩)/净面积"]

    def test_parent_over_the_first_columns(self) -> None:
        sheet = read([["行政区域", _, "耕地", _], ["名称", "代码", "水田", "旱地"], ["甲镇", "990101001", "2", "1"]])
        assert list(sheet.rows) == ["行政区域/名称", "行政区域/代码", "耕地/水田", "耕地/旱地"]

    def test_a_total_over_its_parts(self) -> None:
        rows = [["乡镇", "耕地", "其中", _, _], [_, _, "水田", "水浇地", "旱地"], ["甲镇", "6", "1", "2", "3"]]
        sheet = read(rows, TABLE.vocabulary())
        assert list(sheet.rows) == ["乡镇", "耕地", "耕地/其中/水田", "耕地/其中/水浇地", "耕地/其中/旱地"]

    def test_a_single_child_below_a_single_parent(self) -> None:
        rows = [["乡镇", "耕地", "合计"], [_, "水田", _], ["甲镇", "6", "6"]]
        assert list(read(rows, frozenset({"水田", "耕地"})).rows) == ["乡镇", "耕地/水田", "合计"]

    def test_grades_as_numbers_in_the_second_row(self) -> None:
        rows = [["乡镇", "质量等别", _, _, "合计"], [_, "1", "2", "3", _], ["甲镇", "6", "6", "1", "13"]]
        sheet = read(rows)
        assert list(sheet.rows) == ["乡镇", "质量等别/1", "质量等别/2", "质量等别/3", "合计"]
        assert body(sheet) == [["甲镇", "6", "6", "1", "13"]]

    @pytest.mark.parametrize("marks", [
        ["1", "2", "3", "4", "5"], ["甲", "乙", "丙", "1", "2"], ["(1)", "(2)", "(3)", "(4)", "(5)"],
        ["①", "②", "③", "④", "⑤"], ["A", "B", "C", "D", "E"], ["1", "2", "3", "4=5+6", "5"], ["甲", "乙", "丙", "1", _],
    ])  # fmt: skip
    def test_numbering_rows(self, marks: list[str]) -> None:
        sheet = read([CLEAN[0], marks, *CLEAN[1:]])
        assert body(sheet) == CLEAN[1:]
        assert kinds(sheet)[2] == "numbering"

    def test_data_that_counts_from_one_is_data(self) -> None:
        rows = [["甲", "乙", "丙"], ["1", "2", "3"], ["2", "4", "6"]]
        assert body(read(rows)) == rows[1:]

    def test_unit_row(self) -> None:
        sheet = read([["图斑编号", "村", "面积", "个数"], [_, _, "亩", "个"], ["a1", "一村", "2", "1"]])
        assert [column.unit for column in sheet.columns] == [_, _, "mu", _]
        assert kinds(sheet) == {1: "header", 2: "units"}
        assert len(sheet.rows) == 1

    @pytest.mark.parametrize(("header", "unit"), [
        ("面积(亩)", "mu"), ("面积（公顷）", "ha"), ("面积\n（平方米）", "m2"), ("面积/亩", "mu"),
        ("面积（单位：hm²）", "ha"),
        ("面积(0.00亩)", "mu"), ("面积（万亩）", "wan_mu"), ("Area (mu)", "mu"), ("面积", None),
        ("亩产(公斤/亩)", None),
        ("面积(公顷、亩)", None), ("个数(个)", None),
    ])  # fmt: skip
    def test_units_in_headers(self, header: str, unit: str | None) -> None:
        sheet = read([["图斑编号", "村", header], ["a1", "一村", "2"]])
        assert sheet.columns[2].unit == unit

    @pytest.mark.parametrize(("line", "unit"), [
        (["单位：亩"], "mu"), (["（单位：公顷）"], "ha"), ([_, _, "单 位：亩"], "mu"), (["计量单位: 平方米"], "m2"),
        (["单位：", "亩"], "mu"), (["填报单位：示范县        面积单位：亩"], "mu"), (["Unit: mu"], "mu"),
        (["填报单位：三亩镇"], None), (["填 报 单 位：三亩镇"], None), (["单位:公顷(0.00)、亩(0.0)  第 1 页共 2 页"],
        None),
        (["单位：千公顷"], None), (["单位：万元"], None), (["单位：亩、个"], "mu"), ([_, _, _, "（亩）"], "mu"),
    ])  # fmt: skip
    def test_unit_lines(self, line: list[Any], unit: str | None) -> None:
        sheet = read([["示范县登记册"], line, *CLEAN])
        assert sheet.unit == unit
        assert body(sheet) == CLEAN[1:]

    def test_unit_in_the_title_and_in_the_corner(self) -> None:
        assert read([["示范县登记册（单位：亩）"], *CLEAN]).unit == "mu"
        sheet = read([["单位：公顷\n乡镇", "水田", "旱地", "合计"], ["甲镇", "1", "2", "3"]], TABLE.vocabulary())
        assert (sheet.unit, list(sheet.rows)) == ("ha", ["乡镇", "水田", "旱地", "合计"])

    def test_unit_said_in_a_note_below(self) -> None:
        assert read([*CLEAN, ["注：本表面积单位为亩。"]]).unit == "mu"

    def test_confusing_units_are_told(self) -> None:
        assert "sheet.two_units" in codes_of(read([["单位:公顷、亩"], *CLEAN]))
        assert "sheet.unknown_unit" in codes_of(read([["单位：千公顷"], *CLEAN]))

    def test_full_width_blanks_and_line_breaks(self) -> None:
        sheet = read(
            [["图 斑\n编 号", "坐落单位　名称", "ＤＬＢＭ", "面 积（亩）"], ["a1", "一村", "0101", "１２．５"]]
        )
        assert list(sheet.rows) == ["图斑编号", "坐落单位名称", "DLBM", "面积(亩)"]
        assert body(sheet) == [["a1", "一村", "0101", "１２．５"]]

    def test_english_headers(self) -> None:
        rows = [
            ["Register of permanent basic farmland"], ["Unit: ha"], ["No.", "Plot", "Village", "Area", _, "Remarks"],
            [_, _, _, "Paddy field", "Dry land", _], ["1", "P-1", "First", "1.5", "0", _], ["Total", _, _, "1.5", "0"],
            ["Prepared by: Zhang", _, _, "Date: 2024-05-01"],
        ]  # fmt: skip
        sheet = read(rows)
        assert list(sheet.rows) == ["No.", "Plot", "Village", "Area/Paddy field", "Area/Dry land", "Remarks"]
        assert (len(sheet.rows), len(sheet.totals), sheet.unit) == (1, 1, "ha")
        assert kinds(sheet)[7] == "signature"

    def test_columns_without_header_or_data(self) -> None:
        rows = [[_, "图斑编号", _, "面积", _, _], [_, "a1", "x", "2", _, " "], [_, "a2", "y", "3", _, _]]
        sheet = read(rows)
        assert list(sheet.rows) == ["图斑编号", "Field3", "面积"]
        assert [column.position for column in sheet.columns] == [1, 2, 3]
        assert "sheet.unnamed" in codes_of(sheet)

    def test_a_signature_to_the_right_makes_no_column(self) -> None:
        sheet = read([*CLEAN, [_, _, _, _, _, _, "（盖章）", "2024年5月1日"]])
        assert list(sheet.rows) == CLEAN[0]
        assert len(sheet.rows) == 3

    def test_figures_that_happen_to_be_class_codes_are_no_header(self) -> None:
        rows = [["乡镇", "甲类", "乙类", "丙类"], ["甲镇", "10", "12", "1006"], ["乙镇", "11", "9", "8"]]
        assert body(read(rows, TABLE.vocabulary())) == rows[1:]

    def test_class_codes_as_headers(self) -> None:
        rows = [["行政区", "0101", "0102", "0103", "1006"], ["甲镇", "10", "12", "1006", "1"]]
        assert body(read(rows, TABLE.vocabulary())) == rows[1:]

    def test_classes_in_the_data_are_no_header(self) -> None:
        """Land classes are header words of wide tables and data of long ones."""
        rows = [["乡镇", "地类", "面积"], *([f"{k}镇", name, _] for k in range(9) for name in ("水田", "旱地"))]
        sheet = read(rows, frozenset({"水田", "旱地", "地类", "面积", "乡镇"}))
        assert list(sheet.rows) == ["乡镇", "地类", "面积"]
        assert len(sheet.rows) == 18


LEAF = st.just([])
GROUP = st.recursive(LEAF, lambda part: st.lists(part, min_size=2, max_size=3), max_leaves=6)


def depth_of(tree: list[Any]) -> int:
    return 1 + max(map(depth_of, tree), default=0)


class TestHeaderTrees:
    @given(st.lists(GROUP.filter(lambda tree: depth_of(tree) <= 3), min_size=2, max_size=6))
    @settings(max_examples=300, deadline=None)
    def test_any_tree_of_merged_cells_gives_its_paths(self, trees: list[Any]) -> None:
        """Parents are merged across their children, leaves down to the last row; the first column is a plain one."""
        trees = [[], *trees]
        height = max(map(depth_of, trees))
        rows: list[list[Any]] = [[] for _i in range(height)]
        wanted: list[str] = []

        def place(tree: list[Any], path: list[str]) -> None:
            for i in range(height):
                rows[i].append(path[-1] if i == len(path) - 1 else None)
            if not tree:
                wanted.append("/".join(path))
            for k, child in enumerate(tree):
                if k == 0:
                    for row in rows:
                        row.pop()
                    rows_before = len(rows[0])
                    place(child, [*path, f"子{len(path)}{k}"])
                    rows[len(path) - 1][rows_before] = path[-1]
                else:
                    place(child, [*path, f"子{len(path)}{k}"])

        for k, tree in enumerate(trees):
            place(tree, [f"题{k}"])
        data = [[f"{k}a", *map(str, range(len(wanted) - 1))] for k in range(3)]
        words = {label for row in rows for label in row if label}
        sheet = read_sheet(grid([["县永久基本农田登记册"], *rows, *data]), words)
        assert [column.path for column in sheet.columns] == [tuple(path.split("/")) for path in wanted]
        assert body(sheet) == data


class TestBelowTheHeader:
    @pytest.mark.parametrize("label", [
        "合计", "合 计", "合　　计", "总计", "小计", "甲镇小计", "全县合计", "合计：", "共计", "本页小计", "累计",
        "Total", "合計",
    ])  # fmt: skip
    @pytest.mark.parametrize("place", [0, 1])
    def test_totals_are_kept_apart(self, label: str, place: int) -> None:
        total = [_, _, _, "22.75", _]
        total[place] = label
        sheet = read([*CLEAN, total])
        assert body(sheet) == CLEAN[1:]
        assert sheet.totals["图斑面积"].tolist() == ["22.75"]
        assert sheet.total_numbers.tolist() == [5]

    @pytest.mark.parametrize("name", ["会计", "小计划村", "设计院", "王小计强", "注册公司", "备注村", "日期", "合计划"])
    def test_names_that_only_look_like_totals_or_notes(self, name: str) -> None:
        rows = [*CLEAN, ["99010100100200002", name, "水田", "1", name]]
        assert body(read(rows)) == rows[1:]

    @pytest.mark.parametrize(("line", "kind"), [
        (["制表人：张三    审核人：李四    日期：2024年5月1日"], "signature"),
        (["制表人：", "张三", _, "审核人：", "李四"], "signature"),
        (["单位负责人（签字）："], "signature"), ([_, _, _, "2024年5月1日"], "signature"), (["二〇二四年五月"],
        "signature"),
        (["注：1. 本表面积保留两位小数"], "note"), (["说明：略"], "note"), (["备注:", "以实测为准"], "note"),
        (["※注：略"], "note"), (["数据来源：三调"], "note"), (["第1页 共5页"], "page"), (["续表"], "page"),
        ([_, _, _, "示范县自然资源局"], "note"), (["本表一式三份，县乡村各存一份，数据以年度变更调查为准"], "note"),
    ])  # fmt: skip
    def test_lines_at_the_foot(self, line: list[Any], kind: str) -> None:
        sheet = read([*CLEAN, [], line])
        assert body(sheet) == CLEAN[1:]
        assert kinds(sheet)[6] == kind

    def test_a_note_of_several_lines(self) -> None:
        sheet = read([*CLEAN, ["注：1. 面积"], ["2. 个数"], ["以上"]])
        assert [kinds(sheet)[row] for row in (5, 6, 7)] == ["note"] * 3

    def test_pages_with_title_header_and_subtotal_again(self) -> None:
        head = [["示范县登记册"], ["单位：亩", _, _, "第1页 共2页"], CLEAN[0], ["甲", "乙", "丙", "1", "2"]]
        second = [["示范县登记册"], ["单位：亩", _, _, "第2页 共2页"], CLEAN[0], ["甲", "乙", "丙", "1", "2"]]
        sheet = read([*head, *CLEAN[1:3], ["本页小计", _, _, "15.75"], *second, CLEAN[3], ["合计", _, _, "22.75"]])
        assert body(sheet) == CLEAN[1:]
        assert sheet.row_numbers.tolist() == [5, 6, 12]
        assert [kinds(sheet)[row] for row in (8, 10, 11)] == ["title", "repeated", "numbering"]
        assert sheet.total_numbers.tolist() == [7, 13]

    def test_both_rows_of_a_header_again(self) -> None:
        head = [["图斑编号", "村", "面积", _], [_, _, "水田", "旱地"]]
        sheet = read([*head, ["a1", "一村", "1", "2"], *head, ["a2", "一村", "1", "2"]])
        assert sheet.row_numbers.tolist() == [3, 6]
        assert [kinds(sheet)[row] for row in (4, 5)] == ["repeated", "repeated"]

    def test_headings_between_the_data(self) -> None:
        rows = [
            ["序号", "图斑编号", "面积", "责任人"],
            ["一、甲镇"],
            ["1", "a1", "1", "张"],
            ["2", "a2", "1", "李"],
            ["二、乙镇"],
            ["3", "a3", "1", "王"],
        ]
        sheet = read(rows)
        assert sheet.rows["图斑编号"].tolist() == ["a1", "a2", "a3"]
        assert [kinds(sheet)[row] for row in (2, 5)] == ["section", "section"]

    def test_a_row_with_only_its_key_stays(self) -> None:
        rows = [*CLEAN, ["99010100100200002"]]
        assert read(rows).rows["图斑编号"].tolist()[-1] == "99010100100200002"

    def test_thousands_of_empty_formatted_rows(self) -> None:
        sheet = read([*CLEAN, *[[_] * 5 for _i in range(3000)], [" ", "　", "\n", _, ""]])
        assert body(sheet) == CLEAN[1:]
        assert (sheet.dropped["kind"] == "empty").sum() == 3001


class TestMergedGroups:
    HEAD = ("序号", "乡镇", "村", "图斑编号", "面积", "责任人")

    def test_names_spread_over_their_rows(self) -> None:
        sheet = read([
            self.HEAD, ["1", "甲镇", "一村", "a1", "1", "张三"], ["2", _, _, "a2", "1", _],
            ["3", _, "二村", "a3", "1", "李四"],
            ["4", "乙镇", "三村", "a4", "1", _], ["5", _, _, "a5", "1", "王五"],
        ])  # fmt: skip
        assert sheet.rows["乡镇"].tolist() == ["甲镇"] * 3 + ["乙镇"] * 2
        assert sheet.rows["村"].tolist() == ["一村", "一村", "二村", "三村", "三村"]
        assert sheet.rows["责任人"].tolist() == ["张三", _, "李四", _, "王五"], "persons are never guessed"
        merged = [note.values for note in sheet.notes if note.code == "sheet.merged"]
        assert merged == [{"column": "乡镇", "count": 3}, {"column": "村", "count": 2}]

    def test_a_new_township_ends_the_village(self) -> None:
        rows = [self.HEAD, ["1", "甲镇", "一村", "a1", "1"], ["2", "乙镇", _, "a2", "1"], ["3", _, "二村", "a3", "1"]]
        assert read(rows).rows["村"].tolist() == ["一村", _, "二村"]

    def test_gaps_are_no_merges(self) -> None:
        rows = [
            self.HEAD,
            *([str(k), "甲镇", village, f"a{k}", "1"] for k, village in enumerate(["一村", "一村", _, "一村"])),
        ]
        sheet = read(rows)
        assert sheet.rows["村"].tolist() == ["一村", "一村", _, "一村"]
        assert "sheet.merged" not in codes_of(sheet)

    def test_numbers_are_never_spread(self) -> None:
        rows = [["单位", "图斑编号", "面积"], ["990101001", "a1", "1"], [_, "a2", "1"]]
        assert read(rows).rows["单位"].tolist() == ["990101001", _]

    def test_other_columns_are_never_spread(self) -> None:
        rows = [["图斑编号", "村", "面积"], ["a1", "一村", "1"], ["a2", _, "1"]]
        assert read(rows).rows["村"].tolist() == ["一村", _]

    def test_merges_go_on_over_a_new_page(self) -> None:
        rows = [
            self.HEAD,
            ["1", "甲镇", "一村", "a1", "1"],
            self.HEAD,
            ["2", _, _, "a2", "1"],
            ["3", "甲镇", _, "a3", "1"],
        ]
        assert read(rows).rows["乡镇"].tolist() == ["甲镇"] * 3

    def test_subtotals_inside_and_after_a_merge(self) -> None:
        sheet = read([
            self.HEAD, [_, "甲镇", "一村", "a1", "1"], [_, _, "小计", _, "1"], [_, _, "二村", "a2", "1"],
            [_, _, "小计", _, "1"],
            ["合计", _, _, _, "2"], [_, _, "三村", "a3", "1"],
        ])  # fmt: skip
        assert sheet.rows["乡镇"].tolist() == ["甲镇", "甲镇", _]
        assert sheet.totals["乡镇"].tolist() == ["甲镇", "甲镇", _]


class TestNotes:
    def test_every_note_reads_in_both_languages(self) -> None:
        sheets = [
            read([["登记册"], ["单位：亩"], *CLEAN, ["合计", _, _, "1"], ["续表"], ["制表人："], ["注：略"]]),
            read([["单位:公顷、亩"], CLEAN[0], CLEAN[1], CLEAN[0], CLEAN[2]]),
            read([["单位：千公顷"], *CLEAN]),
            read([["99010100100100001", "一村", "12.5"]]),
            read([["序号", "图斑编号", _, "面积"], ["甲镇"], ["1", "a1", "x", "1"], ["2", "a2", "y", "1"]]),
            read([TestMergedGroups.HEAD, ["1", "甲镇", "一村", "a1", "1"], ["2", _, _, "a2", "1"]]),
        ]
        notes = [note for sheet in sheets for note in sheet.notes]
        assert {note.code.partition(".")[2] for note in notes} == {
            "header", "title", "unit", "total", "page", "signature", "note", "two_units", "repeated", "unknown_unit",
            "no_header", "unnamed", "section", "merged",
        }  # fmt: skip
        for note in notes:
            assert note.text("zh") != note.text("en")
            assert "{" not in note.text("zh") + note.text("en")
        assert "亩" in next(note.text("zh") for note in notes if note.code == "sheet.unit")


def summary(rows: Sequence[Sequence[Any]]) -> Summary:
    return summary_rows(read_sheet(grid(rows), TABLE.vocabulary()), TABLE)


def value(result: Summary, row: int, land_class: str = "", measure: str = "area") -> float:
    cells = result.cells
    found = cells[(cells["row"] == row) & (cells["land_class"] == land_class) & (cells["measure"] == measure)]
    assert len(found) == 1
    return float(found["value"].iloc[0])


class TestFiguresThatAreNone:
    HEAD = ("行政区", "图斑个数", "永久基本农田面积(亩)")
    COLUMNS = ("row", "unit", "unit_name", "land_class", "measure", "column", "text")

    @pytest.mark.parametrize("said", ["约150", "12%", "1e300", "#DIV/0!", "#REF!", "n/a", "#N/A", "NaN", "见附件"])
    def test_an_unreadable_figure_is_told_and_not_counted(self, said: str) -> None:
        result = summary([self.HEAD, ["一村", "10", said], ["二村", "10", "150"], ["合计", "20", "300"]])
        assert tuple(result.unreadable) == self.COLUMNS
        assert result.unreadable.values.tolist() == [[2, "", "一村", "", "area", self.HEAD[2], said]]
        assert result.cells["row"].tolist() == [2, 3, 3, 4, 4]
        assert len(result.blank_rows) == 0

    @pytest.mark.parametrize("said", ["#DIV/0!", "n/a", "见附件"])
    def test_a_column_of_nothing_else_does_not_vanish(self, said: str) -> None:
        rows = [["一村", "10", said, "5"], ["二村", "10", said, "5"], ["合计", "20", said, "10"]]
        result = summary([[*self.HEAD, "水田"], *rows])
        assert result.unreadable["row"].tolist() == [2, 3, 4]
        assert set(result.unreadable["column"]) == {self.HEAD[2]}
        result = summary([[*self.HEAD[:2], "水田", "旱地"], *rows])
        assert set(result.unreadable["land_class"]) == {"0101"}

    @pytest.mark.parametrize("said", [_, "", " ", "-", "—", "/", "无"])
    def test_a_blank_cell_is_neither(self, said: str | None) -> None:
        result = summary([self.HEAD, ["一村", "10", said], ["二村", "10", "150"]])
        assert (len(result.unreadable), len(result.blank_rows)) == (0, 0)
        assert result.cells["row"].tolist() == [2, 3, 3]

    def test_a_unit_without_figures_is_told(self) -> None:
        rows = [["甲镇", _, _], ["一村", _, "-"], ["二村", "10", "150"], ["三村", "#N/A", _], ["合计", _, _]]
        result = summary([self.HEAD, *rows])
        assert result.blank_rows.values.tolist() == [[3, "", "一村"]]
        assert result.unreadable["row"].tolist() == [5]
        coded = summary([["代码", *self.HEAD], ["990101001001", "一村", _, _], ["990101001002", "二村", "1", "2"]])
        assert coded.blank_rows.values.tolist() == [[2, "990101001001", "一村"]]

    def test_a_table_that_nobody_filled_in(self) -> None:
        result = summary([self.HEAD, ["一村", _, _], ["二村", _, _]])
        assert result.blank_rows["unit_name"].tolist() == ["一村", "二村"]
        assert len(result.cells) == 0

    def test_with_classes_in_rows_a_unit_is_blank_where_all_its_rows_are(self) -> None:
        rows = [["一村", "水田", "5"], ["一村", "旱地", _], ["二村", "水田", _], ["二村", "旱地", _]]
        result = summary([["村", "地类", "面积(亩)"], *rows])
        assert result.blank_rows.values.tolist() == [[4, "", "二村"]]
        wrong = summary(
            [["村", "地类", "面积(亩)"], ["一村", "水田", "约5"], ["一村", "旱地", "3"], ["二村", "旱地", "3"]]
        )
        assert wrong.unreadable[["unit_name", "land_class", "text"]].values.tolist() == [["一村", "0101", "约5"]]


def parents(result: Summary) -> dict[int, int]:
    return dict(zip(result.cells["row"], result.cells["parent"]))


def lines(result: Summary) -> dict[int, tuple[str, str, str, str]]:
    first = result.cells.drop_duplicates("row")
    return {
        row: rest for row, *rest in zip(first["row"], first["unit"], first["unit_name"], first["level"], first["kind"])
    }  # type: ignore[misc]


class TestWideTables:
    ROWS = (
        ["二〇二四年示范县永久基本农田面积汇总表"],
        ["填报单位：示范县自然资源局", _, _, _, _, _, _, _, "单位：亩"],
        ["行政区名称", "行政区代码", "图斑个数", "永久基本农田面积", _, _, _, _, _],
        [_, _, _, "合计", "耕地", _, _, _, "园地"],
        [_, _, _, _, "小计", "水田", "水浇地", "旱地", "果园"],
        ["示范县", "990101", "7", "12.00", "10.00", "5.00", "2.00", "3.00", "2.00"],
        ["甲镇", "990101001", "4", "8.00", "6.00", "3.00", "1.00", "2.00", "2.00"],
        ["  一村", "990101001001", "2", "4.00", "3.00", "2.00", _, "1.00", "1.00"],
        ["  二村", "990101001002", "2", "4.00", "3.00", "1.00", "1.00", "1.00", "1.00"],
        ["乙镇", "990101002", "3", "4.00", "4.00", "2.00", "1.00", "1.00", "-"],
        ["  三村", "990101002001", "3", "4.00", "4.00", "2.00", "1.00", "1.00", "/"],
    )

    def test_figures_by_class_and_measure(self) -> None:
        result = summary(self.ROWS)
        assert value(result, 6) == 12.0
        assert value(result, 6, "01") == 10.0
        assert value(result, 9, "0103") == 1.0
        assert value(result, 7, "0201") == 2.0
        assert value(result, 10, measure="count") == 3.0
        assert set(result.cells["unit_of_area"]) == {"mu", ""}
        assert set(result.cells.loc[result.cells["measure"] == "area", "decimals"]) == {2}
        assert not ((result.cells["row"] == 8) & (result.cells["land_class"] == "0102")).any()
        assert result.notes == []

    def test_units_levels_and_parents_by_code(self) -> None:
        result = summary(self.ROWS)
        assert parents(result) == {6: 0, 7: 6, 8: 7, 9: 7, 10: 6, 11: 10}
        assert lines(result)[6] == ["990101", "示范县", "county", "unit"]
        assert lines(result)[8] == ["990101001001", "一村", "village", "unit"]

    def test_codes_with_zeros_as_numbers_and_in_no_order(self) -> None:
        rows = [
            ["单位名称", "行政区代码", "水田", "旱地"],
            ["三村", 990101002001.0, 1, 2],
            ["县", "990101000000", 1, 2],
            ["乙", "990101002000", 1, 2],
        ]
        result = summary(rows)
        assert parents(result) == {2: 4, 3: 0, 4: 3}
        assert lines(result)[4] == ["990101002", "乙", "township", "unit"]

    def test_which_column_is_the_sum_of_which(self) -> None:
        area = "永久基本农田面积/"
        assert summary(self.ROWS).column_sums == [
            (area + "合计", [area + "耕地/小计", area + "园地/果园"]),
            (area + "耕地/小计", [area + "耕地/水田", area + "耕地/水浇地", area + "耕地/旱地"]),
        ]

    def test_no_equation_with_a_column_that_is_not_understood(self) -> None:
        rows = [["乡镇", "耕地", "其他地类", "合计"], ["甲镇", "1", "1", "2"], ["乙镇", "1", "1", "2"]]
        result = summary(rows)
        assert result.column_sums == []
        assert set(result.cells["column"]) == {"耕地", "合计"}
        assert [note.code for note in result.notes] == ["sheet.unread_columns"]

    def test_parts_that_may_be_incomplete_need_the_figures_to_agree(self) -> None:
        head = [["乡镇", "耕地", "其中", _], [_, _, "水田", "旱地"]]
        whole = summary([*head, ["甲镇", "3", "1", "2"], ["乙镇", "5", "2", "3"], ["丙镇", "9", "4", "4"]])
        part = summary([*head, ["甲镇", "9", "1", "2"], ["乙镇", "9", "2", "3"], ["丙镇", "8", "4", "4"]])
        assert whole.column_sums == [("耕地", ["耕地/其中/水田", "耕地/其中/旱地"])]
        assert part.column_sums == []

    def test_equations_of_the_numbering_row(self) -> None:
        rows = [["乡镇", "永久基本农田面积", "水田", "旱地"], ["甲", "1=2+3", "2", "3"], ["甲镇", "9", "1", "2"]]
        assert summary(rows).column_sums == [("永久基本农田面积", ["水田", "旱地"])]

    def test_counts_and_areas_of_each_class(self) -> None:
        rows = [
            ["乡镇", "水田", _, "旱地", _, "合计", _], [_, "图斑个数", "面积(亩)"] + ["图斑个数", "面积(亩)"] * 2,
            ["甲镇", "1", "2.5", "3", "4.5", "4", "7"],
        ]  # fmt: skip
        result = summary(rows)
        assert value(result, 3, "0103", "count") == 3
        assert value(result, 3, "0101") == 2.5
        assert dict(result.column_sums) == {
            "合计/图斑个数": ["水田/图斑个数", "旱地/图斑个数"], "合计/面积(亩)": ["水田/面积(亩)", "旱地/面积(亩)"],
        }  # fmt: skip

    @pytest.mark.parametrize(("header", "code"), [
        ("耕地(01)", "01"), ("水田 （0101）", "0101"), ("水田（011）", "0101"), ("0103旱地", "0103"),
        ("D0102", "0102"), ("0201", "0201"),
        ("水田面积(亩)", "0101"), ("可调整果园", "0201K"), ("旱地小计", "0103"), ("永久基本农田", ""),
        ("图斑总面积", ""),
    ])  # fmt: skip
    def test_classes_in_headers(self, header: str, code: str) -> None:
        result = summary([["乡镇", "茶园", header], ["甲镇", "9", "1"], ["乙镇", "9", "2"]])
        assert value(result, 2, code) == 1.0

    def test_gross_and_net_are_told_apart(self) -> None:
        rows = [["乡镇", "图斑面积", "永久基本农田面积", "扣除面积", "平均等别"], ["甲镇", "9", "8", "1", "7.5"]]
        result = summary(rows)
        assert result.cells[["basis", "value"]].values.tolist() == [["plot_area", 9.0], ["farmland_area", 8.0]]

    def test_figures_of_two_years_are_not_mixed(self) -> None:
        rows = [
            ["乡镇", "2023年", _, "二〇二四年", _],
            [_, "水田", "旱地", "水田", "旱地"],
            ["甲镇", "1", "2", "3", "4"],
        ]
        result = summary(rows)
        assert len(result.cells) == 0
        assert len(str(result.notes[0].values["columns"]).split("、")) == 4

    def test_a_target_is_no_area(self) -> None:
        rows = [["乡镇", "保护任务", "实际保护面积", "完成率(%)"], ["甲镇", "10", "12", "120"]]
        assert summary(rows).cells["value"].tolist() == [12.0]

    def test_english_table(self) -> None:
        rows = [
            ["Township", "Paddy field (mu)", "Dry land (mu)", "Total (mu)", "Number of plots"],
            ["A town", "1", "2", "3", "4"],
        ]
        result = summary([*rows, ["Total", "1", "2", "3", "4"]])
        assert result.cells["land_class"].tolist()[:4] == ["0101", "0103", "", ""]
        assert result.cells["measure"].tolist()[:4] == ["area", "area", "area", "count"]
        assert result.column_sums == [("Total (mu)", ["Paddy field (mu)", "Dry land (mu)"])]
        assert parents(result) == {2: 3, 3: 0}

    def test_the_unit_of_one_column_is_not_that_of_the_sheet(self) -> None:
        rows = [["行政单位", "永久基本农田面积（万亩）", "图斑数（个）"], ["甲镇", "1.2", "100"]]
        assert read(rows).unit is None
        assert summary(rows).cells["unit_of_area"].tolist() == ["wan_mu", ""]

    def test_units_in_cells(self) -> None:
        result = summary([["乡镇", "水田", "旱地"], ["甲镇", "1,012.5亩", "2公顷"], ["乙镇", "3亩", "4"]])
        assert result.cells["unit_of_area"].tolist() == ["mu", "ha", "mu", ""]
        assert result.cells["value"].tolist() == [1012.5, 2.0, 3.0, 4.0]


class TestRowsOfATable:
    HEAD = ("乡镇", "村", "水田", "旱地", "合计")

    def test_subtotal_rows_above_their_villages(self) -> None:
        result = summary([
            self.HEAD, ["全县合计", _, "6", "6", "12"], ["甲镇", "小计", "3", "3", "6"], [_, "一村", "1", "1", "2"],
            [_, "二村", "2", "2", "4"],
            ["乙镇", "小计", "3", "3", "6"], [_, "三村", "3", "3", "6"],
        ])  # fmt: skip
        assert parents(result) == {2: 0, 3: 2, 4: 3, 5: 3, 6: 2, 7: 6}
        assert lines(result)[3] == ["", "甲镇", "township", "total"]
        assert lines(result)[2] == ["", "全县", "county", "total"]

    def test_subtotal_rows_below_their_villages(self) -> None:
        result = summary([
            self.HEAD, ["甲镇", "一村", "1", "1", "2"], [_, "二村", "2", "2", "4"], [_, "小计", "3", "3", "6"],
            ["乙镇", "三村", "3", "3", "6"], [_, "小计", "3", "3", "6"], ["总计", _, "6", "6", "12"],
        ])  # fmt: skip
        assert parents(result) == {2: 4, 3: 4, 4: 7, 5: 6, 6: 7, 7: 0}

    def test_townships_and_villages_in_one_column(self) -> None:
        rows = [
            ["单位", "面积"],
            ["甲镇", "3"],
            ["一村", "1"],
            ["二村", "2"],
            ["乙镇", "3"],
            ["三村", "3"],
            ["合计", "6"],
        ]
        assert parents(summary(rows)) == {2: 7, 3: 2, 4: 2, 5: 7, 6: 5, 7: 0}

    def test_a_column_called_township_that_also_holds_villages(self) -> None:
        rows = [
            ["乡镇", "面积"],
            ["示范县", "6"],
            ["甲镇", "3"],
            ["一村", "1"],
            ["二村", "2"],
            ["乙镇", "3"],
            ["三村", "3"],
        ]
        assert parents(summary(rows)) == {2: 0, 3: 2, 4: 3, 5: 3, 6: 2, 7: 6}

    def test_named_subtotals_below(self) -> None:
        rows = [
            ["单位", "面积"],
            ["一村", "1"],
            ["二村", "2"],
            ["甲镇小计", "3"],
            ["三村", "3"],
            ["乙镇小计", "3"],
            ["合计", "6"],
        ]
        result = summary(rows)
        assert parents(result) == {2: 4, 3: 4, 4: 7, 5: 6, 6: 7, 7: 0}
        assert lines(result)[4] == ["", "甲镇", "township", "total"]

    def test_bare_subtotals_of_units_without_levels(self) -> None:
        rows = [["单位", "面积"], ["东", "1"], ["西", "2"], ["小计", "3"], ["南", "3"], ["小计", "3"], ["合计", "6"]]
        assert parents(summary(rows)) == {2: 4, 3: 4, 4: 7, 5: 6, 6: 7, 7: 0}

    def test_one_total_of_townships(self) -> None:
        rows = [["乡镇", "面积"], ["甲镇", "3"], ["乙镇", "3"], ["合计", "6"]]
        assert parents(summary(rows)) == {2: 4, 3: 4, 4: 0}

    def test_a_bare_total_gets_the_unit_that_holds_its_parts(self) -> None:
        rows = [
            ["行政区代码", "名称", "面积"],
            ["990101001", "甲镇", "3"],
            ["990101002", "乙镇", "3"],
            [_, "合计", "6"],
        ]
        assert lines(summary(rows))[4] == ["990101", "", "county", "total"]

    def test_a_total_and_the_county_by_name(self) -> None:
        rows = [["单位", "面积"], ["示范县", "6"], ["甲镇", "3"], ["乙镇", "3"], ["合计", "6"]]
        assert parents(summary(rows)) == {2: 0, 3: 2, 4: 2, 5: 0}

    def test_counties_of_a_city(self) -> None:
        rows = [["县区", "面积"], ["东县", "3"], ["西区", "3"], ["合计", "6"]]
        assert parents(summary(rows)) == {2: 4, 3: 4, 4: 0}

    def test_bare_subtotals_below_merged_townships(self) -> None:
        rows = [
            ["乡镇", "村", "村代码", "面积"],
            ["甲镇", "一村", "990101001001", "1"], [_, "二村", "990101001002", "2"], ["小  计", _, _, "3"],
            ["乙镇", "三村", "990101002001", "3"], ["小计", _, _, "3"], ["合计", _, _, "6"],
        ]  # fmt: skip
        result = summary(rows)
        assert parents(result) == {2: 4, 3: 4, 4: 7, 5: 6, 6: 7, 7: 0}
        assert lines(result)[4] == ["990101001", "甲镇", "township", "total"]

    def test_page_totals_belong_to_nobody(self) -> None:
        rows = [["乡镇", "面积"], ["甲镇", "3"], ["本页小计", "3"], ["乙镇", "3"], ["合计", "6"]]
        result = summary(rows)
        assert parents(result) == {2: 5, 4: 5, 5: 0}

    def test_township_rows_with_empty_village_cells(self) -> None:
        rows = [
            self.HEAD,
            ["甲镇", _, "3", "3", "6"],
            ["甲镇", "一村", "1", "1", "2"],
            ["甲镇", "二村", "2", "2", "4"],
            ["乙镇", _, "3", "3", "6"],
        ]
        result = summary([*rows, ["合计", _, "6", "6", "12"]])
        assert parents(result) == {2: 6, 3: 2, 4: 2, 5: 6, 6: 0}
        assert lines(result)[5] == ["", "乙镇", "township", "unit"]

    def test_code_and_name_in_one_cell(self) -> None:
        result = summary([["行政区", "面积"], ["990101001 甲镇", "3"], ["990101001001一村", "3"]])
        assert parents(result) == {2: 0, 3: 2}
        assert lines(result)[3] == ["990101001001", "一村", "village", "unit"]


class TestLongTables:
    ROWS = (
        ["乡镇", "地类", "面积(亩)", "图斑个数"],
        ["甲镇", "水田", "1", "1"], [_, "旱地", "2", "2"], [_, "小计", "3", "3"],
        ["乙镇", "水田", "3", "3"], [_, "小计", "3", "3"],
        ["合计", "水田", "4", "4"], [_, "旱地", "2", "2"], [_, "小计", "6", "6"],
    )  # fmt: skip

    def test_classes_and_totals(self) -> None:
        result = summary(self.ROWS)
        assert value(result, 3, "0103") == 2.0
        assert value(result, 4) == 3.0
        assert value(result, 6, measure="count") == 3.0
        assert lines(result)[4] == ["", "甲镇", "township", "unit"]

    def test_parents_are_of_the_same_class(self) -> None:
        rows = [["乡镇", "地类", "面积"], ["合计", "水田", "4"], ["合计", "旱地", "2"], ["合计", _, "6"],
                ["甲镇", "水田", "4"], ["甲镇", "旱地", "2"], ["甲镇", "小计", "6"]]  # fmt: skip
        assert parents(summary(rows)) == {2: 0, 3: 0, 4: 0, 5: 2, 6: 3, 7: 4}

    def test_rows_that_are_sums_of_rows(self) -> None:
        assert summary(self.ROWS).row_sums[:2] == [(4, [2, 3]), (6, [5])]

    def test_class_codes(self) -> None:
        rows = [
            ["行政区代码", "地类编码", "面积"],
            ["990101001", "0101", "1"],
            ["990101001", 103, "2"],
            ["990101001", "01", "3"],
        ]
        result = summary(rows)
        assert result.cells["land_class"].tolist() == ["0101", "0103", "01"]
        assert result.row_sums == [(4, [2, 3])]


NAMES = st.text("甲乙丙丁张王李赵村组东西", min_size=1, max_size=4)
LINES = st.sampled_from([
    ["示范县永久基本农田登记册"], ["单位：亩"], ["填报单位：示范县", _, "单位：公顷"], [], [" "], ["附件1："],
    ["第1页 共1页"],
    ["（2024年度）"],
])  # fmt: skip
FEET = st.sampled_from([
    [], ["合 计", _, _, "99"], [_, "总计", _, "99"], ["制表人：张三", _, "审核人：李四"], ["注：略"], ["　"],
    ["2024年5月1日"],
    ["说明：本表一式三份"], ["本页小计"], CLEAN[0],
])  # fmt: skip


class TestWrapping:
    @given(
        rows=st.lists(st.tuples(st.integers(0, 99999), NAMES, st.sampled_from(["水田", "旱地"]), st.floats(0, 1e6),
        NAMES), min_size=1, max_size=8),
        above=st.lists(LINES, max_size=4), below=st.lists(FEET, max_size=5), left=st.integers(0, 2),
        right=st.integers(0, 3),
        gaps=st.lists(st.integers(0, 8), max_size=3), numbering=st.booleans(), taken=st.booleans(),
    )  # fmt: skip
    @settings(max_examples=300, deadline=None)
    def test_what_is_put_around_a_table_does_not_change_it(
        self, rows: list[tuple[Any, ...]], above: list[list[Any]], below: list[list[Any]], left: int, right: int,
        gaps: list[int], numbering: bool, taken: bool,
    ) -> None:  # fmt: skip
        data: list[list[Any]] = [
            [f"99010100100{k:06d}", name, of, f"{area:.2f}", person] for k, name, of, area, person in rows
        ]
        inside: list[list[Any]] = [CLEAN[0], *([["甲", "乙", "丙", "1", "2"]] if numbering else []), *data]
        for gap in gaps:
            inside.insert(min(len(inside), 1 + numbering + gap), [])
        sheet_rows = [[*[_] * left, *line, *[_] * right] for line in (*above, *inside, *below)]
        cells = grid(sheet_rows)
        first = sheet_rows[0]
        if taken and sum(bool(str(cell or "").strip()) for cell in first) == 1:
            names = [
                str(cell) if str(cell or "").strip() else f"Field{j + 1}"
                for j, cell in enumerate([*first, *[_] * 9][: cells.shape[1]])
            ]
            cells = grid([[*row, *[_] * (cells.shape[1] - len(row))] for row in sheet_rows[1:]], names)
        sheet = read_sheet(cells, KNOWN)
        assert body(sheet) == data
        assert list(sheet.rows) == CLEAN[0]
        kept = [sheet_rows[number - 1][left : left + 5] for number in sheet.row_numbers]
        assert kept == data
        assert len(sheet.dropped) + len(sheet.rows) == len(sheet_rows)

    @given(
        st.lists(
            st.lists(st.one_of(st.none(), st.text(max_size=6), st.integers(), st.floats()), max_size=6),
            min_size=1,
            max_size=12,
        )
    )
    @settings(max_examples=200, deadline=None)
    def test_anything_is_read_without_a_row_lost(self, rows: list[list[Any]]) -> None:
        if not any(rows):
            rows = [["x"]]
        sheet = read_sheet(grid(rows), TABLE.vocabulary())
        everywhere = sorted([*sheet.row_numbers, *sheet.dropped["row"]])
        assert everywhere == list(range(1, len(rows) + 1))
        cells = summary_rows(sheet, TABLE).cells
        assert set(cells["parent"]) <= {0, *cells["row"], *sheet.row_numbers, *sheet.total_numbers}

    def test_numbers_as_offices_write_them_reach_the_parser(self) -> None:
        sheet = read([["图斑编号", "村", "面积"], ["a1", "一村", "1,012.50亩"], ["a2", "一村", "１２．５"]])
        assert parse_number(sheet.rows["面积"]).values.tolist() == [1012.5, 12.5]


class TestSeveralTablesOnASheet:
    """A register, and below it on the same sheet other tables with headings of their own."""

    FIRST = (
        ["示范县永久基本农田登记册", None, None, None], ["图斑编号", "村代码", "地类", "面积(亩)"],
        ["000001", "990101001001", "水田", "15.00"], ["000002", "990101001001", "旱地", "16.00"],
        ["合计", None, None, "31.00"],
    )  # fmt: skip
    BLANK = ([None] * 4,)
    SECOND = (
        ["第二村登记册", None, None, None], ["村代码", "图斑编号", "面积(亩)", "地类"],
        ["990101001002", "000003", "7.00", "水田"], ["990101001002", "000004", "8.00", "旱地"],
    )  # fmt: skip
    THIRD = (["地类", "面积(平方米)", "图斑编号", "村代码"], ["水田", "600.00", "000005", "990101001003"])

    def tables(self, *rows: Sequence[Sequence[str | None]]) -> list[tuple[str, pd.DataFrame]]:
        cells = pd.DataFrame([row for part in rows for row in part], columns=[f"Field{n}" for n in range(1, 5)])
        return tables_of(cells.astype(object), profile("register").vocabulary())

    def test_each_has_its_rows(self) -> None:
        found = self.tables(self.FIRST, self.BLANK, self.SECOND)
        assert [title for title, _ in found] == ["示范县永久基本农田登记册", "第二村登记册"]
        assert found[1][1].index.tolist() == [6, 7, 8, 9]

    def test_rows_are_those_of_the_sheet(self) -> None:
        for (_, cells), rows, keys in zip(
            self.tables(self.FIRST, self.BLANK, self.SECOND, self.BLANK, self.THIRD), ([3, 4], [9, 10], [13]),
            (["000001", "000002"], ["000003", "000004"], ["000005"]),
        ):  # fmt: skip
            frame = frames.read(frames.Source("登记册", cells), "register", Findings())
            assert frame.rows["row"].tolist() == rows
            assert frame.rows["key"].tolist() == keys
            assert not any("另一个表" in note or "第二个表" in note for note in frame.notes)

    def test_one_table_is_left_as_it_is(self) -> None:
        found = self.tables(self.FIRST, self.BLANK)
        assert [(title, len(cells)) for title, cells in found] == [("示范县永久基本农田登记册", 6)]

    def test_the_first_goes_on_below_another(self) -> None:
        found = self.tables(self.FIRST[1:4], self.SECOND, self.FIRST[1:4], self.THIRD)
        assert [cells.index.tolist() for _, cells in found] == [[0, 1, 2, 7, 8, 9], [3, 4, 5, 6], [10, 11]]
