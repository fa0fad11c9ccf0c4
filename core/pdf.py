"""What Qt leaves out of a PDF: bookmarks, added by an incremental update, and Chinese text that can be searched.

Reads what Qt and most programs write: a table of cross references and a catalogue that is no compressed object. Rules
are those of ISO 32000-1: 7.5.6 (incremental updates), 12.3.3 (outline), 7.9.2.2 (text strings), 9.10.3 (ToUnicode).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_TABLE = re.compile(rb"xref\s+((?:\d+ \d+\s+(?:\d{10} \d{5} [nf]\s*)+)+)trailer\s*<<(.*?)>>\s*startxref", re.DOTALL)
_SECTION = re.compile(rb"(\d+) (\d+)\s+((?:\d{10} \d{5} [nf]\s*)+)")
_ENTRY = re.compile(rb"(\d{10}) \d{5} ([nf])")
_REFERENCE = rb"\s+(\d+)\s+0\s+R"
# Radicals of the block U+2E80 that share a glyph with a common character, and those characters (Unicode's
# EquivalentUnifiedIdeograph); those of U+2F00 are known to NFKC.
_RADICALS = dict(zip(
    "⺟⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳", "母民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟",
))  # fmt: skip


class PdfError(ValueError):
    """A file that is no PDF of the kind that can be added to."""


@dataclass
class Entry:
    """A bookmark: its title, the printed page that it leads to (from 1), and those below it."""

    title: str
    page: int
    below: list[Entry] = field(default_factory=list)


def add_bookmarks(path: Path, entries: Sequence[Entry]) -> None:
    """Append a tree of bookmarks to a PDF that has none, and have viewers open with it.

    Raises PdfError where the file is of another kind or lacks a page, OSError; the file is then as it was.
    """
    if not entries:
        return
    content = path.read_bytes()
    old = _Written(content)
    pages = list(old.pages())
    nodes = list(_numbered(entries, old.size))
    if not all(1 <= node.entry.page <= len(pages) for node in nodes):
        raise PdfError("a bookmark leads to a page that is not there")
    last = nodes[-1].number
    catalogue = re.sub(
        rb"^<<", b"<<\n/Outlines %d 0 R\n/PageMode /UseOutlines" % old.size, old.object(old.root).strip(), count=1
    )
    made = {old.root: catalogue, old.size: _root(nodes, old.size)}
    made |= {node.number: node.written(pages[node.entry.page - 1]) for node in nodes}
    with path.open("ab") as file:
        file.write(_update(made, len(content), last + 1, old))


def make_searchable(path: Path) -> None:
    """Have a PDF's text found by the characters that people type.

    A font of Qt's tells for every glyph the first character that has it, for 石 or 民 the radical ⽯ or ⺠, which no
    search for a place finds. Raises PdfError where the file is of another kind; the file is then as it was; OSError.
    """
    content = path.read_bytes()
    old = _Written(content)
    with path.open("r+b") as file:
        for number in {int(one[1]) for one in re.finditer(rb"/ToUnicode" + _REFERENCE, content)}:
            given = old.object(number)
            file.seek(old.place(number))
            file.write(re.sub(rb"\[[^\]]*\]", lambda row: re.sub(rb"<(2[EF][0-9A-F]{2})>", _plainly, row[0]), given))


def _plainly(code: re.Match[bytes]) -> bytes:
    radical = chr(int(code[1], 16))
    meant = _RADICALS.get(radical) or unicodedata.normalize("NFKC", radical)
    return b"<%04X>" % ord(meant) if len(meant) == 1 else code[0]


class _Node:
    """A bookmark as an object of the file, with the numbers of those around it."""

    def __init__(self, entry: Entry, number: int, parent: int) -> None:
        self.entry, self.number, self.parent = entry, number, parent
        self.below: list[_Node] = []
        self.before = self.after = 0

    def written(self, page: int) -> bytes:
        lines = [b"<<", b"/Title " + _text(self.entry.title), b"/Parent %d 0 R" % self.parent,
                 b"/Dest [%d 0 R /Fit]" % page]  # fmt: skip
        lines += [b"/%s %d 0 R" % pair for pair in ((b"Prev", self.before), (b"Next", self.after)) if pair[1]]
        if self.below:
            # A negative count: closed, so that a long atlas shows its townships first.
            counted = (self.below[0].number, self.below[-1].number, len(self.below))
            lines.append(b"/First %d 0 R /Last %d 0 R /Count -%d" % counted)
        return b"\n".join([*lines, b">>"])


def _numbered(entries: Sequence[Entry], root: int) -> Iterator[_Node]:
    """All bookmarks, each before those below it, numbered on from the outline's own object `root`."""
    number = root

    def walk(level: Sequence[Entry], parent: int) -> Iterator[_Node]:
        nonlocal number
        row: list[_Node] = []
        inner: list[_Node] = []
        for entry in level:
            number += 1
            node = _Node(entry, number, parent)
            row.append(node)
            deeper = list(walk(entry.below, node.number))
            node.below = [one for one in deeper if one.parent == node.number]
            inner += [node, *deeper]
        for one, other in zip(row, row[1:]):
            one.after, other.before = other.number, one.number
        yield from inner

    yield from walk(entries, root)


