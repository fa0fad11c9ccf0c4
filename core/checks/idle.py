"""批而未供, 供而未用 and idle land: what was approved, supplied and built, and what the law does about it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core.catalogue import text
from redline.core.checks import areas, joining, permit_states, supply
from redline.core.checks.absence import absence, unread
from redline.core.checks.cases import meanings, where
from redline.core.checks.figures import cents, located, percent_beside, positive
from redline.core.checks.ground import check_ground
from redline.core.checks.joining import as_areas
from redline.core.checks.units import unit_names
from redline.core.errors import InputError
from redline.core.findings import Findings
from redline.core.frames import Frame, labels
from redline.core.progress import Progress
from redline.core.result import Result
from redline.core.standards import threshold
from redline.core.standards.enforcement import exact_share, idle_consequences
from redline.core.units import round_half_away

STATUSES = (
    "take_back", "idle", "exempt", "not_started", "developing", "finished", "not_supplied", "partly_supplied",
    "supplied", "unknown",
)  # fmt: skip
CONSEQUENCES = ("", "fee", "take_back")
COLUMNS = (
    "key", "kind", "unit", "unit_name", "status", "consequence", "fee", "permit", "project", "area", "supplied_area",
    "developed_area", "developed_share", "invested_share", "approved", "agreed_start", "actual_start", "stopped_work",
    "idle_days", "cause",
)  # fmt: skip

_EXEMPT = ("government", "force_majeure")
_ORDERS = (
    ("signed", "actual_start"), ("signed", "agreed_start"), ("actual_start", "stopped_work"),
    ("stopped_work", "resumed_work"), ("actual_start", "finished"),
)  # fmt: skip
_DONE = ("signed", "actual_start", "stopped_work", "resumed_work", "finished")
_DAYS = (*_DONE, "agreed_start")
# What stands in place of a day that has not come; whether a 未知 day has, nobody says.
_NOT_YET = re.compile(r"未(?!知|明|详)|尚无|没有?[动开复竣完]|^[无否]$|^not\b", re.IGNORECASE)
_WITHIN = (("developed_area", "develop_area"), ("develop_area", "area"), ("invested", "investment"))

Mask = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
Texts = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Settings:
    """The day on which land is looked at, and the `unused_years` after which approved land should be supplied."""

    on_date: datetime.date
    unused_years: float = field(default_factory=lambda: threshold("unused_years").value)


def check(frames: Mapping[str, Frame], findings: Findings, settings: Settings, progress: Progress) -> Result:
    """Tell of every "contract" whether its land is idle, and of every "permit" whether its land was supplied.

    "built" (buildings, or a land survey, of which construction land counts) tells what was developed where the ledger
    does not. Gives `IDLE_LAND` with the columns of COLUMNS and a `geometry`: status, consequence (a fee of 20 % of the
    price, taking back without compensation) and its cause. Years are calendar years, lines are compared exactly. Rules
    R7021, R7060, R7080–R7092, R2009. Raises InputError without contracts and permits. Source: 闲置土地处置办法
    (国土资源部令第53号).
    """
    language = findings.language
    if not {"contract", "permit"} & set(frames):
        raise InputError("nothing_to_supply", language)
    names = unit_names(frames)
    result = Result(findings, notes=[note for role in frames for note in frames[role].notes])
    parts = []
    contracts, permits = frames.get("contract"), frames.get("permit")
    for frame in (contracts, permits):
        if frame is not None:
            _prepare(frame, frames.get("units"), names, findings, progress.step(share=0.15))
    if contracts is not None:
        contracts = _each_once(contracts)
    links = supply.link(contracts, permits, findings, progress.step(text("step.idle.supply", language), 0.2))
    if contracts is not None:
        step = progress.step(text("step.idle.built", language), 0.4)
        places = _places(contracts, permits, links)
        parts.append(_contracts(contracts, frames.get("built"), links, places, settings, result, step))
    if permits is not None:
        parts.append(supply.permits(permits, contracts, links, settings.on_date, settings.unused_years, result))
    table = pd.concat(parts, ignore_index=True)
    table["unit_name"] = table["unit"].map(lambda code: names.get(code, ""))
    table = table.reindex(columns=[*COLUMNS, "geometry"])
    for column in ("consequence", "permit", "project", "cause"):
        table[column] = table[column].fillna("")
    for column in ("approved", "agreed_start", "actual_start", "stopped_work"):
        table[column] = pd.to_datetime(table[column], errors="coerce")
    table = table.sort_values(["kind", "key", "unit", "area"], kind="stable", ignore_index=True)
    if shapely.is_missing(table["geometry"].to_numpy(dtype=object)).all():
        table = table.drop(columns="geometry")
    result.tables["IDLE_LAND"] = table
    result.checked, result.thing = len(table), "supply"
    result.unchecked.extend(
        text(f"unchecked.idle.{role}", language) for role in ("permit", "contract", "built") if role not in frames
    )
    progress.update(1.0)
    return result


def _prepare(
    frame: Frame, units_layer: Frame | None, names: Mapping[str, str], findings: Findings, progress: Progress
) -> None:
    """Numbers, units and shapes of a source as this check takes them."""
    if not any(frame.has(column) for column in ("key", "permit", "approval", "geometry")):
        frame.require(findings.language, "key")
    joining.settle_units(frame, units_layer or frame, names)
    if "geometry" in frame.rows:
        check_ground(frame, findings, progress.step(share=0.5))
        located(frame, units_layer, progress.step(share=0.5))
    frame.rows["key"] = frame.column("key")
    joining.report_duplicates(frame, {}, findings)


def _each_once(frame: Frame) -> Frame:
    """Contracts entered twice, once: rows of one number, unit, area and shape are one land; the fullest row stands.

    Rows that differ in one of these may be several lands under one contract.
    """
    rows = frame.rows
    shapes = frame.column("geometry", None).to_numpy(dtype=object)
    land = pd.DataFrame({
        "key": frame.column("key").to_numpy(), "unit": frame.column("unit").to_numpy(),
        "area": positive(frame, "area"), "shape": shapely.to_wkb(shapely.normalize(shapes)),
    })  # fmt: skip
    shared = np.flatnonzero((land["key"] != "").to_numpy() & land.duplicated(keep=False).to_numpy())
    if not len(shared):
        return frame
    cells = rows.iloc[shared].drop(columns=["geometry", "row"], errors="ignore")
    land = land.iloc[shared].assign(
        empty=(cells.isna() | (cells == "")).sum(axis=1).to_numpy(),
        said=cells.astype(str).agg("\x1f".join, axis=1).to_numpy(),
    )
    again = land.sort_values(["empty", "said"], kind="stable").duplicated(["key", "unit", "area", "shape"])
    return replace(frame, rows=rows.drop(index=rows.index[again.index[again]]).reset_index(drop=True))


def _contracts(
    frame: Frame, built: Frame | None, links: pd.DataFrame, places: npt.NDArray[np.object_], settings: Settings,
    result: Result, progress: Progress,
) -> pd.DataFrame:  # fmt: skip
    """The rows of `IDLE_LAND` of the contracts, whose land lies at `places`."""
    findings, today = result.findings, np.datetime64(settings.on_date, "D")
    days = {name: frame.days(name) for name in _DAYS}
    table = pd.DataFrame({"key": labels(frame), "kind": "contract", "unit": frame.column("unit").to_numpy()})
    area = positive(frame, "area")
    area = np.where(np.isnan(area), positive(frame, "geometry_area"), area)
    table["area"] = round_half_away(area)
    table["project"] = frame.column("project").to_numpy()
    table["permit"] = links.groupby("contract")["permit_key"].agg("、".join).reindex(table.index).fillna("").to_numpy()
    whole = positive(frame, "develop_area")
    whole = np.where(np.isnan(whole), area, whole)
    drawn = supply.built_share(frame, built, progress)
    said = positive(frame, "developed_area", zero=True)
    developed = np.where(np.isnan(said), drawn * whole, said)
    table["developed_area"] = np.round(developed, 2)
    table["developed_share"] = _share(developed, whole)
    table["invested_share"] = _share(positive(frame, "invested", zero=True), positive(frame, "investment"))
    wrong = _tell_orders(frame, table["key"].to_numpy(), days, settings, findings)
    measured = table[["developed_share", "invested_share"]].notna().any(axis=1).to_numpy()
    state = _State(frame, days, today, developed, drawn, wrong, measured)
    slow = _below(developed, whole, "idle_area_share") | _below(
        positive(frame, "invested", zero=True), positive(frame, "investment"), "idle_investment_share"
    )
    since, limits = state.idle_since(slow)
    causes = meanings(frame, "cause", findings)
    _decide(table, state, since, limits, causes, today)
    _fees(table, frame)
    for name in ("agreed_start", "actual_start", "stopped_work"):
        table[name] = days[name]
    table["cause"] = causes
    table["geometry"] = places
    _tell(frame, table, state, settings, findings)
    _tell_amounts(frame, table["key"].to_numpy(), findings)
    _tell_built(frame, table, state, said, drawn, findings)
    return table


def _places(contracts: Frame, permits: Frame | None, links: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Where the land of each contract lies: its own shape; without one, that of the only permit it is about."""
    shapes: npt.NDArray[np.object_] = contracts.column("geometry", None).to_numpy(dtype=object).copy()
    if permits is not None and permits.has("geometry"):
        single = links[~links["contract"].duplicated(keep=False)]
        row, permit = single["contract"].to_numpy(dtype=np.int64), single["permit"].to_numpy(dtype=np.int64)
        without = shapely.is_missing(shapes[row])
        shapes[row[without]] = permits.rows["geometry"].to_numpy(dtype=object)[permit[without]]
    return shapes


