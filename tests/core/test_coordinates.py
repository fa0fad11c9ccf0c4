"""Boundary-point txt: every variant that offices write, round trips, and broken files that name their line."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from redline.core.errors import InputError
from redline.core.exchange import coordinates
from redline.core.exchange.coordinates import Form, Parcel, header_of, problems, read, write

OFFSET = np.array([38_500_000.0, 4_300_000.0])
HEADER = """[属性描述]
格式版本号=1.01
坐标系=2000国家大地坐标系
几度分带=3
投影类型=高斯克吕格
计量单位=米
带号=38
精度=0.001
转换参数=,,,,,,
[地块坐标]
"""
HEAD = "5,1.0000,1,地块1,面,J49G028033,住宅用地,0701,@"
SQUARE = [(4_300_000, 38_500_000), (4_300_000, 38_500_100), (4_300_100, 38_500_100), (4_300_100, 38_500_000)]


def lines(points: list[tuple[float, float]], ring: str = "1", start: int = 1) -> str:
    return "\n".join(f"J{start + n},{ring},{x:.3f},{y:.3f}" for n, (x, y) in enumerate(points)) + "\n"


def file(head: str = HEAD, points: str = "", header: str = HEADER) -> bytes:
    return (header + head + "\n" + (points or lines([*SQUARE, SQUARE[0]]))).encode("gbk")


def only(content: bytes, **options: str) -> tuple[coordinates.CoordinateFile, Parcel]:
    found = read(content, "红线.txt", "zh", **options)
    assert len(found.parcels) == 1
    return found, found.parcels[0]


def test_the_printed_rule() -> None:
    found, parcel = only(file())
    assert (found.epsg, found.encoding, found.east_first) == (4526, "gbk", False)
    assert (parcel.number, parcel.name, parcel.sheet, parcel.purpose, parcel.land_class) == (
        "1", "地块1", "J49G028033", "住宅用地", "0701",
    )  # fmt: skip
    assert parcel.shape().equals(shapely.box(38_500_000, 4_300_000, 38_500_100, 4_300_100))  # type: ignore[union-attr]
    assert problems(parcel) == {}


@pytest.mark.parametrize(
    ("head", "number", "name", "purpose", "land_class", "more"),
    [
        ("5,1.0000,7,东地块,面,,,@", "7", "东地块", "", "", ()),
        ("5,1.0000,610821,神木市,7,东地块,面,J49,住宅,0701,@", "7", "东地块", "住宅", "0701", ("610821", "神木市")),
        ("5,1.0000,7,东地块,面,J49,住宅,0701,新增,水田,5,4,备注,@", "7", "东地块", "住宅", "0701",
         ("新增", "水田", "5", "4", "备注")),
        ("5,1.0000,7,面,J49,住宅,0701,东地块,@", "7", "东地块", "住宅", "0701", ()),
        ("5， 1.0000， 7， 东地块， 面， J49， 住宅， 0701，@", "7", "东地块", "住宅", "0701", ()),
    ],
)  # fmt: skip
def test_heads_of_every_length(
    head: str, number: str, name: str, purpose: str, land_class: str, more: tuple[str, ...]
) -> None:
    parcel = only(file(head))[1]
    assert (parcel.number, parcel.name, parcel.purpose, parcel.land_class, parcel.more) == (
        number, name, purpose, land_class, more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "told"), [("gbk", "gbk"), ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16")]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_ends_of_lines(encoding: str, told: str, end: str) -> None:
    content = file().decode("gbk").replace("\n", end).encode(encoding)
    found, parcel = only(content)
    assert (found.encoding, parcel.name, len(parcel.rings[0])) == (told, "地块1", 5)


def test_swapped_coordinates_are_known_by_their_size_and_can_be_told() -> None:
    swapped = lines([(y, x) for x, y in [*SQUARE, SQUARE[0]]])
    found, parcel = only(file(points=swapped))
    assert found.east_first
    assert problems(parcel) == {}
    assert parcel.rings[0][0].tolist() == [38_500_000, 4_300_000]
    bare = lines([(y - 38_000_000, x) for x, y in [*SQUARE, SQUARE[0]]])
    found, parcel = only(file(points=bare))
    assert (found.east_first, found.epsg) == (True, 4547)
    assert only(file(points=bare), order="north_first")[1].rings[0][0].tolist() == [4_300_000, 500_000]


@pytest.mark.parametrize(
    ("change", "east", "epsg"),
    [
        ({}, 0, 4526), ({}, -38_000_000, 4547), ({"带号=38": "带号="}, -38_000_000, 0),
        ({"带号=38": "带号="}, 0, 4526), ({"2000国家大地坐标系": "1980西安坐标系"}, 0, 2362),
        ({"2000国家大地坐标系": "1954北京坐标系"}, 0, 0), ({"几度分带=3": "分带=3度带"}, 0, 4526),
        ({"几度分带=3": "几度分带=6", "带号=38": "带号=19"}, -19_000_000, 4497),
    ],
)  # fmt: skip
def test_systems(change: dict[str, str], east: int, epsg: int) -> None:
    header = HEADER
    for old, new in change.items():
        header = header.replace(old, new)
    points = lines([(x, y + east) for x, y in [*SQUARE, SQUARE[0]]])
    assert read(file(points=points, header=header), "a.txt", "zh").epsg == epsg


def test_open_rings_holes_and_parts_are_known_by_where_they_lie() -> None:
    hole = [(4_300_020, 38_500_020), (4_300_020, 38_500_040), (4_300_040, 38_500_040), (4_300_040, 38_500_020)]
    island = [(4_300_025, 38_500_025), (4_300_025, 38_500_035), (4_300_035, 38_500_035), (4_300_035, 38_500_025)]
    other = [(x + 500, y) for x, y in SQUARE]
    points = lines(SQUARE) + lines(other, "2", 5) + lines(hole, "3", 9) + lines(island, "4", 13)
    parcel = only(file(HEAD.replace("5,1.0000", "16,1.9700"), points))[1]
    assert parcel.opened
    assert parcel.shape().area == 20_000 - 400 + 100  # type: ignore[union-attr]
    assert problems(parcel) == {}
    same_number = lines([*SQUARE, SQUARE[0]]) + lines([*other, other[0]], "1", 6)
    parted = only(file(HEAD.replace("5,1.0000", "10,2.0000"), same_number))[1].shape()
    assert shapely.area(parted) == 20_000


@pytest.mark.parametrize(
    ("area", "told"),
    [("1.0000", False), ("1.0000公顷", False), ("10000", False), ("10000.00平方米", False), ("15亩", False),
     ("0", False), ("", False), ("1.0001", True), ("0.9", True), ("1.0", False)],
)  # fmt: skip
def test_declared_areas(area: str, told: bool) -> None:
    assert ("area" in problems(only(file(f"5,{area},1,地块1,面,,,,@"))[1])) == told


def test_the_known_answer_of_hangzhou() -> None:
    """5.7089 ha are declared of 57,089.47 m²."""
    ring = np.array([(0, 0), (1000, 0), (1000, 57.08947), (0, 57.08947), (0, 0)], dtype=float)
    assert problems(Parcel(1, declared_area=57_089.0, area_place=1.0, rings=[ring], names=[["J"] * 5])) == {}


@pytest.mark.parametrize(("count", "told"), [(5, False), (4, False), (6, True), (3, True)])
def test_declared_points_may_count_the_repeated_one_or_not(count: int, told: bool) -> None:
    assert ("points" in problems(only(file(HEAD.replace("5,", f"{count},", 1)))[1])) == told


def test_a_border_that_crosses_itself_is_told() -> None:
    bow = [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]]
    assert "invalid" in problems(only(file(points=lines(bow)))[1])


def test_six_columns_and_blanks() -> None:
    points = lines([*SQUARE, SQUARE[0]]).replace("\n", " , 100.00, 界址点\n").replace(",", " , ")
    assert problems(only(file(points=points))[1]) == {}


@pytest.mark.parametrize(
    ("content", "error", "line"),
    [
        (file(points="J1,1,4300000\n"), "coordinates_point", "12"),
        (file(points="J1,1,x,y\n"), "coordinates_point", "12"),
        (file(points="J1,1,nan,38500000\n"), "coordinates_point", "12"),
        (file("五,@"), "coordinates_parcel", "11"),
        (HEADER.encode("gbk") + b"J1,1,1,2\n", "coordinates_no_parcel", "11"),
        (HEADER.encode("gbk") + HEAD.encode("gbk"), "coordinates_no_points", "11"),
        (b"", "coordinates_empty", ""), (bytes(range(256)), "coordinates_empty", ""),
    ],
)  # fmt: skip
def test_a_broken_file_names_its_line(content: bytes, error: str, line: str) -> None:
    with pytest.raises(InputError) as told:
        read(content, "红线.txt", "zh")
    assert told.value.text_id == error
    assert "红线.txt" in str(told.value)
    assert line in str(told.value)


corner = st.tuples(st.integers(0, 400), st.integers(0, 400))
box = st.tuples(corner, st.integers(40, 300), st.integers(40, 300)).map(
    lambda b: shapely.box(b[0][0] + 0.123, b[0][1] + 0.456, b[0][0] + b[1], b[0][1] + b[2])
)


@st.composite
def lands(draw: st.DrawFn) -> shapely.Geometry:
    land = draw(box)
    west, south, *_ = land.bounds
    if draw(st.booleans()):
        land = land.difference(shapely.box(west + 10, south + 10, west + 20.5, south + 25))
    if draw(st.booleans()):
        land = shapely.MultiPolygon([land, shapely.box(west + 1000, south, west + 1050, south + 60)])
    return shapely.transform(land, lambda xy: np.round(xy + OFFSET, 3))


text = st.text("东西地块A1 -（）,@", max_size=8)


@given(
    st.lists(st.tuples(lands(), text, text), min_size=1, max_size=3), st.sampled_from(["north_first", "east_first"]),
    st.booleans(), st.sampled_from(coordinates.ENCODINGS),
)  # fmt: skip
def test_what_is_written_is_read_again(
    parcels: list[tuple[shapely.Geometry, str, str]], order: str, closed: bool, encoding: str
) -> None:
    given_parcels = [
        (Parcel(0, number=f"Z{n}{number}", name=name, purpose="住宅"), land)
        for n, (land, number, name) in enumerate(parcels)
    ]
    form = Form(3, order, closed, header_of("2000国家大地坐标系", 3, 38, 3))
    found = read(write(given_parcels, form).encode(encoding), "a.txt", "zh", order)
    assert (found.epsg, found.east_first) == (4526, order == "east_first")
    for place, ((_, land), again) in enumerate(zip(given_parcels, found.parcels)):
        assert (again.number[:2], again.purpose, len(again.more)) == (f"Z{place}", "住宅", 0)
        shape = again.shape()
        assert shape is not None
        assert shape.symmetric_difference(land).area == 0
        assert {tuple(p) for p in shapely.get_coordinates(shape)} == {tuple(p) for p in shapely.get_coordinates(land)}
        assert problems(again) == {}
    assert write([(p, again.shape()) for (p, _), again in zip(given_parcels, found.parcels)], form) == write(
        given_parcels, form
    )
