"""Hills away from the river, patches of better land, and the lie of the fields."""

from __future__ import annotations

import math

import numpy as np
import shapely
from shapely.geometry import Point

from redline.tools.demo.borders import Borders
from redline.tools.demo.dice import Dice, Waves


class Relief:
    """Hills away from the river, and the lie of the fields."""

    def __init__(self, seed: int, borders: Borders) -> None:
        self.river = borders.river
        self._rough = Waves(Dice(seed, "relief"), 2600)
        self._patch = Waves(Dice(seed, "patches"), 1500)
        self._bend = [Waves(Dice(seed, "bend", axis), 900) for axis in "xy"]

    def hill(self, xy: np.ndarray) -> np.ndarray:
        """0 in the plain to 1 in the mountains, shape (n, 2) to (n,)."""
        away = shapely.distance(self.river, shapely.points(xy)) / 1000
        height = (away - 0.95) / 2.5 + 0.3 * self._rough(xy)
        return np.clip(height, 0, 1)

    def patch(self, xy: np.ndarray) -> np.ndarray:
        """A field of about -1 to 1 that groups farmland and other land."""
        return self._patch(xy)

    def bend(self, xy: np.ndarray) -> np.ndarray:
        """Points moved a little, so that straight lines follow the slope: strongly in the hills."""
        force = (26 + 80 * self.hill(xy))[:, None]
        return xy + force * np.column_stack([wave(xy) for wave in self._bend])

    def direction(self, point: np.ndarray) -> float:
        """Direction of the river beside a point, radians."""
        at = self.river.project(Point(point))
        a, b = self.river.interpolate(max(at - 900, 0)), self.river.interpolate(min(at + 900, self.river.length))
        return math.atan2(b.y - a.y, b.x - a.x)
