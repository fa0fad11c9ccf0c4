"""Makes the synthetic county: shapes, attributes, and what is planted in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from redline.bench.county import COUNTY, EPSG, SEED, County

_CORNER = np.array([500_000.0, 3_500_000.0])
_CELL = 60.0
_BETWEEN = 14  # vertices along a side of a plot
_VILLAGE = 26  # plots along a side of a village
_VILLAGES_OF_TOWNSHIP = 10
_CLASSES = {"0101": "水田", "0102": "水浇地", "0103": "旱地"}
_MU = 2000 / 3

# Shares of plots where a source is made to differ.
_REGISTER_DIFFERS, _REGISTER_LACKS, _MAP_DIFFERS = 0.01, 0.005, 0.005
_GROUND_MEASURED_AGAIN, _GROUND_MOVED, _GROUND_LACKS = 0.2, 0.01, 0.005
_DIRTY = 1000  # one plot in so many is moved, one is doubled, one is taken away


def make(plots: int, folder: Path) -> County:
    """Write the layers and registers of a county of about `plots` plots into a folder."""
    dice = np.random.default_rng(SEED)
    side = max(2, round(np.sqrt(plots / 1.02)))
    shapes, row, column = _plots(side, dice)
    villages, village = _villages(row, column, side)
    order = np.argsort(village, kind="stable")
    shapes, village = shapes[order], village[order]
    count = len(shapes)

    true_area = _official(shapes)
    frame = _fields(villages, village, true_area, dice)
    map_differs = _some(count, _MAP_DIFFERS, dice)
    frame.loc[map_differs, "YJJBNTTBMJ"] = np.round(frame["YJJBNTTBMJ"][map_differs] * 1.03, 2)
    frame["YJJBNTMJ"] = frame["YJJBNTTBMJ"] - frame["KCMJ"]
    _write(folder, "plots", frame.assign(geometry=shapes))
    _write(folder, "villages", _village_layer(villages, village, shapes))

    differs, lacks = _two_kinds(count, _REGISTER_DIFFERS, _REGISTER_LACKS, dice)
    _write_register(folder, frame, differs, lacks)

    moved, absent = _two_kinds(count, _GROUND_MOVED, _GROUND_LACKS, dice)
    again = _some(count, _GROUND_MEASURED_AGAIN, dice)
    ground = shapes.copy()
    ground[again] = _trembling(ground[again], 0.1)
    ground[moved] = shapely.transform(ground[moved], lambda xy: xy + np.array([6.0, 0.0]))
    _write(folder, "ground", frame[["YJJBNTTBBH", "XZQDM", "DLBM", "YJJBNTTBMJ"]].assign(geometry=ground)[~absent])

    violations = _violations(max(count // 20, 10), side, dice)
    _write(folder, "violations", violations)
    _write(folder, "permits", _permits(violations))
    _write(folder, "dirty", frame[["YJJBNTTBBH", "XZQDM"]].assign(geometry=shapes).pipe(_dirtied, dice))
    return County(
        folder, count, int(shapely.get_num_coordinates(shapes).sum()), len(violations), int(differs.sum()),
        int(lacks.sum()), int(map_differs.sum()), int(moved.sum()), int(absent.sum()),
    )  # fmt: skip


# Shapes


def _plots(side: int, dice: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Plots and ponds that tile a square, and the row and column of each."""
    nodes = np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1)), axis=-1) * _CELL
    nodes += dice.uniform(-9, 9, nodes.shape) + _CORNER
    across = _wavy(nodes[:, :-1], nodes[:, 1:], dice)
    along = _wavy(nodes[:-1], nodes[1:], dice)
    ring = np.concatenate([
        across[:-1, :, :-1], along[:, 1:, :-1], across[1:, :, :0:-1], along[:, :-1, :0:-1], across[:-1, :, :1],
    ], axis=2).reshape(side * side, -1, 2)  # fmt: skip
    outlines = shapely.linearrings(ring)
    shapes = shapely.polygons(outlines)
    row, column = np.divmod(np.arange(side * side), side)

    holds = np.flatnonzero(_some(len(shapes), 0.02, dice))
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    radius = dice.uniform(4, 8, (len(holds), len(angle)))
    centre = ring[holds].mean(axis=1)
    pond = centre[:, None] + radius[..., None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    ponds = np.asarray(shapely.linearrings(_grid(pond)), dtype=object)
    shapes[holds] = [shapely.Polygon(outlines[place], [inner]) for place, inner in zip(holds, ponds)]
    return (
        np.concatenate([shapes, shapely.polygons(ponds)]),
        np.concatenate([row, row[holds]]),
        np.concatenate([column, column[holds]]),
    )


def _wavy(start: np.ndarray, end: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    """Lines from start to end, (…, vertices, 2), that swing out by some metres, on a grid of 0.1 mm."""
    t = np.linspace(0, 1, _BETWEEN + 2)
    way = (end - start)[..., None, :]
    waves = sum(
        dice.uniform(-2, 2, (*start.shape[:-1], 1)) * np.sin(number * np.pi * t) / number for number in (1, 2, 3)
    ) + dice.uniform(-0.2, 0.2, (*start.shape[:-1], len(t))) * np.sin(np.pi * t)
    aside = np.stack([-way[..., 1], way[..., 0]], axis=-1) / np.hypot(way[..., 0], way[..., 1])[..., None]
    line = start[..., None, :] + way * t[:, None] + aside * waves[..., None]
    line[..., 0, :], line[..., -1, :] = start, end
    return _grid(line)


def _violations(count: int, side: int, dice: np.random.Generator) -> pd.DataFrame:
    """Building sites of 40 vertices, some 0.3 ha each, that respect no plot."""
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    radius = dice.uniform(30, 75, (count, 1)) * dice.uniform(0.75, 1.0, (count, len(angle)))
    centre = dice.uniform(80, max(side * _CELL - 80, 81), (count, 2)) + _CORNER
    ring = centre[:, None] + radius[..., None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    numbers = [f"WF{number:07d}" for number in range(1, count + 1)]
    return pd.DataFrame({
        "BH": numbers, "QSX": "20250301", "HSX": "20251001", "geometry": shapely.polygons(_grid(ring)),
    })  # fmt: skip


def _permits(violations: pd.DataFrame) -> pd.DataFrame:
    """A permit for every building site, approved before it, 25 m east of where it was built."""
    moved = shapely.transform(
        violations["geometry"].to_numpy(dtype=object), lambda xy: _grid(xy + np.array([25.0, 0.0]))
    )
    numbers = violations["BH"].str.replace("WF", "XK")
    return pd.DataFrame({"DKBH": numbers, "DKZT": "批准", "PZRQ": "20250110", "geometry": moved})


def _trembling(shapes: np.ndarray, metres: float) -> np.ndarray:
    """The shapes as another surveyor sees them: every vertex elsewhere by up to so much; rings stay closed."""

    def move(xy: np.ndarray) -> np.ndarray:
        turn = 1e3 * xy.sum(axis=1)
        return _grid(xy + metres * np.column_stack([np.sin(turn), np.cos(turn)]))

    return shapely.transform(shapes, move)


def _dirtied(frame: pd.DataFrame, dice: np.random.Generator) -> pd.DataFrame:
    """Some plots with a vertex moved by 2 m, some twice, some gone: overlaps and gaps."""
    shapes = frame["geometry"].to_numpy(dtype=object).copy()
    count = max(len(shapes) // _DIRTY, 1)
    chosen = dice.choice(len(shapes), 3 * count, replace=False)
    moved, double, gone = np.split(chosen, 3)
    for place in moved:
        xy = shapely.get_coordinates(shapes[place].exterior)
        xy[7] += (xy[7] - xy[:-1].mean(axis=0)) * 0.05
        shapes[place] = shapely.Polygon(xy, shapes[place].interiors)
    frame = frame.assign(geometry=shapes)
    kept = np.delete(np.arange(len(frame)), gone)
    return frame.iloc[np.concatenate([kept, double])].reset_index(drop=True)


def _grid(xy: np.ndarray) -> np.ndarray:
    return np.round(xy, 4)


def _official(shapes: np.ndarray) -> np.ndarray:
    from redline.core.geometry import ellipsoid
    from redline.core.geometry.crs import Crs

    return ellipsoid.areas(shapes, Crs.from_epsg(EPSG))


# Attributes


def _villages(row: np.ndarray, column: np.ndarray, side: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Codes and names of the villages, and the number of each plot's village."""
    wide = -(-side // _VILLAGE)
    village = (row // _VILLAGE) * wide + column // _VILLAGE
    numbers = np.arange(wide * wide)
    township, within = np.divmod(numbers, _VILLAGES_OF_TOWNSHIP)
    codes = [f"{COUNTY}{t + 1:03d}{v + 200:03d}" for t, v in zip(township, within)]
    return pd.DataFrame({"code": codes, "name": [f"第{number + 1}村" for number in numbers]}), village


def _fields(
    villages: pd.DataFrame, village: np.ndarray, area: np.ndarray, dice: np.random.Generator
) -> pd.DataFrame:
    """The fields of the plots, as the standard names them; areas in m²."""
    count = len(village)
    code = villages["code"].to_numpy()[village]
    name = villages["name"].to_numpy()[village]
    within = pd.Series(village).groupby(village).cumcount().to_numpy() + 1
    number = [f"{place:05d}" for place in within]
    land = dice.choice(list(_CLASSES), count, p=[0.5, 0.2, 0.3])
    factor = np.where(land == "0103", 0.08, 0.0)
    return pd.DataFrame({
        "BSM": [f"{COUNTY}{place:012d}" for place in range(1, count + 1)],
        "YSDM": "2005010300",
        "XZQDM": code,
        "XZQMC": name,
        "YJJBNTTBBH": [one + other for one, other in zip(code, number)],
        "TBBH": number,
        "DLBM": land,
        "DLMC": [_CLASSES[one] for one in land],
        "QSDWDM": [f"{one}0000001" for one in code],
        "QSDWMC": name,
        "ZLDWDM": [f"{one}0000000" for one in code],
        "ZLDWMC": name,
        "YJJBNTTBMJ": area,
        "KCXS": factor,
        "KCMJ": np.round(area * factor, 2),
        "YJJBNTMJ": 0.0,
    })  # fmt: skip


def _village_layer(villages: pd.DataFrame, village: np.ndarray, shapes: np.ndarray) -> pd.DataFrame:
    present, starts = np.unique(village, return_index=True)
    outlines = [shapely.coverage_union_all(some) for some in np.split(shapes, starts[1:])]
    geometry = np.empty(len(outlines), dtype=object)
    geometry[:] = outlines
    code, name = (villages[column].to_numpy()[present] for column in ("code", "name"))
    return pd.DataFrame({"XZQDM": code, "XZQMC": name, "geometry": geometry})


def _some(count: int, share: float, dice: np.random.Generator) -> np.ndarray:
    """Mask of about that share of the rows, at least one."""
    chosen = np.zeros(count, dtype=bool)
    chosen[dice.choice(count, max(1, round(count * share)), replace=False)] = True
    return chosen


def _two_kinds(
    count: int, one: float, other: float, dice: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Two masks that share no row."""
    first = _some(count, one, dice)
    free = np.flatnonzero(~first)
    second = np.zeros(count, dtype=bool)
    second[free[_some(len(free), other, dice)]] = True
    return first, second


# Files


def _write_register(folder: Path, plots: pd.DataFrame, differs: np.ndarray, lacks: np.ndarray) -> None:
    """The register as an office keeps it: Chinese headings, areas in 亩 to two decimals."""
    from xlsxwriter import Workbook

    # A tenth too much is more than the last place of 亩 (6.7 m²) even of a pond.
    area = np.where(differs, 1.1, 1.0) * plots["YJJBNTMJ"]
    register = pd.DataFrame({
        "永久基本农田图斑编号": plots["YJJBNTTBBH"],
        "行政村代码": plots["XZQDM"],
        "行政村名称": plots["XZQMC"],
        "地类编码": plots["DLBM"],
        "永久基本农田面积(亩)": np.round(area / _MU, 2),
        "保护责任人": [f"农户{number % 97}" for number in range(len(plots))],
    })[~lacks]  # fmt: skip
    with Workbook(str(folder / "register.xlsx"), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("登记册")
        sheet.write_row(0, 0, list(register.columns))
        for number, row in enumerate(register.itertuples(index=False, name=None), 1):
            sheet.write_row(number, 0, row)


def _write(folder: Path, name: str, frame: pd.DataFrame) -> None:
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransformContext, QgsVectorFileWriter

    from redline.core.progress import Progress
    from redline.processing import sinks

    shapes = frame["geometry"].to_numpy(dtype=object)
    if not shapely.is_valid(shapes).all():
        raise ValueError(f"{name}: the county's generator made an invalid shape")
    options: Any = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName, options.layerName = "GPKG", name
    crs = QgsCoordinateReferenceSystem(f"EPSG:{EPSG}")
    writer = QgsVectorFileWriter.create(
        str(folder / f"{name}.gpkg"), sinks.sink_fields(frame), sinks.sink_type(frame), crs,
        QgsCoordinateTransformContext(), options,
    )  # fmt: skip
    sinks.write_frame(frame, writer, Progress())
    del writer
