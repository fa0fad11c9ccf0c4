"""The official tables in QGIS: plain tables, a workbook that reads back without a finding, no writer at hand."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from qgis.core import QgsFeature, QgsGeometry, QgsProcessingException, QgsVectorLayer

from redline.core.tables.forms import merged
from redline.processing import workbook

AREAS = [10000.0, 9990.0, 10004.44, 10000.0, 9995.55, 10000.01]
VILLAGES = ["9901010010010000000"] * 3 + ["9901010010020000000"] * 2 + ["9901010020010000000"]


@pytest.fixture
def county(plots: Callable[..., QgsVectorLayer]) -> QgsVectorLayer:
    """Six plots in three villages of two townships."""
    return plots(
        6, YJJBNTTBMJ=AREAS, ZLDWDM=VILLAGES, DLBM=["0101", "0102", "0101", "0103", "0201", "0103"],
        DLMC=["水田", "水浇地", "水田", "旱地", "果园", "旱地"],
        ZLDWMC=["甲村", "甲村", "甲村", "乙村", "乙村", "丙村"],
    )  # fmt: skip


def rows(source: Any) -> list[dict[str, Any]]:
    layer = source if isinstance(source, QgsVectorLayer) else QgsVectorLayer(source, "table", "ogr")
    return [dict(zip(layer.fields().names(), feature.attributes())) for feature in layer.getFeatures()]


@pytest.mark.parametrize(("unit", "printed"), [("m2", 59990.0), ("mu", 89.99), ("ha", 6.0), ("auto", 89.99)])
def test_reads_back_without_a_finding(
    run: Callable[..., dict[str, Any]], county: QgsVectorLayer, tmp_path: Path, unit: str, printed: float
) -> None:
    book = tmp_path / "汇总表.xlsx"
    made = run("summarytables", {"MAP": county, "AREA_UNIT": unit, "WORKBOOK": str(book), "COUNTY": "示范县"})
    assert made["WORKBOOK"] == str(book)
    total = next(row for row in rows(made["OUTPUT"]) if row["level"] == "county" and row["class"] == "")
    assert total["area"] == printed
    assert total["area_m2"] == 59990.0
    assert total["count"] == 6

    back = run("fourwaycheck", {
        "MAP": county, "TABLE": f"{book}|layername=现状汇总表", "REGISTER": f"{book}|layername=现状登记表",
    })  # fmt: skip
    assert [row["message"] for row in rows(back["FINDINGS"]) if row["role"] != "map"] == []
    tables = [row for row in rows(back["UNIT_BALANCE"]) if row["unit"] == "990101" and row["class"] == ""]
    assert tables[0]["table_area"] == pytest.approx(59990.0, abs=100 if unit == "ha" else 5)
    assert back["AGREEMENT_RATE"] == 1.0


def test_plain_tables(run: Callable[..., dict[str, Any]], county: QgsVectorLayer) -> None:
    made = run("summarytables", {"MAP": county, "AREA_UNIT": "ha"})
    village = [row for row in rows(made["OUTPUT"]) if row["unit"] == "990101001001"]
    printed = {row["class"]: row["area"] for row in village if row["area"]}
    assert printed == {"": 3.0, "01": 3.0, "0101": 2.0, "0102": 1.0}
    listed = rows(made["PLOT_TABLE"])
    assert [row["farmland_area"] for row in listed] == AREAS
    assert round(sum(row["area"] for row in listed), 2) == 6.0
    duties = rows(made["DUTY_TABLE"])
    assert duties[0]["start"].toString("yyyy-MM-dd") == "2024-05-01"
    assert {"person_id", "phone", "address"}.isdisjoint(duties[0])
    assert {row["kind"] for row in rows(made["QUALITY_TABLE"])} == {"slope", "grade"}


def test_workbook_is_fit_to_print(run: Callable[..., dict[str, Any]], county: QgsVectorLayer, tmp_path: Path) -> None:
    path = tmp_path / "汇总表.xlsx"
    run("summarytables", {"MAP": county, "WORKBOOK": str(path), "COUNTY": "示范县", "OFFICE": "示范县自然资源局"})
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["现状汇总表", "坡度汇总表", "等别汇总表", "现状登记表", "保护责任一览表"]
    sheet = book["现状汇总表"]
    assert sheet["A1"].value == "示范县永久基本农田现状汇总表（按地类）"
    assert sheet["A2"].value == "填报单位：示范县自然资源局"
    assert "A1:K1" in {str(area) for area in sheet.merged_cells.ranges}
    code = sheet["A7"]
    assert (code.value, code.number_format, code.data_type) == ("990101", "@", "s")
    assert sheet["F7"].number_format.startswith("#,##0.00")
    assert sheet["F7"].border.left.style == "thin"
    assert (sheet["F7"].font.name, sheet["A1"].font.name) == ("宋体", "黑体")
    for page in book:
        assert page.page_setup.orientation == "landscape"
        assert page.page_setup.paperSize in (8, 9)
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.print_title_rows
        assert page.freeze_panes
        assert any("审核人" in str(cell.value) for row in page.iter_rows() for cell in row)


def test_a_workbook_does_not_overwrite_an_input(
    run: Callable[..., dict[str, Any]], county: QgsVectorLayer, tmp_path: Path
) -> None:
    path = tmp_path / "汇总表.xlsx"
    run("summarytables", {"MAP": county, "WORKBOOK": str(path)})
    before = path.read_bytes()
    with pytest.raises(QgsProcessingException, match="overwrite"):
        run("summarytables", {"MAP": county, "REGISTER": f"{path}|layername=现状登记表", "WORKBOOK": str(path)})
    assert path.read_bytes() == before


def test_a_place_that_cannot_be_written_is_told(
    run: Callable[..., dict[str, Any]], county: QgsVectorLayer, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(QgsProcessingException, match="cannot be written"):
        run("summarytables", {"MAP": county, "WORKBOOK": str(tmp_path / "file" / "汇总表.xlsx")})


@pytest.mark.parametrize("count", [18, 40])
def test_areas_that_cannot_be_counted_are_told(run: Any, plots: Callable[..., QgsVectorLayer], count: int) -> None:
    with pytest.raises(QgsProcessingException, match="surface of the Earth"):
        run("summarytables", {"MAP": plots(count, YJJBNTTBMJ=[9e14] * count)})


def test_an_invalid_shape_of_the_land_survey_is_told(run: Any, plots: Callable[..., QgsVectorLayer]) -> None:
    fields = "field=TBBH:string&field=DLBM:string&field=TBMJ:double"
    survey = QgsVectorLayer(f"Polygon?crs=EPSG:4549&{fields}", "DLTB", "memory")
    bow = QgsFeature(survey.fields())
    bow.setAttributes(["1", "0101", 90000.0])
    ring = "500000 3400000,500300 3400300,500300 3400000,500000 3400300,500000 3400000"
    bow.setGeometry(QgsGeometry.fromWkt(f"POLYGON(({ring}))"))
    survey.dataProvider().addFeature(bow)
    made = run("summarytables", {"MAP": plots(1), "LANDUSE": survey})
    assert [(row["rule"], row["role"]) for row in rows(made["FINDINGS"])] == [("R3002", "landuse"), ("R5007", "map")]


def test_what_stands_in_place_of_an_area_is_told(run: Any, plots: Callable[..., QgsVectorLayer]) -> None:
    made = run("summarytables", {"MAP": plots(3, YJJBNTTBMJ=[-5.0, 0.0, None])})
    told = [row["message"].rsplit(" is ", 1)[1] for row in rows(made["FINDINGS"]) if row["rule"] == "R6026"]
    assert told == ["-5.00.", "0.00.", "empty."]


def test_register_says_who_where_the_map_does_not(
    run: Callable[..., dict[str, Any]], county: QgsVectorLayer
) -> None:
    fields = "&".join(f"field={name}:string" for name in ("图斑编号", "责任人", "责任书编号", "联系电话"))
    register = QgsVectorLayer(f"NoGeometry?{fields}", "登记册", "memory")
    entry = QgsFeature(register.fields())
    entry.setAttributes(["990101001001000001", "张三 13812345678", "示字第1号", "13812345678"])
    register.dataProvider().addFeatures([entry])
    made = run("summarytables", {"MAP": county, "REGISTER": register})
    second = rows(made["DUTY_TABLE"])[1]
    assert (second["person"], second["letter"]) == ("张三138****5678", "示字第1号")


def test_the_audit_gives_the_same_workbook(
    run: Callable[..., dict[str, Any]], county: QgsVectorLayer, tmp_path: Path, save: Callable[..., Path]
) -> None:
    save(county, "YJJBNTBHTB.gpkg", "GPKG")
    files = {"RESULTS": str(tmp_path / "结果.gpkg"), "WORKBOOK": str(tmp_path / "审计.xlsx")}
    audited = run("countyaudit", {"FOLDER": str(tmp_path), **files})
    run("summarytables", {"MAP": county, "WORKBOOK": str(tmp_path / "表.xlsx")})
    books = [openpyxl.load_workbook(path) for path in (audited["WORKBOOK"], tmp_path / "表.xlsx")]
    for one, other in zip(*(book.worksheets for book in books)):
        assert [[cell.value for cell in row] for row in one] == [[cell.value for cell in row] for row in other]


class NoWriter:
    """Hides XlsxWriter, installed or vendored."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.split(".", maxsplit=1)[0] == "xlsxwriter":
            raise ModuleNotFoundError(name)


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No xlsxwriter is loaded yet."""
    for name in [name for name in sys.modules if name.split(".")[0] == "xlsxwriter"]:
        monkeypatch.delitem(sys.modules, name)
    return monkeypatch


def test_without_a_writer_the_tables_are_made_and_the_rest_is_said(
    run: Callable[..., dict[str, Any]], county: QgsVectorLayer, tmp_path: Path, forgotten: pytest.MonkeyPatch,
    listener: Callable[..., Any],
) -> None:  # fmt: skip
    forgotten.setattr(sys, "meta_path", [NoWriter(), *sys.meta_path])
    heard = listener()
    made = run("summarytables", {"MAP": county, "WORKBOOK": str(tmp_path / "汇总表.xlsx")}, feedback=heard)
    assert "No workbook was written" in heard.log
    assert not (tmp_path / "汇总表.xlsx").exists()
    assert len(rows(made["PLOT_TABLE"])) == 6


def test_the_vendored_writer_serves_where_none_is_installed(
    forgotten: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    installed = Path(workbook.writer().__file__).resolve().parent  # type: ignore[union-attr, arg-type]
    for name in [name for name in sys.modules if name.split(".")[0] == "xlsxwriter"]:
        forgotten.delitem(sys.modules, name)
    (tmp_path / "xlsxwriter").symlink_to(installed)
    forgotten.setattr(workbook, "VENDORED", tmp_path)
    forgotten.setattr(sys, "path", [entry for entry in sys.path if Path(entry or ".").resolve() != installed.parent])
    before = list(sys.path)
    found = workbook.writer()
    assert found is not None
    assert str(found.__file__).startswith(str(tmp_path))
    assert sys.path == before


def test_merged_headings() -> None:
    paths = [("名称",), ("面积", "合计"), ("面积", "耕地", "水田"), ("面积", "耕地", "旱地"), ("耕地",)]
    assert merged(paths) == [
        (0, 0, 2, 0, "名称"), (0, 1, 0, 3, "面积"), (0, 4, 2, 4, "耕地"), (1, 1, 2, 1, "合计"), (1, 2, 1, 3, "耕地"),
        (2, 2, 2, 2, "水田"), (2, 3, 2, 3, "旱地"),
    ]  # fmt: skip
