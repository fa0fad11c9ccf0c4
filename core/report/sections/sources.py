"""The sources held against one another: in all, by unit, and the plots that differ most."""

from __future__ import annotations

import math
from typing import Any

from redline.core import units
from redline.core.report import charts
from redline.core.report.markup import Content, Row, table
from redline.core.report.summary import SOURCES
from redline.core.report.writer import (
    MOST_VILLAGES,
    NONE,
    Writer,
    apart,
    cents,
    count,
    known_count,
    mu,
    percent,
    records,
    square_metres,
    unit_cell,
    unit_kind,
)

_WORST = 20
_UNITS_IN_CHART = 16


def overview(w: Writer) -> Content:
    """Totals by source, plots by status, the spread of the differences, areas by township."""
    content = [_totals(w), _statuses(w), _spread(w), _units(w)]
    title = "sources" if w.summary.has("PLOT_STATUS") else "sources.areas"
    return w.chapter(title, *content) if any(content) else ""


def _totals(w: Writer) -> Content:
    totals = w.summary.totals()
    if not totals:
        return ""
    rows = [
        [
            w.say(f"subject.{total.source}"), known_count(total.count), mu(total.cents), square_metres(total.cents),
            apart(total.apart), _share_apart(total.apart, total.cents),
        ]
        for total in totals
    ]  # fmt: skip
    columns = [w.column("source"), *w.numbers(["plots", "area.mu", "area.m2", "apart.mu", "apart.percent"])]
    return [w.heading("totals"), table(columns, rows), _basis(w)]


def _share_apart(difference: int | None, whole: int | None) -> str:
    if difference is None or not whole or whole == difference:
        return NONE
    return f"{difference / (whole - difference):+.3%}".replace("-", "−") if difference else "0.000%"


def _basis(w: Writer) -> Content:
    """The ground is surveyed gross; where the other sources state net areas, that has to be said."""
    return w.note("basis") if w.summary.ground_is_gross() else ""


def _statuses(w: Writer) -> Content:
    counts = w.summary.statuses()
    whole = int(counts.sum())
    if not whole:
        return ""
    rows = [[w.called("status", str(name)), count(number), percent(number / whole)] for name, number in counts.items()]
    columns = [w.column("status", width="50%"), *w.numbers(["plots", "share"])]
    return [w.heading("statuses"), table(columns, rows)]


def _spread(w: Writer) -> Content:
    spreads = [charts.Spread(*found) for found in w.summary.spreads()]
    if not spreads or not charts.available():
        return ""
    return w.chart("spread", w.note("spread.how"), charts.differences(spreads, w.pen()).png())


def _units(w: Writer) -> Content:
    balance = w.summary.balance()
    lengths = sorted(balance["unit"].str.len().unique()) if len(balance) else []
    if len(lengths) < 2 or not charts.available():
        return ""
    bars = [_bar(w, row) for row in records(balance[balance["unit"].str.len() == lengths[1]])]
    how = w.note("units.chart.how")
    if len(bars) > _UNITS_IN_CHART:
        how = w.note("units.chart.more", shown=_UNITS_IN_CHART, count=count(len(bars)))
        bars = sorted(sorted(bars, key=_greatest, reverse=True)[:_UNITS_IN_CHART], key=lambda bar: bar.code)
    return w.chart("units.chart", how, charts.unit_bars(bars, w.pen()).png())


def _bar(w: Writer, row: dict[str, Any]) -> charts.UnitAreas:
    def in_mu(kind: str) -> dict[str, float]:
        values = [row.get(f"{source}_{kind}", math.nan) for source in SOURCES]
        return dict(zip(SOURCES, units.convert(values, "m2", "mu").tolist()))

    return charts.UnitAreas(row["unit"], w.unit(row["unit"]), in_mu("area"), in_mu("apart"))


def _greatest(bar: charts.UnitAreas) -> float:
    return max((abs(value) for value in bar.apart.values() if math.isfinite(value)), default=0.0)


def balance(w: Writer) -> Content:
    """Counts and areas of every source by township and village."""
    found = w.summary.balance()
    if not len(found):
        return ""
    sources = [source for source in SOURCES if found[f"{source}_area"].notna().any()]
    villages = found["unit"].str.len() > 9
    omitted = int(villages.sum()) if villages.sum() > MOST_VILLAGES else 0
    columns = [w.column("unit_column", width="20%")]
    columns += w.numbers([f"short.{source}.{kind}" for source in sources for kind in ("count", "area")])
    columns += w.numbers(["greatest_apart"])
    rows = [_balance_row(w, row, sources) for row in records(found[~villages] if omitted else found)]
    return w.chapter(
        "balance", w.note("balance.how"), table(columns, rows, "grid small"), _basis(w), w.omitted(omitted)
    )


def _balance_row(w: Writer, row: dict[str, Any], sources: list[str]) -> Row:
    cells: list[Content] = [unit_cell(w.unit(row["unit"]), row["unit"])]
    for source in sources:
        cells += [known_count(row[f"{source}_count"]), mu(cents(row[f"{source}_area"]))]
    differences = [d for d in (cents(row[f"{source}_apart"]) for source in sources) if d is not None]
    cells.append(apart(max(differences, key=abs) if differences else None))
    return Row(cells, unit_kind(row["unit"]))


def worst(w: Writer) -> Content:
    """The plots whose areas differ most."""
    found = w.summary.worst(_WORST)
    if not len(found):
        return ""
    areas = ("map_area", "register_area", "plots_area")
    columns = [
        w.column("key", width="22%"), w.column("village"),
        *w.numbers(["map.m2", "register.m2", "ground.m2", "apart.m2"]), w.column("status", width="14%"),
    ]  # fmt: skip
    rows = [
        [
            row["key"], w.unit(row["unit"]), *(square_metres(cents(row.get(area))) for area in areas),
            apart(cents(row["difference"]), "m2"), w.called("status", row["status"]),
        ]
        for row in records(found)
    ]  # fmt: skip
    return w.chapter("worst", w.note("worst.how", count=count(len(found))), table(columns, rows))
