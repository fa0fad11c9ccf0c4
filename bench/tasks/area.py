"""D: the official area of every plot, as a field of a new layer."""

from __future__ import annotations

from collections.abc import Generator

from redline.bench import desktop
from redline.bench.county import County
from redline.bench.measure import Answer
from redline.bench.tasks.task import Task, same


def official(county: County, mode: str = "official") -> Generator[None, None, Answer]:
    """The plugin's algorithm: reads, checks every shape, measures, compares with the recorded area, writes."""
    desktop.start()
    desktop.warm()
    yield
    result = desktop.run(
        "redline:ellipsoidalarea", INPUT=county.layer("plots"), MODE=mode, OUTPUT="TEMPORARY_OUTPUT",
        FINDINGS="TEMPORARY_OUTPUT",
    )  # fmt: skip
    yield
    return {"areas": desktop.column(result["OUTPUT"], "area_m2")}


def fast(county: County) -> Generator[None, None, Answer]:
    """The same without the rule's rounding."""
    return (yield from official(county, "fast"))


def by_feature(county: County) -> Generator[None, None, Answer]:
    """What a script in QGIS does: QgsDistanceArea for each feature, the area put behind its fields."""
    desktop.start(plugin=False)
    from qgis.core import QgsDistanceArea, QgsFeatureSink, QgsField, QgsProject
    from qgis.PyQt.QtCore import QVariant

    yield
    plots = desktop.layer(county.layer("plots"))
    measure = QgsDistanceArea()
    measure.setSourceCrs(plots.crs(), QgsProject.instance().transformContext())
    measure.setEllipsoid(plots.crs().ellipsoidAcronym())
    output = desktop.memory_layer(plots, [*plots.fields().toList(), QgsField("area_m2", QVariant.Double)])
    batch = []
    last = len(plots.fields())
    for feature in plots.getFeatures():
        feature.padAttributes(1)
        feature.setAttribute(last, measure.measureArea(feature.geometry()))
        batch.append(feature)
        if len(batch) == 2000:
            output.dataProvider().addFeatures(batch, QgsFeatureSink.FastInsert)
            batch = []
    output.dataProvider().addFeatures(batch, QgsFeatureSink.FastInsert)
    yield
    return {"areas": desktop.column(output, "area_m2")}


def agree(answers: dict[str, Answer]) -> str:
    """The peer rounds nothing: a plot's area in the fast mode is the same to the cent, by the rule to a cent."""
    peer = answers["QgsDistanceArea"]["areas"]
    for way, cents in (("redline, fast", 0.51), ("redline", 1.0)):
        same({"plots": len(answers[way]["areas"])}, {"plots": len(peer)}, "plots")
        worst = max(abs(one - other) for one, other in zip(answers[way]["areas"], peer))
        if worst > cents / 100:
            raise ValueError(f"{way}: an area differs by {worst} m²")
    return "every plot's area: without the rule's rounding to the cent, with it to a cent at most"


TASK = Task(
    "D", "Official ellipsoidal area of every plot", "QgsDistanceArea",
    {"QgsDistanceArea": by_feature, "redline": official, "redline, fast": fast}, agree, ratio=0.40, memory=1500,
    once=["redline, fast"],
)  # fmt: skip
