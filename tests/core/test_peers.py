"""The geometry engine beside two that share nothing with GEOS: Clipper (pyclipper) and GeographicLib (pyproj).

Clipper works on integers, here of 2⁻²⁰ m from an origin near the shapes, so its areas may be off by about a µm times
the length of all outlines; nothing else is allowed for.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.polygon import orient

from redline.core.geometry.coverage import dissolve, gaps, overlaps
from redline.core.geometry.crs import Crs
from redline.core.geometry.ellipsoid import FAST, OFFICIAL, areas
from redline.core.geometry.overlay import agreement, outside_area, overlay, usable, validity

pyclipper = pytest.importorskip("pyclipper", reason="Clipper is the other engine in the plane")
pyproj = pytest.importorskip("pyproj", reason="pyproj brings GeographicLib")

STEPS = 2.0**20
ROUNDING = 2 / STEPS
EAST, NORTH = 39_500_000.0, 4_300_000.0


def layer(shapes: Iterable[object]) -> np.ndarray:
    found = list(shapes)
    column = np.empty(len(found), dtype=object)
    column[:] = found
    return column


# --- Clipper


def paths(shapes: Iterable[Polygon | MultiPolygon], origin: np.ndarray) -> list[list[tuple[int, int]]]:
    """All rings, outer ones counter-clockwise and holes clockwise, so that the winding number of a place counts it."""
    parts = (orient(part) for part in shapely.get_parts(layer(shapes)))
    rings = (ring for part in parts for ring in (part.exterior, *part.interiors))
    whole = (np.rint((shapely.get_coordinates(ring)[:-1] - origin) * STEPS).astype(np.int64) for ring in rings)
    return [list(map(tuple, ring.tolist())) for ring in whole]


def clipped(kind: int, one: Iterable[object], other: Iterable[object], origin: np.ndarray) -> np.ndarray:
    """Signed areas in m² of the rings of what Clipper makes of two sets of polygons, holes negative."""
    engine = pyclipper.Pyclipper()
    for rings, role in ((paths(one, origin), pyclipper.PT_SUBJECT), (paths(other, origin), pyclipper.PT_CLIP)):
        if rings:
            engine.AddPaths(rings, role, True)
    found = engine.Execute(kind, pyclipper.PFT_NONZERO, pyclipper.PFT_NONZERO)
    return np.array([pyclipper.Area(ring) for ring in found]) / STEPS**2


def by_clipper(kind: int, one: Polygon, other: Polygon) -> float:
    return float(clipped(kind, [one], [other], np.array(one.bounds[:2])).sum())


def slack(*shapes: object) -> float:
    return ROUNDING * float(sum(shapely.length(shape) for shape in shapes))


def same_pair(one: Polygon, other: Polygon) -> None:
    """Everything that the engine says of two polygons, as Clipper says it."""
    left, right, allowed = layer([one]), layer([other]), slack(one, other)
    shared = by_clipper(pyclipper.CT_INTERSECTION, one, other)
    joint = by_clipper(pyclipper.CT_UNION, one, other)
    assert overlay(left, right).area.sum() == pytest.approx(shared, rel=1e-12, abs=allowed)
    assert overlaps(layer([one, other])).area.sum() == pytest.approx(shared, rel=1e-12, abs=allowed)
    _, united = dissolve(layer([one, other]), np.zeros(2))
    assert united[0].area == pytest.approx(joint, rel=1e-12, abs=allowed)
    beyond = by_clipper(pyclipper.CT_DIFFERENCE, one, other)
    assert outside_area(left, right)[0] == pytest.approx(beyond, rel=1e-12, abs=allowed)
    assert agreement(left, right)[0] == pytest.approx(shared / joint, abs=2 * allowed / joint)


def star(random: np.random.Generator, spread: float) -> Polygon:
    """A polygon with many notches, which crosses others often."""
    angle = np.sort(random.uniform(0, 2 * np.pi, random.integers(5, 60)))
    reach = random.uniform(5, 60) * random.uniform(0.2, 1.0, len(angle))
    x, y = random.uniform(0, spread, 2)
    return Polygon(np.column_stack([EAST + x + reach * np.cos(angle), NORTH + y + reach * np.sin(angle)]))


def stars(count: int, seed: int, spread: float = 80.0) -> np.ndarray:
    random = np.random.default_rng(seed)
    shapes = layer(star(random, spread) for _ in range(count))
    return shapes[shapely.is_valid(shapes)]


@pytest.mark.parametrize("seed", range(4))
def test_random_polygons_pair_by_pair(seed: int) -> None:
    shapes = stars(50, seed)
    for one, other in zip(shapes[:-1], shapes[1:]):
        same_pair(one, other)


def test_random_layers() -> None:
    left, right = stars(40, 10, 200.0), stars(50, 11, 200.0)
    found = overlay(left, right)
    areas_found = dict(zip(zip(found.left.tolist(), found.right.tolist()), found.area))
    for i, one in enumerate(left):
        for j, other in enumerate(right):
            expected = by_clipper(pyclipper.CT_INTERSECTION, one, other)
            assert areas_found.get((i, j), 0.0) == pytest.approx(expected, rel=1e-12, abs=slack(one, other))
    assert len(found) > 100


def place(shape: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    return translate(shape, EAST, NORTH)


FRAME = Polygon(box(0, 0, 30, 30).exterior.coords, [box(10, 10, 20, 20).exterior.coords])
SIEVE = Polygon(
    box(0, 0, 40, 40).exterior.coords,
    [box(x, y, x + 3, y + 3).exterior.coords for x in range(2, 35, 5) for y in range(2, 35, 5)],
)
COMB = Polygon([(0, 0), (41, 0), *((x, 30 if x % 4 < 2 else 2) for x in range(41, -1, -1))])
NASTY = {
    "shared edge": (box(0, 0, 10, 10), box(10, 0, 20, 10)),
    "shared edge, a node missing": (box(0, 0, 10, 10), Polygon([(10, 0), (20, 0), (20, 10), (10, 10), (10, 10 / 3)])),
    "shared edge aslant, a node off by rounding": (
        Polygon([(0, 0), (10, 3), (0, 10)]), Polygon([(0, 0), (9, -5), (10, 3), (10 / 3, 1)]),
    ),
    "part of an edge": (box(0, 0, 10, 10), box(10, 3, 20, 7)),
    "nested": (box(0, 0, 10, 10), box(3, 3, 5, 5)),
    "nested on an edge": (box(0, 0, 10, 10), box(3, 0, 5, 5)),
    "nested in a corner": (box(0, 0, 10, 10), box(0, 0, 5, 5)),
    "nested, touching at points": (box(0, 0, 10, 10), Polygon([(5, 0), (10, 5), (5, 10), (0, 5)])),
    "the same": (box(0, 0, 10, 10), box(0, 0, 10, 10)),
    "the same, turned": (box(0, 0, 10, 10), Polygon([(10, 10), (10, 0), (0, 0), (0, 10)])),
    "touching at a corner": (box(0, 0, 10, 10), box(10, 10, 20, 20)),
    "touching at a point of an edge": (box(0, 0, 10, 10), Polygon([(10, 5), (20, 0), (20, 10)])),
    "sliver of 0.1 mm": (box(0, 0, 10, 100), box(9.9999, 0, 20, 100)),
    "sliver that turns over": (box(0, 0, 10, 100), Polygon([(9.999, 0), (20, 0), (20, 100), (10.001, 100)])),
    "thin across thin": (box(0, 0, 0.001, 100), box(-50, 50, 50, 50.001)),
    "in the hole": (FRAME, box(12, 12, 18, 18)),
    "the hole itself": (FRAME, box(10, 10, 20, 20)),
    "over the hole's edge": (FRAME, box(8, 12, 15, 22)),
    "hole on hole": (FRAME, translate(FRAME, 5, 5)),
    "hole touching from within": (FRAME, Polygon([(15, 10), (20, 15), (15, 20), (10, 15)])),
    "sieve": (SIEVE, translate(SIEVE, 1.7, 2.3)),
    "sieve, edges in line": (SIEVE, translate(SIEVE, 5, 0)),
    "comb": (COMB, translate(COMB, 0.5, 5)),
    "combs across": (COMB, Polygon(shapely.get_coordinates(COMB)[:, ::-1])),
    "parts": (MultiPolygon([box(0, 0, 10, 10), box(20, 0, 30, 10)]), box(5, 5, 25, 8)),
    "parts touching at a point": (MultiPolygon([box(0, 0, 10, 10), box(10, 10, 20, 20)]), box(5, 5, 15, 15)),
    "part in the hole of the other": (MultiPolygon([FRAME, box(12, 12, 18, 18)]), box(9, 9, 14, 14)),
}  # fmt: skip


@pytest.mark.parametrize("name", NASTY)
def test_nasty_pairs(name: str) -> None:
    one, other = map(place, NASTY[name])
    assert one.is_valid
    assert other.is_valid
    same_pair(one, other)
    same_pair(other, one)


def test_random_layer_dissolved_and_its_holes() -> None:
    shapes = stars(150, 20, 400.0)
    rings = clipped(pyclipper.CT_UNION, shapes, [], np.array([EAST, NORTH]))
    _, united = dissolve(shapes, np.zeros(len(shapes)))
    assert united[0].area == pytest.approx(rings.sum(), rel=1e-12, abs=slack(*shapes))
    holes = np.sort(-rings[rings < -0.001])
    found = gaps(shapes).area
    assert len(holes) > 20
    np.testing.assert_allclose(np.sort(found[found > 0.001]), holes, rtol=1e-9, atol=1e-3)


def even_odd_as_told(shape: Polygon | MultiPolygon) -> bool:
    """Does Clipper fill as much, by either rule, as the rings say: outer ones less holes?"""
    rings, size = paths([shape], np.array(shape.bounds[:2])), shapely.area(shape)
    filled = []
    for rule in (pyclipper.PFT_EVENODD, pyclipper.PFT_NONZERO):
        engine = pyclipper.Pyclipper()
        engine.AddPaths(rings, pyclipper.PT_SUBJECT, True)
        filled.append(sum(map(pyclipper.Area, engine.Execute(pyclipper.CT_UNION, rule, rule))) / STEPS**2)
    return bool(np.allclose(filled, size, rtol=1e-9, atol=slack(shape)))


def test_random_rings_cross_themselves_or_not() -> None:
    random = np.random.default_rng(30)
    rings = layer(place(Polygon(random.uniform(0, 100, (count, 2)))) for count in random.integers(4, 8, 400))
    valid = validity(rings)["kind"] == "ok"
    assert valid.tolist() == [even_odd_as_told(ring) for ring in rings]
    assert 40 < valid.sum() < 360


@pytest.mark.parametrize(
    ("shape", "valid"),
    [
        (FRAME, True), (SIEVE, True), (COMB, True),
        (Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]), False),
        (Polygon(box(0, 0, 10, 10).exterior.coords, [box(5, 5, 15, 8).exterior.coords]), False),
        (Polygon(box(0, 0, 10, 10).exterior.coords, [box(20, 5, 25, 8).exterior.coords]), False),
        (Polygon(box(0, 0, 10, 10).exterior.coords, [box(1, 1, 6, 6).exterior.coords] * 2), False),
        (MultiPolygon([box(0, 0, 10, 10), box(9, 0, 20, 10)]), False),
        (MultiPolygon([box(0, 0, 10, 10), box(10, 10, 20, 20)]), True),
    ],
)  # fmt: skip
def test_validity_of_constructed_shapes(shape: Polygon | MultiPolygon, valid: bool) -> None:
    assert even_odd_as_told(place(shape)) is valid
    assert (validity(layer([place(shape)]))["kind"][0] == "ok") is valid


# --- real parcels


def read(path: Path, epsg: int = 0) -> np.ndarray:
    """The polygons of a file, by GDAL, in `epsg` from longitude and latitude where given."""
    ogr, osr = pytest.importorskip("osgeo.ogr"), pytest.importorskip("osgeo.osr")
    source = ogr.Open(str(path))
    systems = [osr.SpatialReference(), osr.SpatialReference()]
    for system, code in zip(systems, (4326, epsg or 4326)):
        system.ImportFromEPSG(code)
        system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    found = []
    for row in source.GetLayer(0):
        shape = row.GetGeometryRef()
        if epsg:
            shape.Transform(osr.CoordinateTransformation(*systems))
        found.append(shapely.from_wkb(bytes(shape.ExportToWkb())))
    return layer(found)


@pytest.fixture(scope="module")
def parcels(shared_data: Path) -> dict[str, np.ndarray]:
    folder = shared_data / "parcels"
    found = {
        "fr_91216": read(folder / "fr_91216" / "cadastre-91216-parcelles.json", 2154),
        "za_swellendam": read(folder / "za_swellendam" / "farms_33S.shp"),
    }
    return {name: shapes[usable(shapes)] for name, shapes in found.items()}


REAL = ("fr_91216", "za_swellendam")


@pytest.mark.shared
@pytest.mark.parametrize("name", REAL)
def test_real_parcels_on_a_moved_copy(parcels: dict[str, np.ndarray], name: str) -> None:
    shapes = parcels[name]
    size = np.sqrt(np.median(shapely.area(shapes)))
    left = shapes[:: max(len(shapes) // 90, 1)]
    right = layer(translate(shape, 0.13 * size, -0.21 * size) for shape in shapes)
    found = overlay(left, right)
    assert len(found) > 200
    told = dict(zip(zip(found.left.tolist(), found.right.tolist()), found.area))
    for i, j in shapely.STRtree(right).query(left).T.tolist():
        expected = by_clipper(pyclipper.CT_INTERSECTION, left[i], right[j])
        assert told.get((i, j), 0.0) == pytest.approx(expected, rel=1e-9, abs=slack(left[i], right[j]))


@pytest.mark.shared
@pytest.mark.parametrize("name", REAL)
def test_real_parcels_dissolved(parcels: dict[str, np.ndarray], name: str) -> None:
    shapes = parcels[name]
    groups = np.arange(len(shapes)) * 8 // len(shapes)
    _, united = dissolve(shapes, groups)
    for group, union in enumerate(united):
        members = shapes[groups == group]
        expected = clipped(pyclipper.CT_UNION, members, [], shapely.total_bounds(members)[:2]).sum()
        assert union.area == pytest.approx(expected, rel=1e-12, abs=slack(*members))


@pytest.mark.shared
@pytest.mark.parametrize("name", REAL)
def test_overlaps_of_real_parcels(parcels: dict[str, np.ndarray], name: str) -> None:
    """Every twentieth pair of neighbours, as Clipper needs a millisecond for each."""
    shapes = parcels[name]
    found = overlaps(shapes)
    told = dict(zip(zip(found.left.tolist(), found.right.tolist()), found.area))
    pairs = shapely.STRtree(shapes).query(shapes).T
    for i, j in pairs[pairs[:, 0] < pairs[:, 1]][::20].tolist():
        expected = by_clipper(pyclipper.CT_INTERSECTION, shapes[i], shapes[j])
        assert told.get((i, j), 0.0) == pytest.approx(expected, rel=1e-9, abs=slack(shapes[i], shapes[j]))


# --- GeographicLib: both engines get a point every few metres, as between points the rule's edges are no geodesics

GRS80 = pyproj.Geod(ellps="GRS80")


def geodesic(shape: Polygon | MultiPolygon, lonlat: object) -> float:
    """Area within geodesics through the vertices, outer rings less holes."""
    total = 0.0
    for part in shapely.get_parts(shape):
        for number, ring in enumerate((part.exterior, *part.interiors)):
            longitude, latitude = lonlat(shapely.get_coordinates(ring)).T
            area = abs(GRS80.polygon_area_perimeter(longitude, latitude)[0])
            total += -area if number else area
    return total


@pytest.mark.shared
def test_areas_of_parcels_in_degrees(shared_data: Path) -> None:
    shapes = read(shared_data / "parcels" / "fr_91216" / "cadastre-91216-parcelles.json")
    shapes = shapes[usable(shapes)]
    shapes = shapely.segmentize(shapes, 5e-5)
    expected = np.array([geodesic(shape, np.asarray) for shape in shapes])
    found = areas(shapes, Crs.from_epsg(4490), FAST)
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-3)


@pytest.mark.shared
@pytest.mark.parametrize(("mode", "rtol", "atol"), [(FAST, 1e-8, 0.005), (OFFICIAL, 1e-7, 0.1)])
def test_areas_of_farms_in_a_plane(parcels: dict[str, np.ndarray], mode: str, rtol: float, atol: float) -> None:
    pyproj.datadir.set_data_dir("/usr/share/proj")
    transformer = pyproj.Transformer.from_crs(32733, 4326, always_xy=True)

    def lonlat(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))

    shapes = shapely.segmentize(parcels["za_swellendam"][::12], 10.0)
    expected = np.array([geodesic(shape, lonlat) for shape in shapes])
    found = areas(shapes, Crs("EPSG:32733", to_lonlat=lonlat), mode)
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=atol)
