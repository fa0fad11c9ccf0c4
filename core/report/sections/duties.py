"""五落实: how many plots meet each of the five duties, in all and by unit."""

from __future__ import annotations

from redline.core.report.markup import Content, Row, table, tag
from redline.core.report.summary import DUTIES
from redline.core.report.writer import (
    MOST_VILLAGES,
    Card,
    Writer,
    cards,
    count,
    fraction,
    percent,
    records,
    unit_cell,
    unit_kind,
)
from redline.core.result import Rate


def duties(w: Writer) -> Content:
    if not w.summary.has("PLOT_DUTIES"):
        return ""
    lights = [_light(w, duty, rate) for duty, rate in w.summary.duties().items()]
    return w.chapter("duties", w.note("duties.how"), cards(lights, "lights"), _by_unit(w))


def _light(w: Writer, duty: str, rate: Rate | None) -> Card:
    name = w.say(f"duty.{duty}")
    if rate is None:
        return Card(name, w.say("light.grey"), "grey")
    return Card(name, percent(rate.value), "green" if rate.numerator == rate.denominator else "red", fraction(rate))


def _by_unit(w: Writer) -> Content:
    if not w.summary.has("UNIT_DUTIES"):
        return ""
    found = w.summary.tables["UNIT_DUTIES"].sort_values("unit", kind="stable")
    villages = found["unit"].str.len() > 9
    omitted = int(villages.sum()) if villages.sum() > MOST_VILLAGES else 0
    complete = villages & (found["complete"] >= 1)
    shares = (*DUTIES, "complete")
    columns = [w.column("unit_column", width="26%"), *w.numbers(["plots", *(f"duty.{duty}" for duty in shares)])]
    rows = [
        Row(
            [unit_cell(w.unit(row["unit"]), row["unit"]), count(row["plots"]), *(_share(row[duty]) for duty in shares)],
            unit_kind(row["unit"]),
        )
        for row in records(found[~villages] if omitted else found[~complete])
    ]
    rest = w.note("villages.complete", count=count(complete.sum())) if complete.any() and not omitted else ""
    return [w.heading("duties.units"), table(columns, rows, "grid small"), rest, w.omitted(omitted)]


def _share(share: float) -> Content:
    figure = percent(share, 1)
    return tag("span", figure, class_="low") if share < 1 else figure
