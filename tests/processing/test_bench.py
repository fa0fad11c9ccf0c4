"""The measurements run, on a county of some hundred plots: every task, every way, the same answers, a report."""

from __future__ import annotations

from pathlib import Path

import pytest

from redline.bench import measure, report, run

PLOTS = 300


@pytest.mark.parametrize("letter", [letter for letter in run.LETTERS if letter != "U"])
def test_task_runs_and_its_ways_agree(
    letter: str, qgis_processing: None, provider: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cache = tmp_path_factory.getbasetemp() / "bench"
    cache.mkdir(exist_ok=True)
    found = run.bench(letter, [PLOTS], 1, cache, measure.here, outside=False)
    assert [one.task.letter for one in found] == [letter]
    assert set(found[0].runs) == set(found[0].task.ways)
    assert not found[0].failed
    page = report.page(found, report.Machine.now(), 1)
    assert f"| {letter} {found[0].task.title} | {PLOTS} | " in page


def test_a_task_in_a_process_of_its_own(tmp_path: Path) -> None:
    taken = measure.apart("U", "redline", 2, tmp_path)
    assert taken.memory > 10
    assert 0 < taken.answer["added_ms"] < 60_000
    assert taken.answer["heavy"] == "none"
    with pytest.raises(RuntimeError, match="KeyError"):
        measure.apart("?", "redline", 2, tmp_path)


def test_ways_that_differ_are_told(tmp_path: Path) -> None:
    def wrong(task: str, way: str, _plots: int, _cache: Path) -> measure.Run:
        return measure.Run(1.0, 1.0, 1.0, {"pairs": 3, "area": 2.0 if way == "redline" else 2.00001})

    found = run.bench("A", [PLOTS], 1, tmp_path, wrong, outside=False)
    assert "area" in found[0].failed[""]
    assert "**differ**" in report.page(found, report.Machine.now(), 1)


def test_a_peer_that_fails_is_left_out(tmp_path: Path) -> None:
    def half(task: str, way: str, _plots: int, _cache: Path) -> measure.Run:
        if way != "redline":
            raise RuntimeError("no disk")
        return measure.Run(1.0, 1.0, 1.0, {"pairs": 3, "area": 2.0})

    found = run.bench("A", [PLOTS], 2, tmp_path, half, outside=False)
    assert len(found[0].runs["redline"]) == 2
    assert "native:intersection not measured: no disk" in report.page(found, report.Machine.now(), 2)


def test_ratios_are_of_the_same_round_and_growth_is_an_exponent(tmp_path: Path) -> None:
    rounds = {"native:intersection": iter([2.0, 4.0, 16.0]), "redline": iter([1.0, 1.0, 8.0])}

    def timed(_task: str, way: str, _plots: int, _cache: Path) -> measure.Run:
        seconds = next(rounds[way])
        return measure.Run(seconds, seconds, 100.0, {"pairs": 3, "area": 2.0})

    found = run.bench("A", [100, 400], 2, tmp_path, timed, outside=False)
    lines = report.page(found, report.Machine.now(), 2).splitlines()
    rows = [line.split(" | ") for line in lines if " | redline | " in line]
    assert rows[0][6] == "0.50"
    assert rows[1][6] == "0.38 (0.25–0.50)"
    assert rows[1][9].startswith("met")
    assert rows[2][3] == "n^1.08"


@pytest.mark.parametrize(("seconds", "plots", "verdict"), [
    ([5.0, 5.0, 9.0], 100_000, "met"), ([5.0, 5.1, 5.1], 100_000, "**missed**"), ([9.0, 9.0, 9.0], 99_999, ""),
    ([], 100_000, "not measured"),
])  # fmt: skip
def test_a_rival_may_not_be_faster_from_a_size_on(
    seconds: list[float], plots: int, verdict: str, tmp_path: Path
) -> None:
    """Three rounds of redline beside 5 s of DuckDB; with none, DuckDB fails."""
    clock = iter(seconds or [5.0] * 3)

    def timed(_task: str, way: str, _plots: int, _cache: Path) -> measure.Run:
        if way == "DuckDB" and not seconds:
            raise RuntimeError("no disk")
        wall = next(clock) if way == "redline" else 5.0 if way == "DuckDB" else 100.0
        return measure.Run(wall, wall, 100.0, {"violations": 3, "area": 2.0, "permitted": 1.0})

    found = run.bench("B", [plots], 3 if plots >= run.USUAL else 1, tmp_path, timed)
    (row,) = [line for line in report.page(found, report.Machine.now(), 3).splitlines() if " | redline | " in line]
    *_, target, said = row.strip("| ").split(" | ")
    assert target == ("≤ 0.40, ≤ DuckDB, ≤ 1500 MB" if verdict else "≤ 0.40, ≤ 1500 MB")
    assert said == (f"met, {verdict}, met" if verdict else "met, met")
    last = report.standing(found)
    told = verdict.strip("*")
    assert last == ("2 of 2 targets met" if not verdict else "3 of 3 targets met" if verdict == "met"
                    else f"2 of 3 targets met; B at 100,000: ≤ DuckDB {told}")  # fmt: skip
