"""A layer against its standard: each rule on both sides of its line; what is repaired stays repaired."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from redline.core import frames, repairs
from redline.core.checks import schema
from redline.core.findings import Findings
from redline.core.frames import Frame, Source, Storage
from redline.core.progress import Cancelled, Progress
from redline.core.repairs import Repairs
from redline.core.standards import profile

VILLAGE = "610881100201"
SQUARE = shapely.box(0, 0, 100, 100)

PBF = {
    "BSM": "610881000000000001", "YSDM": "2005010300", "XZQDM": VILLAGE, "XZQMC": "示范一村",
    "YJJBNTTBBH": VILLAGE + "00001", "TBBH": "0001", "DLBM": "0103", "DLMC": "旱地", "QSXZ": "31",
    "QSDWDM": VILLAGE + "0100000", "QSDWMC": "示范一村第一组", "ZLDWDM": VILLAGE + "0000000", "ZLDWMC": "示范一村",
    "YJJBNTTBMJ": 10000.0, "KCDLBM": "1203", "KCXS": 0.0583, "KCMJ": 583.0, "YJJBNTMJ": 9417.0, "GDLX": "PD",
    "GDPDJB": "3", "GGBZL": None, "TBXHDM": None, "TBXHMC": None, "ZZSXDM": "LS", "ZZSXMC": "种植粮食", "GDDB": 9,
    "GDDJ": 5, "ZLFLDM": None, "FRDBS": "0", "SJNF": 2023, "CFZR": "张三", "ZMC": "第一组", "ZZRR": "李四",
    "ZRRZJHM": None, "ZRRMC": "王五", "LXDH": None, "JZDZ": None, "BHKSSJ": "20220101", "BHJSSJ": "20351231",
    "SJBH": None, "SJMC": None, "ZRSYX": None, "WDGD": "是", "SFWYYJJBNT": "是", "FWDGDHRLY": None, "BZ": None,
}  # fmt: skip
DLTB = {
    "BSM": "610881000000000001", "YSDM": "2001010100", "TBYBH": None, "TBBH": "0001", "DLBM": "0103", "DLMC": "旱地",
    "QSXZ": "31", "QSDWDM": VILLAGE + "0100000", "QSDWMC": "第一组", "ZLDWDM": VILLAGE + "0000000", "ZLDWMC": "一村",
    "TBMJ": 10000.0, "KCDLBM": "1203", "KCXS": 0.0583, "KCMJ": 583.0, "TBDLMJ": 9417.0, "GDLX": "TT", "GDPDJB": "3",
    "XZDWKD": 0.0, "TBXHDM": None, "TBXHMC": None, "ZZSXDM": "LS", "ZZSXMC": "种植粮食", "GDDB": 9, "FRDBS": "0",
    "CZCSXM": None, "SJNF": 2023, "MSSM": "00", "HDMC": None, "BZ": None,
}  # fmt: skip
OFF = {
    "KCDLBM": None, "KCXS": 0.0, "KCMJ": 0.0, "TBDLMJ": 10000.0, "GDLX": None, "GDPDJB": None, "ZZSXDM": None,
    "ZZSXMC": None, "GDDB": None,
}  # fmt: skip
"""What a plot of a DLTB that is not cultivated does not have."""


def cells(base: dict[str, Any], *changes: dict[str, Any]) -> pd.DataFrame:
    """Rows like `base`, each with a number of its own, and its changes."""
    rows = []
    for number, change in enumerate(changes or ({},), start=1):
        own = {"BSM": f"610881{number:012d}", "TBBH": f"{number:04d}"}
        if "YJJBNTTBBH" in base:
            own["YJJBNTTBBH"] = f"{VILLAGE}{number:05d}"
        rows.append({**base, **own, **change})
    return pd.DataFrame(rows, dtype=object)


def frame_of(
    data: pd.DataFrame, standard: str = "pbf2021", shapes: bool = True, storage: dict[str, Storage] | None = None
) -> Frame:
    geometry = np.full(len(data), SQUARE, dtype=object) if shapes else None
    chosen = profile(standard)
    source = Source("图层", data, geometry, storage=storage or {})
    return frames.read(source, chosen.role, Findings("en"), profile_id=chosen.id, lenient=True)


def found(
    data: pd.DataFrame, standard: str = "pbf2021", alone: bool = True, language: str = "en", **options: Any
) -> pd.DataFrame:
    findings = Findings(language)
    schema.check(frame_of(data, standard, **options), findings, schema.Settings(alone), Progress())
    return findings.frame()


def told(data: pd.DataFrame, standard: str = "pbf2021", **options: Any) -> set[tuple[str, str]]:
    """Rule and field of every finding."""
    frame = found(data, standard, **options)
    return set(zip(frame["rule"], frame["related"]))


@pytest.mark.parametrize(("base", "standard"), [(PBF, "pbf2021"), (DLTB, "sandiao2020")])
def test_a_layer_as_the_standard_wants_it_has_no_finding(base: dict[str, Any], standard: str) -> None:
    for language in ("en", "zh"):
        assert found(cells(base, {}, {}, {}), standard, language=language).empty
    assert repairs.repairs(frame_of(cells(base, {}, {}), standard)).table.empty


@pytest.mark.parametrize(
    ("change", "rule", "field"),
    [
        ({"YJJBNTTBMJ": "十亩"}, "R2002", "plot_area"),
        ({"BHKSSJ": "20220230"}, "R2002", "start"),
        ({"DLMC": None}, "R2005", "DLMC"),
        ({"QSDWMC": " "}, "R2005", "QSDWMC"),
        ({"DLBM": "0199"}, "R2006", "DLBM"),
        ({"DLBM": "01"}, "R2006", "DLBM"),
        ({"DLBM": "05H2"}, "R2006", "DLBM"),
        ({"QSXZ": "50"}, "R2006", "QSXZ"),
        ({"FRDBS": "2"}, "R2006", "FRDBS"),
        ({"GDDB": 0}, "R2007", "GDDB"),
        ({"GDDB": 16}, "R2007", "GDDB"),
        ({"GDDJ": 11}, "R2007", "GDDJ"),
        ({"SJNF": 23}, "R2007", "SJNF"),
        ({"YJJBNTTBMJ": 0.0, "KCMJ": 0.0, "YJJBNTMJ": 0.0}, "R2007", "YJJBNTTBMJ"),
        ({"BHJSSJ": "20211231"}, "R2008", ""),
        ({"XZQDM": "6108811002", "ZLDWDM": "6108811002010000000"}, "R2010", "XZQDM"),
        ({"QSDWDM": VILLAGE + "010"}, "R2010", "QSDWDM"),
        ({"DLMC": "水田"}, "R2011", "DLMC"),
        ({"DLMC": "旱 田"}, "R2011", "DLMC"),
        ({"QSDWMC": "第一\u200b组"}, "R2012", "owner"),
        ({"QSXZ": "３１"}, "R2012", "QSXZ"),
        ({"ZMC": "第1组\u3000"}, "R2012", "group_name"),
        ({"BZ": "见附件" * 17}, "R2003", "BZ"),
        ({"ZLDWDM": "6108811002020000000", "ZLDWMC": "二村"}, "R2016", "ZLDWDM"),
        ({"YJJBNTTBBH": "61088110020200001"}, "R2016", "YJJBNTTBBH"),
        ({"KCMJ": 590.0, "YJJBNTMJ": 9410.0}, "R5002", ""),
        ({"YJJBNTMJ": 9416.0}, "R5003", ""),
        ({"KCXS": 1.0, "KCMJ": 10000.0, "YJJBNTMJ": 0.5}, "R5006", ""),
        ({"GDPDJB": None, "GDLX": None}, "R2015", "GDPDJB/DLBM"),
        ({"GDPDJB": "1"}, "R2015", "GDLX/GDPDJB"),
        ({"ZZSXDM": "JKHF"}, "R2015", "ZZSXDM/DLBM/TBXHDM"),
        ({"ZZSXDM": None, "ZZSXMC": None}, "R2015", "ZZSXDM/DLBM/TBXHDM"),
        ({"TBXHDM": "GCCD"}, "R2015", "DLBM/TBXHDM"),
        ({"WDGD": "否"}, "R2015", "FWDGDHRLY/WDGD"),
    ],
)
def test_every_rule_finds_what_it_is_for(change: dict[str, Any], rule: str, field: str) -> None:
    frame = found(cells(PBF, {}, change, {}))
    hits = frame[(frame["rule"] == rule) & (frame["related"] == field)]
    assert len(hits) == 1, frame[["rule", "related", "message"]].to_dict("records")
    assert hits["role"].tolist() == ["map"]
    if rule != "R2012":
        key = change.get("YJJBNTTBBH", VILLAGE + "00002")
        assert hits["key"].tolist() == [key]
        assert hits["geometry"].iloc[0].equals(SQUARE)
    # The Chinese finding says the same of the same plot.
    assert set(found(cells(PBF, {}, change, {}), language="zh")["finding_id"]) == set(frame["finding_id"])


def test_small_letters_of_a_code_are_not_called_blanks() -> None:
    frame = found(cells(PBF, {}, {"ZZSXDM": "ls"}, {}), language="zh")
    (message,) = frame["message"][(frame["rule"] == "R2012") & (frame["related"] == "ZZSXDM")]
    assert message.endswith("1个值已规整后使用（小写字母改为大写），例如“ls”。")


@pytest.mark.parametrize(
    "change",
    [
        {"GDDB": 1},
        {"GDDB": 15},
        {"GDDB": None},
        {"BHKSSJ": "2022-01-01", "BHJSSJ": "2022.1.1"},
        {"DLBM": "0201K", "DLMC": "果园", "KCDLBM": None, "KCXS": 0, "KCMJ": 0, "YJJBNTMJ": 10000.0, "GDLX": None,
         "GDPDJB": None, "ZZSXDM": "JKHF", "ZZSXMC": "即可恢复"},
        {"TBXHDM": "LQGD", "TBXHMC": "林区耕地", "ZZSXDM": None, "ZZSXMC": None},
        {"ZLFLDM": "041223123221", "BZ": "见附件（一）；共2处" * 3},
        {"WDGD": "否", "FWDGDHRLY": "可调整"},
        {"GDPDJB": "1", "GDLX": None},
        {"BZ": "字" * 50},
        {"XZQDM": "610881", "XZQMC": "示范县"},
        {"KCMJ": 583.004},
        {"QSDWDM": "6108811999990000000", "QSDWMC": "国营农场"},
    ],
)  # fmt: skip
def test_what_is_allowed_is_let_alone(change: dict[str, Any]) -> None:
    frame = found(cells(PBF, {}, change, {}))
    assert frame["message"].tolist() == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"KCDLBM": "1203"}, "KCDLBM/DLBM"),
        ({"KCXS": 0.05, "KCMJ": 500.0, "TBDLMJ": 9500.0}, "KCXS/DLBM"),
        ({"GDLX": "TT"}, "GDLX/DLBM"),
        ({"GDPDJB": "2"}, "GDPDJB/DLBM"),
        ({"XZDWKD": 4.5}, "XZDWKD/DLBM"),
        ({"ZZSXDM": "LS"}, "DLBM/ZZSXDM"),
        ({"DLBM": "0404", "DLMC": "其他草地", "ZZSXDM": "JKHF"}, "ZZSXDM/DLBM"),
        ({"DLBM": "0401", "DLMC": "天然牧草地", "ZZSXDM": "GCHF"}, "ZZSXDM/DLBM"),
        ({"TBXHDM": "LQGD"}, "TBXHDM/DLBM"),
        ({"DLBM": "1104", "DLMC": "坑塘水面", "TBXHDM": "FQ"}, "TBXHDM/DLBM"),
        ({"DLBM": "0601", "DLMC": "工业用地"}, "CZCSXM/DLBM"),
        ({"DLBM": "09", "DLMC": "特殊用地", "CZCSXM": "203"}, "CZCSXM/DLBM"),
        ({"DLBM": "0602", "DLMC": "采矿用地", "CZCSXM": "202"}, "CZCSXM/DLBM"),
        ({"CZCSXM": "201A"}, "DLBM/CZCSXM"),
        ({"DLBM": "1006", "DLMC": "农村道路", "CZCSXM": "203"}, "DLBM/CZCSXM"),
    ],
)
def test_conditions_of_the_land_survey(change: dict[str, Any], field: str) -> None:
    forest = {**OFF, "DLBM": "0301", "DLMC": "乔木林地"}
    assert told(cells(DLTB, {}, forest, {}), "sandiao2020") == set()
    assert ("R2015", field) in told(cells(DLTB, {}, {**forest, **change}, {}), "sandiao2020")


def test_a_road_may_have_a_width_and_industry_its_settlement() -> None:
    road = {**OFF, "DLBM": "1006", "DLMC": "农村道路", "XZDWKD": 4.5}
    works = {**OFF, "DLBM": "0601", "DLMC": "工业用地", "CZCSXM": "202A", "TBXHDM": "GTGY", "TBXHMC": "钢铁"}
    assert told(cells(DLTB, road, works), "sandiao2020") == set()


def test_one_wrong_value_is_told_once() -> None:
    """A class in no list says nothing about what else the row must hold."""
    assert told(cells(PBF, {}, {"DLBM": "9999"})) == {("R2006", "DLBM")}
    assert told(cells(PBF, {}, {"KCXS": "x"})) == {("R2002", "deduction_factor"), ("R5002", "")}


def test_the_net_area_of_the_land_survey_adds_up() -> None:
    assert told(cells(DLTB, {}, {"TBDLMJ": 9416.0}), "sandiao2020") == {("R5003", "")}
    old = {"TBMJ": 10000.0, "XZDWMJ": 100.0, "LXDWMJ": 50.0, "TKMJ": 0.0, "TBDLMJ": 9850.0, "DLBM": "013"}
    names = {f.name: None for f in profile("erdiao2009").fields if f.required != "X"}
    rows = pd.DataFrame([{**names, **old}, {**names, **old, "TBDLMJ": 9900.0}], dtype=object)
    hits = found(rows, "erdiao2009")
    assert hits.loc[hits["rule"] == "R5003", "difference"].tolist() == [50.0]


def test_fields_missing_extra_renamed_and_twice() -> None:
    data = cells(PBF, {}).drop(columns=["DLBM", "GDPDJB", "GGBZL"]).rename(columns={"YJJBNTTBMJ": "TBMJ"})
    data["自编号"], data["Shape_Area"], data["XZQMC_1"] = "1", 3.5, "示范一村"
    frame = found(data)
    told_of = {(row.rule, row.related): row for row in frame.itertuples()}
    assert told_of["R2001", "DLBM"].severity == "error"
    assert told_of["R2001", "GDPDJB"].severity == "warning"
    assert told_of["R2001", ""].severity == "info"
    assert "GGBZL" in told_of["R2001", ""].message
    assert told_of["R2004", "YJJBNTTBMJ"].actual == "TBMJ"
    assert told_of["R2018", ""].actual == "自编号, XZQMC_1"
    assert (told_of["R2018", ""].severity, told_of["R2018", ""].difference) == ("info", 2.0)

    twice = cells(PBF, {}).assign(毛面积=1.0, 图斑面积=2.0).drop(columns=["YJJBNTTBMJ"])
    assert ("R2017", "YJJBNTTBMJ") in told(twice)
    assert ("R2001", "YJJBNTTBMJ") not in told(twice)
    lower = cells(PBF, {}).rename(columns=str.lower)
    assert {rule for rule, _ in told(lower)} == {"R2004"}


def test_names_cut_to_ten_bytes_are_known() -> None:
    data = cells(PBF, {}).drop(columns=["QSDWMC"]).assign(权属单位名="第一组")
    assert ("R2004", "QSDWMC") in told(data)


@pytest.mark.parametrize(
    ("field", "kept", "rule", "severity"),
    [
        ("DLBM", Storage("integer"), "R2014", "error"),
        ("ZLDWMC", Storage("real"), "R2014", "warning"),
        ("YJJBNTTBMJ", Storage("text", 20), "R2014", "warning"),
        ("SJNF", Storage("text", 4), "R2014", "warning"),
        ("XZQMC", Storage("text", 60), "R2003", "warning"),
        ("YJJBNTTBBH", Storage("text", 17), "R2003", "warning"),
        ("ZLDWMC", Storage("text", 254, True), "", ""),
        ("YJJBNTTBMJ", Storage("integer"), "", ""),
        ("SJNF", Storage("real"), "", ""),
        ("BHKSSJ", Storage("date"), "", ""),
        ("BHKSSJ", Storage("text", 8), "", ""),
        ("BZ", Storage("text"), "", ""),
        ("BZ", Storage(""), "", ""),
    ],
)
def test_how_a_field_is_kept(field: str, kept: Storage, rule: str, severity: str) -> None:
    frame = found(cells(PBF, {}), storage={field: kept, "KCMJ": Storage("real")})
    rows = list(zip(frame["rule"], frame["related"], frame["severity"]))
    assert rows == ([(rule, field, severity)] if rule else [])


def test_a_file_of_texts_alone_has_no_types() -> None:
    kept = dict.fromkeys(PBF, Storage("text", 254))
    assert found(cells(PBF, {}), storage=kept).empty


@pytest.mark.parametrize(
    ("value", "kept", "is_cut"),
    [
        ("一二三四五六七八九十", Storage("text", 10), True),
        ("一二三四五六七八九", Storage("text", 10), False),
        ("一二三四五", Storage("text", 10, True), True),  # GBK: two bytes each
        ("A一二三四", Storage("text", 10, True), True),  # nine bytes: half a character did not fit
        ("一二三四", Storage("text", 10, True), False),
        ("一二三", Storage("text", 10, True), True),  # UTF-8: nine of ten bytes, the fourth did not fit
        ("abcdefghij", Storage("text", 10, True), False),
        ("一二\ufffd", Storage("text", 200, True), True),
    ],
)
def test_values_that_fill_their_field_may_be_cut(value: str, kept: Storage, is_cut: bool) -> None:
    frame = found(cells(PBF, {}, {"BZ": value}), storage={"BZ": kept})
    full = frame[(frame["rule"] == "R2003") & (frame["key"] != "")]
    assert len(full) == is_cut
    assert set(full["severity"]) <= {"warning"}


def test_identifiers_and_numbers_in_the_village_never_repeat() -> None:
    frame = found(cells(PBF, {}, {"BSM": "610881000000000001"}, {"YJJBNTTBBH": VILLAGE + "00001"}))
    twice = frame[frame["rule"] == "R2009"]
    assert set(zip(twice["key"], twice["related"], twice["actual"])) == {
        ("610881000000000001", "BSM", "2"), (VILLAGE + "00001", "", "2"),
    }  # fmt: skip
    same = cells(DLTB, {}, {"TBBH": "0001"}, {"TBBH": "0001", "ZLDWDM": "6108811002020000000", "ZLDWMC": "二村"})
    hits = found(same, "sandiao2020")
    assert hits[hits["rule"] == "R2009"]["key"].tolist() == [VILLAGE + "0000000/0001"]


def test_one_code_has_one_name() -> None:
    frame = found(cells(PBF, {}, {}, {"XZQMC": "示范1村"}))
    assert frame[["rule", "related", "key", "expected", "actual", "severity"]].to_numpy().tolist() == [
        ["R2011", "XZQMC", VILLAGE + "00003", "示范一村", "示范1村", "warning"]
    ]


def test_what_is_nearly_everywhere_is_one_finding() -> None:
    data = cells(PBF, *({"BHKSSJ": None} for _ in range(38)), {}, {})
    frame = found(data)
    assert frame[["rule", "related", "key", "actual", "difference"]].to_numpy().tolist() == [
        ["R2005", "BHKSSJ", "", "38", 38.0]
    ]
    assert "38 of 40" in frame["message"].iloc[0]
    half = found(cells(PBF, *({"BHKSSJ": None} for _ in range(20)), *({} for _ in range(20))))
    assert half["key"].nunique() == len(half) == 20
    few = found(cells(PBF, *({"BHKSSJ": None} for _ in range(19))))
    assert len(few) == 19
    assert len(found(cells(PBF, *({"ZZSXDM": "JKHF"} for _ in range(30))))) == 1


def test_a_layer_without_rows_is_said_to_be_unchecked() -> None:
    empty = frame_of(cells(PBF, {}).iloc[:0])
    result = schema.check(empty, Findings("zh"), schema.Settings(), Progress())
    (said,) = result.unchecked
    assert "没有任何记录" in said
    assert schema.check(frame_of(cells(PBF, {})), Findings("zh"), schema.Settings(), Progress()).unchecked == []


def test_messages_name_the_plot_and_the_codes_to_choose_from() -> None:
    data = cells(PBF, {"WDGD": None}, {"GDPDJB": "9"}, {"YSDM": "1"}, {"DLBM": "0199"}, *({} for _ in range(9)))
    frame = found(data, language="zh").set_index(["rule", "related"])
    missing = frame.loc[("R2005", "WDGD")]
    assert missing["message"] == f"图{missing['key']}（第1行）：没有WDGD（是否稳定耕地）。"
    assert frame.loc[("R2006", "GDPDJB"), "expected"] == "《耕地坡度级别》（1、2、3、4、5）"
    assert frame.loc[("R2006", "GDPDJB"), "message"].endswith("的值“9”不符合《耕地坡度级别》（1、2、3、4、5）。")
    usual = PBF["YSDM"]
    assert frame.loc[("R2006", "YSDM"), "message"].endswith(f"的值“1”不符合全层统一取值“{usual}”。")
    assert frame.loc[("R2006", "DLBM"), "expected"].endswith("》")
    (against,) = found(cells(PBF, {"GDPDJB": None, "GDLX": None}, {}, {}), language="zh")["message"]
    assert "GDPDJB（耕地坡度级别）为空，而DLBM（地类编码）为“" in against
    english = found(data).set_index(["rule", "related"])
    assert "which does not fit the list “slope level" in english.loc[("R2006", "GDPDJB"), "message"]


def test_codes_of_another_scheme_are_named() -> None:
    rows = [{**OFF, "DLBM": code, "DLMC": None} for code in ("1702", "1704", "1705", "2301", "2303") * 5]
    frame = found(cells(DLTB, *rows), "sandiao2020")
    (expected,) = frame.loc[(frame["rule"] == "R2006") & (frame["related"] == "DLBM"), "expected"]
    assert "2023" in expected


def test_the_2023_scheme_is_not_the_survey_s() -> None:
    row = {"BSM": "1", "XZQDM": "610881", "XZQMC": "县", "YDYHFLDM": "0601", "YDYHFLMC": "农村道路", "MJ": 5.0}
    assert ("R2006", "YDYHFLDM") not in told(pd.DataFrame([row]), "yongtu2023")
    assert ("R2011", "YDYHFLMC") not in told(pd.DataFrame([row]), "yongtu2023")
    assert ("R2011", "YDYHFLMC") in told(pd.DataFrame([{**row, "YDYHFLMC": "工业用地"}]), "yongtu2023")
    assert ("R2006", "YDYHFLDM") in told(pd.DataFrame([{**row, "YDYHFLDM": "05H1"}]), "yongtu2023")


def test_monitoring_polygons() -> None:
    row = {"XZQDM": "610881", "XMC": "示范县", "JCBH": "JC0001", "TBLX": "DL1", "QSX": "20250501", "HSX": "20260401",
           "DLBM": "0103", "DLMC": "旱地", "SFYN": "是", "MJ": 1234.5}  # fmt: skip
    rows = [row, {**row, "JCBH": "JC0002", "TBLX": "01"}, {**row, "JCBH": "JC0003", "TBLX": "XX", "MJ": -1}]
    frame = found(pd.DataFrame(rows), "enforcement2026")
    rules = {(row.rule, row.related, row.key) for row in frame.itertuples() if row.key}
    assert rules == {("R2006", "TBLX", "JC0003"), ("R2007", "MJ", "JC0003")}
    assert set(frame["role"]) == {"violation"}


def test_codes_that_lost_digits_are_told_and_not_repaired() -> None:
    lost = cells(PBF, {}, {"ZLDWDM": "6.10881E+18"})
    frame = found(lost)
    assert ("R2013", "location") in set(zip(frame["rule"], frame["related"]))
    assert ("R2005", "ZLDWDM") not in set(zip(frame["rule"], frame["related"]))
    assert repairs.repairs(frame_of(lost)).table.empty


def test_personal_numbers_are_not_printed() -> None:
    data = cells(
        PBF, {}, {"LXDH": "13812345678\u200b", "JZDZ": "示范一村十二号" * 10, "ZRRZJHM": "6108211990010112345X9"}
    )
    frame = found(data)
    assert {"R2012", "R2003"} <= set(frame["rule"])
    for column in ("message", "actual", "expected"):
        assert not frame[column].str.contains("12345678|十二号示范|19900101").any()


def test_an_audit_leaves_to_others_what_they_tell() -> None:
    wrong = {"YJJBNTTBMJ": "十亩", "XZQDM": "12345", "BHJSSJ": "20211231", "KCMJ": 1.0, "GDDB": 16, "TBBH": "0002.0"}
    data = cells(PBF, wrong, {"YJJBNTTBBH": VILLAGE + "00001"}, {"YJJBNTTBBH": None})
    rules = told(data, alone=False)
    assert ("R2007", "GDDB") in rules
    assert not {rule for rule, _ in rules} & {"R2002", "R2005", "R2008", "R2009", "R2010", "R2012", "R5002", "R5003"}


def test_sheets_are_laid_out_and_named_as_people_like() -> None:
    head = ["序号", "图斑编号", "行政村", "地类", "面积（亩）", "村责任人", "责任人"]
    rows = [head, ["1", VILLAGE + "00001", "　　一村", "旱地", "15.00", "张　三", "王五"],
            ["2", "６１０８８１１００２０１00002", "　　一村", "旱地", "15.00", "李　四", "王五"]]  # fmt: skip
    data = pd.DataFrame(rows, columns=[f"Field{i}" for i in range(1, 8)], dtype=object)
    frame = found(data, "register", shapes=False)
    assert [(row.rule, row.related) for row in frame.itertuples()] == [("R2012", "plot_number")]


def test_units_of_several_layers_are_checked_each() -> None:
    towns = pd.DataFrame({"XZQDM": ["610881100"], "XZQMC": ["一镇"], "BSM": ["1"]}, dtype=object)
    villages = pd.DataFrame(
        {"ZLDWDM": ["6108811002010000000", "61088110020"], "ZLDWMC": ["一村", "二村"]}, dtype=object
    )
    parts = [frame_of(towns, "units"), frame_of(villages, "units")]
    findings = Findings("en")
    schema.check(frames.combine(parts), findings, schema.Settings(), Progress())
    assert [(row.rule, row.actual) for row in findings.frame().itertuples()] == [("R2010", "61088110020")]


def test_nothing_depends_on_the_order_of_rows() -> None:
    changes: list[dict[str, Any]] = [
        {}, {"DLMC": "水田"}, {"BSM": "610881000000000001"}, {"XZQMC": "他村"}, {"GDDB": 99}, {"BZ": "见\u200b"}, {},
    ]  # fmt: skip
    data = cells(PBF, *changes)
    one, other = found(data), found(data.iloc[::-1].reset_index(drop=True))
    columns = ["finding_id", "message", "severity", "expected", "actual"]
    pd.testing.assert_frame_equal(one[columns], other[columns])


def test_empty_and_hostile_layers() -> None:
    assert {rule for rule, _ in told(cells(PBF, {}).iloc[:0])} <= {"R2001"}
    nothing = pd.DataFrame({name: [None, None] for name in PBF}, dtype=object)
    assert {rule for rule, _ in told(nothing)} == {"R2005"}
    wild = cells(PBF, dict.fromkeys(PBF, "{0}%s\x00'\"<b>\ud83d; DROP"), dict.fromkeys(PBF, float("inf")))
    assert not found(wild).empty
    strange = pd.DataFrame({"osm_id": [1], "{key}": ["x"]}, dtype=object)
    assert ("R2018", "") in told(strange)


def test_cancelling() -> None:
    class Impatient(Progress):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(Cancelled):
        schema.check(frame_of(cells(PBF, {})), Findings("en"), schema.Settings(), Impatient())


# Repairs


def repaired(data: pd.DataFrame, standard: str = "pbf2021") -> tuple[Repairs, pd.DataFrame]:
    """The repairs of a layer, and the layer with all of them done."""
    done = repairs.repairs(frame_of(data, standard))
    better = data.copy()
    for row, field, value in zip(done.rows, done.table["field"], done.values):
        better.loc[row, field] = value
    return done, better


@pytest.mark.parametrize(
    ("change", "field", "after"),
    [
        ({"DLBM": "０１０３ "}, "DLBM", "0103"),
        ({"QSDWDM": VILLAGE + "0100000.0"}, "QSDWDM", VILLAGE + "0100000"),
        ({"GDLX": "pd"}, "GDLX", "PD"),
        ({"QSDWMC": "\u3000示范一村\ufeff"}, "QSDWMC", "示范一村"),
        ({"ZMC": "第１组"}, "ZMC", "第1组"),
        ({"BZ": "  "}, "BZ", ""),
        ({"BHKSSJ": "２０２２０１０１"}, "BHKSSJ", "20220101"),
        ({"DLMC": None}, "DLMC", "旱地"),
        ({"DLMC": "旱地(0103)"}, "DLMC", "旱地"),
        ({"KCMJ": None}, "KCMJ", "583.00"),
        ({"KCMJ": 538.0}, "KCMJ", "583.00"),
        ({"YJJBNTMJ": None}, "YJJBNTMJ", "9417.00"),
    ],
)
def test_what_is_certain_is_repaired(change: dict[str, Any], field: str, after: str) -> None:
    done, better = repaired(cells(PBF, {}, change))
    assert done.table.to_numpy().tolist() == [
        [VILLAGE + "00002", field, repairs.as_text(next(iter(change.values()))), after]
    ]
    assert found(better)["message"].tolist() == []


@pytest.mark.parametrize(
    "change",
    [
        {"DLMC": "水田"},  # or the code is wrong
        {"DLBM": "103"},
        {"DLBM": None, "DLMC": "旱地"},
        {"YJJBNTMJ": 9400.0},  # a legal figure
        {"YJJBNTTBMJ": 11000.0},
        {"KCXS": 0.06},
        {"KCMJ": 500.0, "YJJBNTMJ": 9500.0},
        {"KCXS": 5.83, "KCMJ": None},
        {"BZ": "见附件（一）"},
        {"BZ": "/"},
        {"ZRRMC": "王　五"},
        {"YJJBNTTBBH": "6.10881E+17"},
    ],
)
def test_what_is_not_certain_is_left_to_people(change: dict[str, Any]) -> None:
    assert repairs.repairs(frame_of(cells(PBF, {}, change))).table.empty


def test_areas_in_another_unit_are_not_recomputed() -> None:
    data = cells(PBF, {"KCMJ": None}).rename(columns={"YJJBNTTBMJ": "图斑面积(亩)"})
    assert repairs.repairs(frame_of(data)).table.empty


TYPED = st.text(st.sampled_from("0123１２AｂK. \t\u3000\u200b\ufeff\u00a0一村（）/无-—E+'="), max_size=12)
ONE_OF = st.sampled_from(["DLBM", "DLMC", "QSXZ", "QSDWDM", "QSDWMC", "ZLDWDM", "YJJBNTTBBH", "BHKSSJ", "BZ", "LXDH"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.dictionaries(ONE_OF, TYPED, max_size=5), min_size=1, max_size=4))
def test_a_repaired_layer_needs_no_repair(changes: list[dict[str, Any]]) -> None:
    data = cells(PBF, *changes)
    done, better = repaired(data)
    changed = (data != better) & ~(data.isna() & better.isna())
    assert len(done.table) == changed.to_numpy().sum()
    again, same = repaired(better)
    assert again.table.empty
    pd.testing.assert_frame_equal(better, same)
    assert not found(better)["rule"].eq("R2012").any()


@settings(deadline=None)
@given(TYPED, st.sampled_from([f for f in profile("pbf2021").fields if f.type == "text"]))
def test_mending_changes_no_meaning(value: str, field: Any) -> None:
    """Reading takes a mended text for the same as the text before."""
    data = pd.Series([value], dtype=object)
    better = repairs.mended(field, data)
    if better[0] is None:
        return
    clean = frames.codes.clean if repairs.is_code(field) else frames.codes.clean_names
    assert clean(data).values.tolist() == clean(pd.Series(better, dtype=object)).values.tolist()
