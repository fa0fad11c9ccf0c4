"""What is read by columns is what QGIS gives feature by feature; where it would not be, it is not read so."""

from __future__ import annotations

import datetime
import random
import re
import sqlite3
import struct
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
import xlsxwriter
from osgeo import gdal, ogr, osr
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsProcessingFeatureSourceDefinition,
    QgsVectorLayer,
)

from redline.core.errors import InputError
from redline.core.frames import Source
from redline.core.geometry.nearby import Nearby
from redline.core.progress import Cancelled, Progress
from redline.processing import layers
from redline.processing.layers import CHUNK
from redline.processing.stream import Stream, stream_of
from redline.processing.values import field

Read = Callable[..., Source]
Plots = Callable[..., QgsVectorLayer]
Save = Callable[..., Path]

FIELDS = [
    ("名称", ogr.OFTString, ogr.OFSTNone), ("整", ogr.OFTInteger, ogr.OFSTNone), ("短", ogr.OFTInteger, ogr.OFSTInt16),
    ("长", ogr.OFTInteger64, ogr.OFSTNone), ("实", ogr.OFTReal, ogr.OFSTNone), ("日", ogr.OFTDate, ogr.OFSTNone),
    ("真", ogr.OFTInteger, ogr.OFSTBoolean), ("时", ogr.OFTDateTime, ogr.OFSTNone),
]  # fmt: skip
SHAPES = [
    "POLYGON((0 0,1 0,1 1,0 0))", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))", None, "POLYGON EMPTY",
    "POLYGON Z((0 0 1,1 0 1,1 1 1,0 0 1))", "CURVEPOLYGON(CIRCULARSTRING(0 0,1 1,2 0,1 -1,0 0))", "POLYGON((0 0,1 0))",
    "POLYGON((0 0,1 0,1 1))", "MULTIPOLYGON Z(((0 0 1,1 0 1,1 1 1,0 0 1)))", "POLYGON M((0 0 1,1 0 1,1 1 1,0 0 1))",
    "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,2 1,2 2,1 1))", "POLYGON((0 0,2 2,2 0,0 2,0 0))", "POINT(1 2)",
    "LINESTRING(0 0,1 1)", "GEOMETRYCOLLECTION(POINT(0 0),POLYGON((0 0,1 0,1 1,0 0)))",
]  # fmt: skip


@pytest.fixture(autouse=True)
def quiet(qgis_app: Any) -> Any:
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    yield
    gdal.PopErrorHandler()


@pytest.fixture
def package(tmp_path: Path) -> Callable[..., QgsVectorLayer]:
    """A GeoPackage by GDAL's own writer, as loose as it lets one be, afterwards changed by SQL."""

    def make(
        rows: list[dict[str, Any]], kind: int = ogr.wkbMultiPolygon, fid: str = "fid", *sql: Any
    ) -> QgsVectorLayer:
        path = tmp_path / "数.gpkg"
        data = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
        system = osr.SpatialReference()
        system.ImportFromEPSG(4549)
        layer = data.CreateLayer("图斑", system, kind, options=[f"FID={fid}", "SPATIAL_INDEX=NO"])
        for name, type_, subtype in FIELDS:
            definition = ogr.FieldDefn(name, type_)
            definition.SetSubType(subtype)
            layer.CreateField(definition)
        for row in rows:
            feature = ogr.Feature(layer.GetLayerDefn())
            for name, value in row.items():
                if name == "id":
                    feature.SetFID(value)
                elif name == "shape":
                    feature.SetGeometry(ogr.CreateGeometryFromWkt(value))
                else:
                    feature[name] = value
            layer.CreateFeature(feature)
        del layer, data
        with sqlite3.connect(path) as base:
            for statement in sql:
                base.execute(*statement)
        base.close()
        return QgsVectorLayer(f"{path}|layername=图斑", "图斑", "ogr")

    return make


def full(number: int) -> dict[str, Any]:
    return {"名称": f"第{number}村", "整": number, "短": -number, "长": 2**53 + number, "实": number / 10,
            "日": f"2024/05/{number % 28 + 1:02}",
            "真": number % 2, "时": f"2024/05/01 10:{number % 60:02}:00+08"}  # fmt: skip


