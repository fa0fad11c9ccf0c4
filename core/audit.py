"""The county audit: every check that the given sources allow, in order, over frames that are read once."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from redline.core.catalogue import text
from redline.core.checks import coverage, duties, fourway, grid, idle, patrols, permits, rates, schema, signs
from redline.core.errors import InputError
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
    permits: permits.Settings = field(default_factory=permits.Settings)
    rates: rates.Settings = field(default_factory=lambda: rates.Settings(datetime.date.today()))
    idle: idle.Settings = field(default_factory=lambda: idle.Settings(datetime.date.today()))
    grid: grid.Settings = field(default_factory=grid.Settings)
    patrols: patrols.Settings = field(default_factory=patrols.Settings)
    signs: signs.Settings = field(default_factory=signs.Settings)


@dataclass(frozen=True)
class Check:
    """One check: the roles it cannot do without, its share of an audit's time, how to run it, which of its tables are
    layers of the results (table → layer), and the roles one of which at least it needs besides."""

    id: str
    needs: tuple[str, ...]
    share: float
    run: Callable[[Mapping[str, Frame], Findings, Settings, Progress], Result]
    layers: Mapping[str, str] = field(default_factory=dict)
    one_of: tuple[str, ...] = ()

    def lacking(self, roles: Collection[str]) -> list[str]:
        """The roles for want of which the check cannot run on sources of these, best first."""
        absent = [role for role in self.needs if role not in roles]
        return absent if not self.one_of or any(role in roles for role in self.one_of) else [*absent, *self.one_of]


def _fit_for_rates(frames: Mapping[str, Frame]) -> dict[str, Frame]:
    return {role: frame for role, frame in frames.items() if not rates.lacking(frame)}


CHECKS = (
    Check(
        "fourway",
        ("map",),
        0.6,
        lambda frames, found, chosen, progress: fourway.check(frames, found, chosen.fourway, progress),
        {"PLOT_STATUS": "plot_status", "UNIT_BALANCE": "unit_balance"},
    ),
    Check(
        "duties",
        ("map",),
        0.15,
        lambda frames, found, chosen, progress: duties.check(frames, found, chosen.duties, progress),
        {"PLOT_DUTIES": "plot_duties", "UNIT_DUTIES": "unit_duties"},
    ),
    Check(
        "coverage",
        ("map",),
        0.2,
        lambda frames, found, chosen, progress: coverage.check(frames, found, chosen.coverage, progress),
        {"OVERLAPS": "overlaps"},
    ),
    # Before the rates, which count what it says of every change.
    Check(
        "permits",
        ("violation",),
        0.2,
        lambda frames, found, chosen, progress: permits.check(frames, found, chosen.permits, progress),
        {name: name.lower() for name in ("VIOLATIONS_OUT", "PIECES", "PERMITS_OUT", "UNIT_SUMMARY")},
    ),
    Check(
        "rates",
        (),
        0.05,
        lambda frames, found, chosen, progress: rates.check(_fit_for_rates(frames), found, chosen.rates, progress),
        {"RATES": "rates"},
        # The ledger alone tells how cases are filed, decided, closed and paid.
        ("violation", "case"),
    ),
    Check(
        "idle",
        ("contract",),
        0.03,
        lambda frames, found, chosen, progress: idle.check(frames, found, chosen.idle, progress),
        {"IDLE_LAND": "idle_land"},
    ),
    Check(
        "grid",
        ("zone",),
        0.2,
        lambda frames, found, chosen, progress: grid.check(frames, found, chosen.grid, progress),
        {"ZONE_STATUS": "zone_status"},
    ),
    Check(
        "patrols",
        ("zone", "patrol"),
        0.1,
        lambda frames, found, chosen, progress: patrols.check(frames, found, chosen.patrols, progress),
        {"CALENDAR": "calendar"},
    ),
    Check(
        "signs",
        ("map", "sign"),
        0.05,
        lambda frames, found, chosen, progress: signs.check(frames, found, chosen.signs, progress),
        {"SIGN_STATUS": "sign_status"},
    ),
    # Last: by then every row has the number that it is known by.
    Check("schema", (), 0.05, lambda frames, found, chosen, progress: schema.check_sources(frames, found, progress)),
)


def place(roles: Iterable[str]) -> str:
    """The role whose layer tells where an audit takes place, "" where none does: the first that a check cannot do
    without."""
    present = set(roles)
    wanted = (role for check in CHECKS for role in (*check.needs, *check.one_of))
    return next((role for role in wanted if role in present), "")


def allowed(roles: Mapping[str, object]) -> list[Check]:
    """The checks that can run on sources of these roles, in the order in which they run."""
    return [check for check in CHECKS if not check.lacking(roles.keys())]


def layers(results: Mapping[str, Result]) -> dict[str, pd.DataFrame]:
    """The tables of results that are kept as layers, by the layer's name."""
    named = {check.id: check.layers for check in CHECKS}
    return {
        layer: result.tables[table]
        for check, result in results.items()
        for table, layer in named[check].items()
        if table in result.tables
    }


def audit(
    frames: Mapping[str, Frame], findings: Findings, settings: Settings, progress: Progress, only: Collection[str] = ()
) -> dict[str, Result]:
    """Run every allowed check, or of these `only` some; give their results by check id. All write into the one
    `findings`.

    A check whose sources lack what it cannot do without is left out, and the first result says so; raises InputError
    where that leaves none.
    """
    results: dict[str, Result] = {}
    refused: list[tuple[Check, InputError]] = []
    checks = [check for check in allowed(frames) if not only or check.id in only]
    whole = sum(check.share for check in checks)
    for check in checks:
        step = progress.step(text(f"step.{check.id}", findings.language), check.share / whole)
        try:
            results[check.id] = check.run(frames, findings, settings, step)
        except InputError as error:
            refused.append((check, error))
    if refused and not results:
        raise refused[0][1]
    for check, reason in refused:
        name = text(f"step.{check.id}", findings.language)
        said = text("unchecked.audit.check", findings.language, check=name, reason=str(reason))
        next(iter(results.values())).unchecked.append(said)
    progress.update(1.0)
    return results
