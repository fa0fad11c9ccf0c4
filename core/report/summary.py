"""The numbers of a report, drawn from results. Reads what the checks found; knows no rule of its own."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from redline.core import units
from redline.core.findings import COLUMNS, Findings
from redline.core.memory import count_changes
from redline.core.result import Rate, Result, leading

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
    """Everything a report counts. `findings` replaces the results' own where people have worked on them since; those of
    a status in `apart` are counted apart."""

    def __init__(
        self, results: Sequence[Result], findings: pd.DataFrame | None = None, apart: Collection[str] = SETTLED
    ) -> None:
        self.results = results
        self.tables = {name: table for result in results for name, table in result.tables.items()}
        self.rates: dict[str, Rate] = {name: rate for result in results for name, rate in result.rates.items()}
        most = leading(results)
        self.checked, self.thing = (most.checked, most.thing) if most else (0, "plot")
        self.unchecked = _once(sentence for result in results for sentence in result.unchecked)
        self.notes = _once(note for result in results for note in result.notes)
        everything = _frame(results) if findings is None else findings
        settled = everything["status"].isin(apart).to_numpy() if len(everything) else np.zeros(0, dtype=bool)
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
        for name in _said()["order"]:
            errors, warnings = (int(graves[s].get(name, 0)) if s in graves else 0 for s in ("error", "warning"))
            if errors or warnings or self.is_checked(name, roles):
                shown.append(Light(name, "red" if errors else "yellow" if warnings else "green", errors, warnings))
            elif self._is_due(name):
                shown.append(Light(name, "grey", errors, warnings))
        return shown

    def is_checked(self, subject: str, roles: Sequence[str]) -> bool:
        """Did a check look at the subject? `roles` are those of the inputs."""
        tables = _said()["tables"]
        if subject in tables:
            # A layer without an overlap was looked at; of all else, an empty table means that there was nothing to see.
            return any(self.has(table) or (table in self.tables and subject == "topology") for table in tables[subject])
        if self.has("PLOT_STATUS"):
            column = {"map": "in_map", "register": "in_register", "plots": "in_plots"}.get(subject)
            return self.column_known(*(("PLOT_STATUS", column) if column else ("UNIT_BALANCE", "table_area")))
        told_elsewhere = any(self.is_checked(other, roles) for other in tables)
        return not told_elsewhere and subject in roles

    def _is_due(self, subject: str) -> bool:
        """Is its absence worth a word?"""
        if subject not in _said()["due"]:
            return False
        return len(self.results) > 1 or (self.has("PLOT_STATUS") and subject in SOURCES)

    def thresholds(self, roles: Sequence[str]) -> list[str]:
        """Ids of the thresholds behind what was checked (a subject, or a table that it gave), each once."""
        said = _said()["thresholds"]
        checked = [one for one in said if (self.has(one) if one.isupper() else self.is_checked(one, roles))]
        return _once(name for one in checked for name in said[one])

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

    def worst_places(self, shown: int) -> pd.DataFrame:
        """Findings that have a place: errors first, the greatest areas first, one of a rule and one of a plot."""
        found = self.findings
        boxes = shapely.bounds(found["geometry"].to_numpy(dtype=object))
        found = found[np.isfinite(boxes).all(axis=1) & (found["severity"] != "info").to_numpy()]
        size = found["difference"].abs().where(found["measure"] == "m2").fillna(0.0)
        ranked = found.assign(_grave=found["severity"].map(SEVERITIES.index), _size=-size)
        ranked = ranked.sort_values(["_grave", "_size", "rule", "key", "related"], kind="stable")
        return ranked.drop_duplicates("key").drop_duplicates("rule").head(shown)

    def units_of_rule(self, rule: str, severity: str, shown: int) -> dict[str, int]:
        """The units with most findings of a rule, and how many."""
        found = self.findings[(self.findings["rule"] == rule) & (self.findings["severity"] == severity)]
        counts = found["unit"].fillna("").value_counts().sort_index().sort_values(ascending=False, kind="stable")
        named = counts[counts.index != ""].head(shown)
        return {str(code): int(number) for code, number in named.items()}

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
        for rule in _said()["comparisons"]:
            apart = self.findings[beyond(self.findings, rule)]
            count = self.checked
            if self.has("PLOT_STATUS"):
                count = int(compared(self.tables["PLOT_STATUS"], rule).sum())
            if count and (self.has("PLOT_STATUS") or len(apart)):
                found.append((rule, apart["difference"].to_numpy(dtype=float), max(count - len(apart), 0)))
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


def beyond(findings: pd.DataFrame, rule: str) -> pd.Series:
    """Which findings tell of a difference between the two areas that a rule of `spreads` compares."""
    roles = _said()["comparisons"][rule]["roles"]
    return (findings["rule"] == rule) & findings["difference"].notna() & findings["role"].isin(roles)


def compared(plots: pd.DataFrame, rule: str) -> pd.Series:
    """Which rows of `PLOT_STATUS` have both areas that a rule of `spreads` compares."""
    pair = plots[_said()["comparisons"][rule]["pair"]]
    return (pair.notna() & (pair != False)).all(axis=1)  # noqa: E712


def subject_of(findings: pd.DataFrame) -> pd.Series:
    """The subject that each finding speaks of."""
    said = _said()
    of_role = findings["role"].map(said["roles"]).fillna("map")
    of_shape = findings["rule"].map(_by_rule(findings["rule"], said["shapes"])).where(of_role == "map")
    return findings["rule"].map(_by_rule(findings["rule"], said["rules"])).fillna(of_shape).fillna(of_role)


def _by_rule(rules: pd.Series, beginnings: dict[str, list[str]]) -> dict[str, str]:
    """The subject of each rule that begins as one of a subject's."""
    subjects = [(start, subject) for subject, starts in beginnings.items() for start in starts]
    return {rule: subject for rule in rules.unique() for start, subject in subjects if rule.startswith(start)}


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
