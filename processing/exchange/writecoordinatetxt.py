"""A layer as boundary points of permits (部标 txt)."""

from __future__ import annotations

import datetime
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSource,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterCrs,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from redline.processing.algorithm import QgisProgress, RedlineAlgorithm, language, tr

if TYPE_CHECKING:
    from redline.core.exchange.parcels import Parcel
    from redline.core.geometry.crs import Crs
    from redline.core.progress import Progress
    from redline.processing.shapes import Shapes

ENCODINGS = ["gbk", "utf-8", "utf-8-sig", "utf-16"]
ORDERS = ["north_first", "east_first"]
PREFIXES = ["as_layer", "with", "without"]
_FIELDS = ("NUMBER", "NAME", "SHEET", "PURPOSE", "CLASS")
_ATTRIBUTES = {"NUMBER": "number", "NAME": "name", "SHEET": "sheet", "PURPOSE": "purpose", "CLASS": "land_class"}
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_SYSTEMS = {"cgcs2000": "2000国家大地坐标系", "xian80": "1980西安坐标系"}
_MOST_DECIMALS = 6


class WriteCoordinateTxt(RedlineAlgorithm):
    """`redline:writecoordinatetxt`."""

    def name(self) -> str:
        return "writecoordinatetxt"

    def displayName(self) -> str:
        return tr("Layer to boundary-point text files")

    def groupId(self) -> str:
        return "exchange"

    def tags(self) -> list[str]:
        return [
            "界址点", "坐标", "部标", "txt", "勘测定界", "红线", "报批", "导出", "拐点坐标", "用地红线",
            "boundary points", "coordinates", "export", "permit", "text",
        ]  # fmt: skip

    def purpose(self) -> str:
        return tr(
            "Writes polygons as boundary-point files (勘测定界界址点坐标 txt) by the printed rule: northing first, "
            "areas in hectares, outer rings clockwise from the north-western point, holes and parts as rings of their "
            "own.\n\n"
            "The coordinates are those of the layer where this is in a Gauss-Krüger system of CGCS2000 or Xi'an 1980; "
            "any other layer needs such a system to be moved into."
        )

    def outputs_help(self) -> dict[str, str]:
        return {
            "OUTPUT": tr("Folder of the files: one for all parcels, or one for each, called by its number and name.")
        }

    def declare(self) -> None:
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                "INPUT", tr("Parcels"), [QgsProcessing.SourceType.TypeVectorPolygon]
            )
        )
        labels = {
            "NUMBER": tr("Field of the parcel's number"), "NAME": tr("Field of the parcel's name"),
            "SHEET": tr("Field of the map sheet"), "PURPOSE": tr("Field of the purpose"),
            "CLASS": tr("Field of the land class"),
        }  # fmt: skip
        for name in _FIELDS:
            self.addParameter(QgsProcessingParameterField(name, labels[name], None, "INPUT", optional=True))
        decimals = QgsProcessingParameterNumber(
            "DECIMALS", tr("Decimals of the coordinates"), QgsProcessingParameterNumber.Type.Integer, 3, False, 0,
            _MOST_DECIMALS,
        )  # fmt: skip
        self.addParameter(decimals)
        self.addParameter(
            QgsProcessingParameterEnum("ENCODING", tr("Encoding"), list(ENCODINGS), False, "gbk", False, True)
        )
        self.addParameter(
            QgsProcessingParameterEnum(
                "ORDER", tr("Which coordinate stands first"), list(ORDERS), False, "north_first", False, True
            )
        )
        self.addParameter(QgsProcessingParameterBoolean("CLOSED", tr("Repeat the first point at the end"), True))
        self.addParameter(QgsProcessingParameterBoolean("ONE_FILE", tr("All parcels in one file"), True))
        self.addParameter(QgsProcessingParameterString("PRODUCER", tr("Who made it"), "", optional=True))
        self.add_date("DATE", tr("Made on the day"), tr("Empty is today."))
        self.addParameter(QgsProcessingParameterString("VERSION", tr("Version of the format"), "1.01", optional=True))
        prefix = QgsProcessingParameterEnum(
            "PREFIX", tr("Number of the zone before the easting"), list(PREFIXES), False, "as_layer", False, True
        )
        prefix.setHelp(tr("The printed rule has it (eight digits); as_layer leaves the coordinates as they are."))
        self.addParameter(prefix)
        system = QgsProcessingParameterCrs("CRS", tr("Coordinate system of the files"), None, True)
        system.setHelp(tr("A Gauss-Krüger system of CGCS2000 or Xi'an 1980; empty is the layer's own."))
        self.addParameter(system)
        self.addParameter(QgsProcessingParameterFolderDestination("OUTPUT", tr("Folder of the files")))
        self.addOutput(QgsProcessingOutputNumber("FILE_COUNT", tr("Number of files")))

    def process(
        self, parameters: dict[str, Any], context: QgsProcessingContext, progress: QgisProgress
    ) -> dict[str, Any]:
        from redline.core.catalogue import text
        from redline.core.exchange.writing import Form, encode, header_of, write
        from redline.processing.places import write_whole

        source = self.parameterAsSource(parameters, "INPUT", context)
        if source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, "INPUT"))
        chosen = self.parameterAsCrs(parameters, "CRS", context)
        crs = chosen if chosen.isValid() else source.sourceCrs()
        plane = _plane(source, crs, context)
        decimals = self.parameterAsInt(parameters, "DECIMALS", context)
        day: datetime.date = self.date(parameters, "DATE", context)
        form = Form(
            decimals, str(self.parameterAsEnumString(parameters, "ORDER", context)),
            self.parameterAsBoolean(parameters, "CLOSED", context),
            header_of(
                _SYSTEMS[plane.ellipsoid], plane.zone_width, plane.zone, decimals,
                self.parameterAsString(parameters, "PRODUCER", context), day.isoformat(),
                self.parameterAsString(parameters, "VERSION", context),
            ),
        )  # fmt: skip
        parcels, shapes = self._read(source, parameters, context, progress.step(share=0.6))
        prefix = str(self.parameterAsEnumString(parameters, "PREFIX", context))
        shapes = _as_written(shapes, source, crs, _shift(plane, prefix), decimals, context)
        there = [(parcel, shape) for parcel, shape in zip(parcels, shapes) if shape is not None]
        for parcel, shape in zip(parcels, shapes):
            if shape is None:
                progress.tell(text("note.coordinates.no_shape", language(), number=parcel.number))
        if not there:
            raise QgsProcessingException(text("error.no_features", language(), layer=source.sourceName()))
        folder = Path(self.parameterAsString(parameters, "OUTPUT", context))
        encoding = str(self.parameterAsEnumString(parameters, "ENCODING", context))
        one = self.parameterAsBoolean(parameters, "ONE_FILE", context)
        files = {_safe(source.sourceName()): there} if one else _by_parcel(there)
        step = progress.step()
        for place, (name, several) in enumerate(files.items()):
            step.update(place / len(files))
            content, taken = encode(write(several, form), encoding)
            if taken != encoding:
                progress.tell(text("note.coordinates.encoding", language(), file=f"{name}.txt", encoding=taken.upper()))
            write_whole(folder / f"{name}.txt", partial(_put, content), language())
        return {"OUTPUT": str(folder), "FILE_COUNT": len(files)}

    def _read(
        self, source: QgsProcessingFeatureSource, parameters: dict[str, Any], context: QgsProcessingContext,
        progress: Progress,
    ) -> tuple[list[Parcel], Shapes]:  # fmt: skip
        """The parcels with their texts, and their shapes; QGIS stops at invalid ones."""
        import numpy as np

        from redline.core.exchange.parcels import Parcel
        from redline.processing.layers import CHUNK
        from redline.processing.shapes import ShapeReader
        from redline.processing.values import is_null

        chosen = {_ATTRIBUTES[name]: self.parameterAsString(parameters, name, context) for name in _FIELDS}
        reader, parcels = ShapeReader(source.sourceCrs()), []
        shapes = [np.empty(0, dtype=object)]
        waiting: list[QgsFeature] = []
        total = max(source.featureCount(), 1)
        for number, feature in enumerate(source.getFeatures(), start=1):
            progress.update(min(number / total, 1.0))
            parcel = Parcel(number)
            for name, column in chosen.items():
                if column and not is_null(feature[column]):
                    setattr(parcel, name, str(feature[column]))
            parcel.number = parcel.number or str(number)
            parcels.append(parcel)
            waiting.append(feature)
            if len(waiting) == CHUNK:
                shapes.append(reader.read(waiting))
                waiting.clear()
        return parcels, np.concatenate([*shapes, reader.read(waiting)] if waiting else shapes)


