"""Ellipsoidal areas: the rule's worked examples, GeographicLib and PROJ as independent judges, and hostile shapes."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from redline.core.geometry import ellipsoid as module
from redline.core.geometry.crs import Crs
from redline.core.geometry.ellipsoid import areas, coefficients, gauss_inverse, sheet_area
from redline.core.progress import Cancelled, Progress
from redline.core.standards import ellipsoid

CM111 = Crs.from_epsg(4546)
DEGREES = Crs.from_epsg(4490)
FIVE = [
    (530000, 4300000), (530120.5, 4300310.25), (530480, 4300505.75), (530700.4321, 4300200.1234), (530300.5, 4299880),
]  # fmt: skip
SHEET = (38 + 50 / 60, 110.0, 2.5 / 60, 3.75 / 60)


def square(north: float, east: float, size: float) -> Polygon:
    return box(east, north, east + size, north + size)


def one(shape: object, crs: Crs = CM111, mode: str = "official") -> float:
    return float(areas(np.array([shape], dtype=object), crs, mode)[0])


def measured(shape: object, crs: Crs, *, official: bool, spacing: float | None) -> float:
    """By the rule, with points at another distance than its 70 m, or none."""
    rule = module._Rule(crs, official, spacing)
    return float(module._areas(np.array([shape], dtype=object), rule, None, 1)[0])


def undensified(shape: object) -> float:
    return measured(shape, CM111, official=True, spacing=None)


def star(centre: tuple[float, float], seed: int, radius: float = 150.0, count: int = 24) -> Polygon:
    random = np.random.default_rng(seed)
    angle = np.sort(random.uniform(0, 2 * np.pi, count))
    reach = radius * random.uniform(0.4, 1.0, count)
    return Polygon(np.column_stack([centre[0] + reach * np.cos(angle), centre[1] + reach * np.sin(angle)]).round(4))


# --- DOMAIN.md §3.3, every row to the cent


def test_sheet_j49g028033():
    assert sheet_area(*SHEET) == 25_094_635.83


def test_quad_in_degrees():
    assert one(Polygon([(110.50, 38.84), (110.51, 38.84), (110.51, 38.85), (110.50, 38.85)]), DEGREES) == 963_756.20


def test_square_on_the_central_meridian():
    assert one(square(4_300_000, 500_000, 100)) == 10_000.00


def test_square_far_from_the_central_meridian():
    assert one(square(4_300_000, 600_000, 1000)) == 999_751.40
    assert undensified(square(4_300_000, 600_000, 1000)) == 999_751.41


def test_five_vertices():
    assert one(Polygon(FIVE)) == 245_169.60
    assert undensified(Polygon(FIVE)) == 245_169.95


def test_gauss_inverse_example():
    lonlat = gauss_inverse(np.array([[600_000.0, 4_300_000.0]]), CM111)
    assert lonlat.round(9).tolist() == [[112.151577003, 38.827642122]]


def test_printed_coefficients():
    printed = (
        1.0033640898341927, 0.0011241893819271072, 1.6994594735188535e-06, 2.717857845577432e-09, 4.358419004834252e-12,
    )  # fmt: skip
    assert coefficients(ellipsoid("cgcs2000").e2) == pytest.approx(printed, rel=1e-12, abs=1e-12)


# --- DOMAIN.md §3.1 note 5: what vendors got wrong, and we do not


def sheet_by(a: float, b: float, c: float, d: float, e: float) -> float:
    """The sheet by the formula as printed, with any coefficients."""
    middle, half = math.radians(SHEET[0] + SHEET[2] / 2), math.radians(SHEET[2]) / 2
    terms = zip((a, -b, c, -d, e), (1, 3, 5, 7, 9))
    bracket = sum(k * math.sin(n * half) * math.cos(n * middle) for k, n in terms)
    return 2 * ellipsoid("cgcs2000").b ** 2 * math.radians(SHEET[3]) * bracket


def test_integer_division_would_lose_half_a_percent():
    assert round(sheet_by(1, 0, 0, 0, 0), 2) == 24_962_580.74
    assert round(sheet_by(*coefficients(ellipsoid("cgcs2000").e2)), 2) == sheet_area(*SHEET)


def test_swapped_eccentricities_would_show():
    wrong = sheet_by(*coefficients(ellipsoid("cgcs2000").ep2))
    assert abs(wrong - sheet_area(*SHEET)) > 100


def test_constants_of_another_ellipsoid_would_show():
    wrong = sheet_by(*coefficients(ellipsoid("xian80").e2))
    # Some 1e-9 of the area: centimetres on a 1:10 000 sheet, but not nothing.
    assert 0.02 < abs(wrong - sheet_area(*SHEET)) < 0.2
    assert sheet_area(*SHEET, "xian80") != sheet_area(*SHEET)


def test_holes_are_taken_off_and_parts_added():
    outer, hole = square(4_300_000, 600_000, 1000), square(4_300_200, 600_200, 300)
    island = square(4_300_300, 600_300, 50)
    ring = Polygon(outer.exterior.coords, [hole.exterior.coords])
    assert one(ring) == pytest.approx(one(outer) - one(hole), abs=0.011)
    assert one(MultiPolygon([ring, island])) == pytest.approx(one(ring) + one(island), abs=0.011)
    two_holes = Polygon(outer.exterior.coords, [hole.exterior.coords, square(4_300_700, 600_700, 100).exterior.coords])
    assert one(MultiPolygon([island, two_holes]), mode="fast") == pytest.approx(
        one(outer, mode="fast") - one(hole, mode="fast") - one(square(4_300_700, 600_700, 100), mode="fast")
        + one(island, mode="fast"), abs=1e-6,
    )  # fmt: skip


def test_mixed_block_keeps_every_row_in_its_place():
    simple, far = square(4_300_000, 500_000, 100), square(4_300_000, 600_000, 1000)
    holed = Polygon(far.exterior.coords, [square(4_300_200, 600_200, 300).exterior.coords])
    both = MultiPolygon([simple, far])
    shapes = [simple, both, None, holed, Polygon(), far, Point(0, 0), MultiPolygon(), holed, simple]
    together = areas(np.array(shapes, dtype=object), CM111)
    assert together.dtype == np.float64
    np.testing.assert_array_equal(together, [one(shape) for shape in shapes])
    assert np.isnan(together[[2, 4, 6, 7]]).all()
    assert np.isfinite(np.delete(together, [2, 4, 6, 7])).all()


# --- the printed formulas, one number at a time


def plainly(shape: Polygon, crs: Crs) -> float:
    """The rule word for word for a simple polygon, in plain Python floats."""
    size, rho = ellipsoid(crs.ellipsoid), 206264.8062471
    series = coefficients(size.e2)
    points: list[tuple[float, float]] = []
    ring = [(_half_up(x, 4), _half_up(y, 4)) for x, y in shape.exterior.coords]
    for (x1, y1), (x2, y2) in zip(ring, ring[1:]):
        points.append((x1, y1))
        distance = math.hypot(x2 - x1, y2 - y1)
        n = int(distance / 70) if distance > 70 else 0
        for k in range(1, n + 1):
            points.append((_half_up(x1 + (x2 - x1) * k / (n + 1), 4), _half_up(y1 + (y2 - y1) * k / (n + 1), 4)))
    angles = []
    for easting, x in [*points, points[0]]:
        y = easting - crs.false_easting
        e = size.k[0] * x
        s = math.sin(e)
        bf = e + math.cos(e) * (size.k[1] * s - size.k[2] * s**3 + size.k[3] * s**5 - size.k[4] * s**7)
        t, eta2 = math.tan(bf), size.ep2 * math.cos(bf) ** 2
        v = math.sqrt(1 + eta2)
        q = y / (size.c / v)
        b = (
            bf - v**2 * t * q**2 / 2
            + (5 + 3 * t**2 + eta2 - 9 * eta2 * t**2) * v**2 * t * q**4 / 24
            - (61 + 90 * t**2 + 45 * t**4) * v**2 * t * q**6 / 720
        )  # fmt: skip
        along = (
            q - (1 + 2 * t**2 + eta2) * q**3 / 6
            + (5 + 28 * t**2 + 24 * t**4 + 6 * eta2 + 8 * eta2 * t**2) * q**5 / 120
        ) / math.cos(bf)  # fmt: skip
        seconds = _half_up(b * rho, 6), _half_up(along * rho + crs.central_meridian * 3600, 6)
        angles.append((seconds[0] / rho, seconds[1] / rho))
    total = 0.0
    for (b1, l1), (b2, l2) in zip(angles, angles[1:]):
        bracket = sum(
            k * math.sin(n * (b2 - b1) / 2) * math.cos(n * (b1 + b2) / 2)
            for k, n in zip((series.a, -series.b, series.c, -series.d, series.e), (1, 3, 5, 7, 9))
        )
        total += 2 * size.b**2 * ((l1 + l2) / 2 - math.radians(crs.central_meridian)) * bracket
    return _half_up(abs(total), 2)


def _half_up(value: float, decimals: int) -> float:
    return math.floor(value * 10**decimals + 0.5) / 10**decimals


@pytest.mark.parametrize("code", [4546, 4508, 2385, 2339])
def test_vectorised_recurrences_change_no_cent(code):
    crs = Crs.from_epsg(code)
    shapes = [star((500_000 + 7_000 * (k % 30 - 15), 2_000_000 + 19_000 * k), k, 40 + 7 * (k % 50)) for k in range(200)]
    cents = np.round((areas(np.array(shapes), crs) - [plainly(shape, crs) for shape in shapes]) * 100)
    # Latitudes exactly between two steps of 1e-6″ fall either way: a cent, once in thousands of plots.
    assert np.abs(cents).max() <= 1
    assert np.count_nonzero(cents) <= 2


# --- GeographicLib and PROJ


@pytest.fixture(scope="module")
def pyproj():
    return pytest.importorskip("pyproj", reason="pyproj (PROJ, GeographicLib) is the independent judge")


def proj(pyproj, crs: Crs):
    return pyproj.Proj(
        f"+proj=tmerc +lat_0=0 +lon_0={crs.central_meridian} +k=1 +x_0={crs.false_easting} +ellps=GRS80 +units=m"
    )


def geodesic(pyproj, shape: object, crs: Crs) -> float:
    """Area by GeographicLib of the rings, a point every 10 m, through PROJ's own inverse."""
    geod = pyproj.Geod(ellps="GRS80")
    total = 0.0
    for part in shapely.get_parts(shape):
        for ring in shapely.get_rings(part):
            x, y = shapely.get_coordinates(shapely.segmentize(ring, 10.0)).T
            lon, lat = proj(pyproj, crs)(x, y, inverse=True) if crs.kind == "gauss" else (x, y)
            area = abs(geod.polygon_area_perimeter(lon, lat)[0])
            total += area if ring.equals(shapely.get_exterior_ring(part)) else -area
    return total


