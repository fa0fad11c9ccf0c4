"""The demo county: the committed files are what the generator writes, hang together, and hold the mistakes told."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

ogr = pytest.importorskip("osgeo.ogr", reason="needs GDAL's Python, which comes with QGIS")
openpyxl = pytest.importorskip("openpyxl", reason="needs openpyxl of requirements-dev.txt")
pytest.importorskip("pyproj", reason="the demo's tools measure with pyproj")

from redline.tools.demo.county import CLASS_NAMES, County  # noqa: E402
from redline.tools.demo.landuse import Survey  # noqa: E402
from redline.tools.demo.layers import read_layer  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "resources" / "demo"
MAP = DEMO / "示范县.gpkg"
LAYERS = ("YJJBNTBHTB", "CJDCQ", "XZQ")
WORKBOOKS = (
    "永久基本农田登记册.xlsx", "永久基本农田现状汇总表.xlsx", "图册目录.xlsx",
    "田长网格员名单.xlsx", "责任书签订台账.xlsx",
)  # fmt: skip
TRUTH = json.loads((ROOT / "tests" / "demo_truth.json").read_text(encoding="utf-8"))
CAUSES = json.loads((ROOT / "tests" / "demo_causes.json").read_text(encoding="utf-8"))["causes"]


# Shapes of zones are told by the same rules as those of plots.
OF_PLOTS = [finding for finding in TRUTH if finding["role"] not in ("zone", "landuse")]


def told(rule: str) -> set[str]:
    return {finding["key"] for finding in OF_PLOTS if finding["rule"] == rule}


def planted(*causes: str) -> set[str]:
    return {key for cause in causes for key in CAUSES[cause]["keys"]}


def layer(name: str) -> list[dict[str, Any]]:
    return read_layer(MAP, name)[1]


@pytest.fixture(scope="module")
def plots() -> list[dict[str, Any]]:
    return layer("YJJBNTBHTB")


@pytest.fixture(scope="module")
def villages() -> list[dict[str, Any]]:
    return layer("CJDCQ")


@pytest.fixture(scope="module")
def ground() -> list[dict[str, Any]]:
    return read_layer(DEMO / "实地核查地块.shp")[1]


@pytest.fixture(scope="module")
def register() -> list[tuple[Any, ...]]:
    """Rows of the register that are numbered plots, codes mended by hand."""
    digits = str.maketrans("０１２３４５６７８９", "0123456789", " 　")
    sheet = openpyxl.load_workbook(DEMO / WORKBOOKS[0]).active
    rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    return [
        (row[0], row[1].translate(digits), row[2], str(row[3]).translate(digits), *row[4:7], float(row[7]), *row[8:])
        for row in rows
    ]


def cells(path: Path) -> Iterator[tuple[str, Any]]:
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            yield from ((cell.coordinate, cell.value) for cell in row)


def agree(one: Any, other: Any, room: float) -> bool:
    if isinstance(one, float) or isinstance(other, float):
        return one is not None and other is not None and abs(one - other) <= room
    return bool(one == other)


@pytest.fixture(scope="module")
def drawn() -> tuple[County, Survey]:
    """The county and its survey before any mistake is planted."""
    from redline.tools.demo.generate import draw

    return draw()


@pytest.mark.slow
@pytest.mark.timeout(600)  # it takes half a minute of a free machine
def test_generator_writes_the_committed_files(tmp_path: Path, drawn: tuple[County, Survey]) -> None:
    """Another GEOS may place a vertex a millimetre off: areas may then differ by a few hundredths."""
    pytest.importorskip("xlsxwriter", reason="needs XlsxWriter of requirements-dev.txt")
    from redline.tools.demo import enforcement, landuse, responsibility
    from redline.tools.demo.generate import generate, write_truth

    truth, causes = tmp_path / "truth.json", tmp_path / "causes.json"
    write_truth(generate(tmp_path / "demo", drawn=copy.deepcopy(drawn)), truth, causes)
    assert json.loads(truth.read_text(encoding="utf-8")) == TRUTH
    assert json.loads(causes.read_text(encoding="utf-8"))["causes"] == CAUSES
    assert sorted(p.name for p in (tmp_path / "demo").iterdir()) == sorted(p.name for p in DEMO.iterdir())
    sources = [(MAP.name, name, 0.1) for name in LAYERS] + [("实地核查地块.shp", None, 0.1)]
    others = (enforcement, landuse, responsibility)
    sources += [(one.FILE, name, 0.1) for one in others for name in one.LAYERS]
    for file, name, room in sources:
        fields, committed = read_layer(DEMO / file, name)
        new_fields, written = read_layer(tmp_path / "demo" / file, name)
        assert new_fields == fields
        assert len(written) == len(committed)
        for old, new in zip(committed, written):
            shapes = old.pop("geometry"), new.pop("geometry")
            assert all(agree(old[field], new[field], room) for field in old), (old, new)
            assert (shapes[0] is None) == (shapes[1] is None)
            if shapes[0] is not None and shapes[0].is_valid:
                assert shapes[0].symmetric_difference(shapes[1]).area < 0.1
    for name in WORKBOOKS:
        pairs = zip(cells(DEMO / name), cells(tmp_path / "demo" / name))
        assert [(a, b) for a, b in pairs if a[0] != b[0] or not agree(a[1], b[1], 0.021)] == []


def test_files_are_small_and_complete() -> None:
    files = list(DEMO.iterdir())
    assert sum(file.stat().st_size for file in files) <= 12_000_000
    assert {file.suffix for file in files} == {".gpkg", ".shp", ".shx", ".dbf", ".prj", ".cpg", ".xlsx"}
    assert (DEMO / "实地核查地块.cpg").read_text() == "GBK"


def test_the_county_has_the_size_promised(plots: list[dict[str, Any]], villages: list[dict[str, Any]]) -> None:
    assert 1900 <= len(plots) <= 2100
    assert len(villages) == 40
    assert len(layer("XZQ")) == 6
    left_over = planted("crumb", "hairline")
    drawn = [row for row in plots if row["geometry"] is not None and row["geometry"].is_valid]
    shapes = [row["geometry"] for row in drawn]
    sizes = shapely.area(shapes)
    assert shapely.area([row["geometry"] for row in drawn if row["YJJBNTTBBH"] not in left_over]).min() >= 500
    assert sizes.max() <= 60_000
    assert any(shapely.get_num_interior_rings(shapes))
    xy = shapely.get_coordinates(shapes)
    assert np.abs(xy - np.round(xy, 3)).max() < 1e-8
    assert xy[:, 0].min() > 37_500_000


def test_villages_tile_the_county(villages: list[dict[str, Any]]) -> None:
    shapes = [row["geometry"] for row in villages]
    county = shapely.union_all(shapes)
    assert county.geom_type == "Polygon"
    assert not county.interiors
    assert sum(shape.area for shape in shapes) == pytest.approx(county.area, abs=1e-3)
    assert shapely.union_all([row["geometry"] for row in layer("XZQ")]).symmetric_difference(county).area < 1e-3


def test_parcels_of_the_survey_tile_the_county_and_agree_with_the_plots(
    villages: list[dict[str, Any]], drawn: tuple[County, Survey]
) -> None:
    """As it was drawn, before a border was crossed; and true to the plots, before these were spoilt."""
    from redline.tools.demo import areas

    county, survey = drawn
    parcels = survey.parcels
    shapes = np.array([parcel.shape for parcel in parcels], dtype=object)
    whole = shapely.union_all([row["geometry"] for row in villages])
    assert shapely.is_valid(shapes).all()
    assert shapely.area(shapes).sum() == pytest.approx(whole.area, abs=1.0)
    assert shapely.union_all(shapes).symmetric_difference(whole).area < 1.0
    of_plot = {parcel.plot.key: parcel for parcel in parcels if parcel.plot}
    assert len(of_plot) == len(county.plots)
    for plot in county.plots:
        parcel = of_plot[plot.key]
        assert (parcel.land_class, parcel.factor) == (plot.land_class, plot.factor)
        # Its corners are those of the plot on a grid of a millimetre.
        assert abs(areas.cents(parcel.shape) - plot.gross) <= 100 * 0.001 * parcel.shape.length


def test_neighbours_share_their_borders_vertex_by_vertex(
    plots: list[dict[str, Any]], villages: list[dict[str, Any]]
) -> None:
    odd = planted(
        "border", "border-hair", "border-speck", "bow-tie", "null", "overlap", "overlap-strip", "overlap-hair",
        "same-shape", "two-parts", "crumb", "hairline",
    )  # fmt: skip
    good = [row["geometry"] for row in plots if row["YJJBNTTBBH"] not in odd]
    for shapes in (np.array(good), np.array([row["geometry"] for row in villages])):
        one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
        one, other = one[one < other], other[one < other]
        common = shapely.intersection(shapes[one], shapes[other])
        assert shapely.area(common).max() == 0
        shared = shapely.length(common) > 0
        assert shared.sum() > len(shapes) / 2
        for a, b, line in zip(one[shared], other[shared], common[shared]):
            points = {tuple(p) for p in shapely.get_coordinates(line)}
            assert points <= {tuple(p) for p in shapely.get_coordinates(shapes[a])}
            assert points <= {tuple(p) for p in shapely.get_coordinates(shapes[b])}


def test_overlaps_are_as_told(plots: list[dict[str, Any]]) -> None:
    drawn = [row for row in plots if row["geometry"] is not None]
    shapes = shapely.make_valid([row["geometry"] for row in drawn])
    keys = np.array([row["YJJBNTTBBH"] for row in drawn])
    one, other = shapely.STRtree(shapes).query(shapes)
    one, other = one[keys[one] < keys[other]], other[keys[one] < keys[other]]
    area = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    joint = shapely.area(shapely.union(shapes[one], shapes[other]))
    pairs = {rule: {(f["key"], f["related"]) for f in OF_PLOTS if f["rule"] == rule} for rule in ("R3004", "R4001")}
    assert set(zip(keys[one[area > 1]], keys[other[area > 1]])) == pairs["R3004"] | pairs["R4001"]
    same = area > joint * 0.999999
    assert set(zip(keys[one[same]], keys[other[same]])) == pairs["R3004"]
    # What is left is under the line of 0.1 m², and the innocent vertices are there.
    small = (area > 0) & (area <= 1)
    assert area[small].max() < 0.08
    touched = {*keys[one[small & (area > 0.01)]], *keys[other[small & (area > 0.01)]]}
    assert planted("overlap-hair") <= touched


def test_parts_and_sizes_are_as_told(plots: list[dict[str, Any]]) -> None:
    good = [row for row in plots if row["geometry"] is not None and row["geometry"].is_valid]
    keys = np.array([row["YJJBNTTBBH"] for row in good])
    shapes = np.array([row["geometry"] for row in good])
    area, length = shapely.area(shapes), shapely.length(shapes)
    assert set(keys[shapely.get_num_geometries(shapes) > 1]) == told("R3003")
    assert set(keys[area < 10]) == told("R3007")
    assert set(keys[2 * length / area > 4]) == told("R3008")


def test_people_cannot_exist(plots: list[dict[str, Any]], register: list[tuple[Any, ...]]) -> None:
    """Identity numbers name the fictional county and fail GB 11643's check digit; phones begin as no phone does."""
    identities = [row["ZRRZJHM"] for row in plots if row["ZRRZJHM"]]
    assert len(identities) > 1900
    for number in identities:
        weights = [2 ** (17 - place) % 11 for place in range(17)]
        digit = "10X98765432"[sum(int(d) * w for d, w in zip(number, weights)) % 11]
        assert number.startswith("990101")
        assert number[17] != digit
    phones = [row["LXDH"] for row in plots] + [row[10] for row in register]
    assert all(phone.startswith("100") and len(phone) == 11 for phone in phones if phone)


