"""椭球面积: the official area of every plot as a field, held against the recorded one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsFeatureRequest,
    QgsFields,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterField,
    QgsProcessingUtils,
)

from redline.core.progress import Progress
from redline.processing.algorithm import QgisProgress, language, tr
from redline.processing.check import CheckAlgorithm
from redline.processing.styles import style_when_loaded
from redline.processing.values import field

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from redline.core.checks.areas import Settings
    from redline.core.findings import Findings
    from redline.core.frames import Frame
    from redline.core.standards import Profile

MODES = ("official", "fast")
ADDED = ("area_m2", "area_mu", "recorded_m2", "difference")
_ROLES = ("map", "landuse")
# What a finding says of a plot.
_COLUMNS = ("key", "plot_number", "unit", "unit_name", "location", "location_name")
_COLLECTION = 7


class EllipsoidalArea(CheckAlgorithm):
    """`redline:ellipsoidalarea`. Reads twice, a chunk at a time: to measure and judge, then to write."""

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
            "reproject before."
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
        from redline.core import frames
        from redline.core.checks import areas
        from redline.core.findings import Findings
        from redline.core.result import Result

        findings = Findings(language())
        settings = areas.Settings(
            self.parameterAsDouble(parameters, "ABS_TOLERANCE", context),
            self.parameterAsDouble(parameters, "REL_TOLERANCE", context),
        )
        profile, chosen, wanted = self._fields(parameters, context)
        sieve = _Sieve()
        source = self.read(
            self.inputs[0], context, findings.language, progress.step(share=0.5), fields=wanted, keep=sieve,
            mode=str(self.parameterAsEnumString(parameters, "MODE", context)),
        )  # fmt: skip
        cells = source.cells[[name for name in source.cells if name in wanted]]
        frame = frames.read(
            replace(source, cells=cells), "map", findings, overrides=chosen, profile_id=profile.id,
            area_unit=self.area_unit("AREA_UNIT", parameters, context),
        )  # fmt: skip
        usable = sieve.usable()
        check_ground(frame, usable, findings)
        flagged = flagged_plots(frame, usable, findings, settings)
        output = self._copy(frame, source.cells.index, flagged, parameters, context, progress.step(share=0.8))
        if frame.has("plot_area"):
            areas.recorded_against_measured(frame, usable, findings, settings)
        result = Result(findings, checked=len(frame), notes=frame.notes)
        return {**output, **self.give(result, {"map": frame}, parameters, context, progress.step())}

    def _fields(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[Profile, dict[str, str], set[str]]:
        """The profile that fits the layer best, the recorded area among its fields, and all fields to be read."""
        from redline.core.standards import best_profile
        from redline.processing.layers import field_name

        source = self.source("INPUT")
        names = [field_name(one.name()) for one in source.fields()]
        fitting = [best_profile(role, names, self.layer_name("INPUT")) for role in _ROLES]
        profile = max(fitting, key=lambda found: found[1])[0]
        match = profile.match_fields(names)
        wanted = {match.found[column] for column in _COLUMNS if column in match.found}
        recorded = field_name(self.parameterAsString(parameters, "RECORDED", context))
        recorded = recorded or match.found.get("plot_area") or match.found.get("area") or ""
        # Two fields that may both be the recorded area are read both, and told as an error.
        wanted.update([recorded] if recorded else match.ambiguous.get("plot_area", []))
        return profile, {"plot_area": recorded} if recorded else {}, wanted

    def _copy(
        self, frame: Frame, ids: pd.Index, flagged: np.ndarray, parameters: dict[str, Any],
        context: QgsProcessingContext, progress: Progress,
    ) -> dict[str, str]:  # fmt: skip
        """Write the features with their areas; the shapes of the flagged plots go into the frame on the way."""
        from redline.processing.layers import ShapeReader, add_features, chunks, moved, transform

        source = self.source("INPUT")
        added = QgsFields()
        for name in ADDED:
            added.append(field(name, "real"))
        fields = QgsProcessingUtils.combineFields(source.fields(), added)
        sink, destination = self.parameterAsSink(
            parameters, "OUTPUT", context, fields, source.wkbType(), source.sourceCrs()
        )
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, "OUTPUT"))
        values = added_values(frame)
        shapes = frame.rows["geometry"].to_numpy(dtype=object).copy()
        reader, move = ShapeReader(source.sourceCrs()), transform(source.sourceCrs(), self.crs(), context)
        first = len(source.fields())
        for features in chunks(source, QgsFeatureRequest(), progress):
            places = ids.get_indexer([feature.id() for feature in features])
            if (places < 0).any():
                raise QgsProcessingException(tr("The layer was changed while it was read. Run the tool again."))
            bad = flagged[places]
            found = reader.read([feature for feature, is_bad in zip(features, bad) if is_bad])
            shapes[places[bad]] = moved(found, move) if move else found
            for feature, row in zip(features, values[places].tolist()):
                feature.padAttributes(len(row))
                for number, value in enumerate(row):
                    if value == value:
                        feature.setAttribute(first + number, value)
            add_features(sink, features)
        frame.rows["geometry"] = shapes
        del sink
        style_when_loaded(destination, "areas", context)
        return {"OUTPUT": destination}


class _Sieve:
    """Lets go of the shapes that can be measured, and remembers which those are."""

    def __init__(self) -> None:
        self._masks: list[np.ndarray] = []

    def __call__(self, shapes: np.ndarray) -> np.ndarray:
        import shapely

        usable = (shapely.get_dimensions(shapes) == 2) & shapely.is_valid(shapes)
        usable &= shapely.get_type_id(shapes) != _COLLECTION
        self._masks.append(usable)
        kept = shapes.copy()
        kept[usable] = None
        return kept

    def usable(self) -> np.ndarray:
        import numpy as np

        return np.concatenate([np.zeros(0, dtype=bool), *self._masks])


def check_ground(frame: Frame, usable: np.ndarray, findings: Findings) -> None:
    """What the check of the ground says of the CRS, and of the plots that are not `usable`."""
    from redline.core.checks import ground

    ground.check_ground(replace(frame, rows=frame.rows[~usable]), findings)


def flagged_plots(frame: Frame, usable: np.ndarray, findings: Findings, settings: Settings) -> np.ndarray:
    """Mask of the plots whose recorded area will be a finding, after its unit has been settled."""
    import numpy as np

    from redline.core.checks import areas

    if not frame.has("plot_area"):
        return np.zeros(len(frame), dtype=bool)
    measured = np.where(usable, frame.rows["geometry_area"].to_numpy(dtype=float), np.nan)
    areas.settle_unit(frame, "plot_area", measured, findings)
    difference = frame.rows["plot_area"].to_numpy(dtype=float) - measured
    return np.asarray(areas.grade(difference, measured, settings, frame.resolution["plot_area"]) != "")


def added_values(frame: Frame) -> np.ndarray:
    """Float64 (n, 4): what goes behind the fields of every plot, in the order of ADDED."""
    import numpy as np

    from redline.core import units

    measured = units.round_half_away(frame.rows["geometry_area"])
    recorded = units.round_half_away(frame.column("plot_area", np.nan))
    mu = units.round_half_away(units.convert(measured, "m2", "mu"), 4)
    return np.column_stack([measured, mu, recorded, units.round_half_away(recorded - measured)])
