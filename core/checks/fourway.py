"""四统一: do the map, the register, the summary table and the plots on the ground agree, plot by plot, unit by unit?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core.catalogue import text
from redline.core.checks import areas, joining, summary
from redline.core.checks.areas import metres, mu
from redline.core.checks.ground import check_ground
from redline.core.checks.unit_balance import unit_balance
from redline.core.checks.units import check_codes, check_position, unit_names
from redline.core.findings import Findings
from redline.core.frames import Frame, positions
from redline.core.geometry.overlay import agreement, cuts, distance_between
from redline.core.heap import give_back
from redline.core.progress import Progress
from redline.core.result import Rate, Result
from redline.core.standards import land_class, owner_words, threshold

STATUSES = (
    "duplicate", "invalid", "missing_map", "missing_register", "missing_plots", "area_missing", "area_differs",
    "shape_differs", "attribute_differs", "consistent",
)  # fmt: skip
"""What `PLOT_STATUS` says of a number, the gravest first; the first that holds is written."""

# Comparable areas: the register's column, the map's column it must equal.
_BASES = (("farmland_area", "farmland_area"), ("plot_area", "plot_area"))


@dataclass(frozen=True)
class Settings(areas.Settings):
    """Areas as in `areas.Settings`; a ground plot has moved beyond `shift_tolerance` (m, greatest distance) or where
    less than `min_agreement` (shared area ÷ joint area, 0–1) is common."""

    shift_tolerance: float = field(default_factory=lambda: threshold("shift_tolerance").value)
    min_agreement: float = field(default_factory=lambda: threshold("min_agreement").value)


@dataclass
class _Plots:
    """One source's rows by number: the index of the first row of every number, in the order of the numbers; the numbers
    that stand twice; the usable shapes."""

    frame: Frame
    first: pd.Series
    duplicates: pd.Index
    usable: npt.NDArray[np.bool_]

    @property
    def keys(self) -> pd.Index:
        return self.first.index

    def rows_of(self, keys: pd.Index) -> npt.NDArray[np.int64]:
        """The index of the first row of each number, -1 where the source has none."""
        place = self.keys.get_indexer(keys)
        return np.where(place < 0, -1, np.append(self.first.to_numpy(), -1)[place])

    def at(self, keys: pd.Index, *columns: str) -> pd.DataFrame:
        """The first rows of these numbers, only those of the `columns` that the source has (all where none is named):
        a large layer's rows are not to lie in memory for a second time. Null where the source has no such number."""
        rows, labels = self.frame.rows, self.rows_of(keys)
        given = [column for column in columns or rows.columns if column in rows]
        return pd.DataFrame({column: rows[column].reindex(labels).to_numpy() for column in given}, index=keys)


def check(frames: Mapping[str, Frame], findings: Findings, settings: Settings, progress: Progress) -> Result:
    """Compare the sources given ("map" needed; "register", "table", "plots", "units" optional) and say what disagrees.

    Gives `PLOT_STATUS` (every number of any source once), `UNIT_BALANCE` (unit × class, m² and counts) and the rate
    "agreement". Rules R1003, R1005, R2005, R2009, R2010, R3001, R3002, R4003, R4004, R5001–R5006, R6001–R6007,
    R6012–R6023, R6026.
    Frames are brought to one reading (numbers settled, units of area settled) in place. Source: DOMAIN §0, §4.3, §4.4.
    """
    language = findings.language
    names = unit_names(frames)
    plots, status = _map(frames, names, findings, settings, progress.step(text("step.map", language), 0.3))
    # What a step worked with lies about in pieces; a large layer's shapes leave no room for it beside the next step's.
    give_back()
    register = _register(frames.get("register"), plots, names, findings, settings, status,
                         progress.step(text("step.register", language), 0.15))  # fmt: skip
    ground = _ground(frames.get("plots"), plots, names, findings, settings, status,
                     progress.step(text("step.plots", language), 0.35))  # fmt: skip
    give_back()
    table = None
    if "table" in frames:
        table = summary.check(frames["table"], plots.frame, register.frame if register else None, names, findings,
                              progress.step(text("step.table", language), 0.1))  # fmt: skip
    finish = progress.step(text("step.status", language))
    statuses = _statuses(plots, register, ground, status, findings)
    finish.update(0.5)
    balance = unit_balance(plots.frame, register.frame if register else None, ground.frame if ground else None,
                              table, names)  # fmt: skip
    finish.update(1.0)
    consistent = int((statuses["status"] == "consistent").sum())
    return Result(
        findings,
        tables={"PLOT_STATUS": statuses, "UNIT_BALANCE": balance},
        rates={"agreement": Rate(consistent, len(statuses), profile="fourway")},
        checked=len(statuses),
        unchecked=_unchecked(frames, register, language),
        notes=[
            note
            for role in ("map", "register", "table", "plots", "units")
            if role in frames
            for note in frames[role].notes
        ],
    )


