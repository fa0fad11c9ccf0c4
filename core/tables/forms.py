"""The tables as forms to print and sign: titles, headings of several rows, columns of cells.

Wording and layout are data: standards/forms.json.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from redline.core.standards._files import load
from redline.core.tables.records import UNKNOWN
from redline.core.tables.tables import Tables, class_name, slope_name

_ORDINALS = "甲乙丙丁戊己"
_CULTIVATED = ("0101", "0102", "0103")
_SLOPES = ("1", "2", "3", "4", "5")
_AREA_WIDTH = 14.0
# Letters of a mark that fit into a unit of a column's width; a longer equation is left to the reader.
_MARKS = 1.3


@dataclass(frozen=True)
class Column:
    """A column: the headings above it from the top, the kind of its cells (text, name, code, whole, area, date), its
    width in characters, its cells, the mark of the numbering row below the heading, its sum for the foot (None: none).
    """

    path: tuple[str, ...]
    kind: str
    width: float
    cells: Sequence[Any]
    number: str = ""
    total: float | None = None


@dataclass(frozen=True)
class Form:
    """A sheet: `rows` says of each row what it is (county, township, village, plot, total). `foot`: the total's label
    where the sheet ends with a total row, else ""; `frozen` columns stay in sight.
    """

    sheet: str
    title: str
    office: str
    unit: str
    paper: str
    columns: list[Column]
    rows: Sequence[str]
    notes: list[str] = field(default_factory=list)
    foot: str = ""
    frozen: int = 2


@dataclass(frozen=True)
class Imprint:
    """What only the office knows: the county's name for the titles and its own name; "" leaves room for a pen."""

    county: str = ""
    office: str = ""


def forms(tables: Tables, imprint: Imprint) -> list[Form]:
    """The workbook's sheets: summaries by class, slope and grade, the register, the table of responsibilities.

    Summaries are in the tables' unit; plots in m² and, where that is another, converted as well.
    """
    found = [_classes(tables), _quality(tables, "slopes"), _quality(tables, "grades"), _plots(tables), _duties(tables)]
    return [_imprinted(form, imprint) for form in found]


@cache
def words() -> Mapping[str, Any]:
    """The wording and layout of the forms: standards/forms.json."""
    return load("forms.json")


def merged(paths: Sequence[tuple[str, ...]]) -> list[tuple[int, int, int, int, str]]:
    """Heading cells (first row, first column, last row, last column, text) for the headings above each column.

    Neighbours with the same headings down to a row share the cell; the lowest heading reaches down to the last row.
    """
    depth = max(map(len, paths))
    cells = []
    for row in range(depth):
        start = 0
        while start < len(paths):
            path, end = paths[start], start
            if len(path) > row:
                own = len(path) == row + 1
                while not own and end + 1 < len(paths) and len(paths[end + 1]) > row + 1 and (
                    paths[end + 1][: row + 1] == path[: row + 1]
                ):
                    end += 1
                cells.append((row, start, depth - 1 if own else row, end, path[row]))
            start = end + 1
    return cells


def _head(name: str, **said: str) -> str:
    return str(words()["headers"][name]).format(**said)


def _unit(tables: Tables) -> str:
    return str(words()["area_unit"][tables.unit])


def _imprinted(form: Form, imprint: Imprint) -> Form:
    return replace(
        form, title=imprint.county + form.title, office=words()["office"].format(office=imprint.office),
        unit=words()["unit"].format(unit=form.unit),
    )  # fmt: skip


def _form(name: str, unit: str, columns: list[Column], rows: Sequence[str], notes: Sequence[str], **said: Any) -> Form:
    entry = words()["forms"][name]
    return Form(entry["sheet"], entry["title"], "", unit, entry["paper"], columns, rows, list(notes), **said)


def _unit_columns(tables: Tables) -> list[Column]:
    rows = tables.rows
    known = words()["whole"]
    names = [
        name or known.get(level, code)
        for code, name, level in rows[["unit", "unit_name", "level"]].itertuples(index=False, name=None)
    ]
    width = min(max(16.0, *(2.2 * len(name) + 3 for name in names)), 40.0)
    return [
        Column((_head("unit"),), "code", 15.0, rows["unit"].tolist()),
        Column((_head("unit_name"),), "name", width, names),
        Column((_head("count"),), "whole", 9.0, tables.count.tolist()),
    ]


