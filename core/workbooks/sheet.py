"""Reading an untidy sheet: title, unit line, header of several rows, page breaks, totals, signatures, notes.

What OGR gives for a spreadsheet (measured with GDAL 3.6 on .xlsx, .xls and .ods, tests/processing/test_ogr_sheets.py):

- A merged cell is its value in the top left cell and nothing in the others. Covered values that Excel kept are given.
- Empty rows stay, at the top, between and (where they have a format) thousands of them at the foot, so that with
  headers off the feature id of the XLSX, XLS and ODS drivers is the sheet's row; leading empty columns stay as well.
- `HEADERS=AUTO` takes the first row for field names only where all its cells are text and the second row has a
  number. `FORCE` always takes it: a title then names the first field and the rest are `Field2`, `Field3` …;
  `DISABLE` never does.
- A column that holds text and numbers is text, numbers with the digits that the file stores: 12.50 comes as "12.5", an
  18-digit number as "9.901010010009999E+17", a sum at times as "84.98999999999999". Dates come as "2024/05/01" (.xlsx)
  or "2024-05-01" (.xls), errors as "#N/A". Number formats such as 0.00"亩" or 0.0% are lost, and so is a formula that
  no spreadsheet program has calculated yet: it is empty.
- With `FIELD_TYPES=AUTO` a column of numbers without header is Integer or Real, .ods may give "990101001001.0".
- Two columns may have the same name. CSV names unnamed fields `field_2`, leaves out blank lines and counts records.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from redline.core import units
from redline.core.catalogue import text
from redline.core.workbooks import header as headers
from redline.core.workbooks.words import (
    Vocabulary,
    is_date,
    is_number,
    is_page_mark,
    plain,
    plain_words,
    shown,
    starts_with,
    total_word,
    unit_in_header,
    unit_line,
    units_named,
    without_unit_line,
    words,
)

TOP = 60
"""How many rows are looked at for the header."""

_GENERIC = re.compile(r"(?:field_?|column|unnamed: ?|f)\d+(?:_\d+)?|_+|", re.IGNORECASE)
_LEADS = 3

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
TextArray = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Note:
    """Something that was understood of a sheet: the id of a sentence of the catalogue, and the values in it."""

    code: str
    values: dict[str, object] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """The sentence in "zh" or "en"."""
        said = dict(self.values)
        if "area_unit" in said:
            said["area_unit"] = units.unit_name(str(said["area_unit"]), language)
        return text(self.code, language, **said)


@dataclass(frozen=True)
class Column:
    """A column: its `name` in `Sheet.rows`, the header texts above it, the unit of area that they say (units.UNITS).

    `position` is the 0-based column of the sheet, `source` the field name that OGR gave, `number` the mark of the
    numbering row below the header ("3=4+5"), `ordinal` tells a 序号 column, which is no key.
    """

    name: str
    path: tuple[str, ...]
    unit: str | None
    position: int
    source: str
    number: str = ""
    ordinal: bool = False


@dataclass
class Sheet:
    """A sheet as understood. `rows` has the data rows alone, one column a `Column`, values as they came.

    `row_numbers` and `total_numbers` (int64) are the 1-based sheet rows of `rows` and of `totals`, the total rows
    (合计, 小计 …) in the same columns. `unit` is the unit of area said for the whole sheet. `dropped` tells every
    other row: `row`, `text` and `kind` (title unit info header units numbering repeated total page signature note
    section second_table empty).
    """

    rows: pd.DataFrame
    row_numbers: IntArray
    columns: list[Column]
    title: str
    unit: str | None
    totals: pd.DataFrame
    total_numbers: IntArray
    dropped: pd.DataFrame
    notes: list[Note]

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where there is none."""
        return {column.name: column for column in self.columns}[name]

    def unit_of(self, name: str) -> str | None:
        """The unit of area that the column's header says, else the sheet, else None. KeyError as `column`."""
        return self.column(name).unit or self.unit


