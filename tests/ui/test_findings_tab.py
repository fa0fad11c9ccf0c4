"""The findings tab as one works with it: filters, steps, the map that follows, status and note on many at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsRectangle
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QItemSelectionModel
from qgis.PyQt.QtWidgets import QApplication

from redline.tests.ui.conftest import wait_until
from redline.ui.findings import FindingsTab
from redline.ui.findings_model import FindingsModel
from redline.ui.results import Results

forms: list[Any] = []


@pytest.fixture
def tab(canvas: QgsMapCanvas, results: Results) -> Iterator[FindingsTab]:
    forms.clear()
    shown = FindingsTab(canvas, lambda layer, feature: forms.append((layer.id(), feature.id())))
    shown.open(results)
    yield shown
    shown.leave()


def shown_keys(tab: FindingsTab) -> list[str]:
    return [str(tab._results.table.column("key")[place]) for place in tab._model.order]


def test_steps_go_through_all_that_is_shown_and_stop_at_the_end(tab: FindingsTab) -> None:
    order = tab._model.order.tolist()
    stepped = []
    for _ in range(len(order) + 3):
        tab.next()
        stepped.append(tab.current())
    assert stepped[: len(order)] == order
    assert set(stepped[len(order) :]) == {order[-1]}
    tab.previous()
    assert tab.current() == order[-2]


def test_of_results_that_were_closed_nothing_is_kept(tab: FindingsTab, results: Results) -> None:
    for _ in range(2):
        tab.open(results)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert tab.findChildren(FindingsModel) == [tab._model]


def test_the_map_follows_and_marks_the_finding(tab: FindingsTab, canvas: QgsMapCanvas, results: Results) -> None:
    for _ in range(len(tab._model.order)):
        tab.next()
        feature = results.findings.getFeature(int(results.table.fids[tab.current()]))
        if not feature.geometry().isEmpty():
            assert canvas.extent().contains(feature.geometry().boundingBox())
            band = tab.spotlight._band.asGeometry()
            assert band.boundingBox().center().distance(feature.geometry().boundingBox().center()) < 0.01
    tab.zoom.setChecked(False)
    before = canvas.extent().toString()
    tab.previous()
    assert canvas.extent().toString() == before


def test_a_finding_without_a_place_is_shown_at_its_plot(
    tab: FindingsTab, canvas: QgsMapCanvas, results: Results
) -> None:
    place = next(p for p, fid in enumerate(results.table.fids)
                 if results.findings.getFeature(int(fid)).geometry().isEmpty())  # fmt: skip
    canvas.setExtent(QgsRectangle(500000, 3400000, 500100, 3400100))
    assert tab.go_to(place)
    assert canvas.extent().contains(QgsRectangle(0, 0, 10, 10))


def test_a_map_in_degrees_shows_the_same_place(tab: FindingsTab, canvas: QgsMapCanvas) -> None:
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4490"))
    tab.next()
    tab.next()
    assert 119 < canvas.extent().center().x() < 121
    assert 30 < canvas.extent().center().y() < 31


def test_only_the_visible_part_of_the_map(tab: FindingsTab, canvas: QgsMapCanvas, results: Results) -> None:
    tab.filters.visible.setChecked(True)
    canvas.setExtent(QgsRectangle(500_210, 3_400_010, 500_280, 3_400_020))
    box = canvas.extent()
    wait_until(lambda: not tab._settled.isActive())
    tab.refresh()
    inside = {
        feature["key"]
        for feature in results.findings.getFeatures()
        if feature.geometry().intersects(box)
    }
    assert inside
    assert set(shown_keys(tab)) == inside


def test_a_status_on_a_whole_group_and_back(tab: FindingsTab, results: Results) -> None:
    tab.tree.setCurrentIndex(tab._model.index(0, 0))
    places = tab.selected()
    assert len(places) == tab._model.rowCount(tab._model.index(0, 0)) > 1
    tab.set_status("confirmed")
    assert set(results.table.column("status")[places]) == {"confirmed"}
    tab.undo.undo()
    assert set(results.table.column("status")[places]) == {"open"}


def test_fixed_ones_leave_the_view_and_the_next_one_follows(tab: FindingsTab) -> None:
    tab.next()
    first, second = tab._model.order[:2].tolist()
    assert tab.current() == first
    tab.set_status("fixed")
    assert first not in tab._model.order
    assert tab.current() == second
    assert tab.count.text() == "39 of 40"


def test_a_note_on_several(tab: FindingsTab, results: Results) -> None:
    flags = QItemSelectionModel.SelectionFlag
    parent = tab._model.index(0, 0)
    tab.tree.expand(parent)
    for row in (0, 2):
        tab.tree.selectionModel().select(tab._model.index(row, 0, parent), flags.Select | flags.Rows)
    chosen = tab.selected()
    tab.note.setText("现场复核")
    tab.note.returnPressed.emit()
    assert len(chosen) == 2
    assert np.flatnonzero(results.table.column("note") == "现场复核").tolist() == sorted(chosen.tolist())


def test_filters_are_counted_and_combined(tab: FindingsTab, results: Results) -> None:
    heard: list[int] = []
    tab.shown.connect(lambda places: heard.append(len(places)))
    severities = results.table.column("severity")
    assert tab.filters.severities["error"].text() == f"error {(severities == 'error').sum()}"
    tab.filters.severities["error"].setChecked(False)
    assert heard[-1] == (severities != "error").sum()
    tab.filters.unit.setCurrentIndex(tab.filters.unit.findData("990101002001"))
    units = results.table.column("unit")
    assert heard[-1] == ((severities != "error") & (units == "990101002001")).sum()
    tab.filters.words.setText("第")
    wait_until(lambda: not tab.filters._typing.isActive())
    tab.filters.reset()
    assert heard[-1] == len(results.table)


def test_the_tree_stays_open_where_it_was(tab: FindingsTab) -> None:
    tab.tree.expand(tab._model.index(1, 0))
    key = tab._model.keys[1]
    tab.filters.severities["info"].setChecked(False)
    row = list(tab._model.keys).index(key)
    assert tab.tree.isExpanded(tab._model.index(row, 0))


def test_what_changed_since_the_last_run_is_a_link(tab: FindingsTab) -> None:
    assert "new 40" in tab.changes.text()
    tab.changes.asked.emit("fixed")
    assert not shown_keys(tab)
    tab.changes.asked.emit("fixed")
    assert len(shown_keys(tab)) == 40


def test_the_page_tells_numbers_law_and_what_to_do(tab: FindingsTab) -> None:
    tab.next()
    page = tab.page.toPlainText()
    for words in ("1.50 m²", "What to do", "Why it matters", "After", "finding"):
        assert words in page, words


def test_ids_go_to_the_clipboard_and_the_form_opens(tab: FindingsTab, results: Results) -> None:
    tab.next()
    tab.copy_ids()
    assert QApplication.clipboard().text() == results.table.column("finding_id")[tab.current()]
    tab.open_form()
    assert forms == [(results.findings.id(), int(results.table.fids[tab.current()]))]


def test_without_results_nothing_happens(canvas: QgsMapCanvas) -> None:
    tab = FindingsTab(canvas, lambda layer, feature: None)
    for does in (tab.next, tab.previous, tab.refresh, tab.copy_ids, tab.open_form):
        does()
    tab.set_status("waived")
    tab.set_note("x")
    assert not tab.go_to(0)
    assert not len(tab.selected())
    tab.leave()


def test_layers_that_are_removed_leave_an_empty_tab(tab: FindingsTab, results: Results, project: Any) -> None:
    tab.next()
    project.removeMapLayers(list(project.mapLayers()))
    assert not tab.isEnabled()
    tab.next()
    assert tab.current() is None


def test_nothing_of_it_stays_on_the_map(canvas: QgsMapCanvas, file: Path, project: Any) -> None:
    before = len(canvas.scene().items())
    tab = FindingsTab(canvas, lambda layer, feature: None)
    tab.open(Results(file, project))
    tab.next()
    tab.leave()
    # The flash ends by itself.
    wait_until(lambda: len(canvas.scene().items()) == before)
    assert len(canvas.scene().items()) == before
