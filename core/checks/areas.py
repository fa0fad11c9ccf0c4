"""Areas within one layer: recorded against measured, and the identities between the recorded ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from redline.core import units
from redline.core.catalogue import text
from redline.core.findings import Findings
from redline.core.frames import AREAS, Frame, labels, restate_area
from redline.core.standards import Identity, threshold

CENT = 0.01
RECORDED = ("farmland_area", "plot_area")
"""The areas of a plot that two sources may both record, first the one that registers and tables count."""
# Sums and differences of areas are off by less than this, in m², whatever their size.
_FLOAT_NOISE = 1e-6


@dataclass(frozen=True)
class Settings:
    """A difference is an error beyond both `abs_tolerance` (m²) and `rel_tolerance` (% of the reference area: the
    recorded one where a shape is held against it, the map's where another source is)."""

    abs_tolerance: float = field(default_factory=lambda: threshold("area_error_abs").value)
    rel_tolerance: float = field(default_factory=lambda: threshold("area_error_rel").value)


def grade(
    difference: npt.NDArray[np.float64], reference: npt.NDArray[np.float64], settings: Settings, rounding: float = CENT
) -> npt.NDArray[np.object_]:
    """How grave differences (m²) are against reference areas (m²): "", "warning" or "error" each; NaN is "".

    A difference beyond a line counts, one on it does not. The error line is max(abs, rel) of the settings, the warning
    line max(0.1 m², 0.01 %) of the thresholds (DOMAIN §3.6). Neither is below what rounding alone can do: half of
    `rounding`, the last printed place in m², and half a cent of the other figure.
    """
    size, base = np.abs(difference), np.abs(reference)
    by_rounding = rounding / 2 + CENT / 2

    def line(absolute: float, percent: float) -> npt.NDArray[np.float64]:
        return np.maximum(np.maximum(absolute, base * percent / 100), by_rounding) + _FLOAT_NOISE

    error = line(settings.abs_tolerance, settings.rel_tolerance)
    warning = line(threshold("area_warning_abs").value, threshold("area_warning_rel").value)
    with np.errstate(invalid="ignore"):
        return np.where(size > error, "error", np.where(size > np.minimum(warning, error), "warning", "")).astype(
            object
        )


def recorded_grade(
    recorded: npt.NDArray[np.float64], measured: npt.NDArray[np.float64], settings: Settings, place: float = CENT
) -> npt.NDArray[np.object_]:
    """`grade` of recorded against measured areas (m²); percentages are of what is recorded."""
    return grade(recorded - measured, recorded, settings, place)


def rounding(frame: Frame, column: str) -> float:
    """The last place (m²) to which an area column is held: its own; for m² the cent, as the standards write them."""
    in_metres = (frame.stated.get(column) or "m2") == "m2"
    return CENT if in_metres else frame.resolution[column]


def settle_unit(frame: Frame, column: str, reference: npt.NDArray[np.float64], findings: Findings) -> None:
    """`settle_units` for one area column."""
    settle_units(frame, {column: reference}, findings)


def settle_units(frame: Frame, references: Mapping[str, npt.NDArray[np.float64]], findings: Findings) -> None:
    """Find out whether area columns are in another unit than stated, tell it once (R5005), and go on in m².

    `references` gives for every column the areas (m²) that the rows should have, NaN where unknown. At least five rows,
    and four in five of them, must show the same confusion (DOMAIN §4.3 R5005). Where nobody stated a unit, it is a
    note, no finding.
    """
    language = findings.language
    told: set[units.UnitMix] = set()
    for column, reference in references.items():
        found = _confusion(frame, column, reference)
        if found is None:
            continue
        mix, ratios = found
        stated = frame.stated.get(column) or ""
        if stated and mix not in told:
            told.add(mix)
            findings.add(
                "R5005", frame.role, "", related=column, expected=units.unit_name(stated, language),
                actual=units.unit_name(mix.actual, language), difference=float(np.median(ratios)), measure="text",
                ratio=float(np.median(ratios)), count=len(ratios), field=frame.fields[column],
                role_name=frame.title(language),
            )  # fmt: skip
        elif not stated:
            frame.notes.append(
                text("note.unit_found", language, layer=frame.name, field=frame.fields[column],
                     unit=units.unit_name(mix.actual, language), ratio=f"{np.median(ratios):.6g}")
            )  # fmt: skip
        restate_area(frame, column, mix.read_as, mix.actual)
        frame.stated[column] = mix.actual


def _confusion(
    frame: Frame, column: str, reference: npt.NDArray[np.float64]
) -> tuple[units.UnitMix, npt.NDArray[np.float64]] | None:
    """The confusion of units that a column shows and the ratios that tell it, None where it shows none."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = frame.rows[column].to_numpy(dtype=float) / reference
    ratios = ratios[np.isfinite(ratios) & (ratios > 0)]
    # A few plots will do where all of them show the very same ratio.
    unanimous = len(ratios) > 1 and np.ptp(ratios) < threshold("unit_ratio_unanimous").value * ratios.min()
    if len(ratios) < threshold("unit_ratio_count").value and not unanimous:
        return None
    stated = frame.stated.get(column) or "m2"
    tolerance = threshold("unit_ratio_tolerance").value
    mix = units.unit_of_ratio(float(np.median(ratios)), tolerance, read_as=stated)
    if mix is None or (np.abs(ratios / mix.ratio - 1) <= tolerance).mean() < threshold("unit_ratio_share").value:
        return None
    return mix, ratios


def recorded_against_measured(
    frame: Frame, usable: npt.NDArray[np.bool_], findings: Findings, settings: Settings
) -> npt.NDArray[np.object_]:
    """R5001 for every usable shape, after R5005, and R6026; gives the grade of every row."""
    settle_layer(frame, usable, findings)
    return tell_recorded(frame, usable, findings, settings)


def settle_layer(frame: Frame, usable: npt.NDArray[np.bool_], findings: Findings) -> None:
    """`settle_units` for the area columns of a layer, by its usable shapes."""
    measured = np.where(usable, frame.rows["geometry_area"].to_numpy(dtype=float), np.nan)
    settle_units(frame, _references(frame, measured), findings)


def tell_recorded(
    frame: Frame, usable: npt.NDArray[np.bool_], findings: Findings, settings: Settings
) -> npt.NDArray[np.object_]:
    """`recorded_against_measured` of a layer whose units are settled."""
    rows = frame.rows
    measured = np.where(usable, rows["geometry_area"].to_numpy(dtype=float), np.nan)
    recorded = rows["plot_area"].to_numpy(dtype=float)
    unrecorded(frame, "plot_area", absent(frame, "plot_area"), findings)
    recorded = np.where(recorded > 0, recorded, np.nan)
    difference = recorded - measured
    grades = recorded_grade(recorded, measured, settings, rounding(frame, "plot_area"))
    bad = grades != ""
    with np.errstate(invalid="ignore", divide="ignore"):
        percent = difference / recorded * 100
    findings.add(
        "R5001",
        frame.role,
        labels(frame, bad),
        unit=frame.column("unit")[bad],
        unit_name=frame.column("unit_name")[bad],
        expected=metres(measured[bad]),
        actual=metres(recorded[bad]),
        difference=difference[bad],
        measure="m2",
        geometry=rows["geometry"].to_numpy()[bad],
        severity=grades[bad],
        percent=percent[bad],
        role_name=frame.title(findings.language),
    )
    return grades


def _references(frame: Frame, measured: npt.NDArray[np.float64]) -> dict[str, npt.NDArray[np.float64]]:
    """About what every area column of a layer should hold (m²), by the shapes and the deduction coefficients."""
    references = {column: measured for column in ("plot_area", "farmland_area") if column in frame.rows}
    if frame.has("deduction_area", "deduction_factor"):
        factor = frame.rows["deduction_factor"].to_numpy(dtype=float)
        references["deduction_area"] = np.where(factor > 0, measured * factor, np.nan)
    return references


def unmeasurable(frame: Frame, usable: npt.NDArray[np.bool_], findings: Findings) -> None:
    """R3010: valid shapes of which no area can be measured, in a layer that otherwise has areas."""
    measured = frame.rows["geometry_area"].notna().to_numpy()
    lost = usable & ~measured
    if measured.any():
        findings.add(
            "R3010", frame.role, labels(frame, lost), unit=frame.column("unit")[lost],
            unit_name=frame.column("unit_name")[lost], geometry=frame.rows["geometry"].to_numpy()[lost],
            role_name=frame.title(findings.language),
        )  # fmt: skip


def basis(frame: Frame) -> str:
    """The column of the areas that a layer is counted by."""
    return next((column for column in RECORDED if column in frame.rows), "geometry_area")


def surveyed(rows: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Areas (m²) of ground plots: as surveyed, else of the shape; NaN for points."""
    measured = rows["geometry_area"].to_numpy(dtype=float)
    if "plot_area" not in rows:
        return measured
    said = rows["plot_area"].to_numpy(dtype=float)
    return np.where(np.isnan(said), measured, said)


def absent(frame: Frame, column: str) -> npt.NDArray[np.bool_]:
    """Rows of a layer whose area is blank, zero or less: a plot has an area."""
    return np.asarray(~(frame.rows[column].to_numpy(dtype=float) > 0))


def unrecorded(frame: Frame, column: str, missing: npt.NDArray[np.bool_], findings: Findings) -> None:
    """R6026: rows without an area in this column."""
    shown = [value or text("value.empty", findings.language) for value in metres(frame.rows[column][missing])]
    findings.add(
        "R6026", frame.role, labels(frame, missing), related=column, unit=frame.column("unit")[missing],
        unit_name=frame.column("unit_name")[missing], actual=shown, geometry=frame.column("geometry", None)[missing],
        field=frame.fields[column], of=len(frame),
    )  # fmt: skip


def identities(frame: Frame, findings: Findings) -> None:
    """R5002, R5003 and R5006: the equations between areas that the layer's standard names (DOMAIN §1.1–1.3)."""
    _factors_in_range(frame, findings)
    for identity in frame.profile.identities:
        if identity.result in frame.rows and _terms_given(frame, identity):
            _identity(frame, identity, findings)


def _terms_given(frame: Frame, identity: Identity) -> bool:
    if identity.factors:
        return frame.has(*identity.factors)
    return frame.has(identity.minuend) and any(c in frame.rows for c in identity.subtrahends)


def _right_side(frame: Frame, identity: Identity) -> pd.Series:
    """What the result must be, in m²; an empty deduction or coefficient counts as 0."""
    rows = frame.rows
    if identity.factors:
        first, *others = identity.factors
        product = rows[first]
        for factor in others:
            product = product * rows[factor].fillna(0.0)
        return pd.Series(units.round_half_away(product, identity.decimals), index=rows.index)
    given = [c for c in identity.subtrahends if c in rows]
    return rows[identity.minuend] - rows[given].fillna(0.0).sum(axis=1)


def _identity(frame: Frame, identity: Identity, findings: Findings) -> None:
    rows = frame.rows
    expected = _right_side(frame, identity)
    actual = rows[identity.result].fillna(0.0) if identity.factors else rows[identity.result]
    difference = actual - expected
    # Standards write areas to 0.01 m²; a coarser column cannot be held to more than its own last place.
    terms = [identity.result, identity.minuend, *identity.factors, *identity.subtrahends]
    place = max(CENT, *(frame.resolution[c] for c in terms if c in rows and c in frame.resolution and c in AREAS))
    bad = (difference.abs() > place * 0.5001).to_numpy()
    words: dict[str, Any] = dict(zip(("area", "factor"), (rows[c].fillna(0.0)[bad] for c in identity.factors)))
    findings.add(
        identity.rule, frame.role, labels(frame, bad), unit=frame.column("unit")[bad],
        unit_name=frame.column("unit_name")[bad], expected=metres(expected[bad]), actual=metres(actual[bad]),
        difference=units.round_half_away(difference[bad]), measure="m2", geometry=frame.column("geometry", None)[bad],
        **words,
    )  # fmt: skip


def _factors_in_range(frame: Frame, findings: Findings) -> None:
    """R5006: the coefficient lies in the range that the layer's standard sets (2021: a share; older: a percentage)."""
    limits = frame.profile.field("deduction_factor")
    if "deduction_factor" not in frame.rows or limits is None or limits.minimum is None or limits.maximum is None:
        return
    factor = frame.rows["deduction_factor"].fillna(0.0)
    over = factor >= limits.maximum if limits.maximum_open else factor > limits.maximum
    outside = ((factor < limits.minimum) | over).to_numpy()
    bounds = f"{limits.minimum:g} ≤ {limits.name} {'<' if limits.maximum_open else '≤'} {limits.maximum:g}"
    findings.add(
        "R5006", frame.role, labels(frame, outside), actual=factor[outside].map("{:g}".format), expected=bounds,
        unit=frame.column("unit")[outside], unit_name=frame.column("unit_name")[outside],
        geometry=frame.column("geometry", None)[outside],
    )  # fmt: skip


def metres(values: object) -> list[str]:
    """Areas in m² as text with two decimals, "" where there is none."""
    return ["" if np.isnan(v) else f"{v:.2f}" for v in units.round_half_away(values)]


def mu(values: object) -> list[str]:
    """Areas in m² as text in 亩 with two decimals, "" where there is none."""
    numbers = units.as_floats(values)
    return ["" if np.isnan(v) else f"{v:.2f}" for v in units.round_half_away(units.convert(numbers, "m2", "mu"))]
