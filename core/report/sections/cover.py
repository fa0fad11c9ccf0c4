"""What the report begins with: a cover for a county, a few lines for a single check."""

from __future__ import annotations

from redline.core.report.markup import Content, tag
from redline.core.report.writer import Writer


def cover(w: Writer, title: str) -> Content:
    """Title, what was checked, by whom and when; an audit's stands on a page of its own, with places to sign."""
    mark = w.say("internal") if w.facts.classification is None else w.facts.classification
    head = [tag("p", mark, class_="mark") if mark else "", tag("h1", title, class_="cover" if w.whole else None), "\n"]
    notice = tag("p", w.facts.notice, class_="notice") if w.facts.notice else ""
    said = {name: getattr(w.facts, name) for name in ("unit", "office", "date", "data_time")}
    if not w.whole:
        return [*head, notice, _pairs(w, {label: value for label, value in said.items() if value}, 2)]
    lights = w.summary.lights([given.role for given in w.facts.inputs])
    subjects = [w.say(f"subject.{light.subject}") for light in lights if light.colour != "grey"]
    said["subjects"] = w.say("comma").join(subjects)
    unit = tag("p", w.facts.unit, class_="cover-unit") if w.facts.unit else ""
    # Who checked stays to be written by hand where nobody says so.
    filled = {label: value for label, value in said.items() if value or label == "office"}
    return [*head, unit, notice, _pairs(w, filled, 1), _seal(w)]


def _seal(w: Writer) -> Content:
    places = [tag("td", w.say(f"sign.{who}"), class_="sign", valign="bottom") for who in ("office", "date")]
    return ["\n", tag("table", tag("tr", places), class_="signatures cover", width="100%", cellpadding="6"), "\n"]


def _pairs(w: Writer, said: dict[str, str], across: int) -> Content:
    """Label and value side by side, `across` pairs a line."""
    pairs = [
        [tag("td", w.say(label), class_="label"), tag("td", value, class_="value")] for label, value in said.items()
    ]
    lines = [tag("tr", pairs[at : at + across]) for at in range(0, len(pairs), across)]
    if not lines:
        return ""
    kind = "facts" if across > 1 else "facts cover"
    return [tag("table", lines, class_=kind, width="100%", cellspacing="0", cellpadding="3"), "\n"]
