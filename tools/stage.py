"""Drives a real QGIS window step by step, for the scripts that tools/window.sh runs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication, QDockWidget, QWidget
from qgis.utils import iface, plugins

PICTURES = os.environ.get("REDLINE_PICTURES")
WIDTH, HEIGHT = 1600, 1000
LONG = 240.0  # s, until something that is waited for will not come any more
_FIRST, _POLL, _LAST = 2500, 100, 15000  # ms

Wait = Callable[[], bool]
Steps = Iterator["Wait | float"]


def play(steps: Steps, ended: Callable[[], None], failed: Callable[[BaseException], None]) -> None:
    """Take the steps when the window has come to rest, then leave QGIS.

    A step yields what is waited for: seconds, or something that becomes true. `ended` is called at the end, `failed`
    before it where a step raised.
    """
    QTimer.singleShot(_FIRST, lambda: _go_on(steps, ended, failed))


def _go_on(
    steps: Steps, ended: Callable[[], None], failed: Callable[[BaseException], None], wait: Wait | float = 0.0,
    since: float = 0.0,
) -> None:  # fmt: skip
    try:
        if callable(wait) and not wait():
            if time.monotonic() - since > LONG:
                raise TimeoutError(f"waited {LONG:.0f} s")
            QTimer.singleShot(_POLL, lambda: _go_on(steps, ended, failed, wait, since))
            return
        following = next(steps)
    except StopIteration:
        _leave(ended)
        return
    except Exception as error:
        failed(error)
        _leave(ended)
        return
    # Only a picture needs what was asked for to be painted.
    pause = _POLL if callable(following) else int((1000 if PICTURES else 300) * following)
    QTimer.singleShot(pause, lambda: _go_on(steps, ended, failed, following, time.monotonic()))


def _leave(ended: Callable[[], None]) -> None:
    ended()
    iface.newProject(False)
    QTimer.singleShot(_LAST, lambda: os._exit(3))  # a question at the end would wait for ever
    iface.actionExit().trigger()


def grab(name: str, widget: QWidget | None = None) -> None:
    """Take a picture of the window or of a part of it, where pictures are wanted."""
    if PICTURES:
        shown = widget or iface.mainWindow()
        # No window manager does it here, and a window that is not in use is drawn in paler colours.
        QApplication.setActiveWindow(shown.window())
        QApplication.processEvents()
        _keep(shown.grab(), name)


def grab_screen(name: str, height: int = HEIGHT) -> None:
    """Take a picture of the window's upper part with all that stands over it: menus and dialogs."""
    if PICTURES:
        QApplication.processEvents()
        _keep(QApplication.primaryScreen().grabWindow(0, 0, 0, WIDTH, height), name)


def _keep(picture: Any, name: str) -> None:
    picture.save(str(Path(PICTURES or "") / f"{name}.png"))


def desk() -> Any:
    """Redline in the window."""
    return plugins["redline"].desk


def panel() -> Any:
    """Redline's panel, None before it was shown."""
    return desk().panel


def drawn() -> bool:
    """Is the map at rest?"""
    return not iface.mapCanvas().isDrawing()


def clear_desk() -> None:
    """A window of the pictures' size with no dock but the layers."""
    window = iface.mainWindow()
    window.setGeometry(0, 0, WIDTH, HEIGHT)
    for dock in window.findChildren(QDockWidget):
        dock.setVisible(dock.objectName() == "Layers")