def read_sheet(
    cells: pd.DataFrame, vocabulary: Iterable[str], row_numbers: Sequence[int] | IntArray | None = None
) -> Sheet:
    """Understand a sheet. `cells` is what OGR gave, `vocabulary` the header words that profiles know.

    `row_numbers` are the sheet rows of `cells` (feature ids of the spreadsheet drivers); without them rows are counted
    from 1, or from 2 where OGR took the first row for field names. Record numbers of a CSV, which begin with 1 below
    the field names, are moved on by one.
    """
    known = Vocabulary(vocabulary)
    grid = _Grid(cells, row_numbers)
    top = grid.top()
    header = headers.find_header(top, known, grid.names_first)
    if not header.labels and grid.names_first:
        grid.return_names()
        top = grid.top()
        header = headers.find_header(top, known, names_first=False)
    body = grid.body(header.end).copy(deep=False)
    numbers = grid.numbers[header.end :]
    filled = np.column_stack([np.zeros((len(body), 0), dtype=bool), *(_filled(body[j]) for j in body)])
    lines = _Lines(top, header, known)
    kinds = lines.kinds_of(body, filled)
    data, total = kinds == "", kinds == "total"
    columns = _columns(grid, header, filled[data | total].any(axis=0))
    keep = [column.position for column in columns]
    body, merged = _fill_down(body, filled, kinds, columns)
    above = _above(top, grid.numbers, header)
    below = pd.DataFrame({"row": numbers, "kind": kinds, "text": _line_texts(body, kinds)})[~data]
    dropped = pd.concat([above, below], ignore_index=True)
    unit, unit_notes = _sheet_unit(top, header, dropped)
    sheet = Sheet(
        _named(body, keep, columns, data), numbers[data], columns, _title(above), unit,
        _named(body, keep, columns, total), numbers[total], dropped, [],
    )  # fmt: skip
    sheet.notes = _notes(sheet, header, grid, unit_notes, merged)
    return sheet


class _Grid:
    """The cells with positions for column names, and OGR's field names as a first row where they say something."""

    def __init__(self, cells: pd.DataFrame, row_numbers: Sequence[int] | IntArray | None) -> None:
        self.sources = [str(name) for name in cells.columns]
        self.printed = [_as_printed(self.sources, j) for j in range(len(self.sources))]
        self.cells = cells.copy(deep=False)
        self.cells.columns = pd.RangeIndex(cells.shape[1])
        self.names = ["" if _GENERIC.fullmatch(name.strip()) else name for name in self.printed]
        self.names_first = any(self.names)
        first = 2 if self.names_first else 1
        given = np.arange(first, first + len(cells)) if row_numbers is None else np.asarray(row_numbers)
        self.numbers: IntArray = given.astype(np.int64)
        if self.names_first and len(given) and given[0] < 2:
            self.numbers += 1
        if self.names_first:
            above = self.numbers[0] - 1 if len(given) else 1
            self.numbers = np.concatenate([[max(int(above), 1)], self.numbers]).astype(np.int64)

    def top(self) -> list[list[str]]:
        """The first rows as tidy texts, the field names first where they say something."""
        rows = [[shown(cell) for cell in row] for row in self.cells.head(TOP).itertuples(index=False, name=None)]
        return [[shown(name) for name in self.names], *rows] if self.names_first else rows

    def body(self, start: int) -> pd.DataFrame:
        """The cells from row `start` of the top on."""
        return self.cells.iloc[max(start - self.names_first, 0) :]

    def return_names(self) -> None:
        """The field names are data that OGR took for a header: put them back as the first row."""
        row = pd.DataFrame([[name or None for name in self.names]], dtype=object)
        self.cells = pd.concat([row, self.cells.astype(object)], ignore_index=True)
        self.sources = [f"Field{j + 1}" for j in range(len(self.sources))]
        self.names_first = False


def _as_printed(sources: Sequence[str], place: int) -> str:
    """A field name without the place that `processing.layers.read_source` adds to one that comes again."""
    name, mark, number = sources[place].rpartition("_")
    return name if mark and number == str(place) and name in sources[:place] else sources[place]


