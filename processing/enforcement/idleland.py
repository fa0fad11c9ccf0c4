"""批而未供, 供而未用, idle land: between permit, contract and building."""

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
from redline.processing.inputs import LAYERS_OR_TABLES, POLYGONS

if TYPE_CHECKING:
    from redline.core.findings import Findings
    from redline.core.frames import Frame
    from redline.core.report import SettingFact
    from redline.core.result import Result

_COUNTS = {"IDLE_COUNT": "idle", "TAKE_BACK_COUNT": "take_back", "NOT_SUPPLIED_COUNT": "not_supplied"}


class IdleLand(CheckAlgorithm):
    """`redline:idleland`."""

    def name(self) -> str:
        return "idleland"

    def displayName(self) -> str:
        return tr("Unsupplied and idle land")

    def groupId(self) -> str:
        return "enforcement"

    def tags(self) -> list[str]:
        return [
            "闲置土地", "批而未供", "供而未用", "闲置费", "无偿收回", "53号令", "出让合同", "批后监管", "动工开发",
            "约定动工", "idle land", "supply", "contracts", "permits", "fee",
        ]  # fmt: skip

    def purpose(self) -> str:
        return tr(
            "Tells which approved land was not supplied (批而未供), which supplied land was not begun (供而未用), and "
            "which land is idle by law (闲置): not begun within a year of the agreed day, or stopped for a year with "
            "less than a third of the area developed or a quarter of the investment made.\n\n"
            "Idle land owes a fee of 20 % of its price; never begun for two years, it may be taken back without "
            "compensation. A cause of the government or force majeure excuses. Years are calendar years, shares are "
            "compared exactly; what lacks its dates is said to be unknown, never guessed."
        )

    def declare_check(self) -> None:
        self.add_input(
            "PERMITS", "permit", tr("Permits"),
            tr("Approved construction land with number, day of approval, status and area."),
            LAYERS_OR_TABLES, True, {"KEY": "key", "UNIT": "unit", "AREA": "area"},
        )  # fmt: skip
        self.add_input(
            "CONTRACTS", "contract", tr("Contracts"),
            tr(
                "Contracts of sale or decisions of allocation: number, permit, agreed and actual start, day on which "
                "work stopped, area and investment due and made, price, cause. A table, or a layer of polygons."
            ),
            LAYERS_OR_TABLES, True, {"KEY": "key", "PERMIT": "permit", "UNIT": "unit", "AREA": "area"},
        )  # fmt: skip
        self.add_area_unit("CONTRACTS_AREA_UNIT", tr("Area unit of the contracts"))
        self.add_input(
            "BUILT", "built", tr("Built-up land"),
            tr("Buildings or a land survey, of which construction land counts: what is developed of contracts' land."),
            POLYGONS, True,
        )  # fmt: skip
        self.add_input(
            "UNITS", "units", tr("Administrative units"),
            tr("Names of the units; polygons also tell in which village land lies."), LAYERS_OR_TABLES, True,
        )  # fmt: skip
        self.add_date("ON_DATE", tr("On the day"), tr("Years are counted up to this day; empty is today."))
        self.add_number(
            "UNUSED_YEARS", tr("Years to supply approved land"), self.usual("unused_years"),
            tr("Approved land that was not supplied within so many years is told."), 50.0,
        )  # fmt: skip
        self.tables = ["OUTPUT"]
        for name, label in (
            ("IDLE_COUNT", tr("Number of idle sites that owe a fee")),
            ("TAKE_BACK_COUNT", tr("Number of idle sites that may be taken back")),
            ("NOT_SUPPLIED_COUNT", tr("Number of permits whose land was not supplied")),
        ):
            self.addOutput(QgsProcessingOutputNumber(name, label))

    def table(self, name: str) -> QgsProcessingParameterFeatureSink:
        return QgsProcessingParameterFeatureSink(name, tr("State of the land"), QgsProcessing.SourceType.TypeVector)

    def style_of(self, table: str) -> str:
        return "idle_land" if table == "OUTPUT" else super().style_of(table)

    def outputs_help(self) -> dict[str, str]:
        return {
            **super().outputs_help(),
            "OUTPUT": tr(
                "One row a contract and a permit: its state, the consequence and the fee, shares of area and "
                "investment, days idle and the cause."
            ),
        }

    def problem(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        if not (parameters.get("PERMITS") or parameters.get("CONTRACTS")):
            return tr("Give permits, contracts, or both.")
        return super().problem(parameters, context)

    def run_check(
        self, frames: dict[str, Frame], findings: Findings, parameters: dict[str, Any], context: QgsProcessingContext,
        progress: Progress,
    ) -> Result:  # fmt: skip
        from redline.core.checks import idle

        settings = idle.Settings(
            self.date(parameters, "ON_DATE", context), self.parameterAsDouble(parameters, "UNUSED_YEARS", context)
        )
        result = idle.check(frames, findings, settings, progress)
        result.tables["OUTPUT"] = result.tables["IDLE_LAND"]
        return result

    def numbers(self, result: Result) -> dict[str, Any]:
        status = result.tables["OUTPUT"]["status"]
        return {output: int((status == word).sum()) for output, word in _COUNTS.items()}

    def report_title(self) -> str:
        return tr("Unsupplied and idle land: check report")

    def settings_shown(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[SettingFact]:
        from redline.core.report import SettingFact

        day = SettingFact(tr("On the day"), self.date(parameters, "ON_DATE", context).isoformat())
        return [day, *super().settings_shown(parameters, context)]
