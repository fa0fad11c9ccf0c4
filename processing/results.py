"""The results GeoPackage of an audit: its layers, their styles, and the memory of the runs before."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pandas as pd
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsProcessingException,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.PyQt import sip

from redline.core.catalogue import text
from redline.core.memory import Memory
from redline.core.progress import Progress
from redline.processing.layers import cells_of, layer_chunks
from redline.processing.places import draft_folder, openable, reason_of
from redline.processing.shapes import ShapeReader
from redline.processing.sinks import sink_fields, sink_type, write_frame
from redline.processing.styles import apply_style
from redline.processing.values import columns

LAYERS = frozenset({"findings", "runs"})
"""A GeoPackage with both of these layers is a result of an audit, not a source."""

# Seconds that another program is given to let go of the results, and between two looks.
_PATIENCE, _NAP = 10.0, 0.2
_HELD = (5, 6)  # SQLITE_BUSY, SQLITE_LOCKED
_PAGES = 2000


def is_results(path: Path) -> bool:
    """Is this file the results of an audit? Another program's lock makes it none."""
    try:
        return path.is_file() and _layers_of(path) >= LAYERS
    except sqlite3.Error:
        return False


def no_results(path: Path, speech: str) -> str:
    """Why the results of an audit must not be written to `path`, in a sentence; "" where they may."""
    if path.suffix.lower() != ".gpkg":
        return text("error.results_not_gpkg", speech, path=path)
    if not path.is_file() or not path.stat().st_size:
        return ""
    try:
        ours = _layers_of(path) >= LAYERS
    except sqlite3.OperationalError as error:
        return text("error.results_locked", speech, path=path, reason=error)
    except sqlite3.Error:
        ours = False
    return "" if ours else text("error.results_foreign", speech, path=path)


@dataclass
class Draft:
    """The results as they are to be: a file that only this run has, begun as a copy of the ones that are there."""

    file: Path
    target: Path
    speech: str

    def memory(self, progress: Progress) -> Memory:
        """What the runs before left: findings (with shapes), runs and their history, None where there are none."""
        if not self.file.exists():
            return Memory()
        findings = _read(self.file, "findings", True, progress.step(share=0.85))
        history = _read(self.file, "history", False, progress.step(share=0.95))
        return Memory(findings, _read(self.file, "runs", False, progress.step()), history)

    def write(self, tables: Mapping[str, pd.DataFrame], crs: QgsCoordinateReferenceSystem, progress: Progress) -> None:
        """Write the tables as layers with their styles, and put all in the results' place.

        Layers of other names stay. Raises QgsProcessingException where the place cannot be written or another program
        holds the file.
        """
        writing = progress.step(share=0.85)
        with _sentences(self.target, self.speech, "error.results_write"):
            if self.file.exists():
                _forget_styles(self.file, list(tables))
            for name, frame in tables.items():
                _write_layer(self.file, name, frame, crs, self.speech, writing.step(share=1 / len(tables)))
            _keep_styles(self.file, list(tables), self.speech)
        with _sentences(self.target, self.speech, "error.results_locked"):
            _copy(self.file, self.target, progress.step())


@contextlib.contextmanager
def draft_of(path: Path, speech: str, progress: Progress) -> Iterator[Draft]:
    """A draft of the results `path`; nothing is left of it where a run stops, and the results are as they were."""
    target = Path(os.path.realpath(path))
    with contextlib.ExitStack() as stack:
        with _sentences(path, speech, "error.results_write"):
            target.parent.mkdir(parents=True, exist_ok=True)
            # QGIS cannot open again, to give it a style, what it does not open under its own name.
            beside = target.parent if openable(target) == str(target) else None
            draft = Draft(stack.enter_context(draft_folder(beside)) / "results.gpkg", target, speech)
        with _sentences(path, speech, "error.results_locked"):
            if is_results(target):
                _copy(target, draft.file, progress)
        yield draft


def _layers_of(path: Path) -> set[str]:
    """The names of a GeoPackage's layers; the file stays as it is, and so do those beside it."""
    place = Path(os.path.abspath(path)).as_posix()
    # A log of changes beside the file has to be read with it; without one, reading shall not make one.
    manner = "mode=ro" if Path(f"{path}-wal").exists() else "immutable=1"
    source = f"file://{'' if place.startswith('/') else '/'}{quote(place)}?{manner}"
    with contextlib.closing(sqlite3.connect(source, uri=True)) as connection:
        return {name for (name,) in connection.execute("SELECT table_name FROM gpkg_contents")}