def _area(path: tuple[str, ...], cells: pd.Series | np.ndarray, total: float | None = None) -> Column:
    return Column(path, "area", _AREA_WIDTH, (np.asarray(cells) / 100).tolist(), total=total)


def _note(tables: Tables) -> str:
    note = words()["notes"]["exact" if tables.unit == "m2" else "levelled"]
    return str(note).format(unit=_unit(tables))


def _classes(tables: Tables) -> Form:
    """Gross area = deduction + farmland; farmland = the sum of its classes, by first and second level."""
    cells = tables.classes
    top = _head("net_total")
    columns = [
        *_unit_columns(tables),
        _area((_head("gross_total"),), tables.farmland + tables.deducted),
        _area((_head("deduction_total"),), tables.deducted),
        _area((top, _head("sum")), tables.farmland),
    ]
    gross, net = len(columns) - 3, len(columns) - 1
    sums = {gross: [gross + 1, net], net: []}
    shown = sorted({*cells.columns, *_CULTIVATED})
    nothing = np.zeros(len(tables.rows), dtype=np.int64)
    for first in sorted({code[:2] for code in shown}):
        codes = [code for code in shown if code[:2] == first]
        name = _class_head(first)
        path = (top, name) if codes != [first] else (top,)
        place = len(columns)
        if len(codes) > 1:
            sums[net].append(place)
            columns.append(_area((*path, _head("subtotal")), cells[[c for c in codes if c in cells]].sum(axis=1)))
            sums[place] = list(range(place + 1, place + 1 + len(codes)))
        else:
            sums[net].append(place)
        columns += [_area((*path, _class_head(code)), cells.get(code, nothing)) for code in codes]
    return _form("classes", _unit(tables), _numbered(columns, sums), tables.rows["level"].tolist(), [_note(tables)])


def _class_head(code: str) -> str:
    if code == UNKNOWN:
        return str(words()["class_unknown"])
    return str(words()["class"]).format(name=class_name(code), code=code)


def _quality(tables: Tables, name: str) -> Form:
    """Farmland = cultivated land + other; cultivated land = the sum of its slope levels or grades."""
    cells = tables.slopes if name == "slopes" else tables.grades
    farmland, cultivated = tables.farmland, cells.sum(axis=1)
    columns = [*_unit_columns(tables), _area((_head("net_total"),), farmland)]
    whole = len(columns) - 1
    top = _head("slope" if name == "slopes" else "grade")
    place = len(columns)
    columns.append(_area((top, _head("subtotal")), cultivated))
    nothing = np.zeros(len(cells), dtype=np.int64)
    shown = [*dict.fromkeys([*(_SLOPES if name == "slopes" else ()), *cells.columns])]
    for code in [*sorted((c for c in shown if c), key=lambda c: c.zfill(8)), *([""] if "" in shown else [])]:
        columns.append(_area((top, _quality_head(name, code)), cells.get(code, nothing)))
    sums = {whole: [place], place: list(range(place + 1, len(columns)))}
    if (farmland != cultivated).any():
        sums[whole].append(len(columns))
        columns.append(_area((_head("other"),), farmland - cultivated))
    return _form(name, _unit(tables), _numbered(columns, sums), tables.rows["level"].tolist(), [_note(tables)])


def _quality_head(name: str, code: str) -> str:
    if not code:
        return _head("not_said")
    if name == "grades":
        return _head("grade_level", grade=code)
    angles = slope_name(code)
    return _head("slope_level", level=code, angles=angles) if angles != code else code


