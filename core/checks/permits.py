"""Permits, violations and basic farmland: what overlaps, and what the law calls it (批与违)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import shapely

from redline.core import units
from redline.core.catalogue import text
from redline.core.checks import joining
from redline.core.checks import permit_areas as areas
from redline.core.checks import permit_states as states
from redline.core.checks.absence import absence, unread
from redline.core.checks.areas import metres
from redline.core.checks.cases import tell_unknown
from redline.core.checks.farmland import tell_records
from redline.core.checks.figures import located
from redline.core.checks.permit_judgement import LABELS, RULES, UNKNOWN, Judgement, Settings
from redline.core.checks.permit_sides import Mask, Permits, Side, in_order_of_names
from redline.core.checks.permit_use import use_of_permits
from redline.core.checks.units import unit_names
from redline.core.codes import COUNTED_LEVELS
from redline.core.findings import Findings
from redline.core.frames import Frame
from redline.core.geometry.overlay import overlay
from redline.core.heap import give_back
from redline.core.progress import Progress
from redline.core.result import Result
from redline.core.standards import threshold
from redline.core.standards.permits import permit_state

__all__ = ["LABELS", "Settings", "check"]

_SUMMED = ["area", "permitted_area", "uncovered_area", "farmland_area", "cultivated_area"]


def check(frames: Mapping[str, Frame], findings: Findings, settings: Settings, progress: Progress) -> Result:
    """Judge every change in "violation" by "permit", "application", "farmland" (or "map"), "landuse", "units", "plan".

    All but "violation" may be absent; what is not given is said to be unchecked. Gives `VIOLATIONS_OUT`, `PIECES`,
    `PERMITS_OUT` and `UNIT_SUMMARY`, areas in m² with two decimals: the pieces of a violation are disjoint and add up
    to it to the cent. Rules R2005, R2009, R3001, R3002, R5001–R5006, R7001–R7022, R7060. Source: DOMAIN §5.2 (bars),
    §5.3 (predicates).
    """
    language = findings.language
    farm = frames.get("farmland") or frames.get("map")
    names = unit_names({**frames, **({"map": farm} if farm else {})})
    result = Result(findings, checked=len(frames["violation"]), thing="violation")
    changes = Side(frames["violation"], result, progress.step(share=0.05))
    permits, applications = _permits(frames, result)
    if permits is not None:
        states.tell_yet_to_come(permits.frame, findings, settings.on_date)
    fields = Side(farm, result, progress.step(share=0.1)) if farm else None
    if fields:
        tell_records(fields, fields.usable, findings)
    _own_data(changes, findings)
    _twice(changes, settings, findings)
    covering = permits.rows_of(states.MAY_COVER) if permits else np.empty(0, dtype=np.int64)
    step = progress.step(text("step.permits.pieces", language), 0.35)
    found = areas.land(
        changes.shapes, permits.shapes[covering] if permits else np.empty(0, dtype=object),
        fields, changes.plane, step,
    )  # fmt: skip
    judged = Judgement(changes, permits, covering, applications, fields, found, settings)
    step = progress.step(text("step.permits.classes", language), 0.2)
    judged.classify(frames.get("landuse"), result, step)
    located(changes.frame, frames.get("units"), progress.step(share=0.1))
    changes.unit = changes.frame.column("unit").to_numpy(dtype=object)
    table = judged.table(names, language)
    judged.enrich()
    _tell(judged, table, settings, findings)
    result.tables["VIOLATIONS_OUT"] = table
    result.tables["PIECES"] = judged.pieces()
    # The permits that follow need no more of it than this.
    shares = replace(found.shares, permit=covering[found.shares.permit])
    del judged, found
    give_back()
    if permits:
        step = progress.step(text("step.permits.use", language), 0.6)
        result.tables["PERMITS_OUT"] = use_of_permits(
            permits, changes, shares, frames, fields, names, settings, findings, step
        )  # fmt: skip
    result.tables["UNIT_SUMMARY"] = _by_unit(table, names)
    for role in ("permit", "application", "landuse", "units"):
        if role not in frames:
            result.unchecked.append(text(f"unchecked.permits.{role}", language))
    if farm is None:
        result.unchecked.append(text("unchecked.permits.farmland", language))
    progress.update(1.0)
    return result


def _permits(frames: Mapping[str, Frame], result: Result) -> tuple[Permits | None, list[Permits]]:
    """The permits; and what holds applications: their own layer, and the permits that are still under way."""
    permits = Permits(frames["permit"], result) if "permit" in frames else None
    applications = [Permits(frames["application"], result)] if "application" in frames else []
    for side, role in ((permits, "permit"), *((one, "application") for one in applications)):
        if side is not None:
            joining.report_duplicates(side.frame, {}, result.findings)
            _unknown_states(side.frame, result.findings)
            _dates_of(side, role, result.findings)
    return permits, applications + ([permits] if permits is not None else [])


def _unknown_states(frame: Frame, findings: Findings) -> None:
    """R7060: what the status says, and nobody understands."""
    if frame.has("status"):
        counts = frame.rows["status"].value_counts().sort_index()
        counts = counts[[bool(word) and not permit_state(str(word)) for word in counts.index]]
        tell_unknown(frame, "status", counts.index.to_numpy(dtype=object), counts.to_numpy(), findings)


def _dates_of(side: Permits, role: str, findings: Findings) -> None:
    """R7020 and R7021: a permit without a day of approval, a temporary one without a last day; days in an order that
    cannot be."""
    accepted, approved = states.span(side.frame, "accepted"), states.span(side.frame, "approved")
    expires = states.span(side.frame, "expires").first
    stands = side.state == states.APPROVED
    if role == "application":
        lacking = {"accepted": states.under_way(side.state) & np.isnat(accepted.first)}
    else:
        lacking = {
            "approved": (stands | (side.state == "")) & np.isnat(approved.first),
            "expires": stands & side.temporary & np.isnat(expires),
        }
    for wanted, rows in lacking.items():
        # The first of both keeps the id that it has always had.
        related = wanted if wanted == "expires" else ""
        _undated(findings, side, wanted, rows, related=related)
    turned, ended = states.turned(side.frame)
    for rows, first, second, one, other in (
        (turned, "accepted", "approved", accepted.first, approved.last),
        (ended & ~turned, "approved", "expires", approved.first, expires),
    ):
        _add(
            findings, "R7021", side, rows, first=text(f"column.{first}", findings.language),
            second=text(f"column.{second}", findings.language), expected=np.datetime_as_string(one[rows]),
            actual=np.datetime_as_string(other[rows]),
        )  # fmt: skip


def _own_data(changes: Side, findings: Findings) -> None:
    """R2005, R2009; R7020 and R7021 of the image dates."""
    frame = changes.frame
    joining.report_missing_keys(frame, findings)
    joining.report_duplicates(frame, {}, findings)
    before, after = states.span(frame, "before"), states.span(frame, "after")
    _undated(findings, changes, "after", np.isnat(after.first), called="after_image")
    with np.errstate(invalid="ignore"):
        turned = before.first > after.last
    _add(
        findings, "R7021", changes, turned, first=text("column.before_image", findings.language),
        second=text("column.after_image", findings.language), expected=np.datetime_as_string(before.first[turned]),
        actual=np.datetime_as_string(after.last[turned]),
    )  # fmt: skip


def _twice(changes: Side, settings: Settings, findings: Findings) -> None:
    """R7019: two violations on the same land."""
    pairs = overlay(changes.shapes, changes.shapes, trusted=True, wanted=np.less)
    land = np.asarray(pairs.geometry, dtype=object)
    once = np.flatnonzero(pairs.area > settings.farmland_area)
    once = once[areas.wide(land[once], settings.edge_tolerance)]
    first, second = in_order_of_names(changes, pairs.left[once], pairs.right[once])
    cents = areas.official(land[once], changes.plane)
    findings.add(
        "R7019", changes.frame.role, changes.names[first], related=changes.names[second], unit=changes.unit[first],
        difference=units.from_cents(cents), measure="m2", geometry=land[once],
        area=units.format_areas(cents),
    )  # fmt: skip


def _tell(judged: Judgement, table: pd.DataFrame, settings: Settings, findings: Findings) -> None:
    """R7001–R7010 for every label that holds; R7022 for the bars passed."""
    changes = judged.changes
    for label, rule in RULES.items():
        permits = np.array(judged.permits_of(label, "、"), dtype=object)
        rows = np.flatnonzero(judged.amount[label] > 0)
        shapes = judged.place[label][rows]
        shapes = np.where(shapely.is_missing(shapes), changes.shapes[rows], shapes)
        amount = judged.amount[label][rows]
        findings.add(
            rule, "violation", changes.names[rows], unit=changes.unit[rows],
            unit_name=changes.frame.column("unit_name").to_numpy()[rows], expected="0",
            actual=metres(units.from_cents(amount)), difference=units.from_cents(amount), measure="m2",
            geometry=shapes, area=units.format_areas(amount),
            mu=units.format_areas(amount, "mu"),
            whole=units.format_areas(judged.area[rows]),
            permits=np.where(permits[rows] == "", "—", permits[rows]),
            applications=["、".join(sorted(set(judged.applied[row]))) or "—" for row in rows],
            problem=[_left_open(judged, row, permits[row], findings.language) for row in rows]
            if label == UNKNOWN else "",
        )  # fmt: skip
    bars = np.array(judged.bars(), dtype=object)
    rows = np.flatnonzero(bars != "")
    taken = np.asarray(units.from_cents(judged.illegal_farmland), dtype=float) + np.nan_to_num(judged.illegal_other)
    said = ["、".join(text(f"bar.{bar}", findings.language) for bar in bars[row].split(";")) for row in rows]
    findings.add(
        "R7022", "violation", changes.names[rows], unit=changes.unit[rows],
        unit_name=changes.frame.column("unit_name").to_numpy()[rows], actual=said,
        difference=units.round_half_away(taken[rows]), measure="m2", geometry=changes.shapes[rows], bars=said,
        days=f"{threshold('report_days').value:g}",
    )  # fmt: skip


def _left_open(judged: Judgement, row: int, permits: str, language: str) -> str:
    """What the days leave open of a violation: whether land was permitted, or whether it was applied for."""
    applications = "、".join(sorted(set(judged.maybe_applied[row])))
    said = [
        text(f"violation.{name}", language, area=units.format_area(int(cents)), names=names or "—")
        for name, cents, names in (
            ("open", judged.open[row], permits), ("unclear", judged.unclear[row], applications),
        ) if cents
    ]  # fmt: skip
    return text("violation.and", language).join(said)


def _undated(findings: Findings, side: Side, column: str, rows: Mask, related: str = "", called: str = "") -> None:
    """R7020: rows without a day in a column that is `called` otherwise in the texts."""
    at = np.flatnonzero(rows)
    _add(
        findings, "R7020", side, rows, related=related, actual=unread(side.frame, column)[at], of=len(side),
        lacking=absence(side.frame, column, at, findings.language, called),
    )  # fmt: skip


def _add(findings: Findings, rule: str, side: Side, rows: Mask, **words: Any) -> None:
    findings.add(
        rule, side.frame.role, side.names[rows], unit=side.unit[rows],
        unit_name=side.frame.column("unit_name").to_numpy()[rows], geometry=side.shapes[rows],
        role_name=side.role_name, **words,
    )  # fmt: skip


def _by_unit(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """`UNIT_SUMMARY`: violations by county, township, village: number, areas, number of each label."""
    parts = []
    for digits, name in COUNTED_LEVELS.items():
        rows = table[table["unit"].str.len() >= digits]
        if not len(rows):
            continue
        code = rows["unit"].str[:digits]
        cents = rows[_SUMMED].apply(lambda column: pd.Series(units.cents(column.fillna(0.0)), index=column.index))
        sums = cents.groupby(code).sum()
        part = pd.DataFrame({"level": name, "violations": rows.groupby(code).size()})
        for column in _SUMMED:
            part[column] = units.from_cents(sums[column].to_numpy())
        for label in LABELS:
            has = (";" + rows["labels"] + ";").str.contains(f";{label};", regex=False)
            part[label] = has.groupby(code).sum().astype("int64")
        part.insert(0, "unit", part.index.to_numpy(dtype=object))
        part.insert(1, "unit_name", [names.get(unit, "") for unit in part["unit"]])
        parts.append(part)
    columns = ["unit", "unit_name", "level", "violations", *_SUMMED, *LABELS]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype="float64" if name in _SUMMED else object) for name in columns})
    return pd.concat(parts, ignore_index=True)[columns].sort_values("unit", kind="stable", ignore_index=True)
