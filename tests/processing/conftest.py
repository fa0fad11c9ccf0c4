"""The provider as QGIS sees it, small layers of plots in every format, and runs that are listened to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from qgis.core import (
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsProcessingProvider,
    QgsProject,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QDate

from redline import classFactory
from redline.core.frames import Source
from redline.core.progress import Progress
from redline.processing.layers import read_source
from redline.processing.stream import stream_of

FIELDS = (
    "field=YJJBNTTBBH:string(21)&field=ZLDWDM:string(19)&field=ZLDWMC:string(60)&field=DLBM:string(5)"
    "&field=DLMC:string(20)&field=YJJBNTTBMJ:double&field=SJNF:integer&field=BHKSSJ:date"
)
SIDE = 100.0


@pytest.fixture
def provider(qgis_processing: None) -> Iterator[QgsProcessingProvider]:
    """The plugin's Processing provider, registered for the test."""
    plugin = classFactory(None)
    plugin.initProcessing()
    yield plugin.provider
    plugin.unload()


class Listener(QgsProcessingFeedback):
    """Keeps what a run says, by kind; `stop_at` cancels the run as soon as its progress (0–100) has come so far."""

    def __init__(self, stop_at: float | None = None) -> None:
        super().__init__(False)
        self.said: dict[str, list[str]] = {"info": [], "warning": [], "error": [], "debug": [], "step": []}
        self.stopped_at: tuple[float, float] | None = None
        self._stop_at = stop_at
        self.progressChanged.connect(self._watch)

    def _watch(self, progress: float) -> None:
        if self._stop_at is not None and progress >= self._stop_at and self.stopped_at is None:
            self.stopped_at = time.monotonic(), time.process_time()
            self.cancel()

    def pushInfo(self, info: str) -> None:
        self.said["info"].append(info)

    def pushWarning(self, warning: str) -> None:
        self.said["warning"].append(warning)

    def reportError(self, error: str, fatalError: bool = False) -> None:
        self.said["error"].append(error)

    def pushDebugInfo(self, info: str) -> None:
        self.said["debug"].append(info)

    def setProgressText(self, text: str) -> None:
        self.said["step"].append(text)

    def seconds_since(self) -> float:
        """Seconds since the run was cancelled: of the clock or of the processor, which another program may hold."""
        assert self.stopped_at is not None
        clock, processor = self.stopped_at
        return min(time.monotonic() - clock, time.process_time() - processor)

    @property
    def log(self) -> str:
        return "\n".join(self.said["info"])


@pytest.fixture
def listener() -> Callable[..., Listener]:
    return Listener


Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(provider: QgsProcessingProvider) -> Run:
    """Run an algorithm of the provider; sinks go to memory where the test names none."""
    import processing

    def run_it(
        name: str, parameters: Mapping[str, Any], feedback: QgsProcessingFeedback | None = None,
        context: QgsProcessingContext | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        algorithm = provider.algorithm(name)
        sinks = {p.name(): "memory:" for p in algorithm.parameterDefinitions() if p.type() == "sink"}
        given = {**sinks, **parameters}
        results: dict[str, Any] = processing.run(f"redline:{name}", given, feedback=feedback, context=context)
        return results

    return run_it


@pytest.fixture
def plots(qgis_app: Any) -> Callable[..., QgsVectorLayer]:
    """Make a memory layer of square plots of one hectare in a row: the fields of the standard, true areas."""

    def make(count: int = 3, crs: str = "EPSG:4549", **changed: list[Any]) -> QgsVectorLayer:
        layer = QgsVectorLayer(f"Polygon?crs={crs}&{FIELDS}", "永久基本农田", "memory")
        features = []
        for number in range(count):
            x, y = 500_000 + number * SIDE, 3_400_000.0
            feature = QgsFeature(layer.fields())
            ring = f"{x} {y}, {x + SIDE} {y}, {x + SIDE} {y + SIDE}, {x} {y + SIDE}, {x} {y}"
            feature.setGeometry(QgsGeometry.fromWkt(f"POLYGON(({ring}))"))
            key, village = f"990101001001{number:06d}", "9901010010010000000"
            feature.setAttributes([key, village, "示范一村", "0101", "水田", 10000.0, 2023, QDate(2024, 5, 1)])
            for name, values in changed.items():
                feature[name] = values[number]
            features.append(feature)
        assert layer.dataProvider().addFeatures(features)[0]
        return layer

    return make


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Write a layer into a file, by QGIS's own writer."""

    def write(layer: QgsVectorLayer, name: str, driver: str, encoding: str = "UTF-8") -> Path:
        options = QgsVectorFileWriter.SaveVectorOptions()
        options.driverName, options.fileEncoding, options.layerName = driver, encoding, Path(name).stem
        path = tmp_path / name
        done = QgsVectorFileWriter.writeAsVectorFormatV3(layer, str(path), QgsCoordinateTransformContext(), options)
        assert done[0] == QgsVectorFileWriter.WriterError.NoError, done[1]
        return path

    return write


@pytest.fixture
def read(qgis_app: Any) -> Callable[..., Source]:
    """Read a layer as a check does: feature by feature, and by columns where that goes, which has to be the same."""

    def read_it(layer: QgsVectorLayer, **options: Any) -> Source:
        assert layer.isValid()
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        given = {"progress": Progress(), "context": context, **options}
        source = QgsProcessingFeatureSource(layer, context)
        found = read_source(source, layer.name(), **given)
        stream = stream_of(layer)
        if stream:
            assert_same(read_source(source, layer.name(), stream=stream, **given), found)
        return found

    return read_it


def assert_same(one: Source, other: Source) -> None:
    """Two sources that are the same to the last bit of their shapes; a polygon and a multipolygon of one part are."""
    pd.testing.assert_frame_equal(one.cells, other.cells)
    assert (one.geometry is None) == (other.geometry is None)
    if one.geometry is not None and other.geometry is not None and one.measured is not None:
        assert _parts(one.geometry) == _parts(other.geometry)
        np.testing.assert_array_equal(one.measured, other.measured)
    told = ("crs", "bounds", "geometry_type", "straightened", "storage", "plane")
    assert [getattr(one, name) for name in told] == [getattr(other, name) for name in told]


def _parts(shapes: np.ndarray) -> list[list[str]]:
    return [[] if shape is None else [part.wkb_hex for part in getattr(shape, "geoms", [shape])] for shape in shapes]
