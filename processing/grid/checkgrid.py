"""Zones drawn by anyone, held against units, plots, people and letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
)

from redline.core.progress import Progress
from redline.processing.algorithm import tr
from redline.processing.check import CheckAlgorithm
from redline.processing.inputs import TABLES

if TYPE_CHECKING:
    from redline.core.checks.grid import Settings
    from redline.core.findings import Findings
    from redline.core.frames import Frame
    from redline.core.report import SettingFact
    from redline.core.result import Result


class CheckGrid(CheckAlgorithm):
    """`redline:checkgrid`."""

    def name(self) -> str:
        return "checkgrid"

    def displayName(self) -> str:
        return tr("Check the responsibility zones")

    def groupId(self) -> str:
        return "grid"

    def tags(self) -> list[str]:
        return [
            "网格", "责任网格", "网格核查", "五定", "田长制", "田长", "网格员", "责任书", "责任状", "责任区",
            "定区域", "定人员", "定职责", "定任务", "定奖惩", "zones", "grid", "responsibility", "coverage", "letters",
        ]  # fmt: skip

    def purpose(self) -> str:
        return tr(
            "Checks zones (责任网格) that anyone has drawn: do they tile their units without gap or overlap, level by "
            "level, do their codes begin with their unit's, does every plot lie in exactly one, and are the loads "
            "even?\n\n"
            "With a roster: does someone answer for every zone, are all five things settled (五定: area, people, "
            "duties, tasks, rewards), who has no zone, and who has zones far apart? With the ledger of "
            "responsibility letters (责任书): which units of each level have signed none that is in force?"
        )

    def declare_check(self) -> None:
        self.add_input(
            "ZONES", "zone", tr("Zones"),
            tr(
                "Polygons with the zone's code, as “Draw the responsibility zones” gives them or as your office keeps "
                "them. Zones of several levels may stand in one layer."
            ),
            columns={"CODE": "key", "UNIT": "unit"},
        )  # fmt: skip
        self.add_input(
            "UNITS", "units", tr("Administrative units"),
            tr("What the zones must tile; without them the zones of the next higher level."), optional=True,
        )  # fmt: skip
        self.add_input("PLOTS", "map", tr("Plots"), tr("Every plot must lie in one zone."), optional=True)
        self.add_input(
            "ROSTER", "roster", tr("Roster"),
            tr("People with the code or name of their zone or unit: post, role, telephone, duties, from when to when."),
            TABLES, True,
        )  # fmt: skip
        self.add_input(
            "LETTERS", "letter", tr("Responsibility letters"),
            tr(
                "The ledger of letters: number, unit, from when to when. The levels from the highest to the lowest "
                "that it names are checked."
            ),
            TABLES, True,
        )  # fmt: skip
        self.add_date("ON_DATE", tr("On the day"), tr("People and letters are in force on this day; empty is today."))
        self.add_number(
            "MAX_DISTANCE", tr("Greatest distance between one person's zones (m)"), self.usual("zone_far_apart"),
            tr("Zones of one person that lie farther apart are told."),
        )  # fmt: skip
        self.add_number(
            "MAX_IMBALANCE", tr("Greatest load, times the mean"), self.usual("zone_imbalance"),
            tr("Among the zones of one unit: of the recorded load, else the number of plots, else the area."),
        )  # fmt: skip
        self.add_number(
            "MIN_AREA", tr("Smallest area to list (m²)"), self.usual("overlap_report_floor"),
            tr("Smaller overlaps and gaps are counted, not listed."),
        )  # fmt: skip
        self.tables = ["ZONE_STATUS"]
        for name, label in (
            ("ZONE_COUNT", tr("Number of zones")),
            ("STAFFED_RATE", tr("Share of zones that someone answers for (0–1)")),
            ("COMPLETE_RATE", tr("Share of zones with all five duties (0–1)")),
        ):  # fmt: skip
            self.addOutput(QgsProcessingOutputNumber(name, label))

    def table(self, name: str) -> QgsProcessingParameterFeatureSink:
        kind = QgsProcessing.SourceType.TypeVectorPolygon
        return QgsProcessingParameterFeatureSink(name, tr("Status of every zone"), kind, optional=True)

    def outputs_help(self) -> dict[str, str]:
        return {
            **super().outputs_help(),
            "ZONE_STATUS": tr(
                "One row a zone: plots and farmland in it, who answers for it, and which of the five duties are "
                "settled; empty where nothing was given to tell."
            ),
        }

    def _settings(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Settings:
        from redline.core.checks import grid

        return grid.Settings(
            on_date=self.date(parameters, "ON_DATE", context),
            far_apart=self.parameterAsDouble(parameters, "MAX_DISTANCE", context),
            max_imbalance=self.parameterAsDouble(parameters, "MAX_IMBALANCE", context),
            min_area=self.parameterAsDouble(parameters, "MIN_AREA", context),
        )

    def run_check(
        self, frames: dict[str, Frame], findings: Findings, parameters: dict[str, Any], context: QgsProcessingContext,
        progress: Progress,
    ) -> Result:  # fmt: skip
        from redline.core.checks import grid

        return grid.check(frames, findings, self._settings(parameters, context), progress)

    def numbers(self, result: Result) -> dict[str, Any]:
        staffed, complete = (result.rates.get(name) for name in ("zones_staffed", "zones_complete"))
        return {
            "ZONE_COUNT": len(result.tables["ZONE_STATUS"]), "STAFFED_RATE": staffed.value if staffed else None,
            "COMPLETE_RATE": complete.value if complete else None,
        }  # fmt: skip

    def report_title(self) -> str:
        return tr("Responsibility zones: check report")

    def settings_shown(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[SettingFact]:
        from redline.core.report import SettingFact

        day = SettingFact(tr("On the day"), self._settings(parameters, context).on_date.isoformat())
        return [day, *super().settings_shown(parameters, context)]