def _unchecked(frames: Mapping[str, Frame], register: _Plots | None, language: str) -> list[str]:
    """What could not be compared, and for want of what."""
    missing = [role for role in ("register", "table", "plots", "units") if role not in frames]
    if register is not None and not any(column in register.frame.rows for column in ("farmland_area", "plot_area")):
        missing.append("register_area")
    if frames["map"].rows["geometry_area"].isna().all():
        missing.append("measured_area")
    return [text(f"unchecked.{what}", language) for what in missing]


class _Status:
    """Collects what is wrong with which number."""

    def __init__(self) -> None:
        self._wrong: dict[str, set[str]] = {status: set() for status in STATUSES}
        self.agreement = pd.Series(dtype=float)

    def add(self, status: str, keys: Iterable[str]) -> None:
        self._wrong[status].update(keys)

    def of(self, keys: pd.Index) -> npt.NDArray[np.object_]:
        wrong = np.select([keys.isin(self._wrong[s]) for s in STATUSES[:-1]], range(len(STATUSES) - 1), -1)
        return np.array(STATUSES, dtype=object)[wrong]


def _map(
    frames: Mapping[str, Frame], names: dict[str, str], findings: Findings, settings: Settings, progress: Progress
) -> tuple[_Plots, _Status]:
    frame, units = frames["map"], frames.get("units")
    status = _Status()
    joining.settle_keys(frame, None, findings)
    usable = check_ground(frame, findings, progress.step(share=0.3))
    joining.report_missing_keys(frame, findings)
    duplicates = joining.report_duplicates(frame, names, findings)
    check_codes(frame, units, names, findings)
    key = frame.rows["key"]
    status.add("duplicate", duplicates)
    status.add("invalid", key[~usable])
    areas.unmeasurable(frame, usable, findings)
    status.add("area_missing", key[usable & frame.rows["geometry_area"].isna().to_numpy()])
    if frame.has("plot_area"):
        grades = areas.recorded_against_measured(frame, usable, findings, settings)
        status.add("area_differs", key[grades == "error"])
    for column in ("plot_area", "farmland_area"):
        if column in frame.rows:
            status.add("area_missing", key[areas.absent(frame, column)])
    if frame.has("farmland_area"):
        areas.unrecorded(frame, "farmland_area", areas.absent(frame, "farmland_area"), findings)
    areas.identities(frame, findings)
    progress.update(0.5)
    if units is not None:
        check_ground(units, findings, progress.step(share=0.1))
        if units.has("unit"):
            check_position(frame, usable, units, names, findings, settings.abs_tolerance, progress.step(share=1.0))
    return _by_number(frame, duplicates, usable), status


def _register(
    frame: Frame | None, plots: _Plots, names: dict[str, str], findings: Findings, settings: Settings, status: _Status,
    progress: Progress,
) -> _Plots | None:  # fmt: skip
    if frame is None:
        return None
    joining.settle_units(frame, plots.frame, names)
    joining.settle_keys(frame, plots.frame, findings)
    joining.report_missing_keys(frame, findings)
    register = _by_number(frame, joining.report_duplicates(frame, names, findings), np.ones(len(frame), dtype=bool))
    status.add("duplicate", register.duplicates)
    check_codes(frame, None, names, findings)
    progress.update(0.3)
    both = plots.keys.intersection(register.keys)
    _settle_register_units(register, plots, both, findings)
    _presence(plots, register, "R6001", "R6002", "missing_register", names, findings, status)
    single = both.difference(plots.duplicates).difference(register.duplicates)
    progress.update(0.5)
    _register_areas(plots, register, single, findings, settings, status)
    _attributes(plots, register, single, findings, status)
    _persons(plots, register, single, findings)
    return register


