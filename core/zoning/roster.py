"""Who answers for which zone and unit (五定: 定区域、定人员、定职责、定任务、定奖惩)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import numpy as np
import pandas as pd

from redline.core import codes
from redline.core.findings import Findings
from redline.core.frames import Frame
from redline.core.privacy import conceal

PEOPLE = ("person", "post", "role", "phone")
DUTIES = ("area_duty", "people_duty", "duty", "task", "reward", "letter")
COLUMNS = ("zone_code", "unit", "unit_name", "level", "zone_name", *PEOPLE, *DUTIES, "start", "end")
_JOINT = "、"


def join(
    frame: Frame, places: pd.DataFrame, on_date: datetime.date, show_phones: bool, findings: Findings
) -> pd.DataFrame:
    """One row for each person and place of the roster, sorted: the columns of COLUMNS.

    `places` are zones and units: code, name, level, unit, unit_name. A row of the roster belongs to the zone whose code
    or name it gives, else to the unit whose code it gives, else to the one place that has the name it gives. Rows that
    fit none (R9014) and people whose time is over or not yet begun on `on_date` (R9015) are told and left out.
    """
    rows = frame.rows
    given = pd.DataFrame({
        column: frame.column(column).to_numpy(dtype=object)
        for column in ("zone_code", "zone_name", "unit", "unit_name", *PEOPLE, *DUTIES)
    })  # fmt: skip
    given["phone"] = _phones(frame)
    for column in ("start", "end"):
        given[column] = pd.to_datetime(rows[column].to_numpy()) if column in rows else pd.NaT
    if not show_phones:
        given["phone"] = [conceal("phone", str(one)) for one in given["phone"]]
    code = _place_of(given, places)
    named = (given["person"] != "").to_numpy()
    lost = named & (code == "")
    said = given["zone_code"]
    for column in ("zone_name", "unit", "unit_name"):
        said = said.where(said != "", given[column])
    place = said.to_numpy(dtype=object)
    findings.add(
        "R9014", "roster", given["person"].to_numpy()[lost], of=len(given), related=place[lost],
        unit=given["unit"][lost], unit_name=given["unit_name"][lost], actual=place[lost],
    )  # fmt: skip
    day = pd.Timestamp(on_date)
    off = named & ~lost & ((given["start"] > day) | (given["end"] < day)).to_numpy()
    findings.add(
        "R9015", "roster", given["person"].to_numpy()[off], of=len(given), related=code[off],
        unit=given["unit"][off], unit_name=given["unit_name"][off],
        actual=_period(given[off]), expected=on_date.isoformat(),
    )  # fmt: skip
    kept = given[named & ~lost & ~off].drop(columns=["zone_code", "zone_name", "unit", "unit_name"])
    kept["code"] = code[named & ~lost & ~off]
    joined = kept.merge(places, on="code", how="left", sort=False)
    joined = joined.rename(columns={"code": "zone_code", "name": "zone_name"})[list(COLUMNS)]
    order = [*(column for column in COLUMNS if column not in ("start", "end")), "start", "end"]
    return joined.sort_values(order, kind="stable", ignore_index=True).drop_duplicates(ignore_index=True)


def persons(joined: pd.DataFrame) -> Mapping[str, str]:
    """The people of every place by its code, in the order of the roster's roles and names, each once."""
    found: dict[str, list[str]] = {}
    for code, person in zip(joined["zone_code"], joined["person"]):
        names = found.setdefault(code, [])
        if person not in names:
            names.append(person)
    return {code: _JOINT.join(names) for code, names in found.items()}


def _place_of(given: pd.DataFrame, places: pd.DataFrame) -> np.ndarray:
    """The code of the place of each row, "" for none."""
    known = set(places["code"])
    once = places[~places["name"].duplicated(keep=False) & (places["name"] != "")]
    by_name = dict(zip(once["name"], once["code"]))
    code = pd.Series("", index=given.index, dtype=object)
    free = pd.Series(True, index=given.index)
    for column in ("zone_code", "zone_name", "unit", "unit_name"):
        said = given[column]
        found = said.map(by_name).fillna("") if column.endswith("name") else said.where(said.isin(known), "")
        code = code.where(~free, found)
        # A wrong code is told; only what is blank gives way to the next, and a zone's name that is none to its unit.
        free &= (said == "") | ((found == "") & (column == "zone_name"))
    return np.asarray(code.to_numpy(dtype=object))


def _phones(frame: Frame) -> np.ndarray:
    """Telephone numbers as they came: frames keep them out of their columns."""
    empty = np.full(len(frame), "", dtype=object)
    if frame.cells is None or len(frame.cells) != len(frame):
        return empty
    field = frame.profile.match_fields([str(name) for name in frame.cells.columns]).found.get("phone")
    return empty if field is None else codes.clean_names(frame.cells[field]).values.to_numpy(dtype=object)


def _period(rows: pd.DataFrame) -> list[str]:
    def shown(day: pd.Timestamp) -> str:
        return "" if pd.isna(day) else day.date().isoformat()

    return [f"{shown(start)}–{shown(end)}" for start, end in zip(rows["start"], rows["end"])]
