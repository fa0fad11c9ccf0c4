"""From a QGIS source to the source of a frame.

Geometry travels as WKB, a chunk of features at a time; coordinates change their system in one call a chunk.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import compress, islice
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeatureRequest,
    QgsFeatureSource,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsVectorLayer,
    QgsWkbTypes,
)

from redline.core.catalogue import text
from redline.core.errors import InputError
from redline.core.frames import Source, Storage
from redline.core.geometry import ellipsoid
from redline.core.geometry.crs import metric_system
from redline.core.geometry.nearby import Nearby
from redline.core.progress import Progress
from redline.core.standards import best_profile
from redline.processing.crs import crs_of, moved, transform
from redline.processing.shapes import ShapeReader, Shapes
from redline.processing.stream import MANY_WORDS, Batch, Stream
from redline.processing.values import columns, type_of
from redline.processing.wkb import boxes

CHUNK = 2000
NO_BOUNDS = (math.inf, math.inf, -math.inf, -math.inf)
_DEGREES = 360.0


def read_source(
    source: QgsProcessingFeatureSource,
    name: str,
    *,
    context: QgsProcessingContext,
    progress: Progress,
    target_crs: QgsCoordinateReferenceSystem | None = None,
    geometry: bool = True,
    fields: Collection[str] | None = None,
    language: str = "zh",
    in_bytes: bool = False,
    near: Nearby | None = None,
    stream: Stream | None = None,
    known: dict[bytes, Any] | None = None,
) -> Source:
    """All features that QGIS gives for `source` (the selected ones, those of a filter), invalid ones included.

    `geometry` comes in `target_crs`; `crs`, `bounds` and the official areas `measured` (m²) are of the layer's own CRS.
    The cells of a layer are indexed by feature id. Only `fields` are read (None: all); the others stay empty.
    `in_bytes` tells that lengths of fields are bytes, as in a Shapefile. `near`, in `target_crs`, leaves out what
    cannot meet it (before it is read, where the layer is in that CRS); what has no shape stays. `stream` is the
    quicker way to the same features, where there is one; `known` is what `ShapeReader` shares with the other sources of
    a run. Raises Cancelled within a chunk of features.
    """
    wanted = [i for i, one in enumerate(source.fields()) if fields is None or field_name(one.name()) in fields]
    cells: list[list[Any]] = [[] for _ in wanted]
    ground = None
    if geometry and source.wkbType() != QgsWkbTypes.Type.NoGeometry:
        ground = _Ground(source.sourceCrs(), target_crs, context, known)
    ids: list[int] = []
    seen = 0
    elsewhere = transform(source.sourceCrs(), target_crs or source.sourceCrs(), context) is not None
    with no_collector():
        reader = ground.reader if ground else None
        for some in parts(source, wanted, reader, progress, near=None if elsewhere else near, stream=stream,
                          language=language):
            ids += some.ids
            seen += some.seen
            for so_far, values in zip(cells, some.cells):
                so_far.extend(values)
            if ground and some.shapes is not None:
                ground.take(some.shapes)
    names = _names([one.name() for one in source.fields()])
    read = dict(zip(wanted, map(_series, cells)))
    empty = pd.Series(np.full(len(ids), None, dtype=object))
    frame = pd.DataFrame({name: read.get(place, empty) for place, name in enumerate(names)}, columns=names)
    if ground:
        frame.index = pd.Index(ids, dtype="int64")
    storage = {
        name: Storage(type_of(one), max(one.length(), 0), in_bytes) for name, one in zip(names, source.fields())
    }
    if not ground:
        return Source(name, frame, storage=storage, seen=seen)
    if ground.unmoved and target_crs:
        progress.tell(text("note.unmoved", language, layer=name, count=ground.unmoved, crs=target_crs.authid()))
    kind = QgsWkbTypes.geometryDisplayString(QgsWkbTypes.geometryType(source.wkbType())).lower()
    found = replace(ground.source(name, frame, kind), storage=storage, seen=seen)
    return _only_near(found, near) if elsewhere and near else found


def _only_near(source: Source, near: Nearby) -> Source:
    """The rows of a source whose shapes may be near, and those that have none."""
    shapes = np.asarray(source.geometry, dtype=object)
    kept = near.meets(shapely.bounds(shapes))
    measured = None if source.measured is None else source.measured[kept]
    return replace(source, cells=source.cells[kept], geometry=shapes[kept], measured=measured)


def known_fields(source: QgsFeatureSource, role: str, name: str, only: Collection[str] = ()) -> set[str]:
    """The fields of a layer that mean something to a role, those that may be one thing or another included; only
    those of certain columns where these are given."""
    names = [field_name(one.name()) for one in source.fields()]
    match = best_profile(role, names, name)[0].match_fields(names)
    columns = [*match.found.items(), *((column, one) for column, all_ in match.ambiguous.items() for one in all_)]
    return {field for column, field in columns if not only or column in only}


@dataclass(frozen=True)
class Part:
    """Some features of a source: ids, cells (a list a field), shapes (None where they are not read); and how many were
    looked at for them."""

    ids: list[int]
    cells: list[list[Any]]
    shapes: Shapes | None
    seen: int


def parts(
    source: QgsProcessingFeatureSource, wanted: Sequence[int], reader: ShapeReader | None, progress: Progress, *,
    near: Nearby | None = None, stream: Stream | None = None, language: str = "zh",
) -> Iterator[Part]:  # fmt: skip
    """A source's features, CHUNK at a time, with the fields at `wanted` and what `reader` makes of their shapes; of
    these only what may be `near`. By `stream` where there is one. Raises Cancelled between two chunks."""
    found = stream.batches(wanted, reader is not None, CHUNK) if stream else None
    if stream and found:
        yield from _streamed(source, stream, *found, wanted, reader, progress, near, language)
        return
    request = QgsFeatureRequest().setSubsetOfAttributes(list(wanted))
    if reader is None:
        request.setFlags(QgsFeatureRequest.Flag.NoGeometry)
    words: dict[str, str] = {}
    for every in chunks(source, request, progress):
        features = every if near is None else _those_near(every, near)
        shapes = reader.read(features) if reader else None
        cells = [_shared(column, words) for column in columns(features, wanted)]
        yield Part([feature.id() for feature in features], cells, shapes, len(every))


def _shared(cells: list[Any], words: dict[str, str]) -> list[Any]:
    """The cells with one object for a text that comes again: names of villages and classes do in every row."""
    if len(words) > MANY_WORDS:
        words.clear()
    return [words.setdefault(cell, cell) if type(cell) is str else cell for cell in cells]


def _streamed(
    source: QgsProcessingFeatureSource, stream: Stream, batches: Iterator[Batch], left: Sequence[int],
    wanted: Sequence[int], reader: ShapeReader | None, progress: Progress, near: Nearby | None, language: str,
) -> Iterator[Part]:  # fmt: skip
    """The parts of a stream; the fields `left` come from QGIS, which goes through the features in the same order."""
    rest = QgsFeatureRequest().setSubsetOfAttributes(list(left)).setFlags(QgsFeatureRequest.Flag.NoGeometry)
    beside = iter(_every(source, rest)) if left else iter(())
    tick, done = _counted(source.featureCount(), progress), 0
    tick(done)
    for batch in batches:
        features = list(islice(beside, len(batch.ids)))
        if left and [feature.id() for feature in features] != batch.ids.tolist():
            raise InputError("error.changing", language, layer=source.sourceName())
        kept = np.ones(len(batch.ids), dtype=bool)
        shapes = None
        if reader and batch.wkb is not None:
            kept, shapes = _shapes_near(batch.wkb, reader, near)
        cells = {place: stream.cells(column[kept]) for place, column in batch.columns.items()}
        cells.update(zip(left, columns(list(compress(features, kept)), left)))
        yield Part(batch.ids[kept].tolist(), [cells[place] for place in wanted], shapes, len(batch.ids))
        done += len(batch.ids)
        tick(done)


def _shapes_near(
    wkb: npt.NDArray[np.object_], reader: ShapeReader, near: Nearby | None
) -> tuple[npt.NDArray[np.bool_], Shapes]:
    """Mask of the shapes that may be near, None among them, and these."""
    if near is None:
        return np.ones(len(wkb), dtype=bool), reader.of_wkb(wkb)
    told = boxes(wkb)
    kept = near.meets(told)
    shapes = reader.of_wkb(wkb[kept])
    meets = np.isfinite(told[kept]).all(axis=1)
    meets[~meets] = near.meets(shapely.bounds(shapes[~meets]))
    kept[kept] = meets
    return kept, shapes[meets]


def whole_parts(
    source: QgsProcessingFeatureSource, wanted: Sequence[int], reader: ShapeReader, progress: Progress,
    stream: Stream | None,
) -> Iterator[tuple[list[QgsFeature], list[list[Any]], Shapes]]:  # fmt: skip
    """A source's features as QGIS gives them, CHUNK at a time, with the cells at `wanted` and the shapes of these.

    Cells and shapes come from the stream as long as it has the same features; what QGIS gives is what counts, as in a
    layer that is damaged or changed meanwhile. Raises Cancelled between two chunks.
    """
    batches, left = (stream.batches(wanted, True, CHUNK) if stream else None) or (iter(()), [])
    for features in chunks(source, QgsFeatureRequest(), progress):
        batch = next(batches, None)
        if stream is None or batch is None or batch.wkb is None:
            yield features, columns(features, wanted), reader.read(features)
        elif batch.ids.tolist() != [feature.id() for feature in features]:
            batches = iter(())
            yield features, columns(features, wanted), reader.read(features)
        else:
            cells = {place: stream.cells(column) for place, column in batch.columns.items()}
            cells.update(zip(left, columns(features, left)))
            yield features, [cells[place] for place in wanted], reader.of_wkb(batch.wkb)


def chunks(
    source: QgsProcessingFeatureSource, request: QgsFeatureRequest, progress: Progress
) -> Iterator[list[QgsFeature]]:
    """The features of a source, CHUNK at a time, invalid ones included. Raises Cancelled between two chunks."""
    yield from _chunks(_every(source, request), source.featureCount(), progress)


def _those_near(features: list[QgsFeature], near: Nearby) -> list[QgsFeature]:
    boxes = np.full((len(features), 4), np.nan)
    for place, feature in enumerate(features):
        # An empty shape has a box all the same, around the origin or beyond all numbers.
        if not feature.geometry().isEmpty():
            box = feature.geometry().boundingBox()
            boxes[place] = box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()
    return list(compress(features, near.meets(boxes)))


def layer_chunks(layer: QgsVectorLayer, progress: Progress) -> Iterator[list[QgsFeature]]:
    """The same of a layer that is our own."""
    yield from _chunks(layer.getFeatures(), layer.featureCount(), progress)


def _every(source: QgsProcessingFeatureSource, request: QgsFeatureRequest) -> Iterable[QgsFeature]:
    """What a source has, invalid shapes included, whatever the user wants done with these elsewhere."""
    return source.getFeatures(request, QgsProcessingFeatureSource.Flag.FlagSkipGeometryValidityChecks)


def _counted(count: int, progress: Progress) -> Callable[[int], None]:
    """What is to be called with the number of features read so far, of `count` (which may not be known)."""
    return lambda done: progress.update(min(done / count, 1.0) if count > 0 else 0.0)


def _chunks(features: Iterable[QgsFeature], count: int, progress: Progress) -> Iterator[list[QgsFeature]]:
    left = iter(features)
    tick = _counted(count, progress)
    done = 0
    while True:
        tick(done)
        chunk = list(islice(left, CHUNK))
        if not chunk:
            return
        yield chunk
        done += len(chunk)


def rows_of(source: QgsProcessingFeatureSource) -> int:
    """How many features a source says that it has; 0 only where it gives none, -1 where it does not know."""
    count = int(source.featureCount())
    one = QgsFeatureRequest().setLimit(1).setFlags(QgsFeatureRequest.Flag.NoGeometry)
    return count if count or next(iter(_every(source, one)), None) is None else -1


def short(layer: str, count: int, read: int, language: str) -> list[str]:
    """What could not be read of `count` features, in a sentence: a damaged file has fewer than it says."""
    return [text("unchecked.short", language, layer=layer, read=read, count=count)] if read < count else []


@contextmanager
def no_collector() -> Iterator[None]:
    """Without Python's search for reference cycles, which takes a third of a reading: cells and shapes form none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Ground:
    """Collects shapes, official areas and bounds, a chunk at a time."""

    def __init__(
        self, own: QgsCoordinateReferenceSystem, target: QgsCoordinateReferenceSystem | None,
        context: QgsProcessingContext, known: dict[bytes, Any] | None,
    ) -> None:  # fmt: skip
        self._crs = crs_of(own, context)
        self._plane = self._crs if target is None else crs_of(target, context)
        self.reader = ShapeReader(own, known)
        self._move = transform(own, target, context) if target is not None else None
        self._shapes: list[Shapes] = [np.empty(0, dtype=object)]
        self._measured: list[npt.NDArray[np.float64]] = [np.empty(0)]
        self._bounds: tuple[float, ...] = NO_BOUNDS
        self.unmoved = 0

    def take(self, shapes: Shapes) -> None:
        self._bounds = joined_bounds(self._bounds, shapes)
        if self._crs:
            areas = ellipsoid.areas(shapes, self._crs)
            self._measured.append(np.where(np.isfinite(areas), areas, np.nan))
        if self._move:
            given, shapes = shapes, moved(shapes, self._move)
            # What cannot be there stays where it is: it has a shape, though not one that fits its system.
            lost = shapely.is_missing(shapes) & ~shapely.is_missing(given)
            shapes[lost] = given[lost]
            self.unmoved += int(lost.sum())
        self._shapes.append(shapes)

    def source(self, name: str, cells: pd.DataFrame, kind: str) -> Source:
        xmin, ymin, xmax, ymax = self._bounds
        return Source(
            name, cells, np.concatenate(self._shapes), np.concatenate(self._measured) if self._crs else None, self._crs,
            (xmin, ymin, xmax, ymax) if xmin <= xmax else None, kind, self.reader.straightened, plane=self._plane,
        )  # fmt: skip


