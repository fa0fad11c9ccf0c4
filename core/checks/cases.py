"""The ledger of cases: which polygons each case is about, how far it has come, and what of it cannot be so."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core import codes
from redline.core.catalogue import text
from redline.core.checks.absence import absence
from redline.core.checks.joining import as_areas
from redline.core.findings import Findings
from redline.core.frames import Frame, labels
from redline.core.geometry.overlay import overlay, usable
from redline.core.privacy import mask
from redline.core.progress import Progress
from redline.core.standards import threshold
from redline.core.standards.enforcement import meaning, stage_orders

STAGES = ("filed", "decided", "closed")
"""The stages of a case that rates count, in their order."""

_RANK = {"filed": 1, "decided": 2, "closed": 3}
_DATES = ("discovered", "stopped", "reported", *STAGES, "rectified")
_ENDED = ("restored", "demolished", "regularised")
_PARTS = re.compile(r"[、,;/|\s]+")
_PREFIX = 1_000_000.0

Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]


def states(frame: Frame, on_date: datetime.date, findings: Findings) -> pd.DataFrame:
    """How far every case of a ledger has come by `on_date`, one row a row of the ledger.

    `label` names the case, `case` is the row (position) that stands for it: the first of those under one number.
    `filed`, `decided`, `closed` (bool): the date says so, or the stage in words where there is no date; `rectified`:
    the unlawful state has been dealt with; `result`: "restored", "demolished", "regularised", "open" or ""; `dated`:
    the ledger tells the day of that, or has no column for it; `exempt`: needs no filing; `judgement`: "illegal",
    "lawful", "other" or "". Dates behind `on_date` do not count. Rules R7057–R7060.
    """
    rows = frame.rows
    table = pd.DataFrame({"label": _names(frame)}, index=range(len(rows)))
    table["case"] = _first_of_each(frame)
    said = {column: meanings(frame, column, findings) for column in ("stage", "result", "judgement", "filing_due")}
    days = {name: frame.days(name) for name in _DATES}
    by_then = {name: day <= np.datetime64(on_date, "D") for name, day in days.items()}
    told = pd.Series(said["stage"]).map(_RANK).fillna(0).to_numpy()
    _reached(table, frame, days, by_then, told)
    _rectified(table, frame, days["rectified"], by_then["rectified"], said["result"])
    ended_unfiled = ~table["filed"].to_numpy() & table["rectified"].to_numpy() & np.isin(table["result"], _ENDED[:2])
    exempt = (said["filing_due"] == "no") | (said["stage"] == "exempt") | ended_unfiled
    table["exempt"] = exempt & ~table["filed"].to_numpy()
    table["judgement"] = said["judgement"]
    _tell_orders(frame, table, days, on_date, findings)
    _tell_contradictions(frame, table, days, told, said["result"], findings)
    return table


def _names(frame: Frame) -> Texts:
    """How to call each case: its number, else the polygon's that it is about, else its place or row."""
    names, about = labels(frame), frame.column("violation").to_numpy(dtype=object)
    return np.where((frame.column("key") == "").to_numpy() & (about != ""), about, names)


def _first_of_each(frame: Frame) -> npt.NDArray[np.int64]:
    """For each row the position of the row that stands for its case: of one number the least by content."""
    place = np.arange(len(frame))
    key = frame.column("key").reset_index(drop=True)
    double = np.flatnonzero(((key != "") & key.duplicated(keep=False)).to_numpy())
    if not len(double):
        return place
    columns = [name for name in frame.rows if name not in ("row", "geometry", "key")]
    content = frame.rows[columns].iloc[double].astype(str).agg("\x1f".join, axis=1).to_numpy()
    names = key.to_numpy(dtype=object)[double]
    order = pd.DataFrame({"key": names, "content": content}, index=double)
    first = order.sort_values(["key", "content"], kind="stable").drop_duplicates("key")
    chosen = pd.Series(first.index, index=first["key"])
    place[double] = chosen.reindex(names).to_numpy()
    return place


