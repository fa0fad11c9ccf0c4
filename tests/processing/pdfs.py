"""What stands in a PDF, read back by poppler and pypdf."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from pathlib import Path
from typing import Any

import pypdf
import pytest


def tool(name: str, *arguments: object) -> str:
    if not shutil.which(name):
        pytest.skip(f"{name} (poppler-utils) is not installed")
    return subprocess.run([name, *map(str, arguments)], capture_output=True, check=True, text=True).stdout


def pages(pdf: Path) -> list[str]:
    """Text of every page, signs of full width as those of half; no radical may stand for a character."""
    text = tool("pdftotext", "-layout", pdf, "-")
    assert not re.search("[\u2e80-\u2fdf]", text)
    return unicodedata.normalize("NFKC", text).rstrip("\f").split("\f")


def sizes(pdf: Path) -> list[tuple[int, int]]:
    told = tool("pdfinfo", "-f", 1, "-l", 999, pdf)
    found = re.findall(r"Page +\d+ size: +([\d.]+) x ([\d.]+) pts", told)
    return [(round(float(w) / 72 * 25.4), round(float(h) / 72 * 25.4)) for w, h in found]


def bookmarks(pdf: Path) -> list[tuple[int, str, int]]:
    """Depth, title and page of every bookmark."""
    reader = pypdf.PdfReader(pdf, strict=True)
    found: list[tuple[int, str, int]] = []

    def walk(level: list[Any], depth: int) -> None:
        for one in level:
            if isinstance(one, list):
                walk(one, depth + 1)
            else:
                found.append((depth, str(one.title), int(reader.get_destination_page_number(one)) + 1))

    walk(reader.outline, 0)
    return found
