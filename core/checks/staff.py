"""Who answers for each zone, and are all five things settled (五定: 定区域、定人员、定职责、定任务、定奖惩)?"""

from __future__ import annotations

import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core.catalogue import text
from redline.core.findings import Findings
from redline.core.frames import Frame
from redline.core.progress import Progress
from redline.core.result import Rate, Result
from redline.core.standards.words import meaning
from redline.core.text import in_full
from redline.core.zoning import roster

DUTIES = ("area_duty", "people_duty", "duty", "task", "reward", "complete")
"""The five of 五定, and whether all of them are settled."""

_WRITTEN = ("area_duty", "duty", "task", "reward")
_ROLES = ("head", "keeper")
_NAMED = 6

Shapes = npt.NDArray[np.object_]


def check_staff(
    zones: Frame, people: Frame | None, places: pd.DataFrame, table: pd.DataFrame, shapes: Shapes, metre: float,
    on_date: datetime.date, far_apart: float, result: Result, progress: Progress,
) -> pd.DataFrame:  # fmt: skip
    """`ZONE_STATUS` with person and duties of every zone, from the roster's rows in force and the zones' own fields.

    `places` as in `roster.join`, `shapes` those of the table's rows. A zone's people are its own, else those of its
    unit. R9013 nobody, R9014 and R9015 (see `roster.join`), R9040 a duty not settled, R9041 settled for none because
    no column tells, R9042 nobody in a role, R9043 one person in zones far apart.
    """
    findings, language = result.findings, result.findings.language
    joined = None
    if people is not None:
        joined = roster.join(people, places, on_date, True, findings)
    else:
        result.unchecked.append(text("unchecked.grid.people", language))
        if (zones.column("person") == "").all():
            return _typed(table)
    staff = _staff(zones, joined, table)
    table = table.assign(person=pd.Series(_persons(staff, len(table)), dtype=object))
    nobody = (table["person"] == "").to_numpy()
    _tell(findings, "R9013", table, nobody, shapes, name=table["zone_name"][nobody])
    told = {"people_duty": ~nobody, **_written(staff, table, zones, people)}
    for duty in _WRITTEN:
        if duty not in told:
            if people is not None:
                named = text(f"column.{duty}", language)
                findings.add("R9041", "roster", "", related=duty, layer=people.name, duty=named)
            continue
        lacking = ~told[duty] & ~nobody
        _tell(findings, "R9040", table, lacking, shapes, related=duty, duty=text(f"column.{duty}", language))
    for duty in DUTIES[:-1]:
        table[duty] = told.get(duty)
    if people is not None:
        nothing = np.zeros(len(table), dtype=bool)
        table["complete"] = np.logical_and.reduce([told.get(duty, nothing) for duty in DUTIES[:-1]])
    result.rates["zones_staffed"] = Rate(int((~nobody).sum()), len(table))
    if joined is not None:
        _roles(joined, table, nobody, shapes, result)
        _far_apart(joined, table, shapes, metre, far_apart, findings, progress)
    progress.update(1.0)
    return _typed(table)


def _staff(zones: Frame, joined: pd.DataFrame | None, table: pd.DataFrame) -> pd.DataFrame:
    """One row for each zone (`place`: row of the table) and person who answers for it."""
    code = table["zone_code"].to_numpy(dtype=object)
    if joined is None:
        own = zones.rows.assign(zone_code=zones.rows["key"])
        own = own[(own["person"] != "") & own["zone_code"].isin(code)]
        columns = [name for name in ("zone_code", "person", *_WRITTEN) if name in own]
        first = own[columns].drop_duplicates("zone_code")
        return pd.DataFrame({"zone_code": code, "place": range(len(code))}).merge(first, on="zone_code")
    present = set(joined["zone_code"])
    answers = [
        zone if zone in present else unit for zone, unit in zip(code, table["unit"].to_numpy(dtype=object))
    ]  # fmt: skip
    asked = pd.DataFrame({"zone_code": answers, "place": range(len(code))}, dtype=object)
    return asked[asked["zone_code"] != ""].merge(joined, on="zone_code", how="inner")


def _persons(staff: pd.DataFrame, count: int) -> list[str]:
    """The people of every zone, each once, in the order of their names."""
    said: dict[int, dict[str, None]] = {}
    for place, person in zip(staff["place"], staff["person"]):
        said.setdefault(place, {})[person] = None
    return ["、".join(said.get(place, {})) for place in range(count)]


