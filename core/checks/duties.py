"""五落实: has every plot its parcel, area, people, responsibility and atlas page?"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from redline.core.catalogue import text
from redline.core.checks import areas, joining
from redline.core.checks.ground import check_ground
from redline.core.checks.units import unit_names
from redline.core.codes import COUNTED_LEVELS
from redline.core.findings import Findings
from redline.core.frames import Frame
from redline.core.progress import Progress
from redline.core.result import Rate, Result

DUTIES = ("parcel", "area", "people", "responsibility", "atlas")

# Who answers for a plot: the responsible person, the head of the group, the head of the village.
_CHARGES = ("person", "group_person", "village_person")


@dataclass(frozen=True)
class Settings:
    """The day on which responsibility must be in force."""

    on_date: datetime.date


def check(frames: Mapping[str, Frame], findings: Findings, settings: Settings, progress: Progress) -> Result:
    """Test the five duties of every plot of "map", with what "register" and "atlas_index" (optional) add.

    Gives `PLOT_DUTIES` (five booleans a plot, null where the sources cannot tell) and `UNIT_DUTIES` (plots and shares
    0–1 by county, township, village). Rules R2005, R2008, R3001, R3002, R6008, R6010, R6011, R6023, R6024, R6026 and
    R6027. Source: 五落实 (DOMAIN §0, §1.1).
    """
    language = findings.language
    frame = frames["map"]
    names = unit_names(frames)
    joining.settle_keys(frame, None, findings)
    usable = check_ground(frame, findings, progress.step(share=0.3))
    register = _of_register(frames.get("register"), frame, names, findings)
    atlas = frames.get("atlas_index")
    rows = frame.rows.reset_index(drop=True)
    progress.update(0.3)
    duties = pd.DataFrame({
        "parcel": _parcel(frame, rows, usable, findings),
        "area": _area(frame, rows, findings),
        "people": _people(rows, register, findings),
        "responsibility": _responsibility(rows, register, frames.get("register"), settings.on_date, findings),
        "atlas": _atlas(frame, rows, register, atlas, names, findings),
    })  # fmt: skip
    progress.update(0.8)
    plots = pd.concat([rows[["key"]], frame.column("unit").reset_index(drop=True).rename("unit"), duties], axis=1)
    plots["geometry"] = rows["geometry"]
    order = plots.sort_values(["key", "unit"], kind="stable").index
    plots = plots.loc[order].reset_index(drop=True)
    progress.update(1.0)
    complete = int(_complete(plots).sum())
    return Result(
        findings,
        tables={"PLOT_DUTIES": plots, "UNIT_DUTIES": _by_unit(plots, names)},
        rates={"duties": Rate(complete, len(plots), profile="fiveduties")},
        checked=len(plots),
        unchecked=[text(f"unchecked.duty.{duty}", language) for duty in DUTIES if plots[duty].isna().all()],
        notes=[note for role in ("map", "register", "atlas_index") if role in frames for note in frames[role].notes],
    )  # fmt: skip


def _of_register(
    register: Frame | None, plots: Frame, names: Mapping[str, str], findings: Findings
) -> pd.DataFrame | None:
    """The register's first row for every plot of the map, NaN where it has none; `listed` tells which."""
    if register is None:
        return None
    joining.settle_units(register, plots, names)
    joining.settle_keys(register, plots, findings)
    column = next((c for c in ("farmland_area", "area", "plot_area") if c in register.rows), None)
    if column is not None and "letter_area" in register.rows:
        areas.settle_unit(register, "letter_area", register.rows[column].to_numpy(dtype=float), findings)
    first = joining.first_rows(register.rows).set_index("key")
    found = first.reindex(plots.rows["key"].to_numpy()).reset_index(drop=True)
    found["listed"] = plots.rows["key"].isin(first.index).to_numpy()
    return found


def _parcel(frame: Frame, rows: pd.DataFrame, usable: npt.NDArray[np.bool_], findings: Findings) -> pd.Series:
    """A plot is a piece of land with a number and a shape; R2005, R3001 and R3002 say what is missing."""
    joining.report_missing_keys(frame, findings)
    return pd.Series((rows["key"] != "").to_numpy() & usable, dtype="boolean")


def _area(frame: Frame, rows: pd.DataFrame, findings: Findings) -> pd.Series:
    columns = [c for c in ("plot_area", "farmland_area") if c in rows]
    if not columns:
        return pd.Series(pd.NA, index=rows.index, dtype="boolean")
    stated = np.ones(len(rows), dtype=bool)
    for column in columns:
        wrong = areas.absent(frame, column)
        areas.unrecorded(frame, column, wrong, findings)
        stated &= ~wrong
    return pd.Series(stated, dtype="boolean")


