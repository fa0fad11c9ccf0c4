"""Any two audits held against each other: what came, went, came back, and what changed on the way."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from redline.core.history import CHANGES, COLUMNS, compared, continued, first_run
from redline.core.memory import remember

ROLES = ("map", "register")


def found(*keys: str, **difference: float) -> pd.DataFrame:
    """The findings of a run."""
    return pd.DataFrame({
        "finding_id": list(keys), "rule": "R4001", "severity": "error", "role": "map", "key": list(keys), "related": "",
        "unit": "990101001001", "unit_name": "", "title": "", "message": "", "expected": "1", "actual": "2",
        "difference": [difference.get(key, np.nan) for key in keys], "measure": "m2", "how_to_fix": "",
        "status": "open", "note": "", "geometry": None,
    })  # fmt: skip


def told(history: pd.DataFrame, earlier: int, later: int) -> dict[str, str]:
    return compared(history, earlier, later).to_dict()


def audits(*runs: pd.DataFrame) -> pd.DataFrame:
    """The history of several runs, one after another."""
    kept, history = None, None
    for number, now in enumerate(runs, 1):
        kept = remember(now, kept, ROLES)
        history = continued(history, number, kept)
    assert history is not None
    return history


def test_what_came_went_and_came_back() -> None:
    history = audits(found("a", "b"), found("b", "c"), found("a", "b", "c"))
    assert told(history, 1, 2) == {"a": "fixed", "c": "new"}
    assert told(history, 2, 3) == {"a": "reopened"}
    assert told(history, 1, 3) == {"c": "new"}
    assert told(history, 2, 2) == {}


def test_what_came_and_went_in_between_is_not_told() -> None:
    assert told(audits(found("a"), found("a", "b"), found("a")), 1, 3) == {}


def test_a_changed_number_is_told_and_a_rounded_one_is_not() -> None:
    history = audits(found("a", "b", a=10.0, b=5.0), found("a", "b", a=12.0, b=5.001), found("a", "b", a=10.0, b=5.0))
    assert told(history, 1, 2) == {"a": "changed"}
    assert told(history, 2, 3) == {"a": "changed"}
    assert told(history, 1, 3) == {}
    assert len(history) == 4


def test_what_people_say_is_a_change() -> None:
    kept = remember(found("a", "b"), None, ROLES)
    history = continued(None, 1, kept)
    kept.loc[kept["finding_id"] == "a", "status"] = "waived"
    kept.loc[kept["finding_id"] == "b", "status"] = "fixed"
    history = continued(history, 2, remember(found("a"), kept, ROLES))
    assert told(history, 1, 2) == {"a": "changed", "b": "fixed"}


def test_only_what_changed_is_kept() -> None:
    keys = [f"{number:04d}" for number in range(500)]
    history = audits(found(*keys), found(*keys), found(*keys[1:]))
    assert history["run"].value_counts().to_dict() == {1: 500, 3: 1}
    assert tuple(history.columns) == COLUMNS


def test_a_history_begins_where_there_was_none() -> None:
    kept = remember(found("a", "b"), remember(found("a", "c"), None, ROLES), ROLES)
    history = continued(None, 2, kept)
    assert dict(zip(history["finding_id"], history["change"])) == {"a": "", "b": "new", "c": "fixed"}
    history = continued(history, 3, remember(found("c"), kept, ROLES))
    assert first_run(history) == 2
    assert told(history, 2, 3) == {"a": "fixed", "b": "fixed", "c": "reopened"}


def test_rows_of_people_and_empty_runs() -> None:
    own = remember(found("a"), None, ROLES)
    own = pd.concat([own, own.assign(finding_id=None), own.assign(finding_id="")], ignore_index=True)
    history = continued(None, 1, own)
    assert history["finding_id"].tolist() == ["a"]
    assert first_run(history[:0]) is None
    empty = continued(None, 1, remember(found(), None, ROLES))
    assert first_run(empty) == 1
    assert told(continued(empty, 2, own), 1, 2) == {"a": "new"}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("abcde"), st.sampled_from([1.0, 2.0])), min_size=2, max_size=6))
def test_as_when_every_state_is_kept(runs: list[dict[str, float]]) -> None:
    """The same as from whole copies of all states, compared one by one."""
    history = audits(*(found(*sorted(run), **run) for run in runs))
    ever: set[str] = set()
    known = []
    for run in runs:
        ever |= set(run)
        known.append(set(ever))
    for earlier in range(len(runs)):
        for later in range(earlier, len(runs)):
            before, after, expected = runs[earlier], runs[later], {}
            for key in ever:
                if key in after and key not in before:
                    expected[key] = "reopened" if key in known[earlier] else "new"
                elif key in before and key not in after:
                    expected[key] = "fixed"
                elif key in before and before[key] != after[key]:
                    expected[key] = "changed"
            assert told(history, earlier + 1, later + 1) == expected
            assert set(expected.values()) <= set(CHANGES)
