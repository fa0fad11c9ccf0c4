"""B: what no permit covers of every violation, and which farmland that is, added up by violation."""

from __future__ import annotations

import math
from collections.abc import Generator

from redline.bench import desktop
from redline.bench.county import County
from redline.bench.measure import Answer
from redline.bench.tasks.task import Task, same

_KEYS = {"violations": "BH", "permits": "DKBH", "plots": "YJJBNTTBBH"}
# The algorithm gives official areas, the others those in the plane, 1e-4 larger at the most.
_PLANE = 2e-4


def core(county: County) -> Generator[None, None, Answer]:
    """The plugin's engine inside QGIS: disjoint pieces of the violations by permits and by plots, into a layer."""
    desktop.start()
    desktop.warm()
    import numpy as np
    import pandas as pd

    from redline.core.geometry.pieces import cut

    yield
    sides = {name: desktop.layer(county.layer(name)) for name in _KEYS}
    violation, few = desktop.shapes(sides["violations"], _KEYS["violations"])
    _, permits = desktop.shapes(sides["permits"], _KEYS["permits"], near=few)
    plot, plots = desktop.shapes(sides["plots"], _KEYS["plots"], near=few)
    by_permit = cut(few, permits)
    bare = by_permit.first_cover < 0
    pieces = cut(by_permit.geometry[bare], plots)
    owner, cover = by_permit.owner[bare][pieces.owner], pieces.first_cover
    taken = cover >= 0
    frame = pd.DataFrame({
        "violation": violation[owner[taken]], "plot": plot[cover[taken]], "area": pieces.area[taken],
        "geometry": pieces.geometry[taken],
    })  # fmt: skip
    desktop.written(frame, sides["plots"])
    total = np.bincount(owner[taken], weights=pieces.area[taken], minlength=len(few))
    yield
    return {"violations": int((total > 0).sum()), "area": float(total.sum())}


def whole(county: County) -> Generator[None, None, Answer]:
    """redline:permitconflicts: every violation judged, its pieces, the use of every permit, findings."""
    desktop.start()
    desktop.warm()
    yield
    result = desktop.run(
        "redline:permitconflicts", VIOLATIONS=county.layer("violations"), VIOLATIONS_KEY="BH",
        PERMITS=county.layer("permits"), FARMLAND=county.layer("plots"),
        **dict.fromkeys(
            ("FINDINGS", "VIOLATIONS_OUT", "PIECES", "PERMITS_OUT", "UNIT_SUMMARY"), "TEMPORARY_OUTPUT"
        ),
    )  # fmt: skip
    yield
    bare = [f for f in result["PIECES"].getFeatures() if not f["permit"] and f["farmland"]]
    return {"violations": len({f["violation"] for f in bare}), "area": sum(f["area"] for f in bare)}


def native(county: County) -> Generator[None, None, Answer]:
    """native:difference, native:intersection (the smaller layer as INPUT), native:aggregate."""
    desktop.start(plugin=False)
    yield
    bare = desktop.run(
        "native:difference", INPUT=county.layer("violations"), OVERLAY=county.layer("permits"),
        OUTPUT="TEMPORARY_OUTPUT",
    )["OUTPUT"]  # fmt: skip
    pieces = desktop.run(
        "native:intersection", INPUT=bare, OVERLAY=county.layer("plots"), INPUT_FIELDS=["BH"],
        OVERLAY_FIELDS=[_KEYS["plots"]], OUTPUT="TEMPORARY_OUTPUT",
    )["OUTPUT"]  # fmt: skip
    columns = [
        {"aggregate": "first_value", "delimiter": ",", "input": '"BH"', "length": 20, "name": "BH", "precision": 0,
         "type": 10},
        {"aggregate": "sum", "delimiter": ",", "input": "area($geometry)", "length": 0, "name": "area", "precision": 0,
         "type": 6},
    ]  # fmt: skip
    sums = desktop.run(
        "native:aggregate", INPUT=pieces, GROUP_BY='"BH"', AGGREGATES=columns, OUTPUT="TEMPORARY_OUTPUT"
    )["OUTPUT"]
    yield
    areas = [feature["area"] for feature in sums.getFeatures() if feature["area"] > 0]
    return {"violations": len(areas), "area": math.fsum(areas)}


def agree(answers: dict[str, Answer]) -> str:
    first, other = answers["native difference, intersection"], answers["redline"]
    same(other, first, "violations")
    same(other, first, "area", 1e-6)
    if "redline, judged" in answers:
        same(answers["redline, judged"], first, "violations")
        same(answers["redline, judged"], first, "area", _PLANE)
    if "DuckDB" in answers:
        same(answers["DuckDB"], first, "violations")
        same(answers["DuckDB"], first, "area", 1e-6)
    return f"{first['violations']} violations with farmland and no permit, its area to 1e-6"


TASK = Task(
    "B", "Violations − permits, × farmland", "native difference, intersection",
    {"native difference, intersection": native, "redline": core, "redline, judged": whole}, agree, ratio=0.40,
    memory=1500,
)  # fmt: skip
