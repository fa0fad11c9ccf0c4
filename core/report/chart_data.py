"""From tables of results to what the charts show: for the whole county in the report, for a part of it on a dashboard.

`unit` is the code of the part, "" for all; `name` gives the name of a unit's code.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pandas as pd

from redline.core.checks.figures import sign
from redline.core.checks.rates import RATIOS
from redline.core.report import cells, charts
from redline.core.report.summary import DUTIES, Summary
from redline.core.report.writer import percent, records

Name = Callable[[str], str]

_LEVELS = (6, 9, 12)
"""Digits of a county, a township, a village."""


def rule_counts(summary: Summary, most: int) -> list[charts.RuleCount]:
    """The rules that are broken, the gravest and most frequent first."""
    return [charts.RuleCount(str(row["rule"]), str(row["severity"]), int(row["count"]))
            for row in records(summary.by_rule().head(most))]  # fmt: skip


def unit_counts(findings: pd.DataFrame, unit: str, name: Name, most: int) -> list[charts.UnitCount]:
    """Findings of the units one level below `unit` that have most of them, in the order of their codes.

    Findings of no unit are not counted; those of a unit above the level are counted for that unit.
    """
    part = findings[["unit", "severity"]]
    codes = part["unit"].fillna("").str[: _next_level(part["unit"], unit)]
    counts = part.groupby([codes.rename("code"), "severity"]).size().unstack(fill_value=0)
    counts = counts[counts.index != ""]
    chosen = counts.sum(axis=1).sort_values(ascending=False, kind="stable").head(most).index
    return [
        charts.UnitCount(str(code), name(str(code)), {str(s): int(n) for s, n in counts.loc[code].items()})
        for code in sorted(chosen)
    ]


def _next_level(codes: pd.Series, unit: str) -> int:
    """Digits of the codes of the first level below `unit` that has more than one unit."""
    known = codes.dropna().unique()
    for digits in _LEVELS:
        if digits > len(unit) and len({code[:digits] for code in known if len(code) >= digits}) > 1:
            return digits
    return next((digits for digits in _LEVELS[1:] if digits > len(unit)), _LEVELS[-1])


def _level(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The rows of the units one level below `unit`; the unit's own where there are none."""
    codes = table["unit"].fillna("")
    inside = table[codes.str.startswith(unit) & (codes != "")]
    lengths = sorted(inside["unit"].str.len().unique())
    finer = [digits for digits in lengths if digits > max(len(unit), _LEVELS[0])]
    return inside[inside["unit"].str.len() == (finer or lengths or [0])[0]]


def ratios(table: pd.DataFrame, unit: str, name: Name) -> tuple[list[charts.UnitShares], float, str]:
    """`RATES`: the ratio (违法占耕比) of the townships, or the level below `unit`, that have a line; the line as a
    share and in words. No unit where there is none."""
    found = table[table["rate"].isin(RATIOS) & table["threshold"].notna() & table["value"].notna()]
    if unit:
        found = _level(found, unit)
    elif len(found):
        level = "township" if (found["level"] == "township").any() else found["level"].iloc[0]
        found = found[found["level"] == level]
    if not len(found):
        return [], 0.0, ""
    over = {(row["unit"], row["rate"]): _true(row["over"]) for row in records(found)}
    # The value itself is rounded, and may lie on the line.
    exact = found.assign(share=(found["numerator"] - found["deduction"]) / found["denominator"])
    values = exact.pivot(index="unit", columns="rate", values="share").reindex(columns=list(RATIOS))
    bars = [
        charts.UnitShares(
            str(code), name(str(code)), before, after, (over.get((code, RATIOS[0]), False),
                                                        over.get((code, RATIOS[1]), False)),
        )
        for code, before, after in values.sort_index().itertuples()
    ]  # fmt: skip
    line, operator = float(found["threshold"].iloc[0]), str(found["operator"].iloc[0])
    return bars, line, f"{sign(operator)} {percent(line)}"


def greatest_ratios(bars: list[charts.UnitShares], most: int) -> list[charts.UnitShares]:
    """The bars of the units with the greatest ratios, in the order of their codes."""

    def greatest(bar: charts.UnitShares) -> float:
        return max((value for value in (bar.before, bar.after) if math.isfinite(value)), default=-math.inf)

    return sorted(sorted(bars, key=greatest, reverse=True)[:most], key=lambda bar: bar.code)


def patrol_rows(table: pd.DataFrame, unit: str, name: Name, most: int) -> tuple[list[cells.HeatRow], list[str], bool]:
    """`CALENDAR`: a row a zone, or a township where there are more than `most` zones (then true); and the months."""
    found = table[table["unit"].fillna("").str.startswith(unit)] if unit else table
    together = found["zone_code"].nunique() > most
    if together:
        township = found["unit"].str[:9]
        grouped = found.assign(row=township, name=township.map(name))
    else:
        grouped = found.assign(row=found["zone_code"], name=found["zone_name"])
    sums = grouped.groupby(["row", "name", "month"], sort=True)[["done", "due"]].sum().reset_index()
    rows = [
        cells.HeatRow(str(row), str(said), dict(zip(part["month"], zip(part["done"].tolist(), part["due"].tolist()))))
        for (row, said), part in sums.groupby(["row", "name"], sort=True)
    ]
    return rows[:most], sorted(set(found["month"])), together


def duty_rows(table: pd.DataFrame, unit: str, name: Name, most: int) -> list[cells.DutyRow]:
    """`UNIT_DUTIES`: the unit itself and those one level below it, the least complete of them where there are more."""
    found = table.sort_values("unit", kind="stable")
    codes = found["unit"].fillna("")
    shortest = codes[codes != ""].str.len().min()
    whole = found[codes == unit] if unit else found[codes.str.len() == shortest]
    below = _level(found, unit)
    if len(below) > most:
        below = below.sort_values("complete", kind="stable").head(most).sort_values("unit", kind="stable")
    rows = pd.concat([whole, below[~below["unit"].isin(whole["unit"])]])
    return [
        cells.DutyRow(str(row["unit"]), name(str(row["unit"])), {duty: _share(row[duty]) for duty in DUTIES})
        for row in records(rows)
    ]


def _share(value: Any) -> float:
    return math.nan if value is None or pd.isna(value) else float(value)


def _true(value: Any) -> bool:
    return bool(value) if value is not None and not pd.isna(value) else False
