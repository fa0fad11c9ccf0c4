"""Where files lie and where outputs may go: never onto an input, never where nothing can be written."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from osgeo import gdal
from qgis.core import QgsMapLayer, QgsProcessingException, QgsProcessingUtils, QgsProviderRegistry

from redline.core.catalogue import text

# A data set of several files goes by the file that is opened: a .dbf belongs to its .shp.
_FAMILIES = {
    ".shp": (".shp", ".shx", ".dbf", ".prj", ".qpj", ".cpg", ".sbn", ".sbx", ".qix", ".idx", ".xml"),
    ".tab": (".tab", ".dat", ".map", ".id", ".ind"),
    ".gpkg": (".gpkg", ".gpkg-wal", ".gpkg-shm", ".gpkg-journal"),
}
_HEADS = {member: head for head, members in _FAMILIES.items() for member in members}
_TABLE = re.compile(r"^(?:\w+:)?dbname='((?:[^']|'')*)'(?:.*?table=\"((?:[^\"]|\"\")*)\")?")
# Not C:\, and not the files that are databases.
_SERVER = re.compile(r"(?!ogr:|spatialite:)\w{2,}:", re.IGNORECASE)
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
# From here on GDAL escapes a path before SQLite reads it as a URI.
_GDAL_ESCAPES = 3_070_000


def layer_file(layer: QgsMapLayer) -> str:
    """The file that a layer is read from, "" for none."""
    return str(_parts(layer).get("path") or "")


def layer_place(layer: QgsMapLayer) -> tuple[str, str]:
    """The file that a layer is read from ("" for none), and the layer's name in it ("" where it has no other)."""
    path, name = layer_file(layer), str(_parts(layer).get("layerName") or "")
    if not name and path.lower().endswith(".gpkg"):
        # Without a name, QGIS opens the first layer.
        name = next((inside.name() for inside in QgsProviderRegistry.instance().querySublayers(path)), "")
    return path, name


def _parts(layer: QgsMapLayer) -> dict[str, Any]:
    return dict(QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source()))


def destination_place(destination: str) -> tuple[str, str]:
    """The file that a sink or file destination is written to ("" for none), and the table in it ("" for the whole)."""
    table = _TABLE.match(destination)
    if table:
        return table[1].replace("''", "'"), (table[2] or "").replace('""', '"')
    path = destination.split("|", 1)[0]
    return (path, "") if os.path.splitext(path)[1] else ("", "")


def sink_file(destination: str) -> str:
    """The file that a sink is written to; "" for a table of a server, a folder, memory, or what GDAL makes of its own.
    """
    path = destination_place(destination)[0]
    elsewhere = _SERVER.match(destination) or path.startswith("/vsi") or path.lower().endswith(".gdb")
    return "" if elsewhere or not os.path.splitext(path)[1] else path


def data_set(path: str | Path) -> str:
    """What identifies the data set that a file is part of, whatever links lead to it."""
    real = Path(os.path.normcase(os.path.realpath(path)))
    database = next((one for one in (real, *real.parents) if one.suffix.lower() == ".gdb"), None)
    if database:
        return str(database)
    if real.name.lower().endswith(".shp.xml"):
        return str(real.with_suffix(""))
    head = _HEADS.get(real.suffix.lower())
    return str(real.with_suffix(head)) if head else str(real)


def openable(path: str | Path) -> str:
    """The path as QGIS opens it for reading.

    SQLite takes "%20" in the path of a GeoPackage for a space (GDAL before 3.7, opened without locks). Such a file is
    opened through a link, or where there are no links a copy, that lasts as long as QGIS runs.
    """
    place = Path(os.path.abspath(path))
    troubled = place.suffix.lower() == ".gpkg" and _ESCAPE.search(str(place))
    if not troubled or int(gdal.VersionInfo("VERSION_NUM")) >= _GDAL_ESCAPES:
        return str(path)
    folder = Path(QgsProcessingUtils.tempFolder()) / hashlib.sha256(str(place).encode()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / place.name.replace("%", "_")
    try:
        if not link.is_symlink():
            link.symlink_to(place)
    except OSError:
        shutil.copyfile(place, link)
    return str(link)


def openable_source(source: str) -> str:
    """The same of what a parameter says of a layer: a path, with the layer's name and more behind "|"."""
    path, mark, rest = source.partition("|")
    is_file = path.lower().endswith(".gpkg") and os.path.isfile(path)
    return f"{openable(path)}{mark}{rest}" if is_file else source


def discard(destination: str) -> None:
    """Remove a layer that was only begun: its file, or of a file with other layers its table. Others stay."""
    path, _, rest = destination.partition("|")
    if not os.path.isfile(path):
        return
    table = rest.partition("layername=")[2]
    if not table:
        place = Path(path)
        for suffix in _FAMILIES.get(place.suffix.lower(), (place.suffix,)):
            with suppress(OSError):
                place.with_suffix(suffix).unlink()
        return
    with suppress(RuntimeError):
        data = gdal.OpenEx(path, gdal.OF_VECTOR | gdal.OF_UPDATE)
        names = [data.GetLayer(number).GetName() for number in range(data.GetLayerCount())] if data else []
        if table in names:
            data.DeleteLayer(names.index(table))


def no_place(path: str | Path, speech: str) -> str:
    """Why no file can be written at `path`, in a sentence; "" where one can. Leaves nothing behind."""
    place = Path(path)
    try:
        if place.is_dir():
            return text("error.is_folder", speech, path=place)
        if place.exists() and not os.access(place, os.W_OK):
            return text("error.read_only", speech, path=place)
        _try_folder(place.parent)
    except OSError as error:
        return text("error.no_place", speech, path=place, reason=reason_of(error, speech))
    return ""


def reason_of(error: OSError, speech: str, reading: bool = False) -> str:
    """Why the system refuses to write or read at a place, in the user's language as far as the reason is a common one.
    """
    right = "unreadable" if reading else "no_right"
    known = {
        errno.EACCES: right, errno.EPERM: right, errno.EROFS: "read_only", errno.ENOSPC: "full",
        errno.ENOTDIR: "no_folder", errno.EEXIST: "no_folder",
    }  # fmt: skip
    number = error.errno or 0
    return text(f"reason.{known[number]}", speech) if number in known else str(error.strerror or error)


def _try_folder(folder: Path) -> None:
    made = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(prefix=".redline-", dir=folder):
            pass
    finally:
        for one in made:
            if one.is_dir():
                one.rmdir()


def write_whole(path: str | Path, write: Callable[[Path], object], speech: str) -> None:
    """Have `write` make a file beside `path`, and put it in its place whole.

    Raises QgsProcessingException with a sentence where the file cannot be written.
    """
    place = Path(os.path.realpath(path))
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with draft_folder(place.parent) as folder:
            write(folder / place.name)
            os.replace(folder / place.name, place)
    except OSError as error:
        raise QgsProcessingException(
            text("error.no_place", speech, path=path, reason=reason_of(error, speech))
        ) from None


@contextmanager
def draft_folder(beside: Path | None) -> Iterator[Path]:
    """A hidden folder of this run alone, removed at the end with what is in it; `beside` None is the system's place."""
    with tempfile.TemporaryDirectory(prefix=".redline-", dir=beside) as folder:
        yield Path(folder)