def _ground(
    frame: Frame | None, plots: _Plots, names: dict[str, str], findings: Findings, settings: Settings, status: _Status,
    progress: Progress,
) -> _Plots | None:  # fmt: skip
    if frame is None:
        return None
    joining.settle_units(frame, plots.frame, names)
    joining.settle_keys(frame, plots.frame, findings)
    _surveyed(frame)
    usable = check_ground(frame, findings, progress.step(share=0.1))
    joining.join_by_position(frame, usable, plots.frame, plots.usable, findings, progress.step(share=0.1))
    nameless = (frame.rows["key"] == "").to_numpy()
    frame.rows.loc[nameless, "key"] = positions(frame.rows["geometry"].to_numpy(dtype=object)[nameless])
    ground = _by_number(frame, joining.report_duplicates(frame, names, findings), usable)
    status.add("duplicate", ground.duplicates)
    status.add("invalid", frame.rows["key"][~usable])
    if frame.has("plot_area"):
        areas.settle_unit(frame, "plot_area", frame.rows["geometry_area"].to_numpy(dtype=float), findings)
    _presence(plots, ground, "R6012", "R6013", "missing_plots", names, findings, status)
    both = plots.keys.intersection(ground.keys)
    single = both.difference(plots.duplicates).difference(ground.duplicates)
    _ground_areas(plots, ground, single, findings, settings, status)
    _attributes(plots, ground, single, findings, status)
    _shapes(plots, ground, single, findings, settings, status, progress.step(share=1.0))
    return ground


def _surveyed(frame: Frame) -> None:
    """A ground plot's one area (实测面积) is that of the whole plot."""
    if "area" in frame.rows and "plot_area" not in frame.rows:
        frame.rows["plot_area"] = frame.rows["area"]
        frame.fields["plot_area"], frame.stated["plot_area"] = frame.fields["area"], frame.stated["area"]
        frame.resolution["plot_area"] = frame.resolution["area"]


def _by_number(frame: Frame, duplicates: pd.Index, usable: npt.NDArray[np.bool_]) -> _Plots:
    first = joining.first_of_number(frame.rows)
    keys = frame.rows["key"].reindex(first).to_numpy()
    return _Plots(frame, pd.Series(first, index=keys).sort_index(), duplicates, usable)


def _presence(
    plots: _Plots, other: _Plots, only_map: str, only_other: str, missing: str, names: dict[str, str],
    findings: Findings, status: _Status,
) -> None:  # fmt: skip
    for rule, have, lack, absent in ((only_map, plots, other, missing), (only_other, other, plots, "missing_map")):
        keys = have.keys.difference(lack.keys)
        rows = have.at(keys)
        unit = rows["unit"] if "unit" in rows else pd.Series("", index=keys)
        findings.add(
            rule, have.frame.role, keys, unit=unit, unit_name=unit.map(lambda c: names.get(c, "")),
            actual=metres(_area_shown(rows)), measure="text", geometry=_areal(rows), of=len(have.keys),
        )  # fmt: skip
        status.add(absent, keys)


def _area_shown(rows: pd.DataFrame) -> npt.NDArray[np.float64]:
    shown = np.full(len(rows), np.nan)
    for column in ("farmland_area", "plot_area", "area", "geometry_area"):
        if column in rows:
            shown = np.where(np.isnan(shown), rows[column].to_numpy(dtype=float), shown)
    return shown


def _areal(rows: pd.DataFrame) -> npt.NDArray[np.object_] | None:
    return joining.as_areas(rows["geometry"]) if "geometry" in rows else None


def _settle_register_units(register: _Plots, plots: _Plots, both: pd.Index, findings: Findings) -> None:
    frame = register.frame
    given = [column for column in ("farmland_area", "plot_area", "area") if column in frame.rows]
    of_map = {column: _map_column(plots.frame, column) for column in given}
    expected = plots.at(pd.Index(frame.rows["key"]), *of_map.values())
    areas.settle_units(
        frame, {column: expected[ours].to_numpy(dtype=float) for column, ours in of_map.items()}, findings
    )
    if "area" in frame.rows:
        _settle_basis(register, plots, both, findings.language)


def _map_column(frame: Frame, column: str) -> str:
    """The map's area that a register's column is to be held against."""
    if column in frame.rows and column != "area":
        return column
    return areas.basis(frame)