def joined_bounds(bounds: tuple[float, ...], shapes: Shapes) -> tuple[float, ...]:
    """Bounds (xmin, ymin, xmax, ymax) widened to hold the finite points of the shapes; None counts for nothing."""
    boxes = shapely.bounds(shapes)
    broken = ~np.isfinite(boxes).all(axis=1) & ~shapely.is_missing(shapes)
    if broken.any():
        points = shapely.get_coordinates(shapes[broken])
        points = points[np.isfinite(points).all(axis=1)]
        boxes = np.vstack([boxes[~broken], np.hstack([points, points])])
    if not len(boxes):
        return bounds
    low = np.fmin(bounds[:2], np.fmin.reduce(boxes[:, :2]))
    high = np.fmax(bounds[2:], np.fmax.reduce(boxes[:, 2:]))
    return (*low.tolist(), *high.tolist())


def plane_crs(source: QgsProcessingFeatureSource) -> QgsCoordinateReferenceSystem:
    """The CRS in which a source's shapes can be compared in metres: its own, or for degrees the zone they lie in.

    Where the coordinates cannot be degrees, nothing better is known than the CRS that the source names.
    """
    crs = source.sourceCrs()
    middle = _middle(source) if crs.isGeographic() else None
    return QgsCoordinateReferenceSystem(metric_system(*middle)) if middle else crs