def test_presence_is_as_told(
    plots: list[dict[str, Any]], register: list[tuple[Any, ...]], ground: list[dict[str, Any]]
) -> None:
    on_map = Counter(row["YJJBNTTBBH"] for row in plots)
    in_register = Counter(row[1] for row in register)
    surveyed = Counter(row["DKBH"] for row in ground if row["DKBH"])
    assert on_map.keys() - in_register.keys() == told("R6001")
    assert in_register.keys() - on_map.keys() == told("R6002")
    assert on_map.keys() - surveyed.keys() - told("R6021") == told("R6012")
    assert surveyed.keys() - on_map.keys() == told("R6013")
    twice = {key for count in (on_map, in_register, surveyed) for key, n in count.items() if n > 1}
    repeated = [one for one in TRUTH if one["rule"] == "R2009" and one["role"] in ("map", "register", "plots")]
    assert twice == {finding["key"] for finding in repeated if not finding["related"]}


def test_shapes_are_as_told(plots: list[dict[str, Any]], villages: list[dict[str, Any]]) -> None:
    assert {row["YJJBNTTBBH"] for row in plots if row["geometry"] is None} == told("R3001")
    good = [row for row in plots if row["geometry"] is not None]
    assert {row["YJJBNTTBBH"] for row in good if not row["geometry"].is_valid} == told("R3002")
    outlines = {row["ZLDWDM"][:12]: row["geometry"] for row in villages}
    strangers, crossing = set(), set()
    for row in good:
        if row["geometry"].is_valid and row["XZQDM"] in outlines:
            outside = row["geometry"].difference(outlines[row["XZQDM"]].buffer(0.05)).area
            if outside > 1:
                (strangers if outside > row["geometry"].area / 2 else crossing).add(row["YJJBNTTBBH"])
    assert strangers == told("R4003")
    assert crossing == told("R4004")
    assert {row["YJJBNTTBBH"] for row in plots if row["XZQDM"] not in outlines} == told("R2010")