def _settle_basis(register: _Plots, plots: _Plots, both: pd.Index, language: str) -> None:
    """A bare “面积” is the farmland area or the plot area, whichever more of the plots bear out."""
    frame = register.frame
    candidates = [c for c in ("farmland_area", "plot_area") if c in plots.frame.rows and c not in frame.rows]
    settled = any(frame.fields.get(c) == frame.fields["area"] for c in ("farmland_area", "plot_area"))
    if not candidates or settled:
        return
    said = register.at(both, "area")["area"].to_numpy(dtype=float)
    half = frame.resolution["area"] / 2 + areas.CENT

    def borne_out(column: str) -> int:
        return int((np.abs(said - plots.at(both, column)[column].to_numpy(dtype=float)) <= half).sum())

    best = max(candidates, key=borne_out)
    frame.rows[best] = frame.rows["area"]
    frame.resolution[best], frame.stated[best] = frame.resolution["area"], frame.stated["area"]
    frame.fields[best] = frame.fields["area"]
    frame.notes.append(
        text(
            "note.basis", language, layer=frame.name, field=frame.fields["area"], basis=text(f"column.{best}", language)
        )
    )


def _register_areas(
    plots: _Plots, register: _Plots, keys: pd.Index, findings: Findings, settings: Settings, status: _Status
) -> None:
    """R6003: the graver of the two comparisons (farmland area, plot area), once per number. R6026 where it is blank."""
    bases = _bases(register.frame, plots.frame)
    ours, theirs = plots.at(keys, *(ours for _, ours in bases)), register.at(keys, *(theirs for theirs, _ in bases))
    blank = {column: register.frame.rows[column].isna().to_numpy() for column, _ in bases}
    for column, missing in blank.items():
        # A column that nobody fills in is no trouble where another one holds the areas.
        if not missing.all() or all(other.all() for other in blank.values()):
            areas.unrecorded(register.frame, column, missing, findings)
    if bases:
        status.add("area_missing", keys[np.all([theirs[column].isna() for column, _ in bases], axis=0)])
    worst = pd.DataFrame({"expected": np.nan, "actual": np.nan, "grade": ""}, index=keys)
    for column, of_map in bases:
        expected, actual = ours[of_map].to_numpy(dtype=float), theirs[column].to_numpy(dtype=float)
        grades = areas.grade(actual - expected, expected, settings, areas.rounding(register.frame, column))
        graver = ((worst["grade"] == "") & (grades != "")) | ((worst["grade"] == "warning") & (grades == "error"))
        worst[graver] = pd.DataFrame({"expected": expected, "actual": actual, "grade": grades}, index=keys)[graver]
    bad = worst[worst["grade"] != ""]
    rows = plots.at(bad.index)
    findings.add(
        "R6003", "register", bad.index, unit=_unit(rows), unit_name=_unit_name(rows), expected=metres(bad["expected"]),
        actual=metres(bad["actual"]), difference=bad["actual"] - bad["expected"], measure="m2", geometry=_areal(rows),
        severity=bad["grade"], expected_mu=mu(bad["expected"]), actual_mu=mu(bad["actual"]),
    )  # fmt: skip
    status.add("area_differs", bad.index[bad["grade"] == "error"])


def _bases(register: Frame, plots: Frame) -> list[tuple[str, str]]:
    found = [(theirs, ours) for theirs, ours in _BASES if theirs in register.rows and ours in plots.rows]
    if not found:
        column = next((c for c in ("farmland_area", "plot_area", "area") if c in register.rows), "")
        return [(column, _map_column(plots, column))] if column else []
    return found


def _ground_areas(
    plots: _Plots, ground: _Plots, keys: pd.Index, findings: Findings, settings: Settings, status: _Status
) -> None:
    """R6014: the ground plot's surveyed area (else that of its shape) against the map's plot area."""
    column = "plot_area" if plots.frame.has("plot_area") else "geometry_area"
    expected = plots.at(keys, column)[column].to_numpy(dtype=float)
    actual = areas.surveyed(ground.at(keys, "plot_area", "geometry_area"))
    place = areas.rounding(ground.frame, "plot_area") if ground.frame.has("plot_area") else areas.CENT
    grades = areas.grade(actual - expected, expected, settings, place)
    bad = grades != ""
    with np.errstate(invalid="ignore", divide="ignore"):
        percent = (actual - expected) / expected * 100
    rows = plots.at(keys[bad])
    findings.add(
        "R6014", "plots", keys[bad], unit=_unit(rows), unit_name=_unit_name(rows),
        expected=metres(expected[bad]), actual=metres(actual[bad]), difference=(actual - expected)[bad], measure="m2",
        geometry=_areal(rows), severity=grades[bad], percent=percent[bad],
    )  # fmt: skip
    status.add("area_differs", keys[grades == "error"])


