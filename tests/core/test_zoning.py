"""Responsibility zones: they tile their units, cut no plot, hang together, and are the same whatever comes first."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity

from redline.core.errors import InputError
from redline.tests.core import hand
from redline.tests.core.zones import (
    check_balanced,
    check_colours,
    check_connected,
    check_tiling,
    corners,
    drawn,
    edge_length,
    homes,
    landscape,
    rules,
)


def shapes_of(rows: list[hand.Row]) -> dict[str, shapely.Geometry]:
    return {row["XZQDM"]: row["geometry"] for row in rows}


def plot_shapes(rows: list[hand.Row]) -> np.ndarray:
    return hand.shapes(*(row["geometry"] for row in rows))


@pytest.fixture(scope="module")
def county() -> tuple[list[hand.Row], list[hand.Row]]:
    return landscape(3, 3, 1)


def test_zones_tile_their_units_and_cut_no_plot(county: tuple[list[hand.Row], list[hand.Row]]) -> None:
    units, plots = county
    zones = drawn(units, plots, limit=45).tables["ZONES"]
    check_tiling(zones, shapes_of(units))
    check_connected(zones)
    check_balanced(zones)
    check_colours(zones)
    assert (homes(zones, plot_shapes(plots)) == 1).all()
    assert zones["plots"].sum() == len(plots)
    # The fewest zones that can hold the plots of each village.
    of_unit = pd.Series([row["XZQDM"] for row in plots]).value_counts()
    expected = (of_unit / 45).apply(np.ceil).astype(int)
    assert zones.groupby("unit").size().to_dict() == expected.to_dict()
    assert zones["load"].max() <= 45


def test_levels_are_sums_and_unions_of_the_zones(county: tuple[list[hand.Row], list[hand.Row]]) -> None:
    units, plots = county
    result = drawn(units, plots, limit=60)
    levels, zones = result.tables["LEVELS"], result.tables["ZONES"]
    assert levels.groupby("level").size().to_dict() == {"county": 1, "township": 3, "village": 9, "zone": len(zones)}
    assert levels.drop_duplicates("level")["rank"].tolist() == [1, 2, 3, 4]
    for level, digits in (("county", 6), ("township", 9), ("village", 12)):
        own = levels[levels["level"] == level].set_index("zone_code")
        cents = (zones["area"] * 100).round().astype("int64").groupby(zones["zone_code"].str[:digits]).sum()
        assert (own["area"] * 100).round().astype("int64").to_dict() == cents.to_dict()
        for code, shape in own["geometry"].items():
            inside = zones.loc[zones["zone_code"].str.startswith(code), "geometry"].to_numpy(dtype=object)
            assert shapely.equals(shape, shapely.coverage_union_all(inside))
            # The outline of a unit has the vertices of the zones along it, and no other.
            assert abs(edge_length(inside) - shapely.length(shape)) < 1e-6
    assert levels["parent"].iloc[-1] == zones["unit"].iloc[-1]
    assert levels["parent"].iloc[0] == ""


def test_codes_run_from_north_west_to_south_east(county: tuple[list[hand.Row], list[hand.Row]]) -> None:
    units, plots = county
    zones = drawn(units, plots, limit=30).tables["ZONES"]
    assert (zones["zone_code"].str[:12] == zones["unit"]).all()
    for _, own in zones.groupby("unit"):
        assert own["zone_code"].str[12:].astype(int).tolist() == list(range(1, len(own) + 1))
        middle = shapely.get_coordinates(shapely.centroid(own["geometry"].to_numpy(dtype=object))).round()
        assert (np.diff(middle[:, 0] - middle[:, 1]) >= 0).all()
    inside = shapely.points(zones[["label_x", "label_y"]].to_numpy())
    assert shapely.contains(zones["geometry"].to_numpy(dtype=object), inside).all()


def test_order_and_direction_of_the_input_do_not_matter(county: tuple[list[hand.Row], list[hand.Row]]) -> None:
    units, plots = county
    first = drawn(units, plots, limit=40)
    dice = np.random.default_rng(5)
    turned = [{**row, "geometry": shapely.reverse(row["geometry"])} for row in plots]
    turned = [turned[row] for row in dice.permutation(len(turned))]
    second = drawn([units[row] for row in dice.permutation(len(units))], turned, limit=40)
    one, other = first.tables["ZONES"], second.tables["ZONES"]
    pd.testing.assert_frame_equal(one.drop(columns="geometry"), other.drop(columns="geometry"))
    assert shapely.equals(one["geometry"].to_numpy(dtype=object), other["geometry"].to_numpy(dtype=object)).all()
    assert first.findings.frame()["finding_id"].tolist() == second.findings.frame()["finding_id"].tolist()


def test_plots_that_touch_are_parted_along_their_common_edge() -> None:
    units = [{"XZQDM": "990101001001", "XZQMC": "东关村", "geometry": hand.box(0, 0, 400, 100)}]
    plots = [
        {"YJJBNTTBBH": str(number), "XZQDM": "990101001001", "YJJBNTMJ": 1e4, "geometry": hand.box(100 * number, 0)}
        for number in range(4)
    ]
    zones = drawn(units, plots, limit=2).tables["ZONES"]
    assert shapely.equals(
        zones["geometry"].to_numpy(dtype=object), hand.shapes(hand.box(0, 0, 200), hand.box(200, 0, 200))
    ).all()
    assert zones["zone_code"].tolist() == ["990101001001001", "990101001001002"]
    assert zones["area"].tolist() == pytest.approx([2e4, 2e4], abs=10)


def test_a_road_between_plots_is_parted_in_its_middle_and_a_line_to_follow_takes_the_border() -> None:
    units = [{"XZQDM": "990101001001", "XZQMC": "东关村", "geometry": hand.box(0, 0, 220, 100)}]
    plots = [
        {"YJJBNTTBBH": str(n), "XZQDM": "990101001001", "YJJBNTMJ": 5e3, "geometry": hand.box(x, y, 100, 50)}
        for n, (x, y) in enumerate([(0, 0), (0, 50), (120, 0), (120, 50)])
    ]
    west = drawn(units, plots, limit=2).tables["ZONES"]["geometry"].iloc[0]
    assert west.bounds[2] == hand.EAST + 110
    road = shapely.LineString([(hand.EAST + 104, hand.NORTH - 50), (hand.EAST + 104, hand.NORTH + 150)])
    west, east = drawn(units, plots, limit=2, follow=hand.shapes(road)).tables["ZONES"]["geometry"]
    assert west.bounds[2] == east.bounds[0] == hand.EAST + 104


def test_borders_run_along_roads_where_there_are_any() -> None:
    units, plots = landscape(2, 1, 30, plots=18, keep=0.65)
    east, north = hand.EAST, hand.NORTH
    ways = [
        [(-50, 500), (600, 640), (1500, 600), (3050, 900)], [(700, -50), (820, 800), (760, 1600)],
        [(2300, -50), (2200, 700), (2290, 1600)], [(-50, 1100), (1500, 1050), (3050, 1250)],
    ]  # fmt: skip
    roads = hand.shapes(*(shapely.LineString([(east + x, north + y) for x, y in way]) for way in ways))
    wide = shapely.buffer(shapely.union_all(roads), 9)
    plots = [row for row in plots if not shapely.intersects(row["geometry"], wide)]
    share = []
    for follow in (None, roads):
        zones = drawn(units, plots, limit=34, follow=follow).tables["ZONES"]
        check_tiling(zones, shapes_of(units))
        check_connected(zones)
        check_balanced(zones)
        assert (homes(zones, plot_shapes(plots)) == 1).all()
        outlines = shapely.union_all(shapely.boundary(zones["geometry"].to_numpy(dtype=object)))
        villages = shapely.buffer(shapely.union_all(shapely.boundary(plot_shapes(units))), 0.01)
        inner = shapely.difference(outlines, villages)
        on_road = shapely.intersection(inner, shapely.buffer(shapely.union_all(roads), 0.01))
        share.append(shapely.length(on_road) / shapely.length(inner))
    assert share[0] < 0.01
    assert share[1] > 0.5


def test_length_without_lines_and_a_roster_without_people_are_sentences() -> None:
    units, plots = landscape(1, 1, 3)
    with pytest.raises(InputError, match="choose roads or rivers"):
        drawn(units, plots, language="en", load="length")
    with pytest.raises(InputError, match="roster"):
        drawn(units, plots, language="en", roster=[{"网格代码": "1", "职务": "组长"}])


def test_the_load_may_be_farmland_or_length_of_road() -> None:
    units, plots = landscape(2, 1, 3)
    by_area = drawn(units, plots, load="area", limit=400).tables["ZONES"]
    check_tiling(by_area, shapes_of(units))
    check_balanced(by_area)
    assert by_area["load"].sum() == pytest.approx(sum(row["YJJBNTMJ"] for row in plots) * 0.0015, abs=0.1)
    assert by_area["load"].max() <= 400
    assert by_area["load"].to_numpy() == pytest.approx(by_area["farmland_area"].to_numpy() * 0.0015, abs=0.01)
    road = [
        shapely.LineString([(hand.EAST - 10, hand.NORTH + y), (hand.EAST + 3010, hand.NORTH + y)])
        for y in range(200, 1400, 300)
    ]
    by_length = drawn(units, [], load="length", limit=2.0, follow=hand.shapes(*road)).tables["ZONES"]
    check_tiling(by_length, shapes_of(units))
    check_connected(by_length)
    assert by_length["load"].sum() == pytest.approx(12.0, abs=0.3)
    assert by_length["load"].max() <= 2.0
    assert len(by_length) <= 8


def test_exclaves_and_islands_stay_with_their_village() -> None:
    units, plots = landscape(2, 2, 4)
    home, host = units[0], units[3]
    middle = shapely.centroid(host["geometry"])
    exclave = shapely.box(middle.x - 200, middle.y - 200, middle.x + 200, middle.y + 200)
    home["geometry"] = shapely.union(home["geometry"], exclave)
    host["geometry"] = shapely.difference(host["geometry"], exclave)
    inside = plot_shapes(plots)
    kept = [row for row, far in zip(plots, shapely.touches(inside, exclave) | ~shapely.crosses(
        shapely.boundary(exclave), inside)) if far]  # fmt: skip
    result = drawn(units, kept, limit=40)
    zones = result.tables["ZONES"]
    check_tiling(zones, shapes_of(units))
    check_connected(zones, {home["XZQDM"]: 2})
    assert (homes(zones, plot_shapes(kept)) == 1).all()
    assert zones["plots"].sum() == len(kept)


def test_a_plot_across_a_border_goes_to_the_unit_that_most_of_it_lies_in() -> None:
    units = [
        {"XZQDM": "990101001001", "XZQMC": "东关村", "geometry": hand.box(0, 0, 200, 100)},
        {"XZQDM": "990101001002", "XZQMC": "西关村", "geometry": hand.box(200, 0, 200, 100)},
    ]
    plots = [
        {"YJJBNTTBBH": "A", "XZQDM": "990101001001", "YJJBNTMJ": 4e3, "geometry": hand.box(170, 10, 80, 50)},
        {"YJJBNTTBBH": "B", "XZQDM": "990101001001", "YJJBNTMJ": 4e3, "geometry": hand.box(0, 10, 80, 50)},
        {"YJJBNTTBBH": "C", "XZQDM": "990101001001", "YJJBNTMJ": 4e3, "geometry": hand.box(900, 10, 80, 50)},
    ]
    result = drawn(units, plots)
    assert result.tables["ZONES"]["plots"].tolist() == [1, 1]
    told = result.findings.frame().set_index("rule")
    assert told.loc["R9008", ["key", "unit"]].tolist() == ["A", "990101001002"]
    assert told.loc["R9008", "difference"] == pytest.approx(30 * 50)
    assert told.loc["R9007", "key"] == "C"
    check_tiling(result.tables["ZONES"], shapes_of(units))


def test_plots_greater_than_the_limit_are_zones_of_their_own() -> None:
    units = [{"XZQDM": "990101001001", "XZQMC": "东关村", "geometry": hand.box(0, 0, 500, 100)}]
    plots = [
        {"YJJBNTTBBH": "A", "XZQDM": "990101001001", "YJJBNTMJ": 3e4, "geometry": hand.box(0, 0, 300)},
        {"YJJBNTTBBH": "B", "XZQDM": "990101001001", "YJJBNTMJ": 1e4, "geometry": hand.box(300, 0)},
        {"YJJBNTTBBH": "C", "XZQDM": "990101001001", "YJJBNTMJ": 1e4, "geometry": hand.box(400, 0)},
    ]
    result = drawn(units, plots, load="area", limit=31)
    assert result.tables["ZONES"]["load"].tolist() == [45.0, 30.0]
    assert "R9009" in rules(result)


def test_villages_without_plots_and_without_people_are_told() -> None:
    units, plots = landscape(2, 1, 6)
    plots = [row for row in plots if row["XZQDM"] == units[0]["XZQDM"]]
    code = units[0]["XZQDM"]
    roster = [
        {"网格代码": f"{code}001", "姓名": "王一", "职务": "组长", "角色": "网格员", "联系电话": "13912345678"},
        {"网格代码": f"{code}001", "姓名": "王二", "职务": "村委", "角色": "监察员", "联系电话": ""},
        {"网格代码": f"{code}777", "姓名": "王三", "职务": "村委", "角色": "网格员", "联系电话": ""},
        {"网格代码": "", "姓名": "王四", "职务": "书记", "角色": "田长", "联系电话": "", "行政区名称": "示范县"},
    ]
    result = drawn(units, plots, limit=80, roster=roster)
    zones = result.tables["ZONES"].set_index("zone_code")
    assert zones.loc[f"{units[0]['XZQDM']}001", "person"] == "王一、王二"
    told = result.findings.frame()
    assert told.loc[told["rule"] == "R9006", "key"].tolist() == [units[1]["XZQDM"]]
    nobody = told.loc[told["rule"] == "R9013", "key"].tolist()
    assert nobody == sorted(zones.index.difference([f"{units[0]['XZQDM']}001"]))
    assert set(told.loc[told["rule"] == "R9014", "key"]) == {"王三", "王四"}
    people = result.tables["ROSTER_OUT"]
    assert sorted(people["phone"]) == ["", "139***"]
    assert not told["message"].str.contains("13912345678").any()


def test_people_of_a_village_answer_for_all_its_zones_in_their_term() -> None:
    units, plots = landscape(1, 1, 7)
    code = units[0]["XZQDM"]
    roster = [
        {"行政区代码": code, "姓名": "王一", "角色": "田长", "任期开始": "2020-01-01", "任期结束": "2030-12-31"},
        {"行政区代码": code, "姓名": "王二", "角色": "田长", "任期开始": "2010-01-01", "任期结束": "2015-12-31"},
    ]
    result = drawn(units, plots, limit=60, roster=roster, on_date=pd.Timestamp("2026-01-01").date())
    assert set(result.tables["ZONES"]["person"]) == {"王一"}
    told = result.findings.frame().set_index("rule")
    assert told.loc["R9015", "key"] == "王二"
    assert "R9013" not in told.index
    levels = result.tables["LEVELS"].set_index("zone_code")
    assert levels.loc[code, "person"] == "王一"


def test_units_without_codes_take_those_of_their_plots_or_made_up_ones() -> None:
    units, plots = landscape(2, 2, 8)
    codes = [row["XZQDM"] for row in units]
    units[1]["XZQDM"] = ""
    units[2]["XZQDM"] = ""
    plots = [row for row in plots if row["XZQDM"] != codes[2]]
    result = drawn(units, plots, limit=500)
    told = result.findings.frame()
    assert len(told[told["rule"] == "R9001"]) == 2
    assert set(result.tables["ZONES"]["unit"]) == {codes[0], codes[1], codes[3], "990101X01"}
    check_tiling(result.tables["ZONES"], dict(zip([codes[0], codes[1], "990101X01", codes[3]],
                                                  [row["geometry"] for row in units])))  # fmt: skip


def test_overlapping_and_gappy_units_are_settled_and_told() -> None:
    units = [
        {"XZQDM": "990101001001", "XZQMC": "甲", "geometry": hand.box(0, 0, 100, 100)},
        {"XZQDM": "990101001002", "XZQMC": "乙", "geometry": hand.box(90, 0, 110, 100)},
        {"XZQDM": "990101001003", "XZQMC": "丙", "geometry": hand.box(200.05, 0, 100, 100)},
        {"XZQDM": "990101001004", "XZQMC": "丁", "geometry": hand.box(0, 100, 300.05, 100)},
    ]
    result = drawn(units, [])
    zones = result.tables["ZONES"]
    assert zones.groupby("unit").size().to_dict() == {row["XZQDM"]: 1 for row in units}
    assert len(zones["geometry"].iloc[2].exterior.coords) < 8
    shapes = zones["geometry"].to_numpy(dtype=object)
    whole = shapely.coverage_union_all(shapes)
    assert shapely.area(shapely.symmetric_difference(whole, hand.box(0, 0, 300.05, 200))) < 1e-6
    assert abs(edge_length(shapes) - shapely.length(whole)) < 1e-6
    told = result.findings.frame()
    overlap = told[told["rule"] == "R9002"].iloc[0]
    assert (overlap["key"], overlap["related"]) == ("990101001001", "990101001002")
    assert overlap["difference"] == pytest.approx(1000)
    assert told.loc[told["rule"] == "R9003", "difference"].tolist() == pytest.approx([5.0])


def test_land_of_a_township_outside_its_villages_is_a_zone_of_the_township() -> None:
    units = [
        {"XZQDM": "990101001", "XZQMC": "城关镇", "geometry": hand.box(0, 0, 300, 100)},
        {"XZQDM": "990101001001", "XZQMC": "甲", "geometry": hand.box(0, 0, 100, 100)},
        {"XZQDM": "990101001002", "XZQMC": "乙", "geometry": hand.box(100, 0, 100, 100)},
    ]
    result = drawn(units, [])
    assert result.tables["ZONES"]["zone_code"].tolist() == [
        "990101001000001", "990101001001001", "990101001002001",
    ]  # fmt: skip
    levels = result.tables["LEVELS"]
    township = levels[levels["level"] == "township"]
    assert township["area"].max() == pytest.approx(3e4, rel=1e-3)
    assert "R9004" in rules(result)


def test_zones_may_begin_at_a_higher_level(county: tuple[list[hand.Row], list[hand.Row]]) -> None:
    units, plots = county
    zones = drawn(units, plots, level="township", limit=150).tables["ZONES"]
    assert set(zones["unit"]) == {"990101001", "990101002", "990101003"}
    assert zones["zone_code"].str.fullmatch(r"990101\d{3}000\d{3}").all()
    check_connected(zones)
    check_balanced(zones)
    assert (homes(zones, plot_shapes(plots)) == 1).all()


def test_no_unit_at_all_is_a_sentence() -> None:
    with pytest.raises(InputError, match="units"):
        drawn([{"XZQDM": "990101", "XZQMC": "示范县", "geometry": None}], [], language="en")


@pytest.mark.parametrize("seed", range(4))
def test_dirty_plots_spoil_no_tiling(seed: int) -> None:
    """Plots that overlap, lie on one another, cross the border, cross themselves, are points or slivers."""
    units, plots = landscape(2, 1, 20 + seed, keep=0.6)
    dice = np.random.default_rng(seed)
    for row in plots:
        turn = dice.random()
        if turn < 0.2:
            row["geometry"] = affinity.rotate(affinity.scale(row["geometry"], 1.3, 1.1), float(dice.uniform(0, 90)))
        elif turn < 0.25:
            row["geometry"] = affinity.translate(row["geometry"], *dice.uniform(-1500, 1500, 2))
        elif turn < 0.27:
            row["geometry"] = shapely.Polygon(shapely.get_coordinates(row["geometry"])[[0, 2, 1, 3, 0]])
    plots += [{**row, "YJJBNTTBBH": row["YJJBNTTBBH"] + "X"} for row in plots[:5]]
    plots += [{"YJJBNTTBBH": "Z", "XZQDM": "", "YJJBNTMJ": 1.0, "geometry": None}]
    result = drawn(units, plots, limit=30)
    check_tiling(result.tables["ZONES"], shapes_of(units))
    check_connected(result.tables["ZONES"])


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.integers(3, 60), st.integers(2, 12), st.booleans())
def test_random_planar_partitions_are_tiled(seed: int, cells: int, limit: int, tight: bool) -> None:
    """Villages and plots that are Voronoi cells of chance, plots tight or with roads between."""
    dice = np.random.default_rng(seed)
    frame = shapely.box(hand.EAST, hand.NORTH, hand.EAST + 5000, hand.NORTH + 4000)
    villages = voronoi(dice, 4, frame)
    units = [
        {"XZQDM": f"990101001{number + 1:03d}", "XZQMC": f"村{number}", "geometry": shape}
        for number, shape in enumerate(villages)
    ]
    plots = []
    for unit in units:
        inner = max(shapely.get_parts(shapely.buffer(unit["geometry"], -5.0, join_style="mitre")), key=shapely.area)
        found = voronoi(dice, cells, inner)
        found = found if tight else shapely.buffer(found, -6.0, join_style="mitre")
        found = found[dice.random(len(found)) < 0.8]
        found = found[shapely.get_type_id(found) == 3]
        plots += [
            {"YJJBNTTBBH": f"{unit['XZQDM']}{n:05d}", "XZQDM": unit["XZQDM"], "YJJBNTMJ": shape.area, "geometry": shape}
            for n, shape in enumerate(found[~shapely.is_empty(found)])
        ]
    zones = drawn(units, plots, limit=limit).tables["ZONES"]
    check_tiling(zones, shapes_of(units))
    check_connected(zones)
    check_colours(zones)
    if plots:
        assert (homes(zones, plot_shapes(plots)) == 1).all()
    assert zones["plots"].sum() == len(plots)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.integers(8, 40), st.sampled_from([0.0, 1e-9, 1e-8, 1e-7, 1e-6]))
def test_plots_that_end_on_a_border_to_rounding_spoil_no_tiling(seed: int, cells: int, off: float) -> None:
    """Plots cut along the borders of villages, whose corners then miss these by the last places of a coordinate."""
    dice = np.random.default_rng(seed)
    frame = shapely.box(hand.EAST, hand.NORTH, hand.EAST + 5000, hand.NORTH + 4000)
    units = [
        {"XZQDM": f"990101001{number + 1:03d}", "XZQMC": f"村{number}", "geometry": shape}
        for number, shape in enumerate(voronoi(dice, 4, frame))
    ]
    plots = []
    for unit in units:
        found = voronoi(dice, cells, unit["geometry"])
        for number, cell in enumerate(found[dice.random(len(found)) < 0.9]):
            corner = shapely.get_coordinates(cell)[:-1]
            shape = shapely.Polygon(corner + dice.uniform(-off, off, corner.shape))
            key = f"{unit['XZQDM']}{number:05d}"
            plots.append({"YJJBNTTBBH": key, "XZQDM": unit["XZQDM"], "YJJBNTMJ": shape.area, "geometry": shape})
    zones = drawn(units, plots, limit=8).tables["ZONES"]
    check_tiling(zones, shapes_of(units))
    check_connected(zones)
    assert zones["plots"].sum() == len(plots)
    # Only where zones meet does an outline get new vertices.
    known = set().union(*(corners(unit["geometry"]) for unit in units))
    shared: dict[tuple[float, float], set[tuple[float, float]]] = {}
    for ring in shapely.get_rings(shapely.get_parts(zones["geometry"].to_numpy(dtype=object))):
        around = list(map(tuple, shapely.get_coordinates(ring)[:-1].tolist()))
        for before, corner, after in zip(around[-1:] + around[:-1], around, around[1:] + around[:1]):
            shared.setdefault(corner, set()).update((before, after))
    lines = shapely.union_all([unit["geometry"].boundary for unit in units])
    spare = [
        xy for xy, beside in shared.items()
        if len(beside) == 2 and xy not in known and min(np.hypot(*np.subtract(xy, one)) for one in beside) > 1e-6
    ]  # fmt: skip
    assert not shapely.dwithin(shapely.points(np.array(spare).reshape(-1, 2)), lines, 1e-7).any()


def voronoi(dice: np.random.Generator, count: int, region: shapely.Polygon) -> np.ndarray:
    """Cells of chance that tile a region, with shared vertices."""
    low, high = np.array(region.bounds).reshape(2, 2)
    points = shapely.multipoints(dice.uniform(low, high, (count, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=region))
    lines = shapely.union_all([*shapely.get_rings(cells), region.exterior])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    return faces[shapely.contains(region, shapely.point_on_surface(faces))]


def test_vertices_of_two_neighbours_on_one_edge_are_common() -> None:
    """Two villages with one straight border, cut where neither has a vertex: both get both vertices."""
    units = [
        {"XZQDM": "990101001001", "XZQMC": "甲", "geometry": hand.box(0, 0, 1000, 3000)},
        {"XZQDM": "990101001002", "XZQMC": "乙", "geometry": hand.box(1000, 0, 1000, 3000)},
    ]
    dice = np.random.default_rng(3)
    plots = [
        {
            "YJJBNTTBBH": f"{x}-{y}-{side}", "XZQDM": units[side]["XZQDM"], "YJJBNTMJ": 1e4,
            "geometry": hand.box(1000 * side + 20 + 120 * x, 20 + 130 * y + 40 * side, 100, *dice.uniform(60, 110, 1)),
        }
        for side in (0, 1) for x in range(8) for y in range(22)
    ]  # fmt: skip
    zones = drawn(units, plots, limit=36).tables["ZONES"]
    check_tiling(zones, shapes_of(units))
    border = hand.EAST + 1000
    west, east = (
        {xy for shape in zones.loc[zones["unit"] == code, "geometry"] for xy in corners(shape) if xy[0] == border}
        for code in shapes_of(units)
    )
    assert west == east
    assert len(west) > 5
