"""What charts and small maps are drawn with: one width, one font, one ink.

Drawn with matplotlib's objects alone: no pyplot and no change of its global settings, so that a picture may be drawn in
any thread beside the user's own. Same data and same matplotlib, same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from redline.core.catalogue import text
from redline.core.report.faces import chinese_font

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INCHES = 6.8
"""Width of every chart on paper: the printed page's."""
INK, SOFT, LINE = "#26323d", "#6b7780", "#d5dade"
_DPI = 200
_LETTER = 0.0082 * INCHES
"""Inches that a Latin letter of a label takes; Chinese is twice as wide."""


@dataclass(frozen=True)
class Look:
    """How charts look: width in inches, dots an inch, colours, the smallest letters (points), and the most that labels
    at the side may take of the width. As it stands: the printed page's."""

    inches: float = INCHES
    dpi: float = _DPI
    ink: str = INK
    soft: str = SOFT
    line: str = LINE
    paper: str = "white"
    least: float = 0.0
    side: float = 0.8


class Pen:
    """Writes on charts in one font: Chinese where the machine has a font for it, else in English and codes."""

    def __init__(self, language: str, look: Look | None = None) -> None:
        _, self._file = chinese_font()
        self.language = language if self._file else "en"
        self.look = look or Look()

    def figure(self, inches: float) -> Figure:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(self.look.inches, inches), dpi=self.look.dpi, facecolor=self.look.paper)
        FigureCanvasAgg(figure)
        return figure

    def say(self, text_id: str) -> str:
        return text(f"report.chart.{text_id}", self.language)

    def _font(self, size: float) -> Any:
        from matplotlib.font_manager import FontProperties

        size = max(size, self.look.least)
        return FontProperties(fname=self._file, size=size) if self._file else FontProperties(size=size)

    def name(self, name: str, code: str, longest: int = 18) -> str:
        """A name as it can be written: its code instead where there is no font for it; "$" begins no formula."""
        # matplotlib refuses halves of a character.
        name, code = (said.encode("utf-8", "ignore").decode("utf-8") for said in (name, code))
        shown = name if self._file or name.isascii() else code
        shown = shown or code
        return (shown if len(shown) <= longest else shown[: longest - 1] + "…").replace("$", r"\$").replace("\n", " ")

    def beside(self, names: Sequence[str], ends: Sequence[str] | None = None) -> tuple[list[str], float]:
        """Labels at the side of a chart, shortened where they need it, and the share of the width that they take.

        Each keeps its end of `ends` whole.
        """
        most = int(self.look.side * self.look.inches / _LETTER)
        shown = [_cut(name, most - _width(end)) + end for name, end in zip(names, ends or [""] * len(names))]
        return shown, 0.02 + _LETTER / self.look.inches * max(map(_width, shown), default=0)

    def write(
        self, axes: Axes, x: float, y: float, words: str, size: float, color: str = "", rim: bool = False, **how: Any
    ) -> None:
        """Words at a place of the axes, with a `rim` in the colour of the paper where they lie on lines."""
        from matplotlib.patheffects import withStroke

        if rim:
            how["path_effects"] = [withStroke(linewidth=2, foreground=self.look.paper)]
        axes.text(x, y, words, fontproperties=self._font(size), color=color or self.look.ink, **how)

    def title(self, axes: Axes, words: str) -> None:
        axes.set_title(words, fontproperties=self._font(8), color=self.look.ink, loc="center", pad=5)

    def bare(self, axes: Axes) -> None:
        for spine in axes.spines.values():
            spine.set_visible(False)
            spine.set_color(self.look.line)
            spine.set_linewidth(0.8)
        axes.tick_params(length=0)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_facecolor(self.look.paper)

    def axis(self, axes: Axes, words: str) -> None:
        """A panel with a number axis below and its meaning above."""
        from matplotlib.ticker import FuncFormatter, MaxNLocator

        for side, spine in axes.spines.items():
            spine.set_visible(side in ("left",))
            spine.set_color(self.look.line)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}".replace("-", "−")))
        axes.grid(True, axis="x", color=self.look.line, linewidth=0.5)
        axes.set_axisbelow(True)
        axes.tick_params(length=0, pad=2)
        axes.set_facecolor(self.look.paper)
        self.title(axes, words)

    def fonts(self, axes: Axes) -> None:
        for label in [*axes.get_xticklabels(), *axes.get_yticklabels()]:
            label.set_fontproperties(self._font(7))
            label.set_color(self.look.ink)

    def legend(self, figure: Figure, axes: Axes, entries: int, low: bool = False) -> None:
        handles, labels = axes.get_legend_handles_labels()
        place = "lower center" if low else "upper center"
        figure.legend(
            handles, labels, loc=place, ncol=entries, frameon=False, prop=self._font(7), labelcolor=self.look.ink,
            handlelength=1.0, handleheight=0.9, columnspacing=1.6, borderaxespad=0.1,
        )  # fmt: skip


def png(figure: Figure) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=figure.dpi, metadata={"Software": None}, facecolor=figure.get_facecolor())
    return stream.getvalue()


def _width(words: str) -> int:
    """Width of a label in Latin letters."""
    return len(words.encode("gbk", "replace"))


def _cut(words: str, most: int) -> str:
    if _width(words) <= most:
        return words
    while words and _width(words) > most - 2:
        words = words[:-1]
    return words.rstrip("\\") + "…"
