"""五落实: has every plot its parcel, area, people, responsibility and atlas page?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
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

_MAP = {"KEY": "key", "UNIT": "unit", "AREA": "plot_area"}
_SHEET = {"KEY": "key", "UNIT": "unit", "AREA": "area"}


class FiveDuties(CheckAlgorithm):
    """`redline:fiveduties`."""

    def name(self) -> str:
        return "fiveduties"

    def displayName(self) -> str:
        return tr("Five duties: parcel, area, people, responsibility, atlas")

    def groupId(self) -> str:
        return "consistency"

    def tags(self) -> list[str]:
        return [
            "五落实", "落实到地块", "责任人", "责任书", "保护期", "图册", "永久基本农田", "基本农田", "图斑", "核查",
            "five duties", "responsibility", "farmland", "register", "atlas", "audit",
        ]  # fmt: skip

    def purpose(self) -> str:
        return tr(
            "Tests whether every farmland plot has its parcel, its area, its responsible people, a responsibility "
            "letter in force and a page in the atlas (五落实).\n\n"
            "A duty counts as met where the map or the register says so; where both say something and it differs, that "
            "is reported. A duty that no source can tell of is left empty and reported as not checked."
        )

    def declare_check(self) -> None:
        self.add_input(
            "MAP", "map", tr("Map"),
            tr("The farmland plots (YJJBNTTB or an older layer), with responsible people and periods if it has them."),
            columns=_MAP,
        )  # fmt: skip
        self.add_input(
            "REGISTER", "register", tr("Register"),
            tr("The plot register with people, responsibility letters and periods: spreadsheet, CSV or table."), TABLES,
            True, _SHEET,
        )  # fmt: skip
        self.add_area_unit("REGISTER_AREA_UNIT", tr("Area unit of the register"))
        self.add_input(
            "ATLAS_INDEX", "atlas_index", tr("Atlas index"),
            tr("The pages of the printed atlas and what is on them, as the atlas tool writes them."), TABLES, True,
        )  # fmt: skip
        self.add_date("ON_DATE", tr("On the day"), tr("Responsibility must be in force on this day; empty is today."))
        self.tables = ["PLOT_DUTIES", "UNIT_DUTIES"]

    def table(self, name: str) -> QgsProcessingParameterFeatureSink:
        source = QgsProcessing.SourceType
        if name == "PLOT_DUTIES":
            return QgsProcessingParameterFeatureSink(name, tr("Duties of every plot"), source.TypeVectorPolygon)
        return QgsProcessingParameterFeatureSink(name, tr("Duties by unit"), source.TypeVector)

    def outputs_help(self) -> dict[str, str]:
        return {
            **super().outputs_help(),
            "PLOT_DUTIES": tr("The five duties of every plot: true, false, or empty where no source can tell."),
            "UNIT_DUTIES": tr("Plots and shares of the duties met (0–1), by county, township and village."),
        }

    def run_check(
        self, frames: dict[str, Frame], findings: Findings, parameters: dict[str, Any], context: QgsProcessingContext,
        progress: Progress,
    ) -> Result:  # fmt: skip
        from redline.core.checks import duties

        return duties.check(frames, findings, duties.Settings(self.date(parameters, "ON_DATE", context)), progress)

    def settings_shown(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[SettingFact]:
        from redline.core.report import SettingFact

        return [SettingFact(tr("On the day"), self.date(parameters, "ON_DATE", context).isoformat())]
