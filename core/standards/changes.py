"""Thresholds that an office changes: what may not be, and a file of them that offices can hand on."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from redline.core.catalogue import text
from redline.core.privacy import mask
from redline.core.text import NUMBER, in_full, squeeze
from redline.core.thresholds import Threshold, changed_thresholds, standard_thresholds, threshold_orders

_WHOLE = ("count", "days", "last places")
_MOST = 1e9
_NUMBER = re.compile(NUMBER)


def number_of(said: object) -> float | None:
    """The number that a cell says and nothing else ("2.5", "２．５", "1,500", 2.5); None where it says none."""
    bare = squeeze(str(said)).lower()
    number = float(bare.replace(",", "")) if _NUMBER.fullmatch(bare) else math.nan
    return number if math.isfinite(number) else None


def refused(values: Mapping[str, object], language: str) -> dict[str, str]:
    """Why values by threshold id cannot be used, each in a sentence; those that can, beside the standards' values in
    place of those that cannot, are not in it."""
    known = standard_thresholds()
    found = {one: _problem(known.get(one), one, value, language) for one, value in values.items()}
    problems = {one: why for one, why in found.items() if why}
    taken = {one: number_of(value) for one, value in values.items() if one not in problems}
    crossed = _crossed(taken, language)
    while crossed:
        # Where one goes back to its standard, another pair may cross.
        problems.update(crossed)
        taken = {one: number for one, number in taken.items() if one not in crossed}
        crossed = _crossed(taken, language)
    return problems


def merged(
    values: Mapping[str, float], offered: Mapping[str, object], language: str
) -> tuple[dict[str, float], dict[str, str]]:
    """Changed thresholds (which can be used) with what of `offered` can be used beside them, without values that are
    the standards'; and, by threshold id, why the others cannot."""
    left, problems = dict(offered), {}
    found = refused({**values, **left}, language)
    while found.keys() & left.keys():
        problems.update(found)
        left = {one: value for one, value in left.items() if one not in found}
        found = refused({**values, **left}, language)
    numbers = {**values, **{one: number_of(value) for one, value in left.items()}}
    known = standard_thresholds()
    return {
        one: number for one, number in numbers.items() if number is not None and number != known[one].standard
    }, problems


def _crossed(taken: Mapping[str, float | None], language: str) -> dict[str, str]:
    """Why those of some usable values that are on the wrong side of another cannot be used."""
    known, found = standard_thresholds(), {}
    for low, high in threshold_orders():
        lower, upper = (taken.get(one, known[one].standard) for one in (low, high))
        if lower is not None and upper is not None and lower > upper:
            words = {"low": known[low].title[language], "high": known[high].title[language]}
            said = text("setting.order", language, **words, lower=in_full(lower), upper=in_full(upper))
            found.update({one: said for one in (low, high) if one in taken})
    return found


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
    return text("setting.out_of_range", language, **words, most=in_full(most)) if number > most else ""


def reason_of(line: Threshold, language: str) -> str:
    """Why the office changed a threshold, in a sentence."""
    said = mask(line.reason.strip().rstrip("。."))
    return text("setting.reason", language, reason=said) if said else text("setting.no_reason", language)


def recorded() -> dict[str, dict[str, object]]:
    """The thresholds that the office has changed, by id, for the record of a run; personal numbers are masked."""
    return {
        one.id: {"value": one.value, "standard": one.standard, "reason": mask(one.reason)}
        for one in changed_thresholds()
    }


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
