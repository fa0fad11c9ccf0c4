"""The standards as data: every file well formed, every field found under the names that offices write."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from redline.core import standards
from redline.core.catalogue import rules
from redline.core.checks import fourway
from redline.core.standards import Profile, best_profile, guess_role, profile, profiles
from redline.core.text import squeeze


def words(text: str) -> set[str]:
    return set(text.split())


CANONICAL = words(
    "key unit unit_name plot_number land_class land_class_name owner_code owner location location_name "
    "plot_area farmland_area class_area area deduction_class deduction_factor deduction_area linear_area "
    "scattered_area terrace slope grade village_person group_name group_person person_id person phone "
    "address start end period letter letter_date letter_area parcel atlas_page year stable remark count "
    "control_area page title file change_kind before after on_farmland "
    "zone_code post role area_duty people_duty duty task reward "
    "violation judgement labels filing_due stage result project cause permit parcel_number cultivated_area "
    "illegal_cultivated_area uncovered_area pending_area demolish_due demolished_area restore_due restored_area "
    "develop_area developed_area fine fine_paid investment invested price x y discovered stopped reported filed "
    "decided closed rectified signed agreed_start actual_start stopped_work resumed_work finished built_kind floors "
    "height "
    "kind purpose status approval accepted approved expires plan_zone plan_zone_name "
    "zone_name level colour load date time time_end problem state inspected repaired"
)
ROLES = {"map", "register", "table", "plots", "units", "atlas_index", "landuse", "violation", "roster", "follow",
         "case", "new_construction", "contract", "built", "permit", "application", "plan",
         "red_line", "site", "zone", "patrol", "sign", "letter"}  # fmt: skip
TYPES = {"text", "integer", "real", "date"}
FOLDER = Path(standards.__file__).parent

each_profile = pytest.mark.parametrize("item", profiles(), ids=lambda item: item.id)


def found(profile_id: str, *names: str) -> dict[str, str]:
    return profile(profile_id).match_fields(names).found


@each_profile
def test_a_profile_is_complete(item: Profile) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", item.id)
    assert (FOLDER / "profiles" / f"{item.id}.json").is_file()
    assert item.role in ROLES
    assert item.title["zh"]
    assert item.title["en"].isascii()
    assert item.version
    assert item.source
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", item.date)
    assert item.confidence in "HML"
    assert item.layers
    assert set(item.geometry) <= {"polygon", "point", "line", "none"}
    assert item.geometry
    assert item.scheme in {"", *standards.schemes()}
    assert item.area_unit in {"", "m2", "mu", "ha"}
    columns = {field.canonical for field in item.fields}
    assert item.essential
    assert {column for group in item.essential for column in group} <= columns
    assert {*item.fallback_key, item.key_from} - {""} <= columns


@each_profile
def test_every_field_is_described(item: Profile) -> None:
    names = Counter(field.name for field in item.fields)
    columns = Counter(field.canonical for field in item.fields if field.canonical)
    assert max(names.values()) == 1
    assert max(columns.values()) == 1
    for field in item.fields:
        assert all((field.zh, field.en, field.source)), field.name
        assert field.title == {"zh": field.zh, "en": field.en}
        assert field.type in TYPES, field.name
        assert field.required in "MCOX", field.name
        assert field.confidence in "HML", field.name
        assert field.canonical in CANONICAL | {""}, field.name
        assert field.domain in {"", *standards.domains(), *standards.schemes()}, field.name
        assert field.length >= 0
        if field.minimum is not None and field.maximum is not None:
            assert field.minimum < field.maximum


@each_profile
def test_no_word_means_two_fields(item: Profile) -> None:
    words = Counter(
        squeeze(word).upper()
        for field in item.fields
        for word in {field.name, field.zh, *field.aliases, *field.general}
    )
    assert [word for word, count in words.items() if count > 1] == []


@each_profile
def test_every_field_is_found_by_each_of_its_words(item: Profile) -> None:
    for field in item.fields:
        for word in {field.name, field.name.lower(), field.zh, *field.aliases, *field.general}:
            match = item.match_fields([word])
            assert match.fields == {field.name: word}, word
            assert not match.undecided


@each_profile
def test_all_standard_names_together_are_unambiguous(item: Profile) -> None:
    match = item.match_fields([field.name for field in item.fields])
    assert match.fields == {field.name: field.name for field in item.fields}
    assert match.ambiguous == {}
    assert match.undecided == {}
    assert match.unknown == []
    assert set(match.kinds.values()) == {"name"}


@each_profile
def test_identities_speak_of_columns_and_rules_that_exist(item: Profile) -> None:
    columns = {field.canonical for field in item.fields}
    for identity in item.identities:
        assert identity.rule in rules()
        assert bool(identity.factors) != bool(identity.minuend)
        assert {identity.result, *identity.subtrahends, *identity.factors, identity.minuend} - {""} <= columns


@each_profile
def test_what_fields_of_a_row_must_keep_speaks_of_fields_that_exist(item: Profile) -> None:
    names = {field.name for field in item.fields}
    assert {name for group in item.unique for name in group} <= names
    for prefix in item.prefixes:
        assert {prefix.field, prefix.of} <= names
    for naming in item.namings:
        assert {naming.code, naming.name} <= names
    for condition in item.conditions:
        assert condition.rule in rules()
        assert condition.confidence in "HML"
        assert {clause.field for clause in (*condition.when, condition.then)} <= names, condition.id


@each_profile
def test_values_that_conditions_speak_of_are_in_the_code_lists(item: Profile) -> None:
    for condition in item.conditions:
        for clause in (*condition.when, condition.then):
            (field,) = [field for field in item.fields if field.name == clause.field]
            for pattern in clause.patterns:
                if field.domain in standards.domains() and pattern:
                    assert pattern in standards.domain(field.domain), (condition.id, pattern)
                elif field.domain and pattern:
                    codes = standards.land_classes(field.domain)
                    assert any(code.startswith(pattern.rstrip("*")) for code in codes), (condition.id, pattern)


def test_lengths_and_obligations_of_the_2021_standard() -> None:
    pbf = profile("pbf2021")
    mandatory = {field.name for field in pbf.fields if field.required == "M"}
    assert mandatory == words(
        "BSM YSDM XZQDM XZQMC YJJBNTTBBH TBBH DLBM DLMC QSXZ QSDWDM QSDWMC ZLDWDM ZLDWMC YJJBNTTBMJ YJJBNTMJ "
        "SJNF BHKSSJ BHJSSJ WDGD"
    )
    lengths = {field.name: field.length for field in pbf.fields}
    assert [lengths[name] for name in ("BSM", "XZQDM", "YJJBNTTBBH", "TBBH", "ZLDWDM", "ZRRZJHM", "BZ")] == [
        18,
        12,
        20,
        8,
        19,
        18,
        50,
    ]
    assert {field.canonical for field in pbf.fields if field.personal} == {
        "village_person", "group_person", "person_id", "person", "phone", "address",
    }  # fmt: skip
    factor = pbf.field("deduction_factor")
    assert factor is not None
    assert (factor.minimum, factor.maximum, factor.minimum_open, factor.maximum_open) == (0, 1, False, True)
    assert pbf.field("page") is None
    assert pbf.field("") is None
    assert all(len(field.name.encode()) <= 10 for field in pbf.fields)


def test_identities_of_the_two_standards() -> None:
    new = {(i.rule, i.result, i.minuend, i.subtrahends, i.factors) for i in profile("pbf2021").identities}
    assert new == {
        ("R5002", "deduction_area", "", (), ("plot_area", "deduction_factor")),
        ("R5003", "farmland_area", "plot_area", ("deduction_area",), ()),
    }
    (old,) = profile("pbf2013").identities
    assert (old.result, old.minuend, old.subtrahends) == (
        "farmland_area", "plot_area", ("linear_area", "scattered_area", "deduction_area"),
    )  # fmt: skip


def test_headers_of_a_real_register() -> None:
    headers = ["序号", "行政村", "图斑\n编号", "地类（名称）", "图斑面积 (亩)", "其中：基本农田面积(亩)",
               "*责任人", "联系电话：", "责任书编号",
               "保护期/起", "保护期/止", "图册页码", "备注"]  # fmt: skip
    assert found("register", *headers) == {
        "unit_name": "行政村", "key": "图斑\n编号", "land_class_name": "地类（名称）", "plot_area": "图斑面积 (亩)",
        "farmland_area": "其中：基本农田面积(亩)", "person": "*责任人", "phone": "联系电话：",
        "letter": "责任书编号", "start": "保护期/起",
        "end": "保护期/止", "atlas_page": "图册页码", "remark": "备注",
    }  # fmt: skip


def test_a_bare_area_is_never_taken_for_a_better_one() -> None:
    assert found("register", "面积") == {"area": "面积"}
    assert found("register", "面积（亩）") == {"area": "面积（亩）"}
    assert found("pbf2021", "MJ") == {"area": "MJ"}
    assert found("register", "面积/图斑面积", "面积/基本农田面积") == {
        "plot_area": "面积/图斑面积", "farmland_area": "面积/基本农田面积",
    }  # fmt: skip


def test_the_better_kind_of_name_wins_and_equals_are_ambiguous() -> None:
    pbf = profile("pbf2021")
    both = pbf.match_fields(["TBMJ", "YJJBNTTBMJ"])
    assert both.found == {"plot_area": "YJJBNTTBMJ"}
    assert both.kinds == {"TBMJ": "alias", "YJJBNTTBMJ": "name"}
    assert pbf.match_fields(["图斑面积(亩)", "图斑面积"]).found == {"plot_area": "图斑面积"}
    twice = profile("register").match_fields(["责任人", "保护责任人", "备注"])
    assert twice.ambiguous == {"person": ["责任人", "保护责任人"]}
    assert twice.found == {"remark": "备注"}
    assert profile("register").match_fields(["责任人", "姓名"]).found == {"person": "责任人"}
    assert profile("register").match_fields(["姓名"]).kinds == {"姓名": "general"}


def test_a_plot_number_is_the_key_only_where_nothing_else_can_be() -> None:
    assert found("register", "图斑编号", "责任人") == {"key": "图斑编号", "person": "责任人"}
    assert found("register", "图斑编号", "坐落单位代码") == {"plot_number": "图斑编号", "location": "坐落单位代码"}
    assert found("register", "图斑编号", "永久基本农田图斑编号") == {
        "plot_number": "图斑编号",
        "key": "永久基本农田图斑编号",
    }


@pytest.mark.parametrize("again", ["图斑编号 (2)", "图斑编号_2", "图斑编号_16", "图斑编号#2", "图斑编号.1"])
def test_a_header_that_comes_again_is_as_good_as_the_first(again: str) -> None:
    match = profile("register").match_fields(["图斑编号", "备注", again])
    assert match.ambiguous == {"key": ["图斑编号", again]}
    assert match.found == {"remark": "备注"}
    assert profile("register").match_fields(["TBBH", "TBBH_2"]).unknown == ["TBBH_2"]
    alone = profile("register").match_fields(["备注", again])
    assert not alone.ambiguous


def test_names_cut_by_a_shapefile() -> None:
    cut = profile("pbf2021").match_fields(
        ["权属单位代", "坐落单位名", "扣除地类系", "责任人证件", "永久基本农", "永久基"]
    )
    assert cut.found == {
        "owner_code": "权属单位代",
        "location_name": "坐落单位名",
        "deduction_factor": "扣除地类系",
        "person_id": "责任人证件",
    }
    assert set(cut.undecided) == {"永久基本农", "永久基"}
    assert set(cut.undecided["永久基本农"]) >= {"key", "plot_area", "farmland_area"}
    assert profile("pbf2021").match_fields(["永", "权属单"]).found == {}


def test_columns_that_no_profile_knows_do_no_harm() -> None:
    match = profile("pbf2021").match_fields(
        ["ORIG_FID", "Shape_Area", "SHAPE_Leng", "OBJECTID", "fid", "XZQDM_YS", "新字段", ""]
    )
    assert match.found == {}
    assert match.unknown == ["新字段", ""]


def test_full_width_case_blanks_and_prefixes() -> None:
    assert found("pbf2021", "ＹＪＪＢＮＴＴＢＢＨ", " dlbm ", "t.QSDWDM", "图斑面积（㎡）", "坐落单位代码(ZLDWDM)") == {
        "key": "ＹＪＪＢＮＴＴＢＢＨ", "land_class": " dlbm ", "owner_code": "t.QSDWDM",
        "plot_area": "图斑面积（㎡）",
        "location": "坐落单位代码(ZLDWDM)",
    }  # fmt: skip


def test_columns_of_a_summary_table() -> None:
    table = profile("summary")
    names = ["乡镇", "行政村", "图斑个数(个)", "永久基本农田面积/合计", "永久基本农田面积/耕地/小计",
               "永久基本农田面积/耕地/水田", "0102",
             "旱地面积（亩）", "备注"]  # fmt: skip
    match = table.match_fields(names)
    assert match.found == {
        "unit_name": "行政村", "count": "图斑个数(个)", "farmland_area": "永久基本农田面积/合计", "remark": "备注",
    }  # fmt: skip
    assert table.match_classes(match.unknown) == {
        "永久基本农田面积/耕地/小计": "01", "永久基本农田面积/耕地/水田": "0101", "0102": "0102",
        "旱地面积（亩）": "0103",
    }  # fmt: skip
    assert table.match_fields(["乡镇"]).found == {"unit_name": "乡镇"}


@pytest.mark.parametrize("word", ["合计", "合 计", "总计", "小计：", "神木镇小计", "合计(亩)", "共计"])
def test_words_of_total_rows(word: str) -> None:
    assert profile("summary").is_total(word)
    assert not profile("pbf2021").is_total(word)


@pytest.mark.parametrize("word", ["神木镇", "", "合计镇村", "计"])
def test_words_that_are_no_totals(word: str) -> None:
    assert not profile("summary").is_total(word)


@pytest.mark.parametrize(
    ("layer", "names", "shape", "role", "chosen"),
    [
        (
            "YJJBNTBHTB",
            "BSM XZQDM YJJBNTTBBH TBBH DLBM ZLDWDM YJJBNTTBMJ KCMJ YJJBNTMJ",
            "MultiPolygon",
            "map",
            "pbf2021",
        ),
        ("yjjbnttb", "BSM JBNTTBBH DLBM ZLDWDM TBMJ XZDWMJ LXDWMJ TKMJ JBNTMJ", "polygon", "map", "pbf2013"),
        ("result", "BSM XZQDM YJJBNTTBBH TBBH DLBM ZLDWDM YJJBNTTBMJ KCMJ YJJBNTMJ", "polygon", "map", "pbf2021"),
        (
            "DLTB",
            "BSM YSDM TBBH DLBM DLMC QSXZ ZLDWDM ZLDWMC TBMJ KCXS KCMJ TBDLMJ",
            "polygon",
            "landuse",
            "sandiao2020",
        ),
        ("XZQ", "BSM YSDM XZQDM XZQMC DCMJ JSMJ MSSM HDMC BZ", "polygon", "units", "units"),
        ("CJDCQ", "BSM YSDM ZLDWDM ZLDWMC DCMJ JSMJ MSSM HDMC BZ", "polygon", "units", "units"),
        ("Sheet1", "序号 行政村 图斑编号 地类 面积（亩） 责任人 联系电话", "none", "register", "register"),
        ("Sheet1", "单位名称 图斑个数 面积(亩) 水田 旱地", "none", "table", "summary"),
        ("Sheet1", "页码 图名 图斑编号 文件", "none", "atlas_index", "atlas_index"),
        ("实地核查地块", "DKBH SCMJ DLBM ZLDWDM ZLDWMC DCRQ", "polygon", "plots", "plots"),
        ("外业", "图斑编号 实测面积", "MultiPointZ", "plots", "plots"),
        ("register", "永久基本农田图斑编号 责任人 图斑面积", "NoGeometry", "register", "register"),
        (
            "DLTB",
            "BSM YSDM TBBH DLBM DLMC QSXZ ZLDWDM GDPDJ TKXS TBMJ XZDWMJ LXDWMJ TKMJ TBDLMJ",
            "polygon",
            "landuse",
            "erdiao2009",
        ),
        ("DLTB", "TBBH DLBM ZLDWDM TBMJ", "polygon", "landuse", "sandiao2020"),
        ("JQYDYH", "BSM XZQDM XZQMC YDYHFLDM YDYHFLMC MJ", "polygon", "landuse", "yongtu2023"),
        ("layer", "YDYHFLDM YDYHFLMC TBMJ", "polygon", "landuse", "yongtu2023"),
        (
            "2026监测图斑",
            "XZQDM XMC JCBH TBLX TZ QSX HSX DDTC JSYDXZ DLBM DLMC TBXHDM TBXHMC ZZSXDM ZZSXMC CZCSXM SFYN SFHX MJ BZ",
            "polygon",
            "violation",
            "enforcement2026",
        ),
        ("layer", "XZQDM XMC JCBH TBLX QSX HSX JCMJ", "polygon", "violation", "enforcement2026"),
    ],
)
def test_guessing_what_a_layer_is(layer: str, names: str, shape: str, role: str, chosen: str) -> None:
    best = guess_role(layer, names.split(), shape)[0]
    assert best[:2] == (role, chosen)
    assert best_profile(role, names.split(), layer)[0].id == chosen


def test_a_land_survey_or_a_monitoring_layer_is_no_map() -> None:
    survey = [
        "BSM", "YSDM", "TBBH", "DLBM", "DLMC", "QSXZ", "QSDWDM", "ZLDWDM", "ZLDWMC", "TBMJ", "KCDLBM", "KCXS", "KCMJ",
        "TBDLMJ", "GDLX", "GDPDJB",
    ]  # fmt: skip
    monitoring = [
        "XZQDM", "XMC", "JCBH", "TBLX", "QSX", "HSX", "DLBM", "DLMC", "TBXHDM", "ZZSXDM", "SFYN", "SFHX", "MJ", "BZ",
    ]  # fmt: skip
    for layer, names in (("DLTB", survey), ("JCTB", monitoring), ("图层", survey), ("图层", monitoring)):
        scores = {role: score for role, _, score in guess_role(layer, names, "polygon")}
        assert max(scores, key=scores.__getitem__) in {"landuse", "violation", "roster", "follow"}
        assert scores.get("map", 0.0) < 0.6


def test_a_guess_is_never_forced() -> None:
    assert guess_role("power", ["osm_id", "cables"], "line") == []
    assert guess_role("trees", ["osm_id", "height"], "polygon") == []
    scores = [score for _, _, score in guess_role("YJJBNTBHTB", ["YJJBNTTBBH", "DLBM"], "")]
    assert scores == sorted(scores, reverse=True)
    with pytest.raises(KeyError):
        best_profile("nothing", [])
    with pytest.raises(KeyError):
        profile("nothing")


def test_vocabulary_knows_headers_in_their_plain_form() -> None:
    words = profile("summary").vocabulary()
    assert {"行政区名称", "图斑个数", "水田", "0101", "乡镇"} <= words
    assert {standards.plain_header(word) for word in words} == words
    assert standards.plain_header(" 图斑面积\n（亩）：") == "图斑面积"
    assert standards.plain_header("*面积_亩") == "面积"


def test_thresholds() -> None:
    known = standards.thresholds()
    areas = [known[f"area_{name}"].value for name in ("warning_abs", "warning_rel", "error_abs", "error_rel")]
    assert areas == [0.1, 0.01, 1.0, 0.5]
    for item in known.values():
        assert all((item.title["zh"], item.title["en"], item.source["zh"], item.source["en"], item.unit)), item.id
        assert item.confidence in "HML"
        assert item.crossed(item.value) == ("=" in item.operator), item.id
    # 15号令: "15 % 以上" includes 15; the local line says "超过 8 %".
    assert standards.threshold("illegal_ratio_accountability").crossed(15.0)
    assert not standards.threshold("illegal_ratio_warning").crossed(8.0)
    assert standards.threshold("patrols_due").crossed(7)
    with pytest.raises(KeyError):
        standards.threshold("nothing")


def test_settings_begin_with_the_thresholds() -> None:
    assert fourway.Settings() == fourway.Settings(
        abs_tolerance=1.0, rel_tolerance=0.5, shift_tolerance=2.0, min_agreement=0.95
    )


def test_every_threshold_that_the_code_asks_for_exists(root: Path) -> None:
    asked = {
        node.args[0].value
        for room in ("core", "processing")
        for file in (root / room).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
        if getattr(node.func, "id", getattr(node.func, "attr", "")) in ("threshold", "usual", "reach")
    }
    assert {"area_error_abs", "densify_distance", "elsewhere_share", "unit_ratio_count"} <= asked
    assert asked <= set(standards.thresholds())


def test_ellipsoids_hang_together() -> None:
    """b, e², e'² and c follow from a and the flattening; k1…k4 and k0 are the Gauss series' own."""
    for name, digits in (("cgcs2000", 1e-9), ("xian80", 1e-8)):
        it = standards.ellipsoid(name)
        flat = 1 / it.inverse_flattening
        assert it.b == pytest.approx(it.a * (1 - flat), abs=0.01)
        assert it.e2 == pytest.approx(flat * (2 - flat), rel=digits)
        assert it.ep2 == pytest.approx(it.e2 / (1 - it.e2), rel=1e-8)
        assert it.c == pytest.approx(it.a**2 / it.b, abs=0.01)
        assert len(it.k) == 5
        # k0 is the inverse of the mean meridian arc per radian.
        quarter = it.a * (1 - it.e2) * (1 + 3 / 4 * it.e2 + 45 / 64 * it.e2**2 + 175 / 256 * it.e2**3)
        assert it.k[0] == pytest.approx(1 / quarter, rel=1e-8)


def test_code_lists() -> None:
    assert set(standards.domain("GDLX").values) == {"TT", "PD"}
    assert "1203" in standards.domain("KCDLBM")
    assert "50" not in standards.domain("QSXZ")
    for item in standards.domains().values():
        assert item.source
        assert item.confidence in "HML"
        assert all(title["zh"] and title["en"] for title in item.values.values()), item.id


def test_code_changes_have_a_successor_and_a_source() -> None:
    changes = standards.code_changes()
    old, new = {change.old for change in changes}, {change.new for change in changes}
    assert {("610821", "610881"), ("530422", "530481")} <= {(change.old, change.new) for change in changes}
    assert not old & new
    assert all(change.source and len(change.old) == len(change.new) for change in changes)


def test_data_files_are_utf8_json_without_duplicate_keys() -> None:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len({key for key, _ in pairs}) == len(pairs), [key for key, _ in pairs]
        return dict(pairs)

    files = [*FOLDER.glob("*.json"), *FOLDER.glob("profiles/*.json")]
    assert len(files) >= 13
    for path in files:
        json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=unique)
