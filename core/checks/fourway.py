"""四统一: do the map, the register, the summary table and the plots on the ground agree, plot by plot, unit by unit?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from redline.core.catalogue import text
from redline.core.checks import areas, joining, summary
from redline.core.checks.fourway_areas import bases, ground_areas, register_areas, settle_register
from redline.core.checks.fourway_pairs import attributes, persons, presence, shapes
from redline.core.checks.fourway_plots import Plots, Status, by_number, plot_status
from redline.core.checks.ground import check_ground
from redline.core.checks.unit_balance import unit_balance
from redline.core.checks.units import check_codes, check_position, unit_names
from redline.core.findings import Findings
from redline.core.frames import Frame, positions
from redline.core.heap import give_back
from redline.core.progress import Progress
from redline.core.result import Rate, Result
from redline.core.standards import threshold


@dataclass(frozen=True)
class Settings(areas.Settings):
    """Areas as in `areas.Settings`; a ground plot has moved beyond `shift_tolerance` (m, greatest distance) or where
    less than `min_agreement` (shared area ÷ joint area, 0–1) is common."""

    shift_tolerance: float = field(default_factory=lambda: threshold("shift_tolerance").value)
    min_agreement: float = field(default_factory=lambda: threshold("min_agreement").value)


def check(frames: Mapping[str, Frame], findings: Findings, settings: Settings, progress: Progress) -> Result:
    """Compare the sources given ("map" needed; "register", "table", "plots", "units" optional) and say what disagrees.

    Gives `PLOT_STATUS` (every number of any source once), `UNIT_BALANCE` (unit × class, m² and counts) and the rate
    "agreement". Rules R1003, R1005, R2005, R2009, R2010, R3001, R3002, R4003, R4004, R5001–R5006, R6001–R6007,
    R6012–R6023, R6026.
    Frames are brought to one reading (numbers settled, units of area settled) in place. Source: DOMAIN §0, §4.3, §4.4.
    """
    language = findings.language
    names = unit_names(frames)
    plots, status = _map(frames, names, findings, settings, progress.step(text("step.map", language), 0.3))
    # What a step worked with lies about in pieces; a large layer's shapes leave no room for it beside the next step's.
    give_back()
    register = _register(frames.get("register"), plots, names, findings, settings, status,
                         progress.step(text("step.register", language), 0.15))  # fmt: skip
    ground = _ground(frames.get("plots"), plots, names, findings, settings, status,
                     progress.step(text("step.plots", language), 0.35))  # fmt: skip
    give_back()
    table = None
    if "table" in frames:
        table = summary.check(frames["table"], plots.frame, register.frame if register else None, names, findings,
                              progress.step(text("step.table", language), 0.1))  # fmt: skip
    finish = progress.step(text("step.status", language))
    compared = bases(register.frame, plots.frame) if register else []
    statuses = plot_status(plots, register, ground, status, compared[0] if compared else ("", ""))
    finish.update(0.5)
    balance = unit_balance(plots.frame, register.frame if register else None, ground.frame if ground else None,
                           table, names)  # fmt: skip
    finish.update(1.0)
    consistent = int((statuses["status"] == "consistent").sum())
    return Result(
        findings,
        tables={"PLOT_STATUS": statuses, "UNIT_BALANCE": balance},
        rates={"agreement": Rate(consistent, len(statuses), profile="fourway")},
        checked=len(statuses),
        unchecked=_unchecked(frames, register, language),
        notes=[
            note
            for role in ("map", "register", "table", "plots", "units")
            if role in frames
            for note in frames[role].notes
        ],
    )


def _unchecked(frames: Mapping[str, Frame], register: Plots | None, language: str) -> list[str]:
    """What could not be compared, and for want of what."""
    missing = [role for role in ("register", "table", "plots", "units") if role not in frames]
    if register is not None and not any(column in register.frame.rows for column in areas.RECORDED):
        missing.append("register_area")
    if frames["map"].rows["geometry_area"].isna().all():
        missing.append("measured_area")
    return [text(f"unchecked.{what}", language) for what in missing]


def _map(
    frames: Mapping[str, Frame], names: dict[str, str], findings: Findings, settings: Settings, progress: Progress
) -> tuple[Plots, Status]:
    frame, units = frames["map"], frames.get("units")
    status = Status()
    joining.settle_keys(frame, None, findings)
    usable = check_ground(frame, findings, progress.step(share=0.3))
    joining.report_missing_keys(frame, findings)
    duplicates = joining.report_duplicates(frame, names, findings)
    check_codes(frame, units, names, findings)
    key = frame.rows["key"]
    status.add("duplicate", duplicates)
    status.add("invalid", key[~usable])
    areas.unmeasurable(frame, usable, findings)
    status.add("area_missing", key[usable & frame.rows["geometry_area"].isna().to_numpy()])
    if frame.has("plot_area"):
        grades = areas.recorded_against_measured(frame, usable, findings, settings)
        status.add("area_differs", key[grades == "error"])
    for column in ("plot_area", "farmland_area"):
        if column in frame.rows:
            status.add("area_missing", key[areas.absent(frame, column)])
    if frame.has("farmland_area"):
        areas.unrecorded(frame, "farmland_area", areas.absent(frame, "farmland_area"), findings)
    areas.identities(frame, findings)
    progress.update(0.5)
    if units is not None:
        check_ground(units, findings, progress.step(share=0.1))
        if units.has("unit"):
            check_position(frame, usable, units, names, findings, settings.abs_tolerance, progress.step(share=1.0))
    return by_number(frame, duplicates, usable), status


def _register(
    frame: Frame | None, plots: Plots, names: dict[str, str], findings: Findings, settings: Settings, status: Status,
    progress: Progress,
) -> Plots | None:  # fmt: skip
    if frame is None:
        return None
    joining.settle_units(frame, plots.frame, names)
    joining.settle_keys(frame, plots.frame, findings)
    joining.report_missing_keys(frame, findings)
    register = by_number(frame, joining.report_duplicates(frame, names, findings), np.ones(len(frame), dtype=bool))
    status.add("duplicate", register.duplicates)
    check_codes(frame, None, names, findings)
    progress.update(0.3)
    both = plots.keys.intersection(register.keys)
    settle_register(register, plots, both, findings)
    presence(plots, register, "R6001", "R6002", "missing_register", names, findings, status)
    single = both.difference(plots.duplicates).difference(register.duplicates)
    progress.update(0.5)
    register_areas(plots, register, single, findings, settings, status)
    attributes(plots, register, single, findings, status)
    persons(plots, register, single, findings)
    return register


def _ground(
    frame: Frame | None, plots: Plots, names: dict[str, str], findings: Findings, settings: Settings, status: Status,
    progress: Progress,
) -> Plots | None:  # fmt: skip
    if frame is None:
        return None
    joining.settle_units(frame, plots.frame, names)
    joining.settle_keys(frame, plots.frame, findings)
    _surveyed(frame)
    usable = check_ground(frame, findings, progress.step(share=0.1))
    joining.join_by_position(frame, usable, plots.frame, plots.usable, findings, progress.step(share=0.1))
    nameless = (frame.rows["key"] == "").to_numpy()
    frame.rows.loc[nameless, "key"] = positions(frame.rows["geometry"].to_numpy(dtype=object)[nameless])
    ground = by_number(frame, joining.report_duplicates(frame, names, findings), usable)
    status.add("duplicate", ground.duplicates)
    status.add("invalid", frame.rows["key"][~usable])
    if frame.has("plot_area"):
        areas.settle_unit(frame, "plot_area", frame.rows["geometry_area"].to_numpy(dtype=float), findings)
    presence(plots, ground, "R6012", "R6013", "missing_plots", names, findings, status)
    both = plots.keys.intersection(ground.keys)
    single = both.difference(plots.duplicates).difference(ground.duplicates)
    ground_areas(plots, ground, single, findings, settings, status)
    attributes(plots, ground, single, findings, status)
    shapes(plots, ground, single, settings.shift_tolerance, settings.min_agreement, findings, status,
           progress.step(share=1.0))  # fmt: skip
    return ground


def _surveyed(frame: Frame) -> None:
    """A ground plot's one area (实测面积) is that of the whole plot."""
    if "area" in frame.rows and "plot_area" not in frame.rows:
        frame.rows["plot_area"] = frame.rows["area"]
        frame.fields["plot_area"], frame.stated["plot_area"] = frame.fields["area"], frame.stated["area"]
        frame.resolution["plot_area"] = frame.resolution["area"]
