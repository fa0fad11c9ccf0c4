"""M: the map sheets of a city, `redline:sheetgrid`."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

from redline.bench import desktop
from redline.bench.county import County
from redline.bench.measure import Answer
from redline.bench.tasks.task import Task

_CITY = "玉溪市"
# West, east, south, north in degrees: what the city's land lies within.
_EXTENT = (101.27, 103.16, 23.31, 24.96)
_OUTLINES = Path("data") / "admin" / "cnmaps" / "cities.geojson"


def city(_county: County) -> Generator[None, None, Answer]:
    """The sheets at 1:10 000 that the city's land lies on, with outlines in the zone's plane; those of its extent where
    the outline (../shared, or the folder named by REDLINE_SHARED) is not there."""
    desktop.start()
    desktop.warm()
    from redline.core.geometry import sheets  # noqa: F401

    outline = _outline()
    extent = "{},{},{},{} [EPSG:4490]".format(*_EXTENT)
    over: dict[str, Any] = {"INPUT": outline} if outline is not None else {"EXTENT": extent}
    yield
    wall, cpu = time.perf_counter(), time.process_time()
    made = desktop.run(
        "redline:sheetgrid", SCALE="10000", TARGET_CRS="EPSG:4525", OUTPUT="TEMPORARY_OUTPUT", **over
    )  # fmt: skip
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    yield
    over_what = "extent" if outline is None else "outline"
    return {"wall s": wall, "cpu s": cpu, "sheets": made["SHEET_COUNT"], "over": over_what}


def _outline() -> Any:
    """The city's outline as a layer, None where it is not there."""
    from qgis.core import QgsVectorLayer

    shared = os.environ.get("REDLINE_SHARED") or Path(__file__).resolve().parents[3] / "shared"
    file = Path(shared) / _OUTLINES
    if not file.exists():
        return None
    shapes = [one["geometry"] for one in json.loads(file.read_text(encoding="utf-8"))["features"]
              if one["properties"]["name"] == _CITY]  # fmt: skip
    feature = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {}, "geometry": shape} for shape in shapes]}  # fmt: skip
    layer = QgsVectorLayer(json.dumps(feature), _CITY, "ogr")
    return layer if layer.isValid() and shapes else None


TASK = Task(
    "M", "Map sheets of a city at 1:10 000", None, {"redline": city}, lambda _answers: "", limit=("cpu s", 5.0),
    costly=True,
)  # fmt: skip
