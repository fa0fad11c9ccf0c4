"""Areas on the ellipsoid, as the State's survey rule computes them, and the theoretical areas of map sheets.

Source: 国土调查办发〔2008〕32号 (Gauss inverse, trapezoid series, rounding), TD/T 1055-2019 for CGCS2000; DOMAIN.md §3.
A polygon's area is the sum over its edges of the trapezoids between the edge and a meridian, counted with sign.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely

from redline.core.geometry.crs import Crs
from redline.core.geometry.rings import rings
from redline.core.geometry.workers import in_order
from redline.core.progress import Progress
from redline.core.standards import Ellipsoid, ellipsoid, threshold

OFFICIAL = "official"
FAST = "fast"

# ρ″ with the digits that the rule prints; the steps to which it rounds: 0.1 mm in the plane, 1e-6″ on the ellipsoid.
_SECONDS = 206264.8062471
_PLANE_STEPS = 1e4
_ANGLE_STEPS = 1e6

# The Earth has 5.101e14 m².
_EARTH = 5.2e14

# Vertices worked on together. The system hands out larger arrays (from 128 KB) afresh each time, and the page faults
# take longer than the arithmetic.
_BLOCK = 8_000
# Vertices taken out of shapes in one go: to take holes and parts out of few shapes costs as much as out of many.
_READ = 16 * _BLOCK
_LARGEST = 1_000_000

_POLYGON, _MULTIPOLYGON = 3, 6


class Coefficients(NamedTuple):
    """A–E of the trapezoid series."""

    a: float
    b: float
    c: float
    d: float
    e: float


def coefficients(e2: float) -> Coefficients:
    """A–E of the trapezoid series from the first eccentricity squared (国土调查办发〔2008〕32号)."""
    e4, e6, e8 = e2**2, e2**3, e2**4
    return Coefficients(
        1 + 3 / 6 * e2 + 30 / 80 * e4 + 35 / 112 * e6 + 630 / 2304 * e8,
        1 / 6 * e2 + 15 / 80 * e4 + 21 / 112 * e6 + 420 / 2304 * e8,
        3 / 80 * e4 + 7 / 112 * e6 + 180 / 2304 * e8,
        1 / 112 * e6 + 45 / 2304 * e8,
        5 / 2304 * e8,
    )


def areas(
    geometries: np.ndarray, crs: Crs, mode: str = OFFICIAL, progress: Progress | None = None, threads: int = 1
) -> np.ndarray:
    """Ellipsoidal area in m² of each geometry, float64; NaN for None, empty and what is not polygonal.

    `geometries`: object array of shapely shapes in `crs`. `mode` "official" follows the rule with all its rounding:
    plane coordinates to 0.1 mm, a point every 70 m at most along straight plane edges, latitude and longitude to
    1e-6″, the area to 0.01 m², half away from zero. "fast" is the same without rounding. Degrees are taken as they
    are: the rule's 70 m are metres in the plane, so edges in kind "lonlat" are straight in latitude and longitude.
    Kind "other" gets its points in its own plane (its unit taken for metres) before `crs.to_lonlat`, on one thread.
    Outer rings count positive and holes negative however they turn; Z is ignored. A ring longer than 70 000 km or
    with coordinates that are no numbers gives NaN, and so does what would be larger than the Earth. More `threads`
    than one hardly pay: numpy's steps are so short that they spend their time on Python's lock. Raises ValueError for
    an unknown mode and for kind "other" without `to_lonlat`.
    """
    if mode not in (OFFICIAL, FAST):
        raise ValueError(f"unknown mode {mode!r}")
    return _areas(geometries, _Rule(crs, mode == OFFICIAL, threshold("densify_distance").value), progress, threads)


def gauss_inverse(xy: np.ndarray, crs: Crs) -> np.ndarray:
    """Longitude and latitude in degrees, (n, 2) float64, of plane coordinates (n, 2) x east, y north in metres.

    The rule's series, not rounded. Raises ValueError where `crs` is not of kind "gauss".
    """
    if crs.kind != "gauss":
        raise ValueError(f"{crs.name} is not a Gauss-Krüger system")
    points = np.asarray(xy, dtype=float)
    latitude, longitude = _inverse(points[:, 1], points[:, 0] - crs.false_easting, ellipsoid(crs.ellipsoid))
    return np.column_stack([np.degrees(longitude) + crs.central_meridian, np.degrees(latitude)])


def sheet_area(south: float, west: float, dlat: float, dlon: float, ellipsoid_id: str = "cgcs2000") -> float:
    """图幅理论面积 in m² (2 decimals), of a map sheet by its south-west corner and size in degrees.

    `west` changes nothing. Source: 国土调查办发〔2008〕32号; DOMAIN.md §3.2.
    """
    size = ellipsoid(ellipsoid_id)
    latitudes = np.radians([south, south + dlat])
    return float(_round(_trapezoids(latitudes, np.full(2, np.radians(dlon)), size))[0])


class _Rule(NamedTuple):
    crs: Crs
    official: bool
    spacing: float | None

    @property
    def zone_prefix(self) -> float:
        """What the zone number before the easting adds to it."""
        return self.crs.zone * 1e6 if self.crs.prefixed else 0.0

    def lonlat(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Longitude and latitude in degrees, through the system's own function."""
        if self.crs.to_lonlat is None:
            raise ValueError(f"{self.crs.name}: no way to longitude and latitude given")
        found = np.asarray(self.crs.to_lonlat(np.column_stack([x, y])), dtype=float)
        return found[:, 0], found[:, 1]


