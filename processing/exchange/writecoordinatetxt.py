"""A layer as boundary points of permits (部标 txt)."""

from __future__ import annotations

import datetime
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
    QgsWkbTypes,
)

from redline.processing.algorithm import QgisProgress, RedlineAlgorithm, language, tr

if TYPE_CHECKING:
    from redline.core.exchange.coordinates import Parcel

ENCODINGS = ["gbk", "utf-8", "utf-8-sig", "utf-16"]
ORDERS = ["north_first", "east_first"]
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
            "The layer must be in a Gauss-Krüger system of CGCS2000 or Xi'an 1980: its coordinates are written as they "
            "are."
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
        self.addParameter(QgsProcessingParameterFolderDestination("OUTPUT", tr("Folder of the files")))
        self.addOutput(QgsProcessingOutputNumber("FILE_COUNT", tr("Number of files")))

    def process(
        self, parameters: dict[str, Any], context: QgsProcessingContext, progress: QgisProgress
    ) -> dict[str, Any]:
        from redline.core.exchange.coordinates import Form, header_of, write
        from redline.processing.places import write_whole

        source = self.parameterAsSource(parameters, "INPUT", context)
        if source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, "INPUT"))
        system, width, zone = self._system(source, context)
        decimals = self.parameterAsInt(parameters, "DECIMALS", context)
        day: datetime.date = self.date(parameters, "DATE", context)
        producer = self.parameterAsString(parameters, "PRODUCER", context)
        form = Form(
            decimals, str(self.parameterAsEnumString(parameters, "ORDER", context)),
            self.parameterAsBoolean(parameters, "CLOSED", context),
            header_of(system, width, zone, decimals, producer, day.isoformat()),
        )  # fmt: skip
        parcels = self._parcels(source, parameters, context, progress)
        folder = Path(self.parameterAsString(parameters, "OUTPUT", context))
        encoding = str(self.parameterAsEnumString(parameters, "ENCODING", context))
        one = self.parameterAsBoolean(parameters, "ONE_FILE", context)
        files = {_safe(source.sourceName()): parcels} if one else _by_parcel(parcels)
        for place, (name, several) in enumerate(files.items()):
            progress.update(place / len(files))
            content = write(several, form).encode(encoding, "replace")
            write_whole(folder / f"{name}.txt", partial(_put, content), language())
        return {"OUTPUT": str(folder), "FILE_COUNT": len(files)}

    def _system(self, source: Any, context: QgsProcessingContext) -> tuple[str, int, int]:
        """Datum, zone width and zone for the header. Raises QgsProcessingException for no Gauss-Krüger system."""
        from redline.core.catalogue import text
        from redline.processing.layers import crs_of

        crs = source.sourceCrs()
        found = crs_of(crs, context)
        if found is None or found.kind != "gauss" or found.ellipsoid not in _SYSTEMS:
            name = crs.userFriendlyIdentifier() if crs.isValid() else "—"
            raise QgsProcessingException(
                text("error.coordinates_system", language(), layer=source.sourceName(), crs=name)
            )
        return _SYSTEMS[found.ellipsoid], found.zone_width, found.zone

    def _parcels(
        self, source: Any, parameters: dict[str, Any], context: QgsProcessingContext, progress: QgisProgress
    ) -> list[tuple[Parcel, Any]]:
        """Every polygon with its texts; QGIS stops at invalid ones. Raises QgsProcessingException for none."""
        from redline.core.catalogue import text
        from redline.core.exchange.coordinates import Parcel
        from redline.processing.layers import ShapeReader
        from redline.processing.values import is_null

        chosen = {name: self.parameterAsString(parameters, name, context) for name in _FIELDS}
        reader, found = ShapeReader(source.sourceCrs()), []
        for number, feature in enumerate(source.getFeatures(), start=1):
            progress.update(0.0)
            shape = reader.read([feature])[0]
            if shape is None or QgsWkbTypes.geometryType(feature.geometry().wkbType()) != 2:
                progress.tell(text("note.coordinates.no_shape", language(), number=feature.id()))
                continue
            parcel = Parcel(number)
            for name, column in chosen.items():
                if column and not is_null(feature[column]):
                    setattr(parcel, _ATTRIBUTES[name], str(feature[column]))
            parcel.number = parcel.number or str(number)
            found.append((parcel, shape))
        if not found:
            raise QgsProcessingException(text("error.no_features", language(), layer=source.sourceName()))
        return found


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