def _middle(source: QgsProcessingFeatureSource) -> tuple[float, float] | None:
    """The middle of a source in degrees, None where its coordinates are none; a few broken shapes do not count."""
    extent = source.sourceExtent()
    corners = (extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum())
    if all(abs(value) <= _DEGREES for value in corners):
        return extent.center().x(), extent.center().y()
    request = QgsFeatureRequest().setSubsetOfAttributes([]).setLimit(CHUNK)
    boxes = [one.geometry().boundingBox() for one in _every(source, request) if one.hasGeometry()]
    points = [(box.center().x(), box.center().y()) for box in boxes if box.isFinite()]
    if not points:
        return None
    x, y = np.median(points, axis=0).tolist()
    return (x, y) if abs(x) <= _DEGREES and abs(y) <= _DEGREES else None


def field_name(name: str) -> str:
    """A field's name without the half character at its end that a Shapefile may have left."""
    return name.encode("utf-8", "ignore").decode("utf-8").rstrip("\ufffd") or name


def _names(names: Sequence[str]) -> list[str]:
    """The fields' names for cells, all different."""
    clean = [field_name(name) for name in names]
    return [f"{name}_{place}" if name in clean[:place] else name for place, name in enumerate(clean)]


def cells_of(names: Sequence[str], values: Sequence[list[Any]], count: int) -> pd.DataFrame:
    """Cells with one column a name, of the lists that `values.columns` gives, and `count` rows."""
    found = {name: _series(column) for name, column in zip(names, values)}
    return pd.DataFrame(found, index=pd.RangeIndex(count), columns=list(names))


def _series(values: list[Any]) -> pd.Series:
    """A column of cells: float64, Int64 or object (str and None)."""
    kinds = set(map(type, values)) - {type(None)}
    dtype = "float64" if kinds == {float} else "Int64" if kinds == {int} else object
    return pd.Series(values, dtype=dtype)
