"""What a coordinate system means to the area rule, and whether coordinates can belong to it.

EPSG lays the Gauss-Krüger systems of CGCS2000 and of Xi'an 1980 out alike, in four runs behind one another: 6° zones
13–23 with the zone number before the easting, the same by central meridian without it, 3° zones 25–45 with it and
without it. So one base code per datum gives them all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

ToLonLat = Callable[[np.ndarray], np.ndarray]
Bounds = Sequence[float]

# Source: EPSG dataset (4491–4554 CGCS2000, 2327–2390 Xian 1980); DOMAIN.md §3.1 note 4.
_FIRST_CODE = {"cgcs2000": 4491, "xian80": 2327}
_LONLAT = {4490: "cgcs2000", 4480: "cgcs2000", 4610: "xian80", 4326: "cgcs2000"}
_CGCS2000_LONLAT = (4490, 4480)
LONLAT = {"cgcs2000": "EPSG:4490", "xian80": "EPSG:4610"}
"""The system in degrees on each ellipsoid."""
_UTM_NORTH, _UTM_SOUTH = 32600, 32700
_ZONES = {6: range(13, 24), 3: range(25, 46)}

_PROJ_ELLIPSOIDS = {"GRS80": "cgcs2000", "WGS84": "cgcs2000", "IAU76": "xian80"}
_PROJ_AXES = {("6378137", "298.257222101"): "cgcs2000", ("6378140", "298.257"): "xian80"}
_PROJ_PLAIN = {
    "proj": ("tmerc", "etmerc", "longlat", "latlong"), "units": ("m",), "to_meter": ("1",), "axis": ("enu",),
    "pm": ("0", "greenwich"), "k": ("1",), "k_0": ("1",), "lat_0": ("0",), "y_0": ("0",),
}  # fmt: skip
_PROJ_IGNORED = {
    "no_defs", "type", "wktext", "towgs84", "nadgrids", "vunits", "geoidgrids", "approx", "over", "title",
    "lon_0", "x_0", "ellps", "datum", "a", "b", "rf",
}  # fmt: skip

# The land and sea of the State, generously: degrees, and metres of northing.
_LONGITUDES = (72.0, 137.0)
_LATITUDES = (3.0, 54.0)
_NORTHINGS = (300_000.0, 6_000_000.0)
_EASTINGS = (50_000.0, 950_000.0)


@dataclass(frozen=True)
class ZoneProblem:
    """Why coordinates cannot be of a coordinate system.

    `kind`: "other_zone" (their zone number is not the system's), "mixed_zones" (more than one zone number),
    "prefix_missing", "prefix_unexpected", "axes_swapped", "degrees" (in a metric system), "metres" (in degrees),
    "far_from_meridian" (more than a zone away), "out_of_range" (nowhere in China). `zone` is the zone they look like, 0
    where that is open; `suggested` the system they look like ("EPSG:4527"), "" where that is open.
    """

    kind: str
    zone: int = 0
    suggested: str = ""


@dataclass(frozen=True)
class Crs:
    """A coordinate system as the area rule needs it.

    `kind`: "gauss" (Gauss-Krüger, metres, x east, y north), "lonlat" (degrees, longitude first) or "other" (areas only
    through `to_lonlat`, which maps (n, 2) plane coordinates to (n, 2) longitude and latitude in degrees on
    `ellipsoid`). `zone_width` is 3, 6 or 0 (a meridian of its own); `zone` 0 where it has no number; `prefixed` where
    eastings begin with the zone number.
    """

    name: str
    kind: str = "other"
    ellipsoid: str = "cgcs2000"
    central_meridian: float = 0.0
    false_easting: float = 0.0
    zone_width: int = 0
    zone: int = 0
    prefixed: bool = False
    is_cgcs2000: bool = False
    to_lonlat: ToLonLat | None = field(default=None, compare=False, repr=False)

    @classmethod
    def from_epsg(cls, code: int) -> Crs:
        """The system of an EPSG code; kind "other" where the code is none of the State's."""
        name = f"EPSG:{code}"
        if code in _LONLAT:
            return cls(name, "lonlat", _LONLAT[code], is_cgcs2000=code in _CGCS2000_LONLAT)
        for ellipsoid in _FIRST_CODE:
            for width, zones in _ZONES.items():
                for prefixed in (True, False):
                    first = _first_code(ellipsoid, width, prefixed)
                    if first <= code < first + len(zones):
                        zone = zones[code - first]
                        return cls(
                            name, "gauss", ellipsoid, _meridian(width, zone), zone * 1e6 * prefixed + 500_000.0, width,
                            zone, prefixed, ellipsoid == "cgcs2000",
                        )  # fmt: skip
        return cls(name)

    @classmethod
    def from_proj(cls, text: str, name: str = "") -> Crs:
        """The system that a PROJ string describes, for those without an authority's code.

        Understands unscaled transverse Mercator from the equator and longitude/latitude, on the ellipsoids of CGCS2000
        and Xi'an 1980; anything else is of kind "other". PROJ strings do not name CGCS2000: it is taken for granted
        for a Gauss-Krüger system on its ellipsoid with a meridian in China, otherwise only if `name` says so.
        """
        words = [word.lstrip("+").partition("=") for word in text.split() if word.startswith("+")]
        given = {key: value for key, _, value in words}
        ellipsoid = _proj_ellipsoid(given)
        known = all(key in _PROJ_IGNORED or _plain(given[key]) in _PROJ_PLAIN.get(key, ()) for key in given)
        if not known or not ellipsoid or "proj" not in given:
            return cls(name or text, ellipsoid=ellipsoid or "cgcs2000")
        grs80 = ellipsoid == "cgcs2000" and given.get("ellps") != "WGS84" and "datum" not in given
        told = "CGCS2000" in name.upper().replace(" ", "") or "CHINA_GEODETIC" in name.upper().replace(" ", "_")
        meridian, easting = float(given.get("lon_0") or 0), float(given.get("x_0") or 0)
        if "long" in given["proj"] or "lat" in given["proj"]:
            if meridian:
                return cls(name or text, ellipsoid=ellipsoid)
            return cls(name or text, "lonlat", ellipsoid, is_cgcs2000=grs80 and told)
        zone, width, prefixed = _zone_of(meridian, easting)
        chinese = _LONGITUDES[0] <= meridian <= _LONGITUDES[1]
        if not name and width and (grs80 or ellipsoid == "xian80"):
            name = _suggest(ellipsoid, width, zone, prefixed)
        return cls(
            name or text, "gauss", ellipsoid, meridian, easting, width, zone, prefixed, grs80 and (told or chinese)
        )

    def zone_problem(self, bounds: Bounds | None) -> ZoneProblem | None:
        """Why coordinates within `bounds` (xmin, ymin, xmax, ymax) cannot be of this system, or None.

        None as well for kind "other" and for bounds that are absent, not finite or of a box without any content.
        """
        if bounds is None or self.kind == "other" or not all(math.isfinite(v) for v in bounds):
            return None
        xmin, ymin, xmax, ymax = (float(v) for v in bounds)
        if xmin > xmax or ymin > ymax:
            return None
        if self.kind == "lonlat":
            return self._problem_of_degrees(xmin, ymin, xmax, ymax)
        return self._problem_of_metres(xmin, ymin, xmax, ymax)

    def measures(self, bounds: Bounds | None) -> bool:
        """Can areas be measured in this system of shapes within `bounds`?

        What is measured in a system that cannot be the layer's own is no area; far from the meridian it is one.
        """
        problem = self.zone_problem(bounds)
        return problem is None or problem.kind == "far_from_meridian"

    def _problem_of_degrees(self, xmin: float, ymin: float, xmax: float, ymax: float) -> ZoneProblem | None:
        if max(abs(xmin), abs(xmax), abs(ymin), abs(ymax)) > 360:
            zone = int(xmin // 1e6) if xmin // 1e6 == xmax // 1e6 else 0
            return ZoneProblem("metres", max(zone, 0), self._prefixed_system(zone))
        abroad = not self.is_cgcs2000 and self.ellipsoid == "cgcs2000"
        if _inside(ymin, ymax, _LONGITUDES) and _inside(xmin, xmax, _LATITUDES) and (not abroad or ymax > 90):
            return ZoneProblem("axes_swapped")
        longitudes, latitudes = ((-180.0, 180.0), (-90.0, 90.0)) if abroad else (_LONGITUDES, _LATITUDES)
        if not _inside(xmin, xmax, longitudes) or not _inside(ymin, ymax, latitudes):
            return ZoneProblem("out_of_range")
        return None

    def _problem_of_metres(self, xmin: float, ymin: float, xmax: float, ymax: float) -> ZoneProblem | None:
        if max(abs(xmin), abs(xmax), abs(ymin), abs(ymax)) <= 360:
            return ZoneProblem("degrees", 0, LONLAT.get(self.ellipsoid, ""))
        upright = _easting(xmin) and _easting(xmax)
        if not upright and _easting(ymin) and _easting(ymax) and _inside(xmin, xmax, _NORTHINGS):
            return ZoneProblem("axes_swapped")
        low, high = int(xmin // 1e6), int(xmax // 1e6)
        if low != high and all(p == 0 or zone_width(p) for p in (low, high)):
            return ZoneProblem("mixed_zones", high if low == self.zone * self.prefixed else low)
        own = int(self.false_easting // 1e6)
        if low == high and low != own:
            if low == 0:
                return ZoneProblem("prefix_missing", self.zone, self._system(self.zone_width, self.zone, False))
            if zone_width(low):
                kind = "other_zone" if self.prefixed else "prefix_unexpected"
                return ZoneProblem(kind, low, self._prefixed_system(low))
        chinese = _inside(self.central_meridian, self.central_meridian, _LONGITUDES)
        if xmin < (own - 1) * 1e6 or xmax > (own + 2) * 1e6 or (chinese and not _inside(ymin, ymax, _NORTHINGS)):
            return ZoneProblem("out_of_range")
        return self._far(xmin, xmax, (ymin + ymax) / 2)

    def _far(self, xmin: float, xmax: float, northing: float) -> ZoneProblem | None:
        parallel = 111_320.0 * math.cos(math.radians(northing / 110_950.0))
        west, east = ((x - self.false_easting) / parallel for x in (xmin, xmax))
        width = self.zone_width or 3
        if max(abs(west), abs(east)) <= width / 2 + 1.5:
            return None
        zone = zone_at(self.central_meridian + (west + east) / 2, width)
        if zone == self.zone:
            return ZoneProblem("far_from_meridian")
        return ZoneProblem("far_from_meridian", zone, self._system(width, zone, self.prefixed))

    def _system(self, width: int, zone: int, prefixed: bool) -> str:
        return _suggest(self.ellipsoid, width, zone, prefixed)

    def _prefixed_system(self, zone: int) -> str:
        return self._system(zone_width(zone), zone, True)


def zone_at(longitude: float, width: int = 3) -> int:
    """The Gauss-Krüger zone, 3 or 6 degrees wide, that a longitude (degrees) is in; a border is the eastern one's."""
    return math.floor((longitude + 1.5) / 3) if width == 3 else math.floor(longitude / 6) + 1


def metric_system(longitude: float, latitude: float) -> str:
    """The system ("EPSG:4540") in which shapes around a place (degrees) are compared in metres.

    At China's longitudes the CGCS2000 3-degree zone without its number before the easting, elsewhere the UTM zone.
    """
    found = _suggest("cgcs2000", 3, zone_at(longitude), prefixed=False)
    utm = min(max(math.floor((longitude + 180) / 6) + 1, 1), 60)
    return found or f"EPSG:{(_UTM_NORTH if latitude >= 0 else _UTM_SOUTH) + utm}"


def gauss_system(ellipsoid: str, width: int, zone: int, prefixed: bool) -> str:
    """The Gauss-Krüger system ("EPSG:4527") of a datum (cgcs2000, xian80), a zone 3 or 6 degrees wide and its number,
    which stands before the easting or not; "" where EPSG has none."""
    return _suggest(ellipsoid, width, zone, prefixed)


def _first_code(ellipsoid: str, width: int, prefixed: bool) -> int:
    six, three = len(_ZONES[6]), len(_ZONES[3])
    offset = {(6, True): 0, (6, False): six, (3, True): 2 * six, (3, False): 2 * six + three}
    return _FIRST_CODE[ellipsoid] + offset[width, prefixed]


def _suggest(ellipsoid: str, width: int, zone: int, prefixed: bool) -> str:
    zones = _ZONES.get(width, range(0))
    if ellipsoid not in _FIRST_CODE or zone not in zones:
        return ""
    return f"EPSG:{_first_code(ellipsoid, width, prefixed) + zones.index(zone)}"


def _meridian(width: int, zone: int) -> float:
    return float(3 * zone if width == 3 else 6 * zone - 3)


def _zone_of(meridian: float, easting: float) -> tuple[int, int, bool]:
    """Zone, its width and whether it stands before the easting."""
    zone, rest = divmod(easting, 1e6)
    for width, zones in _ZONES.items() if zone else ((3, _ZONES[3]),):
        number = int(zone) or zone_at(meridian, width)
        if rest == 500_000.0 and number in zones and _meridian(width, number) == meridian:
            return number, width, bool(zone)
    return int(zone), 0, bool(zone)


def zone_width(zone: int) -> int:
    """Width of the zones that number `zone` belongs to: in China the 3° and 6° zones share no number."""
    return next((width for width, zones in _ZONES.items() if zone in zones), 0)


def _inside(low: float, high: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= low and high <= limits[1]


def _easting(x: float) -> bool:
    prefix, rest = divmod(x, 1e6)
    return (prefix == 0 or zone_width(int(prefix)) > 0) and _EASTINGS[0] <= rest <= _EASTINGS[1]


def _plain(value: str) -> str:
    """A number in its shortest form, so that "1.0" and "1" are one."""
    try:
        return format(float(value), "g")
    except ValueError:
        return value


def _proj_ellipsoid(given: dict[str, str]) -> str:
    if given.get("datum") == "WGS84":
        return "cgcs2000"
    if "datum" in given:
        return ""
    if "ellps" in given:
        return _PROJ_ELLIPSOIDS.get(given["ellps"], "")
    try:
        a = float(given["a"])
        flattening = float(given["rf"]) if "rf" in given else a / (a - float(given["b"]))
    except (KeyError, ValueError, ZeroDivisionError):
        return ""
    known = (name for (axis, rf), name in _PROJ_AXES.items() if a == float(axis) and abs(flattening - float(rf)) < 1e-6)
    return next(known, "")
