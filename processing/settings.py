"""What the user sets for all runs: kept in QGIS's settings, read here and nowhere else.

Thresholds stand as JSON under one entry, so that an administrator can hand them out in QGIS's global settings too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qgis.core import QgsSettings

from redline.core.preferences import THREADS, Preferences, preferences, set_preferences

_GROUP = "redline/preferences"
_THRESHOLDS, _PROFILES, _RATIO, _FONT, _THREADS, _MASKED = (
    f"{_GROUP}/{name}" for name in ("thresholds", "profiles", "ratio", "font", "threads", "masked")
)


@dataclass(frozen=True)
class Stored:
    """What is stored as far as it can be used, and sentences on what cannot."""

    preferences: Preferences
    problems: tuple[str, ...] = ()


@dataclass
class _Taken:
    """The entry that was understood last: it is asked for whenever an algorithm is made."""

    said: tuple[str, ...] = ()
    stored: Stored = field(default_factory=lambda: Stored(Preferences()))


_taken = _Taken()


def take_over() -> Stored:
    """Let what is stored hold from now on; runs that have begun are not touched."""
    from redline.processing.algorithm import language

    settings = QgsSettings()
    entries = (_THRESHOLDS, _PROFILES, _RATIO, _FONT, _THREADS, _MASKED)
    said = (language(), *(str(settings.value(name, "") or "") for name in entries))
    if said != _taken.said:
        # Where nothing is set, the standards need not be read for it: QGIS is starting.
        _taken.stored = _understood(said[0], *said[1:]) if any(said[1:]) else Stored(Preferences())
        _taken.said = said
    set_preferences(_taken.stored.preferences)
    return _taken.stored


def store(wanted: Preferences) -> None:
    """Keep preferences for all runs from now on; what is as usual is not kept."""
    settings = QgsSettings()
    thresholds = {
        name: {"value": value, "reason": wanted.reasons.get(name, "")} for name, value in wanted.thresholds.items()
    }
    for entry, value in (
        (_THRESHOLDS, _json(thresholds)), (_PROFILES, _json(wanted.profiles)), (_RATIO, wanted.ratio),
        (_FONT, wanted.font), (_THREADS, "" if wanted.threads == THREADS else str(wanted.threads)),
        (_MASKED, "true" if wanted.masked else ""),
    ):  # fmt: skip
        if value:
            settings.setValue(entry, value)
        else:
            settings.remove(entry)
    take_over()


def most_threads() -> int:
    """The threads that can be of use on this machine."""
    return max(os.cpu_count() or THREADS, THREADS)


def told(language: str) -> list[str]:
    """What is not as the standards have it, in sentences: for the log of a run."""
    from redline.core.catalogue import text
    from redline.core.standards import changed_thresholds, profile
    from redline.core.standards.changes import reason_of
    from redline.core.standards.enforcement import ratio_profiles

    found = preferences()
    lines = [
        text(
            "setting.changed", language, title=one.title[language], value=f"{one.value:g}",
            standard=f"{one.standard:g}", reason=reason_of(one, language),
        )
        for one in changed_thresholds()
    ]  # fmt: skip
    lines += [
        text("setting.profile", language, role=text(f"role.{role}", language), standard=profile(name).title[language])
        for role, name in found.profiles.items()
    ]
    if found.ratio:
        lines.append(text("setting.ratio", language, title=ratio_profiles()[found.ratio].title[language]))
    return [*lines, *(text("setting.not_used", language, why=why) for why in _taken.stored.problems)]


def _understood(
    language: str, thresholds: str, profiles: str, ratio: str, font: str, threads: str, masked: str
) -> Stored:
    """Settings out of their texts; what an older version or a hand wrote and cannot be used is left out and told."""
    from redline.core.standards import profiles as known_profiles
    from redline.core.standards import standard_thresholds
    from redline.core.standards.changes import number_of, refused
    from redline.core.standards.enforcement import ratio_profiles

    entries = {name: one for name, one in _parsed(thresholds).items() if isinstance(one, Mapping)}
    values: dict[str, object] = {name: one.get("value") for name, one in entries.items()}
    problems = refused(values, language)
    known, usable = standard_thresholds(), {}
    for name, value in values.items():
        number = None if name in problems else number_of(value)
        if number is not None and number != known[name].standard:
            usable[name] = number
    by_role = {one.id: one.role for one in known_profiles()}
    chosen = {role: name for role, name in _parsed(profiles).items() if by_role.get(name) == role}
    count = int(threads) if threads.isdigit() and int(threads) > 0 else THREADS
    return Stored(
        Preferences(
            usable, {name: str(entries[name].get("reason") or "") for name in usable}, chosen,
            ratio if ratio in ratio_profiles() else "", font, min(count, most_threads()), masked.lower() == "true",
        ),
        tuple(dict.fromkeys(problems.values())),
    )  # fmt: skip


def _parsed(said: str) -> dict[str, Any]:
    try:
        found = json.loads(said) if said else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(dict(value), ensure_ascii=False, sort_keys=True) if value else ""
