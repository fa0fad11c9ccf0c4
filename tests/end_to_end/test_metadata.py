"""metadata.txt says what the plugin repository asks for, and agrees with the rest of the checkout."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def general(root: Path) -> configparser.SectionProxy:
    metadata = configparser.ConfigParser(interpolation=None)
    metadata.read(root / "metadata.txt", encoding="utf-8")
    return metadata["general"]


@pytest.mark.parametrize(
    "name",
    ["name", "description", "version", "qgisMinimumVersion", "qgisMaximumVersion", "author", "email", "about",
     "tracker", "repository", "homepage", "tags", "category", "icon", "license", "changelog"],
)  # fmt: skip
def test_field_is_there(general: configparser.SectionProxy, name: str) -> None:
    assert general[name].strip()


def test_fields_have_the_form_the_site_asks_for(general: configparser.SectionProxy) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", general["version"])
    assert (general["qgisMinimumVersion"], general["qgisMaximumVersion"]) == ("3.22", "4.99")
    assert general["hasProcessingProvider"] == "yes"
    assert "supportsQt6" not in general
    assert "/" not in general["author"]
    assert re.fullmatch(r"[^@\s]+@[^@\s]+\.\w+", general["email"])
    assert "plugin" not in general["name"].lower()
    for name in ("homepage", "tracker", "repository"):
        assert re.fullmatch(r"https://[\w./-]+", general[name])


def test_texts_are_in_english_and_chinese(general: configparser.SectionProxy) -> None:
    english, _, chinese = general["about"].partition("耕地红线")
    assert len(english) > 300
    assert len(CHINESE.findall(chinese)) > 100
    tags = general["tags"].split(",")
    assert len(tags) == len(set(tags))
    assert {"farmland", "永久基本农田"} <= set(tags)


def test_dependencies_are_told(general: configparser.SectionProxy) -> None:
    for name in ("numpy", "pandas", "shapely", "matplotlib"):
        assert general["about"].count(name) == 2, f"{name}: once in English, once in Chinese"


def test_version_is_the_latest_of_the_changelog(root: Path, general: configparser.SectionProxy) -> None:
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", changelog, re.MULTILINE)
    assert versions, "no version in CHANGELOG.md"
    assert general["version"] == versions[0]
    assert general["changelog"].startswith(versions[0])


def test_icon_and_licence_are_there(root: Path, general: configparser.SectionProxy) -> None:
    assert (root / general["icon"]).is_file()
    assert general["license"] == "GPL-2.0-or-later"
    title = (root / "LICENSE").read_text(encoding="utf-8").split("\n")[:2]
    assert [line.strip() for line in title] == ["GNU GENERAL PUBLIC LICENSE", "Version 2, June 1991"]


def test_links_between_the_documents_lead_somewhere(root: Path) -> None:
    pages = [root / "README.md", *(root / "docs").rglob("*.md")]
    links = [
        (page, target)
        for page in pages
        for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
        if "://" not in target
    ]
    assert len(links) > 20
    assert [(page.name, target) for page, target in links if not (page.parent / target).exists()] == []
