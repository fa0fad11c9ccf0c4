"""What the tables are made of: the plots with their exact areas, and the pieces of land class that they consist of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core import units
from redline.core.catalogue import text
from redline.core.checks import areas
from redline.core.codes import COUNTED_LEVELS
from redline.core.errors import InputError
from redline.core.findings import Findings, is_wide
from redline.core.frames import Frame, labels
from redline.core.geometry import ellipsoid
from redline.core.geometry.crs import Crs
from redline.core.geometry.overlay import overlay
from redline.core.progress import Progress
from redline.core.standards import domain, profile, threshold
from redline.core.tables.levelling import level, ranks

DEDUCTED = "1203"
"""田坎: the class that deducted areas go to (DOMAIN §4.4.1)."""
UNKNOWN = "?"
"""The class of land whose class is not known."""

_TEXTS = ("slope", "grade")
# The surface of the Earth in m²: no map has more.
_EARTH = 5.1e14


@dataclass
class Records:
    """`plots`: a row a plot of the map that has a unit and an area, by unit and key: the frame's columns, `leaf` (code
    of the table's narrowest unit), `gross`, `deduction`, `net` (int64 hundredths of a m², gross = deduction + net).

    `pieces`: `plot` (position in `plots`), `land_class` (4 digits at most), `slope`, `grade`, `gross`, `deduction`,
    `net`, which add up to the plots' to the cent. `notes` say what was adjusted.
    """

    plots: pd.DataFrame
    pieces: pd.DataFrame
    notes: list[str] = field(default_factory=list)


def collect(
    frames: Mapping[str, Frame], crs: Crs | None, findings: Findings, progress: Progress | None = None
) -> Records:
    """The plots of "map" with their areas brought to the control areas of "units", cut by "landuse" where it is given.

    The shapes of both layers are in `crs`. Recorded areas count; where there is none, the ellipsoidal one. Reports
    R2005, R5004, R5007 and R6026. Source: DOMAIN §3.5, §4.4.1, §4.4.4.
    """
    watch = progress or Progress()
    frame = frames["map"]
    frame.require(findings.language, "unit")
    plots = _with_areas(frame, findings)
    plots = _with_leaf(plots, frame, findings)
    if plots.empty:
        raise InputError("error.no_plots", findings.language, layer=frame.name)
    plots = plots.sort_values(["leaf", "key", "net", "gross"], kind="stable", ignore_index=True)
    notes = _to_control(plots, frames.get("units"), findings)
    watch.update(0.2)
    pieces = _own_pieces(plots)
    if "landuse" in frames:
        pieces = _by_land_use(plots, pieces, frames["landuse"], crs, findings, notes, watch.step(share=0.8))
        sums = pieces.groupby("plot")[["deduction", "net"]].sum()
        plots[["deduction", "net"]] = sums.reindex(plots.index).to_numpy()
    watch.update(1.0)
    return Records(plots, pieces, notes)


def _with_areas(frame: Frame, findings: Findings) -> pd.DataFrame:
    rows = frame.rows
    nothing = pd.Series(np.nan, index=rows.index)
    gross, net, deducted = (
        rows[c].astype(float) if c in rows else nothing for c in ("plot_area", "farmland_area", "deduction_area")
    )
    recorded = gross.where(gross > 0, net)
    missing = ~(recorded > 0)
    shown = areas.metres(gross.where(gross.notna(), net)[missing])
    findings.add(
        "R6026", frame.role, labels(frame)[missing.to_numpy()], related="plot_area",
        unit=frame.column("unit")[missing], unit_name=frame.column("unit_name")[missing],
        geometry=rows["geometry"][missing], field=frame.fields.get("plot_area", "YJJBNTTBMJ"),
        actual=[value or text("value.empty", findings.language) for value in shown],
    )  # fmt: skip
    whole = recorded.where(recorded > 0, rows["geometry_area"])
    known = (whole > 0).to_numpy()
    plots = rows[known].reset_index(drop=True)
    plots["label"] = labels(frame)[known]
    left = net.where(net >= 0, whole - deducted.fillna(0.0))[known]
    # Whole numbers of 64 bits would run over, and the tables would be wrong without a word.
    if np.maximum(whole[known], left).sum() > _EARTH:
        raise InputError("error.areas_too_large", findings.language, layer=frame.name)
    plots["gross"] = units.cents(whole[known])
    plots["net"] = units.cents(left.clip(lower=0.0))
    # A plot cannot be less than its farmland: the difference is told by R5003, the tables keep the farmland.
    plots["gross"] = plots[["gross", "net"]].max(axis=1)
    plots["deduction"] = plots["gross"] - plots["net"]
    for column in ("key", "land_class"):
        plots[column] = plots[column].fillna("") if column in plots else ""
    _known_qualities(plots)
    plots["land_class"] = _four_digits(plots["land_class"])
    return plots


def _known_qualities(rows: pd.DataFrame) -> None:
    """Slope levels and grades of the standard, "" for all else: what is wrong with the others, schemacheck tells."""
    limits = profile("sandiao2020").field("grade")
    grades = range(int(limits.minimum or 1), int(limits.maximum or 15) + 1) if limits else range(1, 16)
    known = {"slope": set(domain("GDPDJB").values), "grade": {str(grade) for grade in grades}}
    for column in _TEXTS:
        said = rows[column].fillna("") if column in rows else pd.Series("", index=rows.index, dtype=object)
        rows[column] = said.where(said.isin(known[column]), "")


def _with_leaf(plots: pd.DataFrame, frame: Frame, findings: Findings) -> pd.DataFrame:
    """Plots under the unit of the narrowest level that most of them name; one that names none is left out (R2005)."""
    length = plots["unit"].fillna("").str.len()
    digits = max(COUNTED_LEVELS, key=lambda level: (int(length.between(level, level + 2).sum()), level))
    placed = (length >= digits).to_numpy()
    astray = plots[~placed]
    findings.add(
        "R2005", frame.role, astray["label"], unit=astray["unit"], geometry=astray["geometry"], row=astray["row"],
        role_name=text(f"role.{frame.role}", findings.language), field=text("column.unit", findings.language),
    )  # fmt: skip
    return plots[placed].assign(leaf=plots["unit"][placed].str[:digits]).reset_index(drop=True)


def _to_control(plots: pd.DataFrame, unit_frame: Frame | None, findings: Findings) -> list[str]:
    """Bring the plots' gross areas to the control area of the narrowest unit that has one, a cent or more each.

    A control area counts where it asks no more of a plot, on average, than levelled plots differ by (0.1 m², DOMAIN
    §3.6). One that is near but farther off is told (R5004); any other is not the control area of this land.
    """
    if unit_frame is None or not unit_frame.has("unit", "control_area"):
        return []
    given = unit_frame.rows[unit_frame.rows["control_area"] > 0].drop_duplicates("unit").set_index("unit")
    of_plot = _nearest(plots["leaf"], set(given.index))
    inside = (of_plot != "").to_numpy()
    if not inside.any():
        return []
    group, codes = pd.factorize(of_plot[inside], sort=True)
    sums = plots[inside].groupby(group)["gross"].agg(["sum", "size"])
    control = units.cents(given["control_area"].reindex(codes))
    apart = control - sums["sum"].to_numpy()
    fits = np.abs(apart) <= units.cents([threshold("area_warning_abs").value])[0] * sums["size"].to_numpy()
    near = ~fits & (np.abs(apart) * 100 <= control * threshold("area_error_rel").value)
    findings.add(
        "R5004", "units", codes[near], unit=codes[near], unit_name=given.reindex(codes[near])["unit_name"].fillna("")
        if "unit_name" in given else "", expected=areas.metres(control[near] / 100),
        actual=areas.metres(sums["sum"].to_numpy()[near] / 100), difference=-apart[near] / 100, measure="m2",
    )  # fmt: skip
    target = np.where(fits, control, sums["sum"].to_numpy())
    exact = plots["gross"].to_numpy()[inside]
    rank = ranks(exact, plots["label"].to_numpy(dtype=object)[inside])
    levelled = level(exact, group.astype(np.int64), target, rank, np.ones(len(exact), dtype=bool))
    moved = inside.copy()
    moved[inside] = levelled != exact
    plots.loc[inside, "gross"] = levelled
    _deduct_anew(plots, moved)
    language = findings.language
    notes = [text("note.control", language, count=int(fits.sum()), moved=int(moved.sum()),
                  most=f"{np.abs(levelled - exact).max() / 100:.2f}")] if fits.any() else []  # fmt: skip
    if not fits.all():
        notes.append(text("note.no_control", language, count=int((~fits).sum())))
    return notes


def _deduct_anew(plots: pd.DataFrame, moved: npt.NDArray[np.bool_]) -> None:
    """KCMJ = round(TBMJ·KCXS, 2) and the rest, after levelling; without a coefficient the deduction stays."""
    gross = plots["gross"].to_numpy()[moved]
    deduction = plots["deduction"].to_numpy()[moved]
    if "deduction_factor" in plots:
        factor = plots["deduction_factor"].fillna(0.0).to_numpy(dtype=float)[moved]
        share = (factor > 0) & (factor < 1)
        deduction = np.where(share, units.cents(gross / 100 * np.where(share, factor, 0.0)), deduction)
    deduction = np.minimum(deduction, gross)
    plots.loc[moved, "deduction"] = deduction
    plots.loc[moved, "net"] = gross - deduction


def _nearest(leaf: pd.Series, known: set[str]) -> pd.Series:
    found = {code: next((code[:n] for n in (12, 9, 6) if code[:n] in known), "") for code in leaf.unique()}
    return leaf.map(found)


def _own_pieces(plots: pd.DataFrame) -> pd.DataFrame:
    pieces = plots[["land_class", *_TEXTS, "gross", "deduction", "net"]].copy()
    pieces.insert(0, "plot", np.arange(len(plots)))
    return pieces


def _by_land_use(
    plots: pd.DataFrame, own: pd.DataFrame, landuse: Frame, crs: Crs | None, findings: Findings, notes: list[str],
    progress: Progress,
) -> pd.DataFrame:  # fmt: skip
    """The pieces of the land survey's plots; a plot that these do not add up to keeps its own class (R5007)."""
    language = findings.language
    landuse.require(language, "land_class")
    if crs is None:
        raise InputError("error.no_crs", language, layer=landuse.name)
    pieces = _cut(plots, landuse, crs, progress)
    sums = pieces.groupby("plot")["gross"].sum().reindex(range(len(plots)), fill_value=0).to_numpy()
    whole = plots["gross"].to_numpy()
    apart = (sums - whole) / 100
    bad = areas.grade(apart, whole / 100, areas.Settings()) == "error"
    if not _elsewhere(landuse, int((sums == 0).sum()), len(plots), findings):
        rows = plots[bad]
        findings.add(
            "R5007", "map", rows["label"], unit=rows["unit"],
            unit_name=rows["unit_name"].fillna("") if "unit_name" in rows else "", geometry=rows["geometry"],
            expected=areas.metres(whole[bad] / 100), actual=areas.metres(sums[bad] / 100), difference=apart[bad],
            measure="m2",
        )  # fmt: skip
    pieces = pieces[~bad[pieces["plot"]]]
    notes.append(text("note.landuse", language, layer=landuse.name, count=int((~bad).sum()), own=int(bad.sum())))
    return pd.concat([pieces, own[bad]], ignore_index=True).sort_values(
        ["plot", "land_class", "gross"], kind="stable", ignore_index=True
    )


