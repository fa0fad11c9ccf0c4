"""The report as a page: its head, its chapters in the order in which they are read, its signatures."""

from __future__ import annotations

from pathlib import Path

from redline.core.report.facts import ReportFacts
from redline.core.report.markup import Markup, tag
from redline.core.report.sections import (
    appendix,
    conclusion,
    cover,
    duties,
    enforcement,
    findings,
    grid,
    mending,
    places,
    site,
    sources,
)
from redline.core.report.summary import Summary
from redline.core.report.writer import Writer

# Nothing is loaded from anywhere, whatever a layer's name may say.
_HEAD = Markup(
    '<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n"
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
)

_CHAPTERS = (
    conclusion.conclusion, sources.overview, sources.balance, duties.duties, enforcement.changes, enforcement.rates,
    enforcement.idle, grid.zones, grid.patrols, grid.signs, site.site, sources.worst, places.places, mending.mending,
    findings.findings, appendix.unchecked, appendix.appendix, appendix.signatures,
)  # fmt: skip


# A proposed site is one page to sign; what it was worked out from follows.
_OF_A_SITE = (
    conclusion.verdict, site.site, appendix.signatures, site.others, findings.findings, appendix.unchecked,
    appendix.appendix,
)  # fmt: skip


def page(summary: Summary, facts: ReportFacts, language: str) -> str:
    """The whole report as HTML."""
    writer = Writer(summary, facts, language)
    title = facts.title or writer.say(_title(summary))
    style = (Path(__file__).parent / "screen.css").read_text(encoding="utf-8")
    head = tag("head", _HEAD, tag("title", title), Markup(f"\n<style>\n{style}</style>\n"))
    chapters = _OF_A_SITE if writer.of_site else _CHAPTERS
    body = tag("body", cover.cover(writer, title), [chapter(writer) for chapter in chapters])
    document = tag("html", head, "\n", body, lang="zh-CN" if language == "zh" else "en")
    return f"<!DOCTYPE html>\n{document}\n"


def _title(summary: Summary) -> str:
    kinds = {"PLOT_STATUS": "title.fourway", "PLOT_DUTIES": "title.duties"}
    found = [title for table, title in kinds.items() if table in summary.tables]
    if len(summary.results) > 1 or len(found) > 1:
        return "title"
    return found[0] if found else "title.check"
