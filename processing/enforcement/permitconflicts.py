"""批与违: permits, violations and basic farmland on one another, and what the law calls each overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import QgsProcessing, QgsProcessingContext, QgsProcessingParameterFeatureSink

from redline.core.progress import Progress
from redline.processing.algorithm import tr
from redline.processing.check import CheckAlgorithm

if TYPE_CHECKING:
    from redline.core.findings import Findings
    from redline.core.frames import Frame
    from redline.core.report import SettingFact
    from redline.core.result import Result

_VIOLATION = {
    "KEY": "key", "UNIT": "unit", "AREA": "area", "BEFORE": "before", "AFTER": "after", "KIND": "change_kind",
}  # fmt: skip
_PERMIT = {
    "KEY": "key", "UNIT": "unit", "AREA": "area", "STATUS": "status", "KIND": "kind", "PURPOSE": "purpose",
    "ACCEPTED": "accepted", "APPROVED": "approved", "EXPIRES": "expires",
}  # fmt: skip
_APPLICATION = {"KEY": "key", "UNIT": "unit", "STATUS": "status", "ACCEPTED": "accepted"}
_NEAR = ("violation", "permit")
# What the check looks at of layers that may be large.
_PLOT = ("key", "unit", "unit_name", "location", "plot_number", "plot_area", "farmland_area", "deduction_factor")
_PARCEL = ("key", "unit", "location", "plot_number", "land_class", "land_class_name", "deduction_factor")


class PermitConflicts(CheckAlgorithm):
    """`redline:permitconflicts`."""

    prints = True

    def name(self) -> str:
        return "permitconflicts"

    def displayName(self) -> str:
        return tr("Permits, violations and farmland")

    def groupId(self) -> str:
        return "enforcement"

    def tags(self) -> list[str]:
        return [
            "批与违", "未批先用", "未批先占", "边报边用", "批少占多", "批而未用", "占用基本农田", "临时用地",
            "卫片执法", "违法图斑", "监测图斑", "合法性判定", "用地审批", "永久基本农田",
            "permits", "violations", "encroachment", "enforcement", "overlay", "farmland",
        ]  # fmt: skip

    def purpose(self) -> str:
        return tr(
            "Lays changes on permits, applications, permanent basic farmland and land use, and says of every change "
            "what the law calls it: without a permit, under application, beyond the permit, on basic farmland, used "
            "otherwise, temporary use run out, permitted; with the area that each is about.\n\n"
            "The pieces are disjoint and add up to the change's own area to the cent. What missing days leave open is "
            "called undecided, never guessed; borders drawn twice raise no alarm. Permits are told what became of them."
        )

    def declare_check(self) -> None:
        self.add_input(
            "VIOLATIONS", "violation", tr("Changes or violations"),
            tr("Monitoring polygons or violations, with the days of the earlier and the later image."),
            columns=_VIOLATION,
        )  # fmt: skip
        self.add_input(
            "PERMITS", "permit", tr("Permits"),
            tr("What was approved, with day, number and purpose of the approval, and the last day of temporary uses."),
            optional=True, columns=_PERMIT,
        )  # fmt: skip
        self.add_input(
            "APPLICATIONS", "application", tr("Applications"),
            tr("What was applied for and is not approved; permits whose status says so count as well."),
            optional=True, columns=_APPLICATION,
        )  # fmt: skip
        self.add_input(
            "FARMLAND", "map", tr("Permanent basic farmland"),
            tr("The farmland plots (YJJBNTTB or an older layer), with recorded areas and deduction factors."),
            optional=True, columns={"KEY": "key", "AREA": "farmland_area"}, called="farmland", near=_NEAR, only=_PLOT,
        )  # fmt: skip
        self.add_input(
            "LANDUSE", "landuse", tr("Land use"),
            tr("The land survey (DLTB) before the changes, for areas by class and cultivated land."),
            optional=True, columns={"CLASS": "land_class"}, near=_NEAR, only=_PARCEL,
        )  # fmt: skip
        self.add_input(
            "UNITS", "units", tr("Administrative units"), tr("To tell in which village every change lies."),
            optional=True,
        )  # fmt: skip
        self.add_input(
            "PLAN", "plan", tr("Plan zones"),
            tr("Zones of construction control (JSYDGZQ) or the growth boundary (CZKFBJ), to test permits against."),
            optional=True, near=_NEAR,
        )  # fmt: skip
        self.add_number(
            "TOLERANCE_AREA", tr("Smallest uncovered area (m²)"), self.usual("conflict_area"),
            tr(
                "An uncovered area of no more than this, or than the share below, is none; the greater of both decides."
            ),
        )  # fmt: skip
        self.add_number(
            "TOLERANCE_SHARE", tr("Smallest uncovered share (%)"), self.usual("conflict_share"),
            tr("Of the change's own area."), 100.0,
        )  # fmt: skip
        self.add_number(
            "EDGE_TOLERANCE", tr("Edge tolerance (m)"), self.usual("edge_tolerance"),
            tr("What is nowhere wider than this comes from borders drawn twice, and raises no alarm."),
        )  # fmt: skip
        self.add_number(
            "IDLE_YEARS", tr("Years after which an unused permit is told"), self.usual("unused_years"),
            tr("Counted from the day of approval to the day below."),
        )  # fmt: skip
        self.add_number(
            "IDLE_SHARE", tr("Used share below which a permit counts as unused (0–1)"), self.usual("used_share"),
            tr("Used is what changes have taken or the land use calls construction land."), 1.0,
        )  # fmt: skip
        self.add_date(
            "ON_DATE", tr("On the day"), tr("The day to which the years of permits are counted; empty is today.")
        )
        self.tables = ["VIOLATIONS_OUT", "PIECES", "PERMITS_OUT", "UNIT_SUMMARY"]

    def table(self, name: str) -> QgsProcessingParameterFeatureSink:
        source = QgsProcessing.SourceType
        labels = {
            "VIOLATIONS_OUT": tr("Changes judged"), "PIECES": tr("Pieces of the changes"),
            "PERMITS_OUT": tr("Permits and their use"), "UNIT_SUMMARY": tr("Changes by unit"),
        }  # fmt: skip
        flat = name == "UNIT_SUMMARY"
        kind = source.TypeVector if flat else source.TypeVectorPolygon
        return QgsProcessingParameterFeatureSink(name, labels[name], kind, optional=True, createByDefault=True)

    def outputs_help(self) -> dict[str, str]:
        return {
            **super().outputs_help(),
            "VIOLATIONS_OUT": tr(
                "Every change with its labels, permitted and uncovered area, basic farmland by the recorded-area rule, "
                "cultivated land, areas by the three big classes, and the bars for a report that it passes. Its "
                "permits are all approved ones that lie on it, also those that came after the change and do not make "
                "it legal."
            ),
            "PIECES": tr("One row a disjoint piece: change × permit × farmland plot, with areas that add up."),
            "PERMITS_OUT": tr(
                "Every permit with its drawn, approved and used area, and the basic farmland in it by the "
                "recorded-area rule: used, partly used, unused, idle; empty for one that was rejected or has lapsed."
            ),
            "UNIT_SUMMARY": tr("Number, areas and labels of the changes by county, township and village."),
        }

    def run_check(
        self, frames: dict[str, Frame], findings: Findings, parameters: dict[str, Any], context: QgsProcessingContext,
        progress: Progress,
    ) -> Result:  # fmt: skip
        from redline.core.checks import permits

        numbers = {
            name.lower(): self.parameterAsDouble(parameters, name, context)
            for name in ("TOLERANCE_AREA", "TOLERANCE_SHARE", "EDGE_TOLERANCE", "IDLE_YEARS", "IDLE_SHARE")
        }
        settings = permits.Settings(self.date(parameters, "ON_DATE", context), **numbers)
        return permits.check(frames, findings, settings, progress)

    def report_title(self) -> str:
        return tr("Permits, violations and farmland: check report")

    def settings_shown(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[SettingFact]:
        from redline.core.report import SettingFact

        day = SettingFact(tr("On the day"), self.date(parameters, "ON_DATE", context).isoformat())
        return [day, *super().settings_shown(parameters, context)]