def test_codes_and_texts_of_the_map_are_as_told(plots: list[dict[str, Any]]) -> None:
    def told_of(rule: str, related: str) -> set[str]:
        return {f["key"] for f in TRUTH if (f["rule"], f["role"], f["related"]) == (rule, "map", related)}

    def where(wrong: Callable[[dict[str, Any]], bool]) -> set[str]:
        return {row["YJJBNTTBBH"] for row in plots if wrong(row)}

    kinds = {"10", "20", "21", "30", "31", "32", "33", "34", "40"}
    assert where(lambda row: (row["GDPDJB"] or "1") not in "12345") == told_of("R2006", "GDPDJB")
    assert where(lambda row: row["QSXZ"] not in kinds) == told_of("R2006", "QSXZ")
    assert where(lambda row: row["GDDB"] is not None and not 1 <= row["GDDB"] <= 15) == told_of("R2007", "GDDB")
    assert where(lambda row: not row["WDGD"]) == told_of("R2005", "WDGD")
    assert where(lambda row: row["DLMC"] != CLASS_NAMES[row["DLBM"]]) == told_of("R2011", "DLMC")
    assert where(lambda row: row["DLBM"][:2] == "01" and row["ZZSXDM"] == "JKHF") == told_of(
        "R2015", "ZZSXDM/DLBM/TBXHDM"
    )
    assert where(lambda row: not row["ZLDWDM"].startswith(row["XZQDM"])) == told_of("R2016", "ZLDWDM")
    strangers = where(lambda row: not row["YJJBNTTBBH"].startswith(row["XZQDM"]))
    assert strangers == told_of("R2016", "YJJBNTTBBH")
    assert where(lambda row: len(row["BZ"] or "") >= 50) == told_of("R2003", "BZ")
    assert len(where(lambda row: row["QSDWMC"] != row["QSDWMC"].strip())) == 3
    identifiers = Counter(row["BSM"] for row in plots)
    assert {bsm for bsm, count in identifiers.items() if count > 1} == told_of("R2009", "BSM")