@pytest.mark.parametrize("zone", range(25, 46))
@pytest.mark.parametrize("prefixed", [True, False])
def test_every_zone_against_geographiclib(pyproj, zone, prefixed):
    crs = Crs.from_epsg((4513 if prefixed else 4534) + zone - 25)
    random = np.random.default_rng(zone)
    for latitude in (18.3, 27.0, 38.8, 46.0, 53.2):
        east = crs.false_easting + random.uniform(-1, 1) * 160_000 * math.cos(math.radians(latitude))
        for radius in (30.0, 300.0, 3000.0):
            shape = star((east, latitude * 110_900), zone, radius)
            judge = geodesic(pyproj, shape, crs)
            # With a point every 10 m as the judge has, nothing is left but the digits of a double.
            assert measured(shape, crs, official=False, spacing=10.0) == pytest.approx(judge, rel=1e-9, abs=1e-3)
            # The rule's chords of 70 m part from the plane's straight edge; the rest is its rounding.
            assert one(shape, crs, "fast") == pytest.approx(judge, rel=3e-7, abs=1e-3)
            assert one(shape, crs) == pytest.approx(judge, rel=3e-7, abs=0.005 + radius * 2e-4)


def test_a_hundred_kilometres_off_with_holes_and_parts(pyproj):
    for side in (-100_000, 100_000):
        outer = star((500_000 + side, 4_300_000), 3, 3000, 60)
        hole = Polygon(star((500_000 + side, 4_300_000), 4, 900, 30).exterior.coords[::-1])
        island = star((500_000 + side, 4_300_000), 5, 300, 20)
        shape = MultiPolygon([Polygon(outer.exterior.coords, [hole.exterior.coords]), island])
        assert one(shape) == pytest.approx(geodesic(pyproj, shape, CM111), rel=1e-7, abs=0.2)


