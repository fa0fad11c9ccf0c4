"""Redline's algorithms in the Processing toolbox."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from redline.processing.algorithm import RESOURCES, tr


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
        from redline.processing.grid.drawgrid import DrawGrid
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
            DrawGrid,
            SheetGrid,
        ):
            self.addAlgorithm(algorithm())
