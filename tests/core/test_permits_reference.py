"""The check of permits against a second one that looks at every pair by itself: no index, no short-cut, no arrays.

It follows DOMAIN §4.4 (4) and §5.3 word by word. Worlds are small and random: identical, nested, touching, overlapping
and multipart shapes, rings, slivers; states, days, kinds and purposes in every mixture, some of them missing.
"""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon
from shapely.affinity import translate

from redline.core.checks import permit_areas, permits
from redline.core.checks import site as precheck
from redline.core.findings import Findings
from redline.core.progress import Progress
from redline.core.result import Result
from redline.tests.core.hand import Row, box, layer

ON = datetime.date(2026, 6, 30)
BEFORE, AFTER = datetime.date(2025, 3, 1), datetime.date(2025, 10, 1)
AREA, SHARE, EDGE, FARMLAND = 10.0, 0.02, 0.5, 1.0
# Amounts this close to a limit may fall on either side by rounding.
CLOSE = 0.05

Shape = Any


class TooClose(Exception):
    """An amount of which rounding decides on which side of a limit it falls."""


def require(clear: bool) -> None:
    if not clear:
        raise TooClose


@dataclass
class Permit:
    """A permit or application as the reference sees it."""

    shape: Shape
    status: str = "批准"
    accepted: datetime.date | None = None
    approved: datetime.date | None = None
    expires: datetime.date | None = None
    kind: str = ""
    purpose: str = ""


@dataclass
class Plot:
    """A plot of basic farmland or of land use; `share` of it is ridges, and its record says `more` than there is."""

    shape: Shape
    share: float = 0.0
    land_class: str = "0101"
    more: float = 0.0

    @property
    def recorded(self) -> float:
        """Its recorded area of basic farmland; of crossed rings nothing is recorded but what they hold."""
        if not self.shape.is_valid:
            return float(shapely.make_valid(self.shape).area * (1 - self.share))
        return round(round(self.shape.area, 2) - round(self.shape.area * self.share, 2) + self.more, 2)


@dataclass
class Change:
    """A change."""

    shape: Shape
    kind: str = "20"
    after: datetime.date | None = AFTER


SERVES = {"20": ("工业用地", "公路用地"), "DL1": ("公路用地",)}


def cells(shape: Shape, covers: list[Shape]) -> list[tuple[frozenset[int], Shape]]:
    """Land of the shape by the exact set of covers over it: every subset by itself."""
    found = []
    for size in range(len(covers) + 1):
        for inside in itertools.combinations(range(len(covers)), size):
            land = shape
            for number, cover in enumerate(covers):
                land = land.intersection(cover) if number in inside else land.difference(cover)
            if land.area > 0:
                found.append((frozenset(inside), land))
    return found


def standing(permit: Permit, change: Change) -> str:
    """What a permit is to a change."""
    if permit.status not in ("批准", ""):
        return "nothing"
    if permit.status == "" and permit.approved is None:
        # Nobody says that it was approved; with a day of acceptance it is an application.
        return "nothing" if permit.accepted else "unknown"
    if permit.approved is None or change.after is None:
        return "unknown"
    if permit.approved > change.after:
        return "late"
    if _later(permit.accepted, permit.approved) or _later(permit.approved, permit.expires):
        # One of both days is wrong.
        return "unknown"
    if permit.kind != "临时用地" and permit.expires is not None and permit.expires < change.after:
        # It had lapsed before the earlier image, or nobody knows whether the works had begun in time.
        return "nothing" if permit.expires < BEFORE else "unknown"
    if permit.expires is not None:
        return "expired" if permit.expires < change.after else "covers"
    if permit.kind == "临时用地":
        limit = permit.approved.replace(year=permit.approved.year + 4)
        return "expired" if limit < change.after else "unknown"
    return "covers"


def _later(one: datetime.date | None, other: datetime.date | None) -> bool:
    return one is not None and other is not None and one > other


def counted(lands: list[Shape]) -> float:
    """Area of the parts of a union that are somewhere wider than the edge tolerance."""
    whole = shapely.unary_union(lands)
    parts = list(getattr(whole, "geoms", [whole]))
    return float(sum(part.area for part in parts if not part.buffer(-EDGE / 2, join_style="mitre").is_empty))


