"""A proposed site: what it touches, on a small map, and how it could avoid that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from redline.core import units
from redline.core.report import charts, maps
from redline.core.report.markup import Content, Row, table, tag
from redline.core.report.writer import Writer, percent, records

# What the page to sign has room for: sites, lines of the table, characters of a name.
_SITES, _LINES, _LETTERS = 2, 10, 24
# Lines a theme at the most; zones of the plan have two at the least, as one of them may forbid to build.
_MOST, _ZONES = 3, 2
# Cells hardly padded: the table and the places to sign share a page.
_CLOSE = 1


def site(w: Writer) -> Content:
    """The chapter of the page to sign, where a site was checked: the first of several, the rest are `others`."""
    if not w.summary.has("SUMMARY_TABLE"):
        return ""
    names = _names(w)
    shown = names[:_SITES]
    themes = w.summary.tables["SUMMARY_TABLE"]["theme"].nunique()
    most = min(_LINES // (len(shown) * max(themes, 1)), _MOST)
    more = len(names) - len(shown)
    said = [w.say("site.how"), *([w.say("site.more", count=more)] if more else [])]
    note = tag("p", ("" if w.language == "zh" else " ").join(said), class_="note")
    return w.chapter("site", _map(w), w.heading("site.ways"), _ways(w, shown), note, "\n", _table(w, shown, most))


def others(w: Writer) -> Content:
    """The sites for which the page to sign has no room."""
    names = _names(w)[_SITES:] if w.summary.has("SUMMARY_TABLE") else []
    if not names:
        return ""
    return w.chapter("site.others.title", _ways(w, names), w.note("site.how"), _table(w, names, _MOST))


def _names(w: Writer) -> list[str]:
    return sorted(w.summary.tables["SUMMARY_TABLE"]["site"].unique())


def _map(w: Writer) -> Content:
    if not charts.available():
        return ""
    pieces = w.summary.tables["PIECES"]
    picture = maps.site_map(pieces, w.summary.tables["WAYS_OUT"], w.language)
    return w.chart("site.map", w.note("site.map.how"), picture)


def _ways(w: Writer, names: Sequence[str]) -> Content:
    ways = w.summary.tables["WAYS_OUT"]
    return w.bullets([sentence for row in records(ways[ways["site"].isin(names)]) for sentence in _way(w, row)])


def _way(w: Writer, row: dict[str, Any]) -> list[str]:
    name = _brief(str(row["site"]))
    if row["lost_area"] <= 0:
        return [w.say("site.free", site=name)]
    cut = w.say(
        "site.cut", site=name, area=f"{row['lost_area']:,.2f}", share=percent(row["lost_share"]),
        parts=row["parts_left"],
    )  # fmt: skip
    if math.isnan(row["shift"]):
        return [w.say("site.nowhere", site=name), cut]
    ways = [
        w.say(f"site.{there if row[axis] > 0 else back}", metres=f"{abs(row[axis]):.1f}")
        for axis, there, back in (("shift_east", "east", "west"), ("shift_north", "north", "south"))
        if f"{abs(row[axis]):.1f}" != "0.0"
    ]
    said = {"distance": f"{row['shift']:.1f}", "ways": w.say("comma").join(ways)}
    return [w.say("site.shift", site=name, **said), cut]


def _table(w: Writer, names: Sequence[str], most: int) -> Content:
    columns = [w.column("theme", width="24%"), w.column("site.name", width="37%"),
               *w.numbers(["area.m2", "area.mu", "share"], "13%")]  # fmt: skip
    found = w.summary.tables["SUMMARY_TABLE"]
    rows = []
    for name, part in found[found["site"].isin(names)].groupby("site", sort=True):
        rows.append(Row([w.called("role", "site"), tag("b", _brief(str(name))), "", "", ""], "part"))
        for theme, of_theme in part.groupby("theme", sort=False):
            lines = max(most, _ZONES) if theme == "plan" else most
            rows += [_row(w, row) for row in _shortened(w, of_theme, lines)]
    return table(columns, rows, "grid small", _CLOSE)


def _shortened(w: Writer, of_theme: pd.DataFrame, most: int) -> list[dict[str, Any]]:
    """The largest lands that a theme touches, and the others together: the table is one page's. What it does not touch
    is told only where that is all."""
    named = of_theme[of_theme["name"] != ""]
    if not len(named):
        return records(of_theme)
    if len(named) <= most:
        return records(named)
    shown = named.iloc[: most - 1]
    rest = named.iloc[most - 1 :]
    others = {
        "theme": rest["theme"].iloc[0],
        "name": w.say("site.others" if len(shown) else "site.places", count=len(rest)), "share": rest["share"].sum(),
    }  # fmt: skip
    for area in ("area", "farmland_area"):
        total = units.total_cents(rest[area])
        others |= {area: total / 100, f"{area}_mu": float(units.from_cents(total, "mu"))}
    return [*records(shown), others]


def _row(w: Writer, row: dict[str, Any]) -> Row:
    return Row([w.called("theme", str(row["theme"])), _brief(str(row["name"])) or w.say("site.none"), *_figures(row)])


def _brief(name: str) -> str:
    """A name on one line: of a long one its beginning and its end, where the number stands."""
    return name if len(name) <= _LETTERS else f"{name[: _LETTERS // 2]}…{name[1 - _LETTERS // 2 :]}"


def _figures(row: dict[str, Any]) -> list[str]:
    """Basic farmland by the recorded-area rule, all else as drawn."""
    area = "farmland_area" if row["theme"] == "farmland" and row["name"] else "area"
    return [f"{row[area]:,.2f}", f"{row[f'{area}_mu']:,.2f}", percent(row["share"])]