def _attributes(plots: _Plots, other: _Plots, keys: pd.Index, findings: Findings, status: _Status) -> None:
    """R6015 land class, R6016 unit, R6017 owner: the map's against the other source's, where both say something."""
    ours, theirs = (side.at(keys, "land_class", "unit", "owner") for side in (plots, other))
    language, role = findings.language, other.frame.role
    scheme = plots.frame.profile.scheme
    for rule, column, same in (
        ("R6015", "land_class", _same_class), ("R6016", "unit", _same_unit_code), ("R6017", "owner", _same_name),
    ):  # fmt: skip
        if column not in ours or column not in theirs:
            continue
        mine, his = ours[column].to_numpy(dtype=str), theirs[column].to_numpy(dtype=str)
        bad = (mine != "") & (his != "") & (mine != his)
        bad[bad] = [not same(a, b) for a, b in zip(mine[bad], his[bad])]
        rows = plots.at(keys[bad])
        shown = [[_shown(column, value, scheme, language) for value in side[bad]] for side in (mine, his)]
        findings.add(
            rule, role, keys[bad], unit=_unit(rows), unit_name=_unit_name(rows), expected=shown[0], actual=shown[1],
            geometry=_areal(rows), other_name=text(f"role.{role}", language),
        )  # fmt: skip
        status.add("attribute_differs", keys[bad])


def _same_class(mine: str, his: str) -> bool:
    """A source that names only the first level (耕地) agrees with its classes; K and A are sub-kinds of a class."""
    mine, his = mine[:4], his[:4]
    return mine.startswith(his) or his.startswith(mine)


def _same_unit_code(mine: str, his: str) -> bool:
    return mine.startswith(his) or his.startswith(mine)


def _same_name(mine: str, his: str) -> bool:
    """柳河村, 柳河村村民委员会 and 示范县柳河镇柳河村 are one owner; 王村 and 小王村 are two."""
    words = owner_words()
    short, long = sorted((_owner_core(mine, words), _owner_core(his, words)), key=len)
    above = long[: len(long) - len(short)]
    return long.endswith(short) and (not above or above.endswith(tuple(words["unit_ends"])))


def _owner_core(name: str, words: Mapping[str, list[str]]) -> str:
    """An owner's name without the words for its committee or collective."""
    suffix = next((word for word in words["suffixes"] if name.endswith(word) and len(name) > len(word)), "")
    return name[: len(name) - len(suffix)]


def _shown(column: str, value: str, scheme: str, language: str) -> str:
    known = land_class(value, scheme) if column == "land_class" else None
    return f"{value} {known.title[language]}" if known else value


def _persons(plots: _Plots, register: _Plots, keys: pd.Index, findings: Findings) -> None:
    """R6023: the responsible person on the map and in the register, where both name one."""
    ours, theirs = plots.at(keys, "person"), register.at(keys, "person")
    if "person" not in ours or "person" not in theirs:
        return
    mine, his = ours["person"].to_numpy(dtype=str), theirs["person"].to_numpy(dtype=str)
    bad = (mine != "") & (his != "") & (mine != his)
    rows = plots.at(keys[bad])
    findings.add(
        "R6023",
        "register",
        keys[bad],
        unit=_unit(rows),
        unit_name=_unit_name(rows),
        expected=mine[bad],
        actual=his[bad],
        geometry=_areal(rows),
    )


def _shapes(
    plots: _Plots, ground: _Plots, keys: pd.Index, findings: Findings, settings: Settings, status: _Status,
    progress: Progress,
) -> None:  # fmt: skip
    """R6018: a ground polygon against the map's; a ground point against the plot it should stand in."""
    fit = plots.usable[plots.rows_of(keys)] & ground.usable[ground.rows_of(keys)]
    keys = keys[fit]
    mine, his = (side.at(keys, "geometry")["geometry"].to_numpy(dtype=object) for side in (plots, ground))
    areal = shapely.get_dimensions(his) == 2
    share, distance = np.full(len(keys), np.nan), np.zeros(len(keys))
    same = threshold("topology_tolerance").value
    share[areal] = agreement(mine[areal], his[areal], tolerance=same, progress=progress.step(share=0.7))
    distance[~areal] = shapely.distance(mine[~areal], his[~areal])
    with np.errstate(invalid="ignore"):
        unlike = share < settings.min_agreement
    # The true distance takes every vertex against every edge: only where it is told or may be too great.
    near = ~unlike & (_vertex_distance(mine, his) <= settings.shift_tolerance)
    far = np.flatnonzero(areal & ~near)
    distance[far] = distance_between(mine[far], his[far], progress=progress.step())
    bad = unlike | (distance > settings.shift_tolerance)
    rows = plots.at(keys[bad])
    findings.add(
        "R6018",
        "plots",
        keys[bad],
        unit=_unit(rows),
        unit_name=_unit_name(rows),
        difference=distance[bad],
        measure="m",
        expected=f"≥ {settings.min_agreement:.0%}",
        actual=[f"{s:.1%}" for s in share[bad]],
        geometry=joining.as_areas(his[bad]),
        agreement=["—" if np.isnan(s) else f"{s:.1%}" for s in share[bad]],
        distance=distance[bad],
    )
    status.add("shape_differs", keys[bad])
    status.agreement = pd.Series(share, index=keys)


