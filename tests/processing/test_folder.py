"""A folder of an office: what cannot be read or is not used is named; what was split is put together."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsProcessingContext, QgsProcessingException, QgsProject, QgsVectorLayer

from redline.processing.folder import choose, in_folder, in_project

openpyxl = pytest.importorskip("openpyxl")

Plots = Callable[..., QgsVectorLayer]
Save = Callable[..., Path]
Run = Callable[..., dict[str, Any]]

HEAD = ("图斑编号", "村", "地类", "图斑面积(亩)", "责任人")


def keys(first: int, count: int) -> list[str]:
    return [f"990101001001{number:06d}" for number in range(first, first + count)]


def rows(first: int, count: int) -> list[tuple[Any, ...]]:
    return [(key, "示范一村", "水田", 15.0, "张三") for key in keys(first, count)]


def workbook(path: Path, hidden: Sequence[str] = (), **sheets: Sequence[tuple[Any, ...]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    path.parent.mkdir(exist_ok=True)
    book.save(path)
    return path


@pytest.fixture
def county(tmp_path: Path, plots: Plots, save: Save) -> Path:
    (tmp_path / "县").mkdir()
    save(plots(4, YJJBNTTBBH=keys(1, 4)), "县/永久基本农田.gpkg", "GPKG")
    return tmp_path / "县"


@pytest.fixture
def audit(run: Run, county: Path, tmp_path: Path) -> Callable[..., tuple[dict[str, Any], str]]:
    def audit_it() -> tuple[dict[str, Any], str]:
        page = tmp_path / "r.html"
        given = run("countyaudit", {"FOLDER": str(county), "RESULTS": str(tmp_path / "r.gpkg"), "REPORT": str(page)})
        return given, page.read_text(encoding="utf-8")

    return audit_it


def statuses(given: dict[str, Any]) -> dict[str, str]:
    layer = QgsVectorLayer(f"{given['RESULTS']}|layername=plot_status", "s", "ogr")
    return {feature["key"]: feature["status"] for feature in layer.getFeatures()}


BROKEN = {
    "空.gpkg": b"", "空.csv": b"", "空.xls": b"",
    "坏.gpkg": b"SQLite format 3\0" + b"x" * 200, "坏.xlsx": b"PK\3\4 garbage",

    "网页.xls": b"<html><table><tr><td>x</td></tr></table></html>", "坏.ods": b"x", "坏.geojson": b"{",
    "宽.csv": "图斑编号,面积\n1,2\n".encode("utf-16"), "竖.csv": "图斑编号|面积\n1|2\n".encode(), "坏.shp": b"\0" * 200,
    "库.mdb": b"x", "农户.txt": b"x", "设置.json": b"{}",
}  # fmt: skip


class TestNamed:
    @pytest.mark.parametrize("name", BROKEN)
    def test_what_cannot_be_read_is_named_in_the_report(
        self, audit: Any, county: Path, name: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        (county / name).write_bytes(BROKEN[name])
        given, report = audit()
        assert given["CHECKED_COUNT"] == 4
        assert name in report

    @pytest.mark.parametrize("part", [".shx", ".dbf"])
    def test_a_shapefile_that_lacks_a_file(
        self, county: Path, plots: Plots, save: Save, part: str, qgis_app: Any
    ) -> None:
        save(plots(), "县/乙.shp", "ESRI Shapefile").with_suffix(part).unlink()
        found = in_folder(county, QgsProcessingContext(), "zh")
        assert [candidate.name for candidate in found.candidates] == ["永久基本农田"]
        assert [f"乙.shp无法读取，未使用：缺少同名的{part}文件。"] == found.unread

    def test_a_workbook_cut_short(self, county: Path, audit: Any) -> None:
        path = workbook(county / "登记册.xlsx", 甲=[HEAD, *rows(1, 4)])
        path.write_bytes(path.read_bytes()[:2000])
        assert "登记册.xlsx" in audit()[1]

    def test_a_table_cut_short_is_told_with_the_numbers(
        self, county: Path, plots: Plots, save: Save, audit: Any
    ) -> None:
        (county / "永久基本农田.gpkg").unlink()
        table = save(plots(9, YJJBNTTBBH=keys(1, 9)), "县/永久基本农田.shp", "ESRI Shapefile").with_suffix(".dbf")
        table.write_bytes(table.read_bytes()[: len(table.read_bytes()) // 2])
        given, report = audit()
        assert 0 < given["CHECKED_COUNT"] < 9
        assert f"only {given['CHECKED_COUNT']} of 9" in report or f"共9行，只读出{given['CHECKED_COUNT']}行" in report

    def test_what_is_not_used_is_named(self, county: Path, audit: Any) -> None:
        (county / "道路.csv").write_text("名称,等级\n人民路,1\n", encoding="utf-8")
        assert "道路.csv" in audit()[1]

    def test_without_a_map_the_sentence_says_what_could_not_be_read(self, county: Path, audit: Any) -> None:
        (county / "永久基本农田.gpkg").write_bytes(b"")
        with pytest.raises(QgsProcessingException, match=r"永久基本农田\.gpkg"):
            audit()

    def test_a_layer_of_the_project_whose_file_is_gone(self, county: Path, qgis_app: Any) -> None:
        project, path = QgsProject(), county / "永久基本农田.gpkg"
        project.addMapLayer(QgsVectorLayer(str(county / "没有.gpkg"), "丢失的图层", "ogr"))
        project.addMapLayer(QgsVectorLayer(str(path), "好", "ogr"))
        context = QgsProcessingContext()
        context.setProject(project)
        found = in_project(project.mapLayers().values(), context, "zh")
        assert [candidate.name for candidate in found.candidates] == ["好"]
        assert "丢失的图层" in found.unread[0]


class TestHidden:
    def test_hidden_sheets_are_passed_over_and_named(self, county: Path, audit: Any) -> None:
        old = [(key, village, land, 2 * area, who) for key, village, land, area, who in rows(1, 4)]
        workbook(
            county / "登记册.xlsx", ["登记册 & 旧"], **{"登记册 & 旧": [HEAD, *old], "登记册": [HEAD, *rows(1, 4)]}
        )
        given, report = audit()
        assert set(statuses(given).values()) == {"consistent"}
        assert "登记册 &amp; 旧" in report

    def test_a_workbook_without_a_list_of_sheets(self, tmp_path: Path) -> None:
        from redline.processing.folder import _hidden_sheets

        with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as parts:
            parts.writestr("x", "y")
        assert _hidden_sheets(tmp_path / "a.xlsx") == set()


class TestParts:
    def test_a_map_split_by_township(self, county: Path, plots: Plots, save: Save, audit: Any) -> None:
        save(plots(3, YJJBNTTBBH=keys(11, 3)), "县/永久基本农田乙镇.gpkg", "GPKG")
        given, report = audit()
        assert set(statuses(given)) == {*keys(1, 4), *keys(11, 3)}
        assert given["CHECKED_COUNT"] == 7
        assert "永久基本农田乙镇" in report

    def test_a_register_with_a_sheet_for_every_village(self, county: Path, audit: Any) -> None:
        workbook(county / "登记册.xlsx", 甲村=[HEAD, *rows(1, 2)], 乙村=[HEAD, *rows(3, 2)])
        given, _ = audit()
        assert statuses(given) == dict.fromkeys(keys(1, 4), "consistent")

    def test_a_register_with_a_second_table_below_the_first(self, county: Path, audit: Any) -> None:
        below = [(key, person, village, of_class, size) for key, village, of_class, size, person in rows(3, 2)]
        lines = [HEAD, *rows(1, 2), (), ("乙村登记册",), (HEAD[0], HEAD[4], *HEAD[1:4]), *below]
        workbook(county / "登记册.xlsx", 登记册=lines)
        given, report = audit()
        assert statuses(given) == dict.fromkeys(keys(1, 4), "consistent")
        assert "登记册 乙村登记册" in report

    def test_another_version_is_no_further_part(self, county: Path, plots: Plots, save: Save, audit: Any) -> None:
        save(plots(4, YJJBNTTBBH=keys(1, 4), YJJBNTTBMJ=[1.0] * 4), "县/永久基本农田_旧.gpkg", "GPKG")
        given, report = audit()
        assert given["CHECKED_COUNT"] == 4
        assert "永久基本农田_旧.gpkg" in report

    def test_two_tables_are_never_added_up(self, county: Path, qgis_app: Any) -> None:
        lines = [("行政区", "图斑个数", "永久基本农田面积(亩)"), ("示范一村", 4, 60.0), ("合计", 4, 60.0)]
        for name in ("汇总表甲", "汇总表乙"):
            workbook(county / f"{name}.xlsx", Sheet1=lines)
        found = in_folder(county, QgsProcessingContext(), "zh")
        chosen, unused = choose(found.candidates, "zh")
        assert len(chosen["table"]) == 1
        assert sum("汇总表" in sentence for sentence in unused) == 1

    def test_an_empty_layer_stands_back(self, county: Path, plots: Plots, save: Save, audit: Any) -> None:
        save(plots(0), "县/永久基本农田图斑.gpkg", "GPKG")
        given, report = audit()
        assert given["CHECKED_COUNT"] == 4
        assert "永久基本农田图斑.gpkg" in report


def test_a_ledger_of_cases_alone_gives_its_rates(run: Any, root: Path, tmp_path: Path) -> None:
    """The counts are those of the demo's ledger, read cell by cell; what belongs to no unit is in no rate."""
    folder = tmp_path / "台账"
    folder.mkdir()
    shutil.copy(root / "resources" / "demo" / "违法案件台账.xlsx", folder)
    results, page = tmp_path / "结果.gpkg", tmp_path / "报告.html"
    run("countyaudit", {"FOLDER": str(folder), "RESULTS": str(results), "REPORT": str(page), "ON_DATE": "2026-06-30"})
    layer = QgsVectorLayer(f"{results}|layername=rates", "", "ogr")
    county = {row["rate"]: (row["numerator"], row["denominator"]) for row in layer.getFeatures("\"level\" = 'county'")}
    sheet = openpyxl.load_workbook(folder / "违法案件台账.xlsx").active
    cases = {row[1]: row for row in sheet.iter_rows(min_row=5, values_only=True) if row[1] and "罚" in str(row[1])}
    rows = {number: row for number, row in cases.items() if row[4]}
    assert len(cases) == len(rows) + 3
    fined = sum(float(row[14]) for row in rows.values() if row[14])
    paid = sum(float(row[15]) for row in rows.values() if row[15])
    assert len(rows) > 20
    assert county["fines"] == (pytest.approx(paid), pytest.approx(fined))
    assert 0 < county["closing"][0] <= county["closing"][1] == county["filing"][0]
    assert "illegal_ratio" not in county
    assert "(R7055, R7056 not checked)" in page.read_text(encoding="utf-8")