class _State:
    """Where each contract stands on the day: started, finished, stopped, or not to be told. `measured` is the mask of
    those of which a share of the area or of the investment is known; `unread` names the column with a day that cannot
    be read and by which the land may be in use, "" where there is none."""

    def __init__(
        self, frame: Frame, days: Mapping[str, Days], today: np.datetime64, developed: npt.NDArray[np.float64],
        drawn: npt.NDArray[np.float64], wrong: Mask, measured: Mask,
    ) -> None:  # fmt: skip
        self.days = days
        dated = days["actual_start"] <= today
        self.undated = ~dated & (np.nan_to_num(developed) > 0)
        self.started = dated | self.undated
        self.finished = days["finished"] <= today
        stop, again = days["stopped_work"], days["resumed_work"]
        self.stopped = self.started & (stop <= today) & ~(again >= stop)
        told = ("actual_start" in frame.rows) | ~np.isnan(drawn)
        self.wrong = wrong
        # Stopped for so long that the land is idle unless enough had been done, and nobody says how much was.
        long_ago = np.any([_elapsed(stop, limit.years, today, limit.inclusive) for limit in idle_consequences()
                           if limit.of == "stopped"], axis=0)  # fmt: skip
        self.unmeasured = self.stopped & ~self.finished & long_ago & ~measured
        unused, ended = ~self.started & ~self.finished, _maybe(frame, "finished")
        waiting = unused & (np.isnat(days["agreed_start"]) | ~told)
        halted = self.stopped & ~self.finished
        self.unread = np.select(
            [unused & _maybe(frame, "actual_start"), halted & _maybe(frame, "resumed_work"), (unused | halted) & ended],
            ["actual_start", "resumed_work", "finished"], "",
        ).astype(object)  # fmt: skip
        self.unknown = wrong | self.unmeasured | waiting | (self.unread != "")

    def idle_since(self, slow: Mask) -> tuple[Days, Texts]:
        """The day from which the land of each contract counts as unused, NaT where it does not, and by which limits."""
        since = np.full(len(slow), np.datetime64("NaT", "D"), dtype="datetime64[D]")
        waiting = ~self.started & ~self.finished & ~self.unknown
        halted = self.stopped & ~self.finished & ~self.unknown & slow
        since[waiting] = self.days["agreed_start"][waiting]
        since[halted] = self.days["stopped_work"][halted]
        return since, np.select([waiting, halted], ["not_started", "stopped"], "").astype(object)


