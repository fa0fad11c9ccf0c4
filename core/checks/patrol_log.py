"""The log of patrols: what each row says, which rows count, and what of them cannot be so."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core.catalogue import text
from redline.core.checks.ground import places
from redline.core.checks.joining import as_areas
from redline.core.findings import Findings
from redline.core.frames import Frame, labels
from redline.core.months import Months
from redline.core.privacy import mask
from redline.core.progress import Progress
from redline.core.result import Result
from redline.core.standards.words import meaning
from redline.core.text import in_full

if TYPE_CHECKING:
    from redline.core.checks.patrols import Settings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]
Days = npt.NDArray[np.datetime64]

_NAMES = re.compile(r"[、,;/|\s]+")
_DAY_SECONDS = 86_400.0
_FEWEST = 3


@dataclass
class Log:
    """A log, one entry a row: how it is called, where and when it was, who went, what came of it.

    `zone` is the position of its zone (-1: none), `away` how far it lies from that in units of the coordinates;
    `double` repeats another row, `undated` and `silent` leave day and result blank; `found` and `filed`: something was
    found, and a case filed.
    """

    label: Shapes
    said_zone: Shapes
    zone: Ints
    shape: Shapes
    date: Days
    start: Floats
    finish: Floats
    person: Shapes
    double: Mask
    undated: Mask
    silent: Mask
    found: Mask
    filed: Mask
    days: dict[str, Days]
    tells_problems: bool
    tells_filing: bool
    away: Floats = field(default_factory=lambda: np.empty(0))
    outside: Mask = field(default_factory=lambda: np.empty(0, dtype=bool))

    def __len__(self) -> int:
        return len(self.label)

    def counted(self, on_date: datetime.date) -> Mask:
        """The patrols that count: in a zone, dated by then, with a result, each once (DOMAIN §6.3)."""
        return (
            (self.zone >= 0) & ~self.outside & ~self.double & ~self.silent & (self.date <= np.datetime64(on_date, "D"))
        )


def read_log(frame: Frame, codes: Shapes, names: Shapes, findings: Findings, progress: Progress) -> Log:
    """The log of a frame; zones are joined by code, name, or unit with one zone only. R9064 rows that repeat another.

    Raises InputError where it has no column of days.
    """
    frame.require(findings.language, "date")
    rows = frame.rows
    count = len(frame)
    shape = places(frame.column("geometry", None).to_numpy(dtype=object))
    seconds = {name: rows[name].to_numpy(dtype=float) if name in rows else np.full(count, np.nan)
               for name in ("time", "time_end")}  # fmt: skip
    days = {name: rows[name].to_numpy(dtype="datetime64[D]") for name in ("discovered", "stopped", "reported", "filed")
            if name in rows}  # fmt: skip
    progress.update(0.2)
    problem = np.array([meaning("grid.json", "problem", one) for one in frame.column("problem")], dtype=object)
    # Words that nobody knows describe what was found.
    said = (frame.column("problem") != "").to_numpy() & (problem != "none")
    outcome = np.array([meaning("grid.json", "problem", one) == "found" for one in frame.column("result")], dtype=bool)
    disposal = np.array([meaning("grid.json", "disposal", one) for one in frame.column("stage")], dtype=object)
    found = said | outcome
    for name in ("discovered", "filed"):
        if name in days:
            found |= ~np.isnat(days[name])
    filed = (disposal == "filed") | (~np.isnat(days["filed"]) if "filed" in days else False)
    log = Log(
        label=_labels(frame, seconds["time"]), said_zone=_said_zone(frame), zone=_zones_of(frame, codes, names),
        shape=shape, date=rows["date"].to_numpy(dtype="datetime64[D]"), start=seconds["time"],
        finish=_finish(seconds), person=frame.column("person").to_numpy(dtype=object),
        double=np.zeros(count, dtype=bool),
        undated=_blank(frame, "date" if "date" in frame.fields else "time"), found=found,
        silent=_blank(frame, "result") & (frame.column("problem") == "").to_numpy(),
        filed=np.asarray(filed, dtype=bool),
        days=days, tells_problems=frame.has("problem") or frame.has("discovered") or bool(outcome.any()),
        tells_filing=frame.has("stage") or "filed" in days,
    )  # fmt: skip
    progress.update(0.5)
    log.double = _doubles(frame, log, findings)
    progress.update(1.0)
    return log


def _finish(seconds: dict[str, Floats]) -> Floats:
    """When each patrol ended, in seconds of the day that it began on: one that ends before it begins went on past
    midnight, where that takes no more than half a day."""
    start, finish = seconds["time"], seconds["time_end"]
    past = (finish < start) & (finish + _DAY_SECONDS - start <= _DAY_SECONDS / 2)
    return np.where(past, finish + _DAY_SECONDS, finish)


def _labels(frame: Frame, time: Floats) -> Shapes:
    """How to call a patrol: its number, else its zone, day, time and person."""
    clock = np.where(np.isnan(time), "", _clock(np.nan_to_num(time)))
    day = frame.rows["date"].to_numpy(dtype="datetime64[D]")
    day = np.where(np.isnat(day), "", day.astype(str)).astype(object)
    parts = [_said_zone(frame), day, clock.astype(object), frame.column("person").to_numpy(dtype=object)]
    made = np.array([" ".join(filter(None, row)) for row in zip(*parts)], dtype=object)
    key = frame.column("key").to_numpy(dtype=object)
    label = np.where(key != "", key, made).astype(object)
    nameless = np.flatnonzero(label == "")
    if len(nameless):
        label[nameless] = labels(frame)[nameless]
    return label


def _clock(seconds: Floats) -> npt.NDArray[np.str_]:
    whole = seconds.astype(int)
    return np.array([f"{one // 3600:02d}:{one // 60 % 60:02d}" for one in whole.tolist()], dtype=str)


def _said_zone(frame: Frame) -> Shapes:
    said = frame.column("zone_code")
    for column in ("zone_name", "unit", "unit_name"):
        said = said.where(said != "", frame.column(column))
    return np.asarray(said.to_numpy(dtype=object))


def _zones_of(frame: Frame, codes: Shapes, names: Shapes) -> Ints:
    """The position of the zone that each row names, -1 for none."""
    place = {code: number for number, code in enumerate(codes)}
    by_name = pd.Series(range(len(names)), index=names)
    by_name = by_name[~by_name.index.duplicated(keep=False)]
    of_unit: dict[str, int] = {}
    for number, code in enumerate(codes):
        for digits in (9, 12):
            if len(code) > digits:
                of_unit[code[:digits]] = -1 if code[:digits] in of_unit else number
    found = np.full(len(frame), -1, dtype=np.intp)
    for column, known in (("zone_code", place), ("zone_name", by_name.to_dict()), ("unit", {**of_unit, **place})):
        at = found < 0
        found[at] = [known.get(one, -1) for one in frame.column(column).to_numpy(dtype=object)[at]]
    # Where a zone is named that is not there, the unit does not stand for it.
    wrong = (frame.column("zone_code") != "").to_numpy() & ~frame.column("zone_code").isin(place).to_numpy()
    found[wrong] = -1
    return found


def _blank(frame: Frame, column: str) -> Mask:
    """Rows whose cell of a column is blank: 无 is a result, which says that nothing was found."""
    cells = [part.cells[part.fields[column]] for part in (frame.parts or (frame,))
             if column in part.fields and part.cells is not None]  # fmt: skip
    if not cells or sum(map(len, cells)) != len(frame):
        return np.zeros(len(frame), dtype=bool)
    said = pd.concat(cells, ignore_index=True)
    return np.asarray((said.isna() | (said.astype(str).str.strip() == "")).to_numpy())


def _doubles(frame: Frame, log: Log, findings: Findings) -> Mask:
    """R9064: rows under one number, or the same in all they say where they tell time or place, or have no numbers."""
    key = frame.column("key").to_numpy(dtype=object)
    wkb = shapely.to_wkb(log.shape)
    wkb[shapely.is_missing(log.shape)] = b""
    content = pd.DataFrame({
        "zone": log.said_zone, "date": log.date.astype(str), "time": log.start, "person": log.person, "shape": wkb,
        "problem": frame.column("problem").to_numpy(), "result": frame.column("result").to_numpy(),
    })  # fmt: skip
    exact = ~np.isnan(log.start) | (wkb != b"") | (key == "")
    exact &= ~np.isnat(log.date)
    order = np.lexsort((key.astype(str),))
    ordered = content.iloc[order]
    double = np.zeros(len(key), dtype=bool)
    double[order] = ordered.duplicated().to_numpy() & exact[order]
    whole = content.assign(key=key)
    numbered = whole.sort_values(["key", "date", "time", "zone", "person", "shape"], kind="stable")
    again = numbered["key"].duplicated() & (numbered["key"] != "")
    double[numbered.index[again]] = True
    rows = np.flatnonzero(double)
    counts = pd.Series(log.label[rows], dtype=object).value_counts().sort_index()
    first = {label: row for row, label in zip(rows[::-1].tolist(), log.label[rows][::-1])}
    findings.add(
        "R9064", "patrol", counts.index, expected="1", actual=(counts + 1).astype(str),
        difference=counts.astype(float), measure="count",
        geometry=as_areas(log.shape[[first[one] for one in counts.index]]),
    )  # fmt: skip
    return double


def tell_log(
    log: Log, zones: Shapes, span: Months | None, roster: Frame | None, settings: Settings, metre: float,
    result: Result,
) -> None:  # fmt: skip
    """What of a log cannot be so, or does not count: R9061–R9063 and R9065–R9071; `span` are the months asked for."""
    findings, language = result.findings, result.findings.language
    day = np.datetime64(settings.on_date, "D")
    count = len(log)
    _rows(log, "R9067", log.undated, findings, count)
    _rows(log, "R9071", log.date > day, findings, count, expected=settings.on_date.isoformat(),
          actual=log.date.astype(str))  # fmt: skip
    dated = ~np.isnat(log.date) & (log.date <= day)
    _rows(log, "R9061", dated & (log.zone < 0), findings, count, actual=log.said_zone)
    metres = np.divide(log.away, metre)
    _rows(log, "R9062", dated & log.outside, findings, count, related=log.said_zone, measure="m",
          expected=in_full(settings.tolerance), difference=metres - settings.tolerance,
          actual=np.array([in_full(round(one, 2)) for one in metres], dtype=object))  # fmt: skip
    _rows(log, "R9068", dated & log.silent & ~log.double, findings, count)
    if span is not None:
        month = log.date.astype("datetime64[M]")
        out = month[dated & ~np.isin(month, span)]
        found, counts = np.unique(out, return_counts=True)
        findings.add("R9066", "patrol", found.astype(str), actual=counts.astype(str), difference=counts.astype(float),
                     measure="count", months=settings.months)  # fmt: skip
    if roster is None:
        result.unchecked.append(text("unchecked.patrols.people", language))
    else:
        _strangers(log, roster, findings)
    _speeds(log, settings, metre, findings)
    _delays(log, settings, findings)


def tell_alone(log: Log, settings: Settings, findings: Findings) -> np.datetime64:
    """R9072: the one patrol that lies far before all others, whose year may be mistyped; gives the day of the first of
    the others, NaT where there is no such patrol. Two patrols do not tell which of them is odd."""
    day = np.datetime64(settings.on_date, "D")
    rows = np.flatnonzero((log.date <= day) & ~log.double)
    rows = rows[np.argsort(log.date[rows], kind="stable")]
    days = log.date[rows]
    if len(rows) < _FEWEST or not (days[1] - days[0]).astype(float) > settings.alone:
        return np.datetime64("NaT", "D")
    gap = int((days[1] - days[0]).astype(int))
    first = rows[:1]
    findings.add(
        "R9072", "patrol", log.label[first], expected=str(days[1]), actual=str(days[0]), difference=-float(gap),
        measure="days", geometry=as_areas(log.shape[first]), days=gap, month=str(days[1].astype("datetime64[M]")),
    )  # fmt: skip
    return days[1]


def _rows(
    log: Log, rule: str, bad: Mask, findings: Findings, of: int, related: Shapes | str = "", expected: str = "",
    actual: Shapes | str = "", difference: Floats | float = np.nan, measure: str = "text",
) -> None:  # fmt: skip
    at = np.flatnonzero(bad)

    def those(values: Shapes | Floats | str | float) -> Shapes | Floats | str | float:
        return values[at] if isinstance(values, np.ndarray) else values

    findings.add(
        rule, "patrol", log.label[at], of=of, related=those(related), expected=expected, actual=those(actual),
        difference=those(difference), measure=measure, geometry=as_areas(log.shape[at]),
    )  # fmt: skip


def _strangers(log: Log, roster: Frame, findings: Findings) -> None:
    """R9063: people who patrolled and stand in no row of the roster, each once."""
    known = {name for said in roster.column("person") for name in _NAMES.split(said)}
    found: dict[str, int] = {}
    for said in log.person:
        for name in filter(None, _NAMES.split(said)):
            if name not in known:
                found[name] = found.get(name, 0) + 1
    names = sorted(found)
    people = len({name for said in log.person for name in filter(None, _NAMES.split(said))})
    counts = np.array([found[name] for name in names], dtype=float)
    findings.add(
        "R9063", "patrol", [mask(name) for name in names], of=people, actual=[str(found[name]) for name in names],
        difference=counts, measure="count",
    )  # fmt: skip


def _speeds(log: Log, settings: Settings, metre: float, findings: Findings) -> None:
    """R9065: along one track, or from one patrol of a person to the next, faster than anyone moves."""
    known = ~np.isnat(log.date) & ~np.isnan(log.start) & ~shapely.is_missing(log.shape) & ~log.double
    rows = np.flatnonzero(known)
    begin = log.date[rows].astype(np.int64) * _DAY_SECONDS + log.start[rows]
    end = log.date[rows].astype(np.int64) * _DAY_SECONDS + np.where(
        np.isnan(log.finish[rows]), log.start[rows], log.finish[rows]
    )
    length = shapely.length(log.shape[rows]) / metre
    track = (shapely.get_dimensions(log.shape[rows]) == 1) & ~np.isnan(log.finish[rows])
    _tell_speed(log, rows[track], None, length[track], (end - begin)[track], settings, findings)
    named = log.person[rows] != ""
    rows, begin, end = rows[named], begin[named], end[named]
    order = np.lexsort((log.label[rows].astype(str), begin, log.person[rows].astype(str)))
    rows, begin, end = rows[order], begin[order], end[order]
    same = np.flatnonzero(log.person[rows[1:]] == log.person[rows[:-1]])
    before, after = rows[same], rows[same + 1]
    apart = shapely.distance(log.shape[before], log.shape[after]) / metre
    _tell_speed(log, after, before, apart, begin[same + 1] - end[same], settings, findings)


def _tell_speed(
    log: Log, rows: Ints, before: Ints | None, metres: Floats, seconds: Floats, settings: Settings, findings: Findings
) -> None:
    # Nearer than the tolerance may be noise of the receiver.
    limit = settings.max_speed / 3.6
    fast = np.flatnonzero((metres > settings.tolerance) & (metres > limit * np.maximum(seconds, 0.0)))
    metres, seconds, at = metres[fast], seconds[fast], rows[fast]
    related = log.label[before[fast]] if before is not None else np.full(len(at), "", dtype=object)
    # No time, or less than none, gives no speed.
    when = np.select([seconds > 0, seconds == 0], ["", "at_once"], "backwards")
    what = "track" if before is None else "patrols"
    most, language = in_full(settings.max_speed), findings.language
    how, actual = [], []
    for metre, second, other, case in zip(metres.tolist(), seconds.tolist(), related, when):
        words = {"metres": f"{metre:.0f}", "minutes": in_full(round(abs(second) / 60, 2)), "related": other}
        speed = text(f"speed.{what}.{case}", language) if case else f"{metre * 3.6 / second:.0f}"
        how.append(text(f"speed.how.{what}.{case}" if case else "speed.how", language, speed=speed, most=most, **words))
        actual.append(speed)
    by = [text("speed.by", language, person=person) if person else "" for person in log.person[at]]
    findings.add(
        "R9065", "patrol", log.label[at], related=related, expected=most, actual=actual, difference=metres,
        measure="m", geometry=as_areas(log.shape[at]), by=by, how=how,
    )  # fmt: skip


def _delays(log: Log, settings: Settings, findings: Findings) -> None:
    """R9069: an earlier step has a later day. R9070: stopped or reported too late, or not yet when it was due."""
    day = np.datetime64(settings.on_date, "D")
    begun = log.days.get("discovered", np.full(len(log), np.datetime64("NaT", "D")))
    # What a patrol found was discovered on that day.
    begun = np.where(np.isnat(begun) & log.found, log.date, begun)
    considered = log.found & ~log.double & ~np.isnat(begun) & (begun <= day)
    for step, most in (("stopped", settings.stop_days), ("reported", settings.report_days), ("filed", None)):
        if step not in log.days:
            continue
        then = log.days[step]
        reverse = np.flatnonzero(considered & (then < begun))
        title = text(f"column.{step}", findings.language)
        findings.add(
            "R9069", "patrol", log.label[reverse], related=step, expected=begun[reverse].astype(str),
            actual=then[reverse].astype(str), difference=(then - begun)[reverse].astype(float), measure="days",
            geometry=as_areas(log.shape[reverse]), step=title,
        )  # fmt: skip
        if most is None:
            continue
        until = np.where(np.isnat(then) | (then > day), day, then)
        taken = (until - begun).astype(float)
        late = np.flatnonzero(considered & ~(then < begun) & (taken > most))
        never = np.isnat(then[late]) | (then[late] > day)
        not_yet = text("value.not_yet", findings.language)
        findings.add(
            "R9070", "patrol", log.label[late], of=int(considered.sum()), related=step, expected=in_full(most),
            actual=np.where(never, not_yet, then[late].astype(str)), difference=taken[late] - most, measure="days",
            geometry=as_areas(log.shape[late]), step=title, days=taken[late].astype(int), found=begun[late].astype(str),
        )  # fmt: skip
