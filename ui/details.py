"""All that is known of one finding, as a page."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from redline.core.catalogue import rules, text, titles
from redline.core.findings import STATUSES
from redline.processing.algorithm import tr
from redline.ui.findings_model import SEVERITY_COLOURS


def page(finding: Mapping[str, str], speech: str) -> str:
    """The page of a finding (its columns as texts) in HTML: what, where, how much, what to do, and by which rule."""
    known = rules().get(finding["rule"])
    colour = SEVERITY_COLOURS.get(finding["severity"], "#7d8a94")
    severity = titles("severity", speech).get(finding["severity"], finding["severity"])
    title = finding["title"] or (known.title[speech] if known else "")
    parts = [
        f'<p><b style="color:{colour}">■ {escape(severity)}</b> &nbsp;<b>{escape(finding["rule"])} '
        f"{escape(title)}</b></p><p>{escape(finding['message'])}</p>",
        _facts(finding, speech),
    ]
    how = finding["how_to_fix"] or (known.how_to_fix[speech] if known else "")
    for heading, words in (
        (tr("What to do"), how),
        (tr("Why it matters"), known.why[speech] if known else ""),
        (tr("After"), known.source[speech] if known else ""),
    ):
        if words:
            parts.append(f"<p><b>{escape(heading)}</b><br>{escape(words)}</p>")
    return "".join(parts)


def _facts(finding: Mapping[str, str], speech: str) -> str:
    roles, measures = titles("role", speech), titles("measure", speech)
    change, status = titles("change", speech), titles("findings.status", speech)
    shown = {
        "role": roles.get(finding["role"], finding["role"]),
        "key": finding["key"],
        "related": finding["related"],
        "unit_name": " ".join(filter(None, (finding["unit_name"], finding["unit"]))),
        "expected": finding["expected"],
        "actual": finding["actual"],
        "difference": _number(finding["difference"], finding["measure"], measures),
        "change": change.get(finding["change"], finding["change"]),
        "status": status.get(finding["status"], finding["status"]),
        "note": finding["note"],
        "finding_id": finding["finding_id"],
    }
    rows = "".join(
        f'<tr><td style="color:gray">{escape(text(f"column.{name}", speech))}&nbsp;&nbsp;</td>'
        f"<td>{escape(value)}</td></tr>"
        for name, value in shown.items()
        if value
    )
    return f'<table cellspacing="0" cellpadding="1">{rows}</table>'


def _number(value: str, measure: str, measures: Mapping[str, str]) -> str:
    """A difference as people write it: with its unit, and none where there is no number."""
    try:
        number = float(value)
    except ValueError:
        return ""
    if number != number:
        return ""
    shown = f"{number:,.2f}".rstrip("0").rstrip(".") if measure in ("count", "days") else f"{number:,.2f}"
    return f"{shown} {measures.get(measure, '')}".strip() if measure != "text" else shown


def status_titles(speech: str) -> dict[str, str]:
    """What each status of a finding is called, in the order in which one thinks of them."""
    known = titles("findings.status", speech)
    return {name: known.get(name, name) for name in STATUSES}
