"""Drawing the responsibility zones of a county."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
)

from redline.core.progress import Progress
from redline.processing.algorithm import tr
from redline.processing.check import CheckAlgorithm
from redline.processing.inputs import TABLES

if TYPE_CHECKING:
    from redline.core.findings import Findings
    from redline.core.frames import Frame
    from redline.core.report import SettingFact
    from redline.core.result import Result

LEVELS = ("auto", "county", "township", "village", "group")
LOADS = ("plots", "area", "length")
LINES = (QgsProcessing.SourceType.TypeVectorLine,)


class DrawGrid(CheckAlgorithm):
    """`redline:drawgrid`."""

    def name(self) -> str:
        return "drawgrid"

    def displayName(self) -> str:
        return tr("Draw the responsibility zones")

    def groupId(self) -> str:
        return "grid"

    def tags(self) -> list[str]:
        return [
            "网格", "责任网格", "网格化", "网格划分", "田长制", "田长", "网格员", "五定", "责任区", "责任区图",
            "耕地保护", "永久基本农田", "分区", "zones", "grid", "districts", "partition", "balanced",
            "responsibility", "redistricting",
        ]  # fmt: skip

    def purpose(self) -> str:
        return tr(
            "Draws the zones that people answer for (责任网格). A unit with more plots, farmland or roads than one "
            "person can look after is cut into the fewest zones that can hold it: each in one piece, as even and "
            "compact as the plots allow, with borders along plots, roads and rivers. No plot is cut.\n\n"
            "The zones of a unit tile it without gap or overlap and share their vertices. Their codes, the village's "
            "and three digits from north-west to south-east, do not depend on the order of the features. People come "
            "from a roster; zones that nobody answers for are findings."
        )

    def declare_check(self) -> None:
        self.add_input(
            "UNITS", "units", tr("Administrative units"),
            tr(
                "Villages, townships or several levels in one layer; the lowest are cut into zones. Several features "
                "with one code are one unit (飞地)."
            ),
        )  # fmt: skip
        self.add_input(
            "PLOTS", "map", tr("Plots"),
            tr("The farmland plots. Each goes to the zone of the unit that most of it lies in."),
        )  # fmt: skip
        self.add_input(
            "ROSTER", "roster", tr("Roster"),
            tr("People with the code or name of their zone or unit: post, role, telephone, duties, from when to when."),
            TABLES, True,
        )  # fmt: skip
        level = QgsProcessingParameterEnum("LEVEL", tr("Units to cut"), list(LEVELS), False, "auto", False, True)
        level.setHelp(tr("county, township, village or group; auto takes the lowest units that the layer has."))
        self.addParameter(level)
        load = QgsProcessingParameterEnum("LOAD", tr("Load"), list(LOADS), False, "plots", False, True)
        load.setHelp(
            tr("What one zone can hold: a number of plots, farmland in mu (亩), or the length of the lines in km.")
        )
        self.addParameter(load)
        self.add_number(
            "MAX_LOAD", tr("Greatest load of a zone"), 0.0,
            tr("In plots, mu (亩) or km; 0 is the usual: 100 plots, 1500 mu, 15 km."),
        )  # fmt: skip
        self.add_input(
            "FOLLOW", "follow", tr("Lines to follow"),
            tr("Roads, rivers, canals: borders run along them where they are near. Their length is the load “length”."),
            LINES, True,
        )  # fmt: skip
        self.add_date("ON_DATE", tr("On the day"), tr("People answer for their zones on this day; empty is today."))
        phones = QgsProcessingParameterBoolean("SHOW_PHONES", tr("Show telephone numbers"), False)
        phones.setHelp(tr("No: only their first digits are written."))
        phones.setFlags(phones.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
        self.addParameter(phones)
        self.tables = ["ZONES", "LEVELS", "ROSTER_OUT"]
        self.addOutput(QgsProcessingOutputNumber("ZONE_COUNT", tr("Number of zones")))

    def table(self, name: str) -> QgsProcessingParameterFeatureSink:
        labels = {
            "ZONES": tr("Zones"), "LEVELS": tr("Outlines of every level"), "ROSTER_OUT": tr("People of the zones"),
        }  # fmt: skip
        kinds = QgsProcessing.SourceType
        kind = kinds.TypeVector if name == "ROSTER_OUT" else kinds.TypeVectorPolygon
        optional = name != "ZONES"
        return QgsProcessingParameterFeatureSink(name, labels[name], kind, optional=optional, createByDefault=True)

    def outputs_help(self) -> dict[str, str]:
        return {
            **super().outputs_help(),
            "ZONES": tr(
                "One row a zone: code, unit, name, a colour number other than its neighbours', official area, "
                "farmland, plots, load, the people who answer for it, perimeter, and a point inside for the label."
            ),
            "LEVELS": tr(
                "The outlines of all levels, the greatest first, for maps: areas and counts are the sums of the zones."
            ),
            "ROSTER_OUT": tr("One row for each person and zone or unit, telephone numbers masked."),
        }

    def run_check(
        self, frames: dict[str, Frame], findings: Findings, parameters: dict[str, Any], context: QgsProcessingContext,
        progress: Progress,
    ) -> Result:  # fmt: skip
        from redline.core.zoning import draw
        from redline.processing.crs import crs_of

        settings = draw.Settings(
            level=str(self.parameterAsEnumString(parameters, "LEVEL", context)) or "auto",
            load=str(self.parameterAsEnumString(parameters, "LOAD", context)) or "plots",
            limit=self.parameterAsDouble(parameters, "MAX_LOAD", context),
            crs=crs_of(self.crs(), context),
            on_date=self.date(parameters, "ON_DATE", context),
            show_phones=self.parameterAsBoolean(parameters, "SHOW_PHONES", context),
        )
        return draw.draw(frames, findings, settings, progress)

    def numbers(self, result: Result) -> dict[str, Any]:
        return {"ZONE_COUNT": len(result.tables["ZONES"])}

    def report_title(self) -> str:
        return tr("Responsibility zones: report")

    def settings_shown(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[SettingFact]:
        from redline.core.catalogue import text
        from redline.core.report import SettingFact
        from redline.core.text import in_full
        from redline.core.zoning import draw
        from redline.processing.algorithm import language

        load = str(self.parameterAsEnumString(parameters, "LOAD", context)) or "plots"
        most = draw.Settings(load=load, limit=self.parameterAsDouble(parameters, "MAX_LOAD", context)).most
        return [SettingFact(tr("Greatest load of a zone"), f"{in_full(most)} {text(f'load.{load}', language())}")]
