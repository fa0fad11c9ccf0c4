"""One layer by its shapes: overlaps, gaps, duplicates, slivers, and how it fits its units."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFeatureSink,
)

from redline.core.progress import Progress
from redline.processing.algorithm import tr
from redline.processing.check import CheckAlgorithm

if TYPE_CHECKING:
    from redline.core.findings import Findings
    from redline.core.frames import Frame
    from redline.core.report import SettingFact
    from redline.core.result import Result

_FIELDS = {"KEY": "key", "UNIT": "unit"}
_SURE_ENOUGH = 0.35


class CoverageCheck(CheckAlgorithm):
    """`redline:coveragecheck`."""

    def name(self) -> str:
        return "coveragecheck"

    def displayName(self) -> str:
        return tr("Overlaps, gaps and shapes of a layer")

    def groupId(self) -> str:
        return "consistency"

    def tags(self) -> list[str]:
        return [
            "拓扑", "拓扑检查", "重叠", "压盖", "缝隙", "空隙", "重复图形", "碎面", "狭长", "自相交", "多部件",
            "图斑", "地类图斑", "DLTB", "行政区", "topology", "coverage", "overlap", "gap", "sliver", "duplicate",
            "invalid", "multipart",
        ]  # fmt: skip

    def purpose(self) -> str:
        return tr(
            "Looks at the shapes of one layer: land that two plots claim, land that none claims, plots drawn twice, "
            "slivers, invalid and multipart shapes, tiny and narrow plots, and plots outside or across their unit.\n\n"
            "Nothing is capped and nothing is snapped: every place is given with its exact shape and area. Invalid "
            "shapes are reported, and compared with their neighbours all the same."
        )

    def declare_check(self) -> None:
        self.add_input(
            "INPUT", "map", tr("Layer"),
            tr("Polygons that must not overlap: farmland plots, land survey, responsibility zones, units."),
            columns=_FIELDS,
        )  # fmt: skip
        self.add_input(
            "UNITS", "units", tr("Administrative units"),
            tr(
                "To see whether every plot lies in the unit that its code names, and which land of a unit is uncovered."
            ),
            optional=True,
        )  # fmt: skip
        allowed = QgsProcessingParameterBoolean("GAPS_ALLOWED", tr("Gaps are allowed"), True)
        allowed.setHelp(
            tr("Yes for farmland, which need not cover its village; no for a land survey, zones and units, which must.")
        )
        self.addParameter(allowed)
        self.add_number(
            "MIN_AREA", tr("Smallest overlap or gap to list (m²)"), self.usual("overlap_report_floor"),
            tr("Smaller ones are counted in one remark; 0 lists every one."),
        )  # fmt: skip
        self.add_number(
            "MAX_GAP_AREA", tr("Largest gap (m²)"), 0.0,
            tr("Larger ones are taken for land that is left out on purpose; 0 sets no limit."),
        )  # fmt: skip
        self.tables = ["OVERLAPS", "GAPS"]

    def table(self, name: str) -> QgsProcessingParameterFeatureSink:
        polygons = QgsProcessing.SourceType.TypeVectorPolygon
        label = tr("Overlaps") if name == "OVERLAPS" else tr("Gaps")
        return QgsProcessingParameterFeatureSink(name, label, polygons, optional=True, createByDefault=True)

    def outputs_help(self) -> dict[str, str]:
        return {
            **super().outputs_help(),
            "OVERLAPS": tr(
                "Every piece of land that two plots share: both plots, area, and how they overlap (partly, a narrow "
                "strip, one inside the other, the same shape)."
            ),
            "GAPS": tr(
                "Every piece of land that no plot covers: unit, area, the plots around it, and whether plots enclose "
                "it or it lies at the edge of a unit. Empty where gaps are allowed."
            ),
        }

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        ready = super().prepareAlgorithm(parameters, context, feedback)
        self.inputs[0] = replace(self.inputs[0], role=self._role(), called="layer")
        return ready

    def _role(self) -> str:
        """What the layer seems to be; farmland where its fields do not tell."""
        from redline.core.standards import guess_role

        fields = [field.name() for field in self.source("INPUT").fields()]
        best = guess_role(self.layer_name("INPUT"), fields, "polygon")[:1]
        return best[0][0] if best and best[0][2] >= _SURE_ENOUGH else "map"

    def run_check(
        self, frames: dict[str, Frame], findings: Findings, parameters: dict[str, Any], context: QgsProcessingContext,
        progress: Progress,
    ) -> Result:  # fmt: skip
        from redline.core.checks import coverage

        settings = coverage.Settings(
            gaps_allowed=self.parameterAsBoolean(parameters, "GAPS_ALLOWED", context),
            min_area=self.parameterAsDouble(parameters, "MIN_AREA", context),
            max_gap_area=self.parameterAsDouble(parameters, "MAX_GAP_AREA", context),
        )
        return coverage.check(frames, findings, settings, progress)

    def report_title(self) -> str:
        return tr("Overlaps, gaps and shapes: check report")

    def settings_shown(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[SettingFact]:
        from redline.core.report import SettingFact

        allowed = self.parameterAsBoolean(parameters, "GAPS_ALLOWED", context)
        answer = SettingFact(tr("Gaps are allowed"), tr("yes") if allowed else tr("no"))
        return [answer, *super().settings_shown(parameters, context)]