def judge(change: Change, grants: list[Permit], asked: list[Permit], plots: list[Plot]) -> dict[str, Any]:
    """Labels and areas of a change. Raises TooClose where an amount is too close to a limit."""
    due = max(AREA, SHARE * change.shape.area)
    lands: dict[str, list[Shape]] = {"covered": [], "doubtful": [], "expired": [], "bare": [], "misused": []}
    for inside, land in cells(change.shape, [one.shape for one in grants]):
        ways = {number: standing(grants[number], change) for number in inside}
        if "covers" in ways.values():
            lands["covered"].append(land)
            fitting = [
                grants[number] for number, way in ways.items()
                if way == "covers" and not (
                    change.kind in SERVES and grants[number].purpose and grants[number].purpose
                    not in SERVES[change.kind]
                )
            ]  # fmt: skip
            if not fitting:
                lands["misused"].append(land)
        elif "unknown" in ways.values():
            lands["doubtful"].append(land)
        else:
            lands["bare"].append(land)
            if "expired" in ways.values():
                lands["expired"].append(land)
    amount = {name: counted(several) for name, several in lands.items()}
    expired_or_covered = counted(lands["covered"] + lands["expired"])
    beyond = amount["bare"] - amount["expired"]
    for value in (amount["bare"], beyond, amount["expired"], amount["misused"], amount["doubtful"]):
        require(abs(value - due) > CLOSE)
    applications = asked + [one for one in grants if not _granted(one) or standing(one, change) == "late"]
    bare = shapely.unary_union(lands["bare"])
    on_it = [one for one in applications if _meets(bare, one.shape)]
    known = [_asked(one, change) for one in on_it]
    labels = set()
    building = change.kind not in ("1", "2")
    if building and amount["bare"] > due and beyond > due:
        if "yes" in known:
            labels.add("under_application")
        elif "perhaps" in known:
            labels.add("unknown")
        else:
            labels.add("exceeds_permit" if expired_or_covered > 0 else "no_permit")
    labels |= {"temporary_expired"} if building and amount["expired"] > due else set()
    labels |= {"use_changed"} if building and amount["misused"] > due else set()
    labels |= {"unknown"} if building and amount["doubtful"] > due else set()
    if not labels:
        permitted = {"permitted"} if sum(land.area for land in lands["covered"]) > 0.01 else set()
        labels = permitted if building else {"no_construction"}
    farmland, wide = _farmland(change.shape, plots)
    require(abs(farmland - FARMLAND) > CLOSE)
    if wide and farmland > FARMLAND and change.kind != "1":
        labels.add("on_farmland")
    # A small change without any permit is not legal, but less than counts.
    labels = labels or {"too_small"}
    return {
        "labels": ";".join(label for label in permits.LABELS if label in labels),
        "permitted_area": sum(land.area for land in lands["covered"]),
        "uncovered_area": sum(land.area for land in lands["bare"]),
        "unknown_area": sum(land.area for land in lands["doubtful"]),
        "farmland_area": farmland,
    }


def _meets(land: Shape, shape: Shape) -> bool:
    shared = land.intersection(shape)
    require(abs(shared.area - FARMLAND) > CLOSE)
    parts = [part for part in getattr(shared, "geoms", [shared]) if part.area > 0]
    return shared.area > FARMLAND and any(not part.buffer(-EDGE / 2, join_style="mitre").is_empty for part in parts)


def _granted(permit: Permit) -> bool:
    """It is no application any more, or nobody says that it is one."""
    return permit.status == "批准" or (permit.status == "" and (permit.approved is not None or not permit.accepted))


def _asked(one: Permit, change: Change) -> str:
    """Had it been applied for by then: yes, no, perhaps."""
    if one.status in ("驳回", "失效"):
        return "no"
    if one.accepted is None or change.after is None or _later(one.accepted, one.approved):
        return "perhaps"
    return "yes" if one.accepted <= change.after else "no"


