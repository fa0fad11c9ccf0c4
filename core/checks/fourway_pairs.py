"""A plot of the map and its like in another source: is there one, what does it say, where does it lie?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core.catalogue import text
from redline.core.checks import areas
from redline.core.checks.fourway_plots import Plots, Status, areal, place
from redline.core.findings import Findings
from redline.core.geometry.overlay import agreement, cuts, distance_between
from redline.core.progress import Progress
from redline.core.standards import land_class, owner_words, threshold


def presence(
    plots: Plots, other: Plots, only_map: str, only_other: str, missing: str, names: dict[str, str],
    findings: Findings, status: Status,
) -> None:  # fmt: skip
    for rule, have, lack, absent in ((only_map, plots, other, missing), (only_other, other, plots, "missing_map")):
        keys = have.keys.difference(lack.keys)
        rows = have.at(keys)
        unit = rows["unit"] if "unit" in rows else pd.Series("", index=keys)
        findings.add(
            rule, have.frame.role, keys, unit=unit, unit_name=unit.map(lambda c: names.get(c, "")),
            actual=areas.metres(_area_shown(rows)), measure="text", geometry=areal(rows), of=len(have.keys),
        )  # fmt: skip
        status.add(absent, keys)


def _area_shown(rows: pd.DataFrame) -> npt.NDArray[np.float64]:
    shown = np.full(len(rows), np.nan)
    for column in (*areas.RECORDED, "area", "geometry_area"):
        if column in rows:
            shown = np.where(np.isnan(shown), rows[column].to_numpy(dtype=float), shown)
    return shown


def attributes(plots: Plots, other: Plots, keys: pd.Index, findings: Findings, status: Status) -> None:
    """R6015 land class, R6016 unit, R6017 owner: the map's against the other source's, where both say something."""
    ours, theirs = (side.at(keys, "land_class", "unit", "owner") for side in (plots, other))
    language, role = findings.language, other.frame.role
    scheme = plots.frame.profile.scheme
    for rule, column, same in (
        ("R6015", "land_class", _same_class), ("R6016", "unit", _same_unit_code), ("R6017", "owner", _same_name),
    ):  # fmt: skip
        if column not in ours or column not in theirs:
            continue
        mine, his = ours[column].to_numpy(dtype=str), theirs[column].to_numpy(dtype=str)
        bad = (mine != "") & (his != "") & (mine != his)
        bad[bad] = [not same(a, b) for a, b in zip(mine[bad], his[bad])]
        rows = plots.at(keys[bad])
        shown = [[_shown(column, value, scheme, language) for value in side[bad]] for side in (mine, his)]
        findings.add(
            rule, role, keys[bad], expected=shown[0], actual=shown[1], other_name=text(f"role.{role}", language),
            **place(rows),
        )  # fmt: skip
        status.add("attribute_differs", keys[bad])


def _same_class(mine: str, his: str) -> bool:
    """A source that names only the first level (耕地) agrees with its classes; K and A are sub-kinds of a class."""
    mine, his = mine[:4], his[:4]
    return mine.startswith(his) or his.startswith(mine)


def _same_unit_code(mine: str, his: str) -> bool:
    return mine.startswith(his) or his.startswith(mine)


def _same_name(mine: str, his: str) -> bool:
    """柳河村, 柳河村村民委员会 and 示范县柳河镇柳河村 are one owner; 王村 and 小王村 are two."""
    words = owner_words()
    short, long = sorted((_owner_core(mine, words), _owner_core(his, words)), key=len)
    above = long[: len(long) - len(short)]
    return long.endswith(short) and (not above or above.endswith(tuple(words["unit_ends"])))


def _owner_core(name: str, words: Mapping[str, list[str]]) -> str:
    """An owner's name without the words for its committee or collective."""
    suffix = next((word for word in words["suffixes"] if name.endswith(word) and len(name) > len(word)), "")
    return name[: len(name) - len(suffix)]


def _shown(column: str, value: str, scheme: str, language: str) -> str:
    known = land_class(value, scheme) if column == "land_class" else None
    return f"{value} {known.title[language]}" if known else value


def persons(plots: Plots, register: Plots, keys: pd.Index, findings: Findings) -> None:
    """R6023: the responsible person on the map and in the register, where both name one."""
    ours, theirs = plots.at(keys, "person"), register.at(keys, "person")
    if "person" not in ours or "person" not in theirs:
        return
    mine, his = ours["person"].to_numpy(dtype=str), theirs["person"].to_numpy(dtype=str)
    bad = (mine != "") & (his != "") & (mine != his)
    rows = plots.at(keys[bad])
    findings.add("R6023", "register", keys[bad], expected=mine[bad], actual=his[bad], **place(rows))


def shapes(
    plots: Plots, ground: Plots, keys: pd.Index, shift_tolerance: float, min_agreement: float, findings: Findings,
    status: Status, progress: Progress,
) -> None:  # fmt: skip
    """R6018: a ground polygon against the map's; a ground point against the plot it should stand in.

    For `shift_tolerance` (m) and `min_agreement` (0–1) see `fourway.Settings`.
    """
    fit = plots.usable[plots.rows_of(keys)] & ground.usable[ground.rows_of(keys)]
    keys = keys[fit]
    mine, his = (side.at(keys, "geometry")["geometry"].to_numpy(dtype=object) for side in (plots, ground))
    areal = shapely.get_dimensions(his) == 2
    share, distance = np.full(len(keys), np.nan), np.zeros(len(keys))
    same = threshold("topology_tolerance").value
    share[areal] = agreement(mine[areal], his[areal], tolerance=same, progress=progress.step(share=0.7))
    distance[~areal] = shapely.distance(mine[~areal], his[~areal])
    with np.errstate(invalid="ignore"):
        unlike = share < min_agreement
    # The true distance takes every vertex against every edge: only where it is told or may be too great.
    near = ~unlike & (_vertex_distance(mine, his) <= shift_tolerance)
    far = np.flatnonzero(areal & ~near)
    distance[far] = distance_between(mine[far], his[far], progress=progress.step())
    bad = unlike | (distance > shift_tolerance)
    rows = plots.at(keys[bad])
    findings.add(
        "R6018", "plots", keys[bad], difference=distance[bad], measure="m", expected=f"≥ {min_agreement:.0%}",
        actual=[f"{s:.1%}" for s in share[bad]], distance=distance[bad],
        agreement=["—" if np.isnan(s) else f"{s:.1%}" for s in share[bad]],
        **place(rows.assign(geometry=his[bad])),
    )  # fmt: skip
    status.add("shape_differs", keys[bad])
    status.agreement = pd.Series(share, index=keys)


def _vertex_distance(one: npt.NDArray[np.object_], other: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """Greatest distance of the two shapes' vertices of the same number, row-wise; infinite where these are not as many.

    No vertex is farther than this from the other shape's outline.
    """
    result = np.full(len(one), np.inf)
    count = shapely.get_num_coordinates(one)
    even = np.flatnonzero((count == shapely.get_num_coordinates(other)) & (count > 0))
    for rows in np.split(even, cuts(count[even])):
        if len(rows):
            apart = shapely.get_coordinates(one[rows]) - shapely.get_coordinates(other[rows])
            starts = np.cumsum(count[rows]) - count[rows]
            result[rows] = np.maximum.reduceat(np.hypot(apart[:, 0], apart[:, 1]), starts)
    return result
