"""From what a source holds to a frame in canonical columns.

A `Source` is a layer or sheet as it came. `read` finds the fields through the role's profile, cleans codes, names,
numbers and dates, brings areas to m², and gives a `Frame` that every check understands. Nothing here knows whether
the source was a file, a layer or a partition.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core import codes, money, units
from redline.core.catalogue import text
from redline.core.errors import InputError
from redline.core.findings import Findings
from redline.core.geometry.crs import Crs
from redline.core.mending import changes
from redline.core.progress import Progress
from redline.core.standards import Profile, best_profile, class_codes, profile, translate_class
from redline.core.workbooks import Sheet, read_sheet

CODES = (
    "key", "plot_number", "unit", "location", "deduction_class", "letter", "parcel", "atlas_page", "page", "zone_code",
    "permit", "change_kind", "plan_zone",
)  # fmt: skip
NAMES = (
    "unit_name", "owner", "location_name", "village_person", "group_name", "group_person", "person", "title", "file",
    "slope", "grade", "post", "role", "area_duty", "people_duty", "duty", "task", "reward",
    "violation", "judgement", "labels", "filing_due", "stage", "result", "project", "cause",
    "kind", "purpose", "status", "approval", "plan_zone_name",
    "zone_name", "level", "problem", "state",
)  # fmt: skip
AREAS = (
    "plot_area", "farmland_area", "class_area", "deduction_area", "linear_area", "scattered_area", "area",
    "letter_area", "control_area", "cultivated_area", "illegal_cultivated_area", "uncovered_area", "pending_area",
    "demolish_due", "demolished_area", "restore_due", "restored_area", "develop_area", "developed_area",
)  # fmt: skip
MONEY = ("fine", "fine_paid", "investment", "invested", "price")
NUMBERS = (*AREAS, *MONEY, "deduction_factor", "count", "year", "x", "y", "load")
DATES = (
    "start", "end", "letter_date", "discovered", "stopped", "reported", "filed", "decided", "closed", "rectified",
    "signed", "agreed_start", "actual_start", "stopped_work", "resumed_work", "finished", "before", "after", "accepted",
    "approved", "expires", "date", "inspected", "repaired",
)  # fmt: skip
# A month alone is its last day; of the others, also the last day that they may mean is kept, as "<column>_last".
# What stands there and is no day is kept as "<column>_unread".
_LAST_DAYS, _SPANS = ("end", "expires"), ("before", "after", "accepted", "approved")
TIMES = ("time", "time_end")
CLASSES = ("land_class", "land_class_name")
PERIOD = "period"
_OLD_SCHEME, _NEARLY_ALL = "erdiao", 0.9
READ = (*CODES, *NAMES, *NUMBERS, *DATES, *TIMES, *CLASSES, PERIOD)
"""The columns that frames have. Identity numbers, telephones and addresses stay in `Frame.cells`, as they came."""


@dataclass(frozen=True)
class Storage:
    """How a source keeps a field: `type` is text, integer, real, date or "" (anything else), `length` the characters
    that fit (0: no limit known), counted in bytes where `in_bytes` (a DBF)."""

    type: str
    length: int = 0
    in_bytes: bool = False


_Unread = tuple[str, pd.Series, npt.NDArray[np.bool_]]


@dataclass
class Source:
    """A layer or sheet as it came: `cells` has one column a field, in the source's order and wording.

    A layer has `geometry` (object array of shapely shapes or None, in the CRS that all layers of a run share),
    `measured` (its official ellipsoidal areas in m², float64, NaN where there is none), its own `crs` and its `bounds`
    (xmin, ymin, xmax, ymax) in that CRS; `plane` is the CRS that its shapes are in. A sheet has none of these.
    `storage` tells of each field how it is kept, where the source knows. `seen` is how many features the layer gave,
    of which these are what was asked for (None: all are here).
    """

    name: str
    cells: pd.DataFrame
    geometry: np.ndarray | None = None
    measured: np.ndarray | None = None
    crs: Crs | None = None
    bounds: tuple[float, float, float, float] | None = None
    geometry_type: str = ""
    straightened: int = 0
    storage: Mapping[str, Storage] = field(default_factory=dict)
    plane: Crs | None = None
    seen: int | None = None

    @property
    def count(self) -> int:
        """How many features the layer gave."""
        return len(self.cells) if self.seen is None else self.seen


@dataclass
class Frame:
    """A source in canonical columns (`rows`), one row a plot, unit or page.

    `rows` always has `row` (1-based row of the sheet, or running number of the feature); layers have `geometry` and
    `geometry_area` (m², official). Areas are float64 m², times float64 seconds of the day. `fields` tells the source's
    field behind each column, `stated` the area unit that header, parameter or standard names for a column ("" where
    nobody says), `resolution` the last printed place of an area column in m². `cells` are the rows as they came, all
    fields of them, and `storage` how the source keeps each; a frame combined of several has its `parts` instead.
    `validity` and `unit_names` are what the first check found of the shapes and units of these very rows, for those
    that follow. `called` is what a check calls the layer where it is more than its role says: a "map" may be only its
    "farmland".
    """

    role: str
    name: str
    rows: pd.DataFrame
    profile: Profile
    fields: dict[str, str] = field(default_factory=dict)
    stated: dict[str, str] = field(default_factory=dict)
    resolution: dict[str, float] = field(default_factory=dict)
    crs: Crs | None = None
    bounds: tuple[float, float, float, float] | None = None
    notes: list[str] = field(default_factory=list)
    sheet: Sheet | None = None
    cells: pd.DataFrame | None = None
    storage: Mapping[str, Storage] = field(default_factory=dict)
    parts: Sequence[Frame] = ()
    plane: Crs | None = None
    validity: tuple[pd.DataFrame, pd.DataFrame] | None = field(default=None, repr=False, compare=False)
    unit_names: tuple[pd.DataFrame, dict[str, str]] | None = field(default=None, repr=False, compare=False)
    called: str = ""

    def __len__(self) -> int:
        return len(self.rows)

    def title(self, language: str) -> str:
        """What people call the layer, in "zh" or "en"."""
        return text(f"role.{self.called or self.role}", language)

    def has(self, *columns: str) -> bool:
        """Does the source give all of these columns?"""
        return all(column in self.rows for column in columns)

    def column(self, name: str, missing: object = "") -> pd.Series:
        """The column, or one filled with `missing` where the source has none."""
        if name in self.rows:
            return self.rows[name]
        return pd.Series([missing] * len(self.rows), index=self.rows.index, name=name, dtype=object)

    def days(self, name: str) -> npt.NDArray[np.datetime64]:
        """The days of a column of dates (datetime64[D]), all NaT where the source has none."""
        if name in self.rows:
            return self.rows[name].to_numpy(dtype="datetime64[D]")
        return np.full(len(self.rows), np.datetime64("NaT", "D"))

    def require(self, language: str, *columns: str) -> None:
        """Raise InputError naming the layer, what was looked for and what it has, where a column is absent."""
        for column in columns:
            if column not in self.rows:
                wanted = self.profile.field(column)
                names = [wanted.name, *wanted.aliases][:8] if wanted else [column]
                raise InputError(
                    "field_missing", language, layer=self.name, field=_title(self.profile, column, language),
                    names="、".join(names), has="、".join(self.fields_of_source()),
                )  # fmt: skip

    def fields_of_source(self) -> list[str]:
        """The source's own field names, in its order."""
        return list(self.rows.attrs.get("source_fields", []))


