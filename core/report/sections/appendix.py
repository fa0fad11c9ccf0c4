"""What stands behind the figures, and who signs for them."""

from __future__ import annotations

from redline.core.privacy import mask
from redline.core.report.markup import Content, table, tag
from redline.core.report.writer import NONE, Writer, count, line_break
from redline.core.standards import Threshold, changed_thresholds, threshold
from redline.core.standards.changes import reason_of
from redline.core.text import in_full


def unchecked(w: Writer) -> Content:
    """What was not checked and why, and how the inputs were understood."""
    notes = w.summary.notes
    understood = [w.heading("notes"), w.bullets([mask(note) for note in notes], "small")] if notes else ""
    return w.chapter("unchecked", w.bullets(w.summary.unchecked or [w.say("unchecked.none")]), understood)


def appendix(w: Writer) -> Content:
    """Inputs, methods, tolerances with their sources, versions."""
    methods = [*(w.facts.methods or [w.say("method.area")]), w.say("method.sum"), w.say("method.percent")]
    return w.chapter(
        "appendix",
        _inputs(w),
        w.heading("methods"),
        w.bullets(methods, "small"),
        _settings(w),
        _changed(w),
        _thresholds(w),
        _versions(w),
    )


def _inputs(w: Writer) -> Content:
    if not w.facts.inputs:
        return ""
    # Without files and remarks, as in a single check, there is room for the whole name of a system.
    told = any(given.source or given.remark for given in w.facts.inputs)
    columns = [
        w.column("input.role", width="11%"), w.column("input.name", width="22%"),
        w.column("input.count", "right", "9%"), w.column("input.crs", width="24%" if told else "48%"),
        w.column("input.remark"),
    ]  # fmt: skip
    rows = [
        [
            w.called("role", given.role), given.name, count(given.count), given.crs or NONE,
            [given.source, line_break() if given.source and given.remark else "", given.remark],
        ]
        for given in w.facts.inputs
    ]  # fmt: skip
    return [w.heading("inputs"), table(columns, rows, "grid small")]


def _settings(w: Writer) -> Content:
    if not w.facts.settings:
        return ""
    columns = [w.column("setting", width="34%"), w.column("value", "right", "18%"), w.column("basis_of")]
    rows = [[setting.name, setting.value, setting.source or NONE] for setting in w.facts.settings]
    return [w.heading("settings"), table(columns, rows, "grid small")]


def _changed(w: Writer) -> Content:
    """Every line that the office has drawn elsewhere than its source, whatever was checked."""
    changed = changed_thresholds()
    if not changed:
        return ""
    columns = [w.column("setting", width="34%"), w.column("value", "right", "18%"), w.column("basis_of")]
    rows = [
        [
            one.title[w.language], _with_unit(w, one.value, one.unit),
            [
                w.say("standard_value", value=_with_unit(w, one.standard, one.unit)), f" ({one.source[w.language]})",
                line_break(), reason_of(one, w.language),
            ],
        ]
        for one in changed
    ]  # fmt: skip
    return [w.heading("changed"), table(columns, rows, "grid small")]


def _thresholds(w: Writer) -> Content:
    """The lines that the standards draw, as far as what was checked is held to them, with their sources."""
    known = [threshold(one) for one in w.summary.thresholds([given.role for given in w.facts.inputs])]
    if not known:
        return ""
    columns = [w.column("setting", width="34%"), w.column("value", "right", "18%"), w.column("basis_of")]
    rows = [[one.title[w.language], _with_unit(w, one.value, one.unit), _source(w, one)] for one in known]
    return [w.heading("thresholds"), table(columns, rows, "grid small")]


def _source(w: Writer, line: Threshold) -> str:
    if not line.changed:
        return line.source[w.language]
    return f"{w.say('standard_value', value=_with_unit(w, line.standard, line.unit))} ({line.source[w.language]})"


def _with_unit(w: Writer, value: float, unit: str) -> str:
    return f"{in_full(value)} {w.called('measure', unit)}" if unit != "1" else in_full(value)


def _versions(w: Writer) -> Content:
    said = w.say("comma").join(f"{name} {version}" for name, version in w.facts.versions.items())
    versions = [w.heading("versions"), tag("p", said, class_="small"), "\n"] if said else ""
    where = tag("p", w.say("all_at", where=w.facts.findings_at), class_="small") if w.facts.findings_at else ""
    return [versions, where]


def signatures(w: Writer) -> Content:
    """Places to sign: checker, reviewer, office with its seal, date."""
    places = [
        tag("td", w.say(f"sign.{who}"), class_="sign", valign="bottom")
        for who in ("checker", "reviewer", "office", "date")
    ]
    rows = [tag("tr", places[:2]), tag("tr", places[2:])]
    kind = "signatures site" if w.of_site else "signatures"
    return ["\n", tag("table", rows, class_=kind, width="100%", cellspacing="0", cellpadding="6"), "\n"]