@pytest.mark.parametrize("kind", [ogr.wkbMultiPolygon, ogr.wkbPolygon, ogr.wkbUnknown, ogr.wkbCurvePolygon])
@pytest.mark.parametrize("wkt", SHAPES)
def test_every_kind_of_shape(package: Callable[..., QgsVectorLayer], read: Read, kind: int, wkt: str | None) -> None:
    rows = [{"id": 2, **full(2), "shape": SHAPES[0]}, {"id": 7, **full(7), **({"shape": wkt} if wkt else {})}]
    layer = package(rows, kind)
    assert stream_of(layer) is not None or kind == ogr.wkbUnknown
    found = read(layer)
    assert found.cells.index.tolist() == [2, 7]
    assert found.cells["名称"].tolist() == ["第2村", "第7村"]


def test_every_kind_of_cell(package: Callable[..., QgsVectorLayer], read: Read) -> None:
    rows = [
        {"id": 1, **full(1), "shape": SHAPES[0]}, {"id": 3, "shape": SHAPES[0]},
        {"id": 4, "名称": "", "实": -0.0, "日": "0099/01/02"}, {"id": 5, "名称": " 尾 ", "长": -(2**63)},
        {"id": 6, "名称": "𠀀" * 4000, "实": 1e300, "长": 2**63 - 1}, {"id": 7, "名称": "换\n行\t"},
    ]  # fmt: skip
    layer = package(rows)
    found = read(layer)
    assert found.cells["名称"].tolist() == ["第1村", None, "", " 尾 ", "𠀀" * 4000, "换\n行\t"]
    assert found.cells["日"].tolist() == ["2024-05-02", None, "0099-01-02", None, None, None]
    assert found.cells["长"].tolist()[3:5] == [-(2**63), 2**63 - 1]
    assert found.cells["fid"].tolist() == found.cells.index.tolist() == [1, 3, 4, 5, 6, 7]
    part = read(layer, fields={"长", "名称"})
    assert part.cells["实"].isna().all()
    assert part.cells["长"].tolist()[0] == 2**53 + 1
    assert read(layer, geometry=False).geometry is None


def test_cells_of_a_type_that_the_column_does_not_have(package: Callable[..., QgsVectorLayer], read: Read) -> None:
    # SQLite keeps in a column what it is given.
    rows = [{"id": number, **full(number), "shape": SHAPES[0]} for number in range(1, 6)]
    values = {2: ("实", "面积"), 3: ("名称", 12), 4: ("日", "2024年"), 5: ("长", "7")}
    changes = [(f"UPDATE 图斑 SET {name} = ? WHERE fid = ?", (value, fid)) for fid, (name, value) in values.items()]
    found = read(package(rows, ogr.wkbMultiPolygon, "fid", *changes))
    assert found.cells["名称"].tolist()[2] == "12"


def test_days_that_are_none(package: Callable[..., QgsVectorLayer], read: Read) -> None:
    said = ["1970-01-01", "", "2024年", "2024-13-45", "20240501", "2024/5/1", "2024-05-01T10:00:00Z", "0000-00-00",
            5, 0.5, "9999-12-31", "1969-12-31", "-0001-01-01", "2023-02-29", "1970-01-01 "]  # fmt: skip
    rows = [{"id": number + 1, **full(number), "shape": SHAPES[0]} for number in range(len(said))]
    changes = [("UPDATE 图斑 SET 日 = ? WHERE fid = ?", (day, number + 1)) for number, day in enumerate(said)]
    found = read(package(rows, ogr.wkbMultiPolygon, "fid", *changes))
    assert found.cells["日"].tolist()[:3] == ["1970-01-01", None, None]


@pytest.mark.parametrize("fid", ["fid", "OBJECTID", "编号"])
def test_row_ids_with_gaps_under_any_name(package: Callable[..., QgsVectorLayer], read: Read, fid: str) -> None:
    numbers = random.Random(1).sample(range(1, 10**6), 3 * CHUNK + 17)
    rows = [{"id": number, "名称": str(number), "shape": SHAPES[number % 3] or SHAPES[0]} for number in numbers]
    found = read(package(rows, ogr.wkbMultiPolygon, fid, (f"DELETE FROM 图斑 WHERE {fid} % 5 = 0",)))
    expected = sorted(number for number in numbers if number % 5)
    assert found.cells.index.tolist() == expected
    assert found.cells["名称"].tolist() == list(map(str, expected))