def read(
    source: Source,
    role: str,
    findings: Findings,
    *,
    overrides: Mapping[str, str] | None = None,
    area_unit: str = "auto",
    profile_id: str = "",
    lenient: bool = False,
    only: Collection[str] = (),
    called: str = "",
    known: pd.DataFrame | None = None,
    progress: Progress | None = None,
) -> Frame:
    """The frame of `source` in the part of `role`, `called` something else where the role is not its name.

    `overrides` maps canonical columns to field names that the user chose; the rest is found through the profile's
    aliases. `area_unit` is "auto", "m2", "mu" or "ha". What was mended or could not be read is added to `findings`.
    A summary table ("table") keeps its figures in `Frame.sheet`, from which `workbooks.summary_rows` takes them.
    Of a layer of which a check looks at few columns, `only` these (and the chosen ones) are kept, and no `cells`.
    `known` are canonical columns of the same rows, counted from 0, that were read before and are not among its cells.
    Raises InputError where a chosen field is absent or an alias fits two fields (which `lenient` leaves out), Cancelled
    between two columns.
    """
    language = findings.language
    watch = progress or Progress()
    chosen = profile(profile_id) if profile_id else best_profile(role, list(source.cells.columns), source.name)[0]
    sheet = None
    cells = source.cells
    notes: list[str] = []
    numbers = np.arange(1, len(cells) + 1)
    if source.geometry is None or role == "table":
        # The rows of a layer are called by the ids of its features, which are no rows of a sheet.
        sheet = read_sheet(cells, chosen.vocabulary(), _sheet_rows(cells) if source.geometry is None else None)
        cells, numbers = sheet.rows, sheet.row_numbers
        notes.extend(note.text(language) for note in sheet.notes)
        if not profile_id:
            chosen = best_profile(role, list(cells.columns), source.name)[0]
    picked = _as_named(overrides or {}, sheet)
    if role == "table" and sheet is not None:
        sheet = _renamed(sheet, source.name, chosen, picked, language)
    fields = {} if role == "table" else _fields(source.name, cells, chosen, picked, lenient, only or READ, language)
    rows = pd.DataFrame({"row": numbers}, index=range(len(cells)))
    if known is not None:
        rows = rows.join(known)
    cells = cells.reset_index(drop=True)
    frame = Frame(
        role, source.name, rows, chosen, fields, crs=source.crs, bounds=source.bounds, notes=notes, sheet=sheet,
        cells=cells, storage=source.storage, plane=source.plane or source.crs, called=called,
    )  # fmt: skip
    unread: list[_Unread] = []
    for number, (column, name) in enumerate(list(fields.items())):
        watch.update(number / len(fields))
        unread += _fill(frame, column, cells[name], findings)
    watch.update(1.0)
    _classes(frame)
    _areas_in_m2(frame, area_unit, cells)
    if role == "table" and area_unit != "auto":
        frame.stated["area"] = area_unit
    _units(frame)
    if source.geometry is not None:
        rows["geometry"] = pd.Series(source.geometry, index=rows.index, dtype=object)
        rows["geometry_area"] = np.nan if source.measured is None else source.measured
        if source.straightened:
            notes.append(text("note.straightened", language, layer=source.name, count=source.straightened))
    for column, values, bad in unread:
        _tell_unreadable(frame, column, values, bad, findings)
    rows.attrs["source_fields"] = [str(name) for name in cells.columns]
    frame.cells = None if only else cells
    notes.insert(0, _understood(frame, language))
    return frame


