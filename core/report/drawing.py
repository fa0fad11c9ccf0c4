"""A chart as it was drawn, and which part of it stands for what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from redline.core.report import pen

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Key = tuple[str, ...]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Mark:
    """A bar, column or cell: `key` says what it stands for, `words` what is told of it.

    `x` and `y` are from where to where it reaches in its axes; None is the whole width or height of the picture.
    """

    key: Key
    words: str
    axes: Axes
    x: tuple[float, float] | None
    y: tuple[float, float] | None


@dataclass(frozen=True)
class Drawing:
    """A figure and its marks."""

    figure: Figure
    marks: list[Mark] = field(default_factory=list)

    def png(self) -> bytes:
        """The picture as a PNG file."""
        return pen.png(self.figure)

    def pixels(self) -> tuple[bytes, int, int]:
        """The picture as rows of red, green, blue, alpha (a byte each), its width and height in dots."""
        canvas = self.figure.canvas
        canvas.draw()
        width, height = canvas.get_width_height()
        return bytes(canvas.buffer_rgba()), width, height  # type: ignore[attr-defined]

    def box(self, mark: Mark) -> Box:
        """Where a mark is: left, top, right, bottom as shares of the picture, from its upper left corner."""
        wide, high = self.figure.bbox.width, self.figure.bbox.height
        corners = mark.axes.transData.transform(
            [((mark.x or (0, 0))[at], (mark.y or (0, 0))[at]) for at in (0, 1)]
        )  # fmt: skip
        across = sorted(corners[:, 0] / wide) if mark.x else [0.0, 1.0]
        down = sorted(1 - corners[:, 1] / high) if mark.y else [0.0, 1.0]
        return float(across[0]), float(down[0]), float(across[1]), float(down[1])

    def at(self, x: float, y: float) -> Mark | None:
        """The mark at a place (shares of the picture), None where there is none."""
        for mark in self.marks:
            left, top, right, bottom = self.box(mark)
            if left <= x <= right and top <= y <= bottom:
                return mark
        return None
