"""Where outputs may go: never onto what people made, always whole, and with what people added to results kept."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsNullSymbolRenderer,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingOutputLayerDefinition,
    QgsProject,
    QgsProperty,
    QgsRemappingSinkDefinition,
    QgsVectorLayer,
)

from redline.core.progress import Cancelled, Progress
from redline.processing import results, sinks
from redline.processing.places import data_set, destination_place, layer_place, no_place, openable, write_whole
from redline.processing.results import draft_of, no_results

Plots = Callable[..., QgsVectorLayer]
Save = Callable[..., Path]
Run = Callable[..., dict[str, Any]]

REGISTER = "图斑编号,图斑面积(亩)\n" + "".join(f"990101001001{n:06d},15\n" for n in range(1, 4))
CHECKS = {"fourwaycheck": "MAP", "fiveduties": "MAP", "coveragecheck": "INPUT", "schemacheck": "INPUT",
          "ellipsoidalarea": "INPUT", "summarytables": "MAP"}  # fmt: skip


@pytest.fixture
def county(tmp_path: Path, plots: Plots, save: Save) -> Path:
    """A folder with a map of three plots, one of them recorded too large, and a register."""
    folder = tmp_path / "县"
    folder.mkdir()
    keys = [f"990101001001{number:06d}" for number in range(1, 4)]
    save(plots(YJJBNTTBBH=keys, YJJBNTTBMJ=[10500.0, 10000.0, 10000.0]), "县/永久基本农田.shp", "ESRI Shapefile")
    (folder / "登记册.csv").write_text(REGISTER, encoding="utf-8")
    return folder


@pytest.fixture
def audit(run: Run, county: Path, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def audit_it(context: QgsProcessingContext | None = None, **parameters: Any) -> dict[str, Any]:
        given = {"FOLDER": str(county), "RESULTS": str(tmp_path / "结果.gpkg"), **parameters}
        return run("countyaudit", given, context=context)

    return audit_it


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def layers_of(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT table_name FROM gpkg_contents")}


def shown(path: Path) -> dict[str, Any]:
    """How the findings look when the file is opened."""
    layer = QgsVectorLayer(f"{path}|layername=findings", "findings", "ogr")
    layer.loadDefaultStyle()
    renderer = layer.renderer()
    classes = [c.label() for c in renderer.categories()] if isinstance(renderer, QgsCategorizedSymbolRenderer) else []
    return {"kind": renderer.type(), "classes": classes}


def findings_of(path: Path) -> list[QgsFeature]:
    return list(QgsVectorLayer(f"{openable(path)}|layername=findings", "findings", "ogr").getFeatures())


def annotate(path: Path, **values: str) -> str:
    """Give the first finding a status, a note or whatever; its finding_id."""
    layer = QgsVectorLayer(f"{path}|layername=findings", "findings", "ogr")
    feature = next(layer.getFeatures())
    changes = {layer.fields().indexOf(name): value for name, value in values.items()}
    assert layer.dataProvider().changeAttributeValues({feature.id(): changes})
    return str(feature["finding_id"])


class TestResults:
    @pytest.mark.parametrize(
        ("name", "content"),
        [("论文.gpkg", "我的论文"), ("论文.docx", "我的论文"), ("新.xlsx", None), ("县/永久基本农田.dbf", None),
         ("县/永久基本农田.cpg", None), ("县/登记册.csv", None)],
    )  # fmt: skip
    def test_what_is_no_results_is_refused_before_any_work(
        self, audit: Run, tmp_path: Path, name: str, content: str | None
    ) -> None:
        if content:
            (tmp_path / name).write_text(content, encoding="utf-8")
        before = bytes_of(tmp_path)
        with pytest.raises(QgsProcessingException) as error:
            audit(RESULTS=str(tmp_path / name))
        assert Path(name).stem in str(error.value)
        assert bytes_of(tmp_path) == before

    def test_a_geopackage_of_other_layers_is_refused(self, audit: Run, plots: Plots, save: Save) -> None:
        path = save(plots(), "我的.gpkg", "GPKG")
        before = path.read_bytes()
        with pytest.raises(QgsProcessingException, match="我的"):
            audit(RESULTS=str(path))
        assert path.read_bytes() == before

    def test_a_link_to_an_input_is_refused(self, audit: Run, tmp_path: Path, county: Path) -> None:
        os.symlink(county / "登记册.csv", tmp_path / "链接.gpkg")
        before = bytes_of(county)
        with pytest.raises(QgsProcessingException, match="登记册"):
            audit(RESULTS=str(tmp_path / "链接.gpkg"))
        assert bytes_of(county) == before

    @pytest.mark.parametrize("place", ["县", "县/登记册.csv/r.gpkg", "/proc/x/r.gpkg", "长" * 200 + ".gpkg"])
    def test_impossible_places_are_a_sentence_before_any_work(
        self, audit: Run, tmp_path: Path, place: str, county: Path
    ) -> None:
        before = bytes_of(tmp_path)
        with pytest.raises(QgsProcessingException) as error:
            audit(RESULTS=str(tmp_path / place))
        assert "unexpected" not in str(error.value)
        assert "Errno" not in str(error.value)
        assert bytes_of(tmp_path) == before

    def test_what_people_added_stays(self, audit: Run, tmp_path: Path, plots: Plots) -> None:
        path = Path(audit()["RESULTS"])
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE TABLE 现场照片 (fid INTEGER PRIMARY KEY, 名称 TEXT)")
            connection.execute("INSERT INTO 现场照片 VALUES (1, '村口')")
            connection.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES (?, 'attributes', ?)",
                ("现场照片", "现场照片"),
            )
            connection.execute("ALTER TABLE findings ADD COLUMN 核实人 TEXT")
        known = annotate(path, status="waived", note="国务院批准", 核实人="李四")
        audit()
        found = {feature["finding_id"]: feature for feature in findings_of(path)}
        kept = found[known]
        said = [kept[name] for name in ("status", "note", "核实人", "change")]
        assert said == ["waived", "国务院批准", "李四", "same"]
        assert "现场照片" in layers_of(path)
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT 名称 FROM 现场照片").fetchall() == [("村口",)]
            assert connection.execute("SELECT run FROM runs ORDER BY run").fetchall() == [(1,), (2,)]
            styles = connection.execute("SELECT COUNT(*) FROM layer_styles WHERE f_table_name = 'findings'")
            assert styles.fetchone() == (1,)

    @pytest.mark.parametrize("name", ["findings", "旧样式"])
    def test_styles_of_an_earlier_version_are_renewed(self, audit: Run, name: str) -> None:
        """Whatever the default style was called, and though QGIS 3.22 prefers it to a file."""
        path = Path(audit()["RESULTS"])
        fresh = shown(path)
        assert fresh["classes"]
        plain = QgsVectorLayer(f"{path}|layername=findings", "findings", "ogr")
        plain.setRenderer(QgsNullSymbolRenderer())
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DELETE FROM layer_styles WHERE f_table_name = 'findings'")
        plain.saveStyleToDatabase(name, "", True, "")
        del plain
        assert shown(path) != fresh
        audit()
        assert shown(path) == fresh

    def test_a_deleted_field_is_told_and_costs_no_note(self, audit: Run) -> None:
        path = Path(audit()["RESULTS"])
        known = annotate(path, status="waived", note="国务院批准")
        layer = QgsVectorLayer(f"{path}|layername=findings", "findings", "ogr")
        assert layer.dataProvider().deleteAttributes([layer.fields().indexOf("measure")])
        del layer
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE runs SET run = NULL")
        given = audit(REPORT=str(path.with_suffix(".html")))
        kept = {feature["finding_id"]: feature for feature in findings_of(path)}[known]
        assert (kept["status"], kept["note"]) == ("waived", "国务院批准")
        assert given["RUN"] == 2
        assert "measure" in path.with_suffix(".html").read_text(encoding="utf-8")

    def test_a_layer_that_is_open_shows_the_new_and_can_be_written_on(self, audit: Run) -> None:
        path = Path(audit()["RESULTS"])
        layer = QgsVectorLayer(f"{path}|layername=findings", "findings", "ogr")
        known = annotate(path, note="一")
        audit()
        layer.dataProvider().reloadData()
        assert {feature["change"] for feature in layer.getFeatures()} == {"same"}
        feature = next(feature for feature in layer.getFeatures() if feature["finding_id"] == known)
        note = layer.fields().indexOf("note")
        assert layer.dataProvider().changeAttributeValues({feature.id(): {note: "二"}})
        audit()
        assert {feature["finding_id"]: feature["note"] for feature in findings_of(path)}[known] == "二"

    def test_edits_that_are_not_saved_are_not_run_over(self, audit: Run) -> None:
        path = Path(audit()["RESULTS"])
        project = QgsProject()
        layer = QgsVectorLayer(f"{path}|layername=findings", "问题图层", "ogr")
        project.addMapLayer(layer)
        context = QgsProcessingContext()
        context.setProject(project)
        assert layer.startEditing()
        before = path.read_bytes()
        with pytest.raises(QgsProcessingException, match="问题图层"):
            audit(context)
        assert path.read_bytes() == before

    def test_another_program_that_holds_them_is_a_sentence(
        self, audit: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(results, "_PATIENCE", 0.5)
        path = Path(audit()["RESULTS"])
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(QgsProcessingException, match="locked"):
                audit()
            other.execute("ROLLBACK")
        assert audit()["RUN"] == 2

    @pytest.mark.parametrize("output", ["REPORT", "REPORT_PDF"])
    def test_they_know_a_temporary_report_by_the_file_that_was_written(self, audit: Run, output: str) -> None:
        given = audit(**{"REPORT": "", output: "TEMPORARY_OUTPUT"})
        assert Path(given[output]).is_file()
        with closing(sqlite3.connect(given["RESULTS"])) as connection:
            assert connection.execute("SELECT report FROM runs").fetchall() == [(given[output],)]

    def test_two_at_once_each_have_a_draft_of_their_own(self, tmp_path: Path, qgis_app: Any) -> None:
        path, crs = tmp_path / "r.gpkg", QgsCoordinateReferenceSystem("EPSG:4549")

        def tables(run: int) -> dict[str, pd.DataFrame]:
            return {"findings": pd.DataFrame({"finding_id": ["a"]}), "runs": pd.DataFrame({"run": [run]})}

        with draft_of(path, "zh", Progress()) as one, draft_of(path, "zh", Progress()) as other:
            one.write(tables(1), crs, Progress())
            other.write(tables(2), crs, Progress())
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT run FROM runs").fetchall() == [(2,)]
        assert [left.name for left in tmp_path.iterdir()] == ["r.gpkg"]

    @pytest.mark.parametrize("at", [81, 90, 96])
    def test_cancelled_while_writing_they_are_as_they_were(
        self, audit: Run, tmp_path: Path, run: Run, county: Path, listener: Callable[..., Any], at: float,
        capfd: pytest.CaptureFixture[str],
    ) -> None:  # fmt: skip
        path = Path(audit()["RESULTS"])
        before = bytes_of(tmp_path)
        feedback = listener(at)
        given = run("countyaudit", {"FOLDER": str(county), "RESULTS": str(path)}, feedback)
        assert feedback.isCanceled()
        assert "SUMMARY" not in given
        assert bytes_of(tmp_path) == before
        assert "SQL" not in capfd.readouterr().err

    @pytest.mark.parametrize("there", [True, False])
    def test_a_stopped_copy_leaves_no_half(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
    ) -> None:
        monkeypatch.setattr(results, "_PAGES", 1)

        class Stopped(Progress):
            def cancelled(self) -> bool:
                return True

        source, target = tmp_path / "a.gpkg", tmp_path / "b.gpkg"
        with closing(sqlite3.connect(source)) as connection, connection:
            connection.execute("CREATE TABLE a (b)")
            connection.executemany("INSERT INTO a VALUES (?)", [("x" * 4000,)] * 50)
        if there:
            with closing(sqlite3.connect(target)) as connection, connection:
                connection.execute("CREATE TABLE c (d)")
        before = bytes_of(tmp_path)
        with pytest.raises(Cancelled):
            results._copy(source, target, Stopped())
        assert bytes_of(tmp_path) == before

    def test_an_empty_file_may_become_results(self, tmp_path: Path) -> None:
        (tmp_path / "r.gpkg").touch()
        assert no_results(tmp_path / "r.gpkg", "zh") == ""


class TestReports:
    @pytest.mark.parametrize("output", ["REPORT", "REPORT_PDF", "WORKBOOK"])
    @pytest.mark.parametrize("file", ["县/登记册.csv", "县/永久基本农田.prj", "结果.gpkg", "论文.docx"])
    def test_the_audit_puts_none_over_another_file(self, audit: Run, tmp_path: Path, output: str, file: str) -> None:
        (tmp_path / "论文.docx").write_text("我的论文", encoding="utf-8")
        before = bytes_of(tmp_path)
        with pytest.raises(QgsProcessingException) as error:
            audit(**{output: str(tmp_path / file)})
        assert "unexpected" not in str(error.value)
        assert bytes_of(tmp_path) == before

    @pytest.mark.parametrize("name", CHECKS)
    def test_a_check_puts_none_over_another_file(
        self, run: Run, plots: Plots, save: Save, tmp_path: Path, name: str
    ) -> None:
        path = save(plots(), "图.shp", "ESRI Shapefile")
        (tmp_path / "论文.docx").write_text("我的论文", encoding="utf-8")
        before = bytes_of(tmp_path)
        for report in ("图.shp", "图.dbf", "论文.docx"):
            with pytest.raises(QgsProcessingException):
                run(name, {CHECKS[name]: str(path), "REPORT": str(tmp_path / report)})
        with pytest.raises(QgsProcessingException, match=r"cannot be written|无法写入"):
            run(name, {CHECKS[name]: str(path), "REPORT": "/proc/x/r.html"})
        assert bytes_of(tmp_path) == before

    def test_a_page_is_replaced_by_a_page(self, audit: Run, tmp_path: Path) -> None:
        for _ in range(2):
            audit(REPORT=str(tmp_path / "r.htm"), REPORT_PDF=str(tmp_path / "r.pdf"))
        assert (tmp_path / "r.htm").read_text(encoding="utf-8").startswith("<!")
        assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")

    def test_a_disk_that_fails_later_is_a_sentence(self, tmp_path: Path) -> None:
        def full(_draft: Path) -> None:
            raise OSError(28, "No space left on device")

        with pytest.raises(QgsProcessingException, match="磁盘已满"):
            write_whole(tmp_path / "r.html", full, "zh")
        assert list(tmp_path.iterdir()) == []


class TestSinks:
    def test_a_table_of_the_input_is_not_overwritten(self, run: Run, plots: Plots, save: Save) -> None:
        path = save(plots(), "图.gpkg", "GPKG")
        before = path.read_bytes()
        for given in (str(path), f"{path}|layername=图"):
            with pytest.raises(QgsProcessingException):
                run("fourwaycheck", {"MAP": given, "FINDINGS": f"ogr:dbname='{path}' table=\"图\" (geom)"})
        assert path.read_bytes() == before

    def test_a_link_to_the_input_is_not_overwritten(self, run: Run, plots: Plots, save: Save, tmp_path: Path) -> None:
        path = save(plots(), "图.gpkg", "GPKG")
        os.symlink(path, tmp_path / "链接.gpkg")
        before = path.read_bytes()
        with pytest.raises(QgsProcessingException):
            run("fourwaycheck", {"MAP": str(path), "FINDINGS": str(tmp_path / "链接.gpkg")})
        assert path.read_bytes() == before

    def test_another_table_beside_others_is_fine(self, run: Run, plots: Plots, save: Save, tmp_path: Path) -> None:
        path = save(plots(), "旧.gpkg", "GPKG")
        sink = f"ogr:dbname='{path}' table=\"{{}}\" (geom)"
        run("fourwaycheck", {"MAP": plots(), "FINDINGS": sink.format("问题"), "PLOT_STATUS": sink.format("状态")})
        assert layers_of(path) >= {"旧", "问题", "状态"}


@pytest.mark.parametrize("name", sorted(set(CHECKS) - {"schemacheck"}))  # it has fields to check
class TestNothingToCheck:
    def test_no_features(self, run: Run, plots: Plots, name: str) -> None:
        with pytest.raises(QgsProcessingException, match="永久基本农田"):
            run(name, {CHECKS[name]: plots(0)})

    def test_nothing_selected(self, run: Run, plots: Plots, name: str) -> None:
        layer = plots()
        QgsProject.instance().addMapLayer(layer)
        try:
            with pytest.raises(QgsProcessingException, match=r"(?i)selected|选中"):
                run(name, {CHECKS[name]: QgsProcessingFeatureSourceDefinition(layer.id(), True)})
        finally:
            QgsProject.instance().removeMapLayer(layer.id())


@pytest.mark.parametrize("parameter", ["ABS_TOLERANCE", "REL_TOLERANCE", "SHIFT_TOLERANCE", "MIN_AGREEMENT"])
@pytest.mark.parametrize("value", [float("nan"), "nan"])
def test_a_tolerance_that_is_no_number_is_refused(run: Run, plots: Plots, parameter: str, value: Any) -> None:
    with pytest.raises(QgsProcessingException):
        run("fourwaycheck", {"MAP": plots(), parameter: value})


@pytest.mark.parametrize("parameter", ["IDLE_YEARS", "TOLERANCE_AREA", "EDGE_TOLERANCE"])
def test_a_number_too_large_to_count_with_is_refused(run: Run, plots: Plots, parameter: str) -> None:
    with pytest.raises(QgsProcessingException, match="Unable to execute"):
        run("permitconflicts", {"VIOLATIONS": plots(), "PERMITS": plots(), parameter: 1e300})
    assert run("permitconflicts", {"VIOLATIONS": plots(), "PERMITS": plots(), parameter: 1e12})["CHECKED_COUNT"] == 3


def test_a_map_without_features_ends_the_audit(run: Run, plots: Plots, save: Save, tmp_path: Path) -> None:
    path = save(plots(0), "空图.gpkg", "GPKG")
    layer = QgsVectorLayer(str(path), "空图", "ogr")
    project = QgsProject()
    project.addMapLayer(layer)
    context = QgsProcessingContext()
    context.setProject(project)
    with pytest.raises(QgsProcessingException, match="空图"):
        run("countyaudit", {"LAYERS": [layer.id()], "RESULTS": str(tmp_path / "r.gpkg")}, context=context)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("a.shp", "a.DBF", True), ("a.shp", "a.shp.xml", True), ("a.shp", "b.dbf", False), ("a.gpkg", "a.shp", False),
     ("d.gdb", "d.gdb/a1.gdbtable", True), ("a.tab", "a.dat", True), ("a.csv", "a.xlsx", False)],
)  # fmt: skip
def test_files_of_one_data_set(tmp_path: Path, one: str, other: str, same: bool) -> None:
    assert (data_set(tmp_path / one) == data_set(tmp_path / other)) is same


@pytest.mark.parametrize(
    ("destination", "place"),
    [("ogr:dbname='/a/o''b.gpkg' table=\"层\" (geom)", ("/a/o'b.gpkg", "层")), ("/a/b.gpkg", ("/a/b.gpkg", "")),
     ("memory:", ("", "")), ("/a/b.gpkg|layername=c", ("/a/b.gpkg", ""))],
)  # fmt: skip
def test_where_a_destination_is(destination: str, place: tuple[str, str]) -> None:
    assert destination_place(destination) == place


def test_looking_for_a_place_leaves_nothing(tmp_path: Path) -> None:
    assert no_place(tmp_path / "新" / "更新" / "r.html", "zh") == ""
    assert list(tmp_path.iterdir()) == []


def test_what_sqlite_would_misread_is_opened_otherwise(plots: Plots, save: Save, tmp_path: Path) -> None:
    plain = ("/a/b%c.gpkg", "/a/b%20c.shp", "/a/b c.gpkg")
    assert [openable(path) for path in plain] == list(plain)
    for folder, name in (("甲%20乙", "图.gpkg"), ("丙", "图%41.gpkg")):
        place = tmp_path / folder / name
        place.parent.mkdir()
        save(plots(), "图.gpkg", "GPKG").rename(place)
        layer = QgsVectorLayer(f"{openable(place)}|layername=图", "图", "ogr")
        assert (layer.isValid(), layer.featureCount()) == (True, 3)
        assert data_set(layer_place(layer)[0]) == str(place)
        assert [file.name for file in place.parent.iterdir()] == [name]


def test_an_audit_remembers_where_a_path_looks_escaped(
    plots: Plots, save: Save, run: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    folder, results = tmp_path / "县%41", tmp_path / "果%20x" / "r%41.gpkg"
    folder.mkdir()
    save(plots(YJJBNTTBMJ=[10000.0, 9900.0, 10000.0]), "YJJBNTBHTB.gpkg", "GPKG").rename(folder / "YJJBNTBHTB.gpkg")
    for change in ("new", "same"):
        run("countyaudit", {"FOLDER": str(folder), "RESULTS": str(results)})
        found = findings_of(results)
        assert {one["change"] for one in found if one["rule"] == "R5001"} == {change}
    with closing(sqlite3.connect(results)) as connection:
        styled = {name for (name,) in connection.execute("SELECT f_table_name FROM layer_styles")}
    assert styled >= {"findings", "plot_status"}


@pytest.mark.parametrize("name", [*CHECKS, "sheetgrid"])
@pytest.mark.parametrize("how", ["path", "path and layer", "definition"])
def test_a_geopackage_below_a_folder_with_an_escape_is_read(
    run: Run, plots: Plots, save: Save, tmp_path: Path, name: str, how: str
) -> None:
    # Before GDAL 3.7, SQLite takes "%20" for a blank in the path of a GeoPackage that is opened without locks.
    (tmp_path / "图%20纸").mkdir()
    path = str(save(plots(), "图%20纸/数.gpkg", "GPKG"))
    layer = f"{path}|layername=数"
    value = {"path": path, "path and layer": layer, "definition": QgsProcessingFeatureSourceDefinition(layer)}[how]
    found = run(name, {CHECKS.get(name, "INPUT"): value})
    assert name == "sheetgrid" or found["CHECKED_COUNT"] == 3
    assert [one.name for one in (tmp_path / "图%20纸").iterdir()] == ["数.gpkg"]


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "geojson", "table"])
@pytest.mark.parametrize("how", ["cancelled", "failed"])
def test_a_run_that_ends_while_it_writes_leaves_no_layer(
    run: Run, plots: Plots, save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, how: str
) -> None:
    folder = tmp_path / "结果"
    folder.mkdir()
    kept = str(save(plots(), "结果/别的.gpkg", "GPKG"))
    names = {"FINDINGS": "核查结果", "PLOT_STATUS": "图斑状态", "UNIT_BALANCE": "平衡表"}
    places = {output: str(folder / f"{name}.{suffix}") for output, name in names.items()}
    tables = {output: f"ogr:dbname='{kept}' table=\"{name}\" (geom)" for output, name in names.items()}
    outputs = tables if suffix == "table" else places
    written, write = [], sinks.write_frame

    def stops(frame: pd.DataFrame, *further: Any, **options: Any) -> None:
        write(frame, *further, **options)
        written.append(len(frame))
        if len(written) == 2:
            raise Cancelled if how == "cancelled" else OSError(28, "No space left on device")

    monkeypatch.setattr(sinks, "write_frame", stops)
    layer = plots(YJJBNTTBMJ=[10500.0, 10000.0, 10000.0])
    if how == "cancelled":
        assert "FINDINGS" not in run("fourwaycheck", {"MAP": layer, **outputs})
    else:
        with pytest.raises(QgsProcessingException, match="No space left"):
            run("fourwaycheck", {"MAP": layer, **outputs})
    assert written == [1, 3]
    assert [one.name for one in folder.iterdir() if not one.name.endswith(("-wal", "-shm"))] == ["别的.gpkg"]
    with closing(sqlite3.connect(kept)) as base:
        assert base.execute("SELECT table_name FROM gpkg_contents").fetchall() == [("别的",)]


def test_a_layer_that_a_run_adds_to_stays_when_it_is_stopped(
    run: Run, plots: Plots, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = str(save(plots(5), "汇总.gpkg", "GPKG"))
    known = QgsVectorLayer(uri, "汇总", "ogr")
    wish = QgsProcessingOutputLayerDefinition(uri)
    mapped = QgsRemappingSinkDefinition()
    mapped.setDestinationFields(known.fields())
    mapped.setDestinationWkbType(known.wkbType())
    mapped.setSourceCrs(known.crs())
    mapped.setDestinationCrs(known.crs())
    mapped.setFieldMap({"YJJBNTTBBH": QgsProperty.fromField("key")})
    wish.setRemappingDefinition(mapped)
    given = {"MAP": plots(YJJBNTTBMJ=[10500.0, 10000.0, 10000.0]), "FINDINGS": wish}
    run("fourwaycheck", given)
    assert QgsVectorLayer(uri, "汇总", "ogr").featureCount() == 6

    def stops(*_: Any, **_options: Any) -> None:
        raise Cancelled

    monkeypatch.setattr(sinks, "write_frame", stops)
    run("fourwaycheck", given)
    assert QgsVectorLayer(uri, "汇总", "ogr").featureCount() == 6
