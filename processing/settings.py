"""What the user sets for all runs: kept in QGIS's settings, read here and nowhere else.

Thresholds stand as JSON under one entry, so that an administrator can hand them out in QGIS's global settings too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from qgis.core import QgsSettings

from redline.core.preferences import THREADS, Preferences, preferences, set_preferences

_GROUP = "redline/preferences"
_THRESHOLDS, _PROFILES, _RATIO, _FONT, _THREADS, _MASKED = (
    f"{_GROUP}/{name}" for name in ("thresholds", "profiles", "ratio", "font", "threads", "masked")
)
_TOLD = 60
"""Letters of what is not understood that are told of it."""


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
    from redline.core.text import in_full

    found = preferences()
    lines = [
        text(
            "setting.changed", language, title=one.title[language], value=in_full(one.value),
            standard=in_full(one.standard), reason=reason_of(one, language),
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
    from redline.core.catalogue import text
    from redline.core.standards import profiles as known_profiles
    from redline.core.standards.changes import merged
    from redline.core.standards.enforcement import ratio_profiles

    entries, named = _parsed(thresholds), _parsed(profiles)
    offered = {name: one for name, one in (entries or {}).items() if isinstance(one, Mapping)}
    usable, problems = merged({}, {name: one.get("value") for name, one in offered.items()}, language)
    by_role = {one.id: one.role for one in known_profiles()}
    chosen = {role: name for role, name in (named or {}).items() if by_role.get(str(name)) == role}
    known_ratio, count = ratio in ratio_profiles(), int(threads) if threads.isdecimal() else 0
    strange = {
        **_strange(_THRESHOLDS, thresholds, entries, offered), **_strange(_PROFILES, profiles, named, chosen),
        **({_RATIO: ratio} if ratio and not known_ratio else {}),
        **({_THREADS: threads} if threads and not count else {}),
    }  # fmt: skip
    return Stored(
        Preferences(
            usable, {name: str(offered[name].get("reason") or "") for name in usable}, chosen,
            ratio if known_ratio else "", font, min(count or THREADS, most_threads()), masked.lower() == "true",
        ),
        (*dict.fromkeys(problems.values()),
         *(text("setting.strange", language, entry=name, value=str(value)[:_TOLD]) for name, value in strange.items())),
    )  # fmt: skip


def _strange(entry: str, said: str, found: Mapping[str, object] | None, taken: Collection[str]) -> dict[str, object]:
    """What of an entry is not understood, by where it stands: all that it says, or the names that were not taken."""
    if found is None:
        return {entry: said}
    return {f"{entry}/{name}": value for name, value in found.items() if name not in taken}


def _parsed(said: str) -> dict[str, Any] | None:
    """An entry of names and values out of its text, None where it is none."""
    try:
        found = json.loads(said) if said else {}
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(dict(value), ensure_ascii=False, sort_keys=True) if value else ""
