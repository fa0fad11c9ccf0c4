"""G: responsibility zones of 100 plots at most, beside what a user of QGIS would do by hand."""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

from redline.bench import desktop
from redline.bench.county import County
from redline.bench.measure import Answer
from redline.bench.tasks.task import Task

_LIMIT = 100
_PLOTS_OF_VILLAGE = 300
# Half a road between two plots, in m.
_ROAD = 2.0
_CELL = 60.0
_NARROW, _SMALL = 5.0, 1000.0
_TOUCH = 0.1


def drawn(county: County) -> Generator[None, None, Answer]:
    """`redline:drawgrid`, with findings, outlines and all."""
    desktop.start()
    desktop.warm()
    from redline.core.zoning import draw  # noqa: F401

    plots, villages = _land(county)
    yield
    sinks = dict.fromkeys(("FINDINGS", "ZONES", "LEVELS", "ROSTER_OUT"), "TEMPORARY_OUTPUT")
    zones = desktop.run("redline:drawgrid", UNITS=villages, PLOTS=plots, MAX_LOAD=_LIMIT, **sinks)["ZONES"]
    yield
    return _quality(zones, plots, villages)


def clustered(county: County) -> Generator[None, None, Answer]:
    """In every village: k-means of the plots' centroids, Voronoi polygons, dissolved, clipped to the village."""
    desktop.start(plugin=False)
    plots, villages = _land(county)
    yield
    place = plots.fields().indexOf("XZQDM")
    centroids = _run("native:centroids", INPUT=plots)
    parts = []
    for village in villages.getFeatures():
        own = _selected(centroids, place, village["XZQDM"])
        outline = _alone(villages, village)
        count = math.ceil(own.featureCount() / _LIMIT)
        if count < 2:
            parts.append(outline)
            continue
        clusters = _run("native:kmeansclustering", INPUT=own, CLUSTERS=count)
        cells = _run("qgis:voronoipolygons", INPUT=clusters, BUFFER=100)
        whole = _run("native:dissolve", INPUT=cells, FIELD=["CLUSTER_ID"])
        parts.append(_run("native:clip", INPUT=whole, OVERLAY=outline))
    zones = _run("native:mergevectorlayers", LAYERS=parts)
    yield
    return _quality(zones, plots, villages)


def squares(county: County) -> Generator[None, None, Answer]:
    """A grid of squares that hold so many plots on the average, clipped to the villages."""
    desktop.start(plugin=False)
    plots, villages = _land(county)
    yield
    side = math.sqrt(desktop.plane_area(villages) / plots.featureCount() * _LIMIT)
    extent = villages.extent()
    grid = _run("native:creategrid", TYPE=2, EXTENT=extent, HSPACING=side, VSPACING=side, CRS=villages.crs())
    zones = _run("native:intersection", INPUT=grid, OVERLAY=villages)
    yield
    return _quality(zones, plots, villages)


def _run(algorithm: str, **parameters: Any) -> Any:
    """The layer in memory that an algorithm gives."""
    return desktop.run(algorithm, OUTPUT="TEMPORARY_OUTPUT", **parameters)["OUTPUT"]


def _land(county: County) -> tuple[Any, Any]:
    """Plots with roads between them, and villages of about 300; made once."""
    files = [county.folder / f"zoning_{name}.gpkg" for name in ("plots", "villages")]
    if not files[1].exists():
        _make(county, *map(str, files))
    found = [desktop.layer(str(file)) for file in files]
    return found[0], found[1]


def _make(county: County, plots_file: str, villages_file: str) -> None:
    desktop.start(plugin=False)
    import numpy as np
    import pandas as pd
    import shapely
    from qgis.core import QgsProject, QgsVectorFileWriter

    from redline.core.geometry.coverage import dissolve

    source = desktop.layer(county.layer("plots"))
    keys, shapes = desktop.shapes(source, "YJJBNTTBBH")
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    village = _villages(middle, max(round(len(shapes) / _PLOTS_OF_VILLAGE), 1))
    code = np.array([f"990101{one // 20 + 1:03d}{one % 20 + 1:03d}" for one in village], dtype=object)
    # A pond lies in the village of the plot around it.
    around = np.flatnonzero(shapely.get_num_interior_rings(shapes) > 0)
    pond, host = shapely.STRtree(shapely.polygons(shapely.get_exterior_ring(shapes[around]))).query(
        shapely.point_on_surface(shapes), predicate="intersects"
    )
    code[pond] = code[around[host]]
    narrower = shapely.buffer(shapes, -_ROAD, join_style="mitre")
    kept = (shapely.get_type_id(narrower) == 3) & ~shapely.is_empty(narrower)
    shapes = np.where(kept, narrower, shapes)
    names, outlines = dissolve(desktop.shapes(source, "YJJBNTTBBH")[1], code.astype(str))
    farmland = pd.DataFrame({"YJJBNTTBBH": keys, "XZQDM": code, "YJJBNTMJ": shapely.area(shapes)})
    villages = pd.DataFrame({"XZQDM": names.astype(object), "XZQMC": [f"村{name[6:]}" for name in names]})
    farmland["geometry"], villages["geometry"] = (pd.Series(one, dtype=object) for one in (shapes, outlines))
    for file, frame in ((plots_file, farmland), (villages_file, villages)):
        options = QgsVectorFileWriter.SaveVectorOptions()
        options.driverName = "GPKG"
        context = QgsProject.instance().transformContext()
        QgsVectorFileWriter.writeAsVectorFormatV3(desktop.written(frame, source), file, context, options)