def _written(
    staff: pd.DataFrame, table: pd.DataFrame, zones: Frame, people: Frame | None
) -> dict[str, npt.NDArray[np.bool_]]:
    """Which zones have a duty in writing, for the duties that roster or zones have a column for.

    The area is settled where the zone is drawn, and in writing too where there is a column for it.
    """
    found: dict[str, npt.NDArray[np.bool_]] = {}
    own = zones.rows.drop_duplicates("key").set_index("key")
    for duty in _WRITTEN:
        by_zone = zones.has(duty)
        by_people = people is not None and people.has(duty)
        if not by_zone and not by_people:
            continue
        said = np.zeros(len(table), dtype=bool)
        if by_people:
            said[staff.loc[staff[duty] != "", "place"].astype(np.intp).unique()] = True
        if by_zone:
            said |= (table["zone_code"].map(own[duty]).fillna("") != "").to_numpy()
        found[duty] = said
    return {"area_duty": np.ones(len(table), dtype=bool), **found}


def _tell(
    findings: Findings, rule: str, table: pd.DataFrame, bad: npt.NDArray[np.bool_], shapes: Shapes,
    related: str = "", **words: object,
) -> None:  # fmt: skip
    rows = np.flatnonzero(bad)
    findings.add(
        rule, "zone", table["zone_code"].to_numpy()[rows], of=len(table), related=related,
        unit=table["unit"].to_numpy()[rows], unit_name=table["unit_name"].to_numpy()[rows], geometry=shapes[rows],
        **words,
    )  # fmt: skip


def _roles(
    joined: pd.DataFrame, table: pd.DataFrame, nobody: npt.NDArray[np.bool_], shapes: Shapes, result: Result
) -> None:
    """R9042: every zone has a 田长 and a 网格员 (DOMAIN §6.2), its own or its unit's. Roles that nobody has anywhere
    are not in use."""
    findings, language = result.findings, result.findings.language
    role = np.array([meaning("grid.json", "role", one) for one in joined["role"]], dtype=object)
    post = np.array([meaning("grid.json", "role", one) for one in joined["post"]], dtype=object)
    role = np.where(role == "", post, role)
    for wanted in _ROLES:
        has = set(joined["zone_code"][role == wanted])
        if not has:
            said = text(f"grid.role.{wanted}", language)
            result.unchecked.append(text("unchecked.grid.role", language, role=said))
            continue
        lacking = ~(table["zone_code"].isin(has) | table["unit"].isin(has)).to_numpy() & ~nobody
        _tell(findings, "R9042", table, lacking, shapes, related=wanted, wanted=text(f"grid.role.{wanted}", language))


def _far_apart(
    joined: pd.DataFrame, table: pd.DataFrame, shapes: Shapes, metre: float, most: float, findings: Findings,
    progress: Progress,
) -> None:  # fmt: skip
    """R9043: a person (name and telephone) answers for zones that no chain of steps of `most` metres joins."""
    code = table["zone_code"].to_numpy(dtype=object)
    by_code: dict[str, list[int]] = {}
    for place, (zone, unit) in enumerate(zip(code, table["unit"])):
        by_code.setdefault(zone, []).append(place)
        if unit != zone:
            by_code.setdefault(unit, []).append(place)
    found: list[tuple[str, str, list[int], float]] = []
    people: dict[tuple[str, str], set[str]] = {}
    for zone, person, phone in joined[["zone_code", "person", "phone"]].itertuples(index=False, name=None):
        if zone in by_code:
            people.setdefault((person, phone), set()).add(zone)
    for number, ((person, _), held) in enumerate(people.items()):
        progress.update(number / len(people))
        # By code, so that the finding does not depend on the order of the features.
        places = sorted({place for one in held for place in by_code[one]}, key=lambda place: (code[place], place))
        gap = _widest_gap(shapes[places], most * metre) / metre if len(held) > 1 else 0.0
        if gap > most:
            found.append((person, "、".join(code[places][:_NAMED]), places, gap))
    findings.add(
        "R9043", "roster", [one[0] for one in found], related=[one[1] for one in found],
        unit=[table["unit"].iloc[one[2][0]] for one in found],
        unit_name=[table["unit_name"].iloc[one[2][0]] for one in found], expected=in_full(most),
        actual=[f"{one[3]:.0f}" for one in found], difference=[one[3] - most for one in found], measure="m",
        count=[len(one[2]) for one in found], geometry=[shapely.union_all(shapes[one[2]]) for one in found],
    )  # fmt: skip


def _widest_gap(shapes: Shapes, enough: float) -> float:
    """The longest step that is needed to go through all shapes from the first, always to the nearest next (Prim)."""
    away = shapely.distance(shapes[0], shapes)
    away[0] = -1.0
    widest = 0.0
    while (away >= 0).any():
        reachable = np.where(away >= 0, away, np.inf)
        nearest = int(reachable.argmin())
        widest = max(widest, float(reachable[nearest]))
        away = np.where(away >= 0, np.minimum(away, shapely.distance(shapes[nearest], shapes)), -1.0)
        away[nearest] = -1.0
    return widest if widest > enough else 0.0


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """The duties as booleans that may be unknown."""
    return table.astype(dict.fromkeys(DUTIES, "boolean"))
