"""“fl” in the locator bar: finds plots and villages in a thread of its own, whatever is typed, and goes there."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from qgis.core import (
    QgsFeature,
    QgsFeedback,
    QgsGeometry,
    QgsLocator,
    QgsLocatorContext,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsSettings,
    QgsVectorLayer,
)

from redline.processing.roles import holders
from redline.tests.ui.conftest import wait_until
from redline.ui.desk import Desk
from redline.ui.locator import WANTED, PlotFilter, choose_prefix, forget_prefix
from redline.ui.results import Results

pytestmark = pytest.mark.usefixtures("layers")

NUMBERS = [
    "990101001001000001", "990101001001000002", "９９０１０１００１００２０００００３", "A_1%", "990101002001000001",
]  # fmt: skip


def layer_of(name: str, fields: str, rows: list[list[Any]], crs: str = "EPSG:4549") -> QgsVectorLayer:
    """A memory layer of squares of 100 m, one beside the other."""
    layer = QgsVectorLayer(f"Polygon?crs={crs}&{fields}", name, "memory")
    for number, row in enumerate(rows):
        feature = QgsFeature(layer.fields())
        feature.setAttributes(row)
        west = 500_000 + 1_000 * number
        feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(west, 3_400_000, west + 100, 3_400_100)))
        layer.dataProvider().addFeatures([feature])
    return layer


@pytest.fixture
def layers(project: QgsProject) -> list[QgsVectorLayer]:
    plots = layer_of(
        "YJJBNTBHTB",
        "field=YJJBNTTBBH:string&field=XZQDM:string&field=XZQMC:string&field=TBMJ:double&field=DLBM:string",
        [[number, "990101001001", "东关村", 10_000.0, "0101"] for number in NUMBERS],
    )  # fmt: skip
    villages = layer_of(
        "CJDCQ", "field=ZLDWDM:string&field=ZLDWMC:string",
        [["9901010010010000000", "东关村"], ["9901010010020000000", "西关村"], ["9901010020010000000", "Riverside"]],
    )  # fmt: skip
    return project.addMapLayers([plots, villages, layer_of("道路", "field=名称:string", [["东关村路"]])])


def found(desk: Desk, words: str) -> list[tuple[str, str]]:
    """What the filter's clone finds: group and title."""
    clone = desk._locator.clone()
    results: list[Any] = []
    clone.resultFetched.connect(results.append)
    context = QgsLocatorContext()
    context.usingPrefix = True
    clone.fetchResults(words, context, QgsFeedback())
    return [(result.group, result.displayString) for result in results]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("990101001001000002", [("Plots", "990101001001000002")]),
        ("１００１００１０００００２", [("Plots", "990101001001000002")]),
        ("77", []),
        ("002000003", [("Plots", NUMBERS[2])]),
        ("a_1%", [("Plots", "A_1%")]),
        ("a11", []),
        ("%", [("Plots", "A_1%")]),
        ("东关", [("Villages and units", "东关村 9901010010010000000")]),
        ("关村", [("Villages and units", "东关村 9901010010010000000"),
                 ("Villages and units", "西关村 9901010010020000000")]),
        ("RIVER", [("Villages and units", "Riverside 9901010020010000000")]),
        ("没有", []),
        ("'; DROP TABLE", []),
        ("\\", []),
        ("   ", []),
        ("", []),
    ],
)  # fmt: skip
def test_plots_and_villages(desk: Desk, words: str, wanted: list[tuple[str, str]]) -> None:
    assert found(desk, words) == wanted