def _plane(source: QgsProcessingFeatureSource, crs: QgsCoordinateReferenceSystem, context: QgsProcessingContext) -> Crs:
    """The system of the files. Raises QgsProcessingException for one that is no Gauss-Krüger system with a zone."""
    from redline.core.catalogue import text
    from redline.processing.crs import crs_of

    found = crs_of(crs, context)
    if found is None or found.kind != "gauss" or found.ellipsoid not in _SYSTEMS or not found.zone:
        name = crs.userFriendlyIdentifier() if crs.isValid() else "—"
        raise QgsProcessingException(text("error.coordinates_system", language(), layer=source.sourceName(), crs=name))
    return found


def _shift(plane: Crs, prefix: str) -> float:
    """What is added to the eastings for the number of the zone to stand before them, or not."""
    number = plane.zone * 1e6
    return number * (prefix == "with" and not plane.prefixed) - number * (prefix == "without" and plane.prefixed)


def _as_written(
    shapes: Shapes, source: QgsProcessingFeatureSource, crs: QgsCoordinateReferenceSystem, shift: float, decimals: int,
    context: QgsProcessingContext,
) -> Shapes:  # fmt: skip
    """The shapes in the system of the files, rounded; None where nothing areal is left."""
    import numpy as np
    import shapely

    from redline.core.exchange.writing import rounded
    from redline.processing.crs import moved, transform
    from redline.processing.sinks import areal

    move = transform(source.sourceCrs(), crs, context)
    there = areal(moved(shapes, move) if move else shapes)
    there = shapely.transform(there, lambda xy: xy + np.array([shift, 0.0])) if shift else there
    result = np.empty(len(there), dtype=object)
    result[:] = [None if shape is None else rounded(shape, decimals) for shape in there]
    return result


def _put(content: bytes, draft: Path) -> None:
    draft.write_bytes(content)


def _by_parcel(parcels: list[tuple[Parcel, Any]]) -> dict[str, list[tuple[Parcel, Any]]]:
    """A file for every parcel; parcels of one name get a number behind it."""
    files: dict[str, list[tuple[Parcel, Any]]] = {}
    for parcel, shape in parcels:
        name = wanted = _safe(f"{parcel.number} {parcel.name}".strip())
        again = 1
        while name in files:
            again += 1
            name = f"{wanted} ({again})"
        files[name] = [(parcel, shape)]
    return files


def _safe(name: str) -> str:
    """A text as a file's name on every system."""
    return _FORBIDDEN.sub("_", name).strip(" .")[:100] or "parcels"
