"""B: what permits cover of every violation, what none does, and which farmland that is, added up by violation."""

from __future__ import annotations

import math
from collections.abc import Generator

from redline.bench import desktop, duck
from redline.bench.county import County
from redline.bench.measure import Answer
from redline.bench.tasks.task import Task, same

_KEYS = {"violations": "BH", "permits": "DKBH", "plots": "YJJBNTTBBH"}
_NATIVE, _JUDGED = "native intersection, difference", "redline, judged"
_CLOSE = 1e-6
# The algorithm gives official areas, the others those in the plane, 1e-4 larger at the most.
_PLANE = 2e-4


def core(county: County) -> Generator[None, None, Answer]:
    """The plugin's engine inside QGIS: disjoint pieces of the violations by permits, those of none by plots, into a
    layer."""
    desktop.start()
    desktop.warm()
    import numpy as np
    import pandas as pd

    from redline.core.geometry.pieces import cut

    yield
    sides = {name: desktop.layer(county.layer(name)) for name in _KEYS}
    violation, few = desktop.shapes(sides["violations"], _KEYS["violations"])
    permit, permits = desktop.shapes(sides["permits"], _KEYS["permits"], near=few)
    plot, plots = desktop.shapes(sides["plots"], _KEYS["plots"], near=few)
    by_permit = cut(few, permits)
    bare = by_permit.first_cover < 0
    pieces = cut(by_permit.geometry[bare], plots)
    owner, cover = by_permit.owner[bare][pieces.owner], pieces.first_cover
    taken, under = cover >= 0, ~bare
    frame = pd.DataFrame({
        "violation": violation[np.concatenate([owner[taken], by_permit.owner[under]])],
        "plot": np.concatenate([plot[cover[taken]], np.full(under.sum(), None)]),
        "permit": np.concatenate([np.full(taken.sum(), None), permit[by_permit.first_cover[under]]]),
        "area": np.concatenate([pieces.area[taken], by_permit.area[under]]),
        "geometry": np.concatenate([pieces.geometry[taken], by_permit.geometry[under]]),
    })  # fmt: skip
    desktop.written(frame, sides["plots"])
    total = np.bincount(owner[taken], weights=pieces.area[taken], minlength=len(few))
    # The others tell land under two permits twice.
    permitted = by_permit.area[by_permit.piece].sum()
    yield
    return {"violations": int((total > 0).sum()), "area": float(total.sum()), "permitted": float(permitted)}


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
    pieces = list(result["PIECES"].getFeatures())
    bare = [f for f in pieces if not f["permit"] and f["farmland"]]
    permitted = math.fsum(f["area"] * len(f["permit"].split(";")) for f in pieces if f["permit"])
    return {
        "violations": len({f["violation"] for f in bare}), "area": math.fsum(f["area"] for f in bare),
        "permitted": permitted,
    }  # fmt: skip


def native(county: County) -> Generator[None, None, Answer]:
    """native:intersection, native:difference, native:intersection (the smaller layer as INPUT), native:aggregate."""
    desktop.start(plugin=False)
    yield
    permitted = desktop.run(
        "native:intersection", INPUT=county.layer("violations"), OVERLAY=county.layer("permits"), INPUT_FIELDS=["BH"],
        OVERLAY_FIELDS=[_KEYS["permits"]], OUTPUT="TEMPORARY_OUTPUT",
    )["OUTPUT"]  # fmt: skip
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
    return {"violations": len(areas), "area": math.fsum(areas), "permitted": desktop.plane_area(permitted)}


def agree(answers: dict[str, Answer]) -> str:
    first = answers[_NATIVE]
    for way, answer in answers.items():
        same(answer, first, "violations")
        for area in ("area", "permitted"):
            same(answer, first, area, _PLANE if way == _JUDGED else _CLOSE)
    return f"{first['violations']} violations with farmland and no permit, its area and the permitted one to 1e-6"


TASK = Task(
    "B", "Violations ∩ permits, − permits, × farmland", _NATIVE, {_NATIVE: native, "redline": core, _JUDGED: whole},
    agree, ratio=0.40, memory=1500, rival=(duck.NAME, 100_000),
)  # fmt: skip
