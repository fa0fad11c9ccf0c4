"""A proposed site on what it touches, and the least way out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given
from hypothesis import strategies as st

from redline.core.checks import site
from redline.core.findings import Findings
from redline.core.geometry.evading import least_shift
from redline.core.progress import Cancelled, Progress
from redline.core.report import ReportFacts, html
from redline.core.result import Result
from redline.tests.core.hand import Row, box, layer, shapes, told
from redline.tests.core.test_permits import permit, plot


def pre_check(**sources: list[Row]) -> Result:
    findings = Findings("zh")
    roles = {"farmland": "map"}
    frames = {name: layer(roles.get(name, name), rows, findings) for name, rows in sources.items()}
    return site.check(frames, findings, site.Settings(), Progress())


def proposed(shape: Any, key: str = "S1") -> Row:
    return {"XMBH": key, "XMMC": "学校", "geometry": shape}


def test_pieces_and_themes_add_up_to_the_cent() -> None:
    result = pre_check(
        site=[proposed(box(0, 0, 99.99, 77.77))], farmland=[plot("F1", box(50, 0))],
        landuse=[
            {"BSM": "1", "DLBM": "0101", "geometry": box(0, 0, 60)},
            {"BSM": "2", "DLBM": "0702", "geometry": box(60, 0)},
        ],
        plan=[{"GZQLXDM": "010", "GZQLXMC": "允许建设区", "BSM": "1", "geometry": box(0, 0, 30)}],
        red_line=[{"HXBM": "H1", "HXMC": "南山红线", "HXLX": "x", "geometry": box(0, 70, 10, 50)}],
        permit=[permit("P1", box(0, 0, 10, 10))],
    )  # fmt: skip
    whole = round(99.99 * 77.77, 2)
    assert round(result.tables["PIECES"]["area"].sum(), 2) == whole
    summary = result.tables["SUMMARY_TABLE"]
    assert set(summary.groupby("theme")["area"].sum().round(2)) == {whole}
    areas = {(row["theme"], row["name"]): row["area"] for row in summary.to_dict("records")}
    assert areas["farmland", "F1"] == pytest.approx(49.99 * 77.77, abs=0.01)
    assert areas["landuse", "0101 水田"] == pytest.approx(60 * 77.77, abs=0.01)
    assert areas["plan", "允许建设区"] == pytest.approx(30 * 77.77, abs=0.01)
    assert {found[:3] for found in told(result) if found[0].startswith("R71")} == {
        ("R7100", "site", "S1"), ("R7101", "site", "S1"), ("R7102", "site", "S1"), ("R7103", "site", "S1"),
    }  # fmt: skip
    page = html(result, ReportFacts(), "zh")
    assert "避让" in page
    assert "0101 水田" in page


def test_a_free_site_is_free_and_a_strip_is_none() -> None:
    result = pre_check(site=[proposed(box(0, 0))], farmland=[plot("F1", box(99.7, 0))])
    assert not {found for found in told(result) if found[0] == "R7100"}
    free = pre_check(site=[proposed(box(0, 0))], farmland=[plot("F1", box(100, 0))])
    way = free.tables["WAYS_OUT"].iloc[0]
    assert (way["lost_area"], way["shift"], way["parts_left"]) == (0, 0, 1)
    assert len(free.unchecked) == 4


def test_the_ways_out() -> None:
    """30 m into a field that goes on for ever to the east: 30 m to the west, or 3,000 m² less."""
    result = pre_check(site=[proposed(box(0, 0))], farmland=[plot("F1", box(70, -500, 900, 1100))])
    way = result.tables["WAYS_OUT"].iloc[0]
    assert (way["lost_area"], way["lost_share"], way["parts_left"]) == (3000, 0.3, 1)
    assert way["shift"] == pytest.approx(30, abs=0.15)
    assert (way["shift_east"], way["shift_north"]) == (pytest.approx(-30, abs=0.2), pytest.approx(0, abs=2))
    moved = shapely.affinity.translate(box(0, 0), way["shift_east"], way["shift_north"])
    assert moved.intersection(box(70, -500, 900, 1100)).area < 1
    nowhere = pre_check(site=[proposed(box(0, 0))], farmland=[plot("F1", box(-2000, -2000, 4000, 4000))])
    assert math.isnan(nowhere.tables["WAYS_OUT"].iloc[0]["shift"])


corner = st.tuples(st.integers(-10, 10), st.integers(-10, 10), st.integers(1, 8), st.integers(1, 8))


@given(st.lists(corner, min_size=1, max_size=4))
def test_no_shift_of_a_fine_grid_is_shorter(fields: list[tuple[int, int, int, int]]) -> None:
    """Whole and half metres tried all around: none that clears is shorter, but for the search's own precision."""
    shape = shapely.box(0, 0, 6, 4)
    obstacles = np.array([shapely.box(x, y, x + w, y + h) for x, y, w, h in fields], dtype=object)
    found = least_shift(shape, obstacles, 100.0)
    assert found is not None
    whole = shapely.union_all(obstacles)
    moved = shapely.affinity.translate(shape, found.east, found.north)
    assert moved.intersection(whole).area <= 1e-5
    steps = np.arange(-16, 16.5, 0.5)
    grid = np.array([(x, y) for x in steps for y in steps])
    grid = grid[np.hypot(*grid.T) < found.distance - 0.75]
    free = [shapely.affinity.translate(shape, *shift).intersection(whole).area <= 1e-6 for shift in grid]
    assert not any(free)


def test_it_stops() -> None:
    class Impatient(Progress):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(Cancelled):
        least_shift(box(0, 0), shapes(box(0, 0)), 50.0, Impatient())
