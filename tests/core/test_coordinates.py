"""Boundary-point txt: every variant that offices write, round trips, and broken files that name their line."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from redline.core.checks import coordinates
from redline.core.checks.coordinates import ReadFile
from redline.core.errors import InputError
from redline.core.exchange import writing
from redline.core.exchange.coordinates import read
from redline.core.exchange.parcels import CoordinateFile, Parcel
from redline.core.exchange.writing import Form, encode, header_of, rounded, write
from redline.core.findings import Findings
from redline.core.progress import Cancelled, Progress
from redline.core.result import Result

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


def only(content: bytes, **options: str) -> tuple[CoordinateFile, Parcel]:
    found = read(content, "红线.txt", "zh", **options)
    assert len(found.parcels) == 1
    return found, found.parcels[0]


def held(content: bytes, name: str = "红线.txt", **options: str) -> Result:
    """The file held against itself."""
    found = read(content, name, "zh", **options)
    shapes = np.empty(len(found.parcels), dtype=object)
    shapes[:] = [parcel.land() for parcel in found.parcels]
    return coordinates.check([ReadFile(name, found, shapes)], {}, Findings("zh"))


def rules(content: bytes, **options: str) -> set[str]:
    return set(held(content, **options).findings.frame()["rule"])


def test_the_printed_rule() -> None:
    found, parcel = only(file())
    assert (found.epsg, found.encoding, found.east_first) == (4526, "gbk", False)
    assert (parcel.number, parcel.name, parcel.sheet, parcel.purpose, parcel.land_class) == (
        "1", "地块1", "J49G028033", "住宅用地", "0701",
    )  # fmt: skip
    assert parcel.land().equals(shapely.box(38_500_000, 4_300_000, 38_500_100, 4_300_100))  # type: ignore[union-attr]
    assert rules(file()) == set()


@pytest.mark.parametrize(
    ("head", "number", "name", "purpose", "land_class", "more"),
    [
        ("5,1.0000,7,东地块,面,,,@", "7", "东地块", "", "", ()),
        ("5,1.0000,610821,神木市,7,东地块,面,J49,住宅,0701,@", "7", "东地块", "住宅", "0701", ("610821", "神木市")),
        ("5,1.0000,7,东地块,面,J49,住宅,0701,新增,水田,5,4,备注,@", "7", "东地块", "住宅", "0701",
         ("新增", "水田", "5", "4", "备注")),
        ("5,1.0000,7,面,J49,住宅,0701,东地块,@", "7", "东地块", "住宅", "0701", ()),
        ("5,1.0000,7,面,J49,住宅,东地块,@", "7", "东地块", "住宅", "", ()),
        ("5,1.0000,7,面,J49,住宅,,东地块,@", "7", "东地块", "住宅", "", ()),
        ("5,1.0000,7,面,J49,住宅,0701,@", "7", "", "住宅", "0701", ()),
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
    assert rules(file(points=swapped)) == {"R7118"}
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
        ({"几度分带=3\n": "", "带号=38": "带号=19"}, -38_000_000, 4508), ({"几度分带=3": "分带=三度带"}, 0, 4526),
        ({"坐标系=2000国家大地坐标系\n": "", "几度分带=3\n": "", "带号=38\n": ""}, 0, 4526),
        ({"带号=38": "带号=38带"}, -38_000_000, 4547),
        ({"坐标系=": "坐标系："}, 0, 4526), ({"2000国家大地坐标系": "WGS84坐标系"}, 0, 0),
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
    content = file(HEAD.replace("5,1.0000", "16,1.9700"), points)
    parcel = only(content)[1]
    assert (parcel.opened, parcel.points) == (4, 16)
    assert shapely.area(parcel.land()) == 20_000 - 400 + 100
    assert rules(content) == {"R7112"}
    same_number = lines([*SQUARE, SQUARE[0]]) + lines([*other, other[0]], "1", 6)
    content = file(HEAD.replace("5,1.0000", "10,2.0000"), same_number)
    assert shapely.area(only(content)[1].land()) == 20_000
    assert rules(content) == set()


def test_a_hole_may_touch_the_border_and_stand_before_it() -> None:
    hole = [(4_300_000, 38_500_000), (4_300_040, 38_500_020), (4_300_020, 38_500_040)]
    points = lines([*hole, hole[0]]) + lines([*SQUARE, SQUARE[0]], "2", 4)
    content = file(HEAD.replace("5,1.0000", "9,0.9940"), points)
    assert shapely.area(only(content)[1].land()) == 10_000 - 600
    assert rules(content) == {"R7110"}  # 0.9940 ha are declared of 0.9400


def test_many_rings_are_told_apart_at_once() -> None:
    """A parcel of 3,000 rings, a third of them holes."""
    corners = [(x, y) for x in range(40) for y in range(50)]
    rings = [np.array(shapely.box(x * 10, y * 10, x * 10 + 8, y * 10 + 8).exterior.coords) for x, y in corners]
    rings += [np.array(shapely.box(x * 10 + 2, y * 10 + 2, x * 10 + 4, y * 10 + 4).exterior.coords)
              for x, y in corners[::2]]  # fmt: skip
    land = Parcel(1, rings=rings).land()
    assert shapely.area(land) == 2000 * 64 - 1000 * 4
    assert shapely.is_valid(land)


@pytest.mark.parametrize(
    ("area", "told"),
    [("1.0000", False), ("1.0000公顷", False), ("10000", False), ("10000.00平方米", False), ("15亩", False),
     ("0", False), ("", False), ("1.0001", True), ("0.9", True), ("1.0", False), ("约1公顷", False),
     ("１．００００", False), ("10001", True), ("-1", True), ("2", True), ("0.5", True)],
)  # fmt: skip
def test_declared_areas(area: str, told: bool) -> None:
    assert rules(file(f"5,{area},1,地块1,面,,,,@")) == ({"R7110"} if told else set())


def test_a_small_parcel_is_not_near_to_every_area() -> None:
    """400 m²: an area of whole hectares leaves a slack of 5,000 m² only if it is hectares."""
    small = [(4_300_000 + x, 38_500_000 + y) for x, y in ((0, 0), (0, 20), (20, 20), (20, 0), (0, 0))]
    assert rules(file("5,400,1,地块1,面,,,,@", lines(small))) == set()
    assert rules(file("5,500,1,地块1,面,,,,@", lines(small))) == {"R7110"}
    assert rules(file("5,0.0400,1,地块1,面,,,,@", lines(small))) == set()


def test_areas_are_given_in_square_metres() -> None:
    for area in ("1.0000", "10000", "15亩", "10000平方米"):
        table = held(file(f"5,{area},1,地块1,面,,,,@")).tables["OUTPUT"]
        assert (table["declared_area"][0], table["plane_area"][0]) == (pytest.approx(10_000), 10_000)


def test_the_known_answer_of_hangzhou() -> None:
    """5.7089 ha are declared of 57,089.47 m² (彭埠单元B/R-14)."""
    corners = ((0, 0), (0, 1000), (57.089, 1000), (57.089, 0), (0, 0))
    points = lines([(4_300_000 + x, 38_500_000 + y) for x, y in corners]).replace("57.089,", "57.08947,")
    assert rules(file("5,5.7089,1,B/R-14,面,,,,@", points)) == set()
    assert rules(file("5,5.7088,1,B/R-14,面,,,,@", points)) == {"R7110"}


@pytest.mark.parametrize(("count", "told"), [("5", False), ("4", False), ("6", True), ("3", True), ("", False)])
def test_declared_points_may_count_the_repeated_one_or_not(count: str, told: bool) -> None:
    assert rules(file(HEAD.replace("5,", f"{count},", 1))) == ({"R7111"} if told else set())


def test_what_encloses_no_land_is_told() -> None:
    bow = [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]]
    assert rules(file(points=lines(bow))) == {"R7113"}
    crossing = lines([*SQUARE, SQUARE[0]]) + lines([(x + 50, y + 50) for x, y in [*SQUARE, SQUARE[0]]], "2")
    assert rules(file(HEAD.replace("5,1.0000", "10,"), crossing)) == {"R7113"}
    twice = lines([*SQUARE, SQUARE[0]]) + lines([*SQUARE, SQUARE[0]], "2")
    assert rules(file(HEAD.replace("5,1.0000", "10,"), twice)) <= {"R7113"}
    assert rules(file(HEAD.replace("5,1.0000", "2,"), lines(SQUARE[:2]))) == {"R7114"}
    with_dash = lines([*SQUARE, SQUARE[0]]) + lines(SQUARE[:2], "2")
    assert rules(file(HEAD.replace("5,1.0000", "7,1.0000"), with_dash)) == {"R7114"}
    assert rules(file(HEAD.replace("面", "线"))) == {"R7114"}
    assert rules(file(HEAD.replace("5,1.0000", "1,").replace("面", "点"), lines(SQUARE[:1]))) == {"R7114"}


def test_header_and_coordinates_that_contradict_each_other_are_told() -> None:
    assert rules(file(header=HEADER.replace("带号=38", "带号=39"))) == {"R7116"}
    assert rules(file(header=HEADER.replace("几度分带=3", "几度分带=6"))) == {"R7116"}
    assert rules(file(header=HEADER.replace("2000国家", "1954北京"))) == {"R7117"}
    mixed = lines([*SQUARE, SQUARE[0]]) + lines([(x, y + 1_000_000) for x, y in [*SQUARE, SQUARE[0]]], "2")
    assert rules(file(HEAD.replace("5,1.0000", "10,2.0000"), mixed)) == {"R7116", "R7117"}
    assert rules(file(), order="east_first") == {"R7116", "R7117", "R7118"}
    (message,) = held(file(header=HEADER.replace("带号=38", "带号=39"))).findings.frame()["message"]
    assert "39 (3°)" in message
    assert "38 (3°)" in message


def test_cut_characters_are_told_with_their_line() -> None:
    content = file().replace("住宅".encode("gbk"), "住宅".encode("gbk")[:1] + b"\xff")
    found = held(content).findings.frame()
    assert list(found["rule"]) == ["R7119"]
    assert "11" in found["message"][0]


def test_findings_do_not_depend_on_the_order_of_files() -> None:
    parts = {
        "a.txt": file(HEAD.replace("5,1.0000", "9,3.0")), "b.txt": file(points=lines(SQUARE)),
        "c.txt": file(HEAD.replace("1.0000", "8.0")),
    }  # fmt: skip

    def run(names: list[str]) -> list[str]:
        read_files = []
        for name in names:
            found = read(parts[name], name, "zh")
            read_files.append(ReadFile(name, found, np.array([found.parcels[0].land()], dtype=object)))
        return list(coordinates.check(read_files, {}, Findings("zh")).findings.frame()["finding_id"])

    assert run(["a.txt", "b.txt", "c.txt"]) == run(["c.txt", "a.txt", "b.txt"])
    assert len(run(["a.txt", "b.txt", "c.txt"])) == 4


def test_a_trouble_of_all_parcels_is_one_finding() -> None:
    many = "".join(HEAD.replace(",1,地块1", f",{n},地块{n}") + "\n" + lines(SQUARE) for n in range(30))
    found = held((HEADER + many).encode("gbk")).findings.frame()
    assert [(rule, key) for rule, key in zip(found["rule"], found["key"])] == [("R7112", "")]


def test_the_table_keeps_what_a_file_says() -> None:
    said = "格式版本号=１．０１版本\n数据产生单位=自然资源局\n数据产生日期=2019-4-19"
    header = "[项目信息]\n项目名称=学校\n" + HEADER.replace("格式版本号=1.01", said)
    row = held(file(header=header)).tables["OUTPUT"].iloc[0]
    assert (row["version"], row["producer"], row["day"]) == ("１．０１版本", "自然资源局", "2019-4-19")
    assert row["system"] == "2000国家大地坐标系"
    assert row["header"].startswith("项目名称=学校; 几度分带=3; 投影类型=高斯克吕格")
    assert (row["file"], row["line"]) == ("红线.txt", 15)


def test_reading_stops() -> None:
    class Impatient(Progress):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(Cancelled):
        read(file(points=lines(SQUARE * 20_000)), "a.txt", "zh", progress=Impatient())


def test_six_columns_and_blanks() -> None:
    points = lines([*SQUARE, SQUARE[0]]).replace("\n", " , 100.00, 界址点\n").replace(",", " , ")
    assert rules(file(points=points)) == set()


@pytest.mark.parametrize(
    ("content", "error", "line"),
    [
        (file(points="J1,1,4300000\n"), "coordinates_point", "12"),
        (file(points="J1,1,x,y\n"), "coordinates_point", "12"),
        (file(points="J1,1,nan,38500000\n"), "coordinates_point", "12"),
        (file(points="J1,1,3.85E+07,4300000\n"), "coordinates_point", "12"),
        (file(points="J1,1,1_000,4300000\n"), "coordinates_point", "12"),
        (file(points="J1,1,inf,4300000\n"), "coordinates_point", "12"),
        (file(points=lines(SQUARE) + "总计\n"), "coordinates_point", "16"),
        (file(points="J1,1,4,300,000.000,38,500,000.000\n"), "coordinates_grouped", "12"),
        (file(points="J1，1，4，300，000，500，000\n"), "coordinates_grouped", "12"),
        (file(points="J1,1,500,000.000,4,300,000.000\n"), "coordinates_grouped", "12"),
        (file(points="J1,1,4300000.000,38,500,000.000\n"), "coordinates_grouped", "12"),
        (file(points="J1,1,4300000.000,512,345.678\n"), "coordinates_grouped", "12"),
        (file(points="J1,1,4,300,000.000,38500000.000\n"), "coordinates_grouped", "12"),
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


names = st.text("东西地块A1 -（）𬱖面线", max_size=8).map(str.strip)


@given(
    st.lists(st.tuples(lands(), names, names), min_size=1, max_size=3), st.sampled_from(["north_first", "east_first"]),
    st.booleans(), st.sampled_from(writing.ENCODINGS), st.integers(0, 5),
)  # fmt: skip
def test_what_is_written_is_read_again(
    parcels: list[tuple[shapely.Geometry, str, str]], order: str, closed: bool, encoding: str, decimals: int
) -> None:
    given_parcels = [
        (Parcel(0, number=f"Z{n}{number}", name=name, purpose="住宅"), rounded(land, decimals))
        for n, (land, number, name) in enumerate(parcels)
    ]
    form = Form(decimals, order, closed, header_of("2000国家大地坐标系", 3, 38, decimals))
    content, _ = encode(write(given_parcels, form), encoding)
    found = read(content, "a.txt", "zh", order)
    assert (found.epsg, found.east_first) == (4526, order == "east_first")
    for (parcel, land), again in zip(given_parcels, found.parcels):
        said = (" ".join(parcel.number.split()), " ".join(parcel.name.split()), "住宅", ())
        assert (again.number, again.name, again.purpose, again.more) == said
        assert shapely.normalize(again.land()) == shapely.normalize(land)
    expected = {"R7118"} if order == "east_first" else set()
    assert rules(content, order=order) - {"R7112"} == expected
    again_written = write([(one, one.land()) for one in found.parcels], form)
    assert again_written == write(given_parcels, form)


def render(draw: st.DrawFn, land: shapely.Geometry) -> tuple[bytes, int]:
    """The land in one of the forms in which offices write it, and the system that its header names."""
    comma = draw(st.sampled_from([",", "，", ", ", " ,"]))
    prefixed, swapped, closed = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    zone, width = draw(st.sampled_from([(38, 3), (19, 6)]))
    datum = draw(st.sampled_from(["2000国家大地坐标系", "1980西安坐标系", "80国家大地坐标系", None]))
    keys = [
        f"{draw(st.sampled_from(['几度分带', '分带']))}={draw(st.sampled_from([str(width), f'{width}度带']))}",
        f"带号={'' if prefixed and draw(st.booleans()) else zone}", *([f"坐标系={datum}"] if datum else []),
        f"格式版本号={draw(st.sampled_from(['', '1.01', '1.01版本', '1．01版本']))}",
        f"精度={draw(st.sampled_from(['0.001', '3', '']))}",
        f"转换参数={draw(st.sampled_from(['0,0,0,0,0,0,0', ',,,,,,']))}",
    ]  # fmt: skip
    keys = [key for key in draw(st.permutations(keys)) if not key.startswith("精度") or draw(st.booleans())]
    rings = [ring for part in shapely.get_parts(land) for ring in (part.exterior, *part.interiors)]
    rings = draw(st.permutations(rings))
    name, running = draw(st.sampled_from(["J{}", "J{:02d}", "{}"])), draw(st.booleans())
    more = draw(st.sampled_from(["", f"{comma}12.3{comma}界址点", comma]))
    points, at = [], 1
    for number, ring in enumerate(rings, start=1):
        xy = shapely.get_coordinates(ring)[:-1]
        at = at if running else 1
        for place in [*range(len(xy)), *([0] if closed else [])]:
            east, north = xy[place]
            east += zone * 1e6 * prefixed
            pair = (east, north) if swapped else (north, east)
            points.append(f"{name.format(at + place)}{comma}{number}{comma}{pair[0]:.3f}{comma}{pair[1]:.3f}{more}")
        at += len(xy)
    size = shapely.area(land)
    hectares, metres = f"{size / 10_000:.4f}", f"{size:.2f}"
    area = draw(st.sampled_from([hectares, f"{hectares}公顷", "0", "", metres, f"{metres}平方米"]))
    count = len(points) + draw(st.sampled_from([0, -len(rings) if closed else len(rings)]))
    tail = draw(st.sampled_from([
        ("7", "东地块", "面", "J49", "住宅", "0701"), ("7", "东地块", "面", "", "", ""), ("7", "东地块", "面", "", ""),
        ("610821", "神木市", "7", "东地块", "面", "J49", "住宅", "0701"), ("7", "面", "J49", "住宅", "0701", "东地块"),
        ("7", "面", "J49", "住宅", "东地块"),
        ("7", "东地块", "面", "J49", "住宅", "0701", "耕地", "水田", "5", "4", "备注"),
    ]))  # fmt: skip
    head = comma.join([str(count), area, *tail, draw(st.sampled_from(["@", "＠"]))])
    blocks = draw(st.sampled_from([[], ["[项目信息]", "项目名称=学校"], ["[界址点说明]", "无"]]))
    text_lines = [*blocks, "[属性描述]", *keys, draw(st.sampled_from(["", "  "])), "[地块坐标]", head, *points]
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    encoding = draw(st.sampled_from([*writing.ENCODINGS, "utf-16-le", "utf-16-be", "gb18030"]))
    code = {("2000", 3): (4526, 4547), ("2000", 6): (4497, 4508), ("80", 3): (2362, 2383), ("80", 6): (2333, 2344)}
    systems = code["80" if datum and "80" in datum else "2000", width]
    return end.join([*text_lines, ""]).encode(encoding), systems[not prefixed]


@given(st.data(), lands())
def test_every_form_is_read_alike(data: st.DataObject, land: shapely.Geometry) -> None:
    land = shapely.transform(land, lambda xy: np.round(xy - (38_000_000, 0), 3))
    content, epsg = data.draw(st.composite(lambda draw: render(draw, land))())
    found = read(content, "a.txt", "zh")
    assert found.epsg == epsg
    (parcel,) = found.parcels
    assert (parcel.number, parcel.name) == ("7", "东地块")
    shape = shapely.transform(parcel.land(), lambda xy: np.column_stack([xy[:, 0] % 1e6, xy[:, 1]]).round(3))
    assert shapely.normalize(shape).equals(shapely.normalize(land))
    assert rules(content) <= {"R7112", "R7118"}


@given(st.binary(max_size=300), st.integers(0, 300))
def test_rubbish_is_a_sentence_or_a_file(rubbish: bytes, place: int) -> None:
    """Bytes thrown into a file: it is read and held against itself, or told with its name."""
    whole = file()
    for content in (rubbish, whole[:place] + rubbish + whole[place:], whole[: place * 2]):
        said = "红线.txt"
        try:
            held(content)
        except InputError as error:
            said = str(error)
        assert "红线.txt" in said


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(1, 3)), min_size=1, max_size=14))
def test_any_points_are_read(points: list[tuple[int, int, int]]) -> None:
    """Rings that cross, repeat, fall together or hold nothing: never a crash, and land only where it is valid."""
    content = file(points="".join(lines([(4_300_000 + x, 38_500_000 + y)], str(ring)) for x, y, ring in points))
    result = held(content)
    shape = result.tables["OUTPUT"]["geometry"][0]
    if shape is not None and not shapely.is_valid(shape):
        assert "R7113" in set(result.findings.frame()["rule"])


def test_coarse_coordinates_leave_no_false_area() -> None:
    """What is declared is what the written points enclose."""
    land = shapely.Point(38_500_000.3, 4_300_000.7).buffer(30.4, quad_segs=16)
    form = Form(0, header=header_of("2000国家大地坐标系", 3, 38, 0))
    kept = rounded(land, 0)
    assert kept is not None
    assert rules(write([(Parcel(1, number="1"), kept)], form).encode("gbk")) == set()
    assert rounded(shapely.box(0.1, 0.1, 0.3, 0.3), 0) is None