def _farmland(shape: Shape, plots: list[Plot]) -> tuple[float, bool]:
    """Basic farmland by the recorded-area rule, of plots on one another that of the first; is it wide anywhere?"""
    total, free, taken = 0.0, shape, []
    for plot in plots:
        ground = shapely.make_valid(plot.shape)
        mine = free.intersection(ground)
        free = free.difference(ground)
        taken.append(shape.intersection(ground))
        whole = mine.area >= ground.area * (1 - 1e-7)
        total += plot.recorded if whole else mine.area * (1 - plot.share)
    joint = shapely.unary_union(taken)
    return total, counted([joint]) > 0 if not joint.is_empty else False


# Worlds

corner = st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 6), st.integers(1, 6))
noise = st.sampled_from([0.0, 0.0, 0.0, 1e-4, 0.3, 3.7])


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    x, y, width, height = (10.0 * number for number in draw(corner))
    off = draw(noise)
    whole = box(x + off, y, width, height)
    west, south, east, north = whole.bounds
    kind = draw(st.sampled_from(["box", "box", "triangle", "ring", "parts", "slope", "strip"]))
    if kind == "triangle":
        return Polygon([(west, south), (east, south), (west, north)])
    if kind == "slope":
        return Polygon([(west, south), (east, south + 3.3), (east + 1.7, north), (west - 2.1, north - 0.7)])
    if kind == "ring" and min(width, height) > 20:
        return whole.difference(shapely.box(west + 7, south + 7, east - 7, north - 7))
    if kind == "parts":
        return MultiPolygon([whole, shapely.box(east + 10, south, east + 25, south + 10)])
    if kind == "strip":
        return shapely.box(west, south, west + draw(st.sampled_from([0.4, 0.6])), north)
    return whole


days = st.sampled_from([
    datetime.date(2020, 5, 1), datetime.date(2024, 6, 1), datetime.date(2025, 6, 1), datetime.date(2025, 12, 1), None,
])  # fmt: skip
grants = st.builds(
    Permit, shapes(), st.sampled_from(["批准", "批准", "批准", "上报", "驳回", "失效", ""]), days, days, days,
    st.sampled_from(["", "", "临时用地"]), st.sampled_from(["", "工业用地", "公路用地"]),
)  # fmt: skip
requests = st.builds(Permit, shapes(), st.sampled_from(["受理", "上报", "驳回"]), days)
ridges, mores = st.sampled_from([0.0, 0.08, 0.25]), st.sampled_from([0.0, 7.03])
fields = st.builds(Plot, shapes(), ridges, st.just("0101"), mores)
parcels = st.builds(
    Plot, shapes(), st.sampled_from([0.0, 0.1]), st.sampled_from(["0101", "0103", "0201", "0702", "1101"])
)
kinds = st.sampled_from(["20", "20", "DL1", "DT", "1", "2"])
changes = st.builds(Change, shapes(), kinds, st.sampled_from([AFTER, AFTER, None]))


def day(value: datetime.date | None) -> str | None:
    return None if value is None else value.strftime("%Y%m%d")


def run(
    sites: list[Change], given_permits: list[Permit], asked: list[Permit], plots: list[Plot], survey: list[Plot]
) -> Result:
    """The check itself, on layers as they are read."""
    rows: dict[str, list[Row]] = {
        "violation": [
            {"JCBH": f"V{n}", "XZQDM": "990101", "XMC": "示范县", "TBLX": one.kind, "QSX": day(BEFORE),
             "HSX": day(one.after), "MJ": 1.0, "geometry": one.shape} for n, one in enumerate(sites)
        ],
        "permit": [_row(f"P{n}", one) for n, one in enumerate(given_permits)],
        "application": [_row(f"A{n}", one) for n, one in enumerate(asked)],
        "farmland": plot_rows(plots),
        "landuse": [
            {"BSM": f"{n:03d}", "TBBH": f"{n:03d}", "ZLDWDM": "9901010010010000000", "DLBM": one.land_class,
             "KCXS": one.share, "TBMJ": round(one.shape.area, 2), "geometry": one.shape} for n, one in enumerate(survey)
        ],
    }  # fmt: skip
    findings = Findings("zh")
    frames = {
        name: layer({"farmland": "map"}.get(name, name), some, findings) for name, some in rows.items() if some
    }
    return permits.check(frames, findings, permits.Settings(ON), Progress())


