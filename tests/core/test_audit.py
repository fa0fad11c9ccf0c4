"""The audit: every check that the sources allow, over frames read once, into one list of findings."""

from __future__ import annotations

import datetime
import itertools

import pandas as pd
import pytest

from redline.core import audit
from redline.core.checks import duties, fourway
from redline.core.checks.units import unit_names
from redline.core.errors import InputError
from redline.core.findings import Findings
from redline.core.frames import Frame
from redline.core.progress import Cancelled, Progress
from redline.tests.core.hand import (
    VILLAGES,
    Row,
    Told,
    box,
    county,
    ground_of,
    layer,
    register_of,
    sheet,
    table_of,
    told,
    villages,
)

SETTINGS = audit.Settings(duties=duties.Settings(datetime.date(2026, 6, 30)))
CHECKED = ("fourway", "duties", "coverage", "schema")


def sources() -> dict[str, list[Row]]:
    plots = [{**row, "BHKSSJ": "20220101", "BHJSSJ": "20351231"} for row in county()]
    register = [{**row, "责任书编号": f"ZR-{n:03d}"} for n, row in enumerate(register_of(plots))]
    return {
        "map": plots, "register": register, "table": table_of(plots), "plots": ground_of(plots), "units": villages(),
    }  # fmt: skip


def read(given: dict[str, list[Row]], findings: Findings) -> dict[str, Frame]:
    tables = ("register", "table", "roster")
    return {role: (sheet if role in tables else layer)(role, rows, findings) for role, rows in given.items()}


def run(given: dict[str, list[Row]], progress: Progress | None = None) -> tuple[Told, dict[str, object]]:
    findings = Findings("zh")
    results = audit.audit(read(given, findings), findings, SETTINGS, progress or Progress())
    assert all(result.findings is findings for result in results.values())
    return told(results["fourway"]), dict(results)


def grave(found: Told) -> Told:
    """Without what the standards' structure asks of the few fields of a hand-made county."""
    return {finding for finding in found if not finding[0].startswith("R2") or finding[0] == "R2009"}


def test_every_check_runs_where_there_is_a_map() -> None:
    found, results = run(sources())
    assert tuple(results) == CHECKED
    assert grave(found) == set()


@pytest.mark.parametrize(
    "roles", [r for n in range(5) for r in itertools.combinations(("register", "table", "plots", "units"), n)]
)
def test_any_choice_of_sources_is_audited(roles: tuple[str, ...]) -> None:
    given = {role: rows for role, rows in sources().items() if role == "map" or role in roles}
    found, results = run(given)
    assert grave(found) == set()
    assert len(results["fourway"].unchecked) == 4 - len(roles)  # type: ignore[attr-defined]


def test_without_a_map_only_what_needs_none_is_allowed() -> None:
    assert [check.id for check in audit.allowed({"register": None, "table": None})] == ["schema"]
    assert [check.id for check in audit.allowed({"map": None})] == list(CHECKED)


def test_what_two_checks_see_is_told_once() -> None:
    """A null shape, a bow-tie, a blank area and a number twice are seen by several checks."""
    given = sources()
    given["map"][0]["geometry"] = None
    given["map"][1]["YJJBNTTBMJ"] = None
    given["map"][2]["YJJBNTTBBH"] = given["map"][3]["YJJBNTTBBH"]
    found, results = run(given)
    frame = results["fourway"].findings.frame()  # type: ignore[attr-defined]
    assert not frame["related"].str.contains("#").any(), frame[["rule", "key", "related", "message"]]
    assert frame["finding_id"].is_unique
    first, second = (given["map"][n]["YJJBNTTBBH"] for n in (0, 1))
    assert {("R3001", "map", first, ""), ("R6026", "map", second, "plot_area")} <= found


def test_checks_do_not_depend_on_those_before() -> None:
    """Each alone finds what it finds within the audit, but for what reading found."""
    given = sources()
    given["register"][0]["责任人"], given["register"][1]["责任书编号"] = "李四", ""
    given["map"][2]["BHJSSJ"] = "20200101"
    found, _ = run(given)
    alone: Told = set()
    for check in audit.allowed(given):
        findings = Findings("zh")
        alone |= told(check.run(read(given, findings), findings, SETTINGS, Progress()))
    assert alone == found


def test_the_settings_reach_the_checks() -> None:
    given = sources()
    given["map"][0].update({"YJJBNTTBMJ": 6010.0, "YJJBNTMJ": 6010.0})
    key = given["map"][0]["YJJBNTTBBH"]
    for percent, severity in ((0.1, "error"), (5.0, "warning")):
        findings = Findings("zh")
        chosen = audit.Settings(fourway.Settings(rel_tolerance=percent), SETTINGS.duties)
        audit.audit(read(given, findings), findings, chosen, Progress())
        frame = findings.frame()
        assert frame.loc[(frame["rule"] == "R5001") & (frame["key"] == key), "severity"].tolist() == [severity]


class Watched(Progress):
    """Remembers how far it came; cancels at the poll of this number."""

    def __init__(self, stop: int = 0) -> None:
        super().__init__()
        self.seen: list[float] = []
        self.polls, self._stop = 0, stop

    def report(self, fraction: float) -> None:
        self.seen.append(fraction)

    def cancelled(self) -> bool:
        self.polls += 1
        return self.polls == self._stop


def test_progress_moves_forward_from_nothing_to_all() -> None:
    watch = Watched()
    run(sources(), watch)
    assert watch.seen == sorted(watch.seen)
    assert (watch.seen[0], watch.seen[-1]) == (0.0, 1.0)
    assert watch.polls > 20


def test_it_stops_wherever_it_is_asked_to() -> None:
    watch = Watched()
    run(sources(), watch)
    for stop in range(1, watch.polls + 1, max(1, watch.polls // 12)):
        with pytest.raises(Cancelled):
            run(sources(), Watched(stop))


def test_a_source_that_lacks_a_field_stops_its_check_and_no_other() -> None:
    findings = Findings("zh")
    zone = "990101001001001"
    people = [{"网格代码": zone, "角色": "田长"}]
    given = {"zone": [{"WGDM": zone, "geometry": box(0, 0, 1000, 1000)}], "roster": people}
    frames = read({**sources(), **given}, findings)
    results = audit.audit(frames, findings, audit.Settings(), Progress())
    assert "grid" not in results
    assert {"fourway", "schema"} <= set(results)
    said = [one for result in results.values() for one in result.unchecked if "责任网格" in one]
    assert len(said) == 1
    assert "姓名" in said[0]
    with pytest.raises(InputError, match="姓名"):
        audit.audit(frames, findings, audit.Settings(), Progress(), only=("grid",))


def test_names_of_units_are_counted_once_until_the_rows_are_others(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = read(sources(), Findings("zh"))["map"]
    counted: list[int] = []
    group = pd.DataFrame.groupby
    monkeypatch.setattr(pd.DataFrame, "groupby", lambda rows, by: (counted.append(len(rows)), group(rows, by))[1])
    first = unit_names({"map": frame})
    assert first[VILLAGES[0]] == frame.rows["unit_name"].iloc[0]
    assert unit_names({"map": frame}) == first
    assert counted == [len(frame)]
    frame.rows = frame.rows.assign(unit_name="别村")
    assert unit_names({"map": frame})[VILLAGES[0]] == "别村"
    assert counted == [len(frame)] * 2
