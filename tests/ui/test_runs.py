"""The runs tab: what was run, what became of the findings between two runs, the report, findings to hand on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from qgis.core import QgsProject, QgsVectorLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QCoreApplication, QEvent, Qt
from qgis.PyQt.QtWidgets import QFileDialog

from redline.core.history import continued
from redline.core.memory import remember
from redline.tests.ui.conftest import some_findings, write_results
from redline.ui import runs as runs_module
from redline.ui.findings import FindingsTab
from redline.ui.results import Results
from redline.ui.runs import RunsTab
from redline.ui.runs_model import ChangesModel, RunsModel

ROLES = ("map", "register")
# Its last character fits the others (GB 11643-1999); the person is made up.
IDENTITY = "110105199003071239"


def run_of(number: int, **more: Any) -> dict[str, Any]:
    return {
        "run": number, "started": f"2026-0{number}-01T08:30:00+08:00", "seconds": 1.5, "name": f"第{number}次",
        "summary": "", "errors": 10 * number, "warnings": 2, "infos": 0, "new": 1, "fixed": 0, "reopened": 0,
        "figures": json.dumps({"agreement": {"value": 0.9}}), "settings": "{}", "versions": json.dumps({"QGIS": "3"}),
        "inputs": json.dumps([{"role": "map", "name": "图", "file": "a", "rows": 9 + number, "sha256": str(number)},
                              {"role": "register", "name": "册", "file": "b.xlsx", "rows": 5, "sha256": "same"}]),
        "report": "", **more,
    }  # fmt: skip


@pytest.fixture(scope="session")
def three(qgis_app: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs: the second lacks the first three findings, the third has them again and a note with a number."""
    every = some_findings().drop(columns="change")
    kept, history = None, None
    for number, now in enumerate((every, every[3:], every), 1):
        kept = remember(now.reset_index(drop=True), kept, ROLES)
        history = continued(history, number, kept)
    assert kept is not None
    assert history is not None
    kept["note"] = [f"联系人{IDENTITY}、13812345678" if row == 0 else "=1+1" for row in range(len(kept))]
    runs = pd.DataFrame([run_of(1, report="r.html"), run_of(2, report="r.html"), run_of(3, report="三.html")])
    path = tmp_path_factory.mktemp("three") / "结果.gpkg"
    (path.parent / "r.html").write_text("2", encoding="utf-8")
    return write_results(path, kept, runs, {"history": history})


@pytest.fixture
def tab(canvas: QgsMapCanvas, three: Path, project: QgsProject) -> Iterator[RunsTab]:
    findings = FindingsTab(canvas, lambda layer, feature: None)
    shown = RunsTab(findings)
    results = Results(three, project, shown)
    findings.open(results)
    shown.open(results)
    shown.resize(640, 900)
    shown.show()
    yield shown
    shown.close_results()
    findings.leave()
    shown.deleteLater()


def cells(tab: RunsTab) -> dict[str, list[str]]:
    """The table of changes by the first word of a row."""
    model = tab.changes.model()
    rows = [
        [model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())
    ]
    return {row[0].split()[0]: row[1:] for row in rows}


def failures(tab: RunsTab) -> list[str]:
    heard: list[str] = []
    tab.failed.connect(heard.append)
    return heard


def test_every_run_is_a_row_the_latest_first(tab: RunsTab) -> None:
    model = tab.runs.model()
    rows = [[model.index(row, column).data() for column in range(model.columnCount())] for row in range(3)]
    assert rows[0] == ["3", "2026-03-01 08:30", "第3次", "30", "2", "0", "1", "0", "0", "90.00%"]
    assert [row[0] for row in rows] == ["3", "2", "1"]
    assert model.headerData(0, Qt.Orientation.Horizontal) == "No."


def test_a_run_tells_which_inputs_are_others(tab: RunsTab) -> None:
    page = tab.page.toPlainText()
    assert "changed (+1 rows)" in page
    assert "unchanged" in page
    tab.runs.selectRow(2)
    assert "unchanged" not in tab.page.toPlainText()
    assert "10 rows" in tab.page.toPlainText()


def test_runs_are_compared_by_rule_and_by_unit(tab: RunsTab) -> None:
    gone = some_findings()[:3]
    assert cells(tab)["All"] == ["·", "·", "3", "·"]
    tab.runs.selectRow(1)
    assert (tab.earlier.currentData(), tab.later.currentData()) == (1, 2)
    assert cells(tab) == {
        **{rule: ["·", str(count), "·", "·"] for rule, count in gone["rule"].value_counts().items()},
        "All": ["·", "3", "·", "·"],
    }
    tab.group.setCurrentIndex(1)
    names = gone["unit_name"].value_counts()
    assert {key: row[1] for key, row in cells(tab).items() if key != "All"} == {k: str(n) for k, n in names.items()}


def test_what_was_shown_before_is_thrown_away(tab: RunsTab) -> None:
    for row in (1, 0, 1):
        tab.runs.selectRow(row)
        tab._results.reread.emit()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert len(tab.findChildren(RunsModel)) == 1
    assert len(tab.findChildren(ChangesModel)) == 1
    assert cells(tab)["All"] == ["·", "·", "3", "·"]


def test_a_cell_shows_its_findings(tab: RunsTab) -> None:
    heard: list[bool] = []
    tab.picked.connect(lambda: heard.append(True))
    tab.runs.selectRow(1)
    model = tab.changes.model()
    tab.changes.clicked.emit(model.index(model.rowCount() - 1, 2))
    table = tab._results.table
    shown = set(table.column("finding_id")[tab._findings.places()])
    assert shown == set(some_findings()["finding_id"][:3])
    assert heard == [True]
    tab.changes.clicked.emit(model.index(0, 1))
    assert heard == [True]