def meanings(frame: Frame, column: str, findings: Findings) -> Texts:
    """What the words of a column mean, "" where there is none; R7060 tells those that nobody knows."""
    if column not in frame.rows:
        return np.full(len(frame), "", dtype=object)
    place, words = pd.factorize(frame.rows[column].to_numpy(dtype=object))
    known = np.array([meaning(column, word) for word in words], dtype=object)
    strange = np.array([bool(word) and not sense for word, sense in zip(words, known)], dtype=bool)
    tell_unknown(frame, column, words[strange], np.bincount(place, minlength=len(words))[strange], findings)
    return known[place]


def tell_unknown(
    frame: Frame, column: str, words: Texts, counts: npt.NDArray[np.int64], findings: Findings
) -> None:
    """R7060: words of a column that nobody knows, and in how many rows each stands."""
    said = [mask(word) for word in words]
    findings.add(
        "R7060", frame.role, said, related=column, actual=said, difference=counts.astype(float),
        measure="count", count=counts, field=frame.fields[column],
    )  # fmt: skip


def _reached(
    table: pd.DataFrame, frame: Frame, days: Mapping[str, npt.NDArray[np.datetime64]], by_then: Mapping[str, Mask],
    told: npt.NDArray[np.float64],
) -> None:  # fmt: skip
    """Which stages each case has reached; a ledger that has no word of a stage has reached it with the next one."""
    later = np.zeros(len(table), dtype=bool)
    for stage in reversed(STAGES):
        reached = by_then[stage] | (np.isnat(days[stage]) & (told >= _RANK[stage]))
        if stage not in frame.rows and "stage" not in frame.rows:
            reached = reached | later
        table[stage] = later = reached


def _rectified(table: pd.DataFrame, frame: Frame, day: npt.NDArray[np.datetime64], by_then: Mask, said: Texts) -> None:
    # A ledger without words has the day alone, and means by it that the land is as it was.
    result = said if "result" in frame.rows else np.where(by_then, "restored", "").astype(object)
    late = ~np.isnat(day) & ~by_then
    ended = np.isin(result, _ENDED) & ~late
    table["result"] = np.where(late, "open", result)
    table["rectified"] = ended | ((result == "") & by_then)
    table["dated"] = by_then | ("rectified" not in frame.rows)


def _tell_orders(
    frame: Frame, table: pd.DataFrame, days: Mapping[str, npt.NDArray[np.datetime64]], on_date: datetime.date,
    findings: Findings,
) -> None:  # fmt: skip
    """R7059: days that have not come yet; R7057: the first pair of each case's days that stands the wrong way round."""
    language, today = findings.language, np.datetime64(on_date, "D")
    names = table["label"].to_numpy()
    for name, day in days.items():
        at = np.flatnonzero(day > today)
        findings.add(
            "R7059", frame.role, names[at], related=name, **where(frame, at), actual=day[at].astype(str),
            expected=f"≤ {on_date.isoformat()}", difference=(day[at] - today).astype(float), measure="days",
            column=text(f"column.{name}", language), on_date=on_date.isoformat(), of=len(frame),
        )  # fmt: skip
    told = np.zeros(len(table), dtype=bool)
    for first, then in stage_orders():
        wrong = (days[first] > days[then]) & (days[first] <= today) & ~told
        told |= wrong
        at = np.flatnonzero(wrong)
        apart = (days[first][at] - days[then][at]).astype(float)
        findings.add(
            "R7057", frame.role, names[at], related=f"{first}/{then}", **where(frame, at),
            expected=days[first][at].astype(str), actual=days[then][at].astype(str), difference=apart, measure="days",
            first=text(f"column.{first}", language), then=text(f"column.{then}", language), of=len(frame),
        )  # fmt: skip