def test_degrees_against_geographiclib(pyproj):
    for seed in range(20):
        shape = star((108.0 + seed, 20.0 + seed), seed, 0.0005, 40)
        shape = shapely.transform(shape, lambda xy, s=seed: (xy - xy[0]) * 0.01 + (108.0 + s, 20.0 + s))
        judge = abs(pyproj.Geod(ellps="GRS80").geometry_area_perimeter(shape)[0])
        assert one(shape, DEGREES, "fast") == pytest.approx(judge, rel=1e-7, abs=1e-3)
    village = box(110.0, 38.0, 110.02, 38.02)
    geod = pyproj.Geod(ellps="GRS80")
    lon, lat = shapely.get_coordinates(shapely.segmentize(village, 1e-5)).T
    assert one(village, DEGREES) == pytest.approx(abs(geod.polygon_area_perimeter(lon, lat)[0]), abs=0.02)


def test_inverse_against_proj(pyproj):
    random = np.random.default_rng(1)
    for code in (4513, 4527, 4546, 4554, 4500):
        crs = Crs.from_epsg(code)
        xy = np.column_stack([crs.false_easting + random.uniform(-1e5, 1e5, 500), random.uniform(4e5, 5.9e6, 500)])
        lon, lat = proj(pyproj, crs)(xy[:, 0], xy[:, 1], inverse=True)
        # The series ends: 1e-9° is 0.1 mm.
        assert np.abs(gauss_inverse(xy, crs) - np.column_stack([lon, lat])).max() < 2e-9


