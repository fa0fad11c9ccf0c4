"""Write the models that the plugin ships: the yearly four-way run and the monthly enforcement run."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path[:] = [str(ROOT / ".cache" / "path"), *(p for p in sys.path if Path(p or ".").resolve() != ROOT)]
    sys.path.append("/usr/share/qgis/python/plugins")

from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsProcessing,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelOutput,
    QgsProcessingModelParameter,
    QgsProcessingParameterDateTime,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFeatureSource,
)
from qgis.PyQt.QtCore import QPointF  # noqa: E402

Source = QgsProcessingModelChildParameterSource
POLYGONS = [QgsProcessing.SourceType.TypeVectorPolygon]
ANY = [QgsProcessing.SourceType.TypeVector]


class Builder:
    """A model that grows from left to right."""

    def __init__(self, name: str, help_text: str) -> None:
        self.model = QgsProcessingModelAlgorithm(name, "Redline")
        self.model.setHelpContent({"ALG_DESC": help_text})
        self._order: list[str] = []
        self._children = 0

    def layer(self, name: str, title: str, types: list[int], optional: bool = True) -> None:
        """An input layer or table."""
        self._input(name, QgsProcessingParameterFeatureSource(name, title, types, optional=optional))

    def day(self, name: str, title: str) -> None:
        """A day that may be left empty."""
        kind = QgsProcessingParameterDateTime.Type.Date
        self._input(name, QgsProcessingParameterDateTime(name, title, kind, None, True))

    def _input(self, name: str, definition: QgsProcessingParameterDefinition) -> None:
        component = QgsProcessingModelParameter(name)
        component.setPosition(QPointF(130.0 + 220.0 * len(self._order), 60.0))
        self._order.append(name)
        self.model.addModelParameter(definition, component)

    def run(
        self, child: str, algorithm: str, title: str, given: Mapping[str, object], outputs: Mapping[str, str]
    ) -> None:
        """A step: `given` are inputs by parameter ("=MAP" an input of the model, "step.OUTPUT" a step's output, else a
        value), `outputs` the titles of what the model gives, by the step's output."""
        step = QgsProcessingModelChildAlgorithm(f"redline:{algorithm}")
        step.setChildId(child)
        step.setDescription(title)
        step.setPosition(QPointF(240.0 + 300.0 * self._children, 260.0))
        self._children += 1
        # A model asks for every mandatory value, defaults included.
        optional = QgsProcessingParameterDefinition.Flag.FlagOptional
        defaults = {
            one.name(): one.defaultValue()
            for one in step.algorithm().parameterDefinitions()
            if not one.isDestination() and not one.flags() & optional and one.defaultValue() is not None
        }
        for name, value in {**defaults, **given}.items():
            step.addParameterSources(name, [_source(value)])
        results = {}
        for name, said in outputs.items():
            output = QgsProcessingModelOutput(name, said)
            output.setChildId(child)
            output.setChildOutputName(name)
            results[name] = output
        step.setModelOutputs(results)
        self.model.addChildAlgorithm(step)

    def write(self, file: Path) -> None:
        """Write the model. Raises ValueError where it is not valid."""
        self.model.setParameterOrder(self._order)
        self.model.updateDestinationParameters()
        fine, reasons = self.model.validate()
        if not fine:
            raise ValueError("; ".join(map(str, reasons)))
        self.model.toFile(str(file))


def _source(value: object) -> Source:
    if isinstance(value, str) and value.startswith("="):
        return Source.fromModelParameter(value[1:])
    if isinstance(value, str) and "." in value:
        return Source.fromChildOutput(*value.split(".", 1))
    return Source.fromStaticValue(value)