def plot_rows(plots: list[Plot]) -> list[Row]:
    """Plots of basic farmland as their layer has them."""
    return [
        {"YJJBNTTBBH": f"F{n:03d}", "XZQDM": "990101001001", "DLBM": "0103", "YJJBNTTBMJ": round(one.shape.area, 2),
         "KCXS": one.share, "KCMJ": round(one.shape.area * one.share, 2),
         "YJJBNTMJ": one.recorded if one.shape.is_valid else 0.0, "geometry": one.shape} for n, one in enumerate(plots)
    ]  # fmt: skip


def _row(key: str, one: Permit) -> Row:
    return {
        "DKBH": key, "XZQDM": "990101001001", "DKYTMC": one.purpose, "YWLX": one.kind, "DKZT": one.status,
        "SLRQ": day(one.accepted), "PZRQ": day(one.approved), "YXQ": day(one.expires),
        "DKMJ": round(one.shape.area, 2), "geometry": one.shape,
    }  # fmt: skip


World = tuple[list[Change], list[Permit], list[Permit], list[Plot], list[Plot]]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Mostly by chance, which hardly ever covers a change; else one of its permits lies on all of a change."""
    sites = draw(st.lists(changes, min_size=1, max_size=2))
    held = draw(st.lists(grants, min_size=1, max_size=3))
    if draw(st.booleans()):
        shape = draw(st.sampled_from([sites[0].shape, sites[0].shape.envelope]))
        ends = draw(st.sampled_from([None, None, datetime.date(2025, 6, 1)]))
        approved = datetime.date(2024, 6, 1)
        held[0] = replace(held[0], shape=shape, status="批准", accepted=None, approved=approved, expires=ends)
        sites[0] = replace(sites[0], kind=draw(st.sampled_from(["20", "DL1", "DL1"])))
    return (
        sites, held, draw(st.lists(requests, min_size=1, max_size=2)),
        draw(st.lists(fields, min_size=1, max_size=3)), draw(st.lists(parcels, min_size=1, max_size=3)),
    )  # fmt: skip


def apart(several: list[World]) -> list[World]:
    """The worlds beside one another, where none means anything to the others; far from the meridian areas in the plane
    would be others than on the ellipsoid."""
    return [
        tuple([replace(one, shape=translate(one.shape, 200.0 * number)) for one in some] for some in world)
        for number, world in enumerate(several)
    ]  # type: ignore[misc]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(worlds(), min_size=1, max_size=9))
def test_it_judges_as_the_reference_does(several: list[World]) -> None:
    """Many worlds at once: the check takes little longer for nine than for one."""
    several = apart(several)
    result = run(*([one for some in layer for one in some] for layer in zip(*several)))
    rows = {row["key"]: row for row in result.tables["VIOLATIONS_OUT"].to_dict("records")}
    pieces = result.tables["PIECES"]
    sites = [(site, world) for world in several for site in world[0]]
    for number, (site, (_, given_permits, asked, plots, survey)) in enumerate(sites):
        row = rows[f"V{number}"]
        try:
            expected = judge(site, given_permits, asked, plots)
        except TooClose:
            continue
        assert row["labels"] == expected.pop("labels")
        assert {name: row[name] for name in expected} == pytest.approx(expected, abs=0.05)
        mine = pieces[pieces["violation"] == f"V{number}"]
        assert round(mine["area"].sum(), 2) == row["area"] == pytest.approx(site.shape.area, abs=0.006)
        assert round(mine["farmland_area"].sum(), 2) == pytest.approx(row["farmland_area"], abs=1e-6)
        drawn = mine["geometry"].to_numpy()
        assert shapely.unary_union(drawn).symmetric_difference(site.shape).area < 1e-5
        for one, other in itertools.combinations(drawn, 2):
            assert one.intersection(other).area < 1e-6
        _compare_classes(row, site, survey)


@settings(max_examples=25, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(
    st.lists(changes, min_size=2, max_size=5), st.lists(grants, min_size=2, max_size=5), st.lists(requests, max_size=2),
    st.lists(fields, min_size=1, max_size=4), st.lists(parcels, min_size=1, max_size=4), st.sampled_from([1, 2]),
)  # fmt: skip
def test_blocks_of_extent_change_nothing(
    sites: list[Change], given_permits: list[Permit], asked: list[Permit], plots: list[Plot], survey: list[Plot],
    size: int,
) -> None:  # fmt: skip
    whole = run(sites, given_permits, asked, plots, survey)
    with mock.patch.object(permit_areas, "BLOCK", size), mock.patch.object(permit_areas, "PIECES", 1):
        apart = run(sites, given_permits, asked, plots, survey)
    assert list(whole.tables) == list(apart.tables)
    for name, table in whole.tables.items():
        columns = [column for column in table.columns if column != "geometry"]
        pd.testing.assert_frame_equal(table[columns], apart.tables[name][columns], obj=name)
        if "geometry" in table:
            drawn = [one.tables[name]["geometry"].to_numpy() for one in (whole, apart)]
            assert shapely.area(shapely.symmetric_difference(*drawn)).max(initial=0.0) < 1e-6
    told = [one.findings.frame().drop(columns="geometry") for one in (whole, apart)]
    pd.testing.assert_frame_equal(*told)


def _compare_classes(row: dict[str, Any], site: Change, survey: list[Plot]) -> None:
    """Areas by class: of parcels on one another that of the first number counts; they add up to the change's own."""
    big = {"01": "agricultural", "02": "agricultural", "07": "construction", "11": "unused"}
    sums = dict.fromkeys(big.values(), 0.0)
    cultivated, free = 0.0, site.shape
    for parcel in survey:
        land = free.intersection(parcel.shape).area
        free = free.difference(parcel.shape)
        sums[big[parcel.land_class[:2]]] += land
        cultivated += land * (1 - parcel.share) if parcel.land_class.startswith("01") else 0.0
    assert {name: row[f"{name}_area"] for name in sums} == pytest.approx(sums, abs=0.05)
    assert row["cultivated_area"] == pytest.approx(cultivated, abs=0.05)
    whole = round(sum(row[f"{name}_area"] for name in (*sums, "unclassified")), 2)
    assert whole == pytest.approx(row["area"], abs=1e-6)