def _areas(geometries: np.ndarray, rule: _Rule, progress: Progress | None, threads: int) -> np.ndarray:
    shapes = np.asarray(geometries, dtype=object)
    if rule.crs.kind == "other":
        threads = 1
    vertices = np.cumsum(shapely.get_num_coordinates(shapes))
    cuts = np.searchsorted(vertices, np.arange(_READ, vertices[-1] if len(vertices) else 0, _READ))
    blocks = np.split(shapes, np.unique(cuts))
    found = in_order(lambda block: _block(block, rule), blocks, progress, threads)
    return np.concatenate(list(found))


def _block(shapes: np.ndarray, rule: _Rule) -> np.ndarray:
    kinds = shapely.get_type_id(shapes)
    polygonal = ((kinds == _POLYGON) | (kinds == _MULTIPOLYGON)) & ~shapely.is_empty(shapes)
    result = np.full(len(shapes), np.nan)
    if not polygonal.any():
        return result
    found = rings(shapes[polygonal])
    ends = np.cumsum(found.sizes)
    with np.errstate(invalid="ignore", over="ignore"):
        plain = [
            _ring_areas(found.xy[ends[first] - found.sizes[first] : ends[last - 1]], found.sizes[first:last], rule)
            for first, last in _pieces(found.sizes, _BLOCK)
        ]
        signed = np.abs(np.concatenate(plain)) * found.signs
        total = np.bincount(found.features, signed, int(polygonal.sum()))
        total[total > _EARTH] = np.nan
        result[polygonal] = _round(total) if rule.official else total
    return result


def _ring_areas(xy: np.ndarray, sizes: np.ndarray, rule: _Rule) -> np.ndarray:
    """Signed area of each ring in m²."""
    x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    if rule.crs.kind == "lonlat":
        return _sums(x, y, sizes, rule)
    # A zone number before the easting goes while the numbers are whole: it then changes no bit of the result.
    if rule.official:
        x, y = _steps(x, _PLANE_STEPS), _steps(y, _PLANE_STEPS)
        x -= rule.zone_prefix * _PLANE_STEPS
        x /= _PLANE_STEPS
        y /= _PLANE_STEPS
    else:
        x -= rule.zone_prefix
    if rule.spacing is None:
        return _sums(x, y, sizes, rule)
    extra = _extra_points(x, y, sizes, rule.spacing)
    starts = np.cumsum(sizes) - sizes
    of_ring = np.add.reduceat(extra, starts)
    endless = of_ring > _LARGEST
    if endless.any():
        extra[np.repeat(endless, sizes)] = 0
        x[starts[endless]] = np.nan
        of_ring[endless] = 0
    results = []
    for first, last in _pieces(sizes + of_ring, _LARGEST):
        some = slice(starts[first], starts[last - 1] + sizes[last - 1])
        dense = _densify(x[some], y[some], extra[some], rule.official)
        results.append(_sums(*dense, sizes[first:last] + of_ring[first:last], rule))
    return np.concatenate(results)


