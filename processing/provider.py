"""Redline's algorithms in the Processing toolbox."""

from __future__ import annotations

from qgis.core import QgsApplication, QgsProcessingModelAlgorithm, QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from redline.processing.algorithm import RESOURCES, can_execute, tr

MODELS = ("yearly_fourway", "monthly_enforcement")
"""The models in resources/models that stand in the toolbox beside the algorithms; their ids are public."""


class ShippedModel(QgsProcessingModelAlgorithm):
    """A model of the plugin: under an id that does not change with its title."""

    def __init__(self, stem: str) -> None:
        super().__init__()
        self._stem = stem
        self.fromFile(str(RESOURCES / "models" / f"{stem}.model3"))

    def name(self) -> str:
        return self._stem.replace("_", "")

    def displayName(self) -> str:
        return {
            "yearly_fourway": tr("Yearly four-way run (model)"),
            "monthly_enforcement": tr("Monthly enforcement run (model)"),
        }[self._stem]

    def group(self) -> str:
        return tr("Models")

    def groupId(self) -> str:
        return "models"

    def canExecute(self) -> tuple[bool, str]:
        able, why = can_execute()
        return super().canExecute() if able else (able, why)


class RedlineProvider(QgsProcessingProvider):
    """The provider `redline`. Its algorithms are there even where the libraries that they need are not."""

    def id(self) -> str:
        return "redline"

    def name(self) -> str:
        return "Redline 耕地红线"

    def longName(self) -> str:
        return tr("Redline 耕地红线: audit of permanent basic farmland")

    def icon(self) -> QIcon:
        return QIcon(str(RESOURCES / "icons" / "redline.svg"))

    def svgIconPath(self) -> str:
        return str(RESOURCES / "icons" / "redline.svg")

    def loadAlgorithms(self) -> None:
        from redline.processing.consistency.coveragecheck import CoverageCheck
        from redline.processing.consistency.ellipsoidalarea import EllipsoidalArea
        from redline.processing.consistency.fiveduties import FiveDuties
        from redline.processing.consistency.fourwaycheck import FourWayCheck
        from redline.processing.consistency.schemacheck import SchemaCheck
        from redline.processing.consistency.summarytables import SummaryTables
        from redline.processing.countyaudit import CountyAudit
        from redline.processing.enforcement.enforcementrates import EnforcementRates
        from redline.processing.enforcement.idleland import IdleLand
        from redline.processing.enforcement.permitconflicts import PermitConflicts
        from redline.processing.enforcement.siteprecheck import SitePrecheck
        from redline.processing.exchange.readcoordinatetxt import ReadCoordinateTxt
        from redline.processing.exchange.writecoordinatetxt import WriteCoordinateTxt
        from redline.processing.grid.checkgrid import CheckGrid
        from redline.processing.grid.drawgrid import DrawGrid
        from redline.processing.grid.patrolcheck import PatrolCheck
        from redline.processing.grid.signcheck import SignCheck
        from redline.processing.maps.atlas import Atlas
        from redline.processing.maps.sheetgrid import SheetGrid

        for algorithm in (
            CountyAudit,
            FourWayCheck,
            FiveDuties,
            CoverageCheck,
            SchemaCheck,
            SummaryTables,
            EllipsoidalArea,
            PermitConflicts,
            EnforcementRates,
            IdleLand,
            SitePrecheck,
            DrawGrid,
            CheckGrid,
            PatrolCheck,
            SignCheck,
            Atlas,
            SheetGrid,
            ReadCoordinateTxt,
            WriteCoordinateTxt,
        ):
            self.addAlgorithm(algorithm())
        # A model finds its steps only in a provider that is registered.
        if QgsApplication.processingRegistry().providerById(self.id()) is not None:
            self.add_models()

    def add_models(self) -> None:
        """Put the shipped models beside the algorithms, once these can be found."""
        for stem in MODELS:
            self.addAlgorithm(ShippedModel(stem))
