"""Workbooks that are damaged, cut off or locked, and places where nothing can be written: told before a row is lost."""

from __future__ import annotations

import errno
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import openpyxl
import pytest
import xlsxwriter
from qgis.core import QgsProcessingContext, QgsProcessingException, QgsVectorLayer

from redline.core.progress import Cancelled, Progress
from redline.processing.files import is_cut, not_opened, problem
from redline.processing.folder import in_folder, in_project
from redline.processing.places import no_place, sink_file

Run = Callable[..., dict[str, Any]]
Change = Callable[[bytes], bytes]

HEAD = ("合同编号", "行政区代码", "出让面积(平方米)", "约定动工日期", "实际动工日期")
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def lines() -> list[tuple[str, ...]]:
    """More than GDAL parses at once: of less it tells that it is cut."""
    return [HEAD, *((f"HT-{n:03d}", "990101001", "1000", "2023-01-01", "2023-02-01") for n in range(1, 301))]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "台账" / "供地台账.xlsx"
    path.parent.mkdir()
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("合同")
    for row, cells in enumerate(lines()):
        sheet.write_row(row, 0, cells)
    book.close()
    return path


def rewrite(path: Path, part: str, change: Change) -> Path:
    """Change a part of a workbook, which stays a sound archive."""
    with zipfile.ZipFile(path) as parts:
        inside = {one: parts.read(one) for one in parts.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, content in inside.items():
            parts.writestr(name, change(content) if name == part else content)
    return path


def overwrite(path: Path, part: str) -> Path:
    """Change a byte within a packed part, whose checksum stays."""
    with zipfile.ZipFile(path) as parts:
        one = parts.getinfo(part)
    content = bytearray(path.read_bytes())
    content[one.header_offset + 30 + len(one.filename) + one.compress_size // 2] ^= 0xFF
    path.write_bytes(content)
    return path


def lock(path: Path) -> Path:
    """As Excel leaves a workbook with a password: another kind of file under the same name."""
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016))
    return path


class TestWholeWorkbooks:
    def test_of_several_writers(self, ledger: Path, save: Any, plots: Any) -> None:
        assert not is_cut(ledger)
        openpyxl.load_workbook(ledger).save(ledger)
        assert not is_cut(ledger)
        assert not is_cut(save(plots(), "登记册.xlsx", "XLSX"))

    @pytest.mark.parametrize(
        "change",
        [
            lambda content: content + b"\r\n<!-- made by hand -->\n",
            lambda content: content.replace(b"<worksheet", b"<x:worksheet").replace(b"</worksheet", b"</x:worksheet"),
            lambda content: content.decode("utf-8").replace("UTF-8", "UTF-16").encode("utf-16"),
            lambda content: b'<?xml version="1.0"?><worksheet xmlns="a" />',
            lambda content: b"",
        ],
    )
    def test_with_sheets_as_others_write_them(self, ledger: Path, change: Change) -> None:
        assert not is_cut(rewrite(ledger, SHEET, change))

    def test_without_a_text(self, ledger: Path) -> None:
        assert not is_cut(rewrite(ledger, STRINGS, lambda _: b'<sst xmlns="a" count="0" uniqueCount="0"/>'))

    def test_what_is_no_workbook_is_left_to_gdal(self, ledger: Path) -> None:
        assert not is_cut(lock(ledger))
        assert not is_cut(ledger.with_name("none.xlsx"))
        assert not is_cut(ledger.parent)


