"""The map sheets of GB/T 13989 over an extent or a layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCsException,
    QgsFeatureRequest,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSource,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterCrs,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
)

from redline.core.errors import InputError
from redline.core.progress import Progress
from redline.processing.algorithm import QgisProgress, RedlineAlgorithm, language, tr
from redline.processing.styles import style_when_loaded

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SCALES = ("1000000", "500000", "250000", "100000", "50000", "25000", "10000", "5000", "2000", "1000", "500")
LONLAT = "EPSG:4490"
_EDGES = ("west", "south", "east", "north")


class SheetGrid(RedlineAlgorithm):
    """`redline:sheetgrid`."""

    def name(self) -> str:
        return "sheetgrid"

    def displayName(self) -> str:
        return tr("Map sheets")

    def groupId(self) -> str:
        return "maps"

    def tags(self) -> list[str]:
        return [
            "图幅", "标准分幅", "分幅编号", "图幅号", "接合图表", "接图表", "图幅理论面积", "国家基本比例尺",
            "新旧图幅号", "GB/T 13989",
            "map sheet", "sheet number", "sheet index", "topographic map", "graticule", "grid",
        ]  # fmt: skip

    def purpose(self) -> str:
        return tr(
            "Draws the standard map sheets (GB/T 13989-2012) of any scale from 1:1 000 000 to 1:500 over an extent or "
            "a layer, each with its number, its old number, its neighbours and its theoretical area on the ellipsoid."
            "\n\n"
            "Edges are computed in whole thousandths of a second: sheets fit together to the last digit. In degrees a "
            "sheet has four corners; in a projected system its edges have as many points as keep them on their "
            "parallels and meridians to a millimetre, the same ones on both sides."
        )

    def declare(self) -> None:
        self.addParameter(_helped(
            QgsProcessingParameterFeatureSource(
                "INPUT", tr("Layer"), [QgsProcessing.SourceType.TypeVectorAnyGeometry], None, True
            ),
            tr("Sheets are made for the land of these features. Empty: for the extent."),
        ))  # fmt: skip
        self.addParameter(_helped(
            QgsProcessingParameterExtent("EXTENT", tr("Extent"), None, True),
            tr("Sheets are made for this extent; with a layer, for what of the layer's extent is in it."),
        ))  # fmt: skip
        scale = QgsProcessingParameterEnum("SCALE", tr("Scale 1:"), list(SCALES), False, "10000", False, True)
        self.addParameter(_helped(scale, tr("Denominator of the maps' scale.")))
        self.addParameter(_helped(
            QgsProcessingParameterBoolean("ONLY_MEETING", tr("Only sheets that the layer's features lie on"), True),
            tr("No: all sheets of the layer's extent."),
        ))  # fmt: skip
        self.addParameter(_helped(
            QgsProcessingParameterCrs("TARGET_CRS", tr("Coordinate system of the sheets"), LONLAT, True),
            tr("EPSG:4490 (longitude and latitude on CGCS2000), or the zone that the maps are in, such as EPSG:4527."),
        ))  # fmt: skip
        polygons = QgsProcessing.SourceType.TypeVectorPolygon
        self.addParameter(QgsProcessingParameterFeatureSink("OUTPUT", tr("Map sheets"), polygons))
        self.addOutput(QgsProcessingOutputNumber("SHEET_COUNT", tr("Number of sheets")))
        self.addOutput(QgsProcessingOutputString("SUMMARY", tr("Summary in one line")))

    def outputs_help(self) -> dict[str, str]:
        return {
            "OUTPUT": tr(
                "One polygon a sheet: number, old number (with ABCD and with 甲乙丙丁), scale, row and column, edges "
                "in degrees, theoretical area in m², zone and central meridian, and the numbers of its eight "
                "neighbours."
            )
        }

    def problem(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        if not any(parameters.get(name) not in (None, "") for name in ("INPUT", "EXTENT")):
            return tr("Choose a layer or an extent: sheets are made for one of them.")
        if not self._target(parameters, context).isValid():
            return tr("The coordinate system of the sheets is not known: choose one, such as EPSG:4490.")
        return super().problem(parameters, context)

    def prepareAlgorithm(self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: Any) -> bool:
        self.stop_where_problem(parameters, context)
        return True

    def process(
        self, parameters: dict[str, Any], context: QgsProcessingContext, progress: QgisProgress
    ) -> dict[str, Any]:
        import pandas as pd

        from redline.core.catalogue import text

        scale = int(self.parameterAsEnumString(parameters, "SCALE", context))
        shapes = self._shapes(parameters, context, progress.step(share=0.3))
        bounds = self._bounds(shapes, parameters, context)
        only = shapes is not None and self.parameterAsBoolean(parameters, "ONLY_MEETING", context)
        target = self._target(parameters, context)
        bands = _bands(bounds, scale, shapes if only else None, progress.step(share=0.5))
        layer = pd.concat([_drawn(band, target, context) for band in bands], ignore_index=True)
        self._tell_zones(layer, target, context, progress)
        destination = self._write(layer, target, parameters, context, progress.step())
        summary = text("note.sheets", language(), count=len(layer), scale=scale)
        progress.tell(summary)
        return {"OUTPUT": destination, "SHEET_COUNT": len(layer), "SUMMARY": summary}

    def _target(self, parameters: dict[str, Any], context: QgsProcessingContext) -> QgsCoordinateReferenceSystem:
        if parameters.get("TARGET_CRS") in (None, ""):
            return QgsCoordinateReferenceSystem(LONLAT)
        return self.parameterAsCrs(parameters, "TARGET_CRS", context)

    def _shapes(
        self, parameters: dict[str, Any], context: QgsProcessingContext, progress: Progress
    ) -> np.ndarray | None:
        """What is on the layer, in degrees; None without a layer."""
        import numpy as np
        import shapely

        from redline.processing.crs import moved, transform
        from redline.processing.layers import chunks
        from redline.processing.shapes import ShapeReader

        if parameters.get("INPUT") in (None, ""):
            return None
        source = self.parameterAsSource(parameters, "INPUT", context)
        if source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, "INPUT"))
        if not source.sourceCrs().isValid():
            raise InputError("error.sheets_nowhere", language(), layer=source.sourceName())
        _tell_misplaced(source, context, progress)
        reader = ShapeReader(source.sourceCrs())
        move = transform(source.sourceCrs(), QgsCoordinateReferenceSystem(LONLAT), context)
        parts = [np.empty(0, dtype=object)]
        request = QgsFeatureRequest().setSubsetOfAttributes([])
        for features in chunks(source, request, progress):
            read = reader.read(features)
            parts.append(moved(read, move) if move else read)
        shapes = np.concatenate(parts)
        shapes = shapes[~shapely.is_missing(shapes) & np.isfinite(shapely.bounds(shapes)).all(axis=1)]
        if not len(shapes):
            raise InputError("error.sheets_nowhere", language(), layer=source.sourceName())
        broken = ~shapely.is_valid(shapes)
        shapes[broken] = shapely.make_valid(shapes[broken])
        return shapes

    def _bounds(
        self, shapes: np.ndarray | None, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> list[float]:
        """West, south, east and north, in degrees, of the layer, the extent, or what they have in common."""
        import numpy as np
        import shapely

        bounds = np.array([-np.inf, -np.inf, np.inf, np.inf]) if shapes is None else shapely.total_bounds(shapes)
        if parameters.get("EXTENT") not in (None, ""):
            lonlat = QgsCoordinateReferenceSystem(LONLAT)
            try:
                box = self.parameterAsExtent(parameters, "EXTENT", context, lonlat)
            except QgsCsException:
                raise QgsProcessingException(
                    tr("The extent cannot be placed in longitude and latitude: check its coordinate system.")
                ) from None
            low = np.fmax(bounds[:2], [box.xMinimum(), box.yMinimum()])
            high = np.fmin(bounds[2:], [box.xMaximum(), box.yMaximum()])
            if shapes is not None and (low > high).any():
                raise QgsProcessingException(tr("The layer and the extent have no land in common."))
            bounds = np.concatenate([low, high])
        found: list[float] = bounds.tolist()
        return found

    def _tell_zones(
        self, found: pd.DataFrame, target: QgsCoordinateReferenceSystem, context: QgsProcessingContext,
        progress: Progress,
    ) -> None:  # fmt: skip
        """Say how many sheets are drawn in a zone that is not theirs."""
        from redline.core.catalogue import text
        from redline.processing.crs import crs_of

        crs = crs_of(target, context)
        if crs is None or crs.kind != "gauss":
            return
        elsewhere = found["meridian"].notna() & (found["meridian"] != crs.central_meridian)
        if elsewhere.any():
            progress.tell(text("note.sheets_zone", language(), count=int(elsewhere.sum()), crs=crs.name))

    def _write(
        self, layer: pd.DataFrame, target: QgsCoordinateReferenceSystem, parameters: dict[str, Any],
        context: QgsProcessingContext, progress: Progress,
    ) -> str:  # fmt: skip
        from redline.processing.sinks import sink_fields, sink_type, write_frame

        sink, destination = self.parameterAsSink(
            parameters, "OUTPUT", context, sink_fields(layer), sink_type(layer), target
        )
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, "OUTPUT"))
        write_frame(layer, sink, progress)
        del sink
        style_when_loaded(destination, "sheetgrid", context)
        return str(destination)


def _helped(parameter: Any, said: str) -> Any:
    parameter.setHelp(said)
    return parameter


def _tell_misplaced(source: QgsProcessingFeatureSource, context: QgsProcessingContext, progress: Progress) -> None:
    """Say where the coordinates of a layer cannot be of its coordinate system."""
    from redline.core.catalogue import text
    from redline.core.checks.ground import zone_text
    from redline.processing.crs import crs_of

    system, box = crs_of(source.sourceCrs(), context), source.sourceExtent()
    bounds = (box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum())
    problem = system.zone_problem(bounds) if system else None
    if system and problem:
        said = zone_text(problem, system.name, language())
        progress.tell(text("note.sheets_source", language(), layer=source.sourceName(), problem=said))


def _bands(bounds: list[float], scale: int, shapes: np.ndarray | None, progress: Progress) -> Iterator[pd.DataFrame]:
    """The sheets of the bounds, only those that any of `shapes` lies on where these are given."""
    from redline.core.geometry import sheets

    whole, done = sheets.count(bounds, scale, language()), 0
    for band in sheets.bands(bounds, scale, language()):
        progress.update(done / whole)
        done += len(band)
        yield band if shapes is None else band[sheets.meeting(band, shapes)]


def _drawn(band: pd.DataFrame, target: QgsCoordinateReferenceSystem, context: QgsProcessingContext) -> pd.DataFrame:
    """Sheets with their outlines in `target`, and their edges in degrees."""
    from redline.core.geometry import sheets
    from redline.processing.crs import moved, transform

    move = transform(QgsCoordinateReferenceSystem(LONLAT), target, context)
    shapes = sheets.outlines(band, dense=not target.isGeographic())
    edges = {edge: band[edge] / sheets.DEGREE for edge in _EDGES}
    return band.assign(**edges, geometry=moved(shapes, move) if move and len(shapes) else shapes)
