"""Patrols: how often every zone was walked in every month, against how often it is due (动态巡查, 田长巡田)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core import codes
from redline.core.catalogue import text
from redline.core.checks.grid import Zones, homes
from redline.core.checks.ground import check_crs, land
from redline.core.checks.patrol_log import Log, read_log, tell_alone, tell_log
from redline.core.checks.units import unit_names
from redline.core.errors import InputError
from redline.core.findings import Findings
from redline.core.frames import Frame
from redline.core.geometry.overlay import overlay
from redline.core.months import MOST, Months, months
from redline.core.progress import Progress
from redline.core.result import Rate, Result
from redline.core.standards import threshold
from redline.core.standards.words import meaning
from redline.core.text import fold

Ints = npt.NDArray[np.intp]
Shapes = npt.NDArray[np.object_]

LEVELS = ("county", "township", "village", "group", "zone")
"""Levels that a number of patrols due can be set for."""

_BLOCK = 20_000
_PARTS = re.compile(r"[,;、\n]+")
_DUE = re.compile(r"(?P<level>[^\W\d]+?)\s*[=:]?\s*(?P<due>\d{1,3})次?")


@dataclass(frozen=True)
class Settings:
    """`months`: as in `redline.core.months`, "" for those of the log; `due`: patrols a zone and month, `due_of` for a
    level of its own; `by_days`: days with a patrol are counted, not patrols. A patrol within `tolerance` (m) of its
    zone is in it; nobody moves faster than `max_speed` (km/h). A violation is stopped within `stop_days` and reported
    within `report_days` of its discovery. What is dated after `on_date` cannot be; a patrol `alone` days before all
    others does not begin the months of the log."""

    on_date: datetime.date = field(default_factory=datetime.date.today)
    months: str = ""
    due: int = field(default_factory=lambda: int(threshold("patrols_due").value))
    due_of: Mapping[str, int] = field(default_factory=dict)
    by_days: bool = False
    tolerance: float = field(default_factory=lambda: threshold("patrol_tolerance").value)
    max_speed: float = field(default_factory=lambda: threshold("patrol_speed").value)
    stop_days: float = field(default_factory=lambda: threshold("patrol_stop_days").value)
    report_days: float = field(default_factory=lambda: threshold("patrol_report_days").value)
    alone: float = field(default_factory=lambda: threshold("patrol_alone").value)


def due_of_levels(said: str, language: str) -> dict[str, int]:
    """Patrols due by level, of a text like "township=1, village=4" or "乡级 1；村级 4".

    Raises InputError where a part of it names no level or no whole number.
    """
    found: dict[str, int] = {}
    for part in filter(None, (one.strip() for one in _PARTS.split(fold(said)))):
        match = _DUE.fullmatch(part)
        level = meaning("grid.json", "level", match["level"]) if match else ""
        if not match or not level:
            raise InputError("due_unreadable", language, said=part, levels="、".join(LEVELS))
        found[level] = int(match["due"])
    return found


def check(frames: Mapping[str, Frame], findings: Findings, settings: Settings, progress: Progress) -> Result:
    """Hold the log "patrol" against the zones of "zone", the people of "roster" and the plots of "map" (DOMAIN §6.3).

    Rules R9060–R9072, and R1003, R3001, R3002 of the zones. Gives `CALENDAR` (zone_code month done due days share short
    unit unit_name zone_name geometry): every zone and month, those without a patrol too. `done` are patrols that count:
    in the zone, with a result, each once; `days` the days with one; `share` of the zone's plots within the tolerance of
    one (NaN where nothing tells). A month that is not over is never short. Rates: `patrols` (done ÷ due, 巡田率),
    `patrol_months` (zones and months that are not short), `patrols_found` (patrols that found something ÷ patrols),
    `found_filed` (filed ÷ found, which is not 立案率). Raises InputError where the months are none.
    """
    language = findings.language
    frame = frames["patrol"]
    if "roster" in frames:
        frames["roster"].require(language, "person")
    result = Result(findings, checked=len(frame), thing="patrol")
    result.notes.extend(note for one in frames.values() for note in one.notes)
    chosen = months(settings.months, language)
    zones = Zones(frames["zone"], frames.get("units"), unit_names(frames), findings, progress.step(share=0.1))
    places = _Places(zones, settings)
    if frame.has("geometry"):
        check_crs(frame, findings)
    log = read_log(frame, places.code, places.name, findings, progress.step(share=0.1))
    step = progress.step(text("step.patrols.place", language), 0.3)
    places.assign(log, settings.tolerance * zones.metre, step)
    span = chosen if len(chosen) else _months_of(log, settings.on_date, tell_alone(log, settings, findings))
    tell_log(log, places.shape, span if len(chosen) else None, frames.get("roster"), settings, zones.metre, result)
    progress.update(0.6)
    calendar = _calendar(places, log, span, settings)
    step = progress.step(text("step.patrols.share", language))
    calendar["share"] = _shares(zones, places, log, frames.get("map"), span, settings, result, step)
    _tell_short(calendar, places, log, findings)
    _rates(calendar, log, span, settings, result)
    result.tables["CALENDAR"] = calendar
    progress.update(1.0)
    return result


class _Places:
    """The zones that patrols are due in, each code once and sorted: those of the lowest level, and outlines of a level
    that has a number of its own."""

    def __init__(self, zones: Zones, settings: Settings) -> None:
        said = zones.frame.column("level").to_numpy(dtype=object)
        level = np.array([meaning("grid.json", "level", one) for one in said], dtype=object)
        of_code = codes.levels(pd.Series(zones.code, dtype=object)).to_numpy(dtype=object)
        level = np.where(level == "", np.where(of_code == "", "zone", of_code), level)
        held = zones.usable & (zones.code != "") & ((zones.rank == 0) | np.isin(level, list(settings.due_of)))
        rows = np.flatnonzero(held)
        rows = rows[np.lexsort((zones.name[rows].astype(str), zones.code[rows].astype(str)))]
        code, first = np.unique(zones.code[rows].astype(str), return_index=True)
        self.code: Shapes = code.astype(object)
        first_row = rows[first]
        self.unit, self.unit_name = zones.unit[first_row], zones.unit_name[first_row]
        self.name: Shapes = zones.name[first_row]
        self.leaf = zones.rank[first_row] == 0
        self.due = np.array([settings.due_of.get(one, settings.due) for one in level[first_row]], dtype=np.int64)
        parts = np.split(zones.shape[rows], first[1:])
        shapes = [part[0] if len(part) == 1 else shapely.union_all(part) for part in parts]
        self.shape: Shapes = np.empty(len(shapes), dtype=object)
        self.shape[:] = shapes

    def __len__(self) -> int:
        return len(self.code)

    def assign(self, log: Log, tolerance: float, progress: Progress) -> None:
        """Give each patrol its zone (`log.zone`): the one it names, else the one it lies in or, within the tolerance,
        nearest to; and tell how far from its zone it lies (`log.away`)."""
        log.away = np.zeros(len(log))
        placed = ~shapely.is_missing(log.shape)
        rows = np.flatnonzero(placed & (log.zone < 0))
        leaf = np.flatnonzero(self.leaf)
        if len(leaf):
            tree = shapely.STRtree(self.shape[leaf])
            for start in range(0, len(rows), _BLOCK):
                progress.update(start / (len(rows) or 1))
                part = rows[start : start + _BLOCK]
                own, zone = tree.query_nearest(log.shape[part], max_distance=max(tolerance, 1e-9), all_matches=True)
                zone = leaf[zone]
                # A track belongs to the zone that has most of it; of equals to the first by code.
                inside = shapely.length(shapely.intersection(log.shape[part][own], self.shape[zone]))
                order = np.lexsort((zone, -inside, own))
                first = order[np.flatnonzero(np.diff(own[order], prepend=-1))]
                log.zone[part[own[first]]] = zone[first]
        at = np.flatnonzero(placed & (log.zone >= 0))
        for start in range(0, len(at), _BLOCK):
            part = at[start : start + _BLOCK]
            log.away[part] = shapely.distance(log.shape[part], self.shape[log.zone[part]])
        log.outside = log.away > tolerance
        progress.update(1.0)


def _months_of(log: Log, on_date: datetime.date, start: np.datetime64) -> Months:
    """The months from the first patrol of the log that is not before `start` to its last, none behind the day."""
    day = np.datetime64(on_date, "D")
    dated = log.date[(np.isnat(start) | (log.date >= start)) & (log.date <= day)].astype("datetime64[M]")
    last = dated.max() if len(dated) else day.astype("datetime64[M]")
    first = max(dated.min(), last - np.timedelta64(MOST - 1, "M")) if len(dated) else last
    return np.arange(first, last + np.timedelta64(1, "M"))


def _calendar(places: _Places, log: Log, span: Months, settings: Settings) -> pd.DataFrame:
    """Every zone and month: patrols done and due, days with one, and whether they are too few."""
    counted = np.flatnonzero(log.counted(settings.on_date))
    month = np.searchsorted(span, log.date[counted].astype("datetime64[M]"))
    inside = (month < len(span)) & (span[np.minimum(month, len(span) - 1)] == log.date[counted].astype("datetime64[M]"))
    counted, month = counted[inside], month[inside]
    cell = log.zone[counted] * len(span) + month
    size = len(places) * len(span)
    done = np.bincount(cell, minlength=size)
    day = np.unique(np.column_stack([cell, log.date[counted].astype(np.int64)]), axis=0)[:, 0]
    days = np.bincount(day, minlength=size)
    zone, at = np.repeat(np.arange(len(places)), len(span)), np.tile(np.arange(len(span)), len(places))
    due = places.due[zone]
    over = (span + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D") <= np.datetime64(
        settings.on_date, "D"
    )
    shape: pd.Series = pd.Series(places.shape[zone], dtype=object)
    return pd.DataFrame({
        "zone_code": places.code[zone], "month": span.astype(str).astype(object)[at], "done": done.astype(np.int64),
        "due": due, "days": days.astype(np.int64), "share": np.nan,
        "short": ((days if settings.by_days else done) < due) & over[at], "unit": places.unit[zone],
        "unit_name": places.unit_name[zone], "zone_name": places.name[zone], "geometry": shape,
    })  # fmt: skip


def _shares(
    zones: Zones, places: _Places, log: Log, plots: Frame | None, span: Months, settings: Settings, result: Result,
    progress: Progress,
) -> npt.NDArray[np.float64]:  # fmt: skip
    """The share of each zone's plots that a patrol of each month came near to, in the order of the calendar."""
    language, findings = result.findings.language, result.findings
    share = np.full(len(places) * len(span), np.nan)
    rows = np.flatnonzero(log.counted(settings.on_date) & ~shapely.is_missing(log.shape))
    if plots is None or not len(rows):
        missing = "unchecked.patrols.plots" if plots is None else "unchecked.patrols.shapes"
        result.unchecked.append(text(missing, language))
        return share
    shape, usable = land(plots, findings, progress.step(share=0.2))
    shape = shape[usable]
    leaf = np.flatnonzero(places.leaf)
    pairs = overlay(shape, places.shape[leaf], geometry=False, progress=progress.step(share=0.5))
    home = homes(pairs, places.code[leaf], len(shape))
    shape, home = shape[home >= 0], leaf[home[home >= 0]]
    reach = settings.tolerance * zones.metre
    month = np.searchsorted(span, log.date[rows].astype("datetime64[M]"))
    month[~np.isin(log.date[rows].astype("datetime64[M]"), span)] = -1
    rows, month = rows[month >= 0], month[month >= 0]
    tree = shapely.STRtree(log.shape[rows])
    near = np.zeros((len(shape), len(span)), dtype=bool)
    for start in range(0, len(shape), _BLOCK):
        progress.update(start / (len(shape) or 1))
        part = shape[start : start + _BLOCK]
        grown = shapely.box(*(shapely.bounds(part) + reach * np.array([-1.0, -1.0, 1.0, 1.0])).T)
        plot, patrol = tree.query(grown)
        hit = shapely.distance(part[plot], log.shape[rows][patrol]) <= reach
        near[start + plot[hit], month[patrol[hit]]] = True
    total = np.bincount(home, minlength=len(places)).astype(float)
    reached = np.zeros((len(places), len(span)))
    np.add.at(reached, home, near.astype(float))
    known = np.divide(reached, total[:, None], out=np.full(reached.shape, np.nan), where=total[:, None] > 0)
    progress.update(1.0)
    return np.asarray(np.round(known, 4).ravel())


