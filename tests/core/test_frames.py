"""From what a source holds to canonical columns: fields found or told, areas in m², and what was mended or lost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from redline.core import frames
from redline.core.errors import InputError
from redline.core.findings import Findings
from redline.core.frames import Frame, Source, combine, labels, read, restate_area
from redline.core.progress import Cancelled, Progress
from redline.core.text import squeeze
from redline.tests.core.hand import NAMES, box, county, layer, shapes, sheet, villages


def register(rows: list[dict[str, Any]], findings: Findings | None = None, **options: Any) -> Frame:
    """A register of these rows, beside a remark that makes every row one."""
    return sheet("register", [{**row, "备注": "无误"} for row in rows], findings or Findings("zh"), **options)


def told(findings: Findings) -> list[tuple[str, str, str]]:
    frame = findings.frame()
    return list(zip(frame["rule"], frame["key"], frame["related"]))


# Fields


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("永久基本农田图斑编号", "key"), ("YJJBNTTBBH", "key"), ("永农图斑编号", "key"), ("行政村代码", "unit"),
        ("权属单位", "owner"), ("责任人姓名", "person"), ("责任书编号", "letter"),
        ("永久基本农田面积（亩）", "farmland_area"),
        ("图斑面积(平方米)", "plot_area"), ("面积", "area"), ("面 积", "area"), ("图册页码", "atlas_page"),
    ],
)  # fmt: skip
def test_usual_headers_are_found(header: str, column: str) -> None:
    frame = register([{"坐落单位代码": "990101001001", header: "1"}] * 2)
    assert frame.fields[column] == squeeze(header)


def test_a_field_that_the_user_chose_goes_before_any_alias() -> None:
    rows = [{"图斑编号": "A", "编号甲": "B", "面积甲": "3"}]
    frame = register(rows, overrides={"key": "编号甲", "area": "面积甲"})
    assert (frame.rows["key"][0], frame.rows["area"][0]) == ("B", 3.0)


def test_a_chosen_field_is_nothing_else_any_more() -> None:
    frame = register([{"编号": "1", "永久基本农田面积(亩)": "3"}], overrides={"plot_area": "永久基本农田面积(亩)"})
    assert frame.fields["plot_area"] == "永久基本农田面积(亩)"
    assert "farmland_area" not in frame.rows


def test_a_chosen_field_that_is_not_there_is_an_error_that_names_what_is() -> None:
    with pytest.raises(InputError, match="乙") as error:
        register([{"图斑编号": "1"}], overrides={"key": "乙"})
    assert "图斑编号" in str(error.value)
    assert "register" in str(error.value)


def test_two_fields_that_may_be_the_same_are_an_error_that_names_both() -> None:
    row = {"编号": "1", "永农面积": "1", "基本农田面积": "2"}
    with pytest.raises(InputError, match="永农面积") as error:
        register([row])
    assert "基本农田面积" in str(error.value)
    assert register([row], overrides={"farmland_area": "永农面积"}).rows["farmland_area"][0] == 1.0
    assert "farmland_area" not in register([row], lenient=True).rows


def test_a_missing_field_is_told_with_what_was_looked_for() -> None:
    frame = register([{"编号": "1"}])
    with pytest.raises(InputError, match="QSDWMC") as error:
        frame.require("zh", "owner")
    assert "编号" in str(error.value)


def test_the_log_says_what_was_understood() -> None:
    for language, said in (("zh", "永久基本农田面积(亩)（亩）"), ("en", "mu")):
        frame = register([{"图斑编号": "1", "永久基本农田面积(亩)": "1"}], Findings(language))
        assert said in frame.notes[0]
        assert "register" in frame.notes[0]


# Values


def test_areas_come_in_square_metres() -> None:
    rows = [
        {"图斑编号": str(n), "永久基本农田面积(亩)": said}
        for n, said in enumerate(["1", "1.50", "", "-", "１２．３３"])
    ]
    frame = register(rows)
    expected = [2000 / 3, 1000.0, np.nan, np.nan, 8220.0]
    assert frame.rows["farmland_area"].tolist() == pytest.approx(expected, nan_ok=True)
    assert frame.stated["farmland_area"] == "mu"
    assert frame.resolution["farmland_area"] == pytest.approx(20 / 3)


@pytest.mark.parametrize(("unit", "area"), [("m2", 15.0), ("mu", 10_000.0), ("ha", 150_000.0), ("auto", 15 * 2000 / 3)])
def test_the_user_says_the_unit(unit: str, area: float) -> None:
    frame = register([{"图斑编号": "1", "永久基本农田面积(亩)": "15"}], area_unit=unit)
    assert frame.rows["farmland_area"][0] == pytest.approx(area)


def test_a_unit_in_the_corner_is_that_of_all_columns_without_their_own() -> None:
    rows = [
        ["登记册", None, "单位：公顷"],
        ["图斑编号", "图斑面积", "永久基本农田面积(亩)"],
        ["1", "2", "3"],
        ["2", "2", "3"],
    ]
    cells = pd.DataFrame(rows, columns=["Field1", "Field2", "Field3"], dtype=object)
    frame = read(Source("册", cells), "register", Findings("zh"))
    assert frame.rows["plot_area"].tolist() == [20_000.0] * 2
    assert frame.rows["farmland_area"].tolist() == pytest.approx([2000.0] * 2)


def test_layers_have_square_metres_unless_the_name_says_otherwise() -> None:
    rows = [{"YJJBNTTBBH": str(n), "图斑面积_亩": 1.5, "geometry": box(0, 0)} for n in range(3)]
    frame = layer("map", rows, Findings("zh"), overrides={"plot_area": "图斑面积_亩"})
    assert frame.rows["plot_area"].tolist() == [1000.0] * 3
    plain = layer("map", county(), Findings("zh"))
    assert set(plain.stated.values()) == {"m2"}


def test_a_unit_behind_a_figure_counts_in_the_text_field_of_a_layer_too() -> None:
    said = ["15亩", "1公顷", "10000", "9993.33平方米"]
    rows = [{"YJJBNTTBBH": str(n), "YJJBNTTBMJ": area, "geometry": box(n, 0)} for n, area in enumerate(said)]
    frame = layer("map", rows, Findings("zh"))
    assert frame.rows["plot_area"].round(2).tolist() == [10000.0, 10000.0, 10000.0, 9993.33]


def test_what_cannot_be_read_is_told_with_its_row() -> None:
    findings = Findings("zh")
    rows = [{"图斑编号": f"P{n}", "面积(亩)": "1", "责任书签订日期": "2022.1.1"} for n in range(10)]
    rows[3]["面积(亩)"], rows[4]["责任书签订日期"] = "约十亩", "二二年春"
    frame = register(rows, findings)
    assert told(findings) == [("R2002", "P3", "area"), ("R2002", "P4", "letter_date")]
    assert np.isnan(frame.rows["area"][3])
    assert pd.isna(frame.rows["letter_date"][4])


def test_mended_codes_are_told_once_a_column() -> None:
    findings = Findings("zh")
    rows = [{"图斑编号": f" ９９{n}", "村代码": "990101001001"} for n in range(5)]
    frame = register(rows, findings)
    assert frame.rows["key"].tolist() == [f"99{n}" for n in range(5)]
    assert told(findings) == [("R2012", "", "key")]


@pytest.mark.parametrize(("typed", "changes"), [
    ("a1b", "小写字母改为大写"), (" A1", "去除空格"), ("A\u3000１", "去除空格、全角字符改为半角"),
    ("ａ1", "全角字符改为半角、小写字母改为大写"), ("12.0", "去掉“.0”"),
    (12, "数值按文本读取"),
    ("'0101", "去掉电子表格的文本标记"), ("A—1", "连接号统一为“-”"), ("Ａ－1", "全角字符改为半角"),
    ("A\u200b1", "去除空格"),
])  # fmt: skip
def test_it_is_told_what_was_changed_and_nothing_else(typed: object, changes: str) -> None:
    findings = Findings("zh")
    register([{"图斑编号": typed, "村代码": "990101001001"}, {"图斑编号": "B7", "村代码": "990101001001"}], findings)
    (message,) = findings.frame()["message"]
    assert message == f"登记册，字段“图斑编号”：1个值已规整后使用（{changes}），例如“{typed}”。"


def test_lost_digits_are_told_and_left_out() -> None:
    findings = Findings("zh")
    rows = [{"图斑编号": f"9.9010100100{n}E+16", "村代码": "990101001001"} for n in range(3)]
    frame = register(rows, findings)
    assert {rule for rule, *_ in told(findings)} == {"R2013"}
    assert frame.rows["key"].tolist() == ["", "", ""]


@pytest.mark.parametrize(
    ("unit", "location", "expected"),
    [
        ("990101001001", None, "990101001001"), (None, "9901010010010000000", "990101001001"),
        ("990101001", "9901010010010000000", "990101001"), ("", "9901010010010000000", "990101001001"),
        ("990101000000", None, "990101"), ("990101001000", None, "990101001"),
    ],
)  # fmt: skip
def test_the_unit_of_a_row(unit: str | None, location: str | None, expected: str) -> None:
    row = {"图斑编号": "1", "行政区代码": unit, "坐落单位代码": location}
    frame = register([{key: value for key, value in row.items() if value is not None}] * 2)
    assert frame.rows["unit"].tolist() == [expected] * 2


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [("0101", "旱地", "0101"), ("", "旱地", "0103"), ("水田", "", "0101"), ("0103K", "", "0103K"), ("9999", "", "9999"),
     ("", "火星地", "")],
)  # fmt: skip
def test_classes_are_codes_by_code_or_else_by_name(code: str, name: str, expected: str) -> None:
    frame = register([{"图斑编号": "1", "地类编码": code, "地类名称": name}] * 2)
    assert frame.rows["land_class"].tolist() == [expected] * 2


def test_a_period_in_one_cell_gives_both_ends() -> None:
    frame = register([{"图斑编号": "1", "保护期限": "2022年1月1日至2035年12月31日"}])
    assert str(frame.rows["start"][0])[:10] == "2022-01-01"
    assert str(frame.rows["end"][0])[:10] == "2035-12-31"


def test_people_beyond_their_name_are_not_in_the_rows() -> None:
    """Identity numbers, telephones and addresses stay in the source."""
    rows = [{**row, "ZRRZJHM": "11010519491231002X", "LXDH": "13800000000", "JZDZ": "某村1号"} for row in county()]
    frame = layer("map", rows, Findings("zh"))
    assert not frame.rows.astype(str).apply(lambda column: column.str.contains("1380000|1949123|某村")).any(axis=None)


# Sheets, layers, several sources


def test_totals_and_signatures_are_no_rows() -> None:
    rows = [{"图斑编号": str(n), "面积(亩)": "1", "责任人": "张三"} for n in range(1, 4)]
    rows += [{"图斑编号": "合计", "面积(亩)": "3", "责任人": None}, {"图斑编号": "制表人：李四"}]
    frame = sheet("register", rows, Findings("zh"), "示范县登记册")
    assert frame.rows["key"].tolist() == ["1", "2", "3"]
    assert frame.rows["row"].tolist() == [3, 4, 5]


def test_a_layer_keeps_its_shapes_and_areas() -> None:
    frame = layer("map", county(), Findings("zh"))
    assert len(frame) == 12
    assert shapely.equals(frame.rows["geometry"].to_numpy(), shapes(*(row["geometry"] for row in county()))).all()
    assert frame.rows["geometry_area"].tolist() == pytest.approx([row["YJJBNTTBMJ"] for row in county()], abs=0.01)


def test_layers_of_one_role_are_one_frame() -> None:
    findings = Findings("zh")
    towns = [{"XZQDM": code, "XZQMC": NAMES[code], "geometry": box(0, 0)} for code in ("990101001", "990101002")]
    parts = [layer("units", rows, findings, name) for rows, name in ((villages(), "村"), (towns, "乡"))]
    whole = combine(parts)
    assert (len(whole), whole.name) == (5, "村、乡")
    assert whole.rows["row"].tolist() == [1, 2, 3, 4, 5]
    assert whole.notes == parts[0].notes + parts[1].notes
    assert combine(parts[:1]) is parts[0]


def test_rows_are_called_by_number_else_by_place_else_by_row() -> None:
    rows = [
        {"YJJBNTTBBH": "A1", "geometry": box(0, 0)}, {"YJJBNTTBBH": "", "geometry": box(0, 0)},
        {"YJJBNTTBBH": None, "geometry": None},
    ]  # fmt: skip
    assert labels(layer("map", rows, Findings("zh"))).tolist() == ["A1", "(37500050,4050050)", "#3"]


def test_restating_an_area_scales_its_last_place_too() -> None:
    frame = register([{"图斑编号": "1", "面积(平方米)": "1.50"}])
    restate_area(frame, "area", "m2", "mu")
    assert frame.rows["area"][0] == 1000.0
    assert frame.resolution["area"] == pytest.approx(20 / 3)


@pytest.mark.parametrize("role", ["map", "register", "plots", "units", "atlas_index", "table"])
def test_sources_without_rows_or_without_known_fields(role: str) -> None:
    for cells in (
        pd.DataFrame(),
        pd.DataFrame({"x": pd.Series(dtype=object)}),
        pd.DataFrame({"x": ["1", None]}, dtype=object),
    ):
        geometry = None if role in ("register", "atlas_index", "table") else shapes(*[None] * len(cells))
        frame = read(Source("空", cells, geometry), role, Findings("zh"))
        assert len(frame) <= len(cells)
        assert frame.notes


def test_rows_of_a_layer_that_is_a_summary_table_are_counted_whatever_its_features_are_called() -> None:
    cells = pd.DataFrame({"行政区代码": ["990101001", "990101002"], "永久基本农田面积": ["10.00", "20.00"]})
    expected = read(Source("表", cells), "table", Findings("zh")).rows["row"].tolist()
    called = cells.set_axis([41, 97], axis=0)
    frame = read(Source("表", called, shapes(box(0, 0), box(1, 0))), "table", Findings("zh"))
    assert frame.rows["row"].tolist() == expected == [2, 3]


def test_reading_stops_between_two_columns() -> None:
    class Stopped(Progress):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(Cancelled):
        frames.read(Source("册", pd.DataFrame({"图斑编号": ["1"]})), "register", Findings("zh"), progress=Stopped())