def _numbered(columns: list[Column], sums: Mapping[int, Sequence[int]]) -> list[Column]:
    """The columns with marks: 甲 乙 for names, numbers for figures, "4=5+6" where one is the sum of others."""
    first = next(place for place, column in enumerate(columns) if column.kind not in ("code", "name"))
    marks = [_ORDINALS[place] if place < first else str(place - first + 1) for place in range(len(columns))]
    for place, parts in sums.items():
        formula = f"{marks[place]}=" + "+".join(str(part - first + 1) for part in parts)
        if len(parts) > 1 and len(formula) <= columns[place].width * _MARKS:
            marks[place] = formula
    return [replace(column, number=mark) for column, mark in zip(columns, marks)]


def _plot_columns(tables: Tables) -> list[Column]:
    """What both tables of plots begin with."""
    plots = tables.plots
    return [
        Column((_head("ordinal"),), "whole", 7.0, list(range(1, len(plots) + 1))),
        Column((_head("key"),), "code", 22.0, plots["key"].tolist()),
        Column((_head("unit"),), "code", 15.0, plots["unit"].tolist()),
        _texts(plots, "unit_name", (_head("village"),), 14.0),
    ]


def _texts(plots: pd.DataFrame, column: str, path: tuple[str, ...], width: float, kind: str = "text") -> Column:
    cells = plots[column].fillna("").tolist() if column in plots else [""] * len(plots)
    return Column(path, kind, width, cells)


def _plot_areas(tables: Tables, names: Sequence[str]) -> list[Column]:
    """Areas in m² and, for another unit, the farmland area converted, each with its sum."""
    plots, top = tables.plots, _head("area")
    columns = [_area((top, _head(name)), plots[name], plots[name].sum() / 100) for name in names]
    if tables.unit != "m2":
        path = (top, _head("converted", unit=_unit(tables)))
        columns.append(_area(path, plots["printed"], plots["printed"].sum() / 100))
    return columns


def _plots(tables: Tables) -> Form:
    plots = tables.plots
    known = plots["land_class"] != UNKNOWN
    columns = [
        *_plot_columns(tables),
        _texts(plots, "owner", (_head("owner"),), 26.0),
        Column((_head("class_code"),), "code", 9.0, plots["land_class"].where(known, "").tolist()),
        Column((_head("class_name"),), "text", 10.0, plots["land_class"].where(known, "").map(class_name).tolist()),
        _texts(plots, "slope", (_head("plot_slope"),), 7.0, "code"),
        _texts(plots, "grade", (_head("plot_grade"),), 7.0, "code"),
        *_plot_areas(tables, ("gross", "deduction", "net")),
        Column((_head("remark"),), "text", 12.0, [""] * len(plots)),
    ]
    note = words()["notes"]["plots_exact" if tables.unit == "m2" else "plots"]
    return _form("plots", words()["area_unit"]["m2"], columns, ["plot"] * len(plots), [note], foot=words()["total"])


def _duties(tables: Tables) -> Form:
    plots = tables.plots
    people, duty = _head("persons"), _head("responsibility")
    columns = [
        *_plot_columns(tables),
        Column((_head("class_name"),), "text", 10.0, plots["land_class"].replace(UNKNOWN, "").map(class_name).tolist()),
        *_plot_areas(tables, ("net",)),
        *(_texts(plots, name, (people, _head(name)), width) for name, width in (
            ("village_person", 10.0), ("group_name", 15.0), ("group_person", 10.0), ("person", 12.0))),
        _texts(plots, "letter", (duty, _head("letter")), 22.0, "code"),
        *(Column((duty, _head(name)), "date", 14.0, _days(plots[name])) for name in ("start", "end")),
        _texts(plots, "atlas_page", (_head("atlas_page"),), 9.0, "code"),
        Column((_head("signed"),), "text", 12.0, [""] * len(plots)),
    ]  # fmt: skip
    note = words()["notes"]["duties"]
    return _form("duties", words()["area_unit"]["m2"], columns, ["plot"] * len(plots), [note], foot=words()["total"])


def _days(column: pd.Series) -> list[Any]:
    """Days as datetime.date, None where there is none; 长期 as a text."""
    days = column.to_numpy(dtype="datetime64[D]")
    open_ended = np.datetime64("2261-12-31", "D")
    return ["长期" if day == open_ended else None if np.isnat(day) else day.item() for day in days]