def test_it_works_in_the_threads_of_the_locator(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    original = PlotFilter._look_in
    monkeypatch.setattr(
        PlotFilter, "_look_in", lambda self, *given: (threads.append(threading.get_ident()), original(self, *given))
    )
    locator = QgsLocator()
    choose_prefix()
    own = PlotFilter(desk._holders, desk._go_to)
    locator.registerFilter(own)
    assert own.activePrefix() == "fl"
    assert "fl" in locator.prefixedFilters()
    results: list[str] = []
    # What the signal carries does not live longer than it.
    locator.foundResult.connect(lambda result: results.append(result.displayString))
    locator.fetchResults("fl 00000", QgsLocatorContext())
    wait_until(lambda: len(results) >= 3)
    wait_until(lambda: not locator.isRunning())
    assert set(results) >= {"990101001001000001", "990101001001000002"}
    assert threads
    assert threading.get_ident() not in threads
    locator.cancel()
    locator.clearPreviousResults()
    results.clear()
    locator.fetchResults("00000", QgsLocatorContext())
    wait_until(lambda: not locator.isRunning())
    assert results == []


def test_a_search_that_is_given_up_ends(desk: Desk) -> None:
    clone = desk._locator.clone()
    results: list[Any] = []
    clone.resultFetched.connect(results.append)
    feedback = QgsFeedback()
    feedback.cancel()
    context = QgsLocatorContext()
    context.usingPrefix = True
    clone.fetchResults("0", context, feedback)
    assert results == []


def test_layers_may_go_while_it_searches(desk: Desk, project: QgsProject) -> None:
    clone = desk._locator.clone()
    results: list[Any] = []
    clone.resultFetched.connect(results.append)
    project.removeMapLayers(list(project.mapLayers()))
    context = QgsLocatorContext()
    context.usingPrefix = True
    clone.fetchResults("000002", context, QgsFeedback())
    assert [result.displayString for result in results] == ["990101001001000002"]
    desk._locator.triggerResult(results[0])


def test_what_is_chosen_is_shown_on_the_map(desk: Desk, iface: MagicMock) -> None:
    canvas = iface.mapCanvas()
    clone = desk._locator.clone()
    results: list[Any] = []
    clone.resultFetched.connect(results.append)
    context = QgsLocatorContext()
    context.usingPrefix = True
    clone.fetchResults("西关", context, QgsFeedback())
    desk._locator.triggerResult(results[0])
    extent = canvas.extent()
    assert extent.contains(QgsPointXY(501_050, 3_400_050))
    assert extent.width() < 1_000


def test_what_the_panel_chose_comes_before_guesses(desk: Desk, layers: list[QgsVectorLayer]) -> None:
    roles = {holder.name: holder.role for holder in desk._holders()}
    assert roles == {"YJJBNTBHTB": "map", "CJDCQ": "units"}
    plots, villages, _ = layers
    copy = QgsProject.instance().addMapLayer(layer_of("另一份永久基本农田", "field=YJJBNTTBBH:string", [["X1"]]))
    decided = {"map": [copy.id()], "units": []}
    chosen = holders(QgsProject.instance().mapLayers().values(), WANTED, decided)
    assert [(holder.id, holder.role) for holder in chosen] == [(copy.id(), "map")]
    assert villages.id() not in {holder.id for holder in chosen}
    assert plots.id() not in {holder.id for holder in chosen}


def test_the_plots_of_results_are_found_too(desk: Desk, project: QgsProject, file: Path) -> None:
    project.removeMapLayers(list(project.mapLayers()))
    results = Results(file, project)
    assert [holder.role for holder in desk._holders()] == ["map"]
    assert found(desk, "000002") == [("Plots", "990101002001000002")]
    assert results is not None


def test_a_prefix_that_the_user_chose_stays(qgis_processing: None) -> None:
    forget_prefix()
    key, section = "locator_filters/prefix_redline", QgsSettings.Section.Gui
    choose_prefix()
    assert QgsSettings().value(key, "", str, section) == "fl"
    forget_prefix()
    assert not QgsSettings().contains(key, section)
    QgsSettings().setValue(key, "永农", section)
    choose_prefix()
    forget_prefix()
    assert QgsSettings().value(key, "", str, section) == "永农"
    QgsSettings().remove(key, section)
