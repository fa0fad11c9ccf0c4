"""Changes and permits just below and just above each line of the law and each tolerance, and labels that are rare."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import shapely
from shapely.geometry import Polygon

from redline.tools.demo import areas
from redline.tools.demo.building_zones import ALLOWED, ON_CONDITION, ROOM
from redline.tools.demo.county import Plot, Unit
from redline.tools.demo.dice import Dice
from redline.tools.demo.enforcement import AFTER, Scene, Sites, beside, part, rectangle

_MU = 200_000 / 3  # hundredths of a m²
_LONG_AGO = {"PZRQ": "20230110", "SLRQ": "20220101"}
_TEMPORARY = {"YWLX": "临时用地", "SLRQ": "20240801", "PZRQ": "20240901", "YXQ": "20260831"}


def plant(scene: Scene, sites: Sites) -> None:
    """Plant all of them, and note in the plan what a perfect audit says of them."""
    fields = _Fields(scene)
    _days(scene, sites)
    _no_construction(scene, sites, fields)
    _small(scene, sites)
    _farmland(scene, fields)
    _bars(scene, sites, fields)
    _use(scene, sites)
    _papers(scene, sites)
    _plan(scene, sites)


class _Fields:
    """Gives out protected plots that no mistake touches, without ridges, each once; patrols and signs may use them."""

    def __init__(self, scene: Scene) -> None:
        self._plan, self._tree = scene.plan, shapely.STRtree([plot.shape for plot in scene.plan.plots])
        free = [plot for plot in scene.plan.plots if plot.factor == 0 and plot.shape.geom_type == "Polygon"]
        self._muddled = _muddled(scene)
        self._rest = Dice("limits", "fields").shuffled([plot for plot in free if scene.plan.is_free(plot)])

    def inside(self, width: float, height: float) -> tuple[Plot, Polygon]:
        """A rectangle inside a plot."""
        return self._first(lambda plot: rectangle(plot.shape, width, height))

    def over_border(self, depth: float, width: float) -> tuple[Plot, Polygon]:
        """A rectangle beside a plot that reaches so far into it over so many metres."""
        return self._first(
            lambda plot: beside(plot, self._tree, depth, width) if plot.village.code[:9] in self._muddled else None
        )

    def _first(self, shape_of: Callable[[Plot], Polygon | None]) -> tuple[Plot, Polygon]:
        for place, plot in enumerate(self._rest):
            shape = shape_of(plot)
            if shape is not None:
                del self._rest[place]
                return plot, shape
        raise ValueError("no plot has room")


def _muddled(scene: Scene) -> set[str]:
    """The townships where a part of a change is illegal: its area is rounded piece by piece. Other changes of several
    pieces belong there as well, so that elsewhere a ratio can lie exactly on its line."""
    parted = {one.key for one in scene.plan.expected if one.rule == "R7003"}
    points = [row["geometry"].centroid for row in scene.found.violations if row["JCBH"] in parted]
    return {town.code for town in scene.plan.county.townships if any(town.shape.contains(point) for point in points)}


def _days(scene: Scene, sites: Sites) -> None:
    """On the day of the image, and the day after; days that are missing or reversed."""
    for approved, cause, rules in (
        (AFTER, "permit-same-day", ()), ("20251002", "change-approved-late", ("R7002",)),
    ):  # fmt: skip
        village, shape = sites.spare(26.0, 21.0)
        scene.change(cause, shape, *rules)
        scene.permit(cause, village, shape, PZRQ=approved, SLRQ="20250801")
    for accepted, cause, rule in ((AFTER, "change-applied", "R7002"), ("20251002", "change-applied-late", "R7001")):
        village, shape = sites.spare(25.0, 22.0)
        scene.change(cause, shape, rule)
        scene.application(cause, village, shape, SLRQ=accepted)
    village, shape = sites.spare(24.0, 23.0)
    scene.change("temporary-last-day", shape)
    scene.permit("temporary-last-day", village, shape, **{**_TEMPORARY, "YXQ": AFTER})
    village, shape = sites.spare(23.0, 22.0)
    scene.change("temporary-endless", shape, "R7007", "R7063")
    key = scene.permit("temporary-endless", village, shape, **{**_TEMPORARY, "YXQ": ""})
    scene.plan.expect("temporary-endless", key, "permit R7020", related="expires")
    for before, cause, rules in (
        ("20251001", "images-same-day", ()), ("20251002", "images-reversed", ("R7007", "R7021", "R7063")),
        ("20260101", "images-reversed", ("R7007", "R7021", "R7063")),
    ):  # fmt: skip
        village, shape = sites.spare(25.0, 21.0)
        scene.change(cause, shape, *rules, QSX=before)
        scene.permit(cause, village, shape)
    village, shape = sites.spare(24.0, 21.0)
    scene.permit("permit-reversed", village, shape, "R7021", SLRQ="20250116")
    village, shape = sites.spare(24.0, 21.0)
    scene.permit("permit-reversed", village, shape, "R7021", **{**_TEMPORARY, "YXQ": "20240831"})


def _no_construction(scene: Scene, sites: Sites, fields: _Fields) -> None:
    """Fields, gardens, water and farm tracks need no permit; of basic farmland only fields may be made."""
    for kind in ("1", "2", "SM", "ND"):
        scene.change("change-no-construction", sites.spare(30.0, 22.0)[1], TBLX=kind)
    for kind in ("2", "3", "KT"):
        scene.change("change-garden-on-farmland", fields.inside(24.0, 18.0)[1], "R7010", TBLX=kind, SFYN="是")
    scene.change("change-field-on-farmland", fields.inside(24.0, 18.0)[1], TBLX="1", SFYN="是")


def _small(scene: Scene, sites: Sites) -> None:
    """Around 10 m², around 0.5 m of border, and around 1 m² of two changes."""
    for side in (3.0, 3.12):
        scene.change("within-ten-square-metres", sites.spare(side, side)[1])
    # 40 × 20 m: 2 % are 16 m², more than which is a strip of 0.45 m along the long side; only it is too narrow.
    for beyond, cause in ((0.45, "narrow-beyond"), (0.6, "beyond-tolerance")):
        village, shape = next(site for site in _spare(sites, 40.0, 20.0) if site[0].code[:9] in _muddled(scene))
        west, south, east, north = shape.bounds
        scene.change(cause, shape, *(["R7003"] if beyond > 0.5 else []))
        scene.permit(cause, village, shapely.box(west, south, east, north - beyond))
    for deep, cause in ((0.9, "changes-touch"), (1.1, "changes-overlap"), (8.0, "changes-overlap")):
        west, south, east, north = sites.spare(44.0, 20.0)[1].bounds
        middle = west + 24.0
        # They share a corner of 1 m by so much.
        first = scene.change(cause, shapely.box(west, south, middle, north - 9.0), "R7001")
        second = scene.change(cause, shapely.box(middle - 1.0, north - 9.0 - deep, east, north), "R7001")
        if deep > 1:
            scene.plan.expect(cause, first, "violation R7019", related=second)


def _farmland(scene: Scene, fields: _Fields) -> None:
    """Around 1 m² of basic farmland, 1.2 m wide: changes, permits and temporary uses; and two more of each inside."""
    for depth in (0.75, 0.9):
        over = depth > 0.8
        for _ in range(2 if over else 1):
            _, shape = fields.over_border(depth, 1.2)
            cause = "metre-on-farmland" if over else "speck-on-farmland"
            scene.change(cause, shape, "R7001", *(["R7010"] if over else []))
        plot, shape = fields.over_border(depth, 1.2)
        cause = "permit-on-farmland" if over else "permit-speck-on-farmland"
        scene.permit(cause, plot.village, shape, *(["R7016"] if over else []))
        plot, shape = fields.over_border(depth, 1.2)
        cause = "temporary-on-farmland" if over else "permit-speck-on-farmland"
        scene.permit(cause, plot.village, shape, *(["R7013"] if over else []), **_TEMPORARY)
    plot, shape = fields.inside(26.0, 18.0)
    scene.permit("permit-on-farmland", plot.village, shape, "R7016")
    plot, shape = fields.inside(26.0, 18.0)
    scene.permit("temporary-on-farmland", plot.village, shape, "R7013", **_TEMPORARY)


def _bars(scene: Scene, sites: Sites, fields: _Fields) -> None:
    """Around 5 亩 of basic farmland and 10 亩 of other cultivated land, from which a report is due."""
    for height in (55.5, 55.6, 57.0):
        _, shape = fields.inside(60.0, height)
        over = _passes(areas.cents(shape), 5, near=height < 56)
        cause = "change-five-mu" if over else "change-under-five-mu"
        scene.change(cause, shape, "R7001", "R7010", *(["R7022"] if over else []), SFYN="是")
    for height in (79.35, 79.45, 80.5, 82.0):
        shape = _tilled(scene, sites, 84.0, height, ridges=False)
        over = _passes(scene.survey.cultivated(shape)[0], 10, near=height < 80)
        cause = "change-ten-mu" if over else "change-under-ten-mu"
        scene.change(cause, shape, "R7001", *(["R7022"] if over else []))
    # More than 10 亩 of land, but less without its ridges.
    shape = _tilled(scene, sites, 84.0, 82.0, ridges=True)
    if areas.cents(shape) < 10 * _MU or _passes(scene.survey.cultivated(shape)[0], 10):
        raise ValueError("ridges that change nothing")
    scene.change("change-under-ten-mu", shape, "R7001")


def _passes(cents: int, bar: int, near: bool = False) -> bool:
    """Is it so many 亩? Where it is to be `near` them, it has to be within 6 m²."""
    if near and abs(cents - bar * _MU) > 600:
        raise ValueError(f"{cents} is not near {bar} 亩")
    return cents >= bar * _MU


def _tilled(scene: Scene, sites: Sites, width: float, height: float, ridges: bool) -> Polygon:
    """A rectangle of one parcel of other cultivated land, with ridges of a tenth or without."""
    for _, shape in _spare(sites, width, height):
        parcel = scene.survey.at(shape)
        fits = parcel.factor > 1_000 if ridges else parcel.factor == 0
        if fits and parcel.land_class.startswith("01") and scene.survey.cultivated(shape)[1]:
            return shape
    raise ValueError("no such land")


def _spare(sites: Sites, width: float, height: float) -> Iterator[tuple[Unit, Polygon]]:
    """One site after the other."""
    while True:
        yield sites.spare(width, height)


def _use(scene: Scene, sites: Sites) -> None:
    """How much of a permit is used: around nothing, a third and all; and around two years."""
    for share in (0.5, 0.65, 0.8):
        village, shape = sites.spare(36.0, 24.0)
        scene.change("permit-partly-used", part(shape, share))
        scene.permit("permit-partly-used", village, shape)
    # 40 × 20 m: up to 16 m² are as good as nothing.
    for built, cause in (
        (0.7, "permit-hardly-used"), (0.9, "permit-partly-used"), (39.1, "permit-partly-used"),
        (39.3, "permit-nearly-used"),
    ):  # fmt: skip
        village, shape = sites.spare(40.0, 20.0)
        scene.change(cause, part(shape, built / 40.0))
        scene.permit(cause, village, shape)
    for share, cause in ((0.332, "permit-third"), (0.335, "permit-over-third"), (0.5, "permit-over-third")):
        village, shape = sites.spare(40.0, 30.0)
        rules = ["R7080"] if share > 1 / 3 else ["R7004", "R7080"]
        scene.change(cause, part(shape, share))
        scene.permit(cause, village, shape, *rules, **_LONG_AGO)
    for approved, cause in (("20240629", "permit-idle"), ("20240630", "permit-not-yet-idle")):
        village, shape = sites.spare(30.0, 21.0)
        rules = ["R7004", "R7080"] if cause == "permit-idle" else []
        scene.permit(cause, village, shape, *rules, PZRQ=approved, SLRQ="20220101")


def _papers(scene: Scene, sites: Sites) -> None:
    """Around 10 m² and 0.5 m of two permits, and around 0.5 % and 1 m² of a permit's area."""
    # Width and depth of what they share.
    for wide, deep, cause in (
        (0.6, 16.0, "permits-touch"), (0.4, 30.0, "permits-touch"), (0.7, 16.0, "permits-overlap"),
        (5.0, 20.0, "permits-overlap"),
    ):  # fmt: skip
        village, shape = sites.spare(44.0, deep)
        west, south, east, north = shape.bounds
        one, other = shapely.box(west, south, west + 24.0, north), shapely.box(west + 24.0 - wide, south, east, north)
        first = scene.permit(cause, village, one, PZRQ="20250801")
        second = scene.permit(cause, village, other, PZRQ="20250801")
        if cause == "permits-overlap":
            scene.plan.expect(cause, first, "permit R7011", related=second)
    village, shape = sites.spare(30.0, 20.0)
    for kind in ("农用地转用", "土地征收"):
        scene.permit("permits-two-steps", village, shape, YWLX=kind)
    # Half of a hundredth of 600 m² are 3 m²; of 100 m² it is 1 m² that counts.
    for side, more, cause in (
        (30.0, 2.8, "permit-area-near"), (30.0, 3.3, "permit-area"), (5.0, 0.9, "permit-area-near"),
        (5.0, 1.1, "permit-area"),
    ):  # fmt: skip
        village, shape = sites.spare(side, 20.0)
        rules = ["R7017"] if cause == "permit-area" else []
        scene.permit(cause, village, shape, *rules, DKMJ=round(areas.cents(shape) / 100 + more, 2))


