"""Thresholds, ellipsoids, code lists and code changes, each with its source."""

from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from redline.core.preferences import preferences
from redline.core.standards._files import load

_OPERATORS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "==": operator.eq}


@dataclass(frozen=True)
class Threshold:
    """A line that a figure may not cross: trouble where `figure operator value` holds. `title` is a dict en, zh.

    `standard` is the value that its source gives, `reason` why the office has another `value`. What is `fixed` is part
    of the method of a legal figure and not open to change.
    """

    id: str
    value: float
    unit: str
    operator: str
    title: dict[str, str]
    source: str
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


@dataclass(frozen=True)
class Ellipsoid:
    """Constants of the official area rule, in metres: axes, squared eccentricities, polar radius, k0…k4."""

    id: str
    title: dict[str, str]
    a: float
    b: float
    inverse_flattening: float
    e2: float
    ep2: float
    c: float
    k: tuple[float, ...]
    source: str
    confidence: str


@dataclass(frozen=True)
class Domain:
    """A list of permitted values; `values` maps each to its title (dict en, zh)."""

    id: str
    title: dict[str, str]
    values: dict[str, dict[str, str]]
    source: str
    confidence: str

    def __contains__(self, value: str) -> bool:
        return value in self.values


@dataclass(frozen=True)
class CodeChange:
    """A unit that got another code: everything below `old` is now below `new`. `year` is None where not known."""

    old: str
    new: str
    level: str
    old_name: str
    new_name: str
    year: int | None
    source: str
    confidence: str


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
    entries = load("thresholds.json")["thresholds"]
    return {key: Threshold(id=key, standard=entry["value"], **entry) for key, entry in entries.items()}


def threshold_orders() -> list[tuple[str, str]]:
    """Pairs of thresholds of which the first may not be greater than the second."""
    return [(low, high) for low, high in load("thresholds.json")["orders"]]


@cache
def ellipsoid(ellipsoid_id: str = "cgcs2000") -> Ellipsoid:
    """The ellipsoid "cgcs2000" or "xian80"; KeyError where there is none."""
    entry: dict[str, Any] = dict(load("ellipsoids.json")[ellipsoid_id])
    return Ellipsoid(id=ellipsoid_id, **{**entry, "k": tuple(entry["k"])})


@cache
def domains() -> dict[str, Domain]:
    """All code lists by id."""
    return {key: Domain(id=key, **entry) for key, entry in load("domains.json").items()}


def domain(domain_id: str) -> Domain:
    """The code list `domain_id`; KeyError where there is none."""
    return domains()[domain_id]


@cache
def code_changes() -> tuple[CodeChange, ...]:
    """Changes of administrative codes that are known, as listed in code_changes.json."""
    return tuple(CodeChange(**entry) for entry in load("code_changes.json")["changes"])


@cache
def owner_words() -> dict[str, list[str]]:
    """Words in the names of owners: `suffixes` of committees and collectives, `unit_ends` of units above a village."""
    words: dict[str, list[str]] = load("owner_words.json")
    return words
