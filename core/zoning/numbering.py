"""What zones are called: their order from north-west to south-east, and colours that tell neighbours apart."""

from __future__ import annotations

import heapq

import numpy as np
import numpy.typing as npt
import shapely

from redline.core import codes
from redline.core.geometry.edges import shared

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Shapes = npt.NDArray[np.object_]

_VILLAGE = codes.LEVELS["village"]
_DIGITS = 3


def from_north_west(shapes: Shapes, group: Ints) -> Ints:
    """The running number of each shape within its group, from 1, counted from the north-west to the south-east.

    The order is that of the middles along the diagonal, to the metre; then from west to east.
    """
    middle = np.round(shapely.get_coordinates(shapely.centroid(shapes)))
    order = np.lexsort((middle[:, 1], middle[:, 0], middle[:, 0] - middle[:, 1], group))
    number = np.empty(len(shapes), dtype=np.intp)
    starts = np.flatnonzero(np.diff(group[order], prepend=group[order[:1]] - 1))
    first = np.repeat(starts, np.diff(np.append(starts, len(order))))
    number[order] = np.arange(len(order)) - first + 1
    return number


def zone_code(unit: str, number: int) -> str:
    """The code of a zone: that of its village (a higher unit's filled with zeros) and three digits."""
    return f"{unit.ljust(_VILLAGE, '0') if unit.isdigit() else unit}{number:0{_DIGITS}d}"


def colours(shapes: Shapes, order: Ints) -> Ints:
    """A number from 1 for each shape of a coverage, other than that of every shape with which it shares an edge.

    Six are enough for land (five and four nearly always): the shape with fewest neighbours among the rest is set aside
    again and again, and all get their colours in reverse. `order` breaks ties.
    """
    edges = shared(shapes)
    beside: list[set[int]] = [set() for _ in range(len(shapes))]
    for one, other in zip(edges.left.tolist(), edges.right.tolist()):
        beside[one].add(other)
        beside[other].add(one)
    degree = [len(row) for row in beside]
    rank = order.tolist()
    waiting = [(size, rank[shape], shape) for shape, size in enumerate(degree)]
    heapq.heapify(waiting)
    left = set(range(len(shapes)))
    aside: list[int] = []
    while left:
        size, _, shape = heapq.heappop(waiting)
        if shape not in left or size != degree[shape]:
            continue
        left.discard(shape)
        aside.append(shape)
        for other in beside[shape] & left:
            degree[other] -= 1
            heapq.heappush(waiting, (degree[other], rank[other], other))
    colour = np.zeros(len(shapes), dtype=np.intp)
    for shape in reversed(aside):
        taken = {int(colour[other]) for other in beside[shape]}
        colour[shape] = next(number for number in range(1, len(shapes) + 2) if number not in taken)
    return colour


def label_points(shapes: Shapes) -> Floats:
    """A point (n, 2) inside each shape, in the middle where that is inside."""
    middle = shapely.centroid(shapes)
    outside = ~shapely.contains(shapes, middle)
    middle[outside] = shapely.point_on_surface(shapes[outside])
    return shapely.get_coordinates(middle)