def _maybe(frame: Frame, column: str) -> Mask:
    """Mask of the rows with something in a column of days that is no day, and may tell of one that has come."""
    return np.array([bool(said) and not _NOT_YET.search(said) for said in unread(frame, column)], dtype=bool)


def _decide(
    table: pd.DataFrame, state: _State, since: Days, limits: Texts, causes: Texts, today: np.datetime64
) -> None:
    """Status and consequence of each contract, by the years that its land has lain unused."""
    consequence = np.full(len(table), "", dtype=object)
    for limit in idle_consequences():
        met = (limits == limit.of) & _elapsed(since, limit.years, today, limit.inclusive)
        consequence[met] = limit.consequence
    exempt = (consequence != "") & np.isin(causes, _EXEMPT)
    table["consequence"] = np.where(exempt, "", consequence)
    table["status"] = np.select(
        [state.unknown, exempt, consequence == "take_back", consequence == "fee", state.finished, state.started],
        ["unknown", "exempt", "take_back", "idle", "finished", "developing"],
        "not_started",
    ).astype(object)
    idle = table["status"].isin(["exempt", "take_back", "idle"]).to_numpy()
    table["idle_days"] = pd.Series(np.where(idle, (today - since).astype(float), np.nan)).astype("Int64")


def _fees(table: pd.DataFrame, frame: Frame) -> None:
    """The fee (元) of land whose holder owes one: a share of its price, to the 分, half away from zero."""
    share = exact_share(threshold("idle_fee_share"))
    price = positive(frame, "price")
    owed = (table["consequence"] == "fee").to_numpy() & ~np.isnan(price)
    whole = cents(price)
    fees = [_half_away(int(amount) * share) / 100 if owes else np.nan for amount, owes in zip(whole, owed)]
    table["fee"] = np.array(fees, dtype=float)


