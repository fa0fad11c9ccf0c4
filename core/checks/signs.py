"""Protection signs (标志牌、警示牌): is there one where one must be, at the right plot, looked after?"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core.catalogue import text
from redline.core.checks.ground import check_crs, land, metre_of, places
from redline.core.checks.joining import as_areas, settle_keys
from redline.core.checks.units import unit_names
from redline.core.findings import Findings
from redline.core.frames import Frame, labels
from redline.core.geometry.coverage import dissolve
from redline.core.progress import Progress
from redline.core.result import Rate, Result
from redline.core.standards import threshold
from redline.core.standards.words import meaning
from redline.core.text import in_full

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

VILLAGE, BLOCK, PLOT = "village", "block", "plot"
PLACES = (VILLAGE, BLOCK, PLOT)
"""What must have a sign each: a village with plots, a block of plots that lie together, a plot."""
GOOD, TROUBLE, NONE = "good", "trouble", "none"
STATUSES = (GOOD, TROUBLE, NONE)

_VILLAGE_DIGITS = 12
_BLOCK = 20_000
_STATUS = "SIGN_STATUS"


@dataclass(frozen=True)
class Settings:
    """A sign stands within `max_distance` (m) of its plot and was looked at within `max_age` days before `on_date`.
    `place`: one of PLACES; plots of one village not more than `block_gap` (m) apart are one block."""

    on_date: datetime.date = field(default_factory=datetime.date.today)
    max_distance: float = field(default_factory=lambda: threshold("sign_distance").value)
    max_age: float = field(default_factory=lambda: threshold("sign_age_days").value)
    place: str = VILLAGE
    block_gap: float = field(default_factory=lambda: threshold("sign_block_gap").value)


def check(frames: Mapping[str, Frame], findings: Findings, settings: Settings, progress: Progress) -> Result:
    """Hold the signs of "sign" (points, or rows with the number of their plot) against the plots of "map".

    Rules R9080–R9088 (DOMAIN §6.4). Gives `SIGN_STATUS`: place unit unit_name plots signs status geometry, a row for
    every village, block or plot; `status` is "good", "trouble" (a sign of which something is told) or "none".
    Rates: `signed_places`, and `signs_good` (signs of which nothing is told ÷ signs).
    """
    frame = frames["sign"]
    result = Result(findings, checked=len(frame), thing="sign")
    result.notes.extend(note for one in frames.values() for note in one.notes)
    plots = _Plots(frames, settings, findings, progress.step(text("step.signs.plots", findings.language), 0.4))
    signs = _Signs(frame, plots, findings)
    bad = signs.stands(plots, settings, progress.step(text("step.signs.place", findings.language), 0.4))
    bad |= signs.kept(settings, result)
    nowhere = int(shapely.is_missing(signs.shape).sum())
    if nowhere:
        said = text("unchecked.signs.place", findings.language, count=nowhere, of=len(frame))
        result.unchecked.append(said)
    _tell_places(plots, signs, bad, settings, result)
    result.rates["signs_good"] = Rate(int((~bad).sum()), len(bad))
    progress.update(1.0)
    return result


class _Plots:
    """The plots of the map that have land: `key`, `unit`, `shape`, and the `place` (number) that each is a part of."""

    def __init__(
        self, frames: Mapping[str, Frame], settings: Settings, findings: Findings, progress: Progress
    ) -> None:
        frame = frames["map"]
        self.numbered = frame.has("key") or frame.has("plot_number")
        if self.numbered:
            settle_keys(frame, None, findings)
        self.frame = frame
        self.names = unit_names(frames)
        shape, usable = land(frame, findings, progress.step(share=0.4))
        self.metre = metre_of(frame, shape, usable)
        rows = np.flatnonzero(usable)
        self.key: Shapes = labels(frame)[rows]
        self.unit: Shapes = frame.column("unit").to_numpy(dtype=object)[rows]
        self.village: Shapes = np.array([unit[:_VILLAGE_DIGITS] for unit in self.unit], dtype=object)
        self.shape: Shapes = shape[rows]
        self.tree = shapely.STRtree(self.shape)
        if settings.place == PLOT:
            name = self.key
        elif settings.place == BLOCK:
            name = self._blocks(settings.block_gap * self.metre, progress.step())
        else:
            name = self.village
        self.place_name, place = np.unique(name.astype(str), return_inverse=True)
        self.place: Ints = place.astype(np.intp)
        progress.update(1.0)

    def __len__(self) -> int:
        return len(self.key)

    def _blocks(self, gap: float, progress: Progress) -> Shapes:
        """The block of each plot, called by the least number in it: plots of a village within `gap` of each other."""
        number = np.arange(len(self))
        one, other = [np.empty(0, dtype=np.intp)], [np.empty(0, dtype=np.intp)]
        for start in range(0, len(self), _BLOCK):
            progress.update(start / len(self))
            part = self.shape[start : start + _BLOCK]
            grown = shapely.box(*(shapely.bounds(part) + gap * np.array([-1.0, -1.0, 1.0, 1.0])).T)
            left, right = self.tree.query(grown)
            later = right > left + start
            left, right = left[later], right[later]
            near = shapely.distance(part[left], self.shape[right]) <= gap
            near &= self.village[left + start] == self.village[right]
            one.append(left[near] + start)
            other.append(right[near])
        left, right = np.concatenate(one), np.concatenate(other)
        # The least number goes round until nothing changes; to jump to its number's number halves the way each time.
        while True:
            least = np.minimum(number[left], number[right])
            after = number.copy()
            np.minimum.at(after, number[left], least)
            np.minimum.at(after, number[right], least)
            after = after[after]
            if (after == number).all():
                break
            number = after
        first = pd.Series(self.key).groupby(number).transform("min")
        return np.asarray(first.to_numpy(dtype=object))


class _Signs:
    """The signs: `label`, `key`, `shape` (None where no place is told), the plot that each has `said` (position, -1 for
    none), and the plot that it `serves`."""

    def __init__(self, frame: Frame, plots: _Plots, findings: Findings) -> None:
        self.frame, self.findings = frame, findings
        self.label: Shapes = labels(frame)
        self.key: Shapes = frame.column("key").to_numpy(dtype=object)
        self.unit: Shapes = frame.column("unit").to_numpy(dtype=object)
        if frame.has("geometry"):
            check_crs(frame, findings)
        self.shape = _points(frame, plots.shape)
        self.number: Shapes = frame.column("plot_number").to_numpy(dtype=object)
        self.said_key = self._keys(plots)
        place = pd.Series(np.arange(len(plots)), index=plots.key)
        place = place[~place.index.duplicated()]
        self.said: Ints = place.reindex(self.said_key).fillna(-1).to_numpy().astype(np.intp)
        self.serves: Ints = self.said.copy()
        self._repeated()

    def _keys(self, plots: _Plots) -> Shapes:
        """The map's number of the plot that each sign names."""
        columns = [name for name in ("plot_number", "unit") if name in self.frame.rows]
        if not plots.numbered or "plot_number" not in columns:
            return self.number
        probe = replace(self.frame, rows=self.frame.rows[columns].copy())
        settle_keys(probe, plots.frame, self.findings)
        return np.asarray(np.where(self.number == "", "", probe.rows["key"].to_numpy(dtype=object)), dtype=object)

    def _repeated(self) -> None:
        """R9086: a number on two signs."""
        counts = pd.Series(self.key[self.key != ""], dtype=object).value_counts()
        counts = counts[counts > 1].sort_index()
        self.findings.add(
            "R9086", "sign", counts.index, expected="1", actual=counts.astype(str), difference=counts - 1.0,
            measure="count",
        )  # fmt: skip

    def _tell(self, rule: str, at: Ints, **words: Any) -> None:
        self.findings.add(
            rule, "sign", self.label[at], of=len(self.label), unit=self.unit[at],
            geometry=as_areas(self.shape[at]), **words,
        )  # fmt: skip

    def stands(self, plots: _Plots, settings: Settings, progress: Progress) -> Mask:
        """Which signs stand wrongly: R9081 far from every plot, R9082 number of no plot, R9083 at another plot.

        R9087, a sign that bears no plot's number, is a remark only. A sign serves the plot that it stands at, its own
        before others; without a place, the one that it names.
        """
        named = self.number != ""
        placed = np.flatnonzero(~shapely.is_missing(self.shape))
        nearest = np.full(len(self.label), -1, dtype=np.intp)
        away, own = np.full(len(self.label), np.inf), np.full(len(self.label), np.inf)
        if len(plots):
            for start in range(0, len(placed), _BLOCK):
                progress.update(start / len(placed))
                part = placed[start : start + _BLOCK]
                (sign, plot), metres = plots.tree.query_nearest(self.shape[part], return_distance=True)
                order = np.lexsort((plots.key[plot].astype(str), sign))
                first = order[np.flatnonzero(np.diff(sign[order], prepend=-1))]
                nearest[part[sign[first]]], away[part[sign[first]]] = plot[first], metres[first]
        near = placed[self.said[placed] >= 0]
        own[near] = shapely.distance(self.shape[near], plots.shape[self.said[near]])
        away, own = away / plots.metre, own / plots.metre
        most = settings.max_distance
        unknown = named & (self.said < 0)
        there = ~shapely.is_missing(self.shape)
        elsewhere = there & (self.said >= 0) & (own > most) & (away <= most)
        far = there & (away > most)
        self.serves[there] = np.where((self.said >= 0) & (own <= most), self.said, nearest)[there]
        self.serves[far] = -1
        close = np.where(away <= most, plots.key[nearest] if len(plots) else "", "").astype(object)
        at = np.flatnonzero(unknown)
        self._tell("R9082", at, actual=self.number[at], expected=close[at])
        at = np.flatnonzero(elsewhere)
        self._tell("R9083", at, related=close[at], expected=self.said_key[at], actual=close[at],
                   difference=own[at] - most, measure="m", metres=[f"{one:.0f}" for one in own[at]])  # fmt: skip
        at = np.flatnonzero(far)
        distance = np.where(self.said >= 0, own, away)
        self._tell("R9081", at, related=self.said_key[at], expected=in_full(most),
                   actual=[in_full(round(one, 2)) for one in distance[at]], difference=distance[at] - most,
                   measure="m")  # fmt: skip
        blank = np.flatnonzero(~named)
        if self.frame.has("plot_number"):
            self._tell("R9087", blank, expected=close[blank])
        progress.update(1.0)
        return np.asarray(unknown | elsewhere | far)

    def kept(self, settings: Settings, result: Result) -> Mask:
        """Which signs are not looked after: R9084 not looked at for long, R9085 damaged and not repaired.

        R9088 is a day that has not come yet. To put up or to repair a sign is to look at it."""
        day = np.datetime64(settings.on_date, "D")
        days = {name: self.frame.days(name) for name in ("inspected", "repaired", "start")}
        language = self.findings.language
        future = np.logical_or.reduce([one > day for one in days.values()])
        at = np.flatnonzero(future)
        latest = np.fmax(np.fmax(days["inspected"], days["repaired"]), days["start"])
        self._tell("R9088", at, expected=settings.on_date.isoformat(), actual=latest[at].astype(str))
        past = {name: np.where(one > day, np.datetime64("NaT", "D"), one) for name, one in days.items()}
        old = np.zeros(len(self.label), dtype=bool)
        if any(name in self.frame.rows for name in days):
            last = np.fmax(np.fmax(past["inspected"], past["repaired"]), past["start"])
            age = (day - last).astype(float)
            old = np.isnat(last) | (age > settings.max_age)
            at = np.flatnonzero(old)
            said = np.where(np.isnat(last), text("value.never", language), last.astype(str)).astype(object)
            self._tell("R9084", at, expected=in_full(settings.max_age), actual=said[at],
                       difference=np.where(np.isnat(last), np.nan, age - settings.max_age)[at], measure="days")
        else:
            result.unchecked.append(text("unchecked.signs.inspected", language))
        if not self.frame.has("state"):
            result.unchecked.append(text("unchecked.signs.state", language))
        words = self.frame.column("state").to_numpy(dtype=object)
        damaged = np.array([meaning("grid.json", "state", word) == "damaged" for word in words], dtype=bool)
        damaged &= np.isnat(past["repaired"]) | (past["repaired"] < past["inspected"])
        at = np.flatnonzero(damaged)
        self._tell("R9085", at, actual=words[at])
        return np.asarray(old | damaged)


