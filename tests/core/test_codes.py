"""Text keys and administrative codes, with the real codes of five places in 2016 and 2023."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redline.core import codes

PADDED_VILLAGE = "6108811012010000000"
HOSTILE = "0123456789ABab.-_ 　０９Ｅ+'=\"´\u0301ß\u200b\u00a0（）号"
KEYS = st.text(st.one_of(st.sampled_from(HOSTILE), st.characters()), max_size=24)


def column(*values: object) -> pd.Series:
    return pd.Series(list(values), dtype=object)


@pytest.mark.parametrize(
    ("found", "clean"),
    [
        ("６１０８８１", "610881"), (" 610881 ", "610881"), ("6108 81100", "610881100"),
        ("\ufeff610881\u200b\u00a0", "610881"),
        ("610881.0", "610881"), ("610881.00", "610881"), (610881.0, "610881"), (610881, "610881"),
        (np.int64(610881), "610881"),
        (9007199254740991.0, "9007199254740991"), ('="0012"', "0012"), ("'0012", "0012"), ("=0012", "0012"),
        ("ab-1", "AB-1"), ("AB—１", "AB-1"), ("1（2）", "1(2)"), ("12.5", "12.5"), ("0.50", "0.50"),
        ("12E3", "12E3"), ("05h1", "05H1"),
    ],
)  # fmt: skip
def test_mends_what_typing_and_spreadsheets_do(found: object, clean: str) -> None:
    cleaned = codes.clean(column(found))
    assert cleaned.values[0] == clean
    assert cleaned.mended[0] == (found != clean)
    assert not cleaned.lost[0]


def test_text_that_is_right_is_left_alone_and_empty_cells_are_missing() -> None:
    cleaned = codes.clean(column("610881", PADDED_VILLAGE, "", None, np.nan, pd.NA, "-", "无", "NULL", "  "))
    assert cleaned.values.tolist() == ["610881", PADDED_VILLAGE, *[""] * 8]
    assert not cleaned.mended.any()
    assert not cleaned.lost.any()
    assert not cleaned.numeric.any()


def test_index_is_kept_and_any_dtype_is_read() -> None:
    cleaned = codes.clean(pd.Series([1.0, np.nan], index=[7, 9]))
    assert cleaned.values.to_dict() == {7: "1", 9: ""}
    assert cleaned.numeric.to_dict() == {7: True, 9: False}
    assert codes.clean(pd.Series([61, None], dtype="Int64")).values.tolist() == ["61", ""]
    assert codes.clean(pd.Series(["61", None], dtype="string")).values.tolist() == ["61", ""]
    assert codes.clean(pd.Series([], dtype=object)).values.tolist() == []


@pytest.mark.parametrize(
    "found",
    ["6.1088110001E+18", "6.10881E+11", "6.1088110001e18", 6.1088110001e18, float(2**53), np.float64(1e17), "1E+05"],
)
def test_digits_rounded_away_are_refused(found: object) -> None:
    cleaned = codes.clean(column(found, "610881100201000001"))
    assert cleaned.lost.tolist() == [True, False]
    assert cleaned.values.tolist() == ["", "610881100201000001"]


def test_a_column_that_excel_cut_to_fifteen_digits_is_refused_where_it_was_cut() -> None:
    true_keys = [
        f"990101{town:03d}{village:03d}{plot:06d}"
        for town in (100, 101)
        for village in (201, 202)
        for plot in range(1, 60)
    ]
    through_excel = [str(int(float(f"{int(key):.14e}"))) for key in true_keys]
    assert codes.clean(pd.Series(through_excel)).lost.mean() > 0.9
    as_double = [str(int(float(key))) for key in true_keys]
    assert codes.clean(pd.Series(as_double)).lost.mean() > 0.9
    assert not codes.clean(pd.Series(true_keys)).lost.any()


def test_round_serials_and_zero_padded_units_are_no_loss() -> None:
    keys = [f"610881100201{serial:06d}" for serial in range(990, 1010)]
    assert not codes.clean(pd.Series(keys)).lost.any()
    villages = [f"610881100{village:03d}0000000" for village in range(200, 240)]
    assert not codes.clean(pd.Series(villages)).lost.any()
    groups = [f"610881100201{group:02d}00000" for group in range(1, 30)]
    assert not codes.clean(pd.Series(groups)).lost.any()


def test_a_few_round_codes_prove_no_loss() -> None:
    keys = [f"990101001{village:03d}001000" for village in range(1, 5)]
    assert codes.clean(pd.Series(keys)).values.tolist() == keys
    assert not codes.clean(pd.Series(keys)).lost.any()
    assert codes.clean(pd.Series([*keys, "990101001005001000"])).lost.all()


@given(st.lists(KEYS))
def test_cleaning_twice_changes_nothing(texts: list[str]) -> None:
    once = codes.clean(pd.Series(texts, dtype=object))
    twice = codes.clean(once.values)
    assert twice.values.tolist() == once.values.tolist()
    assert not twice.mended.any()
    names = codes.clean_names(pd.Series(texts, dtype=object)).values
    assert codes.clean_names(names).values.tolist() == names.tolist()


@given(st.lists(st.integers(0, 2**53 - 1), min_size=1))
def test_numbers_below_the_limit_of_a_double_lose_nothing(numbers: list[int]) -> None:
    cleaned = codes.clean(pd.Series([float(number) for number in numbers]))
    kept = ~cleaned.lost.to_numpy()
    assert cleaned.values[kept].tolist() == [str(n) for n, keep in zip(numbers, kept) if keep]
    assert not cleaned.lost[[number < 10**15 for number in numbers]].any()


def test_names_are_compared_without_the_noise_of_typing() -> None:
    cleaned = codes.clean_names(
        column(" 张 三 ", "神木镇（街道）", "Saint  Lô", "王\u200b五", "李四", None, "—", "第３ 组")
    )
    assert cleaned.values.tolist() == ["张三", "神木镇(街道)", "Saint Lô", "王五", "李四", "", "", "第3组"]
    assert cleaned.mended.tolist() == [True, True, True, True, False, False, False, True]


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("61", "province"), ("610000", "province"), ("6108", "city"), ("610800", "city"), ("610881", "county"),
        ("610881000000", "county"), ("610881100", "township"), ("610881100000", "township"),
        ("610881101201", "village"),
        (PADDED_VILLAGE, "village"),
        ("6108811000000000000", "township"), ("6108811012010000012", "group"), ("61088110120112", "group"),
        ("441900003", "township"), ("6108811", None), ("061088", None), ("61088A", None), ("", None),
        ("６１０８８１", None),
    ],
)  # fmt: skip
def test_levels(code: str, level: str | None) -> None:
    assert codes.level_of(code) == level
    assert codes.levels(column(code))[0] == (level or "")
    assert codes.valid(column(code))[0] == (level is not None)


def test_location_codes_stand_for_their_village_or_the_unit_above() -> None:
    found = column(PADDED_VILLAGE, "6108811012010000012", "6108811000000000000", "610881101201", "610881", "")
    assert codes.unit_of_location(found).tolist() == [
        "610881101201",
        "610881101201",
        "610881100",
        "610881101201",
        "610881",
        "",
    ]
    assert codes.parents(found, "township").tolist() == ["610881101", "610881101", "610881100", "610881101", "", ""]
    assert codes.parents(column("610800"), "city").tolist() == ["6108"]


def test_within_means_by_whole_unit() -> None:
    inside = column("610881101201", PADDED_VILLAGE, "610881", "610882101201", "61088", "")
    assert codes.is_within(inside, "610881").tolist() == [True, True, True, False, False, False]
    assert codes.is_within(inside, "610881000000").tolist() == [True, True, True, False, False, False]
    assert not codes.is_within(inside, "").any()
    each = column("610881101", "610881102000", "6108", "610882", "61", "61")
    assert codes.is_within(inside, each).tolist() == [True, False, True, True, True, False]


def test_code_changes_are_applied_to_whole_units_and_told() -> None:
    found = pd.Series(
        ["610821101000", "6108211012010000000", "610821", "61082", "610822101", "610881101", "130609201003", ""],
        index=range(1, 9),
    )
    modern = codes.modernise(found)
    assert modern.values.tolist() == [
        "610881101000", "6108811012010000000", "610881", "61082", "610822101", "610881101", "130609108003", "",
    ]  # fmt: skip
    assert modern.changed.tolist() == [True, True, True, False, False, False, True, False]
    assert codes.modernise(modern.values).changed.sum() == 0


def test_all_codes_of_the_country_are_built_as_codes(shared_data: Path) -> None:
    folder = shared_data / "admin" / "china-division"
    townships = pd.read_csv(folder / "streets_all.csv.gz", dtype=str)
    assert len(townships) == 41_352
    assert codes.clean(townships["code"]).mended.sum() == 0
    assert codes.valid(townships["code"]).all()
    assert (codes.parents(townships["code"], "county") == townships["areaCode"]).all()
    # 金门县 350527 has no townships: the statistics list it as its own, zero padded.
    assert townships.loc[codes.levels(townships["code"]) != "township", "code"].tolist() == ["350527000"]


def test_villages_of_five_places_lie_in_their_townships(shared_data: Path) -> None:
    folder = shared_data / "admin" / "china-division"
    villages = pd.read_csv(folder / "villages_five_places.csv", dtype=str)
    assert len(villages) == 2_252
    assert (codes.levels(villages["code"]) == "village").all()
    assert codes.is_within(villages["code"], villages["streetCode"]).all()
    assert (codes.parents(villages["code"], "township") == villages["streetCode"]).all()
    assert (codes.parents(villages["code"], "city") == villages["cityCode"]).all()
    located = villages["code"] + "0000000"
    assert (codes.unit_of_location(located) == villages["code"]).all()
    assert codes.clean(located).lost.sum() == 0


@pytest.mark.parametrize(
    ("old_county", "new_county", "split", "villages_kept"),
    [("610821", "610881", {"610881100"}, 250), ("530422", "530481", set(), 30), ("130609", "130609", set(), 250)],
)
def test_codes_of_2016_become_those_of_2023(
    shared_data: Path, old_county: str, new_county: str, split: set[str], villages_kept: int
) -> None:
    """神木 lost one township (split into streets), 澄江 none; 徐水's three 乡 became 镇 with other codes."""
    admin = shared_data / "admin"
    old = pd.read_csv(admin / "adcode2016" / f"{old_county}.csv", dtype=str, header=None)
    new_townships = set(pd.read_csv(admin / "china-division" / "streets_five_places.csv", dtype=str)["code"])
    new_villages = set(pd.read_csv(admin / "china-division" / "villages_five_places.csv", dtype=str)["code"])
    modern = codes.modernise(codes.shorten(old[0])).values
    townships = set(modern[codes.levels(modern) == "township"])
    assert len(townships) > 5
    assert townships - new_townships == split
    assert codes.is_within(modern, new_county).all()
    assert len(set(modern) & new_villages) > villages_kept


def test_clean_texts_take_no_second_room() -> None:
    keys = [f"99010100100{number:08d}" for number in range(3)]
    cleaned = codes.clean(pd.Series([*keys, keys[0] + " ", "12.0"], dtype=object)).values.tolist()
    assert all(one is other for one, other in zip(cleaned, keys))
    assert cleaned[3:] == [keys[0], "12"]
    names = codes.clean_names(pd.Series(["柳河村"] * 2, dtype=object)).values.tolist()
    assert names[0] is names[1]