def _people(rows: pd.DataFrame, register: pd.DataFrame | None, findings: Findings) -> pd.Series:
    """Somebody is named on the map or in the register, and the two do not name different ones for the same charge."""
    sources = [source for source in (rows, register) if source is not None and set(_CHARGES) & set(source)]
    if not sources:
        return pd.Series(pd.NA, index=rows.index, dtype="boolean")
    missing = np.all([(_of(source, charge) == "") for source in sources for charge in _CHARGES], axis=0)
    names = rows["key"].to_numpy()
    _add("R6010", names, missing, rows, findings)
    differ = np.zeros(len(rows), dtype=bool)
    for charge in _CHARGES if len(sources) > 1 else ():
        mine, his = (_of(source, charge) for source in sources)
        here = (mine != "") & (his != "") & (mine != his) & ~differ
        _add("R6023", names, here, rows, findings, role="register", expected=mine[here], actual=his[here])
        differ |= here
    return pd.Series(~missing & ~differ, dtype="boolean")


def _of(source: pd.DataFrame, column: str) -> npt.NDArray[np.object_]:
    """A column of texts, "" where the source does not say."""
    if column not in source:
        return np.full(len(source), "", dtype=object)
    return source[column].fillna("").to_numpy(dtype=object)


def _responsibility(
    rows: pd.DataFrame, register: pd.DataFrame | None, frame: Frame | None, on_date: datetime.date, findings: Findings
) -> pd.Series:
    """A letter is registered, and the period of protection covers the day."""
    known = False
    answered = np.ones(len(rows), dtype=bool)
    names = rows["key"].to_numpy()
    if register is not None and frame is not None and "letter" in register:
        known = True
        unsigned = register["listed"].to_numpy() & (register["letter"].fillna("") == "").to_numpy()
        _add("R6011", names, unsigned, rows, findings, role="register")
        answered &= register["listed"].to_numpy() & ~unsigned & ~_letter_area_differs(rows, register, frame, findings)
    sources = [("map", rows)] if register is None else [("register", register), ("map", rows)]
    told = np.zeros(len(rows), dtype=bool)
    for role, source in sources:
        if "start" in source or "end" in source:
            known = True
            late = _out_of_force(source, rows, role, on_date, told, findings)
            told |= late
            answered &= ~late
    if known:
        answered &= ~_periods_open(rows, register, told, findings)
    return pd.Series(answered if known else pd.NA, index=rows.index, dtype="boolean")


def _periods_open(
    rows: pd.DataFrame, register: pd.DataFrame | None, told: npt.NDArray[np.bool_], findings: Findings
) -> npt.NDArray[np.bool_]:
    """R6024 where no source gives a period, R6031 where map and register give different ones."""
    language = findings.language
    names = rows["key"].to_numpy()
    on_map = np.column_stack([_dates(rows, column) for column in ("start", "end")])
    nothing = np.isnat(on_map).all(axis=1) & ~told
    differ = np.zeros(len(rows), dtype=bool)
    if register is not None:
        listed = np.column_stack([_dates(register, column) for column in ("start", "end")])
        nothing &= np.isnat(listed).all(axis=1)
        differ = (~np.isnat(on_map) & ~np.isnat(listed) & (on_map != listed)).any(axis=1) & ~told
        _add("R6031", names, differ, rows, findings, role="register", expected=_period_text(on_map[differ]),
             actual=_period_text(listed[differ]))  # fmt: skip
    if {"start", "end"} & (set(rows) | set(() if register is None else register)):
        said = [text("period.missing", language, key=key) for key in names[nothing]]
        _add("R6024", names, nothing, rows, findings, actual=text("period.none", language), message=said)
    else:
        nothing[:] = False
    return np.asarray(nothing | differ)


def _dates(source: pd.DataFrame, column: str) -> npt.NDArray[np.datetime64]:
    if column not in source:
        return np.full(len(source), np.datetime64("NaT", "D"), dtype="datetime64[D]")
    return source[column].to_numpy(dtype="datetime64[D]")


def _period_text(days: npt.NDArray[np.datetime64]) -> list[str]:
    return [f"{start} – {end}" for start, end in zip(_days(days[:, 0]), _days(days[:, 1]))]


def _letter_area_differs(
    rows: pd.DataFrame, register: pd.DataFrame, frame: Frame, findings: Findings
) -> npt.NDArray[np.bool_]:
    """R6027: the letter's area against the register's own, to the last printed place of both."""
    column = next((c for c in ("farmland_area", "area", "plot_area") if c in register), None)
    if "letter_area" not in register or column is None:
        return np.zeros(len(rows), dtype=bool)
    said, registered = register["letter_area"].to_numpy(dtype=float), register[column].to_numpy(dtype=float)
    place = max(frame.resolution["letter_area"], frame.resolution[column])
    wrong = np.abs(said - registered) > place * 0.5001
    _add(
        "R6027",
        rows["key"].to_numpy(),
        wrong,
        rows,
        findings,
        role="register",
        expected=areas.metres(registered[wrong]),
        actual=areas.metres(said[wrong]),
        difference=said[wrong] - registered[wrong],
        measure="m2",
    )
    return wrong


