"""A proposed site: what it touches, on a small map, and how it could avoid that."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from redline.core import units
from redline.core.report import charts, maps
from redline.core.report.markup import Content, Row, table, tag
from redline.core.report.writer import Writer, percent, records

# Lines a theme in the table.
_MOST = 3


def site(w: Writer) -> Content:
    """The chapter, where a site was checked."""
    if not w.summary.has("SUMMARY_TABLE"):
        return ""
    return w.chapter("site", _map(w), w.heading("site.ways"), _ways(w), w.note("site.how"), _table(w))


def _map(w: Writer) -> Content:
    if not charts.available():
        return ""
    pieces = w.summary.tables["PIECES"]
    picture = maps.site_map(pieces, w.summary.tables["WAYS_OUT"], w.language)
    return w.chart("site.map", w.note("site.map.how"), picture)


def _ways(w: Writer) -> Content:
    return w.bullets([sentence for row in records(w.summary.tables["WAYS_OUT"]) for sentence in _way(w, row)])


def _way(w: Writer, row: dict[str, Any]) -> list[str]:
    if row["lost_area"] <= 0:
        return [w.say("site.free", site=row["site"])]
    cut = w.say(
        "site.cut", site=row["site"], area=f"{row['lost_area']:,.2f}", share=percent(row["lost_share"]),
        parts=row["parts_left"],
    )  # fmt: skip
    if math.isnan(row["shift"]):
        return [w.say("site.nowhere", site=row["site"]), cut]
    ways = [
        w.say(f"site.{there if row[axis] > 0 else back}", metres=f"{abs(row[axis]):.1f}")
        for axis, there, back in (("shift_east", "east", "west"), ("shift_north", "north", "south"))
        if f"{abs(row[axis]):.1f}" != "0.0"
    ]
    said = {"distance": f"{row['shift']:.1f}", "ways": w.say("comma").join(ways)}
    return [w.say("site.shift", site=row["site"], **said), cut]


def _table(w: Writer) -> Content:
    columns = [w.column("theme"), w.column("site.name"), *w.numbers(["area.m2", "area.mu", "share"])]
    rows = []
    for name, part in w.summary.tables["SUMMARY_TABLE"].groupby("site", sort=True):
        rows.append(Row([tag("b", str(name)), "", "", "", ""], "part"))
        for _, of_theme in part.groupby("theme", sort=False):
            rows += [_row(w, row) for row in _shortened(w, of_theme)]
    return table(columns, rows, "grid small")


def _shortened(w: Writer, of_theme: pd.DataFrame) -> list[dict[str, Any]]:
    """The largest lands of a theme, and what is left together: the table is one page's."""
    if len(of_theme) <= _MOST:
        return records(of_theme)
    nothing = of_theme["name"] == ""
    named = of_theme[~nothing]
    rest = named.iloc[_MOST - 1 - int(nothing.sum()) :]
    shown = named.iloc[: -len(rest)]
    total = units.total_cents(rest["area"])
    others = {
        "theme": rest["theme"].iloc[0], "name": w.say("site.others", count=len(rest)), "area": total / 100,
        "area_mu": float(units.from_cents(total, "mu")), "share": rest["share"].sum(),
    }  # fmt: skip
    return [*records(shown), others, *records(of_theme[nothing])]


def _row(w: Writer, row: dict[str, Any]) -> Row:
    return Row([w.called("theme", str(row["theme"])), str(row["name"]) or w.say("site.none"), *_figures(row)])


def _figures(row: dict[str, Any]) -> list[str]:
    return [f"{row['area']:,.2f}", f"{row['area_mu']:,.2f}", percent(row["share"])]
