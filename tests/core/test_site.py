"""A proposed site on what it touches, and the least way out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon

from redline.core.checks import site
from redline.core.findings import Findings
from redline.core.geometry import evading
from redline.core.geometry.evading import least_shift
from redline.core.progress import Cancelled, Progress
from redline.core.report import ReportFacts, html
from redline.core.result import Result
from redline.tests.core.hand import EAST, NORTH, Row, box, layer, shapes, told
from redline.tests.core.test_permits import permit, plot


def pre_check(**sources: list[Row]) -> Result:
    findings = Findings("zh")
    roles = {"farmland": "map"}
    frames = {name: layer(roles.get(name, name), rows, findings) for name, rows in sources.items()}
    return site.check(frames, findings, site.Settings(), Progress())


def proposed(shape: Any, key: str = "S1") -> Row:
    return {"XMBH": key, "XMMC": "学校", "geometry": shape}


def test_pieces_and_themes_add_up_to_the_cent() -> None:
    result = pre_check(
        site=[proposed(box(0, 0, 99.99, 77.77))], farmland=[plot("F1", box(50, 0))],
        landuse=[
            {"BSM": "1", "DLBM": "0101", "geometry": box(0, 0, 60)},
            {"BSM": "2", "DLBM": "0702", "geometry": box(60, 0)},
        ],
        plan=[{"GZQLXDM": "010", "GZQLXMC": "允许建设区", "BSM": "1", "geometry": box(0, 0, 30)}],
        red_line=[{"HXBM": "H1", "HXMC": "南山红线", "HXLX": "x", "geometry": box(0, 70, 10, 50)}],
        permit=[permit("P1", box(0, 0, 10, 10))],
    )  # fmt: skip
    whole = round(99.99 * 77.77, 2)
    assert round(result.tables["PIECES"]["area"].sum(), 2) == whole
    summary = result.tables["SUMMARY_TABLE"]
    assert set(summary.groupby("theme")["area"].sum().round(2)) == {whole}
    areas = {(row["theme"], row["name"]): row["area"] for row in summary.to_dict("records")}
    assert areas["farmland", "F1"] == pytest.approx(49.99 * 77.77, abs=0.01)
    assert areas["landuse", "0101 水田"] == pytest.approx(60 * 77.77, abs=0.01)
    assert areas["plan", "允许建设区"] == pytest.approx(30 * 77.77, abs=0.01)
    assert {found[:3] for found in told(result) if found[0].startswith("R71")} == {
        ("R7100", "site", "S1"), ("R7101", "site", "S1"), ("R7102", "site", "S1"), ("R7103", "site", "S1"),
    }  # fmt: skip
    page = html(result, ReportFacts(), "zh")
    assert "避让" in page
    assert "0101 水田" in page


def test_farmland_is_by_the_recorded_area_rule() -> None:
    """A field recorded with 8,990 m² lies in the site as a whole, of the other there is half, with a fifth of ridges:
    4,000 m². Other layers cut the land, and change nothing; the area as drawn stays beside it."""
    fields = [
        plot("F1", box(0, 0), KCXS=0.1, KCMJ=1000.0, YJJBNTMJ=8990.0),
        plot("F2", box(100, 0), KCXS=0.2, KCMJ=2000.0, YJJBNTMJ=8000.0),
    ]
    survey = [{"BSM": f"{n}", "DLBM": "0103", "geometry": box(33.33 * n, -5, 33.33, 110)} for n in range(5)]
    for others in ({}, {"landuse": survey, "permit": [permit("P1", box(0, 0, 33.7, 44.1))]}):
        result = pre_check(site=[proposed(box(0, 0, 150))], farmland=fields, **others)
        told_of = result.findings.frame().query("rule == 'R7100'")
        assert told_of["difference"].tolist() == [12990]
        assert "12,990.00平方米（19.49亩）" in told_of["message"].iloc[0]
        rows = result.tables["SUMMARY_TABLE"].query("theme == 'farmland'").set_index("name")
        assert rows["farmland_area"].to_dict() == {"F1": 8990, "F2": 4000}
        assert rows["farmland_area_mu"].to_dict() == {"F1": 13.49, "F2": 6}
        assert rows["area"].to_dict() == {"F1": 10000, "F2": 5000}
        pieces = result.tables["PIECES"].groupby("farmland")[["area", "farmland_area"]].sum().round(2)
        assert pieces.loc["F1"].tolist() == [10000, 8990]
        assert pieces.loc["F2"].tolist() == [5000, 4000]
        page, _, _ = html(result, ReportFacts(), "zh").partition('class="fresh"')
        assert ["8,990.00" in page, "4,000.00" in page, "登记面积" in page] == [True] * 3


def test_of_plots_on_one_another_the_first_number_counts() -> None:
    fields = [plot("F2", box(0, 0), KCXS=0.5), plot("F1", box(20, 0), KCXS=0.1)]
    for order in (fields, fields[::-1]):
        result = pre_check(site=[proposed(box(10, 0, 50, 50))], farmland=order)
        rows = result.tables["SUMMARY_TABLE"].set_index("name")
        assert rows["farmland_area"].to_dict() == {"F1": 40 * 50 * 0.9, "F2": 10 * 50 * 0.5}


def test_records_that_cannot_be_are_told_beside_what_they_count_for() -> None:
    """The areas of one plot are in 亩, another's ridges take all of it: both count, and are named; one beside the sites
    is none of theirs."""
    mu = plot("F1", box(0, 0), YJJBNTTBMJ=15.0, YJJBNTMJ=15.0)
    ridges = plot("F2", box(200, 0), KCXS=1.2, KCMJ=0.0)
    beside = plot("F3", box(400, 0), YJJBNTTBMJ=15.0, YJJBNTMJ=15.0)
    result = pre_check(site=[proposed(box(0, 0)), proposed(box(200, 0), "S2")], farmland=[mu, ridges, beside])
    assert {("R5001", "map", "F1", ""), ("R5006", "map", "F2", "")} <= told(result)
    assert not any(key == "F3" for _, _, key, _ in told(result))


def test_units_of_records_are_told_by_the_whole_layer() -> None:
    """Both plots that are met are in 亩, as none beside them is: two faults, and no unit to read the figures in."""
    fields = [plot(f"F{n}", box(200 * n, 0)) for n in range(2, 9)]
    fields += [plot(f"F{n}", box(200 * n, 0), YJJBNTTBMJ=15.0, YJJBNTMJ=15.0) for n in (0, 1)]
    result = pre_check(site=[proposed(box(0, 0)), proposed(box(200, 0), "S2")], farmland=fields)
    assert {(rule, key) for rule, _, key, _ in told(result) if rule[:2] == "R5"} == {("R5001", "F0"), ("R5001", "F1")}
    assert result.tables["PIECES"]["farmland_area"].tolist() == [15.0, 15.0]


def test_without_a_layer_of_farmland_nothing_is_said_of_it() -> None:
    result = pre_check(site=[proposed(box(0, 0))], permit=[permit("P1", box(0, 0, 10, 10))])
    assert result.tables["PIECES"]["farmland_area"].isna().all()
    assert result.tables["SUMMARY_TABLE"]["farmland_area"].isna().all()


def called(*given: Row) -> list[str]:
    """What the sites are called, each 100 m farther east than the one before."""
    rows = [{**row, "geometry": box(200 * n, 0)} for n, row in enumerate(given)]
    result = pre_check(site=rows, farmland=[plot("F1", box(-500, 0, 5000))])
    keys = result.findings.frame().query("rule == 'R7100'")["key"].tolist()
    assert sorted(keys) == result.tables["WAYS_OUT"]["site"].tolist()
    assert set(keys) == set(result.tables["SUMMARY_TABLE"]["site"]) == set(result.tables["PIECES"]["site"])
    return keys


def test_a_site_is_called_by_the_number_or_name_that_it_has() -> None:
    assert called({"XMBH": "S1", "SQBH": "A1", "DKBH": "D1", "XMMC": "学校"}) == ["S1"]
    assert called({"SQBH": "A1", "DKBH": "D1", "XMMC": "学校"}) == ["A1"]
    assert called({"地块编号": "D1", "XMMC": "学校"}) == ["D1"]
    assert called({"XMMC": "学校", "BZ": ""}) == ["学校"]
    assert called({"BZ": "x"}) == [f"({EAST + 50:.0f},{NORTH + 50:.0f})"]
    assert called({"SQBH": "", "XMMC": "医院"}, {"SQBH": "A2", "XMMC": "学校"}) == ["A2", "医院"]


def test_sites_of_one_name_are_told_apart() -> None:
    assert called({"XMBH": "S1", "DKBH": "D1"}, {"XMBH": "S1", "DKBH": "D2"}) == ["S1/D1", "S1/D2"]
    assert called({"XMMC": "学校"}, {"XMMC": "学校"}, {"XMMC": "医院"}) == [
        "医院", f"学校({EAST + 50:.0f},{NORTH + 50:.0f})", f"学校({EAST + 250:.0f},{NORTH + 50:.0f})",
    ]  # fmt: skip


def test_a_free_site_is_free_and_a_strip_is_none() -> None:
    result = pre_check(site=[proposed(box(0, 0))], farmland=[plot("F1", box(99.7, 0))])
    assert not {found for found in told(result) if found[0] == "R7100"}
    free = pre_check(site=[proposed(box(0, 0))], farmland=[plot("F1", box(100, 0))])
    way = free.tables["WAYS_OUT"].iloc[0]
    assert (way["lost_area"], way["shift"], way["parts_left"]) == (0, 0, 1)
    assert len(free.unchecked) == 4


def test_the_ways_out() -> None:
    """30 m into a field that goes on for ever to the east: 30 m to the west, or 3,000 m² less."""
    result = pre_check(site=[proposed(box(0, 0))], farmland=[plot("F1", box(70, -500, 900, 1100))])
    way = result.tables["WAYS_OUT"].iloc[0]
    assert (way["lost_area"], way["lost_share"], way["parts_left"]) == (3000, 0.3, 1)
    assert way["shift"] == pytest.approx(30, abs=0.15)
    assert (way["shift_east"], way["shift_north"]) == (pytest.approx(-30, abs=0.2), pytest.approx(0, abs=2))
    moved = shapely.affinity.translate(box(0, 0), way["shift_east"], way["shift_north"])
    assert moved.intersection(box(70, -500, 900, 1100)).area < 1
    nowhere = pre_check(site=[proposed(box(0, 0))], farmland=[plot("F1", box(-2000, -2000, 4000, 4000))])
    assert math.isnan(nowhere.tables["WAYS_OUT"].iloc[0]["shift"])


corner = st.tuples(st.integers(-10, 10), st.integers(-10, 10), st.integers(1, 8), st.integers(1, 8))


SITES = {
    "box": shapely.box(0, 0, 6, 4),
    "triangle": Polygon([(0, 0), (7, 1), (2, 5)]),
    "corner": Polygon([(0, 0), (7, 0), (7, 2), (2, 2), (2, 6), (0, 6)]),
    "ring": shapely.box(0, 0, 7, 7).difference(shapely.box(2, 2, 5, 5)),
    "parts": shapely.MultiPolygon([shapely.box(0, 0, 2, 2), shapely.box(4, 3, 6, 6)]),
}


@pytest.mark.parametrize("site", list(SITES))
@given(st.lists(corner, min_size=1, max_size=4), st.sampled_from([0, 20, 45]))
@settings(max_examples=15, deadline=None)
def test_no_shift_of_a_fine_grid_is_shorter(site: str, fields: list[tuple[int, int, int, int]], turned: int) -> None:
    """Shifts tried one by one, every half metre and in all directions at almost the length: none of them clears.
    All are a little askew, so that none leads into a gap that the site would fill exactly."""
    shape = SITES[site]
    obstacles = np.array([
        shapely.affinity.rotate(shapely.box(x, y, x + w, y + h), turned, origin=(0, 0)) for x, y, w, h in fields
    ], dtype=object)  # fmt: skip
    found = least_shift(shape, obstacles, 100.0)
    assert found is not None
    whole = shapely.union_all(obstacles)
    moved = shapely.affinity.translate(shape, found.east, found.north)
    assert moved.intersection(whole).area <= 1e-6
    assert found.distance == pytest.approx(math.hypot(found.east, found.north))
    steps = np.arange(-16, 16.5, 0.5) + 0.0137
    angles = np.arange(360) * (math.pi / 180) + 0.0037
    around = np.column_stack([np.cos(angles), np.sin(angles)]) * (found.distance - 0.01)
    tried = np.vstack([[(x, y) for x in steps for y in steps], around])
    tried = tried[np.hypot(*tried.T) < found.distance - 0.005]
    free = [shapely.affinity.translate(shape, *shift).intersection(whole).area <= 1e-6 for shift in tried]
    assert not any(free)


def by_triangles(shape: shapely.Geometry, obstacles: Any, bound: float) -> float:
    """The least shift by its definition: of a disc, what no triangle of the shape meets the obstacles at."""
    whole = shapely.union_all(obstacles)
    sums = []
    triangles = shapely.get_parts(shapely.delaunay_triangles(shape))
    for triangle in shapely.get_parts(shapely.intersection(triangles, shape)):
        if triangle.geom_type != "Polygon":
            continue
        corners = shapely.get_coordinates(triangle)
        sums.append(shapely.affinity.translate(whole, *-corners[0]))
        for ring in shapely.get_rings(shapely.get_parts(whole)):
            ends = shapely.get_coordinates(ring)
            for edge in zip(ends, ends[1:]):
                sums.append(shapely.MultiPoint([end - corner for end in edge for corner in corners]).convex_hull)
    origin = shapely.Point(0, 0)
    left = shapely.difference(origin.buffer(bound, quad_segs=72), shapely.union_all(sums))
    return shapely.distance(origin, left)


@st.composite
def jagged(draw: st.DrawFn) -> shapely.Geometry:
    """An outline drawn by hand around a middle: corners in and out, a hole in some."""
    reach = draw(st.lists(st.floats(4, 20), min_size=5, max_size=24))
    turn = np.arange(len(reach)) * (2 * math.pi / len(reach)) + draw(st.floats(0, 1))
    shape = Polygon(np.column_stack([np.cos(turn), np.sin(turn)]) * np.array(reach)[:, None])
    hole = draw(st.sampled_from([0.0, 1.0, 2.5]))
    shape = shape.difference(shapely.box(-hole, -hole, hole, hole)) if hole else shape
    return shape if shape.is_valid else shape.buffer(0)


@given(jagged(), st.lists(corner, min_size=1, max_size=5), st.sampled_from([0, 20, 45]), st.sampled_from([2, 12]))
@settings(max_examples=60, deadline=None)
def test_all_sums_at_once_leave_the_same_shift(
    shape: shapely.Geometry, fields: list[tuple[int, int, int, int]], turned: int, size: int
) -> None:
    obstacles = np.array([
        shapely.affinity.rotate(shapely.box(x, y, x + w / 2, y + h / 2), turned, origin=(0, 0)) for x, y, w, h in fields
    ], dtype=object)  # fmt: skip
    obstacles = shapely.transform(obstacles, lambda xy: xy * size)
    found = least_shift(shape, obstacles, 500.0)
    assert found is not None
    expected = by_triangles(shape, obstacles, found.distance + 1.0)
    assert found.distance == pytest.approx(expected, abs=1e-5)


def test_a_star_in_farmland_fits_where_its_spikes_do() -> None:
    """24 spikes on plots with narrow paths in between, and one place among them without a plot: by brute force."""
    turn = np.arange(48) * (2 * math.pi / 48)
    star = Polygon(np.column_stack([np.cos(turn), np.sin(turn)]) * np.tile([27.0, 16.0], 24)[:, None])
    plots = [shapely.box(54 * x, 64 * y, 54 * x + 50, 64 * y + 60) for x in range(-4, 5) for y in range(-4, 5)]
    whole = np.array(plots, dtype=object)
    assert least_shift(star, whole, 150.0) is None
    some = np.array([one for one in plots if one.bounds[:2] != (54, 64)], dtype=object)
    found = least_shift(star, some, 150.0)
    assert found is not None
    assert found.distance == pytest.approx(by_triangles(star, some, found.distance + 1.0), abs=1e-5)


@pytest.mark.parametrize("origin", [(0.0, 0.0), (37584452.166, 4045420.893)], ids=["here", "in a zone"])
@pytest.mark.parametrize("slope", [0.1, 0.37, 1.0, 2.9])
def test_the_least_shift_from_a_slanting_border_is_at_right_angles_to_it(
    slope: float, origin: tuple[float, float]
) -> None:
    """A box whose corner lies so deep in land below the line y = slope · x: by hand, its distance from the line.
    A zone's coordinates are rounded to 7e-9 m, which is no land to lose the way by."""
    field = Polygon([(-1000, -1000 * slope), (1000, 1000 * slope), (1000, -1000 * slope - 5000), (-1000, -9000)])
    deep = 7.3
    shape = shapely.affinity.translate(shapely.box(-20, 0, 0, 10), 0, -deep)
    shape, field = (shapely.affinity.translate(one, *origin) for one in (shape, field))
    found = least_shift(shape, shapes(field), 100.0)
    assert found is not None
    assert found.distance == pytest.approx(deep / math.hypot(1, slope), abs=1e-6)