def _sheet_rows(cells: pd.DataFrame) -> npt.NDArray[np.int64] | None:
    """The rows of the sheet that a table which is only part of it stands in, counted from 1; None for a whole one."""
    index = cells.index.to_numpy()
    return None if np.array_equal(index, np.arange(len(index))) else index.astype(np.int64) + 1


def combine(parts: Sequence[Frame]) -> Frame:
    """One frame of several sources of the same role (the layers of townships and of villages), in their order."""
    first = parts[0]
    if len(parts) == 1:
        return first
    rows = pd.concat([part.rows for part in parts], ignore_index=True)
    for column in set(CODES + NAMES) & set(rows):
        rows[column] = rows[column].fillna("")
    rows["row"] = np.arange(1, len(rows) + 1)
    notes = [note for part in parts for note in part.notes]
    return replace(first, name="、".join(part.name for part in parts), rows=rows, notes=notes, cells=None, parts=parts)


def _renamed(sheet: Sheet, layer: str, chosen: Profile, picked: Mapping[str, str], language: str) -> Sheet:
    """The sheet with the columns that the user chose under the names that the profile knows."""
    names = {column.name for column in sheet.columns}
    new: dict[str, str] = {}
    for canonical, name in picked.items():
        wanted = chosen.field(canonical)
        if name and name not in names:
            raise InputError("field_absent", language, layer=layer, field=name, has="、".join(sorted(names)))
        if name and wanted is not None:
            new[name] = wanted.zh
    if not new:
        return sheet
    columns = [
        replace(column, name=new[column.name], path=(new[column.name],)) if column.name in new else column
        for column in sheet.columns
    ]
    return replace(sheet, columns=columns, rows=sheet.rows.rename(columns=new), totals=sheet.totals.rename(columns=new))


def _as_named(overrides: Mapping[str, str], sheet: Sheet | None) -> dict[str, str]:
    """The user's choice by the names of the understood sheet: QGIS shows "Field5" where the sheet says 面积(亩)."""
    named = {column.source: column.name for column in sheet.columns} if sheet else {}
    return {column: named.get(name, name) for column, name in overrides.items()}


def _fields(
    layer: str, cells: pd.DataFrame, chosen: Profile, overrides: Mapping[str, str], lenient: bool,
    wanted: Collection[str], language: str,
) -> dict[str, str]:  # fmt: skip
    names = [str(name) for name in cells.columns]
    match = chosen.match_fields(names)
    fields = {column: name for column, name in match.found.items() if column in wanted}
    for column, name in overrides.items():
        if name and name not in names:
            raise InputError("field_absent", language, layer=layer, field=name, has="、".join(names))
        if name:
            fields = {c: n for c, n in fields.items() if n != name}
            fields[column] = name
    for column, candidates in match.ambiguous.items():
        if column in wanted and column not in fields and not lenient:
            raise InputError(
                "field_ambiguous", language, layer=layer, field=_title(chosen, column, language),
                candidates="、".join(candidates),
            )  # fmt: skip
    return fields


