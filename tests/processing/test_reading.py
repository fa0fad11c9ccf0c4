"""Any source becomes the same cells, shapes and areas, whatever file or server it lies in."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsDistanceArea,
    QgsFeature,
    QgsFeatureRequest,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsVectorLayer,
    QgsVectorLayerExporter,
)
from qgis.PyQt.QtCore import QDate, QDateTime, QTime

from redline.core import frames
from redline.core.findings import Findings
from redline.core.frames import Source
from redline.core.geometry.nearby import Nearby
from redline.core.progress import Cancelled, Progress
from redline.processing.crs import crs_of
from redline.processing.layers import known_fields

Plots = Callable[..., QgsVectorLayer]
Save = Callable[..., Path]
Read = Callable[..., Source]

class TestFormats:
    """The same three plots out of every container."""

    @pytest.mark.parametrize(
        ("name", "driver"),
        [("数.gpkg", "GPKG"), ("数.shp", "ESRI Shapefile"), ("数.geojson", "GeoJSON"), ("数.tab", "MapInfo File"),
         ("数.gdb", "OpenFileGDB"), ("数.fgb", "FlatGeobuf")],
    )  # fmt: skip
    def test_same_cells_shapes_and_areas(
        self, plots: Plots, save: Save, read: Read, name: str, driver: str
    ) -> None:
        layer = plots()
        expected = read(layer)
        if gdal.GetDriverByName(driver).GetMetadataItem("DCAP_CREATE") != "YES":
            pytest.skip(f"this GDAL cannot write {driver}")
        found = read(QgsVectorLayer(str(save(layer, name, driver)), "数据", "ogr"))
        cells = found.cells.sort_values("YJJBNTTBBH")
        order = [found.cells.index.get_loc(row) for row in cells.index]
        assert cells["YJJBNTTBBH"].tolist() == ["990101001001000000", "990101001001000001", "990101001001000002"]
        assert cells["DLMC"].tolist() == ["水田"] * 3
        assert cells["YJJBNTTBMJ"].tolist() == [10000.0] * 3
        assert [str(day)[:10].replace("/", "-") for day in cells["BHKSSJ"]] == ["2024-05-01"] * 3
        parts = [shapely.get_geometry(shape, 0) for shape in found.geometry[order]]
        # MapInfo keeps whole steps of a grid.
        apart = [shapely.hausdorff_distance(a, b) for a, b in zip(parts, expected.geometry)]
        assert max(apart) < (0.05 if driver == "MapInfo File" else 1e-9)
        assert found.measured is not None
        assert found.measured[order] == pytest.approx(expected.measured, abs=5 if driver == "MapInfo File" else 0.005)

    def test_official_area_of_a_hectare_beside_the_meridian(self, plots: Plots, read: Read) -> None:
        # DOMAIN 3.3: the square at the central meridian is 10 000.00 m² on the ellipsoid too.
        assert read(plots(1)).measured == pytest.approx([10_000.0], abs=0.005)

    def test_csv_keeps_leading_zeros(self, tmp_path: Path, read: Read) -> None:
        path = tmp_path / "册.csv"
        path.write_text("图斑编号,村代码,面积（亩）\n000012,0101,15.00\n000013,0102,\"1,500.5\"\n", encoding="utf-8")
        found = read(QgsVectorLayer(str(path), "册", "ogr"))
        assert found.cells["图斑编号"].tolist() == ["000012", "000013"]
        assert found.cells["面积（亩）"].tolist() == ["15.00", "1,500.5"]
        assert found.geometry is None
        assert found.crs is None

    def test_workbook_whose_header_ogr_does_not_see(self, tmp_path: Path, read: Read) -> None:
        # All cells are text, so OGR takes the header for data and calls the fields Field1 … (QGIS issue 42147).
        rows = [["图斑编号", "村代码", "地类", "面积（亩）"], ["000001", "990101001001", "水田", "15.00"]]
        found = read(QgsVectorLayer(str(workbook(tmp_path, rows)), "登记册", "ogr"))
        assert found.cells.columns[0] == "Field1"
        frame = frames.read(found, "register", Findings())
        assert frame.rows["key"].tolist() == ["000001"]
        assert frame.rows["area"].to_numpy() == pytest.approx([10_000.0])

    def test_workbook_whose_header_ogr_sees(self, tmp_path: Path, read: Read) -> None:
        rows = [["图斑编号", "村代码", "地类", "面积（亩）"], ["000001", "990101001001", "水田", 15]]
        found = read(QgsVectorLayer(str(workbook(tmp_path, rows)), "登记册", "ogr"))
        assert found.cells.columns[0] == "图斑编号"
        frame = frames.read(found, "register", Findings())
        assert frame.rows["key"].tolist() == ["000001"]
        assert frame.rows["area"].to_numpy() == pytest.approx([10_000.0])

    def test_workbook_with_titles_above_and_totals_below(self, tmp_path: Path, read: Read) -> None:
        rows = [
            ["示范县永久基本农田登记册"], ["单位：亩"], ["图斑编号", "村代码", "地类", "面积"],
            ["000001", "990101001001", "水田", 15], ["合计", None, None, 15],
        ]  # fmt: skip
        found = read(QgsVectorLayer(str(workbook(tmp_path, rows)), "登记册", "ogr"))
        frame = frames.read(found, "register", Findings())
        assert frame.rows["key"].tolist() == ["000001"]
        assert frame.rows["area"].to_numpy() == pytest.approx([10_000.0])

    @pytest.mark.shared
    def test_file_geodatabase_of_esri(self, shared_data: Path, read: Read) -> None:
        path = shared_data / "formats" / "filegdb" / "test_gdb.gdb"
        layer = QgsVectorLayer(f"{path}|geometrytype=Polygon25D", "gdb", "ogr")
        if not layer.isValid() or layer.featureCount() == 0:
            layer = QgsVectorLayer(f"{path}|layername=polys", "gdb", "ogr")
        found = read(layer)
        assert len(found.cells) == 2
        assert not shapely.has_z(found.geometry).any()

    @pytest.mark.shared
    def test_curves_become_fine_segments(self, shared_data: Path, read: Read) -> None:
        layer = QgsVectorLayer(str(shared_data / "formats" / "curved_polys.gpkg"), "curves", "ogr")
        found = read(layer)
        assert found.straightened == 4
        true = [feature.geometry().area() for feature in layer.getFeatures()]
        assert shapely.area(found.geometry) == pytest.approx(true, rel=1e-3)

    @pytest.mark.shared
    def test_invalid_shapes_are_read(self, shared_data: Path, read: Read) -> None:
        found = read(QgsVectorLayer(str(shared_data / "formats" / "invalidgeometries.gml"), "invalid", "ogr"))
        assert len(found.cells) == 1
        assert not shapely.is_valid(found.geometry).any()


class TestShapes:
    """What is no plain polygon."""

    def layer(self, *wkt: str, kind: str = "Polygon") -> QgsVectorLayer:
        layer = QgsVectorLayer(f"{kind}?crs=EPSG:4549&field=n:integer", "形", "memory")
        for number, text in enumerate(wkt):
            feature = QgsFeature(layer.fields())
            feature.setAttributes([number])
            if text:
                feature.setGeometry(QgsGeometry.fromWkt(text))
            assert layer.dataProvider().addFeature(feature)
        return layer

    def test_without_geometry_or_empty_is_none(self, read: Read) -> None:
        found = read(self.layer("", "POLYGON EMPTY", "POLYGON((0 0,1 0,1 1,0 0))"))
        assert [shape is None for shape in found.geometry] == [True, True, False]
        assert np.isnan(found.measured[:2]).all()

    def test_heights_and_measures_are_dropped(self, read: Read) -> None:
        found = read(self.layer("POLYGON ZM((0 0 5 7,1 0 5 7,1 1 5 7,0 0 5 7))", kind="PolygonZM"))
        assert not shapely.has_z(found.geometry[0])
        assert shapely.equals(found.geometry[0], shapely.from_wkt("POLYGON((0 0,1 0,1 1,0 0))"))

    def test_circle_has_the_area_of_a_circle(self, read: Read) -> None:
        arcs = "500000 3400000,500100 3400100,500200 3400000,500100 3399900,500000 3400000"
        found = read(self.layer(f"CURVEPOLYGON(CIRCULARSTRING({arcs}))", kind="CurvePolygon"))
        assert found.straightened == 1
        # Chords at most a millimetre off an arc of 100 m: less than 0.7 m² of 31 416.
        assert shapely.area(found.geometry[0]) == pytest.approx(math.pi * 100**2, abs=0.7)

    @pytest.mark.parametrize(
        "wkt",
        ["POLYGON((0 0,1 1))", "POLYGON((0 0,1 1,1 0))", "POLYGON((0 0))",
         "MULTIPOLYGON(((0 0,1 1)),((5 5,6 5,6 6,5 5)))"],
        ids=["two points", "open", "one point", "one part too short"],
    )  # fmt: skip
    def test_rings_that_geos_refuses_stay_visible(self, read: Read, wkt: str) -> None:
        kind = "MultiPolygon" if wkt.startswith("MULTI") else "Polygon"
        found = read(self.layer(wkt, "POLYGON((0 0,1 0,1 1,0 0))", kind=kind))
        assert found.geometry[0] is not None
        assert shapely.is_valid(found.geometry[1])

    def test_points_have_no_area(self, read: Read) -> None:
        found = read(self.layer("POINT(500000 3400000)", kind="Point"))
        assert np.isnan(found.measured).all()
        assert found.geometry_type == "point"

    def test_empty_layer(self, read: Read) -> None:
        found = read(self.layer())
        assert len(found.cells) == 0
        assert len(found.geometry) == 0
        assert found.bounds is None


class TestCells:
    def test_nulls_days_and_numbers(self, read: Read) -> None:
        layer = QgsVectorLayer(
            "NoGeometry?field=t:string&field=d:date&field=dt:datetime&field=h:time&field=n:integer&field=m:integer"
            "&field=x:double&field=b:boolean&field=l:int8", "表", "memory",
        )  # fmt: skip
        full, empty = QgsFeature(layer.fields()), QgsFeature(layer.fields())
        noon = QDateTime(QDate(2024, 5, 1), QTime(12, 30))
        full.setAttributes(["水田", QDate(2024, 5, 1), noon, QTime(12, 30), 7, 1, 1.5, True, 990101001001000012])
        empty.setAttributes([None, None, None, None, None, 2, None, None, None])
        layer.dataProvider().addFeatures([full, empty])
        found = read(layer).cells
        assert found.iloc[0].tolist()[:4] == ["水田", "2024-05-01", "2024-05-01T12:30:00", "12:30:00"]
        assert found.iloc[0].tolist()[4:] == [7, 1, 1.5, True, 990101001001000012]
        assert found.iloc[1].isna().tolist() == [True, True, True, True, True, False, True, True, True]
        assert str(found["x"].dtype) == "float64"

    def test_only_the_fields_wanted_are_read(self, plots: Plots, read: Read) -> None:
        found = read(plots(), fields=["DLBM"])
        assert found.cells.columns[0] == "YJJBNTTBBH"
        assert found.cells["DLBM"].tolist() == ["0101"] * 3
        assert found.cells["YJJBNTTBBH"].isna().all()

    def test_fields_that_mean_something(self, plots: Plots) -> None:
        layer = plots()
        source = QgsProcessingFeatureSource(layer, QgsProcessingContext())
        known = known_fields(source, "map", layer.name())
        assert {"YJJBNTTBBH", "ZLDWDM", "DLBM", "YJJBNTTBMJ"} <= known

    def test_without_geometry_where_none_is_wanted(self, plots: Plots, read: Read) -> None:
        found = read(plots(), geometry=False)
        assert found.geometry is None
        assert list(found.cells.index) == [0, 1, 2]


class TestCoordinateSystems:
    def test_other_zone_comes_in_the_target_and_is_measured_in_its_own(self, plots: Plots, read: Read) -> None:
        layer = plots(2)
        target = QgsCoordinateReferenceSystem("EPSG:4528")
        found = read(layer, target_crs=target)
        back = read_back(found, target)
        own = read(layer)
        assert [shapely.hausdorff_distance(a, b) for a, b in zip(back, own.geometry)] == pytest.approx([0, 0], abs=1e-4)
        assert found.measured.tolist() == own.measured.tolist()
        assert found.bounds == pytest.approx((500_000, 3_400_000, 500_200, 3_400_100))
        assert found.crs.name == "EPSG:4549"

    def test_many_points_move_as_one_by_one(self, plots: Plots, read: Read) -> None:

        layer = plots(50)
        target = QgsCoordinateReferenceSystem("EPSG:4490")
        found = read(layer, target_crs=target)
        to = QgsCoordinateTransform(layer.crs(), target, QgsCoordinateTransformContext())
        for feature, shape in zip(layer.getFeatures(), found.geometry):
            geometry = feature.geometry()
            geometry.transform(to)
            expected = shapely.from_wkb(geometry.asWkb().data())
            assert shapely.get_coordinates(shape) == pytest.approx(shapely.get_coordinates(expected), abs=1e-12)

    def test_what_cannot_be_moved_is_told(self, read: Read) -> None:
        layer = QgsVectorLayer("Polygon?crs=EPSG:4549&field=n:integer", "远", "memory")
        near = "POLYGON((500000 3400000,500100 3400000,500000 3400100,500000 3400000))"
        for text in ("POLYGON((5e20 3e20,6e20 3e20,6e20 4e20,5e20 3e20))", near):
            feature = QgsFeature(layer.fields())
            feature.setGeometry(QgsGeometry.fromWkt(text))
            layer.dataProvider().addFeature(feature)
        told: list[str] = []

        class Heard(Progress):
            def say(self, text: str) -> None:
                told.append(text)

        found = read(layer, target_crs=QgsCoordinateReferenceSystem("EPSG:4490"), progress=Heard(), language="zh")
        assert found.geometry[0].bounds == (5e20, 3e20, 6e20, 4e20)
        assert found.geometry[1].bounds[0] == pytest.approx(120.0)
        assert "远" in told[0]
        assert "1" in told[0]

    def test_no_crs_means_no_areas(self, plots: Plots, read: Read) -> None:
        layer = plots()
        layer.setCrs(QgsCoordinateReferenceSystem())
        found = read(layer, target_crs=QgsCoordinateReferenceSystem("EPSG:4549"))
        assert found.crs is None
        assert found.measured is None
        assert found.geometry[0] is not None

    @pytest.mark.parametrize(
        ("crs", "kind", "zone"),
        [("EPSG:4549", "gauss", 40), ("EPSG:4528", "gauss", 40), ("EPSG:4490", "lonlat", 0), ("EPSG:2154", "other", 0),
         ("EPSG:3857", "other", 0)],
    )  # fmt: skip
    def test_kinds(self, crs: str, kind: str, zone: int) -> None:
        found = crs_of(QgsCoordinateReferenceSystem(crs), QgsProcessingContext())
        assert (found.kind, found.zone) == (kind, zone)

    def test_custom_crs_is_understood_by_its_definition(self) -> None:
        proj = "+proj=tmerc +lat_0=0 +lon_0=118.5 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m"
        found = crs_of(QgsCoordinateReferenceSystem.fromProj(proj), QgsProcessingContext())
        assert (found.kind, found.central_meridian) == ("gauss", 118.5)

    def test_other_kinds_are_measured_through_longitude_and_latitude(self, read: Read) -> None:
        layer = QgsVectorLayer("Polygon?crs=EPSG:2154&field=n:integer", "法", "memory")
        feature = QgsFeature(layer.fields())
        ring = "650000 6860000,650100 6860000,650100 6860100,650000 6860100,650000 6860000"
        feature.setGeometry(QgsGeometry.fromWkt(f"POLYGON(({ring}))"))
        layer.dataProvider().addFeature(feature)

        measure = QgsDistanceArea()
        measure.setSourceCrs(layer.crs(), QgsCoordinateTransformContext())
        measure.setEllipsoid("EPSG:7019")
        assert read(layer).measured == pytest.approx([measure.measureArea(feature.geometry())], abs=0.01)


class TestWhatIsAskedFor:
    def test_filter_of_the_layer(self, plots: Plots, save: Save, read: Read) -> None:
        layer = QgsVectorLayer(str(save(plots(), "筛.gpkg", "GPKG")), "筛", "ogr")
        layer.setSubsetString("\"YJJBNTTBBH\" = '990101001001000001'")
        assert read(layer).cells["YJJBNTTBBH"].tolist() == ["990101001001000001"]

    def test_cells_are_indexed_by_feature(self, plots: Plots, read: Read) -> None:
        layer = plots()
        ids = [feature.id() for feature in layer.getFeatures(QgsFeatureRequest())]
        assert read(layer).cells.index.tolist() == ids

    def test_cancelling_ends_it(self, plots: Plots, read: Read) -> None:
        class Impatient(Progress):
            def cancelled(self) -> bool:
                return True

        with pytest.raises(Cancelled):
            read(plots(), progress=Impatient())

    def test_the_collector_of_python_is_on_again(self, plots: Plots, read: Read) -> None:
        import gc

        read(plots())
        assert gc.isenabled()


class TestNearby:
    """Of a large layer only what may meet a small one, in whatever system it is."""

    def test_only_what_may_meet_the_shapes_is_read(self, plots: Plots, read: Read) -> None:
        layer = plots(5)
        site = np.array([shapely.box(500_110, 3_400_010, 500_190, 3_400_020)], dtype=object)
        crs = layer.crs()
        near = read(layer, near=Nearby(site), target_crs=crs)
        assert near.cells["YJJBNTTBBH"].tolist() == ["990101001001000001"]
        assert near.geometry is not None
        assert near.measured is not None
        assert (len(near.geometry), near.measured[0]) == (1, 10000.0)
        touching = read(layer, near=Nearby(site, margin=10.0), target_crs=crs)
        assert touching.cells["YJJBNTTBBH"].str[-1].tolist() == ["0", "1", "2"]

    def test_in_another_system_as_well(self, plots: Plots, read: Read) -> None:
        layer, crs = plots(5), QgsCoordinateReferenceSystem("EPSG:4548")
        whole = read(layer, target_crs=crs)
        assert whole.geometry is not None
        near = read(layer, near=Nearby(shapely.buffer(whole.geometry[2:3], -10.0)), target_crs=crs)
        assert near.cells["YJJBNTTBBH"].tolist() == whole.cells["YJJBNTTBBH"].tolist()[2:3]
        assert near.geometry is not None
        assert near.measured is not None
        assert near.geometry.tolist() == whole.geometry.tolist()[2:3]
        assert near.measured.tolist() == [10000.0]
        assert near.bounds == whole.bounds

    def test_what_has_no_shape_is_read_all_the_same(self, plots: Plots, read: Read) -> None:
        layer = plots(3)
        first = next(layer.getFeatures()).id()
        layer.dataProvider().changeGeometryValues({first: QgsGeometry()})
        far = Nearby(np.array([shapely.box(0, 0, 1, 1)], dtype=object))
        assert read(layer, near=far).cells["YJJBNTTBBH"].tolist() == ["990101001001000000"]


@pytest.mark.skipif("REDLINE_POSTGIS" not in os.environ, reason="no database: REDLINE_POSTGIS is not set")
def test_postgis(plots: Plots, read: Read) -> None:

    connection = os.environ["REDLINE_POSTGIS"]
    uri = f"{connection} key='id' srid=4549 type=Polygon table=\"public\".\"redline_plots\" (geom)"
    layer = plots()
    done, reason = QgsVectorLayerExporter.exportLayer(layer, uri, "postgres", layer.crs(), False, {"overwrite": True})
    assert not done, reason
    found = read(QgsVectorLayer(uri, "库", "postgres"))
    names = [name for name in found.cells.columns if name.upper() == "YJJBNTTBBH"]
    assert sorted(found.cells[names[0]]) == ["990101001001000000", "990101001001000001", "990101001001000002"]
    assert found.measured == pytest.approx(read(layer).measured)
    filtered = QgsVectorLayer(uri + f" sql=\"{names[0]}\" LIKE '%2'", "库", "postgres")
    assert len(read(filtered).cells) == 1


def workbook(folder: Path, rows: list[list[object]]) -> Path:
    """An .xlsx file with one sheet of these rows."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    path = folder / "登记册.xlsx"
    book.save(path)
    return path


def read_back(source: Source, crs: QgsCoordinateReferenceSystem) -> list[shapely.Geometry]:
    """The shapes, from `crs` into EPSG:4549, by QGIS one by one."""

    to = QgsCoordinateTransform(crs, QgsCoordinateReferenceSystem("EPSG:4549"), QgsCoordinateTransformContext())
    shapes = []
    for shape in source.geometry:
        geometry = QgsGeometry()
        geometry.fromWkb(shapely.to_wkb(shape))
        geometry.transform(to)
        shapes.append(shapely.from_wkb(geometry.asWkb().data()))
    return shapes
