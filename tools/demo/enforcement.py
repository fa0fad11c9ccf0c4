"""Changes that the monitoring found, permits and applications: what is legal, what is not, and what the papers hide."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import Polygon

from redline.tools.demo import areas, layers, people
from redline.tools.demo.county import County, Plot, Unit
from redline.tools.demo.dice import Dice
from redline.tools.demo.landuse import Survey
from redline.tools.demo.papers import Row
from redline.tools.demo.plan import Plan

FILE = "执法与审批.gpkg"
LAYERS = {
    "JCTB": "卫片监测图斑", "ZZ_NYDZYFW": "农用地转用审批范围", "SQYD": "用地申请", "JSYDGZQ": "建设用地管制区",
}  # fmt: skip
BEFORE, AFTER = "20250301", "20251001"
ACCEPTED, APPROVED = "20240905", "20250115"
SUPPLIED = 8
PARTS = (0.5, 0.75, 0.979, 0.981)
"""What contracts supply of the land of four permits: three in part, one but for less than the 2 % that do not count."""

VIOLATION_FIELDS = (
    ("XZQDM", "text", 6), ("XMC", "text", 100), ("JCBH", "text", 20), ("TBLX", "text", 4), ("TZ", "text", 4),
    ("QSX", "text", 8), ("HSX", "text", 8), ("DDTC", "text", 4), ("JSYDXZ", "text", 10), ("DLBM", "text", 5),
    ("DLMC", "text", 60), ("TBXHDM", "text", 6), ("TBXHMC", "text", 20), ("ZZSXDM", "text", 6), ("ZZSXMC", "text", 20),
    ("CZCSXM", "text", 4), ("SFYN", "text", 2), ("SFHX", "text", 2), ("MJ", "real", 15), ("BZ", "text", 100),
)  # fmt: skip
PERMIT_FIELDS = (
    ("YSDM", "text", 10), ("DKBH", "text", 20), ("DKMC", "text", 60), ("XMMC", "text", 100), ("XZQDM", "text", 12),
    ("XZQMC", "text", 100), ("YWLX", "text", 20), ("DKYTMC", "text", 30), ("DKZT", "text", 10), ("SLRQ", "text", 8),
    ("PZRQ", "text", 8), ("PZWH", "text", 40), ("YXQ", "text", 8), ("DKMJ", "real", 15),
)  # fmt: skip
APPLICATION_FIELDS = (
    ("SQBH", "text", 20), ("XMMC", "text", 100), ("XZQDM", "text", 12), ("XZQMC", "text", 100), ("DKZT", "text", 10),
    ("SLRQ", "text", 8), ("DKYTMC", "text", 30), ("DKMJ", "real", 15),
)  # fmt: skip
PLAN_FIELDS = (
    ("BSM", "text", 18), ("YSDM", "text", 10), ("XZQDM", "text", 12), ("XZQMC", "text", 100), ("GZQLXDM", "text", 3),
    ("GZQLXMC", "text", 20), ("GZQMJ", "real", 15),
)  # fmt: skip


@dataclass
class Enforcement:
    """The layers as plain rows; `planned` is what the plan gives to permits, where that is another zone than theirs."""

    violations: list[Row] = field(default_factory=list)
    permits: list[Row] = field(default_factory=list)
    applications: list[Row] = field(default_factory=list)
    zones: list[Row] = field(default_factory=list)
    planned: dict[str, tuple[str, Polygon] | None] = field(default_factory=dict)


class Sites:
    """Gives out land to build on: each place once, well inside a field so that nothing else is touched."""

    def __init__(self, county: County, plan: Plan, seed: int) -> None:
        dice = Dice(seed, "sites")
        self._spare = dice.shuffled(sorted(county.spare, key=lambda pair: pair[1].wkt))
        self._plan = plan
        self._tree = shapely.STRtree([plot.shape for plot in plan.plots])

    def spare(self, width: float, height: float) -> tuple[Unit, Polygon]:
        """A rectangle on farmland that is not protected, 12 m and more from any that is."""
        for place, (village, shape) in enumerate(self._spare):
            found = rectangle(shape, width, height)
            if found is not None and not len(self._tree.query(found.buffer(12.0), predicate="intersects")):
                del self._spare[place]
                return village, found
        raise ValueError(f"no spare land of {width} × {height} m")

    def plots(self, cause: str, count: int, width: float, height: float) -> list[tuple[Plot, Polygon]]:
        """Rectangles inside protected plots that no mistake touches."""
        chosen = self._plan.pick(cause, count, lambda plot: rectangle(plot.shape, width, height) is not None)
        found = [(plot, rectangle(plot.shape, width, height)) for plot in chosen]
        return [(plot, shape) for plot, shape in found if shape is not None]


def rectangle(shape: Polygon, width: float, height: float, room: float = 2.5) -> Polygon | None:
    """An upright rectangle in the middle of a shape, `room` metres and more from its border; None where none fits."""
    inner = shape.buffer(-room)
    for place in (shape.centroid, shape.representative_point()):
        x, y = np.round([place.x - width / 2, place.y - height / 2], 3)
        found = shapely.box(x, y, x + width, y + height)
        if inner.contains(found):
            return found
    return None


def plant(
    county: County, survey: Survey, plan: Plan, seed: int, more: Iterable[Callable[[Scene, Sites], None]] = ()
) -> Enforcement:
    """Make the layers, and note in the plan what a perfect audit says of them; `more` plants behind what is here."""
    found = Enforcement()
    sites = Sites(county, plan, seed)
    scene = Scene(found, survey, plan)
    _judged(scene, sites)
    _hidden(scene, sites)
    _borderline(scene, sites)
    _on_farmland(scene, sites)
    _papers(scene, sites)
    for other in more:
        other(scene, sites)
    _supplied(scene, sites)
    _supplied_in_part(scene, sites)
    return found


class Scene:
    """Adds changes, permits and applications, numbers them, and notes what they lead to."""

    def __init__(self, found: Enforcement, survey: Survey, plan: Plan) -> None:
        self.found, self.survey, self.plan = found, survey, plan
        self._keys: dict[str, list[str]] = {}

    def change(self, cause: str, shape: Polygon, *rules: str, related: str = "", **words: str) -> str:
        """A change; `rules` are those that tell of it."""
        key = f"{people.COUNTY}2025{len(self.found.violations) + 1:04d}"
        before = self.survey.at(shape)
        tilled = before.land_class.startswith("01")
        self.found.violations.append({
            "XZQDM": people.COUNTY, "XMC": people.COUNTY_NAME, "JCBH": key, "TBLX": "20", "TZ": "", "QSX": BEFORE,
            "HSX": AFTER, "DDTC": "", "JSYDXZ": "", "DLBM": before.land_class, "DLMC": before.name, "TBXHDM": "",
            "TBXHMC": "", "ZZSXDM": "LS" if tilled else "", "ZZSXMC": "种植粮食" if tilled else "", "CZCSXM": "",
            "SFYN": "否", "SFHX": "否",
            "MJ": areas.cents(shape) / 100, "BZ": "", "geometry": shape, **words,
        })  # fmt: skip
        self._note(cause, key)
        for rule in rules:
            self.plan.expect(cause, key, f"violation {rule}", related=related)
        return key

    def permit(self, cause: str, village: Unit, shape: Polygon, *rules: str, related: str = "", **words: object) -> str:
        """A permit."""
        number = len(self.found.permits) + 1
        key = str(words.get("DKBH") or f"NZ2025-{number:03d}")
        self.found.permits.append({
            "YSDM": "", "DKBH": key, "DKMC": f"地块{number}", "XMMC": f"{village.name}建设项目{number}",
            "XZQDM": village.code, "XZQMC": village.name, "YWLX": "农用地转用", "DKYTMC": "工业用地", "DKZT": "已批准",
            "SLRQ": ACCEPTED,
            "PZRQ": APPROVED, "PZWH": f"示政土批〔2025〕{number}号", "YXQ": "", "DKMJ": areas.cents(shape) / 100,
            "geometry": shape, **words,
        })  # fmt: skip
        self._note(cause, key)
        for rule in rules:
            self.plan.expect(cause, key, f"permit {rule}", related=related)
        return key

    def application(self, cause: str, village: Unit, shape: Polygon, **words: object) -> str:
        """An application that nobody has decided yet."""
        number = len(self.found.applications) + 1
        key = f"SQ2025-{number:03d}"
        self.found.applications.append({
            "SQBH": key, "XMMC": f"{village.name}申请项目{number}", "XZQDM": village.code, "XZQMC": village.name,
            "DKZT": "受理", "SLRQ": "20250620", "DKYTMC": "仓储用地", "DKMJ": areas.cents(shape) / 100,
            "geometry": shape, **words,
        })  # fmt: skip
        self._note(cause, key)
        return key

    def _note(self, cause: str, key: str) -> None:
        keys = self._keys.setdefault(cause, [])
        keys.append(key)
        self.plan.keys[cause] = sorted({*self.plan.keys.get(cause, []), *keys})


def part(shape: Polygon, share: float, side: str = "west") -> Polygon:
    """The western (or eastern) share of a rectangle."""
    west, south, east, north = shape.bounds
    middle = round(west + (east - west) * share, 3)
    return shapely.box(west, south, middle, north) if side == "west" else shapely.box(middle, south, east, north)


def _judged(scene: Scene, sites: Sites) -> None:
    """Every label at least thrice, and what is legal."""
    for width in (24.0, 30.0, 36.0):
        scene.change("change-no-permit", sites.spare(width, 24.0)[1], "R7001")
    for days in ("20250320", "20250620", "20250915"):
        village, shape = sites.spare(30.0, 24.0)
        scene.change("change-applied", shape, "R7002")
        scene.application("change-applied", village, shape.buffer(2.0, join_style="mitre"), SLRQ=days)
    village, shape = sites.spare(30.0, 20.0)
    scene.change("change-approved-late", shape, "R7002")
    scene.permit("change-approved-late", village, shape, SLRQ="20250401", PZRQ="20251105")
    village, shape = sites.spare(28.0, 20.0)
    scene.change("change-reported", shape, "R7002")
    scene.permit("change-reported", village, shape, DKZT="上报", SLRQ="20250801", PZRQ="", PZWH="")
    for share in (0.5, 0.7, 0.85):
        village, shape = sites.spare(40.0, 24.0)
        scene.change("change-beyond", shape, "R7003")
        scene.permit("change-beyond", village, part(shape, share))
    for kind, purpose in (("DL1", "工业用地"), ("GF", "设施农用地"), ("20", "设施农用地")):
        village, shape = sites.spare(32.0, 22.0)
        scene.change("change-other-use", shape, "R7005", TBLX=kind)
        scene.permit("change-other-use", village, shape, DKYTMC=purpose)
    for until in ("20250228", "20250701", "20250930"):
        village, shape = sites.spare(26.0, 22.0)
        scene.change("change-run-out", shape, "R7006")
        scene.permit("change-run-out", village, shape, YWLX="临时用地", PZRQ="20240601", SLRQ="20240501", YXQ=until)
    for width in (25.0, 30.0, 35.0, 40.0):
        village, shape = sites.spare(width, 25.0)
        scene.change("change-permitted", shape)
        scene.permit("change-permitted", village, shape)


def _hidden(scene: Scene, sites: Sites) -> None:
    """What missing or reversed days hide, and permits that are none."""
    for _ in range(3):
        village, shape = sites.spare(26.0, 20.0)
        scene.change("permit-undated", shape, "R7007", "R7063")
        scene.permit("permit-undated", village, shape, "R7020", "R7086", PZRQ="")
    village, shape = sites.spare(24.0, 22.0)
    scene.change("images-reversed", shape, "R7007", "R7021", "R7063", QSX="20251101")
    scene.permit("images-reversed", village, shape)
    village, shape = sites.spare(24.0, 21.0)
    scene.change("permit-reversed", shape, "R7007", "R7063")
    scene.permit("permit-reversed", village, shape, "R7021", SLRQ="20250301")
    for state in ("驳回", "失效"):
        village, shape = sites.spare(24.0, 20.0)
        scene.change("permit-refused", shape, "R7001")
        scene.permit("permit-refused", village, shape, DKZT=state)
    _, shape = sites.spare(44.0, 20.0)
    first = scene.change("changes-overlap", part(shape, 0.6), "R7001")
    second = scene.change("changes-overlap", part(shape, 0.4, "east"), "R7001")
    scene.plan.expect("changes-overlap", first, "violation R7019", related=second)


def _borderline(scene: Scene, sites: Sites) -> None:
    """Just below and just above each tolerance: 2 % (10 m² for small ones), and strips of 0.5 m."""
    for beyond, cause in ((0.5, "within-tolerance"), (1.2, "beyond-tolerance")):
        # 40 × 20 m: 2 % are 16 m², a strip of 0.8 m.
        village, shape = sites.spare(40.0, 20.0)
        west, south, east, north = shape.bounds
        scene.change(cause, shape, *(["R7003"] if beyond > 0.8 else []))
        scene.permit(cause, village, shapely.box(west, south, east - beyond, north))
    for side, cause in ((3.1, "within-ten-square-metres"), (3.3, "beyond-ten-square-metres")):
        _, shape = sites.spare(side, side)
        scene.change(cause, shape, *(["R7001"] if side * side > 10 else []))
    for depth, cause in ((0.4, "strip-on-farmland"), (0.8, "band-on-farmland")):
        plot, change = _over_border(scene, depth)
        scene.change(cause, change, "R7001", *(["R7010"] if depth > 0.5 else []))
        scene.plan.record(cause, [*scene.plan.keys[cause], plot.key])


def _over_border(scene: Scene, depth: float) -> tuple[Plot, Polygon]:
    """A change outside a plot on a free side of it, that reaches so far into it."""
    plan = scene.plan
    tree = shapely.STRtree([plot.shape for plot in plan.plots])
    (plot,) = plan.pick(
        f"over-border-{depth}", 1,
        lambda one: one.shape.geom_type == "Polygon" and beside(one, tree, depth) is not None,
    )  # fmt: skip
    plan.keys.pop(f"over-border-{depth}")
    found = beside(plot, tree, depth)
    if found is None:
        raise ValueError("no free side")
    return plot, found


def beside(plot: Plot, tree: shapely.STRtree, depth: float, width: float = 12.0) -> Polygon | None:
    """A rectangle on a side of a plot that no other of the `tree` touches, which reaches so far into it over so many
    metres of the border; None where there is no such side."""
    ring = np.array(plot.shape.exterior.coords)
    for a, b in zip(ring[:-1], ring[1:]):
        length = float(np.hypot(*(b - a)))
        if length < 16:
            continue
        along = (b - a) / length
        for outward in (np.array((along[1], -along[0])), np.array((-along[1], along[0]))):
            start = a + along * 2.0
            corners = [start - outward * depth, start + along * width - outward * depth,
                       start + along * width + outward * 14.0, start + outward * 14.0]  # fmt: skip
            found = Polygon(np.round(corners, 3))
            met = tree.query(found, predicate="intersects")
            inside = found.intersection(plot.shape)
            near = abs(inside.area - width * depth) < 0.025 * width
            if len(met) == 1 and near and plot.village.shape.contains(found):
                return found
    return None


def _on_farmland(scene: Scene, sites: Sites) -> None:
    """On basic farmland, with and without a permit; one beyond 5 亩."""
    for cause, width, height, rules in (
        ("change-on-farmland", 20.0, 18.0, ("R7001", "R7010")),
        ("change-five-mu", 60.0, 56.0, ("R7001", "R7010", "R7022")),
    ):
        for _, shape in sites.plots(cause, 3 if width < 50 else 1, width, height):
            scene.change(cause, shape, *rules, SFYN="是")
    for plot, shape in sites.plots("permit-on-farmland", 1, 22.0, 18.0):
        scene.change("permit-on-farmland", shape, "R7010", SFYN="是")
        scene.permit("permit-on-farmland", plot.village, shape, "R7016")
    for plot, shape in sites.plots("temporary-on-farmland", 1, 22.0, 18.0):
        scene.change("temporary-on-farmland", shape, "R7010", SFYN="是")
        scene.permit(
            "temporary-on-farmland", plot.village, shape, "R7013", YWLX="临时用地", PZRQ="20250601", YXQ="20270531"
        )


def _papers(scene: Scene, sites: Sites) -> None:
    """Permits that are not used, lie on one another, or are drawn otherwise than approved."""
    days = (("20230110", "permit-idle"), ("20220615", "permit-idle"), ("20240801", "permit-not-yet-idle"))
    for approved, cause in days:
        village, shape = sites.spare(30.0, 22.0)
        rules = ["R7004", "R7080"] if cause == "permit-idle" else []
        scene.permit(cause, village, shape, *rules, PZRQ=approved, SLRQ="20220101")
    village, shape = sites.spare(44.0, 22.0)
    first = scene.permit("permits-overlap", village, part(shape, 0.6), PZRQ="20250801")
    second = scene.permit("permits-overlap", village, part(shape, 0.4, "east"), PZRQ="20250801")
    scene.plan.expect("permits-overlap", first, "permit R7011", related=second)
    for factor in (1.2, 0.9):
        village, shape = sites.spare(30.0, 20.0)
        scene.permit("permit-area", village, shape, "R7017", DKMJ=round(areas.cents(shape) / 100 * factor, 2))


def _supplied(scene: Scene, sites: Sites) -> None:
    """Permits whose land was supplied and never begun: the ledger of contracts names them."""
    for number in range(1, SUPPLIED + 1):
        village, shape = sites.spare(30.0, 22.0)
        scene.permit(
            "permit-supplied", village, shape, "R7004", DKBH=f"NZ2020-{number:03d}", SLRQ="20200305", PZRQ="20200820",
            PZWH=f"示政土批〔2020〕{number}号",
        )  # fmt: skip


def _supplied_in_part(scene: Scene, sites: Sites) -> None:
    """Permits of which a contract that was kept supplies a part, and one of which it supplies nearly all."""
    for number, share in enumerate(PARTS, start=1):
        village, shape = sites.spare(30.0, 22.0)
        cause, rules = ("permit-part", ["R7004", "R7081"]) if share < 0.98 else ("permit-nearly-all", ["R7004"])
        scene.permit(
            cause, village, shape, *rules, DKBH=f"NZ2020-{SUPPLIED + number:03d}", SLRQ="20200305", PZRQ="20200915",
            PZWH=f"示政土批〔2020〕{SUPPLIED + number}号",
        )  # fmt: skip


def supplied_in_part(found: Enforcement) -> list[Row]:
    """The permits of which contracts supply the shares of PARTS, in their order."""
    return [permit for permit in found.permits if permit["PZRQ"] == "20200915"]


def supplied(found: Enforcement) -> list[Row]:
    """The permits of which contracts supply the land, in their order."""
    return [permit for permit in found.permits if permit["PZRQ"] == "20200820"]


def write(path: Path, found: Enforcement) -> None:
    """Write the layers into one GeoPackage."""
    path.unlink(missing_ok=True)
    source = layers.create_geopackage(path)
    for (name, title), fields, rows in zip(
        LAYERS.items(), (VIOLATION_FIELDS, PERMIT_FIELDS, APPLICATION_FIELDS, PLAN_FIELDS),
        (found.violations, found.permits, found.applications, found.zones),
    ):  # fmt: skip
        layers.write_layer(source, name, title, fields, rows)
