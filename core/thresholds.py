"""The lines that figures are held to, each with its source: the standards' values, and those that the office has set.

They stand apart from the other standards because QGIS asks for them while it starts.
"""

from __future__ import annotations

import json
import operator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from redline.core.preferences import preferences
from redline.core.spoken import spoken

_OPERATORS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "==": operator.eq}


@dataclass(frozen=True)
class Threshold:
    """A line that a figure may not cross: trouble where `figure operator value` holds. `title` and `source` are dicts
    en, zh.

    `standard` is the value that its source gives, `reason` why the office has another `value`. What is `fixed` is part
    of the method of a legal figure and not open to change.
    """

    id: str
    value: float
    unit: str
    operator: str
    title: dict[str, str]
    source: dict[str, str]
    confidence: str
    standard: float
    reason: str = ""
    fixed: bool = False

    @property
    def changed(self) -> bool:
        """Is the value another than the source's?"""
        return self.value != self.standard

    def crossed(self, figure: float) -> bool:
        """Does `figure`, in the threshold's own unit, cross the line?"""
        return bool(_OPERATORS[self.operator](figure, self.value))


def thresholds() -> dict[str, Threshold]:
    """All thresholds by id, with the values that the office has set."""
    return {known: threshold(known) for known in standard_thresholds()}


def threshold(threshold_id: str) -> Threshold:
    """The threshold `threshold_id`, with the value that the office has set; KeyError where there is none."""
    known, set_here = standard_thresholds()[threshold_id], preferences()
    if threshold_id not in set_here.thresholds:
        return known
    return replace(known, value=set_here.thresholds[threshold_id], reason=set_here.reasons.get(threshold_id, ""))


def changed_thresholds() -> list[Threshold]:
    """The thresholds whose value is not their source's."""
    return [one for one in map(threshold, preferences().thresholds) if one.changed]


@cache
def standard_thresholds() -> dict[str, Threshold]:
    """All thresholds by id, with the values of their sources."""
    entries = _data()["thresholds"]
    return {
        key: Threshold(id=key, standard=entry["value"], **{**entry, "source": spoken(entry["source"])})
        for key, entry in entries.items()
    }


def threshold_orders() -> list[tuple[str, str]]:
    """Pairs of thresholds of which the first may not be greater than the second."""
    return [(low, high) for low, high in _data()["orders"]]


@cache
def _data() -> Any:
    return json.loads((Path(__file__).parent / "standards" / "thresholds.json").read_text(encoding="utf-8"))
