"""Bookmarks in PDFs, read back by another program's library, and the tree that an atlas has."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redline.core.atlas.outline import outline
from redline.core.pdf import Entry, PdfError, add_bookmarks, make_searchable

Tree = list[tuple[str, int, "Tree"]]


def plain(pages: int, more: dict[int, str] | None = None) -> bytes:
    """A PDF of empty pages, its tree of pages two deep, as programs write it."""
    objects = {1: "<< /Type /Catalog /Pages 2 0 R >>", **(more or {})}
    half = pages // 2
    kids = [" ".join(f"{number + 10} 0 R" for number in some) for some in (range(half), range(half, pages))]
    objects[2] = f"<< /Type /Pages /Count {pages} /Kids [3 0 R 4 0 R] >>"
    objects[3] = f"<< /Type /Pages /Parent 2 0 R /Count {half} /Kids [{kids[0]}] >>"
    objects[4] = f"<< /Type /Pages /Parent 2 0 R /Count {pages - half} /Kids [\n{kids[1]}\n] >>"
    for number in range(pages):
        objects[number + 10] = f"<< /Type /Page /Parent {3 if number < half else 4} 0 R /MediaBox [0 0 9 9] >>"
    content = b"%PDF-1.4\n"
    rows = ["0 1", "0000000000 65535 f "]
    for number, said in objects.items():
        rows += [f"{number} 1", f"{len(content):010d} 00000 n "]
        content += f"{number} 0 obj\n{said}\nendobj\n".encode()
    table = "\n".join(["xref", *rows, "trailer", "<< /Root 1 0 R /Size 30 /ID [<AB> <CD>] >>"])
    return content + f"{table}\nstartxref\n{len(content)}\n%%EOF\n".encode()


def entries(tree: Tree) -> list[Entry]:
    return [Entry(title, page, entries(below)) for title, page, below in tree]


def read(reader: pypdf.PdfReader, level: Sequence[object]) -> Tree:
    found: Tree = []
    for one in level:
        if isinstance(one, list):
            found[-1][2].extend(read(reader, one))
        else:
            found.append((one.title, reader.get_destination_page_number(one) + 1, []))
    return found


PAGES = 7
TREES = st.recursive(
    st.just([]),
    lambda below: st.lists(
        st.tuples(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=9), st.integers(1, PAGES), below),
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TREES)
def test_another_program_reads_the_same_tree(tmp_path: Path, tree: Tree) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(plain(PAGES))
    add_bookmarks(path, entries(tree))
    content = path.read_bytes()
    assert content.startswith(plain(PAGES)), "what was written stays as it was"
    reader = pypdf.PdfReader(BytesIO(content), strict=True)
    assert len(reader.pages) == PAGES
    assert read(reader, reader.outline) == tree
    if tree:
        assert reader.page_mode == "/UseOutlines"
        assert reader.trailer["/Root"]["/Outlines"]["/Count"] == len(tree)


def test_counts_are_those_of_closed_entries(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(plain(3))
    add_bookmarks(path, entries([("城关镇", 1, [("东关村", 1, []), ("南关村", 2, [])]), ("柳河镇", 3, [])]))
    root = pypdf.PdfReader(path, strict=True).trailer["/Root"]["/Outlines"]
    assert root["/First"]["/Count"] == -2
    assert root["/First"]["/First"]["/Parent"]["/Title"] == "城关镇"
    assert root["/Last"]["/Prev"]["/Title"] == "城关镇"
    assert "/Count" not in root["/Last"]


def test_text_is_found_by_the_characters_that_people_type(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    rows = "1 beginbfrange\n<0000> <0003> [<2F6F> <2EA0> <4E0A> <2E80> <2Ezz> ]\nendbfrange"
    cmap = f"stream\n<2F00> is no text\n{rows}\nendstream"
    path.write_bytes(plain(2, {20: f"<< /Length {len(cmap)} >>\n{cmap}", 21: "<< /Type /Font /ToUnicode 20 0 R>>"}))
    before = path.read_bytes()
    make_searchable(path)
    after = path.read_bytes()
    assert after == before.replace(b"<2F6F> <2EA0>", b"<77F3> <6C11>")
    add_bookmarks(path, [Entry("石桥镇", 2)])
    assert len(pypdf.PdfReader(path, strict=True).pages) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        b"", b"no pdf", b"%PDF-1.5\nstartxref\n9\n%%EOF", plain(2).replace(b"trailer", b"trailing"),
        plain(2).replace(b"/Root 1 0 R", b"/Root 8 0 R"), plain(2).replace(b"/Pages 2 0 R", b"/Pages"),
        plain(2).replace(b"/Catalog", b"/Outlines 9 0 R"), plain(1),
    ],
)  # fmt: skip
def test_another_kind_of_file_is_an_error_and_stays(tmp_path: Path, wrong: bytes) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(wrong)
    with pytest.raises(PdfError):
        add_bookmarks(path, [Entry("x", 2)])
    assert path.read_bytes() == wrong


def tree(level: Sequence[Entry]) -> Tree:
    return [(one.title, one.page, tree(one.below)) for one in level]


NAMES = {"990101": "示范县", "990102": "邻县", "990101001": "城关镇", "990101001002": "东关村"}


def test_villages_stand_below_their_townships() -> None:
    pages = [("990101001001", "西关村", 1), ("990101001002", "东关村", 2), ("990101003001", "桥头村", 5)]
    found = outline([(key, name, key, page) for key, name, page in pages], NAMES)
    assert tree(found) == [
        ("城关镇", 1, [("西关村", 1, []), ("东关村", 2, [])]), ("990101003", 5, [("桥头村", 5, [])]),
    ]  # fmt: skip


def test_counties_are_told_apart_where_there_are_several() -> None:
    found = outline([("990101001", "城关镇", "990101001", 1), ("990102001", "东乡", "990102001", 2)], NAMES)
    assert tree(found) == [("示范县", 1, [("城关镇", 1, [])]), ("邻县", 2, [("东乡", 2, [])])]


def test_changes_stand_below_where_they_lie_and_sheets_by_themselves() -> None:
    found = outline([("V1", "V1", "990101001002", 1), ("V2", "V2", "990101", 2), ("J49G1", "J49G1", "", 3)], NAMES)
    assert tree(found) == [
        ("城关镇", 1, [("东关村", 1, [("V1", 1, [])])]), ("V2", 2, []), ("J49G1", 3, []),
    ]  # fmt: skip
