"""A proposed site: what it touches, on a small map, and how it could avoid that."""

from __future__ import annotations

import math
from typing import Any

from redline.core.report import charts, maps
from redline.core.report.markup import Content, Row, table, tag
from redline.core.report.writer import Writer, percent, records


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
    said = {"distance": f"{row['shift']:.1f}", "east": f"{row['shift_east']:.1f}", "north": f"{row['shift_north']:.1f}"}
    return [w.say("site.shift", site=row["site"], **said), cut]


def _table(w: Writer) -> Content:
    columns = [w.column("theme"), w.column("site.name"), *w.numbers(["area.m2", "area.mu", "share"])]
    rows = []
    for name, part in w.summary.tables["SUMMARY_TABLE"].groupby("site", sort=True):
        rows.append(Row([tag("b", str(name)), "", "", "", ""], "part"))
        rows += [
            Row([w.called("theme", str(row["theme"])), str(row["name"]) or w.say("site.none"), *_figures(row)])
            for row in records(part)
        ]
    return table(columns, rows)


def _figures(row: dict[str, Any]) -> list[str]:
    return [f"{row['area']:,.2f}", f"{row['area_mu']:,.2f}", percent(row["share"])]
