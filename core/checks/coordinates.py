"""Boundary-point files held against what they say of themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core import units
from redline.core.catalogue import text
from redline.core.checks.ground import reason_text
from redline.core.exchange.parcels import POLYGON, CoordinateFile, Parcel
from redline.core.findings import Findings
from redline.core.geometry.crs import Crs
from redline.core.geometry.overlay import validity
from redline.core.result import Result

_CENT = 0.005
_PRODUCER, _DAY, _VERSION, _SYSTEM = "数据产生单位", "数据产生日期", "格式版本号", "坐标系"
_OWN_COLUMN = (_PRODUCER, _DAY, _VERSION, _SYSTEM)


@dataclass(frozen=True)
class ReadFile:
    """A file that was read: its name, what it holds, and the land of its parcels in the system of the run (object
    array; None for a parcel without any)."""

    name: str
    content: CoordinateFile
    shapes: npt.NDArray[np.object_]


@dataclass(frozen=True)
class _Row:
    """A parcel with its file, its land as the file has it and as the run does, and why that is invalid ("" for not)."""

    file: ReadFile
    parcel: Parcel
    land: shapely.Geometry | None
    shape: shapely.Geometry | None
    reason: str


def check(files: Sequence[ReadFile], broken: Mapping[str, str], findings: Findings) -> Result:
    """Hold parcels against their files: `OUTPUT`, one row a parcel; rules R7110–R7114 of parcels, R7115–R7119 of files.

    `broken`: what is wrong with the files that could not be read, by name. Sources: DOMAIN §1.6;
    建设项目用地红线坐标文件内容要求.
    """
    rows = _rows(files, findings.language)
    told: list[list[str]] = [[] for _ in rows]
    for kind, rule, problem in (
        ("area", "R7110", _area), ("points", "R7111", _points), ("open", "R7112", _open),
        ("invalid", "R7113", _invalid), ("nothing", "R7114", _nothing),
    ):  # fmt: skip
        found = [problem(row, findings.language) for row in rows]
        at = [place for place, one in enumerate(found) if one is not None]
        for place in at:
            told[place].append(kind)
        _add(findings, rule, [rows[place] for place in at], [one for one in found if one is not None], len(rows))
    for file in files:
        _check_file(file, findings)
    findings.add("R7115", "permit", list(broken), message=list(broken.values()), actual=list(broken.values()))
    return Result(findings, {"OUTPUT": _table(rows, told)}, checked=len(rows), thing="parcel")


def _rows(files: Sequence[ReadFile], language: str) -> list[_Row]:
    land = [parcel.land() for file in files for parcel in file.content.parcels]
    column = np.empty(len(land), dtype=object)
    column[:] = land
    state = validity(column)
    reasons = [
        reason_text(reason, language) if kind == "invalid" else ""
        for kind, reason in zip(state["kind"], state["reason"])
    ]
    own = ((file, parcel, shape) for file in files for parcel, shape in zip(file.content.parcels, file.shapes))
    return [_Row(file, parcel, one, shape, why) for (file, parcel, shape), one, why in zip(own, land, reasons)]


_Problem = dict[str, Any]


def _area(row: _Row, language: str) -> _Problem | None:
    """R7110: another area than declared, beyond what the last places of area and coordinates may do."""
    declared = row.parcel.declared_area
    if declared is None or row.land is None or row.reason:
        return None
    size = float(shapely.area(row.land))
    slack = row.parcel.area_place / 2 + _CENT + _rounding(row.parcel)
    if abs(size - declared) <= slack:
        return None
    return {
        "expected": f"{size:.2f}", "actual": f"{declared:.2f}", "difference": declared - size, "measure": "m2",
    }  # fmt: skip


def _rounding(parcel: Parcel) -> float:
    """By how much rounded coordinates may change an area in m²: every corner moves its two sides by less than a place,
    independently of the others."""
    squares = sum(float((np.diff(ring, axis=0) ** 2).sum()) for ring in parcel.rings)
    return float(10.0**-parcel.decimals * np.sqrt(squares))


def _points(row: _Row, language: str) -> _Problem | None:
    """R7111: another number of points than declared, with or without the repeated ones."""
    parcel = row.parcel
    closed = len(parcel.rings) - parcel.opened
    if parcel.declared_points in (None, parcel.points, parcel.points - closed, parcel.points + parcel.opened):
        return None
    said = parcel.declared_points or 0
    return {
        "expected": str(parcel.points), "actual": str(said), "difference": float(said - parcel.points),
        "measure": "count",
    }  # fmt: skip


def _open(row: _Row, language: str) -> _Problem | None:
    """R7112: rings that do not repeat their first point."""
    parcel = row.parcel
    if parcel.kind != POLYGON or not parcel.opened:
        return None
    return {"actual": str(parcel.opened), "difference": float(parcel.opened), "measure": "count"}


def _invalid(row: _Row, language: str) -> _Problem | None:
    """R7113: borders that cross themselves or one another."""
    return {"actual": row.reason, "reason": row.reason} if row.reason else None


def _nothing(row: _Row, language: str) -> _Problem | None:
    """R7114: a line or point, or rings of less than three points."""
    parcel = row.parcel
    if parcel.kind == POLYGON and not parcel.short:
        return None
    reason = text(f"coordinates.{'short' if parcel.kind == POLYGON else parcel.kind}", language, count=parcel.short)
    return {"actual": reason, "reason": reason}


def _add(findings: Findings, rule: str, rows: Sequence[_Row], found: Sequence[_Problem], of: int) -> None:
    said = {name: [one[name] for one in found] for name in (found[0] if found else {})}
    findings.add(
        rule, "permit", [row.parcel.number for row in rows], related=[row.file.name for row in rows],
        geometry=_column([row.shape for row in rows]), of=of, file=[row.file.name for row in rows],
        line=[row.parcel.line for row in rows], **said,
    )  # fmt: skip


def _check_file(file: ReadFile, findings: Findings) -> None:
    """R7116 zone, R7117 no system, R7118 order of the coordinates, R7119 characters."""
    content, language = file.content, findings.language
    problem = _zone_problem(content, language)
    if problem:
        findings.add("R7116", "permit", file.name, problem=problem)
    if not content.epsg and any(parcel.rings for parcel in content.parcels):
        system = content.header.get(_SYSTEM, "")
        findings.add("R7117", "permit", file.name, actual=system, system=system or "—")
    if content.east_first:
        findings.add("R7118", "permit", file.name)
    if content.garbled:
        findings.add("R7119", "permit", file.name, line=content.garbled, encoding=content.encoding.upper())


def _zone_problem(content: CoordinateFile, language: str) -> str:
    if content.zone:
        return text("coordinates.zone", language, header=content.zone[0], points=content.zone[1])
    rings = [ring for parcel in content.parcels for ring in parcel.rings]
    if not content.epsg or not rings:
        return ""
    xy = np.concatenate(rings)
    crs = Crs.from_epsg(content.epsg)
    problem = crs.zone_problem((*xy.min(axis=0), *xy.max(axis=0)))
    if problem is None:
        return ""
    return text(f"crs.{problem.kind}", language, crs=crs.name, zone=problem.zone, suggested=problem.suggested or "?")


def _table(rows: Sequence[_Row], told: Sequence[Sequence[str]]) -> pd.DataFrame:
    headers = [row.file.content.header for row in rows]
    parcels = [row.parcel for row in rows]
    table = pd.DataFrame({
        **{name: _column([getattr(parcel, name) for parcel in parcels])
           for name in ("number", "name", "sheet", "purpose", "land_class")},
        "declared_area": np.array([parcel.declared_area for parcel in parcels], dtype=float),
        "plane_area": units.from_cents(units.cents(np.nan_to_num(shapely.area(_column([row.land for row in rows]))))),
        "declared_points": pd.array([parcel.declared_points for parcel in parcels], dtype="Int64"),
        "points": np.array([parcel.points for parcel in parcels], dtype=np.int64),
        "producer": _column([header.get(_PRODUCER, "") for header in headers]),
        "day": _column([header.get(_DAY, "") for header in headers]),
        "more": _column([",".join(parcel.more) for parcel in parcels]),
        "file": _column([row.file.name for row in rows]),
        "line": np.array([parcel.line for parcel in parcels], dtype=np.int64),
        "problems": _column([";".join(sorted(several)) for several in told]),
        "version": _column([header.get(_VERSION, "") for header in headers]),
        "system": _column([header.get(_SYSTEM, "") for header in headers]),
        "header": _column([_others(header) for header in headers]),
        "geometry": _column([row.shape for row in rows]),
    })  # fmt: skip
    return table


def _others(header: Mapping[str, str]) -> str:
    """What of a header has no column of its own."""
    return "; ".join(f"{key}={value}" for key, value in header.items() if key not in _OWN_COLUMN and value)


def _column(values: Sequence[Any]) -> npt.NDArray[np.object_]:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column