def _tell_contradictions(
    frame: Frame, table: pd.DataFrame, days: Mapping[str, npt.NDArray[np.datetime64]], told: npt.NDArray[np.float64],
    result: Texts, findings: Findings,
) -> None:  # fmt: skip
    """R7058: words and days of a case that contradict each other, or a stage without the one before it."""
    language = findings.language
    names = table["label"].to_numpy()
    seen = np.zeros(len(table), dtype=bool)

    def tell(wrong: Mask, related: str, problem: str, column: str) -> None:
        at = np.flatnonzero(wrong & ~seen)
        seen[at] = True
        field = text(f"column.{column}", language)
        said = [text(problem, language, column=field, lacking=one) for one in absence(frame, column, at, language)]
        findings.add(
            "R7058", frame.role, names[at], related=related, **where(frame, at), problem=said, of=len(frame),
            actual=frame.column("result" if related == "result" else "stage").to_numpy(dtype=object)[at],
        )  # fmt: skip

    there = {stage: ~np.isnat(days[stage]) for stage in STAGES}
    # A case may be closed without a penalty, but not before it was filed.
    if "filed" in frame.rows:
        tell((there["decided"] | there["closed"]) & ~there["filed"], "filed", "case.skipped", "filed")
    for stage in STAGES:
        if stage in frame.rows:
            tell((told == _RANK[stage]) & ~there[stage], stage, "case.no_date", stage)
        if "stage" in frame.rows:
            spoken = (frame.rows["stage"] != "").to_numpy()
            tell(spoken & there[stage] & (told < _RANK[stage]), "stage", "case.behind", stage)
    tell((result == "open") & ~np.isnat(days["rectified"]), "result", "case.open", "rectified")


