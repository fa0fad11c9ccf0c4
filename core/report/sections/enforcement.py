"""Enforcement: the rates of every unit against their lines, and the units that miss them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from redline.core import units
from redline.core.checks.figures import sign
from redline.core.checks.idle import STATUSES
from redline.core.checks.permit_judgement import LABELS, ON_FARMLAND, PERMITTED
from redline.core.checks.permit_judgement import WRONG as UNLAWFUL
from redline.core.checks.rates import RATIOS
from redline.core.codes import COUNTED_LEVELS
from redline.core.report import chart_data, charts
from redline.core.report.markup import Content, Row, image, table, tag
from redline.core.report.writer import (
    CHART_PIXELS,
    NONE,
    Card,
    Writer,
    cards,
    cents,
    count,
    mu,
    percent,
    percent_near,
    records,
    unit_cell,
    unit_kind,
)
from redline.core.standards.enforcement import rate_definitions, ratio_profiles

WRONG = (*UNLAWFUL, ON_FARMLAND)
_LAND = ("changes.area", "changes.farmland", "changes.cultivated")
_UNITS_IN_CHART = 20
_WORST = 20
_FIGURES = ("illegal_ratio", "illegal_ratio_deducted", "filing", "rectification")
_SHOWN = ("illegal_ratio", "illegal_ratio_deducted", "filing", "decision", "closing", "rectification")


def changes(w: Writer) -> Content:
    """`VIOLATIONS_OUT`: how many changes have which label, and those of which most is taken unlawfully."""
    if not w.summary.has("VIOLATIONS_OUT"):
        return ""
    found = w.summary.tables["VIOLATIONS_OUT"]
    return w.chapter("changes", w.note("changes.how"), _labels(w, found), _greatest(w, found))


def _labels(w: Writer, found: pd.DataFrame) -> Content:
    """Changes by label, with their own area and the basic and cultivated land in it; one may have several labels."""
    listed = ";" + found["labels"].fillna("") + ";"
    rows: list[Row | list[str]] = []
    for label in LABELS:
        part = found[listed.str.contains(f";{label};", regex=False)]
        if len(part):
            rows.append([w.called("violation_label", label), count(len(part)), *_areas(part)])
    rows.append(Row([w.say("changes.all"), count(len(found)), *_areas(found)], "total"))
    columns = [w.column("changes.label", width="30%"), *w.numbers(["changes.count", *_LAND])]
    return [w.heading("changes.labels"), table(columns, rows)]


def _areas(part: pd.DataFrame) -> list[str]:
    return [mu(units.total_cents(part[name].fillna(0.0))) for name in ("area", "farmland_area", "cultivated_area")]


def _greatest(w: Writer, found: pd.DataFrame) -> Content:
    labels = found["labels"].fillna("").str.split(";")
    # Lawful is what was permitted, on basic farmland as elsewhere.
    wrong = found[[bool(set(WRONG) & set(said)) and PERMITTED not in said for said in labels]]
    if not len(wrong):
        return ""
    size = wrong[["farmland_area", "uncovered_area"]].fillna(0.0)
    order = wrong.assign(_farm=size["farmland_area"], _bare=size["uncovered_area"])
    worst = order.sort_values(["_farm", "_bare", "key"], ascending=[False, False, True]).head(_WORST)
    columns = [
        w.column("number", width="17%"), w.column("village", width="10%"), w.column("changes.label"),
        *w.numbers(["changes.area", "changes.uncovered", "changes.farmland", "changes.cultivated"]),
    ]  # fmt: skip
    rows = [
        [
            row["key"], row["unit_name"] or w.unit(row["unit"] or ""),
            w.say("comma").join(w.called("violation_label", label) for label in str(row["labels"]).split(";")),
            *(mu(cents(row[name])) for name in ("area", "uncovered_area", "farmland_area", "cultivated_area")),
        ]
        for row in records(worst)
    ]  # fmt: skip
    return [w.heading("changes.worst"), table(columns, rows, "grid small")]


def rates(w: Writer) -> Content:
    """`RATES`: ratio bars against the lines, the rates of counties and townships, and the worst units."""
    if not w.summary.has("RATES"):
        return ""
    found = w.summary.tables["RATES"]
    found = found.assign(over=found["over"].fillna(False).astype(bool))
    profile = next((ratio_profiles()[one] for one in found["profile"] if one), None)
    how = w.note("rates.how", profile=profile.title[w.language]) if profile else ""
    return w.chapter("rates", how, _figures(w), _chart(w, found), _by_unit(w, found), _worst(w, found))


def _figures(w: Writer) -> Content:
    """The rates of the whole in boxes."""
    shown = [(name, w.summary.rates[name]) for name in _FIGURES if name in w.summary.rates]
    return cards(
        [
            Card(w.called("rate", name), percent(rate.value), "plain",
                 _numbers(w, {**vars(rate), "measure": rate_definitions()[name].measure}))
            for name, rate in shown
        ],
        "figures",
    )  # fmt: skip


def _chart(w: Writer, found: pd.DataFrame) -> Content:
    """The ratios of every level that has a line, a picture each, the county's first."""
    if not charts.available():
        return ""
    how, pictures = w.note("rates.chart.how"), []
    for level in COUNTED_LEVELS.values():
        bars, line, words = chart_data.ratios(found[found["level"] == level], "", w.unit)
        if len(bars) > _UNITS_IN_CHART:
            how = w.note("rates.chart.more", shown=_UNITS_IN_CHART, count=count(len(bars)))
            bars = chart_data.greatest_ratios(bars, _UNITS_IN_CHART)
        if bars:
            picture = charts.share_bars(bars, line, words, w.pen()).png()
            pictures.append(image(picture, CHART_PIXELS, w.say("rates.chart")))
    return [w.heading("rates.chart"), how, *pictures] if pictures else ""