def _root(nodes: Sequence[_Node], number: int) -> bytes:
    top = [node for node in nodes if node.parent == number]
    facts = (top[0].number, top[-1].number, len(top))
    return b"<<\n/Type /Outlines\n/First %d 0 R\n/Last %d 0 R\n/Count %d\n>>" % facts


def _text(title: str) -> bytes:
    """A text string in UTF-16BE with its mark."""
    return b"<FEFF" + title.encode("utf-16-be").hex().upper().encode() + b">"


def _update(made: dict[int, bytes], start: int, size: int, old: _Written) -> bytes:
    """The objects, their cross references and the trailer that stand behind a file of `start` bytes."""
    body, places = b"\n", {}
    for number, content in sorted(made.items()):
        places[number] = start + len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = start + len(body)
    rows = [b"0 1\n0000000000 65535 f \n", *(b"%d 1\n%010d 00000 n \n" % pair for pair in places.items())]
    trailer = re.sub(rb"/Size\s+\d+", b"/Size %d" % size, old.trailer.strip())
    body += b"xref\n%strailer\n<<\n%s\n/Prev %d\n>>\nstartxref\n%d\n%%%%EOF\n" % (
        b"".join(rows), trailer, old.table, table,
    )  # fmt: skip
    return body


class _Written:
    """A PDF as it was written at one go: where its objects stand."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        end = content.rfind(b"startxref")
        found = re.match(rb"startxref\s+(\d+)", content[end:]) if end >= 0 else None
        table = _TABLE.match(content, int(found[1])) if found else None
        if not content.startswith(b"%PDF") or found is None or table is None or b"/Prev" in table[2]:
            raise PdfError("no PDF with one plain table of cross references")
        self.table, self.trailer = int(found[1]), table[2]
        self._places: dict[int, int] = {}
        for section in _SECTION.finditer(table[1]):
            for number, entry in enumerate(_ENTRY.finditer(section[3]), start=int(section[1])):
                if entry[2] == b"n":
                    self._places[number] = int(entry[1])
        self.size = int(_one(rb"/Size\s+(\d+)", self.trailer))
        self.root = int(_one(rb"/Root" + _REFERENCE, self.trailer))
        if b"/Outlines" in self.object(self.root):
            raise PdfError("there are bookmarks already")

    def place(self, number: int) -> int:
        """Where what stands behind an object's `obj` begins."""
        place = self._places.get(number)
        head = re.compile(rb"\s*%d 0 obj" % number).match(self._content, place) if place is not None else None
        if head is None:
            raise PdfError(f"object {number} is not where it should be")
        return head.end()

    def object(self, number: int) -> bytes:
        """What stands between `obj` and `endobj`."""
        start = self.place(number)
        end = self._content.find(b"endobj", start)
        return self._content[start : end if end >= 0 else len(self._content)]

    def pages(self) -> Iterator[int]:
        """The numbers of the page objects, in order."""
        yield from self._leaves(int(_one(rb"/Pages" + _REFERENCE, self.object(self.root))))

    def _leaves(self, number: int) -> Iterator[int]:
        content = self.object(number)
        if not re.search(rb"/Type\s*/Pages\b", content):
            yield number
            return
        for kid in re.finditer(rb"(\d+)\s+0\s+R", _one(rb"/Kids\s*\[(.*?)\]", content)):
            yield from self._leaves(int(kid[1]))


def _one(pattern: bytes, content: bytes) -> bytes:
    found = re.search(pattern, content, re.DOTALL)
    if found is None:
        raise PdfError(f"no {pattern.decode('ascii', 'replace')}")
    return found[1]
