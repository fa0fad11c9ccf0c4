"""Every rule once, and every sentence that core says to people, in English and Chinese.

The rules stand in `r1.json` … `r9.json` (DOMAIN rule families), all other sentences in `texts.json`.
Ids are for ever: a rule may be reworded, never renumbered.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from redline.core.spoken import spoken

LANGUAGES = ("en", "zh")
SEVERITIES = ("error", "warning", "info")

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Rule:
    """One rule. Its texts and `source` are dicts language → text; `message` has {named} places for the finding's words.

    `needs` are the roles without which the rule cannot be tested, beside the finding's own role.
    """

    id: str
    severity: str
    title: dict[str, str]
    message: dict[str, str]
    why: dict[str, str]
    how_to_fix: dict[str, str]
    source: dict[str, str]
    confidence: str
    needs: tuple[str, ...] = ()


@cache
def rules() -> dict[str, Rule]:
    """All rules by id, in the order of their ids."""
    found: dict[str, Rule] = {}
    for path in sorted(_FOLDER.glob("r[0-9].json")):
        for rule_id, entry in json.loads(path.read_text(encoding="utf-8")).items():
            known = {**entry, "needs": tuple(entry.get("needs", ())), "source": spoken(entry["source"])}
            found[rule_id] = Rule(id=rule_id, **known)
    return dict(sorted(found.items()))


def rule(rule_id: str) -> Rule:
    """The rule `rule_id`; KeyError where there is none."""
    return rules()[rule_id]


@cache
def _texts() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = json.loads((_FOLDER / "texts.json").read_text(encoding="utf-8"))
    return texts


def text(text_id: str, language: str, **words: object) -> str:
    """The sentence `text_id` in `language` ("zh" or "en") with its {named} places filled from `words`."""
    return _texts()[text_id][language].format(**words)


def titles(prefix: str, language: str) -> dict[str, str]:
    """The sentences whose ids are `prefix`, a dot and one more word: that word → the sentence, in the order of ids."""
    start = prefix + "."
    return {
        text_id[len(start) :]: entry[language]
        for text_id, entry in _texts().items()
        if text_id.startswith(start) and "." not in text_id[len(start) :]
    }
