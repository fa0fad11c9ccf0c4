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
