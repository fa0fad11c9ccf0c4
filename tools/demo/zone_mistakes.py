"""Zones drawn or written down wrongly, each with the findings that this alone leads to."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import shapely
from shapely.geometry import MultiPolygon, Polygon

from redline.tools.demo import shapes
from redline.tools.demo.county import County, Plot
from redline.tools.demo.zones import Grid, Zone, spot

_LISTED = 0.1  # m²: smaller overlaps and gaps are counted, not listed
_ROOM = 1.0  # m between a change of borders and the next plot
_LIMIT = 1.5  # greatest load ÷ mean load
_Change = tuple[Zone, Zone, Polygon]


def spoil_zones(grid: Grid, county: County) -> None:
    """Plant all mistakes of the zones' shapes and codes.

    Args:
        grid: the true zones; they are changed.
        county: its plots must not be touched unless a mistake is about them.
    """
    tree = shapely.STRtree([plot.shape for plot in county.plots])

    def clear(shape: Polygon) -> bool:
        return not len(tree.query(shape.buffer(_ROOM), predicate="intersects"))

    _unequal(grid)
    _borders(grid, county, clear)
    _crumbs(grid, clear)
    _cut_plots(grid, county)
    _parts(grid, county)
    _shapes(grid, county)
    _codes(grid)


def _unequal(grid: Grid) -> None:
    """Three of four zones made one: a hair over the greatest load that is told, and a hair below."""
    ways: list[tuple[float, list[Zone], Zone]] = []
    for zones in grid.villages("zone-heavy", lambda zones: len(zones) == 4):
        for alone in zones:
            rest = [zone for zone in zones if zone is not alone]
            load = sum(zone.plots for zone in rest)
            whole = shapely.union_all([zone.shape for zone in rest])
            if whole.geom_type == "Polygon" and _chained(rest):
                ways.append((load / (load + alone.plots) * 2, rest, alone))
    over = min((way for way in ways if way[0] > _LIMIT), key=lambda way: way[0])
    below = max((way for way in ways if way[0] <= _LIMIT and way[2].unit != over[2].unit), key=lambda way: way[0])
    for cause, (_, rest, alone) in (("zone-heavy", over), ("zone-heavy-edge", below)):
        first = rest[0]
        first.shape = shapely.normalize(shapely.union_all([zone.shape for zone in rest]))
        for zone in rest[1:]:
            first.plots += zone.plots
            first.area = round(first.area + zone.area, 2)
            first.farmland = round(first.farmland + zone.farmland, 2)
            first.sites += zone.sites
            grid.zones.remove(zone)
        grid.note(cause, first.code, alone.code)


def _chained(zones: list[Zone]) -> bool:
    return all(any(one.shape.intersection(other.shape).length > 1 for other in zones if other is not one)
               for one in zones)  # fmt: skip


def _pairs(grid: Grid, cause: str) -> Iterator[tuple[Zone, Zone]]:
    """Neighbours of one village that no mistake has touched."""
    for zones in grid.villages(cause, lambda zones: len(zones) > 1):
        for one in zones:
            for other in zones:
                if one is not other and one.shape.intersection(other.shape).length > 1:
                    yield one, other


def _bite(
    pairs: Iterator[tuple[Zone, Zone]], clear: Callable[[Polygon], bool], area: float, sign: float
) -> _Change:
    """A triangle of about so many m² on the common border of two zones, into the first (sign -1) or the other (1)."""
    for one, other in pairs:
        edge = shapes.longest_edge(one.shape, other.shape)
        if not edge:
            continue
        base = edge if area > edge else 1.0
        changed = shapes.pushed_over(one.shape, other.shape, sign * 2 * area / base, base / edge)
        if changed is None:
            continue
        bite = _largest(changed.symmetric_difference(one.shape))
        home = one.shape if sign < 0 else other.shape
        if 0.8 < bite.area / area < 1.2 and clear(bite) and home.buffer(0.01).contains(bite):
            return one, other, changed
    raise ValueError(f"nowhere to change {area} m²")


def _largest(shape: Polygon | MultiPolygon) -> Polygon:
    """The largest part: vertices on the grid of millimetres leave slivers along an edge."""
    return max(shapely.get_parts(shape), key=lambda part: part.area)


def _borders(grid: Grid, county: County, clear: Callable[[Polygon], bool]) -> None:
    """Gaps and overlaps between zones, on both sides of what is listed; borders that leave the village."""
    for cause, area in (
        ("zone-gap", 100.0), ("zone-gap", 0.3), ("zone-gap-speck", 0.05),
        ("zone-overlap", 100.0), ("zone-overlap", 0.3), ("zone-overlap-speck", 0.05),
    ):  # fmt: skip
        sign = -1.0 if "gap" in cause else 1.0
        one, other, changed = _bite(_pairs(grid, f"{cause} {area}"), clear, area, sign)
        bite = _largest(changed.symmetric_difference(one.shape))
        one.shape = changed
        grid.note(cause, one.code, other.code)
        if area >= _LISTED and sign < 0:
            grid.plan.expect(cause, one.unit + spot(bite), "zone R4002")
        elif area >= _LISTED:
            grid.plan.expect(cause, min(one.code, other.code), "zone R4001", related=max(one.code, other.code))
    outline = shapely.union_all([village.shape for village in county.villages])
    for cause, area in (("zone-short", 100.0), ("zone-short-speck", 0.05)):
        rim = ((zone, dataclasses.replace(zone, shape=outline)) for zones in grid.villages(f"{cause} rim")
               for zone in zones)  # fmt: skip
        zone, _, changed = _bite(rim, clear, area, -1.0)
        bite = _largest(zone.shape.difference(changed))
        zone.shape = changed
        grid.note(cause, zone.code)
        if area >= _LISTED:
            grid.plan.expect(cause, zone.unit, "zone R4005", related=spot(bite))
    for cause, area in (("zone-beyond", 100.0), ("zone-beyond-hair", 0.05)):
        one, other, changed = _bite(_abroad(grid, cause), clear, area, 1.0)
        one.shape = changed
        grid.note(cause, one.code, other.code)
        if area >= _LISTED:
            grid.plan.expect(cause, one.code, "zone R4004")
            grid.plan.expect(cause, min(one.code, other.code), "zone R4001", related=max(one.code, other.code))


def _abroad(grid: Grid, cause: str) -> Iterator[tuple[Zone, Zone]]:
    """Neighbours of two villages."""
    free = grid.villages(cause)
    for zones in free:
        for one in zones:
            for others in free:
                for other in others:
                    if others is not zones and one.shape.intersection(other.shape).length > 1:
                        yield one, other


def _crumbs(grid: Grid, clear: Callable[[Polygon], bool]) -> None:
    """What a cut leaves: a zone of a few m² and one narrower than a metre, which nobody answers for."""
    for cause, rule, length, width in (("zone-crumb", "R3007", 3.2, 2.4), ("zone-strip", "R3008", 40.0, 0.7)):
        for zones in grid.villages(cause, lambda zones: len(zones) == 3):
            free = ((zone, cut) for zone in zones for cut in _strips(zone, length, width) if clear(cut))
            found = next(free, None)
            if found:
                zone, cut = found
                zone.shape = zone.shape.difference(cut)
                grid.note(cause, zone.code)
                crumb = _another(grid, zone, cut)
                grid.plan.expect(cause, crumb.code, f"zone {rule}")
                grid.note(cause, crumb.code)
                break
        else:
            raise ValueError(f"nowhere to leave a {cause}")


def _strips(zone: Zone, length: float, width: float) -> Iterator[Polygon]:
    """Upright rectangles on a raster in a zone."""
    west, south, east, north = zone.shape.bounds
    shapely.prepare(zone.shape)
    for x in range(int(west) + 10, int(east) - 10, 9):
        for y in range(int(south) + 10, int(north) - 10, 9):
            box = shapely.box(x, y, x + length, y + width)
            if zone.shape.contains(box.buffer(1.0)):
                yield box


def _another(grid: Grid, zone: Zone, shape: Polygon, staff: bool = False) -> Zone:
    """One more zone of the village, with the number after its last."""
    last = max(int(other.code[-3:]) for other in grid.of(zone.village))
    code = f"{zone.village}{last + 1:03d}"
    made = dataclasses.replace(
        zone, code=code, name=f"{zone.unit_name}第{last + 1}网格", shape=shape, area=round(shape.area, 2),
        farmland=0.0, plots=0, sites=[shape.representative_point()], staff=staff,
    )  # fmt: skip
    grid.zones.append(made)
    return made


def _cut_plots(grid: Grid, county: County) -> None:
    """Borders that run through a plot: a piece of it in the next zone, or in none; told from 1 m² on."""
    for cause, area, taken in (
        ("zone-through-plot", 200.0, True), ("zone-through-plot", 1.2, True), ("zone-through-plot-hair", 0.8, True),
        ("zone-off-plot", 200.0, False), ("zone-off-plot", 1.2, False),
    ):  # fmt: skip
        one, other, plot, changed = _through(grid, f"{cause} {area}", area)
        piece = _largest(changed.difference(one.shape))
        other.shape = other.shape.difference(changed)
        if taken:
            one.shape = changed
        else:
            grid.plan.expect(cause, other.unit + spot(piece), "zone R4002")
        grid.note(cause, one.code, other.code, plot.key)


def _through(grid: Grid, cause: str, area: float) -> tuple[Zone, Zone, Plot, Polygon]:
    """Two zones, a plot of the other at their border, and the first zone with so many m² of the plot."""
    for one, other in _pairs(grid, cause):
        for plot in _fields(grid, one.village):
            edge = shapes.longest_edge(one.shape, plot.shape)
            if not edge or not other.shape.buffer(0.01).contains(plot.shape):
                continue
            base = edge if area > edge else 2.0
            changed = shapes.pushed_over(one.shape, plot.shape, 2 * area / base, base / edge)
            if changed is None:
                continue
            piece = _largest(changed.difference(one.shape))
            inside = abs(piece.area - area) < 0.1 * area and plot.shape.buffer(0.01).contains(piece)
            if inside and other.shape.difference(changed).geom_type == "Polygon":
                return one, other, plot, changed
    raise ValueError(f"no plot to cut for {cause}")


def _fields(grid: Grid, village: str) -> list[Plot]:
    """The plots of a village that no mistake touches."""
    plan = grid.plan
    return [plot for plot in plan.plots if plot.village.code == village and plan.is_free(plot)]


def _parts(grid: Grid, county: County) -> None:
    """Exclaves: a field of one zone that belongs to another, in one feature and in two under one code."""
    for cause, rule in (("zone-exclave", "R3003"), ("zone-twice", "R9031")):
        one, other, plot = _exclave(grid, cause)
        other.shape = shapely.normalize(other.shape.difference(plot.shape))
        if rule == "R3003":
            one.shape = shapely.normalize(shapely.union_all([one.shape, plot.shape]))
        else:
            grid.zones.append(dataclasses.replace(one, shape=plot.shape, sites=[], staff=False))
        grid.plan.expect(cause, one.code, f"zone {rule}")
        grid.note(cause, one.code, other.code)


def _exclave(grid: Grid, cause: str) -> tuple[Zone, Zone, Plot]:
    for one, other in _pairs(grid, cause):
        for plot in _fields(grid, one.village):
            if not plot.shape.buffer(50).intersects(one.shape) and other.shape.contains(plot.shape.buffer(2.0)):
                return one, other, plot
    raise ValueError(f"no field for {cause}")


def _shapes(grid: Grid, county: County) -> None:
    """A zone without a shape, one that touches itself, one drawn twice."""
    lost = next(
        zone for zones in grid.villages("zone-null", lambda zones: len(zones) == 3) for zone in zones if zone.plots < 25
    )
    grid.plan.expect("zone-null", lost.code, "zone R3001")
    grid.note("zone-null", lost.code)
    lost.staff = False
    tied = next(zone for zones in grid.villages("zone-knot") for zone in zones)
    tied.shape = _knotted(tied.shape)
    grid.plan.expect("zone-knot", tied.code, "zone R3002")
    grid.note("zone-knot", tied.code)
    urban = grid.of(county.urban.code)[0]
    again = _another(grid, urban, urban.shape)
    grid.plan.expect("zone-same-shape", urban.code, "zone R3004", related=again.code)
    grid.note("zone-same-shape", urban.code, again.code)
    # The village is bare there.
    grid.plan.expect("zone-null", lost.unit + spot(lost.shape), "zone R4002")
    lost.shape, lost.sites = None, []


def _knotted(shape: Polygon) -> Polygon:
    """A shape whose border turns a loop of a hand's breadth at one of its corners."""
    ring = list(shape.exterior.coords)
    x, y = ring[5]
    loop = [(round(x + 0.2, 3), round(y + 0.1, 3)), (round(x + 0.1, 3), round(y + 0.2, 3)), (x, y)]
    return Polygon([*ring[:6], *loop, *ring[6:]], [hole.coords for hole in shape.interiors])


def _codes(grid: Grid) -> None:
    """Codes that are missing, or do not begin with that of the unit; units that are another's."""
    nameless = grid.pick("zone-no-code", 1)[0]
    nameless.code, nameless.staff = "", False
    grid.note("zone-no-code", nameless.label)
    grid.plan.expect("zone-no-code", nameless.label, "zone R9030")
    for number, zone in enumerate(grid.pick("zone-prefix", 2), start=1):
        other = next(other for other in grid.zones if other.village[:9] != zone.village[:9])
        zone.code = f"{other.village}9{number:02d}"
        grid.note("zone-prefix", zone.code)
        grid.plan.expect("zone-prefix", zone.code, "zone R9032")
    zone = grid.pick("zone-unit", 1)[0]
    other = next(other for other in grid.zones if other.village[:9] == zone.village[:9] != "" and
                 other.village != zone.village)  # fmt: skip
    zone.unit, zone.unit_name = other.village, other.unit_name
    grid.plan.expect("zone-unit", zone.code, "zone R9032", "zone R4003")
