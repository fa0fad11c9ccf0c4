"""A frame becomes a layer: fields by type, nulls, shapes of one kind, rows in their order."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from qgis.core import (
    NULL,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsFeatureSink,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingUtils,
    QgsVectorFileWriter,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QDate, QVariant

from redline.core.progress import Cancelled, Progress
from redline.processing import sinks
from redline.processing.sinks import add_features, areal, sink_fields, sink_type, write_frame
from redline.processing.values import field, is_null

CRS = QgsCoordinateReferenceSystem("EPSG:4549")
SQUARE = shapely.box(0, 0, 10, 10)


def written(frame: pd.DataFrame, context: QgsProcessingContext, progress: Progress | None = None) -> QgsVectorLayer:
    """The memory layer that a frame becomes."""
    sink, destination = QgsProcessingUtils.createFeatureSink(
        "memory:", context, sink_fields(frame), sink_type(frame), CRS
    )
    write_frame(frame, sink, progress or Progress())
    del sink
    return QgsProcessingUtils.mapLayerFromString(destination, context)


@pytest.fixture
def context(qgis_app: Any) -> QgsProcessingContext:
    return QgsProcessingContext()


def test_types_and_nulls(context: QgsProcessingContext) -> None:
    frame = pd.DataFrame({
        "key": ["甲", None, "𠮷"],
        "area": [1.5, np.nan, -0.0],
        "count": np.array([1, 2, 3], dtype=np.int64),
        "maybe": pd.array([True, False, None], dtype="boolean"),
        "whole": pd.array([7, None, 2**53 + 1], dtype="Int64"),
        "day": pd.to_datetime(["2024-05-01", None, "2261-12-31"]),
        "sure": [True, False, True],
    })  # fmt: skip
    layer = written(frame, context)
    assert layer.wkbType() == QgsWkbTypes.Type.NoGeometry
    kinds = [one.typeName().lower() for one in layer.fields()]
    assert kinds == ["string", "double", "int8", "boolean", "int8", "date", "boolean"]
    rows = [[None if is_null(value) else value for value in feature.attributes()] for feature in layer.getFeatures()]
    assert rows[0] == ["甲", 1.5, 1, True, 7, QDate(2024, 5, 1), True]
    assert rows[1] == [None, None, 2, False, None, None, False]
    assert rows[2] == ["𠮷", 0.0, 3, None, 2**53 + 1, QDate(2261, 12, 31), True]


def test_all_shapes_are_multipolygons_in_the_order_of_the_rows(context: QgsProcessingContext) -> None:
    collection = shapely.GeometryCollection([shapely.LineString([(0, 0), (1, 1)]), SQUARE])
    bow = shapely.from_wkt("POLYGON((0 0,1 1,1 0,0 1,0 0))")
    nested = shapely.GeometryCollection([shapely.MultiPolygon([SQUARE, shapely.box(20, 0, 21, 1)])])
    shapes = [SQUARE, None, shapely.Point(1, 1), collection, shapely.Polygon(), bow, nested]
    frame = pd.DataFrame({"key": [str(number) for number in range(7)]})
    frame["geometry"] = pd.Series(shapes, dtype=object)
    layer = written(frame, context)
    assert layer.wkbType() == QgsWkbTypes.Type.MultiPolygon
    features = list(layer.getFeatures())
    assert [feature["key"] for feature in features] == ["0", "1", "2", "3", "4", "5", "6"]
    assert [feature.geometry().isNull() for feature in features] == [False, True, True, False, True, False, False]
    assert features[3].geometry().area() == 100.0
    assert features[6].geometry().area() == 101.0
    assert layer.crs() == CRS


def test_no_rows_still_make_a_layer(context: QgsProcessingContext) -> None:
    frame = pd.DataFrame({"key": pd.Series(dtype=object), "day": pd.Series(dtype="datetime64[ns]"),
                          "geometry": pd.Series(dtype=object)})  # fmt: skip
    layer = written(frame, context)
    assert layer.featureCount() == 0
    assert [one.name() for one in layer.fields()] == ["key", "day"]


def test_many_rows(context: QgsProcessingContext) -> None:
    frame = pd.DataFrame({"n": np.arange(5001)})
    frame["geometry"] = shapely.box(np.arange(5001), 0, np.arange(5001) + 0.5, 1)
    layer = written(frame, context)
    assert [feature["n"] for feature in layer.getFeatures()] == list(range(5001))


def test_cancelling_ends_it(context: QgsProcessingContext) -> None:
    class Impatient(Progress):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(Cancelled):
        written(pd.DataFrame({"n": [1]}), context, Impatient())


def test_geopackage_keeps_it_all(tmp_path: Any, qgis_app: Any) -> None:
    frame = pd.DataFrame({"键": ["甲"], "day": pd.to_datetime(["2024-05-01"]), "ok": pd.array([None], dtype="boolean")})
    frame["geometry"] = pd.Series([SQUARE], dtype=object)
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    path = str(tmp_path / "结果.gpkg")
    writer = QgsVectorFileWriter.create(
        path, sink_fields(frame), sink_type(frame), CRS, QgsCoordinateTransformContext(), options
    )
    write_frame(frame, writer, Progress())
    del writer
    feature = next(QgsVectorLayer(path, "结果", "ogr").getFeatures())
    assert feature["键"] == "甲"
    assert feature["day"] == QDate(2024, 5, 1)
    assert is_null(feature["ok"])


def test_a_sink_that_refuses_is_an_error(qgis_app: Any) -> None:
    class Full(QgsFeatureSink):
        def addFeatures(self, features: Any, flags: Any = None) -> bool:
            return False

        def lastError(self) -> str:
            return "disk full"

    with pytest.raises(QgsProcessingException, match="disk full"):
        add_features(Full(), [])


def test_null_of_both_qts(qgis_app: Any) -> None:
    assert is_null(None)
    assert is_null(NULL)
    assert is_null(QVariant())
    assert not any(is_null(value) for value in (0, "", False, datetime.date(2024, 5, 1), QDate(2024, 5, 1)))
    assert [field("a", kind).name() for kind in ("text", "real", "whole", "truth", "date")] == ["a"] * 5


def test_areal_parts(qgis_app: Any) -> None:
    assert areal(np.array([], dtype=object)).tolist() == []
    assert areal(np.array([None, shapely.Point(0, 0)], dtype=object)).tolist() == [None, None]
    assert shapely.area(areal(np.array([SQUARE], dtype=object)))[0] == 100.0


@pytest.mark.parametrize("spend", [False, True])
def test_shapes_are_let_go_as_they_are_written(context: QgsProcessingContext, spend: bool) -> None:
    shapes = np.array([SQUARE, shapely.MultiPolygon([SQUARE]), None, shapely.Point(0, 0)], dtype=object)
    frame = pd.DataFrame({"key": list("甲乙丙丁"), "geometry": shapes})
    sink, destination = QgsProcessingUtils.createFeatureSink(
        "memory:", context, sink_fields(frame), sink_type(frame), CRS
    )
    write_frame(frame, sink, Progress(), spend=spend)
    del sink
    assert ("geometry" in frame) != spend
    assert frame["key"].tolist() == list("甲乙丙丁")
    if not spend:
        assert frame["geometry"].tolist() == shapes.tolist()
    layer = QgsProcessingUtils.mapLayerFromString(destination, context)
    assert [feature.geometry().area() for feature in layer.getFeatures()] == [100.0, 100.0, -1.0, -1.0]
    assert [feature.geometry().isMultipart() for feature in layer.getFeatures()][:2] == [True, True]


@pytest.mark.parametrize(
    "wkt",
    [
        "MULTIPOLYGON(((0 0,0 0,9 0,9 9,0 0)))", "MULTIPOLYGON(((0 0,9 9,0 0)))", "MULTIPOLYGON(((1 1,1 1,1 1,1 1)))",
        "MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0),(1 1,2 1,2 2,1 1)),((20 0,29 0,29 9,20 0)))",
    ],
)  # fmt: skip
@pytest.mark.parametrize("many", [0, 10])
def test_a_shape_is_written_to_the_last_vertex(
    context: QgsProcessingContext, monkeypatch: pytest.MonkeyPatch, many: int, wkt: str
) -> None:
    monkeypatch.setattr(sinks, "_MANY", many)
    shape = shapely.from_wkb(QgsGeometry.fromWkt(wkt).asWkb().data(), on_invalid="ignore")
    layer = written(pd.DataFrame({"key": ["甲"], "geometry": np.array([shape], dtype=object)}), context)
    feature = next(layer.getFeatures())
    assert bytes(feature.geometry().asWkb()) == shapely.to_wkb(shape, byte_order=1)