def test_other_systems_go_through_their_own_function(pyproj):
    utm = pyproj.Proj("+proj=utm +zone=49 +ellps=GRS80")
    crs = Crs("EPSG:25849", to_lonlat=lambda xy: np.column_stack(utm(xy[:, 0], xy[:, 1], inverse=True)))
    lon, lat = np.array([112.151577003, 38.827642122])
    east, north = utm(lon, lat)
    shapes = [star((east, north), 1, 400, 30), None, square(north, east, 1000)]
    found = areas(np.array(shapes, dtype=object), crs, "fast")
    assert np.isnan(found[1])
    for shape, area in zip(shapes, found):
        if shape is not None:
            x, y = shapely.get_coordinates(shapely.segmentize(shape, 5.0)).T
            judge = abs(pyproj.Geod(ellps="GRS80").polygon_area_perimeter(*utm(x, y, inverse=True))[0])
            assert area == pytest.approx(judge, rel=1e-7, abs=1e-3)
    assert areas(np.array(shapes[:1]), crs)[0] == pytest.approx(found[0], abs=0.05)


def test_other_systems_without_a_function_are_refused():
    with pytest.raises(ValueError, match="EPSG:2154"):
        areas(np.array([square(0, 0, 10)]), Crs.from_epsg(2154))
    with pytest.raises(ValueError, match="EPSG:4490"):
        gauss_inverse(np.zeros((1, 2)), DEGREES)
    with pytest.raises(ValueError, match="quick"):
        areas(np.array([square(0, 0, 10)]), CM111, "quick")


# --- what must not change an area

PLOTS = st.builds(
    star, st.tuples(st.floats(380_000, 620_000), st.floats(2_000_000, 5_800_000)), st.integers(0, 10_000),
    st.floats(5, 900), st.integers(5, 40),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(PLOTS, st.integers(25, 45))
def test_zone_number_before_the_easting_changes_no_bit(plot, zone):
    moved = shapely.transform(plot, lambda xy: np.add(xy, (zone * 1e6, 0)).round(4))
    assert one(plot, Crs.from_epsg(4534 + zone - 25)) == one(moved, Crs.from_epsg(4513 + zone - 25))


@settings(max_examples=60, deadline=None)
@given(PLOTS, st.integers(25, 45))
def test_the_same_plot_in_another_zone_is_as_large(plot, zone):
    assert one(plot, Crs.from_epsg(4534 + zone - 25)) == one(plot)


@settings(max_examples=60, deadline=None)
@given(PLOTS, st.integers(0, 100))
def test_turn_start_and_height_change_nothing(plot, start):
    ring = np.array(plot.exterior.coords)[:-1]
    turned = Polygon(np.roll(ring, start, axis=0)[::-1])
    assert one(turned) == pytest.approx(one(plot), abs=0.0101)
    assert one(turned, mode="fast") == pytest.approx(one(plot, mode="fast"), abs=1e-6)
    assert one(shapely.force_3d(plot, 1234.5)) == one(plot)


@settings(max_examples=80, deadline=None)
@given(PLOTS, st.data())
def test_parts_of_a_plot_cut_between_its_vertices_sum_up(plot, data):
    ring = list(plot.exterior.coords)[:-1]
    first = data.draw(st.integers(0, len(ring) - 3))
    second = data.draw(st.integers(first + 2, min(len(ring) - 1, len(ring) + first - 2)))
    assume(plot.is_valid and plot.covers(LineString([ring[first], ring[second]])))
    halves = [Polygon(ring[first : second + 1]), Polygon(ring[second:] + ring[: first + 1])]
    assert sum(one(half, mode="fast") for half in halves) == pytest.approx(one(plot, mode="fast"), abs=1e-6)
    assert sum(one(half) for half in halves) == pytest.approx(one(plot), abs=0.0151)


def test_order_blocks_and_threads_change_no_cent(monkeypatch):
    shapes = np.array([star((500_000 + 100 * k, 4_000_000), k, 90.0) for k in range(1000)], dtype=object)
    shapes[::7] = None
    whole, fast = areas(shapes, CM111), areas(shapes, CM111, "fast")
    order = np.random.default_rng(2).permutation(len(shapes))
    np.testing.assert_array_equal(areas(shapes[order], CM111), whole[order])
    monkeypatch.setattr(module, "_LARGEST", 60)
    for block, threads in ((50, 2), (999, 1), (1, 2), (10**9, 2)):
        monkeypatch.setattr(module, "_BLOCK", block)
        np.testing.assert_array_equal(areas(shapes, CM111, threads=threads), whole)
        np.testing.assert_allclose(areas(shapes, CM111, "fast", threads=threads), fast, rtol=0, atol=1e-7)


# --- hostile input


def test_nothing_and_no_polygons():
    assert areas(np.array([], dtype=object), CM111).tolist() == []
    shapes = [None, Point(1, 1), LineString([(0, 0), (1, 1)]), GeometryCollection([square(0, 0, 1)]), Polygon()]
    assert np.isnan(areas(np.array(shapes, dtype=object), CM111)).all()
    assert np.isnan(areas(np.array(shapes, dtype=object), DEGREES, "fast")).all()


@pytest.mark.parametrize("mode", ["official", "fast"])
@pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan, 1e308, 1e30, 1e15])
def test_coordinates_that_are_no_place(mode, bad):
    good = square(4_300_000, 500_000, 100)
    shapes = [good, Polygon([(500_000, 4_300_000), (bad, 4_300_000), (500_000, 4_300_100)]), good]
    found = areas(np.array(shapes, dtype=object), CM111, mode)
    assert np.isnan(found[1])
    assert found[[0, 2]] == pytest.approx([10_000, 10_000], abs=1e-3)


