"""S: how soon `redline:fourwaycheck` stops when the user cancels it, at any moment of its run."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator

import numpy as np
from qgis.core import QgsProcessingFeedback

from redline.bench import desktop
from redline.bench.county import SEED, County
from redline.bench.measure import Answer
from redline.bench.tasks import fourway
from redline.bench.tasks.task import Task

_TIMES = 10


def cancelled(county: County) -> Generator[None, None, Answer]:
    """Seconds from the cancel to the end of the run, at a random moment of every tenth of the run."""
    desktop.start()
    desktop.warm()
    started = time.perf_counter()
    yield
    fourway.run(county)
    yield
    whole = time.perf_counter() - started
    moments = (np.arange(_TIMES) + np.random.default_rng(SEED).uniform(0, 1, _TIMES)) / _TIMES * whole
    waits = [wait for wait in (_wait(county, moment) for moment in moments) if wait is not None]
    return {"worst_s": max(waits), "median_s": float(np.median(waits)), "times": len(waits)}


def _wait(county: County, moment: float) -> float | None:
    """Seconds that the run goes on after the cancel; None where it was over before.

    Counted from the moment that was meant: the timer may have to wait for the run to let it cancel.
    """
    feedback = QgsProcessingFeedback()
    timer = threading.Timer(moment, feedback.cancel)
    timer.start()
    started = time.perf_counter()
    fourway.run(county, feedback)
    took = time.perf_counter() - started
    timer.cancel()
    return took - moment if took > moment else None


TASK = Task(
    "S", "Stopping the check F", None, {"redline": cancelled}, lambda _answers: "", limit=("worst_s", 1.0), costly=True,
)