def test_blobs_that_others_wrote(package: Callable[..., QgsVectorLayer], read: Read) -> None:
    square = shapely.box(0, 0, 1, 1)
    head = b"GP\x00\x01" + struct.pack("<i", 4549)
    blobs = [
        head + shapely.to_wkb(square, byte_order=0),
        head + shapely.to_wkb(shapely.MultiPolygon([square]), byte_order=0),
        head + shapely.to_wkb(square)[:40], b"", b"GP", b"no blob of a GeoPackage",
        head + shapely.to_wkb(square) + b"more",
    ]  # fmt: skip
    rows = [{"id": number + 1, "shape": SHAPES[0]} for number in range(len(blobs))]
    changes = [("UPDATE 图斑 SET geom = ? WHERE fid = ?", (blob, number + 1)) for number, blob in enumerate(blobs)]
    found = read(package(rows, ogr.wkbMultiPolygon, "fid", *changes))
    assert len(found.cells) == len(blobs)


def test_a_workbook(tmp_path: Path, read: Read) -> None:
    book = ogr.GetDriverByName("XLSX").CreateDataSource(str(tmp_path / "登记册.xlsx"))
    sheet = book.CreateLayer("登记册")
    kinds = [("编号", ogr.OFTString), ("面积", ogr.OFTReal), ("地块", ogr.OFTInteger), ("日", ogr.OFTDate)]
    for name, kind in kinds:
        sheet.CreateField(ogr.FieldDefn(name, kind))
    rows = [["0012", 1.5, 3, "2024/05/01"], [None, None, None, None], ["尾", -0.25, None, None], ["", None, 7, None]]
    for row in rows * CHUNK:
        feature = ogr.Feature(sheet.GetLayerDefn())
        for (name, _), value in zip(kinds, row):
            if value is not None:
                feature.SetField(name, value)
        sheet.CreateFeature(feature)
    del sheet, book
    layer = QgsVectorLayer(str(tmp_path / "登记册.xlsx"), "登记册", "ogr")
    assert stream_of(layer) is not None
    found = read(layer, fields={"编号", "面积", "地块"})
    assert found.cells["编号"].tolist()[:3] == ["0012", None, "尾"]
    assert found.cells["面积"].dropna().tolist()[:2] == [1.5, -0.25]
    assert read(layer, fields={"地块"}).cells["编号"].isna().all()


def test_a_workbook_that_is_sorted_anew_mixes_no_rows(tmp_path: Path) -> None:
    """QGIS keeps a file that it has read for a minute; days from there would stand beside numbers of other rows."""
    path = tmp_path / "合同.xlsx"

    def save(rows: list[tuple[str, float, datetime.date]]) -> None:
        book = xlsxwriter.Workbook(str(path))
        page, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        page.write_row(0, 0, ["编号", "面积", "日"])
        for place, (name, size, when) in enumerate(rows, 1):
            page.write_row(place, 0, [name, size])
            page.write_datetime(place, 2, when, day)
        book.close()

    def cells(*wanted: int) -> list[tuple[Any, ...]]:
        source = QgsProcessingFeatureSource(layer, QgsProcessingContext())
        return [row for part in layers.parts(source, wanted, None, Progress(), stream=stream_of(layer))
                for row in zip(*part.cells)]  # fmt: skip

    rows = [("甲", 1.5, datetime.date(2020, 1, 1)), ("乙", 2.5, datetime.date(2021, 1, 1))]
    save(rows)
    layer = QgsVectorLayer(str(path), "合同", "ogr")
    expected = [(name, size, day.isoformat()) for name, size, day in rows]
    assert cells(0, 1, 2) == expected
    assert len([*layer.getFeatures()]) == 2
    save(rows[::-1])
    assert set(cells(0, 1, 2)) == set(expected)
    stream = stream_of(layer)
    assert stream is not None
    assert stream.batches([0, 1], False, CHUNK) is not None


