"""Plots that end on the border of their unit made to meet it in vertices that the units on both sides have."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from redline.core.zoning.nodes import Edge, as_complex, as_edge, in_line, touches, with_nodes
from redline.core.zoning.tiling import points

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Shapes = npt.NDArray[np.object_]
Complex = npt.NDArray[np.complex128]

# A corner nearer to a border than this (units of the plane) was meant to be on it.
_MEANT = 1e-5


class Seams(NamedTuple):
    """`regions` of the units with `nodes` (complex, sorted) more, and `plots` whose corners on a border are such nodes
    or corners of the regions, to the last bit."""

    regions: Shapes
    plots: Shapes
    nodes: Complex


def sewn(regions: Shapes, plots: Shapes, home: Ints) -> Seams:
    """Regions and plots (valid; `home`: the region of each plot, -1 for none) that share the vertices on their borders.

    A plot that was cut along a border, or moved from one coordinate system to the next, has corners that miss the
    border by the last places of a coordinate: where such edges are crossed, GEOS finds points anywhere along them.
    """
    near = _at_border(regions, plots, home)
    nodes = _nodes(regions, plots[near])
    if not len(near):
        return Seams(regions, plots, np.empty(0, dtype=complex))
    new = np.array(sorted({node for row in nodes.values() for node in row[:-1]}, key=_place), dtype=complex)
    regions = _split(regions, nodes)
    snapped = shapely.snap(plots[near], regions[home[near]], _MEANT)
    fine = shapely.is_valid(snapped) & (shapely.get_dimensions(snapped) == 2) & ~shapely.is_empty(snapped)
    plots = plots.copy()
    plots[near[fine]] = snapped[fine]
    return Seams(regions, plots, new)


def without(shapes: Shapes, nodes: Complex) -> Shapes:
    """Polygons that tile their land without those `nodes` at which only two edges meet: they part nothing."""
    if not len(nodes):
        return shapes
    xy, row = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(shapes)), return_index=True)
    corner = as_complex(xy)
    inner = row[:-1] == row[1:]
    one, other = corner[:-1][inner], corner[1:][inner]
    at = np.concatenate([one, other])
    beside = np.concatenate([other, one])
    here = np.isin(at, nodes)
    pair = np.unique(np.stack([at[here], beside[here]], axis=1), axis=0)
    node, count = np.unique(pair[:, 0], return_counts=True)
    spare = node[count == 2]
    if not len(spare):
        return shapes
    result = shapes.copy()
    of_shape = shapely.get_coordinates(shapes, return_index=True)
    for place in np.unique(of_shape[1][np.isin(as_complex(of_shape[0]), spare)]).tolist():
        result[place] = _thinned(shapes[place], spare)
    return result


def _place(node: complex) -> tuple[float, float]:
    return node.real, node.imag


def _at_border(regions: Shapes, plots: Shapes, home: Ints) -> Ints:
    """The plots that come to the outline of a region."""
    placed = np.flatnonzero(home >= 0)
    if not len(placed):
        return placed
    # Edge by edge: the box of a whole outline holds all plots of the region, those far from its border as well.
    lines = _lines(_edges(regions)[0])
    found = shapely.STRtree(plots[placed]).query(lines, predicate="dwithin", distance=_MEANT)[1]
    return placed[np.unique(found)]


def _edges(regions: Shapes) -> tuple[Complex, Complex]:
    """The different edges (n, 2) of the regions, the lesser end first, and all their corners."""
    xy, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(regions)), return_index=True)
    corner = as_complex(xy)
    inner = ring[:-1] == ring[1:]
    return np.unique(_ordered(corner[:-1][inner], corner[1:][inner]), axis=0), corner


def _lines(edge: Complex) -> Shapes:
    return np.asarray(shapely.linestrings(np.stack([edge.real, edge.imag], axis=-1)), dtype=object)


def _nodes(regions: Shapes, plots: Shapes) -> dict[Edge, list[complex]]:
    """Where corners of plots stand on edges of the regions that have no corner there, by the edge, its end last."""
    edge, corner = _edges(regions)
    given = np.unique(as_complex(shapely.get_coordinates(plots)))
    given = given[~np.isin(given, corner)]
    if not len(given) or not len(edge):
        return {}
    lines = _lines(edge)
    spots = points(np.stack([given.real, given.imag], axis=-1))
    point, line = shapely.STRtree(lines).query(spots, predicate="dwithin", distance=_MEANT)
    on_edge: dict[Edge, set[complex]] = defaultdict(set)
    share = shapely.line_locate_point(lines[line], spots[point], normalized=True)
    node = edge[line, 0] + (edge[line, 1] - edge[line, 0]) * share
    for number, place in zip(line.tolist(), node.tolist()):
        on_edge[as_edge(*edge[number].tolist())].add(place)
    moved: dict[complex, complex] = {}
    found = {one: in_line(one, on_edge[one], moved) for one in sorted(on_edge, key=lambda one: (*map(_place, one),))}
    return {one: [*row, one[1]] for one, row in found.items() if row}


def _ordered(one: Complex, other: Complex) -> Complex:
    """Edges (n, 2) with the lesser end first."""
    pair = np.stack([one, other], axis=1)
    turned = (one.real > other.real) | ((one.real == other.real) & (one.imag > other.imag))
    pair[turned] = pair[turned][:, ::-1]
    return pair


def _split(regions: Shapes, nodes: dict[Edge, list[complex]]) -> Shapes:
    """Regions with the nodes on all their edges."""
    between = {edge: row[:-1] for edge, row in nodes.items()}
    ends = np.array(sorted({end for edge in between for end in edge}, key=_place), dtype=complex)
    result = regions.copy()
    for row in np.flatnonzero(touches(regions, ends)).tolist():
        shape = with_nodes(regions[row], ends, between, {}, {})
        result[row] = shape if shapely.is_valid(shape) else regions[row]
    return result


def _thinned(shape: shapely.Geometry, spare: Complex) -> shapely.Geometry:
    polygons = []
    for part in shapely.get_parts(shape):
        outer, *holes = [_ring(as_complex(shapely.get_coordinates(ring)), spare) for ring in shapely.get_rings(part)]
        polygons.append(shapely.Polygon(outer, holes))
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _ring(corner: Complex, spare: Complex) -> Floats:
    kept = corner[:-1][~np.isin(corner[:-1], spare)]
    return np.append(kept, kept[:1]).view(float).reshape(-1, 2)