def _out_of_force(
    source: pd.DataFrame, rows: pd.DataFrame, role: str, on_date: datetime.date, told: npt.NDArray[np.bool_],
    findings: Findings,
) -> npt.NDArray[np.bool_]:  # fmt: skip
    start, end = _dates(source, "start"), _dates(source, "end")
    day = np.datetime64(on_date)
    language = findings.language
    names = rows["key"].to_numpy()
    reversed_ = (start > end) & ~told
    _add(
        "R2008",
        names,
        reversed_,
        rows,
        findings,
        role=role,
        expected=_days(start[reversed_]),
        actual=_days(end[reversed_]),
    )
    over, early = (end < day) & ~reversed_, (start > day) & ~reversed_
    for wrong, state in ((over & ~told, "period.over"), (early & ~told, "period.early")):
        _add("R6024", names, wrong, rows, findings, role=role,
             expected=[f"{a} – {b}" for a, b in zip(_days(start[wrong]), _days(end[wrong]))],
             actual=text(state, language), difference=_distance(start[wrong], end[wrong], day), measure="days",
             on_date=on_date.isoformat(), other_name=text(f"role.{role}", language))  # fmt: skip
    return np.asarray(over | early | (start > end))


def _days(dates: npt.NDArray[np.datetime64]) -> list[str]:
    return ["" if np.isnat(d) else str(d) for d in dates]


def _distance(
    start: npt.NDArray[np.datetime64], end: npt.NDArray[np.datetime64], day: np.datetime64
) -> npt.NDArray[np.float64]:
    """Days that `day` lies behind the end (positive) or before the start (negative)."""
    return np.where(end < day, (day - end).astype(float), (day - start).astype(float))


def _atlas(
    frame: Frame, rows: pd.DataFrame, register: pd.DataFrame | None, atlas: Frame | None, names: Mapping[str, str],
    findings: Findings,
) -> pd.Series:  # fmt: skip
    """The atlas has a page of the plot, or of its village, township or county; else a page number is registered."""
    if atlas is not None:
        if not atlas.has("unit"):
            atlas.require(findings.language, "key")
        pages = (set(atlas.column("key")) | set(atlas.column("unit"))) - {""}
        unit = frame.column("unit").reset_index(drop=True)
        covered = rows["key"].isin(pages)
        for digits in COUNTED_LEVELS:
            covered |= unit.str[:digits].where(unit.str.len() >= digits, "").isin(pages)
        found = covered.to_numpy()
    else:
        numbers = [source["atlas_page"].fillna("") for source in (rows, register)
                   if source is not None and "atlas_page" in source]  # fmt: skip
        if not numbers:
            return pd.Series(pd.NA, index=rows.index, dtype="boolean")
        found = np.any([(column != "").to_numpy() for column in numbers], axis=0)
    _add("R6008", rows["key"].to_numpy(), ~found, rows, findings)
    return pd.Series(found, dtype="boolean")


def _add(
    rule: str, names: npt.NDArray[np.object_], wrong: npt.NDArray[np.bool_], rows: pd.DataFrame, findings: Findings,
    role: str = "map", **words: object,
) -> None:  # fmt: skip
    unit = rows["unit"][wrong] if "unit" in rows else ""
    unit_name = rows["unit_name"][wrong] if "unit_name" in rows else ""
    findings.add(
        rule,
        role,
        names[wrong],
        unit=unit,
        unit_name=unit_name,
        geometry=rows["geometry"][wrong],
        of=len(rows),
        **words,
    )


def _complete(plots: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """All duties that could be tested are met, and at least one could."""
    tested = plots[list(DUTIES)]
    return np.asarray(tested.fillna(True).all(axis=1) & tested.notna().any(axis=1), dtype=bool)


def _by_unit(plots: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """`UNIT_DUTIES`: plots and the shares that meet each duty, by county, township and village."""
    parts = []
    flags = plots[list(DUTIES)].astype("Float64").assign(complete=_complete(plots).astype(float))
    for digits, level in COUNTED_LEVELS.items():
        deep = plots["unit"].str.len() >= digits
        if deep.any():
            unit = plots["unit"][deep].str[:digits].rename("unit")
            shares = flags[deep].groupby(unit).mean().astype("Float64").round(4)
            shares.insert(0, "plots", unit.value_counts().reindex(shares.index))
            parts.append(shares.reset_index().assign(level=level))
    columns = ["unit", "unit_name", "level", "plots", *DUTIES, "complete"]
    if not parts:
        return pd.DataFrame(columns=columns)
    table = pd.concat(parts, ignore_index=True)
    table["unit_name"] = table["unit"].map(lambda code: names.get(code, ""))
    table[[*DUTIES, "complete"]] = table[[*DUTIES, "complete"]].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    return table[columns]
