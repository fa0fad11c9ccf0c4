"""What has to be done: one line a rule, the gravest first, with room for who does it and by when."""

from __future__ import annotations

from typing import Any

from redline.core.catalogue import rule
from redline.core.report.markup import Content, Row, table, tag
from redline.core.report.writer import Writer, count, records

_UNITS_NAMED = 3
_FIRST = 5


def first(w: Writer) -> Content:
    """The few things to begin with, for the leader's page."""
    found = [row for row in records(w.summary.by_rule()) if row["severity"] == "error"][:_FIRST]
    if not found or not w.whole:
        return ""
    columns = [w.column("problem", width="28%"), w.column("count_column", "right", "9%"), w.column("how_to_fix")]
    rows = [[w.rule(row["rule"]), count(row["count"]), rule(row["rule"]).how_to_fix[w.language]] for row in found]
    return [w.heading("first"), table(columns, rows)]


def mending(w: Writer) -> Content:
    """The list of an audit: errors and warnings by rule, where most of them are, and what to do."""
    found = [row for row in records(w.summary.by_rule()) if row["severity"] != "info"]
    if not found or not w.whole:
        return ""
    columns = [
        w.column("serial", "right", "5%"), w.column("problem", width="22%"), w.column("count_column", "right", "7%"),
        w.column("mainly_in", width="18%"), w.column("how_to_fix"), w.column("who_when", width="14%"),
    ]  # fmt: skip
    rows = [Row([str(number), *_line(w, row), ""]) for number, row in enumerate(found, start=1)]
    return w.chapter("mending", w.note("mending.how"), table(columns, rows, "grid small"))


def _line(w: Writer, row: dict[str, Any]) -> list[Content]:
    label = tag("span", w.say(f"severity.{row['severity']}"), class_=f"tag {row['severity']}")
    units = w.summary.units_of_rule(row["rule"], row["severity"], _UNITS_NAMED)
    return [
        [label, f" {w.rule(row['rule'])} ", tag("span", row["rule"], class_="quiet")], count(row["count"]),
        w.say("comma").join(f"{w.unit(code)} {count(number)}" for code, number in units.items()),
        rule(row["rule"]).how_to_fix[w.language],
    ]  # fmt: skip
