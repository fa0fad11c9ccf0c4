"""`redline:permitconflicts` as a user runs it: its report on paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.core import QgsVectorLayer

from redline.tests.processing.pdfs import pages


def test_the_report_is_there_on_paper(
    plots: Callable[..., QgsVectorLayer], run: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    paper = tmp_path / "批与违.pdf"
    found = run("permitconflicts", {"VIOLATIONS": plots(3), "FARMLAND": plots(2), "REPORT_PDF": str(paper)})
    assert found["REPORT_PDF"] == str(paper)
    assert "REPORT" not in found
    printed = pages(paper)
    assert all(page.strip() for page in printed)
    # Two of three changes lie on basic farmland, with 10,000 m² = 15 mu each.
    assert "30.00" in printed[0]
    assert "Office (seal):" in printed[-1]
