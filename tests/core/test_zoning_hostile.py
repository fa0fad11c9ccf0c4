"""Zones from what drawings go wrong by: borders drawn twice, vertices side by side, plots upon plots."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
import shapely

from redline.tests.core import hand
from redline.tests.core.zones import check_connected, drawn, edge_length, landscape, rules

Ring = Callable[[np.ndarray], np.ndarray]


def redrawn(rows: list[hand.Row], ring: Ring) -> list[hand.Row]:
    """The rows with the corners of each polygon changed by `ring`."""
    return [
        {**row, "geometry": shapely.Polygon(ring(shapely.get_coordinates(row["geometry"])[:-1]))} for row in rows
    ]


def shaken(dice: np.random.Generator, off: float, xy: np.ndarray) -> np.ndarray:
    return np.asarray(xy + dice.uniform(-off, off, xy.shape))


def check_exact(shapes: np.ndarray) -> None:
    """Valid polygons whose edges are their neighbours' to the last bit, but for the outline of all."""
    assert shapely.is_valid(shapes).all()
    whole = shapely.coverage_union_all(shapes)
    assert shapely.area(shapes).sum() == pytest.approx(shapely.area(whole), abs=1e-6)
    assert edge_length(shapes) == pytest.approx(shapely.length(whole), abs=1e-6)


@pytest.mark.parametrize("off", [1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2])
def test_borders_that_two_villages_drew_each_for_itself(off: float) -> None:
    units, plots = landscape(2, 2, 5, plots=8)
    for seed in (3, 4):
        dice = np.random.default_rng(seed)
        given = [redrawn(rows, partial(shaken, dice, off)) for rows in (units, plots)]
        zones = drawn(*given, limit=15).tables["ZONES"]
        shapes = zones["geometry"].to_numpy(dtype=object)
        check_exact(shapes)
        check_connected(zones)
        assert zones["plots"].sum() == len(plots)
        land = shapely.union_all([row["geometry"] for row in given[0]])
        # A vertex may move by a tenth of a millimetre, and a border is one of the two that were drawn.
        most = (2 * off + 2e-4) * edge_length(hand.shapes(*(row["geometry"] for row in units)))
        assert shapely.area(shapely.symmetric_difference(shapely.union_all(shapes), land)) <= most
        shuffled = [[rows[place] for place in dice.permutation(len(rows))] for rows in given]
        again = drawn(*shuffled, limit=15).tables["ZONES"]["geometry"].to_numpy(dtype=object)
        assert shapely.equals(shapes, again).all()


@pytest.mark.parametrize("off", [1e-7, 1e-6, 1e-5, 1e-4])
def test_vertices_side_by_side_on_a_common_border(off: float) -> None:
    """Clean villages, each of whose edges has two vertices nearly in one place, the same on both sides."""

    def doubled(xy: np.ndarray) -> np.ndarray:
        found = []
        for start, end in zip(xy, np.roll(xy, -1, axis=0)):
            middle = (start + end) / 2
            pair = [middle, middle + off]
            found += [start, *(pair if tuple(start) < tuple(end) else pair[::-1])]
        return np.array(found)

    units, plots = landscape(2, 2, 5, plots=8)
    given = redrawn(units, doubled)
    for limit in (3, 15):
        shapes = drawn(given, plots, limit=limit).tables["ZONES"]["geometry"].to_numpy(dtype=object)
        check_exact(shapes)


def test_every_plot_may_be_a_zone() -> None:
    units, plots = landscape(2, 2, 5, plots=8)
    zones = drawn(units, plots, limit=1).tables["ZONES"]
    assert zones["plots"].tolist() == [1] * len(plots)
    check_connected(zones)
    check_exact(zones["geometry"].to_numpy(dtype=object))


def test_a_plot_that_is_there_fifty_times() -> None:
    """Nothing parts the copies: they are in one zone, which is told."""
    units, plots = landscape(2, 2, 5, plots=8)
    found = drawn(units, plots + [plots[0]] * 50, limit=15)
    zones = found.tables["ZONES"]
    assert zones["plots"].sum() == len(plots) + 50
    over = zones["load"] > 15
    assert over.sum() == 1
    assert zones.loc[over, "geometry"].item().covers(plots[0]["geometry"].centroid)
    assert "R9010" in rules(found)
    check_connected(zones)
    check_exact(zones["geometry"].to_numpy(dtype=object))


@pytest.mark.parametrize("side", [0.1, 0.01])
def test_thousands_of_splinters_in_a_corner_of_a_village(side: float) -> None:
    """What is drawn has no more points than the village needs: this took minutes."""
    village = {"XZQDM": "990101001001", "XZQMC": "甲", "geometry": hand.box(0, 0, 1000, 1000)}
    plots = [
        {"YJJBNTTBBH": f"{n:05d}", "XZQDM": "990101001001", "YJJBNTMJ": 1.0,
         "geometry": hand.box(100 + side * (n % 60), 100 + side * (n // 60), side, side)}
        for n in range(1500)
    ]  # fmt: skip
    start = time.process_time()
    zones = drawn([village], plots, limit=250).tables["ZONES"]
    assert time.process_time() - start < 20
    assert zones["plots"].sum() == len(plots)
    check_connected(zones)
    check_exact(zones["geometry"].to_numpy(dtype=object))
