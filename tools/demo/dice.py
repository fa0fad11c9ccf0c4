"""Reproducible randomness: named streams that give the same numbers on every Python since 3.2."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Dice:
    """One named stream of random numbers.

    Only ``random.Random.random`` is used: its sequence for a given text seed is guaranteed, the derived methods of the
    standard library and of numpy are not. A stream of its own for each purpose keeps a change in one place from
    reshuffling all the others.
    """

    def __init__(self, *names: object) -> None:
        self._random = random.Random("/".join(str(name) for name in names))

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        return self._random.random() < probability

    def uniform(self, low: float, high: float) -> float:
        """A float between low and high."""
        return low + (high - low) * self._random.random()

    def whole(self, low: int, high: int) -> int:
        """An integer from low to high, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.whole(0, len(items) - 1)]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in random order (Fisher-Yates)."""
        rest = list(items)
        for i in range(len(rest) - 1, 0, -1):
            j = self.whole(0, i)
            rest[i], rest[j] = rest[j], rest[i]
        return rest


class Waves:
    """A smooth random field, about -1 to 1: a sum of plane waves.

    Args:
        dice: where directions and phases come from.
        wavelength: mean distance between two crests, in metres.
    """

    def __init__(self, dice: Dice, wavelength: float, count: int = 7) -> None:
        angles = np.array([dice.uniform(0, 2 * math.pi) for _ in range(count)])
        lengths = np.array([wavelength * dice.uniform(0.7, 1.6) for _ in range(count)])
        self._kx = 2 * math.pi / lengths * np.cos(angles)
        self._ky = 2 * math.pi / lengths * np.sin(angles)
        self._phase = np.array([dice.uniform(0, 2 * math.pi) for _ in range(count)])

    def __call__(self, xy: np.ndarray) -> np.ndarray:
        """Values at points, shape (n, 2) to (n,)."""
        phase = np.outer(xy[:, 0], self._kx) + np.outer(xy[:, 1], self._ky) + self._phase
        return 1.6 * np.cos(phase).mean(axis=1)
