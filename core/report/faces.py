"""Finding a Chinese font file for matplotlib.

matplotlib before 3.11 reads only the first face of a font collection, and the first face of Noto CJK and Source Han is
the Japanese one. A collection whose wanted face is another is therefore copied with that face put first.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from redline.core import fonts

# Numbers of the OpenType `name` table: family, style, and their typographic forms, which win where they are given.
_FAMILY, _STYLE = (16, 1), (17, 2)
_WINDOWS = 3
_REGULAR = ("Regular", "Normal")


def chinese_font() -> tuple[str, str]:
    """Family and file of the font that charts are set in, ("", "") where the machine has none of `fonts.families`."""
    return _face_of(fonts.families())


@lru_cache(maxsize=2)
def _face_of(families: tuple[str, ...]) -> tuple[str, str]:
    found = _font_files(families)
    family = next((one for one in families if one in found), "")
    if not family:
        return "", ""
    file, face = found[family]
    return family, _first_face(file, face) if face else file


def _font_files(families: Collection[str]) -> dict[str, tuple[str, int]]:
    """File and number of the regular face of every wanted font family that is there."""
    from matplotlib import font_manager

    found: dict[str, tuple[str, int]] = {}
    for entry in font_manager.fontManager.ttflist:
        if entry.name in families and entry.style == "normal" and entry.weight in (400, "normal", "regular"):
            # From 3.11 on matplotlib tells which face of a collection a family is.
            found.setdefault(entry.name, (entry.fname, getattr(entry, "index", 0)))
    for file in sorted(font_manager.findSystemFonts()):
        if file.lower().endswith((".ttc", ".otc")):
            for face, (family, style) in enumerate(_faces(file)):
                if family in families and style in _REGULAR:
                    found.setdefault(family, (file, face))
    return found


def _faces(file: str) -> list[tuple[str, str]]:
    """Family and style of each face of a font collection; none where the file is no collection or cannot be read."""
    try:
        with open(file, "rb") as stream:
            kind, _, count = struct.unpack(">4sLL", stream.read(12))
            if kind != b"ttcf":
                return []
            starts = struct.unpack(f">{count}L", stream.read(4 * count))
            return [_family_and_style(stream, start) for start in starts]
    except (OSError, struct.error):
        return []


def _family_and_style(stream: BinaryIO, start: int) -> tuple[str, str]:
    """The English names in the `name` table of the face that begins at `start` (OpenType specification)."""
    stream.seek(start + 4)
    (tables,) = struct.unpack(">H6x", stream.read(8))
    records = [struct.unpack(">4s4xLL", stream.read(16)) for _ in range(tables)]
    offset, length = next(((at, size) for kind, at, size in records if kind == b"name"), (0, 0))
    stream.seek(offset)
    table = stream.read(length)
    _, count, texts = struct.unpack(">HHH", table[:6])
    names: dict[int, str] = {}
    for number in range(count):
        platform, _, language, name, size, at = struct.unpack(">6H", table[6 + 12 * number : 18 + 12 * number])
        if platform == _WINDOWS and language == 0x409:
            names[name] = table[texts + at : texts + at + size].decode("utf-16-be", "replace")
    family, style = ([names[n] for n in wanted if n in names] for wanted in (_FAMILY, _STYLE))
    return family[0] if family else "", style[0] if style else ""


def _first_face(file: str, face: int) -> str:
    """A copy of the collection that begins with `face`: only the list of faces in its head is changed.

    It is kept in matplotlib's own cache, for the next chart and the next session.
    """
    import matplotlib

    state = os.stat(file)
    name = hashlib.sha256(f"{file}|{state.st_size}|{state.st_mtime_ns}|{face}".encode()).hexdigest()[:16]
    copy = Path(matplotlib.get_cachedir(), f"redline-{name}.ttc")
    if not copy.exists():
        content = bytearray(Path(file).read_bytes())
        content[12:16] = content[12 + 4 * face : 16 + 4 * face]
        draft = copy.with_suffix(f".{os.getpid()}")
        draft.write_bytes(content)
        os.replace(draft, copy)
    return str(copy)