def _plan(scene: Scene, sites: Sites) -> None:
    """Permits outside the plan's building zones: wholly, and around 2 % and 0.5 m; and what the plan lets build."""
    planned = scene.found.planned
    for key in {one.key for one in scene.plan.expected if one.rule == "R7016"}:
        row = next(row for row in scene.found.permits if row["DKBH"] == key)
        if areas.cents(row["geometry"]) > 10_000:
            # Zones never hold a plot.
            scene.plan.expect("permit-on-farmland", key, "permit R7012")
    for width in (30.0, 36.0):
        village, shape = sites.spare(width, 22.0)
        planned[scene.permit("permit-outside-plan", village, shape, "R7012")] = None
    # 40 × 20 m: 2 % are 16 m².
    for beyond, along, cause in (
        (0.7, "east", "permit-plan-edge"), (0.9, "east", "permit-outside-plan"), (0.45, "north", "permit-plan-edge"),
        (0.6, "north", "permit-outside-plan"),
    ):  # fmt: skip
        village, shape = sites.spare(40.0, 20.0)
        rules = ["R7012"] if cause == "permit-outside-plan" else []
        west, south, east, north = shape.bounds
        zone = shapely.box(
            west - ROOM, south - ROOM, east - beyond if along == "east" else east + ROOM,
            north - beyond if along == "north" else north + ROOM,
        )  # fmt: skip
        planned[scene.permit(cause, village, shape, *rules)] = (ALLOWED, zone)
    for _ in range(3):
        village, shape = sites.spare(28.0, 22.0)
        key = scene.permit("permit-on-condition", village, shape)
        planned[key] = (ON_CONDITION, shape.buffer(ROOM, join_style="mitre"))