@pytest.mark.parametrize(("earlier", "later", "words"), [(2, 2, "earlier run"), (0, 1, "earlier run")])
def test_runs_that_cannot_be_compared_say_why(tab: RunsTab, earlier: int, later: int, words: str) -> None:
    tab.earlier.setCurrentIndex(earlier)
    tab.later.setCurrentIndex(later)
    assert words in tab.words.text()
    assert tab.changes.model() is None


def test_results_of_before_say_why_they_cannot_be_compared(
    canvas: QgsMapCanvas, tmp_path: Path, project: QgsProject
) -> None:
    path = write_results(tmp_path / "旧.gpkg", some_findings(), pd.DataFrame([run_of(1), run_of(2)]))
    findings = FindingsTab(canvas, lambda layer, feature: None)
    shown = RunsTab(findings)
    shown.show()
    shown.open(Results(path, project, shown))
    assert "before the results kept" in shown.words.text()
    shown.close_results()
    findings.leave()


def test_the_report_of_a_run(tab: RunsTab) -> None:
    file, why = tab.report_of(1)
    assert file is not None
    assert (file.name, why) == ("r.html", "")
    assert tab.report_of(2) == (None, "The report of run 1 was replaced by that of run 2.")
    assert "no longer where it was" in tab.report_of(0)[1]
    assert RunsModel([run_of(1)]).rowCount() == 1
    heard = failures(tab)
    tab.runs.selectRow(0)
    tab.open_report()
    assert len(heard) == 1


def test_findings_are_exported_as_a_workbook_to_read(tab: RunsTab, tmp_path: Path) -> None:
    path = tmp_path / "问题.xlsx"
    assert tab.export_to(path, filtered=False)
    sheet = openpyxl.load_workbook(path).active
    head = [cell.value for cell in sheet[1]]
    assert head[:3] == ["finding", "rule", "severity"]
    frame = pd.DataFrame(list(sheet.values)[1:], columns=[field.name() for field in tab._results.findings.fields()][1:])
    table = tab._results.table
    assert sorted(frame["finding_id"]) == sorted(table.column("finding_id"))
    assert set(frame["key"]) == set(table.column("key"))
    assert frame["key"].map(type).eq(str).all()
    assert frame["difference"].eq(1.5).all()
    assert not any(str(cell.value).startswith("=") and cell.data_type == "f" for row in sheet for cell in row)
    assert "110105********1239" in frame["note"].iloc[0]
    assert "138****5678" in frame["note"].iloc[0]


@pytest.mark.parametrize("kind", ["gpkg", "geojson"])
def test_findings_are_exported_with_their_shapes(tab: RunsTab, tmp_path: Path, kind: str) -> None:
    tab._findings.filters.severities["error"].setChecked(False)
    path = tmp_path / f"问题.{kind}"
    assert tab.export_to(path, filtered=True)
    written = {feature["finding_id"]: feature for feature in QgsVectorLayer(str(path), "", "ogr").getFeatures()}
    places = tab._findings.places()
    table = tab._results.table
    assert set(written) == set(table.column("finding_id")[places])
    assert 0 < len(written) < len(table)
    layer = tab._results.findings
    for place in places:
        source = layer.getFeature(int(table.fids[place]))
        one = written[source["finding_id"]]
        assert one["message"] == source["message"]
        assert one.geometry().isEmpty() == source.geometry().isEmpty()
        if kind == "gpkg":
            assert one.geometry().equals(source.geometry()) or source.geometry().isEmpty()
    text = path.read_bytes()
    assert IDENTITY.encode() not in text
    if kind == "geojson":
        shapes = [one["geometry"]["coordinates"] for one in json.loads(text)["features"]]
        corners = [shape[0][0] for shape in shapes if shape]
        assert corners
        assert all(119.9 < east < 120.1 and 30.6 < north < 30.8 for east, north in corners)


def test_no_file_of_the_user_is_lost(tab: RunsTab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = failures(tab)
    before = tab._results.path.read_bytes()
    assert not tab.export_to(tab._results.path, filtered=False)
    assert "open in the project" in heard[-1]
    assert tab._results.path.read_bytes() == before
    own = tmp_path / "a.b.xlsx"
    own.write_bytes(b"mine")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_given: (str(tmp_path / "a.b"), "Workbooks (*.xlsx)"))
    tab.ask_export(False)
    assert own.read_bytes() == b"mine"
    assert "already" in heard[-1]
    assert not tab.export_to(tmp_path / "x.txt", filtered=False)
    assert not (tmp_path / "x.txt").exists()
    assert not tab.export_to(own / "y.gpkg", filtered=False)
    assert len(heard) == 4
    assert [one.name for one in tmp_path.iterdir()] == ["a.b.xlsx"]


def test_a_half_written_file_never_replaces_one(tab: RunsTab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "问题.xlsx"
    path.write_bytes(b"mine")

    def broken(*_given: Any, **_more: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("redline.processing.exports._features", broken)
    heard = failures(tab)
    assert not tab.export_to(path, filtered=False)
    assert "the disk is full" in heard[-1]
    assert path.read_bytes() == b"mine"


def test_nothing_is_compared_while_it_is_not_seen(
    canvas: QgsMapCanvas, three: Path, project: QgsProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[bool] = []
    history = Results.history
    monkeypatch.setattr(Results, "history", lambda self, *runs: (read.append(True), history(self, *runs))[1])
    findings = FindingsTab(canvas, lambda layer, feature: None)
    shown = runs_module.RunsTab(findings)
    shown.open(Results(three, project, shown))
    assert not read
    shown.show()
    assert read == [True]
    shown.close_results()
    assert shown.runs.model() is None
    findings.leave()
