"""Cutting a graph of plots into connected parts of equal load and short borders.

A set is halved where the plots are as near to its one end as to the other, on the way from plot to neighbouring plot:
so both halves hang together by themselves, whatever the shape of the land. Then plots at the border change sides while
that evens the loads or shortens the border. Nothing is left to chance, and nothing depends on the order of plots but
that of equals.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

BALANCE = 1.15
"""Greatest load of a zone ÷ mean load, which is held wherever the plots allow it."""

_ROUNDING = 1e-9
_AXES = 4
_FEW = 20_000
_SEVERAL = 8
# Steps in which the middles of round parts settle, and how far one goes.
_SHIFTS, _SHIFT = 40, 0.3
# How far from the wished share of the load a cut may lie for the sake of a shorter border.
_WINDOW = 0.04
_PASSES = 12
# What unevenness costs beside length of border, in lengths of a zone's outline: first and, where need be, at last.
_EVENNESS, _STRICT = 20.0, 2000.0
_SMALL_REST = 0.25
_FURTHER = 3


def _nothing() -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Graph:
    """Plots as nodes: `xy` (n, 2) where each is, its `load`; neighbours `one`, `other` (m), the `border` length
    between them, and the `way` from one to the other. `pulse` is called again and again, and may raise Cancelled."""

    xy: Floats
    load: Floats
    one: Ints
    other: Ints
    border: Floats
    way: Floats
    pulse: Callable[[], None] = _nothing

    def __len__(self) -> int:
        return len(self.xy)


def partition(graph: Graph, limit: float) -> Ints:
    """A number from 0 for the part of each node: the fewest parts of at most `limit` load that were found.

    A node whose own load is over the limit is a part of its own; what it cuts off is too, unless that is little.
    `graph` may hang together in one or several pieces; a part never reaches over two of them.
    """
    large = graph.load > limit * (1 + _ROUNDING)
    part = np.full(len(graph), -1, dtype=np.intp)
    part[large] = np.arange(large.sum())
    count = int(large.sum())
    neighbours = _neighbours(graph)
    for nodes in _pieces(np.flatnonzero(~large).tolist(), neighbours):
        load = float(graph.load[nodes].sum())
        beside = [other for node in nodes for other, _, _ in neighbours[node] if large[other]]
        if beside and load < _SMALL_REST * limit:
            part[nodes] = part[min(beside)]
            continue
        found = _fewest(graph, nodes, neighbours, limit)
        part[nodes] = found + count
        count += int(found.max()) + 1
    return np.unique(part, return_inverse=True)[1].astype(np.intp)


def pieces(graph: Graph) -> list[list[int]]:
    """The connected pieces of a graph, each sorted."""
    return _pieces(list(range(len(graph))), _neighbours(graph))


_Neighbours = list[list[tuple[int, float, float]]]


def _neighbours(graph: Graph) -> _Neighbours:
    """Of every node: (neighbour, border, way), sorted."""
    found: _Neighbours = [[] for _ in range(len(graph))]
    for one, other, border, way in zip(
        graph.one.tolist(), graph.other.tolist(), graph.border.tolist(), graph.way.tolist()
    ):
        found[one].append((other, border, way))
        found[other].append((one, border, way))
    for row in found:
        row.sort()
    return found


def _pieces(nodes: list[int], neighbours: _Neighbours) -> list[list[int]]:
    left = set(nodes)
    found = []
    for node in nodes:
        if node not in left:
            continue
        left.remove(node)
        piece, front = [node], [node]
        while front:
            for other, _, _ in neighbours[front.pop()]:
                if other in left:
                    left.remove(other)
                    piece.append(other)
                    front.append(other)
        found.append(sorted(piece))
    return found


def _fewest(graph: Graph, nodes: list[int], neighbours: _Neighbours, limit: float) -> Ints:
    """Parts of one connected piece, none of whose nodes is over the limit."""
    load = float(graph.load[nodes].sum())
    least = max(1, math.ceil(load / limit * (1 - _ROUNDING)))
    best: tuple[float, Ints] | None = None
    for count in range(least, least + _FURTHER + 1):
        if count > len(nodes):
            break
        found = _cut(graph, nodes, neighbours, count, limit)
        if count > _SEVERAL:
            part = dict(zip(nodes, found.tolist()))
            _even_out(graph, part, neighbours, count, limit)
            found = np.array([part[node] for node in nodes], dtype=np.intp)
        most = float(np.bincount(found, graph.load[nodes]).max())
        if most <= limit * (1 + _ROUNDING):
            return found
        if best is None or most < best[0]:
            best = most, found
    if best is None:
        return np.zeros(len(nodes), dtype=np.intp)
    return best[1]


def _cut(graph: Graph, nodes: list[int], neighbours: _Neighbours, count: int, limit: float) -> Ints:
    """`count` connected parts of connected nodes: many by halves, of few the best of several ways to cut."""
    if count >= len(nodes):
        return np.arange(len(nodes))
    if count > _SEVERAL:
        first = count // 2
        one, other = _halves(graph, nodes, neighbours, first / count, first * limit, (count - first) * limit, -1)
        part: dict[int, int] = {}
        for own, parts, number in ((one, first, 0), (other, count - first, first)):
            part.update(zip(own, (_cut(graph, own, neighbours, min(parts, len(own)), limit) + number).tolist()))
        return np.array([part[node] for node in nodes], dtype=np.intp)
    axes = range(0, _AXES, 2) if count > 2 and len(nodes) <= _FEW else (-1,)
    tried = [_cut_along(graph, nodes, neighbours, count, limit, axis) for axis in axes]
    if count > 1:
        tried += [_rounded(graph, nodes, neighbours, found, count, limit) for found in tried]
    return min(tried, key=lambda found: _cost(graph, nodes, found, count, limit))


def _rounded(
    graph: Graph, nodes: list[int], neighbours: _Neighbours, given: Ints, count: int, limit: float
) -> Ints:
    """Parts as round as can be: each node with the part whose middle is nearest, all middles and their reach shifted
    until the loads are even (a power diagram); what lies apart is given to its neighbours."""
    load: Floats = graph.load[nodes]
    xy = graph.xy[nodes] - graph.xy[nodes].mean(axis=0)
    if load.sum() <= 0:
        return given
    share = load / load.sum() * count
    size = float(np.sqrt((np.ptp(xy, axis=0).prod()) / count)) or 1.0
    reach, found = np.zeros(count), given
    for step in range(_SHIFTS):
        weight = np.bincount(found, share, count)
        held = weight > 0
        middle = np.stack([np.bincount(found, share * along, count) for along in xy.T], axis=1)
        middle[held] = middle[held] / weight[held, None]
        reach -= (weight - 1.0) * size**2 * _SHIFT / (1 + step / 10)
        apart = (xy[:, :1] - middle[:, 0]) ** 2 + (xy[:, 1:] - middle[:, 1]) ** 2
        found = np.round(apart - reach, 6).argmin(axis=1)
    part = dict(zip(nodes, found.tolist()))
    _gather(graph, part, neighbours)
    if len(set(part.values())) < count:
        return given
    _even_out(graph, part, neighbours, count, limit)
    return np.array([part[node] for node in nodes], dtype=np.intp)


def _gather(graph: Graph, part: dict[int, int], neighbours: _Neighbours) -> None:
    """Give what lies apart from the heaviest piece of its part to the neighbour with the longest common border."""
    for _ in range(len(part)):
        loose: list[list[int]] = []
        for one in sorted(set(part.values())):
            own = _pieces(sorted(node for node, of in part.items() if of == one), neighbours)
            own.sort(key=lambda piece: (-len(piece), piece[0]))
            loose += own[1:]
        if not loose:
            return
        piece = min(loose, key=lambda nodes: (len(nodes), nodes[0]))
        beside: dict[int, float] = {}
        for node in piece:
            for other, border, _ in neighbours[node]:
                if other in part and part[other] != part[node]:
                    beside[part[other]] = beside.get(part[other], 0.0) + border
        if not beside:
            return
        there = max(sorted(beside), key=lambda one: beside[one])
        part.update((node, there) for node in piece)


def _cost(graph: Graph, nodes: list[int], part: Ints, count: int, limit: float) -> tuple[bool, bool, float]:
    """What speaks against parts: one over the limit, uneven loads, long borders."""
    load = np.bincount(part, graph.load[nodes], count)
    place = np.full(len(graph), -1, dtype=np.intp)
    place[nodes] = part
    one, other = place[graph.one], place[graph.other]
    between = (one >= 0) & (other >= 0) & (one != other)
    uneven = load.max() > BALANCE * load.mean() * (1 + _ROUNDING)
    return bool(load.max() > limit * (1 + _ROUNDING)), bool(uneven), float(graph.border[between].sum())


def _cut_along(
    graph: Graph, nodes: list[int], neighbours: _Neighbours, count: int, limit: float, axis: int
) -> Ints:
    """`count` connected parts, the first cut across the axis of this number (-1: the best one)."""
    part = dict.fromkeys(nodes, 0)
    left = [(nodes, count)]
    number = 0
    while left:
        own, parts = left.pop()
        # A half may have been promised more parts than it has nodes.
        if parts == 1 or parts >= len(own):
            for place, node in enumerate(own):
                part[node] = number + (place if parts > 1 else 0)
            number += len(own) if parts > 1 else 1
            continue
        first = parts // 2
        one, other = _halves(
            graph, own, neighbours, first / parts, first * limit, (parts - first) * limit,
            axis if parts == count else -1,
        )  # fmt: skip
        left += [(other, parts - first), (one, first)]
    if count > 1:
        _even_out(graph, part, neighbours, count, limit)
    return np.array([part[node] for node in nodes], dtype=np.intp)


def _even_out(graph: Graph, part: dict[int, int], neighbours: _Neighbours, count: int, limit: float) -> None:
    """Improve parts, and again with evenness before all where they are over the limit or too uneven."""
    _improve(graph, part, neighbours, count, limit, _EVENNESS)
    nodes = list(part)
    loads = np.bincount([part[node] for node in nodes], graph.load[nodes], count)
    if loads.max() > min(limit, BALANCE * loads.mean()) * (1 + _ROUNDING):
        _improve(graph, part, neighbours, count, limit, _STRICT)


def _halves(
    graph: Graph, nodes: list[int], neighbours: _Neighbours, share: float, most_one: float, most_other: float,
    axis: int,
) -> tuple[list[int], list[int]]:  # fmt: skip
    """Two connected halves, the first with about `share` of the load, along an axis or (-1) the best of a few."""
    place = {node: number for number, node in enumerate(nodes)}
    inner = [
        [(place[other], border, way) for other, border, way in neighbours[node] if other in place] for node in nodes
    ]
    load, xy = graph.load[nodes], graph.xy[nodes]
    edges = [(one, other, border) for one, row in enumerate(inner) for other, border, _ in row if one < other]
    first = np.array([edge[0] for edge in edges], dtype=np.intp)
    second = np.array([edge[1] for edge in edges], dtype=np.intp)
    border = np.array([edge[2] for edge in edges])
    best: tuple[float, list[int]] | None = None
    known: dict[int, Floats] = {}
    directions = _directions(xy, _AXES if len(nodes) <= _FEW else 1)
    for along in directions if axis < 0 else directions[axis : axis + 1]:
        graph.pulse()
        start, end = int(along.argmin()), int(along.argmax())
        for one in (start, end):
            if one not in known:
                known[one] = _ways(inner, one)
        to_start, to_end = known[start], known[end]
        order = np.lexsort((along, to_start, np.round(to_start - to_end, 6)))
        rank = np.empty(len(order), dtype=np.intp)
        rank[order] = np.arange(len(order))
        low, high = np.minimum(rank[first], rank[second]), np.maximum(rank[first], rank[second])
        # The border that a cut before each place would have: an edge counts from its first end's place to its last's.
        change = np.bincount(low + 1, border, len(order) + 1) - np.bincount(high + 1, border, len(order) + 1)
        length = np.cumsum(change)[1:-1]
        before = np.cumsum(load[order])[:-1]
        total = float(load.sum())
        off = np.abs(before / total - share) if total > 0 else np.abs(np.arange(1, len(order)) / len(order) - share)
        fits = (before <= most_one * (1 + _ROUNDING)) & (total - before <= most_other * (1 + _ROUNDING))
        allowed = off <= max(_WINDOW * min(share, 1 - share) * 2, float(off.min()))
        if (fits & allowed).any():
            allowed &= fits
        at = np.flatnonzero(allowed)
        cost = length[at] * (1 + 4 * off[at])
        chosen = int(at[cost.argmin()])
        if best is None or cost.min() < best[0]:
            best = float(cost.min()), order[: chosen + 1].tolist()
    inside = set(best[1]) if best else {0}
    return _joined_up(nodes, inner, inside)


def _joined_up(nodes: list[int], inner: _Neighbours, inside: set[int]) -> tuple[list[int], list[int]]:
    """The two sides with what came loose of the one given to the other."""
    for keep, give in ((True, False), (False, True)):
        own = [number for number in range(len(nodes)) if (number in inside) == keep]
        loose = sorted(_pieces(own, inner), key=lambda piece: (-len(piece), piece[0]))[1:]
        for piece in loose:
            (inside.update if give else inside.difference_update)(piece)
    one = [node for number, node in enumerate(nodes) if number in inside]
    other = [node for number, node in enumerate(nodes) if number not in inside]
    if not one or not other:
        return nodes[:1], nodes[1:]
    return one, other


def _directions(xy: Floats, count: int) -> list[Floats]:
    """Positions along a few axes, that of the greatest extent first."""
    centred = xy - xy.mean(axis=0)
    angle = 0.5 * math.atan2(2 * float((centred[:, 0] * centred[:, 1]).sum()),
                             float((centred[:, 0] ** 2 - centred[:, 1] ** 2).sum()))  # fmt: skip
    angles = [angle + math.pi * number / count for number in range(count)]
    # Rounded, so that the least bit of another processor does not choose another plot.
    return [np.round(centred[:, 0] * math.cos(a) + centred[:, 1] * math.sin(a), 6) for a in angles]


def _ways(inner: _Neighbours, start: int) -> Floats:
    """Length of the shortest way from a node to every other (Dijkstra)."""
    way = [math.inf] * len(inner)
    way[start] = 0.0
    front = [(0.0, start)]
    while front:
        so_far, node = heapq.heappop(front)
        if so_far > way[node]:
            continue
        for other, _, step in inner[node]:
            length = so_far + step
            if length < way[other]:
                way[other] = length
                heapq.heappush(front, (length, other))
    return np.array(way)


def _improve(
    graph: Graph, part: dict[int, int], neighbours: _Neighbours, count: int, limit: float, evenness: float
) -> None:
    """Let nodes change to a neighbouring part while that lessens the unevenness and the length of borders together."""
    nodes = sorted(part)
    load = graph.load.tolist()
    loads = [0.0] * count
    members = [0] * count
    for node in nodes:
        loads[part[node]] += load[node]
        members[part[node]] += 1
    mean = sum(loads) / count
    if mean <= 0:
        return
    outline = _outline(graph, nodes) / math.sqrt(count)
    weight = evenness * outline / mean**2
    abroad = _abroad(graph, part)
    for _ in range(_PASSES):
        graph.pulse()
        moved = False
        for node in nodes:
            own = part[node]
            # Within its part a node stays; most nodes are.
            if not abroad[node] or members[own] == 1:
                continue
            beside: dict[int, float] = {}
            for other, border, _ in neighbours[node]:
                if other in part:
                    beside[part[other]] = beside.get(part[other], 0.0) + border
            best, gain = own, _ROUNDING * outline
            for there, border in sorted(beside.items()):
                if there == own:
                    continue
                after = loads[there] + load[node]
                if after > limit * (1 + _ROUNDING) and after >= loads[own]:
                    continue
                change = 2 * load[node] * (after - loads[own])
                better = border - beside.get(own, 0.0) - weight * change
                if better > gain:
                    best, gain = there, better
            if best == own or not _stays_whole(node, own, part, neighbours):
                continue
            part[node] = best
            loads[own] -= load[node]
            loads[best] += load[node]
            members[own] -= 1
            members[best] += 1
            for other, _, _ in neighbours[node]:
                there = part.get(other, -1)
                abroad[other] += (there == own) - (there == best)
                abroad[node] += (there == own) - (there == best)
            moved = True
        if not moved:
            return


def _abroad(graph: Graph, part: dict[int, int]) -> list[int]:
    """How many neighbours of each node are in another part."""
    of = np.full(len(graph), -1, dtype=np.intp)
    of[list(part)] = list(part.values())
    apart = (of[graph.one] >= 0) & (of[graph.other] >= 0) & (of[graph.one] != of[graph.other])
    found = np.bincount(graph.one[apart], minlength=len(graph)) + np.bincount(
        graph.other[apart], minlength=len(graph)
    )
    return list(found.tolist())


def _outline(graph: Graph, nodes: list[int]) -> float:
    """About the length of an outline around the nodes."""
    return float(4 * np.sqrt(np.prod(np.maximum(np.ptp(graph.xy[nodes], axis=0), 1e-6))))


def _stays_whole(node: int, own: int, part: dict[int, int], neighbours: _Neighbours) -> bool:
    """Does a part hang together without this node?"""
    left = {other for other, _, _ in neighbours[node] if part.get(other) == own}
    if len(left) < 2:
        return bool(left)
    start = min(left)
    seen, front = {node, start}, [start]
    left.discard(start)
    while front and left:
        for other, _, _ in neighbours[front.pop()]:
            if other not in seen and part.get(other) == own:
                seen.add(other)
                left.discard(other)
                front.append(other)
    return not left
