"""Findings as a file to hand on: a workbook to read, a GeoPackage or GeoJSON to work with. Personal data are masked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsFeatureRequest,
    QgsFields,
    QgsProcessingException,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.PyQt import sip

from redline.core.catalogue import text, titles
from redline.core.privacy import mask
from redline.processing.algorithm import tr
from redline.processing.places import write_whole
from redline.processing.styles import apply_style
from redline.processing.values import is_null
from redline.processing.workbook import MOST_ROWS, no_writer, writer

KINDS = (".xlsx", ".gpkg", ".geojson")
_LISTED = ("severity", "role", "status", "change", "measure")
_WIDTHS = {"message": 60, "how_to_fix": 50, "title": 26, "key": 24, "note": 30, "unit_name": 14, "rule": 8}
_LEAST_WIDTH = 11
_PRECISION = 9  # decimals of a degree: a tenth of a millimetre


def export_findings(layer: QgsVectorLayer, fids: Sequence[int], path: Path, speech: str) -> None:
    """Write findings (in the order of their feature ids) to a file of one of KINDS, in place of one that is there.

    The file appears whole or not at all. Raises QgsProcessingException with a sentence where it cannot be written.
    """
    kinds: dict[str, Callable[[Path], None]] = {
        ".xlsx": lambda draft: _workbook(layer, fids, draft, speech),
        ".gpkg": lambda draft: _spatial(layer, fids, draft, "GPKG", speech),
        ".geojson": lambda draft: _spatial(layer, fids, draft, "GeoJSON", speech),
    }
    kind = path.suffix.lower()
    if kind not in kinds:
        message = tr("“{path}” is none of the kinds that findings can be exported to: {kinds}.")
        raise QgsProcessingException(message.format(path=path, kinds=" ".join(KINDS)))
    write_whole(path, kinds[kind], speech)


def _columns(layer: QgsVectorLayer) -> list[int]:
    """The fields that are exported: all but the id that the file gives them."""
    keys = layer.primaryKeyAttributes()
    return [place for place in range(len(layer.fields())) if place not in keys]


def _features(layer: QgsVectorLayer, fids: Sequence[int], shapes: bool) -> Iterator[tuple[QgsFeature, list[Any]]]:
    """Every finding with the values of its columns, personal numbers masked as the results' are."""
    columns = _columns(layer)
    key = layer.fields().lookupField("key")
    request = QgsFeatureRequest().setFilterFids(list(fids))
    if not shapes:
        request.setFlags(QgsFeatureRequest.Flag.NoGeometry)
    # Ids come in any order.
    for feature in sorted(layer.getFeatures(request), key=lambda feature: int(feature.id())):
        values = feature.attributes()
        own = "" if key < 0 or is_null(values[key]) else str(values[key])
        yield (
            feature,
            [mask(value, own) if isinstance(value, str) else value for value in (values[at] for at in columns)],
        )


def _spatial(layer: QgsVectorLayer, fids: Sequence[int], draft: Path, driver: str, speech: str) -> None:
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName, options.layerName, options.fileEncoding = driver, "findings", "UTF-8"
    crs, move = layer.crs(), None
    if driver == "GeoJSON":
        # RFC 7946 knows longitude and latitude alone.
        crs = QgsCoordinateReferenceSystem("EPSG:4326")
        move = QgsCoordinateTransform(layer.crs(), crs, QgsCoordinateTransformContext())
        options.layerOptions = ["RFC7946=YES", f"COORDINATE_PRECISION={_PRECISION}"]
    fields = QgsFields()
    for place in _columns(layer):
        fields.append(layer.fields()[place])
    made = QgsVectorFileWriter.create(
        str(draft), fields, layer.wkbType(), crs, QgsCoordinateTransformContext(), options
    )
    try:
        for feature, values in _features(layer, fids, shapes=True):
            out = QgsFeature(fields)
            geometry = feature.geometry()
            if not geometry.isEmpty():
                if move is not None:
                    geometry.transform(move)
                out.setGeometry(geometry)
            out.setAttributes(values)
            made.addFeature(out)
        if made.hasError() != QgsVectorFileWriter.WriterError.NoError:
            raise OSError(made.errorMessage())
    finally:
        sip.delete(made)
    if driver == "GPKG":
        written = QgsVectorLayer(f"{draft}|layername=findings", "findings", "ogr")
        if written.isValid() and apply_style(written, "findings", speech):
            written.saveStyleToDatabase("findings", "Redline", True, "")
        sip.delete(written)


def _workbook(layer: QgsVectorLayer, fids: Sequence[int], draft: Path, speech: str) -> None:
    """One sheet to read, sort and filter: titles and words in the user's language, numbers of plots as text."""
    library = writer()
    if library is None:
        raise QgsProcessingException(no_writer())
    if len(fids) > MOST_ROWS:
        message = tr(
            "{count} findings are more than a sheet of a workbook holds ({most}): filter them, or export a GeoPackage."
        )
        raise QgsProcessingException(message.format(count=len(fids), most=MOST_ROWS))
    names = [layer.fields()[place].name() for place in _columns(layer)]
    words = {name: titles("findings.status" if name == "status" else name, speech) for name in _LISTED}
    options = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    book = library.Workbook(str(draft), {**options, "constant_memory": True})
    sheet = book.add_worksheet(titles("layer", speech)["findings"][:31])
    head = book.add_format({"bold": True, "bg_color": "#F2F2F2", "border": 1, "text_wrap": True, "valign": "vcenter"})
    number = book.add_format({"num_format": "#,##0.00"})
    for column, name in enumerate(names):
        sheet.set_column(column, column, _WIDTHS.get(name, _LEAST_WIDTH))
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, [_title(name, speech) for name in names], head)
    row = 0
    for row, (_, values) in enumerate(_features(layer, fids, shapes=False), 1):
        for column, (name, value) in enumerate(zip(names, values)):
            if is_null(value):
                continue
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                sheet.write_number(row, column, value, number if isinstance(value, float) else None)
            else:
                sheet.write_string(row, column, words.get(name, {}).get(str(value), str(value)))
    sheet.autofilter(0, 0, max(row, 1), len(names) - 1)
    book.close()


def _title(name: str, speech: str) -> str:
    try:
        return text(f"column.{name}", speech)
    except KeyError:
        return name
