"""Text that QGIS misreads is read right, and the user's layer is left alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from qgis.core import QgsVectorLayer
from qgis.PyQt.QtCore import QUrl

from redline.core.frames import Source
from redline.processing.encodings import readable, shapefile_encoding, text_encoding

Plots = Callable[..., QgsVectorLayer]
Save = Callable[..., Path]
Read = Callable[..., Source]

WATER_FIELD = "水田"
GBK_BYTES = b"\xcb\xae\xcc\xef"
UTF8_BYTES = b"\xe6\xb0\xb4\xe7\x94\xb0"


@pytest.fixture
def shapefile(plots: Plots, save: Save) -> Callable[..., Path]:
    """A Shapefile of three plots with a Chinese field name, in an encoding, with or without its .cpg, by LDID."""

    def make(encoding: str, cpg: str | None, language_driver: int = 0) -> Path:
        layer = plots()
        layer.startEditing()
        layer.renameAttribute(layer.fields().indexOf("DLMC"), "地类名")
        layer.commitChanges()
        path = save(layer, "图斑.shp", "ESRI Shapefile", encoding)
        sidecar = path.with_suffix(".cpg")
        sidecar.unlink()
        if cpg is not None:
            sidecar.write_text(cpg)
        table = bytearray(path.with_suffix(".dbf").read_bytes())
        table[29] = language_driver
        path.with_suffix(".dbf").write_bytes(bytes(table))
        return path

    return make


@pytest.mark.parametrize(
    ("encoding", "cpg", "language_driver", "expected"),
    [
        ("GBK", "GBK", 0, "gbk"), ("GBK", "936", 0, "gbk"), ("GBK", None, 0, "gb18030"), ("GBK", None, 0x4D, "gbk"),
        ("GBK", None, 0x57, "gb18030"), ("GBK", "UTF-8", 0, "gb18030"), ("GBK", "nonsense", 0, "gb18030"),
        ("UTF-8", "UTF-8", 0, "utf-8"), ("UTF-8", None, 0, "utf-8"), ("UTF-8", "GBK", 0, "utf-8"),
        ("UTF-8", None, 0x4D, "utf-8"), ("Big5", "Big5", 0, "big5"),
    ],
)  # fmt: skip
def test_encoding_is_told_by_the_bytes(
    shapefile: Callable[..., Path], encoding: str, cpg: str | None, language_driver: int, expected: str
) -> None:
    path = shapefile(encoding, cpg, language_driver)
    written = path.with_suffix(".dbf").read_bytes()
    assert WATER_FIELD.encode(encoding) in written
    assert shapefile_encoding(path) == expected


@pytest.mark.parametrize("cpg", ["GBK", None, "UTF-8"], ids=["with cpg", "without cpg", "with a wrong cpg"])
def test_gbk_is_read_and_the_layer_stays_as_it_is(shapefile: Callable[..., Path], read: Read, cpg: str | None) -> None:
    path = shapefile("GBK", cpg)
    assert GBK_BYTES in path.with_suffix(".dbf").read_bytes()
    layer = QgsVectorLayer(str(path), "图斑", "ogr")
    before = [field.name() for field in layer.fields()], layer.dataProvider().encoding()
    files = {file: file.read_bytes() for file in path.parent.iterdir()}
    found = readable(layer)
    right = read(found[0] if found else layer)
    assert right.cells["地类名"].tolist() == [WATER_FIELD] * 3
    assert (found is None) == (cpg == "GBK")
    assert ([field.name() for field in layer.fields()], layer.dataProvider().encoding()) == before
    assert {file: file.read_bytes() for file in path.parent.iterdir()} == files


def test_copy_keeps_filter_and_selection(shapefile: Callable[..., Path]) -> None:
    layer = QgsVectorLayer(str(shapefile("GBK", None)), "图斑", "ogr")
    layer.setSubsetString("YJJBNTTBBH <> '990101001001000000'")
    wanted = [feature.id() for feature in layer.getFeatures() if feature[0].endswith("2")]
    layer.selectByIds(wanted)
    copy, _ = readable(layer)
    assert copy.featureCount() == 2
    assert [feature[0] for feature in copy.selectedFeatures()] == ["990101001001000002"]


def test_names_cut_in_the_middle_of_a_character(plots: Plots, save: Save, read: Read) -> None:
    # A DBF holds 10 bytes of a name: 永久基本农田 ends in a broken character in UTF-8 (three bytes each).
    layer = plots()
    layer.startEditing()
    layer.renameAttribute(layer.fields().indexOf("DLMC"), "地类名称")
    layer.commitChanges()
    found = read(QgsVectorLayer(str(save(layer, "图斑.shp", "ESRI Shapefile")), "图斑", "ogr"))
    assert "地类名" in found.cells.columns
    assert found.cells["地类名"].tolist() == [WATER_FIELD] * 3


def test_ascii_needs_no_copy(plots: Plots, save: Save) -> None:
    layer = plots(DLMC=["a", "b", "c"], ZLDWMC=["x", "y", "z"])
    assert readable(QgsVectorLayer(str(save(layer, "p.shp", "ESRI Shapefile")), "p", "ogr")) is None


@pytest.mark.parametrize(("name", "driver"), [("p.gpkg", "GPKG"), ("p.geojson", "GeoJSON")])
def test_other_files_are_not_looked_into(plots: Plots, save: Save, name: str, driver: str) -> None:
    assert readable(QgsVectorLayer(str(save(plots(), name, driver)), "p", "ogr")) is None


def test_memory_layers_are_left_alone(plots: Plots) -> None:
    assert readable(plots()) is None


@pytest.mark.parametrize("size", [0, 10, 40, 200])
def test_broken_tables_are_no_crash(shapefile: Callable[..., Path], size: int) -> None:
    path = shapefile("GBK", None)
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes()[:size])
    shapefile_encoding(path)
    table.unlink()
    assert shapefile_encoding(path) is None


class TestCsv:
    TEXT = "图斑编号,地类,面积\n000012,水田,15.00\n000013,旱地,16\n"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
    def test_of_excel(self, tmp_path: Path, read: Read, encoding: str) -> None:
        path = tmp_path / "册.csv"
        path.write_bytes(self.TEXT.encode(encoding))
        layer = QgsVectorLayer(str(path), "册", "ogr")
        found = readable(layer)
        cells = read(found[0] if found else layer).cells
        assert cells.columns.tolist() == ["图斑编号", "地类", "面积"]
        assert cells["图斑编号"].tolist() == ["000012", "000013"]
        assert cells["地类"].tolist() == ["水田", "旱地"]

    @pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
    def test_delimited_text_that_lost_its_zeros(self, tmp_path: Path, read: Read, encoding: str) -> None:
        path = tmp_path / "册 表.csv"
        path.write_bytes(self.TEXT.encode(encoding))
        address = bytes(QUrl.fromLocalFile(str(path)).toEncoded()).decode()
        layer = QgsVectorLayer(f"{address}?type=csv&geomType=none", "册", "delimitedtext")
        assert read(layer).cells.iloc[0, 0] == 12
        copy, _ = readable(layer)
        cells = read(copy).cells
        assert cells.columns.tolist() == ["图斑编号", "地类", "面积"]
        assert cells["图斑编号"].tolist() == ["000012", "000013"]
        assert cells["地类"].tolist() == ["水田", "旱地"]

    def test_delimited_text_goes_out_as_it_came_in(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_text("id,x\n1,2\n")
        layer = QgsVectorLayer(f"file://{path}?type=csv&geomType=none", "a", "delimitedtext")
        assert readable(layer, codes_as_text=False) is None


class TestBytes:
    def test_a_character_cut_off_at_the_end_is_no_fault(self) -> None:
        assert text_encoding([UTF8_BYTES[:-1]]) == "utf-8"
        assert text_encoding([GBK_BYTES + b"\xcc"]) == "gb18030"

    def test_gbk_that_could_be_latvian_is_what_it_is_declared_to_be(self) -> None:
        both = "模".encode("gbk")
        assert both.decode("utf-8") == "ģ"
        assert text_encoding([both], "gbk") == "gbk"
        assert text_encoding([both]) == "utf-8"

    def test_nothing_fits(self) -> None:
        assert text_encoding([b"\xff\xff\xff"]) is None
        assert text_encoding([b"plain"]) is None


def test_files_beside_in_capitals(shapefile: Callable[..., Path]) -> None:
    path = shapefile("GBK", None)
    shutil.move(path.with_suffix(".dbf"), path.with_suffix(".DBF"))
    assert shapefile_encoding(path) == "gb18030"