def _fill(frame: Frame, column: str, values: pd.Series, findings: Findings) -> list[_Unread]:
    """Clean one column; gives what of it could not be read, to be told once the rows have their names."""
    if column in CODES:
        cleaned = codes.clean(values)
        frame.rows[column] = cleaned.values
        _tell_mended(frame, column, values, cleaned, findings)
        _tell_lost(frame, column, values, cleaned.lost, findings)
    elif column in MONEY:
        numbers, bad = money.parse(values, frame.fields[column])
        frame.rows[column] = numbers
        return [(column, values, bad)]
    elif column in NUMBERS:
        numbers, bad = units.parse_number(values)
        frame.rows[column] = numbers
        frame.resolution[column] = 10.0 ** -units.decimals_of(values)
        return [(column, values, bad)]
    elif column in DATES:
        dates, bad = units.parse_dates(values, end=column in _LAST_DAYS)
        frame.rows[column] = dates
        if column in _SPANS:
            frame.rows[f"{column}_last"] = units.parse_dates(values, end=True).values
        if bad.any():
            frame.rows[f"{column}_unread"] = np.where(bad, values.astype(str), "")
        if column == "date" and "time" not in frame.fields:
            frame.rows["time"] = units.parse_times(values)
        return [(column, values, bad)]
    elif column in TIMES:
        frame.rows[column] = units.parse_times(values)
        if column == "time" and "date" not in frame.fields:
            frame.rows["date"], bad = units.parse_dates(values)
            return [("date", values, bad)]
    elif column == PERIOD:
        return [(column, values, _period(frame, values))]
    else:
        frame.rows[column] = codes.clean_names(values).values
    return []


def _period(frame: Frame, values: pd.Series) -> npt.NDArray[np.bool_]:
    """A period in one column ("2022.1.1至2035.12.31") gives the start and the end, where these have no column."""
    read = units.parse_periods(values)
    for column, days in (("start", read.start), ("end", read.end)):
        if column not in frame.fields:
            frame.rows[column] = days
            frame.fields[column] = frame.fields[PERIOD]
    return read.bad


def _classes(frame: Frame) -> None:
    if "land_class" not in frame.rows and "land_class_name" not in frame.rows:
        return
    named = frame.column("land_class")
    found, unknown = class_codes(named, frame.profile.scheme)
    if "land_class_name" in frame.rows:
        by_name, _ = class_codes(frame.rows["land_class_name"], frame.profile.scheme)
        found = found.where(found != "", by_name)
    frame.rows["land_class"] = _of_scheme(frame, found.where(~((found == "") & unknown), named))


def _of_scheme(frame: Frame, classes: pd.Series) -> pd.Series:
    """The classes in the profile's scheme, where nearly all of them are codes of an older one (二调) instead."""
    scheme = frame.profile.scheme
    given = classes[classes != ""]
    if scheme in ("", _OLD_SCHEME) or given.empty:
        return classes
    strange = class_codes(given, scheme)[1].mean()
    if strange < 1 - _NEARLY_ALL or class_codes(given, _OLD_SCHEME)[1].mean() > 1 - _NEARLY_ALL:
        return classes
    translated = {code: translate_class(code, _OLD_SCHEME, scheme) or code for code in given.unique()}
    return classes.map(translated).fillna("")


def _areas_in_m2(frame: Frame, area_unit: str, cells: pd.DataFrame) -> None:
    columns = [c for c in AREAS if c in frame.rows]
    for column in columns:
        stated = "" if area_unit == "auto" else area_unit
        if frame.sheet is not None:
            stated = stated or frame.sheet.unit_of(frame.fields[column]) or ""
        else:
            stated = stated or units.parse_unit(frame.fields[column]) or frame.profile.area_unit or "m2"
        frame.stated[column] = stated
        own = units.suffix_units(cells[frame.fields[column]])
        before = frame.rows[column].copy()
        restate_area(frame, column, "m2", stated or "m2")
        for unit in sorted(set(own) - {"", stated}):
            # "9993.33平方米" is that, whatever the heading says.
            frame.rows.loc[own == unit, column] = units.convert(before[own == unit], unit, "m2")


def restate_area(frame: Frame, column: str, read_as: str, actual: str) -> None:
    """Bring an area column that was read in the unit `read_as` to m², its figures being in the unit `actual`."""
    frame.rows[column] = units.convert(frame.rows[column], actual, read_as)
    frame.resolution[column] *= float(units.factor(actual, read_as))


