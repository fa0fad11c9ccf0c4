"""Thresholds that an office changes: what may not be, and a file of them that offices can hand on."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from redline.core.catalogue import text
from redline.core.privacy import mask
from redline.core.text import fold
from redline.core.thresholds import Threshold, standard_thresholds, threshold_orders

_WHOLE = ("count", "days", "last places")
_MOST = 1e9


def number_of(said: object) -> float | None:
    """The number that a cell says ("2.5", "２．５", 2.5); None where it says none."""
    try:
        number = float(fold(str(said)).strip().replace(",", ""))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def refused(values: Mapping[str, object], language: str) -> dict[str, str]:
    """Why values by threshold id cannot be used, each in a sentence; those that can are not in it."""
    known = standard_thresholds()
    found = {one: _problem(known.get(one), one, value, language) for one, value in values.items()}
    problems = {one: why for one, why in found.items() if why}
    taken = {one: number_of(value) for one, value in values.items() if one not in problems}
    for low, high in threshold_orders():
        # A pair that is wrong by itself, or by one that was refused, says nothing.
        lower, upper = (taken.get(one, known[one].value) for one in (low, high))
        if lower is not None and upper is not None and lower > upper:
            words = {"low": known[low].title[language], "high": known[high].title[language]}
            for one in {low, high} & taken.keys():
                problems[one] = text("setting.order", language, **words, lower=f"{lower:g}", upper=f"{upper:g}")
    return problems


def _problem(known: Threshold | None, name: str, value: object, language: str) -> str:
    if known is None:
        return text("setting.unknown", language, name=name)
    number, words = number_of(value), {"title": known.title[language], "value": value}
    if known.fixed:
        return text("setting.fixed", language, **words)
    if number is None:
        return text("setting.no_number", language, **words)
    if number < 0 or number > _MOST:
        return text("setting.out_of_range", language, **words, most=f"{_MOST:,.0f}")
    if known.unit in _WHOLE and number != round(number):
        return text("setting.not_whole", language, **words)
    most = {"%": 100.0, "1": 1.0 if known.standard <= 1 else _MOST}.get(known.unit, _MOST)
    return text("setting.out_of_range", language, **words, most=f"{most:g}") if number > most else ""


def reason_of(line: Threshold, language: str) -> str:
    """Why the office changed a threshold, in a sentence."""
    said = mask(line.reason.strip().rstrip("。."))
    return text("setting.reason", language, reason=said) if said else text("setting.no_reason", language)


def written(values: Mapping[str, float], reasons: Mapping[str, str]) -> str:
    """Changed thresholds as the text of a file, with what they are and what the source says."""
    known = standard_thresholds()
    entries = {
        one: {
            "value": value, "standard": known[one].standard, "unit": known[one].unit, "title": known[one].title["zh"],
            "reason": reasons.get(one, ""),
        }
        for one, value in sorted(values.items())
    }  # fmt: skip
    return json.dumps({"redline_thresholds": entries}, ensure_ascii=False, indent=1) + "\n"


def read(said: str) -> tuple[dict[str, object], dict[str, str]]:
    """Values and reasons by threshold id out of such a file, unproved. Raises ValueError where it is none."""
    entries: Any = json.loads(said)
    entries = entries.get("redline_thresholds") if isinstance(entries, dict) else None
    if not isinstance(entries, dict) or not all(isinstance(one, dict) and "value" in one for one in entries.values()):
        raise ValueError("no thresholds")
    values = {str(name): entry["value"] for name, entry in entries.items()}
    return values, {str(name): str(entry.get("reason") or "") for name, entry in entries.items()}