def test_area_identities_are_as_told(plots: list[dict[str, Any]]) -> None:
    product, difference = set(), set()
    for row in plots:
        gross, net, factor, less = row["YJJBNTTBMJ"], row["YJJBNTMJ"], row["KCXS"] or 0, row["KCMJ"] or 0
        if abs(less - gross * factor) > 0.0051:
            product.add(row["YJJBNTTBBH"])
        if abs(net - (gross - less)) > 0.0051:
            difference.add(row["YJJBNTTBBH"])
    assert product == told("R5002")
    assert difference == told("R5003")


def test_values_of_the_register_are_as_told(plots: list[dict[str, Any]], register: list[tuple[Any, ...]]) -> None:
    once = Counter(row["YJJBNTTBBH"] for row in plots) + Counter(row[1] for row in register)
    on_map = {row["YJJBNTTBBH"]: row for row in plots}
    differ: dict[str, set[str]] = {rule: set() for rule in ("R6003", "R6015", "R6016", "R6017", "R6023", "R6011")}
    for _, key, _, unit, owner, class_name, _, net, person, _, _, letter, *_ in register:
        row = on_map.get(key)
        if row is None or once[key] != 2:
            continue
        name = (person or "").replace("　", "")
        wrong = {
            "R6003": abs(net / 0.0015 - row["YJJBNTMJ"]) > 10,
            "R6015": class_name != CLASS_NAMES[row["DLBM"]],
            "R6016": unit != row["XZQDM"],
            "R6017": owner != row["QSDWMC"].strip(),
            "R6023": name != (row["ZRRMC"] or ""),
            "R6011": not letter,
        }
        for rule, is_wrong in wrong.items():
            if is_wrong:
                differ[rule].add(key)
    assert differ == {rule: told(rule) for rule in differ}


