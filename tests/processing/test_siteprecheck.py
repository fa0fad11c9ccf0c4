"""The pre-check of a site as a user runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsFeature, QgsGeometry, QgsVectorLayer

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


def test_a_site_in_degrees_and_one_without_anything_to_check(run: Run, plots: Plots) -> None:
    drawn = site("POLYGON((120 30.7, 120.001 30.7, 120.001 30.701, 120 30.701, 120 30.7))", "EPSG:4490")
    results = run("siteprecheck", {"SITE": drawn})
    assert results["CHECKED_COUNT"] == 1
    assert results["PASSED"]
    assert results["PIECES"].featureCount() == 1
