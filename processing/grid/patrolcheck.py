"""Patrols per zone and month against what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingOutputNumber,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from redline.core.progress import Progress
from redline.processing.algorithm import language, tr
from redline.processing.check import CheckAlgorithm
from redline.processing.inputs import LAYERS_OR_TABLES, TABLES

if TYPE_CHECKING:
    from redline.core.checks.patrols import Settings
    from redline.core.findings import Findings
    from redline.core.frames import Frame
    from redline.core.report import SettingFact
    from redline.core.result import Result

# The order is public: models keep the word.
COUNTS = ("patrols", "days")


class PatrolCheck(CheckAlgorithm):
    """`redline:patrolcheck`."""

    def name(self) -> str:
        return "patrolcheck"

    def displayName(self) -> str:
        return tr("Check the patrols")

    def groupId(self) -> str:
        return "grid"

    def tags(self) -> list[str]:
        return [
            "巡查", "动态巡查", "巡田", "巡田率", "田长制", "网格", "网格员", "巡查台账", "巡查轨迹", "巡查次数",
            "早发现", "制止", "patrols", "calendar", "tracks", "inspection", "grid",
        ]  # fmt: skip

    def purpose(self) -> str:
        return tr(
            "Counts the patrols of every zone in every calendar month against what is due, 8 where nobody says "
            "otherwise; zones without any appear too.\n\n"
            "A patrol counts where its point or track lies in its zone, it has a day and a result, and stands in the "
            "log once. Told are patrols outside their zone, by people who are not on the roster, doubles, patrols "
            "faster than anyone moves, and violations that were stopped or reported too late."
        )

    def declare_check(self) -> None:
        self.add_input(
            "ZONES", "zone", tr("Zones"), tr("Polygons with the zone's code."), columns={"CODE": "key", "UNIT": "unit"}
        )
        self.add_input(
            "PATROLS", "patrol", tr("Patrols"),
            tr(
                "The log, as points, tracks or a table: code or name of the zone, day, time, person, result, problem "
                "found, days of discovery, stopping and reporting. Patrols without a code belong to the zone that "
                "they lie in."
            ),
            LAYERS_OR_TABLES, columns={"ZONE": "zone_code", "DATE": "date", "PERSON": "person"},
        )  # fmt: skip
        self.add_input(
            "ROSTER", "roster", tr("Roster"), tr("The people of the zones; patrols by others are told."), TABLES, True
        )
        self.add_input(
            "PLOTS", "map", tr("Plots"), tr("For the share of each zone's plots that patrols came near to."),
            optional=True,
        )  # fmt: skip
        months = QgsProcessingParameterString("MONTHS", tr("Months"), "", optional=True)
        months.setHelp(
            tr("2026-03, 2026-01..2026-06, several parted by commas, or a year; empty takes the months of the log.")
        )
        self.addParameter(months)
        due = QgsProcessingParameterNumber(
            "DUE", tr("Patrols due a month"), QgsProcessingParameterNumber.Type.Integer, int(self.usual("patrols_due")),
            False, 0, 999,
        )  # fmt: skip
        due.setHelp(tr("For every zone that “Patrols due by level” says nothing of."))
        self.addParameter(due)
        by_level = QgsProcessingParameterString("DUE_BY_LEVEL", tr("Patrols due by level"), "", optional=True)
        by_level.setHelp(
            tr(
                "Such as township=1, village=4. Outlines of these levels in the layer of zones are held to their own "
                "number; levels: county, township, village, group, zone."
            )
        )
        by_level.setFlags(by_level.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
        self.addParameter(by_level)
        count = QgsProcessingParameterEnum("COUNT", tr("What is counted"), list(COUNTS), False, COUNTS[0], False, True)
        count.setHelp(tr("patrols: each one; days: days with at least one."))
        self.addParameter(count)
        self.add_number(
            "TOLERANCE", tr("Tolerance (m)"), self.usual("patrol_tolerance"),
            tr("A patrol within this distance of its zone lies in it, a plot within it of a track was seen."),
        )  # fmt: skip
        self.add_number(
            "MAX_SPEED", tr("Greatest speed (km/h)"), self.usual("patrol_speed"),
            tr("From one patrol of a person to the next, and along a track with times of beginning and end."),
        )  # fmt: skip
        self.add_number(
            "STOP_DAYS", tr("Days to stop a violation"), self.usual("patrol_stop_days"),
            tr("From its discovery; what is not stopped yet counts up to the day of the check."),
        )  # fmt: skip
        self.add_number(
            "REPORT_DAYS", tr("Days to report a violation"), self.usual("patrol_report_days"), tr("From its discovery.")
        )
        self.add_date(
            "ON_DATE", tr("On the day"), tr("Months that are not over by then are not short; empty is today.")
        )
        self.tables = ["CALENDAR"]
        for name, label in (
            ("PATROL_RATE", tr("Patrols done of those due (0–1)")), ("DONE_COUNT", tr("Patrols done")),
            ("DUE_COUNT", tr("Patrols due")), ("FOUND_COUNT", tr("Patrols that found something")),
            ("FILED_COUNT", tr("Cases filed of these")),
        ):  # fmt: skip
            self.addOutput(QgsProcessingOutputNumber(name, label))

    def table(self, name: str) -> QgsProcessingParameterFeatureSink:
        kind = QgsProcessing.SourceType.TypeVectorPolygon
        return QgsProcessingParameterFeatureSink(name, tr("Calendar of patrols"), kind)

    def outputs_help(self) -> dict[str, str]:
        return {
            **super().outputs_help(),
            "CALENDAR": tr(
                "One row a zone and month: patrols done and due, days with one, the share of the zone's plots that "
                "they came near to, and whether they are too few. Its style shows the last month; filter the layer to "
                "see another."
            ),
        }

    def _settings(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Settings:
        from redline.core.checks import patrols

        by_level = self.parameterAsString(parameters, "DUE_BY_LEVEL", context)
        return patrols.Settings(
            on_date=self.date(parameters, "ON_DATE", context),
            months=self.parameterAsString(parameters, "MONTHS", context),
            due=self.parameterAsInt(parameters, "DUE", context),
            due_of=patrols.due_of_levels(by_level, language()),
            by_days=self.parameterAsEnumString(parameters, "COUNT", context) == COUNTS[1],
            tolerance=self.parameterAsDouble(parameters, "TOLERANCE", context),
            max_speed=self.parameterAsDouble(parameters, "MAX_SPEED", context),
            stop_days=self.parameterAsDouble(parameters, "STOP_DAYS", context),
            report_days=self.parameterAsDouble(parameters, "REPORT_DAYS", context),
        )

    def problem(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        from redline.core.errors import InputError
        from redline.core.months import months

        found = super().problem(parameters, context)
        if found:
            return found
        try:
            months(self._settings(parameters, context).months, language())
        except InputError as error:
            return str(error)
        return ""

    def run_check(
        self, frames: dict[str, Frame], findings: Findings, parameters: dict[str, Any], context: QgsProcessingContext,
        progress: Progress,
    ) -> Result:  # fmt: skip
        from redline.core.checks import patrols

        return patrols.check(frames, findings, self._settings(parameters, context), progress)

    def numbers(self, result: Result) -> dict[str, Any]:
        rate = result.rates["patrols"]
        found, filed = (result.rates.get(name) for name in ("patrols_found", "found_filed"))
        return {
            "PATROL_RATE": rate.value, "DONE_COUNT": rate.numerator, "DUE_COUNT": rate.denominator,
            "FOUND_COUNT": found.numerator if found else None, "FILED_COUNT": filed.numerator if filed else None,
        }  # fmt: skip

    def report_title(self) -> str:
        return tr("Patrols: check report")

    def settings_shown(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[SettingFact]:
        from redline.core.report import SettingFact

        settings = self._settings(parameters, context)
        words = [
            (tr("On the day"), settings.on_date.isoformat()), (tr("Months"), settings.months),
            (tr("Patrols due by level"), ", ".join(f"{level}={due}" for level, due in settings.due_of.items())),
        ]  # fmt: skip
        said = [SettingFact(name, value) for name, value in words if value]
        return [*said, *super().settings_shown(parameters, context)]
