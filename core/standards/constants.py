"""Ellipsoids, code lists and code changes, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from redline.core.standards._files import load


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