@pytest.mark.parametrize("turned", [33, 49, 51, 53])
def test_the_least_shift_out_of_a_turned_field_is_no_longer_than_by_hand(turned: int) -> None:
    """A site 80 m from the nearest side of a field, with a zone's coordinates: 80 m and half its width."""
    field = shapely.affinity.rotate(shapely.box(-100, -100, 100, 80), turned, origin=(0, 0))
    shape = shapely.affinity.rotate(shapely.box(-15, -20, 15, 20), 3 * turned, origin=(0, 0))
    shape, field = (shapely.affinity.translate(one, 37584452.166, 4045420.893) for one in (shape, field))
    found = least_shift(shape, shapes(field), 500.0)
    askew = math.radians(2 * turned)
    assert found is not None
    assert found.distance == pytest.approx(80 + 15 * abs(math.sin(askew)) + 20 * abs(math.cos(askew)), abs=1e-5)


def test_a_point_and_a_line_beside_the_site_are_no_land() -> None:
    """As a layer of loose geometry has them: 2.03 m into a field, with strays that lie in the field for good."""
    strays = [shapely.Point(5, 5), shapely.LineString([(5, 5), (6, 5)])]
    site = shapely.GeometryCollection([*strays, shapely.box(-8, 0, 2.03, 9)])
    found = least_shift(site, shapes(shapely.box(0, -99, 99, 99)), 100.0)
    assert found == pytest.approx((-2.03, 0.0, 2.03), abs=1e-6)


