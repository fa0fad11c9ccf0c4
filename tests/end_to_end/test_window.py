"""A working day in a real QGIS window on a virtual screen: what tools/tour.py does there, and what it saw.

Opening the demo county, guessing sources, running, filtering, stepping through findings, statuses kept by the next run,
charts, runs, exports, an atlas; and nothing left behind by the plugin that is unloaded.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROLES = {"map", "register", "table", "plots", "units", "violation", "permit", "case", "contract", "atlas_index"}
# Beside this a machine may be busy with other things.
MOST_SECONDS = 240

pytestmark = pytest.mark.skipif(
    not shutil.which("xvfb-run") or not shutil.which("qgis"), reason="needs QGIS and xvfb-run (package xvfb)"
)


@pytest.fixture(scope="module")
def steps(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, dict[str, Any]]:
    """What was seen at every step."""
    folder = tmp_path_factory.mktemp("day")
    environment = {
        **os.environ, "REDLINE_TOUR": str(folder), "REDLINE_PROFILES": str(folder / "profiles"),
        "REDLINE_SECONDS": str(MOST_SECONDS),
    }  # fmt: skip
    done = subprocess.run(
        [str(root / "tools" / "window.sh"), str(root / "tools" / "tour.py"), "zh-Hans"], env=environment,
        capture_output=True, text=True, timeout=MOST_SECONDS + 60, check=False, cwd=folder,
    )  # fmt: skip
    file = folder / "seen.json"
    assert file.exists(), done.stderr[-2000:]
    seen = json.loads(file.read_text(encoding="utf-8"))
    assert "error" not in seen, seen["error"]
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stderr, done.stderr[-4000:]
    return {step["step"]: step for step in seen["steps"]}


def test_sources_are_guessed(steps: Mapping[str, dict[str, Any]]) -> None:
    assert steps["start"]["panel"]
    states = steps["sources"]["states"]
    assert set(states) >= ROLES
    assert all(states[role] == "ready" for role in ROLES), states


def test_the_audit_runs_while_the_window_lives(steps: Mapping[str, dict[str, Any]], root: Path) -> None:
    truth = json.loads((root / "tests" / "demo_truth.json").read_text(encoding="utf-8"))
    run = steps["run"]
    assert truth
    assert run["findings"] > 300
    assert len(run["steps"]) > 10
    # The window is looked after all the time; what is left is the share of the machine that the run takes.
    assert run["longest_gap"] < run["seconds"] / 4


def test_findings_are_worked_through(steps: Mapping[str, dict[str, Any]]) -> None:
    work = steps["work"]
    assert len(set(work["shown"])) > 1
    assert work["stepped"] == 4
    assert work["moved"] > 1
    assert work["group"] > 1
    assert work["waived"] == work["group"]
    assert work["undone"] == 0
    assert work["confirmed"] == 1


def test_statuses_are_kept_by_the_next_run(steps: Mapping[str, dict[str, Any]]) -> None:
    assert steps["again"]["findings"] == steps["run"]["findings"]
    kept = steps["kept"]["statuses"]
    assert kept["confirmed"] + kept["waived"] >= steps["work"]["group"]
    assert kept["waived"] > 0


def test_charts_filter_and_select(steps: Mapping[str, dict[str, Any]]) -> None:
    board = steps["dashboard"]
    assert [name for name, there in board["charts"].items() if not there] == []
    rule, unit = board["clicks"]
    assert rule["selected"] == rule["shown"] == int(rule["words"].rsplit(" ", 1)[1])
    assert 0 < unit["shown"] <= rule["shown"]
    assert unit["selected"] == unit["shown"]
    assert board["after"] == steps["run"]["findings"]


def test_runs_are_compared_and_findings_handed_on(steps: Mapping[str, dict[str, Any]]) -> None:
    runs = steps["runs"]
    kept = steps["kept"]["statuses"]
    assert runs["runs"] == 2
    # Nothing but what people said of findings became another.
    assert runs["changes"] == ["·", "·", "·", str(kept["confirmed"] + kept["waived"])]
    assert runs["exported"] == {"xlsx": True, "gpkg": True, "geojson": True}
    assert runs["report"].endswith(".html")
    assert runs["replaced"]
    assert runs["refused"]


def test_an_atlas_is_printed(steps: Mapping[str, dict[str, Any]]) -> None:
    assert steps["atlas"]["pages"] >= 1
    assert steps["atlas"]["bytes"] > 10_000


def test_the_plugin_leaves_nothing_behind_and_comes_back(steps: Mapping[str, dict[str, Any]]) -> None:
    assert steps["unloaded"]["left"] == []
    assert steps["unloaded"]["bands"] == steps["start"]["bands"]
    assert steps["reloaded"]["panel"]
    assert steps["reloaded"]["actions"] == steps["start"]["actions"]
