"""An audit's report: its cover, the leader's page, lights by subject, small maps, what has to be done, thresholds."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from redline.core.catalogue import rule, rules
from redline.core.findings import Findings
from redline.core.report import Ground, InputFact, ReportFacts, html, maps, writer
from redline.core.report.summary import Summary, subject_of
from redline.core.result import Result
from redline.core.standards import threshold
from tests.core.counting import calls
from tests.core.test_report import VILLAGES, Page, add, county


def lights(results: list[Result], roles: list[str]) -> dict[str, str]:
    return {light.subject: light.colour for light in Summary(results).lights(roles)}


def test_every_rule_has_a_subject_and_shapes_have_their_own() -> None:
    found = pd.DataFrame({"rule": list(rules()), "role": "map"})
    subject = subject_of(found).set_axis(found["rule"])
    assert subject.notna().all()
    assert subject[["R6001", "R6005", "R6014", "R6010"]].tolist() == ["register", "table", "plots", "duties"]
    assert subject[["R3004", "R4001", "R5001"]].tolist() == ["topology", "topology", "map"]
    assert subject[["R7001", "R7010", "R7050", "R7083", "R9013", "R9035"]].tolist() == [
        "permits", "permits", "enforcement", "enforcement", "grid", "grid",
    ]  # fmt: skip
    # A zone's overlap is the grid's, a case's structure the enforcement's.
    of_others = pd.DataFrame({"rule": ["R4001", "R2005", "R2005"], "role": ["zone", "case", "sign"]})
    assert subject_of(of_others).tolist() == ["grid", "enforcement", "signs"]


def test_lights_say_what_was_checked_and_what_was_not() -> None:
    results, facts = county()
    roles = [given.role for given in facts.inputs]
    assert lights(results, roles) == {
        "map": "green", "register": "red", "table": "grey", "plots": "grey", "duties": "red", "topology": "grey",
    }  # fmt: skip
    overlaps = Result(results[0].findings, {"OVERLAPS": pd.DataFrame({"key": []})})
    permits = Result(results[0].findings, {"VIOLATIONS_OUT": pd.DataFrame({"key": ["1"]})})
    assert lights([*results, overlaps, permits], roles)["topology"] == "green"
    add(results[0].findings, "R7001", "violation", ["1"])
    add(results[0].findings, "R4001", "map", ["2"], severity="warning")
    told = lights([*results, overlaps, permits], roles)
    assert (told["topology"], told["permits"], told["map"]) == ("yellow", "red", "green")
    # What was found is told, also of what no table speaks of.
    add(results[0].findings, "R9013", "zone", ["3"])
    assert lights(results, roles)["grid"] == "red"


def test_a_coverage_check_alone_speaks_of_shapes() -> None:
    findings = Findings("zh")
    result = Result(findings, {"OVERLAPS": pd.DataFrame({"key": []})}, checked=5)
    assert lights([result], ["map"]) == {"topology": "green"}


def test_an_audit_has_a_cover_and_a_page_for_the_leader() -> None:
    results, facts = county()
    page = html(results, facts, "zh")
    cover, leader, rest = re.split('<h2 class="fresh">', page)[:3]
    assert 'class="cover"' in cover
    for words in ("耕地红线核查报告", "示范县自然资源局", "2026-06-30", "核查内容", "图、册、五落实", "单位（盖章）："):
        assert words in Page(f"<div>{cover.split('<body>')[1]}</div>").text, words
    assert "首先整改" in leader
    for rule_id in ("R6001", "R6003", "R6010"):
        assert rule(rule_id).how_to_fix["zh"] in leader
    assert rest
    single = html(results[0], facts, "zh")
    assert 'class="fresh"' not in single
    assert "首先整改" not in single
    # An office that nobody names is written by hand.
    assert "核查单位" in html(results, replace(facts, office=""), "zh")


def test_what_has_to_be_done_is_listed_once_a_rule_with_its_units() -> None:
    results, facts = county()
    keys = [f"{VILLAGES[1]}{n:04d}" for n in range(7)]
    add(results[0].findings, "R6014", "map", keys, unit=VILLAGES[1], difference=1.0, measure="m2")
    text = Page(html(results, facts, "zh")).text
    listed = text[text.index("整改清单") : text.index("发现的问题")]
    assert [int(number) for number in re.findall(r" (\d) 错误 ", listed)] == [1, 2, 3, 4]
    assert re.search(r"1 错误 .* R6014 7 西关村 7 ", listed)
    assert listed.count(rule("R6010").how_to_fix["zh"]) == 1


def test_thresholds_stand_there_with_their_sources() -> None:
    results, facts = county()
    text = Page(html(results, facts, "zh")).text
    line = threshold("area_warning_abs")
    assert f"{line.title['zh']} 0.1 平方米 {line.source['zh']}" in text
    assert threshold("illegal_ratio_warning").title["zh"] not in text
    rates = Result(results[0].findings, {"IDLE_LAND": pd.DataFrame()})
    assert threshold("illegal_ratio_warning").title["zh"] not in Page(html([*results, rates], facts, "zh")).text
    permits = Result(results[0].findings, {"VIOLATIONS_OUT": pd.DataFrame({"key": ["1"]})})
    assert Summary([*results, permits]).thresholds(["map"])[3:5] == ["edge_tolerance", "conflict_area"]
    for table, name in (("RATES", "filing_rate"), ("IDLE_LAND", "idle_area_share")):
        alone = Summary([Result(results[0].findings, {table: pd.DataFrame({"unit": ["1"]})})]).thresholds(["case"])
        assert {"filing_rate", "idle_area_share"} & set(alone) == {name}


def test_every_threshold_that_the_report_names_exists() -> None:
    from redline.core.report import summary

    said = summary._said()
    for name in ("due", "tables", "rules", "shapes"):
        assert set(said[name]) <= set(said["order"])
    tables = {table for of_subject in said["tables"].values() for table in of_subject}
    assert set(said["thresholds"]) <= {*said["order"], *tables}
    assert set(said["roles"].values()) <= set(said["order"])
    for name in said["thresholds"].values():
        assert all(threshold(one).source for one in name)


def test_every_threshold_that_the_report_names_is_applied() -> None:
    """By some check, under its name or one that is put together; a limit that nobody asks for misleads."""
    from redline.core.report import summary

    core = Path(summary.__file__).parents[1]
    said = {text for file in core.rglob("*.py") for text in re.findall(r'"([a-z0-9_.{}]+)"', file.read_text("utf-8"))}
    said |= set(re.findall(r'"([a-z0-9_]+)"', (core / "standards" / "rates.json").read_text("utf-8")))
    named = [re.compile(re.sub(r"\{[\w.]+\}", r"\\w+", text)) for text in said if re.match(r"\w", text)]
    for limits in summary._said()["thresholds"].values():
        for one in limits:
            assert one.removesuffix("_mu") in said or any(text.fullmatch(one) for text in named), one


def test_chapters_are_numbered_as_chinese_counts() -> None:
    numbers = {1: "一", 9: "九", 10: "十", 11: "十一", 19: "十九", 20: "二十", 21: "二十一", 90: "九十", 99: "九十九"}
    assert {number: writer._han(number) for number in numbers} == numbers


def on_the_ground(plots: int) -> tuple[list[Result], ReportFacts]:
    """Squares of 100 m side by side, of which the second overlaps the third and the fifth has another area."""
    results, facts = county(plots=max(plots, 10))
    keys = results[0].tables["PLOT_STATUS"]["key"].to_numpy()
    across = int(np.ceil(np.sqrt(len(keys))))
    x, y = 500_000 + 100.0 * (np.arange(len(keys)) % across), 4_000_000 + 100.0 * (np.arange(len(keys)) // across)
    shapes = shapely.box(x, y, x + 100, y + 100)
    overlap = shapely.box(500_190, 4_000_000, 500_192, 4_000_100)
    add(
        results[0].findings, "R4001", "map", [keys[1]], related=[keys[2]], geometry=[overlap], difference=[200.0],
        measure="m2", unit=VILLAGES[1], unit_name="西关村",
    )  # fmt: skip
    add(results[0].findings, "R5001", "map", [keys[4]], geometry=[shapes[4]], difference=[-900.0], measure="m2")
    ground = Ground(pd.DataFrame({"key": keys, "geometry": shapes}), "EPSG:4525")
    return results, replace(facts, ground=ground)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_worst_places_come_with_maps(language: str) -> None:
    results, facts = on_the_ground(10)
    findings = Findings(language)
    findings._parts = results[0].findings._parts
    page = html(results, facts, language)
    shown = Page(page)
    title = {"zh": "典型问题位置图", "en": "The worst places on the map"}[language]
    chapter = shown.text[shown.text.index(title) :]
    # Errors with a place, the greatest difference first, one of a rule: R5001, R4001, and R6001 and R6010 of one plot.
    assert re.findall(r"\b\d\. .*? (R\d{4})", chapter)[:3] == ["R5001", "R4001", "R6001"]
    assert "500050" in chapter
    without = Page(html(results, replace(facts, ground=None), language))
    assert title not in without.text
    assert len(shown.pictures) == len(without.pictures) + 3
    for picture in shown.pictures:
        assert base64.b64decode(picture.split(",")[1]).startswith(b"\x89PNG")


def test_a_small_map_shows_all_that_it_is_about() -> None:
    wrong, own = shapely.box(0, 0, 1, 1), [shapely.box(-50, -20, 100, 20), shapely.box(0, 20, 30, 90)]
    west, south, east, north = maps.window(wrong, own)
    assert shapely.box(west, south, east, north).contains(shapely.union_all(own))
    assert (east - west) / (north - south) == pytest.approx(3.3 / 2.15)
    small = maps.window(shapely.Point(5, 5), [])
    assert small[2] - small[0] == 40


@pytest.mark.parametrize(
    "wrong",
    [
        shapely.Point(500_010, 4_000_010), shapely.LineString([(0, 0), (10, 10)]), shapely.box(0, 0, 1e-6, 1e-6),
        shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6)]), shapely.box(0, 0, 1e7, 10),
        shapely.GeometryCollection([shapely.box(0, 0, 1, 1), shapely.Point(3, 3)]),
        shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (2, 1), (2, 2)]]),
    ],
)  # fmt: skip
def test_any_shape_can_be_drawn(wrong: shapely.Geometry) -> None:
    assert maps.place_map(maps.Place(wrong, [], []), "zh").startswith(b"\x89PNG")


def test_places_without_shapes_do_not_stop_the_report() -> None:
    results, facts = on_the_ground(10)
    add(results[0].findings, "R3002", "map", ["空"], geometry=[shapely.Polygon()])
    odd = pd.DataFrame({"key": ["a", "b"], "geometry": [None, shapely.Polygon()]})
    assert "典型问题位置图" in html(results, replace(facts, ground=Ground(odd, "EPSG:4525")), "zh")


def test_personal_numbers_stay_off_the_maps() -> None:
    results, facts = on_the_ground(10)
    key = facts.ground.shapes["key"].iloc[6] if facts.ground else ""
    add(
        results[0].findings, "R6010", "map", [key], geometry=[shapely.box(500_000, 4_000_000, 500_010, 4_000_010)],
        message=["责任人电话 13800138000"],
    )  # fmt: skip
    assert "13800138000" not in html(results, facts, "zh")


def test_maps_among_many_plots_and_findings_take_no_more_work() -> None:
    def page(plots: int) -> int:
        results, facts = on_the_ground(plots)
        shapes = facts.ground.shapes if facts.ground else pd.DataFrame()
        add(
            results[0].findings, "R6014", "map", shapes["key"].to_numpy(), difference=1.0, measure="m2",
            geometry=shapes["geometry"].to_numpy(),
        )  # fmt: skip
        facts = replace(facts, inputs=[InputFact("map", "图斑", len(shapes))])
        frame = results[0].findings.frame()
        assert "典型问题位置图" in html(results, facts, "zh", frame)
        return calls(lambda: html(results, facts, "zh", frame))

    assert page(5_000) < 1.1 * page(500)
