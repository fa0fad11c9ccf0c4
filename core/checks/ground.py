"""What must hold before anything is measured: a coordinate system that fits, and shapes that are areas."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from redline.core.catalogue import text
from redline.core.findings import Findings, is_wide
from redline.core.frames import Frame, labels
from redline.core.geometry.coverage import mended
from redline.core.geometry.crs import ZoneProblem
from redline.core.geometry.overlay import validity
from redline.core.progress import Progress

# What shapes are that are no polygons, by the names of their types.
_KINDS = {
    "Point": "kind.point", "MultiPoint": "kind.point", "LineString": "kind.line", "MultiLineString": "kind.line",
    "LinearRing": "kind.line", "GeometryCollection": "kind.collection",
}  # fmt: skip


def check_ground(
    frame: Frame, findings: Findings, progress: Progress | None = None, of: int = 0, shapeless: bool = True
) -> np.ndarray:
    """Report R1003, R1005, R3001, R3002 and R3011 for a layer; give the mask (bool, one per row) of the usable shapes.

    `of` is how many features the layer has where the frame holds only those of them that may be wrong. Points count as
    usable where they stand for plots; what is `shapeless` may be left untold. Rules: 质检规则
    2201–2203, 4101 (DOMAIN §4.1).
    """
    of = of or len(frame)
    check_crs(frame, findings)
    state = _validity(frame, progress)
    kind = state["kind"].to_numpy()
    names = frame.column("unit").to_numpy(dtype=object) if frame.role == "units" else labels(frame)
    said = {"role_name": frame.title(findings.language)}
    units = frame.column("unit").to_numpy()
    unit_names = frame.column("unit_name").to_numpy()

    empty = np.isin(kind, ("null", "empty"))
    if shapeless:
        findings.add("R3001", frame.role, names[empty], unit=units[empty], unit_name=unit_names[empty], of=of, **said)
    invalid = kind == "invalid"
    reasons = [reason_text(reason, findings.language) for reason in state["reason"].to_numpy()[invalid]]
    places = [_place(point) for point in state["point"].to_numpy()[invalid]]
    findings.add(
        "R3002", frame.role, names[invalid], unit=units[invalid], unit_name=unit_names[invalid],
        actual=reasons, geometry=state["geometry"].to_numpy()[invalid], reason=reasons, place=places,
        of=of, **said,
    )  # fmt: skip
    if frame.role == "plots":
        return np.asarray(~empty & ~invalid)
    wrong = kind == "not_polygon"
    shapes = state["geometry"].to_numpy()[wrong]
    kinds = np.array([_kind(shape, findings.language) for shape in shapes], dtype=object)
    polygons = text("kind.polygon", findings.language)
    count = int(wrong.sum())
    if count and (count + int(empty.sum()) == of or is_wide(count, of)):
        # It is another layer that was meant.
        findings.add(
            "R1005", frame.role, "", related=frame.name, layer=frame.name, difference=float(count), measure="count",
            expected=polygons, actual="、".join(sorted(set(kinds))),
        )  # fmt: skip
    else:
        findings.add(
            "R3011", frame.role, names[wrong], unit=units[wrong], unit_name=unit_names[wrong], expected=polygons,
            actual=kinds, place=[_place(shapely.centroid(shape)) for shape in shapes], role_name=said["role_name"],
        )  # fmt: skip
    return np.asarray(kind == "ok")


def shapeless(frame: Frame) -> npt.NDArray[np.bool_]:
    """Mask of the rows without a shape."""
    shapes = frame.rows["geometry"].to_numpy(dtype=object)
    return np.asarray(shapely.is_missing(shapes) | shapely.is_empty(shapes))


def land(
    frame: Frame, findings: Findings, progress: Progress | None = None
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.bool_]]:
    """The shapes of a frame in 2D, invalid ones mended, and the mask of those that have land; tells what
    `check_ground` does."""
    valid = check_ground(frame, findings, progress)
    shapes = shapely.force_2d(frame.rows["geometry"].to_numpy(dtype=object).copy())
    areal = (shapely.get_dimensions(shapes) == 2) & ~shapely.is_empty(shapes)
    bad = np.flatnonzero(areal & ~valid)
    shapes[bad] = mended(shapes[bad])
    return shapes, areal & ~shapely.is_missing(shapes)


def places(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Where things of any kind of shape are: without Z, None where nothing is or a coordinate is no number; outlines
    that cross themselves are mended."""
    shapes = shapes.copy()
    shapes[pd.isna(shapes)] = None
    shapes = shapely.force_2d(shapes)
    xy, row = shapely.get_coordinates(shapes, return_index=True)
    shapes[row[~np.isfinite(xy).all(axis=1)]] = None
    shapes[shapely.is_empty(shapes)] = None
    crossed = np.flatnonzero((shapely.get_dimensions(shapes) == 2) & ~shapely.is_valid(shapes))
    shapes[crossed] = mended(shapes[crossed])
    return np.asarray(shapes)


