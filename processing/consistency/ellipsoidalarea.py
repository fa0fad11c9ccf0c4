"""椭球面积: the official area of every plot as a field, held against the recorded one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsFields,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterField,
    QgsProcessingUtils,
    QgsWkbTypes,
)

from redline.core.progress import Progress
from redline.processing.algorithm import QgisProgress, language, tr
from redline.processing.check import CheckAlgorithm
from redline.processing.styles import style_when_loaded
from redline.processing.values import field

if TYPE_CHECKING:
    import numpy as np

    from redline.core.findings import Findings
    from redline.core.frames import Frame
    from redline.processing.survey import Settings, Survey

MODES = ("official", "fast")
ADDED = ("area_m2", "area_mu", "recorded_m2", "difference")


class EllipsoidalArea(CheckAlgorithm):
    """`redline:ellipsoidalarea`. Reads, measures and writes a chunk of features at a time."""

    def name(self) -> str:
        return "ellipsoidalarea"

    def displayName(self) -> str:
        return tr("Ellipsoidal area")

    def groupId(self) -> str:
        return "consistency"

    def tags(self) -> list[str]:
        return [
            "椭球面积", "图斑面积", "面积量算", "法定面积", "亩", "平方米", "CGCS2000", "永久基本农田", "三调",
            "ellipsoidal area", "geodesic area", "legal area", "farmland", "mu",
        ]  # fmt: skip

    def purpose(self) -> str:
        return tr(
            "Computes the area of every plot on the CGCS2000 ellipsoid by the State's own series, and compares it "
            "with the recorded area.\n\n"
            "The features come out unchanged, with all their fields and the fields area_m2, area_mu, recorded_m2 and "
            "difference (recorded minus computed, m²) behind them. Areas are measured in the layer's own CRS: do not "
            "reproject before. A stray point, line or collection of shapes comes out without shape and area, and is a "
            "finding."
        )

    def declare_check(self) -> None:
        self.add_input("INPUT", "map", tr("Plots"), tr("Any polygon layer; curves are read as fine straight segments."))
        recorded = QgsProcessingParameterField(
            "RECORDED", tr("Field of the recorded area"), None, "INPUT", optional=True
        )
        recorded.setHelp(tr("Empty: the standards' field is looked for, such as YJJBNTTBMJ, TBMJ or 图斑面积."))
        self.addParameter(recorded)
        self.add_area_unit("AREA_UNIT", tr("Unit of the recorded area"))
        mode = QgsProcessingParameterEnum("MODE", tr("Computation"), list(MODES), False, "official", False, True)
        mode.setHelp(
            tr("official: with every rounding that the rule asks for, to the cent. fast: the same series without them.")
        )
        self.addParameter(mode)
        self.add_tolerances()
        polygons = QgsProcessing.SourceType.TypeVectorPolygon
        self.addParameter(QgsProcessingParameterFeatureSink("OUTPUT", tr("Areas"), polygons))

    def outputs_help(self) -> dict[str, str]:
        return {
            "OUTPUT": tr("The plots with area_m2 (0.01 m²), area_mu (亩), recorded_m2 and difference."),
            **super().outputs_help(),
        }

    def codes_as_text(self) -> bool:
        # The user's fields go out as they came in.
        return False

    def process(
        self, parameters: dict[str, Any], context: QgsProcessingContext, progress: QgisProgress
    ) -> dict[str, Any]:
        from redline.core.checks import areas
        from redline.core.findings import Findings
        from redline.core.result import Result
        from redline.processing.layers import short

        settings = self._settings(parameters, context)
        self.begin_reading(self.inputs[0], settings.language, progress)
        unit, measuring = "", True
        while True:
            findings = Findings(settings.language)
            survey = self._survey(settings, unit, measuring, context)
            output = self._write_areas(survey, parameters, context, progress.step(share=0.8))
            if survey.measuring and survey.astray:
                # Once more without areas: only all coordinates together tell that they are not of the layer's system.
                unit, measuring = "", False
                continue
            frame = survey.frame(findings)
            unit = frame.stated.get("plot_area") or "m2"
            # Where the first plots are in another unit than most, all is written once more in the unit of most.
            if unit == survey.unit or not len(frame):
                break
        count = self.source("INPUT").featureCount()
        self.unread += short(self.layer_name("INPUT"), count, len(frame), settings.language)
        usable = survey.usable()
        check_ground(frame, usable, findings)
        if frame.has("plot_area"):
            areas.recorded_against_measured(frame, usable, findings, settings.tolerances)
        result = Result(findings, checked=len(frame), notes=frame.notes)
        return {**output, **self.give(result, {"map": frame}, parameters, context, progress.step())}

    def _settings(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Settings:
        from redline.core.checks import areas
        from redline.processing.layers import field_name
        from redline.processing.survey import Settings

        tolerances = areas.Settings(
            self.parameterAsDouble(parameters, "ABS_TOLERANCE", context),
            self.parameterAsDouble(parameters, "REL_TOLERANCE", context),
        )
        return Settings(
            field_name(self.parameterAsString(parameters, "RECORDED", context)),
            self.area_unit("AREA_UNIT", parameters, context),
            str(self.parameterAsEnumString(parameters, "MODE", context)), tolerances, language(),
        )  # fmt: skip

    def _survey(self, settings: Settings, unit: str, measuring: bool, context: QgsProcessingContext) -> Survey:
        from redline.processing.survey import Survey

        return Survey(self.source("INPUT"), self.layer_name("INPUT"), self.crs(), context, settings, unit, measuring)

    def _write_areas(
        self, survey: Survey, parameters: dict[str, Any], context: QgsProcessingContext, progress: Progress
    ) -> dict[str, str]:
        """Write all features with their areas, a chunk at a time, while the survey takes note of them."""
        from redline.processing.layers import no_collector
        from redline.processing.sinks import add_features

        source = self.source("INPUT")
        added = QgsFields()
        for name in ADDED:
            added.append(field(name, "real"))
        fields = QgsProcessingUtils.combineFields(source.fields(), added)
        wkb_type = source.wkbType()
        kind = QgsWkbTypes.geometryType(wkb_type)
        if kind == QgsWkbTypes.GeometryType.UnknownGeometry:
            # Where a layer holds shapes of all kinds, those that have an area are meant.
            wkb_type, kind = QgsWkbTypes.Type.MultiPolygon, QgsWkbTypes.GeometryType.PolygonGeometry
        sink, destination = self.parameterAsSink(parameters, "OUTPUT", context, fields, wkb_type, source.sourceCrs())
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, "OUTPUT"))
        places = range(len(source.fields()), len(fields))
        with no_collector():
            for features, measured in survey.parts(source, self.stream("INPUT"), progress):
                for feature, values in zip(features, measured.tolist()):
                    if values[0] != values[0] and feature.hasGeometry() and feature.geometry().type() != kind:
                        # Sinks take no shape of another kind than their layer's; a finding (R3011) tells of it.
                        feature.clearGeometry()
                    feature.padAttributes(len(ADDED))
                    put = feature.setAttribute
                    for place, value in zip(places, values):
                        if value == value:
                            put(place, value)
                add_features(sink, features)
        del sink
        style_when_loaded(destination, "areas", context)
        return {"OUTPUT": destination}


def check_ground(frame: Frame, usable: np.ndarray, findings: Findings) -> None:
    """What the check of the ground says of the CRS, and of the plots that are not `usable`."""
    from redline.core.checks import ground

    ground.check_ground(replace(frame, rows=frame.rows[~usable].copy()), findings, of=len(usable))