def test_table_is_the_sum_of_the_map_but_where_told(plots: list[dict[str, Any]]) -> None:
    sheet = openpyxl.load_workbook(DEMO / WORKBOOKS[1]).active
    printed = {row[1]: row for row in sheet.iter_rows(min_row=6, values_only=True) if row[1]}
    exact: Counter[tuple[str, str]] = Counter()
    for row in plots:
        exact[row["XZQDM"], row["DLBM"]] += row["YJJBNTMJ"] * 0.0015
    differ = set()
    for unit, row in printed.items():
        for land_class, value in zip(("0101", "0102", "0103", "0201"), row[5:9]):
            if len(unit) == 12 and abs((value or 0) - exact[unit, land_class]) > 0.02:
                differ.add((unit, f"{land_class}:area"))
    expected = {(f["key"], f["related"]) for f in TRUTH if f["rule"] == "R6005" and f["related"] != ":count"}
    landless = told("R6019")
    assert {cell for cell in differ if cell[0] not in landless} == expected
    units = {row["XZQDM"] for row in plots}
    assert units - printed.keys() == told("R6020")
    assert {unit for unit, row in printed.items() if len(unit) == 12 and row[2] and unit not in units} == landless


def test_zones_tile_their_villages_but_for_what_was_planted(villages: list[dict[str, Any]]) -> None:
    """Zones that no mistake of shape touches are the land of their village, to rounding; the others are told."""
    shaped = planted(
        "zone-gap", "zone-gap-speck", "zone-overlap", "zone-overlap-speck", "zone-short", "zone-short-speck",
        "zone-beyond", "zone-beyond-hair", "zone-through-plot-hair", "zone-off-plot", "zone-null", "zone-knot",
        "zone-same-shape", "zone-unit", "zone-no-code",
    )  # fmt: skip
    zones = [row for row in read_layer(DEMO / "田长制.gpkg", "WG")[1] if row["geometry"] is not None]
    spoiled = {key[:12] for key in shaped}
    whole = 0
    for village in villages:
        code = village["ZLDWDM"][:12]
        own = [row["geometry"] for row in zones if row["XZQDM"] == code]
        if code in spoiled or any(not row["WGDM"] for row in zones if row["XZQDM"] == code):
            continue
        whole += 1
        assert shapely.union_all(own).symmetric_difference(village["geometry"]).area < 0.2
        assert sum(shape.area for shape in own) == pytest.approx(village["geometry"].area, abs=0.2)
    assert whole >= 15


def test_people_of_the_roster_and_of_the_log_cannot_be_real() -> None:
    sheet = openpyxl.load_workbook(DEMO / "田长网格员名单.xlsx").active
    phones = [row[8] for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    assert len(phones) > 150
    assert all(len(phone) == 11 and phone.startswith("100") for phone in phones)


def test_every_cause_is_explained_and_has_an_effect_unless_innocent() -> None:
    effects = {finding["cause"] for finding in TRUTH}
    assert effects == {name for name, cause in CAUSES.items() if not cause.get("innocent")}
    assert all(cause["zh"] and cause["en"] for cause in CAUSES.values())
    keys = [(f["rule"], f["role"], f["key"], f["related"]) for f in TRUTH]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("kind", ["shuffled", "shapefile", "zone36", "noprefix", "degrees"])
def test_variants_keep_everything_but_what_they_change(kind: str, tmp_path: Path, plots: list[dict[str, Any]]) -> None:
    from redline.tools.demo.variants import KINDS, write_variant

    paths = write_variant(tmp_path, kind)
    _, rows = read_layer(paths["map"], None if kind == "shapefile" else "YJJBNTBHTB")

    def content(row: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(value or "" for name, value in row.items() if name != "geometry")

    assert sorted(map(content, rows), key=str) == sorted(map(content, plots), key=str)
    assert ([row["BSM"] for row in rows] == [row["BSM"] for row in plots]) == (kind != "shuffled")
    source = ogr.Open(str(paths["map"]))
    west, _, south, _ = source.GetLayer(0).GetExtent()
    low, high = {4525: (37.58e6, 37.59e6), 4524: (36.84e6, 36.87e6), 4546: (58e4, 59e4), 4490: (111.9, 112)}[
        KINDS[kind]
    ]
    assert low < west < high
    assert (36.4 < south < 36.6) if kind == "degrees" else (4.04e6 < south < 4.07e6)
