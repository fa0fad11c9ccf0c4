"""What people say of findings: saved through the layer, taken back, kept by the next run."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qgis.core import QgsProject, QgsVectorLayer
from qgis.PyQt.QtWidgets import QUndoStack

from redline.core.memory import remember
from redline.core.progress import Progress
from redline.processing.results import draft_of
from redline.tests.ui.conftest import some_findings, stored, wait_until, write_results
from redline.ui import statuses
from redline.ui.results import Results, ResultsError

FIRST = np.array([0, 2, 4])


def unexpected(sentence: str) -> None:
    raise AssertionError(sentence)


def said(file: Path, name: str = "status") -> list[Any]:
    layer = QgsVectorLayer(f"{file}|layername=findings", "", "ogr")
    return [row[name] for row in sorted(layer.getFeatures(), key=lambda feature: feature.id())]


def test_the_layers_come_into_a_group_of_the_project_once(results: Results, project: QgsProject) -> None:
    group = project.layerTreeRoot().findGroup("结果")
    assert [layer.name() for layer in group.findLayers()] == ["Findings", "Status of plots", "Runs"]
    again = Results(results.path, project)
    assert len(project.mapLayers()) == 3
    assert again.findings.id() == results.findings.id()


def test_a_status_is_saved_and_can_be_taken_back(results: Results, file: Path) -> None:
    stack = QUndoStack()
    told: list[Any] = []
    results.told.connect(lambda places: told.append(places.tolist()))
    statuses.change(stack, results, FIRST, {"status": "waived"}, unexpected)
    assert [place for place, status in enumerate(said(file)) if status == "waived"] == [0, 2, 4]
    assert told == [[0, 2, 4]]
    stack.undo()
    assert set(said(file)) == {"open"}
    stack.redo()
    assert said(file).count("waived") == 3
    assert results.table.column("status")[0] == "waived"


def test_only_what_differs_is_a_step(results: Results) -> None:
    stack = QUndoStack()
    statuses.change(stack, results, FIRST, {"status": "open"}, unexpected)
    assert stack.count() == 0
    statuses.change(stack, results, FIRST[:1], {"status": "waived"}, unexpected)
    statuses.change(stack, results, FIRST, {"status": "waived"}, unexpected)
    stack.undo()
    assert results.table.column("status")[FIRST].tolist() == ["waived", "open", "open"]


def test_a_note_is_found_by_its_words(results: Results, file: Path) -> None:
    from redline.ui.findings_filter import Filter

    assert not Filter(words="国务院批准").mask(results.table).any()
    statuses.change(QUndoStack(), results, FIRST, {"note": "国务院批准"}, unexpected)
    assert np.flatnonzero(Filter(words="国务院批准").mask(results.table)).tolist() == FIRST.tolist()
    assert said(file, "note").count("国务院批准") == 3


def test_under_edit_a_status_is_one_step_of_the_layers_own_undo(results: Results, file: Path) -> None:
    layer = results.findings
    layer.startEditing()
    statuses.change(QUndoStack(), results, FIRST, {"status": "confirmed"}, unexpected)
    assert layer.undoStack().count() == 1
    assert set(said(file)) == {"open"}
    assert results.table.column("status")[0] == "confirmed"
    layer.undoStack().undo()
    assert results.table.column("status")[0] == "open"
    layer.undoStack().redo()
    assert layer.commitChanges()
    assert said(file).count("confirmed") == 3


def test_what_is_edited_elsewhere_is_seen(results: Results) -> None:
    layer = results.findings
    layer.startEditing()
    fid = int(results.table.fids[7])
    layer.changeAttributeValue(fid, layer.fields().lookupField("status"), "waived")
    assert results.table.column("status")[7] == "waived"
    heard: list[bool] = []
    results.reread.connect(lambda: heard.append(True))
    layer.rollBack()
    wait_until(lambda: bool(heard))
    assert results.table.column("status")[7] == "open"


def test_a_file_that_cannot_be_written_says_so(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    stack = QUndoStack()
    with sqlite3.connect(results.path) as other:
        other.execute("BEGIN EXCLUSIVE")
        monkeypatch.setenv("SQLITE_BUSY_TIMEOUT", "1")
        statuses.change(stack, results, FIRST, {"status": "waived"}, heard.append)
        other.rollback()
    assert len(heard) == 1
    assert "could not be saved" in heard[0]
    assert results.table.column("status")[0] == "open"
    assert not stack.canUndo()


def test_the_next_run_keeps_what_people_said(results: Results, file: Path) -> None:
    ids = results.table.column("finding_id")[FIRST].tolist()
    statuses.change(QUndoStack(), results, FIRST, {"status": "waived", "note": "已批准"}, unexpected)
    heard: list[bool] = []
    results.reread.connect(lambda: heard.append(True))
    now = some_findings().iloc[2:].reset_index(drop=True)
    with draft_of(file, "zh", Progress()) as draft:
        memory = draft.memory(Progress())
        kept = remember(now.drop(columns="change"), memory.findings, ("map", "register"))
        draft.write({"findings": kept, "runs": memory.runs}, results.findings.crs(), Progress())
    results.reread_now()
    assert heard == [True]
    after = stored(file, "status", "note", "change")
    places = results.table.known_as(ids)
    shown = [results.table.column("status")[place] for place in places]
    assert shown == [after[one][0] for one in ids]
    assert after[ids[1]] == ("waived", "已批准", "same")
    assert [after[one][2] for one in ids].count("fixed") == 1
    # The places moved with the rows that are gone: a step of before must not fall on others.
    assert sorted(results.table.column("finding_id")) == sorted(after)


def test_a_layer_that_leaves_the_project_takes_the_results_along(results: Results, project: QgsProject) -> None:
    heard: list[bool] = []
    results.gone.connect(lambda: heard.append(True))
    project.removeMapLayer(results.findings.id())
    assert heard == [True]
    assert results.findings is None


@pytest.mark.parametrize("content", [b"", b"no database"], ids=["empty", "text"])
def test_what_is_no_result_is_refused(tmp_path: Path, project: QgsProject, content: bytes) -> None:
    file = tmp_path / "别的.gpkg"
    file.write_bytes(content)
    with pytest.raises(ResultsError, match="holds no results"):
        Results(file, project)
    assert not project.mapLayers()


def test_findings_without_a_status_field_say_so(tmp_path: Path, project: QgsProject) -> None:
    file = write_results(tmp_path / "旧.gpkg", some_findings().drop(columns=["status", "change"]))
    heard: list[str] = []
    results = Results(file, project)
    assert set(results.table.column("status")) == {""}
    statuses.change(QUndoStack(), results, FIRST, {"status": "waived"}, heard.append)
    assert "no field “status”" in heard[0]