class TestCutWorkbooks:
    @pytest.fixture(params=["sheet", "row", "strings", "byte", "end"])
    def cut(self, request: pytest.FixtureRequest, ledger: Path) -> Path:
        """The sheet lacks a part, its last row only, texts; a byte is another one; the last block is lost."""
        ways: dict[str, Callable[[], Path]] = {
            "sheet": lambda: rewrite(ledger, SHEET, lambda content: content[: len(content) // 2]),
            "row": lambda: rewrite(ledger, SHEET, lambda content: content[: content.rindex(b"<row")]),
            "strings": lambda: rewrite(ledger, STRINGS, lambda content: content[:-200]),
            "byte": lambda: overwrite(ledger, SHEET),
            "end": lambda: rewrite(ledger, SHEET, lambda content: content[: -len("</worksheet>")]),
        }
        return ways[request.param]()

    def test_a_check_stops_with_a_sentence(self, run: Run, cut: Path) -> None:
        with pytest.raises(QgsProcessingException, match=r"供地台账\.xlsx cannot be read: .*repaired in Excel or WPS"):
            run("idleland", {"CONTRACTS": str(cut), "ON_DATE": "2026-06-30"})
        with pytest.raises(QgsProcessingException, match=r"供地台账\.xlsx cannot be read: .*repaired in Excel or WPS"):
            run("schemacheck", {"INPUT": str(cut)})

    @pytest.mark.parametrize("speech", ["zh", "en"])
    def test_an_audit_goes_on_without_it_and_says_so(self, cut: Path, speech: str, qgis_app: Any) -> None:
        project = QgsVectorLayer(str(cut), "台账", "ogr")
        for found in (in_folder(cut.parent, QgsProcessingContext(), speech),
                      in_project([project], QgsProcessingContext(), speech)):  # fmt: skip
            assert found.candidates == []
            (said,) = found.unread
            assert said.startswith("供地台账.xlsx")
            assert {"zh": "核对行数", "en": "look whether all rows are there"}[speech] in said

    def test_looking_can_be_stopped(self, cut: Path) -> None:
        class Stopped(Progress):
            def cancelled(self) -> bool:
                return True

        with pytest.raises(Cancelled):
            is_cut(cut, Stopped())


class TestLockedWorkbooks:
    @pytest.mark.parametrize(("speech", "word"), [("zh", "取消密码"), ("en", "without a password")])
    def test_are_called_so(self, ledger: Path, speech: str, word: str, qgis_app: Any) -> None:
        assert problem(ledger, speech) == ""
        assert word in problem(lock(ledger), speech)
        assert not_opened(f"{ledger}|layername=合同", speech).startswith("供地台账.xlsx")
        assert word in not_opened(str(ledger), speech)
        assert not_opened(str(ledger.with_name("none.xlsx")), speech) == ""
        (said,) = in_folder(ledger.parent, QgsProcessingContext(), speech).unread
        assert word in said

    @pytest.mark.parametrize(("speech", "word"), [("zh", "没有读取权限"), ("en", "no right to read")])
    def test_or_that_nobody_may_read_them(self, ledger: Path, speech: str, word: str) -> None:
        """As a user who is not root meets it, or where Excel holds the file on Windows."""
        with mock.patch.object(Path, "open", side_effect=PermissionError(errno.EACCES, "Permission denied")):
            assert word in problem(ledger, speech)

    def test_stop_a_check_before_it_begins(self, run: Run, ledger: Path) -> None:
        with pytest.raises(QgsProcessingException, match="protected by a password"):
            run("idleland", {"CONTRACTS": str(lock(ledger))})
        ledger.write_bytes(b"PK\3\4 garbage")
        with pytest.raises(QgsProcessingException, match="damaged, incomplete"):
            run("idleland", {"CONTRACTS": str(ledger)})


class TestPlacesWhereNothingCanBeWritten:
    @pytest.mark.parametrize("kind", ["{}", "ogr:dbname='{}' table=\"成果\" (geom)"])
    @pytest.mark.parametrize("output", ["FINDINGS", "OUTPUT"])
    def test_a_check_does_not_begin(self, run: Run, ledger: Path, output: str, kind: str) -> None:
        place = kind.format(ledger / "成果.gpkg")
        with pytest.raises(QgsProcessingException, match=r"cannot be written \(part of the path is no folder\)"):
            run("idleland", {"CONTRACTS": str(ledger), output: place})

    @pytest.mark.parametrize(("speech", "word"), [("zh", "有一段不是文件夹"), ("en", "part of the path is no folder")])
    def test_the_reason_is_in_the_users_language(self, ledger: Path, speech: str, word: str) -> None:
        assert word in no_place(ledger / "成果.gpkg", speech)
        assert word in no_place(ledger / "新" / "成果.gpkg", speech)

    @pytest.mark.parametrize(
        ("destination", "file"),
        [("/a/b.gpkg", "/a/b.gpkg"), ("C:\\a\\b.gpkg", "C:\\a\\b.gpkg"), ("/a/b.shp", "/a/b.shp"),
         ("ogr:dbname='/a/b.gpkg' table=\"c\" (geom)", "/a/b.gpkg"), ("memory:", ""), ("/vsimem/b.gpkg", ""),
         ("postgis:dbname='a.b' host=10.0.0.1 table=\"c\"", ""), ("postgres://dbname='a' host=10.0.0.1", ""),
         ("/a/b.gdb", ""), ("/a/b", "")],
    )  # fmt: skip
    def test_only_files_are_tried(self, destination: str, file: str) -> None:
        assert sink_file(destination) == file