def test_edges_across_the_country_are_split_and_endless_ones_refused():
    long = [box(400_000, 4_000_000, 410_000, 4_000_000 + 10_000 * k) for k in range(1, 60)]
    assert np.isfinite(areas(np.array(long), CM111)).all()
    assert np.isnan(one(box(500_000, 4_300_000, 539_000_000, 4_300_100)))


def test_a_ring_without_width_is_zero():
    assert one(Polygon([(500_000, 4e6), (500_100, 4e6), (500_000, 4e6), (500_000, 4e6)])) == 0.0


class Stopper(Progress):
    def __init__(self, after: float) -> None:
        super().__init__()
        self.after, self.seen = after, [0.0]

    def report(self, fraction: float) -> None:
        self.seen.append(fraction)

    def cancelled(self) -> bool:
        return self.seen[-1] >= self.after


@pytest.mark.parametrize("threads", [1, 2])
def test_progress_rises_and_stopping_stops(monkeypatch, threads):
    monkeypatch.setattr(module, "_READ", 200)
    shapes = np.array([star((500_000, 4_000_000), k) for k in range(300)])
    watch = Stopper(2.0)
    areas(shapes, CM111, progress=watch, threads=threads)
    assert watch.seen == sorted(watch.seen)
    assert watch.seen[-1] == 1.0
    assert len(watch.seen) > 10
    with pytest.raises(Cancelled):
        areas(shapes, CM111, progress=Stopper(0.5), threads=threads)


@pytest.mark.parametrize("crs", [CM111, DEGREES])
def test_how_much_is_worked_on_at_once_changes_no_bit(crs, monkeypatch):
    plots = np.array([star((500_000 + 400 * k, 4_300_000), k, count=5 + k % 40) for k in range(300)], dtype=object)
    holed = shapely.buffer(plots[::7], 50).tolist()
    plots[::7] = [one.difference(two) for one, two in zip(holed, plots[::7])]
    plots[3::50] = [MultiPolygon([plots[3], plots[5]]), None, Point(1, 1), Polygon(), box(0, 0, 1, 1), plots[8]]
    plots[10] = box(400_000, 4_200_000, 600_000, 4_400_000)
    if crs is DEGREES:
        plots = shapely.transform(plots, lambda xy: xy / 1e5)
    whole = areas(plots, crs)
    for block, read in ((1, 1), (100, 100), (100, 700), (8_000, 700)):
        monkeypatch.setattr(module, "_BLOCK", block)
        monkeypatch.setattr(module, "_READ", read)
        np.testing.assert_array_equal(areas(plots, crs), whole)
    monkeypatch.undo()
    np.testing.assert_array_equal([one(shape, crs) for shape in plots], whole)
