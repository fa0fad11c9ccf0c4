"""What the user sets for all runs: kept, taken over by algorithms, told in log, report and record, never by halves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from qgis.core import (
    QgsApplication,
    QgsFeature,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsRectangle,
    QgsSettings,
    QgsVectorLayer,
)

from redline.core.preferences import USUAL, Preferences, preferences
from redline.processing.settings import most_threads, store, take_over

ENTRY = "redline/preferences/thresholds"


@pytest.fixture(autouse=True)
def as_usual(provider: Any) -> Iterator[None]:
    store(USUAL)
    yield
    store(USUAL)


def overlapping(area: float) -> QgsVectorLayer:
    """Two plots that overlap by so many m²."""
    layer = QgsVectorLayer("Polygon?crs=EPSG:4549&field=YJJBNTTBBH:string&field=ZLDWDM:string", "图斑", "memory")
    features = []
    for number, west in enumerate((500_000, 500_100 - area / 100)):
        feature = QgsFeature(layer.fields())
        feature.setAttributes([str(number), "9901010010010000000"])
        feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(west, 3_400_000, west + 100, 3_400_100)))
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


class Log(QgsProcessingFeedback):
    def __init__(self) -> None:
        super().__init__(False)
        self.warnings: list[str] = []

    def pushWarning(self, words: str) -> None:
        self.warnings.append(words)


def check(area: float, **given: Any) -> tuple[dict[str, Any], list[str]]:
    import processing

    log = Log()
    parameters = {"INPUT": overlapping(area), "FINDINGS": "memory:", "OVERLAPS": "memory:", "GAPS": "memory:", **given}
    return processing.run("redline:coveragecheck", parameters, feedback=log), log.warnings


def rules(result: dict[str, Any]) -> list[str]:
    return [feature["rule"] for feature in result["FINDINGS"].getFeatures()]


def default(algorithm: str, parameter: str) -> Any:
    made = QgsApplication.processingRegistry().createAlgorithmById(f"redline:{algorithm}")
    return made.parameterDefinition(parameter).defaultValue()


def test_a_threshold_is_the_default_of_its_parameter_and_told(tmp_path: Path) -> None:
    found, warnings = check(0.5)
    assert "R4001" in rules(found)
    assert warnings == []
    store(Preferences({"overlap_report_floor": 0.6}, {"overlap_report_floor": "县局会议纪要〔2026〕3号"}))
    assert default("coveragecheck", "MIN_AREA") == 0.6
    page = tmp_path / "report.html"
    found, warnings = check(0.5, REPORT=str(page))
    assert "R4001" not in rules(found)
    assert len(warnings) == 1
    for words in ("0.6", "0.1", "县局会议纪要〔2026〕3号"):
        assert words in warnings[0]
        assert words in page.read_text(encoding="utf-8")
    store(USUAL)
    assert default("coveragecheck", "MIN_AREA") == 0.1
    assert "R4001" in rules(check(0.5)[0])
    assert QgsSettings().value(ENTRY) is None


def test_a_threshold_without_a_parameter_holds_as_well() -> None:
    assert check(3.0)[0]["ERROR_COUNT"] == 1
    store(Preferences({"overlap_error_floor": 5.0}))
    found, warnings = check(3.0)
    assert found["ERROR_COUNT"] == 0
    assert "R4001" in rules(found)
    assert "5" in warnings[0]


def test_a_number_of_the_run_other_than_the_usual_is_told_in_the_report(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    check(0.5, REPORT=str(page), MIN_AREA=0.2)
    assert "usual: 0.1" in page.read_text(encoding="utf-8")


def test_what_is_stored_and_cannot_be_used_is_told_and_left_out() -> None:
    entries = {
        "overlap_report_floor": {"value": "much"}, "densify_distance": {"value": 10}, "gone": {"value": 1},
        "overlap_error_floor": {"value": 2}, "conflict_area": 7,
    }  # fmt: skip
    QgsSettings().setValue(ENTRY, json.dumps(entries))
    stored = take_over()
    assert stored.preferences.thresholds == {"overlap_error_floor": 2.0}
    assert len(stored.problems) == 4
    _, warnings = check(0.5)
    assert sum("not used" in line for line in warnings) == 4
    assert any("conflict_area" in line and "7" in line for line in warnings)


@pytest.mark.parametrize("said", ["{", "[1]", "7", "null", '{"a": '])
def test_a_broken_entry_is_as_if_there_were_none_and_told(said: str) -> None:
    for name in ("thresholds", "profiles"):
        QgsSettings().setValue(f"redline/preferences/{name}", said)
    for name, nonsense in (("ratio", "nonsense"), ("threads", "²")):
        QgsSettings().setValue(f"redline/preferences/{name}", nonsense)
    stored = take_over()
    assert stored.preferences == USUAL
    assert len(stored.problems) == 4
    for name in ("thresholds", "profiles", "ratio", "threads"):
        assert any(f"redline/preferences/{name}" in why for why in stored.problems), name


def test_a_standard_of_no_such_role_is_told() -> None:
    QgsSettings().setValue("redline/preferences/profiles", json.dumps({"map": "sandiao2020", "landuse": "sandiao2020"}))
    stored = take_over()
    assert stored.preferences.profiles == {"landuse": "sandiao2020"}
    assert len(stored.problems) == 1
    assert "map" in stored.problems[0]


def test_everything_comes_back_as_it_was_stored() -> None:
    wanted = Preferences(
        {"used_share": 1 / 7}, {"used_share": "试行"}, {"map": "pbf2013", "landuse": "sandiao2020"}, "town8", "SimSun",
        most_threads(), True,
    )  # fmt: skip
    store(wanted)
    assert preferences() == wanted
    assert take_over().preferences == wanted
    store(USUAL)
    assert preferences() == USUAL


def test_definition_of_the_ratio_and_standard_of_a_layer_are_told() -> None:
    assert default("enforcementrates", "PROFILE") == "county15_town8"
    store(Preferences(profiles={"map": "pbf2013"}, ratio="town8"))
    assert default("enforcementrates", "PROFILE") == "town8"
    _, warnings = check(0.5)
    assert len(warnings) == 2
    assert "2013" in warnings[0]


def test_personal_data_is_refused_where_none_is_ever_shown() -> None:
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("redline:drawgrid")
    context = QgsProcessingContext()
    layer = overlapping(0)
    given = {"UNITS": layer, "PLOTS": layer, "ZONES": "memory:", "LEVELS": "memory:", "ROSTER_OUT": "memory:",
             "FINDINGS": "memory:", "SHOW_PHONES": True}  # fmt: skip
    store(Preferences(masked=True))
    fine, why = algorithm.checkParameterValues(given, context)
    assert not fine
    assert "never shown" in why
    assert algorithm.checkParameterValues({**given, "SHOW_PHONES": False}, context)[0]
    store(USUAL)
    assert algorithm.checkParameterValues(given, context)[0]