def test_no_place_is_looked_for_within_no_distance() -> None:
    field = shapes(shapely.box(0, 0, 99, 99))
    assert least_shift(shapely.box(-1, 0, 3, 4), field, 0.0) is None
    assert least_shift(shapely.box(-5, 0, -1, 4), field, 0.0) == (0.0, 0.0, 0.0)


def test_a_gap_just_wide_enough_at_an_odd_angle_is_found() -> None:
    """A box of 10 × 4 m in a field with a slit of 4.001 m in which it fits, 31.7 m away where no circle looks."""
    slit = shapely.affinity.translate(shapely.box(0, 0, 12, 4.001), 30.0, 10.25)
    field = shapely.box(-300, -300, 300, 300).difference(slit)
    found = least_shift(shapely.box(0, 0, 10, 4), shapes(field), 100.0)
    assert found is not None
    assert (found.east, found.north) == (pytest.approx(30.0, abs=1e-3), pytest.approx(10.25, abs=1.1e-3))


def test_it_stops() -> None:
    class Impatient(Progress):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(Cancelled):
        least_shift(box(0, 0), shapes(box(0, 0)), 50.0, Impatient())


def test_the_search_for_the_least_of_many_ways_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopping(Progress):
        wished = False

        def cancelled(self) -> bool:
            return self.wished

    progress, nearest = Stopping(), evading._nearest

    def found_one(*given: Any) -> evading.Shift | None:
        progress.wished = True
        return nearest(*given)

    monkeypatch.setattr(evading, "_nearest", found_one)
    with pytest.raises(Cancelled):
        least_shift(box(0, 0), shapes(box(0, 0)), 200.0, progress)