# What permits are used for and lie on

spans = st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 3), st.integers(1, 3))
states, classes = st.sampled_from(["批准", "上报", "驳回", ""]), st.sampled_from(["0101", "0702", "1101"])
nudges = st.sampled_from([0.0, 0.0, 0.0, 1e-9, 1e-4, 0.3])


@st.composite
def tilings(draw: st.DrawFn) -> list[Plot]:
    """Farmland drawn as people draw it: tiles with some missing, some twice, some moved, some with a vertex more on a
    border than their neighbour, some in one plot, nested, overlapping, with holes, and of crossed rings; with ridges,
    and with a record that says more."""
    tiles = [box(x * 20.0, y * 20.0, 20, 20) for x in range(5) for y in range(5)]
    kept = draw(st.lists(st.sampled_from(tiles), min_size=1, max_size=25))
    if draw(st.booleans()):
        kept += tiles
    ways = st.sampled_from(["as it is"] * 12 + ["vertex", "moved", "hole", "nested", "large", "far", "bow"])
    return [Plot(_drawn(tile, draw(ways), draw(nudges)), draw(ridges), more=draw(mores)) for tile in kept[:30]]


def _drawn(tile: Shape, way: str, off: float) -> Shape:
    west, south, east, north = tile.bounds
    middle = shapely.box(west + 5, south + 5, west + 15, south + 15)
    more = [(west, south), (east, south), (east + off, south + 7.3), (east, north), (west, north)]
    drawn = {
        "vertex": Polygon(more), "moved": shapely.box(west + off, south, east + off, north),
        "hole": tile.difference(middle), "nested": middle,
        "large": shapely.box(west, south, east + 20, north + 20 + off),
        "far": MultiPolygon([tile, shapely.box(west + 40, south, east + 40, north)]),
        "bow": Polygon([(west, south), (east, north), (east, south), (west, north)]),
    }  # fmt: skip
    return drawn.get(way, tile)


@st.composite
def grounds(draw: st.DrawFn) -> Shape:
    """A permit's land: on borders of tiles, beside them by a little, round, in parts, around a hole."""
    x, y, width, height = (20.0 * number for number in draw(spans))
    off = draw(st.sampled_from([0.0, 0.0, 1e-9, 1e-4, 0.3, 7.1]))
    whole = box(x + off, y + off, width, height)
    west, south, east, north = whole.bounds
    kind = draw(st.sampled_from(["box", "box", "round", "ring", "parts", "triangle"]))
    if kind == "round":
        return whole.centroid.buffer(width / 2)
    if kind == "ring":
        return whole.difference(shapely.box(west + 4, south + 4, east - 4, north - 4))
    if kind == "parts":
        return MultiPolygon([whole, shapely.box(east + 20, south, east + 30, south + 10)])
    if kind == "triangle":
        return Polygon([(west, south), (east, south), (west, north)])
    return whole