def yearly() -> Builder:
    """四统一年度核查: structure, shapes, four sources, five duties, official tables."""
    b = Builder(
        "年度四统一核查 Yearly four-way run",
        "按标准核查结构与属性，核查重叠与缝隙，图、表、册、地块四统一，五落实，并生成法定表册。\n"
        "Structure and values, overlaps, the four sources against each other, the five duties, the official tables.",
    )
    b.layer("MAP", "图：永久基本农田图斑 Map", POLYGONS, optional=False)
    b.layer("REGISTER", "册：登记册 Register", ANY)
    b.layer("TABLE", "表：现状汇总表 Summary table", ANY)
    b.layer("PLOTS", "地块：实地核查地块 Ground plots", ANY)
    b.layer("UNITS", "行政区 Administrative units", POLYGONS)
    b.layer("ATLAS_INDEX", "图册目录 Atlas index", ANY)
    b.day("ON_DATE", "日期 On the day")
    b.run("schema", "schemacheck", "结构与属性 Structure",
          {"INPUT": "=MAP", "PROFILE": "auto"}, {"FINDINGS": "结构问题"})  # fmt: skip
    b.run("coverage", "coveragecheck", "重叠与缝隙 Overlaps",
          {"INPUT": "=MAP", "UNITS": "=UNITS", "GAPS_ALLOWED": True},
          {"FINDINGS": "图形问题", "OVERLAPS": "重叠"})  # fmt: skip
    b.run("fourway", "fourwaycheck", "四统一 Four-way check",
          {"MAP": "=MAP", "REGISTER": "=REGISTER", "TABLE": "=TABLE", "PLOTS": "=PLOTS", "UNITS": "=UNITS"},
          {"FINDINGS": "四统一问题", "PLOT_STATUS": "图斑状态", "UNIT_BALANCE": "分单位核对",
           "REPORT": "四统一报告"})  # fmt: skip
    b.run("duties", "fiveduties", "五落实 Five duties",
          {"MAP": "=MAP", "REGISTER": "=REGISTER", "ATLAS_INDEX": "=ATLAS_INDEX", "ON_DATE": "=ON_DATE"},
          {"FINDINGS": "五落实问题", "PLOT_DUTIES": "图斑五落实", "UNIT_DUTIES": "分单位五落实"})  # fmt: skip
    b.run("tables", "summarytables", "法定表册 Official tables",
          {"MAP": "=MAP", "UNITS": "=UNITS", "REGISTER": "=REGISTER"},
          {"OUTPUT": "现状汇总表", "WORKBOOK": "汇总表工作簿"})  # fmt: skip
    return b


def monthly() -> Builder:
    """执法月度核查: what every change is, then the rates of its follow-up."""
    b = Builder(
        "月度执法核查 Monthly enforcement run",
        "将监测图斑与审批、申请、永久基本农田叠加认定，再按认定结果和案件台账计算违法占耕比、立案率、查处率、整改率。\n"
        "Judges every change against permits and farmland, then works out the rates of enforcement from the judgement "
        "and from the ledger of cases.",
    )
    b.layer("VIOLATIONS", "监测图斑 Changes", POLYGONS, optional=False)
    b.layer("PERMITS", "审批 Permits", POLYGONS)
    b.layer("APPLICATIONS", "申请 Applications", POLYGONS)
    b.layer("FARMLAND", "永久基本农田 Basic farmland", POLYGONS)
    b.layer("LANDUSE", "地类图斑 Land use", POLYGONS)
    b.layer("UNITS", "行政区 Administrative units", POLYGONS)
    b.layer("CASES", "案件台账 Ledger of cases", ANY)
    b.layer("NEW_CONSTRUCTION", "新增建设用地 New construction land", ANY)
    b.day("ON_DATE", "日期 On the day")
    inputs = ("VIOLATIONS", "PERMITS", "APPLICATIONS", "FARMLAND", "LANDUSE", "UNITS", "ON_DATE")
    b.run("conflicts", "permitconflicts", "批与违 Permits and violations", {name: f"={name}" for name in inputs},
          {"FINDINGS": "批与违问题", "VIOLATIONS_OUT": "图斑认定", "PIECES": "切分碎块", "PERMITS_OUT": "审批使用",
           "UNIT_SUMMARY": "分单位统计", "REPORT": "批与违报告"})  # fmt: skip
    b.run("rates", "enforcementrates", "各项比率 Rates",
          {"VIOLATIONS": "conflicts.VIOLATIONS_OUT", "CASES": "=CASES", "NEW_CONSTRUCTION": "=NEW_CONSTRUCTION",
           "UNITS": "=UNITS", "ON_DATE": "=ON_DATE"},
          {"FINDINGS": "比率问题", "RATES": "各项比率", "REPORT": "比率报告"})  # fmt: skip
    return b


def main() -> None:
    """Command line."""
    application = QgsApplication([], False)
    application.initQgis()
    from processing.core.Processing import Processing

    from redline import classFactory

    Processing.initialize()
    plugin = classFactory(None)
    plugin.initProcessing()
    for name, build in (("yearly_fourway", yearly), ("monthly_enforcement", monthly)):
        build().write(ROOT / "resources" / "models" / f"{name}.model3")
    # QGIS may crash while the interpreter shuts down.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
