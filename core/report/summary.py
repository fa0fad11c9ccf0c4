"""The numbers of a report, drawn from results. Reads what the checks found; knows no rule of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from redline.core import units
from redline.core.findings import COLUMNS, Findings
from redline.core.memory import count_changes
from redline.core.result import Rate, Result

SUBJECTS = ("map", "register", "table", "plots", "duties", "enforcement")
SOURCES = ("map", "register", "table", "plots")
DUTIES = ("parcel", "area", "people", "responsibility", "atlas")
SEVERITIES = ("error", "warning", "info")
SETTLED = ("waived", "fixed")


@dataclass(frozen=True)
class Light:
    """Where a subject stands: "red", "yellow", "green", or "grey" where it was not checked."""

    subject: str
    colour: str
    errors: int
    warnings: int


@dataclass(frozen=True)
class Total:
    """What one source holds: plots, area, and difference from the map (hundredths of a m²); None where not known."""

    source: str
    count: int | None
    cents: int | None
    apart: int | None


class Summary:
    """Everything a report counts. `findings` replaces the results' own where people have worked on them since."""

    def __init__(self, results: Sequence[Result], findings: pd.DataFrame | None = None) -> None:
        self.results = results
        self.tables = {name: table for result in results for name, table in result.tables.items()}
        self.rates: dict[str, Rate] = {name: rate for result in results for name, rate in result.rates.items()}
        self.checked = max((result.checked for result in results), default=0)
        self.unchecked = _once(sentence for result in results for sentence in result.unchecked)
        self.notes = _once(note for result in results for note in result.notes)
        everything = _frame(results) if findings is None else findings
        settled = everything["status"].isin(SETTLED).to_numpy() if len(everything) else np.zeros(0, dtype=bool)
        self.findings = everything[~settled]
        self.settled = everything[settled]
        self.counts = {s: int((self.findings["severity"] == s).sum()) for s in SEVERITIES}

    def has(self, table: str) -> bool:
        """Is there such a table, with a row in it?"""
        return table in self.tables and len(self.tables[table]) > 0

    def column_known(self, table: str, column: str) -> bool:
        """Does the table say anything in that column?"""
        return self.has(table) and column in self.tables[table] and bool(self.tables[table][column].notna().any())

    def changes(self) -> dict[str, int]:
        """New, fixed and reopened since the run before; empty where there was none."""
        both = pd.concat([self.findings, self.settled])
        if "change" not in both:
            return {}
        if (both["change"] == "new").all():
            return {}
        return count_changes(both)

    def lights(self, roles: Sequence[str]) -> list[Light]:
        """A light for each subject that this run is about; `roles` are those of its inputs."""
        subject = subject_of(self.findings)
        graves = pd.crosstab(subject, self.findings["severity"].to_numpy()) if len(subject) else pd.DataFrame()
        shown = []
        for name in SUBJECTS:
            errors, warnings = (int(graves[s].get(name, 0)) if s in graves else 0 for s in ("error", "warning"))
            if self._is_checked(name, roles):
                shown.append(Light(name, "red" if errors else "yellow" if warnings else "green", errors, warnings))
            elif self._is_due(name):
                shown.append(Light(name, "grey", errors, warnings))
        return shown

    def _is_checked(self, subject: str, roles: Sequence[str]) -> bool:
        if subject == "duties":
            return self.has("PLOT_DUTIES")
        if subject == "enforcement":
            return self.has("RATES") or self.has("IDLE_LAND")
        if self.has("PLOT_STATUS"):
            column = {"map": "in_map", "register": "in_register", "plots": "in_plots"}.get(subject)
            return self.column_known(*(("PLOT_STATUS", column) if column else ("UNIT_BALANCE", "table_area")))
        return not self.has("PLOT_DUTIES") and subject in roles

    def _is_due(self, subject: str) -> bool:
        if subject == "enforcement":
            return False
        return len(self.results) > 1 or (self.has("PLOT_STATUS") and subject != "duties")

    def by_rule(self) -> pd.DataFrame:
        """Rule and severity with their count, the gravest and most frequent first."""
        counts = self.findings.groupby(["rule", "severity"], sort=True).size().reset_index(name="count")
        counts["order"] = counts["severity"].map({s: n for n, s in enumerate(SEVERITIES)})
        return counts.sort_values(["order", "count", "rule"], ascending=[True, False, True], ignore_index=True)

    def of_rule(self, rule: str, severity: str, shown: int) -> pd.DataFrame:
        """The first findings of a rule: the greatest differences first, then in the order of their keys."""
        found = self.findings[(self.findings["rule"] == rule) & (self.findings["severity"] == severity)]
        size = found["difference"].abs().fillna(-1.0)
        sized = found.assign(_size=size)
        return sized.sort_values(["_size", "key", "related"], ascending=[False, True, True]).head(shown)

    def by_unit(self) -> pd.DataFrame:
        """Findings by unit: `unit`, `township`, `error`, `warning`, `info` and the most frequent rules of each."""
        found = self.findings[["unit", "severity", "rule"]].fillna("")
        if not len(found):
            return pd.DataFrame(columns=["unit", "township", *SEVERITIES, "rules"])
        counts = pd.crosstab(found["unit"], found["severity"]).reindex(columns=SEVERITIES, fill_value=0)
        rules = found.groupby(["unit", "rule"]).size().reset_index(name="count")
        rules = rules.sort_values(["unit", "count", "rule"], ascending=[True, False, True])
        counts["rules"] = rules.groupby("unit")["rule"].agg(list)
        counts = counts.reset_index()
        counts.columns.name = None
        counts.insert(1, "township", counts["unit"].str[:9])
        return counts.sort_values("unit", ignore_index=True)

    def unit_names(self) -> dict[str, str]:
        """Names of unit codes, from the tables first, then from the findings."""
        names: dict[str, str] = {}
        for frame in (self.findings, self.tables.get("UNIT_DUTIES"), self.tables.get("UNIT_BALANCE")):
            if frame is not None and {"unit", "unit_name"} <= set(frame.columns):
                known = frame[["unit", "unit_name"]].dropna().drop_duplicates()
                known = known[(known["unit"] != "") & (known["unit_name"] != "")]
                names.update(zip(known["unit"], known["unit_name"]))
        return names

    def balance(self) -> pd.DataFrame:
        """`UNIT_BALANCE` without the classes: one row a unit, all its land; sorted by code.

        With `register_apart`, `table_apart`, `plots_apart` (m²): what each differs from the map by.
        """
        if not self.has("UNIT_BALANCE"):
            return pd.DataFrame(columns=["unit", "unit_name"])
        table = self.tables["UNIT_BALANCE"]
        whole = table[(table["class"].fillna("") == "") & (table["unit"] != "")]
        whole = whole.sort_values("unit", kind="stable", ignore_index=True)
        for source in SOURCES:
            for column in (f"{source}_area", f"{source}_count"):
                if column not in whole:
                    whole[column] = np.nan
            of_map = whole["map_area"].astype(float)
            whole[f"{source}_apart"] = np.nan if source == "map" else whole[f"{source}_area"].astype(float) - of_map
        if self.column_known("PLOT_STATUS", "plots_area"):
            whole["plots_apart"] = whole["unit"].map(self._ground_apart(whole["unit"]))
        return whole

    def _ground_apart(self, codes: pd.Series) -> dict[str, float]:
        """Ground minus map by unit, of the gross areas that both state."""
        plots = self.tables["PLOT_STATUS"]
        apart = plots["plots_area"].fillna(0.0) - plots["map_area"].fillna(plots["geometry_area"]).fillna(0.0)
        sums: dict[str, float] = {}
        for digits in sorted(codes.str.len().unique()):
            sums.update(apart.groupby(plots["unit"].str[:digits]).sum().to_dict())
        return sums

    def ground_is_gross(self) -> bool:
        """Are the ground's areas gross, while the balance holds the map's net ones?"""
        if not (self.column_known("PLOT_STATUS", "plots_area") and self.column_known("PLOT_STATUS", "map_area")):
            return False
        totals = {total.source: total.cents for total in self.totals()}
        gross = units.total_cents(self.tables["PLOT_STATUS"]["map_area"])
        return "map" in totals and totals["map"] != gross

    def totals(self) -> list[Total]:
        """Plots and areas of every source, from the highest units of the balance."""
        balance = self.balance()
        if not len(balance):
            return []
        length = balance["unit"].str.len()
        highest = balance[length == length.min()]
        totals = []
        for source in SOURCES:
            area, count = highest[f"{source}_area"].astype(float), highest[f"{source}_count"].dropna()
            if area.notna().any() or len(count):
                apart = highest[f"{source}_apart"].astype(float)
                totals.append(Total(source, int(count.sum()) if len(count) else None, _cents(area), _cents(apart)))
        return totals

    def worst(self, shown: int) -> pd.DataFrame:
        """Plots of `PLOT_STATUS` whose areas differ most."""
        if not self.has("PLOT_STATUS"):
            return pd.DataFrame()
        table = self.tables["PLOT_STATUS"]
        size = table["difference"].abs()
        differ = table.assign(_size=size)[(size > 0) & (table["status"] != "consistent")]
        return differ.sort_values(["_size", "key"], ascending=[False, True]).head(shown)

    def spreads(self) -> list[tuple[str, np.ndarray, int]]:
        """Rule, differences (m²) beyond tolerance and number of plots within, for each comparison of areas made."""
        found = []
        for rule, columns in _said()["comparisons"].items():
            apart = self.findings.loc[self.findings["rule"] == rule]
            apart = apart[apart["difference"].notna() & apart["role"].isin(columns["roles"])]
            compared = self.checked
            if self.has("PLOT_STATUS"):
                pair = self.tables["PLOT_STATUS"][columns["pair"]]
                compared = int((pair.notna() & (pair != False)).all(axis=1).sum())  # noqa: E712
            if compared and (self.has("PLOT_STATUS") or len(apart)):
                found.append((rule, apart["difference"].to_numpy(dtype=float), max(compared - len(apart), 0)))
        return found

    def statuses(self) -> pd.Series:
        """How many plots have which status, the most frequent first."""
        if not self.has("PLOT_STATUS"):
            return pd.Series(dtype=int)
        return (
            self.tables["PLOT_STATUS"]["status"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
        )

    def duties(self) -> dict[str, Rate | None]:
        """Plots that meet each duty of those that could be tested; None where none could."""
        rates: dict[str, Rate | None] = {}
        for duty in DUTIES:
            tested = self.tables["PLOT_DUTIES"][duty].dropna().astype(bool)
            rates[duty] = Rate(int(tested.sum()), len(tested)) if len(tested) else None
        return rates


def subject_of(findings: pd.DataFrame) -> pd.Series:
    """The subject that each finding speaks of."""
    by_rule, by_role = _subjects()
    return findings["rule"].map(by_rule).fillna(findings["role"].map(by_role)).fillna("map")


def _subjects() -> tuple[dict[str, str], dict[str, str]]:
    said = _said()
    return {rule: subject for subject, rules in said["rules"].items() for rule in rules}, said["roles"]


@lru_cache(maxsize=1)
def _said() -> dict[str, Any]:
    return json.loads((Path(__file__).parent / "subjects.json").read_text(encoding="utf-8"))


def _frame(results: Sequence[Result]) -> pd.DataFrame:
    """The findings of all results, each once, though several results may share one collection."""
    collections: dict[int, Findings] = {id(result.findings): result.findings for result in results}
    frames = [found.frame() for found in collections.values()]
    if not frames:
        return pd.DataFrame(columns=list(COLUMNS))
    if len(frames) == 1:
        return frames[0]
    return pd.concat(frames, ignore_index=True).drop_duplicates("finding_id", ignore_index=True)


def _cents(areas: pd.Series) -> int | None:
    return units.total_cents(areas) if areas.notna().any() else None


def _once(texts: object) -> list[str]:
    return list(dict.fromkeys(texts))  # type: ignore[call-overload]