@settings(max_examples=40, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(
    st.lists(st.builds(Change, grounds(), kinds), min_size=1, max_size=3),
    st.lists(st.builds(Permit, grounds(), states, days, days), min_size=1, max_size=4), tilings(),
    st.lists(st.builds(Plot, grounds(), st.just(0.0), classes), min_size=1, max_size=3),
)  # fmt: skip
def test_it_measures_permits_as_the_reference_does(
    sites: list[Change], given_permits: list[Permit], fields: list[Plot], survey: list[Plot]
) -> None:
    result = run(sites, given_permits, [Permit(box(0, 0, 1, 1), "驳回")], fields, survey)
    rows = {row["key"]: row for row in result.tables["PERMITS_OUT"].to_dict("records")}
    told = result.findings.frame().query("rule == 'R7016'").set_index("key")["difference"]
    changed = [one.shape for one in sites if one.kind not in ("1", "2")]
    built = [one.shape for one in survey if one.land_class == "0702"]
    used = shapely.unary_union(changed + built)
    for number, one in enumerate(given_permits):
        row = rows[f"P{number}"]
        taken = one.shape.intersection(used).area
        lies, wide = (0.0, False) if one.status == "驳回" else _farmland(one.shape, fields)
        assert row["used_area"] == pytest.approx(taken, abs=0.05)
        assert row["used_share"] == pytest.approx(taken / one.shape.area, abs=1e-4)
        assert row["farmland_area"] == pytest.approx(lies, abs=0.05)
        if abs(lies - FARMLAND) > CLOSE:
            assert (f"P{number}" in told.index) == (wide and lies > FARMLAND)
        assert told.get(f"P{number}", row["farmland_area"]) == row["farmland_area"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(st.lists(grounds(), min_size=1, max_size=4), tilings(), st.lists(grounds(), max_size=3))
def test_the_same_land_is_the_same_farmland_as_change_as_permit_and_as_site(
    grounds: list[Shape], fields: list[Plot], others: list[Shape]
) -> None:
    """To the cent, whatever else lies there; and as the reference has it."""
    far = [Permit(box(9000, 0), "批准")]
    changed = run([Change(one) for one in grounds], far, [], fields, [])
    permitted = run([Change(box(9000, 0))], [Permit(one) for one in grounds], [], fields, [])
    findings = Findings("zh")
    rows = {
        "site": [{"XMBH": f"S{n}", "geometry": one} for n, one in enumerate(grounds)],
        "map": plot_rows(fields),
        "permit": [_row(f"P{n}", Permit(one)) for n, one in enumerate(others)],
    }
    frames = {name: layer(name, some, findings) for name, some in rows.items() if some}
    proposed = precheck.check(frames, findings, precheck.Settings(most=0.0), Progress())
    summary, pieces = (proposed.tables[name] for name in ("SUMMARY_TABLE", "PIECES"))
    for number, one in enumerate(grounds):
        lines = summary[(summary["site"] == f"S{number}") & (summary["theme"] == "farmland")]
        said = round(lines["farmland_area"].sum(), 2)
        assert said == pytest.approx(_farmland(one, fields)[0], abs=0.05)
        mine = pieces[pieces["site"] == f"S{number}"]
        assert round(mine["farmland_area"].sum(), 2) == said
        by_plot = mine.groupby("farmland")[["area", "farmland_area"]].sum().round(2)
        assert by_plot.to_dict("index") == {
            row["name"]: {"area": row["area"], "farmland_area": row["farmland_area"]}
            for row in lines.to_dict("records")
        }
        for result, table, key in ((changed, "VIOLATIONS_OUT", "V"), (permitted, "PERMITS_OUT", "P")):
            found = result.tables[table].set_index("key")["farmland_area"]
            assert found[f"{key}{number}"] == said
