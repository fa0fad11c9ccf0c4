"""Map sheets: published numbers, areas of a control table, edges that fit, and round trips."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from redline.core.errors import InputError
from redline.core.geometry import sheets
from redline.core.geometry.crs import Crs
from redline.core.geometry.ellipsoid import areas

# GB/T 13989's own example, 114°33′45″ E, 39°22′30″ N: numbers as printed in DOMAIN.md §7.1.
PUBLISHED = {
    1_000_000: "J50", 500_000: "J50B001001", 250_000: "J50C001001", 100_000: "J50D002002", 50_000: "J50E004003",
    25_000: "J50F008005", 10_000: "J50G015010", 5_000: "J50H030019", 2_000: "J50I090055", 1_000: "J50J01800109",
    500: "J50K03600217",
}  # fmt: skip
LON, LAT = 114 + 33 / 60 + 45 / 3600, 39 + 22 / 60 + 30 / 3600

places = st.tuples(
    st.integers(-180 * sheets.DEGREE, 180 * sheets.DEGREE - 1), st.integers(0, 60 * sheets.DEGREE - 1),
    st.sampled_from(list(PUBLISHED)),
)  # fmt: skip


@pytest.mark.parametrize("scale", PUBLISHED)
def test_published_numbers(scale: int) -> None:
    assert sheets.sheet_number(LON, LAT, scale) == PUBLISHED[scale]


def test_sizes_are_those_of_the_standard() -> None:
    minutes = {1_000_000: (360, 240), 500_000: (180, 120), 250_000: (90, 60), 100_000: (30, 20), 50_000: (15, 10),
               25_000: (7.5, 5), 10_000: (3.75, 2.5), 5_000: (1.875, 1.25), 2_000: (0.625, 25 / 60),
               1_000: (0.3125, 12.5 / 60), 500: (9.375 / 60, 6.25 / 60)}  # fmt: skip
    for scale, size in sheets.scales().items():
        assert (size.width / 60_000, size.height / 60_000) == pytest.approx(minutes[scale])
        assert size.width * size.across == 6 * sheets.DEGREE
        assert size.height * size.across == 4 * sheets.DEGREE
        if size.old:
            assert np.prod([cut for cut, _ in size.old]) == size.across


def test_old_numbers() -> None:
    # By hand: sheet 14 of 12 × 12 (second row, second column); in it, 1:10 000 in row 7, column 2 of 8 × 8.
    old = {scale: sheets.sheets((LON, LAT, LON, LAT), scale).iloc[0] for scale in PUBLISHED}
    assert old[100_000]["old_number"] == "J-50-14"
    assert old[50_000]["old_number"] == "J-50-14-C"
    assert old[50_000]["old_number_zh"] == "J-50-14-丙"
    assert old[25_000]["old_number"] == "J-50-14-C-3"
    assert old[10_000]["old_number"] == "J-50-14-(50)"
    assert old[5_000]["old_number"] == "J-50-14-(50)-c"
    assert old[500_000]["old_number_zh"] == "J-50-甲"
    assert old[250_000]["old_number"] == "J-50-[1]"
    assert {old[scale]["old_number"] for scale in (2_000, 1_000, 500)} == {""}
    assert sheets.corners("J-50-5-(10)").number == "J50G002034"


def test_the_sheet_of_the_control_table() -> None:
    one = sheets.sheets((110.001, 38.834, 110.002, 38.835), 10_000).iloc[0]
    assert one["number"] == "J49G028033"
    assert one["area"] == 25_094_635.83
    assert (one["zone"], one["meridian"]) == (37, 111.0)
    assert [sheets.dms(one[side]) for side in ("west", "south")] == ["110°00′00″", "38°50′00″"]
    assert sheets.dms(sheets.corners("J50I090055").west + 37_500) == "114°34′22.5″"


@given(places)
def test_every_place_is_on_the_sheet_of_its_number(place: tuple[int, int, int]) -> None:
    lon, lat, scale = place
    found = sheets.corners(sheets.sheet_number(lon / sheets.DEGREE, lat / sheets.DEGREE, scale))
    assert found.scale == scale
    assert found.west <= lon < found.east
    assert found.south <= lat < found.north


@given(places)
def test_old_and_new_numbers_name_the_same_sheet(place: tuple[int, int, int]) -> None:
    lon, lat, scale = place
    one = sheets.sheets((lon / sheets.DEGREE, lat / sheets.DEGREE) * 2, scale).iloc[0]
    said = [one["number"], *filter(None, (one["old_number"], one["old_number_zh"]))]
    assert {sheets.corners(number) for number in said} == {sheets.corners(one["number"])}


@given(places)
def test_neighbours_share_their_edges(place: tuple[int, int, int]) -> None:
    lon, lat, scale = place
    middle = sheets.corners(sheets.sheet_number(lon / sheets.DEGREE, lat / sheets.DEGREE, scale))
    around = sheets.neighbours(middle.number)
    assert around[1][1] == middle.number
    for north, row in zip((1, 0, -1), around):
        for east, number in zip((-1, 0, 1), row):
            if not number:
                assert (north, middle.north) == (1, 60 * sheets.DEGREE) or (north, middle.south) == (-1, 0)
                continue
            other = sheets.corners(number)
            shift = other.west - middle.west - east * (middle.east - middle.west)
            assert shift % (360 * sheets.DEGREE) == 0
            assert other.south - middle.south == north * (middle.north - middle.south)


@given(places, st.integers(1, 5), st.integers(1, 5))
def test_bounds_give_the_sheets_that_they_reach_into(place: tuple[int, int, int], wide: int, high: int) -> None:
    lon, lat, scale = place
    size = sheets.scales()[scale]
    west, south = lon // size.width * size.width, lat // size.height * size.height
    east, north = west + wide * size.width, south + high * size.height
    if east > 180 * sheets.DEGREE or north > 60 * sheets.DEGREE:
        return
    exact = sheets.sheets([value / sheets.DEGREE for value in (west, south, east, north)], scale)
    assert len(exact) == wide * high == exact["number"].nunique()
    assert (exact["west"].min(), exact["south"].min()) == (west, south)
    assert (exact["east"].max(), exact["north"].max()) == (east, north)
    # A thousandth of a second over an edge is on the next sheet.
    if min(size.width, size.height) > 2 and lon > west + 1:
        less = [value / sheets.DEGREE for value in (west + 1, south + 1, east - 1, north - 1)]
        assert list(sheets.sheets(less, scale)["number"]) == list(exact["number"])


def test_the_frame_says_the_same_as_the_numbers() -> None:
    found = sheets.sheets((101.2, 23.3, 101.5, 23.5), 10_000)
    for row in found.to_dict("records"):
        sheet = sheets.corners(row["number"])
        assert sheet[2:] == (row["west"], row["south"], row["east"], row["north"])
        around = [row[side] for side in sheets.SIDES]
        above, (west, _, east), below = sheets.neighbours(row["number"])
        assert around == [*above, west, east, *below]
        assert row["number"] == f"F47G{row['row']:03d}{row['column']:03d}"
    assert found["number"].is_unique
    assert (found["west"].dtype, found["north"].dtype) == (np.int64, np.int64)


def test_theoretical_areas_are_those_of_the_outlines_and_add_up() -> None:
    hundred = sheets.sheets((110.1, 38.1, 110.2, 38.2), 100_000)
    box = [hundred[side].iloc[0] / sheets.DEGREE for side in ("west", "south", "east", "north")]
    parts = sheets.sheets(box, 10_000)
    assert len(parts) == 64
    assert parts["area"].sum() == pytest.approx(hundred["area"].iloc[0], abs=0.5)
    drawn = areas(sheets.outlines(parts, dense=False), Crs.from_epsg(4490))
    assert drawn == pytest.approx(parts["area"].to_numpy(), abs=0.02)
    # Points on the parallels change nothing in degrees.
    assert areas(sheets.outlines(parts, dense=True), Crs.from_epsg(4490)) == pytest.approx(drawn, abs=0.05)


@pytest.mark.parametrize("scale", [50_000, 10_000, 2_000])
def test_dense_neighbours_have_the_points_of_their_edge_in_common(scale: int) -> None:
    size = sheets.scales()[scale]
    width, height = size.width / sheets.DEGREE, size.height / sheets.DEGREE
    found = sheets.sheets((108.0 - width, 34.0 - height, 108.0 + width, 34.0 + height), scale)
    outlines = sheets.outlines(found, dense=True)
    assert shapely.is_valid(outlines).all()
    assert len(found) == 4
    west_north, east_north, west_south, _ = (set(map(tuple, shapely.get_coordinates(one))) for one in outlines)
    for one, other, fixed, value in ((west_north, east_north, 0, 108.0), (west_north, west_south, 1, 34.0)):
        first = {point for point in one if point[fixed] == value}
        assert len(first) > 2
        assert first == {point for point in other if point[fixed] == value}
    whole = shapely.union_all(outlines)
    assert whole.area == pytest.approx(4 * width * height, rel=1e-12)


def test_only_sheets_that_shapes_lie_on() -> None:
    found = sheets.sheets((108.0, 34.0, 109.0, 35.0), 100_000)
    exact = shapely.box(108.5, 34.0, 109.0, 34 + 1 / 3)
    point = shapely.Point(108.2, 34.9)
    triangle = shapely.Polygon([(108.1, 34.9), (108.4, 34.9), (108.1, 34.5)])
    for shape, (lon, lat) in ((exact, (108.6, 34.1)), (point, (108.2, 34.9))):
        met = found["number"][sheets.meeting(found, np.array([shape]))]
        assert list(met) == [sheets.sheet_number(lon, lat, 100_000)]
    boxes = sheets.outlines(found, dense=False)
    expected = shapely.area(shapely.intersection(boxes, triangle)) > 0
    assert list(sheets.meeting(found, np.array([triangle]))) == list(expected)
    assert not sheets.meeting(found, np.array([], dtype=object)).any()


def test_the_southern_edge_and_sixty_degrees() -> None:
    assert sheets.sheet_number(120.0, 0.0, 1_000_000) == "A51"
    assert sheets.sheet_number(120.0, 60.0, 1_000_000) == "O51"
    assert sheets.sheet_number(180.0, 30.0, 1_000_000) == "H60"
    assert sheets.sheet_number(-180.0, 30.0, 1_000_000) == "H01"
    assert sheets.neighbours("A60") == [["B59", "B60", "B01"], ["A59", "A60", "A01"], ["", "", ""]]
    assert sheets.neighbours("O01")[0] == ["", "", ""]
    assert pd.isna(sheets.sheets((120, 30, 121, 31), 1_000_000)["meridian"].iloc[0])


@pytest.mark.parametrize(
    "bounds",
    [
        (110.0, -1.0, 111.0, 1.0), (110.0, 59.0, 111.0, 60.001), (39.0, 114.0, 40.0, 115.0), (112.0, 30.0, 111.0, 31.0),
        (110.0, 31.0, 111.0, 30.0), (float("nan"), 30.0, 111.0, 31.0), (110.0, 30.0, float("inf"), 31.0),
        (500_000.0, 3_400_000.0, 500_100.0, 3_400_100.0), (179.0, 10.0, 181.0, 11.0),
    ],
)  # fmt: skip
def test_bad_bounds_are_told(bounds: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="0° to 60°") as told:
        sheets.sheets(bounds, 10_000, "en")
    assert told.value.text_id == "error.sheets_off"


def test_too_many_sheets_are_told_before_they_are_made() -> None:
    with pytest.raises(InputError, match="4777574400"):
        sheets.sheets((-180, 0, 180, 60), 500, "en")


@pytest.mark.parametrize(
    "number",
    ["", "J", "J5", "J61", "J00", "Q50", "J50G", "J50G000010", "J50G097010", "J50G010097", "J50G15010", "J50K360217",
     "J50L001001", "J50A001001", "J-50-145", "J-50-14-(65)", "J-50-14-E", "J-50-14-戊", "J-50-14-(50)-e", "甲",
     "J50;DROP", "J-50-", "J-50-14-(50)-c-1", "J50G０１５"],
)  # fmt: skip
def test_what_is_no_number_is_told(number: str) -> None:
    with pytest.raises(InputError, match="J50G015010"):
        sheets.corners(number, "en")


@pytest.mark.parametrize(
    "number", [" j50g015010", "Ｊ５０Ｇ０１５０１０", "J50 G 015 010", "j-50-14-(50)", "J-50-14-（50）"]
)
def test_numbers_may_be_typed_as_people_type(number: str) -> None:
    assert sheets.corners(number).number == "J50G015010"
