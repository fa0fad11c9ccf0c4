"""The page in QGIS's options: what it shows, takes and refuses, and that runs are held to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from qgis.core import QgsSettings
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QFont
from qgis.PyQt.QtWidgets import QPushButton

from redline.core import standards
from redline.core.preferences import USUAL, Preferences, preferences
from redline.processing.algorithm import language
from redline.processing.settings import most_threads, store
from redline.ui.options import PAGE, OptionsFactory, OptionsPage
from redline.ui.threshold_table import ThresholdTable

TITLE, VALUE, UNIT, STANDARD, REASON, SOURCE = range(6)


@pytest.fixture(autouse=True)
def as_usual(qgis_processing: None) -> Iterator[None]:
    store(USUAL)
    yield
    store(USUAL)


@pytest.fixture
def page() -> OptionsPage:
    return OptionsFactory(MagicMock()).createWidget()


def row_of(table: ThresholdTable, name: str) -> int:
    return next(row for row in range(table.rowCount()) if table.item(row, TITLE).data(Qt.ItemDataRole.UserRole) == name)


def enter(page: OptionsPage, name: str, said: str, column: int = VALUE) -> str:
    """Type into a cell; gives what is said then."""
    page.table.item(row_of(page.table, name), column).setText(said)
    return "" if page.said.isHidden() else page.said.text()


def shown(page: OptionsPage, name: str, column: int = VALUE) -> str:
    return page.table.item(row_of(page.table, name), column).text()


def test_every_threshold_stands_there_with_its_standard_and_source(page: OptionsPage) -> None:
    known = standards.standard_thresholds()
    assert page.objectName() == PAGE
    assert page.table.rowCount() == len(known)
    for name, one in known.items():
        assert shown(page, name) == shown(page, name, STANDARD)
        assert float(shown(page, name)) == pytest.approx(one.standard, rel=1e-5)
        assert shown(page, name, SOURCE) == one.source[language()]
    page.apply()
    assert preferences() == USUAL


def test_a_value_is_taken_kept_and_reset(page: OptionsPage) -> None:
    assert enter(page, "area_error_abs", "2.5") == ""
    assert enter(page, "area_error_abs", "县局会议纪要", REASON) == ""
    assert preferences() == USUAL
    page.apply()
    assert preferences().thresholds == {"area_error_abs": 2.5}
    assert preferences().reasons == {"area_error_abs": "县局会议纪要"}
    again = OptionsFactory(MagicMock()).createWidget()
    assert shown(again, "area_error_abs") == "2.5"
    assert shown(again, "area_error_abs", REASON) == "县局会议纪要"
    assert again.table.item(row_of(again.table, "area_error_abs"), VALUE).font().bold()
    enter(again, "patrols_due", "４")
    again.table.selectRow(row_of(again.table, "area_error_abs"))
    again.table.reset_selected()
    again.apply()
    assert preferences().thresholds == {"patrols_due": 4.0}
    again.table.reset_all()
    again.apply()
    assert preferences() == USUAL


def test_the_value_of_the_standard_is_no_change(page: OptionsPage) -> None:
    enter(page, "patrols_due", "4")
    enter(page, "patrols_due", "8")
    enter(page, "used_share", "0.5")
    enter(page, "used_share", "")
    # A third, of which six places are shown.
    enter(page, "idle_area_share", "0.5")
    enter(page, "idle_area_share", "0.333333")
    page.apply()
    assert preferences() == USUAL


@pytest.mark.parametrize(
    ("name", "said", "words"),
    [
        ("area_error_abs", "a lot", "is no number"),
        ("area_error_abs", "0.05", "would be greater than"),
        ("patrols_due", "7.5", "no whole number"),
        ("min_agreement", "95", "not between 0 and 1"),
    ],
)
def test_what_makes_no_sense_is_refused_and_stays_as_it_was(
    page: OptionsPage, name: str, said: str, words: str
) -> None:
    before = shown(page, name)
    assert words in enter(page, name, said)
    assert shown(page, name) == before
    page.apply()
    assert preferences() == USUAL
    assert enter(page, "sign_age_days", "400") == ""


def test_a_reset_that_another_change_forbids_is_refused(page: OptionsPage) -> None:
    enter(page, "area_error_abs", "5")
    enter(page, "area_warning_abs", "4")
    page.table.selectRow(row_of(page.table, "area_error_abs"))
    page.table.reset_selected()
    assert "would be greater than" in page.said.text()
    assert shown(page, "area_error_abs") == "5"
    page.table.reset_all()
    assert shown(page, "area_error_abs") == "1"


def test_the_method_of_official_areas_is_not_open(page: OptionsPage) -> None:
    item = page.table.item(row_of(page.table, "densify_distance"), VALUE)
    assert not item.flags() & Qt.ItemFlag.ItemIsEditable


def test_a_reason_needs_a_change(page: OptionsPage) -> None:
    assert "first" in enter(page, "patrols_due", "因为", REASON)
    assert shown(page, "patrols_due", REASON) == ""


def test_search_and_only_changed(page: OptionsPage) -> None:
    def visible() -> set[str]:
        table = page.table
        rows = [row for row in range(table.rowCount()) if not table.isRowHidden(row)]
        return {table.item(row, TITLE).data(Qt.ItemDataRole.UserRole) for row in rows}

    enter(page, "sign_age_days", "400")
    page.search.setText("DAYS 神木")
    assert visible() == {"sign_age_days"}
    page.search.setText("")
    page.only_changed.setChecked(True)
    assert visible() == {"sign_age_days"}
    page.only_changed.setChecked(False)
    assert len(visible()) == page.table.rowCount()


def test_the_other_settings_are_kept(page: OptionsPage) -> None:
    page.profiles["map"].setCurrentIndex(page.profiles["map"].findData("pbf2013"))
    page.ratio.setCurrentIndex(page.ratio.findData("town8"))
    page.own_font.setChecked(True)
    font = page.font.itemText(page.font.count() - 1)
    page.font.setCurrentFont(QFont(font))
    page.threads.setValue(most_threads())
    page.masked.setChecked(True)
    page.apply()
    assert preferences() == Preferences(
        profiles={"map": "pbf2013"}, ratio="town8", font=font, threads=most_threads(), masked=True
    )
    again = OptionsFactory(MagicMock()).createWidget()
    again.apply()
    assert preferences().font == font
    again.own_font.setChecked(False)
    again.masked.setChecked(False)
    for box in (*again.profiles.values(), again.ratio):
        box.setCurrentIndex(0)
    again.threads.setValue(2)
    again.apply()
    assert preferences() == USUAL


def test_thresholds_go_from_office_to_office_in_a_file(page: OptionsPage, tmp_path: Path) -> None:
    enter(page, "patrols_due", "4")
    enter(page, "patrols_due", "市田长办通知", REASON)
    file = tmp_path / "阈值.json"
    page.save_to(file)
    other = OptionsFactory(MagicMock()).createWidget()
    other.read_from(file)
    assert shown(other, "patrols_due") == "4"
    assert shown(other, "patrols_due", REASON) == "市田长办通知"
    entries = json.loads(file.read_text(encoding="utf-8"))
    entries["redline_thresholds"]["min_agreement"] = {"value": 3}
    file.write_text(json.dumps(entries), encoding="utf-8")
    other.read_from(file)
    assert "not between" in other.said.text()
    assert shown(other, "min_agreement") == "0.95"
    file.write_text("no json", encoding="utf-8")
    other.read_from(file)
    assert "no file of thresholds" in other.said.text()
    other.save_to(tmp_path / "没有" / "阈值.json")
    assert "cannot be written" in other.said.text()


def test_a_file_is_taken_only_as_far_as_it_goes_with_what_is_there(page: OptionsPage, tmp_path: Path) -> None:
    enter(page, "area_warning_abs", "0.5")
    file = tmp_path / "阈值.json"
    file.write_text(
        json.dumps({"redline_thresholds": {"area_warning_abs": {"value": "?"}, "area_error_abs": {"value": 0.3}}}),
        encoding="utf-8",
    )
    page.read_from(file)
    assert "would be greater than" in page.said.text()
    page.apply()
    assert preferences().thresholds == {"area_warning_abs": 0.5}


def test_what_has_no_box_is_kept_and_what_cannot_be_used_is_told() -> None:
    store(Preferences(profiles={"violation": "enforcement2026"}, thresholds={"sign_age_days": 400.0}))
    QgsSettings().setValue("redline/preferences/ratio", "nonsense")
    page = OptionsFactory(MagicMock()).createWidget()
    assert "nonsense" in page.said.text()
    page.apply()
    kept = Preferences({"sign_age_days": 400.0}, {"sign_age_days": ""}, {"violation": "enforcement2026"})
    assert preferences() == kept


def test_help_opens_the_guide() -> None:
    shows = MagicMock()
    page = OptionsFactory(shows).createWidget()
    next(button for button in page.findChildren(QPushButton) if button.text() == "Help").click()
    shows.assert_called_once_with()


def test_a_font_that_this_machine_lacks_stays_set() -> None:
    store(Preferences(font="没有的字体"))
    page = OptionsFactory(MagicMock()).createWidget()
    page.apply()
    assert preferences().font == "没有的字体"


def test_an_emptied_search_is_set_in_the_themes_own_colours(page: OptionsPage) -> None:
    page.search.setText("容差")
    page.search.setText("")
    assert page.search.styleSheet() == ""