def _elsewhere(landuse: Frame, count: int, of: int, findings: Findings) -> bool:
    """Has hardly a plot any land of the survey? Then that is of elsewhere or of another zone, which is told once."""
    if not is_wide(count, of):
        return False
    crs = landuse.crs.name if landuse.crs else "—"
    findings.add(
        "R5007", "landuse", "", related=landuse.name, actual=str(count), difference=float(count), measure="count",
        severity="error",
        message=text("finding.landuse_elsewhere", findings.language, layer=landuse.name, count=count, of=of, crs=crs),
    )  # fmt: skip
    return True


def _cut(plots: pd.DataFrame, landuse: Frame, crs: Crs, progress: Progress) -> pd.DataFrame:
    """Every piece that a plot shares with a plot of the land survey, levelled to the plot's area (DOMAIN §4.4.4)."""
    rows = landuse.rows.reset_index(drop=True)
    _known_qualities(rows)
    shapes = rows["geometry"].to_numpy(dtype=object)
    pairs = overlay(plots["geometry"].to_numpy(dtype=object), shapes, progress=progress.step(share=0.7))
    floor = threshold("overlap_report_floor").value
    kept = pairs.area >= floor
    left, right, shared = pairs.left[kept], pairs.right[kept], pairs.geometry[kept]  # type: ignore[index]
    inside = shapely.area(shapes[right]) - pairs.area[kept] < floor
    recorded = _number(rows, "plot_area")[right]
    inside &= recorded > 0
    measured = np.zeros(len(left))
    measured[~inside] = ellipsoid.areas(shared[~inside], crs, progress=progress.step())
    first = units.cents(np.where(inside, recorded, np.nan_to_num(measured)))
    group, owners = pd.factorize(left, sort=True)
    group = group.astype(np.int64)
    whole = plots["gross"].to_numpy()[owners]
    sums = np.bincount(group, weights=first, minlength=len(owners)).astype(np.int64) if len(left) else whole
    near = areas.grade((sums - whole) / 100, whole / 100, areas.Settings()) != "error"
    said = rows["land_class"].fillna("") + rows["slope"] + rows["grade"]
    names = said.to_numpy(dtype=object)[right]
    gross = level(first, group, np.where(near, whole, sums), ranks(first, names), np.ones(len(left), dtype=bool))
    limits = landuse.profile.field("deduction_factor")
    percent = limits is not None and limits.maximum is not None and limits.maximum > 1
    factor = np.nan_to_num(_number(rows, "deduction_factor")) / (100 if percent else 1)
    deduction = units.cents(gross / 100 * np.clip(factor[right], 0.0, 1.0))
    of_class = _number(rows, "class_area")[right]
    as_recorded = inside & (gross == first) & (of_class >= 0) & (of_class <= recorded)
    deduction[as_recorded] = units.cents(recorded[as_recorded]) - units.cents(of_class[as_recorded])
    cut = pd.DataFrame({"plot": left, "land_class": _four_digits(rows["land_class"].fillna("")).to_numpy()[right]})
    for column in _TEXTS:
        said = rows[column].to_numpy(dtype=object)[right]
        cut[column] = np.where(said != "", said, plots[column].to_numpy(dtype=object)[left])
    return cut.assign(gross=gross, deduction=deduction, net=gross - deduction)


def _four_digits(code: pd.Series) -> pd.Series:
    """Classes without marks behind the fourth digit (可调整果园 0201K is 果园); UNKNOWN where there is none."""
    return code.str[:4].where(code != "", UNKNOWN)


def _number(rows: pd.DataFrame, column: str) -> npt.NDArray[np.float64]:
    return rows[column].to_numpy(dtype=float) if column in rows else np.full(len(rows), np.nan)
