"""Frames as the features of a sink: fields, cells and shapes as QGIS wants them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
from qgis.core import (
    QgsFeature,
    QgsFeatureSink,
    QgsFields,
    QgsGeometry,
    QgsProcessingException,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QDate

from redline.core.heap import give_back
from redline.core.progress import Progress
from redline.processing.layers import CHUNK
from redline.processing.shapes import Shapes
from redline.processing.values import field
from redline.processing.wkb import MULTIPOLYGON_OF_ONE

_POLYGON, _MULTIPOLYGON = 3, 6
# Chunks after which memory that shapes have left is given back.
_TRIMMED = 5
# Rows from which on it is worth the time to write shapes in no more memory than they take.
_MANY = 200_000
# QVariant knows Python's own numbers and truths, not numpy's.
_PLAIN: dict[str, tuple[str, float]] = {"real": ("float64", np.nan), "whole": ("int64", 0), "truth": ("bool", False)}
_KINDS = {"f": "real", "i": "whole", "u": "whole", "b": "truth", "M": "date"}


def sink_fields(frame: pd.DataFrame) -> QgsFields:
    """The fields of a frame's sink; the column `geometry` is none."""
    fields = QgsFields()
    for name, dtype in frame.dtypes.items():
        if name != "geometry":
            fields.append(field(str(name), _kind(dtype)))
    return fields


def sink_type(frame: pd.DataFrame) -> QgsWkbTypes.Type:
    """The geometry type of a frame's sink: MultiPolygon, or none without a column `geometry`."""
    return QgsWkbTypes.Type.MultiPolygon if "geometry" in frame else QgsWkbTypes.Type.NoGeometry


def write_frame(
    frame: pd.DataFrame, sink: QgsFeatureSink, progress: Progress, as_it_is: bool = False, spend: bool = False
) -> None:
    """Write a frame's rows, in their order, into a sink made with `sink_fields` and `sink_type`.

    `as_it_is` leaves points and lines what they are, in a sink that takes them. `spend` takes the shapes out of the
    frame, and lets go of each as it is written, so that memory does not hold them twice.
    """
    names = [name for name in frame.columns if name != "geometry"]
    shapes = frame["geometry"].to_numpy(dtype=object).copy() if "geometry" in frame else None
    if spend:
        # Of a column that was popped, pandas 1.5 keeps the values.
        frame.drop(columns="geometry", inplace=True, errors="ignore")
        give_back()
    for start in range(0, len(frame), CHUNK):
        progress.update(start / len(frame))
        chunk = slice(start, start + CHUNK)
        part = frame.iloc[chunk]
        rows = list(zip(*[_cells(part[name]) for name in names]))
        wkb = [None] * len(part) if shapes is None else _wkb(shapes[chunk], as_it_is)
        add_features(sink, [_feature(row, one, len(frame) >= _MANY) for row, one in zip(rows, wkb)])
        if shapes is not None:
            shapes[chunk] = None
            if spend and start % (CHUNK * _TRIMMED) == 0:
                give_back()
    progress.update(1.0)


def add_features(sink: QgsFeatureSink, features: list[QgsFeature]) -> None:
    """Add features to a sink. Raises QgsProcessingException where it refuses them (a full disk, a locked file)."""
    if not sink.addFeatures(features, QgsFeatureSink.Flag.FastInsert):
        raise QgsProcessingException(sink.lastError())


def areal(shapes: Shapes) -> Shapes:
    """What is areal of each shape, as a MultiPolygon; None where nothing is."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    inner, of_part = shapely.get_parts(parts, return_index=True)
    owner = owner[of_part]
    polygons = (shapely.get_type_id(inner) == _POLYGON) & ~shapely.is_empty(inner)
    result = np.full(len(shapes), None, dtype=object)
    owners, places = np.unique(owner[polygons], return_inverse=True)
    if len(owners):
        result[owners] = shapely.multipolygons(inner[polygons], indices=places)
    return result


def _wkb(shapes: Shapes, as_it_is: bool) -> list[bytes | None]:
    kinds = shapely.get_type_id(shapes)
    whole = ((kinds == _POLYGON) | (kinds == _MULTIPOLYGON)) & ~shapely.is_empty(shapes)
    if as_it_is or not whole.all():
        result: list[bytes | None] = shapely.to_wkb(shapes if as_it_is else areal(shapes)).tolist()
        return result
    heads = [MULTIPOLYGON_OF_ONE if kind == _POLYGON else b"" for kind in kinds.tolist()]
    return [head + wkb for head, wkb in zip(heads, shapely.to_wkb(shapes, byte_order=1).tolist())]


def _feature(row: tuple[Any, ...], wkb: bytes | None, tight: bool) -> QgsFeature:
    feature = QgsFeature()
    feature.setAttributes(list(row))
    if wkb is not None:
        geometry = QgsGeometry()
        geometry.fromWkb(wkb)
        feature.setGeometry(_tight(geometry) if tight else geometry)
    return feature


def _tight(geometry: QgsGeometry) -> QgsGeometry:
    """The same in no more memory than it takes: for a ring out of WKB, Qt sets aside up to twice of it."""
    # A copy vertex by vertex, which leaves out vertices that repeat and rings that are none.
    copy = geometry.snappedToGrid(0, 0)
    whole = not copy.isNull() and copy.constGet().nCoordinates() == geometry.constGet().nCoordinates()
    return copy if whole else geometry


def _calendar(column: pd.Series) -> list[tuple[int, int, int]]:
    """Year, month and day of every row, 0 where there is none."""
    parts = [getattr(column.dt, part).fillna(0).astype(int).tolist() for part in ("year", "month", "day")]
    return list(zip(*parts))


def _kind(dtype: Any) -> str:
    return _KINDS.get(getattr(dtype, "kind", "O"), "text")


def _cells(column: pd.Series) -> list[Any]:
    """A column as Python values that QVariant knows, None where it has none."""
    kind = _kind(column.dtype)
    missing = column.isna().to_numpy()
    if kind == "date":
        values = [QDate(year, month, day) for year, month, day in _calendar(column)]
    elif kind == "text":
        values = [str(value) for value in column]
    else:
        plain_type, nothing = _PLAIN[kind]
        values = column.to_numpy(dtype=plain_type, na_value=nothing).tolist()
    return [None if gone else value for gone, value in zip(missing, values)] if missing.any() else values