def where(frame: Frame, at: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Unit and place of findings about these rows."""
    return {
        "unit": frame.column("unit").to_numpy()[at],
        "unit_name": frame.column("unit_name").to_numpy()[at],
        "geometry": as_areas(frame.column("geometry", None).to_numpy(dtype=object)[at]),
    }


def link(
    ledger: Frame, table: pd.DataFrame, violations: Frame, names: Texts, findings: Findings, progress: Progress
) -> pd.DataFrame:
    """Which case is about which polygon: rows `case`, `violation` (positions), each pair once, sorted.

    By the polygon's number in the ledger (several may stand in one cell), else by place: the polygon that a case's own
    shape covers by half, or that its point lies in (R7061). `table` is what `states` gave of the ledger, `names` what
    the polygons are called.
    """
    keys = violations.column("key").reset_index(drop=True)
    wanted = _numbers(ledger, set(keys))
    same = _same(wanted, keys)
    alone = np.setdiff1d(np.arange(len(ledger)), same["row"].to_numpy())
    placed = _by_place(ledger, alone, violations, progress)
    at = placed["row"].to_numpy()
    called = table["label"].to_numpy()
    findings.add("R7061", ledger.role, called[at], related=names[placed["violation"]], **where(ledger, at))
    found = pd.concat([same, placed], ignore_index=True)
    _tell_lost(ledger, called, wanted, found, same, findings)
    found["case"] = table["case"].to_numpy()[found["row"].to_numpy(dtype=np.int64)]
    found = found[["case", "violation"]].astype(np.int64).drop_duplicates()
    return found.sort_values(["case", "violation"], ignore_index=True)


def _numbers(ledger: Frame, known: set[str]) -> pd.Series:
    """The numbers of polygons that each row of the ledger names, one an entry, by the position of the row."""
    column = next((name for name in ("violation", "key") if ledger.has(name)), "")
    said = ledger.column(column).reset_index(drop=True)
    whole = codes.clean(said).values
    parts = [[one] if one in known else [part for part in _PARTS.split(cell) if part] for one, cell in zip(whole, said)]
    wanted = pd.Series(parts, dtype=object).explode().dropna()
    return codes.clean(wanted).values


def _tell_lost(
    ledger: Frame, names: Texts, wanted: pd.Series, found: pd.DataFrame, same: pd.DataFrame, findings: Findings
) -> None:
    """R7055: cases about no polygon, and numbers of polygons that are not there in cases that have others."""
    lost = np.setdiff1d(np.arange(len(ledger)), found["row"].to_numpy())
    about = ledger.column("violation").to_numpy(dtype=object)
    findings.add(
        "R7055", ledger.role, names[lost], **where(ledger, lost), actual=about[lost], of=len(ledger),
        expected=text("case.a_polygon", findings.language),
    )  # fmt: skip
    met, named = set(zip(same["row"], same["key"])), set(same["row"])
    strange = [(row, number) for row, number in zip(wanted.index, wanted) if row in named and (row, number) not in met]
    if strange:
        at = np.array([row for row, _ in strange])
        numbers = np.array([number for _, number in strange], dtype=object)
        findings.add(
            "R7055", ledger.role, names[at], related=numbers, **where(ledger, at), actual=numbers,
            expected=text("case.a_polygon", findings.language),
        )  # fmt: skip


def _same(wanted: pd.Series, keys: pd.Series) -> pd.DataFrame:
    """Rows of `wanted` and positions of `keys` that are one number (`key`, as wanted), if need be without its zeros."""
    known = pd.DataFrame({"key": keys[keys != ""]}).rename_axis("violation").reset_index()
    asked = pd.DataFrame({"row": wanted.index, "key": wanted.to_numpy()})
    exact = asked.merge(known, on="key")
    rest = asked[~asked["key"].isin(known["key"])]
    bare = known.assign(key=known["key"].str.lstrip("0"))
    bare = bare[(bare["key"] != "") & ~bare["key"].duplicated(keep=False)]
    mended = rest.assign(bare=rest["key"].str.lstrip("0")).merge(bare.rename(columns={"key": "bare"}), on="bare")
    return pd.concat([exact, mended], ignore_index=True)[["row", "violation", "key"]]


def _by_place(ledger: Frame, rows: npt.NDArray[np.int64], violations: Frame, progress: Progress) -> pd.DataFrame:
    """The polygon that each of these rows of the ledger lies in."""
    none = pd.DataFrame({"row": np.empty(0, dtype=np.int64), "violation": np.empty(0, dtype=np.int64)})
    if not len(rows) or "geometry" not in violations.rows:
        return none
    ground = violations.rows["geometry"].to_numpy(dtype=object)
    under = np.flatnonzero(usable(ground))
    shapes = _shapes(ledger, ground[under])[rows]
    areal = np.flatnonzero(usable(shapes))
    least = threshold("ground_match_share").value
    pairs = overlay(shapes[areal], ground[under], geometry=False, min_share=least, trusted=True, progress=progress)
    best = pd.DataFrame({"row": rows[areal[pairs.left]], "violation": under[pairs.right], "area": pairs.area})
    best = best.sort_values(["row", "area"], ascending=[True, False], kind="stable").drop_duplicates("row")
    points = np.flatnonzero(shapely.get_dimensions(shapes) == 0)
    point, plot = shapely.STRtree(ground[under]).query(shapes[points], predicate="intersects")
    inside = pd.DataFrame({"row": rows[points[point]], "violation": under[plot]})
    inside = inside.assign(area=shapely.area(ground[inside["violation"]])).sort_values(["row", "area"], kind="stable")
    found = pd.concat([best, inside.drop_duplicates("row"), none], ignore_index=True)
    return found[["row", "violation"]].astype(np.int64)


def _shapes(ledger: Frame, ground: Texts) -> Texts:
    """The ledger's own shapes, else the points that its coordinates give, in the order that fits the ground best."""
    own = ledger.column("geometry", None).to_numpy(dtype=object).copy()
    if not ledger.has("x", "y") or not len(ground):
        return own
    west, south, east, north = shapely.total_bounds(ground)
    lacking = shapely.is_missing(own)
    best = np.zeros(len(own), dtype=bool)
    for easting, northing in (("x", "y"), ("y", "x")):
        x, y = (ledger.rows[name].to_numpy(dtype=float).copy() for name in (easting, northing))
        # With or without the number of the zone before it, as the polygons have it.
        x = np.where(x < _PREFIX, x + west // _PREFIX * _PREFIX, np.where(west < _PREFIX, x % _PREFIX, x))
        inside = lacking & (x >= west) & (x <= east) & (y >= south) & (y <= north)
        if inside.sum() > best.sum():
            best = inside
            own[lacking] = None
            own[inside] = shapely.points(x[inside], y[inside])
    return own