def test_a_workbook_whose_columns_share_a_name_is_left_to_qgis(tmp_path: Path, read: Read) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "双.xlsx"))
    page = book.add_worksheet()
    for place, row in enumerate([["编号", "面积", "面积"], ["甲", 1, 2], ["乙", 3, 4]]):
        page.write_row(place, 0, row)
    book.close()
    layer = QgsVectorLayer(str(tmp_path / "双.xlsx"), "双", "ogr")
    assert len(read(layer).cells) == 2


def test_an_empty_layer_and_a_table(package: Callable[..., QgsVectorLayer], read: Read) -> None:
    assert read(package([])).cells.empty


def test_a_table(package: Callable[..., QgsVectorLayer], read: Read) -> None:
    found = read(package([{"id": 4, **full(4)}], ogr.wkbNone))
    assert found.geometry is None
    assert found.cells["名称"].tolist() == ["第4村"]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_only_what_may_be_near(plots: Plots, save: Save, read: Read, elsewhere: bool) -> None:
    layer = QgsVectorLayer(str(save(plots(50), "数.gpkg", "GPKG")), "数", "ogr")
    few = np.array([shapely.box(500_950, 3_400_010, 501_050, 3_400_020)], dtype=object)
    target = QgsCoordinateReferenceSystem("EPSG:4548" if elsewhere else "EPSG:4549")
    if elsewhere:
        whole = read(layer, target_crs=target)
        few = np.array([shapely.centroid(whole.geometry[9])], dtype=object)
    found = read(layer, target_crs=target, near=Nearby(few))
    assert 1 <= len(found.cells) <= 4
    assert len(found.geometry) == len(found.measured) == len(found.cells)


def test_what_has_no_shape_stays_beside_what_may_be_near(plots: Plots, save: Save, read: Read) -> None:
    layer = plots(5)
    second, third = (feature.id() for feature in [*layer.getFeatures()][1:3])
    gone = {second: QgsGeometry.fromWkt("POLYGON EMPTY"), third: QgsGeometry()}
    assert layer.dataProvider().changeGeometryValues(gone)
    few = Nearby(np.array([shapely.box(500_000, 3_400_010, 500_010, 3_400_020)], dtype=object))
    for one in (layer, QgsVectorLayer(str(save(layer, "数.gpkg", "GPKG")), "数", "ogr")):
        found = read(one, near=few)
        assert found.geometry is not None
        assert shapely.is_missing(found.geometry).tolist() == [False, True, True]
        assert found.seen == 5


@pytest.fixture
def damaged(plots: Plots, save: Save) -> QgsVectorLayer:
    """A layer of which the second half cannot be read."""
    path = save(plots(3 * CHUNK), "数.gpkg", "GPKG")
    layer = QgsVectorLayer(str(path), "数", "ogr")
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 20 * 4096)
    return layer


@pytest.mark.parametrize("raising", [False, True])
def test_a_damaged_file_ends_where_it_is_damaged(damaged: QgsVectorLayer, read: Read, raising: bool) -> None:
    near = Nearby(np.array([shapely.box(500_000, 3_400_010, 500_010, 3_400_020)], dtype=object))
    if raising:
        # As another plugin may have told GDAL.
        ogr.UseExceptions()
    try:
        whole = read(damaged)
        part = read(damaged, near=near)
    finally:
        if raising:
            ogr.DontUseExceptions()
    assert whole.seen is not None
    assert 0 < whole.seen == len(whole.cells) < 3 * CHUNK
    assert len(part.cells) == 1
    (said,) = layers.short(part.name, 3 * CHUNK, part.count, "zh")
    assert f"共{3 * CHUNK}行，只读出{part.seen}行" in said


def test_a_check_near_a_site_tells_that_the_farmland_is_damaged(
    damaged: QgsVectorLayer, plots: Plots, run: Callable[..., Any], listener: Callable[..., Any]
) -> None:
    heard = listener()
    run("siteprecheck", {"SITE": plots(1), "FARMLAND": damaged}, heard)
    assert f"共{3 * CHUNK}行" in heard.log or f"of {3 * CHUNK} rows" in heard.log


