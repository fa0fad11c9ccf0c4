"""Reading a summary table (汇总表) into long form: one row a printed figure, with its unit, land class and measure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from redline.core import codes, units
from redline.core.standards import Profile, class_code, land_classes
from redline.core.text import is_missing
from redline.core.workbooks.lines import Line, set_parents
from redline.core.workbooks.sheet import Column, Note, Sheet
from redline.core.workbooks.words import (
    formula_parts,
    is_number,
    level_of_header,
    level_of_name,
    plain,
    plain_words,
    shown,
    total_word,
    words,
)

AREAS = ("area", "plot_area", "farmland_area")
"""Canonical columns whose figures are areas of land; `basis` is one of the latter two, or "" for a bare 面积."""

_COLUMNS = {
    "row": np.int64, "unit": object, "unit_name": object, "level": object, "kind": object, "land_class": object,
    "measure": object, "basis": object, "value": np.float64, "unit_of_area": object, "decimals": np.int64,
    "column": object, "parent": np.int64,
}  # fmt: skip
_UNREADABLE = ("row", "unit", "unit_name", "land_class", "measure", "column", "text")
_BLANK_ROWS = ("row", "unit", "unit_name")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_YEAR = re.compile(r"(?:(?:19|20)\d{2}|二[〇○零0][〇○零一二三四五六七八九]{2})(?:年度|年末|年)?")
_CODE_AND_NAME = re.compile(r"(\d{6,19})[\s\-_:.]*(\D.*)")


@dataclass
class Summary:
    """A summary table in long form.

    `cells`: `row` (sheet row), `unit` (shortened code or ""), `unit_name`, `level` (county, township, village, ""),
    `kind` (unit, total), `land_class` (code, "" for all classes), `measure` (area, count), `basis` (plot_area,
    farmland_area or ""), `value` (float64 as printed), `unit_of_area` (see units.UNITS, or ""), `decimals`, `column`,
    `parent` (sheet row of the row that this one is a part of, 0 for none).
    `unreadable`: `row unit unit_name land_class measure column text` of figures that are no numbers (约150, 12%,
    #DIV/0!); `cells` has none of them. `blank_rows`: `row unit unit_name` of units without any figure, readable or not,
    in this row or, where classes stand in rows, in any. Blank cells and headings over their parts are in neither.
    `column_sums`: (total column, its part columns). `row_sums`: (sheet row, its part rows), the classes of a unit in a
    table with one row a class.
    """

    cells: pd.DataFrame
    column_sums: list[tuple[str, list[str]]]
    row_sums: list[tuple[int, list[int]]]
    unreadable: pd.DataFrame
    blank_rows: pd.DataFrame
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True)
class _Meaning:
    """What a column of figures counts. `whole`: a total by its own words; `part`: behind an "其中"."""

    measure: str
    land_class: str = ""
    basis: str = ""
    group: tuple[str, ...] = ()
    whole: bool = False
    part: bool = False


def summary_rows(sheet: Sheet, profile: Profile) -> Summary:
    """The figures of a summary table, wide (a column a land class) or long (a row a land class).

    `profile` (of the role table) names the columns and gives the scheme of land classes. Columns that are understood
    neither as names nor as an area or number of a class are left out and told in `notes`; so is an equation that such a
    column may be a part of. Totals of printed pages are left out.
    """
    table = pd.concat([sheet.rows, sheet.totals], ignore_index=True)
    numbers = np.concatenate([sheet.row_numbers, sheet.total_numbers])
    order = np.argsort(numbers, kind="stable")
    table, numbers = table.iloc[order].reset_index(drop=True), numbers[order]
    texts = {column.name: [shown(cell) for cell in table[column.name].tolist()] for column in sheet.columns}
    roles = _roles(sheet.columns, texts, profile)
    figures = {name: _meaning(sheet.column(name), profile) for name, role in roles.items() if role == "figure"}
    meanings = _of_one_time({name: meaning for name, meaning in figures.items() if meaning is not None})
    lines = _lines(sheet, texts, numbers, roles, profile)
    for of_class in sorted({line.land_class for line in lines}):
        set_parents([line for line in lines if line.land_class == of_class])
    read = {name: _figures(table[name], texts[name]) for name in meanings}
    figure_values = {name: figure.values for name, figure in read.items()}
    unread = [sheet.column(name) for name in figures if name not in meanings]
    notes = [Note("sheet.unread_columns", {"columns": "、".join(column.name for column in unread)})] if unread else []
    sums = _column_sums(sheet.columns, meanings, unread, figure_values, profile.scheme)
    return Summary(
        _long(sheet, table, lines, numbers, meanings, figure_values), sums, _row_sums(lines),
        _unreadable(lines, numbers, meanings, read, texts), _blank_rows(lines, numbers, read), notes,
    )  # fmt: skip


def _figures(cells: pd.Series, texts: Sequence[str]) -> units.Numbers:
    values, bad = units.parse_number(cells)
    return units.Numbers(values, bad | np.array([_is_no_figure(said) for said in texts], dtype=bool))


def _is_no_figure(said: str) -> bool:
    """A spreadsheet's error or n/a: a figure that could not be found, not none."""
    return plain(said) in plain_words("no_figure")


def _roles(columns: Sequence[Column], texts: dict[str, list[str]], profile: Profile) -> dict[str, str]:
    """What each column is: code, name, class, figure or other. Names stand left of the figures."""
    roles: dict[str, str] = {}
    for column in columns:
        cells = [cell for cell in texts[column.name] if cell and (not is_missing(cell) or _is_no_figure(cell))]
        numeric = bool(cells) and sum(is_number(cell) or _is_no_figure(cell) for cell in cells) * 2 >= len(cells)
        label = column.path[-1] if column.path else ""
        canonical = _canonical(label, profile)
        of_class = canonical in ("land_class", "land_class_name") or any("地类" in part for part in column.path[:-1])
        if column.ordinal or not cells:
            roles[column.name] = "other"
        elif of_class and (canonical or _is_code_header(label)) and canonical not in (*AREAS, "count"):
            roles[column.name] = "class"
        elif canonical == "unit" or (not canonical and _is_code_header(label)):
            roles[column.name] = "code"
        elif numeric or canonical in (*AREAS, "count") or (label and _class_in(label, profile.scheme)):
            roles[column.name] = "figure"
        elif canonical in ("", "unit_name") or level_of_header(label):
            roles[column.name] = "other" if "figure" in roles.values() else "name"
        else:
            roles[column.name] = "other"
    return roles


def _is_code_header(label: str) -> bool:
    return re.search(r"(代码|编码|code)$", plain(label)) is not None


def _canonical(label: str, profile: Profile) -> str:
    """The canonical column that one header text stands for in the profile, "" for none."""
    return next(iter(profile.match_fields([label]).found), "") if label else ""


def _meaning(column: Column, profile: Profile) -> _Meaning | None:
    """What a column of figures counts, from its header texts; None where a text in it is not understood."""
    measure, of_class, basis, whole, part = "area", "", "", False, False
    group: list[str] = []
    for label in column.path:
        inside = {plain(said) for said in _BRACKETS.findall(label)}
        if "%" in label:
            return None
        if inside & plain_words("count_units"):
            measure = "count"
        said, is_part = _without_of_which(label)
        part |= is_part
        total = total_word(said)
        if total:
            whole, said = True, total[0]
        if not said:
            continue
        canonical = _canonical(said, profile)
        found = _class_in(said, profile.scheme)
        if found:
            of_class = found
            measure = "count" if _counts(said) else measure
        elif canonical == "count":
            measure = "count"
        elif canonical in AREAS:
            measure, basis = "area", canonical if canonical != "area" else basis
        elif canonical or not _is_neutral(said):
            return None
        else:
            measure = "count" if _counts(said) else measure
            group.append(plain(said))
    return _Meaning(measure, of_class, basis, tuple(group), whole, part)


def _without_of_which(label: str) -> tuple[str, bool]:
    bare = plain(label)
    for word in sorted(plain_words("of_which"), key=len, reverse=True):
        if bare.startswith(word):
            return bare[len(word) :].lstrip(":"), True
    return label, False


def _class_in(label: str, scheme: str) -> str:
    """The class that a header names: "水田", "0101", "D0101", "水田(011)", "水田面积(亩)", "耕地图斑个数"."""
    bare = _BRACKETS.sub("", plain(label)).upper()
    for form in (plain(label).upper(), bare, bare.lstrip("D"), _without_neutral(bare.lower()).upper()):
        code = class_code(form, scheme) if form else ""
        if code:
            return code
    return _english(scheme).get(_without_neutral(bare.lower()), "")


@cache
def _english(scheme: str) -> dict[str, str]:
    return {plain(item.en): code for code, item in land_classes(scheme).items()}


def _counts(label: str) -> bool:
    return any(word in plain(label) for word in plain_words("count_words"))


def _of_one_time(meanings: dict[str, _Meaning]) -> dict[str, _Meaning]:
    """Without columns that say the same under different headings, as a table of two years does."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for name, meaning in meanings.items():
        alike.setdefault((meaning.measure, meaning.land_class, meaning.basis), []).append(name)
    twice = {name for names in alike.values() if len({meanings[name].group for name in names}) > 1 for name in names}
    return {name: meaning for name, meaning in meanings.items() if name not in twice}


def _is_neutral(label: str) -> bool:
    return not _without_neutral(_BRACKETS.sub("", plain(label)))


def _without_neutral(bare: str) -> str:
    """What is left of a header's text without words that say no class: 永久基本农田, 面积, 图斑, a year, a unit."""
    bare = _YEAR.sub("", bare)
    for word in sorted(plain_words("neutral") | plain_words("count_words"), key=len, reverse=True):
        bare = bare.replace(word, "")
    return "" if is_number(bare) or all(not letter.isalnum() for letter in bare) else bare


def _lines(
    sheet: Sheet, texts: dict[str, list[str]], numbers: npt.NDArray[np.int64], roles: dict[str, str], profile: Profile
) -> list[Line]:
    """What every row of the table speaks of. Totals of pages have no line, nor have rows of no known class."""
    names = [name for name, role in roles.items() if role == "name"]
    classes = [name for name, role in roles.items() if role == "class"]
    labels = [name for name, role in roles.items() if role != "figure"]
    levels = {name: _level_of_column(sheet.column(name), texts[name]) for name in names}
    row_codes = [codes.shorten(codes.clean(pd.Series(texts[name], dtype=object)).values).tolist()
                 for name, role in roles.items() if role == "code"]  # fmt: skip
    lines: list[Line] = []
    for i, number in enumerate(numbers.tolist()):
        line = Line(int(number), unit=next((column[i] for column in row_codes if codes.level_of(column[i])), ""))
        total_in, stem, rank = next(
            ((name, *found) for name in labels for found in [total_word(texts[name][i])] if found), ("", "", -1)
        )
        said_classes = [texts[name][i] for name in classes if texts[name][i] and name != total_in]
        known_classes = [class_code(said, profile.scheme) for said in said_classes]
        line.land_class = next(filter(None, known_classes), "")
        if rank == 0 or (said_classes and not line.land_class):
            continue
        named = [(name, texts[name][i]) for name in names if texts[name][i]]
        if total_in and total_in not in classes:
            line.kind, line.rank = "total", rank
            place = labels.index(total_in)
            named = [(name, said) for name, said in named if labels.index(name) < place]
            named += [(total_in, stem)] if stem else []
        if named:
            _name(line, named, levels, bool(stem))
        line.level = codes.level_of(line.unit) or line.level
        lines.append(line)
    known = {(line.within, line.name): line.unit for line in lines if line.unit and line.name}
    for line in lines:
        line.unit = line.unit or known.get((line.within, line.name), "")
        line.level = line.level or codes.level_of(line.unit) or ""
    return lines


def _name(line: Line, named: Sequence[tuple[str, str]], levels: dict[str, str], by_stem: bool) -> None:
    """Name a line by its finest name: "全县" is a total, "990101001 甲镇" has its code before it."""
    column, said = named[-1]
    split = _CODE_AND_NAME.fullmatch(said)
    if split and codes.level_of(split[1]):
        said = split[2]
        line.unit = line.unit or codes.shorten(pd.Series([split[1]])).iloc[0]
    line.name, line.within = said, tuple(name for _, name in named[:-1])
    whole = words("whole_units").get(said, "")
    if whole:
        line.kind, line.rank = "total", 3
    shows, heads = level_of_name(said), levels.get(column, "")
    line.level = whole or (shows or heads if by_stem else heads or shows)


def _level_of_column(column: Column, cells: Sequence[str]) -> str:
    """The level that the header says, "" where the column also holds names of a lower level (乡镇 with villages)."""
    level = level_of_header(column.path[-1]) if column.path else ""
    order = list(words("levels"))
    lower = {level_of_name(cell) for cell in cells if cell} & set(order[order.index(level) + 1 :] if level else ())
    return "" if lower and any(level_of_name(cell) == level for cell in cells) else level


def _long(
    sheet: Sheet, table: pd.DataFrame, lines: Sequence[Line], numbers: npt.NDArray[np.int64],
    meanings: dict[str, _Meaning], values: dict[str, npt.NDArray[np.float64]],
) -> pd.DataFrame:  # fmt: skip
    places = np.searchsorted(numbers, [line.row for line in lines])
    parts = []
    for name, meaning in meanings.items():
        figures = table[name].iloc[places]
        said = units.suffix_units(figures)
        of_area = meaning.measure == "area"
        parts.append(pd.DataFrame({
            "row": [line.row for line in lines], "unit": [line.unit for line in lines],
            "unit_name": [line.name for line in lines], "level": [line.level for line in lines],
            "kind": [line.kind for line in lines],
            "land_class": [meaning.land_class or line.land_class for line in lines], "measure": meaning.measure,
            "basis": meaning.basis, "value": values[name][places],
            "unit_of_area": np.where(said == "", sheet.unit_of(name) or "", said) if of_area else "",
            "decimals": units.decimals_of(figures), "column": name, "parent": [line.parent for line in lines],
        }))  # fmt: skip
    if not parts:
        return pd.DataFrame(columns=list(_COLUMNS)).astype(_COLUMNS)
    cells = pd.concat(parts, ignore_index=True)
    cells = cells[cells["value"].notna()]
    return cells.sort_values("row", kind="stable", ignore_index=True)


def _unreadable(
    lines: Sequence[Line], numbers: npt.NDArray[np.int64], meanings: dict[str, _Meaning],
    read: dict[str, units.Numbers], texts: dict[str, list[str]],
) -> pd.DataFrame:  # fmt: skip
    places = np.searchsorted(numbers, [line.row for line in lines])
    found = [
        (line.row, line.unit, line.name, meaning.land_class or line.land_class, meaning.measure, name, texts[name][i])
        for line, i in zip(lines, places)
        for name, meaning in meanings.items()
        if read[name].bad[i]
    ]
    return pd.DataFrame(found, columns=list(_UNREADABLE)).astype({"row": np.int64})


def _blank_rows(lines: Sequence[Line], numbers: npt.NDArray[np.int64], read: dict[str, units.Numbers]) -> pd.DataFrame:
    filled = np.zeros(len(numbers), dtype=bool)
    for values, bad in read.values():
        filled |= np.isfinite(values) | bad
    places = np.searchsorted(numbers, [line.row for line in lines])
    headings = {line.parent for line in lines}
    by_class = any(line.land_class for line in lines)
    blank: dict[tuple[object, ...], Line] = {}
    said: set[tuple[object, ...]] = set()
    for line, i in zip(lines, places):
        key = (line.unit, line.within, line.name) if by_class else (line.row,)
        if filled[i] or line.row in headings:
            said.add(key)
        elif line.kind == "unit" and (line.unit or line.name):
            blank.setdefault(key, line)
    found = [(line.row, line.unit, line.name) for key, line in blank.items() if key not in said]
    return pd.DataFrame(found, columns=list(_BLANK_ROWS)).astype({"row": np.int64})


def _column_sums(
    columns: Sequence[Column], meanings: dict[str, _Meaning], unread: Sequence[Column],
    values: dict[str, npt.NDArray[np.float64]], scheme: str,
) -> list[tuple[str, list[str]]]:  # fmt: skip
    """Which column is the sum of which: as the numbering row says (3=4+8), else from the classes.

    A column that is no total by its words, or whose parts are an "其中", is one only where most rows say so.
    """
    printed = _printed_sums(columns, set(meanings))
    sums = list(printed.items())
    for context in _contexts(meanings):
        by_class = {meaning.land_class: name for name, meaning in context.items()}
        for name, meaning in context.items():
            parts = [by_class[code] for code in by_class if _nearest(code, by_class) == meaning.land_class]
            if name in printed or not parts or (len(parts) < 2 and not meaning.land_class):
                continue
            path = next(column.path for column in columns if column.name == name)
            if any(_may_belong(column, path, meaning.land_class) for column in unread):
                continue
            known = {code for code in land_classes(scheme) if len(code) == 4 and code.startswith(meaning.land_class)}
            certain = meaning.whole and not any(context[part].part for part in parts)
            complete = bool(meaning.land_class) and known <= {context[part].land_class for part in parts}
            if certain or complete or _mostly(values[name], [values[part] for part in parts]):
                sums.append((name, parts))
    order = {column.name: column.position for column in columns}
    in_order = [(total, sorted(parts, key=order.__getitem__)) for total, parts in sums]
    return sorted(in_order, key=lambda item: order[item[0]])


def _printed_sums(columns: Sequence[Column], known: set[str]) -> dict[str, list[str]]:
    numbered = {mark: column.name for column in columns for mark in [_mark(column.number)] if mark is not None}
    found = {}
    for column in columns:
        parts = [numbered.get(mark, "") for mark in formula_parts(column.number) or ()]
        if column.name in known and parts and set(parts) <= known:
            found[column.name] = parts
    return found


def _mark(number: str) -> int | None:
    match = re.match(r"\(?(\d+)", plain(number))
    return int(match[1]) if match else None


def _contexts(meanings: dict[str, _Meaning]) -> list[dict[str, _Meaning]]:
    """Columns that may be parts of one another: all of a measure, or where a class comes twice those of one group."""
    contexts: list[dict[str, _Meaning]] = []
    for measure in ("area", "count"):
        ours = {name: meaning for name, meaning in meanings.items() if meaning.measure == measure}
        for key in (None, "group"):
            groups: dict[object, dict[str, _Meaning]] = {}
            for name, meaning in ours.items():
                groups.setdefault(key and (meaning.group, meaning.basis), {})[name] = meaning
            unique = [group for group in groups.values() if len({m.land_class for m in group.values()}) == len(group)]
            if key or len(unique) == len(groups):
                contexts.extend(unique)
                break
    return contexts


def _nearest(code: str, present: dict[str, str]) -> str | None:
    """The narrowest class present that contains this one ("" contains all); None for "" itself."""
    above = [other for other in present if other != code and code.startswith(other)]
    return max(above, key=len) if above else None


def _may_belong(column: Column, path: tuple[str, ...], of_class: str) -> bool:
    """May an unread column be one more part: does it look like a class, and stand in the same group?"""
    label = plain(column.path[-1]) if column.path else ""
    looks = re.search(words("class_like"), label) is not None
    return looks and (not of_class or column.path[:-1] == path[:-1] or column.path[: len(path)] == path)


def _mostly(total: npt.NDArray[np.float64], parts: Sequence[npt.NDArray[np.float64]]) -> bool:
    """Do more than half of the rows that have a total show the sum of the parts, to the rounding of each part?"""
    has = np.isfinite(total) & (total != 0)
    sums = np.nansum(np.vstack(parts), axis=0)
    step = 10.0 ** -units.decimals_of(pd.Series(total))
    near = np.abs(total - sums) <= step * (0.5 + 0.5 * len(parts))
    return bool(has.sum() >= 2 and (near & has).sum() * 2 > has.sum())


def _row_sums(lines: Sequence[Line]) -> list[tuple[int, list[int]]]:
    """Rows of one unit that are sums of its other rows by class."""
    if not any(line.land_class for line in lines):
        return []
    of_unit: dict[tuple[object, ...], dict[str, Line]] = {}
    for line in lines:
        unit = (line.unit, line.within, line.name, "" if line.name else line.kind)
        of_unit.setdefault(unit, {}).setdefault(line.land_class, line)
    sums = []
    for classes in of_unit.values():
        present = dict.fromkeys(classes, "")
        for code, line in classes.items():
            parts = [classes[other].row for other in classes if _nearest(other, present) == code]
            if parts:
                sums.append((line.row, sorted(parts)))
    return sorted(sums)