def _vertex_distance(one: npt.NDArray[np.object_], other: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """Greatest distance of the two shapes' vertices of the same number, row-wise; infinite where these are not as many.

    No vertex is farther than this from the other shape's outline.
    """
    result = np.full(len(one), np.inf)
    count = shapely.get_num_coordinates(one)
    even = np.flatnonzero((count == shapely.get_num_coordinates(other)) & (count > 0))
    for rows in np.split(even, cuts(count[even])):
        if len(rows):
            apart = shapely.get_coordinates(one[rows]) - shapely.get_coordinates(other[rows])
            starts = np.cumsum(count[rows]) - count[rows]
            result[rows] = np.maximum.reduceat(np.hypot(apart[:, 0], apart[:, 1]), starts)
    return result


def _statuses(
    plots: _Plots, register: _Plots | None, ground: _Plots | None, status: _Status, findings: Findings
) -> pd.DataFrame:
    """`PLOT_STATUS`: every number of any source once, in the order of the numbers (areas m², 2 decimals)."""
    keys = plots.keys
    for other in (register, ground):
        keys = keys if other is None else keys.union(other.keys)
    keys = keys.sort_values()
    basis, of_map = (_bases(register.frame, plots.frame) or [("", "")])[0] if register else ("", "")
    ours = plots.at(keys, "plot_area", "geometry_area", of_map)
    table = pd.DataFrame({"key": keys, "unit": _first_known("unit", keys, plots, register, ground)})
    for column, source in (("in_map", plots), ("in_register", register), ("in_plots", ground)):
        table[column] = pd.array(
            [pd.NA] * len(keys) if source is None else keys.isin(source.keys), dtype="boolean"
        )
    table["map_area"] = _column(ours, "plot_area")
    table["geometry_area"] = _column(ours, "geometry_area")
    in_register = register.at(keys, basis) if register else pd.DataFrame(index=keys)
    table["register_area"] = _column(in_register, basis)
    table["plots_area"] = areas.surveyed(ground.at(keys, "plot_area", "geometry_area")) if ground else np.nan
    recorded = _column(ours, "plot_area" if "plot_area" in ours else "geometry_area")
    apart = np.column_stack(
        [
            table["geometry_area"] - recorded,
            table["plots_area"] - recorded,
            table["register_area"] - _column(ours, of_map),
        ]
    )
    size = np.nan_to_num(np.abs(apart))
    table["difference"] = np.round(apart[np.arange(len(keys)), size.argmax(axis=1)], 2)
    table["agreement"] = status.agreement.reindex(keys).to_numpy(dtype=float)
    table["status"] = status.of(keys)
    shapes = joining.as_areas(plots.at(keys, "geometry")["geometry"])
    if ground:
        other = ~keys.isin(plots.keys)
        shapes[other] = joining.as_areas(ground.at(keys[other], "geometry")["geometry"])
    table["geometry"] = pd.Series(shapes, dtype=object)
    return table


def _column(rows: pd.DataFrame, name: str) -> npt.NDArray[np.float64]:
    return rows[name].to_numpy(dtype=float) if name in rows else np.full(len(rows), np.nan)


def _first_known(column: str, keys: pd.Index, *sources: _Plots | None) -> npt.NDArray[np.object_]:
    known = pd.Series("", index=keys, dtype=object)
    for source in sources:
        if source is not None and source.frame.has(column):
            known = known.where(known != "", source.at(keys, column)[column].fillna(""))
    return known.to_numpy()


def _unit(rows: pd.DataFrame) -> pd.Series | str:
    return rows.get("unit", "")


def _unit_name(rows: pd.DataFrame) -> pd.Series | str:
    return rows.get("unit_name", "")