def test_a_layer_that_changes_meanwhile_is_a_sentence(
    plots: Plots, save: Save, monkeypatch: pytest.MonkeyPatch, read: Read
) -> None:
    layer = QgsVectorLayer(str(save(plots(3), "数.gpkg", "GPKG")), "数", "ogr")
    every = layers._every
    monkeypatch.setattr(layers, "_every", lambda source, request: list(every(source, request))[1:])
    source = QgsProcessingFeatureSource(layer, QgsProcessingContext())
    day = layer.fields().indexOf("BHKSSJ")
    with pytest.raises(InputError, match="其他程序正在修改"):
        list(layers.parts(source, [1, day], None, Progress(), stream=stream_of(layer)))


def test_stops_within_a_chunk(plots: Plots, save: Save, read: Read) -> None:
    class Stopped(Progress):
        times = 0

        def cancelled(self) -> bool:
            self.times += 1
            return self.times > 1

    layer = QgsVectorLayer(str(save(plots(3), "数.gpkg", "GPKG")), "数", "ogr")
    source = QgsProcessingFeatureSource(layer, QgsProcessingContext())
    with pytest.raises(Cancelled):
        list(layers.parts(source, [1], None, Stopped(), stream=stream_of(layer)))


class TestLeftToQgis:
    """What only QGIS reads as it is meant."""

    @pytest.fixture
    def layer(self, plots: Plots, save: Save) -> QgsVectorLayer:
        return QgsVectorLayer(str(save(plots(), "数.gpkg", "GPKG")), "数", "ogr")

    def test_plain_layers_are_not(self, layer: QgsVectorLayer) -> None:
        assert stream_of(layer) is not None
        assert stream_of(layer, layer.id()) is not None
        assert stream_of(layer, QgsProcessingFeatureSourceDefinition(layer.id())) is not None

    def test_a_filter(self, layer: QgsVectorLayer) -> None:
        layer.setSubsetString("SJNF > 2000")
        assert stream_of(layer) is None

    def test_a_selection_and_a_limit(self, layer: QgsVectorLayer) -> None:
        assert stream_of(layer, QgsProcessingFeatureSourceDefinition(layer.id(), True)) is None
        assert stream_of(layer, QgsProcessingFeatureSourceDefinition(layer.id(), False, 2)) is None

    def test_an_edited_layer_and_its_file(self, layer: QgsVectorLayer, read: Read) -> None:
        other = QgsVectorLayer(layer.source(), "同", "ogr")
        before = stream_of(other)
        assert layer.startEditing()
        assert layer.changeAttributeValue(next(layer.getFeatures()).id(), 1, "改")
        assert stream_of(layer) is None
        assert stream_of(other) is None
        assert before is not None
        assert before.batches([1], True, CHUNK) is None
        assert read(layer).cells["YJJBNTTBBH"].tolist()[0] == "改"
        layer.rollBack()

    def test_virtual_fields(self, layer: QgsVectorLayer) -> None:
        layer.addExpressionField("1", field("虚", "whole"))
        assert stream_of(layer) is None

    def test_gdal_without_its_part_for_numpy(self, layer: QgsVectorLayer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "osgeo.gdal_array", None)
        assert stream_of(layer) is None

    def test_other_kinds_of_files(self, plots: Plots, save: Save) -> None:
        assert stream_of(QgsVectorLayer(str(save(plots(), "数.shp", "ESRI Shapefile")), "数", "ogr")) is None
        assert stream_of(plots()) is None
        assert stream_of(None) is None

    @pytest.mark.parametrize(
        ("type_", "subtype"), [(ogr.OFTDateTime, ogr.OFSTNone), (ogr.OFTInteger, ogr.OFSTBoolean),
                               (ogr.OFTString, ogr.OFSTJSON), (ogr.OFTBinary, ogr.OFSTNone)],
    )  # fmt: skip
    def test_fields_that_are_not_plain(self, layer: QgsVectorLayer, read: Read, type_: int, subtype: int) -> None:
        path = layer.source().split("|")[0]
        data = ogr.Open(path, 1)
        definition = ogr.FieldDefn("别的", type_)
        definition.SetSubType(subtype)
        data.GetLayer(0).CreateField(definition)
        del data
        moved = QgsVectorLayer(path, "数", "ogr")
        place = moved.fields().indexOf("别的")
        stream = stream_of(moved)
        found = stream.batches([1, place], True, CHUNK) if stream else None
        assert found is not None
        assert found[1] == [place]
        assert len(read(moved).cells) == 3


