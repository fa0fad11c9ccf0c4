"""违法占耕比 and the rates of enforcement, by unit, against their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingOutputNumber,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterNumber,
)

from redline.core.preferences import preferences
from redline.core.progress import Progress
from redline.processing.algorithm import language, tr
from redline.processing.check import CheckAlgorithm
from redline.processing.inputs import LAYERS_OR_TABLES, POLYGONS

if TYPE_CHECKING:
    from redline.core.checks.rates import Settings
    from redline.core.findings import Findings
    from redline.core.frames import Frame
    from redline.core.report import SettingFact
    from redline.core.result import Result

# The order is public: models keep the word, the box shows them so.
PROFILES = ("county15_town8", "national15", "national15_pending", "town8", "town8_total", "monitored15")
_NUMBERS = {"ILLEGAL_RATIO": "illegal_ratio", "ILLEGAL_RATIO_DEDUCTED": "illegal_ratio_deducted",
            "FILING_RATE": "filing", "RECTIFICATION_RATE": "rectification"}  # fmt: skip


class EnforcementRates(CheckAlgorithm):
    """`redline:enforcementrates`."""

    prints = True

    def name(self) -> str:
        return "enforcementrates"

    def displayName(self) -> str:
        return tr("Rates of enforcement by unit")

    def groupId(self) -> str:
        return "enforcement"

    def tags(self) -> list[str]:
        return [
            "违法占耕比", "违法占用耕地", "立案率", "查处率", "结案率", "整改率", "复耕率", "卫片执法", "违法图斑",
            "案件台账", "问责", "15%", "8%", "15号令", "新增建设用地", "illegal", "ratio", "enforcement", "cases",
            "violations", "rates",
        ]  # fmt: skip

    def purpose(self) -> str:
        return tr(
            "Works out the illegal share of cultivated land (违法占耕比) before and after deduction, and the filing, "
            "decision, closing and rectification rates of every county, township and village, and holds them against "
            "their lines.\n\n"
            "Every rate comes with its numerator, its denominator, what was deducted and the definition it follows; "
            "lines are compared exactly, to the hundredth of a square metre. Cases are joined to polygons by number, "
            "else by place; what has no other side, and days of a case that cannot be so, are findings."
        )

    def declare_check(self) -> None:
        self.add_input(
            "VIOLATIONS", "violation", tr("Violations"),
            tr(
                "Monitored polygons with a judgement (合法, 违法, 其他) and their cultivated area, or the violations "
                "that “Permits, violations and farmland” gives. Without them the ledger's own areas are counted."
            ),
            POLYGONS, True, {"KEY": "key", "UNIT": "unit", "AREA": "area", "CULTIVATED": "cultivated_area",
                             "JUDGEMENT": "judgement"},
        )  # fmt: skip
        self.add_input(
            "CASES", "case", tr("Cases"),
            tr(
                "The ledger of cases: number, violation, days of discovery, filing, decision, closing and putting "
                "right, areas and fines. A table, or a layer of points or polygons."
            ),
            LAYERS_OR_TABLES, True, {"KEY": "key", "VIOLATION": "violation", "UNIT": "unit", "AREA": "area"},
        )  # fmt: skip
        self.add_area_unit("CASES_AREA_UNIT", tr("Area unit of the cases"))
        self.add_input(
            "NEW_CONSTRUCTION", "new_construction", tr("New construction land"),
            tr(
                "New construction land of the year with its cultivated part, by unit or polygon by polygon: what the "
                "ratio is divided by."
            ),
            LAYERS_OR_TABLES, True, {"UNIT": "unit", "AREA": "area", "CULTIVATED": "cultivated_area"},
        )  # fmt: skip
        self.add_area_unit("NEW_CONSTRUCTION_AREA_UNIT", tr("Area unit of the new construction land"))
        self.add_input(
            "UNITS", "units", tr("Administrative units"),
            tr("Names of the units; polygons also tell where violations lie that bear no village's code."),
            LAYERS_OR_TABLES, True,
        )  # fmt: skip
        profile = QgsProcessingParameterEnum(
            "PROFILE", tr("Definition of the ratio"), list(PROFILES), False, _usual_profile(), False, True
        )
        profile.setHelp(
            tr(
                "county15_town8: 15 % and more for counties, over 8 % for townships, of the cultivated land that new "
                "construction takes. national15, town8: one of these lines for both. national15_pending: with land "
                "approved before and built this year. town8_total: of all new construction land. monitored15: of the "
                "monitored polygons alone; partly restored land counts as deducted."
            )
        )
        self.addParameter(profile)
        self.add_number(
            "THRESHOLD", tr("Line of your own (%)"), 0.0,
            tr("Instead of the definition's line, such as 5 or 10; 0 keeps the definition's."), 100.0,
        )  # fmt: skip
        year = QgsProcessingParameterNumber(
            "YEAR", tr("Year"), QgsProcessingParameterNumber.Type.Integer, 0, False, 0, 2200
        )
        year.setHelp(tr("Only violations, cases and new construction of this year; 0 takes all."))
        self.addParameter(year)
        self.add_date("ON_DATE", tr("On the day"), tr("What happened later does not count; empty is today."))
        self.add_number(
            "FILING_AREA", tr("Smallest violation to be filed (m²)"), 0.0,
            tr("Smaller polygons without a case are not missed in the filing rate."),
        )  # fmt: skip
        self.tables = ["RATES"]
        for name, label in (
            ("ILLEGAL_RATIO", tr("Illegal share of cultivated land (0–1)")),
            ("ILLEGAL_RATIO_DEDUCTED", tr("Illegal share of cultivated land after deduction (0–1)")),
            ("FILING_RATE", tr("Filing rate (0–1)")), ("RECTIFICATION_RATE", tr("Rectification rate (0–1)")),
        ):  # fmt: skip
            self.addOutput(QgsProcessingOutputNumber(name, label))

    def table(self, name: str) -> QgsProcessingParameterFeatureSink:
        return QgsProcessingParameterFeatureSink(name, tr("Rates by unit"), QgsProcessing.SourceType.TypeVector)

    def outputs_help(self) -> dict[str, str]:
        return {
            **super().outputs_help(),
            "RATES": tr(
                "One row a unit and rate: both numbers, what was deducted, the share, the line and whether it is "
                "crossed. A share is empty where the denominator is zero. Rates with a line have the unit's shape."
            ),
        }

    def problem(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        if not (parameters.get("VIOLATIONS") or parameters.get("CASES")):
            return tr("Give violations, cases, or both.")
        return super().problem(parameters, context)

    def _settings(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Settings:
        from redline.core.checks import rates

        return rates.Settings(
            on_date=self.date(parameters, "ON_DATE", context),
            profile=str(self.parameterAsEnumString(parameters, "PROFILE", context)) or _usual_profile(),
            line=self.parameterAsDouble(parameters, "THRESHOLD", context),
            year=self.parameterAsInt(parameters, "YEAR", context),
            filing_area=self.parameterAsDouble(parameters, "FILING_AREA", context),
        )

    def run_check(
        self, frames: dict[str, Frame], findings: Findings, parameters: dict[str, Any], context: QgsProcessingContext,
        progress: Progress,
    ) -> Result:  # fmt: skip
        from redline.core.checks import rates

        return rates.check(frames, findings, self._settings(parameters, context), progress)

    def numbers(self, result: Result) -> dict[str, Any]:
        rates = {output: result.rates.get(rate) for output, rate in _NUMBERS.items()}
        return {output: rate.value if rate else None for output, rate in rates.items()}

    def report_title(self) -> str:
        return tr("Rates of enforcement: check report")

    def settings_shown(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[SettingFact]:
        from redline.core.report import SettingFact

        settings = self._settings(parameters, context)
        profile = settings.ratio()
        return [
            SettingFact(tr("On the day"), settings.on_date.isoformat()),
            SettingFact(tr("Definition of the ratio"), profile.title[language()], profile.source[language()]),
            *super().settings_shown(parameters, context),
        ]


def _usual_profile() -> str:
    """The definition of the ratio that is set, else the first."""
    return preferences().ratio or PROFILES[0]
