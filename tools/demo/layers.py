"""Writing and reading the demo's layers with OGR, byte for byte the same each time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import shapely
from osgeo import gdal, ogr, osr

from redline.tools.demo.areas import EPSG, transformation

Fields = Sequence[tuple[str, str, int]]
WRITTEN = "2026-06-30"

gdal.UseExceptions()
ogr.UseExceptions()
gdal.SetConfigOption("OGR_CURRENT_DATE", f"{WRITTEN}T00:00:00.000Z")


def create_geopackage(path: Path) -> ogr.DataSource:
    """A new, empty GeoPackage."""
    return ogr.GetDriverByName("GPKG").CreateDataSource(str(path))


def create_shapefile(path: Path) -> ogr.DataSource:
    """A new shapefile."""
    return ogr.GetDriverByName("ESRI Shapefile").CreateDataSource(str(path))


def write_layer(
    source: ogr.DataSource, name: str, title: str, fields: Fields, rows: Iterable[dict[str, Any]], epsg: int = EPSG
) -> None:
    """Write rows as a layer of polygons or points.

    Args:
        source: a GeoPackage, or a shapefile (then written in GBK).
        name: layer name.
        title: layer description, kept by GeoPackages.
        fields: name, kind (text, real, factor, whole) and length of each field.
        rows: values by field name, and `geometry` in EPSG:4525 or None.
        epsg: system to write the coordinates in.
    """
    system = osr.SpatialReference()
    system.ImportFromEPSG(epsg)
    system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    change = None if epsg == EPSG else transformation(EPSG, epsg)
    if source.GetDriver().GetName() == "GPKG":
        options = ["GEOMETRY_NAME=geom", f"DESCRIPTION={title}"]
    else:
        options = ["ENCODING=GBK", f"DBF_DATE_LAST_UPDATE={WRITTEN}"]
    rows = list(rows)
    kinds = {row["geometry"].geom_type for row in rows if row["geometry"] is not None}
    # A shapefile has one type for polygons of one part and of several.
    parted = "MultiPolygon" in kinds
    kind = ogr.wkbPoint if "Point" in kinds else ogr.wkbMultiPolygon if parted else ogr.wkbPolygon
    layer = source.CreateLayer(name, system, kind, options)
    for field, what, length in fields:
        definition = ogr.FieldDefn(field, {"text": ogr.OFTString, "whole": ogr.OFTInteger}.get(what, ogr.OFTReal))
        definition.SetWidth(length)
        definition.SetPrecision({"real": 2, "factor": 4}.get(what, 0))
        layer.CreateField(definition)
    layer.StartTransaction()
    for row in rows:
        feature = ogr.Feature(layer.GetLayerDefn())
        for index, (field, _, _) in enumerate(fields):  # by number: names are searched for one by one
            if row[field] not in (None, ""):
                feature[index] = row[field]
        if row["geometry"] is not None:
            geometry = ogr.CreateGeometryFromWkb(shapely.to_wkb(row["geometry"]))
            if parted:
                geometry = ogr.ForceToMultiPolygon(geometry)
            if change:
                geometry.Transform(change)
            feature.SetGeometryDirectly(geometry)
        layer.CreateFeature(feature)
    layer.CommitTransaction()


def read_layer(path: Path, name: str | None = None) -> tuple[Fields, list[dict[str, Any]]]:
    """Fields and rows of a layer, as `write_layer` takes them.

    Args:
        path: GeoPackage or shapefile.
        name: layer; the first where it is left out.
    """
    source = ogr.Open(str(path))
    layer = source.GetLayerByName(name) if name else source.GetLayer(0)
    definition = layer.GetLayerDefn()
    fields = []
    for index in range(definition.GetFieldCount()):
        field = definition.GetFieldDefn(index)
        kind = {ogr.OFTString: "text", ogr.OFTReal: "real"}.get(field.GetType(), "whole")
        if kind == "real" and field.GetName() == "KCXS":
            kind = "factor"
        fields.append((field.GetName(), kind, field.GetWidth() or 15))
    rows = []
    for feature in layer:
        geometry = feature.GetGeometryRef()
        row = {name: feature[index] for index, (name, _, _) in enumerate(fields)}
        shape = None if geometry is None else shapely.from_wkb(bytes(geometry.ExportToIsoWkb()))
        single = shape is not None and shapely.get_num_geometries(shape) == 1
        rows.append({**row, "geometry": shapely.get_geometry(shape, 0) if single else shape})
    return fields, rows
