"""Where zones meet at the border of their unit, the neighbouring unit's zones get the same vertex."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from redline.core.geometry.edges import unshared

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Shapes = npt.NDArray[np.object_]
Complex = npt.NDArray[np.complex128]

# Two vertices on one edge nearer than this (units of the plane) are the same.
_SAME = 1e-5

Edge = tuple[complex, complex]


def agree(zones: Shapes, unit: Ints, regions: Shapes) -> tuple[Shapes, Complex]:
    """Zones with all vertices that their neighbours in other units have on the common border, and these vertices.

    `zones` tile their units' `regions` (object array; `unit`: the row there of each zone), which share their borders
    vertex for vertex. Vertices that zones of two units put at nearly the same place become one.
    """
    on_edge = _new_nodes(zones, unit, regions)
    if not on_edge:
        return zones, np.empty(0, dtype=complex)
    nodes: dict[Edge, list[complex]] = {}
    moved: dict[complex, complex] = {}
    for edge in sorted(on_edge, key=lambda one: (one[0].real, one[0].imag, one[1].real, one[1].imag)):
        nodes[edge] = in_line(edge, on_edge[edge], moved)
    ends = np.array(sorted({end for edge in nodes for end in edge} | {n for row in nodes.values() for n in row}
                           | set(moved), key=lambda one: (one.real, one.imag)))  # fmt: skip
    edge_of = {node: edge for edge, row in nodes.items() for node in row}
    result = zones.copy()
    for row in np.flatnonzero(touches(zones, ends)).tolist():
        shape = with_nodes(zones[row], ends, nodes, edge_of, moved)
        # A corner no farther from the border than rounding may end up on its other side: then the zone stays as it is.
        result[row] = shape if shapely.is_valid(shape) else zones[row]
    return result, np.array(sorted(edge_of, key=lambda one: (one.real, one.imag)), dtype=complex)


def as_complex(xy: Floats) -> Complex:
    return np.ascontiguousarray(xy + 0.0).view(complex).ravel()


def _new_nodes(zones: Shapes, unit: Ints, regions: Shapes) -> dict[Edge, set[complex]]:
    """The vertices on the units' outlines that the outlines did not have, by the edge that they stand on."""
    found: dict[Edge, set[complex]] = {}
    for one in np.flatnonzero(np.bincount(unit, minlength=len(regions)) > 1).tolist():
        outer = unshared(zones[unit == one])
        there = np.unique(as_complex(np.concatenate([outer.xy[outer.place], outer.xy[outer.place + 1]])))
        rings = shapely.get_rings(shapely.get_parts(regions[one]))
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        corner = as_complex(xy)
        new = there[~np.isin(there, corner)]
        last = np.append(np.flatnonzero(np.diff(ring)), len(corner) - 1)
        start = np.delete(np.arange(len(corner)), last)
        a, b = corner[start], corner[start + 1]
        for node in new.tolist():
            nearest = int(_distance(node, a, b).argmin())
            found.setdefault(as_edge(complex(a[nearest]), complex(b[nearest])), set()).add(node)
    return found


def as_edge(one: complex, other: complex) -> Edge:
    return (one, other) if (one.real, one.imag) < (other.real, other.imag) else (other, one)


def _distance(node: complex, a: Complex, b: Complex) -> Floats:
    """From a point to each segment."""
    along = b - a
    share = ((node - a) * along.conj()).real / np.maximum(np.abs(along) ** 2, 1e-300)
    return np.abs(a + along * np.clip(share, 0, 1) - node)


def in_line(edge: Edge, found: set[complex], moved: dict[complex, complex]) -> list[complex]:
    """The vertices of an edge from its lesser end, near ones once; `moved` tells which became another."""
    start, end = edge
    kept = [start]
    for node in sorted(found, key=lambda one: (abs(one - start), one.real, one.imag)):
        if abs(node - kept[-1]) < _SAME or abs(node - end) < _SAME:
            moved[node] = kept[-1] if abs(node - kept[-1]) < _SAME else end
        else:
            kept.append(node)
    return kept[1:]


def touches(zones: Shapes, ends: Complex) -> npt.NDArray[np.bool_]:
    """Mask of the zones with two vertices behind one another that are both among `ends`."""
    xy, row = shapely.get_coordinates(zones, return_index=True)
    among = np.isin(as_complex(xy), ends)
    mask = np.zeros(len(zones), dtype=bool)
    mask[row[:-1][among[:-1] & among[1:] & (row[:-1] == row[1:])]] = True
    return mask


def with_nodes(
    zone: shapely.Geometry, ends: Complex, nodes: dict[Edge, list[complex]], edge_of: dict[complex, Edge],
    moved: dict[complex, complex],
) -> shapely.Geometry:  # fmt: skip
    polygons = []
    for part in shapely.get_parts(zone):
        outer, *holes = [
            _ring(as_complex(shapely.get_coordinates(ring)), ends, nodes, edge_of, moved)
            for ring in shapely.get_rings(part)
        ]
        polygons.append(shapely.Polygon(outer, holes))
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _ring(
    corner: Complex, ends: Complex, nodes: dict[Edge, list[complex]], edge_of: dict[complex, Edge],
    moved: dict[complex, complex],
) -> shapely.LinearRing:  # fmt: skip
    among = np.isin(corner, ends)
    places = np.flatnonzero(among[:-1] & among[1:]).tolist()
    given = corner.tolist()
    if moved:
        given = [moved.get(one, one) for one in given]
    pieces: list[complex] = []
    last = 0
    for place in places:
        one, other = given[place], given[place + 1]
        edge = edge_of.get(one) or edge_of.get(other) or as_edge(one, other)
        between = nodes.get(edge)
        if between is None or one == other:
            continue
        start = edge[0]
        low, high = sorted((abs(one - start), abs(other - start)))
        inner = [node for node in between if low < abs(node - start) < high]
        if not inner or not (_on(edge, one) and _on(edge, other)):
            continue
        pieces += given[last : place + 1]
        pieces += inner if abs(one - start) < abs(other - start) else inner[::-1]
        last = place + 1
    pieces += given[last:]
    xy = np.array(pieces, dtype=complex).view(float).reshape(-1, 2)
    kept = np.append(True, (np.diff(xy, axis=0) != 0).any(axis=1))
    return shapely.LinearRing(xy[kept])


def _on(edge: Edge, node: complex) -> bool:
    """Does a vertex stand on an edge, its ends included?"""
    return bool(_distance(node, np.array([edge[0]]), np.array([edge[1]]))[0] < _SAME)
