"""What an office sets otherwise: used by every check, kept by a run, refused where it makes no sense, never hidden."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from redline.core import fonts, standards
from redline.core.checks import coverage, fourway, rates
from redline.core.findings import Findings
from redline.core.frames import Source, read
from redline.core.geometry.workers import in_order
from redline.core.preferences import USUAL, Preferences, kept_preferences, preferences, set_preferences
from redline.core.progress import Progress
from redline.core.report import ReportFacts, html
from redline.core.result import Result
from redline.core.standards import changes
from redline.core.standards.enforcement import idle_consequences, ratio_profiles
from redline.core.text import in_full
from redline.core.thresholds import threshold_orders

ORDERED = sorted({one for pair in threshold_orders() for one in pair})


@pytest.fixture(autouse=True)
def as_usual() -> Iterator[None]:
    yield
    set_preferences(USUAL)


def test_a_changed_threshold_is_known_as_such() -> None:
    set_preferences(Preferences({"area_error_abs": 2.5}, {"area_error_abs": "局务会纪要"}))
    line = standards.threshold("area_error_abs")
    assert (line.value, line.standard, line.reason, line.changed) == (2.5, 1.0, "局务会纪要", True)
    assert standards.thresholds()["area_error_abs"] == line
    assert [one.id for one in standards.changed_thresholds()] == ["area_error_abs"]
    assert fourway.Settings().abs_tolerance == 2.5
    set_preferences(USUAL)
    assert fourway.Settings().abs_tolerance == 1.0
    assert not standards.changed_thresholds()
    assert not any(one.changed for one in standards.thresholds().values())


def test_lines_of_rates_and_idle_land_follow() -> None:
    set_preferences(Preferences({"illegal_ratio_accountability": 12.5, "idle_reclaim_years": 3.0}, ratio="national15"))
    assert ratio_profiles()["national15"].line("county").share() == Fraction(1, 8)
    assert [one.years for one in idle_consequences()] == [1.0, 3.0, 1.0]
    assert rates.Settings(pd.Timestamp("2026-06-30").date()).profile == "national15"
    set_preferences(USUAL)
    assert ratio_profiles()["national15"].line("county").share() == Fraction(3, 20)
    assert [one.years for one in idle_consequences()] == [1.0, 2.0, 1.0]


def overlaps(area: float) -> int:
    """Findings of two plots that overlap by so many m²."""
    shapes = np.array([shapely.box(0, 0, 100, 100), shapely.box(100 - area / 100, 0, 200, 100)], dtype=object)
    shapes = shapely.transform(shapes, lambda xy: xy + np.array([500_000, 3_400_000]))
    cells = pd.DataFrame({"YJJBNTTBBH": ["1", "2"], "ZLDWDM": ["9901010010010000000"] * 2})
    findings = Findings("en")
    frame = read(Source("layer", cells, shapes), "map", findings)
    result = coverage.check({"map": frame}, findings, coverage.Settings(position=False), Progress())
    return int((result.findings.frame()["rule"] == "R4001").sum())


def test_a_check_is_held_to_what_is_set() -> None:
    assert overlaps(0.5) == 1
    set_preferences(Preferences({"overlap_report_floor": 0.6}))
    assert overlaps(0.5) == 0
    assert overlaps(0.7) == 1


def test_a_run_keeps_what_was_set_when_it_began_on_all_its_threads() -> None:
    def value(_piece: int) -> tuple[float, int]:
        return standards.threshold("conflict_area").value, threading.get_ident()

    set_preferences(Preferences({"conflict_area": 20.0}))
    with kept_preferences():
        set_preferences(Preferences({"conflict_area": 30.0}))
        assert standards.threshold("conflict_area").value == 20.0
        found = list(in_order(value, range(12), threads=3))
        with kept_preferences():
            assert preferences().thresholds["conflict_area"] == 20.0
    assert {seen for seen, _ in found} == {20.0}
    assert threading.get_ident() not in {thread for _, thread in found}
    assert standards.threshold("conflict_area").value == 30.0


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_threads_as_set(count: int) -> None:
    at_work, most, lock = [0], [0], threading.Lock()
    wait = threading.Event()

    def work(_piece: int) -> None:
        with lock:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        wait.wait(0.03)
        with lock:
            at_work[0] -= 1

    set_preferences(Preferences(threads=count))
    list(in_order(work, range(12)))
    assert most[0] == count


def test_the_standard_of_a_role() -> None:
    names = ["YJJBNTTBBH", "ZLDWDM", "TBMJ"]
    assert standards.best_profile("map", names)[0].id == "pbf2021"
    set_preferences(Preferences(profiles={"map": "pbf2013", "landuse": "no such standard"}))
    assert standards.best_profile("map", names)[0].id == "pbf2013"
    assert ("map", "pbf2013") in [guess[:2] for guess in standards.guess_role("YJJBNTBHTB", names, "Polygon")]
    assert standards.best_profile("landuse", ["DLBM"])[0].id in {one.id for one in standards.profiles("landuse")}


def test_the_font_that_is_set_comes_first_where_it_is_there() -> None:
    set_preferences(Preferences(font="方正仿宋"))
    assert fonts.choose({"方正仿宋", "SimSun"}.__contains__) == "方正仿宋"
    assert fonts.choose({"SimSun"}.__contains__) == "SimSun"


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"area_error_abs": 2}, {}),
        ({"area_error_abs": "２．５"}, {}),
        ({"area_error_abs": "1,500.5"}, {}),
        ({"area_error_abs": "2,5"}, {"area_error_abs": "is no number"}),
        ({"area_error_abs": "2_5"}, {"area_error_abs": "is no number"}),
        ({"area_error_abs": "2 ha"}, {"area_error_abs": "is no number"}),
        ({"area_error_abs": "two"}, {"area_error_abs": "is no number"}),
        ({"area_error_abs": None}, {"area_error_abs": "is no number"}),
        ({"area_error_abs": float("nan")}, {"area_error_abs": "is no number"}),
        ({"area_error_abs": float("inf")}, {"area_error_abs": "is no number"}),
        ({"area_error_abs": -1}, {"area_error_abs": "not between 0 and"}),
        ({"area_error_rel": 101}, {"area_error_rel": "not between 0 and 100"}),
        ({"min_agreement": 1.01}, {"min_agreement": "not between 0 and 1"}),
        ({"zone_imbalance": 2.5}, {}),
        ({"patrols_due": 7.5}, {"patrols_due": "no whole number"}),
        ({"patrols_due": 0}, {}),
        ({"densify_distance": 60}, {"densify_distance": "cannot be changed"}),
        ({"nothing": 1}, {"nothing": "no threshold"}),
        ({"area_error_abs": 0.05}, {"area_error_abs": "would be greater than"}),
        ({"area_error_abs": 0.05, "area_warning_abs": 0.01}, {}),
        ({"area_error_abs": 0.05, "area_warning_abs": "?"}, {"area_warning_abs": "no number",
                                                             "area_error_abs": "would be greater than"}),
        ({"idle_reclaim_years": 2, "idle_start_years": 3}, {"idle_reclaim_years": "would be greater than",
                                                             "idle_start_years": "would be greater than"}),
        # 0.08 > 0.06 sends both back to 0.01 and 0.1, and 0.1 > 0.07.
        ({"overlap_compute_floor": 0.08, "overlap_report_floor": 0.06, "overlap_error_floor": 0.07},
         dict.fromkeys(("overlap_compute_floor", "overlap_report_floor", "overlap_error_floor"), "would be greater")),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_a_sentence(values: dict[str, Any], refused: dict[str, str]) -> None:
    for language in ("en", "zh"):
        assert changes.refused(values, language).keys() == refused.keys()
    found = changes.refused(values, "en")
    for name, words in refused.items():
        assert words in found[name]


@given(
    st.dictionaries(st.sampled_from(ORDERED), st.sampled_from([0.02, 0.5, 3.0, 700.0]), max_size=8),
    st.dictionaries(st.sampled_from(ORDERED), st.sampled_from([0.01, 0.3, 2.0, 5000.0, "?"]), max_size=8),
)
def test_what_is_merged_can_all_be_used(mine: dict[str, float], offered: dict[str, Any]) -> None:
    own, _ = changes.merged({}, mine, "en")
    found, problems = changes.merged(own, offered, "en")
    assert changes.refused(own, "en") == {}
    assert changes.refused(found, "en") == {}
    for name, value in offered.items():
        standard = standards.standard_thresholds()[name].standard
        assert found.get(name, standard) == (own.get(name, standard) if name in problems else value)


def test_what_is_offered_goes_with_what_is_there() -> None:
    own = {"area_warning_abs": 0.5}
    found, problems = changes.merged(own, {"area_warning_abs": "?", "area_error_abs": 0.3}, "en")
    assert found == own
    assert problems.keys() == {"area_warning_abs", "area_error_abs"}
    assert changes.merged(own, {"area_warning_abs": 0.1, "area_error_abs": 0.3}, "en") == ({"area_error_abs": 0.3}, {})


def test_the_values_of_the_standards_are_never_refused() -> None:
    values = {one.id: one.standard for one in standards.thresholds().values() if not one.fixed}
    assert changes.refused(values, "zh") == {}
    assert len(values) > 60


def test_the_record_of_a_run_names_no_telephone() -> None:
    set_preferences(Preferences({"sign_age_days": 400.0}, {"sign_age_days": "电话 13812345678 通知"}))
    assert changes.recorded() == {
        "sign_age_days": {"value": 400.0, "standard": 365.0, "reason": "电话 138****5678 通知"}
    }


def test_a_file_of_changes_comes_back_as_it_was() -> None:
    said = changes.written({"patrols_due": 4.0, "used_share": 1 / 3}, {"patrols_due": "市田长办〔2026〕3号"})
    assert "每月动态巡查次数" in said
    values, reasons = changes.read(said)
    assert values == {"patrols_due": 4.0, "used_share": 1 / 3}
    assert reasons == {"patrols_due": "市田长办〔2026〕3号", "used_share": ""}


@pytest.mark.parametrize("said", ["", "[]", "{}", '{"redline_thresholds": 3}', '{"redline_thresholds": {"a": 1}}'])
def test_a_file_that_is_none(said: str) -> None:
    with pytest.raises(ValueError):
        changes.read(said)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0.0, "0"), (8.0, "8"), (0.0001, "0.0001"), (1e-7, "0.0000001"), (1500.4, "1500.4"), (12345.67, "12345.67"),
        (1e6, "1000000"), (1234567.5, "1234567.5"), (1e15, "1000000000000000"), (1 / 3, "0.333333"),
        (200 / 3, "66.6667"),
        (0.1 + 0.2, "0.3"), (-2.5, "-2.5"), (np.float64(2.0), "2"), (float("inf"), "inf"),
    ],
)  # fmt: skip
def test_numbers_are_told_in_full(number: float, said: str) -> None:
    assert in_full(number) == said


def test_a_change_in_the_fifth_figure_is_told() -> None:
    set_preferences(Preferences({"zone_load_area": 1500.4}))
    assert "1500.4" in html(Result(Findings("en"), checked=1), ReportFacts(), "en")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_report_never_hides_a_changed_threshold(language: str) -> None:
    result = Result(Findings(language), checked=1)
    plain = html(result, ReportFacts(), language)
    set_preferences(
        Preferences({"sign_age_days": 400.0, "overlap_report_floor": 0.5}, {"sign_age_days": "电话 13812345678 通知"})
    )
    page = html(result, ReportFacts(), language)
    words = {"en": ("Changed thresholds", "standard: 365 days", "No reason was given", "local rule (神木市)"),
             "zh": ("已更改的阈值", "标准值：365 天", "未填写理由", "地方规定（神木市）")}[language]  # fmt: skip
    for word in (*words, "138****5678"):
        assert word in page, word
        assert word not in plain
    assert {"en": "Thresholds were changed in the settings: 2", "zh": "设置中更改了2项阈值"}[language] in page
