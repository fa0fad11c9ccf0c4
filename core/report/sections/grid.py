"""Responsibility zones: the five duties, the calendar of patrols, signs."""

from __future__ import annotations

import pandas as pd

from redline.core.checks.staff import DUTIES
from redline.core.report import cells, chart_data, charts
from redline.core.report.markup import Content, Row, table
from redline.core.report.writer import (
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

_ZONES = ("zones_staffed", "zones_complete", "letters_county", "letters_township", "letters_village", "letters_zone")
_PATROLS = ("patrols", "patrol_months", "patrols_found", "found_filed")
_SIGNS = ("signed_places", "signs_good")
# A heat map of more rows is one of townships.
_ROWS = 45
_WORST = 20


def zones(w: Writer) -> Content:
    """`ZONE_STATUS`: how many zones have people, letters, and each of the five duties."""
    if not w.summary.has("ZONE_STATUS"):
        return ""
    found = w.summary.tables["ZONE_STATUS"]
    return w.chapter("zones", _figures(w, _ZONES), _duties(w, found), _by_township(w, found))


def patrols(w: Writer) -> Content:
    """`CALENDAR`: 巡田率 with both numbers, the heat map of zones and months, the zones with least."""
    if not w.summary.has("CALENDAR"):
        return ""
    found = w.summary.tables["CALENDAR"]
    return w.chapter("patrols", w.note("patrols.how"), _figures(w, _PATROLS), _heat(w, found), _least(w, found))


def signs(w: Writer) -> Content:
    """`SIGN_STATUS`: places with a sign, and signs in order."""
    if not w.summary.has("SIGN_STATUS"):
        return ""
    found = w.summary.tables["SIGN_STATUS"]
    columns = [w.column("unit_column", width="30%"), *w.numbers(["signs.places", "signs.without", "signs.trouble"])]
    rows = []
    for code, part in found.assign(township=found["unit"].str[:9]).groupby("township"):
        by_status = part["status"].value_counts()
        without, trouble = (int(by_status.get(status, 0)) for status in ("none", "trouble"))
        cells = [count(len(part)), count(without), count(trouble)]
        rows.append([w.unit(str(code)), *cells])
    return w.chapter("signs", _figures(w, _SIGNS), table(columns, rows, "grid small"))


def _figures(w: Writer, names: tuple[str, ...]) -> Content:
    """Rates in boxes, each with its two numbers."""
    shown = [(name, w.summary.rates[name]) for name in names if name in w.summary.rates]
    return cards(
        [Card(w.called("rate", name), percent(rate.value), "plain", fraction(rate)) for name, rate in shown], "figures"
    )


def _duties(w: Writer, found: pd.DataFrame) -> Content:
    """A light for each of the five."""
    lights = []
    for duty in DUTIES[:-1]:
        known = found[duty].dropna()
        name = w.called("column", duty)
        if not len(known):
            lights.append(Card(name, w.say("light.grey"), "grey"))
            continue
        rate = Rate(int(known.sum()), len(known))
        kind = "green" if rate.numerator == rate.denominator else "red"
        lights.append(Card(name, percent(rate.value), kind, fraction(rate)))
    return [w.heading("zones.five"), cards(lights, "lights")]


def _by_township(w: Writer, found: pd.DataFrame) -> Content:
    """Zones, plots, and zones without a person or all five duties, by township."""
    columns = [
        w.column("unit_column", width="26%"), *w.numbers(["zones.zones", "plots", "zones.nobody", "zones.incomplete"]),
    ]  # fmt: skip
    rows = []
    for code, part in found.assign(township=found["unit"].str[:9]).groupby("township"):
        told = bool(part["people_duty"].notna().any())
        nobody = count(int((part["people_duty"].dropna() == False).sum())) if told else w.say("light.grey")  # noqa: E712
        complete = part["complete"].dropna()
        lacking = count(int((~complete.astype(bool)).sum())) if len(complete) else w.say("light.grey")
        cells = [w.unit(str(code)), count(len(part)), count(int(part["plots"].sum())), nobody, lacking]
        rows.append(Row(cells, unit_kind(str(code)) if len(str(code)) < 9 else None))
    return [w.heading("zones.townships"), table(columns, rows, "grid small")]


def _heat(w: Writer, found: pd.DataFrame) -> Content:
    """Patrols done of those due, a row a zone; of townships where there are too many zones."""
    if not charts.available():
        return ""
    rows, months, together = chart_data.patrol_rows(found, "", w.unit, _ROWS)
    how = w.note("patrols.chart.how")
    if together:
        how = w.note("patrols.chart.townships", count=count(found["zone_code"].nunique()))
    return w.chart("patrols.chart", how, cells.heat_map(rows, months, w.pen()).png())


def _least(w: Writer, found: pd.DataFrame) -> Content:
    """The zones with the lowest share of what is due."""
    sums = found.groupby(["zone_code", "zone_name", "unit"], sort=True).agg(
        done=("done", "sum"), due=("due", "sum"), short=("short", "sum"), months=("month", "size")
    )
    sums = sums.reset_index()
    sums = sums[sums["short"] > 0]
    if not len(sums):
        return [w.heading("patrols.least"), w.note("patrols.enough")]
    sums["share"] = sums["done"] / sums["due"].where(sums["due"] > 0)
    worst = sums.sort_values(["share", "zone_code"], kind="stable").head(_WORST)
    columns = [
        w.column("patrols.zone", width="34%"), w.column("unit_column", width="22%"),
        *w.numbers(["patrols.done", "patrols.share", "patrols.short"]),
    ]  # fmt: skip
    rows = [
        [
            f"{row['zone_name']} {row['zone_code']}" if row["zone_name"] != row["zone_code"] else row["zone_code"],
            unit_cell(w.unit(row["unit"]), ""), f"{count(row['done'])} / {count(row['due'])}", percent(row["share"]),
            f"{count(row['short'])} / {count(row['months'])}",
        ]
        for row in records(worst)
    ]  # fmt: skip
    more = w.note("patrols.more", shown=_WORST, count=count(len(sums))) if len(sums) > _WORST else ""
    return [w.heading("patrols.least"), more, table(columns, rows, "grid small")]
