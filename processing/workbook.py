"""The official tables as an Excel workbook to print, sign and hand in."""

from __future__ import annotations

import contextlib
import datetime
import importlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from redline.core.errors import InputError
from redline.core.progress import Progress
from redline.core.tables import Form
from redline.core.tables.forms import Column, merged, words
from redline.processing.algorithm import tr

if TYPE_CHECKING:
    from redline.core.frames import Frame
    from redline.core.geometry.crs import Crs

VENDORED = Path(__file__).resolve().parent.parent / "vendored"
"""Where ./dev package puts XlsxWriter into the plugin's ZIP."""

MOST_ROWS = 1_048_000
"""Rows that a sheet holds beside title, heading and foot."""

_PAPERS = {"A3": 8, "A4": 9}
_NUMBERS = {"area": "#,##0.00_ ;-#,##0.00_ ;;@", "whole": "0_ ", "code": "@", "date": "yyyy-mm-dd"}
_ALIGN = {"area": "right", "whole": "right", "code": "center", "date": "center", "name": "left", "text": "center"}
_FILLS = {"county": "#D9D9D9", "total": "#D9D9D9", "township": "#F2F2F2"}
_INDENTS = {"township": 1, "village": 2}
_CHUNK = 2000
# A table of so few rows is printed on one page.
_ONE_PAGE = 60


def writer() -> ModuleType | None:
    """XlsxWriter: the installed one, else the one that came with the plugin; None where there is neither."""
    try:
        return importlib.import_module("xlsxwriter")
    except ImportError:
        with _on_path(VENDORED), contextlib.suppress(ImportError):
            return importlib.import_module("xlsxwriter")
    return None


def no_writer() -> str:
    """What a user is told where there is no XlsxWriter."""
    message = tr("No workbook was written: install XlsxWriter (“{command}”) or the plugin's ZIP, which brings it.")
    return message.format(command="python3 -m pip install --user XlsxWriter")


def not_written(path: Path, error: Exception) -> str:
    """What a user is told where the workbook cannot be written."""
    message = tr("The workbook {path} cannot be written: {reason}. Close it if it is open in another program.")
    return message.format(path=path, reason=getattr(error, "strerror", None) or error)


