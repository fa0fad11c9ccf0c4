"""What the report of an audit says beside its results, and its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from redline.core.audit import Settings
from redline.core.catalogue import text
from redline.core.frames import Frame
from redline.core.memory import Input
from redline.core.report import Ground, InputFact, ReportFacts, SettingFact, html
from redline.core.result import Result
from redline.core.standards import Threshold, threshold
from redline.core.text import in_full
from redline.processing.algorithm import language, tr
from redline.processing.check import versions
from redline.processing.paper import write_pdf
from redline.processing.places import write_whole

_ON_MAPS = ("map", "violation", "permit")


def audit_facts(
    results: Mapping[str, Result], settings: Settings, inputs: Sequence[Input], stored: Path,
    frames: Mapping[str, Frame], crs: str,
) -> ReportFacts:  # fmt: skip
    """What an audit's report says beside its results; `stored` is the results GeoPackage, `crs` names the plane that
    the shapes of `frames` are in."""
    return ReportFacts(
        unit=_county(results["fourway"].tables["UNIT_BALANCE"]) if "fourway" in results else "",
        date=settings.duties.on_date.isoformat(),
        findings_at=stored.name,
        versions=versions(),
        inputs=[_input_fact(one) for one in inputs],
        settings=_settings_shown(settings),
        ground=Ground(_shapes(frames), crs),
    )


def write_reports(
    results: Sequence[Result], facts: ReportFacts, findings: pd.DataFrame, *, page: str, paper: str
) -> dict[str, str]:
    """Write the report as HTML to `page` and as PDF to `paper` ("" is not wanted); gives the files by output."""
    written = {}
    report = html(results, facts, language(), findings) if page or paper else ""
    if page:
        write_whole(page, lambda draft: draft.write_text(report, encoding="utf-8", errors="replace"), language())
        written["REPORT"] = page
    if paper:
        write_whole(paper, lambda draft: write_pdf(report, draft, tr("Redline report")), language())
        written["REPORT_PDF"] = paper
    return written


def _shapes(frames: Mapping[str, Frame]) -> pd.DataFrame:
    """Number and shape of everything that findings are about and that has a place."""
    parts = [
        pd.DataFrame({"key": frame.column("key").to_numpy(), "geometry": frame.rows["geometry"].to_numpy()})
        for role, frame in frames.items()
        if role in _ON_MAPS and frame.has("geometry")
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"key": [], "geometry": []}, dtype=object)


def _county(balance: pd.DataFrame) -> str:
    """The county with most plots: its name and code."""
    counties = balance[(balance["level"] == "county") & (balance["class"] == "")]
    counties = counties.sort_values("map_count", ascending=False)
    return "" if counties.empty else f"{counties['unit_name'].iloc[0]} {counties['unit'].iloc[0]}".strip()


def _input_fact(given: Input) -> InputFact:
    content = f"sha-256 {given.sha256[:16]}"
    return InputFact(given.role, given.name, given.rows, given.crs, source=given.file, remark=content)


def _settings_shown(settings: Settings) -> list[SettingFact]:
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
