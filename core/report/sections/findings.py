"""What was found: by rule, by unit, and rule by rule with the first findings of each."""

from __future__ import annotations

import pandas as pd

from redline.core.catalogue import rule
from redline.core.privacy import mask
from redline.core.report import chart_data, charts
from redline.core.report.markup import Content, Row, table, tag
from redline.core.report.summary import SEVERITIES
from redline.core.report.writer import INDENT, MOST_VILLAGES, Writer, count, records

_RULES_IN_CHART = 20
_RULES_NAMED = 2
_NOTHING = "·"


def findings(w: Writer) -> Content:
    by_rule = records(w.summary.by_rule())
    if not by_rule:
        return w.chapter("findings", tag("p", w.say("findings.none")))
    one_by_one = [_one_rule(w, row["rule"], row["severity"], row["count"]) for row in by_rule]
    return w.chapter("findings", _chart(w), _by_unit(w), one_by_one)


def _chart(w: Writer) -> Content:
    if not charts.available():
        return ""
    bars = chart_data.rule_counts(w.summary, _RULES_IN_CHART)
    return w.chart("findings.chart", w.note("findings.chart.how"), charts.rule_bars(bars, w.pen()).png())


def _by_unit(w: Writer) -> Content:
    found = w.summary.by_unit()
    placed, whole = found[found["unit"] != ""], found[found["unit"] == ""]
    omitted = len(placed) if len(placed) > MOST_VILLAGES else 0
    rows: list[Row] = []
    for township, part in placed.groupby("township", sort=True):
        alone = list(part["unit"]) == [township]
        rows.append(_unit_row(w, w.unit(str(township)), part, "part", named=alone or bool(omitted)))
        if not alone and not omitted:
            rows += [
                _unit_row(w, INDENT + _village(w, str(unit), str(township)), of_unit)
                for unit, of_unit in part.groupby("unit")
            ]
    if len(whole):
        rows.append(_unit_row(w, w.say("no_unit"), whole, "part"))
    severities = w.numbers([f"severity.{severity}" for severity in SEVERITIES], "9%")
    columns = [w.column("unit_column", width="26%"), *severities, w.column("mostly")]
    return [w.heading("findings.units"), table(columns, rows, "grid small"), w.omitted(omitted)]


def _village(w: Writer, unit: str, township: str) -> str:
    return w.say("own_level") if unit == township else w.unit(unit)


def _unit_row(w: Writer, name: str, part: pd.DataFrame, kind: str | None = None, named: bool = True) -> Row:
    numbers = [int(part[severity].sum()) for severity in SEVERITIES]
    frequent = list(dict.fromkeys(rule_id for rules in part["rules"] for rule_id in rules[:_RULES_NAMED]))
    titles = w.say("comma").join(w.rule(rule_id) for rule_id in frequent[:_RULES_NAMED]) if named else ""
    return Row([name, *(count(number) if number else _NOTHING for number in numbers), titles], kind)


def _one_rule(w: Writer, rule_id: str, severity: str, number: int) -> Content:
    entry = rule(rule_id)
    title = [
        tag("span", w.say(f"severity.{severity}"), class_=f"tag {severity}"), " ", entry.title[w.language], " ",
        tag("span", f"{rule_id} · {w.say('count', count=count(number))}", class_="quiet"),
    ]  # fmt: skip
    told = {
        name: words[w.language]
        for name, words in (("why", entry.why), ("how_to_fix", entry.how_to_fix), ("basis_of", entry.source))
    }
    words = [[tag("b", w.say(label) + w.say("colon")), said, " "] for label, said in told.items()]
    found = records(w.summary.of_rule(rule_id, severity, w.facts.shown))
    columns = [w.column("number", width="22%"), w.column("village", width="12%"), w.column("message")]
    rows = [
        [
            row["key"] or w.called("role", row["role"]),
            row["unit_name"] or w.unit(row["unit"] or ""),
            mask(row["message"], row["key"]),
        ]
        for row in found
    ]
    more = number - len(found)
    where = w.facts.findings_at or w.say("findings_layer")
    rest = w.note("more", shown=count(len(found)), more=count(more), where=where) if more else ""
    return [tag("h3", title), "\n", tag("p", words, class_="rule"), "\n", table(columns, rows, "grid small"), rest]