@contextlib.contextmanager
def _on_path(folder: Path) -> Iterator[None]:
    sys.path.append(str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def write_workbook(path: Path, forms: Sequence[Form], library: ModuleType, progress: Progress) -> None:
    """Write the forms as sheets of one workbook, in place of the file that was there.

    The file is written beside its place and moved there whole. Raises OSError where the place cannot be written.
    """
    draft = path.with_name(f".{path.stem}.writing.xlsx")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        book = library.Workbook(str(draft), {"strings_to_numbers": False, "strings_to_formulas": False,
                                             "strings_to_urls": False})  # fmt: skip
        book.set_properties({"title": forms[0].title, "created": datetime.datetime.now()})
        looks = _Looks(book)
        sizes = [len(form.rows) + 20 for form in forms]
        for form, size in zip(forms, sizes):
            _Page(book, form, looks).write(progress.step(share=size / sum(sizes)))
        try:
            book.close()
        except library.exceptions.FileCreateError as error:
            raise OSError(str(error)) from error
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def write_tables(
    path: Path, frames: Mapping[str, Frame], crs: Crs | None, county: str, speech: str, progress: Progress
) -> dict[str, str]:
    """The workbook of an audit, in 亩, from frames that it has settled; what stands against it is told, not raised."""
    from redline.core import tables
    from redline.core.findings import Findings

    library = writer()
    if library is None:
        progress.tell(no_writer())
        return {}
    try:
        settings = tables.Settings("mu", crs, county)
        made, notes = tables.make(frames, Findings(speech), settings, progress.step(share=0.5))
        write_workbook(path, tables.forms(made, tables.Imprint(county)), library, progress.step())
    except (InputError, OSError) as error:
        progress.tell(not_written(path, error))
        return {}
    for note in notes:
        progress.tell(note)
    return {"WORKBOOK": str(path)}


class _Looks:
    """Cell formats, each made once."""

    def __init__(self, book: Any) -> None:
        self._book, self._made = book, dict[str, Any]()
        self._fonts = words()["fonts"]

    def of(self, **wanted: Any) -> Any:
        name = repr(sorted(wanted.items()))
        if name not in self._made:
            font = {"font_name": self._fonts["body"], "font_size": 10, "valign": "vcenter"}
            self._made[name] = self._book.add_format({**font, **wanted})
        return self._made[name]

    def title(self) -> Any:
        return self.of(font_name=self._fonts["title"], font_size=18, align="center")

    def head(self) -> Any:
        return self.of(bold=True, align="center", text_wrap=True, border=1)

    def cell(self, kind: str, row: str) -> Any:
        """The look of a cell of a kind in a row of a level: totals are bold, units indented below what holds them."""
        look: dict[str, Any] = {"border": 1, "align": _ALIGN[kind]}
        if kind in _NUMBERS:
            look["num_format"] = _NUMBERS[kind]
        if row in _FILLS:
            look |= {"bold": row != "township", "bg_color": _FILLS[row]}
        if kind == "name":
            look["indent"] = _INDENTS.get(row, 0)
        if kind == "text":
            look["shrink"] = True
        return self.of(**look)


class _Page:
    """One sheet: title, office and unit, heading, rows, foot, notes, signatures, and how it is printed."""

    def __init__(self, book: Any, form: Form, looks: _Looks) -> None:
        self._form, self._looks = form, looks
        self._sheet = book.add_worksheet(form.sheet)
        self._columns = form.columns
        self._last = len(form.columns) - 1
        self._sheet.set_default_row(17)

    def write(self, progress: Progress) -> None:
        top = self._heading()
        end = self._body(top, progress)
        self._print(top)
        self._foot(end)

    def _heading(self) -> int:
        """Title, office and unit, merged headings; gives the first row of the body."""
        sheet, form, looks = self._sheet, self._form, self._looks
        sheet.merge_range(0, 0, 0, self._last, form.title, looks.title())
        sheet.set_row(0, 32)
        half = self._last // 2
        sheet.merge_range(1, 0, 1, half, form.office, looks.of())
        sheet.merge_range(1, half + 1, 1, self._last, form.unit, looks.of(align="right"))
        sheet.set_row(1, 18)
        for place, column in enumerate(self._columns):
            sheet.set_column(place, place, column.width)
        depth = max(len(column.path) for column in self._columns)
        for level in range(depth):
            sheet.set_row(2 + level, 30 if level == depth - 1 else 20)
        for row, first, end_row, end, text in merged([column.path for column in self._columns]):
            if (row, first) == (end_row, end):
                sheet.write_string(2 + row, first, text, looks.head())
            else:
                sheet.merge_range(2 + row, first, 2 + end_row, end, text, looks.head())
        top = 2 + depth
        if any(column.number for column in self._columns):
            for place, column in enumerate(self._columns):
                look = looks.of(align="center", border=1, font_size=9, shrink=True)
                sheet.write_string(top, place, column.number, look)
            top += 1
        return top

    def _body(self, top: int, progress: Progress) -> int:
        rows = list(self._form.rows)[:MOST_ROWS]
        put = {level: [self._put(column, level) for column in self._columns] for level in set(rows)}
        cells = zip(*(column.cells for column in self._columns))
        for place, (level, values) in enumerate(zip(rows, cells)):
            if place % _CHUNK == 0:
                progress.update(place / len(rows))
            for column, (write, value) in enumerate(zip(put[level], values)):
                write(top + place, column, value)
        return top + len(rows)

    def _put(self, column: Column, level: str) -> Any:
        """What writes a cell of the column into a row of the level."""
        sheet, look = self._sheet, self._looks.cell(column.kind, level)

        def text(row: int, place: int, value: Any) -> None:
            sheet.write_string(row, place, str(value), look) if value else sheet.write_blank(row, place, None, look)

        def number(row: int, place: int, value: Any) -> None:
            sheet.write_number(row, place, value, look)

        def day(row: int, place: int, value: Any) -> None:
            if isinstance(value, datetime.date):
                sheet.write_datetime(row, place, value, look)
            else:
                text(row, place, value)

        return {"area": number, "whole": number, "date": day}.get(column.kind, text)

    def _foot(self, end: int) -> None:
        """The total row, notes, and the line to sign."""
        sheet, form, looks = self._sheet, self._form, self._looks
        if form.foot:
            first = next(place for place, column in enumerate(self._columns) if column.total is not None)
            sheet.merge_range(end, 0, end, first - 1, form.foot, looks.of(bold=True, border=1, align="center"))
            for place, column in list(enumerate(self._columns))[first:]:
                look = looks.cell(column.kind, "total")
                if column.total is None:
                    sheet.write_blank(end, place, None, look)
                else:
                    sheet.write_number(end, place, column.total, look)
            end += 1
        for note in form.notes:
            sheet.merge_range(end, 0, end, self._last, note, looks.of(font_size=9, text_wrap=True))
            sheet.set_row(end, 18)
            end += 1
        sheet.merge_range(end + 1, 0, end + 1, self._last, words()["signature"], looks.of())
        sheet.set_row(end + 1, 24)

    def _print(self, top: int) -> None:
        """A3 or A4 across, one page wide, headings on every page, sheets of the page numbered."""
        sheet, form = self._sheet, self._form
        sheet.freeze_panes(top, form.frozen)
        sheet.set_landscape()
        sheet.set_paper(_PAPERS[form.paper])
        sheet.fit_to_pages(1, 1 if len(form.rows) <= _ONE_PAGE else 0)
        sheet.repeat_rows(2, top - 1)
        sheet.center_horizontally()
        sheet.set_margins(left=0.6, right=0.6, top=0.75, bottom=0.75)
        sheet.set_footer("&C" + words()["page"].format(page="&P", pages="&N"))
        sheet.hide_gridlines(2)
