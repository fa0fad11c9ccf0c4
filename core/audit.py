"""The county audit: every check that the given sources allow, in order, over frames that are read once."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from redline.core.catalogue import text
from redline.core.checks import coverage, duties, fourway, schema
from redline.core.findings import Findings
from redline.core.frames import Frame
from redline.core.progress import Progress
from redline.core.result import Result


@dataclass(frozen=True)
class Settings:
    """The settings of every check of an audit."""

    fourway: fourway.Settings = field(default_factory=fourway.Settings)
    duties: duties.Settings = field(default_factory=lambda: duties.Settings(datetime.date.today()))
    # The four-way check tells already which plots lie outside or across their units.
    coverage: coverage.Settings = field(default_factory=lambda: coverage.Settings(position=False))


@dataclass(frozen=True)
class Check:
    """One check: the roles it cannot do without, its share of an audit's time, and how to run it."""

    id: str
    needs: tuple[str, ...]
    share: float
    run: Callable[[Mapping[str, Frame], Findings, Settings, Progress], Result]


CHECKS = (
    Check(
        "fourway",
        ("map",),
        0.6,
        lambda frames, found, chosen, progress: fourway.check(frames, found, chosen.fourway, progress),
    ),
    Check(
        "duties",
        ("map",),
        0.15,
        lambda frames, found, chosen, progress: duties.check(frames, found, chosen.duties, progress),
    ),
    Check(
        "coverage",
        ("map",),
        0.2,
        lambda frames, found, chosen, progress: coverage.check(frames, found, chosen.coverage, progress),
    ),
    # Last: by then every row has the number that it is known by.
    Check("schema", (), 0.05, lambda frames, found, chosen, progress: schema.check_sources(frames, found, progress)),
)


def allowed(roles: Mapping[str, object]) -> list[Check]:
    """The checks that can run on sources of these roles, in the order in which they run."""
    return [check for check in CHECKS if all(role in roles for role in check.needs)]


def audit(frames: Mapping[str, Frame], findings: Findings, settings: Settings, progress: Progress) -> dict[str, Result]:
    """Run every allowed check; give their results by check id. All write into the one `findings`."""
    results: dict[str, Result] = {}
    for check in allowed(frames):
        step = progress.step(text(f"step.{check.id}", findings.language), check.share)
        results[check.id] = check.run(frames, findings, settings, step)
    progress.update(1.0)
    return results
