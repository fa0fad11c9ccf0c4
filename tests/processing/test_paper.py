"""The report on paper: pages, fonts and text of the PDF."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QThread

from redline.core import fonts
from redline.core.findings import Findings
from redline.core.report import ReportFacts, html
from redline.core.result import Rate, Result
from redline.processing.paper import _cut, _Piece, chinese_font, write_pdf

ROWS = 400
TITLE = "示范县 核查报告"


def report() -> str:
    findings = Findings("zh")
    keys = [f"990101001001{n:04d}" for n in range(ROWS)]
    names = [f"第{n}村" for n in range(ROWS)]
    findings.add("R6012", "map", keys, unit=[f"990101001{n:03d}" for n in range(ROWS)], unit_name=names)
    result = Result(
        findings, rates={"agreement": Rate(1, 3)}, checked=ROWS, notes=["登记面积24,385,752.17 m²；R6003、EPSG:4525。"]
    )
    return html(result, ReportFacts(unit="示范县", shown=ROWS, versions={"QGIS": "3.22.16"}), "zh")


@pytest.fixture(scope="module")
def pdf(qgis_app: QgsApplication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("报告") / "报告.pdf"
    assert write_pdf(report(), path, TITLE) > 5
    return path


def run(tool: str, *arguments: object) -> str:
    if not shutil.which(tool):
        pytest.skip(f"{tool} (poppler-utils) is not installed")
    return subprocess.run([tool, *map(str, arguments)], capture_output=True, check=True, text=True).stdout


def pages(pdf: Path) -> list[str]:
    """Text of every page; form feeds part the pages, Noto CJK gives some characters back as their radicals."""
    return unicodedata.normalize("NFKC", run("pdftotext", "-layout", pdf, "-")).rstrip("\f").split("\f")


def test_text_comes_back(pdf: Path) -> None:
    text = " ".join(" ".join(pages(pdf)).split())
    for words in (
        "数据检查报告", "核查范围 示范县", "内部资料", "一致率33.33%(1/3)", "检查人", "软件版本",
        # Digits beside Latin letters, which Qt's shaping hides from a search.
        "登记面积24,385,752.17 m2;R6003、EPSG:4525。", "QGIS 3.22.16", "R6012",
    ):  # fmt: skip
        assert words in text, words


def test_every_row_stands_once_below_a_head(pdf: Path) -> None:
    of_pages = [re.findall(r"^ *(990101001001\d{4}) ", page, re.MULTILINE) for page in pages(pdf)]
    listed = [key for page in of_pages for key in page]
    assert listed == [f"990101001001{n:04d}" for n in range(ROWS)]
    full = [page for page, keys in zip(pages(pdf), of_pages) if keys]
    assert len(full) > 5
    for page in full:
        assert re.search(r"编号 +所在村 +问题说明", page)


def test_numbers_its_pages_and_names_them(pdf: Path) -> None:
    found = pages(pdf)
    for number, page in enumerate(found, start=1):
        assert f"{number} / {len(found)}" in page
        assert (TITLE in page) == (number > 1)
    information = run("pdfinfo", pdf)
    assert TITLE in information
    assert "A4" in information


def test_fonts_are_embedded_and_chinese(pdf: Path) -> None:
    if not chinese_font():
        pytest.skip("no Chinese font on this machine")
    assert chinese_font() in fonts.FAMILIES
    rows = [line.split() for line in run("pdffonts", pdf).splitlines()[2:]]
    assert rows
    plain = chinese_font().replace(" ", "").lower()
    for row in rows:
        assert row[0].split("+")[-1].split("-")[0].lower() == plain
        embedded = row[-5]
        assert embedded == "yes"


def test_a_worker_thread_prints_the_same(pdf: Path, tmp_path: Path) -> None:
    class Worker(QThread):
        def run(self) -> None:
            write_pdf(report(), tmp_path / "thread.pdf", TITLE)

    worker = Worker()
    worker.start()
    assert worker.wait(60_000)
    assert pages(tmp_path / "thread.pdf") == pages(pdf)


def test_a_place_that_cannot_be_written_is_an_error(qgis_app: QgsApplication, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot write"):
        write_pdf("<p>x</p>", tmp_path / "absent" / "x.pdf", "x")


@pytest.mark.parametrize(
    "page", ["", "<p></p>", "<h2>x</h2>", "<table></table>", "x" * 20_000, '<img src="data:image/png;base64,AAAA">']
)
def test_any_page_can_be_printed(qgis_app: QgsApplication, tmp_path: Path, page: str) -> None:
    assert write_pdf(page, tmp_path / "x.pdf", "") >= 1
    assert (tmp_path / "x.pdf").read_bytes().startswith(b"%PDF")


HEIGHT = 100.0


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(1, 90), st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=25))
def test_pages_hold_everything_once_and_part_nothing_that_belongs_together(
    parts: list[tuple[int, bool, bool, bool]],
) -> None:
    pieces: list[_Piece] = []
    top = 0.0
    for height, keep, fresh, headed in parts:
        pieces.append(_Piece(top, top + height, (0.0, 8.0) if headed else None, keep, fresh))
        top += height
    found = _cut(pieces, HEIGHT)
    assert [page.top for page in found[1:]] == [page.bottom for page in found[:-1]]
    assert (found[0].top, found[-1].bottom) == (0.0, top)
    starts = {page.top for page in found}
    assert starts <= {piece.top for piece in pieces}
    for page in found:
        head = 8.0 if page.head else 0.0
        alone = any((piece.top, piece.bottom) == (page.top, page.bottom) for piece in pieces)
        assert head + page.bottom - page.top <= HEIGHT or alone
    group: list[_Piece] = []
    for piece in pieces:
        group.append(piece)
        if piece.keep:
            continue
        if 8.0 + group[-1].bottom - group[0].top <= HEIGHT:
            assert not starts & {one.top for one in group[1:]}
        assert not group[0].fresh or group[0].top in starts
        group = []
