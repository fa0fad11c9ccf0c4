"""What is known of one run, as a page."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from redline.core.catalogue import titles
from redline.processing.algorithm import language, tr
from redline.ui.runs_model import number_of, when


def page(run: Mapping[str, Any], before: Mapping[str, Any] | None) -> str:
    """The page of a run in HTML: what it found, its inputs and which of them are others than in the run `before`."""
    head = f"{tr('Run {number}').format(number=number_of(dict(run)))} · {when(dict(run))}"
    name = f" · {run['name']}" if run.get("name") else ""
    parts = [f"<p><b>{escape(head + name)}</b><br>{escape(str(run.get('summary') or ''))}</p>"]
    inputs = run.get("inputs") or []
    if inputs:
        told = tr("{count} rows")
        known = None if before is None else {_place(one): one for one in before.get("inputs") or []}
        roles = titles("role", language())
        rows = "".join(
            "<tr>" + "".join(
                f"<td>{escape(cell)}&nbsp;&nbsp;</td>"
                for cell in (
                    roles.get(one.get("role", ""), one.get("role", "")), str(one.get("name", "")),
                    told.format(count=f"{one.get('rows', 0):,}"), _news(one, known),
                )
            ) + "</tr>"
            for one in sorted(inputs, key=lambda one: _order(one, known))
        )  # fmt: skip
        parts.append(f'<table cellspacing="0" cellpadding="1">{rows}</table>')
        gone = sorted(set(known or ()) - {_place(one) for one in inputs})
        if gone:
            names = "、".join(f"{roles.get(role, role)} {name}" for role, name, _ in gone)
            parts.append(f"<p>{escape(tr('No longer given: {names}').format(names=names))}</p>")
    versions = " · ".join(f"{name} {value}" for name, value in (run.get("versions") or {}).items())
    seconds = run.get("seconds")
    took = tr("{seconds} s").format(seconds=f"{seconds:.1f}") if isinstance(seconds, (int, float)) else ""
    parts.append(f'<p style="color:gray">{escape(" · ".join(filter(None, (took, versions))))}</p>')
    return "".join(parts)


def _place(one: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(one.get("role", "")), str(one.get("name", "")), str(one.get("file", ""))


def _order(
    one: Mapping[str, Any], known: Mapping[tuple[str, str, str], Mapping[str, Any]] | None
) -> tuple[bool, str, str]:  # fmt: skip
    """What is another than before comes first."""
    earlier = (known or {}).get(_place(one), {})
    return earlier.get("sha256") == one.get("sha256"), str(one.get("role")), str(one.get("name"))


def _news(one: Mapping[str, Any], known: Mapping[tuple[str, str, str], Mapping[str, Any]] | None) -> str:
    """What is new in an input since the run before; "" where that is not known."""
    if known is None:
        return ""
    earlier = known.get(_place(one))
    if earlier is None:
        return tr("not given before")
    if earlier.get("sha256") == one.get("sha256"):
        return tr("unchanged")
    more = int(one.get("rows", 0)) - int(earlier.get("rows", 0))
    return tr("changed ({more} rows)").format(more=f"{more:+,}".replace("-", "−")) if more else tr("changed")
