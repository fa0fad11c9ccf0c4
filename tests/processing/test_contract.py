"""Public names stay: algorithms, parameters, outputs, enum order, rules and the fields of a finding."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingOutputDefinition,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingProvider,
)

from redline.core.catalogue import rules
from redline.core.findings import COLUMNS

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
        "rules": {name: rule.severity for name, rule in sorted(rules().items())},
    }
    same: dict[str, Any] = json.loads(json.dumps(described))
    return same


def test_public_names_are_those_of_the_contract(contract: dict[str, Any], request: pytest.FixtureRequest) -> None:
    if request.config.getoption("update_contract"):
        FILE.write_text(json.dumps(contract, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert contract["algorithms"], "no algorithm is registered"
    # New names are added by ./dev test --update-contract; a name that is gone or changed breaks users' models.
    assert contract == json.loads(FILE.read_text(encoding="utf-8"))


def test_names_have_the_form_that_models_need(contract: dict[str, Any]) -> None:
    for name, algorithm in contract["algorithms"].items():
        assert name.isascii()
        assert name == name.lower()
        for public in (*algorithm["parameters"], *algorithm["outputs"]):
            assert public.isascii()
            assert public == public.upper()
