"""Which row of one source is which plot of the map: by number, by village and number, by position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
from redline.core.standards import threshold

_SHARE_COUNTED_ANEW = 0.1
_ORDER = (
    "unit", "plot_number", "land_class", "plot_area", "farmland_area", "area", "geometry_area", "person", "letter",
    "start", "end",
)  # fmt: skip


def settle_units(frame: Frame, plots: Frame, names: Mapping[str, str]) -> None:
    """Bring the unit codes of `frame` to those of the map.

    A row without a code gets that of its unit's name, where only one unit has this name; a code of a replaced unit is
    renamed (DOMAIN §1.4).
    """
    rows = frame.rows
    if "unit_name" in rows:
        codes_of: dict[str, str] = {}
        for code, name in names.items():
            codes_of[name] = code if name not in codes_of else ""
        named = rows["unit_name"].map(codes_of).fillna("")
        rows["unit"] = frame.column("unit").where(frame.column("unit") != "", named)
    if "unit" in rows:
        rows["unit"] = current(rows["unit"], plots.column("unit"))


def current(unit: pd.Series, known: pd.Series) -> pd.Series:
    """Unit codes with replaced units renamed, where only that makes them units of `known` or units above these."""
    present = {code[:digits] for code in known.unique() for digits in (6, 9, 12, 19)}
    return _renamed(unit, pd.Series(sorted(present), dtype=object))


def settle_keys(frame: Frame, plots: Frame | None, findings: Findings) -> None:
    """Give `frame` a `key` column: the map's number of every row, or what the row calls itself where the map has none.

    Without `plots` the frame is the map itself: where its numbers count anew in every village, village code and number
    make one ("990101001001/0012"). Other sources are joined in the way that fits most rows: by the plot's number, by
    village and number in the village, or by the village's code with the number behind it. Numbers with the prefix of a
    replaced unit are renamed where only that makes them the map's (DOMAIN §1.4, §10.5). Raises InputError where there
    is no number at all; ground plots may go without.
    """
    rows = frame.rows
    if plots is None:
        _number_map(frame, findings)
        return
    if not frame.has("key") and not frame.has("plot_number"):
        if frame.role != "plots":
            frame.require(findings.language, "key")
        rows["key"] = ""
        return
    known, most = plots.rows["key"], -1
    for way in _ways(frame, plots):
        fits = int(way.isin(known).sum())
        if fits > most:
            best, most = way, fits
        if 2 * most > len(rows):
            break
    if (best == "").any():
        for way in _ways(frame, plots):
            best = best.where(best != "", way.where(way.isin(known), ""))
    rows["key"] = best


def _number_map(frame: Frame, findings: Findings) -> None:
    rows = frame.rows
    second = _in_unit(frame, "plot_number")
    if not frame.has("key"):
        if second is None:
            frame.require(findings.language, "key")
        rows["key"] = second
        return
    if second is not None:
        rows["key"] = rows["key"].where(rows["key"] != "", second)
    in_unit = _in_unit(frame, "key")
    if in_unit is not None:
        given = rows["key"] != ""
        begins = [key.startswith(unit[:6]) for key, unit in zip(rows["key"][given], rows["unit"][given])]
        spared = in_unit[given].nunique() - rows["key"][given].nunique()
        # Mistakes repeat a few numbers; numbers that count anew in every village repeat by the thousand.
        if np.mean(begins or [True]) < 0.5 and spared > _SHARE_COUNTED_ANEW * given.sum():
            rows["key"] = in_unit.where(given, "")


def _ways(frame: Frame, plots: Frame) -> Iterator[pd.Series]:
    """What the rows of `frame` may be called on the map, by each way of joining, the plainest first."""
    rows = frame.rows
    for column in ("key", "plot_number"):
        if column not in rows:
            continue
        yield _renamed(rows[column], plots.rows["key"])
        in_unit = _in_unit(frame, column)
        if in_unit is None:
            continue
        for known in (plots.rows["key"], _in_unit(plots, "plot_number"), _in_unit(plots, "key")):
            if known is not None:
                numbers = pd.Series(plots.rows["key"].to_numpy(), index=_bare(known).to_numpy())
                numbers = numbers[(numbers.index != "") & ~numbers.index.duplicated(keep=False)]
                yield _bare(in_unit).map(numbers).fillna("").where(lambda key: key != "", in_unit)
        width = int(plots.rows["key"].str.len().max()) if len(plots) else 0
        behind = rows["unit"] + [text.zfill(width - len(unit)) for text, unit in zip(rows[column], rows["unit"])]
        yield behind.where(in_unit != "", "")


def _in_unit(frame: Frame, column: str) -> pd.Series | None:
    """Unit and number ("990101001001/0012"), "" where a row lacks either; None where the frame does."""
    if not frame.has("unit", column):
        return None
    both = (frame.rows["unit"] != "") & (frame.rows[column] != "")
    return (frame.rows["unit"] + "/" + frame.rows[column]).where(both, "")


def _bare(in_unit: pd.Series) -> pd.Series:
    """Without the zeros before the number: a spreadsheet drops them."""
    return in_unit.str.replace(r"/0+(?=\d)", "/", regex=True)


def _renamed(own: pd.Series, known: pd.Series) -> pd.Series:
    """Codes or numbers with the prefixes of replaced units renamed, where only that makes them `known`."""
    strange = (own != "") & ~own.isin(known)
    if not strange.any():
        return own
    renamed = codes.modernise(own[strange]).values
    return own.where(~strange, renamed.where(renamed.isin(known), own[strange]).reindex(own.index))


def first_rows(rows: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """One row for every number, the same whatever the order of the rows: the least of those that share a number; with
    the number and those of the `columns` that there are (all where none is named)."""
    given = [column for column in ("key", *columns) if column in rows] if columns else list(rows.columns)
    return rows.loc[first_of_number(rows), given]


def first_of_number(rows: pd.DataFrame) -> npt.NDArray[np.int64]:
    """The index of the rows that `first_rows` gives."""
    named, shared = _named_and_shared(rows["key"])
    columns = [c for c in _ORDER if c in rows]
    double = rows[shared].sort_values(["key", *columns], kind="stable").drop_duplicates("key")
    return np.concatenate([rows.index.to_numpy()[named & ~shared], double.index.to_numpy()])


def _named_and_shared(keys: pd.Series) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """The rows that have a number, and those of them that share theirs with another."""
    named = (keys != "").to_numpy()
    return named, named & keys.duplicated(keep=False).to_numpy()


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
        least = threshold("ground_match_share").value
        pairs = overlay(shapes[areal], ground, geometry=False, min_share=least, trusted=True, progress=progress)
        best = pd.DataFrame({"plot": pairs.left, "map": pairs.right, "area": pairs.area})
        best = best.sort_values(["plot", "area", "map"], ascending=[True, False, True]).drop_duplicates("plot")
        enough = best["area"].to_numpy() >= shapely.area(shapes[areal][best["plot"]]) * least
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
        "R2005", frame.role, labels(frame, missing), unit=frame.column("unit")[missing],
        unit_name=frame.column("unit_name")[missing], geometry=as_areas(frame.column("geometry", None)[missing]),
        role_name=frame.title(findings.language), field=text("column.key", findings.language),
        row=frame.rows["row"][missing], of=len(frame),
    )  # fmt: skip


def report_duplicates(frame: Frame, names: dict[str, str], findings: Findings) -> pd.Index:
    """R2009, once per number that stands more than once; gives these numbers."""
    rows = frame.rows[_named_and_shared(frame.rows["key"])[1]]
    counts = rows["key"].value_counts().sort_index()
    first = first_rows(rows).set_index("key").reindex(counts.index)
    unit = first["unit"] if "unit" in first else pd.Series("", index=counts.index)
    geometry = None
    if "geometry" in rows:
        geometry = rows.groupby("key")["geometry"].agg(_together).reindex(counts.index).to_numpy()
    findings.add(
        "R2009", frame.role, counts.index, unit=unit, unit_name=unit.map(lambda c: names.get(c, "")),
        actual=counts.astype(str), expected="1", difference=counts - 1.0, measure="count",
        geometry=geometry, role_name=frame.title(findings.language),
    )  # fmt: skip
    return counts.index


def as_areas(shapes: pd.Series | npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Shapes for a layer of findings, which holds polygons: what is no polygon gets a circle of 5 m round it."""
    found = np.array(shapes, dtype=object)
    found[pd.isna(found)] = None
    flat = (shapely.get_dimensions(found) < 2) & (shapely.get_dimensions(found) >= 0)
    found[flat] = shapely.buffer(found[flat], 5.0)
    return found


def _together(shapes: pd.Series) -> shapely.Geometry | None:
    parts = [shape for shape in as_areas(shapes.to_numpy()) if shape is not None]
    polygons = [part for shape in parts for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(polygons) if polygons else None