class _Lines:
    """Tells rows below the header that are no data from those that are."""

    def __init__(self, top: Sequence[headers.Row], header: headers.Header, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._labels = header.labels
        self._printed = [
            (list(top[i]), header.kinds[i].replace("header", "repeated")) for i in header.kinds if any(top[i])
        ]
        columns = range(len(top[0]) if top else 0)
        self._labelled = [j for j in columns if not header.labels or any(row[j] for row in header.labels)]
        self._firsts = {next(cell for cell in row if cell) for row, _ in self._printed}

    def kinds_of(self, body: pd.DataFrame, filled: BoolArray) -> TextArray:
        """Kind of every row, "" for data. Only rows whose first texts look unlike data are looked at one by one."""
        count = filled.sum(axis=1)
        kinds = np.full(len(body), "", dtype=object)
        kinds[count == 0] = "empty"
        if not body.size:
            return kinds
        leads, places = _leads(body, filled)
        suspect = np.zeros(len(body), dtype=bool)
        for lead in leads:
            suspect |= _matches(lead, _suspicious().search)
        suspect |= _matches(leads[0], _one_of(self._firsts).match)
        wide = body.shape[1] >= 3
        suspect |= (count == 1) & wide
        kinds[(count > 0) & ~filled[:, self._labelled].any(axis=1)] = "note"
        suspect |= self._of_labels(leads)
        suspects = np.flatnonzero(suspect & (kinds == ""))
        for i, cells in zip(suspects, body.iloc[suspects].itertuples(index=False, name=None)):
            kinds[i] = self._kind([shown(cell) if full else "" for cell, full in zip(cells, filled[i])])
        _set_headers_apart(
            kinds, count, lambda i, alone: headers.is_caption([shown(cell) for cell in body.iloc[i].tolist()], alone)
        )
        return self._foot_and_sections(kinds, count, leads[0], places) if wide else kinds

    def _kind(self, row: list[str]) -> str:
        for printed, kind in self._printed:
            if row == printed:
                return kind
        if headers.is_another_header(row, self._labels, self._vocabulary):
            return "repeated" if headers.is_same_header(row, self._labels) else "second_header"
        cells = [cell for cell in row if cell]
        labels = [cell for cell in cells[:_LEADS] if not is_number(cell)]
        first = cells[0]
        if any(total_word(label) for label in labels):
            return "total"
        if is_page_mark(first):
            return "page"
        if starts_with("signatures", first) and (":" in first or len(cells) <= max(2, len(row) // 2)):
            return "signature"
        if starts_with("notes", first) and (":" in first or len(cells) <= 2):
            return "note"
        if starts_with("reporting", first) and ":" in first:
            return "info"
        if unit_line(first) is not None and len(cells) <= 2:
            return "unit"
        if all(":" in cell or is_date(cell) for cell in cells):
            return "signature"
        return ""

    def _of_labels(self, leads: Sequence[pd.Series]) -> BoolArray:
        """Rows with two header words among their first texts."""
        if not self._labels:
            return np.zeros(len(leads[0]), dtype=bool)
        hits = np.zeros(len(leads[0]), dtype=np.int64)
        for lead in leads:
            places, said = pd.factorize(lead.to_numpy(dtype=object))
            known = [isinstance(cell, str) and self._vocabulary.is_label(cell) for cell in said]
            hits += np.array([*known, False], dtype=bool)[places]
        return hits >= 2

    def _foot_and_sections(self, kinds: TextArray, count: IntArray, first: pd.Series, places: IntArray) -> TextArray:
        """Single texts: sentences behind the last full row are notes, headings between full rows are sections."""
        full = (kinds == "") & (count >= 2)
        alone = np.flatnonzero((kinds == "") & (count == 1))
        if not full.any() or not len(alone):
            return kinds
        last, wide = np.flatnonzero(full)[-1], _full_rows_are_wide(kinds, count)
        # A lone text in a column where full rows begin with a text is a row that says nothing else.
        fits: dict[int, bool] = {}
        for i in alone:
            said, place = shown(first.iloc[i]), int(places[i])
            if is_number(said):
                continue
            if place not in fits:
                fits[place] = _mostly_texts(first[full & (places == place)])
            if i > last:
                foot = not fits[place] or _is_sentence(said) or headers.is_title(said) or kinds[i - 1] == "note"
                kinds[i] = "note" if foot else ""
            elif wide and (not fits[place] or headers.is_title(said)):
                kinds[i] = "section"
        return kinds


def _full_rows_are_wide(kinds: TextArray, count: IntArray) -> bool:
    """Do most rows fill so many cells that a row of a text alone is no record of theirs?"""
    full = count[(kinds == "") & (count >= 2)]
    return len(full) > 0 and float(np.median(full)) >= 3


def _set_headers_apart(kinds: TextArray, count: IntArray, is_caption: Callable[[int, bool], bool]) -> None:
    """Set apart, in `kinds`, what stands over a header among the data, and tables with a header of their own, until the
    first header returns. `is_caption` tells of a row by its place, and whether any text alone is to be one."""
    alone = _full_rows_are_wide(kinds, count)
    for start in np.flatnonzero(kinds == "repeated"):
        above = np.arange(_with_captions(kinds, start, lambda i: is_caption(i, alone)), start)
        kinds[above[kinds[above] == ""]] = "section"
    for start in np.flatnonzero(kinds == "second_header"):
        if not (kinds[:start] == "").any():
            # Nothing stands above it: a line of the first header that was not understood.
            kinds[start] = "note"
            continue
        after = np.flatnonzero(kinds[start:] == "repeated")
        end = start + after[0] if len(after) else len(kinds)
        first = _with_captions(kinds, start, lambda i: is_caption(i, True))
        kinds[first:end][count[first:end] > 0] = "second_table"


def _with_captions(kinds: TextArray, start: int, is_caption: Callable[[int], bool]) -> int:
    """The first row of what belongs to the header at `start`: its titles, and lines and blanks between these and it."""
    first, titled = start, False
    for i in range(start - 1, -1, -1):
        if kinds[i] == "" and is_caption(i):
            first, titled = i, True
        elif kinds[i] in ("unit", "info", "section"):
            first = i
        elif kinds[i] != "empty" or titled:
            break
    return first


def _mostly_texts(cells: pd.Series) -> bool:
    texts = [shown(cell) for cell in cells.head(TOP)]
    return sum(not is_number(said) for said in texts) * 2 > len(texts)


def _filled(column: pd.Series) -> BoolArray:
    """Which cells hold more than blanks."""
    filled = column.notna().to_numpy(copy=True)
    if column.dtype == object or pd.api.types.is_string_dtype(column.dtype):
        filled &= np.array([not isinstance(cell, str) or _says_something(cell) for cell in column.tolist()], dtype=bool)
    return np.asarray(filled, dtype=bool)


def _says_something(cell: str) -> bool:
    return bool(cell.strip()) and (cell.isprintable() or bool(shown(cell)))


def _leads(body: pd.DataFrame, filled: BoolArray) -> tuple[list[pd.Series], IntArray]:
    """The first, second and third filled cell of every row, and the column of the first."""
    left = filled.copy()
    rows = np.arange(len(body))
    leads, first_places = [], np.zeros(len(body), dtype=np.int64)
    for turn in range(min(_LEADS, body.shape[1])):
        places = left.argmax(axis=1)
        found = left[rows, places]
        lead = np.full(len(body), None, dtype=object)
        for j in np.unique(places[found]):
            here = found & (places == j)
            lead[here] = body[j].to_numpy()[here]
        leads.append(pd.Series(lead, dtype=object))
        left[rows, places] = False
        if turn == 0:
            first_places = places
    return leads, first_places


def _matches(cells: pd.Series, fits: Callable[[str], object]) -> BoolArray:
    return np.array([isinstance(cell, str) and fits(cell) is not None for cell in cells.tolist()], dtype=bool)


def _one_of(texts: set[str]) -> re.Pattern[str]:
    """Cells that may be one of the texts, blanks within them apart."""
    letters = [r"\s*".join(re.escape(letter) for letter in plain(said)) for said in sorted(texts)]
    return re.compile(rf"\s*(?:{'|'.join(letters)})\s*$" if letters else r"(?!)", re.IGNORECASE)


@cache
def _suspicious() -> re.Pattern[str]:
    """A pattern that no total, page mark, signature, note or unit line escapes; few data rows fit it."""
    totals = [re.escape(word) for word in (*words("total_ranks"), *words("page_totals")) if word.isascii()]
    starts = [r"\s*".join(word) for name in ("signatures", "notes", "reporting") for word in words(name)]
    return re.compile(
        r"[合总小共累分页]\s*[计計]|総|總|承\s*前|过\s*次|\d\s*页|续\s*表|接\s*上|[:：](?!\d)"
        r"|^\s*[\d〇○零一二三四五六七八九十]{4}\s*年|(?i:" + "|".join(totals) + r"|page\s*\d)"
        r"|^[\s*※#]*(?i:" + "|".join(starts) + r")[\s\d一二三()（）]*(?:$|[;；、.．〕】_\])])"
    )


def _is_sentence(said: str) -> bool:
    return len(said) > 12 or bool(re.search(r"[。；;:，]$|^\(?[\d一二三四五六七八九十]{1,2}[、.)]|:", said))


def _columns(grid: _Grid, header: headers.Header, used: BoolArray) -> list[Column]:
    """The columns that have a label or data, under distinct names."""
    raw_names = grid.names_first and len(header.labels) == 1 and header.first == 0
    labels = [[_label(cell) for cell in row] for row in header.labels]
    found = headers.paths(labels) if labels else [()] * len(grid.sources)
    columns: list[Column] = []
    names: dict[str, int] = {}
    for j, path in enumerate(found):
        if not path and not used[j]:
            continue
        name = grid.printed[j] if raw_names and path else "/".join(path) or f"Field{j + 1}"
        names[name] = names.get(name, 0) + 1
        if names[name] > 1:
            name = f"{name} ({names[name]})"
        said = header.units[j] if header.units else ""
        unit = next((u for u in map(unit_in_header, reversed(path)) if u), None) or next(iter(units_named(said)), None)
        ordinal = bool(path) and plain(path[-1]) in plain_words("ordinal")
        number = header.numbering[j] if header.numbering else ""
        columns.append(Column(name, path, unit, j, grid.sources[j], number, ordinal))
    return columns


def _label(cell: str) -> str:
    """A header cell without the sheet's "单位：亩" that a corner has beside its own name."""
    return without_unit_line(cell) if cell.startswith(("单位", "计量单位", "面积单位")) and unit_line(cell) else cell


def _named(body: pd.DataFrame, keep: list[int], columns: list[Column], mask: BoolArray) -> pd.DataFrame:
    rows = body if len(keep) == body.shape[1] else body[keep]
    rows = rows.copy(deep=False) if mask.all() else rows[mask]
    rows.columns = pd.Index([column.name for column in columns], dtype=object)
    return rows.reset_index(drop=True)


def _fill_down(
    body: pd.DataFrame, filled: BoolArray, kinds: TextArray, columns: list[Column]
) -> tuple[pd.DataFrame, list[tuple[str, int]]]:
    """The cells with merged unit names spread over the rows below them, and (column, rows filled).

    Only in the leading columns that name units, only texts, and only where no label comes twice running, as it would
    if blanks were gaps. A new name in a coarser column and a total named in it or to its left end a merge.
    """
    table = np.flatnonzero((kinds == "") | (kinds == "total"))
    label_at = np.full(len(table), body.shape[1])
    for k in np.flatnonzero(kinds[table] == "total"):
        cells = body.iloc[table[k]].tolist()
        label_at[k] = next((j for j, cell in enumerate(cells) if total_word(shown(cell))), 0)
    done: list[tuple[str, int]] = []
    ends = np.zeros(len(table), dtype=bool)
    for column in columns:
        if column.ordinal or _is_code(column):
            continue
        if not _names_units(column):
            break
        j, said = column.position, filled[table, column.position].copy()
        values = body[j].to_numpy(dtype=object)[table]
        ends = ends | (label_at <= j)
        if said.any() and not said.all() and not any(is_number(shown(value)) for value in values[said][:TOP]):
            source = np.maximum.accumulate(np.where(said | ends, np.arange(len(table)), 0))
            can = ~said & ~ends & said[source] & (label_at[source] > j)
            if can.any() and _labels_differ(values, np.flatnonzero(said & (label_at > j)), ends, table):
                spread = body[j].to_numpy(dtype=object).copy()
                spread[table[can]] = values[source[can]]
                # pandas 1 would write through to the cells that were given.
                body = body if done else body.copy()
                body[j] = pd.Series(spread, index=body.index, dtype=object)
                done.append((column.name, int(can.sum())))
        ends = ends | (_changes(values) if said.all() else said)
    return body, done


def _labels_differ(values: TextArray, named: IntArray, ends: BoolArray, table: IntArray) -> bool:
    """No two labels running are equal, unless a merge ended or the sheet broke (a new page) between them."""
    before, after = named[:-1], named[1:]
    ended = np.cumsum(ends)
    together = (ended[after] == ended[before]) & (table[after] - table[before] == after - before)
    return not bool((together & (values[after] == values[before])).any())


def _changes(values: TextArray) -> BoolArray:
    changed = np.ones(len(values), dtype=bool)
    changed[1:] = values[1:] != values[:-1]
    return changed


def _is_code(column: Column) -> bool:
    return bool(column.path) and re.search(r"(代码|编码|code)$", plain(column.path[-1])) is not None


def _names_units(column: Column) -> bool:
    """A column of unit names by its header; one without a header may be."""
    if not column.path:
        return True
    return any(_unit_header().fullmatch(plain(label)) for label in column.path)


@cache
def _unit_header() -> re.Pattern[str]:
    names = "|".join(sorted((re.escape(plain(word)) for word in words("merged_down")), key=len, reverse=True))
    return re.compile(rf"(?:所在|所属)?(?:{names})(?:名称?|/.*)?(?:\(.*\))?")


def _above(top: Sequence[headers.Row], numbers: IntArray, header: headers.Header) -> pd.DataFrame:
    rows = [(int(numbers[i]), header.kinds[i], " ".join(cell for cell in top[i] if cell)) for i in range(header.end)]
    return pd.DataFrame(rows, columns=["row", "kind", "text"]).astype({"row": np.int64})


def _line_texts(body: pd.DataFrame, kinds: TextArray) -> TextArray:
    texts = np.full(len(body), "", dtype=object)
    for i in np.flatnonzero((kinds != "") & (kinds != "empty")):
        texts[i] = " ".join(said for said in map(shown, body.iloc[i].tolist()) if said)
    return texts


def _title(above: pd.DataFrame) -> str:
    """The title row that names a table, else the longest."""
    said = [without_unit_line(line) for line in above.loc[above["kind"] == "title", "text"]]
    named = [line for line in said if re.search(r"(表|册|清单|台账|一览)(\(.*\))?$", line)]
    return (named or sorted(said, key=len, reverse=True) or [""])[0]


def _sheet_unit(
    top: Sequence[headers.Row], header: headers.Header, dropped: pd.DataFrame
) -> tuple[str | None, list[Note]]:
    """The unit of area said for the whole sheet: above the header, in its corner, else below the table."""
    above = [line for i in range(header.first) for line in (*top[i], " ".join(top[i]))]
    corner = [cell for row in header.labels for cell in row if ":" in cell]
    below = dropped.loc[dropped["kind"].isin(["unit", "note", "info"]), "text"]
    for line in (*above, *corner, *below):
        said = unit_line(line)
        if not said:
            continue
        named = units_named(said)
        if len(named) == 1:
            return named[0], [Note("sheet.unit", {"area_unit": named[0], "said": said})]
        if named:
            return None, [Note("sheet.two_units", {"said": said})]
        if re.search(r"亩|公顷|平方|hectare", said):
            return None, [Note("sheet.unknown_unit", {"said": said})]
    return None, []


def _notes(
    sheet: Sheet, header: headers.Header, grid: _Grid, unit_notes: list[Note], merged: list[tuple[str, int]]
) -> list[Note]:
    """What was understood beyond a plain table; nothing for a plain table."""
    notes: list[Note] = []
    if not header.labels and len(sheet.rows):
        notes.append(Note("sheet.no_header"))
    if len(header.labels) > 1 or header.first > 0:
        rows = [int(grid.numbers[i]) for i, kind in header.kinds.items() if kind == "header"]
        notes.append(Note("sheet.header", {"rows": _span(rows), "columns": "、".join(c.name for c in sheet.columns)}))
    if sheet.title:
        notes.append(Note("sheet.title", {"title": sheet.title}))
    notes.extend(unit_notes)
    unnamed = [column.name for column in sheet.columns if header.labels and not column.path]
    if unnamed:
        notes.append(Note("sheet.unnamed", {"columns": "、".join(unnamed)}))
    for name, count in merged:
        notes.append(Note("sheet.merged", {"column": name, "count": count}))
    below = sheet.dropped[sheet.dropped["row"] > (grid.numbers[header.end - 1] if header.end else 0)]
    second = sheet.dropped[sheet.dropped["kind"] == "second_table"]
    if len(second):
        rows = [int(row) for row in second["row"]]
        notes.append(Note("sheet.second_table", {"row": rows[0], "rows": _span(rows), "text": second["text"].iloc[0]}))
    for kind in ("total", "section", "repeated", "page", "note", "signature"):
        rows = [int(row) for row in below.loc[below["kind"] == kind, "row"]]
        if rows:
            notes.append(Note(f"sheet.{kind}", {"count": len(rows), "rows": _span(rows)}))
    return notes


def _span(rows: Sequence[int]) -> str:
    """Rows as people write them: "3–4, 9", at most eight pieces."""
    pieces: list[list[int]] = []
    for row in rows:
        if pieces and row == pieces[-1][1] + 1:
            pieces[-1][1] = row
        else:
            pieces.append([row, row])
    said = [str(a) if a == b else f"{a}–{b}" for a, b in pieces]
    return ", ".join(said[:8]) + (" …" if len(said) > 8 else "")
