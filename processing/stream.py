"""GeoPackages and Excel workbooks read by columns: ids, cells and shapes of thousands of features in one call, as GDAL
gives them from version 3.6 on. QGIS gives the same feature by feature, which takes several times as long, and keeps all
cells of a workbook for a second time as long as it runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from osgeo import gdal, ogr
from qgis.core import QgsProcessingFeatureSourceDefinition, QgsProviderRegistry, QgsVectorLayer

_Columns = dict[str, npt.NDArray[Any]]

_PACKAGE, _WORKBOOK = "GPKG", "XLSX"
# What GDAL calls the ids of a layer whose ids are no column.
_NAMELESS_IDS = "OGC_FID"
# Other kinds differ from what QGIS makes of them: GDAL's columns (3.6) take 29 February 2023 for 1 March, a day that
# cannot be read for 1970, and mix up truths.
_PLAIN = {
    (ogr.OFTString, ogr.OFSTNone), (ogr.OFTInteger, ogr.OFSTNone), (ogr.OFTInteger, ogr.OFSTInt16),
    (ogr.OFTInteger64, ogr.OFSTNone), (ogr.OFTReal, ogr.OFSTNone),
}  # fmt: skip
# The place of the two bytes in SQLite's header that tell of a write-ahead log, and their value then.
_JOURNAL, _AHEAD = slice(18, 20), b"\x02\x02"
# More texts than this are not worth remembering: they do not come again.
MANY_WORDS = 5_000


@dataclass(frozen=True)
class Batch:
    """Some features: their ids, columns as GDAL gives them by their field's place in the layer, and their shapes as WKB
    as the file has it (None where a feature has none; where QGIS makes each a multipolygon, it may be a polygon), or no
    shapes where these were not asked for."""

    ids: npt.NDArray[np.int64]
    columns: dict[int, npt.NDArray[Any]]
    wkb: npt.NDArray[np.object_] | None


class Stream:
    """A way to read a layer of a file of a `kind` that `stream_of` knows by columns."""

    def __init__(self, path: str, table: str, names: Sequence[str], kind: str = _PACKAGE) -> None:
        self._path, self._table, self._names, self._kind = path, table, list(names), kind
        self._words: dict[bytes, str] = {}

    def batches(
        self, wanted: Sequence[int], geometry: bool, size: int
    ) -> tuple[Iterator[Batch], list[int]] | None:
        """The layer's features in its order, `size` at a time, with those of the fields at `wanted` that GDAL gives as
        QGIS does; and the places of the others, which a workbook must not have. None where the file cannot be read so.
        """
        data = None if _is_written_to(self._path, self._kind) else _opened(self._path)
        layer = None if data is None else data.GetLayerByName(self._table) if self._table else data.GetLayer(0)
        if layer is None or (self._kind == _PACKAGE and not layer.GetFIDColumn()):
            return None
        kinds = layer.GetLayerDefn()
        fields = {one.GetName(): one for one in map(kinds.GetFieldDefn, range(kinds.GetFieldCount()))}
        if len(fields) < kinds.GetFieldCount() or _NAMELESS_IDS in fields:
            # Columns go by their names.
            return None
        plain = {name for name, one in fields.items() if (one.GetType(), one.GetSubType()) in _PLAIN}
        plain.add(layer.GetFIDColumn())
        taken = [place for place in wanted if self._names[place] in plain]
        left = sorted({*wanted} - {*taken})
        if left and self._kind == _WORKBOOK:
            # Their ids are places in the sheet, and QGIS may still have the sheet as it was before rows were sorted.
            return None
        names = [self._names[place] for place in taken]
        ignored = [name for name in fields if name not in names]
        layer.SetIgnoredFields(ignored if geometry or not kinds.GetGeomFieldCount() else [*ignored, "OGR_GEOMETRY"])
        return self._batches(data, layer, dict(zip(taken, names)), geometry, size), left

    def _batches(
        self, data: gdal.Dataset, layer: ogr.Layer, names: Mapping[int, str], geometry: bool, size: int
    ) -> Iterator[Batch]:
        shape, number = layer.GetGeometryColumn() if geometry else "", layer.GetFIDColumn() or _NAMELESS_IDS
        for batch in _readable(layer.GetArrowStreamAsNumPy([f"MAX_FEATURES_IN_BATCH={size}"])):
            ids = np.asarray(batch[number], dtype=np.int64)
            if not len(ids):
                # From where a file is damaged on, GDAL gives no features, for ever.
                break
            wkb = np.empty(len(ids), dtype=object)
            if shape:
                wkb[:] = batch[shape].tolist()
            columns = {place: batch[name] for place, name in names.items()}
            yield Batch(ids, columns, wkb if shape else None)
        # GDAL's layer lives no longer than its data set.
        del data

    def cells(self, column: npt.NDArray[Any]) -> list[Any]:
        """The cells of a column as str, int, float or None."""
        values: list[Any] = column.tolist()
        if column.dtype.kind != "S":
            return values
        if len(self._words) > MANY_WORDS:
            self._words.clear()
        # The same word is one object: names of villages and classes come again in every row.
        words = self._words
        return [None if value is None else words.get(value) or self._word(value) for value in values]

    def _word(self, value: bytes) -> str:
        return self._words.setdefault(value, value.decode("utf-8", "replace"))


def stream_of(layer: QgsVectorLayer | None, value: object = None) -> Stream | None:
    """How to read `layer` by columns; None where only QGIS reads what is meant.

    `value` is that of a parameter that chose the layer: a selection, a filter and a limit are left to QGIS, as are
    other files, layers with a filter or joins, and a GeoPackage that somebody is writing to, to which no second
    connection is to be opened. To be called in the layer's thread.
    """
    if not isinstance(layer, QgsVectorLayer) or not _gives_columns() or _narrowed(value):
        return None
    provider = layer.dataProvider()
    kind = provider.storageType() if layer.providerType() == "ogr" else ""
    if kind not in (_PACKAGE, _WORKBOOK) or layer.subsetString() or layer.isEditable():
        return None
    names = [one.name() for one in layer.fields()]
    parts = QgsProviderRegistry.instance().decodeUri("ogr", layer.source())
    path, table = str(parts.pop("path", None) or ""), str(parts.pop("layerName", None) or "")
    if any(parts.values()) or names != [one.name() for one in provider.fields()] or _is_written_to(path, kind):
        return None
    return Stream(path, table, names, kind)


def _narrowed(value: object) -> bool:
    """Does a parameter's value ask for less than all features of its layer?"""
    if not isinstance(value, QgsProcessingFeatureSourceDefinition):
        return False
    limited = getattr(value, "featureLimit", -1) >= 0 or bool(getattr(value, "filterExpression", ""))
    return bool(value.selectedFeaturesOnly) or limited


def _is_written_to(path: str, kind: str) -> bool:
    """Does a GeoPackage have a write-ahead log, as QGIS gives it for editing? So does one that cannot be read."""
    if kind != _PACKAGE:
        return False
    try:
        with Path(path).open("rb") as file:
            return file.read(_JOURNAL.stop)[_JOURNAL] == _AHEAD
    except OSError:
        return True


def _readable(batches: Iterable[_Columns]) -> Iterator[_Columns]:
    """The batches up to one that cannot be read: GDAL raises there where somebody told it to raise."""
    with suppress(RuntimeError):
        yield from batches


def _gives_columns() -> bool:
    """Does GDAL give columns? From 3.6 on, where its part for numpy is there and fits the numpy at hand."""
    try:
        import_module("osgeo.gdal_array")
    except ImportError:
        return False
    return hasattr(ogr.Layer, "GetArrowStreamAsNumPy")


def _opened(path: str) -> gdal.Dataset | None:
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        return gdal.OpenEx(path, gdal.OF_VECTOR | gdal.OF_READONLY)
    except RuntimeError:
        return None
    finally:
        gdal.PopErrorHandler()
