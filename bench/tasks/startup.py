"""U: what the plugin adds to the start of QGIS."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator

from redline.bench import desktop
from redline.bench.county import County
from redline.bench.measure import Answer
from redline.bench.tasks.task import Task

_HEAVY = ("pandas", "shapely", "matplotlib")


def start(_county: County) -> Generator[None, None, Answer]:
    """Import, classFactory, initProcessing, in a QGIS that has its own algorithms already."""
    desktop.start(plugin=False)
    before = set(sys.modules)
    yield
    began = time.perf_counter()
    from redline import classFactory

    door = classFactory(None)
    door.initProcessing()
    took = time.perf_counter() - began
    yield
    heavy = sorted(set(_HEAVY) & (set(sys.modules) - before))
    return {"added_ms": 1000 * took, "heavy": ", ".join(heavy) or "none"}


TASK = Task("U", "Added to the start of QGIS", None, {"redline": start}, lambda _answers: "")