def _points(frame: Frame, plots: Shapes) -> Shapes:
    """Where each sign stands, None where nobody tells: its shape, else its coordinates where these are the map's."""
    shape: Shapes = np.full(len(frame), None, dtype=object)
    if frame.has("geometry"):
        return places(frame.rows["geometry"].to_numpy(dtype=object))
    if len(plots):
        x, y = (frame.column(name, np.nan).to_numpy(dtype=float) for name in ("x", "y"))
        west, south, east, north = shapely.total_bounds(plots)
        reach = max(east - west, north - south)
        around = shapely.box(west - reach, south - reach, east + reach, north + reach)
        # Surveyors call the northing x.
        for points in (shapely.points(np.column_stack([y, x])), shapely.points(np.column_stack([x, y]))):
            there = shapely.intersects(points, around)
            shape[there] = np.asarray(points)[there]
    return shape


def _tell_places(plots: _Plots, signs: _Signs, bad: Mask, settings: Settings, result: Result) -> None:
    """R9080: a village, block or plot without a sign; the table of all."""
    findings = result.findings
    count = len(plots.place_name)
    serving = np.flatnonzero(signs.serves >= 0)
    place = plots.place[signs.serves[serving]]
    number = np.bincount(place, minlength=count)
    trouble = np.bincount(place, bad[serving], minlength=count) > 0
    if settings.place == VILLAGE:
        # A sign in a list without a place or a plot stands for its village.
        loose = np.flatnonzero((signs.serves < 0) & shapely.is_missing(signs.shape))
        where = {name: row for row, name in enumerate(plots.place_name)}
        of = np.array([where.get(unit[:_VILLAGE_DIGITS], -1) for unit in signs.unit[loose]], dtype=np.intp)
        number += np.bincount(of[of >= 0], minlength=count)
        trouble |= np.bincount(of[of >= 0], bad[loose][of >= 0], minlength=count) > 0
    names, shapes = dissolve(plots.shape, plots.place_name[plots.place])
    order = np.searchsorted(names, plots.place_name)
    first = np.full(count, -1, dtype=np.intp)
    first[plots.place[::-1]] = np.arange(len(plots))[::-1]
    village = plots.village[first]
    status = np.select([number == 0, trouble], [NONE, TROUBLE], GOOD).astype(object)
    geometry: pd.Series = pd.Series(np.asarray(shapes, dtype=object)[order], dtype=object)
    table = pd.DataFrame({
        "place": plots.place_name.astype(object), "unit": village,
        "unit_name": [plots.names.get(unit, "") for unit in village],
        "plots": np.bincount(plots.place, minlength=count).astype(np.int64), "signs": number.astype(np.int64),
        "status": status, "geometry": geometry,
    })  # fmt: skip
    none = table[(table["status"] == NONE) & (table["place"] != "")]
    findings.add(
        "R9080", "map", none["place"], of=len(table), related=settings.place, unit=none["unit"],
        unit_name=none["unit_name"], expected="1", actual="0", difference=-1.0, measure="count",
        geometry=none["geometry"], kind=text(f"sign.place.{settings.place}", findings.language), plots=none["plots"],
    )  # fmt: skip
    result.rates["signed_places"] = Rate(int((table["signs"] > 0).sum()), len(table))
    result.tables[_STATUS] = table
