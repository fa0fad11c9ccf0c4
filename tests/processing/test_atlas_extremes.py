"""Units as they are not drawn in textbooks: one plot, thousands, none, scattered, tiny, long; pages in English."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely
from qgis.core import QgsFeature, QgsGeometry, QgsProcessingContext, QgsProject, QgsVectorLayer

from redline.core.units import cents, format_area
from redline.processing.maps.press import _in_lines
from redline.tests.processing.pdfs import bookmarks, pages, sizes, tool

Run = Callable[..., dict[str, Any]]
DEMO = Path(__file__).resolve().parents[2] / "resources" / "demo" / "示范县.gpkg"
X, Y = 37590000.0, 4050000.0
LONG = "巴音郭楞蒙古自治州和硕县乌什塔拉回族民族乡塔尔巴哈台东风第二十三生产建设兵团新村民委员会"
MANY = 1200


def box(x: float, y: float, width: float, height: float) -> shapely.Geometry:
    return shapely.box(X + x, Y + y, X + x + width, Y + y + height)


SCATTERED = [box(-8000 + 2500 * n, -6000 + n % 2 * 2500, 900, 700) for n in range(5)] + [box(9000, 9000, 300, 300)]
VILLAGES = {
    "990101001001": ("独斑村", box(0, 0, 2000, 2000), [box(500, 500, 300, 200)]),
    "990101001002": ("千斑村", box(2000, 0, 3000, 3000),
                     [box(2000 + 75 * (n % 40), 100 * (n // 40), 73, 97) for n in range(MANY)]),
    "990101001003": (LONG, box(0, 2000, 2000, 1000), [box(100 + 300 * n, 2100, 280, 700) for n in range(6)]),
    "990101001004": ("多部分村", shapely.MultiPolygon(SCATTERED), [shapely.buffer(one, -20) for one in SCATTERED]),
    "990101001005": ("微村", box(5000, 0, 25, 25), [box(5002, 2, 20, 20)]),
    "990101001006": ("无田村", box(5000, 1000, 1200, 900), []),
    "990101001007": ("长条村", box(-10000, 4000, 30000, 250),
                     [box(-10000 + 300 * n, 4020, 280, 200) for n in range(99)]),
}  # fmt: skip


def layer(fields: str, rows: list[tuple[shapely.Geometry, list[object]]]) -> QgsVectorLayer:
    source = "MultiPolygon?crs=EPSG:4525&" + "&".join(f"field={one}" for one in fields.split(","))
    made = QgsVectorLayer(source, "图层", "memory")
    for shape, values in rows:
        feature = QgsFeature(made.fields())
        feature.setAttributes(values)
        feature.setGeometry(QgsGeometry.fromWkt(shape.wkt))
        made.dataProvider().addFeature(feature)
    made.updateExtents()
    return made


@pytest.fixture
def villages() -> QgsVectorLayer:
    return layer("XZQDM:string(12),XZQMC:string(200)",
                 [(shape, [code, name]) for code, (name, shape, _) in VILLAGES.items()])  # fmt: skip


@pytest.fixture
def plots() -> QgsVectorLayer:
    rows = [
        (shape, [f"{code}{number:05d}", code, "0103", round(shape.area, 2)])
        for code, (_, _, shapes) in VILLAGES.items() for number, shape in enumerate(shapes, start=1)
    ]  # fmt: skip
    return layer("YJJBNTTBBH:string(30),XZQDM:string(12),DLBM:string(5),YJJBNTMJ:double", rows)


@pytest.mark.slow
@pytest.mark.parametrize("paper", ["A3", "A4"])
def test_every_unit_has_its_page_and_every_plot_its_row(
    run: Run, plots: QgsVectorLayer, villages: QgsVectorLayer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    paper: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("redline.processing.maps.atlas.language", lambda: "zh")
    pdf = tmp_path / "图册.pdf"
    run("atlas", {
        "MAP": plots, "UNITS": villages, "LEVEL": "village", "PAGE": paper, "PDF": str(pdf), "KEEP_LAYOUT": False,
    })  # fmt: skip
    text = pages(pdf)
    short, long = (210, 297) if paper == "A4" else (297, 420)
    assert {tuple(sorted(size)) for size in sizes(pdf)} == {(short, long)}
    assert len(set(sizes(pdf))) == 2
    assert len(tool("pdfimages", "-list", pdf).splitlines()) == 2
    starts = [page for _, _, page in bookmarks(pdf)[1:]]
    assert [name for _, name, _ in bookmarks(pdf)[1:]] == [name for name, _, _ in VILLAGES.values()]
    for (name, _, shapes), start, end in zip(VILLAGES.values(), starts, [*starts[1:], len(text) + 1]):
        own = "\n".join(text[start - 1 : end - 1])
        assert f"{name}永久基本农田分布图" in re.sub(r"\s", "", own)
        listed = re.findall(r"(?<!\d)(\d{5}) +旱地", own)
        assert sorted(listed) == [f"{number:05d}" for number in range(1, len(shapes) + 1)]
        total = format_area(int(cents([round(shape.area, 2) for shape in shapes]).sum()), "mu")
        assert re.search(rf"合计 +{re.escape(total)}", own), name


def test_long_cells_stand_in_lines() -> None:
    """Six signs of 3 mm fill a line; QGIS breaks at spaces itself, and must not part numbers."""
    texts = pd.Series(["红星村第3村民小组张三李四", "城关镇 东关村", "短", "面积 1,234,567.89", "a long note"])
    assert _in_lines(texts, 19.0, 3 / 25.4 * 72).tolist() == [
        "红星村第3村\n民小组张三李\n四", "城关镇 东关村", "短", "面积 1,234,567.89", "a long note",
    ]  # fmt: skip


def test_english_pages_keep_names_and_translate_the_rest(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("redline.processing.maps.atlas.language", lambda: "en")
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    pdf = tmp_path / "atlas.pdf"
    run("atlas", {
        "MAP": f"{DEMO}|layername=YJJBNTBHTB", "UNITS": f"{DEMO}|layername=XZQ", "LEVEL": "village",
        "VILLAGES": f"{DEMO}|layername=CJDCQ", "FEATURES": "990101001002", "PDF": str(pdf), "KEEP_LAYOUT": False,
        "CLASSIFICATION": "Internal", "DATE": "2026-06-30",
    }, context=context)  # fmt: skip
    (first, *_) = pages(pdf)
    for words in ("Permanent basic farmland of 城关镇东关村", "Legend", "village border", "permanent basic farmland",
                  "paddy", "CGCS2000", "Date: 2026-06-30", "Internal", "area (mu)"):  # fmt: skip
        assert words in first, words
    assert not re.search("水田|图例|合计|面积", first)
