"""The map atlas read back from its PDF: pages, sizes, titles, figures, fonts, nothing but vectors."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsLabelObstacleSettings,
    QgsLayoutItemLegend,
    QgsPointXY,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProject,
    QgsVectorLayer,
)

from redline.core import fonts
from redline.core.units import cents, format_area
from redline.processing.maps import draw, layouts
from redline.processing.maps.atlas import KINDS
from redline.processing.maps.export import file_names
from redline.processing.maps.symbols import RENDERERS
from redline.processing.paper import chinese_font
from redline.tests.processing.pdfs import bookmarks, pages, sizes, tool
from redline.tools.print_styles import written

Run = Callable[..., dict[str, Any]]
DEMO = Path(__file__).resolve().parents[2] / "resources" / "demo" / "示范县.gpkg"
TOWNSHIPS = ("城关镇", "柳河镇", "石桥镇", "青山乡", "大泉乡", "白塔乡")
GIVEN = {
    "MAP": f"{DEMO}|layername=YJJBNTBHTB", "UNITS": f"{DEMO}|layername=XZQ", "VILLAGES": f"{DEMO}|layername=CJDCQ",
    "COUNTY": "示范县", "UNIT": "示范县自然资源局", "DATE": "2026-06-30",
}  # fmt: skip


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def atlas(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[dict[str, Any], Path, list[dict[str, str]]]]:
    monkeypatch.setattr("redline.processing.maps.atlas.language", lambda: "zh")

    def make(**more: Any) -> tuple[dict[str, Any], Path, list[dict[str, str]]]:
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        index = tmp_path / "目录.csv"
        given = {**GIVEN, "KEEP_LAYOUT": False, "PDF": str(tmp_path / "图册.pdf"), "INDEX": str(index), **more}
        feedback = given.pop("feedback", None)
        result = run("atlas", given, feedback, context=given.pop("context", context))
        return result, tmp_path / "图册.pdf", rows_of(index) if index.exists() else []

    return make


def plots_of(code: str) -> tuple[int, str]:
    """How many plots of the demo a unit has, and their recorded area in 亩, straight from the file."""
    layer = QgsVectorLayer(GIVEN["MAP"], "plots", "ogr")
    areas = [
        float(one["YJJBNTMJ"]) for one in layer.getFeatures()
        if one.hasGeometry() and str(one["XZQDM"]).startswith(code) and one["YJJBNTMJ"]
    ]  # fmt: skip
    return len(areas), format_area(int(cents(areas).sum()), "mu")


def test_townships_come_back_with_titles_figures_and_vectors(atlas: Any) -> None:
    result, pdf, index = atlas()
    text = pages(pdf)
    assert result["PAGE_COUNT"] == len(text) == 6
    assert {tuple(sorted(size)) for size in sizes(pdf)} == {(297, 420)}
    assert len(set(sizes(pdf))) == 2, "pages stand or lie as the shape of the township asks for"
    assert [row["key"] for row in index] == [f"99010100{n}" for n in range(1, 7)]
    for number, (page, name, row) in enumerate(zip(text, TOWNSHIPS, index), start=1):
        assert f"示范县{name}永久基本农田分布图" in page
        assert row["title"] == f"示范县{name}永久基本农田分布图"
        assert (row["page"], row["file"]) == (str(number), "图册.pdf")
        for words in ("内部资料", f"图号 {number:02d}", row["scale"], "2000国家大地坐标系", "编制单位:示范县自然资源局",
                      "2026年6月30日", "图 例", "永久基本农田"):  # fmt: skip
            assert words in page, words
    count, mu = plots_of("990101002")
    assert re.search(rf"合计 +{count} +{re.escape(mu)}", text[1]), (count, mu)
    assert len(tool("pdfimages", "-list", pdf).splitlines()) == 2, "nothing was turned into a picture"


def test_fonts_are_embedded_and_of_mainland_china(atlas: Any) -> None:
    if not chinese_font():
        pytest.skip("no Chinese font on this machine")
    result, pdf, _ = atlas(FEATURES="990101001")
    assert result["FONT"] in fonts.FAMILIES
    found = [line.split() for line in tool("pdffonts", pdf).splitlines()[2:]]
    plain = result["FONT"].replace(" ", "").lower()
    assert found
    for row in found:
        assert row[0].split("+")[-1].split("-")[0].lower() == plain
        assert row[-5] == "yes"


def test_a_table_of_plots_goes_on_to_further_pages(atlas: Any) -> None:
    result, pdf, index = atlas(LEVEL="village", FEATURES="990101001002, 990101001001")
    text = pages(pdf)
    first = int(index[1]["page"])
    assert [row["key"] for row in index] == ["990101001001", "990101001002"]
    listed = re.findall(r"(?<!\d)(00\d{3}) +(?:水田|水浇地|旱地)", "\n".join(text[first - 1 :]))
    count, mu = plots_of("990101001002")
    assert sorted(listed) == [f"{n:05d}" for n in range(1, count + 1)]
    assert "续表1" in text[first]
    assert mu in text[-1]
    assert result["PAGE_COUNT"] == len(text)


def test_bookmarks_lead_to_townships_and_their_villages(atlas: Any) -> None:
    _, pdf, index = atlas(LEVEL="village", FEATURES="990101001,990101002001")
    names = {row["key"]: re.sub("^示范县..镇|永久基本农田分布图$", "", row["title"]) for row in index}
    first = {row["key"]: int(row["page"]) for row in index}
    inner = [(1, names[key], first[key]) for key in sorted(names) if key.startswith("990101001")]
    assert bookmarks(pdf) == [
        (0, "城关镇", 1), *inner, (0, "柳河镇", first["990101002001"]),
        (1, names["990101002001"], first["990101002001"]),
    ]  # fmt: skip
    text = pages(pdf)
    for _, name, page in bookmarks(pdf):
        assert unicodedata.normalize("NFKC", name) in text[page - 1]


def test_the_five_duties_read_the_index(atlas: Any, run: Run, tmp_path: Path) -> None:
    atlas(FEATURES="990101001,990101002")
    given = {"MAP": GIVEN["MAP"], "ATLAS_INDEX": str(tmp_path / "目录.csv"), "ON_DATE": "2026-06-30"}
    result = run("fiveduties", given)
    duties = list(result["PLOT_DUTIES"].getFeatures())
    with_page = [str(one["unit"])[:9] for one in duties if one["atlas"]]
    assert set(with_page) == {"990101001", "990101002"}
    assert all(one["atlas"] == (str(one["unit"])[:9] in set(with_page)) for one in duties)


def test_a_file_for_every_feature_and_pictures(atlas: Any, tmp_path: Path) -> None:
    result, _, index = atlas(ONE_FILE=False, PNG=True, DPI=40, FEATURES="990101003,990101004", PAGE="A4")
    assert result["PDF"] == str(tmp_path / "图册")
    files = [tmp_path / row["file"] for row in index]
    assert [file.name for file in files] == ["990101003 石桥镇.pdf", "990101004 青山乡.pdf"]
    assert all({tuple(sorted(size)) for size in sizes(file)} == {(210, 297)} for file in files)
    assert len(list((tmp_path / "图册").glob("*.png"))) == 2


def test_a_file_without_a_suffix_is_not_its_own_folder(atlas: Any, tmp_path: Path) -> None:
    result, _, _ = atlas(PDF=str(tmp_path / "图册"), PNG=True, DPI=40, FEATURES="990101001")
    assert Path(result["PDF"]).read_bytes().startswith(b"%PDF")
    assert len(list((tmp_path / "图册_pages").glob("*.png"))) == 1


def test_the_index_map_lists_the_pages_of_the_atlas(atlas: Any) -> None:
    _, pdf, index = atlas(KIND="index")
    (page,) = pages(pdf)
    assert [row["key"] for row in index] == ["990101"]
    for number, name in enumerate(TOWNSHIPS, start=1):
        assert re.search(rf"{number:02d} +99010100{number} +{name}", page), name


def test_a_dossier_has_areas_points_judgement_and_law(atlas: Any, tmp_path: Path) -> None:
    fields = "key:string,unit:string,area:double,farmland_area:double,uncovered_area:double,labels:string"
    source = "Polygon?crs=EPSG:4525&" + "&".join(f"field={one}" for one in fields.split(","))
    layer = QgsVectorLayer(source, "violations_out", "memory")
    shapes = {
        "V1": "Polygon((37590000 4050000, 37590100 4050000, 37590100 4050050, 37590000 4050050, 37590000 4050000))",
        # 200 points do not fit one page.
        "V2": QgsGeometry.fromPointXY(QgsPointXY(37591000, 4051000)).buffer(80, 50).asWkt(6),
    }  # fmt: skip
    for key, wkt in shapes.items():
        feature = QgsFeature(layer.fields())
        feature.setAttributes([key, "990101001002", 5000.0, 4000.0, 5000.0, "no_permit;on_farmland"])
        feature.setGeometry(QgsGeometry.fromWkt(wkt))
        layer.dataProvider().addFeatures([feature])
    result, pdf, index = atlas(KIND="violation", VIOLATIONS=layer)
    text = pages(pdf)
    assert [(row["key"], row["page"]) for row in index] == [("V1", "1"), ("V2", "2")]
    assert result["PAGE_COUNT"] == len(text) > 2
    assert {tuple(sorted(size)) for size in sizes(pdf)} == {(210, 297)}
    for words in ("违法图斑V1核查图", "判定:未批先用、占用永久基本农田", "第四十四条", "第三十五条",
                  "坐落:示范县城关镇东关村", "测量人", "审核人", "单位(盖章)"):  # fmt: skip
        assert words in text[0], words
    assert re.search(r"图斑面积 +5,000\.00 +7\.50", text[0])
    assert re.search(r"4,000\.00 +6\.00", text[0])
    for x, y in ((37590000, 4050000), (37590100, 4050050)):
        assert re.search(rf"{y}\.000 +{x}\.000", text[0])
    # The points go round from the north-west, with the clock.
    numbered = re.findall(r"J(\d) +1 +(\d{7})\.000 +(\d{8})\.000", text[0])
    assert [(int(n), int(x) - 4050000, int(y) - 37590000) for n, x, y in numbered] == [
        (1, 50, 0), (2, 50, 100), (3, 0, 100), (4, 0, 0),
    ]  # fmt: skip
    points = [int(n) for n in re.findall(r"J(\d+) +1 +\d{7}\.\d{3} +\d{8}\.\d{3}", "\n".join(text[1:]))]
    assert sorted(points) == list(range(1, 201))


def test_standard_sheets_have_numbers_neighbours_and_kilometres(atlas: Any) -> None:
    result, pdf, index = atlas(KIND="sheet", FEATURES="J49G082065")
    (text,) = pages(pdf)
    assert sizes(pdf) == [(841, 594)]
    for words in ("J49G082065", "J49G081064", "J49G083066", "接合图表", "1:10 000", "37591", "4053", "112°00′00″",
                  "112°03′45″", "36°", "35′00″", "37′30″"):  # fmt: skip
        assert unicodedata.normalize("NFKC", words) in text, words
    on_sheet = {row["key"] for row in index}
    assert "J49G082065" in on_sheet
    # A plot that the index names lies on the sheet, by its middle or by its edge.
    assert {row["page"] for row in index} == {"1"}
    assert len(on_sheet) > 300
    assert result["PAGE_COUNT"] == 1


def test_zone_maps_have_people_duties_and_masked_telephones(atlas: Any, run: Run, tmp_path: Path) -> None:
    drawn = run("drawgrid", {"UNITS": GIVEN["VILLAGES"], "PLOTS": GIVEN["MAP"], "MAX_LOAD": 60})["ZONES"]
    zones = sorted(str(one["zone_code"]) for one in drawn.getFeatures())
    people = tmp_path / "责任人名单.csv"
    rows = [f"{code},张{code[-6:]},网格员,13812345678,每月巡田八次" for code in zones]
    people.write_text("网格代码,姓名,角色,联系电话,定职责\n" + "\n".join(rows), encoding="utf-8")
    roster = QgsVectorLayer(f"{people.as_uri()}?type=csv&detectTypes=no", "责任人名单", "delimitedtext")
    for personal in (False, True):
        _, pdf, index = atlas(KIND="zone", ZONES=drawn, ROSTER=roster, PERSONAL_DATA=personal, FEATURES="990101002")
        text = "\n".join(pages(pdf))
        assert "示范县柳河镇耕地保护网格责任区图" in text
        assert "定职责:每月巡田八次" in text
        assert ("13812345678" in text) == personal
        assert ("138***" in text) != personal
        mine = [code for code in zones if code.startswith("990101002")]
        assert mine
        for code in mine:
            assert f"张{code[-6:]}" in text
        assert {"990101002", *mine} <= {row["key"] for row in index}
        assert not any(row["key"].startswith("990101003") for row in index)


def test_a_layer_without_a_coordinate_system_stops_the_run(atlas: Any) -> None:
    lost = QgsVectorLayer("Polygon?crs=&field=YJJBNTTBBH:string(20)", "无坐标系", "memory")
    feature = QgsFeature(lost.fields())
    feature.setGeometry(QgsGeometry.fromWkt("POLYGON((0 0,1 0,1 1,0 0))"))
    lost.dataProvider().addFeature(feature)
    with pytest.raises(QgsProcessingException, match=r"无坐标系.*坐标系"):
        atlas(MAP=lost)


def test_codes_may_be_parted_as_people_part_them_and_the_file_has_a_title(atlas: Any) -> None:
    _, pdf, index = atlas(FEATURES="990101001；990101002、\n990101003 990101004")
    assert [row["key"] for row in index] == [f"99010100{n}" for n in range(1, 5)]
    assert re.search("Title: +示范县永久基本农田分布图册\n", tool("pdfinfo", pdf))


def test_layouts_stay_in_the_project_and_can_be_changed(atlas: Any) -> None:
    project = QgsProject()
    context = QgsProcessingContext()
    context.setProject(project)
    atlas(KEEP_LAYOUT=True, context=context)
    kept = project.layoutManager().printLayouts()
    assert len(kept) == 2
    assert sum(layout.atlas().updateFeatures() for layout in kept) == 6
    for layout in kept:
        linked = layout.itemById("map")
        assert linked.layers()
        assert all(project.mapLayer(layer.id()) for layer in linked.layers())
        legend = layout.itemById("legend")
        assert isinstance(legend, QgsLayoutItemLegend)
        # All of it, for the filter of QGIS to choose from, and room for more than what the last page showed.
        assert {"永久基本农田", "行政界线"} <= {node.name() for node in legend.model().rootGroup().findLayers()}
        width, height = map(float, legend.customProperty("redline/room").split())
        assert width > 50
        assert height > 50
    project.layoutManager().clear()


def test_a_batch_leaves_a_layout_a_township_by_its_name(atlas: Any) -> None:
    project = QgsProject()
    context = QgsProcessingContext()
    context.setProject(project)
    for code in ("990101001", "990101004"):
        atlas(KEEP_LAYOUT=True, context=context, FEATURES=code)
    names = sorted(layout.name() for layout in project.layoutManager().printLayouts())
    assert names == ["示范县城关镇永久基本农田分布图", "示范县青山乡永久基本农田分布图"]
    assert sorted(group.name() for group in project.layerTreeRoot().children()) == names
    assert all(layout.atlas().updateFeatures() == 1 for layout in project.layoutManager().printLayouts())
    project.layoutManager().clear()


def test_a_cancelled_run_keeps_the_pages_that_are_done(atlas: Any, listener: Any, tmp_path: Path) -> None:
    watched = listener(stop_at=60)
    atlas(feedback=watched)
    text = pages(tmp_path / "图册.pdf")
    assert 1 <= len(text) < 6
    assert [page for _, _, page in bookmarks(tmp_path / "图册.pdf")] == list(range(1, len(text) + 1))
    assert "示范县城关镇永久基本农田分布图" in text[0]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"FEATURES": "440000"}, "440000"), ({"FONT": "没有这种字体"}, "没有这种字体"), ({"MAP": None}, "图"),
        ({"UNITS": None, "VILLAGES": None}, "行政"),
        ({"KIND": "sheet", "SCALE": 9999}, "9999"), ({"KIND": "sheet", "PAGE": "A4"}, "A1"),
        ({"KIND": "violation"}, "监测"),
        ({"UNITS": None, "LEVEL": "county", "VILLAGES": GIVEN["VILLAGES"], "FEATURES": "1"}, "1"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_sentence(atlas: Any, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(QgsProcessingException) as error:
        atlas(**wrong)
    assert said in str(error.value)
    assert "unexpected" not in str(error.value)
    assert "did not expect" not in str(error.value)


@pytest.mark.parametrize("content", ["no layout", "<Layout><LayoutItem/></Layout>"])
def test_a_template_that_is_none_is_a_sentence(atlas: Any, tmp_path: Path, content: str) -> None:
    own = tmp_path / "自己的.qpt"
    own.write_text(content, encoding="utf-8")
    with pytest.raises(QgsProcessingException, match="自己的"):
        atlas(TEMPLATE=str(own))


def test_an_own_template_is_filled(atlas: Any, tmp_path: Path) -> None:
    own = tmp_path / "自己的.qpt"
    shipped = layouts.template("township", "landscape").read_text(encoding="utf-8")
    own.write_text(shipped.replace("[% 'classification' %]", "x"), encoding="utf-8")
    _, pdf, _ = atlas(TEMPLATE=str(own), FEATURES="990101001")
    assert sizes(pdf) == [(420, 297)]
    assert "示范县城关镇永久基本农田分布图" in pages(pdf)[0]


def test_an_own_template_without_a_table_is_told(atlas: Any, listener: Any, tmp_path: Path) -> None:
    own = tmp_path / "自己的.qpt"
    shipped = layouts.template("township", "landscape").read_text(encoding="utf-8")
    own.write_text(shipped.replace('id="table"', 'id="another"'), encoding="utf-8")
    heard = listener()
    atlas(TEMPLATE=str(own), FEATURES="990101001", feedback=heard)
    assert any("ID为 table 的表" in line for line in heard.said["info"])


def test_every_template_has_the_items_that_are_filled(qgis_app: object) -> None:
    project = QgsProject()
    for kind in KINDS:
        for side in ("landscape", "portrait"):
            layout = layouts.load(project, layouts.template(kind, side), "zh")
            for name in ("title", "number", "map", "legend", "scale_text", "scale_bar", "projection", "makers"):
                assert layout.itemById(name) is not None, (kind, side, name)
            assert layouts.table(layout, "table") is not None
            del layout


@pytest.mark.parametrize("kind", RENDERERS)
def test_style_files_are_what_the_symbols_say(qgis_app: object, root: Path, kind: str) -> None:
    kept = (root / "resources" / "styles" / "print" / f"{kind}.qml").read_text(encoding="utf-8")

    def colours(style: str) -> list[str | None]:
        options = ElementTree.fromstring(style).iter("Option")
        return [one.get("value") for one in options if str(one.get("name")).endswith(("color", "line_width"))]

    assert colours(kept) == colours(written(kind))


def test_a_hatched_area_keeps_numbers_of_plots_beside_it(qgis_app: object) -> None:
    layer = QgsVectorLayer("Polygon?crs=EPSG:4525&field=name:string", "违法图斑", "memory")
    draw.style(layer, "violation", "Noto Sans CJK SC", 1.0, "zh")
    (rule,) = layer.labeling().rootRule().children()
    kept_off = rule.settings().obstacleSettings()
    assert kept_off.isObstacle()
    assert kept_off.type() == QgsLabelObstacleSettings.ObstacleType.PolygonInterior
    assert kept_off.factor() > 1


def test_names_of_files_are_what_a_file_system_takes() -> None:
    assert file_names(["1/2 村", "1_2 村", ' . "', "长" * 200]) == ["1_2 村", "1_2 村 (2)", "_", "长" * 80]