def _by_unit(w: Writer, found: pd.DataFrame) -> Content:
    shown = [rate for rate in _SHOWN if (found["rate"] == rate).any()]
    whole = found[found["rate"].isin(shown) & (found["level"] != "village")]
    if not len(whole):
        return ""
    columns = [w.column("unit_column", width="20%"), *w.titled("rate", shown)]
    rows = []
    for code, part in whole.groupby("unit"):
        by_rate = {row["rate"]: row for row in records(part)}
        cells = [_share(by_rate[rate]) if rate in by_rate else NONE for rate in shown]
        rows.append(Row([unit_cell(w.unit(str(code)), str(code)), *cells], unit_kind(str(code))))
    return [w.heading("rates.table"), table(columns, rows, "grid small")]


def _share(row: dict[str, Any]) -> Content:
    if pd.isna(row["value"]):
        return NONE
    # The value itself is rounded, and may lie on the line.
    figure = percent_near((row["numerator"] - row["deduction"]) / row["denominator"], row["threshold"])
    return tag("span", figure, class_="low") if row["over"] else figure


def _worst(w: Writer, found: pd.DataFrame) -> Content:
    """The units farthest beyond a line or below a target, the worst first."""
    beyond = found[found["over"] & found["value"].notna() & (found["rate"] != RATIOS[0])]
    if (found["rate"] == RATIOS[1]).sum() == 0:
        beyond = found[found["over"] & found["value"].notna()]
    if not len(beyond):
        return [w.heading("rates.worst"), w.note("rates.none")]
    apart = (beyond["value"] - beyond["threshold"]).abs()
    rank = beyond.assign(ratio=~beyond["rate"].isin(RATIOS), apart=-apart)
    rank = rank.sort_values(["ratio", "apart", "unit", "rate"], kind="stable").head(_WORST)
    columns = [
        w.column("unit_column", width="22%"), w.column("rates.rate", width="26%"),
        *w.numbers(["rates.numbers", "rates.share", "rates.line"]),
    ]  # fmt: skip
    rows = [
        [
            w.unit(row["unit"]), w.called("rate", row["rate"]), _numbers(w, row), _share(row),
            f"{sign(row['operator'])} {percent(row['threshold'])}",
        ]
        for row in records(rank)
    ]  # fmt: skip
    return [w.heading("rates.worst"), table(columns, rows)]


def _numbers(w: Writer, row: dict[str, Any]) -> str:
    """Both numbers of a rate and what was deducted: areas in 亩."""

    def figure(number: float) -> str:
        if row["measure"] == "m2":
            return w.say("rates.mu", figure=mu(cents(number)))
        return count(number) if row["measure"] == "count" else w.say("rates.yuan", figure=f"{number:,.2f}")

    less = f" − {figure(row['deduction'])}" if row["deduction"] else ""
    return f"{figure(row['numerator'])}{less} / {figure(row['denominator'])}"


def idle(w: Writer) -> Content:
    """`IDLE_LAND`: how much land is in which state, and the land that has lain idle longest."""
    if not w.summary.has("IDLE_LAND"):
        return ""
    found = w.summary.tables["IDLE_LAND"]
    columns = [w.column("idle.status", width="34%"), *w.numbers(["idle.count", "idle.area", "idle.fee"])]
    rows = []
    by_status = dict(iter(found.groupby("status")))
    for status in filter(by_status.__contains__, STATUSES):
        part = by_status[status]
        owed = part["fee"].dropna()
        rows.append([
            w.called("idle_land.status", str(status)), count(len(part)), mu(cents(part["area"].sum())),
            f"{owed.sum() / 10_000:,.2f}" if len(owed) else NONE,
        ])  # fmt: skip
    return w.chapter("idle", w.note("idle.how"), table(columns, rows), _longest(w, found))


def _longest(w: Writer, found: pd.DataFrame) -> Content:
    unused = found[found["status"].isin(["idle", "take_back", "exempt"])]
    if not len(unused):
        return ""
    unused = unused.sort_values(["idle_days", "key"], ascending=[False, True], kind="stable").head(_WORST)
    columns = [
        w.column("idle.key", width="20%"), w.column("idle.project", width="28%"), w.column("idle.status", width="24%"),
        *w.numbers(["idle.area", "idle.days"]),
    ]  # fmt: skip
    rows = [
        [
            row["key"], row["project"], w.called("idle_land.status", row["status"]), mu(cents(row["area"])),
            count(row["idle_days"]),
        ]
        for row in records(unused)
    ]  # fmt: skip
    return [w.heading("idle.worst"), table(columns, rows)]