def _pieces(sizes: np.ndarray, most: int) -> list[tuple[int, int]]:
    """Runs (first, last) of rings with about `most` vertices each, so that endless edges do not fill the memory."""
    total = np.cumsum(sizes)
    cuts = np.unique(np.searchsorted(total, np.arange(most, total[-1], most)) + 1)
    bounds = [0, *(int(cut) for cut in cuts if cut < len(sizes)), len(sizes)]
    return list(zip(bounds[:-1], bounds[1:]))


def _extra_points(x: np.ndarray, y: np.ndarray, sizes: np.ndarray, spacing: float) -> np.ndarray:
    """How many points the rule puts on the edge behind each vertex: int(d / spacing) where d > spacing (70 m)."""
    extra = np.zeros(len(x), dtype=np.int64)
    square = np.square(np.diff(x)) + np.square(np.diff(y))
    square[np.cumsum(sizes)[:-1] - 1] = 0.0
    far = np.flatnonzero(square > spacing**2)
    count = np.sqrt(square[far]) / spacing
    extra[far] = np.where(np.isfinite(count), np.minimum(count, 2.0 * _LARGEST), 0.0)
    return extra


def _densify(x: np.ndarray, y: np.ndarray, extra: np.ndarray, rounded: bool) -> tuple[np.ndarray, np.ndarray]:
    """`extra` points spread evenly on the edge behind each vertex, to 0.1 mm where `rounded`.

    The weighted mean is the same in both directions of an edge, to the last bit.
    """
    edges = np.flatnonzero(extra)
    if not len(edges):
        return x, y
    count = extra[edges]
    edge, parts = np.repeat(edges, count), np.repeat(count + 1, count)
    number = np.arange(1, len(edge) + 1) - np.repeat(np.cumsum(count) - count, count)
    place = edge + number + (np.cumsum(extra) - extra)[edge]
    before, behind = (parts - number) / parts, number / parts
    dense = []
    for values in (x, y):
        longer = np.repeat(values, extra + 1)
        between = values[edge] * before + values[edge + 1] * behind
        longer[place] = _steps(between, _PLANE_STEPS) / _PLANE_STEPS if rounded else between
        dense.append(longer)
    return dense[0], dense[1]


def _sums(x: np.ndarray, y: np.ndarray, sizes: np.ndarray, rule: _Rule) -> np.ndarray:
    """Signed area of each ring in m², its vertices taken as they are."""
    size = ellipsoid(rule.crs.ellipsoid)
    starts = np.cumsum(sizes) - sizes
    if rule.crs.kind == "gauss":
        latitude, longitude = _inverse(y, x - (rule.crs.false_easting - rule.zone_prefix), size)
        unit, steps = 1.0, _SECONDS * _ANGLE_STEPS
    else:
        longitude, latitude = (x, y) if rule.crs.kind == "lonlat" else rule.lonlat(x, y)
        unit, steps = np.pi / 180, 3600 * _ANGLE_STEPS
    if rule.official:
        latitude, longitude = _steps(latitude, steps), _steps(longitude, steps)
        unit = 1 / (_SECONDS * _ANGLE_STEPS)
    if rule.crs.kind != "gauss":
        # From a meridian of the ring itself: large longitudes would cost the last digits.
        longitude = longitude - np.repeat(longitude[starts], sizes)
    trapezoids = _trapezoids(latitude, longitude, size, unit)
    trapezoids[starts[1:] - 1] = 0.0
    return np.add.reduceat(trapezoids, starts)


