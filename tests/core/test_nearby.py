"""Which boxes may meet some shapes."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from redline.core.geometry.nearby import Nearby

Box = tuple[int, int, int, int]


def shapes(*found: object) -> np.ndarray:
    column = np.empty(len(found), dtype=object)
    column[:] = found
    return column


boxes = st.tuples(*[st.integers(0, 20)] * 2, *[st.integers(1, 6)] * 2).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@given(st.lists(boxes, max_size=6), st.lists(boxes, min_size=1, max_size=12), st.integers(0, 3))
def test_every_box_that_meets_a_shape_is_told(few: list[Box], many: list[Box], margin: int) -> None:
    told = Nearby(shapes(*[shapely.box(*box) for box in few]), margin).meets(np.array(many, dtype=float))
    for (west, south, east, north), met in zip(many, told):
        expected = any(
            west <= e + margin and east >= w - margin and south <= n + margin and north >= s - margin
            for w, s, e, n in few
        )
        assert met == expected


def test_what_has_no_box_is_kept_and_nothing_is_near_nothing() -> None:
    asked = np.array([[0.0, 0.0, 1.0, 1.0], [np.nan] * 4, [np.inf, 0.0, 1.0, 1.0]])
    assert Nearby(shapes(None, shapely.Polygon())).meets(asked).tolist() == [False, True, True]
    assert Nearby(shapes(shapely.box(0, 0, 1, 1), None)).meets(asked).tolist() == [True, True, True]
    assert Nearby(shapes(shapely.box(5, 5, 6, 6))).meets(np.empty((0, 4))).tolist() == []
