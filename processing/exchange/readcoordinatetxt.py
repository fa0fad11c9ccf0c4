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

from redline.core.errors import InputError
from redline.processing.algorithm import QgisProgress, language, tr
from redline.processing.check import CheckAlgorithm

if TYPE_CHECKING:
    from redline.core.checks.coordinates import ReadFile
    from redline.core.exchange.parcels import CoordinateFile
    from redline.core.progress import Progress
    from redline.core.result import Result

ORDERS = ["auto", "north_first", "east_first"]


class ReadCoordinateTxt(CheckAlgorithm):
    """`redline:readcoordinatetxt`."""

    def __init__(self) -> None:
        super().__init__()
        self._crs = QgsCoordinateReferenceSystem()

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
            "What a file says of itself (points, area, zone) is held against what it holds. A broken file names its "
            "line; of several files the others are read all the same."
        )

    def outputs_help(self) -> dict[str, str]:
        return {
            **super().outputs_help(),
            "OUTPUT": tr("One feature a parcel: its texts, declared and plane area in m², and what does not fit."),
        }

    def declare_check(self) -> None:
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
        for name, label in (("PARCEL_COUNT", tr("Number of parcels")), ("PROBLEM_COUNT", tr("Number of problems"))):
            self.addOutput(QgsProcessingOutputNumber(name, label))
        self.tables = ["OUTPUT"]

    def table(self, name: str) -> QgsProcessingParameterFeatureSink:
        return QgsProcessingParameterFeatureSink(name, tr("Parcels"), QgsProcessing.SourceType.TypeVectorPolygon)

    def style_of(self, table: str) -> str:
        return "parcels" if table == "OUTPUT" else super().style_of(table)

    def report_title(self) -> str:
        return tr("Boundary-point files: report")

    def crs(self) -> QgsCoordinateReferenceSystem:
        """The system of the first file that names one."""
        return self._crs

    def process(
        self, parameters: dict[str, Any], context: QgsProcessingContext, progress: QgisProgress
    ) -> dict[str, Any]:
        from redline.core.checks import coordinates
        from redline.core.findings import Findings

        files, broken = self._read(parameters, context, progress.step(share=0.7))
        result = coordinates.check(files, broken, Findings(language()))
        result.notes += [self._understood(file) for file in files]
        return self.give(result, {}, parameters, context, progress.step())

    def numbers(self, result: Result) -> dict[str, Any]:
        from redline.core.findings import count_by_severity

        counts = count_by_severity(result.findings.frame())
        return {"PARCEL_COUNT": result.checked, "PROBLEM_COUNT": counts["error"] + counts["warning"]}

    def _read(
        self, parameters: dict[str, Any], context: QgsProcessingContext, progress: Progress
    ) -> tuple[list[ReadFile], dict[str, str]]:
        """The files that can be read, and what is wrong with the others. Raises InputError where all are broken."""
        from redline.core.checks.coordinates import ReadFile
        from redline.core.exchange.coordinates import read

        order = str(self.parameterAsEnumString(parameters, "ORDER", context)) or "auto"
        given = self.parameterAsCrs(parameters, "CRS", context)
        paths = self._paths(parameters, context)
        self._crs = QgsCoordinateReferenceSystem()
        files: list[ReadFile] = []
        broken: dict[str, str] = {}
        for path, name in paths.items():
            step = progress.step(share=1.0 / len(paths))
            try:
                content = read(_content(path, language()), name, language(), order, step)
                own = _system(content, given, name)
            except InputError as error:
                if len(paths) == 1:
                    raise
                broken[name] = str(error)
                continue
            self._crs = self._crs if self._crs.isValid() else own
            files.append(ReadFile(name, content, self._moved(content, own, context)))
        if not files:
            raise QgsProcessingException(next(iter(broken.values())))
        return files, broken

    def _moved(self, content: CoordinateFile, own: QgsCoordinateReferenceSystem, context: QgsProcessingContext) -> Any:
        import numpy as np

        from redline.processing.crs import moved, transform

        shapes = np.empty(len(content.parcels), dtype=object)
        shapes[:] = [parcel.land() for parcel in content.parcels]
        move = transform(own, self._crs, context)
        return moved(shapes, move) if move else shapes

    def _understood(self, file: ReadFile) -> str:
        from redline.core.catalogue import text

        speech, content = language(), file.content
        order = "east_first" if content.east_first else "north_first"
        system = f"EPSG:{content.epsg}" if content.epsg else text("note.coordinates.no_system", speech)
        return text("note.coordinates.file", speech, file=file.name, parcels=len(content.parcels),
                    encoding=content.encoding.upper(), system=system,
                    order=text(f"note.coordinates.{order}", speech))  # fmt: skip

    def _paths(self, parameters: dict[str, Any], context: QgsProcessingContext) -> dict[Path, str]:
        """The files to read, each once, and what they are called: by their names, in a folder by the way there. Raises
        QgsProcessingException for none."""
        from redline.core.catalogue import text

        found = {Path(name): Path(name).name for name in self.parameterAsFileList(parameters, "FILES", context) if name}
        one = self.parameterAsString(parameters, "FILE", context)
        if one:
            found[Path(one)] = Path(one).name
        folder = self.parameterAsString(parameters, "FOLDER", context)
        if folder:
            inside = sorted(path for path in Path(folder).rglob("*") if path.suffix.lower() == ".txt")
            found.update({path: path.relative_to(folder).as_posix() for path in inside})
        if not found:
            raise QgsProcessingException(text("error.coordinates_no_file", language(), folder=folder or "—"))
        return found


def _content(path: Path, speech: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError("coordinates_unread", speech, file=path, reason=error.strerror or str(error)) from None


def _system(content: CoordinateFile, given: QgsCoordinateReferenceSystem, name: str) -> QgsCoordinateReferenceSystem:
    """The system of a file, else the one that is chosen. Raises InputError for none: QGIS would take one at will."""
    if content.epsg:
        return QgsCoordinateReferenceSystem(f"EPSG:{content.epsg}")
    if not given.isValid():
        said = content.header.get("坐标系") or "—"
        raise InputError("coordinates_no_system", language(), file=name, system=said)
    return given
