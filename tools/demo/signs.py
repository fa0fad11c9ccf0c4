"""The signs of the protected farmland, two a village, with their planted mistakes."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry import Point

from redline.tools.demo import people
from redline.tools.demo.county import Plot
from redline.tools.demo.dice import Dice
from redline.tools.demo.papers import Row
from redline.tools.demo.plan import Plan

FIELDS = (
    ("PSBH", "text", 20), ("TBBH", "text", 20), ("XZQDM", "text", 12), ("XZQMC", "text", 60), ("SLRQ", "text", 10),
    ("JCRQ", "text", 10), ("ZK", "text", 10), ("XFRQ", "text", 10), ("ZRR", "text", 20),
)  # fmt: skip
_DISTANCE = 50.0  # m
_YEAR_AGO, _YEAR_AND_A_DAY_AGO = "20250630", "20250629"


def put_up(rows: list[Row], plan: Plan, seed: int) -> list[Row]:
    """The signs as rows; what a perfect audit says of them is noted.

    Args:
        rows: the plots as they are on the map.
        plan: which plots no mistake touches; takes the signs' own.
        seed: the county's seed.
    """
    dice = Dice(seed, "signs")
    chosen: dict[str, list[Plot]] = {}
    for plot in dice.shuffled(plan.plots):
        if plan.is_free(plot) and plot.shape.area > 2000:
            chosen.setdefault(plot.village.code, []).append(plot)
    bare = sorted(chosen)[5::17][:2]
    signs = [_sign(plot, number, dice) for number, plot in enumerate(
        (plot for code in sorted(chosen) if code not in bare for plot in chosen[code][:2]), start=1)]  # fmt: skip
    _untended(signs[::2], plan)
    _misplaced(signs[::2], rows, plan, chosen, seed)
    signs += _repeated(signs[::2], plan)
    there = {row["XZQDM"] for row in rows if row["geometry"] is not None}
    villages = {plot.village.code for plot in plan.plots}
    lacking = sorted(there - {sign["XZQDM"] for sign in signs})
    plan.keys["sign-none"] = [code for code in lacking if code in villages]
    for code in lacking:
        known = code in villages
        plan.expect("sign-none" if known else "map-unit-unknown", code, "map R9080", related="village")
    return signs


def _sign(plot: Plot, number: int, dice: Dice) -> Row:
    """A sign that stands in its plot, in order."""
    return {
        "PSBH": f"BZP-{number:03d}", "TBBH": plot.key, "XZQDM": plot.village.code, "XZQMC": plot.village.name,
        "SLRQ": "20220510", "JCRQ": f"2026{dice.whole(1, 5):02d}{dice.whole(10, 28)}", "ZK": "完好", "XFRQ": "",
        "ZRR": people.name(dice), "geometry": plot.shape.representative_point(),
    }  # fmt: skip


def _untended(signs: list[Row], plan: Plan) -> None:
    """Not looked at for more than a year, damaged and not repaired, looked at on a day that has not come."""
    for sign, (cause, rule, words) in zip(signs, (
        ("sign-old", "R9084", {"JCRQ": _YEAR_AND_A_DAY_AGO}), ("sign-old", "R9084", {"JCRQ": "", "SLRQ": ""}),
        ("sign-year", "", {"JCRQ": _YEAR_AGO}), ("sign-year", "", {"JCRQ": "", "SLRQ": "20250701"}),
        ("sign-damaged", "R9085", {"ZK": "字迹不清"}),
        ("sign-damaged", "R9085", {"ZK": "倾斜", "JCRQ": "20260312", "XFRQ": "20260311"}),
        ("sign-repaired", "", {"ZK": "损坏", "JCRQ": "20260312", "XFRQ": "20260312"}),
        ("sign-future", "R9088", {"JCRQ": "20260701", "SLRQ": "20260105"}),
        ("sign-today", "", {"JCRQ": "20260630"}),
    )):  # fmt: skip
        _change(sign, plan, cause, rule, words)


def _misplaced(signs: list[Row], rows: list[Row], plan: Plan, chosen: dict[str, list[Plot]], seed: int) -> None:
    """Numbers of no plot, of another, of none; places a hair within and beyond the distance, and far off."""
    spare = signs[9:]
    _change(spare[0], plan, "sign-wrong-number", "R9082", {"TBBH": spare[0]["TBBH"][:-2] + "99"})
    _change(spare[1], plan, "sign-wrong-number", "R9082", {"TBBH": "99999"})
    for sign in spare[2:4]:
        own = sign["TBBH"]
        other = next(plot for plot in chosen[sign["XZQDM"]] if plot.shape.distance(sign["geometry"]) > 2 * _DISTANCE)
        _change(sign, plan, "sign-elsewhere", "R9083", {"TBBH": other.key}, related=own)
    _change(spare[4], plan, "sign-unnumbered", "R9087", {"TBBH": ""})
    for sign, (cause, metres) in zip(
        spare[5:], (("sign-far", _DISTANCE + 0.5), ("sign-near", _DISTANCE - 0.5), ("sign-far", 150.0))
    ):
        site, key = _away(rows, plan, metres, seed)
        code = key[:12]
        rule, related = ("R9081", key) if cause == "sign-far" else ("", "")
        _change(sign, plan, cause, rule, {"TBBH": key, "XZQDM": code, "geometry": site}, related=related)


def _change(sign: Row, plan: Plan, cause: str, rule: str, words: Row, related: str = "") -> None:
    sign.update(words)
    plan.keys[cause] = sorted({*plan.keys.get(cause, []), sign["PSBH"]})
    if rule:
        plan.expect(cause, sign["PSBH"], f"sign {rule}", related=related)


def _away(rows: list[Row], plan: Plan, metres: float, seed: int) -> tuple[Point, str]:
    """A place so far from the nearest plot, which no mistake touches."""
    placed = [row for row in rows if row["geometry"] is not None]
    tree = shapely.STRtree([row["geometry"] for row in placed])
    free = {plot.key: plot for plot in plan.plots if plan.is_free(plot)}
    for key in Dice(seed, "away", metres).shuffled(sorted(free)):
        ring = free[key].shape.buffer(metres, quad_segs=32).exterior
        for share in np.linspace(0.0, 1.0, 12):
            site = shapely.transform(ring.interpolate(share, normalized=True), lambda xy: np.round(xy, 2))
            (nearest, *_), (away, *_) = tree.query_nearest(site, return_distance=True)
            if placed[nearest]["YJJBNTTBBH"] == key and abs(away - metres) < 0.2:
                return site, key
    raise ValueError(f"no place {metres} m from a plot")


def _repeated(signs: list[Row], plan: Plan) -> list[Row]:
    """One sign that was entered twice."""
    plan.keys["sign-twice"] = [signs[-1]["PSBH"]]
    plan.expect("sign-twice", signs[-1]["PSBH"], "sign R9086")
    return [dict(signs[-1])]
