"""Responsibility letters (责任书): has every unit of every level that signs them one in force?"""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd

from redline.core import codes
from redline.core.catalogue import text
from redline.core.checks.joining import current
from redline.core.frames import Frame, labels
from redline.core.result import Rate, Result
from redline.core.standards.words import meaning

_LEVELS = ("county", "township", "village", "zone")


def check_letters(
    frame: Frame | None, people: Frame | None, places: pd.DataFrame, on_date: datetime.date, result: Result
) -> None:
    """R9045: a unit without a letter; R9046 a letter of no unit; R9047 a number twice; R9048 not in force on the day.

    `places` are the units and zones: code, name, level. Letters come from a ledger, and from the roster's own column.
    Levels are held to them from the highest to the lowest that has any. Rates `letters_<level>`.
    """
    language = result.findings.language
    signed = set() if people is None or not people.has("letter") else _of_roster(people, places)
    if frame is None and not signed:
        result.unchecked.append(text("unchecked.grid.letters", language))
        return
    if frame is not None:
        signed |= _of_ledger(frame, places, on_date, result)
    level_of = dict(zip(places["code"], places["level"]))
    used = [_LEVELS.index(level) for level in {level_of[code] for code in signed} & set(_LEVELS)]
    for level in _LEVELS[min(used) : max(used) + 1] if used else ():
        due = places[places["level"] == level].sort_values("code")
        lacking = due[~due["code"].isin(signed)]
        result.findings.add(
            "R9045", "letter", lacking["code"], of=len(due), related=level, unit=lacking["code"],
            unit_name=lacking["name"], expected="1", actual="0", difference=-1.0, measure="count",
            level_name=text(f"level.{level}", language),
        )  # fmt: skip
        if len(due):
            result.rates[f"letters_{level}"] = Rate(len(due) - len(lacking), len(due))


def _of_roster(people: Frame, places: pd.DataFrame) -> set[str]:
    """The places that the roster gives a letter's number for."""
    rows = people.rows[people.rows["letter"] != ""]
    known = set(places["code"])
    given = {code for column in ("zone_code", "unit") if column in rows for code in rows[column]}
    return given & known


def _of_ledger(frame: Frame, places: pd.DataFrame, on_date: datetime.date, result: Result) -> set[str]:
    """The places whose letters are in force."""
    findings = result.findings
    name = labels(frame)
    code = _places_of(frame, places)
    said = frame.column("unit_name").where(frame.column("unit_name") != "", frame.column("unit")).to_numpy(dtype=object)
    lost = np.flatnonzero(code == "")
    findings.add("R9046", "letter", name[lost], of=len(frame), actual=said[lost], unit_name=said[lost])
    key = frame.column("key")
    counts = key[key != ""].value_counts()
    counts = counts[counts > 1].sort_index()
    findings.add(
        "R9047", "letter", counts.index, expected="1", actual=counts.astype(str), difference=counts - 1.0,
        measure="count",
    )  # fmt: skip
    day = np.datetime64(on_date, "D")
    start, end, signed = (frame.days(column) for column in ("start", "end", "letter_date"))
    off = (start > day) | (end < day) | (signed > day)
    at = np.flatnonzero(off & (code != ""))
    shown = np.where(np.isnat(start), "", start.astype(str)), np.where(np.isnat(end), "", end.astype(str))
    findings.add(
        "R9048", "letter", name[at], of=len(frame), related=code[at], unit=code[at], unit_name=said[at],
        expected=on_date.isoformat(), actual=[f"{shown[0][row]}–{shown[1][row]}" for row in at],
    )  # fmt: skip
    return set(code[~off]) - {""}


def _places_of(frame: Frame, places: pd.DataFrame) -> np.ndarray:
    """The code of the place of each letter: by code, else by the name that one place of the letter's level has."""
    known = places["code"]
    given = current(frame.column("unit"), known)
    found = given.where(given.isin(set(known)), "")
    level = [meaning("grid.json", "level", one) for one in frame.column("level")]
    names = places[places["name"] != ""]
    once: dict[tuple[str, str], str] = {}
    for wanted, part in [("", names), *names.groupby("level")]:
        single = part[~part["name"].duplicated(keep=False)]
        once.update({(str(wanted), name): code for name, code in zip(single["name"], single["code"])})
    # A village and its only zone may have one name: the unit signs.
    units = names[codes.levels(names["code"]) != ""]
    units = units[~units["name"].duplicated(keep=False)]
    once.update({("", name): code for name, code in zip(units["name"], units["code"])})
    by_name = [
        once.get((at, name), "") or once.get(("", name), "") for at, name in zip(level, frame.column("unit_name"))
    ]
    blank = (given == "").to_numpy()
    return np.where(blank, by_name, found.to_numpy(dtype=object)).astype(object)
