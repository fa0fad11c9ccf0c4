"""The report: one page that a leader can read and an office can sign, from the results of any checks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from redline.core.report.facts import Ground, InputFact, ReportFacts, SettingFact
from redline.core.result import Result

__all__ = ["Ground", "InputFact", "ReportFacts", "SettingFact", "html", "paper_style"]


def html(
    results: Result | Sequence[Result], facts: ReportFacts, language: str, findings: pd.DataFrame | None = None
) -> str:
    """A self-contained HTML page in `language` ("zh", "en"): no network, no script, pictures inside.

    Sections appear as far as the results have something for them. `findings` (columns of `findings.COLUMNS`, and
    `change` if the run before is known) replaces the results' own, where people have set statuses since: waived and
    fixed ones are counted apart.
    """
    from redline.core.report.page import page
    from redline.core.report.summary import Summary

    several = [results] if isinstance(results, Result) else list(results)
    return page(Summary(several, findings), facts, language)


def paper_style() -> str:
    """The style sheet in place of the page's own where it is printed through Qt, which knows little CSS."""
    return (Path(__file__).parent / "paper.css").read_text(encoding="utf-8")
