"""The dashboard: it follows the filters, its bars filter and select, what it cannot draw it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from qgis.core import QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor, QPalette
from qgis.PyQt.QtTest import QTest

from redline.core.findings import Findings
from redline.core.memory import remember
from redline.core.report.charts import MIDDLE, step_of
from redline.core.report.drawing import Mark
from redline.core.report.pen import Pen
from redline.tests.ui.conftest import VILLAGES, some_findings, wait_until, write_results
from redline.ui.board_data import BoardData
from redline.ui.board_picks import picked
from redline.ui.chart_view import look_of
from redline.ui.dashboard import CHARTS, DashboardTab
from redline.ui.findings import FindingsTab
from redline.ui.results import Results


def tables() -> dict[str, pd.DataFrame]:
    """What the checks leave beside findings: 40 plots of which R6001's lie in the register, 7 lack people."""
    found = some_findings()
    plots = found.drop_duplicates("key")[["key", "unit", "geometry"]]
    zones = [f"{unit}001" for unit in VILLAGES]
    townships = ["990101001", "990101002"]
    return {
        "plot_duties": plots.assign(
            parcel=True, area=True, people=[n >= 7 for n in range(len(plots))], responsibility=True, atlas=True
        ),
        "unit_duties": pd.DataFrame([
            {"unit": unit, "unit_name": VILLAGES.get(unit, unit), "complete": 0.9, "parcel": 1.0, "area": 1.0,
             "people": 0.8, "responsibility": 1.0, "atlas": 1.0}
            for unit in ("990101", *townships, *VILLAGES)
        ]),
        "rates": pd.DataFrame([
            {"unit": unit, "unit_name": f"{unit}镇", "level": "township", "rate": "illegal_ratio",
             "numerator": 100.0, "denominator": 1000.0, "deduction": 0.0, "value": 0.1, "threshold": 0.08,
             "over": True, "operator": ">", "geometry": None}
            for unit in townships
        ]),
        "calendar": pd.DataFrame([
            {"zone_code": zone, "zone_name": f"{zone[-3:]}格", "unit": zone[:12], "month": "2026-06", "done": 1,
             "due": 4}
            for zone in zones
        ]),
    }  # fmt: skip


