"""Coordinate systems of the State against the EPSG dataset, and coordinates that cannot be of a system."""

from __future__ import annotations

import math
import os

import numpy as np
import pytest

from redline.core.geometry.crs import Crs, ZoneProblem, metric_system, zone_at

CGCS2000 = range(4491, 4555)
XIAN80 = range(2327, 2391)
CHINA = "+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=39500000 +y_0=0 +ellps=GRS80 +units=m +no_defs"


@pytest.fixture(scope="module")
def epsg():
    """pyproj's reader of the EPSG dataset; a virtual environment does not see the system's copy by itself."""
    if os.path.exists("/usr/share/proj/proj.db"):
        os.environ.setdefault("PROJ_DATA", "/usr/share/proj")
    pyproj = pytest.importorskip("pyproj", reason="pyproj is the independent source of EPSG definitions")
    try:
        pyproj.CRS.from_epsg(4490)
    except pyproj.exceptions.CRSError:
        pyproj.datadir.set_data_dir("/usr/share/proj")
    try:
        pyproj.CRS.from_epsg(4490)
    except pyproj.exceptions.CRSError:
        pytest.skip("no EPSG dataset (proj.db) found")
    return pyproj.CRS.from_epsg


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("code", [*CGCS2000, *XIAN80])
def test_codes_of_the_state_are_what_epsg_says(epsg, code):
    theirs = epsg(code)
    parameters = {p.name: p.value for p in theirs.coordinate_operation.params}
    crs = Crs.from_epsg(code)
    assert crs.kind == "gauss"
    assert crs.central_meridian == parameters["Longitude of natural origin"]
    assert crs.false_easting == parameters["False easting"]
    assert parameters["Scale factor at natural origin"] == 1
    assert parameters["Latitude of natural origin"] == 0
    assert crs.is_cgcs2000 == ("CGCS2000" in theirs.name) == (crs.ellipsoid == "cgcs2000")
    assert ("Xian 1980" in theirs.name) == (crs.ellipsoid == "xian80")
    assert ("3-degree" in theirs.name) == (crs.zone_width == 3)
    assert crs.prefixed == ("CM" not in theirs.name) == (crs.false_easting > 1e6)
    assert crs.central_meridian == (3 * crs.zone if crs.zone_width == 3 else 6 * crs.zone - 3)
    if crs.prefixed:
        assert crs.zone == crs.false_easting // 1_000_000


@pytest.mark.parametrize(
    ("longitude", "latitude", "system"),
    [
        (117.0, 36.0, "EPSG:4548"), (118.4999, 36.0, "EPSG:4548"), (118.5, 36.0, "EPSG:4549"),
        (73.5, 39.0, "EPSG:4534"), (76.4999, 39.0, "EPSG:4534"), (76.5, 39.0, "EPSG:4535"), (79.5, 39.0, "EPSG:4536"),
        (135.0, 48.0, "EPSG:4554"), (73.4999, 39.0, "EPSG:32643"), (136.5, 48.0, "EPSG:32653"),
        (9.5, 47.1, "EPSG:32632"), (20.4, -34.0, "EPSG:32734"), (-180.0, 0.0, "EPSG:32601"), (180.0, 1.0, "EPSG:32660"),
    ],
)  # fmt: skip
def test_a_place_has_the_zone_that_it_lies_in(longitude, latitude, system):
    """Zones reach 1.5° to each side of their meridian; a border always belongs to the east, at 76.5° as at 79.5°."""
    assert metric_system(longitude, latitude) == system
    meridian = Crs.from_epsg(int(system[5:])).central_meridian
    assert system.startswith("EPSG:32") or meridian == 3 * zone_at(longitude)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("code", [*CGCS2000, *XIAN80])
def test_the_proj_string_of_a_code_means_the_same_system(epsg, code):
    mine, read = Crs.from_epsg(code), Crs.from_proj(epsg(code).to_proj4(), f"EPSG:{code}")
    assert (read.kind, read.ellipsoid, read.central_meridian, read.false_easting, read.prefixed, read.is_cgcs2000) == (
        mine.kind, mine.ellipsoid, mine.central_meridian, mine.false_easting, mine.prefixed, mine.is_cgcs2000,
    )  # fmt: skip
    if mine.prefixed:
        assert read == mine


