"""The Chinese translation is complete, fits its texts, and is what the plugin loads."""

from __future__ import annotations

import ast
import re
import runpy
import subprocess
from pathlib import Path
from typing import Any

import pytest
from qgis.PyQt.QtCore import QCoreApplication, QTranslator

from redline.plugin import translation_file

PLACE = re.compile(r"{[^{}]*}|%[\d.]*[a-zA-Z%]")


@pytest.fixture(scope="module")
def tool(root: Path) -> dict[str, Any]:
    """What ./dev translate uses."""
    return runpy.run_path(str(root / "tools" / "translations.py"))


@pytest.fixture(scope="module")
def source_file(root: Path) -> Path:
    return root / "resources" / "translations" / "redline_zh_CN.ts"


@pytest.fixture(scope="module")
def translations(tool: dict[str, Any], source_file: Path) -> dict[str, str]:
    found: dict[str, str] = tool["translations"](source_file)
    return found


def test_every_text_of_the_code_is_in_the_file(tool: dict[str, Any], translations: dict[str, str]) -> None:
    texts = tool["texts"]()
    assert "Run the county audit" in texts
    assert set(texts) == set(translations), "run ./dev translate"


def test_every_text_is_translated(translations: dict[str, str]) -> None:
    assert [source for source, translation in translations.items() if not translation.strip()] == []


def test_places_for_values_are_kept(translations: dict[str, str]) -> None:
    wrong = {
        source: translation
        for source, translation in translations.items()
        if sorted(PLACE.findall(source)) != sorted(PLACE.findall(translation))
    }
    assert not wrong


def test_no_text_is_put_together_before_it_is_translated(root: Path, tool: dict[str, Any]) -> None:
    early = [
        f"{file.relative_to(root)}:{argument.lineno}"
        for file in tool["code_files"]()
        for argument in tool["translated_calls"](file)
        if isinstance(argument, (ast.JoinedStr, ast.BinOp, ast.Call))
    ]
    assert not early


def test_compiled_file_says_the_same(root: Path, source_file: Path, translations: dict[str, str]) -> None:
    compiled = source_file.with_suffix(".qm")
    assert compiled.is_file(), "run ./dev setup"
    translator = QTranslator()
    assert translator.load(str(compiled))
    QCoreApplication.installTranslator(translator)
    shown = {source: QCoreApplication.translate("Redline", source) for source in translations}
    QCoreApplication.removeTranslator(translator)
    assert shown == translations


def test_compiled_file_is_not_in_git(root: Path) -> None:
    command = ["git", "-c", f"safe.directory={root}", "ls-files", "*.qm"]
    assert subprocess.run(command, cwd=root, capture_output=True, check=True).stdout == b""


@pytest.mark.parametrize("locale", ["zh_CN", "zh-Hans", "zh", "zh-CN", "zh_TW"])
def test_chinese_locales_load_it(source_file: Path, locale: str) -> None:
    file = translation_file(locale)
    assert file is not None
    assert file.samefile(source_file.with_suffix(".qm"))


@pytest.mark.parametrize("locale", [None, "", "C", "en", "en_US", "de-AT"])
def test_other_locales_stay_english(locale: str | None) -> None:
    assert translation_file(locale) is None
