"""Algorithms in a model, in a batch over units, in threads, and in the toolbox's own way of running."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from qgis.core import (
    QgsApplication,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingModelAlgorithm,
    QgsProcessingProvider,
    QgsProject,
    QgsTaskManager,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, QThread

import processing

Plots = Callable[..., QgsVectorLayer]
Run = Callable[..., dict[str, Any]]

SINKS = dict.fromkeys(("FINDINGS", "PLOT_STATUS", "UNIT_BALANCE"), "memory:")


@pytest.fixture
def model(root: Path, provider: QgsProcessingProvider) -> QgsProcessingModelAlgorithm:
    """The stored model: ellipsoidalarea, then fourwaycheck on its result."""
    algorithm = QgsProcessingModelAlgorithm()
    assert algorithm.fromFile(str(root / "resources" / "models" / "areas_and_fourway.model3"))
    return algorithm


class TestModel:
    def test_is_complete(self, model: QgsProcessingModelAlgorithm) -> None:
        children = [child.algorithmId() for child in model.childAlgorithms().values()]
        assert children == ["redline:ellipsoidalarea", "redline:fourwaycheck"]
        assert all(child.algorithm() is not None for child in model.childAlgorithms().values())
        assert model.validate()[0]

    def test_chains_two_checks(self, model: QgsProcessingModelAlgorithm, plots: Plots, tmp_path: Path) -> None:
        register = tmp_path / "登记册.csv"
        register.write_text(
            "图斑编号,村代码,地类,图斑面积（亩）\n990101001001000000,990101001001,水田,15.00\n"
            "990101001001000001,990101001001,水田,16.00\n990101001001000002,990101001001,水田,15.00\n",
            encoding="utf-8",
        )
        outputs = {output.name(): "memory:" for output in model.outputDefinitions()}
        results = processing.run(model, {"map": plots(), "register": str(register), **outputs})
        findings = results["fourway:问题"]
        assert [(f["rule"], f["key"]) for f in findings.getFeatures()] == [("R6003", "990101001001000001")]
        assert results["fourway:图斑状态"].featureCount() == 3


class TestBatch:
    def test_over_units(self, plots: Plots, run: Run, save: Callable[..., Path]) -> None:
        villages = [f"99010100{number % 3}001" for number in range(9)]
        layer = plots(
            9, ZLDWDM=[f"{village}0000000" for village in villages],
            YJJBNTTBBH=[f"{village}{number:06d}" for number, village in enumerate(villages)],
        )  # fmt: skip
        path = save(layer, "县.gpkg", "GPKG")
        counts = []
        for township in ("990101000", "990101001", "990101002"):
            part = QgsVectorLayer(f"{path}|layername=县|subset=\"ZLDWDM\" LIKE '{township}%'", township, "ogr")
            results = run("fourwaycheck", {"MAP": part})
            assert {f["unit"][:9] for f in results["PLOT_STATUS"].getFeatures()} == {township}
            counts.append(results["CHECKED_COUNT"])
        assert counts == [3, 3, 3]

    def test_one_instance_runs_again_and_again(self, provider: QgsProcessingProvider, plots: Plots) -> None:
        algorithm = provider.algorithm("fourwaycheck").create()
        for count in (3, 4, 2):
            context = QgsProcessingContext()
            results, fine = algorithm.run({"MAP": plots(count), **SINKS}, context, QgsProcessingFeedback())
            assert fine
            assert results["CHECKED_COUNT"] == count


def test_two_tasks_at_once(provider: QgsProcessingProvider, plots: Plots, qgis_app: Any) -> None:
    """As the panel and the toolbox run it: each in a worker thread, on layers of the main thread."""
    project = QgsProject()
    layers = [plots(200), plots(300)]
    project.addMapLayers(layers)
    done: dict[int, Any] = {}
    kept = []
    for number, layer in enumerate(layers):
        context, feedback = QgsProcessingContext(), QgsProcessingFeedback()
        context.setProject(project)
        task = QgsProcessingAlgRunnerTask(
            provider.algorithm("fourwaycheck"), {"MAP": layer.id(), **SINKS}, context, feedback
        )
        task.executed.connect(lambda fine, results, number=number: done.__setitem__(number, (fine, results)))
        kept.append((task, context, feedback))
    manager: QgsTaskManager = QgsApplication.taskManager()
    for task, _, _ in kept:
        manager.addTask(task)
    for _ in range(600):
        QCoreApplication.processEvents()
        if len(done) == 2:
            break
        QThread.msleep(50)
    assert {number: (fine, results.get("CHECKED_COUNT")) for number, (fine, results) in done.items()} == {
        0: (True, 200), 1: (True, 300),
    }  # fmt: skip


def test_a_gbk_shapefile_in_a_task(
    provider: QgsProcessingProvider, plots: Plots, save: Callable[..., Path], qgis_app: Any
) -> None:
    path = save(plots(5), "图斑.shp", "ESRI Shapefile", "GBK")
    path.with_suffix(".cpg").unlink()
    project = QgsProject()
    layer = QgsVectorLayer(str(path), "图斑", "ogr")
    project.addMapLayer(layer)
    context, feedback = QgsProcessingContext(), QgsProcessingFeedback()
    context.setProject(project)
    done: list[Any] = []
    task = QgsProcessingAlgRunnerTask(
        provider.algorithm("fourwaycheck"), {"MAP": layer.id(), **SINKS}, context, feedback
    )
    task.executed.connect(lambda fine, results: done.append((fine, results)))
    QgsApplication.taskManager().addTask(task)
    for _ in range(400):
        QCoreApplication.processEvents()
        if done:
            break
        QThread.msleep(50)
    fine, results = done[0]
    assert fine
    names = {feature["unit_name"] for feature in context.getMapLayer(results["UNIT_BALANCE"]).getFeatures()}
    assert "示范一村" in names


class TestShippedModels:
    """The two models in the toolbox, run on the demo county."""

    DEMO: ClassVar[Path] = Path(__file__).resolve().parents[2] / "resources" / "demo"

    def layer(self, file: str, name: str = "") -> str:
        return str(self.DEMO / file) + (f"|layername={name}" if name else "")

    def test_they_stand_in_the_toolbox_with_their_inputs_and_outputs(self, provider: QgsProcessingProvider) -> None:
        yearly, monthly = (provider.algorithm(name) for name in ("yearlyfourway", "monthlyenforcement"))
        assert [p.name() for p in yearly.parameterDefinitions() if not p.isDestination()] == [
            "MAP", "REGISTER", "TABLE", "PLOTS", "UNITS", "ATLAS_INDEX", "ON_DATE",
        ]  # fmt: skip
        assert len(yearly.outputDefinitions()) >= 11
        assert len(monthly.outputDefinitions()) >= 9
        assert yearly.create().childAlgorithms()["fourway"].algorithm() is not None

    def test_the_yearly_run(self, provider: QgsProcessingProvider, tmp_path: Path) -> None:
        model = provider.algorithm("yearlyfourway")
        results = processing.run(model, {
            "MAP": self.layer("示范县.gpkg", "YJJBNTBHTB"), "REGISTER": self.layer("永久基本农田登记册.xlsx"),
            "UNITS": self.layer("示范县.gpkg", "CJDCQ"), "ON_DATE": "2026-06-30", **sinks(model, tmp_path),
        })  # fmt: skip
        assert results["fourway:PLOT_STATUS"].featureCount() > 2000
        rules = {feature["rule"] for feature in results["fourway:FINDINGS"].getFeatures()}
        assert {"R6001", "R6003", "R5001"} <= rules
        assert results["duties:PLOT_DUTIES"].featureCount() > 2000
        assert results["tables:OUTPUT"].featureCount() > 40

    def test_the_monthly_run_counts_what_was_judged(self, provider: QgsProcessingProvider, tmp_path: Path) -> None:
        model = provider.algorithm("monthlyenforcement")
        file = "执法与审批.gpkg"
        results = processing.run(model, {
            "VIOLATIONS": self.layer(file, "JCTB"), "PERMITS": self.layer(file, "ZZ_NYDZYFW"),
            "APPLICATIONS": self.layer(file, "SQYD"), "FARMLAND": self.layer("示范县.gpkg", "YJJBNTBHTB"),
            "UNITS": self.layer("示范县.gpkg", "CJDCQ"), "ON_DATE": "2026-06-30", **sinks(model, tmp_path),
        })  # fmt: skip
        judged = results["conflicts:VIOLATIONS_OUT"]
        given = QgsVectorLayer(self.layer(file, "JCTB"), "JCTB", "ogr")
        assert judged.featureCount() == given.featureCount() > 40
        undecided = {one["key"] for one in judged.getFeatures() if "unknown" in (one["labels"] or "unknown")}
        told = {one["key"] for one in results["rates:FINDINGS"].getFeatures() if one["rule"] == "R7063"}
        assert told == undecided != set()


def sinks(model: QgsProcessingModelAlgorithm, folder: Path) -> dict[str, str]:
    """Every output of a model: layers in memory, files in a folder."""
    given = {}
    for number, one in enumerate(model.destinationParameterDefinitions()):
        file = folder / f"{number}.{one.defaultFileExtension()}"
        given[one.name()] = "memory:" if one.type() == "sink" else str(file)
    return given