def metre_of(frame: Frame, shapes: npt.NDArray[np.object_], usable: npt.NDArray[np.bool_]) -> float:
    """How long a metre is in the units of the coordinates, as the measured areas of a frame tell."""
    measured = frame.column("geometry_area", np.nan).to_numpy(dtype=float)[usable]
    plane = shapely.area(shapes[usable])
    known = (measured > 0) & (plane > 0)
    return float(np.sqrt(plane[known].sum() / measured[known].sum())) if known.any() else 1.0


def _validity(frame: Frame, progress: Progress | None) -> pd.DataFrame:
    """What `overlay.validity` says of a frame's shapes, and these, worked out once for all checks of a run: one of them
    may go on with mended shapes, and an invalid one must be told alike by all."""
    if frame.validity is None or frame.validity[0] is not frame.rows:
        shapes = frame.rows["geometry"].to_numpy(dtype=object)
        frame.validity = frame.rows, validity(shapes, progress=progress).assign(geometry=shapes.copy())
    return frame.validity[1]


def check_crs(frame: Frame, findings: Findings) -> None:
    """Report R1003 where the layer has no CRS, one that is not CGCS2000, or coordinates that are not of its zone."""
    language = findings.language
    if frame.crs is None:
        _crs_finding(frame, findings, text("crs.none", language))
        return
    problem = frame.crs.zone_problem(frame.bounds) if frame.bounds else None
    if problem is not None:
        _crs_finding(frame, findings, zone_text(problem, frame.crs.name, language))
        if not frame.crs.measures(frame.bounds):
            frame.rows["geometry_area"] = np.nan
    elif not frame.crs.is_cgcs2000:
        _crs_finding(frame, findings, text("crs.other", language, crs=frame.crs.name))


def _crs_finding(frame: Frame, findings: Findings, problem: str) -> None:
    findings.add(
        "R1003", frame.role, "", related=frame.role if frame.role != "units" else frame.name,
        actual=frame.crs.name if frame.crs else "", layer=frame.name, problem=problem,
    )  # fmt: skip


def zone_text(problem: ZoneProblem, name: str, language: str) -> str:
    """Why coordinates cannot be of the coordinate system `name`."""
    return text(f"crs.{problem.kind}", language, crs=name, zone=problem.zone, suggested=problem.suggested or "?")


def reason_text(reason: str, language: str) -> str:
    """GEOS's reason in the user's language; as GEOS says it where it is one that we do not know."""
    try:
        return text(f"invalid.{reason.lower().replace(' ', '_').replace('-', '_')}", language)
    except KeyError:
        return reason


def _place(point: shapely.Point | None) -> str:
    if point is None or point.is_empty or not np.isfinite([point.x, point.y]).all():
        return ""
    return f"({point.x:.3f}, {point.y:.3f})"


def _kind(shape: BaseGeometry, language: str) -> str:
    return text(_KINDS[shape.geom_type], language)
