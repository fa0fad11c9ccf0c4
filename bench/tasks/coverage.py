"""C and E: overlaps and gaps of a layer that should tile the land; plots dissolved to villages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator

from redline.bench import desktop
from redline.bench.county import County
from redline.bench.measure import Answer
from redline.bench.tasks.task import Task, same


def find(county: County) -> Generator[None, None, Answer]:
    """The plugin's core inside QGIS: every overlapping pair and every gap, into layers in memory."""
    desktop.start()
    desktop.warm()
    import pandas as pd

    from redline.core.geometry import coverage
    from redline.core.geometry.overlay import validity

    yield
    plots = desktop.layer(county.layer("dirty"))
    keys, shapes = desktop.shapes(plots, "YJJBNTTBBH")
    usable = (validity(shapes)["kind"] == "ok").to_numpy()
    pairs = coverage.overlaps(shapes, usable=usable)
    free = coverage.gaps(shapes, usable=usable)
    found = [
        desktop.written(pd.DataFrame(columns), plots)
        for columns in (
            {"one": keys[pairs.left], "other": keys[pairs.right], "area": pairs.area, "geometry": pairs.geometry},
            {"area": free.area, "geometry": free.geometry},
        )
    ]
    yield
    return {"overlap": desktop.plane_area(found[0]), "gap": desktop.plane_area(found[1]), "pairs": len(pairs)}


def native_find(county: County) -> Generator[None, None, Answer]:
    """native:union of the layer with itself, where pieces lie double; native:dissolve, whose inner rings are gaps."""
    desktop.start(plugin=False)
    from qgis.core import QgsGeometry, QgsPolygon

    yield
    pieces = desktop.run("native:union", INPUT=county.layer("dirty"), OUTPUT="TEMPORARY_OUTPUT")["OUTPUT"]
    whole = desktop.run("native:dissolve", INPUT=county.layer("dirty"), OUTPUT="TEMPORARY_OUTPUT")["OUTPUT"]
    holes = []
    for feature in whole.getFeatures():
        for part in feature.geometry().constParts():
            rings = [part.interiorRing(number).clone() for number in range(part.numInteriorRings())]
            holes += [QgsGeometry(QgsPolygon(ring)) for ring in rings]
    yield
    same_place = Counter(feature.geometry().asWkb().data() for feature in pieces.getFeatures())
    double = {wkb: times * (times - 1) / 2 for wkb, times in same_place.items() if times > 1}
    shape = QgsGeometry()
    overlap = 0.0
    for wkb, times in double.items():
        shape.fromWkb(wkb)
        overlap += times * shape.area()
    return {"overlap": overlap, "gap": sum(hole.area() for hole in holes)}


def agree_on_trouble(answers: dict[str, Answer]) -> str:
    first, *others = answers.values()
    for other in others:
        same(other, first, "overlap", 1e-9)
        same(other, first, "gap", 1e-9)
    return "areas of overlaps and of gaps to 1e-9"


def dissolved(county: County) -> Generator[None, None, Answer]:
    """The plugin's core inside QGIS: one outline a village, into a layer in memory."""
    desktop.start()
    desktop.warm()
    import pandas as pd

    from redline.core.geometry import coverage

    yield
    plots = desktop.layer(county.layer("plots"))
    codes, shapes = desktop.shapes(plots, "XZQDM")
    names, outlines = coverage.dissolve(shapes, codes)
    output = desktop.written(pd.DataFrame({"unit": names, "geometry": outlines}), plots)
    yield
    return {"villages": output.featureCount(), "area": desktop.plane_area(output)}


def native_dissolve(county: County) -> Generator[None, None, Answer]:
    """native:dissolve by the village's code."""
    desktop.start(plugin=False)
    yield
    output = desktop.run(
        "native:dissolve", INPUT=county.layer("plots"), FIELD=["XZQDM"], OUTPUT="TEMPORARY_OUTPUT"
    )["OUTPUT"]
    yield
    return {"villages": output.featureCount(), "area": desktop.plane_area(output)}


def agree_on_villages(answers: dict[str, Answer]) -> str:
    first, *others = answers.values()
    for other in others:
        same(other, first, "villages")
        same(other, first, "area", 1e-9)
    return f"{first['villages']} villages, their area to 1e-9"


TROUBLE = Task(
    "C", "Overlaps and gaps of one layer", "native union + dissolve",
    {"native union + dissolve": native_find, "redline": find}, agree_on_trouble, ratio=0.10, memory=1500,
    once=["native union + dissolve"], slow=["native union + dissolve"],
)  # fmt: skip
VILLAGES = Task(
    "E", "Dissolve plots to villages", "native:dissolve", {"native:dissolve": native_dissolve, "redline": dissolved},
    agree_on_villages, ratio=0.12, memory=1500, once=["native:dissolve"],
)  # fmt: skip