def test_a_zone_of_land_use_is_no_zone_of_construction_control() -> None:
    """TDYTQLXDM 010 is basic farmland, GZQLXDM 010 lets build."""
    for field, outside in (("TDYTQLXDM", True), ("GZQLXDM", False)):
        zone = {"BSM": "1", field: "010", "geometry": box(0, 0, 500, 500)}
        result = pre_check(site=[proposed(box(0, 0))], plan=[zone])
        assert ("R7102" in {rule for rule, *_ in told(result)}) is outside


def test_the_report_is_one_page_to_sign_before_what_it_rests_on() -> None:
    """Many plots are summed up, the way out is told by where it leads, and the findings begin a page."""
    fields = [plot(f"F{n}", box(n * 10, 0, 10, 20)) for n in range(10)]
    result = pre_check(site=[proposed(box(0, 0))], farmland=fields)
    page = html(result, ReportFacts(), "zh")
    first, _, rest = page.partition('class="fresh"')
    assert "检查人" in first
    assert "检查人" not in rest
    assert "选址占用永久基本农田" in rest
    assert "其他8处" in first
    assert "1,600.00" in first
    assert "向北20.0米" in first
    assert "米（向北" in first
    south = pre_check(site=[proposed(box(0, 0))], farmland=[plot("F1", box(0, 80, 100, 900))])
    assert "向南20.0米" in html(south, ReportFacts(), "zh")
