"""What every check gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from redline.core.findings import Findings


@dataclass(frozen=True)
class Rate:
    """A rate that never travels without its two numbers, what was deducted, and the name of its definition.

    The value is (numerator − deduction) / denominator as a share 0–1, or None where the denominator is zero.
    """

    numerator: float
    denominator: float
    deduction: float = 0.0
    profile: str = ""

    @property
    def value(self) -> float | None:
        return (self.numerator - self.deduction) / self.denominator if self.denominator else None


@dataclass
class Result:
    """Findings, tables (one frame each; a `geometry` column makes it a layer), rates, and what was understood.

    `checked` counts the things looked at, which `thing` names (report.checked.* of the catalogue), `unchecked` says in
    sentences what could not be checked and why, `notes` what the run understood of its inputs.
    """

    findings: Findings
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    rates: dict[str, Rate] = field(default_factory=dict)
    checked: int = 0
    unchecked: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    thing: str = "plot"


def leading(results: Sequence[Result]) -> Result | None:
    """The result whose things are counted for all: the plots that were compared, else of any check, else the most."""

    def rank(result: Result) -> tuple[bool, bool, int]:
        return "PLOT_STATUS" in result.tables, result.thing == "plot" and result.checked > 0, result.checked

    return max(results, key=rank, default=None)
