"""What charts and small maps are drawn with: one width, one font, one ink.

Drawn with matplotlib's objects alone: no pyplot and no change of its global settings, so that a picture may be drawn in
any thread beside the user's own. Same data and same matplotlib, same bytes.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from redline.core.catalogue import text
from redline.core.report.faces import chinese_font

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INCHES = 6.8
"""Width of every chart: the printed page's."""
INK, SOFT, LINE = "#26323d", "#6b7780", "#d5dade"
_DPI = 200


class Pen:
    """Writes on charts in one font: Chinese where the machine has a font for it, else in English and codes."""

    def __init__(self, language: str) -> None:
        _, self._file = chinese_font()
        self.language = language if self._file else "en"

    def figure(self, inches: float) -> Figure:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(INCHES, inches), dpi=_DPI, facecolor="white")
        FigureCanvasAgg(figure)
        return figure

    def say(self, text_id: str) -> str:
        return text(f"report.chart.{text_id}", self.language)

    def _font(self, size: float) -> Any:
        from matplotlib.font_manager import FontProperties

        return FontProperties(fname=self._file, size=size) if self._file else FontProperties(size=size)

    def name(self, name: str, code: str, longest: int = 18) -> str:
        """A name as it can be written: its code instead where there is no font for it; "$" begins no formula."""
        # matplotlib refuses halves of a character.
        name, code = (said.encode("utf-8", "ignore").decode("utf-8") for said in (name, code))
        shown = name if self._file or name.isascii() else code
        shown = shown or code
        return (shown if len(shown) <= longest else shown[: longest - 1] + "…").replace("$", r"\$").replace("\n", " ")

    def write(self, axes: Axes, x: float, y: float, words: str, size: float, color: str = INK, **how: Any) -> None:
        axes.text(x, y, words, fontproperties=self._font(size), color=color, **how)

    def title(self, axes: Axes, words: str) -> None:
        axes.set_title(words, fontproperties=self._font(8), color=INK, loc="center", pad=5)

    def bare(self, axes: Axes) -> None:
        for spine in axes.spines.values():
            spine.set_visible(False)
            spine.set_color(LINE)
            spine.set_linewidth(0.8)
        axes.tick_params(length=0)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_facecolor("white")

    def axis(self, axes: Axes, words: str) -> None:
        """A panel with a number axis below and its meaning above."""
        from matplotlib.ticker import FuncFormatter, MaxNLocator

        for side, spine in axes.spines.items():
            spine.set_visible(side in ("left",))
            spine.set_color(LINE)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}".replace("-", "−")))
        axes.grid(True, axis="x", color=LINE, linewidth=0.5)
        axes.set_axisbelow(True)
        axes.tick_params(length=0, pad=2)
        axes.set_facecolor("white")
        self.title(axes, words)

    def fonts(self, axes: Axes) -> None:
        for label in [*axes.get_xticklabels(), *axes.get_yticklabels()]:
            label.set_fontproperties(self._font(7))
            label.set_color(INK)

    def legend(self, figure: Figure, axes: Axes, entries: int, low: bool = False) -> None:
        handles, labels = axes.get_legend_handles_labels()
        place = "lower center" if low else "upper center"
        figure.legend(
            handles, labels, loc=place, ncol=entries, frameon=False, prop=self._font(7), labelcolor=INK,
            handlelength=1.0, handleheight=0.9, columnspacing=1.6, borderaxespad=0.1,
        )  # fmt: skip


def png(figure: Figure) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=_DPI, metadata={"Software": None}, facecolor="white")
    return stream.getvalue()
