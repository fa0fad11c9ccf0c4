"""Boxes read off the bytes of shapes, against those that GEOS gives."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from redline.processing.wkb import boxes

numbers = st.floats(-1e7, 1e7, allow_nan=False)
corners = st.lists(st.tuples(numbers, numbers), min_size=3, max_size=9)


def column(*values: object) -> npt.NDArray[np.object_]:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


@given(st.lists(st.tuples(corners, st.lists(corners, max_size=2), st.booleans()), max_size=6))
def test_boxes_are_those_of_geos(given_shapes: list[tuple[list[object], list[list[object]], bool]]) -> None:
    shapes = [shapely.Polygon(shell, holes) for shell, holes, _ in given_shapes]
    shapes = [shapely.MultiPolygon([one]) if multi else one for one, (_, _, multi) in zip(shapes, given_shapes)]
    found = boxes(column(*(shapely.to_wkb(one, byte_order=1) for one in shapes)))
    assert found.tolist() == shapely.bounds(column(*shapes)).reshape(-1, 4).tolist()


@pytest.mark.parametrize(
    "wkb",
    [
        None, b"", b"\x01", shapely.to_wkb(shapely.Point(1, 2)), shapely.to_wkb(shapely.Polygon()),
        shapely.to_wkb(shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)])),
        shapely.to_wkb(shapely.box(0, 0, 1, 1), byte_order=0),
        shapely.to_wkb(shapely.Polygon([(0, 0, 5), (1, 0, 5), (1, 1, 5)]), output_dimension=3),
        shapely.to_wkb(shapely.GeometryCollection([shapely.box(0, 0, 1, 1)])),
        shapely.to_wkb(shapely.box(0, 0, 1, 1), byte_order=1)[:-20],
    ],
)  # fmt: skip
def test_what_the_bytes_do_not_tell(wkb: bytes | None) -> None:
    beside = shapely.to_wkb(shapely.box(3, 4, 5, 6), byte_order=1)
    found = boxes(column(beside, wkb, beside))
    assert found[[0, 2]].tolist() == [[3, 4, 5, 6]] * 2
    assert np.isnan(found[1]).all()
