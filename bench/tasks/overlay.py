"""A: violations × plots, every pair that shares land, with its area and its shape."""

from __future__ import annotations

from collections.abc import Generator

from redline.bench import desktop
from redline.bench.county import County
from redline.bench.measure import Answer
from redline.bench.tasks.task import Task, same

_KEYS = {"violations": "BH", "plots": "YJJBNTTBBH"}


def core(county: County) -> Generator[None, None, Answer]:
    """The plugin's overlay inside QGIS: provider, WKB, shapely, GEOS on two threads, a layer in memory."""
    desktop.start()
    desktop.warm()
    import pandas as pd

    from redline.core.geometry.overlay import overlay

    yield
    sides = {name: desktop.layer(county.layer(name)) for name in _KEYS}
    violation, few = desktop.shapes(sides["violations"], _KEYS["violations"])
    plot, many = desktop.shapes(sides["plots"], _KEYS["plots"], near=few)
    pairs = overlay(few, many)
    frame = pd.DataFrame({
        "violation": violation[pairs.left], "plot": plot[pairs.right], "area": pairs.area, "geometry": pairs.geometry,
    })  # fmt: skip
    output = desktop.written(frame, sides["plots"])
    yield
    return {"pairs": output.featureCount(), "area": desktop.plane_area(output)}


def native(county: County) -> Generator[None, None, Answer]:
    """native:intersection, the smaller layer as INPUT (the other way round it takes 2.5 times as long)."""
    desktop.start(plugin=False)
    yield
    output = desktop.run(
        "native:intersection", INPUT=county.layer("violations"), OVERLAY=county.layer("plots"),
        INPUT_FIELDS=[_KEYS["violations"]], OVERLAY_FIELDS=[_KEYS["plots"]], OUTPUT="TEMPORARY_OUTPUT",
    )["OUTPUT"]  # fmt: skip
    yield
    return {"pairs": output.featureCount(), "area": desktop.plane_area(output)}


def agree(answers: dict[str, Answer]) -> str:
    first, *others = answers.values()
    for other in others:
        same(other, first, "pairs")
        same(other, first, "area", 1e-9)
    return f"{first['pairs']} pairs, their area to 1e-9"


TASK = Task(
    "A", "Overlay violations × plots", "native:intersection", {"native:intersection": native, "redline": core}, agree,
    ratio=0.45, memory=1500,
)  # fmt: skip
