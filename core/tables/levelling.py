"""面积平差 (调平): figures changed by a last place so that every sum adds up exactly to its control area.

All figures are whole numbers: hundredths of a m², or hundredths of the unit in which a table is printed. Rules of
the national summary regulation as implemented in production (DOMAIN §3.5).
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from redline.core.units import SQUARE_METRES

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

LARGE = 1_000_000
"""1 hm² in hundredths of a m²: where a record has classes beyond it, only these are levelled."""


def hundredths(cents: IntArray, unit: str) -> IntArray:
    """Hundredths of a m² as hundredths of `unit`, each rounded once, half away from zero."""
    ratio: Fraction = 1 / SQUARE_METRES[unit]
    size = np.abs(cents.astype(np.int64))
    whole = (2 * size * ratio.numerator + ratio.denominator) // (2 * ratio.denominator)
    return np.asarray(np.sign(cents) * whole, dtype=np.int64)


def ranks(cents: IntArray, names: npt.NDArray[np.object_]) -> IntArray:
    """Place of every row in the order of levelling: the largest first, equal ones by name."""
    order = np.lexsort((np.asarray(names, dtype=str), -cents))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place


def spread(difference: IntArray, group: IntArray, rank: IntArray, able: BoolArray) -> IntArray:
    """What each row is moved by, so that the rows of group g are moved by `difference[g]` together.

    |difference| = q·n + r over the n rows of the group that are `able`: the first r by `rank` are moved by q + 1, the
    others by q, with the sign of the difference. A group without an able row is not moved.
    """
    moves = np.zeros(len(group), dtype=np.int64)
    rows = np.flatnonzero(able)
    rows = rows[np.lexsort((rank[rows], group[rows]))]
    count = np.bincount(group[rows], minlength=len(difference))
    first = np.cumsum(count) - count
    place = np.arange(len(rows)) - first[group[rows]]
    quotient, remainder = np.divmod(np.abs(difference), np.maximum(count, 1))
    mine = group[rows]
    moves[rows] = np.sign(difference)[mine] * (quotient[mine] + (place < remainder[mine]))
    return moves


def level(
    values: IntArray, group: IntArray, target: IntArray, rank: IntArray, able: BoolArray
) -> IntArray:
    """The figures moved so that those of group g add up to `target[g]`, none below zero.

    `values` are the rounded figures (≥ 0), `able` those that take part first; the others of the group follow only where
    these are used up. A figure of no `rank` (below 0) never moves: a class that a unit does not have stays nothing.
    Raises ValueError where a target cannot be met.
    """
    result = values.copy()
    while True:
        left = target - _sums(result, group, len(target))
        if not left.any():
            return result
        can = (rank >= 0) & (left[group] != 0) & ((left[group] > 0) | (result > 0))
        chosen = can & able
        without = np.bincount(group[chosen], minlength=len(target)) == 0
        chosen |= can & without[group]
        if (np.bincount(group[chosen], minlength=len(target)) == 0)[left != 0].any():
            raise ValueError("a control area cannot be met: there is nothing to level")
        result = np.maximum(result + spread(left, group, rank, chosen), 0)


def _sums(values: IntArray, group: IntArray, groups: int) -> IntArray:
    sums = np.zeros(groups, dtype=np.int64)
    np.add.at(sums, group, values)
    return sums
