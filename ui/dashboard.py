"""The dashboard tab: charts of what the filters show; a click on a bar filters by it and selects it on the map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QSize, Qt, QTimer
from qgis.PyQt.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from redline.core.catalogue import text
from redline.processing.algorithm import language, tr
from redline.ui.board_data import BoardData
from redline.ui.board_picks import picked
from redline.ui.chart_view import ChartView, Draw, look_of
from redline.ui.findings import FindingsTab
from redline.ui.results import Results
from redline.ui.table import Places

if TYPE_CHECKING:
    from redline.core.report.drawing import Mark
    from redline.core.report.pen import Look

CHARTS = ("rules", "units", "spread", "ratios", "calendar", "duties")
_RESIZED = 150  # ms after the last change of the width
_RULES, _UNITS, _RATIOS, _ZONES, _DUTY_ROWS = 20, 20, 20, 45, 40
_MARGINS = 20
_ZOOMED = 2000
"""The map moves to so many selected features at most; more are all over it."""


@dataclass(frozen=True)
class Shown:
    """A chart to be drawn, with what there is to say of it; or only a sentence why there is none."""

    draw: Draw | None
    words: str = ""


class DashboardTab(QWidget):
    """Charts of the findings that `findings` shows. Nothing is drawn while the tab is not seen."""

    def __init__(self, findings: FindingsTab, canvas: QgsMapCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings, self._canvas = findings, canvas
        self._results: Results | None = None
        self._data: BoardData | None = None
        self._places: Places = np.empty(0, dtype=np.int64)
        self._stale = True
        self._waiting: list[str] = []
        self._look: Look | None = None
        self.heading = QLabel(self)
        self.everything = QPushButton(tr("Show everything"), self)
        self.views = {name: ChartView(title, self) for name, title in zip(CHARTS, _titles())}
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._draw_next)
        self._resized = QTimer(self)
        self._resized.setSingleShot(True)
        self._resized.setInterval(_RESIZED)
        self._resized.timeout.connect(self.refresh)
        self._arrange()
        self.everything.clicked.connect(lambda _checked: self._show_everything())
        for name, view in self.views.items():
            view.clicked.connect(self.pick)
            view.setObjectName(name)
        findings.shown.connect(self._filtered)
        self.setEnabled(False)

    def _arrange(self) -> None:
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(2, 2, 2, 2)
        for view in self.views.values():
            column.addWidget(view)
        column.addStretch(1)
        self.area = QScrollArea(self)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.area.setWidget(inside)
        self.heading.setWordWrap(True)
        top = QHBoxLayout()
        top.addWidget(self.heading, 1)
        top.addWidget(self.everything)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(4, 4, 4, 4)
        whole.addLayout(top)
        whole.addWidget(self.area, 1)

    # What is open

    def open(self, results: Results) -> None:
        """Show charts of these results from now on."""
        self.close_results()
        self._results, self._data = results, BoardData(results)
        results.reread.connect(self._reread)
        self.setEnabled(True)
        self._filtered(self._findings.places())

    def close_results(self) -> None:
        """Show nothing."""
        if self._results is not None:
            self._results.reread.disconnect(self._reread)
        self._results = self._data = None
        self._waiting = []
        self.heading.clear()
        for view in self.views.values():
            view.say("")
        self.setEnabled(False)

    def _reread(self) -> None:
        if self._results is not None:
            self._data = BoardData(self._results)
            self._filtered(self._findings.places())

    # Drawing

    def _filtered(self, places: Places) -> None:
        self._places, self._stale = places, True
        self.refresh()

    def refresh(self) -> None:
        """Draw all charts again, one after another, if they are seen; else as soon as they are."""
        if self._results is None or not self.isVisible():
            return
        self._stale = False
        self.heading.setText(self._filters_in_words())
        self._look = None
        seen: list[str] = []
        hidden: list[str] = []
        for name, view in self.views.items():
            (hidden if view.visibleRegion().isEmpty() else seen).append(name)
        self._waiting = [*seen, *hidden]
        self._next.start(0)

    @property
    def drawing(self) -> bool:
        """Are there charts still to be drawn?"""
        return bool(self._waiting)

    def _draw_next(self) -> None:
        """Draw one chart; the window is looked after before the next one."""
        if self._waiting and self._data is not None and self.isVisible():
            name = self._waiting.pop(0)
            shown = self._chart(name)
            view = self.views[name]
            if shown.draw is None:
                view.say(shown.words)
            else:
                view.show_chart(shown.draw, self._look or self._new_look(), shown.words)
        if self._waiting:
            self._next.start(0)

    def _new_look(self) -> Look:
        """How the charts look now; the heading shows in which colours."""
        self._look = look_of(self.heading, self.area.viewport().width() - _MARGINS, self.devicePixelRatioF())
        return self._look

    def _chart(self, name: str) -> Shown:
        from redline.core.report import charts

        if not charts.available():
            return Shown(None, tr("Charts need matplotlib, which this QGIS does not have."))
        makers: dict[str, Callable[[BoardData], Shown]] = {
            "rules": self._rules, "units": self._units, "spread": self._spread, "ratios": self._ratios,
            "calendar": self._calendar, "duties": self._duties,
        }  # fmt: skip
        return makers[name](self._data) if self._data is not None else Shown(None)

    def _rules(self, data: BoardData) -> Shown:
        from redline.core.report import chart_data, charts

        counts = chart_data.rule_counts(data.summary(self._places), len(self._places))
        if not counts:
            return Shown(None, _nothing())
        words = tr("Lengths follow the square root of the count.")
        if len(counts) > _RULES:
            words += " " + tr("The {shown} gravest of {all} rules.").format(shown=_RULES, all=len(counts))
        return Shown(lambda pen: charts.rule_bars(counts[:_RULES], pen), words)

    def _units(self, data: BoardData) -> Shown:
        from redline.core.report import chart_data, charts

        counts = chart_data.unit_counts(data.findings(self._places), self._unit(), data.name, _UNITS)
        if not counts:
            return Shown(None, _nothing())
        most = tr("The units with most findings; one with none is left out.")
        return Shown(lambda pen: charts.count_bars(counts, pen), most)

    def _spread(self, data: BoardData) -> Shown:
        from redline.core.report import charts

        if data.table("plot_status").empty:
            return Shown(None, tr("No areas were compared: the four-way check was not part of the run."))
        spreads = data.spreads(self._places, self._unit())
        if not spreads:
            return Shown(None, tr("No areas were compared here: there is no register or ground to compare with."))
        return Shown(lambda pen: charts.differences(spreads, pen), text("report.spread.how", language()))

    def _ratios(self, data: BoardData) -> Shown:
        from redline.core.report import chart_data, charts

        table = data.table("rates")
        if table.empty:
            return Shown(None, tr("No rates were computed: the last run had no violations."))
        bars, line, words = chart_data.ratios(table, self._unit(), data.name)
        if not bars:
            return Shown(None, tr("No ratio with a threshold here: that needs the new construction land of units."))
        bars = chart_data.greatest_ratios(bars, _RATIOS)
        said = tr("Unlawful share of the cultivated land taken by new construction. Follows the unit alone.")
        return Shown(lambda pen: charts.share_bars(bars, line, words, pen), said)

    def _calendar(self, data: BoardData) -> Shown:
        from redline.core.report import cells, chart_data

        table = data.table("calendar")
        if table.empty:
            return Shown(None, tr("No patrols were checked: that needs responsibility zones and a log of patrols."))
        rows, months, _ = chart_data.patrol_rows(table, self._unit(), data.name, _ZONES)
        if not rows:
            return Shown(None, tr("No responsibility zone lies here."))
        said = tr("Patrols done; the colour tells the share of those due. Follows the unit alone.")
        return Shown(lambda pen: cells.heat_map(rows, months, pen), said)

    def _duties(self, data: BoardData) -> Shown:
        from redline.core.report import cells, chart_data
        from redline.core.report.summary import DUTIES

        table = data.table("unit_duties")
        if table.empty:
            return Shown(None, tr("The five duties were not checked in the last run."))
        rows = chart_data.duty_rows(table, self._unit(), data.name, _DUTY_ROWS)
        if not rows:
            return Shown(None, tr("No plot of this unit was checked."))
        said = tr("Share of plots that meet each duty; — could not be tested. Follows the unit alone.")
        return Shown(lambda pen: cells.duty_grid(rows, DUTIES, pen), said)

    # What was clicked

    def pick(self, mark: Mark) -> None:
        """Filter by what a mark stands for, and select it on the map; picked again, it is taken away."""
        if self._results is None or self._data is None:
            return
        table, filters = self._results.table, self._findings.filters
        plots: Places = np.empty(0, dtype=np.int64)
        if mark.key[0] == "unit":
            filters.pick_unit(_above(mark.key[1]) if mark.key[1] == self._unit() else mark.key[1])
            chosen = bool(self._unit())
        else:
            found = picked(self._data, table, self._places, self._unit(), mark)
            again = found.pick is not None and found.pick == filters.current_pick
            if found.pick is not None:
                filters.pick(None if again else found.pick)
            chosen = found.pick is not None and not again
            plots = plots if again else found.plots
        self._select("findings", table.fids[self._places] if chosen else plots[:0])
        self._select("plot_status", plots)

    def _show_everything(self) -> None:
        self._findings.filters.reset()
        for name in ("findings", "plot_status"):
            self._select(name, self._places[:0])

    def _select(self, name: str, fids: Places) -> None:
        """Select features on the map, and move it there as far as the findings tab may move it."""
        layer = self._results.layer(name) if self._results else None
        if layer is None:
            return
        layer.selectByIds(fids.tolist())
        if self._findings.zoom.isChecked() and 0 < len(fids) <= _ZOOMED:
            box = layer.boundingBoxOfSelected()
            if not box.isNull() and not box.isEmpty():
                self._canvas.zoomToSelected(layer)

    # Words

    def _unit(self) -> str:
        return self._findings.filters.chosen().unit

    def _filters_in_words(self) -> str:
        table = self._results.table if self._results else ()
        parts = [tr("{shown} of {all} findings").format(shown=f"{len(self._places):,}", all=f"{len(table):,}")]
        if self._unit() and self._data is not None:
            parts.append(self._data.name(self._unit()))
        pick = self._findings.filters.current_pick
        if pick is not None:
            parts.append(pick.title)
        self.everything.setVisible(len(self._places) < len(table) or len(parts) > 1)
        return " · ".join(parts)

    # What Qt tells

    def showEvent(self, event: object) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)
        before: QSize = event.oldSize()  # type: ignore[attr-defined]
        if before.width() != self.width():
            self._stale = True
            self._resized.start()


def _titles() -> tuple[str, ...]:
    return (
        tr("Findings by rule"), tr("Findings by unit"), tr("Differences of area"),
        tr("Ratio of illegal occupation against its threshold"), tr("Patrol calendar"), tr("The five duties 五落实"),
    )  # fmt: skip


def _nothing() -> str:
    return tr("Nothing is found under these filters.")


def _above(code: str) -> str:
    """The unit one level above, "" for all."""
    return {12: code[:9], 9: ""}.get(len(code), "")