def test_degrees():
    assert Crs.from_epsg(4490).kind == Crs.from_epsg(4326).kind == Crs.from_epsg(4610).kind == "lonlat"
    assert Crs.from_epsg(4490).is_cgcs2000
    assert not Crs.from_epsg(4326).is_cgcs2000
    assert Crs.from_epsg(4610).ellipsoid == "xian80"
    assert Crs.from_proj("+proj=longlat +ellps=GRS80 +no_defs +type=crs").kind == "lonlat"
    assert not Crs.from_proj("+proj=longlat +ellps=GRS80 +no_defs").is_cgcs2000
    assert Crs.from_proj("+proj=longlat +ellps=GRS80 +no_defs", "GCS_China_Geodetic_Coordinate_System_2000").is_cgcs2000
    assert not Crs.from_proj("+proj=longlat +datum=WGS84", "CGCS2000").is_cgcs2000


@pytest.mark.parametrize("code", [2154, 32650, 4479, 4555, 4490 - 1, 21420, 3857, 0, -1])
def test_any_other_code_is_none_of_the_states(code):
    assert Crs.from_epsg(code).kind == "other"
    assert not Crs.from_epsg(code).is_cgcs2000


@pytest.mark.parametrize(
    "text",
    [
        "+proj=utm +zone=50 +datum=WGS84 +units=m",
        "+proj=tmerc +lat_0=0 +lon_0=117 +k=0.9996 +x_0=500000 +ellps=GRS80",
        "+proj=tmerc +lat_0=10 +lon_0=117 +k=1 +x_0=500000 +ellps=GRS80",
        "+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=500000 +y_0=-3000000 +ellps=GRS80",
        "+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=500000 +ellps=bessel",
        "+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=500000 +ellps=GRS80 +units=km",
        "+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=500000 +ellps=GRS80 +pm=paris",
        "+proj=tmerc +lat_0=0 +lon_0=117 +x_0=500000 +datum=NAD83",
        "+proj=merc +ellps=GRS80",
        "",
        "耕地",
        "+proj=tmerc",
    ],
)
def test_what_is_not_gauss_krueger_stays_other(text):
    assert Crs.from_proj(text, "named").kind == "other"


def test_systems_without_an_authority():
    assert Crs.from_proj(CHINA) == Crs.from_epsg(4527)
    local = Crs.from_proj("+proj=tmerc +lon_0=116.35 +x_0=50000 +k_0=1.0 +ellps=GRS80", "本地坐标系")
    assert (local.kind, local.zone, local.zone_width, local.prefixed) == ("gauss", 0, 0, False)
    assert (local.central_meridian, local.false_easting, local.is_cgcs2000) == (116.35, 50000.0, True)
    abroad = Crs.from_proj("+proj=tmerc +lon_0=9 +x_0=500000 +k=1 +ellps=GRS80")
    assert abroad.kind == "gauss"
    assert not abroad.is_cgcs2000
    assert Crs.from_proj(CHINA.replace("GRS80", "IAU76")) == Crs.from_epsg(2363)


def test_equal_whatever_the_way_to_degrees():
    one = Crs("EPSG:2154", to_lonlat=lambda xy: xy)
    assert one == Crs.from_epsg(2154)
    assert hash(one) == hash(Crs.from_epsg(2154))


NORTH = (4_300_000.0, 4_310_000.0)


def box(x0: float, x1: float, y0: float = NORTH[0], y1: float = NORTH[1]) -> tuple[float, float, float, float]:
    return x0, y0, x1, y1


