"""What an audit says of itself: the facts of its report, and the sentences beside its findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from redline.core import audit
from redline.core.catalogue import text
from redline.core.choices import Choices
from redline.core.findings import count_by_severity
from redline.core.frames import Frame
from redline.core.memory import Input, Memory, count_changes
from redline.core.report import Ground, InputFact, ReportFacts, SettingFact
from redline.core.result import Result, leading
from redline.core.scope import Scope
from redline.core.standards import Threshold, threshold
from redline.core.text import in_full
from redline.processing.algorithm import language, tr
from redline.processing.reports import versions

_ON_MAPS = ("map", "violation", "permit")


def report_facts(
    results: Mapping[str, Result], settings: audit.Settings, inputs: Sequence[Input], stored: Path,
    frames: Mapping[str, Frame], crs: str,
) -> ReportFacts:  # fmt: skip
    """What an audit's report says beside its results; `stored` is the results GeoPackage, `crs` names the plane that
    the shapes of `frames` are in."""
    return ReportFacts(
        unit=" ".join(filter(None, county(results))),
        date=settings.duties.on_date.isoformat(),
        findings_at=stored.name,
        versions=versions(),
        inputs=[_input_fact(one) for one in inputs],
        settings=_settings_shown(settings),
        ground=Ground(_shapes(frames), crs),
    )


def summary(results: Mapping[str, Result], kept: pd.DataFrame, speech: str) -> str:
    """An audit in one line; `kept` are its findings with those that are remembered."""
    counts = {**count_by_severity(kept[kept["status"] != "fixed"]), **count_changes(kept)}
    if "fourway" not in results:
        return text("summary.audit_rest", speech, checked=checked(results), **counts)
    agreement = results["fourway"].rates["agreement"]
    return text(
        "summary.audit", speech, checked=checked(results), agreeing=int(agreement.numerator),
        share=f"{agreement.value or 0:.2%}", **counts,
    )  # fmt: skip


def checked(results: Mapping[str, Result]) -> int:
    """The plots that were looked at, or without a map whatever the checks looked at most of."""
    most = leading(list(results.values()))
    return most.checked if most else 0


def county(results: Mapping[str, Result]) -> tuple[str, str]:
    """Name and code of the county with most plots, "" where none is known."""
    if "fourway" not in results:
        return "", ""
    balance = results["fourway"].tables["UNIT_BALANCE"]
    counties = balance[(balance["level"] == "county") & (balance["class"] == "")]
    most = counties.sort_values("map_count", ascending=False).head(1)
    return "".join(most["unit_name"]), "".join(most["unit"])


def left_out(choices: Choices, frames: Mapping[str, Frame], scope: Scope, speech: str) -> list[str]:
    """What a run does not tell because it was not asked for, in sentences."""
    said = [] if scope.whole else [text("unchecked.scope", speech)]
    able = [check.id for check in audit.allowed(frames)]
    if choices.checks:
        left = [text(f"step.{one}", speech) for one in able if one not in choices.checks]
        said += [text("unchecked.checks", speech, checks="、".join(left))] if left else []
        unable = [text(f"step.{one}", speech) for one in choices.checks if one not in able]
        said += [text("unchecked.no_source", speech, checks="、".join(unable))] if unable else []
    return said


def forgotten(memory: Memory, target: Path, speech: str) -> list[str]:
    """What is said where people deleted fields that an audit remembers by."""
    if "finding_id" in memory.lacking:
        return [text("note.memory_lost", speech, path=target)]
    fields = "、".join(memory.lacking)
    return [text("note.memory_columns", speech, path=target, fields=fields)] if fields else []


def _shapes(frames: Mapping[str, Frame]) -> pd.DataFrame:
    """Number and shape of everything that findings are about and that has a place."""
    parts = [
        pd.DataFrame({"key": frame.column("key").to_numpy(), "geometry": frame.rows["geometry"].to_numpy()})
        for role, frame in frames.items()
        if role in _ON_MAPS and frame.has("geometry")
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"key": [], "geometry": []}, dtype=object)


def _input_fact(given: Input) -> InputFact:
    content = f"sha-256 {given.sha256[:16]}"
    return InputFact(given.role, given.name, given.rows, given.crs, source=given.file, remark=content)


def _settings_shown(settings: audit.Settings) -> list[SettingFact]:
    """The settings as applied, each with its source."""
    shown = settings.fourway
    chosen = (
        (tr("Area tolerance (m²)"), shown.abs_tolerance, "area_error_abs"),
        (tr("Area tolerance (%)"), shown.rel_tolerance, "area_error_rel"),
        (tr("Shift tolerance (m)"), shown.shift_tolerance, "shift_tolerance"),
        (tr("Least agreement of shapes (0–1)"), shown.min_agreement, "min_agreement"),
    )
    facts = [SettingFact(name, in_full(value), _basis(value, threshold(known))) for name, value, known in chosen]
    return [SettingFact(tr("On the day"), settings.duties.on_date.isoformat()), *facts]


def _basis(value: float, line: Threshold) -> str:
    """Where a tolerance comes from; beside one that is not the standard's, what the standard has."""
    if value == line.standard:
        return line.source[language()]
    return f"{text('report.standard_value', language(), value=in_full(line.standard))} ({line.source[language()]})"
