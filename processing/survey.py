"""Measures a layer of any size as it streams by: keeps two numbers a plot, and names and shapes of what it flags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from qgis.core import QgsCoordinateReferenceSystem, QgsFeature, QgsProcessingContext, QgsProcessingFeatureSource

from redline.core import frames, units
from redline.core.checks import areas
from redline.core.findings import Findings
from redline.core.frames import Frame, Source
from redline.core.geometry import ellipsoid
from redline.core.progress import Progress
from redline.core.standards import best_profile
from redline.processing.crs import crs_of, moved, transform
from redline.processing.layers import NO_BOUNDS, cells_of, field_name, joined_bounds, whole_parts
from redline.processing.shapes import ShapeReader, Shapes
from redline.processing.stream import Stream
from redline.processing.values import columns

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_ROLES = ("map", "landuse")
# What a finding says of a plot.
_LABELS = ("key", "plot_number", "unit", "unit_name", "location", "location_name")
_COLLECTION = 7
_MU_DECIMALS = 4


@dataclass(frozen=True)
class Settings:
    """How to measure: the field of the recorded area ("" to be found), its unit as in `frames.read`, "official" or
    "fast", the tolerances beyond which a plot is flagged, the language of what is said."""

    recorded: str
    area_unit: str
    mode: str
    tolerances: areas.Settings
    language: str


@dataclass(frozen=True)
class _Chunk:
    """What is kept of some features: recorded areas as they came, measured ones (m²), which shapes could be measured,
    which features are flagged; shapes and names of the flagged."""

    recorded: pd.DataFrame
    measured: Floats
    usable: Mask
    flagged: Mask
    shapes: Shapes
    names: list[list[Any]]


class Survey:
    """One pass over the features of a layer, a chunk at a time by `parts`; then `frame` tells what they were.

    Shapes of flagged plots are kept in `target`. `unit` is what the recorded areas are taken for, "" until the first
    chunk gives it away. Without `measuring` no area is measured, as where `astray` tells after a pass that the
    coordinates cannot be of the layer's system. Raises InputError where two fields may be the recorded area.
    """

    def __init__(
        self, source: QgsProcessingFeatureSource, name: str, target: QgsCoordinateReferenceSystem,
        context: QgsProcessingContext, settings: Settings, unit: str = "", measuring: bool = True,
    ) -> None:  # fmt: skip
        own = source.sourceCrs()
        self.unit, self.measuring = unit, measuring
        self._name, self._settings = name, settings
        self._crs, self._move = crs_of(own, context), transform(own, target, context)
        self._reader = ShapeReader(own)
        self._beside = ThreadPoolExecutor(1)
        self._chunks: list[_Chunk] = []
        self._bounds: tuple[float, ...] = NO_BOUNDS
        self._fields = [field_name(one.name()) for one in source.fields()]
        self._profile = max((best_profile(role, self._fields, name) for role in _ROLES), key=lambda found: found[1])[0]
        match = self._profile.match_fields(self._fields)
        recorded = settings.recorded or match.found.get("plot_area") or match.found.get("area") or ""
        self._chosen = {"plot_area": recorded} if recorded else {}
        self._recorded = [recorded] if recorded else match.ambiguous.get("plot_area", [])
        self._labels = [match.found[column] for column in _LABELS if column in match.found]
        self._frame([], Findings(settings.language))

    def parts(
        self, source: QgsProcessingFeatureSource, stream: Stream | None, progress: Progress
    ) -> Iterator[tuple[list[QgsFeature], Floats]]:
        """The features of the layer as QGIS gives them, some at a time, with what is measured of each: float64 (n, 4),
        area m², area 亩, recorded area m², difference; NaN where there is none.

        `stream` is the quicker way to shapes and recorded areas, where there is one. Raises Cancelled between two
        chunks.
        """
        wanted = [self._fields.index(name) for name in self._recorded]
        for features, cells, shapes in whole_parts(source, wanted, self._reader, progress, stream):
            yield features, self._take(features, cells_of(self._recorded, cells, len(features)), shapes)

    def _take(self, features: Sequence[QgsFeature], cells: pd.DataFrame, shapes: Shapes) -> Floats:
        self._bounds = joined_bounds(self._bounds, shapes)
        # One long call without Python's lock: it costs no time beside the series. shapely locks the array it works on.
        valid = self._beside.submit(shapely.is_valid, shapes.copy())
        nothing = np.full(len(shapes), np.nan)
        usable = (shapely.get_dimensions(shapes) == 2) & (shapely.get_type_id(shapes) != _COLLECTION)
        measured = nothing
        if self._crs and self.measuring:
            measured = ellipsoid.areas(shapes, self._crs, self._settings.mode)
        usable &= valid.result()
        self.unit = self.unit or self._unit_of(cells, np.where(usable, measured, np.nan))
        recorded = nothing
        if self._chosen:
            recorded = units.convert(units.parse_number(cells[self._recorded[0]]).values, self.unit, "m2")
        apart = areas.recorded_grade(recorded, measured, self._settings.tolerances) != ""
        flagged = ~usable | apart | (~(recorded > 0) & bool(self._chosen))
        places = [self._fields.index(name) for name in self._labels]
        names = columns([feature for feature, is_flagged in zip(features, flagged) if is_flagged], places)
        kept = moved(shapes[flagged], self._move) if self._move else shapes[flagged]
        self._chunks.append(_Chunk(cells, measured, usable, flagged, kept, names))
        area, figure = units.round_half_away(measured), units.round_half_away(recorded)
        mu = units.round_half_away(units.convert(area, "m2", "mu"), _MU_DECIMALS)
        return np.column_stack([area, mu, figure, units.round_half_away(figure - area)])

    def frame(self, findings: Findings) -> Frame:
        """The frame of all features, recorded areas in m²; only the flagged have names and shapes.

        Told are areas that cannot be read or are in another unit than stated (R2002, R5005).
        """
        frame = self._frame(self._chunks, findings, self._names())
        if self._chosen:
            areas.settle_unit(frame, "plot_area", self._measured(frame), findings)
        return frame

    def _names(self) -> pd.DataFrame:
        """What a plot is called by, a row a feature, "" for those that are not flagged."""
        flagged = _joined([chunk.flagged for chunk in self._chunks], bool)
        names = [[*chain(*cells)] for cells in zip(*[chunk.names for chunk in self._chunks])]
        cells = cells_of(self._labels, names or [[] for _ in self._labels], int(flagged.sum()))
        source = Source(self._name, cells, _joined([chunk.shapes for chunk in self._chunks], object))
        unsaid = Findings(self._settings.language)
        named = frames.read(source, "map", unsaid, profile_id=self._profile.id).rows
        named = named.drop(columns=["row", "geometry", "geometry_area"]).set_axis(np.flatnonzero(flagged), axis=0)
        return named.reindex(range(len(flagged)), fill_value="")

    @property
    def astray(self) -> bool:
        """Can the coordinates so far not be of the layer's system, so that what is measured in it is no area?"""
        return self._crs is not None and not self._crs.measures(self._bounds)

    def usable(self) -> Mask:
        """Mask of the plots that can be measured."""
        return _joined([chunk.usable for chunk in self._chunks], bool)

    def _measured(self, frame: Frame) -> Floats:
        return np.where(self.usable(), frame.rows["geometry_area"].to_numpy(dtype=float), np.nan)

    def _frame(self, chunks: Sequence[_Chunk], findings: Findings, names: pd.DataFrame | None = None) -> Frame:
        cells = _stacked([chunk.recorded for chunk in chunks], self._recorded)
        flagged = _joined([chunk.flagged for chunk in chunks], bool)
        shapes = np.full(len(flagged), None, dtype=object)
        shapes[flagged] = _joined([chunk.shapes for chunk in chunks], object)
        measured = _joined([chunk.measured for chunk in chunks], float)
        return self._read(cells, shapes, measured, findings, names)

    def _read(
        self, cells: pd.DataFrame, shapes: Shapes, measured: Floats, findings: Findings,
        names: pd.DataFrame | None = None,
    ) -> Frame:  # fmt: skip
        xmin, ymin, xmax, ymax = self._bounds
        source = Source(
            self._name, cells, shapes, measured if self._crs else None, self._crs,
            (xmin, ymin, xmax, ymax) if xmin <= xmax else None, "polygon", self._reader.straightened,
        )  # fmt: skip
        return frames.read(
            source, "map", findings, overrides=self._chosen, area_unit=self._settings.area_unit,
            profile_id=self._profile.id, known=names,
        )  # fmt: skip

    def _unit_of(self, cells: pd.DataFrame, measured: Floats) -> str:
        """The unit that the recorded areas are in, as these plots tell."""
        if not self._chosen:
            return "m2"
        unsaid = Findings(self._settings.language)
        frame = self._read(cells, np.full(len(cells), None, dtype=object), measured, unsaid)
        areas.settle_unit(frame, "plot_area", measured, unsaid)
        return frame.stated["plot_area"] or "m2"


def _stacked(parts: Sequence[pd.DataFrame], names: Sequence[str]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    return pd.concat(filled) if filled else cells_of(names, [[] for _ in names], 0)


def _joined(parts: Sequence[npt.NDArray[Any]], dtype: type) -> npt.NDArray[Any]:
    return np.concatenate([np.empty(0, dtype=dtype), *parts])
