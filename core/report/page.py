"""The report as a page: its head, its chapters in the order in which they are read, its signatures."""

from __future__ import annotations

from pathlib import Path

from redline.core.report.facts import ReportFacts
from redline.core.report.markup import Content, Markup, tag
from redline.core.report.sections import appendix, conclusion, duties, enforcement, findings, grid, site, sources
from redline.core.report.summary import Summary
from redline.core.report.writer import Writer

# Nothing is loaded from anywhere, whatever a layer's name may say.
_HEAD = Markup(
    '<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n"
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
)

_CHAPTERS = (
    conclusion.conclusion, sources.overview, sources.balance, duties.duties, enforcement.rates, enforcement.idle,
    grid.zones, grid.patrols, grid.signs, site.site, sources.worst, findings.findings, appendix.unchecked,
    appendix.appendix, appendix.signatures,
)  # fmt: skip


def page(summary: Summary, facts: ReportFacts, language: str) -> str:
    """The whole report as HTML."""
    writer = Writer(summary, facts, language)
    title = facts.title or writer.say(_title(summary))
    style = (Path(__file__).parent / "screen.css").read_text(encoding="utf-8")
    head = tag("head", _HEAD, tag("title", title), Markup(f"\n<style>\n{style}</style>\n"))
    body = tag("body", _top(writer, title), [chapter(writer) for chapter in _CHAPTERS])
    document = tag("html", head, "\n", body, lang="zh-CN" if language == "zh" else "en")
    return f"<!DOCTYPE html>\n{document}\n"


def _title(summary: Summary) -> str:
    kinds = {"PLOT_STATUS": "title.fourway", "PLOT_DUTIES": "title.duties"}
    found = [title for table, title in kinds.items() if table in summary.tables]
    if len(summary.results) > 1 or len(found) > 1:
        return "title"
    return found[0] if found else "title.check"


def _top(w: Writer, title: str) -> Content:
    facts = w.facts
    mark = w.say("internal") if facts.classification is None else facts.classification
    return [
        tag("p", mark, class_="mark") if mark else "",
        tag("h1", title), "\n",
        tag("p", facts.notice, class_="notice") if facts.notice else "",
        _pairs(w, {"unit": facts.unit, "office": facts.office, "date": facts.date, "data_time": facts.data_time}),
    ]  # fmt: skip


def _pairs(w: Writer, said: dict[str, str]) -> Content:
    """Label and value side by side, two pairs a line."""
    pairs = [
        [tag("td", w.say(label), class_="label"), tag("td", value, class_="value")]
        for label, value in said.items()
        if value
    ]
    lines = [tag("tr", pairs[at : at + 2]) for at in range(0, len(pairs), 2)]
    return [tag("table", lines, class_="facts", width="100%", cellspacing="0", cellpadding="3"), "\n"] if lines else ""