def _villages(middle: Any, count: int) -> Any:
    """Villages of nearly as many plots each: columns from west to east, each in rows from south to north."""
    import numpy as np

    columns = max(round(math.sqrt(count)), 1)
    rows = np.full(columns, count // columns)
    rows[: count % columns] += 1
    # Places in the net of plots, so that every village is in one piece.
    place = np.floor((middle - middle.min(axis=0)) / _CELL + 0.5).astype(int)
    size = place.max(axis=0) + 1
    column = place[:, 0] * columns // size[0]
    return np.cumsum(rows)[column] - rows[column] + place[:, 1] * rows[column] // size[1]


def _selected(points: Any, place: int, code: str) -> Any:
    """The points of a village as a layer of their own."""
    from qgis.core import QgsFeatureRequest

    name = points.fields().at(place).name()
    return points.materialize(QgsFeatureRequest().setFilterExpression(f"\"{name}\" = '{code}'"))


def _alone(layer: Any, feature: Any) -> Any:
    from qgis.core import QgsFeatureRequest

    return layer.materialize(QgsFeatureRequest(feature.id()))


def _quality(zones: Any, plots: Any, villages: Any) -> Answer:
    """What zones are worth: their number, load, form, and what they cut. Plots count for the zone of their middle."""
    import numpy as np
    import pandas as pd
    import shapely

    _, shapes = desktop.shapes(zones, zones.fields().at(0).name())
    _, land = desktop.shapes(plots, "YJJBNTTBBH")
    _, outlines = desktop.shapes(villages, "XZQDM")
    tree = shapely.STRtree(shapes)
    plot, zone = tree.query(shapely.point_on_surface(land), predicate="intersects")
    load = np.bincount(zone, minlength=len(shapes))
    _, village = shapely.STRtree(outlines).query(shapely.point_on_surface(shapes), predicate="intersects")
    loads = pd.DataFrame({"village": village, "load": load})
    ratio = loads.groupby("village")["load"].agg(lambda one: one.max() / one.mean())
    plot, zone = tree.query(land, predicate="intersects")
    border = np.flatnonzero(np.bincount(plot, minlength=len(land))[plot] > 1)
    shared = np.zeros(len(plot))
    shared[border] = shapely.area(shapely.intersection(land[plot[border]], shapes[zone[border]]))
    shared[np.setdiff1d(np.arange(len(plot)), border)] = np.inf
    pieces = shapely.get_parts(shapes)
    area, length = shapely.area(pieces), shapely.length(pieces)
    narrow = (2 * area / length < _NARROW) | (area < _SMALL)
    return {
        "zones": len(shapes), "over the limit": int((load > _LIMIT).sum()), "greatest load": int(load.max()),
        "greatest ÷ mean (median)": float(ratio.median()), "greatest ÷ mean (worst)": float(ratio.max()),
        "compactness": float((4 * np.pi * shapely.area(shapes) / shapely.length(shapes) ** 2).mean()),
        "plots cut": int((np.bincount(plot[shared > _TOUCH], minlength=len(land)) > 1).sum()),
        "zones in parts": int((shapely.get_num_geometries(shapes) > 1).sum()), "slivers": int(narrow.sum()),
    }  # fmt: skip


def agree(answers: dict[str, Answer]) -> str:
    own = answers["redline"]
    wrong = {name: own[name] for name in ("over the limit", "plots cut", "zones in parts", "slivers") if own[name]}
    if wrong:
        raise ValueError(f"zones of redline: {wrong}")
    return "no plot cut, no zone over the limit, in parts or a sliver (redline)"


TASK = Task(
    "G", "Draw responsibility zones", "k-means + Voronoi",
    {"k-means + Voronoi": clustered, "clipped squares": squares, "redline": drawn}, agree, seconds=60, memory=2000,
    once=["k-means + Voronoi", "clipped squares"], slow=["k-means + Voronoi", "clipped squares"], quality=True,
)  # fmt: skip
