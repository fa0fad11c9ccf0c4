"""U: what the plugin adds to the start of QGIS, with its place in the window: menu, toolbar, keys, options, locator."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from redline.bench import desktop
from redline.bench.county import County
from redline.bench.measure import Answer
from redline.bench.tasks.task import Task

if TYPE_CHECKING:
    from qgis.PyQt.QtWidgets import QMainWindow

_HEAVY = ("numpy", "pandas", "shapely", "matplotlib")


class _Interface:
    """The part of QGIS's interface that has a window; all else takes what it is given."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window

    def __getattr__(self, name: str) -> Callable[..., Any]:
        known: dict[str, Callable[..., Any]] = {
            "mainWindow": lambda: self._window, "addToolBar": self._window.addToolBar,
        }  # fmt: skip
        return known.get(name, lambda *_given: None)


def start(_county: County) -> Generator[None, None, Answer]:
    """Import, classFactory, initGui, in a QGIS that has its own algorithms already; what waits for the
    window is not in it.

    Counted is processor time: other programs do not lengthen it. Compiled modules are kept, as QGIS keeps them.
    """
    sys.dont_write_bytecode = False
    desktop.start(plugin=False, window=True)
    from qgis.PyQt.QtWidgets import QMainWindow

    interface = _Interface(QMainWindow())
    before = set(sys.modules)
    yield
    began = time.process_time()
    from redline import classFactory

    door = classFactory(interface)
    door.initGui()
    took = time.process_time() - began
    yield
    added = set(sys.modules) - before
    return {
        "added_ms": 1000 * took, "heavy": ", ".join(sorted(set(_HEAVY) & added)) or "none", "modules": len(added),
    }  # fmt: skip


TASK = Task("U", "Added to the start of QGIS", None, {"redline": start}, lambda _answers: "", limit=("added_ms", 50.0))
