"""The results GeoPackage of an audit: its layers, their styles, and the memory of the runs before."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsFeatureRequest,
    QgsProcessingException,
    QgsVectorFileWriter,
    QgsVectorLayer,
)

from redline.core.catalogue import text
from redline.core.findings import COLUMNS
from redline.core.memory import RUN_COLUMNS
from redline.core.progress import Progress
from redline.processing.layers import ShapeReader, sink_fields, sink_type, write_frame
from redline.processing.styles import apply_style
from redline.processing.values import columns


def read_memory(path: Path) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """The findings (with shapes) and the runs that an earlier audit left in `path`; None where there are none."""
    if not path.exists():
        return None, None
    return _read(path, "findings", (*COLUMNS[:-1], "change"), True), _read(path, "runs", RUN_COLUMNS, False)


def write_results(
    path: Path, tables: Mapping[str, pd.DataFrame], crs: QgsCoordinateReferenceSystem, speech: str, progress: Progress
) -> None:
    """Write the tables as layers of one new GeoPackage, with their styles, in place of the file that was there.

    The file is written beside its place and moved there whole, so that a stopped run leaves the old one as it was.
    Raises QgsProcessingException where the place cannot be written or another program holds the file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.stem}.writing.gpkg")
    draft.unlink(missing_ok=True)
    try:
        for name, frame in tables.items():
            _write_layer(draft, name, frame, crs, speech, progress.step(share=1 / len(tables)))
        _keep_styles(draft, list(tables), speech)
        os.replace(draft, path)
    except OSError as error:
        raise QgsProcessingException(text("error.results_locked", speech, path=path, reason=error.strerror)) from None
    finally:
        for leftover in path.parent.glob(f"{draft.name}*"):
            if leftover.exists():
                leftover.unlink()


def _read(path: Path, name: str, wanted: tuple[str, ...], shapes: bool) -> pd.DataFrame | None:
    layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
    names = [field.name() for field in layer.fields()] if layer.isValid() else []
    if not layer.isValid() or not set(wanted) <= set(names):
        return None
    features = list(layer.getFeatures(QgsFeatureRequest()))
    positions = [names.index(column) for column in wanted]
    frame = pd.DataFrame(dict(zip(wanted, columns(features, positions))))
    if shapes:
        frame["geometry"] = pd.Series(ShapeReader(layer.crs()).read(features), dtype=object)
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
    if writer.hasError() != QgsVectorFileWriter.WriterError.NoError:
        raise QgsProcessingException(
            text("error.results_write", speech, path=path.parent, reason=writer.errorMessage())
        )
    write_frame(frame, writer, progress)
    if not writer.flushBuffer():
        raise QgsProcessingException(
            text("error.results_write", speech, path=path.parent, reason=writer.errorMessage())
        )
    del writer


def _keep_styles(path: Path, names: list[str], speech: str) -> None:
    """Store every layer's style in the file, so that it opens as it should look."""
    for name in names:
        layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
        if layer.isValid() and apply_style(layer, name, speech):
            layer.saveStyleToDatabase(name, "Redline", True, "")
