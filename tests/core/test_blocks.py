"""Blocks of extent: every shape once, together with what lies beside it."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from redline.core.geometry.blocks import around, by_extent


@pytest.mark.parametrize("most", [1, 7, 100, 1000])
def test_every_shape_is_in_one_block_that_is_not_too_large(most: int) -> None:
    dice = np.random.default_rng(1)
    shapes = shapely.buffer(shapely.points(dice.uniform(0, 1000, (500, 2))), 3)
    shapes[[3, 77]] = None
    shapes[5] = shapely.Polygon()
    blocks = by_extent(shapes, most)
    assert max(map(len, blocks)) <= most
    assert sorted(np.concatenate(blocks)) == [row for row in range(500) if row not in (3, 5, 77)]
    assert all((np.diff(block) > 0).all() for block in blocks)


def test_blocks_lie_together() -> None:
    x, y = np.meshgrid(np.arange(20), np.arange(20))
    blocks = by_extent(shapely.box(x.ravel(), y.ravel(), x.ravel() + 1, y.ravel() + 1), 25)
    bounds = [np.array([x.ravel()[block], y.ravel()[block]]) for block in blocks]
    assert all((np.ptp(place, axis=1) <= 6).all() for place in bounds)


def test_no_shape_has_no_block() -> None:
    assert by_extent(np.empty(0, dtype=object), 10) == []
    assert by_extent(np.array([None], dtype=object), 10) == []


def test_around_is_what_meets_the_extent_though_only_by_a_border() -> None:
    shapes = shapely.box(np.array([0, 10]), np.array([0, 10]), np.array([1, 11]), np.array([1, 11]))
    others = shapely.box([11, 12, 5, -3], [0, 0, 5, -3], [13, 13, 6, -1], [5, 5, 6, -1])
    boxes = shapely.bounds(np.append(others, None))
    assert around(shapes, boxes).tolist() == [0, 2]
    assert around(np.empty(0, dtype=object), boxes).tolist() == []
