"""The official tables from the map, levelled, as plain tables and as a workbook to hand in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterString,
)

from redline.core.progress import Progress
from redline.processing.algorithm import QgisProgress, tr
from redline.processing.check import CheckAlgorithm
from redline.processing.inputs import AREA_UNITS, TABLES

if TYPE_CHECKING:
    from redline.core.findings import Findings
    from redline.core.frames import Frame
    from redline.core.report import SettingFact
    from redline.core.result import Result
    from redline.core.tables import Tables

_MAP = {"KEY": "key", "UNIT": "unit", "CLASS": "land_class", "AREA": "plot_area"}
_DEFAULT_UNIT = "mu"


class SummaryTables(CheckAlgorithm):
    """`redline:summarytables`."""

    def __init__(self) -> None:
        super().__init__()
        self._made: Tables | None = None

    def name(self) -> str:
        return "summarytables"

    def displayName(self) -> str:
        return tr("Official tables from the map")

    def groupId(self) -> str:
        return "consistency"

    def tags(self) -> list[str]:
        return [
            "汇总表", "登记表", "登记册", "现状登记表", "现状汇总表", "责任一览表", "调平", "面积平差", "控制面积",
            "报表", "永久基本农田", "基本农田", "summary table", "register", "levelling", "control area", "statistics",
            "excel", "farmland",
        ]  # fmt: skip

    def purpose(self) -> str:
        return tr(
            "Makes the official tables from the farmland map: the register of plots (现状登记表), the summary by land "
            "class, slope level and grade (现状汇总表) and the table of responsibilities (保护责任一览表).\n\n"
            "Areas are added up exactly in m², rounded once and levelled (调平), so that every row and every column "
            "adds up to the last place. With the land survey (DLTB), classes and deducted ridges are taken from it; "
            "with the units' control areas, plots are first brought to them where only rounding is between them.\n\n"
            "The workbook is ready to print and sign. Identity numbers, telephones and addresses are not read."
        )

    def declare_check(self) -> None:
        self.add_input(
            "MAP", "map", tr("Map"),
            tr("The farmland plots (YJJBNTTB or an older layer). Their recorded areas count."), columns=_MAP,
        )  # fmt: skip
        self.add_input(
            "LANDUSE", "landuse", tr("Land survey"),
            tr("The plots of the land survey (DLTB). Without it, the map's own classes and net areas count."),
            optional=True,
        )  # fmt: skip
        self.add_input(
            "UNITS", "units", tr("Administrative units"),
            tr("Townships or villages with their names and, where known, the control areas of these plots."),
            optional=True,
        )  # fmt: skip
        self.add_input(
            "REGISTER", "register", tr("Register"),
            tr("People, letters and periods of responsibility, where the map does not say who answers for a plot."),
            TABLES, True,
        )  # fmt: skip
        unit = QgsProcessingParameterEnum(
            "AREA_UNIT", tr("Area unit of the tables"), list(AREA_UNITS), False, _DEFAULT_UNIT, False, True
        )
        unit.setHelp(tr("m2, mu (亩) or ha; auto is mu. Plots are listed in m² and converted."))
        self.addParameter(unit)
        self._add_text(
            "COUNTY", tr("Name of the county"),
            tr("Stands in the titles, for example 示范县; names the county where the layers do not."),
        )  # fmt: skip
        self._add_text("OFFICE", tr("Office"), tr("The reporting office, printed above the tables."))
        self.tables = ["OUTPUT", "QUALITY_TABLE", "PLOT_TABLE", "DUTY_TABLE"]
        self.addParameter(
            QgsProcessingParameterFileDestination(
                "WORKBOOK", tr("Workbook"), tr("Excel workbooks (*.xlsx)"), optional=True
            )
        )

    def _add_text(self, name: str, label: str, explained: str) -> None:
        parameter = QgsProcessingParameterString(name, label, "", optional=True)
        parameter.setFlags(parameter.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
        parameter.setHelp(explained)
        self.addParameter(parameter)

    def table(self, name: str) -> QgsProcessingParameterFeatureSink:
        labels = {
            "OUTPUT": tr("Summary by land class"),
            "QUALITY_TABLE": tr("Summary by slope level and grade"),
            "PLOT_TABLE": tr("Register of plots"),
            "DUTY_TABLE": tr("Table of responsibilities"),
        }
        return QgsProcessingParameterFeatureSink(
            name, labels[name], QgsProcessing.SourceType.TypeVector, optional=name != "OUTPUT"
        )

    def outputs_help(self) -> dict[str, str]:
        return {
            **super().outputs_help(),
            "OUTPUT": tr("One row a unit and land class: exact area in m² and the levelled area as printed."),
            "QUALITY_TABLE": tr("Cultivated land of every unit by slope level and by grade."),
            "PLOT_TABLE": tr("One row a plot with its exact areas, and its farmland as printed."),
            "DUTY_TABLE": tr("Who answers for every plot, by which letter and how long."),
            "WORKBOOK": tr("All tables as forms with titles, totals and a line to sign, set up for printing."),
        }

    def run_check(
        self, frames: dict[str, Frame], findings: Findings, parameters: dict[str, Any], context: QgsProcessingContext,
        progress: Progress,
    ) -> Result:  # fmt: skip
        from redline.core import tables
        from redline.processing.crs import crs_of

        unit, county = self._unit(parameters, context), self._said("COUNTY", parameters, context)
        settings = tables.Settings(unit, crs_of(self.crs(), context), county)
        self._made, result = tables.check(frames, findings, settings, progress)
        return result

    def process(
        self, parameters: dict[str, Any], context: QgsProcessingContext, progress: QgisProgress
    ) -> dict[str, Any]:
        results = super().process(parameters, context, progress.step(share=0.7))  # type: ignore[arg-type]
        path = self.parameterAsFileOutput(parameters, "WORKBOOK", context)
        if path and self._made is not None:
            results |= self._write_workbook(Path(path), self._made, parameters, context, progress.step())
        return results

    def _write_workbook(
        self, path: Path, made: Tables, parameters: dict[str, Any], context: QgsProcessingContext, progress: Progress
    ) -> dict[str, str]:
        from redline.core.tables import Imprint, forms
        from redline.processing.workbook import no_writer, not_written, write_workbook, writer

        library = writer()
        if library is None:
            progress.tell(no_writer())
            return {}
        county, office = (self._said(name, parameters, context) for name in ("COUNTY", "OFFICE"))
        try:
            write_workbook(path, forms(made, Imprint(county, office)), library, progress)
        except OSError as error:
            raise QgsProcessingException(not_written(path, error)) from None
        return {"WORKBOOK": str(path)}

    def _said(self, name: str, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        return str(self.parameterAsString(parameters, name, context)).strip()

    def _unit(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        unit = self.area_unit("AREA_UNIT", parameters, context)
        return _DEFAULT_UNIT if unit == "auto" else unit

    def report_title(self) -> str:
        return tr("Official tables from the map")

    def settings_shown(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[SettingFact]:
        from redline.core.report import SettingFact
        from redline.core.units import unit_name
        from redline.processing.algorithm import language

        return [SettingFact(tr("Area unit of the tables"), unit_name(self._unit(parameters, context), language()))]