@pytest.mark.parametrize(
    ("code", "bounds", "problem"),
    [
        (4527, box(39_500_000, 39_510_000), None),
        (4527, box(40_500_000, 40_510_000), ZoneProblem("other_zone", 40, "EPSG:4528")),
        (4527, box(20_500_000, 20_510_000), ZoneProblem("other_zone", 20, "EPSG:4498")),
        (4498, box(39_500_000, 39_510_000), ZoneProblem("other_zone", 39, "EPSG:4527")),
        (2363, box(40_500_000, 40_510_000), ZoneProblem("other_zone", 40, "EPSG:2364")),
        (4527, box(500_000, 510_000), ZoneProblem("prefix_missing", 39, "EPSG:4548")),
        (4498, box(500_000, 510_000), ZoneProblem("prefix_missing", 20, "EPSG:4509")),
        (4548, box(500_000, 510_000), None),
        (4548, box(39_500_000, 39_510_000), ZoneProblem("prefix_unexpected", 39, "EPSG:4527")),
        (4548, box(37_500_000, 37_510_000), ZoneProblem("prefix_unexpected", 37, "EPSG:4525")),
        (4548, (4_300_000, 500_000, 4_310_000, 510_000), ZoneProblem("axes_swapped")),
        (4527, (4_300_000, 39_500_000, 4_310_000, 39_510_000), ZoneProblem("axes_swapped")),
        (4548, (117.0, 38.0, 117.1, 38.1), ZoneProblem("degrees", 0, "EPSG:4490")),
        (4527, (38.0, 117.0, 38.1, 117.1), ZoneProblem("degrees", 0, "EPSG:4490")),
        (2363, (117.0, 38.0, 117.1, 38.1), ZoneProblem("degrees", 0, "EPSG:4610")),
        (4548, box(500_000, 39_510_000), ZoneProblem("mixed_zones", 39)),
        (4527, box(39_500_000, 40_510_000), ZoneProblem("mixed_zones", 40)),
        (4527, box(38_500_000, 39_510_000), ZoneProblem("mixed_zones", 38)),
        (4548, box(900_000, 910_000), ZoneProblem("far_from_meridian", 41, "EPSG:4550")),
        (4527, box(39_900_000, 39_910_000), ZoneProblem("far_from_meridian", 41, "EPSG:4529")),
        (4548, box(620_000, 680_000), None),
        (4548, box(300_000, 700_000, 330_000, 380_000), None),
        (4509, box(240_000, 760_000), None),
        (4548, box(500_000, 510_000, 9_000_000, 9_010_000), ZoneProblem("out_of_range")),
        (4548, box(500_000, 510_000, -10_000, 4_310_000), ZoneProblem("out_of_range")),
        (4548, (-9e9, 4.3e6, 9e9, 4.31e6), ZoneProblem("out_of_range")),
        (4490, (117.0, 38.0, 117.1, 38.1), None),
        (4490, (38.0, 117.0, 38.1, 117.1), ZoneProblem("axes_swapped")),
        (4490, box(39_500_000, 39_510_000), ZoneProblem("metres", 39, "EPSG:4527")),
        (4490, box(500_000, 510_000), ZoneProblem("metres")),
        (4490, (2.0, 48.0, 2.1, 48.1), ZoneProblem("out_of_range")),
        (4326, (2.0, 48.0, 2.1, 48.1), None),
        (4326, (38.0, 117.0, 38.1, 117.1), ZoneProblem("axes_swapped")),
        (4326, (-200.0, 10.0, -190.0, 11.0), ZoneProblem("out_of_range")),
        (2154, (0.0, 0.0, 1e9, 1e9), None),
        (4527, (math.nan, 0.0, 1.0, 1.0), None),
        (4527, (math.inf, math.inf, -math.inf, -math.inf), None),
        (4527, (1.0, 1.0, 0.0, 0.0), None),
        (4527, None, None),
    ],
)  # fmt: skip
def test_coordinates_that_cannot_be_of_the_system(code, bounds, problem):
    assert Crs.from_epsg(code).zone_problem(bounds) == problem


@pytest.mark.parametrize("code", [*CGCS2000, *XIAN80])
def test_a_county_in_its_own_zone_is_no_problem(code):
    crs = Crs.from_epsg(code)
    half = crs.zone_width / 2
    for latitude in (18.2, 30.0, 45.0, 53.3):
        width = half * 111_320 * math.cos(math.radians(latitude))
        north = latitude * 110_950
        for middle in (-width, 0.0, width):
            x = crs.false_easting + middle
            assert crs.zone_problem(np.array([x - 30_000, north - 30_000, x + 30_000, north + 30_000])) is None


def test_areas_are_measured_where_the_coordinates_can_be_of_the_system():
    county = (500_000.0, 3_400_000.0, 510_000.0, 3_410_000.0)
    assert Crs.from_epsg(4549).measures(county)
    assert Crs.from_epsg(4549).measures(None)
    assert Crs.from_epsg(4549).measures((900_000.0, 3_400_000.0, 910_000.0, 3_410_000.0))
    assert not Crs.from_epsg(4528).measures(county)
    assert not Crs.from_epsg(4490).measures(county)