@contextlib.contextmanager
def _sentences(path: Path, speech: str, text_id: str) -> Iterator[None]:
    """What a disk or another program has against writing, as a sentence about `path`."""
    try:
        yield
    except OSError as error:
        raise QgsProcessingException(text(text_id, speech, path=path, reason=reason_of(error, speech))) from None
    except sqlite3.Error as error:
        raise QgsProcessingException(text(text_id, speech, path=path, reason=error)) from None


def _copy(source: Path, target: Path, progress: Progress) -> None:
    """Copy a database into another, whole and in one transaction: layers of it that are open see the new or the old.

    Raises Cancelled, and sqlite3.Error where another program holds one of them too long.
    """
    until = time.monotonic() + _PATIENCE

    def watch(status: int, remaining: int, total: int) -> None:
        nonlocal until
        progress.update(1 - remaining / total if total else 0.0)
        if status not in _HELD:
            until = time.monotonic() + _PATIENCE
        elif time.monotonic() > until:
            raise sqlite3.OperationalError("database is locked")

    try:
        with contextlib.closing(sqlite3.connect(str(source), timeout=_NAP)) as given, contextlib.closing(
            sqlite3.connect(str(target), timeout=_NAP)
        ) as taken:
            given.backup(taken, pages=_PAGES, progress=watch, sleep=_NAP)
            # A layer of the file that is open keeps its way of writing; else nothing shall be needed beside the file.
            with contextlib.suppress(sqlite3.OperationalError):
                taken.execute("PRAGMA journal_mode = DELETE")
    finally:
        if target.exists() and not target.stat().st_size:
            target.unlink()


def _read(path: Path, name: str, shapes: bool, progress: Progress) -> pd.DataFrame | None:
    layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
    if not layer.isValid():
        return None
    keys = layer.primaryKeyAttributes()
    positions = [place for place in range(len(layer.fields())) if place not in keys]
    names = [layer.fields()[place].name() for place in positions]
    values: list[list[object]] = [[] for _ in positions]
    reader, found = ShapeReader(layer.crs()), [np.empty(0, dtype=object)]
    count = 0
    for features in layer_chunks(layer, progress):
        count += len(features)
        for so_far, more in zip(values, columns(features, positions)):
            so_far.extend(more)
        if shapes:
            found.append(reader.read(features))
    frame = cells_of(names, values, count)
    if shapes:
        frame["geometry"] = pd.Series(np.concatenate(found), index=frame.index, dtype=object)
    return frame


def _write_layer(
    path: Path, name: str, frame: pd.DataFrame, crs: QgsCoordinateReferenceSystem, speech: str, progress: Progress
) -> None:
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName, options.layerName, options.fileEncoding = "GPKG", name, "UTF-8"
    action = QgsVectorFileWriter.ActionOnExistingFile
    options.actionOnExistingFile = action.CreateOrOverwriteLayer if path.exists() else action.CreateOrOverwriteFile
    place = crs if "geometry" in frame else QgsCoordinateReferenceSystem()
    writer = QgsVectorFileWriter.create(
        str(path), sink_fields(frame), sink_type(frame), place, QgsCoordinateTransformContext(), options
    )
    try:
        if writer.hasError() == QgsVectorFileWriter.WriterError.NoError:
            write_frame(frame, writer, progress)
        if writer.hasError() != QgsVectorFileWriter.WriterError.NoError or not writer.flushBuffer():
            raise OSError(_plainly(writer.errorMessage()))
    except QgsProcessingException as error:
        raise OSError(_plainly(str(error))) from None
    finally:
        # Not left to Python: the traceback of a stopped run would keep the file open.
        sip.delete(writer)


def _plainly(reason: str) -> str:
    """Why OGR could not write, without the statement in which it failed."""
    return reason.rsplit("failed: ", 1)[-1].strip(" )")


def _forget_styles(path: Path, names: Sequence[str]) -> None:
    """Remove our own styles, of which there would be two."""
    with contextlib.closing(sqlite3.connect(str(path))) as connection, connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'layer_styles'").fetchone():
            connection.executemany(
                "DELETE FROM layer_styles WHERE f_table_name = ? AND styleName = ?", [(name, name) for name in names]
            )


def _keep_styles(path: Path, names: Sequence[str], speech: str) -> None:
    """Store every layer's style in the file, so that it opens as it should look."""
    for name in names:
        layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
        if layer.isValid() and apply_style(layer, name, speech):
            layer.saveStyleToDatabase(name, "Redline", True, "")
