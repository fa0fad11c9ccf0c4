"""What an audit remembers: people's words survive, what is gone is fixed, what returns is reopened."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import shapely

from redline.core.findings import Findings
from redline.core.frames import Source
from redline.core.memory import count_changes, describe, fingerprint, remember, run_record
from redline.core.result import Rate

ALL = ("map", "register", "table", "plots", "units")


def found(*keys: str, rule: str = "R6001", role: str = "map") -> pd.DataFrame:
    findings = Findings("en")
    findings.add(rule, role, list(keys), actual="1.00", difference=1.0)
    return findings.frame()


def by_key(frame: pd.DataFrame) -> dict[str, tuple[str, str, str]]:
    return {row.key: (row.status, row.note, row.change) for row in frame.itertuples()}


def test_first_run_is_all_new() -> None:
    assert by_key(remember(found("a"), None, ALL)) == {"a": ("open", "", "new")}


def test_words_of_people_survive() -> None:
    before = remember(found("a", "b"), None, ALL)
    before.loc[before["key"] == "a", ["status", "note"]] = ["waived", "国务院批准"]
    after = by_key(remember(found("a", "b", "c"), before, ALL))
    assert after == {"a": ("waived", "国务院批准", "same"), "b": ("open", "", "same"), "c": ("open", "", "new")}


def test_gone_is_fixed_and_back_is_reopened() -> None:
    first = remember(found("a", "b"), None, ALL)
    second = remember(found("b"), first, ALL)
    assert by_key(second)["a"] == ("fixed", "", "fixed")
    third = remember(found("b"), second, ALL)
    assert by_key(third)["a"] == ("fixed", "", "same")
    fourth = remember(found("a", "b"), third, ALL)
    assert by_key(fourth)["a"] == ("open", "", "reopened")


def test_changes_are_counted_and_what_stayed_is_none() -> None:
    first = remember(found("a", "b"), None, ALL)
    assert count_changes(first) == {"new": 2, "fixed": 0, "reopened": 0}
    assert count_changes(remember(found("b", "c"), first, ALL)) == {"new": 1, "fixed": 1, "reopened": 0}


@pytest.mark.parametrize("roles", [("map",), ("map", "table")])
def test_what_could_not_be_tested_is_not_fixed(roles: tuple[str, ...]) -> None:
    before = remember(found("a"), None, ALL)
    assert by_key(remember(found(), before, roles)) == {"a": ("open", "", "same")}


def test_fingerprint_ignores_the_order_and_sees_every_change() -> None:
    cells = pd.DataFrame({"key": ["a", "b", "c"], "area": [1.0, 2.0, None]})
    shapes = np.array([shapely.box(0, 0, 1, 1), None, shapely.box(2, 2, 3, 3)], dtype=object)
    whole = fingerprint(Source("x", cells, shapes))
    order = [2, 0, 1]
    assert fingerprint(Source("y", cells.iloc[order], shapes[order])) == whole
    assert fingerprint(Source("x", cells, shapes[order])) != whole
    assert fingerprint(Source("x", cells.assign(area=[1.0, 2.0, 3.0]), shapes)) != whole
    assert fingerprint(Source("x", cells)) != whole


def test_run_record_counts_what_is_there() -> None:
    kept = remember(found("b"), remember(found("a", "b"), None, ALL), ALL)
    source = Source("图", pd.DataFrame({"key": ["a"]}))
    record = run_record(
        run=2,
        started="2026-06-30T08:00:00",
        seconds=1.234,
        name="",
        summary="s",
        report="",
        findings=kept,
        rates={"agreement": Rate(1, 2)},
        inputs=[describe("map", source)],
        settings={},
        versions={"qgis": "3.22"},
    )
    assert (record["errors"], record["fixed"], record["new"]) == (1, 1, 0)
    assert json.loads(record["inputs"])[0]["rows"] == 1
    assert json.loads(record["figures"])["agreement"]["value"] == 0.5
