"""HTML that cannot be broken by what it shows: every text is escaped unless it is markup already."""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Union

# Control characters, and the marks that turn the direction of writing, could make a page say what it does not.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_LONGEST = 600
_SHORT = 8
"""Rows of a table that is not worth a page break."""


class Markup(str):
    """Text that is HTML already."""


Content = Union[str, Sequence["Content"]]


def plain(value: object) -> str:
    """Text fit for a page: no control characters, no broken Unicode, cut with "…" beyond 600 characters."""
    text = _UNSEEN.sub("", str(value)).encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def html(content: Content) -> Markup:
    """Markup as it is, text escaped, a sequence joined."""
    if isinstance(content, Markup):
        return content
    if isinstance(content, str):
        return Markup(escape(plain(content)))
    return Markup("".join(html(part) for part in content))


def tag(name: str, *content: Content, **attributes: object) -> Markup:
    """An element; a trailing "_" in an attribute's name is dropped (`class_`), None leaves the attribute out."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{said}>{html(content)}</{name}>")


def image(png: bytes, width: int, words: str) -> Markup:
    """A picture inside the page, `width` CSS pixels wide; `words` say what it shows."""
    source = "data:image/png;base64," + base64.b64encode(png).decode("ascii")
    # Qt keeps the proportions of a picture by itself in its main thread only.
    across, down = struct.unpack(">LL", png[16:24])
    height = round(width * down / across)
    words = escape(plain(words))
    return Markup(f'<p class="chart"><img src="{source}" width="{width}" height="{height}" alt="{words}"></p>\n')


@dataclass(frozen=True)
class Column:
    """A column's heading, its side ("left", "right", "center") and share of the width ("12%")."""

    title: str
    align: str = "left"
    width: str | None = None


@dataclass(frozen=True)
class Row:
    """Cells of a row, and its class for the style sheet ("total", "part", …)."""

    cells: Sequence[Content]
    kind: str | None = None


def table(
    columns: Sequence[Column], rows: Iterable[Row | Sequence[Content]], kind: str = "grid", padding: int = 3
) -> Markup:
    """A table whose head is repeated on every printed page; `padding` of its cells in CSS pixels."""
    kinds = _kinds(columns)
    head = [tag("th", c.title, align=c.align, valign="bottom", width=c.width, class_=k) for c, k in zip(columns, kinds)]
    body = [_row(row if isinstance(row, Row) else Row(row), columns, kinds) for row in rows]
    content = tag("thead", tag("tr", head)), "\n", tag("tbody", body)
    kind += " short" if len(body) <= _SHORT else ""
    return html([tag("table", content, class_=kind, width="100%", cellspacing="0", cellpadding=padding), "\n"])


def _kinds(columns: Sequence[Column]) -> list[str | None]:
    """Numbers, and text beside numbers, which keeps its distance from them."""
    before = [None, *(column.align for column in columns)]
    return ["num" if c.align == "right" else "gap" if b == "right" else None for c, b in zip(columns, before)]


def _row(row: Row, columns: Sequence[Column], kinds: Sequence[str | None]) -> Markup:
    cells = [tag("td", cell, align=column.align, class_=kind) for cell, column, kind in zip(row.cells, columns, kinds)]
    return html([tag("tr", cells, class_=row.kind), "\n"])
