"""The pre-check of a site as a user runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsFeature, QgsGeometry, QgsVectorLayer

from redline.core.report import ReportFacts, html
from redline.core.result import Result
from redline.processing.paper import write_pdf
from redline.tests.core.hand import box
from redline.tests.core.test_permits import permit, plot
from redline.tests.core.test_site import pre_check, proposed
from redline.tests.processing.conftest import Listener
from redline.tests.processing.pdfs import pages

Plots = Callable[..., QgsVectorLayer]
Run = Callable[..., dict[str, Any]]


def site(wkt: str, crs: str = "EPSG:4549") -> QgsVectorLayer:
    layer = QgsVectorLayer(f"Polygon?crs={crs}&field=XMMC:string", "选址", "memory")
    feature = QgsFeature(layer.fields())
    feature.setAttributes(["学校"])
    feature.setGeometry(QgsGeometry.fromWkt(wkt))
    layer.dataProvider().addFeatures([feature])
    return layer


def test_what_it_touches_and_how_to_leave(plots: Plots, run: Run, tmp_path: Path) -> None:
    """20 m into the first of three fields in a row, from the west."""
    drawn = site("POLYGON((499920 3400010, 500020 3400010, 500020 3400060, 499920 3400060, 499920 3400010))")
    report, paper = tmp_path / "预审.html", tmp_path / "预审.pdf"
    results = run("siteprecheck", {"SITE": drawn, "FARMLAND": plots(3), "REPORT": str(report),
                                    "REPORT_PDF": str(paper)})  # fmt: skip
    found = [(feature["rule"], feature["difference"]) for feature in results["FINDINGS"].getFeatures()]
    assert found == [("R7100", pytest.approx(1000, abs=0.1))]
    (way,) = results["WAYS_OUT"].getFeatures()
    assert way["shift"] == pytest.approx(20, abs=0.2)
    assert way["lost_share"] == pytest.approx(0.2, abs=0.001)
    rows = {(f["theme"], f["name"]): f["area"] for f in results["SUMMARY_TABLE"].getFeatures()}
    assert rows["farmland", "990101001001000000"] == pytest.approx(1000, abs=0.1)
    assert sum(f["area"] for f in results["PIECES"].getFeatures()) == pytest.approx(5000, abs=1)
    page = report.read_text(encoding="utf-8")
    assert "data:image/png" in page
    assert results["REPORT_PDF"] == str(paper)
    # All of it is on one page, to be signed; what it rests on follows.
    first, second, *_ = pages(paper)
    assert "Date:" in first
    assert "R7100" in second


def busy(count: int) -> Result:
    """Sites with long names that meet at least four lands of every theme."""
    return pre_check(
        site=[proposed(box(k, 0), f"示范县城关镇第一小学扩建及配套道路工程选址XM2026-{k:03d}") for k in range(count)],
        farmland=[plot(f"99010100100100{k:04d}", box(k * 12, 0, 11, 30)) for k in range(5)],
        landuse=[{"BSM": str(k), "DLBM": f"010{k % 3 + 1}" if k < 3 else "0201", "geometry": box(k * 20, 0, 20, 90)}
                 for k in range(4)],
        plan=[{"GZQLXDM": f"0{k}0", "GZQLXMC": f"第{k}类管制区", "BSM": str(k), "geometry": box(k * 20, 10, 20, 60)}
              for k in range(1, 5)],
        red_line=[{"HXBM": f"H{k}", "HXMC": f"南山水源涵养与水土保持及生物多样性维护生态保护红线第{k}号片区（核心区）",
                   "HXLX": "x", "geometry": box(k * 18, 70, 17, 50)} for k in range(5)],
        permit=[permit(f"豫自然资用地〔2023〕{k}号-9901010000{k:04d}", box(k * 15, 40, 14, 20)) for k in range(5)],
    )  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_page_to_sign_is_one_page_however_much_a_site_meets(count: int, language: str, tmp_path: Path) -> None:
    paper = tmp_path / "预审.pdf"
    facts = ReportFacts(title="选址预审：报告", date="2026-06-30", data_time="2026-06-30")
    write_pdf(html(busy(count), facts, language), paper, "选址预审")
    first, *rest = pages(paper)
    signed = {"zh": "单位", "en": "Office"}[language]
    assert signed in first
    assert not any(signed in page for page in rest)
    # The last theme is there, with its lands summed up; sites beyond the second stand behind.
    summed = {"zh": ("其他4处", "共5处"), "en": ("4 others", "5 places")}[language]
    assert summed[count > 1] in first
    assert ("XM2026-002" in first, "XM2026-001" in first) == (False, count > 1)
    assert any("XM2026-004" in page for page in rest) == (count == 5)


def test_of_two_zones_under_a_site_both_are_on_the_page_to_sign() -> None:
    """Two sites leave each theme one line; the zone that forbids to build must not be lost in a sum."""
    zones = [{"GZQLXDM": code, "GZQLXMC": name, "BSM": code, "geometry": box(x, 0, 50, 100)}
             for code, name, x in (("010", "允许建设区", 0), ("040", "禁止建设区", 50))]  # fmt: skip
    result = pre_check(
        site=[proposed(box(0, 0), "学校"), proposed(box(500, 0), "医院")], plan=zones,
        farmland=[plot("990101001001000001", box(0, 0, 9, 9))],
        landuse=[{"BSM": "1", "DLBM": "0101", "geometry": box(0, 0)}],
        red_line=[{"HXMC": "南山", "HXLX": "x", "geometry": box(0, 0, 5, 5)}], permit=[permit("P1", box(0, 0, 7, 7))],
    )  # fmt: skip
    page = html(result, ReportFacts(), "zh")
    table = page[: page.index("发现的问题")]
    assert [name in table for name in ("允许建设区", "禁止建设区")] == [True, True]
    assert table.count(">5,000.00<") == 2


def test_a_site_in_degrees_and_one_without_anything_to_check(run: Run, plots: Plots) -> None:
    drawn = site("POLYGON((120 30.7, 120.001 30.7, 120.001 30.701, 120 30.701, 120 30.7))", "EPSG:4490")
    results = run("siteprecheck", {"SITE": drawn})
    assert results["CHECKED_COUNT"] == 1
    assert results["PASSED"]
    assert results["PIECES"].featureCount() == 1


def test_the_farmland_is_called_by_its_name_and_what_has_no_shape_is_a_sentence(plots: Plots, run: Run) -> None:
    """A row without a shape somewhere in the county is no finding of the site; nor is the farmland called the map."""
    drawn = site("POLYGON((499920 3400010, 500020 3400010, 500020 3400060, 499920 3400060, 499920 3400010))")
    fields = plots(4)
    crossed = "POLYGON((500000 3400000, 500100 3400100, 500100 3400000, 500000 3400100, 500000 3400000))"
    shapes = {1: QgsGeometry.fromWkt(crossed), 3: QgsGeometry(), 4: QgsGeometry()}
    assert fields.dataProvider().changeGeometryValues(shapes)
    heard = Listener()
    results = run("siteprecheck", {"SITE": drawn, "FARMLAND": fields}, feedback=heard)
    told = {feature["rule"]: feature["message"] for feature in results["FINDINGS"].getFeatures()}
    assert set(told) == {"R3002", "R7100"}
    assert told["R3002"].startswith("basic farmland ")
    assert "basic farmland: 2 rows have no shape and could not be looked at." in heard.said["info"]
    assert any(line.startswith("basic farmland: 永久基本农田, ") for line in heard.said["info"])
    assert not any(line.startswith("map: ") for line in heard.said["info"])


def test_a_layer_of_which_no_field_is_known_is_said_to_be_used_without(run: Run) -> None:
    heard = Listener()
    drawn = site("POLYGON((499920 3400010, 500020 3400010, 500020 3400060, 499920 3400060, 499920 3400010))")
    plain = QgsVectorLayer("Polygon?crs=EPSG:4549&field=zzz:string", "红线", "memory")
    feature = QgsFeature(plain.fields())
    feature.setGeometry(QgsGeometry.fromWkt("POLYGON((0 0, 9 0, 9 9, 0 0))"))
    plain.dataProvider().addFeatures([feature])
    run("siteprecheck", {"SITE": drawn, "RED_LINES": plain}, feedback=heard)
    (line,) = [line for line in heard.said["info"] if line.startswith("red line: 红线, ")]
    assert line.endswith("; no field of it is used.")
