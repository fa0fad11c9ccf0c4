"""Public names stay: algorithms, parameters, outputs, enum order, rules, what results may say and all their fields."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsProcessingAlgorithm,
    QgsProcessingOutputDefinition,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingProvider,
    QgsRectangle,
    QgsVectorLayer,
    QgsWkbTypes,
)

from redline.core.catalogue import rules
from redline.core.checks import fourway_plots
from redline.core.findings import COLUMNS, MEASURES, STATUSES
from redline.core.memory import CHANGES

FILE = Path(__file__).with_name("contract.json")


def described_parameter(parameter: QgsProcessingParameterDefinition) -> dict[str, Any]:
    flags = QgsProcessingParameterDefinition.Flag
    default = parameter.defaultValue()
    described = {
        "type": parameter.type(),
        "default": default if isinstance(default, (str, int, float, bool, list, type(None))) else str(default),
        "optional": bool(parameter.flags() & flags.FlagOptional),
        "advanced": bool(parameter.flags() & flags.FlagAdvanced),
    }
    if isinstance(parameter, QgsProcessingParameterEnum):
        described["options"] = parameter.options() if parameter.usesStaticStrings() else len(parameter.options())
    return described


def described_output(output: QgsProcessingOutputDefinition) -> str:
    kind: str = output.type()
    return kind


def described_algorithm(algorithm: QgsProcessingAlgorithm) -> dict[str, Any]:
    return {
        "group": algorithm.groupId(),
        "parameters": {p.name(): described_parameter(p) for p in algorithm.parameterDefinitions()},
        "outputs": {o.name(): described_output(o) for o in algorithm.outputDefinitions()},
    }


@pytest.fixture
def contract(provider: QgsProcessingProvider) -> dict[str, Any]:
    """All public names as they are now."""
    algorithms = sorted(provider.algorithms(), key=lambda algorithm: algorithm.id())
    described = {
        "algorithms": {algorithm.id(): described_algorithm(algorithm) for algorithm in algorithms},
        "finding_fields": list(COLUMNS),
        "values": {
            "measure": list(MEASURES),
            "status": list(STATUSES),
            "change": list(CHANGES),
            "plot_status": list(fourway_plots.STATUSES),
        },
        "rules": {name: rule.severity for name, rule in sorted(rules().items())},
    }
    same: dict[str, Any] = json.loads(json.dumps(described))
    return same


def described_layer(layer: QgsVectorLayer) -> dict[str, Any]:
    fields = {field.name(): field.typeName().lower() for field in layer.fields()}
    return {"geometry": QgsWkbTypes.displayString(layer.wkbType()), "fields": fields}


def held(part: Mapping[str, Any], request: pytest.FixtureRequest) -> bool:
    """Is this part of the contract as it is written down? New names are added by ./dev test --update-contract."""
    written: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    if request.config.getoption("update_contract"):
        written.update(part)
        FILE.write_text(json.dumps(written, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    # A name that is gone or changed breaks users' models.
    assert part == {name: written.get(name) for name in part}
    return True


def test_public_names_are_those_of_the_contract(contract: dict[str, Any], request: pytest.FixtureRequest) -> None:
    assert contract["algorithms"], "no algorithm is registered"
    assert held(contract, request)


@pytest.fixture
def county(plots: Callable[..., QgsVectorLayer], save: Callable[..., Path], tmp_path: Path) -> dict[str, Any]:
    """A village on the map, in the register and on the ground: two plots overlap, one stands in no register."""
    farmland = plots(4, YJJBNTTBMJ=[10000.0, 9900.0, 10000.0, None])
    second = sorted(feature.id() for feature in farmland.getFeatures())[1]
    wide = "500090 3400000,500200 3400000,500200 3400100,500090 3400100,500090 3400000"
    farmland.dataProvider().changeGeometryValues({second: QgsGeometry.fromWkt(f"POLYGON(({wide}))")})
    save(farmland, "永久基本农田.gpkg", "GPKG")
    ground = save(plots(4), "实地核查地块.gpkg", "GPKG")
    register = tmp_path / "登记册.csv"
    lines = [f"990101001001{number:06d},990101001001,0101,15.00,张三" for number in range(3)]
    register.write_text("\n".join(["图斑编号,村代码,地类,图斑面积（亩）,责任人", *lines]) + "\n", encoding="utf-8")
    return {
        "MAP": farmland, "REGISTER": QgsVectorLayer(str(register), "登记册", "ogr"),
        "PLOTS": QgsVectorLayer(str(ground), "实地核查地块", "ogr"),
    }  # fmt: skip


def grid() -> dict[str, QgsVectorLayer]:
    """A village and one who answers for it."""
    units = QgsVectorLayer("Polygon?crs=EPSG:4549&field=XZQDM:string&field=XZQMC:string", "村界", "memory")
    roster = QgsVectorLayer("None?field=行政区代码:string&field=姓名:string&field=角色:string", "名单", "memory")
    for layer, values in ((units, ["990101001001", "东关村"]), (roster, ["990101001001", "王一", "田长"])):
        feature = QgsFeature(layer.fields())
        feature.setAttributes(values)
        if layer is units:
            feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(499900, 3399900, 500900, 3400900)))
        layer.dataProvider().addFeatures([feature])
    return {"UNITS": units, "ROSTER": roster}


def patrols_and_signs() -> tuple[QgsVectorLayer, QgsVectorLayer]:
    """A patrol and a damaged sign."""
    log = QgsVectorLayer("None?field=网格代码:string&field=巡查日期:string&field=巡查人:string", "巡查台账", "memory")
    signs = QgsVectorLayer("None?field=标志牌编号:string&field=图斑编号:string&field=现状:string", "标志牌", "memory")
    for layer, values in ((log, ["990101001001001", "2026-05-01", "王一"]), (signs, ["P1", "", "损坏"])):
        feature = QgsFeature(layer.fields())
        feature.setAttributes(values)
        layer.dataProvider().addFeatures([feature])
    return log, signs


def test_results_have_the_fields_of_the_contract(
    county: dict[str, Any],
    run: Callable[..., dict[str, Any]],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> None:
    inputs = {
        "ellipsoidalarea": {"INPUT": county["MAP"]},
        "fourwaycheck": county,
        "fiveduties": {name: county[name] for name in ("MAP", "REGISTER")},
        "coveragecheck": {"INPUT": county["MAP"], "GAPS_ALLOWED": False},
        "schemacheck": {"INPUT": county["MAP"]},
        "summarytables": {"MAP": county["MAP"]},
        "drawgrid": {**grid(), "PLOTS": county["MAP"], "MAX_LOAD": 2},
        "sheetgrid": {"INPUT": county["MAP"]},
    }
    results = {name: run(name, given) for name, given in inputs.items()}
    zones = results["drawgrid"]["ZONES"]
    results["checkgrid"] = run("checkgrid", {**grid(), "ZONES": zones, "PLOTS": county["MAP"]})
    log, signs = patrols_and_signs()
    results["patrolcheck"] = run("patrolcheck", {"ZONES": zones, "PATROLS": log, "MONTHS": "2026-05"})
    results["signcheck"] = run("signcheck", {"SIGNS": signs, "MAP": county["MAP"]})
    file = tmp_path_factory.mktemp("results") / "结果.gpkg"
    for name in ("first", "second"):
        run("countyaudit", {"FOLDER": str(tmp_path), "RESULTS": str(file), "REPORT": "", "NAME": name})
    stored = QgsVectorLayer(str(file), "", "ogr")
    names = [one.split(stored.dataProvider().sublayerSeparator())[1] for one in stored.dataProvider().subLayers()]
    kept = {name: QgsVectorLayer(f"{file}|layername={name}", name, "ogr") for name in sorted(names)}
    assert {"runs", "findings", "plot_status"} <= set(kept)
    found = [row for result in results.values() if "FINDINGS" in result for row in result["FINDINGS"].getFeatures()]
    assert len(found) > 5
    assert {row["measure"] for row in found} <= set(MEASURES)
    assert {row["status"] for row in (*found, *kept["findings"].getFeatures())} <= set(STATUSES)
    assert {row["change"] for row in kept["findings"].getFeatures()} == {"same"}
    assert {row["status"] for row in kept["plot_status"].getFeatures()} <= set(fourway_plots.STATUSES)
    described = {
        algorithm: {
            output: described_layer(layer)
            for output, layer in sorted(result.items())
            if isinstance(layer, QgsVectorLayer)
        }
        for algorithm, result in results.items()
    }
    described["countyaudit"] = {name: described_layer(layer) for name, layer in kept.items()}
    assert held({"results": described}, request)


def test_names_have_the_form_that_models_need(contract: dict[str, Any]) -> None:
    for name, algorithm in contract["algorithms"].items():
        assert name.isascii()
        assert name == name.lower()
        for public in (*algorithm["parameters"], *algorithm["outputs"]):
            assert public.isascii()
            # An output of a model is called "step:OUTPUT".
            own = public.rsplit(":", 1)[-1]
            assert own == own.upper()
