"""违法占耕比 and the rates of enforcement, by county, township and village, held against their lines."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from redline.core import units
from redline.core.catalogue import text
from redline.core.checks import cases, joining
from redline.core.checks.figures import located, percent_beside, sign
from redline.core.checks.ground import check_ground
from redline.core.checks.illegal import judge
from redline.core.checks.newland import NEW_LAND, new_land
from redline.core.checks.units import unit_names
from redline.core.codes import COUNTED_LEVELS
from redline.core.findings import Findings
from redline.core.frames import Frame, labels
from redline.core.preferences import preferences
from redline.core.progress import Progress
from redline.core.result import Rate, Result
from redline.core.standards import threshold
from redline.core.standards.enforcement import (
    Line,
    RateDefinition,
    RatioProfile,
    crossed,
    denominator_title,
    exact_share,
    rate_definitions,
    ratio_profiles,
)

COLUMNS = (
    "unit", "level", "rate", "numerator", "denominator", "deduction", "value", "threshold", "over", "profile",
    "unit_name", "measure", "operator",
)  # fmt: skip
DEFAULT_PROFILE = "county15_town8"
RATIOS = ("illegal_ratio", "illegal_ratio_deducted")

_ROLES = ("violation", "case", "new_construction")
_SHAPED = {*RATIOS, "filing", "rectification"}
_COUNTY, _VILLAGE = 6, 12
_DECIMALS = 6

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Settings:
    """What the ratio is by (`profile`, see `ratio_profiles`) and when (`on_date`, later days do not count).

    `line` in % replaces the profile's own lines (0: not). `year` keeps violations, cases and new construction of one
    year (0: all). Polygons under `filing_area` m² need no case.
    """

    on_date: datetime.date
    profile: str = field(default_factory=lambda: preferences().ratio or DEFAULT_PROFILE)
    line: float = 0.0
    year: int = 0
    filing_area: float = 0.0

    def ratio(self) -> RatioProfile:
        """The definition of the ratio, with the line that was chosen."""
        chosen = ratio_profiles()[self.profile]
        if not self.line:
            return chosen
        lines = [replace(one, threshold=replace(one.threshold, value=self.line, unit="%")) for one in chosen.lines]
        return replace(chosen, lines=tuple(lines))


@dataclass
class _Sums:
    """Quantities (hundredths of a m² or 元, or counts; int64) by the unit code of what they are of, and which of them
    the sources tell, down to units of how many digits."""

    parts: list[pd.DataFrame] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)

    def add(self, unit: pd.Series, digits: int = _VILLAGE, **quantities: Whole) -> None:
        self.parts.append(pd.DataFrame({"unit": unit.to_numpy(dtype=object), **quantities}))
        self.known.update(dict.fromkeys(quantities, digits))

    def by_unit(self) -> pd.DataFrame:
        """The sums by unit code as it stands ("" where nobody tells)."""
        if not self.parts:
            return pd.DataFrame(index=pd.Index([], name="unit", dtype=object))
        whole = pd.concat(self.parts, ignore_index=True)
        numbers = [name for name in whole if name != "unit"]
        whole[numbers] = whole[numbers].fillna(0).astype(np.int64)
        return whole.groupby("unit").sum()


def check(frames: Mapping[str, Frame], findings: Findings, settings: Settings, progress: Progress) -> Result:
    """Work out the rates of "violation" polygons, of the ledger "case" and of "new_construction", by unit.

    Gives `RATES` with the columns of COLUMNS, one row a unit and rate: `numerator`, `denominator` and `deduction` in
    m², counts or 元 (`measure`), `value` = (numerator − deduction) / denominator as a share, none where the denominator
    is zero, `threshold` and `over` where a line is set for the level; a `geometry` where "units" has shapes. Lines are
    compared exactly, on whole hundredths. Without polygons the ledger's own areas are counted. Rules R7050–R7071,
    R2009. Raises InputError where a source is `lacking`. Sources: 15号令 (2008); DOMAIN §5.1, §5.2.
    """
    language = findings.language
    for frame in frames.values():
        if lacking(frame):
            frame.require(language, lacking(frame))
    names = unit_names(frames)
    for role in ("case", "new_construction", "violation"):
        if role in frames:
            joining.settle_units(frames[role], frames.get("units", frames[role]), names)
    result = Result(findings, notes=[note for role in frames for note in frames[role].notes])
    sums = _Sums()
    _enforcement(frames, settings, sums, result, progress.step(text("step.rates.cases", language), 0.6))
    _construction(frames, settings, sums, names, result, progress.step(text("step.rates.land", language), 0.2))
    step = progress.step(text("step.rates.sums", language))
    table = _rates(frames, sums, settings, names)
    step.update(0.7)
    _tell_lines(table, settings, findings)
    _tell_unchecked(table, frames, sums, settings, result)
    result.tables["RATES"] = table
    result.rates.update(_whole(table, settings))
    progress.update(1.0)
    return result


def lacking(frame: Frame) -> str:
    """The column without which a source cannot play its role, "" where it can."""
    if frame.role == "case" and not (frame.has("key") or frame.has("violation") or frame.has("geometry")):
        return "key"
    if frame.role == "new_construction" and "geometry" not in frame.rows:
        if not (frame.has("unit") or frame.has("unit_name")):
            return "unit"
        if not (frame.has("area") or frame.has("cultivated_area")):
            return "cultivated_area"
    return ""


def _enforcement(
    frames: Mapping[str, Frame], settings: Settings, sums: _Sums, result: Result, progress: Progress
) -> None:
    """Quantities of the polygons and of the ledger, joined."""
    ledger, violations, findings = frames.get("case"), frames.get("violation"), result.findings
    table = links = None
    names: npt.NDArray[np.object_] = np.empty(0, dtype=object)
    if violations is not None:
        if "geometry" in violations.rows:
            check_ground(violations, findings, progress.step(share=0.3))
            located(violations, frames.get("units"), progress.step(share=0.3))
        names = labels(violations)
        violations.rows["key"] = violations.column("key")
        joining.report_duplicates(violations, {}, findings)
        result.checked, result.thing = len(violations), "violation"
    if ledger is not None:
        table = cases.states(ledger, settings.on_date, findings)
        ledger.rows["key"] = ledger.column("key")
        joining.report_duplicates(ledger, {}, findings)
        held = int((table["case"] == table.index).sum())
        if held > result.checked:
            result.checked, result.thing = held, "case"
        if violations is not None:
            links = cases.link(ledger, table, violations, names, findings, progress.step(share=0.4))
    for quantities in judge(violations, names, ledger, table, links, settings, result):
        sums.add(quantities.pop("unit"), **quantities)


def _construction(
    frames: Mapping[str, Frame], settings: Settings, sums: _Sums, names: Mapping[str, str], result: Result,
    progress: Progress,
) -> None:  # fmt: skip
    frame = frames.get("new_construction")
    if frame is None:
        return
    if "geometry" in frame.rows:
        check_ground(frame, result.findings, progress.step(share=0.5))
        located(frame, frames.get("units"), progress.step(share=0.5))
    land = new_land(frame, settings.year, names, result)
    unit = land.pop("unit")
    # A table of townships says nothing of villages.
    sums.add(unit, int(unit.str.len().max()) if len(unit) else 0, **land)


def _rates(frames: Mapping[str, Frame], sums: _Sums, settings: Settings, names: Mapping[str, str]) -> pd.DataFrame:
    """`RATES`: every rate that the sources tell of, by unit and level."""
    own = sums.by_unit()
    shapes = _shapes(frames.get("units"))
    codes = pd.Series(own.index, dtype=object)
    listed = frames["units"].column("unit") if "units" in frames else pd.Series(dtype=object)
    ratio = settings.ratio()
    rows: list[tuple[object, ...]] = []
    for digits, level in COUNTED_LEVELS.items():
        parts = own[(codes.str.len() >= digits).to_numpy()]
        whole = parts.groupby(parts.index.str[:digits]).sum() if len(parts) else parts
        # A village where nothing happened is not listed; a township with a rate of none is.
        idle = sorted(set(listed[listed.str.len() == digits]) - set(whole.index)) if level != "village" else []
        whole = whole.reindex([*whole.index, *idle], fill_value=0).sort_index()
        for definition in rate_definitions().values():
            if _told(definition, ratio, sums.known, digits):
                rows += _of_rate(whole, definition, ratio, level)
    table = pd.DataFrame(rows, columns=[name for name in COLUMNS if name != "unit_name"])
    table["over"] = table["over"].astype("boolean")
    for column in ("numerator", "denominator", "deduction", "value", "threshold"):
        table[column] = table[column].astype(float)
    table["unit_name"] = table["unit"].map(lambda code: names.get(code, ""))
    table = table[list(COLUMNS)].sort_values("unit", kind="stable", ignore_index=True)
    if shapes is not None:
        shaped = table["unit"].where(table["rate"].isin(_SHAPED), "").map(shapes)
        table["geometry"] = pd.Series([None if pd.isna(shape) else shape for shape in shaped], dtype=object)
    return table


def _told(definition: RateDefinition, ratio: RatioProfile, known: Mapping[str, int], digits: int) -> bool:
    """Do the sources tell both quantities of a rate, and what would be deducted, for units of so many digits?"""
    needed = {definition.numerator, definition.denominator or ratio.denominator, definition.deduction} - {""}
    return all(known.get(name, 0) >= digits for name in needed)


def _of_rate(
    sums: pd.DataFrame, definition: RateDefinition, ratio: RatioProfile, level: str
) -> list[tuple[object, ...]]:
    by_profile = not definition.denominator
    columns = (definition.numerator, definition.denominator or ratio.denominator, definition.deduction)
    numbers = [sums[name].tolist() if name else [0] * len(sums) for name in columns]
    line = ratio.line(level) if by_profile else None
    aimed = bool(definition.target) and level != "village"
    limit = line.threshold if line else threshold(definition.target) if aimed else None
    size = 1 if definition.measure == "count" else 100
    rows: list[tuple[object, ...]] = []
    for unit, above, below, less in zip(sums.index, *numbers):
        if not (above or below or level != "village"):
            continue
        share = Fraction(above - less, below) if below else None
        rows.append((
            unit, level, definition.id, above / size, below / size, less / size, _shown(share),
            None if limit is None else float(exact_share(limit)),
            None if limit is None or share is None else crossed(limit, share),
            ratio.id if by_profile else "", definition.measure, "" if limit is None else limit.operator,
        ))  # fmt: skip
    return rows


def _shown(share: Fraction | None) -> float | None:
    """A share rounded once, half away from zero, to six decimals."""
    if share is None:
        return None
    scaled = abs(share) * 10**_DECIMALS
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return (-whole if share < 0 else whole) / 10**_DECIMALS


def _shapes(frame: Frame | None) -> dict[str, object] | None:
    """The shape of every unit that the layer has once, by code; None for a table."""
    if frame is None or not frame.has("unit", "geometry"):
        return None
    rows = frame.rows[(frame.rows["unit"] != "") & frame.rows["geometry"].notna()]
    rows = rows[~rows["unit"].duplicated(keep=False)]
    return dict(zip(rows["unit"], rows["geometry"]))


def _tell_lines(table: pd.DataFrame, settings: Settings, findings: Findings) -> None:
    """R7050 and R7051: ratios over their line after, or only before, deduction; R7052: rates below their target; R7053:
    illegal land where no new construction is recorded; R7054: more illegal land than new construction."""
    language, ratio = findings.language, settings.ratio()
    over = table["over"].fillna(False).to_numpy(dtype=bool)
    raw = table[table["rate"] == RATIOS[0]]
    net_over = set(table["unit"][over & (table["rate"] == RATIOS[1]).to_numpy()])
    deducted = set(table["unit"][table["rate"] == RATIOS[1]])
    for rule, name in (("R7050", RATIOS[1]), ("R7050", RATIOS[0]), ("R7051", RATIOS[0])):
        chosen = over & (table["rate"] == name).to_numpy()
        if name == RATIOS[0]:
            # Where there is a ratio after deduction, that one decides.
            chosen &= table["unit"].isin(deducted - net_over if rule == "R7051" else set(table["unit"]) - deducted)
        rows = table[chosen]
        severities = [_line(ratio, level).severity for level in rows["level"]] if rule == "R7050" else "info"
        _tell(rule, rows, findings, ratio.id, severity=severities, profile_name=ratio.title[language])
    low = table[over & ~table["rate"].isin(RATIOS).to_numpy()]
    titles = low["rate"].map(lambda rate: text(f"rate.{rate}", language))
    _tell("R7052", low, findings, low["rate"].to_numpy(), rate_name=titles)
    nothing = raw[(raw["denominator"] == 0) & (raw["numerator"] > 0)]
    _tell("R7053", nothing, findings, ratio.id)
    beyond = raw[(raw["numerator"] > raw["denominator"]) & (raw["denominator"] > 0)]
    _tell("R7054", beyond, findings, ratio.id)


def _line(ratio: RatioProfile, level: str) -> Line:
    line = ratio.line(level)
    if line is None:
        raise KeyError(level)
    return line


def _tell(rule: str, rows: pd.DataFrame, findings: Findings, related: object, **words: Any) -> None:
    """Findings about units: their two numbers, what was deducted, and the line."""
    above, less, below = (
        [_figure(*pair) for pair in zip(rows[name], rows["measure"])]
        for name in ("numerator", "deduction", "denominator")
    )
    left = [f"({whole} − {part})" if taken else whole for whole, part, taken in zip(above, less, rows["deduction"])]
    value = (rows["numerator"] - rows["deduction"]) / rows["denominator"].where(rows["denominator"] != 0)
    shares = [percent_beside(*pair) for pair in zip(value, rows["threshold"])]
    limits = [percent_beside(limit) for limit in rows["threshold"]]
    lines = [f"{sign(operator)} {limit}" if operator else "" for operator, limit in zip(rows["operator"], limits)]
    findings.add(
        rule, "units", rows["unit"], related=related, unit=rows["unit"], unit_name=rows["unit_name"],
        expected=[text("rates.not", findings.language, line=line) if line else "" for line in lines], actual=shares,
        difference=(100 * (value - rows["threshold"])).round(_DECIMALS), measure="%",
        geometry=rows.get("geometry", None), named=rows["unit_name"].where(rows["unit_name"] != "", rows["unit"]),
        share=shares, line=lines, limit=limits, left=left, numerator=above, denominator=below, **words,
    )  # fmt: skip


def _figure(number: float, measure: str) -> str:
    return f"{number:,.0f}" if measure == "count" else f"{number:,.2f}"


def _tell_unchecked(
    table: pd.DataFrame, frames: Mapping[str, Frame], sums: _Sums, settings: Settings, result: Result
) -> None:
    language = result.findings.language
    absent = [role for role in _ROLES if role not in frames]
    result.unchecked.extend(text(f"unchecked.rates.{role}", language) for role in absent)
    ratio = settings.ratio()
    untold = [name for name, one in rate_definitions().items() if not _told(one, ratio, sums.known, _COUNTY)]
    if "new_construction" in frames and ratio.denominator in NEW_LAND and ratio.denominator not in sums.known:
        wanted = denominator_title(ratio.denominator)[language]
        result.unchecked.append(text("unchecked.rates.denominator", language, wanted=wanted))
    if untold:
        names = "、".join(text(f"rate.{name}", language) for name in untold)
        result.unchecked.append(text("unchecked.rates.lacking", language, rates=names))
    if not len(table):
        result.unchecked.append(text("unchecked.rates.units", language))


def _whole(table: pd.DataFrame, settings: Settings) -> dict[str, Rate]:
    """The rates of all counties together, by id."""
    counties = table[table["level"] == "county"]
    sums = counties.groupby("rate", sort=False)[["numerator", "denominator", "deduction"]].sum()
    numbers = [units.round_half_away(sums[name]).tolist() for name in ("numerator", "denominator", "deduction")]
    return {
        rate: Rate(above, below, less, settings.profile)
        for rate, above, below, less in zip(map(str, sums.index), *numbers)
    }
