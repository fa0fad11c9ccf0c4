"""Whether a file is what its name says, and whole."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from qgis.core import QgsProviderRegistry

from redline.core.catalogue import text
from redline.core.progress import Progress
from redline.processing.encodings import is_utf16
from redline.processing.places import reason_of

SHEETS = (".xlsx", ".xls", ".ods")

_CONTAINER = b"\xd0\xcf\x11\xe0"
_BEGINNINGS = {".xlsx": b"PK", ".ods": b"PK", ".xls": _CONTAINER, ".gpkg": b"SQLite format 3"}
_PARTS = {".shp": (".shx", ".dbf"), ".tab": (".dat",)}

# What GDAL takes the cells of a workbook from, and the root elements there.
_CELLS = re.compile(r"xl[/\\](?:worksheets[/\\][^/\\]+|sharedStrings)\.xml", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:worksheet|sst)\b")
_ROOT_ENDS = re.compile(rb"<(?:/(?:[\w.-]+:)?(?:worksheet|sst)\s*|(?:[\w.-]+:)?(?:worksheet|sst)\b[^<>]*/)>")
_BLOCK, _EDGE = 1 << 20, 4096


def problem(path: Path, speech: str) -> str:
    """Why a file cannot be read, as far as its beginning and its neighbours tell; "" where they do not."""
    if path.is_dir():
        return ""
    try:
        with path.open("rb") as file:
            beginning = file.read(512)
    except OSError as error:
        return reason_of(error, speech, reading=True)
    kind = path.suffix.lower()
    if not beginning:
        return text("unchecked.unread.empty", speech)
    beside = {other.name.casefold() for other in path.parent.iterdir()}
    for part in _PARTS.get(kind, ()):
        if path.with_suffix(part).name.casefold() not in beside:
            return text("unchecked.unread.part", speech, part=part)
    if kind in SHEETS and beginning.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return text("unchecked.unread.html", speech)
    if kind == ".xlsx" and beginning.startswith(_CONTAINER):
        return text("unchecked.unread.locked", speech)
    if kind == ".csv" and is_utf16(beginning):
        return text("unchecked.unread.utf16", speech)
    fits = beginning.startswith(_BEGINNINGS.get(kind, b""))
    return "" if fits else text("unchecked.unread.damaged", speech)


def not_opened(source: str, speech: str) -> str:
    """Why QGIS cannot open the file that a parameter names, in a sentence; "" where there is no such file."""
    path = Path(str(QgsProviderRegistry.instance().decodeUri("ogr", source).get("path") or ""))
    try:
        if not path.is_file():
            return ""
        reason = problem(path, speech) or text(f"unchecked.unread.{'cut' if is_cut(path) else 'damaged'}", speech)
    except OSError:
        return ""
    return text("error.unread", speech, file=path.name, reason=reason)


def is_cut(path: Path, progress: Progress | None = None) -> bool:
    """Are the sheets of a workbook (.xlsx) damaged or cut off? GDAL gives the rows up to there and says nothing.

    They are unpacked for their checksums, and must end with their root element; what stands between is not parsed. A
    file that cannot be looked at so is left to GDAL. Raises Cancelled within a block of a megabyte.
    """
    if path.suffix.lower() != ".xlsx":
        return False
    try:
        with zipfile.ZipFile(path) as parts:
            inside = [one for one in parts.infolist() if _CELLS.fullmatch(one.filename)]
            return any(_ends_early(parts, one, progress or Progress()) for one in inside)
    except (OSError, zipfile.BadZipFile):
        return False


def _ends_early(parts: zipfile.ZipFile, one: zipfile.ZipInfo, progress: Progress) -> bool:
    try:
        content = parts.open(one)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return False
    head = tail = b""
    with content:
        try:
            progress.update(0.0)
            while block := content.read(_BLOCK):
                progress.update(0.0)
                head = head or block[:_EDGE]
                tail = (tail + block)[-_EDGE:]
        except (zipfile.BadZipFile, zlib.error, EOFError):
            return True
    # Two bytes a character, where it is in UTF-16.
    head, tail = head.replace(b"\0", b""), tail.replace(b"\0", b"")
    return bool(_ROOT.search(head)) and not _ROOT_ENDS.search(tail)
