"""Every rule and sentence complete in both languages, with the same places to fill."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from string import Formatter

import pytest

from redline.core import catalogue
from redline.core.standards.enforcement import ratio_profiles
from redline.core.thresholds import standard_thresholds

FOLDER = Path(catalogue.__file__).parent
ROLES = {"map", "register", "table", "plots", "units", "atlas_index", "roster", "zone", "violation", "case",
         "new_construction", "contract", "plan", "patrol", "sign", "letter"}  # fmt: skip


# Names of programs and file kinds are not words of a language.
_ADDRESS, _SENTENCE = re.compile(r"github\.com\S*|Shapefile"), re.compile(r"[a-z]{3,}")


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("rule", catalogue.rules().values(), ids=lambda rule: rule.id)
def test_rule_is_complete(rule: catalogue.Rule) -> None:
    assert re.fullmatch(r"R[1-9]\d{3}", rule.id)
    assert rule.severity in catalogue.SEVERITIES
    assert rule.confidence in ("H", "M", "L")
    assert rule.source["zh"]
    assert rule.source["en"]
    assert set(rule.needs) <= ROLES
    for texts in (rule.title, rule.message, rule.why, rule.how_to_fix):
        assert set(texts) == set(catalogue.LANGUAGES)
        assert all(texts.values())
        assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"“.*?”|四统一|五落实|（.*?）|\(.*?\)", "", texts["en"]))
        assert re.search(r"[\u4e00-\u9fff]", texts["zh"])
    assert places(rule.message["en"]) == places(rule.message["zh"])


@pytest.mark.parametrize("rule", catalogue.rules().values(), ids=lambda rule: rule.id)
def test_areas_and_amounts_are_grouped_by_thousands(rule: catalogue.Rule) -> None:
    amount = re.compile(r"\{\w+:?([^}]*)\} ?(?:m²|mu\b|平方米|亩|元|\{unit_word\}|\{unit_of\})")
    assert all("," in spec for text in rule.message.values() for spec in amount.findall(text))


def test_families_stand_in_their_files() -> None:
    for path in FOLDER.glob("r[0-9].json"):
        assert all(rule_id[1] == path.stem[1] for rule_id in json.loads(path.read_text(encoding="utf-8")))


def test_texts_are_complete() -> None:
    texts = json.loads((FOLDER / "texts.json").read_text(encoding="utf-8"))
    for text_id, entry in texts.items():
        assert set(entry) == set(catalogue.LANGUAGES), text_id
        assert places(entry["en"]) == places(entry["zh"]), text_id


def test_every_text_asked_for_exists() -> None:
    texts = json.loads((FOLDER / "texts.json").read_text(encoding="utf-8"))
    root = FOLDER.parent.parent
    sources = [path for folder in ("core", "processing", "ui") for path in (root / folder).rglob("*.py")]
    asked = {m for path in sources for m in re.findall(r'\btext\(\s*"([\w.]+)"', path.read_text(encoding="utf-8"))}
    assert asked - set(texts) == set()


def test_every_rule_used_is_catalogued() -> None:
    root = FOLDER.parent
    used = {m for path in root.rglob("*.py") for m in re.findall(r'"(R\d{4})"', path.read_text(encoding="utf-8"))}
    assert used <= set(catalogue.rules())


def test_the_printed_catalogue_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("rules_page", FOLDER.parent.parent / "tools" / "rules.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (FOLDER.parent.parent / "docs" / "rules.md").read_text(encoding="utf-8") == module.page()


def test_people_are_shown_sources_that_they_can_look_up(root: Path) -> None:
    """A law, a standard, a place's rule or Redline's own convention; never a page that only its makers have."""
    for file in (root / "core").rglob("*.json"):
        assert "DOMAIN" not in file.read_text(encoding="utf-8"), file.name


def test_sources_are_told_in_the_readers_language() -> None:
    """A Chinese reader finds no English sentence among the sources, an English one no Chinese sentence of ours."""
    told = {rule.id: rule.source for rule in catalogue.rules().values()}
    told.update((one.id, one.source) for one in standard_thresholds().values())
    told.update((one.id, one.source) for one in ratio_profiles().values())
    assert len(told) > 200
    foreign = {name: source["zh"] for name, source in told.items() if _SENTENCE.search(_ADDRESS.sub("", source["zh"]))}
    assert not foreign
    assert not {name for name, source in told.items() if "软件约定" in source["en"]}
