"""Small sources made by hand: a county of rectangles whose areas anyone can work out, and how to check them.

The measured area of a shape is its area in the plane: what the ellipsoid does is tested elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely

from redline.core import frames
from redline.core.checks import fourway
from redline.core.findings import Findings
from redline.core.frames import Frame, Source
from redline.core.geometry.crs import Crs
from redline.core.progress import Progress
from redline.core.result import Result

EAST, NORTH = 37_500_000.0, 4_050_000.0
CRS = Crs.from_epsg(4525)
VILLAGES = ("990101001001", "990101001002", "990101002001")
NAMES = {
    "990101": "示范县", "990101001": "城关镇", "990101002": "柳河镇",
    "990101001001": "东关村", "990101001002": "西关村", "990101002001": "柳河村",
}  # fmt: skip
CLASSES = {"0101": "水田", "0102": "水浇地", "0103": "旱地"}
ROUNDED_MU = 3.34  # m²: half a hundredth of a 亩, and half a cent

Row = dict[str, Any]
Told = set[tuple[str, str, str, str]]


def box(x: float, y: float, width: float = 100.0, height: float = 100.0) -> shapely.Polygon:
    """A rectangle with its corner x, y metres from the county's own."""
    return shapely.box(EAST + x, NORTH + y, EAST + x + width, NORTH + y + height)


def shapes(*given: object) -> np.ndarray:
    column = np.empty(len(given), dtype=object)
    column[:] = given
    return column


def county() -> list[Row]:
    """Twelve plots of the map, four a village, 100 m wide and 60 to 82 m high; a third of them with a tenth deducted.

    All areas but the first, 6000 m², have 37 hundredths.
    """
    plots = []
    for number in range(12):
        village, of_class = VILLAGES[number // 4], list(CLASSES)[number % 3]
        height = 60.0 + 2 * number + (0.0037 if number else 0.0)
        gross, factor = round(100 * height, 2), 0.1 if of_class == "0103" else 0.0
        deducted = round(gross * factor, 2)
        plots.append({
            "YJJBNTTBBH": f"{village}{number % 4 + 1:05d}", "TBBH": f"{number % 4 + 1:05d}", "XZQDM": village,
            "XZQMC": NAMES[village], "DLBM": of_class, "DLMC": CLASSES[of_class], "QSDWMC": f"{NAMES[village]}一组",
            "YJJBNTTBMJ": gross, "KCXS": factor, "KCMJ": deducted, "YJJBNTMJ": round(gross - deducted, 2),
            "ZRRMC": "张三", "geometry": box(number % 4 * 100, number // 4 * 200, 100, height),
        })  # fmt: skip
    return plots


def register_of(plots: Sequence[Row], unit: str = "亩", places: int = 2) -> list[Row]:
    """The register that lists these plots rightly."""
    header, size = f"永久基本农田面积({unit})", {"亩": 2000 / 3, "公顷": 10_000.0, "平方米": 1.0}[unit]
    return [
        {
            "图斑编号": row["YJJBNTTBBH"], "村代码": row["XZQDM"], "地类名称": row["DLMC"], "权属单位": row["QSDWMC"],
            header: f"{row['YJJBNTMJ'] / size:.{places}f}", "责任人": row["ZRRMC"],
        }
        for row in plots
    ]  # fmt: skip


def ground_of(plots: Sequence[Row]) -> list[Row]:
    """The survey that finds these plots as they are."""
    return [
        {"DKBH": row["YJJBNTTBBH"], "SCMJ": row["YJJBNTTBMJ"], "DLBM": row["DLBM"], "geometry": row["geometry"]}
        for row in plots
    ]


def villages() -> list[Row]:
    """The three villages, each around its plots."""
    return [
        {"XZQDM": code, "XZQMC": NAMES[code], "geometry": box(-10, 200 * number - 10, 420, 120)}
        for number, code in enumerate(VILLAGES)
    ]


def table_of(plots: Sequence[Row], unit: str = "平方米", places: int = 2) -> list[Row]:
    """The summary table of these plots, county first, a column a class."""
    size = {"亩": 2000 / 3, "公顷": 10_000.0, "平方米": 1.0}[unit]
    rows = []
    for code in sorted({plot["XZQDM"][:digits] for plot in plots for digits in (6, 9, 12)}):
        inside = [plot for plot in plots if plot["XZQDM"].startswith(code)]
        sums = {
            name: sum(plot["YJJBNTMJ"] for plot in inside if plot["DLBM"] == of_class) / size
            for of_class, name in CLASSES.items()
        }
        rows.append({
            "行政区代码": code, "行政区名称": NAMES.get(code, ""), "图斑个数": str(len(inside)),
            f"合计({unit})": f"{sum(sums.values()):.{places}f}",
            **{f"{name}({unit})": f"{area:.{places}f}" for name, area in sums.items()},
        })  # fmt: skip
    return rows


def layer(role: str, rows: Sequence[Row], findings: Findings, name: str = "", **options: Any) -> Frame:
    """A layer as it is read, from rows with a `geometry`."""
    fields = list(dict.fromkeys(field for row in rows for field in row if field != "geometry"))
    cells = pd.DataFrame({field: _cells([row.get(field) for row in rows]) for field in fields})
    column = shapes(*(row["geometry"] for row in rows))
    with np.errstate(invalid="ignore"):
        plane = np.round(shapely.area(column), 2)
    measured = np.where((shapely.get_dimensions(column) == 2) & np.isfinite(plane), plane, np.nan)
    bounds = tuple(shapely.total_bounds(column)) if len(rows) else None
    return frames.read(Source(name or role, cells, column, measured, CRS, bounds), role, findings, **options)


def _cells(values: list[Any]) -> pd.Series:
    """A field as QGIS gives it: numbers as numbers, anything else as it is."""
    kinds = set(map(type, values)) - {type(None)}
    return pd.Series(values, dtype="float64" if kinds == {float} else "Int64" if kinds == {int} else object)


def sheet(role: str, rows: Sequence[Row], findings: Findings, title: str = "", **options: Any) -> Frame:
    """A sheet as OGR gives it with headers off: `title` above, then the heads, then texts."""
    heads = list(dict.fromkeys(field for row in rows for field in row))
    lines = (
        [[title, *[None] * (len(heads) - 1)]] * bool(title) + [heads] + [[row.get(h) for h in heads] for row in rows]
    )
    cells = pd.DataFrame(lines, columns=[f"Field{number + 1}" for number in range(len(heads))], dtype=object)
    return frames.read(Source(role, cells), role, findings, **options)


def check(
    settings: fourway.Settings | None = None, language: str = "zh",
    options: Mapping[str, Mapping[str, Any]] | None = None, **sources: Sequence[Row],
) -> tuple[Told, Result]:  # fmt: skip
    """Run the four-way check over rows by role; `options` are those of reading, by role."""
    findings = Findings(language)
    chosen = options or {}
    read = {
        role: (sheet if role in ("register", "table") else layer)(role, rows, findings, **chosen.get(role, {}))
        for role, rows in sources.items()
    }
    result = fourway.check(read, findings, settings or fourway.Settings(), Progress())
    return told(result), result


def told(result: Result) -> Told:
    """What was found, as (rule, role, key, related)."""
    found = result.findings.frame()
    return set(zip(found["rule"], found["role"], found["key"], found["related"]))