def _tell_short(calendar: pd.DataFrame, places: _Places, log: Log, findings: Findings) -> None:
    """R9060, once for each zone and month; once for all where no patrol has been joined to any zone."""
    short = calendar[calendar["short"]]
    joined = bool((log.zone >= 0).any())
    findings.add(
        "R9060", "zone", short["zone_code"], of=0 if joined else len(calendar), related=short["month"],
        unit=short["unit"], unit_name=short["unit_name"], expected=short["due"].astype(str),
        actual=short["done"].astype(str), difference=(short["done"] - short["due"]).astype(float), measure="count",
        severity=np.where(short["done"] == 0, "error", "warning"), geometry=short["geometry"], days=short["days"],
        name=short["zone_name"],
    )  # fmt: skip


def _rates(calendar: pd.DataFrame, log: Log, span: Months, settings: Settings, result: Result) -> None:
    ended = (span + np.timedelta64(1, "M")).astype("datetime64[D]") <= np.datetime64(settings.on_date, "D") + 1
    over = calendar[calendar["month"].isin(span[ended].astype(str))]
    done = over["days"] if settings.by_days else over["done"]
    result.rates["patrols"] = Rate(int(done.sum()), int(over["due"].sum()))
    result.rates["patrol_months"] = Rate(int((~over["short"]).sum()), len(over))
    here = np.isin(log.date.astype("datetime64[M]"), span) & ~log.double & (log.date <= np.datetime64(settings.on_date))
    if log.tells_problems:
        found = here & log.found
        result.rates["patrols_found"] = Rate(int(found.sum()), int(here.sum()))
        if log.tells_filing:
            result.rates["found_filed"] = Rate(int((found & log.filed).sum()), int(found.sum()))
