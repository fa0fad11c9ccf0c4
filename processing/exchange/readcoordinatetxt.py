"""Boundary points of permits as offices send them (部标 txt), as a layer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterCrs,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFile,
    QgsProcessingParameterMultipleLayers,
)

from redline.processing.algorithm import QgisProgress, RedlineAlgorithm, language, tr

if TYPE_CHECKING:
    import pandas as pd

    from redline.core.exchange.coordinates import CoordinateFile

ORDERS = ["auto", "north_first", "east_first"]


class ReadCoordinateTxt(RedlineAlgorithm):
    """`redline:readcoordinatetxt`."""

    def name(self) -> str:
        return "readcoordinatetxt"

    def displayName(self) -> str:
        return tr("Boundary-point text files to a layer")

    def groupId(self) -> str:
        return "exchange"

    def tags(self) -> list[str]:
        return [
            "界址点", "坐标", "部标", "txt", "勘测定界", "红线", "报批", "导入", "拐点坐标", "用地红线",
            "boundary points", "coordinates", "import", "permit", "text",
        ]  # fmt: skip

    def purpose(self) -> str:
        return tr(
            "Reads boundary-point files (勘测定界界址点坐标 txt) in every usual form: any encoding, northing or "
            "easting first, with or without the zone's number, rings closed or open, holes and parts by where they "
            "lie.\n\n"
            "A broken file names its line. What a file says of itself (points, area) is held against what it holds."
        )

    def outputs_help(self) -> dict[str, str]:
        return {"OUTPUT": tr("One feature a parcel: its texts, declared and plane area in m², and what does not fit.")}

    def declare(self) -> None:
        one = QgsProcessingParameterFile(
            "FILE", tr("Text file"), QgsProcessingParameterFile.Behavior.File, optional=True,
            fileFilter=tr("Text files (*.txt)"),
        )  # fmt: skip
        one.setHelp(tr("One file; or several below, or a folder."))
        self.addParameter(one)
        files = QgsProcessingParameterMultipleLayers(
            "FILES", tr("Several text files"), QgsProcessing.SourceType.TypeFile, optional=True
        )
        self.addParameter(files)
        folder = QgsProcessingParameterFile(
            "FOLDER", tr("Folder of text files"), QgsProcessingParameterFile.Behavior.Folder, optional=True
        )
        self.addParameter(folder)
        order = QgsProcessingParameterEnum(
            "ORDER", tr("Which coordinate stands first"), list(ORDERS), False, "auto", False, True
        )
        order.setHelp(tr("auto tells by the size of the numbers; the printed rule has the northing (X) first."))
        self.addParameter(order)
        system = QgsProcessingParameterCrs("CRS", tr("Coordinate system where the files name none"), None, True)
        system.setHelp(tr("Files that name another system than the first one are moved into its."))
        self.addParameter(system)
        self.addParameter(
            QgsProcessingParameterFeatureSink("OUTPUT", tr("Parcels"), QgsProcessing.SourceType.TypeVectorPolygon)
        )
        for name, label in (("PARCEL_COUNT", tr("Number of parcels")), ("PROBLEM_COUNT", tr("Number of problems"))):
            self.addOutput(QgsProcessingOutputNumber(name, label))

    def process(
        self, parameters: dict[str, Any], context: QgsProcessingContext, progress: QgisProgress
    ) -> dict[str, Any]:
        from redline.core.catalogue import text
        from redline.core.exchange.coordinates import read
        from redline.processing.layers import moved, sink_fields, sink_type, transform, write_frame

        speech = language()
        order = str(self.parameterAsEnumString(parameters, "ORDER", context)) or "auto"
        paths = self._paths(parameters, context)
        given = self.parameterAsCrs(parameters, "CRS", context)
        crs = QgsCoordinateReferenceSystem()
        rows: list[dict[str, Any]] = []
        for place, path in enumerate(paths):
            progress.update(place / len(paths))
            found = read(_content(path, speech), path.name, speech, order)
            own = QgsCoordinateReferenceSystem(f"EPSG:{found.epsg}") if found.epsg else given
            progress.tell(_understood(path.name, found, own, speech))
            frame = _rows(path.name, found)
            crs = crs if crs.isValid() else own
            move = transform(own, crs, context)
            if move:
                frame["geometry"] = moved(frame["geometry"].to_numpy(dtype=object), move)
            rows += [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
            for parcel, told in zip(found.parcels, frame["told"]):
                for kind, (expected, actual) in told.items():
                    progress.tell(text(f"note.coordinates.{kind}", speech, file=path.name, number=parcel.number,
                                       line=parcel.line, expected=expected, actual=actual))  # fmt: skip
        table = _table(rows)
        sink, destination = self.parameterAsSink(
            parameters, "OUTPUT", context, sink_fields(table), sink_type(table), crs
        )
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, "OUTPUT"))
        write_frame(table, sink, progress.step())
        del sink
        problems = sum(len(row["told"]) for row in rows)
        return {"OUTPUT": destination, "PARCEL_COUNT": len(rows), "PROBLEM_COUNT": problems}

    def _paths(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[Path]:
        """The files to read, each once, in the order of their names. Raises QgsProcessingException for none."""
        from redline.core.catalogue import text

        paths = [Path(name) for name in self.parameterAsFileList(parameters, "FILES", context) if name]
        one = self.parameterAsString(parameters, "FILE", context)
        paths += [Path(one)] if one else []
        folder = self.parameterAsString(parameters, "FOLDER", context)
        if folder:
            paths += [path for path in sorted(Path(folder).rglob("*")) if path.suffix.lower() == ".txt"]
        found = list(dict.fromkeys(paths))
        if not found:
            raise QgsProcessingException(text("error.coordinates_no_file", language(), folder=folder or "—"))
        return found


def _content(path: Path, speech: str) -> bytes:
    from redline.core.catalogue import text

    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise QgsProcessingException(text("error.coordinates_unread", speech, file=path, reason=reason)) from None


def _understood(name: str, found: CoordinateFile, crs: QgsCoordinateReferenceSystem, speech: str) -> str:
    from redline.core.catalogue import text

    order = "east_first" if found.east_first else "north_first"
    system = crs.userFriendlyIdentifier() if crs.isValid() else text("note.coordinates.no_system", speech)
    return text("note.coordinates.file", speech, file=name, parcels=len(found.parcels), encoding=found.encoding.upper(),
                system=system, order=text(f"note.coordinates.{order}", speech))  # fmt: skip


def _rows(name: str, found: CoordinateFile) -> pd.DataFrame:
    """The parcels of a file, with what does not fit (`told`) and their header's producer and day."""
    import pandas as pd
    import shapely

    from redline.core.exchange.coordinates import problems

    rows = []
    for parcel in found.parcels:
        shape, told = parcel.shape(), problems(parcel)
        rows.append({
            "number": parcel.number, "name": parcel.name, "sheet": parcel.sheet, "purpose": parcel.purpose,
            "land_class": parcel.land_class, "declared_area": parcel.declared_area,
            "plane_area": round(float(shapely.area(shape)), 2) if shape is not None else None,
            "declared_points": parcel.declared_points, "points": parcel.points,
            "producer": found.header.get("数据产生单位", ""), "day": found.header.get("数据产生日期", ""),
            "more": ",".join(parcel.more), "file": name, "line": parcel.line, "problems": ";".join(sorted(told)),
            "geometry": shape, "told": told,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    table = pd.DataFrame(rows).drop(columns="told")
    for name in ("declared_area", "plane_area"):
        table[name] = pd.to_numeric(table[name]).astype(float)
    table["declared_points"] = pd.to_numeric(table["declared_points"]).astype("Int64")
    shapes = np.full(len(table), None, dtype=object)
    shapes[:] = table["geometry"].tolist()
    table["geometry"] = pd.Series(shapes, dtype=object)
    return table
