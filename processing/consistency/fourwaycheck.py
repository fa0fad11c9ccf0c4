"""四统一: do the map, the register, the summary table and the plots on the ground agree?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import QgsProcessing, QgsProcessingContext, QgsProcessingOutputNumber, QgsProcessingParameterFeatureSink

from redline.core.progress import Progress
from redline.processing.algorithm import tr
from redline.processing.check import CheckAlgorithm
from redline.processing.inputs import POLYGONS_OR_POINTS, TABLES

if TYPE_CHECKING:
    from redline.core.findings import Findings
    from redline.core.frames import Frame
    from redline.core.result import Result

_MAP = {"KEY": "key", "UNIT": "unit", "CLASS": "land_class", "AREA": "plot_area"}
_SHEET = {"KEY": "key", "UNIT": "unit", "CLASS": "land_class", "AREA": "area"}


class FourWayCheck(CheckAlgorithm):
    """`redline:fourwaycheck`."""

    # Many a ground plot is the map's, as it was copied to be surveyed.
    holds_copies = True
    keeps_cells = False

    def name(self) -> str:
        return "fourwaycheck"

    def displayName(self) -> str:
        return tr("Map, table, register and plots agree")

    def groupId(self) -> str:
        return "consistency"

    def tags(self) -> list[str]:
        return [
            "四统一", "图表册地块", "一致性", "永久基本农田", "基本农田", "登记册", "汇总表", "图斑", "核查",
            "four-way check", "consistency", "farmland", "register", "compare", "audit", "cadastre",
        ]  # fmt: skip

    def purpose(self) -> str:
        return tr(
            "Compares the farmland map with the register, the summary table and the plots on the ground, plot by plot "
            "and unit by unit (四统一).\n\n"
            "Looks for plots that one source has and another has not, plot numbers given twice, areas, land classes, "
            "units and owners that differ, shapes that moved, plots outside their unit, and sums that do not add up. "
            "What you do not give is reported as not checked.\n\n"
            "Fields are found by the names of the standards and their usual variants; untidy spreadsheets with titles, "
            "merged headings, units in brackets and total rows are understood. The log says what was understood."
        )

    def declare_check(self) -> None:
        self.add_input(
            "MAP", "map", tr("Map"),
            tr("The farmland plots (YJJBNTTB or an older layer). Legal areas are measured in this layer's own CRS."),
            columns=_MAP,
        )  # fmt: skip
        self.add_input(
            "REGISTER", "register", tr("Register"),
            tr("The plot register: one row a plot, as a spreadsheet, CSV or table."), TABLES, True, _SHEET,
        )  # fmt: skip
        self.add_area_unit("REGISTER_AREA_UNIT", tr("Area unit of the register"))
        self.add_input(
            "TABLE", "table", tr("Summary table"),
            tr("Areas by unit and land class, as a spreadsheet, CSV or table."), TABLES, True, _SHEET,
        )  # fmt: skip
        self.add_area_unit("TABLE_AREA_UNIT", tr("Area unit of the summary table"))
        self.add_input(
            "PLOTS", "plots", tr("Plots on the ground"),
            tr("What was surveyed: polygons, or points that stand in the plots."), POLYGONS_OR_POINTS, True, _MAP,
        )  # fmt: skip
        self.add_input(
            "UNITS", "units", tr("Administrative units"),
            tr("Townships or villages with their codes, to see if every plot lies in the unit that its code names."),
            optional=True,
        )  # fmt: skip
        self.add_tolerances()
        self.add_shape_tolerances()
        self.tables = ["PLOT_STATUS", "UNIT_BALANCE"]
        self.addOutput(QgsProcessingOutputNumber("AGREEMENT_RATE", tr("Share of plots that agree everywhere (0–1)")))

    def table(self, name: str) -> QgsProcessingParameterFeatureSink:
        source = QgsProcessing.SourceType
        if name == "PLOT_STATUS":
            return QgsProcessingParameterFeatureSink(name, tr("Status of every plot"), source.TypeVectorPolygon)
        return QgsProcessingParameterFeatureSink(name, tr("Balance by unit"), source.TypeVector)

    def outputs_help(self) -> dict[str, str]:
        return {
            **super().outputs_help(),
            "PLOT_STATUS": tr("Every plot number of any source once: who has it, the areas, and how it stands."),
            "UNIT_BALANCE": tr("Counts and areas of every source by unit and land class, and the greatest difference."),
            "AGREEMENT_RATE": tr("Plots that agree in all sources given, divided by all plot numbers."),
        }

    def run_check(
        self, frames: dict[str, Frame], findings: Findings, parameters: dict[str, Any], context: QgsProcessingContext,
        progress: Progress,
    ) -> Result:  # fmt: skip
        from redline.core.checks import fourway

        settings = fourway.Settings(
            abs_tolerance=self.parameterAsDouble(parameters, "ABS_TOLERANCE", context),
            rel_tolerance=self.parameterAsDouble(parameters, "REL_TOLERANCE", context),
            shift_tolerance=self.parameterAsDouble(parameters, "SHIFT_TOLERANCE", context),
            min_agreement=self.parameterAsDouble(parameters, "MIN_AGREEMENT", context),
        )
        return fourway.check(frames, findings, settings, progress)

    def numbers(self, result: Result) -> dict[str, Any]:
        return {"AGREEMENT_RATE": result.rates["agreement"].value}
