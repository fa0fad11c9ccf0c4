"""Pages, scales and tables of an atlas: by hand, by brute force, and in any order of the rows."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from redline.core.atlas import Settings, make
from redline.core.atlas.contents import fitting
from redline.core.atlas.land import borders
from redline.core.errors import InputError
from redline.core.findings import Findings
from redline.core.frames import Frame, Source, read
from redline.core.geometry.crs import Crs
from redline.core.progress import Progress
from redline.core.standards import land_classes
from redline.core.standards.paper import class_colour, scales, symbols

ROOMS = {"landscape": (280.0, 230.0), "portrait": (257.0, 264.0)}
X, Y = 37_590_000.0, 4_050_000.0


def frame(role: str, cells: dict[str, list[object]], shapes: list[shapely.Geometry | None]) -> Frame:
    found = Findings("zh")
    array = np.array(shapes, dtype=object)
    source = Source(role, pd.DataFrame(cells), array, shapely.area(array), Crs.from_epsg(4525), tuple(
        shapely.total_bounds(array)), "polygon")  # fmt: skip
    return read(source, role, found)


def squares(count: int, side: float = 100.0) -> list[shapely.Geometry]:
    return [shapely.box(X + side * n, Y, X + side * (n + 1), Y + side) for n in range(count)]


def county(order: list[int] | None = None) -> dict[str, Frame]:
    """Two townships of one village each, with three and one plots."""
    rows = order or [0, 1, 2, 3]
    shapes = squares(4)
    villages = ["990101001001"] * 3 + ["990101002001"]
    return {
        "map": frame("map", {
            "YJJBNTTBBH": [f"{villages[n]}{n:05d}" for n in rows], "XZQDM": [villages[n] for n in rows],
            "DLBM": ["0101"] * 4, "YJJBNTTBMJ": [[10000.0, 333.33, 333.34, 5000.0][n] for n in rows],
            "YJJBNTMJ": [[10000.0, 333.33, 333.34, 5000.0][n] for n in rows],
        }, [shapes[n] for n in rows]),
        "units": frame("units", {"XZQDM": ["990101001001", "990101002001"], "XZQMC": ["甲村", "乙村"]},
                       [shapely.box(X, Y, X + 300, Y + 100), shapely.box(X + 300, Y, X + 400, Y + 100)]),
    }  # fmt: skip


def test_townships_are_made_of_villages_and_tables_add_up() -> None:
    atlas = make(county(), Settings("township", "zh", ROOMS, county="示范县"), Progress())
    assert list(atlas.pages["key"]) == ["990101001", "990101002"]
    assert list(atlas.pages["page"]) == [1, 2]
    assert atlas.pages["geometry"][0].equals(shapely.box(X, Y, X + 300, Y + 100))
    rows = atlas.tables["table"].rows
    first = rows[rows["page"] == 1]
    # 10666.67 m² are 16.000005 亩.
    assert first[["name", "count", "mu"]].values.tolist() == [["甲村", "3", "16.00"], ["合计", "3", "16.00"]]


def test_the_order_of_the_rows_changes_nothing() -> None:
    chosen = Settings("township", "zh", ROOMS, level="village")
    one, other = (make(county(order), chosen, Progress()) for order in (None, [3, 1, 0, 2]))
    pd.testing.assert_frame_equal(one.tables["table"].rows, other.tables["table"].rows)
    assert list(one.pages["title"]) == list(other.pages["title"])


def test_what_is_asked_for_and_is_not_there_is_told() -> None:
    for chosen, said in (
        (Settings("township", "zh", ROOMS, features=("44",)), "44"),
        (Settings("violation", "zh", ROOMS), "监测图斑"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=said):
            make(county(), chosen, Progress())


@settings(deadline=None)
@given(st.floats(1, 2e5), st.floats(1, 2e5))
def test_the_scale_is_the_largest_at_which_a_feature_fits(width: float, height: float) -> None:
    (side,), (scale,) = fitting(np.array([shapely.box(0, 0, width, height)], dtype=object), ROOMS)
    free = 0.88

    def fits(name: str, denominator: int) -> bool:
        room = ROOMS[name]
        wide, high = width * 1000 / denominator, height * 1000 / denominator
        return wide <= room[0] * free + 1e-6 and high <= room[1] * free + 1e-6

    assert fits(side, scale)
    larger = [one for one in scales() if one < scale]
    assert not any(fits(name, one) for name in ROOMS for one in larger)


def test_every_border_is_drawn_once_as_of_the_greater_unit() -> None:
    known = pd.DataFrame({
        "level": ["township", "township", "village", "village"],
        "geometry": [shapely.box(*one) for one in ((0, 0, 2, 1), (2, 0, 3, 1), (0, 0, 1, 1), (1, 0, 2, 1))],
    })  # fmt: skip
    lines = borders(known).set_index("level")["geometry"]
    assert lines["township"].length == pytest.approx(2 * 3 + 2 + 1)
    assert lines["village"].equals(shapely.LineString([(1, 0), (1, 1)]))


def test_land_classes_of_a_change_add_up_to_it_to_the_cent() -> None:
    change = shapely.box(X + 30, Y + 10, X + 270.5, Y + 77)
    frames = {
        "violation": frame("violation", {"key": ["V1"], "labels": ["no_permit"]}, [change]),
        "landuse": frame("landuse", {"DLBM": ["0101", "0301", "0101"], "TBMJ": [1.0] * 3}, squares(3)),
    }  # fmt: skip
    atlas = make(frames, Settings("violation", "zh", ROOMS), Progress())
    rows = atlas.tables["areas"].rows
    by_class = rows[rows["item"].str.startswith("0")]
    assert list(by_class["item"]) == ["0101 水田", "0301 乔木林地"]
    total = sum(round(float(one.replace(",", "")) * 100) for one in by_class["m2"])
    assert total == round(change.area * 100)
    assert float(by_class["m2"].iloc[1].replace(",", "")) == pytest.approx(100 * 67)
    assert "第七十七条" in atlas.pages["note"][0]


def test_zones_without_units_make_their_townships_and_keep_every_person() -> None:
    codes = ["990101001001001", "990101001001002", "990101002001001"]
    frames = {
        "zone": frame("zone", {"zone_code": codes, "zone_name": ["甲一", "甲二", "乙一"], "colour": [1, 2, 1],
                               "person": ["图上人", "图上人", "图上人"], "load": [1, 1, 1]}, squares(3)),
    }  # fmt: skip
    chosen = Settings("zone", "zh", ROOMS, on_date=datetime.date(2026, 6, 30))
    atlas = make(frames, chosen, Progress())
    assert list(atlas.pages["key"]) == ["990101001", "990101002"]
    assert atlas.pages["geometry"][0].equals(shapely.box(X, Y, X + 200, Y + 100))
    assert list(atlas.layers["zone"]["tint"]) == [1, 2, 1]
    people = read(Source("名单", pd.DataFrame({
        "网格代码": [codes[0], codes[0], codes[2]], "姓名": ["张三", "李四", "王五"], "联系电话": ["13800001111"] * 3,
        "定职责": ["巡田", "巡田", "上报"],
    })), "roster", Findings("zh"))  # fmt: skip
    rows = make({**frames, "roster": people}, chosen, Progress()).tables["table"].rows
    listed = rows[["page", "zone", "person", "phone"]].values.tolist()
    assert sorted(map(tuple, listed)) == [
        (1, "", "张三", "138***"), (1, "001", "李四", "138***"), (1, "002", "图上人", ""), (2, "001", "王五", "138***"),
    ] or sorted(map(tuple, listed)) == [
        (1, "", "李四", "138***"), (1, "001", "张三", "138***"), (1, "002", "图上人", ""), (2, "001", "王五", "138***"),
    ]  # fmt: skip


def test_zones_of_one_code_are_both_listed_with_their_areas() -> None:
    codes = ["990101001001001", "990101001001001", "990101001001002"]
    shapes = [*squares(2), shapely.box(X, Y + 100, X + 100, Y + 300)]
    frames = {"zone": frame("zone", {"zone_code": codes, "person": ["甲", "乙", "丙"], "load": [1, 1, 1]}, shapes)}
    people = read(Source("名单", pd.DataFrame({"网格代码": [codes[2]], "姓名": ["张三"]})), "roster", Findings("zh"))
    chosen = Settings("zone", "zh", ROOMS, on_date=datetime.date(2026, 6, 30))
    atlas = make({**frames, "roster": people}, chosen, Progress())
    rows = atlas.tables["table"].rows
    assert rows[["zone", "person", "mu"]].values.tolist() == [
        ["001", "甲", "15.00"], ["001", "乙", "15.00"], ["002", "张三", "30.00"],
    ]  # fmt: skip


def test_what_is_not_on_the_pages_is_told() -> None:
    frames = county()
    shapes = [*squares(2), shapely.box(X + 5000, Y, X + 5100, Y + 100), shapely.box(X - 900, Y, X - 800, Y + 100), None]
    villages = ["990101001001", "990101001001", "990101001001", "", "990101001001"]
    cells = {
        "YJJBNTTBBH": [f"T{n}" for n in range(5)], "XZQDM": villages, "DLBM": ["0101"] * 5,
        "YJJBNTTBMJ": [10000.0] * 5, "YJJBNTMJ": [10000.0, 10000.0, 2000.0, 4000.0, 6000.0],
    }  # fmt: skip
    units = frame("units", {"XZQDM": ["990101001001", "990101001001"], "XZQMC": ["甲村", "乙村"]},
                  [shapely.box(X, Y, X + 300, Y + 100), shapely.box(X + 300, Y, X + 400, Y + 100)])  # fmt: skip
    frames = {"map": frame("map", cells, shapes), "units": units}
    notes = "\n".join(make(frames, Settings("township", "en", ROOMS, scale=100), Progress()).notes)
    for words in ("1 of the farmland plots (9.00 mu recorded) have no area", "1 of the farmland plots (6.00 mu) belong",
                  "1 of the farmland plots (3.00 mu) are listed", "(first: T2)", "(first: T3)", "(first: T4)",
                  "990101001001: 乙村、甲村", "1:100 "):  # fmt: skip
        assert words in notes, words
    assert make(county(), Settings("township", "en", ROOMS), Progress()).notes == []


def test_a_measured_area_in_the_sums_is_told() -> None:
    frames = county()
    frames["map"].rows.loc[0, "farmland_area"] = 0.0
    made = make(frames, Settings("township", "en", ROOMS), Progress())
    # 10 000 m² measured are 15.00 mu; the others are 333.33 and 333.34 m².
    assert [note for note in made.notes if "1 of the farmland plots" in note and "(15.00 mu)" in note]
    assert made.tables["table"].rows["mu"].iloc[0] == "16.00"


def test_coordinates_of_another_zone_are_told_and_not_measured() -> None:
    frames = county()
    frames["map"].crs = Crs.from_epsg(4526)
    notes = make(frames, Settings("township", "zh", ROOMS), Progress()).notes
    assert any("EPSG:4525" in note and "图层属性" in note for note in notes)


@pytest.mark.parametrize(("scale", "step"), [(2000, 200.0), (50_000, 1000.0), (1_000_000, 50_000.0)])
def test_grid_lines_of_a_sheet_are_as_far_apart_as_its_scale_asks(scale: int, step: float) -> None:
    degrees = shapely.box(110.001, 36.001, 110.002, 36.002)
    cells: dict[str, list[object]] = {"YJJBNTTBBH": ["1"], "XZQDM": ["990101001001"], "YJJBNTMJ": [1.0]}
    plots = frame("map", cells, [degrees])
    metres = 100_000.0
    chosen = Settings("sheet", "zh", {"landscape": (3000.0, 3000.0)}, scale=scale, to_lonlat=lambda p: p / metres,
                      to_plane=lambda p: p * metres)  # fmt: skip
    plots.rows["geometry"] = [shapely.transform(degrees, lambda p: p * metres)]
    lines = make({"map": plots}, chosen, Progress()).layers["line"]
    boxes = shapely.bounds(lines.loc[lines["kind"] == "kilometre", "geometry"].to_numpy(dtype=object))
    across = np.unique(boxes[boxes[:, 0] == boxes[:, 2], 0])
    assert len(across) > 2
    assert set(np.diff(across)) == {step}


def test_groups_of_a_village_have_borders_and_no_pages() -> None:
    frames = county()
    frames["units"] = frame(
        "units", {"XZQDM": ["9901010010010100000", "9901010010010200000", "990101002001"],
                  "XZQMC": ["一组", "二组", "乙村"]},
        [shapely.box(X, Y, X + 100, Y + 100), shapely.box(X + 100, Y, X + 300, Y + 100),
         shapely.box(X + 300, Y, X + 400, Y + 100)],
    )  # fmt: skip
    atlas = make(frames, Settings("township", "zh", ROOMS, level="village"), Progress())
    assert list(atlas.pages["key"]) == ["990101001001", "990101002001"]
    assert atlas.notes == []
    assert list(atlas.pages["name"]) == ["990101001001", "乙村"]
    lines = atlas.layers["border"].set_index("level")["geometry"]
    assert lines["group"].equals(shapely.linestrings([(X + 100, Y), (X + 100, Y + 100)]))


def test_neighbours_are_named_by_the_least_that_is_known_of_them() -> None:
    frames = county()
    frames["units"] = frame(
        "units", {"XZQDM": ["990101001001", "990101002001", "990102"], "XZQMC": ["甲村", "乙村", "邻县"]},
        [shapely.box(X, Y, X + 300, Y + 100), shapely.box(X + 300, Y, X + 400, Y + 100),
         shapely.box(X + 400, Y, X + 900, Y + 100)],
    )  # fmt: skip
    units = make(frames, Settings("township", "zh", ROOMS), Progress()).layers["unit"].set_index("key")
    assert units["whole"].to_dict() == {
        "990101": False, "990102": True, "990101001": False, "990101002": False, "990101001001": True,
        "990101002001": True,
    }  # fmt: skip
    assert units.loc["990102", "name"] == "邻县"


def test_the_whole_has_a_title_of_its_own() -> None:
    chosen = Settings("township", "zh", ROOMS, county="示范县")
    assert make(county(), chosen, Progress()).title == "示范县永久基本农田分布图册"
    one = Settings("township", "zh", ROOMS, features=("990101001",))
    made = make(county(), one, Progress())
    assert made.title == made.pages["title"][0]
    assert make(county(), Settings("township", "en", ROOMS), Progress()).title == (
        "Map atlas of permanent basic farmland"
    )


@pytest.mark.parametrize("cells", [{"name": ["a", "b"]}, {"zone_code": ["", ""], "zone_name": ["a", "b"]}])
def test_zones_without_codes_are_told(cells: dict[str, list[object]]) -> None:
    with pytest.raises(InputError, match="“zone”"):
        make({"zone": frame("zone", cells, squares(2))}, Settings("zone", "zh", ROOMS), Progress())


def test_boundary_points_are_all_there_holes_too() -> None:
    change = shapely.box(X, Y, X + 100, Y + 100).difference(shapely.box(X + 40, Y + 40, X + 60, Y + 60))
    frames = {"violation": frame("violation", {"key": ["V"]}, [change])}
    atlas = make(frames, Settings("violation", "zh", ROOMS), Progress())
    rows = atlas.tables["table"].rows
    assert list(rows["point"]) == [f"J{n}" for n in range(1, 9)]
    assert list(rows["ring"]) == ["1"] * 4 + ["2"] * 4
    given_points = {(f"{x:.3f}", f"{y:.3f}") for x, y in shapely.get_coordinates(change)}
    assert set(zip(rows["east"], rows["north"])) == given_points


def test_every_land_class_has_a_colour_and_every_symbol_a_source() -> None:
    for scheme in ("sandiao", "erdiao"):
        for code in land_classes(scheme):
            assert all(0 <= part <= 255 for part in class_colour(code, scheme))
    assert class_colour("0101", "sandiao") == (248, 208, 114)
    assert class_colour("043", "erdiao") == (200, 220, 100)
    for one in symbols().values():
        assert one.source
        assert one.confidence in "HML"
    assert symbols()["farmland"].fill == (255, 255, 0)
    assert symbols()["block"].line == (255, 0, 0)