def _units(frame: Frame) -> None:
    """The unit of every row: its own code, else the village of its location code."""
    rows = frame.rows
    if "location" in rows:
        village = codes.unit_of_location(rows["location"])
        rows["unit"] = village if "unit" not in rows else rows["unit"].where(rows["unit"] != "", village)
    if "unit" in rows:
        rows["unit"] = codes.unit_of_location(rows["unit"])
    if "unit_name" not in rows and "location_name" in rows:
        rows["unit_name"] = rows["location_name"]


def _tell_mended(frame: Frame, column: str, values: pd.Series, cleaned: codes.Cleaned, findings: Findings) -> None:
    mended = cleaned.mended.to_numpy()
    count = int(mended.sum())
    if count:
        example = str(values[mended].astype(str).sort_values().iloc[0])
        findings.add(
            "R2012", frame.role, "", related=column, actual=str(count), difference=float(count), measure="count",
            role_name=frame.title(findings.language), field=frame.fields[column], example=example,
            changes=changes(values[mended].tolist(), cleaned.values[mended].tolist(), findings.language),
        )  # fmt: skip


def _tell_lost(frame: Frame, column: str, values: pd.Series, lost: pd.Series, findings: Findings) -> None:
    bad = lost.to_numpy()
    if bad.any():
        shown = values[bad].astype(str).to_numpy()
        findings.add(
            "R2013", frame.role, shown, of=len(frame), related=column, actual=shown, row=frame.rows["row"][bad],
            role_name=frame.title(findings.language), field=frame.fields[column],
        )  # fmt: skip


def _tell_unreadable(
    frame: Frame, column: str, values: pd.Series, bad: npt.NDArray[np.bool_], findings: Findings
) -> None:
    wrong = bad
    if wrong.any():
        kind = "date" if column in (*DATES, PERIOD) else "number"
        findings.add(
            "R2002", frame.role, labels(frame, wrong), of=len(frame), related=column, actual=values[wrong].astype(str),
            expected=text(f"kind.{kind}", findings.language), field=frame.fields[column],
            role_name=frame.title(findings.language),
        )  # fmt: skip


def labels(frame: Frame, chosen: slice | np.ndarray = slice(None)) -> np.ndarray:
    """How to call each row before a person: its key, else its unit and plot number, else where it lies, else its row.

    Of the `chosen` rows only (a mask or positions) where these are given.
    The position ("(37590155,4031220)", to the metre) does not depend on the order of the rows; a row ("#12") does, and
    is used only for what has neither number nor place.
    """
    rows = frame.rows
    label = frame.column("key").to_numpy(dtype=object)[chosen].copy()
    if "plot_number" in rows:
        number = rows["plot_number"].to_numpy(dtype=object)[chosen]
        second = frame.column("unit").to_numpy(dtype=object)[chosen] + "/" + number
        label = np.where((label == "") & (number != ""), second, label)
    if "geometry" in rows:
        nameless = label == ""
        label[nameless] = positions(rows["geometry"].to_numpy(dtype=object)[chosen][nameless])
    nameless = label == ""
    label[nameless] = ["#" + str(number) for number in rows["row"].to_numpy()[chosen][nameless]]
    return label


def positions(shapes: np.ndarray) -> list[str]:
    """A name for land that has none: where its middle lies, to the metre; "" for no shape, or none with a place."""
    boxes = shapely.bounds(shapes)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    # GEOS finds no centroid of a ring that is too short, nor of coordinates that are no numbers.
    valid = shapely.is_valid(shapes)
    middles[valid] = shapely.get_coordinates(shapely.centroid(shapes[valid]))
    placed = np.isfinite(middles).all(axis=1)
    return [f"({x:.0f},{y:.0f})" if there else "" for (x, y), there in zip(middles.tolist(), placed)]


def _understood(frame: Frame, language: str) -> str:
    pairs = "，".join(
        f"{_title(frame.profile, column, language)}={name}" + _in_unit(frame.stated.get(column, ""), language)
        for column, name in frame.fields.items()
    )
    # A summary table has figures under its own heads; of any other source what is not known is not used.
    nothing = text("note.figures" if frame.sheet is not None else "note.no_field", language)
    return text(
        "note.understood", language, role=frame.title(language), layer=frame.name, count=len(frame),
        profile=frame.profile.title[language], fields=pairs or nothing,
    )  # fmt: skip


def _in_unit(unit: str, language: str) -> str:
    return f"（{units.unit_name(unit, language)}）" if unit else ""


def _title(chosen: Profile, column: str, language: str) -> str:
    wanted = chosen.field(column)
    return wanted.title[language] if wanted else column