@pytest.fixture(scope="session")
def whole(qgis_app: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_results(tmp_path_factory.mktemp("whole") / "结果.gpkg", some_findings(), more=tables())


def shown(canvas: QgsMapCanvas, path: Path, project: QgsProject) -> tuple[FindingsTab, DashboardTab]:
    findings = FindingsTab(canvas, lambda layer, feature: None)
    board = DashboardTab(findings, canvas)
    results = Results(path, project, board)
    findings.open(results)
    board.open(results)
    board.resize(640, 900)
    return findings, board


@pytest.fixture
def board(canvas: QgsMapCanvas, whole: Path, project: QgsProject) -> Iterator[DashboardTab]:
    findings, tab = shown(canvas, whole, project)
    tab.show()
    drawn(tab)
    yield tab
    tab.close_results()
    findings.leave()
    tab.deleteLater()


def drawn(board: DashboardTab) -> None:
    wait_until(lambda: not board.drawing and not board._resized.isActive() and not board._next.isActive())


def keys(board: DashboardTab, chart: str) -> list[tuple[str, ...]]:
    drawing = board.views[chart].picture.drawing
    return [mark.key for mark in drawing.marks] if drawing else []


def click(board: DashboardTab, chart: str, key: tuple[str, ...]) -> None:
    picture = board.views[chart].picture
    mark = next(mark for mark in picture.drawing.marks if mark.key == key)
    place = picture.place(mark).center().toPoint()
    QTest.mouseClick(picture, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    drawn(board)


def selected(board: DashboardTab, name: str) -> set[str]:
    return {feature["key"] for feature in board._results.layer(name).selectedFeatures()}


def found_keys(board: DashboardTab, **wanted: str) -> set[str]:
    table = board._results.table
    rows = zip(table.column("key"), *(table.column(name) for name in wanted))
    return {key for key, *values in rows if values == list(wanted.values())}


def test_all_charts_are_there_where_the_data_are(board: DashboardTab) -> None:
    for name in CHARTS:
        assert keys(board, name), name
    assert {key[1] for key in keys(board, "rules")} == set(board._results.table.column("rule"))
    assert {key[1] for key in keys(board, "units")} == {"990101001", "990101002"}
    assert "40 of 40" in board.heading.text()
    assert not board.everything.isVisible()


def test_a_rule_is_filtered_selected_and_let_go(board: DashboardTab) -> None:
    key = next(key for key in keys(board, "rules") if key[1] == "R6001")
    click(board, "rules", key)
    expected = found_keys(board, rule="R6001")
    assert selected(board, "findings") == expected
    assert board._findings.count.text() == "10 of 40"
    assert keys(board, "rules") == [key]
    assert not board._findings.filters.picked.isHidden()
    click(board, "rules", key)
    assert board._findings.count.text() == "40 of 40"
    assert not selected(board, "findings")
    assert board._findings.filters.picked.isHidden()


def test_units_are_gone_into_and_out_of(board: DashboardTab) -> None:
    click(board, "units", ("unit", "990101001"))
    assert board._findings.filters.chosen().unit == "990101001"
    assert {key[1] for key in keys(board, "units")} == {"990101001001", "990101001002"}
    assert {key[1] for key in keys(board, "duties")} == {"990101001", "990101001001", "990101001002"}
    click(board, "units", ("unit", "990101001002"))
    assert selected(board, "findings") == found_keys(board, unit="990101001002")
    click(board, "units", ("unit", "990101001002"))
    assert board._findings.filters.chosen().unit == "990101001"
    board.everything.click()
    drawn(board)
    assert board._findings.count.text() == "40 of 40"


def test_plots_without_people_are_found(board: DashboardTab) -> None:
    lacking = set(tables()["plot_duties"].query("~people")["key"])
    click(board, "duties", ("duty", "990101", "people"))
    assert selected(board, "plot_status") == lacking
    assert selected(board, "findings") == lacking
    assert f"{len(lacking)} of 40" in board.heading.text()


def test_a_column_of_differences_counts_what_it_selects(board: DashboardTab) -> None:
    for _, rule, step in keys(board, "spread"):
        board._findings.filters.reset()
        drawn(board)
        mark = next(m for m in board.views["spread"].picture.drawing.marks if m.key == ("spread", rule, step))
        click(board, "spread", mark.key)
        assert len(selected(board, "plot_status")) == int(mark.words.rsplit(" ", 1)[1]), mark.words


def test_a_ratio_leads_to_its_unit(board: DashboardTab) -> None:
    click(board, "ratios", ("unit", "990101002"))
    assert board._findings.filters.chosen().unit == "990101002"
    assert selected(board, "findings") == found_keys(board, unit="990101002001")


def test_a_month_without_findings_changes_nothing(board: DashboardTab) -> None:
    click(board, "calendar", ("month", "990101002001001", "2026-06"))
    assert board._findings.count.text() == "40 of 40"


def test_a_month_stands_for_its_own_zone_or_the_zones_of_its_township(tmp_path: Path, project: QgsProject) -> None:
    zones = ["网1", "网10", "网2"]
    units = ["990101001001", "990101001001", "990101002001"]
    findings = Findings("zh")
    for month in ("2026-05", "2026-06"):
        findings.add(
            "R9060", "zone", zones, unit=units, unit_name=[VILLAGES[unit] for unit in units], related=month,
            expected="4", actual="1", difference=-3.0, measure="count", days=1, name=zones,
        )  # fmt: skip
    calendar = pd.DataFrame([
        {"zone_code": zone, "zone_name": zone, "unit": unit, "month": month, "done": 1, "due": 4}
        for zone, unit in zip(zones, units) for month in ("2026-05", "2026-06")
    ])  # fmt: skip
    found = remember(findings.frame(), None, ("zone",))
    results = Results(write_results(tmp_path / "r.gpkg", found, more={"calendar": calendar}), project)
    data, table = BoardData(results), results.table

    def keys_of(row: str) -> list[tuple[str, str]]:
        mark = Mark(("month", row, "2026-06"), f"{row} 2026-06 · 1 / 4", None, (0, 1), (0, 1))
        pick = picked(data, table, np.arange(len(table)), "", mark).pick
        places = table.known_as(sorted(pick.ids)) if pick and pick.ids else []
        return sorted((table.column("key")[place], table.column("related")[place]) for place in places)

    assert keys_of("网1") == [("网1", "2026-06")]
    assert keys_of("990101001") == [("网1", "2026-06"), ("网10", "2026-06")]
    assert keys_of("990101002") == [("网2", "2026-06")]


def test_a_column_of_differences_is_of_the_sources_that_it_counts(tmp_path: Path, project: QgsProject) -> None:
    """The rule tells of land-use parcels too, whose areas the chart does not compare."""
    findings = Findings("zh")
    for role, key in (("map", "甲"), ("landuse", "乙")):
        findings.add("R5001", role, [key], unit=["990101001001"], unit_name=["东关村"], expected="1", actual="2.5",
                     difference=1.5, measure="m2", message=["面积不符"])  # fmt: skip
    found = remember(findings.frame(), None, ("map", "landuse"))
    results = Results(write_results(tmp_path / "r.gpkg", found), project)
    data, table = BoardData(results), results.table
    (spread,) = (one for one in data.spreads(np.arange(2), "") if one.rule == "R5001")
    assert (len(spread.differences), spread.within) == (1, 1)

    def pick(step: int) -> tuple[set[str], set[str]]:
        given = picked(data, table, np.arange(2), "", Mark(("spread", "R5001", str(step)), "· 1", None, None, None))
        places = table.known_as(sorted(given.pick.ids)) if given.pick and given.pick.ids else []
        plots = data.table("plot_status")["key"]
        return {table.column("key")[place] for place in places}, set(plots[given.plots])

    assert pick(int(step_of(np.array([1.5]))[0])) == ({"甲"}, {"甲"})
    assert pick(MIDDLE) == (set(), {"乙"})


def test_charts_follow_the_filters_and_wait_until_they_are_seen(board: DashboardTab) -> None:
    board.hide()
    before = board.views["rules"].picture.drawing
    board._findings.filters.severities["error"].setChecked(False)
    assert not board.drawing
    assert board.views["rules"].picture.drawing is before
    board.show()
    drawn(board)
    severities = {key[2] for key in keys(board, "rules")}
    assert severities
    assert "error" not in severities
    board._findings.filters.words.setText("没有这样的字")
    board._findings.refresh()
    drawn(board)
    assert not keys(board, "rules")
    assert board.views["rules"].words.text() == "Nothing is found under these filters."


def test_filtered_differences_are_not_within_tolerance(board: DashboardTab) -> None:
    def within() -> list[str]:
        marks = board.views["spread"].picture.drawing.marks
        return [mark.words for mark in marks if mark.key[2] == "4"]

    before = within()
    assert before
    for button in board._findings.filters.severities.values():
        button.setChecked(False)
    drawn(board)
    assert within() == before


def test_what_the_data_do_not_hold_is_said_in_a_sentence(canvas: QgsMapCanvas, file: Path, project: QgsProject) -> None:
    findings, board = shown(canvas, file, project)
    board.show()
    drawn(board)
    for name in ("ratios", "calendar", "duties"):
        assert not keys(board, name)
        words = board.views[name].words.text()
        assert words.endswith("."), name
        assert words.count(". ") == 0, name
    board.close_results()
    findings.leave()


@pytest.mark.parametrize("sheet", ["", "color: #f8f8f8; background: #102030"])
def test_colours_and_sharpness_are_those_of_the_screen(board: DashboardTab, sheet: str) -> None:
    dark = QPalette(board.palette())
    dark.setColor(QPalette.ColorRole.Window, QColor("#102030"))
    dark.setColor(QPalette.ColorRole.WindowText, QColor("#f0f0f0"))
    board.setPalette(dark)
    board.heading.setStyleSheet(sheet)
    for ratio in (1.0, 2.0):
        look = look_of(board.heading, 600, ratio)
        assert look.paper == "#102030"
        assert QColor(look.ink).lightness() > 220
        figure = Pen("zh", look).figure(1.0)
        assert round(figure.bbox.width) == 600 * ratio


def test_removed_layers_leave_an_empty_dashboard(canvas: QgsMapCanvas, file: Path, project: QgsProject) -> None:
    findings, board = shown(canvas, file, project)
    results = board._results
    results.gone.connect(board.close_results)
    board.show()
    project.removeMapLayers(list(project.mapLayers()))
    drawn(board)
    assert not board.isEnabled()
    board.refresh()
    findings.leave()
