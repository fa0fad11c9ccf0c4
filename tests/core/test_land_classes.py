"""Land classes of four schemes: the same digits, different land."""

from __future__ import annotations

import pandas as pd
import pytest

from redline.core.standards import class_code, class_codes, land_class, land_classes, schemes, translate_class


def test_gbt21010_has_12_classes_with_73_parts() -> None:
    codes = list(land_classes("gbt21010-2017"))
    assert sum(len(code) == 2 for code in codes) == 12
    assert sum(len(code) == 4 for code in codes) == 73


def words(text: str) -> set[str]:
    return set(text.split())


@pytest.mark.parametrize("scheme", schemes())
def test_every_class_has_names_and_knows_its_scheme(scheme: str) -> None:
    for code, item in land_classes(scheme).items():
        assert (item.scheme, item.code) == (scheme, code)
        assert item.zh
        assert item.en.isascii()
        assert item.title["zh"] == item.zh
        assert class_code(code, scheme) in (code, "0" + code)


@pytest.mark.parametrize("scheme", schemes())
def test_names_lead_back_to_their_code(scheme: str) -> None:
    for code, item in land_classes(scheme).items():
        assert land_classes(scheme)[class_code(item.zh, scheme)].zh == item.zh
        assert class_code(f"{item.zh}({code})", scheme) in ("", code)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("0601", ("工业用地", "农村道路")), ("0303", ("红树林地", "灌木林地")),
        ("1101", ("河流水面", "物流仓储用地")),
        ("1201", ("空闲地", "铁路用地")), ("1202", ("设施农用地", "公路用地")), ("0101", ("水田", "水田")),
    ],
)  # fmt: skip
def test_same_digits_mean_other_land_in_another_scheme(code: str, names: tuple[str, str]) -> None:
    assert tuple(land_classes(scheme)[code].zh for scheme in ("sandiao", "guide2023")) == names


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0101", "0101"), ("101", "0101"), ("水田", "0101"), ("水 田", "0101"), ("水田(0101)", "0101"),
        ("水田（0101）", "0101"),
        ("0101水田", "0101"), ("0101 水田", "0101"), ("0101-水田", "0101"), ("０１０１", "0101"), ("05h1", "05H1"),
        ("0201k", "0201K"),
        ("可调整果园", "0201K"), ("1104A", "1104A"), ("园地", "02"), ("01", "01"), ("耕地", "01"), ("1", "01"),
        ("设施农用地", "1202"),
        ("水田(0103)", ""), ("0103 水田", ""), ("0501", ""), ("0310", ""), ("05H2", ""), ("", ""),
        ("光伏耕地", ""), ("水田旱地", ""),
    ],
)  # fmt: skip
def test_what_a_cell_of_the_third_survey_says(text: str, code: str) -> None:
    assert class_code(text, "sandiao") == code


def test_columns_of_codes_and_names() -> None:
    column = pd.Series(["旱地", 103, 103.0, None, "-", "荒地", "0103"], index=range(3, 10), dtype=object)
    codes, unknown = class_codes(column, "sandiao")
    assert codes.tolist() == ["0103", "0103", "0103", "", "", "", "0103"]
    assert unknown.tolist() == [False, False, False, False, False, True, False]
    assert codes.index.tolist() == list(range(3, 10))
    assert class_codes(pd.Series([11.0, 13.0]), "erdiao")[0].tolist() == ["011", "013"]
    assert class_codes(pd.Series(["0101"]), "erdiao")[1].tolist() == [True]
    assert class_codes(pd.Series(["0101"]), "")[0].tolist() == [""]


def test_three_big_classes_cover_every_leaf_of_the_survey_once() -> None:
    leaves = [item for code, item in land_classes("sandiao").items() if len(code) > 2]
    assert {item.big for item in leaves} == {"agricultural", "construction", "unused"}
    big = {item.code: item.big for item in leaves}
    assert {code for code, group in big.items() if group == "unused"} == words(
        "0404 1101 1102 1105 1106 1108 1110 1204 1205 1206 1207"
    )
    assert [big[code] for code in ("0303", "1006", "1202", "1203", "1104K")] == ["agricultural"] * 5
    assert [big[code] for code in ("0603", "1109", "1201", "05H1", "0810A")] == ["construction"] * 5
    # Wetland (00) is drawn from all three, other classes 10, 11, 12 too.
    assert land_classes("sandiao")["00"].big == ""


def test_convertible_variants() -> None:
    marked = {code for code, item in land_classes("sandiao").items() if item.convertible}
    assert marked == words("0201K 0202K 0203K 0204K 0301K 0302K 0307K 0403K 1104K")
    orchard = land_class("0201K", "sandiao")
    assert orchard is not None
    assert orchard.zh == "可调整果园"


@pytest.mark.parametrize(
    ("code", "scheme", "into", "expected"),
    [
        ("051", "erdiao", "sandiao", "05H1"), ("125", "erdiao", "sandiao", "1108"),
        ("122", "erdiao", "sandiao", "1202"),
        ("0305", "sandiao", "guide2023", "0303"), ("1006", "sandiao", "guide2023", "0601"),
        ("1203", "sandiao", "guide2023", "2303"),
        ("0101", "sandiao", "sandiao", "0101"), ("9999", "sandiao", "sandiao", ""),
        ("0101", "guide2023", "erdiao", ""),
    ],
)  # fmt: skip
def test_translation_between_schemes(code: str, scheme: str, into: str, expected: str) -> None:
    assert translate_class(code, scheme, into) == expected


def test_unknown_scheme_is_an_error() -> None:
    with pytest.raises(KeyError):
        land_classes("gbt21010-2027")
