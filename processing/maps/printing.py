"""The run of a press: every page into its file, whole files into their places, and what stands where."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from qgis.core import QgsProcessingException

from redline.core.atlas.outline import outline
from redline.core.catalogue import text
from redline.core.pdf import PdfError, add_bookmarks, make_searchable
from redline.core.progress import Cancelled, Progress
from redline.processing.maps.export import PdfFile, file_names, write_png
from redline.processing.maps.press import Press
from redline.processing.places import draft_folder, reason_of


@dataclass(frozen=True)
class Order:
    """Where and how to print: the PDF's path, in one file or one for every feature, pictures too, dots per inch."""

    path: Path
    one_file: bool
    pictures: bool
    dpi: int
    language: str

    @property
    def folder(self) -> Path:
        """Where files of single features and pictures go: named as the PDF, and not the PDF itself."""
        folder = self.path.with_suffix("")
        return folder.with_name(f"{folder.name}_pages") if folder == self.path and self.one_file else folder


@dataclass
class Made:
    """What was printed: the file or folder, how many pages, and of every page (`page`) the first printed one (`first`)
    and its `file`."""

    place: str
    count: int = 0
    rows: list[dict[str, object]] = field(default_factory=list)

    @property
    def places(self) -> pd.DataFrame:
        return pd.DataFrame(self.rows, columns=["page", "first", "file"])


def print_pages(press: Press, order: Order, progress: Progress) -> Made:
    """Print all pages. A cancelled run leaves the pages that are done, and raises Cancelled.

    Raises QgsProcessingException with a sentence where a file cannot be written.
    """
    made = Made(str(order.path if order.one_file else order.folder))
    try:
        order.path.parent.mkdir(parents=True, exist_ok=True)
        if not order.one_file or order.pictures:
            order.folder.mkdir(parents=True, exist_ok=True)
        with draft_folder(order.path.parent) as drafts:
            _print_into(drafts, press, order, made, progress)
    except OSError as error:
        said = text("error.no_place", order.language, path=order.path, reason=reason_of(error, order.language))
        raise QgsProcessingException(said) from None
    return made


def _print_into(drafts: Path, press: Press, order: Order, made: Made, progress: Progress) -> None:
    pages = press.atlas.pages
    names = file_names([f"{key} {name}".strip() for key, name in zip(pages["key"], pages["name"])])
    whole = drafts / order.path.name

    def finish(file: Path) -> None:
        try:
            make_searchable(file)
            if order.one_file:
                done = pages.merge(made.places, on="page")
                rows = zip(done["key"], done["name"], done["unit"], done["first"])
                add_bookmarks(file, outline(rows, press.atlas.names))
        except PdfError:
            # A Qt to come may write files of another kind: their pages are whole all the same.
            progress.tell(text("atlas.no_bookmarks", order.language))

    with _pdf(whole, press.atlas.title, order, order.path, finish) if order.one_file else _none() as book:
        for number, (name, (_, row)) in enumerate(zip(names, pages.iterrows())):
            progress.update(number / len(pages))
            progress.announce(
                text("step.atlas_page", order.language, number=number + 1, count=len(pages), name=row["title"])
            )
            layout, sheets = press.turn_to(row)
            target = order.path if order.one_file else order.folder / f"{name}.pdf"
            file = target.relative_to(order.path.parent).as_posix()
            first = made.count + 1
            with _same(book) if book else _pdf(drafts / f"{number}.pdf", row["title"], order, target, finish) as pdf:
                for place, sheet in enumerate(sheets, start=1):
                    pdf.add(layout, sheet)
                    if order.pictures:
                        end = f"_{place}" if place > 1 else ""
                        write_png(layout, sheet, order.folder / f"{name}{end}.png", order.dpi)
            made.count += len(sheets)
            made.rows.append({"page": row["page"], "first": first, "file": file})
    progress.update(1.0)


@contextmanager
def _pdf(
    draft: Path, title: str, order: Order, target: Path, finish: Callable[[Path], None]
) -> Iterator[PdfFile]:
    """A PDF that comes into its place, finished, with the pages that it has, also where the run is cancelled."""
    pdf = PdfFile(draft, title, order.dpi)
    try:
        yield pdf
    except Cancelled:
        pdf.close()
        if pdf.pages:
            finish(draft)
            os.replace(draft, target)
        raise
    finally:
        pdf.close()
    finish(draft)
    os.replace(draft, target)


@contextmanager
def _same(pdf: PdfFile) -> Iterator[PdfFile]:
    yield pdf


@contextmanager
def _none() -> Iterator[None]:
    yield None