def _inverse(north: np.ndarray, east: np.ndarray, size: Ellipsoid) -> tuple[np.ndarray, np.ndarray]:
    """Latitude, and longitude from the central meridian, in radians: the rule's Gauss inverse series.

    In place and by Horner's scheme. sin and cos of the footpoint latitude follow from those of E by their series in the
    small difference (exact to 1e-18), which is many times faster than to ask for them again.
    """
    k0, k1, k2, k3, k4 = size.k
    footpoint = north * k0
    sine, cosine = np.sin(footpoint), np.cos(footpoint)
    shift = _polynomial(sine * sine, -k4, k3, -k2, k1)
    shift *= sine
    shift *= cosine
    footpoint += shift
    shift2 = shift * shift
    shift *= _polynomial(shift2, 1 / 120, -1 / 6, 1.0)
    cos_shift = _polynomial(shift2, 1 / 24, -1 / 2, 1.0)
    t = sine * cos_shift
    t += cosine * shift
    cosine *= cos_shift
    sine *= shift
    cosine -= sine
    t /= cosine
    t2 = t * t
    eta2 = cosine * cosine
    eta2 *= size.ep2
    v2 = eta2 + 1.0
    q = np.sqrt(v2)
    q *= east
    q *= 1 / size.c
    p = q * q

    inner = _polynomial(t2, 45.0, 90.0, 61.0)
    inner *= p
    inner *= -1 / 30
    outer = _polynomial(t2, -9.0, 1.0)
    outer *= eta2
    outer += inner
    outer += _polynomial(t2, 3.0, 5.0)
    outer *= p
    outer *= 1 / 24
    outer -= 0.5
    outer *= p
    outer *= v2
    outer *= t
    outer += footpoint

    longitude = _polynomial(t2, 24.0, 28.0, 5.0)
    inner = _polynomial(t2, 8.0, 6.0)
    inner *= eta2
    longitude += inner
    longitude *= p
    longitude *= -1 / 20
    longitude += _polynomial(t2, 2.0, 1.0)
    longitude += eta2
    longitude *= p
    longitude *= -1 / 6
    longitude += 1.0
    longitude *= q
    longitude /= cosine
    return outer, longitude


def _trapezoids(latitude: np.ndarray, longitude: np.ndarray, size: Ellipsoid, unit: float = 1.0) -> np.ndarray:
    """Signed m² between each edge (vertex i to i + 1) and the meridian 0; `unit` is one step of the angles in radians.

    sin(nΔB/2) / sin(ΔB/2) and cos(nBm) / cos(Bm), n = 3, 5, 7, 9, by the recurrence f(n+2) = 2 cos(2·) f(n) − f(n−2).
    """
    series = coefficients(size.e2)
    sine, cosine = latitude[1:] - latitude[:-1], latitude[1:] + latitude[:-1]
    sine *= unit / 2
    cosine *= unit / 2
    np.sin(sine, out=sine)
    np.cos(cosine, out=cosine)
    area = longitude[1:] + longitude[:-1]
    area *= size.b**2 * unit
    area *= sine
    area *= cosine
    by_difference, by_mean = sine * sine, cosine * cosine
    by_difference *= -4.0
    by_difference += 2.0
    by_mean *= 4.0
    by_mean -= 2.0
    total = np.full_like(area, series.a)
    before, f = np.full_like(area, -1.0), np.ones_like(area)
    before_mean, g = np.ones_like(area), np.ones_like(area)
    for coefficient in (-series.b, series.c, -series.d, series.e):
        before *= -1.0
        before += by_difference * f
        before, f = f, before
        before_mean *= -1.0
        before_mean += by_mean * g
        before_mean, g = g, before_mean
        term = f * g
        term *= coefficient
        total += term
    area *= total
    return area


def _polynomial(x: np.ndarray, *factors: float) -> np.ndarray:
    """A polynomial in x, the highest power's factor first."""
    result = x * factors[0]
    result += factors[1]
    for factor in factors[2:]:
        result *= x
        result += factor
    return result


def _steps(values: np.ndarray, steps: float) -> np.ndarray:
    """`values` in whole steps of 1 / `steps`, half away from zero for what is positive (as all of China is)."""
    result = values * steps
    result += 0.5
    return np.floor(result, out=result)


def _round(area: np.ndarray) -> np.ndarray:
    return np.copysign(np.floor(np.abs(area) * 100 + 0.5) / 100, area)
