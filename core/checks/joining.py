"""Which row of one source is which plot of the map: by number, by village and number, by position."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core import codes
from redline.core.catalogue import text
from redline.core.findings import Findings
from redline.core.frames import Frame, labels
from redline.core.geometry.overlay import overlay
from redline.core.progress import Progress

# A ground plot without a number is taken for the plot that holds at least this share of it.
_SHARE_FOR_A_MATCH = 0.5


def settle_keys(frame: Frame, plots: Frame | None, findings: Findings) -> None:
    """Give `frame` a `key` column: its own numbers, else those of the map's plot of the same village and number.

    Without `plots` the frame is the map itself: where it has no plot number, village code and number in the village
    make one ("990101001001/0012"). Numbers with the prefix of a replaced unit are renamed where only that makes them
    the map's (DOMAIN §1.4, §10.5). Raises InputError where there is neither.
    """
    rows = frame.rows
    second = _second_key(frame)
    if plots is None:
        if "key" not in rows and second is not None:
            rows["key"] = second
        frame.require(findings.language, "key")
        rows["key"] = rows["key"].where(rows["key"] != "", second if second is not None else "")
        return
    if "key" not in rows:
        if second is None and frame.role != "plots":
            frame.require(findings.language, "key")
        rows["key"] = ""
    if second is not None:
        known = _second_key(plots)
        if known is not None:
            lookup = pd.Series(plots.rows["key"].to_numpy(), index=known.to_numpy())
            lookup = lookup[(lookup.index != "") & ~lookup.index.duplicated(keep=False)]
            numberless = "key" not in plots.fields
            rows["key"] = rows["key"].where((rows["key"] != "") & (not numberless), second.map(lookup).fillna(""))
    strange = (rows["key"] != "") & ~rows["key"].isin(plots.rows["key"])
    if strange.any():
        renamed = codes.modernise(rows["key"][strange]).values
        fits = renamed.isin(plots.rows["key"])
        rows.loc[renamed.index[fits], "key"] = renamed[fits]


def join_by_position(
    frame: Frame, usable: npt.NDArray[np.bool_], plots: Frame, plots_usable: npt.NDArray[np.bool_],
    findings: Findings, progress: Progress,
) -> None:  # fmt: skip
    """Give ground plots without a number that of the map plot they lie on (R6021): half of a polygon, or the point."""
    rows = frame.rows
    at = np.flatnonzero((rows["key"] == "").to_numpy() & usable)
    if not len(at):
        return
    under = np.flatnonzero(plots_usable)
    shapes, ground = rows["geometry"].to_numpy(dtype=object)[at], plots.rows["geometry"].to_numpy(dtype=object)[under]
    areal = shapely.get_dimensions(shapes) == 2
    found = np.full(len(at), -1)
    if areal.any():
        pairs = overlay(
            shapes[areal], ground, geometry=False, min_share=_SHARE_FOR_A_MATCH, trusted=True, progress=progress
        )
        best = pd.DataFrame({"plot": pairs.left, "map": pairs.right, "area": pairs.area})
        best = best.sort_values(["plot", "area", "map"], ascending=[True, False, True]).drop_duplicates("plot")
        enough = best["area"].to_numpy() >= shapely.area(shapes[areal][best["plot"]]) * _SHARE_FOR_A_MATCH
        found[np.flatnonzero(areal)[best["plot"][enough]]] = best["map"][enough]
    if (~areal).any():
        tree = shapely.STRtree(ground)
        point, plot = tree.query(shapely.point_on_surface(shapes[~areal]), predicate="intersects")
        first = pd.DataFrame({"point": point, "plot": plot}).sort_values(["point", "plot"]).drop_duplicates("point")
        found[np.flatnonzero(~areal)[first["point"]]] = first["plot"]
    met = found >= 0
    keys = plots.rows["key"].to_numpy()[under[found[met]]]
    rows.loc[rows.index[at[met]], "key"] = keys
    named = keys != ""
    findings.add("R6021", frame.role, keys[named], geometry=as_areas(shapes[met][named]), actual=keys[named])


def report_missing_keys(frame: Frame, findings: Findings) -> None:
    """R2005: rows of the map or the register that have no number by any way."""
    missing = (frame.rows["key"] == "").to_numpy()
    findings.add(
        "R2005", frame.role, labels(frame)[missing], unit=frame.column("unit")[missing],
        unit_name=frame.column("unit_name")[missing], geometry=as_areas(frame.column("geometry", None)[missing]),
        role_name=text(f"role.{frame.role}", findings.language), field=text("column.key", findings.language),
        row=frame.rows["row"][missing],
    )  # fmt: skip


def report_duplicates(frame: Frame, names: dict[str, str], findings: Findings) -> pd.Index:
    """R2009, once per number that stands more than once; gives these numbers."""
    rows = frame.rows[frame.rows["key"] != ""]
    counts = rows["key"].value_counts()
    counts = counts[counts > 1].sort_index()
    first = rows.drop_duplicates("key").set_index("key").reindex(counts.index)
    unit = first["unit"] if "unit" in first else pd.Series("", index=counts.index)
    geometry = None
    if "geometry" in rows:
        double = rows[rows["key"].isin(counts.index)]
        geometry = double.groupby("key")["geometry"].agg(_together).reindex(counts.index).to_numpy()
    findings.add(
        "R2009", frame.role, counts.index, unit=unit, unit_name=unit.map(lambda c: names.get(c, "")),
        actual=counts.astype(str), expected="1", difference=counts - 1.0, measure="count",
        geometry=geometry, role_name=text(f"role.{frame.role}", findings.language),
    )  # fmt: skip
    return counts.index


def as_areas(shapes: pd.Series | npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Shapes for a layer of findings, which holds polygons: what is no polygon gets a circle of 5 m round it."""
    found = np.array(shapes, dtype=object)
    found[pd.isna(found)] = None
    flat = (shapely.get_dimensions(found) < 2) & (shapely.get_dimensions(found) >= 0)
    found[flat] = shapely.buffer(found[flat], 5.0)
    return found


def _second_key(frame: Frame) -> pd.Series | None:
    if not frame.has("unit", "plot_number"):
        return None
    both = (frame.rows["unit"] != "") & (frame.rows["plot_number"] != "")
    return (frame.rows["unit"] + "/" + frame.rows["plot_number"]).where(both, "")


def _together(shapes: pd.Series) -> shapely.Geometry | None:
    parts = [shape for shape in as_areas(shapes.to_numpy()) if shape is not None]
    polygons = [part for shape in parts for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(polygons) if polygons else None
