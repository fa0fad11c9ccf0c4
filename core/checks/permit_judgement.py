"""What the law calls every change, and how much land each name is about (DOMAIN §5.3)."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core import units
from redline.core.catalogue import text
from redline.core.checks import permit_areas as areas
from redline.core.checks import permit_states as states
from redline.core.checks.permit_sides import Mask, Permits, Shapes, Side, Texts
from redline.core.frames import Frame
from redline.core.geometry.overlay import overlay
from redline.core.geometry.pieces import unions
from redline.core.progress import Progress
from redline.core.result import Result
from redline.core.standards import threshold
from redline.core.standards.permits import needs_permit, stays_farmland

NO_PERMIT, UNDER_APPLICATION, EXCEEDS_PERMIT = "no_permit", "under_application", "exceeds_permit"
ON_FARMLAND, USE_CHANGED, TEMPORARY_EXPIRED = "on_farmland", "use_changed", "temporary_expired"
PERMITTED, UNKNOWN, NO_CONSTRUCTION, TOO_SMALL = "permitted", "unknown", "no_construction", "too_small"
LABELS = (
    NO_PERMIT, UNDER_APPLICATION, EXCEEDS_PERMIT, ON_FARMLAND, USE_CHANGED, TEMPORARY_EXPIRED, PERMITTED, UNKNOWN,
    NO_CONSTRUCTION, TOO_SMALL,
)  # fmt: skip
WRONG = (NO_PERMIT, UNDER_APPLICATION, EXCEEDS_PERMIT, TEMPORARY_EXPIRED, USE_CHANGED)
RULES = {
    NO_PERMIT: "R7001", UNDER_APPLICATION: "R7002", EXCEEDS_PERMIT: "R7003", USE_CHANGED: "R7005",
    TEMPORARY_EXPIRED: "R7006", UNKNOWN: "R7007", ON_FARMLAND: "R7010",
}  # fmt: skip
# What the permits are to the land that a label is about.
STANDINGS = {
    EXCEEDS_PERMIT: (states.COVERS, states.EXPIRED), USE_CHANGED: (states.COVERS,),
    TEMPORARY_EXPIRED: (states.EXPIRED,), UNKNOWN: (states.UNKNOWN,),
}  # fmt: skip
# What passes a bar: illegal basic farmland, or other cultivated land (DOMAIN §5.2).
BARS = {
    "report_farmland": "farmland", "report_cultivated": "cultivated", "crime_farmland": "farmland",
    "crime_cultivated": "cultivated",
}  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """Land counts that is more than `tolerance_area` m² and `tolerance_share` % of the violation (the greater), and
    somewhere wider than `edge_tolerance` m; of basic farmland what is more than `farmland_area` m². A permit of which
    less than `idle_share` is used `idle_years` after approval is told, on the day `on_date` (DOMAIN §5.3)."""

    on_date: datetime.date = field(default_factory=datetime.date.today)
    tolerance_area: float = field(default_factory=lambda: threshold("conflict_area").value)
    tolerance_share: float = field(default_factory=lambda: threshold("conflict_share").value)
    edge_tolerance: float = field(default_factory=lambda: threshold("edge_tolerance").value)
    farmland_area: float = field(default_factory=lambda: threshold("farmland_conflict_area").value)
    idle_years: float = field(default_factory=lambda: threshold("unused_years").value)
    idle_share: float = field(default_factory=lambda: threshold("used_share").value)


class Judgement:
    """Every violation with its areas and labels; areas are cents of official land."""

    def __init__(
        self, changes: Side, permits: Permits | None, rows: npt.NDArray[np.int64], applications: list[Permits],
        fields: Side | None, found: areas.Land, settings: Settings,
    ) -> None:  # fmt: skip
        self.changes, self.permits, self.fields, self.found = changes, permits, fields, found
        self._rows, self._settings = rows, settings
        self.count = len(changes)
        self.before, self.changed = states.span(changes.frame, "before").first, self._changed()
        self.area = self._sum(found.cents)
        self.due = np.maximum(
            round(settings.tolerance_area * 100), units.round_half_away(self.area * settings.tolerance_share / 100, 0)
        ).astype(np.int64)
        self.standing = self._standing()
        self._judge_pieces()
        self._judge_whole(applications)

    def _changed(self) -> states.Span:
        """The day by which land was taken; unknown where the images are in the wrong order."""
        before, after = states.span(self.changes.frame, "before"), states.span(self.changes.frame, "after")
        with np.errstate(invalid="ignore"):
            turned = before.first > after.last
        never = np.datetime64("NaT", "D")
        return states.Span(np.where(turned, never, after.first), np.where(turned, never, after.last))

    def _sum(self, cents: areas.Cents, rows: Mask | None = None) -> areas.Cents:
        """Cents of the pieces by violation."""
        total = np.zeros(self.count, dtype=np.int64)
        mask = np.ones(len(cents), dtype=bool) if rows is None else rows
        np.add.at(total, self.found.owner[mask], cents[mask])
        return total

    def _standing(self) -> Texts:
        """What the permit of each pair (piece, permit) is to the piece."""
        piece, place = self.found.permits
        if self.permits is None or not len(piece):
            return np.empty(0, dtype=object)
        return states.standing_of(
            self.permits.frame, self.permits.state, self.permits.temporary, self._rows[place], self.before,
            self.changed, self.found.owner[piece],
        )  # fmt: skip

    def _judge_pieces(self) -> None:
        """The best that any permit is to a piece; and which pieces are used for something else than permitted."""
        piece, place = self.found.permits
        count = len(self.found)
        any_of = {
            kind: np.bincount(piece[self.standing == kind], minlength=count) > 0
            for kind in (states.COVERS, states.UNKNOWN, states.EXPIRED, states.LATE)
        }
        self.covered: Mask = any_of[states.COVERS]
        self.doubtful: Mask = any_of[states.UNKNOWN] & ~self.covered
        self.expired: Mask = any_of[states.EXPIRED] & ~self.covered & ~self.doubtful
        self.bare: Mask = ~self.covered & ~self.doubtful
        self.misused: Mask = np.zeros(count, dtype=bool)
        if self.permits is not None and len(piece):
            permit, owner = self._rows[place], self.found.owner[piece]
            other = states.other_use(
                self.permits.frame.column("purpose").iloc[permit], self.changes.frame.column("change_kind").iloc[owner]
            )
            fits = np.bincount(piece[(self.standing == states.COVERS) & ~other], minlength=count) > 0
            self.misused = self.covered & ~fits

    def _parts(self, mask: Mask) -> tuple[areas.Cents, Shapes]:
        """Of each violation the land of the pieces in `mask`: cents of it where it counts, 0 where it is no wider
        than the edge tolerance; and its shape."""
        shapes = self._land(mask)
        parts, of = shapely.get_parts(shapes, return_index=True)
        real = areas.wide(parts, self._settings.edge_tolerance)
        narrow = np.bincount(of[~real], weights=shapely.area(parts[~real]), minlength=self.count)
        # Narrow parts are left out of the amount; where all are wide, which is nearly always, it is the exact sum.
        whole = self._sum(self.found.cents, mask)
        size = shapely.area(shapes)
        share = np.divide(narrow, size, out=np.zeros(self.count), where=size > 0)
        kept = np.bincount(of[real], minlength=self.count) > 0
        amount = np.where(kept, whole - units.round_half_away(whole * share, 0).astype(np.int64), 0)
        return amount.astype(np.int64), shapes

    def _land(self, mask: Mask) -> Shapes:
        """The land of the pieces in `mask`, by violation: whole violations and pieces by permits as they are."""
        found = self.found
        shapes = np.full(self.count, None, dtype=object)
        complete = _all_of(mask, found.owner, self.count) & self.changes.usable
        shapes[complete] = self.changes.shapes[complete]
        rest = mask & ~complete[found.owner]
        whole = _all_of(rest, found.parent, len(found.larger))
        parts = np.flatnonzero(rest & ~whole[found.parent])
        some = unions(
            np.concatenate([found.larger.geometry[whole], found.geometry[parts]]),
            np.concatenate([found.larger.owner[whole], found.owner[parts]]), self.count,
        )  # fmt: skip
        shapes[~complete] = some[~complete]
        return shapes

    def _judge_whole(self, applications: list[Permits]) -> None:
        """The labels of every violation with the area that each is about."""
        self.amount: dict[str, areas.Cents] = {}
        self.place: dict[str, Shapes] = {}
        kinds = [str(kind) for kind in self.changes.frame.column("change_kind")]
        building = np.array([needs_permit(kind) for kind in kinds], dtype=bool)
        bare, self.bare_shape = self._parts(self.bare)
        covered, _ = self._parts(self.covered | self.expired)
        doubtful, doubtful_shape = self._parts(self.doubtful)
        taken = building & (bare > self.due)
        asked, unclear = self._asked(applications, taken)
        expired, expired_shape = self._parts(self.expired)
        left_over = taken & (bare - expired > self.due)
        shapes = {
            NO_PERMIT: left_over & ~asked & (covered == 0), UNDER_APPLICATION: left_over & asked,
            EXCEEDS_PERMIT: left_over & ~asked & (covered > 0),
        }  # fmt: skip
        for label, mask in shapes.items():
            self._note(label, mask & ~unclear, bare - expired, self.bare_shape)
        self._note(TEMPORARY_EXPIRED, building & (expired > self.due), expired, expired_shape)
        misused, misused_shape = self._parts(self.misused)
        self._note(USE_CHANGED, building & (misused > self.due), misused, misused_shape)
        self._judge_farmland(np.array([stays_farmland(kind) for kind in kinds], dtype=bool))
        self.open = np.where(building & (doubtful > self.due), doubtful, 0)
        # Nothing permits this, so it is illegal; what nobody knows is whether it was applied for.
        self.unclear = np.where(left_over & unclear, bare - expired, 0)
        unknown = np.where(self.open > 0, doubtful_shape, self.bare_shape)
        both = (self.open > 0) & (self.unclear > 0)
        unknown[both] = shapely.union(doubtful_shape[both], self.bare_shape[both])
        self._note(UNKNOWN, self.open + self.unclear > 0, self.open + self.unclear, unknown)
        wrong = np.any([self.unclear > 0, *(self.amount[label] > 0 for label in WRONG)], axis=0)
        # The pieces of the illegal ones that no permit lets be used so.
        self.illegal: Mask = (self.bare | self.misused) & wrong[self.found.owner]
        fine = self.changes.usable & (self.area > 0) & ~wrong & (self.amount[UNKNOWN] == 0)
        self._note(PERMITTED, fine & building, self._sum(self.found.cents, self.covered), self.changes.shapes)
        self._note(NO_CONSTRUCTION, fine & ~building, self.area, self.changes.shapes)
        # Nothing permits it, but it is less than counts.
        named = np.any([self.amount[label] > 0 for label in (PERMITTED, ON_FARMLAND)], axis=0)
        self._note(TOO_SMALL, fine & building & ~named, self.area, self.changes.shapes)

    def _judge_farmland(self, kept: Mask) -> None:
        """Basic farmland that is taken, but not what was `kept` as the fields that it has to be."""
        on_plots = np.zeros(len(self.found), dtype=bool)
        on_plots[self.found.plots[0]] = True
        _, shapes = self._parts(on_plots)
        parts, owner = shapely.get_parts(shapes, return_index=True)
        real = np.bincount(owner[areas.wide(parts, self._settings.edge_tolerance)], minlength=self.count) > 0
        self.farmland = self._sum(self.found.farmland)
        touched = real & ~kept & (self.farmland > round(self._settings.farmland_area * 100))
        self._note(ON_FARMLAND, touched, self.farmland, shapes)

    def _note(self, label: str, mask: Mask, amount: areas.Cents, shapes: Shapes) -> None:
        self.amount[label] = np.where(mask, np.maximum(amount, 0), 0).astype(np.int64)
        self.place[label] = shapes

    def _asked(self, applications: list[Permits], taken: Mask) -> tuple[Mask, Mask]:
        """Masks: on the uncovered land an application had been accepted by then; or nobody can tell whether."""
        asked, unclear = np.zeros(self.count, dtype=bool), np.zeros(self.count, dtype=bool)
        self.applied: list[list[str]] = [[] for _ in range(self.count)]
        self.maybe_applied: list[list[str]] = [[] for _ in range(self.count)]
        rows = np.flatnonzero(taken)
        for side in applications:
            wanted = partial(self._may_await, side, rows)
            pairs = overlay(self.bare_shape[rows], side.shapes, trusted=True, wanted=wanted)
            real = areas.wide(np.asarray(pairs.geometry, dtype=object), self._settings.edge_tolerance)
            real &= pairs.area > self._settings.farmland_area
            owner, which = rows[pairs.left[real]], pairs.right[real]
            by_then, doubt = self._pending(side, owner, which)
            # A permit that came too late had been applied for before.
            asked[owner[by_then]] = True
            unclear[owner[doubt]] = True
            for mask, told in ((by_then, self.applied), (doubt, self.maybe_applied)):
                for row, name in zip(owner[mask], side.names[which[mask]]):
                    told[row].append(str(name))
        return asked, unclear & ~asked

    def _pending(self, side: Permits, owner: areas.Rows, which: areas.Rows) -> tuple[Mask, Mask]:
        """`states.pending` of violations and applications, row-wise."""
        accepted, (turned, _) = states.span(side.frame, "accepted"), states.turned(side.frame)
        return states.pending(
            side.state[which],
            states.Span(np.where(turned, np.datetime64("NaT"), accepted.first)[which], accepted.last[which]),
            states.Span(self.changed.first[owner], self.changed.last[owner]),
        )  # fmt: skip

    def _may_await(self, side: Permits, rows: areas.Rows, place: areas.Rows, which: areas.Rows) -> Mask:
        """Of the violation at each place of `rows` and each application: it may have been under way. What had been
        granted by then was so no more."""
        owner = rows[place]
        by_then, doubt = self._pending(side, owner, which)
        may = by_then | doubt
        if side is self.permits:
            cutting = np.zeros(len(side), dtype=bool)
            cutting[self._rows] = True
            is_to = states.standing_of(side.frame, side.state, side.temporary, which, self.before, self.changed, owner)
            may &= ~cutting[which] | (is_to == states.LATE)
        return may

    def classify(self, landuse: Frame | None, result: Result, progress: Progress) -> None:
        """Land of every violation by the three big classes and its cultivated part, from the land use before it."""
        self.illegal_farmland = self._sum(self.found.farmland, self.illegal)
        if landuse is None:
            self._classes_as_told()
            return
        table = areas.classes(self.found, Side(landuse, result), self.changes.plane, progress)
        owner = self.found.owner[table["piece"]]
        self.big = {big: self._money(table["cents"], owner, table["big"] == big) for big in areas.BIG}
        self.unclassified = self._money(table["cents"], owner, table["big"] == "")
        tilled = table["land_class"].str.startswith(areas.CULTIVATED).to_numpy()
        illegal = tilled & self.illegal[table["piece"]]
        on_plots = np.zeros(len(self.found), dtype=bool)
        on_plots[self.found.plots[0]] = True
        self.cultivated = self._money(table["net"], owner, tilled)
        self.illegal_cultivated = self._money(table["net"], owner, illegal)
        self.illegal_other = self._money(table["net"], owner, illegal & ~on_plots[table["piece"]])
        by_class = table[tilled].assign(owner=owner[tilled]).groupby(["owner", "land_class"])["net"].sum()
        said: list[list[str]] = [[] for _ in range(self.count)]
        there = by_class[by_class > 0].reset_index()
        for row, code, net in zip(there["owner"], there["land_class"], there["net"]):
            said[row].append(f"{code} {units.format_area(int(net))}")
        self.cultivated_classes = np.array(["; ".join(several) for several in said], dtype=object)

    def _money(self, cents: pd.Series, owner: npt.NDArray[np.int64], rows: Mask | pd.Series) -> npt.NDArray[np.float64]:
        """m² by violation of the cents of these rows."""
        mask = np.asarray(rows)
        total = np.zeros(self.count, dtype=np.int64)
        np.add.at(total, owner[mask], cents.to_numpy(dtype=np.int64)[mask])
        return np.asarray(units.from_cents(total), dtype=float)

    def enrich(self) -> None:
        """Give the changes' own frame what was found of them, for the checks that follow, where nobody judged them."""
        rows = self.changes.frame.rows
        if "labels" in rows or "judgement" in rows:
            return
        rows["labels"] = self.labels()
        rows["cultivated_area"], rows["illegal_cultivated_area"] = self.cultivated, self.illegal_cultivated
        rows["farmland_area"] = np.asarray(units.from_cents(self.farmland), dtype=float)

    def _classes_as_told(self) -> None:
        """Without land use, what the monitoring layer itself says: the class before the change, for all of it."""
        code = self.changes.frame.column("land_class").to_numpy(dtype=object)
        known = code != ""
        of_class = areas.big_classes(self.changes.frame.profile.scheme, pd.unique(code))
        big = pd.Series(code).map(of_class).to_numpy(dtype=object)
        area = np.asarray(units.from_cents(self.area), dtype=float)
        self.big = {name: np.where(known, np.where(big == name, area, 0.0), np.nan) for name in areas.BIG}
        self.unclassified = np.where(known & (big != ""), 0.0, area)
        tilled = pd.Series(code).str.startswith(areas.CULTIVATED).to_numpy(dtype=bool)
        illegal = np.asarray(units.from_cents(self._sum(self.found.cents, self.illegal)), dtype=float)
        self.cultivated = np.where(known, np.where(tilled, area, 0.0), np.nan)
        self.illegal_cultivated = np.where(known, np.where(tilled, illegal, 0.0), np.nan)
        farmland = np.asarray(units.from_cents(self.illegal_farmland), dtype=float)
        self.illegal_other = np.maximum(self.illegal_cultivated - farmland, 0.0)
        self.cultivated_classes = np.where(tilled, code, "")

    def bars(self) -> list[str]:
        """Which bars for a report or a crime the illegal land of each violation passes (DOMAIN §5.2): `;` list."""
        taken = {"farmland": self.illegal_farmland, "cultivated": units.cents(np.nan_to_num(self.illegal_other))}
        passed = {bar: taken[kind] >= _at_least(f"{bar}_mu") for bar, kind in BARS.items()}
        return [";".join(bar for bar in BARS if passed[bar][row]) for row in range(self.count)]

    def labels(self) -> list[str]:
        """The labels of every violation, `;` list in the order of LABELS."""
        holds = np.column_stack([self.amount[label] > 0 for label in LABELS])
        return [";".join(label for label, so in zip(LABELS, row) if so) for row in holds.tolist()]

    def permits_of(self, label: str = "", comma: str = ";") -> list[str]:
        """The permits that lie on land of each violation, a list of their keys; of a `label` those that it is about."""
        piece, place = self.found.permits
        said: list[set[str]] = [set() for _ in range(self.count)]
        if self.permits is not None:
            meant = np.isin(self.standing, STANDINGS[label]) if label in STANDINGS else np.ones(len(piece), dtype=bool)
            for owner, name in zip(self.found.owner[piece[meant]], self.permits.names[self._rows[place[meant]]]):
                said[owner].add(str(name))
        return [comma.join(sorted(names)) for names in said]

    def table(self, names: Mapping[str, str], language: str) -> pd.DataFrame:
        """`VIOLATIONS_OUT`, sorted by key."""
        money = units.from_cents
        said = {label: text(f"violation_label.{label}", language) for label in LABELS}
        given = [one.split(";") if one else [] for one in self.labels()]
        frame = pd.DataFrame({
            "key": self.changes.names, "unit": self.changes.unit,
            "area": money(self.area), "permitted_area": money(self._sum(self.found.cents, self.covered)),
            "uncovered_area": money(self._sum(self.found.cents, self.bare)), "farmland_area": money(self.farmland),
            "cultivated_area": self.cultivated, "labels": self.labels(), "permits": self.permits_of(),
            "unknown_area": money(self._sum(self.found.cents, self.doubtful)),
            "legal_share": np.divide(
                self._sum(self.found.cents, self.covered), self.area, out=np.full(self.count, np.nan),
                where=self.area > 0,
            ),
            "unit_name": [names.get(code, "") for code in self.changes.unit],
            "applications": [";".join(sorted(set(found))) for found in self.applied],
            **{f"{big}_area": self.big[big] for big in areas.BIG}, "unclassified_area": self.unclassified,
            "cultivated_classes": self.cultivated_classes, "illegal_cultivated_area": self.illegal_cultivated,
            "illegal_farmland_area": money(self.illegal_farmland),
            **{f"{label}_area": money(self.amount[label]) for label in LABELS if label in RULES and label != ON_FARMLAND
               and label != UNKNOWN},
            "bars": self.bars(), "label_names": ["；".join(said[label] for label in row) for row in given],
            "geometry": self.changes.shapes,
        })  # fmt: skip
        return frame.sort_values(["key", "unit"], kind="stable", ignore_index=True)

    def pieces(self) -> pd.DataFrame:
        """`PIECES`: one row a disjoint piece, sorted by violation, permit and plot."""
        found = self.found
        permit = _joined(found.permits, self.permits.names[self._rows] if self.permits else None, len(found))
        plot = _joined(found.plots, self.fields.names if self.fields else None, len(found))
        kind = np.select(
            [self.covered, self.doubtful, self.expired], ["covered", "unknown", "expired"], "uncovered"
        ).astype(object)
        frame = pd.DataFrame({
            "violation": self.changes.names[found.owner], "permit": permit, "farmland": plot,
            "area": units.from_cents(found.cents), "farmland_area": units.from_cents(found.farmland), "standing": kind,
        })  # fmt: skip
        frame = frame.sort_values(["violation", "permit", "farmland", "area"], kind="stable")
        order = frame.index.to_numpy()
        # A column added last lies by itself, so that it can be let go of: pandas keeps those of one kind together.
        return frame.reset_index(drop=True).assign(geometry=found.geometry[order])


def _all_of(mask: Mask, group: areas.Rows, count: int) -> Mask:
    """For each group, whether all of it (and something) is in the mask."""
    size = np.bincount(group, minlength=count)
    return np.asarray((size > 0) & (np.bincount(group[mask], minlength=count) == size))


def _at_least(bar: str) -> int:
    """The fewest cents that reach a bar in 亩, which is no whole number of cents."""
    return math.ceil(units.SQUARE_METRES["mu"] * Fraction(threshold(bar).value) * 100)


def _joined(pairs: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]], names: Texts | None, count: int) -> Texts:
    """The names of what covers each piece, `;` list; "" where nothing does."""
    said = np.full(count, "", dtype=object)
    if names is None or not len(pairs[0]):
        return said
    frame = pd.DataFrame({"piece": pairs[0], "name": names[pairs[1]].astype(str)})
    frame = frame.drop_duplicates().sort_values(["piece", "name"])
    again = frame["piece"].duplicated(keep=False)
    single, several = frame[~again], frame[again].groupby("piece")["name"].agg(";".join)
    said[single["piece"].to_numpy()] = single["name"].to_numpy(dtype=object)
    said[several.index.to_numpy()] = several.to_numpy(dtype=object)
    return said
