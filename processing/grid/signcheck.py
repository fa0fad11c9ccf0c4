"""Protection signs against the plots that they protect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingOutputNumber,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
)

from redline.core.progress import Progress
from redline.processing.algorithm import tr
from redline.processing.check import CheckAlgorithm
from redline.processing.inputs import LAYERS_OR_TABLES

if TYPE_CHECKING:
    from redline.core.checks.signs import Settings
    from redline.core.findings import Findings
    from redline.core.frames import Frame
    from redline.core.report import SettingFact
    from redline.core.result import Result

# The order is public: models keep the word.
PLACES = ("village", "block", "plot")


class SignCheck(CheckAlgorithm):
    """`redline:signcheck`."""

    def name(self) -> str:
        return "signcheck"

    def displayName(self) -> str:
        return tr("Check the protection signs")

    def groupId(self) -> str:
        return "grid"

    def tags(self) -> list[str]:
        return [
            "警示牌", "标志牌", "保护牌", "界桩", "标识牌", "永久基本农田标志", "损毁", "移位", "修复", "检查",
            "signs", "boundary posts", "protection", "inspection",
        ]  # fmt: skip

    def purpose(self) -> str:
        return tr(
            "Checks the protection signs (标志牌、警示牌): has every village, block of plots or plot one, does it "
            "stand at the plot whose number it bears, was it looked at within a year, and is a damaged one repaired?"
        )

    def declare_check(self) -> None:
        self.add_input(
            "SIGNS", "sign", tr("Signs"),
            tr(
                "Points, or a table: number of the sign, number of its plot, day of inspection, state, day of repair. "
                "Without points the number of the plot or the village tells where a sign stands."
            ),
            LAYERS_OR_TABLES, columns={"KEY": "key", "PLOT": "plot_number"},
        )  # fmt: skip
        self.add_input(
            "MAP", "map", tr("Farmland map"), tr("The plots that signs protect."),
            columns={"KEY": "key", "UNIT": "unit"},
        )  # fmt: skip
        self.add_input(
            "UNITS", "units", tr("Administrative units"), tr("Names of the units."), LAYERS_OR_TABLES, True
        )
        place = QgsProcessingParameterEnum(
            "PLACE", tr("One sign for each"), list(PLACES), False, PLACES[0], False, True
        )
        place.setHelp(tr("village: with plots; block: plots of a village that lie together; plot: each one."))
        self.addParameter(place)
        self.add_number(
            "MAX_DISTANCE", tr("Greatest distance from its plot (m)"), self.usual("sign_distance"),
            tr("From the edge of the plot; a sign inside stands at it."),
        )  # fmt: skip
        self.add_number(
            "MAX_AGE", tr("Days within which a sign is inspected"), self.usual("sign_age_days"),
            tr("To put up or to repair a sign is to look at it."),
        )  # fmt: skip
        self.add_number(
            "BLOCK_GAP", tr("Gap between plots of a block (m)"), self.usual("sign_block_gap"),
            tr("Plots of a village that lie no farther apart are one block."),
        )  # fmt: skip
        self.add_date("ON_DATE", tr("On the day"), tr("Inspections count up to this day; empty is today."))
        self.tables = ["SIGN_STATUS"]
        for name, label in (
            ("SIGNED_RATE", tr("Share of places with a sign (0–1)")),
            ("GOOD_RATE", tr("Share of signs in order (0–1)")),
        ):  # fmt: skip
            self.addOutput(QgsProcessingOutputNumber(name, label))

    def table(self, name: str) -> QgsProcessingParameterFeatureSink:
        kind = QgsProcessing.SourceType.TypeVectorPolygon
        return QgsProcessingParameterFeatureSink(name, tr("Signs by place"), kind, optional=True)

    def outputs_help(self) -> dict[str, str]:
        return {
            **super().outputs_help(),
            "SIGN_STATUS": tr(
                "One row a village, block or plot: how many signs stand there and whether they are in order."
            ),
        }

    def _settings(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Settings:
        from redline.core.checks import signs

        return signs.Settings(
            on_date=self.date(parameters, "ON_DATE", context),
            max_distance=self.parameterAsDouble(parameters, "MAX_DISTANCE", context),
            max_age=self.parameterAsDouble(parameters, "MAX_AGE", context),
            place=str(self.parameterAsEnumString(parameters, "PLACE", context)) or "village",
            block_gap=self.parameterAsDouble(parameters, "BLOCK_GAP", context),
        )

    def run_check(
        self, frames: dict[str, Frame], findings: Findings, parameters: dict[str, Any], context: QgsProcessingContext,
        progress: Progress,
    ) -> Result:  # fmt: skip
        from redline.core.checks import signs

        return signs.check(frames, findings, self._settings(parameters, context), progress)

    def numbers(self, result: Result) -> dict[str, Any]:
        return {
            "SIGNED_RATE": result.rates["signed_places"].value, "GOOD_RATE": result.rates["signs_good"].value,
        }  # fmt: skip

    def report_title(self) -> str:
        return tr("Protection signs: check report")

    def settings_shown(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[SettingFact]:
        from redline.core.catalogue import text
        from redline.core.report import SettingFact
        from redline.processing.algorithm import language

        settings = self._settings(parameters, context)
        said = [
            SettingFact(tr("On the day"), settings.on_date.isoformat()),
            SettingFact(tr("One sign for each"), text(f"sign.place.{settings.place}", language())),
        ]
        return [*said, *super().settings_shown(parameters, context)]