def _half_away(amount: Fraction) -> int:
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def _elapsed(since: Days, years: float, today: np.datetime64, inclusive: bool) -> Mask:
    """Have so many calendar years passed by the day? 29 February is followed by 28 February."""
    ends = permit_states.later_by(since, years)
    return np.asarray(ends <= today if inclusive else ends < today)


def _share(part: npt.NDArray[np.float64], whole: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.round(np.where(whole > 0, part / whole, np.nan), 6)


def _below(part: npt.NDArray[np.float64], whole: npt.NDArray[np.float64], line: str) -> Mask:
    """Is a part less than a threshold's share of the whole? In whole hundredths; no where either is not known."""
    share = exact_share(threshold(line)).limit_denominator(10_000)
    known = ~(np.isnan(part) | np.isnan(whole)) & (np.nan_to_num(whole) > 0)
    return known & (cents(part) * share.denominator < cents(whole) * share.numerator)


def _tell_orders(frame: Frame, names: Texts, days: Mapping[str, Days], settings: Settings, findings: Findings) -> Mask:
    """R7087: days of a contract in an impossible order, or in the future; gives the mask of those."""
    language, today = findings.language, np.datetime64(settings.on_date, "D")
    wrong = np.zeros(len(frame), dtype=bool)
    for name in _DONE:
        late = (days[name] > today) & ~wrong
        wrong |= late
        _tell_days(frame, names, late, name, findings, expected=f"≤ {settings.on_date.isoformat()}",
                   actual=days[name], problem="idle.future")  # fmt: skip
    for first, then in _ORDERS:
        turned = (days[first] > days[then]) & ~wrong
        wrong |= turned
        _tell_days(frame, names, turned, f"{first}/{then}", findings, expected=days[first], actual=days[then],
                   problem="idle.turned", first=text(f"column.{first}", language))  # fmt: skip
    return wrong


def _tell_days(
    frame: Frame, names: Texts, mask: Mask, related: str, findings: Findings, expected: Any, actual: Days, problem: str,
    **words: str,
) -> None:  # fmt: skip
    at = np.flatnonzero(mask)
    then = text(f"column.{related.rpartition('/')[2]}", findings.language)
    known = expected if isinstance(expected, str) else expected[at].astype(str)
    limits = [known] * len(at) if isinstance(known, str) else known
    said = [
        text(problem, findings.language, then=then, day=str(day), known=limit, **words)
        for day, limit in zip(actual[at], limits)
    ]
    findings.add("R7087", frame.role, names[at], related=related, **where(frame, at), expected=known,
                 actual=actual[at].astype(str), problem=said, of=len(frame))  # fmt: skip


def _tell(frame: Frame, table: pd.DataFrame, state: _State, settings: Settings, findings: Findings) -> None:
    """R7083 to R7085: idle land by its consequence; R7086: land of which nothing can be told."""
    language, names = findings.language, table["key"].to_numpy()
    since = table["idle_days"].to_numpy(dtype=float, na_value=np.nan)
    for rule, status in (("R7083", "idle"), ("R7084", "take_back"), ("R7085", "exempt")):
        at = np.flatnonzero((table["status"] == status).to_numpy())
        reasons = [_reason(table, state, row, language) for row in at]
        fees = [text("idle.fee", language, fee=f"{fee:,.2f}") if fee > 0 else text("idle.no_price", language)
                for fee in table["fee"].to_numpy()[at]]  # fmt: skip
        causes = [text(f"cause.{cause}", language) if cause else "" for cause in table["cause"].to_numpy()[at]]
        lies = {**where(frame, at), "geometry": as_areas(table["geometry"].to_numpy(dtype=object)[at])}
        findings.add(
            rule, frame.role, names[at], **lies, actual=reasons, difference=since[at], measure="days",
            reason=reasons, fee=fees, cause=causes, on_date=settings.on_date.isoformat(),
        )  # fmt: skip
    # What is wrong with its days was told already.
    told = np.flatnonzero(state.unknown & ~state.wrong)
    unread_days = state.unread[told]
    lacks = np.select(
        [unread_days != "", state.unmeasured[told], np.isnat(state.days["agreed_start"][told])],
        [unread_days, "developed_area", "agreed_start"], "actual_start",
    )  # fmt: skip
    said = {one: absence(frame, one, told, language) for one in set(lacks)}
    findings.add("R7086", frame.role, names[told], **where(frame, told), of=len(frame),
                 role_name=text(f"role.{frame.role}", language),
                 lacking=[said[one][number] for number, one in enumerate(lacks)])  # fmt: skip


def _reason(table: pd.DataFrame, state: _State, row: int, language: str) -> str:
    days = int(table["idle_days"].iloc[row])
    if not state.started[row]:
        day = str(state.days["agreed_start"][row])
        return text("idle.not_started", language, day=day, days=days)
    lines = {"developed_share": "idle_area_share", "invested_share": "idle_investment_share"}
    shares = {
        name: percent_beside(float(table[name].iloc[row]), float(exact_share(threshold(line)))) or "—"
        for name, line in lines.items()
    }
    return text("idle.stopped", language, day=str(state.days["stopped_work"][row]), days=days, **shares)


def _tell_amounts(frame: Frame, names: Texts, findings: Findings) -> None:
    """R7088: more developed or invested than there is to be."""
    language = findings.language
    for column, whole in _WITHIN:
        if not frame.has(column, whole):
            continue
        part, limit = positive(frame, column, zero=True), positive(frame, whole)
        money = whole == "investment"
        place = 0.0 if money else max(areas.rounding(frame, column), areas.rounding(frame, whole))
        at = np.flatnonzero(part > limit + place)
        findings.add(
            "R7088", frame.role, names[at], related=column, **where(frame, at), actual=areas.metres(part[at]),
            expected=[f"≤ {one}" for one in areas.metres(limit[at])], difference=part[at] - limit[at], of=len(frame),
            measure="yuan" if money else "m2", column=text(f"column.{column}", language),
            whole=text(f"column.{whole}", language), limit=areas.metres(limit[at]),
            unit_word=text("measure.yuan" if money else "measure.m2", language),
        )  # fmt: skip


def _tell_built(
    frame: Frame, table: pd.DataFrame, state: _State, said: npt.NDArray[np.float64], drawn: npt.NDArray[np.float64],
    findings: Findings,
) -> None:  # fmt: skip
    """R7089: much was developed, says the ledger, but nothing is built there; R7090: developed, but no day of it."""
    names = table["key"].to_numpy()
    line = float(threshold("idle_area_share").value)
    share = table["developed_share"].to_numpy(dtype=float)
    at = np.flatnonzero(~np.isnan(said) & (drawn == 0) & (share >= line))
    findings.add("R7089", frame.role, names[at], **where(frame, at), actual=areas.metres(said[at]), expected="0.00",
                 difference=said[at], measure="m2", of=len(frame))  # fmt: skip
    at = np.flatnonzero(state.undated & ~state.wrong)
    findings.add("R7090", frame.role, names[at], **where(frame, at), of=len(frame),
                 actual=areas.metres(table["developed_area"].to_numpy(dtype=float)[at]),
                 lacking=absence(frame, "actual_start", at, findings.language))  # fmt: skip