def test_copies_of_shapes_are_one_object(plots: Plots, save: Save, read: Read) -> None:
    layer = QgsVectorLayer(str(save(plots(4), "数.gpkg", "GPKG")), "数", "ogr")
    known: dict[bytes, Any] = {}
    one, other = read(layer, known=known), read(layer, known=known)
    assert one.geometry is not None
    assert other.geometry is not None
    assert all(a is b for a, b in zip(one.geometry, other.geometry))
    assert len({id(shape) for shape in one.geometry}) == 4
    assert not any(a is b for a, b in zip(one.geometry, read(layer).geometry))


def _there(point: re.Match[str]) -> str:
    """A point of `SHAPES` where coordinates of the layer's system are."""
    return f"{500_000 + int(point[1])} {3_400_000 + int(point[2])}"


class TestAreas:
    """What `ellipsoidalarea` writes, by columns and feature by feature."""

    @pytest.fixture
    def layer(self, package: Callable[..., QgsVectorLayer]) -> QgsVectorLayer:
        """Every kind of shape and of field, more than two chunks, with a recorded area that is right for most."""
        measured = 20_000.0
        square = "MULTIPOLYGON(((500000 3400000,500200 3400000,500200 3400100,500000 3400100,500000 3400000)))"
        areal = [wkt for wkt in SHAPES if not wkt or wkt.startswith(("POLYGON", "MULTIPOLYGON"))]
        there = [wkt and re.sub(r"(?<=[(,])(\d+) (\d+)", _there, wkt) for wkt in areal]
        odd = [{"id": 10 + number, **full(number), **({"shape": wkt} if wkt else {})}
               for number, wkt in enumerate(there)]  # fmt: skip
        many = [{"id": 100 + 3 * number, **full(number), "实": measured + number % 7, "shape": square}
                for number in range(2 * CHUNK + 5)]  # fmt: skip
        return package(odd + many)

    @pytest.fixture
    def areas(self, layer: QgsVectorLayer, run: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], Any]:
        def measure(by_columns: bool, recorded: str = "实") -> tuple[list[Any], list[Any], dict[str, Any]]:
            with monkeypatch.context() as patch:
                if not by_columns:
                    patch.setattr("redline.processing.stream.stream_of", lambda *_: None)
                done = run("ellipsoidalarea", {"INPUT": layer, "RECORDED": recorded, "AREA_UNIT": "m2"})
            numbers = {name: value for name, value in done.items() if name not in ("OUTPUT", "FINDINGS")}
            return _all(done["OUTPUT"]), _all(done["FINDINGS"]), numbers

        return measure

    def test_are_the_same(self, layer: QgsVectorLayer, areas: Callable[..., Any]) -> None:
        assert stream_of(layer) is not None
        for recorded in ("实", "长"):
            assert areas(True, recorded) == areas(False, recorded)

    def test_fields_and_shapes_come_out_as_they_went_in(self, layer: QgsVectorLayer, areas: Callable[..., Any]) -> None:
        output, findings, _numbers = areas(True)
        width = len(layer.fields())
        assert [(values[:width], shape) for values, shape in output] == _all(layer)
        assert len(findings) > 5
        assert sum(values[width] == values[width] and values[width] is not None for values, _ in output) > 2 * CHUNK

    def test_what_qgis_gives_counts_where_the_layer_is_changed_or_damaged(
        self, areas: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        every = layers._every
        for lost in (slice(1, None), slice(0, -1), slice(0, CHUNK + 7)):
            monkeypatch.setattr(layers, "_every", lambda source, request, lost=lost: list(every(source, request))[lost])
            assert areas(True) == areas(False)
        monkeypatch.undo()
        whole = Stream.batches
        short = lambda *given: (islice(whole(*given)[0], 1), whole(*given)[1])  # noqa: E731
        expected = areas(False)
        monkeypatch.setattr(Stream, "batches", short)
        assert areas(True) == expected


def _all(layer: QgsVectorLayer) -> list[tuple[list[Any], str]]:
    """The values and shapes of all features, in their order."""
    return [(feature.attributes(), feature.geometry().asWkt()) for feature in layer.getFeatures()]
