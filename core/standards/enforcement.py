"""What enforcement statistics are made of: definitions of rates, their lines, and the words of ledgers, as data."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from redline.core.spoken import spoken
from redline.core.standards import words
from redline.core.standards._files import load
from redline.core.text import squeeze
from redline.core.thresholds import Threshold, threshold


@dataclass(frozen=True)
class Line:
    """A line that a ratio must not cross at these levels ("county", "township", "village"), and how grave that is."""

    threshold: Threshold
    severity: str
    levels: tuple[str, ...]

    def share(self) -> Fraction:
        """The line as an exact share: 15 % is 3/20."""
        return exact_share(self.threshold)

    def crossed(self, share: Fraction) -> bool:
        """Is a share on the wrong side of the line, exactly? The operator says whether the line itself is."""
        return crossed(self.threshold, share)


@dataclass(frozen=True)
class RatioProfile:
    """One definition of 违法占耕比: its denominator, what may be deducted, its lines.

    `settled`: results of a case that end the unlawful state, so that its area is deducted; `partial`: land that was
    restored counts even where the rest of the plot was not.
    """

    id: str
    title: dict[str, str]
    denominator: str
    partial: bool
    settled: tuple[str, ...]
    lines: tuple[Line, ...]
    source: dict[str, str]
    confidence: str

    def line(self, level: str) -> Line | None:
        """The line for units of a level, None where there is none."""
        return next((line for line in self.lines if level in line.levels), None)


@dataclass(frozen=True)
class RateDefinition:
    """A rate as two quantities and a deduction; `denominator` "" is that of the ratio profile.

    `measure` is "m2" (hundredths of a m²), "count" or "yuan" (hundredths of a 元); `target` a threshold that is crossed
    by too low a rate, "" for none.
    """

    id: str
    numerator: str
    denominator: str
    measure: str
    source: str
    confidence: str
    deduction: str = ""
    target: str = ""


@dataclass(frozen=True)
class IdleLimit:
    """What the law does ("fee", "take_back") about land "not_started" or "stopped" for so many years; `inclusive`: on
    the very day as well."""

    of: str
    years: float
    inclusive: bool
    consequence: str


def exact_share(line: Threshold) -> Fraction:
    """The value of a threshold as an exact share, from % where it is one."""
    value = Fraction(repr(line.value))
    return value / 100 if line.unit == "%" else value


def crossed(line: Threshold, share: Fraction) -> bool:
    """Does an exact share cross the line? Compared as fractions, never as floating point numbers."""
    limit = exact_share(line)
    return {">": share > limit, ">=": share >= limit, "<": share < limit, "<=": share <= limit}[line.operator]


def ratio_profiles() -> dict[str, RatioProfile]:
    """The definitions of 违法占耕比 by id, in the order in which they are offered."""
    return {
        name: RatioProfile(
            name, entry["title"], entry["denominator"], entry["partial"], tuple(entry["settled"]),
            tuple(Line(threshold(one["threshold"]), one["severity"], tuple(one["levels"])) for one in entry["lines"]),
            spoken(entry["source"]), entry["confidence"],
        )
        for name, entry in _data()["profiles"].items()
    }  # fmt: skip


@cache
def rate_definitions() -> dict[str, RateDefinition]:
    """All rates by id, in the order in which they are shown."""
    return {name: RateDefinition(id=name, **entry) for name, entry in _data()["rates"].items()}


def denominator_title(name: str) -> dict[str, str]:
    """What a denominator of the ratio is called: dict en, zh. KeyError for an unknown one."""
    title: dict[str, str] = _data()["denominators"][name]["title"]
    return title


def idle_consequences() -> tuple[IdleLimit, ...]:
    """What follows from land lying idle, the gravest last."""
    found = []
    for entry in _data()["idle"]:
        line = threshold(entry["threshold"])
        found.append(IdleLimit(entry["of"], line.value, line.operator == ">=", entry["consequence"]))
    return tuple(found)


@cache
def stage_orders() -> tuple[tuple[str, str], ...]:
    """Pairs of dates of a case of which the first is never after the second."""
    return tuple((first, then) for first, then in _data()["orders"])


def meaning(family: str, said: str) -> str:
    """What a word of a ledger means ("stage", "result", "judgement", "filing_due", "cause"), "" for nothing."""
    return words.meaning("rates.json", family, said)


def judged_by_labels(labels: str) -> str:
    """ "illegal", "lawful", "other" or "" of the labels that permitconflicts gave, a `;` list."""
    given = set(labels.split(";"))
    known = _data()["illegal_labels"]
    return next((judgement for judgement in ("illegal", "lawful", "other") if given & set(known[judgement])), "")


def names_illegal_land(layer: str) -> bool:
    """Does a layer's name say that all it holds is illegal (违法地块), and not merely suspected (疑似)?"""
    plain = squeeze(layer).upper()
    return "疑似" not in plain and any(name in plain for name in _data()["illegal_layers"]["names"])


def _data() -> Any:
    return load("rates.json")
